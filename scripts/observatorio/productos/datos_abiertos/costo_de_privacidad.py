"""Lo que cuesta proteger a las personas: cuántas celdas se publican, se agrupan y se ocultan, en
total y por misión.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...base.numeros import numero, porcentaje
from ...presentacion.pieza import esc
from ...presentacion.sello_conjunto import linea_html
from ...resultados.procedencia import reunir
from ...resultados.resultados import Resultados

CLASES = {
    "publicada": "Publicadas",
    "en periodos agrupados": "Reunidas en periodos más largos",
    "primaria": "Ocultas por señalar a pocas personas",
    "secundaria": "Ocultas para que no se despeje otra",
}
AGRUPADA = "cifra agrupada"


def cuentas(r: Resultados) -> dict[str, Any]:
    """``datos/privacidad.json``: celdas sobre personas por clase, en total y por misión, y el
    umbral ``k``.
    """

    de_mision: dict[str, Counter[str]] = {m.slug: Counter() for m in r.catalogo.misiones}
    for mision, clase, celdas in r.costo_privacidad.select("mision", "clase", "celdas").iter_rows():
        de_mision[mision][clase] += celdas

    def de(hay: Counter[str]) -> dict[str, int]:
        return {c.replace(" ", "_"): hay[c] for c in (*CLASES, AGRUPADA)}

    return {
        "k": r.catalogo.territorio.metodo.k,
        "total": de(sum(de_mision.values(), Counter())),
        "misiones": {slug: de(hay) for slug, hay in de_mision.items()},
    }


def tabla(r: Resultados) -> str:
    """La pieza ``privacidad``."""
    from ...presentacion.apilada import tabla_html

    c = cuentas(r)
    filas = [
        [
            f'<a href="@raiz@/misiones/{m.slug}/index.html">{m.codigo} {esc(m.nombre_corto)}</a>',
            *_celdas(c["misiones"][m.slug]),
        ]
        for m in r.catalogo.misiones
    ]
    filas.append(["Todas", *_celdas(c["total"])])
    cabecera = ["Misión", *CLASES.values(), "Cifras agrupadas que las reemplazan"]
    total = c["total"]
    suma = sum(total[x.replace(" ", "_")] for x in CLASES)
    perdidas = total["primaria"] + total["secundaria"]
    frase = (
        f"<p>De {numero(suma, 0)} celdas sobre personas, {numero(total['publicada'], 0)} se"
        f" publican tal cual y {numero(total['en_periodos_agrupados'], 0)} se reúnen en"
        f" {numero(total['cifra_agrupada'], 0)} cifras de periodos más largos. Quedan sin publicar"
        f" {numero(perdidas, 0)} ({porcentaje(perdidas / suma if suma else 0)}); solo"
        f" {numero(total['secundaria'], 0)} por proteger a una vecina.</p>"
    )
    return (
        frase
        + tabla_html(
            "Celdas sobre personas, según lo que se hizo con ellas",
            cabecera,
            filas,
            "numeros apilada",
        )
        + _sello(r)
    )


def _sello(r: Resultados) -> str:
    """De dónde salen las celdas contadas: las fuentes de los KPI ciudadanos sobre personas."""
    propias = [
        r.procedencias[c] for c, k in r.catalogo.kpis.items() if k.sobre_personas and k.publico
    ]
    return linea_html(reunir(propias), ("Recuentos en JSON", "@raiz@/datos/privacidad.json"))


def _celdas(de: dict[str, int]) -> list[str]:
    return [numero(de[c.replace(" ", "_")], 0) for c in (*CLASES, AGRUPADA)]
