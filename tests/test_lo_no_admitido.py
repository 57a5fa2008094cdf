"""Lo que los dos motores no pueden dar igual se rechaza con su archivo y su línea; lo generado que
falta o está viejo, también.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from apoyo_paridad import con_quarto, quarto_a_mano
from conftest import con_programa, copia_de
from observatorio.construir import construir
from observatorio.edicion import claves
from observatorio.errores import ErrorDeEjecucion
from observatorio.motores import embebido, lote, versiones
from observatorio.paginas.fuentes import configuracion, formatos, paginas
from observatorio.preparar import preparar
from observatorio.rutas import Proyecto

NO_ADMITIDO = {
    "shortcode": "{{< pagebreak >}}",
    "callout-ajeno": "::: {.callout-danger}\nUna nota de Quarto.\n:::",
    "visible": '::: {.content-visible when-format="html"}\nSolo web.\n:::',
    "oculto-sin-llaves": "::: content-hidden\nSolo web.\n:::",
    "teorema": "::: {#thm-uno}\nAlgo.\n:::",
    "referencia-a-una-caja": "Véase @Nte-una.",
    "celda": "```{python}\n1 + 1\n```",
    "diagrama": "```mermaid\ngraph LR\n```",
    "imagen-sin-texto": "![](_extensions/observatorio/icono.svg)",
    "columnas": "::: {.column-margin}\nAl margen.\n:::",
    "estilo": '[Rojo]{style="color: red"}',
    "estilo-en-html": '<span class="x" style="color: red">Rojo</span>',
    "hoja-de-estilo": "<style>p { color: red }</style>",
    "tamano-con-unidad": "![Un mapa](_extensions/observatorio/icono.svg){width=50%}",
    "disposicion": "::: {layout-nrow=2}\nDos filas.\n:::",
}


def _con_mala(proyecto: Proyecto, texto: str) -> None:
    (proyecto.raiz / "mala.qmd").write_text(
        f"---\ntitle: Mala\n---\n\nUn párrafo bueno.\n\n{texto}\n", encoding="utf-8"
    )


@pytest.fixture(scope="module")
def preparado(minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    return con_programa(copia_de(minimo_de_todos, tmp_path_factory.mktemp("rechazos") / "p"))


@pytest.mark.parametrize("caso", NO_ADMITIDO)
def test_el_motor_embebido_rechaza(preparado: Proyecto, caso: str) -> None:
    _con_mala(preparado, NO_ADMITIDO[caso])
    with pytest.raises(ErrorDeEjecucion, match=r"mala\.qmd, línea 7") as error:
        embebido.renderizar(preparado)
    assert str(error.value).count("[observatorio]") == 1


@con_quarto
@pytest.mark.parametrize("caso", NO_ADMITIDO)
def test_quarto_rechaza(preparado: Proyecto, caso: str) -> None:
    _con_mala(preparado, NO_ADMITIDO[caso])
    claves.escribir_sello(preparado.trabajo, claves.entradas(preparado.raiz))
    r = quarto_a_mano(preparado, "mala.qmd", "--output-dir", "salida")
    assert r.returncode != 0
    assert "mala.qmd, línea 7" in r.stderr + r.stdout


@pytest.mark.largo
def test_lo_no_admitido_se_rechaza_tambien_en_el_texto_de_un_cuaderno(
    construido: Proyecto, cambiar
) -> None:
    cambiar(
        construido.cuadernos / "mision.ipynb",
        "## ¿Cómo va cada indicador?",
        "{{< video x >}} ## ¿Cómo va cada indicador?",
    )
    with pytest.raises(
        ErrorDeEjecucion, match=r"notebooks/mision\.ipynb, celda 3, línea 1.*shortcodes"
    ):
        construir(construido, "embebido")


def test_el_estilo_que_escribe_un_cuaderno_se_rechaza(preparado: Proyecto) -> None:
    cuaderno = preparado.misiones / "m7-institucionalidad" / "index.ipynb"
    antes = cuaderno.read_text(encoding="utf-8")
    (preparado.raiz / "mala.qmd").unlink(missing_ok=True)
    assert '<div class=\\"titular\\">' in antes
    cuaderno.write_text(
        antes.replace(
            '<div class=\\"titular\\">', '<div class=\\"titular\\" style=\\"color:red\\">', 1
        ),
        encoding="utf-8",
    )
    try:
        with pytest.raises(
            ErrorDeEjecucion,
            match=r"mision\.ipynb, que da m7-institucionalidad/index.*el estilo en línea no se",
        ):
            embebido.renderizar(preparado)
    finally:
        cuaderno.write_text(antes, encoding="utf-8")


def test_una_opcion_de_un_solo_motor_se_rechaza(preparado: Proyecto) -> None:
    (preparado.raiz / "mala.qmd").write_text(
        "---\ntitle: Mala\ntoc: true\n---\n\nTexto.\n", encoding="utf-8"
    )
    with pytest.raises(ErrorDeEjecucion, match=r"mala\.qmd, línea 3"):
        embebido.renderizar(preparado)


def test_explicar_una_construccion_como_codigo_se_admite(preparado: Proyecto) -> None:
    _con_mala(
        preparado,
        "Quarto escribe `{{< pagebreak >}}` y\n\n```markdown\n:::"
        " {.proof}\n@thm-x\n```\n\nEscriba a ana@thm-mail.pe. <!-- {{< video x >}} -->",
    )
    assert "mala.html" in embebido.renderizar(preparado)


def _paso_previo(proyecto: Proyecto) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/comprobar_preparado.py"],
        cwd=proyecto.raiz,
        capture_output=True,
        text=True,
        check=False,
    )


def _poner_viejo(proyecto: Proyecto) -> None:
    ruta = proyecto.observaciones / "m4-nutricion.csv"
    ruta.write_text(ruta.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def test_el_paso_previo_dice_el_remedio(construido: Proyecto) -> None:
    con_programa(construido)
    assert _paso_previo(construido).returncode == 0
    (construido.trabajo / claves.SELLO).rename(construido.trabajo / "otro")
    falta = _paso_previo(construido)
    assert falta.returncode != 0 and "Ejecute antes: observatorio preparar" in falta.stderr
    (construido.trabajo / "otro").rename(construido.trabajo / claves.SELLO)
    _poner_viejo(construido)
    viejo = _paso_previo(construido)
    assert (
        viejo.returncode != 0
        and "datos" in viejo.stderr
        and "observatorio preparar" in viejo.stderr
    )


def test_editar_una_pagina_no_obliga_a_preparar_y_un_cuaderno_que_falta_si(
    construido: Proyecto,
) -> None:
    con_programa(construido)
    with (construido.raiz / "index.qmd").open("a", encoding="utf-8") as pagina:
        pagina.write("\nUna línea más.\n")
    assert _paso_previo(construido).returncode == 0
    for carpeta in ("misiones/m4-nutricion", "indicadores/M4-K01"):
        cuaderno = construido.raiz / carpeta / "index.ipynb"
        cuaderno.rename(cuaderno.with_suffix(".otro"))
        falta = _paso_previo(construido)
        assert falta.returncode != 0 and "Ejecute antes: observatorio preparar" in falta.stderr
        cuaderno.with_suffix(".otro").rename(cuaderno)
    assert _paso_previo(construido).returncode == 0


def test_una_pagina_del_autor_que_sale_como_portada_de_su_carpeta_no_sale_de_un_cuaderno(
    construido: Proyecto,
) -> None:
    con_programa(construido)
    (construido.raiz / "informes").mkdir()
    (construido.raiz / "informes" / "resumen.qmd").write_text(
        "---\ntitle: Resumen\nformat:\n  observatorio-html:\n    output-file: index.html\n---\n",
        encoding="utf-8",
    )
    mapa = construido.raiz / "sitemap.xml"
    texto = mapa.read_text(encoding="utf-8")
    otra = re.search(r"<url><loc>[^<]*/misiones/m4-nutricion/index\.html</loc>.*?</url>", texto)
    assert otra is not None
    suya = otra[0].replace("misiones/m4-nutricion", "informes")
    mapa.write_text(texto.replace("</urlset>", f"{suya}</urlset>"), encoding="utf-8")
    hecho = _paso_previo(construido)
    assert hecho.returncode == 0, hecho.stderr


def test_lo_que_se_publica_lleva_su_politica_y_su_ficha_y_lo_hecho_a_mano_no(
    construido: Proyecto, monkeypatch: pytest.MonkeyPatch
) -> None:
    politica = "Content-Security-Policy"
    assert politica in (construido.sitio / "index.html").read_text(encoding="utf-8")
    monkeypatch.setattr(lote, "PUBLICA", "OTRA")
    mision = "misiones/m4-nutricion/index.html"
    portada, suya = (
        next(p for p in paginas(construido) if p.salida == salida)
        for salida in ("index.html", mision)
    )
    html, de_mision = lote.escribir_lote(
        construido, [portada, suya], configuracion(construido), formatos(construido)["html"]
    )
    assert politica not in html
    ficha = 'href="ficha.pdf"'
    assert ficha in (construido.sitio / mision).read_text(encoding="utf-8")
    assert ficha not in de_mision, "solo la compone «construir»: a mano, el enlace iría a nada"


def test_la_edicion_nombra_el_pandoc_que_corre() -> None:
    dicho = subprocess.run(
        [versiones.pandoc(), "--version"], capture_output=True, text=True, check=True
    )
    assert versiones.motor_embebido().split()[1] == dicho.stdout.splitlines()[0].replace(" ", "-")


@con_quarto
def test_quarto_a_mano_se_detiene_si_lo_generado_falta_o_esta_viejo(minimo: Proyecto) -> None:
    con_programa(minimo)
    falta = quarto_a_mano(minimo, "index.qmd")
    assert falta.returncode != 0 and "observatorio preparar" in falta.stderr
    preparar(minimo, claves.entradas(minimo.raiz))
    _poner_viejo(minimo)
    viejo = quarto_a_mano(minimo, "index.qmd")
    assert viejo.returncode != 0 and "observatorio preparar" in viejo.stderr
    assert not (minimo.raiz / "_borrador" / "index.html").exists()
