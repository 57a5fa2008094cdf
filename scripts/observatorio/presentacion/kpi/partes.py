"""La última medida de un KPI anexo por anexo y grupo por grupo; lo protegido se dice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import polars as pl

from ...base.palabras import al_empezar
from ...base.periodos import legible
from ...base.plegado import plegado
from ...catalogo.modelos import DimensionDeGrupo
from ...metodo.embudo import AVISO, FUERA
from ...metodo.estados import PROTEGIDO
from ...metodo.fichas import de_sucesos
from ...metodo.intervalos import con_intervalo
from ...resultados.control import embudo_de
from .. import brechas
from ..apilada import tabla_html, tabla_por_grupos
from ..pieza import esc
from ..tablas import Marcas
from .abierto import Abierto

APARTADOS = (AVISO, FUERA)


def anexos_html(k: Abierto) -> str:
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


def grupos_html(k: Abierto) -> str:
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
