"""Lo cualitativo público: ``datos/temas.csv`` y ``datos/temas.json``, y las piezas de la página
*Voces*.

Aquí solo llega lo que dejó pasar la regla de publicación: recuentos por tema y citas con permiso.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ..base.archivos import json_en_bytes
from ..base.numeros import canonico
from ..base.palabras import contados
from ..cualitativo.lo_publicable import ACTORES
from ..presentacion.pieza import a_los_datos, esc
from ..presentacion.tablas import leyenda_html, marca_html
from ..presentacion.voces import FUENTE, acuerdo_html, citas_html, cuantas, origen
from ..resultados.aprobaciones import PENDIENTE
from ..resultados.resultados import Resultados
from .columnas import TEMAS

SIN_NARRACIONES = "<p>Todavía no hay narraciones.</p>"


def archivos(r: Resultados, productos: Mapping[str, str]) -> dict[str, bytes]:
    """Los dos archivos, por su nombre: un tema por fila, sin textos, lugares ni actores."""
    tabla = temas(r, productos)
    return {
        "temas.csv": tabla.write_csv().encode(),
        "temas.json": json_en_bytes(tabla.to_dicts()),
    }


def temas(r: Resultados, productos: Mapping[str, str]) -> pl.DataFrame:
    """Un tema por fila, la tabla ``TEMAS``; ``narraciones`` vacía donde dice «dato protegido».
    ``productos``: clave del de cada misión.
    """
    kappas = r.voces.acuerdo or {}
    filas = [
        (
            t.mision,
            t.codigo,
            t.nombre,
            t.narraciones,
            r.voces.narraciones,
            "dato protegido" if t.protegido else "publicado",
            None if (kappa := kappas[t.mision]) is None else float(canonico(kappa)),
            t.naturaleza,
            FUENTE,
            r.voces.hasta,
            PENDIENTE,
            f"misiones/{t.mision}/indicadores.ipynb",
            productos.get(t.mision),
        )
        for t in r.voces.temas
    ]
    return pl.DataFrame(filas, schema=TEMAS.esquema, orient="row")


def pieza_resumen(r: Resultados) -> str:
    """Cuántas narraciones, cuántos temas, el acuerdo y el aviso de demostración."""
    v = r.voces
    if not v.temas:
        return SIN_NARRACIONES
    protegidos = sum(t.protegido for t in v.temas)
    demo = (
        '<p class="aviso-demo"><strong>Narraciones de demostración.</strong> Los relatos y su'
        " lectura se inventaron para mostrar cómo se verá esta página: nadie dijo estas"
        " palabras.</p>"
        if v.demostracion
        else ""
    )
    marca = marca_html("demostracion") if v.demostracion else ""
    leidas = "leída" if v.narraciones == 1 else "leídas"
    ocultos = "1 tema está protegido" if protegidos == 1 else f"{protegidos} temas están protegidos"
    return (
        f"{demo}<p>{contados(v.narraciones, 'narraciones')}{marca} {leidas} por dos personas, por"
        f" separado, con un libro de {contados(len(v.temas), 'temas')}. {ocultos}: los"
        f" contaron menos de {ACTORES} tipos de actor."
        f" {acuerdo_html((v.acuerdo or {}).get(''), v.demostracion)}</p>"
    )


def pieza_temas(r: Resultados) -> str:
    """La tabla de temas por misión, con el acuerdo de cada una."""
    from ..presentacion.apilada import tabla_html

    if not r.voces.temas:
        return SIN_NARRACIONES
    tabla = ""
    for m in r.catalogo.misiones:
        propias = r.voces.de(m.slug)
        if propias.temas:
            filas = [[esc(t.nombre), cuantas(t)] for t in propias.por_frecuencia]
            enlace = (
                f'<a href="@raiz@/misiones/{m.slug}/index.html#voces">{m.codigo}.'
                f" {esc(m.nombre)}</a>"
            )
            tabla += f"<h3>{enlace}</h3>" + tabla_html(
                f"Temas de {m.nombre_corto}", ["Tema", "Narraciones"], filas, "temas"
            )
            acuerdo = (propias.acuerdo or {}).get(m.slug)
            tabla += f"<p><small>{acuerdo_html(acuerdo, propias.demostracion)}</small></p>"
    return (
        tabla + f'<p class="procedencia">{_sello(r)}</p><p'
        f' class="leyendas">{leyenda_html(t.naturaleza for t in r.voces.temas)}</p>'
    )


def _sello(r: Resultados) -> str:
    """De dónde salen los temas y las citas, hasta cuándo y cómo están aprobados."""
    texto, destino = a_los_datos("temas.csv", "@raiz@/datos")
    return (
        f'{esc(origen(r.voces))} <a href="#lectura">Cómo se leen</a> <a'
        f' href="{destino}">{texto}</a>'
    )


def pieza_citas(r: Resultados) -> str:
    """Una cita por misión, la de su tema más frecuente."""
    primeras = [
        propias.citas[0] for m in r.catalogo.misiones if (propias := r.voces.de(m.slug)).citas
    ]
    return (
        citas_html(primeras) + f'<p class="procedencia">{_sello(r)}</p>'
        if primeras
        else SIN_NARRACIONES
    )


PIEZAS = {"voces-resumen": pieza_resumen, "voces-temas": pieza_temas, "voces-citas": pieza_citas}
