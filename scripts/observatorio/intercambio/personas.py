"""Ningún dato que señale a una persona entra, ni siquiera de paso: se rechaza el archivo entero.

Además de las señas que la compuerta busca en cada texto (``datos/personas.py``), aquí se miran los títulos de las
columnas y las columnas de fechas. El valor hallado nunca se repite en el mensaje.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

import polars as pl

from ..datos.personas import SENAS, expr_sena
from .cuadricula import Celda, Hoja, como_texto
from .lote import Defecto
from .texto import plegado

REMEDIO = "borre en su computadora las columnas de personas y vuelva a exportar: aquí solo entran recuentos, nunca listas de personas"
ANIOS_DE_NACIMIENTO = 6
PARTE_DE_LA_COLUMNA = 0.5
LARGO_MINIMO = 6
_QUIEN = r"(?:y|completos?|pat\w*|mat\w*|(?:del? (?:la |el |los )?)?(?:pac\w*|nin[oa]s?|menor\w*|madre|padre|estudiante\w*|alumn\w*|apoderad\w*|gestante\w*|jef[ea]|usuari\w*|personal|profesional|encuestad\w*|entrevistad\w*|informante|titular))"
TITULOS = {
    "numero-de-documento": re.compile(
        r"\b(?:dni|cui|pasaporte|carne[t]? de extranjeria)\b|\b(?:n(?:um(?:ero)?|ro)?[.°º]? ?)?(?:de )?doc(?:umento|\.)?(?: de)? (?:identidad|id|paciente|madre|estudiante)\b|^n(?:um(?:ero)?|ro)?[.°º]? ?(?:de )?doc(?:umento)?$"
    ),
    "nombre-de-persona": re.compile(
        rf"^(?:nombres?|apellidos?)(?:$| {_QUIEN})|\b(?:apellidos?|ape) ?(?:pat|mat)\w*|\bapellidos\b|^(?:paciente|apoderado|estudiante|alumno|madre|padre|jef[ea] de hogar)$"
    ),
    "fecha-de-nacimiento": re.compile(r"\bnacimiento\b|\bf(?:ec(?:ha)?)?\.? ?(?:de )?nac\b\.?|\bfecnac\b"),
    "historia-clinica": re.compile(r"\bhistorias? clinicas?\b|\bhist(?:oria)?\.? ?cli\w*|(?:^|\b(?:n(?:ro|um)?[.°º]?|numero de) ?)h\.? ?c\.?(?: ?l\.?)?$|\bhcl?\b"),
    "codigo-de-estudiante": re.compile(r"\bcodigo (?:del? )?(?:estudiante|alumn[oa])"),
    "telefono-o-correo": re.compile(r"\b(?:telefono|celular|whatsapp|phonenumber|correo electronico|e-?mail)\b"),
}


DE_SISTEMA = {
    "_id", "_uuid", "_index", "_parent_index", "_submission_time", "_root_uuid", "__version__", "formhub/uuid", "meta/instanceid", "meta/rootuuid",
    "instanceid", "key", "submissiondate",
}
"""Identificadores que KoboToolbox y ODK ponen a cada envío: son de la máquina y no de la persona."""


def sena_del_titulo(titulo: str) -> str | None:
    """Qué seña anuncia un título de columna, o nada. En un formulario vale lo que sigue al último «/»."""
    limpio = plegado(titulo.rsplit("/", 1)[-1].replace("_", " "))
    return next((regla for regla, patron in TITULOS.items() if patron.search(limpio)), None)


def en_textos(celdas: Iterable[tuple[Celda, str]], codigos: Collection[str] = ()) -> Iterator[Defecto]:
    """Señas dentro de los textos; ``codigos`` son los de unidades y lugares, que no son documentos de nadie."""
    hay = [(c, t) for c, t in celdas if len(t) >= LARGO_MINIMO and t not in codigos]
    if not hay:
        return
    marcas = pl.DataFrame({"texto": [t for _, t in hay]}).select(expr_sena("texto", s).alias(s) for s in SENAS)
    for (celda, _), fila in zip(hay, marcas.iter_rows(), strict=True):
        regla = next((s for s, hallada in zip(SENAS, fila, strict=True) if hallada), None)
        if regla:
            yield Defecto(celda, None, regla, REMEDIO)


def en_tabla(hoja: Hoja, fila_titulos: int, numericas: Collection[int] = (), codigos: Collection[str] = ()) -> Iterator[Defecto]:
    """Señas en una tabla: títulos, fechas y textos. ``numericas``: columnas (desde 1) de recuentos ya declaradas."""
    titulos = [como_texto(v) for v in hoja.filas[fila_titulos - 1]] if len(hoja.filas) >= fila_titulos else []
    textos: list[tuple[Celda, str]] = []
    for columna, titulo in enumerate(titulos, 1):
        cabeza = Celda(hoja.nombre, fila_titulos, columna, titulo)
        valores = [(i, f[columna - 1]) for i, f in enumerate(hoja.filas, 1) if i > fila_titulos and len(f) >= columna]
        regla = sena_del_titulo(titulo) or ("fecha-de-nacimiento" if _de_nacimiento([v for _, v in valores]) else None)
        if regla:
            yield Defecto(cabeza, None, regla, REMEDIO)
        elif columna not in numericas and titulo.lower() not in DE_SISTEMA:
            textos += [(Celda(hoja.nombre, i, columna, titulo), como_texto(v)) for i, v in valores if not isinstance(v, date | bool)]
    sobre = [(Celda(hoja.nombre, i, c), como_texto(v)) for i, f in enumerate(hoja.filas[: fila_titulos - 1], 1) for c, v in enumerate(f, 1) if isinstance(v, str)]
    yield from _por_columna(en_textos([*sobre, *textos], codigos))


def _por_columna(defectos: Iterable[Defecto]) -> Iterator[Defecto]:
    """Una columna entera de documentos se dice una vez, con su primera celda y cuántas son."""
    grupos: dict[tuple[str, int, str], list[Defecto]] = {}
    for d in defectos:
        if d.celda:
            grupos.setdefault((d.celda.hoja, d.celda.columna, d.regla), []).append(d)
    for suyos in grupos.values():
        yield Defecto(suyos[0].celda, f"en {len(suyos)} celdas" if len(suyos) > 1 else None, suyos[0].regla, REMEDIO)


def _de_nacimiento(valores: list[object]) -> bool:
    """Una columna de fechas repartidas en muchos años es de nacimientos, diga lo que diga su título."""
    llenos = [v for v in valores if v not in (None, "")]
    anios = [v.year for v in llenos if isinstance(v, date | datetime)] or [int(t[:4]) for v in llenos if re.match(r"^\d{4}-\d{2}-\d{2}", t := como_texto(v))]
    return len(anios) > max(2, PARTE_DE_LA_COLUMNA * len(llenos)) and max(anios) - min(anios) >= ANIOS_DE_NACIMIENTO
