"""Motor propio de papermill: ejecuta las celdas en este mismo proceso, sin kernel ni ZeroMQ.

Da las mismas salidas que el motor estándar (lo afirma una prueba) y ahorra arrancar un kernel por
cuaderno. Cada cuaderno necesita un proceso nuevo: IPython reemplaza ``__main__`` y su estado no se
comparte.
"""

from __future__ import annotations

import io
import sys
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from typing import Any, TextIO

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
        self._por_borrar = False

    def poner(self, salida: NotebookNode) -> None:
        if self._por_borrar:
            self.borrar()
        self.lista.append(salida)

    def borrar(self, al_llegar_otra: bool = False) -> None:
        """Quita las de la celda, ya o cuando llegue la siguiente (``clear_output(wait=True)``)."""
        self._por_borrar = al_llegar_otra
        if not al_llegar_otra:
            self.lista.clear()

    def texto(self, canal: str, texto: str) -> None:
        ultima = self.lista[-1] if self.lista and not self._por_borrar else None
        if ultima is not None and ultima.output_type == "stream" and ultima.name == canal:
            ultima.text += texto
        elif texto:
            self.poner(new_output("stream", name=canal, text=texto))


class _Canal(io.TextIOBase):
    """Sustituye a ``sys.stdout`` o ``sys.stderr`` mientras corre una celda."""

    encoding = "utf-8"

    def __init__(self, nombre: str, salidas: _Salidas, original: TextIO) -> None:
        self.nombre, self.salidas, self.original = nombre, salidas, original

    def writable(self) -> bool:
        return True

    def write(self, texto: str) -> int:
        self.salidas.texto(self.nombre, texto)
        return len(texto)

    def fileno(self) -> int:
        return self.original.fileno()


class _Publicador(DisplayPublisher):
    """Lo que se muestra con ``display``: lo que lleva ``display_id`` se puede cambiar después."""

    salidas: _Salidas
    cambiables: dict[str, list[NotebookNode]]

    def publish(
        self, data, metadata=None, source=None, *, transient=None, update=False, **_
    ) -> None:
        clave = (transient or {}).get("display_id")
        mismas = self.cambiables.setdefault(clave, []) if clave else []
        if update:
            for salida in mismas:
                salida.data, salida.metadata = _en_texto(data), metadata or {}
            return
        nueva = new_output("display_data", data=_en_texto(data), metadata=metadata or {})
        mismas.append(nueva)
        self.salidas.poner(nueva)

    def clear_output(self, wait: bool = False) -> None:
        self.salidas.borrar(wait)


def _en_texto(datos: Mapping[str, Any]) -> dict[str, Any]:
    """Las imágenes que un objeto da en bytes, en base64, como las guarda un cuaderno."""
    return {
        tipo: b2a_base64(d, newline=False).decode("ascii") if isinstance(d, bytes) else d
        for tipo, d in datos.items()
    }


class _Resultado(DisplayHook):
    salidas: _Salidas

    def quiet(self) -> bool:
        return super().quiet()

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        assert self.shell is not None
        self.salidas.poner(
            new_output(
                "execute_result",
                data=_en_texto(format_dict),
                metadata=md_dict or {},
                execution_count=self.shell.execution_count,
            )
        )

    def finish_displayhook(self) -> None:
        self._is_active = False


class MotorEnProceso(Engine):
    """Motor de papermill «observatorio»."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, on_cell_start: Callable[..., None], **_
    ) -> None:
        """Ejecuta las celdas de ``nb_man.nb`` en orden y se detiene en la primera que falla; dice a
        ``on_cell_start``, como el motor estándar, cuál empieza.
        """
        shell = InteractiveShell.instance(
            displayhook_class=_Resultado, display_pub_class=_Publicador
        )
        activar()
        shell.display_pub.cambiables = {}
        shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]  # aquí no hay ventanas
        originales = sys.stdout, sys.stderr
        try:
            for indice, celda in enumerate(nb_man.nb.cells):
                nb_man.cell_start(celda, indice)
                bien = True
                if celda.cell_type == "code" and celda.source.strip():
                    on_cell_start(cell=celda, cell_index=indice)
                    bien = _ejecutar(shell, celda, originales)
                if not bien or any(s.output_type == "error" for s in celda.get("outputs", [])):
                    nb_man.cell_exception(celda, indice)
                    break
                nb_man.cell_complete(celda, indice)
        finally:
            sys.stdout, sys.stderr = originales
            InteractiveShell.clear_instance()


def _ejecutar(
    shell: InteractiveShell, celda: NotebookNode, originales: tuple[TextIO, TextIO]
) -> bool:
    """Ejecuta una celda y le pone sus salidas; ¿llegó al final?"""
    salidas = _Salidas()
    shell.displayhook.salidas = shell.display_pub.salidas = salidas
    sys.stdout, sys.stderr = (
        _Canal("stdout", salidas, originales[0]),
        _Canal("stderr", salidas, originales[1]),
    )

    def mostrar_error(etype, evalue, stb) -> None:
        salidas.poner(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )

    # IPython no ofrece otra entrada: su error se guarda como salida en vez de imprimirse.
    shell._showtraceback = mostrar_error  # type: ignore[method-assign]  # no hay otra entrada
    celda.execution_count = shell.execution_count
    hecho = shell.run_cell(celda.source, store_history=True)
    celda.outputs = salidas.lista
    return bool(hecho.success)


def registrar() -> None:
    """Da a conocer el motor a papermill en este proceso."""
    papermill_engines.register(NOMBRE, MotorEnProceso)
