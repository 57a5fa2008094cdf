"""Escribir en el registro de comentarios: anotar, responder y avisar. Nada se escribe si quedara
mal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml.comments import CommentedSeq

from ..base.escritura import escribir_atomico
from ..base.yaml_editable import editor, escrito
from ..catalogo import Catalogo
from ..catalogo.defectos import defectos_de_ficha
from ..datos.personas import SENAS, primera_sena
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from .comentarios import Comentario, Comentarios
from .libro import Libro, constancia
from .revision_de_comentarios import revisar_comentarios

DE_FECHA = ("recibido", "respondido", "avisado")
TITULO = (
    "# yaml-language-server: $schema=../esquemas/comentarios.schema.json\n"
    "# Qué se comentó de cada producto y qué se respondió. De quien comenta, su papel: ni su"
    " nombre ni su {{anexo}}.\n"
)


def siguiente(libro: Libro) -> str:
    """El código que le toca al próximo comentario."""
    return f"C{max((int(c.codigo[1:]) for c in libro.comentarios), default=0) + 1:03d}"


def anotar(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    nuevos: Sequence[Mapping[str, Any]],
    donde: Sequence[tuple[str, int | None]] | None = None,
) -> list[Comentario]:
    """Añade comentarios, cada uno con el código que le toca. ``donde``: de qué archivo y fila salió
    cada uno, para decir ahí sus defectos.

    Lanza ``DatosInvalidos`` con los defectos de todos, sin escribir ninguno.
    """
    lugares = donde or [(proyecto.relativa(proyecto.comentarios), None)] * len(nuevos)
    desde = int(siguiente(libro)[1:])
    hechos: list[Comentario] = []
    errores: list[ErrorDeDatos] = []
    for n, (campos, (archivo, fila)) in enumerate(zip(nuevos, lugares, strict=True)):
        crudo = {"codigo": f"C{desde + n:03d}", **campos}
        try:
            hechos.append(Comentario.model_validate(crudo))
        except ValidationError as e:
            errores += _que_no_valen(e, crudo, archivo, fila)
    if errores:
        raise DatosInvalidos(errores)
    _exigir_sanos(proyecto, catalogo, libro, (*libro.comentarios, *hechos), lugares)
    documento = _documento(proyecto)
    for c in hechos:
        documento.append(_escrito(c))
    _guardar(proyecto, catalogo, documento)
    return hechos


def cambiar(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    codigo: str,
    campos: Mapping[str, Any],
) -> Comentario:
    """Añade a un comentario su respuesta o su aviso; devuelve cómo quedó.

    Lanza ``ErrorDeUso`` si no existe, y ``DatosInvalidos`` si quedara mal, sin escribir nada.
    """
    n = next((n for n, c in enumerate(libro.comentarios) if c.codigo == codigo), None)
    if n is None:
        hay = ", ".join(c.codigo for c in libro.comentarios) or "ninguno"
        raise ErrorDeUso(f"no hay ningún comentario «{codigo}»; los hay: {hay}")
    crudo = {**libro.comentarios[n].model_dump(mode="json", exclude_none=True), **campos}
    try:
        queda = Comentario.model_validate(crudo)
    except ValidationError as e:
        archivo = f"{proyecto.relativa(proyecto.comentarios)}, {codigo}"
        raise DatosInvalidos(_que_no_valen(e, crudo, archivo, None)) from e
    todos = tuple(queda if c.codigo == codigo else c for c in libro.comentarios)
    _exigir_sanos(proyecto, catalogo, libro, todos, ())
    documento = _documento(proyecto)
    documento[n].update(_escrito(queda))
    _guardar(proyecto, catalogo, documento)
    return queda


def _que_no_valen(
    error: ValidationError, crudo: Mapping[str, Any], archivo: str, fila: int | None
) -> list[ErrorDeDatos]:
    """Los defectos de un comentario que se iba a anotar. Sus valores no se repiten: pueden traer
    señas de alguien.
    """
    return [
        ErrorDeDatos(archivo, fila, ".".join(map(str, d.camino)) or None, None, d.regla, d.remedio)
        for d in defectos_de_ficha(error, dict(crudo), TypeAdapter(Comentario))
    ]


def carta(c: Comentario, nombre: str, criterio: str, direccion: str, firma: str) -> str:
    """Lo que se le escribe a quien comentó, listo para pegar en un correo."""
    cambio = f" Por eso {c.cambio.dicho}." if c.cambio else ""
    return (
        f"Gracias por escribirnos sobre: {nombre}.\n\n"
        f"Usted nos dijo: {c.que}\n\n"
        f"Qué resolvimos: {c.estado}. {criterio}. {c.respuesta}{cambio}\n\n"
        f"Queda registrado como {c.codigo}, sin su nombre, en {direccion}/novedades.html\n\n"
        f"{firma}\n"
    )


def _exigir_sanos(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    todos: Comentarios,
    lugares: Sequence[tuple[str, int | None]],
) -> None:
    """``lugares``: de dónde salieron los últimos, si no son del registro."""
    archivo = proyecto.relativa(proyecto.comentarios)
    propios = len(todos) - len(lugares)

    def lugar(n: int) -> tuple[str, int | None]:
        return lugares[n - propios] if n >= propios else (archivo, None)

    consta = constancia(proyecto, catalogo, replace(libro, comentarios=todos))
    errores = [
        ErrorDeDatos(*lugar(int(camino[0])), str(camino[1]), valor, regla, remedio)
        for camino, valor, regla, remedio in revisar_comentarios(todos, consta)
    ]
    senas = primera_sena([f"{c.que} {c.respuesta or ''}" for c in todos])
    errores += [
        ErrorDeDatos(*lugar(n), "que", None, sena, SENAS[sena][1])
        for n, sena in enumerate(senas)
        if sena
    ]
    if errores:
        raise DatosInvalidos(errores)


def _escrito(c: Comentario) -> dict[str, Any]:
    campos: dict[str, Any] = c.model_dump(mode="json", exclude_none=True)
    # Una fecha se escribe sin comillas, como en los demás archivos.
    return {
        clave: date.fromisoformat(valor) if clave in DE_FECHA else valor
        for clave, valor in campos.items()
    }


def _documento(proyecto: Proyecto) -> CommentedSeq:
    texto = proyecto.comentarios.read_text("utf-8") if proyecto.comentarios.is_file() else ""
    documento = editor().load(texto)
    return documento if documento else CommentedSeq()


def _guardar(proyecto: Proyecto, catalogo: Catalogo, documento: CommentedSeq) -> None:
    texto = escrito(documento)
    if not texto.startswith("#"):
        texto = catalogo.territorio.anexos_se_llaman.lleno(TITULO) + texto
    escribir_atomico(proyecto.comentarios, texto.encode("utf-8"))
