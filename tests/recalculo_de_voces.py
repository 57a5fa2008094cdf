"""Los recuentos por tema, rehechos con la biblioteca estándar y a partir de los archivos."""

from __future__ import annotations

import csv
from pathlib import Path

import yaml


def recalcular(carpeta: Path, actores: int) -> dict[str, int | None]:
    """Código → narraciones en que coinciden los dos codificadores; ``None`` con menos de
    ``actores`` tipos de actor.
    """
    with (carpeta / "narraciones.csv").open(encoding="utf-8", newline="") as f:
        actor = {n["id"]: n["actor"] for n in csv.DictReader(f)}
    with (carpeta / "codificaciones.csv").open(encoding="utf-8", newline="") as f:
        puestas = {(c["codificador"], c["narracion"], c["codigo"]) for c in csv.DictReader(f)}
    cuenta: dict[str, int | None] = {}
    for c in yaml.safe_load((carpeta / "codigos.yml").read_text(encoding="utf-8"))["codigos"]:
        comunes = [
            n
            for n in actor
            if ("C1", n, c["codigo"]) in puestas and ("C2", n, c["codigo"]) in puestas
        ]
        cuenta[c["codigo"]] = len(comunes) if len({actor[n] for n in comunes}) >= actores else None
    return cuenta
