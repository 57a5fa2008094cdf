"""El dibujo de los gráficos, sin nada más del observatorio: cada proceso que solo dibuja arranca en
la tercera parte.

Dibuja Vega (``vega``) en V8 (``dibujo.js``), que mide los textos con una tabla: vl-convert, con las
mismas letras, abre la tipografía otra vez por cada letra que mide y tarda el triple.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...base.escritura import escribir_atomico
from ...base.tipografia import para_medir
from ...errores import ErrorDeEjecucion
from ...rutas import Proyecto
from .impresion import ajustar, para_papel, titulos, va_al_boletin
from .vega import paquete

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

PAPEL = "-papel"
GUION = Path(__file__).with_suffix(".js")
DEL_NAVEGADOR = """
const window = globalThis;
const setInterval = () => 0;
globalThis.addEventListener = globalThis.removeEventListener = () => {};
function structuredClone(x) {
  if (x === null || typeof x !== "object" || x instanceof Date) return x;
  if (Array.isArray(x)) return x.map(structuredClone);
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, structuredClone(v)]));
}
"""
"""Lo único del navegador que Vega echa en falta: copia especificaciones, que son JSON, y
atiende al ratón.
"""
NUMEROS = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["S/ ", ""],
    "minus": "\u2212",
}
MINIMO = {
    "mark": "point",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


def dibujar(especificaciones: Sequence[dict], cache_: Path | None = None) -> list[str]:
    """SVG de cada especificación, en orden. La tipografía sale del paquete, no del sistema.

    ``cache_``: donde está lo hecho una vez por versión; sin decirla, la del proyecto en que se
    está. Lanza ``ErrorDeEjecucion`` si Vega no puede dibujar alguna.
    """
    vega = _vega(cache_ or Proyecto.encontrar().raiz / ".cache")
    return [_dibujado(vega, e) for e in especificaciones]


def _dibujado(vega: MiniRacer, especificacion: dict) -> str:
    from py_mini_racer import JSPromise, JSPromiseError

    promesa = vega.eval(f"dibujar({json.dumps(json.dumps(especificacion))})")
    assert isinstance(promesa, JSPromise)
    try:
        return str(promesa.get())
    except JSPromiseError as e:
        nombre = titulos(especificacion)[0] or especificacion.get("description", "sin título")
        motivo = next(iter(str(e.reason).splitlines()), "no dice por qué")
        raise ErrorDeEjecucion(
            f"el gráfico «{nombre}» no se puede dibujar: Vega dice «{motivo}». Revise en su"
            " cuaderno los campos, las expresiones y las marcas."
        ) from None


@cache
def _vega(cache_: Path) -> MiniRacer:
    """V8 con Vega y las medidas de las letras cargadas: 0.2 s, una vez por proceso.

    Nace en un hilo aparte: con el bucle de un cuaderno abierto (JupyterLab) se apropiaría de él y
    no podría esperar lo que tarda un dibujo.
    """
    from py_mini_racer import MiniRacer

    with ThreadPoolExecutor(1) as hilo:
        vega = hilo.submit(MiniRacer).result()
    vega.eval(DEL_NAVEGADOR)
    vega.eval(paquete(cache_).read_text(encoding="utf-8"))
    vega.eval(f"const NUMEROS = {json.dumps(NUMEROS)};")
    vega.eval(f"const CARAS = {para_medir(cache_).read_text(encoding='utf-8')};")
    vega.eval(GUION.read_text(encoding="utf-8"))
    return vega


def dibujar_con_papel(especificaciones: Sequence[dict], cache_: Path | None = None) -> list[str]:
    """SVG de cada especificación y, detrás, el de su versión para papel (ver ``impresion``), vacío
    si no se imprime.
    """
    impresas = [e for e in especificaciones if va_al_boletin(e)]
    papel = iter(ajustar([para_papel(e) for e in impresas], partial(dibujar, cache_=cache_)))
    return dibujar(especificaciones, cache_) + [
        next(papel) if va_al_boletin(e) else "" for e in especificaciones
    ]


def calentar(cache_: Path | None = None) -> None:
    """La primera llamada de un proceso que solo dibuja, antes de que haya qué dibujar."""
    _en_greenwich()
    dibujar([MINIMO], cache_)


def _en_greenwich() -> None:
    """Un huso sin cambios de hora: con el de cada máquina, las marcas de un eje de tiempo caerían
    en otro sitio. Hay que decirlo antes del primer dibujo.
    """
    os.environ["TZ"] = "UTC"


def a_la_cache(
    tanda: list[tuple[tuple[Path, Path], dict]], cache_: Path | None = None
) -> dict[Path, str]:
    """Dibuja y guarda cada gráfico entero o no lo guarda. ``cache_``: ver ``dibujar``. Devuelve,
    por la primera de sus rutas, por qué no se pudo dibujar cada uno de los que no.
    """
    _en_greenwich()
    fallos = {}
    for (pagina, papel), especificacion in tanda:
        try:
            dibujada, impresa = dibujar_con_papel([especificacion], cache_)
        except ErrorDeEjecucion as e:
            fallos[pagina] = str(e)
            continue
        escribir_atomico(pagina, dibujada.encode("utf-8"))
        escribir_atomico(papel, impresa.encode("utf-8"))
    return fallos
