"""Los feriados que rigen en el territorio: los de fecha fija y los que dependen de la Pascua."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from .formas import Forma
from .modelos import Ficha, Nombre

BISIESTO = 2000


class Feriado(Ficha):
    """Un feriado: cae siempre el mismo día del año, o a tantos días del domingo de Pascua."""

    nombre: Nombre
    dia: (
        Annotated[
            str,
            Forma(r"^[0-9]{2}-[0-9]{2}$", "un día del año, mes y día: MM-DD", ("07-28",)),
        ]
        | None
    ) = Field(default=None, description="el día, si es fijo: 07-28")
    pascua: Annotated[int, Field(ge=-60, le=60)] | None = Field(
        default=None,
        description="a cuántos días del domingo de Pascua cae, si se mueve: -3 es el jueves santo",
    )

    @model_validator(mode="after")
    def _uno_u_otro(self) -> Feriado:
        if (self.dia is None) == (self.pascua is None):
            raise ValueError(
                f"el feriado «{self.nombre}» lleva dia (07-28) o pascua (-3), uno de los dos"
            )
        if self.dia is not None:
            try:
                date.fromisoformat(f"{BISIESTO}-{self.dia}")
            except ValueError:
                raise ValueError(
                    f"el feriado «{self.nombre}» cae el {self.dia}, y ese día no existe: escríbalo"
                    " como mes y día, 07-28"
                ) from None
        return self

    def en(self, anio: int) -> date | None:
        """El día en que cae ese año; nada, si es un 29 de febrero y el año no lo tiene."""
        if self.pascua is not None:
            from dateutil.easter import easter

            return easter(anio) + timedelta(days=self.pascua)
        try:
            return date.fromisoformat(f"{anio:04d}-{self.dia}")
        except ValueError:
            return None


def del_anio(feriados: Iterable[Feriado], anio: int) -> dict[date, str]:
    """``día → nombre`` de los que caen en un año."""
    return {dia: f.nombre for f in feriados if (dia := f.en(anio))}
