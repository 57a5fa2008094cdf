"""Las fórmulas que avisan dentro de la planilla, antes de enviarla. La compuerta las repite todas
al recibirla.
"""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from ...base.escapes import xlsx_cadena
from .forma import NO
from .preguntas import Pregunta

SALTO_EN_PUNTOS = 25
SALTO_EN_VECES = 3


def es_porcentaje(p: Pregunta) -> bool:
    return p.medida == "%"


def cifra(p: Pregunta) -> str:
    """Formato de número de las celdas de una pregunta."""
    return "0" if p.enteros else "General"


def control_de_razon(p: Pregunta, celda: str, numerador: str, denominador: str) -> DataValidation:
    """Número no negativo (entero si cuenta personas) y, en un porcentaje, numerador ≤
    denominador.
    """
    partes = [f"ISNUMBER({celda})", f"{celda}>=0"]
    if p.enteros:
        partes.append(f"{celda}=INT({celda})")
    if es_porcentaje(p):
        partes.append(f'OR({numerador}="",{denominador}="",{numerador}<={denominador})')
    if celda == denominador:
        partes.append(f"{celda}>0")
    que = "un número entero" if p.enteros else "un número"
    return _control(
        partes,
        f"Escriba {que} de 0 a más"
        + ("; la primera cifra no puede superar al total." if es_porcentaje(p) else "."),
    )


def control_de_valor(p: Pregunta, celda: str) -> DataValidation:
    """Número; de 0 a 100 si es un porcentaje."""
    rango = [f"{celda}>=0", f"{celda}<=100"] if es_porcentaje(p) else []
    return _control(
        [f"ISNUMBER({celda})", *rango],
        "Escriba un porcentaje de 0 a 100." if rango else "Escriba un número, sin texto.",
    )


def _control(partes: list[str], error: str) -> DataValidation:
    control = DataValidation(
        type="custom", formula1=f"AND({','.join(partes)})", allow_blank=True, showErrorMessage=True
    )
    control.errorTitle, control.error = "Revise el número", error
    return control


def resultado(p: Pregunta, medido: str, primera: str, segunda: str) -> str:
    """Fórmula de la tercera columna: qué falta, qué no cuadra, o la cifra que resulta."""
    if p.denominador is None:
        vacia, alguna, valor = f'{primera}=""', f'{primera}<>""', primera
        mal = f"NOT(ISNUMBER({primera}))" + (
            f",{primera}<0,{primera}>100" if es_porcentaje(p) else ""
        )
    else:
        vacia, alguna = f'OR({primera}="",{segunda}="")', f'OR({primera}<>"",{segunda}<>"")'
        valor = f"{primera}/{segunda}*{p.factor:g}"
        mal = f"NOT(ISNUMBER({primera})),NOT(ISNUMBER({segunda}))"
    cuenta = f"ROUND({valor},1)&{xlsx_cadena(f' {p.medida}')}"
    pasos = [
        (
            f'{medido}="{NO}"',
            f'IF({alguna},"⚠ Dijo que no se midió: borre los números","No se midió")',
        ),
        (vacia, '"Falta llenar"'),
        (f"OR({mal})", '"⚠ Escriba solo números"'),
    ]
    if p.denominador is not None:
        pasos.append(
            (f"{segunda}<=0", '"⚠ El total no puede ser 0: si no hubo casos, elija No se midió"')
        )
        if es_porcentaje(p):
            pasos.append((f"{primera}>{segunda}", '"⚠ La primera cifra supera al total"'))
    pasos.append((f'{medido}=""', '"Falta elegir si se midió"'))
    salto = _salto(p, valor)
    if salto:
        pasos.append((salto, f'{cuenta}&" — muy distinto del último: revise"'))
    formula = f'{cuenta}&" ✓"'
    for condicion, texto in reversed(pasos):
        formula = f"IF({condicion},{texto},{formula})"
    return f"={formula}"


def _salto(p: Pregunta, valor: str) -> str:
    if p.ultimo_valor is None:
        return ""
    if es_porcentaje(p):
        return f"ABS({valor}-{p.ultimo_valor:.6g})>{SALTO_EN_PUNTOS}"
    if p.ultimo_valor <= 0:
        return ""
    alto, bajo = p.ultimo_valor * SALTO_EN_VECES, p.ultimo_valor / SALTO_EN_VECES
    return f"OR({valor}>{alto:.6g},{valor}<{bajo:.6g})"
