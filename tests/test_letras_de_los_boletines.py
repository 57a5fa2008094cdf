"""Qué textos llegan a un boletín: en ellos no cabe un signo que su tipografía no tiene."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import copia_de, reemplazar
from observatorio.construir import construir
from observatorio.datos.letras import signos_sin_letra
from observatorio.rutas import Proyecto

SIGNO = "📡"
M7 = "misiones/m7-institucionalidad/hoja-de-ruta.yml"


@pytest.mark.parametrize(
    ("archivo", "antes", "despues", "columna"),
    [
        (M7, "        unidad: ", f"        unidad: {SIGNO} ", "okrs.kpis.unidad"),
        (
            M7,
            "          numerador: ",
            f"          numerador: {SIGNO} ",
            "okrs.kpis.formula.numerador",
        ),
        ("data/unidades.csv", "establecimiento de salud,", f"establecimiento {SIGNO},", "tipo"),
        ("notebooks/mision.ipynb", 'title=alt.Title(\\"', f'title=alt.Title(\\"{SIGNO} ', "celda"),
    ],
    ids=["unidad", "fórmula", "tabla", "título de un gráfico"],
)
def test_todo_texto_que_llega_se_mira(
    minimo: Proyecto, archivo: str, antes: str, despues: str, columna: str
) -> None:
    ruta = minimo.raiz / archivo
    texto = ruta.read_text(encoding="utf-8")
    assert antes in texto
    # La unidad «%» va entre comillas: se escribe en la primera que no las lleva.
    mal = re.sub(rf'{re.escape(antes)}(?!")', lambda _: despues, texto, count=1)
    ruta.write_text(mal, encoding="utf-8")
    (hallado,) = signos_sin_letra(minimo)
    assert (hallado.archivo, hallado.valor) == (archivo, SIGNO)
    assert (hallado.columna or "").startswith(columna)


@pytest.mark.largo
def test_lo_que_no_se_mira_no_llega(minimo_de_todos: Proyecto, tmp_path: Path) -> None:
    """Con un signo así en un mapeo, en el plan y en las notas de los datos, los boletines se
    componen.
    """
    proyecto = copia_de(minimo_de_todos, tmp_path / "p")
    reemplazar(proyecto.data / "mapeos/his-cred.yml", "nombre: ", f"nombre: {SIGNO} ")
    plan = proyecto.data / "plan-de-recojo.yml"
    con_signo = re.sub(
        r"^(    (?:dato|responsable): .*)$", rf"\1 {SIGNO}", plan.read_text("utf-8"), flags=re.M
    )
    plan.write_text(con_signo, encoding="utf-8")
    for ruta in proyecto.observaciones.glob("*.csv"):
        lineas = ruta.read_text(encoding="utf-8").splitlines()
        ruta.write_text(
            "\n".join([lineas[0], *(f"{x}{SIGNO}" for x in lineas[1:]), ""]), encoding="utf-8"
        )
    assert not list(signos_sin_letra(proyecto))
    edicion = construir(proyecto, "embebido")
    assert SIGNO in plan.read_text("utf-8") and edicion
