"""Los cuadros de diagnóstico, provincia y contexto como datos públicos, cada fila con su
procedencia.
"""

from __future__ import annotations

import polars as pl

from ...base.numeros import canonico
from ...metodo.comparacion import frente_a_distritos
from ...presentacion.sello_conjunto import linea_html
from ...resultados.aprobaciones import PENDIENTE
from ...resultados.cuadros import TRANSCRITO, reunida
from ...resultados.resultados import Resultados

CUADROS = {
    "diagnostico": "Los problemas de partida",
    "provincia": "Los distritos de la provincia: cifras de años distintos",
    "contexto": "Contexto provincial, regional y nacional",
}


def sello(nombre: str, r: Resultados) -> str:
    """La línea al pie de un cuadro: sus fuentes, su año más nuevo, los controles y la
    aprobación.
    """
    return linea_html(
        reunida(r.cuadros[nombre], r.catalogo.fuentes),
        (f"Cada cifra con su procedencia ({nombre}.csv)", f"@raiz@/datos/{nombre}.csv"),
    )


def comparacion(provincia: pl.DataFrame, r: Resultados) -> list[dict[str, object]]:
    """``comparacion.json``: el territorio frente a los demás distritos, indicador por indicador y
    año por año, con su origen.
    """
    filas = frente_a_distritos(provincia, r.catalogo.territorio.ubigeo).iter_rows(named=True)
    origen = {
        i: (f, c)
        for i, f, c in (
            provincia.select("indicador", "fuente", "controles")
            .unique(maintain_order=True)
            .iter_rows()
        )
    }
    return [
        {c: canonico(v) if isinstance(v, float) else v for c, v in f.items()}
        | {"procedencia": _origen(r, *origen[f["indicador"]])}
        for f in filas
    ]


def _origen(r: Resultados, fuente: str, controles: str) -> dict[str, object]:
    tarjeta = r.catalogo.fuentes[fuente]
    return {
        "fuente": {
            "id": fuente,
            "institucion": tarjeta.institucion,
            "titulo": tarjeta.titulo,
            "fecha_acceso": tarjeta.fecha_acceso.isoformat(),
        },
        "naturaleza": tarjeta.naturaleza,
        "validacion": TRANSCRITO,
        "controles": controles,
        "aprobacion": {"estado": PENDIENTE, "acta": None},
        "datos": "datos/provincia.csv",
    }
