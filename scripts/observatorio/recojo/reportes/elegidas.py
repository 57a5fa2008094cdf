"""Las respuestas que se eligieron en una pregunta de varias, cuando llegan juntas en una celda."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...base.plegado import plegado

CON_SIGNO = re.compile(r"[,;|\n]")
"""Lo que solo separa respuestas; un espacio también puede estar dentro de una."""
_ENTRE_PALABRAS = re.compile(r"[\s,;|]+")
_ADORNOS = "\"'“”‘’«»[](){}.·•*/"
_SUELTOS = {"-", "–", "—"}
"""Lo que rodea una respuesta sin ser de ella: «- Agua», «["Agua"]», «Agua / Luz». El signo de
«<5» o de «-1» sí lo es.
"""


@dataclass(frozen=True, slots=True)
class Nombradas:
    """Cada respuesta que se conoce, por sus palabras; ``largo``: las de la que más tiene. Buscar
    tramos mayores haría de un relato escrito en la celda un minuto de espera.
    """

    por_palabras: Mapping[tuple[str, ...], str]
    largo: int

    def desde(self, palabras: Sequence[str], i: int) -> Iterator[tuple[int, str]]:
        """``(dónde acaba, respuesta)`` de las que empiezan ahí, la más larga primero."""
        for hasta in range(min(len(palabras), i + self.largo), i, -1):
            una = self.por_palabras.get(tuple(palabras[i:hasta]))
            if una is not None:
                yield hasta, una


def nombradas(respuestas: Iterable[str]) -> Nombradas:
    """Las respuestas que se conocen; de dos con las mismas palabras, la última."""
    por_palabras = {_palabras(plegado(r)): plegado(r) for r in respuestas if r.strip()}
    return Nombradas(por_palabras, max(map(len, por_palabras), default=0))


def elegidas(texto: str, conocidas: Nombradas, con_signo: bool) -> list[str]:
    """``"Agua potable, Luz" → ["agua potable", "luz"]``; ``"agua luz" → ["agua", "luz"]``.

    ``con_signo``: si en su columna las respuestas se separan con un signo; entonces lo que no se
    conoce es una respuesta entera, y «Agua embotellada» no es «Agua».
    """
    palabras = _palabras(plegado(texto))
    if not palabras:
        return [p for p in _ENTRE_PALABRAS.split(plegado(texto)) if p]
    todas = _una_tras_otra(palabras, conocidas)
    if todas is not None:
        return todas
    if not con_signo:
        return list(_lo_mas_largo(palabras, conocidas))
    salida = []
    for parte in filter(None, map(plegado, CON_SIGNO.split(texto))):
        suyas = _una_tras_otra(_palabras(parte), conocidas)
        salida += [parte] if suyas is None else suyas
    return salida


def dichas_solas(celdas: Iterable[str]) -> set[str]:
    """Las respuestas de una palabra que alguna celda dice sola, o entre signos."""
    partes = {plegado(p) for texto in celdas for p in CON_SIGNO.split(texto)}
    return {p for p in partes if p and " " not in p}


def es_dudosa(texto: str, conocidas: Nombradas, propias: Nombradas) -> bool:
    """¿Puede ser una respuesta entera, o varias separadas por espacios, alguna de las que se
    nombran?
    """
    if CON_SIGNO.search(texto):
        return False
    palabras = _palabras(plegado(texto))
    return _una_tras_otra(palabras, conocidas) is None and any(
        dicha in propias.por_palabras.values() for dicha in _lo_mas_largo(palabras, conocidas)
    )


def _palabras(plegada: str) -> tuple[str, ...]:
    sin_adornos = (p.strip(_ADORNOS) for p in _ENTRE_PALABRAS.split(plegada))
    return tuple(p for p in sin_adornos if p and p not in _SUELTOS)


def _una_tras_otra(palabras: Sequence[str], conocidas: Nombradas) -> list[str] | None:
    """Las respuestas conocidas que, seguidas, dicen todas las palabras; nada si alguna sobra."""
    desde: list[list[str] | None] = [*[None] * len(palabras), []]
    for i in reversed(range(len(palabras))):
        for hasta, una in conocidas.desde(palabras, i):
            if (resto := desde[hasta]) is not None:
                desde[i] = [una, *resto]
                break
    return desde[0]


def _lo_mas_largo(palabras: Sequence[str], conocidas: Nombradas) -> Iterator[str]:
    """Cada respuesta conocida, la más larga primero; lo demás, palabra por palabra."""
    i = 0
    while i < len(palabras):
        i, una = next(conocidas.desde(palabras, i), (i + 1, palabras[i]))
        yield una
