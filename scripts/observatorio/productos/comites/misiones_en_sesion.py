"""Lo que un comité ve de cada misión, ya escrito: su avance, sus retrocesos y los indicadores que
caben en su ficha de una página.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...base.numeros import con_unidad
from ...base.periodos import legible, o_asumido
from ...catalogo.modelos import Kpi, Mision
from ...catalogo.territorio import Territorio
from ...metodo.estados import ESTADOS, RETROCESO
from ...presentacion.certeza import en_una_linea, es_posible
from ...presentacion.hallazgo import de_conjunto
from ...resultados.boletin import IndicadorMostrado, Lugar, MisionMostrada
from ...resultados.resultados import Resultados

CABEN = 9
"""Cuántos indicadores caben en la ficha de una página."""
ATRASAN = (RETROCESO, "rezagado", "requiere acelerar")


def lugar(t: Territorio) -> Lugar:
    """De qué observatorio es el papel."""
    return Lugar(
        t.sitio.titulo,
        f"{t.tipo} de {t.nombre}",
        t.region,
        t.sitio.direccion,
        t.horizonte,
        f"{t.plan.titulo}, {t.plan.norma}",
    )


def misiones(r: Resultados) -> tuple[MisionMostrada, ...]:
    """Todas, en el orden del territorio."""
    return tuple(_mision(r, m) for m in r.catalogo.misiones)


def _mision(r: Resultados, m: Mision) -> MisionMostrada:
    publicos = [k for k in m.kpis if k.publico]
    # Se cuentan todos, como en la página de la misión: de los reservados no se sabe cómo van.
    evaluados = {k.codigo: r.evaluados[k.codigo] for k in m.kpis}
    dicho = de_conjunto(evaluados, {c: r.analizados[c] for c in evaluados})
    cuenta = Counter(e.estado for e in evaluados.values())
    posibles = sum(es_posible(e, r.analizados[c]) for c, e in evaluados.items())
    resumen = r.de_misiones[m.slug]
    return MisionMostrada(
        codigo=m.codigo,
        slug=m.slug,
        nombre=m.nombre,
        nombre_corto=m.nombre_corto,
        meta=m.meta_2030,
        avance=resumen.avance,
        minimo=resumen.minimo,
        maximo=resumen.maximo,
        evaluados=resumen.evaluados,
        kpis=resumen.kpis,
        claros=cuenta[RETROCESO] - posibles,
        posibles=posibles,
        demostracion=resumen.demostracion,
        hallazgo=dicho.texto,
        estados=tuple((e.nombre, cuenta[e.nombre]) for e in ESTADOS if cuenta[e.nombre]),
        indicadores=tuple(_de_la_ficha(r, publicos)),
        aprobacion=r.aprobaciones.de(f"mision/{m.slug}").dicha,
        interes=m.interes or "",
    )


def _de_la_ficha(r: Resultados, publicos: list[Kpi]) -> Iterator[IndicadorMostrado]:
    """Los de la meta y, después, los que más atrasan: primero los retrocesos con señal clara."""

    def urgencia(k: Kpi) -> tuple[object, ...]:
        e = r.evaluados[k.codigo]
        return (
            not k.principal,
            ATRASAN.index(e.estado) if e.estado in ATRASAN else len(ATRASAN),
            es_posible(e, r.analizados[k.codigo]),
            e.ritmo if e.ritmo is not None else 0.0,
            k.codigo,
        )

    elegidos = [k for k in publicos if k.principal or r.evaluados[k.codigo].estado in ATRASAN]
    for k in sorted(elegidos, key=urgencia)[:CABEN]:
        yield indicador(r, k)


def indicador(r: Resultados, k: Kpi) -> IndicadorMostrado:
    """Un KPI con sus cifras escritas; lo protegido lo dice."""
    e, a = r.evaluados[k.codigo], r.analizados[k.codigo]
    base = k.linea_base
    visible = e.valor is not None and not e.protegido

    def escrito(v: float | None) -> str:
        return con_unidad(v, k.unidad, k.decimales)

    protegida = e.base_protegida or base is None
    return IndicadorMostrado(
        kpi=k.codigo,
        nombre=k.nombre_corto,
        principal=k.principal,
        base=(
            "dato protegido"
            if e.base_protegida
            else "—"
            if base is None
            else f"{base.cota or ''}{escrito(base.valor)}"
        ),
        base_periodo=(
            ""
            if base is None or protegida
            else o_asumido(legible(base.periodo_efectivo), not base.periodo)
        ),
        base_naturaleza=None if base is None or protegida else base.naturaleza,
        hoy=escrito(e.valor) if visible else e.estado,
        periodo=legible(e.periodo) if visible and e.periodo else "",
        naturaleza=e.naturaleza if visible else None,
        meta="dato protegido" if e.meta_protegida else escrito(e.m),
        meta_periodo=_de_la_meta(k) if not e.meta_protegida else "",
        estado=e.estado,
        posible=es_posible(e, a),
        senal=en_una_linea(e, a),
        avance=e.avance,
        esperado=e.esperado,
        por_anio=_por_anio(k, a.necesario_por_anio),
        fuente=r.catalogo.fuentes[k.fuente].institucion,
    )


def _de_la_meta(k: Kpi) -> str:
    """Para cuándo es y, si no la fijó el plan, que está propuesta."""
    if k.meta is None:
        return ""
    propuesta = ", propuesta" if k.meta.origen == "propuesta" else ""
    return f"{legible(k.meta.periodo)}{propuesta}"


def _por_anio(k: Kpi, cambio: float | None) -> str:
    """«subir 5.7 puntos al año»; vacío si no se sabe."""
    if cambio is None:
        return ""
    unidad = "puntos" if k.unidad == "%" else k.unidad
    verbo = "bajar" if cambio < 0 else "subir"
    return f"{verbo} {con_unidad(abs(cambio), unidad, k.decimales)} cada año"
