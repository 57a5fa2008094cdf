"""La naturaleza de lo publicado, para que una cifra no suba de firmeza sin que se note.

Se guarda en el registro de lo publicado, junto al resumen: por KPI y periodo una sola letra si
todas sus medidas son iguales, que es lo corriente; si no, una por medida, con la misma huella corta
que la nombra en el resumen. Lo ``documentado`` no se guarda: más no puede subir.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...base.huellas import huella

LETRAS = {"demostracion": "D", "declarado": "d"}
DICHAS = {letra: n for n, letra in LETRAS.items()}
CAMPO = "naturalezas"
CUADROS = {
    "provincia": ("ubigeo", "indicador", "periodo"),
    "contexto": ("ambito", "indicador", "periodo"),
    "diagnostico": ("clave",),
}
LARGO = 8
Guardada = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Firmeza:
    """Qué naturaleza tenía cada cifra publicada que no era ``documentado``."""

    guardada: Mapping[str, Mapping[str, str]]

    def de_medida(self, kpi: str, periodo: str, *clave: str) -> str:
        """La de una medida; vacía si era ``documentado`` o no se publicó."""
        return _leida(self.guardada.get(kpi, {}).get(periodo, ""), _corta(clave))

    def de_cuadro(self, cuadro: str, clave: Iterable[str | None]) -> str:
        """La de una fila de un cuadro, por sus columnas de ``CUADROS``."""
        return _leida(self.guardada.get(cuadro, {}).get("", ""), _corta(c or "" for c in clave))


def firmeza_publicada(resumen: Mapping[str, Any]) -> Firmeza:
    """La que guardó el resumen de una edición; ninguna si es de antes de que se guardara."""
    return Firmeza(resumen.get(CAMPO, {}))


def de_medidas(filas: Iterable[Mapping[str, str]]) -> Guardada:
    """``kpi → periodo → lo guardado`` de las observaciones públicas, como textos."""
    grupos: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for f in filas:
        medida = (_corta((f["lugar"], f["grupo"], f["unidad"])), LETRAS.get(f["naturaleza"], ""))
        grupos.setdefault(f["kpi"], {}).setdefault(f["periodo"], []).append(medida)
    return {
        kpi: escritas
        for kpi, periodos in sorted(grupos.items())
        if (escritas := {p: e for p, m in sorted(periodos.items()) if (e := _escrita(m))})
    }


def de_cuadro(cuadro: str, filas: Iterable[Mapping[str, str]]) -> Guardada:
    """``cuadro → "" → lo guardado``."""
    medidas = [
        (_corta(f[c] for c in CUADROS[cuadro]), LETRAS.get(f["naturaleza"], "")) for f in filas
    ]
    escrita = _escrita(medidas)
    return {cuadro: {"": escrita}} if escrita else {}


def _escrita(medidas: list[tuple[str, str]]) -> str:
    letras = {letra for _, letra in medidas}
    if len(letras) == 1:
        return letras.pop()
    return ",".join(sorted(f"{clave}{letra}" for clave, letra in medidas if letra))


def _leida(escrita: str, clave: str) -> str:
    if len(escrita) <= 1:
        return DICHAS.get(escrita, "")
    letras = {x[:-1]: x[-1] for x in escrita.split(",")}
    return DICHAS.get(letras.get(clave, ""), "")


def _corta(clave: Iterable[str]) -> str:
    return huella("|".join(clave))[:LARGO]
