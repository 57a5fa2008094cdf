"""Los tres cuadros de la primera página de un boletín: qué se pide decidir, qué cambió y cómo van
los acuerdos.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...actas.productos import donde_se_comparan
from ...base.huellas import a_la_vista
from ...base.palabras import al_empezar, y_en_lista
from ...base.periodos import fecha_larga
from ...metodo.estados import ESTADOS, RETROCESO
from ...presentacion.certeza import en_renglones
from ...presentacion.hallazgo import AL_PASO, MAS_LENTO
from ...resultados.boletin import (
    ACUERDOS,
    CAMBIOS,
    DECIDIR,
    AcuerdoPrevio,
    Apartado,
    Cambio,
    Celda,
    MisionMostrada,
    ParaLaSesion,
    Pedido,
)

CABEN = 12
"""Cuántos cambios caben en la primera página; los demás se cuentan."""


def decidir(pedidos: Sequence[Pedido], dia: str, direccion: str, simulacro: bool) -> Apartado:
    """``dia``: el de la sesión, en ISO. ``direccion``: la del sitio, donde se compara cada versión;
    las de un ``simulacro`` no se publican.
    """
    donde = (
        "Las versiones de un simulacro no se publican: se guardan en data/gobernanza/versiones/."
        if simulacro
        else f"Las versiones {donde_se_comparan(direccion)}"
    )
    return Apartado(
        DECIDIR,
        "Qué se le pide decidir",
        ("Se pide", "Producto y versión", "Hasta cuándo"),
        (1.1, 2.8, 1.5),
        tuple(
            (
                Celda(al_empezar(p.paso)),
                Celda(
                    f"{p.nombre}, versión {a_la_vista(p.version)}{f' ({p.nota})' if p.nota else ''}"
                ),
                Celda(al_empezar(plazo(p.hasta, dia)) if p.hasta else "En esta sesión"),
            )
            for p in pedidos
        ),
        "Nada: ningún producto espera hoy a este comité.",
        (donde,) if pedidos else (),
    )


def plazo(hasta: str, dia: str) -> str:
    """«hasta el 5 de diciembre de 2026» o, si ese ``dia`` ya pasó, «venció el…»."""
    return f"{'venció' if hasta < dia else 'hasta'} el {fecha_larga(hasta)}"


def cambios(
    desde: str,
    vistos: Sequence[Cambio],
    antes: ParaLaSesion | None,
    advertencias: Sequence[tuple[str, int]],
    corregidas: Sequence[str],
) -> Apartado:
    """Las cifras que cambiaron, con su señal; en las notas, las correcciones y la calidad.

    ``desde``: cómo se nombra la sesión con que se compara.
    """
    filas = [
        (
            Celda(f"{c.kpi} {c.nombre}"),
            Celda(al_empezar(c.que)),
            Celda(c.antes),
            Celda(c.ahora, c.naturaleza),
            Celda(en_renglones(c.senal) or "sin señal que medir"),
        )
        for c in vistos
    ]
    sobran = len(filas) - CABEN
    if antes is None:
        vacio = "Todavía no hay con qué comparar."
        notas = [
            "Es la primera sesión de este comité que guarda las cifras que vio: desde la próxima,"
            " aquí se dirá qué cambió."
        ]
    else:
        vacio = "Ninguna cifra ni ningún estado cambió."
        mas = f" Y {sobran} más, en la tabla de cifras." if sobran > 0 else ""
        notas = [
            f"Se compara con lo que este comité vio en su {desde}.{mas}",
            f"Correcciones nuevas: {'; '.join(corregidas)}."
            if corregidas
            else "Ninguna corrección nueva.",
        ]
    notas.append(_calidad(advertencias, antes.advertencias if antes else None))
    return Apartado(
        CAMBIOS,
        "Qué cambió desde su sesión anterior",
        ("Indicador", "Qué pasó", "Era", "Es", "Cuán seguro es"),
        (2, 1.1, 1.5, 1.5, 1.4),
        tuple(filas[:CABEN]),
        vacio,
        tuple(notas),
    )


def _calidad(hay: Sequence[tuple[str, int]], antes: Sequence[tuple[str, int]] | None) -> str:
    """«…: 1 de consistencia y 35 de confiabilidad (eran 34)»; las que ni hay ni había se callan."""
    habia = dict(antes or ())
    if not any(n or habia.get(control) for control, n in hay):
        return "Ninguna advertencia de calidad."
    dichos = [
        f"{n} de {control}" + (f" (eran {habia[control]})" if habia.get(control, n) != n else "")
        for control, n in hay
        if n or habia.get(control)
    ]
    return f"Advertencias de calidad que alguien explicó: {y_en_lista(dichos)}."


def acuerdos(previos: Sequence[AcuerdoPrevio]) -> Apartado:
    return Apartado(
        ACUERDOS,
        "Sus acuerdos anteriores",
        ("Acuerdo", "Quién lo hace", "Plazo", "Cómo va"),
        (2.8, 1.8, 1.75, 1.4),
        tuple(
            (
                Celda(f"{a.cita.partition('/')[2]} · {a.que}"),
                Celda(a.institucion),
                Celda(fecha_larga(a.plazo)),
                Celda(f"{al_empezar(a.estado)}{f'. {a.nota}' if a.nota else ''}"),
            )
            for a in previos
        ),
        "Este comité no tiene acuerdos pendientes.",
    )


def cuentas(misiones: Sequence[MisionMostrada]) -> Apartado:
    """De los indicadores de cada misión, cuántos van cómo."""

    def suma(m: MisionMostrada, cuales: Sequence[str]) -> Celda:
        return Celda(str(sum(n for estado, n in m.estados if estado in cuales)))

    sin_saber = [e.nombre for e in ESTADOS if not e.evaluado]
    return Apartado(
        "cuentas",
        "Cuántos indicadores van cómo",
        ("Misión", "Al paso", "Más despacio", "Peor", "No se sabe"),
        (2.3, 0.8, 1.15, 0.75, 0.9),
        tuple(
            (
                Celda(f"{m.codigo} {m.nombre_corto}", "demostracion" if m.demostracion else None),
                suma(m, AL_PASO),
                suma(m, MAS_LENTO),
                suma(m, (RETROCESO,)),
                suma(m, sin_saber),
            )
            for m in misiones
        ),
        "No hay misiones.",
        estrecho=True,
    )
