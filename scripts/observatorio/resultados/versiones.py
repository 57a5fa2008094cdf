"""El contenido exacto de un producto: lo que un comité aprueba, y contra lo que se compara después.

Lleva los datos públicos, los textos y el método, y nada de cómo se ven: ni estilos, ni letras, ni
motor, ni la redacción que el programa genera. Todo sale de lo ya protegido: una versión guardada no
sabe más que la página.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ..actas.cadena import canonico
from ..base.huellas import suma_de
from ..base.numeros import canonico as canonico_de
from ..base.por_clave import PorClave
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi, Mision
from ..metodo.registros import Evaluacion

DE_META = frozenset({"meta", "logros_esperados"})
DE_BASE = frozenset({"linea_base"})
DE_TEXTO = frozenset(
    {
        "nombre",
        "nombre_corto",
        "responsable",
        "justificacion",
        "limitaciones",
        "dimension",
        "pilar_asg",
        "ods",
        "perspectiva_bsc",
        "objetivo_plan",
        "medio_recojo",
        "principal",
        "relevancia",
    }
)
SIN_CONTENIDO = frozenset({"estado"})
"""De una ficha, lo que dice de su aprobación y no de sí misma. Todo lo que no es meta, línea de
base ni texto es método: un campo nuevo cuenta como método mientras nadie diga otra cosa.
"""
CIFRA = ("periodo", "lugar", "grupo", "unidad", "fuente")
"""Lo que distingue una cifra de otra del mismo KPI."""
NUMEROS = ("valor", "numerador", "denominador")
DE_LA_CIFRA = ("estado", "naturaleza")


@dataclass(frozen=True)
class Insumos:
    """De dónde sale el contenido de cualquier producto. ``cifras``: las ``aprobables`` de cada KPI;
    ``textos``: lo que dice el archivo de los que son un archivo.
    """

    catalogo: Catalogo
    cifras: PorClave
    evaluados: Mapping[str, Evaluacion]
    textos: Mapping[str, str]


def contenido_de(insumos: Insumos, producto: str) -> dict[str, Any] | None:
    """El contenido de ``producto``; nada, si hoy no existe."""
    tipo, _, nombre = producto.partition("/")
    catalogo = insumos.catalogo
    propio: dict[str, Any] | None = None
    if tipo == "mision":
        suya = next((m for m in catalogo.misiones if m.slug == nombre), None)
        propio = _de_mision(insumos, suya) if suya else None
    elif tipo == "kpi":
        kpi = catalogo.kpis.get(nombre)
        propio = _de_fichas(catalogo, [kpi]) if kpi else None
    elif tipo == "catalogo":
        propio = _de_fichas(catalogo, catalogo.kpis.values())
        propio["texto"] |= {c: t for m in catalogo.misiones for c, t in _textos(m).items()}
    elif tipo == "planilla":
        propio = {"metodo": {k.codigo: _preguntado(k) for k in catalogo.kpis.values()}}
    elif (texto := insumos.textos.get(producto)) is not None:
        propio = {"texto": {producto: texto}}
        if tipo == "metodologia":
            propio["metodo"] = _metodo_comun(catalogo, catalogo.fuentes)
    if propio is None:
        return None
    return {"producto": producto, "demostracion": False} | propio


def en_bytes(contenido: Mapping[str, Any]) -> bytes:
    """La escritura canónica, que es la que se guarda y se firma."""
    return canonico(contenido)


def huella_de(crudo: bytes) -> str:
    """La versión: SHA-256 de su contenido."""
    return suma_de(crudo)


def _de_mision(insumos: Insumos, mision: Mision) -> dict[str, Any]:
    """La edición de una misión. Si muestra datos de demostración, la versión lo dice, y solo se
    puede ensayar.
    """
    fichas = _de_fichas(insumos.catalogo, mision.kpis)
    evaluados = {k.codigo: insumos.evaluados[k.codigo] for k in mision.kpis}
    datos = {k.codigo: _cifras(insumos.cifras.de(k.codigo)) for k in mision.kpis}
    return fichas | {
        "texto": fichas["texto"] | _textos(mision),
        "datos": datos,
        "estados": {c: e.estado for c, e in evaluados.items() if _firme(e)},
        "con_cifra": sum(
            e.valor is not None and e.naturaleza != "demostracion" for e in evaluados.values()
        ),
        "kpis": len(mision.kpis),
        "demostracion": any(
            cifra[-1] == "demostracion" for d in datos.values() for cifra in d.values()
        ),
    }


def _textos(mision: Mision) -> dict[str, Any]:
    """Lo que dicen la misión y sus OKR."""
    okrs = {o.codigo: o.model_dump(mode="json", exclude={"kpis", "estado"}) for o in mision.okrs}
    return {mision.codigo: mision.model_dump(mode="json", exclude={"okrs"})} | okrs


def _sin_base_inventada(kpi: Kpi) -> Kpi:
    base = kpi.linea_base
    if base is None or base.naturaleza != "demostracion":
        return kpi
    return kpi.model_copy(update={"linea_base": None})


def _firme(e: Evaluacion) -> bool:
    """¿Sale ese estado de cifras que no son de demostración?"""
    return "demostracion" not in (e.naturaleza, e.naturaleza_resultado)


def _de_fichas(catalogo: Catalogo, kpis: Iterable[Kpi]) -> dict[str, Any]:
    """El método, las metas, las líneas de base y los textos de unas fichas. Una línea de base de
    demostración no entra: la aprobación no la alcanza, y la de verdad llega con su propia acta.
    """
    todos = list(kpis)
    suyos = [_sin_base_inventada(k) for k in todos]
    escritas = {k.codigo: k.model_dump(mode="json", exclude=set(SIN_CONTENIDO)) for k in suyos}
    usadas = {k.fuente for k in suyos}

    def parte(campos: frozenset[str]) -> dict[str, dict[str, Any]]:
        return {c: {n: v for n, v in f.items() if n in campos} for c, f in escritas.items()}

    de_metodo = frozenset(Kpi.model_fields) - DE_META - DE_BASE - DE_TEXTO
    return {
        "metodo": parte(de_metodo) | _metodo_comun(catalogo, usadas),
        "metas": parte(DE_META),
        "lineas_base": parte(DE_BASE),
        "texto": parte(DE_TEXTO),
        "bases_sin_aprobar": sorted(
            k.codigo for k, suyo in zip(todos, suyos, strict=True) if k is not suyo
        ),
    }


def _metodo_comun(catalogo: Catalogo, fuentes: Iterable[str]) -> dict[str, Any]:
    """Lo que el comité decide para todos, y lo que de cada fuente cambia un cálculo."""
    return {
        "parámetros": catalogo.territorio.metodo.model_dump(mode="json"),
        "fuentes": {
            i: catalogo.fuentes[i].model_dump(mode="json", include={"quiebres", "conteo"})
            for i in sorted(fuentes)
            if i in catalogo.fuentes
        },
    }


def _preguntado(kpi: Kpi) -> dict[str, Any]:
    return kpi.model_dump(
        mode="json",
        include={"nombre", "definicion", "unidad", "formula", "frecuencia", "desagregaciones"},
    )


def aprobables(publica: pl.DataFrame) -> pl.DataFrame:
    """Las cifras que una aprobación alcanza: las que se publican tal cual. De una protegida no se
    guarda ni que existe.
    """
    return publica.filter(~pl.col("protegido") & (pl.col("agrupado") == 0))


def _cifras(propias: pl.DataFrame) -> dict[str, list[Any]]:
    """``«periodo|lugar|grupo|unidad|fuente» → [valor, numerador, denominador, estado, naturaleza]``
    de cada una.
    """
    return {
        "|".join(str(f[c]) for c in CIFRA): [
            *(canonico_de(f[c]) for c in NUMEROS),
            *(f[c] for c in DE_LA_CIFRA),
        ]
        for f in propias.iter_rows(named=True)
    }
