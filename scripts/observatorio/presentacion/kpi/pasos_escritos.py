"""El despliegue «¿Cómo se calculó?» de cada KPI, en la página y en el terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ...catalogo.naturalezas import ROTULOS
from ..pieza import esc
from ..tablas import marca_html
from .pasos import Paso


def calculo_html(pasos: Sequence[Paso], naturaleza: str | None) -> str:
    """Lista plegada de los pasos, con la marca del insumo menos firme; solo para la página."""
    puntos = "".join(
        f"<li><b>{esc(_dicho(p))}</b>{marca_html(p.naturaleza or '')}"
        f" <small>{esc(_cuenta(p))}</small></li>"
        for p in pasos
    )
    marca = marca_html(naturaleza) if naturaleza else ""
    return (
        '<details class="calculo"><summary>¿Cómo se'
        f" calculó?{marca}</summary><ol>{puntos}</ol></details>"
    )


def _dicho(p: Paso) -> str:
    """«Avance: 0.37», o «¿Hay meta? no → sin meta»."""
    return (
        f"{p.paso} {p.resultado}"
        if p.paso.endswith("?")
        else f"{p.paso}: {p.resultado.removeprefix('→ ')}"
    )


def _cuenta(p: Paso) -> str:
    """La fórmula y sus números, unidos por «=» si los números la sustituyen; de una pregunta, qué
    se pide y qué se halló, cada cosa por su lado.
    """
    sustituye = p.formula and p.numeros[:1] in set("0123456789(−")
    if p.formula and p.paso.endswith("?") and not sustituye:
        return f"Se pide: {p.formula}. Se halló: {p.numeros}"
    return (" = " if sustituye else "; ").join(x for x in (p.formula, p.numeros) if x)


def calculo_texto(pasos: Sequence[Paso]) -> str:
    """Los pasos numerados, para leerlos en el terminal."""
    lineas = []
    for i, p in enumerate(pasos, 1):
        lineas.append(
            f"{i:>2}. {_dicho(p)}" + (f" [{ROTULOS[p.naturaleza].sello}]" if p.naturaleza else "")
        )
        lineas += [f"      {x}" for x in [_cuenta(p)] if x]
    return "\n".join(lineas)
