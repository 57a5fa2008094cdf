"""Los datos públicos de ``datos/``: JSON, CSV y Parquet con los mismos números que las páginas."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from ...base.archivos import json_en_bytes
from ...base.numeros import canonico
from ...base.por_clave import PorClave
from ...catalogo.modelos import Kpi
from ...datos.calidad import CUMPLE, JUSTIFICADO, Controles
from ...metodo.agregado import pesos
from ...metodo.comparacion import cuentas_de_brechas
from ...metodo.estados import PROTEGIDO
from ...metodo.registros import AvanceDeMision, AvanceDeOkr, Evaluacion, Retrocesos
from ...presentacion import nivel
from ...presentacion.sellos import cuenta
from ...resultados.aprobaciones import APROBADO, PENDIENTE
from ...resultados.procedencia import Procedencia
from ...resultados.resultados import Resultados
from ...resultados.versiones import CIFRA
from .. import voces
from ..columnas import AGRUPADAS, KPIS, OBSERVACIONES
from ..comites import libro_de_actas, registro_de_versiones
from . import costo_de_privacidad
from .contexto import comparacion
from .dimensiones import tabla_fuentes, tabla_lugares
from .procedencia_reunida import con_producto, reunidas
from .series_publicas import (
    analisis_de,
    brechas_de,
    calculos,
    certeza_de,
    columnas_de,
    controles_de,
    embudos_de,
    tramos_de,
)

CLAVE_DE_CONTROL = ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente")


def archivos(r: Resultados, productos: Mapping[str, str]) -> dict[str, bytes]:
    """Lo de ``datos/`` (ruta dentro de la carpeta → contenido), menos el plan y la descripción.

    ``productos``: clave del producto de cada misión.
    """
    kpis = lista_kpis(r, productos)
    de_okrs, de_misiones = reunidas(r, productos)
    observaciones, agrupadas = tabla_observaciones(r), tabla_agrupadas(r)
    tablas = {
        "kpis": _plana(r, kpis, columnas_de(r)),
        "observaciones": observaciones,
        "agrupadas": agrupadas,
        **r.cuadros,
    }
    hechos = {n: c for nombre, t in tablas.items() for n, c in _de_tabla(nombre, t).items()}
    objetos = {
        "kpis.json": kpis,
        "privacidad.json": costo_de_privacidad.cuentas(r),
        "okrs.json": lista_okrs(r, de_okrs),
        "misiones.json": lista_misiones(r, de_misiones),
        "metodo.json": parametros(r),
        **_de_cada_kpi(r, kpis, observaciones, agrupadas),
    }
    hechos |= _csv_de_cada_kpi(r, observaciones)
    if "provincia" in r.cuadros:
        objetos["comparacion.json"] = comparacion(r.cuadros["provincia"], r)
    hechos |= {nombre: json_en_bytes(objeto) for nombre, objeto in objetos.items()}
    for nombre, tabla in (
        ("correcciones", r.correcciones_publicas),
        ("fuentes", tabla_fuentes(r)),
        ("lugares", tabla_lugares(r)),
    ):
        hechos[f"{nombre}.csv"] = tabla.write_csv().encode()
    hechos[libro_de_actas.ARCHIVO] = libro_de_actas.archivo(r)
    hechos |= registro_de_versiones.archivos(r) | nivel.archivos(r.catalogo)
    return hechos | voces.archivos(r, productos)


def _de_tabla(nombre: str, tabla: pl.DataFrame) -> dict[str, bytes]:
    memoria = io.BytesIO()
    tabla.write_parquet(memoria, compression="zstd")
    return {f"{nombre}.csv": tabla.write_csv().encode(), f"{nombre}.parquet": memoria.getvalue()}


def _de_cada_kpi(
    r: Resultados,
    kpis: list[dict[str, object]],
    observaciones: pl.DataFrame,
    agrupadas: pl.DataFrame,
) -> dict[str, object]:
    """``kpi/<código>.json`` de cada KPI: su lugar en la lista y todo lo suyo."""
    control = r.controles
    series, bloques = _por_kpi(r, observaciones, control), _por_kpi(r, agrupadas, control)
    pasos, brechas, tramos = calculos(r), brechas_de(r), tramos_de(r)
    controles, embudos = controles_de(r), embudos_de(r)
    salida: dict[str, object] = {}
    for ficha in kpis:
        c = str(ficha["codigo"])
        salida[f"kpi/{c}.json"] = ficha | {
            "ficha": _ficha(r, c),
            "advertencias": control.explicadas(c),
            "observaciones": series[c],
            "agrupadas": bloques[c],
            "tramos": tramos[c],
            "calculo": pasos[c],
            "brechas": brechas[c],
            "control": controles[c],
            "embudo": embudos[c],
        }
    return salida


def _csv_de_cada_kpi(r: Resultados, observaciones: pl.DataFrame) -> dict[str, bytes]:
    """``kpi/<código>.csv``: sus filas de ``observaciones.csv``; solo el encabezado si no tiene."""
    de_kpi = PorClave(observaciones, "kpi").de
    return {f"kpi/{c}.csv": de_kpi(c).write_csv().encode() for c in r.catalogo.kpis}


def _por_kpi(
    r: Resultados, tabla: pl.DataFrame, control: Controles
) -> dict[str, list[dict[str, object]]]:
    """Las medidas de cada KPI, sin lo vacío y con sus cuatro controles."""
    series: dict[str, list[dict[str, object]]] = {codigo: [] for codigo in r.catalogo.kpis}
    for fila in (
        tabla.drop("fuente_acceso", "controles", "aprobacion")
        .with_columns(pl.col("fecha_dato").cast(pl.String))
        .iter_rows(named=True)
    ):
        publicada = fila["estado_publico"] != PROTEGIDO
        dicho = {
            "controles": control.de(
                *(fila[c] for c in ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente"))
            )
            if publicada
            else None
        }
        series[fila["kpi"]].append(
            {c: v for c, v in fila.items() if c != "kpi" and v is not None} | dicho
        )
    return series


def lista_kpis(r: Resultados, productos: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """La lista de ``kpis.json``, en orden de código."""
    control = r.controles
    ubigeo = r.catalogo.territorio.ubigeo
    lista = [
        _kpi(m.slug, o.codigo, k, r.evaluados[k.codigo])
        | {
            "aprobacion": r.procedencias[k.codigo].aprobacion.estado,
            "aprobacion_ficha": r.aprobaciones.de_ficha(k.codigo).como_dict(),
            "certeza": certeza_de(r.analizados[k.codigo], r.catalogo.fuentes[k.fuente].conteo),
            "analisis": analisis_de(r.analizados[k.codigo]),
        }
        for m, o, k in r.catalogo.recorrer()
    ]
    for ficha in lista:
        ficha["procedencia"] = con_producto(
            r.procedencias[ficha["codigo"]], (productos or {}).get(ficha["mision"])
        )
        ficha["acceso"] = r.catalogo.acceso_de(r.catalogo.kpis[ficha["codigo"]])
        ultimo = ficha["ultimo"]
        ficha["controles"] = (
            control.de(ficha["codigo"], ultimo["periodo"], ubigeo, "total", "", ficha["fuente"])
            if ultimo
            else None
        )
    return sorted(lista, key=lambda k: k["codigo"])


def _kpi(mision: str, okr: str, k: Kpi, e: Evaluacion) -> dict[str, Any]:
    publico = k.publico
    base, meta = k.linea_base, k.meta
    linea_base = None
    if base:
        linea_base = {
            "periodo": base.periodo,
            "periodo_asumido": base.periodo_asumido,
            "valor": canonico(base.valor),
            "numerador": canonico(base.numerador),
            "denominador": canonico(base.denominador),
            "cota": base.cota,
            "naturaleza": base.naturaleza,
            "fuente": base.fuente,
        }
    ultimo = None
    if publico and e.periodo is not None and not e.protegido:
        ultimo = {
            "periodo": e.periodo.split("/")[-1],
            **_agrupado(e),
            "valor": canonico(e.valor),
            "fecha_dato": e.fecha_dato.isoformat() if e.fecha_dato else None,
            "naturaleza": e.naturaleza,
        }
    return {
        "codigo": k.codigo,
        "nombre": k.nombre,
        "mision": mision,
        "okr": okr,
        "nivel": k.nivel,
        "unidad": k.unidad,
        "sentido": k.sentido,
        "frecuencia": k.frecuencia,
        "fuente": k.fuente,
        "responsable": k.responsable,
        "acceso": k.acceso,
        "sobre_personas": k.sobre_personas,
        "estado_ficha": k.estado,
        "decimales": k.decimales,
        "linea_base": linea_base,
        "meta": (
            {"periodo": meta.periodo, "valor": canonico(meta.valor), "origen": meta.origen}
            if meta
            else None
        ),
        "ultimo": ultimo,
        "protegidos": [
            n
            for n, oculto in (
                ("linea_base", e.base_protegida),
                ("meta", e.meta_protegida),
                ("ultimo", e.protegido),
            )
            if oculto
        ],
        "avance": canonico(e.avance) if publico else None,
        "esperado": canonico(e.esperado) if publico else None,
        "ritmo": canonico(e.ritmo) if publico else None,
        "estado": e.estado,
        "motivo": e.motivo,
        "naturaleza": e.naturaleza_resultado if publico else None,
        "validacion": e.validacion if publico else None,
    }


def parametros(r: Resultados) -> dict[str, object]:
    """``metodo.json``: lo que el comité decide y con lo que se calculó todo lo demás."""
    t = r.catalogo.territorio
    return t.metodo.model_dump(mode="json", exclude={"niveles"}) | {
        "pesos": {str(n): canonico(w) for n, w in pesos(t.metodo).items()},
        "fecha_corte": t.fecha_corte.isoformat(),
        "poblacion": [p.model_dump(mode="json") for p in t.poblacion],
        "area_km2": t.area_km2,
        "altitud_m": t.altitud_m,
        "observaciones": r.publica.filter(pl.col("agrupado") == 0).height,
        "cifras_agrupadas": r.publica.filter(pl.col("agrupado") > 0).height,
    }


def _agrupado(e: Evaluacion) -> dict[str, object]:
    """Los meses y los años que reúne el último dato, si la privacidad obligó a agrupar periodos; si
    no, nada.
    """
    if not e.agrupada:
        return {}
    extremos = (e.periodo or "").split("/")
    return {"agrupado": {"meses": e.meses_medida, "desde": extremos[0], "hasta": extremos[-1]}}


def lista_okrs(
    r: Resultados, procedencia: Mapping[str, Mapping[str, object]]
) -> list[dict[str, object]]:
    """La lista de ``okrs.json``; ``procedencia``: la reunida de cada código."""
    nombres = r.catalogo.okrs
    peso = pesos(r.catalogo.territorio.metodo)
    return [
        {
            "codigo": f.okr,
            "nombre": nombres[f.okr].nombre,
            "objetivo": nombres[f.okr].objetivo,
            "mision": f.mision,
            "nivel": f.nivel_okr,
            "peso": canonico(peso[f.nivel_okr]),
            **_agregado(f),
            "procedencia": procedencia[f.okr],
        }
        for _, f in sorted(r.de_okrs.items())
    ]


def lista_misiones(
    r: Resultados, procedencia: Mapping[str, Mapping[str, object]]
) -> list[dict[str, object]]:
    """La lista de ``misiones.json``; ``procedencia``: la reunida de cada slug."""
    estados = PorClave(r.evaluacion.group_by("mision", "estado").len().sort("estado"), "mision")
    return [
        {
            "codigo": m.codigo,
            "slug": m.slug,
            "nombre": m.nombre,
            "meta_2030": " ".join(m.meta_2030.split()),
            "okrs": len(m.okrs),
            **_agregado(r.de_misiones[m.slug]),
            "comparaciones": cuentas_de_brechas(r.brechas, m.slug),
            "retrocesos": asdict(r.retrocesos.get(m.slug, Retrocesos())),
            "estados": dict(estados.de(m.slug).select("estado", "len").iter_rows()),
            "procedencia": procedencia[m.slug],
        }
        for m in r.catalogo.misiones
    ]


def _agregado(f: AvanceDeOkr | AvanceDeMision) -> dict[str, object]:
    return {
        "avance": canonico(f.avance),
        "minimo": canonico(f.minimo),
        "maximo": canonico(f.maximo),
        "kpis": f.kpis,
        "evaluados": f.evaluados,
        "en_retroceso": f.en_retroceso,
        "motivo": f.motivo,
        "naturaleza": "demostracion" if f.demostracion else None,
    }


def tabla_observaciones(r: Resultados) -> pl.DataFrame:
    """La tabla pública: una medida por fila (``columnas.OBSERVACIONES``)."""
    return _publicable(r, r.publica.filter(pl.col("agrupado") == 0)).select(OBSERVACIONES.nombres)


def tabla_agrupadas(r: Resultados) -> pl.DataFrame:
    """Las cifras de periodos agrupados por privacidad (``columnas.AGRUPADAS``)."""
    return _publicable(r, r.publica.filter(pl.col("agrupado") > 0))


def _publicable(r: Resultados, publica: pl.DataFrame) -> pl.DataFrame:
    acceso = {i: f.fecha_acceso for i, f in r.catalogo.fuentes.items()}
    revisados = r.controles
    numero = [
        pl.col(c).map_elements(canonico_f, return_dtype=pl.Float64)
        for c in ("valor", "numerador", "denominador")
    ]
    return (
        publica.with_columns(*numero, pl.col("agrupado").cast(pl.Int64))
        .with_columns(
            pl.when("protegido")
            .then(pl.lit(PROTEGIDO))
            .otherwise(pl.lit("publicado"))
            .alias("estado_publico"),
            _aprobacion(r).alias("aprobacion"),
            pl.col("fuente").replace_strict(acceso, return_dtype=pl.Date).alias("fuente_acceso"),
            pl.struct(CLAVE_DE_CONTROL)
            .map_elements(lambda f: _reparos(revisados.de(*f.values())), return_dtype=pl.String)
            .alias("controles"),
        )
        .with_columns(
            pl.when("protegido").then(pl.lit(PROTEGIDO)).otherwise("controles").alias("controles")
        )
        .select(AGRUPADAS.nombres)
    )


def _aprobacion(r: Resultados) -> pl.Expr:
    """Si cada cifra está, tal cual, en la edición que se aprobó de su misión."""
    aprobadas = {
        (kpi, cifra, dicho[0])
        for m in r.catalogo.misiones
        for kpi, cifras in r.aprobaciones.cifras_aprobadas(m.slug).items()
        for cifra, dicho in cifras.items()
    }
    if not aprobadas:
        return pl.lit(PENDIENTE)
    return pl.struct("kpi", *CIFRA, "valor").map_elements(
        lambda f: (
            APROBADO
            if (f["kpi"], "|".join(str(f[c]) for c in CIFRA), f["valor"]) in aprobadas
            else PENDIENTE
        ),
        return_dtype=pl.String,
    )


def _reparos(revisados: dict[str, str]) -> str:
    """Los cuatro controles de una medida en una celda: «cumple», o cuáles pidieron una
    explicación.
    """
    con = [c for c, v in revisados.items() if v != CUMPLE]
    return f"{JUSTIFICADO}: {', '.join(con)}" if con else CUMPLE


def canonico_f(valor: float) -> float:
    return float(canonico(valor))


def _plana(r: Resultados, kpis: list[dict], analisis: dict[str, dict[str, object]]) -> pl.DataFrame:
    filas = []
    for k in kpis:
        anidados = {
            f"{c}_{s}": (k[c] or {}).get(s)
            for c in ("linea_base", "meta", "ultimo")
            for s in ("periodo", "valor")
        }
        anidados["protegidos"] = ", ".join(k["protegidos"])
        filas.append(
            {
                c: (
                    k
                    | analisis[k["codigo"]]
                    | anidados
                    | _sello(r.procedencias[k["codigo"]], k["procedencia"]["producto"])
                )[c]
                for c in KPIS.nombres
            }
        )
    tipos = KPIS.esquema
    return pl.DataFrame(
        [
            {c: v if v is None or tipos[c] != pl.Float64 else float(v) for c, v in f.items()}
            for f in filas
        ],
        schema=tipos,
    )


def _sello(p: Procedencia, producto: object) -> dict[str, object]:
    """La procedencia en las columnas del CSV."""
    return {
        "fecha_dato": p.fecha_dato,
        "fuente_institucion": p.fuente.institucion,
        "fuente_acceso": p.fuente.fecha_acceso,
        "controles": f"{cuenta(p)} sin reparos" if p.controles else None,
        "acta": p.aprobacion.acta,
        "cuaderno": p.cuaderno,
        "producto": producto,
    }


def _ficha(r: Resultados, codigo: str) -> dict[str, object]:
    return r.catalogo.kpis[codigo].model_dump(mode="json")
