"""Los productos que se someten a los comités: cuáles hay y dónde está lo que no se calcula."""

from __future__ import annotations

import json
from pathlib import Path

from ..base import lecturas
from ..base.yaml_estricto import leer_ya_revisado
from ..catalogo import Catalogo
from ..rutas import Proyecto

NOMBRES = {
    "mision": "Edición de la misión",
    "catalogo": "Catálogo de indicadores",
    "kpi": "Ficha del KPI",
    "planilla": "Planilla de recojo",
    "mapeo": "Mapeo",
    "metodologia": "Metodología",
    "plan-de-trabajo": "Plan de trabajo",
    "plan-de-recojo": "Plan de recojo",
    "informe": "Informe",
}
"""Cómo se dice cada tipo de producto."""


def archivo_de(proyecto: Proyecto, producto: str) -> Path | None:
    """El archivo que es el producto; nada, si el producto sale del catálogo y de los datos."""
    tipo, _, nombre = producto.partition("/")
    gobernanza = proyecto.data / "gobernanza"
    return {
        "metodologia": proyecto.raiz / "metodologia.qmd",
        "mapeo": proyecto.data / "mapeos" / f"{nombre}.yml",
        "plan-de-recojo": proyecto.data / "plan-de-recojo.yml",
        "plan-de-trabajo": gobernanza / "planes" / f"{nombre}.md",
        "informe": gobernanza / "informes" / f"{nombre}.md",
    }.get(tipo)


def existe(proyecto: Proyecto, catalogo: Catalogo, producto: str) -> bool:
    """¿Hay hoy un producto que se llame así?"""
    tipo, _, nombre = producto.partition("/")
    if tipo == "mision":
        return any(m.slug == nombre for m in catalogo.misiones)
    if tipo == "kpi":
        return nombre in catalogo.kpis
    archivo = archivo_de(proyecto, producto)
    return archivo is None or archivo.is_file()


def donde_falta(proyecto: Proyecto, producto: str) -> str:
    """Qué hacer para que exista un producto que no existe."""
    archivo = archivo_de(proyecto, producto)
    if archivo is not None and producto == "plan-de-recojo":
        return (
            f"recupere {proyecto.relativa(archivo)} con git, o escríbalo otra vez del catálogo:"
            " observatorio plan --generar"
        )
    if archivo is not None:
        return f"escríbalo en {proyecto.relativa(archivo)}"
    return (
        "use el código de un KPI o la carpeta de una misión: están en misiones/*/hoja-de-ruta.yml"
    )


def texto_de(proyecto: Proyecto, producto: str) -> str | None:
    """Lo que dice el archivo de un producto, sin lo que no cambia su sentido: los comentarios de un
    YAML, los blancos al final de línea.
    """
    archivo = archivo_de(proyecto, producto)
    if archivo is None or not archivo.is_file():
        return None
    texto = lecturas.texto(archivo)
    if archivo.suffix == ".yml":
        return json.dumps(
            leer_ya_revisado(texto), ensure_ascii=False, sort_keys=True, indent=0, default=str
        )
    return "\n".join(linea.rstrip() for linea in texto.strip().splitlines())


def donde_se_comparan(direccion: str) -> str:
    """Cómo sabe quien firma que una versión es esa: ``direccion``, la del sitio."""
    return (
        f"se comparan con las que publica {direccion}: cortas, en la página Gobernanza; enteras, en"
        " datos/gobernanza.json."
    )


def nombre_de(catalogo: Catalogo, producto: str) -> str:
    """Cómo se dice un producto en una página: «Edición de la misión M4 · Nutrición»."""
    tipo, _, nombre = producto.partition("/")
    if tipo == "mision":
        suya = next((m for m in catalogo.misiones if m.slug == nombre), None)
        nombre = f"{suya.codigo} · {suya.nombre}" if suya else nombre
    elif tipo == "kpi" and nombre in catalogo.kpis:
        nombre = f"{nombre} · {catalogo.kpis[nombre].nombre_corto}"
    return f"{NOMBRES[tipo]} {nombre}".strip()
