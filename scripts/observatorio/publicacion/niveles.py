"""Las ediciones restringidas: el mismo proyecto, construido para quien decide o para quien analiza.

Se hacen en un taller aparte (``reservado/niveles/<nivel>/``), con su propia memoria de lo que ese
nivel vio, y se entregan en una carpeta que no es la del sitio público. El proyecto público no
cambia en nada: ni sus datos generados, ni sus ediciones, ni su memoria.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ..base.avisos import Avisar, callar
from ..base.candado import candado
from ..base.escritura import escribir_atomico, escritura_explicada, exigir_camino
from ..base.yaml_editable import editor, escrito
from ..catalogo import cargar
from ..catalogo.modelos import CIUDADANO, Acceso
from ..construir import MotorDePaginas, construir, exigir_programa_al_dia
from ..edicion import claves, memoria
from ..errores import ErrorDeUso
from ..presentacion.nivel import ARCHIVO
from ..rutas import Proyecto
from . import publicada
from .destinos import carpeta as en_carpeta
from .publicar import exigir_fuera

OCUPADO = "otra edición restringida sigue en curso; espere a que termine y repita la orden"


@dataclass(frozen=True, slots=True)
class Entregada:
    """Qué edición restringida quedó, y dónde."""

    identificador: str
    lugar: str


def entregar(
    proyecto: Proyecto,
    nivel: Acceso,
    destino: Path,
    motor: MotorDePaginas = "auto",
    avisar: Avisar = callar,
) -> Entregada:
    """Construye la edición de ``nivel`` y la deja en ``destino``.

    Lo que lleva cuenta desde entonces como visto por ese nivel. Lanza ``ErrorDeUso`` si el destino
    es el de un sitio público o falta la memoria de lo ya entregado, y lo que ``construir``.
    """
    if cargar(proyecto).territorio.nivel != CIUDADANO:
        raise ErrorDeUso(
            "este proyecto es ya el taller de una edición restringida: ejecute la orden en el"
            " proyecto de donde salió"
        )
    exigir_programa_al_dia(proyecto)
    exigir_restringido(proyecto, destino)
    taller = Proyecto(proyecto.niveles / carpeta_de(nivel))
    with escritura_explicada(), candado(proyecto.trabajo / "niveles.candado", OCUPADO):
        _exigir_memoria(taller, destino)
        poner_al_dia(proyecto, taller, nivel)
        avisar(f"taller del nivel {nivel} al día")
        carpeta = construir(taller, motor, avisar=avisar).carpeta
        publicada.abrir(taller, carpeta)
        en_carpeta.copiar(carpeta, destino, avisar)
        publicada.cerrar(taller, carpeta)
    return Entregada(carpeta.name, str(destino))


def carpeta_de(nivel: Acceso) -> str:
    """El nombre de su taller, sin tildes."""
    return "tecnico" if nivel == "técnico" else nivel


def exigir_restringido(proyecto: Proyecto, destino: Path) -> None:
    """Lanza ``ErrorDeUso`` si en ``destino`` hay un sitio público u otra cosa."""
    exigir_camino(destino)
    exigir_fuera(proyecto, destino)
    en_carpeta.exigir_propio(destino)
    if _ocupado(destino) and not es_restringida(destino):
        raise ErrorDeUso(
            f"en «{destino}» hay un sitio público: una edición restringida va en otra carpeta, que"
            " solo lean los de su nivel"
        )


def es_restringida(carpeta: Path) -> bool:
    """¿Es esa carpeta una edición restringida?"""
    return (carpeta / "datos" / ARCHIVO).is_file()


def _ocupado(destino: Path) -> bool:
    return destino.is_dir() and any(destino.iterdir())


def _exigir_memoria(taller: Proyecto, destino: Path) -> None:
    """Sin la memoria de lo entregado, la edición nueva podría descubrir por resta lo que otra
    ocultó.
    """
    if _ocupado(destino) and not (taller.raiz / memoria.CARPETA).is_dir():
        raise ErrorDeUso(
            f"falta la memoria de lo que ese nivel ya vio ({taller.raiz / memoria.CARPETA}): "
            "recupérela del respaldo; o, si de verdad nadie vio nada, entregue en una carpeta nueva"
        )


def poner_al_dia(proyecto: Proyecto, taller: Proyecto, nivel: Acceso) -> None:
    """Deja en el taller las entradas de hoy, su nivel y la memoria de lo que vio el público. La
    suya no se toca.
    """
    entradas = _entradas(proyecto)
    for sobra in _entradas(taller) - entradas:
        (taller.raiz / sobra).unlink()
    for relativa in sorted(entradas):
        origen, copia = proyecto.raiz / relativa, taller.raiz / relativa
        copia.parent.mkdir(parents=True, exist_ok=True)
        if not copia.is_file() or copia.read_bytes() != origen.read_bytes():
            shutil.copyfile(origen, copia)
    _con_nivel(taller, nivel)
    publica = taller.memoria_publica / memoria.CARPETA
    if publica.is_dir():
        shutil.rmtree(publica)
    publica.parent.mkdir(parents=True, exist_ok=True)
    leida = memoria.leer(proyecto.raiz)
    publica.mkdir()
    for nombre, contenido in leida.contenidos.items():
        (publica / nombre).write_bytes(contenido)
    propia = taller.raiz / memoria.CARPETA
    if not propia.is_dir():
        propia.mkdir(parents=True)
        (propia / memoria.REGISTRO).write_bytes(memoria.con_sumas(memoria.SEMILLA, {}))


def _entradas(proyecto: Proyecto) -> set[str]:
    """Las rutas de todo lo que entra en una construcción, menos la memoria del público."""
    if not proyecto.raiz.is_dir():
        return set()
    rutas = {
        proyecto.relativa(p)
        for familia in claves.archivos_por_familia(proyecto.raiz).values()
        for p in familia
    }
    return {r for r in rutas if not r.startswith(f"{proyecto.memoria_publica.name}/")}


def _con_nivel(taller: Proyecto, nivel: Acceso) -> None:
    documento = editor().load(taller.territorio.read_text(encoding="utf-8"))
    documento["nivel"] = nivel
    escribir_atomico(taller.territorio, escrito(documento).encode("utf-8"))
