"""La página de cada KPI: qué dice, qué calla, cómo se cita y cómo se dibuja."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from observatorio.base.numeros import numero, redondeado
from observatorio.catalogo.direcciones import pagina_de_kpi
from observatorio.metodo.estados import PROTEGIDO
from observatorio.metodo.intervalos import COMPLETO
from observatorio.presentacion.kpi.abierto import Abierto, abiertos
from observatorio.presentacion.kpi.pagina import (
    CABEN,
    DeFuera,
    Sitio,
    cita,
    pagina_html,
    para_compartir,
)
from observatorio.presentacion.kpi.serie import serie_de
from observatorio.presentacion.serie import ALTO, ANCHO, Punto, Serie, serie_svg
from observatorio.resultados.abierta import abiertas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

FIRMA_DE_PNG = b"\x89PNG\r\n\x1a\n"
SITIO = Sitio("Observatorio", "https://ejemplo.pe", "31 de octubre de 2026", True)
NADA = DeFuera("clave", pl.DataFrame(), (), ())


@pytest.fixture(scope="module")
def kpis(resultados_reales: Resultados) -> dict[str, Abierto]:
    return {k.kpi.codigo: k for m in abiertas(resultados_reales) for k in abiertos(m)}


@pytest.fixture(scope="module")
def sitio(minimo_de_todos: Proyecto) -> Path:
    return minimo_de_todos.sitio


@pytest.fixture(scope="module")
def publicados(sitio: Path) -> list[dict]:
    return json.loads((sitio / "datos/kpis.json").read_text(encoding="utf-8"))


def test_todo_kpi_tiene_su_pagina_y_lo_que_ofrece_esta(sitio: Path, publicados: list[dict]) -> None:
    assert publicados
    for k in publicados:
        ruta = sitio / pagina_de_kpi(k["codigo"])
        html = ruta.read_text(encoding="utf-8")
        assert '<p class="hallazgo">' in html and k["codigo"] in html
        assert not re.search("@(?:raiz|clave|cuaderno)@", html)
        assert f"<code>{k['procedencia']['producto']}</code>" in html
        assert "¿Por qué este color?" in html and "¿Es real?" in html
        for destino in re.findall(r'href="([^":#]+?)(?:#[^"]*)?"', html):
            # El proyecto mínimo no tiene más página de prosa que la portada.
            de_prosa = re.fullmatch(r"\.\./\.\./\w+\.html", destino)
            assert de_prosa or (ruta.parent / destino).exists(), (k["codigo"], destino)
        if k["naturaleza"] == "demostracion":
            assert "m-demostracion" in html.split("</p>")[1] + html.split("¿Es real?")[0]
        direccion = f"https://observatorio.misionesdistritopataz.pe/{ruta.parent.name}"
        assert "/indicadores/" + k["codigo"] + "/ CC BY 4.0." in html, direccion


def test_el_mapa_del_sitio_y_los_datos_llevan_a_ella(sitio: Path, publicados: list[dict]) -> None:
    mapa = (sitio / "sitemap.xml").read_text(encoding="utf-8")
    for k in publicados:
        pagina = pagina_de_kpi(k["codigo"])
        assert f"/{pagina}</loc>" in mapa and k["procedencia"]["pagina"] == pagina


def test_las_fichas_se_mudaron_y_sus_anclas_llevan_a_la_pagina(
    sitio: Path, publicados: list[dict]
) -> None:
    for k in publicados:
        mision = (sitio / f"misiones/{k['mision']}/index.html").read_text(encoding="utf-8")
        ancla = f'<a id="ficha-{k["codigo"]}" href="../../{pagina_de_kpi(k["codigo"])}">'
        assert mision.count(ancla) == 1 and mision.count(f'id="ficha-{k["codigo"]}"') == 1
        assert '<details class="ficha"' not in mision and 'class="calculo"' not in mision


def test_el_csv_de_un_kpi_son_sus_medidas(sitio: Path, publicados: list[dict]) -> None:
    todas = pl.read_csv(sitio / "datos/observaciones.csv", infer_schema=False)
    for k in publicados:
        suyas = pl.read_csv(sitio / f"datos/kpi/{k['codigo']}.csv", infer_schema=False)
        assert suyas.equals(todas.filter(pl.col("kpi") == k["codigo"])), k["codigo"]


def test_de_lo_restringido_no_sale_ninguna_cifra(kpis: dict[str, Abierto]) -> None:
    restringidos = [k for k in kpis.values() if not k.publico]
    assert restringidos
    for k in restringidos:
        html = pagina_html(k, SITIO, NADA, False)
        assert "<svg" not in html and 'id="serie"' not in html and 'id="anexos"' not in html
        assert "no se publica" in html and "No se publica ninguna cifra." in html
        cabeza = html.split("<details")[0]
        assert not re.search(
            r"\d",
            re.sub(r"<[^>]+>", "", cabeza)
            .replace(k.fila.meta, "")
            .replace(k.fila.meta_periodo or "·", ""),
        ), k.kpi.codigo


def test_de_lo_sensible_solo_sale_el_distrito_y_sin_calendario(kpis: dict[str, Abierto]) -> None:
    sensibles = [k for k in kpis.values() if k.kpi.sensible and k.publico]
    assert sensibles
    for k in sensibles:
        html = pagina_html(k, SITIO, NADA, False)
        assert not any(f">{nombre}</th>" in html for nombre in k.m.lugares.values())
        responsable = html.partition('id="responsable"')[2].partition("<h2")[0]
        assert "Sus entregas no van en el plan público." in responsable
        assert "hasta el" not in responsable
        assert "Comité Impulsor" in html


def test_los_anexos_van_en_orden_y_lo_protegido_se_dice(kpis: dict[str, Abierto]) -> None:
    con_protegido = 0
    for k in kpis.values():
        html = pagina_html(k, SITIO, NADA, False)
        _, hay, tabla = html.partition('<div class="anexos-kpi">')
        if not hay:
            continue
        filas = re.findall(r'<tr><th scope="row">(.*?)</th><td[^>]*>(.*?)</td>', tabla)
        nombres = [n for n, _ in filas if n in k.m.lugares.values()]
        assert len(nombres) == len(k.m.lugares)
        celdas = dict(filas)
        ultimas = k.m.ultimas_de_anexos(k.kpi.codigo)
        for lugar, protegido in ultimas.select("lugar", "protegido").iter_rows():
            con_protegido += protegido
            assert (celdas[k.m.lugares[lugar]] == PROTEGIDO) == protegido, k.kpi.codigo
    assert con_protegido


def test_de_un_anexo_con_algo_mas_nuevo_que_se_protege_se_dice(kpis: dict[str, Abierto]) -> None:
    """Y la raya del distrito va solo junto a las cifras de su mismo periodo."""
    callados = de_otro_periodo = 0
    for k in kpis.values():
        _, hay, tabla = pagina_html(k, SITIO, NADA, False).partition('<div class="anexos-kpi">')
        if not hay:
            continue
        filas = dict(re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', tabla))
        for f in k.m.ultimas_de_anexos(k.kpi.codigo).iter_rows(named=True):
            if f["protegido"]:
                continue
            fila = filas[k.m.lugares[f["lugar"]]]
            despues = k.m.observaciones.filter(
                pl.col("kpi") == k.kpi.codigo,
                pl.col("lugar") == f["lugar"],
                pl.col("grupo") == "total",
                pl.col("unidad") == "",
                pl.col("fin") > f["fin"],
            )
            assert ("hay datos más nuevos que no se publican" in fila) == bool(despues.height)
            mismo = k.e.valor is not None and f["periodo"] == k.e.periodo
            assert ("0V16" in fila) == mismo, (k.kpi.codigo, f["lugar"])
            callados += bool(despues.height)
            de_otro_periodo += not mismo
    assert callados and de_otro_periodo


def test_el_cambio_se_dice_frente_al_dato_anterior_y_al_de_un_anio_antes(
    kpis: dict[str, Abierto],
) -> None:
    dichos = 0
    for k in kpis.values():
        html = pagina_html(k, SITIO, NADA, False)
        medidas = k.medidas.filter(~pl.col("mixta"))
        if medidas.height < 2 or medidas["fin"][-1] != k.e.fin:
            continue
        mismo = medidas.filter(pl.col("tramo") == medidas["tramo"][-1])
        if mismo.height < 2:
            assert "No hay un dato anterior" in html
            continue
        hace_un_anio = mismo.filter(pl.col("fin") == mismo["fin"][-1] - 12)
        if k.kpi.estacional:
            assert "Desde el dato anterior" not in html, k.kpi.codigo
            assert ("Desde un año antes" in html) == bool(hace_un_anio.height), k.kpi.codigo
            continue
        antes, hoy = (redondeado(v, k.kpi.decimales) for v in mismo["valor"].to_list()[-2:])
        (dicho,) = re.findall(r"Desde el dato anterior .*?<strong>(.*?)</strong>", html)
        palabra, *resto = dicho.split()
        assert palabra.rstrip(",") == (
            "igual" if hoy == antes else "subió" if hoy > antes else "bajó"
        ), (k.kpi.codigo, dicho)
        if resto:
            escrito = numero(abs(hoy - antes), k.kpi.decimales)
            assert re.search(rf"(?<![\d.]){re.escape(escrito)}(?![\d.])", dicho), (
                k.kpi.codigo,
                dicho,
            )
        dichos += 1
        if "se busca" in dicho:
            # Solo se juzga lo que se contó entero o se puede probar con los casos de los dos.
            completo = k.m.fuentes[k.kpi.fuente].conteo == COMPLETO
            assert completo or not mismo["numerador"][-2:].has_nulls(), k.kpi.codigo
        otro = hace_un_anio.height and hace_un_anio["fin"][0] != mismo["fin"][-2]
        assert ("Desde un año antes" in html) == bool(otro), k.kpi.codigo
    assert dichos > 10


def test_la_cita_y_lo_que_se_comparte_llevan_marca_fecha_y_direccion(
    kpis: dict[str, Abierto],
) -> None:
    for codigo, k in kpis.items():
        compartido, citado = para_compartir(k, SITIO), cita(k, SITIO)
        assert len(compartido) <= CABEN, compartido
        for texto in (compartido, citado):
            assert f"https://ejemplo.pe/indicadores/{codigo}/" in texto
            assert "31 de octubre de 2026" in texto
            assert ("demostración" in texto.split("https")[0]) >= (
                k.hallazgo.naturaleza == "demostracion"
            ), texto


def test_en_periodo_electoral_no_hay_texto_para_compartir(kpis: dict[str, Abierto]) -> None:
    k = next(iter(kpis.values()))
    assert "Para compartir" in pagina_html(k, SITIO, NADA, False)
    assert "Para compartir" not in pagina_html(k, replace(SITIO, comparte=False), NADA, False)


def test_la_serie_se_corta_donde_cambia_el_metodo(kpis: dict[str, Abierto]) -> None:
    dos = Serie([Punto(2020, 1), Punto(2021, 2), Punto(2022, 9, 1), Punto(2023, 8, 1)], texto="x")
    assert serie_svg(dos).count("<polyline") == 2
    assert serie_svg(replace(dos, medidos=[Punto(2020, 1), Punto(2021, 2)])).count("<polyline") == 1
    assert serie_svg(Serie([])) == ""
    # 2026-S1 cierra a mitad de 2026: su punto cae sobre el rótulo de ese año.
    medio = serie_svg(Serie([Punto(2026, 1), Punto(2026.5, 2)]))
    (x,) = re.findall(r'<text x="([\d.]+)"[^>]*>2026</text>', medio)
    assert f'<circle cx="{x}"' in medio and ">2025</text>" in medio
    rotas = [k for k in kpis.values() if serie_de(k).cambios]
    assert rotas and all("cambió el método" in serie_svg(serie_de(k)) for k in rotas)


def test_la_ultima_cifra_va_del_lado_por_el_que_no_pasa_lo_esperado() -> None:
    senda = [(2020.0, 310.0), (2026.0, 240.0), (2031.0, 180.0)]
    casi_plana = [Punto(2025, 264.5), Punto(2026, 261.0)]
    svg = serie_svg(Serie(casi_plana, senda, meta=(2031.0, 180.0), rotulo="261"))
    punto = float(re.findall(r'<circle[^>]* cy="([\d.]+)"', svg)[-1])
    (cifra,) = re.findall(r'y="([\d.]+)"[^>]*>261</text>', svg)
    assert float(cifra) < punto


@pytest.mark.parametrize("alto", [ALTO, 150])
@pytest.mark.parametrize("desde", [60.0, 71.0])
def test_la_ultima_cifra_no_pisa_los_anios_ni_lo_esperado(alto: int, desde: float) -> None:
    senda = [(2023.0, desde), (2031.0, 98.0)]
    al_pie = [Punto(2025, 60.4), Punto(2026, 61.2)]
    svg = serie_svg(Serie(al_pie, senda, meta=(2031.0, 98.0), rotulo="61.2"), alto=alto)
    (cifra,) = re.findall(r'y="([\d.]+)"[^>]*>61.2</text>', svg)
    (anio,) = re.findall(r'y="([\d.]+)"[^>]*>2030</text>', svg)
    assert float(cifra) < float(anio) - 12


def test_la_ultima_cifra_va_al_lado_si_no_cabe_encima_ni_debajo() -> None:
    senda, medidos = [(2022.0, 24.5), (2031.0, 70.0)], [Punto(2025, 26.0), Punto(2026, 27.1)]
    svg = serie_svg(Serie(medidos, senda, meta=(2031.0, 70.0), rotulo="27.1 %"), alto=120)
    x, y = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)[-1]
    ((cifra_x, cifra_y),) = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>27.1 %</text>', svg)
    assert float(cifra_x) > float(x) + 5 and abs(float(cifra_y) - float(y)) < 6


def test_todo_lo_dibujado_cabe_y_se_lee(kpis: dict[str, Abierto]) -> None:
    for k in kpis.values():
        if not k.publico or k.medidas.is_empty():
            continue
        svg = serie_svg(serie_de(k))
        assert "nan" not in svg and not re.search(r'font-size="(?:[0-9]|1[01])(?:\.\d+)?"', svg)
        for linea in re.findall(r'points="([^"]+)"', svg):
            for x, y in (map(float, p.split(",")) for p in linea.split()):
                assert 0 <= x <= ANCHO and 0 <= y <= ALTO, k.kpi.codigo
        assert re.search(r'aria-label="Serie de \d+ medidas?: ', svg)
