"""Lo que la portada, las misiones, los indicadores y *Datos* llevan dentro de ``<head>`` para otras
máquinas: cómo se muestran al compartirlas (Open Graph) y qué datos traen (schema.org).

Los datos de schema.org van en un bloque ``application/ld+json``, que ningún navegador ejecuta.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..base.escapes import json_en_html
from ..base.periodos import MESES, MESES_DEL_ANIO
from ..catalogo.direcciones import de_mision, pagina_de_kpi
from ..presentacion.hallazgo import Hallazgo, de_conjunto
from ..presentacion.kpi.abierto import Abierto
from ..presentacion.lamina import ALTO, ANCHO
from ..presentacion.pieza import esc
from .datos_abiertos.descripcion import FORMATOS, LICENCIA, recursos
from .laminas import PORTADA, Laminas

CONTEXTO = "https://schema.org"
PIXELES_POR_PUNTO = 2


def archivos(laminas: Laminas, rutas: Mapping[str, str], datos: Collection[str]) -> dict[str, str]:
    """``salida → lo de su cabeza``, menos las de los KPI; sin lámina (periodo electoral), solo los
    datos.

    ``rutas``: nombre de la lámina → su ruta en el sitio; ``datos``: los archivos de ``datos/``.
    """
    cabezas = {
        "index.html": _de_la_portada(laminas, rutas),
        "datos.html": _de_datos(laminas, datos),
    }
    for slug, suyos in laminas.por_mision.items():
        cabezas[de_mision(slug)] = _de_mision(laminas, slug, suyos, rutas)
    return {salida: html for salida, html in cabezas.items() if html}


def de_kpis(laminas: Laminas, rutas: Mapping[str, str]) -> dict[str, str]:
    """Lo mismo, de las páginas de los KPI."""
    cabezas = {
        pagina_de_kpi(k.kpi.codigo): _de_kpi(laminas, k, rutas) for k in laminas.de_kpis.todos
    }
    return {salida: html for salida, html in cabezas.items() if html}


def _de_la_portada(laminas: Laminas, rutas: Mapping[str, str]) -> str:
    r = laminas.r
    return _compartida(
        laminas, rutas, PORTADA, "", laminas.sitio.titulo, de_conjunto(r.evaluados, r.analizados)
    )


def _de_mision(laminas: Laminas, slug: str, suyos: list[Abierto], rutas: Mapping[str, str]) -> str:
    mision = laminas.r.catalogo.mision(slug)
    titulo, ruta = f"{mision.codigo} · {mision.nombre}", f"misiones/{slug}/"
    hallado = de_conjunto({k.kpi.codigo: k.e for k in suyos}, {k.kpi.codigo: k.a for k in suyos})
    datos = _conjunto(
        laminas,
        ruta,
        mision.codigo,
        titulo,
        f"{mision.meta_2030} {hallado.compartible}",
        suyos,
        [
            _descarga(laminas, "datos/kpis.csv", "Los indicadores de todas las misiones"),
            _descarga(laminas, "datos/observaciones.csv", "Todas las medidas públicas"),
            _descarga(laminas, "datos/misiones.json", "El avance de cada misión"),
        ],
    ) | {
        "hasPart": [
            {"@id": _identificador(laminas, f"indicadores/{k.kpi.codigo}/")}
            for k in suyos
            if k.publico
        ]
    }
    return _compartida(laminas, rutas, slug, ruta, titulo, hallado) + _bloque(datos)


def _de_kpi(laminas: Laminas, k: Abierto, rutas: Mapping[str, str]) -> str:
    codigo = k.kpi.codigo
    ruta = f"indicadores/{codigo}/"
    cabeza = _compartida(laminas, rutas, codigo, ruta, k.kpi.nombre, k.hallazgo)
    if not k.publico:
        return cabeza
    datos = _conjunto(
        laminas,
        ruta,
        codigo,
        k.kpi.nombre,
        f"{k.kpi.definicion} {k.hallazgo.compartible}",
        [k],
        [
            _descarga(laminas, f"datos/kpi/{codigo}.csv", "Sus medidas públicas"),
            _descarga(laminas, f"datos/kpi/{codigo}.json", "Su ficha y su evaluación"),
        ],
    ) | {
        "isPartOf": {"@id": _identificador(laminas, f"misiones/{k.m.hoja.slug}/")},
        "variableMeasured": {
            "@type": "PropertyValue",
            "name": k.kpi.nombre_corto,
            "unitText": k.kpi.unidad,
        },
    }
    return cabeza + _bloque(datos)


def _de_datos(laminas: Laminas, datos: Collection[str]) -> str:
    """El catálogo entero, con cada tabla y sus archivos."""
    t = laminas.r.catalogo.territorio
    todos = laminas.de_kpis.todos
    conjuntos = [
        _conjunto(
            laminas,
            "datos.html",
            f"datos/{x.ruta}",
            x.titulo,
            f"{x.titulo}, {t.del_territorio} de {t.nombre}. Tablas de {laminas.sitio.titulo}.",
            todos,
            [_descarga(laminas, f"datos/{x.ruta}.{f}", x.titulo) for f in x.formatos],
        )
        | {"@id": f"{laminas.sitio.direccion}/datos/{x.ruta}"}
        for x in recursos(t)
        if f"{x.ruta}.csv" in datos
    ]
    catalogo = {
        "@context": CONTEXTO,
        "@type": "DataCatalog",
        "@id": _catalogo(laminas),
        "name": laminas.sitio.titulo,
        "url": f"{laminas.sitio.direccion}/datos.html",
        "license": LICENCIA["path"],
        "inLanguage": "es",
        "dataset": [{c: v for c, v in x.items() if c != "@context"} for x in conjuntos],
    }
    return _bloque(catalogo)


def _conjunto(
    laminas: Laminas,
    ruta: str,
    codigo: str,
    nombre: str,
    descripcion: str,
    kpis: Iterable[Abierto],
    descargas: list[dict[str, str]],
) -> dict[str, object]:
    """Un ``Dataset``; ``kpis``: de quiénes son las medidas, que dicen desde y hasta cuándo."""
    t = laminas.r.catalogo.territorio
    tiempo = _tiempo(kpis)
    return {
        "@context": CONTEXTO,
        "@type": "Dataset",
        "@id": _identificador(laminas, ruta),
        "identifier": codigo,
        "name": nombre,
        "description": " ".join(descripcion.split()),
        "url": f"{laminas.sitio.direccion}/{ruta}",
        "inLanguage": "es",
        "license": LICENCIA["path"],
        "isAccessibleForFree": True,
        "creator": {
            "@type": "Organization",
            "name": t.sitio.responsable,
            "url": laminas.sitio.direccion,
        },
        "dateModified": t.fecha_corte.isoformat(),
        "spatialCoverage": {
            "@type": "Place",
            "name": f"{t.nombre}, {t.provincia}, {t.region}, {t.pais}",
        },
        **({"temporalCoverage": tiempo} if tiempo else {}),
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": _catalogo(laminas)},
        "distribution": descargas,
    }


def _tiempo(kpis: Iterable[Abierto]) -> str:
    """De la primera medida pública a la última, como intervalo de ISO 8601 entre dos meses."""
    tramos = [
        (min(fines) - MESES[k.kpi.frecuencia], max(fines) - 1)
        for k in kpis
        if k.publico and (fines := k.medidas["fin"].to_list())
    ]
    if not tramos:
        return ""
    return f"{_mes(min(a for a, _ in tramos))}/{_mes(max(b for _, b in tramos))}"


def _mes(absoluto: int) -> str:
    anio, mes = divmod(absoluto, MESES_DEL_ANIO)
    return f"{anio:04d}-{mes + 1:02d}"


def _descarga(laminas: Laminas, ruta: str, nombre: str) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "name": nombre,
        "encodingFormat": FORMATOS[ruta.rpartition(".")[2]],
        "contentUrl": f"{laminas.sitio.direccion}/{ruta}",
    }


def _identificador(laminas: Laminas, ruta: str) -> str:
    return f"{laminas.sitio.direccion}/{ruta}#datos"


def _catalogo(laminas: Laminas) -> str:
    return f"{laminas.sitio.direccion}/datos.html#catalogo"


def _bloque(datos: Mapping[str, object]) -> str:
    return f'<script type="application/ld+json">{json_en_html(datos)}</script>\n'


def _compartida(
    laminas: Laminas,
    rutas: Mapping[str, str],
    nombre: str,
    ruta: str,
    titulo: str,
    hallado: Hallazgo,
) -> str:
    """Las etiquetas de Open Graph; ninguna si no hay lámina."""
    if nombre not in rutas:
        return ""
    lamina = (laminas.del_sitio | laminas.de_kpis.laminas)[nombre]
    ancho, alto = (str(PIXELES_POR_PUNTO * x) for x in (ANCHO, ALTO))
    propiedades = [
        ("og:type", "website"),
        ("og:locale", "es_PE"),
        ("og:site_name", laminas.sitio.titulo),
        ("og:url", f"{laminas.sitio.direccion}/{ruta}"),
        ("og:title", titulo),
        ("og:description", hallado.compartible),
        ("og:image", f"{laminas.sitio.direccion}/{rutas[nombre]}"),
        ("og:image:type", "image/png"),
        ("og:image:width", ancho),
        ("og:image:height", alto),
        ("og:image:alt", lamina.alternativa),
    ]
    return (
        "".join(
            f'<meta property="{propiedad}" content="{esc(dicho)}">\n'
            for propiedad, dicho in propiedades
        )
        + '<meta name="twitter:card" content="summary_large_image">\n'
    )
