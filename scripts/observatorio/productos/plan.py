"""Piezas de la página *Plan de recojo*, su tabla descargable y los calendarios por responsable.

Los KPI de acceso restringido y los sensibles no se siguen en público.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date

from ..base.huellas import huella
from ..base.palabras import contados
from ..base.periodos import legible
from ..base.plegado import slug
from ..catalogo.plan_de_recojo import ANEXOS, DISTRITO, Dato, Plan
from ..presentacion.pieza import esc
from ..recojo.calendario import Evento, eventos, ics
from ..recojo.seguimiento import (
    NO_LLEGAN,
    Seguida,
    Situacion,
    atrasadas,
    descargo_escrito,
    escrita,
    inventadas,
    medidas,
    seguir,
)
from ..resultados.resultados import Resultados
from .columnas import PLAN

CARPETA = "plan"
ICONO: dict[Situacion, tuple[str, str]] = {
    "recibido": ("✓", "alcanzado"),
    "incompleto": ("◐", "requiere-acelerar"),
    "no se midió": ("–", "sin-datos"),
    "por llegar": ("○", "en-ruta"),
    "atrasado": ("!", "en-retroceso"),
    "no puede llegar": ("⊘", "sin-datos"),
    "retirado": ("·", "sin-datos"),
}


def seguimiento(r: Resultados) -> list[Seguida]:
    """La situación pública de las entregas del plan."""
    tipos = {
        codigo: (tipo, lugar)
        for codigo, tipo, lugar in r.unidades.select("codigo", "tipo", "lugar").iter_rows()
    }
    publicos = [c for c, k in r.catalogo.kpis.items() if k.se_sigue_en_publico]
    return seguir(
        r.plan,
        r.catalogo,
        medidas(r.publica),
        set(r.no_medidas),
        tipos,
        publicos,
        inventadas(r.publica),
    )


def archivos(
    r: Resultados, seguidas: list[Seguida], guardados: Mapping[str, bytes]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """``(plan.csv y un .ics por responsable, los calendarios por su clave)``.

    ``guardados``: los calendarios de antes por su clave; el que no cambió no se hace otra vez.
    """
    plan = r.plan
    salida = io.StringIO()
    escritor = csv.writer(salida, lineterminator="\n")
    escritor.writerow(PLAN.nombres)
    for s in seguidas:
        d = plan.datos[s.entrega.kpi]
        escritor.writerow(
            [
                s.entrega.kpi,
                d.dato,
                s.entrega.periodo,
                s.entrega.vence.isoformat(),
                s.situacion,
                s.recibidas,
                s.esperadas,
                d.frecuencia,
                d.fuente,
                d.origen,
                d.medio,
                d.responsable,
                str(s.demostracion).lower(),
                s.motivo,
                descargo_escrito(s.descargo) if s.descargo else "",
            ]
        )
    hechos, usados = {"plan.csv": salida.getvalue().encode()}, {}
    lista = eventos(plan, seguidas)
    nombres = _archivos(list(lista))
    for responsable, suyos in lista.items():
        clave = f"{_clave(r, responsable, suyos)}.ics"
        usados[clave] = guardados.get(clave) or ics(r.catalogo.territorio, responsable, suyos)
        hechos[nombres[responsable]] = usados[clave]
    return hechos, usados


def _clave(r: Resultados, responsable: str, suyos: list[Evento]) -> str:
    t = r.catalogo.territorio
    return huella(
        responsable,
        t.sitio.titulo,
        t.sitio.direccion,
        t.fecha_corte.isoformat(),
        json.dumps(
            [[e.nombre, e.dia.isoformat(), e.titulo, e.detalle, e.novedades] for e in suyos]
        ),
    )


def _archivos(responsables: list[str]) -> dict[str, str]:
    """Nombre de archivo de cada responsable; si dos se parecen demasiado, llevan su huella."""
    cuenta = Counter(slug(n) for n in responsables)
    return {
        n: f"{slug(n)}.ics" if cuenta[slug(n)] == 1 else f"{slug(n)}-{huella(n)[:6]}.ics"
        for n in responsables
    }


def _sello(s: Seguida) -> str:
    icono, clase = ICONO[s.situacion]
    partes = f" {s.recibidas} de {s.esperadas}" if s.situacion == "incompleto" else ""
    dicho = s.situacion if s.motivo else escrita(s)
    junto = s.motivo or (descargo_escrito(s.descargo) if s.descargo else "")
    return (
        f'<span class="estado e-{clase}"><span aria-hidden="true">{icono}</span>'
        f" {esc(dicho)}{partes}</span>"
        + (f"<small>{esc(_con_mayuscula(junto))}</small>" if junto else "")
    )


def _con_mayuscula(texto: str) -> str:
    return texto[:1].upper() + texto[1:]


def _dia(fecha: date) -> str:
    return f"{fecha.day} de {legible(f'{fecha.year}-{fecha.month:02d}')}"


def _fila(r: Resultados, plan: Plan, s: Seguida) -> list[str]:
    from ..presentacion.enlaces import enlace_kpi

    e, d = s.entrega, plan.datos[s.entrega.kpi]
    cuando = (
        f"hace {s.dias} días"
        if s.dias > 1
        else "ayer"
        if s.dias == 1
        else "hoy"
        if s.dias == 0
        else f"en {-s.dias} días"
    )
    cuando = "" if s.situacion in NO_LLEGAN else f"<small>{cuando}</small>"
    return [
        f"{enlace_kpi(r, e.kpi)} <small>{esc(d.dato)}</small>",
        esc(legible(e.periodo)),
        f"{_dia(e.vence)}{cuando}",
        _sello(s),
        esc(d.responsable),
    ]


CABECERA = ["Dato", "Periodo", "Se entrega hasta", "Situación", "Responsable"]


def piezas(r: Resultados, seguidas: list[Seguida]) -> dict[str, str]:
    """Las piezas de la página, por nombre."""
    hacer = {
        "resumen": _resumen,
        "atrasadas": _tabla_atrasadas,
        "proximas": _tabla_proximas,
        "no-llegan": _tabla_no_llegan,
        "completo": _tabla_completa,
        "calendarios": _lista_de_calendarios,
    }
    return {f"plan-{nombre}": f(r, r.plan, seguidas) for nombre, f in hacer.items()}


def _resumen(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """Cuántas entregas hay de cada situación."""
    cuenta = Counter(s.situacion for s in seguidas)
    restringidos = sum(not k.se_sigue_en_publico for k in r.catalogo.kpis.values())
    partes = "".join(
        f'<li><span class="estado e-{ICONO[n][1]}"><span aria-hidden="true">{ICONO[n][0]}</span>'
        f" {esc(n)}</span> <strong>{cuenta[n]}</strong></li>"
        for n in ICONO
        if cuenta[n]
    )
    falsas = sum(s.demostracion for s in seguidas)
    inventado = (
        f"En <strong>{falsas}</strong> de ellas lo recibido es, en todo o en parte, de"
        " demostración: nadie lo entregó todavía. "
        if falsas
        else ""
    )
    nota = (
        f" Los {restringidos} indicadores de acceso restringido o sensibles se siguen aparte."
        if restringidos
        else ""
    )
    return (
        f"<p>En {plan.anio} vencen <strong>{len(seguidas)}</strong> entregas. A la fecha de corte,"
        f" {_dia(r.catalogo.territorio.fecha_corte)}, están así:</p><ul"
        f' class="situaciones">{partes}</ul><p>{inventado}{nota.strip()}</p>'
    )


def _tabla_atrasadas(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """Lo vencido sin llegar: de cada dato, su entrega más antigua y cuántas debe."""
    from ..presentacion.apilada import tabla_html

    primeras: dict[str, Seguida] = {}
    cuantas: Counter[str] = Counter()
    for s in atrasadas(seguidas):
        primeras.setdefault(s.entrega.kpi, s)
        cuantas[s.entrega.kpi] += 1
    if not primeras:
        return "<p>Ninguna entrega está atrasada.</p>"
    filas = []
    for s in primeras.values():
        fila, otras = _fila(r, plan, s), cuantas[s.entrega.kpi] - 1
        fila[1] = f"{fila[1]}<small>y {otras} más</small>" if otras else fila[1]
        filas.append(fila)
    return tabla_html(
        "Entregas atrasadas o incompletas, la más antigua de cada dato", CABECERA, filas, "plan"
    )


def _tabla_proximas(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """Lo que falta por vencer en el año."""
    from ..presentacion.apilada import tabla_html

    proximas = [s for s in seguidas if s.situacion == "por llegar"]
    return (
        tabla_html("Entregas que vienen", CABECERA, [_fila(r, plan, s) for s in proximas], "plan")
        if proximas
        else "<p>No queda ninguna entrega en el año.</p>"
    )


def _tabla_no_llegan(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """Lo que nadie espera ya, y por qué: no es un atraso de quien responde."""
    from ..presentacion.apilada import tabla_html

    ninguna = [s for s in seguidas if s.situacion in NO_LLEGAN]
    filas = [_fila(r, plan, s) for s in ninguna]
    return (
        tabla_html("Entregas que no llegarán", CABECERA, filas, "plan")
        if filas
        else "<p>Todas las entregas del año pueden llegar.</p>"
    )


def _tabla_completa(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """El plan entero, una tabla plegada por misión."""
    from ..presentacion.apilada import tabla_html
    from ..presentacion.enlaces import enlace_kpi

    partes = []
    for mision in r.catalogo.misiones:
        filas = []
        for kpi in (k for k in mision.kpis if k.se_sigue_en_publico):
            d = plan.datos[kpi.codigo]
            plazo = d.plazo_dias if d.plazo_dias is not None else plan.plazos[d.frecuencia]
            filas.append(
                [
                    f"{enlace_kpi(r, kpi.codigo)} <small>{esc(d.dato)}</small>",
                    esc(d.frecuencia),
                    esc(r.catalogo.fuentes[d.fuente].institucion) + f"<small>{d.origen}</small>",
                    esc(d.medio),
                    esc(_informan(r, d)),
                    esc(d.responsable),
                    f"{plazo} días después",
                ]
            )
        tabla = tabla_html(
            f"Plan de {mision.nombre}",
            ["Dato", "Frecuencia", "Fuente", "Medio", "Entregan", "Responsable", "Plazo"],
            filas,
            "plan",
        )
        partes.append(
            f"<details><summary>{esc(mision.codigo)} {esc(mision.nombre)}:"
            f" {contados(len(filas), 'datos')}</summary>{tabla}</details>"
        )
    return "".join(partes)


def _informan(r: Resultados, d: Dato) -> str:
    anexos = sum(n.isdigit() for n in d.informan)
    t = r.catalogo.territorio
    otros = [
        {DISTRITO: t.el_territorio, ANEXOS: t.anexos_se_llaman.cada}.get(n, f"cada {n}")
        for n in d.informan
        if not n.isdigit()
    ]
    return ", ".join([*otros, *([t.anexos_se_llaman.contados(anexos)] if anexos else [])])


def _lista_de_calendarios(r: Resultados, plan: Plan, seguidas: list[Seguida]) -> str:
    """Un enlace por responsable a su calendario."""
    lista = eventos(plan, seguidas)
    nombres = _archivos(list(lista))
    filas = "".join(
        f'<li><a href="@raiz@/datos/{CARPETA}/{nombres[n]}">{esc(n)}</a>'
        f" <small>{contados(len({x.dia for x in e}), 'días')} de entrega</small></li>"
        for n, e in lista.items()
    )
    cuantos = f"Los {len(lista)} calendarios"
    return (
        f"<details><summary>{'El calendario' if len(lista) == 1 else cuantos}</summary><ul"
        f' class="columnas">{filas}</ul></details>'
    )
