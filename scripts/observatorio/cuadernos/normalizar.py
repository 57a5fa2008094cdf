"""Del cuaderno ejecutado al publicado: mismas salidas, sin rastro de cuándo ni dónde se ejecutó.

Cada pieza o gráfico queda como un solo ``text/markdown`` con un bloque html y otro typst. Un
``text/html`` haría que Quarto cargara guiones de otra máquina; aquí no queda ninguno.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output, new_raw_cell

from ..base.escritura import escribir_atomico
from ..errores import ErrorDeEjecucion
from ..presentacion.dibujo import PAPEL
from ..presentacion.graficos import MIME_GRAFICO, figura, identificador
from ..presentacion.pieza import MARCA_DE_CLAVE, MARCA_DE_CUADERNO, MIME, bloques, cercado

CRUDO = re.compile(r"(?<!\\)<[A-Za-z/!?]|\{=|\{\{<")
CODIGO = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
ETIQUETAS_OCULTAS = {"parameters", "injected-parameters", "preparacion"}


def leer(ruta: Path) -> NotebookNode:
    return nbformat.read(str(ruta), as_version=4)


def escribir(ruta: Path, cuaderno: NotebookNode) -> None:
    """Escribe el cuaderno entero o no lo escribe."""
    escribir_atomico(ruta, (nbformat.writes(cuaderno, version=4) + "\n").encode("utf-8"))


def graficos(cuaderno: NotebookNode) -> list[dict]:
    """Especificaciones de los gráficos del cuaderno, en orden."""
    return [
        s.data[MIME_GRAFICO]["espec"]
        for _, s in _salidas(cuaderno)
        if MIME_GRAFICO in s.get("data", {})
    ]


def titulo(especificacion: dict) -> str:
    """El título de un gráfico o, si no tiene, su descripción."""
    dicho = especificacion.get("title") or ""
    return (dicho.get("text", "") if isinstance(dicho, dict) else str(dicho)) or str(
        especificacion["description"]
    )


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
        for tipo, datos in salida.get("data", {}).items():
            if isinstance(datos, str):
                salida.data[tipo] = datos.replace(MARCA_DE_CLAVE, clave).replace(
                    MARCA_DE_CUADERNO, descarga
                )
    return cuaderno


def publicable(cuaderno: NotebookNode, frente: str, svg: Callable[[str], str]) -> NotebookNode:
    """La página: ``frente`` (YAML) y las celdas con sus salidas en Markdown de dos formatos.

    ``svg`` da el SVG de un gráfico por su identificador; con ``-papel`` detrás, el del boletín.
    """
    pagina = normalizado(cuaderno)
    celdas = [new_raw_cell(f"---\n{frente.strip()}\n---")]
    for celda in pagina.cells:
        if ETIQUETAS_OCULTAS & set(celda.metadata.get("tags", [])):
            continue
        if celda.cell_type == "code":
            celda.outputs = [s for s in map(lambda s: _a_markdown(s, svg), celda.outputs) if s]
            if not celda.outputs:
                continue
        celdas.append(celda)
    for numero, celda in enumerate(celdas):
        celda.id = f"celda-{numero:02d}"
    pagina.cells = celdas
    return pagina


def descargable(cuaderno: NotebookNode, svg: Callable[[str], str]) -> NotebookNode:
    """El cuaderno ejecutado entero, con sus celdas de código y los gráficos como SVG, para
    descargar.
    """
    limpio = normalizado(cuaderno)
    for _, salida in _salidas(limpio):
        datos = salida.get("data", {})
        if MIME_GRAFICO in datos:
            datos["image/svg+xml"] = svg(identificador(datos.pop(MIME_GRAFICO)["espec"]))
        datos.pop(MIME, None)
    return limpio


def _salidas(cuaderno: NotebookNode):
    for celda in cuaderno.cells:
        if celda.cell_type == "code":
            for salida in celda.outputs:
                yield celda, salida


def _a_markdown(salida: NotebookNode, svg: Callable[[str], str]) -> NotebookNode | None:
    datos = salida.get("data", {})
    if MIME_GRAFICO in datos:
        espec = datos[MIME_GRAFICO]["espec"]
        clave = identificador(espec)
        texto = bloques(*figura(espec, svg(clave), svg(f"{clave}{PAPEL}")))
    elif MIME in datos:
        texto = bloques(datos[MIME]["html"], datos[MIME]["typst"])
    elif "text/markdown" in datos:
        texto = _sin_crudo(datos["text/markdown"])
    else:
        texto = datos.get("text/plain", salida.get("text", ""))
        texto = cercado(texto.rstrip()) if texto.strip() else ""
    return new_output("display_data", data={"text/markdown": texto}) if texto else None


def _sin_crudo(texto: str) -> str:
    """El Markdown que escribió una celda; con HTML, Typst u otros bloques crudos no se publica: por
    ahí un texto de datos daría órdenes.
    """
    hallado = CRUDO.search(CODIGO.sub("", texto)) or re.search(r"\{=[a-z]+\}", texto)
    if hallado:
        raise ErrorDeEjecucion(
            "un cuaderno escribió Markdown con un bloque crudo"
            f" («{texto[max(0, hallado.start() - 20) : hallado.end() + 20]}»): ponga los textos de"
            " datos con obs.en_markdown(texto), y las tablas y gráficos como piezas"
        )
    return texto
