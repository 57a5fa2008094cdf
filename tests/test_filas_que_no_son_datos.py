"""Totales, envíos repetidos, rechazados o de ensayo, preguntas partidas: o el archivo prueba que no
cuentan, o se rechazan.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apoyo_reportes import Filas, filas_de, leer, leer_con, libro, mapeo_de, territorio
from observatorio.base.fechas import dia_probable
from observatorio.catalogo.nombre_de_lugar import NombreDeLugar
from observatorio.recojo.reportes.totales import es_total

TOTALES = (
    "TOTAL",
    "Total general",
    "Sub total",
    "SUBTOTAL:",
    "Total Resultado",
    "Gran total",
    "TOTAL DISTRITO DE PATAZ",
    "Primaria Total",
    "Promedio",
    "Sumatoria",
    "Totales",
    "Grand Total",
)
NO_TOTALES = (
    "Totora",
    "Establecimiento 1",
    "Centro de salud total cobertura en todo el distrito de la sierra",
    "primaria",
    "2022",
    "Inicial - Jardín",
    "Promedios altos",
)


@pytest.mark.parametrize("texto", TOTALES)
def test_un_total_se_reconoce_por_su_palabra(texto: str) -> None:
    assert es_total(texto)


@pytest.mark.parametrize("texto", NO_TOTALES)
def test_lo_que_no_es_un_total_no_lo_parece(texto: str) -> None:
    assert not es_total(texto)


@pytest.mark.parametrize("palabra", ["Total general", "Subtotal", "TOTAL DISTRITO"])
@pytest.mark.parametrize("columna", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("donde", [6, -1])
def test_una_fila_de_total_se_senala_este_donde_este(
    tmp_path: Path, palabra: str, columna: int, donde: int
) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    total: list[object] = [2022, "0990003", "I.E.", "Primaria", 6, "C", 50, 14]
    total[columna] = palabra
    filas.insert(donde if donde > 0 else len(filas), total)
    leido = leer(libro(tmp_path / "b.xlsx", {"h": filas}), fecha_dato="2023-03-31")
    assert leido.reglas == {"fila-de-total"} and f"{palabra} fila-de-total" in leido.dicho


def test_unas_cifras_sin_nada_mas_en_su_fila_son_un_total(tmp_path: Path) -> None:
    ruta = libro(
        tmp_path / "b.xlsx", {"h": [["Mes", "Casos"], ["enero", 3], ["febrero", 4], ["", 7]]}
    )
    assert leer_con(_suma_por("Casos"), ruta).reglas == {"fila-de-total"}


def test_el_total_que_el_mapeo_nombra_como_grupo_no_es_una_fila_de_mas(tmp_path: Path) -> None:
    mapeo = {
        "nombre": "prueba",
        "descripcion": "Una fila por sexo.",
        "fuente": "siagie",
        "periodo": {"constante": "2025"},
        "fecha_dato": {"pedir": True},
        "lugares": [{"constante": "130809"}],
        "grupos": [{"columna": "Sexo", "traducir": {"Total": "total", "M": "sexo:mujer"}}],
        "medidas": [{"kpi": "M2-K10", "valor": {"sumar": "Casos"}}],
    }
    leido = leer_con(
        mapeo, libro(tmp_path / "b.xlsx", {"h": [["Sexo", "Casos"], ["Total", 7], ["M", 4]]})
    )
    assert {k[3]: v[2] for k, v in leido.cifras.items()} == {"total": "7", "sexo:mujer": "4"}


def test_tras_el_total_en_que_el_mapeo_termina_no_debe_quedar_nada(tmp_path: Path) -> None:
    filas = filas_de("his-cred.csv")
    corte = next(i for i, f in enumerate(filas) if f[0] == "TOTAL")
    partida = [
        *filas[:6],
        ["TOTAL MICRORED 1", "", "", "", "87", "50", ""],
        *filas[6:corte],
        filas[corte],
        ["Fuente: HIS"],
    ]
    assert leer(libro(tmp_path / "b.xlsx", {"h": partida})).reglas == {"filas-tras-el-total"}
    assert leer(libro(tmp_path / "c.xlsx", {"h": [*filas, ["Fuente: HIS, corte de enero"]]})).cifras


def test_los_titulos_repetidos_al_cambiar_de_pagina_no_cuentan_y_se_dice(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    leido = leer(
        libro(tmp_path / "b.xlsx", {"h": [*filas[:9], filas[1], *filas[9:]]}),
        fecha_dato="2023-03-31",
    )
    assert (
        leido.cifras
        == leer(libro(tmp_path / "a.xlsx", {"h": filas}), fecha_dato="2023-03-31").cifras
    )
    assert any("títulos repetidos" in a for a in leido.avisos)


def test_los_datos_por_encima_de_los_titulos_no_se_pierden(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    otro = [
        [str(v).replace("Estudiantes con", "Alumnos con") for v in f] if i == 1 else f
        for i, f in enumerate(filas)
    ]
    leido = leer(
        libro(tmp_path / "b.xlsx", {"h": [*otro[:9], filas[1], *filas[9:]]}),
        fecha_dato="2023-03-31",
    )
    assert leido.reglas == {"filas-sobre-los-titulos"} and "fila 10" in leido.dicho


def test_una_fila_pegada_dos_veces_en_un_reporte_se_rechaza(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    leido = leer(libro(tmp_path / "b.xlsx", {"h": [*filas, filas[7]]}), fecha_dato="2023-03-31")
    assert (
        leido.reglas == {"fila-repetida"}
        and "fila 8" in leido.dicho
        and "iguales: cuentan" in leido.dicho
    )


def test_una_tabla_con_su_fila_de_total_lo_dice(tmp_path: Path) -> None:
    tabla: Filas = [
        ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato"],
        ["M4-K05", "2026-T3", "130809", 46, 79, "2026-10-14"],
        ["TOTAL", "", "", 46, 79, ""],
    ]
    assert leer(libro(tmp_path / "t.xlsx", {"h": tabla})).reglas == {"fila-de-total"}


def test_un_total_al_que_solo_le_pusieron_el_anio_se_senala(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    suma: list[object] = [2022, *[""] * 6, 25]
    leido = leer(libro(tmp_path / "s.xlsx", {"h": [*filas, suma]}), fecha_dato="2023-03-31")
    assert leido.reglas == {"fila-de-total"} and "«Código modular»" in leido.dicho
    filas[5][1:3] = ["", ""]
    con_algo = libro(tmp_path / "a.xlsx", {"h": filas})
    assert not leer(con_algo, fecha_dato="2023-03-31").reglas


def anemia(cambio: Callable[[str], str | None], desde: int = 5) -> dict[str, Filas]:
    """El reporte de anemia con la edad de sus filas escrita de otro modo."""
    filas = filas_de("sien-anemia.xlsx")
    return {
        "Anemia": [
            [*f[:2], cambio(str(f[2])), *f[3:]] if i >= desde and len(f) > 3 else f
            for i, f in enumerate(filas)
        ]
    }


SEMESTRE = {"periodo": "2025-S1", "fecha_dato": "2025-08-10"}


@pytest.mark.parametrize("guion", ["-", "–", " – ", "  -", "\u2011"])
def test_el_guion_de_una_respuesta_no_deja_filas_fuera(tmp_path: Path, guion: str) -> None:
    """«6-11 meses» no contaba, sin decirlo, donde el mapeo dice «6 - 11 meses»."""
    sanas = leer(libro(tmp_path / "a.xlsx", anemia(str)), **SEMESTRE).cifras
    de_otro_modo = libro(tmp_path / "b.xlsx", anemia(lambda t: t.replace(" - ", guion)))
    assert leer(de_otro_modo, **SEMESTRE).cifras == sanas != {}


def test_una_fila_con_cifras_que_no_dice_de_que_depende_se_senala(tmp_path: Path) -> None:
    """Quien escribe la edad solo en la primera fila de cada grupo perdía las demás."""
    filas = anemia(str)["Anemia"]
    filas[7] = [*filas[7][:2], None, *filas[7][3:]]
    pie: Filas = [["Fuente: SIEN"]]
    leido = leer(libro(tmp_path / "v.xlsx", {"Anemia": [*filas, *pie]}), **SEMESTRE)
    assert leido.reglas == {"celda-vacia"} and leido.celdas == ("Anemia!C · Edad 8",)


def test_lo_que_una_condicion_deja_fuera_se_dice(tmp_path: Path) -> None:
    mapeo = {
        "nombre": "Prueba",
        "descripcion": "Prueba.",
        "fuente": "his-minsa",
        "periodo": {"columna": "Año"},
        "fecha_dato": {"pedir": True},
        "lugares": [{"constante": "130809"}],
        "medidas": [{"kpi": "M2-K10", "cuando": {"Nivel": ["Inicial"]}, "valor": {"sumar": "N"}}],
    }
    filas: Filas = [["Año", "Nivel", "N"], [2025, "Inicial", 4], [2025, "INICIAL ", 3]]
    bien = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": filas}))
    mal = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": [*filas, [2025, "Inic.", 9]]}))
    assert bien.cifras == mal.cifras != {} and not bien.avisos
    assert mal.avisos == ("«Nivel»: 1 fila no cuenta, porque dice «Inic.».",)


TABLA: Filas = [
    ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato"],
    ["M4-K05", "2026-T3", "130809", 46, 79, "2026-10-14"],
    ["M4-K05", "2026-T2", "130809", 41, 77, "2026-07-14"],
]


def test_las_columnas_en_blanco_de_una_tabla_no_estorban(tmp_path: Path) -> None:
    con_blancos: Filas = [[f[0], "", *f[1:3], "", *f[3:], ""] for f in TABLA]
    sanas = leer(libro(tmp_path / "t.xlsx", {"h": TABLA})).cifras
    assert leer(libro(tmp_path / "b.xlsx", {"h": con_blancos})).cifras == sanas != {}


def test_los_numeros_de_fila_que_pone_r_se_dicen_una_vez(tmp_path: Path) -> None:
    numerada: Filas = [["" if i == 0 else i, *f] for i, f in enumerate(TABLA)]
    leido = leer(libro(tmp_path / "r.xlsx", {"h": numerada}))
    assert leido.reglas == {"columna-sin-titulo"} and leido.celdas == ("h!A 1",)
    assert "hay algo en 2 filas: bórrela" in leido.dicho


def test_una_nota_bajo_la_tabla_es_un_solo_defecto(tmp_path: Path) -> None:
    nota: Filas = [[], ["Fuente: HIS-MINSA. Elaboración propia", "2026"]]
    leido = leer(libro(tmp_path / "n.xlsx", {"h": [*TABLA, *nota]}))
    assert leido.reglas == {"fila-que-no-es-medida"} and leido.celdas == ("h!A · kpi 5",)
    assert "bórrela" in leido.dicho


def test_una_columna_de_mas_no_calla_los_demas_defectos(tmp_path: Path) -> None:
    titulos = [*TABLA[0], "valor", "color"]
    malas: Filas = [titulos, [*TABLA[1], "", "azul"], ["M4-K99", *TABLA[2][1:], "", "rojo"]]
    leido = leer(libro(tmp_path / "c.xlsx", {"h": malas}))
    assert leido.reglas == {"columna-sobrante", "kpi-desconocido"}


# — envíos de una encuesta —


def encuesta() -> Filas:
    return filas_de("kobo-hogares.xlsx")


@pytest.fixture(scope="module")
def bien(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return leer(libro(tmp_path_factory.mktemp("k") / "a.xlsx", {"Encuesta": encuesta()})).cifras


def con_columna(filas: Filas, titulo: str, valores: dict[int, object], resto: object = "") -> Filas:
    return [[*f, titulo if i == 0 else valores.get(i, resto)] for i, f in enumerate(filas)]


@pytest.mark.parametrize(
    "titulo", ["_uuid", "meta/instanceID", "meta-instanceID", "KEY", "_id", "Identificador"]
)
def test_un_envio_repetido_cuenta_una_vez(tmp_path: Path, bien: dict, titulo: str) -> None:
    titulos, *_ = todas = encuesta()
    filas = [[v for c, v in enumerate(f) if titulos[c] not in ("_id", "_uuid")] for f in todas]
    filas = con_columna(filas, titulo, {}, "")
    for i, f in enumerate(filas[1:], 1):
        f[-1] = f"uuid:{i}"
    repetida = [*filas[3]]
    repetida[filas[0].index("_index")] = 999
    ruta = libro(tmp_path / "b.xlsx", {"Encuesta": [*filas, repetida, filas[9]]})
    if titulo == "Identificador":
        mapeo = {
            "nombre": "prueba",
            "descripcion": "Una fila por hogar.",
            "fuente": "encuesta-comunal",
            "periodo": {"columna": "end", "periodo_de_fecha": "anual"},
            "fecha_dato": {"columna": "end"},
            "lugares": [{"constante": "130809"}],
            "identificador": titulo,
            "medidas": [
                {
                    "kpi": "M4-K08",
                    "numerador": {"contar": {"fies/categoria": ["grave"]}},
                    "denominador": {"contar": {"fies/categoria": ["*"]}},
                }
            ],
        }
        leido, sin = (
            leer_con(mapeo, ruta),
            leer_con(mapeo, libro(tmp_path / "s.xlsx", {"Encuesta": filas})),
        )
        assert leido.cifras == sin.cifras != {}
    else:
        leido = leer(ruta)
        assert leido.cifras == bien
    assert any("2 filas de envíos repetidos" in a for a in leido.avisos)


def test_un_identificador_en_mayusculas_es_el_mismo(tmp_path: Path, bien: dict) -> None:
    titulos, *datos = encuesta()
    otra = [str(v).upper() if t == "_uuid" else v for t, v in zip(titulos, datos[3], strict=True)]
    otra[titulos.index("_id")] = 999
    leido = leer(libro(tmp_path / "b.xlsx", {"Encuesta": [titulos, *datos, otra]}))
    assert leido.cifras == bien and any("repetidos" in a for a in leido.avisos)


def test_el_mismo_envio_con_otra_respuesta_se_rechaza(tmp_path: Path) -> None:
    otra = [*encuesta()[3]]
    otra[7] = "leve" if otra[7] != "leve" else "grave"
    leido = leer(libro(tmp_path / "b.xlsx", {"Encuesta": [*encuesta(), otra]}))
    assert (
        "envio-repetido" in leido.reglas
        and "fila 4" in leido.dicho
        and "«fies/categoria»" in leido.dicho
    )


@pytest.mark.parametrize(
    ("columna", "valor"),
    [
        ("_validation_status", "validation_status_not_approved"),
        ("_validation_status", "Not approved"),
        ("ReviewState", "rejected"),
        ("_validation_status", "No aprobado"),
    ],
)
def test_lo_que_el_equipo_rechazo_no_cuenta_y_se_dice_cuantas(
    tmp_path: Path, columna: str, valor: str
) -> None:
    leido = leer(
        libro(
            tmp_path / "b.xlsx",
            {"Encuesta": con_columna(encuesta(), columna, dict.fromkeys(range(1, 31), valor))},
        )
    )
    sin = leer(libro(tmp_path / "c.xlsx", {"Encuesta": [encuesta()[0], *encuesta()[31:]]}))
    assert leido.cifras == sin.cifras != {} and any("30 filas" in a for a in leido.avisos)


DUDOSAS = {
    "en-espera": ("_validation_status", "On hold", "envio-en-espera"),
    "con-problemas": ("ReviewState", "hasIssues", "envio-en-espera"),
    "usuario-de-prueba": ("_submitted_by", "prueba", "envio-de-prueba"),
    "etiqueta": ("_tags", "test", "envio-de-prueba"),
    "pregunta": ("es_prueba", "si", "envio-de-prueba"),
}


@pytest.mark.parametrize("caso", DUDOSAS)
def test_lo_que_nadie_decidio_se_pregunta(tmp_path: Path, caso: str) -> None:
    columna, valor, regla = DUDOSAS[caso]
    titulos, *_ = todas = encuesta()
    filas = [[v for c, v in enumerate(f) if titulos[c] != columna] for f in todas]
    leido = leer(
        libro(tmp_path / "b.xlsx", {"Encuesta": con_columna(filas, columna, {4: valor, 9: valor})})
    )
    assert leido.reglas == {regla} and "2 filas" in leido.dicho and "filas 5, 10" in leido.dicho


@pytest.mark.parametrize("nombre", ["fies/categoria_v2", "fies/categoria2", "nivel_de_inseguridad"])
def test_una_pregunta_renombrada_deja_dos_columnas_a_medias_y_se_dice(
    tmp_path: Path, nombre: str
) -> None:
    filas = con_columna(encuesta(), nombre, {})
    for f in filas[60:]:
        f[-1], f[7] = f[7], ""
    leido = leer(libro(tmp_path / "b.xlsx", {"Encuesta": filas}))
    assert (
        leido.reglas == {"pregunta-partida"}
        and f'titulos: {{"fies/categoria": ["{nombre}"]}}' in leido.dicho
    )


def test_declarada_la_otra_version_de_la_pregunta_las_dos_columnas_son_una(tmp_path: Path) -> None:
    filas = con_columna(encuesta(), "fies/categoria_v2", {})
    for f in filas[60:]:
        f[-1], f[7] = f[7], ""
    mapeo = {
        "nombre": "prueba",
        "descripcion": "Una fila por hogar.",
        "fuente": "encuesta-comunal",
        "periodo": {"columna": "end", "periodo_de_fecha": "anual"},
        "fecha_dato": {"columna": "end"},
        "lugares": [{"constante": "130809"}],
        "titulos": {"fies/categoria": ["fies/categoria_v2"]},
        "medidas": [
            {
                "kpi": "M4-K08",
                "numerador": {"contar": {"fies/categoria": ["moderada", "grave"]}},
                "denominador": {"contar": {"fies/categoria": ["*"]}},
            }
        ],
    }
    entera = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"Encuesta": encuesta()}))
    assert (
        leer_con(mapeo, libro(tmp_path / "b.xlsx", {"Encuesta": filas})).cifras
        == entera.cifras
        != {}
    )
    filas[1][7], filas[1][-1] = "grave", "leve"
    assert leer_con(mapeo, libro(tmp_path / "c.xlsx", {"Encuesta": filas})).reglas == {
        "dos-respuestas"
    }


def test_una_respuesta_que_el_formulario_no_tenia_se_senala(tmp_path: Path) -> None:
    filas = encuesta()
    filas[5][7] = "Inseguridad grave"
    leido = leer(libro(tmp_path / "b.xlsx", {"Encuesta": filas}))
    assert leido.reglas == {"valor-desconocido"} and leido.celdas == (
        "Encuesta!H · fies/categoria 6",
    )


def _de_dos(cuando: dict[str, list[str]]) -> dict[str, object]:
    """Un mapeo con dos medidas: la primera solo cuenta donde se cumple la condición."""
    return mapeo_de(
        {"kpi": "M2-K10", "valor": {"sumar": "Unas"}, "cuando": cuando},
        {"kpi": "M2-K11", "valor": {"sumar": "Otras"}},
        periodo={"columna": "Año"},
    )


def test_de_lo_que_no_depende_una_cifra_no_se_le_pide(tmp_path: Path) -> None:
    cabeza = ["Año", "Tipo", "Unas", "Otras"]
    sin_tipo = libro(tmp_path / "b.xlsx", {"h": [cabeza, [2025, "A", 3, 1], [2025, "", "", 4]]})
    leido = leer_con(_de_dos({"Tipo": ["A"]}) | {"vacio": "omitir"}, sin_tipo)
    assert "celda-vacia" not in leido.reglas, leido.dicho
    con_cifra = libro(tmp_path / "c.xlsx", {"h": [cabeza, [2025, "A", 3, 1], [2025, "", 5, 4]]})
    assert "celda-vacia" in leer_con(_de_dos({"Tipo": ["A"]}), con_cifra).reglas
    lleno = leer_con(_de_dos({"Tipo": ["*"]}), con_cifra)
    assert "celda-vacia" not in lleno.reglas, lleno.dicho


def test_un_anio_de_cuatro_cifras_no_es_de_otro_milenio() -> None:
    assert dia_probable("14-oct-1998") == "1998-10-14"
    assert dia_probable("14-oct-26") == "2026-10-14"


def _suma_por(titulo: str) -> dict[str, object]:
    return mapeo_de({"kpi": "M2-K10", "valor": {"sumar": titulo}})


@pytest.mark.parametrize(
    "dicho", ["Ambos sexos", "Todas las edades", "TODOS LOS GRUPOS DE EDAD", "Ambos", "Todos", "T"]
)
def test_un_total_que_no_dice_total_se_senala(tmp_path: Path, dicho: str) -> None:
    """La fila de «Ambos sexos» contaba a todos otra vez."""
    filas: Filas = [["Sexo", "Casos"], ["Hombre", 4], ["Mujer", 7], [dicho, 11], ["Otro", 9]]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.reglas == {"fila-de-total"} and leido.celdas == ("h!A · Sexo 4",)


BANOS: Filas = [["Baños de", "Casos"], ["Hombres", 4], ["Mujeres", 7], ["Ambos sexos", 2]]


def test_lo_que_es_de_todos_y_no_suma_las_demas_cuenta_y_se_dice(tmp_path: Path) -> None:
    """A los baños compartidos se les pedía borrarlos, o nombrar las respuestas en el mapeo."""
    ruta = libro(tmp_path / "a.xlsx", {"h": BANOS})
    leido = leer_con(_suma_por("Casos"), ruta)
    assert [c[2] for c in leido.cifras.values()] == ["13"], leido.dicho
    (aviso,) = (a for a in leido.avisos if "Ambos sexos" in a)
    assert aviso == (
        "La fila 4 dice «Ambos sexos» y no es la suma de las demás: pone 2 en «Casos», y las otras"
        " suman 11. Se cuenta como una más; si no debe contar, bórrela o nombre en el mapeo las"
        ' que cuentan, con cuando: {"Baños de": ["Hombres", "Mujeres"]}.'
    )
    cuando = {"Baños de": ["Hombres", "Mujeres"]}
    sin_ella = leer_con(
        mapeo_de({"kpi": "M2-K10", "valor": {"sumar": "Casos"}, "cuando": cuando}), ruta
    )
    assert [c[2] for c in sin_ella.cifras.values()] == ["11"]
    assert not any("Se cuenta" in a for a in sin_ella.avisos)


def test_de_muchas_filas_que_no_suman_las_demas_se_avisa_una_vez(tmp_path: Path) -> None:
    hoja: Filas = [["Local", *BANOS[0]], *([n, *f] for n in ("Uno", "Dos") for f in BANOS[1:])]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": hoja}))
    assert [c[2] for c in leido.cifras.values()] == ["26"], leido.dicho
    (aviso,) = (a for a in leido.avisos if "Ambos sexos" in a)
    assert "La fila 4 dice" in aviso and "Tampoco lo es la fila 7." in aviso


@pytest.mark.parametrize(
    "filas",
    [
        [("A", "Ambos sexos", 11), ("A", "Hombres", 4), ("A", "Mujeres", 7)],
        [
            *[("A", "Hombres", 4), ("B", "Hombres", 1), ("A", "Mujeres", 7), ("B", "Mujeres", 2)],
            *[("A", "Ambos sexos", 11), ("B", "Ambos sexos", 3)],
        ],
        [
            *[("A", "Hombres", 4), ("A", "Mujeres", 7), ("A", "Ambos sexos", 11)],
            *[("B", "Hombres", 1), ("B", "Mujeres", 2), ("B", "Ambos sexos", 3)],
            ("", "Ambos sexos", 14),
        ],
        [("A", "Hombres", 0), ("A", "Mujeres", 0), ("A", "Ambos sexos", 0)],
        [("A", "Hombres", 4), ("A", "Mujeres", ""), ("A", "Ambos sexos", 4)],
        [("A", "Hombres", 4), ("A", "Mujeres", 7), ("A", "Ambos sexos", "")],
        [("A", "Hombres", 4), ("A", "Mujeres", 7), ("A", "Todos los anexos", 2)],
    ],
    ids=["encima", "por-columnas", "y-el-de-todo", "ceros", "con-vacias", "sin-cifra", "lugares"],
)
def test_el_total_de_todos_se_rechaza_donde_este(
    tmp_path: Path, filas: list[tuple[object, ...]]
) -> None:
    hoja: Filas = [["Puesto", "Sexo", "Casos"], *map(list, filas)]
    leido = leer_con(
        _suma_por("Casos") | {"vacio": "cero"}, libro(tmp_path / "a.xlsx", {"h": hoja})
    )
    assert leido.reglas == {"fila-de-total"}
    assert len(leido.celdas) == sum(str(f[1]).startswith(("Ambos", "Todos")) for f in filas)


def test_con_dos_cifras_basta_que_una_sea_la_suma(tmp_path: Path) -> None:
    """Un total con una errata no deja de ser un total."""
    mapeo = mapeo_de(
        {"kpi": "M4-K08", "numerador": {"sumar": "Con"}, "denominador": {"sumar": "De"}}
    )
    filas: Filas = [
        ["Sexo", "Con", "De"],
        ["Hombre", 4, 9],
        ["Mujer", 0, 8],
        ["Ambos sexos", 5, 17],
    ]
    total = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": filas}))
    assert total.reglas == {"fila-de-total"}
    filas[1][1], filas[3][1:] = 0, [0, 3]
    aparte = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": filas}))
    assert [c[:2] for c in aparte.cifras.values()] == [("0", "20")], aparte.dicho
    assert any("pone 0 en «Con» y 3 en «De», y las otras suman 0 y 17" in a for a in aparte.avisos)


def test_buscar_lo_que_suman_las_demas_no_recorre_el_reporte_por_cada_fila(tmp_path: Path) -> None:
    ruta = tmp_path / "a.csv"
    tres = ("Hombres", "Mujeres", "Ambos sexos")
    filas = "\n".join(f"{s},{20 + i % 41}" for s in tres for i in range(4_000))
    ruta.write_text(f"Sexo,Casos\n{filas}\n", encoding="utf-8")
    inicio = time.process_time()
    leer_con(_suma_por("Casos") | {"filas": {"iguales": "cuentan"}}, ruta)
    assert time.process_time() - inicio < 10, "con el cuadrado de las filas, más de un minuto"


COMUNIDADES = NombreDeLugar(singular="comunidad", plural="comunidades", genero="femenino")
CENTROS = NombreDeLugar(singular="centro poblado", plural="centros poblados", genero="masculino")


@pytest.mark.parametrize(
    ("dicho", "se_llaman"),
    [
        ("Todas las comunidades", COMUNIDADES),
        ("TODOS LOS CENTROS  POBLADOS", CENTROS),
        ("Todos los anexos", COMUNIDADES),
        ("Todos los distritos", CENTROS),
    ],
)
def test_el_total_de_los_lugares_se_senala_con_la_palabra_del_territorio(
    tmp_path: Path, dicho: str, se_llaman: NombreDeLugar
) -> None:
    """En un territorio de comunidades, «Todas las comunidades» contaba a todos otra vez."""
    filas: Filas = [["Lugar", "Casos"], ["Uno", 4], ["Dos", 7], [dicho, 12]]
    ruta = libro(tmp_path / "a.xlsx", {"h": filas})
    leido = leer_con(_suma_por("Casos"), ruta, territorio=territorio(anexos_se_llaman=se_llaman))
    assert leido.reglas == {"fila-de-total"} and leido.celdas == ("h!A · Lugar 4",)


def test_lo_que_es_de_ambos_y_no_suma_las_de_arriba_cuenta(tmp_path: Path) -> None:
    filas: Filas = [["Turno", "Casos"], ["Mañana", 4], ["Tarde", 7], ["Ambos", 3]]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[2] for c in leido.cifras.values()] == ["14"]
    grupos = {"Hombre": "sexo:hombre", "Mujer": "sexo:mujer", "Ambos sexos": "total"}
    mapeo = _suma_por("Casos") | {"grupos": [{"columna": "Sexo", "traducir": grupos}]}
    filas = [["Sexo", "Casos"], ["Hombre", 4], ["Mujer", 7], ["Ambos sexos", 11]]
    leido = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": filas}))
    assert [c[2] for c in leido.cifras.values()] == ["4", "7", "11"] and not leido.avisos


@pytest.mark.parametrize(
    ("titulo", "filas"),
    [
        ("Sexo", [("Ambos sexos", 4), ("Ambos sexos", 7)]),
        ("Edad", [("Todas las edades", 4)]),
        ("Turno", [("M", 1), ("M", 1), ("T", 2)]),
        ("Turno", [("M", 30), ("T", 41), ("M", 28), ("T", 58), ("M", 30), ("T", 30)]),
    ],
)
def test_lo_que_parece_un_total_y_no_lo_es_cuenta(
    tmp_path: Path, titulo: str, filas: list[tuple[str, int]]
) -> None:
    """Una columna que dice siempre lo mismo, o un turno que coincide con la suma de otros."""
    hoja: Filas = [
        ["Puesto", titulo, "Casos"],
        *([f"P{i}", dicho, n] for i, (dicho, n) in enumerate(filas)),
    ]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": hoja}))
    assert not leido.reglas
    assert [c[2] for c in leido.cifras.values()] == [str(sum(n for _, n in filas))]


@pytest.mark.parametrize(
    ("mas", "hasta"),
    [
        (["Sexo", "Puesto", "Casos"], ""),
        (["Nota: incluye a los que están de paso", "", ""], "Nota"),
        (["Distrito de Pataz", "", 11], "Distrito"),
    ],
)
def test_lo_que_dicen_todas_las_filas_no_es_un_total_aunque_haya_otras_sin_datos(
    tmp_path: Path, mas: list[object], hasta: str
) -> None:
    """Con los títulos repetidos o una nota al pie, se pedía borrar todas las filas."""
    filas: Filas = [["Sexo", "Puesto", "Casos"], ["Ambos sexos", "Uno", 4], mas]
    filas.insert(2 if hasta else 3, ["Ambos sexos", "Dos", 7])
    mapeo = _suma_por("Casos") | {"hasta": hasta}
    leido = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[2] for c in leido.cifras.values()] == ["11"], leido.dicho


def test_de_lo_que_solo_parece_un_total_se_dice_como_contarlo(tmp_path: Path) -> None:
    """Al turno «T» que coincide con la suma de los otros solo se le pedía borrarlo."""
    filas: Filas = [["Turno", "Casos"], ["M", 30], ["N", 10], ["T", 40]]
    ruta = libro(tmp_path / "a.xlsx", {"h": filas})
    assert 'cuando: {"Turno": ["T", …]}' in leer_con(_suma_por("Casos"), ruta).dicho
    cuando = {"Turno": ["M", "N", "T"]}
    mapeo = mapeo_de({"kpi": "M2-K10", "valor": {"sumar": "Casos"}, "cuando": cuando})
    assert [c[2] for c in leer_con(mapeo, ruta).cifras.values()] == ["80"]
    filas[-1][0] = "Total"
    ruta = libro(tmp_path / "b.xlsx", {"h": filas})
    assert "cuando" not in leer_con(_suma_por("Casos"), ruta).dicho


def test_cada_grupo_tiene_su_total(tmp_path: Path) -> None:
    grupo = [("Hombre", 4), ("Mujer", 7), ("T", 11)]
    hoja: Filas = [["Puesto", "Sexo", "Casos"], *([p, *g] for p in ("Uno", "Dos") for g in grupo)]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": hoja}))
    assert leido.reglas == {"fila-de-total"}
    assert leido.celdas == ("h!B · Sexo 4", "h!B · Sexo 7")


def test_buscar_totales_no_recorre_el_reporte_por_cada_fila(tmp_path: Path) -> None:
    ruta = tmp_path / "a.csv"
    filas = "\n".join(f"{'MT'[i % 2]},{20 + i % 41}" for i in range(12_000))
    ruta.write_text(f"Turno,Casos\n{filas}\n", encoding="utf-8")
    inicio = time.process_time()
    leer_con(_suma_por("Casos"), ruta)
    assert time.process_time() - inicio < 10, "con el cuadrado de las filas, más de un minuto"


DOBLE = "La fila 2 pone lo mismo que todas las demás"


@pytest.mark.parametrize("dicho", ["Zona norte", "Pataz", "Municipalidad distrital de Pataz"])
def test_de_una_fila_que_pone_lo_mismo_que_las_demas_juntas_se_avisa(
    tmp_path: Path, dicho: str
) -> None:
    """«Pataz» es también uno de los anexos del distrito de Pataz."""
    filas: Filas = [["Lugar", "Casos"], [dicho, 11], ["Nimpana", 4], ["Vijus", 7]]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert not leido.reglas and any(DOBLE in a for a in leido.avisos)


@pytest.mark.parametrize(
    "dicho",
    [
        *["Distrito Pataz", "DISTRITO DE PATAZ", "Pataz (distrito)", "Provincia de Pataz"],
        *["Todo el distrito", "130809", 130809, "130809 - Pataz"],
    ],
)
@pytest.mark.parametrize("donde", [1, 3])
def test_la_fila_de_todo_el_territorio_que_suma_sus_lugares_se_rechaza(
    tmp_path: Path, dicho: object, donde: int
) -> None:
    """La del distrito, junto a las de sus anexos, contaba a todos otra vez."""
    filas: Filas = [["Lugar", "Casos"], ["Pataz", 4], ["Vijus", 7]]
    filas.insert(donde, [dicho, 11])
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.reglas == {"fila-de-total"} and leido.celdas == (f"h!A · Lugar {donde + 1}",)
    assert not any("pone lo mismo" in a for a in leido.avisos)
    cuando = {"Lugar": [str(dicho), "Pataz", "Vijus"]}
    assert f'cuando: {{"Lugar": ["{dicho}", …]}}' in leido.dicho
    mapeo = mapeo_de({"kpi": "M2-K10", "valor": {"sumar": "Casos"}, "cuando": cuando})
    nombrada = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": filas}))
    assert [c[2] for c in nombrada.cifras.values()] == ["22"], nombrada.dicho


def test_al_importar_se_reconoce_el_territorio_de_este_observatorio(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    suma = sum(f[7] for f in filas[2:] if isinstance(f[7], float))
    entero: list[object] = [2022, "0990003", "Distrito de Pataz", "Primaria", 6, "C", 50, suma]
    leido = leer(libro(tmp_path / "s.xlsx", {"h": [*filas, entero]}), fecha_dato="2023-03-31")
    assert leido.reglas == {"fila-de-total"} and "Distrito de Pataz" in leido.dicho, leido.avisos


@pytest.mark.parametrize(
    "filas",
    [
        [("Distrito Pataz", 12), ("Pataz", 4), ("Vijus", 7)],
        [("Distrito Pataz", 4), ("Pataz", 4)],
        [("Distrito Pataz", 0), ("Pataz", 0), ("Vijus", 0)],
        [("Distrito Pataz", 11)],
        [("130809", 11), ("130809", 4), ("130809", 7)],
    ],
    ids=["no-suma", "un-solo-lugar", "ceros", "sola", "todas-lo-dicen"],
)
def test_la_fila_de_todo_el_territorio_que_no_prueba_ser_un_total_cuenta(
    tmp_path: Path, filas: list[tuple[str, int]]
) -> None:
    hoja: Filas = [["Lugar", "Nota", "Casos"], *([f[0], str(i), f[1]] for i, f in enumerate(filas))]
    leido = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": hoja}))
    assert [c[2] for c in leido.cifras.values()] == [str(sum(n for _, n in filas))], leido.dicho
    con_otras = {d for d, n in filas if n} >= {"Distrito Pataz", "Pataz"}
    assert any("«Distrito Pataz», que es todo el" in a for a in leido.avisos) == con_otras


def test_el_territorio_se_reconoce_en_cada_periodo_y_en_todas_las_cifras(tmp_path: Path) -> None:
    titulos: list[object] = ["Año", "Ubigeo", "Lugar", "Con", "De"]
    mapeo = mapeo_de(
        {"kpi": "M4-K08", "numerador": {"sumar": "Con"}, "denominador": {"sumar": "De"}},
        periodo={"columna": "Año"},
    )
    filas: Filas = [
        [a, 130809, *fila]
        for a in (2024, 2025)
        for fila in (["Distrito", 4, 30], ["Pataz", 1, 10], ["Vijus", 3, 20])
    ]
    leido = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": [titulos, *filas]}))
    assert leido.reglas == {"fila-de-total"}
    assert leido.celdas == ("h!C · Lugar 2", "h!C · Lugar 5")
    filas[3][-1] = 31
    leido = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": [titulos, *filas]}))
    assert leido.celdas == ("h!C · Lugar 2",)


def test_el_territorio_que_va_a_su_propia_cifra_no_es_un_total_de_mas(tmp_path: Path) -> None:
    """Con los códigos en la columna, la fila del distrito y las de los anexos no se suman."""
    hoja: Filas = [["Lugar", "Casos"], ["130809", 11], ["1308090001", 4], ["1308090002", 7]]
    ruta = libro(tmp_path / "a.xlsx", {"h": hoja})
    por_lugar = _suma_por("Casos") | {"lugares": [{"columna": "Lugar"}]}
    assert [c[2] for c in leer_con(por_lugar, ruta).cifras.values()] == ["11", "4", "7"]
    doble = _suma_por("Casos") | {"lugares": [{"columna": "Lugar"}, {"constante": "130809"}]}
    assert leer_con(doble, ruta).reglas == {"fila-de-total"}
    de_cada_uno = {"130809": "130809", "1308090001": "1308090001", "1308090002": "1308090002"}
    traducido = {"columna": "Lugar", "traducir": de_cada_uno}
    por_lugar["lugares"] = [traducido]
    assert [c[2] for c in leer_con(por_lugar, ruta).cifras.values()] == ["11", "4", "7"]
    doble["lugares"] = [traducido, {"constante": "130809"}]
    assert leer_con(doble, ruta).reglas == {"fila-de-total"}
    solo_el = mapeo_de(
        {"kpi": "M2-K10", "valor": {"sumar": "Casos"}, "cuando": {"Lugar": ["130809"]}}
    )
    assert [c[2] for c in leer_con(solo_el, ruta).cifras.values()] == ["11"]


def test_una_fila_no_entra_dos_veces_en_la_misma_cifra(tmp_path: Path) -> None:
    """Con el lugar de la columna y el distrito fijo, la fila del distrito contaba doble."""
    ruta = libro(tmp_path / "a.xlsx", {"h": [["Lugar", "Casos"], ["130809", 11]]})
    mapeo = _suma_por("Casos") | {"lugares": [{"columna": "Lugar"}, {"constante": "130809"}]}
    assert [c[2] for c in leer_con(mapeo, ruta).cifras.values()] == ["11"]


def test_en_una_provincia_un_distrito_es_uno_de_sus_lugares(tmp_path: Path) -> None:
    filas: Filas = [["Lugar", "Casos"], ["Distrito Pataz", 11], ["Chillia", 4], ["Parcoy", 7]]
    provincia = territorio(tipo="provincia", ubigeo="1308")
    ruta = libro(tmp_path / "a.xlsx", {"h": filas})
    assert not leer_con(_suma_por("Casos"), ruta, territorio=provincia).reglas
    filas[1][0] = "Provincia de Pataz"
    ruta = libro(tmp_path / "b.xlsx", {"h": filas})
    leido = leer_con(_suma_por("Casos"), ruta, territorio=provincia)
    assert leido.reglas == {"fila-de-total"}


def test_una_fila_de_csv_con_mas_campos_que_titulos_se_senala(tmp_path: Path) -> None:
    """«12,5» sin comillas, en un CSV separado por comas, entraba como 12."""
    ruta = tmp_path / "a.csv"
    ruta.write_text("Lugar,Casos\nPataz,12,5\nVijus,7\n", encoding="utf-8")
    leido = leer_con(_suma_por("Casos"), ruta)
    assert leido.reglas == {"campos-de-mas"} and leido.celdas == ("a!C 2",)
    assert "coma decimal" in leido.dicho
    for bien in (
        "Lugar;Casos;\nPataz;12;ojo\nVijus;7;;;\n",
        "Lugar;Casos\nPataz;12;ojo\nVijus;7\n",
    ):
        ruta.write_text(bien, encoding="utf-8")
        assert [c[2] for c in leer_con(_suma_por("Casos"), ruta).cifras.values()] == ["19"]
    for mal in (
        "Lugar,Casos,Nota\nPataz,12,5,ojo\nVijus,7,\n",
        "Lugar,Casos\nPataz,1,200.50\nVijus,300\n",
    ):
        ruta.write_text(mal, encoding="utf-8")
        assert leer_con(_suma_por("Casos"), ruta).reglas == {"campos-de-mas"}


@pytest.mark.parametrize("columna", ["Mujeres", "Total"])
def test_un_titulo_que_solo_esta_en_la_fila_de_encima_no_deja_campos_de_mas(
    tmp_path: Path, columna: str
) -> None:
    """La segunda fila de títulos, más corta, hacía rechazar todas las del reporte."""
    ruta = tmp_path / "a.csv"
    titulos = "Lugar,Casos,,Total\n,Hombres,Mujeres\n"
    ruta.write_text(f"{titulos}Pataz,3,4,7\nVijus,1,2,3\n", encoding="utf-8")
    mapeo = mapeo_de(
        {"kpi": "M4-K08", "numerador": {"sumar": "Hombres"}, "denominador": {"sumar": columna}}
    )
    leido = leer_con(mapeo, ruta)
    assert not leido.reglas and len(leido.cifras) == 1, leido.dicho
    ruta.write_text(f"{titulos}Pataz,3,4,7,5\nVijus,1,2,3\n", encoding="utf-8")
    assert leer_con(mapeo, ruta).reglas == {"campos-de-mas"}


def test_de_lo_que_se_cuenta_al_final_no_se_suman_los_meses_sin_decirlo(tmp_path: Path) -> None:
    filas: Filas = [["Mes", "Casos"], ["Enero", 40], ["Febrero", 42], ["Marzo", 41]]
    varios = leer_con(_suma_por("Casos"), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert any("varios «Mes» («Enero», «Febrero», «Marzo»)" in a for a in varios.avisos)
    uno = leer_con(_suma_por("Casos"), libro(tmp_path / "b.xlsx", {"h": filas[:2]}))
    assert not any("varios" in a for a in uno.avisos)
