"""Una cifra con coma se dice igual en cualquier archivo del proyecto: qué celda es y cómo se
escribe.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from observatorio.base.cifras import defecto_de_cifra, partidas
from observatorio.catalogo import cargar
from observatorio.datos.csv_estricto import COLUMNAS
from observatorio.datos.justificaciones import leer_justificaciones
from observatorio.datos.observaciones import CATEGORIAS, con_numeros
from observatorio.datos.reglas import aplicar, reglas_sin_catalogo
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.rutas import Proyecto

FILA = "M7-K01,2019-S2,130809,total,,{},actas-observatorio,2020-02-07,validado,demostracion,{}"


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("56,4", ("coma-decimal", "escriba 56.4")),
        ("-0,393", ("coma-decimal", "escriba -0.393")),
        ("12 500", ("separador-de-miles", "escriba 12500")),
        ("1,234", ("separador-de-miles", "escriba 1234; si la coma era decimal, 1.234")),
        ("1,234,567.8", ("separador-de-miles", "escriba 1234567.8")),
        ("56.4", None),
        ("cien", None),
        ("", None),
        ("1,", None),
    ],
)
def test_lo_mismo_dicen_las_observaciones_y_las_demas_tablas(
    texto: str, esperado: tuple[str, str] | None
) -> None:
    assert defecto_de_cifra(texto) == esperado
    fila = dict.fromkeys(COLUMNAS, "x") | {"valor": texto, "numerador": "", "denominador": ""}
    sin_ficha = {
        "f_unidad": pl.String,
        "f_razon": pl.Boolean,
        "f_porcentaje": pl.Boolean,
        "f_negativos": pl.Boolean,
        "f_entero": pl.Boolean,
        "f_partes_enteras": pl.Boolean,
        "f_factor": pl.Float64,
    }
    tabla = con_numeros(
        pl.DataFrame([fila | {"archivo": "a.csv", "fila": 2}], schema_overrides=CATEGORIAS)
    ).with_columns(pl.lit(None, dtype=t).alias(c) for c, t in sin_ficha.items())
    dichos = {
        (e.regla, e.remedio)
        for e in aplicar(tabla, reglas_sin_catalogo())
        if e.columna == "valor" and e.regla in ("coma-decimal", "separador-de-miles")
    }
    assert dichos == ({esperado} if esperado else set())


@pytest.mark.parametrize(
    ("cifras", "nota", "cuantas"),
    [
        ("1,5,,", "", 1),
        (",18,5,75,5", "", 1),
        (",18,5,75", "", 2),
        ("56,4,18,75", "", 3),
        (",18,75", "bla, bla", 0),
        (",18,75", "con 3, 4 y 5", 0),
        (",18,75", "", 0),
        ("1,5,2,5,3,5", "", 1),
    ],
)
def test_solo_se_juntan_cifras_vecinas_si_la_fila_encaja_entera(
    cifras: str, nota: str, cuantas: int
) -> None:
    juntas = partidas(FILA.format(cifras, nota).split(","), COLUMNAS)
    assert len(juntas) == cuantas and all(len(j) == len(COLUMNAS) for j in juntas)


def test_la_de_una_justificacion_se_dice_y_sigue_valiendo_para_su_advertencia(
    minimo: Proyecto,
) -> None:
    linea = (
        'salto,M7-K16,2019-07,130809,total,,,"24,5",Se revisó el directorio entero,Comité'
        " Impulsor,2026-05-01\n"
    )
    with minimo.justificaciones.open("a", encoding="utf-8") as f:
        f.write(linea)
    errores: list[ErrorDeDatos] = []
    leidas = leer_justificaciones(minimo, cargar(minimo), errores)
    assert [(e.regla, e.columna, e.valor, e.remedio) for e in errores] == [
        ("coma-decimal", "cifra", "24,5", "escriba 24.5")
    ]
    assert leidas[-1]["cifra"] == "24.5"


@pytest.mark.parametrize(
    ("archivo", "antes", "despues", "columna"),
    [
        (
            "misiones/m4-nutricion/hoja-de-ruta.yml",
            "          valor: 56.4\n",
            "          valor: 56,4\n",
            "okrs.0.kpis.0.linea_base.valor",
        ),
        ("data/territorio.yml", "area_km2: 467.44", "area_km2: 467,44", "area_km2"),
    ],
)
def test_la_de_un_yaml_tambien(
    minimo: Proyecto, cambiar, archivo: str, antes: str, despues: str, columna: str
) -> None:
    ruta: Path = minimo.raiz / archivo
    cambiar(ruta, antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    (hallado,) = e.value.errores
    cifra = despues.split(": ")[1].strip()
    assert (hallado.archivo, hallado.columna, hallado.valor, hallado.regla) == (
        archivo,
        columna,
        cifra,
        "coma-decimal",
    )
    assert hallado.fila and hallado.remedio == f"escriba {cifra.replace(',', '.')}"
