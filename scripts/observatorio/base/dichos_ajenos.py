"""Lo que git, ssh-keygen y los zip dicen en inglés, en palabras de quien usa el observatorio y con
lo que hay que hacer.

Se reconoce por un trozo de lo dicho, con los programas hablando siempre en inglés (``EN_INGLES``).
De lo que no se conoce se repite la última línea entre comillas: sin ella no se podría preguntar a
nadie.
"""

from __future__ import annotations

Dichos = tuple[tuple[tuple[str, ...], str], ...]

EN_INGLES = {"LC_ALL": "C"}
"""Entorno en que git y ssh-keygen hablan siempre igual."""

DE_GIT: Dichos = (
    (
        ("dubious ownership",),
        "la carpeta es de otro usuario y git no la usa: ejecute la orden con el dueño, o"
        " git config --global --add safe.directory CARPETA",
    ),
    (
        ("not a git repository (or any",),
        "la carpeta no es un repositorio de git: clónelo, o cree uno con git init",
    ),
    (
        ("authentication failed", "permission denied", "could not read username", "error: 403"),
        "el remoto no admite a esta cuenta: pida permiso de escritura, o entre con otra llave o"
        " clave",
    ),
    (
        (
            "could not resolve host",
            "failed to connect",
            "could not connect",
            "connection refused",
            "connection timed out",
            "network is unreachable",
        ),
        "no hay red, o no existe ese servidor: compruebe la conexión y la dirección con git remote"
        " -v",
    ),
    (
        ("host key verification failed",),
        "el servidor no se ha conectado nunca desde aquí: entre una vez con ssh para reconocerlo",
    ),
    (
        ("does not appear to be a git repository", "no such remote", "repository not found"),
        "ahí no hay ningún repositorio: dé la dirección con --remoto, o anótela una vez con git"
        " remote add origin DIRECCIÓN",
    ),
    (
        ("fetch first", "non-fast-forward", "cannot lock ref", "stale info"),
        "otro publicó entretanto: repita la orden",
    ),
    (
        ("protected branch", "hook declined", "gh006"),
        "el remoto protege la rama: permita publicar en ella a esta cuenta, en su configuración",
    ),
    (("no space left", "disk quota"), "no queda sitio en el disco: libere espacio y repita"),
    (
        ("bad object", "loose object", "unable to read", "did not send all necessary objects"),
        "al repositorio le faltan objetos: compruébelo con git fsck y clónelo de nuevo",
    ),
    (
        ("unknown revision", "bad revision", "needed a single revision", "not a valid object"),
        "ese commit no está aquí: tráigalo con git fetch --all --tags",
    ),
)
DE_SSH: Dichos = (
    (
        ("incorrect passphrase",),
        "la llave pide su frase, y al publicar nadie la puede escribir",
    ),
    (("unprotected private key", "bad permissions"), "otros pueden leer la llave"),
    (
        ("invalid format", "error in libcrypto", "couldn't load", "is not a", "not a private"),
        "ese archivo no es una llave privada",
    ),
    (("permission denied",), "no hay permiso para leer la llave"),
)
DE_ZIP: Dichos = (
    (("not a zip file", "central directory"), "no es un zip, o se cortó al copiarlo"),
    (("crc-32", "decompressing", "invalid block"), "su contenido cambió"),
    (("password", "encrypted"), "lleva una contraseña, que un respaldo no lleva"),
    (("compression",), "está comprimido de un modo que ningún respaldo usa"),
    (("truncated", "end-of-stream", "eof"), "se cortó al copiarlo"),
)


def en_espanol(dicho: object, dichos: Dichos, si_no: str = "") -> str:
    """Lo que quiere decir ``dicho``; si no se conoce, ``si_no`` o su última línea citada."""
    bajo = str(dicho).casefold()
    conocido = next((d for trozos, d in dichos if any(t in bajo for t in trozos)), "")
    ultima = next((x.strip() for x in reversed(str(dicho).splitlines()) if x.strip()), "")
    return conocido or si_no or (f"dijo «{ultima}»" if ultima else "no dijo por qué")
