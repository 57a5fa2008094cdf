"""Renderizador propio de Altair y el tema de los gráficos.

Un gráfico sale del cuaderno como especificación; los SVG de todos se dibujan juntos después
(``dibujo``), en otros procesos. En la página va el SVG con su especificación al lado como JSON
escapado: sin guion en línea.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...base.escapes import json_en_html
from ...base.palabras import y_en_lista
from ...catalogo.naturalezas import ROTULOS
from ...resultados.procedencia import Procedencia, ProcedenciaReunida, reunir
from .. import boletin
from ..pieza import MARCA_DE_CUADERNO, a_los_datos, esc
from ..sello_conjunto import dicho_con_naturaleza
from ..tablas import marca_html
from .admitidos import comprobar
from .cortes import con_cortes
from .dibujo import NUMEROS, dibujar
from .especificacion import especificacion as especificacion_de
from .fechas import en_espanol
from .impresion import medidas, titulos, va_al_boletin
from .tabla import tabla_de

if TYPE_CHECKING:
    import altair as alt

MIME_GRAFICO = "application/vnd.observatorio.grafico+json"
TIPOGRAFIA = "Source Sans Pro"
EN_CONSTRUCCION = "OBSERVATORIO_CONSTRUYE"
TINTA, GRIS, REJILLA = "#1f2937", "#4b5563", "#e5e0d8"
_DEMO = ROTULOS["demostracion"]
MARCA = f' [{_DEMO.etiqueta}]{{.marca .m-demostracion title="{_DEMO.leyenda}"}}'
"""La marca en una frase escrita en Markdown."""
AVISO_DEMO = "Cifras de demostración: no describen la realidad"
TRAZOS = {
    "alcanzado": ("#1d6fa5", "diamond"),
    "en ruta": ("#2e7d4f", "circle"),
    "requiere acelerar": ("#b7791f", "triangle-up"),
    "rezagado": ("#c2541d", "square"),
    "en retroceso": ("#b91c1c", "triangle-down"),
    "dato vencido": ("#6b7280", "cross"),
}
ROLES = re.compile(r' (?:role="graphics-[a-z]+"|aria-(?:roledescription|label|hidden)="[^"]*")')
ETIQUETA = re.compile("<[^>]*>")
MEDIDA = re.compile(r' (?:d|transform|[xy][12]?|width|height)="[^"]*"')
COLUMNA = 448
"""Píxeles de la columna de un gráfico: reducido, el que mide más no se leería."""
SE_DESPLAZA = ' tabindex="0" role="group" aria-label="El gráfico, que se desplaza de lado"'
DE_DENTRO = re.compile(r'(?<=\sid=")(?=(?:clip|gradient_)\d)|(?<=url\(#)(?=(?:clip|gradient_)\d)')
"""Donde un SVG nombra sus recortes y degradados: en una página, dos del mismo nombre son uno."""
DE_MAS = re.compile(r"\d+\.\d{2,}")
_naturalezas: set[str] = set()
_procedencia: dict[str, Procedencia] = {}
_cuadros: dict[str, ProcedenciaReunida] = {}
CODIGO = re.compile(r"\bM\d-K\d\d\b")


def activar() -> None:
    """Registra el renderizador y el tema del observatorio en Altair."""
    import altair as alt

    alt.renderers.register("observatorio", _renderizar)
    alt.renderers.enable("observatorio")
    alt.theme.register("observatorio", enable=True)(tema)  # type: ignore[arg-type]  # Altair pide su TypedDict
    alt.data_transformers.enable("default", max_rows=20000)


def tema() -> dict[str, object]:
    """Tema común: tipografía embebida, números como en Perú, contraste suficiente, sin fondo."""
    texto = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": TINTA,
        "titleColor": TINTA,
        "titleFontWeight": "normal",
    }
    return {
        "config": {
            "font": f"{TIPOGRAFIA}, system-ui, sans-serif",
            "locale": {"number": NUMEROS},
            "view": {"stroke": None},
            "axis": {
                **texto,
                "gridColor": REJILLA,
                "domainColor": GRIS,
                "tickColor": GRIS,
                "labelLimit": 260,
                "aria": False,
            },
            "legend": {
                **texto,
                "orient": "top",
                "titleOrient": "left",
                "symbolSize": 90,
                "columnPadding": 26,
                "padding": 4,
                "aria": False,
            },
            "header": texto,
            "title": {
                "fontSize": 15,
                "anchor": "start",
                "frame": "bounds",
                "color": TINTA,
                "subtitleColor": "#8a3a12",
                "subtitleFontSize": 12,
                "subtitlePadding": 5,
                "offset": 12,
                "aria": False,
            },
            "text": {"color": TINTA, "fontSize": 12},
        }
    }


def estados(valores: Iterable[str]) -> dict[str, object]:
    """Canales ``color`` y ``shape`` de los estados presentes:
    ``chart.encode(**obs.estados(tabla["estado"]))``.
    """
    import altair as alt

    hay = set(valores)
    presentes = [e for e in TRAZOS if e in hay]
    leyenda = alt.Legend(title=None, columns=3)
    return {
        "color": alt.Color(
            "estado:N",
            scale=alt.Scale(domain=presentes, range=[TRAZOS[e][0] for e in presentes]),
            legend=leyenda,
        ),
        "shape": alt.Shape(
            "estado:N",
            scale=alt.Scale(domain=presentes, range=[TRAZOS[e][1] for e in presentes]),
            legend=leyenda,
        ),
    }


def eje_de_porcentaje() -> alt.Axis:
    """Eje de una proporción 0–1, escrito como las demás cifras: ``42 %``."""
    import altair as alt

    return alt.Axis(
        labelExpr="replace(round(datum.value * 100), '-', '\u2212') + '\u202f%'", tickCount=5
    )


def anunciar(
    naturalezas: Iterable[str],
    procedencia: Mapping[str, Procedencia] | None = None,
    cuadros: Mapping[str, ProcedenciaReunida] | None = None,
) -> None:
    """Qué naturalezas y qué procedencia tienen los datos que el cuaderno abrió: los gráficos
    siguientes lo dicen.

    ``procedencia``: la de cada KPI; ``cuadros``: archivo que se descarga → la procedencia ya
    reunida de sus filas.
    """
    _naturalezas.update(naturalezas)
    _procedencia.update(procedencia or {})
    _cuadros.update(cuadros or {})


def procedencias_de(codigos: Iterable[str]) -> list[Procedencia]:
    """La de cada KPI anunciado de la lista, en orden."""
    return [_procedencia[c] for c in sorted(set(codigos) & _procedencia.keys())]


def sello_de(texto: str) -> dict[str, str] | None:
    """El sello de lo que ``texto`` nombra: el que reúne los de sus KPI o, si no nombra ninguno, los
    de lo que el cuaderno abrió; nada si no abrió nada. Claves: ``procedencia``,
    ``procedencia_papel`` y ``datos``, el archivo que se descarga.
    """
    nombrados = procedencias_de(CODIGO.findall(texto))
    usadas = nombrados or list(_procedencia.values())
    reunidas = ([reunir(usadas)] if usadas else []) + ([] if nombrados else list(_cuadros.values()))
    if not reunidas:
        return None
    numeros = [str(n) for n in sorted({p.fuente.numero for p in usadas if p.fuente.numero})]
    dicha = " ".join(map(dicho_con_naturaleza, reunidas))
    return {
        "procedencia": dicha,
        "procedencia_papel": _de_la_lista(numeros) if numeros else dicha,
        "datos": "observaciones.csv" if usadas else next(iter(_cuadros)),
    }


def _de_la_lista(numeros: Sequence[str]) -> str:
    """«Fuente 7 de la lista.»: la que en el boletín lleva ese número."""
    return f"{'Fuente' if len(numeros) == 1 else 'Fuentes'} {y_en_lista(numeros)} de la lista."


def con_procedencia(especificacion: dict) -> dict:
    """El gráfico con el sello de lo que dibuja; si declara el suyo en ``usermeta``, ese."""
    if "procedencia" in especificacion.get("usermeta", {}):
        return especificacion
    dibujado = {c: v for c, v in especificacion.items() if c != "config"}
    sello = sello_de(json.dumps(dibujado, ensure_ascii=False))
    if sello is None:
        return especificacion
    return {**especificacion, "usermeta": {**especificacion.get("usermeta", {}), **sello}}


def hay_demostracion() -> bool:
    """¿Abrió el cuaderno alguna cifra de demostración?"""
    return "demostracion" in _naturalezas


def con_naturaleza(especificacion: dict) -> dict:
    """El gráfico con el aviso de demostración en su título, si sus datos la contienen.

    Una tabla con columna ``naturaleza`` habla por sí misma; sin ella se supone lo que el cuaderno
    abrió, para que ningún gráfico nuevo quede sin aviso.
    """
    tablas = [t for t in especificacion.get("datasets", {}).values() if t]
    declaradas = {f.get("naturaleza") for t in tablas for f in t if isinstance(f, dict)}
    hay = "demostracion" in (
        declaradas if tablas and None not in declaradas else declaradas | _naturalezas
    )
    if not hay:
        return especificacion
    titulo = especificacion.get("title", "")
    titulo = dict(titulo) if isinstance(titulo, dict) else {"text": titulo}
    previo = titulo.get("subtitle", [])
    titulo["subtitle"] = [*([previo] if isinstance(previo, str) else previo), AVISO_DEMO]
    return {**especificacion, "title": titulo}


def mostrado(grafico: alt.TopLevelMixin) -> dict[str, object]:
    """Lo que deja un gráfico en la salida de su celda. Lanza ``ValueError``, o el error de Altair
    si su especificación no vale.
    """
    return _renderizar(especificacion_de(grafico))


def _renderizar(especificacion: dict, **_) -> dict[str, object]:
    """Salida de un gráfico en el cuaderno: su especificación; en JupyterLab, además el SVG."""
    comprobar(especificacion)
    especificacion = en_espanol(con_cortes(con_procedencia(con_naturaleza(especificacion))))
    # Sin fondo, para que se vea el de la página: el esquema de Vega-Lite no deja escribirlo antes.
    especificacion["config"].setdefault("background", None)
    salida: dict[str, object] = {
        MIME_GRAFICO: {"tipo": "grafico", "espec": especificacion},
        "text/plain": f"<gráfico: {especificacion['description']}>",
    }
    if not os.environ.get(EN_CONSTRUCCION):
        salida["image/svg+xml"] = dibujar([especificacion])[0]
    return salida


def identificador(especificacion: dict) -> str:
    """Identificador estable de un gráfico: huella de su especificación."""
    canonica = json.dumps(especificacion, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "g" + hashlib.sha256(canonica.encode()).hexdigest()[:12]


def sello_html(procedencia: str, descarga: str) -> str:
    """La línea al pie de un gráfico o un cuadro, con su cuaderno y sus datos; la clave del producto
    está al pie de la página.
    """
    texto, destino = a_los_datos(descarga)
    return (
        f'<p class="procedencia">{esc(procedencia)} <a href="{MARCA_DE_CUADERNO}">Cuaderno</a> · <a'
        f' href="{esc(destino)}">{esc(texto)}</a>.</p>'
    )


def _ligera(etiqueta: str) -> str:
    """Una etiqueta del SVG sin los papeles que Vega pone a cada punto y con sus medidas a la décima
    de píxel: lo demás pesa y no se ve.
    """
    return MEDIDA.sub(
        lambda m: DE_MAS.sub(lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), m[0]),
        ROLES.sub("", etiqueta),
    )


def figura(especificacion: dict, svg: str, papel: str, vez: int = 1) -> tuple[str, str]:
    """``(html, typst)`` de un gráfico ya dibujado para la página (``svg``) y para el boletín
    (``papel``); ``vez``: cuántas lleva en la página, que no repite un identificador.
    """
    clave = identificador(especificacion) + (f"-{vez}" if vez > 1 else "")
    alt = str(especificacion["description"])
    svg_accesible = ETIQUETA.sub(lambda m: DE_DENTRO.sub(f"{clave}-", _ligera(m[0])), svg).replace(
        "<svg ", f'<svg role="img" aria-labelledby="{clave}-alt" ', 1
    )
    procedencia = str(especificacion.get("usermeta", {}).get("procedencia", ""))
    descarga = str(especificacion.get("usermeta", {}).get("datos", "observaciones.csv"))
    sello = sello_html(procedencia, descarga) if procedencia else ""
    nota = marca_html("demostracion") if AVISO_DEMO in titulos(especificacion)[1] else ""
    apaisado = medidas(svg)[0] > COLUMNA
    html = (
        f'<figure class="grafico{" apaisado" if apaisado else ""}" id="{clave}"><div'
        f' class="lienzo"{SE_DESPLAZA if apaisado else ""}>{svg_accesible}</div>'
        f'<script type="application/json" class="espec">{json_en_html(especificacion)}</script>'
        "<figcaption><p"
        f' id="{clave}-alt">{esc(alt)}</p><button type="button" class="boton secundario"'
        f' aria-describedby="{clave}-alt" hidden>Explorar el gráfico</button>'
        f'{tabla_de(especificacion, nota)}{sello}<p role="status"></p></figcaption></figure>'
    )
    titulo, subtitulo = titulos(especificacion)
    numeradas = str(especificacion.get("usermeta", {}).get("procedencia_papel", ""))
    impreso = (
        boletin.grafico(
            papel,
            alt,
            titulo,
            ". ".join(x.rstrip(".") for x in (subtitulo, numeradas) if x),
            *medidas(papel),
        )
        if va_al_boletin(especificacion)
        else ""
    )
    return html, impreso
