"""La memoria de lo publicado: ``data/publicada/``, que solo ``publicar`` cambia y que se guarda con los datos.

``edicion.json`` tiene la última publicada y su previa; ``celdas.csv``, las celdas ya publicadas que acumula la puerta de
privacidad, y ``correcciones.csv``, las correcciones que rigieron en alguna, que tampoco se olvidan. Anotar una publicación no cambia la edición publicada: véase ``claves.anterior``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..errores import EntradasCambiadas
from ..rutas import Proyecto
from . import claves, ediciones, resumen
from .escritura import escribir_atomico


def ultima(proyecto: Proyecto) -> Mapping | None:
    """El registro de la última edición publicada, o nada."""
    return claves.leer_publicada(proyecto.raiz).get("ultima")


def abrir(proyecto: Proyecto, carpeta: Path) -> None:
    """Antes de publicar: las celdas de la edición pasan a contar como vistas, y sus correcciones como dichas.

    Si la publicación falla después, se ocultará y se exigirá de más y nunca de menos. Si el proceso muere a medias, repetir la
    orden lo completa sin cambiar la edición. Lanza ``EntradasCambiadas`` si los datos ya no son los de la edición.
    """
    from ..calculo import calcular
    from ..datos.correcciones_publicadas import acumuladas
    from ..privacidad import escribir_publicada

    ficha, registro = _ficha(carpeta), claves.leer_publicada(proyecto.raiz)
    contenido = ficha["contenido"]
    if (registro.get("ultima") or {}).get("contenido") == contenido:
        return
    resultados = calcular(proyecto)
    if claves.distintas(ficha["entradas"], claves.entradas(proyecto.raiz)):
        raise EntradasCambiadas("los datos cambiaron después de construir la edición; repita la orden cuando termine de guardar")
    if registro.get("en_curso") != contenido:
        _guardar_celdas(proyecto)
        _escribir(proyecto.raiz / claves.PUBLICADA, registro | {"en_curso": contenido})
    escribir_publicada(proyecto, resultados)
    if proyecto.correcciones.is_file():
        escribir_atomico(proyecto.correcciones_publicadas, acumuladas(proyecto))


def cerrar(proyecto: Proyecto, carpeta: Path) -> bool:
    """Después de publicar: anota la edición de ``carpeta``; ``False`` si ya estaba anotada."""
    ficha, hasta_ahora = _ficha(carpeta), ultima(proyecto)
    if hasta_ahora and hasta_ahora["contenido"] == ficha["contenido"]:
        return False
    entrada = {n: ficha[n] for n in ("edicion", "version", "fecha_corte", "frases")} | {"manifiesto": ediciones.suma(carpeta / ediciones.MANIFIESTO)}
    registro = {
        "contenido": ficha["contenido"], "edicion": ficha["edicion"], "version": ficha["version"], "fecha_corte": ficha["fecha_corte"],
        "resumen": resumen.de_edicion(carpeta), "historia": [entrada, *(hasta_ahora["historia"] if hasta_ahora else [])],
    }
    _escribir(proyecto.raiz / claves.PUBLICADA, {"ultima": registro, "previa": hasta_ahora})
    return True


def _ficha(carpeta: Path) -> dict:
    return json.loads((carpeta / "ediciones" / f"{carpeta.name}.json").read_text(encoding="utf-8"))


def _guardar_celdas(proyecto: Proyecto) -> None:
    celdas, previas = proyecto.raiz / claves.CELDAS, proyecto.raiz / claves.CELDAS_PREVIAS
    if celdas.is_file():
        escribir_atomico(previas, celdas.read_bytes())
    else:
        previas.unlink(missing_ok=True)


def _escribir(ruta: Path, objeto: Mapping) -> None:
    """Un elemento por línea: git muestra qué indicador cambió."""
    from ..productos.archivos import json_estable

    escribir_atomico(ruta, json_estable(objeto).encode())
