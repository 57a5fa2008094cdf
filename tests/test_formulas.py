"""Una fórmula que ningún motor podría escribir se dice al validar, con su línea."""

from __future__ import annotations

from observatorio.paginas.formulas import (
    CON_GRUPOS,
    CORRIENTES,
    ESPACIOS,
    _corriente,
    _rechazadas,
    de_formulas,
)
from observatorio.paginas.prosa import leer_prosa

BUENAS = (
    r"$\frac{R - (k - 1)}{\sum_{i=1}^{R} \left(R - (i - 1)\right)}$",
    r"$R = \frac{(y/b)^{1/n} - 1}{(m/b)^{1/N} - 1}$",
    r"$\operatorname{mad}(x) \ge \sqrt[3]{2}$",
    r"$$\begin{cases} a & b \\ c & d \end{cases}$$",
    r"$\{x \in A\}$",
    r"$\begin{cases} a & b \\{c} & d \end{cases}$",
)
MALAS = (
    (r"$\avance{x}$", "no se entiende"),
    (r"$\frac{a}$", "no se entiende"),
    (r"$x_$", "no se entiende"),
    (r"$a & b$", "no se entiende"),
    (r"$\frac{a}{b$", "le falta una llave"),
    (r"$x \label{eq}$", "no vale en una fórmula"),
    ("$$a % comentario\n+ b$$", "no se entiende"),
)


def hallados(texto: str) -> list[tuple[int, str, str]]:
    return list(de_formulas(leer_prosa(texto)))


def test_lo_que_se_escribe_bien_pasa() -> None:
    assert hallados("\n\n".join(BUENAS)) == []


def test_lo_que_no_se_podria_escribir_se_dice_todo_con_su_linea() -> None:
    dichos = hallados("Una línea.\n\n" + "\n\n".join(f for f, _ in MALAS))
    assert [linea for linea, _, _ in dichos] == [3 + 2 * i for i in range(len(MALAS))]
    for (_, _, remedio), (_, esperado) in zip(dichos, MALAS, strict=True):
        assert esperado in remedio


def test_en_codigo_o_en_un_comentario_no_es_una_formula() -> None:
    assert hallados("`$\\foo{x}$`\n\n<!-- $\\foo{x}$ -->\n\n    $\\foo{x}$\n") == []


def test_lo_que_se_da_por_bueno_sin_preguntar_lo_entiende_pandoc() -> None:
    escritas = [
        *(rf"$a \{orden} b$" for orden in CORRIENTES - {"left", "right"}),
        *(rf"$\{orden}{'{a}' * cuantos}$" for orden, cuantos in CON_GRUPOS.items()),
        *(f"$a{espacio} b$" for espacio in ESPACIOS),
        r"$\left( a \right)$",
        "$a^b^c$",
    ]
    assert all(map(_corriente, escritas))
    assert _rechazadas(tuple(escritas)) == frozenset()
