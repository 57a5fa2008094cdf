"""Los cuadernos: los dos motores dan lo mismo, los parámetros se comprueban y un fallo se
explica.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from apoyo_publicacion import LARGO
from observatorio.calculo import calcular
from observatorio.cuadernos.ejecucion import Motor, Tarea, ejecutar
from observatorio.cuadernos.normalizar import leer, normalizado
from observatorio.errores import ErrorDeEjecucion
from observatorio.resultados.por_mision import escribir_por_mision
from observatorio.rutas import Proyecto
from test_destino_de_las_salidas import PUNTO

MISION = "m4-nutricion"
MOTORES: tuple[Motor, ...] = ("rapido", "estandar") if LARGO else ("rapido",)


@pytest.fixture
def calculado(minimo: Proyecto) -> Proyecto:
    escribir_por_mision(calcular(minimo), minimo.trabajo / "misiones")
    return minimo


def cuaderno(ruta: Path, *celdas: str, parametros: str = 'mision = "x"') -> Path:
    primera = new_code_cell(parametros)
    primera.metadata["tags"] = ["parameters"]
    nb = new_notebook(cells=[primera, *map(new_code_cell, celdas)])
    nb.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(nb, ruta)
    return ruta


@pytest.mark.largo
def test_los_dos_motores_dan_las_mismas_salidas(calculado: Proyecto, tmp_path: Path) -> None:
    plantilla = calculado.cuadernos / "mision.ipynb"
    salidas = {}
    for motor in ("rapido", "estandar"):
        salida = tmp_path / f"{motor}.ipynb"
        ejecutar([Tarea(MISION, plantilla, salida, {"mision": MISION})], motor)
        salidas[motor] = normalizado(leer(salida))
    assert salidas["rapido"] == salidas["estandar"]
    assert sum(len(c.get("outputs", [])) for c in salidas["rapido"].cells) >= 8


@pytest.mark.largo
def test_los_dos_motores_coinciden_en_textos_avisos_y_resultados(tmp_path: Path) -> None:
    plantilla = cuaderno(
        tmp_path / "p.ipynb",
        "print('uno'); print('dos')\nimport sys; print('error', file=sys.stderr)\n1 + 1",
        "from IPython.display import display,"
        " Markdown\ndisplay(Markdown('**a**'))\nprint('después')\n{'b': 1}",
        "x = 3;",
        "None",
        "h = display(Markdown('antes'), display_id=True)\nh.update(Markdown('ahora'))",
        "display(Markdown('fuera'))\nfrom IPython.display import clear_output\nclear_output()\n"
        "for i in range(3):\n    clear_output(wait=True)\n    display(Markdown(f'van {i}'))",
        "class Foto:\n    def __repr__(self): return 'Foto'\n    def _repr_png_(self):\n"
        f"        return {PUNTO!r}, {{'alt': 'Una'}}\nFoto()",
        "sys.stdout.writelines(['a', 'b'])",
    )
    normales = []
    for motor in ("rapido", "estandar"):
        salida = tmp_path / f"{motor}.ipynb"
        ejecutar([Tarea("x", plantilla, salida, {"mision": "y"})], motor)
        normales.append(normalizado(leer(salida)).cells)
    assert normales[0] == normales[1]


@pytest.mark.parametrize(
    "canal",
    [
        "None",
        pytest.param("__import__('io').StringIO()", marks=pytest.mark.largo),
        pytest.param("sys.stdout.close()", marks=pytest.mark.largo),
    ],
)
def test_una_celda_que_deja_su_salida_sin_canal_no_detiene_el_nucleo(
    tmp_path: Path, canal: str
) -> None:
    plantilla = cuaderno(
        tmp_path / "p.ipynb",
        "import sys\nfrom IPython.display import display, Markdown",
        f"{'' if 'close' in canal else 'sys.stdout = '}{canal}\ndisplay(Markdown('a'))\n1",
        "sys.stderr = None\n2",
        "print('visto')\n3",
    )
    normales = []
    for motor in ("rapido", "estandar"):
        salida = tmp_path / f"{motor}.ipynb"
        ejecutar([Tarea("x", plantilla, salida, {"mision": "y"}, 30)], motor)
        normales.append(normalizado(leer(salida)).cells)
    assert normales[0] == normales[1]


@pytest.mark.parametrize("motor", ["rapido", pytest.param("estandar", marks=pytest.mark.largo)])
@pytest.mark.parametrize("celda", ["import builtins\ndel builtins.len", "import os\nos._exit(3)"])
def test_si_muere_el_proceso_se_dice_en_que_celda(tmp_path: Path, motor: Motor, celda: str) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", "1", celda, "2")
    with pytest.raises(ErrorDeEjecucion, match=r"en la celda 3(?s:.*)remedio: vea si la celda"):
        ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})], motor)
    assert [p.name for p in tmp_path.iterdir()] == ["p.ipynb"]


def test_parametro_mal_escrito_se_rechaza_antes_de_ejecutar(tmp_path: Path) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", "1")
    with pytest.raises(ErrorDeEjecucion, match="no tiene el parámetro «misoin»"):
        ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"misoin": "y"})])
    assert not (tmp_path / "s.ipynb").exists()


@pytest.mark.parametrize("motor", ["rapido", pytest.param("estandar", marks=pytest.mark.largo)])
def test_una_celda_que_falla_nombra_mision_celda_y_error_y_no_deja_nada(
    tmp_path: Path, motor: str
) -> None:
    buena = cuaderno(tmp_path / "p.ipynb", "1 + 1")
    mala = cuaderno(tmp_path / "q.ipynb", "a = 1", "1 / 0  # aquí", "b = 2")
    with pytest.raises(ErrorDeEjecucion) as e:
        ejecutar(
            [
                Tarea("m1-salud", mala, tmp_path / "q" / "s.ipynb", {"mision": "z"}),
                Tarea("bueno", buena, tmp_path / "s.ipynb"),
            ],
            motor,
        )
    assert (
        "m1-salud" in str(e.value)
        and "celda 3" in str(e.value)
        and "ZeroDivisionError" in str(e.value)
    )
    assert not (tmp_path / "q" / "s.ipynb").exists() and not list(tmp_path.rglob(".*.ipynb*"))


def test_lo_que_una_celda_cambia_o_borra_no_sale_dos_veces(tmp_path: Path) -> None:
    plantilla = cuaderno(
        tmp_path / "p.ipynb",
        "from IPython.display import display, clear_output, Markdown\n"
        "h = display(Markdown('antes'), display_id=True)",
        "h.update(Markdown('ahora'))",
        "for i in range(3):\n    clear_output(wait=True)\n    display(Markdown(f'van {i}'))",
        "display(Markdown('fuera'))\nclear_output()",
    )
    ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})])
    dichos = [
        s.data["text/markdown"]
        for c in leer(tmp_path / "s.ipynb").cells
        if c.cell_type == "code"
        for s in c.outputs
    ]
    assert dichos == ["ahora", "van 2"]


@pytest.mark.parametrize("motor", MOTORES)
@pytest.mark.parametrize(
    ("celda", "dice"),
    [
        ("import sys; sys.exit()", r"se detuvo en la celda 2"),
        ("exit()", r"se detuvo en la celda 2"),
        ("%nohay x", r"falló en la celda 2: UsageError: .*nohay"),
        ("%%nohay\nx = 1", r"falló en la celda 2: UsageError: .*nohay"),
    ],
)
def test_lo_que_deja_un_cuaderno_a_medias_se_rechaza(
    tmp_path: Path, celda: str, dice: str, motor: Motor
) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", celda, "print('lo que sigue')")
    with pytest.raises(ErrorDeEjecucion, match=dice):
        ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})], motor)
    assert not (tmp_path / "s.ipynb").exists()


@pytest.mark.parametrize("motor", MOTORES)
@pytest.mark.parametrize(
    ("celda", "dice"),
    [
        ("# Lee\nimport pandas as pd\n\npd.Series()['a']\n", r"KeyError.*\n    línea 4: pd\."),
        (
            "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('no') from e",
            r"ValueError: no\n    línea 4: raise",
        ),
    ],
)
def test_de_una_celda_que_falla_se_dice_la_linea(
    tmp_path: Path, celda: str, dice: str, motor: Motor
) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", celda)
    with pytest.raises(ErrorDeEjecucion, match=rf"celda 2: {dice}"):
        ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})], motor)


def test_un_hilo_que_queda_vivo_no_detiene_la_construccion(tmp_path: Path) -> None:
    plantilla = cuaderno(
        tmp_path / "p.ipynb",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    )
    antes = time.monotonic()
    ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})])
    assert time.monotonic() - antes < 40 and (tmp_path / "s.ipynb").exists()


def test_un_cuaderno_sin_fin_se_detiene_y_se_dice(tmp_path: Path) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", "while True: pass")
    with pytest.raises(ErrorDeEjecucion, match="«lento» pasó de 2 s y se detuvo en la celda"):
        ejecutar([Tarea("lento", plantilla, tmp_path / "s.ipynb", {}, segundos=2)])
    assert not (tmp_path / "s.ipynb").exists()


@pytest.mark.largo
def test_sirve_cualquier_ejecutor(tmp_path: Path) -> None:
    plantilla = cuaderno(tmp_path / "p.ipynb", "mision")
    with ThreadPoolExecutor(1) as hilos:
        ejecutar([Tarea("x", plantilla, tmp_path / "s.ipynb", {"mision": "y"})], "estandar", hilos)
    assert "'y'" in (tmp_path / "s.ipynb").read_text(encoding="utf-8")


@pytest.mark.largo
def test_la_orden_papermill_a_secas_funciona(calculado: Proyecto, tmp_path: Path) -> None:
    salida = tmp_path / "fuera.ipynb"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "mision.ipynb",
            str(salida),
            "-p",
            "mision",
            "m7-institucionalidad",
            "--no-progress-bar",
        ],
        cwd=calculado.cuadernos,
        check=True,
        capture_output=True,
        timeout=120,
    )
    tipos = {t for c in leer(salida).cells for s in c.get("outputs", []) for t in s.get("data", {})}
    assert {"image/svg+xml", "text/html"} <= tipos
