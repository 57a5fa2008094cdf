"""Un monto no dice de cuántos es: la venta de un distrito puede ser la de un solo negocio.

Por eso la planilla pregunta cuántos aportan a un monto y si uno solo pasa de la mitad (la regla de
dominancia de las oficinas de estadística: Hundepool y otros, *Statistical Disclosure Control*,
2012). La respuesta viaja con su medida, al comienzo de su nota, que nunca se publica; sin ella, el
monto se protege.
"""

from __future__ import annotations

import polars as pl

UNO, NINGUNO = "uno pasa de la mitad", "ninguno pasa de la mitad"
PATRON = rf"^aportan ([0-9]{{1,7}}), ({NINGUNO}|{UNO})(?:\. |\.?$)"


def con_aportes(nota: str, aportan: int, uno_pasa: bool) -> str:
    """La nota de un monto con su respuesta delante: «aportan 23, ninguno pasa de la mitad. …»."""
    dicho = f"aportan {aportan}, {UNO if uno_pasa else NINGUNO}"
    return f"{dicho}. {nota}" if nota else dicho


def expr_respondido(nota: str, k: int) -> pl.Expr:
    """¿Dice la nota que aportan ``k`` o más y que ninguno pasa de la mitad? Callar es que no."""
    texto = pl.col(nota).cast(pl.String)
    cuantos = texto.str.extract(PATRON, 1).cast(pl.Int64)
    return ((cuantos >= k) & (texto.str.extract(PATRON, 2) == NINGUNO)).fill_null(False)
