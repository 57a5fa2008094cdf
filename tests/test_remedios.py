"""Un remedio que se imprime sirve: se hace lo que dice y el defecto ya no está."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from apoyo_reportes import filas_de, leer, libro
from conftest import RAIZ
from observatorio.base.cifras import solo_el_numero
from observatorio.base.fechas import dia_escrito, dia_probable
from observatorio.base.periodo_escrito import periodo_probable
from observatorio.catalogo import Catalogo, cargar
from observatorio.datos.csv_estricto import COLUMNAS
from observatorio.datos.forma import columnas_de_la_cabecera, defectos_de_cabecera
from observatorio.datos.observaciones import CATEGORIAS, _unir, con_numeros, fichas_de_control
from observatorio.datos.reglas import aplicar, reglas
from observatorio.datos.reparar import en_utf8, reparado
from observatorio.errores import ErrorDeDatos
from observatorio.recojo.lote import Defecto
from observatorio.recojo.palabras import DE_PLANILLA, en_sus_palabras
from observatorio.recojo.personas import REMEDIO
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

Campos = dict[str, str]
PROPUESTO = re.compile(r"escriba (?:solo el número: )?(-?[0-9][0-9.-]*)")
BUENA = dict.fromkeys(COLUMNAS, "") | {
    "kpi": "M4-K05",
    "periodo": "2025-T4",
    "lugar": "130809",
    "grupo": "total",
    "numerador": "120",
    "denominador": "202",
    "fuente": "his-minsa",
    "fecha_dato": "2026-01-15",
    "estado": "preliminar",
    "naturaleza": "demostracion",
}


@dataclass(frozen=True)
class Caso:
    """Lo que se escribe mal y, si el remedio no lo propone, lo que dice que se haga."""

    malo: Campos
    dice: str
    bueno: Campos | None = None


CASOS: dict[str, Caso] = {
    "no-es-numero con palabras": Caso({"numerador": "12 niños"}, "escriba solo el número: 12"),
    "no-es-numero en soles": Caso({"numerador": "S/ 12,0"}, "escriba solo el número: 12.0"),
    "no-es-numero": Caso({"numerador": "doce"}, "escriba un número", {"numerador": "12"}),
    "coma-decimal": Caso({"numerador": "120,0"}, "escriba 120.0"),
    "separador-de-miles": Caso({"denominador": "1,202"}, "escriba 1202"),
    "recuento-negativo": Caso({"numerador": "-12"}, "sin el signo menos", {"numerador": "12"}),
    "recuento-con-decimales": Caso({"numerador": "12.4"}, "sin decimales", {"numerador": "12"}),
    "razon-incompleta": Caso({"denominador": ""}, "escriba el que falta", {"denominador": "202"}),
    "razon-incompleta con valor": Caso(
        {"denominador": ""}, "solo el valor", {"numerador": "", "valor": "59.4"}
    ),
    "valor-ausente": Caso(
        {"numerador": "", "denominador": ""}, "escriba el valor", {"valor": "59.4"}
    ),
    "numerador-mayor": Caso({"numerador": "203"}, "revise las dos", {"numerador": "120"}),
    "porcentaje-fuera-de-rango": Caso(
        {"numerador": "", "denominador": "", "valor": "594"}, "de 0 a 100", {"valor": "59.4"}
    ),
    "valor-distinto-de-la-razon": Caso({"valor": "33"}, "borre el valor", {"valor": ""}),
    "periodo-sin-forma": Caso({"periodo": "2025-12"}, "2025-T1", {"periodo": "2025-T1"}),
    "periodo-futuro": Caso(
        {"periodo": "2026-T4", "fecha_dato": "2026-10-15"}, "quite la fila", {"periodo": "2026-T3"}
    ),
    "periodo-imposible": Caso({"periodo": "1025-T4"}, "revise el año", {"periodo": "2025-T4"}),
    "fecha-imposible": Caso(
        {"fecha_dato": "2026-02-30"}, "2025-07-31", {"fecha_dato": "2026-03-02"}
    ),
    "fecha-futura": Caso(
        {"fecha_dato": "2030-01-01"}, "cerró el dato", {"fecha_dato": "2026-01-15"}
    ),
    "kpi-desconocido": Caso({"kpi": "M4-K99"}, "M4-K01", {"kpi": "M4-K05"}),
    "lugar-desconocido": Caso({"lugar": "999999"}, "código INEI", {"lugar": "130809"}),
    "fuente-desconocida": Caso({"fuente": "nada"}, "data/fuentes.yml", {"fuente": "his-minsa"}),
    "estado-desconocido": Caso({"estado": "final"}, "preliminar", {"estado": "preliminar"}),
    "naturaleza-desconocida": Caso(
        {"naturaleza": "real"}, "documentado", {"naturaleza": "documentado"}
    ),
    "grupo-mal-escrito": Caso({"grupo": "mujer"}, "sexo:mujer", {"grupo": "total"}),
    "unidad-de-otro-lugar": Caso(
        {"unidad": "DEMO-00090003"}, "escriba ese lugar", {"lugar": "1308090002"}
    ),
    "formula-en-celda": Caso({"nota": "=A1"}, "pegue el valor", {"nota": "aproximado"}),
    "espacios": Caso({"nota": " x"}, "quite los espacios", {"nota": "x"}),
    "caracter-de-control": Caso({"nota": "a\u200bb"}, "borre el carácter", {"nota": "ab"}),
    "campo-vacio": Caso({"estado": ""}, "complete el campo", {"estado": "preliminar"}),
    "campo-desmedido": Caso({"nota": "a" * 2001}, "acorte", {"nota": "a" * 2000}),
    "denominador-cero": Caso(
        {"numerador": "0", "denominador": "0"},
        "quite la fila",
        {"numerador": "1", "denominador": "2"},
    ),
    "numero-desmedido": Caso({"denominador": "9" * 20}, "revise la cifra", {"denominador": "202"}),
}


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


def defectos(catalogo: Catalogo, campos: Campos) -> dict[str, str]:
    """Regla → remedio de una fila, con las reglas de la compuerta."""
    cruda = pl.DataFrame([campos]).with_columns(
        *(pl.col(c).cast(pl.Categorical) for c in CATEGORIAS),
        pl.lit("x.csv", dtype=pl.Categorical).alias("archivo"),
        pl.lit(2, dtype=pl.UInt32).alias("fila"),
    )
    unidades = {"DEMO-00090003": "1308090002"}
    territorio = catalogo.territorio
    todas = reglas(
        list(catalogo.fuentes),
        list(catalogo.lugares),
        unidades,
        territorio.fecha_corte,
        territorio.categorias,
        "del distrito o de un anexo",
    )
    tabla = _unir(con_numeros(cruda), fichas_de_control(catalogo))
    return {e.regla: e.remedio for e in aplicar(tabla, todas)}


def test_la_fila_buena_pasa(catalogo: Catalogo) -> None:
    assert defectos(catalogo, BUENA) == {}


@pytest.mark.parametrize("nombre", CASOS)
def test_lo_que_dice_el_remedio_quita_el_defecto(catalogo: Catalogo, nombre: str) -> None:
    caso, regla = CASOS[nombre], nombre.split()[0]
    remedio = defectos(catalogo, BUENA | caso.malo)[regla]
    assert caso.dice in remedio
    bueno = caso.bueno
    if bueno is None:
        propuesto = PROPUESTO.search(remedio)
        assert propuesto
        bueno = dict.fromkeys(caso.malo, propuesto[1])
    assert defectos(catalogo, BUENA | caso.malo | bueno) == {}


@pytest.mark.parametrize(
    ("texto", "dia", "probable"),
    [
        ("2026-10-14T09:30:00", "2026-10-14", "2026-10-14"),
        ("2026/10/4", "2026-10-04", "2026-10-04"),
        ("14/10/2026", "2026-10-14", "2026-10-14"),
        ("14 de octubre de 2026", "2026-10-14", "2026-10-14"),
        ("4 set 2026", "2026-09-04", "2026-09-04"),
        ("14/10/2026 12:00:00 a. m.", "2026-10-14", "2026-10-14"),
        ("14/10/26", None, "2026-10-14"),
        ("14-set-26", None, "2026-09-14"),
        ("14/Oct/2026", None, "2026-10-14"),
        ("46309", None, "2026-10-14"),
        ("10/14/2026", None, "2026-10-14"),
        ("2026-14-10", None, "2026-10-14"),
        ("20261014", None, "2026-10-14"),
        ("30/02/2026", None, None),
        ("30/13/2026", None, None),
        ("2026-02-30", None, None),
        ("ayer", None, None),
        ("2026", None, None),
    ],
)
def test_una_fecha_de_otro_modo_se_toma_o_se_propone(
    texto: str, dia: str | None, probable: str | None
) -> None:
    assert (dia_escrito(texto), dia_probable(texto)) == (dia, probable)
    assert probable is None or date.fromisoformat(probable)


@pytest.mark.parametrize(
    ("texto", "frecuencia", "probable"),
    [
        ("III trimestre 2026", "trimestral", "2026-T3"),
        ("3.er trimestre del 2026", "trimestral", "2026-T3"),
        ("2026-III", "trimestral", "2026-T3"),
        ("2026 t3", "trimestral", "2026-T3"),
        ("jul-set 2026", "trimestral", "2026-T3"),
        ("jun-set 2026", "trimestral", None),
        ("2026-09", "trimestral", None),
        ("2026-T5", "trimestral", None),
        ("2026-I", "semestral", "2026-S1"),
        ("2026-III", "semestral", None),
        ("enero a junio de 2026", "semestral", "2026-S1"),
        ("set-26", "mensual", "2026-09"),
        ("Setiembre 2026", "mensual", "2026-09"),
        ("2026-09-01", "mensual", "2026-09"),
        ("9/2026", "mensual", "2026-09"),
        ("2026-13", "mensual", None),
        ("setiembre", "mensual", None),
        ("Año 2025", "anual", "2025"),
        ("2025.0", "anual", "2025"),
        ("2024/25", "anual", None),
        ("2024-2025", "anual", None),
    ],
)
def test_un_periodo_escrito_de_otro_modo_se_propone(
    catalogo: Catalogo, texto: str, frecuencia: str, probable: str | None
) -> None:
    assert periodo_probable(texto, frecuencia) == probable
    kpi = next(k.codigo for k in catalogo.kpis.values() if k.frecuencia == frecuencia)
    dicho = defectos(catalogo, BUENA | {"kpi": kpi, "periodo": texto})["periodo-sin-forma"]
    assert (f"escriba {probable}, si es ese" in dicho) == (probable is not None)


def test_a_quien_llena_una_planilla_no_se_le_pide_lo_que_no_puede_hacer() -> None:
    """Las filas están protegidas, y lo suyo lo escribió: ni las borra ni exporta nada."""
    dichos = [
        d.remedio
        for d in en_sus_palabras(
            "planilla",
            [
                *(
                    Defecto(None, "doce", r, "borre la fila, o vuelva a exportar")
                    for r in DE_PLANILLA
                ),
                Defecto(None, None, "dni", REMEDIO),
                Defecto(
                    None, "x", "kpi-desconocido", "use un código (misiones/*/hoja-de-ruta.yml)"
                ),
            ],
        )
    ]
    for dicho in dichos:
        assert not re.search(r"fila|export|\.yml|data/", dicho), dicho


@pytest.mark.parametrize("tipo", ["planilla", "tabla", "mapeo"])
def test_doce_ninos_es_doce(tipo: str) -> None:
    (d,) = en_sus_palabras(tipo, [Defecto(None, "12 niños", "no-es-numero", "x")])  # type: ignore[arg-type]
    assert d.remedio == "escriba solo el número: 12"


@pytest.mark.parametrize(
    "texto", ["4O", "4\u041e", "\u041e4", "4l", "46S", "−46", "– 46", "(46)", "12 de 20"]
)
def test_lo_que_puede_ser_parte_de_la_cifra_no_se_quita(texto: str) -> None:
    assert solo_el_numero(texto) is None


@pytest.mark.parametrize("texto", ["46 niños", "46niños", "N.º 46", "46 l", "S/ 46", "46 (aprox.)"])
def test_lo_que_solo_acompana_a_la_cifra_se_quita(texto: str) -> None:
    assert solo_el_numero(texto) == "46"


def test_los_titulos_que_se_proponen_para_un_mapeo_lo_hacen_leer(tmp_path: Path) -> None:
    filas = [[*f] for f in filas_de("siagie-inclusion.xlsx")]
    i = filas[1].index("Estudiantes con discapacidad")
    filas[1][i] = "Estudiantes con discapacidades"
    ruta = libro(tmp_path / "s.xlsx", {"Consolidado": filas})
    antes = leer(ruta, mapeo="siagie-inclusion", fecha_dato="2023-03-31")
    assert antes.reglas == {"columna-ausente"}
    propuesto = re.search(r'titulos: \{"([^"]+)": \["([^"]+)"\]\}', antes.dicho)
    assert propuesto
    filas[1][i] = propuesto[1]
    assert propuesto[2] == "Estudiantes con discapacidades"
    ruta = libro(tmp_path / "t.xlsx", {"Consolidado": filas})
    assert leer(ruta, mapeo="siagie-inclusion", fecha_dato="2023-03-31").cifras


def test_un_titulo_mal_escrito_se_cambia_y_no_se_borra_su_columna() -> None:
    titulos = ["kpi", "periodo", "fecha_dato"]
    dichos = defectos_de_cabecera("x.csv", "", ["kpi", "Periodo", "Fecha dato", "color"], titulos)
    remedios = {e.columna: e.remedio for e in dichos if e.regla == "columna-sobrante"}
    for mal, bien in (("Periodo", "periodo"), ("Fecha dato", "fecha_dato")):
        assert remedios[mal].startswith(f"¿quiso decir «{bien}»? Cambie el título")
    assert remedios["color"].startswith("bórrela")


@pytest.mark.parametrize("encima", [["Misión 4: datos", "", ""], ["Misión 4"], ["M4-K01", "2024"]])
def test_un_titulo_encima_de_la_cabecera_se_dice_una_vez_y_se_quita(encima: list[str]) -> None:
    (dicho,) = defectos_de_cabecera("x.csv", ",".join(encima), encima, ["kpi", "periodo", "nota"])
    assert "borre las filas que haya antes" in dicho.remedio
    assert dicho.remedio.endswith("kpi,periodo,nota")


def test_el_remedio_de_un_csv_en_utf_16_es_el_que_lo_remedia() -> None:
    crudo = "kpi\tnota\nM4-K01\tniñez\n".encode("utf-16")
    errores: list[ErrorDeDatos] = []
    columnas_de_la_cabecera("x.csv", crudo.partition(b"\n")[0], ["kpi", "nota"], errores)
    assert [e.regla for e in errores] == ["byte-nulo"]
    assert "validar --reparar" in errores[0].remedio
    assert reparado(en_utf8(crudo)) == "kpi,nota\nM4-K01,niñez\n"


def test_la_correccion_que_la_guia_pone_de_ejemplo_se_admite(copia: Proyecto) -> None:
    guia = (RAIZ / "guias/analistas-windows.md").read_text(encoding="utf-8")
    (fila,) = re.findall(r"```csv\n(data/observaciones/.+)\n```", guia)
    with copia.correcciones.open("a", encoding="utf-8") as archivo:
        archivo.write(f"{fila}\n")
    _, validado = pasar(copia)
    assert fila.split(",")[1] in validado.correcciones["kpi"].to_list()
