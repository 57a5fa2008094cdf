"""Los ejemplos de CONTRIBUTING.md funcionan tal como están escritos."""

from __future__ import annotations

import re

import pytest

from conftest import RAIZ, con_respaldo, copiar_entradas
from observatorio.cli import principal
from observatorio.edicion import memoria
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

GUIA = (RAIZ / "CONTRIBUTING.md").read_text(encoding="utf-8")


def ejemplo(titulo: str) -> list[str]:
    """Las líneas del primer bloque de código de una sección."""
    seccion = GUIA.split(f"## {titulo}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(r"```\n(.*?)```", seccion, re.S)[1].splitlines()  # type: ignore[index]


@pytest.fixture
def entero(tmp_path) -> Proyecto:
    return con_respaldo(copiar_entradas(tmp_path / "proyecto"))


def test_el_dato_y_la_correccion_de_ejemplo_entran(
    entero: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    cabecera, dato = ejemplo("Añadir un dato")
    ruta = entero.observaciones / "m4-nutricion.csv"
    hay = ruta.read_text(encoding="utf-8")
    assert hay.splitlines()[0] == cabecera and dato not in hay
    ruta.write_text(hay + dato + "\n", encoding="utf-8")
    columnas, correccion = ejemplo("Corregir una cifra")
    hay = entero.correcciones.read_text(encoding="utf-8")
    assert hay.splitlines()[0] == columnas and correccion not in hay
    entero.correcciones.write_text(hay + correccion + "\n", encoding="utf-8")
    assert principal(["--raiz", str(entero.raiz), "validar"]) == 0, capsys.readouterr().err
    campos = dict(zip(columnas.split(","), correccion.split(","), strict=True))
    tabla = pasar(entero)[1].observaciones
    fila = tabla.filter(
        kpi=campos["kpi"],
        periodo=campos["periodo"],
        lugar=campos["lugar"],
        grupo="total",
        unidad="",
    ).row(0, named=True)
    assert fila[campos["columna"]] == float(campos["despues"]) and fila["estado"] == "corregido"


def test_lo_real_se_compara_con_lo_real(
    entero: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    """Un total real no tiene que sumar los establecimientos inventados, pero sí los suyos."""
    _, dato = ejemplo("Añadir un dato")
    parte = dato.replace(",total,,", ",total,DEMO-00090001,").replace(",46,79,", ",47,79,")
    lugar = next(
        x.split(",")[3]
        for x in (entero.data / "unidades.csv").read_text(encoding="utf-8").splitlines()
        if x.startswith("DEMO-00090001,")
    )
    ruta = entero.observaciones / "m4-nutricion.csv"
    ruta.write_text(
        ruta.read_text(encoding="utf-8") + dato + "\n" + parte.replace("130809", lugar, 1) + "\n",
        encoding="utf-8",
    )
    assert principal(["--raiz", str(entero.raiz), "validar"]) == 1
    dicho = capsys.readouterr().err
    assert dicho.count("regla: suma-de-partes") == 1 and "47 y el total dice 46" in dicho


def test_la_memoria_con_que_empieza_otro_distrito_se_admite_tal_como_esta_escrita() -> None:
    seccion = GUIA.split("## Empezar otro distrito\n", 1)[1]
    semilla = re.search(r"```json\n(.*?)```", seccion, re.S)[1].encode()  # type: ignore[index]
    assert not memoria.revisar(
        {memoria.REGISTRO: semilla}, []
    ).danos and semilla == memoria.con_sumas(memoria.SEMILLA, {})
