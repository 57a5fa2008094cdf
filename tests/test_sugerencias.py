"""Lo que un analista se equivoca al escribir se dice una vez, con lo que quizá quiso decir y sin lo
que de ello se sigue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apoyo_reportes import leer, libro
from conftest import copiar_entradas, reducir, reemplazar
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.ordenes.informe import FILAS_DICHAS, MAXIMO_POR_REGLA, texto_invalido
from observatorio.ordenes.salida import informar
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

M4, OBSERVACIONES = "misiones/m4-nutricion/hoja-de-ruta.yml", "data/observaciones/m4-nutricion.csv"
Estropear = Callable[[str, str, str], list[ErrorDeDatos]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    return reducir(copiar_entradas(tmp_path_factory.mktemp("sugerencias") / "proyecto"))


@pytest.fixture
def estropear(base: Proyecto) -> Iterator[Estropear]:
    """Cambia un texto de un archivo y dice lo que halla la compuerta; al salir lo devuelve."""
    previos: dict[Path, bytes] = {}

    def hacer(archivo: str, antes: str, despues: str) -> list[ErrorDeDatos]:
        ruta = base.raiz / archivo
        previos.setdefault(ruta, ruta.read_bytes())
        reemplazar(ruta, antes, despues)
        with pytest.raises(DatosInvalidos) as e:
            pasar(base)
        return e.value.errores

    yield hacer
    for ruta, contenido in previos.items():
        ruta.write_bytes(contenido)


@pytest.mark.parametrize(
    ("escrita", "dia"),
    [
        ("07/02/2020", "2020-02-07"),
        ("2020-2-7", "2020-02-07"),
        ("7 de febrero de 2020", "2020-02-07"),
        ("2020-02-30", None),
        ("30/13/2020", None),
    ],
)
def test_una_fecha_de_otro_modo_se_propone_corregida_si_no_puede_ser_otra(
    base: Proyecto, escrita: str, dia: str | None
) -> None:
    nuevo = base.observaciones / "nuevo.csv"
    cabecera, fila = (base.raiz / OBSERVACIONES).read_text(encoding="utf-8").splitlines()[:2]
    campos = fila.split(",")
    campos[cabecera.split(",").index("fecha_dato")] = escrita
    nuevo.write_text(f"{cabecera}\n{','.join(campos)}\n", encoding="utf-8")
    try:
        with pytest.raises(DatosInvalidos) as e:
            pasar(base)
    finally:
        nuevo.unlink()
    (mala,) = (x for x in e.value.errores if x.regla == "fecha-imposible")
    pedido = f"escriba {dia}, si es esa la fecha" if dia else "escriba una fecha real"
    assert mala.fila == 2 and mala.remedio.startswith(pedido)


def test_la_fecha_de_una_ficha_tambien_se_propone(estropear: Estropear) -> None:
    antes, despues = "fecha_corte: 2026-10-31", "fecha_corte: 31/10/2026"
    errores = estropear("data/territorio.yml", antes, despues)
    (mala,) = (e for e in errores if e.regla == "ficha-no-es-fecha")
    assert mala.remedio == "escriba 2026-10-31, si es esa la fecha"


@pytest.mark.parametrize(
    ("archivo", "antes", "despues", "columna", "regla", "sugerida"),
    [
        (OBSERVACIONES, ",130809,", ",Pataz,", "lugar", "lugar-desconocido", "130809"),
        (OBSERVACIONES, ",validado,", ",Validado,", "estado", "estado-desconocido", "validado"),
        (
            OBSERVACIONES,
            ",demostracion,",
            ",demostración,",
            "naturaleza",
            "naturaleza-desconocida",
            "demostracion",
        ),
        ("data/diagnostico.csv", "M4-K01", "M4-K01a", "kpi", "kpi-fuera-de-vocabulario", "M4-K01"),
        (
            "data/diagnostico.csv",
            "articulo-observatorio",
            "articulo-observatori",
            "fuente",
            "fuente-fuera-de-vocabulario",
            "articulo-observatorio",
        ),
        (
            "data/justificaciones.csv",
            "fuente-debil,",
            "fuente débil,",
            "regla",
            "justificacion-de-regla",
            "fuente-debil",
        ),
        (
            M4,
            "sentido: descendente",
            "sentido: descendiente",
            "okrs.0.kpis.0.sentido",
            "ficha-palabra-no-admitida",
            "descendente",
        ),
    ],
)
def test_lo_mal_escrito_dice_que_quiza_se_quiso_decir(
    estropear: Estropear,
    archivo: str,
    antes: str,
    despues: str,
    columna: str,
    regla: str,
    sugerida: str,
) -> None:
    hallado = next(e for e in estropear(archivo, antes, despues) if e.regla == regla)
    assert (hallado.archivo, hallado.columna) == (archivo, columna) and hallado.fila
    assert hallado.remedio.startswith(f"¿quiso decir «{sugerida}»? Si no, ")


@pytest.mark.parametrize(
    ("codigo", "cuales"),
    [
        ("М4-К01", "su letra 1 («М») es cirílica y su letra 4 («К») es cirílica"),
        ("M4-Κ01", "su letra 4 («Κ») es griega"),
        ("M4\u2011K01", "su signo 3 («\u2011») no es el guion corriente"),
    ],
)
def test_un_codigo_con_letras_de_otro_alfabeto_dice_cuales(
    estropear: Estropear, codigo: str, cuales: str
) -> None:
    hallados = estropear(OBSERVACIONES, "\nM4-K01,", f"\n{codigo},")
    (hallado,) = (e for e in hallados if e.regla == "kpi-desconocido")
    assert hallado.remedio == f"escriba de nuevo «M4-K01»: se ve igual, y {cuales}"


@pytest.mark.parametrize(
    ("escrito", "propuesto"), [("1.30809E+05", "«130809»"), ("1308090", None), ("130890", None)]
)
def test_de_un_codigo_de_cifras_no_se_adivina_otro(
    estropear: Estropear, escrito: str, propuesto: str | None
) -> None:
    hallados = estropear(OBSERVACIONES, ",130809,", f",{escrito},")
    (hallado,) = (e for e in hallados if e.regla == "lugar-desconocido")
    assert (propuesto or "use el código INEI") in hallado.remedio
    assert ("¿quiso decir" in hallado.remedio) == (propuesto is not None)


def test_de_otro_numero_de_indicador_no_se_propone_uno(estropear: Estropear) -> None:
    hallados = estropear(OBSERVACIONES, "\nM4-K01,", "\nM4-K91,")
    (hallado,) = (e for e in hallados if e.regla == "kpi-desconocido")
    assert hallado.remedio.startswith("use un código del catálogo")


def test_al_importar_se_sugiere_lo_mismo_que_al_validar(tmp_path: Path) -> None:
    """Lo mal escrito en una tabla que llega se decía sin proponer nada."""
    titulos = ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato", "estado"]
    fila = ["M4-K5", "2026-T3", "Pataz", 46, "1e+05", "2026-10-14", "Preliminar"]
    leido = leer(libro(tmp_path / "t.xlsx", {"h": [titulos, fila]}))
    for sugerida in ("M4-K05", "130809", "preliminar"):
        assert f"¿quiso decir «{sugerida}»?" in leido.dicho


def test_lo_que_no_se_parece_a_nada_no_se_adivina(estropear: Estropear) -> None:
    (hallado,) = estropear(OBSERVACIONES, ",validado,", ",xyz,")
    assert hallado.remedio == "use preliminar, validado o corregido"


def test_una_fuente_mal_escrita_en_su_tarjeta_cabe_en_una_pantalla(estropear: Estropear) -> None:
    hallados = estropear("data/fuentes.yml", "\nsien-his:", "\nsien-hiss:")
    de_datos = [e for e in hallados if e.archivo == OBSERVACIONES]
    assert len(de_datos) > MAXIMO_POR_REGLA and {e.regla for e in de_datos} == {
        "fuente-desconocida"
    }
    texto = texto_invalido(hallados)
    assert (
        texto.count(OBSERVACIONES + ", fila") == 1
        and f" y {len(de_datos) - 1 - FILAS_DICHAS:,} más" in texto
        and "«sien-hiss»" in texto
    )


def test_muchos_distintos_de_una_regla_se_cuentan(tmp_path: Path) -> None:
    errores = [
        ErrorDeDatos("a.csv", i, "kpi", f"X{i}", "kpi-desconocido", "use otro")
        for i in range(2, 72)
    ]
    texto = texto_invalido(errores)
    assert (
        texto.count("a.csv, fila") == MAXIMO_POR_REGLA
        and "a.csv: 20 más con la regla kpi-desconocido (todas, con: observatorio validar" in texto
    )


def test_de_un_archivo_de_fuera_no_se_manda_a_validar(capsys: pytest.CaptureFixture[str]) -> None:
    """«validar» no ve un archivo que aún no entró."""
    errores = [ErrorDeDatos("a.csv", i, "kpi", f"X{i}", "kpi-desconocido", "z") for i in range(72)]
    informar(DatosInvalidos(errores), en_json=False, de_fuera=True)
    dicho = capsys.readouterr().err
    assert "22 más con la regla kpi-desconocido (corrija estas y repita" in dicho
    assert "validar" not in dicho


def test_un_lugar_mal_escrito_en_una_unidad_no_culpa_a_sus_medidas(estropear: Estropear) -> None:
    (hallado,) = estropear(
        "data/unidades.csv", "(demostración),1308090001,", "(demostración),1308090999,"
    )
    assert (hallado.archivo, hallado.columna, hallado.valor) == (
        "data/unidades.csv",
        "lugar",
        "1308090999",
    )


def test_un_campo_sin_su_forma_no_se_busca_ademas_en_el_vocabulario(estropear: Estropear) -> None:
    (hallado,) = estropear("data/unidades.csv", "1308090053|1308090056", "1308090053;1308090056")
    assert hallado.regla == "captacion-sin-forma"


def test_un_kpi_con_codigo_de_otra_mision_es_un_solo_defecto(estropear: Estropear) -> None:
    (hallado,) = estropear(M4, "codigo: M4-K02", "codigo: M7-K02")
    assert (hallado.archivo, hallado.regla, hallado.valor) == (
        M4,
        "codigo-de-otra-mision",
        "M7-K02",
    ) and hallado.fila


def test_un_tabulador_en_un_yaml_se_nombra(estropear: Estropear) -> None:
    (hallado,) = [e for e in estropear(M4, "        gracia: 4", "\tgracia: 4") if e.archivo == M4]
    assert "tabulador" in str(hallado.valor) and hallado.fila
