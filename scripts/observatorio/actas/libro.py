"""Leer el libro de actas entero, con todos sus defectos.

Las sesiones que no cambiaron desde la última vez no se vuelven a leer: se recuerdan, por la huella
de su archivo, en ``.trabajo/libro-de-actas.json``. Lo que ve más de una sesión se revisa siempre.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..base import lecturas, yaml_estricto
from ..base.escritura import escribir_atomico
from ..base.huellas import huella, suma_de
from ..base.lineas import linea_de
from ..base.yaml_estricto import arbol
from ..catalogo import Catalogo, formas, gobernanza, modelos, textos
from ..catalogo.lectura import leer_yaml
from ..datos import personas
from ..datos.textos_libres import senas_en_fichas
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from . import modelos as propios
from .cadena import Cabeza, cabezas
from .comentarios import Comentarios, Decisiones
from .constancias import leer_actas, que_no_corresponden
from .guardadas import Guardada, Guardadas
from .modelos import ActaDeSesion, Acuerdo, Calendario, Sesion
from .productos import donde_falta, existe, texto_de
from .revision import en_orden, revisar
from .revision_de_comentarios import Constancia, revisar_comentarios, revisar_decisiones
from .tramites import Caminos, recorrer

MEMORIA = "libro-de-actas.json"
DE_SIEMPRE = ("metodologia",)
"""Los productos que son un archivo y cuya versión se registra aunque nadie los haya enviado."""
QUE_DECIDEN: tuple[ModuleType, ...] = (
    propios,
    formas,
    gobernanza,
    modelos,
    textos,
    personas,
    yaml_estricto,
)
"""Los módulos que deciden si una sesión, por sí sola, está bien escrita."""
_RECORDADAS = TypeAdapter(dict[str, tuple[str, Sesion]])


@dataclass(frozen=True, slots=True)
class AcuerdoAbierto:
    """Un acuerdo que nadie dio por cumplido; ``sesion``: la que lo tomó."""

    sesion: Sesion
    acuerdo: Acuerdo

    @property
    def cita(self) -> str:
        return f"{self.sesion.id}/{self.acuerdo.codigo}"


@dataclass(frozen=True)
class Libro:
    """Las sesiones, como ocurrieron; ``versiones``, el contenido de cada una que se tramitó (huella
    → contenido); ``textos``, lo que hoy dice el archivo de cada producto que es un archivo, si se
    tramitó o se registra siempre; ``actas``, lo que consta del acta firmada de cada sesión;
    ``comentarios`` y ``decisiones``, lo que se dijo de los productos y lo que se observó después
    de decidir.
    """

    calendario: Calendario = field(default_factory=Calendario)
    sesiones: tuple[Sesion, ...] = ()
    versiones: Guardadas = field(default_factory=dict)
    textos: Mapping[str, str] = field(default_factory=dict)
    actas: Mapping[str, ActaDeSesion] = field(default_factory=dict)
    comentarios: Comentarios = ()
    decisiones: Decisiones = ()

    @cached_property
    def caminos(self) -> Caminos:
        """Por dónde va cada producto, según las sesiones cerradas: lo de una abierta no consta
        todavía.
        """
        return recorrer(s for s in self.sesiones if s.sello)

    @cached_property
    def acuerdos_abiertos(self) -> tuple[AcuerdoAbierto, ...]:
        """Los de las sesiones cerradas que siguen en curso, por plazo."""
        cerradas = [s for s in self.sesiones if s.sello]
        resueltos = {x.acuerdo for s in cerradas for x in s.seguimiento if x.estado != "en curso"}
        abiertos = [AcuerdoAbierto(s, a) for s in cerradas for a in s.acuerdos]
        return tuple(
            sorted(
                (a for a in abiertos if a.cita not in resueltos),
                key=lambda a: (a.acuerdo.plazo, a.cita),
            )
        )

    @property
    def cabezas(self) -> dict[str, Cabeza]:
        """El último sello de cada cadena: con él se prueba después que nadie reescribió lo
        anterior.
        """
        return cabezas(self.sesiones)

    def sesion(self, identificador: str) -> Sesion | None:
        return next((s for s in self.sesiones if s.id == identificador), None)


def leer_libro(proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]) -> Libro:
    """El libro, o lo que se pudo leer de él; los defectos van a ``errores``.

    Sin la gobernanza (no se pudo leer) solo se revisa cada archivo por separado.
    """
    gobernanza = catalogo.gobernanza
    calendario = (
        leer_yaml(proyecto, proyecto.calendario_de_sesiones, TypeAdapter(Calendario), errores)
        if proyecto.calendario_de_sesiones.is_file()
        else None
    )
    comentarios: Comentarios = _lista(proyecto, proyecto.comentarios, Comentarios, errores)
    decisiones: Decisiones = _lista(proyecto, proyecto.decisiones, Decisiones, errores)
    antes = len(errores)
    sesiones = _sesiones(proyecto, errores)
    versiones = _versiones(proyecto, errores)
    actas = leer_actas(proyecto, errores)
    if gobernanza is None:
        return Libro(calendario or Calendario(), tuple(sesiones.values()), versiones)
    tramitados = {t.producto for s in sesiones.values() for t in s.tramites}
    textos = {
        p: texto
        for p in sorted({*tramitados, *DE_SIEMPRE})
        if (texto := texto_de(proyecto, p)) is not None
    }
    libro = Libro(
        calendario or Calendario(),
        en_orden(sesiones.values(), gobernanza),
        versiones,
        textos,
        actas,
        comentarios,
        decisiones,
    )
    errores += _de_lo_comentado(proyecto, catalogo, libro)
    errores += _boletines_cambiados(proyecto, sesiones)
    if len(errores) > antes:  # con una sesión ilegible, las demás parecerían mal encadenadas
        return libro
    errores += que_no_corresponden(proyecto, actas, libro.sesiones)
    archivos = {s.id: ruta for ruta, s in sesiones.items()}
    arboles: dict[str, Any] = {}
    faltan = {p: donde_falta(proyecto, p) for p in tramitados if not existe(proyecto, catalogo, p)}
    for h in revisar(libro.sesiones, libro.calendario, gobernanza, versiones, faltan):
        archivo = archivos[h.sesion.id]
        if archivo not in arboles:
            arboles[archivo] = arbol(lecturas.texto(proyecto.raiz / archivo))
        errores.append(
            ErrorDeDatos(
                archivo,
                linea_de(arboles[archivo], h.camino),
                ".".join(map(str, h.camino)),
                h.valor,
                h.regla,
                h.remedio,
            )
        )
    return libro


def _lista(
    proyecto: Proyecto, ruta: Path, tipo: Any, errores: list[ErrorDeDatos]
) -> tuple[Any, ...]:
    """La lista de un archivo que puede no estar: entonces, ninguna."""
    leida = leer_yaml(proyecto, ruta, TypeAdapter(tipo), errores) if ruta.is_file() else None
    return leida or ()


def _de_lo_comentado(
    proyecto: Proyecto, catalogo: Catalogo, libro: Libro
) -> Iterator[ErrorDeDatos]:
    """Los defectos de los comentarios y de las decisiones."""
    consta = constancia(proyecto, catalogo, libro)
    for ruta, hallados in (
        (proyecto.comentarios, revisar_comentarios(libro.comentarios, consta)),
        (proyecto.decisiones, revisar_decisiones(libro.decisiones, consta)),
    ):
        for camino, valor, regla, remedio in hallados:
            yield ErrorDeDatos(
                proyecto.relativa(ruta),
                linea_de(arbol(lecturas.texto(ruta)), camino),
                ".".join(map(str, camino)),
                valor,
                regla,
                remedio,
            )


def constancia(proyecto: Proyecto, catalogo: Catalogo, libro: Libro) -> Constancia:
    """Con qué se comprueban los comentarios y las decisiones de ``libro``."""
    citados = {c.producto for c in libro.comentarios}
    return Constancia(
        catalogo,
        libro.sesiones,
        libro.versiones,
        _corregidas(proyecto) if libro.comentarios else frozenset(),
        {p: donde_falta(proyecto, p) for p in citados if not existe(proyecto, catalogo, p)},
    )


def _corregidas(proyecto: Proyecto) -> frozenset[str]:
    """«KPI periodo» de cada corrección anotada; si está bien escrita lo dice quien la lee."""
    if not proyecto.correcciones.is_file():
        return frozenset()
    filas = csv.DictReader(io.StringIO(lecturas.texto(proyecto.correcciones), newline=""))
    return frozenset(f"{f.get('kpi')} {f.get('periodo')}" for f in filas)


def _sesiones(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> dict[str, Sesion]:
    """``ruta relativa → sesión``; las que ya se leyeron, de la memoria."""
    recordadas = _recordadas(proyecto)
    leidas: dict[str, tuple[str, Sesion]] = {}
    tipo = TypeAdapter(Sesion)
    for ruta in sorted(proyecto.sesiones.glob("*")):
        if ruta.name.startswith((".", "~")) or ruta.suffix == ".md":
            continue
        archivo = proyecto.relativa(ruta)
        if ruta.suffix != ".yml" or not ruta.is_file():
            errores.append(
                _error(archivo, "archivo-que-no-se-lee", "guárdela como .yml, o sáquela")
            )
            continue
        suma = suma_de(lecturas.leer(ruta))
        if recordadas.get(archivo, ("",))[0] == suma:
            leidas[archivo] = recordadas[archivo]
            continue
        propios_de_ella: list[ErrorDeDatos] = []
        sesion = leer_yaml(proyecto, ruta, tipo, propios_de_ella)
        propios_de_ella += senas_en_fichas(proyecto, [ruta])
        if sesion is not None and ruta.stem != sesion.id:
            propios_de_ella.append(
                _error(archivo, "sesion-mal-nombrada", f"llame al archivo {sesion.id}.yml")
            )
        errores += propios_de_ella
        if sesion is not None and not propios_de_ella:
            leidas[archivo] = suma, sesion
    if leidas != recordadas:
        _recordar(proyecto, leidas)
    return {archivo: sesion for archivo, (_, sesion) in leidas.items()}


def _versiones(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> dict[str, Guardada]:
    """``huella → contenido`` de cada versión; la que no es la de su nombre fue alterada."""
    salida: dict[str, Guardada] = {}
    for ruta in sorted(proyecto.versiones.glob("*.json")):
        crudo = lecturas.leer(ruta)
        if suma_de(crudo) != ruta.stem:
            errores.append(
                _error(
                    proyecto.relativa(ruta),
                    "version-alterada",
                    "su contenido no es el que se aprobó: recupere el archivo con git",
                )
            )
            continue
        salida[ruta.stem] = Guardada(crudo)
    return salida


def _boletines_cambiados(
    proyecto: Proyecto, sesiones: Mapping[str, Sesion]
) -> Iterator[ErrorDeDatos]:
    """Lo que un comité llevó a una sesión ya cerrada no se rehace después."""
    for sesion in sesiones.values():
        ruta = proyecto.boletines_de_sesion / f"{sesion.id}.json"
        if sesion.boletin and (
            not ruta.is_file() or suma_de(lecturas.leer(ruta)) != sesion.boletin
        ):
            yield _error(
                proyecto.relativa(ruta),
                "boletin-alterado",
                f"no es el que se llevó a {sesion.id}: recupere el archivo con git",
            )


def _error(archivo: str, regla: str, remedio: str) -> ErrorDeDatos:
    return ErrorDeDatos(archivo, None, None, None, regla, remedio)


def _recordadas(proyecto: Proyecto) -> dict[str, tuple[str, Sesion]]:
    """Lo de la vez anterior, si lo escribió este mismo programa."""
    try:
        programa, _, crudo = (proyecto.trabajo / MEMORIA).read_bytes().partition(b"\n")
        return _RECORDADAS.validate_json(crudo) if programa == _programa() else {}
    except (OSError, ValidationError):
        return {}


def _recordar(proyecto: Proyecto, leidas: dict[str, tuple[str, Sesion]]) -> None:
    # Es un ahorro: en un disco de solo lectura se valida igual, más despacio.
    with contextlib.suppress(OSError):
        escribir_atomico(
            proyecto.trabajo / MEMORIA,
            _programa() + b"\n" + _RECORDADAS.dump_json(leidas, exclude_defaults=True),
        )


@cache
def _programa() -> bytes:
    return huella(*(Path(str(m.__file__)).read_bytes() for m in QUE_DECIDEN)).encode()
