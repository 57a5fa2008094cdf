"""Las advertencias: cuándo salen, cómo se justifican, qué pasa si la cifra cambia y qué se publica
de ellas.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from conftest import con_respaldo
from observatorio.calculo import calcular
from observatorio.cli import principal
from observatorio.datos.advertencias import Contexto, debiles, por_clase, saltos, tardios
from observatorio.datos.control_de_regla import control_de
from observatorio.datos.partes import suma_de_partes
from observatorio.datos.primeras import primeras
from observatorio.errores import DatosInvalidos
from observatorio.productos import calidad as pieza
from observatorio.productos.datos_abiertos.publicos import lista_kpis
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

CONTEXTO = Contexto("130809", ("a1", "a2"), pl.DataFrame(), {}, ())
TARDIA = (
    "M7-K01,2019-S2,130809,total,,,18,75,actas-observatorio,2025-02-07,validado,demostracion,\n"
)
CELDA = "salto,M7-K16,2019-07,130809,total,,actas-observatorio,5,{},Comité Impulsor,2026-10-31\n"


def tabla(valores: list[float], **k: object) -> pl.DataFrame:
    """Una serie mensual compacta, como la deja ``ordenar``."""
    n = len(valores)
    base = {
        "kpi": "K",
        "periodo": [f"2024-{i + 1:02d}" for i in range(n)],
        "lugar": "130809",
        "grupo": "total",
        "unidad": "",
        "valor": valores,
        "numerador": None,
        "denominador": None,
        "fuente": "f",
        "fecha_dato": date(2024, 6, 1),
        "archivo": "x.csv",
        "fila": list(range(2, n + 2)),
        "fin": list(range(24289, 24289 + n)),
        "serie": 0,
        "indice": list(range(n)),
        "f_factor": 1.0,
        "f_razon": False,
        "naturaleza": "demostracion",
        "f_decimales": 0,
        "f_meses": 1,
        "f_gracia": 2,
        "f_sumable": True,
    } | k
    return pl.DataFrame(
        base,
        schema_overrides={
            "numerador": pl.Float64,
            "denominador": pl.Float64,
            "fila": pl.UInt32,
            "fin": pl.Int32,
            "indice": pl.UInt32,
        },
    )


def test_salto_por_mano() -> None:
    """Cambios 10, 11, 9, 10, 60, -50, 10: mediana 10; desvíos 0, 1, 1, 0, 50, 60, 0; MAD 1; escala
    1.4826, piso 2 % de 120 = 2.4.
    """
    hallados = saltos(tabla([90, 100, 111, 120, 130, 190, 140, 150]), CONTEXTO)
    assert hallados["cifra"].to_list() == ["190", "140"]


@pytest.mark.parametrize(
    "serie", [[100, 101, 99, 100, 102, 104, 100], [0, 0, 0, 0, 3, 0, 0], [10, 90, 10, 90, 10]]
)
def test_no_es_salto_lo_pequeno_ni_lo_corto(serie: list[float]) -> None:
    assert saltos(tabla(serie), CONTEXTO).is_empty()


def test_un_quiebre_declarado_no_es_un_salto() -> None:
    serie = [50.0, 51, 50, 51, 50, 51, 90, 91, 90, 91, 90]
    con = Contexto("130809", (), pl.DataFrame(), {}, (("f", date(2024, 6, 30), 24294, ()),))
    assert saltos(tabla(serie), CONTEXTO)["cifra"].to_list() == ["90"]
    assert saltos(tabla(serie), con).is_empty()


@pytest.mark.parametrize(
    ("partes", "discorda"),
    [
        ({"a1": 4, "a2": 6}, False),
        ({"a1": 4, "a2": 5}, True),
        ({"a1": 4}, False),
        ({"a1": 14}, True),
    ],
    ids=["suma exacta", "todas y no suman", "falta una y cabe", "falta una y ya pasa"],
)
def test_suma_de_partes(partes: dict[str, float], discorda: bool) -> None:
    lugares = ["130809", *partes]
    t = tabla(
        [10.0, *partes.values()],
        lugar=lugares,
        fin=[24300] * len(lugares),
        periodo=["2025-01"] * len(lugares),
    )
    hallada = suma_de_partes(t, CONTEXTO)
    assert hallada.height == discorda
    if discorda:
        assert hallada["lugar"].to_list() == ["130809"] and hallada["cifra"].to_list() == ["10"]


@pytest.mark.parametrize(
    ("periodos", "discordan"),
    [
        ([(10, 4, 5)], []),
        ([(10, 4, 5), (10, 4, 5)], []),
        ([(10, 4, 6), (10, 4, 5)], ["2025-02"]),
        ([(10, 8, 5)], ["2025-01"]),
    ],
    ids=["no se sabe si son todas", "nunca sumaron", "una vez sí sumaron", "ya pasan"],
)
def test_las_unidades_son_todas_si_alguna_vez_sumaron_el_total(
    periodos: list[tuple[float, float, float]], discordan: list[str]
) -> None:
    """Los tres establecimientos de un reporte no son, por eso, los del distrito."""
    n = len(periodos)
    t = tabla(
        [float(v) for p in periodos for v in p],
        lugar=["130809", "a1", "a2"] * n,
        unidad=["", "u1", "u2"] * n,
        fin=[24300 + i for i in range(n) for _ in "123"],
        periodo=[f"2025-{i + 1:02d}" for i in range(n) for _ in "123"],
    )
    assert suma_de_partes(t, CONTEXTO)["periodo"].to_list() == discordan


def test_lo_que_llega_no_deja_coja_a_la_demostracion() -> None:
    """Una medida real reemplaza una parte inventada: las que quedan no son «todas»."""
    t = tabla(
        [10.0, 4, 6],
        grupo=["total", "sexo:hombre", "sexo:mujer"],
        fin=[24300] * 3,
        periodo=["2025-01"] * 3,
    )
    real = t.tail(1).with_columns(
        pl.lit("documentado").alias("naturaleza"), pl.lit(9, dtype=pl.UInt32).alias("indice")
    )
    hoy = pl.concat([t.head(2), real])
    clases = por_clase(hoy, t.tail(1))
    assert [c.height for c in clases] == [1, 3]
    assert all(suma_de_partes(c, CONTEXTO).is_empty() for c in clases)
    assert suma_de_partes(t.head(2), CONTEXTO).height == 1, "sin ella, sí discordaría"


def test_tardio_es_despues_de_un_periodo_mas_la_gracia() -> None:
    """Enero de 2024 (fin 24289), mensual con dos meses de gracia: hasta abril a tiempo, en mayo
    tarde.
    """
    assert tardios(tabla([1.0], fecha_dato=date(2024, 4, 30)), CONTEXTO).is_empty()
    assert tardios(tabla([1.0], fecha_dato=date(2024, 5, 1)), CONTEXTO).height == 1


def test_justificada_pasa_y_queda_dicha(
    minimo: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = minimo.observaciones / "m7-institucionalidad.csv"
    ruta.write_text(ruta.read_text(encoding="utf-8") + TARDIA, encoding="utf-8")
    assert principal(["--raiz", str(minimo.raiz), "validar"]) == 1
    propuesta = capsys.readouterr().err.split("data/justificaciones.csv: ")[1].splitlines()[0]
    firmada = (
        propuesta.replace("MOTIVO", "El acta se perdió y se rehizo con el libro")
        .replace("QUIÉN", "Comité Impulsor")
        .replace("FECHA", "2026-10-31")
    )
    with minimo.justificaciones.open("a", encoding="utf-8") as f:
        f.write(firmada + "\n")
    assert principal(["--raiz", str(minimo.raiz), "validar", "--json"]) == 0
    informe = json.loads(capsys.readouterr().out)
    assert [a["motivo"] for a in informe["advertencias"] if a["regla"] == "dato-tardio"] == [
        "El acta se perdió y se rehizo con el libro"
    ]


def test_si_la_cifra_cambia_la_justificacion_deja_de_servir(minimo: Proyecto) -> None:
    ruta = minimo.observaciones / "m7-institucionalidad.csv"
    meses = "".join(
        f"M7-K16,2019-{m:02d},130809,total,,,{n},80,actas-observatorio,2019-{m:02d}-28,validado,demostracion,\n"
        for m, n in enumerate((60, 61, 60, 61, 60, 61, 4, 60), 1)
    )
    ruta.write_text(ruta.read_text(encoding="utf-8") + meses, encoding="utf-8")
    with minimo.justificaciones.open("a", encoding="utf-8") as f:
        f.write(CELDA.format("Cerró la oficina por un derrumbe"))
        f.write(
            CELDA.format("Reabrió la oficina tras el derrumbe")
            .replace("2019-07", "2019-08")
            .replace(",5,", ",75,")
        )
    pasar(minimo)
    ruta.write_text(ruta.read_text(encoding="utf-8").replace(",4,80,", ",3,80,"), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as e:
        pasar(minimo)
    assert {x.regla for x in e.value.errores} == {"salto", "justificacion-sin-advertencia"}


def test_una_real_no_deja_sin_objeto_lo_explicado_de_la_demostracion(minimo: Proyecto) -> None:
    """Lo que se explicó de una cifra inventada sigue escrito cuando una real la reemplaza."""
    ruta = minimo.observaciones / "m7-institucionalidad.csv"
    fila = (
        "M7-K16,2019-{:02d},130809,total,,,{},80,actas-observatorio,2019-{:02d}-28,validado,{},\n"
    )
    serie = enumerate((60, 61, 60, 61, 60, 61, 4, 60), 1)
    meses = "".join(fila.format(m, n, m, "demostracion") for m, n in serie)
    ruta.write_text(ruta.read_text(encoding="utf-8") + meses, encoding="utf-8")
    explicado = CELDA.format("Cerró la oficina por un derrumbe")
    reabierta = explicado.replace("2019-07", "2019-08").replace(",5,", ",75,")
    with minimo.justificaciones.open("a", encoding="utf-8") as f:
        f.write(explicado + reabierta)
    _, antes = pasar(minimo)
    con_respaldo(minimo)
    real = minimo.observaciones / "recibidas.csv"
    cabecera = ruta.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    real.write_text(cabecera + fila.format(7, 59, 7, "documentado"), encoding="utf-8")
    _, despues = pasar(minimo)
    explicados = [v.calidad.advertencias.filter(regla="salto")["periodo"] for v in (antes, despues)]
    assert [e.to_list() for e in explicados] == [["2019-07", "2019-08"], ["2019-08"]]
    real.write_text(real.read_text(encoding="utf-8").replace(",59,80,", ",1,99,"), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as e:
        pasar(minimo)
    assert {(x.regla, x.archivo) for x in e.value.errores} == {
        ("primera-entrega", minimo.relativa(real))
    }, "lo que la real advierte es suyo, aunque su celda tenga lo mismo explicado"


def test_sin_observaciones_el_sitio_queda_vacio_y_lo_dice(minimo: Proyecto) -> None:
    for ruta in minimo.observaciones.glob("*.csv"):
        ruta.unlink()
    minimo.correcciones.unlink()
    minimo.justificaciones.unlink()
    r = calcular(minimo)
    assert set(r.evaluacion["estado"]) <= {"sin datos", "dato protegido"}
    assert all(k["controles"] is None for k in lista_kpis(r))
    for hacer in (
        pieza.tabla_de_controles,
        pieza.tabla_por_fuente,
        pieza.tabla_por_mision,
        pieza.tabla_de_advertencias,
        pieza.tabla_de_correcciones,
    ):
        assert hacer(r)


def test_ninguna_advertencia_de_celda_protegida_o_restringida_se_publica(
    proyecto_real: Proyecto, resultados_reales: Resultados
) -> None:
    r = resultados_reales
    restringido = next(c for c, k in r.catalogo.kpis.items() if k.acceso != "ciudadano")

    def salto_en(celda: dict[str, str]) -> pl.DataFrame:
        donde = ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente")
        return r.calidad.advertencias.head(1).with_columns(
            pl.lit("salto").alias("regla"), *(pl.lit(celda[c]).alias(c) for c in donde)
        )

    plantilla, en_protegida = (
        salto_en(r.publica.filter(cuales).row(0, named=True))
        for cuales in (
            ~pl.col("protegido").any().over("kpi", "lugar", "grupo", "unidad"),
            pl.col("protegido"),
        )
    )
    en_restringido = plantilla.with_columns(pl.lit(restringido).alias("kpi"))
    trampa = pl.concat([plantilla, en_protegida, en_restringido])
    r = replace(r, calidad=replace(r.calidad, advertencias=trampa))
    assert r.advertencias["kpi"].to_list() == plantilla["kpi"].to_list()
    html = pieza.tabla_de_advertencias(r)
    assert restringido not in html
    sin_trampa = replace(r, calidad=replace(r.calidad, advertencias=plantilla))
    for dicho in (pieza.tabla_de_advertencias, pieza.tabla_de_controles):
        assert dicho(r) == dicho(sin_trampa), "ni que las hay ni que no"


def test_cada_cifra_publica_lleva_sus_cuatro_resultados(resultados_reales: Resultados) -> None:
    kpis = {k["codigo"]: k for k in lista_kpis(resultados_reales)}
    con_dato = [k for k in kpis.values() if k["ultimo"]]
    assert con_dato and all(
        list(k["controles"]) == ["completitud", "consistencia", "duplicidad", "confiabilidad"]
        for k in con_dato
    )
    assert kpis["M4-K01"]["controles"]["consistencia"] == "cumple"
    assert {
        k["controles"]["confiabilidad"] for k in con_dato if k["fuente"] == "encuesta-comunal"
    } == {"cumple con justificación"}


@pytest.mark.parametrize(
    ("regla", "control"),
    [
        ("salto", "consistencia"),
        ("clave-duplicada", "duplicidad"),
        ("huella-distinta", "confiabilidad"),
        ("campo-vacio", "completitud"),
    ],
)
def test_cada_regla_sirve_a_un_control(regla: str, control: str) -> None:
    assert control_de(regla) == control


@pytest.mark.parametrize("inventadas", [[True] * 7 + [False], [False] * 7 + [True]])
def test_lo_inventado_no_hace_saltar_a_lo_medido(inventadas: list[bool]) -> None:
    t = tabla(
        [10.0, 11, 10, 11, 10, 11, 10, 90],
        naturaleza=["demostracion" if x else "documentado" for x in inventadas],
    )
    assert saltos(t, CONTEXTO).height == 1
    assert all(saltos(clase, CONTEXTO).is_empty() for clase in por_clase(t))


def test_solo_se_suman_partes_de_la_misma_clase() -> None:
    naturaleza = ["documentado", "demostracion", "demostracion"]
    t = tabla(
        [10.0, 4, 5],
        lugar=["130809", "a1", "a2"],
        fin=[24300] * 3,
        periodo=["2025-01"] * 3,
        naturaleza=naturaleza,
    )
    assert all(suma_de_partes(clase, CONTEXTO).is_empty() for clase in por_clase(t))
    assert [
        suma_de_partes(c, CONTEXTO).height
        for c in por_clase(t.with_columns(pl.lit("documentado").alias("naturaleza")))
    ] == [1]


FICHAS = pl.DataFrame(
    {"kpi": ["K", "SIN"], "f_desde": [18.0, None], "f_hasta": [75.0, None]},
    schema={"kpi": pl.String, "f_desde": pl.Float64, "f_hasta": pl.Float64},
)
DE_ENTREGAS = Contexto("130809", ("a1", "a2", "a3", "a4"), FICHAS, {}, ())


@pytest.mark.parametrize(
    ("valor", "lejos"), [(0.35, True), (35.0, False), (1.8, False), (900.0, True), (0.0, False)]
)
def test_la_primera_entrega_real_se_compara_con_su_ficha(valor: float, lejos: bool) -> None:
    hallada = primeras(tabla([valor], naturaleza="documentado"), DE_ENTREGAS)
    assert hallada.is_empty() is not lejos
    if lejos:
        assert "van de 18 a 75" in hallada["detalle"][0]


def test_la_primera_entrega_no_se_compara_con_la_demostracion() -> None:
    """Cien medidas inventadas alrededor de 3 no hacen rara una real de 35, ni al revés."""
    serie = tabla([3.0, 3.1, 2.9, 3.0, 3.1, 2.9, 3.0, 35.0])
    mixta = serie.with_columns(pl.Series("naturaleza", ["demostracion"] * 7 + ["documentado"]))
    real, inventada = por_clase(mixta)
    assert real.height == 1 and inventada.height == 7
    assert saltos(real, DE_ENTREGAS).is_empty() and primeras(mixta, DE_ENTREGAS).is_empty()
    assert primeras(serie, DE_ENTREGAS).is_empty()


def test_sin_nada_declarado_se_compara_con_los_vecinos() -> None:
    lugares = ["a1", "a2", "a3", "a4"]
    t = tabla(
        [50.0, 55.0, 60.0, 0.5],
        kpi="SIN",
        lugar=lugares,
        serie=[0, 1, 2, 3],
        periodo=["2025-01"] * 4,
        fin=[24301] * 4,
        denominador=[100.0] * 4,
        naturaleza="documentado",
        f_razon=True,
    )
    hallada = primeras(t, DE_ENTREGAS)
    assert hallada["lugar"].to_list() == ["a4"] and "vecinos" in hallada["detalle"][0]


def test_solo_la_primera_de_cada_serie_se_juzga_asi() -> None:
    assert primeras(tabla([35.0, 0.35], naturaleza="documentado"), DE_ENTREGAS).is_empty()


@pytest.mark.parametrize(("cuantas", "dicho"), [(1, "1 medida "), (2, "2 medidas ")])
def test_de_una_medida_se_habla_en_singular(cuantas: int, dicho: str) -> None:
    medidas = tabla([5.0] * cuantas, periodo="2019-01", fin=24229, fecha_dato=date(2026, 1, 1))
    contexto = replace(CONTEXTO, debiles={"f": "D"})
    for detalle in (tardios(medidas, contexto), debiles(medidas, contexto)):
        assert detalle["detalle"].item().startswith(dicho)
