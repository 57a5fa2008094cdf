"""Piezas de las páginas *Calidad de datos* y *Correcciones*, y los cuatro resultados de cada cifra.

Solo cuentan lo que el público puede ver: los KPI de acceso ciudadano y, de sus celdas, las no
protegidas. El detalle numérico de una advertencia no se publica: con él se despejaría una celda
vecina protegida.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from ..base.numeros import cifra_escrita, numero, porcentaje
from ..base.periodos import MESES, legible, mes_de
from ..datos.advertencias import ADVERTENCIAS
from ..datos.calidad import por_control
from ..datos.columnas import entera
from ..datos.control_de_regla import CONTROLES
from ..presentacion.pieza import esc
from ..presentacion.tablas import marca_html
from ..resultados.resultados import Resultados

QUE_REVISA = {
    "completitud": "Que no falte ningún campo obligatorio ni la cifra.",
    "consistencia": (
        "Que cada código exista, que los números cuadren entre sí y que la serie no salte sin"
        " motivo."
    ),
    "duplicidad": "Que ninguna medida entre dos veces.",
    "confiabilidad": (
        "Que la fuente esté identificada, que su archivo no haya cambiado y que no entren datos de"
        " personas."
    ),
}
NADA = "—"
CUMPLE = '<span role="img" aria-label="cumple">✓</span>'


def tabla_de_controles(r: Resultados) -> str:
    from ..presentacion.apilada import tabla_html

    visibles = dict(r.advertencias.group_by("control").len().iter_rows())
    filas = [
        [
            f["control"].capitalize(),
            QUE_REVISA[f["control"]],
            str(f["reglas"]),
            "0",
            str(visibles.get(f["control"], "ninguna")),
        ]
        for f in por_control(r.calidad)
    ]
    total = numero(int(r.calidad.recuento["observaciones"].sum()), 0)
    return tabla_html(
        f"Los cuatro controles sobre {total} observaciones recibidas, también las reservadas",
        ["Control", "Qué revisa", "Reglas", "Errores", "Advertencias explicadas de lo publicado"],
        filas,
    )


def tabla_por_fuente(r: Resultados) -> str:
    from ..presentacion.apilada import tabla_html

    cuenta = _cuenta(r.advertencias, "fuente")
    filas = []
    for fuente, parte in _recuento(r).group_by(["fuente"], maintain_order=True):
        tarjeta = r.catalogo.fuentes[fuente[0]]
        filas.append(
            [
                f"{esc(tarjeta.titulo)}<small>{esc(tarjeta.institucion)}</small>",
                tarjeta.fiabilidad,
                numero(int(parte["observaciones"].sum()), 0),
                str(parte["kpi"].n_unique()),
                *_celdas(cuenta, fuente[0]),
            ]
        )
    cabecera = [
        "Fuente",
        "Fiabilidad",
        "Observaciones",
        "KPI",
        *(f"{c.capitalize()}<small>explicadas</small>" for c in CONTROLES),
    ]
    return tabla_html("Resultado por fuente", cabecera, sorted(filas), "numeros apilada")


def tabla_por_mision(r: Resultados) -> str:
    from ..presentacion.apilada import tabla_html

    de = {k.codigo: m.slug for m, _, k in r.catalogo.recorrer()}
    advertidas = r.advertencias.with_columns(
        pl.col("kpi").replace_strict(de, return_dtype=pl.String).alias("mision")
    )
    cuenta, completos = _cuenta(advertidas, "mision"), completitud(r)
    filas = []
    for m in r.catalogo.misiones:
        suyas = _recuento(r).filter(pl.col("mision") == m.slug)
        recibidos, exigibles = (
            sum(completos[k.codigo][i] for k in m.kpis if k.codigo in completos) for i in (0, 1)
        )
        filas.append(
            [
                (
                    f'<a href="@raiz@/misiones/{m.slug}/index.html">{m.codigo}'
                    f" {esc(m.nombre_corto)}</a>"
                ),
                numero(int(suyas["observaciones"].sum()), 0),
                f"{suyas['kpi'].n_unique()} de {sum(k.publico for k in m.kpis)}",
                (
                    f"{porcentaje(recibidos / exigibles)}<small>{recibidos} de {exigibles}</small>"
                    if exigibles
                    else NADA
                ),
                *_celdas(cuenta, m.slug),
            ]
        )
    cabecera = [
        "Misión",
        "Observaciones",
        "KPI con datos",
        "Periodos recibidos",
        *(f"{c.capitalize()}<small>explicadas</small>" for c in CONTROLES),
    ]
    return tabla_html("Resultado por misión", cabecera, filas, "numeros apilada")


def completitud(r: Resultados) -> dict[str, tuple[int, int]]:
    """Por KPI con datos: periodos del territorio recibidos y exigibles, del primero recibido a la
    fecha de corte.
    """
    t = r.catalogo.territorio
    corte = mes_de(t.fecha_corte)
    totales = r.publica.filter(pl.col("lugar") == t.ubigeo, entera())
    salida = {}
    for (codigo,), parte in totales.group_by(["kpi"], maintain_order=True):
        kpi = r.catalogo.kpis[codigo]
        paso, fines = MESES[kpi.frecuencia], set(parte["fin"].to_list())
        exigibles = set(range(min(fines), corte - kpi.gracia, paso))
        salida[codigo] = (len(fines & exigibles), len(exigibles))
    return salida


def tabla_de_advertencias(r: Resultados) -> str:
    from ..presentacion.apilada import tabla_html

    visibles = r.advertencias
    grupos = visibles.group_by("regla", "motivo", "quien", "fecha", maintain_order=True).agg(
        pl.col("kpi").unique(maintain_order=True),
        pl.col("periodo", "lugar", "fuente").first(),
        pl.len().alias("n"),
    )
    filas = [
        [
            esc(ADVERTENCIAS[g["regla"]].dice.capitalize()) + f"<small>{esc(g['regla'])}</small>",
            _sobre(r, g),
            esc(g["motivo"]),
            f"{esc(g['quien'])}<small>{esc(g['fecha'])}</small>",
        ]
        for g in grupos.iter_rows(named=True)
    ]
    # Se dice siempre: cuántas hay, o que no hay ninguna, contaría algo de lo que se protege.
    nota = (
        "<p>De los datos protegidos o de acceso restringido no se dice si tienen advertencias.</p>"
    )
    return (
        tabla_html(
            "Advertencias y su explicación",
            ["Qué se advirtió", "Sobre qué", "Explicación", "Quién"],
            filas,
        )
        if filas
        else "<p>No hay ninguna advertencia.</p>"
    ) + nota


def tabla_de_correcciones(r: Resultados) -> str:
    from ..presentacion.apilada import tabla_html
    from ..presentacion.enlaces import enlace_kpi

    visibles = r.correcciones_publicas
    if visibles.is_empty():
        return "<p>No hay ninguna corrección.</p>"
    filas = [
        [
            enlace_kpi(r, f["kpi"])
            + f"<small>{esc(r.catalogo.kpis[f['kpi']].nombre_corto)}</small>",
            f"{esc(legible(f['periodo']))}<small>{_donde(r, f['lugar'], f['grupo'])}</small>",
            esc(f["columna"]),
            *(_cifra(f[c]) + marca_html(f["naturaleza"]) for c in ("antes", "despues")),
            esc(f["motivo"]),
            f"{esc(f['quien'])}<small>{esc(f['fecha'])}</small>",
        ]
        for f in visibles.sort("fecha", "kpi", descending=[True, False]).iter_rows(named=True)
    ]
    return tabla_html(
        "Correcciones, la más reciente primero",
        ["KPI", "Medida", "Columna", "Antes", "Después", "Motivo", "Quién"],
        filas,
    )


def _donde(r: Resultados, lugar: str, grupo: str) -> str:
    """El lugar y, si la corrección es de una parte suya, el grupo."""
    nombre = esc(r.catalogo.lugares.get(lugar, lugar))
    return nombre if grupo in ("total", lugar) else f"{nombre} · {esc(grupo)}"


def _cifra(texto: str) -> str:
    """Una cifra escrita como en el resto del sitio; lo que no es número, tal cual."""
    return esc(cifra_escrita(texto)) or "vacío"


def _recuento(r: Resultados) -> pl.DataFrame:
    ciudadanos = [c for c, k in r.catalogo.kpis.items() if k.publico]
    return r.calidad.recuento.filter(pl.col("kpi").is_in(ciudadanos)).sort("fuente")


def _cuenta(advertidas: pl.DataFrame, por: str) -> Counter[tuple[str, str]]:
    return Counter({(v, c): n for v, c, n in advertidas.group_by(por, "control").len().iter_rows()})


def _celdas(cuenta: Counter[tuple[str, str]], de: str) -> list[str]:
    return [str(cuenta[de, c] or CUMPLE) for c in CONTROLES]


def _sobre(r: Resultados, g: dict) -> str:
    """A qué se refiere un grupo de advertencias: la fuente, o el indicador con su periodo y su
    lugar.
    """
    from ..presentacion.enlaces import enlace_kpi

    enlaces = ", ".join(enlace_kpi(r, k) for k in sorted(g["kpi"]))
    if g["regla"] in ("fuente-debil", "quiebre-de-metodo"):
        return f"{esc(r.catalogo.fuentes[g['fuente']].titulo)}<small>{enlaces}</small>"
    cuantas = f" · {g['n']} medidas" if g["n"] > 1 else ""
    return (
        f"{enlaces}<small>{esc(legible(g['periodo']))} ·"
        f" {esc(r.catalogo.lugares.get(g['lugar'], ''))}{cuantas}</small>"
    )
