"""Los enlaces entre KPI hermanos: cada uno nombra cuentas que existen, y un mismo denominador no va
sin el suyo.

Si los valores concuerdan se mira en ``datos.hermanos``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..base.plegado import plegado
from .hallazgos import Hallazgo
from .modelos import Kpi, Mision

if TYPE_CHECKING:
    from .catalogo import Catalogo


def revisar(catalogo: Catalogo) -> Iterator[Hallazgo]:
    """Todos los defectos de los enlaces declarados y los que faltan declarar."""
    con_nombre: dict[str, Kpi] = {}
    veces = Counter(k.codigo for _, _, k in catalogo.recorrer())
    for mision, _, kpi in catalogo.recorrer():
        if veces[kpi.codigo] > 1:
            continue  # no se sabe cuál ficha vale: otra regla lo dice
        yield from _declarados(catalogo, mision, kpi)
        if kpi.formula.denominador is None:
            continue
        nombre = plegado(kpi.formula.denominador)
        primero = con_nombre.setdefault(nombre, kpi)
        copiada = primero.nombre == kpi.nombre  # la misma ficha con otro código: otra regla lo dice
        if primero is not kpi and not copiada and not _enlazados(primero, kpi):
            yield (
                _hoja(mision),
                kpi.codigo,
                "formula.denominador",
                kpi.formula.denominador,
                "mismo-denominador-sin-enlace",
                (
                    f"{kpi.codigo} y {primero.codigo} llaman igual a su denominador: si son los"
                    f" mismos, escriba en {kpi.codigo} «enlaces: [{{parte: denominador, tipo:"
                    f" igual, con: [{{kpi: {primero.codigo}, parte: denominador}}]}}]»; si no, dé a"
                    " cada uno su nombre"
                ),
            )


def _hoja(mision: Mision) -> str:
    return f"misiones/{mision.slug}/hoja-de-ruta.yml"


def _declarados(catalogo: Catalogo, mision: Mision, kpi: Kpi) -> Iterator[Hallazgo]:
    partes = [(e.parte, kpi) for e in kpi.enlaces]
    for otra in (o for e in kpi.enlaces for o in e.con):
        otro = catalogo.kpis.get(otra.kpi)
        if otro is None:
            yield (
                _hoja(mision),
                kpi.codigo,
                "enlaces",
                otra.kpi,
                "kpi-desconocido",
                (
                    f"el enlace de {kpi.codigo} nombra un KPI que no está en el catálogo: corrija"
                    " el código o quítelo"
                ),
            )
        elif otro is kpi:
            yield (
                _hoja(mision),
                kpi.codigo,
                "enlaces",
                otra.kpi,
                "enlace-consigo",
                f"{kpi.codigo} se enlaza consigo mismo: nombre al otro KPI",
            )
        else:
            partes.append((otra.parte, otro))
    for parte, de in partes:
        if (parte == "denominador") > (de.formula.denominador is not None):
            yield (
                _hoja(mision),
                kpi.codigo,
                "enlaces",
                f"{parte} de {de.codigo}",
                "enlace-sin-esa-cuenta",
                f"la fórmula de {de.codigo} no tiene denominador: enlace su valor",
            )


def _enlazados(uno: Kpi, otro: Kpi) -> bool:
    """Si alguno de los dos declara que su denominador es el del otro."""
    return any(
        e.parte == "denominador" and any(o.kpi == b.codigo for o in e.con)
        for a, b in ((uno, otro), (otro, uno))
        for e in a.enlaces
    )
