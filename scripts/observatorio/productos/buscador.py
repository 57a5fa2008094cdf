"""Lo que se puede buscar en el sitio: páginas con sus títulos, definiciones, indicadores y anexos.

De aquí salen el guion que el navegador pide con la primera búsqueda y la página que lo lista todo,
para quien no tiene guion. Solo textos que ya están publicados y ninguna cifra: un dato nuevo no lo
cambia.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ..base.archivos import json_en_bytes
from ..base.palabras import al_empezar
from ..base.plegado import plegado
from ..catalogo.catalogo import Catalogo
from ..catalogo.direcciones import ANEXOS, CAMBIOS, INDICADORES, de_anexos, de_kpi, de_mision
from ..catalogo.modelos import Kpi
from ..paginas.fuentes import Pagina
from ..paginas.prosa import leer_prosa
from ..presentacion.pieza import enlace, esc

if TYPE_CHECKING:
    from ..catalogo.cuadernos.analisis import Analisis

METODOLOGIA = "metodologia.html"
"""La página cuyas secciones son las definiciones."""
GRUPOS = ("Indicadores", "Anexos", "Definiciones", "Páginas")
DE_KPI, DE_ANEXO, DE_DEFINICION, DE_PAGINA = GRUPOS
TITULO = re.compile(
    r"(?m)^#{2,3}[ \t]+(?P<texto>.+?)[ \t]*\{[^{}]*?#(?P<ancla>[\w-]+)[^{}]*\}[ \t]*$"
)
PIEZA = re.compile(r"\[\]\{[^{}]*?(?:nombre=\"?(?P<nombre>[\w-]+)[^{}]*)?\}")
CON_ATRIBUTOS = re.compile(r"\[([^\[\]]*)\](?:\{[^{}]*\}|\([^()]*\))")
SIGNOS = re.compile(r"[*`$\\]")
NEGRITA = re.compile(r"\*\*([^*\n]+)\*\*")
PALABRA = re.compile(r"[a-z0-9]+")
OTROS_NOMBRES_DE_LUGAR = "caserío comunidad centro poblado"
"""Con qué otras palabras busca un vecino la página de los lugares, se llamen como se llamen."""
CORTA = 3
"""Las palabras más cortas solo se buscan si están en el título."""


@dataclass(frozen=True, slots=True)
class Entrada:
    """Algo que se halla: su título, en qué página o misión está, a dónde lleva (desde la raíz del
    sitio) y otros textos suyos por los que también se lo busca. ``rotulo``: cómo se dice su grupo,
    si no es con su nombre.
    """

    grupo: str
    titulo: str
    donde: str
    direccion: str
    textos: str = ""
    rotulo: str = ""

    @property
    def palabras(self) -> str:
        """Las de ``textos`` que el título no dice, una vez cada una."""
        dichas = set(PALABRA.findall(plegado(self.titulo)))
        propias = dict.fromkeys(PALABRA.findall(plegado(self.textos)))
        return " ".join(p for p in propias if p not in dichas and len(p) >= CORTA)


def entradas(
    catalogo: Catalogo, propias: Iterable[Pagina], analisis: Sequence[Analisis] = ()
) -> list[Entrada]:
    """Todo lo que se busca, en el orden de la página; ``propias``: las que no salen de un
    cuaderno.
    """
    return [
        *_de_kpis(catalogo),
        *_de_anexos(catalogo),
        *_de_paginas(catalogo, propias, analisis),
    ]


def _de_kpis(catalogo: Catalogo) -> Iterator[Entrada]:
    for mision, okr, kpi in catalogo.recorrer():
        yield Entrada(
            DE_KPI,
            f"{kpi.codigo} {kpi.nombre}",
            f"{mision.codigo} · {mision.nombre_corto}",
            de_kpi(catalogo, kpi.codigo),
            " ".join(
                [
                    kpi.codigo.replace("-", ""),
                    mision.nombre_corto,
                    kpi.nombre_corto,
                    okr.nombre,
                    _definicion(kpi),
                ]
            ),
        )


def _definicion(kpi: Kpi) -> str:
    """De lo restringido o sensible se busca solo el nombre."""
    return kpi.definicion if kpi.se_sigue_en_publico else ""


def _de_anexos(catalogo: Catalogo) -> Iterator[Entrada]:
    direcciones = de_anexos(catalogo)
    lugar = catalogo.territorio.anexos_se_llaman
    uno, todos = al_empezar(lugar.singular), al_empezar(lugar.plural)
    for anexo in sorted(catalogo.territorio.anexos, key=lambda a: plegado(a.nombre)):
        yield Entrada(DE_ANEXO, anexo.nombre, uno, direcciones[anexo.codigo], rotulo=todos)


def _de_paginas(
    catalogo: Catalogo, propias: Iterable[Pagina], analisis: Sequence[Analisis]
) -> Iterator[Entrada]:
    for mision in catalogo.misiones:
        yield Entrada(
            DE_PAGINA,
            f"{mision.codigo} {mision.nombre}",
            "Misión",
            de_mision(mision.slug),
            " ".join([mision.nombre_corto, mision.meta_2030, *(o.nombre for o in mision.okrs)]),
        )
    yield Entrada(
        DE_PAGINA, "Todos los indicadores", "Tabla", INDICADORES, "explorador filtrar csv"
    )
    yield Entrada(DE_PAGINA, "¿Qué cambió?", "Página", CAMBIOS, "mejoró empeoró llegó falta pedir")
    los_anexos = al_empezar(catalogo.territorio.anexos_se_llaman.los)
    yield Entrada(DE_PAGINA, los_anexos, "Página", ANEXOS, OTROS_NOMBRES_DE_LUGAR)
    for a in analisis:
        yield Entrada(DE_PAGINA, a.titulo, "Análisis", f"analisis/{a.slug}/index.html", a.resumen)
    palabras = catalogo.territorio.anexos_se_llaman.piezas
    for pagina in propias:
        if pagina.formato == "html":
            yield from _de_prosa(pagina, palabras)


def _de_prosa(pagina: Pagina, palabras: Mapping[str, str]) -> Iterator[Entrada]:
    """La página y cada sección que tiene un ancla escrita, con lo que resalta en negrita.

    ``palabras``: las piezas que son palabras, y lo que dicen; sin las demás se entiende.
    """
    titulo = llano(str(pagina.metadatos.get("title", "")))
    if not titulo:
        return
    descripcion = str(pagina.metadatos.get("description", ""))
    yield Entrada(DE_PAGINA, titulo, "Página", pagina.salida, descripcion)
    escrito = leer_prosa(pagina.cuerpo).texto
    texto = PIEZA.sub(lambda m: palabras.get(m["nombre"] or "", " "), escrito)
    grupo = DE_DEFINICION if pagina.salida == METODOLOGIA else DE_PAGINA
    secciones = list(TITULO.finditer(texto))
    finales = [*(s.start() for s in secciones[1:]), len(texto)]
    for seccion, hasta in zip(secciones, finales, strict=False):
        if dicho := llano(seccion["texto"]):
            yield Entrada(
                grupo,
                dicho,
                titulo,
                f"{pagina.salida}#{seccion['ancla']}",
                " ".join(NEGRITA.findall(texto, seccion.end(), hasta)),
            )


def llano(texto: str) -> str:
    """Un título de Markdown sin sus marcas: ``"Los []{.pieza nombre=x} **comités**"`` → «Los
    comités».
    """
    sin_piezas = PIEZA.sub(" ", texto)
    limpio = " ".join(SIGNOS.sub("", CON_ATRIBUTOS.sub(r"\1", sin_piezas)).split())
    return limpio[:1].upper() + limpio[1:]


def datos(todas: Iterable[Entrada]) -> bytes:
    """El índice como guion, que se lee también sin servidor: ``const BUSCABLE = […];``.

    Una lista por grupo: su nombre y sus entradas, ``[título, dónde, dirección, palabras]``.
    """
    por_grupo: dict[str, list[list[str]]] = {}
    for e in sorted(todas, key=lambda e: GRUPOS.index(e.grupo)):
        suyas = por_grupo.setdefault(e.rotulo or e.grupo, [])
        suyas.append([e.titulo, e.donde, e.direccion, e.palabras])
    return b"const BUSCABLE = " + json_en_bytes(list(por_grupo.items())).rstrip() + b";\n"


def pagina(todas: Sequence[Entrada]) -> str:
    """El HTML de la página que lo lista todo, sin su título; con guion, arriba va la caja."""
    return (
        '<div class="buscador-aqui" data-buscador></div>'
        f"<p>Todo lo que hay en el sitio. Los indicadores se filtran y ordenan en"
        f' <a href="@raiz@/{INDICADORES}">su tabla</a>.</p>'
        + "".join(_lista(g, todas) for g in GRUPOS)
    )


def _lista(grupo: str, todas: Sequence[Entrada]) -> str:
    suyas = [e for e in todas if e.grupo == grupo]
    if not suyas:
        return ""
    titulo = f'<h2 id="{plegado(grupo)}">{suyas[0].rotulo or grupo}</h2>'
    if grupo != DE_KPI:
        return titulo + _enlaces(suyas, con_donde=grupo != DE_ANEXO)
    return titulo + "".join(
        f"<h3>{esc(donde)}</h3>{_enlaces(juntas)}"
        for donde, juntas in groupby(suyas, key=lambda e: e.donde)
    )


def _enlaces(suyas: Iterable[Entrada], *, con_donde: bool = False) -> str:
    filas = "".join(
        f'<li><a href="{enlace(f"@raiz@/{e.direccion}")}">{esc(e.titulo)}</a>'
        f"{f' <small>{esc(e.donde)}</small>' if con_donde else ''}</li>"
        for e in suyas
    )
    return f'<ul class="todo-lo-que-hay">{filas}</ul>'
