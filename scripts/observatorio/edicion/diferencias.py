"""Qué cambió entre dos ediciones, lado a lado, y qué número de versión de los datos le toca.

Versión: quitar algo publicado sube el primer número; agregar o cambiar, el segundo; solo corregir, el tercero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from ..presentacion.numeros import con_unidad, porcentaje
from .resumen import Resumen

Clase = Literal["retirado", "agregado", "cambiado", "corregido", "consecuencia"]
PRIMERA = "1.0.0"
NADA = "—"


@dataclass(frozen=True, slots=True)
class Cambio:
    """Un cambio: de qué trata, dónde, y lo que decía antes y dice ahora."""

    tipo: str
    codigo: str
    nombre: str
    antes: str
    despues: str
    clase: Clase

    def __str__(self) -> str:
        return f"{self.codigo} {self.nombre}: {self.antes} → {self.despues}"


def comparar(antes: Resumen, ahora: Resumen) -> list[Cambio]:
    """Todos los cambios, en orden: KPI, estados, valores, fichas, agregados, gráficos y observaciones."""
    comunes = sorted(antes["kpis"].keys() & ahora["kpis"].keys())
    return [
        *_altas_y_bajas(antes["kpis"], ahora["kpis"]),
        *(c for k in comunes for c in _kpi(k, antes["kpis"][k], ahora["kpis"][k])),
        *_agregados(antes["agregados"], ahora["agregados"]),
        *_graficos(antes["graficos"], ahora["graficos"]),
        *_observaciones(antes, ahora),
    ]


def version(anterior: str | None, cambios: list[Cambio]) -> str:
    """La versión de los datos que sigue a ``anterior``."""
    if anterior is None:
        return PRIMERA
    mayor, menor, parche = map(int, anterior.split("."))
    clases = {c.clase for c in cambios}
    if "retirado" in clases:
        return f"{mayor + 1}.0.0"
    if clases & {"agregado", "cambiado"} or clases == {"consecuencia"}:
        return f"{mayor}.{menor + 1}.0"
    return f"{mayor}.{menor}.{parche + 1}" if "corregido" in clases else anterior


def como_dict(cambios: list[Cambio]) -> list[dict[str, str]]:
    return [asdict(c) for c in cambios]


def _altas_y_bajas(antes: dict, ahora: dict) -> Iterator[Cambio]:
    for codigo in sorted(antes.keys() - ahora.keys()):
        yield Cambio("KPI", codigo, antes[codigo]["nombre"], "publicado", "retirado", "retirado")
    for codigo in sorted(ahora.keys() - antes.keys()):
        yield Cambio("KPI", codigo, ahora[codigo]["nombre"], NADA, "nuevo", "agregado")


def _kpi(codigo: str, a: dict, b: dict) -> Iterator[Cambio]:
    if a["estado"] != b["estado"]:
        yield Cambio("estado", codigo, b["nombre"], a["estado"], b["estado"], "consecuencia")
    if (a["valor"], a["periodo"]) != (b["valor"], b["periodo"]):
        yield Cambio("valor", codigo, b["nombre"], _valor(a), _valor(b), "consecuencia")
    for campo, texto in (("nombre", "nombre"), ("unidad", "unidad"), ("sentido", "sentido")):
        if a[campo] != b[campo]:
            yield Cambio("ficha", codigo, texto, str(a[campo]), str(b[campo]), "cambiado")
    for campo, texto in (("base", "línea de base"), ("meta", "meta")):
        if a[campo] != b[campo]:
            yield Cambio("ficha", codigo, texto, _cifra(a[campo], a), _cifra(b[campo], b), "cambiado")


def _valor(k: dict) -> str:
    return NADA if k["valor"] is None else f"{_cifra(k['valor'], k)} ({k['periodo']})"


def _cifra(valor: float | None, k: dict) -> str:
    return NADA if valor is None else con_unidad(valor, k["unidad"], k["decimales"])


def _agregados(antes: dict, ahora: dict) -> Iterator[Cambio]:
    for codigo in sorted(antes.keys() | ahora.keys()):
        a, b = antes.get(codigo), ahora.get(codigo)
        if a is None or b is None:
            clase: Clase = "agregado" if a is None else "retirado"
            yield Cambio("agregado", codigo, (b or a)["nombre"], _avance(a), _avance(b), clase)
        elif _avance(a) != _avance(b):
            yield Cambio("agregado", codigo, b["nombre"], _avance(a), _avance(b), "consecuencia")


def _avance(a: dict | None) -> str:
    if a is None:
        return NADA
    cobertura = f"{a['evaluados']} de {a['kpis']} KPI"
    return f"{porcentaje(a['avance'])} ({cobertura})" if a["avance"] is not None else f"{a['motivo']} ({cobertura})"


def _graficos(antes: dict, ahora: dict) -> Iterator[Cambio]:
    for slug in sorted(antes.keys() | ahora.keys()):
        a, b = antes.get(slug, {}), ahora.get(slug, {})
        for titulo in sorted(a.keys() | b.keys()):
            if a.get(titulo) != b.get(titulo):
                yield Cambio("gráfico", slug, titulo, a.get(titulo, NADA), b.get(titulo, NADA), "consecuencia")


def _observaciones(antes: Resumen, ahora: Resumen) -> Iterator[Cambio]:
    nombres = {c: k["nombre"] for c, k in (antes["kpis"] | ahora["kpis"]).items()}
    for kpi in sorted(antes["observaciones"].keys() | ahora["observaciones"].keys()):
        a, b = antes["observaciones"].get(kpi, {}), ahora["observaciones"].get(kpi, {})
        for periodo in sorted(a.keys() | b.keys()):
            if a.get(periodo) != b.get(periodo):
                yield _periodo(kpi, nombres.get(kpi, kpi), periodo, a.get(periodo), b.get(periodo))


def _periodo(kpi: str, nombre: str, periodo: str, antes: str | None, ahora: str | None) -> Cambio:
    n_antes, claves_antes, _ = (antes or "0::").split(":")
    n_ahora, claves_ahora, _ = (ahora or "0::").split(":")
    if claves_antes == claves_ahora:
        return Cambio("observaciones", kpi, nombre, f"{periodo}: {_medidas(n_antes)}", "mismas celdas, valores corregidos", "corregido")
    clase: Clase = "agregado" if int(n_ahora) > int(n_antes) else "retirado"
    return Cambio("observaciones", kpi, nombre, f"{periodo}: {_medidas(n_antes)}", _medidas(n_ahora), clase)


def _medidas(n: str) -> str:
    return "1 medida" if n == "1" else f"{n} medidas"
