"""El diario de un reparto: una línea de JSON por paso, en el disco antes de dar el siguiente.

Solo se le añade. Una última línea a medias es de una orden cortada mientras la escribía: lo que iba
a contar no llegó a hacerse, y se quita. Cualquier otro daño detiene el reparto.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from ...base.candado import candado
from ...base.escritura import PERMISO, motivo_de, sincronizar
from ...errores import DatosInvalidos, ErrorDeDatos, ErrorDeEjecucion

Estado = Literal["pendiente", "aplazada", "dudosa", "entregada", "rechazada"]
POR_ENVIAR: frozenset[Estado] = frozenset({"pendiente", "aplazada"})
COMO = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
CORTADA = "la orden se cortó mientras esperaba la respuesta del servidor"
OCUPADO = (
    "otra orden está enviando esta misma carta\n    remedio: espere a que termine y repita la orden"
)


@dataclass(frozen=True, slots=True)
class Inicio:
    """Empieza a repartirse una carta; ``motivo``: por qué reemplaza a otra de lo mismo."""

    huella: str
    fecha: str
    motivo: str | None = None


@dataclass(frozen=True, slots=True)
class Punto:
    """Se va a terminar el mensaje: desde aquí el servidor puede entregarlo."""

    direccion: str
    identificacion: str
    fecha: str


@dataclass(frozen=True, slots=True)
class Respuesta:
    """Qué dijo el servidor; ``codigo`` nulo, si no llegó a decirlo."""

    direccion: str
    estado: Estado
    codigo: int | None
    dicho: str
    fecha: str


@dataclass(frozen=True, slots=True)
class Reenvio:
    """Alguien ordenó enviarla de nuevo."""

    direccion: str
    fecha: str


Paso = Inicio | Punto | Respuesta | Reenvio
PASOS: dict[str, type[Paso]] = {
    "inicio": Inicio,
    "punto": Punto,
    "respuesta": Respuesta,
    "reenvio": Reenvio,
}
_NOMBRES = {clase: nombre for nombre, clase in PASOS.items()}


@dataclass(frozen=True, slots=True)
class Situacion:
    """Cómo va un destinatario."""

    estado: Estado = "pendiente"
    dicho: str = ""
    fecha: str = ""


@dataclass
class Diario:
    """Un diario abierto para escribir. Las direcciones, en minúsculas."""

    ruta: Path
    descriptor: int
    inicio: Inicio | None = None
    situaciones: dict[str, Situacion] = field(default_factory=dict)

    def anotar(self, paso: Paso) -> None:
        """Al volver, está en el disco. Lanza ``ErrorDeEjecucion`` si no se pudo escribir: entonces
        el diario queda como estaba.
        """
        linea = json.dumps({"paso": _NOMBRES[type(paso)], **asdict(paso)}, ensure_ascii=False)
        crudo = f"{linea}\n".encode()
        largo = os.fstat(self.descriptor).st_size
        try:
            while crudo:
                crudo = crudo[os.write(self.descriptor, crudo) :]
            os.fsync(self.descriptor)
        except OSError as e:
            with contextlib.suppress(OSError):
                os.truncate(self.descriptor, largo)
            raise ErrorDeEjecucion(
                f"no se pudo anotar en el diario «{self.ruta}»: {motivo_de(e)}\n    sin anotarlo no"
                f" se envía nada\n    remedio: {PERMISO}, y repita la orden"
            ) from e
        _aplicar(self, paso)

    def de(self, clave: str) -> Situacion:
        return self.situaciones.get(clave, Situacion())


def ahora() -> str:
    """Cuándo, para el diario: hora universal, con segundos."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextlib.contextmanager
def abierto(ruta: Path, archivo: str) -> Iterator[Diario]:
    """El diario de ``ruta``, para esta orden sola y legible solo por su dueño.

    ``archivo``: cómo se nombra en los mensajes. Lanza ``DatosInvalidos`` si está dañado y
    ``ErrorDeUso`` si otra orden lo tiene.
    """
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with candado(ruta.with_name(f".{ruta.stem}.candado"), OCUPADO):
        descriptor = os.open(ruta, COMO, 0o600)
        try:
            crudo = ruta.read_bytes()
            entero = crudo[: crudo.rfind(b"\n") + 1]
            diario = _leido(ruta, descriptor, entero, archivo)
            if len(entero) < len(crudo):
                os.truncate(descriptor, len(entero))
            sincronizar(ruta.parent)
            yield diario
        finally:
            os.close(descriptor)


def leer(ruta: Path, archivo: str) -> Diario | None:
    """Lo que el diario dice ahora, sin abrirlo para escribir; nada si no lo hay."""
    if not ruta.is_file():
        return None
    crudo = ruta.read_bytes()
    return _leido(ruta, -1, crudo[: crudo.rfind(b"\n") + 1], archivo)


def _leido(ruta: Path, descriptor: int, entero: bytes, archivo: str) -> Diario:
    diario = Diario(ruta, descriptor)
    errores = []
    for fila, linea in enumerate(entero.splitlines(), 1):
        paso = _paso(linea)
        if paso is None or (diario.inicio is None and not isinstance(paso, Inicio)):
            errores.append(_danado(archivo, fila, linea))
        else:
            _aplicar(diario, paso)
    if errores:
        raise DatosInvalidos(errores)
    return diario


def _danado(archivo: str, fila: int, linea: bytes) -> ErrorDeDatos:
    return ErrorDeDatos(
        archivo,
        fila,
        None,
        linea.decode("utf-8", "replace"),
        "diario-de-envio-danado",
        "recupere el archivo de un respaldo: sin él no se sabe a quién ya se le envió",
    )


def _paso(linea: bytes) -> Paso | None:
    try:
        crudo = json.loads(linea)
        paso = PASOS[crudo.pop("paso")](**crudo)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return paso if _bien_escrito(asdict(paso)) else None


def _bien_escrito(campos: Mapping[str, Any]) -> bool:
    textos = (v for c, v in campos.items() if c not in ("codigo", "motivo"))
    return (
        all(isinstance(v, str) for v in textos)
        and campos.get("estado", "dudosa") in get_args(Estado)
        and isinstance(campos.get("codigo"), int | None)
        and isinstance(campos.get("motivo"), str | None)
    )


def _aplicar(diario: Diario, paso: Paso) -> None:
    match paso:
        case Inicio():
            diario.inicio = paso
            diario.situaciones.clear()
        case Punto():
            diario.situaciones[paso.direccion] = Situacion("dudosa", CORTADA, paso.fecha)
        case Respuesta():
            dicho = " ".join(filter(None, (str(paso.codigo or ""), paso.dicho)))
            diario.situaciones[paso.direccion] = Situacion(paso.estado, dicho, paso.fecha)
        case Reenvio():
            diario.situaciones[paso.direccion] = Situacion(fecha=paso.fecha)
