"""La memoria de lo publicado: ``data/publicada/``, que solo ``publicar`` cambia y que se guarda con
los datos.

``edicion.json`` tiene la última publicada y su previa; ``celdas.csv``, las celdas ya publicadas que
acumula la puerta de privacidad, y ``correcciones.csv``, las correcciones que rigieron en alguna,
que tampoco se olvidan. Anotar una publicación no cambia la edición publicada: véase
``claves.anterior``. Cómo se lee está en ``memoria``, y cómo se escribe en ``diario``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.lecturas import recordando
from ..edicion import claves, diario, ediciones, memoria
from ..edicion.cambios import resumen
from ..edicion.ficha import ficha_de
from ..errores import EntradasCambiadas
from ..rutas import Proyecto

if TYPE_CHECKING:
    import polars as pl


def ultima(proyecto: Proyecto) -> Mapping | None:
    """El registro de la última edición publicada, o nada; lanza ``DatosInvalidos`` si la memoria
    está dañada.
    """
    return memoria.leer_publicada(proyecto.raiz)["ultima"]


def abrir(proyecto: Proyecto, carpeta: Path) -> None:
    """Antes de publicar: las celdas de la edición pasan a contar como vistas, y sus correcciones
    como dichas.

    Si la publicación falla después, se ocultará y se exigirá de más y nunca de menos. Si el proceso
    muere a medias, repetir la orden lo completa sin cambiar la edición. Lanza ``EntradasCambiadas``
    si los datos ya no son los de la edición.
    """
    ficha, hay = ficha_de(carpeta), memoria.leer(proyecto.raiz)
    contenido, registro = ficha["contenido"], hay.registro
    if (registro["ultima"] or {}).get("contenido") == contenido:
        return
    from ..datos.correcciones_publicadas import acumuladas

    with recordando():
        celdas = _celdas_de(proyecto, carpeta.name)
        if claves.distintas(ficha["entradas"], claves.entradas(proyecto.raiz)):
            raise EntradasCambiadas(
                "los datos cambiaron después de construir la edición; repita la orden cuando"
                " termine de guardar"
            )
        nuevos = {memoria.CELDAS: celdas_sumadas(proyecto, celdas)}
        if registro.get("en_curso") != contenido and memoria.CELDAS in hay.contenidos:
            nuevos[memoria.CELDAS_PREVIAS] = hay.contenidos[memoria.CELDAS]
        if proyecto.correcciones.is_file():
            nuevos[memoria.CORRECCIONES] = acumuladas(proyecto)
    diario.guardar(proyecto.raiz, {**registro, "en_curso": contenido}, nuevos)


def _celdas_de(proyecto: Proyecto, edicion: str) -> pl.DataFrame:
    """Las celdas que muestra una edición: las que se guardaron al construirla; la que se construyó
    en otra parte se calcula.
    """
    from ..resultados.celdas_construidas import celdas_de, guardadas

    hay = guardadas(proyecto.trabajo, edicion)
    if hay is not None:
        return hay
    from ..calculo import calcular

    return celdas_de(calcular(proyecto))


def celdas_sumadas(proyecto: Proyecto, celdas: pl.DataFrame) -> bytes:
    """``celdas.csv`` con las ``celdas`` de la edición actual sumadas a las ya publicadas."""
    from ..catalogo import cargar
    from ..privacidad import Sucesiones, acumular, como_csv, definiciones, heredada, leer_historial

    previas = leer_historial(proyecto, claves.celdas_anteriores(proyecto.raiz))
    catalogo = cargar(proyecto)
    previas = heredada(previas, Sucesiones.de(catalogo))
    return como_csv(acumular(previas, celdas, set(celdas["kpi"]), definiciones(catalogo)))


def cerrar(proyecto: Proyecto, carpeta: Path) -> bool:
    """Después de publicar: anota la edición de ``carpeta``; ``False`` si ya estaba anotada."""
    ficha, hasta_ahora = ficha_de(carpeta), ultima(proyecto)
    if hasta_ahora and hasta_ahora["contenido"] == ficha["contenido"]:
        return False
    entrada = {n: ficha[n] for n in ("edicion", "version", "fecha_corte", "frases")} | {
        "versiones": ficha.get("versiones", {}),
        "manifiesto": ediciones.suma(carpeta / ediciones.MANIFIESTO),
    }
    registro = {
        "contenido": ficha["contenido"],
        "edicion": ficha["edicion"],
        "version": ficha["version"],
        "fecha_corte": ficha["fecha_corte"],
        "resumen": resumen.de_edicion(carpeta),
        "evidencias": _evidencias(proyecto),
        **_tanda(proyecto),
        "historia": [entrada, *(hasta_ahora["historia"] if hasta_ahora else [])],
    }
    diario.guardar(
        proyecto.raiz,
        {"publicaciones": len(registro["historia"]), "ultima": registro, "previa": hasta_ahora},
        {},
    )
    return True


def _evidencias(proyecto: Proyecto) -> dict[str, str]:
    """La huella del documento de cada fuente que lo tiene: con la misma, ninguna cifra sube de
    naturaleza.
    """
    from ..catalogo.lectura import leer_fuentes

    fuentes = leer_fuentes(proyecto, []) or {}
    return {i: f.sha256 for i, f in sorted(fuentes.items()) if f.sha256}


def _tanda(proyecto: Proyecto) -> dict[str, int]:
    """El número de la tanda de narraciones, si la hay: otra anterior no se vuelve a publicar."""
    from ..cualitativo.tanda import leer_tanda

    tanda = leer_tanda(proyecto, [])
    return {"tanda": tanda.tanda} if tanda else {}
