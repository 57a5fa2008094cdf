"""Los resultados de cada misión en disco: lo único que su cuaderno lee."""

from __future__ import annotations

import io
import json
from pathlib import Path

from pydantic import TypeAdapter

from ..base.archivos import escribir_carpeta
from ..base.por_clave import PorClave
from ..catalogo import Catalogo
from ..cualitativo import Voces
from .columnas import POR_MISION
from .procedencia import a_json
from .resultados import Resultados


def escribir_por_mision(resultados: Resultados, carpeta: Path) -> list[Path]:
    """Escribe en ``carpeta/<slug>/`` lo que necesita el cuaderno de cada misión, y nada de las
    demás.

    Su contenido es la dependencia de datos de la misión: mismos bytes, mismo cuaderno ejecutado.
    """
    carpetas = []
    territorio = resultados.catalogo.territorio.model_dump_json(indent=1)
    tablas = {
        nombre: PorClave(declarada.revisar(getattr(resultados, nombre)), "mision")
        for nombre, declarada in POR_MISION.items()
    }
    for mision in resultados.catalogo.misiones:
        usadas = {k.fuente for k in mision.kpis} | {
            k.linea_base.fuente for k in mision.kpis if k.linea_base
        }
        textos = {
            "hoja.json": mision.model_dump_json(indent=1),
            "territorio.json": territorio,
            "procedencia.json": (
                a_json({k.codigo: resultados.procedencias[k.codigo] for k in mision.kpis}).decode()
            ),
            "voces.json": (
                TypeAdapter(Voces).dump_json(resultados.voces.de(mision.slug), indent=1).decode()
            ),
            "fuentes.json": _json_fuentes(resultados.catalogo, usadas),
        }
        contenidos = {nombre: texto.encode() for nombre, texto in textos.items()}
        for nombre, tabla in tablas.items():
            memoria = io.BytesIO()
            tabla.de(mision.slug).write_ipc(memoria)
            contenidos[f"{nombre}.arrow"] = memoria.getvalue()
        destino = carpeta / mision.slug
        escribir_carpeta(destino, contenidos)
        carpetas.append(destino)
    return carpetas


def _json_fuentes(catalogo: Catalogo, usadas: set[str]) -> str:
    return json.dumps(
        {i: catalogo.fuentes[i].model_dump(mode="json") for i in sorted(usadas)},
        ensure_ascii=False,
        indent=1,
    )
