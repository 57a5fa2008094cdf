"""El plan de recojo: qué vence, qué llegó, qué se atrasó; lo que escriben las personas se respeta;
calendarios válidos.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import polars as pl
import pytest
import yaml
from icalendar import Calendar

from observatorio.base.periodos import FORMA
from observatorio.catalogo import Catalogo, cargar
from observatorio.catalogo.formas import institucion
from observatorio.catalogo.plan_de_recojo import (
    Descargo,
    Plan,
    Retiro,
    dato_de,
    entregas,
    fin_de,
    leer_plan,
    periodos,
    periodos_dentro,
    plan_del_catalogo,
)
from observatorio.cli import principal
from observatorio.errores import DatosInvalidos
from observatorio.productos import plan as productos
from observatorio.recojo.calendario import eventos, ics
from observatorio.recojo.seguimiento import atrasadas, del_proyecto, escrita, seguir
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import pasar


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


@pytest.mark.parametrize(
    ("frecuencia", "desde", "hay"),
    [
        ("mensual", None, ["2026-01", "2026-02", "2026-03"]),
        ("trimestral", None, ["2026-T1"]),
        ("semestral", None, []),
        ("anual", None, []),
    ],
)
def test_periodos_que_terminan_en_un_trimestre(
    frecuencia: str, desde: str | None, hay: list[str]
) -> None:
    assert periodos_dentro(frecuencia, desde, "2026-T1") == hay


def test_los_bienales_siguen_sus_anios() -> None:
    assert list(periodos("bienal", "2021", 2019 * 12, 2027 * 12)) == [
        "2019",
        "2021",
        "2023",
        "2025",
    ]
    assert list(periodos("bienal", "2020", 2019 * 12, 2027 * 12)) == [
        "2020",
        "2022",
        "2024",
        "2026",
    ]


@pytest.mark.parametrize(
    ("periodo", "fin"),
    [
        ("2026", date(2026, 12, 31)),
        ("2026-S1", date(2026, 6, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2026-T4", date(2026, 12, 31)),
    ],
)
def test_fin_de_un_periodo(periodo: str, fin: date) -> None:
    assert fin_de(periodo) == fin


def test_vence_con_su_plazo_y_la_prorroga_manda(catalogo: Catalogo) -> None:
    dato = dato_de(catalogo.kpis["M4-K03"])
    plan = Plan(anio=2026, datos={"M4-K03": dato})
    assert plan.vence("M4-K03", "2026-S1") == date(2026, 9, 13)
    propio = dato.model_copy(update={"plazo_dias": 10, "prorrogas": {"2026-S1": date(2026, 12, 1)}})
    plan = Plan(anio=2026, datos={"M4-K03": propio})
    assert [(e.periodo, e.vence) for e in entregas(plan)] == [
        ("2025-S2", date(2026, 1, 10)),
        ("2026-S1", date(2026, 12, 1)),
    ]


def test_las_situaciones_a_la_fecha_de_corte(catalogo: Catalogo) -> None:
    plan = Plan(
        anio=2026, datos={"M4-K11": dato_de(catalogo.kpis["M4-K11"], ("distrito", "anexos"))}
    )
    lugares = [catalogo.territorio.ubigeo, *(a.codigo for a in catalogo.territorio.anexos)]
    llegadas = {("M4-K11", "2026-07", x, "") for x in lugares} | {
        ("M4-K11", "2026-08", x, "") for x in lugares[:3]
    }
    no_medidas = {("M4-K11", "2026-06", x, "") for x in lugares}
    hay = {
        s.entrega.periodo: (s.situacion, s.recibidas, s.esperadas)
        for s in seguir(plan, catalogo, llegadas, no_medidas, {})
    }
    assert (
        hay["2026-06"] == ("no se midió", 0, 16)
        and hay["2026-07"] == ("recibido", 16, 16)
        and hay["2026-08"] == ("incompleto", 3, 16)
    )
    assert (
        hay["2026-09"][0] == "atrasado" and hay["2026-10"][0] == hay["2026-11"][0] == "por llegar"
    )


def test_lo_inventado_no_se_da_por_entregado(catalogo: Catalogo) -> None:
    plan = Plan(anio=2026, datos={"M4-K11": dato_de(catalogo.kpis["M4-K11"])})
    llegadas = {("M4-K11", p, catalogo.territorio.ubigeo, "") for p in ("2026-06", "2026-07")}
    seguidas = seguir(
        plan,
        catalogo,
        llegadas,
        set(),
        {},
        de_demostracion={("M4-K11", "2026-06", catalogo.territorio.ubigeo, "")},
    )
    assert {s.entrega.periodo: escrita(s) for s in seguidas if s.recibidas} == {
        "2026-06": "recibido (demostración)",
        "2026-07": "recibido",
    }
    (suyos,) = eventos(plan, seguidas).values()
    falso, cierto = (
        next(e for e in suyos if s in e.detalle) for s in ("junio de 2026", "julio de 2026")
    )
    assert (
        falso.titulo.startswith("Entregar")
        and not falso.hecho
        and "(demostración)" in falso.detalle
    )
    assert (
        cierto.titulo.startswith("✓ Entregado")
        and cierto.hecho
        and "demostración" not in cierto.detalle
    )


def test_el_plan_del_proyecto_cubre_el_catalogo_y_sus_formas(
    proyecto_real: Proyecto, catalogo: Catalogo
) -> None:
    escrito = yaml.safe_load(
        (proyecto_real.data / "plan-de-recojo.yml").read_text(encoding="utf-8")
    )
    assert list(escrito["datos"]) == list(catalogo.kpis)
    catalogo_, validacion = pasar(proyecto_real)
    _, seguidas = del_proyecto(catalogo_, validacion)
    assert {s.situacion for s in seguidas} >= {
        "recibido",
        "incompleto",
        "atrasado",
        "por llegar",
        "no puede llegar",
    }


def test_generar_respeta_lo_escrito_y_repone_lo_que_falta(copia: Proyecto, cambiar) -> None:
    ruta = copia.data / "plan-de-recojo.yml"
    original = ruta.read_text(encoding="utf-8")
    assert principal(["--raiz", str(copia.raiz), "plan", "--generar"]) == 0
    assert ruta.read_text(encoding="utf-8") == original
    cambiar(
        ruta,
        "responsable: Red de Salud Pataz\n",
        "responsable: Licenciada de turno   # cambió en julio\n    plazo_dias: 33\n",
    )
    inicio, fin = (t := ruta.read_text(encoding="utf-8")).index("  M4-K02:"), t.index("  M4-K03:")
    ruta.write_text(t[:inicio] + t[fin:], encoding="utf-8")
    assert principal(["--raiz", str(copia.raiz), "plan", "--generar"]) == 0
    nuevo = ruta.read_text(encoding="utf-8")
    assert (
        "# cambió en julio" in nuevo
        and "plazo_dias: 33" in nuevo
        and nuevo.startswith(original[:200])
    )
    assert list(yaml.safe_load(nuevo)["datos"]) == list(yaml.safe_load(original)["datos"])


def test_sin_archivo_el_plan_sale_del_catalogo(copia: Proyecto) -> None:
    (copia.data / "plan-de-recojo.yml").unlink()
    catalogo = cargar(copia)
    assert leer_plan(copia, catalogo) == plan_del_catalogo(catalogo)
    assert principal(["--raiz", str(copia.raiz), "plan", "--generar"]) == 0
    assert leer_plan(copia, catalogo).datos["M4-K05"].informan == (
        "distrito",
        "establecimiento de salud",
    )


@pytest.mark.parametrize(
    ("antes", "despues", "regla"),
    [
        ("frecuencia: semestral", "frecuencia: mensual", "plan-frecuencia"),
        ("fuente: sien-his", "fuente: inventada", "fuente-desconocida"),
        ("origen: secundaria", "origen: terciaria", "ficha-palabra-no-admitida"),
    ],
)
def test_un_plan_malo_dice_linea_y_regla(
    copia: Proyecto, cambiar, antes: str, despues: str, regla: str
) -> None:
    cambiar(copia.data / "plan-de-recojo.yml", antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        leer_plan(copia, cargar(copia))
    (error,) = e.value.errores
    assert error.regla == regla and error.fila and error.archivo == "data/plan-de-recojo.yml"


def test_la_orden_dice_lo_atrasado_y_sale_bien(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["--raiz", str(proyecto_real.raiz), "plan"]) == 0
    lineas = capsys.readouterr().out.splitlines()
    assert (
        all(linea.startswith(("atrasado", "incompleto")) for linea in lineas[:-1])
        and "fecha de corte (2026-10-31)" in lineas[-1]
    )


def test_los_calendarios_son_validos_y_estables(proyecto_real: Proyecto) -> None:
    catalogo, validacion = pasar(proyecto_real)
    plan, seguidas = del_proyecto(catalogo, validacion)
    lista = eventos(plan, seguidas)
    assert sum(len(e) for e in lista.values()) > 100
    for responsable, suyos in lista.items():
        crudo = ics(catalogo.territorio, responsable, suyos)
        assert crudo == ics(catalogo.territorio, responsable, suyos)
        assert all(
            len(linea) <= 75 for linea in crudo.split(b"\r\n")
        ) and b"\n" not in crudo.replace(b"\r\n", b"")
        leido = Calendar.from_ical(crudo)
        assert leido["version"] == "2.0" and leido["prodid"] and not leido.errors
        de_evento = leido.walk("VEVENT")
        assert len({str(v["uid"]) for v in de_evento}) == len(suyos) == len(de_evento)
        assert [v.decoded("dtstart") for v in de_evento] == sorted(e.dia for e in suyos)
        assert all("dtstamp" in v and v.decoded("dtend") > v.decoded("dtstart") for v in de_evento)


def con_cambios(catalogo: Catalogo, **campos: object) -> Plan:
    dato = dato_de(catalogo.kpis["M4-K11"])
    return Plan(anio=2026, datos={"M4-K11": dato.model_copy(update=campos)})


def test_lo_que_no_puede_llegar_no_es_un_atraso_y_dice_por_que(catalogo: Catalogo) -> None:
    plan = con_cambios(catalogo, no_puede_llegar="La oficina cerró")
    hay = seguir(plan, catalogo, {("M4-K11", "2026-05", catalogo.territorio.ubigeo, "")}, set(), {})
    assert {s.situacion for s in hay} == {"recibido", "no puede llegar"}
    assert not atrasadas(hay)
    assert {escrita(s) for s in hay if s.motivo} == {"no puede llegar: La oficina cerró"}
    sin_cifra = catalogo.fuentes["evaluacion-minedu"]
    assert not sin_cifra.cobertura_distrital
    por_fuente = seguir(
        con_cambios(catalogo, fuente="evaluacion-minedu"), catalogo, set(), set(), {}
    )
    assert {s.situacion for s in por_fuente} == {"no puede llegar"}
    assert all("cifra del lugar" in s.motivo for s in por_fuente)


def test_en_el_proyecto_ningun_atraso_es_de_una_fuente_sin_cifra_del_distrito(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    seguidas = productos.seguimiento(r)
    sin_cifra = {
        c for c, d in r.plan.datos.items() if not r.catalogo.fuentes[d.fuente].cobertura_distrital
    }
    assert {"M2-K04", "M2-K20"} <= sin_cifra
    assert not {s.entrega.kpi for s in atrasadas(seguidas)} & sin_cifra
    pieza = productos.piezas(r, seguidas)["plan-no-llegan"]
    assert "M2-K04" in pieza and "no da una cifra del lugar" in pieza
    assert "hace " not in pieza


def test_lo_retirado_deja_de_pedirse_desde_su_periodo(catalogo: Catalogo) -> None:
    plan = con_cambios(catalogo, retiro=Retiro(desde="2026-T3", motivo="Lo reemplaza otro"))
    hay = {s.entrega.periodo: s.situacion for s in seguir(plan, catalogo, set(), set(), {})}
    assert hay["2026-08"] == "atrasado"
    assert hay["2026-09"] == hay["2026-10"] == "retirado"


def test_el_descargo_va_al_lado_del_atraso(
    catalogo: Catalogo, resultados_reales: Resultados
) -> None:
    descargo = Descargo(
        fecha=date(2026, 9, 20), texto="Sin señal <b>desde</b> agosto", documento="Oficio 12-2026"
    )
    plan = con_cambios(catalogo, descargos={"2025-12": descargo})
    r = dataclasses.replace(resultados_reales, plan=plan)
    seguidas = seguir(plan, catalogo, set(), set(), {})
    assert (atrasadas(seguidas)[0].entrega.periodo, atrasadas(seguidas)[0].descargo) == (
        "2025-12",
        descargo,
    )
    dicho = "Oficio 12-2026): Sin señal"
    pieza = productos._tabla_atrasadas(r, plan, seguidas)
    assert f"{dicho} &lt;b&gt;desde&lt;/b&gt; agosto" in pieza
    assert dicho in productos.archivos(r, seguidas, {})[0]["plan.csv"].decode()


def test_un_descargo_de_un_periodo_que_no_vence_se_rechaza(copia: Proyecto, cambiar) -> None:
    cambiar(
        copia.data / "plan-de-recojo.yml",
        "    informan: [distrito, anexos]\n",
        "    informan: [distrito, anexos]\n"
        "    descargos: {'2026': {fecha: 2026-09-20, texto: Sin señal}}\n",
    )
    with pytest.raises(DatosInvalidos) as e:
        leer_plan(copia, cargar(copia))
    assert [(x.regla, x.valor) for x in e.value.errores] == [("descargo-sin-entrega", "2026")]
    assert "2025" in e.value.errores[0].remedio


@pytest.mark.parametrize(
    ("nombre", "es"),
    [
        ("Red de Salud, área de epidemiología", True),
        ("Secretaría general de la municipalidad", True),
        ("Direcciones de las escuelas", True),
        ("Asociación, coordinación de juventudes", True),
        ("Especialistas de primaria, UGEL", True),
        ("Encargado del vivero municipal", False),
        ("Red de Salud, responsable de epidemiología", False),
        ("Jefa de la oficina de personal", False),
        ("Municipalidad con el alcalde", False),
        ("Ing. de la municipalidad", False),
    ],
)
def test_responde_una_institucion_y_no_quien_ocupa_un_puesto(nombre: str, es: bool) -> None:
    if es:
        assert institucion(nombre) == nombre
    else:
        with pytest.raises(ValueError, match="diga la oficina"):
            institucion(nombre)


def de_calendario(catalogo: Catalogo, plan: Plan, llegadas: set = frozenset()) -> dict:
    """UID → evento del calendario del único responsable."""
    ((responsable, suyos),) = eventos(plan, seguir(plan, catalogo, llegadas, set(), {})).items()
    crudo = ics(catalogo.territorio, responsable, suyos)
    return {str(v["uid"]): v for v in Calendar.from_ical(crudo).walk("VEVENT")}


def test_un_evento_que_cambia_dice_ser_posterior(catalogo: Catalogo) -> None:
    plan = con_cambios(catalogo)
    antes = de_calendario(catalogo, plan)
    llegada = {("M4-K11", "2026-06", catalogo.territorio.ubigeo, "")}
    con_descargo = con_cambios(
        catalogo, descargos={"2026-06": Descargo(fecha=date(2026, 9, 20), texto="Sin señal")}
    )
    anulado = con_cambios(catalogo, no_puede_llegar="La oficina cerró")
    avanzado = catalogo.territorio.model_copy(update={"fecha_corte": date(2026, 11, 30)})
    casos = {
        "llegó": de_calendario(catalogo, plan, llegada),
        "descargo": de_calendario(catalogo, con_descargo),
        "anulado": de_calendario(catalogo, anulado),
        "otra fecha de corte": de_calendario(
            dataclasses.replace(catalogo, territorio=avanzado), plan
        ),
    }
    for caso, ahora in casos.items():
        assert ahora.keys() == antes.keys(), caso
        distintos = [u for u in antes if antes[u].to_ical() != ahora[u].to_ical()]
        assert distintos, caso
        for uid in distintos:
            assert ahora[uid]["sequence"] > antes[uid]["sequence"], caso
            for campo in ("last-modified", "dtstamp"):
                assert ahora[uid].decoded(campo) > antes[uid].decoded(campo), caso
    assert {str(v["status"]) for v in casos["anulado"].values()} == {"CANCELLED"}


@pytest.mark.parametrize("nueva", [date(2026, 9, 30), date(2027, 1, 15)])
def test_una_prorroga_mueve_el_evento_que_ya_se_guardo(catalogo: Catalogo, nueva: date) -> None:
    antes = de_calendario(catalogo, con_cambios(catalogo))
    ahora = de_calendario(catalogo, con_cambios(catalogo, prorrogas={"2026-06": nueva}))
    assert ahora.keys() == antes.keys()
    (uid,) = [u for u in antes if antes[u].to_ical() != ahora[u].to_ical()]
    vencia = antes[uid].decoded("dtstart")
    assert vencia != nueva == ahora[uid].decoded("dtstart")
    assert f"con prórroga: vencía el {vencia}" in ahora[uid]["description"]
    assert ahora[uid]["sequence"] > antes[uid]["sequence"]
    otra = nueva + timedelta(days=9)
    despues = de_calendario(catalogo, con_cambios(catalogo, prorrogas={"2026-06": otra}))
    assert despues[uid].decoded("dtstart") == otra
    assert despues[uid]["sequence"] > ahora[uid]["sequence"]


def test_en_un_dia_de_varias_entregas_una_prorroga_no_deja_ninguna_en_la_fecha_vieja(
    catalogo: Catalogo,
) -> None:
    dato, nueva = dato_de(catalogo.kpis["M4-K11"]), {"2026-06": date(2026, 9, 30)}
    codigos = ("M4-K11", "M4-K12", "M4-K14")

    def con(*prorrogados: str) -> dict:
        datos = {
            c: dato.model_copy(update={"prorrogas": nueva if c in prorrogados else {}})
            for c in codigos
        }
        return de_calendario(catalogo, Plan(anio=2026, datos=datos))

    guardados: dict[str, object] = {}
    for prorrogados in ((), codigos[1:2], codigos[:2], codigos):
        ahora = con(*prorrogados)
        # Lo que un calendario tiene guardado, siempre se vuelve a decir.
        assert guardados.keys() <= ahora.keys()
        for uid, v in ahora.items():
            if uid in guardados and guardados[uid].to_ical() != v.to_ical():
                assert v["sequence"] > guardados[uid]["sequence"]
            de_junio = [x for x in v["description"].splitlines() if "junio de 2026" in x]
            for linea in de_junio:
                assert (v.decoded("dtstart") == nueva["2026-06"]) == (linea[:6] in prorrogados)
        dichas = "".join(v["description"] for v in ahora.values())
        assert dichas.count("junio de 2026") == len(codigos)
        guardados = ahora


def test_una_prorroga_que_se_retira_con_la_fecha_de_antes_vuelve_en_todo_calendario(
    catalogo: Catalogo,
) -> None:
    dato, codigos = dato_de(catalogo.kpis["M4-K11"]), ("M4-K11", "M4-K12", "M4-K14")
    despues = catalogo.territorio.model_copy(update={"fecha_corte": date(2026, 11, 30)})
    for prorrogado in codigos[:2]:

        def con(catalogo: Catalogo, fecha: date, suyo: str = prorrogado) -> dict:
            nueva = {suyo: dato.model_copy(update={"prorrogas": {"2026-06": fecha}})}
            datos = dict.fromkeys(codigos, dato) | nueva
            return de_calendario(catalogo, Plan(anio=2026, datos=datos))

        vencia = Plan(anio=2026, datos={prorrogado: dato}).vence(prorrogado, "2026-06")
        guardados = con(catalogo, date(2026, 9, 30))
        ahora = con(dataclasses.replace(catalogo, territorio=despues), vencia)
        assert guardados.keys() == ahora.keys()
        de_junio = [u for u, v in ahora.items() if "junio de 2026" in v["description"]]
        assert {ahora[u].decoded("dtstart") for u in de_junio} == {vencia}
        for uid in de_junio:
            assert "con prórroga" not in ahora[uid]["description"]
            assert ahora[uid]["sequence"] > guardados[uid]["sequence"]


def test_lo_real_que_reemplaza_a_lo_inventado_tambien_es_posterior(catalogo: Catalogo) -> None:
    plan = con_cambios(catalogo)
    llegada = {("M4-K11", "2026-06", catalogo.territorio.ubigeo, "")}
    antes, ahora = (
        {
            str(v["uid"]): v
            for (quien, suyos) in eventos(
                plan, seguir(plan, catalogo, llegada, set(), {}, de_demostracion=falsas)
            ).items()
            for v in Calendar.from_ical(ics(catalogo.territorio, quien, suyos)).walk("VEVENT")
        }
        for falsas in (llegada, set())
    )
    (uid,) = [u for u in antes if antes[u]["description"] != ahora[u]["description"]]
    assert ahora[uid]["sequence"] > antes[uid]["sequence"]
    assert ahora[uid].decoded("last-modified") > antes[uid].decoded("last-modified")


def test_lo_restringido_no_se_sigue_en_publico(
    proyecto_real: Proyecto, resultados_reales: Resultados
) -> None:
    r = resultados_reales
    restringidos = [c for c, k in r.catalogo.kpis.items() if k.acceso != "ciudadano"]
    seguidas = productos.seguimiento(r)
    assert restringidos and not {s.entrega.kpi for s in seguidas} & set(restringidos)
    assert not any(c in productos.piezas(r, seguidas)["plan-atrasadas"] for c in restringidos)


def test_cada_periodo_del_plan_tiene_la_forma_de_su_kpi(
    proyecto_real: Proyecto, catalogo: Catalogo
) -> None:
    plan = leer_plan(proyecto_real, catalogo)
    tabla = pl.DataFrame(
        [(e.periodo, FORMA[plan.datos[e.kpi].frecuencia]) for e in entregas(plan)],
        schema=["periodo", "forma"],
        orient="row",
    )
    assert tabla.select(pl.col("periodo").str.contains(pl.col("forma")).all()).item()


def test_de_una_sola_entrega_se_habla_en_singular(
    copia: Proyecto, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = copia.data / "plan-de-recojo.yml"
    escrito = yaml.safe_load(plan.read_text(encoding="utf-8"))
    del escrito["datos"]["M4-K05"]
    plan.write_text(yaml.safe_dump(escrito, allow_unicode=True), encoding="utf-8")
    assert principal(["--raiz", str(copia.raiz), "plan", "--generar"]) == 0
    assert "plan-de-recojo.yml: 1 dato añadido." in capsys.readouterr().out
    una = next(s for s in del_proyecto(*pasar(copia))[1] if s in atrasadas([s]))
    monkeypatch.setattr(
        "observatorio.recojo.seguimiento.del_proyecto",
        lambda c, v: (leer_plan(copia, c), [una]),
    )
    assert principal(["--raiz", str(copia.raiz), "plan"]) == 0
    dicho = capsys.readouterr().out.splitlines()[-1]
    assert dicho.startswith("1 entrega atrasada o incompleta de 1 que vence en 2026")
