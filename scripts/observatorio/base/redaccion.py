"""Lo que una orden dice donde otros lo leen: se conserva lo que es del programa y se reserva lo que
viene de los datos.

    orden (otro proceso, con todos los que lance) → sus dos salidas → ``Reserva.linea`` → la
    terminal

Con ``--redactar`` o ``OBSERVATORIO_REDACTAR=1`` la orden corre aparte y cuanto escribe, ella, sus
cuadernos o una biblioteca, pasa por aquí. Se reconoce lo permitido y no lo prohibido: de cada línea
quedan los textos fijos del programa y dónde está el defecto (archivo, fila, columna y regla). Un
mensaje nuevo nace reservado.
"""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from .lectores import APARTE, VARIABLE

RESERVADO = "(valor reservado)"
LARGO, PREFIJO = 8, 4
PROGRAMA = Path(__file__).resolve().parent.parent

CODIGO = re.compile(r"\b[A-Z]\d{1,2}-[KO]\d{2}\b")
RUTA = re.compile(r"[\w.\-/]*\w")
NUMERO = r"\d{1,3}(?:,\d{3})+|\d+"
LUGAR = re.compile(rf"\b(?:filas?|celda|línea) (?:{NUMERO})(?:(?:, | y )(?:{NUMERO}))*(?: más)?\b")
CUENTAS = re.compile(
    r"Todo en orden: [\d,]+ observaci(?:ón|ones), \d+ KPI, \d+ OKR, [\d,]+ correcci(?:ón|ones)\."
    r"|(?:[\d,]+ defectos?)?(?: y )?(?:[\d,]+ advertencias? sin justificar)?\. No se escribió nada;"
    r" el sitio publicado sigue igual\."
    r"|    lo mismo en las? filas? [\d, y]+(?: más)?"
    r"|Cambian \d+ KPI\.|  \d+ (?:gráficos|misiones u objetivos|tablas y otros datos)"
)
"""Las líneas que cuentan defectos o cambios, enteras: una cuenta suelta en otra frase puede ser una
cifra.
"""
CELDAS = re.compile(r"(  [A-Z]\d{1,2}-K\d{2}: \d+ celdas?)(.*)")
RESTO = re.compile(r"(?P<archivo>[^:]+): [\d,]+ más con la regla (?P<regla>\S+) (?P<orden>.*)")
EXCEPCION = re.compile(r"\b[A-Za-z_.]*(?:Error|Exception|Warning)\b(?=[:)]|$)")
DEFECTO = re.compile(
    r"(?P<archivo>[^:«»]+?)(?P<fila>, fila \d+)?(?:, columna «(?P<columna>.*?)»)?(?P<valor>: «.*»)?"
)
REGLA = re.compile(r"(\s+regla: )(\S+)")
REMEDIO = re.compile(r"(\s+remedio: )(.*)")
RECUENTO = re.compile(r"(\s+[\d,]+  )(\S.*)")
CONTROL = re.compile(
    r"(\w+)\s+\d+\s+\d+   (?:ninguna|\d+ justificadas)|control\s+reglas\s+errores\s+advertencias"
)
CELDA = re.compile(r"celda \d+(?:, línea \d+)?")
POSICION = re.compile(r"\d{1,3}")
RASTRO = re.compile(r'(\s+File ")(.+)(", line \d+, in [\w<>.]+)')
VALOR = re.compile(r"[^\s«»():,.;]*\w(?:[^«»]*\w)?[^\s«»():,.;]*")
SEGUIDOS = re.compile(rf"{re.escape(RESERVADO)}(?:[^\w«»]*{re.escape(RESERVADO)})+")
DICHAS = {
    "valido",
    "errores",
    "advertencias",
    "controles",
    "archivo",
    "fila",
    "columna",
    "regla",
    "control",
    "defectos",
    "observaciones",
    "kpis",
    "okrs",
    "correcciones",
    "reglas",
    "celdas",
    "gráficos",
    "misiones u objetivos",
    "tablas y otros datos",
}
"""Claves de los resultados para programas cuyo valor dice dónde o cuántos, nunca cuánto."""


def correr_reservada(argumentos: Sequence[str], raiz: Path, en_json: bool) -> int:
    """Corre la orden en otro proceso y escribe sus salidas reservadas; devuelve su código."""
    entorno = os.environ | {VARIABLE: "1", APARTE: "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    proceso = subprocess.Popen(
        [sys.executable, "-m", "observatorio", *argumentos],
        env=entorno,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    anterior = (
        signal.signal(signal.SIGTERM, lambda *_: proceso.terminate())
        if threading.current_thread() is threading.main_thread()
        else None
    )
    assert proceso.stdout and proceso.stderr
    nombrados = frozenset(Path(a).name for a in argumentos)
    try:
        hilo = threading.Thread(
            target=_pasar, args=(proceso.stderr, sys.stderr, Reserva(raiz, nombrados))
        )
        hilo.start()
        if en_json:
            _pasar_json(proceso.stdout, sys.stdout, Reserva(raiz, nombrados))
        else:
            _pasar(proceso.stdout, sys.stdout, Reserva(raiz, nombrados))
        hilo.join()
        return proceso.wait()
    finally:
        if anterior is not None:
            signal.signal(signal.SIGTERM, anterior)


def _pasar(de: IO[str], a: IO[str], reserva: Reserva) -> None:
    for linea in de:
        a.write(reserva.linea(linea.rstrip("\n")) + "\n")
        a.flush()


def _pasar_json(de: IO[str], a: IO[str], reserva: Reserva) -> None:
    """Un resultado para programas se reserva entero y sigue siendo JSON; si no lo era, línea por
    línea.
    """
    dicho = de.read()
    try:
        a.write(json.dumps(reserva.en_json(json.loads(dicho)), ensure_ascii=False, indent=1) + "\n")
    except ValueError:
        a.writelines(reserva.linea(linea) + "\n" for linea in dicho.splitlines())


@dataclass(slots=True)
class Reserva:
    """Reserva línea por línea; recuerda el archivo del programa que nombró la línea anterior de un
    rastro.
    """

    raiz: Path
    nombrados: frozenset[str] = frozenset()
    """Los archivos que nombra quien escribió la orden."""
    _rastro: Path | None = None

    def linea(self, texto: str) -> str:
        """La línea con lo que no es del programa en reserva; conserva dónde está el defecto y qué
        regla rompe.
        """
        rastro, self._rastro = self._rastro, None
        if m := RASTRO.fullmatch(texto):
            archivo = Path(m[2])
            self._rastro = (
                archivo if archivo.is_file() and archivo.is_relative_to(PROGRAMA) else None
            )
            del_codigo = archivo.suffix == ".py" and archivo.is_file()
            return f"{m[1]}{archivo.name if del_codigo else RESERVADO}{m[3]}"
        if rastro and texto.strip() in {
            x.strip() for x in rastro.read_text(encoding="utf-8").splitlines()
        }:
            return texto
        if m := REGLA.fullmatch(texto):
            return texto if m[2] in textos().enteros else m[1] + RESERVADO
        if m := REMEDIO.fullmatch(texto):
            return m[1] + self.frase(m[2])
        if CONTROL.fullmatch(texto) or CUENTAS.fullmatch(texto):
            return texto
        if m := CELDAS.fullmatch(texto):
            return m[1] + self.frase(m[2])
        if (
            (m := RESTO.fullmatch(texto))
            and self._existe(m["archivo"])
            and m["regla"] in textos().enteros
        ):
            return texto[: m.start("orden")] + self.frase(m["orden"])
        if (m := RECUENTO.fullmatch(texto)) and (m[2] in textos().enteros or self._existe(m[2])):
            return texto
        if (m := DEFECTO.fullmatch(texto)) and (
            m["fila"] or m["columna"] or (m["valor"] and self._existe(m["archivo"]))
        ):
            columna = f", columna «{self.columna(m['columna'])}»" if m["columna"] else ""
            donde = m["archivo"] if self._existe(m["archivo"]) else RESERVADO
            valor = f": «{RESERVADO}»" if m["valor"] else ""
            return f"{donde}{m['fila'] or ''}{columna}{valor}"
        return self.frase(texto)

    def frase(self, texto: str) -> str:
        """Lo que no es texto fijo del programa, en reserva; lo reservado seguido se dice una
        vez.
        """
        dicho = "".join(
            trozo if propio else VALOR.sub(RESERVADO, trozo)
            for trozo, propio in self._trozos(texto)
        )
        return SEGUIDOS.sub(RESERVADO, dicho)

    def columna(self, nombre: str) -> str:
        """El nombre de una columna o el camino de un campo, con lo que el programa no conoce en
        reserva.
        """
        if CELDA.fullmatch(nombre) or nombre in textos().enteros:
            return nombre
        return ".".join(
            p if p in textos().enteros or POSICION.fullmatch(p) else RESERVADO
            for p in nombre.split(".")
        )

    def en_json(self, dato: Any, clave: str = "") -> Any:
        """Un resultado para programas con sus valores en reserva; queda dónde y cuántos."""
        if clave == "valor":
            return None if dato is None else RESERVADO
        if isinstance(dato, dict):
            return {
                c if c in textos().enteros else RESERVADO: self.en_json(v, c)
                for c, v in dato.items()
            }
        if isinstance(dato, list):
            return [self.en_json(v, clave) for v in dato]
        if isinstance(dato, str):
            if clave == "columna":
                return self.columna(dato)
            propio = clave in ("regla", "control") and dato in textos().enteros
            return (
                dato if propio or (clave == "archivo" and self._existe(dato)) else self.frase(dato)
            )
        return dato if dato is None or isinstance(dato, bool) or clave in DICHAS else RESERVADO

    def _trozos(self, texto: str) -> Iterator[tuple[str, bool]]:
        """``(trozo, si es del programa)``. Lo que va entre comillas latinas es un valor, salvo que
        sea parte de un texto fijo.
        """
        inicio = i = 0
        while i < len(texto):
            cierre = texto.find("»", i) if i and texto[i - 1] == "«" else -1
            largo, propio = (
                (cierre - i, self._conocido(texto[i:cierre]))
                if cierre > 0
                else (self._propio(texto, i), True)
            )
            if not largo:
                i += 1
                continue
            if inicio < i:
                yield texto[inicio:i], False
            yield texto[i : i + largo], propio
            inicio = i = i + largo
        if inicio < len(texto):
            yield texto[inicio:], False

    def _propio(self, texto: str, i: int) -> int:
        """Cuánto de lo que empieza en ``i`` se puede decir: un texto fijo (con la fila o la celda
        que nombra), un código o algo que existe.
        """
        if i and texto[i].isalnum() and (texto[i - 1].isalnum() or texto[i - 1] == "_"):
            return 0
        largo = max(
            (
                len(f)
                for f in textos().fragmentos.get(texto[i : i + PREFIJO], ())
                if texto.startswith(f, i) and _entero(texto, i + len(f))
            ),
            default=0,
        )
        if largo and (m := LUGAR.search(texto, i)) and m.start() < i + largo < m.end():
            largo = m.end() - i
        for forma in (CODIGO, EXCEPCION):
            if m := forma.match(texto, i):
                largo = max(largo, len(m[0]))
        if (
            (m := RUTA.match(texto, i))
            and len(m[0]) > largo
            and self._conocido(m[0])
            and _entero(texto, m.end())
        ):
            largo = len(m[0])
        return largo

    def _conocido(self, texto: str) -> bool:
        return self._existe(texto) or any(
            self._existe(f"{c}/{texto}") for c in ("misiones", "ediciones")
        )

    def _existe(self, nombre: str) -> bool:
        """Si es la ruta, dentro del proyecto, de algo que existe (o de lo que el programa espera
        ahí).
        """
        if (
            not re.fullmatch(r"[\w.\- /]+", nombre)
            or ".." in nombre
            or not any(c.isalpha() for c in nombre)
        ):
            return False
        return (
            nombre in self.nombrados
            or ("/" in nombre and nombre in textos().enteros)
            or (self.raiz / nombre).exists()
        )


def _entero(texto: str, fin: int) -> bool:
    """Que no se corte una palabra."""
    return fin >= len(texto) or not (texto[fin].isalnum() and texto[fin - 1].isalnum())


@dataclass(frozen=True, slots=True)
class Textos:
    """Lo que el programa dice: sus textos fijos enteros, y los trozos de frases por sus primeras
    letras.
    """

    enteros: frozenset[str]
    fragmentos: dict[str, tuple[str, ...]]


@cache
def textos() -> Textos:
    """Los textos fijos de todo el programa, leídos de su código."""
    enteros: set[str] = set()
    fragmentos: set[str] = set()
    for archivo in PROGRAMA.rglob("*.py"):
        arbol = ast.parse(archivo.read_text(encoding="utf-8"))
        con_huecos = {
            id(v) for n in ast.walk(arbol) if isinstance(n, ast.JoinedStr) for v in n.values
        }
        for nodo in ast.walk(arbol):
            if isinstance(nodo, ast.AnnAssign) and isinstance(nodo.target, ast.Name):
                enteros.add(nodo.target.id)
            if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
                enteros.add(nodo.value)
                fragmentos.update(_frases(nodo.value, id(nodo) in con_huecos))
    por_inicio: dict[str, list[str]] = {}
    for f in fragmentos:
        por_inicio.setdefault(f[:PREFIJO], []).append(f)
    return Textos(
        frozenset(enteros), {inicio: tuple(suyos) for inicio, suyos in por_inicio.items()}
    )


def _frases(texto: str, con_huecos: bool) -> Iterator[str]:
    """Los trozos de un texto fijo que dicen algo por sí solos: varias palabras, o una entera junto
    a un hueco.
    """
    for linea in texto.splitlines():
        frase = linea.strip()
        letras = sum(c.isalpha() for c in frase)
        varias = " " in frase and letras >= LARGO
        if varias or (con_huecos and letras >= PREFIJO and frase != linea):
            yield frase
