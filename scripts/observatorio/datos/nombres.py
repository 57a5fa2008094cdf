"""Cómo se reconoce el nombre de una persona en un texto: apellidos y nombres frecuentes, títulos, y
lo que solo es institución.
"""

from __future__ import annotations

import re

_APELLIDOS = (
    "quispe flores sanchez sánchez garcia garcía rodriguez rodríguez rojas huaman huamán mamani"
    " vasquez vásquez ramos ramirez ramírez lopez lópez torres mendoza gonzales gonzáles castillo"
    " espinoza chavez chávez diaz díaz perez pérez fernandez fernández gutierrez gutiérrez vargas"
    " castro condori cruz ruiz reyes salazar romero silva martinez martínez leon león campos"
    " aguilar morales guzman guzmán herrera guevara palomino cardenas cárdenas villanueva ponce"
    " paredes alvarado medina jimenez jiménez valverde carranza layza araujo"
)
_NOMBRES = (
    "maria maría jose josé juan luis carlos rosa ana jorge carmen victor víctor julio cesar césar"
    " pedro manuel miguel luz elena martha marta miriam gladys norma sonia yolanda flor segundo"
    " santos wilmer edwin percy nelly teresa teodoro jesus jesús yesenia lucia lucía karina"
    " milagros diego daniel david marco antonio"
)
# También son palabras corrientes: solo cuentan con mayúscula.
_COMUNES = (
    "flores flor rojas ramos torres castillo cruz reyes leon león campos silva paredes medina "
    "luz rosa segundo santos marco carmen milagros jesus jesús"
)
# Con mayúscula y seguidos de otra palabra con mayúscula señalan a alguien, aunque el apellido no
# sea frecuente.
_SUELTOS = (
    "Maria María Jose José Juan Luis Carlos Ana Jorge Victor Víctor Cesar César Pedro Manuel Miguel"
    " Elena Martha Marta Miriam Gladys Norma Sonia Yolanda Wilmer Edwin Percy Nelly Teresa Teodoro"
    " Yesenia Lucia Lucía Karina Diego Daniel David Antonio Nélida Nelida Carla Brizaida Rosario"
    " Roberto Ricardo Raúl Raul Ramón Ramon Fernando Francisco Javier Eduardo Enrique Alberto"
    " Alejandro Andrés Andres Angel Ángel Angélica Angelica Beatriz Betty Brenda Claudia Cristina"
    " Dina Dora Edith Elizabeth Elmer Emilio Ernesto Esther Eva Felipe Félix Felix Gabriela Gloria"
    " Graciela Gregorio Guillermo Héctor Hector Hilda Hugo Humberto Irma Isabel Iván Ivan Jaime"
    " Janet Jenny Jessica Jhon Jhonatan Joel Josefina Juana Julia Julián Julian Katherine Laura"
    " Leonardo Lidia Liliana Lourdes Lucio Margarita Marina Mario Maribel Mariela Marisol Mercedes"
    " Mirtha Mónica Monica Nancy Nora Olga Oscar Óscar Pablo Patricia Paulina Rafael Rocío Rocio"
    " Rubén Ruben Ruth Sandra Sara Sergio Silvia Susana Vanessa Verónica Veronica Vicente Vilma"
    " Walter Wilder Wilson Zoila Brayan Bryan Deysi Eulogio Eusebio Jefferson Jhoselin Joselin"
    " Kevin Leoncio Marcelino Maricela Rosmery Saturnino Yesica Yessica Yoselin Yuliana"
)
_INSTITUCIONES = (
    "hospitales|hospital|convenio|convenios|proyecto|programa|plan|ley|puesto|centro|posta|instituto|institución|institucion|i\\.?\\s?e\\.?|colegio|escuela|inicial|primaria|"
    "secundaria|universidad|red|microrred|municipalidad|gobierno|provincia|distrito|región|región|anexo|caserío|caserio|comunidad|centro"
    " poblado|"
    "asociación|asociacion|cooperativa|empresa|minera|compañía|compañia|fundación|fundacion|ong|comité|comite|club|mercado|puente|carretera|"
    "avenida|av|jirón|jiron|jr|calle|plaza|parque|río|rio|laguna|cerro|quebrada|valle|san|santa|santo|agencia|oficina|ugel|dirección|gerencia|iglesia|parroquia"
)
TITULO = "lic|dr|dra|ing|prof|profa|obst|enf|tec|téc|abog|psic|mg|mgtr|blga?|bach|c\\.?d|q\\.?f"
_CON_MAYUSCULA = r"[A-ZÁÉÍÓÚÑ][\wáéíóúñÁÉÍÓÚÑ]*"


def _cualquiera(palabras: str) -> str:
    """Alternativa que admite minúsculas salvo en los nombres que también son palabras
    corrientes.
    """
    comunes = _COMUNES.split()
    formas = [
        f"(?i:{p})" if p not in comunes else f"{p.capitalize()}|{p.upper()}"
        for p in palabras.split()
    ]
    return f"(?:{'|'.join(formas)})"


NOMBRE, APELLIDO = _cualquiera(_NOMBRES), _cualquiera(_APELLIDOS)
NOMBRE_SUELTO = f"(?:{'|'.join(_SUELTOS.split())})"
INSTITUCION = (
    rf"\b(?i:{_INSTITUCIONES})\b\.?"
    r"(?:\s+(?:de|del|la|las|los|el|y|N[°º.]\s*\d*|\d+)\b)*"
    rf"(?:\s+{_CON_MAYUSCULA}(?:\s+(?:de|del|la|las|los)\b)*)+"
)
"""Una institución o un lugar con su nombre propio: «Hospital Luis Flores», «Convenio Ramos
Castillo», «I.E. José Olaya».
"""

_CARGO = re.compile(
    r"(?i)\b(?:comit[eé]|red|salud|oficina|municipal\w*|ugel|agencia|direcci[oó]n|director[a]?|gerencia|gerente|[aá]rea|asociaci[oó]n|registro|equipo|"
    r"responsable|jef[ea]|jefatura|coordina\w*|secretar[ií]\w*|presiden\w*|alcald\w*|alcaldesa|regidor\w*|t[eé]cnic\w*|unidad|gobierno|ministerio|centro|"
    r"puesto|instituci[oó]n|escuela|colegio|programa|proyecto|consejo|junta|promotor\w*|enfermer\w*|m[eé]dic\w*|obstet\w*|estad[ií]stic\w*|cargo|"
    r"observatorio|federaci[oó]n|comisar[ií]a|polic[ií]a|juzgado|fiscal[ií]a|defensor[ií]a|demuna|sub\w*|instituto|universidad|empresa|ronda\w*|"
    r"comunidad|comunal|servicio|superintendencia|autoridad|mesa|patronato|per[uú]|nacional|regional|provincial|distrital|encargad\w*|docente|analista)\b"
)
_NOMBRE_ENTERO = re.compile(
    r"(?:[A-ZÁÉÍÓÚÑ][\w'’áéíóúñÁÉÍÓÚÑ]+,?\s+(?:(?:de|del|la|las|los)\s+)*){1,3}[A-ZÁÉÍÓÚÑ][\w'’áéíóúñÁÉÍÓÚÑ]+"
)


def parece_nombre(texto: str) -> bool:
    """De dos a cuatro palabras con mayúscula y ninguna de cargo o institución:
    ``"Nélida Chuquizuta Ocampo"`` sí, ``"Red de Salud"`` no.
    """
    limpio = " ".join(texto.split())
    return (
        bool(_NOMBRE_ENTERO.fullmatch(limpio))
        and not any(c.isdigit() for c in limpio)
        and not _CARGO.search(limpio)
    )
