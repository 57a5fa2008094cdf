"""El boletín hecho de una sesión, como está en su carpeta."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from ...actas.modelos import Sesion
from ...base.huellas import a_la_vista, de_sumas, suma_de
from ...datos.columnas import KPI, NATURALEZA, PERIODO, VALOR
from ...errores import ErrorDeDatos
from ...productos.comites.carpeta_de_sesion import (
    BOLETIN,
    CIFRAS,
    IMAGEN,
    MENSAJE,
    SUMAS,
    TELEFONO,
    carpeta_de,
)
from ...rutas import Proyecto

ARCHIVOS = (BOLETIN, TELEFONO, MENSAJE, IMAGEN, CIFRAS, SUMAS)
COLUMNAS = tuple(c.nombre for c in (KPI, PERIODO, VALOR, NATURALEZA))
"""Las de la tabla de cifras que se revisan antes de enviar."""


@dataclass(frozen=True, slots=True)
class Cifra:
    """Una fila de la tabla de cifras; ``valor`` vacío: no se muestra ninguna."""

    fila: int
    kpi: str
    periodo: str
    valor: str
    naturaleza: str


@dataclass(frozen=True, slots=True)
class Boletin:
    """Todo lo que se hizo para una sesión. ``carpeta``: dónde está, desde la raíz; ``lamina``: nula
    en periodo electoral, que no admite imágenes para reenviar.
    """

    carpeta: str
    boletin: bytes
    telefono: bytes
    mensaje: str
    lamina: bytes | None
    cifras: tuple[Cifra, ...]


def leer(
    proyecto: Proyecto, sesion: Sesion, con_lamina: bool, errores: list[ErrorDeDatos]
) -> Boletin | None:
    """El de ``sesion``, o nada: lo que falta o no se puede leer va a ``errores``."""
    carpeta = carpeta_de(proyecto, sesion)
    antes = len(errores)
    rutas = {n: carpeta / n for n in ARCHIVOS if n != IMAGEN or con_lamina}
    crudos = {n: r.read_bytes() for n, r in rutas.items() if r.is_file() and r.stat().st_size}
    hacer = f"haga el boletín: observatorio sesion boletin {sesion.id}"
    for falta in [r for n, r in rutas.items() if n not in crudos] if crudos else [carpeta]:
        archivo = proyecto.relativa(falta)
        errores.append(ErrorDeDatos(archivo, None, None, None, "boletin-por-hacer", hacer))
    rehacer = f"no lo edite: hágalo de nuevo con «observatorio sesion boletin {sesion.id}»"
    lector = _Lector(proyecto.relativa(carpeta), rehacer, errores)
    lector.como_se_hicieron(crudos)
    mensaje = lector.texto(MENSAJE, crudos.get(MENSAJE, b""))
    cifras = lector.cifras(crudos.get(CIFRAS, b""))
    if len(errores) > antes:
        return None
    return Boletin(
        proyecto.relativa(carpeta),
        crudos[BOLETIN],
        crudos[TELEFONO],
        mensaje.strip(),
        crudos.get(IMAGEN),
        cifras,
    )


@dataclass(frozen=True, slots=True)
class _Lector:
    """Entiende lo que hay en una carpeta; ``rehacer``: el remedio de lo que está dañado."""

    carpeta: str
    rehacer: str
    errores: list[ErrorDeDatos]

    def como_se_hicieron(self, crudos: Mapping[str, bytes]) -> None:
        """Cada archivo es, byte por byte, el que se hizo: lo editado después no se envía."""
        if SUMAS not in crudos:
            return
        dichas = de_sumas(self.texto(SUMAS, crudos[SUMAS]))
        for nombre in sorted(crudos.keys() - {SUMAS}):
            suya = suma_de(crudos[nombre])
            if dichas.get(nombre) != suya:
                self._anotar(nombre, None, None, f"huella {a_la_vista(suya)}", "boletin-editado")

    def texto(self, nombre: str, crudo: bytes) -> str:
        try:
            return crudo.decode("utf-8-sig")
        except UnicodeDecodeError as e:
            self._anotar(nombre, None, None, f"byte {e.start}", "no-es-utf8")
            return ""

    def cifras(self, crudo: bytes) -> tuple[Cifra, ...]:
        lector = csv.DictReader(io.StringIO(self.texto(CIFRAS, crudo)))
        if crudo and (faltan := set(COLUMNAS) - set(lector.fieldnames or ())):
            self._anotar(CIFRAS, 1, min(faltan), None, "falta-columna")
            return ()
        return tuple(
            Cifra(n, *((f[c] or "").strip() for c in COLUMNAS)) for n, f in enumerate(lector, 2)
        )

    def _anotar(
        self, nombre: str, fila: int | None, columna: str | None, valor: str | None, regla: str
    ) -> None:
        archivo = f"{self.carpeta}/{nombre}"
        self.errores.append(ErrorDeDatos(archivo, fila, columna, valor, regla, self.rehacer))
