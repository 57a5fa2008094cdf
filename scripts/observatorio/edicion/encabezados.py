"""El encabezado de cada página y ``_quarto.yml``, revisados antes de construir: de ahí salen el
título, el formato y qué se publica.

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
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .claves import GENERADAS
from .no_admitido import DE_HTML, ETIQUETA, NO_ES_ETIQUETA, REGLA, SHORTCODE, SHORTCODES, lista
from .paginas import CIERRE, DE_OBRAS, FORMATO, SALIDAS, fuentes, obras_declaradas

QUARTO = "_quarto.yml"
FORMATOS = tuple(f"{FORMATO}-{s}" for s in SALIDAS)
SIN_CERRAR = "cierre el encabezado con una línea que diga solo ---"
DE_MAS = (
    "_quarto-*.yml",
    "_quarto.yml.local",
    "_quarto.yaml",
    "_variables.yml",
    "_brand.yml",
    "_brand.yaml",
    "_brand",
    "_metadata.yml",
    "*/_metadata.yml",
    "*/*/_metadata.yml",
)
"""Archivos que Quarto lee sin que nadie los nombre, y el otro motor no."""
TEXTOS = ("title", "subtitle", "description", "description-meta", "abstract", "pagetitle", "lang")
DE_UN_PARRAFO = ("title", "subtitle", "description", "description-meta", "pagetitle")
PARRAFOS = re.compile(r"\n[ \t]*\n")
SINO = ("draft", "number-sections")
"""Con ``true`` o ``false``: ``yes`` y ``no``, para Quarto, son textos."""
MARCADO = re.compile(r"<[A-Za-z/!]|\{\{|[\]`]\s?[({\[]|\[\^|\^\[|!\[|(?<![\w\\])@[\w{]|\n[ \t]*\n")
TEXTO_LLANO = "el título del sitio y las entradas del menú son texto llano: quítelo"
VALORES = {
    "project.type": "default",
    "execute.enabled": "false",
    "execute.echo": "false",
    "execute.output": "asis",
    "html-table-processing": "none",
}
"""De ``_quarto.yml``, lo que solo se puede escribir de una forma: el otro motor no lo mira."""
NO_ES_PAGINA = (
    "una página se escribe en un .qmd; un cuaderno va en notebooks/analisis/, y no en"
    " project.render"
)
CON_TEXTO_Y_HREF = "cada entrada lleva texto y href, como {texto: Inicio, href: /index.html}"
NUMERO = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+")
"""Lo que YAML 1.2, que lee Quarto, toma por un número si va sin comillas."""
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
    contenido, _ = cargar_yaml(QUARTO, _texto_de_quarto(proyecto), [])
    comunes = contenido if isinstance(contenido, dict) else {}
    return tuple(proyecto.raiz / n for n in obras_declaradas(comunes, ["bibliography"]))


def _texto_de_quarto(proyecto: Proyecto) -> str:
    """``_quarto.yml``, o nada si no se puede leer: ya lo dice su propio defecto."""
    try:
        return lecturas.texto(proyecto.raiz / QUARTO)
    except (OSError, UnicodeDecodeError):
        return ""


def defectos_de_paginas(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por encabezado que no se puede leer, o por clave o formato que no hay, con su
    línea.
    """
    yield from _de_quarto(proyecto)
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
        yield from _de_encabezado(proyecto, ruta, texto)


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
            yield _clave_de_mas(archivo, linea, clave, admitidas)
    yield from _de_valores(archivo, contenido, lineas)
    yield from _numeros_sin_comillas(archivo, escrito, contenido)
    yield from (replace(e, fila=(e.fila or 0) + 1) for e in _de_si_o_no(archivo, escrito))
    yield from _de_formatos(archivo, lineas.get("format"), contenido.get("format"))
    for numero, renglon in enumerate(escrito.split("\n"), 2):
        for m in ETIQUETA.finditer(renglon):
            if m[1].lower() not in DE_HTML:
                yield ErrorDeDatos(archivo, numero, None, m[0], REGLA, NO_ES_ETIQUETA)
        for m in SHORTCODE.finditer(renglon):
            yield ErrorDeDatos(archivo, numero, None, m[0], REGLA, SHORTCODES)
    yield from _de_archivos(proyecto, archivo, ruta.parent, contenido, lineas)
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


def _clave_de_mas(archivo: str, linea: int, clave: str, admitidas: tuple[str, ...]) -> ErrorDeDatos:
    return ErrorDeDatos(
        archivo,
        linea,
        clave,
        None,
        REGLA,
        f"quítela: aquí solo se admiten {', '.join(admitidas)}",
    )


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


def _de_si_o_no(archivo: str, escrito: str) -> Iterator[ErrorDeDatos]:
    raiz = arbol(escrito)
    for clave, valor in raiz.value if isinstance(raiz, yaml.MappingNode) else ():
        es_texto = isinstance(valor, yaml.ScalarNode) and not valor.style
        if clave.value in SINO and not (es_texto and valor.value in ("true", "false")):
            yield ErrorDeDatos(
                archivo,
                clave.start_mark.line + 1,
                clave.value,
                str(valor.value),
                "valor-del-encabezado",
                f"escriba {clave.value}: true, o quítela",
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


def idioma_conocido(codigo: str) -> bool:
    """Si es un código de idioma que existe (``es``, ``qu``, ``es-PE``)."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", codigo):
        return False
    from babel.core import get_global

    return codigo.partition("-")[0].lower() in get_global("likely_subtags")


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


def _de_archivos(
    proyecto: Proyecto,
    archivo: str,
    carpeta: Path,
    contenido: Mapping[str, object],
    lineas: Mapping[str, int],
) -> Iterator[ErrorDeDatos]:
    for clave, final in zip(DE_OBRAS, (".bib", ".csl"), strict=True):
        for nombre in obras_declaradas(contenido, [clave]):
            ruta = carpeta / nombre
            if not nombre.endswith(final) or not ruta.is_file():
                yield ErrorDeDatos(
                    archivo,
                    lineas.get(clave),
                    clave,
                    nombre,
                    "archivo-ausente",
                    f"guarde ahí un archivo {final} o corrija la ruta",
                )
            elif not ruta.resolve().is_relative_to(proyecto.raiz.resolve()):
                yield ErrorDeDatos(
                    archivo,
                    lineas.get(clave),
                    clave,
                    nombre,
                    "ruta-fuera-del-proyecto",
                    "copie el archivo dentro de la carpeta del proyecto",
                )


def _segundo_encabezado(archivo: str, texto: str, desde: int) -> Iterator[ErrorDeDatos]:
    """Un bloque de claves en medio de la página: pandoc lo tomaría por encabezado."""
    from .prosa import leer_prosa

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


def menus(proyecto: Proyecto) -> Iterator[tuple[int, str]]:
    """``(línea, dirección)`` de cada entrada del menú y del pie."""
    for clave, valor in _observatorio(proyecto):
        if clave not in ("menu", "pie") or not isinstance(valor, yaml.SequenceNode):
            continue
        for entrada in valor.value:
            if isinstance(entrada, yaml.MappingNode):
                for nombre, href in entrada.value:
                    if nombre.value == "href":
                        yield href.start_mark.line + 1, str(href.value)


def _de_observatorio(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Lo que toda página lleva del sitio: cada motor leería a su modo lo que no fuera texto."""
    textos: list[yaml.Node] = []
    for clave, valor in _observatorio(proyecto):
        if clave not in ("menu", "pie"):
            textos.append(valor)
        elif isinstance(valor, yaml.ScalarNode) and valor.value:
            linea = valor.start_mark.line + 1
            yield ErrorDeDatos(QUARTO, linea, clave, valor.value, REGLA, CON_TEXTO_Y_HREF)
        for entrada in valor.value if isinstance(valor, yaml.SequenceNode) else ():
            dicho = dict(entrada.value) if isinstance(entrada, yaml.MappingNode) else {}
            partes = {str(k.value): v for k, v in dicho.items()}
            if all(isinstance(partes.get(p), yaml.ScalarNode) for p in ("texto", "href")):
                textos.append(partes["texto"])
            else:
                linea = entrada.start_mark.line + 1
                yield ErrorDeDatos(QUARTO, linea, "observatorio", None, REGLA, CON_TEXTO_Y_HREF)
    for texto in textos:
        if isinstance(texto, yaml.ScalarNode) and (m := MARCADO.search(texto.value)):
            linea = texto.start_mark.line + 1
            yield ErrorDeDatos(QUARTO, linea, "observatorio", m[0], REGLA, TEXTO_LLANO)


def _observatorio(proyecto: Proyecto) -> Iterator[tuple[str, yaml.Node]]:
    try:
        raiz = arbol(_texto_de_quarto(proyecto))
    except yaml.YAMLError:
        return
    if isinstance(raiz, yaml.MappingNode):
        for clave, valor in raiz.value:
            if clave.value == "observatorio" and isinstance(valor, yaml.MappingNode):
                yield from ((str(k.value), v) for k, v in valor.value)


def _de_quarto(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    ruta = proyecto.raiz / QUARTO
    if (inaccesible := defecto_de_acceso(proyecto, ruta)) is not None:
        yield inaccesible
        return
    try:
        texto = lecturas.texto(ruta)
    except UnicodeDecodeError as e:
        yield ErrorDeDatos(
            QUARTO,
            None,
            None,
            f"byte {e.start}",
            "no-es-utf8",
            "guarde el archivo con codificación UTF-8",
        )
        return
    errores: list[ErrorDeDatos] = []
    conf, leido = cargar_yaml(QUARTO, texto, errores)
    yield from errores
    if not leido:
        return
    proyecto_de_quarto = conf.get("project") if isinstance(conf, dict) else None
    paginas = proyecto_de_quarto.get("render") if isinstance(proyecto_de_quarto, dict) else None
    if not (isinstance(paginas, list) and all(isinstance(p, str) for p in paginas)):
        yield ErrorDeDatos(
            QUARTO,
            None,
            "project.render",
            None,
            "paginas-sin-declarar",
            "diga qué páginas se publican, como project: {render: [/*.qmd]}",
        )
    else:
        for patron in paginas:
            if "*" in patron and not patron.startswith("/"):
                yield ErrorDeDatos(
                    QUARTO,
                    None,
                    "project.render",
                    patron,
                    "paginas-de-cualquier-carpeta",
                    f"escriba /{patron}: sin la barra, Quarto la busca en cualquier carpeta",
                )
    if isinstance(conf, dict):
        escritas = {c: (linea, valor) for c, linea, valor in _claves_de_proyecto(texto)}
        lineas = {clave: linea for clave, (linea, _) in escritas.items()}
        for clave in VALORES.keys() & escritas.keys():
            linea, valor = escritas[clave]
            if valor != VALORES[clave]:
                remedio = f"escriba {clave.rpartition('.')[2]}: {VALORES[clave]}"
                yield ErrorDeDatos(QUARTO, linea, clave, valor, REGLA, remedio)
        yield from _de_claves_de_proyecto(proyecto, conf, lineas)
        yield from _de_si_o_no(QUARTO, texto)
        yield from _de_observatorio(proyecto)
    for patron in DE_MAS:
        for sobra in sorted(proyecto.raiz.glob(patron)):
            yield ErrorDeDatos(
                proyecto.relativa(sobra),
                None,
                None,
                None,
                REGLA,
                f"solo Quarto lo lee: lleve lo que dice a {QUARTO} o a las páginas, y bórrelo",
            )


def _de_claves_de_proyecto(
    proyecto: Proyecto, conf: Mapping[str, object], lineas: Mapping[str, int]
) -> Iterator[ErrorDeDatos]:
    admitidas = lista(proyecto).proyecto
    for clave, linea in lineas.items():
        if clave not in admitidas:
            yield _clave_de_mas(QUARTO, linea, clave, admitidas)
    if conf.get("format") != FORMATOS[0]:
        yield ErrorDeDatos(
            QUARTO,
            lineas.get("format"),
            "format",
            None if conf.get("format") is None else str(conf.get("format")),
            "formato-de-pagina",
            f"escriba format: {FORMATOS[0]}",
        )
    idioma = conf.get("lang")
    if not (isinstance(idioma, str) and idioma_conocido(idioma)):
        yield ErrorDeDatos(
            QUARTO,
            lineas.get("lang"),
            "lang",
            None if idioma is None else str(idioma),
            "idioma-desconocido",
            "escriba el idioma del sitio, como lang: es",
        )
    yield from _de_archivos(proyecto, QUARTO, proyecto.raiz, conf, lineas)


def _claves_de_proyecto(texto: str) -> Iterator[tuple[str, int, str]]:
    """Las claves de ``_quarto.yml`` y, de las que Quarto lee por dentro, las suyas: cada una con
    su línea y lo que dice.
    """
    raiz = arbol(texto)
    if not isinstance(raiz, yaml.MappingNode):
        return
    for clave, valor in raiz.value:
        yield str(clave.value), clave.start_mark.line + 1, str(valor.value)
        if clave.value in ("project", "execute") and isinstance(valor, yaml.MappingNode):
            for dentro, dicho in valor.value:
                linea = dentro.start_mark.line + 1
                yield f"{clave.value}.{dentro.value}", linea, str(dicho.value)
