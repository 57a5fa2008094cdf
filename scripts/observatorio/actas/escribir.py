"""Escribir en el libro: abrir una sesión, anotar un trámite, cerrarla con su sello. Nada se escribe
si el libro no quedara bien.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from textwrap import dedent, indent
from typing import Any

from ruamel.yaml.comments import CommentedSeq

from ..base.escritura import escribir_atomico
from ..base.huellas import suma_de
from ..base.yaml_editable import editor, escrito
from ..catalogo import Catalogo
from ..catalogo.gobernanza import Gobernanza
from ..datos.personas import SENAS, primera_sena
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from . import cadena
from .calendario import proponer
from .guardadas import Guardada
from .libro import Libro, leer_libro
from .modelos import Sesion, SesionPrevista, Tramite
from .productos import donde_falta, existe
from .revision import revisar
from .tramites import le_toca, que_espera, quien_da

ESQUEMA = "# yaml-language-server: $schema=../../esquemas/sesion.schema.json\n"
DEL_CALENDARIO = "# yaml-language-server: $schema=../esquemas/calendario-de-sesiones.schema.json\n"


def leer_sano(proyecto: Proyecto, catalogo: Catalogo) -> Libro:
    """El libro; lanza ``DatosInvalidos`` con todos sus defectos."""
    errores: list[ErrorDeDatos] = []
    libro = leer_libro(proyecto, catalogo, errores)
    if errores:
        raise DatosInvalidos(errores)
    return libro


def gobernanza_de(catalogo: Catalogo) -> Gobernanza:
    """La de un catálogo sano."""
    if catalogo.gobernanza is None:
        raise ErrorDeUso("falta data/gobernanza/comites.yml: sin comités no hay sesiones")
    return catalogo.gobernanza


def escribir_calendario(
    proyecto: Proyecto, catalogo: Catalogo, libro: Libro, anio: int
) -> list[SesionPrevista]:
    """Añade al calendario las sesiones del año de los comités que todavía no tienen ninguna en él;
    devuelve las añadidas. Lo que ya se editó no se toca, y nada se propone antes de la fecha de
    corte.
    """
    hay = {p.comite for p in libro.calendario.sesiones if p.fecha.year == anio}
    territorio = catalogo.territorio
    propuestas = proponer(
        gobernanza_de(catalogo),
        anio,
        territorio.feriados,
        _ultimas(libro, anio),
        territorio.fecha_corte,
    )
    nuevas = [p for p in propuestas if p.comite not in hay]
    ruta = proyecto.calendario_de_sesiones
    if not nuevas:
        return []
    texto = (
        ruta.read_text(encoding="utf-8")
        if ruta.is_file()
        else f"{DEL_CALENDARIO}# Cuándo toca sesionar. Se edita a mano: si una fecha se mueve, se"
        " dice el motivo.\nestado: propuesta\nsesiones: []\n"
    )
    escribir_atomico(ruta, con_las_previstas(texto, nuevas).encode("utf-8"))
    return nuevas


def con_las_previstas(texto: str, nuevas: Sequence[SesionPrevista]) -> str:
    """El YAML de un calendario con ``nuevas`` en el lugar de su fecha: lo escrito no se mueve, y un
    comentario queda sobre la sesión que lo llevaba.
    """
    posteriores = []
    # De la última a la primera: cada una se pone antes de las ya puestas.
    for prevista in sorted(nuevas, key=lambda p: (p.fecha, p.comite), reverse=True):
        lista = editor().load(texto).get("sesiones") or CommentedSeq()
        detras = (n for n, s in enumerate(lista) if s["fecha"] > prevista.fecha)
        donde = next(detras, None)
        if donde is None or lista.fa.flow_style():
            posteriores.append(prevista)
            continue
        lineas = texto.splitlines(keepends=True)
        linea = lista.lc.item(donde)[0]
        margen = re.match(r"[\s-]*?(?=-)", lineas[linea])
        while linea and lineas[linea - 1].lstrip().startswith("#"):
            linea -= 1
        suya = dedent(escrito([prevista.model_dump(exclude_defaults=True)]))
        lineas.insert(linea, indent(suya, margen[0] if margen else ""))
        texto = "".join(lineas)
    documento = editor().load(texto)
    lista = _lista(documento, "sesiones")
    for prevista in reversed(posteriores):
        lista.append(prevista.model_dump(exclude_defaults=True))
    return escrito(documento)


def _ultimas(libro: Libro, anio: int) -> dict[str, date]:
    """La última sesión ordinaria de cada comité antes de un año, prevista o celebrada."""
    fechas = [(p.comite, p.fecha) for p in libro.calendario.sesiones]
    fechas += [
        (s.comite, s.fecha) for s in libro.sesiones if s.tipo == "ordinaria" and not s.simulacro
    ]
    ultimas: dict[str, date] = {}
    for comite, fecha in fechas:
        if fecha.year < anio:
            ultimas[comite] = max(fecha, ultimas.get(comite, fecha))
    return ultimas


def abrir(
    proyecto: Proyecto,
    gobernanza: Gobernanza,
    libro: Libro,
    comite: str,
    fecha: date,
    segunda: bool = False,
    extraordinaria: bool = False,
    simulacro: bool = False,
) -> Sesion:
    """Escribe la sesión que sigue en el libro de ``comite``, con las instituciones por marcar.

    ``libro``: sano. Lanza ``ErrorDeUso`` si el comité no existe o su última sesión sigue abierta,
    y ``DatosInvalidos`` si rompe alguna regla (su fecha, su convocatoria), sin escribir nada.
    """
    conocidos = gobernanza.ids_de_comites
    if comite not in conocidos:
        raise ErrorDeUso(f"no hay ningún comité «{comite}»; los hay: {', '.join(conocidos)}")
    prefijo = f"simulacro-{comite}" if simulacro else comite
    suyas = cadena.cadenas(libro.sesiones).get(prefijo, [])
    if suyas and suyas[-1].sello is None:
        raise ErrorDeUso(
            f"la sesión {suyas[-1].id} sigue abierta: ciérrela antes con «observatorio sesion"
            f" cerrar {suyas[-1].id}»"
        )
    sesion = Sesion(
        comite=comite,
        acta=len(suyas) + 1,
        fecha=fecha,
        tipo="extraordinaria" if extraordinaria else "ordinaria",
        convocatoria="segunda" if segunda else "primera",
        simulacro=simulacro,
    )
    # Escrita así, ninguna orden podría leer el libro hasta corregirla a mano.
    errores = [
        ErrorDeDatos(
            proyecto.relativa(proyecto.sesiones / f"{sesion.id}.yml"),
            None,
            ".".join(map(str, h.camino)),
            h.valor,
            h.regla,
            h.remedio,
        )
        for h in revisar(
            [*libro.sesiones, sesion], libro.calendario, gobernanza, libro.versiones, {}
        )
        if h.sesion.id == sesion.id
    ]
    if errores:
        raise DatosInvalidos(errores)
    suyo = gobernanza.comite(comite)
    marcar = "".join(
        f"#  - institucion: {i.institucion}\n" for i in (suyo.integrantes if suyo else ())
    )
    texto = (
        f"{ESQUEMA}"
        "# Solo instituciones: los nombres de las personas quedan en el acta privada.\n"
        f"comite: {sesion.comite}\nacta: {sesion.acta}\nfecha: {sesion.fecha.isoformat()}\n"
        f"tipo: {sesion.tipo}\nconvocatoria: {sesion.convocatoria}\n"
        + ("simulacro: true\n" if simulacro else "")
        + _agenda(gobernanza, libro, sesion)
        + "# Quite los corchetes y el # de las que asistieron (calidad: suplente, si fue ella).\n"
        f"asistencia: []\n{marcar}"
        "acuerdos: []\n"
        "# Cómo van los acuerdos abiertos: quite el # y los corchetes de los que se vean.\n"
        f"seguimiento: []\n{_abiertos(libro, sesion)}"
        "tramites: []\n"
    )
    escribir_atomico(proyecto.sesiones / f"{sesion.id}.yml", texto.encode("utf-8"))
    return sesion


def _agenda(gobernanza: Gobernanza, libro: Libro, sesion: Sesion) -> str:
    """Los productos cuyo paso siguiente le toca a este comité."""
    le_tocan = [
        producto
        for (producto, simulacro), camino in sorted(libro.caminos.items())
        if simulacro == sesion.simulacro
        and (espera := que_espera(gobernanza, producto, camino))
        and le_toca(gobernanza, producto, espera, sesion.comite, sesion.fecha)
    ]
    if not le_tocan:
        return "agenda: []\n"
    puntos = "".join(f"  - asunto: Revisar {p}\n    producto: {p}\n" for p in le_tocan)
    return f"agenda:\n{puntos}"


def _abiertos(libro: Libro, sesion: Sesion) -> str:
    return "".join(
        f"#  - acuerdo: {a.cita}\n#    estado: cumplido\n"
        for a in libro.acuerdos_abiertos
        if a.sesion.cadena == sesion.cadena
    )


def abierta_de(libro: Libro, comite: str, simulacro: bool) -> Sesion | None:
    """La sesión abierta de un comité: la propia del simulacro, si la hay y se ensaya."""
    abiertas = [s for s in libro.sesiones if s.sello is None and s.comite == comite]
    return next(
        (s for s in abiertas if s.simulacro == simulacro),
        next((s for s in abiertas if simulacro), None),
    )


def anotar(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    tramite: Tramite,
    contenido: bytes | None = None,
) -> Sesion:
    """Anota un trámite en la sesión abierta que corresponde y guarda el ``contenido`` de su
    versión, si es nuevo. Lanza ``DatosInvalidos`` si rompe alguna regla, sin escribir nada.
    """
    gobernanza = gobernanza_de(catalogo)
    comite = quien_da(gobernanza, tramite.producto, tramite.paso) or "ninguno"
    sesion = abierta_de(libro, comite, tramite.simulacro)
    if sesion is None:
        raise ErrorDeUso(
            f"«{tramite.paso}» va en una sesión del comité «{comite}», y no tiene ninguna abierta:"
            f" ábrala con «observatorio sesion abrir {comite}"
            f"{' --simulacro' if tramite.simulacro else ''} --fecha FECHA»"
        )
    ruta = proyecto.sesiones / f"{sesion.id}.yml"
    _exigir_sano(proyecto, catalogo, libro, sesion, tramite, contenido)
    documento = editor().load(ruta.read_text(encoding="utf-8"))
    ya_dicho = {"simulacro"} if sesion.simulacro else set()
    _lista(documento, "tramites").append(
        tramite.model_dump(mode="json", exclude_defaults=True, exclude=ya_dicho)
    )
    version = proyecto.versiones / f"{tramite.version}.json"
    if contenido is not None and not version.exists():
        escribir_atomico(version, contenido)
    escribir_atomico(ruta, escrito(documento).encode("utf-8"))
    return sesion


def _exigir_sano(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    sesion: Sesion,
    tramite: Tramite,
    contenido: bytes | None,
) -> None:
    """Lanza ``DatosInvalidos`` si con ese trámite el libro rompería alguna regla."""
    archivo = proyecto.relativa(proyecto.sesiones / f"{sesion.id}.yml")
    con_el = sesion.model_copy(update={"tramites": (*sesion.tramites, tramite)})
    versiones = dict(libro.versiones)
    if contenido is not None:
        versiones[tramite.version] = Guardada(contenido)
    falta = not existe(proyecto, catalogo, tramite.producto)
    errores = [
        ErrorDeDatos(archivo, None, ".".join(map(str, h.camino)), h.valor, h.regla, h.remedio)
        for h in revisar(
            [con_el if s.id == sesion.id else s for s in libro.sesiones],
            libro.calendario,
            gobernanza_de(catalogo),
            versiones,
            {tramite.producto: donde_falta(proyecto, tramite.producto)} if falta else {},
        )
    ]
    textos = [tramite.texto or "", *(d.razon for d in tramite.disensos)]
    errores += [
        ErrorDeDatos(archivo, None, "texto", None, sena, SENAS[sena][1])
        for sena in primera_sena(textos)
        if sena
    ]
    if errores:
        raise DatosInvalidos(errores)


def cerrar(proyecto: Proyecto, gobernanza: Gobernanza, libro: Libro, identificador: str) -> Sesion:
    """Sella una sesión abierta: desde entonces no se edita. Devuelve la sesión sellada.

    ``libro``: sano. Lanza ``ErrorDeUso`` si no está abierta, o ``DatosInvalidos`` si nadie asistió.
    """
    sesion = libro.sesion(identificador)
    if sesion is None or sesion.sello:
        if sesion is not None:
            raise ErrorDeUso(
                f"«{identificador}» ya está cerrada y sellada: no hay nada más que hacer. Lo que"
                " pase después va en el seguimiento de otra sesión"
            )
        abiertas = [s.id for s in libro.sesiones if s.sello is None]
        raise ErrorDeUso(
            f"no hay ninguna sesión abierta «{identificador}»; están abiertas:"
            f" {', '.join(abiertas) or 'ninguna'}"
        )
    ruta = proyecto.sesiones / f"{sesion.id}.yml"
    if not sesion.asistencia:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    proyecto.relativa(ruta),
                    None,
                    "asistencia",
                    None,
                    "sesion-sin-asistencia",
                    "anote qué instituciones asistieron; si nadie llegó, borre el archivo: no hubo"
                    " sesión",
                )
            ]
        )
    boletin = proyecto.boletines_de_sesion / f"{sesion.id}.json"
    if boletin.is_file():
        suma = suma_de(boletin.read_bytes())
        sesion = sesion.model_copy(update={"boletin": suma})
    previa = [s for s in libro.sesiones if s.cadena == sesion.cadena and s.acta == sesion.acta - 1]
    anterior = previa[0].sello.huella if previa and previa[0].sello else None
    sello = cadena.sellar(sesion, anterior, cadena.huella_de_reglas(gobernanza, sesion.comite))
    documento = editor().load(ruta.read_text(encoding="utf-8"))
    if sesion.boletin:
        documento["boletin"] = sesion.boletin
    documento["sello"] = sello.model_dump(mode="json")
    escribir_atomico(ruta, escrito(documento).encode("utf-8"))
    return sesion.model_copy(update={"sello": sello})


def _lista(documento: Any, clave: str) -> CommentedSeq:
    """La lista de una clave, como bloque; la vacía entre corchetes se reemplaza."""
    if not documento.get(clave):
        documento[clave] = CommentedSeq()
    lista: CommentedSeq = documento[clave]
    return lista
