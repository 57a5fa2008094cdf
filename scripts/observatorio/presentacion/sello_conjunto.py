"""El sello de lo que resume muchas cifras: un objetivo, una misión, un gráfico, una portada.

Reúne las procedencias de sus cifras: qué fuentes, hasta cuándo, cuántas pasan los controles y cómo están aprobadas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..metodo.firmeza import FIRMEZA
from .pieza import enlace, esc
from .sellos import CUMPLE, Procedencia

CABEN = 3
DE_APROBACION = " de aprobación"
NATURALEZAS = {
    "demostracion": "Son cifras de demostración, o las hay entre ellas.",
    "declarado": "Las declara una fuente secundaria, todas o algunas.",
    "documentado": "Están documentadas por quien midió.",
}
VALIDEZ = ("preliminar", "corregido", "validado")


def reunir(procedencias: Iterable[Procedencia]) -> dict[str, object]:
    """Una sola procedencia: ``fuentes``, ``fecha_dato`` (la más nueva), ``validacion`` y ``naturaleza`` (las menos firmes),
    ``cifras`` y ``sin_reparos`` (cuántas pasan todos los controles), ``aprobacion`` y ``cuadernos``."""
    todas = list(procedencias)
    con_dato = [p for p in todas if p["fecha_dato"]]
    fuentes = {p["fuente"]["id"]: p["fuente"] for p in con_dato or todas}  # type: ignore[index]
    aprobadas = [p["aprobacion"] for p in todas]
    return {
        "fuentes": [
            {c: f[c] for c in ("id", "institucion", "titulo", "fecha_acceso")}
            for _, f in sorted(fuentes.items())
        ],
        "fecha_dato": max((str(p["fecha_dato"]) for p in con_dato), default=None),
        "validacion": min(
            (str(p["validacion"]) for p in con_dato), key=VALIDEZ.index, default=None
        ),
        "naturaleza": min(
            (str(p["naturaleza_resultado"]) for p in con_dato),
            key=FIRMEZA.__getitem__,
            default=None,
        ),
        "cifras": len(con_dato),
        "sin_reparos": sum(all(v == CUMPLE for v in p["controles"].values()) for p in con_dato),  # type: ignore[attr-defined]
        "aprobacion": next(
            (a for a in aprobadas if not a["acta"]), aprobadas[0] if aprobadas else None
        ),  # type: ignore[index]
        "cuadernos": sorted({str(p["cuaderno"]) for p in todas}),
    }


def corto(p: Mapping[str, object]) -> str:
    """Hasta cuándo llegan los datos y si está aprobado: lo que cabe junto a una cifra."""
    aprobado = _aprobado(p).removesuffix(DE_APROBACION)
    return f"datos al {p['fecha_dato']}, {aprobado}" if p["fecha_dato"] else aprobado


def dicho(p: Mapping[str, object]) -> str:
    """Lo mismo con las fuentes, su fecha de acceso y los controles, en una línea."""
    if not p["fecha_dato"]:
        return f"Fuentes: {por_acceso(p['fuentes'])}. {_aprobado(p).capitalize()}."  # type: ignore[arg-type]
    return (
        f"Fuentes: {por_acceso(p['fuentes'])}. Dato más nuevo: {p['fecha_dato']}, {p['validacion']}. "  # type: ignore[arg-type]
        f"{p['sin_reparos']} de {p['cifras']} cifras pasan los cuatro controles sin reparos; {_aprobado(p)}."
    )


def dicho_con_naturaleza(p: Mapping[str, object]) -> str:
    """Lo mismo, y cómo de firmes son: la naturaleza de la menos firme."""
    return dicho(p) + (f" {NATURALEZAS[str(p['naturaleza'])]}" if p["naturaleza"] else "")


def _aprobado(p: Mapping[str, object]) -> str:
    a: Mapping[str, object] = p["aprobacion"] or {"estado": "pendiente", "acta": None}  # type: ignore[assignment]
    return f"{a['estado']}, acta {a['acta']}" if a["acta"] else f"{a['estado']}{DE_APROBACION}"


def linea_html(p: Mapping[str, object], *enlaces: tuple[str, str]) -> str:
    """La línea al pie de lo que resume; ``enlaces`` (texto, destino) llevan a la procedencia entera."""
    dichos = " · ".join(
        f'<a href="{enlace(destino)}">{esc(texto)}</a>' for texto, destino in enlaces
    )
    return f'<p class="procedencia">{esc(dicho(p))} {dichos}</p>'


def por_acceso(fuentes: Iterable[Mapping[str, object]]) -> str:
    """Instituciones reunidas por su fecha de acceso: «A; B (acceso 2026-10-31)»; si son muchas, las primeras."""
    por_fecha: dict[str, set[str]] = {}
    for f in fuentes:
        por_fecha.setdefault(str(f["fecha_acceso"]), set()).add(str(f["institucion"]))
    return "; ".join(
        f"{_nombradas(sorted(nombres))} (acceso {fecha})"
        for fecha, nombres in sorted(por_fecha.items())
    )


def _nombradas(nombres: list[str]) -> str:
    return (
        "; ".join(nombres) if len(nombres) <= CABEN + 1 else f"{'; '.join(nombres[:CABEN])} y otras"
    )
