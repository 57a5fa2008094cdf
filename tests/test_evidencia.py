"""Qué sostiene a una cifra: documentado pide su documento, nada es más firme que su fuente ni sube
sin evidencia, y lo que cuenta personas no se declara de cosas.
"""

from __future__ import annotations

import json

import pytest

from conftest import reemplazar
from observatorio.catalogo import cargar
from observatorio.catalogo.de_personas import revisar as revisar_personas
from observatorio.catalogo.fuentes import Fuente
from observatorio.catalogo.modelos import Kpi
from observatorio.cli import principal
from observatorio.datos.evidencia import mas_firmes_que_su_fuente, suben_sin_evidencia
from observatorio.edicion.cambios import naturalezas
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.rutas import Proyecto
from observatorio.validar import Validado, pasar

HUELLA = "a" * 64
DOCUMENTO = "documento: https://www.gob.pe/informes/2025.pdf"


def errores_de(proyecto: Proyecto, regla: str) -> list[ErrorDeDatos]:
    try:
        pasar(proyecto)
    except DatosInvalidos as e:
        return [x for x in e.errores if x.regla == regla]
    return []


def en_la_tarjeta(proyecto: Proyecto, identificador: str, *lineas: str) -> None:
    """Deja la tarjeta como ``documentado``, con esas líneas."""
    texto = proyecto.fuentes.read_text(encoding="utf-8")
    inicio = texto.index(f"\n{identificador}:")
    fin = texto.find("\n\n", inicio)
    tarjeta = texto[inicio:fin].replace("naturaleza: declarado", "naturaleza: documentado")
    nuevas = "".join(f"\n  {x}" for x in lineas)
    proyecto.fuentes.write_text(texto[:inicio] + tarjeta + nuevas + texto[fin:], encoding="utf-8")


@pytest.mark.parametrize(
    ("lineas", "falta"),
    [
        ((), "sha256"),
        ((f"sha256: {HUELLA}",), "archivo"),
        ((DOCUMENTO,), "sha256"),
        (("documento: https://www.gob.pe/", f"sha256: {HUELLA}"), "portada"),
    ],
)
def test_documentado_pide_el_documento_su_fecha_y_su_huella(
    minimo: Proyecto, lineas: tuple[str, ...], falta: str
) -> None:
    en_la_tarjeta(minimo, "inei-territorio", *lineas)
    with pytest.raises(DatosInvalidos, match=falta):
        cargar(minimo)


def test_con_su_documento_la_tarjeta_y_sus_filas_suben(minimo: Proyecto) -> None:
    provincia = minimo.data / "provincia.csv"
    texto = provincia.read_text(encoding="utf-8")
    de_territorio = texto.replace("inei-territorio,declarado", "inei-territorio,documentado")
    provincia.write_text(de_territorio, encoding="utf-8")
    hallados = errores_de(minimo, "naturaleza-sin-respaldo")
    assert len(hallados) == de_territorio.count(",documentado")
    assert "documento" in hallados[0].remedio and hallados[0].columna == "naturaleza"
    en_la_tarjeta(minimo, "inei-territorio", DOCUMENTO, f"sha256: {HUELLA}")
    assert errores_de(minimo, "naturaleza-sin-respaldo") == []


def test_una_medida_o_una_base_mas_firme_que_su_fuente_se_rechaza(minimo: Proyecto) -> None:
    medidas = minimo.observaciones / "m7-institucionalidad.csv"
    reemplazar(medidas, "validado,demostracion", "validado,documentado")
    (defecto,) = errores_de(minimo, "naturaleza-sin-respaldo")
    assert (defecto.archivo, defecto.fila) == (minimo.relativa(medidas), 2)
    assert "observatorio importar" in defecto.remedio
    hoja = minimo.misiones / "m7-institucionalidad" / "hoja-de-ruta.yml"
    reemplazar(hoja, "naturaleza: demostracion", "naturaleza: documentado")
    with pytest.raises(DatosInvalidos, match=r"linea_base\.naturaleza"):
        cargar(minimo)


@pytest.fixture(scope="session")
def validado(proyecto_real: Proyecto) -> Validado:
    return pasar(proyecto_real)[1]


def test_lo_publicado_recuerda_cuan_firme_era(proyecto_real: Proyecto, validado: Validado) -> None:
    """La que se publicó como demostración y hoy dice documentado, con la misma tarjeta, se señala:
    una vez por indicador y periodo. Con otra huella en la tarjeta, o en un recibo, no.
    """
    import polars as pl

    catalogo = cargar(proyecto_real)
    tabla = validado.observaciones.filter(pl.col("kpi") == "M4-K01")
    guardado = naturalezas.de_medidas(
        tabla.select("kpi", "periodo", "lugar", "grupo", "unidad", "naturaleza").to_dicts()
    ) | naturalezas.de_cuadro("provincia", validado.cuadros["provincia"].fill_null("").to_dicts())
    ultima = {"resumen": {naturalezas.CAMPO: guardado}, "evidencias": {}}
    subida = tabla.with_columns(pl.lit("documentado").alias("naturaleza"))
    cuadros = validado.cuadros | {
        "provincia": validado.cuadros["provincia"].with_columns(
            pl.lit("documentado").alias("naturaleza")
        )
    }

    def hallados(fuentes: dict[str, Fuente], medidas: pl.DataFrame) -> list[ErrorDeDatos]:
        otro = type(catalogo)(catalogo.territorio, fuentes, catalogo.misiones)
        return list(suben_sin_evidencia(proyecto_real, otro, medidas, cuadros, ultima))

    dichos = hallados(catalogo.fuentes, subida)
    de_kpi = [e for e in dichos if "observaciones" in e.archivo]
    assert len(de_kpi) == tabla["periodo"].n_unique() and "demostracion" in de_kpi[0].remedio
    de_cuadro = [e for e in dichos if "provincia" in e.archivo]
    assert len(de_cuadro) == cuadros["provincia"].height and "declarado" in de_cuadro[0].remedio
    assert list(suben_sin_evidencia(proyecto_real, catalogo, tabla, validado.cuadros, ultima)) == []
    con_otra = {i: f.model_copy(update={"sha256": HUELLA}) for i, f in catalogo.fuentes.items()}
    assert hallados(con_otra, subida) == []
    de_recibo = subida.with_columns(
        pl.lit("data/observaciones/recibos/R-20260110-0001/observaciones.csv").alias("archivo")
    )
    assert not [e for e in hallados(catalogo.fuentes, de_recibo) if "observ" in e.archivo]
    sin_subir = validado.cuadros
    assert list(mas_firmes_que_su_fuente(proyecto_real, catalogo, de_recibo, sin_subir)) == []


def test_lo_mezclado_se_recuerda_medida_por_medida() -> None:
    filas = [
        {"kpi": "M1-K01", "periodo": "2024", "lugar": x, "grupo": "total", "unidad": ""}
        | {"naturaleza": n}
        for x, n in (("1", "demostracion"), ("2", "documentado"), ("3", "declarado"))
    ]
    firmeza = naturalezas.firmeza_publicada({naturalezas.CAMPO: naturalezas.de_medidas(filas)})
    assert [firmeza.de_medida("M1-K01", "2024", x, "total", "") for x in "1234"] == [
        "demostracion",
        "",
        "declarado",
        "",
    ]


@pytest.mark.parametrize(
    ("nombre", "numerador", "denominador", "halla"),
    [
        ("Negocios que siguen abiertos", "Negocios abiertos", "Negocios inscritos", True),
        ("Cartera atrasada", "Saldo de préstamos con atraso", "Saldo en soles", True),
        ("Plazo de trámites", "Expedientes a tiempo", "Expedientes", False),
        ("Licencias a tiempo", "Licencias de funcionamiento a tiempo", "Expedientes", True),
        ("Cobertura", "Atendidos a tiempo", "Hogares del padrón", True),
        ("Manantiales con cerco", "Manantiales con cerco", "Manantiales", False),
        ("Plazas cubiertas", "Plazas con docente el primer día", "Plazas aprobadas", False),
    ],
)
def test_lo_que_cuenta_personas_se_conoce_por_sus_palabras(
    proyecto_real: Proyecto, nombre: str, numerador: str, denominador: str, halla: bool
) -> None:
    modelo = cargar(proyecto_real).kpis["M4-K01"]
    kpi = modelo.model_copy(
        update={
            "nombre": nombre,
            "sobre_personas": False,
            "formula": modelo.formula.model_copy(
                update={"numerador": numerador, "denominador": denominador}
            ),
        }
    )
    assert [d[3] for d in revisar_personas(kpi)] == ["cuenta-personas-sin-proteger"] * halla
    assert (
        list(revisar_personas(Kpi.model_validate(kpi.model_dump() | {"sobre_personas": True})))
        == []
    )


def test_un_gasto_por_habitante_no_cuenta_habitantes(proyecto_real: Proyecto) -> None:
    de_gasto = [k for k in cargar(proyecto_real).kpis.values() if "por habitante" in k.unidad]
    assert de_gasto and not any(list(revisar_personas(k)) for k in de_gasto)


def test_un_repositorio_privado_no_lleva_la_clave_de_la_demostracion(
    minimo: Proyecto, proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    publica = proyecto_real.clave_de_huellas.read_text(encoding="utf-8")
    minimo.clave_de_huellas.write_text(publica, encoding="utf-8")
    assert principal(["--raiz", str(minimo.raiz), "validar", "--json"]) == 1
    (defecto,) = json.loads(capsys.readouterr().out)["errores"]
    assert defecto["regla"] == "clave-de-huellas-publica"
    assert "secrets.token_hex(32)" in defecto["remedio"]
    minimo.clave_de_huellas.write_text("3f" * 32 + publica[publica.index("\n") :], encoding="utf-8")
    assert errores_de(minimo, "clave-de-huellas-publica") == []
