"""La copia de un acta para firmarla con un certificado: la misma hoja, con un campo de firma en
cada recuadro.

Los campos los añade pyhanko después de componer el PDF: esta copia no promete los mismos bytes ni
es PDF/UA. La que se lee con un lector de pantalla es la otra.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from ..base.impreso import Lugar
from .impresa import Firmante


def con_campos(pdf: bytes, firmantes: Sequence[Firmante], lugares: Sequence[Lugar]) -> bytes:
    """``pdf`` con un campo de firma por firmante, en su recuadro, que dice de quién es."""
    from pyhanko.pdf_utils.generic import pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    escritor = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for n, (quien, lugar) in enumerate(zip(firmantes, lugares, strict=True), 1):
        append_signature_field(
            escritor, SigFieldSpec(f"firma-{n}", on_page=lugar.page - 1, box=lugar.caja)
        )
        campo = escritor.root["/AcroForm"]["/Fields"][-1].get_object()
        campo["/TU"] = pdf_string(f"{quien.institucion}, {quien.papel}")
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()
