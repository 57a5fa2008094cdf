"""El sello de lo que resume muchas cifras: un objetivo, una misión, un gráfico, una portada.

Reúne las procedencias de sus cifras: qué fuentes, hasta cuándo, cuántas pasan los controles y cómo
están aprobadas.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..catalogo.naturalezas import ROTULOS
from ..resultados.aprobaciones import Aprobacion
from ..resultados.procedencia import ProcedenciaReunida, TarjetaDeFuente
from .pieza import enlace, esc

CABEN = 3


def corto(p: ProcedenciaReunida) -> str:
    """Hasta cuándo llegan los datos y si está aprobado: lo que cabe junto a una cifra."""
    aprobado = (p.aprobacion or Aprobacion()).corta
    return f"datos al {p.fecha_dato}, {aprobado}" if p.fecha_dato else aprobado


def dicho(p: ProcedenciaReunida) -> str:
    """Lo mismo con las fuentes, su fecha de acceso y los controles, en una línea."""
    if not p.fecha_dato:
        aprobado = _aprobado(p)
        return f"Fuentes: {por_acceso(p.fuentes)}. {aprobado[0].upper()}{aprobado[1:]}."
    return (
        f"Fuentes: {por_acceso(p.fuentes)}. Dato más nuevo: {p.fecha_dato}, {p.validacion}."
        f" {p.sin_reparos} de {_cifras(p.cifras)} los cuatro controles sin reparos;"
        f" {_aprobado(p)}."
    )


def dicho_con_naturaleza(p: ProcedenciaReunida) -> str:
    """Lo mismo, y cómo de firmes son: la naturaleza de la menos firme."""
    return dicho(p) + (f" {ROTULOS[str(p.naturaleza)].conjunto}" if p.naturaleza else "")


def _cifras(n: int) -> str:
    return "1 cifra pasa" if n == 1 else f"{n} cifras pasan"


def _aprobado(p: ProcedenciaReunida) -> str:
    return (p.aprobacion or Aprobacion()).dicha


def linea_html(p: ProcedenciaReunida, *enlaces: tuple[str, str]) -> str:
    """La línea al pie de lo que resume; ``enlaces`` (texto, destino) llevan a la procedencia
    entera.
    """
    dichos = " · ".join(
        f'<a href="{enlace(destino)}">{esc(texto)}</a>' for texto, destino in enlaces
    )
    return f'<p class="procedencia">{esc(dicho(p))} {dichos}</p>'


def por_acceso(fuentes: Iterable[TarjetaDeFuente]) -> str:
    """Instituciones reunidas por su fecha de acceso: «A; B (acceso 2026-10-31)»; si son muchas, las
    primeras.
    """
    por_fecha: dict[str, set[str]] = {}
    for f in fuentes:
        por_fecha.setdefault(str(f.fecha_acceso), set()).add(str(f.institucion))
    return "; ".join(
        f"{_nombradas(sorted(nombres))} (acceso {fecha})"
        for fecha, nombres in sorted(por_fecha.items())
    )


def _nombradas(nombres: list[str]) -> str:
    return (
        "; ".join(nombres) if len(nombres) <= CABEN + 1 else f"{'; '.join(nombres[:CABEN])} y otras"
    )
