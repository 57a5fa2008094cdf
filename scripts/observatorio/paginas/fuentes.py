"""Las páginas del proyecto: qué fuentes hay, qué publica cada una y qué dice con lo que incluye."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..base import lecturas
from ..base.yaml_estricto import leer_ya_revisado
from ..edicion.citados import imagenes
from ..edicion.claves import GENERADAS
from ..edicion.render import patrones_de_render
from ..errores import ErrorDeEjecucion
from ..rutas import Proyecto
from .prosa import Trozo, leer_prosa

FORMATO = "observatorio"
DE_KPI = "kpi-"
CITA = re.compile(
    r"""\{[^}\n]*\.pieza\b(?:[^}\n]*?\bnombre\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s}]+)))?[^}\n]*\}|\[(?P<kpi>[^\]\n]*)\]\{[^}\n]*\.kpi\b[^}\n]*\}"""
)
CERCA, CODIGO = re.compile(r"\s*(`{3,}|~{3,})"), re.compile(r"`[^`]*`")
INCLUSION = re.compile(r"(?m)^[ \t]*\{\{< [ \t]*include[ \t]+(?P<ruta>\S+)[ \t]* >\}\}[ \t]*$")
"""Con un espacio tras ``{{<`` y otro antes de ``>}}``: sin ellos Quarto lo publica como texto."""
CIERRE = re.compile(r"(?m)^(?:---|\.\.\.)[ \t]*$")
"""La línea que cierra el encabezado de una página."""
SALIDAS = {"html": "html", "typst": "pdf"}
DE_OBRAS = ("bibliography", "csl")
"""Las claves que nombran archivos de obras y de estilo de citas."""


@dataclass(frozen=True, slots=True)
class Pagina:
    """Un producto por renderizar: una fuente en un formato."""

    fuente: Path
    formato: str
    salida: str
    metadatos: dict[str, object]
    cuerpo: str


def configuracion(proyecto: Proyecto) -> dict[str, Any]:
    conf: dict[str, Any] = leer_ya_revisado(lecturas.texto(proyecto.raiz / "_quarto.yml"))
    return conf


def formatos(proyecto: Proyecto) -> dict[str, dict[str, Any]]:
    """Opciones de cada formato que aporta la extensión (``html``, ``typst``)."""
    texto = lecturas.texto(proyecto.extension / "_extension.yml")
    aportados: dict[str, dict[str, Any]] = leer_ya_revisado(texto)["contributes"]["formats"]
    return aportados


def fuentes(proyecto: Proyecto) -> list[Path]:
    """Archivos que ``render:`` nombra, ordenados; lo que empieza con ``_`` o ``.`` no es página."""
    patrones = patrones_de_render(proyecto.raiz)
    hallados = {p for patron in patrones for p in proyecto.raiz.glob(patron)}
    return sorted(p for p in hallados if not p.name.startswith(("_", ".")))


def paginas(
    proyecto: Proyecto, con_generadas: bool = True, solo: Collection[str] | None = None
) -> list[Pagina]:
    """Todos los productos del proyecto, menos los borradores (``draft: true``); sin los de los
    cuadernos que ``preparar`` genera, si se pide.

    ``solo``: los que salen a estas rutas, sin leer las fuentes de las demás carpetas.
    """
    conf = configuracion(proyecto)
    carpetas = None if solo is None else {(proyecto.raiz / s).parent for s in solo}
    salida = []
    for fuente in fuentes(proyecto):
        if carpetas is not None and fuente.parent not in carpetas:
            continue
        if not con_generadas and GENERADAS.fullmatch(proyecto.relativa(fuente)):
            continue
        metadatos, cuerpo = leer_fuente(fuente)
        if metadatos.get("draft") is True:
            continue
        cuerpo = con_incluidos(cuerpo, fuente.parent)
        for formato, relativa in salidas_de(proyecto, fuente, metadatos, conf["format"]).items():
            if formato not in SALIDAS:
                raise ErrorDeEjecucion(
                    f"{proyecto.relativa(fuente)}: el formato «{formato}» no es de la extensión"
                    f" {FORMATO}"
                )
            if solo is None or relativa in solo:
                salida.append(Pagina(fuente, formato, relativa, metadatos, cuerpo))
    return salida


def salidas_de(
    proyecto: Proyecto, fuente: Path, metadatos: Mapping[str, object], de_todas: object
) -> dict[str, str]:
    """``formato → dónde queda en el sitio`` de lo que una fuente publica; ``de_todas``: el formato
    de las que no dicen el suyo.
    """
    pedidos: Any = metadatos.get("format", de_todas)
    pedidos = pedidos if isinstance(pedidos, dict) else {str(pedidos): {}}
    hay = {}
    for nombre, opciones in pedidos.items():
        formato = str(nombre).removeprefix(f"{FORMATO}-")
        propio = opciones if isinstance(opciones, dict) else {}
        archivo = str(propio.get("output-file", f"{fuente.stem}.{SALIDAS.get(formato)}"))
        hay[formato] = (fuente.parent / archivo).relative_to(proyecto.raiz).as_posix()
    return hay


def imagenes_citadas(proyecto: Proyecto, paginas: Iterable[Pagina]) -> dict[str, Path]:
    """``ruta en el sitio → archivo`` de las imágenes del proyecto que muestran las páginas; las de
    lo reservado, nunca.
    """
    fuentes = {p.fuente: p.cuerpo for p in paginas}
    citadas = {
        r: a
        for fuente, cuerpo in fuentes.items()
        for r, a in imagenes(cuerpo, fuente.parent, proyecto.raiz).items()
    }
    return {r: a for r, a in citadas.items() if not r.startswith(f"{proyecto.data.name}/")}


def revisar_piezas(proyecto: Proyecto, paginas: Iterable[Pagina]) -> None:
    """Toda pieza que una página cita es una de las que hay en ``.trabajo/piezas``.

    Lanza ``ErrorDeEjecucion`` con todas las que no, cada una con su archivo, su línea y su remedio.
    """
    hay = {p.stem for p in (proyecto.trabajo / "piezas").glob("*.html")}
    faltas = []
    for fuente in dict.fromkeys(p.fuente for p in paginas):
        for lugar, nombre in piezas_citadas(fuente):
            if nombre not in hay:
                cerca = get_close_matches(nombre, hay, 1)
                remedio = (
                    f"¿quiso decir «{cerca[0]}»?"
                    if cerca
                    else (
                        "use una de:"
                        f" {', '.join(sorted(p for p in hay if not p.startswith(DE_KPI)))}"
                    )
                )
                faltas.append(
                    f"{proyecto.relativa(fuente)}, {lugar}: no existe la pieza «{nombre}»:"
                    f" {remedio}"
                )
    if faltas:
        raise ErrorDeEjecucion("\n".join(faltas))


def piezas_citadas(fuente: Path) -> Iterator[tuple[str, str]]:
    """``(dónde, nombre)`` de cada pieza que el autor cita; lo que va como código no es una cita."""
    if fuente.suffix == ".ipynb":
        celdas = json.loads(lecturas.texto(fuente))["cells"]
        textos = [
            (f"celda {i}, ", "".join(c["source"]))
            for i, c in enumerate(celdas, 1)
            if c["cell_type"] == "markdown"
        ]
    else:
        textos = [("", lecturas.texto(fuente))]
    for celda, texto in textos:
        cerca = ""
        for numero, linea in enumerate(texto.splitlines(), 1):
            if marca := CERCA.match(linea):
                cerca = "" if cerca and marca[1].startswith(cerca) else cerca or marca[1]
            elif not cerca and (".pieza" in linea or ".kpi" in linea):
                for cita in CITA.finditer(CODIGO.sub("", linea)):
                    yield (
                        f"{celda}línea {numero}",
                        (
                            f"{DE_KPI}{cita['kpi']}"
                            if cita["kpi"] is not None
                            else next((n for n in cita.group(1, 2, 3) if n is not None), "")
                        ),
                    )


def leer_fuente(fuente: Path) -> tuple[dict[str, object], str]:
    """``(metadatos, markdown)`` de un .qmd o de un cuaderno ya publicado; de solo lectura: los
    mismos bytes dan los mismos.
    """
    return _leida(lecturas.leer(fuente), fuente.suffix == ".ipynb")


@lru_cache(maxsize=1024)
def _leida(contenido: bytes, es_cuaderno: bool) -> tuple[dict[str, object], str]:
    texto = lecturas.en_texto(contenido)
    if es_cuaderno:
        texto = _markdown_de_cuaderno(texto)
    if not texto.startswith("---\n"):
        return {}, texto
    cierre = CIERRE.search(texto, 4)
    if cierre is None:
        return {}, texto
    return leer_ya_revisado(texto[4 : cierre.start()]) or {}, texto[cierre.end() + 1 :]


def obras_declaradas(claves: Mapping[str, object], cuales: Iterable[str] = DE_OBRAS) -> list[str]:
    """Los archivos de obras y de estilo de citas que nombra un encabezado, o ``_quarto.yml``, tal
    como están escritos; cada clave lleva un nombre o una lista.
    """
    valores = [claves.get(clave) or [] for clave in cuales]
    return [str(n) for v in valores for n in (v if isinstance(v, list) else [v])]


def incluidos(cuerpo: str, carpeta: Path) -> list[Path]:
    """Los archivos que una página incluye y que existen, en orden y sin repetir."""
    hallados = (carpeta / m["ruta"] for m in INCLUSION.finditer(leer_prosa(cuerpo).texto))
    return [p for p in dict.fromkeys(hallados) if p.is_file()]


def incluidos_del_proyecto(proyecto: Proyecto, cuerpo: str, carpeta: Path) -> list[Path]:
    """De los que una página incluye, los del proyecto; lo de fuera se rechaza sin leerlo."""
    return [p for p in incluidos(cuerpo, carpeta) if proyecto.contiene(p)]


def con_incluidos(cuerpo: str, carpeta: Path) -> str:
    """El texto de una página con lo que incluye en su lugar, como lo deja Quarto: lo que sigue
    empieza párrafo.
    """
    return "".join(trozo.texto for _, trozo in _trozos(cuerpo, carpeta))


def lugares(cuerpo: str, carpeta: Path) -> list[tuple[Path | None, int]]:
    """``(archivo incluido, o nada si es la página; línea en él)`` de cada línea de lo que da
    ``con_incluidos``.
    """
    hay: list[tuple[Path | None, int]] = []
    for archivo, trozo in _trozos(cuerpo, carpeta):
        # La línea en que acaba un trozo es la primera del que sigue.
        del hay[-1:]
        hay += [(archivo, trozo.linea + n) for n in range(trozo.texto.count("\n") + 1)]
    return hay


def _trozos(cuerpo: str, carpeta: Path) -> Iterator[tuple[Path | None, Trozo]]:
    """Lo que la página dice y lo que incluye, en orden; de lo incluido, su archivo."""
    desde, prosa = 0, leer_prosa(cuerpo) if "include" in cuerpo else None
    for m in INCLUSION.finditer(prosa.texto) if prosa else ():
        ruta = carpeta / m["ruta"]
        if prosa and ruta.is_file():
            yield None, Trozo(prosa.linea(desde), cuerpo[desde : m.start()])
            yield ruta, Trozo(1, f"{lecturas.texto(ruta, 'replace').rstrip(chr(10))}\n\n")
            desde = m.end()
    yield None, Trozo(prosa.linea(desde) if prosa else 1, cuerpo[desde:])


def _markdown_de_cuaderno(texto: str) -> str:
    """Como Quarto con ``echo: false`` y ``output: asis``: las celdas de texto y las salidas, una
    tras otra.
    """
    partes = []
    for celda in json.loads(texto)["cells"]:
        if celda["cell_type"] == "code":
            partes += ["".join(s["data"]["text/markdown"]) for s in celda["outputs"]]
        else:
            partes.append("".join(celda["source"]))
    return "\n\n".join(partes) + "\n"
