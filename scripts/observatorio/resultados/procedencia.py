"""La procedencia de cada cifra: de qué fuente viene, de cuándo es, cómo se revisó y quién la
aprobó.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from ..catalogo.direcciones import pagina_de_kpi
from ..catalogo.fuentes import Fuente
from ..catalogo.modelos import Kpi
from ..catalogo.naturalezas import GRADO
from ..datos.calidad import CUMPLE, Controles
from ..datos.columnas import ESTADOS
from ..metodo.registros import Evaluacion
from .aprobaciones import Aprobacion, reunir_aprobaciones


@dataclass(frozen=True, slots=True)
class TarjetaDeFuente:
    """Lo público de la tarjeta de una fuente; ``numero`` es su lugar en la lista de la misión que
    la cita.
    """

    id: str
    institucion: str
    titulo: str
    licencia: str
    direccion: str
    fecha_acceso: str
    fiabilidad: str
    naturaleza: str
    sha256: str | None
    numero: int = 0

    @classmethod
    def de(cls, identificador: str, fuente: Fuente) -> TarjetaDeFuente:
        return cls(
            identificador,
            fuente.institucion,
            fuente.titulo,
            fuente.licencia,
            fuente.direccion,
            fuente.fecha_acceso.isoformat(),
            fuente.fiabilidad,
            fuente.naturaleza,
            fuente.sha256,
        )

    @classmethod
    def propia(cls, institucion: str, fecha: date) -> TarjetaDeFuente:
        """La de lo que declara el propio observatorio, que no tiene tarjeta en
        ``data/fuentes.yml``.
        """
        return cls("", institucion, "", "", "", fecha.isoformat(), "", "documentado", None)

    def como_dict(self) -> dict[str, object]:
        """Como se publica: todo menos su número, que depende de quién la cita."""
        return {c: getattr(self, c) for c in self.__slots__ if c != "numero"}

    def corta(self) -> dict[str, object]:
        """Lo que basta para citarla en un resumen."""
        return {c: getattr(self, c) for c in ("id", "institucion", "titulo", "fecha_acceso")}


@dataclass(frozen=True, slots=True)
class Procedencia:
    """El origen de la cifra de un KPI; lo del dato va nulo si no lo hay o no es público.

    ``fecha_dato`` es ISO 8601; ``controles``, ``control → resultado``; ``cuaderno``, ``datos`` y
    ``pagina``, rutas del sitio.
    """

    fuente: TarjetaDeFuente
    fuente_linea_base: TarjetaDeFuente | None
    naturaleza_linea_base: str | None
    periodo: str | None
    fecha_dato: str | None
    validacion: str | None
    naturaleza: str | None
    naturaleza_resultado: str | None
    controles: Mapping[str, str] | None
    aprobacion: Aprobacion
    cuaderno: str
    datos: str
    pagina: str

    @property
    def sin_reparos(self) -> int:
        """Cuántos controles cumple."""
        return sum(v == CUMPLE for v in (self.controles or {}).values())

    def numerada(self, fuentes: Iterable[str]) -> Procedencia:
        """La misma, con el número que cada fuente tiene en ``fuentes``, contando desde 1."""
        lista = list(fuentes)

        def con_numero(f: TarjetaDeFuente) -> TarjetaDeFuente:
            return replace(f, numero=lista.index(f.id) + 1)

        base = self.fuente_linea_base
        return replace(
            self,
            fuente=con_numero(self.fuente),
            fuente_linea_base=con_numero(base) if base else None,
        )

    def como_dict(self) -> dict[str, object]:
        """Como se publica en ``datos/``."""
        base = self.fuente_linea_base
        return {c: getattr(self, c) for c in self.__slots__} | {
            "fuente": self.fuente.como_dict(),
            "fuente_linea_base": base.como_dict() if base else None,
            "controles": dict(self.controles) if self.controles is not None else None,
            "aprobacion": self.aprobacion.como_dict(),
        }


@dataclass(frozen=True, slots=True)
class ProcedenciaReunida:
    """La de lo que resume varias cifras: sus fuentes, el dato más nuevo, lo menos firme y cuántas
    pasan los controles.
    """

    fuentes: tuple[TarjetaDeFuente, ...]
    fecha_dato: str | None
    validacion: str | None
    naturaleza: str | None
    cifras: int
    sin_reparos: int
    aprobacion: Aprobacion | None
    cuadernos: tuple[str, ...]

    def como_dict(self) -> dict[str, object]:
        """Como se publica en ``datos/``."""
        return {c: getattr(self, c) for c in self.__slots__} | {
            "fuentes": [f.corta() for f in self.fuentes],
            "aprobacion": self.aprobacion.como_dict() if self.aprobacion else None,
            "cuadernos": list(self.cuadernos),
        }


def reunir(procedencias: Iterable[Procedencia]) -> ProcedenciaReunida:
    """Una sola procedencia: ``fecha_dato`` es la más nueva; ``validacion`` y ``naturaleza``, las
    menos firmes.
    """
    todas = list(procedencias)
    con_dato = [p for p in todas if p.fecha_dato]
    fuentes = {p.fuente.id: p.fuente for p in con_dato or todas}
    return ProcedenciaReunida(
        tuple(f for _, f in sorted(fuentes.items())),
        max((str(p.fecha_dato) for p in con_dato), default=None),
        min((str(p.validacion) for p in con_dato), key=ESTADOS.index, default=None),
        min(
            (str(p.naturaleza_resultado) for p in con_dato),
            key=GRADO.__getitem__,
            default=None,
        ),
        len(con_dato),
        sum(p.sin_reparos == len(p.controles or {}) for p in con_dato),
        reunir_aprobaciones(p.aprobacion for p in todas),
        tuple(sorted({p.cuaderno for p in todas})),
    )


def de_un_kpi(
    mision: str,
    kpi: Kpi,
    evaluado: Evaluacion,
    fuentes: Mapping[str, Fuente],
    revisados: Controles,
    ubigeo: str,
    aprobacion: Aprobacion,
) -> Procedencia:
    """La procedencia de un KPI (``kpi``: su ficha), sin la clave del producto: la añade quien lo
    produce.

    De un KPI restringido, y del que no tiene dato, se dicen la fuente y lo demás que es público; lo
    del dato va nulo. Los controles son los de su último dato; los de un año sumado por partes, los
    de todas ellas.
    """
    publico = kpi.publico
    con_dato = evaluado if publico and evaluado.periodo is not None else None
    base = kpi.linea_base if publico else None
    return Procedencia(
        fuente=TarjetaDeFuente.de(kpi.fuente, fuentes[kpi.fuente]),
        fuente_linea_base=TarjetaDeFuente.de(base.fuente, fuentes[base.fuente]) if base else None,
        naturaleza_linea_base=base.naturaleza if base else None,
        periodo=con_dato.periodo if con_dato else None,
        fecha_dato=con_dato.fecha_dato.isoformat() if con_dato and con_dato.fecha_dato else None,
        validacion=con_dato.validacion if con_dato else None,
        naturaleza=con_dato.naturaleza if con_dato else None,
        naturaleza_resultado=con_dato.naturaleza_resultado if con_dato else None,
        controles=(
            revisados.de(
                kpi.codigo, str(con_dato.periodo), ubigeo, "total", "", str(con_dato.fuente)
            )
            if con_dato
            else None
        ),
        aprobacion=aprobacion,
        cuaderno=f"misiones/{mision}/indicadores.ipynb",
        datos=f"datos/kpi/{kpi.codigo}.json",
        pagina=pagina_de_kpi(kpi.codigo),
    )


_POR_CODIGO = TypeAdapter(dict[str, Procedencia])


def a_json(procedencias: Mapping[str, Procedencia]) -> bytes:
    """Para que las lea el cuaderno de una misión."""
    return _POR_CODIGO.dump_json(dict(procedencias), indent=1)


def de_json(crudo: bytes) -> dict[str, Procedencia]:
    """Lo que escribió ``a_json``."""
    return _POR_CODIGO.validate_json(crudo)
