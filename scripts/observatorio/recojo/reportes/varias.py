"""Las preguntas de varias respuestas de una encuesta: vengan juntas en una columna, cada una en la
suya, o de las dos formas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...base.plegado import plegado
from ...catalogo.mapeo import Mapeo
from ..hojas.cuadricula import Celda
from ..hojas.encabezados import Encabezado
from ..lote import Defecto, Lote
from .elegidas import CON_SIGNO, Nombradas, dichas_solas, elegidas, es_dudosa, nombradas
from .envios import AFIRMATIVOS, NEGATIVOS

UNION = "\x1f"
"""Separa las respuestas de una pregunta de varias; no puede estar en una celda."""
NINGUNA = "\x1e"
"""Se contestó la pregunta sin elegir ninguna respuesta."""


class Varias:
    """Las respuestas elegidas en cada pregunta; lo que no se entiende va a ``lote.defectos``."""

    def __init__(self, lote: Lote, mapeo: Mapeo) -> None:
        self.lote, self.mapeo = lote, mapeo
        self.se_separan: dict[tuple[str, str], tuple[Nombradas, bool]] = {}

    def unidas(
        self,
        encabezado: Encabezado,
        titulo: str,
        texto: str,
        celda: Celda,
        sueltas: Mapping[str, tuple[Celda, str]],
    ) -> str:
        """Las que eligió una fila, separadas por ``UNION``; las dos formas deben coincidir.

        ``texto`` y ``celda``: donde vienen juntas. ``sueltas``: por cada respuesta con su columna,
        la celda y lo que dice.
        """
        juntas = elegidas(texto, *self._como_se_separan(encabezado, titulo, sueltas))
        if not sueltas:
            return UNION.join(juntas)
        dadas = []
        for opcion, (donde, dicho) in sueltas.items():
            plegada = plegado(dicho)
            if plegada in AFIRMATIVOS or (plegada and plegada == opcion):
                dadas.append(opcion)
            elif plegada not in ("", *NEGATIVOS):
                self._no_se_entiende(
                    donde,
                    plegada,
                    "se esperaba 1 o 0, o sí o no, según se eligiera esa respuesta",
                )
        if titulo not in encabezado.columnas:
            contesto = any(dicho for _, dicho in sueltas.values())
            return UNION.join(dadas or ([NINGUNA] if contesto else []))
        if {j for j in juntas if j in sueltas} != set(dadas):
            self._no_se_entiende(
                celda,
                texto,
                f"la columna dice «{texto}» y las de cada respuesta, «{' '.join(dadas)}»:"
                " vuelva a exportar",
            )
        return UNION.join(juntas)

    def _como_se_separan(
        self, encabezado: Encabezado, titulo: str, opciones: Iterable[str]
    ) -> tuple[Nombradas, bool]:
        """``(respuestas que se conocen, si un signo las separa)`` en la columna de esa pregunta:
        las que se nombran y las que alguna celda dice solas. Si otras tantas celdas parecen
        separarlas con un espacio, no se sabe, y se dice.
        """
        hoja = encabezado.hoja
        pregunta = (hoja.nombre, titulo)
        if pregunta in self.se_separan:
            return self.se_separan[pregunta]
        dichas = {
            (f, c): t
            for c in encabezado.columnas.get(titulo, ())
            for f in range(encabezado.fila + 1, len(hoja.filas) + 1)
            if (t := hoja.texto(f, c))
        }
        con_signo = [t for t in dichas.values() if CON_SIGNO.search(t)]
        suyas = [*self.mapeo.nombrados(titulo) - {"*"}, *opciones]
        propias = nombradas(suyas)
        conocidas = nombradas([*dichas_solas(dichas.values()), *suyas])
        dudosas = [d for d, t in dichas.items() if con_signo and es_dudosa(t, conocidas, propias)]
        if con_signo and len(dudosas) >= len(con_signo):
            self._no_se_entiende(
                encabezado.celda(*dudosas[0]),
                dichas[dudosas[0]],
                f"no se sabe si es una respuesta o varias: hay {len(dudosas)} así, y otras se"
                f" separan con un signo («{con_signo[0]}»): sepárelas todas igual, o añada a"
                " valores las que son una sola",
            )
        self.se_separan[pregunta] = conocidas, bool(con_signo)
        return self.se_separan[pregunta]

    def _no_se_entiende(self, celda: Celda, texto: str, remedio: str) -> None:
        self.lote.defectos.append(Defecto(celda, texto, "respuesta-multiple", remedio))
