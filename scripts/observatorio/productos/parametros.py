"""Los parámetros del método como piezas: la prosa que los cita dice siempre los que rigen.

En línea, ``[]{.pieza nombre="k"}``; en bloque, ``::: {.pieza nombre="niveles"}``.
"""

from __future__ import annotations

from collections.abc import Callable

from ..base.numeros import numero, porcentaje
from ..base.palabras import al_empezar, en_palabras, y_en_lista
from ..base.periodos import fecha_larga
from ..catalogo.territorio import Metodo, Territorio
from ..presentacion.pieza import esc
from ..presentacion.sello_conjunto import linea_html
from ..resultados.procedencia import ProcedenciaReunida, TarjetaDeFuente
from ..resultados.resultados import Resultados

AVANCES = (0.40, 0.70, 1.20)
"""Avance de los tres KPI del OKR que explica *Metodología*; el último se recorta a 1."""


def escrito(valor: float, decimales: int = 2) -> str:
    """Un parámetro con los decimales que necesita: 3, 0.95, 2.5."""
    return numero(valor, decimales).rstrip("0").rstrip(".") if valor % 1 else numero(valor, 0)


def reparto(metodo: Metodo) -> dict[int, float]:
    """Los pesos en números cómodos de leer: los del comité, o el numerador de la fórmula de rangos
    (3, 2, 1).
    """
    return (
        dict(metodo.pesos_nivel)
        if metodo.pesos_nivel
        else {n: float(len(metodo.niveles) + 1 - n) for n in metodo.numeros_de_nivel}
    )


def ejemplo(metodo: Metodo) -> list[tuple[int, float]]:
    """Nivel y avance de los tres KPI del ejemplo; con menos de tres niveles, repite el último."""
    return [(min(n, len(metodo.niveles)), a) for n, a in enumerate(AVANCES, 1)]


def sello(r: Resultados) -> str:
    """La línea al pie de lo que sale de los parámetros: quién los declara, a qué fecha y si están
    aprobados.
    """
    t = r.catalogo.territorio
    declara = f"{t.sitio.responsable}, parámetros del método"
    origen = ProcedenciaReunida(
        fuentes=(TarjetaDeFuente.propia(declara, t.fecha_corte),),
        fecha_dato=None,
        validacion=None,
        naturaleza=None,
        cifras=0,
        sin_reparos=0,
        aprobacion=r.aprobaciones.de("metodologia"),
        cuadernos=(),
    )
    return linea_html(origen, ("Parámetros en JSON", "@raiz@/datos/metodo.json"))


def _niveles(m: Metodo) -> str:
    from ..presentacion.apilada import tabla_html

    filas = [
        [f"{n}, {esc(nivel.nombre)}", esc(nivel.mide), escrito(reparto(m)[n])]
        for n, nivel in enumerate(m.niveles, 1)
    ]
    titulo = (
        f"Los {en_palabras(len(filas))} niveles de contribución y su peso"
        if len(filas) > 1
        else "El nivel de contribución y su peso"
    )
    return tabla_html(titulo, ["Nivel", "Qué mide", "Peso"], filas)


def _ejemplo_de_pesos(m: Metodo) -> str:
    """La fórmula de rangos con los niveles declarados, sumada a mano."""
    numeros = m.numeros_de_nivel
    rangos, total = [str(n) for n in reversed(numeros)], sum(numeros)
    pesan = [f"el nivel {n} pesa {w}/{total}" for n, w in zip(numeros, rangos, strict=True)]
    cuantos = len(rangos)
    return (
        f"Con {en_palabras(cuantos)} {'nivel' if cuantos == 1 else 'niveles'}, la suma de abajo es "
        f"{' + '.join(rangos)}{f' = {total}' if cuantos > 1 else ''}. "
        f"{al_empezar(y_en_lista(pesan))}. Es lo mismo que decir {' : '.join(rangos)}."
    )


def _origen_de_los_pesos(m: Metodo) -> str:
    dichos = " : ".join(escrito(w) for _, w in sorted(reparto(m).items()))
    if m.pesos_nivel:
        return (
            f"Hoy rigen los pesos que fijó el comité estratégico, {dichos}. Si no los fijara,"
            " saldrían de la fórmula de rangos de CEPLAN."
        )
    return (
        f"Hoy los pesos, {dichos}, salen de la fórmula de rangos de CEPLAN; el comité estratégico"
        " puede acordar otros."
    )


def _ejemplo_de_promedio(m: Metodo) -> str:
    peso = reparto(m)
    recortado = [(peso[n], min(a, 1.0)) for n, a in ejemplo(m)]
    suma, total = sum(w * a for w, a in recortado), sum(w for w, _ in recortado)
    cuenta = " + ".join(f"{escrito(w)} × {escrito(a)}" for w, a in recortado)
    return (
        f"({cuenta}) / ({' + '.join(escrito(w) for w, _ in recortado)}) = {numero(suma, 2)} /"
        f" {escrito(total)} = {numero(suma / total, 2)}"
    )


def _ejemplo_de_cotas(m: Metodo) -> str:
    """El mismo OKR sin su tercer KPI."""
    peso = reparto(m)
    (w1, a1), (w2, a2), (w3, _) = ((peso[n], a) for n, a in ejemplo(m))
    suma, total = w1 * a1 + w2 * a2, w1 + w2 + w3
    return (
        f"El avance es ({numero(w1 * a1, 2)} + {numero(w2 * a2, 2)}) / {escrito(w1 + w2)} ="
        f" {numero(suma / (w1 + w2), 2)}. Con el que falta en 0 sería {numero(suma, 2)} /"
        f" {escrito(total)} = {numero(suma / total, 2)}; con el que falta en 1,"
        f" {numero(suma + w3, 2)} / {escrito(total)} = {numero((suma + w3) / total, 2)}."
    )


PARAMETROS: dict[str, Callable[[Metodo], str]] = {
    "niveles": _niveles,
    "origen-de-los-pesos": _origen_de_los_pesos,
    "ejemplo-de-pesos": _ejemplo_de_pesos,
    "ejemplo-de-niveles": lambda m: y_en_lista(str(n) for n, _ in ejemplo(m)),
    "ejemplo-de-promedio": _ejemplo_de_promedio,
    "ejemplo-de-cotas": _ejemplo_de_cotas,
    "en-ruta": lambda m: numero(m.bandas.en_ruta, 2),
    "requiere-acelerar": lambda m: numero(m.bandas.requiere_acelerar, 2),
    "cobertura-minima": lambda m: porcentaje(m.cobertura_minima),
    "k": lambda m: str(m.k),
    "k-menos-1": lambda m: str(m.k - 1),
}


def piezas(r: Resultados) -> dict[str, str]:
    """``nombre → HTML`` de cada parámetro con los valores de ``territorio.yml``."""
    piezas = {nombre: hacer(r.catalogo.territorio.metodo) for nombre, hacer in PARAMETROS.items()}
    territorio = r.catalogo.territorio
    return piezas | {
        "niveles": piezas["niveles"] + sello(r),
        "retraso-sensible": _meses(territorio.sensibles.retraso_meses),
        "periodo-electoral": _periodo_electoral(territorio),
    }


def _meses(n: int) -> str:
    return "un mes" if n == 1 else f"{en_palabras(n)} meses"


def _periodo_electoral(t: Territorio) -> str:
    """Si rige un periodo electoral, qué se suspende, y la opinión legal que lo decidió."""
    p = t.periodo_electoral
    if p is None:
        return (
            "<p>En periodo electoral no se hacen láminas para compartir, carteles ni correos"
            " masivos, ni se publican cargos; los datos siguen. Hoy no hay ninguno declarado.</p>"
        )
    rige = (
        "Mientras dura no se hacen láminas para compartir, carteles ni correos masivos, ni se"
        " publican cargos; los datos siguen."
        if t.en_periodo_electoral
        else "A la fecha de corte no rige."
    )
    o = p.opinion_legal
    desde, hasta, emitida = (fecha_larga(d.isoformat()) for d in (p.desde, p.hasta, o.fecha))
    return (
        f"<p><strong>Periodo electoral</strong>, del {desde} al {hasta}. {rige} Opinión legal:"
        f" {esc(o.documento)}, del {emitida}. {esc(o.resumen)}</p>"
    )
