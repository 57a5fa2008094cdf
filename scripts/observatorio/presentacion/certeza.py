"""Cuán seguro es un estado, en palabras: dos preguntas por KPI y los retrocesos claros y
posibles.
"""

from __future__ import annotations

from ..base.palabras import al_empezar
from ..metodo.certeza import CLARA, NO_SE_DISTINGUE
from ..metodo.estados import RETROCESO
from ..metodo.registros import Analisis, Evaluacion, Retrocesos

CLARO, POSIBLE = "▼", "▽"
"""El retroceso con señal clara y el posible: la marca llena y la hueca."""
COMO_SE_LEE = (
    "«Peor» dice si está peor que al empezar; «al paso», si va como pide su meta; «no se"
    " distingue», que los casos contados no bastan para saberlo."
)
"""Qué responde ``en_breve``, donde nada más lo dice."""


def preguntas(e: Evaluacion, a: Analisis) -> tuple[str, ...]:
    """«¿Peor que la base? Sí, probable.» y «¿Al paso? No, señal clara.»; ninguna donde no hay
    señal.
    """
    if a.senal_base is None or a.senal_paso is None:
        return ()
    if e.mantener:
        return (f"¿Dentro de sus límites? {_respuesta(a.al_paso, a.senal_paso)}",)
    return (
        f"¿Peor que la base? {_respuesta(a.peor, a.senal_base)}",
        f"¿Al paso? {_respuesta(a.al_paso, a.senal_paso)}",
    )


def en_breve(e: Evaluacion, a: Analisis) -> tuple[str, ...]:
    """Lo mismo para una columna estrecha: «Peor: sí, probable» y «Al paso: no, señal clara»."""
    if a.senal_base is None or a.senal_paso is None:
        return ()
    if e.mantener:
        return (f"En sus límites: {con_su_senal(a.al_paso, a.senal_paso)}",)
    return (
        f"Peor: {con_su_senal(a.peor, a.senal_base)}",
        f"Al paso: {con_su_senal(a.al_paso, a.senal_paso)}",
    )


def en_una_linea(e: Evaluacion, a: Analisis) -> str:
    """Lo mismo en un renglón: «Peor: sí, probable; al paso: no, señal clara»."""
    return "; ".join(
        dicha if i == 0 else dicha[0].lower() + dicha[1:] for i, dicha in enumerate(en_breve(e, a))
    )


def en_renglones(linea: str) -> str:
    """Lo que escribió ``en_una_linea``, con cada respuesta en su renglón."""
    return "\n".join(map(al_empezar, linea.split("; ")))


def _respuesta(dicha: str | None, senal: str) -> str:
    texto = con_su_senal(dicha, senal)
    return f"{texto[0].upper()}{texto[1:]}."


def con_su_senal(dicha: str | None, senal: str) -> str:
    """«sí, probable»; lo que no se distingue no es ni sí ni no."""
    return senal if senal == NO_SE_DISTINGUE or dicha is None else f"{dicha}, {senal}"


def es_posible(e: Evaluacion, a: Analisis) -> bool:
    """¿Es un retroceso sin señal clara? Lleva la marca hueca."""
    return e.estado == RETROCESO and a.senal_base != CLARA


def salvedad(retrocesos: Retrocesos) -> str:
    """De los que retroceden, cuántos con señal clara y cuántos posibles; vacía si ninguno."""
    dichos = [
        f"{n} {palabra}\u00a0{marca}"
        for n, palabra, marca in (
            (retrocesos.claros, "con señal clara", CLARO),
            (retrocesos.posibles, "posible" if retrocesos.posibles == 1 else "posibles", POSIBLE),
        )
        if n
    ]
    return ", ".join(dichos)
