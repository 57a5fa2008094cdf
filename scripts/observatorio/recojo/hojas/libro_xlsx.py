"""Leer un .xlsx en una pasada por el XML de cada hoja: valores y naturaleza de cada celda, sin
pasar de los límites.

Los lectores corrientes dan un error y una fórmula sin resultado como celda vacía, y reservan
memoria por la esquina de la hoja y no por lo escrito. Nombres sin espacio de nombres: así valen la
variante estricta y cualquier prefijo.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

from .fechas_guardadas import ORIGEN_1900, ORIGEN_1904, de_dias, de_iso, duracion
from .formato_real import FALLOS_DE_ZIP
from .limites import COLUMNAS_MAXIMAS, COMBINADAS_MAXIMAS, Contador, Desmedido, revisar_hojas
from .naturaleza import (
    ERROR,
    ILEGIBLE,
    SIN_RESULTADO,
    Formato,
    Ilegible,
    Rango,
    clase_de_numero,
    con_trozo,
    que_se_ve_distinto,
    vista_de,
)
from .tipos_de_hoja import HojaLeida, Valor

REFERENCIA = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
SI = ("1", "true", "on")


FALLOS_DE_LIBRO = (*FALLOS_DE_ZIP, ParseError, expat.ExpatError, LookupError, OverflowError)
"""Además, lo que da un XML roto, una parte que falta o un número imposible."""


class LibroRoto(ValueError):
    """El libro no se puede leer; dice qué se halló, en español, o nada."""


def leer_xlsx(ruta: Path) -> list[HojaLeida]:
    """Las hojas de cálculo del libro, en su orden. Lanza ``LibroRoto`` o ``Desmedido``."""
    try:
        with zipfile.ZipFile(ruta) as libro:
            return list(_Lector(libro).hojas())
    except LibroRoto:
        raise
    except FALLOS_DE_LIBRO as e:
        raise LibroRoto("") from e


class _Lector:
    """Un libro abierto: sus partes, sus textos compartidos, sus formatos y su calendario."""

    def __init__(self, libro: zipfile.ZipFile) -> None:
        self.libro = libro
        self.partes = {n.replace("\\", "/").lstrip("/").lower(): n for n in libro.namelist()}
        self.principal = next(
            (d for t, d, _ in self._relaciones("") if t.endswith("/officeDocument")),
            "xl/workbook.xml",
        )
        self.relaciones = {i: (t, d) for t, d, i in self._relaciones(self.principal)}
        self.calendario, self.recalcular = ORIGEN_1900, False
        self.declaradas: list[tuple[str, str, bool]] = []
        for e in self._elementos(self.principal):
            self._del_libro(e)
        revisar_hojas(n for n, _, _ in self.declaradas)
        self.textos = list(self._compartidos())
        estilos, propios = self._estilos()
        self.formatos = [clase_de_numero(i, propios) for i in estilos]
        self.se_ven_distinto = [que_se_ve_distinto(i, propios) for i in estilos]
        self.contador = Contador()
        self.fechas: dict[tuple[str, Formato], Valor] = {}

    def _abrir(self, parte: str) -> IO[bytes]:
        return self.libro.open(self.partes[parte.lower()])

    def _elementos(self, parte: str) -> Iterator[Element]:
        """Cada elemento de una parte al cerrarse. Un DTD no es de un libro: se rechaza sin
        leerlo.
        """
        with self._abrir(parte) as f:
            _sin_dtd(f)
        with self._abrir(parte) as f:
            for _, e in iterparse(f):
                yield e

    def _relaciones(self, parte: str) -> Iterator[tuple[str, str, str]]:
        """``(tipo, parte, id)`` de lo que una parte enlaza."""
        carpeta, nombre = posixpath.split(parte)
        enlaces = posixpath.join(carpeta, "_rels", f"{nombre}.rels")
        if enlaces.lower() not in self.partes:
            return
        for e in self._elementos(enlaces):
            if _local(e.tag) == "Relationship" and e.get("TargetMode") != "External":
                destino = e.get("Target", "").replace("\\", "/")
                yield (
                    e.get("Type", ""),
                    (
                        destino.lstrip("/")
                        if destino.startswith("/")
                        else posixpath.normpath(posixpath.join(carpeta, destino))
                    ),
                    e.get("Id", ""),
                )

    def _del_libro(self, e: Element) -> None:
        nombre = _local(e.tag)
        if nombre == "workbookPr" and e.get("date1904", "") in SI:
            self.calendario = ORIGEN_1904
        elif nombre == "calcPr":
            self.recalcular = e.get("fullCalcOnLoad", "") in SI
        elif nombre == "sheet":
            enlace = next(
                (v for k, v in e.attrib.items() if k.startswith("{") and k.endswith("}id")), ""
            )
            tipo, destino = self.relaciones[enlace]
            if tipo.endswith("/worksheet"):
                self.declaradas.append(
                    (e.get("name", ""), destino, e.get("state", "visible") != "visible")
                )

    def _de_tipo(self, tipo: str) -> str | None:
        return next(
            (
                d
                for t, d in self.relaciones.values()
                if t.endswith(f"/{tipo}") and d.lower() in self.partes
            ),
            None,
        )

    def _compartidos(self) -> Iterator[str]:
        parte = self._de_tipo("sharedStrings")
        for e in self._elementos(parte) if parte else ():
            if _local(e.tag) == "si":
                yield _texto(e)
                e.clear()

    def _estilos(self) -> tuple[list[int], dict[int, str]]:
        """El número de formato de cada estilo de celda, por su posición, y los formatos que el
        libro define.
        """
        parte = self._de_tipo("styles")
        propios: dict[int, str] = {}
        estilos: list[int] = []
        for e in self._elementos(parte) if parte else ():
            nombre = _local(e.tag)
            if nombre == "numFmt":
                propios[int(e.get("numFmtId", "0"))] = e.get("formatCode", "")
            elif nombre == "cellXfs":
                estilos = [int(x.get("numFmtId", "0")) for x in e if _local(x.tag) == "xf"]
        return estilos, propios

    def hojas(self) -> Iterator[HojaLeida]:
        for nombre, parte, oculta in self.declaradas:
            yield self._hoja(nombre, parte, oculta)

    def _hoja(self, nombre: str, parte: str, oculta: bool) -> HojaLeida:
        hoja = HojaLeida(nombre, oculta=oculta)
        anterior = 0
        for e in self._elementos(parte):
            # Antes de partir la etiqueta se mira cómo acaba: casi todas son de celdas, que se leen
            # con su fila.
            if e.tag[-3:] == "row" and _local(e.tag) == "row":
                anterior = self._fila(hoja, e, anterior)
                e.clear()
            elif e.tag[-9:] == "mergeCell" and _local(e.tag) == "mergeCell":
                hoja.combinadas.append(_rango(e.get("ref", "")))
                if len(hoja.combinadas) > COMBINADAS_MAXIMAS:
                    raise Desmedido(
                        f"hoja «{nombre}»",
                        f"tiene más de {COMBINADAS_MAXIMAS} celdas combinadas: sepárelas",
                    )
            elif e.tag[-3:] == "col" and _local(e.tag) == "col" and e.get("hidden") in SI:
                desde, hasta = int(e.get("min", "1")), int(e.get("max", "1"))
                hoja.columnas_ocultas |= set(range(desde, min(hasta, COLUMNAS_MAXIMAS) + 1))
        return hoja

    def _fila(self, hoja: HojaLeida, row: Element, anterior: int) -> int:
        """Pone en ``hoja`` lo escrito en una fila y devuelve su número; lo vacío del final no
        ocupa.
        """
        numero = int(row.get("r", anterior + 1))
        if numero <= anterior:
            raise LibroRoto(
                f"la hoja «{hoja.nombre}» tiene dos veces la fila {numero}, o en desorden"
            )
        sufijo = str(numero)
        escritas: dict[int, Valor] = {}
        columna = 0
        for c in row:
            if c.tag[-2:] != "}c" and c.tag != "c":
                continue
            if referencia := c.get("r"):
                columna = _COLUMNAS.get(referencia.removesuffix(sufijo)) or _columna(
                    referencia, sufijo
                )
            else:
                columna += 1
            if columna in escritas:
                raise LibroRoto(f"la celda {columna} de la fila {numero} está dos veces")
            valor = self._celda(hoja, c, numero, columna)
            if valor is not None or (numero, columna) in hoja.ilegibles:
                escritas[columna] = valor
        if escritas:
            letras = sum(len(v) for v in escritas.values() if isinstance(v, str))
            self.contador.fila(hoja.nombre, numero, max(escritas), letras)
            hoja.poner(numero, escritas)
            if row.get("hidden") in SI:
                hoja.filas_ocultas.add(numero)
        return numero

    def _celda(self, hoja: HojaLeida, c: Element, fila: int, columna: int) -> Valor:
        v = formula = en_linea = None
        for hijo in c:
            etiqueta = hijo.tag
            if etiqueta[-2:] == "}v" or etiqueta == "v":
                v = hijo.text or ""
            elif etiqueta[-2:] == "}f" or etiqueta == "f":
                formula = hijo.text or ""
            elif etiqueta[-3:] == "}is" or etiqueta == "is":
                en_linea = hijo
        tipo = c.get("t", "n")
        if formula is not None and self._sin_resultado(tipo, v):
            hoja.romper(
                fila, columna, Ilegible(SIN_RESULTADO, f"={formula}" if formula else "fórmula")
            )
            return None
        if tipo == "inlineStr":
            return _o_nada(_texto(en_linea)) if en_linea is not None else None
        if not v:
            return None
        try:
            return self._valor(hoja, tipo, v, c.get("s"), fila, columna)
        except (ValueError, IndexError, OverflowError):
            hoja.romper(fila, columna, Ilegible(ILEGIBLE, v))
            return None

    def _sin_resultado(self, tipo: str, v: str | None) -> bool:
        """Una fórmula cuyo resultado nadie calculó: no lo trae, o es el cero que pone quien escribe
        el libro sin calcularlo.
        """
        return v is None or (v == "" and tipo != "str") or (v == "0" and self.recalcular)

    def _valor(
        self, hoja: HojaLeida, tipo: str, v: str, estilo: str | None, fila: int, columna: int
    ) -> Valor:
        if tipo == "s":
            return _o_nada(self.textos[int(v)])
        if tipo == "str":
            return _o_nada(_desescapado(v))
        if tipo == "b":
            return v.strip() in SI
        if tipo == "e":
            hoja.romper(fila, columna, Ilegible(ERROR, v))
            return None
        if tipo == "d":
            return _llano(de_iso(v.strip()))
        formato = self.formatos[int(estilo)] if estilo else "general"
        if formato in ("fecha", "duracion"):
            clave = (v, formato)
            if clave not in self.fechas:
                self.fechas[clave] = _llano(
                    duracion(float(v))
                    if formato == "duracion"
                    else de_dias(float(v), self.calendario)
                )
            return self.fechas[clave]
        numero = float(v)
        if numero - numero != 0:
            raise ValueError(v)
        if estilo and (visto := self.se_ven_distinto[int(estilo)]):
            return hoja.numero(fila, columna, numero, vista_de(visto, numero))
        return numero


def _sin_dtd(f: IO[bytes]) -> None:
    """Lanza ``LibroRoto`` si la parte declara un DTD: de ahí salen entidades que crecen o que leen
    archivos ajenos.
    """
    lector, raiz = expat.ParserCreate(), []

    def dtd(*_: object) -> None:
        raise LibroRoto("el libro declara un DTD, que ninguna hoja de cálculo escribe")

    lector.StartDoctypeDeclHandler = dtd
    lector.StartElementHandler = lambda *_: raiz.append(True)
    while not raiz and (trozo := f.read(4096)):
        lector.Parse(trozo)


def _local(etiqueta: str) -> str:
    return etiqueta.rpartition("}")[2]


def _texto(si: Element) -> str:
    """El texto de una cadena, con sus trozos de formato unidos y sin su guía de pronunciación."""
    if len(si) == 1 and _local(si[0].tag) == "t":
        return _desescapado(si[0].text or "")
    texto = ""
    for hijo in si:
        local = _local(hijo.tag)
        if local == "t":
            texto += hijo.text or ""
        elif local == "r":
            trozo = "".join(t.text or "" for t in hijo if _local(t.tag) == "t")
            texto = con_trozo(texto, trozo, _posicion(hijo))
    return _desescapado(texto)


def _posicion(trozo: Element) -> str | None:
    """Si un trozo con formato va por encima o por debajo del renglón."""
    return next((x.get("val") for x in trozo.iter() if _local(x.tag) == "vertAlign"), None)


ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _desescapado(texto: str) -> str:
    """``_x000A_`` es como Excel escribe un carácter que el XML no admite."""
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)), texto) if "_x" in texto else texto


def _o_nada(texto: str) -> str | None:
    return texto if texto.strip() else None


def _llano(valor: object) -> Valor:
    """Una fecha sin hora es un día."""
    if isinstance(valor, datetime):
        segundos = (valor + timedelta(milliseconds=500)).replace(microsecond=0)
        return segundos.date() if segundos.time() == time() else segundos
    if isinstance(valor, date | time | timedelta):
        return valor
    raise ValueError(valor)


_COLUMNAS: dict[str, int] = {}


def _columna(referencia: str, fila: str) -> int:
    """La columna de una celda que está en esa fila; recuerda las que ya leyó."""
    m = REFERENCIA.fullmatch(referencia.upper())
    if not m:
        raise LibroRoto(f"una celda dice estar en «{referencia}»")
    if m[2] != fila:
        raise LibroRoto(f"la celda «{referencia}» está en la fila {fila}")
    columna = 0
    for letra in m[1]:
        columna = columna * 26 + ord(letra) - 64
    _COLUMNAS[m[1]] = columna
    return columna


def _rango(referencia: str) -> Rango:
    desde, _, hasta = referencia.partition(":")
    esquinas = [REFERENCIA.fullmatch(x.replace("$", "")) for x in (desde, hasta or desde)]
    if not all(esquinas):
        raise LibroRoto(f"un rango combinado dice estar en «{referencia}»")
    a, b = ((_columna(m[0], m[2]), int(m[2])) for m in esquinas if m)
    return Rango(a[1], a[0], b[1], b[0])
