"""Lo que cuenta la gente: narraciones, libro de códigos, dos codificadores y lo poco de ello que se
publica.

    leer → validar → acuerdo (kappa) → voces publicables (tres actores por tema, citas con
    consentimiento)

Las de verdad reposan cifradas y fuera de git (``reserva``) y se publican por tandas (``tanda``); en
``data/cualitativo`` van las de demostración.

De aquí hacia fuera solo sale ``Voces``: ningún texto sin consentimiento, ningún lugar, ningún tipo
de actor.
"""

from .lo_publicable import voces_publicables
from .modelos import Relatos, Voces
from .publicada import leer_voces_de_tanda
from .relatos import leer

__all__ = ["Relatos", "Voces", "leer", "leer_voces_de_tanda", "voces_publicables"]
