"""Un atacante más fuerte: no piensa en filas sino en los casos sueltos (lugar × sexo × edad ×
unidad) que las forman.

Cada fila publicada es una suma exacta de esos átomos, falte la fila que falte; nada se le escapa
por no tener un total intermedio. Las filas se quitan al azar y, con ``descuadre``, una de las dos
cuentas del territorio no cuadra.
"""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
from scipy.optimize import linprog

from apoyo_ataque import CLAVE, DISTRITO, ERROR, Caso, Celda, K

Atomo = tuple[int, int, int, int]
PERIODO = "2024"


def caso_de_atomos(
    azar: np.random.Generator, faltan: float, descuadre: bool = False
) -> tuple[Caso, dict[Celda, list[Atomo]]]:
    """Un caso y, de cada fila, los átomos que suma; con ``descuadre`` la segunda cuenta del
    territorio es menor.
    """
    clase = str(
        azar.choice(["porcentaje", "razon"] if descuadre else ["porcentaje", "razon", "recuento"])
    )
    lugares, edades = int(azar.integers(2, 5)), int(azar.choice([1, 2]))
    unidades = 2 if azar.random() < 0.35 else 1
    media, tasa = float(azar.choice([5, 10, 25])), azar.uniform(0.1, 0.9)
    atomos: dict[Atomo, tuple[int, int]] = {}
    for atomo in itertools.product(range(lugares), range(2), range(edades), range(unidades)):
        m = azar.gamma(1.5, media / 1.5) / (edades * unidades)
        a, b = int(azar.poisson(m * tasa)), int(azar.poisson(m * (1 - tasa)))
        atomos[atomo] = (a, a) if clase == "recuento" else (a, b)
    filas: dict[Celda, list[Atomo]] = {}
    for celda, condicion in _posibles(azar, lugares, edades, unidades).items():
        if azar.random() >= (0.05 if celda[1:4] == (DISTRITO, "total", "") else faltan):
            filas[celda] = [
                x
                for x in atomos
                if all(c is None or c == i for c, i in zip(condicion, x, strict=True))
            ]
    sumas = {f: tuple(sum(atomos[x][q] for x in xs) for q in (0, 1)) for f, xs in filas.items()}
    total = (PERIODO, DISTRITO, "total", "", 0)
    if descuadre and total in sumas:
        sumas[total] = (sumas[total][0], max(0, sumas[total][1] - int(azar.integers(1, 6))))
    return Caso(clase, 12, {f: s for f, s in sumas.items() if sum(s) > 0}, {}), filas


def _posibles(
    azar: np.random.Generator, lugares: int, edades: int, unidades: int
) -> dict[Celda, tuple]:
    """Las filas que el KPI podría traer, con la condición ``(lugar, sexo, edad, unidad)`` de sus
    átomos.
    """

    def fila(v=None, s=None, e=None, u=None) -> tuple[Celda, tuple]:
        grupo = f"sexo:{s}" if s is not None else f"edad:{e}" if e is not None else "total"
        unidad = "" if u is None else f"U{v}{u}"
        return (PERIODO, DISTRITO if v is None else f"99999900{v:02d}", grupo, unidad, 0), (
            v,
            s,
            e,
            u,
        )

    clases = [
        [fila(s=s) for s in range(2)],
        [fila(e=e) for e in range(edades)] if edades > 1 else [],
        [fila(v=v) for v in range(lugares)],
        [fila(v=v, s=s) for v in range(lugares) for s in range(2)],
        [fila(v=v, u=u) for v in range(lugares) for u in range(2)] if unidades > 1 else [],
    ]
    return dict([fila(), *(f for clase in clases if azar.random() < 0.6 for f in clase)])


def atacar_atomos(
    caso: Caso,
    filas: dict[Celda, list[Atomo]],
    tabla: pl.DataFrame,
    cuentas: tuple[int, ...] = (0, 1),
) -> list[str]:
    """Lo que se averigua de más de cada fila oculta, sabiendo de qué átomos se compone cada una."""
    oculta = {
        tuple(f[:5]): f[5]
        for f in tabla.filter(pl.col("agrupado") == 0).select(*CLAVE, "protegido").iter_rows()
    }
    nombres = sorted({x for xs in filas.values() for x in xs})
    de = {f: np.array([x in set(filas[f]) for x in nombres], dtype=float) for f in oculta}
    fallos = []
    for q in cuentas if caso.clase != "recuento" else (0,):
        vistas = [f for f in oculta if not oculta[f]]
        a_eq = np.array([de[f] for f in vistas]) if vistas else None
        b_eq = [caso.cuentas[f][q] for f in vistas] or None
        for f in (f for f in oculta if oculta[f]):
            bajo, alto = (s * _extremo(s * de[f], a_eq, b_eq) for s in (1, -1))
            x = caso.cuentas[f][q]
            if (bajo > ERROR or alto < K - 1 - ERROR) if x < K else alto - bajo < K - ERROR:
                fallos.append(
                    f"{caso.clase} cuenta {q} {f}: vale {x} y queda en [{bajo:g}, {alto:g}]"
                )
    return fallos


def _extremo(objetivo: np.ndarray, a_eq: np.ndarray | None, b_eq: list | None) -> float:
    r = linprog(objetivo, A_eq=a_eq, b_eq=b_eq, bounds=(0, 1e4), method="highs")
    assert r.status == 0, r.message
    return float(r.fun)
