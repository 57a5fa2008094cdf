"""El comparador de sitios encuentra una diferencia de cada clase, y ninguna en lo que cambia sin
cambiar lo dicho."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader, PdfWriter

import apoyo_comparar_sitios
from apoyo_comparar_sitios import Permitidas, comparar
from observatorio.rutas import Proyecto

PAGINA = "misiones/m4-nutricion/index.html"
BOLETIN = "misiones/m4-nutricion/boletin.pdf"
CUADERNO = "misiones/m4-nutricion/indicadores.ipynb"


@pytest.fixture
def sitios(minimo_de_todos: Proyecto, tmp_path: Path) -> tuple[Path, Path]:
    """El sitio construido, de solo lectura, y una copia que se puede tocar."""
    return minimo_de_todos.sitio, shutil.copytree(
        minimo_de_todos.sitio.resolve(), tmp_path / "ahora"
    )


def en(archivo: str, patron: str, nuevo: str) -> Callable[[Path], str]:
    """Cambia la primera aparición de ``patron`` en un archivo del sitio; devuelve el archivo."""

    def plantar(sitio: Path) -> str:
        ruta = sitio / archivo
        texto, veces = re.subn(patron, nuevo, ruta.read_text(encoding="utf-8"), count=1)
        assert veces == 1, f"{patron} no está en {archivo}"
        ruta.write_text(texto, encoding="utf-8")
        return archivo

    return plantar


def otro_valor_en_parquet(sitio: Path) -> str:
    ruta = sitio / "datos/kpis.parquet"
    tabla = pl.read_parquet(ruta)
    tabla.with_columns(pl.col("nombre").str.replace("^", "Otro ")).write_parquet(ruta)
    return "datos/kpis.parquet"


def otro_boletin(sitio: Path) -> str:
    shutil.copyfile(sitio / "misiones/m7-institucionalidad/boletin.pdf", sitio / BOLETIN)
    return BOLETIN


def otro_enlace_en_el_boletin(sitio: Path) -> str:
    with PdfReader(sitio / BOLETIN) as leido:
        escrito = PdfWriter(clone_from=leido)
    escrito.add_uri(0, "https://example.org/otro", (10, 10, 50, 50))
    escrito.write(sitio / BOLETIN)
    return BOLETIN


def un_archivo_menos(sitio: Path) -> str:
    (sitio / "datos/okrs.json").unlink()
    return "datos/okrs.json"


def un_archivo_mas(sitio: Path) -> str:
    (sitio / "datos/nuevo.csv").write_text("a\n1\n", encoding="utf-8")
    return "datos/nuevo.csv"


def otro_zip(sitio: Path) -> str:
    with zipfile.ZipFile(sitio / "sitio.zip", "a") as archivo:
        archivo.writestr("de-mas.txt", "x")
    return "sitio.zip"


PLANTADAS = [
    ("texto", en(PAGINA, "Meta al 2030", "Meta al 2031")),
    ("texto", en(PAGINA, r'<meta name="description" content="', r"\g<0>Otra ")),
    ("texto enlace", otro_boletin),
    ("tabla", en(PAGINA, r"(<td[^>]*>)([^<]*)(</td>)", r"\g<1>999\3")),
    ("tabla", en(PAGINA, r'<th scope="row"', "<th")),
    ("enlace", en(PAGINA, r'href="#fuentes"', 'href="#fuente"')),
    ("enlace", en(PAGINA, r'id="fuentes"', 'id="fuentes-y-notas"')),
    ("enlace", otro_enlace_en_el_boletin),
    ("gráfico", en(PAGINA, r'(class="espec">.*?"recorrido":)[-\d.]+', r"\g<1>0.123")),
    ("gráfico", en(PAGINA, r'(class="espec">.*?"width":)\d+', r"\g<1>381")),
    ("cuaderno", en(CUADERNO, r"m\.titular\(\)", "m.tabla()")),
    ("datos", en("datos/kpis.json", r'"meses_de_gracia"|"nombre"', '"nombrado"')),
    ("datos", en("datos/observaciones.csv", r"(?m)^(M4-K01,.*?),", r"\1x,")),
    ("datos", otro_valor_en_parquet),
    ("contenido", otro_zip),
    ("guardado", en("sin-conexion.js", r'"index\.html",', "")),
    ("archivo", en("sitemap.xml", "<lastmod>20", "<lastmod>19")),
    ("falta", un_archivo_menos),
    ("sobra", un_archivo_mas),
]


@pytest.mark.parametrize(("clase", "plantar"), PLANTADAS)
def test_encuentra_una_diferencia_de_cada_clase(
    sitios: tuple[Path, Path], clase: str, plantar: Callable[[Path], str]
) -> None:
    archivo = plantar(sitios[1])
    halladas = comparar(*sitios)
    esperadas = {(archivo, c) for c in clase.split()}
    assert {(d.archivo, d.clase) for d in halladas} == esperadas, list(map(str, halladas))


@pytest.mark.largo
def test_lo_que_cambia_con_el_programa_se_tapa_y_nada_mas(sitios: tuple[Path, Path]) -> None:
    sitio = sitios[1]
    (edicion,) = (sitio / "ediciones").glob("*.json")
    pagina = (sitio / PAGINA).read_text(encoding="utf-8")
    clave = re.findall(r"<code>([0-9a-f]{16})</code>", pagina)[0]
    grafico = re.findall(r'<figure class="grafico" id="(g[0-9a-f]{12})"', pagina)[0]
    cambios = {
        edicion.stem: "0123456789abcdef",
        clave: "fedcba9876543210",
        grafico: "g0123456789ab",
    }
    cambios |= {m[0]: "0123456789" for m in re.finditer(r"(?<=/estilo-)[0-9a-f]{10}", pagina)}
    for ruta in sorted(sitio.rglob("*"), reverse=True):
        if ruta.is_file() and ruta.suffix not in (".pdf", ".parquet", ".woff2", ".png", ".zip"):
            texto = ruta.read_text(encoding="utf-8")
            ruta.write_text(
                re.sub("|".join(cambios), lambda m: cambios[m[0]], texto), encoding="utf-8"
            )
        nuevo = re.sub("|".join(cambios), lambda m: cambios[m[0]], ruta.name)
        ruta.rename(ruta.with_name(nuevo))
    assert list(map(str, comparar(*sitios, con_marcado=True))) == []
    en(PAGINA, "Meta al 2030", "Meta al 0123456789abcde0")(sitio)
    assert [d.clase for d in comparar(*sitios)] == ["texto"]


def test_una_frase_permitida_no_es_una_diferencia_y_las_demas_si(
    sitios: tuple[Path, Path], tmp_path: Path
) -> None:
    en(PAGINA, "El camino hacia la meta", "Cómo se va hacia la meta")(sitios[1])
    lista = tmp_path / "frases.txt"
    frases = "# a propósito\n- El camino hacia la meta\n+ Cómo se va hacia la meta\n"
    lista.write_text(frases, encoding="utf-8")
    assert comparar(*sitios) and comparar(*sitios, Permitidas.leer(lista)) == []
    en(PAGINA, "Meta al 2030", "Meta al 2031")(sitios[1])
    assert [d.clase for d in comparar(*sitios, Permitidas.leer(lista))] == ["texto"]
    lista.write_text("Ficha\n", encoding="utf-8")
    with pytest.raises(ValueError, match="línea 1"):
        Permitidas.leer(lista)


def test_los_cuadernos_ejecutados_y_el_marcado_se_miran_si_se_pide(
    sitios: tuple[Path, Path],
) -> None:
    en(CUADERNO, r"m\.titular\(\)", "m.tabla()")(sitios[1])
    assert comparar(*sitios, con_cuadernos=False) == []
    en(PAGINA, '<dl class="cifras"', '<dl class="otras"')(sitios[1])
    assert comparar(*sitios, con_cuadernos=False) == []
    marcado = comparar(*sitios, con_cuadernos=False, con_marcado=True)
    assert [(d.archivo, d.clase) for d in marcado] == [(PAGINA, "marcado")]


def test_la_orden_dice_todo_y_sale_con_su_codigo(sitios: tuple[Path, Path], tmp_path: Path) -> None:
    orden = [sys.executable, apoyo_comparar_sitios.__file__, *map(str, sitios)]
    igual = subprocess.run(orden, capture_output=True, text=True, check=False)
    assert (igual.returncode, igual.stdout) == (0, "Los dos sitios dicen lo mismo.\n")
    en(PAGINA, "Meta al 2030", "Meta al 2031")(sitios[1])
    kpis = json.loads((sitios[1] / "datos/kpis.json").read_text(encoding="utf-8"))
    kpis[0]["nombre"] = "Otro"
    (sitios[1] / "datos/kpis.json").write_text(json.dumps(kpis), encoding="utf-8")
    distinto = subprocess.run(orden, capture_output=True, text=True, check=False)
    assert distinto.returncode == 1 and distinto.stdout.endswith("2 diferencias\n")
    assert f"{PAGINA} · texto: «Meta al 2030 " in distinto.stdout
    assert "datos/kpis.json · datos: /0/nombre: " in distinto.stdout
    assert apoyo_comparar_sitios.principal([str(tmp_path), str(sitios[0])]) == 2
