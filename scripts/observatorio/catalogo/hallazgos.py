"""La forma de lo que hallan las reglas del catálogo, que conocen el código y no la línea."""

from __future__ import annotations

Hallazgo = tuple[str, str, str | None, str | None, str, str]
"""``(archivo, código que se busca en el texto, columna, valor, regla, remedio)``."""
DeUnKpi = tuple[str, str, str | None, str, str]
"""Lo mismo sin el archivo, que es la hoja de ruta de su misión."""
