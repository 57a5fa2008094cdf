"""Qué impide enviar un boletín: que sea de otra sesión o de otra edición, que calle la
demostración, o que lleve a alguien cifras que no son de su nivel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from ...actas.modelos import Sesion
from ...base.plegado import plegado
from ...catalogo import Catalogo
from ...catalogo.gobernanza import Comite
from ...catalogo.modelos import Acceso
from ...errores import ErrorDeDatos
from ...presentacion.enlaces import fecha_larga
from ...rutas import Proyecto
from .ajustes import Anotado
from .boletin import BOLETIN, CIFRAS, MENSAJE, TELEFONO, Boletin

NIVELES: tuple[Acceso, ...] = get_args(Acceso)
"""Del más abierto al más cerrado."""
MARCA = "demostracion"
"""Lo que no puede faltar donde hay cifras de demostración, sin tildes ni mayúsculas."""
CODIGO_DE_SESION = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*-[0-9]{3}\b")


def nivel_de(catalogo: Catalogo, boletin: Boletin) -> Acceso:
    """El de su cifra más cerrada."""
    accesos = [
        catalogo.kpis[c.kpi].acceso for c in boletin.cifras if c.valor and c.kpi in catalogo.kpis
    ]
    return max(accesos, key=NIVELES.index, default=NIVELES[0])


def con_demostracion(boletin: Boletin) -> bool:
    return any(plegado(c.naturaleza) == MARCA for c in boletin.cifras)


def revisar(
    proyecto: Proyecto,
    catalogo: Catalogo,
    comite: Comite,
    sesion: Sesion,
    boletin: Boletin,
    anotados: Sequence[Anotado],
) -> Iterator[ErrorDeDatos]:
    """Todos los defectos del boletín y de a quién va."""
    textos = {
        nombre: _paginas(crudo)
        for nombre, crudo in ((BOLETIN, boletin.boletin), (TELEFONO, boletin.telefono))
    }
    yield from _no_se_leen(boletin, textos)
    yield from _de_otra_sesion(comite, sesion, boletin, textos)
    yield from _de_otra_edicion(proyecto, catalogo, sesion, boletin, textos)
    if con_demostracion(boletin):
        yield from _sin_marca(sesion, boletin, textos)
    yield from _fuera_de_nivel(proyecto, catalogo, boletin, anotados)


def _paginas(crudo: bytes) -> list[str] | None:
    """El texto de cada página; nada si no es un PDF."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        documento = PdfDocument(crudo)
    except PdfiumError:
        return None
    try:
        return [documento[n].get_textpage().get_text_range() for n in range(len(documento))]
    finally:
        documento.close()


def _no_se_leen(boletin: Boletin, textos: Mapping[str, list[str] | None]) -> Iterator[ErrorDeDatos]:
    for nombre, paginas in textos.items():
        if not paginas:
            yield _error(
                boletin,
                nombre,
                None,
                None,
                "boletin-ilegible",
                "no es un PDF entero: hágalo otra vez",
            )


def _de_otra_sesion(
    comite: Comite, sesion: Sesion, boletin: Boletin, textos: Mapping[str, list[str] | None]
) -> Iterator[ErrorDeDatos]:
    """El mensaje lleva el código de la sesión; el boletín, su comité, su número y su día."""
    rehacer = f"haga el suyo: observatorio sesion boletin {sesion.id}"
    if sesion.id not in CODIGO_DE_SESION.findall(boletin.mensaje):
        otra = CODIGO_DE_SESION.search(boletin.mensaje)
        yield _error(
            boletin,
            MENSAJE,
            None,
            otra[0] if otra else None,
            "boletin-de-otra-sesion",
            f"no nombra a {sesion.id}: {rehacer}",
        )
    senas = [comite.nombre, f"sesión {sesion.acta}", fecha_larga(sesion.fecha.isoformat())]
    if sesion.simulacro:
        senas.append("simulacro")
    for nombre, paginas in textos.items():
        dicho = _pegado(" ".join(paginas or ()))
        faltan = [s for s in senas if _pegado(s) not in dicho]
        if paginas and faltan:
            yield _error(
                boletin,
                nombre,
                None,
                None,
                "boletin-de-otra-sesion",
                f"en {sesion.id} diría «{'» y «'.join(faltan)}»: {rehacer}",
            )


def _pegado(texto: str) -> str:
    """Sin espacios ni signos: en un PDF una palabra puede ir partida entre dos líneas."""
    return re.sub(r"[\W_]", "", plegado(texto))


def _de_otra_edicion(
    proyecto: Proyecto,
    catalogo: Catalogo,
    sesion: Sesion,
    boletin: Boletin,
    textos: Mapping[str, list[str] | None],
) -> Iterator[ErrorDeDatos]:
    """Lo que se envía tiene que ser lo guardado con la sesión, y de los datos de hoy si sigue
    abierta. Que lo guardado con una cerrada no cambió lo revisa el libro.
    """
    ruta = proyecto.boletines_de_sesion / f"{sesion.id}.json"
    archivo = proyecto.relativa(ruta)
    rehacer = f"hágalo de nuevo: observatorio sesion boletin {sesion.id}"
    guardado = _guardado(ruta)
    if guardado is None or guardado["sesion"] != sesion.id:
        yield ErrorDeDatos(archivo, None, None, None, "boletin-por-hacer", rehacer)
        return
    edicion: str = guardado["fecha_corte"]
    corte = catalogo.territorio.fecha_corte.isoformat()
    if sesion.sello is None and edicion != corte:
        yield ErrorDeDatos(
            archivo,
            None,
            "fecha_corte",
            edicion,
            "boletin-de-otra-edicion",
            f"los datos son ya del {corte}: {rehacer}",
        )
    dichos = {n: _pegado(" ".join(p)) for n, p in textos.items() if p}
    esperado = {n: _pegado(fecha_larga(edicion)) for n in dichos} | {MENSAJE: edicion}
    for nombre, texto in (dichos | {MENSAJE: boletin.mensaje}).items():
        if esperado[nombre] not in texto:
            yield _error(
                boletin,
                nombre,
                None,
                None,
                "boletin-de-otra-edicion",
                f"no dice que sus datos son del {edicion}: {rehacer}",
            )
    yield from _otras_cifras(catalogo, boletin, guardado, rehacer)


def _guardado(ruta: Path) -> Mapping[str, Any] | None:
    """Lo que la sesión guardó; nada si no está o no se entiende."""
    try:
        leido = json.loads(ruta.read_bytes())
    except (OSError, ValueError):
        return None
    completo = isinstance(leido, dict) and {"sesion", "fecha_corte", "cifras"} <= leido.keys()
    return leido if completo else None


def _otras_cifras(
    catalogo: Catalogo, boletin: Boletin, guardado: Mapping[str, Any], rehacer: str
) -> Iterator[ErrorDeDatos]:
    vistas = {
        c["kpi"]: (c["periodo"] or "", _numero(c["valor"]), c["naturaleza"] or "")
        for c in guardado["cifras"]
    }
    for c in boletin.cifras:
        kpi = catalogo.kpis.get(c.kpi)
        if kpi is not None and kpi.acceso != NIVELES[0]:
            continue  # no está en la tabla pública: la guarda el nivel de quien la recibe
        if vistas.pop(c.kpi, None) != (c.periodo, _numero(c.valor), c.naturaleza):
            yield _error(
                boletin,
                CIFRAS,
                c.fila,
                f"{c.kpi}: {c.valor}",
                "boletin-de-otra-edicion",
                f"no es la cifra guardada con la sesión: {rehacer}",
            )
    for kpi_ausente in sorted(vistas):
        yield _error(
            boletin,
            CIFRAS,
            None,
            kpi_ausente,
            "boletin-de-otra-edicion",
            f"falta una cifra guardada con la sesión: {rehacer}",
        )


def _numero(escrito: object) -> float | None:
    try:
        return float(str(escrito))
    except ValueError:
        return None


def _sin_marca(
    sesion: Sesion, boletin: Boletin, textos: Mapping[str, list[str] | None]
) -> Iterator[ErrorDeDatos]:
    rehacer = f"hágalo de nuevo: observatorio sesion boletin {sesion.id}"
    for nombre, paginas in {**textos, MENSAJE: [boletin.mensaje]}.items():
        for n, texto in enumerate(paginas or (), 1):
            if MARCA not in _pegado(texto):
                yield _error(
                    boletin,
                    nombre,
                    None,
                    f"página {n}" if nombre != MENSAJE else None,
                    "demostracion-sin-marca",
                    f"lleva cifras de demostración y no lo dice: {rehacer}",
                )


def _fuera_de_nivel(
    proyecto: Proyecto, catalogo: Catalogo, boletin: Boletin, anotados: Sequence[Anotado]
) -> Iterator[ErrorDeDatos]:
    archivo = proyecto.relativa(proyecto.correo / "destinatarios.yml")
    nivel = nivel_de(catalogo, boletin)
    electoral = catalogo.territorio.en_periodo_electoral
    for a in anotados:
        d = a.destinatario
        if NIVELES.index(d.nivel) < NIVELES.index(nivel):
            yield ErrorDeDatos(
                archivo,
                a.linea,
                "nivel",
                d.nivel,
                "producto-restringido",
                f"el boletín lleva cifras de acceso «{nivel}»: quite la línea, o suba el nivel de"
                f" {d.direccion} si le corresponde",
            )
        if electoral and d.nivel == NIVELES[0]:
            yield ErrorDeDatos(
                archivo,
                a.linea,
                "nivel",
                d.nivel,
                "periodo-electoral",
                "rige un periodo electoral y no se hacen correos masivos: quite la línea, o diga el"
                f" nivel de {d.direccion} si recibe el boletín por su función",
            )


def _error(
    boletin: Boletin, nombre: str, fila: int | None, valor: str | None, regla: str, remedio: str
) -> ErrorDeDatos:
    return ErrorDeDatos(f"{boletin.carpeta}/{nombre}", fila, None, valor, regla, remedio)
