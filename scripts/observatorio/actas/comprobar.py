"""Comprobar un acta firmada: si lo firmado sigue tal como se firmó, y si es el acta que se hizo.

No se juzga de quién es cada certificado ni si vale ante la ley: eso lo dice el validador oficial.
Una firma posterior, o lo que se añade para conservarlas (DSS, sellos de tiempo), no altera nada.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..base.imagenes import JPG, PNG, entera
from . import hojas

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.rw_common import PdfHandler
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

VALIDADOR = "https://apps.firmaperu.gob.pe/web/validador.xhtml"
"""El validador oficial de firmas digitales del Estado peruano."""
Huellas = tuple[str, ...]
PDF = b"%PDF-"
DEBILES = ("md5", "sha1")
"""Huellas con las que dos documentos distintos pueden firmarse como uno."""


@dataclass(frozen=True, slots=True)
class Defecto:
    """Por qué no se recibe; ``donde``: la firma o la hoja, si es de una."""

    donde: str | None
    regla: str
    remedio: str


@dataclass(frozen=True, slots=True)
class Examen:
    """Qué es un archivo y qué tiene de malo; ``hojas``: las de un PDF, por su huella."""

    clase: Literal["papel", "digital"]
    extension: str
    firmas: int = 0
    titulo: str = ""
    hojas: Huellas = ()
    defectos: tuple[Defecto, ...] = ()


class _Ilegible(Exception):
    """El PDF no se puede leer; lleva su defecto."""

    def __init__(self, defecto: Defecto) -> None:
        self.defecto = defecto


def examinar(crudo: bytes, copias: Collection[Huellas]) -> Examen:
    """Qué es ``crudo`` y, si es un PDF, si es una de las ``copias`` del acta y está íntegro."""
    if crudo.startswith(JPG):
        return _foto("jpg", entera("jpg", crudo))
    if crudo.startswith(PNG):
        return _foto("png", entera("png", crudo))
    if PDF not in crudo[:1024]:
        return _malo(
            "archivo-irreconocible",
            "se recibe una foto (.jpg o .png) o un PDF: guárdela así y repita la orden",
        )
    try:
        return _pdf(crudo, copias)
    except _Ilegible as e:
        return Examen("digital", "pdf", defectos=(e.defecto,))


def _foto(extension: str, entera: bool) -> Examen:
    if entera:
        return Examen("papel", extension)
    return _malo("foto-cortada", "le falta el final: vuelva a pasarla del teléfono, entera")


def _malo(regla: str, remedio: str) -> Examen:
    return Examen("papel", "", defectos=(Defecto(None, regla, remedio),))


CORTADO = Defecto(
    None,
    "pdf-danado",
    "no se puede leer entero: está cortado o dañado. Pídalo otra vez a quien lo firmó",
)


def _pdf(crudo: bytes, copias: Collection[Huellas]) -> Examen:
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").addHandler(logging.NullHandler())
    malos = _lo_que_lanza_un_dano()
    try:
        lector = PdfFileReader(io.BytesIO(crudo), strict=False)
        if lector.encrypted:
            raise _Ilegible(
                Defecto(None, "pdf-con-contrasena", "pida el PDF sin contraseña: así no se lee")
            )
        firmas = list(lector.embedded_regular_signatures)
        actuales = hojas.huellas(lector)
        titulo = _titulo(lector)
        if not actuales:
            raise _Ilegible(CORTADO)
        if not firmas:
            defectos = tuple(_sin_firmas(lector, actuales, copias))
            return Examen("papel", "pdf", 0, titulo, actuales, defectos)
        defectos = (
            *(d for n, f in enumerate(firmas, 1) for d in _de_la_firma(n, f, actuales)),
            *_anadidos(lector),
            *_tras_el_final(crudo),
        )
        firmadas = hojas.huellas(lector.get_historical_resolver(firmas[0].signed_revision))
    except malos as e:
        raise _Ilegible(CORTADO) from e
    return Examen("digital", "pdf", len(firmas), titulo, firmadas, defectos)


def _lo_que_lanza_un_dano() -> tuple[type[Exception], ...]:
    """Lo que un archivo dañado, o hecho a mala fe, hace lanzar a quien lo lee."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.validation.errors import SignatureValidationError

    return (
        PdfError,
        SignatureValidationError,
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
        NotImplementedError,
        RecursionError,
        OSError,
        zlib.error,
    )


def _titulo(lector: PdfFileReader) -> str:
    """El que declara; vacío si no declara ninguno."""
    datos = _dentro(lector.trailer_view, "/Info")
    return str(datos["/Title"]) if "/Title" in datos else ""


def _dentro(donde: Any, clave: str) -> Any:
    """Lo que hay en una clave de un diccionario de PDF, resuelto; ``get`` daría solo su cita."""
    return donde[clave].get_object() if clave in donde else {}


def _sin_firmas(
    lector: PdfFileReader, actuales: Huellas, copias: Collection[Huellas]
) -> Iterator[Defecto]:
    if actuales in copias:
        yield Defecto(
            None, "acta-sin-firmar", "es la copia que se hizo, y nadie la firmó: fírmela antes"
        )
    elif not all(_lleva_imagen(h) for h in hojas.hojas(lector)):
        yield Defecto(
            None,
            "acta-sin-firmar",
            "no lleva firmas digitales ni es una foto del papel: escanee el acta firmada, o firme"
            " con su certificado la copia que se hizo",
        )


def _lleva_imagen(hoja: dict[str, Any]) -> bool:
    dibujos = _dentro(_dentro(hoja, "/Resources"), "/XObject")
    return any(dibujos[d]["/Subtype"] == "/Image" for d in dibujos)


def _de_la_firma(numero: int, firma: EmbeddedPdfSignature, actuales: Huellas) -> list[Defecto]:
    """Los defectos de una firma; uno, si no es de una clase que se sepa comprobar."""
    donde = f"firma {numero}"
    if firma.md_algorithm in DEBILES:
        return [
            Defecto(
                donde,
                "firma-debil",
                f"usa {firma.md_algorithm.upper()}, que hoy se falsifica: firme con SHA-256",
            )
        ]
    try:
        return list(_firma(donde, firma, actuales))
    except _lo_que_lanza_un_dano():
        return [
            Defecto(
                donde,
                "firma-ilegible",
                "está dañada o no es de las que se saben comprobar: firme con Firma Perú o DNIe",
            )
        ]


def _firma(donde: str, firma: EmbeddedPdfSignature, actuales: Huellas) -> Iterator[Defecto]:
    """Qué altera lo que cubre una firma, si algo lo altera."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    firma.compute_integrity_info()
    intacta, valida = validate_sig_integrity(
        firma.signer_info, firma.signer_cert, "data", firma.compute_digest()
    )
    if not intacta:
        yield Defecto(donde, "acta-alterada", f"lo que se firmó ya no es lo que dice: {OTRA}")
        return
    if not valida:
        yield Defecto(donde, "firma-falsa", f"no corresponde a su certificado: {OTRA}")
        return
    if firma.coverage is None or firma.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        yield Defecto(donde, "firma-que-no-cubre", f"deja fuera parte del archivo: {OTRA}")
        return
    nivel = (
        firma.diff_result.modification_level
        if isinstance(firma.diff_result, DiffResult)
        else ModificationLevel.OTHER
    )
    if nivel > ModificationLevel.FORM_FILLING:
        firmadas = hojas.huellas(firma.reader.get_historical_resolver(firma.signed_revision))
        yield Defecto(
            donde,
            "acta-alterada",
            f"después de ella {_que_cambio(firmadas, actuales)}: {OTRA}",
        )


OTRA = "no sirve; pida el archivo tal como quedó al firmarse"


def _que_cambio(antes: Huellas, ahora: Huellas) -> str:
    """«cambió la hoja 2»; si ninguna cambió, fue algo de fuera de las hojas."""
    if len(antes) != len(ahora):
        return f"pasó de {len(antes)} a {len(ahora)} hojas"
    distintas = distintas_de(antes, ahora)
    if not distintas:
        return "se añadió o se cambió algo que no es una firma"
    return f"cambió la hoja {', '.join(map(str, distintas))}"


def distintas_de(unas: Huellas, otras: Huellas) -> list[int]:
    """Las hojas que no son iguales, desde 1; cuentan también las que sobran."""
    iguales = [a == b for a, b in zip(unas, otras, strict=False)]
    iguales += [False] * abs(len(unas) - len(otras))
    return [n for n, igual in enumerate(iguales, 1) if not igual]


def _anadidos(pdf: PdfHandler) -> Iterator[Defecto]:
    """Notas o recuadros pegados sobre una hoja: se verían encima de lo que se firmó."""
    for n, hoja in enumerate(hojas.hojas(pdf), 1):
        if not all(_es_de_firma(nota.get_object()) for nota in _dentro(hoja, "/Annots")):
            yield Defecto(
                f"hoja {n}",
                "acta-alterada",
                f"lleva pegado algo que no es una firma, sobre lo que dice: {OTRA}",
            )


def _tras_el_final(crudo: bytes) -> Iterator[Defecto]:
    """Lo que va detrás del fin del archivo no lo cubre ninguna firma."""
    if crudo.rpartition(b"%%EOF")[2].strip():
        yield Defecto(None, "acta-alterada", f"le añadieron algo al final: {OTRA}")


def _es_de_firma(nota: Any) -> bool:
    """¿Es el recuadro de un campo de firma? El tipo del campo puede decirlo su padre."""
    campo, hondo = nota, 0
    while "/FT" not in campo and "/Parent" in campo and hondo < hojas.HONDO:
        campo, hondo = campo["/Parent"], hondo + 1
    return nota["/Subtype"] == "/Widget" and "/FT" in campo and campo["/FT"] == "/Sig"
