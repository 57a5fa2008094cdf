"""El hallazgo: la frase que abre una página, hecha solo con lo que dicen los datos.

Una por KPI, por misión, para la portada y por anexo. No lleva adjetivo que una cifra no sostenga, y
cuán seguro es lo que dice va con las palabras de ``metodo.certeza``: *señal clara*, *probable* o
*no se distingue*.

===========================================  ======================================================
``de_kpi(kpi, e, a) -> Hallazgo``            ``kpi``, su ficha; ``e`` y ``a``, su evaluación y
                                             su análisis (``r.evaluados[c]``, ``r.analizados[c]``)
``de_conjunto(e, a) -> Hallazgo``            una misión o la portada: evaluaciones y análisis por
                                             código, de los KPI que se resumen
``de_anexos(r) -> {código: Hallazgo}``       todos los anexos, en el orden del territorio
``de_anexo(nombre, cuenta, total) -> Hallazgo``  uno, ya contado (``cuentas_de_anexos(r)[código]``)
===========================================  ======================================================

``Hallazgo.html`` trae la marca de demostración en su sitio; ``Hallazgo.texto``, la frase sola, y
``Hallazgo.compartible``, la frase con la marca escrita, para donde solo cabe texto.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from ..base.numeros import con_unidad, numero, porcentaje
from ..base.periodos import de_periodo, en_periodo
from ..catalogo.modelos import Kpi
from ..catalogo.naturalezas import ROTULOS
from ..datos.columnas import entera
from ..metodo.certeza import CLARA, NO_SE_DISTINGUE
from ..metodo.embudo import AVISO, DENTRO, FUERA
from ..metodo.estados import PROTEGIDO, RETROCESO
from ..metodo.registros import Analisis, Evaluacion
from ..resultados.resultados import Resultados
from .pieza import esc
from .tablas import marca_html

DEMOSTRACION = "demostracion"
AL_PASO = ("alcanzado", "en ruta")
MAS_LENTO = ("requiere acelerar", "rezagado")
DOS_PUNTOS = re.compile(r"(?<!\.)\.\.$")
CORTAS = ("%", "S/")
"""Las unidades de un signo, que acompañan a cada cifra."""


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """Una frase con su punto final y la naturaleza menos firme de las cifras que la sostienen."""

    texto: str
    naturaleza: str = ""

    @property
    def html(self) -> str:
        """La frase escapada, con la marca de lo que no está documentado."""
        return esc(self.texto) + marca_html(self.naturaleza)

    @property
    def compartible(self) -> str:
        """Solo texto: la de demostración empieza diciéndolo."""
        if self.naturaleza != DEMOSTRACION:
            return self.texto
        dicho = ROTULOS[DEMOSTRACION].sello
        return f"{dicho[0].upper()}{dicho[1:]}. {self.texto}"


def de_kpi(kpi: Kpi, e: Evaluacion, a: Analisis) -> Hallazgo:
    """Qué dice un KPI hoy, según su estado; de lo protegido no lleva ninguna cifra."""
    if e.estado == "sin datos":
        return _sin_datos(kpi, e)
    if e.estado == PROTEGIDO:
        return Hallazgo(
            "Su dato no se publica: permitiría señalar a pocas personas."
            if e.publico
            else f"Su dato no se publica: es de acceso «{e.acceso}»."
        )
    if e.estado in _SIN_EVALUAR:
        hoy = f"Su último dato es {_cifra(kpi, e.valor)}, {de_periodo(e.periodo or '')}"
        dicho = f"{hoy}; {_SIN_EVALUAR[e.estado](e)}."
    elif e.mantener:
        dicho = _mantener(kpi, e, a)
    elif e.estado == RETROCESO:
        dicho = _retroceso(kpi, e, a)
    else:
        dicho = _en_camino(kpi, e, a)
    # La abreviatura de una unidad ya trae el punto final.
    return Hallazgo(DOS_PUNTOS.sub(".", dicho), e.naturaleza_resultado or "")


def _sin_datos(kpi: Kpi, e: Evaluacion) -> Hallazgo:
    no_se_dice = "no se puede decir cómo va"
    if e.motivo == "fuente sin cobertura distrital":
        return Hallazgo(f"Su fuente no da la cifra del territorio: {no_se_dice}.")
    base = kpi.linea_base
    if base is None or e.base_protegida:
        return Hallazgo(f"Todavía no hay ningún dato publicado: {no_se_dice}.")
    return Hallazgo(
        f"No hay ningún dato posterior a su línea de base, {_partida(kpi, base.valor)}"
        f" {en_periodo(base.periodo_efectivo)}: {no_se_dice}.",
        base.naturaleza,
    )


def _sin_meta(e: Evaluacion) -> str:
    return (
        "su meta es un dato protegido, y no se dice cómo va"
        if e.meta_protegida
        else "el comité aún no fijó su meta, y no se puede decir cómo va"
    )


def _sin_base(e: Evaluacion) -> str:
    if e.base_protegida:
        return "su línea de base es un dato protegido, y no se dice cómo va"
    if e.quebrada:
        return "la fuente cambió de método después de la línea de base, y no se comparan"
    return "no hay línea de base con la que comparar"


def _vencido(e: Evaluacion) -> str:
    return "es demasiado antiguo para decir cómo va"


_SIN_EVALUAR = {
    "sin meta": _sin_meta,
    "sin línea de base": _sin_base,
    "dato vencido": _vencido,
}


def _mantener(kpi: Kpi, e: Evaluacion, a: Analisis) -> str:
    holgura = f" ± {numero(e.tolerancia, kpi.decimales)}" if e.tolerancia else ""
    dentro = e.estado == "alcanzado"
    cabeza = "Se mantiene dentro de sus límites" if dentro else "Está fuera de sus límites"
    detalle = f"{_hoy(kpi, e)}, y se pide {_sin_unidad(kpi, e.m)}{holgura}"
    return _con_senal(cabeza, detalle, a.senal_paso, "si está dentro o fuera")


def _retroceso(kpi: Kpi, e: Evaluacion, a: Analisis) -> str:
    detalle = f"{_hoy(kpi, e)}, y partió de {_partida(kpi, e.b)}"
    return _con_senal("Está peor que en su línea de base", detalle, a.senal_base, "si empeoró")


def _en_camino(kpi: Kpi, e: Evaluacion, a: Analisis) -> str:
    plazo = f" para {kpi.meta.periodo}" if kpi.meta else ""
    meta = f"{_sin_unidad(kpi, e.m)}{plazo}"
    if e.estado == "alcanzado":
        cabeza, duda = "Llegó a su meta", "si ya llegó"
        detalle = f"{_hoy(kpi, e)}, y se pedía {meta}"
    else:
        cabeza, duda = _paso(kpi, e), "si va al paso"
        detalle = f"{_hoy(kpi, e)}, partió de {_partida(kpi, e.b)} y la meta es {meta}"
    return _con_senal(cabeza, detalle, a.senal_paso, duda)


def _paso(kpi: Kpi, e: Evaluacion) -> str:
    if e.estado == "en ruta":
        return "Va al paso que pide su meta"
    if numero(e.valor, kpi.decimales) == numero(e.b, kpi.decimales):
        return "Sigue donde partió"
    return f"Avanza, pero al {porcentaje(e.ritmo)} del paso que pide su meta"


def _con_senal(cabeza: str, detalle: str, senal: str | None, duda: str) -> str:
    """«Cabeza (señal clara): detalle.»; lo que no se distingue se dice al final, con su duda, y
    donde no hay señal no se dice nada.
    """
    if senal == NO_SE_DISTINGUE:
        return f"{cabeza}: {detalle}; con los casos contados {senal} {duda}."
    return f"{cabeza}{f' ({senal})' if senal else ''}: {detalle}."


def _hoy(kpi: Kpi, e: Evaluacion) -> str:
    return f"{_cifra(kpi, e.valor)} {en_periodo(e.periodo or '')}"


def _partida(kpi: Kpi, valor: float | None) -> str:
    """La línea de base, con la cota con que la dice su fuente."""
    cota = kpi.linea_base.cota if kpi.linea_base else None
    return (cota or "") + _sin_unidad(kpi, valor)


def _cifra(kpi: Kpi, valor: float | None) -> str:
    return con_unidad(valor, kpi.unidad, kpi.decimales)


def _sin_unidad(kpi: Kpi, valor: float | None) -> str:
    """Como se escribe; una unidad de palabras se dice una vez en la frase, y no tres."""
    return _cifra(kpi, valor) if kpi.unidad in CORTAS else numero(valor, kpi.decimales)


def de_conjunto(
    evaluados: Mapping[str, Evaluacion], analizados: Mapping[str, Analisis]
) -> Hallazgo:
    """Cuántos van al paso, cuántos más despacio, cuántos peor que su línea de base y de cuántos no
    se sabe.
    """
    todos = list(evaluados.values())
    cuenta = Counter(e.estado for e in todos)
    bien, lento = (sum(cuenta[s] for s in grupo) for grupo in (AL_PASO, MAS_LENTO))
    mal = cuenta[RETROCESO]
    duda = len(todos) - bien - lento - mal
    if not todos:
        return Hallazgo("Todavía no hay ningún indicador.")
    if duda == len(todos):
        return Hallazgo(
            f"De ninguno de sus {numero(duda, 0)} indicadores se puede decir todavía cómo va."
            if duda > 1
            else "De su único indicador no se puede decir todavía cómo va."
        )
    claros = sum(
        e.estado == RETROCESO and analizados[c].senal_base == CLARA for c, e in evaluados.items()
    )
    partes = [_van_al_paso(bien, len(todos))]
    if lento:
        partes.append(f"{numero(lento, 0)} {'va' if lento == 1 else 'van'} más despacio")
    if mal:
        partes.append(
            f"{numero(mal, 0)} {'está' if mal == 1 else 'están'} peor que en su línea de base"
            f"{_o_fuera(todos)}{_de_ellos(claros, mal)}"
        )
    frase = "; ".join(partes)
    if duda:
        frase += f". De {numero(duda, 0)} no se puede decir todavía"
    usadas = {e.naturaleza_resultado for e in todos if e.avance is not None or e.mantener}
    return Hallazgo(f"{frase}.", DEMOSTRACION if DEMOSTRACION in usadas else "")


def _van_al_paso(n: int, de: int) -> str:
    if de == 1:
        return f"Su único indicador {'va' if n else 'no va'} al paso que pide su meta"
    total = f"{numero(de, 0)} indicadores"
    if not n:
        return f"Ninguno de {total} va al paso que pide su meta"
    return (
        f"1 de {total} va al paso que pide su meta"
        if n == 1
        else f"{numero(n, 0)} de {total} van al paso que pide su meta"
    )


def _o_fuera(todos: Iterable[Evaluacion]) -> str:
    """De quien debe mantenerse no se mide si está peor, sino si salió de sus límites."""
    sale = any(e.estado == RETROCESO and e.mantener for e in todos)
    return " o fuera de sus límites" if sale else ""


def _de_ellos(claros: int, todos: int) -> str:
    if todos == 1:
        return f", {CLARA}" if claros else ", sin señal clara"
    if not claros:
        return ", ninguno con señal clara"
    return f", {'todos' if claros == todos else numero(claros, 0)} con {CLARA}"


@dataclass(frozen=True, slots=True)
class CuentaDeAnexo:
    """De los KPI que se abren por anexo, en cuántos hay cifra pública de este, en cuántos se
    protege, y cómo se leen los comparables frente al distrito; sin nombrar ninguno mejor.
    ``sin_datos``: los que se piden por anexo y todavía no tienen medida en ninguno; ``lugar``: cómo
    se llama un anexo.
    """

    abiertos: int
    publicados: int
    protegidos: int
    dentro: int
    apartados: int
    naturaleza: str = ""
    sin_datos: int = 0
    lugar: str = "anexo"

    @property
    def sin_medir(self) -> int:
        return self.abiertos - self.publicados - self.protegidos


def cuentas_de_anexos(r: Resultados) -> dict[str, CuentaDeAnexo]:
    """``código del anexo → su cuenta``, de la tabla pública y en el orden del territorio.

    Solo cuentan los KPI ciudadanos y no sensibles: de los demás no se publica nada por anexo. Una
    cifra agrupada es pública: la agrupó la privacidad.
    """
    nombres = {a.codigo: a.nombre for a in r.catalogo.territorio.anexos}
    abiertos = [k for k in r.catalogo.kpis.values() if k.publico_por_anexo]
    suyas = (
        r.publica.filter(
            pl.col("kpi").is_in([k.codigo for k in abiertos]),
            pl.col("lugar").is_in(list(nombres)),
            entera(),
        )
        .select("kpi", "lugar", "protegido", "naturaleza")
        .rows()
    )
    medidos = {(kpi, lugar) for kpi, lugar, *_ in suyas}
    publicados = {(kpi, lugar) for kpi, lugar, protegido, _ in suyas if not protegido}
    con_cifra = Counter(lugar for _, lugar in publicados)
    ocultos = Counter(lugar for _, lugar in medidos - publicados)
    demo = {lugar for _, lugar, protegido, n in suyas if not protegido and n == DEMOSTRACION}
    sin_datos = len(abiertos) - len({kpi for kpi, _ in medidos})
    lecturas: dict[str, Counter[str]] = {lugar: Counter() for lugar in nombres}
    for k in abiertos:
        if embudo := r.embudos[k.codigo]:
            for anexo in embudo.anexos:
                lecturas[anexo.lugar][anexo.lectura] += 1
    return {
        lugar: CuentaDeAnexo(
            len(abiertos),
            con_cifra[lugar],
            ocultos[lugar],
            lecturas[lugar][DENTRO],
            lecturas[lugar][AVISO] + lecturas[lugar][FUERA],
            DEMOSTRACION if lugar in demo else "",
            sin_datos,
            r.catalogo.territorio.anexos_se_llaman.singular,
        )
        for lugar in nombres
    }


def de_anexos(r: Resultados) -> dict[str, Hallazgo]:
    """``código del anexo → su hallazgo``."""
    t = r.catalogo.territorio
    nombres = {a.codigo: a.nombre for a in t.anexos}
    return {
        c: de_anexo(nombres[c], cuenta, t.el_territorio)
        for c, cuenta in cuentas_de_anexos(r).items()
    }


def de_anexo(nombre: str, cuenta: CuentaDeAnexo, total: str) -> Hallazgo:
    """Qué se puede decir de un anexo, y por qué no más; ``total``: con qué se compara, «el
    distrito».
    """
    if not cuenta.abiertos:
        return Hallazgo(f"De {nombre} no se mide ningún indicador por separado.")
    if not cuenta.publicados:
        return Hallazgo(
            f"De {nombre} no se publica ninguna cifra {_de_los(cuenta)}: {_por_que_no(cuenta)}."
        )
    partes = [f"De {nombre} se publican cifras {_de_los(cuenta)}"]
    if cuenta.dentro or cuenta.apartados:
        partes.append(_frente_al_total(cuenta, total))
    frase = "; ".join(partes)
    if cuenta.publicados < cuenta.abiertos:
        frase += f". De los demás no: {_por_que_no(cuenta)}"
    return Hallazgo(f"{frase}.", cuenta.naturaleza)


def _de_los(cuenta: CuentaDeAnexo) -> str:
    if cuenta.abiertos == 1:
        se_hace = "pide" if cuenta.sin_datos else "mide"
        return f"del único indicador que se {se_hace} por {cuenta.lugar}"
    todos = f"de los {numero(cuenta.abiertos, 0)} indicadores que se " + (
        f"piden por {cuenta.lugar} (hay datos de {numero(cuenta.abiertos - cuenta.sin_datos, 0)})"
        if cuenta.sin_datos
        else f"miden por {cuenta.lugar}"
    )
    parte = 0 < cuenta.publicados < cuenta.abiertos
    return f"de {numero(cuenta.publicados, 0)} {todos}" if parte else todos


def _por_que_no(cuenta: CuentaDeAnexo) -> str:
    """Cuántos se protegen y cuántos no se midieron aquí."""
    dichos: Iterable[str] = (
        f"{numero(n, 0)} {uno if n == 1 else varios}"
        for n, uno, varios in (
            (
                cuenta.protegidos,
                "se protege, para no señalar a nadie",
                "se protegen, para no señalar a nadie",
            ),
            (cuenta.sin_medir, "no se midió aquí", "no se midieron aquí"),
        )
        if n
    )
    return ", y ".join(dichos)


def _frente_al_total(cuenta: CuentaDeAnexo, total: str) -> str:
    """Cuántos se apartan de ``total`` más de lo que explica contar a pocos."""
    comparados = cuenta.dentro + cuenta.apartados
    if not cuenta.apartados:
        return (
            f"el que se puede comparar con {total} no se aparta más de lo que el azar explica"
            if comparados == 1
            else f"ninguno de los {numero(comparados, 0)} que se pueden comparar con {total} se"
            " aparta más de lo que el azar explica"
        )
    if comparados == 1:
        return f"el que se puede comparar con {total} se aparta más de lo que el azar explica"
    return (
        f"de los {numero(comparados, 0)} que se pueden comparar con {total},"
        f" {numero(cuenta.apartados, 0)}"
        f" {'se aparta' if cuenta.apartados == 1 else 'se apartan'} más de lo que el azar explica"
    )
