"""Las fechas y los formatos de un libro, como los entiende openpyxl, que es el árbitro."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from observatorio.recojo.hojas.fechas_guardadas import (
    ORIGEN_1900,
    ORIGEN_1904,
    de_dias,
    de_iso,
    duracion,
)
from observatorio.recojo.hojas.naturaleza import clase_de_formato, clase_de_numero

PIEZAS = (
    *("d", "dd", "m", "mmm", "yy", "yyyy", "h", "hh", "ss", "s.00", "AM/PM", "[h]", "[mm]", "[SS]"),
    *("0", "0.00", "#,##0", "@", "General", "?/?", "E+00", "[Red]", "[$-280A]", "[>=100]", '"día"'),
    *("\\d", "_)", "* ", "-", "/", ":", " ", ";", '"$"', "[hola]", "_d"),
)


def del_arbitro(formato: str) -> str:
    if is_timedelta_format(formato):
        return "duracion"
    return "fecha" if is_date_format(formato) else "general"


def test_un_formato_es_lo_que_dice_el_arbitro():
    azar = random.Random(7)
    formatos = ["".join(azar.choices(PIEZAS, k=azar.randint(1, 7))) for _ in range(3000)]
    vistas = {f: clase_de_formato(f) for f in formatos}
    assert {c for c in vistas.values()} == {"fecha", "duracion", "general"}
    assert {f: c for f, c in vistas.items() if c != del_arbitro(f)} == {}


def test_los_formatos_que_excel_no_escribe():
    for numero, formato in BUILTIN_FORMATS.items():
        esperada = "porcentaje" if "%" in formato else del_arbitro(formato)
        assert clase_de_numero(numero, {}) == esperada, (numero, formato)
    assert clase_de_numero(165, {165: "0.0 %"}) == "porcentaje"


@pytest.mark.parametrize(
    ("nuestro", "suyo"),
    [(ORIGEN_1900, CALENDAR_WINDOWS_1900), (ORIGEN_1904, CALENDAR_MAC_1904)],
)
def test_un_dia_guardado_es_el_del_arbitro(nuestro: datetime, suyo: datetime):
    azar = random.Random(11)
    dias = [0, 0.5, 0.999999999, 1, 59, 59.75, 60, 61, 44841.65, 45000 + 1 / 3]
    dias += [azar.uniform(0, 70_000) for _ in range(2000)]
    for d in dias:
        assert de_dias(d, nuestro) == from_excel(d, suyo), d


def test_lo_que_dura_va_al_milisegundo():
    assert duracion(1.5) == timedelta(hours=36)
    assert duracion(45 / 86_400_000) == timedelta(milliseconds=45)


def test_iso_8601_se_entiende_entero_o_nada():
    assert de_iso("2024-02-29") == date(2024, 2, 29)
    assert de_iso("2024-02-29T23:30:00Z") == datetime(2024, 2, 29, 23, 30)
    assert de_iso("2024-02-29T23:30:00.000000004") == datetime(2024, 2, 29, 23, 30)
    assert de_iso("07:45:00") == time(7, 45)
    assert de_iso("PT36H15M00.5S") == timedelta(hours=36, minutes=15, milliseconds=500)
    for malo in ("", "2024-02-30", "2024-02-29 y algo", "PT", "mañana"):
        with pytest.raises(ValueError):
            de_iso(malo)


def test_recibir_un_archivo_no_carga_lo_que_no_usa():
    """Cada uno de estos módulos costaba la décima parte de recibir una encuesta de 5 000 filas."""
    codigo = (
        "import sys, observatorio.recojo.recepcion, observatorio.recojo.hojas.libro_xlsx as x;"
        "print(sorted({'openpyxl', 'numpy'} & set(sys.modules)))"
    )
    dicho = subprocess.run(
        [sys.executable, "-c", codigo], capture_output=True, text=True, check=True
    )
    assert dicho.stdout.strip() == "[]"
