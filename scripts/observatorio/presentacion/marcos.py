"""Un cuadro de pandas o de polars mostrado en un cuaderno, publicado como tabla accesible.

Se publica entero, con sus cifras como las demás del observatorio. De un ``Styler`` de pandas se
publica lo que escribió en cada celda; sus colores no.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ..base.numeros import SIN_TOPE, canonico, numero
from ..base.periodos import NOMBRES_DE_MES
from ..base.voladas import DE_HTML, a_su_altura
from ..errores import ErrorDeUso
from . import tabla_leida
from .graficos import graficos
from .pieza import Pieza
from .tabla_leida import AUSENTE, Celda, Lado, TablaLeida

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from pandas.io.formats.style import Styler

CABEN_FILAS, CABEN_COLUMNAS = 300, 20
DECIMALES = 4
NATURALEZA = "naturaleza"
SIN_MILES = re.compile(r"(?i)a[nñ]o|anio|year|periodo|ubigeo|c[oó]d(igo)?|id|ruc|lugar")
"""Columnas cuyos números nombran y no cuentan: no llevan coma de miles."""
SIN_FORMATO = re.compile(r"-?\d+\.\d{6}|-?\d{5,}")
"""Lo que un ``Styler`` escribe cuando no se le dijo cómo."""
LUGAR_DE_STYLER = re.compile(r"(row|col|level)(\d+)")
"""Las clases con que un ``Styler`` dice qué casilla es cada celda."""
DECIMALES_DE_STYLER = 6
DE_STYLER = re.compile(
    "style|table|caption|thead|tbody|tr|th|td|br|b|strong|i|em|u|s|sub|sup|small|span|div|p"
)
"""Lo que una tabla de ``Styler`` puede llevar: de ello se publica el texto."""
NULO_DE_PANDAS = "na"
"""Lo que parece una etiqueta y no lo es: ``Styler`` escribe «<NA>» donde no hay valor."""
NULOS = frozenset({"nan", "None", "NaT", "<NA>", "NaN"})


def de_polars(cuadro: pl.DataFrame | pl.Series) -> Pieza:
    """La pieza de una tabla o una columna de polars."""
    tabla: pl.DataFrame = cuadro if hasattr(cuadro, "columns") else cuadro.to_frame()  # type: ignore[assignment]  # no se importa polars para preguntarlo
    columnas = [(c, tabla[c].to_list()) for c in tabla.columns]
    return _pieza("", columnas, _naturalezas(columnas))


def de_pandas(cuadro: pd.DataFrame | pd.Series) -> Pieza:
    """La pieza de una tabla o una columna de pandas; su índice va delante si nombra las filas.

    El título se da con ``cuadro.attrs["titulo"] = "…"``.
    """
    tabla = cuadro if hasattr(cuadro, "columns") else cuadro.to_frame(cuadro.name or "valor")
    columnas = _columnas_de(tabla)
    titulo = str(cuadro.attrs.get("titulo", "")).strip()
    return _pieza(titulo, [*_indice(tabla), *columnas], _naturalezas(columnas))


def _columnas_de(tabla: pd.DataFrame) -> list[tuple[str, list[Any]]]:
    return [
        (": ".join(map(_rotulo, c if isinstance(c, tuple) else (c,))), tabla.iloc[:, i].tolist())
        for i, c in enumerate(tabla.columns)
    ]


def _rotulo(valor: Any) -> str:
    """El nombre de una columna o de una fila: una cifra ahí nombra, y no lleva coma de miles."""
    if _es_numero(valor) or isinstance(valor, tuple):
        return str(valor)
    return _escrito(valor, 0, False, isinstance(valor, datetime) and valor.time() != time())


def de_styler(estilo: Styler) -> Pieza:
    """La pieza de un ``Styler`` de pandas: lo que escribió en cada celda y su ``caption``."""
    _que_quepa(estilo.data.shape)
    columnas = _columnas_de(estilo.data)
    # Sin identificador propio, pandas pone uno al azar.
    leida = _LectorDeStyler.leer(estilo.set_uuid("tabla").to_html(), estilo.data, columnas)
    leida.titulo = leida.titulo or _titulo_de(leida.rotulos)
    return tabla_leida.pieza(leida, _demostracion(_naturalezas(columnas)))


def _naturalezas(columnas: Iterable[tuple[str, list[Any]]]) -> set[Any] | None:
    """Las que el propio cuadro dice, también si su columna está dos veces; nada si no las dice."""
    dichas = [valores for nombre, valores in columnas if nombre == NATURALEZA]
    return set().union(*dichas) if dichas else None


def _indice(tabla: pd.DataFrame) -> Iterator[tuple[str, list[Any]]]:
    """Los niveles del índice, salvo el de serie, que solo cuenta las filas."""
    indice = tabla.index
    if type(indice).__name__ == "RangeIndex" and indice.name is None:
        return
    for n in range(indice.nlevels):
        yield str(indice.names[n] or ""), indice.get_level_values(n).tolist()


def _pieza(
    titulo: str, columnas: Sequence[tuple[str, list[Any]]], propias: set[Any] | None
) -> Pieza:
    if not columnas:
        raise ErrorDeUso("la tabla no tiene columnas: muestre una que tenga algo")
    _que_quepa((len(columnas[0][1]), len(columnas)))
    escritas = [list(_columna(nombre, valores)) for nombre, valores in columnas]
    filas = [list(f) for f in zip(*escritas, strict=True)] or [[Celda(AUSENTE) for _ in columnas]]
    cabeza = [Celda(nombre) for nombre, _ in columnas]
    leida = TablaLeida(titulo or _titulo_de([n for n, _ in columnas]))
    leida.cabezas, leida.grupos = [cabeza], [("", filas)]
    return tabla_leida.pieza(leida, _demostracion(propias))


def _demostracion(propias: set[Any] | None) -> bool:
    """Una tabla con columna ``naturaleza`` habla por sí misma; si no, se supone lo que el cuaderno
    abrió.
    """
    return graficos.hay_demostracion() if propias is None else "demostracion" in propias


def _que_quepa(medidas: tuple[int, ...]) -> None:
    filas, columnas = medidas
    if filas > CABEN_FILAS or columnas > CABEN_COLUMNAS:
        remedios = [".head(20)"] * (filas > CABEN_FILAS)
        remedios += ['cuadro[["una", "otra"]]'] * (columnas > CABEN_COLUMNAS)
        raise ErrorDeUso(
            f"una tabla de {numero(filas, 0)} filas y {columnas} columnas no se lee en una página:"
            f" muestre {CABEN_FILAS} filas y {CABEN_COLUMNAS} columnas como mucho, por ejemplo con"
            f" {' y '.join(remedios)}"
        )


def _titulo_de(rotulos: Iterable[str]) -> str:
    return f"Tabla: {', '.join(r for r in rotulos if r) or 'sin encabezados'}"


def _columna(nombre: str, valores: list[Any]) -> Iterator[Celda]:
    """Las celdas de una columna, todas escritas igual."""
    hay = [v for v in valores if not _nulo(v)]
    lado: Lado = "right" if hay and all(_es_numero(v) for v in hay) else "left"
    miles = _cuenta(nombre, valores)
    decimales = max((_decimales(v) for v in hay if _es_numero(v)), default=0)
    con_hora = any(isinstance(v, datetime) and v.time() != time() for v in hay)
    for valor in valores:
        yield Celda(_escrito(valor, decimales, miles, con_hora), lado)


def _cuenta(nombre: str, valores: list[Any]) -> bool:
    """¿Son cifras que cuentan algo, y no años, códigos o textos?"""
    hay = [v for v in valores if not _nulo(v)]
    return not SIN_MILES.fullmatch(nombre.strip()) and not all(
        not _es_numero(v) or (isinstance(v, int) and 1900 <= v <= 2100) for v in hay
    )


def _nulo(valor: object) -> bool:
    return valor is None or str(valor) in ("nan", "NaT", "<NA>")


def _es_numero(valor: object) -> bool:
    return isinstance(valor, int | float | Decimal) and not isinstance(valor, bool)


def _decimales(valor: float | Decimal) -> int:
    """Los que la cifra necesita, hasta ``DECIMALES``; más si empieza más allá."""
    if isinstance(valor, int) or not math.isfinite(valor) or not valor:
        return 0
    # Con su contexto: el del cuaderno puede haberlo cambiado quien lo escribe.
    exacto = Decimal(str(canonico(float(valor)))).normalize(SIN_TOPE)
    primera = -exacto.adjusted()
    return max(0, min(-int(exacto.as_tuple().exponent), max(DECIMALES, primera + 1)))


def _escrito(valor: Any, decimales: int, miles: bool, con_hora: bool) -> str:
    if _nulo(valor):
        return AUSENTE
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if _es_numero(valor):
        if not math.isfinite(valor):
            return "∞" if valor > 0 else "−∞"
        texto = numero(valor, decimales)
        return texto if miles else texto.replace(",", "")
    if isinstance(valor, date):
        dia = f"{valor.day} {NOMBRES_DE_MES[valor.month - 1][:3]} {valor.year}"
        return f"{dia} {valor:%H:%M}" if con_hora and isinstance(valor, datetime) else dia
    if isinstance(valor, timedelta):
        dias = valor / timedelta(days=1)
        return f"{numero(dias, _decimales(dias))} {'día' if dias == 1 else 'días'}"
    if isinstance(valor, list | tuple):
        return ", ".join(_suelto(v) for v in valor)
    if isinstance(valor, dict):
        return ", ".join(f"{clave}: {_suelto(v)}" for clave, v in valor.items())
    return str(valor)


def _suelto(valor: Any) -> str:
    """Un valor dentro de otro."""
    return _escrito(valor, _decimales(valor) if _es_numero(valor) else 0, True, False)


class _LectorDeStyler(HTMLParser):
    """Lee la tabla de ``Styler.to_html``; ``datos`` y ``columnas``: los suyos, de los que sale lo
    que el ``Styler`` no tenía orden de escribir de otro modo.
    """

    def __init__(self, datos: pd.DataFrame, columnas: Sequence[tuple[str, list[Any]]]) -> None:
        super().__init__(convert_charrefs=True)
        self.datos, self.valores = datos, [valores for _, valores in columnas]
        self.escritas = [list(_columna(nombre, valores)) for nombre, valores in columnas]
        self.cuentan = [_cuenta(nombre, valores) for nombre, valores in columnas]
        self.leida = TablaLeida(grupos=[("", [])])
        self._fila: list[Celda] = []
        self._celda: Celda | None = None
        self._en_cabeza = self._en_titulo = False
        self._altura = ""

    @classmethod
    def leer(
        cls, html: str, datos: pd.DataFrame, columnas: Sequence[tuple[str, list[Any]]]
    ) -> TablaLeida:
        lector = cls(datos, columnas)
        lector.feed(html)
        lector.close()
        _con_lados(lector.leida)
        return lector.leida

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dichos = {n: v or "" for n, v in attrs}
        if tag == NULO_DE_PANDAS and not dichos:
            self.handle_data("<NA>")
            return
        if not DE_STYLER.fullmatch(tag):
            raise ErrorDeUso(
                f"una celda de la tabla lleva HTML propio («<{tag}»), que no se publica: deje solo"
                ' su texto o, si «<» es parte de él, escriba .format(escape="html")'
            )
        if tag == "thead":
            self._en_cabeza = True
        elif tag == "caption":
            self._en_titulo = True
        elif tag == "tr":
            self._fila = []
        elif tag in ("th", "td"):
            filas, columnas = (int(dichos.get(n, "1")) for n in ("rowspan", "colspan"))
            clases = frozenset(dichos.get("class", "").split())
            self._celda = Celda("", "left", filas, columnas, clases)
        elif tag == "br":
            self.handle_data(" ")
        elif tag in DE_HTML:
            self._altura = tag

    def handle_data(self, data: str) -> None:
        dicho = a_su_altura(data, self._altura) if self._altura else data
        if self._en_titulo:
            self.leida.titulo += dicho.strip()
        elif self._celda is not None:
            self._celda.texto += dicho

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._en_cabeza = False
        elif tag == "caption":
            self._en_titulo = False
        elif tag in DE_HTML:
            self._altura = ""
        elif tag in ("th", "td") and self._celda is not None:
            self._celda.texto = self._como_aqui(self._celda)
            self._fila.append(self._celda)
            self._celda = None
        elif tag == "tr" and self._fila:
            (self.leida.cabezas if self._en_cabeza else self.leida.grupos[0][1]).append(self._fila)

    def _como_aqui(self, celda: Celda) -> str:
        """El texto de una celda; el que ``Styler`` escribe de fábrica, como en otros cuadros."""
        texto = " ".join(celda.texto.split())
        hallados = map(LUGAR_DE_STYLER.fullmatch, celda.clases)
        lugar = {h[1]: int(h[2]) for h in hallados if h is not None}
        match lugar:
            case {"level": nivel, "col": columna}:
                return _nombre(texto, self.datos.columns.get_level_values(nivel).tolist()[columna])
            case {"level": nivel, "row": fila}:
                return _nombre(texto, self.datos.index.get_level_values(nivel).tolist()[fila])
            case {"row": fila, "col": columna}:
                de_fabrica = texto == _de_fabrica(self.valores[columna][fila])
                return self.escritas[columna][fila].texto.strip() if de_fabrica else texto
            case {"col": columna} if not self._en_cabeza:
                return _de_pie(texto, self.cuentan[columna])
        return texto


def _nombre(texto: str, valor: Any) -> str:
    return _rotulo(valor) if texto == _de_fabrica(valor) else texto


def _de_fabrica(valor: Any) -> str:
    """Lo que ``Styler`` escribe de un valor cuando no se le dijo cómo."""
    if isinstance(valor, float):
        return f"{valor:.{DECIMALES_DE_STYLER}f}"
    return " ".join(str(valor).split())


def _de_pie(texto: str, es_cifra: bool) -> str:
    """Lo mismo de una fila añadida al pie (``Styler.concat``), de la que solo hay el texto."""
    if texto in NULOS:
        return AUSENTE
    if es_cifra and SIN_FORMATO.fullmatch(texto):
        exacto = Decimal(texto)
        return numero(float(exacto), _decimales(exacto) if "." in texto else 0)
    return texto


def _con_lados(leida: TablaLeida) -> None:
    """Alinea a la derecha las columnas de cifras, y repite las cabezas de fila que abarcan
    varias.
    """
    filas = tabla_leida.con_cabezas_repetidas(leida.grupos[0][1])
    leida.grupos = [("", filas)]
    for columna in range(len(filas[0]) if filas else 0):
        textos = [f[columna].texto for f in filas if f[columna].texto != AUSENTE]
        if textos and all(re.fullmatch(r"[-−]?[\d,.]+(\s?\S{1,3})?", t) for t in textos):
            for f in filas:
                f[columna].lado = "right"


__all__ = ["de_pandas", "de_polars", "de_styler"]
