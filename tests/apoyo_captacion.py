"""El atacante que además sabe qué anexos atiende cada unidad, y tablas al azar con captación."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from apoyo_ataque import CLAVE, DISTRITO, ERROR, REGLAS, Caso, Celda, _repartir, _resolver
from observatorio.privacidad import proteger

Suma = tuple[list[Celda], list[Celda]]
PERIODO = "2024"


@dataclass
class ConCaptacion:
    """Una tabla de unidades y anexos; ``captaciones``: los anexos que atiende cada unidad."""

    caso: Caso
    captaciones: Mapping[str, tuple[str, ...]]

    def publicar(self) -> pl.DataFrame:
        propias = {
            u: c for u, c in self.captaciones.items() if c != (self.caso.lugar_de.get(u, ""),)
        }
        reglas = replace(REGLAS, captaciones=propias)
        return proteger(self.caso.observaciones(), self.caso.fichas, reglas).tabla


def con_captacion_al_azar(azar: np.random.Generator) -> ConCaptacion:
    """Anexos repartidos entre unidades que suman lo que atienden; unas comparten algún anexo y a
    veces hay sexos.
    """
    anexos = [f"99999900{i:02d}" for i in range(int(azar.integers(3, 9)))]
    media = azar.gamma(1.5, 14, len(anexos)) + 1
    base = {
        a: np.array([azar.poisson(m * 0.6), azar.poisson(m * 0.4)])
        for a, m in zip(anexos, media, strict=True)
    }
    captaciones: dict[str, tuple[str, ...]] = {}
    cuenta: dict[str, list[np.ndarray]] = {}
    quedan = list(anexos)
    while quedan:
        n = min(len(quedan), int(azar.integers(1, 4)))
        propios, quedan = quedan[:n], quedan[n:]
        unidades = 1 + int(azar.random() < 0.35)
        for i in range(unidades):
            captaciones[f"U{propios[0]}{i}"] = tuple(propios)
        for a in propios:
            partes = _repartir(azar, base[a], unidades)
            for i, parte in enumerate(partes):
                cuenta.setdefault(f"U{propios[0]}{i}", []).append(parte)
    cuentas = {(PERIODO, a, "total", "", 0): v for a, v in base.items()}
    cuentas[PERIODO, DISTRITO, "total", "", 0] = sum(base.values())
    lugar_de = {u: c[int(azar.integers(len(c)))] for u, c in captaciones.items()}
    cuentas |= {(PERIODO, lugar_de[u], "total", u, 0): sum(cuenta[u]) for u in captaciones}
    if azar.random() < 0.3:
        for i, parte in enumerate(_repartir(azar, sum(base.values()), 2)):
            cuentas[PERIODO, DISTRITO, f"sexo:{i}", "", 0] = parte
    enteras = {c: (int(v[0]), int(v[1])) for c, v in cuentas.items() if v.sum() > 0}
    return ConCaptacion(Caso("porcentaje", 12, enteras, lugar_de), captaciones)


def sumas_de(celdas: list[Celda], captaciones: Mapping[str, tuple[str, ...]]) -> list[Suma]:
    """Las sumas de cada periodo: territorio, grupos, y unidades contra los anexos que atienden."""
    existen = set(celdas)
    juntas: dict[tuple, list[Celda]] = {}
    for c in celdas:
        t, lugar, grupo, unidad, _ = c
        if grupo != "total":
            juntas.setdefault(((t, lugar, "total", unidad, 0), grupo.split(":")[0]), []).append(c)
        if unidad:
            juntas.setdefault(((t, DISTRITO, grupo, "", 0), "u"), []).append(c)
        elif lugar != DISTRITO:
            juntas.setdefault(((t, DISTRITO, grupo, "", 0), "a"), []).append(c)
    salida: list[Suma] = [([total], p) for (total, _), p in juntas.items() if total in existen]
    for t, grupo in sorted({(c[0], c[2]) for c in celdas}):
        unidades = [c for c in celdas if c[3] and (c[0], c[2]) == (t, grupo)]
        anexos = {
            c[1]: c for c in celdas if not c[3] and c[1] != DISTRITO and (c[0], c[2]) == (t, grupo)
        }
        for de in {captaciones.get(u[3], (u[1],)) for u in unidades}:
            dentro = [u for u in unidades if set(captaciones.get(u[3], (u[1],))) <= set(de)]
            if set(de) <= anexos.keys():
                salida.append(([anexos[a] for a in de], dentro))
    return salida


def averigua(
    cuentas: Mapping[Celda, tuple[int, int]],
    protegida: Mapping[Celda, bool],
    captaciones: Mapping[str, tuple[str, ...]],
) -> list[str]:
    """Lo que se deduce de más de las celdas de ``protegida`` que se ocultan, en cada cuenta."""
    fallos: list[str] = []
    for q in (0, 1):
        libres = {c: float(cuentas[c][q]) for c, oculta in protegida.items() if oculta}
        ecuaciones = []
        for totales, partes in sumas_de(list(protegida), captaciones):
            resto = sum(cuentas[t][q] for t in totales) - sum(cuentas[p][q] for p in partes)
            if resto < -ERROR:
                continue
            coeficientes: dict[Celda, float] = {}
            termino = 0.0
            for celda, signo in [*((p, 1.0) for p in partes), *((t, -1.0) for t in totales)]:
                if celda in libres:
                    coeficientes[celda] = coeficientes.get(celda, 0) + signo
                else:
                    termino -= signo * cuentas[celda][q]
            if coeficientes:
                ecuaciones.append((coeficientes, termino, resto > ERROR))
        fallos += [f"cuenta {q} {f}" for f in _resolver(ecuaciones, libres)]
    return fallos


def ocultas(tabla: pl.DataFrame) -> dict[Celda, bool]:
    """Qué celdas sueltas de una tabla pública se ocultan."""
    sueltas = tabla.filter(pl.col("agrupado") == 0)
    return {tuple(f[:5]): f[5] for f in sueltas.select(*CLAVE, "protegido").iter_rows()}
