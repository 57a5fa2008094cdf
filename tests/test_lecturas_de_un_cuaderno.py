"""Un cuaderno que puede leer por su cuenta depende de todo el proyecto; los que reciben sus datos,
solo de ellos.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from observatorio.catalogo.cuadernos.codigo import DE_MAS, lee_por_su_cuenta
from observatorio.edicion import claves
from observatorio.preparar import _partes_del_cuaderno
from observatorio.rutas import Proyecto


def cuaderno(carpeta: Path, codigo: str) -> Path:
    ruta = carpeta / "propio.ipynb"
    ruta.write_text(
        json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": codigo}]}),
        encoding="utf-8",
    )
    return ruta


def test_los_cuadernos_del_proyecto_solo_dependen_de_lo_que_reciben(
    proyecto_real: Proyecto,
) -> None:
    cuadernos = sorted(proyecto_real.cuadernos.rglob("*.ipynb"))
    assert cuadernos and not [c.name for c in cuadernos if lee_por_su_cuenta(c)]


@pytest.mark.parametrize(
    "codigo",
    [
        'from pathlib import Path\n(Path("..") / "data" / "contexto.csv").read_text()',
        'pl.read_csv(carpeta + "/contexto" + ".csv")',
        "import ayuda",
        "from ayuda import TEXTO",
        "import pathlib as p",
        'open("x")',
        "pl.scan_parquet(r)",
        "import paquete_que_no_existe",
        "from glob import glob",
        "%run otro.ipynb",
        "from . import x",
        "obs.alt.pd.read_excel(r)",
    ],
)
def test_lo_que_puede_leer_se_reconoce(tmp_path: Path, codigo: str) -> None:
    (tmp_path / "ayuda.py").write_text("TEXTO = 1")
    assert lee_por_su_cuenta(cuaderno(tmp_path, codigo))


def test_lo_que_no_lee_tampoco_estorba(tmp_path: Path) -> None:
    assert not lee_por_su_cuenta(
        cuaderno(
            tmp_path,
            'import polars as pl\nm = obs.abrir(mision)\nm.kpis.filter(pl.col("a") >'
            ' 1).group_by("b").len()',
        )
    )


def test_un_dato_o_un_modulo_de_al_lado_cambia_la_clave_de_quien_lee(
    minimo: Proyecto, cambiar
) -> None:
    (minimo.cuadernos / "ayuda.py").write_text("TEXTO = 1")
    propio = cuaderno(minimo.cuadernos, "import ayuda")

    def partes(c: Path) -> dict[str, str]:
        return _partes_del_cuaderno(
            minimo, c, c.read_text(encoding="utf-8"), claves.entradas(minimo.raiz)
        )

    for ruta, familia in (
        (minimo.cuadernos / "ayuda.py", "cuadernos"),
        (minimo.data / "contexto.csv", "datos"),
    ):
        antes, de_mision = partes(propio), partes(minimo.cuadernos / "mision.ipynb")
        with ruta.open("a", encoding="utf-8") as archivo:
            archivo.write("\n")
        ahora = partes(propio)
        assert familia in DE_MAS and [n for n in ahora if ahora[n] != antes[n]] == [
            f"{familia} (lee archivos por su cuenta)"
        ]
        assert partes(minimo.cuadernos / "mision.ipynb") == de_mision
