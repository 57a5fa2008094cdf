"""Llenar hojas de cálculo como lo haría una persona: con LibreOffice de verdad, o celda por celda
con openpyxl.
"""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from observatorio.recojo.planillas.forma import COLUMNAS_OCULTAS, FECHA, HOJA, NO, OCULTA, SI

CORTE = "2026-10-31"
FILTROS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Llenar
  Dim abrir(0) As New com.sun.star.beans.PropertyValue
  Dim guardar(0) As New com.sun.star.beans.PropertyValue
  abrir(0).Name = "Hidden"
  abrir(0).Value = True
  doc = StarDesktop.loadComponentFromURL("{origen}", "_blank", 0, abrir())
  hoja = doc.Sheets.getByIndex(0)
{cambios}
  guardar(0).Name = "FilterName"
  guardar(0).Value = "{filtro}"
  doc.storeToURL("{destino}", guardar())
  doc.close(True)
End Sub
</script:module>
"""
BIBLIOTECA = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>
"""


def soffice() -> str:
    """La orden de LibreOffice; sin ella la prueba se salta y dice por qué."""
    orden = shutil.which("soffice") or shutil.which("libreoffice")
    if orden is None:
        pytest.skip(
            "no hay LibreOffice (soffice) en esta máquina: no se puede llenar la planilla como una"
            " persona"
        )
    return orden


def llenar_con_libreoffice(origen: Path, destino: Path, celdas: Mapping[str, object]) -> Path:
    """LibreOffice abre ``origen``, escribe ``celdas`` en su primera hoja y lo guarda en ``destino``
    (.xlsx u .ods).
    """
    orden, perfil = soffice(), destino.parent.resolve() / f"perfil-{destino.suffix[1:]}"
    cambios = "\n".join(
        (
            f'  hoja.getCellRangeByName("{c}").setValue({v})'
            if isinstance(v, int | float)
            else f'  hoja.getCellRangeByName("{c}").setString("{v}")'
        )
        for c, v in celdas.items()
    )
    macro = MACRO.format(
        origen=origen.resolve().as_uri(),
        destino=destino.resolve().as_uri(),
        filtro=FILTROS[destino.suffix],
        cambios=html.escape(cambios, quote=False),
    )
    estandar = perfil / "user" / "basic" / "Standard"
    _correr(
        orden, perfil, "--terminate_after_init"
    )  # el primer arranque escribe el perfil y pisaría la macro
    (estandar / "Module1.xba").write_text(macro, encoding="utf-8")
    (estandar / "script.xlb").write_text(BIBLIOTECA, encoding="utf-8")
    _correr(orden, perfil, "macro:///Standard.Module1.Llenar")
    assert destino.is_file(), "LibreOffice no guardó el archivo"
    return destino


def guardado_como(ruta: Path, sufijo: str) -> Path:
    """El libro como LibreOffice lo guarda en otro formato (``.ods``, ``.xls``…), en una carpeta
    aparte.
    """
    carpeta = ruta.parent / sufijo[1:]
    perfil = ruta.parent.resolve() / f"perfil-{sufijo[1:]}"
    _correr(soffice(), perfil, "--convert-to", sufijo[1:], "--outdir", str(carpeta), str(ruta))
    return carpeta / ruta.with_suffix(sufijo).name


def _correr(orden: str, perfil: Path, *que: str) -> None:
    argumentos = [
        orden,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={perfil.as_uri()}",
        *que,
    ]
    subprocess.run(argumentos, check=True, capture_output=True, timeout=120)


def respuestas(
    ruta: Path,
    numeros: Mapping[tuple[str, str], tuple[object, ...] | None],
    fecha: str | None = CORTE,
) -> dict[str, object]:
    """``(kpi, periodo) → números`` como ``celda → valor``; ``None`` es «No se midió». Lo no
    nombrado queda sin llenar.
    """
    oculta = load_workbook(ruta)[OCULTA]
    filas = [
        [str(c or "").removeprefix("t").strip() for c in f]
        for f in oculta.iter_rows(min_row=5, values_only=True)
    ]
    celdas: dict[str, object] = {"B7": "Responsable de estadística"} | (
        {FECHA: fecha} if fecha else {}
    )
    for fila in filas:
        dato = dict(zip(COLUMNAS_OCULTAS, fila, strict=True))
        clave = (dato["kpi"], dato["periodo"])
        if clave not in numeros:
            continue
        valores = numeros[clave]
        celdas[f"B{dato['medido']}"] = NO if valores is None else SI
        campos = [c for c in ("numerador", "denominador", "valor") if dato[c]]
        celdas |= {f"B{dato[c]}": v for c, v in zip(campos, valores or (), strict=False)}
    return celdas


def llenar(ruta: Path, destino: Path, celdas: Mapping[str, object]) -> Path:
    """Lo mismo con openpyxl: rápido, para las pruebas que no tratan de LibreOffice."""
    libro = load_workbook(ruta)
    for celda, valor in celdas.items():
        libro[HOJA][celda] = valor
    libro.save(destino)
    return destino
