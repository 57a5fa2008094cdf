"""Publicar: construir lo que haya cambiado, llevarlo a su destino de una vez y anotar lo publicado.

construir → comprobar que todo es público → destino (cambio atómico) → data/publicada/
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..actas.ediciones import donde_se_lee
from ..actas.libro import leer_libro
from ..base.avisos import Avisar, callar
from ..base.candado import candado
from ..base.escritura import (
    es_direccion,
    escritura_explicada,
    exigir_archivo,
    exigir_camino,
    motivo_de,
)
from ..base.lecturas import recordando
from ..catalogo import leer
from ..construir import MotorDePaginas, construir
from ..edicion import claves, ediciones
from ..edicion.ficha import ficha_de
from ..edicion.quietud import con_lo_ultimo
from ..errores import ErrorDeDatos, ErrorDeEjecucion, ErrorDeUso
from ..rutas import Proyecto
from . import publicada
from .destinos import carpeta as en_carpeta
from .destinos import gh_pages
from .destinos import zip as en_zip
from .firma import firmar
from .publicable import exigir_publica, exigir_sin_restringidas

DE_GIT = re.compile(r"git(\+\w+)?:|ssh:|git@")
OCUPADO = "otra publicación sigue en curso en este proyecto; espere a que termine y repita la orden"


@dataclass(frozen=True, slots=True)
class Publicacion:
    """Qué edición quedó publicada, dónde, y si es la primera vez que se anota."""

    identificador: str
    lugar: str
    anotada: bool


def publicar(
    proyecto: Proyecto,
    destino: str,
    motor: MotorDePaginas = "auto",
    remoto: str = "origin",
    avisar: Avisar = callar,
    edicion: str | None = None,
    llave: Path | None = None,
) -> Publicacion:
    """Construye la edición de las entradas actuales y la publica en ``destino`` (carpeta,
    ``gh-pages`` o zip).

    ``edicion``: una ya construida con estas mismas entradas (en otra máquina, por ejemplo), que se
    publica tal cual. ``llave``: la privada con que se firma su manifiesto. Lanza lo que
    ``construir``, y ``ErrorDeUso`` o ``ErrorDeEjecucion`` si no se puede publicar: sigue viva la de
    antes.
    """

    def abrir() -> Path:
        carpeta = (
            _ya_construida(proyecto, edicion)
            if edicion
            else construir(proyecto, motor, avisar=avisar).carpeta
        )
        exigir_publica(carpeta)
        publicada.abrir(proyecto, carpeta)
        return carpeta

    with escritura_explicada(), candado(proyecto.trabajo / "publicacion.candado", OCUPADO):
        _exigir_destino(proyecto, destino, remoto)
        carpeta = con_lo_ultimo(abrir, avisar)
        if llave:
            firmar(carpeta, llave)
            avisar("edición firmada")
        lugar = _llevar(proyecto, carpeta, destino, remoto, avisar)
        anotada = publicada.cerrar(proyecto, carpeta)
        if anotada:
            avisar("publicación anotada en data/publicada/")
        return Publicacion(carpeta.name, lugar, anotada)


def volver(
    proyecto: Proyecto,
    identificador: str,
    destino: str | None,
    remoto: str = "origin",
    avisar: Avisar = callar,
) -> str:
    """Vuelve a una edición conservada, aquí (``_site``) o en ``destino``, sin construir nada.

    Lanza ``ErrorDeUso`` si nadie la conserva o si, fuera de aquí, no se publicó nunca. Lo ya
    publicado sigue anotado: el público ya lo vio.
    """
    if destino is not None:
        exigir_sin_esquema(destino)
    with (
        escritura_explicada(),
        candado(proyecto.trabajo / "publicacion.candado", OCUPADO),
        tempfile.TemporaryDirectory(prefix="volver-") as aparte,
    ):
        carpeta = _conservada(proyecto, identificador, destino, remoto, Path(aparte))
        if (
            carpeta is None
            or ediciones.defectos_publicados(carpeta)
            or (destino is None and not ediciones.sana(carpeta))
        ):
            hay = ", ".join(p.name for p in ediciones.conservadas(proyecto)) or "ninguna"
            raise ErrorDeUso(
                f"no hay ninguna edición sana «{identificador}»; aquí se conservan: {hay}"
            )
        if destino is None:
            ediciones.activar(proyecto, identificador)
            return proyecto.relativa(proyecto.sitio)
        exigir_publica(carpeta)
        _exigir_vista(proyecto, carpeta, destino, remoto)
        return _llevar(proyecto, carpeta, destino, remoto, avisar)


def _exigir_vista(proyecto: Proyecto, carpeta: Path, destino: str, remoto: str) -> None:
    """Lanza ``ErrorDeUso`` si la edición se construyó aquí y no se publicó: lo que muestra no está
    en la memoria, y la siguiente edición podría dejar restar lo que esta protege.
    """
    if carpeta.parent != proyecto.ediciones:
        return
    identificador = carpeta.name
    with tempfile.TemporaryDirectory(prefix="vista-") as aparte:
        if _en_destino(proyecto, identificador, destino, remoto, Path(aparte)):
            return
    ultima = publicada.ultima(proyecto)
    vistas = [e["edicion"] for e in ultima["historia"]] if ultima else []
    if identificador in vistas:
        return
    raise ErrorDeUso(
        f"la edición «{identificador}» se construyó aquí y nunca se publicó\n    remedio: vuelva a"
        f" una publicada ({', '.join(vistas[:5]) or 'no hay ninguna'}) o, si es la de los datos de"
        f" ahora, publíquela con --edicion {identificador}"
    )


def _conservada(
    proyecto: Proyecto, identificador: str, destino: str | None, remoto: str, aparte: Path
) -> Path | None:
    """La carpeta de una edición que se conserva aquí o en el destino; la de la rama se baja
    ``aparte``.
    """
    if not ediciones.IDENTIFICADOR.fullmatch(identificador):
        return None
    if (carpeta := proyecto.ediciones / identificador).is_dir() or destino is None:
        return carpeta
    return _en_destino(proyecto, identificador, destino, remoto, aparte)


def _en_destino(
    proyecto: Proyecto, identificador: str, destino: str, remoto: str, aparte: Path
) -> Path | None:
    if destino == "gh-pages":
        return gh_pages.bajar(proyecto.raiz, remoto, identificador, aparte)
    return None if _es_zip(destino) else en_carpeta.buscar(Path(destino), identificador)


def _exigir_destino(proyecto: Proyecto, destino: str, remoto: str) -> None:
    """Un destino mal escrito o ajeno se dice antes de construir y de anotar nada."""
    exigir_sin_esquema(destino)
    if destino == "gh-pages":
        gh_pages.exigir_propia(proyecto.raiz, remoto)
    elif not _es_zip(destino):
        exigir_camino(Path(destino))
        exigir_fuera(proyecto, Path(destino))
        en_carpeta.exigir_propio(Path(destino))
        exigir_sin_restringidas(Path(destino))
    elif destino != "zip":
        exigir_archivo(Path(destino), "observatorio.zip")


def exigir_sin_esquema(destino: str) -> None:
    """Lanza ``ErrorDeUso`` si ``destino`` es una dirección y no una carpeta."""
    if not es_direccion(destino):
        return
    lugares = "una carpeta de esta máquina, «gh-pages», «zip» o un archivo .zip"
    if destino.endswith(".git") or DE_GIT.match(destino):
        remedio = (
            f"para publicar en la rama gh-pages de ese repositorio: --a gh-pages --remoto {destino}"
        )
    else:
        remedio = (
            "publique en una carpeta y llévela con el programa que ya usa (rsync, el cliente de FTP"
            " o una unidad de red montada)"
        )
    raise ErrorDeUso(
        f"«{destino}» es una dirección, y --a admite solo {lugares}\n    remedio: {remedio}"
    )


def exigir_fuera(proyecto: Proyecto, destino: Path) -> None:
    """Lanza ``ErrorDeUso`` si ``destino`` está dentro del proyecto, como ``_site``: lo publicado se
    mezclaría con lo que se construye, y con sus entradas.
    """
    lugar, raiz = destino.parent.resolve() / destino.name, proyecto.raiz.resolve()
    if lugar == raiz or raiz in lugar.parents or lugar in raiz.parents:
        raise ErrorDeUso(
            f"«{destino}» está dentro del proyecto, o lo contiene: publique fuera, por ejemplo en"
            f" {raiz.parent / 'sitio'} (en _site ya está lo construido, sin publicar)"
        )


def _es_zip(destino: str) -> bool:
    return destino == "zip" or destino.lower().endswith(".zip")


def _ya_construida(proyecto: Proyecto, identificador: str) -> Path:
    carpeta = proyecto.ediciones / (
        identificador if ediciones.IDENTIFICADOR.fullmatch(identificador) else "ninguna"
    )
    if danos := ediciones.defectos(carpeta):
        raise ErrorDeUso(
            f"la edición «{identificador}» no está en ediciones/ o está dañada:"
            f" {'; '.join(danos[:3])}"
        )
    ficha, hay = ficha_de(carpeta), claves.entradas(proyecto.raiz)
    if distintas := [n for n in hay if n != "entorno" and hay[n] != ficha["entradas"].get(n)]:
        raise ErrorDeUso(
            f"la edición «{identificador}» salió de otras entradas (difieren"
            f" {', '.join(distintas)}); para volver a una anterior use --volver"
        )
    return carpeta


def _llevar(proyecto: Proyecto, carpeta: Path, destino: str, remoto: str, avisar: Avisar) -> str:
    identificador = ediciones.identificador_de(carpeta)
    try:
        if destino == "gh-pages":
            commit = gh_pages.subir(
                carpeta,
                proyecto.raiz,
                remoto,
                _mensaje(carpeta),
                avisar,
                _aprobadas(proyecto),
            )
            return f"{remoto}, rama {gh_pages.RAMA}, commit {commit[:12]}"
        if _es_zip(destino):
            ruta = (
                proyecto.ediciones / f"observatorio-{identificador}.zip"
                if destino == "zip"
                else Path(destino)
            )
            return str(en_zip.empaquetar(carpeta, ruta))
        exigir_fuera(proyecto, Path(destino))
        en_carpeta.copiar(carpeta, Path(destino), avisar, _aprobadas(proyecto))
        return destino
    except OSError as e:
        raise ErrorDeEjecucion(
            f"no se pudo publicar en «{destino}»: {motivo_de(e)}\n    la edición publicada antes"
            " sigue viva\n    remedio: revise el espacio libre y el permiso de escritura, y repita"
            " la orden"
        ) from e


def _aprobadas(proyecto: Proyecto) -> frozenset[str] | None:
    """Las ediciones que un comité aprobó: las que declara ``comites.yml`` y las que llevan una
    versión que el libro de actas aprobó; ``None`` si no se puede leer cuáles: ninguna caduca.
    """
    errores: list[ErrorDeDatos] = []
    with recordando():
        catalogo = leer(proyecto, errores)
        if catalogo is None or catalogo.gobernanza is None:
            return None
        libro = leer_libro(proyecto, catalogo, errores)
    if errores:
        return None
    ultima = publicada.ultima(proyecto)
    de_actas = donde_se_lee(libro.caminos, ultima["historia"] if ultima else ())
    declaradas = (a.edicion for a in catalogo.gobernanza.ediciones_aprobadas)
    return frozenset({*declaradas, *de_actas.values()})


def _mensaje(carpeta: Path) -> str:
    ficha = ficha_de(carpeta)
    cabeza = f"Edición {ficha['edicion']}: versión {ficha['version']}"
    return "\n".join([cabeza, "", *ficha["frases"]])
