"""Qué trae de nuevo esta edición: la página *Novedades*, el canal Atom y la ficha de la edición.

Se escribe al final de ``preparar``: compara lo recién calculado con la última edición publicada.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from ..base.archivos import escribir_json, escribir_texto
from ..base.numeros import numero
from ..base.palabras import contados
from ..base.periodos import fecha_larga
from ..edicion import claves
from ..edicion.cambios.comparacion import pagina_de
from ..edicion.cambios.diferencias import NADA, Cambio, comparar, version
from ..edicion.cambios.resumen import de_datos, de_graficos, titulos_de
from ..edicion.ediciones import CONSERVADAS
from ..presentacion.apilada import tabla_html
from ..presentacion.enlaces import enlace_kpi
from ..presentacion.pieza import enlace, esc
from ..resultados.resultados import Resultados
from ..rutas import Proyecto
from .web import ENTORNO

PIEZAS = ("novedades", "edicion")
"""Las que se escriben al final, cuando todo lo demás está."""
TIPOS = {
    "corte": ("Fecha de corte", "{n} fechas de corte", "cambió la fecha de corte"),
    "KPI": (
        "Indicadores que entran o salen",
        "{n} indicadores entran o salen",
        "1 indicador entra o sale",
    ),
    "estado": (
        "Indicadores que cambiaron de estado",
        "{n} indicadores cambiaron de estado",
        "1 indicador cambió de estado",
    ),
    "naturaleza": (
        "Cifras que ya no son lo que eran: de demostración, declaradas o documentadas",
        "{n} cifras pasaron de una naturaleza a otra (de demostración, declarada o documentada)",
        "1 cifra pasó de una naturaleza a otra (de demostración, declarada o documentada)",
    ),
    "valor": (
        "Últimos datos",
        "{n} indicadores tienen otro último dato",
        "1 indicador tiene otro último dato",
    ),
    "cálculo": (
        "Avance, ritmo y sellos de los indicadores",
        "{n} cambios en avances, ritmos o sellos",
        "1 cambio en un avance, ritmo o sello",
    ),
    "ficha": ("Fichas técnicas", "{n} cambios en fichas técnicas", "1 cambio en una ficha técnica"),
    "agregado": (
        "Avance de misiones y objetivos",
        "{n} resúmenes de misión u objetivo cambiaron",
        "1 resumen de misión u objetivo cambió",
    ),
    "gráfico": ("Gráficos", "{n} gráficos distintos", "1 gráfico distinto"),
    "tabla": (
        "Otras tablas",
        "{n} grupos de otras tablas nuevos, retirados o corregidos",
        "1 grupo de otra tabla nuevo, retirado o corregido",
    ),
    "observaciones": (
        "Medidas",
        "{n} grupos de medidas nuevos, retirados o corregidos",
        "1 grupo de medidas nuevo, retirado o corregido",
    ),
}
CLASES = {"agregado": "nuevos", "retirado": "retirados", "corregido": "corregidos"}
CANAL = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es">
<title>{{ titulo }}: novedades</title>
<id>{{ sitio }}/novedades.xml</id>
<link rel="self" href="{{ sitio }}/novedades.xml"/>
<link href="{{ sitio }}/novedades.html"/>
<updated>{{ entradas[0].fecha }}T00:00:00Z</updated>
<author><name>{{ responsable }}</name></author>
{% for e in entradas %}
<entry><title>Versión {{ e.version }} de los datos</title>\
<id>{{ sitio }}/novedades.html#v{{ e.version }}</id>
<link href="{{ sitio }}/novedades.html"/><updated>{{ e.fecha }}T00:00:00Z</updated>\
<summary>{{ e.frases|join("; ") }}.</summary></entry>
{% endfor %}
</feed>
"""


class Novedades:
    """Las novedades de lo recién calculado; ``escribir``, cuando se sabe qué gráficos tiene.
    ``datos/`` ya está escrito.
    """

    def __init__(self, proyecto: Proyecto, r: Resultados, entradas: Mapping[str, str]) -> None:
        self.proyecto, self.r, self.entradas = proyecto, r, entradas
        self.contenido = claves.contenido(
            {n: c for n, c in entradas.items() if n in claves.FAMILIAS or n == "entorno"}
        )
        self.fecha = r.catalogo.territorio.fecha_corte.isoformat()
        self.previa = claves.anterior(proyecto.raiz, self.contenido)
        self._versiones = r.aprobaciones.llevadas()
        self._resumen = de_datos(proyecto.datos_publicos, {}, self.fecha) if self.previa else {}

    def escribir(self, graficos: Mapping[str, Mapping[str, str]]) -> None:
        """Escribe las piezas ``novedades`` y ``edicion``, ``novedades.xml`` y la ficha
        ``.trabajo/edicion.json``.
        """
        r, previa, entradas = self.r, self.previa, self.entradas
        titulos = {a.nombre: a.titulo for a in r.analisis_propios}
        ahora = self._resumen | {"graficos": de_graficos(graficos), "titulos": titulos}
        cambios = comparar(previa["resumen"], ahora) if previa else []
        actual = version(previa["version"] if previa else None, cambios)
        ficha = {
            "edicion": entradas["edición"],
            "version": actual,
            "contenido": self.contenido,
            "fecha_corte": self.fecha,
            "motor": entradas["motor de páginas"],
            "anterior": previa["edicion"] if previa else None,
            "entradas": dict(entradas),
            "graficos": dict(graficos),
            "titulos": titulos,
            "frases": frases(cambios, previa),
            "versiones": self._versiones,
            "nivel": r.catalogo.territorio.nivel,
        }
        escribir_json(self.proyecto.trabajo / "edicion.json", ficha)
        piezas = self.proyecto.trabajo / "piezas"
        escribir_texto(
            piezas / "novedades.html",
            _pagina(
                r, cambios, previa, actual, titulos_de(previa["resumen"], ahora) if previa else {}
            ),
        )
        escribir_texto(piezas / "edicion.html", _edicion(r, ficha))
        escribir_texto(self.proyecto.raiz / "novedades.xml", _canal(r, ficha, previa))


def frases(cambios: list[Cambio], previa: Mapping | None) -> list[str]:
    """Los cambios en pocas palabras."""
    if previa is None:
        return ["Primera edición publicada"]
    cuenta = Counter(c.tipo for c in cambios)
    dichas = [
        (uno if cuenta[t] == 1 else varios.format(n=numero(cuenta[t], 0)))
        for t, (_, varios, uno) in TIPOS.items()
        if cuenta[t]
    ]
    return dichas or ["Sin cambios en los datos"]


def _pagina(
    r: Resultados,
    cambios: list[Cambio],
    previa: Mapping | None,
    actual: str,
    titulos: Mapping[str, str],
) -> str:
    if previa is None:
        return "<p>Esta es la primera edición: todavía no hay otra con la que compararla.</p>"
    partes = [
        f'<p id="v{actual}"><strong>Versión {actual} de los datos</strong>, frente a la'
        f" {esc(previa['version'])} "
        f"(edición <code>{esc(previa['edicion'])}</code>, datos al"
        f" {fecha_larga(previa['fecha_corte'])}): {esc('; '.join(frases(cambios, previa)))}.</p>"
    ]
    for tipo, (titulo, _, _) in TIPOS.items():
        filas = (
            _por_kpi(cambios)
            if tipo == "observaciones"
            else [_fila(r, c, previa["edicion"], titulos) for c in cambios if c.tipo == tipo]
        )
        if filas:
            partes.append(tabla_html(titulo, ["Código", "Qué", "Antes", "Ahora"], filas))
    return "".join(partes) + _historia(r, previa)


def _fila(r: Resultados, c: Cambio, previa: str, titulos: Mapping[str, str]) -> list[str]:
    if c.tipo == "gráfico":
        pagina = pagina_de(c.codigo)
        lados = (
            ("antes", f"{_sitio(r)}/ediciones/{previa}", c.antes),
            ("ahora", "@raiz@", c.despues),
        )
        return [
            esc(titulos.get(c.codigo, c.codigo)),
            esc(c.nombre),
            *(
                (
                    NADA
                    if marca == NADA
                    else (
                        f'<a href="{enlace(raiz)}/{esc(pagina)}#{esc(marca)}">cómo se ve {cual}</a>'
                    )
                )
                for cual, raiz, marca in lados
            ),
        ]
    return [_codigo(r, c.codigo), esc(c.nombre), esc(c.antes), esc(c.despues)]


def _sitio(r: Resultados) -> str:
    return r.catalogo.territorio.sitio.direccion.rstrip("/")


def _codigo(r: Resultados, codigo: str) -> str:
    return enlace_kpi(r, codigo) if codigo in r.catalogo.kpis else esc(codigo)


def _por_kpi(cambios: list[Cambio]) -> list[list[str]]:
    """Las medidas que cambiaron, una fila por KPI: los periodos uno a uno están en
    ``observatorio comparar``.
    """
    cuentas: dict[tuple[str, str], Counter[str]] = {}
    for c in cambios:
        if c.tipo == "observaciones":
            cuentas.setdefault((c.codigo, c.nombre), Counter())[c.clase] += 1
    return [
        [
            esc(codigo),
            esc(nombre),
            "",
            ", ".join(
                contados(n, f"periodos {CLASES[clase]}") for clase, n in sorted(cuenta.items())
            ),
        ]
        for (codigo, nombre), cuenta in sorted(cuentas.items())
    ]


def _historia(r: Resultados, previa: Mapping) -> str:
    """Todas las ediciones publicadas; con enlace, las que el sitio conserva además de la viva: la
    última, entera; de las demás y de las aprobadas, sus datos.
    """
    orden = list(dict.fromkeys(e["edicion"] for e in previa["historia"]))
    gobernanza = r.catalogo.gobernanza
    declaradas = [a.edicion for a in gobernanza.ediciones_aprobadas] if gobernanza else []
    aprobadas = {*declaradas, *r.ediciones_de_lo_aprobado.values()}
    conservadas = {*orden[: CONSERVADAS - 1], *aprobadas}
    filas = [
        [
            esc(e["version"]),
            (
                _enlace(r, e["edicion"], e["edicion"] == orden[0])
                if e["edicion"] in conservadas
                else f"<code>{esc(e['edicion'])}</code>"
            ),
            fecha_larga(e["fecha_corte"]),
            esc("; ".join(e["frases"])),
        ]
        for e in previa["historia"]
    ]
    return tabla_html(
        "Ediciones publicadas antes, de la más nueva a la más vieja",
        ["Versión", "Edición", "Datos al", "Qué trajo"],
        filas,
    )


def _enlace(r: Resultados, edicion: str, entera: bool) -> str:
    pagina = "index.html" if entera else "datos/kpis.csv"
    direccion = f"{_sitio(r)}/ediciones/{edicion}/{pagina}"
    return f'<a href="{esc(direccion)}"><code>{esc(edicion)}</code></a>'


def _edicion(r: Resultados, ficha: Mapping) -> str:
    t, edicion = r.catalogo.territorio, ficha["edicion"]
    filas = [
        ["Edición", f'<a href="@raiz@/ediciones/{edicion}.json"><code>{edicion}</code></a>'],
        ["Versión de los datos", f'<a href="@raiz@/novedades.html">{ficha["version"]}</a>'],
        ["Fecha de corte", fecha_larga(ficha["fecha_corte"])],
        ["Observaciones públicas", numero(r.publica.filter(pl.col("agrupado") == 0).height, 0)],
        [
            "KPI",
            (
                f"{len(r.catalogo.kpis)} en {len(r.catalogo.okrs)} OKR y"
                f" {contados(len(r.catalogo.misiones), 'misiones')}"
            ),
        ],
        [
            "Población en uso",
            next(f"{numero(p.habitantes, 0)} ({esc(p.fuente)})" for p in t.poblacion if p.en_uso),
        ],
    ]
    return tabla_html("Esta edición", ["Dato", "Valor"], filas)


def _canal(r: Resultados, ficha: Mapping, previa: Mapping | None) -> str:
    """Una entrada por versión de los datos, la de la primera edición que la trajo: lo que solo
    cambia el aspecto no es noticia.
    """
    publicadas = [
        {"version": e["version"], "fecha": e["fecha_corte"], "frases": e["frases"]}
        for e in (previa["historia"] if previa else [])
    ]
    ahora = {"version": ficha["version"], "fecha": ficha["fecha_corte"], "frases": ficha["frases"]}
    por_version = {e["version"]: e for e in [ahora, *publicadas]}
    entradas = list(por_version.values())
    sitio = r.catalogo.territorio.sitio
    return ENTORNO.from_string(CANAL).render(
        sitio=_sitio(r), titulo=sitio.titulo, responsable=sitio.responsable, entradas=entradas
    )
