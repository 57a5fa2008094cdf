"""De una planilla llena a un lote. La hoja oculta dice dónde está cada respuesta."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..datos.periodos import FORMA
from .cuadricula import Celda, Hoja
from .lote import Defecto, Lote, Medida
from .planilla import CARGO, COLUMNAS_OCULTAS, FECHA, HOJA, OCULTA, SI
from .planilla_controles import NO
from .texto import plegado

PIDA_OTRA = "pida otra planilla con «observatorio planilla» y copie en ella sus números"
OPCIONES = {plegado(SI): True, "si": True, plegado(NO): False, "no": False}


def es_planilla(hojas: list[Hoja]) -> bool:
    return any(h.nombre == OCULTA for h in hojas)


def leer_planilla(ruta: Path, hojas: list[Hoja]) -> Lote:
    """Las respuestas de la planilla; lo que falta o se contradice va a ``defectos``."""
    lote = Lote(ruta, "planilla", hojas)
    visible = next((h for h in hojas if h.nombre == HOJA), None)
    oculta = next(h for h in hojas if h.nombre == OCULTA)
    titulos = [oculta.texto(4, c) for c in range(1, len(COLUMNAS_OCULTAS) + 1)]
    if visible is None or titulos != list(COLUMNAS_OCULTAS):
        lote.defectos.append(Defecto(None, None, "planilla-sin-estructura", PIDA_OTRA))
        return lote
    lote.responsable = oculta.texto(2, 2) or None
    lote.periodo = oculta.texto(3, 2).removeprefix("p ") or None
    lote.cargo = _en(visible, CARGO)[1] or None
    fecha = _fecha(visible, lote)
    for fila in range(5, len(oculta.filas) + 1):
        dato = {c: oculta.texto(fila, i).removeprefix("t").strip() for i, c in enumerate(COLUMNAS_OCULTAS, 1)}
        if dato["kpi"]:
            _respuesta(lote, visible, dato, fecha)
    return lote


def _en(hoja: Hoja, referencia: str, titulo: str = "") -> tuple[Celda, str]:
    columna, fila = ord(referencia[0]) - 64, int(referencia[1:])
    return Celda(hoja.nombre, fila, columna, titulo), hoja.texto(fila, columna)


def _fecha(hoja: Hoja, lote: Lote) -> tuple[Celda, str]:
    celda, texto = _en(hoja, FECHA, "fecha de cierre")
    latina = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", texto)
    if latina:
        texto = f"{latina[3]}-{int(latina[2]):02d}-{int(latina[1]):02d}"
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", texto):
        lote.defectos.append(Defecto(celda, texto or None, "fecha-de-cierre", "escriba la fecha en que cerró las cifras, como 2026-10-31"))
    return celda, texto


def _respuesta(lote: Lote, hoja: Hoja, dato: Mapping[str, str], fecha: tuple[Celda, str]) -> None:
    rotulo, titulo = _en(hoja, f"A{dato['fila']}")
    if not titulo.startswith(dato["kpi"]) or not any(re.match(f, dato["periodo"]) for f in FORMA.values()):
        lote.defectos.append(Defecto(rotulo, titulo, "planilla-sin-estructura", PIDA_OTRA))
        return
    medido, eleccion = _en(hoja, f"B{dato['medido']}", f"{dato['kpi']} ¿se midió?")
    celdas = {"medida": medido, "fecha_dato": fecha[0]}
    numeros = {}
    for campo in ("numerador", "denominador", "valor"):
        if dato[campo]:
            celdas[campo], numeros[campo] = _en(hoja, f"B{dato[campo]}", f"{dato['kpi']} {campo}")
    celdas["nota"], nota = _en(hoja, f"B{dato['nota']}", f"{dato['kpi']} nota")
    campos = {c: dato[c] for c in ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente", "naturaleza")} | numeros
    medida = Medida(campos | {"fecha_dato": fecha[1], "estado": "preliminar", "nota": " ".join(nota.split())}, celdas)
    defecto = _contradiccion(eleccion, numeros, medida)
    if defecto:
        lote.defectos.append(defecto)
    elif OPCIONES.get(plegado(eleccion), True):
        lote.medidas.append(medida)
    else:
        lote.no_medidas.append(medida)


def _contradiccion(eleccion: str, numeros: Mapping[str, str], medida: Medida) -> Defecto | None:
    celda, dicho = medida.celda("medida"), OPCIONES.get(plegado(eleccion))
    llenos = [c for c, v in numeros.items() if v]
    if eleccion and dicho is None:
        return Defecto(celda, eleccion, "se-midio-o-no", f"elija «{SI}» o «{NO}»")
    if not eleccion and not llenos:
        return Defecto(celda, None, "sin-respuesta", f"elija «{NO}» si no se midió, o llene los números (0 es «se midió y no hubo»)")
    if dicho is False and llenos:
        return Defecto(medida.celda(llenos[0]), numeros[llenos[0]], "no-se-midio-con-numeros", f"borre los números, o elija «{SI}»")
    if dicho is not False and len(llenos) < len(numeros):
        vacio = next(c for c in numeros if not numeros[c])
        return Defecto(medida.celda(vacio), None, "numero-ausente", f"escriba el número (0 si no hubo), o elija «{NO}» y deje vacíos los demás")
    return None
