"""La matriz de seguimiento de CEPLAN, escrita: del catálogo y los resultados a un libro.

Sin pedir otra cosa lleva solo lo público: lo protegido dice que lo está. Con un nivel de acceso
lleva las líneas de base y los logros que ese nivel puede leer, y cada hoja dice que su uso es
restringido.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ..base.escapes import xlsx
from ..base.escritura import exigir_archivo
from ..calculo import calcular
from ..catalogo import cargar
from ..catalogo.modelos import CIUDADANO, Acceso, Kpi
from ..metodo.estados import PROTEGIDO
from ..metodo.registros import Evaluacion
from ..privacidad import catalogo_de_nivel
from ..recojo.ceplan.ficha_plana import EN_LA_MATRIZ, aplanar
from ..recojo.ceplan.matriz import AVANCE, AVISO, CUMPLIMIENTO, ESTADO, NATURALEZA
from ..recojo.hojas.estilo_hoja import (
    ALERTA,
    BORDE,
    MARCA,
    TINTA,
    VELO,
    ajustado,
    fondo,
    fuente,
    guardar,
)
from ..resultados.resultados import Resultados
from ..rutas import Proyecto

ANIOS_ATRAS = 4
ANCHOS = {
    "Indicador": 44,
    "Misión": 20,
    "OKR": 12,
    "Responsable": 34,
    "Justificación": 50,
    "Limitaciones": 50,
}


def exportar(proyecto: Proyecto, ruta: Path, acceso: Acceso = CIUDADANO) -> int:
    """Escribe el libro con lo que puede leer ``acceso`` y devuelve cuántos indicadores lleva; los
    valores obtenidos son siempre los públicos.
    """
    from ..recojo.ceplan.matriz import (
        COLUMNAS_MISION,
        COLUMNAS_OKR,
        FICHA,
        MATRIZ,
        MISIONES,
        OKR,
        OPTATIVAS_DE_MISION,
    )

    exigir_archivo(ruta, "matriz-ceplan.xlsx")
    r = calcular(proyecto)
    r = replace(r, catalogo=catalogo_de_nivel(r.catalogo, cargar(proyecto), acceso))
    libro = Workbook()
    libro.active.title = MATRIZ
    _matriz(libro.active, r, acceso)
    _tabla(
        libro.create_sheet(FICHA),
        _columnas_de_ficha(r),
        [aplanar(k) | {"okr": o.codigo} for _, o, k in r.catalogo.recorrer()],
    )
    okrs = [
        o.model_dump(mode="json", exclude={"kpis"}) | {"mision": m.slug}
        for m in r.catalogo.misiones
        for o in m.okrs
    ]
    _tabla(libro.create_sheet(OKR), COLUMNAS_OKR, okrs)
    _tabla(
        libro.create_sheet(MISIONES),
        (*COLUMNAS_MISION, *OPTATIVAS_DE_MISION),
        [m.model_dump(mode="json", exclude={"okrs"}) for m in r.catalogo.misiones],
    )
    if acceso != CIUDADANO:
        _marcar(libro, acceso)
    guardar(libro, ruta, r.catalogo.territorio.fecha_corte)
    return len(r.catalogo.kpis)


def _marcar(libro: Workbook, acceso: Acceso) -> None:
    """El uso restringido, dicho en una primera hoja, en la pestaña y en el encabezado impreso de
    todas.
    """
    marca = f"USO RESTRINGIDO · nivel {acceso}"
    for hoja in libro:
        hoja.oddHeader.center.text, hoja.sheet_properties.tabColor = marca, ALERTA
    aviso = libro.create_sheet(AVISO, 0)
    aviso.column_dimensions["A"].width = 90
    for fila, texto in enumerate(
        (
            marca,
            (
                "Lleva líneas de base y logros esperados que no se publican: solo para quien tiene"
                f" acceso {acceso}. No se reenvía ni se cuelga en la web."
            ),
            "La matriz pública la escribe la misma orden sin «--acceso».",
        ),
        1,
    ):
        celda = aviso.cell(fila, 1, texto)
        celda.font, celda.alignment = (
            fuente(16 if fila == 1 else 11, fila == 1, ALERTA if fila == 1 else TINTA),
            ajustado(),
        )
    libro.properties.title = marca
    libro.active = 0


def anios(r: Resultados) -> tuple[list[int], list[int]]:
    """Los años de los logros esperados y los de los valores obtenidos."""
    from ..recojo.ceplan.matriz import anio_de

    corte, horizonte = r.catalogo.territorio.fecha_corte.year, r.catalogo.territorio.horizonte
    declarados = {a for k in r.catalogo.kpis.values() for a in k.logros_esperados}
    metas = {anio_de(k.meta.periodo) for k in r.catalogo.kpis.values() if k.meta}
    primero = min([corte - ANIOS_ATRAS, *declarados])
    return list(range(primero, max([horizonte, *metas]) + 1)), list(
        range(corte - ANIOS_ATRAS, corte + 1)
    )


def _obtenidos(r: Resultados) -> dict[tuple[str, int], float | str]:
    """Último valor público de cada KPI en cada año, en el territorio entero."""
    serie = r.series.filter(pl.col("lugar") == r.catalogo.territorio.ubigeo).sort("fin")
    return {
        (kpi, (fin - 1) // 12): PROTEGIDO if protegido else round(valor, 6)
        for kpi, fin, valor, protegido in serie.select(
            "kpi", "fin", "valor", "protegido"
        ).iter_rows()
        if protegido or valor is not None
    }


def _matriz(hoja: Worksheet, r: Resultados, acceso: Acceso) -> None:
    from ..recojo.ceplan.matriz import FINALES, IDENTIDAD, esperado

    de_le, de_vo = anios(r)
    obtenidos = _obtenidos(r)
    columnas = [
        *IDENTIDAD,
        *(f"LE {a}" for a in de_le),
        *(f"VO {a}" for a in de_vo),
        AVANCE,
        CUMPLIMIENTO,
        ESTADO,
        NATURALEZA,
        *FINALES,
    ]
    filas = []
    for mision, okr, kpi in r.catalogo.recorrer():
        plana, e = aplanar(kpi), r.evaluados[kpi.codigo]
        if kpi.linea_base:
            plana["linea_base.periodo"] = kpi.linea_base.periodo_efectivo
        fila: dict[str, object] = {
            titulo: plana.get(campo) for titulo, campo in (IDENTIDAD | FINALES).items() if campo
        }
        fila |= {"Misión": mision.slug, "OKR": okr.codigo}
        fila |= {
            t: str(fila[t]).capitalize()
            for t in ("Sentido esperado", "Tipo de agregación", "Relevancia")
        }
        fila |= {f"LE {a}": esperado(kpi, a) for a in de_le}
        fila |= _calladas(kpi, e, de_le, acceso)
        fila |= {
            f"VO {a}": PROTEGIDO if not kpi.publico else obtenidos.get((kpi.codigo, a))
            for a in de_vo
        }
        fila |= {
            AVANCE: _cien(e.avance),
            CUMPLIMIENTO: _cien(e.ritmo),
            ESTADO: e.estado,
            NATURALEZA: e.naturaleza,
        }
        filas.append(fila)
    _tabla(hoja, columnas, filas)
    hoja.freeze_panes = "E2"


def _calladas(kpi: Kpi, e: Evaluacion, de_le: Sequence[int], acceso: Acceso) -> dict[str, str]:
    """Las celdas de la línea de base y de la senda que ``acceso`` no puede leer; de una ficha
    ajena, aunque no las tenga.
    """
    from ..recojo.ceplan.matriz import anio_de

    ajena = not kpi.publico and acceso not in (kpi.acceso, "técnico")
    if kpi.linea_base or not (e.base_protegida or ajena):
        return {}
    hasta = (
        anio_de(kpi.meta.periodo) if kpi.meta else de_le[-1] + 1 if e.meta_protegida else de_le[0]
    )
    return dict.fromkeys(
        ("LB periodo", "LB valor", *(f"LE {a}" for a in de_le if a < hasta)), PROTEGIDO
    )


def _cien(proporcion: float | None) -> float | None:
    return None if proporcion is None else round(proporcion * 100, 2)


def _columnas_de_ficha(r: Resultados) -> list[str]:
    vistas = dict.fromkeys(
        c for k in r.catalogo.kpis.values() for c in aplanar(k) if c not in EN_LA_MATRIZ
    )
    return ["codigo", "okr", *vistas]


def _tabla(hoja: Worksheet, columnas: Sequence[str], filas: Sequence[dict[str, object]]) -> None:
    hoja.append(list(columnas))
    for celda in hoja[1]:
        celda.font, celda.fill, celda.alignment, celda.border = (
            fuente(10, True, "FFFFFF"),
            fondo(MARCA),
            ajustado("center"),
            BORDE,
        )
    for i, fila in enumerate(filas, 2):
        for j, columna in enumerate(columnas, 1):
            celda = hoja.cell(i, j)
            xlsx(celda, fila.get(columna))
            celda.font, celda.alignment = fuente(10), ajustado(vertical="top")
            if i % 2:
                celda.fill = fondo(VELO)
    for j, columna in enumerate(columnas, 1):
        hoja.column_dimensions[get_column_letter(j)].width = ANCHOS.get(columna, 13)
