"""El mapa de una misión: un croquis del territorio con un símbolo por anexo y, al lado, la tabla de
lo mismo.

Solo lleva cifras de anexos: la del distrito no se pinta sobre ninguno, va en la tabla. Lo protegido
y lo que no se midió tienen su símbolo. El color no es la única señal: el tamaño dice lo mismo, y
cada símbolo lleva el número de su fila.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..base.escapes import xml
from ..base.numeros import con_unidad, redondeado
from ..base.palabras import al_empezar
from ..base.periodos import legible
from ..base.plegado import plegado
from ..catalogo.direcciones import pagina_de_kpi
from ..catalogo.modelos import Kpi
from ..catalogo.nombre_de_lugar import NombreDeLugar
from ..catalogo.territorio import Lugar
from ..metodo.estados import PROTEGIDO
from ..resultados.mision import MisionAbierta
from .apilada import tabla_html
from .graficos.graficos import AVISO_DEMO
from .pieza import Pieza, esc
from .serie import TINTA
from .tablas import marca_html

ANCHO, BORDE, PIE = 340, 18, 24
LETRA = 12.5
SEPARACION = 27.0
"""Entre los centros de dos símbolos: el mayor mide 13 de radio."""
VUELTAS = 400
CERCA = 13.0
"""Un símbolo que se apartó menos que esto sigue tapando su sitio."""
CLASES = (("#dbe8ea", TINTA, 10.0), ("#8fb8c0", TINTA, 11.5), ("#1f5563", "#ffffff", 13.0))
"""Fondo, tinta y radio, de la cifra más baja a la más alta."""
TRAZO, CONTORNO, VACIO = "#17343d", "#8d8276", "#ffffff"
BASTAN = 3
"""Anexos con cifra que hacen útil un mapa."""
SIN_MEDIR = "no se midió"
POR_CONFIRMAR = "\u00a0*"


@dataclass(frozen=True, slots=True)
class Marca:
    """Un anexo en el mapa. ``cifra``: como se escribe; ``clase``, la de su valor, o nada si es
    protegido o no se midió.
    """

    numero: int
    anexo: Lugar
    cifra: str
    periodo: str = ""
    clase: int | None = None
    naturaleza: str = ""
    mas_nuevo: bool = False


def mapa(m: MisionAbierta) -> Pieza:
    """El del primer KPI con bastantes anexos a la vista, los de la meta delante; vacía si ninguno
    tiene cifra.
    """
    codigo = _elegido(m)
    if codigo is None:
        return Pieza("mapa")
    kpi = m.fichas[codigo]
    cortes, marcas = _marcas(m, kpi)
    demo = any(x.naturaleza == "demostracion" for x in marcas)
    marca = marca_html("demostracion") if demo else ""
    html = (
        f'<h3 id="mapa">En el mapa: {esc(kpi.nombre_corto)}</h3>'
        f"<p>{_como_se_lee(m, kpi)}{_de_varios_periodos(marcas)}</p>"
        f'<div class="mapa"><figure><figcaption>{esc(kpi.nombre_corto)} ({esc(kpi.unidad)}){marca}'
        f"</figcaption>{_svg(m, kpi, marcas, demo)}{_leyenda(kpi, cortes, marcas)}</figure>"
        '<details class="tabla-del-mapa" open><summary>'
        f"{al_empezar(m.territorio.anexos_se_llaman.uno_por_uno)}, en tabla</summary>"
        f"{_tabla(m, kpi, marcas, marca)}</details></div>"
    )
    return Pieza("mapa", html)


def _elegido(m: MisionAbierta) -> str | None:
    vistos = {k: m.por_anexo(k)["protegido"].not_().sum() for k in m.kpis_con_anexos}
    bastantes = [k for k, n in vistos.items() if n >= BASTAN]
    return bastantes[0] if bastantes else max(vistos, key=vistos.__getitem__, default=None)


def _marcas(m: MisionAbierta, kpi: Kpi) -> tuple[list[float], list[Marca]]:
    """Los cortes entre las clases, con sus dos extremos, y los anexos en orden alfabético."""
    medidas = {f["lugar"]: f for f in m.ultimas_de_anexos(kpi.codigo).iter_rows(named=True)}
    callados = m.anexos_con_algo_mas_nuevo_protegido(kpi.codigo)
    valores = [
        redondeado(f["valor"], kpi.decimales) for f in medidas.values() if not f["protegido"]
    ]
    cortes = _cortes(valores, kpi.decimales)
    marcas = []
    en_orden = sorted(m.territorio.anexos, key=lambda a: plegado(a.nombre))
    for numero, anexo in enumerate(en_orden, 1):
        f = medidas.get(anexo.codigo)
        if f is None:
            marcas.append(Marca(numero, anexo, SIN_MEDIR))
        elif f["protegido"]:
            marcas.append(Marca(numero, anexo, PROTEGIDO))
        else:
            marcas.append(
                Marca(
                    numero,
                    anexo,
                    con_unidad(f["valor"], kpi.unidad, kpi.decimales),
                    str(f["periodo"]),
                    _clase(redondeado(f["valor"], kpi.decimales), cortes),
                    str(f["naturaleza"]),
                    anexo.codigo in callados,
                )
            )
    return cortes, marcas


def _cortes(valores: Sequence[float], decimales: int) -> list[float]:
    """Tramos iguales entre la menor y la mayor, redondeados como se escriben; uno solo si no dan
    para más.
    """
    bajo, alto = min(valores), max(valores)
    paso = (alto - bajo) / len(CLASES)
    cortes = [redondeado(bajo + i * paso, decimales) for i in range(1, len(CLASES))]
    entero = [bajo, *cortes, alto]
    return entero if len(set(entero)) == len(entero) else [bajo, alto]


def _clase(valor: float, cortes: Sequence[float]) -> int:
    """El tramo en que cae: el corte es del de abajo."""
    return sum(valor > corte for corte in cortes[1:-1])


def _como_se_lee(m: MisionAbierta, kpi: Kpi) -> str:
    lugar = m.territorio.anexos_se_llaman
    de_que = (
        "El contorno es un croquis para orientarse, no un límite legal"
        if m.territorio.limite
        else "Es un croquis para orientarse"
    )
    return (
        f"{de_que}; cada símbolo es {lugar.un}, con su número en la tabla; los que estarían encima"
        " de otro se apartan un poco."
        " Más oscuro y más grande es una cifra más alta, que no siempre es"
        f" mejor. La cifra {esc(m.territorio.del_territorio)} no se pinta en {lugar.ningun}: está"
        " en la tabla. Donde se cuenta a pocos, la cifra se mueve mucho:"
        f' <a href="../../{pagina_de_kpi(kpi.codigo)}#anexos">los intervalos de {kpi.codigo}</a>.'
    )


def _de_varios_periodos(marcas: Sequence[Marca]) -> str:
    if len(_periodos(marcas)) == 1:
        return ""
    return " No todas son del mismo periodo: la tabla dice el de cada una."


def _periodos(marcas: Sequence[Marca]) -> list[str]:
    return sorted({x.periodo for x in marcas if x.periodo})


@dataclass(frozen=True, slots=True)
class _Plano:
    """De longitud y latitud a la superficie del dibujo, sin deformar: un grado de longitud mide lo
    que a la latitud del medio.
    """

    oeste: float
    norte: float
    por_grado: float
    achatado: float
    alto: float

    @classmethod
    def de(cls, m: MisionAbierta) -> _Plano:
        t = m.territorio
        puntos = [*t.limite, *((a.lon, a.lat) for a in t.anexos)]
        oeste, este = min(x for x, _ in puntos), max(x for x, _ in puntos)
        sur, norte = min(y for _, y in puntos), max(y for _, y in puntos)
        # En milésimas: el coseno no es el mismo bit por bit en todas las máquinas.
        achatado = round(math.cos(math.radians((sur + norte) / 2)), 3)
        largo = max(este - oeste, 1e-6) * achatado
        por_grado = min((ANCHO - 2 * BORDE) / largo, 1.6 * ANCHO / max(norte - sur, 1e-6))
        return cls(oeste, norte, por_grado, achatado, (norte - sur) * por_grado + 2 * BORDE)

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        return (
            BORDE + (lon - self.oeste) * self.achatado * self.por_grado,
            BORDE + (self.norte - lat) * self.por_grado,
        )


def separados(
    puntos: Sequence[tuple[float, float]], ancho: float, alto: float
) -> list[tuple[float, float]]:
    """Los mismos puntos, apartados hasta que ningún símbolo tape a otro y todos quepan."""
    xs, ys = [x for x, _ in puntos], [y for _, y in puntos]
    for _ in range(VUELTAS):
        quietos = True
        for i in range(len(xs)):
            for j in range(i):
                dx, dy = xs[i] - xs[j], ys[i] - ys[j]
                lejos = math.sqrt(dx * dx + dy * dy)
                if lejos >= SEPARACION - 0.01:
                    continue
                quietos = False
                if lejos < 1e-6:
                    dx, dy, lejos = 1.0, 0.5 * (i % 3 - 1), 1.0
                empuje = (SEPARACION - min(lejos, SEPARACION)) / 2 / lejos
                xs[i], ys[i] = xs[i] + dx * empuje, ys[i] + dy * empuje
                xs[j], ys[j] = xs[j] - dx * empuje, ys[j] - dy * empuje
        xs = [min(max(x, BORDE), ancho - BORDE) for x in xs]
        ys = [min(max(y, BORDE), alto - BORDE) for y in ys]
        if quietos:
            break
    return list(zip(xs, ys, strict=True))


def _svg(m: MisionAbierta, kpi: Kpi, marcas: Sequence[Marca], demo: bool) -> str:
    plano, lugar = _Plano.de(m), m.territorio.anexos_se_llaman
    sitios = [plano(x.anexo.lon, x.anexo.lat) for x in marcas]
    puestos = separados(sitios, ANCHO, plano.alto)
    alto = plano.alto + (PIE if demo else 0)
    clave = f"mapa-{m.hoja.codigo.lower()}"
    partes = [_contorno(plano, m.territorio.limite)]
    partes += [
        f'<path d="M{x0:.1f} {y0:.1f}L{x:.1f} {y:.1f}" stroke="{TRAZO}"/>'
        f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="2" fill="{TRAZO}"/>'
        for (x0, y0), (x, y) in zip(sitios, puestos, strict=True)
        if math.sqrt((x - x0) ** 2 + (y - y0) ** 2) > CERCA
    ]
    partes += [_simbolo(marca, x, y) for marca, (x, y) in zip(marcas, puestos, strict=True)]
    if demo:
        partes.append(
            f'<text x="{ANCHO / 2}" y="{alto - 7:.1f}" text-anchor="middle" font-weight="bold"'
            f' fill="#7a2e06">{xml(AVISO_DEMO)}</text>'
        )
    return (
        f'<svg viewBox="0 0 {ANCHO} {alto:.0f}" width="{ANCHO}" height="{alto:.0f}" role="img"'
        f' aria-labelledby="{clave}-titulo {clave}-dicho" font-size="{LETRA}">'
        f'<title id="{clave}-titulo">Croquis: {xml(kpi.nombre_corto)} en {lugar.cada}</title>'
        f'<desc id="{clave}-dicho">{xml(_en_palabras(marcas, lugar))}</desc>{"".join(partes)}</svg>'
    )


def _contorno(plano: _Plano, limite: Sequence[tuple[float, float]]) -> str:
    if not limite:
        return ""
    camino = "L".join(f"{x:.1f} {y:.1f}" for x, y in (plano(lon, lat) for lon, lat in limite))
    return f'<path d="M{camino}Z" fill="#f6f0e6" stroke="{CONTORNO}" stroke-dasharray="4 3"/>'


def _simbolo(marca: Marca, x: float, y: float) -> str:
    fondo, tinta, radio = CLASES[marca.clase] if marca.clase is not None else (VACIO, TINTA, 11.0)
    return (
        _forma(marca.cifra, marca.clase, x, y, fondo, radio)
        + f'<text x="{x:.1f}" y="{y + 4.4:.1f}" text-anchor="middle" fill="{tinta}">'
        f"{marca.numero}</text>"
    )


def _forma(cifra: str, clase: int | None, x: float, y: float, fondo: str, radio: float) -> str:
    """Un círculo para una cifra, uno de raya partida para lo protegido, un cuadrado para lo que no
    se midió.
    """
    if clase is None and cifra == SIN_MEDIR:
        return (
            f'<rect x="{x - 9.5:.1f}" y="{y - 9.5:.1f}" width="19" height="19" fill="{fondo}"'
            f' stroke="{CONTORNO}"/>'
        )
    partida = ' stroke-width="2" stroke-dasharray="3 2.5"' if clase is None else ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radio:g}" fill="{fondo}" stroke="{TRAZO}"'
        f"{partida}/>"
    )


def _en_palabras(marcas: Sequence[Marca], lugar: NombreDeLugar) -> str:
    cuentas = _cuentas(marcas)
    con = [x for x in marcas if x.clase is not None]
    partes = [f"{len(con)} de {lugar.contados(len(marcas))} con cifra"]
    partes += [f"{n} con «{dicho}»" for dicho, n in cuentas.items() if n]
    return f"{', '.join(partes)}. La tabla dice la de cada {lugar.concordado('uno')}."


def _cuentas(marcas: Sequence[Marca]) -> Mapping[str, int]:
    return {
        dicho: sum(x.clase is None and x.cifra == dicho for x in marcas)
        for dicho in (PROTEGIDO, SIN_MEDIR)
    }


def _leyenda(kpi: Kpi, cortes: Sequence[float], marcas: Sequence[Marca]) -> str:
    escritos = [con_unidad(c, kpi.unidad, kpi.decimales) for c in cortes]
    filas = [
        (_forma("", clase, 14, 14, CLASES[clase][0], CLASES[clase][2]), _tramo(a, b))
        for clase, (a, b) in enumerate(pairwise(escritos))
    ]
    filas += [
        (_forma(dicho, None, 14, 14, VACIO, 11.0), f"{esc(dicho)} ({n})")
        for dicho, n in _cuentas(marcas).items()
        if n
    ]
    renglones = "".join(
        f'<li><svg viewBox="0 0 28 28" width="28" height="28" aria-hidden="true">{forma}</svg>'
        f" {dicho}</li>"
        for forma, dicho in filas
    )
    return f'<ul class="leyenda-mapa" aria-label="Qué dice cada símbolo">{renglones}</ul>'


def _tramo(desde: str, hasta: str) -> str:
    return esc(desde) if desde == hasta else f"de {esc(desde)} a {esc(hasta)}"


def _tabla(m: MisionAbierta, kpi: Kpi, marcas: Sequence[Marca], marca: str) -> str:
    e = m.evaluados[kpi.codigo]
    del_todo = con_unidad(e.valor, kpi.unidad, kpi.decimales) if e.valor is not None else "sin dato"
    t, periodos = m.territorio, _periodos(marcas)
    # El periodo que vale para toda la tabla se dice una vez, en su título.
    comun = periodos[0] if {*periodos, e.periodo} == {periodos[0]} else ""
    filas = [
        [
            f"<strong>{esc(t.tipo.capitalize())} de {esc(t.nombre)}</strong>",
            f"<strong>{esc(del_todo)}</strong>{_periodo(e.periodo or '', comun)}",
        ]
    ]
    filas += [
        [
            f'<span class="numero-de-mapa">{x.numero}</span> {esc(x.anexo.nombre)}'
            + ("" if x.anexo.confirmado else POR_CONFIRMAR),
            esc(x.cifra)
            + _periodo(x.periodo, comun)
            + ("<small>hay datos más nuevos que no se publican</small>" if x.mas_nuevo else ""),
        ]
        for x in marcas
    ]
    nota = (
        ""
        if all(a.confirmado for a in t.anexos)
        else f"<p><small>{POR_CONFIRMAR.strip()} Está por confirmar que sea"
        f" {t.anexos_se_llaman.un}.</small></p>"
    )
    titulo = f"{kpi.nombre_corto}, {t.anexos_se_llaman.uno_por_uno}" + (
        f", {legible(comun)}" if comun else ""
    )
    tabla = tabla_html(titulo, ["Lugar", "Último dato"], filas, "numeros", marca)
    return f"<div>{tabla}{nota}</div>"


def _periodo(suyo: str, comun: str) -> str:
    return f"<small>{esc(legible(suyo))}</small>" if suyo and suyo != comun else ""
