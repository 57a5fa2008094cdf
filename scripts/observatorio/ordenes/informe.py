"""El informe de la compuerta: para la terminal y para programas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..base.palabras import contados
from ..catalogo import Catalogo
from ..datos.advertencias import ADVERTENCIAS
from ..datos.calidad import por_control
from ..datos.control_de_regla import CONTROLES, control_de
from ..datos.observaciones import Validacion
from ..errores import ErrorDeDatos

MAXIMO_POR_REGLA, FILAS_DICHAS = 50, 10
CON_VALIDAR = "todas, con: observatorio validar --json"
AL_REPETIR = "corrija estas y repita la orden: dirá las que queden"
"""De un archivo que aún no está en el proyecto."""


def texto_valido(catalogo: Catalogo, v: Validacion) -> str:
    """Qué se revisó y con qué resultado, control por control."""
    lineas = [f"{'control':<14} {'reglas':>6} {'errores':>8}   advertencias"]
    for fila in por_control(v.calidad):
        dicho = f"{fila['advertencias']} justificadas" if fila["advertencias"] else "ninguna"
        lineas.append(f"{fila['control']:<14} {fila['reglas']:>6} {0:>8}   {dicho}")
    if v.compacta.is_empty():
        lineas.append(
            "Atención: no hay ninguna observación; todos los indicadores quedan «sin datos»."
        )
    lineas.append(
        f"Todo en orden: {contados(v.compacta.height, 'observaciones')}, {len(catalogo.kpis)} KPI,"
        f" {len(catalogo.okrs)} OKR, {contados(v.correcciones.height, 'correcciones')}."
    )
    return "\n".join(lineas)


def texto_invalido(errores: Sequence[ErrorDeDatos], las_demas: str = CON_VALIDAR) -> str:
    """Los errores, luego las advertencias sin justificar, y al final cuántos de cada control y
    archivo.

    ``las_demas``: cómo se ven las que, por ser muchas de una regla, no se escriben.
    """
    malos, dudosos = _separar(errores)
    partes = list(_sin_repetirse(malos, las_demas))
    if dudosos:
        partes += ["", "Advertencias sin justificar:", *_sin_repetirse(dudosos, las_demas)]
    for titulo, clave in (
        ("Por control", lambda e: control_de(e.regla)),
        ("Por archivo", lambda e: e.archivo),
    ):
        cuenta = Counter(clave(e) for e in errores)
        partes += [
            "",
            f"{titulo}:",
            *(
                f"  {n:>6,}  {nombre}"
                for nombre, n in sorted(cuenta.items(), key=lambda x: (-x[1], x[0]))
            ),
        ]
    return "\n".join(partes)


def cuantos(errores: Sequence[ErrorDeDatos]) -> str:
    """«3 defectos y 1 advertencia sin justificar»."""
    malos, dudosos = (len(x) for x in _separar(errores))
    dichos = [_plural(malos, "defecto", "defectos")] if malos else []
    dichos += (
        [_plural(dudosos, "advertencia", "advertencias") + " sin justificar"] if dudosos else []
    )
    return " y ".join(dichos)


def json_valido(catalogo: Catalogo, v: Validacion) -> dict[str, object]:
    return {
        "valido": True,
        "observaciones": v.compacta.height,
        "kpis": len(catalogo.kpis),
        "okrs": len(catalogo.okrs),
        "correcciones": v.correcciones.height,
        "controles": {f["control"]: f for f in por_control(v.calidad)},
        "errores": [],
        "advertencias": v.calidad.con_control().to_dicts(),
    }


def json_invalido(errores: Sequence[ErrorDeDatos]) -> dict[str, object]:
    malos, dudosos = (
        [e.como_dict() | {"control": control_de(e.regla)} for e in x] for x in _separar(errores)
    )
    cuenta = Counter(control_de(e.regla) for e in errores)
    return {
        "valido": False,
        "controles": {c: {"control": c, "defectos": cuenta[c]} for c in CONTROLES},
        "errores": malos,
        "advertencias": dudosos,
    }


def _separar(errores: Sequence[ErrorDeDatos]) -> tuple[list[ErrorDeDatos], list[ErrorDeDatos]]:
    return [e for e in errores if e.regla not in ADVERTENCIAS], [
        e for e in errores if e.regla in ADVERTENCIAS
    ]


def _sin_repetirse(errores: Sequence[ErrorDeDatos], las_demas: str) -> Iterator[str]:
    """Los errores, juntos los que solo difieren en la fila; de una misma regla, columna y archivo,
    los primeros y cuántos más hay.
    """
    iguales: dict[tuple[str, str | None, str | None, str, str], list[ErrorDeDatos]] = {}
    for e in errores:
        iguales.setdefault((e.archivo, e.columna, e.valor, e.regla, e.remedio), []).append(e)
    callados: Counter[tuple[str, str]] = Counter()
    dichos: Counter[tuple[str, str | None, str]] = Counter()
    for (archivo, columna, _, regla, _), suyos in iguales.items():
        dichos[archivo, columna, regla] += 1
        if dichos[archivo, columna, regla] <= MAXIMO_POR_REGLA:
            yield str(suyos[0]) + _otras_filas(suyos[1:])
        else:
            callados[archivo, regla] += len(suyos)
    for (archivo, regla), n in callados.items():
        yield f"{archivo}: {n:,} más con la regla {regla} ({las_demas})"


def _otras_filas(errores: Sequence[ErrorDeDatos]) -> str:
    filas = [str(e.fila) for e in errores]
    if not filas:
        return ""
    mas = f" y {len(filas) - FILAS_DICHAS:,} más" if len(filas) > FILAS_DICHAS else ""
    return (
        f"\n    lo mismo en {'la fila' if len(filas) == 1 else 'las filas'}"
        f" {', '.join(filas[:FILAS_DICHAS])}{mas}"
    )


def _plural(n: int, uno: str, varios: str) -> str:
    return f"1 {uno}" if n == 1 else f"{n:,} {varios}"
