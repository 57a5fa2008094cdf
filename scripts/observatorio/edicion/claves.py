"""Claves por contenido: mismo contenido, misma clave; ninguna fecha, ninguna ruta absoluta.

Solo usa la biblioteca estándar: también lo importa el paso previo de Quarto, que corre con
cualquier Python.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..base import lecturas
from ..base.archivos import texto_si_hay
from ..base.escritura import escribir_json_atomico
from ..base.huellas import huella
from ..base.instalados import instalados, normal
from ..rutas import DE_LA_CONSTRUCCION, OCULTOS
from . import memoria
from .render import patrones_de_render

IGNORADAS = {"__pycache__", ".ipynb_checkpoints"}
GENERADAS = re.compile(
    r"misiones/[^/]+/((index|indicadores)\.ipynb|imagen-\w+\.\w+"
    r"|index(\.(html|typ|quarto_ipynb)|_files/.*))"
    r"|analisis/[^/]+/[^/]+\.(ipynb|\w+)|data/publicada/.*"
    r"|(indicadores|anexos|cambios|buscar)/.*"
)
NIVELES = "reservado/niveles/"
SELLO = "preparado.json"

FAMILIAS: dict[str, tuple[str, ...]] = {
    "datos": ("data/**/*", "ciudadano/data/publicada/*"),
    "hojas de ruta": ("misiones/*/hoja-de-ruta.yml",),
    "programa": ("scripts/observatorio/**/*",),
    "versiones fijadas": ("requirements.txt", "pyproject.toml"),
    "cuadernos": ("notebooks/**/*",),
    "páginas": ("*.qmd", "misiones/**/*"),
    "obras": ("*.bib", "*.csl"),
    "configuración": ("_quarto.yml", "_environment"),
    "extensión": ("_extensions/**/*",),
}
"""Toda entrada de la construcción está en alguna familia: una prueba mira qué archivos abre y lo
afirma.
"""
CON_CITAS = ("cuadernos", "páginas")
DE_CUADERNOS = ("programa", "versiones fijadas", "entorno")
DE_RESULTADOS = (*DE_CUADERNOS, "datos", "hojas de ruta", "cuadernos", "edición anterior")


IGUALES = ((3, 11), (3, 13))
"""Los intérpretes con los que sale el mismo sitio, byte por byte. Que sigan siéndolo se comprueba
en ``.github/workflows/revisar.yml``; cualquier otro lleva su versión en las claves.
"""


def archivos(raiz: Path, patrones: Iterable[str], enlaces_rotos: bool = False) -> list[Path]:
    """Archivos bajo ``raiz`` que cumplen algún patrón, ordenados por su ruta relativa; sin lo
    generado; si se piden, también los enlaces que no llevan a nada.
    """
    hallados: dict[str, Path] = {}
    en_la_raiz = 0 if raiz == Path() else len(os.path.join(raiz, ""))
    for patron in patrones:
        for hallada in _hallados(raiz, patron):
            # ``relative_to`` cuesta más que hallar la ruta, y se pregunta por miles.
            relativa = hallada[en_la_raiz:].replace(os.sep, "/")
            if (
                relativa not in hallados
                and _cuenta(relativa)
                and (os.path.isfile(hallada) or (enlaces_rotos and os.path.islink(hallada)))
            ):
                hallados[relativa] = Path(hallada)
    return [hallados[r] for r in sorted(hallados)]


def _hallados(raiz: Path, patron: str) -> Iterator[str]:
    """Las rutas que cumplen un patrón. Un árbol entero se recorre sin ``glob``, que mira además lo
    compilado y hace de cada ruta un objeto; tampoco aquí se sigue un enlace a otra carpeta.
    """
    base, de_todo_el_arbol, nombre_pedido = patron.partition("**/")
    if not de_todo_el_arbol or "*" in base or "/" in nombre_pedido:
        yield from map(os.fspath, raiz.glob(patron))
        return
    for carpeta, subcarpetas, nombres in os.walk(raiz / base):
        enlaces = [n for n in subcarpetas if os.path.islink(os.path.join(carpeta, n))]
        subcarpetas[:] = [n for n in subcarpetas if n not in IGNORADAS]
        for nombre in fnmatch.filter((*nombres, *enlaces), nombre_pedido):
            yield os.path.join(carpeta, nombre)


def _cuenta(relativa: str) -> bool:
    partes = relativa.split("/")
    return not (
        IGNORADAS & set(partes)
        or partes[-1].startswith(OCULTOS)
        or any(p.endswith(".egg-info") for p in partes)
        or GENERADAS.fullmatch(relativa)
    )


def es_generada(relativa: str) -> bool:
    """Si la escribe una construcción. La memoria de lo publicado no cuenta: quien vigila el
    proyecto ha de notar que cambia.
    """
    return bool(GENERADAS.fullmatch(relativa)) and not relativa.startswith("data/")


def la_guarda_una_persona(relativa: str) -> bool:
    """Si un archivo del proyecto puede ser una entrada: ni lo que hace una construcción, ni lo que
    guarda a medias un editor.
    """
    partes = relativa.split("/")
    return not (
        partes[0] in DE_LA_CONSTRUCCION
        or relativa.startswith(NIVELES)
        or es_generada(relativa)
        or IGNORADAS & set(partes)
        or any(p.startswith((".", "~")) for p in partes)
    )


def clave_de(raiz: Path, patrones: Iterable[str], *extra: str) -> str:
    """Clave de un conjunto de archivos (ruta relativa y contenido) y de textos sueltos."""
    return _clave_de_archivos(raiz, archivos(raiz, patrones, enlaces_rotos=True), *extra)


def _clave_de_archivos(raiz: Path, rutas: Iterable[Path], *extra: str) -> str:
    partes: list[bytes | str] = list(extra)
    for ruta in rutas:
        partes += [ruta.relative_to(raiz).as_posix(), *_contenido(ruta)]
    return huella(*partes)


def _contenido(ruta: Path) -> list[bytes]:
    """Los bytes de un archivo; un enlace, aunque no lleve a ninguna parte, cuenta además por adónde
    apunta.
    """
    # Se pregunta por miles: de casi todos basta con saber una vez qué son.
    try:
        modo = os.lstat(ruta).st_mode
    except OSError:
        return []
    if stat.S_ISLNK(modo):
        enlace = os.fsencode(os.readlink(ruta))
        return [enlace, lecturas.leer(ruta)] if ruta.is_file() else [enlace]
    return [lecturas.leer(ruta)] if stat.S_ISREG(modo) else []


def archivos_por_familia(raiz: Path) -> dict[str, list[Path]]:
    """Los archivos de cada familia; a los textos los acompañan las páginas de ``render:`` y lo que
    citan fuera de toda familia.
    """
    from .citados import citados_en

    patrones = FAMILIAS | {"páginas": (*FAMILIAS["páginas"], *patrones_de_render(raiz))}
    familias = {nombre: archivos(raiz, p, enlaces_rotos=True) for nombre, p in patrones.items()}
    propios = {ruta for rutas in familias.values() for ruta in rutas}
    for nombre in CON_CITAS:
        citas = {
            r: a
            for r, a in citados_en(familias[nombre], raiz).items()
            if a not in propios and _cuenta(r)
        }
        familias[nombre] = [*familias[nombre], *citas.values()]
    return familias


def entradas(raiz: Path, familias: Mapping[str, list[Path]] | None = None) -> dict[str, str]:
    """La clave de cada familia de entradas de la construcción, más el intérprete y la edición
    publicada antes.

    ``familias``: los archivos de cada una, si se acaban de buscar. Lanza ``DatosInvalidos`` si la
    memoria de lo publicado está dañada.
    """
    claves = de_contenido(raiz, familias)
    return claves | {"edición anterior": clave_anterior(raiz, contenido(claves))}


def de_contenido(raiz: Path, familias: Mapping[str, list[Path]] | None = None) -> dict[str, str]:
    """La clave de cada familia de entradas y la del intérprete: lo que no depende de lo publicado
    antes. ``familias``: véase ``entradas``.
    """
    hay = archivos_por_familia(raiz) if familias is None else familias
    claves = {nombre: _clave_de_archivos(raiz, rutas) for nombre, rutas in hay.items()}
    return claves | {"entorno": entorno(raiz)}


def distintas(antes: Mapping[str, str], ahora: Mapping[str, str]) -> list[str]:
    """Familias que difieren entre dos juegos de entradas; ni otra máquina ni haber publicado
    cuentan.
    """
    return [
        n for n in ahora if n not in ("entorno", "edición anterior") and ahora[n] != antes.get(n)
    ]


def contenido(claves: Mapping[str, str]) -> str:
    """Clave de lo que se publica, sin la referencia a la edición publicada antes."""
    return huella(*(f"{n}={c}" for n, c in sorted(claves.items()) if n != "edición anterior"))


def identificador(claves: Mapping[str, str], *motores: str) -> str:
    """Identificador de la edición que sale de estas entradas con estos motores."""
    return huella(*motores, *(f"{n}={c}" for n, c in sorted(claves.items())))


def entorno(raiz: Path) -> str:
    """El intérprete y, si lo instalado difiere de lo fijado, en qué: así no se mezclan cachés.

    Los que dan los mismos bytes comparten nombre: la versión, que va en cada clave publicada, era
    lo único en que diferían sus sitios.
    """
    fijadas: dict[str, set[str]] = {}
    for linea in texto_si_hay(raiz / "requirements.txt").splitlines():
        nombre, hay, resto = linea.partition("==")
        if hay:
            fijadas.setdefault(normal(nombre), set()).add(
                resto.split(";")[0].split("#")[0].strip(" \\")
            )
    distintas = sorted(
        f"{n}={v}" for n, v in instalados().items() if n in fijadas and v not in fijadas[n]
    )
    version = sys.version_info[:2]
    interpretes = IGUALES if version in IGUALES else (version,)
    return " ".join(["python-" + "/".join(f"{a}.{b}" for a, b in interpretes), *distintas])


def clave_anterior(raiz: Path, contenido_actual: str) -> str:
    """Clave de lo publicado que esta construcción toma por anterior; lo deciden ``anterior`` y
    ``celdas_anteriores``.
    """
    hay = memoria.leer(raiz)
    previa, celdas = (
        _anterior(hay.registro, contenido_actual),
        hay.contenidos.get(_celdas(hay.registro, contenido_actual)),
    )
    if previa is None and celdas is None:
        return "ninguna"
    return huella(json.dumps(previa, sort_keys=True), celdas or b"")


def anterior(raiz: Path, contenido_actual: str) -> dict[str, Any] | None:
    """El registro de la última edición publicada con *otro* contenido, o nada.

    Publicar escribe ese registro. Si lo que se construye ahora es lo mismo que se publicó, su
    anterior es la de antes: por eso anotar una publicación no cambia la edición publicada.
    """
    return _anterior(memoria.leer_publicada(raiz), contenido_actual)


def publicadas_antes(raiz: Path) -> tuple[dict[str, Any], ...]:
    """Lo que se anotó de cada edición publicada antes que este contenido, de la más nueva a la más
    vieja.
    """
    registro = memoria.leer_publicada(raiz)
    if registro["ultima"] is None:
        return ()
    previa = _anterior(registro, contenido(de_contenido(raiz)))
    return tuple(previa["historia"]) if previa else ()


def _anterior(registro: Mapping[str, Any], contenido_actual: str) -> dict[str, Any] | None:
    previa: dict[str, Any] | None = registro["previa"]
    ultima: dict[str, Any] | None = registro["ultima"]
    return previa if ultima and ultima["contenido"] == contenido_actual else ultima


def celdas_anteriores(raiz: Path) -> Path:
    """Archivo con las celdas publicadas antes que este contenido (puede no existir); lo lee la
    puerta de privacidad.

    Lanza ``DatosInvalidos`` si la memoria de lo publicado está dañada.
    """
    registro = memoria.leer_publicada(raiz)
    hubo = registro["ultima"] or registro.get("en_curso")
    return memoria.ruta_de(
        raiz, _celdas(registro, contenido(de_contenido(raiz))) if hubo else memoria.CELDAS
    )


def _celdas(registro: Mapping[str, Any], contenido_actual: str) -> str:
    """El archivo de las celdas publicadas antes que ese contenido: si es el último publicado, o el
    que se publica, las de su previa.
    """
    publicados = ((registro["ultima"] or {}).get("contenido"), registro.get("en_curso"))
    return memoria.CELDAS_PREVIAS if contenido_actual in publicados else memoria.CELDAS


def leer_sello(trabajo: Path) -> Mapping[str, str]:
    """Entradas con las que se preparó por última vez; vacío si nunca."""
    try:
        sello: dict[str, str] = json.loads((trabajo / SELLO).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return sello


def escribir_sello(trabajo: Path, claves: Mapping[str, str]) -> None:
    escribir_json_atomico(trabajo / SELLO, dict(claves))
