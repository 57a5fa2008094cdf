"""Qué deja cada objeto en la salida de su celda mientras se construye: su forma publicable.

Vale en los dos motores de cuadernos, y sin que el cuaderno haga nada. En JupyterLab cada biblioteca
se ve como siempre.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from ..presentacion import gran_tabla, imagenes, marcos
from ..presentacion.graficos import graficos
from . import guardia

MIME_LEIDO = "application/vnd.observatorio.leido+json"


def _figura(figura: Any) -> dict[str, object]:
    if imagenes.vacia(figura):
        return {}
    imagen = imagenes.de_matplotlib(figura)
    return imagen.paquete(graficos.hay_demostracion(), graficos.sello_de("") or {})


def _pieza(escribir: Callable[[Any], Any]) -> Callable[[Any], dict[str, object]]:
    def mostrada(objeto: Any) -> dict[str, object]:
        return escribir(objeto)._repr_mimebundle_()

    return mostrada


FORMAS: tuple[tuple[str, str, Callable[[Any], dict[str, object]]], ...] = (
    ("altair.vegalite.v6.api", "TopLevelMixin", graficos.mostrado),
    ("great_tables.gt", "GT", gran_tabla.mostrada),
    ("pandas", "DataFrame", _pieza(marcos.de_pandas)),
    ("pandas", "Series", _pieza(marcos.de_pandas)),
    ("pandas.io.formats.style", "Styler", _pieza(marcos.de_styler)),
    ("polars.dataframe.frame", "DataFrame", _pieza(marcos.de_polars)),
    ("polars.series.series", "Series", _pieza(marcos.de_polars)),
    ("matplotlib.figure", "Figure", _figura),
)


def activar() -> None:
    """Desde ahora, en esta sesión de IPython, cada objeto deja su forma publicable, y lo que
    dejaría el cuaderno a medias lo detiene.
    """
    from IPython import get_ipython

    graficos.activar()
    sesion = get_ipython()
    if sesion is None:
        return
    # «exit» cerraría el núcleo sin decirlo, y una orden con % que no existe solo se imprime.
    sesion.ask_exit = sys.exit
    sesion.show_usage_error = lambda error: sesion._showtraceback(type(error), error, [])
    if sesion.display_formatter is not None:
        formatos = sesion.display_formatter.mimebundle_formatter
        for modulo, clase, forma in FORMAS:
            formatos.for_type_by_name(modulo, clase, forma)


def en_kernel(raiz: str | None, entradas: tuple[str, ...]) -> None:
    """Lo que el motor estándar ejecuta antes de la primera celda: las formas y la guardia."""
    activar()
    _con_signos_a_medias()
    _con_sus_canales()
    guardia.poner_en(raiz, entradas)


def _con_signos_a_medias() -> None:
    """El núcleo no sabe enviar la mitad de un signo: va como lo escribe JSON, y llega igual."""
    from IPython import get_ipython
    from jupyter_client.jsonutil import json_default

    sesion = get_ipython().kernel.session
    propio = sesion.pack

    def empaquetado(mensaje: Any) -> bytes:
        try:
            return json.dumps(mensaje, default=json_default, allow_nan=False).encode("ascii")
        except (TypeError, ValueError):
            return propio(mensaje)

    sesion.pack = empaquetado


def _con_sus_canales() -> None:
    """Cada celda empieza con la salida y los errores del núcleo, y él los usa siempre, aunque un
    cuaderno los cambie o los cierre: sin ellos no responde. El motor rápido los estrena en cada
    una.
    """
    from IPython import get_ipython

    sesion, canales = get_ipython(), (sys.stdout, sys.stderr)
    for canal in canales:
        canal.close = lambda: None  # type: ignore[method-assign]  # no hay otro que poner

    def con_ellos(metodo: Callable[[], None]) -> Callable[[], None]:
        def hecho() -> None:
            del_cuaderno = sys.stdout, sys.stderr
            sys.stdout, sys.stderr = canales
            try:
                metodo()
            finally:
                sys.stdout, sys.stderr = del_cuaderno

        return hecho

    def reponer() -> None:
        sys.stdout, sys.stderr = canales

    sesion.displayhook.finish_displayhook = con_ellos(sesion.displayhook.finish_displayhook)
    sesion.display_pub._flush_streams = con_ellos(sesion.display_pub._flush_streams)
    sesion.events.register("post_execute", reponer)


def leido() -> None:
    """Anota en la salida de la celda lo que el cuaderno abrió hasta ahora: la página lo dice."""
    if not os.environ.get(graficos.EN_CONSTRUCCION):
        return
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        sello = graficos.sello_de("") or {}
        dicho = {"demostracion": graficos.hay_demostracion(), "sello": sello}
        display({MIME_LEIDO: dicho}, raw=True)
