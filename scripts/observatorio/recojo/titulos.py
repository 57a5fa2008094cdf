"""Qué títulos de columna anuncian datos de personas, y cuáles son de la máquina o de una
institución.
"""

from __future__ import annotations

import re

from ..base.plegado import plegado
from .hojas.encabezados import con_grupo

_QUIEN = (
    r"(?:y|completos?|pat\w*|mat\w*|(?:del? (?:la |el |los )?)?"
    r"(?:pac\w*|nin[oa]s?|menor\w*|madre|padre|estudiante\w*|alumn\w*|apoderad\w*|gestante\w*"
    r"|jef[ea]|usuari\w*|personal|profesional|encuestad\w*|entrevistad\w*|informante|titular))"
)
_NOMBRE = rf"^(?:nombres?|apellidos?)(?:$| {_QUIEN})"
_TRAS_LO_QUE_PRECEDE = re.compile(
    r"^(?:[a-z]{0,9} ?\d+(?:\.\d+)*[a-z]?[ .):-]+|(?:[^ ]*[^ .:-])?[.:-]+(?=[^ ]))(.+)"
)
"""Lo que sigue al número de la pregunta («1. Nombres», «a1_nombre») o a su grupo, con los signos
que ponen ODK y los demás («datos-nombre»).
"""
_UN_LUGAR = re.compile(
    r"\b(?:anexo|caserio|comunidad|centro|poblado|ccpp|lugar|distrito|provincia|departamento|region"
    r"|institucion|ie|colegio|escuela|posta|puesto|unidad|organizacion|comite|proyecto)\b"
)
"""Lo que, delante de «nombre», dice que es el de un lugar o el de una institución."""
_UNA_PERSONA = (
    r"paciente|apoderad[oa]|estudiante|alumn[oa]|madre|padre|jef[ea](?: (?:de|del)"
    r" hogar)?|participante|encuestad[oa]|entrevistad[oa]|informante|titular|"
    r"beneficiari[oa]|usuari[oa]|gestante|cuidador[a]?|representante|conyuge"
)
_NUMERO_DE = r"n(?:um(?:ero)?|ro)?[.°º]? ?(?:de )?"
TITULOS = {
    "numero-de-documento": re.compile(
        r"\b(?:dni|d\.n\.i\.?|cui|pasaporte|carne[t]? de"
        rf" extranjeria)\b|\b(?:{_NUMERO_DE})?doc(?:umento|\.)?(?: de)?"
        rf" (?:identidad|id|paciente|madre|estudiante)\b|^{_NUMERO_DE}doc(?:umento)?$|^documento$"
    ),
    "nombre-de-persona": re.compile(
        rf"{_NOMBRE}|\b(?:apellidos?|ape)"
        r" ?(?:pat|mat)\w*|\bapellidos\b|\b(?:su|tu) (?:nombre|apellido)|\bcomo se"
        rf" llama\b|^(?:{_UNA_PERSONA})$"
    ),
    "fecha-de-nacimiento": re.compile(
        r"\bnacimiento\b|\bf(?:ec(?:ha)?)?\.? ?(?:de )?nac\b\.?|\bfecnac\b|^f\.? ?(?:de"
        r" )?n\.?$|\bcuando nacio\b"
    ),
    "historia-clinica": re.compile(
        r"\bhistorias? clinicas?\b|\bhist(?:oria)?\.? ?cli\w*|(?:^|\b(?:n(?:ro|um)?[.°º]?|numero"
        rf" de) ?)h\.? ?c\.?(?: ?l\.?)?$|\bhcl?\b|^{_NUMERO_DE}historia$|^nhc$"
    ),
    "codigo-de-estudiante": re.compile(r"\bcodigo (?:del? )?(?:estudiante|alumn[oa])"),
    "telefono-o-correo": re.compile(
        r"\b(?:telefono|celular|whatsapp|phonenumber|correo electronico|e-?mail)\b"
    ),
}
DE_UNA_VIVIENDA = re.compile(
    r"\b(?:gps|geopoint|geolocation|latitude?|longitude?|coordenadas?|direccion)\b"
)
"""Dónde vive alguien: solo señala a una persona si cada fila es una persona o un hogar."""
DE_INSTITUCION = re.compile(
    r"(?i)modular|renipress|ipress|renaes|ubigeo|local|ruc\b|snip|establecimiento|eess|soles|monto|presupuesto|pim\b|pia\b"
)

DE_SISTEMA = {
    "_id",
    "_uuid",
    "_index",
    "_parent_index",
    "_parent_table_name",
    "_submission_time",
    "_root_uuid",
    "_validation_status",
    "_validation_status/label",
    "_validation_status/uid",
    "meta/deprecatedid",
    "_status",
    "__version__",
    "formhub/uuid",
    "meta/instanceid",
    "meta/rootuuid",
    "instanceid",
    "key",
    "parent_key",
    "submissiondate",
    "start",
    "end",
    "today",
    "reviewstate",
    "attachmentspresent",
    "attachmentsexpected",
    "edits",
    "formversion",
    "status",
}
"""Identificadores, horas y estados que KoboToolbox y ODK ponen a cada envío: son de la máquina y no
de la persona.
"""
_DEL_ENVIO = "_submission_"
"""Delante de los mismos, en la hoja de un grupo repetido: ``_submission__uuid``."""


def es_de_sistema(titulo: str) -> bool:
    """Si una columna la pone la máquina, con cualquier separador de grupos: ``meta/instanceID``,
    ``meta-instanceID``.
    """
    limpio = con_grupo(titulo)
    return bool({limpio, titulo.strip().lower(), limpio.removeprefix(_DEL_ENVIO)} & DE_SISTEMA)


def sena_del_titulo(titulo: str, de_personas: bool = False) -> str | None:
    """Qué seña anuncia un título de columna, o nada. En un formulario vale lo que sigue al último
    «/», y de un nombre también lo que sigue al número de la pregunta o a otro signo.
    """
    limpio = plegado(titulo.rsplit("/", 1)[-1].replace("_", " "))
    regla = next((regla for regla, patron in TITULOS.items() if patron.search(limpio)), None)
    if not regla and _es_nombre_tras_lo_que_precede(limpio):
        regla = "nombre-de-persona"
    return regla or (
        "ubicacion-de-un-hogar" if de_personas and DE_UNA_VIVIENDA.search(limpio) else None
    )


def _es_nombre_tras_lo_que_precede(limpio: str) -> bool:
    hallado = _TRAS_LO_QUE_PRECEDE.match(limpio)
    if hallado is None or re.match(_NOMBRE, hallado[1]) is None:
        return False
    precede = limpio[: hallado.start(1)]
    return not (_UN_LUGAR.search(precede) or DE_INSTITUCION.search(precede))
