"""Cómo se dicen el territorio y sus lugares: «la provincia», «los distritos», «ninguna comunidad».

Lo declara ``data/territorio.yml`` (``tipo`` y ``anexos_se_llaman``); con eso concuerda todo lo que
lee una persona.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from ..base.palabras import Genero, al_empezar, con_y, contraida, en_femenino, o_en_lista
from .formas import Forma
from .modelos import Ficha

TipoDeTerritorio = Literal["distrito", "provincia"]
ARTICULOS: dict[TipoDeTerritorio, str] = {"distrito": "el", "provincia": "la"}
"""El de lo que un territorio puede ser: «el distrito», «la provincia»."""


Sustantivo = Annotated[
    str,
    Forma(
        r"^[a-záéíóúüñ]{3,20}([ -][a-záéíóúüñ]{2,20}){0,3}$",
        "una o varias palabras en minúsculas, sin más signos",
        ("comunidad", "centro poblado"),
    ),
]
MARCA = re.compile(r"\{\{([A-Za-z-]+)\}\}")
"""Una de las ``formas`` en un texto fijo: ``{{los-anexos}}``, o ``{{Los-anexos}}`` al empezar."""


class NombreDeLugar(Ficha):
    """Cómo se llaman los lugares del territorio, con lo que hace falta para decirlos en una frase.

    Solo lo que lee una persona: columnas, archivos y direcciones dicen siempre «anexo».
    """

    singular: Sustantivo = "anexo"
    plural: Sustantivo = "anexos"
    genero: Genero = "masculino"

    def concordado(self, masculino: str) -> str:
        """Lo que acompaña al nombre: «pequeños», «el», «ningún»; o «pequeñas», «la»,
        «ninguna».
        """
        return masculino if self.genero == "masculino" else en_femenino(masculino)

    @property
    def el(self) -> str:
        """«el anexo», «la comunidad», «el área»."""
        return self._con("el")

    @property
    def del_lugar(self) -> str:
        """«del anexo», «de la comunidad»."""
        return contraida("de", self.el)

    @property
    def los(self) -> str:
        """«los anexos», «las comunidades»."""
        return f"{self.concordado('los')} {self.plural}"

    @property
    def un(self) -> str:
        """«un anexo», «una comunidad»."""
        return self._con("un")

    @property
    def ningun(self) -> str:
        """«ningún anexo», «ninguna comunidad»."""
        return self._con("ningún")

    @property
    def otros(self) -> str:
        """«otros anexos», «otras comunidades»."""
        return f"{self.concordado('otros')} {self.plural}"

    @property
    def cada(self) -> str:
        return f"cada {self.singular}"

    @property
    def uno_por_uno(self) -> str:
        """«anexo por anexo», «comunidad por comunidad»."""
        return f"{self.singular} por {self.singular}"

    @property
    def y_plural(self) -> str:
        """Detrás de otra cosa: «y anexos», «e islas»."""
        return con_y(self.plural)

    def contados(self, n: int) -> str:
        """«1 anexo», «15 comunidades»."""
        return f"{n:,} {self.singular if n == 1 else self.plural}"

    @property
    def formas(self) -> dict[str, str]:
        """``nombre → cómo se dice``, para los textos fijos: páginas, cuadernos, modelos y lo que
        describe los datos. Cada nombre es lo que dice con la palabra «anexo»; los que empiezan con
        «anexo-», lo que concuerda con ella.
        """
        dichas = {
            "anexo": self.singular,
            "anexos": self.plural,
            "el-anexo": self.el,
            "del-anexo": self.del_lugar,
            "los-anexos": self.los,
            "un-anexo": self.un,
            "ese-anexo": f"{self.concordado('ese')} {self.singular}",
            "un-solo-anexo": f"{self.concordado('un')} {self.concordado('solo')} {self.singular}",
            "ningun-anexo": self.ningun,
            "unos-anexos": f"{self.concordado('unos')} {self.plural}",
            "anexo-por-anexo": self.uno_por_uno,
            "y-anexos": self.y_plural,
            "tipos-de-lugar": o_en_lista(dict.fromkeys((*ARTICULOS, self.singular))),
        }
        return dichas | {f"anexo-{clave}": self.concordado(m) for clave, m in CONCUERDAN.items()}

    @property
    def marcas(self) -> dict[str, str]:
        """Las ``formas`` como las cita un texto: también con mayúscula, al empezar."""
        return self.formas | {al_empezar(n): al_empezar(d) for n, d in self.formas.items()}

    @property
    def piezas(self) -> dict[str, str]:
        """Las ``formas`` como las cita una página: también con «-al-empezar», con mayúscula."""
        al_comienzo = {f"{n}-al-empezar": al_empezar(d) for n, d in self.formas.items()}
        return self.formas | al_comienzo

    def lleno(self, texto: str) -> str:
        """Un texto fijo con sus ``{{los-anexos}}`` dichos; otras marcas quedan como están."""
        marcas = self.marcas
        return MARCA.sub(lambda m: marcas.get(m[1], m[0]), texto)

    def _con(self, masculino: str) -> str:
        """Con su determinante: delante de una «a» con tilde, el masculino («el área»)."""
        tonica = self.singular.startswith(("á", "há"))
        return f"{masculino if tonica else self.concordado(masculino)} {self.singular}"


ANEXO = NombreDeLugar()
"""Como se llaman mientras el territorio no diga otra cosa."""
CONCUERDAN = {
    c: c for c in ("el", "los", "uno", "unos", "otro", "otros", "ninguno", "todos", "ellos")
} | {"pronombre": "él", "pequenos": "pequeños"}
"""Lo que una frase dice de los lugares sin nombrarlos: «ninguno», «el menor de ellos»."""
