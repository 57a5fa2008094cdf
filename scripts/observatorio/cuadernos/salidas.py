"""El destino de cada salida de un cuaderno, el mismo en los dos motores, en la página y en el
boletín. La tabla está en ``guias/graficos-y-tablas.md``.

Lo que no tiene un destino se rechaza en cuanto el cuaderno termina, con su celda y su remedio, y
todo a la vez: así no queda guardado lo que no se podrá publicar.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..base import lectores
from ..base.imagenes import TIPOS
from ..catalogo.cuadernos.texto import (
    ENCABEZADO,
    MEDIO_SIGNO,
    imagenes_en,
    imagenes_por_referencia,
    sin_cercas,
    sin_cerrar,
)
from ..errores import ErrorDeUso
from ..presentacion import imagenes
from ..presentacion.graficos.graficos import MIME_GRAFICO
from ..presentacion.pieza import MIME as MIME_PIEZA
from .mostrar import MIME_LEIDO

if TYPE_CHECKING:
    from nbformat import NotebookNode

PROPIOS = (MIME_GRAFICO, MIME_PIEZA, imagenes.MIME)
CRUDO = re.compile(
    r"(?<!\\)<(?!(?:https?://|mailto:)[^\s<>]+>|[^\s<>@]+@[^\s<>]+>)[A-Za-z/!?]|\{=|\{\{<"
)
"""Un bloque crudo o un atajo de Quarto; una dirección entre ángulos es un enlace."""
FORMULA = re.compile(
    r"\$\$(?:(?!\n\s*\n)[^$])+\$\$|(?<![\\$])\$(?![\s$])(?:(?!\n\s*\n)(?:[^$\\]|\\.))*?(?<![\s\\])\$(?![\d$])"
)
"""Lo que pandoc entiende como fórmula: ahí «<» es menor que."""
CODIGO = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
DE_MEMORIA = re.compile(r"(?i)\b0x[0-9a-f]{6,}\b|\bat 0x[0-9a-f]+\b")
DE_CARPETA = re.compile(
    r"(?<![\w.:/@-])/(?:home|root|Users|tmp|var/folders|private)/[\w.-]+|\b[A-Za-z]:\\\\?Users\\"
)
DESNUDO = re.compile(r"[\[(]?<[\w. ]")
"""Cómo se escribe un objeto que no dice nada a quien lee: «<Axes: …>»."""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ENTORNO = re.compile(r"\\begin\{([^}]*)\}")
DE_FORMULA = re.compile(
    r"(?:align|gather|multline|equation|flalign|eqnarray|alignat|displaymath|math)\*?"
    r"|aligned|gathered|split|cases|[dr]cases|array|subarray|[pbvBV]?matrix\*?|smallmatrix"
)
"""Los entornos de LaTeX que son fórmulas."""
POR_SU_DIRECCION = re.compile(r"""\s*<img\s[^>]*?src=["']([^"']*)["'][^>]*>\s*""")
"""Lo que deja ``Image(url="…")``: la dirección de la imagen, y no la imagen."""
LINEAS_DICHAS = 40
REMEDIOS = {
    "application/vnd.plotly.v1+json": (
        "una figura de plotly",
        "dibújela con Altair, que también es interactivo",
    ),
    "application/vnd.jupyter.widget-view+json": (
        "un control interactivo (ipywidgets)",
        "muestre el resultado: un gráfico, una tabla o un texto con Markdown",
    ),
    "text/html": (
        "HTML propio",
        "muéstrelo como tabla (GT, pandas, polars), gráfico (Altair, matplotlib) o texto con"
        " Markdown; de un LazyFrame de polars, su .collect()",
    ),
    "application/javascript": ("un guion", "dibújelo con Altair"),
}
DE_MARKDOWN = "ponga los textos de datos con obs.en_markdown(texto), y las tablas y gráficos solos"


@dataclass(slots=True)
class Leido:
    """Lo que el cuaderno abrió: si hay cifras de demostración, y el sello que lo reúne."""

    demostracion: bool = False
    sello: dict[str, str] = field(default_factory=dict)


def leido(cuaderno: NotebookNode) -> Leido:
    """Lo que dejó anotado, celda a celda; manda lo último."""
    dicho: dict[str, Any] = {}
    for _, salida in con_celda(cuaderno):
        dicho = salida.get("data", {}).get(MIME_LEIDO, dicho)
    return Leido(dicho.get("demostracion", False), dicho.get("sello", {}))


def del_autor(cuaderno: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Las celdas, cada una con su número en el cuaderno que se escribió: la de los parámetros que
    se añadió al ejecutar no cuenta.
    """
    propias = [c for c in cuaderno.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    return iter(enumerate(propias, 1))


def con_celda(cuaderno: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Las salidas de las celdas de código, cada una con el número de la suya."""
    for numero, celda in del_autor(cuaderno):
        if celda.cell_type == "code":
            for salida in celda.outputs:
                yield numero, salida


def defectos(cuaderno: NotebookNode, raiz: Path | None) -> list[str]:
    """Lo que no se puede publicar, cada cosa con su celda y su remedio."""
    hallados = [
        f"celda {numero}: {defecto}"
        for numero, salida in con_celda(cuaderno)
        for defecto in _de_una(salida, raiz)
    ]
    return list(dict.fromkeys(hallados))


def _de_una(salida: NotebookNode, raiz: Path | None) -> Iterator[str]:
    datos = salida.get("data", {})
    elegido = tipo(datos)
    if elegido in ("", "text/plain"):
        return
    if elegido == "text/html" and (ajena := POR_SU_DIRECCION.fullmatch("".join(datos[elegido]))):
        cual = f" («{ajena[1]}»)" if ajena[1] else ""
        yield (
            f"muestra una imagen por su dirección{cual}, y una página no pide nada afuera\n"
            "    remedio: guárdela junto al cuaderno y muéstrela con"
            ' Image("archivo", alt="qué se ve")'
        )
        return
    if elegido in REMEDIOS or elegido not in PUBLICABLES:
        que, remedio = REMEDIOS.get(
            elegido, (f"una salida «{elegido}»", "muéstrela como gráfico, tabla, imagen o Markdown")
        )
        yield f"muestra {que}, que no se publica\n    remedio: {remedio}"
        return
    if elegido in TIPOS:
        try:
            escrito = imagen(salida).textos
        except ErrorDeUso as e:
            yield str(e)
            return
    else:
        escrito = _texto(elegido, datos[elegido])
    if elegido == "text/markdown" and (defecto := de_markdown(datos[elegido])):
        yield defecto
    if elegido == "text/latex" and (ajeno := _entorno_ajeno(datos[elegido])):
        yield (
            f"muestra LaTeX que no es una fórmula («{ajeno}»), y no se publica\n"
            "    remedio: deje solo la fórmula, y lo demás en una tabla o en Markdown"
        )
    if medio := MEDIO_SIGNO.search(escrito):
        yield (
            f"lo que muestra lleva la mitad de un signo ({medio[0]!a}), que no se puede"
            " publicar\n    remedio: quítela del texto, por ejemplo con"
            ' .encode("utf-8", "ignore").decode()'
        )
    if rastro := rastro_de(escrito, raiz):
        yield (
            f"lo que muestra dice «{rastro}», que solo vale en esta máquina o en este momento\n"
            "    remedio: muestre el dato, y no el objeto ni su ruta"
        )


def _texto(elegido: str, dicho: Any) -> str:
    if elegido == imagenes.MIME:
        return imagenes.de_paquete(dicho).textos
    if elegido == MIME_PIEZA:
        return f"{dicho['html']}\n{dicho['typst']}"
    return dicho if isinstance(dicho, str) else json.dumps(dicho, ensure_ascii=False)


PUBLICABLES = (*PROPIOS, "text/markdown", "text/latex", *TIPOS, "text/plain")


def tipo(datos: dict[str, Any]) -> str:
    """Cuál de las formas de una salida decide su destino; vacío si no se publica ninguna."""
    if MIME_LEIDO in datos:
        return ""
    ajenos = [t for t in datos if t in REMEDIOS and t != "text/html"]
    orden = [*PROPIOS, *ajenos, "text/markdown", "text/latex", *TIPOS, "text/html"]
    demas = [t for t in datos if t not in orden and t != "text/plain"]
    return next((t for t in [*orden, *demas, "text/plain"] if t in datos), "")


def imagen(salida: NotebookNode) -> imagenes.Imagen:
    """La imagen de una salida ``image/…``; lanza ``ErrorDeUso`` si no se puede publicar."""
    elegido = tipo(salida.data)
    dicho = salida.data[elegido]
    texto = dicho if isinstance(dicho, str) else "".join(dicho)
    metadatos = salida.get("metadata", {})
    alt = metadatos.get("alt") or metadatos.get(elegido, {}).get("alt", "")
    if elegido == "image/svg+xml":
        return imagenes.revisada("svg", texto.encode("utf-8"), alt or imagenes.titulo_de_svg(texto))
    return imagenes.revisada(TIPOS[elegido], base64.b64decode(texto), alt)


def de_markdown(texto: str) -> str:
    """Por qué un Markdown escrito por una celda no se publica; vacío si se publica."""
    sin_codigo = FORMULA.sub("", CODIGO.sub("", sin_cercas(texto)))
    hallado = CRUDO.search(sin_codigo) or re.search(r"\{=[a-z]+\}", texto)
    if hallado:
        cerca = hallado.string[max(0, hallado.start() - 20) : hallado.end() + 20].strip()
        return f"escribe Markdown con un bloque crudo («{cerca}»)\n    remedio: {DE_MARKDOWN}"
    imagenes_ = [i.destino for i in imagenes_en(texto)]
    imagenes_ += [dicha for _, dicha in imagenes_por_referencia(texto)]
    if imagenes_:
        return (
            f"escribe Markdown con la imagen «{imagenes_[0]}», que no llegaría a la página\n"
            '    remedio: muéstrela con Image("archivo", alt="qué se ve"), o póngala en una celda'
            " de texto"
        )
    if ENCABEZADO.search(texto):
        return (
            "escribe Markdown con un bloque «---», que cambiaría el título de la página\n"
            "    remedio: deje una línea en blanco después de cada raya"
        )
    if abierta := sin_cerrar(texto):
        return (
            f"escribe Markdown que abre «{abierta}» y no lo cierra: se llevaría lo que sigue\n"
            f"    remedio: ciérrelo con otra línea «{abierta}»; {DE_MARKDOWN}"
        )
    return ""


def _entorno_ajeno(texto: str) -> str:
    """El ``\\begin{…}`` de un LaTeX que no es de fórmulas; vacío si ninguno."""
    return next((e[0] for e in ENTORNO.finditer(texto) if not DE_FORMULA.fullmatch(e[1])), "")


def formula(texto: str) -> str:
    """LaTeX como Markdown: una fórmula que no traiga sus signos va entre ``$$``."""
    limpio = re.sub(r"\n\s*\n", "\n", texto.strip())
    return limpio if limpio.startswith("$") else f"$$\n{limpio}\n$$"


def rastro_de(texto: str, raiz: Path | None) -> str:
    """La dirección de memoria, la carpeta o el nombre de esta máquina que el texto dice; vacío si
    ninguno.
    """
    for patron in (DE_MEMORIA, DE_CARPETA):
        if hallado := patron.search(texto):
            return hallado[0]
    carpetas = [tempfile.gettempdir(), str(Path.home()), *([str(raiz)] if raiz else [])]
    for propio in carpetas:
        if len(propio) > 4 and propio in texto:
            return propio
    maquina = socket.gethostname()
    # Un nombre como «salud» es también una palabra: solo cuenta el que no puede serlo.
    if len(maquina) > 5 and re.search(r"[\d.-]", maquina) and maquina in texto:
        return maquina
    return ""


def dicho(cuaderno: NotebookNode) -> str:
    """Lo que el cuaderno dijo sin publicarlo (``print``, avisos, valores sueltos), para la pantalla
    de quien construye: sin signos de control, y con el principio basta.
    """
    lineas = []
    for numero, salida in con_celda(cuaderno):
        datos = salida.get("data", {})
        texto = salida.get("text", "")
        if tipo(datos) == "text/plain" and not DESNUDO.match(str(datos["text/plain"])):
            texto = f"{datos['text/plain']}   (no se publica: use Markdown)"
        lineas += [
            f"    celda {numero}: {limpia}"
            for linea in texto.splitlines()
            if (limpia := CONTROL.sub("", linea.expandtabs(4))).strip()
        ]
    if len(lineas) > LINEAS_DICHAS:
        lineas = [*lineas[:LINEAS_DICHAS], f"    … y {len(lineas) - LINEAS_DICHAS} líneas más"]
    return legible("\n".join(lineas))


def legible(texto: str) -> str:
    """Con los signos a medias escritos en letras: así se puede decir en cualquier pantalla."""
    return MEDIO_SIGNO.sub(lambda m: ascii(m[0])[1:-1], texto)


def se_puede_decir() -> bool:
    """¿Hay una persona delante? En un flujo la bitácora la leen otros: ahí lo dicho se calla."""
    en_flujo = os.environ.get("CI") or os.environ.get("GITHUB_ACTIONS")
    return not (en_flujo or lectores.son_otros() or lectores.hay_reserva())
