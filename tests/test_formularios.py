"""El formulario de un KPI lo aceptan KoboToolbox y ODK, y lo que de él se exporta entra con su
mapeo.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from apoyo_reportes import MUESTRAS, Filas, filas_de, leer, leer_con, libro
from observatorio.catalogo import Catalogo, cargar
from observatorio.catalogo.mapeo import Mapeo, leer_mapeos
from observatorio.cli import principal
from observatorio.recojo.planillas.formulario import escribir_juntos, formulario_de
from observatorio.rutas import Proyecto

KPIS = ("M4-K08", "M6-K09", "M5-K07", "M5-K01", "M1-K13", "M1-K07")
"""Hogares con anexo, personas con sexo, lecturas, hectáreas que se suman, personas con edad,
episodios por cada mil.
"""


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


@pytest.mark.parametrize("codigo", KPIS)
def test_el_formulario_lo_acepta_pyxform_sin_avisos(
    catalogo: Catalogo, tmp_path: Path, codigo: str
) -> None:
    escribir_juntos(catalogo, codigo, tmp_path / "f.xlsx")
    hecho = convert(tmp_path / "f.xlsx", validate=False, warnings=(avisos := []))
    assert not avisos and codigo.lower().replace("-", "_") in hecho.xform


@pytest.mark.largo
def test_todos_los_kpi_que_se_cuentan_tienen_formulario(catalogo: Catalogo, tmp_path: Path) -> None:
    for codigo, kpi in catalogo.kpis.items():
        if kpi.formula.denominador is not None:
            escribir_juntos(catalogo, codigo, tmp_path / "f.xlsx")
            assert (
                convert(tmp_path / "f.xlsx", validate=False, warnings=(avisos := [])) and not avisos
            )


def respuestas(formulario, etiquetas: bool) -> Filas:
    """Seis envíos: cuatro que aceptan, de ellos tres en la cuenta y dos que cumplen."""
    titulos = [
        "start",
        "end",
        *(p.etiqueta if etiquetas else p.ruta for p in formulario.preguntas),
        "_uuid",
    ]
    filas: Filas = [titulos]
    cuentas = [
        ("si", "si", "si"),
        ("si", "si", "si"),
        ("si", "si", "no"),
        ("si", "no", ""),
        ("no", "", ""),
        ("no", "", ""),
    ]
    for n, (acepta, cuenta, cumple) in enumerate(cuentas):
        fila: list[object] = ["2025-10-01T09:00:00.000-05:00", "2025-10-01T09:30:00.000-05:00"]
        for p in formulario.preguntas:
            dicho = {"consentimiento": acepta, "en_la_cuenta": cuenta, "cumple": cumple}.get(
                p.nombre
            )
            if dicho is None:
                dicho = (
                    formulario.listas[p.lista][0][0]
                    if acepta == "si" or p.grupo == "ubicacion"
                    else ""
                )
            opciones = dict(formulario.listas.get(p.lista, ()))
            fila.append(opciones.get(dicho, dicho) if etiquetas else dicho)
        filas.append([*fila, f"u{n}"])
    return filas


@pytest.mark.parametrize("etiquetas", [False, True])
@pytest.mark.parametrize("codigo", ["M4-K08", "M6-K09"])
def test_lo_exportado_entra_con_el_mapeo_del_formulario(
    catalogo: Catalogo, tmp_path: Path, codigo: str, etiquetas: bool
) -> None:
    formulario, mapeo = escribir_juntos(catalogo, codigo, tmp_path / "f.xlsx")
    escrito = yaml.safe_load(mapeo.read_text(encoding="utf-8"))
    leido = leer_con(
        escrito, libro(tmp_path / "e.xlsx", {"Encuesta": respuestas(formulario, etiquetas)})
    )
    assert leido.cifras[codigo, "2025", catalogo.territorio.ubigeo, "total", ""][:2] == (
        "2",
        "3",
    ), leido.dicho


def test_lo_que_no_se_obtiene_sumando_casos_se_dice(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["--raiz", str(proyecto_real.raiz), "planilla", "--formulario", "M3-K01"]) == 2
    assert "no se obtiene sumando casos" in capsys.readouterr().err


def test_la_orden_escribe_el_formulario_y_su_mapeo(
    proyecto_real: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orden = [
        "--raiz",
        str(proyecto_real.raiz),
        "planilla",
        "--formulario",
        "M4-K08",
        "--a",
        str(tmp_path / "f.xlsx"),
    ]
    assert principal(orden) == 0 and "f.yml" in capsys.readouterr().out
    antes = (tmp_path / "f.xlsx").read_bytes()
    assert principal(orden) == 0 and (tmp_path / "f.xlsx").read_bytes() == antes
    assert load_workbook(tmp_path / "f.xlsx").sheetnames == ["survey", "choices", "settings"]
    assert (
        principal([*orden, "--periodo", "2026"]) == 2
        and principal(["--raiz", str(proyecto_real.raiz), "planilla"]) == 2
    )


def test_un_kpi_que_no_existe_se_dice(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["--raiz", str(proyecto_real.raiz), "planilla", "--formulario", "M9-K99"]) == 2
    assert "M9-K99" in capsys.readouterr().err


# — los ejemplos —


def preguntas_de(nombre: str) -> tuple[dict[str, str], dict[str, set[str]]]:
    """``({ruta: tipo}, {lista: respuestas})`` de un formulario de ejemplo, escrito como tabla."""
    rutas: dict[str, str] = {}
    listas: dict[str, set[str]] = {}
    hoja, grupos = "", []
    for linea in (
        (MUESTRAS / "formularios" / f"{nombre}.md").read_text(encoding="utf-8").splitlines()
    ):
        celdas = [c.strip() for c in linea.strip().strip("|").split("|")]
        hoja = celdas[0] or hoja
        tipo, nombre_o_lista, *_ = [*celdas[1:], "", ""]
        if hoja == "survey" and tipo.startswith("begin"):
            grupos.append(nombre_o_lista)
        elif hoja == "survey" and tipo.startswith("end_"):
            grupos.pop()
        elif hoja == "survey" and tipo not in ("", "type"):
            rutas["/".join([*grupos, nombre_o_lista])] = tipo
        elif hoja == "choices" and tipo not in ("", "list_name"):
            listas.setdefault(tipo, set()).add(nombre_o_lista)
    return rutas, listas


@pytest.mark.parametrize("nombre", ["kobo-hogares", "kobo-servicios", "kobo-menores"])
def test_cada_ejemplo_de_encuesta_sale_de_un_formulario_de_verdad(
    proyecto_real: Proyecto, nombre: str
) -> None:
    texto = (MUESTRAS / "formularios" / f"{nombre}.md").read_text(encoding="utf-8")
    convert(texto, file_type=".md", validate=False)
    rutas, listas = preguntas_de(nombre)
    mapeo: Mapeo = leer_mapeos(proyecto_real)[nombre]
    assert mapeo.columnas() <= set(rutas)
    for columna in mapeo.columnas() & {r for r, t in rutas.items() if t.startswith("select_")}:
        assert mapeo.nombrados(columna) - {"*"} <= listas[rutas[columna].split()[1]]
    assert {r for r, t in rutas.items() if t.startswith("select_multiple")} == set(mapeo.multiples)
    titulos = {
        str(t)
        for hoja in range(2 if nombre == "kobo-menores" else 1)
        for t in filas_de(f"{nombre}.xlsx", hoja)[0]
    }
    assert set(rutas) <= titulos


def test_un_formulario_no_pregunta_nada_que_senale_a_alguien(catalogo: Catalogo) -> None:
    rutas = {p.ruta for codigo in KPIS for p in formulario_de(catalogo, codigo).preguntas}
    assert rutas <= {
        "consentimiento",
        "ubicacion/anexo",
        "datos/sexo",
        "medicion/en_la_cuenta",
        "medicion/cumple",
        "medicion/numerador",
        "medicion/denominador",
        "medicion/valor",
    }


def test_el_formulario_no_es_lo_que_se_respondio(catalogo: Catalogo, tmp_path: Path) -> None:
    """Quien envía el formulario en lugar de sus respuestas se entera de dónde están, también si una
    pregunta pide un teléfono; un libro con las dos cosas es de respuestas.
    """
    escribir_juntos(catalogo, "M4-K08", tmp_path / "f.xlsx")
    assert "es la definición de un formulario" in leer(tmp_path / "f.xlsx").dicho
    preguntas: Filas = [["type", "name", "label"], ["select_one si_no", "sabe", "¿Sabe?"]]
    preguntas.append(["text", "celular", "Teléfono celular"])
    con_telefono = leer(libro(tmp_path / "t.xlsx", {"survey": preguntas}))
    assert con_telefono.reglas == {"uso"} and "«Datos», «Descargas»" in con_telefono.dicho
    dichas: Filas = [["_uuid", "_submission_time", "sabe"], ["u1", "2025-10-01T09:00:00", "si"]]
    las_dos = leer(libro(tmp_path / "d.xlsx", {"survey": preguntas[:2], "datos": dichas}))
    assert "ningún mapeo de data/mapeos/ coincide" in las_dos.dicho
