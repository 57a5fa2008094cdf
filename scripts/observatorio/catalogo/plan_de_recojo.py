"""El plan de recojo: qué dato, cada cuánto, de qué fuente, por qué medio, quién responde y hasta
cuándo.

``data/plan-de-recojo.yml`` se genera del catálogo y lo editan las personas; lo que falta en él se
toma de la ficha del KPI, de modo que un plan incompleto, o ninguno, también sirve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from ..base import lecturas
from ..base.lineas import linea_de
from ..base.periodos import MESES, meses_fin
from ..base.plegado import plegado
from ..base.yaml_estricto import arbol
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from . import Catalogo
from .formas import CodigoKpi, Identificador, Periodo
from .lectura import leer_yaml
from .modelos import Ficha, Frecuencia, Institucion, Kpi, Medio, Nombre, Texto

ARCHIVO = "plan-de-recojo.yml"
Origen = Literal["primaria", "secundaria"]
MEDIOS_PRIMARIOS = ("encuesta comunal", "ficha de campo", "entrevista")
PLAZOS: dict[Frecuencia, int] = {
    "mensual": 20,
    "trimestral": 30,
    "semestral": 75,
    "anual": 150,
    "bienal": 150,
}
DISTRITO, ANEXOS = "distrito", "anexos"
LETRA = {"trimestral": ("T", 3), "semestral": ("S", 6)}


class Descargo(Ficha):
    """Lo que la oficina dice de una entrega suya que se atrasó: se publica al lado del atraso."""

    fecha: date
    texto: Texto
    documento: Nombre | None = Field(
        default=None, description="con qué lo dijo: oficio, carta o acta, y su número"
    )


class Retiro(Ficha):
    """Desde qué periodo un dato ya no se pide, y por qué."""

    desde: Periodo
    motivo: Texto


class Dato(Ficha):
    """Una entrada del plan: lo que se recoge para un KPI."""

    dato: Nombre
    frecuencia: Frecuencia
    fuente: Identificador
    origen: Origen
    medio: Medio
    responsable: Institucion
    informan: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=3, max_length=40)], ...],
        Field(min_length=1),
    ] = Field(
        default=(DISTRITO,),
        description="quiénes entregan: distrito, anexos, o un tipo de unidad de data/unidades.csv",
    )
    desde: Periodo | None = Field(
        default=None, description="primer periodo; fija los años de los datos bienales"
    )
    plazo_dias: Annotated[int, Field(ge=0, le=730)] | None = Field(
        default=None, description="días desde el fin del periodo; vacío: el de su frecuencia"
    )
    prorrogas: dict[Periodo, date] = Field(
        default_factory=dict,
        description=(
            "periodo: nueva fecha de entrega; si se retira, la de antes, sin borrar la línea"
        ),
    )
    descargos: dict[Periodo, Descargo] = Field(
        default_factory=dict, description="periodo: lo que la oficina dice de su atraso"
    )
    no_puede_llegar: Texto | None = Field(
        default=None,
        description=(
            "por qué ninguna entrega puede llegar; de una fuente sin cobertura distrital se sabe"
        ),
    )
    retiro: Retiro | None = Field(
        default=None, description="desde qué periodo ya no se pide, y por qué"
    )
    nota: Texto | None = None


class Plan(Ficha):
    """``data/plan-de-recojo.yml``: el año en que vencen las entregas, los plazos por frecuencia y
    los datos por código de KPI.
    """

    anio: Annotated[int, Field(ge=2000, le=2100)]
    plazos: dict[Frecuencia, Annotated[int, Field(ge=0, le=730)]] = Field(
        default_factory=lambda: dict(PLAZOS)
    )
    datos: dict[CodigoKpi, Dato]

    def vence(self, codigo: str, periodo: str) -> date:
        """Último día para entregar ``periodo``: su prórroga, o fin del periodo más el plazo."""
        return self.datos[codigo].prorrogas.get(periodo) or self.vencia(codigo, periodo)

    def vencia(self, codigo: str, periodo: str) -> date:
        """El día en que ``periodo`` vence sin contar prórrogas: fin del periodo más el plazo."""
        dato = self.datos[codigo]
        plazo = (
            dato.plazo_dias
            if dato.plazo_dias is not None
            else self.plazos.get(dato.frecuencia, PLAZOS[dato.frecuencia])
        )
        return fin_de(periodo) + timedelta(days=plazo)


@dataclass(frozen=True, slots=True)
class Entrega:
    """Un periodo de un dato del plan, con su fecha límite."""

    kpi: str
    periodo: str
    vence: date


def leer_plan(proyecto: Proyecto, catalogo: Catalogo) -> Plan:
    """El plan del archivo, completado con el catálogo; sin archivo, el que se generaría.

    Lanza ``DatosInvalidos``. Las entradas de KPI que ya no existen se descartan; ``ajenos`` las
    nombra.
    """
    base = plan_del_catalogo(catalogo)
    ruta = proyecto.data / ARCHIVO
    if not ruta.exists():
        return base
    errores: list[ErrorDeDatos] = []
    leido = leer_yaml(proyecto, ruta, TypeAdapter(Plan), errores)
    if leido is None:
        raise DatosInvalidos(errores)
    errores += _incoherencias(proyecto, catalogo, leido)
    if errores:
        raise DatosInvalidos(errores)
    datos = {
        codigo: _sin_las_que_cuenta(kpi, leido.datos.get(codigo, base.datos[codigo]))
        for codigo, kpi in catalogo.kpis.items()
    }
    return leido.model_copy(update={"datos": datos})


def cuenta_unidades(kpi: Kpi, tipo: str) -> bool:
    """Si lo que el KPI cuenta son las unidades de un tipo («Establecimientos del distrito que…» y
    ``"establecimiento de salud"``): una sola no puede contestarlo.
    """
    singular = next(iter(plegado(tipo).split()), "")
    contado = next(iter(plegado(kpi.formula.denominador or kpi.formula.numerador).split()), "")
    return bool(singular) and contado in (singular, f"{singular}s", f"{singular}es")


def _sin_las_que_cuenta(kpi: Kpi, dato: Dato) -> Dato:
    """El dato sin los informantes que su KPI cuenta; si no queda ninguno, lo entrega el
    distrito.
    """
    quedan = tuple(
        q
        for q in dato.informan
        if q in (DISTRITO, ANEXOS) or q.isdigit() or not cuenta_unidades(kpi, q)
    )
    return (
        dato
        if quedan == dato.informan
        else dato.model_copy(update={"informan": quedan or (DISTRITO,)})
    )


def ajenos(proyecto: Proyecto, catalogo: Catalogo) -> list[str]:
    """Códigos del archivo del plan que el catálogo ya no tiene."""
    ruta = proyecto.data / ARCHIVO
    leido = leer_yaml(proyecto, ruta, TypeAdapter(Plan), []) if ruta.exists() else None
    return sorted(set(leido.datos) - set(catalogo.kpis)) if leido else []


def plan_del_catalogo(
    catalogo: Catalogo, informan: dict[str, tuple[str, ...]] | None = None
) -> Plan:
    """El plan que se desprende de las fichas, para el año de la fecha de corte."""
    datos = {
        k.codigo: dato_de(k, (informan or {}).get(k.codigo, (DISTRITO,)))
        for k in catalogo.kpis.values()
    }
    return Plan(anio=catalogo.territorio.fecha_corte.year, datos=datos)


def dato_de(kpi: Kpi, informan: tuple[str, ...] = (DISTRITO,)) -> Dato:
    """La entrada del plan que se desprende de la ficha de un KPI."""
    desde = None
    if kpi.frecuencia == "bienal":
        desde = (
            kpi.meta.periodo
            if kpi.meta
            else kpi.linea_base.periodo_efectivo
            if kpi.linea_base
            else "2020"
        )[:4]
        desde = str(2020 + int(desde) % 2)
    return Dato(
        dato=kpi.nombre,
        frecuencia=kpi.frecuencia,
        fuente=kpi.fuente,
        origen="primaria" if kpi.medio_recojo in MEDIOS_PRIMARIOS else "secundaria",
        medio=kpi.medio_recojo,
        responsable=kpi.responsable,
        informan=informan,
        desde=desde,
    )


def _incoherencias(proyecto: Proyecto, catalogo: Catalogo, plan: Plan) -> Iterator[ErrorDeDatos]:
    for codigo, dato in plan.datos.items():
        kpi = catalogo.kpis.get(codigo)
        if kpi is None:
            continue
        if dato.frecuencia != kpi.frecuencia:
            yield _error(
                proyecto,
                codigo,
                "frecuencia",
                dato.frecuencia,
                "plan-frecuencia",
                f"la ficha del KPI dice {kpi.frecuencia}: cambie una de las dos",
            )
        if dato.fuente not in catalogo.fuentes:
            yield _error(
                proyecto,
                codigo,
                "fuente",
                dato.fuente,
                "fuente-desconocida",
                "use un identificador de data/fuentes.yml, o añada allí su tarjeta",
            )

    yield from _descargos_sin_entrega(proyecto, catalogo, plan)


def _descargos_sin_entrega(
    proyecto: Proyecto, catalogo: Catalogo, plan: Plan
) -> Iterator[ErrorDeDatos]:
    for codigo, dato in plan.datos.items():
        if codigo not in catalogo.kpis or not dato.descargos:
            continue
        suyas = [e.periodo for e in entregas(plan, [codigo])]
        for periodo in dato.descargos.keys() - set(suyas):
            yield _error(
                proyecto,
                codigo,
                "descargos",
                periodo,
                "descargo-sin-entrega",
                f"en {plan.anio} vencen sus entregas de {', '.join(suyas) or 'ningún periodo'}:"
                " escriba uno de esos periodos",
            )


def _error(
    proyecto: Proyecto, codigo: str, campo: str, valor: str, regla: str, remedio: str
) -> ErrorDeDatos:
    raiz = arbol(lecturas.texto(proyecto.data / ARCHIVO))
    return ErrorDeDatos(
        f"data/{ARCHIVO}",
        linea_de(raiz, ["datos", codigo, campo]),
        f"{codigo}.{campo}",
        valor,
        regla,
        remedio,
    )


def fin_de(periodo: str) -> date:
    """Último día de un periodo: ``fin_de("2026-S1") == date(2026, 6, 30)``."""
    anio, mes = divmod(meses_fin(periodo), 12)
    return date(anio, mes + 1, 1) - timedelta(days=1)


def periodo_que_termina(frecuencia: str, fin: int) -> str:
    """El periodo de esa frecuencia que acaba en el mes absoluto ``fin``:
    ``("semestral", 2026*12+6) → "2026-S1"``.
    """
    anio, mes = divmod(fin - 1, 12)
    if frecuencia == "mensual":
        return f"{anio}-{mes + 1:02d}"
    if frecuencia in LETRA:
        letra, meses = LETRA[frecuencia]
        return f"{anio}-{letra}{mes // meses + 1}"
    return str(anio)


def periodos(frecuencia: str, desde: str | None, primero: int, ultimo: int) -> Iterator[str]:
    """Periodos de la frecuencia cuyo fin cae en ``(primero, ultimo]`` (meses absolutos), en
    orden.
    """
    paso = MESES[frecuencia]
    resto = (meses_fin(desde) if desde else 0) % paso
    inicio = primero + 1 + (resto - (primero + 1)) % paso
    for fin in range(inicio, ultimo + 1, paso):
        yield periodo_que_termina(frecuencia, fin)


def entregas(plan: Plan, codigos: Iterable[str] | None = None) -> list[Entrega]:
    """Todo lo que vence en el año del plan, por fecha y código; también lo que una prórroga pasó al
    siguiente.
    """
    salida = []
    for codigo in plan.datos if codigos is None else codigos:
        dato = plan.datos[codigo]
        for periodo in periodos(
            dato.frecuencia, dato.desde, (plan.anio - 3) * 12, (plan.anio + 1) * 12
        ):
            vence = plan.vence(codigo, periodo)
            if plan.anio in (vence.year, plan.vencia(codigo, periodo).year):
                salida.append(Entrega(codigo, periodo, vence))
    return sorted(salida, key=lambda e: (e.vence, e.kpi, e.periodo))


def periodos_dentro(frecuencia: str, desde: str | None, periodo: str) -> list[str]:
    """Periodos de la frecuencia que terminan dentro de ``periodo``: de 2026-T3, los tres meses de
    un dato mensual.
    """
    fin = meses_fin(periodo)
    largo = 12 if re.fullmatch(r"[0-9]{4}", periodo) else {"S": 6, "T": 3}.get(periodo[5], 1)
    return list(periodos(frecuencia, desde, fin - largo, fin))
