"""Lo que un filtro o una persona ocultó en una hoja se lee con lo demás, y se dice qué es: quien la
mira ve menos filas que las que se suman.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from apoyo_hojas import guardado_como
from apoyo_reportes import MUESTRAS, Leido, filas_de, leer, libro
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.recojo.no_leido import ocultas_que_se_leen

TITULOS = ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato", "nota"]
MESES = range(1, 10)


def con_ocultas(destino: Path) -> Path:
    """Nueve meses; un filtro oculta cuatro, y alguien la columna de las notas."""
    libro = Workbook()
    hoja = libro.active
    hoja.title = "Cifras"
    hoja.append(TITULOS)
    for mes in MESES:
        hoja.append(["M4-K13", f"2026-{mes:02}", "130809", 30 + mes, 45, "2026-10-10", ""])
    hoja.auto_filter.ref = "A1:G10"
    hoja.auto_filter.add_filter_column(1, ["2026-01", "2026-05", "2026-07", "2026-08", "2026-09"])
    for fila in (3, 4, 5, 7):
        hoja.row_dimensions[fila].hidden = True
    hoja.column_dimensions["G"].hidden = True
    libro.save(destino)
    return destino


def exigir_dicho(leido: Leido) -> None:
    assert not leido.reglas and len(leido.cifras) == len(MESES)
    dicho = "\n".join(leido.avisos)
    assert "«Cifras»: se leen también 4 filas ocultas por un filtro o a mano" in dicho
    assert (
        "(filas 3 a 5 y 7)" in dicho and "borre lo que no va y vuelva a enviar el archivo" in dicho
    )
    assert "De «Cifras» se lee la columna oculta «nota»." in dicho


def test_las_filas_y_columnas_ocultas_que_se_leen_se_dicen(tmp_path: Path) -> None:
    ruta = con_ocultas(tmp_path / "filtrado.xlsx")
    exigir_dicho(leer(ruta))
    libro = load_workbook(ruta)
    for fila in (7, 5, 4, 3):
        libro.active.row_dimensions[fila].hidden = False
        libro.active.delete_rows(fila)
    libro.active.auto_filter.ref = None
    libro.save(ruta)
    remediado = leer(ruta)
    assert len(remediado.cifras) == 5 and "oculta por" not in "".join(remediado.avisos)


def test_de_lo_oculto_que_no_se_cuenta_no_se_dice_que_se_lee(tmp_path: Path) -> None:
    filas = filas_de("kobo-hogares.xlsx")
    estados = ["_validation_status", "", "Not Approved"]
    filas = [[*f, estados[n] if n < len(estados) else ""] for n, f in enumerate(filas)]
    ruta = libro(tmp_path / "a.xlsx", {"Hogares": filas})
    abierto = load_workbook(ruta)
    for fila in (3, 7):
        abierto.active.row_dimensions[fila].hidden = True
    abierto.save(ruta)
    dicho = "\n".join(leer(ruta).avisos)
    assert "1 fila que el equipo rechazó no se cuenta (fila 3)" in dicho
    assert "se lee también 1 fila oculta por un filtro o a mano (fila 7)" in dicho


def test_sin_nada_oculto_no_se_dice_nada() -> None:
    for muestra in ("sien-anemia.xlsx", "kobo-servicios.xlsx", "kobo-menores.xlsx"):
        assert "ocult" not in "".join(leer(MUESTRAS / muestra).avisos)


ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>
<office:spreadsheet><table:table table:name="H">
<table:table-column table:number-columns-repeated="2"/>
<table:table-column table:visibility="collapse" table:number-columns-repeated="1000000"/>
<table:table-row table:visibility="filter" table:number-rows-repeated="2">
<table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse" table:number-rows-repeated="1000000"/>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_lo_oculto_de_un_ods_y_lo_que_no_tiene_nada_escrito_no_cuenta(tmp_path: Path) -> None:
    ruta = tmp_path / "h.ods"
    with zipfile.ZipFile(ruta, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        z.writestr("content.xml", ODS)
    (hoja,) = leer_hojas(ruta)
    assert hoja.filas_ocultas == {1, 2} and {3, 4_000} <= hoja.columnas_ocultas
    assert 2 not in hoja.columnas_ocultas and len(hoja.columnas_ocultas) < 4_000
    assert list(ocultas_que_se_leen(hoja, 1)) == [
        "«H»: se lee también 1 fila oculta por un filtro o a mano (fila 2): borre lo que no va y"
        " vuelva a enviar el archivo."
    ]


@pytest.mark.largo
@pytest.mark.parametrize("formato", ["xlsx", "ods", "xls"])
def test_guardado_por_libreoffice_dice_lo_mismo(tmp_path: Path, formato: str) -> None:
    origen = con_ocultas(tmp_path / "origen.xlsx")
    exigir_dicho(leer(guardado_como(origen, f".{formato}")))
