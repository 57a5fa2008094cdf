"""Tres ediciones seguidas, con lugares que llegan tarde, y quien las guarda todas: un solo programa
lineal con las tres.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from apoyo_ataque import (
    CLAVE,
    DISTRITO,
    ERROR,
    REGLAS,
    Caso,
    Celda,
    K,
    _repartir,
    fin,
    periodos,
    sumas,
)
from observatorio.privacidad import acumular, proteger
from observatorio.privacidad.historial import vacia

EDICIONES = 3
Par = tuple[int, int]


@dataclass
class Historia:
    """Lo que de verdad pasó: cuentas por ``(periodo, anexo)``, su reparto por sexo, y en qué
    edición llegó cada una.
    """

    clase: str
    meses: int
    tiempos: list[str]
    forma: str
    base: dict[tuple[str, str], Par]
    llega: dict[tuple[str, str], int]
    sexos: dict[tuple[str, str], list[np.ndarray]]
    resto: dict[str, Par]
    completo: bool = False
    """El total cuenta desde el principio lo que cada lugar dirá después."""
    con_tasa: frozenset[str] = frozenset()
    """Periodos de cuyo total solo se dice la tasa."""
    se_va: dict[str, int] = field(default_factory=dict)
    """Desde qué edición falta la fila del total."""
    corregidas: dict[tuple[str, str], tuple[int, Par]] = field(default_factory=dict)
    """Desde qué edición dice otra cosa un anexo, y qué."""

    def edicion(self, numero: int) -> Caso:
        cuentas: dict[Celda, Par] = {}
        for t in self.tiempos:
            todos = [v for p, v in self.base if p == t]
            lugares = [v for v in todos if self.llega[t, v] <= numero]
            if not (lugares or self.completo):
                continue
            if numero < self.se_va.get(t, EDICIONES):
                cuentas[t, DISTRITO, "total", "", 0] = self._suma(
                    t,
                    todos if self.completo else lugares,
                    lambda x: self._dice(x, numero),
                    self.resto[t],
                )
            for v in lugares:
                cuentas[t, v, "total", f"U{v}" if self.forma == "unidades" else "", 0] = self._dice(
                    (t, v), numero
                )
            for i in range(2 if self.forma in ("familias", "cruce") else 0):
                cuentas[t, DISTRITO, f"sexo:{i}", "", 0] = self._suma(
                    t, lugares, lambda x, i=i: self.sexos[x][i], self.resto[t] if i == 0 else (0, 0)
                )
                if self.forma == "cruce":
                    cuentas |= {
                        (t, v, f"sexo:{i}", "", 0): tuple(int(n) for n in self.sexos[t, v][i])
                        for v in lugares
                    }
        return Caso(self.clase, self.meses, {c: v for c, v in cuentas.items() if sum(v) > 0}, {})

    def _dice(self, lugar: tuple[str, str], numero: int) -> Par:
        desde, par = self.corregidas.get(lugar, (EDICIONES, (0, 0)))
        return par if numero >= desde else self.base[lugar]

    @property
    def sin_cuentas(self) -> set[Celda]:
        """Los totales de los que solo se dice la tasa: ninguna cifra agrupada los reúne."""
        return {(t, DISTRITO, "total", "", 0) for t in self.con_tasa}

    def faltan(self, numero: int) -> set[str]:
        """Periodos cuyo total ya cuenta lugares que aún no informaron: nadie sabe que lo que les
        queda es 0.
        """
        return {t for (t, _), n in self.llega.items() if self.completo and n > numero}

    def publicar(self, numero: int, ya: pl.DataFrame) -> tuple[Caso, pl.DataFrame]:
        caso = self.edicion(numero)
        sin_cuentas = (
            (pl.col("lugar") == DISTRITO)
            & (pl.col("grupo") == "total")
            & pl.col("periodo").is_in(sorted(self.con_tasa))
        )
        filas = caso.observaciones().with_columns(
            pl.when(~sin_cuentas).then(x).alias(x) for x in ("numerador", "denominador")
        )
        return caso, proteger(filas, caso.fichas, REGLAS, ya).tabla

    def _suma(
        self, t: str, lugares: list[str], de: Callable[[tuple[str, str]], Par], resto: Par
    ) -> Par:
        a, b = (int(sum(de((t, v))[q] for v in lugares) + resto[q]) for q in (0, 1))
        return a, b


def historia_al_azar(azar: np.random.Generator) -> Historia:
    clase, meses = (
        str(azar.choice(["porcentaje", "porcentaje", "razon", "recuento"])),
        int(azar.choice([3, 6, 12])),
    )
    tiempos = periodos(meses, range(2022, 2022 + int(azar.integers(1, 4))))
    forma = str(azar.choice(["anexos", "familias", "unidades", "cruce"]))
    if forma == "cruce":
        tiempos = tiempos[: int(azar.integers(1, 3))]
    lugares = [f"99999900{i:02d}" for i in range(int(azar.integers(2, 7)))]
    medias, tasa = azar.gamma(1.3, 12, len(lugares)) + 1, azar.uniform(0.05, 0.95)
    base, llega, sexos = {}, {}, {}
    for t in tiempos:
        for v, m in zip(lugares, medias, strict=True):
            par = (
                int(azar.poisson(m * tasa)),
                int(azar.poisson(m * (1 - tasa))) + (clase == "razon"),
            )
            base[t, v] = (sum(par), sum(par)) if clase == "recuento" else par
            llega[t, v] = int(azar.choice([0, 0, 0, 0, 1, 2]))
            sexos[t, v] = _repartir(azar, np.array(base[t, v]), 2)
    resto = dict.fromkeys(tiempos, (0, 0))
    if azar.random() < 0.4:
        for t in tiempos:
            par = (int(azar.poisson(8)), int(azar.poisson(8)))
            resto[t] = (par[0], par[0]) if clase == "recuento" else par
    return Historia(clase, meses, tiempos, forma, base, llega, sexos, resto)


def con_totales_antes_que_sus_partes(azar: np.random.Generator) -> Historia:
    """Totales que ya cuentan lo que después se abre por lugares; unos solo dicen su tasa y otros
    dejan de informarse.

    Donde solo hay tasa, los lugares llegan juntos: de lo que le falta a una tasa no se sabe cuántos
    son.
    """
    h = historia_al_azar(azar)
    total = {
        t: h._suma(t, [v for p, v in h.base if p == t], lambda x: h.base[x], h.resto[t])
        for t in h.tiempos
    }
    con_tasa = frozenset(
        t for t in h.tiempos if h.clase != "recuento" and min(total[t]) >= K and azar.random() < 0.6
    )
    llega = {(t, v): 1 if t in con_tasa else int(azar.choice([1, 1, 1, 2])) for t, v in h.base}
    se_va = {t: int(azar.choice([1, 2])) for t in h.tiempos if azar.random() < 0.5}
    return replace(
        h,
        forma=str(azar.choice(["anexos", "unidades"])),
        llega=llega,
        completo=True,
        con_tasa=con_tasa,
        se_va=se_va,
    )


def con_cifras_corregidas(azar: np.random.Generator) -> Historia:
    """Anexos cuya cifra era otra, menor, en las primeras ediciones; los totales cambian con
    ella.
    """
    return _corregida(azar, 0.35, lambda par, _: [x + int(azar.poisson(14)) for x in par])


def con_cifras_que_suben_o_bajan(azar: np.random.Generator) -> Historia:
    """Anexos que se corrigen hacia arriba o hacia abajo: alguno que se veía pasa a protegerse."""
    return _corregida(
        azar,
        0.3,
        lambda par, razon: [
            int(azar.poisson(max(2, x) * azar.choice([0.2, 0.6, 2.0]))) + extra
            for x, extra in zip(par, (0, razon), strict=True)
        ],
    )


def _corregida(
    azar: np.random.Generator, parte: float, otra: Callable[[Par, bool], list[int]]
) -> Historia:
    """Una historia en que cada cifra, con probabilidad ``parte``, pasa a ser ``otra`` en alguna
    edición; ``otra`` sabe si es una razón.
    """
    h = replace(historia_al_azar(azar), forma=str(azar.choice(["anexos", "unidades"])))
    corregidas = {}
    for lugar, par in h.base.items():
        if azar.random() < parte:
            a, b = otra(par, h.clase == "razon")
            corregidas[lugar] = (int(azar.choice([1, 2])), (a, a if h.clase == "recuento" else b))
    return replace(h, corregidas=corregidas)


def atacar_ediciones(historia: Historia) -> list[str]:
    """Publica las ediciones una tras otra y dice lo que se averigua de más con todas a la vez."""
    ya, publicadas = vacia(), []
    for numero in range(EDICIONES):
        caso, tabla = historia.publicar(numero, ya)
        if caso.cuentas:
            ya = acumular(ya, tabla, {"M1-K01"})
            publicadas.append((caso, tabla, historia.faltan(numero)))
    return [
        f
        for q in ((0,) if historia.clase == "recuento" else (0, 1))
        for f in _con_todas(publicadas, q, historia.sin_cuentas)
    ]


def _con_todas(
    publicadas: list[tuple[Caso, pl.DataFrame, set[str]]], q: int, sin_cuentas: set[Celda]
) -> list[str]:
    """Una celda con las mismas cuentas en dos ediciones es una sola incógnita; vista en una, se
    sabe en todas.

    Salvo que en su periodo se corrigiera algo oculto: quien ataca ve que algo se movió, pero no
    cuál de las ocultas.

    La que se vio y ya no está sigue en la memoria. De una tasa a la vista se conoce el denominador.
    """
    numero: dict[tuple[Celda, Par, int], int] = {}
    vistas, ocultas, ecuaciones = set(), set(), []
    protegida, verdad, movidos = {}, {}, Counter()
    for caso, tabla, faltan in publicadas:
        antes, decia = {c for c, oculta in protegida.items() if oculta}, verdad
        protegida = {c: oculta for c, oculta in protegida.items() if not (oculta or c[4])} | {
            tuple(f[:5]): f[5] for f in tabla.select(*CLAVE, "protegido").iter_rows()
        }
        todas = sumas(list(protegida), any(c[1] != DISTRITO and not c[3] for c in protegida))
        enlaces = [
            (t, [p for p in partes if not (t[4] and p in sin_cuentas)], x) for t, partes, x in todas
        ]
        verdad = verdad | caso.cuentas
        verdad |= {
            t: tuple(sum(verdad[p][i] for p in partes) for i in (0, 1))
            for t, partes, _ in enlaces
            if t[4]
        }
        movidos.update(
            {c[0] for c in antes if not c[4] and protegida.get(c) and decia[c] != verdad[c]}
        )
        bloques = {_tramo(c, caso.meses) for c in protegida if c[4]}
        de = {
            c: numero.setdefault(
                (c, tuple(verdad[c]), _veces(movidos, _tramo(c, caso.meses), bloques)), len(numero)
            )
            for c in protegida
        }
        for c, oculta in protegida.items():
            (ocultas if oculta else vistas).add(de[c])
        for total, partes, _ in enlaces:
            resto = verdad[total][q] - sum(verdad[p][q] for p in partes)
            if resto >= -ERROR:
                ecuaciones.append(
                    (
                        [(de[total], -1.0), *((de[p], 1.0) for p in partes)],
                        resto > ERROR or total[0] in faltan,
                    )
                )
    x = np.array([par[q] for _, par, _ in numero], dtype=float)
    limites = [(v, v) if i in vistas else (0, 1e5) for i, v in enumerate(x)]
    return _acotadas([n[:2] for n in numero], x, ocultas - vistas, limites, ecuaciones)


def _tramo(celda: Celda, meses: int) -> tuple[int, int]:
    cierre = fin(celda[0].split("/")[-1])
    return cierre - (celda[4] or meses), cierre


def _veces(movidos: Counter[str], tramo: tuple[int, int], bloques: set[tuple[int, int]]) -> int:
    """Cuántas veces se movió algo oculto en el tramo, o en un bloque que lo toca: de un bloque no
    se sabe qué periodo se movió.
    """
    inicio = min([tramo[0], *(a for a, b in bloques if a < tramo[1] and b > tramo[0])])
    cierre = max([tramo[1], *(b for a, b in bloques if a < tramo[1] and b > tramo[0])])
    return sum(n for t, n in movidos.items() if inicio < fin(t) <= cierre)


def _acotadas(
    nombres: list, x: np.ndarray, ocultas: set[int], limites: list, ecuaciones: list
) -> list[str]:
    def matriz(con_resto: bool):
        filas = [e for e, r in ecuaciones if r == con_resto]
        puestos = [(i, j, s) for i, e in enumerate(filas) for j, s in e]
        return (
            coo_matrix(
                ([s for *_, s in puestos], ([i for i, *_ in puestos], [j for _, j, _ in puestos])),
                shape=(len(filas), len(x)),
            ).tocsr()
            if filas
            else None
        )

    iguales, menores = matriz(False), matriz(True)
    bajo, alto, fallos = x.copy(), x.copy(), []
    for i in sorted(ocultas):
        sensible = x[i] < K
        for signo in (1, -1):
            basta = bajo[i] <= ERROR if signo == 1 else alto[i] >= K - 1 if sensible else False
            if basta or (not sensible and alto[i] - bajo[i] >= K):
                continue
            objetivo = np.zeros(len(x))
            objetivo[i] = signo
            r = linprog(
                objetivo,
                A_ub=menores,
                b_ub=None if menores is None else np.zeros(menores.shape[0]),
                A_eq=iguales,
                b_eq=None if iguales is None else np.zeros(iguales.shape[0]),
                bounds=limites,
                method="highs",
            )
            assert r.status == 0, r.message
            bajo, alto = np.minimum(bajo, r.x), np.maximum(alto, r.x)
        if (
            (bajo[i] > ERROR or alto[i] < K - 1 - ERROR)
            if sensible
            else alto[i] - bajo[i] < K - ERROR
        ):
            fallos.append(f"{nombres[i]}: vale {x[i]:g} y queda en [{bajo[i]:g}, {alto[i]:g}]")
    return fallos
