"""Los cuadros que cada comité mira por su papel: quien elabora, lo que falta; quien opina, el
método; quien decide, los riesgos.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...actas.modelos import Sesion
from ...actas.productos import nombre_de
from ...actas.tramites import POR_DONDE
from ...base.numeros import cifra_escrita
from ...base.palabras import al_empezar, contados, y_en_lista
from ...base.periodos import con_articulo, fecha_larga, legible, meses_fin
from ...base.plegado import plegado
from ...catalogo.modelos import Kpi
from ...datos.advertencias import ADVERTENCIAS
from ...metodo.certeza import NO_SE_DISTINGUE
from ...metodo.estados import RETROCESO
from ...presentacion.certeza import COMO_SE_LEE, en_renglones, es_posible
from ...presentacion.filas import avance_dicho
from ...presentacion.hallazgo import cuentas_de_anexos
from ...recojo.seguimiento import Seguida, atrasadas
from ...resultados.boletin import Apartado, Celda, IndicadorMostrado, MisionMostrada
from ...resultados.resultados import Resultados
from ..anexos import sin_lugares
from ..plan import seguimiento
from .misiones_en_sesion import ATRASAN, indicador

PROXIMAS = 8
A_PEDIR = 12
UNA_POR_UNA = 2
"""Hasta cuántas entregas atrasadas de un KPI se nombran; si son más, de cuál a cuál."""
DEMOSTRACION = "demostracion"


def apartados(
    r: Resultados, sesion: Sesion, misiones: Sequence[MisionMostrada]
) -> Iterator[Apartado]:
    """Los del comité de ``sesion``, en el orden en que se leen."""
    gobernanza = r.catalogo.gobernanza
    acciones = {
        p.accion
        for p in (gobernanza.protocolo_de_revision if gobernanza else ())
        if p.comite == sesion.comite
    }
    if "decide" in acciones:
        yield _en_riesgo(misiones)
        yield _retrocesos(r)
        yield _decisiones(r)
        yield _a_negociar(r)
    if "opina" in acciones:
        yield _quiebres(r)
        yield _corregidas(r)
        yield _dudas(r)
    if "elabora" in acciones:
        yield _atrasados(r)
        yield _sin_cifra(r)
        yield _calidad(r)
        yield _por_llegar(r)
        yield _de_los_anexos(r)


def lo_comentado(respondidos: Sequence[str]) -> Iterator[Apartado]:
    """Lo que se respondió desde su sesión anterior, para cualquier comité; sin nada, no sale."""
    if respondidos:
        yield Apartado(
            "comentarios",
            "Lo que se comentó y se respondió",
            ("Comentario y respuesta",),
            (1,),
            tuple((Celda(x),) for x in respondidos),
            "",
        )


def correcciones(r: Resultados) -> Iterator[str]:
    """Las vigentes, en pocas palabras."""
    for f in r.correcciones_publicas.iter_rows(named=True):
        yield f"{f['kpi']}, {legible(f['periodo'])}: {_antes_y_despues(f)}"


def _antes_y_despues(correccion: Mapping[str, str]) -> str:
    antes, despues = (cifra_escrita(correccion[n]) or "vacío" for n in ("antes", "despues"))
    return f"{antes} → {despues}"


# --- Quien decide -------------------------------------------------------------------------------


def _en_riesgo(misiones: Sequence[MisionMostrada]) -> Apartado:
    """Primero las que tienen retrocesos claros; después, las que menos avanzan. De la que no tiene
    ningún indicador evaluado no se sabe: se nombra aparte.
    """
    orden = sorted(
        (m for m in misiones if m.evaluados),
        key=lambda m: (-m.claros, -m.posibles, m.avance is None, m.avance or 0, m.codigo),
    )
    sin_saber = [m.codigo for m in misiones if not m.evaluados]
    notas = [
        "Van primero las que tienen indicadores peor que al empezar con señal clara, después las"
        " que los tienen posibles y, entre iguales, las que menos avanzan."
    ]
    if sin_saber:
        notas.append(f"De {y_en_lista(sin_saber)} no se sabe: no tienen ningún indicador evaluado.")
    return Apartado(
        "en-riesgo",
        "Misiones en riesgo",
        ("Misión", "Avance", "Se pudo evaluar", "Retrocesos", "Más despacio de lo previsto"),
        (2.2, 1, 1.3, 1.8, 1.6),
        tuple(
            (
                Celda(f"{m.codigo} {m.nombre_corto}"),
                Celda(
                    avance_dicho(m.avance),
                    DEMOSTRACION if m.demostracion else None,
                ),
                Celda(f"{m.evaluados} de {m.kpis}"),
                Celda(_de_retrocesos(m)),
                Celda(str(sum(n for e, n in m.estados if e in ATRASAN and e != RETROCESO))),
            )
            for m in orden
        ),
        "Todavía no se pudo evaluar ningún indicador.",
        tuple(notas) if orden else (),
    )


def _de_retrocesos(m: MisionMostrada) -> str:
    claros = "1 claro" if m.claros == 1 else f"{m.claros} claros"
    posibles = "1 posible" if m.posibles == 1 else f"{m.posibles} posibles"
    return (
        y_en_lista(t for n, t in ((m.claros, claros), (m.posibles, posibles)) if n)
        if m.claros or m.posibles
        else "ninguno"
    )


def _retrocesos(r: Resultados) -> Apartado:
    """Los de señal clara antes que los posibles."""
    peor = [k for k in _publicos(r) if r.evaluados[k.codigo].estado == RETROCESO]
    peor.sort(key=lambda k: (_posible(r, k), k.codigo))
    return Apartado(
        "retrocesos",
        "Lo que está peor que al empezar",
        ("Indicador", "Partió de", "Está en", "Estado", "Cuán seguro es"),
        (2.1, 1.5, 1.5, 1.25, 1.65),
        tuple(_fila_de(indicador(r, k)) for k in peor),
        "Ningún indicador está peor que en su línea de base.",
        (
            "▼ con señal clara; ▽ posible: los casos contados no bastan para descartar el azar."
            f" {COMO_SE_LEE}",
        ),
    )


def _fila_de(i: IndicadorMostrado) -> tuple[Celda, ...]:
    return (
        Celda(f"{i.kpi} {i.nombre}"),
        Celda(_con_periodo(i.base, i.base_periodo), i.base_naturaleza),
        Celda(_con_periodo(i.hoy, i.periodo), i.naturaleza),
        Celda(i.estado, None, i.estado, i.posible),
        Celda(en_renglones(i.senal) or "sin señal que medir"),
    )


def _decisiones(r: Resultados) -> Apartado:
    """Por dónde va cada producto que alguna vez se tramitó."""
    filas = []
    for (producto, simulacro), camino in sorted(r.libro.caminos.items()):
        dicha = (
            f"{POR_DONDE.get(camino.estado, camino.estado)} (simulacro, no aprueba)"
            if simulacro
            else r.aprobaciones.de(producto).dicha
        )
        filas.append((Celda(nombre_de(r.catalogo, producto)), Celda(al_empezar(dicha))))
    return Apartado(
        "decisiones",
        "Por dónde va cada producto",
        ("Producto", "Cómo está"),
        (2, 4),
        tuple(filas),
        "Ningún producto se ha enviado todavía a los comités.",
    )


def _a_negociar(r: Resultados) -> Apartado:
    """Lo que no depende solo de quienes se sientan en los comités: para llevarlo suelto."""
    t = r.catalogo.territorio
    propias = _instituciones(r)
    suyos = [
        k
        for k in _publicos(r)
        if r.evaluados[k.codigo].estado in ATRASAN
        and k.nivel <= 2
        and not r.catalogo.fuentes[k.fuente].institucion.startswith(propias)
    ]
    suyos.sort(
        key=lambda k: (
            _posible(r, k),
            ATRASAN.index(r.evaluados[k.codigo].estado),
            r.evaluados[k.codigo].ritmo or 0.0,
            k.codigo,
        )
    )
    filas = []
    for k in suyos[:A_PEDIR]:
        i = indicador(r, k)
        filas.append(
            (
                Celda(f"{i.kpi} {i.nombre}"),
                Celda(_con_periodo(i.hoy, i.periodo), i.naturaleza),
                Celda(_con_periodo(i.meta, i.meta_periodo)),
                Celda(i.por_anio or "—", i.naturaleza if i.por_anio else None),
                Celda(i.fuente),
            )
        )
    return Apartado(
        "negociar",
        "Para negociar con otros niveles de gobierno",
        ("Indicador", "Hoy", "Meta", "Qué falta", "Con quién"),
        (2.2, 1.5, 1.3, 1.4, 1.6),
        tuple(filas),
        "Ningún indicador que dependa de otros está por detrás de lo esperado.",
        (
            f"Metas al {t.horizonte} {t.del_territorio} de {t.nombre}, {t.region}: las de su"
            f" {t.plan.titulo} ({t.plan.norma}) y las que están propuestas.",
            "Van los indicadores de nivel 1 y 2 que se atrasan y cuya información lleva una"
            " institución que no conduce el observatorio, primero los peores. «Qué falta» es el"
            " cambio de cada año, desde hoy, para llegar. A cada institución se le pide un"
            " compromiso con fecha.",
        ),
        aparte=True,
    )


def _instituciones(r: Resultados) -> tuple[str, ...]:
    """Las que se sientan en los comités que conducen o elaboran."""
    g = r.catalogo.gobernanza
    return tuple(i.institucion for c in (g.comites if g else ()) if c.decide for i in c.integrantes)


# --- Quien opina --------------------------------------------------------------------------------


def _quiebres(r: Resultados) -> Apartado:
    filas = [
        (
            Celda(fecha_larga(q.fecha.isoformat())),
            Celda(f"{f.institucion}: {f.titulo}"),
            Celda(y_en_lista(q.kpis) if q.kpis else "todos los de la fuente"),
            Celda(q.motivo),
        )
        for _, f in sorted(r.catalogo.fuentes.items())
        for q in f.quiebres
    ]
    return Apartado(
        "quiebres",
        "Series que corta un cambio de método",
        ("Desde", "Fuente", "Indicadores", "Qué cambió"),
        (1.2, 1.5, 1.2, 3.4),
        tuple(filas),
        "Ninguna fuente declara un cambio de método.",
        ("A través de un cambio de método no se calculan ni el avance ni la tendencia.",),
    )


def _corregidas(r: Resultados) -> Apartado:
    filas = []
    for f in r.correcciones_publicas.iter_rows(named=True):
        kpi = r.catalogo.kpis[f["kpi"]]
        filas.append(
            (
                Celda(f"{f['kpi']} {kpi.nombre_corto}, {f['columna']} de {legible(f['periodo'])}"),
                Celda(_antes_y_despues(f), f["naturaleza"]),
                Celda(f["motivo"]),
            )
        )
    return Apartado(
        "corregidas",
        "Cifras corregidas",
        ("Cifra", "Antes y después", "Por qué"),
        (2, 1.3, 3.4),
        tuple(filas),
        "Ninguna corrección vigente.",
    )


def _dudas(r: Resultados) -> Apartado:
    """Lo que se pide a quien opina: dónde el método no alcanza para afirmar."""
    publicos = _publicos(r)
    motivos: dict[str, list[str]] = defaultdict(list)
    for k in publicos:
        e, a = r.evaluados[k.codigo], r.analizados[k.codigo]
        if k.linea_base is not None and k.linea_base.periodo is None:
            motivos["La línea de base no dice de qué año es; se asume uno"].append(k.codigo)
        if e.quebrada:
            motivos["La línea de base es de otro método: no hay con qué comparar"].append(k.codigo)
        if a.senal_paso == NO_SE_DISTINGUE:
            motivos["Los casos contados no distinguen si va al paso"].append(k.codigo)
        if e.estado == "sin meta":
            motivos["No tiene meta fijada"].append(k.codigo)
        if r.catalogo.fuentes[k.fuente].fiabilidad == "D":
            motivos["Su fuente tiene la fiabilidad más baja (D)"].append(k.codigo)
    advertidas = r.advertencias.filter(r.advertencias["control"] == "consistencia")
    for regla, kpi in sorted(set(advertidas.select("regla", "kpi").iter_rows())):
        motivos[f"Advertencia explicada: {ADVERTENCIAS[regla].dice}"].append(kpi)
    return Apartado(
        "dudas",
        "Dudas de método sobre las que se pide su opinión",
        ("Qué se duda", "Cuántos", "Indicadores"),
        (2.6, 0.8, 3.6),
        tuple(
            (Celda(motivo), Celda(str(len(codigos))), Celda(", ".join(codigos)))
            for motivo, codigos in motivos.items()
        ),
        "Ninguna.",
    )


# --- Quien elabora ------------------------------------------------------------------------------


def _atrasados(r: Resultados) -> Apartado:
    """Una fila por oficina, en orden alfabético: a quién pedir qué."""
    tarde = atrasadas(seguimiento(r))
    por_oficina: dict[str, dict[str, list[Seguida]]] = {}
    for s in tarde:
        suyas = por_oficina.setdefault(r.plan.datos[s.entrega.kpi].responsable, {})
        suyas.setdefault(s.entrega.kpi, []).append(s)
    filas = [
        (
            Celda(quien),
            Celda("; ".join(_lo_que_falta(kpi, de_el) for kpi, de_el in sorted(suyas.items()))),
            Celda(f"{max(s.dias for de_el in suyas.values() for s in de_el)} días"),
        )
        for quien, suyas in sorted(por_oficina.items(), key=lambda x: plegado(x[0]))
    ]
    return Apartado(
        "atrasados",
        "Datos atrasados",
        ("Quién los entrega", "Qué falta", "El más viejo"),
        (2, 4, 0.9),
        tuple(filas),
        "Todo lo que venció llegó.",
        (
            f"{contados(len(tarde), 'entregas vencidas')} a la fecha de los datos, de"
            f" {contados(len(filas), 'oficinas')}. Entre paréntesis, las partes que sí llegaron.",
        )
        if filas
        else (),
    )


def _lo_que_falta(kpi: str, suyas: Sequence[Seguida]) -> str:
    """«M4-K11: 11 entregas, entre enero de 2026 y noviembre de 2026»; hasta dos, una por una."""
    en_orden = sorted(suyas, key=lambda s: meses_fin(s.entrega.periodo))
    if len(en_orden) > UNA_POR_UNA and not any(s.recibidas for s in en_orden):
        primera, ultima = (con_articulo(en_orden[n].entrega.periodo) for n in (0, -1))
        return f"{kpi}: {len(en_orden)} entregas, entre {primera} y {ultima}"
    dichas = (
        legible(s.entrega.periodo) + (f" ({s.recibidas} de {s.esperadas})" if s.recibidas else "")
        for s in en_orden
    )
    return f"{kpi}: {y_en_lista(dichas)}"


def _sin_cifra(r: Resultados) -> Apartado:
    filas = []
    for m in r.catalogo.misiones:
        suyos = [
            k.codigo
            for k in m.kpis
            if k.publico
            and (r.evaluados[k.codigo].valor is None or r.evaluados[k.codigo].protegido)
        ]
        if suyos:
            filas.append(
                (
                    Celda(f"{m.codigo} {m.nombre_corto}"),
                    Celda(str(len(suyos))),
                    Celda(", ".join(suyos)),
                )
            )
    return Apartado(
        "sin-cifra",
        "Indicadores sin cifra que mostrar",
        ("Misión", "Cuántos", "Cuáles"),
        (1.6, 0.7, 4.6),
        tuple(filas),
        "Todos tienen cifra.",
    )


def _calidad(r: Resultados) -> Apartado:
    """Lo que los controles advirtieron y alguien explicó, por control."""
    de: dict[tuple[str, str], list[str]] = defaultdict(list)
    for control, regla, kpi in r.advertencias.select("control", "regla", "kpi").iter_rows():
        de[control, regla].append(kpi)
    return Apartado(
        "calidad",
        "Calidad de los datos",
        ("Control", "Qué se advirtió y se explicó", "Veces", "Indicadores"),
        (1.2, 3.6, 0.7, 1),
        tuple(
            (
                Celda(al_empezar(control)),
                Celda(al_empezar(ADVERTENCIAS[regla].dice)),
                Celda(str(len(kpis))),
                Celda(str(len(set(kpis)))),
            )
            for (control, regla), kpis in sorted(de.items())
        ),
        "Los cuatro controles no advirtieron nada.",
        ("Ningún dato con un error entra: aquí va lo que llama la atención.",),
    )


def _por_llegar(r: Resultados) -> Apartado:
    """Lo que vence antes, según el plan de recojo."""
    espera = sorted(
        (s for s in seguimiento(r) if s.situacion == "por llegar"),
        key=lambda s: (s.entrega.vence, s.entrega.kpi),
    )
    return Apartado(
        "por-llegar",
        "Qué toca recoger ahora",
        ("Vence", "Dato", "Quién lo entrega"),
        (1.6, 2.8, 2.5),
        tuple(
            (
                Celda(fecha_larga(s.entrega.vence.isoformat())),
                Celda(
                    f"{s.entrega.kpi} {r.catalogo.kpis[s.entrega.kpi].nombre_corto},"
                    f" {legible(s.entrega.periodo)}"
                ),
                Celda(r.plan.datos[s.entrega.kpi].responsable),
            )
            for s in espera[:PROXIMAS]
        ),
        "El plan no espera ninguna entrega más este año.",
    )


def _de_los_anexos(r: Resultados) -> Apartado:
    """Cuántas cifras hay de cada anexo, en orden alfabético y sin comparar sus valores."""
    cuentas = cuentas_de_anexos(r)
    lugar = r.catalogo.territorio.anexos_se_llaman
    orden = sorted(r.catalogo.territorio.anexos, key=lambda a: plegado(a.nombre))
    return Apartado(
        "anexos",
        f"Qué se sabe de {lugar.cada}",
        (al_empezar(lugar.singular), "Con cifra", "Protegidos", "Sin medir"),
        (2.2, 1, 1.3, 1),
        tuple(
            (
                Celda(a.nombre),
                Celda(f"{cuentas[a.codigo].publicados} de {cuentas[a.codigo].abiertos}"),
                Celda(str(cuentas[a.codigo].protegidos)),
                Celda(str(cuentas[a.codigo].sin_medir)),
            )
            for a in orden
        ),
        sin_lugares(lugar),
        (
            f"Indicadores que se piden {lugar.uno_por_uno}. En orden alfabético: {lugar.ningun} va"
            " antes por sus cifras.",
        ),
        estrecho=True,
    )


def _publicos(r: Resultados) -> list[Kpi]:
    return [k for _, k in sorted(r.catalogo.kpis.items()) if k.publico]


def _posible(r: Resultados, k: Kpi) -> bool:
    return es_posible(r.evaluados[k.codigo], r.analizados[k.codigo])


def _con_periodo(cifra: str, periodo: str) -> str:
    return f"{cifra} ({periodo})" if periodo else cifra
