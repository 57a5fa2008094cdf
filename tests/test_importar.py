"""Recibir un archivo: entra una vez, con su recibo; lo que está mal vuelve marcado y no toca
data/.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import polars as pl
import pytest
import yaml
from openpyxl import load_workbook

from apoyo_hojas import guardado_como, llenar, respuestas
from conftest import con_respaldo
from observatorio.cli import principal
from observatorio.errores import DatosInvalidos
from observatorio.recojo import recepcion
from observatorio.recojo.abrir import abrir
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.recojo.planillas.forma import HOJA
from observatorio.recojo.planillas.leer import leer_planilla
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

K13 = {
    ("M4-K13", "2026-07"): None,
    ("M4-K13", "2026-08"): (30, 45),
    ("M4-K13", "2026-09"): (33, 46),
}


def arbol(carpeta: Path) -> dict[str, str]:
    """Huella de cada archivo: dos árboles iguales son los mismos bytes."""
    return {
        p.relative_to(carpeta).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(carpeta.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def orden(minimo: Proyecto):
    return lambda *a: principal(["--raiz", str(minimo.raiz), *map(str, a)])


@pytest.fixture
def vacia(orden, tmp_path: Path) -> Path:
    ruta = tmp_path / "vacia.xlsx"
    assert (
        orden("planilla", "--responsable", "padrón nominal", "--periodo", "2026-T3", "--a", ruta)
        == 0
    )
    return ruta


def llena(vacia: Path, numeros: dict = K13, **cambios: object) -> Path:
    return llenar(vacia, vacia.with_name("llena.xlsx"), respuestas(vacia, numeros) | cambios)


def test_entra_con_recibo_huella_y_cuenta(
    minimo: Proyecto, orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = llena(vacia)
    assert orden("importar", ruta, "--si", "--recibido", "2026-11-02") == 0
    dicho = capsys.readouterr().out
    sha = hashlib.sha256(ruta.read_bytes()).hexdigest()
    carpeta = minimo.recibos / f"r-{sha[:10]}"
    assert f"RECIBO {carpeta.name}" in dicho and sha in dicho and "medidas recibidas: 2" in dicho
    assert "M4-K13 · 2026-09" in dicho and "33 de 46" in dicho
    tarjeta = yaml.safe_load((carpeta / "procedencia.yml").read_text(encoding="utf-8"))
    assert (
        tarjeta["sha256"] == sha
        and tarjeta["cargo"] == "Responsable de estadística"
        and tarjeta["recibido"] == "2026-11-02"
    )
    assert [n["periodo"] for n in tarjeta["no_medidas"]] == ["2026-07"]
    filas = list(csv.DictReader((carpeta / "observaciones.csv").open(encoding="utf-8")))
    assert [(f["periodo"], f["numerador"], f["naturaleza"]) for f in filas] == [
        ("2026-08", "30", "documentado"),
        ("2026-09", "33", "documentado"),
    ]
    pasar(minimo)


def test_dos_veces_no_cambia_nada(
    minimo: Proyecto, orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = llena(vacia)
    orden("importar", ruta, "--si")
    antes = arbol(minimo.data)
    assert orden("importar", ruta, "--si") == 0
    otra = llenar(ruta, vacia.with_name("guardada-de-nuevo.xlsx"), {"B7": "Otro cargo"})
    assert otra.read_bytes() != ruta.read_bytes() and orden("importar", otra, "--si") == 0
    assert arbol(minimo.data) == antes
    assert (
        "Ya había entrado" in (dicho := capsys.readouterr().out)
        and "Todo lo que trae ya estaba" in dicho
    )


def test_un_archivo_que_cambia_mientras_se_lee_no_entra(
    minimo: Proyecto,
    orden,
    vacia: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Su recibo diría la huella de otras cifras que las que entraron."""
    ruta, antes = llena(vacia), arbol(minimo.data)

    def mientras(*a):
        lote = abrir(*a)
        ruta.write_bytes(ruta.read_bytes() + b" ")
        return lote

    monkeypatch.setattr(recepcion, "abrir", mientras)
    assert orden("importar", ruta, "--si") == 1
    dicho = capsys.readouterr().err
    assert "archivo-cambiando" in dicho and "repita la orden" in dicho
    assert arbol(minimo.data) == antes


@pytest.mark.parametrize(
    ("copiado", "celdas"), [({}, ()), ({"B18": 31}, ("B18",)), ({"B17": "No se midió"}, ("B17",))]
)
def test_otra_copia_de_la_hoja_que_dice_otra_cosa_se_dice(
    vacia: Path, copiado: dict[str, object], celdas: tuple[str, ...]
) -> None:
    """Quien duplica la hoja antes de corregirla perdía su corrección sin saberlo."""
    ruta = llena(vacia)
    libro = load_workbook(ruta)
    copia = libro.copy_worksheet(libro[HOJA])
    for celda, valor in copiado.items():
        copia[celda] = valor
    libro.save(ruta)
    lote = leer_planilla(ruta, leer_hojas(ruta))
    dichos = [(f"B{d.celda.fila}", d.regla) for d in lote.defectos if d.celda]
    assert dichos == [(c, "dos-copias") for c in celdas]
    assert all(f"«{copia.title}»" in d.remedio for d in lote.defectos)


def test_sin_un_si_no_se_escribe(
    minimo: Proyecto, orden, vacia: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antes = arbol(minimo.data)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert orden("importar", llena(vacia)) == 1 and arbol(minimo.data) == antes
    monkeypatch.setattr("builtins.input", lambda _: "sí")
    assert orden("importar", llena(vacia)) == 0 and arbol(minimo.data) != antes


def con_historia_real(proyecto: Proyecto, kpi: str) -> None:
    """Su serie pasa por medida: lo real solo se compara con lo real."""
    con_respaldo(proyecto)
    datos = proyecto.observaciones / "m4-nutricion.csv"
    lineas = datos.read_text(encoding="utf-8").splitlines(keepends=True)
    datos.write_text(
        "".join(
            x.replace(",demostracion,", ",documentado,") if x.startswith(f"{kpi},") else x
            for x in lineas
        ),
        encoding="utf-8",
    )


def test_cero_no_es_lo_mismo_que_no_se_midio(
    minimo: Proyecto, orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    con_historia_real(minimo, "M4-K13")
    ruta = llena(vacia, K13 | {("M4-K13", "2026-08"): (0, 45)})
    assert orden("importar", ruta, "--si") == 1 and "salto" in capsys.readouterr().err
    assert (
        orden(
            "importar",
            ruta,
            "--si",
            "--motivo",
            "En agosto no hubo sistema y nadie completó el trámite.",
            "--quien",
            "Registro civil",
        )
        == 0
    )
    _, v = pasar(minimo)
    de_k13 = dict(
        v.observaciones.filter(pl.col("kpi") == "M4-K13", pl.col("periodo") > "2026")
        .select("periodo", "valor")
        .iter_rows()
    )
    assert de_k13["2026-08"] == 0 and "2026-07" not in de_k13
    (justificadas,) = minimo.recibos.glob("r-*/justificaciones.csv")
    assert "En agosto no hubo sistema" in justificadas.read_text(encoding="utf-8")


CON_DEFECTO = [
    ({("M4-K13", "2026-07"): (50, 45)}, "numerador-mayor", "B12"),
    ({("M4-K13", "2026-07"): (-1, 45)}, "recuento-negativo", "B12"),
    ({("M4-K13", "2026-07"): ("doce", 45)}, "no-es-numero", "B12"),
    ({("M4-K13", "2026-07"): (0, 0)}, "denominador-cero", "B13"),
    ({("M4-K13", "2026-07"): (3,)}, "numero-ausente", "B13"),
    ({}, "sin-respuesta", "B11"),
]


@pytest.mark.parametrize(("cambio", "regla", "celda"), CON_DEFECTO, ids=[c[1] for c in CON_DEFECTO])
def test_lo_malo_vuelve_marcado_en_su_celda(
    minimo: Proyecto,
    orden,
    vacia: Path,
    capsys: pytest.CaptureFixture[str],
    cambio: dict,
    regla: str,
    celda: str,
) -> None:
    antes = arbol(minimo.data)
    ruta = llena(vacia, {k: v for k, v in K13.items() if k[1] != "2026-07"} | cambio)
    assert orden("importar", ruta, "--si") == 1
    dicho = capsys.readouterr().err
    assert regla in dicho and f"fila {celda[1:]}" in dicho and arbol(minimo.data) == antes
    devuelta = load_workbook(ruta.with_name("llena-por-corregir.xlsx"))["Llenar"]
    assert (
        devuelta[celda].fill.fgColor.rgb.endswith("FBDADA")
        and regla in devuelta[celda].comment.text
    )
    assert [c.coordinate for fila in devuelta.iter_rows() for c in fila if c.comment] == [celda]


def test_de_un_xls_vuelve_una_copia_en_xlsx_con_sus_comentarios_y_se_dice(
    orden, vacia: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = llena(vacia, K13 | {("M4-K13", "2026-09"): (60, 46)})
    vieja = guardado_como(ruta, ".xls")
    assert orden("importar", vieja, "--si") == 1
    devuelta = vieja.with_name("llena-por-corregir.xlsx")
    assert (
        f"{devuelta} (es una copia en .xlsx: en .xls el observatorio no puede dejar comentarios)"
        in capsys.readouterr().err
    )
    libro = load_workbook(devuelta)
    comentadas = {
        c.coordinate: c.comment.text
        for fila in libro["Llenar"].iter_rows()
        for c in fila
        if c.comment
    }
    assert list(comentadas) == ["B24"] and "numerador-mayor" in comentadas["B24"]
    assert (
        libro["_observatorio"].sheet_state == "hidden"
        and libro["Llenar"].column_dimensions["A"].width > 20
    )
    assert (
        orden(
            "importar",
            llenar(devuelta, tmp_path / "corregida.xlsx", respuestas(vacia, K13)),
            "--si",
        )
        == 0
    )


def test_donde_no_se_puede_dejar_la_copia_marcada_se_dicen_igual_los_defectos(
    orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = llena(vacia, K13 | {("M4-K13", "2026-09"): (60, 46)})
    ruta.with_name("llena-por-corregir.xlsx").mkdir()
    assert orden("importar", ruta, "--si") == 1
    dicho = capsys.readouterr().err
    assert "numerador-mayor" in dicho and "No se pudo dejar" in dicho and "es una carpeta" in dicho


def test_decir_que_no_se_midio_y_poner_numeros_es_una_contradiccion(
    orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert orden("importar", llena(vacia, K13, B12=4), "--si") == 1
    assert "no-se-midio-con-numeros" in capsys.readouterr().err


def test_lo_devuelto_y_corregido_entra(minimo: Proyecto, orden, vacia: Path) -> None:
    ruta = llena(vacia, K13 | {("M4-K13", "2026-09"): (60, 46)})
    assert orden("importar", ruta, "--si") == 1
    devuelto = ruta.with_name("llena-por-corregir.xlsx")
    corregido = llenar(devuelto, vacia.with_name("corregida.xlsx"), respuestas(vacia, K13))
    assert orden("importar", corregido, "--si") == 0


def test_una_planilla_sin_su_hoja_oculta_o_movida_se_rechaza(
    orden, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    libro = load_workbook(llena(vacia))
    libro["Llenar"].insert_rows(9)
    libro.save(vacia.with_name("movida.xlsx"))
    assert orden("importar", vacia.with_name("movida.xlsx"), "--si") == 1
    assert "planilla-sin-estructura" in capsys.readouterr().err


def test_las_filas_ocultas_de_una_planilla_se_dicen_y_no_se_manda_borrarlas(vacia: Path) -> None:
    de_agosto = respuestas(vacia, {("M4-K13", "2026-08"): (30, 45)}, None)
    de_agosto = {c: v for c, v in de_agosto.items() if c != "B7"}
    libro = load_workbook(llena(vacia))
    for celda in de_agosto:
        libro["Llenar"].row_dimensions[int(celda[1:])].hidden = True
    ruta = vacia.with_name("filtrada.xlsx")
    libro.save(ruta)
    leida = leer_planilla(ruta, leer_hojas(ruta))
    (aviso,) = leida.avisos
    assert "«Llenar»: se leen también 3 filas ocultas" in aviso
    assert "no la borre: elija «No se midió» y deje vacíos sus números" in aviso
    assert [m.campos["periodo"] for m in leida.medidas] == ["2026-08", "2026-09"]
    sin_ella = dict.fromkeys(de_agosto) | respuestas(vacia, {("M4-K13", "2026-08"): None}, None)
    llenar(ruta, ruta, sin_ella)
    remediada = leer_planilla(ruta, leer_hojas(ruta))
    assert [m.campos["periodo"] for m in remediada.medidas] == [
        "2026-09"
    ] and not remediada.defectos


def escribir(ruta: Path, texto: str, **como: str) -> Path:
    ruta.write_text(texto, **({"encoding": "utf-8"} | como))
    return ruta


def test_una_real_reemplaza_a_la_demostracion_sin_tocar_su_archivo(
    minimo: Proyecto, orden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    antes = arbol(minimo.data)
    ruta = escribir(
        tmp_path / "t.csv",
        "kpi;periodo;lugar;numerador;denominador;fecha_dato\nM4-K02;2026-S1;130809;21;40;2026-08-27\n",
        encoding="utf-8-sig",
    )
    assert (
        orden(
            "importar",
            ruta,
            "--si",
            "--motivo",
            "Solo llegó el total del distrito; los sexos siguen de demostración.",
            "--quien",
            "Oficina de estadística",
        )
        == 0
    )
    assert "en lugar de la demostración" in capsys.readouterr().out
    _, v = pasar(minimo)
    fila = v.observaciones.filter(
        (v.observaciones["kpi"] == "M4-K02")
        & (v.observaciones["periodo"] == "2026-S1")
        & (v.observaciones["grupo"] == "total")
        & (v.observaciones["lugar"] == "130809")
    )
    assert fila["naturaleza"].to_list() == ["documentado"] and fila["numerador"].to_list() == [21]
    assert {k: h for k, h in arbol(minimo.data).items() if "recibos/r-" not in k} == antes


def test_una_cifra_real_publicada_no_se_pisa_y_se_da_la_linea_de_correccion(
    minimo: Proyecto, orden, vacia: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orden("importar", llena(vacia), "--si")
    antes = arbol(minimo.data)
    ruta = escribir(
        tmp_path / "t.csv",
        "kpi,periodo,lugar,numerador,denominador,fecha_dato\nM4-K13,2026-09,130809,34,46,2026-10-31\n",
    )
    assert orden("importar", ruta, "--si") == 1 and arbol(minimo.data) == antes
    linea = next(
        x for x in capsys.readouterr().err.splitlines() if "correcciones.csv: " in x
    ).split("correcciones.csv: ")[1]
    with minimo.correcciones.open("a", encoding="utf-8") as f:
        f.write(
            linea.replace("MOTIVO", "Faltaba el parte de un puesto de salud")
            .replace("QUIÉN", "Oficina de estadística")
            .replace("FECHA", "2026-10-31")
            + "\n"
        )
    pasar(minimo)
    capsys.readouterr()
    assert orden("importar", ruta, "--si") == 0 and "ya estaba, igual" in capsys.readouterr().out


def test_tocar_un_recibo_despues_se_nota(minimo: Proyecto, orden, vacia: Path, cambiar) -> None:
    orden("importar", llena(vacia), "--si")
    (recibo,) = minimo.recibos.glob("r-*/observaciones.csv")
    cambiar(recibo, ",33,46,", ",43,46,")
    with pytest.raises(DatosInvalidos, match="recibo-alterado"):
        pasar(minimo)


@pytest.mark.parametrize(
    ("nombre", "contenido", "regla"),
    [
        ("a.csv", b"kpi,periodo\x00", "byte-nulo"),
        ("a.xlsx", b"esto no es un libro", "libro-ilegible"),
        ("a.docx", b"x", "formato-desconocido"),
        (
            "b.csv",
            b"kpi,periodo,lugar,valor,fecha_dato\nM4-K99,2026,130809,3,2026-10-01\n",
            "kpi-desconocido",
        ),
        (
            "c.csv",
            b"kpi,periodo,lugar,numerador,denominador,fecha_dato\nM4-K13,2026-T3,130809,3,4,2026-10-01\n",
            "periodo-sin-forma",
        ),
        (
            "d.csv",
            b"kpi,periodo,lugar,numerador,denominador,fecha_dato\nM4-K13,2026-09,130809,3,4,2027-10-01\n",
            "fecha-futura",
        ),
    ],
)
def test_un_archivo_malo_dice_su_regla_y_no_toca_nada(
    minimo: Proyecto,
    orden,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    nombre: str,
    contenido: bytes,
    regla: str,
) -> None:
    antes = arbol(minimo.data)
    (tmp_path / nombre).write_bytes(contenido)
    assert orden("importar", tmp_path / nombre, "--si") == 1
    assert regla in capsys.readouterr().err and arbol(minimo.data) == antes


def test_lo_que_nadie_reconoce_se_explica(
    orden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert orden("importar", escribir(tmp_path / "x.csv", "uno,dos\n1,2\n"), "--si") == 2
    assert "no se reconoce" in capsys.readouterr().err


@pytest.mark.parametrize("hay", [(), ("b.xlsx", "a.CSV", "nota.md", ".oculto.csv")])
@pytest.mark.parametrize("que", ["importar", "importar-catalogo"])
def test_una_carpeta_no_es_un_archivo_ausente(
    orden, tmp_path: Path, capsys: pytest.CaptureFixture[str], que: str, hay: tuple[str, ...]
) -> None:
    carpeta = tmp_path / "llegadas"
    carpeta.mkdir()
    for nombre in hay:
        (carpeta / nombre).touch()
    assert orden(que, carpeta) == 1
    dicho = capsys.readouterr().err
    assert "llegadas\n    regla: es-una-carpeta" in dicho and "archivo-ausente" not in dicho
    assert (
        f"como «{carpeta / 'a.CSV'}» (2 se pueden leer)"
        if hay
        else "no hay ninguno que se pueda leer"
    ) in dicho
