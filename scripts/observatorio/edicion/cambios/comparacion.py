"""``observatorio comparar``: dos ediciones lado a lado, para personas y para programas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errores import ErrorDeUso
from ...rutas import Proyecto
from .. import ediciones
from ..ficha import ficha_de
from ..memoria import leer_publicada
from . import resumen
from .diferencias import NADA, Cambio, como_dict, comparar, version

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")
ANCHO = 46


def comparar_ediciones(proyecto: Proyecto, antes: str | None, ahora: str | None) -> dict[str, Any]:
    """``{antes, ahora, version_antes, version_ahora, salto, cambios, graficos, medidas}``.

    ``medidas`` lista celda por celda si ambas ediciones están aquí; ``graficos``, cada gráfico
    distinto con dónde verlo en cada una. Lanza ``ErrorDeUso`` si falta alguna.
    """
    b = (
        carpeta_de(proyecto, ahora)
        if ahora
        else proyecto.ediciones / (ediciones.actual(proyecto) or "ninguna")
    )
    if not b.is_dir():
        raise ErrorDeUso(
            "todavía no hay ninguna edición construida: ejecute observatorio construir"
        )
    despues = resumen.de_edicion(b)
    if antes is None:
        registro = leer_publicada(proyecto.raiz).get("ultima")
        if registro is None:
            raise ErrorDeUso(
                "todavía no se publicó ninguna edición: diga cuáles comparar, observatorio comparar"
                " EDICION EDICION"
            )
        nombre, previo, base = registro["edicion"], registro["resumen"], registro["version"]
        version_antes = base
        a = conservada(proyecto, nombre)
    else:
        a = carpeta_de(proyecto, antes)
        nombre, previo, base = ediciones.identificador_de(a), resumen.de_edicion(a), "1.0.0"
        version_antes = ficha_de(a)["version"]
    medidas = _medidas(*(e / "datos" / "observaciones.csv" for e in (a, b))) if a else []
    cambios = comparar(previo, despues)
    salto = version(base, cambios)
    ahora_es = ediciones.identificador_de(b)
    return {
        "antes": nombre,
        "ahora": ahora_es,
        "version_antes": version_antes,
        "version_ahora": ficha_de(b)["version"],
        "salto": _salto(base, salto),
        "cambios": como_dict(cambios),
        "graficos": _graficos(cambios, resumen.titulos_de(previo, despues), nombre, ahora_es),
        "medidas": medidas,
    }


def _graficos(
    cambios: list[Cambio], nombres: Mapping[str, str], antes: str, ahora: str
) -> list[dict[str, str | None]]:
    """Cada gráfico distinto: título, misión o análisis, y su lugar en la edición de antes y en la
    de ahora (bajo ``ediciones/``).
    """

    def lugar(c: Cambio, edicion: str, marca: str) -> str | None:
        return None if marca == NADA else f"ediciones/{edicion}/{pagina_de(c.codigo)}#{marca}"

    return [
        {
            "titulo": c.nombre,
            "mision": nombres.get(c.codigo, c.codigo),
            "clase": c.clase,
            "antes": lugar(c, antes, c.antes),
            "ahora": lugar(c, ahora, c.despues),
        }
        for c in cambios
        if c.tipo == "gráfico"
    ]


def pagina_de(slug: str) -> str:
    """La página donde está un gráfico, por el identificador de su misión o de su análisis."""
    carpeta, propio = (
        ("analisis", slug.removeprefix("analisis-"))
        if slug.startswith("analisis-")
        else ("misiones", slug)
    )
    return f"{carpeta}/{propio}/index.html"


def conservada(proyecto: Proyecto, identificador: str) -> Path | None:
    """La carpeta de una edición, si el proyecto la conserva."""
    carpeta = proyecto.ediciones / identificador
    return carpeta if (carpeta / ediciones.MANIFIESTO).is_file() else None


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
    """Cada celda pública que entró, salió o cambió de valor, de estado o de fuente."""
    a, b = ({tuple(f[c] for c in CLAVE): f for f in resumen.filas(ruta)} for ruta in (antes, ahora))
    lista = []
    for clave in sorted(a.keys() | b.keys()):
        de_antes, de_ahora = a.get(clave), b.get(clave)
        viejo, nuevo = _valor(de_antes), _valor(de_ahora)
        if viejo == nuevo and de_antes is not None and de_ahora is not None:
            otras = _distintas(de_antes, de_ahora)
            viejo, nuevo = (", ".join(f[c] for c in otras) for f in (de_antes, de_ahora))
        if viejo != nuevo:
            lista.append(dict(zip(CLAVE, clave, strict=True)) | {"antes": viejo, "ahora": nuevo})
    return lista


def _distintas(a: dict[str, str], b: dict[str, str]) -> list[str]:
    return [c for c in resumen.VALORES if c in a and c in b and a[c] != b[c]]


def _valor(fila: dict[str, str] | None) -> str:
    if fila is None:
        return NADA
    if not fila["valor"]:
        return fila["estado_publico"]
    razon = f" ({fila['numerador']} / {fila['denominador']})" if fila["denominador"] else ""
    return f"{fila['valor']}{razon}"


def medidas_dichas(comparacion: Mapping[str, Any]) -> list[dict[str, str]]:
    """Las medidas celda por celda o, frente a lo último publicado, cuántas cambiaron de cada KPI y
    periodo.
    """
    return comparacion["medidas"] or [
        {
            "kpi": c["codigo"],
            "periodo": c["antes"],
            "lugar": "",
            "grupo": "",
            "unidad": "",
            "antes": "",
            "ahora": f"{c['despues']} ({c['clase']})",
        }
        for c in comparacion["cambios"]
        if c["tipo"] == "observaciones"
    ]


def celda(medida: Mapping[str, str]) -> str:
    """Cómo se nombra una celda: su KPI, periodo, lugar, grupo y unidad, sin lo vacío."""
    return " ".join(medida[c] for c in CLAVE if medida[c])


def en_texto(comparacion: dict[str, Any]) -> str:
    """La comparación en columnas: antes a la izquierda, ahora a la derecha."""
    cambios = [Cambio(**c) for c in comparacion["cambios"]]
    versiones = (
        f"(versión {comparacion['version_antes']}) a la {comparacion['ahora']} (versión"
        f" {comparacion['version_ahora']})"
    )
    lineas = [
        f"De la edición {comparacion['antes']} {versiones}: salto de versión"
        f" {comparacion['salto']}."
    ]
    if not cambios:
        return lineas[0] + "\nNinguna cifra, estado, resumen ni gráfico cambió."
    for tipo in dict.fromkeys(
        c.tipo for c in cambios if c.tipo not in ("observaciones", "gráfico")
    ):
        grupo = [c for c in cambios if c.tipo == tipo]
        lineas += ["", tipo.upper()]
        lineas += [
            f"  {f'{c.codigo} {c.nombre}'[:ANCHO]:<{ANCHO}}  {c.antes:>26}  →  {c.despues}"
            for c in grupo
        ]
    if comparacion["graficos"]:
        lineas += ["", "GRÁFICOS"]
        lineas += [
            f"  {g['titulo']}, {g['mision']}\n    antes  {g['antes'] or NADA}\n    ahora "
            f" {g['ahora'] or NADA}"
            for g in comparacion["graficos"]
        ]
    if medidas := medidas_dichas(comparacion):
        lineas += ["", "MEDIDAS"]
        lineas += [
            f"  {celda(m)[:ANCHO]:<{ANCHO}}  {m['antes']:>26}  →  {m['ahora']}" for m in medidas
        ]
    return "\n".join(lineas)
