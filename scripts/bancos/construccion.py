"""Mide la construcción en una copia del proyecto y la compara, en la misma corrida, con la manera
llana: la orden ``papermill``, una misión tras otra, y después ``quarto render``, si hay Quarto.

    python scripts/bancos/construccion.py [--veces N] [--sin-comparar]

Cada medida es una orden ``observatorio construir`` entera, con el arranque de Python; se da la
mejor de ``--veces``. «Todo desde cero» es lo que tarda la primera después de ``make entorno``, que
ya dejó lo que sale entero de los paquetes. Las metas son cocientes, que no dependen de la máquina:
siete cuadernos cuestan siempre lo mismo, y ``quarto render`` crece con las páginas, como lo medido.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent.parent
ENTRADAS = (
    "_quarto.yml",
    "_environment",
    "requirements.txt",
    "pyproject.toml",
    "_extensions",
    "data",
    "misiones",
    "notebooks",
    "scripts",
)
GENERADOS = (".trabajo", "datos", "activos", "ediciones", "_site")
SIN = shutil.ignore_patterns(
    "__pycache__", "*.egg-info", "index.ipynb", "indicadores.ipynb", ".ipynb_checkpoints"
)
TODO, UN_CSV, NADA = "todo desde cero", "cambió el CSV de una misión", "sin cambios"
CUADERNOS = "los cuadernos, motor rápido"
METAS = {TODO: 0.20, UN_CSV: 0.05, NADA: 0.010}
"""Frente a siete órdenes ``papermill``."""
METAS_CON_QUARTO = {TODO: 1 / 8, UN_CSV: 1 / 30, NADA: 1 / 150}
"""Frente a ellas y ``quarto render``."""
PESO_MAXIMO = 150 * 1024


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--veces", type=int, default=3, help="repeticiones de cada medida (3)")
    p.add_argument(
        "--sin-comparar", action="store_true", help="no corre papermill ni Quarto (minutos)"
    )
    opciones = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="banco-") as carpeta:
        medir(Path(carpeta) / "proyecto", opciones.veces, not opciones.sin_comparar)


def medir(proyecto: Path, veces: int, comparar: bool) -> None:
    copiar(proyecto)
    print(
        f"{os.cpu_count()} núcleos, carga {os.getloadavg()[0]:.1f}, mejor de {veces}\n"
        if hasattr(os, "getloadavg")
        else ""
    )
    medidas = {
        TODO: mejor(veces, lambda: limpiar(proyecto), lambda: construir(proyecto)),
        NADA: mejor(veces, lambda: None, lambda: construir(proyecto)),
    }
    csv = sorted((proyecto / "data" / "observaciones").glob("*.csv"))[0]
    cambios = cambios_validos(proyecto, csv)
    medidas[UN_CSV] = mejor(veces, lambda: next(cambios), lambda: construir(proyecto))
    medidas[CUADERNOS] = mejor(veces, lambda: None, lambda: cuadernos(proyecto, "rapido"))
    for que, segundos in medidas.items():
        decir(que, segundos)
    pesos(proyecto / "_site")
    if comparar:
        llano = mejor(1, lambda: None, lambda: papermill_a_secas(proyecto))
        juzgar(medidas, METAS, "siete órdenes papermill", llano)
        if shutil.which("quarto"):
            correr([sys.executable, "-m", "observatorio", "preparar"], proyecto)
            llano += mejor(1, lambda: None, lambda: correr(["quarto", "render"], proyecto))
            juzgar(medidas, METAS_CON_QUARTO, "papermill y quarto render", llano)
        else:
            print("\nQuarto no está instalado: no se compara con «quarto render»")


def copiar(proyecto: Path) -> None:
    proyecto.mkdir()
    for nombre in ENTRADAS:
        origen = RAIZ / nombre
        if origen.is_dir():
            shutil.copytree(origen, proyecto / nombre, ignore=SIN)
        else:
            shutil.copy2(origen, proyecto / nombre)
    for suelto in [p for forma in ("*.qmd", "*.bib", "*.csl") for p in RAIZ.glob(forma)]:
        shutil.copy2(suelto, proyecto / suelto.name)
    (proyecto / ".cache").mkdir()
    formas = ("vega-*.js", "letra*.woff2", "letras-*.json", "icono-*.png")
    for de_paquetes in [r for forma in formas for r in RAIZ.glob(f".cache/{forma}")]:
        shutil.copy2(de_paquetes, proyecto / ".cache" / de_paquetes.name)


def limpiar(proyecto: Path) -> None:
    for nombre in GENERADOS:
        ruta = proyecto / nombre
        ruta.unlink() if ruta.is_symlink() else shutil.rmtree(ruta, ignore_errors=True)


def cambios_validos(proyecto: Path, csv: Path) -> Iterator[None]:
    """Cada paso sube en uno el numerador de otra observación y se asegura de que los datos siguen
    siendo válidos.
    """
    cabecera, *filas = csv.read_text(encoding="utf-8").splitlines()
    columnas = cabecera.split(",")
    n, d, v = (columnas.index(c) for c in ("numerador", "denominador", "valor"))
    for i in reversed(range(len(filas))):
        celdas = filas[i].split(",")
        if celdas[v] or not (
            celdas[n] and celdas[d] and 20 < float(celdas[n]) < float(celdas[d]) - 20
        ):
            continue
        antes, celdas[n] = filas[i], f"{float(celdas[n]) + 1:g}"
        filas[i] = ",".join(celdas)
        csv.write_text("\n".join([cabecera, *filas]) + "\n", encoding="utf-8")
        if subprocess.run(
            [sys.executable, "-m", "observatorio", "--raiz", str(proyecto), "validar"],
            capture_output=True,
            check=False,
        ).returncode:
            filas[i] = antes
        else:
            yield
    sys.exit(f"{csv.name}: no quedan filas que sirvan para medir un cambio")


def construir(proyecto: Path) -> None:
    correr(
        [
            sys.executable,
            "-m",
            "observatorio",
            "--raiz",
            str(proyecto),
            "construir",
            "--motor",
            "embebido",
        ],
        proyecto,
    )


def cuadernos(proyecto: Path, motor: str) -> None:
    """Ejecuta los cuadernos de las misiones en un proceso nuevo, con los datos ya calculados."""
    programa = (
        "import sys, tempfile; from pathlib import Path\nfrom observatorio.cuadernos.ejecucion"
        " import Tarea, ejecutar\nif __name__ == '__main__':\n raiz, motor = Path(sys.argv[1]),"
        " sys.argv[2]\n with tempfile.TemporaryDirectory() as t:\n  plantilla = raiz / 'notebooks'"
        " / 'mision.ipynb'\n  slugs = sorted(p.name for p in (raiz / '.trabajo' /"
        " 'misiones').iterdir())\n  ejecutar([Tarea(s, plantilla, Path(t) / f'{s}.ipynb',"
        " {'mision': s}) for s in slugs], motor)\n"
    )
    ruta = proyecto.parent / "cuadernos.py"
    ruta.write_text(programa, encoding="utf-8")
    correr([sys.executable, str(ruta), str(proyecto), motor], proyecto)


def papermill_a_secas(proyecto: Path) -> None:
    """La manera llana: la orden de papermill, una misión tras otra."""
    for hoja in sorted(proyecto.glob("misiones/*/hoja-de-ruta.yml")):
        salida = proyecto.parent / f"llano-{hoja.parent.name}.ipynb"
        correr(
            [
                sys.executable,
                "-m",
                "papermill",
                "mision.ipynb",
                str(salida),
                "-p",
                "mision",
                hoja.parent.name,
                "-k",
                "python3",
                "--no-progress-bar",
            ],
            proyecto / "notebooks",
            OBSERVATORIO_CONSTRUYE="1",
        )


def correr(orden: list[str], carpeta: Path, **entorno: str) -> None:
    r = subprocess.run(
        orden, cwd=carpeta, env=os.environ | entorno, capture_output=True, text=True, check=False
    )
    if r.returncode:
        sys.exit(f"{' '.join(orden)}\n{r.stdout}\n{r.stderr}")


def mejor(veces: int, antes: Callable[[], object], medido: Callable[[], object]) -> float:
    """Segundos de la mejor repetición; ``antes`` prepara cada una fuera del reloj."""
    tiempos = []
    for _ in range(veces):
        antes()
        inicio = time.perf_counter()
        medido()
        tiempos.append(time.perf_counter() - inicio)
    return min(tiempos)


def decir(que: str, segundos: float) -> None:
    print(f"{que:<34}{segundos:7.2f} s", flush=True)


def juzgar(
    medidas: Mapping[str, float], metas: Mapping[str, float], llana: str, segundos: float
) -> None:
    """Lo medido frente a lo que tarda la manera llana."""
    print()
    decir(llana, segundos)
    for que, meta in metas.items():
        cociente = medidas[que] / segundos
        print(
            f"    {que:<30}{cociente:7.4f}   (meta {meta:.4f}:"
            f" {'cumple' if cociente <= meta else 'NO CUMPLE'})",
            flush=True,
        )


def pesos(sitio: Path) -> None:
    """Lo que baja quien abre por primera vez cada página de misión, sin Vega."""
    mayor = 0
    for pagina in sorted(sitio.glob("misiones/*/index.html")):
        html = pagina.read_text(encoding="utf-8")
        citados = {
            (pagina.parent / r).resolve()
            for r in re.findall(
                r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*(?:href|src)="([^"#:]+)"', html
            )
        }
        mayor = max(
            mayor,
            sum(len(gzip.compress(p.read_bytes())) for p in {pagina, *citados} if p.is_file()),
        )
    print(
        f"{'primera vista de misión, gzip':<34}{mayor / 1024:5.0f} KB   (límite"
        f" {PESO_MAXIMO // 1024}: {'cumple' if mayor <= PESO_MAXIMO else 'NO CUMPLE'})"
    )


if __name__ == "__main__":
    main()
