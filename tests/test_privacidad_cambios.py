"""Lo que identifica una celda cambia con el tiempo: ni su código ni su frecuencia la descubren."""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from apoyo_ataque import CLAVE, DISTRITO, ERROR, Caso, Celda, K, aciertan, fin
from observatorio.catalogo import cargar
from observatorio.datos.solapes import solapadas
from observatorio.privacidad import (
    Sucesiones,
    acumular,
    dejan_de_protegerse,
    desaparecidos,
    heredada,
    supresion,
)
from observatorio.privacidad.historial import vacia
from observatorio.rutas import Proyecto

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
KPI = {"M1-K01"}


def renombrada(ya: pl.DataFrame, columna: str, antes: str, hoy: str) -> pl.DataFrame:
    """La memoria en que ``hoy`` se llamaba ``antes``."""
    return ya.with_columns(pl.col(columna).replace(hoy, antes))


def _antes_y_ahora() -> tuple[pl.DataFrame, Caso]:
    """Un anexo de 3 que crece a 13: mostrar hoy a sus vecinos diría cuánto valía."""
    vecinos = {f"999999000{i}": p for i, p in ((1, (41, 61)), (2, (42, 62)))}
    casos = [
        Caso(
            "porcentaje",
            12,
            {("2024", v, "total", "", 0): p for v, p in {**vecinos, "9999990000": propia}.items()}
            | {("2024", DISTRITO, "total", "", 0): (83 + propia[0], 123 + propia[1])},
            {},
        )
        for propia in ((3, 60), (13, 60))
    ]
    return acumular(vacia(), casos[0].publicar().tabla, KPI), casos[1]


@pytest.mark.parametrize(
    ("columna", "antes", "hoy", "sucesiones"),
    [
        ("kpi", "M9-K09", "M1-K01", Sucesiones(kpis={"M9-K09": "M1-K01"})),
        ("lugar", "8888880000", "9999990000", Sucesiones(lugares={"8888880000": "9999990000"})),
    ],
    ids=["el KPI", "un anexo"],
)
def test_quien_sucede_a_un_codigo_hereda_lo_que_se_vio_de_el(
    columna: str, antes: str, hoy: str, sucesiones: Sucesiones
) -> None:
    ya, ahora = _antes_y_ahora()
    con_memoria = ahora.publicar(ya).tabla
    assert con_memoria["protegido"].sum() == 2, "86 − 41 − 42 = 3"
    otra = renombrada(ya, columna, antes, hoy)
    assert not ahora.publicar(otra).tabla.equals(con_memoria), "sin heredar, se olvida"
    assert ahora.publicar(heredada(otra, sucesiones)).tabla.equals(con_memoria)


def test_heredar_dos_veces_es_lo_mismo_y_lo_visto_de_los_dos_se_junta() -> None:
    ya, _ = _antes_y_ahora()
    sucesiones = Sucesiones(kpis={"M9-K09": "M1-K01"})
    juntas = heredada(
        pl.concat([ya, renombrada(ya, "kpi", "M9-K09", "M1-K01").with_columns(vista=0)]), sucesiones
    )
    assert juntas.equals(ya) and heredada(juntas, sucesiones).equals(juntas)


def _semestres(azar: np.random.Generator) -> dict[tuple[str, str], tuple[int, int]]:
    anexos = [f"99999900{i:02d}" for i in range(int(azar.integers(2, 6)))]
    media = azar.gamma(1.4, 14, len(anexos)) + 1
    return {
        (f"{anio}-S{s}", v): (int(azar.poisson(m * 0.6)), int(azar.poisson(m * 0.4)))
        for anio in (2023, 2024)
        for s in (1, 2)
        for v, m in zip(anexos, media, strict=True)
    }


def _caso(base: dict[tuple[str, str], tuple[int, int]], meses: int) -> Caso:
    cuentas: dict[Celda, list[int]] = {}
    for (periodo, lugar), par in base.items():
        t = periodo[:4] if meses == 12 else periodo
        for donde in (lugar, DISTRITO):
            suma = cuentas.setdefault((t, donde, "total", "", 0), [0, 0])
            for q in (0, 1):
                suma[q] += par[q]
    return Caso(
        "porcentaje", meses, {c: (v[0], v[1]) for c, v in cuentas.items() if sum(v) > 0}, {}
    )


def _averigua(
    base: dict[tuple[str, str], tuple[int, int]],
    publicadas: list[tuple[int, pl.DataFrame]],
) -> list[str]:
    """Con las dos ediciones: cada celda es la suma de los semestres y anexos que cuenta."""
    atomos = list(base)
    fallos = []
    ya_publico = np.empty((0, len(atomos)))
    for q in (0, 1):
        verdad = np.array([float(base[x][q]) for x in atomos])
        vistas, ocultas = [], []
        for meses, tabla in publicadas:
            ya_publico = np.array([f for f, _ in vistas])
            for t, lugar, _, _, agrupado, oculta in tabla.select(*CLAVE, "protegido").iter_rows():
                cierre, largo = fin(t.split("/")[-1]), agrupado or meses
                fila = np.array(
                    [
                        float((lugar in (DISTRITO, v)) and cierre - largo < fin(p) <= cierre)
                        for p, v in atomos
                    ]
                )
                (ocultas if oculta else vistas).append((fila, (t, lugar, agrupado)))
        a = np.array([f for f, _ in vistas]) if vistas else None
        for fila, nombre in ocultas:
            if _suma_de(fila, ya_publico):
                continue
            valor = float(fila @ verdad)
            limites = [
                linprog(
                    s * fila,
                    A_eq=a,
                    b_eq=None if a is None else a @ verdad,
                    bounds=(0, 1e5),
                    method="highs",
                )
                for s in (1, -1)
            ]
            bajo, alto = limites[0].fun, -limites[1].fun
            aprende = (
                (bajo > ERROR or alto < K - 1 - ERROR) if valor < K else alto - bajo < K - ERROR
            )
            if aprende:
                fallos.append(f"cuenta {q} {nombre}: vale {valor:g}, en [{bajo:g}, {alto:g}]")
    return fallos


def _suma_de(fila: np.ndarray, vistas: np.ndarray) -> bool:
    """Si la celda no es más que una suma de las que la primera edición mostró: ya era pública."""
    if not len(vistas):
        return False
    pesos = np.linalg.lstsq(vistas.T, fila, rcond=None)[0]
    return bool(np.abs(vistas.T @ pesos - fila).max() < ERROR)


def _historia(semilla: int) -> list[str]:
    azar = np.random.default_rng(semilla)
    base = _semestres(azar)
    antes, despues = (6, 12) if azar.random() < 0.7 else (12, 6)
    hasta = int(azar.integers(2, 5))
    cortes = sorted({p for p, _ in base})[:hasta]
    primera_base = {c: v for c, v in base.items() if c[0] in cortes}
    if antes == 12:
        completos = {p[:4] for p in cortes if f"{p[:4]}-S2" in cortes}
        primera_base = {c: v for c, v in base.items() if c[0][:4] in completos}
    primera = _caso(primera_base, antes).publicar().tabla
    segunda = _caso(base, despues).publicar(acumular(vacia(), primera, KPI)).tabla
    return _averigua(base, [(antes, primera), (despues, segunda)])


@pytest.mark.parametrize("semilla", range(50) if LARGO else range(3))
def test_cambiar_de_frecuencia_no_descubre_lo_que_se_oculto(semilla: int) -> None:
    assert not _historia(semilla)


def test_si_todas_las_partes_se_vieron_su_suma_se_publica_y_los_anios_nuevos_tambien() -> None:
    base = {
        (f"{a}-S{s}", f"999999000{i}"): (30 + i, 40)
        for a in (2023, 2024)
        for s in (1, 2)
        for i in range(3)
    }
    de_2023 = {c: v for c, v in base.items() if c[0].startswith("2023")}
    ya = acumular(vacia(), _caso(de_2023, 6).publicar().tabla, KPI)
    assert not _caso(base, 12).publicar(ya).tabla["protegido"].any()


@pytest.mark.largo
def test_sin_mirar_la_frecuencia_de_antes_ese_ataque_acierta(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supresion, "cruzadas_con_otra_frecuencia", lambda *_: set())
    assert aciertan(map(_historia, range(6)), 2)


def test_un_codigo_publicado_que_desaparece_es_un_error_hasta_que_alguien_lo_sucede(
    proyecto_real: Proyecto,
) -> None:
    catalogo = cargar(proyecto_real)
    codigo = next(c for c, k in catalogo.kpis.items() if k.sobre_personas)
    anexo = catalogo.territorio.anexos[0].codigo
    ya = vacia().vstack(
        pl.DataFrame(
            [
                (
                    "M9-K09",
                    "2024",
                    anexo,
                    "sexo:otra",
                    "X-1",
                    0,
                    1.0,
                    None,
                    None,
                    1,
                    1,
                    "",
                    "",
                    "",
                    10,
                )
            ],
            schema=vacia().schema,
            orient="row",
        )
    )
    archivos = dict.fromkeys(("kpi", "lugar", "grupo", "unidad", "fuente"), "x")
    hallados = list(desaparecidos(ya, catalogo, frozenset(), archivos))
    assert {(e.columna, e.valor) for e in hallados} == {
        ("kpi", "M9-K09"),
        ("grupo", "sexo:otra"),
        ("unidad", "X-1"),
    }
    assert all(str(e.valor) in e.remedio for e in hallados), "el remedio nombra lo que falta"
    de_hoy = renombrada(ya, "kpi", codigo, "M9-K09").with_columns(
        pl.lit("total").alias("grupo"), pl.lit("").alias("unidad"), pl.lit(0).alias("vista")
    )
    assert not list(desaparecidos(de_hoy, catalogo, frozenset(), archivos))
    assert not list(dejan_de_protegerse(de_hoy, catalogo, archivos))
    cosa = next(c for c, k in catalogo.kpis.items() if not k.sobre_personas)
    ajeno = de_hoy.with_columns(pl.lit(cosa).alias("kpi"))
    assert [e.regla for e in dejan_de_protegerse(ajeno, catalogo, archivos)] == [
        "deja-de-protegerse"
    ]


@pytest.mark.parametrize(
    ("categorias", "publicadas", "rechaza"),
    [
        (["18-24a", "25-29a", "18-29a"], [], True),
        (["18-24a", "25-29a", "30-59a", "60a+"], [], False),
        (["0-11m", "12-23m", "3a"], [], False),
        (["24-36m", "3a"], [], True),
        (["60a+", "35-49a"], [], False),
        (["18-24a", "25-29a"], ["18-29a"], True),
        (["18-24a", "25-29a"], ["18-24a", "25-29a"], False),
    ],
    ids=lambda x: "·".join(x) if isinstance(x, list) else None,
)
def test_las_categorias_que_cuentan_a_la_misma_gente_se_rechazan(
    categorias: list[str], publicadas: list[str], rechaza: bool
) -> None:
    def tabla(edades: list[str]) -> pl.DataFrame:
        cuentas = {("2024", DISTRITO, f"edad:{e}", "", 0): (20, 30) for e in edades}
        return Caso("porcentaje", 12, cuentas, {}).observaciones()

    hallados = list(solapadas(tabla(categorias), tabla(publicadas)))
    assert bool(hallados) == rechaza
    assert all(e.regla == "categorias-solapadas" and e.fila for e in hallados)
