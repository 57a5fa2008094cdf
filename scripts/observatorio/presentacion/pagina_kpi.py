"""La página de un KPI: qué se halló, por qué, cómo cambió, dónde y para quién, de dónde sale y cómo
se cita.

De lo restringido se dice solo que lo es; de lo sensible, el distrito: la tabla pública no trae nada
más.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast
from urllib.parse import quote

import polars as pl

from ..base.escapes import MARCA_DE_CLAVE, MARCA_DE_CUADERNO
from ..base.numeros import con_unidad, numero, redondeado
from ..base.palabras import al_empezar, y_en_lista
from ..base.periodos import MESES_DEL_ANIO, fecha_larga, legible, mes_legible
from ..base.plegado import plegado
from ..catalogo.gobernanza import CambioDelCatalogo
from ..catalogo.modelos import DimensionDeGrupo, Kpi
from ..catalogo.naturalezas import ROTULOS
from ..metodo.cambios import cambio_entre
from ..metodo.certeza import CLARA, NO_SE_DISTINGUE
from ..metodo.embudo import AVISO, FUERA
from ..metodo.estados import PROTEGIDO
from ..metodo.fichas import de_sucesos
from ..metodo.intervalos import con_intervalo
from ..metodo.registros import Analisis, Evaluacion
from ..metodo.senda import puntos
from ..recojo.seguimiento import Seguida, escrita
from ..resultados.control import embudo_de
from ..resultados.mision import MisionAbierta
from . import brechas
from .apilada import tabla_html, tabla_por_grupos
from .ficha import control_de_serie, ficha_html, pasos_de
from .filas import Fila, fila
from .hallazgo import Hallazgo, de_kpi
from .pasos_escritos import calculo_html
from .pieza import esc
from .por_que import por_que
from .sellos import entera_html
from .serie import Punto, Serie, serie_svg
from .tablas import Marcas, certeza_html, leyenda_html, marca_html, sello_html

CABEN = 280
"""Signos de un texto para compartir."""
RAIZ = "../.."
PROXIMAS = 3
APARTADOS = (AVISO, FUERA)


@dataclass(frozen=True, slots=True)
class Sitio:
    """De qué sitio es la página. ``comparte``: falso en periodo electoral."""

    titulo: str
    direccion: str
    fecha: str
    comparte: bool
    correo: str = ""


@dataclass(frozen=True, slots=True)
class DeFuera:
    """Lo de un KPI que no está en los resultados de su misión. ``producto``: la clave del de su
    misión; ``entregas``, las suyas del plan público.
    """

    producto: str
    correcciones: pl.DataFrame
    cambios: Sequence[CambioDelCatalogo]
    entregas: Sequence[Seguida]


@dataclass(frozen=True)
class Abierto:
    """Un KPI con lo que de él se calculó."""

    m: MisionAbierta
    kpi: Kpi
    e: Evaluacion
    a: Analisis

    @property
    def publico(self) -> bool:
        return self.kpi.publico

    @cached_property
    def fila(self) -> Fila:
        return fila(self.m, self.kpi)

    @cached_property
    def hallazgo(self) -> Hallazgo:
        return de_kpi(self.kpi, self.e, self.a)

    @cached_property
    def medidas(self) -> pl.DataFrame:
        """La serie pública del territorio, con su ``tramo``; sin lo protegido."""
        return self.m.medidas_publicadas(self.kpi.codigo)

    def cifra(self, valor: float | None) -> str:
        return con_unidad(valor, self.kpi.unidad, self.kpi.decimales)


def abiertos(m: MisionAbierta) -> list[Abierto]:
    """Los KPI de una misión, en el orden de su hoja de ruta."""
    return [Abierto(m, k, m.evaluados[k.codigo], m.analizados[k.codigo]) for k in m.hoja.kpis]


def pagina_html(k: Abierto, sitio: Sitio, fuera: DeFuera, con_lamina: bool) -> str:
    """El cuerpo de la página, sin su título."""
    secciones = [
        _cabeza(k, con_lamina),
        _serie_html(k),
        _anexos(k),
        _grupos(k),
        _procedencia(k, fuera.producto),
        _ficha(k),
        _correcciones(k, fuera),
        _responsable(k, fuera.entregas),
        _llevar(k, sitio),
    ]
    return "".join(s for s in secciones if s)


def _cabeza(k: Abierto, con_lamina: bool) -> str:
    f = k.fila
    hallado = k.hallazgo
    motivo = f' <span class="motivo">{esc(f.motivo)}</span>' if f.motivo else ""
    marca_de_la_base = marca_html(f.marca_base) if f.marca_base != f.marca_ultimo else ""
    return (
        f'<p class="hallazgo">{hallado.html}</p>'
        f'<p class="es-real"><strong>¿Es real?</strong> {es_real(k)}</p>'
        '<div class="tarjeta tarjeta-kpi"><dl class="recorrido"><div><dt>Partimos de</dt>'
        f"<dd>{esc(f.base)}{marca_de_la_base}<small>{esc(legible(f.base_periodo))}</small></dd></div>"
        f'<div class="hoy"><dt>Último dato</dt><dd>{esc(f.ultimo)}{marca_html(f.marca_ultimo)}'
        f"<small>{esc(legible(f.ultimo_periodo))}</small></dd></div>"
        f"<div><dt>Meta</dt><dd>{esc(f.meta)}<small>{esc(f.meta_periodo)}</small></dd></div></dl>"
        f"<p>{sello_html(f.estado, f.posible)}{motivo}{certeza_html(f)}</p>{_cambios(k)}</div>"
        '<details class="ficha por-que"><summary>¿Por qué este color?</summary>'
        f"<p>{esc(_porque(k))}{marca_html(k.hallazgo.naturaleza)}</p>"
        f"{calculo_html(pasos_de(k.m, k.kpi, k.e, k.a), k.a.naturaleza_analisis)}</details>"
        f"{_descargas(k.kpi.codigo, con_lamina)}"
    )


def _porque(k: Abierto) -> str:
    dicho = por_que(k.kpi, k.e, k.m.territorio.metodo)
    return f"{k.e.estado[0].upper()}{k.e.estado[1:]}: {dicho}."


def es_real(k: Abierto) -> str:
    """Si la cifra se midió y quién lo dice, en una línea de HTML."""
    p = k.m.procedencia[k.kpi.codigo]
    if not k.publico:
        return "No se publica ninguna cifra."
    if p.naturaleza is None:
        return "Todavía no hay ningún dato publicado."
    if p.naturaleza == "demostracion":
        return "No: la cifra es inventada, para mostrar cómo se verá el observatorio."
    quien = esc(p.fuente.institucion)
    if p.naturaleza == "declarado":
        return f"La declara una fuente secundaria, {quien}: no se ha visto el dato de quien midió."
    return f"Sí: la documenta {quien}; se consultó el {p.fuente.fecha_acceso}."


def _cambios(k: Abierto) -> str:
    """Frente al periodo anterior y frente al de un año antes, en el mismo tramo de la serie."""
    medidas = [f for f in k.medidas.iter_rows(named=True) if not f["mixta"]]
    if not medidas or medidas[-1]["fin"] != k.e.fin:
        return ""
    hoy = medidas[-1]
    antes = [f for f in medidas[:-1] if f["tramo"] == hoy["tramo"]]
    if not antes:
        return '<p class="cambio">No hay un dato anterior con el que compararlo.</p>'
    previo = antes[-1]
    hace_un_anio = [f for f in antes if f["fin"] == hoy["fin"] - MESES_DEL_ANIO]
    dichos = [] if k.kpi.estacional else [_cambio(k, "Desde el dato anterior", previo, hoy)]
    if hace_un_anio and (k.kpi.estacional or hace_un_anio[0]["fin"] != previo["fin"]):
        dichos.append(_cambio(k, "Desde un año antes", hace_un_anio[0], hoy))
    if not dichos:
        return '<p class="cambio">Cambia con la época y no hay un dato de un año antes.</p>'
    return f'<ul class="cambio">{"".join(dichos)}</ul>'


def _cambio(k: Abierto, rotulo: str, antes: dict[str, object], hoy: dict[str, object]) -> str:
    inicio, fin = cast(float, antes["valor"]), cast(float, hoy["valor"])
    hasta = f"{legible(str(antes['periodo']))}, {k.cifra(inicio)}"
    # La resta es de las cifras como se escriben: quien las reste ha de hallar lo mismo.
    diferencia = redondeado(fin, k.kpi.decimales) - redondeado(inicio, k.kpi.decimales)
    if not diferencia:
        dicho = "igual"
    else:
        unidad = "puntos" if k.kpi.unidad == "%" else k.kpi.unidad
        cuanto = con_unidad(abs(diferencia), unidad, k.kpi.decimales)
        dicho = f"{'subió' if diferencia > 0 else 'bajó'} {cuanto}{_rumbo(k, antes, hoy)}"
    demo = "demostracion" in (antes["naturaleza"], hoy["naturaleza"])
    # La tarjeta ya la lleva en su último dato.
    ya = k.fila.marca_ultimo == "demostracion"
    marca = marca_html("demostracion") if demo and not ya else ""
    return f"<li>{rotulo} ({esc(hasta)}): <strong>{esc(dicho)}</strong>{marca}</li>"


def _rumbo(k: Abierto, antes: dict[str, object], hoy: dict[str, object]) -> str:
    """Si es lo que se busca y con cuánta señal; nada donde no se definió, basta con mantenerse o
    no se puede probar.
    """
    if k.kpi.sentido == "no definido" or k.e.mantener:
        return ""
    ficha = k.m.evaluacion.row(by_predicate=pl.col("kpi") == k.kpi.codigo, named=True)
    hecho = cambio_entre(ficha, antes, hoy)
    if hecho.senal is None:
        return ""
    if hecho.senal == NO_SE_DISTINGUE:
        return f"; {NO_SE_DISTINGUE} del azar"
    dicho = ", como se busca" if hecho.sentido == "mejora" else ", al revés de lo que se busca"
    return dicho if hecho.senal == CLARA else f"{dicho} ({hecho.senal})"


def serie_de(k: Abierto) -> Serie:
    """La serie que se dibuja: lo medido, los logros esperados, la meta y los cambios de método."""
    codigo, kpi = k.kpi.codigo, k.kpi
    medidos = [
        Punto(fin / MESES_DEL_ANIO, valor, tramo, mixta)
        for fin, valor, tramo, mixta in k.medidas.select(
            "fin", "valor", "tramo", "mixta"
        ).iter_rows()
    ]
    comparable = codigo in k.m.con_base_comparable
    senda = [(p.fin / MESES_DEL_ANIO, p.valor) for p in puntos(kpi)] if comparable else []
    hay_meta = kpi.meta is not None and not k.e.meta_protegida and k.e.fin_meta is not None
    meta = (
        (k.e.fin_meta / MESES_DEL_ANIO, kpi.meta.valor)
        if hay_meta and kpi.meta and k.e.fin_meta
        else None
    )
    return Serie(
        medidos=medidos,
        senda=senda,
        meta=meta,
        cambios=[q / MESES_DEL_ANIO for q in k.m.meses_de_cambio(codigo)],
        rotulo=_corta(k, medidos[-1].valor) if medidos else "",
        rotulo_meta=_corta(k, meta[1]) if meta else "",
        texto=_en_palabras(k),
    )


def _corta(k: Abierto, valor: float) -> str:
    """La cifra sin su unidad, si la unidad son palabras."""
    return k.cifra(valor) if k.kpi.unidad in ("%", "S/") else numero(valor, k.kpi.decimales)


def _en_palabras(k: Abierto) -> str:
    """Lo que dice el dibujo a quien no lo ve, con las cifras que importan."""
    medidas = k.medidas
    if medidas.is_empty():
        return ""
    primera, ultima = medidas.row(0, named=True), medidas.row(-1, named=True)
    cuantas = "1 medida" if medidas.height == 1 else f"{medidas.height} medidas"
    partes = [f"Serie de {cuantas}: {k.cifra(primera['valor'])} en {legible(primera['periodo'])}"]
    if medidas.height > 1:
        partes.append(f"y {k.cifra(ultima['valor'])} en {legible(ultima['periodo'])}")
        valores = medidas["valor"]
        partes.append(
            f"; entre {k.cifra(cast(float, valores.min()))} y {k.cifra(cast(float, valores.max()))}"
        )
    if k.kpi.meta and not k.e.meta_protegida:
        partes.append(f"; meta, {k.cifra(k.kpi.meta.valor)} para {k.kpi.meta.periodo}")
    cambios = [mes_legible(q) for q in k.m.meses_de_cambio(k.kpi.codigo)]
    if cambios:
        partes.append(f"; cambió el método en {y_en_lista(cambios)}")
    return " ".join(partes).replace(" ;", ";") + "."


def _serie_html(k: Abierto) -> str:
    titulo = '<h2 id="serie">Cómo ha cambiado</h2>'
    if not k.publico:
        return ""
    if k.medidas.is_empty():
        return f"{titulo}<p>Todavía no hay ninguna medida que dibujar.</p>"
    serie = serie_de(k)
    naturalezas = set(k.medidas["naturaleza"])
    marca = marca_html("demostracion" if "demostracion" in naturalezas else "")
    leyendas = ['<span class="leyenda serie-medido">lo medido</span>']
    if serie.senda:
        leyendas.append('<span class="leyenda serie-senda">lo esperado cada año</span>')
    if serie.meta:
        leyendas.append('<span class="leyenda serie-meta">la meta</span>')
    leyendas.append('<span class="leyenda">cada punto, al cierre de su periodo</span>')
    return (
        f'{titulo}<figure class="serie-kpi"><figcaption>{esc(k.kpi.nombre_corto)}'
        f" ({esc(k.kpi.unidad)}){marca}</figcaption>{serie_svg(serie)}"
        f'<p class="leyendas">{"".join(leyendas)}</p></figure>'
        f"{_tabla_de_serie(k)}{control_de_serie(k.m, k.kpi)}"
    )


def _tabla_de_serie(k: Abierto) -> str:
    esperados = {p.fin: p.valor for p in puntos(k.kpi)} if k.fila.avance != "—" else {}
    filas_, marcas = [], Marcas.de(k.medidas["naturaleza"])
    for f in k.medidas.sort("fin", descending=True).iter_rows(named=True):
        casos = (
            f"{numero(f['numerador'], 0)} de {numero(f['denominador'], 0)}"
            if f["numerador"] is not None and f["denominador"] is not None
            else ""
        )
        filas_.append(
            [
                esc(legible(f["periodo"])),
                esc(k.cifra(f["valor"])) + marcas.de_fila(f["naturaleza"]),
                esc(k.cifra(esperados[f["fin"]])) if f["fin"] in esperados else "—",
                esc(casos) if k.kpi.formula.medida == "casos" else "",
                esc(f["estado"]),
            ]
        )
    cabecera = ["Periodo", "Medido", "Esperado", "Casos", "Validación"]
    for i in (3, 2):
        if all(f[i] in ("", "—") for f in filas_):
            cabecera.pop(i)
            filas_ = [[*f[:i], *f[i + 1 :]] for f in filas_]
    tabla = tabla_html("Las cifras del gráfico", cabecera, filas_, "numeros apilada", marcas.titulo)
    leyenda = leyenda_html(k.medidas["naturaleza"].to_list())
    return (
        '<details class="ficha"><summary>Ver las cifras del gráfico'
        f" ({k.medidas.height})</summary>{tabla}"
        f'<p class="leyendas">{leyenda}</p></details>'
    )


def _anexos(k: Abierto) -> str:
    """Los anexos en orden alfabético, con el distrito delante; lo protegido se dice."""
    if not k.publico:
        return ""
    lugar = k.m.territorio.anexos_se_llaman
    titulo = f'<h2 id="anexos">{al_empezar(lugar.uno_por_uno)}</h2>'
    ultimas = k.m.ultimas_de_anexos(k.kpi.codigo)
    if ultimas.is_empty():
        if k.kpi.sensible:
            return (
                f"{titulo}<p>Para no poner en riesgo a nadie, solo se publica"
                f" {esc(k.m.territorio.el_territorio)}.</p>"
            )
        return f"{titulo}<p>Este indicador no se mide {lugar.uno_por_uno}.</p>"
    medidas = {f["lugar"]: f for f in _con_intervalo(k, ultimas).iter_rows(named=True)}
    embudo = embudo_de(
        k.m.publicas_de(k.kpi.codigo),
        k.kpi,
        k.m.fuentes[k.kpi.fuente],
        k.m.territorio.ubigeo,
        k.m.lugares,
    )
    lecturas = {a.lugar: a.lectura for a in embudo.anexos} if embudo else {}
    escala = _Escala.de(k, list(medidas.values()))
    callados = k.m.anexos_con_algo_mas_nuevo_protegido(k.kpi.codigo)
    vistas = ultimas.filter(~pl.col("protegido"))["naturaleza"]
    marcas = Marcas.de([k.e.naturaleza, *vistas], en_tarjetas=False)
    distrito = [
        f"<strong>{esc(k.m.territorio.tipo.capitalize())} de {esc(k.m.territorio.nombre)}</strong>",
        f"<strong>{esc(k.cifra(k.e.valor) if k.e.valor is not None else 'sin dato')}</strong>"
        f"{marcas.de_fila(k.e.naturaleza or '')}"
        f"<small>{esc(legible(k.fila.ultimo_periodo))}</small>",
        _intervalo(k, k.a.minimo_95, k.a.maximo_95, k.e.valor, escala),
    ]
    filas_ = [distrito] + [
        _anexo(
            k,
            nombre,
            medidas.get(lugar),
            lecturas,
            embudo.periodo if embudo else "",
            escala,
            lugar in callados,
            marcas,
        )
        for lugar, nombre in sorted(k.m.lugares.items(), key=lambda x: plegado(x[1]))
    ]
    cabecera = ["Lugar", "Último dato", "Intervalo del 95 %"]
    nota = (
        f"La raya vertical es {esc(k.m.territorio.el_territorio)} en el mismo periodo; la"
        f" horizontal, entre qué valores puede estar cada {lugar.concordado('uno')} por contar a"
        " pocos. Se dice cuál se"
        f" aparta {esc(k.m.territorio.del_territorio)} más de lo que el azar explica. No es una"
        " lista de mejores y peores: va en orden alfabético."
    )
    return (
        f"{titulo}<p>{nota}</p>"
        + '<div class="anexos-kpi">'
        + tabla_html(
            f"La última medida de {lugar.cada}", cabecera, filas_, "numeros", marcas.titulo
        )
        + "</div>"
    )


def _con_intervalo(k: Abierto, ultimas: pl.DataFrame) -> pl.DataFrame:
    """Añade ``minimo`` y ``maximo`` al 95 %, en la unidad del KPI; nulos si no es una cifra
    contada.
    """
    fuente, kpi = k.m.fuentes[k.kpi.fuente], k.kpi
    con_ficha = ultimas.with_columns(
        casos=pl.lit(kpi.unidad == "%" and kpi.formula.medida == "casos"),
        tasa=pl.lit(de_sucesos(kpi)),
        factor=pl.lit(float(kpi.formula.factor)),
        conteo=pl.lit(fuente.conteo),
        efecto_de_diseno=pl.lit(fuente.efecto),
    )
    return con_intervalo(con_ficha).rename({"minimo_95": "minimo", "maximo_95": "maximo"})


@dataclass(frozen=True, slots=True)
class _Escala:
    """De un valor a su sitio en el dibujo de un renglón; ``distrito``, su raya."""

    bajo: float
    alto: float
    distrito: float | None

    @classmethod
    def de(cls, k: Abierto, medidas: Sequence[dict[str, float | None]]) -> _Escala:
        valores = [
            v for f in medidas for v in (f["minimo"], f["maximo"], f["valor"]) if v is not None
        ] + [v for v in (k.e.valor, k.a.minimo_95, k.a.maximo_95) if v is not None]
        return cls(min(valores, default=0.0), max(valores, default=1.0), k.e.valor)

    def x(self, v: float) -> float:
        return 4 + (v - self.bajo) / ((self.alto - self.bajo) or 1) * 112


def _anexo(
    k: Abierto,
    nombre: str,
    f: dict[str, float | None] | None,
    lecturas: dict[str, str],
    periodo: str,
    escala: _Escala,
    callado: bool,
    marcas: Marcas,
) -> list[str]:
    """Los renglones de un anexo. ``callado``: se midió después, y eso no se publica."""
    if f is None:
        return [esc(nombre), "no se midió", ""]
    if f["protegido"]:
        return [esc(nombre), PROTEGIDO, ""]
    lectura = lecturas.get(str(f["lugar"]), "") if str(f["periodo"]) == periodo else ""
    # La raya del distrito es la de su último dato: junto a una cifra de otro periodo, engaña.
    suya = escala if str(f["periodo"]) == k.e.periodo else replace(escala, distrito=None)
    mas_nuevos = "<small>hay datos más nuevos que no se publican</small>" if callado else ""
    return [
        esc(nombre),
        f"{esc(k.cifra(f['valor']))}{marcas.de_fila(str(f['naturaleza']))}"
        f"<small>{esc(legible(str(f['periodo'])))}</small>{mas_nuevos}",
        _intervalo(k, f["minimo"], f["maximo"], f["valor"], suya)
        + (f"<small><strong>{esc(lectura)}</strong></small>" if lectura in APARTADOS else ""),
    ]


def _intervalo(
    k: Abierto, minimo: float | None, maximo: float | None, valor: float | None, escala: _Escala
) -> str:
    """El intervalo dibujado y escrito; sin él, solo el punto."""
    if valor is None:
        return ""
    raya = ""
    if escala.distrito is not None:
        raya = f'<path d="M{escala.x(escala.distrito):.2f} 0V16" stroke="#5b6b73"/>'
    tramo = escrito = ""
    if minimo is not None and maximo is not None:
        tramo = (
            f'<path d="M{escala.x(minimo):.2f} 8H{escala.x(maximo):.2f}" stroke="#2b6777"'
            ' stroke-width="3" stroke-opacity=".45"/>'
        )
        escrito = f" <small>de {esc(k.cifra(minimo))} a {esc(k.cifra(maximo))}</small>"
    return (
        f'<svg class="intervalo" viewBox="0 0 120 16" width="120" height="16" aria-hidden="true">'
        f'{raya}{tramo}<circle cx="{escala.x(valor):.2f}" cy="8" r="3.5" fill="#2b6777"/></svg>'
        f"{escrito}"
    )


def _grupos(k: Abierto) -> str:
    """El último periodo de cada dimensión por la que se abre, en el orden del territorio."""
    if not k.publico:
        return ""
    c = pl.col
    propias = (
        k.m.publicas_de(k.kpi.codigo)
        .filter(
            c("lugar") == k.m.territorio.ubigeo,
            c("grupo") != "total",
            c("unidad") == "",
        )
        .with_columns(c("grupo").str.split(":").list.first().alias("dimension"))
    )
    if propias.is_empty():
        return ""
    grupos = []
    marcas = Marcas.de(propias.filter(~c("protegido"))["naturaleza"], en_tarjetas=False)
    for (dimension,), suyas in propias.partition_by(
        "dimension", as_dict=True, maintain_order=True
    ).items():
        vistas = suyas.filter(~c("protegido"))
        fin = (vistas if vistas.height else suyas)["fin"].max()
        valores = {f["grupo"]: f for f in suyas.filter(c("fin") == fin).iter_rows(named=True)}
        categorias = k.m.territorio.categorias[cast(DimensionDeGrupo, dimension)]
        filas_ = [
            _grupo(k, cat, valores[f"{dimension}:{cat}"], marcas)
            for cat in categorias
            if f"{dimension}:{cat}" in valores
        ]
        periodo = legible(str(next(iter(valores.values()))["periodo"]))
        grupos.append((f"Por {esc(str(dimension))}, {esc(periodo)}", filas_))
    return (
        '<h2 id="grupos">Entre grupos</h2>'
        + tabla_por_grupos(
            "El último dato de cada grupo", ["Grupo", "Dato"], grupos, "numeros", marcas.titulo
        )
        + _diferencias(k)
    )


def _grupo(k: Abierto, categoria: str, f: dict[str, object], marcas: Marcas) -> list[str]:
    valor = cast("float | None", f["valor"])
    cifra = esc(k.cifra(valor)) + marcas.de_fila(str(f["naturaleza"]))
    dicho = PROTEGIDO if f["protegido"] else cifra
    return [esc(brechas.categoria(categoria)), dicho]


def _diferencias(k: Abierto) -> str:
    suyas = [d for d in brechas.escritas(k.m) if d.codigo == k.kpi.codigo]
    marcas = Marcas.de((d.naturaleza for d in suyas), en_tarjetas=False)
    dichas = "".join(
        f"<li>{esc(d.entre)}: {esc(d.brecha)}{marcas.de_fila(d.naturaleza)} entre el mayor y el"
        f" menor; {esc(d.azar)}.</li>"
        for d in suyas
    )
    return f"<p>Lo que los separa:{marcas.titulo}</p><ul>{dichas}</ul>" if dichas else ""


def _procedencia(k: Abierto, producto: str) -> str:
    sello = entera_html(k.m.procedencia[k.kpi.codigo])
    cuaderno = f"{RAIZ}/{k.m.procedencia[k.kpi.codigo].cuaderno}"
    puesto = sello.replace(MARCA_DE_CLAVE, producto).replace(MARCA_DE_CUADERNO, cuaderno)
    return f'<h2 id="procedencia">De dónde sale</h2><div class="ficha">{puesto}</div>'


def _ficha(k: Abierto) -> str:
    return (
        f'<h2 id="ficha">Ficha técnica</h2><div class="ficha">{ficha_html(k.m, k.kpi, k.e)}</div>'
    )


def _correcciones(k: Abierto, fuera: DeFuera) -> str:
    partes = ['<h2 id="correcciones">Correcciones y versiones</h2>']
    if fuera.correcciones.is_empty():
        partes.append(
            "<p>El observatorio no corrigió ninguna; las que dicen «corregido» las corrigió la"
            " fuente.</p>"
            if k.publico
            else "<p>No se publica ninguna cifra suya.</p>"
        )
    else:
        filas_ = [
            [
                esc(legible(f["periodo"])),
                esc(_lugar(k, f["lugar"]))
                + (f"<small>{esc(f['grupo'])}</small>" if f["grupo"] != "total" else ""),
                f"{esc(f['antes'])} → {esc(f['despues'])}<small>{esc(f['columna'])}</small>",
                f"{esc(f['motivo'])}<small>{esc(f['quien'])}, {esc(f['fecha'])}</small>",
            ]
            for f in fuera.correcciones.iter_rows(named=True)
        ]
        partes.append(
            tabla_html("Cifras corregidas", ["Periodo", "Lugar", "Cambio", "Motivo"], filas_)
        )
    if fuera.cambios:
        filas_ = [
            [esc(fecha_larga(c.fecha.isoformat())), esc(c.que), esc(c.por_que)]
            for c in fuera.cambios
        ]
        partes.append(tabla_html("Cambios de su ficha", ["Fecha", "Qué cambió", "Por qué"], filas_))
    partes.append(
        f'<p>Lo que cambió de una edición a otra está en <a href="{RAIZ}/novedades.html">'
        "Novedades</a>.</p>"
    )
    return "".join(partes)


def _lugar(k: Abierto, codigo: str) -> str:
    return k.m.lugares.get(codigo, k.m.territorio.nombre)


def _responsable(k: Abierto, entregas: Sequence[Seguida]) -> str:
    partes = [
        '<h2 id="responsable">Quién responde y qué falta</h2>'
        f"<p>Responde <strong>{esc(k.kpi.responsable)}</strong>.</p>"
    ]
    if not k.kpi.se_sigue_en_publico:
        partes.append("<p>Sus entregas no van en el plan público.</p>")
        return "".join(partes)
    deben = [s for s in entregas if s.situacion in ("atrasado", "incompleto")]
    vienen = [s for s in entregas if s.situacion == "por llegar"][:PROXIMAS]
    dichas = "".join(
        f"<li>{esc(legible(s.entrega.periodo))}: hasta el"
        f" {fecha_larga(s.entrega.vence.isoformat())}, {esc(s.motivo or escrita(s))}</li>"
        for s in [*deben, *vienen]
    )
    partes.append(f"<ul>{dichas}</ul>" if dichas else "<p>No queda ninguna entrega en el año.</p>")
    partes.append(f'<p><a href="{RAIZ}/plan.html">El plan de recojo entero</a>.</p>')
    return "".join(partes)


def _descargas(codigo: str, con_lamina: bool) -> str:
    enlaces = [
        (f"{RAIZ}/datos/kpi/{codigo}.csv", "Datos", "CSV"),
        (f"{RAIZ}/datos/kpi/{codigo}.json", "Todo", "JSON"),
    ] + ([("grafico.png", "Gráfico", "PNG")] if con_lamina else [])
    botones = "".join(
        f'<li><a class="boton secundario" href="{href}">{texto} <small>{tipo}</small></a></li>'
        for href, texto, tipo in enlaces
    )
    return f'<ul class="acciones" aria-label="Descargas de este indicador">{botones}</ul>'


def _llevar(k: Abierto, sitio: Sitio) -> str:
    compartir = (
        f"<p>Para compartir:</p><blockquote><p>{esc(para_compartir(k, sitio))}</p></blockquote>"
        if sitio.comparte
        else ""
    )
    return (
        '<h2 id="citar">Citar y compartir</h2>'
        f"<p>Para citar:</p><blockquote><p>{esc(cita(k, sitio))}</p></blockquote>{compartir}"
        f"{_comentar(k, sitio)}"
    )


def _comentar(k: Abierto, sitio: Sitio) -> str:
    """Un correo ya empezado, con el código y la dirección: así se sabe de qué cifra habla."""
    if not sitio.correo:
        return ""
    asunto = f"Comentario sobre {k.kpi.codigo}"
    cuerpo = (
        f"Sobre {k.kpi.codigo}, {k.kpi.nombre_corto}\n{direccion(k.kpi.codigo, sitio)}\nDatos al"
        f" {sitio.fecha}\n\nQué debería decir, y cómo lo sé (sin nombres de personas):\n\n"
    )
    correo = f"mailto:{sitio.correo}?subject={quote(asunto)}&body={quote(cuerpo)}"
    return (
        f'<p id="comentar">¿No cuadra con lo que usted ve? <a href="{esc(correo)}">Coméntelo por'
        " correo</a>: lleva ya la dirección de esta cifra."
        ' <a href="../../novedades.html#respuestas">Qué se respondió a otros</a>.</p>'
    )


def direccion(codigo: str, sitio: Sitio) -> str:
    """La dirección permanente, como se escribe en una cita."""
    return f"{sitio.direccion}/indicadores/{codigo}/"


def cita(k: Abierto, sitio: Sitio) -> str:
    """Título, fecha de la edición y dirección; lo de demostración lo dice."""
    marca = f" [{ROTULOS['demostracion'].sello}]" if k.hallazgo.naturaleza == "demostracion" else ""
    return (
        f"{sitio.titulo}. «{k.kpi.nombre}» ({k.kpi.codigo}){marca}. Datos al {sitio.fecha}."
        f" {direccion(k.kpi.codigo, sitio)} CC BY 4.0."
    )


def para_compartir(k: Abierto, sitio: Sitio) -> str:
    """El hallazgo con la marca, la fecha y la dirección, en ``CABEN`` signos; si no cabe, el
    nombre.
    """
    cierre = f" Datos al {sitio.fecha}. {direccion(k.kpi.codigo, sitio)}"
    hallado = k.hallazgo
    entero = f"{k.kpi.nombre_corto}. {hallado.compartible}{cierre}"
    if len(entero) <= CABEN:
        return entero
    corto = Hallazgo(f"{k.kpi.nombre_corto}: {k.e.estado}.", hallado.naturaleza)
    return f"{corto.compartible}{cierre}"
