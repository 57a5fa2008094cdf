"""Una tabla declarada dice todo lo que a una tabla le falta, le sobra o tiene de otro tipo."""

from __future__ import annotations

import re
import typing
from dataclasses import fields
from datetime import date

import polars as pl
import pytest

from observatorio.base.tablas import Columna, Tabla, TablaDistinta, esquema
from observatorio.calculo import calcular
from observatorio.cuadernos.mision import abrir
from observatorio.cualitativo import columnas as de_cualitativo
from observatorio.datos import columnas as de_datos
from observatorio.metodo import columnas as de_metodo
from observatorio.metodo import fichas, senda
from observatorio.metodo.registros import Analisis, AvanceDeMision, AvanceDeOkr, Brecha, Evaluacion
from observatorio.presentacion.graficos.graficos import EN_CONSTRUCCION
from observatorio.privacidad import columnas as de_privacidad
from observatorio.productos import columnas as de_productos
from observatorio.resultados import columnas as de_resultados
from observatorio.resultados.mision import MisionAbierta
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

SALAS = (de_datos, de_cualitativo, de_metodo, de_privacidad, de_resultados, de_productos)
DECLARADAS = {
    id(x): x
    for sala in SALAS
    for grupo in vars(sala).values()
    for x in (grupo.values() if isinstance(grupo, dict) else (grupo,))
    if isinstance(x, Tabla)
}
SIN_UNIDAD = ("celda", "orden", "ecuacion", "fila", "tramo")
TIPOS = {
    str: (pl.String,),
    bool: (pl.Boolean,),
    int: (pl.Int8, pl.Int32, pl.Int64, pl.UInt32),
    float: (pl.Float64,),
    date: (pl.Date,),
    list: (pl.List,),
}
TABLA = Tabla(
    "celdas",
    (
        Columna("kpi", pl.String, "", "código del KPI", admite=(pl.Categorical,)),
        Columna("fin", pl.Int32, "mes absoluto", "último mes que cuenta la cifra"),
        Columna("quiebres", pl.List(pl.Float64), "mes absoluto", "cambios de método"),
    ),
)


def test_la_tabla_declarada_pasa_y_sale_tal_cual() -> None:
    assert TABLA.revisar(TABLA.vacia()).schema == TABLA.esquema
    otra = TABLA.vacia().select("fin", pl.col("kpi").cast(pl.Categorical), "quiebres")
    assert TABLA.revisar(otra) is otra


def test_se_dice_todo_lo_que_falta_sobra_o_es_de_otro_tipo() -> None:
    mala = pl.DataFrame(schema={"fin": pl.String, "quiebres": pl.List(pl.Int64), "nota": pl.String})
    with pytest.raises(TablaDistinta) as error:
        TABLA.revisar(mala)
    assert str(error.value).splitlines() == [
        "tabla «celdas»:",
        "falta «kpi» (String): código del KPI",
        "«fin» es String y se declara Int32: último mes que cuenta la cifra",
        "«quiebres» es List(Int64) y se declara List(Float64): cambios de método",
        "sobra «nota» (String)",
    ]


def test_abierta_admite_otras_columnas_pero_no_que_falte_una() -> None:
    otra = TABLA.vacia().with_columns(nota=pl.lit(""))
    assert TABLA.revisar(otra, abierta=True) is otra
    with pytest.raises(TablaDistinta, match="sobra «nota»"):
        TABLA.revisar(otra)
    with pytest.raises(TablaDistinta, match="falta «fin»"):
        TABLA.revisar(otra.drop("fin"), abierta=True)


def test_dos_columnas_con_un_nombre_no_se_declaran() -> None:
    with pytest.raises(ValueError, match="«doble» declara dos veces kpi"):
        Tabla("doble", (TABLA.columnas[0], TABLA.columnas[0]))


@pytest.mark.parametrize("tabla", DECLARADAS.values(), ids=lambda t: t.nombre)
def test_cada_columna_declarada_dice_que_es_y_en_que_se_mide(tabla: Tabla) -> None:
    for c in tabla.columnas:
        assert c.significado, c.nombre
        se_mide = c.tipo.is_numeric() and c.nombre not in SIN_UNIDAD
        assert bool(c.unidad) == (se_mide or c.tipo == pl.Date or c.tipo == pl.List), c.nombre


def test_toda_tabla_de_los_resultados_esta_declarada_y_es_como_se_declara(
    resultados_reales: Resultados,
) -> None:
    tablas = {f.name for f in fields(Resultados) if f.type == "pl.DataFrame"}
    assert tablas == de_resultados.DE_RESULTADOS.keys() - {"publica"}
    for nombre, tabla in de_resultados.DE_RESULTADOS.items():
        hay = tabla.revisar(getattr(resultados_reales, nombre))
        assert tuple(hay.columns) == tabla.nombres, nombre
        assert not hay.is_empty(), nombre


def test_lo_que_se_deduce_de_los_resultados_es_como_se_declara(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    assert r.cuadros.keys() == de_resultados.CUADROS_CON_ORIGEN.keys()
    for tabla, hay in (
        (de_resultados.ADVERTENCIAS, r.advertencias),
        (de_resultados.CORRECCIONES, r.correcciones_publicas),
        (de_datos.EXPLICADAS, r.calidad.advertencias),
        (de_datos.RECUENTO, r.calidad.recuento),
        *((de_datos.CUADROS[n], leido) for n, leido in r.leidos.items()),
        *((de_resultados.CUADROS_CON_ORIGEN[n], cuadro) for n, cuadro in r.cuadros.items()),
    ):
        assert not tabla.revisar(hay).is_empty(), tabla.nombre


def test_lo_que_entra_al_calculo_es_como_se_declara(proyecto_real: Proyecto) -> None:
    catalogo, validado = pasar(proyecto_real)
    for tabla, hay in (
        (de_datos.OBSERVACIONES, validado.compacta),
        (de_datos.UNIDADES, validado.unidades),
        (de_datos.CORRECCIONES, validado.correcciones),
        (de_cualitativo.NARRACIONES, validado.relatos.narraciones),
        (de_cualitativo.CODIFICACIONES, validado.relatos.codificaciones),
        (de_metodo.FICHAS, fichas.fichas(catalogo)),
        (de_metodo.TRAYECTORIAS, senda.trayectorias(catalogo)),
    ):
        assert not tabla.revisar(hay).is_empty(), tabla.nombre


def test_las_tablas_de_una_mision_abierta_son_como_se_declaran(
    minimo_de_todos: Proyecto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EN_CONSTRUCCION, "1")
    for slug in sorted(p.name for p in minimo_de_todos.misiones.iterdir() if p.is_dir()):
        m: MisionAbierta = abrir(slug, minimo_de_todos.raiz)
        de_resultados.KPIS.revisar(m.kpis)
        de_metodo.MEDIDAS.revisar(m.medidas)
        de_resultados.TEMAS.revisar(m.temas)
        for kpi in m.fichas:
            de_resultados.CAMBIOS_DE_METODO.revisar(m.cambios_de_metodo(kpi))
            de_resultados.TRAYECTORIA.revisar(m.trayectoria(kpi))
            de_resultados.POR_ANEXO.revisar(m.por_anexo(kpi))


def test_lo_que_se_publica_en_datos_es_lo_que_se_declara(
    proyecto_real: Proyecto, minimo_de_todos: Proyecto
) -> None:
    datos = minimo_de_todos.sitio / "datos"
    for tabla in (
        de_productos.KPIS,
        de_productos.OBSERVACIONES,
        de_productos.AGRUPADAS,
        de_productos.TEMAS,
    ):
        hay = pl.read_csv(datos / tabla.nombre, infer_schema=False).columns
        assert tuple(hay) == tabla.nombres, tabla.nombre
        if (parquet := (datos / tabla.nombre).with_suffix(".parquet")).is_file():
            tabla.revisar(pl.read_parquet(parquet))
    pagina = (proyecto_real.raiz / "datos.qmd").read_text(encoding="utf-8")
    explicadas = re.findall(r"^\| `(\w+)` \|", pagina.split("{#columnas}", 1)[1], re.MULTILINE)
    assert explicadas and set(explicadas) <= set(de_productos.OBSERVACIONES.nombres)


def test_sin_ninguna_observacion_las_tablas_son_las_mismas(minimo: Proyecto) -> None:
    for ruta in minimo.archivos_de_observaciones():
        ruta.unlink()
    for ruta in (minimo.correcciones, minimo.data / "justificaciones.csv"):
        cabecera = ruta.read_text(encoding="utf-8").splitlines()[0]
        ruta.write_text(f"{cabecera}\n", encoding="utf-8")
    r = calcular(minimo)
    assert r.compacta.is_empty()
    for nombre, tabla in de_resultados.DE_RESULTADOS.items():
        tabla.revisar(getattr(r, nombre))
    de_resultados.CORRECCIONES.revisar(r.correcciones_publicas)
    de_resultados.ADVERTENCIAS.revisar(r.advertencias)


@pytest.mark.parametrize(
    ("registro", "tabla"),
    [
        (Evaluacion, de_metodo.EVALUACION),
        (Analisis, de_metodo.ANALISIS),
        (Brecha, de_metodo.BRECHAS),
        (AvanceDeOkr, de_metodo.OKRS),
        (AvanceDeMision, de_metodo.MISIONES),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_un_registro_tiene_columnas_de_su_tabla_con_su_tipo(registro: type, tabla: Tabla) -> None:
    tipos = esquema(tabla.columnas)
    for campo, anotado in typing.get_type_hints(registro).items():
        (de_python,) = {typing.get_origin(t) or t for t in _alternativas(anotado)} - {type(None)}
        assert tipos[campo].base_type() in TIPOS[de_python], campo


def _alternativas(anotado: object) -> tuple[object, ...]:
    """``float | None`` → sus dos tipos; cualquier otro, solo él."""
    return typing.get_args(anotado) if type(None) in typing.get_args(anotado) else (anotado,)
