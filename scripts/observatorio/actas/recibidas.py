"""Las actas en papel y firmadas: hacer la copia que se firma, recibir el original y guardarlo
cifrado en ``reservado/actas/``, fuera de git.

En ``data/gobernanza/actas/`` quedan las huellas y qué se comprobó; ningún nombre.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..base import cifrado
from ..base.escritura import escribir_atomico, exigir_fuera, motivo_de
from ..base.huellas import suma_de
from ..base.yaml_editable import escrito
from ..catalogo import Catalogo
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from . import impresa
from .comprobar import Defecto, Examen, Huellas, distintas_de, examinar
from .escribir import gobernanza_de
from .firmable import con_campos
from .libro import Libro
from .modelos import ActaDeSesion, ActaRecibida, CopiaDeActa, Sesion

DEL_ESQUEMA = "# yaml-language-server: $schema=../../esquemas/acta.schema.json\n"
SUFIJO = ".age"


@dataclass(frozen=True, slots=True)
class Original:
    """Un archivo que se recibe, ya examinado."""

    archivo: Path
    crudo: bytes
    examen: Examen

    @property
    def sha256(self) -> str:
        return suma_de(self.crudo)


def hacer(
    proyecto: Proyecto, catalogo: Catalogo, libro: Libro, identificador: str, para_firmar: bool
) -> Path:
    """Escribe el acta de una sesión cerrada en ``papeles/`` y anota su copia; devuelve dónde quedó.

    ``para_firmar``: con campos para firmas digitales. Lanza ``ErrorDeUso`` si la sesión no existe,
    sigue abierta, o es un simulacro y se quiere firmar.
    """
    sesion = impresa.exigir_cerrada(libro, identificador)
    if sesion.simulacro and para_firmar:
        raise ErrorDeUso(_NO_SE_FIRMA.format(sesion.id))
    acta = impresa.escrita(catalogo, gobernanza_de(catalogo), libro, sesion)
    pdf = impresa.en_pdf(proyecto, acta, sesion.fecha)
    ruta = proyecto.papeles / f"acta-{sesion.id}{'-para-firmar' if para_firmar else ''}.pdf"
    escrito = con_campos(pdf, acta.firmas, impresa.lugares(proyecto, acta)) if para_firmar else pdf
    if not sesion.simulacro:
        suya = _de(libro, sesion)
        copia = CopiaDeActa(huellas=examinar(pdf, ()).hojas)
        if copia not in suya.copias:
            _anotar(proyecto, suya.model_copy(update={"copias": (*suya.copias, copia)}))
    escribir_atomico(ruta, escrito)
    return ruta


_NO_SE_FIRMA = "«{}» es un simulacro: su acta se imprime para leerla, y no se firma ni se recibe"


def recibir(
    proyecto: Proyecto,
    catalogo: Catalogo,
    libro: Libro,
    identificador: str,
    archivos: Sequence[Path],
    para: Sequence[str],
    fecha: date,
) -> list[ActaRecibida]:
    """Comprueba los originales de un acta, los guarda cifrados y anota su huella y su resultado.

    Lanza ``ErrorDeUso`` si la sesión no está cerrada o falta la llave, y ``DatosInvalidos`` con los
    defectos de todos los archivos: entonces no se guarda ninguno.
    """
    sesion = impresa.exigir_cerrada(libro, identificador)
    if sesion.simulacro:
        raise ErrorDeUso(_NO_SE_FIRMA.format(sesion.id))
    cifrado.exigir_para(para)
    if fecha < sesion.fecha:
        raise ErrorDeUso(
            f"«{sesion.id}» fue el {sesion.fecha.isoformat()}: su acta no pudo recibirse el"
            f" {fecha.isoformat()}; diga el día con --fecha"
        )
    suya = _de(libro, sesion)
    acta = impresa.escrita(catalogo, gobernanza_de(catalogo), libro, sesion)
    de_hoy = examinar(impresa.en_pdf(proyecto, acta, sesion.fecha), ()).hojas
    copias = [*(c.huellas for c in suya.copias), de_hoy]
    originales = [_leido(a, copias) for a in archivos]
    defectos = list(_defectos(libro, suya, acta.titulo, copias, originales))
    if defectos:
        raise DatosInvalidos(defectos)
    recibidas = [
        ActaRecibida(
            clase=o.examen.clase,
            sha256=o.sha256,
            fecha=fecha,
            firmas=o.examen.firmas or None,
        )
        for o in originales
    ]
    guardados = {_lugar(proyecto, sesion, o): cifrado.cifrar(o.crudo, para) for o in originales}
    try:
        for ruta, crudo in guardados.items():
            ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            escribir_atomico(ruta, crudo)
            ruta.chmod(0o600)
        _anotar(proyecto, suya.model_copy(update={"recibidas": (*suya.recibidas, *recibidas)}))
    except BaseException:
        for ruta in guardados:
            ruta.unlink(missing_ok=True)
        raise
    return recibidas


def abrir(proyecto: Proyecto, libro: Libro, sesion: str, llave: Path, carpeta: Path) -> int:
    """Deja en ``carpeta`` los originales del acta, legibles solo por su dueño; devuelve cuántos.

    Lanza ``ErrorDeUso`` si no se guarda ninguno, o si ``carpeta`` está dentro del proyecto.
    """
    exigir_fuera(proyecto.raiz, carpeta, "las actas con nombres")
    guardados = sorted(proyecto.actas_firmadas.glob(f"{sesion}-*{SUFIJO}"))
    if libro.sesion(sesion) is None or not guardados:
        raise ErrorDeUso(f"no se guarda ningún original del acta de «{sesion}»")
    claros = {r.stem: cifrado.descifrar(r.read_bytes(), llave, f"«{r.name}»") for r in guardados}
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
    for nombre, crudo in claros.items():
        escribir_atomico(carpeta / nombre, crudo)
        (carpeta / nombre).chmod(0o600)
    return len(claros)


def _de(libro: Libro, sesion: Sesion) -> ActaDeSesion:
    sello = sesion.sello.huella if sesion.sello else ""
    return libro.actas.get(sesion.id) or ActaDeSesion(sesion=sesion.id, sello=sello)


def _leido(archivo: Path, copias: Sequence[Huellas]) -> Original:
    if not archivo.is_file():
        raise ErrorDeUso(f"no hay ningún archivo «{archivo}»")
    try:
        crudo = archivo.read_bytes()
    except OSError as e:
        raise ErrorDeUso(f"no se pudo leer «{archivo}»: {motivo_de(e)}") from e
    return Original(archivo, crudo, examinar(crudo, copias))


def _lugar(proyecto: Proyecto, sesion: Sesion, o: Original) -> Path:
    nombre = f"{sesion.id}-{o.sha256[:12]}.{o.examen.extension}{SUFIJO}"
    return proyecto.actas_firmadas / nombre


def _defectos(
    libro: Libro,
    suya: ActaDeSesion,
    titulo: str,
    copias: Sequence[Huellas],
    originales: Sequence[Original],
) -> Iterator[ErrorDeDatos]:
    vistos = {r.sha256 for r in suya.recibidas}
    for o in originales:
        propios = list(o.examen.defectos)
        if o.examen.clase == "digital" and not propios and o.examen.hojas not in copias:
            propios.append(_ajena(libro, suya, titulo, copias, o.examen))
        if o.sha256 in vistos:
            propios.append(
                Defecto(None, "acta-ya-recibida", f"ya consta en {suya.sesion}: no la repita")
            )
        vistos.add(o.sha256)
        for d in propios:
            yield ErrorDeDatos(str(o.archivo), None, d.donde, None, d.regla, d.remedio)


def _ajena(
    libro: Libro, suya: ActaDeSesion, titulo: str, copias: Sequence[Huellas], examen: Examen
) -> Defecto:
    """Por qué lo firmado no es ninguna copia de esta acta."""
    for otra in libro.actas.values():
        if otra.sesion != suya.sesion and examen.hojas in [c.huellas for c in otra.copias]:
            return Defecto(
                None,
                "acta-de-otra-sesion",
                f"es el acta de {otra.sesion}: recíbala con «observatorio acta recibir"
                f" {otra.sesion}»",
            )
    if examen.titulo == titulo:
        cambiadas = min((distintas_de(c, examen.hojas) for c in copias), key=len)
        cuales = ", ".join(map(str, cambiadas))
        return Defecto(
            f"hoja {cuales}",
            "acta-cambiada",
            "no dice lo que dice el libro: la cambiaron antes de firmarla. Haga firmar la copia de"
            f" «observatorio acta hacer {suya.sesion} --para-firmar»",
        )
    return Defecto(
        None,
        "acta-ajena",
        f"no es el acta de {suya.sesion}: haga firmar la copia de «observatorio acta hacer"
        f" {suya.sesion} --para-firmar»",
    )


def _anotar(proyecto: Proyecto, acta: ActaDeSesion) -> None:
    dicho = acta.model_dump(mode="json", exclude_defaults=True)
    for recibida, r in zip(dicho.get("recibidas", ()), acta.recibidas, strict=True):
        recibida["fecha"] = r.fecha.replace()  # una por línea, sin los alias de YAML
    texto = f"{DEL_ESQUEMA}# Lo escribe «observatorio acta»: no se edita.\n{escrito(dicho)}"
    escribir_atomico(proyecto.actas_hechas / f"{acta.sesion}.yml", texto.encode("utf-8"))
