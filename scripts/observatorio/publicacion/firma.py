"""Firmar una edición con una llave que se guarda: quien la recibe comprueba de quién es y que nadie
la tocó.

Se firma el manifiesto, que lleva la suma de todo lo demás, con ``ssh-keygen -Y sign`` (OpenSSH 8.2
o posterior): está en cada servidor, en Windows y en macOS, y quien comprueba no instala nada. El
formato es el de SSHSIG (PROTOCOL.sshsig de OpenSSH).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..base import dichos_ajenos
from ..base.escritura import escribir_atomico
from ..edicion import ediciones
from ..errores import ErrorDeUso

ESPACIO = "observatorio"
"""El uso para el que vale la firma: una hecha para otra cosa con la misma llave no pasa."""


def firmar(carpeta: Path, llave: Path) -> Path:
    """Deja en la edición ``MANIFEST.sha256.sig``, entera o nada, y la devuelve. Lanza
    ``ErrorDeUso`` si no se puede firmar con ``llave``.
    """
    if shutil.which("ssh-keygen") is None:
        raise ErrorDeUso(
            "para firmar hace falta ssh-keygen (OpenSSH 8.2 o posterior), que viene con git"
        )
    if not llave.is_file():
        raise ErrorDeUso(
            f"no existe la llave «{llave}»: créela con ssh-keygen -t ed25519 -f {llave}"
        )
    firma = carpeta / ediciones.FIRMA
    with tempfile.TemporaryDirectory(prefix="firma-") as aparte:
        copia = Path(aparte) / ediciones.MANIFIESTO
        shutil.copyfile(carpeta / ediciones.MANIFIESTO, copia)
        r = subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", str(llave), "-n", ESPACIO, str(copia)],
            env=os.environ | dichos_ajenos.EN_INGLES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if r.returncode:
            dicho = dichos_ajenos.en_espanol(r.stderr, dichos_ajenos.DE_SSH)
            raise ErrorDeUso(
                f"no se pudo firmar con «{llave}»: {dicho}\n    remedio: que sea una"
                " llave privada de ssh-keygen, sin frase, que solo usted pueda leer (chmod 600)"
            )
        escribir_atomico(firma, copia.with_name(ediciones.FIRMA).read_bytes())
    return firma
