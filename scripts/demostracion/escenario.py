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
    "M1-K01": 900, "M1-K02": 640, "M1-K03": 2600, "M1-K04": 620, "M1-K05": 640, "M1-K06": 420,
    "M1-K07": 950, "M1-K08": 52, "M1-K09": 300, "M1-K10": 50, "M1-K11": 205, "M1-K12": 200,
    "M1-K13": 700, "M1-K14": 64, "M1-K15": 44, "M1-K16": 90, "M1-K18": 780, "M1-K19": 430,
    "M1-K20": 310, "M1-K23": 14, "M1-K24": 240, "M1-K25": 8, "M1-K27": 3400,
    "M2-K01": 118, "M2-K02": 150, "M2-K03": 120, "M2-K04": 190, "M2-K05": 140, "M2-K06": 190,
    "M2-K07": 900, "M2-K08": 150, "M2-K09": 560, "M2-K11": 110, "M2-K12": 64, "M2-K13": 96,
    "M2-K14": 330, "M2-K16": 14, "M2-K17": 240000, "M2-K18": 14, "M2-K19": 640,
    "M3-K02": 620, "M3-K03": 600, "M3-K06": 60, "M3-K07": 42, "M3-K08": 47, "M3-K09": 420,
    "M3-K10": 46, "M3-K11": 130, "M3-K12": 900, "M3-K13": 180000, "M3-K14": 7100, "M3-K15": 12,
    "M3-K16": 3200000,
    "M4-K01": 340, "M4-K02": 92, "M4-K03": 485, "M4-K04": 880, "M4-K05": 200, "M4-K06": 46,
    "M4-K07": 52, "M4-K08": 620, "M4-K09": 150, "M4-K10": 120, "M4-K11": 190, "M4-K12": 8,
    "M4-K13": 205,
    "M5-K02": 1200, "M5-K03": 30, "M5-K05": 50, "M5-K06": 14, "M5-K07": 45, "M5-K08": 23,
    "M5-K11": 26, "M5-K12": 620, "M5-K13": 38000, "M5-K17": 240, "M5-K18": 9, "M5-K19": 14,
    "M6-K02": 400, "M6-K03": 75, "M6-K04": 6, "M6-K05": 900, "M6-K07": 22, "M6-K08": 14,
    "M6-K09": 700, "M6-K10": 700, "M6-K11": 46, "M6-K13": 160, "M6-K14": 15, "M6-K17": 520,
    "M7-K01": 74, "M7-K03": 24, "M7-K04": 22, "M7-K05": 9500000, "M7-K08": 700, "M7-K09": 22,
    "M7-K10": 11, "M7-K11": 82, "M7-K14": 29, "M7-K15": 10, "M7-K16": 420, "M7-K17": 9,
}  # fmt: skip

# El denominador es la población del territorio, que no cambia de un periodo a otro.
SOBRE_LA_POBLACION = frozenset({"M1-K26", "M6-K01", "M6-K16"})
# El denominador cuenta cosas que no cambian de número: locales, anexos, pasivos, puntos de una red.
DENOMINADOR_FIJO = frozenset(
    {"M1-K23", "M1-K24", "M1-K25", "M2-K16", "M2-K18", "M4-K12", "M5-K06", "M5-K08", "M5-K11",
     "M5-K18", "M6-K08", "M6-K14", "M7-K10", "M7-K15"}
)  # fmt: skip
UNO_POR_ANEXO = frozenset({"M6-K14"})
# El denominador son los anexos donde no hay una unidad de este tipo.
ANEXOS_SIN_UNIDAD = {"M1-K25": "establecimiento de salud"}

SALUD, ESCUELA = "establecimiento de salud", "institución educativa"
# KPI que llegan por unidad informante, no por anexo; «una» si cada unidad cuenta por uno en el
# denominador.
POR_UNIDAD = {
    "M1-K08": (SALUD, "según captación"),
    "M4-K05": (SALUD, "según captación"),
    "M4-K12": (SALUD, "una"),
    "M1-K23": (ESCUELA, "una"),
    "M2-K06": (ESCUELA, "según captación"),
    "M2-K16": (ESCUELA, "una"),
    "M2-K18": (ESCUELA, "una"),
}

EDADES = {
    "M4-K01": ("6-11m", "12-23m", "24-35m"), "M4-K03": ("6-11m", "12-23m", "24-35m"),
    "M4-K04": ("0-11m", "12-23m", "24-35m", "36-59m"), "M4-K07": ("12-19a", "20-34a", "35-49a"),
    "M4-K09": ("6-11m", "12-23m"), "M1-K09": ("12-23m", "24-36m"),
    "M1-K10": ("12-19a", "20-34a", "35-49a"), "M1-K12": ("12-19a", "20-34a", "35-49a"),
    "M1-K18": ("15-29a", "30-59a", "60a+"),
    "M2-K02": ("20-24a", "25-29a"), "M2-K09": ("3a", "4a", "5a"), "M3-K09": ("18-24a", "25-29a"),
    "M6-K01": ("0-14a", "15-29a", "30-59a", "60a+"), "M6-K05": ("15-29a", "30-59a", "60a+"),
}  # fmt: skip
EDADES_CORRIENTES = ("18-29a", "30-59a", "60a+")
# Desglose por edad que solo abriría el numerador: se omite.
SIN_EDAD = frozenset({"M1-K11"})
NIVELES = ("inicial", "primaria", "secundaria")

# Casos que la demostración necesita mostrar siempre.
SENALADOS = {
    "M4-K01": "requiere acelerar",  # la cifra más mirada del observatorio
    "M4-K02": "en ruta",
    "M4-K03": "requiere acelerar",
    "M4-K04": "rezagado",
    "M4-K08": "en retroceso",
    "M4-K12": "alcanzado",
    "M1-K01": "requiere acelerar",
    "M1-K08": "rezagado",
    "M1-K10": "alcanzado",
    "M2-K01": "rezagado",
    "M2-K04": "dato vencido",  # la última prueba censal fue en 2024
    "M2-K05": "sin datos",  # desde entonces secundaria se evalúa por muestra
    "M3-K01": "requiere acelerar",
    "M3-K16": "alcanzado",
    "M5-K01": "en ruta",
    "M5-K10": "en retroceso",
    "M5-K19": "dato protegido",  # menos de diez denuncias respondidas en un trimestre
    "M6-K01": "rezagado",
}
SOLO_PERIODOS = {"M2-K04": ("2024",)}

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
