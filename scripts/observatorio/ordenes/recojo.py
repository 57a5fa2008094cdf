"""Órdenes del recojo: ``planilla``, ``importar`` y ``plan``."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..errores import ErrorDeUso
from ..rutas import Proyecto
from .preguntar import pregunta
from .salida import BIEN, DATOS, informar

if TYPE_CHECKING:
    from ..recojo.abrir import Opciones
    from ..recojo.recepcion import LoteConDefectos


def registrar(ordenes: argparse._SubParsersAction) -> None:
    p = ordenes.add_parser(
        "planilla",
        help=(
            "escribe la hoja que un responsable llena y devuelve, o el formulario de encuesta de"
            " un KPI"
        ),
    )
    p.add_argument(
        "--formulario",
        metavar="KPI",
        help=(
            "en vez de la planilla, el formulario de KoboToolbox u ODK (XLSForm) de ese KPI, y su"
            " mapeo al lado"
        ),
    )
    p.add_argument(
        "--responsable",
        metavar="X",
        help="responsable del plan, o código o nombre de una unidad (si no existe, se listan)",
    )
    p.add_argument(
        "--periodo",
        metavar="P",
        help="2026, 2026-S1, 2026-T3 o 2026-05; incluye los periodos más cortos que caben en él",
    )
    p.add_argument(
        "--con",
        choices=("grupos", "anexos"),
        action="append",
        default=[],
        help="pide también los grupos ya medidos, o cada lugar de los «anexos» del territorio",
    )
    p.add_argument(
        "--a",
        type=Path,
        default=None,
        metavar="RUTA",
        help="archivo .xlsx que se escribe (planillas/…)",
    )
    p.set_defaults(hacer=_planilla)

    i = ordenes.add_parser(
        "importar",
        help="recibe una planilla, una tabla, una encuesta o un reporte del sector, y da un recibo",
    )
    i.add_argument("archivo", type=Path, help=".xlsx, .ods, .xls, .csv, o el .zip de ODK")
    i.add_argument(
        "--mapeo",
        metavar="NOMBRE",
        help="mapeo de data/mapeos/ con que se lee (si no se dice, el que coincida)",
    )
    i.add_argument(
        "--hoja",
        metavar="NOMBRE",
        help="hoja del libro que se lee, si hay varias con las mismas columnas",
    )
    i.add_argument("--periodo", metavar="P", help="periodo, si el reporte no lo dice")
    i.add_argument(
        "--fecha-dato",
        type=_fecha,
        metavar="FECHA",
        help="fecha de los datos, si el reporte no la dice",
    )
    i.add_argument("--motivo", help="por qué es cierto lo que la compuerta advierte; se publica")
    i.add_argument("--quien", help="cargo de quien lo dice")
    i.add_argument("--si", action="store_true", help="no pregunta")
    i.add_argument(
        "--recibido",
        type=_fecha,
        default=None,
        metavar="FECHA",
        help="día en que llegó el archivo (hoy)",
    )
    i.set_defaults(hacer=_importar)

    r = ordenes.add_parser("plan", help="dice qué entregas están atrasadas a la fecha de corte")
    r.add_argument(
        "--generar",
        action="store_true",
        help="completa data/plan-de-recojo.yml con el catálogo, sin tocar lo escrito",
    )
    r.add_argument(
        "--todo",
        action="store_true",
        help="lista todas las entregas del año, no solo las atrasadas",
    )
    r.set_defaults(hacer=_plan)


def _fecha(texto: str) -> date:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{texto}» no es una fecha como 2026-10-31") from None


def _periodo_bien_escrito(periodo: str) -> None:
    from ..base.periodos import es_periodo

    if not es_periodo(periodo):
        raise ErrorDeUso(f"«{periodo}» no es un periodo: escriba 2026, 2026-S1, 2026-T3 o 2026-05")


def _planilla(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.escritura import exigir_archivo
    from ..base.palabras import contados
    from ..base.plegado import slug
    from ..catalogo.plan_de_recojo import fin_de, leer_plan
    from ..recojo.planillas.planilla import Encabezado, escribir_planilla
    from ..recojo.planillas.preguntas import buscar, preguntar
    from ..validar import pasar

    if opciones.formulario:
        return _formulario(proyecto, opciones)
    faltan = [f"--{o}" for o in ("responsable", "periodo") if not getattr(opciones, o)]
    if faltan:
        raise ErrorDeUso(
            f"falta {' y '.join(faltan)}: una planilla es de un responsable y de un periodo (o diga"
            " --formulario y un KPI)"
        )
    _periodo_bien_escrito(opciones.periodo)
    if opciones.a:
        exigir_archivo(opciones.a, "planilla.xlsx")
    catalogo, validacion = pasar(proyecto)
    plan = leer_plan(proyecto, catalogo)
    quien = buscar(plan, validacion.unidades, opciones.responsable)
    preguntas = preguntar(
        plan, catalogo, validacion.observaciones, quien, opciones.periodo, opciones.con
    )
    if not preguntas:
        suyas = (
            ", ".join(sorted({f"{c} ({plan.datos[c].frecuencia})" for c in quien.codigos}))
            or "ninguno"
        )
        raise ErrorDeUso(
            f"a «{quien.nombre}» no le toca ningún dato que termine en {opciones.periodo}. Sus"
            f" datos: {suyas}"
        )
    ruta = (
        opciones.a or proyecto.raiz / "planillas" / f"{slug(quien.nombre)}-{opciones.periodo}.xlsx"
    )
    escribir_planilla(
        ruta,
        catalogo,
        Encabezado(quien.nombre, quien.unidad or quien.nombre, opciones.periodo),
        preguntas,
    )
    recibidas = sum(bool(p.ya) for p in preguntas)
    por_llenar = len(preguntas) - recibidas
    print(
        f"{ruta}: {contados(por_llenar, 'medidas')} por llenar,"
        f" {recibidas} ya {'recibida' if recibidas == 1 else 'recibidas'},"
        f" para {quien.nombre}."
    )
    corte = catalogo.territorio.fecha_corte
    abiertos = sorted({p.periodo for p in preguntas if not p.ya and fin_de(p.periodo) > corte})
    if abiertos:
        print(
            f"Aún no termina, a la fecha de corte ({corte.isoformat()}): {', '.join(abiertos)}. La"
            " planilla se puede enviar ya, pero importarla dará periodo-futuro mientras"
            " fecha_corte, en data/territorio.yml, no pase de ese día.",
            file=sys.stderr,
        )
    return BIEN


def _formulario(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.escritura import exigir_archivo
    from ..base.palabras import contados
    from ..base.plegado import slug
    from ..catalogo import cargar
    from ..recojo.planillas.formulario import escribir_juntos

    if opciones.responsable or opciones.periodo or opciones.con:
        raise ErrorDeUso(
            "un formulario es de un KPI, sin --responsable, --periodo ni --con: sirve todos los"
            " periodos"
        )
    ruta = (
        opciones.a or proyecto.raiz / "planillas" / f"formulario-{slug(opciones.formulario)}.xlsx"
    )
    exigir_archivo(ruta, "formulario.xlsx")
    formulario, mapeo = escribir_juntos(cargar(proyecto), opciones.formulario, ruta)
    print(
        f"{ruta}: formulario de {formulario.kpi.codigo}, con"
        f" {contados(len(formulario.preguntas), 'preguntas')}. Súbalo a KoboToolbox o a ODK."
    )
    print(
        f"{mapeo}: su mapeo. Cópielo a data/mapeos/ y lo exportado entrará con «observatorio"
        " importar»."
    )
    for dimension in formulario.sin_preguntar:
        print(
            f"No pregunta por {dimension}, porque sus categorías se pisan: añada esa pregunta al"
            " formulario y su grupo al mapeo, si hace falta.",
            file=sys.stderr,
        )
    return BIEN


def _importar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..errores import DatosInvalidos
    from ..recojo.diferencia import resumen
    from ..recojo.recepcion import LoteConDefectos, recibir

    def confirmar(diferencia, lote, catalogo) -> bool:
        print("\n".join(resumen(diferencia, lote, catalogo)))
        return opciones.si or pregunta("¿Entran estos datos? [s/N] ")

    dichas = _opciones_de_importar(opciones)
    try:
        r = recibir(
            proyecto, opciones.archivo, dichas, confirmar, opciones.recibido or date.today()
        )
    except LoteConDefectos as e:
        codigo = informar(DatosInvalidos(e.errores), en_json=False, de_fuera=True)
        print("\n".join(e.lote.avisos), end="\n" if e.lote.avisos else "", file=sys.stderr)
        _devolver(e)
        return codigo
    if r.cancelada:
        print("No se escribió nada.", file=sys.stderr)
        return DATOS
    if r.repetida:
        print(
            f"Ya había entrado con el recibo {r.recibo.recibo}; no cambia nada."
            if r.recibo
            else "Todo lo que trae ya estaba, igual; no cambia nada."
        )
        return BIEN
    print(_recibo(proyecto, r.recibo))
    return BIEN


def _devolver(e: LoteConDefectos) -> None:
    """Deja el archivo con sus celdas marcadas, si se puede, y dice dónde."""
    from ..base.escritura import motivo_de
    from ..recojo.devolver import TAL_CUAL, marcar

    try:
        marcado = marcar(e.lote, e.defectos)
    except OSError as x:
        print(
            f"No se pudo dejar en «{e.lote.archivo.parent}» el archivo con sus celdas marcadas:"
            f" {motivo_de(x)}. Cópielo a una carpeta suya y repita.",
            file=sys.stderr,
        )
        return
    if marcado:
        convertido = (
            ""
            if e.lote.archivo.suffix.lower() in TAL_CUAL
            else (
                f" (es una copia en .xlsx: en {e.lote.archivo.suffix.lower()} el observatorio no"
                " puede dejar comentarios)"
            )
        )
        print(
            "Devuelva este archivo a quien lo envió, con sus celdas marcadas:"
            f" {marcado}{convertido}",
            file=sys.stderr,
        )


def _opciones_de_importar(opciones: argparse.Namespace) -> Opciones:
    """Lo dicho en la orden, si se sostiene; lanza ``ErrorDeUso``."""
    from ..recojo.abrir import Opciones

    if opciones.periodo:
        _periodo_bien_escrito(opciones.periodo)
    if bool(opciones.motivo) != bool(opciones.quien):
        falta, para = (
            ("--quien «cargo»", "el motivo se publica con el cargo de quien lo dice")
            if opciones.motivo
            else ("--motivo «por qué»", "quien firma dice por qué")
        )
        raise ErrorDeUso(f"falta {falta}: {para}")
    fecha = opciones.fecha_dato.isoformat() if opciones.fecha_dato else None
    return Opciones(
        opciones.mapeo, opciones.periodo, fecha, opciones.motivo, opciones.quien, opciones.hoja
    )


def _recibo(proyecto: Proyecto, t) -> str:
    lineas = [
        f"RECIBO {t.recibo}   ({t.recibido.isoformat()})",
        f"  archivo: {t.archivo}",
        f"  sha256: {t.sha256}",
        f"  medidas recibidas: {t.medidas}"
        + (
            f", de ellas {t.reemplazan_demostracion} en lugar de la demostración"
            if t.reemplazan_demostracion
            else ""
        ),
        f"  declaradas no medidas: {len(t.no_medidas)}",
        f"  procedencia: {proyecto.relativa(proyecto.recibos / t.recibo)}/procedencia.yml",
        "Pase este recibo a quien envió el archivo. Para verlo en el sitio: observatorio construir",
    ]
    return "\n".join(lineas)


def _plan(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.palabras import contados
    from ..catalogo.plan_de_recojo import ARCHIVO
    from ..recojo.generar_plan import generar
    from ..recojo.seguimiento import NO_LLEGAN, atrasadas, del_proyecto, descargo_escrito, escrita
    from ..validar import pasar

    catalogo, validacion = pasar(proyecto)
    if opciones.generar:
        hecho = generar(proyecto, catalogo, validacion.observaciones, validacion.unidades)
        print(
            f"data/{ARCHIVO}: {contados(len(hecho.anadidos), 'datos añadidos')}"
            + (f"; ya no están en el catálogo: {', '.join(hecho.ajenos)}" if hecho.ajenos else "")
            + "."
        )
        return BIEN
    plan, seguidas = del_proyecto(catalogo, validacion)
    elegidas = seguidas if opciones.todo else atrasadas(seguidas)
    for s in elegidas:
        e, dato = s.entrega, plan.datos[s.entrega.kpi]
        partes = f" ({s.recibidas} de {s.esperadas})" if s.esperadas > 1 else ""
        cuando = f" (hace {s.dias} d)" if s.dias > 0 else f" (en {-s.dias} d)"
        if s.situacion in NO_LLEGAN:
            cuando = ""
        print(
            f"{escrita(s):<14} {e.vence.isoformat()}{cuando}  {e.kpi} {e.periodo}{partes} "
            f" {dato.dato} — {dato.responsable}"
        )
        if s.descargo:
            print(f"    {descargo_escrito(s.descargo)}")
    corte = catalogo.territorio.fecha_corte.isoformat()
    tarde, vencen = len(atrasadas(seguidas)), len(seguidas)
    print(
        f"{contados(tarde, 'entregas atrasadas')} o {'incompleta' if tarde == 1 else 'incompletas'}"
        f" de {vencen} que {'vence' if vencen == 1 else 'vencen'} en {plan.anio}, a la fecha de"
        f" corte ({corte})."
    )
    return BIEN
