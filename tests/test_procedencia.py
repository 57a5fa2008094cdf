"""El sello de procedencia: corto junto a la cifra, entero en su ficha, en el boletín, en los JSON y
en los CSV.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from apoyo_pdf import paginas
from observatorio.catalogo.naturalezas import ROTULOS
from observatorio.presentacion.graficos.graficos import con_procedencia
from observatorio.presentacion.sello_conjunto import corto, dicho, por_acceso
from observatorio.presentacion.sellos import corta, cuenta, entera_html
from observatorio.presentacion.tablas import leyenda_html
from observatorio.productos import parametros, piezas
from observatorio.resultados.procedencia import Aprobacion, Procedencia, TarjetaDeFuente, reunir
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

DATOS = {
    "fuente",
    "periodo",
    "fecha_dato",
    "validacion",
    "naturaleza",
    "controles",
    "aprobacion",
    "cuaderno",
    "datos",
    "producto",
    "sello",
}
CONTROLES = {"completitud", "consistencia", "duplicidad", "confiabilidad"}
FUENTE = TarjetaDeFuente(
    id="x",
    institucion="Red <A>",
    titulo="HIS",
    licencia="L",
    direccion="https://a.pe",
    fecha_acceso="2026-10-31",
    fiabilidad="B",
    naturaleza="documentado",
    sha256=None,
    numero=2,
)
PROCEDENCIA = Procedencia(
    fuente=FUENTE,
    fuente_linea_base=None,
    naturaleza_linea_base=None,
    periodo="2026-S1",
    fecha_dato="2026-09-07",
    validacion="validado",
    naturaleza="documentado",
    naturaleza_resultado="documentado",
    controles={
        "completitud": "cumple",
        "consistencia": "cumple con justificación",
        "duplicidad": "cumple",
        "confiabilidad": "cumple",
    },
    aprobacion=Aprobacion("aprobado", "12-2026"),
    cuaderno="c",
    datos="d",
    pagina="p",
)


def test_el_sello_corto_y_el_entero() -> None:
    assert corta(PROCEDENCIA) == "Red <A> · 2026-09-07 · validado · 3 de 4 controles"
    assert cuenta(PROCEDENCIA) == "3 de 4"
    entero = entera_html(PROCEDENCIA)
    for parte in (
        "Red &lt;A&gt;",
        "consultada el 2026-10-31",
        "consistencia: cumple con justificación",
        "aprobado (acta 12-2026)",
        "@clave@",
        "@cuaderno@",
    ):
        assert parte in entero
    assert corta(replace(PROCEDENCIA, fecha_dato=None)) == ""


def test_el_sello_de_lo_que_resume_reune_los_de_sus_cifras() -> None:
    otra = replace(
        PROCEDENCIA,
        fuente=replace(FUENTE, id="y", institucion="Otra"),
        fecha_dato="2026-10-01",
        validacion="preliminar",
        naturaleza_resultado="demostracion",
        aprobacion=Aprobacion(),
        controles=dict.fromkeys(CONTROLES, "cumple"),
    )
    sin_dato = replace(
        PROCEDENCIA,
        fuente=replace(FUENTE, id="z", institucion="Muda"),
        fecha_dato=None,
        controles=None,
    )
    r = reunir([PROCEDENCIA, otra, sin_dato])
    assert [f.institucion for f in r.fuentes] == ["Red <A>", "Otra"]
    assert (r.fecha_dato, r.validacion, r.naturaleza, r.cifras, r.sin_reparos) == (
        "2026-10-01",
        "preliminar",
        "demostracion",
        2,
        1,
    )
    assert (
        dicho(r)
        == "Fuentes: Otra; Red <A> (acceso 2026-10-31). Dato más nuevo: 2026-10-01, preliminar. "
        "1 de 2 cifras pasan los cuatro controles sin reparos; pendiente de aprobación."
    )
    assert (
        corto(r) == "datos al 2026-10-01, pendiente"
        and corto(reunir([PROCEDENCIA])) == "datos al 2026-09-07, aprobado, acta 12-2026"
    )


def test_muchas_fuentes_no_llenan_la_linea() -> None:
    assert (
        por_acceso(replace(FUENTE, institucion=x) for x in "ABCDE")
        == "A; B; C y otras (acceso 2026-10-31)"
    )
    assert (
        por_acceso(replace(FUENTE, institucion=x) for x in "ABCD")
        == "A; B; C; D (acceso 2026-10-31)"
    )


def test_un_grafico_dice_sus_fuentes_y_no_las_de_otros() -> None:
    from observatorio.presentacion.graficos import graficos

    otra = replace(
        PROCEDENCIA,
        fuente=replace(FUENTE, institucion="Otra", numero=5),
        fecha_dato="2026-10-01",
    )
    antes = dict(graficos._procedencia)
    graficos._procedencia.clear()
    try:
        espec = {"datasets": {"d": [{"indicador": "M1-K01 algo", "valor": 1.0}]}}
        assert con_procedencia(espec) == espec
        graficos.anunciar([], {"M1-K01": PROCEDENCIA, "M1-K02": otra})
        sello = con_procedencia(espec)["usermeta"]
        assert (
            "Red <A>" in sello["procedencia"]
            and "Otra" not in sello["procedencia"]
            and "2026-09-07" in sello["procedencia"]
        )
        assert sello["procedencia_papel"] == "Fuente 2 de la lista."
        assert "Otra" in con_procedencia({"datasets": {}})["usermeta"]["procedencia"]
    finally:
        graficos._procedencia.clear()
        graficos._procedencia.update(antes)


def test_cada_cifra_publicada_lleva_su_procedencia(minimo_de_todos: Proyecto) -> None:
    sitio = minimo_de_todos.sitio
    kpis = json.loads((sitio / "datos/kpis.json").read_text(encoding="utf-8"))
    for slug in ("m4-nutricion", "m7-institucionalidad"):
        suyos = [k for k in kpis if k["mision"] == slug]
        _en_la_pagina(sitio, slug, suyos)
        _en_el_boletin(sitio, slug, suyos)
    for k in kpis:
        p = k["procedencia"]
        assert (
            set(p) >= DATOS and (sitio / p["cuaderno"]).is_file() and (sitio / p["datos"]).is_file()
        )
        assert json.loads((sitio / p["datos"]).read_text(encoding="utf-8"))["procedencia"] == p
        assert (p["fecha_dato"] is None) == (p["controles"] is None)
        assert p["controles"] is None or set(p["controles"]) == CONTROLES == set(k["controles"])
    _en_los_csv(sitio)
    _en_lo_que_resume(sitio)


def _en_lo_que_resume(sitio: Path) -> None:
    """Portada, objetivos y misiones, en la página, en el boletín y en los datos."""
    portada = (sitio / "index.html").read_text(encoding="utf-8")
    assert (
        '<p class="procedencia">Fuentes:' in portada
        and portada.count('<small class="procedencia">') == 2
    )
    for nombre in ("okrs", "misiones"):
        for fila in json.loads((sitio / f"datos/{nombre}.json").read_text(encoding="utf-8")):
            p = fila["procedencia"]
            assert (
                p["fuentes"] and p["producto"] and p["cuadernos"] and p["aprobacion"]["estado"]
            ), fila["codigo"]
    for fila in json.loads((sitio / "datos/comparacion.json").read_text(encoding="utf-8")):
        assert fila["procedencia"]["fuente"]["fecha_acceso"] and fila["procedencia"]["aprobacion"]
    for slug in ("m4-nutricion", "m7-institucionalidad"):
        html = (sitio / f"misiones/{slug}/index.html").read_text(encoding="utf-8")
        cabeza, _, tabla = html.partition('id="estados"')
        assert '<p class="procedencia">Fuentes:' in cabeza and cabeza.count(
            '<small class="procedencia">'
        ) == cabeza.count('<li class="tarjeta">')
        assert tabla.count('<span class="procedencia"><a href="#fuentes">') == len(
            [
                o
                for o in json.loads((sitio / "datos/okrs.json").read_text(encoding="utf-8"))
                if o["mision"] == slug
            ]
        )
    paquete = json.loads((sitio / "datos/datapackage.json").read_text(encoding="utf-8"))
    for recurso in paquete["resources"]:
        if recurso["name"] in ("kpis", "observaciones", "agrupadas"):
            assert all(
                m["producto"] and m["cuadernos"] and m["aprobacion"]
                for m in recurso["misiones"].values()
            )


def _en_la_pagina(sitio: Path, slug: str, kpis: list[dict]) -> None:
    html = (sitio / f"misiones/{slug}/index.html").read_text(encoding="utf-8")
    clave = {k["procedencia"]["producto"] for k in kpis}
    assert (
        len(clave) == 1
        and f"Producto <code>{clave.pop()}</code>" in html
        and "@clave@" not in html
        and "@cuaderno@" not in html
    )
    for k in kpis:
        fila = html[html.index(f'id="{k["codigo"]}"') :].partition("</tr>")[0]
        pagina = k["procedencia"]["pagina"]
        sello = f'href="../../{pagina}#procedencia">{k["procedencia"]["sello"]}</a>'
        assert (sello in fila) == bool(k["procedencia"]["sello"])
        propia = (sitio / pagina).read_text(encoding="utf-8")
        assert propia.count('<dl class="procedencia">') == 1
        assert f"<code>{k['procedencia']['producto']}</code>" in propia
        assert propia.count('<details class="calculo">') == 1
    for figura in re.findall(r'<figure class="grafico".*?</figure>', html, re.S):
        assert '<p class="procedencia">Fuentes:' in figura and 'href="indicadores.ipynb"' in figura


def _en_el_boletin(sitio: Path, slug: str, kpis: list[dict]) -> None:
    texto = " ".join("".join(paginas(sitio / f"misiones/{slug}/boletin.pdf")).split())
    sin_blancos = texto.replace(" ", "")
    for k in kpis:
        p = k["procedencia"]
        if p["sello"]:
            assert f"{k['codigo']}{p['fecha_dato']}{p['validacion']}" in sin_blancos, k["codigo"]
    assert kpis[0]["procedencia"]["producto"] in sin_blancos


def _en_los_csv(sitio: Path) -> None:
    kpis = pl.read_csv(sitio / "datos/kpis.csv")
    con_dato = kpis.filter(pl.col("ultimo_valor").is_not_null())
    for columna in (
        "fecha_dato",
        "fuente_institucion",
        "fuente_acceso",
        "controles",
        "naturaleza",
        "validacion",
        "aprobacion",
        "cuaderno",
        "producto",
    ):
        assert con_dato[columna].null_count() == 0, columna
    observaciones = pl.read_csv(sitio / "datos/observaciones.csv")
    for columna in (
        "fuente",
        "fuente_acceso",
        "controles",
        "naturaleza",
        "aprobacion",
    ):
        assert observaciones[columna].null_count() == 0, columna
    oculta = pl.col("estado_publico") == "dato protegido"
    for columna in ("fecha_dato", "estado"):
        assert observaciones.filter(~oculta)[columna].null_count() == 0, columna
        de_ocultas = observaciones.filter(oculta)[columna]
        assert len(de_ocultas) and de_ocultas.is_null().all(), "dirían que se corrigió"
    assert set(observaciones.filter(oculta)["controles"]) == {"dato protegido"}
    for nombre in ("provincia", "diagnostico", "contexto"):
        assert (
            pl.read_csv(sitio / f"datos/{nombre}.csv")
            .select("fuente_acceso", "validacion", "controles", "aprobacion")
            .null_count()
            .sum_horizontal()
            .item()
            == 0
        )


@pytest.mark.parametrize(
    "pieza", ["diagnostico", "provincia", "contexto", "niveles", "estados", "casos", "privacidad"]
)
def test_cada_cuadro_de_diagnostico_y_metodologia_lleva_su_linea(
    resultados_reales: Resultados, pieza: str
) -> None:
    hacer = piezas.PIEZAS.get(pieza) or (lambda r: parametros.piezas(r)[pieza])
    html = hacer(resultados_reales)
    assert html.count("<table") == html.count('<p class="procedencia">Fuentes:') == 1
    assert "endiente de aprobación" in html and 'href="@raiz@/datos/' in html


def test_los_controles_de_un_cuadro_dicen_lo_que_su_fuente_calla(
    resultados_reales: Resultados,
) -> None:
    tablas = resultados_reales.cuadros
    for tabla in tablas.values():
        limpias = tabla.filter(pl.col("controles") == "4 de 4 sin reparos")
        debiles = (pl.col("periodo").fill_null("") == "") | pl.col("fiabilidad").is_in(["C", "D"])
        assert (
            limpias.filter(debiles).is_empty() and tabla.filter(~debiles).height >= limpias.height
        )
    anemia = tablas["diagnostico"].row(by_predicate=pl.col("clave") == "anemia", named=True)
    assert (
        anemia["controles"]
        == "2 de 4 sin reparos; completitud: no consta el año y no consta la institución;"
        " confiabilidad: fuente de fiabilidad C"
    )
    html = piezas.PIEZAS["diagnostico"](resultados_reales)
    assert (
        f"0 de {tablas['diagnostico'].height} cifras pasan los cuatro controles sin reparos" in html
    )


def test_la_leyenda_explica_todas_las_etiquetas_que_hay() -> None:
    """También si las naturalezas llegan de una en una, como las de las filas de una misión."""
    todas = ["documentado", "declarado", "", "demostracion", "declarado"]
    leyenda = leyenda_html(n for n in todas)
    assert leyenda == leyenda_html(todas)
    assert leyenda.count('class="leyenda"') == 2
    for naturaleza in ("declarado", "demostracion"):
        assert ROTULOS[naturaleza].etiqueta in leyenda and ROTULOS[naturaleza].leyenda in leyenda


def test_lo_que_gobernanza_declara_de_los_comites_se_publica(resultados_reales: Resultados) -> None:
    """Cuándo más sesionan y cómo circula lo que producen se pedía y no lo leía nadie."""
    gobernanza = resultados_reales.catalogo.gobernanza
    html = piezas.PIEZAS["comites"](resultados_reales)
    assert gobernanza is not None
    circula = gobernanza.circulacion
    ademas = [c.sesiones.ademas for c in gobernanza.comites if c.sesiones.ademas]
    assert ademas and circula.pasos
    declarado = (*ademas, circula.hacia_abajo, circula.hacia_arriba, ", ".join(circula.pasos))
    assert all(texto in html for texto in declarado)
