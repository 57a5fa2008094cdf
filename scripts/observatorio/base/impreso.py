"""Papeles que se imprimen y se firman: de un texto de Typst a un PDF/UA, siempre con los mismos
bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ..errores import ErrorDeEjecucion
from .tipografia import carpeta_de_fuentes

SIN_LETRA = re.compile(r'the text "([^"]+)" could not be displayed')
_ALTO_DE_A4 = 841.89


@dataclass(frozen=True, slots=True)
class Lugar:
    """Dónde quedó un recuadro de firma: ``page`` desde 1; lo demás en puntos, desde arriba a la
    izquierda.
    """

    page: int
    x: float
    y: float
    ancho: float
    alto: float

    @property
    def caja(self) -> tuple[int, int, int, int]:
        """Izquierda, abajo, derecha y arriba, desde abajo a la izquierda, como cuenta un PDF."""
        arriba = _ALTO_DE_A4 - self.y
        return (
            round(self.x),
            round(arriba - self.alto),
            round(self.x + self.ancho),
            round(arriba),
        )


def pdf_ua(fuente: Path, raiz: Path, fecha: date, textos: Mapping[str, object], que: str) -> bytes:
    """El PDF/UA de ``fuente``, fechado en ``fecha``.

    ``raiz``: la carpeta de la que Typst no sale. ``textos``: lo que la fuente lee de
    ``sys.inputs``, cada uno como JSON. ``que``: cómo se nombra el papel si no se puede componer.
    Lanza ``ErrorDeEjecucion``.
    """
    import typst

    try:
        return typst.compile(
            str(fuente),
            root=str(raiz),
            font_paths=[str(carpeta_de_fuentes())],
            ignore_system_fonts=True,
            sys_inputs=_entradas(textos),
            pdf_standards=["ua-1"],
            timestamp=instante(fecha),
        )
    except typst.TypstError as e:
        raise explicado(e, que, "los textos de los que sale") from e


def instante(fecha: date) -> int:
    """El comienzo del día, en segundos: la fecha que lleva un PDF, igual en todas las máquinas."""
    return int(datetime.combine(fecha, time(), UTC).timestamp())


def explicado(e: RuntimeError, que: str, donde: str) -> ErrorDeEjecucion:
    """Lo que Typst dijo, en palabras. ``que``: qué se componía; ``donde``: en qué textos buscar el
    signo, si la tipografía no lo tiene.
    """
    if (signo := SIN_LETRA.search(str(e))) is not None:
        return ErrorDeEjecucion(
            f"{que}: la tipografía no tiene «{signo[1]}»\n    remedio: busque ese signo en {donde}"
            " y dígalo con palabras"
        )
    return ErrorDeEjecucion(f"{que}: Typst: {e} {' '.join(getattr(e, 'hints', []) or [])}")


def lugares_de_firma(fuente: Path, raiz: Path, textos: Mapping[str, object]) -> list[Lugar]:
    """Dónde quedaron los recuadros de firma de ``fuente``, en su orden."""
    import typst
    from pydantic import TypeAdapter

    hallados = typst.query(
        str(fuente),
        "<lugar-de-firma>",
        field="value",
        root=str(raiz),
        font_paths=[str(carpeta_de_fuentes())],
        ignore_system_fonts=True,
        sys_inputs=_entradas(textos),
    )
    return TypeAdapter(list[Lugar]).validate_json(hallados)


def _entradas(textos: Mapping[str, object]) -> dict[str, str]:
    return {nombre: json.dumps(valor, ensure_ascii=False) for nombre, valor in textos.items()}
