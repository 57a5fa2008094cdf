"""Quién y de dónde: los nombres de lugares y de personas que un relato no debe decir.

Los lugares se conocen y se buscan sin mayúsculas ni tildes. Los nombres de personas no se conocen:
delatan a uno un tratamiento o un parentesco seguido de mayúscula, dos mayúsculas seguidas que no se
deben a que empiece la frase, y un nombre de pila de los más frecuentes, aunque vaya solo. Atrapa el
descuido; lo demás lo mira una persona.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from ..catalogo.territorio import Territorio
from ..datos.nombres import INSTITUCION, NOMBRE_SUELTO

_TRATO = (
    "don|doña|señora?|señorita|profe|profesora?|maestr[oa]|doctora?|ingenier[oa]|licenciad[oa]|enfermer[oa]|obstetra|"
    "técnic[oa]|promotora?|alcalde|alcaldesa|regidora?|presidente|presidenta|director|directora|padre|madre|papá|mamá|hij[oa]|niet[oa]|herman[oa]|"
    "prim[oa]|tí[oa]|sobrin[oa]|abuel[oa]|espos[oa]|marido|mujer|compadre|comadre|padrino|madrina|vecin[oa]|amig[oa]|suegr[oa]|cuñad[oa]|niñ[oa]|joven"
)
_ABREVIADO = r"sra?|srta|dra?|ing|lic|prof"
_MAYUSCULA = r"[A-ZÁÉÍÓÚÑ]"
_PROPIO = rf"{_MAYUSCULA}[a-záéíóúñü]+"
_CON_TRATO = re.compile(rf"\b(?i:(?:{_TRATO})\s|(?:{_ABREVIADO})\.?\s)\s*{_MAYUSCULA}\w+")
_SEGUIDAS = re.compile(rf"\b(?P<primera>{_PROPIO})\s+{_PROPIO}\b")
_DE_PILA = re.compile(rf"(?<!\w)(?<!-){NOMBRE_SUELTO}(?!\w)")
_TAMBIEN_PALABRAS = {
    "Gloria",
    "Mercedes",
    "Rosario",
    "Angel",
    "Ángel",
    "Marina",
    "Victor",
    "Segundo",
}
"""Abriendo la frase, su mayúscula no dice si son un nombre."""
_SANTO = re.compile(
    r"\b(?i:san|santa|santo|virgen|señor|patr[oó]n|patrona|niño|sagrado|divino)(?:\s+de(?:\s+la)?)?\s+$"
)
_ABRE_FRASE = re.compile(r"(?:^|[.!?…:;«»\"“(¿¡—-])\s*$")
_DE_APERTURA = re.compile(
    "a|acá|ahora|ahí|al|allá|allí|antes|aquí|así|aun|aunque|bajo|cada|casi|como|con|contra|cuando|de|del|desde|después|donde|durante|e|el|ella|"
    "ellos|en|entonces|entre|era|es|es[ae]|eso|est[ae]|esto|hace|hacia|hasta|hay|hoy|l[ae]s?|los?|más|me|mis?|much[oa]s?|nadie|ni|nos?|nosotr[oa]s|"
    "nuestr[oa]s?|o|otr[oa]s?|para|pero|por|porque|pues|que|quien|se|según|s[ií]|sin|sobre|solo|sus?|también|tanto|te|tenemos|tod[oa]s?|tras|tu|"
    "un[oa]?s?|va|vamos|y|ya|yo",
    re.IGNORECASE,
)


def sin_tildes(texto: str) -> str:
    """En minúsculas y sin tildes: «Añay» y «ANAY» son el mismo lugar."""
    return "".join(
        c for c in unicodedata.normalize("NFD", texto.casefold()) if not unicodedata.combining(c)
    )


def nombres_de_anexos(territorio: Territorio) -> list[str]:
    """Cada nombre por el que se conoce un anexo, también el que va entre paréntesis; el del
    territorio no señala a nadie.
    """
    partes = (p.strip(" )") for a in territorio.anexos for p in a.nombre.split("("))
    return sorted({p for p in partes if p} - {territorio.nombre})


def nombra_un_anexo(territorio: Territorio) -> Callable[[str], bool]:
    """¿Dice un texto el nombre de un anexo, con la ortografía que sea?"""
    propios = [
        r"\s+".join(map(re.escape, sin_tildes(n).split())) for n in nombres_de_anexos(territorio)
    ]
    patron = re.compile(rf"\b(?:{'|'.join(propios)})\b") if propios else None
    return lambda texto: bool(patron and patron.search(sin_tildes(texto)))


def nombra_a_alguien(territorio: Territorio) -> Callable[[str], bool]:
    """¿Dice un texto el nombre de una persona? Los nombres del territorio y de sus lugares no lo
    son.
    """
    conocidos = [
        *nombres_de_anexos(territorio),
        territorio.nombre,
        territorio.provincia,
        territorio.region,
        territorio.pais,
    ]
    lugares = re.compile(
        rf"\b(?:{'|'.join(map(re.escape, sorted(conocidos, key=len, reverse=True)))})\b"
    )

    def dice(texto: str) -> bool:
        resto = lugares.sub("ese lugar", texto)
        return (
            bool(_CON_TRATO.search(resto))
            or any(_son_nombre(resto, m) for m in _SEGUIDAS.finditer(resto))
            or _dice_uno_solo(resto)
        )

    return dice


def _son_nombre(texto: str, m: re.Match[str]) -> bool:
    """Si la primera abre la frase, su mayúscula no dice nada cuando es una palabra de las que
    suelen abrirla.
    """
    return not (_ABRE_FRASE.search(texto[: m.start()]) and _DE_APERTURA.fullmatch(m["primera"]))


def _dice_uno_solo(texto: str) -> bool:
    """¿Hay un nombre de pila sin apellido? El de un santo, el de una institución y la palabra que
    abre la frase no lo son.
    """
    resto = re.sub(INSTITUCION, "esa institución", texto)
    return any(
        not _SANTO.search(resto[: m.start()])
        and not (m[0] in _TAMBIEN_PALABRAS and _ABRE_FRASE.search(resto[: m.start()]))
        for m in _DE_PILA.finditer(resto)
    )
