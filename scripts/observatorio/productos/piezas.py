"""Las piezas que las páginas de prosa citan con ``::: {.pieza nombre="…"}`` y
``[M4-K01]{.kpi}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from ..base.archivos import json_en_bytes
from ..base.numeros import con_unidad, numero
from ..base.periodos import fecha_larga
from ..catalogo import Catalogo
from ..catalogo.gobernanza import Gobernanza
from ..edicion.para_llevar import PESO, ZIP
from ..metodo.estados import ESTADOS, POR_NOMBRE
from ..presentacion import nivel
from ..presentacion.apilada import tabla_html, tabla_por_grupos
from ..presentacion.enlaces import enlace_kpi
from ..presentacion.pieza import esc
from ..presentacion.tablas import marca_html, sello_html
from ..recojo.seguimiento import Seguida
from ..resultados.resultados import Resultados
from . import anexos, calidad, parametros, plan, recuentos, voces
from .casos import tabla_de_casos
from .comites import libro_de_actas
from .datos_abiertos import contexto, costo_de_privacidad
from .portada import hallazgo, matriz_misiones

if TYPE_CHECKING:
    from ..catalogo.cuadernos.analisis import Analisis

Tabla = Callable[[Resultados], str]
INDICADORES_PROVINCIA = {
    "idh": ("IDH", 4),
    "pobreza-total": ("Pobreza", 1),
    "pobreza-extrema": ("Pobreza extrema", 1),
    "vulnerabilidad-alimentaria": ("Vulnerabilidad alimentaria", 3),
    "area": ("Área", 2),
    "densidad": ("Densidad", 2),
    "altitud": ("Altitud", 0),
}


def archivos(
    r: Resultados,
    seguidas: list[Seguida],
    datos: Mapping[str, bytes],
    activos: Mapping[str, str],
    analisis: Sequence[Analisis] = (),
) -> dict[str, bytes]:
    """Las piezas (``<nombre>.html``) y ``sello.json``, que usan las plantillas.

    ``datos``: lo de ``datos/``, ya hecho; sin ello no hay pieza «descargas». ``activos``: nombre
    lógico → ruta desde la raíz.
    """
    correo = esc(r.catalogo.territorio.sitio.correo)
    piezas = {nombre: hacer(r) for nombre, hacer in PIEZAS.items()}
    piezas |= plan.piezas(r, seguidas) | parametros.piezas(r)
    piezas |= libro_de_actas.piezas(r)
    piezas |= recuentos.piezas(r, _gobernanza(r.catalogo))
    piezas |= {f"kpi-{codigo}": _enlace(r, codigo) for codigo in r.catalogo.kpis}
    piezas |= {
        "analisis": _lista_de_analisis(analisis),
        "correo": f'<a href="mailto:{correo}">{correo}</a>',
        "zip": ZIP_DEL_SITIO,
    } | ({DESCARGA: _descargas(datos)} if datos else {})
    return {f"{nombre}.html": html.encode() for nombre, html in piezas.items()} | sello(
        r.catalogo, activos
    )


def sello(catalogo: Catalogo, activos: Mapping[str, str]) -> dict[str, bytes]:
    """Lo que usan las plantillas de todas las páginas: ``sello.json``."""
    lugar = catalogo.territorio.anexos_se_llaman
    dicho = {"activos": dict(activos), "palabras": lugar.marcas, "sello": _sello(catalogo)}
    return {"sello.json": json_en_bytes(dicho)}


def _sello(catalogo: Catalogo) -> dict[str, object]:
    """Lo que toda plantilla puede imprimir; los comités van en el orden en que revisan un
    producto.
    """
    t, gobernanza = catalogo.territorio, _gobernanza(catalogo)
    nombres = {c.id: c.nombre for c in gobernanza.comites}
    restringida = nivel.aviso(catalogo)
    return ({"nivel": restringida} if restringida else {}) | {
        "fecha_corte": fecha_larga(t.fecha_corte.isoformat()),
        "fecha_iso": t.fecha_corte.isoformat(),
        "titulo": t.sitio.titulo,
        "lugar": f"{t.tipo.capitalize()} de {t.nombre}",
        "territorio": (
            f"{t.tipo.capitalize()} de {t.nombre}, "
            + (f"provincia de {t.provincia}, " if t.tipo == "distrito" else "")
            + t.region
        ),
        "comites": [
            {"nombre": nombres[p.comite], "accion": p.accion}
            for p in gobernanza.protocolo_de_revision
        ],
    }


def _gobernanza(catalogo: Catalogo) -> Gobernanza:
    """La que la compuerta ya exigió."""
    if catalogo.gobernanza is None:
        raise ValueError("un catálogo que pasó la compuerta trae su gobernanza")
    return catalogo.gobernanza


def _diagnostico(r: Resultados) -> str:
    filas = []
    tabla = r.leidos["diagnostico"]
    if tabla.is_empty():
        return _todavia_no("cifras de partida")
    for f in tabla.iter_rows(named=True):
        valor = esc((f["cota"] or "") + _escrito(f["valor"], f["unidad"]))
        enlace = enlace_kpi(r, f["kpi"]) if f["kpi"] else "—"
        filas.append(
            [
                esc(f["problema"]),
                valor + marca_html(f["naturaleza"]),
                esc(f["periodo"] or "no se dice"),
                esc(f["institucion"] or "no se dice"),
                enlace,
                esc(f["nota"] or ""),
            ]
        )
    return tabla_html(
        "Los problemas de partida",
        ["Problema", "Cifra", "Año", "Institución", "KPI", "Nota"],
        filas,
        "diagnostico",
    ) + contexto.sello("diagnostico", r)


def _todavia_no(de_que: str) -> str:
    return f"<p>Todavía no hay {de_que}.</p>"


def _escrito(valor: str, unidad: str) -> str:
    decimales = len(valor.partition(".")[2])
    return con_unidad(float(valor), unidad, decimales)


def _provincia(r: Resultados) -> str:
    tabla = r.leidos["provincia"]
    if tabla.is_empty():
        return _todavia_no("cifras de los distritos de la provincia")
    periodos = {i: p for i, p in tabla.select("indicador", "periodo").unique().iter_rows()}
    unidades = {i: u for i, u in tabla.select("indicador", "unidad").unique().iter_rows()}
    hay = [i for i in tabla["indicador"].unique(maintain_order=True)]
    valores = {(d, i): v for d, i, v in tabla.select("distrito", "indicador", "valor").iter_rows()}
    cabecera = ["Distrito"] + [
        f"{esc(INDICADORES_PROVINCIA.get(i, (i.replace('-', ' ').capitalize(), 1))[0])}"
        f"<small>{esc(unidades[i] or '')} {esc(periodos[i] or '')}</small>"
        for i in hay
    ]
    filas = []
    for d, ubigeo in tabla.select("distrito", "ubigeo").unique(maintain_order=True).iter_rows():
        nombre = f"<strong>{esc(d)}</strong>" if ubigeo == r.catalogo.territorio.ubigeo else esc(d)
        filas.append(
            [
                nombre,
                *(
                    _escrito(valores[d, i], "").strip("\u202f") if valores.get((d, i)) else "—"
                    for i in hay
                ),
            ]
        )
    return tabla_html(
        "Los distritos de la provincia (cifras documentadas, de años distintos)",
        cabecera,
        filas,
        "numeros",
    ) + contexto.sello("provincia", r)


def _contexto(r: Resultados) -> str:
    tabla = r.leidos["contexto"]
    if tabla.is_empty():
        return _todavia_no("cifras de contexto")
    filas = [
        [
            esc(f["ambito"]),
            esc(f["indicador"]),
            esc(_escrito(f["valor"], f["unidad"])),
            esc(f["periodo"] or "—"),
            esc(r.catalogo.fuentes[f["fuente"]].institucion) + marca_html(f["naturaleza"]),
        ]
        for f in tabla.iter_rows(named=True)
    ]
    return tabla_html(
        "Contexto provincial, regional y nacional",
        ["Ámbito", "Indicador", "Valor", "Año", "Fuente"],
        filas,
    ) + contexto.sello("contexto", r)


def _estados(r: Resultados) -> str:
    filas = [
        [
            sello_html(e.nombre),
            esc(e.dicho(r.catalogo.territorio.metodo.bandas)),
            "sí" if e.evaluado else "no",
        ]
        for e in ESTADOS
    ]
    return tabla_html(
        "Los estados de un KPI", ["Estado", "Qué dice", "Cuenta en el avance"], filas
    ) + parametros.sello(r)


def _comites(r: Resultados) -> str:
    filas, gobernanza = [], _gobernanza(r.catalogo)
    for c in gobernanza.comites:
        sesiones = esc(c.sesiones.frecuencia) + (
            "" if c.sesiones.confirmado else " <small>por confirmar</small>"
        )
        if c.sesiones.ademas:
            sesiones += f" <small>{esc(c.sesiones.ademas)}</small>"
        quienes = esc("; ".join(i.institucion for i in c.integrantes))
        filas.append([esc(c.nombre), quienes, sesiones, esc(c.papel)])
    circula = gobernanza.circulacion
    return tabla_html(
        "Quiénes los forman y qué hacen", ["Comité", "Quiénes", "Sesiones", "Qué hace"], filas
    ) + (
        "<p>Entre ellos la información va en los dos sentidos, por vía formal"
        f" ({esc(', '.join(circula.pasos))}):</p><ul><li>{esc(circula.hacia_abajo)}</li>"
        f"<li>{esc(circula.hacia_arriba)}</li></ul>"
    )


def _cambios_del_catalogo(r: Resultados) -> str:
    """Qué cambió en la ficha de cada KPI y por qué: lo último, primero; los de un día, en el orden
    del archivo.
    """
    if not r.catalogo.cambios:
        return "<p>Ninguna ficha del catálogo ha cambiado.</p>"
    por_dia: dict[str, list[list[str]]] = {}
    for c in sorted(r.catalogo.cambios, key=lambda c: c.fecha, reverse=True):
        por_dia.setdefault(fecha_larga(c.fecha.isoformat()), []).append(
            [
                enlace_kpi(r, c.codigo) if c.codigo in r.catalogo.kpis else esc(c.codigo),
                esc(c.que),
                esc(c.por_que),
            ]
        )
    return tabla_por_grupos(
        "Cambios del catálogo", ["Indicador", "Qué cambió", "Por qué"], list(por_dia.items())
    )


DESCARGA = "descargas"
"""La única pieza que necesita ya hecho todo lo de ``datos/``."""
ZIP_DEL_SITIO = (
    f'<p class="zip-del-sitio"><a class="boton" href="@raiz@/{ZIP}" download>Todo el sitio, para'
    f" leerlo sin internet <small>zip</small></a>{PESO}</p>"
)
DESCARGAS = (
    ("kpis.csv", "Todos los KPI: línea de base, meta, último dato, avance y estado"),
    ("kpis.json", "Lo mismo, para programas"),
    ("kpis.parquet", "Lo mismo, para análisis"),
    ("okrs.json", "Los objetivos con su avance y cobertura"),
    ("misiones.json", "Las misiones con su avance, cotas y recuento de estados"),
    ("observaciones.csv", "Todas las medidas públicas"),
    ("observaciones.parquet", "Lo mismo, para análisis"),
    ("temas.csv", "Los temas de las narraciones, por misión, sin textos ni lugares"),
    ("agrupadas.csv", "Cifras de años y trienios, donde el periodo suelto se protege"),
    ("correcciones.csv", "Cada corrección: antes, después, motivo y quién"),
    ("plan/plan.csv", "Qué entrega vence, de qué institución se espera y si llegó"),
    ("fuentes.csv", "Las fuentes: institución, dirección, fiabilidad y licencia"),
    ("lugares.csv", "El nombre de cada código de lugar"),
    (
        "gobernanza.json",
        "Sesiones, acuerdos, aprobaciones, versiones, comentarios y sellos",
    ),
    ("privacidad.json", "Cuántas celdas se publican, se agrupan y se ocultan"),
    ("datapackage.json", "Esquema de todas las tablas (Frictionless)"),
    ("catalogo.jsonld", "Catálogo DCAT"),
)


def _descargas(datos: Mapping[str, bytes]) -> str:
    filas = [
        [
            f'<a href="@raiz@/datos/{n}">{n}</a>',
            esc(t),
            f"{max(len(datos[n]) / 1024, 1):,.0f}\u202fKB",
        ]
        for n, t in DESCARGAS
    ]
    return tabla_html("Archivos para descargar", ["Archivo", "Qué tiene", "Tamaño"], filas)


def _demostracion(r: Resultados) -> str:
    sueltas = r.publica.filter(pl.col("agrupado") == 0)
    n = sueltas.filter(pl.col("naturaleza") == "demostracion").height
    return (
        f"<p>{numero(n, 0)} de {numero(sueltas.height, 0)} observaciones públicas son de"
        " demostración.</p>"
    )


def _enlace(r: Resultados, codigo: str) -> str:
    """Enlace en línea a un KPI: nombre, último valor público y estado."""
    ficha = r.catalogo.kpis[codigo]
    f = r.evaluados[codigo]
    valor = (
        f" {esc(con_unidad(f.valor, ficha.unidad, ficha.decimales))}"
        f"{marca_html(f.naturaleza or '')}"
        if f.valor is not None and f.publico
        else ""
    )
    return (
        f'<span class="kpi">{enlace_kpi(r, codigo)} {esc(ficha.nombre_corto)}:{valor}'
        f" {sello_html(POR_NOMBRE[f.estado].nombre)}</span>"
    )


def _lista_de_analisis(analisis: Sequence[Analisis]) -> str:
    if not analisis:
        return "<p>Todavía no hay ningún análisis.</p>"
    filas = "".join(
        "<li><a"
        f' href="@raiz@/analisis/{esc(a.slug)}/index.html"><strong>{esc(a.titulo)}</strong></a>'
        f"<br>{esc(a.resumen)}</li>"
        for a in analisis
    )
    return f'<ul class="analisis">{filas}</ul>'


PIEZAS: dict[str, Tabla] = {
    "hallazgo": hallazgo,
    "matriz-misiones": matriz_misiones,
    "mi-anexo": anexos.elegir,
    "diagnostico": _diagnostico,
    "provincia": _provincia,
    "contexto": _contexto,
    "estados": _estados,
    "casos": lambda r: tabla_de_casos(r.catalogo.territorio.metodo) + parametros.sello(r),
    "comites": _comites,
    "cambios-del-catalogo": _cambios_del_catalogo,
    "demostracion": _demostracion,
    "calidad-controles": calidad.tabla_de_controles,
    "calidad-fuentes": calidad.tabla_por_fuente,
    "calidad-misiones": calidad.tabla_por_mision,
    "calidad-advertencias": calidad.tabla_de_advertencias,
    "correcciones": calidad.tabla_de_correcciones,
    "privacidad": costo_de_privacidad.tabla,
    **voces.PIEZAS,
}
