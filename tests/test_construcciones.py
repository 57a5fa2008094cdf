"""Lo que un autor de informes escribe llega a la página y al PDF, sin estilos en línea."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from conftest import copia_de
from observatorio.base.pandoc import pandoc
from observatorio.errores import ErrorDeEjecucion
from observatorio.motores import embebido, lote, quarto
from observatorio.paginas.fuentes import Pagina, configuracion, formatos, paginas
from observatorio.rutas import Proyecto

IMAGEN = "../_extensions/observatorio/icono.svg"
INFORME = f"""---
title: "Informe"
subtitle: "Con todo"
author:
  - Ana Pérez
  - name: Luis Quispe
    affiliation: Municipalidad
date: 2026-03-07
abstract: Un resumen con *énfasis*.
number-sections: true
bibliography: obras.bib
---

Véase @sec-uno, @Fig-mapa, [@tbl-uno; @Eq-suma], -@fig-dos y @fig-dos-b. Dice @perez2020, y
[@perez2020, p. 3].

## Primera {{#sec-uno}}

::: callout-warning
## Con **título**

Un aviso.
:::

::: {{.callout-note}}
Una nota.
:::

::: {{.callout-tip title="Un consejo"}}
Texto.
:::

::: {{.callout-important collapse=false}}
Texto.
:::

::: {{.callout-caution collapse="true"}}
## Plegada
Texto plegado.
:::

### Detalle

![Un mapa]({IMAGEN}){{#fig-mapa width=120 fig-alt="Tres montañas"}}

::: {{#fig-dos layout-ncol=2}}
![Izquierda]({IMAGEN}){{#fig-dos-a}}

![Derecha]({IMAGEN}){{#fig-dos-b}}

Las dos juntas.
:::

| a | b |
|---|--:|
| 1 | 2 |

: Una tabla {{#tbl-uno}}

La suma $$a = b + c$$ {{#eq-suma}} sigue.

::: panel-tabset
### Mujeres
Texto de mujeres.

### Hombres
Texto de hombres.
:::

- Una ecuación en una lista: $$c = d$$ {{#eq-lista}}

[![Que enlaza]({IMAGEN})](../index.html)

```python
x = 1  # <1>
```

1. Uno, con `x`{{.python}}.

   Texto <!-- {{{{< video x >}}}} --> seguido.

{{{{< include _parte.md >}}}}

## Sin número {{.unnumbered}}

Fin.
"""
OBRAS = """@book{cruz2019, author = {{\\L}uz, B. and {de la Cruz}, A.}, title = {Uno},
  year = {2019}}
@article{perez2020,
  author = {Pérez, Ana and Ruiz, Juan}, title = {Agua y salud}, journal = {Revista}, year = {2020},
  volume = {3}, number = {2}, pages = {1--9}, doi = {10.1/x}
}
"""


@pytest.fixture(scope="module")
def informe(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El proyecto construido, con un informe en una carpeta."""
    proyecto = copia_de(minimo_de_todos, tmp_path_factory.mktemp("informe") / "p")
    quarto = proyecto.raiz / "_quarto.yml"
    texto = quarto.read_text(encoding="utf-8")
    quarto.write_text(texto.replace("- /*.qmd", "- /informes/*.qmd"), encoding="utf-8")
    carpeta = proyecto.raiz / "informes"
    carpeta.mkdir()
    (carpeta / "uno.qmd").write_text(INFORME, encoding="utf-8")
    (carpeta / "_parte.md").write_text("## Incluida\n\nComo @fig-mapa.\n", encoding="utf-8")
    (carpeta / "obras.bib").write_text(OBRAS, encoding="utf-8")
    return proyecto


def _propia(proyecto: Proyecto, formato: str, **mas: str) -> Pagina:
    (pagina,) = [p for p in paginas(proyecto) if p.salida == "informes/uno.html"]
    return replace(pagina, formato=formato, metadatos=pagina.metadatos | mas)


def _pandoc(proyecto: Proyecto, formato: str, **mas: str) -> tuple[Pagina, str]:
    opciones = formatos(proyecto)[formato]
    propia = _propia(proyecto, formato, **mas)
    return propia, lote.escribir_sola(proyecto, propia, configuracion(proyecto), opciones)


@pytest.fixture(scope="module")
def html(informe: Proyecto) -> str:
    return re.sub(r"\s+", " ", _pandoc(informe, "html")[1])


def test_la_pagina_no_lleva_estilos_ni_guiones_en_linea(html: str) -> None:
    cuerpo = html[html.index("<body") :]
    assert " style=" not in cuerpo and "<script" not in cuerpo and " onclick" not in cuerpo


def test_la_portada_dice_quien_cuando_y_que(html: str) -> None:
    assert '<p class="subtitulo">Con todo</p>' in html
    assert "Ana Pérez</span>; " in html and "Luis Quispe <small>Municipalidad</small>" in html
    assert '<time datetime="2026-03-07">7 de marzo de 2026</time>' in html
    assert "Un resumen con <em>énfasis</em>." in html


def test_las_cinco_cajas_dicen_su_tipo_y_su_titulo(html: str) -> None:
    rotulos = re.findall(
        r'<(?:div|details) class="caja caja-(\w+)"[^>]*> ?<(?:p|summary)\b[^>]*>'
        r"(.*?)</(?:p|summary)>",
        html,
    )
    assert [(c, re.sub(r"<[^>]+>", "", t).strip()) for c, t in rotulos] == [
        ("advertencia", "Advertencia: Con título"),
        ("nota", "Nota"),
        ("consejo", "Consejo: Un consejo"),
        ("importante", "Importante"),
        ("precaucion", "Precaución: Plegada"),
    ]
    assert '<details class="caja caja-importante" open>' in html
    assert '<details class="caja caja-precaucion" id="plegada"><summary>' in html


def test_cada_referencia_lleva_a_lo_que_nombra(html: str) -> None:
    duro = "\u00a0"
    for ancla, dicho in (
        ("sec-uno", "Sección 1"),
        ("fig-mapa", "Figura 1"),
        ("tbl-uno", "Tabla 1"),
        ("eq-suma", "Ecuación (1)"),
        ("fig-dos", "2"),
        ("fig-dos-b", "Figura 2 (b)"),
    ):
        assert f'<a href="#{ancla}">{dicho.replace(" ", duro)}</a>'.replace(duro, " ") in html
        assert html.count(f'id="{ancla}"') == 1


def test_las_figuras_llevan_numero_titulo_y_texto_alternativo(html: str) -> None:
    assert f'<img src="{IMAGEN}" alt="Tres montañas" width="120">' in html
    assert re.search(r"<figcaption> <strong>Figura 2\.</strong> Las dos juntas\.", html)
    assert html.count('<div class="celda">') == 2
    assert "<caption><strong>Tabla 1.</strong> Una tabla</caption>" in html
    assert '<span class="numero">(1)</span>' in html


def test_lo_que_quarto_tomaria_por_otra_cosa_sale_tal_cual(html: str) -> None:
    assert '<div class="ecuacion" id="eq-lista">' in html and "{#eq-" not in html
    assert f'<a href="../index.html"><img src="{IMAGEN}" alt="Que enlaza"></a>' in html
    assert "<pre><code>x = 1 # &lt;1&gt;</code></pre>" in html and "<code>x</code>" in html
    assert "<!--" not in html[html.index("<main") :] and "video" not in html


def test_lo_que_va_entre_dos_comentarios_se_publica(informe: Proyecto) -> None:
    (pagina,) = [p for p in paginas(informe) if p.salida == "informes/uno.html"]
    entre = "<!-- inicio -->\n<table><tr><td>Queda</td></tr></table>\n<!-- fin -->"
    crudos = [f"```{{=html}}\n{c}\n```" for c in (entre, "<!-- solo -->\n\n<!-- esto -->")]
    html = lote.escribir_sola(
        informe,
        replace(pagina, cuerpo="\n\n".join([*crudos, "Texto."])),
        configuracion(informe),
        formatos(informe)["html"],
    )
    assert "<td>Queda</td>" in html and "solo" not in html and "esto -->" not in html


def test_las_secciones_se_numeran_y_las_pestanas_no(html: str) -> None:
    assert re.findall(r'class="numero-de-titulo">([\d.]+)</span> (\w+)', html) == [
        ("1", "Primera"),
        ("1.1", "Detalle"),
        ("2", "Incluida"),
    ]
    assert html.count('<section class="pestana">') == 2


def test_las_citas_salen_en_espanol_y_llevan_a_su_obra(html: str) -> None:
    assert 'Pérez y Ruiz (<a href="#ref-perez2020">2020</a>)' in html
    assert '(<a href="#ref-perez2020">Pérez y Ruiz, 2020, p. 3</a>)' in html
    assert html.count('<h2 class="unnumbered" id="referencias">Referencias</h2>') == 1
    assert "Pérez, A. y Ruiz, J. (2020). Agua y salud. <em>Revista</em>" in html


def test_una_cita_no_lleva_marcas_que_solo_pone_una_version_de_pandoc(informe: Proyecto) -> None:
    html = _con(informe, "Dice @cruz2019.\n")
    assert "Łuz y de la Cruz" in html and "nocase" not in html


def test_lo_mismo_se_imprime_como_pdf_accesible(informe: Proyecto) -> None:
    pagina, texto = _pandoc(informe, "typst", direccion="https://x.pe")
    assert "#link(<fig-mapa>)" in texto and "] <fig-mapa>" in texto
    assert r'#raw(block: true, "x = 1  # <1>")' in texto
    assert embebido.compilar_typst(informe, pagina, texto).startswith(b"%PDF")


def _con(informe: Proyecto, cuerpo: str, formato: str = "html", **mas: str) -> str:
    pagina = replace(_propia(informe, formato, **mas), cuerpo=cuerpo)
    return lote.escribir_sola(informe, pagina, configuracion(informe), formatos(informe)[formato])


FALLOS = {
    "formula": ("Son $\\noexiste{a}$ veces.", "la fórmula «.*» no se entiende"),
    "referencia": ("Véase @fig-nada.", r"\{#fig-nada\}"),
    "ecuación en una celda": (
        "| $$a$$ {#eq-a} | b |\n|---|---|",
        r"\{#eq-a\} no se numera ahí",
    ),
    "en una celda": (f"| ![A]({IMAGEN}){{#fig-a}} y | b |\n|---|---|", "va sola en su párrafo"),
}


@pytest.mark.parametrize("caso", FALLOS)
def test_lo_que_detiene_una_pagina_se_dice_con_su_linea(informe: Proyecto, caso: str) -> None:
    cuerpo, dicho = FALLOS[caso]
    fuente = informe.raiz / "informes" / "uno.qmd"
    antes = fuente.read_text(encoding="utf-8")
    fuente.write_text(f"---\ntitle: Una\n---\n\n{cuerpo}\n", encoding="utf-8")
    try:
        with pytest.raises(ErrorDeEjecucion, match=rf"uno\.qmd, línea 5: .*{dicho}"):
            _con(informe, cuerpo)
    finally:
        fuente.write_text(antes, encoding="utf-8")


def test_lo_que_un_autor_escribe_en_otro_lugar_tambien_se_numera(informe: Proyecto) -> None:
    html = _con(
        informe,
        f"""Uno
: ![A]({IMAGEN}){{#fig-a}}

::: {{#fig-b}}
![B]({IMAGEN}){{#fig-b1}}

![C]({IMAGEN}){{#fig-b2}}

Las dos.
:::

::: solo-boletin
![D]({IMAGEN}){{#fig-d}}
:::

![E]({IMAGEN}){{#fig-e}}

(@uno) Como @fig-a, @fig-b2 y @fig-e.
(@) Como (@uno), con ![F]({IMAGEN}){{fig-alt="otra"}} y `{{{{< meta title >}}}}`.
""",
    )
    for dicho in ("#fig-a", "Figura\u00a01"), ("#fig-b2", "Figura\u00a02\u00a0(b)"):
        assert f'<a href="{dicho[0]}">{dicho[1]}</a>' in html and f'id="{dicho[0][1:]}"' in html
    assert '<a href="#fig-e">Figura\u00a03</a>' in html and "fig-d" not in html
    assert "Como (1), con" in html and 'alt="otra"' in html and "data-fig-alt" not in html
    assert "<code>{{&lt; meta title &gt;}}</code>" in html


def test_lo_que_se_escribe_en_un_atributo_o_en_varios_renglones_tambien_es_markdown(
    informe: Proyecto,
) -> None:
    html = _con(
        informe,
        f"""::: {{.callout-note title="Un *título*"}}
Texto.
:::

::: {{#fig-a fig-cap="Una *leyenda*"}}
![A]({IMAGEN})
:::

![Como @fig-a]({IMAGEN}){{#fig-b}}

![C]({IMAGEN}){{#foto}}

Véase [Figuras @fig-a; @fig-b] y @perez2020.

## Obras
""",
        title="Una\nsola\n",
    )
    assert "Nota: Un <em>título</em>" in " ".join(html.split()) and "<em>leyenda</em>" in html
    assert 'alt="Como Figura\u00a01"' in html and '<figure id="foto">' in html
    assert '<a href="#fig-a">Figuras\u00a01</a>, <a href="#fig-b">Figura\u00a02</a>' in html
    assert '</span> Obras</h2>\n<div class="obras"' in html and "Referencias" not in html
    assert 'tabindex="-1">Una sola</h1>' in html


def test_una_caja_de_dos_tipos_es_siempre_del_primero(informe: Proyecto) -> None:
    cajas = [_con(informe, "::: {.callout-tip .callout-note}\nx\n:::\n") for _ in range(6)]
    assert all('class="caja caja-consejo"' in c for c in cajas)


def test_varias_figuras_en_un_parrafo_llevan_cada_una_su_numero(informe: Proyecto) -> None:
    cuerpo = f"> ![A]({IMAGEN}){{#fig-a}}\n> ![B]({IMAGEN}){{#fig-b}}\n\nComo @fig-a y @fig-b.\n"
    html = _con(informe, cuerpo)
    for ancla, numero in (("fig-a", 1), ("fig-b", 2)):
        assert html.count(f'<figure id="{ancla}" class="figura">') == 1
        assert f"<strong>Figura\u00a0{numero}.</strong>" in html
    texto = _con(informe, cuerpo, "typst", direccion="https://x.pe")
    pagina = _propia(informe, "typst", direccion="https://x.pe")
    assert embebido.compilar_typst(informe, pagina, texto).startswith(b"%PDF")


def test_se_puede_enlazar_a_una_caja_y_a_su_titulo(informe: Proyecto) -> None:
    cuerpo = (
        "::: {#mi-caja .callout-note}\nx\n:::\n\n::: callout-tip\n## Un título\n\ny\n:::\n\n"
        "A [una](#mi-caja) y a [otra](#un-título).\n"
    )
    html = _con(informe, cuerpo)
    assert html.count('id="mi-caja"') == html.count('id="un-título"') == 1
    texto = _con(informe, cuerpo, "typst", direccion="https://x.pe")
    pagina = _propia(informe, "typst", direccion="https://x.pe")
    assert embebido.compilar_typst(informe, pagina, texto).startswith(b"%PDF")


ANCLAS = {
    "un código en una frase": "`x`{#aqui}",
    "un bloque de código": "```{.python #aqui}\nx\n```",
    "una imagen en una frase": f"Una ![A]({IMAGEN}){{#aqui}} más.",
    "una imagen sola": f"![A]({IMAGEN}){{#aqui}}",
    "un enlace": "[y](../index.html){#aqui}",
    "una nota": "::: {.nota #aqui}\nx\n:::",
    "unas pestañas": "::: {.panel-tabset #aqui}\n## A\n\nx\n\n## B\n\ny\n:::",
    "una pestaña": "::: panel-tabset\n## A {#aqui}\n\nx\n\n## B\n\ny\n:::",
    "una rejilla": f"::: {{#aqui layout-ncol=2}}\n![A]({IMAGEN})\n\n![B]({IMAGEN})\n:::",
    "una imagen de una rejilla": (
        f"::: {{#fig-q layout-ncol=2}}\n![A]({IMAGEN}){{#aqui}}\n\n![B]({IMAGEN})\n\nDos.\n:::"
    ),
    "el título de una caja con su ancla": "::: {.callout-tip #a}\n## T {#aqui}\n\nx\n:::",
    "html": "<p id='aqui'>x</p>",
    "las obras": "Como @cruz2019.\n\n::: {#refs}\n:::",
    "un título que no se imprime": "## Uno {#aqui .solo-pagina}\n\nx",
    "un título que solo se imprime": "## Uno {#aqui .solo-boletin}\n\nx",
}


@pytest.mark.parametrize("caso", ANCLAS)
def test_un_enlace_llega_a_su_ancla_en_la_pagina_y_en_el_pdf(informe: Proyecto, caso: str) -> None:
    ancla = "refs" if caso == "las obras" else "aqui"
    cuerpo = f"Ir [ahí](#{ancla}).\n\n{ANCLAS[caso]}\n"
    assert len(re.findall(rf"""\bid=["']{ancla}["']""", _con(informe, cuerpo))) == 1
    texto = _con(informe, cuerpo, "typst", direccion="https://x.pe")
    pagina = _propia(informe, "typst", direccion="https://x.pe")
    assert embebido.compilar_typst(informe, pagina, texto).startswith(b"%PDF")


def test_un_titulo_no_toma_el_ancla_del_de_la_pagina(informe: Proyecto) -> None:
    html = _con(informe, "Ir [abajo](#seccion-contenido).\n\n## Contenido\n\nFin.\n")
    assert html.count('id="contenido"') == html.count('id="seccion-contenido"') == 1


def test_lo_de_una_sola_salida_no_sale_en_la_otra_ni_en_una_frase(informe: Proyecto) -> None:
    cuerpo = "[Uno]{.solo-boletin} y [dos]{.solo-pagina}.\n\n## Tres {.solo-boletin}\n\nFin.\n"
    html = _con(informe, cuerpo)
    assert "Uno" not in html and "dos" in html and "Tres" not in html
    texto = _con(informe, cuerpo, "typst", direccion="https://x.pe")
    assert "Uno y ." in texto and " Tres" in texto


def test_un_shortcode_que_viene_de_un_dato_no_llega_entero_a_quarto(informe: Proyecto) -> None:
    """Aunque cada signo lleve su barra, Quarto lo reconocería en el título y lo ejecutaría."""
    escrito = subprocess.run(
        [
            *(pandoc(), "--to", "native", "--standalone"),
            f"--lua-filter={informe.extension / 'construcciones.lua'}",
        ],
        input='---\ntitle: "Uno \\\\{\\\\{\\\\< meta x \\\\>\\\\}\\\\}"\n---\n',
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert 'Str "{{" , Str "<"' in " ".join(escrito.split()) and "{{<" not in escrito


def test_una_pagina_del_autor_tambien_sale_en_pdf_y_en_otra_lengua(informe: Proyecto) -> None:
    pagina = _propia(informe, "typst", lang="qu")
    texto = _con(informe, "Va [arriba](#contenido) con `{{< x >}}`.\n", "typst", lang="qu")
    assert "{{<" not in texto and "Ana Pérez" in texto and "Un resumen con" in texto
    assert embebido.compilar_typst(informe, pagina, texto).startswith(b"%PDF")


def test_lo_que_no_lleva_numero_en_la_pagina_no_lo_lleva_en_el_pdf(
    informe: Proyecto, tmp_path: Path
) -> None:
    cuerpo = (
        f"![Sola A]({IMAGEN})\n\n![Con B]({IMAGEN}){{#fig-b}}\n\n"
        "| a |\n|---|\n| 1 |\n\n: Sola C\n\n| a |\n|---|\n| 1 |\n\n: Con D {#tbl-d}\n"
    )
    texto = _con(informe, cuerpo, "typst", direccion="https://x.pe")
    pagina = _propia(informe, "typst", direccion="https://x.pe")
    pdf = tmp_path / "una.pdf"
    pdf.write_bytes(embebido.compilar_typst(informe, pagina, texto))
    dicho = re.sub(r"\s+", " ", PdfReader(pdf).pages[0].extract_text())
    assert all(x in dicho for x in ("Sola A", "Figura 1. Con B", "Sola C", "Tabla 1. Con D"))
    assert dicho.count("Figura 1") == dicho.count("Tabla 1") == 1


def test_lo_numerado_se_llama_tambien_con_enes_y_acentos(informe: Proyecto) -> None:
    tabla = "| a |\n|---|\n| 1 |\n\n: T {#tbl-año}\n"
    html = _con(informe, f"@eq-año y @tbl-año.\n\n$$a$$ {{#eq-año}}\n\n{tabla}")
    assert html.count('id="eq-año"') == html.count('id="tbl-año"') == 1


def test_un_autor_en_varios_renglones_es_uno(informe: Proyecto) -> None:
    fuente = informe.raiz / "informes" / "uno.qmd"
    antes = fuente.read_text(encoding="utf-8")
    fuente.write_text("---\ntitle: Una\nauthor: |\n  Ana\n  Pérez\n---\n\nx\n", encoding="utf-8")
    try:
        assert '<span class="autor">Ana Pérez</span>' in " ".join(_con(informe, "x\n").split())
    finally:
        fuente.write_text(antes, encoding="utf-8")


def test_unas_obras_que_no_se_leen_se_dicen_en_palabras(informe: Proyecto) -> None:
    (informe.raiz / "informes" / "rotas.bib").write_text("@misc(a, title={A})\n", encoding="utf-8")
    with pytest.raises(ErrorDeEjecucion) as fallo:
        _con(informe, "Dice @a.\n", bibliography="rotas.bib")
    assert "no se pueden leer las obras" in str(fallo.value) and "rotas.bib" in str(fallo.value)
    assert "traceback" not in str(fallo.value)


def test_una_referencia_a_nada_detiene_la_pagina(informe: Proyecto) -> None:
    (pagina,) = [p for p in paginas(informe) if p.salida == "informes/uno.html"]
    mala = Pagina(pagina.fuente, "html", pagina.salida, pagina.metadatos, "Véase @fig-nada.\n")
    with pytest.raises(ErrorDeEjecucion, match=r"uno\.qmd.*\{#fig-nada\}"):
        lote.escribir_sola(informe, mala, configuracion(informe), formatos(informe)["html"])


def test_lo_incluido_y_las_obras_entran_en_la_clave(informe: Proyecto) -> None:
    def clave() -> dict[str, str]:
        (pagina,) = [p for p in paginas(informe) if p.salida == "informes/uno.html"]
        return embebido._partes(informe, pagina, {}, {})

    antes = clave()
    for nombre in ("_parte.md", "obras.bib"):
        ruta = Path(informe.raiz / "informes" / nombre)
        ruta.write_text(ruta.read_text(encoding="utf-8") + "\nMás.\n", encoding="utf-8")
        assert clave() != antes, nombre
        antes = clave()


@pytest.mark.parametrize("formato", ["html", "typst"])
def test_una_pagina_sale_igual_sola_o_en_un_lote(informe: Proyecto, formato: str) -> None:
    pagina, sola = _pandoc(informe, formato, direccion="https://x.pe")
    rara = replace(
        pagina,
        cuerpo=(
            "# Uno {#uno}\n\n`x = 1`{.python} -- y <http://x.pe> ^[nota]\n\n```python\n\tif x:\n"
            "    \t  y\n```\n\n1.\tuno\n\n    \tcódigo\n\nAlgo\n:   def\n\n$$ \\frac{1}{2} $$\n\n"
            "H~2~O\n\n- [x] hecha\n\n::: {.nota}\na\n:::\n"
        ),
    )
    con = configuracion(informe), formatos(informe)[formato]
    otra = lote.escribir_sola(informe, rara, *con)
    assert lote.escribir_lote(informe, [rara, pagina, rara], *con) == [otra, sola, otra]


def test_lo_volado_en_html_va_volado_en_los_dos_formatos(informe: Proyecto) -> None:
    cuerpo = "Son 10<sup>1**1**</sup> m<SUP>2</SUP> de CO<sub>2</sub> y <sup>suelto.\n"
    html, typst = (_con(informe, cuerpo, formato) for formato in ("html", "typst"))
    assert "10<sup>1<strong>1</strong></sup> m<sup>2</sup> de CO<sub>2</sub>" in html
    assert "10#super[1#strong[1]] m#super[2] de CO#sub[2]" in typst


def test_una_tabla_con_enlaces_no_lleva_los_anchos_con_que_se_escribio(
    informe: Proyecto,
) -> None:
    filas = f"| {'a' * 30} | [{'b' * 9}](https://a.pe/{'b' * 40}) |\n|---|------|\n| 1 | 2 |\n"
    assert "doceavos-" not in _con(informe, filas)
    assert "doceavos-" in _con(informe, filas.replace("](https", " (https").replace(" [b", " b"))


def test_en_un_lote_las_tablas_salen_igual_de_anchas(informe: Proyecto) -> None:
    pagina = _propia(informe, "html")
    filas = f"| {'a' * 30} | {'b' * 40} |\n|---|------|\n| 1 | 2 |\n"
    raya = f"+{'-' * 15}+{'-' * 8}+\n"
    rejilla = f"{raya}| {'a':13} | {'b':6} |\n{raya.replace('-', '=')}| {1:<13} | {2:<6} |\n{raya}"
    paginas_ = [replace(pagina, cuerpo=c) for c in (filas, rejilla)]
    con = configuracion(informe), formatos(informe)["html"]
    solas = [lote.escribir_sola(informe, p, *con) for p in paginas_]
    assert "doceavos-" in solas[0] and "doceavos-" in solas[1]
    assert lote.escribir_lote(informe, paginas_, *con) == solas


def test_en_un_lote_solo_falla_la_pagina_que_esta_mal(informe: Proyecto) -> None:
    pagina, sola = _pandoc(informe, "html")
    mala = replace(pagina, salida="mala.html", cuerpo="Véase @fig-que-no-hay.\n")
    bien, mal = lote.escribir_lote(
        informe, [pagina, mala], configuracion(informe), formatos(informe)["html"]
    )
    assert bien == sola
    assert isinstance(mal, ErrorDeEjecucion) and "mala.html" in str(mal)
    assert "fig-que-no-hay" in str(mal)


def test_la_parte_de_quarto_lleva_lo_que_leen_sus_paginas_y_nada_mas(
    informe: Proyecto, tmp_path: Path
) -> None:
    suyas = [p for p in paginas(informe) if p.salida == "informes/uno.html"]
    parte = quarto.copiar(informe, tmp_path / "parte", suyas, configuracion(informe))
    hay = {
        p.relative_to(parte.raiz).as_posix()
        for p in parte.raiz.rglob("*")
        if p.is_file() and not p.is_relative_to(parte.trabajo)
    }
    fuera = {a for a in hay if not a.startswith("_extensions/")}
    assert fuera == {"_quarto.yml", "informes/uno.qmd", "informes/_parte.md", "informes/obras.bib"}
    assert IMAGEN.removeprefix("../") in hay
    assert (parte.trabajo / "piezas" / "sello.json").is_file()
    assert configuracion(parte)["project"]["render"] == ["/informes/uno.qmd"]
    assert [p.salida for p in paginas(parte)] == ["informes/uno.html"]
