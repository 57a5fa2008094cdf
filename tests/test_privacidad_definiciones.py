"""Cambia lo que se mide, con qué umbral o código, o una sola celda: nada oculto se destapa."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from apoyo_ataque import DISTRITO, REGLAS, Caso, Celda
from apoyo_catalogo import con_kpi
from apoyo_tiempo import (
    COMPLEMENTO,
    KPI,
    NUMERADOR,
    TODOS,
    Edicion,
    Mundo,
    averiguar,
    de_varios,
    mundo_al_azar,
    ocultas,
)
from observatorio.catalogo import Catalogo, cargar
from observatorio.catalogo.modelos import Kpi
from observatorio.datos.calidad import Calidad
from observatorio.datos.columnas import EXPLICADAS
from observatorio.edicion import diario, memoria
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.privacidad import (
    Sucesiones,
    acumular,
    baja_el_umbral,
    como_csv,
    definiciones,
    desaparecidos,
    heredada,
    leer_historial,
    miden_otra_cosa,
    proteger,
    se_abren,
    supresion,
)
from observatorio.privacidad.definiciones import Definicion
from observatorio.privacidad.historial import vacia
from observatorio.resultados import controles
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
HISTORIAS = 50
UNA, OTRA = Definicion("una", "t", 10), Definicion("otra cosa", "t", 10)


def _corregida(azar: np.random.Generator) -> list[Edicion]:
    """Se corrige un caso de una celda oculta."""
    tapadas: list[Celda] = []
    while not tapadas:
        mundo = mundo_al_azar(azar)
        primera = mundo.publicar()
        tapadas = ocultas(primera)
    celda = tapadas[int(azar.integers(len(tapadas)))]
    de_ella = sorted(mundo.que_suma(celda))
    caso = de_ella[int(azar.integers(len(de_ella)))]
    a, b = (max(0, x + int(azar.integers(-4, 9))) for x in mundo.atomos[caso])
    despues = mundo.con(caso, (a, a) if mundo.clase == "recuento" else (a, b))
    segunda = despues.publicar(acumular(vacia(), primera, KPI))
    return [Edicion(mundo, primera), Edicion(despues, segunda)]


def _con_tardios(azar: np.random.Generator) -> tuple[Mundo, Mundo]:
    """Un mundo, y el mismo antes de que informaran algunos anexos."""
    mundo = de_varios(azar)
    lugares = sorted({x[:2] for x in mundo.atomos})
    tarde = {x for x in lugares if azar.random() < 0.12}
    return mundo, mundo.sin(frozenset(x for x in mundo.atomos if x[:2] in tarde))


def _renombrada(azar: np.random.Generator) -> list[Edicion]:
    """Cambia de código con el mismo modo de medir, y el código de un anexo."""
    mundo, antes = _con_tardios(azar)
    primera = antes.publicar()
    ya = acumular(vacia(), primera, KPI, {"M1-K01": UNA})
    lugar = str(azar.choice(sorted(set(ya["lugar"]))))
    vieja = ya.with_columns(
        pl.lit("M9-K09").alias("kpi"),
        pl.col("lugar").replace(lugar, "8888880000"),
        pl.lit("fuente-vieja").alias("fuente"),
    )
    sucesiones = Sucesiones(
        kpis={"M9-K09": "M1-K01"},
        lugares={"8888880000": lugar},
        fuentes={"fuente-vieja": "f"},
        miden={"M1-K01": UNA},
    )
    segunda = mundo.publicar(
        heredada(vieja, sucesiones), replace(REGLAS, formas={"M1-K01": UNA.forma})
    )
    return [Edicion(antes, primera), Edicion(mundo, segunda)]


def _de_otra_cosa(azar: np.random.Generator) -> list[Edicion]:
    """Otro código, que de los mismos casos cuenta otra cosa, y después una edición más."""
    mundo, antes = _con_tardios(azar)
    antes = replace(antes, clase="porcentaje") if mundo.clase == "recuento" else antes
    lee = (NUMERADOR, COMPLEMENTO, TODOS)[int(azar.integers(3))]
    despues = replace(mundo, clase="recuento", lee=lee)
    if azar.random() < 0.3:
        antes, despues = replace(despues, filas=antes.filas), replace(mundo, clase="porcentaje")
    primera = antes.publicar()
    ya = acumular(vacia(), primera, KPI, {"M1-K01": UNA}).with_columns(
        pl.lit("M9-K09").alias("kpi")
    )
    ya = heredada(ya, Sucesiones(kpis={"M9-K09": "M1-K01"}, miden={"M1-K01": OTRA}))
    reglas = replace(REGLAS, formas={"M1-K01": OTRA.forma})
    segunda = despues.publicar(ya, reglas)
    ya = acumular(ya, segunda, KPI, {"M1-K01": OTRA})
    return [
        Edicion(antes, primera),
        Edicion(despues, segunda),
        Edicion(despues, despues.publicar(ya, reglas)),
    ]


def _con_otro_umbral(azar: np.random.Generator) -> list[Edicion]:
    mundo, antes = _con_tardios(azar)
    uno, dos = (15, 10) if azar.random() < 0.7 else (10, 15)
    primera = antes.publicar(None, replace(REGLAS, k=uno))
    segunda = mundo.publicar(acumular(vacia(), primera, KPI), replace(REGLAS, k=dos))
    return [Edicion(antes, primera, uno), Edicion(mundo, segunda, dos)]


CAMBIOS: dict[str, Callable[[np.random.Generator], list[Edicion]]] = {
    "una celda oculta se corrige": _corregida,
    "cambian los códigos": _renombrada,
    "mide otra cosa": _de_otra_cosa,
    "cambia el umbral": _con_otro_umbral,
}


@pytest.mark.parametrize("cambio", CAMBIOS.values(), ids=list(CAMBIOS))
@pytest.mark.parametrize("semilla", range(HISTORIAS) if LARGO else [0, 3])
def test_cambiar_no_descubre_lo_que_se_oculto(
    semilla: int, cambio: Callable[[np.random.Generator], list[Edicion]]
) -> None:
    assert not averiguar(cambio(np.random.default_rng(semilla)))


def test_medir_otra_cosa_y_publicar_otra_vez_no_cambia_nada() -> None:
    for semilla in (0, 2):
        _, segunda, tercera = _de_otra_cosa(np.random.default_rng(semilla))
        assert tercera.tabla.equals(segunda.tabla), semilla


@pytest.mark.parametrize(
    ("cambio", "regla", "nada"),
    [
        (_corregida, "delatan_una_correccion", set()),
        (_de_otra_cosa, "medidas_de_otro_modo", set()),
        (_renombrada, "expuestas_por_diferencia", set()),
    ],
    ids=["una corrección", "otra medida", "otro código"],
)
def test_sin_su_regla_ese_ataque_acierta(
    monkeypatch: pytest.MonkeyPatch,
    cambio: Callable[[np.random.Generator], list[Edicion]],
    regla: str,
    nada: set[int],
) -> None:
    monkeypatch.setattr(supresion, regla, lambda *_: nada)
    assert any(averiguar(cambio(np.random.default_rng(s))) for s in range(30))


def _memoria(catalogo: Catalogo, de: str, **columnas: object) -> pl.DataFrame:
    """Una celda que se vio y otra que se ocultó, de un KPI como se mide en ``catalogo``."""
    d = definiciones(catalogo)[de]
    t = catalogo.territorio.ubigeo
    return pl.DataFrame(
        [
            (de, "2024", t, "total", "", 0, 25.0, 20.0, 80.0, 1, 1, "", d.forma, d.texto, 10),
            (de, "2024", t, "sexo:mujer", "", 0, None, None, None, 1, 0, "", d.forma, d.texto, 10),
        ],
        schema=vacia().schema,
        orient="row",
    ).with_columns(pl.lit(x, dtype=vacia().schema[c]).alias(c) for c, x in columnas.items())


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


@pytest.fixture(scope="module")
def kpi(catalogo: Catalogo) -> Kpi:
    """Un porcentaje sobre personas que se publica."""
    return next(
        k
        for k in catalogo.kpis.values()
        if k.sobre_personas and k.unidad == "%" and k.acceso == "ciudadano" and not k.sensible
    )


def _que_dice(
    catalogo: Catalogo, ya: pl.DataFrame, kpi: str, valor: float = 25.0, numerador: float = 20.0
) -> list[tuple[str, str, str]]:
    hoy = ya.filter(pl.col("vista") > 0).with_columns(
        pl.lit(valor).alias("valor"), pl.lit(numerador).alias("numerador")
    )
    hojas = dict.fromkeys(catalogo.kpis, "misiones/x/hoja-de-ruta.yml")
    errores = list(miden_otra_cosa(ya, catalogo, hoy, hojas))
    for e in errores:
        assert e.archivo == hojas[kpi] and f"codigo_anterior: {kpi}" in e.remedio
    return [(e.regla, str(e.columna), str(e.valor)) for e in errores]


@pytest.mark.parametrize(
    ("campos", "columna"),
    [
        ({"unidad": "personas"}, "unidad"),
        ({"agregacion": "promedio"}, "agregacion"),
        ({"ventana": 36}, "ventana"),
        ({"formula": {"factor": 7.0}}, "formula.factor"),
        ({"formula": {"denominador": None}}, "formula.denominador"),
        ({"formula": {"medida": "magnitud"}}, "formula.medida"),
        ({"sensible": "mineria"}, None),
        ({"nombre": "Otro nombre"}, None),
    ],
    ids=lambda x: ", ".join(x) if isinstance(x, dict) else None,
)
def test_con_algo_oculto_la_definicion_no_cambia_sin_otro_codigo(
    catalogo: Catalogo, kpi: Kpi, campos: dict, columna: str | None
) -> None:
    if "formula" in campos:
        campos = {"formula": kpi.formula.model_copy(update=campos["formula"])}
    ya = _memoria(catalogo, kpi.codigo)
    otro = con_kpi(catalogo, kpi.codigo, **campos)
    hallados = _que_dice(otro, ya, kpi.codigo)
    assert [(r, c) for r, c, _ in hallados] == (
        [("definicion-publicada-cambia", columna)] if columna else []
    )
    assert not _que_dice(otro, ya.filter(pl.col("vista") > 0), kpi.codigo), "nada se ocultó"
    assert not _que_dice(catalogo, ya, kpi.codigo)


def test_dejar_de_ser_sensible_lo_abre_aunque_nada_se_ocultara(
    catalogo: Catalogo, kpi: Kpi
) -> None:
    antes = con_kpi(catalogo, kpi.codigo, sensible="mineria")
    ya = _memoria(antes, kpi.codigo).filter(pl.col("vista") > 0)
    assert [c for _, c, _ in _que_dice(catalogo, ya, kpi.codigo)] == ["sensible"]


def test_la_redaccion_cambia_si_las_cifras_que_se_vieron_son_las_mismas(
    catalogo: Catalogo, kpi: Kpi
) -> None:
    ya = _memoria(catalogo, kpi.codigo)

    def con_numerador(texto: str) -> Catalogo:
        formula = kpi.formula.model_copy(update={"numerador": texto})
        return con_kpi(catalogo, kpi.codigo, formula=formula)

    otro = con_numerador("Mujeres y hombres que")
    assert not _que_dice(otro, ya, kpi.codigo)
    assert _que_dice(otro, ya, kpi.codigo, 30.0, 24.0) == [
        ("definicion-publicada-cambia", "formula", "otras cifras")
    ]
    igual = con_numerador(kpi.formula.numerador.upper() + ".")
    assert not _que_dice(igual, ya, kpi.codigo, 30.0, 24.0), "corregir una cifra no es medir otra"


def test_el_umbral_no_baja_ni_lo_reservado_se_abre_sin_decirlo(
    catalogo: Catalogo, kpi: Kpi
) -> None:
    ya = _memoria(catalogo, kpi.codigo, k=15)
    (error,) = baja_el_umbral(ya, catalogo, "data/territorio.yml")
    assert (error.archivo, error.columna, error.valor) == ("data/territorio.yml", "metodo.k", "10")
    assert "«k_anterior: 15»" in str(error.remedio)

    def con_metodo(**campos: int) -> Catalogo:
        metodo = catalogo.territorio.metodo.model_copy(update=campos)
        territorio = catalogo.territorio.model_copy(update={"metodo": metodo})
        return replace(catalogo, territorio=territorio)

    for bien in (con_metodo(k_anterior=15), con_metodo(k=15), con_metodo(k=20)):
        assert not list(baja_el_umbral(ya, bien, ""))
    assert not list(baja_el_umbral(ya.filter(pl.col("vista") > 0), catalogo, "")), "nada se ocultó"

    hojas = dict.fromkeys(catalogo.kpis, "misiones/x/hoja-de-ruta.yml")
    (error,) = se_abren({kpi.codigo: "decisor"}, catalogo, hojas)
    assert (error.archivo, error.columna, error.valor) == (
        hojas[kpi.codigo],
        "acceso",
        "ciudadano",
    )
    assert "acceso_anterior: decisor" in str(error.remedio)
    bien = con_kpi(catalogo, kpi.codigo, acceso_anterior="decisor")
    assert not list(se_abren({kpi.codigo: "decisor"}, bien, hojas))
    sucesor = con_kpi(catalogo, kpi.codigo, codigo_anterior="M9-K99")
    assert list(se_abren({"M9-K99": "decisor"}, sucesor, hojas)), "otro código no lo abre"
    archivos = dict.fromkeys(("kpi", "lugar", "grupo", "unidad", "fuente"), "x")
    perdidos = desaparecidos(vacia(), catalogo, frozenset(), archivos, frozenset({"M9-K99"}))
    assert [e.valor for e in perdidos] == ["M9-K99"], "lo reservado tampoco desaparece"


@pytest.mark.parametrize("columna", ["kpi", "lugar", "grupo", "unidad", "fuente"])
def test_un_codigo_publicado_desaparece_solo_si_otro_lo_sucede(
    catalogo: Catalogo, kpi: Kpi, columna: str
) -> None:
    viejo, nuevo = {
        "kpi": ("M9-K99", kpi.codigo),
        "lugar": ("8888880000", catalogo.territorio.anexos[0].codigo),
        "grupo": ("sexo:otra", "sexo:mujer"),
        "unidad": ("X-1", "X-2"),
        "fuente": ("fuente-vieja", next(iter(catalogo.fuentes))),
    }[columna]
    ya = _memoria(catalogo, kpi.codigo, **{columna: viejo})
    archivos = {c: f"{c}.yml" for c in ("kpi", "lugar", "grupo", "unidad", "fuente")}

    def que_falta(c: Catalogo) -> list[ErrorDeDatos]:
        return list(desaparecidos(ya, c, frozenset({"X-2"}), archivos))

    (error,) = que_falta(catalogo)
    assert (error.archivo, error.columna, error.valor) == (f"{columna}.yml", columna, viejo)
    assert "codigo" in str(error.remedio) and f"«{viejo}»" in str(error.remedio)
    con_sucesor = _sucedido(catalogo, columna, viejo, nuevo)
    assert not que_falta(con_sucesor)
    hoy = heredada(ya, Sucesiones.de(con_sucesor))
    assert hoy[columna].unique().to_list() == [nuevo]
    assert hoy["vista"].sort().to_list() == ([0, 1] if columna != "grupo" else [1])


def _sucedido(catalogo: Catalogo, columna: str, viejo: str, nuevo: str) -> Catalogo:
    t = catalogo.territorio
    if columna == "kpi":
        return con_kpi(catalogo, nuevo, codigo_anterior=viejo)
    if columna == "fuente":
        tarjeta = catalogo.fuentes[nuevo].model_copy(update={"codigo_anterior": viejo})
        return replace(catalogo, fuentes={**catalogo.fuentes, nuevo: tarjeta})
    if columna == "lugar":
        anexos = tuple(
            a.model_copy(update={"codigo_anterior": viejo}) if a.codigo == nuevo else a
            for a in t.anexos
        )
        return replace(catalogo, territorio=t.model_copy(update={"anexos": anexos}))
    de = {"grupo": "grupos", "unidad": "unidades"}[columna]
    anteriores = t.codigos_anteriores.model_copy(update={de: {viejo: nuevo}})
    return replace(catalogo, territorio=t.model_copy(update={"codigos_anteriores": anteriores}))


def test_quien_sucede_midiendo_otra_cosa_hereda_lo_visto_como_de_otro_modo(
    catalogo: Catalogo, kpi: Kpi
) -> None:
    ya = _memoria(catalogo, kpi.codigo).with_columns(pl.lit("M9-K99").alias("kpi"))
    igual = heredada(ya, Sucesiones.de(con_kpi(catalogo, kpi.codigo, codigo_anterior="M9-K99")))
    assert set(igual["forma"]) == {definiciones(catalogo)[kpi.codigo].forma}
    otro = con_kpi(catalogo, kpi.codigo, codigo_anterior="M9-K99", unidad="personas")
    hoy = heredada(ya, Sucesiones.de(otro))
    assert set(hoy["forma"]) == {"otra"}
    assert not _que_dice(otro, hoy, kpi.codigo), "ya se declaró"


def test_lo_que_no_era_sobre_personas_se_recuerda_por_si_manana_lo_es() -> None:
    """Con el anexo que se vio y el total, el que llega después saldría de restar."""
    caso = {("2024", v, "total", "", 0): p for v, p in (("9999990000", (41, 61)),)}
    antes = Caso("porcentaje", 12, caso | {("2024", DISTRITO, "total", "", 0): (41, 61)}, {})
    libre = antes.fichas.with_columns(pl.lit(False).alias("sobre_personas"))
    primera = proteger(antes.observaciones(), libre, REGLAS).tabla
    assert not primera["protegido"].any()
    ya = acumular(vacia(), primera, KPI, {"M1-K01": replace(UNA, k=0)})
    caso |= {("2024", "9999990001", "total", "", 0): (3, 60)}
    ahora = Caso("porcentaje", 12, caso | {("2024", DISTRITO, "total", "", 0): (44, 121)}, {})
    tabla = ahora.publicar(ya).tabla
    assert set(tabla.filter("protegido")["lugar"]) >= {DISTRITO, "9999990001"}


def test_la_memoria_de_antes_se_lee_aunque_no_diga_como_se_media(minimo: Proyecto) -> None:
    tabla = acumular(vacia(), de_varios(np.random.default_rng(1)).publicar(), KPI)
    nuevas = ["fuente", "forma", "texto", "k"]
    contenido = tabla.drop(nuevas).write_csv().encode()
    diario.guardar(minimo.raiz, memoria.SEMILLA, {memoria.CELDAS: contenido})
    leida = leer_historial(minimo, memoria.ruta_de(minimo.raiz, memoria.CELDAS))
    assert leida.drop(nuevas).equals(tabla.drop(nuevas))
    assert leida.select(nuevas).unique().rows() == [("", "", "", 1)]


def test_validar_dice_en_que_ficha_cambio_lo_publicado(minimo: Proyecto) -> None:
    catalogo = cargar(minimo)
    kpi = next(k for k in catalogo.kpis.values() if k.sobre_personas and k.unidad == "%")
    ya = _memoria(catalogo, kpi.codigo, fuente="fuente-que-ya-no-esta", k=12)
    ya = ya.with_columns(pl.col("forma").str.replace("%", "personas", literal=True))
    diario.guardar(minimo.raiz, memoria.SEMILLA, {memoria.CELDAS: como_csv(ya)})
    with pytest.raises(DatosInvalidos) as dicho:
        pasar(minimo)
    hallados = {(e.regla, e.archivo, e.columna) for e in dicho.value.errores}
    hoja = next(
        f"misiones/{m.slug}/hoja-de-ruta.yml"
        for m, _, k in catalogo.recorrer()
        if k.codigo == kpi.codigo
    )
    assert hallados == {
        ("definicion-publicada-cambia", hoja, "unidad"),
        ("codigo-publicado-desaparece", "data/fuentes.yml", "fuente"),
        ("baja-el-umbral", "data/territorio.yml", "metodo.k"),
    }


def test_de_una_celda_oculta_que_se_corrige_no_cambia_nada_de_lo_que_se_publica() -> None:
    cuentas = {
        ("2024", f"999999000{i}", "total", "", 0): p
        for i, p in enumerate(((6, 60), (5, 61), (42, 62)))
    }
    cuentas["2024", DISTRITO, "total", "", 0] = (53, 183)
    antes = Caso("porcentaje", 12, cuentas, {})
    ya = acumular(vacia(), antes.publicar().tabla, KPI)
    cuentas = cuentas | {("2024", "9999990000", "total", "", 0): (8, 60)}
    cuentas["2024", DISTRITO, "total", "", 0] = (55, 183)
    ahora = Caso("porcentaje", 12, cuentas, {})
    movida = pl.col("lugar") == "9999990000"
    filas = ahora.observaciones().with_columns(
        pl.when(movida).then(pl.lit("corregido")).otherwise("estado").alias("estado"),
        pl.when(movida).then(pl.date(2026, 9, 9)).otherwise("fecha_dato").alias("fecha_dato"),
    )
    antes_y_ahora = [
        t.filter("protegido", pl.col("lugar") != DISTRITO)
        for t in (antes.publicar().tabla, proteger(filas, ahora.fichas, REGLAS, ya).tabla)
    ]
    assert antes_y_ahora[0].height == 2 and antes_y_ahora[0].equals(antes_y_ahora[1])


@pytest.mark.parametrize(
    ("regla", "lugar", "se_cuenta"),
    [
        ("salto", "oculto", False),
        ("salto", "oculto antes", False),
        ("salto", "visible", True),
        ("suma-de-partes", "visible", False),
        ("fuente-debil", "", True),
        ("dato-tardio", "", False),
    ],
)
def test_la_advertencia_que_mira_una_celda_protegida_no_se_cuenta(
    catalogo: Catalogo, kpi: Kpi, regla: str, lugar: str, se_cuenta: bool
) -> None:
    publica = pl.DataFrame(
        [
            (kpi.codigo, p, v, "total", "", oculta)
            for p, v, oculta in (
                ("2024", "visible", False),
                ("2024", "oculto", True),
                ("2023", "oculto antes", True),
                ("2024", "oculto antes", False),
            )
        ],
        schema=["kpi", "periodo", "lugar", "grupo", "unidad", "protegido"],
        orient="row",
    )
    dicho = {
        "kpi": kpi.codigo,
        "periodo": "" if regla == "fuente-debil" else "2024",
        "lugar": lugar,
        "grupo": "total" if lugar else "",
        "regla": regla,
    }
    fila = {c: "" if t == pl.String else None for c, t in EXPLICADAS.esquema.items()} | dicho
    aviso = pl.DataFrame([fila], schema=EXPLICADAS.esquema)
    hallado = controles.publicas(catalogo, publica, Calidad(advertencias=aviso))
    assert hallado.height == int(se_cuenta)
