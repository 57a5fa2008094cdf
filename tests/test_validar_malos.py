"""Cada clase de dato malo se rechaza diciendo regla, archivo, fila y columna, y la edición viva no
cambia.

``tests/malos/`` tiene un archivo por defecto; ``casos.csv`` dice a dónde va y qué se espera. Un
``.csv`` se copia a su destino, un ``.yml`` es un reemplazo de texto y un ``.enlace`` es un enlace
simbólico. ``*`` es cualquier fila.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from apoyo_publicacion import LARGO
from conftest import compartido, con_muestra, copia_de, copiar_entradas, reducir
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion.ediciones import MANIFIESTO
from observatorio.rutas import Proyecto

MALOS = Path(__file__).parent / "malos"
CASOS: dict[str, list[dict[str, str]]] = defaultdict(list)
with (MALOS / "casos.csv").open(encoding="utf-8", newline="") as f:
    for fila in csv.DictReader(f):
        CASOS[fila["caso"]].append(fila)
VEINTE = "veinte-defectos"


@pytest.fixture(scope="module")
def vivo(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """Un proyecto de una misión con su edición construida; cada prueba lo estropea y lo deja como
    estaba.
    """

    def hacer(carpeta: Path) -> None:
        construir(
            reducir(copiar_entradas(carpeta / "proyecto"), ("m7-institucionalidad",)), "embebido"
        )

    base = compartido(tmp_path_factory, "una-mision", hacer) / "proyecto"
    return copia_de(Proyecto(base), tmp_path_factory.mktemp("vivo") / "proyecto")


def edicion_viva(proyecto: Proyecto) -> dict[str, object]:
    """A qué edición apunta ``_site``, su manifiesto y cuándo se escribió cada archivo por última
    vez.
    """
    sitio = proyecto.sitio.resolve()
    tocados = {
        str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in sitio.rglob("*") if p.is_file()
    }
    return {
        "edicion": str(sitio),
        "manifiesto": (sitio / MANIFIESTO).read_bytes(),
        "archivos": tocados,
    }


@contextmanager
def estropeado(proyecto: Proyecto, ruta: Path, destino: str) -> Iterator[None]:
    """Pone el archivo malo en su sitio y, al salir, devuelve lo que había."""
    cambio = yaml.safe_load(ruta.read_text(encoding="utf-8")) if ruta.suffix == ".yml" else None
    victima = proyecto.raiz / (cambio["archivo"] if cambio else destino)
    antes = victima.read_bytes() if victima.is_file() else None
    if cambio:
        texto = antes.decode("utf-8")
        assert cambio["antes"] in texto
        victima.write_text(texto.replace(cambio["antes"], cambio["despues"], 1), encoding="utf-8")
    elif ruta.suffix == ".enlace":
        victima.unlink(missing_ok=True)
        victima.symlink_to(ruta.read_text(encoding="utf-8").strip())
    else:
        victima.write_bytes(ruta.read_bytes())
    try:
        yield
    finally:
        victima.unlink()
        if antes is not None:
            victima.write_bytes(antes)


def archivo_de(caso: str) -> Path:
    return next(p for p in MALOS.glob(f"{caso}.*") if p.stem == caso)


def validar(proyecto: Proyecto, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict]]:
    capsys.readouterr()
    salida = principal(["--raiz", str(proyecto.raiz), "validar", "--json"])
    informe = json.loads(capsys.readouterr().out)
    return salida, [*informe["errores"], *informe["advertencias"]]


def test_el_proyecto_de_partida_es_valido(
    vivo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["--raiz", str(vivo.raiz), "validar"]) == 0
    assert "Todo en orden" in capsys.readouterr().out


def test_cada_archivo_malo_tiene_su_caso() -> None:
    assert len(CASOS) >= 40
    assert {p.stem for p in MALOS.iterdir()} == {*CASOS, VEINTE, "casos"}


@pytest.mark.parametrize("caso", con_muestra(CASOS, len(CASOS) // 3))
def test_se_rechaza_y_la_edicion_viva_sigue(
    vivo: Proyecto, caso: str, capsys: pytest.CaptureFixture[str]
) -> None:
    esperados = CASOS[caso]
    antes = edicion_viva(vivo)
    with estropeado(vivo, archivo_de(caso), esperados[0]["destino"]):
        salida, hallados = validar(vivo, capsys)
        # La compuerta es la misma: en lo rápido se construye con uno de cada cinco defectos.
        construida = (
            principal(["--raiz", str(vivo.raiz), "construir", "--motor", "embebido"])
            if LARGO or list(CASOS).index(caso) % 5 == 0
            else salida
        )
    dichos = {
        (h["regla"], h["archivo"], str(h["fila"] or ""), h["columna"] or "") for h in hallados
    }
    quiero = {(e["regla"], e["archivo"], e["fila"], e["columna"]) for e in esperados}
    comodines = {q[0] for q in quiero if q[2] == "*"}
    assert {(r, a, "*" if r in comodines else f, c) for r, a, f, c in dichos} == quiero
    assert all(h["remedio"] for h in hallados) and all(
        h["fila"] for h in hallados if h["regla"] in comodines
    )
    assert salida == construida == int(esperados[0]["salida"])
    assert edicion_viva(vivo) == antes


def test_veinte_defectos_en_un_archivo_son_veinte(
    vivo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    with estropeado(vivo, archivo_de(VEINTE), "data/observaciones/nuevo.csv"):
        salida, hallados = validar(vivo, capsys)
    assert salida == 1
    assert {h["fila"] for h in hallados} == set(range(2, 22))


def test_defectos_de_varios_archivos_se_dicen_juntos(
    vivo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        estropeado(vivo, archivo_de("kpi-desconocido"), "data/observaciones/nuevo.csv"),
        estropeado(vivo, archivo_de("correccion-no-coincide"), "data/correcciones.csv"),
        estropeado(vivo, archivo_de("contexto-sin-fuente"), "data/contexto.csv"),
        estropeado(vivo, archivo_de("logros-no-monotonos"), ""),
    ):
        _, hallados = validar(vivo, capsys)
    assert {h["regla"] for h in hallados} == {
        "kpi-desconocido",
        "correccion-no-coincide",
        "fuente-fuera-de-vocabulario",
        "logros-no-monotonos",
    }


def test_sin_catalogo_se_dice_tambien_la_forma_de_los_datos(
    vivo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        estropeado(vivo, archivo_de("yaml-roto"), ""),
        estropeado(vivo, archivo_de("fila-corta"), "data/observaciones/nuevo.csv"),
    ):
        _, hallados = validar(vivo, capsys)
    assert {h["regla"] for h in hallados} == {"yaml-roto", "fila-irregular"}


def test_el_informe_de_terminal_dice_cuantos_por_control_y_por_archivo(
    vivo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    with estropeado(vivo, archivo_de(VEINTE), "data/observaciones/nuevo.csv"):
        assert principal(["--raiz", str(vivo.raiz), "validar"]) == 1
    dicho = capsys.readouterr().err
    assert (
        "Por control:" in dicho
        and "data/observaciones/nuevo.csv, fila 2, columna «kpi»: «M7-K99»" in dicho
    )
    assert "el sitio publicado sigue igual" in dicho


@pytest.mark.parametrize(
    "caso", ["dni", "nombre", "historia-clinica", "fecha-de-nacimiento", "correo"]
)
def test_el_mensaje_no_repite_la_sena_de_una_persona(
    vivo: Proyecto, caso: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nota = archivo_de(caso).read_text(encoding="utf-8").splitlines()[-1].rsplit(",", 1)[1]
    with estropeado(vivo, archivo_de(caso), "data/observaciones/nuevo.csv"):
        assert principal(["--raiz", str(vivo.raiz), "validar"]) == 1
    dicho = capsys.readouterr()
    assert nota and nota not in dicho.err + dicho.out
