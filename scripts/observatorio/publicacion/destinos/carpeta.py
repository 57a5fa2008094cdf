"""Publicar en una carpeta: un enlace simbólico que pasa, en un solo paso, de una edición entera a
otra.

    DIR → .DIR.ediciones/<id>-<n>/     la edición, activos de las que lo fueron
                                       y las anteriores en ediciones/<id>/

Qué queda de las anteriores está en ``conservar``. Los archivos iguales se enlazan entre sí.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

from ...base.avisos import Avisar
from ...base.candado import candado
from ...base.escritura import escribir_json_atomico
from ...edicion import ediciones
from ...edicion.ficha import defecto_de_ficha, ficha_sana, queda_fuera
from ...errores import ErrorDeEjecucion, ErrorDeUso
from .conservar import DIAS_DE_ACTIVOS, Conservada, conservadas, fichas_que_quedan

OCUPADO = "otra publicación está escribiendo en «{}»; espere a que termine y repita la orden"
ACTIVOS_USADOS = "activos-usados.json"
NOMBRE = re.compile(r"([0-9a-f]{16})-(\d+)")


def copiar(
    carpeta: Path,
    destino: Path,
    avisar: Avisar,
    aprobadas: Collection[str] | None = (),
    hoy: Callable[[], date] = date.today,
) -> None:
    """Hace de la edición de ``carpeta`` la que se ve en ``destino``.

    ``aprobadas``: las ediciones cuyos datos y boletines no caducan; ``hoy`` dice cuándo caducan los
    activos. Lanza ``ErrorDeUso`` si ``destino`` tiene otra cosa o lo ocupa otra publicación, y
    ``OSError`` si no se puede escribir: en todos los casos sigue viva la de antes.
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
        usados = _Usados(almacen / ACTIVOS_USADOS, hoy())
        nueva = _montar(carpeta, almacen, viva, avisar, aprobadas, usados)
        _poner(destino, nueva)
        avisar("edición publicada")
        if viva:
            usados.anotar(viva, nueva)
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
    if destino.is_symlink():
        almacen = destino.parent.resolve() / f".{destino.name}.ediciones"
        if destino.resolve().parent != almacen:
            raise ErrorDeUso(
                f"«{destino}» es un enlace a «{destino.resolve()}», que no es una publicación del"
                " observatorio: dé la ruta de una carpeta nueva"
            )
        return
    if not destino.exists():
        return
    if not destino.is_dir() or (
        any(destino.iterdir()) and not (destino / ediciones.MANIFIESTO).is_file()
    ):
        raise ErrorDeUso(
            f"«{destino}» tiene otras cosas; dé una ruta nueva, una carpeta vacía o una edición"
            " copiada a mano"
        )


def _montar(
    carpeta: Path,
    almacen: Path,
    viva: Path | None,
    avisar: Avisar,
    aprobadas: Collection[str] | None,
    usados: _Usados,
) -> Path:
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
        for origen, relativa in _heredado(almacen, viva, carpeta, avisar, aprobadas, usados):
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
    almacen: Path,
    viva: Path | None,
    nueva: Path,
    avisar: Avisar,
    aprobadas: Collection[str] | None,
    usados: _Usados,
) -> Iterator[tuple[Path, str]]:
    """Lo que el sitio conserva de antes: activos, fichas y ediciones.

    Lo dañado no se hereda: se toma de la misma edición en el proyecto, o se avisa y se deja fuera.
    """
    if viva is None:
        return
    yield from ((viva / relativa, relativa) for relativa in usados.vigentes(viva))
    aqui = [
        i for i in sorted(aprobadas or ()) if (nueva.parent / i / ediciones.MANIFIESTO).is_file()
    ]
    anteriores = [*_anteriores(almacen, viva), *aqui]
    propia = ediciones.identificador_de(nueva)
    siguen = conservadas([i for i in dict.fromkeys(anteriores) if i != propia], aprobadas)
    fichas = {p.stem: p.read_bytes() for p in sorted((viva / "ediciones").glob("*.json"))}
    for identificador in sorted(fichas_que_quedan(fichas, (c.identificador for c in siguen))):
        propias = [p for p in publicadas(almacen) if p.name.startswith(f"{identificador}-")]
        if sana := ficha_sana(identificador, [viva, *propias, nueva.parent / identificador]):
            yield sana, f"ediciones/{identificador}.json"
        else:
            avisar(
                queda_fuera(identificador, defecto_de_ficha(identificador, fichas[identificador]))
            )
    for conservada in siguen:
        yield from _de_edicion(conservada, almacen, viva, nueva, avisar)


def _anteriores(almacen: Path, viva: Path) -> list[str]:
    """Las ediciones que ya están en el sitio, de la publicada más tarde a la primera; al final, las
    que solo conserva la viva, que son las aprobadas.
    """
    del_almacen = [p.name.partition("-")[0] for p in reversed(publicadas(almacen))]
    en_la_viva = (viva / "ediciones").glob(f"*/{ediciones.MANIFIESTO}")
    return [*del_almacen, *sorted(p.parent.name for p in en_la_viva)]


def _de_edicion(
    conservada: Conservada,
    almacen: Path,
    viva: Path,
    nueva: Path,
    avisar: Avisar,
) -> Iterator[tuple[Path, str]]:
    """Los archivos que siguen de una edición anterior, cada uno de donde esté sano."""
    identificador = conservada.identificador
    lugar = f"ediciones/{identificador}"
    en_almacen = (
        p for p in reversed(publicadas(almacen)) if p.name.startswith(f"{identificador}-")
    )
    donde = [*en_almacen, viva / lugar, nueva.parent / identificador]
    propia = next((p for p in donde if (p / ediciones.MANIFIESTO).is_file()), None)
    if propia is None:
        return
    for relativa in (ediciones.MANIFIESTO, ediciones.FIRMA):
        if (propia / relativa).is_file():
            yield propia / relativa, f"{lugar}/{relativa}"
    for relativa, suma in ediciones.manifiesto(propia).items():
        if not conservada.lleva(relativa):
            continue
        sano = next((c / relativa for c in donde if _es(c / relativa, suma)), None)
        if sano:
            yield sano, f"{lugar}/{relativa}"
        else:
            avisar(
                f"«{relativa}» de la edición {identificador} está dañado en lo publicado y aquí no"
                " se conserva: queda fuera"
            )


class _Usados:
    """Qué activos se heredaron ya, con su suma y hasta qué día los usó una edición viva; en un
    archivo junto a las publicadas.

    Lo que el archivo no nombra cuenta como usado hoy: perderlo, o morir antes de escribirlo, solo
    hace durar más a los activos.
    """

    def __init__(self, ruta: Path, hoy: date) -> None:
        self._ruta, self._hoy = ruta, hoy.isoformat()
        self._limite = (hoy - timedelta(days=DIAS_DE_ACTIVOS)).isoformat()
        self._dicho: dict[str, dict[str, str]] = {}
        with contextlib.suppress(OSError, ValueError, AttributeError, KeyError, TypeError):
            leido = json.loads(ruta.read_bytes())
            self._dicho = {r: {n: str(d[n]) for n in ("suma", "hasta")} for r, d in leido.items()}

    def vigentes(self, viva: Path) -> list[str]:
        """Los activos sanos de ``viva``, propios y heredados, que alguien puede tener abiertos."""
        propios = ediciones.manifiesto(viva)
        return [r for r in _activos(viva) if self._vigente(viva / r, r, propios.get(r))]

    def _vigente(self, ruta: Path, relativa: str, propia: str | None) -> bool:
        if propia is not None:
            return _es(ruta, propia)
        dicho = self._dicho.get(relativa)
        return dicho is None or (dicho["hasta"] >= self._limite and _es(ruta, dicho["suma"]))

    def anotar(self, viva: Path, nueva: Path) -> None:
        """Los de la que dejó de ser ``viva`` se usaron hasta hoy; los que ya no están se
        olvidan.
        """
        de_antes, de_ahora = ediciones.manifiesto(viva), ediciones.manifiesto(nueva)
        hoy = {
            r: {"suma": de_antes.get(r) or ediciones.suma(nueva / r), "hasta": self._hoy}
            for r in _activos(nueva)
            if r not in de_ahora and (r in de_antes or r not in self._dicho)
        }
        siguen = {r: d for r, d in self._dicho.items() if (nueva / r).is_file()}
        escribir_json_atomico(self._ruta, siguen | hoy)


def _activos(carpeta: Path) -> list[str]:
    hay = (p for p in (carpeta / "activos").rglob("*") if p.is_file())
    return sorted(p.relative_to(carpeta).as_posix() for p in hay)


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
