"""La tipografía de gráficos y boletines: Source Sans Pro, del paquete ``font-source-sans-pro``."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

ARCHIVOS = ("SourceSansPro-Regular.otf", "SourceSansPro-It.otf", "SourceSansPro-Semibold.otf", "SourceSansPro-Bold.otf")


@cache
def carpeta_de_fuentes() -> Path:
    """Carpeta del paquete con los archivos de la tipografía; se localiza sin importarlo (usa pkg_resources)."""
    hallado = find_spec("font_source_sans_pro")
    if hallado is None or not hallado.submodule_search_locations:
        raise ModuleNotFoundError("falta el paquete font-source-sans-pro: instale requirements.txt")
    return Path(hallado.submodule_search_locations[0]) / "files"
