"""La ficha técnica de un KPI y cómo se calculó, para su página."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.numeros import con_unidad
from ...base.periodos import de_periodo, legible
from ...catalogo.naturalezas import ROTULOS
from ..pieza import esc
from ..tablas import marca_html
from .control import control_html
from .pasos import Paso, cifra, explicar, partes_de

if TYPE_CHECKING:
    from ...catalogo.modelos import Kpi
    from ...metodo.registros import Analisis, Evaluacion
    from ...resultados.mision import MisionAbierta

CUENTAS = {
    "muestra": "sus cuentas son una muestra",
    "atendidos": "cuenta a quienes fueron atendidos o se inscribieron",
    "completo": "recuento completo",
}


def ficha_html(m: MisionAbierta, k: Kpi, e: Evaluacion) -> str:
    """Lo que el KPI es: qué mide, cómo, con qué fuente y quién responde."""
    formula = (
        k.formula.numerador
        if k.formula.denominador is None
        else f"{k.formula.numerador} ÷ {k.formula.denominador}"
        + (f" × {cifra(k.formula.factor)}" if k.formula.factor != 1 else "")
    )
    meta = (
        (k.meta.nota or f"origen: {k.meta.origen}")
        if k.meta
        else "dato protegido"
        if e.meta_protegida
        else "por fijar por el comité"
    )
    campos = {
        "Qué mide": k.definicion,
        "Cómo se calcula": formula,
        "Por qué importa": k.justificacion,
        "Qué no dice": k.limitaciones,
        "Declaración de interés": m.hoja.interes or "",
        "Sentido": k.sentido,
        "Frecuencia": f"{k.frecuencia}, con {k.gracia} meses de gracia",
        "Fuente": (
            f"{m.fuentes[k.fuente].titulo} ({m.fuentes[k.fuente].institucion}); {k.medio_recojo};"
            f" {CUENTAS[m.fuentes[k.fuente].conteo]}"
        ),
        "Responsable": k.responsable,
        "Línea de base": linea_de_base(k, e.base_protegida),
        "Meta": meta,
        "Se abre por": ", ".join(m.territorio.se_dice(d) for d in k.desagregaciones)
        or "no se abre",
        "Clasificación": (
            f"ODS {k.ods} · {k.pilar_asg} · {k.perspectiva_bsc} · {k.relevancia} ·"
            f" {k.tipo_agregacion} · {k.estado}"
        ),
    }
    cuerpo = "".join(f"<dt>{esc(n)}</dt><dd>{esc(v)}</dd>" for n, v in campos.items() if v.strip())
    return f"<dl>{cuerpo}</dl>"


def pasos_de(m: MisionAbierta, k: Kpi, e: Evaluacion, a: Analisis) -> list[Paso]:
    """Los pasos con que se llegó a su estado."""
    return explicar(
        k,
        e,
        a,
        m.territorio.metodo,
        m.territorio.fecha_corte,
        partes_de(m.observaciones, e, m.territorio.ubigeo),
    )


def control_de_serie(m: MisionAbierta, k: Kpi) -> str:
    """El control XmR de su serie, o por qué no lo lleva; vacío si no es mensual ni trimestral."""
    naturalezas = set(m.publicas_de(k.codigo)["naturaleza"])
    marca = marca_html("demostracion" if "demostracion" in naturalezas else "")
    return control_html(k, m.controles[k.codigo], marca)


def linea_de_base(k: Kpi, protegida: bool) -> str:
    """La cifra, su año, de qué naturaleza es y su nota: «45.3 %, año no declarado (se asume 2021);
    declarado por…».
    """
    base = k.linea_base
    if protegida:
        return "dato protegido"
    if base is None or not k.publico:
        return ""
    cuando = (
        de_periodo(base.periodo)
        if base.periodo
        else f"año no declarado (se asume {legible(base.periodo_efectivo)})"
    )
    casos = (
        f" ({cifra(base.numerador)} de {cifra(base.denominador)})"
        if base.denominador is not None
        else ""
    )
    return (
        f"{base.cota or ''}{con_unidad(base.valor, k.unidad, k.decimales)}{casos}, {cuando};"
        f" {ROTULOS[base.naturaleza].sello}. {base.nota or ''}"
    )
