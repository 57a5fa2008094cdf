"""La memoria de lo publicado por sus bytes: qué forma tiene, qué daños se le ven y con qué sumas se
escribe.

No abre ningún archivo: vale para la de la carpeta y para la que git guarda. Solo usa la biblioteca
estándar.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CARPETA = "data/publicada"
REGISTRO = "edicion.json"
CELDAS, CELDAS_PREVIAS, CORRECCIONES = "celdas.csv", "celdas-previas.csv", "correcciones.csv"
ACOMPANANTES = (CELDAS_PREVIAS, CELDAS, CORRECCIONES)
NUEVA = ".nueva"
"""Subcarpeta con lo ya escrito y aún no puesto en su lugar (véase ``diario``): lo que hay en ella
vale más que lo de al lado.
"""
SEMILLA: dict[str, Any] = {"publicaciones": 0, "ultima": None, "previa": None, "archivos": {}}
CAMPOS = frozenset({*SEMILLA, "suma"})
DE_UNA_EDICION = {
    "contenido": str,
    "edicion": str,
    "version": str,
    "fecha_corte": str,
    "resumen": dict,
    "historia": list,
}
SUMA = re.compile(r"[0-9a-f]{64}")
MARCA = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|$)", re.MULTILINE)
SENALES = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
AUSENTE, DANADA = "memoria-ausente", "memoria-danada"


@dataclass(frozen=True, slots=True)
class Dano:
    """Qué le pasa a un archivo de la memoria (``""``: a la carpeta entera) y, si se sabe, en qué
    línea.
    """

    archivo: str
    fila: int | None
    que: str
    regla: str = DANADA


@dataclass(frozen=True, slots=True)
class Memoria:
    """Lo que se leyó de la memoria: su registro (vacío si está dañada), los bytes de cada archivo y
    sus daños.
    """

    registro: Mapping[str, Any]
    contenidos: Mapping[str, bytes]
    danos: tuple[Dano, ...]


def revisar(contenidos: Mapping[str, bytes], danos: list[Dano]) -> Memoria:
    """La memoria que dan los bytes de sus archivos, con los daños que ya se le conocen y los que se
    ven en ellos.
    """
    danos = [
        *danos,
        *(
            _marcado(n, c)
            for n, c in contenidos.items()
            if any(m in c for m in SENALES) and MARCA.search(c)
        ),
    ]
    if REGISTRO in {d.archivo for d in danos} or {d.archivo for d in danos} & {""}:
        return Memoria({}, contenidos, tuple(danos))
    if REGISTRO not in contenidos:
        return Memoria({}, contenidos, (*danos, Dano(REGISTRO, None, "falta", AUSENTE)))
    registro, mal = _registro(contenidos[REGISTRO])
    if mal:
        return Memoria({}, contenidos, (*danos, mal))
    dichos = {d.archivo for d in danos}
    danos += [
        d
        for n in ACOMPANANTES
        if n not in dichos
        and (d := _acompanante(n, contenidos.get(n), registro["archivos"].get(n)))
    ]
    return Memoria({} if danos else registro, contenidos, tuple(danos))


def con_sumas(registro: Mapping[str, Any], contenidos: Mapping[str, bytes]) -> bytes:
    """Los bytes del registro con la suma de cada archivo que lo acompaña y la suya: los únicos con
    que se admite.
    """
    archivos = {n: hashlib.sha256(c).hexdigest() for n, c in contenidos.items() if n != REGISTRO}
    propio = {n: v for n, v in registro.items() if n != "suma"} | {"archivos": archivos}
    return _bytes(propio | {"suma": _suma(propio)})


def _marcado(nombre: str, contenido: bytes) -> Dano:
    marca = MARCA.search(contenido)
    return Dano(
        nombre,
        contenido[: marca.start() if marca else 0].count(b"\n") + 1,
        "marcas de conflicto de git",
    )


def _registro(crudo: bytes) -> tuple[dict[str, Any], Dano | None]:
    def mal(que: str, fila: int | None = None) -> tuple[dict[str, Any], Dano]:
        return {}, Dano(REGISTRO, fila, que)

    if not crudo.strip():
        return mal("está vacío")
    try:
        registro = json.loads(crudo.decode("utf-8"))
    except UnicodeDecodeError as e:
        return mal("no es UTF-8", crudo[: e.start].count(b"\n") + 1)
    except json.JSONDecodeError as e:
        return mal("está cortado o no es JSON", e.lineno)
    except (ValueError, RecursionError):
        return mal("no es JSON")
    if not isinstance(registro, dict):
        return mal("no es un objeto")
    if faltan := sorted(CAMPOS - registro.keys()):
        return mal(f"faltan: {', '.join(faltan)}")
    if malos := _campos_malos(registro):
        return mal(f"no tienen su forma: {', '.join(malos)}")
    try:
        esperado = _bytes(registro)
    except (ValueError, RecursionError):
        return mal("no tiene su forma")
    if registro["suma"] != _suma({n: v for n, v in registro.items() if n != "suma"}):
        return mal("su suma no es la suya: se cambió a mano o se mezcló")
    if crudo != esperado:
        return mal(_solo_saltos(crudo, lambda c: c == esperado) or "se escribió de otra manera")
    return registro, None


def _campos_malos(registro: Mapping[str, Any]) -> list[str]:
    ultima, cuantas, archivos = registro["ultima"], registro["publicaciones"], registro["archivos"]
    bien = {
        "publicaciones": type(cuantas) is int and cuantas >= 0,
        "ultima": ultima is None or _es_edicion(ultima),
        "previa": registro["previa"] is None or _es_edicion(registro["previa"]),
        "archivos": (
            isinstance(archivos, dict)
            and archivos.keys() <= set(ACOMPANANTES)
            and all(_es_suma(s) for s in archivos.values())
        ),
        "suma": _es_suma(registro["suma"]),
        "en_curso": isinstance(registro.get("en_curso", ""), str),
    } | dict.fromkeys(registro.keys() - CAMPOS - {"en_curso"}, False)
    malos = sorted(c for c, sirve in bien.items() if not sirve)
    if not malos and cuantas != (len(ultima["historia"]) if ultima else 0):
        malos = ["publicaciones"]
    return malos


def _es_edicion(valor: object) -> bool:
    return (
        isinstance(valor, dict)
        and all(isinstance(valor.get(c), t) for c, t in DE_UNA_EDICION.items())
        and bool(valor["historia"])
    )


def _es_suma(valor: object) -> bool:
    return isinstance(valor, str) and SUMA.fullmatch(valor) is not None


def _acompanante(nombre: str, contenido: bytes | None, suma: str | None) -> Dano | None:
    """Lo que no cuadra entre un archivo y la suma con que lo dejó la última escritura."""
    if contenido is None:
        return Dano(nombre, None, "falta", AUSENTE) if suma else None
    if suma is None:
        return Dano(nombre, None, "sobra: el registro no lo conoce")
    if hashlib.sha256(contenido).hexdigest() == suma:
        return None
    solo_saltos = _solo_saltos(contenido, lambda c: hashlib.sha256(c).hexdigest() == suma)
    return Dano(
        nombre,
        None,
        "está vacío" if not contenido else solo_saltos or "no es el que dejó la última publicación",
    )


def _solo_saltos(crudo: bytes, es_el_bueno: Callable[[bytes], bool]) -> str:
    sin = crudo.replace(b"\r\n", b"\n")
    return (
        "solo cambiaron los finales de línea"
        if any(map(es_el_bueno, (sin, sin.replace(b"\r", b"\n"))))
        else ""
    )


def _suma(registro: Mapping[str, Any]) -> str:
    return hashlib.sha256(_bytes(registro)).hexdigest()


def _bytes(registro: Mapping[str, Any]) -> bytes:
    """Un elemento por línea: git muestra qué indicador cambió."""
    from ..base.archivos import json_estable

    return json_estable(registro).encode()
