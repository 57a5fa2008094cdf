"""La página de cada anexo y la entrada a todas: qué se sabe de él, qué se protege, qué se puede
decir en su lugar y a quién preguntar.

Solo lo que la tabla pública deja ver. Los anexos van siempre en orden alfabético y ninguno se
ordena por sus cifras.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ..base.numeros import con_unidad, numero
from ..base.palabras import al_empezar, contados, y_en_lista
from ..base.periodos import fecha_larga, legible
from ..base.plegado import plegado
from ..catalogo.direcciones import de_anexos, de_kpi, de_mision
from ..catalogo.modelos import Kpi
from ..catalogo.nombre_de_lugar import ANEXO, NombreDeLugar
from ..catalogo.plan_de_recojo import ANEXOS as CADA_ANEXO
from ..catalogo.territorio import Lugar
from ..metodo.intervalos import COMPLETO
from ..presentacion import hallazgo
from ..presentacion.apilada import tabla_html
from ..presentacion.hallazgo import Hallazgo
from ..presentacion.mision import AVISO_DEMO
from ..presentacion.pequenos import PUNTOS, pequeno
from ..presentacion.pieza import enlace, esc
from ..presentacion.tablas import Marcas, marca_html, sello_html
from ..recojo.seguimiento import Seguida
from ..resultados.anexos import KpiEnAnexo, Medida, abiertos, cuantos_con_medida, por_anexo
from ..resultados.resultados import Resultados
from .explorador import direccion

LEYENDA = (
    '<p class="leyendas"><span class="leyenda"><svg class="pequeno" width="30" height="18"'
    ' viewBox="0 0 30 18" aria-hidden="true"><path class="rango" d="M15 1V17"/><circle cx="15"'
    ' cy="9" r="4"/></svg> {lugar}, con el intervalo en que cabe al 95 %</span><span'
    ' class="leyenda"><svg class="pequeno" width="30" height="18" viewBox="0 0 30 18"'
    ' aria-hidden="true"><path class="todo" d="M1 9H29"/></svg> {territorio}</span><span'
    ' class="leyenda"><svg class="pequeno" width="14" height="18" viewBox="0 0 14 18"'
    ' aria-hidden="true"><path class="oculta" d="M7 5l4 4-4 4-4-4z"/></svg> periodo'
    " protegido</span></p>"
)


def alfabeticos(r: Resultados) -> list[Lugar]:
    """Los anexos por su nombre."""
    return sorted(r.catalogo.territorio.anexos, key=lambda a: plegado(a.nombre))


def lista_html(r: Resultados, menos: str = "") -> str:
    """Los enlaces a todos (``menos`` el de un código), que un guion convierte en una lista para
    elegir.
    """
    paginas = de_anexos(r.catalogo)
    return (
        '<ul class="lista-anexos">'
        + "".join(
            f'<li><a href="@raiz@/{paginas[a.codigo]}">{esc(a.nombre)}</a></li>'
            for a in alfabeticos(r)
            if a.codigo != menos
        )
        + "</ul>"
    )


def elegir(r: Resultados) -> str:
    """La pieza de la portada: «¿Y mi anexo?», con enlaces corrientes si no hay guion."""
    t = r.catalogo.territorio
    if not t.anexos:
        return ""
    return (
        f'<section class="mi-anexo" aria-labelledby="mi-anexo"{_dichos(t.anexos_se_llaman)}>'
        f'<h2 id="mi-anexo">¿Y mi {t.anexos_se_llaman.singular}?</h2>{lista_html(r)}</section>'
    )


def _dichos(lugar: NombreDeLugar) -> str:
    """Lo que escribe el guion que hace la lista para elegir, si no son los suyos."""
    if lugar == ANEXO:
        return ""
    return (
        f' data-mi="Mi {lugar.singular}" data-elija="Elija {lugar.concordado("uno")}"'
        f' data-todos="{al_empezar(lugar.concordado("todos"))} {lugar.los}"'
    )


def indice(r: Resultados) -> str:
    """La página con todos los anexos."""
    lugar = r.catalogo.territorio.anexos_se_llaman
    if not r.catalogo.territorio.anexos:
        return f"<p>{sin_lugares(lugar)}</p>"
    pedidos = len(abiertos(r))
    con_datos = cuantos_con_medida(r)
    return (
        f"<p>{contados(pedidos, 'indicadores')} {'se pide' if pedidos == 1 else 'se piden'}"
        f" {lugar.uno_por_uno} y hay datos de"
        f" {numero(con_datos, 0)}; los demás se miden solo para"
        f" {esc(r.catalogo.territorio.todo_el_territorio)}. Elija {lugar.concordado('el')}"
        f" {lugar.concordado('suyo')} para ver qué se sabe de {lugar.concordado('él')}, qué se"
        " protege y a quién preguntar.</p>"
        f'<div class="mi-anexo">{lista_html(r)}</div>'
        "<p>Donde una cifra contaría a muy pocas personas no se publica, para no señalar a nadie:"
        ' <a href="@raiz@/metodologia.html#privacidad">cómo se decide</a>.</p>'
    )


def sin_lugares(lugar: NombreDeLugar) -> str:
    """Lo que se dice donde irían."""
    return f"Este territorio no declara {lugar.plural}."


def paginas(
    r: Resultados, seguidas: Sequence[Seguida], solo: Collection[str] | None = None
) -> dict[str, tuple[Lugar, Hallazgo, str]]:
    """``dirección → (anexo, su hallazgo, el HTML de su página)``; ``solo``: las de estas
    direcciones.
    """
    direcciones = de_anexos(r.catalogo)
    pedidos = [
        a for a in r.catalogo.territorio.anexos if solo is None or direcciones[a.codigo] in solo
    ]
    if not pedidos:
        return {}
    suyos, hallazgos = por_anexo(r), hallazgo.de_anexos(r)
    proxima = _proxima_entrega(r, seguidas)
    return {
        direcciones[a.codigo]: (
            a,
            hallazgos[a.codigo],
            _pagina(r, a, hallazgos[a.codigo], suyos[a.codigo], proxima),
        )
        for a in pedidos
    }


def _pagina(
    r: Resultados, a: Lugar, dicho: Hallazgo, suyos: Sequence[KpiEnAnexo], proxima: str
) -> str:
    conocidos = [k for k in suyos if k.ultima]
    ocultos = [k for k in suyos if not k.ultima]
    demo = any(m.naturaleza == "demostracion" for k in suyos for m in k.del_anexo)
    un = r.catalogo.territorio.anexos_se_llaman.un
    por_confirmar = "" if a.confirmado else f"<p>Que este lugar sea {un} está por confirmar.</p>"
    return (
        (AVISO_DEMO if demo else "") + f'<p class="hallazgo">{dicho.html}</p>{por_confirmar}'
        '<nav class="indice" aria-label="En esta página" data-indice></nav>'
        + _lo_que_se_sabe(r, a, conocidos)
        + _lo_protegido(r, a, ocultos)
        + _a_quien(r, a, suyos, proxima)
        + _lo_demas(r, a)
    )


def _lo_que_se_sabe(r: Resultados, a: Lugar, conocidos: Sequence[KpiEnAnexo]) -> str:
    if not conocidos:
        return ""
    t = r.catalogo.territorio
    partes = [
        f'<h2 id="se-sabe">Qué se sabe de {esc(a.nombre)}</h2>',
        LEYENDA.format(lugar=t.anexos_se_llaman.el, territorio=esc(t.todo_el_territorio)),
    ]
    for m in r.catalogo.misiones:
        codigos = {k.codigo for k in m.kpis}
        tarjetas = "".join(_tarjeta(r, a, k) for k in conocidos if k.kpi.codigo in codigos)
        if tarjetas:
            partes.append(
                f'<h3><a href="@raiz@/{de_mision(m.slug)}"><span class="codigo">{m.codigo}</span>'
                f' {esc(m.nombre_corto)}</a></h3><ul class="pequenos">{tarjetas}</ul>'
            )
    return "".join(partes)


def _tarjeta(r: Resultados, a: Lugar, k: KpiEnAnexo) -> str:
    """Un indicador: la cifra del anexo, la del territorio en el mismo periodo, cómo se leen, el
    gráfico y su tabla.
    """
    m = k.ultima
    if m is None:
        raise ValueError(f"{k.kpi.codigo} no tiene cifra pública en {a.codigo}")
    otra = k.frente_a(m)
    t = r.catalogo.territorio
    donde = al_empezar(t.todo_el_territorio) if k.se_suma else f"En {t.el_territorio}"
    frente = (
        f"<p>{esc(donde)}: <strong>{_cifra(k.kpi, otra)}</strong>"
        f"{marca_html(otra.naturaleza) if otra.naturaleza != m.naturaleza else ''}"
        f"{_entre(k.kpi, otra)}</p>"
        if otra
        else f"<p>{esc(al_empezar(t.el_territorio))} no tiene cifra de ese periodo.</p>"
    )
    despues = [x for x in k.del_anexo if x.fin > m.fin]
    callado = (
        "<p><small>Hay datos más nuevos, que no se publican para no señalar a nadie.</small></p>"
        if despues
        else ""
    )

    def escribir(v: float) -> str:
        return numero(v, k.kpi.decimales)

    return (
        f'<li><h4><a href="{enlace(f"@raiz@/{de_kpi(r.catalogo, k.kpi.codigo)}")}">'
        f"{esc(k.kpi.nombre)}</a></h4>"
        f'<p class="dato"><strong>{_cifra(k.kpi, m)}</strong>{marca_html(m.naturaleza)}'
        f"{_entre(k.kpi, m)}<small>{esc(_cuando(m))}</small></p>{frente}"
        f"{_lectura(r, k, m)}{callado}{pequeno(k, escribir, _dicho(r, a, k, m, otra))}"
        f"{_tabla(r, a, k)}</li>"
    )


def _cifra(k: Kpi, m: Medida) -> str:
    return esc(con_unidad(m.valor, k.unidad, k.decimales))


def _entre(k: Kpi, m: Medida) -> str:
    """El intervalo al 95 %, si sus casos son públicos y no se contaron todos."""
    if m.minimo is None or m.maximo is None:
        return ""
    return (
        f' <span class="entre">entre {numero(m.minimo, k.decimales)} y'
        f" {numero(m.maximo, k.decimales)}</span>"
    )


def _cuando(m: Medida) -> str:
    return f"{legible(m.periodo)}{', periodos reunidos' if m.agrupado else ''}"


def _lectura(r: Resultados, k: KpiEnAnexo, m: Medida) -> str:
    """Cómo se lee frente al territorio, con las palabras del embudo y solo del mismo periodo."""
    if k.lectura and k.lectura_de == m.periodo:
        return (
            f'<p class="lectura">Frente {esc(r.catalogo.territorio.al_territorio)}:'
            f" {esc(k.lectura)}.</p>"
        )
    if r.catalogo.fuentes[k.kpi.fuente].conteo == COMPLETO and not k.se_suma and k.frente_a(m):
        return '<p class="lectura">Se contó todo: la diferencia es la que hay.</p>'
    return ""


def _dicho(r: Resultados, a: Lugar, k: KpiEnAnexo, m: Medida, otra: Medida | None) -> str:
    """El gráfico, para quien no lo ve."""
    demo = " Cifras de demostración." if m.naturaleza == "demostracion" else ""
    todo = con_unidad(otra.valor, k.kpi.unidad, k.kpi.decimales) if otra else ""
    frente = f"; {r.catalogo.territorio.el_territorio}, {todo}" if otra else ""
    return (
        f"{k.kpi.nombre_corto} en {a.nombre}, {legible(m.periodo)}:"
        f" {con_unidad(m.valor, k.kpi.unidad, k.kpi.decimales)}{frente}.{demo}"
    )


def _tabla(r: Resultados, a: Lugar, k: KpiEnAnexo) -> str:
    """La serie que dibuja el gráfico, plegada; la unidad se dice una vez."""
    filas = "".join(
        f'<tr><th scope="row">{esc(m.periodo)}</th><td>{_o_protegido(k.kpi, m)}</td>'
        f"<td>{_o_nada(k.kpi, k.frente_a(m))}</td></tr>"
        for m in reversed(k.del_anexo[-PUNTOS:])
    )
    demo = any(m.naturaleza == "demostracion" for m in k.del_anexo)
    return (
        f'<details><summary>Las cifras, en {esc(k.kpi.unidad)}<span class="oculto">,'
        f" de {esc(k.kpi.nombre_corto)}</span></summary><table><thead><tr>"
        f'<th scope="col">Periodo{marca_html("demostracion") if demo else ""}</th>'
        f'<th scope="col">{esc(a.nombre)}</th>'
        f'<th scope="col">{esc(r.catalogo.territorio.tipo.capitalize())}</th></tr></thead>'
        f"<tbody>{filas}</tbody></table></details>"
    )


def _o_protegido(k: Kpi, m: Medida) -> str:
    if m.valor is None:
        return "dato protegido"
    return f"{numero(m.valor, k.decimales)}{_entre(k, m)}"


def _o_nada(k: Kpi, m: Medida | None) -> str:
    return numero(None if m is None else m.valor, k.decimales)


def _lo_protegido(r: Resultados, a: Lugar, ocultos: Sequence[KpiEnAnexo]) -> str:
    """Qué se calla y qué se puede decir en su lugar: lo del territorio, con su intervalo."""
    if not ocultos:
        return ""
    t = r.catalogo.territorio
    filas = []
    marcas = Marcas.de(m.naturaleza for k in ocultos if (m := k.ultima_del_territorio))
    for k in ocultos:
        m = k.ultima_del_territorio
        e = r.evaluados[k.kpi.codigo]
        en_su_lugar = (
            f"{_cifra(k.kpi, m)}{marcas.de_fila(m.naturaleza)}{_entre(k.kpi, m)}"
            f"<small>{esc(_cuando(m))}</small>"
            if m
            else "dato protegido"
        )
        filas.append(
            [
                f'<span class="codigo">{k.kpi.codigo}</span>'
                f' <a href="{enlace(f"@raiz@/{de_kpi(r.catalogo, k.kpi.codigo)}")}">'
                f"{esc(k.kpi.nombre)}</a>",
                "dato protegido",
                en_su_lugar,
                sello_html(e.estado),
            ]
        )
    return (
        f'<h2 id="se-protege">Qué se protege, y qué se puede decir en su lugar</h2>'
        f"<p>Aquí {esc(a.nombre)} cuenta a menos de {t.metodo.k} personas, o su cifra se podría"
        " despejar de otras: se mide, pero no se publica, para no señalar a nadie. Lo que sí se"
        f" puede decir es lo {esc(t.del_territorio)}, que incluye a {esc(a.nombre)}.</p>"
        + tabla_html(
            f"Lo protegido en {a.nombre} y la cifra {t.del_territorio}",
            [
                "Indicador",
                esc(a.nombre),
                f"En {esc(t.el_territorio)}",
                f"Estado {esc(t.del_territorio)}",
            ],
            filas,
            "protegidos",
            marcas.titulo,
        )
    )


def _a_quien(r: Resultados, a: Lugar, suyos: Sequence[KpiEnAnexo], proxima: str) -> str:
    """Quién atiende al anexo, quién responde por sus cifras y cuándo llegan las que siguen."""
    unidades = [
        f"<li>{esc(u['nombre'])}</li>"
        for u in r.unidades.sort("tipo", "nombre").iter_rows(named=True)
        if a.codigo in str(u["captacion"] or u["lugar"]).split("|")
    ]
    responden = Counter(r.plan.datos[k.kpi.codigo].responsable for k in suyos)
    oficinas = "".join(
        f"<li>{esc(n)} <small>{c} indicador{'' if c == 1 else 'es'}</small></li>"
        for n, c in sorted(responden.items(), key=lambda x: plegado(x[0]))
    )
    varias = f"{len(responden)} instituciones u oficinas"
    correo = esc(r.catalogo.territorio.sitio.correo)
    lugar = r.catalogo.territorio.anexos_se_llaman.singular
    return (
        '<h2 id="a-quien">A quién preguntar</h2>'
        + (
            f"<h3>Quién atiende a {esc(a.nombre)}</h3><ul>{''.join(unidades)}</ul>"
            if unidades
            else ""
        )
        + (
            "<details><summary>Quién responde por estas cifras:"
            f" {'una institución u oficina' if len(responden) == 1 else varias}</summary>"
            f"<ul>{oficinas}</ul></details>"
            if responden
            else ""
        )
        + proxima
        + f'<p>Si una cifra no cuadra con lo que usted ve, <a href="mailto:{correo}">escríbanos</a>'
        f" y diga de qué {lugar} es:"
        ' <a href="@raiz@/acerca.html#correcciones">así se corrige</a>.</p>'
    )


def _proxima_entrega(r: Resultados, seguidas: Sequence[Seguida]) -> str:
    """La fecha de la próxima entrega que abre por anexos; vacía si no queda ninguna."""
    suyas = [
        s.entrega
        for s in seguidas
        if s.situacion == "por llegar" and CADA_ANEXO in r.plan.datos[s.entrega.kpi].informan
    ]
    if not suyas:
        return ""
    vence = min(e.vence for e in suyas)
    nombres = [r.catalogo.kpis[e.kpi].nombre_corto for e in suyas if e.vence == vence]
    return (
        f"<p>La próxima entrega por {r.catalogo.territorio.anexos_se_llaman.plural} vence el"
        f" <strong>{fecha_larga(vence.isoformat())}</strong>:"
        f" {esc(y_en_lista(dict.fromkeys(nombres)))}."
        ' <a href="@raiz@/plan.html">El plan entero</a>.</p>'
    )


def _lo_demas(r: Resultados, a: Lugar) -> str:
    """Lo que solo se mide para el territorio, y los anexos que no son ``a``."""
    t = r.catalogo.territorio
    otros_lugares = al_empezar(t.anexos_se_llaman.otros)
    resto = len(r.catalogo.kpis) - len(abiertos(r))
    otros = (
        "El otro indicador se mide"
        if resto == 1
        else f"Los otros {numero(resto, 0)} indicadores se miden"
    )
    solo_del_total = (
        f"<p>{otros} solo"
        f' para {esc(t.el_territorio)}: <a href="@raiz@/{direccion()}">véalos todos</a>.</p>'
    )
    return (
        f'<h2 id="lo-demas">Lo demás</h2>{solo_del_total if resto else ""}'
        f'<div class="mi-anexo"><h3>{otros_lugares}</h3>{lista_html(r, a.codigo)}</div>'
    )
