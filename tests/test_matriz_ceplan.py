"""La matriz de CEPLAN: sus columnas y palabras, ida y vuelta sin cambios, y lo que se cambia llega
al catálogo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apoyo_hojas import guardado_como
from conftest import con_muestra, copiar_entradas, reducir
from observatorio.catalogo import cargar
from observatorio.cli import principal
from observatorio.errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from observatorio.productos.matriz_ceplan import exportar
from observatorio.recojo.ceplan.ficha_plana import anidar, aplanar
from observatorio.recojo.ceplan.leer import escribir_importacion, preparar_importacion
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto


@pytest.fixture(scope="module")
def libro(proyecto_real: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    ruta = tmp_path_factory.mktemp("ceplan") / "m.xlsx"
    assert exportar(proyecto_real, ruta) == 130
    return ruta


@pytest.fixture(scope="module")
def entero(proyecto_real: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """El libro del equipo técnico: con todo lo que dice el catálogo."""
    ruta = tmp_path_factory.mktemp("ceplan") / "entero.xlsx"
    assert exportar(proyecto_real, ruta, "técnico") == 130
    return ruta


@pytest.fixture(scope="module")
def reducido(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proyecto, Path]:
    """Un proyecto de dos misiones, de solo lectura, y su matriz."""
    proyecto = reducir(copiar_entradas(tmp_path_factory.mktemp("ceplan-reducido") / "p"))
    ruta = proyecto.raiz.parent / "m.xlsx"
    exportar(proyecto, ruta, "técnico")
    return proyecto, ruta


def matriz(ruta: Path) -> dict[str, dict[str, object]]:
    filas = list(load_workbook(ruta)["Matriz"].iter_rows(values_only=True))
    return {f[0]: dict(zip(filas[0], f, strict=True)) for f in filas[1:]}


def editar(
    origen: Path,
    destino: Path,
    codigo: str,
    cambios: dict[str, object],
    quitar: tuple[str, ...] = (),
) -> Path:
    libro = load_workbook(origen)
    hoja = libro["Matriz"]
    titulos = {c.value: c.column for c in hoja[1]}
    fila = next(f[0].row for f in hoja.iter_rows() if f[0].value == codigo)
    for titulo, valor in cambios.items():
        hoja.cell(fila, titulos[titulo]).value = valor
    for nombre in quitar:
        del libro[nombre]
    libro.save(destino)
    return destino


def test_lleva_las_columnas_y_las_palabras_de_ceplan(libro: Path) -> None:
    filas = matriz(libro)
    k = filas["M4-K03"]
    assert (
        k["Sentido esperado"] == "Ascendente"
        and k["Tipo de agregación"] == "No agregable"
        and k["Relevancia"] == "Muy relevante"
    )
    assert {f["Sentido esperado"] for f in filas.values()} <= {
        "Ascendente",
        "Descendente",
        "No definido",
    }
    assert all(f"LE {a}" in k for a in range(2026, 2031)) and all(
        f"VO {a}" in k for a in range(2022, 2027)
    )


def test_los_valores_por_anio_son_los_publicos(resultados_reales: Resultados, libro: Path) -> None:
    r, filas = resultados_reales, matriz(libro)
    kpi = r.catalogo.kpis["M4-K02"]
    assert [filas["M4-K02"][f"LE {a}"] for a in (2024, 2029, 2030)] == [46, 76, kpi.meta.valor]
    serie = {
        f["periodo"]: f["valor"]
        for f in r.series.filter(
            r.series["kpi"] == "M4-K02", r.series["lugar"] == "130809"
        ).iter_rows(named=True)
    }
    assert filas["M4-K02"]["VO 2025"] == pytest.approx(serie["2025-S2"], abs=1e-6) and filas[
        "M4-K02"
    ]["VO 2026"] == pytest.approx(serie["2026-S1"], abs=1e-6)
    restringido = next(c for c, k in r.catalogo.kpis.items() if k.acceso != "ciudadano")
    assert {filas[restringido][f"VO {a}"] for a in range(2022, 2027)} == {"dato protegido"}


def test_entre_dos_logros_declarados_la_recta(libro: Path) -> None:
    assert matriz(libro)["M4-K01"]["LE 2022"] == pytest.approx(56.4 + (34 - 56.4) * 3 / 7, abs=1e-5)


def test_ida_y_vuelta_no_cambia_ningun_byte(copia: Proyecto, libro: Path) -> None:
    hecho = preparar_importacion(copia, libro)
    assert not hecho.archivos and not hecho.cambios and not hecho.nuevos and not hecho.ausentes


def test_los_casos_de_la_linea_de_base_van_y_vuelven(proyecto_real: Proyecto) -> None:
    kpi = cargar(proyecto_real).kpis["M1-K14"]
    con_casos = kpi.model_copy(
        update={
            "linea_base": kpi.linea_base.model_copy(update={"numerador": 16.0, "denominador": 50.0})
        }
    )
    base = anidar({c: str(v) for c, v in aplanar(con_casos).items()})["linea_base"]
    assert (base["numerador"], base["denominador"]) == (16, 50)


@pytest.mark.largo
def test_con_el_libro_entero_se_rehace_el_catalogo_entero(
    copia: Proyecto, libro: Path, entero: Path
) -> None:
    assert not preparar_importacion(copia, entero).archivos
    original = cargar(copia)
    for hoja in copia.misiones.glob("*/hoja-de-ruta.yml"):
        hoja.unlink()
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(copia, libro)
    assert {x.regla for x in e.value.errores} == {"dato-protegido-de-un-kpi-nuevo"}, (
        "de lo público no sale lo que calla"
    )
    hecho = preparar_importacion(copia, entero)
    escribir_importacion(hecho)
    assert len(hecho.nuevos) == 130 and cargar(copia) == original


def test_lo_que_cambia_llega_y_lo_demas_queda_igual(
    minimo: Proyecto, reducido: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    ruta = editar(
        reducido[1],
        tmp_path / "n.xlsx",
        "M4-K02",
        {
            "LE 2027": 66,
            "LE 2030": 82,
            "Relevancia": "Relevante",
            "Responsable": "Red de Salud Pataz",
        },
    )
    antes = (
        (minimo.misiones / "m4-nutricion/hoja-de-ruta.yml").read_text(encoding="utf-8").splitlines()
    )
    assert principal(["--raiz", str(minimo.raiz), "importar-catalogo", str(ruta), "--si"]) == 0
    kpi = cargar(minimo).kpis["M4-K02"]
    assert (
        kpi.meta.valor == 82
        and kpi.logros_esperados[2027] == 66
        and kpi.relevancia == "relevante"
        and kpi.responsable == "Red de Salud Pataz"
    )
    despues = (
        (minimo.misiones / "m4-nutricion/hoja-de-ruta.yml").read_text(encoding="utf-8").splitlines()
    )
    assert (
        len(antes) == len(despues) and sum(a != b for a, b in zip(antes, despues, strict=True)) == 4
    )


def test_la_matriz_sola_actualiza_lo_que_existe(
    reducido: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    proyecto, libro = reducido
    ruta = editar(
        libro,
        tmp_path / "n.xlsx",
        "M4-K03",
        {"LB valor": 50.5},
        quitar=("Ficha", "OKR", "Misiones"),
    )
    hecho = preparar_importacion(proyecto, ruta)
    assert list(hecho.cambios) == ["M4-K03"] and "50.5" in hecho.cambios["M4-K03"][0]


def textos(ruta: Path) -> list[str]:
    return [
        str(c.value)
        for hoja in load_workbook(ruta)
        for fila in hoja.iter_rows()
        for c in fila
        if c.value is not None
    ]


def test_sin_pedir_nivel_solo_lleva_lo_que_se_publica(tmp_path: Path) -> None:
    copia = reducir(copiar_entradas(tmp_path / "proyecto"), ("m1-salud",))
    restringidos = {c: k for c, k in cargar(copia).kpis.items() if k.acceso != "ciudadano"}
    hoja = copia.misiones / "m1-salud/hoja-de-ruta.yml"
    propia, ajena = next(iter(restringidos)), cargar(copia).kpis["M1-K21"]
    texto = hoja.read_text(encoding="utf-8")
    for codigo, cifra in ((propia, "83.4721"), ("M1-K21", "4")):
        inicio = texto.index(f"- codigo: {codigo}")
        texto = texto[:inicio] + re.sub(
            r"(linea_base:.*?valor: )[\d.]+", rf"\g<1>{cifra}", texto[inicio:], count=1, flags=re.S
        )
    hoja.write_text(texto, encoding="utf-8")
    exportar(copia, tmp_path / "publica.xlsx")
    exportar(copia, tmp_path / "decisor.xlsx", "decisor")
    exportar(copia, tmp_path / "tecnico.xlsx", "técnico")
    publica, decisor, tecnico = (
        matriz(tmp_path / f"{n}.xlsx") for n in ("publica", "decisor", "tecnico")
    )
    for codigo in (*restringidos, "M1-K21"):
        assert (
            publica[codigo]["LB valor"],
            publica[codigo]["LB periodo"],
            publica[codigo]["LE 2026"],
        ) == ("dato protegido",) * 3, codigo
    assert (
        "83.4721" not in " ".join(textos(tmp_path / "publica.xlsx"))
        and publica["M1-K21"]["LE 2030"] == ajena.meta.valor
    )
    assert (decisor[propia]["LB valor"], decisor["M1-K21"]["LB valor"]) == (
        83.4721,
        "dato protegido",
    )
    assert (tecnico[propia]["LB valor"], tecnico["M1-K21"]["LB valor"]) == (83.4721, 4)
    assert not any("RESTRINGIDO" in t for t in textos(tmp_path / "publica.xlsx"))
    for nombre, nivel in (("decisor", "decisor"), ("tecnico", "técnico")):
        libro = load_workbook(tmp_path / f"{nombre}.xlsx")
        assert (
            libro.active["A1"].value
            == libro["Matriz"].oddHeader.center.text
            == f"USO RESTRINGIDO · nivel {nivel}"
        )
    for nombre in ("publica", "decisor", "tecnico"):
        assert not preparar_importacion(copia, tmp_path / f"{nombre}.xlsx").archivos, (
            "lo que un libro calla se queda como está"
        )


def test_la_orden_pide_el_nivel_y_lo_dice(
    minimo: Proyecto,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal(["--raiz", str(minimo.raiz), "exportar", "ceplan", "--acceso", "técnico"]) == 0
    assert (
        "Uso restringido" in capsys.readouterr().out
        and (tmp_path / "matriz-ceplan-uso-restringido-técnico.xlsx").is_file()
    )
    assert principal(["--raiz", str(minimo.raiz), "exportar", "ceplan"]) == 0
    assert (
        "estringido" not in capsys.readouterr().out and (tmp_path / "matriz-ceplan.xlsx").is_file()
    )


@pytest.mark.parametrize(
    ("cambios", "regla", "columna"),
    con_muestra(
        [
            ({"LE 2030": "inf"}, "ficha-numero-sin-fin", "LE 2030"),
            ({"LE 2027": "nan"}, "ficha-numero-sin-fin", "LE 2027"),
            ({"LB valor": "-inf"}, "ficha-numero-sin-fin", "LB valor"),
            ({"LE 2030": "1e999"}, "ficha-numero-sin-fin", "LE 2030"),
            ({"LE 2030": "ochenta"}, "ficha-no-es-numero", "LE 2030"),
            ({"LB valor": None}, "celda-vacia", "LB valor"),
            ({"LE 2030": None}, "celda-vacia", "LE 2030"),
            ({"Responsable": None}, "celda-vacia", "Responsable"),
        ],
        3,
    ),
)
def test_una_celda_que_no_dice_un_valor_se_nombra(
    corto: tuple[Proyecto, Path], tmp_path: Path, cambios: dict, regla: str, columna: str
) -> None:
    proyecto, ruta = corto
    filas = list(matriz(ruta).items())
    fila, codigo = next(
        (i, c)
        for i, (c, f) in enumerate(filas, 2)
        if isinstance(f["LB valor"], int | float)
        and f["LE 2027"] is not None
        and f["LE 2030"] is not None
    )
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(proyecto, editar(ruta, tmp_path / "n.xlsx", codigo, cambios))
    assert [(x.regla, x.fila, x.columna, codigo in str(x.valor)) for x in e.value.errores] == [
        (regla, fila, columna, True)
    ]


@pytest.mark.parametrize(
    ("columna", "escrito", "remedio"),
    [
        ("LE 2030", "88*", "escriba solo el número: 88"),
        ("LE 2030", "n.d.", "escriba un número con punto decimal"),
        ("LE 2030", "8_8", "escriba un número con punto decimal"),
        ("LE 2030", "٨٨", "escriba un número con punto decimal"),
        ("LE 2030", "8.8e1", "escriba todas sus cifras, sin E: 88"),
        ("LB periodo", "2022.0", "escriba un periodo: año, semestre, trimestre o mes, como 2025"),
    ],
)
def test_el_remedio_de_una_celda_no_habla_de_comillas(
    corto: tuple[Proyecto, Path], tmp_path: Path, columna: str, escrito: str, remedio: str
) -> None:
    """Las comillas son del YAML: escritas en la celda, el periodo seguía sin valer."""
    proyecto, ruta = corto
    codigo = next(c for c, f in matriz(ruta).items() if f["LB periodo"])
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(
            proyecto, editar(ruta, tmp_path / "n.xlsx", codigo, {columna: escrito})
        )
    (error,) = e.value.errores
    assert error.columna == columna and error.remedio.startswith(remedio)
    assert "comillas" not in error.remedio


@pytest.mark.parametrize("escrito", ["1_0", "1e1", "٣"])
def test_un_numero_de_la_ficha_se_escribe_como_en_todas_partes(
    corto: tuple[Proyecto, Path], tmp_path: Path, escrito: str
) -> None:
    (error,) = rechazos(corto, tmp_path, lambda x: _ficha(x, "formula.factor", escrito))
    assert error.columna == "formula.factor" and error.regla == "ficha-no-es-numero"


@pytest.mark.parametrize(
    ("columna", "escrito", "remedio"),
    [
        ("linea_base.asumido", "quizá", "escriba sí o no"),
        ("logros_declarados", "dos", "escriba los años"),
        ("logros_declarados", "2_027|2028", "escriba los años"),
    ],
)
def test_lo_que_acompana_a_la_ficha_tambien_se_entiende_o_se_dice(
    corto: tuple[Proyecto, Path], tmp_path: Path, columna: str, escrito: str, remedio: str
) -> None:
    (error,) = rechazos(corto, tmp_path, lambda x: _ficha(x, columna, escrito))
    assert error.columna == columna and error.remedio.startswith(remedio)


def test_un_logro_vacio_vale_la_recta(corto: tuple[Proyecto, Path], tmp_path: Path) -> None:
    proyecto, ruta = corto
    declarado = next(
        (c, a)
        for c, k in cargar(proyecto).kpis.items()
        for a in k.logros_esperados
        if k.acceso == "ciudadano"
    )
    hecho = preparar_importacion(
        proyecto, editar(ruta, tmp_path / "n.xlsx", declarado[0], {f"LE {declarado[1]}": None})
    )
    assert list(hecho.cambios) == [declarado[0]] and hecho.cambios[declarado[0]][0].startswith(
        "logros_esperados"
    )


@pytest.mark.parametrize(
    ("cambios", "regla"),
    con_muestra(
        [
            ({"LE 2030": 20}, "meta-contra-el-sentido"),
            ({"Sentido esperado": "Hacia arriba"}, "ficha-palabra-no-admitida"),
            ({"LB valor": "mucho"}, "ficha-no-es-numero"),
            ({"LE 2027": 10}, "logros-no-monotonos"),
            ({"Fuente": "inventada"}, "fuente-desconocida"),
        ],
        2,
    ),
)
def test_una_matriz_mala_no_escribe_nada(
    reducido: tuple[Proyecto, Path], tmp_path: Path, cambios: dict, regla: str
) -> None:
    proyecto, libro = reducido
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(proyecto, editar(libro, tmp_path / "n.xlsx", "M4-K02", cambios))
    assert regla in {x.regla for x in e.value.errores}


def _quitar_columna(libro: Workbook, hoja: str, columna: int) -> None:
    libro[hoja].delete_cols(columna)


def _ficha(libro: Workbook, titulo: str, valor: object) -> None:
    hoja = libro["Ficha"]
    columna = next(c.column for c in hoja[1] if c.value == titulo)
    hoja.cell(2, columna).value = valor


MALTRATOS = {
    "ni-si-ni-no": (
        lambda x: _ficha(x, "sobre_personas", "quizás"),
        "ficha-no-es-si-o-no",
        "sobre_personas",
    ),
    "si-en-ingles": (
        lambda x: _ficha(x, "sobre_personas", "yes"),
        "ficha-no-es-si-o-no",
        "sobre_personas",
    ),
    "titulo-cambiado": (
        lambda x: x["Matriz"].__setitem__("A1", "Code"),
        "columna-ausente",
        "Código",
    ),
    "matriz-vacia": (lambda x: x["Matriz"].delete_rows(2, 500), "archivo-sin-filas", "Código"),
    "fila-repetida": (
        lambda x: x["Matriz"].append([c.value for c in x["Matriz"][2]]),
        "codigo-repetido",
        "Código",
    ),
    "okr-cambiado": (lambda x: x["Matriz"].__setitem__("C2", "M7-O99"), "okr-cambiado", "OKR"),
    "okr-sin-mision": (lambda x: _quitar_columna(x, "OKR", 2), "columna-ausente", "mision"),
    "misiones-sin-slug": (lambda x: _quitar_columna(x, "Misiones", 2), "columna-ausente", "slug"),
    "nombre-de-alguien": (
        lambda x: x["Matriz"].__setitem__("D2", "Niños de Juan Pérez, DNI 45678901"),
        "numero-de-documento",
        "Indicador",
    ),
}


@pytest.fixture(scope="module")
def corto(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proyecto, Path]:
    """Un proyecto de una misión y su libro: leerlos cuesta una décima que los de verdad."""
    carpeta = tmp_path_factory.mktemp("corto")
    proyecto = reducir(copiar_entradas(carpeta / "proyecto"), ("m7-institucionalidad",))
    exportar(proyecto, carpeta / "m.xlsx")
    return proyecto, carpeta / "m.xlsx"


def rechazos(
    corto: tuple[Proyecto, Path], destino: Path, cambio: Callable[[Workbook], None]
) -> list[ErrorDeDatos]:
    """Los defectos con que se rechaza el libro cambiado, que se llama ``n.xlsx``."""
    proyecto, ruta = corto
    otro = load_workbook(ruta)
    cambio(otro)
    otro.save(destino / "n.xlsx")
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(proyecto, destino / "n.xlsx")
    return e.value.errores


@pytest.mark.parametrize("maltrato", con_muestra(MALTRATOS, 4))
def test_un_libro_maltratado_dice_que_columna_y_no_escribe(
    corto: tuple[Proyecto, Path], tmp_path: Path, maltrato: str
) -> None:
    cambio, regla, columna = MALTRATOS[maltrato]
    assert (regla, columna) in {(x.regla, x.columna) for x in rechazos(corto, tmp_path, cambio)}


def test_el_error_habla_castellano_y_nombra_el_titulo(
    corto: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    proyecto, ruta = corto
    con_base = next(c for c, f in matriz(ruta).items() if f["LB valor"] is not None)
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(
            proyecto, editar(ruta, tmp_path / "n.xlsx", con_base, {"LB valor": "mucho"})
        )
    (error,) = e.value.errores
    assert error.columna == "LB valor" and error.remedio == "escriba un número con punto decimal"


def _poner(**celdas: object) -> Callable[[Workbook], None]:
    """Escribe celdas como ``Matriz_A3``."""

    def poner(libro: Workbook) -> None:
        for donde, valor in celdas.items():
            hoja, celda = donde.split("_")
            libro[hoja][celda] = valor

    return poner


def _columna(libro: Path, titulo: str, hoja: str = "Matriz") -> str:
    return next(c.column_letter for c in load_workbook(libro)[hoja][1] if c.value == titulo)


CODIGOS = {
    "sin-forma": (
        _poner(Matriz_A3="M7-K0l"),
        [("n.xlsx", 3, "Código", "M7-K0l", "ficha-forma")],
        "¿quiso decir «M7-K18»?",
    ),
    "en-cirilico": (
        _poner(Matriz_A3="М7-К18"),
        [("n.xlsx", 3, "Código", "М7-К18", "ficha-forma")],
        "escriba de nuevo «M7-K18»: se ve igual, y su letra 1 («М») es cirílica y su letra 4",
    ),
    "que-no-existe": (
        _poner(Matriz_A3="M7-K77"),
        [("n.xlsx", 3, "Código", "M7-K77", "kpi-desconocido")],
        "¿quiso decir «M7-K18»?",
    ),
    "de-otro": (
        _poner(Matriz_A3="M7-K09"),
        [("n.xlsx", 3, "Código", "M7-K09", "codigo-repetido")],
        "está también en la fila 9",
    ),
    "de-otro-anterior": (
        _poner(Matriz_A8="M7-K04"),
        [("n.xlsx", 8, "Código", "M7-K04", "codigo-repetido")],
        "¿quiso decir «M7-K08»?",
    ),
    "en-la-ficha": (
        _poner(Ficha_A3="M7-K77"),
        [("n.xlsx, hoja «Ficha»", 3, "codigo", "M7-K77", "ficha-sin-indicador")],
        "¿quiso decir «M7-K18»?",
    ),
    "en-las-dos-hojas": (
        _poner(Matriz_A3="M7-K77", Ficha_A3="M7-K77"),
        [("n.xlsx", 3, "Código", "M7-K77", "recuento-del-catalogo")],
        "M7-K18",
    ),
    "en-los-okr": (
        _poner(OKR_A3="M7-O77"),
        [("n.xlsx, hoja «OKR»", 3, "codigo", "M7-O77", "okr-sin-indicadores")],
        "¿quiso decir «M7-O02»?",
    ),
    "y-otros-defectos": (
        _poner(Matriz_A3="M7-K77", Matriz_F3="Hacia arriba", Matriz_J3="mucho"),
        [
            ("n.xlsx", 3, "Código", "M7-K77", "kpi-desconocido"),
            ("n.xlsx", 3, "LB valor", "M7-K77: mucho", "ficha-no-es-numero"),
            ("n.xlsx", 3, "Sentido esperado", "M7-K77: hacia arriba", "ficha-palabra-no-admitida"),
        ],
        "¿quiso decir «M7-K18»?",
    ),
}


@pytest.mark.parametrize("caso", con_muestra(CODIGOS, 4))
def test_un_codigo_mal_escrito_es_un_solo_defecto_y_no_tapa_otros(
    corto: tuple[Proyecto, Path], tmp_path: Path, caso: str
) -> None:
    cambio, esperados, dice = CODIGOS[caso]
    errores = rechazos(corto, tmp_path, cambio)
    assert [(x.archivo, x.fila, x.columna, x.valor, x.regla) for x in errores] == esperados
    assert dice in errores[0].remedio


@pytest.mark.parametrize(
    ("hoja", "titulo", "valor", "columna", "dicho"),
    con_muestra(
        [
            ("Matriz", "Sentido esperado", "Descendente", "LE 2030", "M7-K18: 70"),
            ("Matriz", "Fuente", "inventada", "Fuente", "M7-K18: inventada"),
            ("Ficha", "ods", "dos", "ods", "M7-K18: dos"),
            ("Ficha", "dimension", "otra", "dimension", "M7-K18: otra"),
        ],
        2,
    ),
)
def test_lo_que_el_catalogo_no_admite_se_dice_en_la_celda_que_lo_trae(
    corto: tuple[Proyecto, Path],
    tmp_path: Path,
    hoja: str,
    titulo: str,
    valor: str,
    columna: str,
    dicho: str,
) -> None:
    errores = rechazos(
        corto, tmp_path, _poner(**{f"{hoja}_{_columna(corto[1], titulo, hoja)}3": valor})
    )
    assert [(x.archivo, x.fila, x.columna, x.valor) for x in errores] == [
        ("n.xlsx" if hoja == "Matriz" else f"n.xlsx, hoja «{hoja}»", 3, columna, dicho)
    ]


def test_un_indicador_nuevo_dice_a_la_vez_la_cifra_mala_y_el_campo_malo(
    corto: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    nuevo = _poner(
        Matriz_A3="M7-K77",
        Ficha_A3="M7-K77",
        Matriz_J3="mucho",
        **{f"Ficha_{_columna(corto[1], 'gracia', 'Ficha')}3": "poca"},
    )
    assert {(x.columna, x.regla) for x in rechazos(corto, tmp_path, nuevo)} == {
        ("LB valor", "ficha-no-es-numero"),
        ("gracia", "ficha-no-es-entero"),
    }


def test_lo_malo_de_las_celdas_y_lo_que_no_cuadra_con_el_catalogo_se_dicen_de_una_vez(
    corto: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    responsable, fuente = (_columna(corto[1], t) for t in ("Responsable", "Fuente"))
    cambio = _poner(
        **{f"Matriz_{responsable}3": "Jefe de la oficina", f"Matriz_{fuente}5": "inventada"}
    )
    assert [(x.fila, x.columna, x.regla) for x in rechazos(corto, tmp_path, cambio)] == [
        (3, "Responsable", "ficha-incoherente"),
        (5, "Fuente", "fuente-desconocida"),
    ]


def test_de_un_libro_rechazado_se_dice_lo_que_se_entendio_y_como_pedir_el_de_ahora(
    reducido: tuple[Proyecto, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Vuelve una matriz de un catálogo anterior, con un código que ya no está y una oficina que ya
    no se admite, y en ella alguien cambió una meta: se rechaza, y seguir el remedio la lleva.
    """

    def de_antes(hoja: Worksheet) -> None:
        hoja["A3"] = hoja.parent["Ficha"]["A3"] = "M4-K77"
        hoja.cell(5, _numero(hoja, "Responsable")).value = "Jefe de la oficina"
        for c in hoja[1]:
            c.value = c.value.replace(" ", "\n")

    proyecto, ruta = reducido
    anterior = con_meta_nueva(ruta, tmp_path / "m.xlsx", de_antes)

    def orden(*argumentos: object) -> int:
        return principal(["--raiz", str(proyecto.raiz), *map(str, argumentos)])

    assert orden("importar-catalogo", anterior, "--si") == 1
    salida = capsys.readouterr()
    assert "meta.valor: 85 → 90" in salida.out and "«Jefe»" in salida.err
    assert "M4-K77" in salida.err and "«observatorio exportar ceplan»" in salida.err

    ahora = tmp_path / "ahora.xlsx"
    assert orden("exportar", "ceplan", "--a", ahora) == 0
    hecho = preparar_importacion(
        proyecto, con_meta_nueva(ahora, tmp_path / "con-meta.xlsx", lambda _: None)
    )
    assert list(hecho.cambios) == ["M4-K05"]
    assert hecho.cambios["M4-K05"][0] == "meta.valor: 85 → 90"


def _numero(hoja: Worksheet, titulo: str) -> int:
    return next(c.column for c in hoja[1] if c.value == titulo)


def test_exportar_a_una_carpeta_se_explica(proyecto_real: Proyecto, tmp_path: Path) -> None:
    with pytest.raises(ErrorDeUso, match="es una carpeta"):
        exportar(proyecto_real, tmp_path)


def test_un_libro_sin_matriz_se_explica(reducido: tuple[Proyecto, Path], tmp_path: Path) -> None:
    Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(DatosInvalidos, match="matriz-ausente"):
        preparar_importacion(reducido[0], tmp_path / "x.xlsx")


def test_lo_oculto_que_se_lee_de_una_matriz_se_dice(
    reducido: tuple[Proyecto, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto, libro = reducido
    assert preparar_importacion(proyecto, libro).ocultas == []
    filtrado = load_workbook(libro)
    hoja = filtrado["Matriz"]
    for fila in (3, 4):
        hoja.row_dimensions[fila].hidden = True
    for titulo in ("Responsable", "VO 2025", "Estado"):
        hoja.column_dimensions[get_column_letter(_numero(hoja, titulo))].hidden = True
    filtrado.save(tmp_path / "filtrado.xlsx")
    raiz = ["--raiz", str(proyecto.raiz)]
    assert principal([*raiz, "importar-catalogo", str(tmp_path / "filtrado.xlsx")]) == 0
    dicho = capsys.readouterr().out
    assert "«Matriz»: se leen también 2 filas ocultas por un filtro o a mano (filas 3 a 4)" in dicho
    assert "De «Matriz» se lee la columna oculta «Responsable»." in dicho


@pytest.mark.largo
def test_guardada_por_libreoffice_dice_lo_mismo(
    reducido: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    proyecto, libro = reducido
    hecho = preparar_importacion(proyecto, guardado_como(libro, ".ods"))
    assert not hecho.archivos and not hecho.cambios


DE_OTRO_MODO: dict[str, Callable[[str], str]] = {
    "salto": lambda t: t.replace(" ", "\n"),
    "dos-espacios": lambda t: t.replace(" ", "  "),
    "nfd": lambda t: unicodedata.normalize("NFD", t),
    "espacio-duro": lambda t: t.replace(" ", "\u00a0"),
    "minusculas": str.lower,
    "junto": lambda t: re.sub(r"^(LE|VO) ", r"\1", t),
}


def con_meta_nueva(origen: Path, destino: Path, cambio: Callable[[Worksheet], object]) -> Path:
    libro = load_workbook(origen)
    hoja = libro["Matriz"]
    columna = next(c.column for c in hoja[1] if c.value == "LE 2030")
    fila = next(f[0].row for f in hoja.iter_rows() if f[0].value == "M4-K05")
    hoja.cell(fila, columna).value = 90
    cambio(hoja)
    libro.save(destino)
    return destino


@pytest.mark.parametrize("modo", con_muestra(DE_OTRO_MODO, 2))
def test_la_meta_llega_aunque_sus_titulos_esten_escritos_de_otro_modo(
    reducido: tuple[Proyecto, Path], tmp_path: Path, modo: str
) -> None:
    def cambio(hoja: Worksheet) -> None:
        for c in hoja[1]:
            c.value = DE_OTRO_MODO[modo](c.value)

    proyecto, ruta = reducido
    hecho = preparar_importacion(proyecto, con_meta_nueva(ruta, tmp_path / "m.xlsx", cambio))
    assert list(hecho.cambios) == ["M4-K05"] and hecho.cambios["M4-K05"][0] == "meta.valor: 85 → 90"


def test_la_matriz_bajo_un_rotulo_o_en_una_hoja_con_otro_nombre_se_lee(
    reducido: tuple[Proyecto, Path], tmp_path: Path
) -> None:
    def cambio(hoja: Worksheet) -> None:
        hoja.insert_rows(1, 2)
        hoja["A1"], hoja.title = "MATRIZ DE SEGUIMIENTO", "Matriz 2026"

    proyecto, ruta = reducido
    assert list(
        preparar_importacion(proyecto, con_meta_nueva(ruta, tmp_path / "m.xlsx", cambio)).cambios
    ) == ["M4-K05"]


@pytest.mark.parametrize(
    ("titulo", "regla"),
    con_muestra(
        [
            ("Meta al 2030", "columna-sobrante"),
            ("LE 2029", "columna-repetida"),
            (None, "columna-sobrante"),
        ],
        1,
    ),
)
def test_una_columna_que_la_matriz_no_lleva_se_dice(
    reducido: tuple[Proyecto, Path], tmp_path: Path, titulo: str | None, regla: str
) -> None:
    def cambio(hoja: Worksheet) -> None:
        next(c for c in hoja[1] if c.value == "LE 2030").value = titulo

    proyecto, ruta = reducido
    with pytest.raises(DatosInvalidos) as e:
        preparar_importacion(proyecto, con_meta_nueva(ruta, tmp_path / "m.xlsx", cambio))
    assert {x.regla for x in e.value.errores} == {regla}
