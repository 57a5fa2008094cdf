"""Las direcciones de las páginas que salen enteras de los datos, en un solo sitio.

Van desde la raíz del sitio y no cambian: quien guardó un enlace lo vuelve a hallar.
"""

from __future__ import annotations

from collections import Counter

from ..base.plegado import slug
from .catalogo import Catalogo
from .territorio import Lugar

INDICADORES = "indicadores/index.html"
ANEXOS = "anexos/index.html"
CAMBIOS = "cambios/index.html"
BUSCAR = "buscar/index.html"
FALTA = "falta-"
"""Cómo empieza, en ``CAMBIOS``, el ancla de lo que le falta a cada misión."""


def de_mision(slug_de_mision: str) -> str:
    """La página de una misión."""
    return f"misiones/{slug_de_mision}/index.html"


def pagina_de_kpi(codigo: str) -> str:
    """La página permanente de un KPI. Nombra ``index.html``, para que se abra también sin
    servidor.
    """
    return f"indicadores/{codigo}/index.html"


def de_kpi(catalogo: Catalogo, codigo: str) -> str:
    """La página de un KPI del catálogo; lanza ``KeyError`` si no está."""
    return pagina_de_kpi(catalogo.kpis[codigo].codigo)


def de_anexos(catalogo: Catalogo) -> dict[str, str]:
    """``código del anexo → su página``; dos que se escriben igual llevan su código."""
    anexos = catalogo.territorio.anexos
    cuenta = Counter(slug(a.nombre) for a in anexos)
    return {a.codigo: f"anexos/{_carpeta(a, cuenta)}/index.html" for a in anexos}


def _carpeta(anexo: Lugar, cuenta: Counter[str]) -> str:
    propia = slug(anexo.nombre)
    return propia if cuenta[propia] == 1 else f"{propia}-{anexo.codigo}"


def generadas(catalogo: Catalogo) -> list[str]:
    """Todas las que ``preparar`` escribe, por orden."""
    de_kpis = map(pagina_de_kpi, catalogo.kpis)
    return sorted([INDICADORES, CAMBIOS, ANEXOS, BUSCAR, *de_anexos(catalogo).values(), *de_kpis])
