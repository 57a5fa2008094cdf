"""Ediciones: cada construcción entera es una carpeta nueva, y pasar a ella es un solo cambio
atómico.

    ediciones/.tmp-…  →  ediciones/<id>  →  ediciones/actual (enlace)  ;  _site → ediciones/actual

Una edición sellada no cambia nunca: los archivos iguales de dos ediciones son el mismo archivo del
disco.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..base.escritura import sincronizar
from ..base.huellas import de_sumas, en_lineas, suma_de
from ..errores import ErrorDeUso
from ..rutas import Proyecto

MANIFIESTO = "MANIFEST.sha256"
FIRMA = f"{MANIFIESTO}.sig"
"""La firma del manifiesto, si la edición se firmó: acompaña a la edición sin ser parte de ella."""
CONSERVADAS = 5
ESCRITURAS_A_LA_VEZ = 16
FICHA = re.compile(r"ediciones/([0-9a-f]{16})\.json")
IDENTIFICADOR = re.compile(r"[0-9a-f]{16}")


def actual(proyecto: Proyecto) -> str | None:
    """Identificador de la edición viva, o nada."""
    enlace = proyecto.ediciones / "actual"
    return enlace.resolve().name if enlace.exists() else None


def conservadas(proyecto: Proyecto) -> list[Path]:
    """Carpetas de las ediciones que hay, de la más vieja a la más nueva."""
    if not proyecto.ediciones.is_dir():
        return []
    hay = [
        p
        for p in proyecto.ediciones.iterdir()
        if IDENTIFICADOR.fullmatch(p.name) and (p / MANIFIESTO).is_file()
    ]
    return sorted(hay, key=lambda p: ((p / MANIFIESTO).stat().st_mtime_ns, p.name))


def manifiesto(carpeta: Path) -> dict[str, str]:
    """Ruta relativa → sha256, como lo dice el manifiesto; vacío si no hay."""
    try:
        return de_sumas((carpeta / MANIFIESTO).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def propios(carpeta: Path) -> list[str]:
    """Lo que viaja de una edición: lo que dice su manifiesto, el manifiesto y, si la hay, su
    firma.
    """
    return [*manifiesto(carpeta), MANIFIESTO, *([FIRMA] if (carpeta / FIRMA).is_file() else [])]


def defectos(carpeta: Path) -> list[str]:
    """Archivos que faltan, sobran o no tienen el contenido que dice el manifiesto; vacío si está
    sana.
    """
    dicho = manifiesto(carpeta)
    hay = set(rutas(carpeta)) - {MANIFIESTO, FIRMA}
    malos = [f"{r}: falta" for r in sorted(dicho.keys() - hay)] + [
        f"{r}: sobra" for r in sorted(hay - dicho.keys())
    ]
    malos += [
        f"{r}: su contenido cambió"
        for r in sorted(dicho.keys() & hay)
        if suma(carpeta / r) != dicho[r]
    ]
    return malos or ([] if dicho else [f"{MANIFIESTO}: falta o está vacío"])


def defectos_publicados(carpeta: Path) -> list[str]:
    """Como ``defectos``, donde conviven además activos y ediciones anteriores: lo que sobra no
    cuenta.
    """
    return [d for d in defectos(carpeta) if not d.endswith(": sobra")]


def identificador_de(carpeta: Path) -> str:
    """El identificador de la edición que hay en una carpeta, según su manifiesto. Lanza
    ``ErrorDeUso`` si no es una.
    """
    for ruta in manifiesto(carpeta):
        if hallada := FICHA.fullmatch(ruta):
            return hallada[1]
    raise ErrorDeUso(
        f"«{carpeta}» no es una edición del observatorio: su {MANIFIESTO} no nombra"
        " ediciones/<id>.json"
    )


def sana(carpeta: Path) -> bool:
    return (carpeta / MANIFIESTO).is_file() and not defectos(carpeta)


def carpeta_nueva(proyecto: Proyecto) -> Path:
    """Carpeta temporal vacía, en el mismo disco que las ediciones; borra las que dejó una
    construcción muerta.
    """
    proyecto.ediciones.mkdir(parents=True, exist_ok=True)
    for resto in [*proyecto.ediciones.glob(".*"), *proyecto.raiz.glob("._site-*")]:
        if resto.is_symlink() or resto.is_file():
            resto.unlink()
        else:
            shutil.rmtree(resto, ignore_errors=True)
    carpeta = proyecto.ediciones / f".tmp-{os.getpid()}"
    carpeta.mkdir()
    return carpeta


def reunir(proyecto: Proyecto, archivos: Mapping[str, Path], destino: Path) -> None:
    """Deja ``ruta relativa → archivo`` dentro de ``destino``: lo que la edición viva tiene igual,
    en un enlace a ella, que es diez veces más barato que copiarlo.
    """
    viva = (proyecto.ediciones / "actual").resolve()
    for relativa, origen in sorted(archivos.items()):
        ruta, contenido = destino / relativa, origen.read_bytes()
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.unlink(missing_ok=True)
        if not _enlazado(viva / relativa, contenido, ruta):
            ruta.write_bytes(contenido)


def _enlazado(otra: Path, contenido: bytes, ruta: Path) -> bool:
    """Si ``ruta`` es ahora un enlace a ``otra``, que tiene ese contenido."""
    with contextlib.suppress(OSError):
        if otra.read_bytes() == contenido:
            os.link(otra, ruta)
            return True
    return False


def suma(ruta: Path) -> str:
    return suma_de(ruta.read_bytes())


def rutas(carpeta: Path) -> Iterator[str]:
    """Rutas relativas de todos los archivos, ordenadas."""
    dentro = len(os.path.join(carpeta, ""))
    hay = [os.path.join(lugar, n) for lugar, _, nombres in os.walk(carpeta) for n in nombres]
    yield from sorted(r[dentro:].replace(os.sep, "/") for r in hay if os.path.isfile(r))


def sellar(
    proyecto: Proyecto,
    temporal: Path,
    identificador: str,
    sabidas: Mapping[str, str] | None = None,
) -> Path:
    """Hace de la carpeta temporal la edición ``identificador``: entera en el disco, o no existe.

    ``MANIFEST.sha256`` sigue el formato de ``sha256sum -c``. ``sabidas``: las sumas que quien
    escribió la carpeta acaba de tomar.
    """
    sabidas = sabidas or {}
    sumas = {r: sabidas.get(r) or suma(temporal / r) for r in rutas(temporal) if r != MANIFIESTO}
    _compartir(proyecto, temporal, sumas)
    (temporal / MANIFIESTO).write_bytes(en_lineas(sumas))
    al_disco(temporal)
    destino = proyecto.ediciones / identificador
    roto = proyecto.ediciones / f".roto-{identificador}-{os.getpid()}"
    if destino.exists():
        os.rename(destino, roto)
    os.rename(temporal, destino)
    shutil.rmtree(roto, ignore_errors=True)
    sincronizar(proyecto.ediciones)
    return destino


def _compartir(proyecto: Proyecto, temporal: Path, sumas: Mapping[str, str]) -> None:
    """Cambia cada archivo igual a uno de la edición viva por un enlace a él: ni más disco ni más
    espera.
    """
    viva = (proyecto.ediciones / "actual").resolve()
    iguales = manifiesto(viva)
    for relativa, valor in sumas.items():
        otra, ruta, enlace = viva / relativa, temporal / relativa, temporal / f".{valor}"
        if iguales.get(relativa) != valor or not otra.is_file() or otra.samefile(ruta):
            continue
        if _enlazado(otra, ruta.read_bytes(), enlace):
            with contextlib.suppress(OSError):
                os.replace(enlace, ruta)


def activar(proyecto: Proyecto, identificador: str) -> None:
    """Hace de ``identificador`` la edición viva, en un solo paso, y asegura ``_site``.

    Lanza ``ErrorDeUso`` si esa edición no está.
    """
    if (
        not IDENTIFICADOR.fullmatch(identificador)
        or not (proyecto.ediciones / identificador / MANIFIESTO).is_file()
    ):
        hay = ", ".join(p.name for p in conservadas(proyecto)) or "ninguna"
        raise ErrorDeUso(f"no hay ninguna edición «{identificador}»; las que hay: {hay}")
    enlazar(proyecto.ediciones / "actual", Path(identificador))
    sitio = proyecto.sitio
    if sitio.is_dir() and not sitio.is_symlink():
        apartado = sitio.with_name("_site.apartado")
        shutil.rmtree(apartado, ignore_errors=True)
        os.rename(sitio, apartado)
        print(f"_site era una carpeta; se apartó en {apartado.name}")
    enlazar(sitio, Path("ediciones") / "actual")


def podar(proyecto: Proyecto) -> None:
    """Deja las últimas ediciones y nunca borra la viva."""
    viva = actual(proyecto)
    for vieja in conservadas(proyecto)[:-CONSERVADAS]:
        if vieja.name != viva:
            shutil.rmtree(vieja)


def enlazar(enlace: Path, destino: Path) -> None:
    """Reemplaza un enlace simbólico de una vez; donde no hay enlaces (Windows), deja una copia."""
    if enlace.is_symlink() and Path(os.readlink(enlace)) == destino:
        return
    temporal = enlace.with_name(f".{enlace.name}-{os.getpid()}")
    temporal.unlink(missing_ok=True)
    try:
        temporal.symlink_to(destino, target_is_directory=True)
        os.replace(temporal, enlace)
        sincronizar(enlace.parent)
    except OSError:
        if os.name != "nt":
            raise
        shutil.rmtree(enlace, ignore_errors=True)
        shutil.copytree(enlace.parent / destino, enlace)


def al_disco(carpeta: Path) -> None:
    """fsync de cada archivo propio y de cada carpeta: tras un corte de luz, la edición está entera
    o no está.
    """
    if os.name == "nt":
        return
    por_sincronizar = [
        ruta
        for ruta in [*carpeta.rglob("*"), carpeta]
        if not ruta.is_symlink() and (ruta.is_dir() or ruta.stat().st_nlink == 1)
    ]
    # Pedidos de uno en uno, cada archivo espera su turno en el disco.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(ESCRITURAS_A_LA_VEZ) as hilos:
        list(hilos.map(sincronizar, por_sincronizar))
