"""Los sellos: cada sesión cerrada lleva la huella de su contenido y de la anterior de su comité, de
modo que cambiar una vieja cambia todas las que siguen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..base.huellas import a_la_vista, suma_de
from ..catalogo.gobernanza import Gobernanza
from .modelos import Sello, Sesion


@dataclass(frozen=True, slots=True)
class Cabeza:
    """El último sello de una cadena: con él se prueba después que nadie cambió lo anterior."""

    acta: int
    huella: str


def huella_de(objeto: object) -> str:
    """SHA-256 del objeto en su escritura canónica: claves en orden y sin espacios."""
    return suma_de(canonico(objeto))


def canonico(objeto: object) -> bytes:
    return json.dumps(
        objeto, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def contenido_de(sesion: Sesion) -> dict[str, object]:
    """Lo que se sella. Sin los valores por omisión: un campo nuevo del formato no rompe los sellos
    de antes.
    """
    return sesion.model_dump(mode="json", exclude={"sello"}, exclude_defaults=True)


def huella_de_reglas(gobernanza: Gobernanza, comite: str) -> str:
    """La de todo lo que decide si una sesión vale: quiénes son, su quórum y qué aprueba cada
    quién.
    """
    suyo = gobernanza.comite(comite)
    return huella_de(
        {
            "comite": suyo.model_dump(mode="json", include={"id", "integrantes", "reglas"})
            if suyo
            else comite,
            "aprobacion": gobernanza.aprobacion.model_dump(mode="json"),
            "protocolo": [(p.comite, p.accion) for p in gobernanza.protocolo_de_revision],
        }
    )


def sellar(sesion: Sesion, anterior: str | None, reglas: str) -> Sello:
    """El sello de ``sesion``, que sigue a la del sello ``anterior`` (nulo: es la primera)."""
    return Sello(
        huella_anterior=anterior,
        huella_reglas=reglas,
        huella=huella_de({"anterior": anterior, "reglas": reglas, "sesion": contenido_de(sesion)}),
    )


def cadenas(sesiones: Iterable[Sesion]) -> dict[str, list[Sesion]]:
    """``cadena → sus sesiones``, por número de acta."""
    salida: dict[str, list[Sesion]] = {}
    for sesion in sorted(sesiones, key=lambda s: (s.cadena, s.acta)):
        salida.setdefault(sesion.cadena, []).append(sesion)
    return salida


def cabezas(sesiones: Iterable[Sesion]) -> dict[str, Cabeza]:
    """``cadena → la de su última sesión cerrada``: lo que cada edición publica."""
    salida: dict[str, Cabeza] = {}
    for cadena, suyas in cadenas(sesiones).items():
        for s in suyas:
            if s.sello:
                salida[cadena] = Cabeza(s.acta, s.sello.huella)
    return salida


def reescrito(publicadas: Mapping[str, Cabeza], sesiones: Iterable[Sesion]) -> list[str]:
    """Qué libros se reescribieron desde que se publicaron esas cabezas: su acta ya no está, o ya no
    lleva el sello que llevaba.
    """
    hoy = {(s.cadena, s.acta): s.sello.huella for s in sesiones if s.sello}
    salida = []
    for cadena, dicha in sorted(publicadas.items()):
        huella = hoy.get((cadena, dicha.acta))
        if huella != dicha.huella:
            ahora = f"hoy lleva {a_la_vista(huella)}" if huella else "hoy no está"
            salida.append(
                f"el libro de actas de «{cadena}» se reescribió: la edición publicó el acta"
                f" {dicha.acta} con el sello {a_la_vista(dicha.huella)}, y {ahora}"
            )
    return salida
