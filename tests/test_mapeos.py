"""Reportes del sector y encuestas, con su mapeo: se suman o cuentan bien y lo que no se entiende se
dice con su celda.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from pydantic import TypeAdapter

from apoyo_reportes import Filas, filas_de, leer, leer_con, libro, mapeo_de
from conftest import con_muestra
from observatorio.catalogo.lectura import leer_yaml
from observatorio.catalogo.mapeo import Mapeo, leer_mapeos
from observatorio.cli import principal
from observatorio.errores import ErrorDeDatos
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.recojo.reportes.mapear import Contexto, leer_con_mapeo
from observatorio.recojo.reportes.ubicar import elegir
from observatorio.rutas import Proyecto

MUESTRAS = Path(__file__).parent / "muestras"
EXTRA = {
    "his-cred.csv": [],
    "siagie-inclusion.xlsx": ["--fecha-dato", "2023-03-31"],
    "sien-anemia.xlsx": ["--periodo", "2025-S1", "--fecha-dato", "2025-08-10"],
    "kobo-hogares.xlsx": [],
    "kobo-servicios.xlsx": [],
    "kobo-menores.xlsx": [],
}
FIRMA = [
    "--motivo",
    "Archivo inventado: solo trae una parte de los sitios.",
    "--quien",
    "Equipo de pruebas",
]


def importar(proyecto: Proyecto, archivo: str | Path, *mas: str) -> int:
    return principal(
        ["--raiz", str(proyecto.raiz), "importar", str(MUESTRAS / archivo), "--si", *mas]
    )


def filas(proyecto: Proyecto) -> dict[tuple[str, ...], dict[str, str]]:
    (ruta,) = proyecto.recibos.glob("r-*/observaciones.csv")
    return {
        (f["lugar"], f["grupo"], f["unidad"]): f
        for f in csv.DictReader(ruta.open(encoding="utf-8"))
    }


@pytest.mark.parametrize("archivo", con_muestra(EXTRA, 3))
def test_cada_mapeo_de_ejemplo_lee_su_muestra(copia: Proyecto, archivo: str) -> None:
    assert importar(copia, archivo, *EXTRA[archivo], *FIRMA) == 0
    assert all(
        f["fuente"] in ("his-minsa", "sien-his", "siagie", "encuesta-comunal")
        for f in filas(copia).values()
    )


GUIA = Path(__file__).parent.parent / "guias/mapeos.md"
ORDENES = re.findall(
    r"^observatorio (importar tests/muestras/.*)$", GUIA.read_text(encoding="utf-8"), re.M
)


@pytest.mark.largo
def test_las_ordenes_de_la_guia_salen_bien_tal_como_estan(
    copia: Proyecto, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MUESTRAS, copia.raiz / "tests/muestras")
    monkeypatch.chdir(copia.raiz)
    assert {Path(shlex.split(o)[1]).name for o in ORDENES} == set(EXTRA)
    for numero, orden in enumerate(ORDENES, 1):
        monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))
        assert principal(shlex.split(orden)) == 0, orden
        assert len(list(copia.recibos.glob("r-*"))) == numero


def test_todos_los_mapeos_estan_bien_escritos_y_tienen_muestra(proyecto_real: Proyecto) -> None:
    assert {m for m in leer_mapeos(proyecto_real)} == {Path(a).stem for a in EXTRA}


def test_his_suma_los_establecimientos_en_el_distrito(copia: Proyecto) -> None:
    importar(copia, "his-cred.csv")
    leidas = filas(copia)
    crudo = [
        linea.split(";")
        for linea in (MUESTRAS / "his-cred.csv").read_text(encoding="cp1252").splitlines()
    ]
    total = next(c for c in crudo if c[0] == "TOTAL")
    assert (
        leidas["130809", "total", ""]["denominador"],
        leidas["130809", "total", ""]["numerador"],
    ) == (total[4], total[5])
    assert leidas["1308090023", "total", "DEMO-00090005"]["numerador"] == next(
        c[5] for c in crudo if c[2] == "00090005"
    )
    assert (
        leidas["130809", "total", ""]["periodo"] == "2025-T4"
        and leidas["130809", "total", ""]["fecha_dato"] == "2026-01-15"
    )


def test_sien_suma_edades_descarta_las_mayores_y_separa_sexos(copia: Proyecto) -> None:
    importar(copia, "sien-anemia.xlsx", *EXTRA["sien-anemia.xlsx"], *FIRMA)
    hoja = [
        f
        for f in load_workbook(MUESTRAS / "sien-anemia.xlsx").active.iter_rows(
            min_row=6, values_only=True
        )
    ]
    suyas = [f for f in hoja if f[0] == "00090003" and not f[2].startswith("36")]
    leidas = filas(copia)
    assert leidas["1308090002", "total", "DEMO-00090003"]["denominador"] == str(
        sum(f[4] for f in suyas)
    )
    assert leidas["1308090002", "sexo:mujer", "DEMO-00090003"]["numerador"] == str(
        sum(f[5] for f in suyas if f[3] == "Femenino")
    )


def test_una_fila_con_mas_casos_que_evaluados_se_dice_aunque_la_suma_los_tape(
    tmp_path: Path,
) -> None:
    filas = filas_de("sien-anemia.xlsx")
    evaluados, anemia = (filas[4].index(t) for t in ("Evaluados", "Con anemia"))
    filas[6][evaluados], filas[6][anemia] = 3, 13
    ruta = libro(tmp_path / "s.xlsx", {"Anemia": filas})
    leido = leer(ruta, periodo="2025-S1", fecha_dato="2025-08-10")
    assert leido.reglas == {"numerador-mayor"} and "13 de 3" in leido.dicho
    assert leido.celdas == (f"Anemia!{get_column_letter(anemia + 1)} · Con anemia 7",)


def test_un_mapeo_puede_admitir_filas_con_mas_casos_que_los_previstos(tmp_path: Path) -> None:
    mapeo = mapeo_de(
        {"kpi": "M4-K01", "numerador": {"sumar": "Van"}, "denominador": {"sumar": "Hay"}}
    )
    ruta = libro(tmp_path / "b.xlsx", {"h": [["Puesto", "Van", "Hay"], ["A", 9, 4], ["B", 2, 30]]})
    assert leer_con(mapeo, ruta).reglas == {"numerador-mayor"}
    mapeo["filas"] = {"numerador_mayor": "cuentan"}
    assert [v[:2] for v in leer_con(mapeo, ruta).cifras.values()] == [("11", "34")]


def test_dos_porcentajes_de_la_misma_cifra_no_se_suman(tmp_path: Path) -> None:
    """28.4 % y 33.1 % de dos puestos entraban como 61.5 % del distrito."""
    mapeo = mapeo_de(
        {"kpi": "M4-K08", "valor": {"sumar": "Porcentaje"}},
        fuente="encuesta-comunal",
        periodo={"constante": "2023"},
    )
    filas: Filas = [["Puesto", "Porcentaje"], ["A", 28.4], ["B", 33.1]]
    leido = leer_con(mapeo, libro(tmp_path / "a.xlsx", {"h": filas}))
    assert leido.reglas == {"valor-que-no-se-suma"} and "numerador y denominador" in leido.dicho
    assert leido.celdas == ("h!B · Porcentaje 3",)
    una = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": filas[:2]}))
    assert [v[2] for v in una.cifras.values()] == ["28.4"]


def test_una_fila_con_otro_anio_no_es_otra_medida_sin_decirlo(tmp_path: Path) -> None:
    filas = filas_de("kobo-hogares.xlsx")
    assert not any("solo" in a for a in leer(MUESTRAS / "kobo-hogares.xlsx").avisos)
    filas[16][:2] = [datetime(2015, 10, 7, 15, 36), datetime(2015, 10, 7, 15, 56)]
    leido = leer(libro(tmp_path / "k.xlsx", {"Encuesta de hogares": filas}))
    (aviso,) = [a for a in leido.avisos if "solo" in a]
    assert aviso.startswith("De 2015 hay solo una fila (fila 17)")


def test_una_fecha_futura_se_dice_en_la_fila_que_la_trae(tmp_path: Path) -> None:
    mapeo = mapeo_de({"kpi": "M2-K10", "valor": {"sumar": "Casos"}}, fecha_dato={"columna": "Día"})
    dias = [["Puesto", "Día", "Casos"], ["A", "2025-12-30", 9], ["B", "2035-12-30", 4]]
    hojas = leer_hojas(libro(tmp_path / "b.xlsx", {"h": dias}))
    hecho = Mapeo.model_validate(mapeo)
    fuente, _ = elegir("b.xlsx", "prueba", hecho, hojas, None)
    contexto = Contexto(None, None, {})
    lote = leer_con_mapeo(tmp_path / "b.xlsx", hojas, fuente, "prueba", hecho, contexto)
    (medida,) = lote.medidas
    assert medida.campos["fecha_dato"] == "2035-12-30" and medida.celda("fecha_dato").fila == 3


def test_un_codigo_guardado_como_numero_se_lee_con_los_ceros_con_que_se_ve(tmp_path: Path) -> None:
    filas = filas_de("sien-anemia.xlsx")
    columna = filas[4].index("Código RENIPRESS") + 1
    como_numero = [
        [int(v) if c == columna and str(v).isdigit() else v for c, v in enumerate(f, 1)]
        for f in filas
    ]
    ruta = libro(tmp_path / "s.xlsx", {"Anemia": como_numero})
    semestre = {"periodo": "2025-S1", "fecha_dato": "2025-08-10"}
    assert leer(ruta, **semestre).reglas == {"ceros-perdidos"}
    w = load_workbook(ruta)
    for fila in range(6, len(filas) + 1):
        w.active.cell(fila, columna).number_format = "00000000"
    w.save(ruta)
    original = libro(tmp_path / "o.xlsx", {"Anemia": filas})
    assert leer(ruta, **semestre).cifras == leer(original, **semestre).cifras != {}


def test_kobo_cuenta_hogares_con_consentimiento_y_escala_completa(copia: Proyecto) -> None:
    importar(copia, "kobo-hogares.xlsx", *FIRMA)
    hoja = list(
        load_workbook(MUESTRAS / "kobo-hogares.xlsx").active.iter_rows(min_row=2, values_only=True)
    )
    validas = [f for f in hoja if f[2] == "si" and f[7]]
    malas = Counter(f[3] for f in validas if f[7] in ("moderada", "grave"))
    leidas = filas(copia)
    assert leidas["130809", "total", ""]["denominador"] == str(len(validas)) and leidas[
        "130809", "total", ""
    ]["numerador"] == str(sum(malas.values()))
    assert leidas["1308090023", "total", ""]["numerador"] == str(malas["vijus"])


def con_texto(origen: str, destino: Path, antes: str, despues: str) -> Path:
    texto = (MUESTRAS / origen).read_bytes().decode("cp1252")
    assert antes in texto
    destino.write_bytes(texto.replace(antes, despues, 1).encode("cp1252"))
    return destino


@pytest.mark.parametrize(
    ("antes", "despues", "regla"),
    con_muestra(
        [
            ("00090003", "00099999", "sin-traduccion"),
            (";36;21;", ";36;veinte;", "no-es-numero"),
            (";36;21;", ";36;;", "no-es-numero"),
            (";36;21;", ";36;40;", "numerador-mayor"),
            ("15/01/2026", "15-enero", "fecha-imposible"),
            ("2025;4;", "2025;5;", "periodo-sin-forma"),
        ],
        3,
    ),
)
def test_un_reporte_malo_dice_su_celda(
    copia: Proyecto,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    antes: str,
    despues: str,
    regla: str,
) -> None:
    ruta = con_texto("his-cred.csv", tmp_path / "his.csv", antes, despues)
    assert importar(copia, ruta) == 1
    assert regla in capsys.readouterr().err and not list(copia.recibos.glob("r-*"))
    devuelta = load_workbook(tmp_path / "his-por-corregir.xlsx").active
    assert [c for fila in devuelta.iter_rows() for c in fila if c.comment]


def test_lo_que_el_reporte_no_dice_se_pide(
    copia: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert importar(copia, "sien-anemia.xlsx") == 1
    dicho = capsys.readouterr().err
    assert "--periodo" in dicho and "--fecha-dato" in dicho


def test_un_mapeo_mal_escrito_dice_su_linea(
    copia: Proyecto, cambiar, capsys: pytest.CaptureFixture[str]
) -> None:
    cambiar(copia.data / "mapeos" / "his-cred.yml", "sumar: CRED COMPLETO", "sumarr: CRED COMPLETO")
    assert importar(copia, "his-cred.csv") == 1
    dicho = capsys.readouterr().err
    assert "data/mapeos/his-cred.yml, fila" in dicho and "ficha-campo-desconocido" in dicho


@pytest.mark.parametrize(
    ("antes", "escrito", "columna", "valor"),
    [
        ('"00090001": DEMO', "00012345: DEMO", "", ""),
        ("DEMO-00090001", "00012345", "unidad.traducir.00090001", "00012345"),
        ("DEMO-00090001", "no", "unidad.traducir.00090001", "no"),
        ("DEMO-00090001", "2025-03-31", "unidad.traducir.00090001", "2025-03-31"),
        ("DEMO-00090001", "1_000", "unidad.traducir.00090001", "1_000"),
    ],
)
def test_lo_que_yaml_entiende_de_otro_modo_se_dice_como_esta_escrito(
    copia: Proyecto, cambiar, antes: str, escrito: str, columna: str, valor: str
) -> None:
    ruta = copia.data / "mapeos" / "his-cred.yml"
    cambiar(ruta, antes, escrito)
    errores: list[ErrorDeDatos] = []
    leer_yaml(copia, ruta, TypeAdapter(Mapeo), errores)
    (d,) = [e for e in errores if e.regla == "ficha-no-es-texto"]
    assert d.fila is not None and d.remedio.startswith("escríbalo entre comillas")
    assert (d.columna, d.valor) == (columna or "unidad.traducir.00012345", valor or "00012345")
    assert escrito.split(":")[0] in ruta.read_text(encoding="utf-8").splitlines()[d.fila - 1]


def test_un_mapeo_pedido_que_no_existe_lista_los_que_hay(
    copia: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert importar(copia, "his-cred.csv", "--mapeo", "otro") == 2
    assert "his-cred" in capsys.readouterr().err
