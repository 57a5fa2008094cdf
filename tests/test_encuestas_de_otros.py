"""La misma encuesta, como la exporta cada programa y como la deja quien la abre antes de enviarla:
da las mismas cifras, o se dice qué celda o qué línea del mapeo no se entiende.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from apoyo_reportes import Filas, Leido, filas_de, leer, leer_con, libro, mapeo_de, texto_csv
from conftest import con_muestra
from observatorio.catalogo.lectura import leer_yaml
from observatorio.catalogo.mapeo import DEL_REPORTE, Mapeo
from observatorio.errores import ErrorDeDatos
from observatorio.recojo.titulos import es_de_sistema
from observatorio.rutas import Proyecto

ETIQUETAS = {
    "consentimiento": "¿Acepta participar?",
    "ubicacion/anexo": "Anexo",
    "fies/categoria": "Categoría FIES",
}
SUELTAS = {"agua": "Agua", "desague": "Desagüe", "luz": "Luz", "ninguno": "Ninguno"}
JUNTAS = "servicios/faltan"


def titulos(cambio: Callable[[str], str]) -> Callable[[Filas], Filas]:
    return lambda filas: [[cambio(str(t)) for t in filas[0]], *filas[1:]]


def con_etiqueta(titulo: str, despues: str = "") -> str:
    return ETIQUETAS[titulo] + despues if titulo in ETIQUETAS else titulo


HOGARES: dict[str, Callable[[Filas], Filas]] = {
    "nombres-y-etiquetas": lambda f: [f[0], [con_etiqueta(str(t)) for t in f[0]], *f[1:]],
    "etiquetas-y-nombres": lambda f: [[con_etiqueta(str(t)) for t in f[0]], *f],
    "marcas-hxl": lambda f: [f[0], ["", "", "#adm4 +name", "#indicator"], *f[1:]],
    "etiquetas-en-espanol": titulos(lambda t: con_etiqueta(t, "::Español (es)")),
    "nombres-en-espanol": titulos(lambda t: f"{t}::Spanish" if t in ETIQUETAS else t),
    "espacio-duro": titulos(lambda t: t.replace("/", "\u00a0/\u00a0")),
    "salto-de-linea": titulos(lambda t: t.replace("/", "/\n")),
    "dos-puntos-al-final": titulos(lambda t: f"{t}:"),
    "mayusculas": titulos(str.upper),
    "tildes-separadas": titulos(lambda t: unicodedata.normalize("NFD", con_etiqueta(t))),
    "entre-comillas": titulos(lambda t: f'"{t}"'),
    "obligatorias": titulos(lambda t: f"{t} *"),
    "numeradas": titulos(lambda t: f"1. {t}"),
    "columnas-en-blanco": lambda f: [[None, *x[:3], None, *x[3:], None] for x in f],
}
SERVICIOS: dict[str, Callable[[Filas], Filas]] = {
    "solo-etiquetas": lambda f: [
        [
            f"¿Cuáles de estos servicios faltan?/{SUELTAS[str(t).rpartition('/')[2]]}"
            if str(t).startswith(f"{JUNTAS}/")
            else t
            for t in f[0]
        ],
        *f[1:],
    ],
    "con-decimales": lambda f: [
        f[0],
        *([f"{v:.1f}" if 5 <= c <= 8 and v != "" else v for c, v in enumerate(x)] for x in f[1:]),
    ],
}
SIN_JUNTAS = "solo-etiquetas"


def de_servicios(cambio: Callable[[Filas], Filas], quitar: bool) -> Filas:
    filas = cambio(filas_de("kobo-servicios.xlsx"))
    return [[v for c, v in enumerate(f) if not (quitar and c == 4)] for f in filas]


@pytest.fixture(scope="module")
def cifras(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    carpeta = tmp_path_factory.mktemp("sanas")
    return {
        n: leer(libro(carpeta / f"{n}.xlsx", {"h": filas_de(f"kobo-{n}.xlsx")})).cifras
        for n in ("hogares", "servicios")
    }


@pytest.mark.parametrize("caso", con_muestra(HOGARES, 4))
def test_los_titulos_dicen_lo_mismo_escritos_de_otro_modo(
    tmp_path: Path, cifras: dict[str, dict], caso: str
) -> None:
    filas = HOGARES[caso](filas_de("kobo-hogares.xlsx"))
    leido = leer(libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.cifras == cifras["hogares"] and not leido.reglas
    ruta = tmp_path / "a.csv"
    ruta.write_bytes(texto_csv(filas).encode())
    assert leer(ruta).cifras == cifras["hogares"]


@pytest.mark.parametrize("caso", SERVICIOS)
def test_las_respuestas_sueltas_se_leen_como_las_escriba_cada_programa(
    tmp_path: Path, cifras: dict[str, dict], caso: str
) -> None:
    filas = de_servicios(SERVICIOS[caso], caso == SIN_JUNTAS)
    assert leer(libro(tmp_path / "a.xlsx", {"h": filas})).cifras == cifras["servicios"]


@pytest.mark.parametrize("signo", con_muestra([", ", ";", " | ", "\n"], 1))
def test_las_respuestas_juntas_se_separan_con_cualquier_signo(
    tmp_path: Path, cifras: dict[str, dict], signo: str
) -> None:
    filas = filas_de("kobo-servicios.xlsx")
    for f in filas[1:]:
        f[4] = str(f[4] or "").replace(" ", signo)
    solas = [[v for c, v in enumerate(f) if not 5 <= c <= 8] for f in filas]
    assert leer(libro(tmp_path / "a.xlsx", {"h": solas})).cifras == cifras["servicios"]


def con_columna(titulo: str, dicho: str) -> Filas:
    """La encuesta con una columna más, que en su tercera fila de datos dice algo."""
    return [
        [*f, titulo if n == 0 else dicho if n == 3 else ""]
        for n, f in enumerate(filas_de("kobo-hogares.xlsx"))
    ]


def sin_una(leido: Leido, cifras: dict[str, dict]) -> bool:
    de_todo = ("M4-K08", "2022", "130809", "total", "")
    return int(leido.cifras[de_todo][1]) == int(cifras["hogares"][de_todo][1]) - 1


@pytest.mark.parametrize(
    ("titulo", "dicho"),
    con_muestra(
        [
            ("_validation_status", "Not-Approved"),
            ("_validation_status", "No Aprobada"),
            ("_validation_status", "{'uid': 'validation_status_not_approved', 'label': 'x'}"),
            ("_validation_status/label", "Rechazada"),
            ("_validation_status/uid", "validation_status_not_approved"),
            ("__system/reviewState", "rejected"),
        ],
        2,
    ),
)
def test_un_envio_rechazado_no_cuenta_lo_diga_como_lo_diga(
    tmp_path: Path, cifras: dict[str, dict], titulo: str, dicho: str
) -> None:
    leido = leer(libro(tmp_path / "a.xlsx", {"h": con_columna(titulo, dicho)}))
    assert sin_una(leido, cifras)
    assert any("que el equipo rechazó" in a and "(fila 4)" in a for a in leido.avisos)


@pytest.mark.parametrize(("dicho", "pasa"), [("{}", True), ("Aprobado", True), ("Rara", False)])
def test_un_estado_que_no_se_conoce_se_pregunta(
    tmp_path: Path, cifras: dict[str, dict], dicho: str, pasa: bool
) -> None:
    leido = leer(libro(tmp_path / "a.xlsx", {"h": con_columna("_validation_status", dicho)}))
    assert (leido.cifras == cifras["hogares"]) is pasa
    assert leido.reglas == (set() if pasa else {"envio-con-otro-estado"})


def test_un_envio_que_su_edicion_reemplaza_no_cuenta(
    tmp_path: Path, cifras: dict[str, dict]
) -> None:
    filas = con_columna("meta/deprecatedID", "")
    filas[3][-1] = f"uuid:{filas[6][filas[0].index('_uuid')]}"
    leido = leer(libro(tmp_path / "a.xlsx", {"h": filas}))
    assert sin_una(leido, cifras)
    assert any("su edición reemplaza" in a and "(fila 7)" in a for a in leido.avisos)


# — el mapeo —

BUENO = """nombre: Prueba
descripcion: Una fila por hogar.
fuente: encuesta-comunal
periodo: {columna: end, periodo_de_fecha: anual}
fecha_dato: {columna: end}
lugares: [{constante: "130809"}]
titulos:
  acepta: ["¿Acepta?"]
  fies: [Categoría]
valores:
  fies: [leve, grave]
medidas:
  - kpi: M4-K08
    cuando: {acepta: [si]}
    numerador: {contar: {fies: [grave]}}
    denominador: {contar: {fies: ["*"]}}
"""
MAPEOS = {
    "nada-que-contar": ("{fies: [grave]}", "{fies: []}", "ficha-lista-corta", "mínimo 1"),
    "ninguna-pregunta": ("{fies: [grave]}", "{}", "ficha-lista-corta", "mínimo 1"),
    "sin-respuestas": ("[leve, grave]", "[]", "ficha-lista-corta", "mínimo 1"),
    "sin-titulos": ("[Categoría]", "[]", "ficha-lista-corta", "mínimo 1"),
    "titulo-en-dos": ("[Categoría]", '["¿ACEPTA?"]', "ficha-incoherente", "déjelo en la que es"),
    "titulo-de-otra": ("[Categoría]", "[acepta]", "ficha-incoherente", "déjelo en la que es"),
    "respuesta-imposible": ("[grave]", "[grabe]", "ficha-incoherente", "añádalo a valores"),
    "kpi-en-dos": (
        "medidas:\n",
        "medidas:\n  - {kpi: M4-K08, valor: {sumar: n}}\n",
        "ficha-incoherente",
        "deje una",
    ),
    "clave-mal-escrita": ("titulos:", "titulo:", "ficha-campo-desconocido", "«titulos»"),
    "clave-repetida": ("  fies: [C", "  acepta: [C", "clave-yaml-repetida", "una sola vez"),
    "no-es-lista": ("[Categoría]", "Categoría", "ficha-no-es-lista", "escriba una lista"),
    "no-es-texto": ("[Categoría]", "[3]", "ficha-no-es-texto", "entre comillas"),
}


@pytest.mark.parametrize("fin", ["2022-13-04T10:00:00", "2022-02-30", "2022-00"])
def test_una_fecha_que_no_existe_no_cae_en_otro_periodo(tmp_path: Path, fin: str) -> None:
    """El mes 13 de 2022 contaba en 2023."""
    filas = filas_de("kobo-hogares.xlsx")
    filas[3][filas[0].index("end")] = fin
    leido = leer(libro(tmp_path / "k.xlsx", {"Encuesta": filas}))
    assert leido.reglas == {"fecha-imposible"} and set(leido.celdas) == {"Encuesta!B · end 4"}


def del_mapeo(carpeta: Path, texto: str) -> list[ErrorDeDatos]:
    ruta, errores = carpeta / "data/mapeos/m.yml", list[ErrorDeDatos]()
    ruta.parent.mkdir(parents=True, exist_ok=True)
    ruta.write_text(texto, encoding="utf-8")
    leer_yaml(Proyecto(carpeta), ruta, TypeAdapter(Mapeo), errores, DEL_REPORTE)
    return errores


def test_lo_que_un_mapeo_diria_en_vano_se_dice_con_su_linea(tmp_path: Path) -> None:
    assert not del_mapeo(tmp_path, BUENO)
    for caso, (antes, despues, regla, remedio) in MAPEOS.items():
        assert antes in BUENO
        (error, *_) = del_mapeo(tmp_path, BUENO.replace(antes, despues, 1))
        assert (error.regla, error.archivo) == (regla, "data/mapeos/m.yml"), caso
        assert error.fila and remedio in error.remedio, caso


DE_VARIAS_PALABRAS: dict[str, tuple[str, str, list[str], str]] = {
    "con-coma": ("Agua potable, Luz eléctrica", "Luz eléctrica", ["Agua potable"], "1"),
    "sin-signo": ("Agua potable Luz eléctrica", "Luz eléctrica", ["Agua potable"], "1"),
    "la-coma-es-suya": ("Agua, de red, Luz", "Luz", ["Agua, de red", "Luz"], "2"),
    "una-dentro-de-otra": ("Agua, Luz", "Agua embotellada, Luz", ["Agua"], "1"),
}


def de_varias(que_cuenta: list[str], *, multiples: bool = True) -> dict[str, object]:
    return mapeo_de(
        {
            "kpi": "M4-K08",
            "numerador": {"contar": {"Servicios": que_cuenta}},
            "denominador": {"contar": {"Servicios": ["*"]}},
        },
        fuente="encuesta-comunal",
        multiples=["Servicios"] if multiples else [],
    )


@pytest.mark.parametrize("caso", DE_VARIAS_PALABRAS)
def test_una_respuesta_de_varias_palabras_es_una(tmp_path: Path, caso: str) -> None:
    """«Agua potable» no la contaba nadie, y «Agua embotellada» contaba como «Agua»."""
    una, otra, que_cuenta, cuantas = DE_VARIAS_PALABRAS[caso]
    filas: Filas = [["_id", "Servicios"], [1, una], [2, otra]]
    leido = leer_con(de_varias(que_cuenta), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[:2] for c in leido.cifras.values()] == [(cuantas, "2")]


def test_una_respuesta_de_varias_palabras_viene_junta_y_en_su_columna(tmp_path: Path) -> None:
    filas: Filas = [
        ["_id", "Servicios", "Servicios/Agua potable", "Servicios/Luz"],
        [1, "Agua potable Luz", 1, 1],
        [2, "Luz", 0, 1],
    ]
    leido = leer_con(de_varias(["Agua potable"]), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[:2] for c in leido.cifras.values()] == [("1", "2")]


def test_varias_respuestas_en_una_celda_se_dicen_aunque_tengan_varias_palabras(
    tmp_path: Path,
) -> None:
    filas: Filas = [["_id", "Servicios"], [1, "Agua potable, Luz eléctrica"], [2, "Luz eléctrica"]]
    mapeo = de_varias(["Agua potable"], multiples=False)
    leido = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.reglas == {"respuesta-multiple"} and 'multiples: ["Servicios"]' in leido.dicho


def test_una_sola_respuesta_puede_llevar_coma(tmp_path: Path) -> None:
    filas: Filas = [["_id", "Servicios"], [1, "Agua"], [2, "Agua, a veces"], [3, "Luz"]]
    leido = leer_con(de_varias(["Agua"], multiples=False), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[:2] for c in leido.cifras.values()] == [("1", "3")]


@pytest.mark.parametrize(
    ("dichas", "cuantas"),
    [
        (["Agua Luz", "Agua", "Agua Luz", "Luz", "Gas, balón"], 3),
        (["Agua, Luz", "Agua, Luz", "Agua Luz", "Luz"], 3),
        (["Agua, Luz", "Luz, Agua", "Agua embotellada"], 2),
    ],
)
def test_unas_celdas_pueden_llevar_coma_y_otras_no(
    tmp_path: Path, dichas: list[str], cuantas: int
) -> None:
    """Con una sola coma en la columna, «Agua Luz» dejaba de contar como «Agua» sin decirlo."""
    filas: Filas = [["_id", "Servicios"], *([i, d] for i, d in enumerate(dichas, 1))]
    leido = leer_con(de_varias(["Agua"]), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert not leido.reglas
    assert [c[:2] for c in leido.cifras.values()] == [(str(cuantas), str(len(dichas)))]


def test_si_no_se_sabe_como_se_separan_se_pregunta(tmp_path: Path) -> None:
    dichas = ["Agua Desagüe", "Agua", "Agua Desagüe", "Luz", "Gas, balón"]
    filas: Filas = [["_id", "Servicios"], *([i, d] for i, d in enumerate(dichas, 1))]
    leido = leer_con(de_varias(["Agua"]), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.reglas == {"respuesta-multiple"} and "sepárelas todas igual" in leido.dicho
    filas[-1][1] = "Gas"
    leido = leer_con(de_varias(["Agua"]), libro(tmp_path / "b.xlsx", {"h": filas}))
    assert [c[:2] for c in leido.cifras.values()] == [("3", "5")]


@pytest.mark.parametrize(
    "juntas", ["- Agua\n- Luz", "• Agua, • Luz", '["Agua","Luz"]', "Agua / Luz", "Luz, Agua."]
)
def test_lo_que_rodea_una_respuesta_no_la_cambia(tmp_path: Path, juntas: str) -> None:
    """Entre otras celdas con comas, «- Agua» era otra respuesta y nadie la contaba."""
    for dichas, cuantas in (
        ([juntas, "Agua", "Luz, Gas", "Gas, Luz"], ("2", "4")),
        ([juntas, "Luz", "-"], ("1", "2")),
    ):
        filas: Filas = [["_id", "Servicios"], *([i, d] for i, d in enumerate(dichas, 1))]
        leido = leer_con(de_varias(["Agua"]), libro(tmp_path / "a.xlsx", {"h": filas}))
        assert [c[:2] for c in leido.cifras.values()] == [cuantas]


def test_menos_de_cinco_no_es_mas_de_cinco(tmp_path: Path) -> None:
    filas: Filas = [["_id", "Servicios"], [1, "<5, Luz"], [2, ">5, Luz"], [3, "-1"], [4, "1"]]
    for una in ("<5", ">5", "-1", "1"):
        leido = leer_con(de_varias([una]), libro(tmp_path / "a.xlsx", {"h": filas}))
        assert [c[:2] for c in leido.cifras.values()] == [("1", "4")]


def test_un_relato_en_una_celda_de_respuestas_no_detiene_la_lectura(tmp_path: Path) -> None:
    relato = " ".join(f"palabra{i}" for i in range(1200))
    filas: Filas = [["_id", "Servicios"], *([i, f"{relato} {i}"] for i in range(12)), [12, "Agua"]]
    ruta = libro(tmp_path / "a.xlsx", {"h": filas})
    inicio = time.process_time()
    leido = leer_con(de_varias(["Agua", "Agua potable"]), ruta)
    assert [c[:2] for c in leido.cifras.values()] == [("1", "13")]
    assert time.process_time() - inicio < 5, "con el cubo de las palabras, medio minuto"


def test_una_respuesta_que_se_cuenta_y_nadie_dice_se_avisa(tmp_path: Path) -> None:
    """Escrita de otro modo, la cifra salía en cero sin decirlo."""
    filas: Filas = [["_id", "Servicios"], [1, "Agua entubada, Luz"], [2, "Luz"]]
    leido = leer_con(de_varias(["Agua potable"]), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert any("ninguna fila dice «Agua potable»" in a for a in leido.avisos)


@pytest.mark.parametrize("vacia", ["NA", "NaN", "NULL", ".", "-", "N/A"])
def test_lo_vacio_que_otro_programa_escribe_no_es_una_respuesta(tmp_path: Path, vacia: str) -> None:
    """Lo que se limpia en R o en Stata vuelve con «NA» o «.» donde nadie respondió, y con «2.0» por
    «2»: contado, el denominador crecía sin decirlo.
    """
    medida: dict[str, object] = {
        "kpi": "M1-K02",
        "numerador": {"contar": {"pobreza": ["1", "2"]}},
        "denominador": {"contar": {"pobreza": ["*"]}},
    }
    filas: Filas = [["_id", "pobreza"], [1, "1.0"], [2, vacia], [3, "3.0"], [4, "2.0"], [5, ""]]
    (tmp_path / "a.csv").write_text(texto_csv(filas), encoding="utf-8")
    leido = leer_con(mapeo_de(medida), tmp_path / "a.csv")
    assert list(leido.cifras.values()) == [("2", "3", "")]
    assert any(f"1 celda dice «{vacia}», que se toma como vacía" in a for a in leido.avisos)
    nombrada = mapeo_de(medida, valores={"pobreza": ["1", "2", "3", vacia]})
    assert list(leer_con(nombrada, tmp_path / "a.csv").cifras.values()) == [("2", "4", "")]


def test_lo_vacio_escrito_en_las_columnas_de_una_pregunta_de_varias(tmp_path: Path) -> None:
    filas: Filas = [["_id", "Servicios/Agua", "Servicios/Luz"], [1, 1, 0], [2, "NA", "NA"]]
    leido = leer_con(de_varias(["Agua"]), libro(tmp_path / "a.xlsx", {"h": filas}))
    assert [c[:2] for c in leido.cifras.values()] == [("1", "1")]


def test_lo_que_vuelve_de_r_conserva_lo_que_el_equipo_decidio(tmp_path: Path) -> None:
    """R antepone una equis a «_uuid» y pone un punto por la barra: el envío rechazado contaba, y el
    repetido también.
    """
    medida = {
        "kpi": "M1-K02",
        "numerador": {"contar": {"casa/bano": ["si"]}},
        "denominador": {"contar": {"casa/bano": ["*"]}},
    }
    envios: Filas = [["u1", "NA", "si"], ["u2", "Not approved", "si"], ["u3", "Approved", "no"]]
    for titulos_de in (
        ["_uuid", "_validation_status", "casa/bano"],
        ["X_uuid", "X_validation_status", "casa.bano"],
    ):
        (tmp_path / "r.csv").write_text(
            texto_csv([titulos_de, *envios, envios[0]]), encoding="utf-8"
        )
        leido = leer_con(mapeo_de(medida), tmp_path / "r.csv")
        assert list(leido.cifras.values()) == [("1", "2", "")], leido.dicho
    assert es_de_sistema("X_submission_time") and es_de_sistema("meta.instanceID")
