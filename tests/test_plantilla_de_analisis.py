"""El análisis de ejemplo no se publica, y copiado donde van los análisis corre tal cual."""

from __future__ import annotations

import shutil

from observatorio.catalogo.cuadernos.analisis import descubrir
from observatorio.cuadernos.ejecucion import Tarea, ejecutar
from observatorio.rutas import Proyecto


def test_la_plantilla_se_copia_y_corre(construido: Proyecto) -> None:
    plantilla = construido.cuadernos / "plantilla.ipynb"
    assert not list(construido.sitio.glob("analisis/*plantilla*"))
    copia = construido.cuadernos / "analisis" / "mio.ipynb"
    copia.parent.mkdir(exist_ok=True)
    shutil.copy2(plantilla, copia)
    (propio,) = [a for a in descubrir(construido) if a.slug == "mio"]
    salida = construido.trabajo / "mio.ipynb"
    ejecutar([Tarea(propio.nombre, propio.cuaderno, salida, entradas=propio.entradas)])
    assert salida.is_file()
