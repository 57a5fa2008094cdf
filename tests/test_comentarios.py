"""Lo que se comenta y lo que se responde: se anota, se comprueba, se avisa y se publica sin decir
quién es nadie. Y qué se decidió con qué dato.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from apoyo_actas import Comites, solo_gobernanza
from observatorio.actas.comentarios import Comentario, Decision
from observatorio.actas.libro import leer_libro
from observatorio.actas.modelos import Sello, Sesion
from observatorio.errores import ErrorDeDatos
from observatorio.productos.comites import para_la_sesion, respuestas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

C001 = {
    "codigo": "C001",
    "producto": "kpi/M4-K01",
    "recibido": date(2026, 9, 1),
    "medio": "correo",
    "papel": "establecimiento de salud",
    "que": "La cifra no coincide con la del reporte del semestre",
}
ACOGIDO = {
    "estado": "acogido",
    "criterio": "error-comprobado",
    "respuesta": "Se revisó el reporte y se cambió la ficha",
    "respondido": date(2026, 9, 20),
    "cambio": {"ficha": "M1-K01"},
}
SELLO = Sello(huella_anterior=None, huella_reglas="a" * 64, huella="b" * 64)
SESION = Sesion(comite="impulsor", acta=1, fecha=date(2026, 9, 10), sello=SELLO)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, proyecto_real: Proyecto) -> Comites:
    raiz = tmp_path_factory.mktemp("comentarios")
    return Comites(solo_gobernanza(proyecto_real, raiz))


@pytest.fixture
def comites(base: Comites) -> Iterator[Comites]:
    """Con los dos registros como llegan; lo que se escriba se borra."""
    rutas = (base.proyecto.comentarios, base.proyecto.decisiones)
    antes = [r.read_bytes() for r in rutas]
    yield base
    for ruta, contenido in zip(rutas, antes, strict=True):
        ruta.write_bytes(contenido)


def escritos(c: Comites, ruta: Path, *entradas: dict[str, object]) -> list[ErrorDeDatos]:
    ruta.write_text(yaml.safe_dump(list(entradas), allow_unicode=True), encoding="utf-8")
    errores: list[ErrorDeDatos] = []
    leer_libro(c.proyecto, c.catalogo, errores)
    return errores


@pytest.mark.parametrize(
    ("cambia", "columna", "regla"),
    [
        ({"producto": "kpi/M4-K99"}, "0.producto", "producto-desconocido"),
        ({"recibido": date(2030, 1, 1)}, "0.recibido", "comentario-del-futuro"),
        ({"medio": "sesión"}, "0.sesion", "comentario-sin-sesion"),
        ({"medio": "sesión", "sesion": "impulsor-044"}, "0.sesion", "sesion-desconocida"),
        ({"respuesta": "Ya se vio"}, "0.respuesta", "respuesta-sin-estado"),
        ({"estado": "no acogido"}, "0.estado", "respuesta-incompleta"),
        (ACOGIDO | {"respondido": date(2026, 8, 1)}, "0.respondido", "respuesta-anterior"),
        (ACOGIDO | {"avisado": date(2026, 9, 2)}, "0.avisado", "aviso-anterior"),
        (ACOGIDO | {"criterio": "porque-si"}, "0.criterio", "criterio-desconocido"),
        (ACOGIDO | {"criterio": "sin-sustento"}, "0.criterio", "criterio-que-no-corresponde"),
        (ACOGIDO | {"cambio": None}, "0.cambio", "acogido-sin-cambio"),
        (ACOGIDO | {"cambio": {"ficha": "M4-K01"}}, "0.cambio", "cambio-que-no-consta"),
        (ACOGIDO | {"cambio": {"correccion": "M4-K04 1999"}}, "0.cambio", "cambio-que-no-consta"),
        (ACOGIDO | {"cambio": {"version": "0a1b2c3d"}}, "0.cambio", "cambio-que-no-consta"),
        ({"que": "En Vijus nadie la entiende"}, "0.que", "nombra-un-anexo"),
        ({"papel": "la señora de la bodega"}, "0.papel", "ficha-palabra-no-admitida"),
    ],
)
def test_cada_defecto_con_su_archivo_su_entrada_su_regla_y_su_remedio(
    comites: Comites, cambia: dict[str, object], columna: str, regla: str
) -> None:
    (error,) = escritos(comites, comites.proyecto.comentarios, C001 | cambia)
    assert (error.archivo, error.columna, error.regla) == (
        "data/gobernanza/comentarios.yml",
        columna,
        regla,
    )
    assert error.fila and error.remedio


def test_lo_sano_pasa_y_lo_repetido_no(comites: Comites) -> None:
    sano = C001 | ACOGIDO
    assert escritos(comites, comites.proyecto.comentarios, sano) == []
    repetido = escritos(comites, comites.proyecto.comentarios, sano, sano)
    assert {e.regla for e in repetido} == {"comentario-repetido"}


@pytest.mark.parametrize(
    ("cambia", "regla"),
    [
        ({}, "decision-sin-acta"),
        ({"datos": [{"kpi": "M4-K99", "periodo": "2026"}]}, "kpi-desconocido"),
        ({"datos": []}, None),
        (
            {"resultados": [{"que": "Bajó", "fecha": date(2027, 1, 1), "fuente": "ninguna"}]},
            "fuente-desconocida",
        ),
        ({"resultados": [{"que": "Bajó", "fecha": date(2027, 1, 1)}]}, None),
    ],
)
def test_una_decision_sin_acta_sin_dato_o_sin_evidencia_se_rechaza(
    comites: Comites, cambia: dict[str, object], regla: str | None
) -> None:
    decision = {
        "codigo": "D001",
        "decision": "Visitar primero a quienes tienen anemia",
        "sesion": "estrategico-001",
        "datos": [{"kpi": "M4-K01", "periodo": "2026-S1"}],
    }
    errores = escritos(comites, comites.proyecto.decisiones, decision | cambia)
    assert errores and all(e.archivo == "data/gobernanza/decisiones.yml" for e in errores)
    assert regla is None or regla in {e.regla for e in errores}


def test_un_kpi_reservado_no_entra_en_el_registro_publico(comites: Comites) -> None:
    reservado = next(c for c, k in comites.catalogo.kpis.items() if not k.se_sigue_en_publico)
    decision = {
        "codigo": "D001",
        "decision": "Cuidar a quien mide",
        "sesion": "estrategico-001",
        "datos": [{"kpi": reservado, "periodo": "2026"}],
    }
    errores = escritos(comites, comites.proyecto.decisiones, decision)
    assert "dato-reservado" in {e.regla for e in errores}


def test_de_la_orden_al_registro_y_la_carta_a_quien_comento(
    comites: Comites, capsys: pytest.CaptureFixture[str]
) -> None:
    titulo = comites.proyecto.comentarios.read_text(encoding="utf-8").splitlines()[:3]
    anotar = ("--papel", "escuela", "--que", "No se entiende", "--recibido", "2026-10-01")
    assert comites.orden("comentario", "anotar", "mision/m4-nutricion", *anotar) == 0
    assert comites.orden("comentario", "anotar", "metodologia", *anotar) == 0
    responder = (
        *("comentario", "responder", "C002", "acogido", "--criterio", "no-se-entiende"),
        *("--respuesta", "Se reescribió la ficha", "--fecha", "2026-10-10"),
    )
    sin_cambio = comites.orden(*responder)
    assert sin_cambio == 1 and comites.libro.comentarios[1].estado == "recibido"
    assert comites.orden("comentario", "avisar", "C002", "--fecha", "2026-10-11") == 2
    corta = (*responder[:6], "--respuesta", "Sí", "--fecha", "2026-10-10")
    ajeno = ("--papel", "Juana", "--que", "No se entiende", "--recibido", "2026-10-01")
    capsys.readouterr()
    assert comites.orden(*corta) == 1
    assert comites.orden("comentario", "anotar", "metodologia", *ajeno) == 1
    dicho = "".join(capsys.readouterr())
    assert "mínimo 3 caracteres" in dicho and "«familia o vecindad»" in dicho
    assert "hould" not in dicho and "Juana" not in dicho
    assert comites.orden(*responder, "--ficha", "M1-K01") == 0
    capsys.readouterr()
    assert comites.orden("comentario", "avisar", "C002", "--fecha", "2026-10-11") == 0
    carta = capsys.readouterr().out
    assert "Se reescribió la ficha" in carta and "cambió la ficha de M1-K01" in carta
    assert comites.libro.comentarios[1].avisado == date(2026, 10, 11)
    texto = comites.proyecto.comentarios.read_text(encoding="utf-8")
    assert texto.splitlines()[0] == titulo[0], "el editor sigue sabiendo qué esquema es"
    assert comites.orden("comentario", "responder", "C009", *responder[3:]) == 2


def test_de_una_hoja_entran_todos_o_ninguno(comites: Comites, tmp_path: Path) -> None:
    libro, ruta = Workbook(), tmp_path / "taller.xlsx"
    hoja = libro.active
    hoja.append(["Taller de septiembre"])
    hoja.append(["Producto", "Recibido", "Papel", "Qué", "Firma"])
    hoja.append(["kpi/M4-K01", date(2026, 9, 1), "organización social", "Falta la de 2025", "x"])
    hoja.append(["kpi/M4-K02", date(2026, 9, 1), "escuela", "Me llamo Rosa Quispe Mamani", "x"])
    libro.save(ruta)
    antes = comites.proyecto.comentarios.read_bytes()
    assert comites.orden("comentario", "recibir", str(ruta)) == 1
    assert comites.proyecto.comentarios.read_bytes() == antes
    hoja["D4"] = "No se ve en el teléfono"
    libro.save(ruta)
    assert comites.orden("comentario", "recibir", str(ruta)) == 0
    assert [c.medio for c in comites.libro.comentarios] == ["planilla", "planilla"]


def test_una_hoja_sin_sus_columnas_se_rechaza(comites: Comites, tmp_path: Path) -> None:
    ruta = tmp_path / "otra.csv"
    ruta.write_text("nombre,edad\nx,1\n", encoding="utf-8")
    assert comites.orden("comentario", "recibir", str(ruta)) == 1


@pytest.fixture(scope="module")
def con_comentarios(resultados_reales: Resultados) -> Resultados:
    """Los de verdad, con dos respuestas, una de ellas de un indicador reservado."""
    r = resultados_reales
    reservado = next(c for c, k in r.catalogo.kpis.items() if not k.se_sigue_en_publico)
    publico = Comentario.model_validate(C001 | ACOGIDO)
    abierto = Comentario.model_validate(
        C001 | {"codigo": "C002", "recibido": date(2026, 9, 2), "que": "No se entiende <b>"}
    )
    callado = Comentario.model_validate(
        C001 | ACOGIDO | {"codigo": "C003", "producto": f"kpi/{reservado}", "que": "Canario"}
    )
    kpi = next(
        c
        for c, k in r.catalogo.kpis.items()
        if k.se_sigue_en_publico and not r.de_kpi(c).is_empty()
    )
    periodo = r.de_kpi(kpi).filter(grupo="total", lugar=r.catalogo.territorio.ubigeo)["periodo"][0]
    decision = Decision.model_validate(
        {
            "codigo": "D001",
            "decision": "Visitar primero",
            "sesion": SESION.id,
            "datos": [{"kpi": kpi, "periodo": periodo}],
            "resultados": [
                {"que": "Bajó", "fecha": date(2026, 10, 1), "kpi": kpi, "periodo": periodo}
            ],
        }
    )
    libro = replace(
        r.libro,
        sesiones=(SESION,),
        comentarios=(publico, abierto, callado),
        decisiones=(decision,),
    )
    return replace(r, libro=libro)


def test_se_publica_la_respuesta_y_nada_de_lo_reservado(con_comentarios: Resultados) -> None:
    piezas = respuestas.piezas(con_comentarios)
    assert "Se revisó el reporte" in piezas["respuestas"]
    assert "Cambió la ficha de M1-K01" in piezas["respuestas"]
    publicado = json.dumps(respuestas.como_dict(con_comentarios), ensure_ascii=False)
    for texto in (*piezas.values(), publicado):
        assert "Canario" not in texto and "2026-09-20" not in texto, "el mes, no el día"
    assert (
        "Comentarios anotados: 2. Respondidos: 1, en plazo 1. Por responder: 1, con el"
        in (piezas["comentarios"])
    )
    assert "plazo vencido 1" in piezas["comentarios"]


def test_la_decision_lleva_su_dato_y_su_evidencia_y_no_dice_causa(
    con_comentarios: Resultados,
) -> None:
    html = respuestas.piezas(con_comentarios)["decisiones"]
    assert "Visitar primero" in html and "acta 1, septiembre de 2026" in html
    assert "octubre de 2026" in html and "no prueba que venga de ella" in html


def test_lo_respondido_va_al_boletin_que_sigue_y_no_se_repite(con_comentarios: Resultados) -> None:
    segunda = SESION.model_copy(update={"acta": 2, "fecha": date(2026, 10, 8), "sello": None})
    tercera = segunda.model_copy(update={"acta": 3, "fecha": date(2026, 11, 12)})
    r = replace(
        con_comentarios,
        libro=replace(con_comentarios.libro, sesiones=(SESION, segunda, tercera)),
    )
    dichos = [para_la_sesion.reunir(r, s, {}).respondidos for s in (SESION, segunda, tercera)]
    assert [len(d) for d in dichos] == [0, 1, 0]
    assert "Se revisó el reporte" in dichos[1][0]
