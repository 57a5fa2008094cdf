"""La procedencia de cada cifra: de qué fuente viene, de cuándo es, cómo se revisó y quién la aprobó."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogo.territorio import Fuente
from ..datos.calidad import Controles
from ..metodo.firmeza import PENDIENTE
from .controles import controles
from .resultados import Resultados

CAMPOS_FUENTE = (
    "institucion",
    "titulo",
    "direccion",
    "licencia",
    "fecha_acceso",
    "fiabilidad",
    "naturaleza",
    "sha256",
)


def procedencias(r: Resultados) -> dict[str, dict[str, object]]:
    """``código → procedencia`` de todos los KPI, sin la clave del producto: la añade quien lo produce.

    De un KPI restringido, y del que no tiene dato, se dicen la fuente y lo demás que es público; lo del dato va nulo.
    """
    evaluados = r.evaluacion.rows_by_key("kpi", named=True, unique=True)
    revisados, ubigeo = controles(r), r.catalogo.territorio.ubigeo
    salida = {}
    for mision, _, kpi in r.catalogo.recorrer():
        e = evaluados[kpi.codigo]
        publico = kpi.acceso == "ciudadano"
        con_dato = publico and e["periodo"] is not None
        base = kpi.linea_base if publico else None
        salida[kpi.codigo] = {
            "fuente": _tarjeta(kpi.fuente, r.catalogo.fuentes),
            "fuente_linea_base": _tarjeta(base.fuente, r.catalogo.fuentes) if base else None,
            "naturaleza_linea_base": base.naturaleza if base else None,
            "periodo": e["periodo"] if con_dato else None,
            "fecha_dato": e["fecha_dato"].isoformat() if con_dato else None,
            "validacion": e["validacion"] if con_dato else None,
            "naturaleza": e["naturaleza"] if con_dato else None,
            "naturaleza_resultado": e["naturaleza_resultado"] if con_dato else None,
            "controles": _revisado(revisados, kpi.codigo, e, ubigeo) if con_dato else None,
            "aprobacion": {"estado": PENDIENTE, "acta": None},
            "cuaderno": f"misiones/{mision.slug}/indicadores.ipynb",
            "datos": f"datos/kpi/{kpi.codigo}.json",
            "pagina": f"misiones/{mision.slug}/index.html#{kpi.codigo}",
        }
    return salida


def _tarjeta(identificador: str, fuentes: Mapping[str, Fuente]) -> dict[str, object]:
    return {"id": identificador} | {
        c: v
        for c, v in fuentes[identificador].model_dump(mode="json").items()
        if c in CAMPOS_FUENTE
    }


def _revisado(
    revisados: Controles, kpi: str, e: Mapping[str, object], ubigeo: str
) -> dict[str, str]:
    """Los cuatro resultados del último dato; el de un año sumado por partes, los de todas ellas."""
    return revisados.de(kpi, str(e["periodo"]), ubigeo, "total", "", str(e["fuente"]))
