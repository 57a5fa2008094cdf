"""La naturaleza de una cifra: quién la sostiene, y cómo se dice en cada sitio.

Una sola tabla: una naturaleza nueva se añade aquí, con todos sus rótulos, y en ningún otro lugar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Naturaleza = Literal["documentado", "declarado", "demostracion"]
NATURALEZAS: tuple[Naturaleza, ...] = get_args(Naturaleza)
"""De la más firme a la menos."""
GRADO: dict[str, int] = {n: i for i, n in enumerate(reversed(NATURALEZAS))}
"""Naturaleza → su orden: la menos firme, primero."""


@dataclass(frozen=True, slots=True)
class Rotulos:
    """Cómo se dice una naturaleza: ``etiqueta`` y ``letra`` van junto a la cifra (en la página y en
    papel; vacías si no hace falta decir nada), ``leyenda`` explica la etiqueta, ``sello`` es lo que
    dice el sello de una cifra y ``conjunto`` el de muchas; ``femenino`` concuerda con «cifra».
    """

    letra: str
    etiqueta: str
    leyenda: str
    femenino: str
    sello: str
    conjunto: str


ROTULOS: dict[str, Rotulos] = {
    "demostracion": Rotulos(
        letra="D",
        etiqueta="demo",
        leyenda="cifra de demostración, no describe la realidad",
        femenino="de demostración",
        sello="cifra de demostración",
        conjunto="Son cifras de demostración, o las hay entre ellas.",
    ),
    "declarado": Rotulos(
        letra="d",
        etiqueta="decl.",
        leyenda="declarado por una fuente secundaria",
        femenino="declarada por una fuente secundaria",
        sello="declarado por una fuente secundaria",
        conjunto="Las declara una fuente secundaria, todas o algunas.",
    ),
    "documentado": Rotulos(
        letra="",
        etiqueta="",
        leyenda="",
        femenino="documentada",
        sello="documentado en su fuente",
        conjunto="Están documentadas por quien midió.",
    ),
}
