"""Lo que cuenta la gente: en la página y el boletín de cada misión, y en la página *Voces*."""

from __future__ import annotations

from collections.abc import Sequence

from ..base.numeros import numero
from ..base.palabras import contados
from ..cualitativo.modelos import Cita, Tema, Voces
from ..metodo.estados import PROTEGIDO
from ..resultados.aprobaciones import PENDIENTE
from . import boletin
from .boletin import lista, marca
from .pieza import Pieza, a_los_datos, esc, tesc
from .tablas import marca_html

FUENTE = "Talleres y entrevistas del observatorio"
SIN_NARRACIONES = "Todavía no hay narraciones de esta misión."
LECTURA = (
    (0.81, "casi perfecto"),
    (0.61, "considerable"),
    (0.41, "moderado"),
    (0.21, "débil"),
    (0.0, "muy débil"),
)
"""Landis, J. R. y Koch, G. G. (1977). The measurement of observer agreement for categorical
data.
"""


def de_mision(v: Voces) -> Pieza:
    """Las citas y el acuerdo de una misión; sus temas van en el gráfico del cuaderno."""
    if not v.temas:
        return Pieza("voces", f"<p>{SIN_NARRACIONES}</p>", tesc(SIN_NARRACIONES))
    kappa = next(iter((v.acuerdo or {}).values()), None)
    texto, destino = a_los_datos("temas.csv")
    html = (
        citas_html(v.citas)
        + f'<p class="nota-voces">{esc(_muestra(v))} {acuerdo_html(kappa, v.demostracion)} Las'
        ' citas tienen permiso y no dicen de quién son. <a href="../../voces.html">Cómo se'
        f' recogen y se protegen</a></p><p class="procedencia">{esc(origen(v))} <a'
        f' href="{destino}">{texto}</a></p>'
    )
    return Pieza("voces", html, _typst(v, kappa))


def origen(v: Voces) -> str:
    """De dónde salen los temas y las citas, hasta cuándo y cómo están aprobados."""
    return f"{FUENTE}, hasta {v.hasta}; leídas por dos personas; {PENDIENTE} de aprobación."


def _muestra(v: Voces) -> str:
    return (
        f"{'Se buscó' if len(v.temas) == 1 else 'Se buscaron'} {contados(len(v.temas), 'temas')} de"
        f" esta misión en {contados(v.narraciones, 'narraciones')}; cuenta donde"
        " coincidieron los dos lectores."
    )


def acuerdo(kappa: float | None) -> str:
    """Kappa en palabras, con su número."""
    if kappa is None:
        return "El acuerdo entre los dos lectores no se puede calcular."
    return f"Acuerdo entre ellos: {palabra(kappa)} (kappa {numero(kappa, 2)})."


def acuerdo_html(kappa: float | None, demostracion: bool) -> str:
    """La misma frase, con la marca de demostración si sus lecturas lo son."""
    return esc(acuerdo(kappa)) + (marca_html("demostracion") if demostracion else "")


def palabra(kappa: float) -> str:
    """Lectura usual de kappa."""
    return next((p for desde, p in LECTURA if round(kappa, 2) >= desde), "menor que el azar")


def citas_html(citas: Sequence[Cita]) -> str:
    """Citas con la marca de demostración dentro de cada una."""
    return "".join(
        f'<figure class="cita"><blockquote><p>«{esc(c.texto)}»</p></blockquote>'
        f"<figcaption>{esc(c.tema)}{marca_html(c.naturaleza)}</figcaption></figure>"
        for c in citas
    )


def cuantas(t: Tema) -> str:
    """Cuántas narraciones, o que está protegido; ya seguro."""
    return (
        f"<em>{PROTEGIDO}</em>"
        if t.protegido
        else numero(t.narraciones, 0) + marca_html(t.naturaleza)
    )


def _typst(v: Voces, kappa: float | None) -> str:
    temas = " · ".join(f"{tesc(t.nombre)} {_cuantas_papel(t)}" for t in v.por_frecuencia)
    citas = lista(
        f"(texto: [{tesc(c.texto)}{marca(c.naturaleza)}], tema: [{tesc(c.tema)}])"
        for c in v.citas[:1]
    )
    return (
        f"#voces([*Narraciones por tema*: {temas}. {tesc(_muestra(v))}"
        f" {tesc(acuerdo(kappa))}{marca('demostracion') if v.demostracion else ''}"
        f" {tesc(origen(v))}], {citas})"
    )


def _cuantas_papel(t: Tema) -> str:
    return PROTEGIDO if t.protegido else f"{numero(t.narraciones, 0)}{boletin.marca(t.naturaleza)}"
