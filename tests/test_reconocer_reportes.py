"""Un reporte se reconoce por lo que dicen sus títulos; lo que no, se nombra con el mapeo más
parecido y lo que le falta.
"""

from __future__ import annotations

import io
import time
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from apoyo_reportes import Filas, filas_de, leer, leer_con, libro, mapeo_de, texto_csv
from observatorio.catalogo.mapeo import Mapeo
from observatorio.recojo.hojas.cuadricula import Hoja, leer_hojas
from observatorio.recojo.hojas.encabezados import encabezado
from observatorio.recojo.hojas.tipos_de_hoja import Valor
from observatorio.recojo.personas import en_hoja_suelta
from observatorio.recojo.reportes.mapear import Contexto, leer_con_mapeo
from observatorio.recojo.reportes.ubicar import elegir

ESCRITURAS: dict[str, Callable[[str], str]] = {
    "nfd": lambda t: unicodedata.normalize("NFD", t),
    "dos-espacios": lambda t: t.replace(" ", "  "),
    "salto": lambda t: t.replace(" ", "\n"),
    "espacio-duro": lambda t: t.replace(" ", "\u00a0"),
    "al-borde": lambda t: f"  {t} ",
    "minusculas": str.lower,
    "sin-ancho": lambda t: f"\ufeff{t}\u200b",
}


def con_titulos(filas: Filas, fila: int, cambio: Callable[[str], str]) -> Filas:
    return [[cambio(str(v)) if i == fila - 1 and v else v for v in f] for i, f in enumerate(filas)]


@pytest.mark.parametrize("escritura", ESCRITURAS)
def test_un_titulo_escrito_de_otro_modo_es_el_mismo(tmp_path: Path, escritura: str) -> None:
    bien = leer(
        libro(tmp_path / "a.xlsx", {"Consolidado": filas_de("siagie-inclusion.xlsx")}),
        fecha_dato="2023-03-31",
    )
    otro = leer(
        libro(
            tmp_path / "b.xlsx",
            {
                "Consolidado": con_titulos(
                    filas_de("siagie-inclusion.xlsx"), 2, ESCRITURAS[escritura]
                )
            },
        ),
        fecha_dato="2023-03-31",
    )
    assert otro.cifras == bien.cifras != {}


@pytest.mark.parametrize("arriba", [0, 1, 4, 9])
def test_los_titulos_pueden_estar_en_otra_fila(tmp_path: Path, arriba: int) -> None:
    bien = leer(
        libro(tmp_path / "a.xlsx", {"h": filas_de("siagie-inclusion.xlsx")}),
        fecha_dato="2023-03-31",
    )
    filas: Filas = [*([["UGEL PATAZ"]] * arriba), *filas_de("siagie-inclusion.xlsx")[1:]]
    assert (
        leer(libro(tmp_path / "b.xlsx", {"h": filas}), fecha_dato="2023-03-31").cifras
        == bien.cifras
    )


def test_el_titulo_combinado_hacia_abajo_vale_para_su_columna(tmp_path: Path) -> None:
    _, titulos, *datos = filas_de("siagie-inclusion.xlsx")
    arriba, abajo = [*titulos[:6], "Estudiantes", ""], [""] * 6 + titulos[6:]
    assert leer(
        libro(tmp_path / "b.xlsx", {"h": [arriba, abajo, *datos]}), fecha_dato="2023-03-31"
    ).cifras


def _en_dos_pisos(ruta: Path, *abajo: list[object]) -> Path:
    """Un título sobre tres columnas, como lo arma quien combina celdas; debajo, las filas dadas."""
    libro(
        ruta,
        {
            "Anemia": [
                ["REPORTE DE ANEMIA"],
                ["UBIGEO", "DISTRITO", "EVALUADOS", "", "", "ANEMIA", "", ""],
                *abajo,
            ]
        },
    )
    hecho = load_workbook(ruta)
    for rango in ("C2:E2", "F2:H2", *(("A2:A3", "B2:B3") if len(abajo) > 1 else ())):
        hecho["Anemia"].merge_cells(rango)
    hecho.save(ruta)
    return ruta


POR_SEXO: list[object] = ["", "", *(("Hombres", "Mujeres", "Total") * 2)]
DE_PATAZ: list[object] = ["130809", "PATAZ", 10, 12, 22, 3, 4, 7]


def _de_anemia(numerador: str, denominador: str) -> dict[str, object]:
    medida = {
        "kpi": "M4-K04",
        "numerador": {"sumar": numerador},
        "denominador": {"sumar": denominador},
    }
    return mapeo_de(medida, lugares=[{"columna": "UBIGEO"}])


def test_de_un_titulo_sobre_varias_columnas_se_dice_cual_se_lee(tmp_path: Path) -> None:
    ruta = _en_dos_pisos(tmp_path / "a.xlsx", POR_SEXO, DE_PATAZ)
    leido = leer_con(_de_anemia("ANEMIA/Total", "EVALUADOS/Total"), ruta)
    assert list(leido.cifras.values()) == [("7", "22", "")]


@pytest.mark.parametrize(
    ("abajo", "dicho"),
    [
        ((POR_SEXO, DE_PATAZ), "está sobre 3 columnas («Hombres», «Mujeres», «Total»)"),
        ((DE_PATAZ,), "está sobre las columnas C a E"),
    ],
)
def test_un_titulo_sobre_varias_columnas_no_es_el_de_la_primera(
    tmp_path: Path, abajo: tuple[list[object], ...], dicho: str
) -> None:
    """Leer solo la primera columna daría los hombres por el total."""
    ruta = _en_dos_pisos(tmp_path / "a.xlsx", *abajo)
    leido = leer_con(_de_anemia("ANEMIA", "EVALUADOS"), ruta)
    assert leido.reglas == {"titulo-de-varias-columnas"} and dicho in leido.dicho
    assert leido.celdas == ("Anemia!F · ANEMIA 2", "Anemia!C · EVALUADOS 2")


def test_lo_que_se_firma_al_pie_no_hace_dudar_de_un_titulo_combinado(tmp_path: Path) -> None:
    """Sus cifras están combinadas como él: bajo las otras columnas no hay ninguna."""
    ruta = _en_dos_pisos(tmp_path / "a.xlsx", ["130809", "PATAZ", 22, "", "", 7, "", ""])
    hecho = load_workbook(ruta)
    for rango in ("C3:E3", "F3:H3"):
        hecho["Anemia"].merge_cells(rango)
    hecho["Anemia"]["D5"] = "V.° B.° del responsable"
    hecho.save(ruta)
    leido = leer_con(_de_anemia("ANEMIA", "EVALUADOS") | {"hasta": "V.° B.°"}, ruta)
    assert list(leido.cifras.values()) == [("7", "22", "")], leido.dicho


def test_una_hoja_muy_ancha_se_mira_sin_esperar() -> None:
    """Cada columna se busca una vez en la fila de encima, no en toda ella por cada una."""
    fila: list[Valor] = ["sí", *[None] * 2500, "no"]
    hoja = Hoja("Hoja1", [fila] * 50)
    inicio = time.process_time()
    assert encabezado(hoja, ["EVALUADOS"]) is None
    assert time.process_time() - inicio < 5, "con el cuadrado de las columnas, medio minuto"


def test_la_tabla_bajo_un_titulo_combinado_se_lee(tmp_path: Path) -> None:
    tabla = [
        ["Avance del trimestre"],
        [],
        ["KPI", "Período", "Lugar", "Numerador", "Denominador", "Fecha  dato"],
        ["M4-K05", "2026-T3", "130809", 46, 79, "2026-10-14"],
    ]
    leido = leer(libro(tmp_path / "t.xlsx", {"h": tabla}))
    assert leido.cifras == {("M4-K05", "2026-T3", "130809", "total", ""): ("46", "79", "")}


def test_la_hoja_con_otro_nombre_se_lee_y_se_avisa(tmp_path: Path) -> None:
    opciones = {"mapeo": "sien-anemia", "periodo": "2025-S1", "fecha_dato": "2025-08-10"}
    bien = leer(libro(tmp_path / "a.xlsx", {"Anemia": filas_de("sien-anemia.xlsx")}), **opciones)
    otra = leer(
        libro(
            tmp_path / "b.xlsx",
            {"Notas": [["leer antes"]], "Anemia 2025-I": filas_de("sien-anemia.xlsx")},
        ),
        **opciones,
    )
    assert otra.cifras == bien.cifras != {}
    assert any("«Anemia»" in a and "«Anemia 2025-I»" in a for a in otra.avisos) and any(
        "«Notas»" in a for a in otra.avisos
    )


def test_entre_dos_hojas_iguales_no_se_elige_en_silencio(tmp_path: Path) -> None:
    filas = filas_de("siagie-inclusion.xlsx")
    ruta = libro(tmp_path / "b.xlsx", {"Enero": filas, "Febrero": filas[:8]})
    leido = leer(ruta, fecha_dato="2023-03-31")
    assert (
        leido.reglas == {"varias-hojas"}
        and "«Enero», «Febrero»" in leido.dicho
        and "--hoja" in leido.dicho
    )
    assert (
        leer(ruta, fecha_dato="2023-03-31", hoja="enero").cifras
        != leer(ruta, fecha_dato="2023-03-31", hoja="Febrero").cifras
        != {}
    )
    assert (
        "hoja-ausente"
        in leer(ruta, mapeo="siagie-inclusion", fecha_dato="2023-03-31", hoja="Marzo").reglas
    )


def test_dos_hojas_con_tablas_piden_elegir(tmp_path: Path) -> None:
    tabla = [
        ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato"],
        ["M4-K05", "2026-T3", "130809", 46, 79, "2026-10-14"],
    ]
    assert leer(libro(tmp_path / "t.xlsx", {"a": tabla, "b": tabla})).reglas == {"varias-hojas"}


def test_una_hoja_oculta_con_otra_tabla_no_se_lee_y_se_dice(tmp_path: Path) -> None:
    tabla = [
        ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato"],
        ["M4-K05", "2026-T3", "130809", 46, 79, "2026-10-14"],
    ]
    ruta = libro(tmp_path / "t.xlsx", {"a": tabla, "b": tabla})
    abierto = load_workbook(ruta)
    abierto["b"].sheet_state = "hidden"
    abierto.save(ruta)
    leido = leer(ruta)
    assert not leido.reglas and "No se lee la hoja oculta «b»." in leido.avisos
    assert not list(en_hoja_suelta(leer_hojas(ruta)[1]))


def test_lo_que_falta_se_nombra_con_el_mapeo_mas_parecido(tmp_path: Path) -> None:
    filas = con_titulos(
        filas_de("siagie-inclusion.xlsx"),
        2,
        lambda t: "Con NEE" if t.startswith("Estudiantes") else t,
    )
    leido = leer(libro(tmp_path / "b.xlsx", {"Consolidado": filas}), fecha_dato="2023-03-31")
    assert (
        leido.reglas == {"uso"}
        and "siagie-inclusion" in leido.dicho
        and "«Estudiantes con discapacidad»" in leido.dicho
        and "«Con NEE»" in leido.dicho
    )


def test_el_remedio_de_un_titulo_que_cambio_funciona(tmp_path: Path) -> None:
    filas = [["Año", "Niños vacunados 2025"], ["2025", 7]]
    mapeo = {
        "nombre": "prueba",
        "descripcion": "Una fila por año.",
        "fuente": "siagie",
        "periodo": {"columna": "Año"},
        "fecha_dato": {"pedir": True},
        "lugares": [{"constante": "130809"}],
        "medidas": [{"kpi": "M2-K10", "valor": {"sumar": "Niños vacunados"}}],
    }
    leido = leer_con(mapeo, libro(tmp_path / "b.xlsx", {"h": filas}))
    assert (
        leido.reglas == {"columna-ausente"}
        and 'titulos: {"Niños vacunados": ["Niños vacunados 2025"]}' in leido.dicho
    )
    assert leer_con(
        mapeo | {"titulos": {"Niños vacunados": ["Niños vacunados 2025"]}},
        libro(tmp_path / "b.xlsx", {"h": filas}),
    ).cifras


def test_una_columna_leida_que_esta_dos_veces_se_rechaza(tmp_path: Path) -> None:
    filas = [f + ([f[7]] if len(f) > 7 else []) for f in filas_de("siagie-inclusion.xlsx")]
    assert leer(libro(tmp_path / "b.xlsx", {"h": filas}), fecha_dato="2023-03-31").reglas == {
        "columna-repetida"
    }


def test_lo_que_no_se_lee_se_dice(tmp_path: Path) -> None:
    leido = leer(
        libro(
            tmp_path / "b.xlsx",
            {"Consolidado": filas_de("siagie-inclusion.xlsx"), "Hoja2": [["algo"]]},
        ),
        fecha_dato="2023-03-31",
    )
    assert any("«Hoja2»" in a for a in leido.avisos) and any(
        "«Matriculados»" in a for a in leido.avisos
    )


@pytest.mark.parametrize(("codigo", "entero"), [(90001, "00090001"), ("90003", "00090003")])
def test_los_ceros_perdidos_de_un_codigo_se_proponen(
    tmp_path: Path, codigo: object, entero: str
) -> None:
    filas = filas_de("his-cred.csv")
    filas[next(i for i, f in enumerate(filas) if f[2] == entero)][2] = codigo
    leido = leer(libro(tmp_path / "b.xlsx", {"h": filas}))
    assert (
        leido.reglas == {"ceros-perdidos"}
        and f"escriba {entero}" in leido.dicho
        and "«traducir»" not in leido.dicho
    )


def test_un_periodo_malo_se_senala_en_su_columna(tmp_path: Path) -> None:
    mapeo = {
        "nombre": "prueba",
        "descripcion": "Una fila por año.",
        "fuente": "siagie",
        "periodo": {"columna": "Year"},
        "fecha_dato": {"columna": "Cut"},
        "lugares": [{"columna": "Place"}],
        "medidas": [{"kpi": "M2-K10", "valor": {"sumar": "Value"}}],
    }
    (tmp_path / "o.csv").write_text(
        "Place,Year,Cut,Value\n130809,2024/25,2025-12-20,31\n", encoding="utf-8"
    )
    hojas, hecho = leer_hojas(tmp_path / "o.csv"), Mapeo.model_validate(mapeo)
    (medida,) = leer_con_mapeo(
        tmp_path / "o.csv",
        hojas,
        elegir("o.csv", "x", hecho, hojas, None)[0],
        "x",
        hecho,
        Contexto(None, None, {}),
    ).medidas
    assert [
        medida.celda(c).columna for c in ("lugar", "periodo", "fecha_dato", "valor", "nota")
    ] == [1, 2, 3, 4, 4]


def _zip(parte: str) -> bytes:
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w") as z:
        z.writestr(parte, "x")
    return memoria.getvalue()


LIBROS = {
    "web.xls": (
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        "es una página web",
    ),
    "texto.xlsx": (b"a;b\n1;2\n", "cámbiele el nombre a .csv"),
    "clave.xlsx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 600
        + "EncryptedPackage".encode("utf-16-le"),
        "está protegido con contraseña",
    ),
    "viejo.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "está dañado"),
    "roto.xlsx": (b"PK\x03\x04nada", "está dañado"),
    "binario.xlsb": (_zip("xl/workbook.bin"), "es un .xlsb"),
    "carta.xlsx": (_zip("word/document.xml"), "es un documento de Word"),
    "impreso.xls": (b"%PDF-1.7\n", "es un PDF"),
    "vacio.xlsx": (b"", "no trae nada"),
    "paquete.xlsx": (_zip("datos/a.csv"), "descomprímalo y envíe el archivo de dentro"),
    "libro.csv": (_zip("xl/workbook.xml"), "cámbiele el nombre, para que termine en .xlsx"),
    "libro.zip": (_zip("content.xml"), "cámbiele el nombre, para que termine en .ods"),
    "carta.txt": (_zip("word/document.xml"), "es un documento de Word"),
}


@pytest.mark.parametrize("nombre", LIBROS)
def test_un_libro_que_no_se_lee_dice_que_es(tmp_path: Path, nombre: str) -> None:
    crudo, frase = LIBROS[nombre]
    (tmp_path / nombre).write_bytes(crudo)
    leido = leer(tmp_path / nombre)
    assert leido.reglas == {"libro-ilegible"} and leido.dicho.count(frase) == 1


@pytest.mark.parametrize("marca", ["~$reporte.xlsx", ".~lock.reporte.xlsx#"])
def test_la_marca_de_un_libro_abierto_dice_cual_es_el_libro(tmp_path: Path, marca: str) -> None:
    (tmp_path / marca).write_bytes(b"\x05alguien" + b" " * 150)
    leido = leer(tmp_path / marca)
    assert leido.reglas == {"libro-abierto"} and "envíe «reporte.xlsx»" in leido.dicho


def test_un_xlsx_con_nombre_de_xls_se_lee_igual(tmp_path: Path) -> None:
    ruta = libro(tmp_path / "a.xlsx", {"h": filas_de("siagie-inclusion.xlsx")})
    con_su_nombre = leer(ruta, fecha_dato="2023-03-31").cifras
    con_otro = leer(ruta.rename(tmp_path / "a.xls"), fecha_dato="2023-03-31").cifras
    assert con_otro == con_su_nombre != {}


def test_el_csv_de_excel_dice_lo_mismo_con_su_linea_de_separador(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        ("sep=|\r\n" + texto_csv(filas_de("his-cred.csv"), "|")).encode("utf-16")
    )
    (tmp_path / "b.csv").write_bytes(texto_csv(filas_de("his-cred.csv")).encode("mac_roman"))
    assert leer(tmp_path / "a.csv").cifras == leer(tmp_path / "b.csv").cifras != {}


@pytest.mark.parametrize(
    ("columna", "escrito"),
    [
        ("TRIMESTRE", "{romano}"),
        ("TRIMESTRE", "T{numero}"),
        ("TRIMESTRE", "{romano} TRIMESTRE"),
        ("TRIMESTRE", "{numero}.0"),
        ("TRIMESTRE", "{numero}to trimestre"),
        ("AÑO", "{numero}.0"),
        ("RENIPRESS", '="{numero}"'),
        ("FECHA DE CORTE", "{numero} 00:00:00"),
        ("FECHA DE CORTE", "{numero} 12:00 a. m."),
    ],
)
def test_lo_que_se_entiende_de_una_manera_se_lee(
    tmp_path: Path, columna: str, escrito: str
) -> None:
    """El trimestre en romanos, un código protegido para Excel y una fecha con su hora."""
    filas = filas_de("his-cred.csv")
    sanas = leer(csv_en(tmp_path / "sano.csv", filas)).cifras
    cual = filas[2].index(columna)
    for fila in filas[3:-1]:
        fila[cual] = escrito.format(numero=fila[cual], romano="IV")
    assert leer(csv_en(tmp_path / "otro.csv", filas)).cifras == sanas != {}


def csv_en(ruta: Path, filas: Filas) -> Path:
    ruta.write_bytes((texto_csv(filas) + "\x1a").encode("cp1252"))
    return ruta


def test_el_periodo_de_varias_columnas_que_no_lo_es_dice_cuales_son(tmp_path: Path) -> None:
    filas = filas_de("his-cred.csv")
    filas[4][filas[2].index("TRIMESTRE")] = "anual"
    leido = leer(csv_en(tmp_path / "his.csv", filas))
    assert leido.reglas == {"periodo-sin-forma"} and leido.celdas == ("his!B · TRIMESTRE 5",)
    assert "«AÑO» y «TRIMESTRE» juntas dicen «2025-Tanual»" in leido.dicho
