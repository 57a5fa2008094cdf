"""La planilla que un responsable llena en el teléfono: tres columnas, solo sus celdas abiertas,
todo lo demás protegido.

Una hoja oculta dice qué celda responde a qué medida; ``leer_planilla`` no adivina nada. La columna
oculta D repite las claves en la hoja que se llena, para que la planilla también se entienda
guardada como CSV, que solo lleva esa hoja.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ...base.escapes import xlsx
from ...base.periodos import legible
from ...catalogo import Catalogo
from ..hojas.estilo_hoja import (
    BORDE,
    ENTRADA,
    LIBRE,
    MALO,
    MARCA,
    SUAVE,
    VELO,
    ajustado,
    fondo,
    fuente,
    guardar,
)
from .controles import cifra, control_de_razon, control_de_valor, resultado
from .forma import (
    AYUDA,
    CARGO,
    CLAVES,
    COLUMNAS_OCULTAS,
    DE_LA_CLAVE,
    ENTRE,
    FALTAN,
    FECHA,
    FIRMA,
    HOJA,
    MONTO,
    NO,
    NO_PASA,
    OCULTA,
    PASA,
    RAZON,
    SI,
    VERSION,
    filas_del_bloque,
)
from .preguntas import Pregunta

ANCHOS = {"A": 38, "B": 15, "C": 24}
PRIMERA = 10
INSTRUCCIONES = (
    "Llene solo las celdas amarillas. Lo demás está protegido para que nada se mueva.",
    (
        "En cada indicador elija primero si se midió. «0» quiere decir que se midió y no hubo"
        " ningún caso; si no se midió, elija «No se midió» y deje los números vacíos."
    ),
    "Escriba números sin texto ni comas de miles. La tercera columna le dice si algo no cuadra.",
    (
        "Escriba solo totales. Nunca ponga nombres, DNI, fechas de nacimiento ni números de"
        " historia clínica: el archivo entero se rechaza."
    ),
    (
        "Si una cifra que ya entregó cambió, no la escriba aquí: avise y explique por qué, y"
        " quedará como corrección."
    ),
    (
        "Guarde y envíe el mismo archivo. Recibirá un número de recibo; si algo está mal, le"
        " devolveremos su archivo con las celdas marcadas."
    ),
)


@dataclass(frozen=True, slots=True)
class Encabezado:
    """A quién va la planilla y de qué periodo es."""

    destinatario: str
    responsable: str
    periodo: str


def escribir_planilla(
    ruta: Path, catalogo: Catalogo, encabezado: Encabezado, preguntas: Sequence[Pregunta]
) -> None:
    """Escribe el .xlsx; las preguntas ya respondidas se muestran sin celdas abiertas."""
    libro = Workbook()
    hoja = libro.active
    hoja.title = HOJA
    for columna, ancho in ANCHOS.items():
        hoja.column_dimensions[columna].width = ancho
    _cabecera(hoja, catalogo, encabezado, preguntas)
    fila, oculta = PRIMERA, []
    for pregunta in preguntas:
        if pregunta.ya:
            fila = _respondida(hoja, fila, pregunta)
        else:
            oculta.append(_bloque(hoja, fila, pregunta))
            fila = oculta[-1][1] + 2
    hoja[FALTAN] = _pendientes(f"C{PRIMERA}:C{fila}")
    _claves(hoja, encabezado, [datos for datos, _ in oculta])
    _acabado(hoja, fila)
    _instrucciones(libro.create_sheet(AYUDA))
    _estructura(libro.create_sheet(OCULTA), encabezado, [datos for datos, _ in oculta])
    libro.security = WorkbookProtection(lockStructure=True)
    guardar(libro, ruta, catalogo.territorio.fecha_corte)


def _pendientes(rango: str) -> str:
    faltan, malas = f'COUNTIF({rango},"Falta*")', f'COUNTIF({rango},"⚠*")'
    return f'=IF({faltan}+{malas}=0,"✓ Completa",{faltan}&" por llenar, "&{malas}&" por revisar")'


def _de(periodo: str) -> str:
    return f"de {periodo}" if not periodo[0].isdigit() or len(periodo) == 4 else f"del {periodo}"


def _alto(texto: str, ancho: int, minimo: float = 20) -> float:
    """Alto de fila, en puntos, para que quepa el texto partido en líneas."""
    return max(minimo, 15.0 * -(-len(texto) // max(1, ancho - 4)) + 4)


def _texto(hoja: Worksheet, celda: str, valor: object, **estilo: Any) -> None:
    xlsx(hoja[celda], valor)
    _apariencia(hoja, celda, **estilo)


def _formula(hoja: Worksheet, celda: str, formula: str, **estilo: Any) -> None:
    hoja[celda] = formula
    _apariencia(hoja, celda, **estilo)


def _apariencia(hoja: Worksheet, celda: str, **estilo: Any) -> None:
    hoja[celda].font = fuente(**estilo)
    hoja[celda].alignment = ajustado()


def _abierta(hoja: Worksheet, celda: str, horizontal: str = "right") -> None:
    hoja[celda].protection = LIBRE
    hoja[celda].fill = fondo(ENTRADA)
    hoja[celda].border = BORDE
    hoja[celda].font = fuente(13, True)
    hoja[celda].alignment = ajustado(horizontal)


def _cabecera(
    hoja: Worksheet, catalogo: Catalogo, e: Encabezado, preguntas: Sequence[Pregunta]
) -> None:
    limite = max((p.vence for p in preguntas), default=catalogo.territorio.fecha_corte)
    textos: tuple[tuple[str, dict[str, Any]], ...] = (
        (catalogo.territorio.sitio.titulo, {"tamano": 11, "color": SUAVE}),
        (f"Datos {_de(legible(e.periodo))}", {"tamano": 16, "negrita": True, "color": MARCA}),
        (e.destinatario, {"tamano": 12, "negrita": True}),
        (
            (
                f"Envíe este archivo a {catalogo.territorio.sitio.correo} hasta el {limite.day} de"
                f" {legible(f'{limite.year}-{limite.month:02d}')}."
            ),
            {},
        ),
        (
            (
                "Llene solo las celdas amarillas. 0 es «se midió y no hubo»; si no se midió, elija"
                " «No se midió». Ningún nombre ni DNI."
            ),
            {"color": SUAVE},
        ),
    )
    for fila, (texto, estilo) in enumerate(textos, 1):
        hoja.merge_cells(f"A{fila}:C{fila}")
        _texto(hoja, f"A{fila}", texto, **estilo)
    hoja.row_dimensions[2].height, hoja.row_dimensions[3].height = 24, 32
    hoja.row_dimensions[4].height = hoja.row_dimensions[5].height = 32
    _texto(hoja, "A7", "Su cargo (sin su nombre)")
    _texto(hoja, "A8", "Fecha en que cerró estas cifras (año-mes-día)")
    _texto(hoja, FALTAN, None, negrita=True)
    for celda in (CARGO, FECHA):
        _abierta(hoja, celda, "left")
    hoja.merge_cells("B7:C7")
    _abierta(hoja, "C7", "left")
    hoja.row_dimensions[7].height = hoja.row_dimensions[8].height = 24
    hoja[FECHA].number_format = "yyyy-mm-dd"
    corte = catalogo.territorio.fecha_corte
    fecha = DataValidation(
        type="date",
        operator="between",
        formula1=f"DATE({corte.year - 3},1,1)",
        formula2=f"DATE({corte.year + 1},12,31)",
        allow_blank=True,
    )
    fecha.errorTitle, fecha.error = "Fecha", "Escriba una fecha como 2026-10-31."
    hoja.add_data_validation(fecha)
    fecha.add(FECHA)


def _titulo(hoja: Worksheet, fila: int, pregunta: Pregunta) -> None:
    hoja.merge_cells(f"A{fila}:C{fila}")
    _texto(hoja, f"A{fila}", pregunta.titulo, negrita=True, color="FFFFFF")
    for columna in ANCHOS:
        hoja[f"{columna}{fila}"].fill = fondo(MARCA)
    hoja.row_dimensions[fila].height = _alto(pregunta.titulo, sum(ANCHOS.values()))


def _respondida(hoja: Worksheet, fila: int, pregunta: Pregunta) -> int:
    _titulo(hoja, fila, pregunta)
    hoja.merge_cells(f"A{fila + 1}:C{fila + 1}")
    _texto(
        hoja,
        f"A{fila + 1}",
        f"✓ Ya recibido: {pregunta.ya}. Si cambió, avise: se registra como corrección.",
        color=SUAVE,
    )
    return fila + 3


def _bloque(hoja: Worksheet, fila: int, p: Pregunta) -> tuple[dict[str, object], int]:
    """Las filas de una pregunta; devuelve su entrada de la hoja oculta y la última fila usada."""
    _titulo(hoja, fila, p)
    razon = p.denominador is not None
    donde = filas_del_bloque(fila, razon, p.monto)
    medido, primera, nota = fila + 1, fila + 2, int(donde["nota"])
    _texto(
        hoja,
        f"A{medido}",
        f"¿Se midió? Último dato: {p.ultimo}" if p.ultimo else "¿Se midió? Es el primer dato.",
    )
    _texto(hoja, f"A{primera}", p.numerador if razon else f"{p.numerador} ({p.medida})")
    if razon:
        _texto(hoja, f"A{primera + 1}", f"De un total de: {p.denominador}")
    if p.monto:
        _de_cuantos(hoja, int(donde["aportan"]), int(donde["mayor"]))
    _texto(hoja, f"A{nota}", "Nota (opcional, sin nombres)", color=SUAVE)
    hoja.merge_cells(f"B{nota}:C{nota}")
    for f in range(medido, nota + 1):
        _abierta(hoja, f"B{f}", "left" if f in (medido, nota, donde["mayor"]) else "right")
        hoja.row_dimensions[f].height = _alto(
            str(hoja[f"A{f}"].value), ANCHOS["A"], 34 if f < nota else 20
        )
    _abierta(hoja, f"C{nota}", "left")
    _formula(
        hoja,
        f"C{medido}",
        resultado(p, f"B{medido}", f"B{primera}", f"B{primera + 1}"),
        negrita=True,
    )
    _controles(hoja, p, medido, primera)
    return {c: getattr(p, c) for c in DE_LA_CLAVE} | donde, nota


def _de_cuantos(hoja: Worksheet, aportan: int, mayor: int) -> None:
    """Las dos preguntas de un monto: sin ellas no se sabe si es la cifra de uno solo."""
    _texto(hoja, f"A{aportan}", "¿Cuántas personas o negocios suman ese monto?")
    _texto(hoja, f"A{mayor}", "¿Uno solo aporta más de la mitad?")
    _formula(
        hoja,
        f"C{aportan}",
        f'=IF(OR(B{aportan}="",B{mayor}=""),"Sin estas dos respuestas no se publica","")',
        color=SUAVE,
    )
    cuantos = DataValidation(
        type="whole", operator="between", formula1="1", formula2="9999999", allow_blank=True
    )
    cuantos.errorTitle, cuantos.error = "Cuántos", "Escriba un número entero, de 1 a más."
    elige = DataValidation(type="list", formula1=f'"{PASA},{NO_PASA}"', allow_blank=True)
    elige.errorTitle, elige.error = "¿Más de la mitad?", f"Elija «{PASA}» o «{NO_PASA}»."
    for control, celda in ((cuantos, f"B{aportan}"), (elige, f"B{mayor}")):
        hoja.add_data_validation(control)
        control.add(celda)


def _controles(hoja: Worksheet, p: Pregunta, medido: int, primera: int) -> None:
    lista = DataValidation(
        type="list", formula1=f'"{SI},{NO}"', allow_blank=True, showErrorMessage=True
    )
    lista.errorTitle, lista.error = "¿Se midió?", f"Elija «{SI}» o «{NO}»."
    formulas = {f"B{medido}": lista}
    if p.denominador is None:
        formulas[f"B{primera}"] = control_de_valor(p, f"B{primera}")
    else:
        numerador, denominador = f"B{primera}", f"B{primera + 1}"
        formulas[numerador] = control_de_razon(p, numerador, numerador, denominador)
        formulas[denominador] = control_de_razon(p, denominador, numerador, denominador)
    for celda, control in formulas.items():
        hoja.add_data_validation(control)
        control.add(celda)
        if control is not lista:
            hoja[celda].number_format = cifra(p)


def _acabado(hoja: Worksheet, ultima: int) -> None:
    rango = f"C{PRIMERA}:C{ultima}"
    hoja.conditional_formatting.add(
        rango,
        FormulaRule(
            formula=[f'LEFT(C{PRIMERA},1)="⚠"'], fill=fondo(MALO), font=fuente(11, True, "7F1D1D")
        ),
    )
    hoja.conditional_formatting.add(
        rango,
        FormulaRule(formula=[f'LEFT(C{PRIMERA},5)="Falta"'], font=fuente(11, False, SUAVE, True)),
    )

    hoja.sheet_view.showGridLines = False
    hoja.page_setup.fitToWidth, hoja.page_setup.fitToHeight = 1, 0
    hoja.sheet_properties.pageSetUpPr.fitToPage = True
    hoja.protection.sheet = True
    hoja.protection.formatColumns = hoja.protection.formatRows = False


def _instrucciones(hoja: Worksheet) -> None:
    hoja.column_dimensions["A"].width = 76
    _texto(hoja, "A1", "Cómo llenar esta planilla", tamano=16, negrita=True, color=MARCA)
    for fila, texto in enumerate(INSTRUCCIONES, 2):
        _texto(hoja, f"A{fila}", f"{fila - 1}. {texto}")
        hoja.row_dimensions[fila].height = 48
        hoja[f"A{fila}"].fill = fondo(VELO)
    hoja.protection.sheet = True
    hoja.sheet_view.showGridLines = False


def _claves(hoja: Worksheet, e: Encabezado, filas: list[dict[str, object]]) -> None:
    """La columna oculta: en D1 de quién y de qué periodo es, y junto a cada título la clave de su
    medida.
    """
    xlsx(hoja[f"{CLAVES}1"], ENTRE.join((f"{FIRMA} {VERSION}", e.responsable, e.periodo)))
    for datos in filas:
        clave = ENTRE.join([*(str(datos[c]) for c in DE_LA_CLAVE), _clase(datos)])
        xlsx(hoja[f"{CLAVES}{datos['fila']}"], clave)
    hoja.column_dimensions[CLAVES].hidden = True


def _clase(datos: dict[str, object]) -> str:
    clase = RAZON if datos["denominador"] else "valor"
    return f"{clase} {MONTO}" if datos["aportan"] else clase


def _estructura(hoja: Worksheet, e: Encabezado, filas: list[dict[str, object]]) -> None:
    """La hoja oculta: qué responde cada celda. Todo como texto, para que ningún programa lo
    cambie.
    """
    renglones: list[tuple[str, ...]] = [
        ("observatorio", f"planilla {VERSION}"),
        ("responsable", e.responsable),
        ("periodo", f"p {e.periodo}"),
        COLUMNAS_OCULTAS,
    ]
    renglones += [tuple(f"t {fila[c]}" for c in COLUMNAS_OCULTAS) for fila in filas]
    for i, renglon in enumerate(renglones, 1):
        for j, texto in enumerate(renglon, 1):
            xlsx(hoja.cell(i, j), texto)
    hoja.sheet_state = "hidden"
    hoja.protection.sheet = True
