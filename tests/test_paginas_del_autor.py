"""Lo que un autor escribe se publica bien, o se rechaza con su archivo y su línea."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from conftest import RAIZ
from observatorio.catalogo import Catalogo, leer
from observatorio.datos.letras import signos_sin_letra_en
from observatorio.errores import ErrorDeDatos
from observatorio.paginas.citas import citas_rotas
from observatorio.paginas.encabezados import defectos_de_paginas
from observatorio.paginas.fuentes import paginas
from observatorio.paginas.lista import lista
from observatorio.paginas.no_admitido import no_admitido
from observatorio.paginas.prosa import leer_prosa
from observatorio.paginas.revision import lo_muerto, lo_no_admitido, renglones_impresos
from observatorio.rutas import Proyecto

QUARTO = """project:
  render: [/*.qmd, /informes/*.qmd]
lang: es
format: observatorio-html
observatorio:
  menu:
    - {texto: Inicio, href: /index.html}
"""
BIB = """@article{perez2020,
  author = {Pérez, Ana},
  title = {Agua y salud},
  journal = {Revista},
  year = {2020}
}
"""


@pytest.fixture(scope="module")
def catalogo() -> Catalogo:
    hallado = leer(Proyecto(RAIZ), [])
    assert hallado is not None
    return hallado


@pytest.fixture
def sitio(tmp_path: Path) -> Proyecto:
    """Un proyecto con lo que hace falta para revisar sus páginas, y una sola."""
    shutil.copytree(RAIZ / "_extensions", tmp_path / "_extensions")
    (tmp_path / "_quarto.yml").write_text(QUARTO, encoding="utf-8")
    (tmp_path / "referencias.bib").write_text(BIB, encoding="utf-8")
    escribir(Proyecto(tmp_path), "## Primera sección\n", "index.qmd")
    return Proyecto(tmp_path)


def escribir(
    proyecto: Proyecto, cuerpo: str, nombre: str = "una.qmd", encabezado: str = "title: Una"
) -> None:
    """La página, con su cuerpo desde la línea 5."""
    ruta = proyecto.raiz / nombre
    ruta.parent.mkdir(exist_ok=True)
    ruta.write_text(f"---\n{encabezado}\n---\n\n{cuerpo}\n", encoding="utf-8")


def defectos(proyecto: Proyecto, catalogo: Catalogo) -> list[ErrorDeDatos]:
    return [
        *defectos_de_paginas(proyecto),
        *lo_no_admitido(proyecto),
        *lo_muerto(proyecto, catalogo, ()),
    ]


IMAGEN = "_extensions/observatorio/icono.svg"
NO_ADMITIDO = {
    "shortcode": "{{< pagebreak >}}",
    "video": "{{< video https://x.pe/v.mp4 >}}",
    "shortcode en mitad de una línea": "Mire {{< include _a.md >}} aquí.",
    "shortcode escapado": "{{{< pagebreak >}}}",
    "callout que no hay": "::: {.callout-danger}\nx\n:::",
    "callout que no hay, sin llaves": "::: callout-danger\nx\n:::",
    "forma de callout": '::: {.callout-note appearance="minimal"}\nx\n:::',
    "callout numerado": "::: {#nte-una .callout-note}\nx\n:::",
    "pestañas de otro modo": "::: {.panel-sidebar}\nx\n:::",
    "visible": '::: {.content-visible when-format="html"}\nx\n:::',
    "visible, sin llaves": "::: content-visible\nx\n:::",
    "oculto en una frase": '[x]{.content-hidden when-format="pdf"}',
    "columna": "::: {.column-margin}\nx\n:::",
    "columna, sin llaves": "::: column-margin\nx\n:::",
    "columnas": ":::: columns\nx\n::::",
    "al margen": "[x]{.aside}",
    "teorema": "::: {#thm-uno}\nx\n:::",
    "demostración": "::: proof\nx\n:::",
    "referencia a un teorema": "Por @Thm-uno.",
    "referencia a una caja": "Véase @nte-una.",
    "listado de código": "```{.python #lst-uno lst-cap='x'}\n1\n```",
    "listado": "::: {#listing-uno .listing}\nx\n:::",
    "celda": "```{python}\n1\n```",
    "celda con espacio": "``` {r}\n1\n```",
    "celda con opciones": "```{python, echo=FALSE}\n1\n```",
    "celda con virgulillas": "~~~{julia}\n1\n~~~",
    "celda escapada": "```{{python}}\n1\n```",
    "celda en una frase": "Son `{python} 1 + 1`.",
    "diagrama": "```{mermaid}\ngraph LR\n```",
    "diagrama, sin llaves": "```mermaid\ngraph LR\n```",
    "diagrama de clase": "```{.mermaid}\ngraph LR\n```",
    "ojs": "```{ojs}\nx = 1\n```",
    "disposición": '::: {layout="[1,2]"}\nx\n:::',
    "disposición en filas": "::: {layout-nrow=2}\nx\n:::",
    "estilo": '[Rojo]{style="color: red"}',
    "estilo en varias líneas": '[Rojo]{.x\nstyle="color: red"}',
    "estilo en html": '<span class="x" style="color: red">Rojo</span>',
    "suceso en html": "<b onclick='x()'>Rojo</b>",
    "hoja de estilo": "<style>p { color: red }</style>",
    "guion": "```{=html}\n<script>x()</script>\n```",
    "página dentro": '<iframe src="https://x.pe"></iframe>',
    "látex": "```{=latex}\n\\newpage\n```",
    "otro lector": "```{=pandoc-reader-latex}\n\\emph{x}\n```",
    "tamaño con unidad": f"![Un mapa]({IMAGEN}){{width=50%}}",
    "caja sin cerrar": "::: {.nota}\nx",
    "cierre de más": ":::",
    "caja con espacios en «=»": '::: {.callout-note collapse = "true"}\nx\n:::',
    "caja con dos nombres": "::: nota mía\nx\n:::",
    "caja pegada a un párrafo": "Texto.\n::: {.nota}\nx\n:::",
    "caja con sangría de más": "1. Uno\n\n    ::: {.nota}\n    x\n    :::",
    "atributos que no lo son": f"![Un mapa]({IMAGEN}){{width = 300}}",
    "inclusión sin espacios": "{{<include _a.md>}}",
    "etiqueta que no hay": "La UNI <Lima> dice.",
    "imagen ampliable": f"![Un mapa]({IMAGEN}){{.lightbox}}",
    "opción de figura": f'![Un mapa]({IMAGEN}){{fig-align="left"}}',
    "anchos de tabla": '| a |\n|---|\n\n: Título {tbl-colwidths="[9]"}',
    "shortcode con espacios": "{{ < video x > }}",
    "listado sin clase delante": "```{#lst-a .python}\n1\n```",
    "callout con mayúsculas": "::: {.Callout-Note}\nx\n:::",
    "columnas de más": "::: {layout-ncol=7}\nx\n:::",
    "pestañas sin títulos": "::: panel-tabset\nx\n:::",
    "título pegado a un párrafo": "Texto.\n## Título",
    "título sin espacio": "#Título",
    "comentario sin cerrar": "<!-- nota\n\nTexto.",
    "cerca sin cerrar": "```\nTexto.",
    "fórmula sin cerrar": "$$\nx\n\nTexto.",
    "látex en el texto": "Dice \\textbf{algo}.",
    "látex en una línea": "\\newpage",
    "callout sin su clase": "::: {.callout}\nx\n:::",
    "tabla como lista": "::: list-table\n- - a\n:::",
    "forma de tabla": "| a |\n|---|\n| 1 |\n\n: Título {.striped}",
    "oculto en html": "<div class='content-hidden'>\n\nx\n\n</div>",
    "teorema en html": '<div id="thm-uno">\n\nx\n\n</div>',
    "etiqueta sin cerrar": "Un <b>texto.\n\nOtro.",
    "etiqueta cerrada de más": "Un texto.</div>",
    "caja de html sin cerrar": "<div>\n\nx",
    "shortcode en html": "```{=html}\n{{< meta title >}}\n```",
    "inclusión en un comentario": "<!--\n{{< include _a.md >}}\n-->",
    "inclusión como código": "```\n{{< include _a.md >}}\n```",
    "orden de látex en una fórmula": "$$a = b \\label{uno}$$",
    "llave de menos en una fórmula": "Son $\\frac{a$ veces.",
    "leyenda en un atributo": f'![Un mapa]({IMAGEN}){{fig-cap="Otra"}}',
    "columnas de una imagen": f"![Un mapa]({IMAGEN}){{layout-ncol=2}}",
    "imagen en html sin texto": f'<img src="{IMAGEN}">',
    "lista pegada a un párrafo": "Son:\n- a\n- b",
    "tabla pegada a un párrafo": "Son:\n| a |\n|---|\n| 1 |",
    "cita pegada a un párrafo": "Dice:\n> Algo.",
    "caja de otro sitio": "> [!NOTE]\n> Algo.",
    "índice de otro sitio": "[TOC]",
    "emoji por su nombre": "Bien :smile:.",
    "letra invisible": "a\u202eb",
    "ancla en html": 'Aquí <a id="x"></a> empieza.',
    "caja de dos tipos": "::: {.callout-note .callout-tip}\nx\n:::",
    "llaves tras el título de una tabla": "| a |\n|---|\n| 1 |\n\n: Título {#mi-tabla}",
    "algo más que el número de una tabla": "| a |\n|---|\n| 1 |\n\n: Título {#tbl-a .x y=1}",
    "código con su ancla y sin lenguaje": "```{#cod}\nx\n```",
    "título con sangría": "  ## Título",
    "renglón que no cabe en su tabla": "+---+---+\n| a | b |\n+===+===+\n| c    | d |\n+---+---+",
    "inclusión en una lista": "- Uno\n\n  {{< include _parte.md >}}",
}


def test_la_matriz_de_las_misiones_va_tras_la_respuesta_y_su_aviso(sitio: Proyecto) -> None:
    matriz = '::: {.pieza nombre="matriz-misiones"}\n:::\n'
    escribir(sitio, matriz)
    (error,) = lo_no_admitido(sitio)
    assert (error.archivo, error.fila, error.regla) == ("una.qmd", 5, "matriz-sin-hallazgo")
    escribir(sitio, f'::: {{.pieza nombre="hallazgo"}}\n:::\n\n{matriz}')
    assert not list(lo_no_admitido(sitio))


@pytest.mark.parametrize("caso", NO_ADMITIDO)
def test_lo_no_admitido_se_dice_con_su_linea(
    sitio: Proyecto, catalogo: Catalogo, caso: str
) -> None:
    escribir(sitio, NO_ADMITIDO[caso])
    hallados = [d for d in defectos(sitio, catalogo) if d.archivo == "una.qmd"]
    assert hallados and all(d.fila in (5, 6, 7, 8, 9) for d in hallados)
    assert "no-se-admite-en-una-pagina" in {d.regla for d in hallados}


TABLA = "| a |\n|---|\n| 1 |"

MUERTO = {
    "página que no hay": ("[x](otra.html)", "enlace-a-lo-que-no-existe"),
    "a la fuente": ("[x](index.qmd)", "enlace-a-lo-que-no-existe"),
    "a un archivo del proyecto": ("[x](_quarto.yml)", "enlace-a-lo-que-no-existe"),
    "misión que no hay": ("[x](misiones/m9-nada/index.html)", "enlace-a-lo-que-no-existe"),
    "indicador que no hay": ("[x](datos/kpi/M9-K99.json)", "enlace-a-lo-que-no-existe"),
    "desde la raíz del servidor": ("[x](/index.html)", "enlace-a-lo-que-no-existe"),
    "vacío": ("[x]()", "enlace-a-lo-que-no-existe"),
    "ancla vacía": ("[x](#)", "enlace-a-lo-que-no-existe"),
    "guion": ("[x](javascript:alert)", "enlace-a-lo-que-no-existe"),
    "en html": ("<a href='otra.html'>x</a>", "enlace-a-lo-que-no-existe"),
    "definido aparte": ("[x][a] y\n\n[a]: otra.html", "enlace-a-lo-que-no-existe"),
    "sin definir": ("[x][a]", "enlace-a-lo-que-no-existe"),
    "sin definir, con su nombre": ("[Otra cosa][]\n\n## Otra", "enlace-a-lo-que-no-existe"),
    "al título de la plantilla": ("[Contenido][]\n\n## Contenido", "enlace-a-lo-que-no-existe"),
    "sin texto": ("[](index.html)", "enlace-sin-texto"),
    "ancla": ("[x](#nada)", "ancla-que-no-existe"),
    "ancla de otra": ("[x](index.html#primera)", "ancla-que-no-existe"),
    "imagen que no hay": ("![x](mapa.png)", "imagen-que-no-existe"),
    "imagen en un enlace": ("[![x](mapa.png)](index.html)", "imagen-que-no-existe"),
    "imagen de otro sitio": ("![x](https://x.pe/a.png)", "imagen-de-otro-sitio"),
    "imagen en html sin comillas": ("<img src=mapa.png alt=x>", "imagen-que-no-existe"),
    "imagen en html": ("<img src='mapa.png' alt='x'>", "imagen-que-no-existe"),
    "imagen sin texto": (f"![]({IMAGEN})", "imagen-sin-texto"),
    "video como imagen": ("![x](v.mp4)", "imagen-que-no-lo-es"),
    "nota": ("Algo.[^1]", "nota-sin-texto"),
    "título vacío": ("## ", "titulo-vacio"),
    "título con solo su ancla": ("## {#nada}", "titulo-vacio"),
    "cita": ("Como dice [@nadie2020].", "cita-sin-bibliografia"),
    "mención": ("Escriba a @municipio.", "cita-sin-bibliografia"),
    "figura": ("Véase @fig-mapa.", "referencia-a-lo-que-no-existe"),
    "figura que es un título": ("Ver @fig-a.\n\n## A {#fig-a}", "referencia-a-lo-que-no-existe"),
    "tabla que es un título": ("Ver @tbl-a.\n\n## A {#tbl-a}", "referencia-a-lo-que-no-existe"),
    "ecuación que es un título": ("Ver @eq-a.\n\n## A {#eq-a}", "referencia-a-lo-que-no-existe"),
    "sección que es una palabra": ("Ver @sec-a.\n\n[A]{#sec-a}", "referencia-a-lo-que-no-existe"),
    "figura en una celda": (
        f"Ver @fig-a.\n\n| a |\n|---|\n| ![A]({IMAGEN}){{#fig-a}} |",
        "referencia-a-lo-que-no-existe",
    ),
    "figura en una nota": (
        f"Ver @fig-a.[^1]\n\n[^1]: ![A]({IMAGEN}){{#fig-a}}",
        "referencia-a-lo-que-no-existe",
    ),
    "figura en una frase": (
        f"Ver @fig-a y ![A]({IMAGEN}){{#fig-a}}.",
        "referencia-a-lo-que-no-existe",
    ),
    "figura en una frase, sin nombrarla": (
        f"Un ![A]({IMAGEN}){{#fig-a}} aquí.",
        "numero-donde-no-se-numera",
    ),
    "figura en una celda, sin nombrarla": (
        f"| ![A]({IMAGEN}){{#fig-a}} | b |\n|---|---|",
        "numero-donde-no-se-numera",
    ),
    "figura en un título": (f"## Uno ![A]({IMAGEN}){{#fig-a}}", "numero-donde-no-se-numera"),
    "figura dentro de un enlace": (
        f"[![A]({IMAGEN}){{#fig-a}}](index.html)",
        "numero-donde-no-se-numera",
    ),
    "ecuación en una celda": ("| $$a$$ {#eq-a} | b |\n|---|---|", "numero-donde-no-se-numera"),
    "ecuación en una nota": ("Algo.^[Es $$a$$ {#eq-a}]", "numero-donde-no-se-numera"),
    "ecuación en una frase": ("Son $a$ {#eq-a} veces.", "numero-donde-no-se-numera"),
    "ecuación con otro nombre": ("$$a$$ {#suma}", "numero-donde-no-se-numera"),
    "título de tabla tras un párrafo": (f": A {{#tbl-a}}\n\nUno.\n\n{TABLA}", "titulo-sin-tabla"),
    "título de tabla tras un comentario": (
        f": A {{#tbl-a}}\n<!-- x -->\n\n{TABLA}",
        "titulo-sin-tabla",
    ),
    "título de tabla fuera de su caja": (
        f": A {{#tbl-a}}\n\n::: nota\n{TABLA}\n:::",
        "titulo-sin-tabla",
    ),
    "título de tabla sin tabla": (": A {#tbl-a}\n\nVer @tbl-a.", "titulo-sin-tabla"),
    "figura sin nada": ("::: {#fig-a}\n\n:::\n\nVer @fig-a.", "caja-vacia"),
    "tabla con solo un comentario": ("::: {#tbl-a}\n<!-- a -->\n:::", "caja-vacia"),
    "ejemplo que no hay": ("Según (@uno).\n\n(@dos) Otro.", "cita-sin-bibliografia"),
    "nota sin llamada": ("[^1]: Suelta.", "nota-sin-llamada"),
    "página con espacios": ("[x](una página.html)", "enlace-a-lo-que-no-existe"),
    "sección con mayúscula": ("Véase @Sec-uno.", "referencia-a-lo-que-no-existe"),
    "incluido": ("{{< include _nada.md >}}", "incluido-que-no-existe"),
    "ancla dos veces": ("## A {#x}\n## B {#x}", "ancla-repetida"),
    "figura de la otra salida": (
        f"Ver @fig-a.\n\n::: solo-boletin\n![A]({IMAGEN}){{#fig-a}}\n:::",
        "referencia-a-lo-que-no-existe",
    ),
    "ancla de la otra salida": (
        "[x](#a)\n\n::: {.nota}\n\n<div class='solo-boletin'>\n\n## A {#a}\n\n</div>\n\n:::",
        "ancla-que-no-existe",
    ),
    "palabra de la otra salida": ("[x](#a) y [[y]{#a}]{.solo-boletin}", "ancla-que-no-existe"),
    "nivel saltado": ("### A", "nivel-de-titulo-saltado"),
    "dirección con comillas": ('[x](https://x.pe?c="d")', "enlace-a-lo-que-no-existe"),
    "ancla dos veces, una en html": ("## A {#x}\n<p id='x'>B</p>", "ancla-repetida"),
    "ancla dos veces, una de un código": ("## A {#x}\n```{.r #x}\nb\n```", "ancla-repetida"),
    "ancla dos veces, una de un título": ("## A\n[x]{#a}", "ancla-repetida"),
    "ancla de la plantilla": ("## A {#contenido}", "ancla-repetida"),
    "segundo encabezado": ("---\ntitle: Otra\n---", "encabezado-repetido"),
}


@pytest.mark.parametrize("caso", MUERTO)
def test_nada_muerto_se_publica(sitio: Proyecto, catalogo: Catalogo, caso: str) -> None:
    texto, regla = MUERTO[caso]
    escribir(sitio, texto)
    hallados = {(d.archivo, d.fila, d.regla) for d in defectos(sitio, catalogo)}
    linea = 6 if "dos veces" in caso else 7 if caso == "definido aparte" else 5
    assert hallados == {("una.qmd", linea, regla)}


ENCABEZADOS = {
    "sin título": ("lang: es", 1, "pagina-sin-titulo"),
    "título vacío": ('title: ""', 2, "pagina-sin-titulo"),
    "idioma": ("title: Una\nlang: klingon", 3, "idioma-desconocido"),
    "otro formato": ("title: Una\nformat: html", 3, "formato-de-pagina"),
    "otro formato además": (
        "title: Una\nformat:\n  observatorio-html: default\n  docx: default",
        3,
        "formato-de-pagina",
    ),
    "opción del formato": (
        "title: Una\nformat:\n  observatorio-html:\n    toc: true",
        3,
        "no-se-admite-en-una-pagina",
    ),
    "índice": ("title: Una\ntoc: true", 3, "no-se-admite-en-una-pagina"),
    "listado": ("title: Una\nlisting: default", 3, "no-se-admite-en-una-pagina"),
    "hoy": ("title: Una\ndate: today", 3, "valor-del-encabezado"),
    "borrador": ("title: Una\ndraft: quizá", 3, "valor-del-encabezado"),
    "bibliografía": ("title: Una\nbibliography: otra.bib", 3, "archivo-ausente"),
    "texto que es un número": ("title: Una\nsubtitle: 1e3", 3, "valor-del-encabezado"),
    "título de dos párrafos": ("title: |\n  Una\n\n  dos", 2, "valor-del-encabezado"),
    "imagen": (f"title: '![x]({IMAGEN})'", 2, "no-se-admite-en-una-pagina"),
    "caja en el resumen": (
        "title: Una\nabstract: |\n  ::: {.callout-note}",
        4,
        "no-se-admite-en-una-pagina",
    ),
    "oculto en el resumen": (
        "title: Una\nabstract: '[x]{.content-hidden}'",
        3,
        "no-se-admite-en-una-pagina",
    ),
    "látex en el título": ("title: '\\alpha'", 2, "no-se-admite-en-una-pagina"),
    "enlace muerto": ("title: Una\nsubtitle: '[x](nada.html)'", 3, "enlace-a-lo-que-no-existe"),
    "archivo en otra carpeta": (
        "title: Una\nformat:\n  observatorio-html:\n    output-file: ../una.html",
        3,
        "no-se-admite-en-una-pagina",
    ),
    "archivo de otra clase": (
        "title: Una\nformat:\n  observatorio-html:\n    output-file: una",
        3,
        "no-se-admite-en-una-pagina",
    ),
    "borrador con yes": ("title: Una\ndraft: yes", 3, "valor-del-encabezado"),
    "cerrado con puntos": ("title: Una\n...", 3, "encabezado-sin-cerrar"),
    "yaml": ("title: Una: dos", 2, "yaml-roto"),
    "cita en el resumen": ("title: Una\nabstract: Según @nadie2020", 3, "cita-sin-bibliografia"),
    "shortcode": ("title: Una\nsubtitle: '{{< meta x >}}'", 3, "no-se-admite-en-una-pagina"),
    "etiqueta que no hay": (
        'title: Una\nauthor: "Ana <UNI>"',
        3,
        "no-se-admite-en-una-pagina",
    ),
}


@pytest.mark.parametrize("caso", ENCABEZADOS)
def test_un_encabezado_malo_se_dice_con_su_linea(
    sitio: Proyecto, catalogo: Catalogo, caso: str
) -> None:
    encabezado, linea, regla = ENCABEZADOS[caso]
    escribir(sitio, "Texto.", encabezado=encabezado)
    hallados = {(d.archivo, d.fila, d.regla) for d in defectos(sitio, catalogo)}
    assert hallados == {("una.qmd", linea, regla)}


@pytest.mark.parametrize("escrito", ["<font color=green>**Nota:**</font> leer", "<CENTER>Uno"])
def test_de_una_etiqueta_de_adorno_se_dice_que_se_quite(
    sitio: Proyecto, catalogo: Catalogo, escrito: str
) -> None:
    """Se proponía dejarla escrita en la página, como si fuera texto."""
    escribir(sitio, escrito)
    (defecto,) = defectos(sitio, catalogo)
    assert "quítela y deje su texto" in defecto.remedio


@pytest.mark.parametrize(
    ("clave", "valor"),
    [("toc", "true"), ("website", "{title: x}"), ("crossref", "{}"), ("listing", "x")],
)
def test_una_clave_de_quarto_para_todo_el_sitio_se_rechaza(
    sitio: Proyecto, catalogo: Catalogo, clave: str, valor: str
) -> None:
    (sitio.raiz / "_quarto.yml").write_text(f"{QUARTO}{clave}: {valor}\n", encoding="utf-8")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila, defecto.columna) == ("_quarto.yml", 8, clave)


def test_un_patron_que_quarto_buscaria_en_cualquier_carpeta_se_rechaza(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    """Publicaría también la página de una copia del proyecto, o la de un modelo por completar."""
    (sitio.raiz / "_quarto.yml").write_text(
        QUARTO.replace("[/*.qmd,", '[index.qmd, "*.qmd",'), encoding="utf-8"
    )
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.columna, defecto.valor, defecto.remedio) == (
        "_quarto.yml",
        "project.render",
        "*.qmd",
        "escriba /*.qmd: sin la barra, Quarto la busca en cualquier carpeta",
    )


@pytest.mark.parametrize(
    ("escrito", "linea"),
    [
        ("  titulo: Salud @municipio", 8),
        ("  titulo: >\n    Uno\n\n    dos", 8),
        ("  titulo: El [mapa](index.html)", 8),
        ("  titulo: Salud^[y algo más]", 8),
        ("  titulo: Salud {{< meta x >}}", 8),
        ("    - {texto: 'Con <b>fuerza</b>', href: /index.html}", 8),
        ("    - {texto: '[M4-K02]{.kpi}', href: /index.html}", 8),
        ("    - {texto: Sin dirección}", 8),
        ("    - Inicio", 8),
        ("number-sections: yes", 8),
        ("  pie: Inicio", 8),
        ("execute: {enabled: true}", 8),
        ("html-table-processing: all", 8),
    ],
)
def test_lo_que_toda_pagina_lleva_del_sitio_es_texto_llano(
    sitio: Proyecto, catalogo: Catalogo, escrito: str, linea: int
) -> None:
    (sitio.raiz / "_quarto.yml").write_text(f"{QUARTO}{escrito}\n", encoding="utf-8")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila) == ("_quarto.yml", linea)


def test_el_menu_admite_acentos_comillas_y_correos(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "_quarto.yml").write_text(
        QUARTO
        + """    - {texto: "¿Qué «es»? *Uno* & dos -- ... a < b, x@y.pe", href: /index.html}\n""",
        encoding="utf-8",
    )
    assert defectos(sitio, catalogo) == []


def test_solo_el_menu_y_el_pie_nombran_los_lugares(sitio: Proyecto, catalogo: Catalogo) -> None:
    """En el título del sitio, la marca se publicaba tal cual."""
    menu = """    - {texto: "{{Los-anexos}}", href: /index.html}\n"""
    (sitio.raiz / "_quarto.yml").write_text(f"{QUARTO}{menu}", encoding="utf-8")
    assert defectos(sitio, catalogo) == []
    titulo = """  titulo: "Mirador de {{los-anexos}}"\n"""
    (sitio.raiz / "_quarto.yml").write_text(f"{QUARTO}{menu}{titulo}", encoding="utf-8")
    assert [(d.archivo, d.fila) for d in defectos(sitio, catalogo)] == [("_quarto.yml", 9)]


def test_lo_que_solo_lee_quarto_no_puede_estar(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "_brand.yml").write_text("color: {}\n", encoding="utf-8")
    assert [d.archivo for d in defectos(sitio, catalogo)] == ["_brand.yml"]


def test_una_entrada_del_menu_sin_pagina_se_dice(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "_quarto.yml").write_text(
        QUARTO + "    - {texto: Otra, href: /otra.html}\n", encoding="utf-8"
    )
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila, defecto.valor) == ("_quarto.yml", 8, "/otra.html")


SANO = f"""Un enlace a [la portada](index.html#primera-sección), a [una misión](misiones/m1-salud/),
a <https://x.pe/@alguien>, a [otro sitio](https://x.pe/a_(b)) y
a [este título](#con-código-y-énfasis).

## Con `código` y *énfasis* {{.solo-pagina}}

Escriba a ana@fig-mail.pe o a \\@municipio. La fórmula $x_{{@a}}$.[^1] ![El ícono]({IMAGEN})

[^1]: Según [@perez2020, p. 3] y @perez2020.

::: callout-warning
Con [definido][a].
:::

[a]: index.html

<!-- ::: proof
{{{{< video x >}}}} [x](otra.html)
-->

`{{{{< pagebreak >}}}}` y

```markdown
::: callout-danger
[x](otra.html) @thm-uno
```

    {{{{< video x >}}}}

1. Uno

    ```
    ![](nada.png)
    ```

$$
\\begin{{aligned}} a &= b \\end{{aligned}}
$$

Cuesta \\$5, C:\\\\Usuarios y \\# tres; y a <correo@x.pe>.

1. Uno

   ::: {{.callout-note title='Con "comillas"' collapse=true}}
   Dentro de la lista.
   :::

> ::: nota
> Citada.
> :::

Término
: Definido, a las 12:30:45 y sin más.

- Una lista
  - y otra
    dentro
- sigue

(@uno) El primero, como @fig-a, @Fig-b, @fig-c, @tbl-a, @eq-a y @sec-a.
(@) Otro, como (@uno) y [lo de arriba](#contenido).

- ![A]({IMAGEN}){{#fig-a}}

::: {{#fig-b layout-ncol=2}}
![Una]({IMAGEN}) ![Otra]({IMAGEN}){{#fig-c}}

Las dos.
:::

| a |
|---|
| 1 |

: Con <b>fuerza</b> {{#tbl-a}}

+-----+:---:+
| a   | b   |
+=====+=====+
| - x | 1   |
+-----+-----+

: De rejilla {{#tbl-b}}

Table: Antes de su tabla, que es de espacios {{#tbl-c}}

  a      b
----- ------
  1      2

::: {{#fig-g}}
```
un código
```

Es una figura.
:::

#. Que se numera sola
#. como @tbl-b

| a |
|---|
| 1 |

: Con clase {{.una}}

Término
: Con {{llaves}} al final {{x}}

$$ a = \\{{ b \\}} $$ {{#eq-a}}

![C]({IMAGEN}){{#fig-d}} ![D]({IMAGEN}){{#fig-e}}

## Contenido

[Abajo](#seccion-contenido), [En una lista][], [aquí][en  una LISTA], [Un *nombre*][] y [Inicio][].

[Inicio]: index.html

## Un *nombre* {{#nombre}}

- ## En una lista

  > ### En una cita

[a](#en-una-lista), [b](#en-una-cita), [c](#cod), [d](#ref-perez2020) y [e](#referencias).

```{{.python #cod}}
x
```

- ![F]({IMAGEN}){{#fig-f}}
- `x`{{#codigo}}, como @fig-d, @fig-e y @fig-f.

## `código` {{#sec-a}}

+------+:----:+
| Niño | b  ñ |
+======+======+
| c           |
+------+------+
"""


def test_lo_sano_y_lo_que_es_comentario_o_codigo_se_dejan_en_paz(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    escribir(sitio, SANO, encabezado="title: Una\nbibliography: referencias.bib")
    assert defectos(sitio, catalogo) == []


def test_un_borrador_se_revisa_pero_ni_se_publica_ni_se_enlaza(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    escribir(sitio, "Texto.", encabezado="title: Una\ndraft: true")
    assert defectos(sitio, catalogo) == []
    assert [p.salida for p in paginas(sitio)] == ["index.html"]
    escribir(sitio, "[x](una.html)", "otra.qmd")
    assert [d.regla for d in defectos(sitio, catalogo)] == ["enlace-a-lo-que-no-existe"]


def test_una_pagina_en_una_carpeta_se_revisa_desde_ella(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    escribir(sitio, "[x](../index.html) y [y](index.html)", "informes/uno.qmd")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.valor) == ("informes/uno.qmd", "index.html")


@pytest.mark.parametrize(
    ("titulo", "ancla"),
    [
        ("¿Qué? ¡Sí! 50 %", "qué-sí-50"),
        ("a/b (c) — d", "ab-c-d"),
        ("a & b &amp; c", "a-b-c"),
        ("a \\* b\\_c", "a-b_c"),
    ],
)
def test_el_ancla_de_un_titulo_es_la_que_le_da_pandoc(
    sitio: Proyecto, catalogo: Catalogo, titulo: str, ancla: str
) -> None:
    escribir(sitio, f"## {titulo}\n\n[x](#{ancla})")
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f"## {titulo}\n\n[x](#{ancla}-)")
    assert [d.regla for d in defectos(sitio, catalogo)] == ["ancla-que-no-existe"]


def test_la_figura_cuya_leyenda_cita_dice_aparte_que_se_ve(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    encabezado = "title: Una\nbibliography: referencias.bib"
    escribir(sitio, f"\n![De @perez2020]({IMAGEN}){{#fig-a}}", encabezado=encabezado)
    assert [(d.fila, d.regla) for d in defectos(sitio, catalogo)] == [(7, "imagen-sin-texto")]
    figura = f'![De @perez2020]({IMAGEN}){{#fig-a fig-alt="Un mapa"}}'
    escribir(sitio, figura, encabezado=encabezado)
    assert defectos(sitio, catalogo) == []


OTRA = "\n@book{dos,\n  title = {Otra}\n}\n"
BIBS_ROTOS = {
    "llave sin cerrar": (BIB.replace("salud}", "salud") + OTRA, 1, "cierre sus llaves"),
    "llave sin cerrar en la última": (BIB + "\n@book{dos,\n  title = {{Otra}\n", 8, "cierre sus"),
    "comilla sin cerrar": (BIB.replace("{Agua y salud}", '"Agua y salud') + OTRA, 1, "cierre sus"),
    "sin clave": (f"{BIB}\n@book{{\n  title = {{Otra}}\n}}\n", 8, "dele una clave"),
    "clave con espacios": (BIB.replace("perez2020", "perez 2020"), 1, "dele una clave"),
    "sin coma": (BIB.replace("salud},", "salud}"), 4, "tras cada campo va una coma"),
    "arroba suelta": (f"De ana@salud.pe\n{BIB}", 1, "fuera de ellas no va ninguna @"),
}


@pytest.mark.parametrize("caso", BIBS_ROTOS)
def test_una_obra_mal_escrita_se_dice_al_validar(
    sitio: Proyecto, catalogo: Catalogo, caso: str
) -> None:
    texto, linea, remedio = BIBS_ROTOS[caso]
    (sitio.raiz / "referencias.bib").write_text(texto, encoding="utf-8")
    for nombre in ("una.qmd", "otra.qmd"):
        escribir(sitio, "Uno.", nombre, "title: Una\nbibliography: referencias.bib")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila) == ("referencias.bib", linea)
    assert defecto.regla == "obra-mal-escrita" and remedio in defecto.remedio


def test_unas_obras_en_otra_codificacion_se_dicen_y_las_bien_escritas_no(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    raras = """% Lo que pandoc entiende: ana@salud.pe
@string{revista = "Revista"}
@comment{x {y}}
@misc{otra.1/b, title = revista # " \\"{B} y \\{" # {: 50\\% {A}}, year = 2020, url = {http://x.pe/@a},}
@misc{tres, note = "un 50% }
y más"}
"""
    (sitio.raiz / "referencias.bib").write_text(raras + BIB, encoding="utf-8")
    escribir(sitio, "Uno.", encabezado="title: Una\nbibliography: referencias.bib")
    assert defectos(sitio, catalogo) == []
    (sitio.raiz / "referencias.bib").write_bytes((OTRA + BIB).encode("latin-1"))
    assert [(d.archivo, d.fila, d.regla) for d in defectos(sitio, catalogo)] == [
        ("referencias.bib", 6, "no-es-utf8")
    ]


def test_una_pieza_con_anclas_se_cita_una_vez(sitio: Proyecto, catalogo: Catalogo) -> None:
    respuesta = '::: {.pieza nombre="hallazgo"}\n:::\n'
    matriz = '::: {.pieza nombre="matriz-misiones"}\n:::\n'
    escribir(sitio, f"{respuesta}\n{respuesta}\n{matriz}\n[M4-K02]{{.kpi}} y [M4-K02]{{.kpi}}.")
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f"{respuesta}\n{matriz}\n{matriz}")
    (dos_veces,) = defectos(sitio, catalogo)
    assert (dos_veces.fila, dos_veces.valor) == (11, "matriz-misiones")
    assert dos_veces.remedio.startswith("cítela una sola vez")
    escribir(sitio, f"## Misiones\n\n{respuesta}\n{matriz}")
    (con_otra,) = defectos(sitio, catalogo)
    assert con_otra.fila == 10 and "la pieza lleva #misiones" in con_otra.remedio


def test_una_pieza_que_no_hay_se_dice_tambien_en_lo_incluido(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    mala = 'Uno.\n\n::: {.pieza nombre="nada"}\n:::\n\n[M9-K99]{.kpi}\n'
    (sitio.raiz / "_parte.md").write_text(mala, encoding="utf-8")
    for nombre in ("una.qmd", "otra.qmd"):
        escribir(sitio, "{{< include _parte.md >}}", nombre)
    assert [(d.archivo, d.fila, d.valor) for d in citas_rotas(sitio, catalogo)] == [
        ("_parte.md", 3, "nada"),
        ("_parte.md", 6, "M9-K99"),
    ]


def test_lo_incluido_se_revisa_en_su_archivo(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "_parte.md").write_text(
        "## Incluida\n\n[x](#propia)\n\n::: proof\nx\n:::\n", encoding="utf-8"
    )
    escribir(sitio, "## Propia\n\n[y](#incluida)\n\n{{< include _parte.md >}}")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila) == ("_parte.md", 5)


def test_una_nota_y_un_titulo_valen_tambien_en_lo_incluido(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    (sitio.raiz / "_parte.md").write_text("## B\n\n[^1]: La nota.\n", encoding="utf-8")
    cuerpo = "Algo.[^1]\n\n{{< include _parte.md >}}\n\n### C"
    escribir(sitio, cuerpo)
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f"{cuerpo}\n\n##### E\n\n[x](#nada)")
    assert [(d.archivo, d.fila) for d in defectos(sitio, catalogo)] == [
        ("una.qmd", 11),
        ("una.qmd", 13),
    ]


EN_DOS = """title: Una
format:
  observatorio-html: default
  observatorio-typst: default"""


def test_lo_que_va_al_pdf_se_revisa_por_lo_que_el_pdf_lleva(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    figura = f"![A]({IMAGEN}){{#fig-a}}"
    en_cada_una = "\n\n".join(
        f"::: {{.{clase}}}\nComo @fig-a y [eso](#eso).\n\n{figura}\n\n[x]{{#eso}}\n:::"
        for clase in ("solo-pagina", "solo-boletin")
    )
    escribir(sitio, f"[En papel](una.pdf).\n\n{en_cada_una}", encabezado=EN_DOS)
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f"@fig-a\n\n::: solo-pagina\n{figura}\n:::", encabezado=EN_DOS)
    (defecto,) = defectos(sitio, catalogo)
    assert defecto.fila == 8 and "el PDF no lleva lo que nombra" in defecto.remedio


def test_una_pieza_no_va_en_un_pdf(sitio: Proyecto, catalogo: Catalogo) -> None:
    piezas = '::: {.pieza nombre="hallazgo"}\n:::\n\nEl [M4-K02]{.kpi} y [x]{.correo}.'
    escribir(sitio, f"::: solo-pagina\n{piezas}\n:::", encabezado=EN_DOS)
    assert defectos(sitio, catalogo) == []
    escribir(sitio, piezas, encabezado=EN_DOS)
    assert [d.fila for d in defectos(sitio, catalogo)] == [8, 11, 11]


def test_lo_escrito_en_html_no_se_pierde_en_un_pdf(sitio: Proyecto, catalogo: Catalogo) -> None:
    nada = "```{=html}\n<!-- nota -->\n<span id='x'></span>\n```\n\n`<br>`{=html}"
    tabla = "```{=html}\n<table><tr><td>Uno</td></tr></table>\n```"
    cuerpo = f"{nada}\n\n{tabla}\n\nVea `<b>dos</b>`{{=html}}.\n\n~~~\n{tabla}\n~~~"
    escribir(sitio, cuerpo)
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f"::: solo-pagina\n{cuerpo}\n:::", encabezado=EN_DOS)
    assert defectos(sitio, catalogo) == []
    escribir(sitio, cuerpo, encabezado=EN_DOS)
    dichos = defectos(sitio, catalogo)
    assert [(d.fila, d.valor) for d in dichos] == [
        (15, "<table><tr><td>Uno</td></tr></table>"),
        (19, "<b>dos</b>"),
    ]
    assert all("no llega al PDF" in d.remedio for d in dichos)


def test_el_texto_alternativo_de_una_imagen_es_el_que_se_le_da(
    sitio: Proyecto, catalogo: Catalogo
) -> None:
    escribir(sitio, f'![]({IMAGEN}){{width=80 fig-alt="Un pozo"}}\n\n![Un pozo]({IMAGEN})')
    assert defectos(sitio, catalogo) == []
    escribir(sitio, f'![Un pozo]({IMAGEN}){{width=80 alt=""}}')
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.fila, defecto.regla) == (5, "imagen-sin-texto")


def test_un_signo_que_el_pdf_no_puede_escribir_se_dice_con_su_linea(sitio: Proyecto) -> None:
    cuerpo = "Bien → 😀.\n\n<!-- 😀 -->\n\n::: solo-pagina\n😀\n:::\n\n{{< include _parte.md >}}"
    (sitio.raiz / "_parte.md").write_text("Sí.\n\n- 中\n", encoding="utf-8")
    escribir(sitio, cuerpo)
    assert list(signos_sin_letra_en(renglones_impresos(sitio))) == []
    escribir(sitio, cuerpo, encabezado=EN_DOS)
    assert [
        (d.archivo, d.fila, d.valor) for d in signos_sin_letra_en(renglones_impresos(sitio))
    ] == [
        ("una.qmd", 8, "😀"),
        ("_parte.md", 3, "中"),
    ]


def test_una_imagen_que_no_lo_es_se_dice_en_su_linea(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "foto.png").write_text("no soy una imagen", encoding="utf-8")
    escribir(sitio, "Uno.\n\n![Un pozo](foto.png)\n")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.fila, defecto.regla) == (7, "imagen-que-no-se-ve")


def test_lo_incluido_de_fuera_del_proyecto_se_rechaza_sin_leerlo(
    sitio: Proyecto, catalogo: Catalogo, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fuera = tmp_path_factory.mktemp("fuera") / "_parte.md"
    fuera.write_text("::: proof\nx\n:::\n", encoding="utf-8")
    (sitio.raiz / "_enlace.md").symlink_to(fuera)
    escribir(sitio, "{{< include _enlace.md >}}")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila, defecto.valor) == ("una.qmd", 5, "_enlace.md")


def test_un_salto_de_linea_que_quarto_no_ve_se_dice(sitio: Proyecto, catalogo: Catalogo) -> None:
    una, parte = sitio.raiz / "una.qmd", sitio.raiz / "_parte.md"
    parte.write_bytes(b"Uno.\r\n\r\nDos.\r\rTres.\n")
    una.write_bytes(b"---\rtitle: Una\r---\r\r{{< include _parte.md >}}\r")
    hallados = [(d.archivo, d.fila, d.regla) for d in defectos(sitio, catalogo)]
    assert hallados == [("una.qmd", 1, "salto-de-linea"), ("_parte.md", 3, "salto-de-linea")]
    una.write_bytes(una.read_bytes().replace(b"\r", b"\r\n"))
    parte.write_bytes(b"Se\xf1al.\n")
    (defecto,) = defectos(sitio, catalogo)
    assert (defecto.archivo, defecto.fila, defecto.regla) == ("una.qmd", 5, "no-es-utf8")


def test_un_cuaderno_no_es_una_pagina_del_autor(sitio: Proyecto, catalogo: Catalogo) -> None:
    (sitio.raiz / "_quarto.yml").write_text(
        QUARTO.replace("[/*.qmd,", "[/*.qmd, /*.ipynb,"), encoding="utf-8"
    )
    (sitio.raiz / "otra.ipynb").write_text("{}", encoding="utf-8")
    (defecto,) = [*defectos(sitio, catalogo), *citas_rotas(sitio, catalogo)]
    assert (defecto.archivo, defecto.regla) == ("otra.ipynb", "pagina-que-no-lo-es")


@pytest.mark.parametrize(
    ("nombre", "formato"),
    [
        ("Index.qmd", ""),
        ("404.qmd", ""),
        ("una.qmd", "\nformat:\n  observatorio-html:\n    output-file: index.html"),
    ],
)
def test_dos_paginas_no_se_publican_con_el_mismo_nombre(
    sitio: Proyecto, catalogo: Catalogo, nombre: str, formato: str
) -> None:
    escribir(sitio, "Texto.", nombre, f"title: Una{formato}")
    repetidas = [d for d in defectos(sitio, catalogo) if d.regla == "salida-repetida"]
    assert {d.archivo for d in repetidas} <= {nombre, "index.qmd"} and len(repetidas) == 1


def test_la_prosa_conserva_las_lineas() -> None:
    texto = "a\n```\n::: x\n```\n<!-- b\n\nc --> d\n"
    prosa = leer_prosa(texto).texto
    assert prosa.count("\n") == texto.count("\n") and prosa.split() == ["a", "d"]


def test_una_pagina_enorme_llena_de_cajas_se_revisa_en_lo_que_se_lee() -> None:
    hay = lista(Proyecto(RAIZ))
    texto = "- Uno\n\n  ::: {.nota}\n  x\n  :::\n\n" * 20_000
    inicio = time.process_time()
    assert list(no_admitido("una.qmd", texto, hay)) == []
    assert time.process_time() - inicio < 20
    assert [e.fila for e in no_admitido("una.qmd", f"{texto}:::\n", hay)] == [120_001]
