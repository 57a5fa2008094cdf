"""El formulario de encuesta (XLSForm) de un KPI, hecho con su ficha, y el mapeo con que vuelve lo
que de él se exporta.

KoboToolbox y ODK leen el mismo .xlsx: las hojas *survey*, *choices* y *settings* de la norma
XLSForm (https://xlsform.org). Cada envío es un caso: una persona, un hogar, una visita. No se pide
nada que señale a alguien.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from ...base.archivos import escribir_bytes
from ...base.palabras import al_empezar
from ...base.plegado import plegado, slug
from ...base.yaml_editable import escrito
from ...catalogo import Catalogo
from ...catalogo.mapeo import Mapeo
from ...catalogo.modelos import DimensionDeGrupo, Kpi
from ...errores import ErrorDeUso
from ..hojas.estilo_hoja import guardar

COLUMNAS = {
    "survey": (
        "type",
        "name",
        "label",
        "hint",
        "required",
        "relevant",
        "constraint",
        "constraint_message",
    ),
    "choices": ("list_name", "name", "label"),
    "settings": ("form_title", "form_id", "version", "default_language"),
}
SI, NO = ("si", "Sí"), ("no", "No")
ANOTACION = "# yaml-language-server: $schema=../esquemas/mapeo.schema.json\n"
SOLAPADAS = ("edad",)
"""Dimensiones cuyas categorías se pisan: un caso está en varias, y no se elige una."""

Fila = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pregunta:
    """Una pregunta del formulario: su grupo, su nombre, su etiqueta y, si se elige, de qué
    lista.
    """

    grupo: str
    nombre: str
    etiqueta: str
    tipo: str
    pista: str = ""
    lista: str = ""
    cuando: str = ""

    @property
    def ruta(self) -> str:
        """Su título de columna en lo exportado: ``grupo/nombre``."""
        return f"{self.grupo}/{self.nombre}" if self.grupo else self.nombre


@dataclass(frozen=True, slots=True)
class Formulario:
    """Las preguntas, sus listas de respuestas ``{lista: [(nombre, etiqueta)]}`` y lo que el
    formulario no puede preguntar.
    """

    kpi: Kpi
    preguntas: Sequence[Pregunta]
    listas: dict[str, Sequence[tuple[str, str]]]
    sin_preguntar: Sequence[str]


def formulario_de(catalogo: Catalogo, codigo: str) -> Formulario:
    """El formulario de un KPI. Lanza ``ErrorDeUso`` si el catálogo no lo tiene."""
    if codigo not in catalogo.kpis:
        raise ErrorDeUso(
            f"no hay un KPI «{codigo}» en el catálogo: escriba su código, como"
            f" {next(iter(catalogo.kpis))}"
        )
    kpi = catalogo.kpis[codigo]
    if kpi.formula.denominador is None and kpi.tipo_agregacion != "agregable":
        raise ErrorDeUso(
            f"{codigo} no se obtiene sumando casos ({kpi.formula.numerador}): su cifra se calcula"
            " aparte y se entrega con «observatorio planilla»"
        )
    dimensiones = [d for d in kpi.desagregaciones if d in catalogo.territorio.categorias]
    preguntadas = [d for d in dimensiones if d not in SOLAPADAS]
    listas: dict[str, Sequence[tuple[str, str]]] = {
        "si_no": (SI, NO),
        "anexo": [(_nombre(a.nombre), a.nombre) for a in catalogo.territorio.anexos],
    }
    listas |= {
        _nombre(d): [(_nombre(c), c) for c in catalogo.territorio.categorias[d]]
        for d in preguntadas
    }
    preguntas = list(_consentimiento(kpi))
    lugar = catalogo.territorio.anexos_se_llaman.singular
    preguntas += (
        [Pregunta("ubicacion", "anexo", al_empezar(lugar), "select_one", lista="anexo")]
        if "anexo" in kpi.desagregaciones
        else []
    )
    preguntas += [
        Pregunta("datos", _nombre(d), d.capitalize(), "select_one", lista=_nombre(d))
        for d in preguntadas
    ]
    return Formulario(
        kpi, [*preguntas, *_medicion(kpi)], listas, [d for d in dimensiones if d in SOLAPADAS]
    )


def _consentimiento(kpi: Kpi) -> Iterator[Pregunta]:
    if kpi.sobre_personas:
        yield Pregunta(
            "",
            "consentimiento",
            "¿Acepta participar?",
            "select_one",
            "No se anotan nombres, documentos ni teléfonos.",
            "si_no",
        )


def _medicion(kpi: Kpi) -> Iterator[Pregunta]:
    """Lo que se mide de cada caso: dos preguntas de sí o no, o los números de la fórmula."""
    f = kpi.formula
    if f.denominador is None:
        yield Pregunta(
            "medicion",
            "valor",
            "Cantidad",
            "integer" if kpi.entero else "decimal",
            f"{f.numerador} ({kpi.unidad})",
        )
    elif _son_casos(kpi):
        yield Pregunta(
            "medicion", "en_la_cuenta", "¿Entra en la cuenta?", "select_one", f.denominador, "si_no"
        )
        yield Pregunta(
            "medicion",
            "cumple",
            "¿Cumple?",
            "select_one",
            f.numerador,
            "si_no",
            "${en_la_cuenta} = 'si'",
        )
    else:
        yield Pregunta("medicion", "numerador", "Numerador", "decimal", f.numerador)
        yield Pregunta("medicion", "denominador", "Denominador", "decimal", f.denominador)


def _son_casos(kpi: Kpi) -> bool:
    """Si el numerador son casos del denominador: solo entonces se pregunta sí o no de cada uno."""
    return kpi.formula.medida == "casos" and kpi.unidad.strip().startswith("%")


def escribir_formulario(formulario: Formulario, catalogo: Catalogo, ruta: Path) -> None:
    """Escribe el XLSForm."""
    libro = Workbook()
    for hoja in COLUMNAS:
        libro.create_sheet(hoja).append(COLUMNAS[hoja])
    libro.remove(libro.worksheets[0])
    kpi = formulario.kpi
    for fila in _encuesta(formulario):
        libro["survey"].append(fila)
    usadas = {p.lista for p in formulario.preguntas if p.lista}
    for lista, opciones in formulario.listas.items():
        for nombre, etiqueta in opciones if lista in usadas else ():
            libro["choices"].append((lista, nombre, etiqueta))
    version = catalogo.territorio.fecha_corte.strftime("%Y%m%d")
    libro["settings"].append(
        (f"{kpi.codigo} · {kpi.nombre_corto}", _nombre(kpi.codigo), version, "Español (es)")
    )
    for hoja in libro:
        for fila in hoja.iter_rows():
            for celda in fila:
                if isinstance(celda.value, str):
                    celda.data_type = "s"
    guardar(libro, ruta, catalogo.territorio.fecha_corte)


def _encuesta(formulario: Formulario) -> Iterator[Fila]:
    kpi = formulario.kpi
    yield "start", "start"
    yield "end", "end"
    yield "note", "que_se_mide", kpi.nombre, kpi.definicion
    abierto = ""
    for p in formulario.preguntas:
        if p.grupo != abierto:
            if abierto:
                yield ("end_group",)
            if p.grupo:
                yield (
                    "begin_group",
                    p.grupo,
                    p.grupo.capitalize(),
                    "",
                    "",
                    (
                        ""
                        if p.grupo == "ubicacion" or not kpi.sobre_personas
                        else "${consentimiento} = 'si'"
                    ),
                )
            abierto = p.grupo
        tipo = f"{p.tipo} {p.lista}".strip()
        no_negativo = (
            (". >= 0", "Escriba un número que no sea negativo")
            if p.tipo in ("integer", "decimal") and not kpi.admite_negativos
            else ("", "")
        )
        yield tipo, p.nombre, p.etiqueta, p.pista, "yes", p.cuando, *no_negativo
    if abierto:
        yield ("end_group",)


def mapeo_de(formulario: Formulario, catalogo: Catalogo) -> str:
    """El mapeo, en YAML, que lee lo que ese formulario exporta: con los nombres o con las
    etiquetas.
    """
    kpi, territorio = formulario.kpi, catalogo.territorio
    por_ruta = {p.ruta: p for p in formulario.preguntas}
    medida: dict[str, object] = {"kpi": kpi.codigo}
    if "consentimiento" in por_ruta:
        medida["cuando"] = {"consentimiento": ["si"]}
    if "medicion/en_la_cuenta" in por_ruta:
        medida["numerador"] = {
            "contar": {"medicion/en_la_cuenta": ["si"], "medicion/cumple": ["si"]}
        }
        medida["denominador"] = {"contar": {"medicion/en_la_cuenta": ["si"]}}
    else:
        medida |= {
            p.nombre: {"sumar": p.ruta} for p in formulario.preguntas if p.grupo == "medicion"
        }
    grupos: list[dict[str, object]] = [{"constante": "total"}]
    for d in (d for d in kpi.desagregaciones if f"datos/{_nombre(d)}" in por_ruta):
        suyas = territorio.categorias[cast(DimensionDeGrupo, d)]
        grupos.append(
            {
                "columna": f"datos/{_nombre(d)}",
                "traducir": {_nombre(c): f"{d}:{c}" for c in suyas},
            }
        )
    de_si_o_no = [p.ruta for p in formulario.preguntas if p.lista == "si_no"]
    mapeo = {
        "nombre": f"Encuesta de {kpi.codigo}, {kpi.nombre_corto}",
        "descripcion": (
            "Un envío por caso, con el formulario que escribe «observatorio planilla --formulario"
            f" {kpi.codigo}»."
        ),
        "fuente": kpi.fuente,
        "periodo": {"columna": "end", "periodo_de_fecha": kpi.frecuencia},
        "fecha_dato": {"columna": "end"},
        "lugares": [
            *(
                [{"columna": "ubicacion/anexo", "traducir": _de_anexos(catalogo)}]
                if "ubicacion/anexo" in por_ruta
                else []
            ),
            {"constante": territorio.ubigeo},
        ],
        "grupos": grupos,
        "medidas": [medida],
        "titulos": {
            p.ruta: [p.etiqueta] for p in formulario.preguntas if plegado(p.etiqueta) != p.nombre
        },
        "valores": {r: ["si", SingleQuotedScalarString("no")] for r in de_si_o_no},
    }
    Mapeo.model_validate(mapeo)
    return ANOTACION + escrito(mapeo)


def _de_anexos(catalogo: Catalogo) -> dict[str, str]:
    """Cada anexo por el nombre de su respuesta y por su etiqueta."""
    return {
        t: a.codigo
        for a in catalogo.territorio.anexos
        for t in dict.fromkeys((_nombre(a.nombre), a.nombre))
        if t == _nombre(a.nombre) or plegado(t) != _nombre(a.nombre)
    }


def escribir_juntos(catalogo: Catalogo, codigo: str, ruta: Path) -> tuple[Formulario, Path]:
    """Escribe el formulario en ``ruta`` y su mapeo al lado; devuelve ambos."""
    formulario = formulario_de(catalogo, codigo)
    escribir_formulario(formulario, catalogo, ruta)
    mapeo = ruta.with_suffix(".yml")
    escribir_bytes(mapeo, mapeo_de(formulario, catalogo).encode())
    return formulario, mapeo


def _nombre(texto: str) -> str:
    """Un nombre que XLSForm admite: letras sin tilde, cifras y guiones bajos, sin empezar por
    cifra.
    """
    nombre = slug(texto).replace("-", "_")
    return nombre if nombre[0].isalpha() else f"de_{nombre}"
