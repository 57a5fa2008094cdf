"""Procesos auxiliares de la construcción: nacen a tiempo, ceden el paso y no sobreviven a quien los
creó.

El *forkserver* importa una sola vez polars y altair (sin consultar nada: un fork posterior se
colgaría). En Windows no hay fork y los hijos nacen con *spawn*.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

PRECARGA = ["observatorio.cuadernos.precarga"]
CEDEN = 10
"""Cuánto ceden el paso: lo que calcula quien los creó tiene pendiente lo que viene después, y con
más procesos que procesadores tardaba cuatro veces más.
"""
CEDEN_LOS_ULTIMOS = 19
"""Cuánto, los que hacen lo que casi nadie espera hasta el final."""


def _metodo() -> str:
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def de_un_solo_uso(trabajadores: int | None = None) -> ProcessPoolExecutor:
    """Grupo en el que cada tarea estrena proceso, ya con lo pesado importado."""
    contexto = multiprocessing.get_context(_metodo())
    if _metodo() == "forkserver":
        contexto.set_forkserver_preload(PRECARGA)
    return ProcessPoolExecutor(
        trabajadores or os.cpu_count() or 1,
        mp_context=contexto,
        max_tasks_per_child=1,
        initializer=al_nacer,
    )


def duraderos(trabajadores: int | None = None, ceden: int = CEDEN) -> ProcessPoolExecutor:
    """Grupo de procesos limpios que se reutilizan: no esperan a que el *forkserver* esté listo."""
    contexto = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        trabajadores or os.cpu_count() or 1,
        mp_context=contexto,
        initializer=al_nacer,
        initargs=(ceden,),
    )


def adelantar() -> None:
    """Arranca el *forkserver* sin esperarlo: importa lo pesado mientras aquí se validan los
    datos.
    """
    if _metodo() == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload(PRECARGA)
        forkserver.ensure_running()


def al_nacer(ceden: int = CEDEN) -> None:
    """Este proceso cede el paso y termina si muere quien lo creó."""
    ceder_el_paso(ceden)
    morir_con_el_padre()


def ceder_el_paso(cuanto: int = CEDEN) -> None:
    """Este proceso y los que nazcan de él van detrás de los demás, donde el sistema sabe de eso."""
    if hasattr(os, "nice"):
        os.nice(max(0, cuanto - os.nice(0)))


def morir_con_el_padre() -> None:
    """Termina este proceso si muere quien lo creó: un grupo huérfano esperaría trabajo para
    siempre.
    """
    padre = multiprocessing.parent_process()
    if padre is not None:
        threading.Thread(target=_vigilar, args=(padre,), daemon=True).start()


def _vigilar(padre: multiprocessing.process.BaseProcess) -> None:
    padre.join()
    os._exit(1)


@contextlib.contextmanager
def hasta_senal(detener: threading.Event) -> Iterator[None]:
    """Ctrl-C y la orden de parar del sistema terminan con calma, también a media construcción."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    antes = {s: signal.signal(s, lambda *_: detener.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for senal, hacer in antes.items():
            signal.signal(senal, hacer)
