"""Guion de la demostración: órdenes de magnitud, casos señalados y reparto de estados.

Son las únicas cifras elegidas a mano. Un KPI que no figure aquí recibe un denominador corriente y
un estado sorteado, de modo que un catálogo nuevo también se puede demostrar.
"""

from __future__ import annotations

from observatorio.catalogo.modelos import Kpi, Mision

from .azar import Azar
from .trayectorias import es_banda

DENOMINADOR_CORRIENTE = 200

# Tamaño verosímil del denominador distrital en un periodo (personas, hogares, muestras, soles...).
DENOMINADORES = {
    "M1-K02": 640, "M1-K04": 610, "M1-K05": 640, "M1-K06": 420, "M1-K07": 950, "M1-K08": 52,
    "M1-K09": 300,
    "M1-K13": 700, "M1-K14": 64, "M1-K15": 58, "M1-K16": 90, "M1-K18": 890, "M1-K20": 310,
    "M1-K24": 240, "M1-K25": 8,
    "M1-K27": 3400,
    "M2-K06": 150, "M2-K07": 900, "M2-K09": 560, "M2-K17": 240000, "M2-K19": 640,
    "M3-K02": 620, "M3-K03": 600, "M3-K06": 60, "M3-K07": 42, "M3-K08": 47, "M3-K09": 420,
    "M3-K10": 46,
    "M3-K11": 130, "M3-K12": 780, "M3-K13": 180000, "M3-K18": 52,
    "M4-K01": 310, "M4-K02": 92, "M4-K03": 540, "M4-K04": 880, "M4-K05": 200, "M4-K06": 46,
    "M4-K07": 52,
    "M4-K08": 620, "M4-K09": 150, "M4-K10": 660, "M4-K11": 190, "M4-K12": 8, "M4-K13": 205,
    "M5-K02": 1200, "M5-K06": 14, "M5-K07": 45, "M5-K08": 23, "M5-K11": 26,
    "M5-K12": 620, "M5-K13": 38000, "M5-K17": 240, "M5-K18": 9, "M5-K19": 14,
    "M6-K08": 14, "M6-K09": 700, "M6-K10": 700, "M6-K11": 46, "M6-K13": 160, "M6-K17": 520,
    "M7-K04": 22, "M7-K08": 700, "M7-K09": 22, "M7-K10": 11,
    "M7-K11": 82, "M7-K14": 29, "M7-K15": 22, "M7-K16": 420, "M7-K17": 9,
}  # fmt: skip

# El denominador cuenta cosas que no cambian de número: locales, anexos, pasivos, puntos de una red.
DENOMINADOR_FIJO = frozenset(
    {"M1-K24", "M1-K25", "M4-K12", "M5-K06", "M5-K08", "M5-K11", "M5-K18", "M6-K08",
     "M7-K10", "M7-K15"}
)  # fmt: skip
# Quienes responden el módulo de cultura de la encuesta comunal, los mismos para todas sus
# preguntas.
MODULO_DE_CULTURA = {
    2019: 884,
    2020: 880,
    2021: 872,
    2022: 896,
    2023: 905,
    2024: 889,
    2025: 921,
    2026: 908,
}
# Quienes empezaron la secundaria cada año, y qué parte de ellos hay en cada grado, de primero a
# quinto.
EMPEZARON = {
    2012: 122, 2013: 125, 2014: 128, 2015: 131, 2016: 126, 2017: 133, 2018: 129, 2019: 135,
    2020: 138, 2021: 134, 2022: 140,
    2023: 137, 2024: 142, 2025: 139, 2026: 141,
}  # fmt: skip
PERMANENCIA = (1.04, 0.95, 0.87, 0.80, 0.74)
# Plazas docentes de las escuelas públicas: todas son de alguien o están vacantes.
PLAZAS = {2019: 94, 2020: 94, 2021: 95, 2022: 95, 2023: 96, 2024: 96, 2025: 97, 2026: 98}


def _en_grados(anio: int, desde: int = 1) -> int:
    """Matriculados en secundaria, del grado ``desde`` a quinto."""
    return sum(
        round(EMPEZARON[anio + 1 - grado] * PERMANENCIA[grado - 1]) for grado in range(desde, 6)
    )


ANIOS = range(2019, 2027)
# El denominador de cada año sale de un padrón común a varios KPI.
MISMA_MUESTRA = {
    **dict.fromkeys(("M6-K05", "M6-K19", "M6-K20"), MODULO_DE_CULTURA),
    "M1-K19": {a: round(0.93 * _en_grados(a)) for a in ANIOS},  # presentes el día del cuestionario
    "M2-K01": {a: EMPEZARON[a - 7] for a in ANIOS},
    "M2-K03": {a: _en_grados(a, 5) for a in ANIOS},
    "M2-K08": {a: EMPEZARON[a - 4] for a in ANIOS},
    "M2-K11": PLAZAS,
    "M2-K13": {
        a: n - 2 for a, n in PLAZAS.items()
    },  # al cierre del trimestre siempre queda alguna vacante
    "M2-K14": {a: _en_grados(a, 3) for a in ANIOS},
    "M2-K21": {a: _en_grados(a - 1) for a in ANIOS},
}
# Registros que varios KPI reparten entre los mismos grupos: cuántas mujeres hay en uno, las hay en
# todos.
MISMO_REPARTO = {
    **dict.fromkeys(("M6-K05", "M6-K19", "M6-K20"), "módulo de cultura"),
    **dict.fromkeys(("M2-K01", "M2-K03", "M2-K08", "M2-K14", "M2-K21"), "matrícula de secundaria"),
}
# Nunca medidos, o publicados por una fuente oficial que aún no se carga: no se inventan.
SIN_CARGAR = frozenset(
    {"M1-K26", "M1-K29", "M2-K02", "M2-K04", "M2-K16", "M2-K18", "M2-K20", "M3-K14", "M3-K16",
     "M5-K03", "M5-K04", "M5-K10", "M6-K07", "M6-K16", "M7-K05",
     "M7-K19"}
)  # fmt: skip
# Misiones cuyos registros empiezan con la línea de base: antes no hay dato.
EMPIEZAN_CON_LA_BASE = ("M1-", "M2-", "M3-", "M5-", "M6-", "M7-")
# El denominador son los anexos donde no hay una unidad de este tipo.
ANEXOS_SIN_UNIDAD = {"M1-K25": "establecimiento de salud"}

SALUD = "establecimiento de salud"
# KPI que llegan por unidad informante, no por anexo; «una» si cada unidad cuenta por uno en el
# denominador.
POR_UNIDAD = {
    "M1-K08": (SALUD, "según captación"),
    "M4-K05": (SALUD, "según captación"),
    "M4-K12": (SALUD, "una"),
}

EDADES = {
    "M4-K01": ("6-11m", "12-23m", "24-35m"), "M4-K03": ("6-11m", "12-23m", "24-35m"),
    "M4-K04": ("0-11m", "12-23m", "24-35m", "36-59m"), "M4-K07": ("12-19a", "20-34a", "35-49a"),
    "M4-K09": ("6-11m", "12-23m"), "M1-K09": ("12-23m", "24-36m"),
    "M1-K18": ("15-29a", "30-59a", "60a+"),
    "M1-K20": ("18-59a", "60a+"),
    "M6-K05": ("15-29a", "30-59a", "60a+"), "M6-K20": ("15-29a", "30-59a", "60a+"),
}  # fmt: skip
EDADES_CORRIENTES = ("18-29a", "30-59a", "60a+")
NIVELES = ("inicial", "primaria", "secundaria")
# Peso de cada categoría donde un reparto parejo no sería verosímil, en el orden de sus categorías.
PESOS_DE_GRUPO = {
    ("M1-K13", "edad"): (0.27, 0.57, 0.16),
    ("M1-K14", "sexo"): (0.64, 0.36),
    ("M1-K18", "edad"): (0.31, 0.54, 0.15),
    ("M1-K20", "edad"): (0.38, 0.62),
    ("M1-K20", "sexo"): (0.60, 0.40),
    ("M1-K21", "sexo"): (0.62, 0.38),
    ("M2-K07", "edad"): (0.24, 0.58, 0.18),
    ("M2-K11", "nivel educativo"): (10.0, 56.0, 30.0),
    ("M3-K12", "edad"): (0.24, 0.58, 0.18),
    ("M5-K17", "sexo"): (0.38, 0.62),  # quién figura como titular de la parcela
    ("M6-K05", "edad"): (0.31, 0.54, 0.15),
    ("M6-K20", "edad"): (0.31, 0.54, 0.15),
    ("M6-K10", "edad"): (0.24, 0.58, 0.18),
    ("M7-K08", "edad"): (0.24, 0.58, 0.18),
    ("M6-K08", "nivel educativo"): (2.0, 9.0, 3.0),
}

# Casos que la demostración necesita mostrar siempre.
SENALADOS = {
    "M4-K01": "requiere acelerar",  # la cifra más mirada del observatorio
    "M4-K02": "en ruta",
    "M4-K03": "requiere acelerar",
    "M4-K04": "rezagado",
    "M4-K08": "en retroceso",
    "M4-K12": "alcanzado",
    "M1-K02": "en retroceso",
    "M1-K04": "en ruta",
    "M1-K05": "en ruta",
    "M1-K06": "requiere acelerar",
    "M1-K07": "requiere acelerar",
    "M1-K08": "rezagado",
    "M1-K09": "en ruta",
    "M1-K13": "requiere acelerar",
    "M1-K14": "en retroceso",
    "M1-K15": "en ruta",
    "M1-K16": "rezagado",
    "M1-K17": "requiere acelerar",
    "M1-K18": "en ruta",
    "M1-K19": "en ruta",
    "M1-K20": "rezagado",
    "M1-K21": "rezagado",
    "M1-K22": "rezagado",
    "M1-K24": "en ruta",
    "M1-K25": "requiere acelerar",
    "M1-K27": "requiere acelerar",
    "M2-K01": "rezagado",
    "M2-K03": "en ruta",
    "M2-K06": "requiere acelerar",
    "M2-K07": "en retroceso",
    "M2-K08": "requiere acelerar",
    "M2-K09": "alcanzado",
    "M2-K10": "en ruta",
    "M2-K11": "rezagado",
    "M2-K13": "en ruta",
    "M2-K14": "en ruta",
    "M2-K15": "en ruta",
    "M2-K17": "rezagado",
    "M2-K19": "requiere acelerar",
    "M2-K21": "requiere acelerar",
    "M3-K01": "requiere acelerar",
    "M3-K02": "rezagado",
    "M3-K03": "en ruta",
    "M3-K04": "en ruta",
    "M3-K05": "requiere acelerar",
    "M3-K06": "dato vencido",
    "M3-K07": "en ruta",
    "M3-K08": "en ruta",
    "M3-K09": "requiere acelerar",
    "M3-K10": "en ruta",
    "M3-K11": "en ruta",
    "M3-K12": "sin datos",
    "M3-K13": "alcanzado",
    "M3-K17": "requiere acelerar",
    "M3-K18": "rezagado",
    "M5-K01": "en ruta",
    "M5-K02": "en ruta",
    "M5-K06": "requiere acelerar",
    "M5-K07": "rezagado",
    "M5-K08": "requiere acelerar",
    "M5-K09": "rezagado",
    "M5-K11": "dato vencido",
    "M5-K12": "rezagado",
    "M5-K13": "requiere acelerar",
    "M5-K14": "en retroceso",
    "M5-K15": "en ruta",
    "M5-K16": "rezagado",
    "M5-K17": "en ruta",
    "M5-K18": "requiere acelerar",
    "M5-K19": "dato protegido",  # menos de diez denuncias respondidas en un trimestre
    "M5-K20": "requiere acelerar",
    "M6-K05": "en ruta",
    "M6-K06": "rezagado",
    "M6-K08": "requiere acelerar",
    "M6-K09": "rezagado",
    "M6-K10": "en ruta",
    "M6-K11": "requiere acelerar",
    "M6-K12": "sin datos",
    "M6-K13": "requiere acelerar",
    "M6-K15": "en ruta",
    "M6-K17": "en ruta",
    "M6-K18": "requiere acelerar",
    "M6-K19": "requiere acelerar",
    "M6-K20": "en ruta",
    "M7-K04": "en ruta",
    "M7-K06": "en ruta",
    "M7-K07": "requiere acelerar",
    "M7-K08": "en retroceso",
    "M7-K09": "requiere acelerar",
    "M7-K10": "requiere acelerar",
    "M7-K11": "dato vencido",
    "M7-K12": "sin datos",
    "M7-K13": "requiere acelerar",
    "M7-K14": "alcanzado",
    "M7-K15": "en retroceso",
    "M7-K16": "requiere acelerar",
    "M7-K17": "en ruta",
}
SOLO_PERIODOS = {"M1-K15": ("2026-S1",)}  # la primera vez que se midió

# Partes de cada cien KPI sin caso señalado.
REPARTO = (
    ("en ruta", 30),
    ("requiere acelerar", 29),
    ("rezagado", 23),
    ("en retroceso", 6),
    ("sin datos", 6),
    ("dato vencido", 6),
)


def estados_previstos(mision: Mision) -> dict[str, str]:
    """Estado que debe mostrar cada KPI de una misión; el reparto se baraja con una semilla por
    misión.
    """
    azar = Azar(f"{mision.codigo} estados")
    previstos = {k.codigo: SENALADOS[k.codigo] for k in mision.kpis if k.codigo in SENALADOS}
    for kpi in mision.kpis:
        if kpi.codigo not in previstos and es_banda(kpi):
            previstos[kpi.codigo] = "alcanzado" if azar.acierta(0.6) else "en retroceso"
    libres = [k for k in mision.kpis if k.codigo not in previstos]
    for kpi, estado in zip(libres, azar.barajado(_cuotas(len(libres), azar)), strict=True):
        previstos[kpi.codigo] = _posible(kpi, estado)
    return previstos


def _cuotas(n: int, azar: Azar) -> list[str]:
    """``n`` estados en las proporciones de ``REPARTO``, tomados a pasos iguales desde un punto al
    azar.
    """
    total = sum(peso for _, peso in REPARTO)
    inicio = azar.uniforme()
    return [_estado_en((inicio + i) * total / n) for i in range(n)]


def _estado_en(posicion: float) -> str:
    acumulado = 0.0
    for estado, peso in REPARTO:
        acumulado += peso
        if posicion < acumulado:
            return estado
    return REPARTO[-1][0]


def _posible(kpi: Kpi, estado: str) -> str:
    """Sin base o sin meta no hay banda que mostrar, y desde cero no se retrocede."""
    if kpi.linea_base is None or kpi.meta is None:
        return "en ruta"
    if estado == "en retroceso" and kpi.linea_base.valor == 0:
        return "rezagado"
    return estado
