"""Lo que cada salida de una página lleva: la web no muestra lo que va en ``solo-boletin``, ni el
PDF lo que va en ``solo-pagina``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..errores import ErrorDeDatos
from .enlaces import corchete, titulos
from .lista import REGLA
from .prosa import en_blanco, leer_prosa

AJENO = {"html": "solo-boletin", "typst": "solo-pagina"}
DICHA = {"html": "la página web", "typst": "el PDF"}
NIVEL_SALTADO = "nivel-de-titulo-saltado"
CAJA = re.compile(
    r"(?m)^[ \t>]*:{3,}[ \t]*(?P<abre>\S.*)?$|<div\b(?P<de_html>[^<>]*)>|(?P<cierra></div>)"
)
DE_CAJA = re.compile(r":{3,}[^\n]*callout-(?![^\n]*\btitle\s*=)[^\n]*\s*\Z")
"""Lo que hay antes del título de una caja, que no es un título de la página."""
DE_LA_WEB = re.compile(r"\{[^{}]*\.(?:pieza|kpi|correo)(?![\w-])[^{}]*\}")
TROZO_DE_HTML = re.compile(r"(?P<cerca>`+)(?P<html>[^`]+)(?P=cerca)(?P<marca>\{=html\})")
COMENTARIO = re.compile(r"<!--.*?-->", re.DOTALL)
DICE_ALGO = re.compile(r"<(?:img|svg|hr)\b|(?:\A|>)\s*[^<\s]", re.IGNORECASE)
PALABRAS = re.compile(r"\]\{(?P<atributos>[^{}]*)\}")


def de_la_salida(texto: str, formato: str) -> str:
    """El texto sin lo que esa salida no lleva, con cada letra de lo demás en su sitio."""
    ajeno = AJENO[formato]
    if ajeno not in texto:
        return texto
    clase = re.compile(rf"(?<![\w-]){ajeno}(?![\w-])")
    prosa = leer_prosa(texto).texto
    sobra: list[tuple[int, int]] = []
    abiertas: list[tuple[int, bool]] = []
    for m in CAJA.finditer(prosa):
        atributos = m["abre"] if m["abre"] is not None else m["de_html"]
        if atributos is not None:
            abiertas.append((m.start(), clase.search(atributos) is not None))
        elif abiertas:
            desde, es_ajena = abiertas.pop()
            if es_ajena:
                sobra.append((desde, m.end()))
    for m in PALABRAS.finditer(prosa):
        if clase.search(m["atributos"]) and (abre := corchete(prosa, m.start())) is not None:
            sobra.append((abre, m.end()))
    for desde, hasta in sobra:
        texto = f"{texto[:desde]}{en_blanco(texto[desde:hasta])}{texto[hasta:]}"
    return texto


def piezas_en_el_pdf(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    """Un error por pieza, indicador o correo que iría en un PDF: solo se hacen para la web."""
    prosa = leer_prosa(texto)
    for m in DE_LA_WEB.finditer(prosa.texto):
        remedio = "eso solo sale en la página web: póngalo en ::: {.solo-pagina}"
        yield ErrorDeDatos(archivo, prosa.linea(m.start()), None, m[0], REGLA, remedio)


def html_en_el_pdf(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    """Un error por bloque o trozo de HTML que diría algo en un PDF: ningún motor lo lleva a él
    igual.
    """
    prosa = leer_prosa(texto)
    lineas = prosa.crudo.split("\n")
    desde = [cerca.linea for cerca in prosa.cercas] + [len(lineas)]
    bloques = [(d, "\n".join(lineas[d:h])) for d, h in pairwise(desde)]
    trozos = [
        (prosa.linea(m.start()), m["html"])
        for m in TROZO_DE_HTML.finditer(texto)
        if prosa.texto.startswith(m["marca"], m.start("marca"))
    ]
    for linea, html in sorted(bloques + trozos):
        if DICE_ALGO.search(COMENTARIO.sub("", html)):
            remedio = (
                "lo escrito en HTML no llega al PDF: escríbalo en Markdown, o póngalo en"
                " ::: {.solo-pagina} y lo que dirá el PDF en ::: {.solo-boletin}"
            )
            dicho = " ".join(html.split())[:60]
            yield ErrorDeDatos(archivo, linea, None, dicho, REGLA, remedio)


def niveles_saltados(archivo: str, texto: str, formato: str) -> Iterator[ErrorDeDatos]:
    """Un error por título que baja más de un nivel de una vez: quien oye la página lo echa en
    falta, y un PDF accesible no lo admite. El de la página es el primero de todos.
    """
    prosa, previo, desde = leer_prosa(texto), 1, 0
    for titulo in titulos(texto, prosa):
        antes = prosa.texto[desde : titulo.posicion]
        if _titulo_ajeno(titulo.texto, formato) or DE_CAJA.search(antes):
            continue
        # Una pieza puede traer sus propios títulos.
        if titulo.nivel > previo + 1 and ".pieza" not in antes:
            debido, dicho = "#" * (previo + 1), f"{'#' * titulo.nivel} {titulo.texto}"
            remedio = f"escriba {debido} Título: los títulos bajan de nivel de uno en uno"
            yield ErrorDeDatos(archivo, titulo.linea, None, dicho, NIVEL_SALTADO, remedio)
        previo, desde = titulo.nivel, titulo.posicion


def _titulo_ajeno(titulo: str, formato: str) -> bool:
    """Si esa salida no lleva el título, con lo que dice entre llaves, aunque sí lo que le sigue."""
    return re.search(rf"\{{[^{{}}]*\.{AJENO[formato]}(?![\w-])[^{{}}]*\}}\s*$", titulo) is not None
