"""Cuánto tarda la compuerta con un millón de observaciones (o las que se pidan), y la razón con
pandas.

    python scripts/bancos/validacion.py [--filas 1000000] [--sin-pandas]

Inventa observaciones de todos los KPI del proyecto en una copia, las valida y las calcula (leer,
corregir, reglas, repetidas, advertencias, tabla pública, indicadores) y aplica las mismas reglas
con pandas sobre el mismo archivo. Cada medida corre en un proceso propio, con su memoria máxima.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[2]
COPIAR = ("_quarto.yml", "_extensions", "data", "misiones")
ROTULOS = {
    "validar": "validar",
    "observatorio": "validar y calcular",
    "pandas": "las mismas reglas en pandas",
}


def main() -> None:
    p = argparse.ArgumentParser(description="Banco de la compuerta")
    p.add_argument("--filas", type=float, default=1e6, help="observaciones (1e6)")
    p.add_argument("--sin-pandas", action="store_true", help="no medir pandas")
    p.add_argument("--medir", choices=("observatorio", "validar", "pandas"), help=argparse.SUPPRESS)
    p.add_argument("--proyecto", type=Path, help=argparse.SUPPRESS)
    opciones = p.parse_args()
    if opciones.medir:
        print(json.dumps(medir(opciones.medir, opciones.proyecto)))
        return
    with tempfile.TemporaryDirectory() as carpeta:
        proyecto = Path(carpeta) / "proyecto"
        filas = escribir_proyecto(proyecto, int(opciones.filas))
        en_disco = sum(f.stat().st_size for f in (proyecto / "data/observaciones").iterdir())
        print(f"{filas:,} observaciones, {en_disco / 1e6:,.0f} MB en disco")
        que = ["validar", "observatorio"] + ([] if opciones.sin_pandas else ["pandas"])
        medidas = {m: en_proceso_propio(m, proyecto) for m in que}
    for nombre, rotulo in ROTULOS.items():
        if nombre in medidas:
            m = medidas[nombre]
            print(
                f"{rotulo:<28} {m['segundos']:7.2f} s de reloj {m['cpu']:7.2f} s de procesador"
                f" {m['memoria_mb']:8,.0f} MB"
            )
    for nombre in ("validar", "observatorio") if "pandas" in medidas else ():
        razones = (medidas["pandas"][c] / medidas[nombre][c] for c in ("segundos", "cpu"))
        print(
            "pandas / {}: {:.1f} veces el reloj, {:.1f} veces el procesador".format(
                ROTULOS[nombre], *razones
            )
        )


def en_proceso_propio(que: str, proyecto: Path) -> dict[str, float]:
    orden = [sys.executable, __file__, "--medir", que, "--proyecto", str(proyecto)]
    return json.loads(subprocess.run(orden, check=True, stdout=subprocess.PIPE, text=True).stdout)


def medir(que: str, proyecto: Path) -> dict[str, float]:
    """Segundos de una pasada, sin contar los import, y memoria máxima del proceso en MB."""
    hacer = {"validar": _validar, "observatorio": _todo, "pandas": _pandas}[que](proyecto)
    inicio, cpu = time.perf_counter(), time.process_time()
    hacer()
    segundos, cpu = time.perf_counter() - inicio, time.process_time() - cpu
    return {
        "segundos": segundos,
        "cpu": cpu,
        "memoria_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _validar(proyecto: Path):
    from observatorio.rutas import Proyecto
    from observatorio.validar import pasar

    return lambda: pasar(Proyecto(proyecto))


def _todo(proyecto: Path):
    from observatorio.calculo import calcular
    from observatorio.rutas import Proyecto

    return lambda: calcular(Proyecto(proyecto))


def _pandas(proyecto: Path):
    import reglas_pandas

    return lambda: reglas_pandas.validar(proyecto)


def escribir_proyecto(destino: Path, filas: int) -> int:
    """Copia el proyecto y reemplaza sus observaciones por ``filas`` inventadas; devuelve cuántas
    escribió.
    """
    import numpy as np
    import polars as pl

    from observatorio.catalogo import cargar
    from observatorio.datos.correcciones import COLUMNAS_CORRECCION
    from observatorio.rutas import Proyecto

    destino.mkdir(parents=True)
    for nombre in COPIAR:
        copiar = shutil.copytree if (RAIZ / nombre).is_dir() else shutil.copy2
        copiar(RAIZ / nombre, destino / nombre)
    proyecto = Proyecto(destino)
    for ruta in proyecto.observaciones.glob("*.csv"):
        ruta.unlink()
    proyecto.correcciones.write_text(",".join(COLUMNAS_CORRECCION) + "\n", encoding="utf-8")
    catalogo = cargar(proyecto)
    _hacer_mensual(proyecto, catalogo)
    claves_por_grupo = MESES * len(catalogo.territorio.anexos) * len(catalogo.kpis)
    _declarar_edades(proyecto, filas // claves_por_grupo + 1)
    (proyecto.data / "plan-de-recojo.yml").unlink()
    codigos, lugares = list(catalogo.kpis), [a.codigo for a in catalogo.territorio.anexos]
    i = np.arange(filas)
    periodo, resto = i % MESES, i // MESES
    lugar, resto = resto % len(lugares), resto // len(lugares)
    azar = np.random.default_rng(1)
    denominador = azar.integers(200, 9000, filas)
    numerador = (denominador * (0.35 + 0.1 * azar.random(filas))).astype(int)
    tabla = pl.DataFrame(
        {
            "m": periodo,
            "l": lugar,
            "k": resto % len(codigos),
            "g": resto // len(codigos),
            "d": denominador,
            "n": numerador,
        }
    )
    anio, mes = 2019 + pl.col("m") // 12, (pl.col("m") % 12 + 1).cast(pl.String).str.zfill(2)
    escrita = tabla.select(
        pl.lit(pl.Series(codigos)).gather(pl.col("k")).alias("kpi"),
        pl.format("{}-{}", anio, mes).alias("periodo"),
        pl.lit(pl.Series(lugares)).gather(pl.col("l")).alias("lugar"),
        pl.format("edad:g{}", "g").alias("grupo"),
        unidad=pl.lit(""),
        valor=pl.lit(""),
        numerador="n",
        denominador="d",
        fuente=pl.lit("his-minsa"),
        fecha_dato=pl.format("{}-{}-28", anio, mes),
        estado=pl.lit("validado"),
        naturaleza=pl.lit("demostracion"),
        nota=pl.lit(""),
    )
    proyecto.justificaciones.write_text(JUSTIFICACION, encoding="utf-8")
    for n, parte in enumerate(escrita.iter_slices(2_000_000)):
        parte.write_csv(proyecto.observaciones / f"parte-{n}.csv", quote_style="never")
    return filas


MESES = 94
JUSTIFICACION = (
    "regla,kpi,periodo,lugar,grupo,unidad,fuente,cifra,motivo,quien,fecha\nquiebre-de-metodo,M4-K01,,,,,his-minsa,,La"
    " norma cambió el criterio en 2024,Banco de pruebas,2026-10-31\n"
)


def _declarar_edades(proyecto, cuantas: int) -> None:
    """Tantas categorías de edad como hagan falta para que cada fila tenga su clave."""
    texto = proyecto.territorio.read_text(encoding="utf-8")
    edades = ", ".join(f"g{i}" for i in range(cuantas))
    proyecto.territorio.write_text(
        texto.replace("  edad: [", f"  edad: [{edades}, "), encoding="utf-8"
    )


def _hacer_mensual(proyecto, catalogo) -> None:
    """Todo KPI pasa a mensual, en porcentaje y con edad: así caben millones de claves distintas."""
    import re
    from itertools import count

    cuenta = count(1)
    for mision in catalogo.misiones:
        ruta = proyecto.misiones / mision.slug / "hoja-de-ruta.yml"
        texto = ruta.read_text(encoding="utf-8")
        texto = re.sub(r"^        desagregaciones:.*\n", "", texto, flags=re.M)
        for campo, valor in (
            ("frecuencia", "mensual\n        desagregaciones: [anexo, edad]"),
            ("agregacion", "razon"),
            ("unidad", '"%"'),
        ):
            texto = re.sub(
                rf"^(        ){campo}: .*$", rf"\g<1>{campo}: {valor}", texto, flags=re.M
            )
        texto = re.sub(
            r"^        formula:\n(          .*\n)+",
            lambda _: (
                "        formula: {numerador: casos, denominador:"
                f" registros del grupo {next(cuenta)}, factor: 100}}\n"
            ),
            texto,
            flags=re.M,
        )
        texto = re.sub(
            r"^        (linea_base|meta):.*\n(          .*\n)*",
            r"        \1: null\n",
            texto,
            flags=re.M,
        )
        texto = re.sub(
            r"^        (logros_esperados|enlaces):.*\n(          .*\n)*", "", texto, flags=re.M
        )
        ruta.write_text(texto, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
