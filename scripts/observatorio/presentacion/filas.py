"""Las filas de una misión: cada cifra ya escrita, para que se lea igual en la página y en el
boletín.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..base.numeros import con_unidad, numero, porcentaje
from ..base.periodos import MESES_DEL_ANIO, legible, meses_fin, o_asumido
from ..catalogo.naturalezas import GRADO
from ..metodo.indicios import retrocesos
from ..metodo.registros import Retrocesos
from ..resultados.procedencia import reunir
from .certeza import en_breve, es_posible, preguntas, salvedad
from .chispas import chispa
from .sello_conjunto import corto
from .sellos import corta

if TYPE_CHECKING:
    import polars as pl

    from ..catalogo.modelos import Kpi
    from ..metodo.registros import Evaluacion
    from ..resultados.mision import MisionAbierta

CAMBIO_DE_METODO = "cambió el método"
SIN_CIFRA = ("—", "sin dato", "dato protegido")


@dataclass(frozen=True, slots=True)
class Fila:
    """Una fila ya escrita: todo texto, listo para leerse igual en cualquier formato."""

    codigo: str
    okr: str
    nombre: str
    nivel: int
    base: str
    base_periodo: str
    ultimo: str
    ultimo_periodo: str
    meta: str
    meta_periodo: str
    avance: str
    ritmo: str
    estado: str
    motivo: str
    certeza: tuple[str, ...]
    certeza_en_breve: tuple[str, ...]
    posible: bool
    chispa: str
    serie: str
    marca_base: str
    marca_ultimo: str
    marca_serie: str
    sello: str
    fuente: int
    fuente_base: int | None

    @property
    def marca_avance(self) -> str:
        """Un avance calculado con una cifra menos firme también lo es."""
        if not (self.marca_base and self.marca_ultimo):
            return ""
        return (
            min(self.marca_base, self.marca_ultimo, key=GRADO.__getitem__)
            if self.avance != "—"
            else "documentado"
        )

    @property
    def naturalezas(self) -> frozenset[str]:
        """Las de las cifras que la fila muestra; lo que falta o está protegido no tiene."""
        dichas = {self.marca_base} if self.base not in SIN_CIFRA else set()
        dichas |= {self.marca_ultimo} if self.ultimo not in SIN_CIFRA else set()
        return frozenset(dichas | ({self.marca_serie} if self.serie else set()))

    @property
    def con_la_marca_en_la_tabla(self) -> Fila:
        """La fila donde la demostración ya la dice el título: quedan las marcas de las demás."""

        def queda(naturaleza: str) -> str:
            return "" if naturaleza == "demostracion" else naturaleza

        return replace(
            self,
            marca_base=queda(self.marca_base),
            marca_ultimo=queda(self.marca_ultimo),
            marca_serie=queda(self.marca_serie),
        )


def filas(m: MisionAbierta) -> list[Fila]:
    """Las filas de la tabla, con cada cifra ya escrita."""
    return [fila(m, f) for f in m.hoja.kpis]


def fila(m: MisionAbierta, f: Kpi) -> Fila:
    """La fila de un KPI."""
    r, a = m.evaluados[f.codigo], m.analizados[f.codigo]

    def escrito(v: float | None, ausente: str = "—") -> str:
        return con_unidad(v, f.unidad, f.decimales, ausente)

    base, oculto = f.linea_base, not r.publico
    protegido = r.estado == "dato protegido"
    medidas, p = m.medidas_de(f.codigo), m.procedencia[f.codigo]
    serie = _serie(f, medidas)
    return Fila(
        codigo=f.codigo,
        okr=r.okr,
        nombre=f.nombre,
        nivel=f.nivel,
        base=(
            "dato protegido"
            if r.base_protegida
            else "—"
            if base is None or oculto
            else (base.cota or "") + escrito(base.valor)
        ),
        base_periodo=(
            "" if base is None or oculto else o_asumido(base.periodo_efectivo, not base.periodo)
        ),
        ultimo="dato protegido" if protegido else escrito(r.valor, "sin dato"),
        ultimo_periodo="" if r.periodo is None or oculto else _periodo(r),
        meta=(
            escrito(f.meta.valor)
            + (f" ± {numero(f.tolerancia, f.decimales)}" if r.mantener and f.tolerancia else "")
            if f.meta
            else "dato protegido"
            if r.meta_protegida
            else "por fijar"
        ),
        meta_periodo=f.meta.periodo if f.meta else "",
        avance=porcentaje(r.avance),
        ritmo=numero(r.ritmo, 2),
        estado=r.estado,
        motivo=r.motivo or "",
        certeza=preguntas(r, a),
        certeza_en_breve=en_breve(r, a),
        posible=es_posible(r, a),
        chispa=_chispa(m, f, medidas, serie),
        serie=serie,
        marca_base="documentado" if base is None or oculto else base.naturaleza,
        sello=corta(p),
        fuente=p.fuente.numero,
        fuente_base=p.fuente_linea_base.numero if p.fuente_linea_base else None,
        marca_ultimo=(r.naturaleza if r.valor is not None else None) or "documentado",
        marca_serie=_menos_firme(medidas) if serie else "documentado",
    )


def _menos_firme(medidas: pl.DataFrame) -> str:
    """La naturaleza menos firme de los puntos que dibuja el minigráfico; hay al menos uno."""
    return min(
        (n for v, n in medidas.select("valor", "naturaleza").iter_rows() if v is not None),
        key=GRADO.__getitem__,
    )


def _serie(f: Kpi, medidas: pl.DataFrame) -> str:
    """La serie en palabras, tramo a tramo: el texto alternativo de su minigráfico."""
    tramos: dict[int, list[str]] = {}
    for v, tramo, mixta in medidas.select("valor", "tramo", "mixta").iter_rows():
        if v is not None and not mixta:
            tramos.setdefault(tramo, []).append(con_unidad(v, f.unidad, f.decimales))
    return f"; {CAMBIO_DE_METODO}; ".join(
        f"de {x[0]} a {x[-1]} en {len(x)} medidas" if len(x) > 1 else f"{x[0]} en una sola medida"
        for x in tramos.values()
    )


def _periodo(r: Evaluacion) -> str:
    """El periodo del último dato; si la privacidad obligó a agrupar, lo dice: «2022 a 2024,
    agrupado».
    """
    periodo = r.periodo or ""
    return f"{legible(periodo)}, agrupado" if r.agrupada else periodo


def _chispa(m: MisionAbierta, f: Kpi, medidas: pl.DataFrame, serie: str) -> str:
    """El minigráfico, con la senda a la meta si la línea de base es comparable."""
    puntos = [
        (fin / MESES_DEL_ANIO, v, tramo)
        for fin, v, tramo in medidas.select("fin", "valor", "tramo").iter_rows()
    ]
    comparable = f.codigo in m.con_base_comparable
    base = (
        (meses_fin(f.linea_base.periodo_efectivo) / MESES_DEL_ANIO, f.linea_base.valor)
        if f.linea_base and comparable
        else None
    )
    meta = (
        (meses_fin(f.meta.periodo) / MESES_DEL_ANIO, f.meta.valor)
        if f.meta and (comparable or not f.linea_base)
        else None
    )
    cambios = [q / MESES_DEL_ANIO for q in m.meses_de_cambio(f.codigo)]
    return chispa(puntos, base, meta, serie, cambios)


@dataclass(frozen=True, slots=True)
class Balance:
    """El resumen de la misión en palabras: avance con sus cotas, cobertura y alertas."""

    avance: str
    cotas: str
    cobertura: str
    retroceso: str
    salvedad: str


def avance_dicho(avance: float | None) -> str:
    """El avance de una misión, o que se evaluó demasiado poco para darlo."""
    return "cobertura insuficiente" if avance is None else porcentaje(avance)


def cotas_dichas(minimo: float | None, maximo: float | None) -> str:
    """Entre qué avances está una misión."""
    return f"entre {porcentaje(minimo)} y {porcentaje(maximo)} según lo que falta por medir"


def balance(m: MisionAbierta) -> Balance:
    """Avance de la misión con cuántos KPI se evaluaron y entre qué cotas está."""
    r = m.resumen
    return Balance(
        avance_dicho(r.avance),
        cotas_dichas(r.minimo, r.maximo),
        f"{r.evaluados} de {r.kpis} KPI evaluados",
        f"{r.en_retroceso} en retroceso",
        salvedad(retrocesos(m.evaluacion, m.analisis).get(m.hoja.slug, Retrocesos())),
    )


def principales(m: MisionAbierta) -> list[Fila]:
    """Las filas de los KPI que miden la meta de la misión."""
    por_codigo = {f.codigo: f for f in filas(m)}
    return [por_codigo[k.codigo] for k in m.hoja.kpis if k.principal]


@dataclass(frozen=True, slots=True)
class Objetivo:
    """La franja de un OKR: su título, su resumen en palabras, la marca de esas cifras y su
    sello.
    """

    titulo: str
    resumen: str
    marca: str
    sello: str


def objetivos(m: MisionAbierta) -> dict[str, Objetivo]:
    """``código de OKR → franja`` con su nivel, su avance y cuántos de sus KPI se evaluaron."""
    franjas = {}
    por_codigo = {o.codigo: o for o in m.hoja.okrs}
    for r in m.de_okrs.values():
        o = por_codigo[r.okr]
        avance = f"avance {porcentaje(r.avance)}" if r.avance is not None else r.motivo
        franjas[o.codigo] = Objetivo(
            f"{o.codigo} · {o.nombre}",
            f"nivel {o.nivel} · {avance} · {r.evaluados} de {r.kpis} evaluados",
            "demostracion" if r.demostracion else "documentado",
            corto(reunir(m.procedencia[k.codigo] for k in o.kpis)),
        )
    return franjas
