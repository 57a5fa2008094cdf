"""Las narraciones de verdad: cifradas y fuera de git, publicadas por tandas, retiradas de verdad.

Quien ataca conoce a todos los que narraron, cuándo llegó y cuándo se retiró cada narración, y todo
lo que se publicó de cada tanda: aun así no puede asegurar que una narración habló de un tema.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from observatorio.base import cifrado
from observatorio.calculo import calcular
from observatorio.catalogo import cargar
from observatorio.cli import principal
from observatorio.cualitativo import reserva
from observatorio.cualitativo.modelos import Libro, Relatos
from observatorio.cualitativo.relatos import COLUMNAS_CODIFICACION, COLUMNAS_NARRACION
from observatorio.cualitativo.tanda import Espera, Tanda, huella_de, siguiente, voces_de
from observatorio.errores import DatosInvalidos, ErrorDeUso
from observatorio.rutas import Proyecto
from observatorio.validar import pasar
from test_cualitativo import LIBRO

K, CLAVE = 10, "una-clave"
ACTORES = ("docente", "salud", "cuidadora")
TEMAS = ("anemia", "comida", "agua")
DEL_LIBRO = Libro.model_validate(
    {
        "codificadores": ["C1", "C2"],
        "actores": [{"id": a, "nombre": a.capitalize()} for a in ACTORES],
        "codigos": [
            {"codigo": t, "mision": "m4", "nombre": t.upper(), "incluye": "esto", "excluye": "otro"}
            for t in TEMAS
        ],
    }
)
Contadas = dict[str, tuple[str, frozenset[str]]]
"""Narración → quién narra y de qué temas habló."""


def relatos(contadas: Contadas) -> Relatos:
    narraciones = [
        (i, "1", "2026-03-01", actor, "taller", "cita", "documentado", f"Relato {i}.")
        for i, (actor, _) in contadas.items()
    ]
    leidas = [(i, q, t) for i, (_, ts) in contadas.items() for t in ts for q in ("C1", "C2")]
    return Relatos(
        DEL_LIBRO,
        pl.DataFrame(narraciones, schema=list(COLUMNAS_NARRACION), orient="row"),
        pl.DataFrame(leidas, schema=dict.fromkeys(COLUMNAS_CODIFICACION, pl.String), orient="row"),
    )


def azar(r: random.Random, desde: int, cuantas: int) -> Contadas:
    """Narraciones nuevas; a veces casi todas hablan de lo mismo."""
    pesos = [r.choice((0.05, 0.3, 0.9, 1.0)) for _ in TEMAS]
    return {
        f"N{n:03d}": (
            r.choice(ACTORES),
            frozenset(t for t, p in zip(TEMAS, pesos, strict=True) if r.random() < p),
        )
        for n in range(desde, desde + cuantas)
    }


def historia(semilla: int) -> list[tuple[Tanda, frozenset[str]]]:
    """Las tandas que se cierran en una historia al azar, cada una con las narraciones que
    cuenta.
    """
    r = random.Random(semilla)
    hay: Contadas = {}
    tandas: list[tuple[Tanda, frozenset[str]]] = []
    siguiente_codigo = 0
    for _ in range(8):
        llegan = r.choice((0, 1, 3, K, K, K + 5))
        hay |= azar(r, siguiente_codigo, llegan)
        siguiente_codigo += llegan
        for i in r.sample(sorted(hay), min(len(hay), r.choice((0, 0, 1, 2, K)))):
            del hay[i]
        cerrada = siguiente(tandas[-1][0] if tandas else None, relatos(hay), K, CLAVE)
        if isinstance(cerrada, Tanda):
            tandas.append((cerrada, frozenset(hay)))
    return tandas


def seguras(tandas: list[tuple[Tanda, frozenset[str]]], tema: str) -> list[str]:
    """Las narraciones de las que se puede asegurar que hablaron de un tema: aquellas sin las que no
    sale ninguna de las cuentas vistas.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    vistas = [(t.cuentas[tema], ids) for t, ids in tandas if tema in t.publicos]
    todas = sorted(set().union(*(ids for _, ids in vistas)))
    if not vistas:
        return []
    suman = np.array([[n in ids for n in todas] for _, ids in vistas], dtype=float)
    cuentas = np.array([c for c, _ in vistas], dtype=float)
    clases = {tuple(columna): i for i, columna in enumerate(suman.T)}
    halladas = []
    for i in clases.values():
        quiero = np.zeros(len(todas))
        quiero[i] = 1
        s = milp(
            quiero,
            constraints=LinearConstraint(suman, cuentas, cuentas),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(todas)),
        )
        assert s.success
        if round(s.fun) == 1:
            halladas.append(todas[i])
    return halladas


def exigir_sin_certezas(semillas: range) -> None:
    cuantas = 0
    for semilla in semillas:
        tandas = historia(semilla)
        cuantas += len(tandas)
        for tema in TEMAS:
            for hasta in range(1, len(tandas) + 1):
                assert seguras(tandas[:hasta], tema) == [], (semilla, tema, hasta)
    assert cuantas > len(semillas), "las historias deben cerrar tandas"


def test_ninguna_narracion_dice_su_tema_con_historias_al_azar() -> None:
    exigir_sin_certezas(range(6))


@pytest.mark.largo
def test_ninguna_narracion_dice_su_tema_con_cincuenta_historias() -> None:
    exigir_sin_certezas(range(100, 150))


def test_quien_ataca_si_la_halla_cuando_se_publica_una_por_una() -> None:
    """Que la prueba puede fallar: sin tandas, la que llega sola dice su tema."""
    antes = azar(random.Random(1), 0, K)
    despues = antes | {"N900": ("salud", frozenset({"agua"}))}
    vistas = []
    for numero, hay in enumerate((antes, despues), 1):
        cuentas = {t: sum(t in ts for _, ts in hay.values()) for t in TEMAS}
        vistas.append(
            (
                Tanda(
                    tanda=numero,
                    narraciones=len(hay),
                    hasta="2026-03",
                    ids=(),
                    cuentas=cuentas,
                    publicos=TEMAS,
                    acuerdo={},
                    citas=(),
                ),
                frozenset(hay),
            )
        )
    assert "N900" in seguras(vistas, "agua")


def test_lo_publicado_espera_a_que_lleguen_k_y_a_que_no_digan_todas_lo_mismo() -> None:
    base = {f"N{i}": (ACTORES[i % 3], frozenset({"agua"} if i % 2 else ())) for i in range(K)}
    primera = siguiente(None, relatos(base), K, CLAVE)
    assert isinstance(primera, Tanda) and primera.cuentas["agua"] == 5
    una = base | {"X": ("salud", frozenset({"anemia"}))}
    assert isinstance(siguiente(primera, relatos(una), K, CLAVE), Espera)
    iguales = base | {f"Y{i}": ("salud", frozenset({"anemia"})) for i in range(K)}
    assert isinstance(siguiente(primera, relatos(iguales), K, CLAVE), Espera)
    variadas = iguales | {"Z": ("docente", frozenset({"comida"}))}
    segunda = siguiente(primera, relatos(variadas), K, CLAVE)
    assert isinstance(segunda, Tanda) and segunda.tanda == 2 and segunda.narraciones == 2 * K + 1
    sin_una = {i: n for i, n in variadas.items() if i != "Z"} | {
        f"W{i}": ("salud", frozenset({"agua"} if i % 2 else ())) for i in range(K)
    }
    assert isinstance(siguiente(segunda, relatos(sin_una), K, CLAVE), Espera), (
        "el tema que baja diría de qué habló la retirada"
    )


# --- La orden, de punta a punta ---------------------------------------------------------------


def tablas(carpeta: Path, contadas: Contadas) -> Path:
    carpeta.mkdir(exist_ok=True)
    r = relatos(contadas)
    for nombre, tabla in (
        ("narraciones.csv", r.narraciones.with_columns(pl.lit("130809").alias("lugar"))),
        ("codificaciones.csv", r.codificaciones),
    ):
        tabla.write_csv(carpeta / nombre)
    return carpeta


@pytest.fixture
def con_reserva(minimo: Proyecto, tmp_path: Path) -> tuple[Proyecto, Path, str]:
    """Un proyecto con su libro, sin demostración, y una llave con su pública."""
    minimo.cualitativo.mkdir()
    (minimo.cualitativo / "codigos.yml").write_text(LIBRO, encoding="utf-8")
    llave = tmp_path / "llave.txt"
    return minimo, llave, cifrado.hacer_llave(llave)


def en_temas(i: int) -> frozenset[str]:
    return frozenset({"anemia"} if i % 2 else {"comida"})


CUENTAN: Contadas = {f"N{i:02d}": (ACTORES[i % 3], en_temas(i)) for i in range(K + 2)}


def orden(proyecto: Proyecto, *argumentos: str) -> int:
    return principal(["--raiz", str(proyecto.raiz), "voces", *argumentos])


def test_se_guardan_cifradas_se_publican_y_se_retiran(
    con_reserva: tuple[Proyecto, Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto, llave, publica = con_reserva
    de_fuera = tablas(tmp_path / "taller", CUENTAN)
    assert orden(proyecto, "guardar", str(de_fuera), "--para", publica) == 0
    (entrega,) = proyecto.reservado.glob("*")
    assert b"Relato" not in entrega.read_bytes() and entrega.stat().st_mode & 0o77 == 0
    subprocess.run(["git", "init", "-q"], cwd=proyecto.raiz, check=True)
    ignora = ("git", "check-ignore", "-q", str(entrega.relative_to(proyecto.raiz)))
    (proyecto.raiz / ".gitignore").write_text(
        (Path(__file__).parents[1] / ".gitignore").read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert subprocess.run(ignora, cwd=proyecto.raiz, check=False).returncode == 0

    assert orden(proyecto, "tanda", "--llave", str(llave)) == 0
    assert "Relato N" in proyecto.tanda.read_text(encoding="utf-8"), "las citas con permiso"
    voces = calcular(proyecto).voces
    assert voces.narraciones == K + 2 and not voces.demostracion
    cuentas = {t.codigo: t.narraciones for t in voces.temas}
    assert cuentas["anemia"] == sum("anemia" in ts for _, ts in CUENTAN.values())
    citada = voces.citas[0].texto.removeprefix("Relato ").rstrip(".")

    retiro = ("retirar", citada, "--llave", str(llave), "--motivo", "a-pedido")
    assert orden(proyecto, *retiro) == 0
    dicho = proyecto.retiros.read_text(encoding="utf-8")
    assert citada not in dicho and huella_de("clave-de-prueba", citada) in dicho
    assert "Relato" not in dicho and "a-pedido" in dicho
    despues = calcular(proyecto).voces
    assert citada not in " ".join(c.texto for c in despues.citas)
    assert {t.codigo: t.narraciones for t in despues.temas} == cuentas, "espera a la tanda"
    abiertas = tmp_path / "abiertas"
    assert orden(proyecto, "abrir", str(abiertas), "--llave", str(llave)) == 0
    with (abiertas / "narraciones.csv").open(encoding="utf-8", newline="") as f:
        ids = [n["id"] for n in csv.DictReader(f)]
    assert citada not in ids and len(ids) == K + 1
    capsys.readouterr()
    assert orden(proyecto, "tanda", "--llave", str(llave)) == 1
    assert "1 retiradas" in capsys.readouterr().out
    with pytest.raises(DatosInvalidos, match="narracion-retirada"):
        reserva.guardar(proyecto, cargar(proyecto), de_fuera, [publica])


def test_lo_que_no_se_puede_dice_que_hacer(
    con_reserva: tuple[Proyecto, Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto, llave, publica = con_reserva
    de_fuera = tablas(tmp_path / "taller", CUENTAN)
    assert orden(proyecto, "guardar", str(de_fuera)) == 2
    assert "--para age1" in capsys.readouterr().err
    reserva.guardar(proyecto, cargar(proyecto), de_fuera, [publica])
    assert orden(proyecto, "abrir", str(proyecto.raiz / "aqui"), "--llave", str(llave)) == 2
    assert "dentro del proyecto" in capsys.readouterr().err
    with pytest.raises(ErrorDeUso, match="no se guarda ninguna"):
        reserva.retirar(proyecto, llave, "N99", "a-pedido", date(2026, 10, 31))
    assert orden(proyecto, "retirar", "N01", "--llave", str(llave)) == 2
    assert "a-pedido" in capsys.readouterr().err


def test_una_narracion_de_verdad_en_claro_se_rechaza(copia: Proyecto, cambiar) -> None:
    cambiar(copia.cualitativo / "narraciones.csv", "cita,demostracion", "cita,documentado")
    with pytest.raises(DatosInvalidos) as e:
        pasar(copia)
    (defecto,) = [x for x in e.value.errores if x.regla == "narracion-en-claro"]
    assert defecto.fila == 2 and "observatorio voces guardar" in defecto.remedio


def test_la_tanda_ni_se_edita_ni_retrocede(con_reserva: tuple[Proyecto, Path, str]) -> None:
    proyecto, _, _ = con_reserva
    tanda = siguiente(None, relatos(CUENTAN), K, CLAVE)
    assert isinstance(tanda, Tanda)
    from observatorio.cualitativo.tanda import escribir_tanda, leer_tanda, retrocede

    escribir_tanda(proyecto, tanda)
    assert leer_tanda(proyecto, []) == tanda
    assert voces_de(tanda, DEL_LIBRO).temas[0].narraciones == tanda.cuentas["anemia"]
    assert retrocede(proyecto, tanda, 1) == []
    assert [e.regla for e in retrocede(proyecto, tanda, 2)] == ["tanda-retrocede"]
    assert [e.regla for e in retrocede(proyecto, None, 1)] == ["tanda-retrocede"]
    crudo = json.loads(proyecto.tanda.read_text(encoding="utf-8"))
    crudo["cuentas"]["anemia"] += 1
    proyecto.tanda.write_text(json.dumps(crudo), encoding="utf-8")
    with pytest.raises(DatosInvalidos, match="tanda-danada"):
        pasar(proyecto)
