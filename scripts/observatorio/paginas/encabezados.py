"""El encabezado de cada página, revisado antes de construir: de ahí salen el título y el formato.

Se admiten unas claves y ninguna más: con cualquier otra, Quarto haría algo que el otro motor no
hace, o la página perdería la plantilla del sitio sin que nadie lo dijera.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..base.yaml_estricto import arbol, cargar_yaml
from ..edicion.claves import GENERADAS
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .claves import FORMATOS, QUARTO, clave_de_mas, de_archivos, de_si_o_no, idioma_conocido
from .de_quarto import defectos_de_quarto, texto_de_quarto
from .etiquetas import DE_HTML, ETIQUETA, por_que_no
from .fuentes import CIERRE, FORMATO, SALIDAS, fuentes, obras_declaradas
from .lista import REGLA, lista
from .no_admitido import SHORTCODE, SHORTCODES
from .prosa import leer_prosa

SIN_CERRAR = "cierre el encabezado con una línea que diga solo ---"
TEXTOS = ("title", "subtitle", "description", "description-meta", "abstract", "pagetitle", "lang")
DE_UN_PARRAFO = ("title", "subtitle", "description", "description-meta", "pagetitle")
PARRAFOS = re.compile(r"\n[ \t]*\n")
NO_ES_PAGINA = (
    "una página se escribe en un .qmd; un cuaderno va en notebooks/analisis/, y no en"
    " project.render"
)
NUMERO = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+")
"""Lo que YAML 1.2, que lee Quarto, toma por un número si va sin comillas."""
CR_SUELTO, SALTO = re.compile(rb"\r(?!\n)"), re.compile(rb"\r\n|\n|\r")
DE_AUTOR = {"name", "affiliation"}
MARCA, TABULADOR = "\ufeff", re.compile(r"\A\s+---[ \t]*\n")


def fuentes_del_autor(proyecto: Proyecto) -> list[Path]:
    """Las páginas que alguien escribe: las que ``render:`` nombra y no son generadas, y toda
    ``.qmd`` de la raíz.
    """
    return [p for p in _no_generadas(proyecto) if p.suffix == ".qmd"]


def _no_generadas(proyecto: Proyecto) -> list[Path]:
    todas = {*fuentes(proyecto), *proyecto.raiz.glob("*.qmd")}
    return sorted(
        p
        for p in todas
        if not p.name.startswith(("_", ".")) and not GENERADAS.fullmatch(proyecto.relativa(p))
    )


def encabezado_de(proyecto: Proyecto, ruta: Path) -> tuple[str, dict[str, object]] | None:
    """``(texto de la página, encabezado)``; nada si no se pueden leer, que ya lo dicen los
    defectos.
    """
    if defecto_de_acceso(proyecto, ruta) is not None:
        return None
    try:
        texto = lecturas.texto(ruta)
    except UnicodeDecodeError:
        return None
    if not texto.startswith("---\n"):
        return texto, {}
    cierre = CIERRE.search(texto, 4)
    if cierre is None:
        return None
    contenido, leido = cargar_yaml("", texto[4 : cierre.start()], [])
    if not leido or not isinstance(contenido, dict | None):
        return None
    return texto, contenido or {}


def bibliografias(
    proyecto: Proyecto, pagina: Path, metadatos: Mapping[str, object]
) -> tuple[Path, ...]:
    """Los archivos de obras de una página: los suyos, desde su carpeta, o los del proyecto, desde
    la raíz.
    """
    if propias := obras_declaradas(metadatos, ["bibliography"]):
        return tuple(pagina.parent / n for n in propias)
    contenido, _ = cargar_yaml(QUARTO, texto_de_quarto(proyecto), [])
    comunes = contenido if isinstance(contenido, dict) else {}
    return tuple(proyecto.raiz / n for n in obras_declaradas(comunes, ["bibliography"]))


def defectos_de_paginas(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por encabezado que no se puede leer, o por clave o formato que no hay, con su
    línea.
    """
    yield from defectos_de_quarto(proyecto)
    for ruta in _no_generadas(proyecto):
        if ruta.suffix != ".qmd":
            archivo = proyecto.relativa(ruta)
            yield ErrorDeDatos(archivo, None, None, None, "pagina-que-no-lo-es", NO_ES_PAGINA)
            continue
        if (inaccesible := defecto_de_acceso(proyecto, ruta)) is not None:
            yield inaccesible
            continue
        archivo = proyecto.relativa(ruta)
        try:
            texto = lecturas.texto(ruta)
        except UnicodeDecodeError as e:
            yield ErrorDeDatos(
                archivo,
                lecturas.leer(ruta)[: e.start].count(b"\n") + 1,
                None,
                f"byte 0x{e.object[e.start]:02x}",
                "no-es-utf8",
                "guarde la página con codificación UTF-8",
            )
            continue
        yield from de_saltos(archivo, lecturas.leer(ruta))
        yield from _de_encabezado(proyecto, ruta, texto)


def de_saltos(archivo: str, contenido: bytes) -> Iterator[ErrorDeDatos]:
    """Los saltos de línea de los Mac de antes de 2001 (CR): Quarto no ve ninguno en ellos."""
    if (suelto := CR_SUELTO.search(contenido)) is not None:
        linea = len(SALTO.findall(contenido, 0, suelto.start())) + 1
        remedio = "guarde el archivo con los saltos de línea de Windows (CRLF) o de Unix (LF)"
        yield ErrorDeDatos(archivo, linea, None, "CR", "salto-de-linea", remedio)


def _de_encabezado(proyecto: Proyecto, ruta: Path, texto: str) -> Iterator[ErrorDeDatos]:
    archivo = proyecto.relativa(ruta)
    if not texto.startswith("---\n"):
        fuera = texto.startswith((MARCA, "--- ", "---\t")) or TABULADOR.match(texto)
        yield ErrorDeDatos(
            archivo,
            1,
            None,
            None,
            "encabezado-fuera-de-lugar" if fuera else "pagina-sin-titulo",
            "el archivo empieza con una línea que dice solo ---, sin nada antes ni después"
            if fuera
            else 'empiece la página con tres líneas: ---, title: "Su título", ---',
        )
        return
    cierre = CIERRE.search(texto, 4)
    if cierre is None:
        yield ErrorDeDatos(archivo, 1, None, "---", "encabezado-sin-cerrar", SIN_CERRAR)
        return
    if cierre[0].startswith("."):
        linea = texto.count("\n", 0, cierre.start()) + 1
        yield ErrorDeDatos(archivo, linea, None, "...", "encabezado-sin-cerrar", SIN_CERRAR)
    errores: list[ErrorDeDatos] = []
    escrito = texto[4 : cierre.start()]
    contenido, leido = cargar_yaml(archivo, escrito, errores)
    yield from (replace(e, fila=None if e.fila is None else e.fila + 1) for e in errores)
    if not leido:
        return
    if contenido is not None and not isinstance(contenido, dict):
        yield ErrorDeDatos(
            archivo,
            2,
            None,
            None,
            "encabezado-sin-claves",
            'escriba en cada línea una clave y su valor, como title: "Plan"',
        )
        return
    contenido = contenido or {}
    lineas = {clave: linea + 1 for clave, linea in _claves_con_linea(escrito)}
    admitidas = lista(proyecto).encabezado
    for clave, linea in lineas.items():
        if clave not in admitidas:
            yield clave_de_mas(archivo, linea, clave, admitidas)
    yield from _de_valores(archivo, contenido, lineas)
    yield from _numeros_sin_comillas(archivo, escrito, contenido)
    yield from (replace(e, fila=(e.fila or 0) + 1) for e in de_si_o_no(archivo, escrito))
    yield from _de_formatos(archivo, lineas.get("format"), contenido.get("format"))
    for numero, renglon in enumerate(escrito.split("\n"), 2):
        for m in ETIQUETA.finditer(renglon):
            if m[1].lower() not in DE_HTML:
                yield ErrorDeDatos(archivo, numero, None, m[0], REGLA, por_que_no(m[1]))
        for m in SHORTCODE.finditer(renglon):
            yield ErrorDeDatos(archivo, numero, None, m[0], REGLA, SHORTCODES)
    yield from de_archivos(proyecto, archivo, ruta.parent, contenido, lineas)
    yield from _segundo_encabezado(archivo, texto, cierre.end())


def _claves_con_linea(escrito: str) -> Iterator[tuple[str, int]]:
    """Las claves de arriba de un YAML ya leído, y la línea de cada una."""
    try:
        raiz = arbol(escrito)
    except yaml.YAMLError:
        return
    if isinstance(raiz, yaml.MappingNode):
        for clave, _ in raiz.value:
            yield str(clave.value), clave.start_mark.line + 1


def _de_valores(
    archivo: str, contenido: Mapping[str, object], lineas: Mapping[str, int]
) -> Iterator[ErrorDeDatos]:
    def error(clave: str, regla: str, remedio: str) -> ErrorDeDatos:
        valor = contenido.get(clave)
        dicho = None if valor is None else str(valor)
        return ErrorDeDatos(archivo, lineas.get(clave, 1), clave, dicho, regla, remedio)

    if not str(contenido.get("title") or "").strip():
        yield error("title", "pagina-sin-titulo", 'escriba en el encabezado title: "Su título"')
    for clave in TEXTOS:
        valor = contenido.get(clave)
        if clave not in contenido or (clave == "title" and not valor):
            continue
        if not (isinstance(valor, str) and valor.strip()):
            yield error(clave, "valor-del-encabezado", f'escriba un texto, como {clave}: "…"')
        elif clave in DE_UN_PARRAFO and PARRAFOS.search(valor.strip()):
            yield error(clave, "valor-del-encabezado", "escríbalo en un solo párrafo")
    fecha = contenido.get("date")
    if "date" in contenido and not _es_fecha(fecha):
        yield error(
            "date",
            "valor-del-encabezado",
            "escriba el día, como date: 2026-03-31: la página no depende de cuándo se construye",
        )
    if "author" in contenido and not _son_autores(contenido["author"]):
        yield error(
            "author",
            "valor-del-encabezado",
            'escriba author: "Nombre", una lista de nombres, o en cada uno name y affiliation',
        )
    idioma = contenido.get("lang")
    if isinstance(idioma, str) and idioma.strip() and not idioma_conocido(idioma):
        yield error("lang", "idioma-desconocido", "use el código del idioma, como es, qu o es-PE")


def _numeros_sin_comillas(
    archivo: str, escrito: str, contenido: Mapping[str, object]
) -> Iterator[ErrorDeDatos]:
    """Los textos que solo aquí lo son: con otro lector de YAML serían números."""
    raiz = arbol(escrito)
    for clave, valor in raiz.value if isinstance(raiz, yaml.MappingNode) else ():
        if not isinstance(contenido.get(clave.value), str) or clave.value not in TEXTOS:
            continue
        if not valor.style and NUMERO.fullmatch(str(valor.value)):
            yield ErrorDeDatos(
                archivo,
                clave.start_mark.line + 2,
                clave.value,
                valor.value,
                "valor-del-encabezado",
                f'escríbalo entre comillas, {clave.value}: "{valor.value}": es un número',
            )


def _es_fecha(valor: object) -> bool:
    if isinstance(valor, date):
        return type(valor) is date
    try:
        return isinstance(valor, str) and date.fromisoformat(valor).isoformat() == valor
    except ValueError:
        return False


def _son_autores(valor: object) -> bool:
    autores = valor if isinstance(valor, list) else [valor]
    return bool(autores) and all(
        (isinstance(a, str) and a.strip() != "")
        or (
            isinstance(a, dict)
            and set(a) <= DE_AUTOR
            and all(isinstance(v, str) and v.strip() for v in a.values())
            and "name" in a
        )
        for a in autores
    )


def _de_formatos(archivo: str, linea: int | None, pedidos: object) -> Iterator[ErrorDeDatos]:
    nombres = (
        [pedidos]
        if isinstance(pedidos, str)
        else list(pedidos)
        if isinstance(pedidos, dict)
        else []
        if pedidos is None
        else [str(pedidos)]
    )
    for nombre in nombres:
        if nombre not in FORMATOS:
            yield ErrorDeDatos(
                archivo,
                linea,
                "format",
                str(nombre),
                "formato-de-pagina",
                f"use {' o '.join(FORMATOS)}, o quite format: una página sin él sale en HTML",
            )
        elif isinstance(pedidos, dict) and isinstance(opciones := pedidos[nombre], dict):
            for opcion, valor in opciones.items():
                final = f".{SALIDAS[nombre.removeprefix(f'{FORMATO}-')]}"
                if opcion == "output-file" and not _es_nombre(valor, final):
                    remedio = f"escriba solo un nombre, como otra{final}: queda junto a la página"
                    escrito = f"output-file: {valor}"
                    yield ErrorDeDatos(archivo, linea, "format", escrito, REGLA, remedio)
                elif opcion != "output-file":
                    yield ErrorDeDatos(
                        archivo,
                        linea,
                        "format",
                        f"{nombre}: {opcion}",
                        REGLA,
                        f"escriba {nombre}: default, sin más opciones",
                    )


def _es_nombre(valor: object, final: str) -> bool:
    return (
        isinstance(valor, str) and re.fullmatch(rf"\w[\w.-]*{re.escape(final)}", valor) is not None
    )


def _segundo_encabezado(archivo: str, texto: str, desde: int) -> Iterator[ErrorDeDatos]:
    """Un bloque de claves en medio de la página: pandoc lo tomaría por encabezado."""
    prosa = leer_prosa(texto)
    for m in re.finditer(
        r"(?ms)(?<=\n\n)---[ \t]*\n(?=\S)(.*?)^(?:---|\.\.\.)[ \t]*$", prosa.texto
    ):
        contenido, leido = cargar_yaml(archivo, m[1], [])
        if m.start() >= desde and leido and isinstance(contenido, dict):
            yield ErrorDeDatos(
                archivo,
                prosa.linea(m.start()),
                None,
                "---",
                "encabezado-repetido",
                "una página tiene un solo encabezado, arriba; para una raya deje una línea en"
                " blanco antes y después de ---",
            )
