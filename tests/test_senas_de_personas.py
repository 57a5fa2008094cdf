"""Qué se reconoce como seña de una persona en un texto, y qué cifras y nombres propios no lo
son.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from observatorio.datos.nombres import parece_nombre
from observatorio.datos.personas import SENAS, primera_sena
from observatorio.datos.textos_libres import senas_en_textos
from observatorio.rutas import Proyecto

SENALAN = {
    "numero-de-documento": [
        "visto 45678901 ayer",
        "45.678.901",
        "45-678-901",
        "4567 8901",
        "45 678 901",
        "45\u00a0678\u00a0901",
        "D.N.I. 4567 8901",
        "doc. identidad N° 45 678 901",
        "45678901-2",
        "45678901/M",
        "visto 45678901, 2 veces",
        "CUI 4567890123",
        "pasaporte A1234567",
        "987 654 321",
        "987-654-321",
        "+51 987 654 321",
        "DNI 45678901 soles",
        "vino el 12 de mayo 45678901",
        "r-45678901 y r-45678901abc",
    ],
    "historia-clinica": [
        "HC-12345",
        "HC 20481 sin control",
        "NHC 12345",
        "hist. clín. 12345",
        "historia clínica N° 3310",
    ],
    "fecha-de-nacimiento": [
        "F.N. 12/05/2019",
        "F. de N. 12/05/2019",
        "nació 12 mayo 2019",
        "nació el 12 de mayo",
        "fecha de nacimiento: 2019-05-12",
    ],
    "nombre-de-persona": [
        "Nélida Chuquizuta Ocampo",
        "J. Pérez",
        "Lic. Carla Quiroz",
        "María Huamán no quiso",
        "la casa de Quispe Mamani, Rosa",
        "Sra. Brizaida Tantaquilla",
    ],
    "correo-personal": ["escribir a carla.q@correo.pe"],
}
NO_SENALAN = [
    "Hospital Luis Flores",
    "Convenio Ramos Castillo",
    "I.E. José Olaya",
    "12345678 soles",
    "12 345 678 soles",
    "12.345.678 soles",
    "S/ 12345678",
    "12,345,678",
    "RENIPRESS 00005123",
    "código modular 0990012",
    "UBIGEO 1308090001",
    "DEMO-00090001",
    "data/recibos/r-45678901ab/observaciones.csv",
    "de 2024-01-31 a 2025-02-28",
    "31-07-2025",
    "2024-2025",
    "meta 2030 - 1250 hogares",
    "En 2025 1250 atendidos",
    "120, 130, 140",
    "45.3333333333",
    "0.12345678",
    "San Juan Bautista",
    "Puesto de salud de Nimpana",
    "edad:10-14",
    "en Julio Red de Salud",
    "FN 3",
]


@pytest.mark.parametrize(("regla", "texto"), [(r, t) for r, ts in SENALAN.items() for t in ts])
def test_se_reconoce(regla: str, texto: str) -> None:
    assert primera_sena([texto]) == [regla] and regla in SENAS


@pytest.mark.parametrize("texto", NO_SENALAN)
def test_no_se_confunde(texto: str) -> None:
    assert primera_sena([texto]) == [None]


@pytest.mark.parametrize(
    ("texto", "es"),
    [
        ("Nélida Chuquizuta", True),
        ("CHUQUIZUTA OCAMPO NÉLIDA", True),
        ("Brizaida de la Cruz Tantaquilla", True),
        ("Red de Salud", False),
        ("Comité Impulsor", False),
        ("Agencia Agraria Pataz", False),
        ("Responsable de estadística", False),
        ("UGEL Pataz", False),
    ],
)
def test_donde_va_un_cargo_no_va_un_nombre(texto: str, es: bool) -> None:
    assert parece_nombre(texto) is es


def test_los_textos_del_proyecto_no_senalan_a_nadie(proyecto_real: Proyecto) -> None:
    assert list(senas_en_textos(proyecto_real)) == []


@pytest.mark.parametrize(
    "tabla",
    [
        "quién,nota\nPeña,DNI 45678912\n".encode("cp1252"),
        "quién;nota\nPeña;DNI 45678912\n".encode("utf-16"),
        'quién,nota\n"Peña,DNI 45678912\n'.encode(),
        b"a,b\n\x81\x8d\x00,DNI 45678912\n",
    ],
    ids=["como lo guarda Excel", "en UTF-16", "con una comilla sin cerrar", "que no se entiende"],
)
def test_una_tabla_que_nadie_lee_se_mira_este_como_este(tmp_path: Path, tabla: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/otra.csv").write_bytes(tabla)
    (hallada,) = senas_en_textos(Proyecto(tmp_path))
    assert (hallada.archivo, hallada.fila, hallada.valor) == ("data/otra.csv", 2, None)


@pytest.mark.parametrize(
    "ficha",
    [
        b"titulo: [sin cerrar\nnota: DNI 45678912\nsha256: 45678912\n",
        "titulo: año\nnota: DNI 45678912\n".encode("cp1252"),
        b"\ttitulo: x\n- DNI 45678912\n",
    ],
    ids=["mal escrita", "como la guarda el Bloc de notas", "con tabuladores"],
)
def test_una_ficha_que_nadie_lee_se_mira_este_como_este(tmp_path: Path, ficha: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/otra.yml").write_bytes(ficha)
    (hallada,) = senas_en_textos(Proyecto(tmp_path))
    assert (hallada.archivo, hallada.fila, hallada.valor) == ("data/otra.yml", 2, None)


def test_una_ficha_mal_escrita_no_acusa_a_sus_lugares(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/otra.yml").write_text(
        "titulo: [sin cerrar\n"
        '- {codigo: "1308090089", nombre: Vista Florida, lat: -7.809842, lon: -77.609597}\n'
        "monto: 45678912\n"
        '"sha256": 45678912\n',
        encoding="utf-8",
    )
    assert list(senas_en_textos(Proyecto(tmp_path))) == []
