"""Cada entrada se abre dos veces a lo sumo, huella incluida; publicar no calcula lo que ya se
construyó.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from conftest import copiar_entradas, reducir
from observatorio.calculo import calcular
from observatorio.catalogo.cuadernos.analisis import entradas_de
from observatorio.cuadernos.guardia import SIEMPRE
from observatorio.edicion.claves import archivos
from observatorio.publicacion.publicada import celdas_sumadas
from observatorio.resultados.celdas_construidas import celdas_de
from observatorio.rutas import Proyecto

ENTRADAS = ("data/**/*", "misiones/*/hoja-de-ruta.yml", "notebooks/**/*", "*.qmd", "_quarto.yml")
VECES = 2
TESTIGO = """
import os, sys
registro = os.open(os.environ["TESTIGO"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def anotar(suceso, datos):
    que = None
    if suceso == "open" and isinstance(datos[0], (str, bytes)):
        que = os.path.abspath(os.fsdecode(datos[0]))
    elif suceso == "import" and datos[0] == "observatorio.calculo":
        que = datos[0]
    if que:
        os.write(registro, f"{os.getpid()} {que}\\n".encode())
sys.addaudithook(anotar)
"""


class Visto:
    """Lo que una orden abrió: ``propias``, en su proceso; ``ajenas``, en los de los cuadernos."""

    def __init__(self, proyecto: Proyecto, carpeta: Path, *orden: str) -> None:
        carpeta.mkdir()
        (carpeta / "sitecustomize.py").write_text(TESTIGO, encoding="utf-8")
        entorno = {
            **os.environ,
            "PYTHONPATH": str(carpeta),
            "TESTIGO": str(carpeta / "registro"),
        }
        programa = [sys.executable, "-m", "observatorio", "--raiz", str(proyecto.raiz), *orden]
        proceso = subprocess.Popen(
            programa, env=entorno, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        dicho = proceso.communicate()[0].decode()
        assert proceso.returncode == 0, dicho
        lineas = (carpeta / "registro").read_text(encoding="utf-8").splitlines()
        entradas = {str(r): proyecto.relativa(r) for r in archivos(proyecto.raiz, ENTRADAS)}
        self.propias: Counter[str] = Counter()
        self.ajenas: Counter[str] = Counter()
        for pid, _, ruta in (linea.partition(" ") for linea in lineas):
            if ruta in entradas:
                cuenta = self.propias if int(pid) == proceso.pid else self.ajenas
                cuenta[entradas[ruta]] += 1
        self.calculo = any(linea.endswith("observatorio.calculo") for linea in lineas)


def _de_mas(visto: Visto) -> dict[str, int]:
    return {ruta: veces for ruta, veces in visto.propias.items() if veces > VECES}


def test_cada_entrada_se_abre_dos_veces_a_lo_sumo(tmp_path: Path) -> None:
    minimo = reducir(copiar_entradas(tmp_path / "una"), ("m7-institucionalidad",))
    primera = Visto(minimo, tmp_path / "primera", "construir", "--motor", "embebido")
    declaradas = {*SIEMPRE, *entradas_de(minimo.cuadernos / "mision.ipynb")}
    assert primera.calculo and len(primera.propias) > 20
    assert not _de_mas(primera) and not set(primera.ajenas) - declaradas

    destino = str(tmp_path / "sitio")
    orden = ("publicar", "--motor", "embebido", "--a", destino)
    publicada = Visto(minimo, tmp_path / "publicar", *orden)
    assert publicada.propias and not publicada.calculo and not publicada.ajenas
    # Dos al construir, una al comprobar que nadie guardó antes de anotar lo publicado, y otra de
    # catálogo y libro, que dicen qué ediciones no caducan.
    assert max(publicada.propias.values()) <= VECES + 2
    celdas = minimo.publicada.read_bytes()
    assert celdas == celdas_sumadas(minimo, celdas_de(calcular(minimo)))
    repetida = Visto(minimo, tmp_path / "repetir", *orden)
    assert repetida.propias and not _de_mas(repetida)
    assert not repetida.calculo and not repetida.ajenas
