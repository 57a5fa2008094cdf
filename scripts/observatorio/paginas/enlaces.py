"""Nada muerto se publica: adónde llevan los enlaces, las imágenes, las anclas y las notas de una
página, y que sus títulos digan algo.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from ..base import imagenes
from ..edicion.citados import IMAGENES
from ..errores import ErrorDeDatos
from .prosa import Prosa, leer_prosa

DESTINO = re.compile(
    r"""\]\(\s*(?P<destino><[^>\n]*>|(?:[^\s()]|\([^\s()]*\)|[ \t]+(?=[^\s()"']))*)"""
    r"""(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)"""
)
ALTERNATIVO = re.compile(
    r"""\{[^{}]*?(?<![\w-])(?:fig-)?alt\s*=\s*(?:"(?P<entre>[^"]*)"|(?P<suelto>[^\s{}"]+))"""
)
DEFINICION = re.compile(
    r"(?m)^ {0,3}\[(?P<nombre>[^\]\n^@][^\]\n]*)\]:[ \t]*<?(?P<destino>[^\s>]+)"
)
POR_NOMBRE = re.compile(r"\[(?P<texto>[^\[\]\n]+)\]\[(?P<nombre>[^\[\]\n^]*)\]")
NOTA, NOTA_DEFINIDA = re.compile(r"\[\^([^\]\s]+)\](?!:)"), re.compile(r"(?m)^\[\^([^\]\s]+)\]:")
NOTA_DE_NOTA = re.compile(r"(?m)^\[\^[^\]\s]+\]:.*\[\^[^\]\s]+\].*$")
DE_HTML = re.compile(
    r"""<(?P<etiqueta>\w+)[^<>]*?\s(?:href|src)\s*=\s*(?P<comilla>["']?)"""
    r"""(?P<destino>(?<=["'])[^"']*(?=(?P=comilla))|[^\s"'<>]+)"""
)
ID_DE_HTML = re.compile(r"""\sid\s*=\s*["']([^"']+)["']""")
ID_ESCRITO = re.compile(r"\{[^{}]*#([\w:.-]+)[^{}]*\}")
TITULO = re.compile(
    r"(?m)^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<nivel>#{1,6})(?:[ \t](?P<texto>.*))?$"
)
SUBRAYADO = re.compile(r"(?m)^(?P<texto>[^\s#>|:\-=].*)\n(?P<raya>=+|-+)[ \t]*$")
ATRIBUTOS_AL_FINAL = re.compile(r"\s*\{[^{}]*\}\s*$")
ESQUEMA = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
SEGUROS = ("https:", "http:", "mailto:", "tel:")
MARCAS = re.compile(r"(?<!\\)(?:[*`$]|(?<!\w)_|_(?!\w)|\[\^[^\]]*\]|<[^>]*>|-{2,3}|\.{3})")
ENLAZADO = re.compile(r"!?\[([^\[\]]*)\](?:\([^)]*\)|\[[^\]]*\]|\{[^}]*\})")

DE_LA_PLANTILLA = ("contenido",)
"""Los identificadores que toda página lleva sin que su autor los escriba: el de su título."""

MUERTO, SIN_ANCLA = "enlace-a-lo-que-no-existe", "ancla-que-no-existe"


@dataclass(frozen=True, slots=True)
class Publicado:
    """Lo que la edición tendrá. ``anclas``: las de cada página de la que se conocen todas.
    ``por_generar``: comienzos de rutas que aún no se sabe si estarán.
    """

    archivos: Collection[str]
    anclas: dict[str, frozenset[str]] = field(default_factory=dict)
    por_generar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enlace:
    """Un enlace o una imagen del autor, donde está. ``texto``: lo que se lee, o su alternativo."""

    posicion: int
    destino: str
    imagen: bool
    texto: str | None


@dataclass(frozen=True, slots=True)
class Titulo:
    """Un título del autor, donde está. ``texto``: lo escrito, con sus atributos."""

    posicion: int
    linea: int
    nivel: int
    texto: str


def enlaces(prosa: Prosa) -> Iterator[Enlace]:
    """Todo lo que lleva a alguna parte en un texto: Markdown y HTML."""
    for m in DESTINO.finditer(prosa.texto):
        abre = corchete(prosa.texto, m.start())
        if abre is None:
            continue
        imagen = abre > 0 and prosa.texto[abre - 1] == "!"
        texto = prosa.texto[abre + 1 : m.start()]
        if imagen and (alternativo := ALTERNATIVO.match(prosa.texto, m.end())):
            texto = alternativo["entre"] or alternativo["suelto"] or ""
        yield Enlace(m.start(), m["destino"].strip("<>"), imagen, texto)
    for m in DEFINICION.finditer(prosa.texto):
        yield Enlace(m.start(), m["destino"], False, None)
    for texto in (prosa.texto, prosa.crudo):
        for m in DE_HTML.finditer(texto):
            yield Enlace(m.start(), m["destino"], m["etiqueta"].lower() == "img", None)


def corchete(texto: str, cierre: int) -> int | None:
    """Dónde abre el corchete que cierra en ``cierre``."""
    hondura = 0
    for i in range(cierre, max(-1, cierre - 2000), -1):
        if texto[i] == "]":
            hondura += 1
        elif texto[i] == "[":
            hondura -= 1
            if hondura == 0:
                return i
    return None


def anclas(texto: str) -> frozenset[str]:
    """Los identificadores de una página: los escritos y los que pandoc da a cada título."""
    prosa = leer_prosa(texto)
    escritas = {ancla for _, ancla in anclas_escritas(prosa)}
    return frozenset({*DE_LA_PLANTILLA, *escritas, *anclas_de_titulos(texto, prosa)})


def anclas_escritas(prosa: Prosa) -> Iterator[tuple[int, str]]:
    """``(línea, identificador)`` de lo que lleva el suyo, en Markdown o en HTML."""
    for patron, texto in (
        (ID_ESCRITO, prosa.texto),
        (ID_DE_HTML, prosa.texto),
        (ID_DE_HTML, prosa.crudo),
    ):
        yield from ((prosa.linea(m.start()), m[1]) for m in patron.finditer(texto))
    for cerca in prosa.cercas:
        yield from ((cerca.linea, ancla) for ancla in ID_ESCRITO.findall(cerca.texto))


def anclas_de_titulos(texto: str, prosa: Prosa) -> frozenset[str]:
    """Los identificadores que pandoc da a los títulos que no traen el suyo."""
    veces: Counter[str] = Counter()
    dadas = set()
    for titulo in titulos(texto, prosa):
        if propia := ID_ESCRITO.search(titulo.texto):
            veces[propia[1]] += 1
            continue
        ancla = _de_titulo(titulo.texto)
        dada = f"{ancla}-{veces[ancla]}" if veces[ancla] else ancla
        dadas.add(f"seccion-{dada}" if dada in DE_LA_PLANTILLA else dada)
        veces[ancla] += 1
    return frozenset(dadas)


def titulos(texto: str, prosa: Prosa) -> Iterator[Titulo]:
    """Los títulos de una página, en orden; también los que van en una lista o en una cita."""
    hallados = [*TITULO.finditer(prosa.texto), *SUBRAYADO.finditer(prosa.texto)]
    for m in sorted(hallados, key=lambda m: m.start()):
        partes = m.groupdict()
        nivel = len(partes["nivel"]) if "nivel" in partes else 1 if partes["raya"][0] == "=" else 2
        desde, hasta = m.span("texto") if m["texto"] is not None else (m.end(), m.end())
        dicho = texto[desde:hasta].strip(" \t").rstrip("# \t")
        yield Titulo(m.start(), prosa.linea(m.start()), nivel, dicho)


def _de_titulo(titulo: str) -> str:
    """Como pandoc (``auto_identifiers``): en minúsculas, sin signos, desde la primera letra."""
    texto = ENLAZADO.sub(r"\1", ATRIBUTOS_AL_FINAL.sub("", titulo))
    texto = unescape(MARCAS.sub("", texto)).lower()
    limpio = "-".join("".join(c for c in texto if c.isalnum() or c in "_-. \u00a0").split())
    return re.sub(r"^[^a-zA-ZÀ-ÿ]+", "", limpio) or "section"


def muertos(
    archivo: str, texto: str, salida: str, carpeta: Path, raiz: Path, hay: Publicado
) -> Iterator[ErrorDeDatos]:
    """Un error por enlace, imagen, nota o título del texto que se publicaría muerto.

    ``salida``: la página en el sitio. ``carpeta``: la de la página, desde la que se buscan las
    imágenes.
    """
    prosa = leer_prosa(texto)
    for enlace in enlaces(prosa):
        regla_y_remedio = (
            _de_imagen(enlace, carpeta, raiz)
            if enlace.imagen
            else _de_enlace(enlace, salida, raiz, hay)
        )
        if regla_y_remedio is not None:
            linea = prosa.linea(enlace.posicion)
            yield ErrorDeDatos(archivo, linea, None, enlace.destino, *regla_y_remedio)
    dichos = [(t, ATRIBUTOS_AL_FINAL.sub("", t.texto)) for t in titulos(texto, prosa)]
    # El que se llama como el de la plantilla lleva otra ancla: su nombre iría a la portada.
    nombres = [dicho for _, dicho in dichos if _de_titulo(dicho) not in DE_LA_PLANTILLA]
    yield from _sin_definir(archivo, prosa, nombres)
    for titulo, dicho in dichos:
        if not dicho.strip() and "{.pieza" not in titulo.texto:
            remedio = "escriba el título o quite los #"
            yield ErrorDeDatos(archivo, titulo.linea, None, None, "titulo-vacio", remedio)


def _de_imagen(enlace: Enlace, carpeta: Path, raiz: Path) -> tuple[str, str] | None:
    destino = unquote(enlace.destino)
    if enlace.texto is not None and not enlace.texto.strip():
        return "imagen-sin-texto", "diga qué se ve, para quien no la ve: ![qué se ve](archivo)"
    if destino.startswith("data:"):
        return None
    if ESQUEMA.match(destino) or destino.startswith("//"):
        return (
            "imagen-de-otro-sitio",
            "la página no pide nada a otro sitio: guarde la imagen en el proyecto",
        )
    if Path(destino).suffix.lower() not in IMAGENES:
        return (
            "imagen-que-no-lo-es",
            f"use una imagen ({', '.join(sorted(IMAGENES))}); un video o un documento se enlaza",
        )
    if destino.startswith("/"):
        return (
            "imagen-que-no-existe",
            "escriba la ruta desde esta página, sin / al empezar: el sitio puede estar en una"
            " carpeta",
        )
    ruta = carpeta / destino
    if not ruta.is_file():
        cerca = get_close_matches(ruta.name, _nombres(ruta.parent), 1)
        return (
            "imagen-que-no-existe",
            f"¿quiso decir «{cerca[0]}»?" if cerca else "guarde ahí la imagen o corrija la ruta",
        )
    if not ruta.resolve().is_relative_to(raiz.resolve()) or ruta.resolve().is_relative_to(
        (raiz / "data").resolve()
    ):
        return (
            "imagen-que-no-se-publica",
            "póngala en una carpeta del proyecto que no sea data/, por ejemplo imagenes/",
        )
    final = imagenes.TIPO_DE.get(ruta.suffix.lower())
    defecto = imagenes.defecto(final, ruta.read_bytes()) if final else ""
    return ("imagen-que-no-se-ve", defecto) if defecto else None


def _nombres(carpeta: Path) -> list[str]:
    return sorted(p.name for p in carpeta.iterdir()) if carpeta.is_dir() else []


def _de_enlace(enlace: Enlace, salida: str, raiz: Path, hay: Publicado) -> tuple[str, str] | None:
    destino = enlace.destino
    if enlace.texto is not None and not enlace.texto.strip():
        return "enlace-sin-texto", "escriba entre los corchetes adónde lleva"
    if not destino:
        return MUERTO, "escriba la dirección entre los paréntesis"
    if destino == "#":
        return MUERTO, "escriba tras # el ancla de esta página a la que lleva, o quite el enlace"
    if '"' in destino:
        return MUERTO, 'escriba %22 por cada comilla, o un espacio antes de un "título"'
    if ESQUEMA.match(destino):
        if destino.lower().startswith(SEGUROS):
            return None
        return MUERTO, "enlace a una dirección https: o a una página de este sitio"
    if destino.startswith("/"):
        return (
            MUERTO,
            "escriba la ruta desde esta página, sin / al empezar: el sitio puede estar en una"
            " carpeta",
        )
    ruta, _, ancla = unquote(destino).partition("#")
    ruta = ruta.partition("?")[0]
    meta = posixpath.normpath(posixpath.join(posixpath.dirname(salida), ruta)) if ruta else salida
    if ruta.endswith("/") or meta == ".":
        meta = posixpath.normpath(posixpath.join(meta, "index.html"))
    if meta.startswith(hay.por_generar):
        return None
    if meta not in hay.archivos:
        return MUERTO, _otro_destino(meta, ruta, raiz, hay)
    if ancla and meta in hay.anclas and ancla not in hay.anclas[meta]:
        cerca = get_close_matches(ancla, sorted(hay.anclas[meta]), 1)
        return (
            SIN_ANCLA,
            f"¿quiso decir «#{cerca[0]}»?"
            if cerca
            else f"póngala en un título de {meta}: ## Título {{#{ancla}}}",
        )
    return None


def _otro_destino(meta: str, ruta: str, raiz: Path, hay: Publicado) -> str:
    publicada = re.sub(r"\.(?:qmd|ipynb|md)$", ".html", meta)
    if publicada != meta and publicada in hay.archivos:
        return f"enlace a la página publicada: {re.sub(r'[.](?:qmd|ipynb|md)$', '.html', ruta)}"
    if Path(meta).suffix.lower() in IMAGENES and (raiz / meta).is_file():
        return "muestre la imagen con ![qué se ve](archivo): así viaja con la página"
    if (raiz / meta).is_file():
        return "ese archivo no se publica: enlace a una página del sitio o a su dirección completa"
    cerca = get_close_matches(meta, sorted(hay.archivos), 1)
    return f"¿quiso decir «{cerca[0]}»?" if cerca else "enlace a una página del sitio"


def _nombre(escrito: str) -> str:
    """El de un enlace o un título, como pandoc los compara: sin mirar mayúsculas ni espacios."""
    return " ".join(escrito.lower().split())


def _sin_definir(
    archivo: str, prosa: Prosa, de_la_pagina: Collection[str]
) -> Iterator[ErrorDeDatos]:
    """Un error por enlace o nota por su nombre que no se define. ``de_la_pagina``: sus títulos,
    que también son nombres de enlace.
    """
    definidos = {_nombre(m["nombre"]) for m in DEFINICION.finditer(prosa.texto)}
    definidos |= {_nombre(titulo) for titulo in de_la_pagina}
    for m in POR_NOMBRE.finditer(prosa.texto):
        nombre = m["nombre"] or m["texto"]
        if _nombre(nombre) not in definidos:
            yield ErrorDeDatos(
                archivo,
                prosa.linea(m.start()),
                None,
                m[0],
                MUERTO,
                f"diga adónde lleva, en su propia línea: [{nombre}]: dirección",
            )
    for m in NOTA_DE_NOTA.finditer(prosa.texto):
        yield ErrorDeDatos(
            archivo,
            prosa.linea(m.start()),
            None,
            m[0],
            "nota-dentro-de-otra",
            "una nota no llama a otra: junte las dos",
        )
    notas = set(NOTA_DEFINIDA.findall(prosa.texto))
    nombradas = set(NOTA.findall(prosa.texto))
    for m in NOTA_DEFINIDA.finditer(prosa.texto):
        if m[1] not in nombradas:
            yield ErrorDeDatos(
                archivo,
                prosa.linea(m.start()),
                None,
                m[0],
                "nota-sin-llamada",
                f"ponga [^{m[1]}] donde el texto la llama, o quite la nota: no se leería",
            )
    for m in NOTA.finditer(prosa.texto):
        if m[1] not in notas:
            yield ErrorDeDatos(
                archivo,
                prosa.linea(m.start()),
                None,
                m[0],
                "nota-sin-texto",
                f"escriba la nota en su propia línea: [^{m[1]}]: texto",
            )
