"""La página de un KPI: qué se halló, por qué, cómo cambió, dónde y para quién, de dónde sale y cómo
se cita.

De lo restringido se dice solo que lo es; de lo sensible, el distrito: la tabla pública no trae nada
más.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

import polars as pl

from ...base.escapes import MARCA_DE_CLAVE, MARCA_DE_CUADERNO
from ...base.numeros import con_unidad, redondeado
from ...base.periodos import MESES_DEL_ANIO, fecha_larga, legible
from ...catalogo.gobernanza import CambioDelCatalogo
from ...catalogo.naturalezas import ROTULOS
from ...metodo.cambios import cambio_entre
from ...metodo.certeza import CLARA, NO_SE_DISTINGUE
from ...recojo.seguimiento import Seguida, escrita
from ..apilada import tabla_html
from ..hallazgo import Hallazgo
from ..pieza import esc
from ..sellos import entera_html
from ..tablas import certeza_html, marca_html, sello_html
from .abierto import Abierto
from .ficha import ficha_html, pasos_de
from .partes import anexos_html, grupos_html
from .pasos_escritos import calculo_html
from .por_que import por_que
from .serie import serie_html

CABEN = 280
"""Signos de un texto para compartir."""
RAIZ = "../.."
PROXIMAS = 3


@dataclass(frozen=True, slots=True)
class Sitio:
    """De qué sitio es la página. ``comparte``: falso en periodo electoral."""

    titulo: str
    direccion: str
    fecha: str
    comparte: bool
    correo: str = ""


@dataclass(frozen=True, slots=True)
class DeFuera:
    """Lo de un KPI que no está en los resultados de su misión. ``producto``: la clave del de su
    misión; ``entregas``, las suyas del plan público.
    """

    producto: str
    correcciones: pl.DataFrame
    cambios: Sequence[CambioDelCatalogo]
    entregas: Sequence[Seguida]


def pagina_html(k: Abierto, sitio: Sitio, fuera: DeFuera, con_lamina: bool) -> str:
    """El cuerpo de la página, sin su título."""
    secciones = [
        _cabeza(k, con_lamina),
        serie_html(k),
        anexos_html(k),
        grupos_html(k),
        _procedencia(k, fuera.producto),
        _ficha(k),
        _correcciones(k, fuera),
        _responsable(k, fuera.entregas),
        _llevar(k, sitio),
    ]
    return "".join(s for s in secciones if s)


def _cabeza(k: Abierto, con_lamina: bool) -> str:
    f = k.fila
    hallado = k.hallazgo
    motivo = f' <span class="motivo">{esc(f.motivo)}</span>' if f.motivo else ""
    marca_de_la_base = marca_html(f.marca_base) if f.marca_base != f.marca_ultimo else ""
    return (
        f'<p class="hallazgo">{hallado.html}</p>'
        f'<p class="es-real"><strong>¿Es real?</strong> {es_real(k)}</p>'
        '<div class="tarjeta tarjeta-kpi"><dl class="recorrido"><div><dt>Partimos de</dt>'
        f"<dd>{esc(f.base)}{marca_de_la_base}<small>{esc(legible(f.base_periodo))}</small></dd></div>"
        f'<div class="hoy"><dt>Último dato</dt><dd>{esc(f.ultimo)}{marca_html(f.marca_ultimo)}'
        f"<small>{esc(legible(f.ultimo_periodo))}</small></dd></div>"
        f"<div><dt>Meta</dt><dd>{esc(f.meta)}<small>{esc(f.meta_periodo)}</small></dd></div></dl>"
        f"<p>{sello_html(f.estado, f.posible)}{motivo}{certeza_html(f)}</p>{_cambios(k)}</div>"
        '<details class="ficha por-que"><summary>¿Por qué este color?</summary>'
        f"<p>{esc(_porque(k))}{marca_html(k.hallazgo.naturaleza)}</p>"
        f"{calculo_html(pasos_de(k.m, k.kpi, k.e, k.a), k.a.naturaleza_analisis)}</details>"
        f"{_descargas(k.kpi.codigo, con_lamina)}"
    )


def _porque(k: Abierto) -> str:
    dicho = por_que(k.kpi, k.e, k.m.territorio.metodo)
    return f"{k.e.estado[0].upper()}{k.e.estado[1:]}: {dicho}."


def es_real(k: Abierto) -> str:
    """Si la cifra se midió y quién lo dice, en una línea de HTML."""
    p = k.m.procedencia[k.kpi.codigo]
    if not k.publico:
        return "No se publica ninguna cifra."
    if p.naturaleza is None:
        return "Todavía no hay ningún dato publicado."
    if p.naturaleza == "demostracion":
        return "No: la cifra es inventada, para mostrar cómo se verá el observatorio."
    quien = esc(p.fuente.institucion)
    if p.naturaleza == "declarado":
        return f"La declara una fuente secundaria, {quien}: no se ha visto el dato de quien midió."
    return f"Sí: la documenta {quien}; se consultó el {p.fuente.fecha_acceso}."


def _cambios(k: Abierto) -> str:
    """Frente al periodo anterior y frente al de un año antes, en el mismo tramo de la serie."""
    medidas = [f for f in k.medidas.iter_rows(named=True) if not f["mixta"]]
    if not medidas or medidas[-1]["fin"] != k.e.fin:
        return ""
    hoy = medidas[-1]
    antes = [f for f in medidas[:-1] if f["tramo"] == hoy["tramo"]]
    if not antes:
        return '<p class="cambio">No hay un dato anterior con el que compararlo.</p>'
    previo = antes[-1]
    hace_un_anio = [f for f in antes if f["fin"] == hoy["fin"] - MESES_DEL_ANIO]
    dichos = [] if k.kpi.estacional else [_cambio(k, "Desde el dato anterior", previo, hoy)]
    if hace_un_anio and (k.kpi.estacional or hace_un_anio[0]["fin"] != previo["fin"]):
        dichos.append(_cambio(k, "Desde un año antes", hace_un_anio[0], hoy))
    if not dichos:
        return '<p class="cambio">Cambia con la época y no hay un dato de un año antes.</p>'
    return f'<ul class="cambio">{"".join(dichos)}</ul>'


def _cambio(k: Abierto, rotulo: str, antes: dict[str, object], hoy: dict[str, object]) -> str:
    inicio, fin = cast(float, antes["valor"]), cast(float, hoy["valor"])
    hasta = f"{legible(str(antes['periodo']))}, {k.cifra(inicio)}"
    # La resta es de las cifras como se escriben: quien las reste ha de hallar lo mismo.
    diferencia = redondeado(fin, k.kpi.decimales) - redondeado(inicio, k.kpi.decimales)
    if not diferencia:
        dicho = "igual"
    else:
        unidad = "puntos" if k.kpi.unidad == "%" else k.kpi.unidad
        cuanto = con_unidad(abs(diferencia), unidad, k.kpi.decimales)
        dicho = f"{'subió' if diferencia > 0 else 'bajó'} {cuanto}{_rumbo(k, antes, hoy)}"
    demo = "demostracion" in (antes["naturaleza"], hoy["naturaleza"])
    # La tarjeta ya la lleva en su último dato.
    ya = k.fila.marca_ultimo == "demostracion"
    marca = marca_html("demostracion") if demo and not ya else ""
    return f"<li>{rotulo} ({esc(hasta)}): <strong>{esc(dicho)}</strong>{marca}</li>"


def _rumbo(k: Abierto, antes: dict[str, object], hoy: dict[str, object]) -> str:
    """Si es lo que se busca y con cuánta señal; nada donde no se definió, basta con mantenerse o
    no se puede probar.
    """
    if k.kpi.sentido == "no definido" or k.e.mantener:
        return ""
    ficha = k.m.evaluacion.row(by_predicate=pl.col("kpi") == k.kpi.codigo, named=True)
    hecho = cambio_entre(ficha, antes, hoy)
    if hecho.senal is None:
        return ""
    if hecho.senal == NO_SE_DISTINGUE:
        return f"; {NO_SE_DISTINGUE} del azar"
    dicho = ", como se busca" if hecho.sentido == "mejora" else ", al revés de lo que se busca"
    return dicho if hecho.senal == CLARA else f"{dicho} ({hecho.senal})"


def _procedencia(k: Abierto, producto: str) -> str:
    sello = entera_html(k.m.procedencia[k.kpi.codigo])
    cuaderno = f"{RAIZ}/{k.m.procedencia[k.kpi.codigo].cuaderno}"
    puesto = sello.replace(MARCA_DE_CLAVE, producto).replace(MARCA_DE_CUADERNO, cuaderno)
    return f'<h2 id="procedencia">De dónde sale</h2><div class="ficha">{puesto}</div>'


def _ficha(k: Abierto) -> str:
    return (
        f'<h2 id="ficha">Ficha técnica</h2><div class="ficha">{ficha_html(k.m, k.kpi, k.e)}</div>'
    )


def _correcciones(k: Abierto, fuera: DeFuera) -> str:
    partes = ['<h2 id="correcciones">Correcciones y versiones</h2>']
    if fuera.correcciones.is_empty():
        partes.append(
            "<p>El observatorio no corrigió ninguna; las que dicen «corregido» las corrigió la"
            " fuente.</p>"
            if k.publico
            else "<p>No se publica ninguna cifra suya.</p>"
        )
    else:
        filas_ = [
            [
                esc(legible(f["periodo"])),
                esc(_lugar(k, f["lugar"]))
                + (f"<small>{esc(f['grupo'])}</small>" if f["grupo"] != "total" else ""),
                f"{esc(f['antes'])} → {esc(f['despues'])}<small>{esc(f['columna'])}</small>",
                f"{esc(f['motivo'])}<small>{esc(f['quien'])}, {esc(f['fecha'])}</small>",
            ]
            for f in fuera.correcciones.iter_rows(named=True)
        ]
        partes.append(
            tabla_html("Cifras corregidas", ["Periodo", "Lugar", "Cambio", "Motivo"], filas_)
        )
    if fuera.cambios:
        filas_ = [
            [esc(fecha_larga(c.fecha.isoformat())), esc(c.que), esc(c.por_que)]
            for c in fuera.cambios
        ]
        partes.append(tabla_html("Cambios de su ficha", ["Fecha", "Qué cambió", "Por qué"], filas_))
    partes.append(
        f'<p>Lo que cambió de una edición a otra está en <a href="{RAIZ}/novedades.html">'
        "Novedades</a>.</p>"
    )
    return "".join(partes)


def _lugar(k: Abierto, codigo: str) -> str:
    return k.m.lugares.get(codigo, k.m.territorio.nombre)


def _responsable(k: Abierto, entregas: Sequence[Seguida]) -> str:
    partes = [
        '<h2 id="responsable">Quién responde y qué falta</h2>'
        f"<p>Responde <strong>{esc(k.kpi.responsable)}</strong>.</p>"
    ]
    if not k.kpi.se_sigue_en_publico:
        partes.append("<p>Sus entregas no van en el plan público.</p>")
        return "".join(partes)
    deben = [s for s in entregas if s.situacion in ("atrasado", "incompleto")]
    vienen = [s for s in entregas if s.situacion == "por llegar"][:PROXIMAS]
    dichas = "".join(
        f"<li>{esc(legible(s.entrega.periodo))}: hasta el"
        f" {fecha_larga(s.entrega.vence.isoformat())}, {esc(s.motivo or escrita(s))}</li>"
        for s in [*deben, *vienen]
    )
    partes.append(f"<ul>{dichas}</ul>" if dichas else "<p>No queda ninguna entrega en el año.</p>")
    partes.append(f'<p><a href="{RAIZ}/plan.html">El plan de recojo entero</a>.</p>')
    return "".join(partes)


def _descargas(codigo: str, con_lamina: bool) -> str:
    enlaces = [
        (f"{RAIZ}/datos/kpi/{codigo}.csv", "Datos", "CSV"),
        (f"{RAIZ}/datos/kpi/{codigo}.json", "Todo", "JSON"),
    ] + ([("grafico.png", "Gráfico", "PNG")] if con_lamina else [])
    botones = "".join(
        f'<li><a class="boton secundario" href="{href}">{texto} <small>{tipo}</small></a></li>'
        for href, texto, tipo in enlaces
    )
    return f'<ul class="acciones" aria-label="Descargas de este indicador">{botones}</ul>'


def _llevar(k: Abierto, sitio: Sitio) -> str:
    compartir = (
        f"<p>Para compartir:</p><blockquote><p>{esc(para_compartir(k, sitio))}</p></blockquote>"
        if sitio.comparte
        else ""
    )
    return (
        '<h2 id="citar">Citar y compartir</h2>'
        f"<p>Para citar:</p><blockquote><p>{esc(cita(k, sitio))}</p></blockquote>{compartir}"
        f"{_comentar(k, sitio)}"
    )


def _comentar(k: Abierto, sitio: Sitio) -> str:
    """Un correo ya empezado, con el código y la dirección: así se sabe de qué cifra habla."""
    if not sitio.correo:
        return ""
    asunto = f"Comentario sobre {k.kpi.codigo}"
    cuerpo = (
        f"Sobre {k.kpi.codigo}, {k.kpi.nombre_corto}\n{direccion(k.kpi.codigo, sitio)}\nDatos al"
        f" {sitio.fecha}\n\nQué debería decir, y cómo lo sé (sin nombres de personas):\n\n"
    )
    correo = f"mailto:{sitio.correo}?subject={quote(asunto)}&body={quote(cuerpo)}"
    return (
        f'<p id="comentar">¿No cuadra con lo que usted ve? <a href="{esc(correo)}">Coméntelo por'
        " correo</a>: lleva ya la dirección de esta cifra."
        ' <a href="../../novedades.html#respuestas">Qué se respondió a otros</a>.</p>'
    )


def direccion(codigo: str, sitio: Sitio) -> str:
    """La dirección permanente, como se escribe en una cita."""
    return f"{sitio.direccion}/indicadores/{codigo}/"


def cita(k: Abierto, sitio: Sitio) -> str:
    """Título, fecha de la edición y dirección; lo de demostración lo dice."""
    marca = f" [{ROTULOS['demostracion'].sello}]" if k.hallazgo.naturaleza == "demostracion" else ""
    return (
        f"{sitio.titulo}. «{k.kpi.nombre}» ({k.kpi.codigo}){marca}. Datos al {sitio.fecha}."
        f" {direccion(k.kpi.codigo, sitio)} CC BY 4.0."
    )


def para_compartir(k: Abierto, sitio: Sitio) -> str:
    """El hallazgo con la marca, la fecha y la dirección, en ``CABEN`` signos; si no cabe, el
    nombre.
    """
    cierre = f" Datos al {sitio.fecha}. {direccion(k.kpi.codigo, sitio)}"
    hallado = k.hallazgo
    entero = f"{k.kpi.nombre_corto}. {hallado.compartible}{cierre}"
    if len(entero) <= CABEN:
        return entero
    corto = Hallazgo(f"{k.kpi.nombre_corto}: {k.e.estado}.", hallado.naturaleza)
    return f"{corto.compartible}{cierre}"
