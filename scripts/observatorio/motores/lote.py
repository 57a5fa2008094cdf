"""De página a texto de salida con pandoc: muchas en un solo proceso, que arrancarlo cuesta más que
escribir una página corta.

Lo hace ``lote.lua``, con los mismos filtros, plantilla y opciones que una página sola. Si el lote
calla o avisa de algo, cada página se repite sola y así se sabe de cuál es el fallo.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from ..base.escapes import yaml as yaml_de_una_linea
from ..base.pandoc import pandoc
from ..errores import ErrorDeEjecucion
from ..paginas.fuentes import Pagina
from ..rutas import Proyecto
from .comun import PUBLICA

ENTRADA = "markdown"
COMUNES = ("observatorio",)
"""Lo que ``_quarto.yml`` dice igual para todas las páginas: el título, el menú y el pie."""
SIN_TRADUCIR = re.compile(
    r"\[WARNING\] (?:Could not load translations for .*\n(?:  .*\n?)*"
    r"|The term \w+ has no translation defined\.\n?)"
)
"""Pandoc avisa de que no tiene sus rótulos en la lengua de la página, que no los usa."""
Configuracion = dict[str, Any]


def escribir_lote(
    proyecto: Proyecto, paginas: list[Pagina], conf: Configuracion, opciones: Configuracion
) -> list[str | ErrorDeEjecucion]:
    """El texto de cada página, todas de un formato (HTML, o la fuente para Typst), o por qué no
    se pudo. ``conf``: ``_quarto.yml``; ``opciones``: las de ese formato en la extensión.
    """
    formato = paginas[0].formato
    # Para Typst los filtros miran también esos textos: ahí siguen en el encabezado de cada página.
    comunes = {k: conf[k] for k in COMUNES if k in conf and formato == "html"}
    resto = {k: v for k, v in conf.items() if k not in comunes}
    encargo = {
        "entrada": ENTRADA,
        "formato": formato,
        "comunes": _frente(comunes),
        "plantilla": str(proyecto.extension / opciones["template"]),
        "filtros": [str(proyecto.extension / f) for f in filtros(opciones)],
        "paginas": [
            {
                "texto": _texto(proyecto, p, resto),
                "carpeta": str(p.fuente.parent),
                "entorno": _entorno(proyecto, p),
            }
            for p in paginas
        ],
    }
    r = subprocess.run(
        [pandoc(), "lua", str(proyecto.extension / "lote.lua")],
        input=json.dumps(encargo).encode(),
        capture_output=True,
        check=False,
    )
    if r.returncode or _quejas(r.stderr):
        return [_sola(proyecto, p, conf, opciones) for p in paginas]
    escritas: list[str | ErrorDeEjecucion] = json.loads(r.stdout)
    return escritas


def _sola(
    proyecto: Proyecto, pagina: Pagina, conf: Configuracion, opciones: Configuracion
) -> str | ErrorDeEjecucion:
    try:
        return escribir_sola(proyecto, pagina, conf, opciones)
    except ErrorDeEjecucion as e:
        return e


def escribir_sola(
    proyecto: Proyecto, pagina: Pagina, conf: Configuracion, opciones: Configuracion
) -> str:
    """Una página con su propio pandoc, en la carpeta del documento. Lanza ``ErrorDeEjecucion`` con
    lo que pandoc o un filtro diga de ella.
    """
    r = subprocess.run(
        [
            pandoc(),
            "--from",
            ENTRADA,
            "--to",
            pagina.formato,
            "--standalone",
            "--template",
            str(proyecto.extension / opciones["template"]),
            "--syntax-highlighting=none",
            "--wrap=none",
            "--mathml",
            *(f"--lua-filter={proyecto.extension / f}" for f in filtros(opciones)),
        ],
        input=_texto(proyecto, pagina, conf).encode(),
        capture_output=True,
        cwd=pagina.fuente.parent,
        env={**os.environ, **_entorno(proyecto, pagina)},
        check=False,
    )
    if r.returncode or _quejas(r.stderr):
        raise ErrorDeEjecucion(
            f"{proyecto.relativa(pagina.fuente)} → {pagina.salida}: {_quejas(r.stderr)}"
        )
    return r.stdout.decode("utf-8")


def _quejas(dicho: bytes) -> str:
    return SIN_TRADUCIR.sub("", dicho.decode(errors="replace")).strip()


def _texto(proyecto: Proyecto, pagina: Pagina, conf: Configuracion) -> str:
    globales = {k: v for k, v in conf.items() if k in ("lang", "observatorio")} | {
        k: desde(proyecto, pagina.fuente.parent, conf[k])
        for k in ("bibliography", "csl")
        if k in conf
    }
    propios = {k: v for k, v in pagina.metadatos.items() if k != "format"}
    return f"{_frente({**globales, **propios})}{pagina.cuerpo.expandtabs(4)}"


def _frente(claves: Configuracion) -> str:
    """Un encabezado. En JSON, que también es YAML: sin comillas, para pandoc una clave como
    20883961143e7816 es un número.
    """
    return f"---\n{yaml_de_una_linea(claves)}\n---\n"


def _entorno(proyecto: Proyecto, pagina: Pagina) -> dict[str, str]:
    """Lo que los filtros preguntan al entorno, con los nombres que les da Quarto."""
    return {
        "QUARTO_PROJECT_DIR": str(proyecto.raiz),
        "QUARTO_DOCUMENT_PATH": str(pagina.fuente.parent),
        "QUARTO_DOCUMENT_FILE": pagina.fuente.name,
        "LC_ALL": "C.UTF-8",
        PUBLICA: "1",
    }


def filtros(opciones: Configuracion) -> list[str]:
    """Los de un formato en el orden en que Quarto los llama: los de antes de su árbol, primero."""
    previos = [f["path"] for f in opciones["filters"] if isinstance(f, dict)]
    return [*previos, *(f for f in opciones["filters"] if isinstance(f, str))]


def desde(proyecto: Proyecto, carpeta: Path, rutas: str | list[str]) -> str | list[str]:
    """Rutas del proyecto, vistas desde la carpeta de una página."""
    if isinstance(rutas, list):
        return [os.path.relpath(proyecto.raiz / r, carpeta) for r in rutas]
    return os.path.relpath(proyecto.raiz / rutas, carpeta)
