"""El calendario que se propone: sin feriados, desde el mes que toca y nunca en el pasado."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml
from pydantic import ValidationError

from observatorio.actas.calendario import proponer
from observatorio.actas.escribir import con_las_previstas
from observatorio.actas.modelos import Calendario, SesionPrevista
from observatorio.catalogo import cargar
from observatorio.catalogo.feriados import Feriado, del_anio
from observatorio.catalogo.gobernanza import Gobernanza
from observatorio.catalogo.territorio import Territorio
from observatorio.rutas import Proyecto


@pytest.fixture(scope="module")
def reglas(proyecto_real: Proyecto) -> tuple[Gobernanza, Territorio]:
    catalogo = cargar(proyecto_real)
    assert catalogo.gobernanza
    return catalogo.gobernanza, catalogo.territorio


def meses(gobernanza: Gobernanza, comite: str, anio: int, **de_que: object) -> list[int]:
    return [p.fecha.month for p in proponer(gobernanza, anio, **de_que) if p.comite == comite]


def test_la_pascua_de_estos_anios_es_la_del_calendario(
    reglas: tuple[Gobernanza, Territorio],
) -> None:
    """Jueves santo, según el calendario litúrgico."""
    santos = {2026: "04-02", 2027: "03-25", 2028: "04-13", 2029: "03-29", 2030: "04-18"}
    for anio, dia in santos.items():
        caen = del_anio(reglas[1].feriados, anio)
        assert caen[date.fromisoformat(f"{anio}-{dia}")] == "Jueves Santo"


def test_en_treinta_anios_ninguna_sesion_cae_en_feriado_ni_en_fin_de_semana(
    reglas: tuple[Gobernanza, Territorio],
) -> None:
    gobernanza, territorio = reglas
    movidas = 0
    for anio in range(2026, 2056):
        fiestas = del_anio(territorio.feriados, anio)
        for p in proponer(gobernanza, anio, territorio.feriados):
            assert p.fecha not in fiestas and p.fecha.weekday() < 5, p
            assert (p.motivo is None) == (p.fecha.weekday() == 3), p
            movidas += p.motivo is not None
    assert movidas > 30, "si ninguna se moviera, la prueba no diría nada"


def test_el_jueves_santo_pasa_al_lunes_y_se_dice_por_que(
    reglas: tuple[Gobernanza, Territorio],
) -> None:
    gobernanza, territorio = reglas
    de_marzo = next(
        p
        for p in proponer(gobernanza, 2027, territorio.feriados)
        if p.comite == "estrategico" and p.fecha.month == 3
    )
    assert de_marzo.fecha == date(2027, 3, 29)
    assert de_marzo.motivo == "El jueves 25 de marzo es feriado: Jueves Santo."


def test_los_meses_siguen_a_la_ultima_sesion(reglas: tuple[Gobernanza, Territorio]) -> None:
    gobernanza, _ = reglas
    assert meses(gobernanza, "especializado", 2028) == [2, 4, 6, 8, 10, 12]
    noviembre = {"especializado": date(2027, 11, 18), "estrategico": date(2027, 11, 25)}
    assert meses(gobernanza, "especializado", 2028, ultimas=noviembre) == [1, 3, 5, 7, 9, 11]
    assert meses(gobernanza, "estrategico", 2028, ultimas=noviembre) == [2, 5, 8, 11]
    hace_mucho = {"estrategico": date(2025, 1, 9)}
    assert meses(gobernanza, "estrategico", 2028, ultimas=hace_mucho) == [1, 4, 7, 10]


def test_nada_se_propone_en_el_pasado(reglas: tuple[Gobernanza, Territorio]) -> None:
    gobernanza, territorio = reglas
    corte = territorio.fecha_corte
    propuestas = proponer(gobernanza, corte.year, territorio.feriados, desde=corte)
    assert propuestas and all(p.fecha > corte for p in propuestas)
    assert min(p.fecha for p in propuestas) < corte + timedelta(days=31), "empieza el mes que sigue"


def test_el_calendario_del_repositorio_no_cae_en_feriado(
    proyecto_real: Proyecto, reglas: tuple[Gobernanza, Territorio]
) -> None:
    dicho = yaml.safe_load(proyecto_real.calendario_de_sesiones.read_text(encoding="utf-8"))
    fiestas = del_anio(reglas[1].feriados, 2027)
    assert dicho["sesiones"] and not [s for s in dicho["sesiones"] if s["fecha"] in fiestas]


@pytest.mark.parametrize(
    ("mal", "dice"),
    [
        ({"nombre": "Nada"}, "uno de los dos"),
        ({"nombre": "Los dos", "dia": "01-01", "pascua": 1}, "uno de los dos"),
        ({"nombre": "Febrero", "dia": "02-30"}, "ese día no existe"),
        ({"nombre": "Al revés", "dia": "28/07"}, "dia"),
    ],
)
def test_un_feriado_mal_escrito_se_rechaza(mal: dict[str, object], dice: str) -> None:
    with pytest.raises(ValidationError, match=dice):
        Feriado.model_validate(mal)


def test_un_29_de_febrero_solo_cae_los_bisiestos() -> None:
    bisiesto = Feriado.model_validate({"nombre": "Bisiesto", "dia": "02-29"})
    assert bisiesto.en(2028) == date(2028, 2, 29) and bisiesto.en(2027) is None


def test_una_sesion_va_una_sola_vez_en_el_calendario() -> None:
    una = {"comite": "impulsor", "fecha": "2027-01-14"}
    otra = una | {"comite": "estrategico"}
    assert len(Calendario.model_validate({"sesiones": [una, otra]}).sesiones) == 2
    with pytest.raises(ValidationError, match="deje una de impulsor el 2027-01-14"):
        Calendario.model_validate({"sesiones": [una, otra, una]})


EDITADO = """\
# Cuándo toca sesionar.
estado: propuesta
sesiones:
  - comite: impulsor
    fecha: 2028-01-13
  # Se movió por la huelga.
  - comite: impulsor
    fecha: 2028-02-17   # jueves
    motivo: "Huelga"
"""


def test_un_anio_anterior_se_intercala_sin_mover_lo_escrito_ni_sus_comentarios() -> None:
    dias = [date(2029, 1, 11), date(2027, 12, 9), date(2028, 1, 27), date(2027, 11, 11)]
    nuevas = [SesionPrevista(comite="estrategico", fecha=d) for d in dias]
    texto = con_las_previstas(EDITADO, nuevas)
    dichas = [s["fecha"] for s in yaml.safe_load(texto)["sesiones"]]
    assert dichas == sorted([*dias, date(2028, 1, 13), date(2028, 2, 17)])
    comentada = EDITADO[EDITADO.index("  # Se movió") :]
    assert comentada in texto and texto.startswith(EDITADO[: EDITADO.index("  - comite")])
    puestas = [linea for linea in texto.splitlines() if linea not in EDITADO.splitlines()]
    assert len(puestas) == 2 * len(dias), "lo demás, letra por letra"
    assert con_las_previstas(EDITADO, []) == EDITADO
