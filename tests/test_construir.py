"""La construcción entera sobre el proyecto mínimo."""

from __future__ import annotations

import json
import re

import pytest

from conftest import DEL_MINIMO, con_programa
from observatorio.catalogo import cargar
from observatorio.catalogo.direcciones import generadas
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeUso
from observatorio.motores import lote
from observatorio.paginas.fuentes import Pagina, configuracion, formatos, paginas
from observatorio.productos import web
from observatorio.rutas import Proyecto


def test_construye_el_contrato_publico(construido: Proyecto) -> None:
    sitio = construido.sitio
    for ruta in (
        "index.html",
        "404.html",
        "sitemap.xml",
        "novedades.xml",
        "MANIFEST.sha256",
        "misiones/m4-nutricion/index.html",
        "misiones/m4-nutricion/boletin.pdf",
        "misiones/m4-nutricion/ficha.pdf",
        "misiones/m4-nutricion/indicadores.ipynb",
        "datos/misiones.json",
        "datos/okrs.json",
        "datos/kpis.json",
        "datos/kpis.csv",
        "datos/kpis.parquet",
        "datos/observaciones.csv",
        "datos/observaciones.parquet",
        "datos/kpi/M4-K01.json",
        "datos/datapackage.json",
        "datos/catalogo.jsonld",
    ):
        assert (sitio / ruta).is_file(), ruta
    assert sitio.resolve() == (construido.ediciones / ediciones.actual(construido)).resolve()
    assert (sitio / "misiones/m4-nutricion/boletin.pdf").read_bytes().startswith(b"%PDF")


def test_sin_cambios_no_rehace_nada(construido: Proyecto) -> None:
    primera = construir(construido, "embebido")
    antes = (primera.carpeta / ediciones.MANIFIESTO).stat().st_mtime_ns
    segunda = construir(construido, "embebido")
    assert not segunda.nueva and segunda.identificador == primera.identificador
    assert (segunda.carpeta / ediciones.MANIFIESTO).stat().st_mtime_ns == antes


def test_dato_malo_deja_el_sitio_como_estaba(
    construido: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    antes = (construido.sitio / ediciones.MANIFIESTO).read_bytes()
    ruta = construido.observaciones / "m4-nutricion.csv"
    ruta.write_text(
        ruta.read_text(encoding="utf-8")
        + "M4-K99,2025,130809,total,,1,,,sien-his,2026-01-31,validado,demostracion,\n",
        encoding="utf-8",
    )
    assert principal(["--raiz", str(construido.raiz), "construir", "--motor", "embebido"]) == 1
    assert "kpi-desconocido" in capsys.readouterr().err
    assert (construido.sitio / ediciones.MANIFIESTO).read_bytes() == antes


@pytest.mark.largo
def test_cambiar_un_grafico_del_cuaderno_cambia_pagina_y_boletin(construido: Proyecto) -> None:
    pagina, boletin = (
        construido.sitio / f"misiones/m4-nutricion/{n}" for n in ("index.html", "boletin.pdf")
    )
    antes = pagina.read_bytes(), boletin.read_bytes()
    cuaderno = construido.cuadernos / "mision.ipynb"
    texto = cuaderno.read_text(encoding="utf-8")
    assert "Avance de cada indicador frente a lo esperado" in texto
    cuaderno.write_text(
        texto.replace("Avance de cada indicador frente a lo esperado", "Otro título del gráfico"),
        encoding="utf-8",
    )
    construir(construido, "embebido")
    assert "Otro título del gráfico" in pagina.read_text(encoding="utf-8")
    assert (pagina.read_bytes(), boletin.read_bytes()) != antes and boletin.read_bytes() != antes[1]


def test_no_construye_con_el_programa_de_otra_carpeta(minimo: Proyecto) -> None:
    ruta = con_programa(minimo).raiz / "scripts/observatorio/rutas.py"
    ruta.write_text(ruta.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(ErrorDeUso, match="make entorno"):
        construir(minimo, "embebido")
    assert not minimo.ediciones.exists()


def test_construye_sin_demostracion(sin_demostracion: Proyecto) -> None:
    kpis = json.loads((sin_demostracion.sitio / "datos/kpis.json").read_text(encoding="utf-8"))
    assert {k["estado"] for k in kpis} <= {"sin datos", "dato protegido"}
    assert not any(k["naturaleza"] == "demostracion" for k in kpis)


def test_el_mapa_del_sitio_nombra_toda_pagina_declarada_este_donde_este(
    minimo: Proyecto, cambiar
) -> None:
    cambiar(minimo.raiz / "_quarto.yml", "    - /*.qmd\n", "    - /*.qmd\n    - /otras/*.qmd\n")
    (minimo.raiz / "otras").mkdir()
    for nombre, frente in (
        ("ayuda", ""),
        ("acta", "output-file: sesion.html\n"),
        ("_borrador", ""),
    ):
        opciones = f"format:\n  observatorio-html:\n    {frente}" if frente else ""
        (minimo.raiz / f"otras/{nombre}.qmd").write_text(
            f"---\ntitle: Una página\n{opciones}---\n\nTexto.\n", encoding="utf-8"
        )
    propias = [p.salida for p in paginas(minimo, con_generadas=False)]
    mapa = re.findall(
        r"<loc>https://[^/]+/([^<]+)</loc>",
        web.archivos(cargar(minimo), propias)["sitemap.xml"].decode(),
    )
    assert {p for p in mapa if p.startswith("otras/")} == {"otras/ayuda.html", "otras/sesion.html"}
    assert {
        "index.html",
        *(
            f"misiones/{m}/{n}"
            for m in DEL_MINIMO
            for n in ("index.html", "boletin.pdf", "ficha.pdf")
        ),
        *generadas(cargar(minimo)),
    } == {p for p in mapa if not p.startswith("otras/")}


@pytest.mark.parametrize(
    "clave", ["20883961143e7816", "1234567890123456", "0000000000000012", "0x12345678abcdef"]
)
def test_una_clave_que_parece_un_numero_se_escribe_tal_cual(
    minimo_de_todos: Proyecto, clave: str
) -> None:
    p = minimo_de_todos
    pagina = Pagina(
        p.raiz / "index.qmd",
        "html",
        "x.html",
        {"title": "X", "description": "X", "mision": "M4", "clave": clave},
        "Hola.\n",
    )
    (html,) = lote.escribir_lote(p, [pagina], configuracion(p), formatos(p)["html"])
    assert f"<code>{clave}</code>" in html
