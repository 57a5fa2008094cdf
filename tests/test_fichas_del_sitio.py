"""La ficha ejecutiva de cada misión en el sitio: una página accesible, con sus marcas y sin
sesión.
"""

from __future__ import annotations

import re
from html import unescape

from pypdf import PdfReader

from apoyo_pdf import cuerpos, paginas
from observatorio.productos.comites import fichas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

SESION = re.compile(r"[Ss]imulacro|SIMULACRO|Sesión|Comité")


def test_la_pagina_de_cada_mision_enlaza_su_ficha_que_es_de_una_hoja(
    minimo_de_todos: Proyecto,
) -> None:
    carpetas = sorted((minimo_de_todos.sitio / "misiones").iterdir())
    assert len(carpetas) == 2
    for carpeta in carpetas:
        assert 'href="ficha.pdf"' in (carpeta / "index.html").read_text(encoding="utf-8")
        (hoja,) = paginas(carpeta / "ficha.pdf")
        assert "CIFRAS DE DEMOSTRACIÓN" in hoja and f"misiones/{carpeta.name}/" in hoja
        assert not SESION.search(hoja) and min(cuerpos(carpeta / "ficha.pdf")) >= 9
        raiz = PdfReader(carpeta / "ficha.pdf").trailer["/Root"]
        assert "<pdfuaid:part>1</pdfuaid:part>" in raiz["/Metadata"].get_data().decode()
    mapa = (minimo_de_todos.sitio / "sitemap.xml").read_text(encoding="utf-8")
    assert mapa.count("/ficha.pdf</loc>") == len(carpetas)


def test_la_ficha_dice_lo_mismo_que_la_pagina_de_su_mision(minimo_de_todos: Proyecto) -> None:
    for carpeta in sorted((minimo_de_todos.sitio / "misiones").iterdir()):
        pagina = (carpeta / "index.html").read_text(encoding="utf-8")
        hallado = re.search(r'class="hallazgo">([^<]+\.)', pagina)
        assert hallado
        (hoja,) = paginas(carpeta / "ficha.pdf")
        assert " ".join(unescape(hallado[1]).split()) in " ".join(hoja.split())


def test_la_ficha_solo_nombra_lo_que_el_publico_ve(resultados_reales: Resultados) -> None:
    r = resultados_reales
    publicos = {c for c, k in r.catalogo.kpis.items() if k.acceso == "ciudadano"}
    assert publicos < r.catalogo.kpis.keys()
    escritas = fichas.fuentes(r)
    assert len(escritas) == len(r.catalogo.misiones)
    for fuente in escritas.values():
        marcado = fuente.decode().replace("\\", "")
        nombrados = set(re.findall(r"codigo: \[(M\d+-K\d+)\]", marcado))
        assert nombrados and nombrados <= publicos
        assert 'uso: ""' in marcado


def test_el_anio_que_se_asume_no_se_dice_como_si_constara(resultados_reales: Resultados) -> None:
    marcado = b"".join(fichas.fuentes(resultados_reales).values()).decode().replace("\\", "")
    de_anio_asumido = {
        k.codigo: k.linea_base.periodo_efectivo
        for k in resultados_reales.catalogo.kpis.values()
        if k.linea_base and k.linea_base.periodo is None
    }
    dichos = [c for c in de_anio_asumido if f"codigo: [{c}]" in marcado]
    assert dichos
    for codigo in dichos:
        suya = marcado[marcado.index(f"codigo: [{codigo}]") :][:400]
        assert f"año no declarado; se asume {de_anio_asumido[codigo]}" in suya
