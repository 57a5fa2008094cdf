"""Lo que un comité lleva a su sesión: qué se le pide decidir, qué cambió desde la anterior, sus
acuerdos, lo propio de su papel y la tabla de las cifras que vio.

Esa tabla se guarda con la sesión: con ella, la siguiente sabe qué cambió. Todo sale de lo público.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from ...actas.cadena import cadenas
from ...actas.modelos import Sesion
from ...actas.tramites import le_toca
from ...base.huellas import a_la_vista
from ...base.numeros import canonico, con_unidad
from ...base.palabras import al_empezar
from ...base.periodos import fecha_larga, legible
from ...catalogo.naturalezas import ROTULOS
from ...datos.control_de_regla import CONTROLES
from ...metodo.estados import RETROCESO
from ...presentacion.certeza import en_una_linea
from ...presentacion.hallazgo import de_conjunto
from ...resultados.boletin import AcuerdoPrevio, Cambio, Celda, Mostrada, ParaLaSesion, Pedido, leer
from ...resultados.resultados import Resultados
from ..columnas import CIFRAS_DE_SESION
from . import de_su_papel, primera_pagina, respuestas
from .misiones_en_sesion import lugar, misiones
from .por_decidir import SE_PIDE, por_decidir

MENSAJE = 900
"""Cuántas letras caben en el mensaje que se reenvía por teléfono."""
POR_CUMPLIR = VENCIDO, EN_CURSO, ABIERTO = "vencido", "en curso", "abierto"
NUEVO, CORREGIDO, DE_ESTADO, RETIRADO = (
    "dato nuevo",
    "dato corregido",
    "cambió de estado",
    "ya no se muestra",
)


def reunir(r: Resultados, sesion: Sesion, guardados: Mapping[str, bytes]) -> ParaLaSesion:
    """El de ``sesion``. ``guardados``: sesión → boletín, los de las anteriores."""
    gobernanza, t = r.catalogo.gobernanza, r.catalogo.territorio
    comite = gobernanza.comite(sesion.comite) if gobernanza else None
    previa = _anterior(r, sesion, guardados)
    antes = leer(guardados[previa.id]) if previa else None
    cifras = tuple(_mostradas(r))
    cambios = tuple(_cambios(r, {c.kpi: c for c in antes.cifras}, cifras)) if antes else ()
    advertencias = tuple(_advertencias(r))
    correcciones = tuple(sorted(de_su_papel.correcciones(r)))
    se_pide, acuerdos = tuple(_pedidos(r, sesion)), tuple(_acuerdos(r, sesion))
    todas, respondidos = misiones(r), tuple(_respondidos(r, sesion))
    nuevas = correcciones if antes is None else _sin(correcciones, antes.correcciones)
    return ParaLaSesion(
        sesion=sesion.id,
        comite=comite.nombre if comite else sesion.comite,
        id_comite=sesion.comite,
        acta=sesion.acta,
        fecha=sesion.fecha.isoformat(),
        simulacro=sesion.simulacro,
        convocatoria=sesion.convocatoria,
        desde=previa.id if previa else None,
        desde_dicho=_nombrada(previa),
        fecha_corte=t.fecha_corte.isoformat(),
        lugar=lugar(t),
        comparte=not t.en_periodo_electoral,
        hallazgo=_hallazgo(r),
        se_pide=se_pide,
        cambios=cambios,
        acuerdos=acuerdos,
        primera_pagina=(
            primera_pagina.decidir(
                se_pide,
                sesion.fecha.isoformat(),
                r.catalogo.territorio.sitio.direccion,
                sesion.simulacro,
            ),
            primera_pagina.cambios(_nombrada(previa), cambios, antes, advertencias, nuevas),
            primera_pagina.acuerdos(acuerdos),
        ),
        cuentas=primera_pagina.cuentas(todas),
        propio=(
            *de_su_papel.apartados(r, sesion, todas),
            *de_su_papel.lo_comentado(respondidos),
        ),
        misiones=todas,
        advertencias=advertencias,
        correcciones=correcciones,
        cifras=cifras,
        respondidos=respondidos,
    )


def cifras_csv(b: ParaLaSesion) -> bytes:
    """La tabla de las cifras que el comité vio."""
    salida = io.StringIO()
    escritor = csv.writer(salida, lineterminator="\n")
    escritor.writerow(CIFRAS_DE_SESION.nombres)
    for c in b.cifras:
        valor = canonico(c.valor)
        escritor.writerow([c.kpi, c.periodo, valor, c.escrito, c.estado, c.senal, c.naturaleza])
    return salida.getvalue().encode("utf-8")


def _respondidos(r: Resultados, sesion: Sesion) -> Iterator[str]:
    """Lo respondido desde la sesión anterior de su comité; en la primera, todo."""
    suyas = [s for s in r.libro.sesiones if s.cadena == sesion.cadena and s.acta < sesion.acta]
    desde = max((s.fecha for s in suyas), default=None)
    for c in respuestas.respondidos(r, desde, sesion.fecha):
        yield respuestas.en_una_frase(r, c)


def _anterior(r: Resultados, sesion: Sesion, guardados: Mapping[str, bytes]) -> Sesion | None:
    """La última sesión de su comité que guardó lo que vio."""
    suyas = cadenas(r.libro.sesiones).get(sesion.cadena, [])
    antes = [s for s in suyas if s.acta < sesion.acta and s.id in guardados]
    return antes[-1] if antes else None


def _nombrada(sesion: Sesion | None) -> str:
    """«sesión 1, del 20 de noviembre de 2026»."""
    if sesion is None:
        return "ninguna guardó cifras"
    return f"sesión {sesion.acta}, del {fecha_larga(sesion.fecha.isoformat())}"


def _sin(todas: Sequence[str], vistas: Sequence[str]) -> tuple[str, ...]:
    return tuple(x for x in todas if x not in vistas)


def _hallazgo(r: Resultados) -> str:
    """Cómo va el conjunto, con las palabras y los números de la portada del sitio."""
    return de_conjunto(r.evaluados, r.analizados).texto


def _advertencias(r: Resultados) -> Iterator[tuple[str, int]]:
    hay = dict(r.advertencias.group_by("control").len().iter_rows())
    for control in CONTROLES:
        yield control, int(hay.get(control, 0))


def _mostradas(r: Resultados) -> Iterator[Mostrada]:
    for codigo, kpi in sorted(r.catalogo.kpis.items()):
        if not kpi.publico:
            continue
        e, a = r.evaluados[codigo], r.analizados[codigo]
        visible = e.valor is not None and not e.protegido
        yield Mostrada(
            codigo,
            e.periodo if visible else None,
            canonico(e.valor) if visible else None,
            con_unidad(e.valor, kpi.unidad, kpi.decimales) if visible else "—",
            e.estado,
            en_una_linea(e, a),
            e.naturaleza_resultado,
        )


def _cambios(
    r: Resultados, vistas: Mapping[str, Mostrada], cifras: Sequence[Mostrada]
) -> Iterator[Cambio]:
    """Primero los que cambiaron de estado, y entre ellos los que retroceden."""
    hallados = []
    for hoy in cifras:
        antes = vistas.get(hoy.kpi)
        if antes is not None and (que := _que_cambio(antes, hoy)):
            kpi = r.catalogo.kpis[hoy.kpi]
            hallados.append(
                Cambio(
                    hoy.kpi,
                    kpi.nombre_corto,
                    que,
                    _dicha(antes),
                    _dicha(hoy),
                    hoy.senal,
                    hoy.naturaleza,
                )
            )
    retroceden = {c.kpi for c in cifras if c.estado == RETROCESO}
    yield from sorted(hallados, key=lambda c: (c.que != DE_ESTADO, c.kpi not in retroceden, c.kpi))


def _que_cambio(antes: Mostrada, hoy: Mostrada) -> str | None:
    if antes.estado != hoy.estado:
        return DE_ESTADO
    if (antes.periodo, antes.valor) == (hoy.periodo, hoy.valor):
        return None
    if hoy.valor is None:
        return RETIRADO
    return CORREGIDO if antes.periodo == hoy.periodo else NUEVO


def _dicha(c: Mostrada) -> str:
    de = f" ({legible(c.periodo)})" if c.periodo else ""
    return f"{c.escrito}{de}, {c.estado}" if c.valor is not None else c.estado


def _pedidos(r: Resultados, sesion: Sesion) -> Iterator[Pedido]:
    """Lo que puede decidir el comité de ``sesion``; las correcciones que movieron un estado ya
    aprobado se avisan a quien decide.
    """
    g = r.catalogo.gobernanza
    for x in por_decidir(r):
        if (
            g is None
            or x.simulacro != sesion.simulacro
            or not le_toca(g, x.producto, x.espera, sesion.comite, sesion.fecha)
        ):
            continue
        paso, hasta = x.espera.paso, x.espera.hasta.isoformat() if x.espera.hasta else None
        notas = ["simulacro"] if x.simulacro else []
        if x.movidos:
            notas.append(f"una corrección cambió el estado de {', '.join(x.movidos)}")
        if hasta and x.espera.comite != sesion.comite:
            notas.append(f"no se opinó en plazo, que venció el {fecha_larga(hasta)}")
            paso, hasta = "aprobado", None
        yield Pedido(x.producto, x.nombre, SE_PIDE[paso], x.version, hasta, "; ".join(notas))


def _acuerdos(r: Resultados, sesion: Sesion) -> Iterator[AcuerdoPrevio]:
    """Los abiertos, por plazo, y los que la última sesión de su comité dio por resueltos."""
    suyas = [s for s in cadenas(r.libro.sesiones).get(sesion.cadena, []) if s.sello]
    tomados = {f"{s.id}/{a.codigo}": a for s in suyas for a in s.acuerdos}
    dichos = {x.acuerdo: x for s in r.libro.sesiones if s.sello for x in s.seguimiento}
    abiertos = [a for a in r.libro.acuerdos_abiertos if a.sesion.cadena == sesion.cadena]
    for a in abiertos:
        dicho = dichos.get(a.cita)
        yield AcuerdoPrevio(
            a.cita,
            a.acuerdo.que,
            a.acuerdo.institucion,
            a.acuerdo.plazo.isoformat(),
            VENCIDO if a.acuerdo.plazo < sesion.fecha else EN_CURSO if dicho else ABIERTO,
            (dicho.nota or "") if dicho else "",
        )
    for x in suyas[-1].seguimiento if suyas else ():
        acuerdo = tomados.get(x.acuerdo)
        if acuerdo is not None and x.estado != EN_CURSO:
            yield AcuerdoPrevio(
                x.acuerdo,
                acuerdo.que,
                acuerdo.institucion,
                acuerdo.plazo.isoformat(),
                x.estado,
                x.nota or "",
            )


def en_texto(b: ParaLaSesion) -> str:
    """Para leerlo en la pantalla: primero lo que se pide decidir."""
    partes = [f"{b.comite}, sesión {b.sesion}. Datos al {b.fecha_corte}."]
    for a in (*b.primera_pagina, *b.propio):
        puntos = [_renglon(a.columnas, fila) for fila in a.filas]
        partes += [f"\n{a.titulo}:", *a.notas, *(f"  • {p}" for p in puntos or [a.vacio])]
    return "\n".join(partes)


def _renglon(columnas: Sequence[str], fila: Sequence[Celda]) -> str:
    """La fila en un renglón, cada celda tras la primera con el título de su columna."""
    primera, *demas = ((f"{c.texto}{_demo(c.naturaleza)}").replace("\n", ", ") for c in fila)
    dichas = [f"{que}: {d}" for que, d in zip(columnas[1:], demas, strict=True) if d]
    return f"{primera} — {'; '.join(dichas)}" if dichas else primera


def mensaje(b: ParaLaSesion, direccion: str) -> str:
    """Lo mismo en no más de 900 letras, para reenviar: lo que no cabe se cuenta."""
    cabeza, puntos, fin = en_puntos(b)
    pie = f"{fin} Todo en {direccion}" if fin else f"Todo en {direccion}"
    lineas = [*cabeza]
    for n, punto in enumerate(puntos):
        resto = f"… y {len(puntos) - n} más."
        if len("\n".join([*lineas, f"• {punto}", resto, pie])) > MENSAJE:
            lineas.append(resto)
            break
        lineas.append(f"• {punto}")
    return "\n".join([*lineas, pie])


def en_puntos(b: ParaLaSesion) -> tuple[list[str], list[str], str]:
    """``(de qué sesión es y cómo va el conjunto, lo que se pide, los acuerdos por cumplir y lo que
    cambió, la marca)``: lo que llevan el mensaje y su imagen.
    """
    ensayo = "SIMULACRO. " if b.simulacro else ""
    cuando = f"sesión {b.acta}, del {fecha_larga(b.fecha)}"
    datos = f"Datos al {fecha_larga(b.fecha_corte)}."
    cabeza = [f"{ensayo}{b.comite}, {cuando}. {datos}", b.hallazgo]
    puntos = [
        *(_pedido(p, b.fecha) for p in b.se_pide),
        *(_acuerdo(a) for a in b.acuerdos if a.estado in POR_CUMPLIR),
        *(_cambio(c) for c in b.cambios),
    ]
    if not (b.se_pide or b.cambios):
        cabeza.append(
            "No hay nada que decidir ni cambios desde la sesión anterior."
            if b.desde
            else "No hay nada que decidir. Es la primera sesión que guarda cifras."
        )
    return cabeza, puntos, ROTULOS["demostracion"].conjunto if b.demostracion else ""


def _pedido(p: Pedido, dia: str) -> str:
    hasta = f", {primera_pagina.plazo(p.hasta, dia)}" if p.hasta else ""
    nota = f" ({p.nota})" if p.nota else ""
    return f"{al_empezar(p.paso)}: {p.nombre}, versión {a_la_vista(p.version)}{hasta}{nota}"


def _acuerdo(a: AcuerdoPrevio) -> str:
    plazo = "su plazo era el" if a.estado == VENCIDO else "plazo hasta el"
    return f"Acuerdo {a.estado}: {a.que} ({a.institucion}), {plazo} {fecha_larga(a.plazo)}"


def _cambio(c: Cambio) -> str:
    senal = f". {c.senal}" if c.senal else ""
    return f"{c.kpi} {c.nombre}: {c.que}; era {c.antes}; es {c.ahora}{_demo(c.naturaleza)}{senal}"


def _demo(naturaleza: str | None) -> str:
    """La marca que no se separa de la cifra."""
    return f", {ROTULOS['demostracion'].sello}" if naturaleza == "demostracion" else ""
