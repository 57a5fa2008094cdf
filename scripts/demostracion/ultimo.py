"""Del valor de la trayectoria a una medida entera, y ajuste de la última para que muestre el estado
previsto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from observatorio.catalogo.modelos import Kpi

from .desgloses import Medida
from .trayectorias import es_banda, esperado_en

K = 10  # menor recuento publicable sobre personas
BANDAS = {
    "en ruta": (0.96, float("inf")),
    "requiere acelerar": (0.61, 0.94),
    "rezagado": (0.0, 0.59),
}


def medida_cercana(kpi: Kpi, valor: float, denominador: int | None) -> Medida:
    """La medida representable más cercana a ``valor``."""
    numerador = max(0, round(valor / _paso(kpi, denominador)))
    if denominador is not None and kpi.unidad == "%":
        numerador = min(numerador, denominador)
    return Medida(numerador, denominador)


def ultima_medida(
    kpi: Kpi, previsto: str, valor: float, denominador: int | None, t: float
) -> Medida:
    """La medida más cercana a ``valor`` que muestra ``previsto`` y, si puede, sin celdas de menos
    de diez personas.
    """
    paso = _paso(kpi, denominador)

    def muestra(n: int) -> bool:
        if previsto == "dato protegido":
            return 0 < n < K
        return previsto in ("sin datos", "dato vencido") or _estado_de(kpi, n * paso, t) in (
            previsto,
            None,
        )

    requisitos: list[Callable[[int], bool]] = [
        lambda n: muestra(n) and n >= K and _complemento(kpi, n, denominador) >= K,
        lambda n: muestra(n) and n >= K,
        muestra,
    ]
    if not kpi.sobre_personas or previsto == "dato protegido":
        requisitos = [muestra]
    inicial = medida_cercana(kpi, valor, denominador)
    for requisito in requisitos:
        for n in _vecinos(inicial.numerador, _tope(kpi, denominador)):
            if requisito(n):
                return Medida(n, denominador)
    return inicial


def _paso(kpi: Kpi, denominador: int | None) -> float:
    return 10.0**-kpi.decimales if denominador is None else kpi.formula.factor / denominador


def _tope(kpi: Kpi, denominador: int | None) -> int | None:
    return denominador if kpi.unidad == "%" else None


def _complemento(kpi: Kpi, n: int, denominador: int | None) -> int:
    return K if denominador is None or kpi.unidad != "%" else denominador - n


def _vecinos(centro: int, tope: int | None) -> Iterator[int]:
    """Enteros cada vez más lejos del centro, sin salir de ``[0, tope]``."""
    for distancia in range(max(40, centro // 3)):
        for n in sorted({centro - distancia, centro + distancia}):
            if n >= 0 and (tope is None or n <= tope):
                yield n


def _estado_de(kpi: Kpi, y: float, t: float) -> str | None:
    """Estado por bandas corrientes, con holgura en los cortes (en la holgura, texto vacío).

    ``None`` donde el catálogo no permite calcularlo.
    """
    base, meta = kpi.linea_base, kpi.meta
    if base is None or meta is None:
        return None
    if es_banda(kpi):
        return _estado_de_banda(kpi, y, meta.valor)
    avance = (y - base.valor) / (meta.valor - base.valor)
    if avance >= 1:
        return "alcanzado"
    ritmo = avance / ((esperado_en(kpi, t) - base.valor) / (meta.valor - base.valor))
    if ritmo < 0:
        return "en retroceso"
    return next((estado for estado, (piso, techo) in BANDAS.items() if piso <= ritmo < techo), "")


def _estado_de_banda(kpi: Kpi, y: float, m: float) -> str:
    malo = {"ascendente": m - y, "descendente": y - m}.get(kpi.sentido, abs(y - m))
    if malo <= 0.95 * kpi.tolerancia:
        return "alcanzado"
    return "en retroceso" if malo > 1.05 * kpi.tolerancia else ""
