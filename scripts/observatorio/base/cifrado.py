"""Cifrar lo reservado (el respaldo, las narraciones) con age: se cierra con una llave pública y
solo lo abre la privada.

Quien cifra no necesita guardar nada que lo abra. El formato es abierto
(age-encryption.org/v1): dentro de diez años también lo abre el programa ``age``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso
from .escritura import motivo_de

MARCA = b"age-encryption.org/"
PUBLICA, LARGO = "age1", 62
"""Cómo empieza una llave pública y cuántas letras tiene."""
PRIVADA = "AGE-SECRET-KEY-"
EJEMPLO = "observatorio respaldo llave ../llave-de-respaldo.txt"


def esta_cifrado(crudo: bytes) -> bool:
    return crudo.startswith(MARCA)


def hacer_llave(ruta: Path) -> str:
    """Escribe en ``ruta`` una llave privada nueva, que solo lee su dueño, y devuelve la pública.

    Lanza ``ErrorDeUso`` si ``ruta`` ya existe o no se puede escribir: una llave nunca se pisa.
    """
    from pyrage import x25519

    llave = x25519.Identity.generate()
    publica = str(llave.to_public())
    try:
        descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as e:
        raise ErrorDeUso(
            f"«{ruta}» ya existe y puede ser la llave de otros respaldos: diga otro archivo"
        ) from e
    except OSError as e:
        raise ErrorDeUso(
            f"no se pudo escribir «{ruta}»: {motivo_de(e)}\n    remedio: diga otro archivo, en una"
            " carpeta suya que exista"
        ) from e
    with os.fdopen(descriptor, "w", encoding="utf-8") as archivo:
        archivo.write(f"# llave pública: {publica}\n{llave}\n")
        archivo.flush()
        os.fsync(archivo.fileno())
    return publica


def cifrar(crudo: bytes, para: Sequence[str]) -> bytes:
    """``crudo`` cifrado para cualquiera de esas llaves públicas. Lanza ``ErrorDeUso`` si una no lo
    es.
    """
    import pyrage

    return pyrage.encrypt(crudo, exigir_publicas(para))


def exigir_para(para: Sequence[str]) -> None:
    """Lanza ``ErrorDeUso`` si no se dice ninguna llave pública, o una no lo es."""
    if not para:
        raise ErrorDeUso(
            "diga para qué llave pública se cifra: --para age1… (la da observatorio respaldo llave"
            " ARCHIVO)"
        )
    exigir_publicas(para)


def exigir_publicas(para: Sequence[str]) -> list:
    """Las llaves públicas, leídas. Lanza ``ErrorDeUso`` si una no lo es."""
    from pyrage import RecipientError, x25519

    leidas = []
    for texto in para:
        if texto.startswith(PRIVADA) or Path(texto).is_file():
            raise ErrorDeUso(
                "--para lleva la llave pública, la que empieza por «age1»; la privada no hace falta"
                " para cifrar"
            )
        try:
            leidas.append(x25519.Recipient.from_str(texto))
        except RecipientError as e:
            raise ErrorDeUso(_por_que_no_es_publica(texto)) from e
    return leidas


def _por_que_no_es_publica(texto: str) -> str:
    if not texto.startswith(PUBLICA):
        return f"«{texto}» no es una llave pública: empieza por «{PUBLICA}» y la da {EJEMPLO}"
    que = (
        f"tiene {len(texto)} letras y son {LARGO}"
        if len(texto) != LARGO
        else "tiene alguna letra cambiada"
    )
    return (
        f"la llave «{texto}» no está bien copiada: {que}\n    remedio: cópiela entera de la primera"
        " línea de su archivo de llave, después de «llave pública:»"
    )


def descifrar(crudo: bytes, llave: Path, que: str = "el respaldo") -> bytes:
    """Lo que había antes de cifrar; ``que``: cómo se nombra, en masculino, si no se abre.

    Lanza ``ErrorDeUso`` si ``llave`` no es un archivo de llave privada, y ``ErrorDeEjecucion`` si
    no abre eso o está dañado.
    """
    import pyrage

    try:
        return pyrage.decrypt(crudo, _privadas(llave))
    except pyrage.DecryptError as e:
        raise ErrorDeEjecucion(
            f"{que} no se abre: se cifró para otra llave, o está dañado\n    remedio: pruebe con la"
            " otra llave que lo cierra, o con otra copia"
        ) from e


def publica_de(llave: Path) -> list[str]:
    """Las llaves públicas de un archivo de llave privada. Lanza ``ErrorDeUso`` si no lo es."""
    return [str(privada.to_public()) for privada in _privadas(llave)]


def _privadas(ruta: Path) -> list:
    from pyrage import IdentityError, x25519

    try:
        lineas = ruta.read_text(encoding="utf-8").splitlines()
        leidas = [x25519.Identity.from_str(x.strip()) for x in lineas if x.startswith(PRIVADA)]
    except (OSError, UnicodeDecodeError, IdentityError):
        leidas = []
    if not leidas:
        raise ErrorDeUso(
            f"«{ruta}» no es un archivo de llave privada: lo escribe {EJEMPLO} y tiene una línea"
            f" que empieza por «{PRIVADA}»"
        )
    return leidas
