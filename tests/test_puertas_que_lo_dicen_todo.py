"""Cada puerta dice todo lo que está mal a la vez, con lo que hay escrito, y antes de gastar tiempo
en lo desmedido.
"""

from __future__ import annotations

import zipfile
from pathlib import Path, PureWindowsPath

import pytest
from pydantic import TypeAdapter

from apoyo_reportes import leer
from observatorio.base.escritura import exigir_camino, exigir_de_esta_maquina
from observatorio.base.texto_plano import TextoIlegible, leer_texto
from observatorio.base.yaml_estricto import cargar_yaml
from observatorio.catalogo.correo import Destinatarios, ServidorDeCorreo
from observatorio.catalogo.lectura import leer_yaml
from observatorio.datos.forma import columnas_de_la_cabecera, filas_legibles
from observatorio.errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from observatorio.paginas.encabezados import defectos_de_paginas
from observatorio.publicacion.publicar import exigir_sin_esquema
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.rutas import Proyecto

TITULOS = "kpi,periodo,lugar,numerador,denominador,fecha_dato"
FILA = "M4-K13,2026-08,130809,30,45,2026-09-10"


@pytest.mark.parametrize(
    ("dicho", "usado", "nombres"),
    [
        (",", ";", "con coma, y la tabla los separa con punto y coma: escriba «sep=;»"),
        ("\t", ",", "con tabulador, y la tabla los separa con coma: escriba «sep=,»"),
        (";", "\t", "con tabulador: escriba «sep=» y un tabulador"),
        ("!", "|", "con «!», y la tabla los separa con barra"),
    ],
)
def test_un_separador_que_no_es_se_dice_con_su_linea(dicho: str, usado: str, nombres: str):
    tabla = f"{TITULOS}\n{FILA}\n{FILA}\n".replace(",", usado)
    with pytest.raises(TextoIlegible) as hallado:
        leer_texto(f"sep={dicho}\n{tabla}".encode())
    regla, remedio, escrito, linea = hallado.value.args
    assert (regla, escrito, linea) == ("separador-contradicho", f"sep={dicho}", 1)
    assert nombres in remedio and "o bórrela entera" in remedio
    assert leer_texto(f"sep={usado}\n{tabla}".encode()).separador == usado, "el remedio vale"
    assert leer_texto(tabla.encode()).separador == usado, "y borrarla también"


def test_un_separador_verdadero_vale_aunque_otro_signo_abunde():
    tabla = "kpi;nota;valor\nM1;uno, dos, tres;1,5\nM2;cuatro, cinco, seis;2,5\n"
    assert leer_texto(f"sep=;\n{tabla}".encode()).separador == ";"


def test_con_una_celda_ilegible_se_dicen_tambien_los_demas_defectos(tmp_path: Path):
    filas = [
        TITULOS + ",nota",
        "M4-K13,2026-08,130809,#N/A,45,2026-09-10,",
        "M4-K99,2026-08,130809,30,45,2026-09-10,",
        "M4-K13,2026-13,130809,30,45,2026-09-10,",
        "M4-K13,2026-08,130809,50,45,2026-09-10,",
        "M4-K13,#REF!,130809,50,45,2026-09-10,",
        "M4-K13,2026-08,130809,50,45,2026-09-10,suelta, con coma",
        "TOTAL,2026-08,130809,50,45,2026-09-10,",
    ]
    ruta = tmp_path / "todo.csv"
    ruta.write_text("\n".join(filas), encoding="utf-8")
    leido = leer(ruta)
    assert leido.reglas == {
        "celda-con-error",
        "kpi-desconocido",
        "periodo-sin-forma",
        "numerador-mayor",
        "fila-irregular",
        "fila-de-total",
    }
    celdas = {c.removeprefix("todo!")[0] + c.split()[-1] for c in leido.celdas}
    assert celdas == {"D2", "A3", "B4", "D5", "B6", "D6", "H7", "A8"}


def test_una_pagina_desmedida_no_se_lee(minimo: Proyecto):
    pagina = minimo.raiz / "enorme.qmd"
    pagina.write_bytes(b'---\ntitle: "x"\n---\n'.ljust(2 * 2**20 + 1))
    suyos = [e for e in defectos_de_paginas(minimo) if e.archivo == "enorme.qmd"]
    assert [(e.regla, e.valor) for e in suyos] == [("archivo-desmedido", "2.1 MB")]
    assert "el máximo es 2 MB" in suyos[0].remedio


@pytest.mark.parametrize(
    ("escrito", "regla", "dicho"),
    [
        ("", "yaml-vacio", "está vacío, o solo lleva comentarios: escriba un bloque"),
        ("# nada\n", "yaml-vacio", "está vacío, o solo lleva comentarios"),
        ("null\n", "yaml-vacio", "está vacío"),
        ("- uno\n", "ficha-no-es-bloque", "el archivo entero es una lista: escriba un bloque"),
        ("hola\n", "ficha-no-es-bloque", "el archivo entero es un valor suelto"),
        ("comites:\n", "ficha-no-es-bloque", "escriba un bloque"),
        ("comites: {impulsor: }\n", "ficha-no-es-lista", "un guion por elemento"),
    ],
)
def test_un_yaml_sin_lo_suyo_dice_que_hay_en_el(
    tmp_path: Path, escrito: str, regla: str, dicho: str
):
    ruta = tmp_path / "reservado" / "destinatarios.yml"
    ruta.parent.mkdir()
    ruta.write_text(escrito, encoding="utf-8")
    errores: list[ErrorDeDatos] = []
    assert leer_yaml(Proyecto(tmp_path), ruta, TypeAdapter(Destinatarios), errores) is None
    assert [e.regla for e in errores] == [regla]
    assert dicho in errores[0].remedio and "None" not in str(errores[0])


def test_el_servidor_vacio_tampoco_dice_none(tmp_path: Path):
    ruta = tmp_path / "servidor.yml"
    ruta.write_text("servidor:\n", encoding="utf-8")
    errores: list[ErrorDeDatos] = []
    leer_yaml(Proyecto(tmp_path), ruta, TypeAdapter(ServidorDeCorreo), errores)
    assert "None" not in "".join(map(str, errores))


DIRECCIONES = (
    *("ftp://equipo/sitio", "sftp://equipo/sitio", "s3://cubo/sitio", "file:///srv/sitio"),
    *("https://ejemplo.pe/sitio", "usuario@equipo:/srv/sitio", "ftp://equipo/sitio.zip"),
)


@pytest.mark.parametrize("destino", DIRECCIONES)
def test_una_direccion_no_es_un_destino(destino: str):
    with pytest.raises(ErrorDeUso, match="una carpeta de esta máquina, «gh-pages», «zip»"):
        exigir_sin_esquema(destino)
    with pytest.raises(ErrorDeUso, match="es una dirección"):
        exigir_camino(Path(destino))
    with pytest.raises(ErrorDeUso, match="es una dirección"):
        exigir_de_esta_maquina(str(PureWindowsPath(destino)))


def test_a_un_repositorio_se_le_dice_como():
    for destino in ("git@github.com:uno/dos.git", "https://github.com/uno/dos.git"):
        with pytest.raises(ErrorDeUso, match=f"--a gh-pages --remoto {destino}"):
            exigir_sin_esquema(destino)


@pytest.mark.parametrize("ruta", ["gh-pages", "C:/sitio", "C:\\sitio", "sitio.zip", "../a:b/c"])
def test_una_ruta_no_es_una_direccion(ruta: str):
    exigir_sin_esquema(ruta)
    exigir_de_esta_maquina(ruta)


def test_lo_que_no_es_cifra_se_dice_aunque_ya_haya_una(tmp_path: Path):
    """Compararla con la que ya entró detenía la orden: «12 niños» no es un número."""
    for escrito in ("30 niños", "(30)", "１３", "1\u202f030"):
        ruta = tmp_path / "cifra.csv"
        ruta.write_text(f"{TITULOS}\n{FILA.replace(',30,', f',{escrito},')}\n", encoding="utf-8")
        leido = leer(ruta)
        assert leido.reglas & {"no-es-numero", "separador-de-miles"}, escrito
        assert leido.celdas[0].endswith("2") and "numerador" in leido.celdas[0]


def test_una_fila_de_sumas_sin_rotulo_es_de_total(tmp_path: Path):
    ruta = tmp_path / "sumas.csv"
    ruta.write_text(f"{TITULOS}\n{FILA}\n,,,30,45,\n", encoding="utf-8")
    assert leer(ruta).reglas == {"fila-de-total"}


def test_dos_archivos_del_mismo_nombre_en_un_zip_se_distinguen(tmp_path: Path):
    ruta = tmp_path / "dos.zip"
    with zipfile.ZipFile(ruta, "w") as z:
        z.writestr("norte/x.csv", f"{TITULOS}\n{FILA}\n")
        z.writestr("sur/x.csv", f"{TITULOS}\n{FILA.replace(',30,', ',31,')}\n")
        z.writestr("sur/y.csv", "otra\ncosa\n")
    assert leer(ruta).reglas == {"varias-hojas"}
    assert [h.nombre for h in leer_hojas(ruta)] == ["norte/x", "sur/x", "y"]
    assert {c[1] for c in leer(ruta, hoja="sur/x").cifras.values()} == {"45"}


ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>
<office:spreadsheet><table:table table:name="H"><table:table-row>
<table:table-cell office:value-type="float" office:value="1"><text:p>VERDADERO</text:p>
</table:table-cell><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p>
</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>
</office:document-content>"""


def test_una_duracion_imposible_estropea_su_celda_y_no_el_libro(tmp_path: Path):
    ruta, celda = tmp_path / "larga.ods", 'office:value-type="float" office:value="1"><text:p>1<'
    larga = 'office:value-type="time" office:time-value="PT9999999999999H"><text:p>larga<'
    with zipfile.ZipFile(ruta, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        z.writestr("content.xml", ODS.replace(celda, larga))
    (hoja,) = leer_hojas(ruta)
    assert hoja.filas == [[True, None]] and set(hoja.ilegibles) == {(1, 2)}


def test_un_verdadero_que_libreoffice_guarda_como_uno_no_es_una_cifra(tmp_path: Path):
    ruta = tmp_path / "logico.ods"
    with zipfile.ZipFile(ruta, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        z.writestr("content.xml", ODS)
    assert leer_hojas(ruta)[0].filas == [[True, 1.0]]


def test_un_caracter_nulo_se_dice_con_su_celda(tmp_path: Path):
    ruta = tmp_path / "nulo.csv"
    for separador, codificacion in ((",", "utf-8"), (";", "cp1252"), ("\t", "utf-16")):
        con_nulos = FILA.replace("30,", "3\0\0,")
        tabla = f"{TITULOS},nota\n{FILA},niñez\n{con_nulos},\n{FILA},a\0ñ\n"
        ruta.write_bytes(tabla.replace(",", separador).encode(codificacion))
        with pytest.raises(DatosInvalidos) as hallado:
            leer_hojas(ruta)
        dichos = [(e.fila, e.columna, e.valor, e.regla) for e in hallado.value.errores]
        assert dichos == [
            (3, "D · numerador", "3␀␀", "byte-nulo"),
            (4, "G · nota", "a␀ñ", "byte-nulo"),
        ]
        assert "vuelva a escribir la celda" in hallado.value.errores[0].remedio


def test_un_caracter_nulo_en_un_csv_de_la_casa_se_dice_con_su_columna():
    errores: list[ErrorDeDatos] = []
    bloque = b'a,b\0b,"c, d"\n1,"2, \0",3\n'
    list(filas_legibles("x.csv", bloque, 2, ["uno", "dos", "tres"], errores))
    columnas_de_la_cabecera("x.csv", b"kpi,peri\0odo", ["kpi", "periodo"], errores)
    assert [(e.fila, e.columna, e.valor) for e in errores] == [
        (2, "dos", "b␀b"),
        (3, "dos", "2, ␀"),
        (1, "la 2.ª", "peri␀odo"),
    ]


def test_lo_copiado_con_una_mezcla_de_yaml_se_pide_escrito():
    errores: list[ErrorDeDatos] = []
    mezclado = "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n"
    assert cargar_yaml("x.yml", mezclado, errores) == ({"a": {"x": 1}, "b": {"x": 1, "y": 2}}, True)
    assert not errores
    cargar_yaml("x.yml", mezclado, errores, con_mezclas=False)
    assert [(e.fila, e.columna, e.regla) for e in errores] == [(3, "<<", "yaml-con-mezcla")]
    sin_ella = mezclado.replace("<<: *a", "x: 1")
    cargar_yaml("x.yml", sin_ella, errores, con_mezclas=False)
    assert len(errores) == 1, "el remedio vale"


TITULOS_DE_R = ["kpi", "periodo", "lugar", "numerador", "denominador", "fecha_dato"]
FILAS_DE_R = [["M4-K05", f"2026-T{t}", "130809", "46", "79", "2026-10-14"] for t in (1, 2)]
NUMERADAS = [[str(i), *f] for i, f in enumerate(FILAS_DE_R, 1)]


def _unidas(separador: str, *filas: list[str]) -> str:
    return "".join(separador.join(f'"{x}"' for x in f) + "\n" for f in filas)


AJENOS = {
    "write-table": (_unidas(" ", TITULOS_DE_R, *NUMERADAS), "separado-por-espacios"),
    "espacios": (_unidas(" ", TITULOS_DE_R, *FILAS_DE_R).replace('"', ""), "separado-por-espacios"),
    "write-table-con-comas": (_unidas(",", TITULOS_DE_R, *NUMERADAS), "cabecera-corta"),
    "write-table-con-tabuladores": (_unidas("\t", TITULOS_DE_R, *NUMERADAS), "cabecera-corta"),
    "filas-entre-comillas": (
        _unidas(",", *([",".join(f)] for f in (TITULOS_DE_R, *FILAS_DE_R))),
        "filas-entre-comillas",
    ),
    "filas-entre-comillas-menos-los-titulos": (
        _unidas(",", TITULOS_DE_R, *([",".join(f)] for f in FILAS_DE_R)),
        "filas-entre-comillas",
    ),
}


@pytest.mark.parametrize("caso", AJENOS)
def test_un_csv_que_no_separa_sus_campos_dice_que_es_y_como_guardarlo(
    caso: str, tmp_path: Path
) -> None:
    texto, regla = AJENOS[caso]
    (tmp_path / "x.csv").write_text(texto, encoding="utf-8")
    with pytest.raises(DatosInvalidos) as e:
        leer_hojas(tmp_path / "x.csv")
    (error,) = e.value.errores
    assert error.regla == regla and ("write.csv" in error.remedio or "expórtelo" in error.remedio)


@pytest.mark.parametrize(
    "texto",
    [
        "a,b,c\n1,2,3\n",
        "a,b,c\n1,2,3,\n2,3,4,\n",
        "a\nuna nota de cuatro palabras\n",
        'Lugar,Nota\nA,"uno, dos, tres"\n',
        "a,b,c\n1,2,3\n\nFuente: HIS, 2025, corte\n",
    ],
)
def test_un_csv_corriente_no_parece_de_otro_programa(texto: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(texto, encoding="utf-8")
    assert leer_hojas(tmp_path / "x.csv")[0].filas[0][0]


@pytest.mark.parametrize(
    ("escrito", "leido"),
    [("18:30", "1110"), ("010", "8"), ("0x1F", "31"), ("1_028", "1028"), ("1:30.5", "90.5")],
)
def test_un_numero_que_yaml_lee_como_otro_se_dice(escrito: str, leido: str) -> None:
    errores: list[ErrorDeDatos] = []
    crudo, _ = cargar_yaml("x.yml", f"a: 1\nvalor: {escrito}\n", errores)
    assert isinstance(crudo, dict) and crudo["a"] == 1
    (error,) = errores
    assert (error.fila, error.valor, error.regla) == (2, escrito, "numero-que-se-lee-otro")
    assert f"YAML lo lee {leido}:" in error.remedio and f'"{escrito}"' in error.remedio


def test_los_numeros_que_se_leen_como_se_escriben_no_se_senalan() -> None:
    errores: list[ErrorDeDatos] = []
    texto = 'a: [0, -1, 1028, 0.5, .5, 5., 1.2e+3, -0.0]\nb: "010"\nc: 2026-T1\nd: ["6_11"]\n'
    crudo, _ = cargar_yaml("x.yml", texto, errores)
    assert errores == [] and crudo["a"] == [0, -1, 1028, 0.5, 0.5, 5.0, 1200.0, 0.0]
