"""Una corrección publicada no se retira en silencio: su línea vuelve, o se añade otra que la
corrija.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import copiar_entradas, reducir
from observatorio.datos.correcciones_publicadas import acumuladas
from observatorio.edicion import diario, memoria
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

ARCHIVO = "data/observaciones/m7-institucionalidad.csv"
CELDA = "M7-K01,2022-S2,130809,total,"
FIRMA = "Faltaba un acta en el conteo.,Comité Impulsor,2026-05-01"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    return reducir(
        copiar_entradas(tmp_path_factory.mktemp("retiradas") / "proyecto"),
        ("m7-institucionalidad",),
    )


@pytest.fixture
def publicado(base: Proyecto) -> Iterator[Proyecto]:
    """Con una corrección ya publicada; al salir, todo vuelve."""
    antes = base.correcciones.read_bytes()
    base.correcciones.write_text(antes.decode() + linea(base), encoding="utf-8")
    semilla = (base.raiz / memoria.CARPETA / memoria.REGISTRO).read_bytes()
    anotar(base, base.correcciones.read_bytes())
    yield base
    base.correcciones_publicadas.unlink()
    (base.raiz / memoria.CARPETA / memoria.REGISTRO).write_bytes(semilla)
    base.correcciones.write_bytes(antes)


def anotar(p: Proyecto, correcciones: bytes) -> None:
    diario.guardar(p.raiz, memoria.SEMILLA, {memoria.CORRECCIONES: correcciones})


def numerador(p: Proyecto) -> int:
    fila = next(
        x
        for x in (p.raiz / ARCHIVO).read_text(encoding="utf-8").splitlines()
        if x.startswith(f"{CELDA},")
    )
    return int(fila.split(",")[6])


def linea(p: Proyecto, antes: int = 0, despues: int = 1, firma: str = FIRMA) -> str:
    return f"{ARCHIVO},{CELDA},numerador,{numerador(p) + antes},{numerador(p) + despues},{firma}\n"


def errores(p: Proyecto) -> list[ErrorDeDatos]:
    try:
        pasar(p)
    except DatosInvalidos as e:
        return e.errores
    return []


def escribir(p: Proyecto, *lineas: str) -> None:
    cabecera = p.correcciones.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    p.correcciones.write_text(cabecera + "".join(lineas), encoding="utf-8")


def test_borrar_la_linea_es_un_error_y_su_remedio_la_devuelve(publicado: Proyecto) -> None:
    assert not errores(publicado)
    escribir(publicado)
    (error,) = errores(publicado)
    assert (error.archivo, error.columna, error.regla) == (
        "data/correcciones.csv",
        "numerador",
        "correccion-publicada-retirada",
    )
    escribir(publicado, error.remedio.partition("que la corrija: ")[2] + "\n")
    assert not errores(publicado)


def test_cambiarla_tambien_y_deshacerla_con_otra_no(publicado: Proyecto) -> None:
    escribir(publicado, linea(publicado, despues=2))
    assert {e.regla for e in errores(publicado)} == {"correccion-publicada-retirada"}
    escribir(publicado, linea(publicado), linea(publicado, antes=1, despues=0))
    assert not errores(publicado)
    escribir(
        publicado,
        linea(publicado, firma="Faltaba un acta en el segundo conteo.,Comité Impulsor,2026-05-01"),
    )
    assert not errores(publicado), "el motivo se puede escribir mejor"


def test_si_la_celda_ya_no_esta_la_correccion_tampoco_se_exige(publicado: Proyecto) -> None:
    ruta: Path = publicado.raiz / ARCHIVO
    antes = ruta.read_text(encoding="utf-8")
    ruta.write_text(
        "".join(x for x in antes.splitlines(keepends=True) if not x.startswith(f"{CELDA},")),
        encoding="utf-8",
    )
    escribir(publicado)
    dichos = {e.regla for e in errores(publicado)}
    ruta.write_text(antes, encoding="utf-8")
    assert "correccion-publicada-retirada" not in dichos


def test_si_su_memoria_se_estropea_no_se_manda_a_reparar_lo_que_no_se_repara(
    publicado: Proyecto,
) -> None:
    anotar(publicado, b"\xef\xbb\xbf" + publicado.correcciones_publicadas.read_bytes())
    (error,) = errores(publicado)
    assert (
        error.regla == "marca-bom"
        and "--reparar" not in error.remedio
        and "última publicación" in error.remedio
    )


def test_el_registro_acumula_y_la_que_vuelve_con_su_celda_se_exige_otra_vez(
    publicado: Proyecto,
) -> None:
    """La celda sale de una edición, se publica sin su corrección, y vuelve con la cifra errada."""
    ruta: Path = publicado.raiz / ARCHIVO
    antes, corregida, otra = (
        ruta.read_text(encoding="utf-8"),
        linea(publicado),
        linea(publicado).replace("2022-S2", "2023-S1").replace(",numerador,", ",denominador,"),
    )
    ruta.write_text(
        "".join(x for x in antes.splitlines(keepends=True) if not x.startswith(f"{CELDA},")),
        encoding="utf-8",
    )
    escribir(publicado, otra)
    anotar(publicado, acumuladas(publicado))
    registro = publicado.correcciones_publicadas.read_text(encoding="utf-8").splitlines(
        keepends=True
    )
    ruta.write_text(antes, encoding="utf-8")
    assert (
        registro[1:] == [corregida, otra]
        and acumuladas(publicado).decode().splitlines(keepends=True) == registro
    ), "anotar dos veces no repite"
    escribir(publicado)
    assert {(e.regla, e.columna) for e in errores(publicado)} == {
        ("correccion-publicada-retirada", c) for c in ("numerador", "denominador")
    }


def test_una_cifra_nueva_de_otro_archivo_no_lleva_la_correccion_de_la_vieja_y_la_errada_si(
    publicado: Proyecto,
) -> None:
    ruta: Path = publicado.raiz / ARCHIVO
    antes, cabecera = (
        ruta.read_text(encoding="utf-8"),
        ruta.read_text(encoding="utf-8").splitlines(keepends=True)[0],
    )
    fila = next(x for x in antes.splitlines(keepends=True) if x.startswith(f"{CELDA},"))
    n, nuevo = numerador(publicado), ruta.with_name("vuelto.csv")
    ruta.write_text(antes.replace(fila, ""), encoding="utf-8")
    escribir(publicado)
    try:
        for valor, exigida in ((n, True), (n + 2, False)):
            nuevo.write_text(cabecera + fila.replace(f",{n},", f",{valor},", 1), encoding="utf-8")
            assert (
                "correccion-publicada-retirada" in {e.regla for e in errores(publicado)}
            ) is exigida
    finally:
        nuevo.unlink()
        ruta.write_text(antes, encoding="utf-8")


def test_un_registro_estropeado_no_se_sobrescribe(publicado: Proyecto) -> None:
    anotar(publicado, b"otra cosa\n")
    with pytest.raises(DatosInvalidos):
        acumuladas(publicado)
