"""Lo que un cuaderno usa: abre una misión con sus datos públicos ya validados, y le da tablas y
piezas.

    from observatorio import cuaderno as obs

    m = obs.abrir("m4-nutricion")
    m.kpis          # un KPI por fila: línea de base, último dato, avance, ritmo, estado
    m.observaciones # la tabla pública, una medida por fila

Es la puerta: lo que hace cada cosa está en ``cuadernos`` y ``presentacion``.
"""

from .base.escapes import markdown as en_markdown
from .base.numeros import con_unidad, numero, porcentaje
from .base.periodos import legible
from .cuadernos.analisis import abrir_analisis
from .cuadernos.boletin import abrir_boletin
from .cuadernos.mision import abrir, recetas
from .presentacion.graficos.graficos import eje_de_porcentaje, estados
from .resultados.mision import MisionAbierta

__all__ = [
    "MisionAbierta",
    "abrir",
    "abrir_analisis",
    "abrir_boletin",
    "con_unidad",
    "eje_de_porcentaje",
    "en_markdown",
    "estados",
    "legible",
    "numero",
    "porcentaje",
    "recetas",
]
