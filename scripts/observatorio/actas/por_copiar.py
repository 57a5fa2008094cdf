"""Los modelos para copiar (ordenanza, reglamento, convocatoria…): Markdown de ``guias/modelos/``,
con los campos llenos según el territorio y sus comités, y su PDF.

La copia queda en ``papeles/`` para editarla; desde entonces el PDF sale de ella.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from ..base import escapes
from ..base.escritura import escribir_atomico
from ..base.impreso import pdf_ua
from ..base.palabras import al_empezar
from ..base.pandoc import a_typst
from ..base.periodos import fecha_larga
from ..catalogo import Catalogo
from ..catalogo.gobernanza import Clase, Comite, Gobernanza
from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import Proyecto
from .escribir import gobernanza_de
from .impresa import lugar_de
from .libro import Libro
from .productos import NOMBRES

PLANTILLA, FILTRO = "modelo.typ", "papel.lua"
CAMPO = re.compile(r"\{\{([a-z-]+)\}\}")
TITULO = re.compile(r"^# +(.+)$", re.MULTILINE)
SIN_PELIGRO = re.compile(r"\\([-,.:;()/&%?=+']|(?<=\w\\)@)")
EMPIEZA_UNA_LISTA = re.compile(r"\s*([-+:(]|\w+[.)])")
"""Lo que al comienzo de un renglón de Markdown deja de ser texto."""
RAYA = "____ de ______________ de ______"
ENTRADA = "markdown-raw_html-raw_tex-raw_attribute"
"""El Markdown de pandoc, sin órdenes escritas para otro formato."""


@dataclass(frozen=True, slots=True)
class Copia:
    """Lo que quedó escrito; ``nueva``: la copia se acaba de hacer, y no es una ya editada."""

    texto: Path
    pdf: Path
    nueva: bool


def disponibles(proyecto: Proyecto) -> list[str]:
    return sorted(p.stem for p in proyecto.modelos.glob("*.md"))


def copiar(
    proyecto: Proyecto, catalogo: Catalogo, libro: Libro, modelo: str, comite: str | None
) -> Copia:
    """Escribe la copia de un modelo, si no la hay, y el PDF de la copia.

    Lanza ``ErrorDeUso`` si no hay ese modelo o ese comité, o si el modelo es de un comité y no se
    dice cuál.
    """
    if modelo not in disponibles(proyecto):
        raise ErrorDeUso(
            f"no hay ningún modelo «{modelo}»; los hay: {', '.join(disponibles(proyecto))}"
        )
    gobernanza = gobernanza_de(catalogo)
    fuente = (proyecto.modelos / f"{modelo}.md").read_text(encoding="utf-8")
    suyo = _comite(gobernanza, modelo, fuente, comite)
    nombre = f"{modelo}-{suyo.id}" if suyo else modelo
    texto, pdf = proyecto.papeles / f"{nombre}.md", proyecto.papeles / f"{nombre}.pdf"
    nueva = not texto.is_file()
    escrito = (
        llenar(fuente, campos(catalogo, gobernanza, libro, suyo), modelo)
        if nueva
        else texto.read_text(encoding="utf-8")
    )
    compuesto = _en_pdf(proyecto, escrito, proyecto.relativa(texto), catalogo)
    if nueva:
        escribir_atomico(texto, escrito.encode("utf-8"))
    escribir_atomico(pdf, compuesto)
    return Copia(texto, pdf, nueva)


def llenar(fuente: str, valores: Mapping[str, Callable[[], str]], modelo: str) -> str:
    """El modelo con sus campos llenos. Lanza ``ErrorDeUso`` si nombra un campo que no hay."""
    for linea, texto in enumerate(fuente.splitlines(), 1):
        if malos := [c for c in CAMPO.findall(texto) if c not in valores]:
            raise ErrorDeUso(
                f"guias/modelos/{modelo}.md, línea {linea}: no hay ningún campo «{malos[0]}»\n   "
                f" remedio: use uno de estos: {', '.join(sorted(valores))}"
            )
    return CAMPO.sub(lambda m: valores[m[1]](), fuente)


def campos(
    catalogo: Catalogo, gobernanza: Gobernanza, libro: Libro, comite: Comite | None
) -> dict[str, Callable[[], str]]:
    """``campo → cómo se escribe``, en Markdown; los del comité solo se piden si lo hay."""
    t = catalogo.territorio
    ambito = "Distrital" if t.tipo == "distrito" else "Provincial"
    sueltos = {
        "observatorio": t.sitio.titulo,
        "nombre": t.nombre,
        "territorio": f"{t.el_territorio} de {t.nombre}",
        "lugar": lugar_de(t),
        "municipalidad": f"Municipalidad {ambito} de {t.nombre}",
        "responsable": t.sitio.responsable,
        "direccion": t.sitio.direccion,
        "correo": t.sitio.correo,
        "plan": t.plan.titulo,
        "norma": t.plan.norma,
        "horizonte": str(t.horizonte),
        **t.anexos_se_llaman.formas,
        "minimo": str(t.metodo.k),
        "plazo-de-opinion": str(gobernanza.aprobacion.plazo_de_opinion_dias),
    }
    decide = gobernanza.comite(gobernanza.de_la_accion("decide") or "")
    bloques: dict[str, Callable[[], str]] = {
        "misiones": lambda: _lista(f"{m.codigo} · {m.nombre}" for m in catalogo.misiones),
        "comites": lambda: _lista(f"{c.nombre}: {c.papel}" for c in gobernanza.comites),
        "comites-con-reglas": lambda: "\n\n".join(_con_reglas(c) for c in gobernanza.comites),
        "protocolo": lambda: _protocolo(gobernanza),
        "aprobaciones": lambda: _aprobaciones(gobernanza),
        "firmas-de-quien-decide": lambda: _firmas(decide),
        **{
            campo: partial(hacer, comite, libro, t.fecha_corte)
            for campo, hacer in DEL_COMITE.items()
        },
    }
    return {c: partial(_escrito, v) for c, v in sueltos.items()} | bloques


def _proxima(comite: Comite | None, libro: Libro, corte: date) -> date | None:
    previstas = [
        p.fecha
        for p in libro.calendario.sesiones
        if comite and p.comite == comite.id and p.fecha > corte
    ]
    return min(previstas, default=None)


def _primera(comite: Comite | None, libro: Libro, corte: date) -> str:
    cuando = _proxima(comite, libro, corte)
    return fecha_larga(cuando.isoformat()) if cuando else RAYA


def _segunda(comite: Comite | None, libro: Libro, corte: date) -> str:
    cuando = _proxima(comite, libro, corte)
    if comite is None or cuando is None:
        return RAYA
    segunda = cuando + timedelta(days=comite.reglas.dias_a_la_segunda)
    return fecha_larga(segunda.isoformat())


def _nombre(comite: Comite | None, *_: object) -> str:
    return _escrito(comite.nombre if comite else "")


def _integrantes(comite: Comite | None, *_: object) -> str:
    return _lista(i.institucion for i in comite.integrantes) if comite else ""


def _asistencia(comite: Comite | None, *_: object) -> str:
    return "\n".join(
        f"- {_escrito(i.institucion)} — {'sí' if i.vota else 'no'}"
        for i in (comite.integrantes if comite else ())
    )


def _firmas(comite: Comite | None, *_: object) -> str:
    return "\n".join(
        f"- {_escrito(i.institucion)} — {_escrito(i.papel)}"
        for i in (comite.integrantes if comite else ())
    )


def _quorum(comite: Comite | None, *_: object) -> str:
    return f"más del {comite.reglas.quorum_primera} %" if comite else ""


def _quorum_de_segunda(comite: Comite | None, *_: object) -> str:
    return f"el {comite.reglas.quorum_segunda} % o más" if comite else ""


DEL_COMITE: dict[str, Callable[[Comite | None, Libro, date], str]] = {
    "comite": _nombre,
    "integrantes": _integrantes,
    "asistencia-del-comite": _asistencia,
    "firmas-del-comite": _firmas,
    "quorum": _quorum,
    "quorum-segunda": _quorum_de_segunda,
    "proxima-sesion": _primera,
    "segunda-sesion": _segunda,
}
"""Los campos que piden decir de qué comité es el papel."""


def _comite(gobernanza: Gobernanza, modelo: str, fuente: str, pedido: str | None) -> Comite | None:
    cuales = ", ".join(c.id for c in gobernanza.comites)
    if not set(CAMPO.findall(fuente)) & DEL_COMITE.keys():
        if pedido:
            raise ErrorDeUso(f"«{modelo}» no es de un comité en particular: quite --comite")
        return None
    if pedido is None:
        raise ErrorDeUso(f"«{modelo}» es de un comité: diga cuál con --comite ({cuales})")
    comite = gobernanza.comite(pedido)
    if comite is None:
        raise ErrorDeUso(f"no hay ningún comité «{pedido}»; los hay: {cuales}")
    return comite


def _escrito(texto: str) -> str:
    """Un texto en Markdown, sin las barras que no hacen falta: la copia la edita una persona."""
    seguro = escapes.markdown(texto)
    return seguro if EMPIEZA_UNA_LISTA.match(texto) else SIN_PELIGRO.sub(r"\1", seguro)


def _lista(puntos: Iterable[str]) -> str:
    return "\n".join(f"- {_escrito(p)}" for p in puntos)


def _con_reglas(c: Comite) -> str:
    reglas = c.reglas
    integran = "\n".join(
        f"- {_escrito(f'{i.institucion}: {i.papel}')}" + ("" if i.vota else " (asiste sin voto)")
        for i in c.integrantes
    )
    funciones = "\n".join(f"{n}. {_escrito(f)}" for n, f in enumerate(c.funciones, 1))
    dias = f"{reglas.dias_a_la_segunda} día{'' if reglas.dias_a_la_segunda == 1 else 's'} después"
    dirime = reglas.voto_dirimente
    empate = f"; si hay empate, resuelve el voto dirimente ({dirime})" if dirime else ""
    frases = [
        f"Sesión {c.sesiones.frecuencia}.",
        f"Quórum: más del {reglas.quorum_primera} % de quienes votan; en segunda convocatoria,"
        f" desde {dias}, el {reglas.quorum_segunda} % o más.",
        f"{'Decide' if c.decide else 'Opina'} por {reglas.decide_por}{empate}.",
        "Admite suplentes." if reglas.suplentes else "No admite suplentes.",
        f"La designación dura {reglas.mandato_meses} meses." if reglas.mandato_meses else "",
    ]
    return (
        f"### {_escrito(c.nombre)}\n\n{_escrito(c.papel)}\n\nLo integran:\n\n"
        f"{integran}\n\nLe toca:\n\n{funciones}\n\n"
        f"{_escrito(' '.join(f for f in frases if f))}"
    )


def _protocolo(g: Gobernanza) -> str:
    nombres = {c.id: c.nombre for c in g.comites}
    return "\n".join(
        f"{p.paso}. {_escrito(f'El {nombres[p.comite]} {p.accion}. {p.descripcion}')}"
        for p in g.protocolo_de_revision
    )


def _aprobaciones(g: Gobernanza) -> str:
    lineas = []
    clases: tuple[Clase, ...] = ("operativo", "técnico", "estratégico")
    for clase in clases:
        comite = g.comite(g.decide_lo(clase) or "")
        tipos = [_en_minuscula(NOMBRES[t]) for t, c in g.aprobacion.clases.items() if c == clase]
        if comite and tipos:
            dicho = f"{al_empezar(clase)} ({', '.join(tipos)}): lo aprueba el {comite.nombre}."
            lineas.append(f"- {_escrito(dicho)}")
    return "\n".join(lineas)


def _en_minuscula(nombre: str) -> str:
    """Con la primera en minúscula, sin tocar las siglas."""
    return nombre[:1].lower() + nombre[1:]


def _en_pdf(proyecto: Proyecto, texto: str, archivo: str, catalogo: Catalogo) -> bytes:
    """El PDF de un Markdown, con la fecha de los datos."""
    titulo = TITULO.search(texto)
    if titulo is None:
        raise ErrorDeUso(f"{archivo}: falta el título: una línea que empiece por «# »")
    hecho = a_typst(
        texto,
        "--columns=40",  # una tabla ocupa todo el ancho
        f"--lua-filter={proyecto.extension / FILTRO}",
        entrada=ENTRADA,
    )
    if hecho.returncode:
        raise ErrorDeEjecucion(f"{archivo}: {hecho.stderr.decode(errors='replace').strip()}")
    en_llano = re.sub(r"\\(.)", r"\1", titulo[1]).strip()
    return pdf_ua(
        proyecto.extension / PLANTILLA,
        proyecto.extension,
        catalogo.territorio.fecha_corte,
        {
            "modelo": {
                "titulo": en_llano,
                "pie": en_llano if len(en_llano) < 60 else "",
                "cuerpo": hecho.stdout.decode("utf-8"),
            }
        },
        archivo,
    )
