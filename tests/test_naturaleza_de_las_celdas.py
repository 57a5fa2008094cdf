"""Lo que una celda es además de su valor: errores, fórmulas sin calcular, formatos, combinadas y
tamaños, por clases.
"""

from __future__ import annotations

import random
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from apoyo_hojas import guardado_como
from conftest import con_muestra
from observatorio.base.cifras import defecto_de_cifra
from observatorio.base.yaml_estricto import cargar_yaml
from observatorio.catalogo.lectura import cargar
from observatorio.datos.reglas.numero import de_numero
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.recojo.defectos_de_celda import Zona, defectos_de_lectura, muestra_de_porcentaje
from observatorio.recojo.hojas.cuadricula import Hoja, como_texto, leer_hojas
from observatorio.recojo.hojas.naturaleza import clase_de_formato
from observatorio.rutas import Proyecto

MUESTRAS = sorted((Path(__file__).parent / "muestras").glob("*.xlsx"))
PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ESTRICTA = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def libro(destino: Path, *filas: list[object]) -> Workbook:
    salida = Workbook()
    for fila in filas:
        salida.active.append(fila)
    salida.save(destino)
    return salida


def con_hoja(destino: Path, filas: str, espacio: str = PRINCIPAL, prefijo: str = "") -> Path:
    """Un libro cuya hoja es el XML dado, como lo escribiría otro programa."""
    libro(destino.with_suffix(".base"), [1])
    p = f"{prefijo}:" if prefijo else ""
    marca = f'xmlns:{prefijo}="{espacio}"' if prefijo else f'xmlns="{espacio}"'
    xml = f"<{p}worksheet {marca}><{p}sheetData>{filas}</{p}sheetData></{p}worksheet>"
    with (
        zipfile.ZipFile(destino.with_suffix(".base")) as z,
        zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED) as s,
    ):
        for parte in z.infolist():
            s.writestr(
                parte.filename,
                xml if parte.filename == "xl/worksheets/sheet1.xml" else z.read(parte),
            )
    return destino


def unica(ruta: Path) -> Hoja:
    return leer_hojas(ruta)[0]


def reglas(
    hoja: Hoja, *columnas: int, cifras: tuple[int, ...] = (), enteras: tuple[int, ...] = ()
) -> dict[tuple[int, int], str]:
    zona = Zona(
        hoja, range(1, len(hoja.filas) + 1), {c: f"col {c}" for c in columnas}, cifras, enteras
    )
    return {(d.celda.fila, d.celda.columna): d.regla for d in defectos_de_lectura(zona) if d.celda}


@pytest.mark.parametrize("ruta", MUESTRAS, ids=lambda r: r.name)
def test_los_valores_son_los_de_otro_lector(ruta: Path) -> None:
    otro = CalamineWorkbook.from_path(ruta)
    for hoja in leer_hojas(ruta):
        filas = otro.get_sheet_by_name(hoja.nombre).to_python(skip_empty_area=False)
        for f, fila in enumerate(filas, 1):
            assert [hoja.texto(f, c) for c in range(1, len(fila) + 1)] == [
                como_texto(v) for v in fila
            ]


CELDAS = {
    "error": ('<c r="B1" t="e"><v>#REF!</v></c>', "celda-con-error", ""),
    "error-nuevo": ('<c r="B1" t="e"><v>#SPILL!</v></c>', "celda-con-error", ""),
    "formula-sin-v": ('<c r="B1"><f>1+3</f></c>', "formula-sin-resultado", ""),
    "formula-con-v-vacio": ('<c r="B1"><f>1+3</f><v/></c>', "formula-sin-resultado", ""),
    "formula-con-resultado": ('<c r="B1"><f>1+3</f><v>4</v></c>', None, "4"),
    "formula-que-da-vacio": ('<c r="B1" t="str"><f>IF(1,"","")</f><v></v></c>', None, ""),
    "numero-imposible": ('<c r="B1"><v>1e999</v></c>', "celda-ilegible", ""),
    "no-es-numero": ('<c r="B1"><v>NaN</v></c>', "celda-ilegible", ""),
    "texto-compartido-que-no-hay": ('<c r="B1" t="s"><v>99</v></c>', "celda-ilegible", ""),
    "verdadero": ('<c r="B1" t="b"><v>1</v></c>', None, "Sí"),
    "fecha-iso": ('<c r="B1" t="d"><v>2026-10-14</v></c>', None, "2026-10-14"),
    "texto-con-formato": (
        (
            '<c r="B1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve">'
            " b</t></r><rPh><t>x</t></rPh></is></c>"
        ),
        None,
        "a b",
    ),
    "solo-blancos": ('<c r="B1" t="inlineStr"><is><t>  </t></is></c>', None, ""),
}


@pytest.mark.parametrize("nombre", CELDAS)
def test_cada_celda_dice_lo_que_es(nombre: str, tmp_path: Path) -> None:
    xml, regla, texto = CELDAS[nombre]
    hoja = unica(con_hoja(tmp_path / "x.xlsx", f'<row r="1"><c r="A1"><v>1</v></c>{xml}</row>'))
    assert hoja.texto(1, 2) == texto
    assert reglas(hoja, 1, 2) == ({(1, 2): regla} if regla else {})


def test_vale_la_variante_estricta_cualquier_prefijo_y_celdas_sin_referencia(
    tmp_path: Path,
) -> None:
    filas = "<y:row><y:c><y:v>7</y:v></y:c><y:c t='e'><y:v>#N/A</y:v></y:c></y:row>"
    hoja = unica(con_hoja(tmp_path / "x.xlsx", filas, ESTRICTA, "y"))
    assert (hoja.texto(1, 1), reglas(hoja, 1, 2)) == ("7", {(1, 2): "celda-con-error"})


@pytest.mark.parametrize(
    "filas",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
    ],
    ids=["fila dos veces", "celda dos veces", "celda de otra fila", "fila cero"],
)
def test_de_una_celda_que_esta_dos_veces_no_se_elige_ninguna(filas: str, tmp_path: Path) -> None:
    with pytest.raises(DatosInvalidos) as e:
        leer_hojas(con_hoja(tmp_path / "x.xlsx", filas))
    assert {x.regla for x in e.value.errores} == {"libro-ilegible"}


@pytest.mark.parametrize("sufijo", [".xlsx", ".ods", ".xls"])
def test_una_llamada_a_nota_volada_no_es_otra_cifra(tmp_path: Path, sufijo: str) -> None:
    """«46» con un «2» volado, que llama a una nota, se leía 462."""
    ruta = tmp_path / "nota.xlsx"
    hecho = libro(ruta, ["numerador", "nota"])
    arriba, abajo = (InlineFont(vertAlign=x) for x in ("superscript", "subscript"))
    hecho.active["A2"] = CellRichText("46", TextBlock(arriba, "2"))
    hecho.active["A3"] = CellRichText("7", TextBlock(abajo, "10"), " casos")
    hecho.active["B2"] = CellRichText("km", TextBlock(arriba, "2"), " y CO", TextBlock(abajo, "2"))
    hecho.save(ruta)
    hoja = unica(ruta if sufijo == ".xlsx" else guardado_como(ruta, sufijo))
    assert [hoja.texto(f, 1) for f in (2, 3)] == ["46²", "7₁₀ casos"]
    assert hoja.texto(2, 2) == "km2 y CO2"


def test_un_dtd_se_rechaza_sin_leerlo(tmp_path: Path) -> None:
    con_hoja(tmp_path / "a.xlsx", "")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as z, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as s:
        for parte in z.infolist():
            cabeza = (
                '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
                if parte.filename.endswith("sheet1.xml")
                else ""
            )
            s.writestr(parte.filename, cabeza + z.read(parte).decode())
    with pytest.raises(DatosInvalidos, match="DTD"):
        leer_hojas(tmp_path / "b.xlsx")


def test_lo_que_tapa_una_celda_combinada_es_un_defecto_solo_si_guarda_algo(tmp_path: Path) -> None:
    w = libro(tmp_path / "x.xlsx", ["a", 20], ["b", None], ["c", None], ["d", None])
    w.active.merge_cells("B1:B2")
    w.active.merge_cells("B3:B4")
    w.save(tmp_path / "x.xlsx")
    assert reglas(unica(tmp_path / "x.xlsx"), 1, 2) == {(2, 2): "celda-combinada"}
    assert reglas(unica(tmp_path / "x.xlsx"), 1) == {}


@pytest.mark.parametrize(
    ("formato", "clase"),
    [
        ("0%", "porcentaje"),
        ("0.0 %", "porcentaje"),
        ('0"%"', "general"),
        (r"0\%", "general"),
        ("dd/mm/yyyy", "fecha"),
        ("[h]:mm", "duracion"),
        ("#,##0.00", "general"),
        ('"S/ "0', "general"),
    ],
)
def test_un_formato_dice_que_hace_con_lo_guardado(formato: str, clase: str) -> None:
    assert clase_de_formato(formato) == clase


def test_un_porcentaje_y_una_fecha_donde_va_un_numero_se_dicen(tmp_path: Path) -> None:
    w = libro(tmp_path / "x.xlsx", [0.35, 0.35, date(2026, 5, 1)])
    w.active["A1"].number_format = "0%"
    w.save(tmp_path / "x.xlsx")
    hoja = unica(tmp_path / "x.xlsx")
    assert reglas(hoja, 1, 2, 3, cifras=(1, 2, 3)) == {
        (1, 1): "celda-en-porcentaje",
        (1, 3): "fecha-donde-va-un-numero",
    }
    assert muestra_de_porcentaje(hoja, 1, 1) == "35"


VISTAS = [
    (46, "0.0;0.0%", set(), "46"),
    (-0.35, "0.0;0.0%", {"celda-en-porcentaje"}, "-0.35"),
    (46000, "0,", {"celda-dividida"}, "46000"),
    (46000, "#,##0", set(), "46000"),
    (4600000, '0.0,,"M"', {"celda-dividida"}, "4600000"),
    (0.5, "[<1]0%;0", {"celda-en-porcentaje"}, "0.5"),
    (46, "[<1]0%;0", set(), "46"),
    (46, '0"%"', set(), "46"),
    (0, "0,", set(), "0"),
    (90001, "00000000", set(), "00090001"),
    (90001, "[Red]00000000", set(), "00090001"),
    (3, "00", set(), "3"),
]


@pytest.mark.parametrize("sufijo", [".xlsx", ".xls", ".ods"])
def test_de_cada_cifra_cuenta_lo_que_muestra_el_formato_de_su_signo(
    sufijo: str, tmp_path: Path
) -> None:
    w = libro(tmp_path / "x.xlsx", *([valor] for valor, *_ in VISTAS))
    for fila, (_, formato, *_) in enumerate(VISTAS, 1):
        w.active.cell(fila, 1).number_format = formato
    w.save(tmp_path / "x.xlsx")
    ruta = tmp_path / "x.xlsx"
    hoja = unica(ruta if sufijo == ".xlsx" else guardado_como(ruta, sufijo))
    for fila, (valor, formato, defectos, texto) in enumerate(VISTAS, 1):
        zona = Zona(hoja, range(fila, fila + 1), {1: "cifra"}, (1,))
        dichas = {d.regla for d in defectos_de_lectura(zona)}
        assert (dichas, hoja.texto(fila, 1)) == (defectos, texto), (valor, formato)


def test_el_remedio_de_una_cifra_dividida_dice_lo_que_muestra_y_lo_que_guarda(
    tmp_path: Path,
) -> None:
    w = libro(tmp_path / "x.xlsx", [46000])
    w.active["A1"].number_format = "#,##0,"
    w.save(tmp_path / "x.xlsx")
    zona = Zona(unica(tmp_path / "x.xlsx"), range(1, 2), {1: "valor"}, (1,))
    (defecto,) = defectos_de_lectura(zona)
    assert defecto.valor == "46" and "muestra 46 y guarda 46000" in defecto.remedio
    assert "A1" in defecto.remedio


@pytest.mark.parametrize(
    ("guardado", "texto"),
    [(0.00001, "0.00001"), (-2.5e-7, "-0.00000025"), (1.5e16, "15000000000000000"), (0.1, "0.1")],
)
def test_una_cifra_pequena_o_grande_no_se_lee_abreviada(guardado: float, texto: str) -> None:
    assert como_texto(guardado) == texto


CIFRAS = {
    "miles-con-punto": (["1.036", "27"], {(1, 1): "separador-de-miles"}),
    "punto-decimal-claro": (["1.036", "27.5"], {}),
    "cero-delante": (["0.036", "27"], {}),
    "error-escrito": (["#¡DIV/0!", "27"], {(1, 1): "celda-con-error"}),
    "error-de-libreoffice": (["Err:502", "27"], {(1, 1): "celda-con-error"}),
}


@pytest.mark.parametrize("nombre", CIFRAS)
def test_lo_que_un_csv_deja_en_duda_se_pregunta(nombre: str, tmp_path: Path) -> None:
    cifras, esperado = CIFRAS[nombre]
    (tmp_path / "x.csv").write_text("".join(f"{c};a\n" for c in cifras), encoding="utf-8")
    assert reglas(unica(tmp_path / "x.csv"), 1, cifras=(1,)) == esperado


def test_un_recuento_no_lleva_decimales(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1.5,a\n1.036,b\n3,c\n", encoding="utf-8")
    assert reglas(unica(tmp_path / "x.csv"), 1, cifras=(1,), enteras=(1,)) == dict.fromkeys(
        [(1, 1), (2, 1)], "recuento-con-decimales"
    )


@pytest.mark.parametrize(
    ("texto", "remedio"),
    [
        ("1’036", "1036"),
        ("1\u202f036", "1036"),
        ("1'036.5", "1036.5"),
        ("1.036.500", "1036500"),
        ("1.036,5", "1036.5"),
        ("35 %", "35"),
        ("35,5%", "35.5"),
    ],
)
def test_cada_escritura_de_una_cifra_tiene_su_remedio(texto: str, remedio: str) -> None:
    defecto = defecto_de_cifra(texto)
    assert defecto is not None and defecto[1].removesuffix(remedio) != defecto[1]


@pytest.mark.parametrize("celda", ["H1048576", "XFD1048576", "XFD5"])
def test_una_celda_perdida_en_blanco_no_cuesta_nada(celda: str, tmp_path: Path) -> None:
    fila = celda.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    ruta = con_hoja(
        tmp_path / "x.xlsx",
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{fila}"><c r="{celda}"'
        ' t="inlineStr"><is><t> </t></is></c></row>',
    )
    antes = time.perf_counter()
    assert [list(f) for f in unica(ruta).filas] == [[1.0]]
    assert time.perf_counter() - antes < 1


DESMEDIDOS: dict[str, Callable[[Path], Path]] = {
    "celda-escrita-al-final": lambda d: con_hoja(
        d / "x.xlsx", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "una-celda-lejana-por-fila": lambda d: con_hoja(
        d / "x.xlsx",
        "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(1, 300)),
    ),
    "bytes-declarados": lambda d: _bomba(d / "x.xlsx"),
    "filas-de-un-csv": lambda d: _csv_largo(d / "x.csv"),
    "columnas-de-un-csv": lambda d: _csv_ancho(d / "x.csv"),
    "letras-de-pocos-bytes": lambda d: con_hoja(
        d / "x.xlsx",
        "".join(
            f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>{"x" * 30_000}</t></is></c></row>'
            for i in range(1, 1_700)
        ),
    ),
}


def _bomba(destino: Path) -> Path:
    with (
        zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z,
        z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f,
    ):
        for _ in range(310):
            f.write(bytes(2**20))
    return destino


def _csv_ancho(destino: Path) -> Path:
    destino.write_text(",".join(f"c{i}" for i in range(20_000)) + "\n", encoding="utf-8")
    return destino


def _csv_largo(destino: Path) -> Path:
    destino.write_text("a,b\n" * 200_001, encoding="utf-8")
    return destino


@pytest.mark.parametrize("nombre", con_muestra(DESMEDIDOS, 3))
def test_lo_desmedido_se_dice_antes_de_leerlo_entero(nombre: str, tmp_path: Path) -> None:
    ruta = DESMEDIDOS[nombre](tmp_path)
    antes = time.perf_counter()
    with pytest.raises(DatosInvalidos) as e:
        leer_hojas(ruta)
    assert {x.regla for x in e.value.errores} == {"archivo-desmedido"}
    assert time.perf_counter() - antes < 3


HONDOS = {
    "corchetes": "a: " + "[" * 20_000 + "]" * 20_000,
    "llaves": "a: " + "{a: " * 20_000,
    "guiones": "- " * 20_000 + "a",
    "bomba": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    ),
    "se-contiene": "a: &a [*a]",
    "desmedido": "a: " + "x" * 6_000_000,
}


@pytest.mark.parametrize("nombre", HONDOS)
def test_un_yaml_que_crece_o_se_hunde_se_rechaza_en_un_segundo(nombre: str) -> None:
    errores: list[ErrorDeDatos] = []
    antes = time.process_time()
    assert cargar_yaml("x.yml", HONDOS[nombre], errores) == (None, False)
    assert [e.regla for e in errores] == ["yaml-roto"]
    assert time.process_time() - antes < 1


@pytest.mark.parametrize(("kpi", "con_decimales"), [("M4-K05", True), ("M1-K06", False)])
def test_numerador_y_denominador_de_personas_son_enteros_entren_por_donde_entren(
    kpi: str, con_decimales: bool
) -> None:
    catalogo = cargar(Proyecto(Path(__file__).parents[1].absolute()))
    assert catalogo.kpis[kpi].partes_enteras is con_decimales
    ficha = {"f_partes_enteras": [con_decimales], "n_numerador": [0.66], "n_denominador": [1.0]}
    malas = {
        r.columna
        for r in de_numero()
        if r.id == "recuento-con-decimales"
        and r.columna != "valor"
        and pl.DataFrame(ficha).select(r.falla).item()
    }
    assert malas == ({"numerador"} if con_decimales else set())


def _golpe(azar: random.Random, w: Workbook, fila: int, columna: int) -> None:
    """Un daño al azar en una celda de cifras de una hoja sana."""
    celda = w.active.cell(fila, columna)
    n = celda.value
    clase = azar.randrange(6)
    if clase == 0:
        celda.value, celda.data_type = azar.choice(["#N/A", "#REF!", "#DIV/0!"]), "e"
    elif clase == 1:
        celda.value = f"={n}+0"
    elif clase == 2:
        celda.value, celda.number_format = n / 100, azar.choice(["0%", "0.0 %"])
    elif clase == 3:
        celda.value = date(2026, 1, 1 + n % 28)
    elif clase == 4:
        celda.value = n + azar.choice([0.5, 0.25])
    else:
        letra = get_column_letter(columna)
        w.active.merge_cells(f"{letra}{fila - 1}:{letra}{fila}")


def _prueba_de_golpes(carpeta: Path, semillas: range) -> None:
    filas = [["lugar", "n", "d"], *(["130809", i, i + 10] for i in range(1, 20))]
    libro(carpeta / "sano.xlsx", *filas)
    for semilla in semillas:
        azar = random.Random(semilla)
        w = load_workbook(carpeta / "sano.xlsx")
        fila, columna = azar.randrange(3, 21), azar.choice([2, 3])
        _golpe(azar, w, fila, columna)
        w.save(carpeta / "golpe.xlsx")
        hoja = unica(carpeta / "golpe.xlsx")
        zona = Zona(
            hoja, range(2, len(hoja.filas) + 1), {1: "lugar", 2: "n", 3: "d"}, (2, 3), (2, 3)
        )
        halladas = {(d.celda.fila, d.celda.columna) for d in defectos_de_lectura(zona) if d.celda}
        assert halladas == {(fila, columna)}, semilla


def test_ningun_golpe_a_una_celda_pasa_callado(tmp_path: Path) -> None:
    _prueba_de_golpes(tmp_path, range(30))


@pytest.mark.largo
def test_ninguno_de_trescientos_golpes_pasa_callado(tmp_path: Path) -> None:
    _prueba_de_golpes(tmp_path, range(300))
