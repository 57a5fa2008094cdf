"""Encuestas como las escriben KoboToolbox y ODK: grupos, etiquetas, varias respuestas, grupos
repetidos, horas y versiones.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from apoyo_reportes import Filas, filas_de, leer, leer_con, libro, texto_csv
from observatorio.recojo.reportes.horas import SinZona, dia_local

OPCIONES = ("agua", "desague", "luz", "ninguno")


@pytest.fixture(scope="module")
def hogares(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return leer(
        libro(tmp_path_factory.mktemp("k") / "a.xlsx", {"Encuesta": filas_de("kobo-hogares.xlsx")})
    ).cifras


@pytest.mark.parametrize("signo", ["-", ".", ":", " - ", " > ", "_", "__", "", "fuera"])
def test_el_signo_entre_grupo_y_pregunta_no_importa(
    tmp_path: Path, hogares: dict, signo: str
) -> None:
    titulos, *datos = filas_de("kobo-hogares.xlsx")
    otros = [
        (
            t
            if not signo
            else str(t).rpartition("/")[2]
            if signo == "fuera"
            else str(t).replace("/", signo)
        )
        for t in titulos
    ]
    assert leer(libro(tmp_path / "b.xlsx", {"Encuesta": [otros, *datos]})).cifras == hogares


def test_exportada_con_etiquetas_da_lo_mismo(tmp_path: Path, hogares: dict) -> None:
    titulos, *datos = filas_de("kobo-hogares.xlsx")
    etiquetas = {
        "consentimiento": "¿Acepta participar?",
        "ubicacion/anexo": "Anexo",
        "fies/categoria": "Categoría FIES",
        "fies/p1": "¿Le preocupó no tener alimentos?",
    }
    palabras = {"si": "Sí", "no": "No", "moderada": "Moderada", "grave": "Grave", "pataz": "Pataz"}
    filas = [
        [etiquetas.get(str(t), t) for t in titulos],
        *([palabras.get(v, v) if isinstance(v, str) else v for v in f] for f in datos),
    ]
    assert leer(libro(tmp_path / "b.xlsx", {"Encuesta": filas})).cifras == hogares


@pytest.mark.parametrize(
    ("texto", "dia"),
    [
        ("2025-01-01T03:10:00.000Z", "2024-12-31"),
        ("2025-01-01T03:10:00Z", "2024-12-31"),
        ("2024-12-31T22:10:00.000-05:00", "2024-12-31"),
        ("2025-01-01T04:10:00+0100", "2024-12-31"),
        ("2025-01-01T12:10:00.000+09:00", "2024-12-31"),
        ("2025-01-01 05:00:00 UTC", "2025-01-01"),
        ("2025-01-01 03:10:00 GMT", "2024-12-31"),
        ("2024-12-31 10:10 p. m.", "2024-12-31"),
        ("2024/12/31 10:10:05 p. m. GMT-5", "2024-12-31"),
        ("2024/12/31 10:10:05\u202fp.\u00a0m. GMT-5", "2024-12-31"),
        ("2025/01/01 12:10:05 AM GMT-5", "2025-01-01"),
        ("2025/1/1 12:10:05 AM GMT+1", "2024-12-31"),
        ("2025/01/01 3:10:05 a. m. UTC", "2024-12-31"),
        ("2025/01/01 13:10:05 p. m. GMT-5", "2025/01/01 13:10:05 p. m. GMT-5"),
        ("2024-12-31T22:10:00", "2024-12-31"),
        ("2024-12-31 22:10", "2024-12-31"),
        ("2024-12-31", "2024-12-31"),
        ("", ""),
    ],
)
def test_el_dia_es_el_del_territorio(texto: str, dia: str) -> None:
    assert dia_local(texto, "America/Lima") == dia


def test_la_hora_de_envio_de_kobo_esta_en_utc_aunque_no_lo_diga() -> None:
    assert dia_local("2025-01-01T03:10:00", "America/Lima", "_submission_time") == "2024-12-31"


@pytest.mark.parametrize(
    "fin", ["2025-01-01 03:10:00 CET", "2025-01-01T03:10:00[UTC]", "2025-01-01 03:10 h"]
)
def test_una_hora_en_una_zona_que_no_se_entiende_no_se_adivina(tmp_path: Path, fin: str) -> None:
    titulos, *datos = filas_de("kobo-hogares.xlsx")
    filas = [titulos, *([f[0], fin, *f[2:]] for f in datos)]
    assert leer(libro(tmp_path / "b.xlsx", {"Encuesta": filas})).reglas == {"fecha-imposible"}


def test_sin_zona_del_territorio_una_hora_con_zona_no_se_adivina() -> None:
    with pytest.raises(SinZona):
        dia_local("2025-01-01T03:10:00Z", None)


@pytest.mark.parametrize("fin", ["2025-01-01T03:10:00.000Z", "2024-12-31T22:10:00.000-05:00"])
def test_un_envio_de_la_ultima_noche_es_de_ese_anio(tmp_path: Path, fin: str) -> None:
    titulos, *datos = filas_de("kobo-hogares.xlsx")
    filas = [titulos, *([f[0], fin, *f[2:]] for f in datos)]
    assert {k[1] for k in leer(libro(tmp_path / "b.xlsx", {"Encuesta": filas})).cifras} == {"2024"}


# — varias respuestas —


def servicios() -> Filas:
    return filas_de("kobo-servicios.xlsx")


def columnas_de(filas: Filas, quitar: set[str]) -> Filas:
    return [[v for c, v in enumerate(f) if filas[0][c] not in quitar] for f in filas]


@pytest.fixture(scope="module")
def de_servicios(tmp_path_factory: pytest.TempPathFactory) -> dict:
    leido = leer(libro(tmp_path_factory.mktemp("k") / "a.xlsx", {"h": servicios()}))
    filas = [f for f in servicios()[1:] if f[2] == "si"]
    faltan = [f for f in filas if set(str(f[4]).split()) & {"agua", "desague", "luz"}]
    assert leido.cifras["M1-K02", "2025", "130809", "total", ""][:2] == (
        str(len(faltan)),
        str(len(filas)),
    )
    return leido.cifras


FORMAS = {
    "en-una-columna": lambda f: columnas_de(f, {f"servicios/faltan/{o}" for o in OPCIONES}),
    "una-por-respuesta": lambda f: columnas_de(f, {"servicios/faltan"}),
    "verdadero-o-falso": lambda f: [
        [
            {1: True, 0: False}.get(v, v) if isinstance(v, int | float) and 5 <= c <= 8 else v
            for c, v in enumerate(x)
        ]
        for x in columnas_de(f, set())
    ],
    "con-guiones": lambda f: [[str(t).replace("/", "-") for t in f[0]], *f[1:]],
    "sin-grupo": lambda f: [[str(t).removeprefix("servicios/") for t in f[0]], *f[1:]],
    "una-por-respuesta-con-guiones": lambda f: [
        [str(t).replace("/", "-") for t in columnas_de(f, {"servicios/faltan"})[0]],
        *columnas_de(f, {"servicios/faltan"})[1:],
    ],
}


@pytest.mark.parametrize("forma", FORMAS)
def test_varias_respuestas_se_leen_en_las_dos_formas(
    tmp_path: Path, de_servicios: dict, forma: str
) -> None:
    assert (
        leer(libro(tmp_path / "b.xlsx", {"h": FORMAS[forma](servicios())})).cifras == de_servicios
    )


def test_si_las_dos_formas_no_coinciden_se_rechaza(tmp_path: Path) -> None:
    filas = servicios()
    filas[1][4] = "agua luz" if filas[1][4] != "agua luz" else "agua"
    leido = leer(libro(tmp_path / "b.xlsx", {"h": filas}))
    assert leido.reglas == {"respuesta-multiple"} and "vuelva a exportar" in leido.dicho


def test_varias_respuestas_donde_el_mapeo_espera_una_se_dicen(tmp_path: Path) -> None:
    mapeo = {
        "nombre": "prueba",
        "descripcion": "Una fila por casa.",
        "fuente": "encuesta-comunal",
        "periodo": {"columna": "end", "periodo_de_fecha": "bienal"},
        "fecha_dato": {"columna": "end"},
        "lugares": [{"constante": "130809"}],
        "medidas": [
            {
                "kpi": "M1-K02",
                "numerador": {"contar": {"servicios/faltan": ["agua"]}},
                "denominador": {"contar": {"servicios/faltan": ["*"]}},
            }
        ],
    }
    leido = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": servicios()}))
    assert (
        leido.reglas == {"respuesta-multiple"} and 'multiples: ["servicios/faltan"]' in leido.dicho
    )


# — grupos repetidos —


def menores() -> tuple[Filas, Filas]:
    return filas_de("kobo-menores.xlsx", 0), filas_de("kobo-menores.xlsx", 1)


@pytest.fixture(scope="module")
def de_menores(tmp_path_factory: pytest.TempPathFactory) -> dict:
    madre, hija = menores()
    leido = leer(
        libro(
            tmp_path_factory.mktemp("k") / "a.xlsx",
            {"Alimentación de menores": madre, "menores": hija},
        )
    )
    assert leido.cifras == {
        ("M4-K09", "2025", "130809", "total", ""): (
            str(sum(f[1] == "si" for f in hija)),
            str(len(hija) - 1),
            "",
        )
    }
    return leido.cifras


@pytest.mark.parametrize(
    "sin",
    [
        set(),
        {"_parent_index"},
        {"_submission__uuid", "_submission__id"},
        {"_parent_table_name"},
        {"_parent_table_name", "_submission__uuid", "_submission__id"},
    ],
)
def test_el_grupo_repetido_se_une_con_su_envio(
    tmp_path: Path, de_menores: dict, sin: set[str]
) -> None:
    madre, hija = menores()
    assert (
        leer(
            libro(
                tmp_path / "b.xlsx",
                {"Alimentación de menores": madre, "menores": columnas_de(hija, sin)},
            )
        ).cifras
        == de_menores
    )


def en_odk() -> dict[str, Filas]:
    """Las mismas respuestas como las exporta ODK Central: guiones, KEY y PARENT_KEY."""
    madre, hija = menores()
    claves = {f[madre[0].index("_index")]: f"uuid:{f[madre[0].index('_uuid')]}" for f in madre[1:]}
    arriba: Filas = [
        [
            "SubmissionDate",
            "start",
            "end",
            "consentimiento",
            "ubicacion-anexo",
            "meta-instanceID",
            "KEY",
            "SubmitterID",
            "ReviewState",
            "FormVersion",
        ]
    ]
    for f in madre[1:]:
        clave = claves[f[madre[0].index("_index")]]
        arriba.append(
            ["2025-10-02T15:10:00.000Z", f[0], f[1], f[2], f[3], clave, clave, "12", "", "1"]
        )
    abajo: Filas = [["meses", "cinco_grupos", "PARENT_KEY", "KEY"]]
    for n, f in enumerate(hija[1:], 1):
        clave = claves[f[4]]
        abajo.append([int(float(str(f[0]))), f[1], clave, f"{clave}/menores[{n}]"])
    return {"menores": arriba, "menores-menores": abajo}


def test_el_zip_de_odk_se_lee_entero(tmp_path: Path, de_menores: dict) -> None:
    with zipfile.ZipFile(tmp_path / "menores.zip", "w") as z:
        for nombre, filas in en_odk().items():
            z.writestr(f"{nombre}.csv", texto_csv(filas, ","))
    assert leer(tmp_path / "menores.zip").cifras == de_menores


@pytest.mark.parametrize(
    ("dentro", "regla"),
    [
        ({}, "paquete-sin-csv"),
        ({"a.txt": b"x" * (41 * 2**20)}, "archivo-desmedido"),
        ({f"{i}.csv": b"a" for i in range(60)}, "archivo-desmedido"),
    ],
)
def test_un_zip_que_no_se_puede_leer_se_dice(
    tmp_path: Path, dentro: dict[str, bytes], regla: str
) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as z:
        for nombre, crudo in dentro.items():
            z.writestr(nombre, crudo)
    assert leer(tmp_path / "m.zip").reglas == {regla}


def test_las_filas_de_un_envio_repetido_o_rechazado_tampoco_cuentan(
    tmp_path: Path, de_menores: dict
) -> None:
    madre, hija = menores()
    indice = hija[1][4]
    copia_madre = [*next(f for f in madre[1:] if f[madre[0].index("_index")] == indice)]
    copia_madre[madre[0].index("_index")] = 900
    copias = [
        [*f[:2], 900 + i, f[3], 900, *f[5:]]
        for i, f in enumerate(x for x in hija[1:] if x[4] == indice)
    ]
    leido = leer(
        libro(
            tmp_path / "b.xlsx",
            {"Alimentación de menores": [*madre, copia_madre], "menores": [*hija, *copias]},
        )
    )
    assert leido.cifras == de_menores
    rechazada = [
        [*f[:7], "Not approved" if f[madre[0].index("_index")] == indice else f[7], *f[8:]]
        for f in madre
    ]
    ((num, den, _),) = leer(
        libro(tmp_path / "c.xlsx", {"Alimentación de menores": rechazada, "menores": hija})
    ).cifras.values()
    suyas = [f for f in hija[1:] if f[4] == indice]
    assert (int(num), int(den)) == (
        sum(f[1] == "si" for f in hija) - sum(f[1] == "si" for f in suyas),
        len(hija) - 1 - len(suyas),
    )


def test_una_fila_sin_su_envio_se_senala(tmp_path: Path) -> None:
    madre, hija = menores()
    hija[2][4], hija[2][6] = 777, "otro"
    leido = leer(libro(tmp_path / "b.xlsx", {"Alimentación de menores": madre, "menores": hija}))
    assert (
        leido.reglas == {"fila-sin-envio"}
        and "menores!" in leido.celdas[0]
        and leido.celdas[0].endswith(" 3")
    )


def test_sin_nada_que_las_una_se_dice_en_que_hoja_esta_lo_que_falta(tmp_path: Path) -> None:
    madre, hija = menores()
    ruta = libro(
        tmp_path / "b.xlsx", {"Alimentación de menores": madre, "menores": [f[:2] for f in hija]}
    )
    leido = leer(ruta, mapeo="kobo-menores")
    assert (
        leido.reglas == {"columna-ausente"}
        and "está en la hoja" in leido.dicho
        and "_parent_index" in leido.dicho
    )


@pytest.mark.parametrize(
    ("escrita", "propone"), [("Sep 4, 2022", "2025-07-31"), ("04/09/2022", "2022-09-04")]
)
def test_una_fecha_de_otro_modo_en_una_encuesta_se_dice_en_su_celda(
    tmp_path: Path, escrita: str, propone: str
) -> None:
    filas = [[*f] for f in filas_de("kobo-hogares.xlsx")]
    filas[3][filas[0].index("end")] = escrita
    leido = leer(libro(tmp_path / "e.xlsx", {"Encuesta de hogares": filas}))
    assert leido.reglas == {"fecha-imposible"} and f"escríbala como {propone}" in leido.dicho
    assert set(leido.celdas) == {"Encuesta de hogares!B · end 4"} and not leido.cifras
