"""Un defecto no tapa a los demás: ni el de forma a los de contenido, ni el del catálogo a los de
los datos.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from observatorio.datos.csv_estricto import leer_bloques
from observatorio.edicion.claves import clave_de
from observatorio.errores import DatosInvalidos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

VEINTE = (Path(__file__).parent / "malos" / "veinte-defectos.csv").read_bytes()
CABECERA, *FILAS = VEINTE.splitlines(keepends=True)
EN_BLANCO, CORTA = b"\n", b"M7-K01,2019-S2\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    from conftest import copiar_entradas, reducir

    return reducir(copiar_entradas(tmp_path_factory.mktemp("junto") / "proyecto"))


@pytest.fixture
def nuevo(base: Proyecto) -> Iterator[Callable[[bytes], list]]:
    """``nuevo(bytes)``: lo que dice la compuerta con ese archivo de observaciones de más; al salir
    lo quita.
    """
    ruta = base.observaciones / "nuevo.csv"

    def revisar(contenido: bytes) -> list:
        ruta.write_bytes(contenido)
        return revisado(base)

    yield revisar
    ruta.unlink(missing_ok=True)


def revisado(proyecto: Proyecto) -> list:
    with pytest.raises(DatosInvalidos) as e:
        pasar(proyecto)
    return e.value.errores


def filas_de(errores: list, archivo: str = "data/observaciones/nuevo.csv") -> set[int]:
    return {e.fila for e in errores if e.archivo == archivo}


@pytest.mark.parametrize(
    ("contenido", "fila_de_forma"),
    [
        (b"\xef\xbb\xbf" + VEINTE, 1),
        (VEINTE.replace(b"demostracion,=1+1", b"demostracion,ni\xf1o"), 15),
        (
            b"".join(
                [
                    CABECERA.replace(b"\n", b",observador\n"),
                    *(f.replace(b"\n", b",z\n") for f in FILAS),
                ]
            ),
            1,
        ),
        (VEINTE.replace(b"\n", b"\r"), 1),
        (VEINTE.replace(b"\n", b"\r\n"), None),
    ],
    ids=["bom", "latin-1", "columna de más", "mac antiguo", "windows"],
)
def test_la_forma_no_tapa_el_contenido(
    nuevo: Callable[[bytes], list], contenido: bytes, fila_de_forma: int | None
) -> None:
    assert filas_de(nuevo(contenido)) == set(range(2, 22)) | (
        {fila_de_forma} if fila_de_forma else set()
    )


def test_diecisiete_de_contenido_dos_irregulares_y_una_en_blanco_son_veinte(
    nuevo: Callable[[bytes], list],
) -> None:
    filas = [*FILAS[:5], CORTA, *FILAS[5:9], EN_BLANCO, *FILAS[9:14], CORTA, *FILAS[14:17]]
    errores = nuevo(CABECERA + b"".join(filas))
    assert filas_de(errores) == set(range(2, 22))
    assert sorted(e.fila for e in errores if e.regla == "fila-irregular") == [7, 18]
    assert [e.fila for e in errores if e.regla == "fila-en-blanco"] == [12]


def test_una_fila_repetida_dice_cual_repite_y_de_que_archivo(
    base: Proyecto, nuevo: Callable[[bytes], list]
) -> None:
    una = b"M7-K01,2019-S1,130809,total,,,18,75,actas-observatorio,2019-08-07,validado,"
    propias = nuevo(CABECERA + (una + b"demostracion,\n") * 3)
    assert {(e.fila, e.remedio.split(";")[0].split(":")[0]) for e in propias} == {
        (3, "repite la fila 2"),
        (4, "repite la fila 2"),
    }
    (otro,) = base.observaciones.glob("m7-*.csv")
    suya = otro.read_bytes().splitlines(keepends=True)[2]
    (ajena,) = nuevo(CABECERA + suya)
    assert (ajena.fila, ajena.archivo) == (2, "data/observaciones/nuevo.csv")
    assert ajena.remedio.startswith(f"repite la fila 3 de {base.relativa(otro)}: deje una sola")


@pytest.mark.parametrize(
    "ruta",
    [
        "data/gobernanza/comites.yml",
        "data/fuentes.yml",
        "misiones/m4-nutricion/hoja-de-ruta.yml",
        "data/plan-de-recojo.yml",
    ],
)
def test_un_yaml_roto_no_tapa_los_datos(
    base: Proyecto, nuevo: Callable[[bytes], list], ruta: str
) -> None:
    sano = (base.raiz / ruta).read_bytes()
    (base.raiz / ruta).write_bytes(sano + b"\n a: [\n")
    try:
        errores = nuevo(VEINTE)
    finally:
        (base.raiz / ruta).write_bytes(sano)
    sin_fuente = {10} if ruta == "data/fuentes.yml" else set()
    assert filas_de(errores) == set(range(2, 22)) - sin_fuente
    assert {e.regla for e in errores if e.archivo == ruta} == {"yaml-roto"}
    assert {e.archivo for e in errores} == {ruta, "data/observaciones/nuevo.csv"}


def test_sin_territorio_se_revisan_textos_y_cifras(
    base: Proyecto, nuevo: Callable[[bytes], list]
) -> None:
    sano = base.territorio.read_bytes()
    base.territorio.write_bytes(sano + b"\n a: [\n")
    try:
        errores = nuevo(VEINTE)
    finally:
        base.territorio.write_bytes(sano)
    assert {7, 8, 15, 16, 18, 19, 21} <= filas_de(errores)
    assert {e.archivo for e in errores} == {"data/territorio.yml", "data/observaciones/nuevo.csv"}


def test_un_codigo_repetido_no_tapa_los_datos(
    base: Proyecto, nuevo: Callable[[bytes], list]
) -> None:
    ruta = base.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    sano = ruta.read_text(encoding="utf-8")
    ruta.write_text(sano.replace("codigo: M4-K02", "codigo: M4-K01", 1), encoding="utf-8")
    try:
        errores = nuevo(VEINTE)
    finally:
        ruta.write_text(sano, encoding="utf-8")
    assert filas_de(errores) == set(range(2, 22))
    assert {e.regla for e in errores if e.archivo.endswith("hoja-de-ruta.yml")} == {
        "codigo-repetido"
    }


def test_una_fila_que_no_se_lee_no_acusa_a_su_correccion(
    base: Proyecto, cambiar: Callable[[Path, str, str], None]
) -> None:
    datos, registro = base.observaciones / "m7-institucionalidad.csv", base.correcciones
    antes = datos.read_bytes(), registro.read_bytes()
    cambiar(datos, "M7-K01,2022-S2,130809,total,,,18,74", "M7-K01,2022-S2,130809,total,,,18")
    registro.write_bytes(
        antes[1]
        + "data/observaciones/m7-institucionalidad.csv,M7-K01,2022-S2,130809,total,,numerador,18,"
        "19,Faltaba un acta en el conteo,Comité,2026-05-01\n".encode()
    )
    try:
        assert {e.regla for e in revisado(base)} == {"fila-irregular"}
    finally:
        datos.write_bytes(antes[0])
        registro.write_bytes(antes[1])


@pytest.mark.parametrize("nombre", [b"ni\xf1o.csv", b"nuevo.csv"])
def test_un_nombre_o_un_enlace_que_no_se_puede_leer_se_dice_y_cambia_la_clave(
    base: Proyecto, nombre: bytes
) -> None:
    antes = clave_de(base.raiz, ["data/**/*"])
    ruta = os.fsencode(base.observaciones) + b"/" + nombre
    try:
        (
            os.symlink(nombre, ruta)
            if nombre == b"nuevo.csv"
            else os.close(os.open(ruta, os.O_CREAT | os.O_WRONLY))
        )
    except OSError:
        pytest.skip("este sistema de archivos no admite ese nombre")
    try:
        errores = revisado(base)
        assert clave_de(base.raiz, ["data/**/*"]) != antes
    finally:
        os.unlink(ruta)
    assert [e.regla for e in errores] == [
        "nombre-de-archivo" if nombre != b"nuevo.csv" else "ruta-fuera-del-proyecto"
    ]
    assert all(str(e).encode("utf-8") for e in errores)


def test_un_archivo_enlazado_no_pasa_por_el_mismo_aunque_diga_lo_mismo(
    base: Proyecto, tmp_path: Path
) -> None:
    antes, sano = clave_de(base.raiz, ["data/**/*"]), base.fuentes.read_bytes()
    (tmp_path / "fuentes.yml").write_bytes(sano)
    base.fuentes.unlink()
    base.fuentes.symlink_to(tmp_path / "fuentes.yml")
    try:
        assert [e.regla for e in revisado(base)] == ["ruta-fuera-del-proyecto"]
        assert clave_de(base.raiz, ["data/**/*"]) != antes
    finally:
        base.fuentes.unlink()
        base.fuentes.write_bytes(sano)


def test_sin_el_registro_de_correcciones_no_se_publica(base: Proyecto) -> None:
    sano = base.correcciones.read_bytes()
    base.correcciones.unlink()
    try:
        assert [(e.archivo, e.regla) for e in revisado(base)] == [
            ("data/correcciones.csv", "archivo-ausente")
        ]
    finally:
        base.correcciones.write_bytes(sano)


def test_si_ya_se_publico_no_pueden_faltar_todas_las_observaciones(base: Proyecto) -> None:
    guardadas = {r: r.read_bytes() for r in base.observaciones.glob("*.csv")}
    base.publicada.parent.mkdir(exist_ok=True)
    base.publicada.write_text("", encoding="utf-8")
    try:
        for ruta in guardadas:
            ruta.unlink()
        assert "observaciones-ausentes" in {e.regla for e in revisado(base)}
    finally:
        base.publicada.unlink()
        for ruta, bytes_ in guardadas.items():
            ruta.write_bytes(bytes_)


def test_un_campo_mayor_que_lo_que_lee_python_se_rechaza_con_su_fila(
    nuevo: Callable[[bytes], list],
) -> None:
    errores = nuevo(
        CABECERA + FILAS[0].replace(b"K99", b"K01").replace(b"\n", b'"' + b"x" * 200_000 + b'"\n')
    )
    assert {(e.fila, e.columna, e.regla) for e in errores} >= {(2, "nota", "campo-desmedido")}


def test_una_comilla_rota_no_se_traga_las_filas_siguientes(
    base: Proyecto, nuevo: Callable[[bytes], list]
) -> None:
    errores = nuevo(CABECERA + FILAS[5].replace(b"\n", b'"sin cerrar\n') + b"".join(FILAS[:4]))
    assert {(e.fila, e.regla) for e in errores} >= {
        (2, "comillas-rotas"),
        (3, "kpi-desconocido"),
        (6, "grupo-mal-escrito"),
    }
    leidas = list(
        leer_bloques(
            base, base.observaciones / "nuevo.csv", CABECERA.decode().strip().split(","), []
        )
    )
    assert [t["fila"].to_list() for t in leidas] == [[3, 4, 5, 6]]
