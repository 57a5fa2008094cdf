"""Ejecuta cuadernos parametrizados con papermill, varios a la vez, y para todo si uno falla.

Cada cuaderno estrena un proceso (véase ``procesos``): IPython reemplaza ``__main__`` y su estado no
se comparte.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.util
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..base import lecturas
from ..base.avisos import Avisar, callar
from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..presentacion.graficos.graficos import EN_CONSTRUCCION
from ..procesos import de_un_solo_uso
from ..rutas import Proyecto
from .guardia import Permiso, puesta

if TYPE_CHECKING:
    from nbformat import NotebookNode
Motor = Literal["rapido", "estandar"]
SEGUNDOS_MAXIMOS = 300
DE_TIEMPO, DE_CELDA = ".tiempo", ".celda"
"""Las marcas de un proceso que murió: porque pasó de su tiempo, y en qué celda."""
DIBUJO = "module://matplotlib_inline.backend_inline"
"""Con él matplotlib muestra sus figuras en la celda, también en el motor rápido."""


@dataclass(frozen=True, slots=True)
class Tarea:
    """Un cuaderno por ejecutar.

    Nombre para los mensajes, plantilla, dónde dejar el resultado, parámetros, plazo, lo que declaró
    leer y su texto.
    """

    nombre: str
    plantilla: Path
    salida: Path
    parametros: Mapping[str, object] = field(default_factory=dict)
    segundos: float = SEGUNDOS_MAXIMOS
    entradas: tuple[str, ...] = ()
    texto: str | None = None

    @property
    def leido(self) -> str:
        """El cuaderno como lo leyó quien encarga la tarea; si no lo dio, como está en el disco."""
        return lecturas.texto(self.plantilla) if self.texto is None else self.texto

    @property
    def permiso(self) -> Permiso:
        """Lo que el cuaderno puede abrir; fuera de un proyecto no hay nada que proteger."""
        try:
            return Permiso(Proyecto.encontrar(self.plantilla.parent).raiz, self.entradas)
        except ErrorDeUso:
            return Permiso(None, self.entradas)


@dataclass(frozen=True, slots=True)
class Hecho:
    """Cómo terminó un cuaderno: el fallo en palabras (vacío si no lo hubo), y lo que dijo sin
    publicarlo.
    """

    fallo: str = ""
    dicho: str = ""


def a_la_pantalla(texto: str) -> None:
    """A quien construye; en un flujo, cuya bitácora leen otros, a nadie."""
    from .salidas import se_puede_decir

    if se_puede_decir():
        print(texto, file=sys.stderr, flush=True)


def ejecutar(
    tareas: Iterable[Tarea],
    motor: Motor = "rapido",
    ejecutor: Executor | None = None,
    avisar: Avisar = callar,
    mostrar: Avisar = a_la_pantalla,
) -> None:
    """Ejecuta todas las tareas; cada salida aparece entera o no aparece.

    ``mostrar``: adónde va lo que un cuaderno dice y no publica (``print``, avisos).

    ``ejecutor``: cualquier ``concurrent.futures.Executor``. Lanza ``ErrorDeEjecucion`` con *todos*
    los fallos, nombrando cuaderno, celda y error.
    """
    pendientes = list(tareas)
    if not pendientes:
        return
    grupo_elegido = (
        contextlib.nullcontext(ejecutor)
        if ejecutor
        else de_un_solo_uso(min(len(pendientes), os.cpu_count() or 1))
    )
    fallos = []
    with _en_construccion(), grupo_elegido as grupo:
        futuros = [(tarea, grupo.submit(ejecutar_una, tarea, motor)) for tarea in pendientes]
        for tarea, futuro in futuros:
            try:
                hecho = futuro.result()
            except BrokenProcessPool:
                hecho = Hecho(_motivo_de_muerte(tarea) or "")
            if hecho.dicho:
                mostrar(f"  lo que dijo el cuaderno de «{tarea.nombre}»:\n{hecho.dicho}")
            if hecho.fallo:
                fallos.append(hecho.fallo)
            else:
                avisar(tarea.nombre)
    if fallos:
        raise ErrorDeEjecucion("\n".join(dict.fromkeys(fallos)))


DE_PYTHON = {"language": "python", "name": "python3"}
KERNEL = {"display_name": "Python 3", **DE_PYTHON}


def ejecutar_una(tarea: Tarea, motor: Motor = "rapido") -> Hecho:
    """Ejecuta un cuaderno en este proceso; lo que no se puede publicar también es un fallo."""
    os.environ.setdefault(EN_CONSTRUCCION, "1")
    os.environ.setdefault("MPLBACKEND", DIBUJO)
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from . import salidas
    from .adjuntas import adjuntar
    from .motor import NOMBRE, registrar
    from .normalizar import escribir

    registrar()
    try:
        with warnings.catch_warnings():
            # Un cuaderno de otro editor puede no traer los id de sus celdas: se le ponen.
            warnings.simplefilter("ignore")
            cuaderno = nbformat.reads(tarea.leido, as_version=4)
    except Exception as e:  # nbformat lanza de todo ante lo que no es un cuaderno
        return Hecho(
            f"El cuaderno de «{tarea.nombre}» ({tarea.plantilla.name}) no se puede leer:"
            f" {str(e).splitlines()[0] if str(e) else type(e).__name__}\n    remedio: recupérelo"
            " con git, o vuelva a guardarlo desde JupyterLab"
        )
    # Un cuaderno guardado por otro editor puede no decir su lenguaje; aquí siempre es Python.
    cuaderno.metadata["kernelspec"] = {
        **KERNEL,
        **cuaderno.metadata.get("kernelspec", {}),
    } | DE_PYTHON
    desconocido = _parametros_desconocidos(tarea, cuaderno)
    if desconocido:
        return Hecho(desconocido)
    curso = _EnCurso(tarea)
    try:
        with (
            _vigilante(tarea),
            puesta(tarea.permiso) if motor == "rapido" else contextlib.nullcontext(),
        ):
            ejecutado = papermill.execute_notebook(
                cuaderno,
                None,
                dict(tarea.parametros),
                engine_name=NOMBRE if motor == "rapido" else None,
                progress_bar=False,
                cwd=str(tarea.plantilla.parent),
                autosave_cell_every=0,
                request_save_on_cell_execute=False,
                kernel_name="python3",
                on_cell_start=curso.empezar,
                **(
                    {}
                    if motor == "rapido"
                    else {
                        "shutdown_kernel": "immediate",
                        "extra_arguments": _con_guardia(tarea.permiso),
                    }
                ),
            )
    except PapermillExecutionError as e:
        return Hecho(
            f"El cuaderno de «{tarea.nombre}» ({tarea.plantilla.name}) falló en la celda"
            f" {e.cell_index + 1 - bool(tarea.parametros)}: {e.ename}: {salidas.legible(e.evalue)}"
            f"\n    {_donde_fallo(e.source, e.traceback)}\n    remedio: ábralo con «observatorio"
            f" cuadernos», {_puesto(tarea)}ejecute hasta esa celda"
        )
    except Exception as e:  # del motor o del kernel, no de una celda: se nombra el cuaderno
        return Hecho(
            f"El cuaderno de «{tarea.nombre}» ({tarea.plantilla.name}) no se pudo ejecutar"
            f"{curso.donde}: {type(e).__name__}: {e}\n    remedio: {_SI_MUERE}; ábralo con"
            f" «observatorio cuadernos», {_puesto(tarea)}ejecútelo entero"
        )
    finally:
        curso.terminar()
    dicho = salidas.dicho(ejecutado)
    if a_medias := _a_medias(tarea, ejecutado):
        return Hecho(a_medias, dicho)
    defectos = [
        *adjuntar(ejecutado, tarea.plantilla.parent),
        *salidas.defectos(ejecutado, tarea.permiso.raiz),
    ]
    if defectos:
        return Hecho(
            "\n".join(f"{tarea.plantilla.name} («{tarea.nombre}»), {d}" for d in defectos), dicho
        )
    escribir(tarea.salida, ejecutado)
    return Hecho(dicho=dicho)


_SI_MUERE = (
    "vea si la celda cierra el proceso (os._exit) o cambia lo que trae Python (del builtins.len)"
)


@dataclass(slots=True)
class _EnCurso:
    """La celda que corre: si con ella muere el proceso, o el núcleo, queda dicho cuál era."""

    tarea: Tarea
    donde: str = ""

    def empezar(self, cell: NotebookNode, cell_index: int) -> None:
        numero = cell_index + 1 - bool(self.tarea.parametros)
        self.donde = f" en la celda {numero}"
        marca = _marca(self.tarea, DE_CELDA)
        marca.parent.mkdir(parents=True, exist_ok=True)
        marca.write_text(self.donde, encoding="utf-8")

    def terminar(self) -> None:
        _marca(self.tarea, DE_CELDA).unlink(missing_ok=True)


def _a_medias(tarea: Tarea, ejecutado: NotebookNode) -> str:
    """Por qué no llegó al final un cuaderno que papermill da por bueno: ``sys.exit()``, o una orden
    con % que no existe. Vacío si llegó.
    """
    from .salidas import del_autor

    for numero, celda in del_autor(ejecutado):
        if celda.metadata.get("papermill", {}).get("exception"):
            return (
                f"El cuaderno de «{tarea.nombre}» ({tarea.plantilla.name}) se detuvo en la celda"
                f" {numero}, y lo que sigue no se publicaría\n    celda:"
                f" {celda.source.strip().splitlines()[0]}\n    remedio: quite de ella lo que lo"
                " detiene: exit, quit, sys.exit o una orden con % que aquí no existe"
            )
    return ""


DE_LA_CELDA = re.compile(r"^Cell In\[\d+\], line (\d+)$", re.MULTILINE)
"""Cómo nombra IPython la línea que falló de una celda; la de una función suya dice además cuál. La
última es la del error que la detuvo, y las demás, las de sus causas.
"""


def _donde_fallo(fuente: str, rastro: Sequence[str]) -> str:
    """La línea de la celda que falló; la primera que no es un comentario, si no se dice cuál."""
    from .salidas import CONTROL

    lineas = [x.strip() for x in fuente.splitlines()]
    numeros = [int(n) for n in DE_LA_CELDA.findall(CONTROL.sub("", "\n".join(rastro)))]
    if numeros and numeros[-1] <= len(lineas):
        return f"línea {numeros[-1]}: {lineas[numeros[-1] - 1]}"
    return f"celda: {next((x for x in lineas if x and not x.startswith('#')), lineas[0])}"


def _con_guardia(permiso: Permiso) -> list[str]:
    """Argumentos del kernel del motor estándar: pone la misma guardia y las mismas formas antes de
    la primera celda.
    """
    raiz = None if permiso.raiz is None else str(permiso.raiz)
    return [
        "--IPKernelApp.exec_lines=__import__('observatorio.cuadernos.mostrar',"
        f" fromlist=['en_kernel']).en_kernel({raiz!r}, {permiso.entradas!r})"
    ]


def _puesto(tarea: Tarea) -> str:
    return "".join(f'ponga {n} = "{v}" y ' for n, v in tarea.parametros.items())


@contextlib.contextmanager
def _en_construccion():
    """Marca el proceso, y los que nazcan de él, como construcción; al salir lo deja como estaba."""
    antes = os.environ.get(EN_CONSTRUCCION)
    os.environ[EN_CONSTRUCCION] = "1"
    try:
        yield
    finally:
        if antes is None:
            os.environ.pop(EN_CONSTRUCCION, None)


def _parametros_desconocidos(tarea: Tarea, cuaderno: NotebookNode) -> str | None:
    """papermill solo avisa de un parámetro mal escrito; aquí se rechaza antes de ejecutar."""
    import papermill

    conocidos = papermill.inspect_notebook(cuaderno)
    malos = sorted(set(tarea.parametros) - set(conocidos))
    if not malos:
        return None
    return (
        f"El cuaderno {tarea.plantilla.name} no tiene el parámetro «{'», «'.join(malos)}»; "
        f"los suyos son: {', '.join(sorted(conocidos)) or 'ninguno'}"
    )


@contextlib.contextmanager
def _vigilante(tarea: Tarea):
    """Mata este proceso si el cuaderno pasa de su tiempo, dejando dicho por qué; al acabar no
    espera a los hilos que el cuaderno dejó vivos.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    multiprocessing.util.Finalize(None, os._exit, args=(0,), exitpriority=-1000)

    def matar() -> None:
        marca = _marca(tarea, DE_TIEMPO)
        marca.parent.mkdir(parents=True, exist_ok=True)
        marca.write_text(f"{tarea.segundos:g}", encoding="utf-8")
        os._exit(124)

    reloj = threading.Timer(tarea.segundos, matar)
    reloj.daemon = True
    reloj.start()
    try:
        yield
    finally:
        reloj.cancel()


def _marca(tarea: Tarea, de: str) -> Path:
    """Lo que deja dicho un proceso que puede morir, para quien lo espera."""
    return tarea.salida.with_suffix(de)


def _motivo_de_muerte(tarea: Tarea) -> str | None:
    """Por qué murió el proceso de un cuaderno, y en qué celda si había empezado alguna; nada si
    acabó bien.
    """
    dichas = {}
    for de in (DE_CELDA, DE_TIEMPO):
        with contextlib.suppress(FileNotFoundError):
            dichas[de] = _marca(tarea, de).read_text(encoding="utf-8")
            _marca(tarea, de).unlink()
    donde = dichas.get(DE_CELDA, "")
    if DE_TIEMPO in dichas:
        return (
            f"El cuaderno de «{tarea.nombre}» pasó de {dichas[DE_TIEMPO]} s y se detuvo{donde};"
            " revise un bucle o un cálculo muy largo."
        )
    if tarea.salida.exists():
        return None
    return (
        f"El proceso del cuaderno de «{tarea.nombre}» terminó de golpe o quedó sin"
        f" terminar{donde}.\n    remedio: {_SI_MUERE}, o si le falta memoria: pruebe con menos"
        " filas"
    )
