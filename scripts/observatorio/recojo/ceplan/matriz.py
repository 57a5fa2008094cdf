"""La forma de la matriz de seguimiento de CEPLAN: sus hojas, sus columnas y los años de cada logro
esperado.

La hoja *Matriz* lleva las palabras de CEPLAN; las hojas *Ficha*, *OKR* y *Misiones*, el resto del
catálogo, para que el mismo libro se pueda importar.
"""

from __future__ import annotations

import itertools

from ...base.periodos import meses_fin
from ...catalogo.modelos import Kpi

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
COLUMNAS_OKR = ("codigo", "mision", "nombre", "objetivo", "nivel", "estado")
COLUMNAS_MISION = ("codigo", "slug", "nombre", "nombre_corto", "meta_2030", "problema")


def esperado(kpi: Kpi, anio: int) -> float | None:
    """Logro esperado al cierre de ``anio``: el declarado, o la recta entre los puntos vecinos; nulo
    fuera del camino.
    """
    if kpi.meta and anio_de(kpi.meta.periodo) == anio:
        return kpi.meta.valor
    if not (kpi.linea_base and kpi.meta):
        return None
    puntos = [(meses_fin(kpi.linea_base.periodo_efectivo), kpi.linea_base.valor)]
    puntos += [(meses_fin(str(a)), v) for a, v in sorted(kpi.logros_esperados.items())]
    puntos.append((meses_fin(kpi.meta.periodo), kpi.meta.valor))
    fin = meses_fin(str(anio))
    for (t0, v0), (t1, v1) in itertools.pairwise(puntos):
        if t0 < fin <= t1:
            return v1 if fin == t1 else round(v0 + (v1 - v0) * (fin - t0) / (t1 - t0), 6)
    return None


def anio_de(periodo: str) -> int:
    """El año en que termina un periodo."""
    return (meses_fin(periodo) - 1) // 12
