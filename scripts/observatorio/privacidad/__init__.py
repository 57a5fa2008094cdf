"""La única puerta entre los datos y cualquier salida pública (``method.md``, «Privacy: one gateway»).

Nada que se dibuje, se descargue o se busque ve la tabla de observaciones antes de pasar por ``publicar``::

    acceso ciudadano, sin notas → supresión primaria → periodos agrupados → supresión secundaria → tabla pública

Lo que puede saber quien ataca: todo lo publicado en esta edición y en las anteriores, que las partes suman su
total y que ninguna cuenta es negativa. De una celda con menos de ``k`` personas no debe aprender más que
[0, k − 1]; de otra celda oculta, nada más fino que un intervalo de ancho ``k``.
"""

from .acceso import (
    catalogo_de_nivel,
    catalogo_publico,
    con_motivo,
    correcciones_publicas,
    metas_protegidas,
)
from .historial import acumular, como_csv, leer
from .lineas_de_base import bases_protegidas
from .parametros import Reglas
from .supresion import Publicacion, publicar

__all__ = [
    "Publicacion",
    "Reglas",
    "acumular",
    "bases_protegidas",
    "catalogo_de_nivel",
    "catalogo_publico",
    "como_csv",
    "con_motivo",
    "correcciones_publicas",
    "leer",
    "metas_protegidas",
    "publicar",
]
