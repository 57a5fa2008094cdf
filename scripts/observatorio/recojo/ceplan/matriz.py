"""La forma de la matriz de seguimiento de CEPLAN: sus hojas, sus columnas y los años de cada logro
esperado.

La hoja *Matriz* lleva las palabras de CEPLAN; las hojas *Ficha*, *OKR* y *Misiones*, el resto del
catálogo, para que el mismo libro se pueda importar.
"""

from __future__ import annotations

from ...base.periodos import meses_fin
from ...catalogo.modelos import Kpi
from ...metodo import senda

MATRIZ, FICHA, OKR, MISIONES = "Matriz", "Ficha", "OKR", "Misiones"
IDENTIDAD = {
    "Código": "codigo",
    "Misión": "",
    "OKR": "",
    "Indicador": "nombre",
    "Unidad de medida": "unidad",
    "Sentido esperado": "sentido",
    "Tipo de agregación": "tipo_agregacion",
    "Relevancia": "relevancia",
    "LB periodo": "linea_base.periodo",
    "LB valor": "linea_base.valor",
}
FINALES = {
    "Responsable": "responsable",
    "Fuente": "fuente",
    "Justificación": "justificacion",
    "Limitaciones": "limitaciones",
}
AVANCE, CUMPLIMIENTO, ESTADO, NATURALEZA = (
    "Avance a la meta (%)",
    "(VO−LB)/(LE−LB) (%)",
    "Estado",
    "Naturaleza del VO",
)
"""Las columnas calculadas: se escriben y no se leen."""
AVISO = "Aviso"
DECIMALES = 6
"""De un logro esperado que la senda interpola."""
COLUMNAS_OKR = ("codigo", "mision", "nombre", "objetivo", "nivel", "estado")
COLUMNAS_MISION = ("codigo", "slug", "nombre", "nombre_corto", "meta_2030", "problema")
OPTATIVAS_DE_MISION = ("interes",)
"""Las que una misión puede callar, y un libro de antes no lleva."""


def esperado(kpi: Kpi, anio: int) -> float | None:
    """Logro esperado al cierre de ``anio``: el declarado, o la recta entre los puntos vecinos; nulo
    fuera del camino.
    """
    if kpi.meta and anio_de(kpi.meta.periodo) == anio:
        return kpi.meta.valor
    camino, fin = senda.puntos(kpi), meses_fin(str(anio))
    if not camino or not camino[0].fin < fin <= camino[-1].fin:
        return None
    return round(senda.esperado(camino, fin), DECIMALES)


def anio_de(periodo: str) -> int:
    """El año en que termina un periodo."""
    return (meses_fin(periodo) - 1) // 12
