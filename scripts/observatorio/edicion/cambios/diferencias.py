"""Qué cambió entre dos ediciones, lado a lado, y qué número de versión de los datos le toca.

Versión: quitar algo publicado (una celda, un KPI, un gráfico, o una cifra que pasa a protegida)
sube el primer número; agregar o cambiar, el segundo; solo corregir, el tercero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ...base.numeros import con_unidad, numero, porcentaje
from ...catalogo.naturalezas import ROTULOS
from .resumen import Resumen, celdas

Clase = Literal["retirado", "agregado", "cambiado", "corregido", "consecuencia"]
Escribir = Callable[[dict[str, Any], int], str]
"""Cómo se escribe algo de un KPI o de un agregado con tantos decimales."""
PRIMERA = "1.0.0"
NADA = "—"
PRECISION = 12
PARTES = (("avance", "avance"), ("esperado", "avance esperado"))
FICHA = (
    ("nombre", "nombre"),
    ("unidad", "unidad"),
    ("sentido", "sentido"),
    ("definicion", "definición"),
    ("responsable", "responsable"),
    ("fuente", "fuente"),
    ("frecuencia", "frecuencia"),
    ("acceso", "acceso"),
    ("base_periodo", "periodo de la línea de base"),
    ("meta_periodo", "periodo de la meta"),
)
SELLOS = (
    ("validacion", "validación"),
    ("aprobacion", "aprobación"),
    ("motivo", "motivo"),
)
NATURALEZAS = (
    ("naturaleza_ultimo", "último dato"),
    ("naturaleza_base", "línea de base"),
    ("naturaleza", "el avance y el estado"),
)
"""De qué es la naturaleza que cambió. La del resultado es la menos firme de sus cifras."""
TITULOS = {
    "provincia": "tabla de la provincia",
    "contexto": "cuadros de contexto",
    "diagnostico": "diagnóstico",
    "agrupadas": "cifras agrupadas",
    "temas": "temas de las voces",
}


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
    """Todos los cambios, en orden: fecha de corte, KPI, estados, valores, fichas, agregados,
    gráficos, tablas y observaciones.
    """
    comunes = sorted(antes["kpis"].keys() & ahora["kpis"].keys())
    return [
        *_fecha(antes, ahora),
        *_altas_y_bajas(antes["kpis"], ahora["kpis"]),
        *(c for k in comunes for c in _kpi(k, antes["kpis"][k], ahora["kpis"][k])),
        *_agregados(antes["agregados"], ahora["agregados"]),
        *_graficos(antes["graficos"], ahora["graficos"]),
        *_tablas(antes.get("tablas", {}), ahora.get("tablas", {})),
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


def _fecha(antes: Resumen, ahora: Resumen) -> Iterator[Cambio]:
    a, b = antes.get("fecha_corte"), ahora.get("fecha_corte")
    if a != b:
        yield Cambio("corte", "", "fecha de corte", a or NADA, b or NADA, "consecuencia")


def _altas_y_bajas(antes: dict[str, Any], ahora: dict[str, Any]) -> Iterator[Cambio]:
    for codigo in sorted(antes.keys() - ahora.keys()):
        yield Cambio("KPI", codigo, antes[codigo]["nombre"], "publicado", "retirado", "retirado")
    for codigo in sorted(ahora.keys() - antes.keys()):
        yield Cambio("KPI", codigo, ahora[codigo]["nombre"], NADA, "nuevo", "agregado")


def _kpi(codigo: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Cambio]:
    if a["estado"] != b["estado"]:
        yield Cambio("estado", codigo, b["nombre"], a["estado"], b["estado"], "consecuencia")
    if (a["valor"], a["periodo"]) != (b["valor"], b["periodo"]):
        yield Cambio("valor", codigo, b["nombre"], *_distintos(_valor, a, b), "consecuencia")
    for campo, texto in PARTES:
        if a.get(campo) != b.get(campo):
            yield Cambio(
                "cálculo",
                codigo,
                texto,
                *_distintos(_proporcion(campo), a, b, 0),
                "consecuencia",
            )
    if a.get("ritmo") != b.get("ritmo"):
        yield Cambio("cálculo", codigo, "ritmo", *_distintos(_ritmo, a, b, 2), "consecuencia")
    yield from _naturalezas(codigo, a, b)
    for campo, texto in SELLOS:
        if a.get(campo) != b.get(campo):
            yield Cambio(
                "cálculo",
                codigo,
                texto,
                _texto(a, campo),
                _texto(b, campo),
                "consecuencia",
            )
    yield from _de_la_ficha(codigo, a, b)


def _naturalezas(codigo: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Cambio]:
    """La cifra que pasó de demostración a medida de verdad es noticia aunque sea la misma; la que
    se retira o la que llega, la dicen otros cambios.
    """
    for campo, texto in NATURALEZAS:
        antes, ahora = a.get(campo), b.get(campo)
        if antes and ahora and antes != ahora:
            yield Cambio("naturaleza", codigo, texto, _dicha(antes), _dicha(ahora), "cambiado")


def _dicha(naturaleza: str) -> str:
    """Como se escribe en las páginas; en un registro antiguo puede haber una que ya no existe."""
    return ROTULOS[naturaleza].femenino if naturaleza in ROTULOS else naturaleza


def _de_la_ficha(codigo: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Cambio]:
    dicho = False
    for campo, texto in FICHA:
        if a.get(campo) != b.get(campo):
            dicho = True
            yield Cambio("ficha", codigo, texto, _texto(a, campo), _texto(b, campo), "cambiado")
    for campo, texto in (("base", "línea de base"), ("meta", "meta")):
        if a[campo] != b[campo]:
            dicho = True
            yield Cambio(
                "ficha",
                codigo,
                texto,
                *_distintos(_en_su_unidad(campo), a, b),
                "cambiado",
            )
    if not dicho and a.get("ficha") != b.get("ficha"):
        yield Cambio(
            "ficha", codigo, "ficha técnica", "otra redacción", "otros campos cambiaron", "cambiado"
        )


def _texto(k: dict[str, Any], campo: str) -> str:
    return str(k.get(campo) or NADA)


def _proporcion(campo: str) -> Escribir:
    return lambda k, decimales: porcentaje(k.get(campo), decimales)


def _ritmo(k: dict[str, Any], decimales: int) -> str:
    """Como en todas las páginas: 0.44, no 44 %."""
    return numero(k.get("ritmo"), decimales)


def _en_su_unidad(campo: str) -> Escribir:
    return lambda k, decimales: _cifra(k[campo], k, decimales)


def _distintos(
    escribir: Escribir,
    a: dict[str, Any],
    b: dict[str, Any],
    decimales: int | None = None,
) -> tuple[str, str]:
    """Antes y ahora con los decimales de siempre o, si así se leerían igual, con los que hagan
    falta.
    """
    for d in range(b["decimales"] if decimales is None else decimales, PRECISION + 1):
        if escribir(a, d) != escribir(b, d):
            break
    return escribir(a, d), escribir(b, d)


def _valor(k: dict[str, Any], decimales: int) -> str:
    return NADA if k["valor"] is None else f"{_cifra(k['valor'], k, decimales)} ({k['periodo']})"


def _cifra(valor: float | None, k: dict[str, Any], decimales: int) -> str:
    return NADA if valor is None else con_unidad(valor, k["unidad"], decimales)


def _agregados(antes: dict[str, Any], ahora: dict[str, Any]) -> Iterator[Cambio]:
    for codigo in sorted(antes.keys() | ahora.keys()):
        a, b = antes.get(codigo), ahora.get(codigo)
        if a is None or b is None:
            clase: Clase = "agregado" if a is None else "retirado"
            yield Cambio(
                "agregado", codigo, (b or a or {})["nombre"], _avance(a, 0), _avance(b, 0), clase
            )
            continue
        if any(a[n] != b[n] for n in ("avance", "evaluados", "kpis", "motivo")):
            yield Cambio(
                "agregado", codigo, b["nombre"], *_distintos(_avance, a, b, 0), "consecuencia"
            )
        if any(a.get(n) != b.get(n) for n in ("minimo", "maximo")):
            yield Cambio(
                "agregado",
                codigo,
                f"cotas de {b['nombre']}",
                *_distintos(_cotas, a, b, 0),
                "consecuencia",
            )
        if a["nombre"] != b["nombre"]:
            yield Cambio("ficha", codigo, "nombre", a["nombre"], b["nombre"], "cambiado")


def _avance(a: dict[str, Any] | None, decimales: int) -> str:
    if a is None:
        return NADA
    cobertura = f"{a['evaluados']} de {a['kpis']} KPI"
    return (
        f"{porcentaje(a['avance'], decimales)} ({cobertura})"
        if a["avance"] is not None
        else f"{a['motivo']} ({cobertura})"
    )


def _cotas(a: dict[str, Any], decimales: int) -> str:
    return f"de {porcentaje(a.get('minimo'), decimales)} a {porcentaje(a.get('maximo'), decimales)}"


def _graficos(antes: dict[str, Any], ahora: dict[str, Any]) -> Iterator[Cambio]:
    for slug in sorted(antes.keys() | ahora.keys()):
        a, b = antes.get(slug, {}), ahora.get(slug, {})
        for titulo in sorted(a.keys() | b.keys()):
            if a.get(titulo) != b.get(titulo):
                clase: Clase = (
                    "retirado"
                    if titulo not in b
                    else "agregado"
                    if titulo not in a
                    else "consecuencia"
                )
                yield Cambio(
                    "gráfico", slug, titulo, a.get(titulo, NADA), b.get(titulo, NADA), clase
                )


def _tablas(antes: dict[str, Any], ahora: dict[str, Any]) -> Iterator[Cambio]:
    for tabla in sorted(antes.keys() & ahora.keys()):
        a, b = antes[tabla], ahora[tabla]
        for grupo in sorted(a.keys() | b.keys()):
            yield from _celdas("tabla", grupo, TITULOS[tabla], "", a.get(grupo), b.get(grupo))


def _observaciones(antes: Resumen, ahora: Resumen) -> Iterator[Cambio]:
    nombres = {c: k["nombre"] for c, k in (antes["kpis"] | ahora["kpis"]).items()}
    for kpi in sorted(antes["observaciones"].keys() | ahora["observaciones"].keys()):
        a, b = antes["observaciones"].get(kpi, {}), ahora["observaciones"].get(kpi, {})
        for periodo in sorted(a.keys() | b.keys()):
            yield from _celdas(
                "observaciones",
                kpi,
                nombres.get(kpi, kpi),
                f"{periodo}: ",
                a.get(periodo),
                b.get(periodo),
            )


def _celdas(
    tipo: str, codigo: str, nombre: str, donde: str, antes: str | None, ahora: str | None
) -> Iterator[Cambio]:
    """Un cambio por clase: celdas que salen (o se protegen), que entran y que siguen con otro
    contenido.
    """
    a, b = celdas(antes), celdas(ahora)
    publicas, publicas_ahora = ({c for c, v in t.items() if not v.startswith("~")} for t in (a, b))
    salen, entran = (
        (a.keys() - b.keys()) | (publicas & b.keys() - publicas_ahora),
        (b.keys() - a.keys()) | (publicas_ahora & a.keys() - publicas),
    )
    otras = {c for c in (a.keys() & b.keys()) - salen - entran if a[c] != b[c]}
    hechos: tuple[tuple[set[str], tuple[str, str], Clase], ...] = (
        (salen, ("retirada o protegida", "retiradas o protegidas"), "retirado"),
        (entran, ("nueva o ahora publicada", "nuevas o ahora publicadas"), "agregado"),
        (otras, ("cambiada", "cambiadas"), "corregido"),
    )
    de_antes = _contadas(len(a), "medida", "medidas")
    yield from (
        Cambio(tipo, codigo, nombre, f"{donde}{de_antes}", _contadas(len(c), *texto), clase)
        for c, texto, clase in hechos
        if c
    )


def _contadas(n: int, una: str, varias: str) -> str:
    return f"{n} {una if n == 1 else varias}"
