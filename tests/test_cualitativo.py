"""Lo cualitativo: qué se rechaza al entrar, cuánto coinciden los codificadores y qué puede
salir.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from apoyo_pdf import paginas
from observatorio.catalogo import cargar
from observatorio.construir import construir
from observatorio.cualitativo import Relatos, leer, voces_publicables
from observatorio.cualitativo.acuerdo import kappa
from observatorio.cualitativo.lo_publicable import ACTORES
from observatorio.cualitativo.modelos import Tema, Voces
from observatorio.cualitativo.nombres import nombra_a_alguien, nombra_un_anexo
from observatorio.cualitativo.relatos import COLUMNAS_CODIFICACION, COLUMNAS_NARRACION
from observatorio.errores import ErrorDeDatos
from observatorio.presentacion.voces import de_mision
from observatorio.rutas import Proyecto
from recalculo_de_voces import recalcular

LIBRO = """codificadores: [C1, C2]
actores:
  - {id: docente, nombre: Docentes}
  - {id: salud, nombre: Personal de salud}
  - {id: cuidadora, nombre: Madres y cuidadoras}
codigos:
  - {codigo: anemia, mision: m4-nutricion, nombre: Anemia, incluye: Hemoglobina, excluye: Comida}
  - {codigo: comida, mision: m4-nutricion, nombre: Lo que se come, incluye: Lonchera,
     excluye: Anemia}
"""
VISIBLE = "Le doy sangrecita cuando hay fiesta en el pueblo."
CANARIO = "Quetzalcoatlus bailó la marinera con la tetera azul."
NARRACIONES = [
    ("N1", "1308090023", "2026-03-01", "docente", "taller", "analisis", "demostracion", CANARIO),
    ("N2", "1308090002", "2026-03-01", "salud", "taller", "cita", "demostracion", VISIBLE),
    (
        "N3",
        "1308090002",
        "2026-03-02",
        "cuidadora",
        "entrevista",
        "analisis",
        "demostracion",
        "Otro relato cualquiera.",
    ),
    (
        "N4",
        "1308090002",
        "2026-03-02",
        "cuidadora",
        "entrevista",
        "cita",
        "demostracion",
        "La lonchera pterodáctila va sola.",
    ),
]
CODIFICACIONES = [(n, q, "anemia") for n in ("N1", "N2", "N3") for q in ("C1", "C2")] + [
    ("N4", "C1", "comida"),
    ("N4", "C2", "comida"),
]


def escribir(
    proyecto: Proyecto, narraciones: list[tuple], codificaciones: list[tuple], libro: str = LIBRO
) -> None:
    carpeta = proyecto.cualitativo
    carpeta.mkdir(exist_ok=True)
    (carpeta / "codigos.yml").write_text(libro, encoding="utf-8")
    for nombre, cabecera, filas in (
        ("narraciones", COLUMNAS_NARRACION, narraciones),
        ("codificaciones", COLUMNAS_CODIFICACION, codificaciones),
    ):
        with (carpeta / f"{nombre}.csv").open("w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows([cabecera, *filas])


def errores_de(proyecto: Proyecto) -> list[ErrorDeDatos]:
    errores: list[ErrorDeDatos] = []
    assert (leer(proyecto, cargar(proyecto), errores) is None) == bool(errores)
    return errores


def cambiada(fila: int, columna: str, valor: str) -> list[tuple]:
    nuevas = [list(n) for n in NARRACIONES]
    nuevas[fila][COLUMNAS_NARRACION.index(columna)] = valor
    return [tuple(n) for n in nuevas]


@pytest.mark.parametrize(
    ("columna", "valor", "regla"),
    [
        ("lugar", "1308099999", "lugar-desconocido"),
        ("actor", "astronauta", "actor-desconocido"),
        ("medio", "carta", "medio-desconocido"),
        ("consentimiento", "", "sin-consentimiento"),
        ("consentimiento", "si", "sin-consentimiento"),
        ("naturaleza", "inventada", "naturaleza-desconocida"),
        ("fecha", "2026-02-30", "fecha-imposible"),
        ("fecha", "26-03-14", "fecha-imposible"),
        ("fecha", "2099-01-01", "fecha-futura"),
        ("texto", "", "campo-vacio"),
        ("texto", "Llamen al 987654321 por favor.", "numero-de-documento"),
        ("texto", "Eso dijo Rosa Quispe en la reunión.", "nombre-de-persona"),
        ("texto", "En Vijus no hay posta.", "cita-con-lugar"),
        ("texto", "Llame al 944 123 456.", "numero-de-documento"),
    ],
)
def test_una_narracion_mala_se_rechaza_con_su_fila(
    minimo: Proyecto, columna: str, valor: str, regla: str
) -> None:
    escribir(minimo, cambiada(1, columna, valor), CODIFICACIONES)
    assert [(e.regla, e.fila, e.columna) for e in errores_de(minimo)] == [(regla, 3, columna)]


@pytest.mark.parametrize(
    ("sobra", "falta", "regla", "archivo", "fila"),
    [
        ([("N1", "C1", "dragones")], [], "codigo-desconocido", "codificaciones.csv", 10),
        ([("N9", "C1", "anemia")], [], "narracion-desconocida", "codificaciones.csv", 10),
        ([("N1", "C3", "anemia")], [], "codificador-desconocido", "codificaciones.csv", 10),
        ([], [("N3", "C2", "anemia")], "narracion-sin-codificar", "narraciones.csv", 4),
    ],
)
def test_una_codificacion_mala_se_rechaza(
    minimo: Proyecto, sobra: list, falta: list, regla: str, archivo: str, fila: int
) -> None:
    escribir(minimo, NARRACIONES, [c for c in CODIFICACIONES if c not in falta] + sobra)
    assert [(e.regla, Path(e.archivo).name, e.fila) for e in errores_de(minimo)] == [
        (regla, archivo, fila)
    ]


def test_el_libro_malo_se_rechaza_y_todo_se_dice_junto(minimo: Proyecto) -> None:
    libro = LIBRO.replace("codigo: comida, mision: m4-nutricion", "codigo: comida, mision: m9-luna")
    escribir(
        minimo, cambiada(0, "actor", "astronauta"), [*CODIFICACIONES, ("N1", "C1", "anemia")], libro
    )
    hallados = {(e.regla, Path(e.archivo).name, e.fila) for e in errores_de(minimo)}
    assert hallados == {
        ("mision-desconocida", "codigos.yml", 8),
        ("actor-desconocido", "narraciones.csv", 2),
        ("clave-duplicada", "codificaciones.csv", 2),
        ("clave-duplicada", "codificaciones.csv", 10),
    }
    escribir(minimo, NARRACIONES, CODIFICACIONES, LIBRO.replace("[C1, C2]", "[C1]"))
    assert any(e.archivo.endswith("codigos.yml") for e in errores_de(minimo))


def test_sin_carpeta_no_hay_voces_ni_error(minimo: Proyecto) -> None:
    errores: list[ErrorDeDatos] = []
    assert (
        not minimo.cualitativo.exists()
        and leer(minimo, cargar(minimo), errores) is None
        and errores == []
    )
    assert voces_publicables(None, True).temas == ()


def test_con_el_libro_y_sin_tablas_se_espera_la_primera_tanda(minimo: Proyecto) -> None:
    """Quien solo recoge de verdad no tiene narraciones de demostración que poner al lado."""
    escribir(minimo, NARRACIONES, CODIFICACIONES)
    (minimo.cualitativo / "narraciones.csv").unlink()
    (falta,) = errores_de(minimo)
    assert falta.archivo.endswith("narraciones.csv"), "una sola no basta"
    (minimo.cualitativo / "codificaciones.csv").unlink()
    errores: list[ErrorDeDatos] = []
    assert leer(minimo, cargar(minimo), errores) is None and errores == []


def test_kappa_del_ejemplo_hecho_a_mano() -> None:
    """50 decisiones: 20 sí-sí, 5 sí-no, 10 no-sí, 15 no-no. Po = 35/50 = 0.7; Pe = 0.5·0.6 +
    0.5·0.4 = 0.5; κ = 0.2/0.5 = 0.4.
    """
    ids = [f"N{i}" for i in range(50)]
    primero, segundo = {(n, "x") for n in ids[:25]}, {(n, "x") for n in (*ids[:20], *ids[25:35])}
    assert kappa(primero, segundo, ids, ["x"]) == pytest.approx(0.4)
    assert kappa(primero, primero, ids, ["x"]) == 1
    assert (
        kappa(set(), set(), ids, ["x"]) is None
        and kappa({(n, "x") for n in ids}, {(n, "x") for n in ids}, ids, ["x"]) is None
    )


def leidos(proyecto: Proyecto) -> Relatos:
    leido = leer(proyecto, cargar(proyecto), [])
    assert leido is not None
    return leido


def test_se_publica_desde_tres_tipos_de_actor(minimo: Proyecto) -> None:
    escribir(minimo, NARRACIONES, CODIFICACIONES)
    voces = voces_publicables(leidos(minimo), True)
    assert [(t.codigo, t.narraciones, t.protegido) for t in voces.temas] == [
        ("anemia", 3, False),
        ("comida", None, True),
    ]
    assert [c.texto for c in voces.citas] == [VISIBLE]
    escribir(minimo, cambiada(0, "actor", "salud"), CODIFICACIONES)
    assert all(t.protegido for t in voces_publicables(leidos(minimo), True).temas)


def test_solo_cuenta_donde_los_dos_coinciden(minimo: Proyecto) -> None:
    escribir(
        minimo,
        NARRACIONES,
        [*(c for c in CODIFICACIONES if c != ("N3", "C2", "anemia")), ("N3", "C2", "comida")],
    )
    voces = voces_publicables(leidos(minimo), True)
    assert all(t.protegido and t.narraciones is None for t in voces.temas) and voces.citas == ()


def test_sin_demostracion_no_queda_nada_de_demostracion(minimo: Proyecto) -> None:
    escribir(minimo, NARRACIONES, CODIFICACIONES)
    assert voces_publicables(leidos(minimo), False).temas == ()


def test_las_narraciones_del_proyecto(proyecto_real: Proyecto) -> None:
    leido = leidos(proyecto_real)
    voces = voces_publicables(leido, True)
    assert leido.narraciones.height == 120 and leido.narraciones["texto"].n_unique() == 120
    assert {t.mision for t in voces.temas} == {m.slug for m in cargar(proyecto_real).misiones}
    assert all(x.naturaleza == "demostracion" for x in (*voces.temas, *voces.citas))
    assert any(t.protegido for t in voces.temas) and 0.61 <= (voces.acuerdo or {})[""] <= 0.8
    permitidos = set(leido.narraciones.filter(pl.col("consentimiento") == "cita")["texto"])
    assert {c.texto for c in voces.citas} <= permitidos and len(
        {c.mision for c in voces.citas}
    ) == 7


def test_los_recuentos_salen_igual_por_otro_camino(proyecto_real: Proyecto) -> None:
    leido = leidos(proyecto_real)
    assert {t.codigo: t.narraciones for t in voces_publicables(leido, True).temas} == recalcular(
        proyecto_real.cualitativo, ACTORES
    )


def contenido(ruta: Path) -> str:
    if ruta.suffix == ".pdf":
        return " ".join(paginas(ruta)).replace("\n", " ")
    return ruta.read_bytes().decode("utf-8", errors="replace")


def test_lo_reservado_no_llega_a_ningun_byte_publicado(
    construido: Proyecto, cambiar: Callable
) -> None:
    """Ni texto sin permiso, ni texto de un tema protegido, ni el identificador, lugar o tipo de
    actor de quien habló.
    """
    narraciones = [(f"NARR{n[0]}", *n[1:]) for n in NARRACIONES]
    libro = LIBRO.replace("cuidadora", "actor-canario")
    narraciones = [
        tuple("actor-canario" if x == "cuidadora" else x for x in n) for n in narraciones
    ]
    escribir(construido, narraciones, [(f"NARR{n}", q, c) for n, q, c in CODIFICACIONES], libro)
    construir(construido, "embebido")
    publicado = {p: contenido(p) for p in construido.sitio.resolve().rglob("*") if p.is_file()}
    for canario in ("Quetzalcoatlus", "tetera azul", "pterodáctila", "NARRN", "actor-canario"):
        assert [p.name for p, texto in publicado.items() if canario in texto] == []
    con_cita = {p.name for p, texto in publicado.items() if "sangrecita" in texto}
    assert {"index.html", "boletin.pdf", "indicadores.ipynb"} <= con_cita
    assert not any("temas" in n for n in con_cita)
    temas = pl.read_csv(construido.sitio / "datos" / "temas.csv")
    assert temas.rows_by_key("codigo", named=True, unique=True)["comida"]["narraciones"] is None
    assert set(temas.columns).isdisjoint({"lugar", "actor", "texto", "fecha"})


@pytest.mark.parametrize(
    "texto",
    [
        "En NIMPANA no hay agua.",
        "Allá en shicun no hay agua.",
        "vijus queda lejos",
        "en los alisos falta agua",
        "La gente de Karola no baja.",
        "Subimos a SANTA  FILOMENA.",
    ],
)
def test_una_cita_no_dice_un_anexo_con_ninguna_ortografia(
    proyecto_real: Proyecto, texto: str
) -> None:
    assert nombra_un_anexo(cargar(proyecto_real).territorio)(texto)


@pytest.mark.parametrize(
    "texto",
    [
        "Acá en Pataz falta agua.",
        "Los vecinos de la quebrada no bajan.",
        "El antapitano viene poco.",
    ],
)
def test_el_territorio_y_las_palabras_parecidas_si_pueden_decirse(
    proyecto_real: Proyecto, texto: str
) -> None:
    assert not nombra_un_anexo(cargar(proyecto_real).territorio)(texto)


@pytest.mark.parametrize(
    ("texto", "nombra"),
    [
        ("Don Eusebio me contó que no hay agua.", True),
        ("Mi vecino Fortunato Choquehuanca lo sabe.", True),
        ("Fortunato Choquehuanca lo sabe.", True),
        ("La profesora Hermelinda Ticlla no viene.", True),
        ("Mi hija Yoselin se enfermó.", True),
        ("Me dijo Eusebia Ccopa que no.", True),
        ("La Sra. Ccopa no baja.", True),
        ("Ya va por el tercer profesor. Cuando se acostumbra, se va.", False),
        ("Voy donde mi hermana. Mi casa es de adobe.", False),
        ("En Pataz no hay agua, en Vista Florida sí.", False),
        ("Acá en La Libertad llueve poco.", False),
        ("La UGEL no vino.", False),
        ("Al señor alcalde no lo vemos.", False),
    ],
)
def test_un_relato_no_nombra_a_nadie(proyecto_real: Proyecto, texto: str, nombra: bool) -> None:
    assert nombra_a_alguien(cargar(proyecto_real).territorio)(texto) is nombra


@pytest.mark.parametrize(
    ("texto", "nombra"),
    [
        ("Luis vino ayer con el carro.", True),
        ("Ayer vino Wilmer con su carga.", True),
        ("Por ahí anda Mercedes, sola.", True),
        ("A Yoselin no la atendieron.", True),
        ("Gloria a Dios que llovió.", False),
        ("La Virgen María nos cuida.", False),
        ("El señor de Mayo sale en procesión.", False),
        ("En la quebrada Pablo hay agua.", False),
        ("Mi abuela ya no puede, y el profesor tampoco.", False),
    ],
)
def test_un_nombre_de_pila_solo_tambien_senala(
    texto: str, nombra: bool, proyecto_real: Proyecto
) -> None:
    assert nombra_a_alguien(cargar(proyecto_real).territorio)(texto) is nombra


def test_lo_que_cuenta_la_gente_dice_su_origen_en_la_pagina_y_en_el_boletin() -> None:
    v = Voces((Tema("agua", "m", "Agua", 5, False, "documentado"),), (), {"m": 0.7}, 40, "2026-08")
    pieza = de_mision(v)
    for texto in (pieza.html, pieza.typst.replace("\\", "")):
        assert (
            "Talleres y entrevistas del observatorio, hasta 2026-08; leídas por dos personas;"
            " pendiente de aprobación." in texto
        )
