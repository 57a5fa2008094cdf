"""Lo que una página nombra con ``@``: sus figuras, tablas, secciones y ecuaciones, y las obras que
cita.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import dropwhile, takewhile
from pathlib import Path

from ..base import lecturas
from ..catalogo.piezas_de_pagina import ANCLAS_DE_PIEZAS
from ..errores import ErrorDeDatos
from .enlaces import DE_LA_PLANTILLA, DESTINO, anclas_de_titulos, anclas_escritas
from .fuentes import CITA as CITA_DE_PIEZA
from .lista import NoAdmitido
from .prosa import FORMULA, Prosa, leer_prosa, sin, sin_comentarios

CITA = re.compile(
    r"(?<![\w@\\/])@(?:\{(?P<entre>[^}\s]+)\}|(?P<suelta>[^\W_](?:[\w:.#$%&+?<>~/-]*\w)?))"
)
AUTOMATICO = re.compile(r"<[A-Za-z][\w+.-]*:[^>\s]*>|https?://\S+")
CRUZADAS = ("fig", "tbl", "sec", "eq")
EJEMPLO = re.compile(r"(?m)^[ \t>]*\(@([\w-]*)\)(?=[ \t])")
"""El comienzo de un elemento de una lista de ejemplos, que se numera sola: ``(@uno) Texto``."""
DE_DIV = r"(?m:^[ \t>]*:{3,}[ \t]*)\{[^{}]*#"
DE_DIV_EN_HTML = r"<div\b[^<>]*\sid\s*=\s*[\"']"
DE_IMAGEN = (
    r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
    r"(?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])"
)
IMAGEN = re.compile(rf"{DE_IMAGEN}(?:\{{(?P<atributos>[^{{}}]*)\}})?")
DE_FIGURA = re.compile(r"#(fig-[\w:.-]+)")
EMPIEZA = re.compile(r"[ \t>]*(?:[-*+:~]|\(?[\w#@]{1,4}[.)])[ \t]+")
"""El comienzo de un elemento de una lista, que empieza párrafo."""
CORTA = re.compile(r"[ \t>]*(?:(?::{3,}|<).*)?$")
"""Una línea entre dos párrafos: vacía, o la que abre o cierra una caja."""
DE_TITULO = r"(?m:^[ \t>]*(?:[-*+][ \t]+)?#{1,6}[ \t].*)\{[^{}\n]*#"
DE_LEYENDA = r"(?m:^[ \t>]*(?::|[Tt]able:)[ \t])(?:[^{}\n]|\n(?![ \t]*\n))*\{[^{}\n]*#"
LEYENDA = re.compile(rf"{DE_LEYENDA}(?P<ancla>tbl-[\w:.-]+)")
DE_TABLA = re.compile(r"[|+]|(?=.*--)[-:+|= ]+$|<table\b|.*\S[ \t]*\|[ \t]*\S")
"""Una línea que solo puede ser de una tabla: una de sus filas, o la raya bajo sus títulos."""
VACIA = re.compile(
    r"(?m)^[ \t>]*:{3,}[ \t]*\{[^{}]*#(?P<ancla>(?P<tipo>fig|tbl)-[\w:.-]+)[^{}]*\}[ \t]*:*[ \t]*$"
    r"(?P<dentro>(?:\n[ \t>]*)*?)\n[ \t>]*:{3,}[ \t]*$"
)
ECUACION = re.compile(r"\$\$[ \t]*\n?[ \t>]*\{#(?P<ancla>eq-[\w:.-]+)\}")
NUMERADA = {
    "sec": re.compile(rf"{DE_TITULO}(sec-[\w:.-]+)"),
    "fig": re.compile(rf"(?:{DE_DIV}|{DE_DIV_EN_HTML})(fig-[\w:.-]+)"),
    "tbl": re.compile(rf"(?:{DE_LEYENDA}|{DE_DIV}|{DE_DIV_EN_HTML})(tbl-[\w:.-]+)"),
    "eq": ECUACION,
}
"""Dónde va el identificador de lo que lleva número; en otra parte es un ancla, y no lo lleva."""
DE_QUE = {
    "sec": "un título: ## Título {#",
    "fig": "una imagen sola en su párrafo, fuera de tablas y notas: ![qué se ve](archivo){#",
    "tbl": "el título de una tabla: : Título {#",
    "eq": "una ecuación entre $$, fuera de tablas, notas y títulos: $$…$$ {#",
}
SIN_NUMERO = re.compile(
    r"(?m)^[ \t>]*(?:\|.*\||\[\^[^\]\n]+\]:.*|#{1,6}[ \t].*)$|\^\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
)
"""Una fila de tabla, una nota o un título: dentro nada se numera."""
COMO_TEXTO = re.compile(r"(?:\$[ \t]*\n?|(?m:^))[ \t>]*\{#([\w:.-]+)[^{}]*\}")
"""Un identificador tras una fórmula o solo en su párrafo: si no numera, se leería tal cual."""
SIN_REFERENCIA = "referencia-a-lo-que-no-existe"
OBRA = re.compile(r"(?m)^\s*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s}]+)\s*,", re.IGNORECASE)


def obras(rutas: Collection[Path]) -> frozenset[str]:
    """Las claves de las obras de unos archivos BibTeX."""
    return frozenset(c for r in rutas for c in OBRA.findall(lecturas.texto(r, "replace")))


def anclas_de_obras(texto: str, citables: Collection[str]) -> frozenset[str]:
    """Los identificadores de la lista de obras de una página, y de cada una que cita."""
    citas = CITA.finditer(_solo_prosa(leer_prosa(texto).texto))
    citadas = {m["entre"] or m["suelta"] for m in citas} & set(citables)
    return frozenset({f"ref-{c}" for c in citadas} | ({"referencias"} if citadas else set()))


def _solo_prosa(texto: str) -> str:
    """Sin fórmulas ni direcciones, donde un ``@`` no cita nada."""
    return sin(texto, FORMULA, DESTINO, AUTOMATICO)


def numeradas(texto: str) -> frozenset[str]:
    """Los identificadores de lo que lleva número en una página, que son los que se nombran con
    ``@``: la figura, la tabla, la sección y la ecuación que los llevan donde se espera.
    """
    prosa = leer_prosa(texto)
    fuera = sin(prosa.texto, SIN_NUMERO)
    escritas = {
        ancla
        for tipo, patron in NUMERADA.items()
        for ancla in patron.findall(fuera if tipo == "eq" else prosa.texto)
    }
    figuras = {ancla for _, ancla, sola in _imagenes_numeradas(prosa) if sola}
    titulos = {a for a in anclas_de_titulos(texto, prosa) if a[:4] == "sec-"}
    return frozenset(escritas | figuras | titulos)


def _imagenes_numeradas(prosa: Prosa) -> Iterator[tuple[int, str, bool]]:
    """``(posición, identificador, si va sola en su párrafo)`` de cada imagen que pide número."""
    imagenes = [(m, DE_FIGURA.search(m["atributos"] or "")) for m in IMAGEN.finditer(prosa.texto)]
    if not any(ancla for _, ancla in imagenes):
        return
    lineas = IMAGEN.sub(lambda m: "\0" * len(m[0]), prosa.texto).split("\n")
    inicios, posicion = [], 0
    for linea in lineas:
        inicios.append(posicion)
        posicion += len(linea) + 1
    for m, ancla in imagenes:
        if ancla:
            yield m.start(), ancla[1], _sola(lineas, bisect_right(inicios, m.start()) - 1)


def _sola(lineas: Sequence[str], numero: int) -> bool:
    """Si en el párrafo de esa línea no hay más que imágenes, que aquí son ``\\0``."""
    desde, hasta = numero, numero + 1
    while desde and not EMPIEZA.match(lineas[desde]) and not CORTA.match(lineas[desde - 1]):
        desde -= 1
    while hasta < len(lineas) and not (CORTA.match(lineas[hasta]) or EMPIEZA.match(lineas[hasta])):
        hasta += 1
    primera = EMPIEZA.sub("", lineas[desde], count=1)
    return not "".join([primera, *lineas[desde + 1 : hasta]]).strip("\0 \t>\\")


def leyendas_que_citan(
    archivo: str, texto: str, citables: Collection[str]
) -> Iterator[ErrorDeDatos]:
    """Un error por figura con número cuya leyenda cita una obra: sería también lo que oye quien no
    la ve.
    """
    prosa = leer_prosa(texto)
    for m in IMAGEN.finditer(prosa.texto):
        atributos, leyenda = m["atributos"] or "", m[0].partition("](")[0]
        citas = {c["entre"] or c["suelta"] for c in CITA.finditer(leyenda)} & set(citables)
        if citas and DE_FIGURA.search(atributos) and "fig-alt" not in atributos:
            remedio = 'la leyenda cita: diga aparte qué se ve, con fig-alt="…"'
            yield ErrorDeDatos(
                archivo, prosa.linea(m.start()), None, f"@{min(citas)}", "imagen-sin-texto", remedio
            )


def sin_numero(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    """Un error por figura o ecuación con identificador donde no se numera, si nada la nombra: de
    las que se nombran ya lo dice ``referencias_rotas``.
    """
    prosa = leer_prosa(texto)
    fuera = sin(prosa.texto, SIN_NUMERO)
    ecuaciones = [(m.start("ancla"), m["ancla"]) for m in ECUACION.finditer(prosa.texto)]
    escritas = [
        *((donde, ancla) for donde, ancla, sola in _imagenes_numeradas(prosa) if not sola),
        *(e for e in ecuaciones if not fuera[e[0]].strip()),
        *(
            (m.start(1), m[1])
            for m in COMO_TEXTO.finditer(fuera)
            if texto.startswith(m[0], m.start())
        ),
    ]
    ya = numeradas(texto) | {_minuscula(m["entre"] or m["suelta"]) for m in CITA.finditer(fuera)}
    for donde, ancla in sorted(escritas):
        if ancla not in ya:
            remedio = DE_QUE.get(ancla.partition("-")[0])
            yield ErrorDeDatos(
                archivo,
                prosa.linea(donde),
                None,
                f"{{#{ancla}}}",
                "numero-donde-no-se-numera",
                f"ponga su identificador en {remedio}{ancla}}}, o quítelo"
                if remedio
                else f"quítelo: se leería tal cual; una ecuación se numera con {{#eq-{ancla}}}",
            )


def numeradas_sin_nada(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    """Un error por título de tabla que no está junto a ninguna, que se leería tal cual, y por caja
    con número que no lleva nada dentro.
    """
    prosa = leer_prosa(texto)
    # Un comentario o un código también separan: en la prosa son blancos, pero no lo son.
    lineas = [*zip(texto.split("\n"), prosa.texto.split("\n"), strict=True)]
    for m in LEYENDA.finditer(prosa.texto):
        desde = prosa.linea(m.start()) - 1
        hasta = prosa.linea(m.end())
        if not (_hay_tabla(reversed(lineas[:desde])) or _hay_tabla(lineas[hasta:])):
            ancla, linea = f"{{#{m['ancla']}}}", prosa.linea(m.start("ancla"))
            remedio = "póngalo justo antes o después de su tabla, con una línea en blanco"
            yield ErrorDeDatos(archivo, linea, None, ancla, "titulo-sin-tabla", remedio)
    sin_notas = sin_comentarios(texto)
    for m in VACIA.finditer(prosa.texto):
        if not sin_notas[slice(*m.span("dentro"))].strip(" \t>\n"):
            que = "la imagen" if m["tipo"] == "fig" else "la tabla"
            remedio = f"ponga dentro {que}, con una línea en blanco antes y después, o quítela"
            linea = prosa.linea(m.start("ancla"))
            yield ErrorDeDatos(archivo, linea, None, f"{{#{m['ancla']}}}", "caja-vacia", remedio)


def _hay_tabla(lineas: Iterable[tuple[str, str]]) -> bool:
    """Si el primer bloque de esas líneas (cada una escrita y sin lo que no es prosa), que va hasta
    una en blanco o una caja, es una tabla.
    """
    dichas = ((escrita.strip(" \t>"), prosa.strip(" \t>")) for escrita, prosa in lineas)
    bloque = takewhile(
        lambda dicha: dicha[0] and not dicha[0].startswith(":::"),
        dropwhile(lambda dicha: not dicha[0], dichas),
    )
    return any(DE_TABLA.match(prosa) for _, prosa in bloque)


def referencias_rotas(
    archivo: str,
    texto: str,
    anclas: Collection[str],
    bibliografia: Collection[str] | None,
    hay: NoAdmitido,
) -> Iterator[ErrorDeDatos]:
    """Un error por cada ``@`` del texto que no lleva a nada, con su línea.

    ``anclas``: las de lo numerado en la página con lo que incluye. ``bibliografia``: las obras que
    se pueden citar, o nada si la página no declara ninguna.
    """
    prosa = leer_prosa(texto)
    ejemplos = frozenset(EJEMPLO.findall(prosa.texto))
    for m in CITA.finditer(_solo_prosa(prosa.texto)):
        cita = m["entre"] or m["suelta"]
        if cita in ejemplos:
            continue
        prefijo = cita.partition("-")[0].lower() if "-" in cita else ""
        if any(p.es(prefijo) for p in hay.anclas):
            continue
        cruzada = prefijo in CRUZADAS
        defecto = _cruzada(cita, anclas) if cruzada else _de_obra(cita, bibliografia)
        if defecto is not None:
            yield ErrorDeDatos(archivo, prosa.linea(m.start()), None, m[0], *defecto)


def _cruzada(cita: str, anclas: Collection[str]) -> tuple[str, str] | None:
    ancla = _minuscula(cita)
    if ancla in anclas:
        return None
    cerca = get_close_matches(ancla, sorted(anclas), 1)
    return (
        SIN_REFERENCIA,
        f"¿quiso decir «@{cerca[0]}»?"
        if cerca
        else f"ponga su identificador en {DE_QUE[ancla.partition('-')[0]]}{ancla}}}",
    )


def _minuscula(cita: str) -> str:
    """Una referencia se escribe también con mayúscula, para empezar una frase."""
    return cita[0].lower() + cita[1:]


def _de_obra(cita: str, bibliografia: Collection[str] | None) -> tuple[str, str] | None:
    if bibliografia is None:
        return (
            "cita-sin-bibliografia",
            "declare en el encabezado dónde están las obras (bibliography: referencias.bib); si no"
            " es una cita, escriba \\@",
        )
    if cita in bibliografia:
        return None
    cerca = get_close_matches(cita, sorted(bibliografia), 1)
    return (
        "cita-a-lo-que-no-existe",
        f"¿quiso decir «@{cerca[0]}»?"
        if cerca
        else "añada la obra al archivo de bibliography; si no es una cita, escriba \\@",
    )


def anclas_repetidas(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    """Un error por identificador que está dos veces, también si lo lleva una pieza: el enlace solo
    llega al primero.
    """
    prosa = leer_prosa(texto)
    vistas = {*DE_LA_PLANTILLA, *anclas_de_titulos(texto, prosa)}
    for linea, ancla in sorted(anclas_escritas(prosa)):
        if ancla in vistas:
            remedio = "póngale otro nombre: un enlace solo llega a la primera"
            yield ErrorDeDatos(archivo, linea, None, f"#{ancla}", "ancla-repetida", remedio)
        vistas.add(ancla)
    citadas: set[str] = set()
    for m in CITA_DE_PIEZA.finditer(prosa.texto):
        nombre = next((n for n in m.group(1, 2, 3) if n is not None), "")
        suyas = ANCLAS_DE_PIEZAS.get(nombre, ())
        if repetida := next((a for a in suyas if a in vistas), None):
            remedio = (
                "cítela una sola vez en la página: sus enlaces solo llegan a la primera"
                if nombre in citadas
                else f"la pieza lleva #{repetida}: ponga otro nombre a la de la página"
            )
            linea = prosa.linea(m.start())
            yield ErrorDeDatos(archivo, linea, None, nombre, "ancla-repetida", remedio)
        citadas.add(nombre)
        vistas.update(suyas)
