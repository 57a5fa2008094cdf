"""Lo que un archivo recibido lleva donde nadie lee (otras hojas, comentarios, etiquetas) y las
formas en que llega roto.
"""

from __future__ import annotations

import csv
import multiprocessing
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from apoyo_hojas import llenar, respuestas
from conftest import con_muestra, copiar_entradas, reducir
from observatorio.catalogo.plan_de_recojo import leer_plan
from observatorio.cli import principal
from observatorio.errores import DatosInvalidos
from observatorio.recojo.abrir import Opciones, abrir
from observatorio.recojo.lote import Lote
from observatorio.recojo.planillas.forma import COLUMNAS_OCULTAS, OCULTA
from observatorio.recojo.planillas.leer import DE_CUANTOS
from observatorio.recojo.planillas.planilla import Encabezado, escribir_planilla
from observatorio.recojo.planillas.preguntas import Destinatario, preguntar
from observatorio.recojo.recepcion import LoteConDefectos, recibir
from observatorio.recojo.revisar import revisar_personas
from observatorio.rutas import Proyecto
from observatorio.validar import pasar
from test_importar import K13, arbol, con_historia_real

TITULOS = "kpi,periodo,lugar,numerador,denominador,fecha_dato"
FILA = "M4-K13,2026-08,130809,30,45,2026-09-10"


class Mesa:
    """Un proyecto con su planilla llena, y su puerta: abrir un archivo y decir qué reglas rompe,
    sin escribir nada.
    """

    def __init__(self, carpeta: Path) -> None:
        self.proyecto = reducir(copiar_entradas(carpeta / "proyecto"))
        con_historia_real(self.proyecto, "M4-K13")
        self.catalogo, self.validacion = pasar(self.proyecto)
        vacia = carpeta / "vacia.xlsx"
        assert (
            self.orden(
                "planilla", "--responsable", "padrón nominal", "--periodo", "2026-T3", "--a", vacia
            )
            == 0
        )
        self.llena = llenar(vacia, carpeta / "llena.xlsx", respuestas(vacia, K13))

    def orden(self, *argumentos: object) -> int:
        return principal(["--raiz", str(self.proyecto.raiz), *map(str, argumentos)])

    def abrir(self, ruta: Path) -> Lote:
        return abrir(self.proyecto, self.catalogo, self.validacion.unidades, ruta, Opciones())

    def reglas(self, ruta: Path) -> set[str]:
        try:
            lote = self.abrir(ruta)
        except DatosInvalidos as e:
            return {x.regla for x in e.errores}
        return {
            d.regla
            for d in [
                *lote.defectos,
                *revisar_personas(lote, self.catalogo, self.validacion.unidades, self.proyecto),
            ]
        }


@pytest.fixture(scope="module")
def mesa(tmp_path_factory: pytest.TempPathFactory) -> Mesa:
    return Mesa(tmp_path_factory.mktemp("mesa"))


def con(mesa: Mesa, destino: Path, cambio: Callable[[Workbook], object]) -> Path:
    libro = load_workbook(mesa.llena)
    cambio(libro)
    libro.save(destino)
    return destino


def _hoja(libro: Workbook, estado: str, *filas: list[object]) -> None:
    hoja = libro.create_sheet("Hoja2")
    for fila in filas:
        hoja.append(fila)
    hoja.sheet_state = estado


ESCONDITES = {
    "hoja-oculta": (lambda x: _hoja(x, "hidden", ["a"], ["45 678 901"]), "numero-de-documento"),
    "hoja-muy-oculta-con-titulo": (
        lambda x: _hoja(x, "veryHidden", ["t"], [], ["N", "Historia clínica"]),
        "historia-clinica",
    ),
    "hoja-visible-de-nombres": (
        lambda x: _hoja(
            x, "visible", ["quién"], ["Brizaida Tantaquilla"], ["Deysi Chuquizuta Vera"]
        ),
        "nombre-de-persona",
    ),
    "hoja-de-fechas": (
        lambda x: _hoja(x, "visible", ["cuándo"], [date(2021, 5, 12)], [date(2022, 1, 3)]),
        "fecha-de-nacimiento",
    ),
    "celda-libre": (
        lambda x: x["Llenar"].__setitem__("E12", "DNI 45678901"),
        "numero-de-documento",
    ),
    "celda-libre-numero": (
        lambda x: x["Llenar"].__setitem__("F2", 45678901),
        "numero-de-documento",
    ),
    "comentario": (
        lambda x: setattr(x["Llenar"]["B12"], "comment", Comment("DNI 45678901", "x")),
        "numero-de-documento",
    ),
    "comentario-con-nombre": (
        lambda x: setattr(x["Llenar"]["B12"], "comment", Comment("Brizaida Tantaquilla", "x")),
        "nombre-de-persona",
    ),
    "etiqueta": (
        lambda x: x["Llenar"].__setitem__("A12", "Juan Pérez 45678901"),
        "numero-de-documento",
    ),
    "encabezado": (
        lambda x: setattr(x["Llenar"].oddHeader.center, "text", "HC 12345"),
        "historia-clinica",
    ),
    "autor": (
        lambda x: setattr(x.properties, "creator", "Juan Pérez DNI 45678901"),
        "numero-de-documento",
    ),
    "titulo-del-libro": (
        lambda x: setattr(x.properties, "title", "Padrón de Juan Pérez"),
        "nombre-de-persona",
    ),
    "responsable-oculto": (
        lambda x: x["_observatorio"].__setitem__("B2", "Brizaida Tantaquilla"),
        "nombre-de-persona",
    ),
    "cargo": (lambda x: x["Llenar"].__setitem__("B7", "Deysi Chuquizuta"), "nombre-de-persona"),
    "nota": (lambda x: x["Llenar"].__setitem__("B14", "45.678.901"), "numero-de-documento"),
}


@pytest.mark.parametrize("donde", ESCONDITES)
def test_una_planilla_se_revisa_entera(mesa: Mesa, tmp_path: Path, donde: str) -> None:
    cambio, regla = ESCONDITES[donde]
    assert regla in mesa.reglas(con(mesa, tmp_path / "p.xlsx", cambio))


def test_una_planilla_limpia_no_se_confunde_aunque_excel_ponga_su_autor(
    mesa: Mesa, tmp_path: Path
) -> None:
    assert (
        mesa.reglas(
            con(
                mesa,
                tmp_path / "p.xlsx",
                lambda x: setattr(x.properties, "lastModifiedBy", "Juan Pérez"),
            )
        )
        == set()
    )


def test_lo_que_la_planilla_lleva_impreso_no_es_de_nadie(
    proyecto_real: Proyecto, tmp_path: Path
) -> None:
    catalogo, v = pasar(proyecto_real)
    plan = leer_plan(proyecto_real, catalogo)
    preguntas = preguntar(
        plan,
        catalogo,
        v.observaciones,
        Destinatario("Todos los responsables", tuple(plan.datos)),
        "2026-T4",
    )
    escribir_planilla(
        tmp_path / "p.xlsx",
        catalogo,
        Encabezado("Todos los responsables", "Todos los responsables", "2026-T4"),
        preguntas,
    )
    lote = abrir(proyecto_real, catalogo, v.unidades, tmp_path / "p.xlsx", Opciones())
    assert (
        len(preguntas) > 40
        and list(revisar_personas(lote, catalogo, v.unidades, proyecto_real)) == []
    )


@pytest.mark.parametrize(
    ("celda", "valor"),
    [
        ("I5", "t "),
        ("A5", "t abc"),
        ("J5", "t -5"),
        ("B3", "p 20zz"),
        ("B2", "x" * 300),
        ("A4", "otra"),
    ],
)
def test_una_hoja_oculta_tocada_se_explica(
    mesa: Mesa, tmp_path: Path, celda: str, valor: str
) -> None:
    assert mesa.reglas(
        con(mesa, tmp_path / "p.xlsx", lambda x: x["_observatorio"].__setitem__(celda, valor))
    ) == {"planilla-sin-estructura"}


@pytest.mark.parametrize("separador", [",", ";"])
def test_la_planilla_guardada_como_csv_dice_lo_mismo(
    mesa: Mesa, tmp_path: Path, separador: str
) -> None:
    with (tmp_path / "p.csv").open("w", newline="", encoding="utf-8-sig") as f:
        escritor = csv.writer(f, delimiter=separador)
        escritor.writerows(
            [
                ["" if c is None else c for c in fila]
                for fila in load_workbook(mesa.llena)["Llenar"].iter_rows(values_only=True)
            ]
        )
    de_csv, de_libro = mesa.abrir(tmp_path / "p.csv"), mesa.abrir(mesa.llena)
    assert [m.linea() for m in de_csv.medidas] == [m.linea() for m in de_libro.medidas] != []
    assert [m.clave for m in de_csv.no_medidas] == [
        m.clave for m in de_libro.no_medidas
    ] and mesa.reglas(tmp_path / "p.csv") == set()
    assert (de_csv.responsable, de_csv.periodo, de_csv.cargo) == (
        de_libro.responsable,
        de_libro.periodo,
        de_libro.cargo,
    )


def test_una_planilla_repartida_antes_se_sigue_recibiendo(mesa: Mesa, tmp_path: Path) -> None:
    """Las que se repartieron antes de preguntar de cuántos es un monto no traen esas columnas."""
    columnas = len(COLUMNAS_OCULTAS)
    de_antes = con(
        mesa,
        tmp_path / "p.xlsx",
        lambda x: x[OCULTA].delete_cols(columnas - len(DE_CUANTOS) + 1, 9),
    )
    sin_una = con(mesa, tmp_path / "q.xlsx", lambda x: x[OCULTA].delete_cols(columnas - 4))
    assert mesa.abrir(de_antes).medidas == mesa.abrir(mesa.llena).medidas
    assert mesa.reglas(sin_una) == {"planilla-sin-estructura"}


def test_la_planilla_sin_su_hoja_oculta_se_lee_por_su_columna(mesa: Mesa, tmp_path: Path) -> None:
    sin = mesa.abrir(con(mesa, tmp_path / "p.xlsx", lambda x: x.remove(x["_observatorio"])))
    assert [m.linea() for m in sin.medidas] == [m.linea() for m in mesa.abrir(mesa.llena).medidas]


TABLAS = {
    "vacia": ("", {"archivo-vacio"}),
    "solo-titulos": (f"{TITULOS}\n", {"archivo-sin-filas"}),
    "campo-de-mas": (f"{TITULOS}\n{FILA},x\n", {"fila-irregular"}),
    "columna-repetida": (f"{TITULOS},numerador\n{FILA},31\n", {"columna-repetida"}),
    "columna-ajena": (f"{TITULOS},color\n{FILA},azul\n", {"columna-sobrante"}),
    "sin-fecha": (
        "kpi,periodo,lugar,numerador,denominador\nM4-K13,2026-08,130809,30,45\n",
        {"columna-ausente"},
    ),
    "comillas-rotas": (f'{TITULOS},nota\n{FILA},"abc\n', {"comillas-rotas"}),
    "campo-enorme": (f"{TITULOS},nota\n{FILA},{'x' * 200_000}\n", {"campo-desmedido"}),
    "con-tildes-y-espacios": (
        f"KPI;Período;Lugar;Numerador;Denominador;Fecha dato\n{FILA.replace(',', ';')}\n",
        set(),
    ),
    "dni-con-espacios": (f"{TITULOS},nota\n{FILA},45 678 901\n", {"numero-de-documento"}),
}


@pytest.mark.parametrize("caso", TABLAS)
def test_una_tabla_se_admite_o_no_como_en_validar(mesa: Mesa, tmp_path: Path, caso: str) -> None:
    texto, reglas = TABLAS[caso]
    (tmp_path / "t.csv").write_text(texto, encoding="utf-8")
    assert mesa.reglas(tmp_path / "t.csv") == reglas


def test_la_coma_decimal_de_un_csv_con_punto_y_coma_se_lee(mesa: Mesa, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "kpi;periodo;lugar;valor;fecha_dato\nM7-K06;2025;130809;98765,5;2026-02-01\n",
        encoding="utf-8",
    )
    assert mesa.abrir(tmp_path / "t.csv").medidas[0].campos["valor"] == "98765.5"


def test_un_salto_dentro_de_la_nota_no_rompe_nada(mesa: Mesa, tmp_path: Path) -> None:
    libro = Workbook()
    libro.active.append([*TITULOS.split(","), "nota"])
    libro.active.append([*FILA.split(","), "una\nlínea"])
    libro.save(tmp_path / "t.xlsx")
    assert mesa.abrir(tmp_path / "t.xlsx").medidas[0].campos["nota"] == "una línea"


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (["--motivo", "Un motivo bastante largo"], "--quien"),
        (["--quien", "Oficina"], "--motivo"),
        (["--periodo", "zzz"], "no es un periodo"),
        (["--recibido", "2999-01-01"], "todavía no llega"),
    ],
)
def test_lo_mal_dicho_en_la_orden_es_de_uso(
    mesa: Mesa, tmp_path: Path, capsys: pytest.CaptureFixture[str], argumentos: list[str], dice: str
) -> None:
    (tmp_path / "t.csv").write_text(f"{TITULOS}\n{FILA}\n", encoding="utf-8")
    assert mesa.orden("importar", tmp_path / "t.csv", "--si", *argumentos) == 2
    assert dice in capsys.readouterr().err


def test_el_remedio_de_una_advertencia_es_repetir_la_orden(
    mesa: Mesa, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(f"{TITULOS}\n{FILA.replace(',30,', ',1,')}\n", encoding="utf-8")
    assert mesa.orden("importar", tmp_path / "t.csv", "--si") == 1
    dicho = capsys.readouterr().err
    assert (
        "salto" in dicho
        and "repita la orden con --motivo" in dicho
        and "justificaciones.csv" not in dicho
    )


@pytest.mark.parametrize("quien", ["Juan Pérez DNI 45678901", "Brizaida Tantaquilla"])
def test_quien_firma_es_un_cargo(
    mesa: Mesa, tmp_path: Path, capsys: pytest.CaptureFixture[str], quien: str
) -> None:
    (tmp_path / "t.csv").write_text(f"{TITULOS}\n{FILA.replace(',30,', ',1,')}\n", encoding="utf-8")
    antes = arbol(mesa.proyecto.data)
    assert (
        mesa.orden(
            "importar",
            tmp_path / "t.csv",
            "--si",
            "--motivo",
            "Solo vino una familia ese mes.",
            "--quien",
            quien,
        )
        == 1
    )
    assert quien not in capsys.readouterr().err and arbol(mesa.proyecto.data) == antes


def test_el_nombre_de_archivo_que_senala_no_se_guarda(minimo: Proyecto, tmp_path: Path) -> None:
    ruta = tmp_path / "Juan_Pérez_45678901.csv"
    ruta.write_text(f"{TITULOS}\n{FILA}\n", encoding="utf-8")
    r = recibir(minimo, ruta, Opciones(), lambda *_: True, date(2026, 11, 2))
    tarjeta = yaml.safe_load(
        (minimo.recibos / r.recibo.recibo / "procedencia.yml").read_text(encoding="utf-8")
    )
    assert tarjeta["archivo"] == f"archivo-{tarjeta['sha256'][:10]}.csv"


def _entrar(raiz: Path, ruta: Path) -> None:
    recibir(Proyecto(raiz), ruta, Opciones(), lambda *_: True, date(2026, 11, 2))


def test_si_otro_archivo_trae_el_mismo_dato_mientras_se_confirma_no_entran_los_dos(
    minimo: Proyecto, tmp_path: Path
) -> None:
    for nombre, numerador in (("a", "30"), ("b", "31")):
        (tmp_path / f"{nombre}.csv").write_text(
            f"{TITULOS}\n{FILA.replace(',30,', f',{numerador},')}\n", encoding="utf-8"
        )

    def confirmar(*_: object) -> bool:
        otro = multiprocessing.get_context("spawn").Process(
            target=_entrar, args=(minimo.raiz, tmp_path / "b.csv")
        )
        otro.start()
        otro.join(60)
        return True

    with pytest.raises(LoteConDefectos) as e:
        recibir(minimo, tmp_path / "a.csv", Opciones(), confirmar, date(2026, 11, 2))
    assert {x.regla for x in e.value.errores} == {"cifra-ya-publicada"}
    assert len(list(minimo.recibos.glob("r-*"))) == 1
    pasar(minimo)


@pytest.mark.parametrize(
    ("antes", "ahora", "celdas"),
    con_muestra(
        [
            (",30,45,", ",31,46,", {"numerador": ("30", "31"), "denominador": ("45", "46")}),
            (
                ",30,45,",
                ",68.5,",
                {"valor": ("", "68.5"), "numerador": ("30", ""), "denominador": ("45", "")},
            ),
            (
                ",68.5,",
                ",30,45,",
                {"valor": ("68.5", ""), "numerador": ("", "30"), "denominador": ("", "45")},
            ),
            (",68.50,", ",70,", {"valor": ("68.50", "70")}),
        ],
        2,
    ),
    ids=["las partes", "solo el valor", "partes donde había valor", "un valor por otro"],
)
def test_la_correccion_sugerida_se_pega_tal_cual_y_el_archivo_entra(
    minimo: Proyecto, tmp_path: Path, antes: str, ahora: str, celdas: dict
) -> None:
    def archivo(nombre: str, cifras: str) -> Path:
        titulos = (
            TITULOS if cifras.count(",") == 3 else TITULOS.replace("numerador,denominador", "valor")
        )
        (tmp_path / nombre).write_text(
            f"{titulos}\n{FILA.replace(',30,45,', cifras)}\n", encoding="utf-8"
        )
        return tmp_path / nombre

    def entra(ruta: Path):
        return recibir(minimo, ruta, Opciones(), lambda *_: True, date(2026, 11, 2))

    entra(archivo("antes.csv", antes))
    with pytest.raises(LoteConDefectos) as e:
        entra(archivo("ahora.csv", ahora))
    assert {x.regla for x in e.value.errores} == {"cifra-ya-publicada"}
    sugeridas = [
        linea
        for x in e.value.errores
        for linea in x.remedio.partition("data/correcciones.csv: ")[2].splitlines()
    ]
    assert {c[6]: (c[7], c[8]) for c in (linea.split(",") for linea in sugeridas)} == celdas
    firmadas = "".join(
        f"{x.replace('MOTIVO,QUIÉN,FECHA', 'La fuente la corrigió.,Comité de prueba,2026-10-01')}\n"
        for x in sugeridas
    )
    minimo.correcciones.write_text(
        minimo.correcciones.read_text(encoding="utf-8") + firmadas, encoding="utf-8"
    )
    pasar(minimo)
    assert entra(tmp_path / "ahora.csv").recibo is None, (
        "ya dice lo mismo: no hay nada nuevo que entre"
    )
