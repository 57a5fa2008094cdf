"""El cuaderno que guarda cualquier editor corre; lo que lo detendría se dice antes, con su celda y
su línea.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import RAIZ, copia_de
from observatorio.catalogo.cuadernos.analisis import descubrir
from observatorio.cuadernos.ejecucion import Tarea, ejecutar
from observatorio.cuadernos.normalizar import leer, publicable
from observatorio.errores import DatosInvalidos, ErrorDeEjecucion
from observatorio.paginas.revision import lo_no_admitido
from observatorio.rutas import Proyecto
from test_destino_de_las_salidas import PUNTO

PARAMETROS = 'titulo = "A"\nresumen = "B"\nentradas = ["publica"]'
BIEN = "from IPython.display import Markdown\nMarkdown('hola')"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
EDITORES: dict[str, tuple[dict, int, str]] = {
    "sin metadatos": ({}, 5, PARAMETROS),
    "sin lenguaje": ({"kernelspec": {"display_name": "P", "name": "python3"}}, 5, PARAMETROS),
    "otro kernel": ({"kernelspec": {**KERNEL, "name": "mi-entorno"}}, 5, PARAMETROS),
    "VS Code": ({"language_info": {"name": "python"}, "orig_nbformat": 4}, 2, PARAMETROS),
    "Colab": ({"colab": {"provenance": []}, "kernelspec": KERNEL, "widgets": {}}, 0, PARAMETROS),
    "con tipos": (
        {"kernelspec": KERNEL},
        5,
        'titulo: str = "A"\nresumen: str = "B"\nentradas: list[str] = ["publica"]',
    ),
}


def celda(tipo: str, texto: str, **metadatos) -> dict:
    base = {"cell_type": tipo, "metadata": metadatos, "source": texto.splitlines(keepends=True)}
    return base | ({"outputs": [], "execution_count": None} if tipo == "code" else {})


def dejar(proyecto: Proyecto, *celdas: dict, metadatos: dict | None = None, menor: int = 5) -> Path:
    """Un cuaderno escrito a mano, sin ``id`` en las celdas, como lo dejan muchos editores."""
    ruta = proyecto.cuadernos / "analisis" / "uno.ipynb"
    ruta.parent.mkdir(exist_ok=True)
    cuaderno = {
        "cells": celdas,
        "metadata": metadatos or {},
        "nbformat": 4,
        "nbformat_minor": menor,
    }
    ruta.write_text(json.dumps(cuaderno), encoding="utf-8")
    return ruta


def con_parametros(texto: str = PARAMETROS) -> dict:
    return celda("code", texto, tags=["parameters"])


@pytest.fixture(scope="module")
def proyecto(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    copiado = copia_de(minimo_de_todos, tmp_path_factory.mktemp("editores") / "p")
    (copiado.cuadernos / "analisis").mkdir(exist_ok=True)
    return copiado


@pytest.mark.parametrize("editor", EDITORES)
def test_corre_el_cuaderno_de_cualquier_editor(
    proyecto: Proyecto, tmp_path: Path, editor: str
) -> None:
    metadatos, menor, parametros = EDITORES[editor]
    ruta = dejar(
        proyecto,
        con_parametros(parametros),
        celda("code", BIEN, vscode={"languageId": "python"}),
        metadatos=metadatos,
        menor=menor,
    )
    (analisis,) = descubrir(proyecto)
    assert (analisis.titulo, analisis.entradas) == ("A", ("publica",))
    ejecutar([Tarea("uno", ruta, tmp_path / "s.ipynb", entradas=("publica",))])
    pagina = publicable(leer(tmp_path / "s.ipynb"), "title: A", lambda _: "")
    assert pagina.cuaderno.cells[-1].outputs[0].data["text/markdown"] == "hola"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'
IMAGENES = {
    "texto.png": (b"hola", "del tipo que dice"),
    "mapa de bits.png": (b"BM" + bytes(60), "del tipo que dice"),
    "mapa.bmp": (b"BM" + bytes(60), "guárdela como PNG"),
    "sin final": (PUNTO, "guárdela como PNG"),
    "vacía.gif": (b"", "vacía"),
    "cortada.png": (PUNTO[:-8], "cortada"),
    "cortada.jpg": (b"\xff\xd8\xff\xe0" + bytes(60), "cortada"),
    "cortada.webp": (b"RIFF\xff\0\0\0WEBPVP8 ", "cortada"),
    "página.svg": (b"<html><body>hola</body></html>", "xmlns="),
    "sin espacio.svg": (SVG.replace(b' xmlns="http://www.w3.org/2000/svg"', b""), "xmlns="),
    "roto.svg": (SVG[:-6], "se pueda leer"),
    "otra letra.svg": (SVG.replace(b"/>", b"><title>\xf3</title></rect>"), "UTF-8"),
    "guion.svg": (SVG.replace(b"<rect", b"<script/><rect"), "quítelo"),
    "n" * 300 + ".png": (None, "no está"),
    "bien.PNG": (PUNTO, ""),
    "bien.svg": (b"\xef\xbb\xbf" + SVG, ""),
}


@pytest.mark.parametrize("nombre", IMAGENES)
def test_una_imagen_que_no_lo_es_se_dice_antes(proyecto: Proyecto, nombre: str) -> None:
    contenido, dice = IMAGENES[nombre]
    if contenido is not None:
        (proyecto.cuadernos / "analisis" / nombre).write_bytes(contenido)
    dejar(proyecto, con_parametros(), celda("markdown", f"Una:\n\n![Foto](<{nombre}>)"))
    _revisada(proyecto, dice)


@pytest.mark.parametrize(
    ("adjunta", "dice"),
    [
        ({"image/png": ""}, "vacía"),
        ({"image/png": base64.b64encode(b"hola").decode()}, "del tipo que dice"),
        ({"image/png": "á"}, "péguela otra vez"),
        ({"image/bmp": base64.b64encode(b"BM").decode()}, "guárdela como PNG"),
        ({}, "péguela otra vez"),
        (7, "péguela otra vez"),
        ({"image/png": [base64.b64encode(PUNTO).decode()]}, ""),
    ],
)
def test_una_imagen_pegada_que_no_lo_es_se_dice_antes(
    proyecto: Proyecto, adjunta: object, dice: str
) -> None:
    con_imagen = celda("markdown", "Una:\n\n![Foto](attachment:a.png)")
    dejar(proyecto, con_parametros(), con_imagen | {"attachments": {"a.png": adjunta}})
    _revisada(proyecto, dice)


def _revisada(proyecto: Proyecto, dice: str) -> None:
    """Lo que se dice de la imagen de la celda 2; nada si ``dice`` está vacío."""
    if not dice:
        assert len(descubrir(proyecto)) == 1
        return
    with pytest.raises(DatosInvalidos) as e:
        descubrir(proyecto)
    (error,) = e.value.errores
    assert (error.columna, error.regla) == ("celda 2, línea 3", "imagen-de-cuaderno")
    assert dice in error.remedio


CONFLICTO = "x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> rama"
DEFECTOS = {
    "magia": (
        [con_parametros(f"%matplotlib inline\n{PARAMETROS}")],
        ("celda 1, línea 1", "magia-en-parametros", "pase esa línea"),
    ),
    "parámetro calculado": (
        [con_parametros(f"{PARAMETROS}\ncorte = 2026 + int('1')")],
        ("celda 1, línea 4", "parametro-calculado", "no calcula"),
    ),
    "parámetros dos veces": (
        [con_parametros(), con_parametros("x = 1")],
        ("celda 2", "parametros-dos-veces", "celda 1"),
    ),
    "conflicto en una celda": (
        [con_parametros(), celda("code", CONFLICTO)],
        ("celda 2, línea 2", "cuaderno-en-conflicto", "elija una"),
    ),
    "conflicto en un texto": (
        [con_parametros(), celda("markdown", CONFLICTO)],
        ("celda 2, línea 2", "cuaderno-en-conflicto", "elija una"),
    ),
    "no es Python": (
        [con_parametros(), celda("code", "x = 1\nsi x:\n")],
        ("celda 2, línea 2", "celda-que-no-es-python", "JupyterLab"),
    ),
    "plotly": (
        [con_parametros(), celda("code", "import polars\nimport plotly.express as px")],
        ("celda 2, línea 2", "salida-que-no-se-publica", "Altair"),
    ),
    "otro dibujo de matplotlib": (
        [con_parametros(), celda("code", "import matplotlib\nmatplotlib.use('Agg')")],
        ("celda 2, línea 2", "salida-que-no-se-publica", "se muestran solas"),
    ),
    "ventanas de matplotlib": (
        [con_parametros(), celda("code", "%matplotlib notebook\nx = 1")],
        ("celda 2, línea 1", "salida-que-no-se-publica", "se muestran solas"),
    ),
    "HTML": (
        [con_parametros(), celda("code", "from IPython.display import HTML, display")],
        ("celda 2, línea 1", "salida-que-no-se-publica", "Markdown"),
    ),
    "celda de HTML": (
        [con_parametros(), celda("code", "%%html\n<b>x</b>")],
        ("celda 2, línea 1", "salida-que-no-se-publica", "celda de texto"),
    ),
    "orden de otro editor": (
        [con_parametros(), celda("code", "%time x = 1\n%md ## Hola")],
        ("celda 2, línea 2", "orden-que-no-existe", "celda de texto"),
    ),
    "celda de otro editor": (
        [con_parametros(), celda("code", "%%scala\nval x = 1")],
        ("celda 2, línea 1", "orden-que-no-existe", "celda de texto"),
    ),
    "módulo que no está": (
        [con_parametros(), celda("code", "import polars as pl\nfrom seabron.objetos import x")],
        ("celda 2, línea 2", "modulo-que-falta", "bien escrito"),
    ),
    "imagen que no está": (
        [con_parametros(), celda("markdown", "Una:\n\n![Foto](fotos/no.png)")],
        ("celda 2, línea 3", "imagen-de-cuaderno", "no está"),
    ),
    "imagen de otra carpeta": (
        [con_parametros(), celda("markdown", "![Foto](../../data/anexos/foto.png)")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "junto a él"),
    ),
    "imagen por su ruta en la máquina": (
        [con_parametros(), celda("markdown", "![Foto](/srv/foto.png)")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "junto a él"),
    ),
    "medio signo en el título": (
        [con_parametros('titulo = "\\ud800"\nresumen = "b"\nentradas = ["publica"]')],
        ("titulo", "signo-a-medias", "escríbalo otra vez"),
    ),
    "imagen sin decir qué se ve": (
        [con_parametros(), celda("markdown", "![](uno.ipynb)")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "diga qué se ve"),
    ),
    "imagen por referencia": (
        [con_parametros(), celda("markdown", "Una:\n\n![Foto][f]\n\n[f]: foto.png")],
        ("celda 2, línea 3", "imagen-de-cuaderno", "entre paréntesis"),
    ),
    "imagen por su nombre": (
        [con_parametros(), celda("markdown", "![foto]\n\n[foto]: foto.png")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "entre paréntesis"),
    ),
    "medio signo en un texto": (
        [con_parametros(), celda("markdown", "Una\n\nmitad: \ud800")],
        ("celda 2, línea 3", "signo-a-medias", "escríbalo otra vez"),
    ),
    "medio signo en el código": (
        [con_parametros(), celda("code", "x = '\ud800'")],
        ("celda 2, línea 1", "celda-que-no-es-python", "JupyterLab"),
    ),
    "una marca mal escrita": (
        [
            con_parametros(),
            celda("markdown", "$\\frac{{texto}}{{todos}}$\n\nentre {{anexoss}} de {{otro}}."),
        ],
        ("celda 2, línea 3", "marca-desconocida", "«{{anexos}}»"),
    ),
    "una marca mal escrita en el título": (
        [con_parametros(PARAMETROS.replace('"A"', '"Brechas de {{los-anexo}}"'))],
        ("celda 1, línea 1", "marca-desconocida", "«{{los-anexos}}»"),
    ),
    "celda cruda": (
        [con_parametros(), celda("raw", "---\ntitle: Otro\n---")],
        ("celda 2", "celda-cruda", "Markdown"),
    ),
    "imagen de otro sitio": (
        [con_parametros(), celda("markdown", "![Foto](https://ejemplo.pe/a.png)")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "descárguela"),
    ),
    "imagen pegada y perdida": (
        [con_parametros(), celda("markdown", "![Foto](attachment:image.png)")],
        ("celda 2, línea 1", "imagen-de-cuaderno", "péguela"),
    ),
    "cerca abierta": (
        [con_parametros(), celda("markdown", "Así:\n\n```\nx = 1")],
        ("celda 2, línea 3", "texto-sin-cerrar", "```"),
    ),
    "encabezado": (
        [con_parametros(), celda("markdown", "Hola\n\n---\ntitle: Otro\n---\n")],
        ("celda 2, línea 3", "encabezado-en-cuaderno", "línea en blanco"),
    ),
    "título en blanco": (
        [con_parametros(PARAMETROS.replace('"A"', '"  "'))],
        ("titulo", "analisis-sin-declarar", "titulo ="),
    ),
    "sin etiqueta": (
        [celda("code", PARAMETROS)],
        (None, "analisis-sin-declarar", "Add Cell Tag"),
    ),
}


@pytest.mark.parametrize("caso", DEFECTOS)
def test_lo_que_lo_detendria_se_dice_antes(proyecto: Proyecto, caso: str) -> None:
    celdas, (lugar, regla, dice) = DEFECTOS[caso]
    dejar(proyecto, *celdas, metadatos={"kernelspec": KERNEL})
    with pytest.raises(DatosInvalidos) as e:
        descubrir(proyecto)
    (error,) = e.value.errores
    assert (error.columna, error.regla) == (lugar, regla) and dice in error.remedio


BUENAS = {
    "un texto con %s": 'x = """\n%s hogares\n""" % 3',
    "un resto en otro renglón": "n = 3\nx = (7\n     %n )",
    "una orden propia": (
        "from IPython.core.magic import register_line_magic\n"
        "@register_line_magic\ndef saluda(linea):\n    return linea\n%saluda a"
    ),
    "una extensión": "%load_ext autoreload\n%autoreload 2",
    "una extensión, sin su orden": (
        'get_ipython().run_line_magic("load_ext", "autoreload")\n%autoreload 2'
    ),
    "una orden solo para otro editor": (
        "try:\n    import google.colab\n    en_colab = True\nexcept ImportError:\n"
        "    en_colab = False\nif en_colab:\n    %tensorflow_version 2.x"
    ),
    "un módulo de otra carpeta": "import sys\nsys.path.append('lib')\nimport mio",
    "un módulo que puede faltar": "try:\n    import nohay\nexcept ImportError:\n    nohay = None",
    "un módulo de al lado": "import vecino",
    "magias de IPython": "\n%%time\nx = 1",
}


@pytest.fixture
def vecinos(proyecto: Proyecto) -> Iterator[None]:
    """``vecino.py`` junto a los análisis, y ``mio.py`` en una carpeta suya."""
    carpeta = proyecto.raiz / "notebooks" / "analisis"
    (carpeta / "lib").mkdir(parents=True)
    archivos = carpeta / "vecino.py", carpeta / "lib" / "mio.py"
    for archivo in archivos:
        archivo.write_text("x = 1\n", encoding="utf-8")
    yield
    archivos[0].unlink()
    shutil.rmtree(carpeta / "lib")


@pytest.mark.usefixtures("vecinos")
@pytest.mark.parametrize("caso", BUENAS)
def test_lo_que_corre_no_se_rechaza(proyecto: Proyecto, caso: str) -> None:
    dejar(proyecto, con_parametros(), celda("code", BUENAS[caso]))
    assert [a.nombre for a in descubrir(proyecto)] == ["analisis-uno"]


def test_de_una_imagen_dice_lo_mismo_quien_valida_y_quien_publica(proyecto: Proyecto) -> None:
    malas = [
        celdas[1]
        for celdas, (_, regla, dice) in DEFECTOS.values()
        if regla == "imagen-de-cuaderno" and dice != "entre paréntesis"
    ]
    ruta = dejar(proyecto, con_parametros(), *malas, metadatos={"kernelspec": KERNEL})
    with pytest.raises(DatosInvalidos) as al_validar:
        descubrir(proyecto)
    with pytest.raises(ErrorDeEjecucion) as al_publicar:
        ejecutar([Tarea("uno", ruta, proyecto.trabajo / "uno.ipynb")])
    dichos = [
        f"{str(e.columna).partition(',')[0]}: la imagen «{e.valor}»: {e.remedio}"
        for e in sorted(al_validar.value.errores, key=lambda e: str(e.columna))
    ]
    publicados = [x.partition(", ")[2] for x in str(al_publicar.value).splitlines()]
    assert publicados == dichos and len(dichos) == len(malas) >= 6


def test_lo_que_su_texto_no_puede_llevar_se_dice_antes_con_su_celda(proyecto: Proyecto) -> None:
    antes = set(map(str, lo_no_admitido(proyecto)))
    dejar(
        proyecto,
        con_parametros(),
        celda("markdown", "::: {.callout-note}\nUna caja que sigue"),
        celda("code", BIEN),
        celda(
            "markdown", 'en la otra.\n:::\n\n<p style="color:red">Rojo</p>\n\n<script>x</script>'
        ),
        metadatos={"kernelspec": KERNEL},
    )
    hallados = [e for e in lo_no_admitido(proyecto) if str(e) not in antes]
    assert {(e.columna, e.regla) for e in hallados} == {
        ("celda 4, línea 4", "no-se-admite-en-una-pagina"),
        ("celda 4, línea 6", "no-se-admite-en-una-pagina"),
    }
    assert all(e.archivo.startswith("notebooks/analisis/") and e.fila is None for e in hallados)


SIN_SU_FORMA = {
    "otro formato": lambda c: c.update(nbformat=5),
    "sin formato": lambda c: c.pop("nbformat"),
    "sin metadatos": lambda c: c.pop("metadata"),
    "sin salidas": lambda c: c["cells"][1].pop("outputs"),
    "etiquetas nulas": lambda c: c["cells"][1]["metadata"].update(tags=None),
    "adjuntos nulos": lambda c: c["cells"][2].update(attachments=None),
}


@pytest.mark.parametrize("caso", SIN_SU_FORMA)
def test_el_que_escribio_un_programa_sin_su_forma_se_dice_antes(
    proyecto: Proyecto, caso: str
) -> None:
    ruta = dejar(proyecto, con_parametros(), celda("code", BIEN), celda("markdown", "hola"))
    cuaderno = json.loads(ruta.read_text(encoding="utf-8"))
    SIN_SU_FORMA[caso](cuaderno)
    ruta.write_text(json.dumps(cuaderno), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as e:
        descubrir(proyecto)
    (error,) = e.value.errores
    assert error.regla == "cuaderno-ilegible" and "JupyterLab" in error.remedio


def test_del_que_tiene_la_forma_de_antes_se_dice_que_se_guarde_de_nuevo(
    proyecto: Proyecto,
) -> None:
    """Se decía que no era un cuaderno de Jupyter."""
    ruta = dejar(proyecto, con_parametros())
    celdas = [{"cell_type": "code", "input": PARAMETROS, "language": "python", "outputs": []}]
    viejo = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": celdas}]}
    ruta.write_text(json.dumps(viejo), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as e:
        descubrir(proyecto)
    (error,) = e.value.errores
    assert error.regla == "cuaderno-ilegible" and "ábralo en JupyterLab y guárdelo" in error.remedio


@pytest.mark.parametrize(
    "metadatos",
    [{"kernelspec": {"language": "R", "name": "ir"}}, {"language_info": {"name": "julia"}}],
)
def test_el_de_otro_lenguaje_se_rechaza_en_esas_palabras(
    proyecto: Proyecto, metadatos: dict
) -> None:
    dejar(proyecto, con_parametros(), celda("code", "x <- 1"), metadatos=metadatos)
    with pytest.raises(DatosInvalidos) as e:
        descubrir(proyecto)
    (error,) = e.value.errores
    assert error.regla == "cuaderno-de-otro-lenguaje" and "Python" in error.remedio


@pytest.mark.parametrize(
    "celda_buena",
    [
        celda("code", "%time x = 1\nx?"),
        celda("code", "%%time\nx = 1"),
        celda("code", "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.style.use('x')"),
        celda("code", "y = await algo()"),
        celda("markdown", "```\n![](no.png)\n<<<<<<\n```\n\nUna raya:\n\n---\n\nfin."),
        celda("markdown", "`![](no.png)` y `![a][b]` y $10, ![ojo] con eso"),
        celda("raw", "\n"),
        celda("markdown", "===\n\nTítulo\n======="),
    ],
)
def test_lo_que_es_corriente_no_estorba(proyecto: Proyecto, celda_buena: dict) -> None:
    dejar(proyecto, con_parametros(), celda_buena)
    assert len(descubrir(proyecto)) == 1


def test_el_ejemplo_de_la_guia_corre_como_esta_escrito(proyecto: Proyecto, tmp_path: Path) -> None:
    guia = (RAIZ / "CONTRIBUTING.md").read_text(encoding="utf-8")
    seccion = guia.partition("## Escribir un cuaderno")[2].partition("\n## ")[0]
    parametros, *demas = re.findall(r"```python\n(.*?)```", seccion, re.DOTALL)
    assert "`parameters`" in seccion and demas
    ruta = dejar(proyecto, con_parametros(parametros), *(celda("code", c) for c in demas))
    (analisis,) = descubrir(proyecto)
    ejecutar([Tarea("uno", ruta, tmp_path / "s.ipynb", entradas=analisis.entradas)])
    pagina = publicable(leer(tmp_path / "s.ipynb"), "title: A", lambda _: "")
    dicho = pagina.cuaderno.cells[-1].outputs[0].data["text/markdown"]
    assert re.fullmatch(r"Hay [\d,]+ cifras y 91 de distritos\.", dicho)
