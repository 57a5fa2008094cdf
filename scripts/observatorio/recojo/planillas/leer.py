"""De una planilla llena a un lote. La hoja oculta dice dónde está cada respuesta; sin ella (un
CSV), lo dice la columna oculta.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ...base.fechas import dia_escrito, dia_probable
from ...base.periodos import es_periodo
from ...base.plegado import plegado
from ...datos.aportes import con_aportes
from ...datos.reglas import NUMERICAS
from ..defectos_de_celda import Zona, defectos_de_lectura
from ..hojas.cuadricula import Celda, Hoja
from ..lote import Defecto, Lote, Medida
from ..no_leido import ocultas_que_se_leen
from .forma import (
    CARGO,
    CLAVES,
    COLUMNAS_OCULTAS,
    DE_LA_CLAVE,
    ENTRE,
    FECHA,
    FIRMA,
    HOJA,
    MONTO,
    NO,
    NO_PASA,
    OCULTA,
    PASA,
    RAZON,
    SI,
    filas_del_bloque,
)

NO_DARLAS = "si alguna no va, no la borre: elija «No se midió» y deje vacíos sus números"
PIDA_OTRA = "pida otra planilla con «observatorio planilla» y copie en ella sus números"
OPCIONES = {plegado(SI): True, "si": True, plegado(NO): False, "no": False}
LARGO_DEL_RESPONSABLE = 140
PRIMERA_OCULTA = 5
FILAS = ("fila", "medido", "nota")
DE_CUANTOS = ("aportan", "mayor")
MUCHOS = 10**7
PASAN = {plegado(PASA): True, "si": True, plegado(NO_PASA): False, "no": False}
Dato = dict[str, str]


def es_planilla(hojas: list[Hoja]) -> bool:
    return any(h.nombre == OCULTA for h in hojas) or _firmada(hojas) is not None


def _firmada(hojas: list[Hoja]) -> Hoja | None:
    """La hoja que lleva sus propias claves, o nada."""
    return next(filter(_lleva_firma, hojas), None)


def _lleva_firma(hoja: Hoja) -> bool:
    return _en(hoja, f"{CLAVES}1")[1].startswith(FIRMA)


def leer_planilla(ruta: Path, hojas: list[Hoja]) -> Lote:
    """Las respuestas de la planilla; lo que falta o se contradice va a ``defectos``."""
    lote = Lote(ruta, "planilla", hojas)
    oculta = next((h for h in hojas if h.nombre == OCULTA), None)
    visible = next((h for h in hojas if h.nombre == HOJA), None) or _firmada(hojas)
    lote.hoja = visible.nombre if visible else None
    estructura = (
        None
        if visible is None
        else _de_la_columna(visible)
        if oculta is None
        else _de_la_hoja_oculta(oculta)
    )
    if visible is None or estructura is None:
        lote.defectos.append(Defecto(None, None, "planilla-sin-estructura", PIDA_OTRA))
        return lote
    lote.responsable, lote.periodo, datos = estructura
    if (
        len(lote.responsable) > LARGO_DEL_RESPONSABLE
        or not es_periodo(lote.periodo)
        or not all(_completo(d) for d in datos)
    ):
        lote.responsable = lote.periodo = None
        lote.defectos.append(Defecto(None, None, "planilla-sin-estructura", PIDA_OTRA))
        return lote
    lote.cargo = _en(visible, CARGO)[1] or None
    lote.defectos += _copias(visible, hojas, datos)
    en_duda = _en_duda(visible, oculta, datos)
    if en_duda:
        lote.defectos += en_duda
        return lote
    fecha = _fecha(visible, lote)
    for dato in datos:
        _respuesta(lote, visible, dato, fecha)
    filas = {int(d[c]) for d in datos for c in (*FILAS, *NUMERICAS) if d.get(c)}
    de_respuestas = replace(visible, filas_ocultas=visible.filas_ocultas & filas)
    lote.avisos += ocultas_que_se_leen(de_respuestas, 1, remedio=NO_DARLAS)
    return lote


def _de_respuestas(datos: list[Dato]) -> dict[int, str]:
    """La fila de cada respuesta y cómo se nombra."""
    return {
        int(d[c]): f"{d['kpi']} {c}"
        for d in datos
        for c in ("medido", "nota", *DE_CUANTOS, *NUMERICAS)
        if d[c]
    }


def _copias(visible: Hoja, hojas: list[Hoja], datos: list[Dato]) -> Iterator[Defecto]:
    """Las respuestas que otra copia de la hoja, en el mismo libro, da distintas: no se sabe cuál
    vale.
    """
    titulos = _de_respuestas(datos)
    for otra in hojas:
        if otra is visible or not _lleva_firma(otra):
            continue
        for fila, titulo in sorted(titulos.items()):
            dice, aqui = otra.texto(fila, 2), visible.texto(fila, 2)
            if dice and dice != aqui:
                remedio = (
                    f"la hoja «{otra.nombre}» es otra copia de «{visible.nombre}», y en esa celda"
                    " dice otra cosa: deje en el libro solo la hoja que vale"
                )
                yield Defecto(
                    Celda(visible.nombre, fila, 2, titulo), aqui or None, "dos-copias", remedio
                )


def _en_duda(visible: Hoja, oculta: Hoja | None, datos: list[Dato]) -> list[Defecto]:
    """Las celdas de las respuestas y de las claves que no se pudieron leer, o cuya cifra su formato
    deja en duda.
    """
    titulos = _de_respuestas(datos) | {int(x[1:]): "" for x in (FECHA, CARGO)}
    de_cifras = {int(d[c]) for d in datos for c in NUMERICAS if d[c]}
    salida: list[Defecto] = []
    for dato in datos:
        fila = int(dato["fila"])
        salida += defectos_de_lectura(Zona(visible, range(fila, fila + 1), {1: dato["kpi"]}))
    for fila, titulo in sorted(titulos.items()):
        salida += defectos_de_lectura(
            Zona(visible, range(fila, fila + 1), {2: titulo}, (2,) if fila in de_cifras else ())
        )
    if oculta is None:
        return [
            *salida,
            *defectos_de_lectura(
                Zona(visible, range(1, len(visible.filas) + 1), {ord(CLAVES) - 64: "claves"})
            ),
        ]
    columnas = dict(enumerate(_titulos_ocultos(oculta), 1))
    return [*salida, *defectos_de_lectura(Zona(oculta, range(2, len(oculta.filas) + 1), columnas))]


def _de_la_hoja_oculta(oculta: Hoja) -> tuple[str, str, list[Dato]] | None:
    titulos = _titulos_ocultos(oculta)
    if titulos != [c for c in COLUMNAS_OCULTAS if c in titulos or c not in DE_CUANTOS]:
        return None
    de_antes = dict.fromkeys(DE_CUANTOS, "")
    filas = (
        de_antes
        | {c: oculta.texto(f, i).removeprefix("t").strip() for i, c in enumerate(titulos, 1)}
        for f in range(PRIMERA_OCULTA, len(oculta.filas) + 1)
    )
    return oculta.texto(2, 2), oculta.texto(3, 2).removeprefix("p "), [d for d in filas if d["kpi"]]


def _titulos_ocultos(oculta: Hoja) -> list[str]:
    """Las columnas de la hoja oculta: una planilla repartida antes de que se preguntara de cuántos
    es un monto no trae esas dos, y se sigue recibiendo.
    """
    textos = (oculta.texto(PRIMERA_OCULTA - 1, c) for c in range(1, len(COLUMNAS_OCULTAS) + 1))
    return [t for t in textos if t]


def _de_la_columna(visible: Hoja) -> tuple[str, str, list[Dato]] | None:
    firma = _en(visible, f"{CLAVES}1")[1].split(ENTRE)
    if len(firma) != 3:
        return None
    return firma[1], firma[2], list(_claves(visible))


def _claves(visible: Hoja) -> Iterator[Dato]:
    for fila in range(2, len(visible.filas) + 1):
        partes = _en(visible, f"{CLAVES}{fila}")[1].split(ENTRE)
        if len(partes) == len(DE_LA_CLAVE) + 1:
            donde = {c: str(v) for c, v in _bloque(fila, partes[-1]).items()}
            yield dict(zip(DE_LA_CLAVE, partes, strict=False)) | donde


def _bloque(fila: int, clase: str) -> dict[str, int | str]:
    return filas_del_bloque(fila, clase.startswith(RAZON), clase.endswith(MONTO))


def _completo(dato: Dato) -> bool:
    """Si la entrada dice en qué filas están sus respuestas: alguien pudo tocar la hoja oculta."""
    cifras = [dato[c] for c in NUMERICAS if dato[c]]
    de_cuantos = [dato[c] for c in DE_CUANTOS if dato[c]]
    return (
        es_periodo(dato["periodo"])
        and bool(cifras)
        and all(
            t.isascii() and t.isdigit() for t in (*cifras, *de_cuantos, *(dato[c] for c in FILAS))
        )
    )


def _en(hoja: Hoja, referencia: str, titulo: str = "", cifra: bool = False) -> tuple[Celda, str]:
    columna, fila = ord(referencia[0]) - 64, int(referencia[1:])
    return Celda(hoja.nombre, fila, columna, titulo), (
        hoja.cifra(fila, columna) if cifra else hoja.texto(fila, columna)
    )


def _fecha(hoja: Hoja, lote: Lote) -> tuple[Celda, str]:
    celda, texto = _en(hoja, FECHA, "fecha de cierre")
    dia = dia_escrito(texto)
    if dia is None:
        probable = dia_probable(texto)
        lote.defectos.append(
            Defecto(
                celda,
                texto or None,
                "fecha-de-cierre",
                f"escriba {probable}, si es esa la fecha en que cerró las cifras"
                if probable
                else "escriba la fecha en que cerró las cifras, como 2026-10-31",
            )
        )
    return celda, dia or texto


def _respuesta(lote: Lote, hoja: Hoja, dato: Mapping[str, str], fecha: tuple[Celda, str]) -> None:
    rotulo, titulo = _en(hoja, f"A{dato['fila']}")
    if not titulo.startswith(dato["kpi"]):
        lote.defectos.append(Defecto(rotulo, titulo, "planilla-sin-estructura", PIDA_OTRA))
        return
    medido, eleccion = _en(hoja, f"B{dato['medido']}", f"{dato['kpi']} ¿se midió?")
    celdas = {"medida": medido, "fecha_dato": fecha[0]}
    numeros = {}
    for campo in ("numerador", "denominador", "valor"):
        if dato[campo]:
            celdas[campo], numeros[campo] = _en(
                hoja, f"B{dato[campo]}", f"{dato['kpi']} {campo}", cifra=True
            )
    celdas["nota"], nota = _en(hoja, f"B{dato['nota']}", f"{dato['kpi']} nota")
    nota, mal = _de_cuantos(hoja, dato, " ".join(nota.split()))
    campos = {
        c: dato[c] for c in ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente", "naturaleza")
    } | numeros
    medida = Medida(
        campos | {"fecha_dato": fecha[1], "estado": "preliminar", "nota": nota},
        celdas,
    )
    defecto = _contradiccion(eleccion, numeros, medida) or mal
    if defecto:
        lote.defectos.append(defecto)
    elif OPCIONES.get(plegado(eleccion), True):
        lote.medidas.append(medida)
    else:
        lote.no_medidas.append(medida)


def _de_cuantos(hoja: Hoja, dato: Mapping[str, str], nota: str) -> tuple[str, Defecto | None]:
    """La nota de un monto con su respuesta delante, si están las dos; y la mal escrita.

    Callarlas se admite: el monto se recibe y se protege.
    """
    if not dato["aportan"]:
        return nota, None
    celda, cuantos = _en(hoja, f"B{dato['aportan']}", f"{dato['kpi']} cuántos", cifra=True)
    de_mayor, mayor = _en(hoja, f"B{dato['mayor']}", f"{dato['kpi']} más de la mitad")
    entero = cuantos.removesuffix(".0")
    if cuantos and not (entero.isascii() and entero.isdigit() and 0 < int(entero) < MUCHOS):
        remedio = "escriba un número entero, de 1 a más, o deje la celda vacía"
        return nota, Defecto(celda, cuantos, "cuantos-aportan", remedio)
    if mayor and plegado(mayor) not in PASAN:
        remedio = f"elija «{PASA}» o «{NO_PASA}», o deje la celda vacía"
        return nota, Defecto(de_mayor, mayor, "uno-pasa-de-la-mitad", remedio)
    if not cuantos or not mayor:
        return nota, None
    return con_aportes(nota, int(entero), PASAN[plegado(mayor)]), None


def _contradiccion(eleccion: str, numeros: Mapping[str, str], medida: Medida) -> Defecto | None:
    celda, dicho = medida.celda("medida"), OPCIONES.get(plegado(eleccion))
    llenos = [c for c, v in numeros.items() if v]
    if eleccion and dicho is None:
        return Defecto(celda, eleccion, "se-midio-o-no", f"elija «{SI}» o «{NO}»")
    if not eleccion and not llenos:
        return Defecto(
            celda,
            None,
            "sin-respuesta",
            f"elija «{NO}» si no se midió, o llene los números (0 es «se midió y no hubo»)",
        )
    if dicho is False and llenos:
        return Defecto(
            medida.celda(llenos[0]),
            numeros[llenos[0]],
            "no-se-midio-con-numeros",
            f"borre los números, o elija «{SI}»",
        )
    if dicho is not False and len(llenos) < len(numeros):
        vacio = next(c for c in numeros if not numeros[c])
        return Defecto(
            medida.celda(vacio),
            None,
            "numero-ausente",
            f"escriba el número (0 si no hubo), o elija «{NO}» y deje vacíos los demás",
        )
    return None
