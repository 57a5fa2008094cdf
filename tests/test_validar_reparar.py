"""``validar --reparar``: lo que Excel le hace a un CSV se deshace sin perder nada, y lo dudoso no
se toca.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatorio.cli import principal
from observatorio.datos.reparar import reparables, reparado
from observatorio.rutas import Proyecto

ORIGINAL = 'kpi,valor,nota\nM1-K01,1.5,"una nota, con coma"\nM1-K02,20,\n'


@pytest.mark.parametrize(
    "guardado",
    [
        "\ufeff" + ORIGINAL,
        ORIGINAL.replace("\n", "\r\n"),
        "\ufeffkpi;valor;nota\r\nM1-K01;1,5;una nota, con coma\r\nM1-K02;20;\r\n",
        "kpi|valor|nota\nM1-K01|1.5|una nota, con coma\nM1-K02|20|\n",
        ORIGINAL.replace("\n", "\r"),
        "kpi;valor;nota\rM1-K01;1,5;una nota, con coma\rM1-K02;20;\r",
        "kpi\tvalor\tnota\nM1-K01\t1.5\tuna nota, con coma\nM1-K02\t20\t\n",
        'kpi,valor,nota\nM1-K01 ,1.5,"una nota, con coma\u00a0"\n,,\nM1-K02,20,\n\n',
    ],
)
def test_vuelve_a_la_escritura_admitida(guardado: str) -> None:
    assert reparado(guardado) == ORIGINAL


@pytest.mark.parametrize("codificacion", ["cp1252", "mac_roman", "utf-16"])
@pytest.mark.parametrize("separador", [",", ";"])
def test_lo_que_excel_no_guarda_en_utf8_vuelve_a_utf8(
    codificacion: str, separador: str, tmp_path: Path
) -> None:
    copia, bueno = Proyecto(tmp_path), ORIGINAL.replace("una nota", "una reunión del año")
    ruta = copia.observaciones / "m2.csv"
    ruta.parent.mkdir(parents=True)
    salida = io.StringIO()
    csv.writer(salida, delimiter=separador, lineterminator="\r\n").writerows(
        csv.reader(io.StringIO(bueno))
    )
    ruta.write_bytes(salida.getvalue().encode(codificacion))
    ((hallada, antes, despues),) = reparables(copia)
    assert (hallada, despues) == (ruta, bueno) and antes != despues


@pytest.mark.parametrize("codificacion", ["utf-8", "cp1252", "utf-16"])
def test_una_linea_sep_que_miente_no_impide_reparar(codificacion: str, tmp_path: Path) -> None:
    """Se quita entera: la tabla dice por sí sola con qué separa."""
    copia, bueno = Proyecto(tmp_path), ORIGINAL.replace("una nota", "una reunión del año")
    copia.observaciones.mkdir(parents=True)
    (copia.observaciones / "m2.csv").write_bytes(f"sep=;\n{bueno}".encode(codificacion))
    ((_, _, despues),) = reparables(copia)
    assert despues == bueno


def test_lo_que_no_se_reconoce_no_se_reescribe(tmp_path: Path) -> None:
    copia = Proyecto(tmp_path)
    copia.observaciones.mkdir(parents=True)
    (copia.observaciones / "m2.csv").write_bytes(b"kpi,nota\nM1,\xd0\xd1\xd2\xd3\xd4 \xde\xdf\n")
    assert list(reparables(copia)) == []


def test_la_linea_que_es_para_excel_se_quita() -> None:
    assert reparado("sep=;\r\nkpi;valor\r\nM1;1,5\r\n") == "kpi,valor\nM1,1.5\n"


def test_lo_que_ya_esta_bien_no_se_toca() -> None:
    assert reparado(ORIGINAL) is None


@pytest.mark.parametrize("dudoso", ["kpi;valor\na;1,5\nb;1.234\n", 'kpi,valor\na,"sin cerrar\n'])
def test_lo_dudoso_no_se_adivina(dudoso: str) -> None:
    with pytest.raises(csv.Error):
        reparado(dudoso)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ningun_campo_cambia(filas: list[list[str]]) -> None:
    filas = [f for f in filas if any(f)]
    tabla = [["kpi", "valor", "nota"], *filas]
    texto = "\ufeff" + "".join(
        ",".join('"' + c.replace('"', '""') + '"' for c in f) + "\r\n" for f in tabla
    )
    assert list(csv.reader(reparado(texto).splitlines())) == tabla


def test_la_orden_muestra_pregunta_y_repara(
    minimo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = minimo.observaciones / "m7-institucionalidad.csv"
    bueno = ruta.read_bytes()
    de_excel = b"\xef\xbb\xbf" + bueno.replace(b",", b";").replace(b"\n", b"\r\n")
    ruta.write_bytes(de_excel)
    assert principal(["--raiz", str(minimo.raiz), "validar", "--reparar"]) == 1
    dicho = capsys.readouterr().err
    assert "--si" in dicho and "\\ufeffkpi;periodo" in dicho and ruta.read_bytes() == de_excel
    assert principal(["--raiz", str(minimo.raiz), "validar", "--reparar", "--si"]) == 0
    assert ruta.read_bytes() == bueno


def test_de_un_archivo_grande_se_muestran_unas_filas_y_se_cuentan_las_demas(
    minimo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    cabecera, *filas = ORIGINAL.splitlines()
    grande = minimo.observaciones / "grande.csv"
    grande.write_text(
        "\r\n".join(["sep=,", cabecera, "", *filas * 500, ""]), encoding="utf-8", newline=""
    )
    principal(["--raiz", str(minimo.raiz), "validar", "--reparar"])
    dicho = capsys.readouterr().err.partition("grande.csv, ")[2].splitlines()
    assert dicho[0] == "filas que cambian: 1,003"
    assert dicho[1:9] == [
        *("        1 - sep=,\\r", "          + (se quita)"),
        *("        2 - kpi,valor,nota\\r", "          + kpi,valor,nota"),
        *("        3 - \\r", "          + (se quita)"),
        *(f"        4 - {filas[0]}\\r", f"          + {filas[0]}"),
    ]
    assert dicho[21] == "  … y 993 filas más" and len(dicho) < 60


def test_los_recibos_y_lo_publicado_no_se_reescriben(tmp_path: Path) -> None:
    copia = Proyecto(tmp_path)
    de_excel = b"\xef\xbb\xbf" + ORIGINAL.encode().replace(b"\n", b"\r\n")
    intocables = (
        copia.recibos / "r-0123456789" / "observaciones.csv",
        copia.publicada,
        copia.correcciones_publicadas,
    )
    for ruta in (*intocables, copia.observaciones / "m7.csv"):
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_bytes(de_excel)
    assert [r for r, _, _ in reparables(copia)] == [copia.observaciones / "m7.csv"]
