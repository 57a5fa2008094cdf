"""Qué cambiaría al recibir un lote: lo nuevo, lo que reemplaza a la demostración, lo igual y lo que
contradice a lo publicado.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from math import isclose

import polars as pl

from ..base.numeros import con_unidad
from ..catalogo import Catalogo
from ..datos.reglas import NUMERICAS
from ..rutas import Proyecto
from .correccion_sugerida import celdas_escritas, lineas
from .lote import CLAVE, Defecto, Lote, Medida


@dataclass(slots=True)
class Diferencia:
    """Cada medida del lote en su montón; ``anterior`` guarda el valor que había, por clave."""

    nuevas: list[Medida] = field(default_factory=list)
    reemplazan: list[Medida] = field(default_factory=list)
    iguales: list[Medida] = field(default_factory=list)
    distintas: list[Medida] = field(default_factory=list)
    anterior: dict[tuple[str, ...], dict] = field(default_factory=dict)

    @property
    def entran(self) -> list[Medida]:
        return [*self.nuevas, *self.reemplazan]


def comparar(lote: Lote, observaciones: pl.DataFrame) -> Diferencia:
    """Compara por clave con las observaciones validadas (una real no compite con la demostración:
    la reemplaza).
    """
    buscadas = (
        pl.DataFrame([m.clave for m in lote.medidas], schema=list(CLAVE), orient="row")
        if lote.medidas
        else None
    )
    hay = (
        observaciones.join(buscadas.unique(), on=list(CLAVE), how="semi")
        if buscadas is not None
        else observaciones.head(0)
    )
    d = Diferencia(anterior={tuple(f[c] for c in CLAVE): f for f in hay.iter_rows(named=True)})
    for m in lote.medidas:
        previa = d.anterior.get(m.clave)
        if previa is None:
            d.nuevas.append(m)
        elif previa["naturaleza"] == "demostracion" and m.campos["naturaleza"] != "demostracion":
            d.reemplazan.append(m)
        else:
            (d.iguales if _igual(m, previa) else d.distintas).append(m)
    return d


def _igual(m: Medida, previa: dict) -> bool:
    """Iguales las cifras que la medida trae; lo que no trae (valor de una razón) no se compara."""
    for columna in NUMERICAS:
        texto = m.campos.get(columna, "")
        try:
            if texto and (
                previa[columna] is None
                or not isclose(float(texto), previa[columna], rel_tol=1e-9, abs_tol=1e-9)
            ):
                return False
        except ValueError:
            return False
    return True


def defectos_de_distintas(d: Diferencia, proyecto: Proyecto, corte: date) -> Iterable[Defecto]:
    """Una cifra real ya publicada no se pisa: se corrige, con motivo y firma. Da las líneas listas
    para copiar.
    """
    for m in d.distintas:
        previa = d.anterior[m.clave]
        faltan = lineas(
            m,
            previa["archivo"],
            celdas_escritas(proyecto, corte, previa["archivo"], previa["fila"]),
        )
        traidas = [c for c in NUMERICAS if c in faltan and m.campos.get(c)]
        sueltas = [linea for c, linea in faltan.items() if c not in traidas]
        for columna in traidas:
            antes = "sin cifra" if previa[columna] is None else f"con {previa[columna]:.12g}"
            propias = "\n".join([faltan[columna], *(sueltas if columna == traidas[0] else [])])
            yield Defecto(
                m.celda(columna),
                m.campos[columna],
                "cifra-ya-publicada",
                f"ya está publicada {antes}: si cambió, añada a data/correcciones.csv: {propias}",
            )


def resumen(d: Diferencia, lote: Lote, catalogo: Catalogo, maximo: int = 40) -> list[str]:
    """La diferencia escrita para la persona que decide."""
    lineas = list(lote.avisos)
    for titulo, medidas in (("Nuevas", d.nuevas), ("Reemplazan a la demostración", d.reemplazan)):
        if medidas:
            lineas.append(f"{titulo}: {len(medidas)}")
            lineas += [f"  + {_escrita(m, d, catalogo)}" for m in medidas[:maximo]]
            if len(medidas) > maximo:
                lineas.append(f"  … y {len(medidas) - maximo} más")
    if d.iguales:
        lineas.append(f"Ya estaban, iguales: {len(d.iguales)}")
    if lote.no_medidas:
        lineas.append(f"No se midió: {len(lote.no_medidas)}")
        lineas += [f"  - {_nombre(m, catalogo)}" for m in lote.no_medidas[:maximo]]
    return lineas


def _escrita(m: Medida, d: Diferencia, catalogo: Catalogo) -> str:
    kpi, previa = catalogo.kpis[m.campos["kpi"]], d.anterior.get(m.clave)
    antes = (
        f" (demostración: {con_unidad(previa['valor'], kpi.unidad, kpi.decimales)})"
        if previa
        else ""
    )
    numerador, denominador = m.campos.get("numerador", ""), m.campos.get("denominador", "")
    valor = (
        float(numerador) / float(denominador) * kpi.formula.factor
        if numerador and denominador
        else float(m.campos["valor"])
    )
    partes = f" = {numerador} de {denominador}" if numerador and denominador else ""
    return f"{_nombre(m, catalogo)}: {con_unidad(valor, kpi.unidad, kpi.decimales)}{partes}{antes}"


def _nombre(m: Medida, catalogo: Catalogo) -> str:
    c = m.campos
    donde = catalogo.lugares.get(c["lugar"], c["lugar"])
    partes = [
        c["kpi"],
        c["periodo"],
        donde,
        *([c["grupo"]] if c["grupo"] != "total" else []),
        *([c["unidad"]] if c["unidad"] else []),
    ]
    return " · ".join(partes)
