"""Un proyecto nuevo: el programa y las páginas comunes de otro; lo del lugar, vacío o por
llenar.
"""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

from ..catalogo.nombre_de_lugar import NombreDeLugar, TipoDeTerritorio
from ..datos.correcciones import COLUMNAS_CORRECCION
from ..datos.justificaciones import COLUMNAS_JUSTIFICACION
from ..datos.tablas import TABLAS
from ..edicion import memoria
from ..errores import ErrorDeUso
from ..rutas import Proyecto

PLANTILLAS = Path(__file__).parent / "plantillas"
DEL_PROGRAMA = (
    "Makefile",
    "LICENSE",
    "pyproject.toml",
    "requirements.in",
    "requirements.txt",
    "requirements-pruebas.in",
    "requirements-pruebas.txt",
    "requirements-quarto.txt",
    "requirements-uv.in",
    "requirements-uv.txt",
    "_quarto.yml",
    "_environment",
    "referencias.bib",
    "_extensions",
    "notebooks",
    "guias",
    ".gitattributes",
    ".gitignore",
    "scripts/observatorio",
    "scripts/entorno.sh",
    "scripts/herramientas.sh",
    "scripts/comprobar_preparado.py",
    "data/esquemas",
)
"""Lo que es igual en todas partes y se copia tal cual; lo que no hay, no."""
GENERADO = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
DEL_TERRITORIO = re.compile(r"^::: \{\.del-territorio\}\n.*?^:::\n\n?", re.MULTILINE | re.DOTALL)
"""Lo que una página común dice solo de su lugar: no pasa a otro."""
TABLAS_VACIAS: dict[str, tuple[str, ...]] = {
    **{f"data/{t.nombre}.csv": t.columnas for t in TABLAS},
    "data/correcciones.csv": COLUMNAS_CORRECCION,
    "data/justificaciones.csv": COLUMNAS_JUSTIFICACION,
}


DE_LA_CLAVE = (
    "Esta clave, al azar, entra en las huellas de los datos que se publican con cada edición. No la"
    " publique\nni la cambie: los mismos datos con la misma clave dan los mismos bytes."
)


ENTRE_DISTRITOS = "distritos-de-la-provincia.ipynb"
"""El análisis de un distrito frente a los demás: donde los lugares son distritos, sobra."""
COMO_SE_LLAMAN = re.compile(r"^anexos_se_llaman: .*$", re.MULTILINE)


def escribir(
    modelo: Proyecto,
    carpeta: Path,
    tipo: TipoDeTerritorio = "distrito",
    lugar: NombreDeLugar | None = None,
) -> Proyecto:
    """Escribe en ``carpeta`` un proyecto nuevo con el programa de ``modelo``. ``lugar``: cómo se
    llaman sus lugares; si no se dice, queda por completar.

    Lanza ``ErrorDeUso`` si la carpeta existe y no está vacía: nunca se escribe sobre otro proyecto.
    """
    if carpeta.exists() and (not carpeta.is_dir() or any(carpeta.iterdir())):
        raise ErrorDeUso(
            f"«{carpeta}» ya existe y no está vacía\n"
            "    remedio: elija el nombre de una carpeta nueva"
        )
    for nombre in DEL_PROGRAMA:
        _copiar(modelo.raiz / nombre, carpeta / nombre)
    for pagina in sorted(modelo.raiz.glob("*.qmd")):
        texto = DEL_TERRITORIO.sub("", pagina.read_text(encoding="utf-8"))
        (carpeta / pagina.name).write_text(texto, encoding="utf-8")
    shutil.copytree(PLANTILLAS, carpeta, dirs_exist_ok=True)
    nuevo = Proyecto(carpeta)
    _con_su_territorio(nuevo, tipo, lugar)
    if tipo == "provincia" or (lugar and lugar.singular == "distrito"):
        (nuevo.cuadernos / "analisis" / ENTRE_DISTRITOS).unlink(missing_ok=True)
    for nombre, columnas in TABLAS_VACIAS.items():
        (carpeta / nombre).write_text(",".join(columnas) + "\n", encoding="utf-8")
    (carpeta / "data" / "observaciones").mkdir()
    nuevo.clave_de_huellas.write_text(
        f"{secrets.token_hex(32)}\n\n{DE_LA_CLAVE}\n", encoding="utf-8"
    )
    registro = carpeta / memoria.CARPETA / memoria.REGISTRO
    registro.parent.mkdir()
    registro.write_bytes(memoria.con_sumas(memoria.SEMILLA, {}))
    return nuevo


def _con_su_territorio(
    nuevo: Proyecto, tipo: TipoDeTerritorio, lugar: NombreDeLugar | None
) -> None:
    """Escribe en ``data/territorio.yml`` qué es el territorio y cómo se llaman sus lugares."""
    texto = nuevo.territorio.read_text(encoding="utf-8")
    texto = texto.replace("\ntipo: distrito ", f"\ntipo: {tipo} ")
    if lugar:
        campos = ", ".join(f"{c}: {v}" for c, v in lugar.model_dump().items())
        texto = COMO_SE_LLAMAN.sub(f"anexos_se_llaman: {{{campos}}}", texto)
    nuevo.territorio.write_text(texto, encoding="utf-8")


def _copiar(origen: Path, destino: Path) -> None:
    if origen.is_dir():
        shutil.copytree(origen, destino, ignore=GENERADO)
    elif origen.is_file():
        destino.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origen, destino)
