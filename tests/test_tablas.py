"""Una tabla declarada dice todo lo que a una tabla le falta, le sobra o tiene de otro tipo."""

from __future__ import annotations

import polars as pl
import pytest

from observatorio.base.tablas import Columna, Tabla, TablaDistinta

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
