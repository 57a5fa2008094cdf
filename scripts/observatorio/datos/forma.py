"""Dónde falla la forma de un CSV, con su remedio, y qué se puede leer de él a pesar de todo.

Solo se usa cuando algo no cuadra. Cada defecto de forma se dice y la fila que conserva sus campos
sigue adelante, para que sus cifras también se revisen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from ..base.cifras import COMA_DECIMAL, DE_CIFRAS, defecto_de_cifra, partidas
from ..base.texto_plano import DE_EXCEL, REMEDIO_UN_NULO, campo_con_nulo
from ..catalogo.defectos import con_propuesta, parecido
from ..errores import VALOR_MAXIMO, ErrorDeDatos

SEPARADORES = ((";", "punto y coma"), ("\t", "tabulador"), ("|", "barra"))
LINEAS_DE_UN_CAMPO = 20
PARTE_NULA = 0.1
"""Con más bytes nulos que estos, una línea no es de texto: es UTF-16 u otra cosa."""
BOM = b"\xef\xbb\xbf"
REMEDIO_UTF8 = (
    "no está en UTF-8 (así guarda Excel un «CSV delimitado por comas»): ejecute observatorio"
    " validar --reparar o, si no lo reconoce, guarde el archivo como «CSV UTF-8»"
)
O_EXPORTAR = (
    " o, si no lo reconoce, guarde el archivo como «CSV UTF-8»: no está escrito como texto en UTF-8"
)
REMEDIO_REPARAR = "ejecute: observatorio validar --reparar"
REMEDIO_PUBLICADA = (
    "restituya el archivo de la última publicación: no se edita a mano, lo escribe «observatorio"
    " publicar»"
)
REMEDIO_INTOCABLE = {
    "/recibos/": "restituya el recibo como llegó: es prueba y no se repara",
    "data/publicada/": REMEDIO_PUBLICADA,
}
csv.field_size_limit(2**30)  # un campo desmedido lo dice su regla, con su fila y su columna

Numerada = tuple[int, list[str]]


def remedio_de_forma(archivo: str, o_bien: str = "") -> str:
    """Cómo se remedia la escritura de un CSV; los recibos y la memoria de lo publicado no se
    tocan.
    """
    return next(
        (remedio for carpeta, remedio in REMEDIO_INTOCABLE.items() if carpeta in archivo),
        f"{REMEDIO_REPARAR}{o_bien}",
    )


def columnas_de_la_cabecera(
    archivo: str, cruda: bytes, columnas: Sequence[str], errores: list[ErrorDeDatos]
) -> list[str] | None:
    """Las columnas en el orden del archivo, aunque alguna sobre; nada si faltan o están en otro
    orden.
    """

    def falta(regla: str, remedio: str, valor: str | None = None) -> None:
        errores.append(ErrorDeDatos(archivo, 1, None, valor, regla, remedio))

    if cruda.startswith(BOM):
        falta(
            "marca-bom", remedio_de_forma(archivo, " (o guarde como CSV UTF-8 sin BOM)"), "U+FEFF"
        )
        cruda = cruda.removeprefix(BOM)
    if b"\x00" in cruda:
        if cruda.count(b"\x00") > PARTE_NULA * len(cruda):
            falta("byte-nulo", remedio_de_forma(archivo, O_EXPORTAR))
        else:
            errores.append(_nulo(archivo, 1, cruda, ()))
        return None
    try:
        texto = cruda.decode("utf-8")
    except UnicodeDecodeError as e:
        falta("no-es-utf8", REMEDIO_UTF8, f"byte 0x{cruda[e.start]:02x}")
        texto = cruda.decode("latin-1")
    hay = next(csv.reader([texto]), [])
    errores += defectos_de_cabecera(archivo, texto, hay, columnas)
    return hay if [c for c in hay if c in columnas] == list(columnas) else None


def defectos_de_cabecera(
    archivo: str, cabecera: str, hay: list[str], columnas: Sequence[str]
) -> list[ErrorDeDatos]:
    """Los defectos de la primera fila; ninguno si nombra las columnas, en su orden."""

    def defecto(regla: str, columna: str | None, remedio: str) -> ErrorDeDatos:
        return ErrorDeDatos(
            archivo, 1, columna and columna[:VALOR_MAXIMO], cabecera, regla, remedio
        )

    if hay == list(columnas):
        return []
    if DE_EXCEL.fullmatch(cabecera.strip()):
        return [
            defecto(
                "linea-de-separador",
                None,
                "esa línea la pone Excel y no es de los datos: ejecute observatorio validar"
                " --reparar, o bórrela",
            )
        ]
    for separador, nombre in SEPARADORES:
        if separador in cabecera and "," not in cabecera:
            return [
                defecto(
                    "separador",
                    None,
                    f"está separado por {nombre}: ejecute observatorio validar --reparar, o"
                    " guárdelo separado por comas",
                )
            ]
    esperada = ",".join(columnas)
    if not set(hay) & set(columnas):
        return [
            defecto(
                "columna-ausente",
                None,
                "la fila 1 no es la de los títulos: borre las filas que haya antes de ellos, hasta"
                f" que la primera diga exactamente: {esperada}",
            )
        ]
    ausentes = [c for c in columnas if c not in hay]
    salida = [
        defecto("columna-repetida", c, "deje una sola vez la columna")
        for c in dict.fromkeys(hay)
        if hay.count(c) > 1
    ]
    salida += [
        defecto("columna-ausente", c, f"la cabecera es exactamente: {esperada}") for c in ausentes
    ]
    salida += [
        defecto(
            "columna-sobrante",
            c,
            con_propuesta(
                parecida := parecido(c, ausentes),
                f"{'cambie el título; si no, ' if parecida else ''}bórrela: la cabecera es"
                f" exactamente: {esperada}",
                c,
            ),
        )
        for c in dict.fromkeys(hay)
        if c not in columnas
    ]
    return salida or [
        defecto("columnas-desordenadas", None, f"ordene las columnas así: {esperada}")
    ]


def filas_legibles(
    archivo: str, bloque: bytes, primera: int, columnas: Sequence[str], errores: list[ErrorDeDatos]
) -> Iterator[Numerada]:
    """``(fila, campos)`` de cada fila de un bloque que tiene un campo por columna; los defectos de
    las demás, a ``errores``.

    La fila que una coma decimal partió se dice y sigue adelante, como si su cifra estuviera entre
    comillas.
    """

    def falta(fila: int, valor: str | None, regla: str, remedio: str) -> None:
        errores.append(ErrorDeDatos(archivo, fila, None, valor, regla, remedio))

    lineas = _lineas(archivo, bloque, primera, columnas, errores)
    i = 0
    while i < len(lineas):
        campos, usadas = _campos(lineas, i)
        fila = primera + i + max(usadas, 1) - 1
        i += max(usadas, 1)
        if not usadas:
            falta(fila, lineas[i - 1], "comillas-rotas", "cierre las comillas del texto")
        elif not any(c.strip() for c in campos):
            falta(fila, "", "fila-en-blanco", "borre la fila")
        elif juntas := partidas(campos, columnas):
            errores.extend(_cifras_con_coma(archivo, fila, juntas, columnas))
            yield from ((fila, junta) for junta in juntas if len(juntas) == 1)
        elif len(campos) != len(columnas):
            falta(
                fila,
                ",".join(campos),
                "fila-irregular",
                f"tiene {len(campos)} {'campo' if len(campos) == 1 else 'campos'} y debe tener"
                f" {len(columnas)}; si un texto lleva coma, escríbalo entre comillas",
            )
        else:
            if usadas > 1:
                falta(
                    fila, "salto de línea", "salto-en-campo", "escriba el texto en una sola línea"
                )
            yield fila, [c.replace("\n", " ") for c in campos] if usadas > 1 else campos


def _cifras_con_coma(
    archivo: str, fila: int, juntas: Sequence[Sequence[str]], columnas: Sequence[str]
) -> Iterator[ErrorDeDatos]:
    """Qué cifras de la fila llevan coma o, si puede ser una u otra, entre cuáles está."""
    con_coma = [
        [
            (c, x)
            for c, x in zip(columnas, junta, strict=True)
            if c in DE_CIFRAS and defecto_de_cifra(x)
        ]
        for junta in juntas
    ]
    if len(juntas) == 1:
        yield from (
            ErrorDeDatos(archivo, fila, c, x, *(defecto_de_cifra(x) or ("", "")))
            for c, x in con_coma[0]
        )
        return
    dudosas = [c for c in columnas if any(c == otra for una in con_coma for otra, _ in una)]
    dichas = " o ".join(f"{c} {x}" for una in con_coma for c, x in una)
    yield ErrorDeDatos(
        archivo,
        fila,
        ", ".join(dudosas),
        dichas,
        COMA_DECIMAL,
        "una de esas cifras lleva coma y parte la fila: escríbala con punto",
    )


def _nulo(archivo: str, fila: int, linea: bytes, columnas: Sequence[str]) -> ErrorDeDatos:
    i, dicho = campo_con_nulo(linea.decode("utf-8", errors="replace"))
    columna = columnas[i] if i < len(columnas) else f"la {i + 1}.ª"
    return ErrorDeDatos(archivo, fila, columna, dicho, "byte-nulo", REMEDIO_UN_NULO)


def _lineas(
    archivo: str,
    bloque: bytes,
    primera: int,
    columnas: Sequence[str],
    errores: list[ErrorDeDatos],
) -> list[str]:
    """Las líneas como texto, cada una con lo que le pasa dicho: saltos viejos, bytes nulos, letras
    que no son UTF-8.
    """
    bloque = bloque.replace(b"\r\n", b"\n")
    if b"\r" in bloque:
        fila = primera + bloque[: bloque.index(b"\r")].count(b"\n")
        errores.append(
            ErrorDeDatos(
                archivo,
                fila,
                None,
                "U+000D",
                "fin-de-linea",
                f"{remedio_de_forma(archivo)}: las líneas terminan como en los Mac antiguos",
            )
        )
        bloque = bloque.replace(b"\r", b"\n")
    salida = []
    for fila, linea in enumerate(bloque.removesuffix(b"\n").split(b"\n"), primera):
        if b"\x00" in linea:
            errores.append(_nulo(archivo, fila, linea, columnas))
            linea = linea.replace(b"\x00", b"")
        try:
            salida.append(linea.decode("utf-8"))
        except UnicodeDecodeError as e:
            errores.append(
                ErrorDeDatos(
                    archivo, fila, None, f"byte 0x{linea[e.start]:02x}", "no-es-utf8", REMEDIO_UTF8
                )
            )
            salida.append(linea.decode("latin-1"))
    return salida


def _campos(lineas: list[str], i: int) -> tuple[list[str], int]:
    """Los campos de la fila que empieza en la línea ``i`` y cuántas líneas ocupa; cero si sus
    comillas no cierran.
    """
    if '"' not in lineas[i]:
        return lineas[i].split(","), 1
    for usadas in range(1, LINEAS_DE_UN_CAMPO + 1):
        try:
            return (
                next(csv.reader([f"{linea}\n" for linea in lineas[i : i + usadas]], strict=True)),
                usadas,
            )
        except csv.Error:
            if i + usadas >= len(lineas):
                break
    return [], 0
