"""Publicar en una carpeta: un enlace simbólico que pasa, en un solo paso, de una edición entera a
otra.

    DIR → .DIR.ediciones/<id>-<n>/     la edición, los activos de la que estaba viva
                                       y las anteriores en ediciones/<id>/

Quien pidió una página justo antes del cambio todavía encuentra sus activos. Los archivos iguales se
enlazan entre sí.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from ...base.candado import candado
from ...edicion import ediciones
from ...edicion.ficha import defecto_de_ficha, ficha_sana, queda_fuera
from ...errores import ErrorDeEjecucion, ErrorDeUso

OCUPADO = "otra publicación está escribiendo en «{}»; espere a que termine y repita la orden"
NOMBRE = re.compile(r"([0-9a-f]{16})-(\d+)")


def publicar(carpeta: Path, destino: Path, avisar: Callable[[str], None]) -> None:
    """Hace de la edición de ``carpeta`` la que se ve en ``destino``.

    Lanza ``ErrorDeUso`` si ``destino`` tiene otra cosa o lo ocupa otra publicación, y ``OSError``
    si no se puede escribir: en todos los casos sigue viva la de antes.
    """
    destino = destino.parent.resolve() / destino.name
    exigir_propio(destino)
    almacen = destino.with_name(f".{destino.name}.ediciones")
    _abrir_camino(almacen)
    with candado(almacen / "candado", OCUPADO.format(destino)):
        for resto in almacen.glob(".tmp-*"):
            shutil.rmtree(resto)
        viva = destino.resolve() if destino.is_symlink() and destino.exists() else None
        if (
            viva
            and not ediciones.defectos_publicados(viva)
            and ediciones.manifiesto(viva) == ediciones.manifiesto(carpeta)
            and (viva / ediciones.FIRMA).is_file() >= (carpeta / ediciones.FIRMA).is_file()
        ):
            avisar("esa edición ya está publicada ahí")
            return
        nueva = _montar(carpeta, almacen, viva, avisar)
        _poner(destino, nueva)
        avisar("edición publicada")
        _podar(almacen, {nueva, viva})


def buscar(destino: Path, identificador: str) -> Path | None:
    """La carpeta de una edición que ``destino`` conserva, o nada."""
    almacen = destino.parent.resolve() / f".{destino.name}.ediciones"
    return next(
        (p for p in reversed(publicadas(almacen)) if p.name.startswith(f"{identificador}-")), None
    )


def publicadas(almacen: Path) -> list[Path]:
    """Publicaciones que conserva el almacén, de la más vieja a la más nueva."""
    if not almacen.is_dir():
        return []
    return sorted((p for p in almacen.iterdir() if NOMBRE.fullmatch(p.name)), key=_turno)


def _turno(p: Path) -> int:
    return int(p.name.rpartition("-")[2])


def exigir_propio(destino: Path) -> None:
    """Lanza ``ErrorDeUso`` si en ``destino`` hay otra cosa que una publicación."""
    if destino.is_symlink() or not destino.exists():
        return
    if not destino.is_dir() or (
        any(destino.iterdir()) and not (destino / ediciones.MANIFIESTO).is_file()
    ):
        raise ErrorDeUso(
            f"«{destino}» tiene otras cosas; dé una ruta nueva, una carpeta vacía o una edición"
            " copiada a mano"
        )


def _montar(carpeta: Path, almacen: Path, viva: Path | None, avisar: Callable[[str], None]) -> Path:
    turno = max((_turno(p) for p in publicadas(almacen)), default=0) + 1
    temporal = almacen / f".tmp-{os.getpid()}"
    temporal.mkdir()
    try:
        propios, vivos = ediciones.manifiesto(carpeta), ediciones.manifiesto(viva) if viva else {}
        for relativa, suma in propios.items():
            _traer(
                carpeta / relativa,
                temporal / relativa,
                viva / relativa if viva and vivos.get(relativa) == suma else None,
                suma,
            )
        for relativa in (ediciones.MANIFIESTO, ediciones.FIRMA):
            if (carpeta / relativa).is_file():
                _traer(carpeta / relativa, temporal / relativa, None)
        if danos := ediciones.defectos(temporal):
            raise ErrorDeEjecucion(
                f"la edición no llegó sana a «{almacen.parent}»: {'; '.join(danos[:3])}"
            )
        avisar("edición copiada")
        for origen, relativa in _heredado(almacen, viva, carpeta, avisar):
            if not (temporal / relativa).exists():
                _traer(origen, temporal / relativa, origen)
        _legible(temporal)
        ediciones.al_disco(temporal)
        avisar("edición en el disco")
        nueva = almacen / f"{ediciones.identificador_de(carpeta)}-{turno}"
        os.rename(temporal, nueva)
    except BaseException:
        shutil.rmtree(temporal, ignore_errors=True)
        raise
    avisar("edición lista para el cambio")
    return nueva


def _heredado(
    almacen: Path, viva: Path | None, nueva: Path, avisar: Callable[[str], None]
) -> Iterator[tuple[Path, str]]:
    """Lo que el sitio conserva: activos de la edición viva, fichas de todas y las últimas enteras,
    para citarlas.

    Lo dañado no se hereda: se toma de la misma edición en el proyecto, o se avisa y se deja fuera.
    """
    if viva is None:
        return
    for relativa, suma in ediciones.manifiesto(viva).items():
        if relativa.startswith("activos/") and _es(viva / relativa, suma):
            yield viva / relativa, relativa
    for identificador in sorted(p.stem for p in (viva / "ediciones").glob("*.json")):
        propias = [p for p in publicadas(almacen) if p.name.startswith(f"{identificador}-")]
        if sana := ficha_sana(identificador, [viva, *propias, nueva.parent / identificador]):
            yield sana, f"ediciones/{identificador}.json"
        else:
            avisar(
                queda_fuera(
                    identificador,
                    defecto_de_ficha(
                        identificador, (viva / f"ediciones/{identificador}.json").read_bytes()
                    ),
                )
            )
    vistas = {ediciones.identificador_de(nueva)}
    for publicada in reversed(publicadas(almacen)):
        identificador = publicada.name.partition("-")[0]
        if identificador not in vistas and len(vistas) < ediciones.CONSERVADAS:
            vistas.add(identificador)
            for relativa in (ediciones.MANIFIESTO, ediciones.FIRMA):
                if (publicada / relativa).is_file():
                    yield publicada / relativa, f"ediciones/{identificador}/{relativa}"
            for relativa, suma in ediciones.manifiesto(publicada).items():
                sanos = [
                    c / relativa
                    for c in (publicada, nueva.parent / identificador)
                    if _es(c / relativa, suma)
                ]
                if sanos:
                    yield sanos[0], f"ediciones/{identificador}/{relativa}"
                else:
                    avisar(
                        f"«{relativa}» de la edición {identificador} está dañado en lo publicado y"
                        " aquí no se conserva: queda fuera"
                    )


def _es(ruta: Path, suma: str) -> bool:
    return ruta.is_file() and ediciones.suma(ruta) == suma


def _traer(origen: Path, destino: Path, igual: Path | None, suma: str | None = None) -> None:
    """Copia ``origen``, o lo enlaza con ``igual`` si ya está en este disco y tiene de verdad esa
    ``suma``.
    """
    destino.parent.mkdir(parents=True, exist_ok=True)
    if igual is not None:
        with contextlib.suppress(OSError):
            if suma is None or ediciones.suma(igual) == suma:
                os.link(igual, destino)
                return
    shutil.copyfile(origen, destino)


def _legible(carpeta: Path) -> None:
    """El servidor web, que es otro usuario, entra en cada carpeta y lee cada archivo, sea cual sea
    la máscara de quien publica.
    """
    for ruta in [carpeta, *carpeta.rglob("*")]:
        modo = 0o755 if ruta.is_dir() else 0o644
        if stat.S_IMODE(ruta.stat().st_mode) != modo:
            ruta.chmod(modo)


def _abrir_camino(almacen: Path) -> None:
    """Crea el almacén y las carpetas que le falten por encima, todas con paso para el servidor
    web.
    """
    nuevas = [p for p in almacen.parents if not p.exists()]
    almacen.mkdir(parents=True, exist_ok=True)
    for ruta in [*nuevas, almacen]:
        if stat.S_IMODE(ruta.stat().st_mode) != 0o755:
            ruta.chmod(0o755)


def _poner(destino: Path, nueva: Path) -> None:
    """El cambio. Una carpeta vacía o una copia hecha a mano se aparta antes, con una línea."""
    if destino.is_dir() and not destino.is_symlink():
        if any(destino.iterdir()):
            apartado = destino.with_name(f"{destino.name}.apartado")
            shutil.rmtree(apartado, ignore_errors=True)
            os.rename(destino, apartado)
            print(f"{destino.name} era una carpeta; se apartó en {apartado.name}")
        else:
            destino.rmdir()
    ediciones.enlazar(destino, Path(os.path.relpath(nueva, destino.parent)))


def _podar(almacen: Path, en_uso: Collection[Path | None]) -> None:
    """Deja la última publicación de cada una de las últimas ediciones, la viva y la que lo era
    hasta ahora.
    """
    ultimas = {p.name.partition("-")[0]: p for p in publicadas(almacen)}
    orden = sorted(ultimas.values(), key=_turno)[-ediciones.CONSERVADAS :]
    for vieja in publicadas(almacen):
        if vieja not in (*en_uso, *orden):
            shutil.rmtree(vieja)
