"""Lo que va volado o hundido, en un texto sin marcas: «10⁻²¹», «m²», «CO₂».

Escrito a ras se leería otra cifra: 10 elevado a 11 y 1011 no son lo mismo.
"""

from __future__ import annotations

CIFRAS_ARRIBA = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CIFRAS_ABAJO = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ARRIBA = CIFRAS_ARRIBA | str.maketrans("+-\u2212=()ni", "⁺⁻⁻⁼⁽⁾ⁿⁱ")
ABAJO = CIFRAS_ABAJO | str.maketrans("+-\u2212=()aeox", "₊₋₋₌₍₎ₐₑₒₓ")
DE_HTML = {"sup": (ARRIBA, "^"), "sub": (ABAJO, "_")}
"""Etiqueta de HTML → sus signos, y con cuál se dice lo que no los tiene."""


def a_su_altura(texto: str, etiqueta: str) -> str:
    """El texto de un ``sup`` o de un ``sub``; «x^fin» si alguno de sus signos no tiene el suyo."""
    signos, marca = DE_HTML[etiqueta]
    if all(ord(c) in signos or c.isspace() for c in texto):
        return texto.translate(signos)
    return f"{marca}{texto}"
