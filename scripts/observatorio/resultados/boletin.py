"""El boletín de una sesión como datos: lo que su comité vio, tal como se guarda en
``data/gobernanza/boletines/``. De aquí salen sus dos ediciones, su mensaje y su imagen: ninguna
vuelve a calcular nada.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache

from pydantic import TypeAdapter

from ..base.archivos import json_en_bytes

DECIDIR, CAMBIOS, ACUERDOS = "decidir", "cambios", "acuerdos"
"""Los apartados de la primera página; los demás son los del papel del comité."""


@dataclass(frozen=True, slots=True)
class Celda:
    """Un texto con la naturaleza de su cifra; con ``estado``, el sello de ese estado."""

    texto: str
    naturaleza: str | None = None
    estado: str = ""
    posible: bool = False


@dataclass(frozen=True, slots=True)
class Apartado:
    """Un cuadro: en papel una tabla, en el teléfono una tarjeta por fila.

    Las líneas de una celda van en renglones. ``anchos``: el de cada columna, en proporción.
    ``vacio``: lo que se dice sin filas. ``aparte``: empieza página en papel, para llevarlo suelto.
    ``estrecho``: es una tabla también en el teléfono.
    """

    clave: str
    titulo: str
    columnas: tuple[str, ...]
    anchos: tuple[float, ...]
    filas: tuple[tuple[Celda, ...], ...]
    vacio: str
    notas: tuple[str, ...] = ()
    aparte: bool = False
    estrecho: bool = False


@dataclass(frozen=True, slots=True)
class Mostrada:
    """La última cifra de un KPI, como la vio el comité; nada de ella si no hay dato público."""

    kpi: str
    periodo: str | None
    valor: float | None
    escrito: str
    estado: str
    senal: str
    naturaleza: str | None


@dataclass(frozen=True, slots=True)
class Pedido:
    """Un producto que espera a este comité; ``paso``: lo que se le pide."""

    producto: str
    nombre: str
    paso: str
    version: str
    hasta: str | None
    nota: str


@dataclass(frozen=True, slots=True)
class Cambio:
    """Un KPI cuya cifra o estado no es la que este comité vio en su sesión anterior."""

    kpi: str
    nombre: str
    que: str
    antes: str
    ahora: str
    senal: str
    naturaleza: str | None


@dataclass(frozen=True, slots=True)
class AcuerdoPrevio:
    """Un acuerdo de una sesión anterior del comité y cómo va el día de esta."""

    cita: str
    que: str
    institucion: str
    plazo: str
    estado: str
    nota: str = ""


@dataclass(frozen=True, slots=True)
class IndicadorMostrado:
    """Un KPI de la ficha de su misión, ya escrito; ``avance`` y ``esperado``, proporciones."""

    kpi: str
    nombre: str
    principal: bool
    base: str
    base_periodo: str
    base_naturaleza: str | None
    hoy: str
    periodo: str
    naturaleza: str | None
    meta: str
    meta_periodo: str
    estado: str
    posible: bool
    senal: str
    avance: float | None
    esperado: float | None
    por_anio: str
    fuente: str


@dataclass(frozen=True, slots=True)
class MisionMostrada:
    """Una misión como la vio el comité: lo que cabe en su ficha de una página."""

    codigo: str
    slug: str
    nombre: str
    nombre_corto: str
    meta: str
    avance: float | None
    minimo: float
    maximo: float
    evaluados: int
    kpis: int
    claros: int
    posibles: int
    demostracion: bool
    hallazgo: str
    estados: tuple[tuple[str, int], ...]
    indicadores: tuple[IndicadorMostrado, ...]
    aprobacion: str
    interes: str


@dataclass(frozen=True, slots=True)
class Lugar:
    """De qué observatorio es el boletín."""

    sitio: str
    territorio: str
    region: str
    direccion: str
    horizonte: int
    plan: str

    @property
    def junto_al_sitio(self) -> str:
        """Lo que el título del sitio no dice ya: el territorio o, si lo nombra, su región."""
        return self.region if self.territorio in self.sitio else self.territorio


@dataclass(frozen=True, slots=True)
class ParaLaSesion:
    """El boletín de una sesión. ``desde``: la sesión cuya tabla se compara; nula en la primera;
    ``desde_dicho``, cómo se nombra.

    ``cuentas``: cuántos indicadores van cómo en cada misión. ``propio``: los cuadros que mira este
    comité por su papel. ``advertencias`` y ``correcciones``: lo que había de cada control y las
    correcciones vigentes, para que la siguiente sesión sepa cuáles son nuevas. ``comparte``: falso
    en periodo electoral, que no admite imágenes.
    """

    sesion: str
    comite: str
    id_comite: str
    acta: int
    fecha: str
    simulacro: bool
    convocatoria: str
    desde: str | None
    desde_dicho: str
    fecha_corte: str
    lugar: Lugar
    comparte: bool
    hallazgo: str
    se_pide: tuple[Pedido, ...]
    cambios: tuple[Cambio, ...]
    acuerdos: tuple[AcuerdoPrevio, ...]
    primera_pagina: tuple[Apartado, ...]
    cuentas: Apartado
    propio: tuple[Apartado, ...]
    misiones: tuple[MisionMostrada, ...]
    advertencias: tuple[tuple[str, int], ...]
    correcciones: tuple[str, ...]
    cifras: tuple[Mostrada, ...]
    respondidos: tuple[str, ...] = ()
    """Lo que se comentó y se respondió desde su sesión anterior, en frases."""

    @property
    def demostracion(self) -> bool:
        """¿Hay alguna cifra inventada entre las que se ven?"""
        return any(c.naturaleza == "demostracion" for c in self.cifras) or any(
            m.demostracion for m in self.misiones
        )

    def en_bytes(self) -> bytes:
        """Como se guarda: siempre los mismos bytes."""
        return json_en_bytes(asdict(self))


def leer(contenido: bytes) -> ParaLaSesion:
    """El boletín que guardó una sesión; lanza ``ValidationError`` si no lo es."""
    return _lector().validate_json(contenido)


@cache
def _lector() -> TypeAdapter[ParaLaSesion]:
    """Cuesta 40 ms, y casi nadie lee un boletín."""
    return TypeAdapter(ParaLaSesion)
