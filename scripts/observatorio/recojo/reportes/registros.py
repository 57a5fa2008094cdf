"""Las filas de un reporte o de una encuesta, ya reconocidas: cuáles son datos y cuáles no.

No son datos las filas en blanco, los títulos repetidos al cambiar de página, los totales, los
envíos repetidos, rechazados o de ensayo. Se dejan fuera solo cuando el archivo mismo lo prueba, y
se dice cuántas; lo demás se rechaza, con su celda, para que alguien decida.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...base.plegado import plegado
from ...catalogo.mapeo import Mapeo
from ...datos.reglas import NUMERO
from ..hojas.cuadricula import Celda, Hoja, como_texto
from ..hojas.encabezados import clave
from ..lote import Defecto, Lote
from ..titulos import es_de_sistema
from .del_territorio import DelTerritorio
from .envios import VACIO_ESCRITO, Envios, cuantas_filas
from .partidas import filas_partidas
from .pisos import titulos_sobre_varias
from .totales import Totales, es_total
from .ubicar import Fuente
from .varias import Varias

COMO_TITULOS = 2
"""Con tantas celdas que dicen el título de su columna, una fila es de títulos."""
_HXL = re.compile(r"#[a-zA-Z]\w*(?:\s*\+[a-zA-Z]\w*)*")


@dataclass(frozen=True, slots=True)
class Registro:
    """Una fila de datos: el texto de cada columna del mapeo, y su celda (que puede estar en otra
    hoja).
    """

    numero: int
    fila: Mapping[str, str]
    celdas: Mapping[str, Celda]
    de_todo: Celda | None = None
    """La que dice que es de todo el territorio, y no de uno de sus lugares."""


def leer_registros(
    lote: Lote, mapeo: Mapeo, fuente: Fuente, territorio: DelTerritorio
) -> list[Registro]:
    """Las filas que son datos. Lo dudoso va a ``lote.defectos`` y lo que queda fuera, a
    ``lote.avisos``.
    """
    de_varias = list(titulos_sobre_varias(lote.mapeo or "", mapeo.sumadas(), fuente))
    if de_varias:
        lote.defectos += de_varias
        return []
    lector = _Lector(lote, mapeo, fuente, territorio)
    lector.titulos_repetidos()
    lector.sobre_los_titulos()
    filas = lector.de_datos()
    lote.filas_fuera = frozenset(Envios(lote, mapeo, fuente).fuera(filas))
    contadas = (lector.registro(f) for f in filas if f not in lote.filas_fuera)
    registros = [r for r in contadas if r is not None]
    lote.avisos += lector.totales.avisos()
    lote.avisos += lector.dadas_por_vacias()
    numeros = [r.numero for r in registros]
    lote.defectos += lector.totales.que_callan(numeros)
    lote.defectos += lector.iguales(registros)
    lote.defectos += filas_partidas(fuente.encabezado, mapeo.sumadas(), numeros)
    return registros


class _Lector:
    def __init__(self, lote: Lote, mapeo: Mapeo, fuente: Fuente, territorio: DelTerritorio) -> None:
        self.lote, self.mapeo, self.fuente = lote, mapeo, fuente
        self.encabezado = fuente.encabezado
        self.hoja, self.primera = fuente.hoja, fuente.encabezado.fila + 1
        self.ancho = len(fuente.encabezado.titulos.textos)
        self.sumadas, self.pedidas = mapeo.sumadas(), mapeo.columnas()
        self.de_personas = mapeo.cuenta_filas()
        self.leidas = fuente.encabezado.leidas()
        self.columnas_sumadas = fuente.encabezado.columnas_de(self.sumadas)
        preguntadas = mapeo.preguntadas() if self.de_personas else set()
        self.nombradas = {t: {plegado(v) for v in mapeo.nombrados(t)} for t in preguntadas}
        self.vacias: dict[str, dict[Celda, str]] = defaultdict(dict)
        self.varias = Varias(lote, mapeo)
        de_columna = {c: t for t, cs in fuente.encabezado.columnas.items() for c in cs}
        self.otros_titulos = [
            (c, {clave(t), clave(buscado), *map(clave, mapeo.titulos.get(buscado, ()))})
            for c, t in enumerate(fuente.encabezado.titulos.textos, 1)
            if (buscado := de_columna.get(c, t)) and (c in self.leidas or es_de_sistema(t))
        ]
        self.cabecera = [
            (c, clave(t))
            for c, t in enumerate(fuente.encabezado.titulos.textos, 1)
            if c in self.leidas
        ]
        self.corte = self._corte()
        self.filas = range(self.primera, self.corte or len(self.hoja.filas) + 1)
        self.totales = Totales(mapeo, self.encabezado, self.filas, territorio)

    def titulos_repetidos(self) -> None:
        """Una columna que está dos veces no se sabe cuál es."""
        for f in self.fuente.todas():
            for titulo, columnas in f.encabezado.repetidas.items():
                donde = Celda(f.hoja.nombre, f.encabezado.fila, columnas[1], titulo)
                self.lote.defectos.append(
                    Defecto(
                        donde,
                        None,
                        "columna-repetida",
                        "la hoja lleva dos columnas con ese título: deje una, o cámbiele el título"
                        " a la que no es",
                    )
                )

    def sobre_los_titulos(self) -> None:
        """Por encima de los títulos no hay datos: si los hay, los de verdad tienen otro nombre y
        estos son los de una página siguiente.
        """
        leidas = self.leidas
        sumadas = self.columnas_sumadas
        llenas = [
            f
            for f in range(1, self.primera - 1)
            if len(leidas) > 1 and all(self.hoja.texto(f, c) for c in leidas)
        ]
        llenas = (
            [f for f in llenas if any(re.match(NUMERO, self.hoja.texto(f, c)) for c in sumadas)]
            if sumadas
            else llenas
            if len(llenas) > 1
            else []
        )
        if llenas:
            remedio = (
                f"los títulos que el mapeo busca están en la fila {self.primera - 1}, y encima hay"
                f" {cuantas_filas(len(llenas))} con datos: revise los títulos de arriba, que dicen"
                " otra cosa"
            )
            self.lote.defectos.append(
                Defecto(
                    self.encabezado.celda(llenas[0], min(leidas)),
                    None,
                    "filas-sobre-los-titulos",
                    remedio,
                )
            )

    def de_datos(self) -> list[int]:
        """Los números de las filas que no son blancos, títulos, totales ni notas al pie."""
        salida, cabeceras = [], 0
        for f in self.filas:
            if not any(map(como_texto, self.hoja.filas[f - 1][: self.ancho])):
                continue
            if self._es_cabecera(f):
                cabeceras += 1
            elif (total := self.totales.defecto(f)) is not None:
                self.lote.defectos.append(total)
            else:
                salida.append(f)
        if cabeceras:
            self.lote.avisos.append(
                f"«{self.hoja.nombre}»: {cuantas_filas(cabeceras)} de títulos repetidos, que no se"
                " cuentan."
            )
        if self.corte:
            self._tras_el_corte(self.corte)
        return salida

    def _corte(self) -> int | None:
        """La fila en que el mapeo dice que la tabla termina."""
        if not self.mapeo.hasta:
            return None
        fin = plegado(self.mapeo.hasta)
        return next(
            (f for f in range(self.primera, len(self.hoja.filas) + 1) if self._empieza(f, fin)),
            None,
        )

    def _empieza(self, fila: int, fin: str) -> bool:
        """Si la primera celda llena de una fila empieza así, u otra que anuncia un total: sus
        columnas pueden llegar en otro orden.
        """
        textos = [t for c in range(1, self.ancho + 1) if (t := self.hoja.texto(fila, c))]
        return any(
            plegado(t).startswith(fin) and (i == 0 or es_total(t)) for i, t in enumerate(textos)
        )

    def _tras_el_corte(self, corte: int) -> None:
        """Después del total no debe quedar ninguna fila de datos: sería que ese total era un
        subtotal.
        """
        leidas = self.leidas
        columnas = leidas - self.columnas_sumadas or leidas
        restos = [
            f
            for f in range(corte + 1, len(self.hoja.filas) + 1)
            if all(self.hoja.texto(f, c) for c in columnas) and not self._es_cabecera(f)
        ]
        if restos:
            remedio = (
                f"el mapeo termina de leer en «{self.mapeo.hasta}» (fila {corte}), y debajo hay"
                f" {cuantas_filas(len(restos))} con datos: borre los subtotales y deje un solo"
                " total al final"
            )
            self.lote.defectos.append(
                Defecto(
                    self.encabezado.celda(restos[0], min(columnas)),
                    self.hoja.texto(restos[0], min(columnas)),
                    "filas-tras-el-total",
                    remedio,
                )
            )

    def _es_cabecera(self, fila: int) -> bool:
        """Si repite los títulos, o son los otros: una encuesta se exporta también con los nombres y
        las etiquetas, en dos filas, y KoboToolbox y HDX ponen debajo las marcas HXL («#adm4»).
        """
        if self.cabecera and all(clave(self.hoja.texto(fila, c)) == t for c, t in self.cabecera):
            return True
        if fila > self.primera + 1:
            return False
        llenas = [t for v in self.hoja.filas[fila - 1] if (t := como_texto(v))]
        return all(map(_HXL.fullmatch, llenas)) or sum(
            clave(self.hoja.texto(fila, c)) in suyos for c, suyos in self.otros_titulos
        ) >= min(COMO_TITULOS, len(self.otros_titulos) or 1)

    # — registros —

    def registro(self, numero: int) -> Registro | None:
        """La fila con el texto de cada columna del mapeo, la busque en su hoja o en la de su
        envío.
        """
        fila: dict[str, str] = {}
        celdas: dict[str, Celda] = {}
        fuente: Fuente | None = self.fuente
        n: int | None = numero
        while fuente is not None and n is not None:
            for titulo in fuente.encabezado.halladas - fila.keys():
                fila[titulo], celdas[titulo] = self._valor(fuente, n, titulo)
            n = fuente.enlace.fila_madre(n) if fuente.enlace else None
            fuente = fuente.madre
        if not self.pedidas <= fila.keys():
            return None
        return Registro(numero, fila, celdas, self.totales.de_todo_el_territorio(numero))

    def _valor(self, fuente: Fuente, numero: int, titulo: str) -> tuple[str, Celda]:
        hoja, columnas = fuente.hoja, fuente.encabezado.columnas.get(titulo, ())
        llenas = [(t, c) for c in columnas if (t := self._dicho(hoja, numero, c, titulo))]
        opciones = fuente.encabezado.opciones.get(titulo, {})
        primera = columnas[0] if columnas else min(opciones.values())
        texto, columna = llenas[0] if llenas else ("", primera)
        celda = fuente.encabezado.celda(numero, columna)
        if len(llenas) > 1 and any(plegado(t) != plegado(texto) for t, _ in llenas):
            self.lote.defectos.append(
                Defecto(
                    celda,
                    texto,
                    "dos-respuestas",
                    f"«{titulo}» está en varias columnas, y en esta fila dicen cosas distintas:"
                    " deje una",
                )
            )
        if titulo in self.mapeo.multiples:
            sueltas = {
                opcion: (fuente.encabezado.celda(numero, c), self._dicho(hoja, numero, c, titulo))
                for opcion, c in opciones.items()
            }
            texto = self.varias.unidas(fuente.encabezado, titulo, texto, celda, sueltas)
        return texto, celda

    def _dicho(self, hoja: Hoja, numero: int, columna: int, titulo: str) -> str:
        """Lo que dice una celda; nada si lo que dice es que está vacía y el mapeo no lo nombra
        como respuesta.
        """
        if titulo in self.sumadas:
            return hoja.cifra(numero, columna)
        texto = hoja.texto(numero, columna)
        if (
            texto not in VACIO_ESCRITO
            or titulo not in self.nombradas
            or plegado(texto) in self.nombradas[titulo]
        ):
            return texto
        self.vacias[titulo][Celda(hoja.nombre, numero, columna)] = texto
        return ""

    def dadas_por_vacias(self) -> Iterator[str]:
        """Una frase por pregunta con lo que se tomó como una celda vacía."""
        for titulo, celdas in sorted(self.vacias.items()):
            una, dichos = len(celdas) == 1, ", ".join(f"«{t}»" for t in sorted({*celdas.values()}))
            yield (
                f"«{titulo}»: {'1 celda dice' if una else f'{len(celdas)} celdas dicen'} {dichos},"
                " que se toma como vacía. Si es una respuesta, dígala en valores, en el mapeo."
            )

    def iguales(self, registros: Sequence[Registro]) -> Iterator[Defecto]:
        """Filas que nada distingue: quizá una se pegó dos veces."""
        if self.mapeo.filas.iguales == "cuentan":
            return
        sumadas = frozenset() if self.de_personas else self.columnas_sumadas
        vistas: dict[tuple[str, ...], int] = {}
        for r in registros:
            fila = self.hoja.filas[r.numero - 1][: self.ancho]
            textos = [como_texto(v) for c, v in enumerate(fila, 1) if c not in sumadas]
            # La fila guarda solo hasta su última celda escrita.
            while textos and not textos[-1]:
                textos.pop()
            huella = tuple(textos)
            primera = vistas.setdefault(huella, r.numero)
            if primera != r.numero:
                en_que = "en todo" if self.de_personas else "en todo menos en sus cifras"
                remedio = (
                    f"es igual a la fila {primera} {en_que}: borre la que sobra o, si las dos son"
                    " ciertas, diga en el mapeo filas: {iguales: cuentan}"
                )
                yield Defecto(self.encabezado.celda(r.numero, 1), None, "fila-repetida", remedio)
