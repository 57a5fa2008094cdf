"""Lo que detendría la construcción de un cuaderno, visto antes de ejecutarlo.

De qué editor venga no importa: sin kernel ni lenguaje declarados se toma por Python.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from ...errores import ErrorDeDatos, ErrorDeUso
from ..nombre_de_lugar import ANEXO, MARCA
from .codigo import MAGIA as MAGIA_QUE_LEE
from .codigo import MODULOS, Codigo, codigos_de
from .imagenes import leida
from .magias import TRAE_OTRAS, desconocidas, en_python
from .texto import (
    BORRE_EL_MEDIO,
    ENCABEZADO,
    MEDIO_SIGNO,
    imagenes_en,
    imagenes_por_referencia,
    sin_cerrar,
)

DE_PYTHON = {"python", "python3", "ipython", "ipython3"}
CONFLICTO = re.compile(r"(?m)^(?:<{7}|>{7})(?: |$)")
NO_SE_PUBLICAN = {
    "plotly": "dibújelo con Altair, que también es interactivo",
    "bokeh": "dibújelo con Altair, que también es interactivo",
    "holoviews": "dibújelo con Altair, que también es interactivo",
    "hvplot": "dibújelo con Altair, que también es interactivo",
    "folium": "use recetas.croquis, o un mapa de Altair",
    "pydeck": "use recetas.croquis, o un mapa de Altair",
    "ipyleaflet": "use recetas.croquis, o un mapa de Altair",
    "ipywidgets": "muestre el resultado: un gráfico, una tabla o un texto con Markdown",
}
"""Módulo → con qué se hace lo mismo."""
DE_DISPLAY = {"HTML", "IFrame", "Javascript", "Audio", "Video", "YouTubeVideo", "VimeoVideo"}
DIBUJO_AJENO = re.compile(r"\s*%matplotlib\s+(?!inline\b)\S")
CAMBIA_EL_DIBUJO = re.compile(
    r"(matplotlib|mpl)\.use|(plt|pyplot|matplotlib\.pyplot)\.switch_backend"
)
SIN_DIBUJO_AJENO = (
    "con ella las figuras de matplotlib no llegan a la página: quítela, aquí se muestran solas"
)
OTRO_SITIO = re.compile(r"sys\.path|%cd\b|os\.chdir|site\.addsitedir")
"""Con ello un módulo se puede hallar donde aquí no se mira."""
MAGIA_DE_CELDA = re.compile(r"\s*%%(\w+)")
MAGIAS_QUE_MUESTRAN = {"html", "HTML", "javascript", "js", "svg", "SVG", "latex"}
MARCA_DE_PARAMETROS = "parameters"
PARECIDA = 0.8
"""Desde aquí una marca es otra mal escrita; «{{texto}}», de una fórmula, no se parece tanto."""
MAGIA = re.compile(r"^\s*[%!]")
COMO_MARCAR = (
    "escriba en la primera celda titulo, resumen y entradas, y póngale la etiqueta «parameters»: en"
    " JupyterLab, el engranaje de la derecha → Etiquetas de la celda; en VS Code, «…» → Add Cell"
    " Tag"
)


def defectos(archivo: str, texto: str, celdas: list[dict], carpeta: Path) -> Iterator[ErrorDeDatos]:
    """Los de un cuaderno que ya se puede leer; ``carpeta``: la suya, donde están sus imágenes."""
    de = partial(ErrorDeDatos, archivo, None)
    if lenguaje := _otro_lenguaje(texto):
        yield de(
            None,
            lenguaje,
            "cuaderno-de-otro-lenguaje",
            "aquí los cuadernos son de Python: páselo a Python, o lea los datos públicos desde"
            " fuera con su lenguaje",
        )
        return
    yield from _de_parametros(archivo, celdas)
    codigos = list(codigos_de(celdas))
    todo = "\n".join(linea for c in codigos for linea in c.lineas)
    trae_otras, busca_en_otro_sitio = TRAE_OTRAS.search(todo), OTRO_SITIO.search(todo)
    for codigo in codigos:
        yield from _de_codigo(archivo, codigo)
        if not trae_otras:
            yield from _de_magias(archivo, codigo)
        if not busca_en_otro_sitio:
            yield from _de_modulos(archivo, codigo, carpeta)
    for numero, celda in enumerate(celdas, 1):
        if celda["cell_type"] == "markdown":
            yield from _de_texto(archivo, numero, celda, carpeta)
        elif celda["cell_type"] == "raw" and (cruda := "".join(celda["source"]).strip()):
            yield ErrorDeDatos(
                archivo,
                None,
                f"celda {numero}",
                cruda.splitlines()[0],
                "celda-cruda",
                "una celda «Raw» no se publica: cámbiela a Markdown (tecla M); el título y el"
                " resumen van en la celda de parámetros",
            )


def _otro_lenguaje(texto: str) -> str:
    """El lenguaje que el cuaderno declara, si no es Python; vacío si lo es o no lo dice."""
    metadatos = json.loads(texto).get("metadata")
    if not isinstance(metadatos, dict):
        return ""
    kernel, propio = metadatos.get("kernelspec"), metadatos.get("language_info")
    dichos = [
        d.get(clave) for d, clave in ((kernel, "language"), (propio, "name")) if isinstance(d, dict)
    ]
    return next((str(d) for d in dichos if d and str(d).lower() not in DE_PYTHON), "")


def _de_parametros(archivo: str, celdas: Iterable[dict]) -> Iterator[ErrorDeDatos]:
    """La celda de parámetros solo lleva valores escritos: se leen sin ejecutarla."""
    marcadas = [
        (n, c)
        for n, c in enumerate(celdas, 1)
        if MARCA_DE_PARAMETROS in c["metadata"].get("tags", [])
    ]
    for numero, _ in marcadas[1:]:
        yield ErrorDeDatos(
            archivo,
            None,
            f"celda {numero}",
            None,
            "parametros-dos-veces",
            f"la celda {marcadas[0][0]} ya lleva la etiqueta «parameters»: quítesela a una de las"
            " dos",
        )
    for numero, celda in marcadas[:1]:
        fuente = "".join(celda["source"])
        lineas = fuente.splitlines()
        yield from _de_marcas(archivo, numero, lineas)
        for n, linea in enumerate(lineas, 1):
            if MAGIA.match(linea):
                yield ErrorDeDatos(
                    archivo,
                    None,
                    f"celda {numero}, línea {n}",
                    linea.strip(),
                    "magia-en-parametros",
                    "la celda de parámetros solo lleva valores: pase esa línea a otra celda",
                )
        try:
            arbol = ast.parse("\n".join("" if MAGIA.match(x) else x for x in lineas))
        except SyntaxError:
            continue
        for orden in arbol.body:
            if not _es_valor(orden):
                yield ErrorDeDatos(
                    archivo,
                    None,
                    f"celda {numero}, línea {orden.lineno}",
                    lineas[orden.lineno - 1].strip(),
                    "parametro-calculado",
                    'la celda de parámetros no calcula: escriba el valor (titulo = "…",'
                    ' entradas = ["publica"]) y pase las cuentas a la celda siguiente',
                )


def _es_valor(orden: ast.stmt) -> bool:
    """¿Es un nombre con un valor escrito, con o sin su tipo, o un texto suelto?"""
    match orden:
        case ast.Assign(targets=[ast.Name()], value=valor):
            return _literal(valor)
        case ast.AnnAssign(target=ast.Name(), value=valor):
            return valor is None or _literal(valor)
        case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
            return True
    return False


def _literal(valor: ast.expr) -> bool:
    try:
        ast.literal_eval(valor)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _en(
    archivo: str, codigo: Codigo, linea: int, regla: str, remedio: str, valor: str | None = None
) -> ErrorDeDatos:
    """El de una línea de una celda de código; sin ``valor``, lo que la línea dice."""
    dicho = valor or (codigo.lineas[linea - 1].strip() if codigo.lineas else None)
    return ErrorDeDatos(
        archivo, None, f"celda {codigo.numero}, línea {linea}", dicho, regla, remedio
    )


def _de_magias(archivo: str, codigo: Codigo) -> Iterator[ErrorDeDatos]:
    for n, orden in desconocidas(codigo.lineas):
        if not MAGIA_QUE_LEE.match(codigo.lineas[n - 1]):
            yield _en(
                archivo,
                codigo,
                n,
                "orden-que-no-existe",
                "aquí nadie conoce esa orden: quítela; si lo que sigue es texto, páselo a una celda"
                " de texto",
                orden,
            )


def _de_modulos(archivo: str, codigo: Codigo, carpeta: Path) -> Iterator[ErrorDeDatos]:
    """Los que se importan sin condición y no están: el de una función o un ``try`` puede faltar."""
    for orden in codigo.arbol.body if codigo.arbol else ():
        for modulo in _importados(orden):
            if not MODULOS.fullmatch(modulo) and _falta(modulo.partition(".")[0], carpeta):
                yield _en(
                    archivo,
                    codigo,
                    orden.lineno,
                    "modulo-que-falta",
                    f"aquí no está instalado «{modulo}»: vea si está bien escrito; si hace falta,"
                    " pida que se añada a requirements.in",
                )


def _de_codigo(archivo: str, codigo: Codigo) -> Iterator[ErrorDeDatos]:
    en = partial(_en, archivo, codigo)
    for n, linea in enumerate(codigo.lineas, 1):
        if DIBUJO_AJENO.match(linea):
            yield en(n, "salida-que-no-se-publica", SIN_DIBUJO_AJENO)
        if CONFLICTO.match(linea):
            yield en(
                n,
                "cuaderno-en-conflicto",
                "son marcas de un conflicto de git: elija una de las dos versiones y quítelas",
            )
            return
    if (magia := MAGIA_DE_CELDA.match("\n".join(codigo.lineas))) is not None:
        if magia[1] in MAGIAS_QUE_MUESTRAN:
            yield en(
                1, "salida-que-no-se-publica", "escríbalo en una celda de texto, o con Markdown"
            )
        return
    if codigo.arbol is None:
        if (defecto := _defecto_de_python(codigo)) is not None:
            donde, dicho = defecto
            yield en(
                min(donde, len(codigo.lineas)),
                "celda-que-no-es-python",
                f"Python no la entiende ({dicho}): ejecútela en JupyterLab y corríjala",
            )
        return
    for nodo in ast.walk(codigo.arbol):
        if isinstance(nodo, ast.Call) and CAMBIA_EL_DIBUJO.fullmatch(ast.unparse(nodo.func)):
            yield en(nodo.lineno, "salida-que-no-se-publica", SIN_DIBUJO_AJENO)
        for modulo in _importados(nodo):
            if remedio := NO_SE_PUBLICAN.get(modulo.partition(".")[0]):
                yield en(nodo.lineno, "salida-que-no-se-publica", remedio)  # type: ignore[attr-defined]  # un import la tiene
        if isinstance(nodo, ast.ImportFrom) and (nodo.module or "").startswith("IPython"):
            for a in nodo.names:
                if a.name in DE_DISPLAY:
                    yield en(
                        nodo.lineno,
                        "salida-que-no-se-publica",
                        f"{a.name} no llega a la página: use un gráfico, una tabla o Markdown",
                    )


def _falta(modulo: str, carpeta: Path) -> bool:
    """¿No es de lo instalado, ni un archivo de al lado, ni de lo que tiene su propio remedio?"""
    if modulo in NO_SE_PUBLICAN or modulo in sys.modules:
        return False
    if (carpeta / modulo).is_dir() or any(carpeta.rglob(f"{modulo}.py")):
        return False
    try:
        return find_spec(modulo) is None
    except (ImportError, ValueError):
        return True


def _importados(nodo: ast.AST) -> Iterator[str]:
    match nodo:
        case ast.Import(names=alias):
            yield from (a.name for a in alias)
        case ast.ImportFrom(module=str(modulo), level=0):
            yield modulo


def _defecto_de_python(codigo: Codigo) -> tuple[int, str] | None:
    """``(línea, qué)`` si tampoco es Python con las órdenes de IPython; nada si lo es."""
    # IPython tarda en cargar: solo se le pregunta por lo que Python a secas no entiende.
    try:
        compile(
            en_python("\n".join(codigo.lineas)),
            "",
            "exec",
            ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST,
        )
    except (SyntaxError, ValueError) as e:
        return getattr(e, "lineno", None) or 1, str(getattr(e, "msg", e))
    return None


def _de_texto(archivo: str, numero: int, celda: dict, carpeta: Path) -> Iterator[ErrorDeDatos]:
    fuente = "".join(celda["source"])
    lineas = fuente.splitlines()

    def en(linea: int, regla: str, remedio: str, valor: str | None = None) -> ErrorDeDatos:
        dicho = valor or (lineas[linea - 1].strip() if lineas else None)
        return ErrorDeDatos(archivo, None, f"celda {numero}, línea {linea}", dicho, regla, remedio)

    if (conflicto := CONFLICTO.search(fuente)) is not None:
        yield en(
            fuente[: conflicto.start()].count("\n") + 1,
            "cuaderno-en-conflicto",
            "son marcas de un conflicto de git: elija una de las dos versiones y quítelas",
        )
        return
    if (medio := MEDIO_SIGNO.search(fuente)) is not None:
        yield en(
            fuente[: medio.start()].count("\n") + 1,
            "signo-a-medias",
            BORRE_EL_MEDIO,
        )
    yield from _de_marcas(archivo, numero, lineas)
    if abierta := sin_cerrar(fuente):
        yield en(
            max(n for n, x in enumerate(lineas, 1) if x.lstrip().startswith(abierta)),
            "texto-sin-cerrar",
            f"abre «{abierta}» y no lo cierra, y se llevaría lo que sigue: ciérrelo con otra línea"
            f" «{abierta}»",
        )
    if (bloque := ENCABEZADO.search(fuente)) is not None:
        yield en(
            fuente[: bloque.start()].count("\n") + 1,
            "encabezado-en-cuaderno",
            "cambiaría el título de la página: deje una línea en blanco después de cada raya «---»",
        )
    for linea, dicha in imagenes_por_referencia(fuente):
        yield en(
            linea,
            "imagen-de-cuaderno",
            "escriba su archivo al lado, entre paréntesis: ![qué se ve](archivo)",
            dicha,
        )
    for imagen in imagenes_en(fuente):
        try:
            leida(imagen, celda, carpeta)
        except ErrorDeUso as e:
            yield en(imagen.linea, "imagen-de-cuaderno", str(e), imagen.destino)


def _de_marcas(archivo: str, numero: int, lineas: Sequence[str]) -> Iterator[ErrorDeDatos]:
    """Lo que parece una marca de cómo se llaman los lugares y no lo es: se publicaría tal cual."""
    for n, linea in enumerate(lineas, 1):
        for m in MARCA.finditer(linea):
            marcas = ANEXO.marcas
            if m[1] not in marcas and (cerca := get_close_matches(m[1], marcas, 1, PARECIDA)):
                yield ErrorDeDatos(
                    archivo,
                    None,
                    f"celda {numero}, línea {n}",
                    m[0],
                    "marca-desconocida",
                    f"¿quiso decir «{{{{{cerca[0]}}}}}»?",
                )
