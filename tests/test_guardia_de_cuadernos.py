"""Un cuaderno no ve lo que no declaró: se dice antes de ejecutarlo y, si lo arma al vuelo, se
detiene al ejecutarlo.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from observatorio.catalogo.cuadernos.analisis import descubrir
from observatorio.cuadernos.ejecucion import Tarea, ejecutar
from observatorio.cuadernos.normalizar import leer
from observatorio.errores import DatosInvalidos, ErrorDeEjecucion
from observatorio.rutas import Proyecto
from test_analisis import dejar

DECLARADO = 'titulo = "A"\nresumen = "B"\nentradas = ["data/provincia.csv"]'
CRUDO = "../../data/observaciones/m4-nutricion.csv"
ANTES = """
import glob, io, os, sqlite3, subprocess, sys
from pathlib import Path
import polars as pl
raiz = Path.cwd().resolve()
while not (raiz / "_quarto.yml").is_file():
    raiz = raiz.parent
crudo = str(raiz / "data" / "observaciones" / "m4-nutricion.csv")
relativo = os.path.relpath(crudo)
dichos = {}
"""
INTENTOS = {
    "polars": "pl.read_csv(crudo)",
    "polars relativo": "pl.read_csv(relativo)",
    "polars Path": "pl.scan_csv(Path(crudo)).collect()",
    "polars lista": "pl.scan_csv([crudo]).collect()",
    "polars comodín": "pl.read_csv(str(raiz / 'data/obs*/m4*.csv'))",
    "polars file": "pl.scan_csv('file://' + crudo).collect()",
    "polars SQL": "pl.sql(f\"select * from read_csv('{crudo}')\").collect()",
    "polars red": "pl.read_csv('https://ejemplo.pe/a.csv')",
    "polars rodeo": "pl.read_csv(str(raiz / 'scripts/../data/./observaciones/m4-nutricion.csv'))",
    "pandas": "__import__('pandas').read_csv(crudo)",
    "pyarrow": "__import__('pyarrow.csv').csv.read_csv(crudo)",
    "pyarrow mapa": "__import__('pyarrow').memory_map(crudo)",
    "open": "open(relativo).read()",
    "Path": "Path(crudo).read_text()",
    "Path bytes": "Path(crudo).read_bytes()",
    "os.open": "os.open(crudo, os.O_RDONLY)",
    "sqlite": "sqlite3.connect(crudo)",
    "subprocess": "subprocess.run(['cat', crudo])",
    "system": "os.system('true')",
    "popen": "os.popen('true')",
    "exec": "os.execv('/bin/true', ['true'])",
    "magia": "get_ipython().system('true')",
    "magia con salida": "get_ipython().getoutput('true')",
    "narraciones": "pl.read_csv(raiz / 'data/cualitativo/narraciones.csv')",
    "correcciones": "open(raiz / 'data/correcciones.csv')",
    "hoja": "open(raiz / 'misiones/m4-nutricion/hoja-de-ruta.yml')",
    "no declarado": "open(raiz / 'data/contexto.csv')",
    "enlace": "os.symlink(crudo, crudo + '.enlace')",
    "red": "__import__('socket').create_connection(('192.0.2.1', 80))",
    "calamine": "__import__('python_calamine').load_workbook(crudo)",
}
DESPUES = "print(__import__('json').dumps(dichos))"
PERMITIDO = (
    "pl.read_csv(str(raiz / 'data/provincia.csv')).height,"
    " pl.read_csv(io.BytesIO(b'a,b\\n1,2')).height, len(open(raiz / '_quarto.yml').read()) > 9"
)


def intento(nombre: str, codigo: str) -> str:
    return (
        f"try:\n    {codigo}\n    dichos[{nombre!r}] = 'leído'\nexcept BaseException as e:\n   "
        f" dichos[{nombre!r}] = type(e).__name__"
    )


@pytest.mark.parametrize("motor", ["rapido", pytest.param("estandar", marks=pytest.mark.largo)])
def test_ningun_rodeo_llega_a_lo_que_no_se_declaro(
    minimo: Proyecto, tmp_path: Path, motor: str
) -> None:
    ruta = dejar(
        minimo,
        "canario",
        DECLARADO,
        ANTES,
        *(intento(n, c) for n, c in INTENTOS.items()),
        DESPUES,
        PERMITIDO,
    )
    ejecutar(
        [Tarea("canario", ruta, tmp_path / "s.ipynb", {}, entradas=("data/provincia.csv",))], motor
    )
    salidas = [s for c in leer(tmp_path / "s.ipynb").cells for s in c.get("outputs", [])]
    dichos = json.loads(
        next(s.text for s in salidas if s.output_type == "stream" and s.name == "stdout")
    )
    assert {
        n: d for n, d in dichos.items() if d != "LecturaNoDeclarada"
    } == {} and dichos.keys() == INTENTOS.keys()
    assert salidas[-1].data["text/plain"] == "(91, 1, True)"


@pytest.mark.parametrize(
    ("codigo", "regla"),
    [
        (f'import polars as pl\npl.read_csv("{CRUDO}")', "lectura-sin-declarar"),
        ('import polars as pl\npl.scan_csv(carpeta / "x.csv").collect()', "lectura-sin-declarar"),
        ('\nprint(open("../../data/cualitativo/narraciones.csv").read())', "lectura-sin-declarar"),
        ('from pathlib import Path\nPath("x").read_text()', "lectura-sin-declarar"),
        ("a = 1\nlist(map(pl.read_csv, rutas))", "lectura-sin-declarar"),
        ("a = 1\nfrom polars import read_csv as leer", "lectura-sin-declarar"),
        ("a = 1\nimport subprocess as s", "programa-en-cuaderno"),
        ("import os\nos.system('cat x')", "programa-en-cuaderno"),
        ("a = 1\nfrom os import popen", "programa-en-cuaderno"),
        ("a = 1\nimport urllib.request", "programa-en-cuaderno"),
        ("a = 1\n!cat ../../data/observaciones/m4-nutricion.csv", "programa-en-cuaderno"),
        ("a = 1\nfilas = !cat x.csv", "programa-en-cuaderno"),
        ("\n%run otro.ipynb", "programa-en-cuaderno"),
    ],
)
def test_se_dice_antes_de_ejecutar_con_cuaderno_celda_linea_y_remedio(
    minimo: Proyecto, codigo: str, regla: str
) -> None:
    dejar(minimo, "malo", DECLARADO, "1 + 1", codigo)
    with pytest.raises(DatosInvalidos) as e:
        descubrir(minimo)
    (error,) = e.value.errores
    assert (error.archivo, error.columna, error.regla) == (
        "notebooks/analisis/malo.ipynb",
        "celda 3, línea 2",
        regla,
    )
    assert (
        error.valor == codigo.splitlines()[1]
        and "entradas" in error.remedio
        and "a.tabla(" in error.remedio
    )


@pytest.mark.parametrize(
    "codigo",
    [
        'pl.read_csv("../../data/provincia.csv")',
        'pl.read_csv(io.StringIO("a,b"))',
        'pl.read_csv(b"a")',
        "json.loads(texto)",
        "%matplotlib inline\nfilas % 3",
        "a.tabla('data/provincia.csv').filter(pl.col('x') > 1)",
    ],
)
def test_lo_declarado_y_lo_que_esta_en_la_memoria_no_estorban(
    minimo: Proyecto, codigo: str
) -> None:
    dejar(minimo, "bueno", DECLARADO, codigo)
    assert [x.slug for x in descubrir(minimo)] == ["bueno"]


@pytest.mark.parametrize(
    "entrada",
    [
        "data/../data/observaciones/m4-nutricion.csv",
        "data/Observaciones/m4-nutricion.csv",
        "data/./cualitativo/narraciones.csv",
        "data/justificaciones.csv",
        "data/enlace.csv",
    ],
)
def test_una_entrada_reservada_no_se_disfraza(minimo: Proyecto, entrada: str) -> None:
    (minimo.data / "enlace.csv").symlink_to(minimo.observaciones / "m4-nutricion.csv")
    dejar(minimo, "malo", f'titulo = "A"\nresumen = "B"\nentradas = ["{entrada}"]')
    with pytest.raises(DatosInvalidos) as e:
        descubrir(minimo)
    assert {x.regla for x in e.value.errores} <= {"entrada-sin-privacidad", "entrada-desconocida"}


def test_la_plantilla_de_las_misiones_se_revisa_igual(minimo: Proyecto, cambiar) -> None:
    cambiar(
        minimo.cuadernos / "mision.ipynb",
        '"m.titular()"',
        f'"pl.read_csv(\\"{CRUDO[3:]}\\")\\n", "m.titular()"',
    )
    with pytest.raises(DatosInvalidos) as e:
        descubrir(minimo)
    assert [(x.archivo, x.regla) for x in e.value.errores] == [
        ("notebooks/mision.ipynb", "lectura-sin-declarar")
    ]


def test_un_cuaderno_que_rodea_lo_declarado_se_detiene_y_dice_donde(
    minimo: Proyecto, tmp_path: Path
) -> None:
    ruta = dejar(
        minimo,
        "rodeo",
        DECLARADO,
        "import polars as pl\nlector = getattr(pl, 're' + 'ad_csv')",
        f"lector('{CRUDO}')",
    )
    with pytest.raises(
        ErrorDeEjecucion,
        match=(
            r"analisis-rodeo.*celda 3: LecturaNoDeclarada: el cuaderno lee"
            r" «data/observaciones/m4-nutricion.csv»"
        ),
    ):
        ejecutar(
            [Tarea("analisis-rodeo", ruta, tmp_path / "s.ipynb", entradas=("data/provincia.csv",))]
        )
    assert not (tmp_path / "s.ipynb").exists()
