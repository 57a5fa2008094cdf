"""Las mismas reglas de la compuerta escritas en pandas, para comparar: leer, corregir forma,
reglas, repetidas y advertencias.

Es la comparación que haría un analista con cuidado: columnas ``category`` para los textos y
operaciones vectoriales, sin bucles por fila. Solo recorre el camino de datos válidos; no arma
mensajes.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from observatorio.base.periodos import FORMA, MESES, ultimo_mes_terminado
from observatorio.base.texto import FORMA_DE_TEXTO, LARGO_MAXIMO
from observatorio.catalogo import cargar
from observatorio.catalogo.naturalezas import NATURALEZAS
from observatorio.datos.columnas import ESTADOS
from observatorio.datos.csv_estricto import COLUMNAS
from observatorio.datos.personas import primera_sena
from observatorio.datos.reglas import CLAVE, NUMERICAS, NUMERO
from observatorio.rutas import Proyecto

warnings.filterwarnings("ignore", message="This pattern is interpreted")
TEXTOS = [c for c in COLUMNAS if c not in NUMERICAS]


def validar(raiz: Path) -> int:
    """Número de defectos y advertencias que encuentra."""
    catalogo = cargar(Proyecto(raiz))
    partes = [
        pd.read_csv(r, dtype=str, keep_default_na=False)
        for r in sorted((raiz / "data/observaciones").glob("*.csv"))
    ]
    tabla = pd.concat(partes, ignore_index=True)
    for c in TEXTOS:
        tabla[c] = tabla[c].astype("category")
    fichas = pd.DataFrame(
        [
            (
                k.codigo,
                k.frecuencia,
                k.formula.factor,
                "|".join(k.desagregaciones),
                k.unidad == "%",
                MESES[k.frecuencia],
                k.gracia,
                k.admite_negativos,
                k.entero,
            )
            for k in catalogo.kpis.values()
        ],
        columns=[
            "kpi",
            "frecuencia",
            "factor",
            "desagregaciones",
            "porcentaje",
            "meses",
            "gracia",
            "negativos",
            "entero",
        ],
    ).set_index("kpi")
    numeros = {c: _numero(tabla[c]) for c in NUMERICAS}
    fallas = (
        _de_texto(tabla)
        + _de_vocabulario(tabla, catalogo, fichas)
        + _de_tiempo(tabla, catalogo, fichas)
        + _de_numero(tabla, numeros, fichas)
    )
    fallas += int(tabla.duplicated(list(CLAVE)).sum())
    return fallas + _advertencias(tabla, numeros, catalogo, fichas)


def _numero(texto: pd.Series) -> pd.Series:
    return pd.to_numeric(texto.where(texto.str.contains(NUMERO)), errors="coerce")


def _en_categorias(columna: pd.Series, malo) -> int:
    """Filas cuya categoría cumple ``malo``: se prueba cada texto distinto una vez."""
    marcas = np.array([bool(malo(c)) for c in columna.cat.categories], dtype=bool)
    return int(marcas[columna.cat.codes].sum()) if len(marcas) else 0


def _de_texto(tabla: pd.DataFrame) -> int:
    patrones = [re.compile(p) for p, _ in FORMA_DE_TEXTO.values()]
    total = 0
    for c in TEXTOS:
        distintos = list(tabla[c].cat.categories) if c in ("grupo", "nota") else []
        senalan = {t for t, sena in zip(distintos, primera_sena(distintos), strict=True) if sena}
        total += _en_categorias(
            tabla[c],
            lambda t, s=senalan: (
                t in s or any(p.search(t) for p in patrones) or len(t.encode()) > LARGO_MAXIMO
            ),
        )
        total += 0 if c in ("unidad", "nota") else _en_categorias(tabla[c], lambda t: t == "")
    for c in NUMERICAS:
        total += int((~tabla[c].str.contains(NUMERO) & (tabla[c] != "")).sum())
    return total


def _de_vocabulario(tabla: pd.DataFrame, catalogo, fichas: pd.DataFrame) -> int:
    vocabularios = {
        "kpi": set(catalogo.kpis),
        "lugar": set(catalogo.lugares),
        "fuente": set(catalogo.fuentes),
        "estado": set(ESTADOS),
        "naturaleza": set(NATURALEZAS),
        "unidad": {""},
    }
    total = sum(
        _en_categorias(tabla[c], lambda t, v=v: t not in v) for c, v in vocabularios.items()
    )
    admitidos = {
        "total",
        *(f"{d}:{x}" for d, suyas in catalogo.territorio.categorias.items() for x in suyas),
    }
    total += _en_categorias(tabla["grupo"], lambda t: t not in admitidos)
    grupos = tabla[["kpi", "grupo", "lugar", "unidad"]].drop_duplicates()
    for kpi, grupo, lugar, unidad in grupos.itertuples(index=False):
        declaradas = fichas.at[kpi, "desagregaciones"].split("|")
        dimension = grupo.split(":")[0]
        total += dimension not in ("total", *declaradas) or (
            unidad != "" and "unidad" not in declaradas
        )
        total += lugar != catalogo.territorio.ubigeo and not unidad and "anexo" not in declaradas
    return total


def _de_tiempo(tabla: pd.DataFrame, catalogo, fichas: pd.DataFrame) -> int:
    corte, total = catalogo.territorio.fecha_corte, 0
    distintas = tabla[["kpi", "periodo", "fecha_dato"]].drop_duplicates()
    fechas = pd.to_datetime(distintas["fecha_dato"].astype(str), format="%Y-%m-%d", errors="coerce")
    frecuencia = distintas["kpi"].astype(str).map(fichas["frecuencia"])
    for f, forma in FORMA.items():
        total += int((~distintas["periodo"].astype(str)[frecuencia == f].str.contains(forma)).sum())
    fin = _fines(distintas["periodo"])
    meses = distintas["kpi"].astype(str).map(fichas["meses"])
    del_dato = fechas.dt.year * 12 + fechas.dt.month
    total += int(
        (fin > ultimo_mes_terminado(corte)).sum()
        + fechas.isna().sum()
        + (fechas > pd.Timestamp(corte)).sum()
        + (del_dato <= fin - meses).sum()
    )
    return total


def _fines(periodo: pd.Series) -> pd.Series:
    from observatorio.base.periodos import meses_fin

    return periodo.astype(str).map({p: meses_fin(p) for p in periodo.unique()})


def _de_numero(tabla: pd.DataFrame, n: dict[str, pd.Series], fichas: pd.DataFrame) -> int:
    codigo = tabla["kpi"].astype(str)
    factor, porcentaje = codigo.map(fichas["factor"]), codigo.map(fichas["porcentaje"])
    razon = n["numerador"] / n["denominador"] * factor
    completa = n["numerador"].notna() & n["denominador"].notna()
    malas = [
        n["numerador"] < 0,
        n["denominador"] < 0,
        n["denominador"] == 0,
        porcentaje & (n["numerador"] > n["denominador"]),
        porcentaje & n["valor"].notna() & ~n["valor"].between(0, 100),
        (tabla["valor"] == "") & ~completa,
        (tabla["numerador"] != "") != (tabla["denominador"] != ""),
        completa & ((n["valor"] - razon).abs() > 1e-3 * razon.abs().clip(lower=1)),
        *(n[c].abs() > 1e15 for c in NUMERICAS),
        (n["valor"] < 0) & ~codigo.map(fichas["negativos"]) & ~porcentaje,
        codigo.map(fichas["entero"]) & n["valor"].notna() & (n["valor"] != n["valor"].round()),
    ]
    return int(sum(m.sum() for m in malas))


def _advertencias(
    tabla: pd.DataFrame, n: dict[str, pd.Series], catalogo, fichas: pd.DataFrame
) -> int:
    codigo = tabla["kpi"].astype(str)
    datos = pd.DataFrame(
        {
            "serie": (
                tabla.groupby(
                    ["kpi", "lugar", "grupo", "unidad"], observed=True, sort=True
                ).ngroup()
            ),
            "fin": (
                tabla["periodo"]
                .map(_fines(tabla["periodo"].cat.categories.to_series()))
                .astype(int)
            ),
            "valor": (
                n["valor"].fillna(n["numerador"] / n["denominador"] * codigo.map(fichas["factor"]))
            ),
            "caso": codigo.map(fichas["factor"]) / n["denominador"],
        }
    ).sort_values(["serie", "fin"])
    cambio = datos["valor"].diff().where(datos["serie"].eq(datos["serie"].shift()))
    por = datos["serie"]
    desvio = (cambio - cambio.groupby(por).transform("median")).abs()
    escala = np.maximum(
        1.4826 * desvio.groupby(por).transform("median"),
        np.maximum(datos["caso"], 0.02 * datos["valor"].abs().groupby(por).transform("median")),
    )
    saltos = int((desvio > 5 * escala).sum())
    fechas = pd.to_datetime(tabla["fecha_dato"].cat.categories.to_series())
    del_dato = tabla["fecha_dato"].map(fechas.dt.year * 12 + fechas.dt.month).astype(int)
    tarde = int(
        (
            del_dato
            > tabla["periodo"].map(_fines(tabla["periodo"].cat.categories.to_series())).astype(int)
            + codigo.map(fichas["meses"] + fichas["gracia"])
        ).sum()
    )
    debiles = {i for i, f in catalogo.fuentes.items() if f.fiabilidad in ("C", "D")}
    sumas = tabla.assign(
        num=n["numerador"],
        den=n["denominador"],
        dimension=tabla["grupo"].astype(str).str.split(":").str[0],
    )
    total = (sumas["grupo"] == "total") & (sumas["lugar"] == catalogo.territorio.ubigeo)
    de_anexos = (
        sumas[(sumas["grupo"] == "total") & ~total]
        .groupby(["kpi", "periodo"], observed=True)[["num", "den"]]
        .sum()
    )
    de_grupos = (
        sumas[sumas["grupo"] != "total"]
        .groupby(["kpi", "periodo", "lugar", "dimension"], observed=True)[["num", "den"]]
        .sum()
    )
    discordes = 0
    for partes, clave, padres in (
        (de_anexos, ["kpi", "periodo"], sumas[total]),
        (de_grupos, ["kpi", "periodo", "lugar"], sumas[sumas["grupo"] == "total"]),
    ):
        juntas = partes.reset_index().merge(
            padres[[*clave, "num", "den"]], on=clave, suffixes=("", "_total")
        )
        discordes += int(
            ((juntas["num"] > juntas["num_total"]) | (juntas["den"] > juntas["den_total"])).sum()
        )
    return saltos + tarde + discordes + _en_categorias(tabla["fuente"], lambda t: t in debiles)
