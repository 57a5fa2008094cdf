"""Las narraciones de verdad, cifradas donde reposan y fuera de git: ``reservado/voces/``.

Cada entrega es un archivo cifrado con age para una o más llaves públicas; guardar no necesita
ninguna privada. Con ella se leen, se retira una (de verdad: su entrega se escribe otra vez sin
ella) y se cierra una tanda. Del retiro queda la fecha, una huella y el motivo: ningún contenido.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from ..base import cifrado, lecturas
from ..base.escritura import escribir_atomico, exigir_fuera
from ..catalogo import Catalogo
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from .modelos import Libro, Relatos
from .relatos import (
    CODIFICACIONES,
    COLUMNAS_CODIFICACION,
    COLUMNAS_NARRACION,
    DEMOSTRACION,
    NARRACIONES,
    leer_libro,
    leer_relatos,
)
from .tanda import Espera, Tanda, escribir_tanda, huella_de, leer_tanda, siguiente, sin_narracion

SUFIJO = ".age"
COLUMNAS_DE_RETIRO = ("fecha", "huella", "motivo")
Filas = list[dict[str, str]]
Entrega = dict[str, Filas]


def guardar(
    proyecto: Proyecto, catalogo: Catalogo, carpeta: Path, para: Sequence[str]
) -> tuple[Path, int]:
    """Revisa y cifra las dos tablas de ``carpeta``; devuelve dónde quedaron y cuántas narraciones
    son.

    Lanza ``DatosInvalidos`` con todos sus defectos y ``ErrorDeUso`` si no hay llaves públicas.
    """
    cifrado.exigir_para(para)
    relatos = leer_relatos(proyecto, catalogo, carpeta)
    defectos = list(_no_son_de_aqui(proyecto, relatos))
    if defectos:
        raise DatosInvalidos(defectos)
    entrega = {
        NARRACIONES: relatos.narraciones.select(COLUMNAS_NARRACION).to_dicts(),
        CODIFICACIONES: relatos.codificaciones.select(COLUMNAS_CODIFICACION).to_dicts(),
    }
    ruta = proyecto.reservado / f"{_numero(proyecto):04d}{SUFIJO}"
    _escribir(ruta, entrega, para)
    return ruta, relatos.narraciones.height


def abrir(proyecto: Proyecto, llave: Path, carpeta: Path) -> int:
    """Deja en ``carpeta`` las dos tablas, legibles solo por su dueño; devuelve cuántas narraciones
    son.

    Lanza ``ErrorDeUso`` si ``carpeta`` está dentro del proyecto: allí git podría llevárselas.
    """
    exigir_fuera(proyecto.raiz, carpeta, "las narraciones")
    juntas = _juntas(proyecto, llave)
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
    for nombre, columnas in (
        (NARRACIONES, COLUMNAS_NARRACION),
        (CODIFICACIONES, COLUMNAS_CODIFICACION),
    ):
        escribir_atomico(carpeta / nombre, _csv(columnas, juntas[nombre]))
        (carpeta / nombre).chmod(0o600)
    return len(juntas[NARRACIONES])


def retirar(proyecto: Proyecto, llave: Path, narracion: str, motivo: str, fecha: date) -> None:
    """Borra una narración y lo que se leyó en ella, quita sus citas y anota el retiro.

    Lanza ``ErrorDeUso`` si nadie la guarda.
    """
    abiertas = {ruta: _leer(ruta, llave) for ruta in _entregas(proyecto)}
    suyas = {r: e for r, e in abiertas.items() if narracion in {n["id"] for n in e[NARRACIONES]}}
    if not suyas:
        raise ErrorDeUso(
            f"no se guarda ninguna narración «{narracion}»: vea cuáles hay con observatorio voces"
            " abrir"
        )
    ida = huella_de(clave_de(proyecto), narracion)
    anotados = [*retirados(proyecto), {"fecha": str(fecha), "huella": ida, "motivo": motivo}]
    escribir_atomico(proyecto.retiros, _csv(COLUMNAS_DE_RETIRO, anotados))
    for ruta, entrega in suyas.items():
        queda: Entrega = {
            NARRACIONES: [n for n in entrega[NARRACIONES] if n["id"] != narracion],
            CODIFICACIONES: [c for c in entrega[CODIFICACIONES] if c["narracion"] != narracion],
        }
        if queda[NARRACIONES]:
            _escribir(ruta, queda, cifrado.publica_de(llave))
        else:
            ruta.unlink()
    if tanda := _tanda(proyecto):
        escribir_tanda(proyecto, sin_narracion(tanda, ida))


def cerrar(proyecto: Proyecto, catalogo: Catalogo, llave: Path) -> Tanda | Espera:
    """Cierra la tanda de las narraciones guardadas y la deja escrita, o dice qué espera."""
    errores: list[ErrorDeDatos] = []
    libro = leer_libro(proyecto, catalogo, errores)
    if libro is None or errores:
        raise DatosInvalidos(errores)
    juntas = _juntas(proyecto, llave)
    relatos = _relatos(libro, juntas)
    k = catalogo.territorio.metodo.k
    sigue = siguiente(_tanda(proyecto), relatos, k, clave_de(proyecto))
    if isinstance(sigue, Tanda):
        escribir_tanda(proyecto, sigue)
    return sigue


def clave_de(proyecto: Proyecto) -> str:
    """La clave de las huellas: la primera línea de su archivo."""
    return lecturas.texto(proyecto.clave_de_huellas).partition("\n")[0].strip()


def retirados(proyecto: Proyecto) -> Filas:
    """El registro de retiros, una fila por narración."""
    if not proyecto.retiros.is_file():
        return []
    return list(csv.DictReader(io.StringIO(lecturas.texto(proyecto.retiros))))


def _no_son_de_aqui(proyecto: Proyecto, relatos: Relatos) -> Iterator[ErrorDeDatos]:
    """Lo que impide guardarlas: la demostración, que va en claro, y un código que ya se retiró."""
    clave, idas = clave_de(proyecto), {r["huella"] for r in retirados(proyecto)}
    filas = relatos.narraciones.select("archivo", "fila", "id", "naturaleza")
    for archivo, fila, codigo, naturaleza in filas.iter_rows():
        if naturaleza == DEMOSTRACION:
            yield ErrorDeDatos(
                archivo,
                fila,
                "naturaleza",
                naturaleza,
                "demostracion-en-reserva",
                "quite la fila: la demostración va en data/cualitativo, sin cifrar",
            )
        if huella_de(clave, codigo) in idas:
            yield ErrorDeDatos(
                archivo,
                fila,
                "id",
                codigo,
                "narracion-retirada",
                "se retiró: quite la fila, o dé otro código si es otra narración",
            )


def _relatos(libro: Libro, juntas: Entrega) -> Relatos:
    return Relatos(
        libro,
        pl.DataFrame(juntas[NARRACIONES], schema=dict.fromkeys(COLUMNAS_NARRACION, pl.String)),
        pl.DataFrame(
            juntas[CODIFICACIONES], schema=dict.fromkeys(COLUMNAS_CODIFICACION, pl.String)
        ),
    )


def _juntas(proyecto: Proyecto, llave: Path) -> Entrega:
    """Todas las entregas; de una narración entregada otra vez vale la última, con su lectura."""
    por_id: dict[str, tuple[dict[str, str], Filas]] = {}
    for ruta in _entregas(proyecto):
        entrega = _leer(ruta, llave)
        for n in entrega[NARRACIONES]:
            suyas = [c for c in entrega[CODIFICACIONES] if c["narracion"] == n["id"]]
            por_id[n["id"]] = n, suyas
    return {
        NARRACIONES: [n for n, _ in por_id.values()],
        CODIFICACIONES: [c for _, suyas in por_id.values() for c in suyas],
    }


def _entregas(proyecto: Proyecto) -> list[Path]:
    return sorted(proyecto.reservado.glob(f"*{SUFIJO}"))


def _numero(proyecto: Proyecto) -> int:
    hay = [int(r.stem) for r in _entregas(proyecto) if r.stem.isdigit()]
    return max(hay, default=0) + 1


def _leer(ruta: Path, llave: Path) -> Entrega:
    leida: Entrega = json.loads(cifrado.descifrar(ruta.read_bytes(), llave, f"«{ruta.name}»"))
    return leida


def _escribir(ruta: Path, entrega: Mapping[str, Filas], para: Sequence[str]) -> None:
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    crudo = json.dumps(entrega, ensure_ascii=False).encode()
    escribir_atomico(ruta, cifrado.cifrar(crudo, para))
    ruta.chmod(0o600)


def _tanda(proyecto: Proyecto) -> Tanda | None:
    errores: list[ErrorDeDatos] = []
    tanda = leer_tanda(proyecto, errores)
    if errores:
        raise DatosInvalidos(errores)
    return tanda


def _csv(columnas: Sequence[str], filas: Sequence[Mapping[str, str]]) -> bytes:
    salida = io.StringIO()
    escritor = csv.DictWriter(salida, columnas, lineterminator="\n")
    escritor.writeheader()
    escritor.writerows(filas)
    return salida.getvalue().encode()
