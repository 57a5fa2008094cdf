"""De los bytes de un archivo de texto a sus filas: qué codificación lleva y qué separa sus campos.

Excel en español guarda Windows-1252 con punto y coma; en un Mac antiguo, MacRoman; «Texto Unicode»
es UTF-16 con tabuladores; los sistemas de DOS, la página 850. Nada de eso cambia lo que el archivo
dice: se reconoce por las letras del español y, si no se puede, se rechaza. El texto queda en NFC:
en un Mac las tildes llegan separadas de su letra.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

SEPARADORES = (",", ";", "\t", "|")
NOMBRES = {",": "coma", ";": "punto y coma", "\t": "tabulador", "|": "barra (|)"}
DE_UN_BYTE = ("cp1252", "mac_roman", "cp850")
"""En orden de preferencia: con la misma cuenta gana la primera."""
LINEAS_DE_MUESTRA = 300
DE_EXCEL = re.compile(r'"?sep=(.|\\t)"?[;,\t|]*', re.IGNORECASE)
DURO = "\u00a0"
ESPANOLAS = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
BYTES_DE_MUESTRA = 4096
NULO, A_LA_VISTA = "\x00", "␀"
REMEDIO_NULO = "el archivo no es texto: expórtelo de nuevo como CSV UTF-8"
REMEDIO_UN_NULO = (
    "en esa celda hay un carácter nulo, que no se ve (aquí va como ␀): vuelva a escribir la celda"
    " entera, o exporte el archivo de nuevo"
)
SIN_MARCA = {
    "utf-32-le": (4, 0),
    "utf-32-be": (4, 3),
    "utf-16-le": (2, 0),
    "utf-16-be": (2, 1),
}
"""Cuántos bytes ocupa cada letra, y cuál de ellos la dice en las de ASCII."""
PARTE_DE_NULOS = 0.7
PARTE_DE_CONTROL = 0.1
"""Con más signos de control que estos, ya no es texto."""
FIN_DE_DOS = re.compile(r"\x1a\s*\Z")
"""El carácter con que los sistemas de DOS terminan un archivo."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class TextoIlegible(ValueError):
    """El archivo no es texto, sus letras no se reconocen o se contradice. ``args``: regla, remedio
    y, si se sabe, lo escrito y su línea.
    """


class ConNulos(TextoIlegible):
    """Es texto, y en algunas celdas lleva un carácter nulo. ``celdas``: fila y columna (desde 1),
    lo que la celda dice y el título de su columna, o nada.
    """

    def __init__(self, celdas: list[tuple[int, int, str, str]]) -> None:
        fila, _, texto, _ = celdas[0]
        super().__init__("byte-nulo", REMEDIO_UN_NULO, texto, fila)
        self.celdas = celdas


@dataclass(frozen=True, slots=True)
class TextoPlano:
    """El texto de un archivo y el signo que separa sus campos."""

    texto: str
    separador: str


def texto_de(crudo: bytes) -> str:
    """El texto entero, con su línea ``sep=`` si la trae. Lanza ``TextoIlegible`` si no es texto o
    no se sabe en qué codificación está.
    """
    return unicodedata.normalize("NFC", FIN_DE_DOS.sub("", _decodificado(crudo)))


def leer_texto(crudo: bytes) -> TextoPlano:
    """El texto y su separador. Lanza ``TextoIlegible`` si no es texto, no se sabe en qué
    codificación está o su línea ``sep=`` dice un separador y la tabla usa otro.
    """
    texto = texto_de(crudo)
    primera, salto, resto = texto.partition("\n")
    dicho = DE_EXCEL.fullmatch(primera.strip("\r"))
    if dicho and salto:
        separador = "\t" if dicho[1] == "\\t" else dicho[1]
        _exigir_cierto(dicho[0], separador, resto)
        return TextoPlano(resto, separador)
    return TextoPlano(texto, separador_de(texto))


def _exigir_cierto(escrita: str, dicho: str, tabla: str) -> None:
    """Lanza ``TextoIlegible`` si la tabla separa más filas con otro signo que con el que dice su
    línea ``sep=``.
    """
    muestra, usado = muestra_de(tabla), separador_de(tabla)
    if _regularidad(muestra, dicho)[0] >= _regularidad(muestra, usado)[0]:
        return
    raise TextoIlegible(
        "separador-contradicho",
        f"la línea 1 dice que los campos se separan con {_nombrado(dicho)}, y la tabla los separa"
        f" con {_nombrado(usado)}: escriba {_linea(usado)} en esa línea, o bórrela entera",
        escrita,
        1,
    )


def _nombrado(separador: str) -> str:
    return NOMBRES.get(separador, f"«{separador}»")


def _linea(separador: str) -> str:
    return "«sep=» y un tabulador" if separador == "\t" else f"«sep={separador}»"


def _decodificado(crudo: bytes) -> str:
    codificacion = (
        "utf-32"
        if crudo.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
        else "utf-16"
        if crudo.startswith((b"\xff\xfe", b"\xfe\xff"))
        else _de_varios_bytes_sin_marca(crudo)
        if b"\x00" in crudo
        else None
    )
    try:
        texto = crudo.decode(codificacion or "utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as e:
        if codificacion:
            raise TextoIlegible("byte-nulo", REMEDIO_NULO) from e
        texto = _de_un_byte(crudo)
    if NULO in texto:
        raise _con_nulos(texto)
    return texto


def _con_nulos(texto: str) -> TextoIlegible:
    """Lo que hay que decir de un texto con caracteres nulos: en qué celdas, o que no es texto."""
    if len(_CONTROL.findall(texto)) > PARTE_DE_CONTROL * len(texto):
        return TextoIlegible("byte-nulo", REMEDIO_NULO)
    visto = texto.replace(NULO, A_LA_VISTA)
    primera, salto, resto = visto.partition("\n")
    sep = bool(salto) and DE_EXCEL.fullmatch(primera.strip("\r")) is not None
    tabla = resto if sep else visto
    titulos: list[str] = []
    celdas = []
    lector = csv.reader(io.StringIO(tabla, newline=""), delimiter=separador_de(tabla))
    try:
        for fila, campos in enumerate(lector, 1):
            titulos = titulos if len(titulos) >= len(campos) else campos
            celdas += [
                (fila, i, campo, "" if titulos is campos else titulos[i - 1])
                for i, campo in enumerate(campos, 1)
                if A_LA_VISTA in campo
            ]
    except csv.Error:
        pass
    return ConNulos(celdas) if celdas else TextoIlegible("byte-nulo", REMEDIO_NULO)


def campo_con_nulo(linea: str) -> tuple[int, str]:
    """``(columna desde 0, lo que dice)`` del primer campo con un carácter nulo de una línea de CSV
    separada por comas.
    """
    antes, _, despues = linea.replace(NULO, A_LA_VISTA).partition(A_LA_VISTA)
    (campos,) = csv.reader([antes + A_LA_VISTA])
    return len(campos) - 1, campos[-1] + re.split(r'[,"]', despues, maxsplit=1)[0]


def _de_varios_bytes_sin_marca(crudo: bytes) -> str | None:
    """UTF-16 o UTF-32 sin su marca: en cada letra, los mismos bytes son nulos."""
    muestra = crudo[:BYTES_DE_MUESTRA]
    for codificacion, (ancho, con_letra) in SIN_MARCA.items():
        letras = len(muestra) // ancho
        nulos = [muestra[i::ancho].count(0) for i in range(ancho)]
        if nulos.pop(con_letra) == 0 and letras and min(nulos) > PARTE_DE_NULOS * letras:
            return codificacion
    return None


def _de_un_byte(crudo: bytes) -> str:
    """El texto en la codificación con menos letras que no son del español; de dos iguales, la que
    más lee. Ninguna si en todas sobran más.
    """
    leidos = [crudo.decode(c, errors="replace") for c in DE_UN_BYTE]
    cuentas = [_naturalidad(texto) for texto in leidos]
    raras, naturales = mejor = min(cuentas, key=lambda c: (c[0], -c[1]))
    if raras > naturales:
        raise TextoIlegible(
            "no-es-utf8",
            "no se reconocen sus letras con tilde: guárdelo de nuevo como «CSV UTF-8 (delimitado"
            " por comas)»",
        )
    return leidos[cuentas.index(mejor)]


def _naturalidad(texto: str) -> tuple[int, int]:
    """``(raras, naturales)``: signos que un texto en español no lleva donde están, y los que sí."""
    raras = naturales = 0
    for m in re.finditer(r"[^\x00-\x7f]", texto):
        c, i = m[0], m.start()
        antes, despues = texto[i - 1 : i], texto[i + 1 : i + 2]
        dentro = antes.isalpha() and despues.isalpha()
        if c == DURO:
            naturales += not (antes.islower() and despues.islower())
        elif c in ESPANOLAS:
            # Una letra suelta, o una minúscula en mitad de «MENORES», delata otra página de
            # códigos.
            rara = not (antes.isalpha() or despues.isalpha()) or (
                c.islower() and antes.isupper() and despues.isupper()
            )
            raras, naturales = raras + rara, naturales + (not rara)
        else:
            raras += (
                c == "\ufffd"
                or unicodedata.category(c) in ("Cc", "Co")
                or (c.isalpha() and c not in "ºª")
                or (dentro and c not in "·’")
            )
    return raras, naturales


def separador_de(texto: str) -> str:
    """El signo con que más filas tienen los mismos campos; en un empate, el que hace más columnas.

    No decide la primera línea: puede ser un título con comas sobre una tabla de punto y coma.
    """
    muestra = muestra_de(texto)
    return max(SEPARADORES, key=lambda s: (*_regularidad(muestra, s), -SEPARADORES.index(s)))


def muestra_de(texto: str) -> str:
    """Las primeras líneas, de las que se sabe cómo está hecho lo demás."""
    return "\n".join(texto.lstrip("\ufeff").splitlines()[:LINEAS_DE_MUESTRA])


def _regularidad(texto: str, separador: str) -> tuple[int, int]:
    """``(filas con los mismos campos, cuántos campos)``; (0, 0) si el signo no separa nada."""
    if separador not in texto:
        return 0, 0
    try:
        largos = [
            len(f) for f in csv.reader(io.StringIO(texto, newline=""), delimiter=separador) if f
        ]
    except csv.Error:
        return 0, 0
    cuentas = Counter(n for n in largos if n > 1)
    return max(((veces, campos) for campos, veces in cuentas.items()), default=(0, 0))
