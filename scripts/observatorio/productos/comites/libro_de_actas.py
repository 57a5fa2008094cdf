"""Lo público del libro de actas: sesiones por mes, acuerdos abiertos, aprobaciones y los sellos con
que se prueba después que nadie lo reescribió.

Del día de una sesión se dice el mes: quién se reúne cuándo no hace falta para rendir cuentas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from ...actas.libro import AcuerdoAbierto, Libro
from ...actas.modelos import Sesion, Tramite
from ...actas.productos import nombre_de
from ...actas.quorum import hay_quorum
from ...actas.tramites import paso_dicho
from ...base.archivos import json_en_bytes
from ...base.numeros import con_unidad
from ...base.palabras import al_empezar, y_en_lista
from ...base.periodos import legible, o_asumido
from ...catalogo import Catalogo
from ...catalogo.gobernanza import Clase, Comite, Gobernanza, TipoDeProducto
from ...presentacion.apilada import tabla_html, tabla_por_grupos
from ...presentacion.enlaces import enlace_kpi
from ...presentacion.pieza import esc
from ...resultados.aprobaciones import APROBADO, Renovacion
from ...resultados.resultados import Resultados
from . import cumplimiento, registro_de_versiones, respuestas
from .dichos_de_actas import huella_corta, nombre_del_comite, recuento, votado

ARCHIVO = "gobernanza.json"
MESES_A_LA_VISTA = 12
SIN_DECISIONES = "Sin decisiones"
SIN_COMITES: tuple[Comite, ...] = ()


def archivo(r: Resultados) -> bytes:
    """``datos/gobernanza.json``: comités, sesiones, acuerdos abiertos, aprobaciones, versiones y
    cabezas.
    """
    g = r.catalogo.gobernanza
    return json_en_bytes(
        {
            "comites": [c.model_dump(mode="json") for c in (g.comites if g else SIN_COMITES)],
            "cabezas": {c: asdict(cabeza) for c, cabeza in r.libro.cabezas.items()},
            "sesiones": [_sesion(r, s, g) for s in r.libro.sesiones if s.sello],
            "acuerdos_abiertos": [_acuerdo(a, r) for a in r.libro.acuerdos_abiertos],
            "aprobaciones": [_aprobacion(r, p) for p in r.aprobaciones.tramitados],
            "versiones": registro_de_versiones.como_lista(r),
            **cumplimiento.como_dict(r),
            **respuestas.como_dict(r),
            "renovaciones": [asdict(x) for x in renovadas(r)],
        }
    )


def piezas(r: Resultados) -> dict[str, str]:
    """``nombre → HTML`` de lo que la página de gobernanza cuenta."""
    return {
        "funciones-de-los-comites": _funciones(r.catalogo),
        "reglas-de-los-comites": _reglas(r.catalogo),
        "sesiones": _tabla_de_sesiones(r),
        "proximas-sesiones": _proximas(r.libro, r.catalogo),
        "acuerdos-abiertos": _tabla_de_acuerdos(r),
        "aprobaciones": _tabla_de_aprobaciones(r),
        "catalogo-propuesto": _catalogo_propuesto(r),
        **cumplimiento.piezas(r),
        **respuestas.piezas(r),
        "registro-de-versiones": registro_de_versiones.pieza(r),
        "metas-renovadas": _tabla_de_renovadas(r),
    }


def _sesion(r: Resultados, s: Sesion, g: Gobernanza | None) -> dict[str, object]:
    comite = g.comite(s.comite) if g else None
    return {
        "id": s.id,
        "comite": s.comite,
        "acta": s.acta,
        "mes": s.mes,
        "tipo": s.tipo,
        "convocatoria": s.convocatoria,
        "simulacro": s.simulacro,
        "quorum": hay_quorum(comite, s) if comite else None,
        "instituciones": [a.institucion for a in s.asistencia],
        "acuerdos": len(s.acuerdos),
        "tramites": [
            {
                "producto": t.producto,
                "paso": t.paso,
                "version": t.version,
                "simulacro": s.simulacro or t.simulacro,
                "votos": recuento(t.votos) if t.votos else None,
            }
            for t in s.tramites
        ],
        "sello": s.sello.huella if s.sello else None,
        "acta_firmada": _acta_firmada(r, s, g),
    }


def _acta_firmada(r: Resultados, s: Sesion, g: Gobernanza | None) -> dict[str, object] | None:
    """Lo público de un acta que volvió firmada: qué dice, la huella de cada original y qué se
    comprobó. Los originales llevan nombres y no se publican.
    """
    acta = r.libro.actas.get(s.id)
    if acta is None or not acta.recibidas:
        return None
    return {
        "texto": _en_texto(r, s, g),
        "originales": [
            {
                "clase": o.clase,
                "sha256": o.sha256,
                "mes": o.fecha.isoformat()[:7],
                "firmas": o.firmas,
                "resultado": o.resultado,
            }
            for o in acta.recibidas
        ],
    }


def _en_texto(r: Resultados, s: Sesion, g: Gobernanza | None) -> list[str]:
    """El acta como se puede publicar: el mes y no el día, cuántos votos y no de quién."""
    return [
        f"{nombre_del_comite(g, s.comite)}, acta {s.acta}, {legible(s.mes)}.",
        f"Asistieron: {'; '.join(a.institucion for a in s.asistencia)}.",
        *(
            f"{nombre_de(r.catalogo, t.producto)}: {paso_dicho(t)}{_entre_parentesis(votado(t))}."
            for t in s.tramites
        ),
        *(
            f"Acuerdo {a.codigo}: {a.que.rstrip('.')}. Responde {a.institucion}, hasta"
            f" {legible(a.plazo.isoformat()[:7])}."
            for a in s.acuerdos
        ),
    ]


def _acuerdo(a: AcuerdoAbierto, r: Resultados) -> dict[str, object]:
    return {
        "acuerdo": a.cita,
        "que": a.acuerdo.que,
        "institucion": a.acuerdo.institucion,
        "plazo": a.acuerdo.plazo.isoformat()[:7],
        "vencido": _vencido(a, r),
    }


def _vencido(a: AcuerdoAbierto, r: Resultados) -> bool:
    return a.acuerdo.plazo < r.catalogo.territorio.fecha_corte


def _aprobacion(r: Resultados, producto: str) -> dict[str, object]:
    camino = r.aprobaciones.camino(producto)
    return {
        "producto": producto,
        "nombre": nombre_de(r.catalogo, producto),
        "dicha": r.aprobaciones.de(producto).dicha,
        "versiones": [
            {"version": f.version, "sesion": f.acta, "mes": f.sesion.mes} for f in camino.aprobadas
        ],
        **r.aprobaciones.de(producto).como_dict(),
    }


def renovadas(r: Resultados) -> list[Renovacion]:
    """Las líneas de base y metas renovadas de los KPI que hoy son públicos: lo que se protege no
    vuelve por su historia.
    """
    evaluados = r.evaluados
    return [
        x
        for x in r.aprobaciones.renovaciones()
        if x.kpi in r.catalogo.kpis
        and r.catalogo.kpis[x.kpi].publico
        and not evaluados[x.kpi].base_protegida
        and not evaluados[x.kpi].meta_protegida
    ]


def _funciones(catalogo: Catalogo) -> str:
    g = catalogo.gobernanza
    return "".join(
        f"<h3>{esc(c.nombre)}</h3><ul>{''.join(f'<li>{esc(f)}</li>' for f in c.funciones)}</ul>"
        for c in (g.comites if g else SIN_COMITES)
    )


def _reglas(catalogo: Catalogo) -> str:
    g = catalogo.gobernanza
    if g is None:
        return ""
    filas = []
    for c in g.comites:
        reglas = c.reglas
        filas.append(
            [
                esc(c.nombre),
                f"más del {reglas.quorum_primera} % de quienes votan",
                (
                    f"{reglas.quorum_segunda} % o más, desde"
                    f" {reglas.dias_a_la_segunda} {_dias(reglas.dias_a_la_segunda)} después"
                ),
                esc(reglas.decide_por if c.decide else f"opina por {reglas.decide_por}"),
                esc(reglas.voto_dirimente or "—"),
                "por confirmar" if reglas.estado == "propuesta" else "aprobada",
            ]
        )
    tabla = tabla_html(
        "Reglas de los comités",
        ["Comité", "Quórum", "Segunda convocatoria", "Cómo decide", "Voto dirimente", "Estado"],
        filas,
    )
    return tabla + _quien_aprueba(g)


def _dias(cuantos: int) -> str:
    return "día" if cuantos == 1 else "días"


def _quien_aprueba(g: Gobernanza) -> str:
    clases: tuple[Clase, ...] = ("operativo", "técnico", "estratégico")
    partes = []
    for clase in clases:
        comite = g.comite(g.decide_lo(clase) or "")
        if comite is None:
            continue
        opina = g.comite(g.de_la_accion("opina") or "")
        espera = (
            f", con la opinión del {opina.nombre} o vencido su plazo de"
            f" {g.aprobacion.plazo_de_opinion_dias} días"
            if opina and clase != "operativo"
            else ""
        )
        cuales = ", ".join(_en_palabras(t) for t, c in g.aprobacion.clases.items() if c == clase)
        partes.append(
            f"<li><strong>{clase.capitalize()}</strong> ({esc(cuales)}): lo aprueba el"
            f" {esc(comite.nombre)}{esc(espera)}.</li>"
        )
    return f"<ul>{''.join(partes)}</ul>"


def _en_palabras(tipo: TipoDeProducto) -> str:
    return {
        "mision": "la edición de una misión",
        "catalogo": "el catálogo de indicadores",
        "kpi": "la ficha de un KPI, con su línea de base y su meta",
        "planilla": "la planilla",
        "mapeo": "un mapeo",
        "metodologia": "la metodología",
        "plan-de-trabajo": "el plan de trabajo",
        "plan-de-recojo": "el plan de recojo",
        "informe": "un informe",
    }[tipo]


def _tabla_de_sesiones(r: Resultados) -> str:
    g = r.catalogo.gobernanza
    cerradas = [s for s in r.libro.sesiones if s.sello]
    if not cerradas:
        return "<p>Todavía no hay ninguna sesión en el libro de actas.</p>"
    meses = sorted({s.mes for s in cerradas}, reverse=True)
    a_la_vista = set(meses[:MESES_A_LA_VISTA])
    por_mes: dict[str, list[list[str]]] = {}
    calladas: dict[str, list[int]] = {}
    for s in (s for s in reversed(cerradas) if s.mes in a_la_vista):
        de_quien = esc(nombre_del_comite(g, s.comite)) + _ensayo(s.simulacro)
        acta, paso = f"{s.acta}{_firmada(r.libro, s)}", _que_paso(r, s, g)
        if paso or acta != str(s.acta):
            fila = [de_quien, acta, paso or SIN_DECISIONES]
            por_mes.setdefault(s.mes, []).append(fila)
        else:
            calladas.setdefault(de_quien, []).insert(0, s.acta)
    grupos = [(al_empezar(legible(mes)), filas) for mes, filas in por_mes.items()]
    tabla = (
        tabla_por_grupos("Qué pasó en cada sesión", ["Comité", "Acta", "Qué pasó"], grupos)
        if grupos
        else ""
    )
    tabla += _las_demas(calladas, bool(grupos)) + _sellos(r)
    if len(meses) <= MESES_A_LA_VISTA:
        return tabla
    return f'{tabla}<p>Las anteriores están en <a href="@raiz@/datos/{ARCHIVO}">datos</a>.</p>'


def _las_demas(calladas: Mapping[str, list[int]], hay_otras: bool) -> str:
    """Las sesiones en que no se decidió nada, en una frase: se celebraron, y consta."""
    if not calladas:
        return ""
    dichas = "; ".join(
        f"{quien}, {'acta' if len(actas) == 1 else 'actas'} {y_en_lista(map(str, actas))}"
        for quien, actas in sorted(calladas.items())
    )
    tambien = "También sesionaron" if hay_otras else "Sesionaron"
    return f"<p>{tambien}, sin nada que decidir ni acordar: {dichas}.</p>"


def _firmada(libro: Libro, s: Sesion) -> str:
    """Cómo volvió firmada el acta y la huella del último original, si volvió."""
    acta = libro.actas.get(s.id)
    if acta is None or not acta.recibidas:
        return ""
    ultima = next((o for o in reversed(acta.recibidas) if o.clase == "digital"), acta.recibidas[-1])
    como = "firmada con certificado, íntegra" if ultima.firmas else "firmada en papel"
    return f"<br>{como} {huella_corta(ultima.sha256)}"


def _ensayo(simulacro: bool) -> str:
    return " <strong>(simulacro)</strong>" if simulacro else ""


def _que_paso(r: Resultados, s: Sesion, g: Gobernanza | None) -> str:
    comite = g.comite(s.comite) if g else None
    if comite and not hay_quorum(comite, s):
        return "Sin quórum"
    partes = ["Segunda convocatoria"] if s.convocatoria == "segunda" else []
    por_producto: dict[str, list[str]] = {}
    for t in s.tramites:
        ensayo = _ensayo(t.simulacro and not s.simulacro)
        paso = paso_dicho(t) + _entre_parentesis(_votacion(t))
        por_producto.setdefault(t.producto, []).append(paso + ensayo)
    partes += [
        f"{esc(nombre_de(r.catalogo, p))}: {y_en_lista(pasos)}" for p, pasos in por_producto.items()
    ]
    if s.acuerdos:
        partes.append(f"{len(s.acuerdos)} {'acuerdo' if len(s.acuerdos) == 1 else 'acuerdos'}")
    return "; ".join(partes)


def _votacion(t: Tramite) -> str:
    """Los votos y, si se empató, cómo se resolvió."""
    empate = t.votos is not None and 0 < len(t.votos.a_favor) == len(t.votos.en_contra)
    return votado(t) + ("; el empate lo resolvió el voto dirimente" if empate else "")


def _entre_parentesis(dicho: str) -> str:
    return f" ({dicho})" if dicho else ""


def _sellos(r: Resultados) -> str:
    """El último sello de cada libro, para compararlo con el de otra edición."""
    g = r.catalogo.gobernanza
    de = {s.cadena: s for s in r.libro.sesiones}
    dichos = [
        f"{esc(nombre_del_comite(g, de[cadena].comite))}{_ensayo(de[cadena].simulacro)}, acta"
        f" {cabeza.acta}: {huella_corta(cabeza.huella)}"
        for cadena, cabeza in r.libro.cabezas.items()
    ]
    return f"<p>Últimos sellos: {'; '.join(dichos)}.</p>" if dichos else ""


def _proximas(libro: Libro, catalogo: Catalogo) -> str:
    corte = catalogo.territorio.fecha_corte
    primera: dict[str, date] = {}
    for p in libro.calendario.sesiones:
        if p.fecha > corte:
            primera[p.comite] = min(p.fecha, primera.get(p.comite, p.fecha))
    if not primera:
        falta = "No quedan sesiones en el" if libro.calendario.sesiones else "Todavía no hay"
        return f"<p>{falta} calendario.</p>"
    propuesta = " El calendario es una propuesta." if libro.calendario.estado == "propuesta" else ""
    dichas = "; ".join(
        f"{esc(nombre_del_comite(catalogo.gobernanza, c))}, en {legible(f.isoformat()[:7])}"
        for c, f in sorted(primera.items(), key=lambda x: x[1])
    )
    return f"<p>Próximas sesiones: {dichas}.{propuesta}</p>"


def _tabla_de_acuerdos(r: Resultados) -> str:
    abiertos = r.libro.acuerdos_abiertos
    if not abiertos:
        return "<p>No hay acuerdos abiertos.</p>"
    filas = [
        [
            esc(a.acuerdo.que),
            esc(a.acuerdo.institucion),
            legible(a.acuerdo.plazo.isoformat()[:7]) + (" (vencido)" if _vencido(a, r) else ""),
            esc(
                f"acta {a.sesion.acta}, {nombre_del_comite(r.catalogo.gobernanza, a.sesion.comite)}"
            )
            + _ensayo(a.sesion.simulacro),
        ]
        for a in abiertos
    ]
    return tabla_html("Acuerdos abiertos", ["Qué", "Institución", "Plazo", "De dónde sale"], filas)


def _tabla_de_aprobaciones(r: Resultados) -> str:
    aprobaciones = r.aprobaciones
    filas, sin_enviar = [], []
    for producto in aprobaciones.registrados():
        if producto not in aprobaciones.tramitados:
            sin_enviar.append(esc(nombre_de(r.catalogo, producto)))
            continue
        a = aprobaciones.de(producto)
        dicha = al_empezar(a.dicha)
        version = aprobaciones.version_de_hoy(producto)
        filas.append(
            [
                esc(nombre_de(r.catalogo, producto)),
                esc(dicha + _cuantos(r, a.version, a.estado == APROBADO)),
                huella_corta(version) if version else "—",
            ]
        )
    tabla = tabla_html(
        "Lo que se envió a los comités", ["Producto", "Cómo está", "Versión de hoy"], filas
    )
    no_enviado = (
        "<p>No se han enviado todavía a ningún comité:</p>"
        f"<ul>{''.join(f'<li>{p}</li>' for p in sin_enviar)}</ul>"
    )
    return (tabla if filas else "") + (no_enviado if sin_enviar else "")


def _catalogo_propuesto(r: Resultados) -> str:
    """Si el catálogo pasó ya por los comités."""
    catalogo = r.aprobaciones.de("catalogo")
    if catalogo.acta:
        return f"<p>El catálogo de indicadores de este sitio está así: {esc(catalogo.dicha)}.</p>"
    return (
        '<p class="nota">El catálogo de indicadores de este sitio es una <a'
        ' href="@raiz@/acerca.html#catalogo">propuesta</a>: todavía no ha pasado por esta'
        " revisión.</p>"
    )


def _cuantos(r: Resultados, version: str | None, aprobado: bool) -> str:
    """Cuántos KPI tenían cifra en la edición que se aprobó de una misión."""
    guardada = r.libro.versiones.get(version or "")
    contenido = guardada.contenido if guardada and aprobado else {}
    if "con_cifra" not in contenido:
        return ""
    return f". Se aprobó con cifra en {contenido['con_cifra']} de {contenido['kpis']} KPI"


def _tabla_de_renovadas(r: Resultados) -> str:
    todas = renovadas(r)
    if not todas:
        return "<p>Ninguna línea de base ni meta se ha renovado.</p>"
    grupos: dict[str, list[list[str]]] = {}
    for n, x in enumerate(todas):
        ultima = n + 1 == len(todas) or todas[n + 1].kpi != x.kpi
        grupos.setdefault(x.kpi, []).append(
            [
                "vigente" if ultima else "anterior",
                _partida(r, x.kpi, x.linea_base),
                _partida(r, x.kpi, x.meta),
                esc(f"acta {x.acta.rsplit('-', 1)[1].lstrip('0')}, {legible(x.mes)}"),
            ]
        )
    return tabla_por_grupos(
        "La de antes, junto a la vigente",
        ["Cuál es", "Línea de base", "Meta", "Acta"],
        [
            (f"{enlace_kpi(r, kpi)} {esc(r.catalogo.kpis[kpi].nombre_corto)}", filas)
            for kpi, filas in grupos.items()
        ],
    )


def _partida(r: Resultados, codigo: str, valor: Mapping[str, Any] | None) -> str:
    if valor is None:
        return "ninguna"
    kpi = r.catalogo.kpis[codigo]
    periodo = legible(valor["periodo"] or valor.get("periodo_asumido") or "")
    dicho = o_asumido(periodo, not valor["periodo"])
    return f"{esc(con_unidad(valor['valor'], kpi.unidad, kpi.decimales))} ({esc(dicho)})"
