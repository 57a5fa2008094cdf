"""Los dos motores dan el mismo sitio."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from apoyo_paridad import cabeza, con_quarto, diferencias, palabras, partes, quarto_a_mano
from conftest import (
    RAIZ,
    compartido,
    con_programa,
    copia_de,
    copiar_entradas,
    reducir,
    sin_enlaces_muertos,
)
from observatorio.construir import construir
from observatorio.edicion import claves, ediciones
from observatorio.edicion.para_llevar import nucleo
from observatorio.errores import ErrorDeEjecucion
from observatorio.motores import quarto
from observatorio.paginas.fuentes import configuracion
from observatorio.preparar import preparar
from observatorio.rutas import Proyecto

PAGINA = "prueba.qmd"
DE_CADA_CLASE = {
    "prueba.html": "<math",
    "misiones/m4-nutricion/index.html": 'class="grafico"',
    "indicadores/index.html": "explorador-",
    "indicadores/M4-K02/index.html": 'property="og:image"',
    "anexos/index.html": 'class="mi-anexo"',
    "cambios/index.html": "<h2",
    "buscar/index.html": "<h2",
}
"""Una página de cada clase de las que se comparan, y algo suyo que las demás no llevan."""
TODO_LO_ADMITIDO = """---
title: "Una página con «todo» lo que se admite"
subtitle: Con su subtítulo
author:
  - Ana Pérez
  - name: Luis Quispe
    affiliation: Municipalidad
date: 2026-03-07
abstract: Un resumen con *énfasis*.
description: Para comparar los dos motores.
number-sections: true
bibliography: referencias.bib
---

Un párrafo largo con *énfasis*, **fuerza**, `código`, "comillas rectas", tres puntos..., guion -- y
raya --- para ver si un motor los cambia, y otro salto de renglón en medio. H~2~O, m^2^,
~~tachado~~ y un enlace a [la portada](index.html).[^nota]

[^nota]: La nota al pie, con **fuerza**.

## Primera sección {#primera}

::: {.nota}
Una nota con [M4-K02]{.kpi} y el correo [x]{.correo}.
:::

::: {.aviso}
Un aviso.
:::

::: {.solo-pagina}
Solo en la página.
:::

::: {.solo-boletin}
Solo en el boletín.
:::

::: {.pieza nombre="hallazgo"}
:::

::: {.pieza nombre="matriz-misiones"}
:::

### Título que no se imprime {.solo-pagina}

| Columna | Número | Otra |
|:--------|-------:|:----:|
| a       | 1,234.5 | x |
| b con un texto bastante más largo que el de arriba para que haya anchos | 2 | y |

: Una tabla con su título

1. Uno
2. Dos
    - anidado
    - otro

Término
: Su definición.

> Una cita.

```python
def f(x):  # un comentario
    return "<b>" + x  # <1>
```

1. Lo que se explica de esa línea.

| Una tabla con [un enlace a la portada del sitio](index.html) y anchos | Y otra columna |
|-----------------------------------------------------------------------|----------------|
| a | b |

![El ícono del sitio](_extensions/observatorio/icono.svg)

Una imagen ![el ícono](_extensions/observatorio/icono.svg) en medio del texto.

$$a = \\frac{y - b}{m - b}$$

$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$

---

| Un verso
| y otro.

Véase @sec-informe, @Fig-mapa, [@tbl-uno; @eq-suma], -@fig-dos y @fig-dos-b. Dice @wilson1927, y
[@wilson1927, p. 209].

## Lo de un informe {#sec-informe}

::: callout-warning
## Con **título**

Un aviso.
:::

::: {.callout-note}
Una nota.
:::

::: {.callout-tip title="Un consejo"}
Texto.
:::

::: {.callout-important collapse=false}
Texto.
:::

::: {.callout-caution collapse="true"}
## Plegada
Texto plegado.
:::

![Un mapa](_extensions/observatorio/icono.svg){#fig-mapa width=120 fig-alt="Tres montañas"}

::: {#fig-dos layout-ncol=2}
![Izquierda](_extensions/observatorio/icono.svg){#fig-dos-a}

![Derecha](_extensions/observatorio/icono.svg){#fig-dos-b}

Las dos juntas.
:::

::: {layout-ncol=2}
![Una](_extensions/observatorio/icono.svg)

![Otra](_extensions/observatorio/icono.svg)
:::

| a | b |
|---|--:|
| 1 | 2 |

: Una tabla {#tbl-uno}

La suma $$a = b + c$$ {#eq-suma} sigue.

::: panel-tabset
### Mujeres
Texto de mujeres.

### Hombres
Texto de hombres.
:::

- Una ecuación en una lista: $$c = d$$ {#eq-lista}
- [![En una lista](_extensions/observatorio/icono.svg)](index.html)

[![Que enlaza](_extensions/observatorio/icono.svg)](index.html)

```python
x = 1  # <1>
```

1. Lo que sería una llamada, y `x`{.python}.

   ::: {.callout-note title='Una nota «con» "comillas"'}
   Dentro de la lista, como @eq-lista.
   :::

Texto <!-- {{< video x >}} --> seguido.

<!-- {{< video x >}} -->

{{< include _parte.md >}}
"""


def _proyecto(destino: Path) -> Proyecto:
    """Dos misiones, la página con todo lo admitido y las páginas del proyecto que no citan a las
    misiones que faltan.
    """
    proyecto = con_programa(reducir(copiar_entradas(destino)))
    quedan = {p.name[:2].upper() for p in proyecto.misiones.iterdir()}
    for pagina in RAIZ.glob("*.qmd"):
        texto = pagina.read_text(encoding="utf-8")
        if {c[:2] for c in re.findall(r"M\d-K\d\d", texto)} <= quedan:
            shutil.copy2(pagina, proyecto.raiz / pagina.name)
    (proyecto.raiz / PAGINA).write_text(TODO_LO_ADMITIDO, encoding="utf-8")
    (proyecto.raiz / "_parte.md").write_text("### Incluida\n\nComo @fig-mapa.\n", encoding="utf-8")
    sin_enlaces_muertos(proyecto)
    return proyecto


@pytest.fixture(scope="session")
def de_paridad(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El proyecto de la comparación, ya construido con el motor embebido, de solo lectura."""

    def hacer(carpeta: Path) -> None:
        construir(_proyecto(carpeta / "p"), "embebido")

    return Proyecto(compartido(tmp_path_factory, "paridad", hacer) / "p")


@pytest.fixture(scope="module")
def proyecto(de_paridad: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    return copia_de(de_paridad, tmp_path_factory.mktemp("paridad") / "p")


@pytest.fixture(scope="module")
def sitio_embebido(de_paridad: Proyecto) -> Path:
    return de_paridad.sitio.resolve()


@pytest.fixture(scope="module")
def de_quarto(
    proyecto: Proyecto, sitio_embebido: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """El mismo proyecto renderizado por Quarto dentro de un repositorio de git, y lo que Quarto
    dijo.
    """
    _git(proyecto, "init", "-q")
    shutil.copy2(RAIZ / ".gitignore", proyecto.raiz / ".gitignore")
    _git(proyecto, "add", "-A")
    salida = tmp_path_factory.mktemp("quarto") / "sitio"
    return salida, quarto.renderizar(proyecto, salida)


def _git(proyecto: Proyecto, *orden: str) -> str:
    return subprocess.run(
        ["git", *orden], cwd=proyecto.raiz, capture_output=True, text=True, check=True
    ).stdout


def _paginas(sitio: Path) -> list[str]:
    return sorted(
        p.relative_to(sitio).as_posix() for p in sitio.rglob("*.html") if p.name != "404.html"
    )


def _sin_peso(ruta: Path) -> str:
    """Una página sin lo que pesa el zip, que se escribe al reunir la edición."""
    html = ruta.read_text(encoding="utf-8")
    return re.sub(r'(?<=<span class="peso">)[^<]+', "", html)


@pytest.mark.largo
def test_lo_admitido_no_lleva_estilos_en_linea(sitio_embebido: Path) -> None:
    html = (sitio_embebido / "prueba.html").read_text(encoding="utf-8")
    assert " style=" not in html and "<style" not in html
    assert (
        '<th class="a-la-derecha doceavos-4">Número</th>' in html
        and '<td class="al-centro">x</td>' in html
        and '<mtd columnalign="right" class="right">' in html
    )


@con_quarto
def test_mismas_paginas_misma_cabeza_y_mismo_cuerpo(
    sitio_embebido: Path, de_quarto: tuple[Path, str]
) -> None:
    otro, _ = de_quarto
    assert _paginas(sitio_embebido) == _paginas(otro)
    for ruta, suyo in DE_CADA_CLASE.items():
        assert suyo in (otro / ruta).read_text(encoding="utf-8"), ruta
    assert [p for p in _paginas(otro) if re.fullmatch(r"anexos/[^/]+/index\.html", p)]
    for ruta in _paginas(otro):
        una, otra = (_sin_peso(s / ruta) for s in (sitio_embebido, otro))
        assert cabeza(una) == cabeza(otra), ruta
        assert partes(una) == partes(otra), ruta
        assert diferencias(una, otra) == [], ruta
        assert " style=" not in otra and "<style" not in otra, (
            f"{ruta}: la página no admite estilos en línea"
        )


@con_quarto
def test_mismos_boletines(sitio_embebido: Path, de_quarto: tuple[Path, str]) -> None:
    otro, _ = de_quarto
    boletines = sorted(p.relative_to(otro) for p in otro.rglob("*.pdf"))
    assert [b.as_posix() for b in boletines] == [
        "misiones/m4-nutricion/boletin.pdf",
        "misiones/m7-institucionalidad/boletin.pdf",
    ]
    for ruta in boletines:
        una, otra = palabras(sitio_embebido / ruta), palabras(otro / ruta)
        assert set(una) == set(otra), ruta
        assert not una - otra, (
            "Typst 0.13 repite el texto con halo de un gráfico, pero nada puede faltar"
        )


@con_quarto
def test_quarto_no_avisa_de_nada_ni_pide_nada_a_otro_sitio(de_quarto: tuple[Path, str]) -> None:
    otro, dicho = de_quarto
    assert list(quarto.avisos(dicho)) == [] and "ERROR" not in dicho
    for pagina in _paginas(otro):
        ruta = otro / pagina
        texto = ruta.read_text(encoding="utf-8")
        pedidos = re.findall(r'<(?:script|link|img|iframe)\b[^>]*? (?:src|href)="([^"]+)"', texto)
        assert pedidos and all(
            re.match(r"(\.\.?/)*(activos/[\w.-]+|novedades\.xml|_extensions/)", p) for p in pedidos
        ), (ruta, pedidos)
        assert not re.search(r"require(\.min)?\.js|jquery|cdn\.|unpkg", texto, re.I), ruta
    assert not list(otro.rglob("site_libs"))


@con_quarto
def test_quarto_no_deja_nada_suelto_en_el_arbol(
    proyecto: Proyecto, de_quarto: tuple[Path, str]
) -> None:
    assert (
        _git(proyecto, "status", "--porcelain", "--untracked-files=all")
        .replace("A  ", "")
        .splitlines()
        == _git(proyecto, "ls-files").splitlines()
    )
    assert (proyecto.raiz / ".gitignore").read_bytes() == (RAIZ / ".gitignore").read_bytes()
    sobran = [p for p in de_quarto[0].rglob("*") if p.suffix in {".py", ".lua", ".yml", ".typ"}]
    assert not sobran


def test_ningun_recurso_de_quarto_se_busca_en_cualquier_carpeta(proyecto_real: Proyecto) -> None:
    recursos = configuracion(proyecto_real)["project"]["resources"]
    assert recursos and not [r for r in recursos if not r.startswith("/")]


@con_quarto
def test_quarto_no_se_lleva_el_entorno_ni_las_ediciones_ni_lo_ajeno(
    de_paridad: Proyecto, tmp_path: Path
) -> None:
    """Las dos ediciones tienen los mismos archivos, haya lo que haya en la carpeta del proyecto."""
    proyecto = copia_de(de_paridad, tmp_path / "p")
    esperadas = ediciones.manifiesto(proyecto.sitio)
    for ajeno in (
        ".venv/lib/paquete/404.html",
        "otra/robots.txt",
        "ediciones/0123456789abcdef/404.html",
        "notas/sitemap.xml",
    ):
        (proyecto.raiz / ajeno).parent.mkdir(parents=True, exist_ok=True)
        (proyecto.raiz / ajeno).write_text("ajeno", encoding="utf-8")
    edicion = construir(proyecto, "quarto")
    assert re.fullmatch(r"quarto-[\d.]+ pandoc-[\d.]+ typst-[\d.]+", edicion.motor)
    hechas = ediciones.manifiesto(edicion.carpeta)
    assert {r for r in hechas if not ediciones.FICHA.fullmatch(r)} == {
        r for r in esperadas if not ediciones.FICHA.fullmatch(r)
    }
    assert "_extensions/observatorio/icono.svg" in hechas
    assert nucleo(edicion.carpeta) == nucleo(de_paridad.sitio.resolve()), "se guarda lo mismo"


@pytest.mark.largo
def test_lo_que_quarto_deja_a_medias_no_es_una_entrada(
    de_paridad: Proyecto, tmp_path: Path
) -> None:
    """Si lo fuera, un error suyo se diría como que alguien guardó archivos mientras tanto."""
    proyecto = copia_de(de_paridad, tmp_path / "p")
    antes = claves.de_contenido(proyecto.raiz)
    for resto in ("index.html", "index.typ", "index.quarto_ipynb", "index_files/uno.css"):
        ruta = proyecto.misiones / "m4-nutricion" / resto
        ruta.parent.mkdir(exist_ok=True)
        ruta.write_text("a medias", encoding="utf-8")
    assert claves.de_contenido(proyecto.raiz) == antes


@con_quarto
def test_un_error_de_quarto_se_dice_con_su_motivo(
    de_paridad: Proyecto, tmp_path: Path, cambiar
) -> None:
    proyecto = copia_de(de_paridad, tmp_path / "p")
    cambiar(proyecto.extension / "boletin.typ", "#set page(", "#no-existe\n#set page(")
    with pytest.raises(ErrorDeEjecucion, match="no-existe") as e:
        construir(proyecto, "quarto")
    assert "metadata" not in str(e.value) and proyecto.sitio.resolve().is_dir()


@pytest.mark.largo
def test_la_comparacion_descubre_que_falta_un_filtro(
    de_paridad: Proyecto, sitio_embebido: Path, tmp_path: Path, cambiar
) -> None:
    """Sin el filtro las piezas y las notas salen de otro modo: si la comparación callara, no
    serviría.
    """
    sin_filtro = copia_de(de_paridad, tmp_path / "p")
    cambiar(sin_filtro.extension / "_extension.yml", "        - observatorio.lua\n", "")
    construir(sin_filtro, "embebido")
    una, otra = (
        (s / "prueba.html").read_text(encoding="utf-8") for s in (sitio_embebido, sin_filtro.sitio)
    )
    assert len(diferencias(una, otra)) > 10
    assert partes(una)["celdas"] != partes(otra)["celdas"]


@con_quarto
def test_la_comparacion_descubre_que_a_quarto_le_falta_un_filtro(
    de_paridad: Proyecto, sitio_embebido: Path, tmp_path: Path, cambiar
) -> None:
    sin_filtro = copia_de(de_paridad, tmp_path / "p")
    cambiar(sin_filtro.extension / "_extension.yml", "        - observatorio.lua\n", "")
    preparar(sin_filtro, claves.entradas(sin_filtro.raiz))
    r = quarto_a_mano(sin_filtro, PAGINA, "--output-dir", "salida")
    assert r.returncode == 0, r.stderr
    una, otra = (
        (s / "prueba.html").read_text(encoding="utf-8")
        for s in (sitio_embebido, sin_filtro.raiz / "salida")
    )
    assert len(diferencias(una, otra)) > 10
