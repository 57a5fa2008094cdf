"""Los datos de cada misión, al día para un cuaderno abierto a mano."""

from __future__ import annotations

from ..base import huellas
from ..edicion import claves
from ..edicion.claves import DE_RESULTADOS
from ..rutas import Proyecto


def calcular_si_hace_falta(proyecto: Proyecto) -> None:
    """Deja al día los datos por misión para un cuaderno abierto en JupyterLab."""
    sello = proyecto.trabajo / "calculo.txt"
    entradas = claves.entradas(proyecto.raiz)
    actual = huellas.huella(*(entradas[n] for n in DE_RESULTADOS if n != "cuadernos"))
    if sello.is_file() and sello.read_text() == actual:
        return
    from ..calculo import calcular
    from ..resultados.por_mision import escribir_por_mision

    escribir_por_mision(calcular(proyecto), proyecto.trabajo / "misiones")
    sello.write_text(actual)
