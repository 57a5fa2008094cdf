"""Los periodos sueltos detrás de una cifra agrupada: que las sumas del bloque no los acoten.

Dentro de un bloque hay una tabla de lugares (o grupos, o unidades) por periodos, toda oculta, con
los totales de cada periodo y las cifras agrupadas a la vista. Una celda está a salvo si desde la
tabla verdadera se llega, moviendo casos por ciclos que conservan todas las sumas visibles, a otra
en que vale 0 y a otra en que vale ``k − 1`` (o a dos que distan ``k``). Si no se llega, se oculta
una cifra agrupada más. Los ciclos son los de Cox (1995), «Network models for complementary cell
suppression», *JASA* 90: en una tabla de dos dimensiones dan una cota segura sin resolver ningún
programa.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .columnas import CUENTAS
from .secundaria import MINIMO

SERIE = ["lugar", "grupo", "unidad"]


@dataclass(slots=True)
class Bloque:
    """``x``: filas × periodos, 0 donde no hay celda; la última fila es lo que no informó.

    ``celda``: la cifra agrupada de cada fila (−1 en la última). ``total``: la celda del total de
    cada periodo (−1, sin total). ``hay``: dónde hay celda. ``visto``: con qué celdas ocultas se
    probó por última vez sin hallar nada.
    """

    x: dict[str, np.ndarray]
    hay: dict[str, np.ndarray]
    escasa: np.ndarray
    celda: np.ndarray
    total: np.ndarray
    tramo: np.ndarray
    suelta: np.ndarray
    clase: np.ndarray
    visto: bytes = b""

    def actualizar(self, oculta: np.ndarray, conocida: np.ndarray) -> bool:
        """Pone al día ``suelta`` y ``clase``; ``False`` si ya se probó así.

        ``suelta``: filas cuya suma no se publica.
        ``clase``: periodos con el mismo número comparten un total oculto; −1, total a la vista.
        """
        self.suelta = np.append((oculta & ~conocida)[self.celda[:-1]], True)
        sin_total = (self.total < 0) | oculta[self.total]
        self.clase = np.where(sin_total, self.tramo, -1)
        ahora = self.suelta.tobytes() + self.clase.tobytes()
        nuevo, self.visto = ahora != self.visto, ahora
        return nuevo


def expuestas(bloques: list[Bloque], tabla: pl.DataFrame, k: int) -> set[int]:
    """Cifras agrupadas que ocultar para que ningún periodo suelto quede acotado.

    ``tabla``: ``columnas.DECIDIDA``; devuelve números de ``celda``, ninguno si nada queda acotado.
    """
    oculta, conocida = tabla["oculta"].to_numpy(), tabla["conocida"].to_numpy()
    salida: set[int] = set()
    for bloque in bloques:
        fila = _primera_falla(bloque, k) if bloque.actualizar(oculta, conocida) else None
        if fila is None:
            continue
        elegida = fila if not bloque.suelta[fila] else _complementaria(bloque, fila)
        if elegida is not None and bloque.celda[elegida] >= 0:
            salida.add(int(bloque.celda[elegida]))
    return salida


def _complementaria(bloque: Bloque, fila: int) -> int | None:
    """La menor cifra agrupada a la vista entre las que comparten más periodos con ``fila``."""
    libres = np.flatnonzero(~bloque.suelta)
    if not libres.size:
        return None
    comunes = (bloque.hay["a"][libres] & bloque.hay["a"][fila]).sum(axis=1)
    tamano = bloque.x["a"][libres].sum(axis=1) + bloque.x["b"][libres].sum(axis=1)
    return int(libres[np.lexsort((tamano, -comunes))[0]])


def _primera_falla(bloque: Bloque, k: int) -> int | None:
    """La fila con la celda peor protegida, o nada."""
    fallas = np.zeros(len(bloque.celda))
    for q in CUENTAS:
        x, hay = bloque.x[q], bloque.hay[q]
        baja, sube = _holguras(x, hay, bloque.suelta, bloque.clase)
        corta = np.where(
            x < k,
            (baja < x - MINIMO) | (sube < k - 1 - x - MINIMO),
            np.minimum(baja, x) + sube < k - MINIMO,
        )
        fallas += (corta & hay).sum(axis=1)
        fallas += _agrupadas_acotadas(x, hay, bloque, k)
    fallas[-1] = 0
    return int(fallas.argmax()) if fallas.any() else None


def _holguras(
    x: np.ndarray, hay: np.ndarray, suelta: np.ndarray, clase: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cuántos casos se pueden quitar y poner en cada celda sin cambiar ninguna suma visible."""
    h = hay.astype(float)
    ajeno = x @ h.T
    np.fill_diagonal(ajeno, 0)
    quitar = (h.T @ ajeno).T - h * (x.sum(axis=0) - x)
    poner = _intercambio(x, h)
    otras_sueltas = (suelta[:, None] & hay).sum(axis=0) - (suelta[:, None] & hay)
    casos_sueltos = (x * suelta[:, None]).sum(axis=0) - x * suelta[:, None]
    quitar = np.where(suelta[:, None] & (otras_sueltas > 0), np.inf, quitar)
    poner = poner + np.where(suelta[:, None], casos_sueltos, 0)
    for numero in np.unique(clase[clase >= 0]):
        juntos = clase == numero
        vecinos = hay[:, juntos].sum(axis=1, keepdims=True) - hay
        libre = juntos[None, :] & hay
        quitar = np.where(libre & (vecinos > 0), np.inf, quitar)
        poner = poner + np.where(libre, (x[:, juntos].sum(axis=1, keepdims=True) - x), 0)
    return quitar, poner


def _intercambio(x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Cota segura de los casos que la fila trae de otros periodos por los que otra le cede."""
    filas, periodos = x.shape
    if h[:-1].all() and (h[-1].all() or not h[-1].any()):
        return np.asarray(np.minimum(x.sum(axis=1, keepdims=True) - x, x.sum(axis=0) - x) * h)
    salida = np.zeros_like(x)
    for v in range(filas):
        for t in range(periodos):
            if not h[v, t]:
                continue
            otros_t = (np.arange(periodos) != t) & (h[v] > 0)
            otras_f = (np.arange(filas) != v) & (h[:, t] > 0)
            if not otros_t.any() or not otras_f.any():
                continue
            enlace = h[np.ix_(otras_f, otros_t)] > 0
            mios, suyos = x[v, otros_t], x[otras_f, t]
            por_filas = min(mios.sum(), suyos[enlace.all(axis=1)].sum())
            por_periodos = min(mios[enlace.all(axis=0)].sum(), suyos.sum())
            salida[v, t] = max(por_filas, por_periodos)
    return salida


def _agrupadas_acotadas(x: np.ndarray, hay: np.ndarray, bloque: Bloque, k: int) -> np.ndarray:
    """Cifras agrupadas ocultas que las demás sumas acotan: 1 por fila que falla."""
    salida = np.zeros(len(bloque.celda))
    suelta = bloque.suelta & hay.any(axis=1)
    for v in np.flatnonzero(suelta & ~bloque.escasa):
        demas = suelta.copy()
        demas[v] = False
        con_pareja = hay[demas].any(axis=0) & hay[v]
        p, baja = x[v].sum(), x[v, con_pareja].sum()
        sube = x[np.ix_(demas, hay[v])].sum()
        salida[v] = (baja < p - MINIMO or sube < k - 1 - p) if p < k else baja + sube < k - MINIMO
    return salida


def armar_bloques(tabla: pl.DataFrame) -> list[Bloque]:
    """Los bloques cerrados de cada familia agrupada, con el total de cada periodo si lo hay."""
    c = pl.col
    agrupadas = tabla.filter(
        c("agrupado") > 0, c("agrupado") == c("nivel"), c("familia") != "total"
    )
    sueltas = tabla.filter(
        c("agrupado") == 0, c("nivel") > 0, c("familia") != "total", c("a").is_not_null()
    )
    cifras = agrupadas.select(
        "kpi", "familia", *SERIE, "agrupado", c("fin").alias("bloque"), "celda", "escasa"
    )
    unidas = (
        sueltas.select("kpi", "familia", *SERIE, "fin", "nivel_total", *CUENTAS)
        .join(cifras, on=["kpi", "familia", *SERIE])
        .filter(c("fin") > c("bloque") - c("agrupado"), c("fin") <= c("bloque"))
    )
    totales = tabla.filter(
        c("familia") == "total", c("agrupado") == 0, c("a").is_not_null()
    ).select("kpi", "fin", c("celda").alias("total"), *(c(q).alias(f"t_{q}") for q in CUENTAS))
    unidas = unidas.join(totales, on=["kpi", "fin"], how="left").sort(
        "kpi", "familia", "bloque", "celda", "fin"
    )
    columnas = {n: unidas[n].cast(pl.Float64).to_numpy() for n in ("a", "b", "t_a", "t_b")}
    columnas |= {
        n: unidas[n].cast(pl.Int64).fill_null(-1).to_numpy()
        for n in ("celda", "fin", "total", "nivel_total")
    }
    columnas["escasa"] = unidas["escasa"].to_numpy()
    largos = (
        unidas.group_by("kpi", "familia", "bloque", maintain_order=True).len()["len"].to_numpy()
    )
    hasta = np.cumsum(largos)
    return [
        _matriz({n: v[i - n_filas : i] for n, v in columnas.items()})
        for i, n_filas in zip(hasta, largos, strict=True)
    ]


def _matriz(parte: dict[str, np.ndarray]) -> Bloque:
    celdas, fila = np.unique(parte["celda"], return_inverse=True)
    fines, columna = np.unique(parte["fin"], return_inverse=True)
    n, m = len(celdas), len(fines)
    total = np.full(m, -1)
    total[columna] = parte["total"]
    ancho = int(parte["nivel_total"][0])
    x, hay = {}, {}
    for q in CUENTAS:
        x[q], hay[q] = np.zeros((n + 1, m)), np.zeros((n + 1, m), dtype=bool)
        x[q][fila, columna], hay[q][fila, columna] = parte[q], True
        suma = np.full(m, np.nan)
        suma[columna] = parte[f"t_{q}"]
        resto = np.nan_to_num(suma - x[q].sum(axis=0))
        x[q][n], hay[q][n] = np.clip(resto, 0, None), resto > MINIMO
    escasa = np.ones(n + 1, dtype=bool)
    escasa[fila] = parte["escasa"]
    tramo = (fines - 1) // ancho if ancho else np.zeros(m, dtype=int)
    return Bloque(
        x,
        hay,
        escasa,
        np.append(celdas, -1),
        total,
        tramo,
        np.zeros(n + 1, dtype=bool),
        np.zeros(m, dtype=int),
    )
