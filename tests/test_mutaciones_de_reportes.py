"""Heridas al azar a reportes y encuestas sanos: o dan las mismas cifras, o se rechazan. Nunca otras
cifras en silencio.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from apoyo_reportes import Cifras, Filas, Leido, filas_de, leer, libro, texto_csv

SEMILLAS, LARGAS = 30, 300
HERIDAS_POR_CASO = (1, 2)
CODIFICACIONES = ("utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp850", "utf-16", "utf-16-le")

Hojas = dict[str, Filas]


class Caso:
    """Un archivo sano: sus hojas, en qué fila tiene los títulos y con qué opciones se lee."""

    def __init__(self, nombre: str, fila: int, hojas: Hojas, **opciones: str) -> None:
        self.nombre, self.fila, self.hojas, self.opciones = nombre, fila, hojas, opciones

    @property
    def principal(self) -> str:
        """La hoja cuyas filas se cuentan."""
        return list(self.hojas)[-1]


CASOS = (
    Caso("his", 3, {"h": filas_de("his-cred.csv")}),
    Caso("siagie", 2, {"Consolidado": filas_de("siagie-inclusion.xlsx")}, fecha_dato="2023-03-31"),
    Caso(
        "sien",
        5,
        {"Anemia": filas_de("sien-anemia.xlsx")},
        periodo="2025-S1",
        fecha_dato="2025-08-10",
    ),
    Caso("hogares", 1, {"Encuesta": filas_de("kobo-hogares.xlsx")}),
    Caso("servicios", 1, {"Servicios": filas_de("kobo-servicios.xlsx")}),
    Caso(
        "menores",
        1,
        {
            "Alimentación de menores": filas_de("kobo-menores.xlsx", 0),
            "menores": filas_de("kobo-menores.xlsx", 1),
        },
    ),
)


def con_titulo(caso: Caso, hojas: Hojas, azar: random.Random, cambio: Callable[[str], str]) -> None:
    filas = hojas[caso.principal]
    i = azar.randrange(len(filas[caso.fila - 1]))
    filas[caso.fila - 1][i] = cambio(str(filas[caso.fila - 1][i]))


def titulos_de_otro_modo(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    escritura = azar.choice(
        [
            lambda t: unicodedata.normalize("NFD", t),
            lambda t: t.replace(" ", "  "),
            lambda t: t.replace(" ", "\n"),
            lambda t: f" {t}\u00a0",
            str.upper,
        ]
    )
    for i, t in enumerate(hojas[caso.principal][caso.fila - 1]):
        hojas[caso.principal][caso.fila - 1][i] = escritura(str(t))


def signo_de_grupo(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    signo = azar.choice("-.:")
    for i, t in enumerate(hojas[caso.principal][caso.fila - 1]):
        hojas[caso.principal][caso.fila - 1][i] = str(t).replace("/", signo)


def rotulo_encima(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    hojas[caso.principal][0:0] = [
        [azar.choice(["REPORTE, 2025, CORTE", ""])] for _ in range(azar.randint(1, 5))
    ]


def columnas_en_otro_orden(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    ancho = max(map(len, hojas[caso.principal]))
    orden = azar.sample(range(ancho), ancho)
    hojas[caso.principal] = [
        [f[c] if c < len(f) else "" for c in orden] for f in hojas[caso.principal]
    ]


def filas_en_otro_orden(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas[caso.principal]
    hasta = next((i for i, f in enumerate(filas) if "TOTAL" in f), len(filas))
    cuerpo = filas[caso.fila : hasta]
    azar.shuffle(cuerpo)
    filas[caso.fila : hasta] = cuerpo


def fila_pegada_dos_veces(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas[caso.principal]
    filas.insert(
        azar.randint(caso.fila, len(filas)), [*filas[azar.randrange(caso.fila, len(filas))]]
    )


def fila_de_total(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas[caso.principal]
    total = [*filas[azar.randrange(caso.fila, len(filas) - 1)]]
    total[azar.randrange(min(3, len(total)))] = azar.choice(
        ["TOTAL", "Subtotal", "Total general", "TOTAL DISTRITO"]
    )
    filas.insert(azar.randint(caso.fila, len(filas)), total)


def fila_en_blanco(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    hojas[caso.principal].insert(azar.randint(caso.fila, len(hojas[caso.principal])), [])


def titulos_otra_vez(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas[caso.principal]
    filas.insert(azar.randint(caso.fila + 1, len(filas)), [*filas[caso.fila - 1]])


def columna_con_otro_titulo(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    con_titulo(caso, hojas, azar, lambda t: f"{t} (nuevo)")


def columna_borrada(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    c = azar.randrange(len(hojas[caso.principal][caso.fila - 1]))
    hojas[caso.principal] = [[v for i, v in enumerate(f) if i != c] for f in hojas[caso.principal]]


def columna_repetida(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    c = azar.randrange(len(hojas[caso.principal][caso.fila - 1]))
    hojas[caso.principal] = [[*f, f[c]] if c < len(f) else f for f in hojas[caso.principal]]


def pregunta_partida(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas[caso.principal]
    c, mitad = azar.randrange(len(filas[caso.fila - 1])), (caso.fila + len(filas)) // 2
    ancho = len(filas[caso.fila - 1]) + azar.randrange(2)
    for i, f in enumerate(filas):
        if i >= caso.fila - 1 and c < len(f):
            f.extend([""] * (ancho - len(f)))
            f.append(f"{f[c]}_v2" if i == caso.fila - 1 else f[c] if i >= mitad else "")
            if i >= mitad:
                f[c] = ""


def ceros_perdidos(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    for f in hojas[caso.principal]:
        for i, v in enumerate(f):
            if isinstance(v, str) and v.isdigit() and v.startswith("0"):
                f[i] = int(v)


def hoja_con_otro_nombre(caso: Caso, hojas: Hojas, azar: random.Random) -> None:
    filas = hojas.pop(caso.principal)
    if azar.random() < 0.5:
        hojas["Notas"] = [["Leer antes de usar"]]
    hojas["Hoja con otro nombre"] = filas


HERIDAS = (
    titulos_de_otro_modo,
    signo_de_grupo,
    rotulo_encima,
    columnas_en_otro_orden,
    filas_en_otro_orden,
    fila_pegada_dos_veces,
    fila_de_total,
    fila_en_blanco,
    titulos_otra_vez,
    columna_con_otro_titulo,
    columna_borrada,
    columna_repetida,
    pregunta_partida,
    ceros_perdidos,
)
INOCUAS = {
    titulos_de_otro_modo,
    signo_de_grupo,
    rotulo_encima,
    columnas_en_otro_orden,
    filas_en_otro_orden,
    fila_en_blanco,
}


def escribir(hojas: Hojas, carpeta: Path, azar: random.Random) -> Path:
    """En un libro o, si es una sola hoja, quizá en un texto con cualquier separador y
    codificación.
    """
    if len(hojas) > 1 or azar.random() < 0.5:
        return libro(carpeta / "r.xlsx", hojas)
    (filas,) = hojas.values()
    separador, codificacion = azar.choice(",;\t|"), azar.choice(CODIFICACIONES)
    texto = texto_csv(
        [[int(v) if isinstance(v, float) and v.is_integer() else v for v in f] for f in filas],
        separador,
    )
    texto = (f"sep={separador}\r\n" if azar.random() < 0.3 else "") + texto
    if codificacion in ("cp1252", "mac_roman", "cp850"):
        texto = unicodedata.normalize("NFC", texto)
    ruta = carpeta / "r.csv"
    ruta.write_bytes(texto.encode(codificacion, errors="replace"))
    return ruta


def herido(semilla: int, carpeta: Path) -> tuple[Caso, list[str], Leido]:
    azar = random.Random(semilla)
    caso = azar.choice(CASOS)
    hojas = {n: [[*f] for f in filas] for n, filas in caso.hojas.items()}
    heridas = azar.sample(HERIDAS, azar.choice(HERIDAS_POR_CASO))
    # El rótulo mueve la fila de los títulos y el otro nombre, la hoja: van al final.
    for herida in sorted(heridas, key=lambda h: h is rotulo_encima):
        herida(caso, hojas, azar)
    if azar.random() < 0.2 and len(hojas) == 1:
        hoja_con_otro_nombre(caso, hojas, azar)
    return (
        caso,
        [h.__name__ for h in heridas],
        leer(escribir(hojas, carpeta, azar), **caso.opciones),
    )


@pytest.fixture(scope="module")
def sanas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cifras]:
    carpeta = tmp_path_factory.mktemp("sanas")
    leidas = {
        c.nombre: leer(libro(carpeta / f"{c.nombre}.xlsx", c.hojas), **c.opciones).cifras
        for c in CASOS
    }
    assert all(leidas.values())
    return leidas


def comprobar(semillas: range, carpeta: Path, sanas: dict[str, Cifras]) -> None:
    inocuas = {h.__name__ for h in INOCUAS}
    for semilla in semillas:
        caso, heridas, leido = herido(semilla, carpeta)
        if leido.reglas:
            assert not set(heridas) <= inocuas, (semilla, caso.nombre, heridas, leido.dicho)
            assert leido.dicho, (semilla, caso.nombre, heridas)
        else:
            assert leido.cifras == sanas[caso.nombre], (semilla, caso.nombre, heridas)


def test_ninguna_herida_cambia_una_cifra_en_silencio(
    tmp_path: Path, sanas: dict[str, Cifras]
) -> None:
    comprobar(range(SEMILLAS), tmp_path, sanas)


@pytest.mark.largo
def test_ninguna_de_trescientas_heridas_cambia_una_cifra_en_silencio(
    tmp_path: Path, sanas: dict[str, Cifras]
) -> None:
    comprobar(range(1000, 1000 + LARGAS), tmp_path, sanas)
