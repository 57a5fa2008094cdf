"""Órdenes de la publicación: ``publicar``, ``comparar``, ``verificar``, ``vigilar`` y
``respaldo``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..base import lectores
from ..rutas import Proyecto
from .salida import BIEN, DATOS


def registrar(ordenes: argparse._SubParsersAction) -> None:
    p = ordenes.add_parser(
        "publicar", help="construye y publica la edición en una carpeta, en gh-pages o en un zip"
    )
    p.add_argument(
        "--a",
        dest="destino",
        metavar="DESTINO",
        help="una carpeta, gh-pages, zip, o un archivo .zip",
    )
    p.add_argument(
        "--volver",
        metavar="EDICION",
        help="vuelve a una edición conservada, sin construir (sin --a: en _site)",
    )
    p.add_argument(
        "--edicion",
        metavar="EDICION",
        help="publica esa, ya construida de estas mismas entradas, sin construir",
    )
    p.add_argument(
        "--remoto",
        default="origin",
        help="con gh-pages: remoto o dirección del repositorio (origin)",
    )
    p.add_argument(
        "--firmar",
        metavar="LLAVE",
        type=Path,
        help="firma la edición con esa llave privada de ssh-keygen (deja MANIFEST.sha256.sig)",
    )
    p.add_argument(
        "--motor", choices=("auto", "embebido", "quarto"), default="auto", help="motor de páginas"
    )
    p.set_defaults(hacer=_publicar)

    c = ordenes.add_parser("comparar", help="dice qué cambió entre dos ediciones, cifra por cifra")
    c.add_argument(
        "antes",
        nargs="?",
        help="edición (identificador o carpeta); por defecto, la última publicada",
    )
    c.add_argument(
        "ahora",
        nargs="?",
        help="edición (identificador o carpeta); por defecto, la construida aquí",
    )
    c.add_argument("--json", action="store_true", help="resultado para programas")
    c.add_argument(
        "--html",
        metavar="ARCHIVO",
        type=Path,
        help="además, una página suelta con los gráficos de antes y de ahora lado a lado",
    )
    c.set_defaults(hacer=_comparar)

    v = ordenes.add_parser(
        "verificar",
        help=(
            "rehace una edición desde su commit y compara byte por byte; pide el repositorio de"
            " los datos"
        ),
        description=(
            "Rehace una edición desde su commit y compara byte por byte. Pide el repositorio donde"
            " están los datos, que es privado cuando son de verdad: quien no lo tiene comprueba"
            " con MANIFEST.sha256 que nada de lo publicado se alteró (sha256sum -c"
            " MANIFEST.sha256, en la carpeta de la edición)."
        ),
    )
    v.add_argument(
        "edicion", nargs="?", help="edición (identificador o carpeta); por defecto, la viva"
    )
    v.add_argument(
        "--commit", help="commit del que salió; por defecto se busca el que tiene sus entradas"
    )
    v.set_defaults(hacer=_verificar)

    g = ordenes.add_parser(
        "vigilar", help="en un servidor propio: publica cada vez que cambian los datos"
    )
    g.add_argument(
        "--a",
        dest="destino",
        metavar="DESTINO",
        help="dónde publicar; sin esto, solo construye en _site",
    )
    g.add_argument(
        "--motor", choices=("auto", "embebido", "quarto"), default="auto", help="motor de páginas"
    )
    g.set_defaults(hacer=_vigilar)

    r = ordenes.add_parser(
        "respaldo",
        help="guarda, comprueba o restaura datos, historia, ediciones y memoria en un zip",
    )
    r.add_argument(
        "accion",
        choices=("crear", "comprobar", "restaurar", "llave"),
        help="qué hacer con el archivo; «llave» escribe en él una nueva para cifrar respaldos",
    )
    r.add_argument("archivo", help="el archivo del respaldo (.zip, o .zip.age si se cifra)")
    r.add_argument("--en", metavar="CARPETA", help="con restaurar: carpeta nueva o vacía")
    r.add_argument(
        "--para",
        metavar="PUBLICA",
        action="append",
        default=[],
        help="con crear: cifra para esa llave pública (age1…); se repite para dos llaves",
    )
    r.add_argument(
        "--llave",
        metavar="ARCHIVO",
        type=Path,
        help="con comprobar y restaurar: la llave privada, si el respaldo está cifrado",
    )
    r.set_defaults(hacer=_respaldo)


def _publicar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..errores import ErrorDeUso
    from ..publicacion.publicar import publicar, volver

    def avisar(texto: str) -> None:
        print(f"  {texto}", flush=True)

    if opciones.volver:
        lugar = volver(proyecto, opciones.volver, opciones.destino, opciones.remoto, avisar)
        print(f"La edición {opciones.volver} está otra vez en {lugar}.")
        return BIEN
    if not opciones.destino:
        raise ErrorDeUso(
            "diga dónde publicar: observatorio publicar --a CARPETA, --a gh-pages o --a zip"
        )
    hecha = publicar(
        proyecto,
        opciones.destino,
        opciones.motor,
        opciones.remoto,
        avisar,
        opciones.edicion,
        opciones.firmar,
    )
    print(f"Edición {hecha.identificador} publicada en {hecha.lugar}.")
    if hecha.anotada:
        print(
            "Guarde lo anotado con los datos: git add data/publicada && git commit -m 'Edición"
            " publicada'"
        )
    return BIEN


def _comparar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.escritura import escribir_atomico, exigir_archivo
    from ..edicion.cambios.comparacion import carpeta_de, comparar_ediciones, conservada, en_texto

    if opciones.html:
        exigir_archivo(opciones.html, "que-cambio.html")
    comparacion = comparar_ediciones(proyecto, opciones.antes, opciones.ahora)
    if lectores.son_otros():
        return _comparar_reservada(comparacion, opciones)
    if opciones.html:
        from ..edicion.cambios.lado_a_lado import en_html

        antes = (
            carpeta_de(proyecto, opciones.antes)
            if opciones.antes
            else conservada(proyecto, comparacion["antes"])
        )
        carpetas = antes, carpeta_de(proyecto, opciones.ahora or comparacion["ahora"])
        escribir_atomico(opciones.html, en_html(comparacion, *carpetas).encode("utf-8"))
    print(
        json.dumps(comparacion, ensure_ascii=False, indent=1)
        if opciones.json
        else en_texto(comparacion)
    )
    return BIEN


def _comparar_reservada(comparacion: dict, opciones: argparse.Namespace) -> int:
    """Qué KPI cambian y en cuántas celdas: ni en la terminal ni en la página va una cifra."""
    from ..base.escritura import escribir_atomico
    from ..edicion.cambios import comparacion_reservada

    reservada = comparacion_reservada.reservar(comparacion)
    if opciones.html:
        escribir_atomico(opciones.html, comparacion_reservada.en_html(reservada).encode("utf-8"))
    print(
        json.dumps(reservada.como_dict(), ensure_ascii=False, indent=1)
        if opciones.json
        else comparacion_reservada.en_texto(reservada)
    )
    return BIEN


def _verificar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..edicion import ediciones
    from ..edicion.cambios.comparacion import carpeta_de
    from ..publicacion.verificar import verificar

    nombre = opciones.edicion or ediciones.actual(proyecto) or "ninguna"
    veredicto = verificar(
        proyecto,
        carpeta_de(proyecto, nombre),
        opciones.commit,
        lambda t: print(f"  {t}", flush=True),
    )
    if veredicto.diferencias:
        print("\n".join(veredicto.diferencias), file=sys.stderr)
        print(
            f"La edición {veredicto.identificador} NO es la que sale del commit"
            f" {veredicto.commit[:12]}.",
            file=sys.stderr,
        )
        return DATOS
    if veredicto.sin_comparar:
        print(
            f"De {len(veredicto.sin_comparar)} PDF no se compara byte por byte: Quarto no da dos"
            " veces lo mismo. Todo lo demás, sí."
        )
    print(
        f"La edición {veredicto.identificador} sale, byte por byte, del commit"
        f" {veredicto.commit[:12]}."
    )
    return BIEN


def _vigilar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..publicacion.vigilar import vigilar

    return vigilar(proyecto, opciones.destino, opciones.motor, decir=lambda t: print(t, flush=True))


def _respaldo(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base import cifrado
    from ..base.escritura import exigir_de_esta_maquina
    from ..errores import ErrorDeUso
    from ..publicacion import respaldo

    exigir_de_esta_maquina(opciones.archivo)
    archivo = Path(opciones.archivo)
    if opciones.accion == "llave":
        if proyecto.contiene(archivo):
            raise ErrorDeUso(
                f"«{archivo}» está dentro del proyecto: iría con los datos a git y dentro del"
                " respaldo que abre\n    remedio: escríbala fuera, por ejemplo en"
                f" {proyecto.raiz.resolve().parent / archivo.name}"
            )
        publica = cifrado.hacer_llave(archivo)
        print(
            f"Llave privada en {archivo}. Quien la pierda pierde los respaldos: guarde dos copias"
            f" fuera de esta máquina.\nPara cifrar: observatorio respaldo crear ARCHIVO.zip.age"
            f" --para {publica}"
        )
    elif opciones.accion == "crear":
        hecho = respaldo.crear(proyecto, archivo, opciones.para)
        print(f"Respaldo con {hecho.archivos:,} archivos en {archivo}.")
        if hecho.sin_historia:
            print(
                f"Va sin la historia de git ({hecho.sin_historia}): lo restaurado no podrá"
                " «verificar»."
            )
        if not opciones.para:
            print("No está cifrado: guárdelo como los datos, porque incluye lo que no es público.")
    elif opciones.accion == "comprobar":
        danos = respaldo.comprobar(archivo, opciones.llave)
        print(
            "\n".join(danos) or "El respaldo está sano.", file=sys.stderr if danos else sys.stdout
        )
        return DATOS if danos else BIEN
    elif not opciones.en:
        raise ErrorDeUso(
            "diga dónde restaurar: observatorio respaldo restaurar ARCHIVO --en CARPETA"
        )
    else:
        restaurado = respaldo.restaurar(
            archivo, Path(opciones.en), opciones.llave, lambda t: print(t, file=sys.stderr)
        )
        print(f"Restaurado en {restaurado.raiz}. Para seguir: cd ahí y make sitio.")
    return BIEN
