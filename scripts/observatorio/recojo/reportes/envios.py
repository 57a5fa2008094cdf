"""Qué envíos de una encuesta cuentan: los repetidos, los que el equipo rechazó y los de ensayo, y
las filas de sus grupos repetidos.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ...base.plegado import plegado
from ...catalogo.mapeo import Mapeo
from ..hojas.cuadricula import Celda
from ..hojas.encabezados import clave, con_grupo
from ..lote import Defecto, Lote
from .ubicar import Fuente

DE_ENVIO = ("meta/instanceid", "instanceid", "_uuid", "key", "_id", "meta/rootuuid", "_root_uuid")
DE_FILA_REPETIDA = ("_index", "key")
"""Lo que distingue cada fila de un grupo repetido, junto con su madre."""
DE_REVISION = (
    "_validation_status",
    "_validation_status/label",
    "_validation_status/uid",
    "_submission__validation_status",
    "reviewstate",
)
RECHAZADO = frozenset(
    [
        "not approved",
        "no aprobado",
        "no aprobada",
        "rejected",
        "reject",
        "rechazado",
        "rechazada",
        "desaprobado",
        "desaprobada",
    ]
)
EN_ESPERA = frozenset(
    ["on hold", "en espera", "hasissues", "has issues", "con problemas", "pendiente"]
)
ADMITIDO = frozenset(
    [
        "",
        "approved",
        "aprobado",
        "aprobada",
        "received",
        "recibido",
        "recibida",
        "edited",
        "editado",
        "editada",
        "null",
        "none",
    ]
)
_DENTRO = re.compile(r"validation_status_(\w+)")
DE_LO_REEMPLAZADO = ("meta/deprecatedid", "deprecatedid")
"""El identificador que tenía antes un envío que se editó."""
DE_QUIEN = (
    "_submitted_by",
    "username",
    "submittername",
    "_tags",
    "_notes",
    "deviceid",
    "enumerador",
    "encuestador",
)
DE_ENSAYO = ("prueba", "es_prueba", "es prueba", "test", "is_test", "ensayo", "envio_de_prueba")
_DE_ENSAYO = re.compile(r"^(?:prueba|pruebas|test|testing|tester|ensayo|demo|piloto)[\W_\d]*$")
AFIRMATIVOS = frozenset({"si", "yes", "1", "1.0", "true", "verdadero", "x"})
NEGATIVOS = frozenset({"no", "0", "0.0", "false", "falso"})
VACIO_ESCRITO = frozenset(
    ("NA", "<NA>", "N/A", "n/a", "NaN", "nan", "NaT", "NULL", "null", ".", "-", "--")
)
"""Cómo escriben una celda vacía R, Stata, pandas, una base de datos o una persona. Contarla como
respuesta aumentaría el denominador.
"""
MUESTRA = 5


class Envios:
    """Los envíos de un archivo; anota en el lote lo que deja fuera y lo que alguien debe
    decidir.
    """

    def __init__(self, lote: Lote, mapeo: Mapeo, fuente: Fuente) -> None:
        self.lote, self.mapeo, self.fuente = lote, mapeo, fuente
        self.de_personas = mapeo.cuenta_filas()

    def fuera(self, filas: Sequence[int]) -> set[int]:
        """Las filas que no cuentan: de envíos rechazados o repetidos, o suyas repetidas. Lo dudoso
        se anota como defecto.
        """
        salida = self._envios_fuera(self.fuente, filas) if self.fuente.madre is None else set()
        if self.fuente.madre is not None and self.fuente.enlace is not None:
            salida |= self._de_madres_fuera(filas)
            salida |= self._repetidas(
                self.fuente, [f for f in filas if f not in salida], DE_FILA_REPETIDA, con_madre=True
            )
        return salida

    def _de_madres_fuera(self, filas: Sequence[int]) -> set[int]:
        """Las filas de un grupo repetido cuyo envío no cuenta; la que no tiene envío se rechaza."""
        raiz = self.fuente.raiz
        de_raiz = [
            f
            for f in range(raiz.encabezado.fila + 1, len(raiz.hoja.filas) + 1)
            if any(raiz.hoja.texto(f, c + 1) for c in range(len(raiz.hoja.filas[f - 1])))
        ]
        fuera_de_raiz = self._envios_fuera(raiz, de_raiz)
        salida: set[int] = set()
        for f in filas:
            suya = self._fila_raiz(f)
            if suya is None:
                enlace = self.fuente.enlace
                assert enlace is not None
                remedio = (
                    f"ninguna fila de «{enlace.madre.nombre}» es la de este envío: vuelva a"
                    " exportar las dos hojas a la vez"
                )
                self.lote.defectos.append(
                    Defecto(
                        Celda(
                            self.fuente.hoja.nombre,
                            f,
                            enlace.columna_hija,
                            enlace.titulos_hija.textos[enlace.columna_hija - 1],
                        ),
                        self.fuente.hoja.texto(f, enlace.columna_hija) or None,
                        "fila-sin-envio",
                        remedio,
                    )
                )
                salida.add(f)
            elif suya in fuera_de_raiz:
                salida.add(f)
        return salida

    def _fila_raiz(self, fila: int) -> int | None:
        fuente, numero = self.fuente, fila
        while fuente.madre is not None and fuente.enlace is not None:
            siguiente = fuente.enlace.fila_madre(numero)
            if siguiente is None:
                return None
            fuente, numero = fuente.madre, siguiente
        return numero

    def _envios_fuera(self, fuente: Fuente, filas: Sequence[int]) -> set[int]:
        fuera = self._por_revision(fuente, filas)
        fuera |= self._reemplazadas(fuente, [f for f in filas if f not in fuera])
        fuera |= self._de_ensayo(fuente, [f for f in filas if f not in fuera])
        return fuera | self._repetidas(fuente, [f for f in filas if f not in fuera], DE_ENVIO)

    def _de_sistema(self, fuente: Fuente, nombres: Iterable[str]) -> Iterator[tuple[str, int]]:
        buscados = set(nombres)
        for c, t in enumerate(fuente.encabezado.titulos.textos, 1):
            formas = (
                clave(t),
                con_grupo(t),
                *(() if buscados & set(DE_ENSAYO) else (con_grupo(t).rpartition("/")[2],)),
            )
            suyo = next((n for n in formas if n in buscados), None)
            if suyo:
                yield suyo, c

    def _por_revision(self, fuente: Fuente, filas: Sequence[int]) -> set[int]:
        """Lo que el equipo ya revisó: lo rechazado queda fuera; lo que está en espera, que lo
        decida.
        """
        rechazadas, en_espera, desconocidas = [], [], []
        for _, c in self._de_sistema(fuente, DE_REVISION):
            for f in filas:
                dicho = _estado(fuente.hoja.texto(f, c))
                if dicho in RECHAZADO:
                    rechazadas.append((f, c))
                elif dicho in EN_ESPERA:
                    en_espera.append((f, c))
                elif dicho not in ADMITIDO:
                    desconocidas.append((f, c))
        return (
            self._segun(
                fuente,
                rechazadas,
                self.mapeo.filas.rechazadas,
                "rechazadas",
                "envio-rechazado",
                "el equipo rechazó",
            )
            | self._segun(
                fuente,
                en_espera,
                self.mapeo.filas.en_espera,
                "en_espera",
                "envio-en-espera",
                "el equipo dejó en espera",
            )
            | self._segun(
                fuente,
                desconocidas,
                self.mapeo.filas.en_espera,
                "en_espera",
                "envio-con-otro-estado",
                "el equipo marcó con un estado que no se conoce",
            )
        )

    def _reemplazadas(self, fuente: Fuente, filas: Sequence[int]) -> set[int]:
        """Los envíos que otro del mismo archivo, su edición, dice reemplazar."""
        editados = {
            _sin_prefijo(texto)
            for _, c in self._de_sistema(fuente, DE_LO_REEMPLAZADO)
            for f in filas
            if (texto := fuente.hoja.texto(f, c))
        }
        if not editados:
            return set()
        fuera = {
            f
            for _, c in self._de_sistema(fuente, DE_ENVIO[:4])
            for f in filas
            if _sin_prefijo(fuente.hoja.texto(f, c)) in editados
        }
        if fuera:
            self.lote.avisos.append(
                f"«{fuente.hoja.nombre}»: {cuantas_filas(len(fuera))} de envíos que su edición"
                f" reemplaza no {_se_cuentan(len(fuera))} ({_cuales(sorted(fuera))})."
            )
        return fuera

    def _de_ensayo(self, fuente: Fuente, filas: Sequence[int]) -> set[int]:
        de_sistema = [c for _, c in self._de_sistema(fuente, (*DE_ENVIO, *DE_REVISION))]
        if not de_sistema and not self.de_personas:
            return set()
        halladas = []
        for nombre, c in self._de_sistema(fuente, (*DE_QUIEN, *DE_ENSAYO)):
            for f in filas:
                texto = plegado(fuente.hoja.texto(f, c))
                if (
                    (texto in AFIRMATIVOS)
                    if nombre in DE_ENSAYO
                    else any(_DE_ENSAYO.match(p) for p in re.split(r"[\s,;]+", texto) if p)
                ):
                    halladas.append((f, c))
        return self._segun(
            fuente,
            halladas,
            self.mapeo.filas.pruebas,
            "pruebas",
            "envio-de-prueba",
            "parecen de ensayo",
        )

    def _segun(
        self,
        fuente: Fuente,
        halladas: Sequence[tuple[int, int]],
        que: str,
        campo: str,
        regla: str,
        palabras: str,
    ) -> set[int]:
        """Aplica lo que el mapeo decide sobre unas filas; devuelve las que quedan fuera."""
        filas = sorted({f for f, _ in halladas})
        if not filas or que == "cuentan":
            return set()
        if que == "fuera":
            self.lote.avisos.append(
                f"«{fuente.hoja.nombre}»: {cuantas_filas(len(filas))} que {palabras} no"
                f" {_se_cuentan(len(filas))} ({_cuales(filas)})."
            )
            return set(filas)
        primera, columna = min(halladas)
        remedio = (
            f"{cuantas_filas(len(filas))} que {palabras} ({_cuales(filas)}): bórrelas, o diga en el"
            f" mapeo filas: {{{campo}: fuera}} o filas: {{{campo}: cuentan}}"
        )
        donde = Celda(
            fuente.hoja.nombre, primera, columna, fuente.encabezado.titulos.textos[columna - 1]
        )
        self.lote.defectos.append(
            Defecto(donde, fuente.hoja.texto(primera, columna), regla, remedio)
        )
        return set(filas)

    def _repetidas(
        self, fuente: Fuente, filas: Sequence[int], nombres: Iterable[str], con_madre: bool = False
    ) -> set[int]:
        """Filas con el identificador de otra: iguales en lo que se lee, cuenta una; distintas,
        alguien debe decir cuál.
        """
        columnas = list(self._de_sistema(fuente, nombres))
        propio = fuente.encabezado.columnas.get(self.mapeo.identificador or "", ())
        columnas += [(self.mapeo.identificador or "", c) for c in propio]
        fuera: set[int] = set()
        for _, c in columnas:
            de_cada: dict[tuple[str, int | None], list[int]] = defaultdict(list)
            for f in filas:
                texto = fuente.hoja.texto(f, c)
                if texto and texto not in VACIO_ESCRITO and f not in fuera:
                    madre = fuente.enlace.fila_madre(f) if con_madre and fuente.enlace else None
                    # Un programa escribe el mismo identificador en mayúsculas y otro en minúsculas.
                    de_cada[texto.casefold(), madre].append(f)
            for suyas in de_cada.values():
                if len(suyas) > 1:
                    fuera |= self._una_de(fuente, suyas, c)
        if fuera:
            self.lote.avisos.append(
                f"«{fuente.hoja.nombre}»: {cuantas_filas(len(fuera))} de envíos repetidos, con el"
                " mismo identificador y las mismas respuestas,"
                f" {_se_cuentan(len(fuera))} una sola vez ({_cuales(sorted(fuera))})."
            )
        return fuera

    def _una_de(self, fuente: Fuente, suyas: Sequence[int], columna: int) -> set[int]:
        leidas = sorted(fuente.encabezado.leidas())
        distintas = [
            f
            for f in suyas[1:]
            if any(fuente.hoja.texto(f, c) != fuente.hoja.texto(suyas[0], c) for c in leidas)
        ]
        for f in distintas:
            otra = next(
                c for c in leidas if fuente.hoja.texto(f, c) != fuente.hoja.texto(suyas[0], c)
            )
            titulo = fuente.encabezado.titulos.textos
            remedio = (
                f"lleva el mismo {titulo[columna - 1]} que la fila {suyas[0]}, y en"
                f" «{titulo[otra - 1]}» dicen cosas distintas: deje solo la que vale"
            )
            self.lote.defectos.append(
                Defecto(
                    Celda(fuente.hoja.nombre, f, columna, titulo[columna - 1]),
                    fuente.hoja.texto(f, columna),
                    "envio-repetido",
                    remedio,
                )
            )
        return set(suyas[1:])


def _estado(texto: str) -> str:
    """``"validation_status_not_approved"``, ``"Not-Approved"`` y el JSON de KoboToolbox que lo
    lleva → ``"not approved"``.
    """
    dicho = "" if texto in VACIO_ESCRITO else plegado(texto)
    dentro = _DENTRO.search(dicho)
    return re.sub(r"[\W_]+", " ", dentro[1] if dentro else dicho).strip()


def _sin_prefijo(identificador: str) -> str:
    return identificador.casefold().removeprefix("uuid:")


def cuantas_filas(cuantas: int) -> str:
    return "1 fila" if cuantas == 1 else f"{cuantas} filas"


def _se_cuentan(cuantas: int) -> str:
    return "se cuenta" if cuantas == 1 else "se cuentan"


def _cuales(filas: Sequence[int]) -> str:
    primeras = ", ".join(str(f) for f in filas[:MUESTRA])
    return f"{'fila' if len(filas) == 1 else 'filas'} {primeras}" + (
        f" y {len(filas) - MUESTRA} más" if len(filas) > MUESTRA else ""
    )
