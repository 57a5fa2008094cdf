"""Leer un .ods en una pasada por su ``content.xml``: las repeticiones de LibreOffice se cuentan y
no se despliegan si están vacías.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse

from .fechas_guardadas import de_iso, duracion_iso
from .libro_xlsx import FALLOS_DE_LIBRO, LibroRoto, _llano, _local, _o_nada, _sin_dtd
from .limites import COLUMNAS_MAXIMAS, Contador, revisar_hojas
from .naturaleza import (
    DE_ERROR,
    ERROR,
    ILEGIBLE,
    SIN_RESULTADO,
    Ilegible,
    Rango,
    Vista,
    con_trozo,
    es_de_codigo,
)
from .tipos_de_hoja import HojaLeida, Valor

CONTENIDO, DE_TABLA = "content.xml", "table-properties"
OCULTAS = ("collapse", "filter")
"""A mano y por un filtro."""
ENTRE = (1000, 1000**2, 1000**3)
HOLGURA = 1.000001
"""Para que un empate al redondear cuente."""
NUMERO_VISTO = re.compile(r"[0-9]+(?:[.,’' \u00a0\u202f][0-9]+)*")
LOGICOS = {"TRUE": True, "VERDADERO": True, "FALSE": False, "FALSO": False}


def leer_ods(ruta: Path) -> list[HojaLeida]:
    """Las hojas del libro, en su orden. Lanza ``LibroRoto`` o ``Desmedido``."""
    hojas: list[HojaLeida] = []
    contador, escondidos, fila, columna = Contador(), set(), 0, 0
    posiciones: dict[str, str] = {}
    try:
        with zipfile.ZipFile(ruta) as libro:
            with libro.open(CONTENIDO) as f:
                _sin_dtd(f)
            with libro.open(CONTENIDO) as f:
                for cuando, e in iterparse(f, events=("start", "end")):
                    nombre = _local(e.tag)
                    if cuando == "start":
                        if nombre == "table":
                            hojas.append(
                                HojaLeida(
                                    _atributo(e, "name"),
                                    oculta=_atributo(e, "style-name") in escondidos,
                                )
                            )
                            revisar_hojas(h.nombre for h in hojas)
                            fila = columna = 0
                    elif nombre == "style":
                        for x in e:
                            if _atributo(x, "display") == "false" and _local(x.tag) == DE_TABLA:
                                escondidos.add(_atributo(e, "name"))
                            if posicion := _posicion(_atributo(x, "text-position")):
                                posiciones[_atributo(e, "name")] = posicion
                    elif nombre == "table-column" and hojas:
                        desde, columna = columna + 1, columna + _veces(e, "number-columns-repeated")
                        if _atributo(e, "visibility") in OCULTAS:
                            hasta = min(columna, COLUMNAS_MAXIMAS)
                            hojas[-1].columnas_ocultas |= set(range(desde, hasta + 1))
                    elif nombre == "table-row" and hojas:
                        fila = _fila(hojas[-1], e, fila, contador, posiciones)
                        e.clear()
    except LibroRoto:
        raise
    except FALLOS_DE_LIBRO as e:
        raise LibroRoto("") from e
    return hojas


def _atributo(e: Element, nombre: str) -> str:
    return next((v for k, v in e.attrib.items() if _local(k) == nombre), "")


def _veces(e: Element, atributo: str) -> int:
    veces = int(_atributo(e, atributo) or 1)
    if veces < 1:
        raise LibroRoto(f"una celda dice repetirse {veces} veces")
    return veces


def _posicion(escrita: str) -> str | None:
    """Si un estilo de letra va por encima o por debajo del renglón: ``super 58%``, ``-33% 58%``."""
    if escrita.startswith(("0%", "-0%")):
        return None
    return (
        None if not escrita else "subscript" if escrita.startswith(("sub", "-")) else "superscript"
    )


def _fila(
    hoja: HojaLeida,
    row: Element,
    anterior: int,
    contador: Contador,
    posiciones: Mapping[str, str],
) -> int:
    """Pone la fila las veces que se repite y devuelve el número de la última."""
    veces, columna = _veces(row, "number-rows-repeated"), 0
    escritas: dict[int, tuple[Valor | Ilegible, Vista]] = {}
    for c in row:
        if _local(c.tag) not in ("table-cell", "covered-table-cell"):
            continue
        desde, columna = columna + 1, columna + _veces(c, "number-columns-repeated")
        combinada = (_veces(c, "number-rows-spanned"), _veces(c, "number-columns-spanned"))
        if combinada != (1, 1):
            hoja.combinadas.append(
                Rango(anterior + 1, desde, anterior + combinada[0], desde + combinada[1] - 1)
            )
        valor = _valor(c, posiciones)
        if valor is None:
            continue
        contador.fila(hoja.nombre, anterior + 1, columna)
        escritas |= dict.fromkeys(range(desde, columna + 1), (valor, _vista(c, valor, posiciones)))
    if escritas:
        letras = sum(len(v) for v, _ in escritas.values() if isinstance(v, str))
        for numero in range(anterior + 1, anterior + veces + 1):
            contador.fila(hoja.nombre, numero, max(escritas), letras)
            _poner(hoja, numero, escritas)
            if _atributo(row, "visibility") in OCULTAS:
                hoja.filas_ocultas.add(numero)
    return anterior + veces


def _poner(
    hoja: HojaLeida, numero: int, escritas: dict[int, tuple[Valor | Ilegible, Vista]]
) -> None:
    puestas: dict[int, Valor] = {}
    for columna, (valor, vista) in escritas.items():
        if isinstance(valor, Ilegible):
            hoja.romper(numero, columna, valor)
            puestas[columna] = None
        elif isinstance(valor, float):
            puestas[columna] = hoja.numero(numero, columna, valor, vista)
        else:
            puestas[columna] = valor
    hoja.poner(numero, puestas)


def _vista(c: Element, valor: Valor | Ilegible, posiciones: Mapping[str, str]) -> Vista:
    """Lo que el formato de una celda hace ver de su número. La celda guarda también lo que
    muestra: se comparan, sin saber qué signo separa los miles.
    """
    if not isinstance(valor, float):
        return Vista()
    texto = _texto(c, posiciones).strip()
    if es_de_codigo(texto) and int(texto) == valor:
        return Vista(cifras=len(texto))
    vistos = list(_numeros_vistos(texto))
    en_porcentaje = "%" in texto and _es_uno(vistos, valor * 100)
    if (en_porcentaje and not _es_uno(vistos, valor)) or (
        _atributo(c, "value-type") == "percentage" and (not vistos or "%" in texto)
    ):
        return Vista(porcentaje=True)
    if vistos and not _es_uno(vistos, valor):
        entre = (x for x in ENTRE if _es_uno(vistos, valor / x))
        return Vista(entre=next(entre, 1))
    return Vista()


def _numeros_vistos(texto: str) -> Iterator[tuple[float, float]]:
    """``(número, redondeo)`` que un texto puede decir: su último signo separa los decimales o, como
    los demás, los miles. Ninguno si lleva varios números.
    """
    escritos = NUMERO_VISTO.findall(texto)
    if len(escritos) != 1:
        return
    yield float(re.sub("[^0-9]", "", escritos[0])), 0.5
    *enteros, decimales = re.split("[^0-9]", escritos[0])
    if enteros:
        yield float(f"{''.join(enteros)}.{decimales}"), 0.5 / 10 ** len(decimales)


def _es_uno(vistos: Iterable[tuple[float, float]], valor: float) -> bool:
    return any(abs(n - abs(valor)) <= redondeo * HOLGURA for n, redondeo in vistos)


def _valor(c: Element, posiciones: Mapping[str, str]) -> Valor | Ilegible:
    tipos = [v for k, v in c.attrib.items() if _local(k) == "value-type"]
    tipo, formula = next((t for t in tipos if t != "error"), ""), _atributo(c, "formula")
    texto = _texto(c, posiciones)
    if "error" in tipos or (formula and DE_ERROR.fullmatch(texto.strip())):
        return Ilegible(ERROR, texto.strip() or "error")
    if not tipos:
        return Ilegible(SIN_RESULTADO, formula.removeprefix("of:")) if formula else _o_nada(texto)
    try:
        if tipo == "float" and (logico := LOGICOS.get(texto.strip().upper())) is not None:
            # LibreOffice guarda como 1 y 0 los valores lógicos de un libro de Excel.
            return logico
        if tipo in ("float", "percentage", "currency"):
            return float(_atributo(c, "value"))
        if tipo == "date":
            return _llano(de_iso(_atributo(c, "date-value")))
        if tipo == "boolean":
            return _atributo(c, "boolean-value") == "true"
        if tipo == "time" and (larga := duracion_iso(_atributo(c, "time-value"))) is not None:
            return larga
    except (ValueError, OverflowError):
        return Ilegible(ILEGIBLE, texto)
    return _o_nada(_atributo(c, "string-value") or texto)


def _texto(c: Element, posiciones: Mapping[str, str]) -> str:
    """Lo que la celda muestra."""
    return "\n".join(_parrafo(p, posiciones) for p in c if _local(p.tag) == "p")


def _parrafo(p: Element, posiciones: Mapping[str, str]) -> str:
    """El texto de un párrafo, con los blancos que LibreOffice escribe como elementos."""
    texto = p.text or ""
    for hijo in p:
        local = _local(hijo.tag)
        if local == "s":
            texto += " " * min(_veces(hijo, "c"), 1000)
        elif local in ("tab", "line-break"):
            texto += "\t" if local == "tab" else "\n"
        elif local != "annotation":
            posicion = posiciones.get(_atributo(hijo, "style-name"))
            texto = con_trozo(texto, _parrafo(hijo, posiciones), posicion)
        texto += hijo.tail or ""
    return texto
