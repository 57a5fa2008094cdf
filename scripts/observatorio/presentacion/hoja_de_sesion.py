"""Lo que rodea a los cuadros de un boletín de sesión, la ficha de cada misión y la imagen del
mensaje, como marcado de ``sesion.typ``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..base.numeros import porcentaje
from ..base.palabras import al_empezar
from ..base.periodos import fecha_larga
from ..metodo.estados import POR_NOMBRE
from ..resultados.boletin import IndicadorMostrado, Lugar, MisionMostrada, ParaLaSesion
from .apartado import en_lineas
from .boletin import NOTA_DE_NATURALEZA, lista, marca, partible, sello
from .certeza import CLARO, COMO_SE_LEE, POSIBLE, en_renglones
from .filas import avance_dicho, cotas_dichas
from .pieza import Pieza, esc, tcadena, tesc
from .tablas import marca_html

FICHA = "Ficha ejecutiva"


def portada(b: ParaLaSesion) -> Pieza:
    """Cómo va el conjunto, en una frase: lo primero del boletín."""
    naturaleza = "demostracion" if b.demostracion else ""
    return Pieza(
        "portada",
        f"<h1>{esc(titulo(b))}</h1><p>{esc(b.hallazgo)}{marca_html(naturaleza)}</p>",
        f"#resumen[{tesc(b.hallazgo)}{_marca(naturaleza)}]",
    )


def titulo(b: ParaLaSesion) -> str:
    """«Comité Estratégico, sesión 3»; un simulacro lo dice."""
    ensayo = " (simulacro)" if b.simulacro else ""
    segunda = ", segunda convocatoria" if b.convocatoria == "segunda" else ""
    return f"{b.comite}, sesión {b.acta}{segunda}{ensayo}"


def hoja(b: ParaLaSesion, cuerpo: str) -> str:
    """El boletín entero: ``cuerpo`` es lo que su cuaderno dejó, ya en Typst."""
    comun = _de_sesion(
        b, titulo(b), "Boletín para la sesión", ("Su sesión anterior", al_empezar(b.desde_dicho))
    )
    return f"#show: hoja.with({comun}, notas: true)\n\n{cuerpo}\n"


def ficha(b: ParaLaSesion, m: MisionMostrada) -> str:
    """La ficha ejecutiva de una misión que se lleva a una sesión, en una página."""
    comun = _de_sesion(b, nombre_de_mision(m), FICHA, ("Para", titulo(b)), m.slug)
    return f"#show: hoja.with({comun})\n\n{_ficha(b.lugar, m)}"


def ficha_publica(lugar: Lugar, fecha_corte: str, m: MisionMostrada, uso: str) -> str:
    """La misma ficha sin sesión, como se publica; ``uso``: el aviso de una edición restringida."""
    datos = fecha_larga(fecha_corte)
    cifras = (x for i in m.indicadores for x in (i.base_naturaleza, i.naturaleza))
    comun = _hoja(
        nombre_de_mision(m),
        FICHA,
        lugar,
        m.nombre_corto,
        datos,
        (("Datos al", datos), ("Plan", lugar.plan)),
        demostracion=m.demostracion or "demostracion" in cifras,
        uso=uso,
        mision=m.slug,
    )
    return f"#show: hoja.with({comun})\n\n{_ficha(lugar, m)}"


def nombre_de_mision(m: MisionMostrada) -> str:
    return f"{m.codigo} · {m.nombre}"


def _ficha(lugar: Lugar, m: MisionMostrada) -> str:
    demo = _marca("demostracion" if m.demostracion else "")
    valores = lista("none" if v is None else f"{v:.4f}" for v in (m.avance, m.minimo, m.maximo))
    estados = lista(f"({_del_estado(e, n)}, {n})" for e, n in m.estados)
    interes = tesc(m.interes)
    como_se_lee = COMO_SE_LEE if any(i.senal for i in m.indicadores) else ""
    return (
        f"#ficha(horizonte: [{lugar.horizonte}], meta: [{tesc(m.meta)}],"
        f" hallazgo: [{tesc(m.hallazgo)}{demo}],"
        f" avance: [{tesc(avance_dicho(m.avance))}{demo}],"
        f" cotas: [{tesc(cotas_dichas(m.minimo, m.maximo))}], valores: {valores},"
        f" evaluados: [{m.evaluados} de {m.kpis}{demo}],"
        f" retrocesos: [{m.claros + m.posibles}{demo}],"
        f" salvedad: [{tesc(_salvedad(m))}], estados: {estados},"
        f" como-se-lee: [{tesc(como_se_lee)}],"
        f" indicadores: {lista(map(_indicador, m.indicadores))},"
        f" aprobacion: [{tesc(m.aprobacion)}], interes: [{interes}])\n"
    )


def imagen(b: ParaLaSesion, cabeza: Sequence[str], puntos: Sequence[str], fin: str) -> str:
    """La imagen que se reenvía: lo mismo que el mensaje, con su fecha, sus marcas y su enlace."""
    misiones = lista(
        f"([{tesc(m.codigo)}], [{tesc(m.nombre_corto)}],"
        f" {'none' if m.avance is None else f'{m.avance:.4f}'},"
        f" [{tesc(porcentaje(m.avance))}{_marca('demostracion' if m.demostracion else '')}])"
        for m in b.misiones
    )
    return (
        f"#imagen(titulo: [{tesc(titulo(b))}], sitio: [{tesc(b.lugar.sitio)}],"
        f" lugar: [{tesc(b.lugar.junto_al_sitio)}], fecha: [{tesc(fecha_larga(b.fecha))}],"
        f" datos: [{tesc(fecha_larga(b.fecha_corte))}],"
        f" simulacro: {_si(b.simulacro)}, demostracion: {_si(b.demostracion)},"
        f" hallazgo: [{tesc(cabeza[1])}], aviso: [{tesc(' '.join(cabeza[2:]))}],"
        f" puntos: {lista(f'[{tesc(p)}]' for p in puntos)}, marca: [{tesc(fin)}],"
        f" misiones: {misiones}, direccion: {tcadena(b.lugar.direccion)})\n"
    )


def _de_sesion(
    b: ParaLaSesion, de_que: str, clase: str, mas: tuple[str, str], mision: str = ""
) -> str:
    """Los argumentos de ``hoja`` de un papel de sesión; ``mas``: lo que su encabezado dice tras las
    dos fechas.
    """
    datos = fecha_larga(b.fecha_corte)
    return _hoja(
        de_que,
        clase,
        b.lugar,
        b.comite,
        datos,
        (("Sesión", fecha_larga(b.fecha)), ("Datos al", datos), mas),
        simulacro=b.simulacro,
        demostracion=b.demostracion,
        mision=mision,
    )


def _hoja(
    de_que: str,
    clase: str,
    lugar: Lugar,
    de_quien: str,
    datos: str,
    encabezado: Sequence[tuple[str, str]],
    simulacro: bool = False,
    demostracion: bool = False,
    uso: str = "",
    mision: str = "",
) -> str:
    """``mision``: la de cuya página se da la dirección; si no se dice, la del sitio."""
    direccion = f"{lugar.direccion.rstrip('/')}/misiones/{mision}/" if mision else lugar.direccion
    pares = lista(f"([{tesc(rotulo)}], [{tesc(valor)}])" for rotulo, valor in encabezado)
    return (
        f"titulo: {tcadena(de_que)}, clase: [{tesc(clase)}], sitio: {tcadena(lugar.sitio)},"
        f" lugar: [{tesc(lugar.junto_al_sitio)}],"
        f" de-quien: [{tesc(de_quien)}], datos: [{tesc(datos)}],"
        f" letras: [{tesc(NOTA_DE_NATURALEZA)}], encabezado: {pares},"
        f" simulacro: {_si(simulacro)}, demostracion: {_si(demostracion)},"
        f" uso: {tcadena(uso)}, direccion: {tcadena(direccion)}"
    )


def _indicador(i: IndicadorMostrado) -> str:
    def cifra(escrita: str, periodo: str, naturaleza: str | None = None) -> str:
        return f"([{partible(escrita)}{_marca(naturaleza)}], [{tesc(periodo)}])"

    esperado = "none" if i.esperado is None else f"{i.esperado:.4f}"
    avance = "none" if i.avance is None else f"{i.avance:.4f}"
    return (
        f"\n  (nombre: [{tesc(i.nombre)}], codigo: [{tesc(i.kpi)}], principal: {_si(i.principal)},"
        f" base: {cifra(i.base, i.base_periodo, i.base_naturaleza)},"
        f" hoy: {cifra(i.hoy, i.periodo, i.naturaleza)}, meta: {cifra(i.meta, i.meta_periodo)},"
        f" avance: {avance}, esperado: {esperado}, estado: [{sello(i.estado, i.posible)}],"
        f" senal: [{en_lineas(en_renglones(i.senal))}])"
    )


def _salvedad(m: MisionMostrada) -> str:
    if not m.claros + m.posibles:
        return "ninguno está peor que al empezar"
    dichos = [f"{m.claros} {CLARO} con señal clara"] if m.claros else []
    dichos += [f"{m.posibles} {POSIBLE} por confirmar"] if m.posibles else []
    return f"peor que al empezar: {', '.join(dichos)}"


def _del_estado(nombre: str, cuantos: int) -> str:
    e = POR_NOMBRE[nombre]
    return f'{tcadena(e.id)}, {tcadena(e.contado(cuantos))}, "{e.tinta}", "{e.fondo}"'


def _marca(naturaleza: str | None) -> str:
    return marca(naturaleza) if naturaleza else ""


def _si(valor: bool) -> str:
    return "true" if valor else "false"
