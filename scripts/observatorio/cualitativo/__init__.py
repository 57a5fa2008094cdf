"""Lo que cuenta la gente: narraciones, libro de códigos, dos codificadores y lo poco de ello que se
publica.

    leer → validar → acuerdo (kappa) → publicar (tres actores por tema, citas con consentimiento)

De aquí hacia fuera solo sale ``Voces``: ningún texto sin consentimiento, ningún lugar, ningún tipo
de actor.
"""

from .lectura import leer
from .modelos import Relatos, Voces
from .publicacion import publicar

__all__ = ["Relatos", "Voces", "leer", "publicar"]
