"""Un archivo de texto se lee igual venga del programa que venga: codificación, separador y líneas
que solo son para Excel.
"""

from __future__ import annotations

import pytest

from observatorio.base.texto_plano import TextoIlegible, leer_texto

TABLA = (
    "AÑO;MENORES DE 1 AÑO EN PADRÓN;ESTABLECIMIENTO;N.º\r\n2025;36;Ñahuincucho"
    " niñez;1\r\n2025;27;Región Áncash;2\r\n"
)


@pytest.mark.parametrize(
    "codificacion",
    [
        *("utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp850"),
        *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    ],
)
def test_cada_codificacion_da_el_mismo_texto(codificacion: str) -> None:
    texto = TABLA.replace("º", "o") if codificacion == "cp850" else TABLA
    assert leer_texto(texto.encode(codificacion)).texto == texto


def test_las_tildes_separadas_se_juntan() -> None:
    assert leer_texto("AN\u0303O;1".encode()).texto == "AÑO;1"


@pytest.mark.parametrize(
    ("crudo", "regla"),
    [
        (b"kpi,periodo\x00", "byte-nulo"),
        (b"\x00\x01\x02\x03" * 50, "byte-nulo"),
        (b"abc\x9dxyz\x9d\x81abc;1", "no-es-utf8"),
    ],
)
def test_lo_que_no_es_texto_se_dice(crudo: bytes, regla: str) -> None:
    with pytest.raises(TextoIlegible) as e:
        leer_texto(crudo)
    assert e.value.args[0] == regla


SEPARADOS = {
    "titulo-con-comas": ("RED DE SALUD, LA LIBERTAD, PERÚ\nA;B;C\n1;2;3\n4;5;6\n", ";"),
    "decimales-con-coma": ("A;B\n1,5;2,5\n3,5;4,5\n", ";"),
    "comas-entre-comillas": ('A;B\n"x, y, z";1\n"p, q, r";2\n', ";"),
    "tabuladores": ("A\tB\n1,2\t3\n", "\t"),
    "barras": ("A|B|C\n1|2|3\n", "|"),
    "comas": ("a,b,c\n1,2,3\n", ","),
    "una-columna": ("a\n1\n2\n", ","),
    "nota-al-pie": ("A;B;C\n1;2;3\nFuente: HIS, 2025, corte al 15\n", ";"),
}


@pytest.mark.parametrize("caso", SEPARADOS)
def test_el_separador_es_el_de_la_tabla_y_no_el_de_un_titulo(caso: str) -> None:
    texto, separador = SEPARADOS[caso]
    assert leer_texto(texto.encode()).separador == separador


@pytest.mark.parametrize(
    ("primera", "separador"),
    [
        ("sep=;", ";"),
        ('"sep=;"', ";"),
        ("SEP=,", ","),
        ("sep=\\t", "\t"),
        ("sep=\t", "\t"),
        ("sep=;;;;", ";"),
    ],
)
def test_la_linea_que_solo_es_para_excel_no_es_de_la_tabla(primera: str, separador: str) -> None:
    plano = leer_texto(f"{primera}\r\na{separador}b\r\n".encode())
    assert (plano.texto, plano.separador) == (f"a{separador}b\r\n", separador)
