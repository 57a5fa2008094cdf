"""``observatorio plan --generar``: completa el plan con el catálogo sin tocar lo que escribieron
las personas.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from ruamel.yaml.comments import CommentedSeq

from ..base.archivos import escribir_texto
from ..base.periodos import meses_fin
from ..base.yaml_editable import editor, escrito
from ..catalogo import Catalogo
from ..catalogo.plan_de_recojo import ANEXOS, ARCHIVO, DISTRITO, PLAZOS, Dato, dato_de
from ..rutas import Proyecto

CABECERA = """# yaml-language-server: $schema=esquemas/plan-de-recojo.schema.json
# Plan de recojo del año: qué dato, cada cuánto, de qué fuente, por qué medio, \
quién responde y hasta cuándo.
# Lo completa «observatorio plan --generar» con el catálogo; lo que usted escriba aquí no se pierde.
#
# plazos: días desde el fin del periodo, por frecuencia. En un dato, «plazo_dias: 45» manda sobre \
ellos, y
#   «prorrogas: {2026-S1: 2026-09-30}» sobre ambos. La que se retira no se borra: se escribe en su \
lugar la fecha
#   de antes, y los calendarios ya guardados la toman con la siguiente fecha de corte.
# origen: primaria, la recoge el observatorio o sus aliados en el lugar; secundaria, la \
produce otra institución.
# informan: quiénes entregan: distrito, anexos (todos), el código de {{un-anexo}}, o un tipo de \
unidad de
#   data/unidades.csv (cada una entrega la suya).
# desde: en los datos bienales, un año en que tocó medir.
# descargos: lo que la oficina explica de un periodo:
#   «descargos: {2026-S1: {fecha: 2026-09-20, texto: Por qué, documento: Oficio 12-2026}}».
# no_puede_llegar: por qué ninguna entrega puede llegar; de una fuente con
#   «cobertura_distrital: false» ya se sabe.
# retiro: «retiro: {desde: 2026-T3, motivo: Por qué ya no se pide}».
"""


@dataclass(frozen=True, slots=True)
class Generado:
    """Qué cambió en el plan: códigos añadidos, y los que el catálogo ya no tiene (se dejan para que
    alguien decida).
    """

    anadidos: list[str]
    ajenos: list[str]


def generar(
    proyecto: Proyecto, catalogo: Catalogo, observaciones: pl.DataFrame, unidades: pl.DataFrame
) -> Generado:
    """Escribe ``data/plan-de-recojo.yml``: añade los KPI y campos que faltan, en el orden del
    catálogo.
    """
    yaml, ruta = editor(), proyecto.data / ARCHIVO
    if ruta.exists():
        documento = yaml.load(ruta.read_text(encoding="utf-8"))
    else:
        documento = yaml.load(
            catalogo.territorio.anexos_se_llaman.lleno(CABECERA)
            + f"anio: {catalogo.territorio.fecha_corte.year}\nplazos: {{}}\ndatos: {{}}\n"
        )
        documento["plazos"] = dict(PLAZOS)
        documento["datos"] = yaml.load("{}\n")
        documento["datos"].fa.set_block_style()
    datos, anadidos = documento["datos"], []
    quienes = informantes(observaciones, unidades, len(catalogo.territorio.anexos))
    bienales = _bienales(observaciones)
    for posicion, kpi in enumerate(catalogo.kpis.values()):
        propio = dato_de(kpi, quienes.get(kpi.codigo, (DISTRITO,)))
        if kpi.frecuencia == "bienal" and kpi.codigo in bienales:
            propio = propio.model_copy(update={"desde": bienales[kpi.codigo]})
        if kpi.codigo in datos:
            _completar(datos[kpi.codigo], propio)
        else:
            datos.insert(min(posicion, len(datos)), kpi.codigo, _como_yaml(propio))
            anadidos.append(kpi.codigo)
    escribir_texto(ruta, escrito(documento))
    return Generado(anadidos, sorted(set(datos) - set(catalogo.kpis)))


def informantes(
    observaciones: pl.DataFrame, unidades: pl.DataFrame, anexos: int
) -> dict[str, tuple[str, ...]]:
    """Quiénes han entregado cada KPI hasta hoy: el distrito, los anexos (todos, o cuáles) o un tipo
    de unidad.
    """
    tipos = (
        unidades.select("codigo", "tipo")
        if unidades.height
        else pl.DataFrame(schema={"codigo": pl.String, "tipo": pl.String})
    )
    quien = (
        pl.when(pl.col("tipo").is_not_null())
        .then("tipo")
        .when(pl.col("lugar").str.len_chars() > 6)
        .then("lugar")
        .otherwise(pl.lit(DISTRITO))
    )
    hay = (
        observaciones.join(tipos, left_on="unidad", right_on="codigo", how="left")
        .select("kpi", quien.alias("quien"))
        .unique()
        .sort("kpi", "quien")
    )
    salida: dict[str, list[str]] = {}
    for kpi, nombre in hay.iter_rows():
        salida.setdefault(kpi, []).append(nombre)
    return {k: _resumidos(v, anexos) for k, v in salida.items()}


def _resumidos(nombres: list[str], anexos: int) -> tuple[str, ...]:
    """Si entregan todos los anexos, se dice «anexos»."""
    lugares = [n for n in nombres if n.isdigit()]
    otros = [n for n in nombres if not n.isdigit()]
    partes = [ANEXOS] if lugares and len(lugares) == anexos else lugares
    return tuple([n for n in otros if n == DISTRITO] + partes + [n for n in otros if n != DISTRITO])


def _bienales(observaciones: pl.DataFrame) -> dict[str, str]:
    """Último año medido de cada KPI: dice si los años que tocan son pares o impares."""
    anuales = observaciones.filter(pl.col("periodo").str.len_chars() == 4)
    return {
        k: p
        for k, p in anuales.group_by("kpi").agg(pl.col("periodo").max()).iter_rows()
        if meses_fin(p)
    }


def _como_yaml(dato: Dato) -> dict[str, object]:
    crudo = dato.model_dump(mode="json", exclude_none=True)
    for campo in ("prorrogas", "descargos"):
        if not crudo[campo]:
            del crudo[campo]
    crudo["informan"] = CommentedSeq(crudo["informan"])
    crudo["informan"].fa.set_flow_style()
    return crudo


def _completar(existente: dict, propio: Dato) -> None:
    for campo, valor in _como_yaml(propio).items():
        if campo not in existente:
            existente[campo] = valor
