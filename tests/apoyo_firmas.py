"""Firmar un PDF como lo haría un programa de fuera, con una cadena de certificados hecha aquí."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

DESDE, HASTA = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Titular:
    """Quien tiene una llave y su certificado; ``cadena``: los que lo respaldan."""

    llave: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificado: x509.Certificate
    cadena: tuple[x509.Certificate, ...] = ()

    @property
    def en_asn1(self) -> asn1.Certificate:
        return _asn1(self.certificado)

    @property
    def privada(self) -> keys.PrivateKeyInfo:
        return keys.PrivateKeyInfo.load(
            self.llave.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    @property
    def respaldo(self) -> SimpleCertificateStore:
        guardados = SimpleCertificateStore()
        for c in self.cadena:
            guardados.register(_asn1(c))
        return guardados


def _asn1(certificado: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificado.public_bytes(serialization.Encoding.DER))


def titular(nombre: str, de: Titular | None = None, clase: str = "firma") -> Titular:
    """Un certificado nuevo, firmado por el de ``de`` o por sí mismo."""
    # El reloj de prueba de pyhanko solo sabe firmar con RSA.
    llave = (
        rsa.generate_private_key(65537, 2048)
        if clase == "hora"
        else ec.generate_private_key(ec.SECP256R1())
    )
    sujeto = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)])
    autoridad = clase == "autoridad"
    hecho = (
        x509.CertificateBuilder()
        .subject_name(sujeto)
        .issuer_name(de.certificado.subject if de else sujeto)
        .public_key(llave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(DESDE)
        .not_valid_after(HASTA)
        .add_extension(x509.BasicConstraints(autoridad, None), critical=True)
    )
    if clase == "hora":
        uso = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        hecho = hecho.add_extension(uso, critical=True)
    firmado = hecho.sign(de.llave if de else llave, hashes.SHA256())
    cadena = (de.certificado, *de.cadena) if de else ()
    return Titular(llave, firmado, cadena)


def firmar(pdf: bytes, quien: Titular, campo: str, huella: str = "sha256") -> bytes:
    """``pdf`` con una firma más, añadida al final, como hacen los programas de firma."""
    firmador = signers.SimpleSigner(
        signing_cert=quien.en_asn1, signing_key=quien.privada, cert_registry=quien.respaldo
    )
    datos = signers.PdfSignatureMetadata(
        field_name=campo, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm=huella
    )
    salida = io.BytesIO()
    signers.PdfSigner(datos, signer=firmador).sign_pdf(_escritor(pdf), output=salida)
    return salida.getvalue()


def con_dss(pdf: bytes, certificados: Sequence[Titular]) -> bytes:
    """``pdf`` con los certificados guardados dentro, para comprobarlo dentro de diez años."""
    escritor = _escritor(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        escritor, None, certs=[t.en_asn1 for t in certificados], ocsps=(), crls=()
    )
    return _escrito(escritor)


def con_sello_de_tiempo(pdf: bytes, hora: Titular) -> bytes:
    reloj = DummyTimeStamper(hora.en_asn1, hora.privada, certs_to_embed=hora.respaldo)
    salida = io.BytesIO()
    signers.PdfTimeStamper(reloj).timestamp_pdf(_escritor(pdf), "sha256", output=salida)
    return salida.getvalue()


def con_parche(pdf: bytes, hoja: int = 0) -> bytes:
    """``pdf`` con un rectángulo pintado encima de una hoja, añadido al final del archivo."""
    escritor = _escritor(pdf)
    suya = escritor.root["/Pages"]["/Kids"][hoja].get_object()
    parche = escritor.add_object(StreamObject(stream_data=b"q 1 1 1 rg 90 500 300 60 re f Q"))
    suya["/Contents"] = ArrayObject([suya.raw_get("/Contents"), parche])
    escritor.update_container(suya)
    return _escrito(escritor)


def con_nota(pdf: bytes) -> bytes:
    """``pdf`` con un recuadro de texto pegado en la primera hoja."""
    escritor = _escritor(pdf)
    suya = escritor.root["/Pages"]["/Kids"][0].get_object()
    nota = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (90, 500, 390, 560))),
            NameObject("/Contents"): pdf_string("No se acordó nada"),
        }
    )
    suya["/Annots"] = ArrayObject([escritor.add_object(nota)])
    escritor.update_container(suya)
    return _escrito(escritor)


def _escritor(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)


def _escrito(escritor: IncrementalPdfFileWriter) -> bytes:
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()
