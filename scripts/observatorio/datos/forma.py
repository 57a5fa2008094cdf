"""Dónde falla la forma de un CSV: cabecera y filas, con su remedio. Solo se usa cuando algo no cuadra."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..errores import ErrorDeDatos

SEPARADORES = ((";", "punto y coma"), ("\t", "tabulador"), ("|", "barra"))


def defectos_de_cabecera(archivo: str, cabecera: str, columnas: Sequence[str]) -> list[ErrorDeDatos]:
    """Los defectos de la primera fila; ninguno si nombra las columnas, en su orden."""

    def defecto(regla: str, columna: str | None, remedio: str) -> ErrorDeDatos:
        return ErrorDeDatos(archivo, 1, columna, cabecera, regla, remedio)

    hay = next(csv.reader([cabecera]), [])
    if hay == list(columnas):
        return []
    for separador, nombre in SEPARADORES:
        if separador in cabecera and "," not in cabecera:
            return [defecto("separador", None, f"está separado por {nombre}: ejecute observatorio validar --reparar, o guárdelo separado por comas")]
    esperada = ",".join(columnas)
    salida = [defecto("columna-repetida", c, "deje una sola vez la columna") for c in dict.fromkeys(hay) if hay.count(c) > 1]
    salida += [defecto("columna-ausente", c, f"la cabecera es exactamente: {esperada}") for c in columnas if c not in hay]
    salida += [defecto("columna-sobrante", c, f"bórrela: la cabecera es exactamente: {esperada}") for c in dict.fromkeys(hay) if c not in columnas]
    return salida or [defecto("columnas-desordenadas", None, f"ordene las columnas así: {esperada}")]


def defectos_de_filas(archivo: str, texto: str, ancho: int) -> list[ErrorDeDatos]:
    """Filas en blanco, con campos de más o de menos, con saltos dentro de un campo o con comillas sin cerrar."""
    salida = []
    lector = csv.reader(io.StringIO(texto, newline=""), strict=True)
    fila = 0
    try:
        for campos in lector:
            fila = lector.line_num
            if not any(c.strip() for c in campos):
                salida.append(ErrorDeDatos(archivo, fila, None, "", "fila-en-blanco", "borre la fila"))
            elif len(campos) != ancho:
                salida.append(
                    ErrorDeDatos(archivo, fila, None, ",".join(campos), "fila-irregular",
                                 f"tiene {len(campos)} campos y debe tener {ancho}; si un texto lleva coma, escríbalo entre comillas")
                )
            elif any("\n" in c or "\r" in c for c in campos):
                salida.append(ErrorDeDatos(archivo, fila, None, "salto de línea", "salto-en-campo", "escriba el texto en una sola línea"))
    except csv.Error as e:
        salida.append(ErrorDeDatos(archivo, fila + 1, None, str(e), "comillas-rotas", "cierre las comillas del texto"))
    return salida
