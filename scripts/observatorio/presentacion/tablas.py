"""La tabla de KPI de una misión en la página, y las etiquetas de sus cifras.

La escribe el observatorio y no Great Tables (por qué, con cifras, en ``gran_tabla``): así cada
celda dice en ``headers`` su KPI y su columna, y la página y el boletín salen de las mismas
filas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.numeros import FINO
from ..catalogo.direcciones import pagina_de_kpi
from ..catalogo.naturalezas import ROTULOS
from ..metodo.estados import ESTADOS, POR_NOMBRE
from . import boletin
from .certeza import POSIBLE
from .filas import CAMBIO_DE_METODO, Fila, Objetivo
from .pieza import SILABA, Pieza, esc

if TYPE_CHECKING:
    from ..catalogo.territorio import Metodo

_SENDA = (
    '<svg class="chispa" width="40" height="12" viewBox="0 0 40 12" aria-hidden="true"><path d="M2'
    ' 9 20 6" stroke="#334155" stroke-width="1.5"/><path d="M2 9 38 3" stroke="#94a3b8"'
    ' stroke-dasharray="2 2"/><circle cx="20" cy="6" r="2.5" fill="#b45309"/></svg>'
)


ANTES_DE_LA_UNIDAD = re.compile(rf"(?<={FINO})(?=[^\W\d_]{{3}})")


def sello_html(estado: str, posible: bool = False) -> str:
    """Etiqueta de estado: icono, palabra y color; la de un retroceso ``posible`` es hueca."""
    e = POR_NOMBRE[estado]
    clase, icono = (" posible", POSIBLE) if posible else ("", e.icono)
    return (
        f'<span class="estado e-{e.id}{clase}"><span aria-hidden="true">{icono}</span>'
        f" {esc(e.nombre)}</span>"
    )


def marca_html(naturaleza: str) -> str:
    """Etiqueta junto a una cifra que no está documentada: se entiende sola en una captura o en
    papel.
    """
    r = ROTULOS.get(naturaleza)
    if r is None or not r.etiqueta:
        return ""
    return f' <abbr class="marca m-{naturaleza}" title="{r.leyenda}">{r.etiqueta}</abbr>'


def marca_de_tarjeta(naturaleza: str) -> str:
    """La marca que en una pantalla ancha ya da el título de la tabla: se ve cuando la fila es una
    tarjeta, que se puede recortar sola.
    """
    return marca_html(naturaleza).replace('class="marca ', 'class="marca de-tarjeta ')


@dataclass(frozen=True, slots=True)
class Marcas:
    """Cómo se marca una tabla: la marca de su ``titulo``, y si vale para ``toda`` ella, y entonces
    las filas no la repiten salvo donde cada una es una tarjeta.
    """

    titulo: str
    toda: bool
    en_tarjetas: bool = True

    @classmethod
    def de(cls, naturalezas: Iterable[str | None], en_tarjetas: bool = True) -> Marcas:
        """``naturalezas``: las de las cifras que se ven; lo que no tiene cifra no cuenta."""
        hay = {n for n in naturalezas if n}
        demo = "demostracion"
        return cls(marca_html(demo) if demo in hay else "", hay == {demo}, en_tarjetas)

    def de_fila(self, naturaleza: str) -> str:
        """La de una cifra; en una tabla de tarjetas, la única de su fila."""
        if not self.toda:
            return marca_html(naturaleza)
        return marca_de_tarjeta(naturaleza) if self.en_tarjetas else ""


def leyenda_html(naturalezas: Iterable[str]) -> str:
    """Qué quiere decir cada etiqueta, al pie de donde se usa."""
    hay = set(naturalezas)
    usadas = [n for n, r in ROTULOS.items() if r.etiqueta and n in hay]
    return "".join(
        f'<span class="leyenda">{marca_html(n).strip()} {ROTULOS[n].leyenda}</span>' for n in usadas
    )


def tabla_kpis(
    identificador: str, filas: list[Fila], okrs: dict[str, Objetivo], metodo: Metodo
) -> Pieza:
    """Una fila por KPI, agrupadas por OKR (``okrs``: código → su franja)."""
    html = filtros_html(identificador, filas, metodo) + _html(identificador, filas, okrs)
    return Pieza(f"tabla-{identificador}", html, boletin.tabla_kpis(filas, okrs))


def filtros_html(identificador: str, filas: Sequence[Fila], metodo: Metodo) -> str:
    """Casillas por nivel y estado, con su recuento; sin guion no se ven y la tabla está entera."""
    niveles = Counter(f.nivel for f in filas)
    estados = Counter(f.estado for f in filas)
    por_nivel = [
        ("nivel", str(n), f"{n}, {esc(metodo.nombre_de_nivel(n))}", niveles[n])
        for n in metodo.numeros_de_nivel
        if niveles[n]
    ]
    por_estado = [
        ("estado", e.id, sello_html(e.nombre), estados[e.nombre])
        for e in ESTADOS
        if estados[e.nombre]
    ]
    return (
        f'<form class="filtros" data-tabla="{identificador}"'
        f" hidden>{_casillas('Nivel', por_nivel)}{_casillas('Estado', por_estado)}<p><output"
        ' aria-live="polite"></output> <button type="button" class="boton secundario" hidden>Ver'
        " todos</button></p></form>"
    )


def _casillas(titulo: str, opciones: Sequence[tuple[str, str, str, int]]) -> str:
    etiquetas = "".join(
        f'<label><input type="checkbox" name="{nombre}" value="{valor}"> {texto} <span'
        f' class="cuenta">{cuenta}</span></label>'
        for nombre, valor, texto, cuenta in opciones
    )
    return f"<fieldset><legend>{titulo}</legend>{etiquetas}</fieldset>"


@dataclass(frozen=True, slots=True)
class _Columna:
    """Una columna: su nombre en ``id`` y ``headers``, su rótulo, su clase y la celda de cada
    fila.
    """

    nombre: str
    rotulo: str
    clase: str
    celda: Callable[[Fila], str]


def _indicador(f: Fila) -> str:
    return (
        f'<span class="nombre" data-nivel="{f.nivel}" data-estado="{POR_NOMBRE[f.estado].id}">'
        f'<a id="ficha-{f.codigo}" href="../../{pagina_de_kpi(f.codigo)}">{esc(f.nombre)}</a>'
        f"</span>{sello_de_fila(f)}"
    )


def _avance(f: Fila) -> str:
    ritmo = f"ritmo {f.ritmo}" if f.avance != "—" else ""
    return _cifra("Avance", f.avance, ritmo, f.marca_avance)


def _serie(f: Fila) -> str:
    return f.chispa + (marca_html(f.marca_serie) if f.marca_serie != f.marca_ultimo else "")


def _estado(f: Fila) -> str:
    motivo = f'<small class="motivo">{esc(f.motivo)}</small>' if f.motivo else ""
    return sello_html(f.estado, f.posible) + certeza_html(f) + motivo


COLUMNAS = (
    _Columna("indicador", "Indicador", "", _indicador),
    _Columna(
        "nivel",
        "Nivel",
        "centrada",
        lambda f: f'<span class="solo-angosto">Nivel </span>{f.nivel}',
    ),
    _Columna(
        "base",
        "Línea de base",
        "cifra",
        lambda f: _cifra("Línea de base", f.base, f.base_periodo, f.marca_base),
    ),
    _Columna(
        "ultimo",
        "Último dato",
        "cifra",
        lambda f: _cifra("Último dato", f.ultimo, f.ultimo_periodo, f.marca_ultimo),
    ),
    _Columna("meta", "Meta", "cifra", lambda f: _cifra("Meta", f.meta, f.meta_periodo)),
    _Columna("avance", "Avance", "cifra", _avance),
    _Columna("chispa", "Serie", "", _serie),
    _Columna("estado", "Estado", "", _estado),
)
"""Las de la tabla de KPI, tras la primera, que es su código."""


def _html(identificador: str, filas: list[Fila], okrs: dict[str, Objetivo]) -> str:
    """Un pliegue con su tabla por OKR, y la leyenda de todos.

    Salen abiertos: el guion de la página los pliega en el teléfono, donde son muchas pantallas.
    """
    pliegues = "".join(
        _pliegue(f"{identificador}-{codigo}", o, propias)
        for codigo, o in okrs.items()
        if (propias := [f for f in filas if f.okr == codigo])
    )
    leyenda = leyenda_html(n for f in filas for n in (f.marca_base, f.marca_ultimo, f.marca_serie))
    hay_cambio = any(CAMBIO_DE_METODO in f.serie for f in filas)
    cambio = f"; raya vertical: {CAMBIO_DE_METODO}" if hay_cambio else ""
    return (
        f'<div class="tabla-kpis" id="{identificador}">{pliegues}\n</div>'
        f'<p class="leyendas">{leyenda}'
        f'<span class="leyenda">{_SENDA} medido, hasta el último dato; en puntos, el camino a la '
        f"meta{cambio}</span></p>"
    )


def _cabeza(identificador: str, nombre: str, rotulo: str, clase: str) -> str:
    return f'<th scope="col" id="{identificador}-{nombre}"{_clase(clase)}>{rotulo}</th>'


def _pliegue(identificador: str, o: Objetivo, filas: Sequence[Fila]) -> str:
    """Un OKR: su resumen, con cuántos KPI tiene en cada estado, y la tabla de los suyos."""
    cuenta = Counter(f.estado for f in filas)
    estados = " ".join(
        f'<span class="estado e-{e.id}"><span aria-hidden="true">{e.icono}</span>'
        f" {cuenta[e.nombre]} {esc(e.contado(cuenta[e.nombre]))}</span>"
        for e in ESTADOS
        if cuenta[e.nombre]
    )
    naturalezas = {n for f in filas for n in f.naturalezas}
    demo, mezclada = "demostracion" in naturalezas, "documentado" in naturalezas
    cabezas = _cabeza(identificador, "KPI", "KPI", "") + "".join(
        _cabeza(identificador, c.nombre, c.rotulo, c.clase) for c in COLUMNAS
    )
    codigo = esc(o.titulo.split(" · ")[0])
    cuerpo = "".join(
        _renglon(identificador, n, f if mezclada else f.con_la_marca_en_la_tabla, f.naturalezas)
        for n, f in enumerate(filas, 1)
    )
    return (
        f'\n<details class="okr" id="{identificador}" open>'
        f"<summary><strong>{esc(o.titulo)}</strong>"
        f"<small>{esc(o.resumen)}{marca_html(o.marca)}</small> {estados}</summary>"
        f'<div class="tabla" tabindex="0" role="region" aria-label="Indicadores de {codigo}">'
        f"<table><caption>Indicadores de {codigo}{marca_html('demostracion' if demo else '')}"
        f' <span class="procedencia"><a href="#fuentes">{esc(o.sello)}</a></span></caption>'
        f"\n<thead><tr>{cabezas}</tr></thead>\n<tbody>{cuerpo}\n</tbody>\n</table></div></details>"
    )


def _renglon(
    identificador: str,
    numero: int,
    f: Fila,
    naturalezas: Collection[str],
) -> str:
    """Una fila; si la tabla lleva la marca por todas, la suya se ve solo hecha tarjeta."""
    propio = f"{identificador}-stub-{numero}"
    de_la_tabla = "demostracion" in naturalezas and "demostracion" not in f.naturalezas
    marca = marca_de_tarjeta("demostracion") if de_la_tabla else ""
    celdas = "".join(
        f'\n<td headers="{propio} {identificador}-{c.nombre}"{_clase(c.clase)}>{c.celda(f)}</td>'
        for c in COLUMNAS
    )
    return (
        f'\n<tr><th scope="row" id="{propio}" class="codigo-kpi"><a class="ancla" id="{f.codigo}" '
        f'href="#{f.codigo}" title="Enlace permanente a este indicador">{f.codigo}</a>{marca}</th>'
        f"{celdas}</tr>"
    )


def _clase(clase: str) -> str:
    return f' class="{clase}"' if clase else ""


def sello_de_fila(f: Fila) -> str:
    """De dónde viene y de cuándo es el último dato; entero, en la página del KPI."""
    return (
        f'<small class="procedencia"><a href="../../{pagina_de_kpi(f.codigo)}#procedencia">'
        f"{esc(f.sello)}</a></small>"
        if f.sello
        else ""
    )


def certeza_html(f: Fila) -> str:
    """Junto al estado: cuán seguro es, con el enlace a qué quiere decir."""
    return (
        '<small class="certeza"><a href="../../metodologia.html#certeza">'
        f"{'<br> '.join(map(esc, f.certeza))}</a></small>"
        if f.certeza
        else ""
    )


def _cifra(rotulo: str, valor: str, periodo: str, marca: str = "") -> str:
    """Una cifra con su etiqueta y su periodo; el rótulo solo se ve cuando la fila es una
    tarjeta. Donde la columna es angosta, la línea se parte antes de la unidad o, si es muy larga,
    en una sílaba suya y con guion.
    """
    partible = SILABA.sub("&shy;", ANTES_DE_LA_UNIDAD.sub("<wbr>", esc(valor)))
    return (
        f'<span class="solo-angosto">{rotulo}</span>'
        f"{partible}{marca_html(marca)}<small>{esc(periodo)}</small>"
    )
