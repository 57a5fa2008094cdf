"""Por dónde va cada producto: borrador → enviado → opinión → aprobado u observado.

Quién envía, opina y decide lo dicen las reglas de ``comites.yml``; aquí solo se recorre el camino.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..base.huellas import a_la_vista
from ..base.palabras import o_en_lista
from ..catalogo.gobernanza import Clase, Gobernanza
from .modelos import Paso, Sesion, Tramite

BORRADOR = "borrador"
SIN_OPINION = "opinión no emitida en plazo"
DECISIONES = ("aprobado", "observado", "ratificado")
DICHOS: dict[Paso, str] = {
    "enviado": "se envió a revisión",
    "opinión": "se opinó",
    "sin opinión": f"consta la {SIN_OPINION}",
    "aprobado": "se aprobó",
    "observado": "se observó",
    "ratificado": "se ratificó la corrección",
}
"""Cómo se dice un paso en la página y en el acta; de una opinión, ``paso_dicho`` añade cuál."""
POR_DONDE = {
    "enviado": "enviado a revisión",
    "opinión": "con opinión, falta decidir",
    "sin opinión": "sin opinión en plazo, falta decidir",
    "observado": "observado: se pidieron cambios",
}
"""Cómo se dice el estado de un producto a medio camino."""
CON_CIFRAS = ("mision",)
"""Los tipos de producto cuyo contenido lleva cifras: solo en ellos hay corrección que ratificar."""
Defecto = tuple[str, str | None, str, str]
"""``(campo, valor, regla, remedio)``."""


@dataclass(frozen=True, slots=True)
class Firme:
    """Lo que un comité aprobó y desde cuándo: vale siempre para esa versión."""

    version: str
    sesion: Sesion

    @property
    def acta(self) -> str:
        return self.sesion.id


@dataclass(frozen=True, slots=True)
class Camino:
    """Hasta dónde llegó un producto. ``version`` y ``enviado`` son los del envío en curso;
    ``aprobadas``, todas las versiones que se aprobaron, de la más vieja a la más nueva.
    """

    estado: str = BORRADOR
    version: str | None = None
    enviado: date | None = None
    aprobadas: tuple[Firme, ...] = ()
    ultima: Sesion | None = None

    @property
    def vigente(self) -> Firme | None:
        return self.aprobadas[-1] if self.aprobadas else None

    @property
    def en_curso(self) -> bool:
        return self.estado in ("enviado", "opinión", "sin opinión")


Caminos = dict[tuple[str, bool], Camino]
"""``(producto, si es simulacro) → su camino``."""


def paso_dicho(t: Tramite) -> str:
    """«se aprobó»; de una opinión, también su sentido: «se opinó: favorable»."""
    return DICHOS[t.paso] + (f": {t.sentido}" if t.sentido else "")


def clase_de(gobernanza: Gobernanza, producto: str) -> Clase:
    """La clase de un producto, según su tipo."""
    tipo = producto.partition("/")[0]
    return next(c for t, c in gobernanza.aprobacion.clases.items() if t == tipo)


def quien_da(gobernanza: Gobernanza, producto: str, paso: Paso) -> str | None:
    """El comité en cuya sesión se da ese paso."""
    if paso == "enviado":
        return gobernanza.de_la_accion("elabora")
    if paso == "opinión":
        return gobernanza.de_la_accion("opina")
    return gobernanza.decide_lo(clase_de(gobernanza, producto))


def espera_opinion(gobernanza: Gobernanza, producto: str) -> bool:
    """¿Se decide después de una opinión técnica? Lo operativo, no."""
    return (
        clase_de(gobernanza, producto) != "operativo"
        and gobernanza.de_la_accion("opina") is not None
    )


def vence(gobernanza: Gobernanza, camino: Camino) -> date | None:
    """El último día para opinar sobre lo enviado."""
    plazo = timedelta(days=gobernanza.aprobacion.plazo_de_opinion_dias)
    return camino.enviado + plazo if camino.enviado else None


def siguientes(gobernanza: Gobernanza, producto: str, camino: Camino) -> tuple[Paso, ...]:
    """Los pasos que el producto puede dar desde donde está."""
    salida: list[Paso] = ["enviado"]
    if camino.estado == "enviado" and espera_opinion(gobernanza, producto):
        salida += ["opinión", "sin opinión"]
    elif camino.en_curso:
        salida += ["aprobado", "observado"]
    if camino.vigente and producto.partition("/")[0] in CON_CIFRAS:
        salida.append("ratificado")
    return tuple(salida)


@dataclass(frozen=True, slots=True)
class Espera:
    """Lo que un producto espera: ``paso`` (opinión, aprobado o ratificado), de qué comité y, si
    tiene plazo, hasta qué día.
    """

    paso: Paso
    comite: str
    hasta: date | None = None


def que_espera(gobernanza: Gobernanza, producto: str, camino: Camino) -> Espera | None:
    """Lo que espera un producto en curso: que se opine, que es lo único con plazo, o que se apruebe
    u observe; nada, si no está en curso.
    """
    if not camino.en_curso:
        return None
    opinion = "opinión" in siguientes(gobernanza, producto, camino)
    paso: Paso = "opinión" if opinion else "aprobado"
    return Espera(
        paso,
        quien_da(gobernanza, producto, paso) or "",
        vence(gobernanza, camino) if opinion else None,
    )


def opinion_vencida(espera: Espera, dia: date) -> bool:
    """¿Ese día ya pasó el plazo para opinar? Se puede opinar todavía, o decidir sin la opinión."""
    return espera.paso == "opinión" and espera.hasta is not None and espera.hasta < dia


def le_toca(gobernanza: Gobernanza, producto: str, espera: Espera, comite: str, dia: date) -> bool:
    """¿Puede ``comite`` dar ese día el paso que el producto espera? Vencido el plazo para opinar,
    también quien decide.
    """
    return espera.comite == comite or (
        opinion_vencida(espera, dia) and quien_da(gobernanza, producto, "aprobado") == comite
    )


def defectos_de_paso(
    gobernanza: Gobernanza, camino: Camino, sesion: Sesion, tramite: Tramite
) -> Iterator[Defecto]:
    """Por qué ese paso no puede darse ahí, si no puede."""
    corresponde = quien_da(gobernanza, tramite.producto, tramite.paso)
    if corresponde != sesion.comite:
        yield (
            "paso",
            tramite.paso,
            "comite-que-no-corresponde",
            f"ese paso de «{tramite.producto}» va en una sesión del comité «{corresponde}»",
        )
    posibles = siguientes(gobernanza, tramite.producto, camino)
    if tramite.paso not in posibles:
        yield (
            "paso",
            tramite.paso,
            "paso-fuera-de-orden",
            f"«{tramite.producto}» está en «{camino.estado}»: ahora cabe"
            f" {o_en_lista(f'«{p}»' for p in posibles)}; con qué orden lo dice observatorio aprobar"
            f" {tramite.producto}",
        )
    elif tramite.paso not in ("enviado", "ratificado") and tramite.version != camino.version:
        yield (
            "version",
            tramite.version,
            "otra-version",
            f"lo enviado es la versión {a_la_vista(str(camino.version))}: opine y decida sobre"
            " esa, o envíe de nuevo",
        )
    if tramite.paso == "enviado" and any(a.version == tramite.version for a in camino.aprobadas):
        yield (
            "version",
            tramite.version,
            "version-ya-aprobada",
            "esa versión ya está aprobada, y lo sigue estando: no hace falta enviarla",
        )
    limite = vence(gobernanza, camino)
    if tramite.paso == "sin opinión" and limite and sesion.fecha <= limite:
        yield (
            "paso",
            tramite.paso,
            "opinion-en-plazo",
            f"hay plazo para opinar hasta el {limite.isoformat()}: espere o pida la opinión",
        )


def avanzar(camino: Camino, sesion: Sesion, tramite: Tramite) -> Camino:
    """El camino tras un paso."""
    nuevo = replace(camino, ultima=sesion)
    if tramite.paso == "enviado":
        return replace(nuevo, estado="enviado", version=tramite.version, enviado=sesion.fecha)
    if tramite.paso == "ratificado":
        firme = Firme(tramite.version, sesion)
        return replace(nuevo, aprobadas=(*camino.aprobadas, firme))
    if tramite.paso == "aprobado":
        firme = Firme(tramite.version, sesion)
        return replace(nuevo, estado="aprobado", aprobadas=(*camino.aprobadas, firme))
    return replace(nuevo, estado=tramite.paso)


def recorrer(sesiones: Iterable[Sesion]) -> Caminos:
    """El camino de cada producto, con las sesiones en orden."""
    caminos: Caminos = {}
    for sesion in sesiones:
        for tramite in sesion.tramites:
            clave = tramite.producto, sesion.simulacro or tramite.simulacro
            caminos[clave] = avanzar(caminos.get(clave, Camino()), sesion, tramite)
    return caminos
