"""Cómo ha cambiado un KPI: el dibujo de su serie, lo que dice a quien no lo ve y la tabla con sus
cifras.
"""

from __future__ import annotations

from typing import cast

from ...base.numeros import numero
from ...base.palabras import y_en_lista
from ...base.periodos import MESES_DEL_ANIO, legible, mes_legible
from ...metodo.senda import puntos
from ..apilada import tabla_html
from ..pieza import esc
from ..serie import Punto, Serie, serie_svg
from ..tablas import Marcas, leyenda_html, marca_html
from .abierto import Abierto
from .ficha import control_de_serie


def serie_de(k: Abierto) -> Serie:
    """La serie que se dibuja: lo medido, los logros esperados, la meta y los cambios de método."""
    codigo, kpi = k.kpi.codigo, k.kpi
    medidos = [
        Punto(fin / MESES_DEL_ANIO, valor, tramo, mixta)
        for fin, valor, tramo, mixta in k.medidas.select(
            "fin", "valor", "tramo", "mixta"
        ).iter_rows()
    ]
    comparable = codigo in k.m.con_base_comparable
    senda = [(p.fin / MESES_DEL_ANIO, p.valor) for p in puntos(kpi)] if comparable else []
    hay_meta = kpi.meta is not None and not k.e.meta_protegida and k.e.fin_meta is not None
    meta = (
        (k.e.fin_meta / MESES_DEL_ANIO, kpi.meta.valor)
        if hay_meta and kpi.meta and k.e.fin_meta
        else None
    )
    return Serie(
        medidos=medidos,
        senda=senda,
        meta=meta,
        cambios=[q / MESES_DEL_ANIO for q in k.m.meses_de_cambio(codigo)],
        rotulo=_corta(k, medidos[-1].valor) if medidos else "",
        rotulo_meta=_corta(k, meta[1]) if meta else "",
        texto=_en_palabras(k),
    )


def _corta(k: Abierto, valor: float) -> str:
    """La cifra sin su unidad, si la unidad son palabras."""
    return k.cifra(valor) if k.kpi.unidad in ("%", "S/") else numero(valor, k.kpi.decimales)


def _en_palabras(k: Abierto) -> str:
    """Lo que dice el dibujo a quien no lo ve, con las cifras que importan."""
    medidas = k.medidas
    if medidas.is_empty():
        return ""
    primera, ultima = medidas.row(0, named=True), medidas.row(-1, named=True)
    cuantas = "1 medida" if medidas.height == 1 else f"{medidas.height} medidas"
    partes = [f"Serie de {cuantas}: {k.cifra(primera['valor'])} en {legible(primera['periodo'])}"]
    if medidas.height > 1:
        partes.append(f"y {k.cifra(ultima['valor'])} en {legible(ultima['periodo'])}")
        valores = medidas["valor"]
        partes.append(
            f"; entre {k.cifra(cast(float, valores.min()))} y {k.cifra(cast(float, valores.max()))}"
        )
    if k.kpi.meta and not k.e.meta_protegida:
        partes.append(f"; meta, {k.cifra(k.kpi.meta.valor)} para {k.kpi.meta.periodo}")
    cambios = [mes_legible(q) for q in k.m.meses_de_cambio(k.kpi.codigo)]
    if cambios:
        partes.append(f"; cambió el método en {y_en_lista(cambios)}")
    return " ".join(partes).replace(" ;", ";") + "."


def serie_html(k: Abierto) -> str:
    titulo = '<h2 id="serie">Cómo ha cambiado</h2>'
    if not k.publico:
        return ""
    if k.medidas.is_empty():
        return f"{titulo}<p>Todavía no hay ninguna medida que dibujar.</p>"
    serie = serie_de(k)
    naturalezas = set(k.medidas["naturaleza"])
    marca = marca_html("demostracion" if "demostracion" in naturalezas else "")
    leyendas = ['<span class="leyenda serie-medido">lo medido</span>']
    if serie.senda:
        leyendas.append('<span class="leyenda serie-senda">lo esperado cada año</span>')
    if serie.meta:
        leyendas.append('<span class="leyenda serie-meta">la meta</span>')
    leyendas.append('<span class="leyenda">cada punto, al cierre de su periodo</span>')
    return (
        f'{titulo}<figure class="serie-kpi"><figcaption>{esc(k.kpi.nombre_corto)}'
        f" ({esc(k.kpi.unidad)}){marca}</figcaption>{serie_svg(serie)}"
        f'<p class="leyendas">{"".join(leyendas)}</p></figure>'
        f"{_tabla_de_serie(k)}{control_de_serie(k.m, k.kpi)}"
    )


def _tabla_de_serie(k: Abierto) -> str:
    esperados = {p.fin: p.valor for p in puntos(k.kpi)} if k.fila.avance != "—" else {}
    filas_, marcas = [], Marcas.de(k.medidas["naturaleza"])
    for f in k.medidas.sort("fin", descending=True).iter_rows(named=True):
        casos = (
            f"{numero(f['numerador'], 0)} de {numero(f['denominador'], 0)}"
            if f["numerador"] is not None and f["denominador"] is not None
            else ""
        )
        filas_.append(
            [
                esc(legible(f["periodo"])),
                esc(k.cifra(f["valor"])) + marcas.de_fila(f["naturaleza"]),
                esc(k.cifra(esperados[f["fin"]])) if f["fin"] in esperados else "—",
                esc(casos) if k.kpi.formula.medida == "casos" else "",
                esc(f["estado"]),
            ]
        )
    cabecera = ["Periodo", "Medido", "Esperado", "Casos", "Validación"]
    for i in (3, 2):
        if all(f[i] in ("", "—") for f in filas_):
            cabecera.pop(i)
            filas_ = [[*f[:i], *f[i + 1 :]] for f in filas_]
    tabla = tabla_html("Las cifras del gráfico", cabecera, filas_, "numeros apilada", marcas.titulo)
    leyenda = leyenda_html(k.medidas["naturaleza"].to_list())
    return (
        '<details class="ficha"><summary>Ver las cifras del gráfico'
        f" ({k.medidas.height})</summary>{tabla}"
        f'<p class="leyendas">{leyenda}</p></details>'
    )
