"""Lo que las respuestas de una encuesta delatan: un valor que el formulario no tenía, o una
pregunta partida entre dos columnas.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence

from ...base.plegado import plegado, respuesta_plegada
from ...catalogo.mapeo import Mapeo
from ..hojas.cuadricula import Celda, letra
from ..hojas.encabezados import con_grupo
from ..lote import Defecto, Lote
from ..no_leido import lista, tramos
from .elegidas import CON_SIGNO
from .envios import cuantas_filas
from .registros import Registro
from .ubicar import Fuente
from .varias import NINGUNA, UNION

PARECIDO = 0.8
MINIMO_DE_RESPUESTAS = 2


def valores_desconocidos(mapeo: Mapeo, registros: Sequence[Registro]) -> Iterator[Defecto]:
    """Respuestas que no están entre las que el mapeo declara, y respuestas múltiples donde se
    espera una sola.
    """
    for columna in sorted(mapeo.preguntadas() | set(mapeo.valores)):
        nombrados = {respuesta_plegada(v) for v in mapeo.nombrados(columna)} - {"*"}
        posibles = {respuesta_plegada(v) for v in mapeo.valores.get(columna, ())}
        varias = columna in mapeo.multiples
        sueltas = nombrados | {respuesta_plegada(r.fila[columna]) for r in registros}
        for r in registros:
            for texto in r.fila[columna].split(UNION) if varias else [r.fila[columna]]:
                dicho = respuesta_plegada(texto)
                if dicho == "" or texto == NINGUNA:
                    continue
                if posibles and dicho not in posibles:
                    remedio = (
                        "no es una de las respuestas de la pregunta"
                        f" ({', '.join(mapeo.valores[columna])}): corríjala, o añádala a valores en"
                        " el mapeo"
                    )
                    yield Defecto(r.celdas[columna], texto, "valor-desconocido", remedio)
                elif (
                    not varias
                    and dicho not in nombrados
                    and (
                        nombrados & {*dicho.split()}
                        or (
                            nombrados & (partes := {*map(str.strip, CON_SIGNO.split(dicho))})
                            and partes <= sueltas
                        )
                    )
                ):
                    remedio = (
                        "son varias respuestas en una celda: si se podían elegir varias, diga en"
                        f' el mapeo multiples: ["{columna}"]; si es una sola, añádala a valores'
                    )
                    yield Defecto(r.celdas[columna], texto, "respuesta-multiple", remedio)


def condiciones_vacias(mapeo: Mapeo, registros: Sequence[Registro]) -> Iterator[Defecto]:
    """En un reporte, una fila con cifras que no dice aquello de lo que depende que cuente: quizá lo
    dice solo la primera de su grupo.
    """
    if mapeo.cuenta_filas():
        return
    condiciones = [m.cuando for m in mapeo.medidas]
    for columna in sorted({c for cuando in condiciones for c in cuando}):
        if any({"", "*"} & set(cuando.get(columna, ())) for cuando in condiciones):
            continue
        de_ella = {t for m in mapeo.medidas if columna in m.cuando for t in m.sumadas()}
        for r in registros:
            if not r.fila[columna] and any(r.fila[t] for t in de_ella):
                remedio = (
                    f"la fila trae cifras y no dice su «{columna}», de lo que depende que cuente:"
                    " escríbalo o, si es un total, bórrela"
                )
                yield Defecto(r.celdas[columna], None, "celda-vacia", remedio)


def no_contadas(mapeo: Mapeo, registros: Sequence[Registro]) -> Iterator[str]:
    """Una frase por columna de una condición, con lo que dicen las filas que por ella no cuentan:
    puede ser lo mismo, escrito de otro modo. Donde el mapeo dice todas las respuestas, lo otro ya
    se rechaza. De un reporte de personas no se repite lo que dicen, sino qué filas son.
    """
    condiciones = [m.cuando for m in mapeo.medidas]
    columnas = {c for cuando in condiciones for c in cuando}
    for columna in sorted(columnas - mapeo.valores.keys() - set(mapeo.multiples)):
        cuentan = {respuesta_plegada(v) for x in condiciones for v in x.get(columna, ())}
        fuera = [r for r in registros if _dice_otra(r.fila[columna], cuentan)]
        if fuera and "*" not in cuentan:
            n = len(fuera)
            dice = "dice" if n == 1 else "dicen"
            porque = (
                f"por lo que {dice} ({tramos([r.numero for r in fuera])})"
                if mapeo.cuenta_filas()
                else f"porque {dice} {lista(list(dict.fromkeys(r.fila[columna] for r in fuera)))}"
            )
            yield (
                f"«{columna}»: {cuantas_filas(n)} no {'cuenta' if n == 1 else 'cuentan'}, {porque}."
            )


def nunca_dichas(mapeo: Mapeo, registros: Sequence[Registro]) -> Iterator[str]:
    """Una frase por respuesta que se cuenta y ninguna fila dice: quizá está escrita de otro modo, y
    la cifra saldría en cero. Donde el mapeo dice todas las respuestas, lo otro ya se rechaza.
    """
    for columna, valores in sorted(mapeo.contadas().items()):
        dichas = {respuesta_plegada(t) for r in registros for t in r.fila[columna].split(UNION)}
        faltan = [v for v in valores if respuesta_plegada(v) not in {*dichas, "*"}]
        if faltan and columna not in mapeo.valores and dichas - {""}:
            yield (
                f"«{columna}»: ninguna fila dice {lista(faltan)}, que se cuenta. Si está escrito de"
                " otro modo, corríjalo en el mapeo; si nadie lo respondió, diga en valores todas"
                " las respuestas."
            )


def _dice_otra(texto: str, cuentan: Collection[str]) -> bool:
    return bool(texto) and respuesta_plegada(texto) not in cuentan


def preguntas_partidas(
    lote: Lote, mapeo: Mapeo, fuente: Fuente, registros: Sequence[Registro]
) -> Iterator[Defecto]:
    """Una pregunta a la que se le cambió el nombre deja dos columnas a medias: cada una está llena
    donde la otra está vacía.
    """
    e, hoja = fuente.encabezado, fuente.hoja
    de_registro = [r.numero for r in registros]
    for columna in sorted(
        (mapeo.preguntadas() | mapeo.sumadas() | _campos(mapeo)) & set(e.columnas)
    ):
        suyas = e.columnas[columna]
        llenas = {f for f in de_registro if any(hoja.texto(f, c) for c in suyas)}
        vacias = [f for f in de_registro if f not in llenas]
        if not vacias or len(vacias) < MINIMO_DE_RESPUESTAS:
            continue
        otra = _la_otra(mapeo, fuente, columna, llenas, vacias)
        if otra is not None:
            titulo = e.titulos.textos[otra - 1] if otra <= len(e.titulos.textos) else ""
            cuantas = sum(bool(hoja.texto(f, otra)) for f in vacias)
            celda = Celda(hoja.nombre, e.fila, suyas[0], e.titulos.textos[suyas[0] - 1])
            if not titulo:
                remedio = (
                    f"está vacía en {len(vacias)} de {len(de_registro)} filas, y en {cuantas} de"
                    f" ellas hay algo en la columna {letra(otra)}, que no tiene título: páselo a la"
                    " suya"
                )
                yield Defecto(celda, None, "pregunta-partida", remedio)
                continue
            remedio = (
                f"está vacía en {len(vacias)} de {len(de_registro)} filas, y en {cuantas} de ellas"
                f" está llena «{titulo}»: si es la misma pregunta con otro nombre, "
                f'diga en el mapeo titulos: {{"{columna}": ["{titulo}"]}}; si es otra, borre esa'
                " columna"
            )
            yield Defecto(celda, None, "pregunta-partida", remedio)
        elif columna in mapeo.preguntadas() and len(vacias) * 2 >= len(de_registro):
            lote.avisos.append(
                f"«{columna}» está vacía en {len(vacias)} de {len(de_registro)} filas."
            )


def _campos(mapeo: Mapeo) -> set[str]:
    """Las columnas de lugar y de grupo: también se parten."""
    return {
        c
        for campo in (*mapeo.lugares, *mapeo.grupos)
        if not isinstance(campo, str)
        for c in campo.usadas()
    }


def _la_otra(
    mapeo: Mapeo, fuente: Fuente, columna: str, llenas: set[int], vacias: Sequence[int]
) -> int | None:
    """La columna que nadie lee, llena solo donde ``columna`` está vacía y que se llama casi igual o
    lleva sus mismas respuestas.
    """
    e, hoja = fuente.encabezado, fuente.hoja
    ultima = con_grupo(columna).rpartition("/")[2]
    respuestas = {plegado(hoja.texto(f, c)) for f in llenas for c in e.columnas[columna]} | {
        plegado(v) for v in mapeo.nombrados(columna)
    }
    leidas = e.leidas()
    for c in range(1, max((len(hoja.filas[f - 1]) for f in vacias), default=0) + 1):
        titulo = e.titulos.textos[c - 1] if c <= len(e.titulos.textos) else ""
        if c in leidas or titulo.startswith("_"):
            continue
        donde = [f for f in vacias if hoja.texto(f, c)]
        if len(donde) < MINIMO_DE_RESPUESTAS or any(hoja.texto(f, c) for f in llenas):
            continue
        suya = con_grupo(titulo).rpartition("/")[2]
        se_llama_casi_igual = (
            titulo == ""
            or suya.startswith(ultima)
            or ultima.startswith(suya)
            or difflib.SequenceMatcher(None, suya, ultima).ratio() >= PARECIDO
        )
        responde_lo_mismo = columna not in mapeo.sumadas() and bool(
            {plegado(hoja.texto(f, c)) for f in donde} & respuestas
        )
        if se_llama_casi_igual or responde_lo_mismo:
            return c
    return None
