"""``observatorio comparar``: dos ediciones lado a lado, para personas y para programas."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from ..errores import ErrorDeUso
from ..rutas import Proyecto
from . import ediciones, publicada, resumen
from .diferencias import NADA, Cambio, como_dict, comparar, version

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")
ANCHO = 46


def comparar_ediciones(proyecto: Proyecto, antes: str | None, ahora: str | None) -> dict:
    """``{antes, ahora, version, cambios, medidas}``; ``medidas`` lista celda por celda si ambas ediciones están aquí.

    Lanza ``ErrorDeUso`` si falta alguna.
    """
    b = carpeta_de(proyecto, ahora) if ahora else proyecto.ediciones / (ediciones.actual(proyecto) or "ninguna")
    if not b.is_dir():
        raise ErrorDeUso("todavía no hay ninguna edición construida: ejecute observatorio construir")
    despues = resumen.de_edicion(b)
    if antes is None:
        registro = publicada.ultima(proyecto)
        if registro is None:
            raise ErrorDeUso("todavía no se publicó ninguna edición: diga cuáles comparar, observatorio comparar EDICION EDICION")
        nombre, previo, base, medidas = registro["edicion"], registro["resumen"], registro["version"], []
    else:
        a = carpeta_de(proyecto, antes)
        nombre, previo, base = ediciones.identificador_de(a), resumen.de_edicion(a), "1.0.0"
        medidas = _medidas(a / "datos" / "observaciones.csv", b / "datos" / "observaciones.csv")
    cambios = comparar(previo, despues)
    salto = version(base, cambios)
    return {
        "antes": nombre, "ahora": ediciones.identificador_de(b), "salto": _salto(base, salto), "cambios": como_dict(cambios), "medidas": medidas,
    }


def carpeta_de(proyecto: Proyecto, nombre: str) -> Path:
    """Una edición por su identificador o por su carpeta. Lanza ``ErrorDeUso`` si no lo es."""
    for carpeta in (proyecto.ediciones / nombre, Path(nombre)):
        if (carpeta / ediciones.MANIFIESTO).is_file():
            return carpeta.resolve()
    hay = ", ".join(p.name for p in ediciones.conservadas(proyecto)) or "ninguna"
    raise ErrorDeUso(f"«{nombre}» no es una edición; las que hay aquí: {hay}")


def _salto(antes: str, ahora: str) -> str:
    if antes == ahora:
        return "ninguno"
    partes = [a != b for a, b in zip(antes.split("."), ahora.split("."), strict=True)]
    return ("mayor", "menor", "corrección")[partes.index(True)]


def _medidas(antes: Path, ahora: Path) -> list[dict[str, str]]:
    """Cada celda pública que entró, salió o cambió de valor."""
    a, b = ({tuple(f[c] for c in CLAVE): f for f in resumen.filas(ruta)} for ruta in (antes, ahora))
    lista = []
    for clave in sorted(a.keys() | b.keys()):
        viejo, nuevo = (_valor(t.get(clave)) for t in (a, b))
        if viejo != nuevo:
            lista.append(dict(zip(CLAVE, clave, strict=True)) | {"antes": viejo, "ahora": nuevo})
    return lista


def _valor(fila: dict[str, str] | None) -> str:
    if fila is None:
        return NADA
    if not fila["valor"]:
        return fila["estado_publico"]
    razon = f" ({fila['numerador']} / {fila['denominador']})" if fila["denominador"] else ""
    return f"{fila['valor']}{razon}"


def en_texto(comparacion: dict) -> str:
    """La comparación en columnas: antes a la izquierda, ahora a la derecha."""
    cambios = [Cambio(**c) for c in comparacion["cambios"]]
    lineas = [f"De la edición {comparacion['antes']} a la {comparacion['ahora']}: salto de versión {comparacion['salto']}."]
    if not cambios:
        return lineas[0] + "\nNinguna cifra, estado, resumen ni gráfico cambió."
    for tipo, grupo in groupby((c for c in cambios if c.tipo != "observaciones"), key=lambda c: c.tipo):
        lineas += ["", tipo.upper()]
        lineas += [f"  {f'{c.codigo} {c.nombre}'[:ANCHO]:<{ANCHO}}  {c.antes:>26}  →  {c.despues}" for c in grupo]
    medidas = comparacion["medidas"] or [
        {"kpi": c.codigo, "periodo": c.antes, "lugar": "", "grupo": "", "unidad": "", "antes": "", "ahora": f"{c.despues} ({c.clase})"}
        for c in cambios if c.tipo == "observaciones"
    ]
    if medidas:
        lineas += ["", "MEDIDAS"]
        lineas += [f"  {' '.join(x for x in (m['kpi'], m['periodo'], m['lugar'], m['grupo'], m['unidad']) if x)[:ANCHO]:<{ANCHO}}  {m['antes']:>26}  →  {m['ahora']}" for m in medidas]
    return "\n".join(lineas)
