"""Dónde vive lo que se lleva a una sesión: ``_sesiones/<comité>/<sesión>/``.

============================  ====================================================================
archivo                       qué es
============================  ====================================================================
``boletin.pdf``               el boletín, A4, PDF/UA
``boletin-telefono.pdf``      el mismo, de una columna, para leerlo en un teléfono
``mensaje.txt``               lo esencial en no más de 900 letras, con el enlace
``mensaje.png``               lo mismo como imagen; no la hay en periodo electoral
``cifras.csv``                la tabla de las cifras que el comité vio
``sumas.sha256``              la suma de cada uno: lo que se edita después de hecho no se envía
``fichas/<misión>.pdf``       la ficha ejecutiva de cada misión, una página, PDF/UA
============================  ====================================================================

La carpeta no cambia de nombre. Todo se vuelve a hacer de
``data/gobernanza/boletines/<sesión>.json``, que la sesión sella al cerrarse: lo escribe
``observatorio sesion boletin`` y nadie más.
"""

from __future__ import annotations

from pathlib import Path

from ...actas.modelos import Sesion
from ...rutas import Proyecto

CARPETA = "_sesiones"
BOLETIN, TELEFONO, MENSAJE, IMAGEN, CIFRAS, SUMAS = (
    "boletin.pdf",
    "boletin-telefono.pdf",
    "mensaje.txt",
    "mensaje.png",
    "cifras.csv",
    "sumas.sha256",
)
FICHAS = "fichas"


def carpeta_de(proyecto: Proyecto, sesion: Sesion) -> Path:
    """``_sesiones/estrategico/simulacro-estrategico-001``: la de una sesión."""
    return proyecto.raiz / CARPETA / sesion.comite / sesion.id
