"""Qué cambió: entre dos ediciones cualesquiera, y frente a lo último publicado, en la página, el canal y la versión."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import apoyo_publicacion
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.edicion.comparacion import comparar_ediciones, en_texto
from observatorio.edicion.diferencias import Cambio, comparar, version
from observatorio.edicion.publicar import publicar
from observatorio.edicion.resumen import de_edicion
from observatorio.errores import ErrorDeUso
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos
ATOM = "{http://www.w3.org/2005/Atom}"


def cambio(clase: str) -> Cambio:
    return Cambio("valor", "M1-K01", "x", "1", "2", clase)  # type: ignore[arg-type]


@pytest.mark.parametrize(("clases", "esperada"), [
    ([], "2.3.4"), (["corregido"], "2.3.5"), (["corregido", "consecuencia"], "2.3.5"), (["consecuencia"], "2.4.0"),
    (["agregado"], "2.4.0"), (["cambiado", "corregido"], "2.4.0"), (["retirado", "agregado", "corregido"], "3.0.0"),
])
def test_version_segun_lo_que_cambio(clases: list[str], esperada: str) -> None:
    assert version("2.3.4", [cambio(c) for c in clases]) == esperada
    assert version(None, [cambio(c) for c in clases]) == "1.0.0"


def test_cambios_lado_a_lado(dos) -> None:
    _, (primera, _) = dos
    antes, ahora = de_edicion(primera), de_edicion(primera)
    assert comparar(antes, ahora) == []
    con_dato = next(c for c, k in antes["kpis"].items() if k["valor"] is not None)
    ahora["kpis"][con_dato] |= {"valor": ahora["kpis"][con_dato]["valor"] + 1, "estado": "alcanzado", "meta": 99}
    quitado = next(c for c in ahora["kpis"] if c != con_dato)
    del ahora["kpis"][quitado]
    kpi, periodos = next(iter(ahora["observaciones"].items()))
    periodo = next(iter(periodos))
    filas, claves, _ = periodos[periodo].split(":")
    periodos[periodo] = f"{filas}:{claves}:otra"
    titulo = next(iter(ahora["graficos"]["m4-nutricion"]))
    ahora["graficos"]["m4-nutricion"][titulo] = "g0"
    tipos = {(c.tipo, c.codigo, c.clase) for c in comparar(antes, ahora)}
    assert {("estado", con_dato, "consecuencia"), ("valor", con_dato, "consecuencia"), ("ficha", con_dato, "cambiado"),
            ("KPI", quitado, "retirado"), ("observaciones", kpi, "corregido"), ("gráfico", "m4-nutricion", "consecuencia")} <= tipos


def test_novedades_frente_a_lo_publicado_y_publicar_no_cambia_la_edicion(minimo: Proyecto, tmp_path: Path, cambiar) -> None:
    inicial = publicar(minimo, str(tmp_path / "web"), "embebido")
    assert construir(minimo, "embebido").identificador == inicial.identificador
    cambiar(minimo.territorio, "en_ruta: 0.95", "en_ruta: 1.5")
    (minimo.raiz / "novedades.qmd").write_text('---\ntitle: "Novedades"\n---\n\n::: {.pieza nombre="novedades"}\n:::\n', encoding="utf-8")
    nueva = construir(minimo, "embebido")
    ficha = json.loads((nueva.carpeta / f"ediciones/{nueva.identificador}.json").read_text(encoding="utf-8"))
    assert ficha["version"] == "1.1.0" and ficha["anterior"] == inicial.identificador
    assert any("cambi" in f and "estado" in f for f in ficha["frases"])
    pagina = (minimo.sitio / "novedades.html").read_text(encoding="utf-8")
    assert inicial.identificador in pagina and "en ruta" in pagina and "requiere acelerar" in pagina
    assert nueva.identificador not in pagina, "las páginas no llevan el identificador de su propia edición"
    assert nueva.identificador in (minimo.sitio / ediciones.MANIFIESTO).read_text()
    canal = ET.parse(minimo.sitio / "novedades.xml").getroot()
    assert [e.findtext(f"{ATOM}title") for e in canal.iter(f"{ATOM}entry")] == ["Versión 1.1.0 de los datos", "Versión 1.0.0 de los datos"]
    antes = ediciones.manifiesto(nueva.carpeta)
    publicada = publicar(minimo, str(tmp_path / "web"), "embebido")
    assert publicada.identificador == nueva.identificador and publicada.anotada
    for carpeta in (".trabajo", "ediciones"):
        apoyo_publicacion.shutil.rmtree(minimo.raiz / carpeta)
    assert ediciones.manifiesto(construir(minimo, "embebido").carpeta) == antes, "después de anotarla, la edición sale igual"


def test_comparar_en_texto_y_json(dos, capsys: pytest.CaptureFixture[str]) -> None:
    proyecto, (primera, segunda) = dos
    assert "Ninguna cifra" in en_texto(comparar_ediciones(proyecto, primera.name, segunda.name))
    observaciones = segunda / "datos/observaciones.csv"
    lineas = observaciones.read_text(encoding="utf-8").splitlines()
    fila = next(i for i, linea in enumerate(lineas[1:], 1) if linea.split(",")[6] and linea.split(",")[7])
    celdas = lineas[fila].split(",")
    lineas[fila] = ",".join([*celdas[:6], "12.5", *celdas[7:]])
    observaciones.write_text("\n".join(lineas) + "\n", encoding="utf-8")
    assert principal(["--raiz", str(proyecto.raiz), "comparar", primera.name, segunda.name, "--json"]) == 0
    hallado = json.loads(capsys.readouterr().out)
    assert hallado["salto"] == "corrección" and [m["ahora"][:4] for m in hallado["medidas"]] == ["12.5"]
    assert hallado["medidas"][0]["kpi"] == celdas[0]
    texto = en_texto(comparar_ediciones(proyecto, primera.name, str(segunda)))
    assert "→  12.5" in texto and celdas[2] in texto
    with pytest.raises(ErrorDeUso, match="no es una edición"):
        comparar_ediciones(proyecto, "ninguna", segunda.name)
    with pytest.raises(ErrorDeUso, match="todavía no se publicó"):
        comparar_ediciones(proyecto, None, None)
