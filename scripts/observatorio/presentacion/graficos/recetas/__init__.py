"""Las recetas de los gráficos que se publican: entra una tabla y sale un gráfico de Altair.

Una receta no sabe de misiones ni de archivos: recibe una tabla de polars y da un ``alt.Chart`` (o
una composición) corriente, sin título, con su texto alternativo. Quien la usa le pone el título y
lo que quiera con los métodos de Altair (``.properties``, ``.encode``, ``.configure_axis``…), o
dibuja la misma tabla a su manera.

Cada módulo es un gráfico; las funciones ``tabla_de_…`` preparan la tabla que su receta dibuja.
"""

from .anexos import por_anexo
from .avances import avances, tabla_de_avances
from .caminos import caminos
from .croquis import croquis
from .extremos import extremos, tabla_de_extremos
from .misiones import misiones
from .objetivos import objetivos, tabla_de_objetivos
from .puestos import puestos
from .temas import temas

__all__ = [
    "avances",
    "caminos",
    "croquis",
    "extremos",
    "misiones",
    "objetivos",
    "por_anexo",
    "puestos",
    "tabla_de_avances",
    "tabla_de_extremos",
    "tabla_de_objetivos",
    "temas",
]
