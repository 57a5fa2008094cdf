"""Del cuaderno ejecutado al publicado: mismas salidas, sin rastro de cuándo ni dónde se ejecutó.

Cada pieza o gráfico queda como un solo ``text/markdown`` con un bloque html y otro typst. Un
``text/html`` haría que Quarto cargara guiones de otra máquina; aquí no queda ninguno.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output, new_raw_cell

from ..base.escritura import escribir_atomico
from ..base.imagenes import TIPOS
from ..errores import ErrorDeEjecucion
from ..presentacion import imagenes as imagenes_
from ..presentacion.graficos.dibujo import PAPEL
from ..presentacion.graficos.graficos import MIME_GRAFICO, figura, identificador
from ..presentacion.graficos.impresion import titulos
from ..presentacion.pieza import MARCA_DE_CLAVE, MARCA_DE_CUADERNO, MIME, bloques
from .adjuntas import en_archivos
from .salidas import Leido, de_markdown, formula, imagen, leido, tipo

DE_TEXTO = ("text/markdown", "text/latex")
ETIQUETAS_OCULTAS = {"parameters", "injected-parameters", "preparacion"}


def leer(ruta: Path) -> NotebookNode:
    return nbformat.read(str(ruta), as_version=4)


def escribir(ruta: Path, cuaderno: NotebookNode) -> None:
    """Escribe el cuaderno entero o no lo escribe. Un signo a medias va como lo escribe JSON."""
    texto = nbformat.writes(cuaderno, version=4) + "\n"
    escribir_atomico(ruta, texto.encode("utf-8", "backslashreplace"))


def graficos(cuaderno: NotebookNode) -> list[dict]:
    """Especificaciones de los gráficos del cuaderno, en orden."""
    return [
        s.data[MIME_GRAFICO]["espec"]
        for _, s in _salidas(cuaderno)
        if MIME_GRAFICO in s.get("data", {})
    ]


def titulo(especificacion: dict) -> str:
    """El título de un gráfico o, si no tiene, su descripción."""
    return titulos(especificacion)[0].strip() or str(especificacion["description"])


def normalizado(cuaderno: NotebookNode) -> NotebookNode:
    """Copia sin horas, rutas ni identificadores al azar: el cuaderno ejecutado que se publica."""
    limpio = copy.deepcopy(cuaderno)
    limpio.metadata = nbformat.from_dict(
        {
            "kernelspec": dict(limpio.metadata.get("kernelspec", {})),
            "language_info": {"name": "python"},
        }
    )
    limpio.nbformat_minor = max(limpio.nbformat_minor, 5)
    for numero, celda in enumerate(limpio.cells):
        etiquetas = celda.metadata.get("tags")
        celda.metadata = nbformat.from_dict({"tags": list(etiquetas)} if etiquetas else {})
        celda.id = f"celda-{numero:02d}"
        if celda.cell_type == "code":
            celda.execution_count = None
            for salida in celda.outputs:
                if "execution_count" in salida:
                    salida.execution_count = None
    return limpio


def con_producto(cuaderno: NotebookNode, clave: str, descarga: str) -> NotebookNode:
    """El cuaderno con la clave y el archivo de su producto donde las piezas los piden: al
    ejecutarse aún no se conocen.
    """
    for _, salida in _salidas(cuaderno):
        for forma, datos in salida.get("data", {}).items():
            if isinstance(datos, str):
                salida.data[forma] = datos.replace(MARCA_DE_CLAVE, clave).replace(
                    MARCA_DE_CUADERNO, descarga
                )
    return cuaderno


def con_sus_palabras(cuaderno: NotebookNode, dicho: Callable[[str], str]) -> NotebookNode:
    """El cuaderno con lo que sus celdas de texto dejan para el territorio ya escrito: ``dicho``
    llena las marcas de un texto.
    """
    for celda in cuaderno.cells:
        if celda.cell_type == "markdown":
            celda.source = dicho(celda.source)
    return cuaderno


@dataclass(frozen=True, slots=True)
class Publicada:
    """La página de un cuaderno y las imágenes que la acompañan, por su nombre."""

    cuaderno: NotebookNode
    imagenes: dict[str, bytes]


def publicable(
    cuaderno: NotebookNode, frente: str, svg: Callable[[str], str], fuente: str = ""
) -> Publicada:
    """La página: ``frente`` (YAML) y las celdas con sus salidas en Markdown de dos formatos.

    ``svg`` da el SVG de un gráfico por su identificador; con ``-papel`` detrás, el del boletín.
    ``fuente``: el cuaderno del autor, que los rechazos nombran con el número que su celda tiene
    allí.
    """
    pagina, imagenes, abierto = normalizado(cuaderno), dict[str, bytes](), leido(cuaderno)
    veces = Counter[str]()
    celdas, del_autor, numero = [new_raw_cell(f"---\n{frente.strip()}\n---")], [0], 0
    for celda in pagina.cells:
        numero += "injected-parameters" not in celda.metadata.get("tags", [])
        if ETIQUETAS_OCULTAS & set(celda.metadata.get("tags", [])):
            continue
        if celda.cell_type == "code":
            escritas = [
                _a_markdown(s, svg, imagenes, abierto, veces) for s in _sin_repetir(celda.outputs)
            ]
            celda.outputs = [
                new_output("display_data", data={"text/markdown": x}) for x in escritas if x
            ]
            if not celda.outputs:
                continue
        else:
            en_archivos(celda, imagenes)
        celdas.append(celda)
        del_autor.append(numero)
    for lugar, celda in enumerate(celdas):
        celda.id = f"celda-{lugar:02d}"
    pagina.cells = celdas
    if fuente:
        pagina.metadata["observatorio"] = {"cuaderno": fuente, "celdas": del_autor}
    return Publicada(pagina, imagenes)


def _sin_repetir(salidas: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """Las salidas de una celda. Una figura mostrada y además dejada al final de la celda es la
    misma; un texto repetido lo repitió quien lo escribió.
    """
    vistas: list[tuple[object, object]] = []
    for salida in salidas:
        datos = salida.get("data", {})
        elegido = tipo(datos)
        mostrado = (datos.get(elegido), salida.get("metadata"))
        if elegido in DE_TEXTO or mostrado not in vistas:
            vistas.append(mostrado)
            yield salida


def descargable(cuaderno: NotebookNode, svg: Callable[[str], str], uso: str = "") -> NotebookNode:
    """El cuaderno ejecutado entero, con sus celdas de código, para descargar: de las salidas, solo
    lo que se publica, y los gráficos como SVG. ``uso``: el aviso con que empieza el restringido.
    """
    limpio = normalizado(cuaderno)
    if uso:
        limpio.metadata["uso"] = uso
        limpio.cells.insert(0, new_markdown_cell(f"**{uso}**", id="celda-uso"))
    for celda in limpio.cells:
        if celda.cell_type == "code":
            celda.outputs = [s for s in map(lambda s: _para_descargar(s, svg), celda.outputs) if s]
    return limpio


def _para_descargar(salida: NotebookNode, svg: Callable[[str], str]) -> NotebookNode | None:
    datos = salida.get("data", {})
    elegido = tipo(datos)
    if elegido in ("", "text/plain"):
        return None
    if elegido == MIME_GRAFICO:
        espec = datos[elegido]["espec"]
        formas = {
            "image/svg+xml": svg(identificador(espec)),
            "text/plain": f"<gráfico: {espec['description']}>",
        }
    elif elegido == MIME:
        formas = {"text/html": datos[elegido]["html"], "text/plain": datos["text/plain"]}
    elif elegido == imagenes_.MIME:
        formas = {
            "image/svg+xml": imagenes_.de_paquete(datos[elegido]).contenido.decode("utf-8"),
            "text/plain": datos["text/plain"],
        }
    else:
        formas = {elegido: datos[elegido]}
    nueva = new_output(salida.output_type, data=formas)
    if elegido in TIPOS:
        nueva.metadata = nbformat.from_dict({elegido: {"alt": imagen(salida).alt}})
    return nueva


def _salidas(cuaderno: NotebookNode):
    for celda in cuaderno.cells:
        if celda.cell_type == "code":
            for salida in celda.outputs:
                yield celda, salida


def _a_markdown(
    salida: NotebookNode,
    svg: Callable[[str], str],
    imagenes: dict[str, bytes],
    abierto: Leido,
    veces: Counter[str],
) -> str:
    """Lo que una salida pone en la página y en el boletín; vacío si nada. Sus imágenes se añaden a
    ``imagenes``, y en ``veces`` se cuenta cada gráfico.
    """
    datos = salida.get("data", {})
    elegido = tipo(datos)
    if elegido == MIME_GRAFICO:
        espec = datos[elegido]["espec"]
        clave = identificador(espec)
        veces[clave] += 1
        return bloques(*figura(espec, svg(clave), svg(f"{clave}{PAPEL}"), veces[clave]))
    if elegido == MIME:
        return bloques(datos[elegido]["html"], datos[elegido]["typst"])
    if elegido == imagenes_.MIME or elegido in TIPOS:
        paquete = datos.get(imagenes_.MIME)
        if paquete is None:
            suelta = imagen(salida).paquete(abierto.demostracion, abierto.sello)
            paquete = suelta[imagenes_.MIME]
        propia = imagenes_.de_paquete(paquete)
        imagenes[propia.nombre] = propia.contenido
        return imagenes_.en_markdown(paquete)
    if elegido == "text/markdown":
        if defecto := de_markdown(datos[elegido]):
            raise ErrorDeEjecucion(f"un cuaderno {defecto}")
        return datos[elegido]
    return formula(datos[elegido]) if elegido == "text/latex" else ""
