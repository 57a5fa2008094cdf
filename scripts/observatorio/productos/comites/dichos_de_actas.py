"""Cómo se dicen en público un comité, un paso y unos votos: quién votó qué queda en el acta."""

from __future__ import annotations

from ...actas.modelos import Tramite, Votos
from ...base.huellas import a_la_vista
from ...base.palabras import contados
from ...catalogo.gobernanza import Gobernanza
from ...presentacion.pieza import esc


def huella_corta(huella: str) -> str:
    """El comienzo de una huella, que no se parte en dos renglones."""
    return f'<code class="huella">{esc(a_la_vista(huella))}</code>'


def nombre_del_comite(g: Gobernanza | None, identificador: str) -> str:
    """El nombre de un comité, o su identificador si no hay gobernanza."""
    return g.nombre_del_comite(identificador) if g else identificador


def votado(t: Tramite) -> str:
    """Cuántos votaron cada cosa: «2 a favor, 1 abstención»; nada, si no se votó."""
    if t.votos is None:
        return ""
    return ", ".join(
        contados(n, que) for que, n in recuento(t.votos).items() if n or que == "a favor"
    )


def recuento(v: Votos) -> dict[str, int]:
    """``qué → cuántas instituciones``."""
    return {
        "a favor": len(v.a_favor),
        "en contra": len(v.en_contra),
        "abstenciones": len(v.abstenciones),
        "recusadas": len(v.recusadas),
    }
