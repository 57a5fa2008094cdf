"""Dónde está en un archivo lo que un mapeo lee: su hoja, la fila de sus títulos y, si es un grupo
repetido, las hojas de las que depende.

Lo que no se encuentra se dice: qué columna falta, en qué otra hoja está, a qué título se parece.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...catalogo.mapeo import Mapeo
from ...errores import DatosInvalidos, ErrorDeDatos
from ..hojas.cuadricula import Hoja
from ..hojas.encabezados import Encabezado, clave, con_grupo, encabezado
from .enlazar import Enlace, enlace_de

PARECIDO = 0.75
PARTE_MINIMA = 0.3
TITULOS_MOSTRADOS = 12


@dataclass(frozen=True)
class Fuente:
    """Una hoja de la que se leen columnas del mapeo; ``madre``, la que completa sus filas si es un
    grupo repetido.
    """

    encabezado: Encabezado
    madre: Fuente | None = None
    enlace: Enlace | None = None

    @property
    def hoja(self) -> Hoja:
        return self.encabezado.hoja

    @property
    def halladas(self) -> set[str]:
        return self.encabezado.halladas | (self.madre.halladas if self.madre else set())

    def todas(self) -> list[Fuente]:
        """Esta hoja y sus madres, en orden."""
        return [self, *(self.madre.todas() if self.madre else [])]

    @property
    def raiz(self) -> Fuente:
        return self.madre.raiz if self.madre else self


def fuente_en(
    mapeo: Mapeo, hoja: Hoja, hojas: Sequence[Hoja], vistas: frozenset[str] = frozenset()
) -> Fuente | None:
    """Lo que del mapeo hay en una hoja y en las que la completan; nulo si en ella no hay nada
    suyo.
    """
    propio = encabezado(
        hoja,
        sorted(mapeo.columnas()),
        mapeo.fila_titulos,
        mapeo.titulos,
        {m: mapeo.nombrados(m) - {"*"} for m in mapeo.multiples},
    )
    if propio is None:
        return None
    enlace = enlace_de(hoja, hojas) if len(hojas) > 1 and hoja.nombre not in vistas else None
    if enlace is None or enlace.madre.nombre in vistas:
        return Fuente(propio)
    madre = fuente_en(mapeo, enlace.madre, hojas, vistas | {hoja.nombre}) or Fuente(
        Encabezado(enlace.madre, enlace.titulos_madre, {}, {}, {})
    )
    return Fuente(propio, madre, enlace)


def completas(mapeo: Mapeo, hojas: Sequence[Hoja]) -> list[Fuente]:
    """Las hojas que tienen, ellas o las que las completan, todas las columnas del mapeo."""
    buscadas = mapeo.columnas()
    fuentes = [
        f for h in hojas if (f := fuente_en(mapeo, h, hojas)) is not None and buscadas <= f.halladas
    ]
    # Una hoja hija encuentra todo en su madre, que es la que de verdad lo lleva.
    return [f for f in fuentes if f.madre is None or not buscadas <= f.madre.halladas]


def elegir(
    archivo: str, nombre: str, mapeo: Mapeo, hojas: Sequence[Hoja], pedida: str | None
) -> tuple[Fuente, list[str]]:
    """La hoja que se lee con el mapeo, y lo que de esa elección se avisa. Lanza ``DatosInvalidos``
    diciendo qué falta o entre cuáles elegir.
    """
    caben = completas(mapeo, hojas)
    if pedida is not None:
        caben = [f for f in caben if clave(f.hoja.nombre) == clave(pedida)]
        if not caben:
            raise DatosInvalidos(
                _lo_que_falta(
                    archivo,
                    nombre,
                    mapeo,
                    [h for h in hojas if clave(h.nombre) == clave(pedida)] or hojas,
                    hojas,
                    pedida,
                )
            )
    if mapeo.hoja is not None and (
        suyas := [f for f in caben if clave(f.hoja.nombre) == clave(mapeo.hoja)]
    ):
        caben = suyas
    caben = [f for f in caben if not f.hoja.oculta] or caben
    if not caben:
        raise DatosInvalidos(_lo_que_falta(archivo, nombre, mapeo, hojas, hojas, None))
    if len(caben) > 1:
        nombres = ", ".join(f"«{f.hoja.nombre}»" for f in caben)
        remedio = (
            f"en {len(caben)} hojas están las columnas del mapeo {nombre}: elija una con --hoja, y"
            " repita la orden con cada una que deba entrar"
        )
        raise DatosInvalidos([ErrorDeDatos(archivo, None, None, nombres, "varias-hojas", remedio)])
    (fuente,) = caben
    return fuente, list(_avisos(nombre, mapeo, fuente, pedida))


def _avisos(nombre: str, mapeo: Mapeo, fuente: Fuente, pedida: str | None) -> Iterable[str]:
    if mapeo.hoja is not None and pedida is None and clave(mapeo.hoja) != clave(fuente.hoja.nombre):
        yield (
            f"El mapeo {nombre} nombra la hoja «{mapeo.hoja}», que no está: se lee"
            f" «{fuente.hoja.nombre}», la única con sus columnas."
        )
    for f in fuente.todas():
        if f.madre:
            yield (
                f"Cada fila de «{f.hoja.nombre}» se completa con la de «{f.madre.hoja.nombre}» a la"
                " que pertenece."
            )


def _lo_que_falta(
    archivo: str,
    nombre: str,
    mapeo: Mapeo,
    entre: Sequence[Hoja],
    hojas: Sequence[Hoja],
    pedida: str | None,
) -> list[ErrorDeDatos]:
    """Un defecto por columna ausente, en la hoja que más se le acerca."""
    if pedida is not None and not any(clave(h.nombre) == clave(pedida) for h in hojas):
        hay = ", ".join(f"«{h.nombre}»" for h in hojas)
        return [
            ErrorDeDatos(
                archivo,
                None,
                None,
                pedida,
                "hoja-ausente",
                f"ninguna hoja se llama así: elija entre {hay}",
            )
        ]
    fuente = mas_cercana(mapeo, entre, hojas)
    hoja = fuente.hoja if fuente else entre[0]
    fila = fuente.encabezado.fila if fuente else mapeo.fila_titulos
    faltan = sorted(mapeo.columnas() - (fuente.halladas if fuente else set()))
    sin_hoja = (
        ""
        if mapeo.hoja is None or any(clave(mapeo.hoja) == clave(h.nombre) for h in hojas)
        else f"; tampoco está la hoja «{mapeo.hoja}», que el mapeo nombra"
    )
    return [
        ErrorDeDatos(
            archivo,
            fila,
            c,
            None,
            "columna-ausente",
            f"{_donde_estara(c, hoja, fuente, hojas, mapeo, nombre)}{sin_hoja}",
        )
        for c in faltan
    ]


def _donde_estara(
    columna: str,
    hoja: Hoja,
    fuente: Fuente | None,
    hojas: Sequence[Hoja],
    mapeo: Mapeo,
    nombre: str,
) -> str:
    en_otras = [
        h.nombre
        for h in hojas
        if h is not hoja
        and (e := encabezado(h, [columna], mapeo.fila_titulos, mapeo.titulos))
        and columna in e.halladas
    ]
    if en_otras:
        return (
            f"está en la hoja «{en_otras[0]}» y no en «{hoja.nombre}», y nada enlaza sus filas:"
            " expórtelas en una sola hoja, o con las columnas que pone KoboToolbox (_parent_index)"
            " u ODK (PARENT_KEY)"
        )
    cual = _parecida(columna, fuente)
    if cual:
        return (
            f"en la hoja «{hoja.nombre}» hay «{cual}»: si es la misma, escriba en"
            f' data/mapeos/{nombre}.yml titulos: {{"{columna}": ["{cual}"]}}'
        )
    return (
        f"la hoja «{hoja.nombre}» no la trae: el reporte cambió o es otro; vuelva a exportarlo, o"
        f" diga en data/mapeos/{nombre}.yml, en titulos, con qué título llega"
    )


def _parecida(columna: str, fuente: Fuente | None) -> str | None:
    """El título sin usar que más se parece; ninguno si todos son otra cosa."""
    if fuente is None:
        return None
    usadas = fuente.encabezado.leidas()
    libres = {
        con_grupo(t): t
        for c, t in enumerate(fuente.encabezado.titulos.textos, 1)
        if t and c not in usadas
    }
    for buscada in (con_grupo(columna), con_grupo(columna).rpartition("/")[2]):
        if cerca := difflib.get_close_matches(buscada, libres, 1, PARECIDO):
            return libres[cerca[0]]
    return next(
        (t for k, t in libres.items() if con_grupo(columna).rpartition("/")[2] in k.split()), None
    )


def mas_cercana(mapeo: Mapeo, entre: Sequence[Hoja], hojas: Sequence[Hoja]) -> Fuente | None:
    """La hoja con más columnas del mapeo; nula si ninguna tiene siquiera una parte."""
    fuentes = [f for h in entre if (f := fuente_en(mapeo, h, hojas)) is not None]
    mejor = max(fuentes, key=lambda f: len(f.halladas), default=None)
    return mejor if mejor and len(mejor.halladas) >= PARTE_MINIMA * len(mapeo.columnas()) else None


def el_mas_parecido(mapeos: Mapping[str, Mapeo], hojas: Sequence[Hoja]) -> str:
    """En palabras: el mapeo que más se acerca al archivo, y qué le falta. Vacío si ninguno se
    acerca.
    """
    cercanos = [
        (len(f.halladas) / len(m.columnas()), n, m, f)
        for n, m in mapeos.items()
        if (f := mas_cercana(m, hojas, hojas)) is not None
    ]
    if not cercanos:
        return ""
    _, nombre, mapeo, fuente = max(
        cercanos,
        key=lambda x: (
            x[0],
            sum(_parecida(c, x[3]) is not None for c in x[2].columnas() - x[3].halladas),
            x[1],
        ),
    )
    faltan = sorted(mapeo.columnas() - fuente.halladas)
    usadas = fuente.encabezado.leidas()
    libres = [
        f"«{t}»"
        for c, t in enumerate(fuente.encabezado.titulos.textos, 1)
        if t and c not in usadas and not t.startswith("_")
    ][:TITULOS_MOSTRADOS]
    lineas = [
        (
            f"El mapeo más parecido es {nombre}: en la hoja «{fuente.hoja.nombre}», con los títulos"
            f" en la fila {fuente.encabezado.fila},"
            f" {'le falta' if len(faltan) == 1 else 'le faltan'}"
            f" {', '.join(f'«{c}»' for c in faltan)}."
        ),
        f"  La hoja trae, y el mapeo no conoce: {', '.join(libres)}." if libres else "",
        (
            "  Si es la misma columna con otro título (una etiqueta, otra versión), dígalo en"
            f' data/mapeos/{nombre}.yml: titulos: {{"{faltan[0]}": ["título que llega"]}}.'
        ),
        *(
            f"  {_en_otra(c, fuente.hoja, hojas, mapeo)}"
            for c in faltan
            if _en_otra(c, fuente.hoja, hojas, mapeo)
        ),
    ]
    return "\n".join(x for x in lineas if x)


def _en_otra(columna: str, hoja: Hoja, hojas: Sequence[Hoja], mapeo: Mapeo) -> str:
    otra = next(
        (
            h
            for h in hojas
            if h is not hoja
            and (e := encabezado(h, [columna], mapeo.fila_titulos, mapeo.titulos))
            and columna in e.halladas
        ),
        None,
    )
    return f"«{columna}» está en la hoja «{otra.nombre}»." if otra else ""
