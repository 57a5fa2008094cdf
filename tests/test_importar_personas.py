"""Datos de personas: se rechaza el archivo entero, sin repetir el dato, sin copia y sin tocar
data/.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from apoyo_hojas import llenar, respuestas
from observatorio.cli import principal
from observatorio.recojo.hojas.cuadricula import Hoja
from observatorio.recojo.hojas.naturaleza import Rango
from observatorio.recojo.hojas.tipos_de_hoja import Valor
from observatorio.recojo.personas import en_hoja_suelta, en_tabla, en_titulos
from observatorio.recojo.titulos import sena_del_titulo
from observatorio.rutas import Proyecto
from test_importar import arbol

TITULOS = {
    "numero-de-documento": [
        "DNI",
        "Nº DNI",
        "Nro. doc. identidad",
        "num_doc",
        "Número de documento",
        "datos/dni_jefe",
        "CUI",
        "DNI de la madre",
    ],
    "nombre-de-persona": [
        "Nombres",
        "APELLIDOS Y NOMBRES",
        "Apellido paterno",
        "ape_pat",
        "Nombre del paciente",
        "nombre_completo",
        "hogar/nombre_jefe",
        "datos-nombre",
        "datos.personales.nombres",
        "hogar:jefe:apellidos",
        "1. Nombres",
        "P1.2) Nombre",
        "a1_nombre",
        "pregunta 3: Nombre del menor",
        "Nombre de la madre",
        "Paciente",
    ],
    "fecha-de-nacimiento": ["Fecha de nacimiento", "FEC_NAC", "F. Nac.", "fecnac"],
    "historia-clinica": ["Historia clínica", "N° HC", "HCL", "hist_clinica", "Nro H.C."],
    "codigo-de-estudiante": ["Código del estudiante"],
    "telefono-o-correo": ["Teléfono", "celular", "E-mail"],
}
INOCENTES = [
    "Nombre del establecimiento",
    "NOMBRE EESS",
    "Nombre de la IE",
    "1. Nombre de la IE",
    "a1_nombre_eess",
    "distrito-nombre",
    "ipress.nombre",
    "1. Anexo: nombre",
    "datos.comunidad-nombre",
    "tipo-documento",
    "6-11 meses",
    "D.L. 1 nombres comunes",
    "Establecimiento",
    "Fecha de corte",
    "Menores de 1 año en padrón",
    "Gestantes atendidas",
    "Estudiantes con discapacidad",
    "Niños de 60 días con DNI y dirección",
    "Código modular",
    "ubicacion/anexo",
    "hogar/miembros",
    "nacidos vivos",
    "Población",
]


@pytest.mark.parametrize(("regla", "titulo"), [(r, t) for r, ts in TITULOS.items() for t in ts])
def test_el_titulo_delata_la_columna(regla: str, titulo: str) -> None:
    assert sena_del_titulo(titulo) == regla


@pytest.mark.parametrize("titulo", [t for t in INOCENTES if "DNI" not in t])
def test_un_titulo_inocente_no_se_confunde(titulo: str) -> None:
    assert sena_del_titulo(titulo) is None


def kobo(ruta: Path, titulo: str, valores: list[object]) -> Path:
    libro = Workbook()
    hoja = libro.active
    hoja.append(["start", "end", "consentimiento", "ubicacion/anexo", "fies/categoria", titulo])
    for i, v in enumerate(valores):
        hoja.append([None, date(2022, 9, 1 + i), "si", "pataz", "leve", v])
    libro.save(ruta)
    return ruta


COLUMNAS = [
    ("observaciones", ["todo bien", "DNI 45678912", "nada"], "numero-de-documento", "45678912"),
    ("codigo", [45678912, 41236547, 40123456], "numero-de-documento", "41236547"),
    ("comentario", ["la casa de Quispe Mamani, Rosa", "", ""], "nombre-de-persona", "Quispe"),
    ("comentario", ["María Huamán no quiso responder", "", ""], "nombre-de-persona", "Huamán"),
    ("comentario", ["HC 20481 sin control", "", ""], "historia-clinica", "20481"),
    (
        "fecha",
        [date(1981, 3, 2), date(1994, 7, 9), date(2003, 1, 30)],
        "fecha-de-nacimiento",
        "1994",
    ),
    ("Fecha de nacimiento", [None, None, None], "fecha-de-nacimiento", "1994"),
]


@pytest.mark.parametrize(("titulo", "valores", "regla", "secreto"), COLUMNAS)
def test_una_encuesta_con_datos_de_personas_no_entra(
    minimo: Proyecto,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    titulo: str,
    valores: list,
    regla: str,
    secreto: str,
) -> None:
    antes, ruta = arbol(minimo.data), kobo(tmp_path / "e.xlsx", titulo, valores)
    assert principal(["--raiz", str(minimo.raiz), "importar", str(ruta), "--si"]) == 1
    dicho = "".join(capsys.readouterr())
    assert regla in dicho and secreto not in dicho
    assert arbol(minimo.data) == antes and [p.name for p in tmp_path.glob("*.xlsx")] == ["e.xlsx"]


def test_la_misma_encuesta_sin_esa_columna_entra(minimo: Proyecto, tmp_path: Path) -> None:
    ruta = kobo(tmp_path / "e.xlsx", "hogar/miembros", [4, 5, 6])
    orden = [
        "--raiz",
        str(minimo.raiz),
        "importar",
        str(ruta),
        "--si",
        "--motivo",
        "Prueba piloto en pocos hogares de un anexo.",
        "--quien",
        "Equipo de campo",
    ]
    assert principal(orden) == 0


@pytest.mark.parametrize("campo", ["nota", "cargo"])
def test_un_nombre_en_la_planilla_la_rechaza(
    minimo: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str], campo: str
) -> None:
    vacia = tmp_path / "v.xlsx"
    principal(
        [
            "--raiz",
            str(minimo.raiz),
            "planilla",
            "--responsable",
            "padrón nominal",
            "--periodo",
            "2026-09",
            "--a",
            str(vacia),
        ]
    )
    celdas = respuestas(vacia, {("M4-K13", "2026-09"): (33, 46)}) | {
        {"nota": "B14", "cargo": "B7"}[campo]: "Rosa Quispe"
    }
    assert (
        principal(
            [
                "--raiz",
                str(minimo.raiz),
                "importar",
                str(llenar(vacia, tmp_path / "l.xlsx", celdas)),
                "--si",
            ]
        )
        == 1
    )
    dicho = capsys.readouterr().err
    assert "nombre-de-persona" in dicho and "Quispe" not in dicho


def test_un_archivo_desconocido_con_nombres_se_rechaza_por_los_nombres(
    minimo: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nomina.csv").write_text(
        "NÓMINA\nDNI;Apellidos y nombres;Grado\n1;a;3\n", encoding="utf-8"
    )
    assert (
        principal(["--raiz", str(minimo.raiz), "importar", str(tmp_path / "nomina.csv"), "--si"])
        == 1
    )
    assert "numero-de-documento" in capsys.readouterr().err


def test_un_titulo_combinado_con_la_celda_de_abajo_tambien_anuncia() -> None:
    arriba = ["UBIGEO", "APELLIDOS Y NOMBRES", "EVALUADOS", ""]
    hoja = Hoja("h", [arriba, ["", "", "Hombres", "Total"], ["130809", "a", 1, 2]])
    (defecto,) = en_tabla(hoja, 2)
    assert defecto.regla == "nombre-de-persona" and defecto.celda
    assert (defecto.celda.fila, defecto.celda.columna) == (2, 2)


def test_el_titulo_de_la_hoja_no_es_el_de_la_columna_sin_titulo() -> None:
    """Así numera pandas las filas que guarda; combinado con la celda de abajo, sí lo es."""
    tabla: list[list[Valor]] = [["", "Establecimiento", "Niños"], [0, "Posta A", 12]]
    arriba: list[Valor] = ["Niños menores de 1 año con DNI"]
    assert list(en_tabla(Hoja("h", [arriba, *tabla]), 2)) == []
    assert list(en_tabla(Hoja("h", [arriba, [], *tabla]), 3)) == []
    combinada = Hoja("h", [["DNI"], *tabla], combinadas=[Rango(1, 1, 2, 1)])
    assert [d.regla for d in en_tabla(combinada, 2)] == ["numero-de-documento"]


def test_lo_que_alguien_respondio_no_es_un_titulo() -> None:
    """La hoja de un grupo repetido que nadie lee no anuncia teléfonos porque diga «Teléfono
    celular».
    """
    titulos = ["activos/cual", "activos/tiene", "_index", "_parent_index"]
    repetida = Hoja("activos", [titulos, ["Teléfono celular", "si", 1, 1], ["Jefe", "no", 2, 1]])
    assert not list(en_hoja_suelta(repetida))
    suya = Hoja("activos", [["hogar/celular", *titulos[1:]], ["987654321", "si", 1, 1]])
    assert [d.regla for d in en_hoja_suelta(suya)] == ["telefono-o-correo"]
    llana = Hoja("h", [["Reporte"], ["Puesto", "Teléfono celular"], ["A", 3]])
    assert [d.regla for d in en_hoja_suelta(llana)] == ["telefono-o-correo"]


@pytest.mark.parametrize("hora", ["2026-01-31T10:10:05", "2026-01-31 10:10:05", "31/1/2026 10:10"])
def test_lo_respondido_tras_una_hora_de_envio_no_es_un_titulo(hora: str) -> None:
    titulos = ["_id", "_submission_time", "_uuid", "activos/cual"]
    hoja = Hoja("h", [titulos, [7, hora, "", "Teléfono celular"]])
    assert not list(en_titulos(hoja))


@pytest.mark.parametrize(
    ("debajo", "senas"),
    [
        ([["", "", "Nombre del jefe de hogar", "Teléfono celular"], [1, 1, "a", 2]], 2),
        ([["Índice", "Índice padre", "p", "Teléfono celular"], [1, 1, "a", 2]], 1),
        ([[1, 1, "a", 2], ["Puesto", "Apellidos y nombres"], ["A", "b"]], 1),
        ([[1, 1, "a", 2], ["", "", "Puesto", "Apellidos y nombres"], ["", "", "A", "b"]], 1),
        ([[1, 1, "a", 2], [], [1, 2, "Puesto", "Apellidos y nombres"]], 1),
        ([[1, 1, "a", 2, "", "Apellidos y nombres"], [2, 1, "a", 2, "", "b"]], 1),
        ([["Parte 1", "Hoja 2", "Nombre del jefe de hogar", "Teléfono celular"]], 2),
        ([[1, 1, "a", 2], ["1. N.°", "2. Parte", "3. Puesto", "Apellidos y nombres"]], 1),
        ([["", "", "Aparato", "Tiene"], [1, 1, "Teléfono celular", 2]], 0),
    ],
)
def test_junto_a_lo_de_kobotoolbox_tambien_se_miran_los_titulos(
    debajo: list[list[object]], senas: int
) -> None:
    """Otra fila de títulos, u otra tabla debajo o al lado, anuncian personas; lo respondido, no."""
    hoja = Hoja("h", [["_index", "_parent_index", "p1", "p2"], *debajo])
    assert len(list(en_titulos(hoja))) == senas
    assert bool(list(en_hoja_suelta(hoja))) == bool(senas)
