"""Serie de un KPI: qué periodos tienen dato, cuánto vale el distrito en cada uno y cómo se
parte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from observatorio.catalogo.modelos import Kpi

from . import escenario
from .azar import Azar
from .calendario import POR_ANIO, Tramo, fecha_del_dato, periodos, tramo, ultimo_dia
from .desgloses import PRIMER_ANIO_DESGLOSADO, Medida, desgloses_de, partir
from .escena import Escena
from .registros import Serie, serie_de
from .trayectorias import trazar, valor_en
from .ultimo import medida_cercana, ultima_medida

NOTA_CORREGIDO = "Cifra corregida tras la revisión de consistencia."


@dataclass(frozen=True, slots=True, order=True)
class Fila:
    """Una observación con las columnas del archivo, ya en texto."""

    kpi: str
    periodo: str
    lugar: str
    grupo: str
    unidad: str
    valor: str
    numerador: str
    denominador: str
    fuente: str
    fecha_dato: str
    estado: str
    naturaleza: str
    nota: str


COLUMNAS = tuple(campo.name for campo in fields(Fila))


def filas_de(kpi: Kpi, previsto: str, escena: Escena) -> list[Fila]:
    """Todas las observaciones de un KPI para que a la fecha de corte muestre el estado
    ``previsto``.
    """
    if kpi.codigo in escenario.SIN_CARGAR:
        return []
    registro = serie_de(kpi.codigo, escena)
    if registro is not None:
        return _filas_de_registro(kpi, registro, escena)
    tramos = _tramos(kpi, previsto, escena, Azar(f"{kpi.codigo} periodos"))
    if not tramos:
        return []
    azar = Azar(f"{kpi.codigo} valores")
    totales = _totales(kpi, previsto, tramos, azar)
    desgloses = desgloses_de(kpi, escena, Azar(f"{kpi.codigo} lugares"))
    ausencias = Azar(f"{kpi.codigo} ausencias")
    rotulos = _rotulos(kpi, tramos, escena, Azar(f"{kpi.codigo} rótulos"))
    filas: list[Fila] = []
    nace = _nace_con_la_base(kpi)
    for periodo, total, rotulo in zip(tramos, totales, rotulos, strict=True):
        if periodo.fin <= nace:
            continue
        filas.append(_fila(kpi, periodo, (escena.ubigeo, "total", ""), total, rotulo))
        if periodo.anio < PRIMER_ANIO_DESGLOSADO.get(kpi.frecuencia, 0):
            continue
        for desglose in desgloses:
            falta = ausencias.entero(0, 8 * len(desglose.partes)) if desglose.puede_faltar else -1
            for i, (parte, medida) in enumerate(
                zip(desglose.partes, partir(kpi, total, desglose), strict=True)
            ):
                if i != falta and medida.denominador != 0:
                    filas.append(
                        _fila(
                            kpi, periodo, (parte.lugar, parte.grupo, parte.unidad), medida, rotulo
                        )
                    )
    return sorted(filas)


def _filas_de_registro(kpi: Kpi, registro: Serie, escena: Escena) -> list[Fila]:
    """Lo que el registro da después de la línea de base."""
    tramos = sorted(t for t in map(tramo, registro) if t.fin > _fin_de_la_base(kpi))
    rotulos = _rotulos(kpi, tramos, escena, Azar(f"{kpi.codigo} rótulos"))
    return sorted(
        _fila(kpi, periodo, (lugar or escena.ubigeo, grupo, ""), medida, rotulo)
        for periodo, rotulo in zip(tramos, rotulos, strict=True)
        for (lugar, grupo), medida in registro[periodo.texto].items()
    )


def _nace_con_la_base(kpi: Kpi) -> float:
    """Desde cuándo pudo medirse: los registros de algunas misiones empiezan con su línea de
    base.
    """
    return _fin_de_la_base(kpi) if kpi.codigo.startswith(escenario.EMPIEZAN_CON_LA_BASE) else 0.0


def _fin_de_la_base(kpi: Kpi) -> float:
    return tramo(kpi.linea_base.periodo_efectivo).fin if kpi.linea_base else 0.0


def _tramos(kpi: Kpi, previsto: str, escena: Escena, azar: Azar) -> list[Tramo]:
    """Periodos con dato: sin el de la línea de base, con algún hueco y hasta donde el estado lo
    pide.
    """
    base = kpi.linea_base.periodo_efectivo if kpi.linea_base else None
    todos = periodos(kpi.frecuencia, escena.corte, base)
    if kpi.codigo in escenario.SOLO_PERIODOS:
        return [p for p in todos if p.texto in escenario.SOLO_PERIODOS[kpi.codigo]]
    inicio = tramo(base).fin if base else 2022.0
    if base:
        todos = [p for p in todos if not p.cruza(tramo(base))]
    if (
        not azar.acierta(0.45)
        or (kpi.linea_base is not None and kpi.linea_base.valor == 0)
        or base is None
    ):
        todos = [p for p in todos if p.inicio >= inicio - 1e-9]
    if previsto == "sin datos":
        return [p for p in todos if p.fin <= inicio]
    if previsto == "dato vencido":
        limite = _limite_vencido(kpi, escena)
        todos = [p for p in todos if p.fin <= limite]
    return list(_con_huecos(todos, azar))


def _limite_vencido(kpi: Kpi, escena: Escena) -> float:
    """Fin más tardío de un periodo que a la fecha de corte ya venció, contando también la demora
    del dato.
    """
    meses = {"bienal": 24}.get(kpi.frecuencia, 12 / POR_ANIO[kpi.frecuencia]) + kpi.gracia + 6
    return escena.corte.year + escena.corte.month / 12 - meses / 12


def _con_huecos(todos: list[Tramo], azar: Azar) -> Iterator[Tramo]:
    for i, periodo in enumerate(todos):
        if azar.uniforme() >= 0.05 or i >= len(todos) - 2 or len(todos) < 6:
            yield periodo


def _totales(kpi: Kpi, previsto: str, tramos: list[Tramo], azar: Azar) -> list[Medida]:
    """Total distrital de cada periodo; el último se ajusta para que el estado sea el previsto."""
    ruta = trazar(kpi, previsto, tramos[-1].fin, azar)
    acumula = (
        kpi.agregacion == "ultimo" and kpi.sentido == "ascendente" and previsto != "en retroceso"
    )
    anterior, medidas = 0.0, []
    for periodo in tramos[:-1]:
        valor = valor_en(ruta, periodo, azar)
        if acumula and periodo.fin > ruta.t0:
            valor = anterior = min(max(valor, anterior), max(ruta.y_ultimo, ruta.b))
        medidas.append(medida_cercana(kpi, valor, _denominador(kpi, periodo, azar)))
    denominador = _denominador(kpi, tramos[-1], azar)
    return [*medidas, ultima_medida(kpi, previsto, ruta.y_ultimo, denominador, tramos[-1].fin)]


def _denominador(kpi: Kpi, periodo: Tramo, azar: Azar) -> int | None:
    vaiven = azar.uniforme(-0.04, 0.04)
    if kpi.formula.denominador is None:
        return None
    if kpi.codigo in escenario.MISMA_MUESTRA:
        return escenario.MISMA_MUESTRA[kpi.codigo][periodo.anio]
    corriente = escenario.DENOMINADORES.get(kpi.codigo, escenario.DENOMINADOR_CORRIENTE)
    if kpi.codigo in escenario.DENOMINADOR_FIJO:
        return corriente
    return max(1, round(corriente * (1 + 0.008 * (periodo.anio - 2023) + vaiven)))


def _rotulos(
    kpi: Kpi, tramos: list[Tramo], escena: Escena, azar: Azar
) -> list[tuple[str, str, str]]:
    """``(fecha_dato, estado, nota)`` de cada periodo."""
    recientes = {"mensual": 3, "trimestral": 2}.get(kpi.frecuencia, 1)
    corregido = azar.entero(1, len(tramos) - 3) if len(tramos) >= 6 and azar.acierta(0.15) else -1
    quiebre = escena.quiebre_de(kpi)
    tras_quiebre = [p for p in tramos if quiebre and ultimo_dia(p) >= quiebre.fecha]
    rotulos = []
    for i, periodo in enumerate(tramos):
        fecha = fecha_del_dato(periodo, kpi.frecuencia, escena.corte, azar.uniforme())
        estado = "corregido" if i == corregido else "validado"
        if i >= len(tramos) - recientes and periodo.fin > escena.corte.year - 1:
            estado = "preliminar"
        nota = NOTA_CORREGIDO if i == corregido else ""
        if quiebre and tras_quiebre and periodo == tras_quiebre[0]:
            nota = (
                "Primer periodo tras el cambio de método de la fuente"
                f" ({quiebre.fecha.isoformat()})."
            )
        rotulos.append((fecha.isoformat(), estado, nota))
    return rotulos


def _fila(
    kpi: Kpi,
    periodo: Tramo,
    donde: tuple[str, str, str],
    medida: Medida,
    rotulo: tuple[str, str, str],
) -> Fila:
    if medida.denominador is None:
        cifras = (_decimal(medida.numerador, kpi.decimales), "", "")
    else:
        cifras = ("", str(medida.numerador), str(medida.denominador))
    fecha, estado, nota = rotulo
    return Fila(
        kpi.codigo, periodo.texto, *donde, *cifras, kpi.fuente, fecha, estado, "demostracion", nota
    )


def _decimal(unidades: int, decimales: int) -> str:
    """Texto exacto con punto decimal: 125 con un decimal es 12.5."""
    entero, resto = divmod(unidades, 10**decimales)
    return f"{entero}.{resto:0{decimales}d}" if decimales else str(entero)
