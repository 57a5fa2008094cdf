"""Sesiones de prueba: abrirlas, llenar quién asistió y cerrarlas, como haría una persona."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from conftest import reemplazar
from observatorio.actas import escribir
from observatorio.actas.libro import Libro
from observatorio.actas.modelos import Sesion
from observatorio.catalogo import Catalogo, cargar
from observatorio.catalogo.gobernanza import Gobernanza
from observatorio.cli import principal
from observatorio.rutas import Proyecto

ACUERDO = "  - {codigo: %s, que: %s, institucion: Municipalidad Distrital de Pataz, plazo: %s}\n"


SIN_DATOS = shutil.ignore_patterns("observaciones", "cualitativo", "sesiones", "versiones")


def solo_gobernanza(proyecto: Proyecto, raiz: Path, *mas: str) -> Proyecto:
    """Una copia de lo que el libro de actas lee, sin observaciones ni sesiones; ``mas``: otros
    archivos o carpetas de la raíz.
    """
    for nombre in ("_quarto.yml", "data", "misiones", "metodologia.qmd", *mas):
        origen = proyecto.raiz / nombre
        if origen.is_dir():
            shutil.copytree(origen, raiz / nombre, ignore=SIN_DATOS)
        else:
            shutil.copy2(origen, raiz / nombre)
    return Proyecto(raiz)


@dataclass
class Comites:
    """Los comités de un proyecto de prueba."""

    proyecto: Proyecto

    @cached_property
    def catalogo(self) -> Catalogo:
        return cargar(self.proyecto)

    @property
    def gobernanza(self) -> Gobernanza:
        return escribir.gobernanza_de(self.catalogo)

    @property
    def libro(self) -> Libro:
        """El de ahora, sin ningún defecto."""
        return escribir.leer_sano(self.proyecto, self.catalogo)

    def ruta(self, sesion: str) -> Path:
        return self.proyecto.sesiones / f"{sesion}.yml"

    def abrir(self, comite: str, fecha: str, asisten: int | None = None, **de_que: bool) -> Sesion:
        """Abre la sesión y anota que asisten las primeras ``asisten`` instituciones con voto; si no
        se dice, todas.
        """
        s = escribir.abrir(
            self.proyecto,
            self.gobernanza,
            self.libro,
            comite,
            date.fromisoformat(fecha),
            **de_que,
        )
        suyo = self.gobernanza.comite(comite)
        estan = suyo.con_voto[:asisten] if suyo else ()
        if estan:
            lineas = "".join(f"  - institucion: {i}\n" for i in estan)
            reemplazar(self.ruta(s.id), "asistencia: []\n", f"asistencia:\n{lineas}")
        return s

    def acordar(self, sesion: str, codigo: str, que: str, plazo: str) -> None:
        reemplazar(
            self.ruta(sesion), "acuerdos: []\n", f"acuerdos:\n{ACUERDO % (codigo, que, plazo)}"
        )

    def seguir(self, sesion: str, acuerdo: str, estado: str) -> None:
        reemplazar(
            self.ruta(sesion),
            "seguimiento: []\n",
            f"seguimiento:\n  - {{acuerdo: {acuerdo}, estado: {estado}}}\n",
        )

    def cerrar(self, sesion: str) -> Sesion:
        return escribir.cerrar(self.proyecto, self.gobernanza, self.libro, sesion)

    def sesionar(self, comite: str, fecha: str, **de_que: bool) -> Sesion:
        """Una sesión sin nada que decidir."""
        return self.cerrar(self.abrir(comite, fecha, **de_que).id)

    def aprobar(self, *argumentos: str) -> int:
        """``observatorio aprobar …``: el código con que sale."""
        return self.orden("aprobar", *argumentos)

    def orden(self, *argumentos: str) -> int:
        return principal(["--raiz", str(self.proyecto.raiz), *argumentos])


def votos(*a_favor: str) -> Sequence[str]:
    return [x for i in a_favor for x in ("--a-favor", i)]
