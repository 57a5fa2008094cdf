"""El recibo: lo que entra se escribe aparte, se comprueba entero y pasa a su carpeta en un solo
cambio atómico.

    .trabajo/recepcion-…/recibo/  →  data/observaciones/recibos/<recibo>/

Es un único ``rename`` de una carpeta que no existía: tras un corte en cualquier momento, data/ es
exactamente la de antes o la de después.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..base.avisos import Avisar, callar
from ..base.escritura import sincronizar
from ..base.huellas import suma_de
from ..base.yaml_editable import escrito
from ..datos.csv_estricto import COLUMNAS
from ..datos.tarjetas_de_recibo import JUSTIFICACIONES, OBSERVACIONES, TARJETA, Tarjeta
from ..errores import ErrorDeEjecucion
from ..rutas import Proyecto
from .lote import Medida

LARGO = 10
PREFIJO = "recepcion-"
HORA = 3600


def numero_de_recibo(
    sha256: str,
    mapeo: str | None,
    periodo: str | None,
    fecha_dato: str | None,
    hoja: str | None = None,
) -> str:
    """El mismo archivo, leído del mismo modo (y la misma hoja, si se pidió una), da siempre el
    mismo número.
    """
    if mapeo is None and hoja is None:
        return f"r-{sha256[:LARGO]}"
    partes = "\n".join(
        [sha256, mapeo or "", periodo or "", fecha_dato or "", *([hoja] if hoja else [])]
    )
    return f"r-{hashlib.sha256(partes.encode()).hexdigest()[:LARGO]}"


def escribir_recibo(
    carpeta: Path,
    tarjeta: Tarjeta,
    medidas: Sequence[Medida],
    justificaciones: Sequence[Mapping[str, str]],
) -> Tarjeta:
    """Escribe el recibo en ``carpeta`` (aún fuera de data/) y devuelve la tarjeta con las huellas
    de lo escrito.
    """
    carpeta.mkdir(parents=True, exist_ok=True)
    contenidos: dict[str, bytes] = {}
    if medidas:
        contenidos[OBSERVACIONES] = _csv(COLUMNAS, sorted(m.linea() for m in medidas))
    if justificaciones:
        contenidos[JUSTIFICACIONES] = _csv(
            list(justificaciones[0]), [list(j.values()) for j in justificaciones]
        )
    tarjeta = tarjeta.model_copy(update={"huellas": {n: suma_de(c) for n, c in contenidos.items()}})
    contenidos[TARJETA] = escrito(tarjeta.model_dump(mode="json", exclude_none=True)).encode()
    for nombre, contenido in contenidos.items():
        (carpeta / nombre).write_bytes(contenido)
    return tarjeta


def _csv(columnas: Sequence[str], filas: Sequence[Sequence[str]]) -> bytes:
    salida = io.StringIO()
    escritor = csv.writer(salida, lineterminator="\n")
    escritor.writerow(columnas)
    escritor.writerows(filas)
    return salida.getvalue().encode()


def entregar(proyecto: Proyecto, preparado: Path, recibo: str, paso: Avisar = callar) -> Path:
    """Mueve el recibo preparado a su lugar. ``paso`` se llama antes y después de cada acto (las
    pruebas cortan ahí).
    """
    destino = proyecto.recibos / recibo
    paso("antes de sincronizar")
    for ruta in [*preparado.iterdir(), preparado]:
        sincronizar(ruta)
    paso("antes de mover")
    proyecto.recibos.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(preparado, destino)
    except OSError as e:
        if destino.exists():
            raise ErrorDeEjecucion(
                f"el recibo {recibo} entró mientras tanto por otra orden; no se escribió nada"
            ) from e
        raise
    paso("después de mover")
    sincronizar(proyecto.recibos)
    return destino


@contextmanager
def ensayo(proyecto: Proyecto) -> Iterator[Proyecto]:
    """Copia de las entradas de datos, en el mismo disco, donde probar el recibo con la compuerta
    entera.

    Se borra al salir, y también las que dejó una recepción cortada.
    """
    proyecto.trabajo.mkdir(parents=True, exist_ok=True)
    for resto in proyecto.trabajo.glob(f"{PREFIJO}*"):
        if time.time() - resto.stat().st_mtime > HORA:
            shutil.rmtree(resto, ignore_errors=True)
    raiz = proyecto.trabajo / f"{PREFIJO}{os.getpid()}"
    shutil.rmtree(raiz, ignore_errors=True)
    try:
        shutil.copytree(proyecto.data, raiz / "data")
        shutil.copy2(proyecto.raiz / "_quarto.yml", raiz / "_quarto.yml")
        shutil.copytree(proyecto.extension, Proyecto(raiz).extension)
        for hoja in proyecto.misiones.glob("*/hoja-de-ruta.yml"):
            (raiz / "misiones" / hoja.parent.name).mkdir(parents=True)
            shutil.copy2(hoja, raiz / "misiones" / hoja.parent.name / hoja.name)
        yield Proyecto(raiz)
    finally:
        shutil.rmtree(raiz, ignore_errors=True)
