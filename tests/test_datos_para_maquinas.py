"""Lo que los programas leen de ``datos/``: el paquete con sus tablas, el catálogo y las rutas."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from frictionless import Package, system

from conftest import RAIZ
from observatorio.rutas import Proyecto

PAGINA = (RAIZ / "datos.qmd").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def datos(minimo_de_todos: Proyecto) -> Path:
    return (minimo_de_todos.sitio / "datos").resolve()


def _paquete(datos: Path) -> dict:
    return json.loads((datos / "datapackage.json").read_text(encoding="utf-8"))


def test_el_paquete_describe_todas_las_tablas_y_un_validador_ajeno_lo_admite(datos: Path) -> None:
    paquete = _paquete(datos)
    tablas = {p.relative_to(datos).as_posix() for p in datos.rglob("*.csv")}
    assert {r["path"] for r in paquete["resources"]} == {t for t in tablas if "kpi/" not in t}
    with system.use_context(trusted=True):
        informe = Package(str(datos / "datapackage.json")).validate()
    assert informe.valid, informe.to_summary()


def test_una_clave_que_no_esta_en_la_otra_tabla_se_nota(datos: Path, tmp_path: Path) -> None:
    for r in _paquete(datos)["resources"]:
        destino = tmp_path / r["path"]
        destino.parent.mkdir(exist_ok=True)
        destino.write_bytes((datos / r["path"]).read_bytes())
    paquete = _paquete(datos)
    for r in paquete["resources"]:
        r.pop("hash"), r.pop("bytes")
    (tmp_path / "datapackage.json").write_text(json.dumps(paquete), encoding="utf-8")
    lugares = tmp_path / "lugares.csv"
    cabeza, *filas = lugares.read_text(encoding="utf-8").splitlines(keepends=True)
    lugares.write_text(cabeza + "".join(filas[1:]), encoding="utf-8")
    informe = Package(str(tmp_path / "datapackage.json")).validate()
    assert {e[1] for e in informe.flatten(["rowNumber", "type"])} == {"foreign-key"}


def test_cada_columna_dice_que_es_y_cada_cifra_su_unidad(datos: Path) -> None:
    for recurso in _paquete(datos)["resources"]:
        for campo in recurso["schema"]["fields"]:
            assert campo["description"]
            assert campo["type"] != "number" or campo["unit"], (recurso["name"], campo)
        with (datos / recurso["path"]).open(encoding="utf-8", newline="") as f:
            assert next(csv.reader(f)) == [c["name"] for c in recurso["schema"]["fields"]]


def _nodos(nodo: object) -> Iterator[dict]:
    if isinstance(nodo, dict):
        yield nodo
        for v in nodo.values():
            yield from _nodos(v)
    elif isinstance(nodo, list):
        for v in nodo:
            yield from _nodos(v)


def test_el_catalogo_dcat_lleva_lo_que_dcat_ap_pide_y_cada_archivo_existe(datos: Path) -> None:
    catalogo = json.loads((datos / "catalogo.jsonld").read_text(encoding="utf-8"))
    assert {"dct:title", "dct:description", "dct:publisher", "dcat:dataset"} <= catalogo.keys()
    for nodo in _nodos(catalogo):
        if nodo.get("@type") == "dcat:Dataset":
            assert {"dct:title", "dct:description", "dcat:distribution"} <= nodo.keys()
        if nodo.get("@type") == "dcat:Distribution":
            assert nodo["dcat:accessURL"]["@id"].startswith("https://")
            ruta = nodo["dcat:downloadURL"]["@id"].partition("/datos/")[2]
            assert (datos / ruta).is_file(), ruta


@pytest.mark.parametrize(
    ("ruta", "dichos"), re.findall(r"^\| `(datos/\S+)` \| (.*) \|$", PAGINA, re.M)
)
def test_cada_ruta_que_la_pagina_de_datos_explica_trae_lo_que_dice(
    datos: Path, ruta: str, dichos: str
) -> None:
    kpis = json.loads((datos / "kpis.json").read_text(encoding="utf-8"))
    archivo = datos.parent / ruta.replace("{codigo}", kpis[0]["codigo"])
    assert archivo.is_file()
    if archivo.suffix == ".json" and (campos := set(re.findall(r"`(\w+)`", dichos))):
        leido = json.loads(archivo.read_text(encoding="utf-8"))
        for objeto in leido if isinstance(leido, list) else [leido]:
            assert campos <= objeto.keys()


def test_el_ejemplo_para_programas_se_ejecuta_tal_como_esta(datos: Path) -> None:
    (codigo,) = re.findall(r"^```python\n(.*?)^```$", PAGINA, re.M | re.S)
    r = subprocess.run(
        [sys.executable, "-c", codigo], cwd=datos.parent, capture_output=True, text=True, check=True
    )
    estados = Counter(
        k["estado"] for k in json.loads((datos / "kpis.json").read_text(encoding="utf-8"))
    )
    assert str(estados) == r.stdout.strip()
