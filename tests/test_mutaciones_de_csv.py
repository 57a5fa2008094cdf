"""Heridas al azar a la escritura de un CSV sano (sus cifras, sus comillas, su separador, su
codificación): o dan las mismas cifras, o se rechazan. Nunca otras cifras en silencio.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from apoyo_reportes import Cifras, Filas, Leido, filas_de, leer

SEMILLAS, LARGAS = 40, 300
MILES = (".", ",", " ", "\u00a0", "\u202f", "'", "’")
CODIFICACIONES = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman")
FILA_DE_TITULOS, CIFRAS = 3, (4, 5)
Escritura = Callable[[str, random.Random], str]


def grande(filas: Filas) -> Filas:
    """El reporte con recuentos de millares, donde el separador de miles importa."""
    return [
        [
            str(int(str(v)) + 1_200)
            if i >= FILA_DE_TITULOS and c in CIFRAS and str(v).isdigit()
            else v
            for c, v in enumerate(f)
        ]
        for i, f in enumerate(filas)
    ]


SANO = grande(filas_de("his-cred.csv"))


def de_miles(texto: str, azar: random.Random) -> str:
    return f"{int(texto):,}".replace(",", azar.choice(MILES))


def con_decimales(texto: str, azar: random.Random) -> str:
    return texto + azar.choice((".0", ",0", ".00", ",00", ".5", ",5", ".000", ",000"))


def de_miles_con_decimales(texto: str, azar: random.Random) -> str:
    miles = azar.choice(".,")
    return f"{int(texto):,}".replace(",", miles) + (",0" if miles == "." else ".0")


def con_algo(texto: str, azar: random.Random) -> str:
    return azar.choice(
        ("{} niños", "{}%", "{} %", "S/ {}", "~{}", "'{}", "+{}", "-{}", "{}*", "={}")
    ).format(texto)


def con_blancos(texto: str, azar: random.Random) -> str:
    return azar.choice((" {}", "{} ", "\u00a0{}", "\t{}", "{}\n")).format(texto)


def cientifico(texto: str, azar: random.Random) -> str:
    return azar.choice((f"{int(texto):.3E}", f"{int(texto) / 1000:.3f}E3", f"{int(texto)}E0"))


def en_blanco(texto: str, azar: random.Random) -> str:
    return azar.choice(("", "-", "–", "N/A", "#N/A", "s/d", "."))


def en_otras_cifras(texto: str, azar: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFF10 - 0x30) if c.isdigit() else c for c in texto)


def como_fecha(texto: str, azar: random.Random) -> str:
    return azar.choice(("12-mar", "2025-03-12", "mar-25", "1/2"))


ESCRITURAS: tuple[Escritura, ...] = (
    de_miles,
    con_decimales,
    de_miles_con_decimales,
    con_algo,
    con_blancos,
    cientifico,
    en_blanco,
    en_otras_cifras,
    como_fecha,
)
INOCUAS = {con_blancos}


def herido(semilla: int, carpeta: Path) -> tuple[set[Escritura], str, Leido]:
    azar = random.Random(semilla)
    filas = [[str(v) for v in f] for f in SANO]
    donde = [
        (i, c)
        for i in range(FILA_DE_TITULOS, len(filas))
        for c in CIFRAS
        if c < len(filas[i]) and filas[i][c].isdigit() and "TOTAL" not in filas[i]
    ]
    escrituras = {azar.choice(ESCRITURAS) for _ in range(azar.choice((1, 1, 2)))}
    todas = azar.random() < 0.4
    for escritura in sorted(escrituras, key=lambda e: e.__name__):
        for i, c in donde if todas else azar.sample(donde, azar.choice((1, 2))):
            if filas[i][c].isdigit():
                filas[i][c] = escritura(filas[i][c], azar)
    separador = azar.choice(",;\t|")
    salida = io.StringIO()
    csv.writer(
        salida,
        delimiter=separador,
        lineterminator=azar.choice(("\n", "\r\n")),
        quoting=azar.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    ).writerows(filas)
    texto = (f"sep={separador}\n" if azar.random() < 0.2 else "") + salida.getvalue()
    ruta = carpeta / "r.csv"
    try:
        ruta.write_bytes(texto.encode(azar.choice(CODIFICACIONES)))
    except UnicodeEncodeError:
        ruta.write_bytes(texto.encode("utf-8"))
    return escrituras, texto, leer(ruta)


@pytest.fixture(scope="module")
def sanas(tmp_path_factory: pytest.TempPathFactory) -> Cifras:
    ruta = tmp_path_factory.mktemp("sana") / "r.csv"
    with ruta.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, delimiter=";").writerows(SANO)
    leidas = leer(ruta)
    assert leidas.cifras, leidas.dicho
    return leidas.cifras


def comprobar(semillas: range, carpeta: Path, sanas: Cifras) -> None:
    rechazados = 0
    for semilla in semillas:
        escrituras, texto, leido = herido(semilla, carpeta)
        nombres = sorted(e.__name__ for e in escrituras)
        if leido.reglas:
            rechazados += 1
            assert not escrituras <= INOCUAS, (semilla, nombres, leido.dicho)
            assert leido.celdas or leido.dicho, (semilla, nombres)
        else:
            assert leido.cifras == sanas, (semilla, nombres, texto)
    assert 0 < rechazados < len(semillas)


def test_ninguna_escritura_cambia_una_cifra_en_silencio(tmp_path: Path, sanas: Cifras) -> None:
    comprobar(range(SEMILLAS), tmp_path, sanas)


@pytest.mark.largo
def test_ninguna_de_trescientas_escrituras_cambia_una_cifra_en_silencio(
    tmp_path: Path, sanas: Cifras
) -> None:
    comprobar(range(7_000, 7_000 + LARGAS), tmp_path, sanas)
