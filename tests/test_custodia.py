"""Dónde viven los datos: en un repositorio público solo cabe la demostración, y lo declarado es lo
que dice quien lo aloja.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import reemplazar
from observatorio.cli import principal
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

PRIVADO, PUBLICO = "repositorio_de_datos: privado", "repositorio_de_datos: publico"
REGLAS = ("dato-real-en-repositorio-publico", "repositorio-mal-declarado")


def de_custodia(proyecto: Proyecto, alojado: str | None = None) -> list[ErrorDeDatos]:
    try:
        pasar(proyecto, alojado)  # type: ignore[arg-type]
    except DatosInvalidos as e:
        return [x for x in e.errores if x.regla in REGLAS]
    return []


def test_en_un_repositorio_publico_no_entra_nada_real(copia: Proyecto) -> None:
    ruta, relatos = (
        copia.observaciones / "m7-institucionalidad.csv",
        copia.cualitativo / "narraciones.csv",
    )
    reemplazar(ruta, "validado,demostracion", "validado,documentado")
    reemplazar(relatos, "cita,demostracion", "cita,documentado")
    recibo = copia.recibos / "R-20260110-0001" / "observaciones.csv"
    recibo.parent.mkdir(parents=True)
    recibo.write_text(
        "".join(ruta.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8"
    )
    assert de_custodia(copia) == [], "en uno privado, sí"
    reemplazar(copia.territorio, PRIVADO, PUBLICO)
    hallados = de_custodia(copia)
    assert {(e.archivo, e.fila, e.columna, e.valor, e.regla) for e in hallados} == {
        (copia.relativa(r), 2, "naturaleza", "documentado", REGLAS[0])
        for r in (ruta, relatos, recibo)
    }
    dicho = re.search(r"escriba (\S+ \S+) en data/territorio.yml", hallados[0].remedio)
    assert dicho
    reemplazar(copia.territorio, PUBLICO, dicho[1])
    assert de_custodia(copia) == []


@pytest.mark.parametrize(
    "estropear",
    [
        lambda t: t.replace(",", ";").encode(),
        lambda t: t.replace(",", "\t").encode("utf-16"),
        lambda t: b"Salud,,\n" + t.encode(),
        lambda t: t.replace(",demostracion,", ",4,demostracion,").encode(),
    ],
    ids=["punto y coma", "texto Unicode", "un título encima", "una coma de más"],
)
def test_de_lo_que_no_se_puede_leer_no_se_pide_borrar_las_filas(
    copia: Proyecto, estropear: Callable[[str], bytes]
) -> None:
    """La forma ya lo rechaza con su remedio; quien siguiera este borraría datos buenos."""
    reemplazar(copia.territorio, PRIVADO, PUBLICO)
    ruta = copia.observaciones / "m7-institucionalidad.csv"
    ruta.write_bytes(estropear(ruta.read_text(encoding="utf-8")))
    with pytest.raises(DatosInvalidos) as hallado:
        pasar(copia)
    reglas = {e.regla for e in hallado.value.errores}
    assert reglas and not reglas & set(REGLAS)


def test_la_fila_que_no_es_de_demostracion_se_cuenta_como_en_la_hoja(copia: Proyecto) -> None:
    reemplazar(copia.territorio, PRIVADO, PUBLICO)
    ruta = copia.observaciones / "m7-institucionalidad.csv"
    titulos, primera, segunda, *_ = ruta.read_text(encoding="utf-8").splitlines(keepends=True)
    real = segunda.replace("demostracion", "documentado")
    ruta.write_text(f"{titulos}{primera}\n{real}", encoding="utf-8")
    assert [e.fila for e in de_custodia(copia)] == [4]


@pytest.mark.parametrize(("declarado", "alojado"), [("privado", "publico"), ("publico", "privado")])
def test_lo_declarado_se_compara_con_quien_lo_aloja(
    minimo: Proyecto, declarado: str, alojado: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reemplazar(minimo.territorio, PRIVADO, f"repositorio_de_datos: {declarado}")
    assert principal(["--raiz", str(minimo.raiz), "validar", "--alojado", alojado]) == 1
    lineas = minimo.territorio.read_text(encoding="utf-8").splitlines()
    dicho = capsys.readouterr().err
    assert (
        f"data/territorio.yml, fila {1 + lineas.index(f'repositorio_de_datos: {declarado}')},"
        f" columna «repositorio_de_datos»: «{declarado}»\n    regla: {REGLAS[1]}" in dicho
    )
    remedio = re.search(r"escriba (repositorio_de_datos: \w+)", dicho)
    assert remedio
    reemplazar(minimo.territorio, f"repositorio_de_datos: {declarado}", remedio[1])
    assert principal(["--raiz", str(minimo.raiz), "validar", "--alojado", alojado]) == 0


def test_sin_decirlo_es_privado(minimo: Proyecto) -> None:
    reemplazar(minimo.territorio, PRIVADO + "\n", "")
    assert [e.regla for e in de_custodia(minimo, "publico")] == [REGLAS[1]]
    assert de_custodia(minimo, "privado") == []


def test_un_archivo_real_no_entra_en_uno_publico_y_se_dice_que_hacer(
    minimo: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nada está mal en el archivo: no se marca ninguna celda ni se devuelve a quien lo envió."""
    ruta = tmp_path / "entrega.csv"
    ruta.write_text(
        "kpi;periodo;lugar;numerador;denominador;fecha_dato\n"
        "M4-K02;2026-S1;130809;21;40;2026-08-27\n",
        encoding="utf-8",
    )
    orden = ["--raiz", str(minimo.raiz), "importar", str(ruta), "--si"]
    reemplazar(minimo.territorio, PRIVADO, PUBLICO)
    assert principal(orden) == 1
    dicho = capsys.readouterr().err
    assert dicho.count(f"regla: {REGLAS[0]}") == 1 and "trae una medida real" in dicho
    assert "Devuelva" not in dicho and list(tmp_path.glob("entrega*")) == [ruta]
    remedio = re.search(r"data/territorio.yml, fila \d+.*escriba aquí (\S+ \w+)", dicho, re.S)
    assert remedio
    reemplazar(minimo.territorio, PUBLICO, remedio[1])
    assert principal(orden) == 0
