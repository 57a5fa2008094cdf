"""Las huellas publicadas de los datos llevan una clave: sin ella no se comprueba lo adivinado."""

from __future__ import annotations

from observatorio.edicion import claves
from observatorio.rutas import Proyecto

CLAVE = "data/clave-de-huellas.txt"


def test_los_mismos_datos_con_otra_clave_dan_otras_huellas_y_con_la_misma_las_mismas(
    minimo: Proyecto,
) -> None:
    def huellas(clave: str) -> dict[str, str]:
        (minimo.raiz / CLAVE).write_text(clave, encoding="utf-8")
        return claves.de_contenido(minimo.raiz)

    una, otra = huellas("una"), huellas("otra")
    assert una == huellas("una")
    assert una["datos"] != otra["datos"] and claves.contenido(una) != claves.contenido(otra)
    assert {n for n in una if una[n] != otra[n]} == {"datos"}


def test_la_demostracion_trae_una_clave_publica_y_dice_como_reemplazarla(
    proyecto_real: Proyecto,
) -> None:
    texto = (proyecto_real.raiz / CLAVE).read_text(encoding="utf-8")
    assert texto.startswith("demostracion-publica-") and "secrets.token_hex" in texto
