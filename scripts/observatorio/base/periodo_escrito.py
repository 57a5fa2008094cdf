"""Un periodo escrito de otro modo que el del observatorio: cuál es, si no puede ser otro."""

from __future__ import annotations

import re

from .fechas import mes_de_nombre
from .periodos import MESES, MESES_DEL_ANIO
from .plegado import plegado

ORDINALES = {
    **{str(n): n for n in range(1, MESES_DEL_ANIO + 1)},
    **{f"{n:02d}": n for n in range(1, 10)},
    **{r: n for n, r in enumerate(("i", "ii", "iii", "iv"), 1)},
    **{f"t{r}": n for n, r in enumerate(("i", "ii", "iii", "iv"), 1)},
    **{f"s{r}": n for n, r in enumerate(("i", "ii"), 1)},
    "primer": 1,
    "primero": 1,
    "segundo": 2,
    "tercer": 3,
    "tercero": 3,
    "cuarto": 4,
}
DE_FRECUENCIA = {
    "mensual": frozenset({"m", "mes"}),
    "trimestral": frozenset({"t", "tr", "tri", "trim", "trimestre", "q"}),
    "semestral": frozenset({"s", "sem", "semestre"}),
    "anual": frozenset(),
    "bienal": frozenset(),
}
RELLENO = frozenset({"de", "del", "el", "a", "al", "ano", "er", "do", "ro", "to", "o"})
ANIO = re.compile(r"(?:19|20)\d{2}")
DIA = re.compile(r"((?:19|20)\d{2}-(?:0[1-9]|1[0-2]))-\d{2}")
ENTRE_LETRA_Y_CIFRA = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
LETRA = {"trimestral": "T", "semestral": "S"}


def orden_escrito(texto: str, frecuencia: str) -> int | None:
    """Qué trimestre, semestre o mes del año dice un texto: ``"IV trimestre" → 4``."""
    return _orden(_palabras(texto), frecuencia)


def periodo_probable(texto: str, frecuencia: str) -> str | None:
    """El periodo que quizá es: ``"III trimestre 2026" → "2026-T3"``, ``"set-26" → "2026-09"``."""
    if frecuencia not in MESES:
        return None
    palabras = _palabras(texto)
    if frecuencia == "mensual" and (dia := DIA.fullmatch(texto.strip())):
        return dia[1]
    anios = [p for p in palabras if ANIO.fullmatch(p)]
    resto = [p for p in palabras if not ANIO.fullmatch(p)]
    if not anios and any(map(mes_de_nombre, resto)):
        cortos = [p for p in resto if re.fullmatch(r"\d{2}", p)]
        anios, resto = [f"20{p}" for p in cortos], [p for p in resto if p not in cortos]
    if len(anios) != 1:
        return None
    if MESES[frecuencia] >= MESES_DEL_ANIO:
        return anios[0] if not resto else None
    orden = _orden(resto, frecuencia)
    if orden is None:
        return None
    return (
        f"{anios[0]}-{LETRA[frecuencia]}{orden}"
        if frecuencia in LETRA
        else f"{anios[0]}-{orden:02d}"
    )


def _palabras(texto: str) -> list[str]:
    solas = re.sub(r"[^a-z0-9]+", " ", plegado(texto).removesuffix(".0"))
    return [p for p in ENTRE_LETRA_Y_CIFRA.sub(" ", solas).split() if p not in RELLENO]


def _orden(palabras: list[str], frecuencia: str) -> int | None:
    meses, caben = MESES[frecuencia], MESES_DEL_ANIO // MESES[frecuencia]
    dichas = [p for p in palabras if p not in DE_FRECUENCIA[frecuencia]]
    nombrados = [m for p in dichas if (m := mes_de_nombre(p))]
    if nombrados and len(nombrados) == len(dichas):
        # De un mes a otro: «jul-set» es el tercer trimestre.
        enteros = nombrados[-1] % meses == 0 and nombrados[-1] - nombrados[0] + 1 == meses
        return nombrados[-1] // meses if enteros and len(nombrados) <= 2 else None
    orden = ORDINALES.get(dichas[0]) if len(dichas) == 1 else None
    return orden if orden and orden <= caben else None
