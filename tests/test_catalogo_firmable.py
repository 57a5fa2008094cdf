"""Lo que un comité no firmaría: cada regla con sus casos, y el catálogo que se reparte, que las
pasa todas.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from pydantic import ValidationError

from apoyo_catalogo import con_kpi
from observatorio.catalogo import Catalogo, bandas, cargar, dichos, enlaces, escritura
from observatorio.catalogo.modelos import Enlace, Formula, Kpi, LineaBase, Meta, ParteDeKpi
from observatorio.catalogo.nombres import NombreOficial
from observatorio.datos.advertencias import Contexto
from observatorio.datos.desmentidos import desmentidos
from observatorio.datos.hermanos import hermanos, sin_enlazar
from observatorio.metodo.fichas import fichas
from observatorio.privacidad import Reglas
from observatorio.privacidad.desgloses import siempre_ocultos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

BASE = LineaBase(periodo="2022", valor=10, naturaleza="demostracion", fuente="his-minsa")


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


def medidas(*filas: tuple[str, int, str, str, float, float | None, float | None]) -> pl.DataFrame:
    """Medidas compactas: kpi, año, lugar, grupo, valor, numerador y denominador."""
    return pl.DataFrame(
        [
            {
                "kpi": kpi,
                "periodo": str(anio),
                "lugar": lugar,
                "grupo": grupo,
                "unidad": "",
                "valor": valor,
                "numerador": numerador,
                "denominador": denominador,
                "fuente": "his-minsa",
                "naturaleza": "demostracion",
                "archivo": "x.csv",
                "fila": n,
                "fin": (anio + 1) * 12,
                "indice": n,
            }
            for n, (kpi, anio, lugar, grupo, valor, numerador, denominador) in enumerate(filas, 2)
        ],
        schema_overrides={
            "numerador": pl.Float64,
            "denominador": pl.Float64,
            "valor": pl.Float64,
            "fin": pl.Int32,
            "fila": pl.UInt32,
        },
    )


# --- Lo que la ficha dice de sus datos


@pytest.mark.parametrize(
    ("frase", "base", "datos", "desde"),
    [
        ("No hay línea de base: falta el informe.", True, False, None),
        ("Sin línea de base: las dos áreas van juntas.", True, False, None),
        ("Todavía no se ha medido.", True, True, None),
        ("Es así porque nadie ha medido todavía las tres cosas.", True, True, None),
        ("Nunca se midió en el distrito.", True, True, None),
        ("Sin datos hasta que se cargue la serie.", False, True, None),
        ("Es oficial: dice «sin datos» hasta cargarla.", False, True, None),
        ("Nadie unió las dos fechas antes de 2026: empieza ahí.", True, True, 2026),
    ],
)
def test_las_frases_que_callan_datos_se_entienden(
    catalogo: Catalogo, frase: str, base: bool, datos: bool, desde: int | None
) -> None:
    ficha = catalogo.kpis["M1-K08"].model_copy(update={"limitaciones": frase})
    assert [(d.calla_base, d.calla_datos, d.desde) for d in dichos.dichos(ficha)][:1] == [
        (base, datos, desde)
    ]


@pytest.mark.parametrize(
    "frase",
    [
        "La línea de base y la encuesta pueden no contar los mismos servicios.",
        "Las familias que nadie ha visitado quedan fuera.",
        "No hay línea de base renovada: se usa la anterior.",
        "Quien nunca acude al control no figura.",
        "No se publica por anexo, y nadie lo pide.",
    ],
)
def test_lo_que_no_habla_de_datos_no_calla_nada(catalogo: Catalogo, frase: str) -> None:
    ficha = catalogo.kpis["M1-K08"].model_copy(update={"limitaciones": frase})
    assert dichos.dichos(ficha) == ()


@pytest.mark.parametrize(
    ("cambio", "reglas"),
    [
        ({"limitaciones": "No hay línea de base todavía."}, ["base-que-su-texto-niega"]),
        ({"limitaciones": "Nadie lo anotó antes de 2023."}, ["base-que-su-texto-niega"]),
        ({"limitaciones": "Nadie lo anotó antes de 2021."}, []),
        ({"linea_base": BASE.model_copy(update={"fuente": "sbs"})}, ["cifra-oficial-inventada"]),
        (
            {"linea_base": BASE.model_copy(update={"fuente": "sbs", "naturaleza": "documentado"})},
            [],
        ),
        ({"limitaciones": "No hay línea de base.", "linea_base": None}, []),
    ],
)
def test_una_base_no_contradice_a_su_ficha(
    catalogo: Catalogo, cambio: dict[str, object], reglas: list[str]
) -> None:
    ficha = catalogo.kpis["M1-K08"].model_copy(update={"linea_base": BASE} | cambio)
    hallados = list(dichos.revisar(catalogo, ficha))
    assert [h[3] for h in hallados] == reglas
    assert all("M1-K08" in h[4] for h in hallados)


@pytest.mark.parametrize(
    ("limitaciones", "fuente", "fila"),
    [
        ("Todavía no se ha medido.", "his-minsa", 2),
        ("Nadie lo contó antes de 2024.", "his-minsa", 2),
        ("Nadie lo contó antes de 2023.", "his-minsa", None),
        ("Es una cifra corriente.", "his-minsa", None),
        ("Es una cifra corriente.", "sbs", 2),
    ],
)
def test_un_dato_no_desmiente_a_su_ficha(
    catalogo: Catalogo, limitaciones: str, fuente: str, fila: int | None
) -> None:
    otro = con_kpi(catalogo, "M1-K08", limitaciones=limitaciones, fuente=fuente)
    tabla = medidas(
        ("M1-K08", 2023, "130809", "total", 50, 20, 40),
        ("M1-K08", 2024, "130809", "total", 50, 20, 40),
    ).with_columns(pl.lit(fuente).alias("fuente"))
    hallados = list(desmentidos(tabla, otro))
    assert [e.fila for e in hallados] == ([] if fila is None else [fila])
    assert all(e.archivo == "x.csv" and "M1-K08" in e.remedio for e in hallados)


def test_lo_que_publica_otro_se_admite_si_es_suyo(catalogo: Catalogo) -> None:
    otro = con_kpi(catalogo, "M1-K08", limitaciones="Es una cifra corriente.", fuente="sbs")
    tabla = medidas(("M1-K08", 2023, "130809", "total", 50, 20, 40)).with_columns(
        pl.lit("sbs").alias("fuente"), pl.lit("documentado").alias("naturaleza")
    )
    assert not list(desmentidos(tabla, otro))


# --- Hermanos


def enlace(tipo: str, *con: str, parte: str = "numerador", meses_antes: int = 0) -> Enlace:
    return Enlace(
        parte=parte,
        tipo=tipo,
        con=tuple(ParteDeKpi(kpi=k, parte="numerador") for k in con),
        meses_antes=meses_antes,
    )


@pytest.mark.parametrize(
    ("declarado", "propia", "ajenas", "discorde"),
    [
        (enlace("igual", "M1-K02"), 40, {("M1-K02", 2024): 40}, False),
        (enlace("igual", "M1-K02"), 40, {("M1-K02", 2024): 41}, True),
        (enlace("igual", "M1-K02"), 40, {("M1-K02", 2023): 41}, False),
        (enlace("igual", "M1-K02", meses_antes=12), 40, {("M1-K02", 2023): 41}, True),
        (enlace("parte", "M1-K02"), 40, {("M1-K02", 2024): 40}, False),
        (enlace("parte", "M1-K02"), 41, {("M1-K02", 2024): 40}, True),
        (
            enlace("suma", "M1-K02", "M1-K03"),
            40,
            {("M1-K02", 2024): 15, ("M1-K03", 2024): 25},
            False,
        ),
        (
            enlace("suma", "M1-K02", "M1-K03"),
            40,
            {("M1-K02", 2024): 15, ("M1-K03", 2024): 26},
            True,
        ),
        (enlace("suma", "M1-K02", "M1-K03"), 40, {("M1-K02", 2024): 15}, False),
        (enlace("flujo", "M1-K02"), 40, {("M1-K02", 2023): 100, ("M1-K02", 2024): 140}, False),
        (enlace("flujo", "M1-K02"), 40, {("M1-K02", 2023): 100, ("M1-K02", 2024): 141}, True),
        (enlace("flujo", "M1-K02"), 40, {("M1-K02", 2024): 141}, False),
    ],
)
def test_los_hermanos_concuerdan(
    declarado: Enlace, propia: float, ajenas: dict[tuple[str, int], float], discorde: bool
) -> None:
    contexto = Contexto("130809", (), pl.DataFrame(), {}, (), (("M1-K01", declarado),))
    tabla = medidas(
        ("M1-K01", 2024, "130809", "total", 0, propia, 200),
        *((k, anio, "130809", "total", 0, n, 200) for (k, anio), n in ajenas.items()),
    )
    hallados = hermanos(tabla, contexto)
    assert hallados.height == discorde
    if discorde:
        a = hallados.row(0, named=True)
        assert (a["kpi"], a["periodo"], a["cifra"]) == ("M1-K01", "2024", f"{propia:g}")
        assert "M1-K01" in a["detalle"] and "M1-K02" in a["detalle"]


def test_donde_dos_cuentas_coinciden_siempre_se_propone_el_enlace() -> None:
    def propuestas(otras: tuple[int, ...], *enlaces: tuple[str, Enlace]) -> list[str]:
        tabla = medidas(
            *(("M1-K01", 2020 + i, "130809", "total", 0, n, 500) for i, n in enumerate(otras)),
            *(("M1-K02", 2020 + i, "130809", "total", 0, 40 + i, 100 + i) for i in range(4)),
        )
        contexto = Contexto("130809", (), pl.DataFrame(), {}, (), enlaces)
        return sin_enlazar(tabla, contexto)["detalle"].to_list()

    (propuesta,) = propuestas((40, 41, 42, 43))
    assert "numerador de M1-K01" in propuesta and "numerador de M1-K02" in propuesta
    assert not propuestas((40, 41, 42, 44)), "una cifra distinta basta para no ser lo mismo"
    assert not propuestas((40, 41, 42)), "tres pueden ser casualidad"
    assert not propuestas((40, 41, 42, 43), ("M1-K01", enlace("igual", "M1-K02")))


def test_de_varias_celdas_discordes_se_dice_el_total_y_cuantas() -> None:
    contexto = Contexto(
        "130809", (), pl.DataFrame(), {}, (), (("M1-K01", enlace("igual", "M1-K02")),)
    )
    grupos = ("sexo:mujer", "sexo:hombre", "total")
    tabla = medidas(
        *(("M1-K01", 2024, "130809", g, 0, 40, 80) for g in grupos),
        *(("M1-K02", 2024, "130809", g, 0, 41, 80) for g in grupos),
    )
    (a,) = hermanos(tabla, contexto).iter_rows(named=True)
    assert a["grupo"] == "total" and "(3 celdas)" in a["detalle"]


@pytest.mark.parametrize(
    ("codigo", "cambio", "regla", "dice"),
    [
        ("M1-K11", {"enlaces": ()}, "mismo-denominador-sin-enlace", "M1-K10"),
        ("M1-K08", {"enlaces": (enlace("igual", "M9-K99"),)}, "kpi-desconocido", "M1-K08"),
        ("M1-K08", {"enlaces": (enlace("igual", "M1-K08"),)}, "enlace-consigo", "M1-K08"),
        (
            "M1-K21",
            {"enlaces": (enlace("igual", "M1-K08", parte="denominador"),)},
            "enlace-sin-esa-cuenta",
            "M1-K21",
        ),
    ],
)
def test_un_enlace_nombra_cuentas_que_existen(
    catalogo: Catalogo, codigo: str, cambio: dict[str, object], regla: str, dice: str
) -> None:
    hallados = list(enlaces.revisar(con_kpi(catalogo, codigo, **cambio)))
    assert [(h[1], h[4]) for h in hallados] == [(codigo, regla)] and dice in hallados[0][5]


@pytest.mark.parametrize(("tipo", "con"), [("suma", ("M1-K02",)), ("igual", ("M1-K02", "M1-K03"))])
def test_una_suma_nombra_varios_y_lo_demas_uno(tipo: str, con: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="un enlace de suma"):
        enlace(tipo, *con)


# --- Cortes que nunca se publicarían


@pytest.mark.parametrize(
    ("por_sexo", "agrupable", "ocultos"),
    [
        ((4, 5), False, 4),  # los dos, por pocos
        ((4, 30), False, 4),  # el que queda se despeja del total
        ((20, 30), False, 0),
        ((3, 4), True, 4),  # ni reuniendo los dos años
        ((6, 9), True, 0),  # reunidos pasan de k
    ],
)
def test_un_corte_que_nunca_se_publica_se_dice_con_su_costo(
    catalogo: Catalogo, por_sexo: tuple[int, int], agrupable: bool, ocultos: int
) -> None:
    otro = con_kpi(catalogo, "M1-K08", agrupable=agrupable)
    tabla = medidas(
        *(
            ("M1-K08", anio, "130809", grupo, 100 * n / 60, n, 60)
            for anio in (2023, 2024)
            for grupo, n in zip(
                ("total", "sexo:mujer", "sexo:hombre"), (sum(por_sexo), *por_sexo), strict=True
            )
        )
    )
    reglas = replace(Reglas.de(catalogo.territorio), horizonte=2030)
    hallados = siempre_ocultos(tabla, fichas(otro), reglas)
    assert hallados.rows() == ([("M1-K08", "sexo", ocultos)] if ocultos else [])


def test_lo_que_no_es_sobre_personas_se_corta_como_se_quiera(catalogo: Catalogo) -> None:
    otro = con_kpi(catalogo, "M1-K08", sobre_personas=False)
    tabla = medidas(
        ("M1-K08", 2024, "130809", "total", 10, 6, 60),
        ("M1-K08", 2024, "130809", "sexo:mujer", 10, 3, 30),
        ("M1-K08", 2024, "130809", "sexo:hombre", 10, 3, 30),
    )
    assert siempre_ocultos(tabla, fichas(otro), Reglas.de(catalogo.territorio)).is_empty()


# --- Nombres oficiales


@pytest.mark.parametrize(
    ("texto", "regla", "valor"),
    [
        ("Sale del sistema Nexus de la UGEL.", "nombre-oficial-mal-escrito", "Nexus"),
        ("Sale de mi mantenimiento, cada año.", "nombre-oficial-mal-escrito", "mi mantenimiento"),
        ("Se toma del Map Biomas Perú de 2024.", "nombre-oficial-mal-escrito", "Map Biomas Perú"),
        ("Lo guarda el SIRTOD del año.", "sigla-sin-tarjeta", "SIRTOD"),
        ("Sale de NEXUS y del HIS-MINSA, con su DNI.", None, None),
        ("La única ana que sis no es una sigla.", None, None),
    ],
)
def test_cada_sistema_se_escribe_de_una_manera_y_tiene_tarjeta(
    catalogo: Catalogo, texto: str, regla: str | None, valor: str | None
) -> None:
    hallados = list(escritura.revisar(con_kpi(catalogo, "M1-K08", definicion=texto)))
    assert [(h[1], h[2], h[3], h[4]) for h in hallados] == (
        [("M1-K08", "definicion", valor, regla)] if regla else []
    )


def test_sin_nombres_oficiales_no_se_revisa_ninguna_sigla(catalogo: Catalogo) -> None:
    otro = con_kpi(catalogo, "M1-K08", definicion="Sale del SIRTOD del año.")
    assert not list(escritura.revisar(replace(otro, nombres=())))


def test_una_oficina_se_nombra_igual_en_todas_partes(catalogo: Catalogo) -> None:
    otro = con_kpi(catalogo, "M1-K24", responsable="Unidad de Medicamentos, Red de Salud Pataz")
    hallados = list(escritura.revisar(otro))
    assert {h[4] for h in hallados} == {"oficina-con-dos-nombres"}
    assert "M4-K12" in hallados[0][5] and "Unidad de Medicamentos" in hallados[0][5]


@pytest.mark.parametrize(
    ("nuevo", "regla"),
    [
        (NombreOficial(nombre="SIRTOD", que_es="Un sistema", fuente="nada"), "fuente-desconocida"),
        (NombreOficial(nombre="Nexus", que_es="Otra vez"), "nombre-oficial-repetido"),
    ],
)
def test_un_nombre_oficial_tiene_una_entrada_y_una_tarjeta(
    catalogo: Catalogo, nuevo: NombreOficial, regla: str
) -> None:
    hallados = list(escritura.revisar(replace(catalogo, nombres=(*catalogo.nombres, nuevo))))
    assert regla in {h[4] for h in hallados}


# --- Bandas


@pytest.mark.parametrize(
    ("tipo", "sentido", "nota", "regla"),
    [
        ("mínimo permisible", "no definido", "El mínimo permisible es 40.", None),
        ("máximo permisible", "no definido", "El máximo permisible es de 60.", None),
        ("mínimo permisible", "no definido", "El mínimo permisible es 60.", "limite-al-reves"),
        ("mínimo permisible", "no definido", "El máximo permisible es 60.", "limite-al-reves"),
        ("máximo permisible", "no definido", "El mínimo permisible es 40.", "limite-al-reves"),
        ("mínimo permisible", "no definido", None, "limite-sin-decir"),
        ("mínimo permisible", "ascendente", None, "banda-sin-su-sentido"),
        ("no agregable", "no definido", None, "banda-sin-su-sentido"),
        ("no agregable", "ascendente", None, None),
    ],
)
def test_el_limite_permisible_va_del_lado_que_le_toca(
    catalogo: Catalogo, tipo: str, sentido: str, nota: str | None, regla: str | None
) -> None:
    ficha: Kpi = catalogo.kpis["M7-K14"].model_copy(
        update={
            "tipo_agregacion": tipo,
            "sentido": sentido,
            "tolerancia": 10,
            "meta": Meta(periodo="2030", valor=50, origen="propuesta", nota=nota),
        }
    )
    hallados = list(bandas.revisar(ficha))
    assert [h[3] for h in hallados] == ([regla] if regla else [])
    assert all("M7-K14" in h[4] for h in hallados)


# --- Todo junto


def test_lo_que_se_reparte_pasa_todas_las_reglas(proyecto_real: Proyecto) -> None:
    catalogo, leido = pasar(proyecto_real)
    assert any(k.enlaces for k in catalogo.kpis.values()) and catalogo.nombres
    assert not set(leido.calidad.advertencias["regla"]) & {
        "hermanos-discordes",
        "desglose-protegido",
    }


def test_cada_enlace_con_datos_se_compara_de_verdad(proyecto_real: Proyecto) -> None:
    catalogo, leido = pasar(proyecto_real)
    tabla = leido.compacta.with_row_index("indice")
    con_datos = set(tabla["kpi"].cast(pl.String))
    enlazados = [
        (k.codigo, e)
        for k in catalogo.kpis.values()
        for e in k.enlaces
        if con_datos.issuperset({k.codigo, *(o.kpi for o in e.con)})
    ]
    assert len(enlazados) > 8
    for codigo, e in enlazados:
        absurda = 0.0 if e.tipo == "flujo" else 1e6
        rota = tabla.with_columns(
            pl.when(pl.col("kpi") == codigo).then(absurda).otherwise(pl.col(e.parte)).alias(e.parte)
        )
        contexto = Contexto("130809", (), pl.DataFrame(), {}, (), ((codigo, e),))
        assert hermanos(tabla, contexto).is_empty(), codigo
        assert not hermanos(rota, contexto).is_empty(), codigo


def test_un_denominador_distinto_lleva_otro_nombre(catalogo: Catalogo) -> None:
    formula = catalogo.kpis["M1-K11"].formula.model_copy(
        update={"denominador": "Nacidos vivos de otro registro"}
    )
    assert isinstance(formula, Formula)
    assert not list(enlaces.revisar(con_kpi(catalogo, "M1-K11", enlaces=(), formula=formula)))
