"""Las piezas de la página y del boletín de una misión."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ..base.numeros import con_unidad
from ..base.periodos import legible
from ..catalogo.naturalezas import ROTULOS
from ..metodo.estados import ESTADOS
from ..resultados.control import control_de, embudo_de
from ..resultados.procedencia import reunir
from . import boletin
from .control import control_html, embudo_html
from .filas import Balance, Fila, balance, filas, objetivos, principales
from .matrices import Renglon, matriz_html, usados
from .pasos import cifra, explicar, partes_de
from .pasos_escritos import calculo_html
from .pieza import MARCA_DE_CUADERNO, Pieza, esc
from .sello_conjunto import linea_html
from .sellos import entera_html, por_fuente
from .tablas import certeza_html, marca_html, sello_de_fila, sello_html, tabla_kpis

if TYPE_CHECKING:
    from ..catalogo.modelos import Kpi
    from ..metodo.registros import Analisis, Evaluacion
    from ..resultados.mision import MisionAbierta


def titular(m: MisionAbierta) -> Pieza:
    """La meta de la misión y, por cada KPI principal, de dónde viene, dónde está y adónde va."""
    resumen, claves = balance(m), principales(m)
    return Pieza(
        "titular",
        _titular_html(m, claves, resumen),
        boletin.titular(m.hoja.meta_2030, m.resumen, resumen.salvedad, claves),
    )


CUENTAS = {
    "muestra": "sus cuentas son una muestra",
    "atendidos": "cuenta a quienes fueron atendidos o se inscribieron",
    "completo": "recuento completo",
}
AVISO_DEMO = (
    '<p class="aviso-demo"><strong>Cifras de demostración.</strong> Los números con la etiqueta'
    f' <abbr class="marca m-demostracion" title="{ROTULOS["demostracion"].sello}">'
    f"{ROTULOS['demostracion'].etiqueta}</abbr> son inventados"
    " para mostrar cómo se verá el observatorio: no describen la realidad.</p>"
)


def _titular_html(m: MisionAbierta, claves: list[Fila], b: Balance) -> str:
    demo = marca_html("demostracion") if m.resumen.demostracion else ""
    medido = m.resumen.avance is not None
    franja = _franja(m) if medido else ""
    clase = "" if medido else ' class="sin-cifra"'
    return (
        f'<div class="titular">{AVISO_DEMO if demo else ""}<p class="meta-mision"><span'
        f' class="rotulo-meta">Meta al {m.territorio.horizonte}</span>'
        f' {esc(m.hoja.meta_2030)}</p><dl class="cifras"><div class="principal"><dt>Avance de la'
        f" misión</dt><dd{clase}>{esc(b.avance)}{demo if medido else ''}</dd><dd"
        f' class="detalle">{franja}{esc(b.cotas)}</dd></div>'
        f"<div><dt>Cobertura</dt><dd>{m.resumen.evaluados}"
        f' de {m.resumen.kpis}{demo}</dd><dd class="detalle">indicadores se pudieron'
        f" evaluar</dd></div><div><dt>Alerta</dt><dd>{m.resumen.en_retroceso}{demo}</dd><dd"
        ' class="detalle">peor que en su línea de'
        f" base{f': {b.salvedad}' if b.salvedad else ''}</dd></div></dl>{_sello(m)}"
        f"{_interes(m)}<h2"
        f' id="meta">{"El indicador" if len(claves) == 1 else "Los indicadores"} de la meta</h2><ul'
        f' class="tarjetas">{"".join(map(_tarjeta, claves))}</ul></div>'
    )


def _sello(m: MisionAbierta) -> str:
    """De dónde sale el resumen de la misión; las fuentes una a una, al final de la página."""
    enlaces = (
        ("Fuentes", "#fuentes"),
        ("cuaderno", MARCA_DE_CUADERNO),
        ("datos", "../../datos/misiones.json"),
    )
    return linea_html(reunir(m.procedencia.values()), *enlaces)


def _interes(m: MisionAbierta) -> str:
    """La declaración de interés, si la misión la lleva."""
    return (
        f'<p class="aviso"><strong>Declaración de interés.</strong> {esc(m.hoja.interes)}'
        ' <a href="../../acerca.html#financiamiento">Quién financia</a></p>'
        if m.hoja.interes
        else ""
    )


def _franja(m: MisionAbierta) -> str:
    """Barra del avance con sus cotas: lo que daría si lo no medido valiera 0 o 100 %."""
    r = m.resumen
    minimo, maximo, avance = (round(100 * float(v or 0), 1) for v in (r.minimo, r.maximo, r.avance))
    return (
        f'<svg class="franja" aria-hidden="true"><rect class="cotas" x="{minimo:.1f}%"'
        f' width="{maximo - minimo:.1f}%" height="12" rx="6"/><rect class="punto" x="{avance:.1f}%"'
        ' y="-3" width="6" height="18" rx="3" transform="translate(-3)"/></svg>'
    )


def _tarjeta(f: Fila) -> str:
    motivo = f' <span class="motivo">{esc(f.motivo)}</span>' if f.motivo else ""
    return (
        f'<li class="tarjeta"><h3><a href="#{f.codigo}">{esc(f.nombre)}</a></h3>'
        '<dl class="recorrido"><div><dt>Partimos'
        f" de</dt><dd>{esc(f.base)}{marca_html(f.marca_base)}"
        f"<small>{esc(f.base_periodo)}</small></dd></div>"
        '<div class="hoy"><dt>Último'
        f" dato</dt><dd>{esc(f.ultimo)}{marca_html(f.marca_ultimo)}"
        f"<small>{esc(f.ultimo_periodo)}</small></dd></div>"
        f"<div><dt>Meta</dt><dd>{esc(f.meta)}<small>{esc(f.meta_periodo)}</small></dd></div></dl>"
        f"<p>{sello_html(f.estado, f.posible)}{motivo}{certeza_html(f)}</p>{sello_de_fila(f)}</li>"
    )


def matriz(m: MisionAbierta) -> Pieza:
    """Cuántos KPI hay en cada estado, por nivel de contribución."""
    metodo = m.territorio.metodo
    cuenta = {(n, e): c for n, e, c in m.kpis.group_by("nivel", "estado").len().iter_rows()}
    renglones = [
        Renglon(
            f"Nivel {n}<small>{esc(metodo.nombre_de_nivel(n))}</small>",
            f"nivel {n}",
            {e.nombre: cuenta.get((n, e.nombre), 0) for e in ESTADOS},
            "",
            f"nivel={n}&",
        )
        for n in metodo.numeros_de_nivel
    ]
    demo = marca_html("demostracion") if m.resumen.demostracion else ""
    html = matriz_html(
        "Cuántos indicadores hay en cada estado; toque un número para ver cuáles",
        "Nivel",
        renglones,
        demo,
    )
    return Pieza(
        "matriz",
        html,
        boletin.matriz(
            cuenta, usados(renglones), "demostracion" if demo else "documentado", metodo
        ),
    )


def tabla(m: MisionAbierta) -> Pieza:
    """La tabla de los KPI por OKR."""
    identificador = f"tabla-{m.hoja.codigo.lower()}"
    return tabla_kpis(identificador, filas(m), objetivos(m), m.territorio.metodo)


def fichas_tecnicas(m: MisionAbierta) -> Pieza:
    """La ficha técnica de cada KPI, plegada; solo en la página."""
    fichas = "".join(
        _ficha(m, k, m.evaluados[k.codigo], m.analizados[k.codigo]) for k in m.hoja.kpis
    )
    return Pieza(
        "fichas",
        f'<h3 id="fichas">Ficha técnica de cada indicador</h3><div class="fichas">{fichas}</div>',
    )


def _ficha(m: MisionAbierta, k: Kpi, e: Evaluacion, a: Analisis) -> str:
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
        "Se abre por": ", ".join(k.desagregaciones) or "no se abre",
        "Clasificación": (
            f"ODS {k.ods} · {k.pilar_asg} · {k.perspectiva_bsc} · {k.relevancia} ·"
            f" {k.tipo_agregacion} · {k.estado}"
        ),
    }
    cuerpo = "".join(f"<dt>{esc(n)}</dt><dd>{esc(v)}</dd>" for n, v in campos.items() if v.strip())
    pasos = explicar(
        k,
        e,
        a,
        m.territorio.metodo,
        m.territorio.fecha_corte,
        partes_de(m.observaciones, e, m.territorio.ubigeo),
    )
    return (
        f'<details class="ficha" id="ficha-{k.codigo}"><summary><span'
        f' class="codigo">{k.codigo}</span>'
        f" {esc(k.nombre)}</summary><dl>{cuerpo}</dl>{calculo_html(pasos, a.naturaleza_analisis)}"
        f"{_series(m, k, e)}{entera_html(m.procedencia[k.codigo])}<p><a"
        f' href="../../datos/kpi/{k.codigo}.json">Datos de este KPI (JSON)</a></p></details>'
    )


def _series(m: MisionAbierta, k: Kpi, e: Evaluacion) -> str:
    """El control de la serie y el embudo de los anexos, si los lleva."""
    propias = m.observaciones.filter(pl.col("kpi") == k.codigo)
    marca = marca_html("demostracion" if "demostracion" in set(propias["naturaleza"]) else "")
    ubigeo = m.territorio.ubigeo
    return control_html(k, control_de(propias, k, e, ubigeo), marca) + embudo_html(
        k, embudo_de(propias, k, m.fuentes[k.fuente], ubigeo, m.lugares), m.lugares, marca
    )


def linea_de_base(k: Kpi, protegida: bool) -> str:
    """La cifra, su año, de qué naturaleza es y su nota: «45.3 %, año no declarado (se asume 2021);
    declarado por…».
    """
    base = k.linea_base
    if protegida:
        return "dato protegido"
    if base is None or k.acceso != "ciudadano":
        return ""
    cuando = (
        f"de {legible(base.periodo)}"
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


def fuentes_y_notas(m: MisionAbierta) -> Pieza:
    """Las fuentes de las cifras, con su fecha de acceso y su fiabilidad."""
    entradas = [
        (
            f.institucion,
            f.titulo,
            f"consultada el {f.fecha_acceso.isoformat()}, fiabilidad {f.fiabilidad}",
            f.nota or "",
        )
        for f in m.fuentes.values()
    ]
    html = (
        '<ul class="fuentes">'
        + "".join(
            f"<li><strong>{esc(i)}</strong>: {esc(t)}"
            f" <small>{esc(d)}</small>{f'<small>{esc(n)}</small>' if n else ''}</li>"
            for i, t, d, n in entradas
        )
        + "</ul>"
    )
    return Pieza(
        "fuentes",
        html,
        boletin.fuentes(
            m.fuentes,
            por_fuente(m.procedencia),
            m.territorio.metodo,
            m.hoja.interes or "",
        ),
    )
