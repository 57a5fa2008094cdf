"""El explorador: todos los KPI en una tabla, que sin guion está entera y con él se filtra.

Cada fila dice en sus ``data-`` por qué se la filtra; las respuestas («van bien») y «posible» son
también valores de filtro, y así cada número de la portada lleva a las filas que cuenta.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..base.numeros import canonico, con_unidad, numero
from ..base.periodos import legible
from ..base.plegado import plegado, slug
from ..catalogo.direcciones import INDICADORES, de_kpi, de_mision
from ..catalogo.modelos import Kpi, Mision
from ..metodo.certeza import CLARA, NO_SE_DISTINGUE, PROBABLE
from ..metodo.estados import ESTADOS, POR_NOMBRE, RETROCESO
from ..metodo.registros import Analisis, Evaluacion
from ..presentacion.certeza import es_posible, preguntas
from ..presentacion.matrices import RESPUESTAS
from ..presentacion.mision import AVISO_DEMO
from ..presentacion.pieza import enlace, esc
from ..presentacion.sello_conjunto import linea_html
from ..presentacion.tablas import Marcas, sello_html
from ..resultados.procedencia import reunir
from ..resultados.resultados import Resultados

TABLA = "todos-los-indicadores"
EVALUADO = "evaluado"
"""El filtro de los que se pueden evaluar, sea cual sea su estado."""
POSIBLE, SIN_SENAL = "posible", "sin-senal"
SENALES = {CLARA: "clara", PROBABLE: "probable", NO_SE_DISTINGUE: "no-se-distingue"}
PILARES = {"ambiental": "Ambiental", "social": "Social", "gobernanza": "Gobernanza"}
ORDENES = (
    ("", "Misión y código"),
    ("nombre", "Nombre"),
    ("estado", "Estado, lo más preocupante primero"),
    ("periodo", "Dato más nuevo"),
    ("responsable", "Responsable"),
)
TRAMO = 10
"""Las filas de cada ``<tbody>``: en el teléfono, un tramo que no se ve no se compone."""
ORDENADA = ' aria-sort="ascending"'
PREOCUPAN = (RETROCESO, "rezagado", "requiere acelerar")
"""Los estados que van primero cuando se ordena por estado; los demás, como siempre."""


def direccion(**filtro: str) -> str:
    """La vista filtrada, desde la raíz del sitio: ``direccion(mision="m4-nutricion")``."""
    consulta = "&".join(f"{c}={v}" for c, v in filtro.items() if v)
    return f"{INDICADORES}?{consulta}" if consulta else INDICADORES


@dataclass(frozen=True, slots=True)
class _Fila:
    """Un KPI en la tabla: lo que se lee y aquello por lo que se filtra."""

    kpi: Kpi
    mision: Mision
    evaluado: Evaluacion
    analisis: Analisis
    responsable: str
    pagina: str

    @property
    def con_cifra(self) -> bool:
        return self.evaluado.valor is not None and self.evaluado.publico

    @property
    def senal(self) -> str | None:
        """La del estado: en un retroceso, la de estar peor que la base; si no, la del paso."""
        a = self.analisis
        return a.senal_base if self.evaluado.estado == RETROCESO else a.senal_paso


def _filas(r: Resultados) -> list[_Fila]:
    return [
        _Fila(
            k,
            m,
            r.evaluados[k.codigo],
            r.analizados[k.codigo],
            r.plan.datos[k.codigo].responsable,
            de_kpi(r.catalogo, k.codigo),
        )
        for m, _, k in r.catalogo.recorrer()
    ]


def pagina(r: Resultados) -> str:
    """El HTML de la página, sin su título."""
    filas = _filas(r)
    marcas = Marcas.de(f.evaluado.naturaleza for f in filas if f.con_cifra)
    return (
        (AVISO_DEMO if marcas.titulo else "")
        + f"<p>{'El indicador' if len(filas) == 1 else f'Los {numero(len(filas), 0)} indicadores'}"
        " de las misiones, con su último dato público"
        ' y su estado. <a href="@raiz@/metodologia.html#certeza">Qué es una «señal clara»</a>.'
        ' Los datos enteros están en <a href="@raiz@/datos/kpis.csv">kpis.csv</a>.</p>'
        + _formulario(r, filas)
        + _tabla(filas, marcas)
        + linea_html(reunir(r.procedencias.values()), ("Descargar los datos", "@raiz@/datos.html"))
    )


def _formulario(r: Resultados, filas: list[_Fila]) -> str:
    """Los filtros; sin guion no se ven."""
    t = r.catalogo.territorio
    dimensiones = Counter(f.kpi.dimension for f in filas)
    pilares = Counter(str(f.kpi.pilar_asg) for f in filas)
    responsables = Counter(f.responsable for f in filas)
    return (
        f'<form class="explorador" data-tabla="{TABLA}"><div class="campos">'
        '<div class="ancho-doble"><label for="f-texto">Buscar</label><input type="search"'
        ' id="f-texto" name="texto" autocomplete="off" placeholder="anemia, agua, escuela…"></div>'
        + _elegir("mision", "Misión", "Todas", _de_misiones(filas))
        + _elegir("estado", "Estado", "Todos", _de_estados(filas))
        + '</div><details><summary>Más filtros y orden</summary><div class="campos">'
        + _elegir("senal", "Señal", "Todas", _de_senales(filas))
        + _elegir(
            "responsable",
            "Responsable",
            "Todos",
            "".join(
                _opcion(slug(n), n, c)
                for n, c in sorted(responsables.items(), key=lambda x: plegado(x[0]))
            ),
        )
        + _elegir(
            "dimension",
            "Dimensión",
            "Todas",
            "".join(
                _opcion(d.id, d.nombre, dimensiones[d.id])
                for d in t.dimensiones
                if dimensiones[d.id]
            ),
        )
        + _elegir(
            "pilar",
            "Pilar ASG",
            "Todos",
            "".join(_opcion(p, n, pilares[p]) for p, n in PILARES.items() if pilares[p]),
        )
        + _elegir("orden", "Ordenar por", "", "".join(_opcion(v, n) for v, n in ORDENES))
        + "</div></details>"
        f'<p><output aria-live="polite">{_se_ven(len(filas))}</output>'
        ' <button class="boton">Ver</button> <button type="button" class="boton secundario"'
        ' data-csv>Descargar esta vista <small>CSV</small></button> <button type="button"'
        ' class="boton secundario" data-quitar hidden>Quitar los filtros</button></p></form>'
    )


def _se_ven(cuantos: int) -> str:
    """Lo mismo que el guion dice sin filtros: nada se mueve cuando llega."""
    return "Se ve el indicador." if cuantos == 1 else f"Se ven los {cuantos} indicadores."


def _elegir(nombre: str, rotulo: str, todos: str, opciones: str) -> str:
    primera = f'<option value="">{todos}</option>' if todos else ""
    return (
        f'<div><label for="f-{nombre}">{rotulo}</label><select id="f-{nombre}" name="{nombre}">'
        f"{primera}{opciones}</select></div>"
    )


def _opcion(valor: str, texto: str, cuantos: int | None = None) -> str:
    cuenta = "" if cuantos is None else f" ({cuantos})"
    return f'<option value="{esc(valor)}">{esc(texto)}{cuenta}</option>'


def _de_misiones(filas: Iterable[_Fila]) -> str:
    cuenta = Counter(f.mision.slug for f in filas)
    nombres = {f.mision.slug: f"{f.mision.codigo} {f.mision.nombre_corto}" for f in filas}
    return "".join(_opcion(s, n, cuenta[s]) for s, n in nombres.items())


def _de_estados(filas: Iterable[_Fila]) -> str:
    """Cada respuesta con sus estados, y la respuesta entera si tiene más de uno."""
    cuenta = Counter(f.evaluado.estado for f in filas)
    evaluados = sum(n for e, n in cuenta.items() if POR_NOMBRE[e].evaluado)
    grupos = _opcion(EVALUADO, "Los que se pueden evaluar", evaluados)
    for x in RESPUESTAS:
        suyos = [e for e in ESTADOS if e.nombre in x.estados and cuenta[e.nombre]]
        juntos = sum(cuenta[e.nombre] for e in suyos)
        if suyos:
            grupos += (
                f'<optgroup label="{esc(x.nombre)}">{_opcion(x.id, f"{x.nombre}: todos", juntos)}'
                + "".join(_opcion(e.id, e.nombre, cuenta[e.nombre]) for e in suyos)
                + "</optgroup>"
            )
    return grupos


def _de_senales(filas: Iterable[_Fila]) -> str:
    cuenta = Counter(_senal(f) for f in filas)
    nombres = {
        "clara": "Señal clara",
        "probable": "Probable",
        "no-se-distingue": "No se distingue del azar",
        SIN_SENAL: "Sin señal: no hay casos que contar",
    }
    posibles = sum(n for s, n in cuenta.items() if s != "clara")
    return "".join(_opcion(s, n, cuenta[s]) for s, n in nombres.items() if cuenta[s]) + _opcion(
        POSIBLE, "Todo lo que no es señal clara", posibles
    )


def _senal(f: _Fila) -> str:
    return SENALES.get(f.senal or "", SIN_SENAL)


def _tabla(filas: list[_Fila], marcas: Marcas) -> str:
    cabezas = "".join(
        f'<th scope="col" data-orden="{orden}"{ORDENADA if orden == "mision" else ""}>{rotulo}</th>'
        for rotulo, orden in (
            ("Indicador", "nombre"),
            ("Misión", "mision"),
            ("Último dato", "periodo"),
            ("Estado", "estado"),
            ("Responsable", "responsable"),
        )
    )
    renglones = [_renglon(f, marcas) for f in filas]
    tramos = "".join(
        f"<tbody>{''.join(renglones[i : i + TRAMO])}</tbody>"
        for i in range(0, len(renglones), TRAMO)
    )
    return (
        '<div class="tabla apilada" tabindex="0" role="region" aria-label="Todos los indicadores">'
        f'<table id="{TABLA}"><caption>Todos los indicadores, con su último dato y su'
        f" estado{marcas.titulo}</caption><thead><tr>{cabezas}</tr></thead>"
        f"{tramos}</table></div>"
    )


def _renglon(f: _Fila, marcas: Marcas) -> str:
    k, e, m = f.kpi, f.evaluado, f.mision
    pagina = f'<a href="{enlace(f"@raiz@/{f.pagina}")}">{esc(k.nombre)}</a>'
    senal = "".join(f"<small>{esc(x)}</small>" for x in preguntas(e, f.analisis))
    return (
        f'<tr{_atributos(f)}><th scope="row"><span class="codigo">{k.codigo}</span> {pagina}</th>'
        f'<td data-rotulo="Misión"><a href="@raiz@/{de_mision(m.slug)}">{m.codigo}'
        f" {esc(m.nombre_corto)}</a></td>"
        f'<td data-rotulo="Último dato">{_dato(f, marcas)}</td>'
        f'<td data-rotulo="Estado">{sello_html(e.estado, es_posible(e, f.analisis))}{senal}</td>'
        f'<td data-rotulo="Responsable">{esc(f.responsable)}</td></tr>'
    )


def _dato(f: _Fila, marcas: Marcas) -> str:
    e, k = f.evaluado, f.kpi
    if not f.con_cifra:
        return "dato protegido" if e.protegido or not e.publico else "sin dato"
    return (
        f"{esc(con_unidad(e.valor, k.unidad, k.decimales))}{marcas.de_fila(e.naturaleza or '')}"
        f"<small>{esc(legible(e.periodo or ''))}</small>"
    )


def _atributos(f: _Fila) -> str:
    """Por qué se filtra y se ordena una fila, y su cifra como va en los datos."""
    k, e, cifra = f.kpi, f.evaluado, f.con_cifra
    senal = _senal(f)
    posible = "" if senal == "clara" else f" {POSIBLE}"
    valores: Mapping[str, object] = {
        "mision": f.mision.slug,
        "estado": " ".join(
            [POR_NOMBRE[e.estado].id, _respuesta(e.estado)]
            + [EVALUADO] * POR_NOMBRE[e.estado].evaluado
        ),
        "senal": senal + posible,
        "responsable": slug(f.responsable),
        "dimension": k.dimension,
        "pilar": k.pilar_asg,
        "orden": _lugar(e.estado),
        "fin": e.fin if cifra else 0,
        "valor": canonico(e.valor) if cifra else "",
        "unidad": k.unidad,
        "periodo": e.periodo if cifra else "",
        "naturaleza": e.naturaleza if cifra else "",
        "corto": k.nombre_corto,
    }
    return "".join(f' data-{n}="{esc("" if v is None else v)}"' for n, v in valores.items())


def _respuesta(estado: str) -> str:
    return next(x.id for x in RESPUESTAS if estado in x.estados)


def _lugar(estado: str) -> int:
    """El puesto de un estado al ordenar por lo que preocupa."""
    nombres = [*PREOCUPAN, *(e.nombre for e in ESTADOS if e.nombre not in PREOCUPAN)]
    return nombres.index(estado)
