"""Las piezas de la página y del boletín de una misión."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalogo.direcciones import pagina_de_kpi
from ..catalogo.naturalezas import ROTULOS
from ..metodo.estados import ESTADOS
from ..resultados.procedencia import reunir
from . import boletin
from .filas import Balance, Fila, balance, filas, objetivos, principales
from .hallazgo import de_conjunto
from .matrices import Renglon, matriz_html, usados
from .pieza import MARCA_DE_CUADERNO, Pieza, a_los_datos, esc
from .sello_conjunto import linea_html
from .sellos import por_fuente
from .tablas import certeza_html, marca_html, sello_de_fila, sello_html, tabla_kpis

if TYPE_CHECKING:
    from ..resultados.mision import MisionAbierta


def titular(m: MisionAbierta) -> Pieza:
    """La meta de la misión y, por cada KPI principal, de dónde viene, dónde está y adónde va."""
    resumen, claves = balance(m), principales(m)
    return Pieza(
        "titular",
        _titular_html(m, claves, resumen),
        boletin.titular(m.hoja.meta_2030, m.resumen, resumen.salvedad, claves),
    )


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
    evaluados = "indicador se pudo" if m.resumen.kpis == 1 else "indicadores se pudieron"
    return (
        f'<div class="titular">{AVISO_DEMO if demo else ""}<p class="meta-mision"><span'
        f' class="rotulo-meta">Meta al {m.territorio.horizonte}</span>'
        f' {esc(m.hoja.meta_2030)}</p><p class="hallazgo">{_hallazgo(m)}</p>'
        '<dl class="cifras"><div class="principal"><dt>Avance de la'
        f" misión</dt><dd{clase}>{esc(b.avance)}{demo if medido else ''}</dd><dd"
        f' class="detalle">{franja}{esc(b.cotas)}</dd></div>'
        f"<div><dt>Cobertura</dt><dd>{m.resumen.evaluados}"
        f' de {m.resumen.kpis}{demo}</dd><dd class="detalle">{evaluados}'
        f" evaluar</dd></div><div><dt>Alerta</dt><dd>{m.resumen.en_retroceso}{demo}</dd><dd"
        ' class="detalle">peor que en su línea de'
        f" base{f': {b.salvedad}' if b.salvedad else ''}</dd></div></dl>{_sello(m)}"
        f"{_interes(m)}<h2"
        f' id="meta">{"El indicador" if len(claves) == 1 else "Los indicadores"} de la meta</h2><ul'
        f' class="tarjetas">{"".join(map(_tarjeta, claves))}</ul></div>'
    )


def _hallazgo(m: MisionAbierta) -> str:
    return de_conjunto(m.evaluados, m.analizados).html


def _sello(m: MisionAbierta) -> str:
    """De dónde sale el resumen de la misión; las fuentes una a una, al final de la página."""
    enlaces = (
        ("Fuentes", "#fuentes"),
        ("cuaderno", MARCA_DE_CUADERNO),
        a_los_datos("misiones.json"),
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
    una = len(f.naturalezas) == 1
    comun = next(iter(f.naturalezas)) if una else ""
    base, ultimo = ("", "") if una else (f.marca_base, f.marca_ultimo)
    return (
        f'<li class="tarjeta"><h3><a href="../../{pagina_de_kpi(f.codigo)}">{esc(f.nombre)}</a>'
        f"{marca_html(comun)}</h3>"
        '<dl class="recorrido"><div><dt>Partimos'
        f" de</dt><dd>{esc(f.base)}{marca_html(base)}"
        f"<small>{esc(f.base_periodo)}</small></dd></div>"
        '<div class="hoy"><dt>Último'
        f" dato</dt><dd>{esc(f.ultimo)}{marca_html(ultimo)}"
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
            f"nivel={n}",
            _identificador(m),
        )
        for n in metodo.numeros_de_nivel
    ]
    todos = Renglon("Todos", "todos los niveles", {}, "", ancla=_identificador(m))
    demo = marca_html("demostracion") if m.resumen.demostracion else ""
    html = matriz_html(
        "Cuántos indicadores hay en cada estado; toque un número para ver cuáles",
        "Nivel",
        renglones,
        todos,
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
    return tabla_kpis(_identificador(m), filas(m), objetivos(m), m.territorio.metodo)


def _identificador(m: MisionAbierta) -> str:
    """El de la tabla de sus KPI: adonde llevan los números de la matriz."""
    return f"tabla-{m.hoja.codigo.lower()}"


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
