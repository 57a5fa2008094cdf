"""Descripción de los datos para máquinas: Data Package (Frictionless) y catálogo DCAT en
JSON-LD.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from ...base.archivos import json_en_bytes
from ...base.huellas import suma_de
from ...base.tablas import Columna, Tabla
from ...catalogo.territorio import Territorio
from ...presentacion import nivel
from ...resultados.columnas import CORRECCIONES, CUADROS_CON_ORIGEN
from ...resultados.resultados import Resultados
from ..columnas import AGRUPADAS, FUENTES, KPIS, LUGARES, OBSERVACIONES, PLAN, TEMAS
from .contexto import CUADROS
from .procedencia_reunida import reunidas

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
FORMATOS = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
IDIOMA = "http://publications.europa.eu/resource/authority/language/SPA"
CONTINUA = "http://publications.europa.eu/resource/authority/frequency/CONT"
CON_MISIONES = frozenset({"kpis", "observaciones", "agrupadas"})
"""Las tablas de cifras de los KPI: cada misión dice qué cuaderno y qué producto las hizo."""


def _cuadro(nombre: str) -> Tabla:
    return replace(CUADROS_CON_ORIGEN[nombre], nombre=f"{nombre}.csv")


@dataclass(frozen=True, slots=True)
class Recurso:
    """Una tabla publicada: ``clave``, la que no se repite; ``ajenas``, ``columna → (recurso,
    columna)`` que nombra.
    """

    nombre: str
    titulo: str
    tabla: Tabla
    clave: tuple[str, ...] = ()
    ajenas: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    formatos: tuple[str, ...] = ("csv",)

    @property
    def ruta(self) -> str:
        """La de su CSV dentro de ``datos/``, sin extensión."""
        return self.tabla.nombre.removesuffix(".csv")


_DE_KPI, _DE_FUENTE, _DE_LUGAR = ("kpis", "codigo"), ("fuentes", "codigo"), ("lugares", "codigo")
_MEDIDAS = {"kpi": _DE_KPI, "lugar": _DE_LUGAR, "fuente": _DE_FUENTE}
_MEDIDA = ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente")
_Y_PARQUET = ("csv", "parquet")
RECURSOS = (
    Recurso(
        "kpis",
        "Indicadores: línea de base, meta, último dato, avance y estado",
        KPIS,
        ("codigo",),
        {"fuente": _DE_FUENTE},
        ("csv", "json", "parquet"),
    ),
    Recurso(
        "observaciones",
        "Observaciones públicas, una medida por fila",
        OBSERVACIONES,
        _MEDIDA,
        _MEDIDAS,
        _Y_PARQUET,
    ),
    Recurso(
        "agrupadas",
        "Cifras de periodos agrupados para proteger a pocas personas",
        AGRUPADAS,
        (*_MEDIDA, "agrupado"),
        _MEDIDAS,
        _Y_PARQUET,
    ),
    *(
        Recurso(n, titulo, _cuadro(n), (), {"fuente": _DE_FUENTE}, _Y_PARQUET)
        for n, titulo in CUADROS.items()
    ),
    Recurso(
        "correcciones",
        "Correcciones publicadas: antes, después, motivo y quién",
        replace(CORRECCIONES, nombre="correcciones.csv"),
        (),
        {"kpi": _DE_KPI, "lugar": _DE_LUGAR},
    ),
    Recurso(
        "plan",
        "Plan de recojo: qué entrega vence, de quién se espera y si llegó",
        PLAN,
        ("kpi", "periodo"),
        {"kpi": _DE_KPI, "fuente": _DE_FUENTE},
    ),
    Recurso(
        "temas",
        "Temas de las narraciones, sin textos, lugares ni actores",
        TEMAS,
        ("mision", "codigo"),
    ),
    Recurso("fuentes", "Fuentes de las cifras", FUENTES, ("codigo",)),
    Recurso("lugares", "El territorio y sus {{anexos}}", LUGARES, ("codigo",)),
)


def recursos(territorio: Territorio) -> list[Recurso]:
    """Las tablas que se publican, con los lugares llamados como los llama el territorio."""
    dicho = territorio.anexos_se_llaman.lleno
    return [
        replace(
            x,
            titulo=dicho(x.titulo),
            tabla=replace(
                x.tabla,
                columnas=tuple(
                    replace(c, significado=dicho(c.significado)) for c in x.tabla.columnas
                ),
            ),
        )
        for x in RECURSOS
    ]


def archivos(
    r: Resultados, datos: Mapping[str, bytes], productos: Mapping[str, str]
) -> dict[str, bytes]:
    """``datapackage.json`` y ``catalogo.jsonld`` de lo que hay en ``datos``, ``ruta → contenido``.

    ``productos``: clave del producto de cada misión.
    """
    hay = [x for x in recursos(r.catalogo.territorio) if f"{x.ruta}.csv" in datos]
    _, de_misiones = reunidas(r, productos)
    return {
        "datapackage.json": json_en_bytes(_paquete_de_datos(r, hay, datos, de_misiones)),
        "catalogo.jsonld": json_en_bytes(_catalogo_dcat(r, hay)),
    }


def _paquete_de_datos(
    r: Resultados,
    recursos: Sequence[Recurso],
    datos: Mapping[str, bytes],
    procedencia: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """Esquema, tamaño y huella de cada tabla, y quién la produjo.

    ``procedencia``: la reunida de cada misión; su aprobación, su cuaderno y su producto valen para
    todas las filas de sus KPI.
    """
    origen = {
        m: {c: p[c] for c in ("aprobacion", "cuadernos", "producto")}
        for m, p in procedencia.items()
    }
    hay = {x.nombre for x in recursos}
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
        "resources": [
            _recurso(_del_nivel(x, r), datos[f"{x.ruta}.csv"], hay)
            | ({"misiones": origen} if x.nombre in CON_MISIONES else {})
            for x in recursos
        ],
    }


def _del_nivel(x: Recurso, r: Resultados) -> Recurso:
    """El recurso, con la columna que en una edición restringida dice su nivel."""
    if not nivel.aviso(r.catalogo):
        return x
    return replace(x, tabla=replace(x.tabla, columnas=(*x.tabla.columnas, nivel.USO)))


def _recurso(x: Recurso, contenido: bytes, hay: Collection[str]) -> dict[str, object]:
    return {
        "name": x.nombre,
        "title": x.titulo,
        "path": f"{x.ruta}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": FORMATOS["csv"],
        "encoding": "utf-8",
        "bytes": len(contenido),
        "hash": "sha256:" + suma_de(contenido),
        "schema": {
            "fields": [_campo(c) for c in x.tabla.columnas],
            **({"primaryKey": list(x.clave)} if x.clave else {}),
            "foreignKeys": [
                {"fields": [columna], "reference": {"resource": otro, "fields": [suya]}}
                for columna, (otro, suya) in x.ajenas.items()
                if otro in hay
            ],
        },
    }


def _campo(c: Columna) -> dict[str, object]:
    return {
        "name": c.nombre,
        "type": TIPOS[c.tipo if isinstance(c.tipo, type) else c.tipo.base_type()],
        "description": c.significado,
        **({"unit": c.unidad} if c.unidad else {}),
    }


def _catalogo_dcat(r: Resultados, recursos: Sequence[Recurso]) -> dict[str, object]:
    """Catálogo DCAT-AP, con una distribución por archivo."""
    t = r.catalogo.territorio
    sitio = t.sitio.direccion.rstrip("/")
    publica = {"@type": "foaf:Organization", "foaf:name": t.sitio.responsable}
    modificado = {"@type": "xsd:date", "@value": t.fecha_corte.isoformat()}
    conjuntos = [
        {
            "@id": f"{sitio}/datos/{x.ruta}",
            "@type": "dcat:Dataset",
            "dct:identifier": x.nombre,
            "dct:title": {"@language": "es", "@value": x.titulo},
            "dct:description": {"@language": "es", "@value": _describe(x)},
            "dct:language": {"@id": IDIOMA},
            "dct:modified": modificado,
            "dct:publisher": publica,
            "dct:spatial": {
                "@type": "dct:Location",
                "rdfs:label": f"{t.nombre}, {t.provincia}, {t.region}, {t.pais}",
            },
            "dct:accrualPeriodicity": {"@id": CONTINUA},
            "dcat:keyword": [{"@language": "es", "@value": p} for p in (t.nombre, "indicadores")],
            "dcat:landingPage": {"@id": f"{sitio}/datos.html"},
            "dcat:distribution": [_distribucion(sitio, x, ext) for ext in x.formatos],
        }
        for x in recursos
    ]
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{sitio}/datos/catalogo.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": {"@language": "es", "@value": t.sitio.titulo},
        "dct:description": {"@language": "es", "@value": f"Datos abiertos: {t.sitio.titulo}"},
        "dct:language": {"@id": IDIOMA},
        "dct:modified": modificado,
        "dct:publisher": publica,
        "dct:license": {"@id": LICENCIA["path"]},
        "foaf:homepage": {"@id": t.sitio.direccion},
        "dcat:dataset": conjuntos,
    }


def _describe(x: Recurso) -> str:
    columnas = "; ".join(f"{c.nombre}: {c.significado}" for c in x.tabla.columnas)
    return f"{x.titulo}. Columnas: {columnas}."


def _distribucion(sitio: str, x: Recurso, extension: str) -> dict[str, object]:
    direccion = f"{sitio}/datos/{x.ruta}.{extension}"
    return {
        "@id": direccion,
        "@type": "dcat:Distribution",
        "dct:title": {"@language": "es", "@value": f"{x.titulo} ({extension})"},
        "dct:format": extension,
        "dcat:mediaType": FORMATOS[extension],
        "dcat:accessURL": {"@id": f"{sitio}/datos.html"},
        "dcat:downloadURL": {"@id": direccion},
        "dct:license": {"@id": LICENCIA["path"]},
    }
