"""Las filas de un reporte que son un total: lo que el observatorio suma ya está en las demás, y con
ellas la cifra saldría doble.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import isclose
from typing import Literal

from ...base.palabras import y_en_lista
from ...base.plegado import plegado
from ...catalogo.mapeo import Mapeo
from ..hojas.cuadricula import Celda, como_texto
from ..hojas.encabezados import Encabezado
from ..lote import Defecto
from ..no_leido import tramos
from ..titulos import es_de_sistema
from .del_territorio import DelTerritorio
from .sumas import SUMANDOS, Cifras, Reunidas, Suma

PALABRAS_DE_UN_TOTAL = 6
NOMBRADAS = 6
COLUMNAS_QUE_DISTINGUEN = 2
FILAS_POR_TOTAL = 3
"""Por cada fila que calla lo que las demás dicen ha de haber otras tantas que lo dicen."""
_TOTAL = re.compile(
    r"^(?:(?:gran|sub)[ -]?)?total(?:es|izado)?\b|^(?:suma|sumatoria|promedio|resultado"
    r" total|consolidado)(?: total| general)?$|\b(?:sub[ -]?)?total(?: general)?$|^(?:grand"
    r" |sub)total$"
)
_QUIZA_TOTAL = re.compile("total|suma|promedio|consolidado", re.IGNORECASE)
_SOLO_TOTAL = re.compile(r"(?:gran |sub[ -]?)?total(?:es)?(?: general| distrito)?:?")
_DE_TODOS = re.compile(
    r"ambos (?:sexos|generos)|tod[oa]s l[oa]s (?:sexos|generos|edades|grupos(?: de edad| etarios)?"
    r"|establecimientos)"
)
_QUIZA_DE_TODOS = re.compile(r"ambos|tod[oa]s|general|global|t")
"""Lo que dice la fila de un total que no se llama así; lo segundo, solo si es la suma de las de
encima.
"""
_INICIALES = tuple("aAtTgG")
Anuncio = Literal["total", "todos los lugares", "todos", "quizá todos", "el territorio", ""]
"""Lo que una celda anuncia de su fila."""


def es_total(texto: str) -> bool:
    """Si una celda anuncia un total, un subtotal o un promedio: «Total general», «SUBTOTAL»,
    «Primaria Total».
    """
    limpio = plegado(texto).strip(" :.*-=")
    return len(limpio.split()) <= PALABRAS_DE_UN_TOTAL and _TOTAL.search(limpio) is not None


def fila_de_total(total: Celda, dicho: str, sumadas: Collection[int] = ()) -> Defecto:
    """El defecto de una fila de total, en la celda que lo delata. ``dicho``: lo que dice;
    ``sumadas``: las columnas de cifras.
    """
    remedio = (
        "es una fila de total, y el observatorio ya suma las demás: bórrela y vuelva a enviar"
        " el archivo"
    )
    if total.titulo and total.columna not in sumadas and not es_total(dicho):
        remedio += (
            "; si no es un total, nombre en el mapeo las respuestas que cuentan, con cuando:"
            f' {{"{total.titulo}": ["{dicho}", …]}}'
        )
    return Defecto(total, dicho or None, "fila-de-total", remedio)


def suman_sus_lugares(
    cifras: Iterable[Mapping[int, Mapping[str, float]]], del_territorio: Set[int]
) -> tuple[set[int], set[int]]:
    """``(las que son su total, las que no)``, de las filas de todo el territorio que van a la misma
    cifra que las de sus lugares: son su total las que en cada una ponen lo que ellas suman.
    ``cifras``: por cada una que se publica, lo que pone cada fila.
    """
    suman: set[int] = set()
    no_suman: set[int] = set()
    for de_fila in cifras:
        suyas = del_territorio & de_fila.keys()
        lugares = de_fila.keys() - suyas
        total, suma = (_sumadas(de_fila[f] for f in filas) for filas in (suyas, lugares))
        if not suyas or not lugares or not any((*total.values(), *suma.values())):
            continue
        es_su_suma = all(isclose(n, suma[campo]) for campo, n in total.items())
        (suman if es_su_suma and len(lugares) >= SUMANDOS else no_suman).update(suyas)
    return suman - no_suman, no_suman


def _sumadas(cifras: Iterable[Mapping[str, float]]) -> dict[str, float]:
    suma: dict[str, float] = defaultdict(float)
    for de_fila in cifras:
        for campo, n in de_fila.items():
            suma[campo] += n
    return suma


@dataclass(frozen=True, slots=True)
class _NoSuma:
    """Lo que pone una fila que dice ser de todos en una columna, y lo que suman las otras."""

    columna: int
    suyas: Cifras
    otras: Suma


class Totales:
    """Los de una hoja. ``filas``: las que se leen, desde 1."""

    def __init__(
        self, mapeo: Mapeo, encabezado: Encabezado, filas: range, territorio: DelTerritorio
    ) -> None:
        self.territorio = territorio
        self.mapeo, self.encabezado, self.filas = mapeo, encabezado, filas
        self.hoja, self.ancho = encabezado.hoja, len(encabezado.titulos.textos)
        self.de_personas = mapeo.cuenta_filas()
        self.sumadas = encabezado.columnas_de(mapeo.sumadas())
        self.con_clave = any(
            t and c not in self.sumadas for c, t in enumerate(encabezado.titulos.textos, 1)
        )
        self.de_columna = {c: t for t, cs in encabezado.columnas.items() for c in cs}
        self.nombrados = {
            c: {plegado(v) for v in mapeo.nombrados(t)} for c, t in self.de_columna.items()
        }
        self.se_dicen_otras: dict[int, bool] = {}
        self.anuncios: dict[str, Anuncio] = {}
        self.reunidas = Reunidas(encabezado, self.sumadas, filas, self._anuncia)
        self.no_suman: dict[int, _NoSuma] = {}
        self.del_territorio: dict[int, list[int]] = defaultdict(list)
        self.lo_distingue: dict[int, bool] = {}

    def defecto(self, fila: int) -> Defecto | None:
        """El de una fila de total; a la que solo lo parece se le dice cómo contarla."""
        total = self._celda(fila)
        if total is None:
            return None
        return fila_de_total(total, self.hoja.texto(total.fila, total.columna), self.sumadas)

    def de_todo_el_territorio(self, fila: int) -> Celda | None:
        """La celda que dice que una fila, ya mirada, es de todo el territorio y no de uno de sus
        lugares. Que sea el total de las de ellos lo dicen sus cifras.
        """
        for c in () if self.de_personas else self.del_territorio.get(fila, ()):
            if not self._elegido(c, self.hoja.texto(fila, c)) and self._lo_distingue(c):
                return self.encabezado.celda(fila, c)
        return None

    def _elegido(self, columna: int, dicho: str) -> bool:
        """Si el mapeo lo nombra entre lo que cuenta. Traducido a su código no basta: de las filas
        de sus lugares puede salir la misma cifra.
        """
        titulo = self.de_columna.get(columna, "")
        elegidos = {plegado(v) for m in self.mapeo.medidas for v in m.cuando.get(titulo, ())}
        return plegado(dicho) in elegidos

    def _lo_distingue(self, columna: int) -> bool:
        """Si otras filas con cifras dicen ahí otra cosa: el ubigeo del distrito puede estar en
        todas.
        """
        if columna not in self.lo_distingue:
            self.lo_distingue[columna] = any(
                self._lo_que_anuncia(t) != "el territorio" and self._con_cifra(f)
                for f in self.filas
                if (t := self.hoja.texto(f, columna))
            )
        return self.lo_distingue[columna]

    def que_callan(self, filas: Sequence[int]) -> Iterator[Defecto]:
        """Filas de un reporte con cifras y sin nada de lo que todas las demás dicen en las columnas
        que no se leen: un total al que solo le pusieron el año.
        """
        if self.de_personas:
            return
        titulos, leidas = self.encabezado.titulos.textos, self.encabezado.leidas()
        ajenas = [
            c for c, t in enumerate(titulos, 1) if t and c not in leidas and not es_de_sistema(t)
        ]
        if len(ajenas) < COLUMNAS_QUE_DISTINGUEN:
            return
        dicen = {f for f in filas if any(self.hoja.texto(f, c) for c in ajenas)}
        calladas, demas = [f for f in filas if f not in dicen], [f for f in filas if f in dicen]
        siempre = [c for c in ajenas if all(self.hoja.texto(f, c) for f in demas)]
        if len(siempre) < COLUMNAS_QUE_DISTINGUEN or len(calladas) * FILAS_POR_TOTAL > len(demas):
            return
        nombres = " ni ".join(f"«{titulos[c - 1]}»" for c in siempre[:COLUMNAS_QUE_DISTINGUEN])
        for f in calladas:
            columna = next((c for c in sorted(self.sumadas) if self.hoja.texto(f, c)), 0)
            if columna:
                remedio = (
                    f"la fila trae cifras y no dice {nombres}, que todas las demás dicen: si es un"
                    " total, bórrela; si no, complétela"
                )
                texto = self.hoja.texto(f, columna)
                yield Defecto(self.encabezado.celda(f, columna), texto, "fila-de-total", remedio)

    def avisos(self) -> Iterator[str]:
        """Una frase por cada cosa que dicen las filas de todos que no suman las demás («Ambos
        sexos», de un baño compartido): se cuentan, y quien decide debe saberlo.
        """
        iguales: dict[tuple[int, str], list[int]] = defaultdict(list)
        for fila, x in self.no_suman.items():
            if self._cuenta(x.columna):
                iguales[x.columna, plegado(self.hoja.texto(fila, x.columna))].append(fila)
        for filas in iguales.values():
            yield self._aviso(filas)

    def _aviso(self, filas: Sequence[int]) -> str:
        fila, mas = filas[0], filas[1:]
        x = self.no_suman[fila]
        celda, dicho = self.encabezado.celda(fila, x.columna), self.hoja.texto(fila, x.columna)
        titulos = [self.encabezado.celda(fila, c).titulo for c in sorted(self.sumadas)]
        pone = y_en_lista(
            f"{como_texto(n)} en «{t}»" for n, t in zip(x.suyas, titulos, strict=True)
        )
        suman = y_en_lista(map(como_texto, x.otras.cifras))
        una = len(mas) == 1
        tambien = f" Tampoco {'lo es la' if una else 'lo son las'} {tramos(mas)}." if mas else ""
        elegir = f" o {self._elegir(celda)}" if celda.titulo else ""
        return (
            f"La fila {fila} dice «{dicho}» y no es la suma de las demás: pone {pone}, y las otras"
            f" suman {suman}.{tambien} Se cuenta como una más; si no debe contar, bórrela{elegir}."
        )

    def _elegir(self, celda: Celda) -> str:
        """Cómo decir en el mapeo que solo cuentan las demás respuestas de esa columna."""
        demas = [f'"{t}"' for t in self.reunidas.dichos(celda.columna)]
        dichas = ", ".join([*demas[:NOMBRADAS], *(["…"] if len(demas) > NOMBRADAS else [])])
        return f'nombre en el mapeo las que cuentan, con cuando: {{"{celda.titulo}": [{dichas}]}}'

    def _cuenta(self, columna: int) -> bool:
        """Si alguna medida cuenta una fila cuya respuesta en esa columna el mapeo no nombra."""
        titulo = self.de_columna.get(columna, "")
        return any("*" in m.cuando.get(titulo, ("*",)) for m in self.mapeo.medidas)

    def _celda(self, fila: int) -> Celda | None:
        """La celda que delata un total: su palabra o, en un reporte que se suma, la de quien los
        reúne a todos («Ambos sexos»), o cifras en una fila sin nada más.
        """
        primera_cifra, sin_nada_mas, de_todos = 0, True, []
        for c, texto in enumerate(map(como_texto, self.hoja.filas[fila - 1][: self.ancho]), 1):
            if not texto:
                continue
            if c in self.sumadas:
                primera_cifra = primera_cifra or c
                continue
            sin_nada_mas = False
            anuncio = self._lo_que_anuncia(texto)
            if anuncio == "total":
                if self._es_un_total(c, texto):
                    return self.encabezado.celda(fila, c)
            elif anuncio == "el territorio":
                self.del_territorio[fila].append(c)
            elif anuncio:
                de_todos.append((c, anuncio, plegado(texto)))
        if self.de_personas:
            return None
        for c, anuncio, dicho in de_todos:
            if self._nombrado(c, dicho):
                continue
            if self._reune(fila, c, anuncio, dicho):
                self.no_suman.pop(fila, None)
                return self.encabezado.celda(fila, c)
        if self.con_clave and sin_nada_mas and primera_cifra:
            return self.encabezado.celda(fila, primera_cifra)
        return None

    def _anuncio(self, texto: str) -> Anuncio:
        if _QUIZA_TOTAL.search(texto) is not None and es_total(texto):
            return "total"
        if self.territorio.es_el(texto):
            return "el territorio"
        # Mirar la primera letra ahorra plegar cada celda de un reporte largo.
        if not texto.startswith(_INICIALES):
            return ""
        dicho = plegado(texto)
        if self.territorio.son_todos(texto):
            return "todos los lugares"
        if _DE_TODOS.fullmatch(dicho):
            return "todos"
        return "quizá todos" if _QUIZA_DE_TODOS.fullmatch(dicho) else ""

    def _reune(self, fila: int, columna: int, anuncio: Anuncio, dicho: str) -> bool:
        """Si la fila es el total de otras, por lo que una celda suya anuncia. De la que lo anuncia
        y pone otra cosa se guarda qué, para decirlo.
        """
        if anuncio == "quizá todos":
            return self._suma(fila, columna, dicho)
        if not self._se_dicen_otras(columna):
            return False
        suyas = self.reunidas.cifras(fila)
        if anuncio == "todos los lugares" or suyas is None:
            return True
        sumas = self.reunidas.de(fila, columna)
        if not sumas or any(s.es(suyas) for s in sumas):
            return True
        self.no_suman.setdefault(fila, _NoSuma(columna, suyas, sumas[0]))
        return False

    def _anuncia(self, fila: int) -> bool:
        """Si alguna celda dice que la fila es un total o de todos, lo sea o no."""
        textos = enumerate(map(como_texto, self.hoja.filas[fila - 1][: self.ancho]), 1)
        return any(
            self._lo_que_anuncia(t) in ("total", "todos los lugares", "todos")
            for c, t in textos
            if t and c not in self.sumadas
        )

    def _lo_que_anuncia(self, texto: str) -> Anuncio:
        if (anuncio := self.anuncios.get(texto)) is None:
            anuncio = self.anuncios[texto] = self._anuncio(texto)
        return anuncio

    def _es_un_total(self, columna: int, texto: str) -> bool:
        """Si lo que anuncia un total no es una respuesta: una libre puede hablar de él, y una celda
        que solo dice «TOTAL», no.
        """
        dicho = plegado(texto)
        libre = columna not in self.nombrados and self.de_personas
        return not (libre and not _SOLO_TOTAL.fullmatch(dicho)) and not self._nombrado(
            columna, dicho
        )

    def _nombrado(self, columna: int, dicho: str) -> bool:
        """Si el mapeo lo nombra como una respuesta de esa columna."""
        return dicho in self.nombrados.get(columna, ())

    def _cifras(self, fila: int) -> list[float] | None:
        """Las que se suman de una fila; nada si alguna no es un número."""
        numeros = self.reunidas.numeros(fila)
        suyas = [n for n in numeros if n is not None]
        return suyas if len(suyas) == len(numeros) else None

    def _con_cifra(self, fila: int) -> bool:
        return self.reunidas.cifras(fila) is not None

    def _se_dicen_otras(self, columna: int) -> bool:
        """Si sus filas con cifras dicen cosas distintas: lo que todas dicen no distingue un total,
        aunque entre ellas se repitan los títulos o debajo haya una nota.
        """
        if columna not in self.se_dicen_otras:
            dichas = {
                plegado(t)
                for f in self.filas
                if (t := self.hoja.texto(f, columna)) and not es_total(t) and self._con_cifra(f)
            }
            self.se_dicen_otras[columna] = len(dichas) > 1
        return self.se_dicen_otras[columna]

    def _suma(self, fila: int, columna: int, dicho: str) -> bool:
        """Si la fila pone lo que suman las de encima, hasta otra que diga lo mismo: un grupo en el
        que cada una dice una cosa distinta.
        """
        suyas = self._cifras(fila)
        if not suyas or not any(suyas):
            return False
        suma, dichas = [0.0] * len(suyas), {dicho, ""}
        for f in range(fila - 1, self.filas.start - 1, -1):
            dice = plegado(self.hoja.texto(f, columna))
            if dice in dichas:
                # Otro total cierra el grupo de antes; una respuesta repetida, o ninguna, no es un
                # grupo.
                if dice != dicho:
                    return False
                break
            otras = self._cifras(f)
            if otras is None:
                return False
            dichas.add(dice)
            suma = [a + b for a, b in zip(suma, otras, strict=True)]
        return len(dichas) - 2 >= SUMANDOS and all(map(isclose, suma, suyas))
