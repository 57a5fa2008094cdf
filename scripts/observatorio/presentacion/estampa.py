"""Las láminas como PNG, con Typst: muchas de una vez, cuatro veces más deprisa que una a una con
vl-convert, que abre la tipografía otra vez por cada letra.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from ..base.escritura import escribir_atomico

PUNTOS_POR_PULGADA = 72


def a_imagen(
    tanda: Sequence[tuple[Path, str]], medidas: tuple[int, int], escala: float, letras: Path
) -> None:
    """Dibuja y guarda el PNG de cada SVG, entero o no lo guarda.

    ``medidas``: ancho y alto de todos, en puntos, de los que salen ``escala`` píxeles. ``letras``:
    la carpeta de la tipografía, la única con que se escribe.
    """
    import typst

    ancho, alto = medidas
    hojas = [
        f'#image(bytes(sys.inputs.at("{i}")), format: "svg", width: {ancho}pt, height: {alto}pt)'
        for i in range(len(tanda))
    ]
    documento = f"#set page(width: {ancho}pt, height: {alto}pt, margin: 0pt)\n" + (
        "\n#pagebreak()\n".join(hojas)
    )
    # Con una sola hoja, Typst da los bytes y no una lista; sus tipos solo dicen lo primero.
    dibujadas: object = typst.compile(
        documento.encode(),
        format="png",
        ppi=PUNTOS_POR_PULGADA * escala,
        font_paths=typst.Fonts(False, False, [str(letras)]),
        sys_inputs={str(i): svg for i, (_, svg) in enumerate(tanda)},
    )
    imagenes = [dibujadas] if isinstance(dibujadas, bytes) else cast(list[bytes], dibujadas)
    for (ruta, _), png in zip(tanda, imagenes, strict=True):
        escribir_atomico(ruta, png)
