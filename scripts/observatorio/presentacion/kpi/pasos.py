"""¿Cómo se calculó?: cada insumo y cada paso del estado de un KPI, con sus números puestos.

Sale de las mismas tablas que el estado; sirve a la página, al JSON de cada KPI y a
``observatorio explicar``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeVar

import polars as pl

from ...base.numeros import MENOS, numero
from ...base.periodos import MESES_DEL_ANIO, mes_de, o_asumido
from ...catalogo.modelos import Kpi
from ...catalogo.territorio import Metodo
from ...datos.columnas import entera
from ...metodo.registros import Analisis, Evaluacion
from ...metodo.senda import puntos, tramo
from ...metodo.tendencia import MINIMO
from ..certeza import con_su_senal

T = TypeVar("T")
Parte = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Paso:
    """Un paso: qué se hace, con qué fórmula, con qué números y qué sale. Los insumos no llevan
    fórmula.

    ``naturaleza`` es la menos firme de los números del paso; nula donde no los hay.
    """

    paso: str
    formula: str
    numeros: str
    resultado: str
    naturaleza: str | None = None

    def como_dict(self) -> dict[str, str | None]:
        return asdict(self)


def explicar(
    kpi: Kpi, e: Evaluacion, a: Analisis, metodo: Metodo, corte: date, partes: Sequence[Parte] = ()
) -> list[Paso]:
    """Los pasos de un KPI. ``e`` es su evaluación, ``a`` lo que la acompaña y ``partes``, lo que
    ``partes_de`` da de él.

    De un KPI restringido solo se dice que lo es.
    """
    if not kpi.publico:
        return [
            Paso(
                "Estado",
                "acceso restringido: no se publica ninguna cifra",
                f"acceso «{kpi.acceso}»",
                str(e.estado),
            )
        ]
    return [
        *_insumos(kpi, e, partes),
        *_avance(kpi, e),
        *_estado(kpi, e, metodo, corte),
        *_acompanan(e, a),
    ]


def partes_de(publica: pl.DataFrame, e: Evaluacion, lugar: str) -> list[Parte]:
    """``(periodo, valor)`` de lo que se sumó para dar el último año de un flujo informado por
    partes; vacía si no es una suma.
    """
    if (
        e.agregacion != "suma"
        or e.valor is None
        or e.meses_medida == e.meses
        or "/" in str(e.periodo)
    ):
        return []
    c = pl.col
    suyas = publica.filter(
        c("kpi") == e.kpi,
        c("lugar") == lugar,
        entera(),
        c("agrupado") == 0,
        c("fin") > _hay(e.fin) - MESES_DEL_ANIO,
        c("fin") <= e.fin,
    )
    return list(suyas.sort("fin").select("periodo", "valor").iter_rows())


def _hay(dato: T | None) -> T:
    """El dato que la evaluación tiene siempre que se llega al paso que lo pide."""
    assert dato is not None
    return dato


def cifra(valor: float | None) -> str:
    """Hasta seis cifras significativas, sin ceros de relleno: lo justo para rehacer la cuenta a
    mano.
    """
    if valor is None:
        return "—"
    v = float(valor)
    if abs(v) >= 1e6:
        return numero(v, 0)
    if 0 < abs(v) < 1e-4:
        return f"{v:.2g}".replace("-", MENOS)
    texto = f"{v:.6g}"
    return numero(v, len(texto.partition(".")[2]))


def anio(meses: float | None) -> str:
    """Un mes absoluto como año decimal: ``2024-S1`` termina en 2024.5."""
    return f"{_hay(meses) / MESES_DEL_ANIO:.4f}".rstrip("0").rstrip(".")


def _resta(x: float | None, y: float | None) -> str:
    sustraendo = cifra(y)
    return (
        f"{cifra(x)} − ({sustraendo})"
        if sustraendo.startswith(MENOS)
        else f"{cifra(x)} − {sustraendo}"
    )


def _insumos(kpi: Kpi, e: Evaluacion, partes: Sequence[Parte]) -> Iterator[Paso]:
    base, meta = kpi.linea_base, kpi.meta
    if e.base_protegida:
        yield Paso("Línea de base", "", "b: señalaría a muy pocas personas", "dato protegido")
    if base:
        periodo = o_asumido(base.periodo_efectivo, not base.periodo)
        casos = (
            f"{cifra(base.numerador)} de {cifra(base.denominador)} casos; "
            if base.denominador is not None
            else ""
        )
        cota = (
            f"; la fuente dice «{base.cota} {cifra(base.valor)}» y se usa {cifra(base.valor)}"
            if base.cota
            else ""
        )
        yield Paso(
            "Línea de base",
            "",
            f"{casos}b, de {periodo}: t0 = {anio(e.fin_base)}{cota}",
            cifra(base.valor),
            base.naturaleza,
        )
    if e.meta_protegida:
        yield Paso("Meta", "", "m: es la misma cifra que la línea de base", "dato protegido")
    if meta:
        yield Paso(
            "Meta",
            "",
            f"m, para {meta.periodo}: T = {anio(e.fin_meta)}; origen: {meta.origen}",
            cifra(meta.valor),
        )
    if e.fin is None:
        yield Paso("Último dato", "", str(e.motivo), "no hay")
        return
    donde = f"y, de {e.periodo}: t = {anio(e.fin)}; dato del {e.fecha_dato}, {e.validacion}"
    if e.valor is None:
        yield Paso("Último dato", "", donde, "dato protegido")
    elif e.denominador is not None:
        factor = f" × {cifra(e.factor)}" if e.factor != 1 else ""
        yield Paso(
            "Último dato",
            "numerador / denominador" + (" × factor" if factor else ""),
            f"{cifra(e.numerador)} / {cifra(e.denominador)}{factor}; {donde}",
            cifra(e.valor),
            e.naturaleza,
        )
    elif partes:
        suma = (
            f"{' + '.join(cifra(v) for _, v in partes)}; de {partes[0][0]} a {partes[-1][0]};"
            f" {donde}"
        )
        yield Paso("Último dato", "suma de las partes del año", suma, cifra(e.valor), e.naturaleza)
    else:
        yield Paso("Último dato", "", donde, cifra(e.valor), e.naturaleza)


def _avance(kpi: Kpi, e: Evaluacion) -> Iterator[Paso]:
    if e.avance is None:
        return
    b, m, y = e.b, e.m, e.valor
    recorrido = _resta(m, b)
    yield _esperado(kpi, e)
    yield Paso("Avance", "(y − b) / (m − b)", f"({_resta(y, b)}) / ({recorrido})", cifra(e.avance))
    yield Paso(
        "Avance esperado",
        "(e(t) − b) / (m − b)",
        f"({_resta(e.valor_esperado, b)}) / ({recorrido})",
        cifra(e.esperado),
    )
    if e.ritmo is None:
        yield Paso("Ritmo", "avance / esperado", "lo esperado a la fecha es 0", "no se define")
    else:
        yield Paso(
            "Ritmo",
            "avance / esperado",
            f"{cifra(e.avance)} / {cifra(e.esperado)}",
            cifra(e.ritmo),
        )


def _esperado(kpi: Kpi, e: Evaluacion) -> Paso:
    """Entre qué dos puntos de la senda se interpoló."""
    t, nombre = _hay(e.fin), "Valor esperado"
    if t >= _hay(e.fin_meta):
        return Paso(
            nombre, "e(t) = m desde T", f"t = {anio(t)} ≥ T = {anio(e.fin_meta)}", cifra(e.m)
        )
    (t1, v1, _), (t2, v2, _) = tramo(puntos(kpi), t)
    return Paso(
        nombre,
        "e1 + (e2 − e1) × (t − t1) / (t2 − t1)",
        f"{cifra(v1)} + ({_resta(v2, v1)}) × ({anio(t)} − {anio(t1)}) / ({anio(t2)} − {anio(t1)})",
        cifra(e.valor_esperado),
    )


def _estado(kpi: Kpi, e: Evaluacion, metodo: Metodo, corte: date) -> Iterator[Paso]:
    """Las preguntas de la precedencia, en orden, hasta la que decide."""
    estado = str(e.estado)
    preguntas: list[tuple[str, str, str, str]] = [
        ("sin datos", "¿Hay un dato posterior a la línea de base?", "t > t0", str(e.motivo)),
        (
            "dato protegido",
            "¿Se puede publicar?",
            f"al menos {metodo.k} personas en la cuenta",
            "no se publica",
        ),
        ("sin meta", "¿Hay meta?", "", "el comité aún no la fijó"),
        (
            "sin línea de base",
            "¿Hay una línea de base comparable?",
            "un punto de partida, sin cambios de método entre t0 y t",
            str(e.motivo),
        ),
    ]
    for nombre, pregunta, formula, por_que in preguntas:
        if estado == nombre:
            yield Paso(pregunta, formula, por_que, f"no → {estado}")
            return
    yield _vigencia(e, corte)
    if estado != "dato vencido":
        yield _mantener(kpi, e) if e.mantener else _banda(e, metodo)


def _vigencia(e: Evaluacion, corte: date) -> Paso:
    plazo = _hay(e.fin) + e.meses_plazo + e.gracia
    cuenta = (
        f"{anio(e.fin)} + {e.meses_plazo} meses + {e.gracia} de gracia: vale hasta el cierre de"
        f" {(plazo - 1) // 12}-{(plazo - 1) % 12 + 1:02d}; corte {corte.isoformat()}"
    )
    return Paso(
        "¿Está vigente?",
        "cierre + frecuencia + gracia",
        cuenta,
        "no → dato vencido" if plazo <= mes_de(corte) else "sí",
    )


def _mantener(kpi: Kpi, e: Evaluacion) -> Paso:
    lado = {"ascendente": "y ≥ m − tolerancia", "descendente": "y ≤ m + tolerancia"}.get(
        kpi.sentido, "m − tolerancia ≤ y ≤ m + tolerancia"
    )
    return Paso(
        "¿Se mantiene dentro de sus límites?",
        lado,
        f"y = {cifra(e.valor)}; m = {cifra(e.m)}; tolerancia = {cifra(e.tolerancia)}",
        f"→ {e.estado}",
    )


def _tolerado(e: Evaluacion) -> str:
    """Los límites de lo que cuenta como mantener: «80 o más», «de 10 a 20»."""
    m, tolerancia = _hay(e.m), e.tolerancia
    bajo, alto = cifra(m - tolerancia), cifra(m + tolerancia)
    return {"ascendente": f"{bajo} o más", "descendente": f"{alto} o menos"}.get(
        str(e.sentido), f"de {bajo} a {alto}"
    )


def _banda(e: Evaluacion, metodo: Metodo) -> Paso:
    estado, b = str(e.estado), metodo.bandas
    razon = {
        "alcanzado": f"avance {cifra(e.avance)} ≥ 1",
        "en retroceso": f"avance {cifra(e.avance)} < 0",
        "en ruta": (
            f"ritmo {cifra(e.ritmo)} ≥ {b.en_ruta:g}"
            if e.ritmo is not None
            else f"avance {cifra(e.avance)} ≥ 0 y nada se esperaba aún"
        ),
        "requiere acelerar": f"{b.requiere_acelerar:g} ≤ ritmo {cifra(e.ritmo)} < {b.en_ruta:g}",
        "rezagado": f"0 ≤ ritmo {cifra(e.ritmo)} < {b.requiere_acelerar:g}",
    }[estado]
    return Paso("Estado", "", razon, f"→ {estado}")


def _acompanan(e: Evaluacion, a: Analisis) -> Iterator[Paso]:
    """Lo que ayuda a leer el estado sin cambiarlo."""
    yield from _certeza(e, a)
    if a.necesario_por_anio is not None:
        yield Paso(
            "Cambio necesario por año",
            "(m − y) / (T − t)",
            f"({_resta(e.m, e.valor)}) / ({anio(e.fin_meta)} − {anio(e.fin)})",
            cifra(a.necesario_por_anio),
        )
    if a.p is not None:
        yield Paso(
            "Tendencia",
            "Theil–Sen y Mann–Kendall"
            + (", por estaciones" if e.meses_medida < MESES_DEL_ANIO else ""),
            f"con {a.puntos} puntos de {a.desde} a {a.hasta}: {cifra(a.pendiente)} por año (de"
            f" {cifra(a.pendiente_min)} a {cifra(a.pendiente_max)}), p = {cifra(a.p)}",
            str(a.tendencia),
            a.naturaleza_tendencia,
        )
    else:
        yield Paso("Tendencia", *_sin_prueba(e, a), str(a.tendencia))
    if a.proyeccion is not None and a.pivote_t is not None:
        yield Paso(
            "Valor en T con la tendencia de hoy",
            "mediana + pendiente × (T − t mediano), dentro de lo posible",
            f"{cifra(a.pivote_valor)} + {cifra(a.pendiente)}"
            f" × ({anio(e.fin_meta)} − {a.pivote_t:.6g})",
            f"{cifra(a.proyeccion)} (de {cifra(a.proyeccion_min)} a {cifra(a.proyeccion_max)})",
            a.naturaleza_tendencia,
        )
    yield from _ceplan(e, a)


def _sin_prueba(e: Evaluacion, a: Analisis) -> tuple[str, str]:
    """Qué le falta a una serie para probar su tendencia, y cuánto hay."""
    if a.puntos < MINIMO:
        return f"hacen falta {MINIMO} puntos comparables", f"hay {a.puntos}"
    return (
        "cada punto solo se compara con los de la misma época de otros años: hacen falta más",
        f"hay {a.puntos}, repartidos entre {MESES_DEL_ANIO // e.meses_medida} épocas del año:"
        " aun si subieran siempre, el azar los daría así más de 5 de cada 100 veces",
    )


def _certeza(e: Evaluacion, a: Analisis) -> Iterator[Paso]:
    """El intervalo, el cambio desde la línea de base y las dos preguntas."""
    if a.minimo_95 is not None:
        yield Paso(
            "Intervalo del último dato",
            "Wilson al 95 % (Byar si es una tasa); los casos de una muestra, entre su efecto de"
            " diseño",
            f"con {cifra(e.numerador)} de {cifra(e.denominador)}",
            f"de {cifra(a.minimo_95)} a {cifra(a.maximo_95)}",
        )
    if a.cambio_min_95 is not None:
        yield Paso(
            "Cambio desde la línea de base",
            "diferencia de dos proporciones (Newcombe) o de dos tasas, al 95 %",
            f"línea de base de {cifra(a.base_minimo_95)} a {cifra(a.base_maximo_95)}",
            f"de {cifra(a.cambio_min_95)} a {cifra(a.cambio_max_95)}",
        )
    if a.peor is None:
        return
    if e.mantener:
        yield Paso(
            "¿Dentro de sus límites?",
            "probabilidad de Jeffreys: probable desde 0.75; clara desde 0.95",
            f"tolerado: {_tolerado(e)}",
            _respuesta(a.al_paso, a.senal_paso),
        )
        return
    sin_casos = a.base_minimo_95 is None
    yield Paso(
        "¿Peor que la base?",
        "probabilidad de Jeffreys: probable desde 0.75; clara desde 0.95 y si el intervalo del"
        " cambio no llega a 0",
        "línea de base sin casos conocidos" if sin_casos else "con los casos de las dos",
        _respuesta(a.peor, a.senal_base),
    )
    yield Paso(
        "¿Al paso?",
        "lo mismo, frente al corte de «en ruta» a la fecha, o a la meta si ya se alcanzó",
        f"esperado a la fecha: {cifra(e.valor_esperado)}",
        _respuesta(a.al_paso, a.senal_paso),
    )


def _respuesta(dicha: str | None, senal: str | None) -> str:
    """Lo que dice la cifra y con cuánta señal."""
    if not senal:
        return f"{dicha}; sin casos públicos con que comprobarlo"
    return con_su_senal(dicha, senal)


def _ceplan(e: Evaluacion, a: Analisis) -> Iterator[Paso]:
    if a.ceplan_i is not None:
        vo_le = (
            ("LE / VO", e.valor_esperado, e.valor)
            if e.sentido == "descendente"
            else ("VO / LE", e.valor, e.valor_esperado)
        )
        yield Paso(
            "Segunda opinión, CEPLAN tipo I (por verificar con CERPLAN)",
            f"{vo_le[0]} × 100, con tope en 100",
            f"{cifra(vo_le[1])} / {cifra(vo_le[2])} × 100",
            f"{cifra(a.ceplan_i)}: {a.ceplan_i_luz}",
        )
    if a.ceplan_ii is not None:
        yield Paso(
            "Segunda opinión, CEPLAN tipo II (por verificar con CERPLAN)",
            "(VO − LB) / (LE − LB) × 100",
            f"es el ritmo: {cifra(e.ritmo)} × 100, con tope en 100",
            f"{cifra(a.ceplan_ii)}: {a.ceplan_ii_luz}",
        )
