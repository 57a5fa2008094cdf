"""Las narraciones y sus codificaciones, declaradas. Es lo reservado: nada de aquí se publica."""

from __future__ import annotations

from ..base.tablas import Tabla, texto
from ..datos.columnas import DE_ARCHIVO, NATURALEZA

NARRACION = (
    texto("id", "código de la narración"),
    texto("lugar", "código {{del-anexo}} donde se recogió"),
    texto("fecha", "cuándo (2024-05-31)"),
    texto("actor", "qué papel tiene quien narra, del libro de códigos"),
    texto("medio", "cómo se recogió"),
    texto("consentimiento", "qué permitió quien narra"),
    NATURALEZA,
    texto("texto", "lo que se narró"),
)
"""Las de ``narraciones.csv``, en su orden."""
CODIFICACION = (
    texto("narracion", "código de la narración"),
    texto("codificador", "quién la leyó"),
    texto("codigo", "el tema que halló en ella"),
)
"""Las de ``codificaciones.csv``, en su orden."""
NARRACIONES = Tabla("narraciones", (*NARRACION, *DE_ARCHIVO))
CODIFICACIONES = Tabla("codificaciones", (*CODIFICACION, *DE_ARCHIVO))
