"""Cada salida de un cuaderno tiene un destino, el mismo en los dos motores, con cada biblioteca de
verdad: se publica bien, o se rechaza con su celda y su remedio.
"""

from __future__ import annotations

import base64
import decimal
import json
import re
from datetime import timedelta
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd
import polars as pl
import pytest
from great_tables import GT
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from apoyo_publicacion import LARGO
from conftest import copia_de
from observatorio.base.imagenes import MAXIMO, defecto
from observatorio.cuadernos import normalizar, salidas
from observatorio.cuadernos.ejecucion import Motor, Tarea, ejecutar
from observatorio.cuadernos.mostrar import FORMAS
from observatorio.cuadernos.normalizar import Publicada, descargable, leer, publicable
from observatorio.errores import ErrorDeEjecucion, ErrorDeUso
from observatorio.presentacion import imagenes, marcos
from observatorio.presentacion.graficos import graficos
from observatorio.presentacion.graficos.graficos import MIME_GRAFICO
from observatorio.presentacion.pieza import MIME as MIME_PIEZA
from observatorio.rutas import Proyecto
from test_guia_de_graficos import hojas

MOTORES: tuple[Motor, ...] = ("rapido", "estandar") if LARGO else ("rapido",)
"""Un núcleo de Jupyter tarda diez segundos en correr todo lo que se publica."""
SVG = '<svg width="10" height="10" viewBox="0 0 10 10"></svg>'
PUNTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC"
)
PARAMETROS = 'titulo = "A"\nresumen = "B"\nentradas = ["publica", "data/provincia.csv"]'
INICIO = (
    "from observatorio import cuaderno as obs\na = obs.abrir_analisis(entradas)\n"
    'publica = a.tabla("publica")'
)
SE_PUBLICA = {
    "altair": (
        "import altair as alt\n"
        "alt.Chart(publica.head(3)).mark_bar().encode(x='valor:Q', y='kpi:N')"
        ".properties(title='Barras', description='Una barra por cifra.')"
    ),
    "matplotlib": (
        "import matplotlib.pyplot as plt\nfrom datetime import date\n"
        "fig, ax = plt.subplots()\n"
        "ax.plot([date(2026, 1, 1), date(2026, 8, 1)], [0, 250000])\n"
        "fig.set_label('Sube de 0 a 250 000.')\nplt.show()"
    ),
    "seaborn": (
        "import seaborn as sns\nsns.barplot(x=['Norte', 'Sur'], y=[1, 2])\n"
        "plt.gcf().set_label('El Sur tiene el doble.')"
    ),
    "gran tabla": (
        "from great_tables import GT\n"
        "GT(publica.select('kpi', 'valor').head(2)).tab_header('Dos cifras')"
    ),
    "pandas": (
        "import pandas as pd\nfrom datetime import datetime\n"
        "pd.DataFrame({'anexo': ['Uno', 'Dos|<b>'], 'casos': [12345, None], 'año': [2024, 2025],\n"
        " 'parte': [0.25, 0.5], 'dia': [datetime(2026, 3, 1), None], 'sigue': [True, False]})"
    ),
    "styler": (
        "pd.DataFrame({'x': [1.5, float('nan')], 'y': [123456, 2]}, index=['p', 'q'])"
        ".style.format({'x': '{:.1f}'}).set_caption('Con formato')"
    ),
    "polars": (
        "import polars as pl\npl.DataFrame({'lugar': ['Uno', 'Dos'], 'valor': [1234.5, None]})"
    ),
    "markdown": "from IPython.display import Markdown\nMarkdown('**negrita** y `código`')",
    "latex": "from IPython.display import Math\nMath('x^2')",
    "png": (
        f"from IPython.display import Image\nimport base64\n"
        f"Image(base64.b64decode({base64.b64encode(PUNTO).decode()!r}), alt='Un punto')"
    ),
    "svg": (
        'from IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg"'
        ' width="9" height="9"><title>Un cuadro</title><rect width="9" height="9"/></svg>\')'
    ),
}
GRAFICO = (
    "import altair as alt\nimport pandas as pd\n"
    "alt.Chart(pd.DataFrame({'a': [1]}), description='Uno').encode(x='a:Q')"
)
SE_CALLA = {
    "print": "print('secreto en', __import__('os').getcwd())",
    "stderr": "import warnings\nwarnings.warn('cambiará', FutureWarning)",
    "medio signo": "print('mitad: \\ud800')\nprint('mitad: \\udc80')",
    "número suelto": "41 + 1",
    "objeto suelto": "object()",
    "ejes sueltos": "plt.close('all'); ax",
}


def escribir(carpeta: Path, *celdas: str | nbformat.NotebookNode) -> Path:
    primera = new_code_cell(PARAMETROS)
    primera.metadata["tags"] = ["parameters"]
    propias = [new_code_cell(c) if isinstance(c, str) else c for c in celdas]
    ruta = carpeta / "salidas.ipynb"
    nbformat.write(new_notebook(cells=[primera, new_code_cell(INICIO), *propias]), ruta)
    return ruta


def correr(cuaderno: Path, salida: Path, motor: Motor, **opciones) -> nbformat.NotebookNode:
    entradas = ("publica", "data/provincia.csv")
    ejecutar([Tarea("salidas", cuaderno, salida, entradas=entradas)], motor, **opciones)
    return leer(salida)


@pytest.fixture(scope="module")
def proyecto(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    propio = copia_de(minimo_de_todos, tmp_path_factory.mktemp("salidas") / "p")
    (propio.cuadernos / "analisis").mkdir()
    return propio


@pytest.fixture(scope="module")
def ejecutados(proyecto: Proyecto) -> dict[str, nbformat.NotebookNode]:
    """El cuaderno con todo lo que se publica y todo lo que se calla, en los dos motores."""
    carpeta = proyecto.cuadernos / "analisis"
    (carpeta / "fotos").mkdir()
    (carpeta / "fotos/mi foto.png").write_bytes(PUNTO)
    pegada = new_markdown_cell(
        "![Pegada](attachment:image.png) y ![De al lado](<fotos/mi foto.png>)"
    )
    pegada["attachments"] = {"image.png": {"image/png": base64.b64encode(PUNTO).decode()}}
    ruta = escribir(carpeta, *SE_PUBLICA.values(), *SE_CALLA.values(), pegada)
    return {m: correr(ruta, proyecto.trabajo / f"{m}.ipynb", m) for m in MOTORES}


@pytest.fixture(scope="module")
def paginas(ejecutados: dict[str, nbformat.NotebookNode]) -> dict[str, Publicada]:
    return {m: publicable(e, "title: x", lambda _: SVG) for m, e in ejecutados.items()}


def dicho(pagina: Publicada, clave: str) -> str:
    """Lo que publica la celda de ``SE_PUBLICA`` con esa clave."""
    (texto,) = [
        s.data["text/markdown"]
        for c in pagina.cuaderno.cells
        if c.cell_type == "code" and c.source == SE_PUBLICA[clave]
        for s in c.outputs
    ]
    return texto


def bloque(texto: str, formato: str) -> str:
    return re.findall(rf"`{{3,}}\{{={formato}\}}\n(.*?)\n`{{3,}}", texto, re.DOTALL)[0]


@pytest.mark.largo
def test_los_dos_motores_publican_lo_mismo_byte_a_byte(paginas: dict[str, Publicada]) -> None:
    assert paginas["rapido"] == paginas["estandar"]


def test_las_tablas_de_cada_biblioteca_son_accesibles_en_los_dos_formatos(
    paginas: dict[str, Publicada],
) -> None:
    esperado = {
        "gran tabla": ["<caption>Dos cifras</caption>"],
        "pandas": [
            '<td data-rotulo="casos">12,345</td>',
            '<td data-rotulo="año">2024</td>',
            '<td data-rotulo="parte">0.25</td>',
            '<td data-rotulo="dia">1 mar 2026</td>',
            '<td data-rotulo="sigue">Sí</td>',
            '<th scope="row">Dos|&lt;b&gt;</th><td data-rotulo="casos">—</td>',
        ],
        "styler": ["<caption>Con formato</caption>", ">1.5</td>", ">—</td>", ">123,456</td>"],
        "polars": ["<caption>Tabla: lugar, valor</caption>", ">1,234.5</td>", ">—</td>"],
    }
    for clave, trozos in esperado.items():
        texto = dicho(paginas["rapido"], clave)
        html = bloque(texto, "html")
        assert [t for t in trozos if t not in html] == [], clave
        assert '<th scope="col">' in html and "┌" not in html and "dataframe" not in html
        (impresa,) = hojas(bloque(texto, "typst"))
        assert "Fuentes: " in impresa and "de demostración" in impresa, clave


def test_lo_dibujado_con_matplotlib_es_un_svg_en_espanol_con_su_descripcion(
    paginas: dict[str, Publicada],
) -> None:
    for clave, leido in (
        ("matplotlib", "Sube de 0 a 250 000\\."),
        ("seaborn", "El Sur tiene el doble\\."),
    ):
        texto = dicho(paginas["rapido"], clave)
        nombre = re.match(rf"!\[{re.escape(leido)}\]\((imagen-\w+\.svg)\)", texto)
        assert nombre and "demostración" in texto and "procedencia" in texto, texto[:300]
        svg = paginas["rapido"].imagenes[nombre[1]].decode()
        assert svg.startswith("<?xml") and "<svg" in svg and "<!--" not in svg
        assert not re.search("<metadata|<dc:|https?://matplotlib", svg)


def test_las_imagenes_van_a_archivos_con_nombre_de_contenido(
    paginas: dict[str, Publicada],
) -> None:
    pagina = paginas["rapido"]
    assert re.fullmatch(
        r"imagen-\w{12}\.png", next(n for n, b in pagina.imagenes.items() if b == PUNTO)
    )
    for clave, leido in (("png", "Un punto"), ("svg", "Un cuadro")):
        assert dicho(pagina, clave).startswith(f"![{leido}](imagen-")
    (pegadas,) = [c.source for c in pagina.cuaderno.cells if "Pegada" in c.source]
    assert re.fullmatch(r"!\[Pegada\]\((imagen-\w+\.png)\) y !\[De al lado\]\(\1\)", pegadas)


def test_formulas_y_markdown_llegan_como_se_escribieron(paginas: dict[str, Publicada]) -> None:
    assert dicho(paginas["rapido"], "markdown") == "**negrita** y `código`"
    assert (
        "x^2" in dicho(paginas["rapido"], "latex") and dicho(paginas["rapido"], "latex")[0] == "$"
    )


def test_lo_callado_no_llega_a_la_pagina_ni_al_cuaderno_que_se_descarga(
    ejecutados: dict[str, nbformat.NotebookNode], paginas: dict[str, Publicada]
) -> None:
    for motor in MOTORES:
        fuentes = {c.source for c in paginas[motor].cuaderno.cells}
        assert fuentes.isdisjoint(SE_CALLA.values())
        bajado = descargable(ejecutados[motor], lambda _: SVG)
        for celda in bajado.cells:
            if celda.source in SE_CALLA.values():
                assert celda.outputs == []
        escrito = json.dumps([c.get("outputs") for c in bajado.cells], ensure_ascii=False)
        assert not re.search(r"0x[0-9a-f]{6}|<Axes|<Figure|leido", escrito)


def test_lo_callado_se_dice_a_quien_construye_y_en_un_flujo_a_nadie(
    proyecto: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    ruta = escribir(
        proyecto.cuadernos / "analisis",
        "print('\\x1b[31mrojo\\x1b[0m')",
        "object()",
        "7",
        "print('\\ud800')",
    )
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    correr(ruta, tmp_path / "s.ipynb", "rapido")
    error = capsys.readouterr().err
    assert "celda 3: rojo\n" in error and "celda 5: 7   (no se publica" in error
    assert "celda 6: \\ud800\n" in error
    assert "\x1b" not in error and "object" not in error
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    correr(ruta, tmp_path / "s.ipynb", "rapido")
    assert "rojo" not in capsys.readouterr().err


CODIGOS = {"ubigeo": ["010203", "130809"], "lugar": [130809, 130810], "n": [12345, 2]}
FORMAS_DE_TABLA = {
    "códigos de un Styler": (
        pd.DataFrame(CODIGOS).style,
        ["010203", "130809", "12,345", "130809", "130810", "2", "0", "1"],
    ),
    "encabezados ocultos": (
        pd.DataFrame({"x": [1.5]}, index=["p"]).style.hide(axis="columns"),
        ["p", "1.5"],
    ),
    "fechas y síes de un Styler": (
        pd.DataFrame(
            {
                "día": pd.to_datetime(["2026-01-05", None]),
                "hora": pd.to_datetime(["2026-01-05 10:30", "2026-01-06 00:00"]),
                "sigue": pd.array([True, None], dtype="boolean"),
                "poco": [1e-9, float("nan")],
                "lista": [[1, 2.5], []],
            },
            index=pd.MultiIndex.from_tuples([(True, pd.Timestamp("2025-12-31")), (False, "x")]),
        ).style,
        ["Sí", "31 dic 2025", "5 ene 2026", "5 ene 2026 10:30", "0.000000001", "1, 2.5", "—", "No"],
    ),
    "lo que un Styler manda escribir": (
        pd.DataFrame({"f": pd.to_datetime(["2026-01-05"]), "x": [1.5], "b": [True]})
        .style.format({"f": "{:%d/%m/%Y}", "b": lambda b: "vale" if b else "no"})
        .format(precision=2, subset=["x"]),
        ["05/01/2026", "1.50", "vale"],
    ),
    "lo que una gran tabla escribe sin formato": (
        GT(pl.DataFrame({"a": ["x", "y"], "b": [True, False], "c": [1e-9, 1.23456789]})).tab_header(
            "T"
        ),
        ["Sí", "No", "0.0000000010", "1.23"],
    ),
    "salto de línea de un Styler": (pd.DataFrame({"x": ["a<br>b"]}).style, ["0", "a b"]),
    "naturaleza dos veces": (
        pd.DataFrame([["documentado", "documentado"]], columns=["naturaleza", "naturaleza"]),
        ["documentado", "documentado"],
    ),
    "enormes": (
        pl.DataFrame({"a": [2**62, 1], "b": [1e18, 1e-13]}),
        ["4,611,686,018,427,387,904", "1", "0.0000000000001"],
    ),
    "entero de pandas que no cabe": (pd.DataFrame({"a": [10**30]}), [f"{10**30:,}"]),
    "media hora": (pl.DataFrame({"a": [timedelta(minutes=36)]}), ["0.025 días"]),
    "campos": (pl.DataFrame({"a": [{"x": 1, "y": 2.5}]}), ["x: 1, y: 2.5"]),
}


def test_las_cifras_de_una_tabla_no_dependen_del_contexto_de_quien_la_muestra() -> None:
    with decimal.localcontext(prec=3):
        assert "12,345.678<" in marcos.de_pandas(pd.DataFrame({"a": [12345.678]})).html


def test_una_fecha_que_nombra_una_columna_va_en_espanol() -> None:
    cuadro = pd.DataFrame([[1, 2]], columns=[pd.Timestamp("2026-01-05"), 2026])
    for pieza in (marcos.de_pandas(cuadro), marcos.de_styler(cuadro.style)):
        assert '<th scope="col">5 ene 2026</th><th scope="col">2026</th>' in pieza.html


@pytest.mark.parametrize("caso", FORMAS_DE_TABLA)
def test_cada_celda_se_escribe_como_es(caso: str) -> None:
    cuadro, esperado = FORMAS_DE_TABLA[caso]
    suya = next(
        forma
        for modulo, clase, forma in FORMAS
        if type(cuadro).__name__ == clase and type(cuadro).__module__.startswith(modulo[:6])
    )
    html = suya(cuadro)[MIME_PIEZA]["html"]
    escritas = re.findall(r"<(?:td|th scope=.row.)[^>]*>([^<]*)<", html)
    assert [e for e in esperado if e not in escritas] == [], escritas


def test_html_en_la_celda_de_un_styler_se_dice() -> None:
    with pytest.raises(ErrorDeUso, match='escape="html"'):
        marcos.de_styler(pd.DataFrame({"x": ["a<b"]}).style)


@pytest.mark.parametrize(
    ("filas", "columnas", "remedio"),
    [
        (301, 2, r"con \.head\(20\)$"),
        (2, 21, r'con cuadro\[\["una", "otra"\]\]$'),
        (301, 21, r"con \.head\(20\) y cuadro\["),
    ],
)
def test_a_una_tabla_que_no_cabe_se_le_quita_lo_que_le_sobra(
    filas: int, columnas: int, remedio: str
) -> None:
    with pytest.raises(ErrorDeUso, match=remedio):
        marcos.de_pandas(pd.DataFrame([[0] * columnas] * filas))


SE_RECHAZA = {
    "HTML": ("from IPython.display import HTML\nHTML('<p>x</p>')", "HTML propio"),
    "plotly": ("import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1]))", "plotly"),
    "control": ("import ipywidgets\nipywidgets.IntSlider()", "ipywidgets"),
    "perezosa": ("publica.lazy()", r"\.collect\(\)"),
    "imagen muda": (
        f"from IPython.display import Image\nimport base64\n"
        f"Image(base64.b64decode({base64.b64encode(PUNTO).decode()!r}))",
        "alt=",
    ),
    "imagen de otro sitio": (
        "from IPython.display import Image\nImage(url='https://ejemplo.pe/a.png', alt='Una')",
        r"ejemplo\.pe/a\.png.*junto al cuaderno",
    ),
    "imagen por su dirección": (
        "from IPython.display import Image\nImage('fotos/a.png', embed=False, alt='Una')",
        "por su dirección.*junto al cuaderno",
    ),
    "SVG activo": (
        "from IPython.display import SVG\n"
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><title>x</title><script/></svg>')",
        "<script",
    ),
    "memoria": (
        "from IPython.display import Markdown\nMarkdown(f'Es {obs.en_markdown(object())}')",
        "en este momento",
    ),
    "memoria en tabla": (
        "import pandas as pd\npd.DataFrame({'x': ['a'], 'y': [object()]})",
        "en este momento",
    ),
    "memoria corta": (
        "from IPython.display import Markdown\nMarkdown('Uno at 0X1F2')",
        "0X1F2.*en este momento",
    ),
    "memoria en la descripción de una imagen": (
        f"from IPython.display import Image\nimport base64\n"
        f"Image(base64.b64decode({base64.b64encode(PUNTO).decode()!r}), alt=hex(id(7)))",
        "en este momento",
    ),
    "memoria en un SVG": (
        'from IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg">'
        "<title>x</title><text>' + hex(id(7)) + '</text></svg>')",
        "en este momento",
    ),
    "memoria en una figura": (
        "import matplotlib.pyplot as plt\nplt.title(object())\n"
        "plt.gcf().set_label('Uno')\nplt.show()",
        "en este momento",
    ),
    "carpeta": (
        "from IPython.display import Markdown\nMarkdown('En `' + __import__('os').getcwd() + '`')",
        "en esta máquina",
    ),
    "cerca abierta": (
        "from IPython.display import Markdown\nMarkdown('````\\ncódigo\\n```')",
        "no lo cierra",
    ),
    "división abierta": (
        "from IPython.display import Markdown\nMarkdown('::: {.nota}\\nhola')",
        "no lo cierra",
    ),
    "encabezado": (
        "from IPython.display import Markdown\nMarkdown('---\\ntitle: otro\\n---')",
        "título de la página",
    ),
    "imagen en Markdown": (
        "from IPython.display import Markdown\nMarkdown('![Foto](fotos/mi%20foto.png)')",
        r"mi foto\.png",
    ),
    "código en LaTeX": (
        "from IPython.display import Code\nCode('x = 1', language='python')",
        "no es una fórmula",
    ),
    "bloque crudo": (
        "from IPython.display import Markdown\nMarkdown('```{=html}\\n<b>\\n```')",
        "bloque crudo",
    ),
    "medio signo": (
        "from IPython.display import Markdown\nMarkdown('a \\udc80 b')",
        r"mitad de un signo \('.udc80'\)",
    ),
    "medio signo en un título": (
        "from great_tables import GT\nGT(publica.head(1)).tab_header('\\ud800')",
        "mitad de un signo",
    ),
    "medio signo en una descripción": (
        "import altair as alt\nalt.Chart(publica.head(1)).mark_bar().encode(x='valor:Q')"
        ".properties(description='\\ud800')",
        "mitad de un signo",
    ),
    "sonido": (
        "from IPython.display import display\ndisplay({'audio/wav': 'x'}, raw=True)",
        "audio/wav",
    ),
}


@pytest.mark.parametrize("motor", MOTORES)
def test_lo_que_no_se_publica_se_rechaza_todo_junto_con_celda_y_remedio(
    proyecto: Proyecto, tmp_path: Path, motor: Motor
) -> None:
    ruta = escribir(proyecto.cuadernos / "analisis", *(c for c, _ in SE_RECHAZA.values()))
    with pytest.raises(ErrorDeEjecucion) as e:
        correr(ruta, tmp_path / "s.ipynb", motor)
    por_celda = dict(re.findall(r"celda (\d+): (.*?)(?=\nsalidas|\Z)", str(e.value), re.DOTALL))
    for numero, (clave, (_, dice)) in enumerate(SE_RECHAZA.items(), 3):
        defecto = por_celda.get(str(numero), "nada")
        assert re.search(dice, defecto, re.DOTALL), (clave, defecto)
    assert len(por_celda) == len(SE_RECHAZA)
    assert not (tmp_path / "s.ipynb").exists(), "lo que no se publica no se guarda"


def test_de_un_dibujo_que_pesa_de_mas_se_dice_como_aligerarlo() -> None:
    pesado = b" " * (MAXIMO + 1)
    assert "rasterized=True" in defecto("svg", pesado)
    assert "rasterized" not in defecto("png", pesado)


@pytest.mark.parametrize(
    ("codigo", "dice"),
    [
        ("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()", r"celda 3.*set_label"),
        ("import polars as pl\npl.DataFrame({'x': range(400)})", r"celda 3.*\.head\(20\)"),
        (f"{GRAFICO}.mark_image().encode(url=alt.value('http://a.pe/c.png'))", "c.png"),
        (f"{GRAFICO}.mark_image(url='../c.png')", "c.png"),
        (
            f"{GRAFICO.replace('alt.Chart', 'g = alt.Chart')}.mark_image()\n"
            "alt.layer(g, description='Uno').encode(url=alt.value('http://a.pe/c.png'))",
            "c.png",
        ),
        (
            f"{GRAFICO}.mark_image().encode(url=alt.when('datum.a > 0')"
            ".then(alt.value('http://a.pe/c.png')).otherwise(alt.value('data:,')))",
            "c.png",
        ),
        (f"{GRAFICO}.transform_calculate(y='random()').mark_bar()", r"random\("),
        (f"{GRAFICO}.transform_filter('datum.a < now()').mark_bar()", r"now\("),
        (f"{GRAFICO}.transform_sample(5).mark_bar()", "sample"),
        (f"{GRAFICO}.mark_errorbar(extent='ci')", 'extent="ci"'),
        (f"{GRAFICO}.mark_bar().encode(x='ci0(a):Q')", "ci0"),
        (f"{GRAFICO}.mark_bar().properties(description='  ')", "description"),
        ("import altair as alt\nalt.hconcat(description='Nada')", r"\.mark_bar\(\)"),
        (
            f"{GRAFICO.replace('alt.Chart', 'g = alt.Chart')}.mark_bar()\n"
            "g = alt.layer(g).properties(description='Uno')\ng['layer'] = []\ng",
            r"\.mark_bar\(\)",
        ),
        ("a.cuadro('  ', ['a'], [], publica.head(0))", "lleva título"),
    ],
)
def test_lo_que_se_pide_al_mostrarlo_detiene_en_su_celda(
    proyecto: Proyecto, tmp_path: Path, codigo: str, dice: str
) -> None:
    ruta = escribir(proyecto.cuadernos / "analisis", codigo)
    with pytest.raises(ErrorDeEjecucion, match=dice):
        correr(ruta, tmp_path / "s.ipynb", "rapido")


@pytest.mark.parametrize(
    ("texto", "se_publica"),
    [
        ("$a<b$ y $$x<y$$", True),
        ("Véase <https://ejemplo.pe/a> o <ana@ejemplo.pe>", True),
        ("cuesta $5 y <b>más</b> que $6", False),
        ("$a$ <script>x</script> $b$", False),
        ("<https://a.pe onclick=x>", False),
        ("$a\n\n<b>x</b>$", False),
    ],
)
def test_menor_que_y_direcciones_no_son_html(texto: str, se_publica: bool) -> None:
    assert (salidas.de_markdown(texto) == "") == se_publica


def test_un_texto_repetido_se_repite_y_una_figura_no() -> None:
    figura = {MIME_PIEZA: {"html": "<p>x</p>", "typst": "x"}, "text/plain": "x"}
    celda = new_code_cell("x")
    celda.outputs = [
        new_output("display_data", data=d)
        for d in ({"text/markdown": "igual"}, figura, {"text/markdown": "igual"}, figura)
    ]
    pagina = publicable(new_notebook(cells=[celda]), "title: x", lambda _: "")
    dichos = [s.data["text/markdown"] for s in pagina.cuaderno.cells[1].outputs]
    assert [d for d in dichos if d == "igual"] == ["igual", "igual"] and len(dichos) == 3


def test_el_mismo_grafico_en_dos_celdas_no_repite_identificadores() -> None:
    espec = {"description": "Uno", "mark": "line", "data": {"name": "a"}}
    svg = '<svg width="9" height="9"><clipPath id="clip1"/><g clip-path="url(#clip1)"/></svg>'
    celdas = []
    for _ in range(2):
        celdas.append(new_code_cell("x"))
        mostrado = {MIME_GRAFICO: {"tipo": "grafico", "espec": espec}}
        celdas[-1].outputs = [new_output("display_data", data=mostrado) for _ in range(2)]
    pagina = publicable(new_notebook(cells=celdas), "title: x", lambda _: svg).cuaderno
    html = [bloque(s.data["text/markdown"], "html") for c in pagina.cells[1:] for s in c.outputs]
    nombres = re.findall(r'\sid="([^"]+)"', "".join(html))
    assert len(html) == 2 and len(nombres) == len(set(nombres)) == 6
    for uno in html:
        (recorte,) = re.findall(r"url\(#([^)]+)\)", uno)
        (descrito,) = set(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', uno))
        assert f' id="{recorte}"' in uno and f' id="{descrito}"' in uno


def test_un_grafico_leido_de_su_json_es_el_mismo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(graficos.EN_CONSTRUCCION, "1")
    graficos.activar()
    uno = alt.Chart(pd.DataFrame({"a": [1]}), description="Uno").mark_bar().encode(x="a:Q")
    for grafico in (uno, alt.hconcat(uno, uno).properties(description="Dos")):
        leido = type(grafico).from_json(grafico.to_json())
        assert graficos.mostrado(leido) == graficos.mostrado(grafico)
        assert graficos.mostrado(grafico)[MIME_GRAFICO]["espec"]["config"]["background"] is None


def test_el_titulo_de_varias_lineas_de_un_grafico_se_lee_seguido() -> None:
    for titulo in (["Uno", "y dos"], {"text": ["Uno", "y dos"], "subtitle": "Tres"}, "Uno y dos"):
        assert normalizar.titulo({"title": titulo, "description": "d"}) == "Uno y dos"
    assert normalizar.titulo({"title": "  ", "description": "d"}) == "d"


def test_un_titulo_en_blanco_es_como_no_ponerlo() -> None:
    cuadro = pd.DataFrame({"x": [1]})
    cuadro.attrs["titulo"] = "  "
    for pieza in (marcos.de_pandas(cuadro), marcos.de_styler(cuadro.style.set_caption("  "))):
        assert "<caption>Tabla: x</caption>" in pieza.html


def test_el_titulo_de_un_svg_se_lee_como_texto() -> None:
    assert imagenes.titulo_de_svg("<svg><title>Uno &amp; dos</title></svg>") == "Uno & dos"


def test_los_ejes_que_dibuja_pandas_van_en_espanol() -> None:
    serie = pd.Series([1, 2, 3], index=pd.period_range("2026-01", periods=3, freq="M"))
    figura = Figure()
    ejes = figura.subplots()
    serie.plot(ax=ejes)
    figura.set_label("Sube.")
    imagenes.de_matplotlib(figura)
    rotulos = [t.get_text() for t in ejes.xaxis.get_ticklabels(which="both")]
    assert "ene\n2026" in rotulos and not {"Jan\n2026", "Feb", "Mar"} & set(rotulos)


def test_una_figura_sin_nada_no_es_un_grafico() -> None:
    """La deja ``plt.figure(…)`` delante de ``cuadro.plot()``: se pedía decir qué se veía en ella o,
    dicho, se publicaba en blanco.
    """
    figura = Figure()
    mostrada = next(forma for _, clase, forma in FORMAS if clase == "Figure")
    assert mostrada(figura) == {}
    figura.suptitle("Solo un título")
    with pytest.raises(ErrorDeUso, match="set_label"):
        mostrada(figura)


@pytest.mark.parametrize(
    ("texto", "abierta"),
    [
        ("```\nx\n```", ""),
        ("````\n```\n````", ""),
        ("~~~\n```\n~~~", ""),
        ("```\n~~~\n", "```"),
        ("```python\nx\n``", "```"),
        ("::: {.nota}\n:::", ""),
        (":::: {.a}\n::: b\n:::\n", ":::"),
        ("```\n::: {.nota}\n```", ""),
        ("un ``` dentro ``` de la línea", ""),
    ],
)
def test_una_cerca_o_division_abierta_se_reconoce(texto: str, abierta: str) -> None:
    assert salidas.sin_cerrar(texto) == abierta
