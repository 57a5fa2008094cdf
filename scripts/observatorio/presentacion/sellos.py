"""El sello de procedencia de una cifra: corto junto a ella, entero en su ficha y a un toque."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..catalogo.naturalezas import ROTULOS
from ..datos.calidad import CUMPLE
from ..resultados.procedencia import Procedencia, TarjetaDeFuente
from .pieza import MARCA_DE_CLAVE, MARCA_DE_CUADERNO, esc


def corta(p: Procedencia) -> str:
    """Institución, fecha del dato, validación y controles. Vacío si no hay dato público."""
    if p.fecha_dato is None:
        return ""
    return f"{p.fuente.institucion} · {p.fecha_dato} · {p.validacion} · {cuenta(p)} controles"


def cuenta(p: Procedencia) -> str:
    """Cuántos controles cumple sin reparos: «4 de 4»."""
    return f"{p.sin_reparos} de {len(p.controles or {})}"


def entera_html(p: Procedencia) -> str:
    """Todo lo que se sabe del origen de la cifra, con los enlaces al cuaderno ejecutado y a los
    datos.
    """
    campos = [("Fuente", _tarjeta(p.fuente))]
    if p.fuente_linea_base:
        campos.append(
            (
                "Línea de base",
                (
                    f"{_tarjeta(p.fuente_linea_base)};"
                    f" {esc(ROTULOS[str(p.naturaleza_linea_base)].sello)}"
                ),
            )
        )
    if p.fecha_dato:
        revisados = "; ".join(f"{c}: {v}" for c, v in (p.controles or {}).items())
        campos += [
            (
                "Dato",
                esc(
                    f"{p.periodo}, del {p.fecha_dato}; {p.validacion};"
                    f" {ROTULOS[str(p.naturaleza)].sello}"
                ),
            ),
            ("Controles", esc(revisados)),
        ]
    campos.append(("Aprobación", esc(p.aprobacion.dicha)))
    campos.append(
        (
            "Producto",
            f'<code>{MARCA_DE_CLAVE}</code> <a href="{MARCA_DE_CUADERNO}">cuaderno ejecutado</a>',
        )
    )
    return (
        '<dl class="procedencia">'
        + "".join(f"<dt>{n}</dt><dd>{v}</dd>" for n, v in campos)
        + "</dl>"
    )


def _tarjeta(f: TarjetaDeFuente) -> str:
    nombre = f"{f.titulo}, {f.institucion}"
    resumen = f"consultada el {f.fecha_acceso}, fiabilidad {f.fiabilidad}, licencia: {f.licencia}"
    return f'<a href="{esc(f.direccion)}" rel="external">{esc(nombre)}</a> ({esc(resumen)})'


def por_fuente(procedencia: Mapping[str, Procedencia]) -> dict[str, list[str]]:
    """``fuente → «M4-K01 2026-09-07 preliminar»…``: de cuándo es cada dato que se tomó de ella,
    para el boletín.
    """
    salida: dict[str, list[str]] = {}
    for codigo, p in procedencia.items():
        if p.fecha_dato:
            salida.setdefault(p.fuente.id, []).append(
                f"{codigo} {p.fecha_dato} {p.validacion} {_reparos(p.controles or {})}".strip()
            )
    return salida


def _reparos(controles: Mapping[str, str]) -> str:
    con: Iterable[str] = [c for c, v in controles.items() if v != CUMPLE]
    return f"({', '.join(con)}: explicado)" if con else ""
