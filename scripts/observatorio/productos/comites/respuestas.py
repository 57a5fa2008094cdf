"""Lo que nos dijeron y qué respondimos, y qué se decidió con qué dato y qué se observó después.

Del día se dice el mes. Lo que trata de un indicador reservado o sensible no sale: quien lo comenta
podría correr riesgo.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ...actas.comentarios import Comentario, DatoUsado, Decision, Observado
from ...actas.productos import nombre_de
from ...actas.revision_de_comentarios import vence
from ...base.numeros import con_unidad
from ...base.palabras import al_empezar
from ...base.periodos import legible
from ...catalogo.gobernanza import ReglasDeComentarios
from ...datos.columnas import entera
from ...presentacion.apilada import tabla_html
from ...presentacion.enlaces import enlace_kpi
from ...presentacion.pieza import esc
from ...presentacion.tablas import marca_html
from ...resultados.resultados import Resultados
from .dichos_de_actas import nombre_del_comite

RECIBIDO = "recibido"


def publicos(r: Resultados) -> tuple[Comentario, ...]:
    """Los que pueden salir, en el orden del registro."""
    reservados = [c for c, k in r.catalogo.kpis.items() if not k.se_sigue_en_publico]

    def de_reservado(c: Comentario) -> bool:
        texto = " ".join((c.producto, c.que, c.respuesta or "", c.cambio.dicho if c.cambio else ""))
        return any(codigo in texto for codigo in reservados)

    return tuple(c for c in r.libro.comentarios if not de_reservado(c))


def respondidos(
    r: Resultados, despues_de: date | None, hasta: date | None = None
) -> tuple[Comentario, ...]:
    """Los públicos que se respondieron después de un día y hasta otro; sin ellos, todos. El más
    nuevo, primero.
    """
    hay = [
        c
        for c in publicos(r)
        if c.respondido is not None
        and (despues_de is None or c.respondido > despues_de)
        and (hasta is None or c.respondido <= hasta)
    ]
    return tuple(sorted(hay, key=lambda c: (c.respondido or date.min, c.codigo), reverse=True))


def en_una_frase(r: Resultados, c: Comentario) -> str:
    """Para el boletín de un comité."""
    cambio = f"; {c.cambio.dicho}" if c.cambio else ""
    return (
        f"{c.codigo}, {nombre_de(r.catalogo, c.producto)} ({c.papel}): {c.que} — {c.estado}:"
        f" {c.respuesta}{cambio}"
    )


def como_dict(r: Resultados) -> dict[str, object]:
    """Como se publica en ``datos/gobernanza.json``."""
    return {
        "comentarios": [_comentario(c) for c in publicos(r)],
        "decisiones": [
            {
                "codigo": d.codigo,
                "decision": d.decision,
                "sesion": d.sesion,
                "datos": [x.model_dump() for x in d.datos],
                "resultados": [
                    x.model_dump(exclude={"fecha"}) | {"mes": _mes(x.fecha)} for x in d.resultados
                ],
            }
            for d in r.libro.decisiones
        ],
    }


def _comentario(c: Comentario) -> dict[str, object]:
    return {
        "codigo": c.codigo,
        "producto": c.producto,
        "recibido": _mes(c.recibido),
        "medio": c.medio,
        "papel": c.papel,
        "que": c.que,
        "estado": c.estado,
        "criterio": c.criterio,
        "respuesta": c.respuesta,
        "respondido": _mes(c.respondido) if c.respondido else None,
        "cambio": c.cambio.dicho if c.cambio else None,
        "avisado": c.avisado is not None,
    }


def _mes(dia: date) -> str:
    return dia.isoformat()[:7]


def piezas(r: Resultados) -> dict[str, str]:
    """``nombre → HTML`` de lo que las páginas cuentan."""
    return {
        "respuestas": _tabla_de_respuestas(r),
        "comentarios": _cuentas(r),
        "criterios-de-respuesta": _criterios(_reglas(r)),
        "decisiones": _tabla_de_decisiones(r),
    }


def _reglas(r: Resultados) -> ReglasDeComentarios:
    g = r.catalogo.gobernanza
    return g.comentarios if g else ReglasDeComentarios()


def _tabla_de_respuestas(r: Resultados) -> str:
    hay = respondidos(r, None)
    if not hay:
        return "<p>Todavía no se ha respondido ningún comentario.</p>"
    criterios = {c.id: c.dice for c in _reglas(r).criterios}
    filas = [
        [
            f"{esc(nombre_de(r.catalogo, c.producto))} <small>{c.codigo}</small>",
            f"{esc(c.que)} <small>{esc(c.papel)}, {legible(_mes(c.recibido))}</small>",
            f"<strong>{esc(al_empezar(c.estado))}.</strong> {esc(c.respuesta or '')}"
            f" <small>{esc(criterios.get(c.criterio or '', ''))}</small>",
            esc(al_empezar(c.cambio.dicho)) if c.cambio else "nada",
        ]
        for c in hay
    ]
    return tabla_html(
        "Lo que nos dijeron y qué respondimos",
        ["Sobre qué", "Qué nos dijeron", "Qué respondimos", "Qué se cambió"],
        filas,
    )


def _cuentas(r: Resultados) -> str:
    """Cuántos llegaron y cómo van; de los reservados tampoco se dice cuántos hay."""
    todos, reglas = publicos(r), _reglas(r)
    if not todos:
        return "<p>Todavía no hay ningún comentario anotado.</p>"
    corte = r.catalogo.territorio.fecha_corte
    abiertos = [c for c in todos if c.estado == RECIBIDO]
    vencidos = sum(vence(c, reglas) < corte for c in abiertos)
    a_tiempo = sum(c.respondido is not None and c.respondido <= vence(c, reglas) for c in todos)
    return (
        f"<p>Comentarios anotados: {len(todos)}. Respondidos:"
        f" {len(todos) - len(abiertos)}, en plazo {a_tiempo}. Por responder: {len(abiertos)}, con"
        f" el plazo vencido {vencidos}.</p>"
    )


def _criterios(reglas: ReglasDeComentarios) -> str:
    if not reglas.criterios:
        return "<p>Todavía no hay criterios escritos.</p>"
    partes = []
    for acoge, titulo in ((True, "Se acoge si:"), (False, "No se acoge si:")):
        puntos = "".join(f"<li>{esc(c.dice)}.</li>" for c in reglas.criterios if c.acoge == acoge)
        if puntos:
            partes.append(f"<p>{titulo}</p><ul>{puntos}</ul>")
    propuesta = " Los criterios son una propuesta." if reglas.estado == "propuesta" else ""
    return (
        "".join(partes)
        + f"<p>Se responde en {reglas.plazo_de_respuesta_dias} días, y se le dice a quien"
        f" comentó.{propuesta}</p>"
    )


def _tabla_de_decisiones(r: Resultados) -> str:
    if not r.libro.decisiones:
        return "<p>Todavía no hay ninguna decisión anotada con su dato.</p>"
    filas = [
        [
            f"{esc(d.decision)} <small>{_de_que_acta(r, d)}</small>",
            "<br>".join(_dato(r, x) for x in d.datos),
            "<br>".join(_observado(r, x) for x in d.resultados) or "nada todavía",
        ]
        for d in r.libro.decisiones
    ]
    return tabla_html(
        "Qué se decidió, con qué dato y qué se observó después",
        ["Decisión", "Con qué dato", "Qué se observó después"],
        filas,
    ) + (
        "<p>Que algo venga después de una decisión no prueba que venga de ella: aquí consta lo que"
        " se observó, con su evidencia. Las cifras son las que hoy se publican.</p>"
    )


def _de_que_acta(r: Resultados, d: Decision) -> str:
    sesion = r.libro.sesion(d.sesion)
    if sesion is None:
        return esc(d.sesion)
    comite = nombre_del_comite(r.catalogo.gobernanza, sesion.comite)
    return f"{esc(comite)}, acta {sesion.acta}, {legible(sesion.mes)}"


def _dato(r: Resultados, x: DatoUsado) -> str:
    return f"{enlace_kpi(r, x.kpi)}: {_cifra(r, x.kpi, x.periodo)} ({esc(legible(x.periodo))})"


def _observado(r: Resultados, x: Observado) -> str:
    if x.kpi is not None and x.periodo is not None:
        evidencia = _dato(r, DatoUsado(kpi=x.kpi, periodo=x.periodo))
    else:
        fuente = r.catalogo.fuentes[x.fuente or ""]
        evidencia = f"según {esc(fuente.institucion)}, {esc(fuente.titulo)}"
    return f"{esc(x.que)} <small>{legible(_mes(x.fecha))}; {evidencia}</small>"


def _cifra(r: Resultados, codigo: str, periodo: str) -> str:
    """La del territorio entero, como hoy es pública."""
    kpi, c = r.catalogo.kpis[codigo], pl.col
    suyas = r.de_kpi(codigo).filter(
        c("periodo") == periodo,
        c("lugar") == r.catalogo.territorio.ubigeo,
        entera(),
        c("agrupado") == 0,
    )
    if suyas.is_empty():
        return "sin dato público"
    fila = suyas.row(0, named=True)
    if fila["protegido"] or fila["valor"] is None:
        return "dato protegido"
    return esc(con_unidad(fila["valor"], kpi.unidad, kpi.decimales)) + marca_html(
        fila["naturaleza"]
    )
