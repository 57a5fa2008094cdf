"""El ejemplo en R de *Datos*, tal como se publica, llega a los mismos estados que el sitio."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from observatorio.rutas import Proyecto

TODOS = """
texto <- readLines("{guion}", encoding = "UTF-8")
for (cual in strsplit("{codigos}", " ")[[1]]) {{
  aparte <- new.env()
  suyo <- sub('^codigo <- "[^"]+"', paste0('codigo <- "', cual, '"'), texto)
  invisible(capture.output(eval(parse(text = suyo), aparte)))
  with(aparte, cat(cual, sprintf("%.12g", c(avance, esperado)), estado, sep = "\\t"))
  cat("\\n")
}}
"""


@pytest.fixture(scope="module")
def guion(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """El código de la página, en un archivo."""
    pieza = (minimo_de_todos.trabajo / "piezas" / "ejemplo-r.html").read_text(encoding="utf-8")
    (codigo,) = re.findall(r"<pre><code>(.*)</code></pre>", pieza, re.S)
    ruta = tmp_path_factory.mktemp("r") / "estado.R"
    ruta.write_text(html.unescape(codigo), encoding="utf-8")
    return ruta


def correr(guion: Path, sitio: Path) -> str:
    if shutil.which("Rscript") is None:
        pytest.skip("no está Rscript: en Debian, apt-get install r-base-core r-cran-jsonlite")
    hecho = subprocess.run(
        ["Rscript", "--vanilla", str(guion)], cwd=sitio, capture_output=True, text=True, check=False
    )
    if "no package called ‘jsonlite’" in hecho.stderr:
        pytest.skip("a R le falta jsonlite: en Debian, apt-get install r-cran-jsonlite")
    assert hecho.returncode == 0, hecho.stderr
    return hecho.stdout


def kpis(sitio: Path) -> list[dict]:
    return json.loads((sitio / "datos" / "kpis.json").read_text(encoding="utf-8"))


def test_el_ejemplo_dice_el_estado_que_se_publica(guion: Path, minimo_de_todos: Proyecto) -> None:
    (codigo,) = re.findall(r'^codigo <- "([^"]+)"', guion.read_text(encoding="utf-8"), re.M)
    (publicado,) = (k for k in kpis(minimo_de_todos.sitio) if k["codigo"] == codigo)
    dicho = correr(guion, minimo_de_todos.sitio)
    assert dicho.startswith(f"{codigo} {publicado['nombre']}")
    (rehecho,) = re.findall(r"estado rehecho: +(.+?) *\n", dicho)
    assert rehecho == publicado["estado"]
    assert f"avance {publicado['avance']:.4f}" in dicho


def test_vale_para_todo_indicador_con_avance(
    guion: Path, minimo_de_todos: Proyecto, tmp_path: Path
) -> None:
    sitio = minimo_de_todos.sitio
    con_avance = {k["codigo"]: k for k in kpis(sitio) if k["avance"] is not None}
    assert len({k["estado"] for k in con_avance.values()}) >= 4
    todos = tmp_path / "todos.R"
    todos.write_text(TODOS.format(guion=guion, codigos=" ".join(con_avance)), encoding="utf-8")
    rehechos = [linea.split("\t") for linea in correr(todos, sitio).splitlines()]
    assert [r[0] for r in rehechos] == list(con_avance)
    for codigo, avance, esperado, estado in rehechos:
        publicado = con_avance[codigo]
        assert estado == publicado["estado"], codigo
        assert float(avance) == pytest.approx(publicado["avance"], abs=1e-9), codigo
        assert float(esperado) == pytest.approx(publicado["esperado"], abs=1e-9), codigo
