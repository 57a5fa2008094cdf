"""Publicar: construir lo que haya cambiado, llevarlo a su destino de una vez y anotar lo publicado.

    construir → comprobar que todo es público → destino (cambio atómico) → data/publicada/
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..construir import MotorDePaginas, construir
from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..preparar import callar
from ..rutas import Proyecto
from . import claves, ediciones, publicada
from .candado import candado
from .destinos import carpeta as en_carpeta
from .destinos import gh_pages
from .destinos import zip as en_zip
from .escritura import escritura_explicada
from .quietud import con_lo_ultimo

PUBLICO = "ciudadano"
OCUPADO = "otra publicación sigue en curso en este proyecto; espere a que termine y repita la orden"


@dataclass(frozen=True, slots=True)
class Publicacion:
    """Qué edición quedó publicada, dónde, y si es la primera vez que se anota."""

    identificador: str
    lugar: str
    anotada: bool


def publicar(
    proyecto: Proyecto, destino: str, motor: MotorDePaginas = "auto", remoto: str = "origin",
    avisar: Callable[[str], None] = callar, edicion: str | None = None,
) -> Publicacion:
    """Construye la edición de las entradas actuales y la publica en ``destino`` (carpeta, ``gh-pages`` o zip).

    ``edicion``: una ya construida con estas mismas entradas (en otra máquina, por ejemplo), que se publica tal cual. Lanza lo que ``construir``, y ``ErrorDeUso`` o ``ErrorDeEjecucion`` si no se puede publicar: sigue viva la de antes.
    """
    def abrir() -> Path:
        carpeta = _ya_construida(proyecto, edicion) if edicion else construir(proyecto, motor, avisar=avisar).carpeta
        exigir_publica(carpeta)
        publicada.abrir(proyecto, carpeta)
        return carpeta

    with escritura_explicada(), candado(proyecto.trabajo / "publicacion.candado", OCUPADO):
        carpeta = con_lo_ultimo(abrir, avisar)
        lugar = _llevar(proyecto, carpeta, destino, remoto, avisar)
        anotada = publicada.cerrar(proyecto, carpeta)
        if anotada:
            avisar("publicación anotada en data/publicada/")
        return Publicacion(carpeta.name, lugar, anotada)


def volver(proyecto: Proyecto, identificador: str, destino: str | None, remoto: str = "origin", avisar: Callable[[str], None] = callar) -> str:
    """Vuelve a una edición conservada, aquí (``_site``) o en ``destino``, sin construir nada.

    Lanza ``ErrorDeUso`` si nadie la conserva. Lo ya publicado sigue anotado: el público ya lo vio.
    """
    with escritura_explicada(), candado(proyecto.trabajo / "publicacion.candado", OCUPADO):
        if destino is None:
            ediciones.activar(proyecto, identificador)
            return proyecto.relativa(proyecto.sitio)
        carpeta = proyecto.ediciones / identificador
        if not carpeta.is_dir() and destino not in ("gh-pages", "zip"):
            carpeta = en_carpeta.buscar(Path(destino), identificador) or carpeta
        if ediciones.defectos_publicados(carpeta):
            hay = ", ".join(p.name for p in ediciones.conservadas(proyecto)) or "ninguna"
            raise ErrorDeUso(f"no hay ninguna edición sana «{identificador}»; aquí se conservan: {hay}")
        exigir_publica(carpeta)
        return _llevar(proyecto, carpeta, destino, remoto, avisar)


def _ya_construida(proyecto: Proyecto, identificador: str) -> Path:
    carpeta = proyecto.ediciones / identificador
    if danos := ediciones.defectos(carpeta):
        raise ErrorDeUso(f"la edición «{identificador}» no está en ediciones/ o está dañada: {'; '.join(danos[:3])}")
    ficha = json.loads((carpeta / "ediciones" / f"{identificador}.json").read_text(encoding="utf-8"))
    hay = claves.entradas(proyecto.raiz)
    if distintas := [n for n in hay if n != "entorno" and hay[n] != ficha["entradas"].get(n)]:
        raise ErrorDeUso(f"la edición «{identificador}» salió de otras entradas (difieren {', '.join(distintas)}); para volver a una anterior use --volver")
    return carpeta


def _llevar(proyecto: Proyecto, carpeta: Path, destino: str, remoto: str, avisar: Callable[[str], None]) -> str:
    identificador = ediciones.identificador_de(carpeta)
    try:
        if destino == "gh-pages":
            commit = gh_pages.publicar(carpeta, proyecto.raiz, remoto, _mensaje(carpeta, identificador), avisar)
            return f"{remoto}, rama {gh_pages.RAMA}, commit {commit[:12]}"
        if destino == "zip" or destino.endswith(".zip"):
            ruta = proyecto.ediciones / f"observatorio-{identificador}.zip" if destino == "zip" else Path(destino)
            return str(en_zip.publicar(carpeta, ruta))
        en_carpeta.publicar(carpeta, Path(destino), avisar)
        return destino
    except OSError as e:
        raise ErrorDeEjecucion(
            f"no se pudo publicar en «{destino}»: {e.strerror or e}\n    la edición publicada antes sigue viva\n"
            "    remedio: revise el espacio libre y el permiso de escritura, y repita la orden"
        ) from e


def _mensaje(carpeta: Path, identificador: str) -> str:
    ficha = json.loads((carpeta / "ediciones" / f"{identificador}.json").read_text(encoding="utf-8"))
    return f"Edición {identificador}: versión {ficha['version']}\n\n" + "\n".join(ficha["frases"])


def exigir_publica(carpeta: Path) -> None:
    """Rechaza una edición con cifras de un nivel de acceso restringido, venga de donde venga."""
    kpis = json.loads((carpeta / "datos" / "kpis.json").read_text(encoding="utf-8"))
    restringidos = {k["codigo"] for k in kpis if k["acceso"] != PUBLICO}
    con_cifra = {k["codigo"] for k in kpis if k["codigo"] in restringidos and (k["ultimo"] or k["avance"] is not None)}
    with (carpeta / "datos" / "observaciones.csv").open(encoding="utf-8", newline="") as archivo:
        con_cifra |= restringidos & {f["kpi"] for f in csv.DictReader(archivo)}
    if con_cifra:
        raise ErrorDeUso(
            f"esta edición tiene cifras de acceso restringido ({', '.join(sorted(con_cifra))}) y no se publica; "
            "entréguela por el canal de su nivel, o cambie el acceso de esos KPI en su hoja de ruta con un acta"
        )
