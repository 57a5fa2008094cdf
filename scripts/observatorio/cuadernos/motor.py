"""Motor propio de papermill: ejecuta las celdas en este mismo proceso, sin kernel ni ZeroMQ.

Da las mismas salidas que el motor estándar (lo afirma una prueba) y ahorra arrancar un kernel por
cuaderno. Cada cuaderno necesita un proceso nuevo: IPython reemplaza ``__main__`` y su estado no se
comparte.
"""

from __future__ import annotations

import sys
from typing import TextIO

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines

from .mostrar import activar

NOMBRE = "observatorio"


class _Salidas:
    """Salidas de la celda en curso, en el orden en que ocurren; los textos seguidos se juntan."""

    def __init__(self) -> None:
        self.lista: list[NotebookNode] = []

    def texto(self, canal: str, texto: str) -> None:
        ultima = self.lista[-1] if self.lista else None
        if ultima is not None and ultima.output_type == "stream" and ultima.name == canal:
            ultima.text += texto
        elif texto:
            self.lista.append(new_output("stream", name=canal, text=texto))


class _Canal:
    """Sustituye a ``sys.stdout`` o ``sys.stderr`` mientras corre una celda."""

    def __init__(self, nombre: str, salidas: _Salidas, original: TextIO) -> None:
        self.nombre, self.salidas, self.original = nombre, salidas, original
        self.encoding = "utf-8"

    def write(self, texto: str) -> int:
        self.salidas.texto(self.nombre, texto)
        return len(texto)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self.original.fileno()


class _Publicador(DisplayPublisher):
    salidas: _Salidas

    def publish(
        self, data, metadata=None, source=None, *, transient=None, update=False, **_
    ) -> None:
        self.salidas.lista.append(new_output("display_data", data=data, metadata=metadata or {}))


class _Resultado(DisplayHook):
    salidas: _Salidas

    def quiet(self) -> bool:
        return super().quiet()

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        assert self.shell is not None
        self.salidas.lista.append(
            new_output(
                "execute_result",
                data=format_dict,
                metadata=md_dict or {},
                execution_count=self.shell.execution_count,
            )
        )

    def finish_displayhook(self) -> None:
        self._is_active = False


class MotorEnProceso(Engine):
    """Motor de papermill «observatorio»."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_) -> None:
        """Ejecuta las celdas de ``nb_man.nb`` en orden y se detiene en la primera que falla."""
        shell = InteractiveShell.instance(
            displayhook_class=_Resultado, display_pub_class=_Publicador
        )
        activar()
        shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]  # aquí no hay ventanas
        originales = sys.stdout, sys.stderr
        try:
            for indice, celda in enumerate(nb_man.nb.cells):
                nb_man.cell_start(celda, indice)
                if celda.cell_type == "code" and celda.source.strip():
                    _ejecutar(shell, celda, originales)
                if any(s.output_type == "error" for s in celda.get("outputs", [])):
                    nb_man.cell_exception(celda, indice)
                    break
                nb_man.cell_complete(celda, indice)
        finally:
            sys.stdout, sys.stderr = originales
            InteractiveShell.clear_instance()


def _ejecutar(
    shell: InteractiveShell, celda: NotebookNode, originales: tuple[TextIO, TextIO]
) -> None:
    salidas = _Salidas()
    shell.displayhook.salidas = shell.display_pub.salidas = salidas
    sys.stdout, sys.stderr = (
        _Canal("stdout", salidas, originales[0]),
        _Canal("stderr", salidas, originales[1]),
    )

    def mostrar_error(etype, evalue, stb) -> None:
        salidas.lista.append(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )

    # IPython no ofrece otra entrada: su error se guarda como salida en vez de imprimirse.
    shell._showtraceback = mostrar_error  # type: ignore[method-assign]  # no hay otra entrada
    celda.execution_count = shell.execution_count
    shell.run_cell(celda.source, store_history=True)
    celda.outputs = salidas.lista


def registrar() -> None:
    """Da a conocer el motor a papermill en este proceso."""
    papermill_engines.register(NOMBRE, MotorEnProceso)
