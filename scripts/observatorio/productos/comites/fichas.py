"""La ficha ejecutiva de cada misión, de una página, como se publica: la que se lleva a una sesión,
sin la sesión.
"""

from __future__ import annotations

from ...presentacion import hoja_de_sesion, nivel
from ...resultados.resultados import Resultados
from .misiones_en_sesion import lugar, misiones


def fuentes(r: Resultados) -> dict[str, bytes]:
    """``<misión>.typ → su marcado``. Cuenta lo que cuenta la página de la misión y nombra solo lo
    público, también en una edición restringida, que lo dice.
    """
    t, uso = r.catalogo.territorio, nivel.aviso(r.catalogo)
    de_quien, corte = lugar(t), t.fecha_corte.isoformat()
    return {
        f"{m.slug}.typ": hoja_de_sesion.ficha_publica(de_quien, corte, m, uso).encode()
        for m in misiones(r)
    }
