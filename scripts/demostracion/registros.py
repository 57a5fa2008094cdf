"""Registros simulados: los KPI hermanos salen de un mismo padrón, y así no se contradicen.

Cada registro da, por KPI y periodo, la medida del distrito y la de cada grupo o lugar que se
publica. De ellos se toman también las líneas de base de demostración del catálogo, que por eso
concuerdan con las series.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .azar import Azar
from .desgloses import Medida
from .escena import Escena
from .reparto import repartir

Celda = tuple[str, str]
"""``(lugar, grupo)``; el lugar vacío es el distrito."""
Serie = dict[str, dict[Celda, Medida]]
"""``periodo → celda → medida``."""
TOTAL: Celda = ("", "total")

# Padrón comunal al cierre de cada año: familias inscritas, visitadas, con una ficha anterior, y que
# mejoraron su entorno.
FICHAS = {2023: (2592, 388, 232, 3), 2024: (2610, 437, 309, 5), 2025: (2634, 492, 371, 11)}

# Nacidos vivos de residentes en cada año: todos, en establecimiento y de madre menor de 20; partos
# con CNV y con seis controles.
NACIDOS = {
    2022: (203, 187, 33, 194, 97), 2023: (198, 181, 30, 189, 100), 2024: (206, 190, 30, 197, 112),
    2025: (201, 186, 27, 193, 115),
}  # fmt: skip

# Gestores de transformación cultural con reconocimiento vigente al cierre de cada semestre, y bajas
# de cada año.
VIGENTES = {
    "2022-S2": 198, "2023-S1": 226, "2023-S2": 258, "2024-S1": 292, "2024-S2": 330, "2025-S1": 374,
    "2025-S2": 428, "2026-S1": 478,
}  # fmt: skip
BAJAS = {2023: 9, 2024: 14, 2025: 20}
ACTIVOS = {2024: 0.504, 2025: 0.491}
JOVENES = {2023: 0.232, 2024: 0.256, 2025: 0.28}
MUJERES_GESTORAS, MUJERES_ACTIVAS, MUJERES_HABITANTES = 0.56, 0.58, 0.47
ESPACIO_ANEXO = 1.35

# Directorio de actores: cuántos hay en cada pilar y cuántos de ellos estaban vinculados al empezar.
PILARES = {
    "instituciones": (24, 9),
    "cultura": (14, 3),
    "talento": (12, 2),
    "infraestructura": (10, 2),
    "financiamiento": (14, 2),
}
SE_VINCULA = {
    "instituciones": 0.06,
    "cultura": 0.05,
    "talento": 0.05,
    "infraestructura": 0.05,
    "financiamiento": 0.05,
}
SE_DESVINCULA = 0.06
# Semilla elegida entre varias: con ella la vinculación crece despacio y sin saltos.
SEMILLA_DE_ACTORES = "directorio de actores 385"
SEMESTRES = ("2022-S2", "2023-S1", "2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2", "2026-S1")


@dataclass(frozen=True, slots=True)
class Registro:
    """Un padrón simulado y los KPI que salen de él."""

    kpis: frozenset[str]
    simular: Callable[[Escena], dict[str, Serie]]


def serie_de(kpi: str, escena: Escena) -> Serie | None:
    """Serie de un KPI que sale de un registro; ``None`` si se traza por su cuenta."""
    for registro in REGISTROS:
        if kpi in registro.kpis:
            return registro.simular(escena)[kpi]
    return None


def _gestores(escena: Escena) -> dict[str, Serie]:
    """Existencias de M6-K01, lo que hicieron quienes ya estaban (M6-K02) y las altas del año
    (M6-K03).
    """
    azar = Azar("registro de gestores")
    pesos = [
        poblacion * azar.uniforme(1 / ESPACIO_ANEXO, ESPACIO_ANEXO)
        for poblacion in escena.poblaciones.values()
    ]
    mujeres = round(MUJERES_HABITANTES * escena.habitantes)
    existencias: Serie = {}
    for periodo, total in VIGENTES.items():
        gestoras = round(MUJERES_GESTORAS * total)
        por_anexo = zip(escena.poblaciones.items(), repartir(total, pesos), strict=True)
        existencias[periodo] = {
            TOTAL: Medida(total, escena.habitantes),
            ("", "sexo:mujer"): Medida(gestoras, mujeres),
            ("", "sexo:hombre"): Medida(total - gestoras, escena.habitantes - mujeres),
            **{(lugar, "total"): Medida(n, poblacion) for (lugar, poblacion), n in por_anexo},
        }
    actividad = {
        str(anio): _activos(existencias[f"{anio - 1}-S2"], parte) for anio, parte in ACTIVOS.items()
    }
    altas: Serie = {}
    for anio, parte in JOVENES.items():
        nuevos = VIGENTES[f"{anio}-S2"] - VIGENTES[f"{anio - 1}-S2"] + BAJAS[anio]
        altas[str(anio)] = {TOTAL: Medida(round(parte * nuevos), nuevos)}
    return {"M6-K01": existencias, "M6-K02": actividad, "M6-K03": altas}


def _activos(al_empezar: dict[Celda, Medida], parte: float) -> dict[Celda, Medida]:
    total, gestoras = al_empezar[TOTAL].numerador, al_empezar["", "sexo:mujer"].numerador
    activos = round(parte * total)
    activas = round(MUJERES_ACTIVAS * activos)
    return {
        TOTAL: Medida(activos, total),
        ("", "sexo:mujer"): Medida(activas, gestoras),
        ("", "sexo:hombre"): Medida(activos - activas, total - gestoras),
    }


def _actores(escena: Escena) -> dict[str, Serie]:
    """Vinculación de todo el directorio (M7-K01) y, a fin de año, la del pilar menos vinculado
    (M7-K18).
    """
    azar = Azar(SEMILLA_DE_ACTORES)
    vinculados = {pilar: inicio for pilar, (_, inicio) in PILARES.items()}
    todos: Serie = {}
    menor: Serie = {}
    for periodo in SEMESTRES:
        for pilar, (hay, _) in PILARES.items():
            dentro = vinculados[pilar]
            salen = sum(azar.acierta(SE_DESVINCULA) for _ in range(dentro))
            entran = sum(azar.acierta(SE_VINCULA[pilar]) for _ in range(hay - dentro))
            vinculados[pilar] = dentro - salen + entran
        todos[periodo] = {
            TOTAL: Medida(sum(vinculados.values()), sum(hay for hay, _ in PILARES.values()))
        }
        if periodo.endswith("S2"):
            peor = min(PILARES, key=lambda p: (vinculados[p] / PILARES[p][0], p))
            menor[periodo[:4]] = {TOTAL: Medida(vinculados[peor], PILARES[peor][0])}
    return {"M7-K01": todos, "M7-K18": menor}


def _fichas(escena: Escena) -> dict[str, Serie]:
    """Familias visitadas (M1-K03) y, de las que ya tenían ficha, las que mejoraron (M1-K01)."""
    azar = Azar("padrón comunal")
    lugares = list(escena.poblaciones)
    pesos = [azar.uniforme(0.7, 1.4) for _ in lugares]
    visitadas: Serie = {}
    mejoraron: Serie = {}
    for anio, (familias, con_ficha, repetidas, mejor) in FICHAS.items():
        por_lugar = repartir(familias, list(escena.poblaciones.values()))
        fichas = repartir(
            con_ficha, [n * p for n, p in zip(por_lugar, pesos, strict=True)], por_lugar
        )
        visitadas[str(anio)] = {
            TOTAL: Medida(con_ficha, familias),
            **{
                (lugar, "total"): Medida(n, d)
                for lugar, n, d in zip(lugares, fichas, por_lugar, strict=True)
            },
        }
        mejoraron[str(anio)] = {TOTAL: Medida(mejor, repetidas)}
    return {"M1-K01": mejoraron, "M1-K03": visitadas}


def _nacimientos(escena: Escena) -> dict[str, Serie]:
    """Dónde nacieron (M1-K10), de madre de qué edad (M1-K11) y con qué control prenatal
    (M1-K28).
    """
    return {
        "M1-K10": {
            str(a): {TOTAL: Medida(en_puesto, todos)}
            for a, (todos, en_puesto, *_) in NACIDOS.items()
        },
        "M1-K11": {
            str(a): {TOTAL: Medida(jovenes, todos)}
            for a, (todos, _, jovenes, *_) in NACIDOS.items()
        },
        "M1-K28": {
            str(a): {TOTAL: Medida(con_control, partos)}
            for a, (*_, partos, con_control) in NACIDOS.items()
        },
    }


REGISTROS = (
    Registro(frozenset({"M1-K01", "M1-K03"}), _fichas),
    Registro(frozenset({"M1-K10", "M1-K11", "M1-K28"}), _nacimientos),
    Registro(frozenset({"M6-K01", "M6-K02", "M6-K03"}), _gestores),
    Registro(frozenset({"M7-K01", "M7-K18"}), _actores),
)
