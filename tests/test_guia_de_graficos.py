"""La guía de gráficos y tablas se cumple: su código corre y lo que muestra se publica accesible."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import polars as pl
import pypdfium2
import pytest
import typst
from great_tables import GT, loc
from nbformat.v4 import new_code_cell, new_notebook

from observatorio.cuadernos.ejecucion import Tarea, ejecutar
from observatorio.cuadernos.normalizar import graficos, leer, normalizado, publicable
from observatorio.errores import ErrorDeUso
from observatorio.presentacion import gran_tabla, marcos
from observatorio.presentacion.graficos import graficos as dibujo
from observatorio.presentacion.graficos import recetas
from observatorio.rutas import Proyecto

GUIA = Path(__file__).resolve().parent.parent / "guias" / "graficos-y-tablas.md"
SVG = '<svg width="10" height="10" viewBox="0 0 10 10"></svg>'
INICIO = '#set document(title: "Prueba")\n#set text(lang: "es")\n= Prueba\n'


def hojas(marcado: str) -> list[str]:
    """El texto de cada página de un PDF accesible (PDF/UA) hecho con ``marcado`` de Typst."""
    pdf = typst.compile((INICIO + marcado).encode(), pdf_standards="ua-1")
    with pypdfium2.PdfDocument(pdf) as leido:
        return [h.get_textpage().get_text_bounded() for h in leido]


def bloques() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIA.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def ejecutada(construido: Proyecto, tmp_path: Path) -> dict[str, nbformat.NotebookNode]:
    """La guía como cuaderno, ejecutada con los dos motores."""
    cuaderno = new_notebook(cells=[new_code_cell("nada = 1"), *map(new_code_cell, bloques())])
    cuaderno.cells[0].metadata["tags"] = ["parameters"]
    cuaderno.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    ruta = construido.cuadernos / "guia.ipynb"
    nbformat.write(cuaderno, ruta)
    for motor in ("rapido", "estandar"):
        ejecutar([Tarea("guía", ruta, tmp_path / f"{motor}.ipynb")], motor)  # type: ignore[arg-type]
    return {m: leer(tmp_path / f"{m}.ipynb") for m in ("rapido", "estandar")}


def test_el_codigo_de_la_guia_corre_y_se_publica(
    ejecutada: dict[str, nbformat.NotebookNode],
) -> None:
    assert normalizado(ejecutada["rapido"]) == normalizado(ejecutada["estandar"])
    retocado, por_capas, propio = graficos(ejecutada["rapido"])
    assert retocado["title"]["text"] == "¿Vamos a tiempo?" and retocado["width"] == 300
    ejes = retocado["config"]["axis"]
    assert (ejes["labelFontSize"], ejes["grid"]) == (14, False), "el tema no tapa lo que se retoca"
    assert por_capas["layer"][1]["encoding"]["color"] == {"value": "#b91c1c"}
    (filas,) = por_capas["datasets"].values()
    assert filas and all(f["recorrido"] < f["esperado"] for f in filas)
    assert propio["mark"]["type"] == "bar"
    assert propio["title"]["subtitle"] == [dibujo.AVISO_DEMO]
    for espec in (retocado, por_capas, propio):
        assert espec["description"] and espec["usermeta"]["procedencia"]
    pagina = publicable(ejecutada["rapido"], "title: x", lambda _: SVG)
    dichas = [
        s.data["text/markdown"]
        for c in pagina.cuaderno.cells
        if c.cell_type == "code"
        for s in c.outputs
    ]
    assert [d.count("{=html}") for d in dichas] == [d.count("{=typst}") for d in dichas] == [1] * 4
    tabla = dichas[-1]
    assert "<caption>Avance y estado de cada indicador</caption>" in tabla
    assert '<th scope="col">Se esperaba</th>' in tabla and '<th scope="row">M4-K' in tabla
    assert dibujo.AVISO_DEMO in tabla and '<p class="procedencia">Fuentes:' in tabla
    assert "gt_" not in tabla and "style" not in tabla
    impresa = re.findall(r"`{3,}\{=typst\}\n(.*?)\n`{3,}", tabla, re.DOTALL)[0]
    assert "Avance y estado de cada indicador" in hojas(impresa)[0]


def test_la_guia_nombra_todas_las_recetas() -> None:
    texto = GUIA.read_text(encoding="utf-8")
    de_graficos = [r for r in recetas.__all__ if not r.startswith("tabla_de_")]
    assert [r for r in de_graficos if f"recetas.{r}" not in texto] == []
    assert len(bloques()) >= 5


DATOS = pl.DataFrame(
    {
        "grupo": ["Norte", "Norte", "Sur"],
        "lugar": ["Uno", "<b>Dos</b> & [3] #x", "Tres"],
        "valor": [1234.5, None, 3.25],
        "parte": [0.2, 0.3, None],
    }
)


def gt(datos: pl.DataFrame = DATOS) -> GT:
    return (
        GT(datos, rowname_col="lugar", groupname_col="grupo")
        .tab_header("Título <i>", "Debajo")
        .tab_stubhead("Lugar")
        .tab_spanner("Cifras", ["valor", "parte"])
        .fmt_number("valor", decimals=1)
        .tab_source_note("Nota.")
    )


@pytest.fixture(autouse=True)
def sin_nada_abierto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dibujo, "_naturalezas", set())
    monkeypatch.setattr(dibujo, "_procedencia", {})
    monkeypatch.setattr(dibujo, "_cuadros", {})


def test_de_una_gran_tabla_se_publica_todo_lo_que_dice() -> None:
    html = gran_tabla.publicada(gt()).html
    assert "<caption>Título &lt;i&gt;</caption>" in html
    cabezas = re.findall(r'<th scope="col">([^<]*)</th>', html)
    assert cabezas == ["Lugar", "Cifras: valor", "Cifras: parte"]
    assert re.findall(r'<th scope="rowgroup" colspan="3">(\w+)</th>', html) == ["Norte", "Sur"]
    assert '<th scope="row">&lt;b&gt;Dos&lt;/b&gt; &amp; [3] #x</th>' in html
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html) == ["1,234.5", "0.2", "—", "0.3", "3.2", "—"]
    assert html.count('<span class="leyenda">') == 2 and "Debajo" in html and "Nota." in html
    assert 'class="numeros apilada"' in html, "las cifras siguen a la derecha"
    assert gran_tabla.publicada(gt()) == gran_tabla.publicada(gt()), "sin identificadores al azar"


def test_la_llamada_a_una_nota_no_parece_parte_de_la_cifra() -> None:
    con_nota = gt().tab_footnote("Estimado.", locations=loc.body(columns="valor", rows=[0]))
    publicada = gran_tabla.publicada(con_nota)
    assert ">¹ 1,234.5</td>" in publicada.html and "¹ Estimado." in publicada.html
    (unica,) = hojas(publicada.typst)
    assert "¹ 1,234.5" in unica and "¹ Estimado." in unica


def test_una_potencia_no_parece_parte_de_la_cifra() -> None:
    """De «1.23 × 10<sup>11</sup>» se publicaba «1.23 × 1011»."""
    tabla = GT(pl.DataFrame({"lugar": ["A", "B"], "masa": [1.234e11, 1.2e-7]}))
    grande = gran_tabla.publicada(tabla.fmt_scientific("masa").tab_header("T"))
    estilo = pd.DataFrame({"a": ["1.23 × 10<sup>11</sup>", "CO<sub>2</sub> 1<sup>er</sup>"]}).style
    for publicada, dichos in (
        (grande, ["1.23 × 10¹¹", "1.20 × 10⁻⁷"]),
        (marcos.de_styler(estilo), ["1.23 × 10¹¹", "CO₂ 1^er"]),
    ):
        impresa = "".join(hojas(publicada.typst))
        assert all(x in publicada.html and x in impresa for x in dichos)


def test_los_grupos_en_una_columna_se_repiten_en_cada_fila() -> None:
    html = gran_tabla.publicada(gt().tab_options(row_group_as_column=True)).html
    filas = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", html)
    assert [re.findall(r">([^<]+)<", f)[0] for f in filas] == ["Norte", "Norte", "Sur"]


def test_un_numero_que_no_lo_es_va_como_ausente() -> None:
    tabla = pl.DataFrame({"a": ["x", "y"], "v": [float("nan"), 1.5]})
    assert ">—</td>" in gran_tabla.publicada(GT(tabla).tab_header("T")).html


def test_la_gran_tabla_impresa_repite_su_encabezado_y_se_parte_entre_paginas() -> None:
    larga = pl.DataFrame({"lugar": [f"L{i}" for i in range(150)], "valor": range(150)})
    larga = larga.with_columns(pl.lit("Grupo").alias("grupo"), pl.lit(0.5).alias("parte"))
    impresas = hojas(gran_tabla.publicada(gt(larga)).typst)
    assert len(impresas) >= 3 and all("Cifras: valor" in h for h in impresas)
    assert "L149" in impresas[-1] and sum(h.count("Título <i>") for h in impresas) == 1


def test_el_texto_de_una_celda_se_imprime_tal_cual() -> None:
    (unica,) = hojas(gran_tabla.publicada(gt()).typst)
    assert "<b>Dos</b> & [3] #x" in unica and "—" in unica and "Nota." in unica


def test_lo_que_no_se_puede_publicar_de_una_tabla_se_dice() -> None:
    with pytest.raises(ErrorDeUso, match="tab_header"):
        gran_tabla.publicada(GT(DATOS))
    series = pl.DataFrame({"a": ["x"], "s": [[1, 2, 3]]})
    with pytest.raises(ErrorDeUso, match="dibújelo con Altair"):
        gran_tabla.publicada(GT(series).tab_header("T").fmt_nanoplot("s"))
