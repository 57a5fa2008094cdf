"""Qué impide enviar un boletín: que sea de otra sesión o de otra edición, que calle la
demostración, o que lleve a alguien cifras que no son de su nivel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...actas.modelos import Sesion
from ...base.periodos import fecha_larga
from ...base.plegado import plegado
from ...catalogo import Catalogo
from ...catalogo.gobernanza import Comite
from ...catalogo.modelos import Acceso
from ...errores import ErrorDeDatos
from ...privacidad import NIVELES, lo_que_ve
from ...productos.comites.carpeta_de_sesion import BOLETIN, CIFRAS, MENSAJE, TELEFONO
from ...resultados.boletin import ParaLaSesion, leer
from ...rutas import Proyecto
from .ajustes import Anotado
from .boletin import Boletin

MARCA = "demostracion"
"""Lo que no puede faltar donde hay cifras de demostración, sin tildes ni mayúsculas."""
PARTIDA = re.compile("[\ufffe\u00ad]\\s*")
"""Donde un PDF partió una palabra entre dos líneas."""
ENSAYO = re.compile(r"^simulacro\b|\bsesion \d+[^.]{0,40}\(simulacro\)")
"""Cómo dicen el mensaje y el título de un boletín que son de un simulacro."""
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
    paginas = {
        BOLETIN: _paginas(boletin.boletin),
        TELEFONO: _paginas(boletin.telefono),
        MENSAJE: [_seguido(boletin.mensaje)],
    }
    textos = {nombre: " ".join(suyas) for nombre, suyas in paginas.items() if suyas}
    for nombre in paginas.keys() - textos.keys():
        yield _error(
            boletin,
            nombre,
            None,
            None,
            "boletin-ilegible",
            f"no es un PDF entero: hágalo de nuevo: observatorio sesion boletin {sesion.id}",
        )
    yield from _de_otra_sesion(comite, sesion, boletin, textos)
    yield from _de_otra_edicion(proyecto, catalogo, sesion, boletin, textos)
    if con_demostracion(boletin):
        yield from _sin_marca(sesion, boletin, paginas)
    yield from _fuera_de_nivel(proyecto, catalogo, boletin, anotados)


def _paginas(crudo: bytes) -> list[str]:
    """El texto de cada página, como ``_seguido``; ninguna si no es un PDF."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        documento = PdfDocument(crudo)
    except PdfiumError:
        return []
    try:
        paginas = [documento[n].get_textpage().get_text_range() for n in range(len(documento))]
    finally:
        documento.close()
    return [_seguido(p) for p in paginas]


def _de_otra_sesion(
    comite: Comite, sesion: Sesion, boletin: Boletin, textos: Mapping[str, str]
) -> Iterator[ErrorDeDatos]:
    """Cada parte dice de qué sesión es: su código, o su comité, su número y su día."""
    senas = [f"{comite.nombre}, sesión {sesion.acta}", fecha_larga(sesion.fecha.isoformat())]
    if sesion.simulacro:
        senas.append("simulacro")
    for nombre, texto in textos.items():
        codigos = CODIGO_DE_SESION.findall(texto)
        if sesion.id in codigos:
            continue
        faltan = [s for s in senas if not _dice(texto, s)]
        porque = f"no dice «{'» ni «'.join(faltan)}»" if faltan else ""
        if not sesion.simulacro and ENSAYO.search(texto):
            porque = "es el de un simulacro"
        if porque:
            yield _error(
                boletin,
                nombre,
                None,
                codigos[0] if codigos else None,
                "boletin-de-otra-sesion",
                f"{porque}: haga el de {sesion.id} con «observatorio sesion boletin {sesion.id}»",
            )


def _dice(texto: str, frase: str) -> bool:
    """¿Está la frase entera? «sesión 1» no está en «sesión 12»."""
    return re.search(rf"(?<!\w){re.escape(plegado(frase))}(?!\w)", texto) is not None


def _seguido(texto: str) -> str:
    """Sin tildes, mayúsculas ni saltos; una palabra partida al final de la línea, entera."""
    return plegado(PARTIDA.sub("", texto))


def _de_otra_edicion(
    proyecto: Proyecto,
    catalogo: Catalogo,
    sesion: Sesion,
    boletin: Boletin,
    textos: Mapping[str, str],
) -> Iterator[ErrorDeDatos]:
    """Lo que se envía tiene que ser lo guardado con la sesión, y de los datos de hoy si sigue
    abierta. Que lo guardado con una cerrada no cambió lo revisa el libro.
    """
    ruta = proyecto.boletines_de_sesion / f"{sesion.id}.json"
    archivo = proyecto.relativa(ruta)
    rehacer = f"hágalo de nuevo: observatorio sesion boletin {sesion.id}"
    guardado = _guardado(ruta)
    if guardado is None:
        yield ErrorDeDatos(archivo, None, None, None, "boletin-por-hacer", rehacer)
        return
    if guardado.sesion != sesion.id:
        yield ErrorDeDatos(
            archivo, None, "sesion", guardado.sesion, "boletin-de-otra-sesion", rehacer
        )
    edicion = guardado.fecha_corte
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
    for nombre, texto in textos.items():
        if not (_dice(texto, edicion) or _dice(texto, fecha_larga(edicion))):
            yield _error(
                boletin,
                nombre,
                None,
                None,
                "boletin-de-otra-edicion",
                f"no dice que sus datos son del {edicion}: {rehacer}",
            )
    yield from _otras_cifras(catalogo, boletin, guardado, rehacer)


def _guardado(ruta: Path) -> ParaLaSesion | None:
    """Lo que la sesión guardó; nada si no está o no se entiende."""
    try:
        return leer(ruta.read_bytes())
    except (OSError, ValueError):
        return None


def _otras_cifras(
    catalogo: Catalogo, boletin: Boletin, guardado: ParaLaSesion, rehacer: str
) -> Iterator[ErrorDeDatos]:
    vistas = {c.kpi: (c.periodo or "", c.valor, c.naturaleza or "") for c in guardado.cifras}
    for c in boletin.cifras:
        vista = vistas.pop(c.kpi, None)
        kpi = catalogo.kpis.get(c.kpi)
        if kpi is not None and kpi.acceso != NIVELES[0]:
            continue  # puede no estar en la tabla pública: la guarda el nivel de quien la recibe
        if vista != (c.periodo, _numero(c.valor), c.naturaleza):
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
    sesion: Sesion, boletin: Boletin, paginas: Mapping[str, list[str]]
) -> Iterator[ErrorDeDatos]:
    rehacer = f"hágalo de nuevo: observatorio sesion boletin {sesion.id}"
    for nombre, suyas in paginas.items():
        for n, texto in enumerate(suyas, 1):
            if MARCA not in texto:
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
        if nivel not in lo_que_ve(d.nivel):
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
