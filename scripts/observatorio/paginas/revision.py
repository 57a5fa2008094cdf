"""Las páginas del autor, revisadas enteras antes de construir: lo que no se admite, y lo que se
publicaría muerto.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..base import lecturas
from ..catalogo.catalogo import Catalogo
from ..catalogo.cuadernos.analisis import Analisis
from ..catalogo.cuadernos.codigo import celdas_de
from ..catalogo.direcciones import generadas
from ..edicion import ediciones, para_llevar
from ..edicion.claves import GENERADAS
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import PAGINAS_GENERADAS, Proyecto
from .bibtex import defectos_de_obras
from .claves import FORMATOS, QUARTO
from .de_quarto import menus
from .encabezados import bibliografias, de_saltos, encabezado_de, fuentes_del_autor
from .enlaces import ID_DE_HTML, MUERTO, SIN_ANCLA, Publicado, anclas, enlaces, muertos
from .fuentes import (
    CIERRE,
    INCLUSION,
    SALIDAS,
    Pagina,
    con_incluidos,
    incluidos_del_proyecto,
    lugares,
    salidas_de,
)
from .lista import REGLA, NoAdmitido, lista
from .no_admitido import no_admitido, no_admitido_en_el_encabezado
from .prosa import leer_prosa, sin_comentarios
from .referencias import (
    SIN_REFERENCIA,
    anclas_de_obras,
    anclas_repetidas,
    leyendas_que_citan,
    numeradas,
    numeradas_sin_nada,
    obras,
    referencias_rotas,
    sin_numero,
)
from .salidas import AJENO, DICHA, de_la_salida, html_en_el_pdf, niveles_saltados, piezas_en_el_pdf

CON_PIEZA = re.compile(r"\{[^{}]*\.pieza\b")
MATRIZ, HALLAZGO = (
    re.compile(rf"nombre\s*=\s*[\"']?{n}\b") for n in ("matriz-misiones", "hallazgo")
)
Citables = frozenset[str] | None
"""Las obras que una página puede citar; nada si no declara ninguna."""
AL_CONSTRUIR = ("datos/", "activos/", "ediciones/")
"""Lo que solo se sabe si está después de calcular: se mira antes de renderizar."""


@dataclass(frozen=True, slots=True)
class Fuente:
    """Una página del autor que se puede leer. ``entera``: con lo que incluye en su lugar.
    ``salidas``: formato → dónde queda en el sitio.
    """

    ruta: Path
    archivo: str
    texto: str
    entera: str
    metadatos: Mapping[str, object]
    salidas: Mapping[str, str]

    @property
    def borrador(self) -> bool:
        return self.metadatos.get("draft") is True


def paginas_legibles(proyecto: Proyecto) -> list[Fuente]:
    """Las páginas del autor cuyo encabezado se entiende; de las demás ya lo dice el suyo."""
    hay = []
    for ruta in fuentes_del_autor(proyecto):
        leido = encabezado_de(proyecto, ruta)
        if leido is not None:
            texto, metadatos = leido
            # De un formato que no hay, o de un archivo de fuera, ya se dice en su encabezado.
            todas = salidas_de(proyecto, ruta, metadatos, FORMATOS[0])
            salidas = {f: s for f, s in todas.items() if f in SALIDAS} or {
                "html": proyecto.relativa(ruta.with_suffix(".html"))
            }
            entera = con_incluidos(texto, ruta.parent)
            hay.append(Fuente(ruta, proyecto.relativa(ruta), texto, entera, metadatos, salidas))
    return hay


def lo_no_admitido(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por construcción que las páginas, o lo que incluyen, no pueden llevar."""
    hay, vistos = lista(proyecto), set()
    for fuente in paginas_legibles(proyecto):
        yield from no_admitido(fuente.archivo, fuente.texto, hay)
        yield from no_admitido_en_el_encabezado(fuente.archivo, _encabezado(fuente.texto), hay)
        yield from _situados(proyecto, fuente, _de_cada_salida(fuente))
        yield from _inclusiones(proyecto, fuente)
        yield from _sin_hallazgo(fuente)
        for incluido in incluidos_del_proyecto(proyecto, fuente.texto, fuente.ruta.parent):
            if incluido not in vistos:
                vistos.add(incluido)
                archivo = _relativa(proyecto, incluido)
                yield from de_saltos(archivo, lecturas.leer(incluido))
                yield from no_admitido(archivo, _legible(incluido), hay)
    for cuaderno in sorted((proyecto.cuadernos / "analisis").glob("*.ipynb")):
        yield from _en_los_textos(proyecto.relativa(cuaderno), cuaderno, hay)


def renglones_impresos(proyecto: Proyecto) -> Iterator[tuple[str, int, str]]:
    """``(archivo, línea, texto)`` de lo que las páginas escriben en sus PDF."""
    for fuente in paginas_legibles(proyecto):
        if fuente.borrador or "typst" not in fuente.salidas:
            continue
        de = lugares(fuente.texto, fuente.ruta.parent)
        texto = sin_comentarios(de_la_salida(fuente.entera, "typst"))
        for (incluido, linea), escrito in zip(de, texto.split("\n"), strict=True):
            archivo = _relativa(proyecto, incluido) if incluido else fuente.archivo
            yield archivo, linea, escrito


def _de_cada_salida(fuente: Fuente) -> Iterator[ErrorDeDatos]:
    for formato in fuente.salidas:
        texto = de_la_salida(fuente.entera, formato)
        yield from anclas_repetidas(fuente.archivo, texto)
        yield from niveles_saltados(fuente.archivo, texto, formato)
        if formato == "typst":
            yield from piezas_en_el_pdf(fuente.archivo, texto)
            yield from html_en_el_pdf(fuente.archivo, texto)


def _situados(
    proyecto: Proyecto, fuente: Fuente, errores: Iterable[ErrorDeDatos]
) -> Iterator[ErrorDeDatos]:
    """Los errores de una página entera, cada uno una vez y con el archivo y la línea en que se
    escribió; de lo de fuera del proyecto no se dice nada.
    """
    de = lugares(fuente.texto, fuente.ruta.parent)
    for error in dict.fromkeys(errores):
        incluido, linea = de[(error.fila or 1) - 1]
        if incluido is None:
            yield replace(error, fila=linea if error.fila else None)
        elif proyecto.contiene(incluido):
            yield replace(error, archivo=_relativa(proyecto, incluido), fila=linea)


def _en_los_textos(archivo: str, cuaderno: Path, hay: NoAdmitido) -> Iterator[ErrorDeDatos]:
    """Lo que no se admite en las celdas de texto de un cuaderno: son una sola página."""
    lineas, lugares = [], []
    for numero, celda in enumerate(celdas_de(cuaderno), 1):
        if celda["cell_type"] == "markdown":
            for n, linea in enumerate([*"".join(celda["source"]).splitlines(), ""], 1):
                lineas.append(linea)
                lugares.append(f"celda {numero}, línea {n}")
    for error in no_admitido(archivo, "\n".join(lineas), hay):
        lugar = lugares[error.fila - 1] if error.fila else None
        yield replace(error, fila=None, columna=lugar)


def _relativa(proyecto: Proyecto, ruta: Path) -> str:
    return ruta.resolve().relative_to(proyecto.raiz.resolve()).as_posix()


def _legible(ruta: Path) -> str:
    return lecturas.texto(ruta, "replace")


def _inclusiones(proyecto: Proyecto, fuente: Fuente) -> Iterator[ErrorDeDatos]:
    prosa = leer_prosa(fuente.texto)
    for m in INCLUSION.finditer(prosa.texto):
        linea = prosa.linea(prosa.texto.index("{", m.start()))
        ruta = fuente.ruta.parent / m["ruta"]

        if (defecto := _de_inclusion(proyecto, ruta)) is not None:
            yield ErrorDeDatos(fuente.archivo, linea, None, m["ruta"], *defecto)


def _sin_hallazgo(fuente: Fuente) -> Iterator[ErrorDeDatos]:
    """Una página que resume las misiones y no dice antes la respuesta, ni si es de demostración."""
    prosa = leer_prosa(fuente.texto)
    matriz = MATRIZ.search(prosa.texto)
    if matriz and not HALLAZGO.search(prosa.texto, 0, matriz.start()):
        remedio = 'ponga antes, con una línea en blanco: ::: {.pieza nombre="hallazgo"} y «:::»'
        linea = prosa.linea(matriz.start())
        yield ErrorDeDatos(fuente.archivo, linea, None, matriz[0], "matriz-sin-hallazgo", remedio)


def _de_inclusion(proyecto: Proyecto, ruta: Path) -> tuple[str, str] | None:
    if not ruta.is_file() or not proyecto.contiene(ruta):
        return "incluido-que-no-existe", "guarde ahí el archivo o corrija la ruta"
    if not ruta.name.startswith("_"):
        return REGLA, f"lo que se incluye no es una página: llámelo _{ruta.name} e inclúyalo así"
    if "\ufffd" in _legible(ruta):
        return "no-es-utf8", f"guarde {ruta.name} con codificación UTF-8"
    if _legible(ruta).startswith("---") or INCLUSION.search(_legible(ruta)):
        return REGLA, "lo que se incluye no lleva encabezado ni incluye a otro archivo"
    return None


def lo_muerto(
    proyecto: Proyecto, catalogo: Catalogo, analisis: Iterable[Analisis]
) -> Iterator[ErrorDeDatos]:
    """Un error por enlace, imagen, ancla, referencia o cita de las páginas que no lleva a nada, y
    por entrada del menú. Con un catálogo a medias no se sabe qué misiones hay, y sin páginas (donde
    se ensaya un recibo) no hay menú que revisar: no se mira.
    """
    if catalogo.ilegible or not fuentes_del_autor(proyecto):
        return
    # Lo que está mal en un archivo que incluyen varias páginas se dice una vez.
    yield from dict.fromkeys(_lo_muerto(proyecto, catalogo, analisis))


def _lo_muerto(
    proyecto: Proyecto, catalogo: Catalogo, analisis: Iterable[Analisis]
) -> Iterator[ErrorDeDatos]:
    fuentes = paginas_legibles(proyecto)
    publicadas = [f for f in fuentes if not f.borrador]
    archivos = {
        *(salida for f in publicadas for salida in f.salidas.values()),
        *PAGINAS_GENERADAS,
        ediciones.MANIFIESTO,
        *para_llevar.HECHOS,
        *(
            f"misiones/{m.slug}/{n}"
            for m in catalogo.misiones
            for n in ("index.html", "boletin.pdf", "ficha.pdf", "indicadores.ipynb")
        ),
        *(f"analisis/{a.slug}/{n}" for a in analisis for n in ("index.html", "cuaderno.ipynb")),
        *generadas(catalogo),
    }
    bibs = {f.archivo: bibliografias(proyecto, f.ruta, f.metadatos) for f in fuentes}
    # De los que no están, o son de fuera, ya se dice donde se nombran.
    for bib in sorted({b for suyos in bibs.values() for b in suyos}):
        if bib.is_file() and proyecto.contiene(bib):
            yield from defectos_de_obras(_relativa(proyecto, bib), bib)
    citables = {archivo: _citables(suyos) for archivo, suyos in bibs.items()}
    conocidas = {
        salida: _anclas(de_la_salida(f.entera, formato), citables[f.archivo])
        for f in publicadas
        if not CON_PIEZA.search(f.entera)
        for formato, salida in f.salidas.items()
    }
    hay = Publicado(archivos, conocidas, AL_CONSTRUIR)
    yield from _salidas_repetidas(publicadas)
    for fuente in fuentes:
        suyas = citables[fuente.archivo]
        yield from _en_el_encabezado(proyecto, fuente, suyas, hay)
        yield from _situados(proyecto, fuente, _de_una(proyecto, fuente, suyas, hay))
        yield from _situados(proyecto, fuente, _de_kpi(fuente, catalogo))
    yield from _de_menus(proyecto, archivos)


def _salidas_repetidas(publicadas: Iterable[Fuente]) -> Iterator[ErrorDeDatos]:
    """Dos páginas que se publicarían con el mismo nombre, o con uno que ya es de otra cosa; en
    muchas computadoras ``Una.html`` y ``una.html`` son el mismo archivo.
    """
    de = {nombre: "el programa" for nombre in PAGINAS_GENERADAS}
    for fuente in publicadas:
        for salida in fuente.salidas.values():
            otra = de.setdefault(salida.casefold(), fuente.archivo)
            if otra != fuente.archivo:
                remedio = f"llámela de otra forma: {otra} ya escribe ese archivo"
                yield ErrorDeDatos(fuente.archivo, None, None, salida, "salida-repetida", remedio)


KPI = re.compile(r"\]\((?:\.\./)*datos/kpi/(?P<kpi>[^)\s]+)\.json")


def _de_kpi(fuente: Fuente, catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    prosa = leer_prosa(fuente.entera)
    for m in KPI.finditer(prosa.texto):
        if m["kpi"] not in catalogo.kpis:
            yield ErrorDeDatos(
                fuente.archivo,
                prosa.linea(m.start()),
                None,
                f"datos/kpi/{m['kpi']}.json",
                MUERTO,
                "enlace al código de un KPI del catálogo",
            )


def _citables(bibs: Collection[Path]) -> Citables:
    """Las obras que puede citar la página que declara esos archivos, o nada si no declara
    ninguno.
    """
    return obras([b for b in bibs if b.is_file()]) if bibs else None


def _anclas(texto: str, citables: Citables) -> frozenset[str]:
    return anclas(texto) | anclas_de_obras(texto, citables or frozenset())


def _rotas(
    proyecto: Proyecto, fuente: Fuente, texto: str, salida: str, citables: Citables, hay: Publicado
) -> Iterator[ErrorDeDatos]:
    """Lo que no lleva a nada en un texto de la página, que va en esa salida."""
    if salida in hay.anclas:
        hay = replace(hay, anclas=hay.anclas | {salida: _anclas(texto, citables)})
    yield from muertos(fuente.archivo, texto, salida, fuente.ruta.parent, proyecto.raiz, hay)
    propias = numeradas(texto)
    yield from referencias_rotas(fuente.archivo, texto, propias, citables, lista(proyecto))


def _de_una(
    proyecto: Proyecto, fuente: Fuente, citables: Citables, hay: Publicado
) -> Iterator[ErrorDeDatos]:
    primera = next(iter(fuente.salidas.values()))
    de_toda = list(_rotas(proyecto, fuente, fuente.entera, primera, citables, hay))
    yield from de_toda
    yield from sin_numero(fuente.archivo, fuente.entera)
    yield from numeradas_sin_nada(fuente.archivo, fuente.entera)
    yield from leyendas_que_citan(fuente.archivo, fuente.entera, citables or frozenset())
    dichos = {(e.fila, e.valor) for e in de_toda}
    for formato, salida in fuente.salidas.items():
        texto = de_la_salida(fuente.entera, formato)
        if texto == fuente.entera:
            continue
        for e in _rotas(proyecto, fuente, texto, salida, citables, hay):
            if e.regla in (SIN_ANCLA, SIN_REFERENCIA) and (e.fila, e.valor) not in dichos:
                remedio = f"{DICHA[formato]} no lleva lo que nombra, que va en {AJENO[formato]}"
                yield replace(e, remedio=f"{remedio}: ponga ahí las dos cosas, o ninguna")


def _en_el_encabezado(
    proyecto: Proyecto, fuente: Fuente, citables: Citables, hay: Publicado
) -> Iterator[ErrorDeDatos]:
    """Lo mismo, de los textos del encabezado, que toda salida lleva."""
    escrito, carpeta = _encabezado(fuente.texto), fuente.ruta.parent
    for formato, salida in fuente.salidas.items():
        propias = numeradas(de_la_salida(fuente.entera, formato))
        yield from referencias_rotas(fuente.archivo, escrito, propias, citables, lista(proyecto))
        yield from muertos(fuente.archivo, escrito, salida, carpeta, proyecto.raiz, hay)
    yield from _imagenes_del_encabezado(fuente.archivo, escrito)


def _imagenes_del_encabezado(archivo: str, escrito: str) -> Iterator[ErrorDeDatos]:
    prosa = leer_prosa(escrito)
    for enlace in enlaces(prosa):
        if enlace.imagen:
            remedio = "ponga la imagen en la página: la del encabezado no viaja con ella"
            linea = prosa.linea(enlace.posicion)
            yield ErrorDeDatos(archivo, linea, None, enlace.destino, REGLA, remedio)


def _encabezado(texto: str) -> str:
    """Lo escrito en el encabezado, en su línea: el resumen y el subtítulo también citan."""
    cierre = CIERRE.search(texto, 4) if texto.startswith("---\n") else None
    return f"\n{texto[4 : cierre.start()]}" if cierre else ""


def _de_menus(proyecto: Proyecto, archivos: Iterable[str]) -> Iterator[ErrorDeDatos]:
    hay = set(archivos)
    for linea, href in menus(proyecto):
        if not href.startswith("/") or href.lstrip("/").partition("#")[0] not in hay:
            yield ErrorDeDatos(
                QUARTO,
                linea,
                "observatorio",
                href,
                MUERTO,
                "quite la entrada del menú o enlace a una página que se publique, como /index.html",
            )


def revisar_lo_generado(
    proyecto: Proyecto, paginas: Iterable[Pagina], recursos: Iterable[str]
) -> None:
    """Los enlaces que solo se pueden mirar con todo lo generado ya escrito: a ``datos/`` y a las
    anclas que traen las piezas y los cuadernos.

    Lanza ``DatosInvalidos`` con todos los que no llevan a nada.
    """
    paginas = list(paginas)
    piezas = _anclas_de_piezas(proyecto)
    escritas = [f for f in paginas_legibles(proyecto) if not f.borrador]
    textos = "\n".join(f.texto for f in escritas)
    conocidas: dict[str, frozenset[str]] = {}
    for p in paginas:
        # Las anclas de una página generada a la que nadie enlaza no hacen falta, y son muchas.
        if p.formato == "html" and posixpath.dirname(p.salida) in textos:
            de_cuaderno = bool(GENERADAS.fullmatch(proyecto.relativa(p.fuente)))
            propias = frozenset(ID_DE_HTML.findall(p.cuerpo)) if de_cuaderno else frozenset()
            conocidas[p.salida] = anclas(p.cuerpo) | propias | piezas(p.cuerpo)
    archivos = {*(p.salida for p in paginas), *recursos, ediciones.MANIFIESTO, *para_llevar.HECHOS}
    hay = Publicado(archivos, conocidas)
    errores = [
        e
        for fuente in escritas
        for e in _situados(proyecto, fuente, _de_lo_generado(proyecto, fuente, hay))
        if not e.valor or not e.valor.startswith("ediciones/")
    ]
    if errores:
        raise DatosInvalidos(errores)


def _de_lo_generado(proyecto: Proyecto, fuente: Fuente, hay: Publicado) -> Iterator[ErrorDeDatos]:
    """De la página web: las anclas que trae una pieza al PDF no se conocen."""
    salida, carpeta = next(iter(fuente.salidas.values())), fuente.ruta.parent
    yield from muertos(fuente.archivo, fuente.entera, salida, carpeta, proyecto.raiz, hay)


def _anclas_de_piezas(proyecto: Proyecto) -> Callable[[str], frozenset[str]]:
    """Texto de una página → las anclas que traen las piezas que cita."""
    de = {
        p.stem: frozenset(ID_DE_HTML.findall(lecturas.texto(p)))
        for p in (proyecto.trabajo / "piezas").glob("*.html")
    }

    def las_de(cuerpo: str) -> frozenset[str]:
        nombres = set(re.findall(r"[\w-]+", cuerpo))
        return frozenset(a for n in nombres & de.keys() for a in de[n])

    return las_de
