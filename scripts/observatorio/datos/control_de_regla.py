"""A cuál de los cuatro controles del protocolo de recolección y validación sirve cada regla, sea de
forma, del catálogo, de las observaciones o una advertencia.
"""

from __future__ import annotations

from typing import Literal, get_args

from .personas import SENAS

Control = Literal["completitud", "consistencia", "duplicidad", "confiabilidad"]
CONTROLES: tuple[Control, ...] = get_args(Control)
_REGLAS: dict[Control, tuple[str, ...]] = {
    "completitud": (
        "campo-vacio",
        "valor-ausente",
        "razon-incompleta",
        "archivo-ausente",
        "observaciones-ausentes",
        "archivo-vacio",
        "archivo-sin-filas",
        "ficha-falta-campo",
        "narracion-sin-codificar",
        "por-completar",
    ),
    "duplicidad": ("clave-duplicada", "codigo-repetido", "clave-yaml-repetida"),
    "confiabilidad": (
        "fuente-desconocida",
        "naturaleza-desconocida",
        "huella-distinta",
        "archivo-sin-huella",
        "huella-sin-archivo",
        "naturaleza-sin-respaldo",
        "naturaleza-sube-sin-evidencia",
        "sin-consentimiento",
        "cita-con-lugar",
        "dato-tardio",
        "fuente-debil",
    ),
}
"""Las demás son de consistencia, salvo las señas de personas, que son de confiabilidad."""
_CONTROL: dict[str, Control] = {regla: c for c, suyas in _REGLAS.items() for regla in suyas}


def control_de(regla: str) -> Control:
    """El control al que sirve la regla de ese identificador."""
    if regla.startswith(tuple(SENAS)):
        return "confiabilidad"
    return _CONTROL.get(regla, "consistencia")
