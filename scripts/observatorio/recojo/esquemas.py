"""JSON Schema de los YAML, exportados de los modelos: los editores completan y avisan al escribir.

Cada YAML lleva en su primera línea el comentario que entienden los editores
(``# yaml-language-server: $schema=…``).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..actas.comentarios import Comentarios, Decisiones
from ..actas.modelos import ActaDeSesion, Calendario, Sesion
from ..catalogo.correo import Destinatarios, ServidorDeCorreo
from ..catalogo.formas import Identificador
from ..catalogo.fuentes import Fuente
from ..catalogo.gobernanza import CambioDelCatalogo, Gobernanza
from ..catalogo.mapeo import Mapeo
from ..catalogo.modelos import Mision
from ..catalogo.nombres import NombreOficial
from ..catalogo.plan_de_recojo import Plan
from ..catalogo.territorio import Territorio
from ..cualitativo.modelos import Libro
from ..rutas import Proyecto

ESQUEMAS: dict[str, tuple[TypeAdapter[Any], str]] = {
    "hoja-de-ruta": (TypeAdapter(Mision), "misiones/*/hoja-de-ruta.yml"),
    "territorio": (TypeAdapter(Territorio), "data/territorio.yml"),
    "fuentes": (TypeAdapter(dict[Identificador, Fuente]), "data/fuentes.yml"),
    "plan-de-recojo": (TypeAdapter(Plan), "data/plan-de-recojo.yml"),
    "mapeo": (TypeAdapter(Mapeo), "data/mapeos/*.yml"),
    "destinatarios": (TypeAdapter(Destinatarios), "reservado/correo/destinatarios.yml"),
    "servidor-de-correo": (TypeAdapter(ServidorDeCorreo), "reservado/correo/servidor.yml"),
    "libro-de-codigos": (TypeAdapter(Libro), "data/cualitativo/codigos.yml"),
    "gobernanza": (TypeAdapter(Gobernanza), "data/gobernanza/comites.yml"),
    "cambios-del-catalogo": (
        TypeAdapter(tuple[CambioDelCatalogo, ...]),
        "data/gobernanza/cambios-del-catalogo.yml",
    ),
    "calendario-de-sesiones": (TypeAdapter(Calendario), "data/gobernanza/calendario.yml"),
    "comentarios": (TypeAdapter(Comentarios), "data/gobernanza/comentarios.yml"),
    "decisiones": (TypeAdapter(Decisiones), "data/gobernanza/decisiones.yml"),
    "sesion": (TypeAdapter(Sesion), "data/gobernanza/sesiones/*.yml"),
    "acta": (TypeAdapter(ActaDeSesion), "data/gobernanza/actas/*.yml"),
    "nombres-oficiales": (
        TypeAdapter(tuple[NombreOficial, ...]),
        "data/nombres-oficiales.yml",
    ),
}
DIALECTO = "https://json-schema.org/draft/2020-12/schema"
COMENTARIO = "# yaml-language-server: $schema="


def escribir(proyecto: Proyecto) -> list[Path]:
    """Escribe ``data/esquemas/<nombre>.schema.json`` y anota en cada YAML cuál es el suyo; devuelve
    lo que cambió.
    """
    tocados = []
    for ruta, texto in exportados(proyecto).items():
        if not ruta.is_file() or ruta.read_text(encoding="utf-8") != texto:
            ruta.parent.mkdir(parents=True, exist_ok=True)
            ruta.write_text(texto, encoding="utf-8")
            tocados.append(ruta)
    return tocados


def exportados(proyecto: Proyecto) -> dict[Path, str]:
    """El texto que debe tener cada esquema y cada YAML anotado."""
    salida = {}
    for nombre, (tipo, patron) in ESQUEMAS.items():
        destino = proyecto.data / "esquemas" / f"{nombre}.schema.json"
        esquema = {"$schema": DIALECTO} | _en_una_linea(tipo.json_schema())
        salida[destino] = json.dumps(esquema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for yaml in sorted(proyecto.raiz.glob(patron)):
            salida[yaml] = _anotado(yaml, destino)
    return salida


def _en_una_linea(esquema: Any) -> Any:
    """Cada descripción en un renglón: pydantic la toma de la docstring, con los que tenga."""
    if isinstance(esquema, list):
        return [_en_una_linea(x) for x in esquema]
    if not isinstance(esquema, dict):
        return esquema
    return {
        c: " ".join(x.split()) if c == "description" and isinstance(x, str) else _en_una_linea(x)
        for c, x in esquema.items()
    }


def _anotado(yaml: Path, esquema: Path) -> str:
    lineas = yaml.read_text(encoding="utf-8").splitlines(keepends=True)
    if lineas and lineas[0].startswith(COMENTARIO):
        lineas = lineas[1:]
    relativa = os.path.relpath(esquema, yaml.parent).replace(os.sep, "/")
    return f"{COMENTARIO}{relativa}\n" + "".join(lineas)
