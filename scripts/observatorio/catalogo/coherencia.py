"""Reglas del catálogo que ven más de un campo: recuentos, códigos, metas, logros, vocabularios."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..base.periodos import FORMA, meses_fin
from . import bandas, de_personas, dichos, enlaces, escritura
from .hallazgos import Hallazgo
from .modelos import Kpi, LineaBase, Mision
from .naturalezas import GRADO

if TYPE_CHECKING:
    from .catalogo import Catalogo

IGUAL = 1e-9


def revisar(catalogo: Catalogo) -> Iterator[Hallazgo]:
    """Todos los defectos de coherencia del catálogo, sin detenerse en el primero."""
    yield from _codigos_repetidos(catalogo)
    yield from _quiebres(catalogo)
    yield from _kpi_de_ejemplo(catalogo)
    yield from enlaces.revisar(catalogo)
    yield from escritura.revisar(catalogo)
    for mision, esperada in zip(catalogo.misiones, catalogo.territorio.misiones, strict=True):
        archivo = f"misiones/{esperada.slug}/hoja-de-ruta.yml"
        yield from _recuentos(archivo, mision, esperada.okrs, esperada.kpis, esperada.slug)
        for okr in mision.okrs:
            for hallado in _nivel(catalogo, okr.codigo, okr.nivel):
                yield archivo, *hallado
        for kpi in mision.kpis:
            for hallado in _kpi(catalogo, kpi):
                yield archivo, *hallado


def _kpi_de_ejemplo(catalogo: Catalogo) -> Iterator[Hallazgo]:
    elegido = catalogo.territorio.sitio.kpi_de_ejemplo
    if elegido and elegido not in catalogo.kpis and not catalogo.ilegible:
        yield (
            "data/territorio.yml",
            "kpi_de_ejemplo:",
            "sitio.kpi_de_ejemplo",
            elegido,
            "kpi-desconocido",
            "use el código de un KPI del catálogo, o borre la línea: será el primero",
        )


def _nivel(
    catalogo: Catalogo, codigo: str, nivel: int
) -> Iterator[tuple[str, str, str | None, str, str]]:
    declarados = len(catalogo.territorio.metodo.niveles)
    if nivel > declarados:
        yield (
            codigo,
            "nivel",
            str(nivel),
            "nivel-desconocido",
            f"use de 1 a {declarados}: son los de data/territorio.yml, metodo, niveles",
        )


def _recuentos(archivo: str, mision: Mision, okrs: int, kpis: int, slug: str) -> Iterator[Hallazgo]:
    if mision.slug != slug:
        yield archivo, "slug:", "slug", mision.slug, "slug-de-otra-mision", f"escriba slug: {slug}"
    for nombre, hay, debe in (("okrs", len(mision.okrs), okrs), ("kpis", len(mision.kpis), kpis)):
        if hay != debe:
            yield (
                archivo,
                f"{nombre}:",
                nombre,
                str(hay),
                "recuento-del-catalogo",
                (
                    f"la misión tiene {debe} {nombre} en data/territorio.yml; complete o retire, o"
                    " cambie ese número con su acta"
                ),
            )


def _codigos_repetidos(catalogo: Catalogo) -> Iterator[Hallazgo]:
    vistos = Counter(c for m in catalogo.misiones for c in _codigos(m) if c.startswith(m.codigo))
    for mision in catalogo.misiones:
        archivo = f"misiones/{mision.slug}/hoja-de-ruta.yml"
        for codigo in dict.fromkeys(_codigos(mision)):
            if codigo.startswith(mision.codigo) and vistos[codigo] > 1:
                yield (
                    archivo,
                    codigo,
                    "codigo",
                    codigo,
                    "codigo-repetido",
                    "dé a cada OKR y a cada KPI un código propio",
                )
            if not codigo.startswith(mision.codigo):
                yield (
                    archivo,
                    codigo,
                    "codigo",
                    codigo,
                    "codigo-de-otra-mision",
                    f"los códigos empiezan con {mision.codigo}-",
                )


def _codigos(mision: Mision) -> list[str]:
    return [*(o.codigo for o in mision.okrs), *(k.codigo for k in mision.kpis)]


def _quiebres(catalogo: Catalogo) -> Iterator[Hallazgo]:
    """Un quiebre que nombra un KPI que no existe no protegería a ninguno."""
    prefijos = tuple(f"{m.codigo}-" for m in catalogo.misiones)
    for identificador, fuente in catalogo.fuentes.items():
        for kpi in (k for q in fuente.quiebres for k in q.kpis):
            if kpi.startswith(prefijos) and kpi not in catalogo.kpis:
                yield (
                    "data/fuentes.yml",
                    f"{identificador}:",
                    f"{identificador}.quiebres",
                    kpi,
                    "quiebre-de-kpi-desconocido",
                    (
                        "use el código de un KPI del catálogo, o deje vacía la lista para que valga"
                        " para todos"
                    ),
                )


def _kpi(catalogo: Catalogo, kpi: Kpi) -> Iterator[tuple[str, str, str | None, str, str]]:
    c = kpi.codigo
    for campo, valor, admitidos, donde in (
        ("fuente", kpi.fuente, catalogo.fuentes, "data/fuentes.yml"),
        (
            "dimension",
            kpi.dimension,
            {d.id for d in catalogo.territorio.dimensiones},
            "data/territorio.yml, dimensiones",
        ),
        (
            "objetivo_plan",
            kpi.objetivo_plan,
            {o.id for o in catalogo.territorio.objetivos_plan},
            "data/territorio.yml, objetivos_plan",
        ),
    ):
        if valor not in admitidos:
            yield (
                c,
                campo,
                valor,
                f"{campo.replace('_', '-')}-desconocida",
                f"use un identificador de {donde}, o añádalo allí",
            )
    yield from _nivel(catalogo, c, kpi.nivel)
    if kpi.linea_base and kpi.linea_base.fuente not in catalogo.fuentes:
        yield (
            c,
            "linea_base.fuente",
            kpi.linea_base.fuente,
            "fuente-desconocida",
            "añada su tarjeta en data/fuentes.yml",
        )
    elif kpi.linea_base:
        yield from _firmeza(catalogo, c, kpi.linea_base)
    if kpi.unidad == "%" and (kpi.formula.denominador is None or kpi.formula.factor != 100):
        yield (
            c,
            "formula",
            f"factor {kpi.formula.factor:g}",
            "porcentaje-sin-razon",
            "un porcentaje lleva denominador y factor 100",
        )
    yield from _porcentajes(c, kpi)
    yield from _casos_de_la_base(c, kpi)
    yield from _metas(c, kpi)
    yield from bandas.revisar(kpi)
    yield from dichos.revisar(catalogo, kpi)
    yield from de_personas.revisar(kpi)


def _porcentajes(c: str, kpi: Kpi) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Lo que se promete en % cumple la misma regla que lo que se mide."""
    if kpi.unidad != "%":
        return
    comprometidos = [("linea_base.valor", kpi.linea_base.valor)] if kpi.linea_base else []
    comprometidos += [("logros_esperados", v) for v in kpi.logros_esperados.values()]
    comprometidos += [("meta.valor", kpi.meta.valor)] if kpi.meta else []
    for columna, valor in comprometidos:
        if not 0 <= valor <= 100:
            yield (
                c,
                columna,
                f"{valor:g}",
                "porcentaje-fuera-de-rango",
                "un porcentaje va de 0 a 100; si la cifra puede pasar de 100, use otra unidad",
            )


def _casos_de_la_base(c: str, kpi: Kpi) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Los casos de una línea de base cumplen las reglas de los de una observación."""
    base = kpi.linea_base
    if base is None or (base.numerador is None and base.denominador is None):
        return
    if base.numerador is None or base.denominador is None:
        yield (
            c,
            "linea_base.denominador",
            None,
            "razon-incompleta",
            "numerador y denominador van juntos",
        )
    elif kpi.formula.denominador is None:
        yield (
            c,
            "linea_base.denominador",
            f"{base.denominador:g}",
            "razon-sin-formula",
            "la ficha del KPI no tiene denominador: quite los de la línea de base",
        )
    elif base.denominador == 0:
        yield (
            c,
            "linea_base.denominador",
            "0",
            "denominador-cero",
            "sin casos en el denominador no hay línea de base: quite los dos",
        )
    else:
        if kpi.unidad == "%" and base.numerador > base.denominador:
            yield (
                c,
                "linea_base.numerador",
                f"{base.numerador:g}",
                "numerador-mayor",
                "en un porcentaje el numerador no supera al denominador",
            )
        razon = base.numerador / base.denominador * kpi.formula.factor
        if abs(base.valor - razon) > 0.5 / 10**kpi.decimales + IGUAL:
            yield (
                c,
                "linea_base.valor",
                f"{base.valor:g}",
                "valor-distinto-de-la-razon",
                (
                    f"numerador / denominador × factor da {razon:.{kpi.decimales}f}: corrija uno de"
                    " los tres"
                ),
            )


def _firmeza(
    catalogo: Catalogo, codigo: str, base: LineaBase
) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Una línea de base no es más firme que la tarjeta de su fuente."""
    de_fuente = catalogo.fuentes[base.fuente].naturaleza
    if GRADO[base.naturaleza] > GRADO[de_fuente]:
        yield (
            codigo,
            "linea_base.naturaleza",
            base.naturaleza,
            "naturaleza-sin-respaldo",
            f"su fuente, «{base.fuente}», es «{de_fuente}»: escriba aquí «{de_fuente}» o, si tiene"
            " el documento, anote en su tarjeta de data/fuentes.yml archivo (o documento),"
            f" fecha_acceso y sha256, y naturaleza: {base.naturaleza}",
        )


def _metas(c: str, kpi: Kpi) -> Iterator[tuple[str, str, str | None, str, str]]:
    base, meta = kpi.linea_base, kpi.meta
    if base and kpi.agregacion == "suma" and not re.match(FORMA["anual"], base.periodo_efectivo):
        yield (
            c,
            "linea_base.periodo",
            base.periodo_efectivo,
            "base-de-flujo-anual",
            "la línea de base de un flujo que se suma es de un año completo",
        )
    if not (base and meta):
        if kpi.logros_esperados:
            yield (
                c,
                "logros_esperados",
                None,
                "logros-sin-extremos",
                "los logros esperados necesitan línea de base y meta",
            )
        return
    if meses_fin(meta.periodo) <= meses_fin(base.periodo_efectivo):
        yield (
            c,
            "meta.periodo",
            meta.periodo,
            "meta-antes-de-la-base",
            "la meta termina después de la línea de base",
        )
    sube = meta.valor - base.valor
    if (kpi.sentido == "ascendente" and sube < 0) or (kpi.sentido == "descendente" and sube > 0):
        yield (
            c,
            "meta.valor",
            f"{meta.valor:g}",
            "meta-contra-el-sentido",
            f"con sentido {kpi.sentido} y base {base.valor:g}, revise la meta o el sentido",
        )
    if kpi.sentido == "no definido" and kpi.tolerancia == 0:
        yield (
            c,
            "tolerancia",
            "0",
            "sin-limites",
            "un KPI de sentido no definido lleva tolerancia: la mitad de su banda",
        )
    anios = sorted(kpi.logros_esperados)
    fuera = [
        a
        for a in anios
        if not meses_fin(base.periodo_efectivo) < meses_fin(str(a)) < meses_fin(meta.periodo)
    ]
    if fuera:
        yield (
            c,
            "logros_esperados",
            str(fuera[0]),
            "logro-fuera-de-plazo",
            "los logros van entre la línea de base y la meta",
        )
    camino = [base.valor, *(kpi.logros_esperados[a] for a in anios), meta.valor]
    if camino != sorted(camino, reverse=sube < 0):
        yield (
            c,
            "logros_esperados",
            " → ".join(f"{v:g}" for v in camino),
            "logros-no-monotonos",
            "cada año debe acercarse a la meta o mantenerse",
        )
