"""Mide ``observatorio ver``: de guardar a que la página abierta lo muestre.

    python scripts/bancos/vivo.py [--veces N]

Trabaja en una copia del proyecto y mira la página como lo hace el navegador: por el canal que avisa
de que cambió, y pidiéndola después. Se da la mejor de ``--veces``.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from construccion import cambios_validos, copiar

LIMITES = {"un cuaderno": 2.0, "una página de texto": 0.7, "un dato": 2.0}
PLAZO_S = 300.0


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--veces", type=int, default=3, help="repeticiones de cada medida (3)")
    opciones = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="banco-") as carpeta:
        proyecto = Path(carpeta) / "proyecto"
        copiar(proyecto)
        datos = variantes(proyecto, opciones.veces)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            puerto = s.getsockname()[1]
        orden = [
            *(sys.executable, "-m", "observatorio", "--raiz", str(proyecto)),
            *("ver", "--puerto", str(puerto)),
        ]
        ver = subprocess.Popen(orden, stdout=subprocess.PIPE, text=True)
        try:
            medir(proyecto, f"http://127.0.0.1:{puerto}/", ver, datos)
        finally:
            ver.terminate()
            ver.wait()


def medir(proyecto: Path, sitio: str, ver: subprocess.Popen[str], datos: list[str]) -> None:
    esperar_dicho(ver, "Sitio en")
    time.sleep(3)
    slug = sorted(p.parent.name for p in proyecto.glob("misiones/*/hoja-de-ruta.yml"))[0]
    csv = sorted((proyecto / "data" / "observaciones").glob("*.csv"))[0]
    mision = f"misiones/{slug}/index.html"
    cuaderno = proyecto / "notebooks" / "mision.ipynb"
    texto = proyecto / "metodologia.qmd"
    for que, pagina, guardar in (
        ("un cuaderno", mision, lambda i: con_otro_titulo(cuaderno, i)),
        ("una página de texto", "metodologia.html", lambda i: con_otra_linea(texto, i)),
        ("un dato", mision, lambda i: csv.write_text(datos[i], encoding="utf-8")),
    ):
        tiempos = [vuelta(sitio, pagina, guardar, i, ver) for i in range(len(datos))]
        mejor = min(tiempos)
        dicho = "cumple" if mejor <= LIMITES[que] else "NO CUMPLE"
        print(
            f"{que:<24}{mejor:6.2f} s   (límite {LIMITES[que]:.1f} s: {dicho}; todas:"
            f" {', '.join(f'{t:.2f}' for t in tiempos)})",
            flush=True,
        )


def variantes(proyecto: Path, veces: int) -> list[str]:
    """Contenidos válidos del primer CSV, cada uno con un cambio más; el archivo queda como estaba.

    Se preparan antes: comprobar que valen tarda, y ``ver`` ya habría empezado.
    """
    csv = sorted((proyecto / "data" / "observaciones").glob("*.csv"))[0]
    antes, cambios, hechas = csv.read_text(encoding="utf-8"), cambios_validos(proyecto, csv), []
    for _ in range(veces):
        next(cambios)
        hechas.append(csv.read_text(encoding="utf-8"))
    csv.write_text(antes, encoding="utf-8")
    return hechas


def vuelta(
    sitio: str,
    pagina: str,
    guardar: Callable[[int], object],
    i: int,
    ver: subprocess.Popen[str],
) -> float:
    """Segundos desde que se termina de guardar hasta tener la página nueva."""
    antes = pedir(sitio + pagina)
    canal = avisos(sitio, pagina, antes)
    guardar(i)
    inicio = time.perf_counter()
    for aviso in canal:
        if aviso == "cambio":
            break
        if aviso == "fallo":
            sys.exit("lo guardado no se pudo construir")
    assert pedir(sitio + pagina) != antes
    segundos = time.perf_counter() - inicio
    esperar_dicho(ver, "Edición")
    return segundos


def avisos(sitio: str, pagina: str, contenido: str) -> Iterator[str]:
    hallada = re.search(r'data-huella="(\w+)"', contenido)
    assert hallada is not None
    canal = urllib.request.urlopen(
        f"{sitio}_vivo?pagina={quote(pagina)}&huella={hallada[1]}", timeout=PLAZO_S
    )
    return (
        linea.decode().removeprefix("event: ").strip()
        for linea in canal
        if linea.startswith(b"event: ")
    )


def pedir(direccion: str) -> str:
    with urllib.request.urlopen(direccion, timeout=PLAZO_S) as respuesta:
        return respuesta.read().decode("utf-8")


def esperar_dicho(ver: subprocess.Popen[str], comienzo: str) -> None:
    assert ver.stdout is not None
    dicho = []
    for linea in ver.stdout:
        dicho.append(linea)
        if linea.startswith(comienzo):
            return
    sys.exit(f"observatorio ver terminó antes de tiempo: {''.join(dicho)}")


def con_otro_titulo(cuaderno: Path, i: int) -> None:
    """Cambia un texto del cuaderno y un gráfico, como quien lo edita."""
    contenido = json.loads(cuaderno.read_text(encoding="utf-8"))
    celda = next(c for c in contenido["cells"] if c["cell_type"] == "markdown")
    celda["source"] = [*celda["source"], f"\n\nProbando {i}."]
    cuaderno.write_text(json.dumps(contenido, ensure_ascii=False, indent=1), encoding="utf-8")


def con_otra_linea(pagina: Path, i: int) -> None:
    with pagina.open("a", encoding="utf-8") as archivo:
        archivo.write(f"\nOtra línea, la {i}.\n")


if __name__ == "__main__":
    main()
