"""Cómo está aprobado cada producto hoy: qué versión, con qué acta, y qué cambió desde entonces.

Una aprobación vale siempre para su versión. Las cifras nuevas no la anulan: se cuentan. Un cambio
de método, de meta o de línea de base deja el producto pendiente, y se dice cuál fue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..actas.ediciones import Llevada
from ..actas.libro import Libro
from ..actas.revision import DE_METODO
from ..actas.tramites import POR_DONDE, Camino, Firme
from ..base.palabras import y_en_lista
from ..base.periodos import legible
from .versiones import Insumos, contenido_de, en_bytes, huella_de

PENDIENTE = "pendiente"
"""El estado de aprobación de lo que ningún comité aprobó todavía."""
APROBADO = "aprobado"
CABEN = 3
EL_TEXTO = "el texto"
DE_FICHAS = ("kpi/", "catalogo", "mision/")
"""Cómo empiezan los productos que llevan líneas de base y metas."""


@dataclass(frozen=True, slots=True)
class Aprobacion:
    """En qué estado está lo que un comité aprueba, con qué acta, y qué pasó desde entonces.

    ``sesion``: su identificador, y ``mes``, cuándo fue. ``version``: la huella de lo aprobado.
    ``nuevas``, ``corregidas`` y ``textos``: cuántos hay sin revisar desde entonces; ``cambios``: lo
    que la dejó pendiente; ``por_ratificar``: los KPI cuyo estado movió una corrección;
    ``renovadas``: los KPI cuya ficha cambió y otra acta ya aprobó; ``sin_base``: aquellos cuya
    línea de base es de demostración, y esta aprobación no la alcanza. ``simulacro``: el acta del
    ensayo, si solo hay un ensayo.
    """

    estado: str = PENDIENTE
    acta: str | None = None
    sesion: str | None = None
    comite: str | None = None
    mes: str | None = None
    version: str | None = None
    nuevas: int = 0
    corregidas: int = 0
    textos: int = 0
    cambios: tuple[str, ...] = ()
    por_ratificar: tuple[str, ...] = ()
    renovadas: tuple[str, ...] = ()
    sin_base: tuple[str, ...] = ()
    simulacro: str | None = None

    @property
    def falta_ratificar(self) -> bool:
        """¿Espera que se ratifique una corrección? Solo lo que sigue aprobado."""
        return bool(self.por_ratificar) and self.estado == APROBADO

    def como_dict(self) -> dict[str, object]:
        """Como se publica en ``datos/``."""
        return {c: getattr(self, c) for c in self.__slots__} | {
            "cambios": list(self.cambios),
            "por_ratificar": list(self.por_ratificar),
            "renovadas": list(self.renovadas),
            "sin_base": list(self.sin_base),
        }

    @property
    def dicha(self) -> str:
        """En una frase, como se lee en la página y en el boletín."""
        if self.estado == APROBADO:
            return f"aprobado ({self._acta}){self._salvedad}{self._desde_entonces}"
        if self.cambios:
            return (
                f"pendiente de aprobación: cambió {_algunas(_reunidos(self.cambios))} desde lo"
                " aprobado"
                f" ({self._acta})"
            )
        if self.simulacro:
            return "pendiente de aprobación; hay un simulacro, que no aprueba"
        if self.estado != PENDIENTE:
            return f"pendiente de aprobación ({POR_DONDE.get(self.estado, self.estado)})"
        return "pendiente de aprobación"

    @property
    def corta(self) -> str:
        """Lo que cabe junto a una cifra."""
        if self.estado == APROBADO:
            sin_revisar = self.nuevas + self.corregidas + self.textos
            return f"{APROBADO}, acta {self.acta}" + (
                f", {sin_revisar} sin revisar" if sin_revisar else ""
            )
        return f"{PENDIENTE}, simulacro" if self.simulacro else PENDIENTE

    @property
    def _acta(self) -> str:
        partes = [f"acta {self.acta}", *([f"del {self.comite}"] if self.comite else [])]
        return " ".join(partes) + (f", {legible(self.mes)}" if self.mes else "")

    @property
    def _salvedad(self) -> str:
        """Las líneas de base que no alcanza, por ser de demostración."""
        if not self.sin_base:
            return ""
        if len(self.sin_base) == 1:
            return ", sin su línea de base, que es de demostración"
        return f", sin {len(self.sin_base)} líneas de base, que son de demostración"

    @property
    def contadas(self) -> list[str]:
        """Cuántas cifras y textos hay sin revisar, de cada clase."""
        return [
            f"{n} {uno if n == 1 else varios}"
            for n, uno, varios in (
                (self.nuevas, "cifra nueva", "cifras nuevas"),
                (self.corregidas, "cifra corregida", "cifras corregidas"),
                (self.textos, "texto nuevo", "textos nuevos"),
            )
            if n
        ]

    @property
    def _desde_entonces(self) -> str:
        hay = self.contadas
        dicho = f"; desde entonces {y_en_lista(hay)} sin revisar" if hay else ""
        if self.renovadas:
            dicho += f"; con la ficha de {_algunas(self.renovadas)} renovada por su propia acta"
        if self.por_ratificar:
            dicho += (
                f"; una corrección cambió el estado de {_algunas(self.por_ratificar)}: se ratifica"
                " en la próxima sesión"
            )
        return dicho


@dataclass(frozen=True, slots=True)
class Renovacion:
    """Una línea de base o una meta que un acta aprobó: la vigente y las de antes, lado a lado."""

    kpi: str
    acta: str
    comite: str
    mes: str
    linea_base: Mapping[str, Any] | None
    meta: Mapping[str, Any] | None


class Aprobaciones:
    """El estado de cada producto del libro de actas, comparado con lo que hoy es."""

    def __init__(self, libro: Libro, insumos: Insumos) -> None:
        self.libro, self._insumos = libro, insumos
        self._hechas: dict[str, Aprobacion] = {}
        self._contenidos: dict[str, dict[str, Any] | None] = {}

    @cached_property
    def tramitados(self) -> tuple[str, ...]:
        """Los productos que alguna vez se enviaron, en orden."""
        return tuple(sorted({producto for producto, _ in self.libro.caminos}))

    def de(self, producto: str) -> Aprobacion:
        """El de un producto entero."""
        if producto not in self._hechas:
            self._hechas[producto] = self._de(producto)
        return self._hechas[producto]

    def de_kpi(self, mision: str, codigo: str) -> Aprobacion:
        """El de las cifras de un KPI: lo aprobó quien aprobó la edición de su misión."""
        producto = f"mision/{mision}"
        entera = self.de(producto)
        firme = self._vigente(producto)
        if firme is None:
            return entera
        entera = replace(entera, sin_base=tuple(c for c in entera.sin_base if c == codigo))
        aprobado, hoy = self._aprobado(firme), self._hoy(producto)
        if hoy is None or codigo not in aprobado["datos"]:
            return Aprobacion()
        return self._comparada(entera, aprobado, hoy, [codigo])

    def de_ficha(self, codigo: str) -> Aprobacion:
        """El de la ficha de un KPI: la aprobó su propia acta, o la del catálogo entero."""
        propia, firme = self.de(f"kpi/{codigo}"), self._vigente("catalogo")
        if propia.acta or firme is None:
            return propia
        aprobado, hoy = self._aprobado(firme), self._hoy("catalogo")
        if hoy is None or codigo not in aprobado["metas"]:
            return propia
        entera = self.de("catalogo")
        sin_base = tuple(c for c in entera.sin_base if c == codigo)
        return self._comparada(replace(entera, sin_base=sin_base), aprobado, hoy, [codigo])

    def registrados(self) -> tuple[str, ...]:
        """Los productos cuya versión se registra: las misiones, el catálogo, la metodología y los
        que alguna vez se enviaron.
        """
        misiones = [f"mision/{m.slug}" for m in self._insumos.catalogo.misiones]
        return tuple(dict.fromkeys([*misiones, "catalogo", "metodologia", *self.tramitados]))

    def version_de_hoy(self, producto: str) -> str | None:
        """La huella de lo que hoy es un producto; nada, si hoy no existe."""
        hoy = self._hoy(producto)
        return huella_de(en_bytes(hoy)) if hoy is not None else None

    def llevadas(self) -> dict[str, Llevada]:
        """``producto → la versión que lleva esta edición`` y el acta que la aprobó, si la hay."""
        salida: dict[str, Llevada] = {}
        for producto in self.registrados():
            version = self.version_de_hoy(producto)
            if version is not None:
                actas = [f.acta for f in self.camino(producto).aprobadas if f.version == version]
                salida[producto] = {"version": version, "acta": actas[0] if actas else None}
        return salida

    def camino(self, producto: str, simulacro: bool = False) -> Camino:
        return self.libro.caminos.get((producto, simulacro), Camino())

    def cifras_aprobadas(self, mision: str) -> Mapping[str, Mapping[str, list[Any]]]:
        """``KPI → cifra → lo que se aprobó`` de la edición aprobada de una misión; vacío si
        ninguna.
        """
        firme = self._vigente(f"mision/{mision}")
        return self._aprobado(firme)["datos"] if firme else {}

    def renovaciones(self) -> list[Renovacion]:
        """Cada línea de base y cada meta que se aprobó, por KPI y de la más vieja a la más nueva;
        solo de los KPI en que alguna cambió.
        """
        por_kpi: dict[str, list[Renovacion]] = {}
        for (producto, simulacro), camino in sorted(self.libro.caminos.items()):
            if simulacro or not producto.startswith(DE_FICHAS):
                continue
            for firme in camino.aprobadas:
                version = self._aprobado(firme)
                for codigo, base in version["lineas_base"].items():
                    por_kpi.setdefault(codigo, []).append(
                        Renovacion(
                            codigo,
                            firme.acta,
                            firme.sesion.comite,
                            firme.sesion.fecha.isoformat(),
                            base["linea_base"],
                            version["metas"][codigo]["meta"],
                        )
                    )
        salida = []
        for suyas in por_kpi.values():
            en_orden = sorted(suyas, key=lambda r: (r.mes, r.acta))
            distintas = [
                replace(r, mes=r.mes[:7])
                for antes, r in zip([None, *en_orden[:-1]], en_orden, strict=True)
                if antes is None or (antes.linea_base, antes.meta) != (r.linea_base, r.meta)
            ]
            salida += distintas if len(distintas) > 1 else []
        return sorted(salida, key=lambda r: (r.kpi, r.mes))

    def _vigente(self, producto: str) -> Firme | None:
        return self.camino(producto).vigente

    def _de(self, producto: str) -> Aprobacion:
        camino, firme = self.camino(producto), self._vigente(producto)
        if firme is None:
            ensayo = self.camino(producto, simulacro=True).vigente
            estado = camino.estado if camino.en_curso or camino.estado == "observado" else PENDIENTE
            return Aprobacion(estado, simulacro=ensayo.acta if ensayo else None)
        base = Aprobacion(
            APROBADO,
            str(firme.sesion.acta),
            firme.sesion.id,
            self._comite(firme.sesion.comite),
            firme.sesion.mes,
            firme.version,
            sin_base=tuple(self._aprobado(firme).get("bases_sin_aprobar", ())),
        )
        hoy = self._hoy(producto)
        if hoy is None:
            return base
        if huella_de(en_bytes(hoy)) == firme.version:
            return base
        return self._comparada(base, self._aprobado(firme), hoy, None)

    def _aprobado(self, firme: Firme) -> Mapping[str, Any]:
        return self.libro.versiones[firme.version].contenido

    def _hoy(self, producto: str) -> dict[str, Any] | None:
        if producto not in self._contenidos:
            self._contenidos[producto] = contenido_de(self._insumos, producto)
        return self._contenidos[producto]

    def _comite(self, identificador: str) -> str:
        gobernanza = self._insumos.catalogo.gobernanza
        suyo = gobernanza.comite(identificador) if gobernanza else None
        return suyo.nombre if suyo else identificador

    def _comparada(
        self,
        base: Aprobacion,
        aprobado: Mapping[str, Any],
        hoy: Mapping[str, Any],
        codigos: Iterable[str] | None,
    ) -> Aprobacion:
        """``base`` con lo que cambió de lo aprobado a hoy; ``codigos``: solo lo de esos KPI."""
        solo = None if codigos is None else set(codigos)
        renovadas = tuple(c for c in _con_otra_ficha(aprobado, hoy, solo) if self._renovada(c))
        distinta = _distinta(base, aprobado, hoy, solo, renovadas)
        return replace(distinta, estado=PENDIENTE if distinta.cambios else APROBADO)

    def _renovada(self, codigo: str) -> bool:
        """¿Aprobó un acta la ficha de ese KPI tal como hoy es?"""
        return self.de_ficha(codigo).estado == APROBADO


def lo_que_cambia(antes: Mapping[str, Any], despues: Mapping[str, Any]) -> str:
    """En una frase, qué distingue dos versiones de un producto: «la meta de M4-K01; 4 cifras
    nuevas».
    """
    d = _distinta(Aprobacion(), antes, despues, None, ())
    if EL_TEXTO in d.cambios:
        d = replace(d, textos=0)
    partes = [_algunas(_reunidos(d.cambios))] if d.cambios else []
    partes += d.contadas
    if d.por_ratificar:
        partes.append(f"cambió el estado de {_algunas(d.por_ratificar)}")
    return "; ".join(partes) or "nada de lo que se aprueba"


def _distinta(
    base: Aprobacion,
    antes: Mapping[str, Any],
    despues: Mapping[str, Any],
    solo: set[str] | None,
    renovadas: tuple[str, ...],
) -> Aprobacion:
    """``base`` con lo que cambió entre dos contenidos; ``solo``: lo de esos KPI."""
    cifras = [_de_los(x.get("datos", {}), solo) for x in (antes, despues)]
    nuevas = corregidas = 0
    movidos = []
    for codigo in sorted({*cifras[0], *cifras[1]}):
        a, b = (c.get(codigo, {}) for c in cifras)
        nuevas += len(b.keys() - a.keys())
        tocadas = [c for c in a if b.get(c) != a[c]]
        corregidas += len(tocadas)
        estado = [x.get("estados", {}).get(codigo) for x in (antes, despues)]
        if tocadas and estado[0] != estado[1]:
            movidos.append(codigo)
    return replace(
        base,
        nuevas=nuevas,
        corregidas=corregidas,
        textos=_distintos(antes.get("texto", {}), despues.get("texto", {}), solo),
        cambios=tuple(_cambios(antes, despues, solo, renovadas)),
        por_ratificar=tuple(movidos),
        renovadas=renovadas,
    )


def reunir_aprobaciones(todas: Iterable[Aprobacion]) -> Aprobacion | None:
    """La de varias cifras: la menos firme; si todas están aprobadas con una misma acta, con la suma
    de lo que hay sin revisar.
    """
    lista = list(todas)
    if not lista:
        return None
    sin_aprobar = next((a for a in lista if a.estado != APROBADO), None)
    if sin_aprobar:
        return replace(
            sin_aprobar,
            cambios=tuple(dict.fromkeys(c for a in lista for c in a.cambios)),
        )
    primera = lista[0]
    return replace(
        primera,
        nuevas=sum(a.nuevas for a in lista),
        corregidas=sum(a.corregidas for a in lista),
        textos=sum(a.textos for a in lista),
        por_ratificar=tuple(dict.fromkeys(c for a in lista for c in a.por_ratificar)),
    )


def _cambios(
    aprobado: Mapping[str, Any],
    hoy: Mapping[str, Any],
    solo: set[str] | None,
    renovadas: Collection[str],
) -> Iterable[str]:
    """Qué cambió de lo que anula: «la meta de M4-K01», «el método (parámetros)»."""
    for parte in DE_METODO:
        a, b = aprobado.get(parte, {}), hoy.get(parte, {})
        for clave in sorted({*a, *b}):
            if a.get(clave) == b.get(clave) or clave in renovadas or _de_otro(clave, solo):
                continue
            de = f"de {clave}" if "-K" in clave else f"({clave})"
            yield f"{_que_cambio(parte, a.get(clave), b.get(clave))} {de}"
    if "datos" not in aprobado and "metas" not in aprobado:
        # El producto es su texto: cambiarlo es cambiar lo aprobado.
        for clave in sorted({*aprobado.get("texto", {}), *hoy.get("texto", {})}):
            if aprobado.get("texto", {}).get(clave) != hoy.get("texto", {}).get(clave):
                yield EL_TEXTO


def _que_cambio(parte: str, antes: Any, ahora: Any) -> str:
    if parte == "metas" and antes and ahora and antes.get("meta") == ahora.get("meta"):
        return "los logros esperados"
    return {"metodo": "el método", "metas": "la meta", "lineas_base": "la línea de base"}[parte]


def _con_otra_ficha(
    aprobado: Mapping[str, Any], hoy: Mapping[str, Any], solo: set[str] | None
) -> list[str]:
    """De la edición de una misión, los KPI cuyo método, meta o línea de base ya no es el mismo."""
    if "datos" not in aprobado:
        return []
    return [
        c
        for c in sorted(hoy["metas"])
        if not _de_otro(c, solo)
        and any(aprobado[parte].get(c) != hoy[parte].get(c) for parte in DE_METODO)
    ]


def _de_otro(clave: str, solo: set[str] | None) -> bool:
    return solo is not None and "-K" in clave and clave not in solo


def _de_los(datos: Mapping[str, Any], solo: set[str] | None) -> Mapping[str, Any]:
    return datos if solo is None else {c: d for c, d in datos.items() if c in solo}


def _distintos(a: Mapping[str, Any], b: Mapping[str, Any], solo: set[str] | None) -> int:
    claves = {*a, *b} if solo is None else solo & {*a, *b}
    return sum(a.get(c) != b.get(c) for c in claves)


def _reunidos(cambios: tuple[str, ...]) -> tuple[str, ...]:
    """«la meta de X» y «la línea de base de X» son «la meta y la línea de base de X»."""
    por_kpi: dict[str, list[str]] = {}
    sueltos = []
    for cambio in cambios:
        que, de, codigo = cambio.rpartition(" de ")
        if de and "-K" in codigo:
            por_kpi.setdefault(codigo, []).append(que)
        else:
            sueltos.append(cambio)
    return (*sueltos, *(f"{_algunas(tuple(q))} de {c}" for c, q in por_kpi.items()))


def _algunas(cosas: tuple[str, ...]) -> str:
    sobran = len(cosas) - CABEN
    return y_en_lista([*cosas[:CABEN], f"{sobran} más"] if sobran > 0 else cosas)
