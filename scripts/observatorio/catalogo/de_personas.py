"""KPI que cuentan personas, o lo suyo, y dicen que no: se publicarían sin proteger a nadie.

Es sobre personas lo que se cuenta de ellas, de su hogar, de su vivienda o de su negocio. Se conoce
por la palabra con que empieza lo que se cuenta y, en cualquier parte de la fórmula, por lo que solo
puede ser de alguien: un negocio, un préstamo, una licencia, una parcela familiar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .hallazgos import DeUnKpi
from .modelos import Kpi

_GENTE = (
    r"personas?|poblaci[oó]n|habitantes|poblador(?:es|as)|vecin[oa]s|niñ[oa]s|menores|infantes|"
    r"lactantes|gestantes|madres|padres|mujeres|hombres|j[oó]venes|adolescentes|adult[oa]s|"
    r"estudiantes|alumn[oa]s|alumnado|egresad[oa]s|docentes|profesor(?:es|as)|pacientes|"
    r"usuari[oa]s|atendid[oa]s|beneficiari[oa]s|titulares|soci[oa]s|agentes|servidor(?:es|as)|"
    r"trabajador(?:es|as)|productor(?:es|as)|agricultor(?:es|as)|comerciantes|gestor(?:es|as)|"
    r"representantes|partos|nacimientos|defunciones|denuncias|familias|hogares|viviendas"
)
_SUYO = (
    r"emprendimientos?|negocios?|bodegas?|pr[eé]stamos?|licencias? de funcionamiento|"
    r"parcelas? familiar(?:es)?"
)
EMPIEZA = re.compile(rf"(?:{_GENTE})\b", re.IGNORECASE)
EN_CUALQUIER_PARTE = re.compile(rf"\b(?:{_SUYO})\b", re.IGNORECASE)


def revisar(kpi: Kpi) -> Iterator[DeUnKpi]:
    """El defecto, si lo hay, con la palabra que lo delata.

    De un gasto por habitante los habitantes son solo la escala: el denominador se mira en los
    porcentajes.
    """
    if kpi.sobre_personas:
        return
    de_quien = [kpi.formula.numerador]
    if kpi.unidad == "%" and kpi.formula.denominador:
        de_quien.append(kpi.formula.denominador)
    hallada = next((m for t in de_quien if (m := EMPIEZA.match(t.strip()))), None) or next(
        (m for t in (kpi.nombre, *de_quien) if (m := EN_CUALQUIER_PARTE.search(t))), None
    )
    if hallada:
        yield (
            kpi.codigo,
            "sobre_personas",
            "false",
            "cuenta-personas-sin-proteger",
            f"escriba sobre_personas: true, porque cuenta «{hallada[0].lower()}»: son personas, o"
            " su hogar o su negocio; si cuenta otra cosa, dígalo con otra palabra en el nombre y en"
            " la fórmula",
        )
