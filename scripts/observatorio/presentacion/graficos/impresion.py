"""La versión de un gráfico para papel: mismo dato, otra medida.

En papel el gráfico ocupa media página, no hay ratón y el título va como texto del boletín. Todos se
imprimen a la misma escala, para que su letra salga del mismo tamaño; el que no cabe se estrecha, no
se reduce.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence

from .vistas import vistas

ANCHO = 370  # px, ejes incluidos: en media página A4 la letra de 13 px queda en 9 puntos
LETRA = 13
ANCHO_MINIMO = 120
ALTO = 0.8
MEDIDAS = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


def va_al_boletin(espec: dict) -> bool:
    """Todo gráfico se imprime, salvo el que declara ``usermeta={"boletin": False}``."""
    return espec.get("usermeta", {}).get("boletin", True) is not False


def vistas_en_el_boletin(espec: dict) -> int | None:
    """Cuántas vistas de un gráfico de varias (``vconcat``) se imprimen:
    ``usermeta={"vistas_en_boletin": 2}``; sin decirlo, todas.
    """
    return espec.get("usermeta", {}).get("vistas_en_boletin")


def titulos(espec: dict) -> tuple[str, str]:
    """Título y subtítulo del gráfico, como texto de una línea."""
    titulo = espec.get("title") or ""
    if not isinstance(titulo, dict):
        return _linea(titulo), ""
    return _linea(titulo.get("text", "")), _linea(titulo.get("subtitle", ""))


def _linea(texto: str | Sequence[str]) -> str:
    return texto if isinstance(texto, str) else " ".join(texto)


def para_papel(espec: dict) -> dict:
    """Especificación sin título ni controles, más baja y con la leyenda en tres columnas."""
    papel = copy.deepcopy(espec)
    if "vconcat" in papel:
        papel["vconcat"] = papel["vconcat"][: vistas_en_el_boletin(espec)]
    papel.pop("title", None)
    papel.pop("usermeta", None)
    conf = papel.setdefault("config", {})
    conf["legend"] = {
        **conf.get("legend", {}),
        "title": None,
        "columns": 3,
        "orient": "top",
        "offset": 6,
    }
    conf["axis"] = {**conf.get("axis", {}), "labelLimit": 230, "titleLimit": ANCHO}
    _bajar(papel)
    _agrandar(papel)
    return papel


def _agrandar(parte: object) -> None:
    """Ninguna letra menor que ``LETRA``, esté donde esté en la especificación; los datos no se
    tocan.
    """
    if isinstance(parte, list):
        for otra in parte:
            _agrandar(otra)
    elif isinstance(parte, dict):
        for clave, valor in parte.items():
            if clave.lower().endswith("fontsize") and isinstance(valor, int | float):
                parte[clave] = max(LETRA, valor)
            elif clave not in ("data", "datasets"):
                _agrandar(valor)


def _bajar(espec: dict) -> None:
    """Las alturas fijas se reducen; las que dependen del número de filas no, porque llevan textos
    entre ellas.
    """
    for vista in vistas(espec):
        if isinstance(vista.get("height"), int | float):
            vista["height"] *= ALTO


def ajustar(
    especificaciones: Sequence[dict], dibujar: Callable[[Sequence[dict]], list[str]]
) -> list[str]:
    """SVG de ``ANCHO`` píxeles como mucho: los que salen más anchos se dibujan otra vez, más
    estrechos.
    """
    svg = dibujar(especificaciones)
    anchos = [i for i, s in enumerate(svg) if medidas(s)[0] > ANCHO]
    otra_vez = dibujar([_estrecha(especificaciones[i], medidas(svg[i])[0] - ANCHO) for i in anchos])
    for i, nuevo in zip(anchos, otra_vez, strict=True):
        svg[i] = nuevo
    return svg


def _estrecha(espec: dict, sobra: float) -> dict:
    nueva = copy.deepcopy(espec)
    for vista in vistas(nueva):
        if "width" in vista:
            actual = vista["width"] if isinstance(vista["width"], int | float) else 300
            vista["width"] = max(ANCHO_MINIMO, int(actual - sobra))
    return nueva


def medidas(svg: str) -> tuple[float, float]:
    """Ancho y alto del SVG, en píxeles."""
    hallado = MEDIDAS.search(svg)
    if hallado is None:
        raise ValueError("el SVG del gráfico no declara width y height")
    return float(hallado[1]), float(hallado[2])
