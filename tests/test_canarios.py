"""Canarios: filas restringidas, notas y celdas de pocas personas con cifras inconfundibles,
buscadas en cada byte publicado.
"""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import polars as pl
import pytest

from apoyo_pdf import paginas
from conftest import compartido, copia_de
from observatorio.construir import construir
from observatorio.errores import DatosInvalidos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

RESTRINGIDOS = {"decisor": "M4-K12", "técnico": "M7-K16"}
NOTA = "canario-quetzal-nota"
MOTIVO = "canario-quetzal-motivo"
CIFRA = "7391"
BASE = "83.1721"


def plantar(p: Proyecto) -> None:
    """Un KPI de cada acceso restringido con filas inconfundibles, notas en filas públicas y una
    corrección oculta.
    """
    _restringir(p.misiones / "m4-nutricion" / "hoja-de-ruta.yml", "M4-K12", "decisor")
    for archivo, kpi, fuente, periodo in (
        ("m4-nutricion", "M4-K12", "sismed", "2025-05"),
        ("m7-institucionalidad", "M7-K16", None, "2025-05"),
    ):
        ruta = p.observaciones / f"{archivo}.csv"
        lineas = [
            x
            for x in ruta.read_text(encoding="utf-8").splitlines()
            if not x.startswith(f"{kpi},{periodo},")
        ]
        fuente = fuente or next(x.split(",")[8] for x in lineas if x.startswith(f"{kpi},"))
        lineas.append(
            f"{kpi},{periodo},130809,total,,,{CIFRA},9{CIFRA},{fuente},2025-06-15,validado,demostracion,{NOTA}"
        )
        publica = next(
            i for i, x in enumerate(lineas) if x.startswith("M4-K01,") or x.startswith("M7-K01,")
        )
        lineas[publica] = (
            lineas[publica].rstrip(",") + f",{NOTA}"
            if lineas[publica].count(",") < 12
            else lineas[publica][: lineas[publica].rindex(",") + 1] + NOTA
        )
        ruta.write_text("\n".join(lineas) + "\n", encoding="utf-8")


def _restringir(ruta: Path, kpi: str, acceso: str) -> None:
    texto = ruta.read_text(encoding="utf-8")
    inicio = texto.index(f"- codigo: {kpi}")
    fin = texto.find("- codigo:", inicio + 5)
    parte = texto[inicio : fin if fin > 0 else None]
    nueva = re.sub(
        r"( +)sobre_personas:", rf"\1acceso: {acceso}\n\1sobre_personas:", parte, count=1
    )
    nueva = re.sub(r"(linea_base:.*?valor: )[\d.]+", rf"\g<1>{BASE}", nueva, count=1, flags=re.S)
    assert nueva.count("acceso:") == 1
    ruta.write_text(texto.replace(parte, nueva), encoding="utf-8")


@pytest.fixture(scope="module")
def edicion(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def hacer(carpeta: Path) -> None:
        p = copia_de(minimo_de_todos, carpeta / "p")
        plantar(p)
        justificar_saltos(p)
        construir(p, "embebido")

    return (compartido(tmp_path_factory, "canarios", hacer) / "p/_site").resolve()


def justificar_saltos(p: Proyecto) -> None:
    """Los canarios saltan a la vista de la compuerta: se explican con la línea que ella misma
    propone.
    """
    with pytest.raises(DatosInvalidos) as e:
        pasar(p)
    lineas = [x.remedio.split("data/justificaciones.csv: ")[1].rstrip(".") for x in e.value.errores]
    ruta = p.data / "justificaciones.csv"
    propuestas = "".join(
        f"{x.replace('MOTIVO,QUIÉN,FECHA', 'canario de la prueba,Comité de prueba,2026-10-01')}\n"
        for x in lineas
    )
    ruta.write_text(ruta.read_text(encoding="utf-8") + propuestas, encoding="utf-8")


def textos(ruta: Path) -> str:
    """Todo lo que un archivo dice: sus bytes y, si los esconde, lo descomprimido o decodificado."""
    crudo = ruta.read_bytes()
    partes = [crudo.decode("utf-8", "replace")]
    if ruta.suffix == ".pdf":
        for flujo in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", crudo, re.S):
            try:
                partes.append(zlib.decompress(flujo).decode("latin-1"))
            except zlib.error:
                partes.append(flujo.decode("latin-1"))
        partes += paginas(ruta)
    elif ruta.suffix == ".parquet":
        partes.append(pl.read_parquet(ruta).write_csv(None))
    elif ruta.suffix in (".json", ".ipynb", ".jsonld"):
        partes.append(json.dumps(json.loads(crudo), ensure_ascii=False))
    return "\n".join(partes)


def test_ningun_canario_aparece_en_ningun_archivo(edicion: Path) -> None:
    formas = [NOTA, MOTIVO, CIFRA, "7,391", "97391", "97,391", BASE, BASE[:4], "7.588992"]
    archivos = [
        p
        for p in edicion.rglob("*")
        if p.is_file() and "activos" not in p.parts and p.name != "MANIFEST.sha256"
    ]
    assert {p.suffix for p in archivos} >= {
        ".html",
        ".pdf",
        ".ipynb",
        ".json",
        ".csv",
        ".parquet",
        ".xml",
    }
    hallados = []
    for ruta in archivos:
        dicho = textos(ruta)
        hallados += [
            (ruta.relative_to(edicion).as_posix(), f)
            for f in formas
            if re.search(rf"(?<![\w.]){re.escape(f)}(?![\w])", dicho)
        ]
    assert not hallados


def test_la_busqueda_encuentra_lo_que_si_se_publica(edicion: Path) -> None:
    visto = next(
        k
        for k in json.loads((edicion / "datos/kpis.json").read_text(encoding="utf-8"))
        if k["ultimo"] and k["codigo"].startswith("M4")
    )
    archivos = {p.name: p for p in (edicion / "datos").glob("*.parquet")} | {
        "boletin": edicion / "misiones/m4-nutricion/boletin.pdf"
    }
    assert visto["codigo"] in textos(archivos["observaciones.parquet"])
    assert visto["codigo"] in textos(archivos["boletin"])


def test_los_kpi_restringidos_figuran_sin_cifra(edicion: Path) -> None:
    kpis = {
        k["codigo"]: k
        for k in json.loads((edicion / "datos/kpis.json").read_text(encoding="utf-8"))
    }
    for acceso, codigo in RESTRINGIDOS.items():
        assert (
            kpis[codigo]["acceso"],
            kpis[codigo]["estado"],
            kpis[codigo]["ultimo"],
            kpis[codigo]["linea_base"],
        ) == (acceso, "dato protegido", None, None)
    assert not set(pl.read_parquet(edicion / "datos/observaciones.parquet")["kpi"]) & set(
        RESTRINGIDOS.values()
    )


def test_ningun_archivo_dice_una_celda_protegida(edicion: Path) -> None:
    tabla = pl.read_parquet(edicion / "datos/observaciones.parquet")
    ocultas = tabla.filter(pl.col("estado_publico") == "dato protegido")
    assert ocultas.height and ocultas.select(
        pl.col("valor", "numerador", "denominador").is_null().all()
    ).row(0) == (True, True, True)
    for ruta in (edicion / "datos/kpi").glob("*.json"):
        for o in json.loads(ruta.read_text(encoding="utf-8"))["observaciones"]:
            if o["estado_publico"] == "dato protegido":
                assert not {"valor", "numerador", "denominador"} & set(o), ruta.name
