"""Descripción de los datos para máquinas: Data Package (Frictionless) y catálogo DCAT en
JSON-LD.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from ..resultados.resultados import Resultados
from .contexto import CUADROS

LICENCIA = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Atribución 4.0",
}
TIPOS = {
    pl.Float64: "number",
    pl.Int64: "integer",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.String: "string",
}
RECURSOS = (
    ("kpis", "Indicadores: línea de base, meta, último dato, avance y estado"),
    ("observaciones", "Observaciones públicas, una medida por fila"),
    ("agrupadas", "Cifras de periodos agrupados para proteger a pocas personas"),
    *CUADROS.items(),
)


def paquete_de_datos(
    r: Resultados,
    tablas: Mapping[str, pl.DataFrame],
    hechos: Mapping[str, bytes],
    procedencia: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """``datapackage.json``: esquema, tamaño y huella de cada tabla, y quién la produjo.

    ``tablas`` por su nombre; ``hechos``: el contenido de cada archivo que sale de ellas.
    ``procedencia``: la reunida de cada misión; su aprobación, su cuaderno y su producto valen para
    todas las filas de sus KPI.
    """
    origen = {
        m: {c: p[c] for c in ("aprobacion", "cuadernos", "producto")}
        for m, p in procedencia.items()
    }
    recursos = []
    for nombre, titulo in RECURSOS:
        if nombre not in tablas:
            continue
        contenido, esquema = hechos[f"{nombre}.csv"], tablas[nombre].schema
        recursos.append(
            {
                "name": nombre,
                "title": titulo,
                "path": f"{nombre}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(contenido),
                "hash": "sha256:" + hashlib.sha256(contenido).hexdigest(),
                "schema": {
                    "fields": [
                        {"name": c, "type": TIPOS[t.base_type()]} for c, t in esquema.items()
                    ]
                },
            }
            | ({"misiones": origen} if nombre not in CUADROS else {})
        )
    t = r.catalogo.territorio
    return {
        "name": f"observatorio-{t.ubigeo}",
        "title": t.sitio.titulo,
        "profile": "tabular-data-package",
        "homepage": t.sitio.direccion,
        "created": f"{t.fecha_corte.isoformat()}T00:00:00Z",
        "licenses": [LICENCIA],
        "sources": [
            {
                "title": f"{f.institucion}: {f.titulo}",
                "path": f.direccion,
                "accessed": f.fecha_acceso.isoformat(),
            }
            for f in r.catalogo.fuentes.values()
        ],
        "contributors": [{"title": t.sitio.responsable, "role": "publisher"}],
        "resources": recursos,
    }


def catalogo_dcat(r: Resultados) -> dict[str, object]:
    """Catálogo DCAT mínimo y válido, con una distribución por archivo."""
    t = r.catalogo.territorio
    sitio = t.sitio.direccion.rstrip("/")
    formatos = {
        "csv": "text/csv",
        "parquet": "application/vnd.apache.parquet",
        "json": "application/json",
    }
    disponibles = {"kpis": ("csv", "json", "parquet")}
    conjuntos = [
        {
            "@id": f"{sitio}/datos/{nombre}",
            "@type": "dcat:Dataset",
            "dct:title": titulo,
            "dct:language": "es",
            "dct:modified": {"@type": "xsd:date", "@value": t.fecha_corte.isoformat()},
            "dct:spatial": f"{t.nombre}, {t.provincia}, {t.region}, {t.pais}",
            "dcat:distribution": [
                {
                    "@id": f"{sitio}/datos/{nombre}.{ext}",
                    "@type": "dcat:Distribution",
                    "dcat:mediaType": formatos[ext],
                    "dcat:downloadURL": {"@id": f"{sitio}/datos/{nombre}.{ext}"},
                    "dct:license": {"@id": LICENCIA["path"]},
                }
                for ext in disponibles.get(nombre, ("csv", "parquet"))
            ],
        }
        for nombre, titulo in RECURSOS
    ]
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{sitio}/datos/catalogo.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": t.sitio.titulo,
        "dct:language": "es",
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": t.sitio.responsable},
        "dct:license": {"@id": LICENCIA["path"]},
        "dcat:dataset": conjuntos,
    }
