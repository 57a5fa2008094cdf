"""Cuán seguro es un estado: ¿peor que la base? y ¿al paso?, en palabras.

Acompañan al estado y no lo cambian. La respuesta («sí» o «no») es la de la cifra; la señal dice
cuánto la sostienen los casos contados, con la probabilidad de Jeffreys (``posterior``) de que sea
la verdadera:

- *señal clara*, desde 0.95 y si además el intervalo al 95 % de la diferencia no llega a 0 (o el de
  la cifra, al límite por el que se pregunta);
- *probable*, desde 0.75, y es lo más que se dice con una línea de base de la que no se conocen los
  casos o cuyo año se asume;
- *no se distingue*, si no.

Solo la palabra es pública: de una probabilidad con decimales se despejaría ``n``. Un recuento
completo no tiene error de muestreo: la señal es el estado mismo. Sin casos públicos, o con ventanas
de medida que se pisan, no hay señal.

«Al paso» es estar al menos en el corte de *en ruta* del camino esperado a la fecha; al *alcanzado*
se le pregunta si está en su meta, y a quien debe *mantener*, si está dentro de sus límites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ..catalogo.territorio import Metodo
from .dos_muestras import diferencia_de_tasas, newcombe
from .estados import EVALUADOS, RETROCESO
from .intervalos import COMPLETO, efectivos
from .posterior import Casos, bajo, menor_que

CLARA, PROBABLE, NO_SE_DISTINGUE = "señal clara", "probable", "no se distingue"
SENALES = (CLARA, PROBABLE, NO_SE_DISTINGUE)
DESDE_CLARA, DESDE_PROBABLE = 0.95, 0.75
SI, NO = "sí", "no"
COLUMNAS = ("peor", "senal_base", "al_paso", "senal_paso", "cambio_min_95", "cambio_max_95")
_AL_PASO = ("alcanzado", "en ruta")


@dataclass(frozen=True, slots=True)
class _Pregunta:
    """Una pregunta, fila a fila: la probabilidad de lo que la cifra dice, si el intervalo al 95 %
    concuerda y si cabe decir *clara*.
    """

    probabilidad: np.ndarray
    concuerda: np.ndarray
    cabe_clara: np.ndarray

    def senales(self) -> list[str]:
        clara = (self.probabilidad >= DESDE_CLARA) & self.concuerda & self.cabe_clara
        return [
            CLARA if c else PROBABLE if p >= DESDE_PROBABLE else NO_SE_DISTINGUE
            for c, p in zip(clara, self.probabilidad, strict=True)
        ]


def con_certeza(tabla: pl.DataFrame, metodo: Metodo) -> pl.DataFrame:
    """Añade ``COLUMNAS`` a lo ya ``con_intervalos``, una fila por KPI.

    ``peor`` y ``al_paso`` son «sí» o «no» de todo estado evaluado; ``senal_base`` y
    ``senal_paso``, una de ``SENALES``, o nulas donde nada se puede decir. ``cambio_min_95`` y
    ``cambio_max_95`` acotan el cambio desde la línea de base, en la unidad del KPI, si se conocen
    los casos de los dos lados.
    """
    c = pl.col
    evaluada = c("estado").is_in(EVALUADOS)
    tabla = tabla.with_row_index("orden").with_columns(
        pl.when(evaluada)
        .then(pl.when(c("estado") == RETROCESO).then(pl.lit(SI)).otherwise(pl.lit(NO)))
        .alias("peor"),
        pl.when(evaluada)
        .then(pl.when(c("estado").is_in(_AL_PASO)).then(pl.lit(SI)).otherwise(pl.lit(NO)))
        .alias("al_paso"),
        _limite_del_paso(metodo).alias("limite_paso"),
        _sobre_la_base().alias("cabe_clara"),
        efectivos("numerador").alias("x"),
        efectivos("denominador").alias("n"),
        efectivos("base_numerador", "base_efecto").alias("base_x"),
        efectivos("base_denominador", "base_efecto").alias("base_n"),
    )
    contada = evaluada & (c("conteo") != COMPLETO) & ~_ventanas_que_se_pisan() & (c("n") > 0)
    partes = [
        _contadas(tabla.filter(contada & c("casos") & c("x").is_between(0, c("n"))), tasa=False),
        _contadas(tabla.filter(contada & c("tasa") & (c("x") >= 0)), tasa=True),
        _completas(tabla.filter(evaluada & (c("conteo") == COMPLETO))),
    ]
    senales = pl.concat(partes)
    return tabla.join(senales, on="orden", how="left", maintain_order="left").drop(
        "orden", "limite_paso", "cabe_clara", "x", "n", "base_x", "base_n"
    )


def _limite_del_paso(metodo: Metodo) -> pl.Expr:
    """Desde qué valor se va al paso: ``b + corte · (e(t) − b)``, o la meta si ya se alcanzó."""
    c = pl.col
    return (
        pl.when(c("estado") == "alcanzado")
        .then("m")
        .otherwise(c("b") + metodo.bandas.en_ruta * (c("valor_esperado") - c("b")))
    )


def _sobre_la_base() -> pl.Expr:
    """¿Se sabe de la línea de base lo bastante para una *señal clara*? A quien debe mantener no se
    le pregunta por ella.
    """
    c = pl.col
    conocida = c("base_denominador").is_not_null() | (
        (c("base_conteo") == COMPLETO) & (c("conteo") == COMPLETO)
    )
    return (c("mantener") | (conocida & ~c("base_asumida"))).fill_null(False)


def _ventanas_que_se_pisan() -> pl.Expr:
    """¿La ventana del último dato empieza antes de que cierre la de la línea de base?"""
    c = pl.col
    ventana = pl.max_horizontal("meses_medida", c("ventana").fill_null(0))
    return (~c("mantener") & (c("fin") - ventana < c("fin_base"))).fill_null(False)


def _completas(tabla: pl.DataFrame) -> pl.DataFrame:
    """Sin error de muestreo: lo que se contó es lo que hay."""
    senal = pl.when("cabe_clara").then(pl.lit(CLARA)).otherwise(pl.lit(PROBABLE))
    nulo = pl.lit(None, dtype=pl.Float64)
    return tabla.select(
        "orden",
        senal.alias("senal_base"),
        pl.when(pl.col("estado") == "alcanzado")
        .then(pl.lit(CLARA))
        .otherwise(senal)
        .alias("senal_paso"),
        nulo.alias("cambio_min_95"),
        nulo.alias("cambio_max_95"),
    )


def _contadas(tabla: pl.DataFrame, *, tasa: bool) -> pl.DataFrame:
    """Las señales de las filas que no deben mantener y de las que sí."""
    lejos, quietas = tabla.filter(~pl.col("mantener")), tabla.filter("mantener")
    return pl.concat([_de_las_que_cambian(lejos, tasa), _de_las_que_mantienen(quietas, tasa)])


def _de_las_que_cambian(tabla: pl.DataFrame, tasa: bool) -> pl.DataFrame:
    casos = _casos(tabla, "x", "n")
    # +1 si mejorar es subir; la mejora la dice el camino de la base a la meta, no el sentido.
    lado = np.sign((tabla["m"] - tabla["b"]).to_numpy())
    peor, al_paso = _dice(tabla, "peor"), _dice(tabla, "al_paso")
    cambio = _cambio(tabla, tasa)
    debajo = _bajo_la_base(tabla, casos, tasa)
    cabe = tabla["cabe_clara"].to_numpy()
    base = _Pregunta(
        _probabilidad(debajo, lado, peor),
        _del_mismo_lado(cambio, 0.0, np.where(peor, -lado, lado)),
        cabe,
    )
    limite, suyo = tabla["limite_paso"].to_numpy(), _intervalo(tabla)
    paso = _Pregunta(
        _probabilidad(bajo(casos, limite / tabla["factor"].to_numpy(), tasa=tasa), lado, ~al_paso),
        _del_mismo_lado(suyo, limite, np.where(al_paso, lado, -lado)),
        cabe | (tabla["estado"] == "alcanzado").to_numpy(),
    )
    return _senales(tabla, base.senales(), paso.senales(), cambio)


def _de_las_que_mantienen(tabla: pl.DataFrame, tasa: bool) -> pl.DataFrame:
    """La misma pregunta dos veces: ¿fuera de ``m ± tolerancia``, por el lado malo?"""
    casos, factor = _casos(tabla, "x", "n"), tabla["factor"].to_numpy()
    m, tolerancia = tabla["m"].to_numpy(), tabla["tolerancia"].to_numpy()
    sentido, peor = tabla["sentido"].to_numpy(), _dice(tabla, "peor")
    abajo_es_malo, arriba_es_malo = sentido != "descendente", sentido != "ascendente"
    minimo, maximo = m - tolerancia, m + tolerancia
    fuera = np.where(abajo_es_malo, bajo(casos, minimo / factor, tasa=tasa), 0.0)
    fuera += np.where(arriba_es_malo, 1 - bajo(casos, maximo / factor, tasa=tasa), 0.0)
    desde, hasta = _intervalo(tabla)
    todo_fuera = (abajo_es_malo & (hasta < minimo)) | (arriba_es_malo & (desde > maximo))
    todo_dentro = (~abajo_es_malo | (desde >= minimo)) & (~arriba_es_malo | (hasta <= maximo))
    pregunta = _Pregunta(
        np.where(peor, fuera, 1 - fuera),
        np.where(peor, todo_fuera, todo_dentro),
        np.ones(len(m), dtype=bool),
    )
    nada = np.full(len(m), np.nan)
    return _senales(tabla, pregunta.senales(), pregunta.senales(), (nada, nada))


def _casos(tabla: pl.DataFrame, x: str, n: str) -> Casos:
    return Casos(tabla[x].to_numpy().astype(float), tabla[n].to_numpy().astype(float))


def _dice(tabla: pl.DataFrame, columna: str) -> np.ndarray:
    return (tabla[columna] == SI).to_numpy().astype(bool)


def _bajo_la_base(tabla: pl.DataFrame, casos: Casos, tasa: bool) -> np.ndarray:
    """P(valor < línea de base): contra sus casos o, si no se conocen, contra su cifra."""
    debajo = bajo(casos, (tabla["b"] / tabla["factor"]).to_numpy(), tasa=tasa)
    con_casos = (tabla["base_n"].fill_null(0) > 0).to_numpy()
    if con_casos.any():
        suyos = tabla.filter(pl.Series(con_casos))
        otros = _casos(suyos, "base_x", "base_n")
        debajo[con_casos] = menor_que(_casos(suyos, "x", "n"), otros, tasa=tasa)
    return debajo


def _probabilidad(debajo: np.ndarray, lado: np.ndarray, mal: np.ndarray) -> np.ndarray:
    """La de lo que dice la cifra: que está del lado malo (``mal``) o del bueno."""
    del_malo = np.where(lado > 0, debajo, 1 - debajo)
    return np.where(mal, del_malo, 1 - del_malo)


def _del_mismo_lado(
    intervalo: tuple[np.ndarray, np.ndarray], limite: np.ndarray | float, lado: np.ndarray
) -> np.ndarray:
    """¿Queda el intervalo entero sobre (``lado`` +1) o bajo (−1) el límite?"""
    desde, hasta = intervalo
    return np.where(lado > 0, desde > limite, hasta < limite)


def _intervalo(tabla: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return tabla["minimo_95"].to_numpy(), tabla["maximo_95"].to_numpy()


def _cambio(tabla: pl.DataFrame, tasa: bool) -> tuple[np.ndarray, np.ndarray]:
    """Límites de ``y − b`` en la unidad del KPI; sin número donde no se conocen los casos de la
    línea de base.
    """
    diferencia = diferencia_de_tasas if tasa else newcombe
    limites = [
        diferencia((bx, bn), (x, n)) if bn else (float("nan"), float("nan"))
        for x, n, bx, bn in tabla.select("x", "n", "base_x", "base_n").iter_rows()
    ]
    arreglo = np.array(limites, dtype=float).reshape(-1, 2) * tabla["factor"].to_numpy()[:, None]
    return arreglo[:, 0], arreglo[:, 1]


def _senales(
    tabla: pl.DataFrame,
    base: list[str],
    paso: list[str],
    cambio: tuple[np.ndarray, np.ndarray],
) -> pl.DataFrame:
    return tabla.select("orden").with_columns(
        pl.Series("senal_base", base, dtype=pl.String),
        pl.Series("senal_paso", paso, dtype=pl.String),
        *(
            pl.Series(nombre, limite, dtype=pl.Float64).fill_nan(None)
            for nombre, limite in zip(COLUMNAS[-2:], cambio, strict=True)
        ),
    )
