"""Un año del observatorio, sesión por sesión: llegan datos, se observa y se aprueba, se corrige lo
aprobado, falta el quórum y se renueva una línea de base. Al final, el libro cuenta esa historia.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml

from apoyo_actas import Comites
from apoyo_firmas import firmar, titular
from conftest import (
    RAIZ,
    con_respaldo,
    copiar_entradas,
    reducir,
    reemplazar,
    sin_enlaces_muertos,
)
from observatorio.actas.cadena import Cabeza, reescrito
from observatorio.actas.ediciones import donde_se_lee
from observatorio.base.cifrado import hacer_llave
from observatorio.calculo import calcular
from observatorio.catalogo import cargar
from observatorio.catalogo.gobernanza import Gobernanza
from observatorio.cuadernos.pagina import destinos
from observatorio.cuadernos.salidas import Leido
from observatorio.edicion import diario, memoria
from observatorio.presentacion.sellos import entera_html
from observatorio.productos.comites import (
    cumplimiento,
    libro_de_actas,
    para_la_sesion,
    registro_de_versiones,
)
from observatorio.productos.datos_abiertos import publicos
from observatorio.publicacion.destinos.conservar import conservadas
from observatorio.publicacion.publicar import _aprobadas
from observatorio.resultados.boletin import AcuerdoPrevio
from observatorio.resultados.boletin import leer as leer_boletin
from observatorio.resultados.resultados import Resultados
from observatorio.resultados.versiones import huella_de
from observatorio.rutas import Proyecto

PAGINA = "gobernanza.qmd"
PLAN = "plan-de-recojo"
MISION, KPI = "mision/m4-nutricion", "kpi/M4-K01"
CABECERA = (
    "kpi,periodo,lugar,grupo,unidad,valor,numerador,denominador,fuente,fecha_dato,estado,"
    "naturaleza,nota\n"
)
DESNUTRICION = "M4-K04,2026,130809,total,,,60,375,sien-his,2027-02-07,validado,documentado,\n"
VISITAS = "M4-K11,2027-{:02d},130809,total,,,121,188,registro-municipal,{},validado,documentado,\n"
BASE_NUEVA = """        linea_base:
          periodo: "2026-S2"
          valor: 48.2
          naturaleza: documentado
          fuente: sien-his
          nota: >-
"""
IMPULSOR = [f"impulsor-{n:03d}" for n in range(1, 13)]
JUEVES = ["14", "11", "11", "08", "13", "10", "08", "12", "09", "14", "11", "10"]


@dataclass
class Anio:
    """El proyecto al terminar el año y lo que se vio en cada momento."""

    comites: Comites
    visto: dict[str, Resultados] = field(default_factory=dict)
    codigos: dict[str, int] = field(default_factory=dict)

    def mirar(self, cuando: str) -> None:
        self.visto[cuando] = calcular(self.comites.proyecto)


@pytest.fixture(scope="module")
def anio(tmp_path_factory: pytest.TempPathFactory) -> Anio:
    proyecto = reducir(copiar_entradas(tmp_path_factory.mktemp("anio") / "p"), ("m4-nutricion",))
    shutil.copy2(RAIZ / PAGINA, proyecto.raiz)
    sin_enlaces_muertos(proyecto)
    reemplazar(proyecto.territorio, "incluir_demostracion: true", "incluir_demostracion: false")
    reemplazar(proyecto.territorio, "fecha_corte: 2026-10-31", "fecha_corte: 2027-12-31")
    datos = proyecto.observaciones / "reales.csv"
    datos.write_text(CABECERA + DESNUTRICION, encoding="utf-8")
    a = Anio(Comites(con_respaldo(proyecto)))
    for mes in range(1, 13):
        if mes > 1:
            llegan(datos, mes)
        MESES.get(mes, lambda _: None)(a)
    a.mirar("diciembre")
    return a


def llegan(datos: Path, mes: int) -> None:
    """Las visitas del mes anterior."""
    with datos.open("a", encoding="utf-8") as f:
        f.write(VISITAS.format(mes - 1, f"2027-{mes:02d}-05"))


def impulsor(a: Anio, mes: int, *ordenes: tuple[str, ...]) -> None:
    s = a.comites.abrir("impulsor", f"2027-{mes:02d}-{JUEVES[mes - 1]}")
    if mes == 1:
        a.comites.acordar(s.id, "A1", "Pedir a la red de salud su padrón", "2027-03-31")
    if mes == 3:
        a.comites.seguir(s.id, "impulsor-001/A1", "cumplido")
    for orden in ordenes:
        assert a.comites.aprobar(*orden) == 0, orden
    a.comites.cerrar(s.id)


def enero(a: Anio) -> None:
    impulsor(a, 1, (PLAN, "enviar"), (PLAN, "aprobar", "--a-favor", "todas"))


def febrero(a: Anio) -> None:
    impulsor(a, 2, (MISION, "enviar"))
    a.comites.abrir("especializado", "2027-02-18")
    opinion = ("opinar", "--sentido", "con cambios", "--texto", "Diga la cobertura de cada cifra")
    assert a.comites.aprobar(MISION, *opinion) == 0
    a.comites.cerrar("especializado-001")


def marzo(a: Anio) -> None:
    impulsor(a, 3)
    c = a.comites
    c.abrir("estrategico", "2027-03-29")
    assert c.orden("sesion", "boletin", "estrategico-001", "--solo-texto") == 0
    a.codigos["aprobar otra versión"] = c.aprobar(
        MISION, "aprobar", "--version", "0000", "--a-favor", "todas"
    )
    que = ("--texto", "Falta decir de dónde sale cada cifra")
    assert c.aprobar(MISION, "observar", *que, "--a-favor", "todas") == 0
    c.cerrar("estrategico-001")


def abril(a: Anio) -> None:
    impulsor(a, 4)
    a.comites.sesionar("especializado", "2027-04-15")


def mayo(a: Anio) -> None:
    impulsor(a, 5, (MISION, "enviar"))


def junio(a: Anio) -> None:
    impulsor(a, 6)
    a.comites.sesionar("especializado", "2027-06-17")
    a.codigos["aprobar sin quórum"] = _sin_quorum(a)
    a.comites.cerrar("estrategico-002")
    a.comites.abrir("estrategico", "2027-06-25", asisten=2, segunda=True)
    assert a.comites.aprobar(MISION, "sin-opinion") == 0  # venció el 12 de junio
    a.codigos["disenso"] = a.comites.aprobar(
        MISION,
        "aprobar",
        *("--a-favor", "Asociación Pataz"),
        *("--en-contra", "Municipalidad Distrital de Pataz"),
        *("--disenso", "Municipalidad Distrital de Pataz: Faltan los datos de diciembre"),
    )
    ruta = a.comites.ruta("estrategico-003")
    ruta.write_text(
        ruta.read_text(encoding="utf-8") + f"acta_privada: {'a1' * 32}\n", encoding="utf-8"
    )
    a.comites.cerrar("estrategico-003")
    firmar_el_acta(a, "estrategico-003")
    a.mirar("junio")


def firmar_el_acta(a: Anio, sesion: str) -> None:
    """La firman dos instituciones con su certificado, y vuelve."""
    raiz = a.comites.proyecto.raiz
    assert a.comites.orden("acta", "hacer", sesion, "--para-firmar") == 0
    entidad = titular("Entidad de prueba", clase="autoridad")
    pdf = (raiz / "papeles" / f"acta-{sesion}-para-firmar.pdf").read_bytes()
    for n in (1, 2):
        pdf = firmar(pdf, titular(f"Titular {n}", entidad), f"firma-{n}")
    firmada = raiz.parent / "firmada.pdf"
    firmada.write_bytes(pdf)
    publica = hacer_llave(raiz.parent / "llave-de-actas.txt")
    recibir = ("acta", "recibir", sesion, str(firmada), "--para", publica, "--fecha")
    assert a.comites.orden(*recibir, "2027-06-30") == 0


def _sin_quorum(a: Anio) -> int:
    a.comites.abrir("estrategico", "2027-06-24", asisten=1)
    return a.comites.aprobar(MISION, "aprobar", "--a-favor", "todas")


def septiembre(a: Anio) -> None:
    impulsor(a, 7)
    impulsor(a, 8)
    a.comites.sesionar("especializado", "2027-08-19")
    impulsor(a, 9)
    a.mirar("septiembre")
    a.comites.sesionar("estrategico", "2027-09-23")
    corregir(a)
    a.mirar("corregido")
    a.comites.abrir("estrategico", "2027-09-30", extraordinaria=True)
    assert a.comites.orden("sesion", "boletin", "estrategico-005", "--mensaje", "--solo-texto") == 0
    assert a.comites.aprobar(MISION, "ratificar", "--a-favor", "todas") == 0
    a.comites.cerrar("estrategico-005")


def corregir(a: Anio) -> None:
    """La red de salud recontó: más niños con desnutrición de los que dijo."""
    with a.comites.proyecto.correcciones.open("a", encoding="utf-8") as f:
        f.write(
            "data/observaciones/reales.csv,M4-K04,2026,130809,total,,numerador,60,69,"
            "La red de salud recontó las fichas.,Comité Impulsor,2027-09-20\n"
        )


def noviembre(a: Anio) -> None:
    impulsor(a, 10)
    a.comites.sesionar("especializado", "2027-10-21")
    ruta = a.comites.proyecto.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    antes, _, despues = ruta.read_text(encoding="utf-8").partition("        linea_base:\n")
    nota = despues.index("          nota: >-\n") + len("          nota: >-\n")
    plazos = despues[nota:].replace("{2026: 34, 2027", "{2027", 1)
    ruta.write_text(antes + BASE_NUEVA + plazos, encoding="utf-8")
    a.comites.catalogo = cargar(a.comites.proyecto)
    a.mirar("base cambiada")
    impulsor(a, 11, (KPI, "enviar"))


def diciembre(a: Anio) -> None:
    impulsor(a, 12)
    a.comites.abrir("especializado", "2027-12-16")
    opinion = (
        "opinar",
        "--sentido",
        "favorable",
        "--texto",
        "Es el criterio nuevo",
    )
    assert a.comites.aprobar(KPI, *opinion) == 0
    a.comites.cerrar("especializado-006")
    a.comites.abrir("estrategico", "2027-12-23")
    assert a.comites.aprobar(KPI, "aprobar", "--a-favor", "todas") == 0
    a.comites.cerrar("estrategico-006")


MESES: dict[int, Callable[[Anio], None]] = {
    1: enero,
    2: febrero,
    3: marzo,
    4: abril,
    5: mayo,
    6: junio,
    9: septiembre,
    11: noviembre,
    12: diciembre,
}


def aprobada(r: Resultados) -> str:
    return r.aprobaciones.de(MISION).dicha


def test_el_libro_tiene_las_sesiones_de_todos_y_sigue_entero(anio: Anio) -> None:
    libro = anio.comites.libro
    assert [s.id for s in libro.sesiones if s.comite == "impulsor"] == IMPULSOR
    assert len(libro.sesiones) == 12 + 6 + 6 and all(s.sello for s in libro.sesiones)
    assert not libro.acuerdos_abiertos, "el de enero se dio por cumplido en marzo"


def test_lo_que_no_procede_se_rechazo_y_no_quedo_escrito(anio: Anio) -> None:
    assert anio.codigos["aprobar otra versión"] == 2
    assert anio.codigos["aprobar sin quórum"] == 1
    assert not anio.comites.libro.sesion("estrategico-002").tramites


def test_sin_quorum_hay_segunda_y_el_empate_lo_resuelve_quien_dirime(anio: Anio) -> None:
    segunda = anio.comites.libro.sesion("estrategico-003")
    assert (segunda.convocatoria, [t.paso for t in segunda.tramites]) == (
        "segunda",
        ["sin opinión", "aprobado"],
    )
    assert anio.codigos["disenso"] == 0 and segunda.tramites[1].disensos[0].razon


def test_lo_aprobado_sigue_en_pie_y_se_cuentan_las_cifras_nuevas(anio: Anio) -> None:
    junio = anio.visto["junio"]
    dicha = aprobada(junio)
    assert dicha.startswith(
        "aprobado (acta 3 del Comité Estratégico, junio de 2027), sin 11 líneas"
    )
    assert dicha.endswith("; desde entonces 1 cifra nueva sin revisar"), "la que llegó después"
    assert "4 cifras nuevas sin revisar" in aprobada(anio.visto["septiembre"])


def test_la_correccion_que_cambia_un_estado_se_avisa_y_se_ratifica(anio: Anio) -> None:
    dicha = aprobada(anio.visto["corregido"])
    assert "1 cifra corregida sin revisar" in dicha and "estado de M4-K04" in dicha
    assert "se ratifica en la próxima sesión" in dicha
    ratificada = anio.visto["base cambiada"].aprobaciones.de_kpi("m4-nutricion", "M4-K04")
    assert ratificada.acta == "5" and not ratificada.por_ratificar


def test_cambiar_la_linea_de_base_deja_pendiente_y_dice_cual(anio: Anio) -> None:
    r = anio.visto["base cambiada"]
    assert aprobada(r).startswith(
        "pendiente de aprobación: cambió los logros esperados y la línea de base de M4-K01 desde lo"
        " aprobado (acta 5"
    )
    assert r.procedencias["M4-K01"].aprobacion.estado == "pendiente"
    assert r.procedencias["M4-K04"].aprobacion.estado == "aprobado"


def test_la_base_renovada_va_junto_a_la_de_antes(anio: Anio) -> None:
    r = anio.visto["diciembre"]
    renovada = [x for x in libro_de_actas.renovadas(r) if x.kpi == "M4-K01"]
    assert [(x.linea_base["valor"], x.acta) for x in renovada] == [
        (56.4, "estrategico-003"),
        (48.2, "estrategico-006"),
    ]
    html = libro_de_actas.piezas(r)["metas-renovadas"]
    assert "56.4" in html and "48.2" in html and html.index(">anterior<") < html.index(">vigente<")


def test_la_ficha_renovada_por_su_acta_no_deja_pendiente_a_la_mision(anio: Anio) -> None:
    r = anio.visto["diciembre"]
    assert (
        r.aprobaciones.de(KPI).dicha
        == "aprobado (acta 6 del Comité Estratégico, diciembre de 2027)"
    )
    assert aprobada(r).startswith("aprobado (acta 5") and aprobada(r).endswith(
        "; con la ficha de M4-K01 renovada por su propia acta"
    )


def test_el_boletin_dice_que_se_pide_y_que_cambio_desde_la_sesion_anterior(anio: Anio) -> None:
    carpeta = anio.comites.proyecto.boletines_de_sesion
    primero, quinto = (
        json.loads((carpeta / f"estrategico-00{n}.json").read_bytes()) for n in (1, 5)
    )
    assert [p["paso"] for p in primero["se_pide"]] == ["aprobar u observar"]
    assert primero["desde"] is None and not primero["cambios"]
    assert quinto["desde"] == "estrategico-001", "las de en medio no guardaron lo que vieron"
    assert [(p["producto"], p["paso"]) for p in quinto["se_pide"]] == [(MISION, "ratificar")]
    cambio = next(c for c in quinto["cambios"] if c["kpi"] == "M4-K04")
    assert (cambio["que"], cambio["antes"], cambio["ahora"]) == (
        "cambió de estado",
        "16.0\u202f% (2026), en ruta",
        "18.4\u202f% (2026), en retroceso",
    )
    sesion = anio.comites.libro.sesion("estrategico-005")
    assert sesion.boletin == huella_de((carpeta / "estrategico-005.json").read_bytes())


def test_el_de_una_sesion_cerrada_es_el_que_vio(
    anio: Anio, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = anio.comites.proyecto.boletines_de_sesion / "estrategico-005.json"
    antes = ruta.read_bytes()
    assert anio.comites.orden("sesion", "boletin", "estrategico-005", "--solo-texto") == 0
    assert "18.4\u202f% (2026), en retroceso" in capsys.readouterr().out
    assert ruta.read_bytes() == antes
    assert anio.comites.orden("sesion", "boletin", "estrategico-004", "--solo-texto") == 2


def test_el_mensaje_cabe_y_cuenta_lo_que_no_cupo(anio: Anio) -> None:
    r = anio.visto["corregido"]
    sesion = anio.comites.libro.sesion("estrategico-005")
    carpeta = anio.comites.proyecto.boletines_de_sesion
    guardados = {p.stem: p.read_bytes() for p in carpeta.glob("*.json")}
    boletin = para_la_sesion.reunir(r, sesion, guardados)
    largo = replace(boletin, cambios=boletin.cambios * 40)
    vencido = AcuerdoPrevio("x/A1", "Revisar el pozo", "Municipalidad", "2027-03-31", "vencido")
    hecho = replace(vencido, cita="x/A2", que="Ya hecho", estado="cumplido")
    puntos = para_la_sesion.en_puntos(replace(boletin, acuerdos=(vencido, hecho)))[1]
    assert puntos[len(boletin.se_pide)] == (
        "Acuerdo vencido: Revisar el pozo (Municipalidad), su plazo era el 31 de marzo de 2027"
    )
    assert "Ya hecho" not in "".join(puntos)
    for b in (boletin, largo):
        dicho = para_la_sesion.mensaje(b, "https://ejemplo.pe")
        assert len(dicho) <= para_la_sesion.MENSAJE and dicho.endswith("https://ejemplo.pe")
    assert " más." in para_la_sesion.mensaje(largo, "https://ejemplo.pe")


def test_la_tabla_de_una_sesion_es_la_misma_despues_de_guardarla(anio: Anio) -> None:
    r, sesion = anio.visto["corregido"], anio.comites.libro.sesion("estrategico-005")
    reunido = para_la_sesion.reunir(r, sesion, {})
    b = replace(reunido, cifras=tuple(replace(c, valor=34) for c in reunido.cifras))
    leido = leer_boletin(b.en_bytes())
    assert para_la_sesion.cifras_csv(leido) == para_la_sesion.cifras_csv(b)


def test_la_pagina_los_datos_y_el_boletin_dicen_lo_mismo(anio: Anio) -> None:
    r = anio.visto["septiembre"]
    dicha = aprobada(r)
    frente = destinos(anio.comites.proyecto, r.catalogo, (), {"m4-nutricion": dicha})[
        "m4-nutricion"
    ].frente("clave", Leido())
    assert dicha in frente.replace("\\", ""), "el encabezado de la página y del boletín"
    assert "acta 3" in entera_html(r.procedencias["M4-K04"])
    kpis = {k["codigo"]: k for k in publicos.lista_kpis(r)}
    assert kpis["M4-K04"]["aprobacion"] == "aprobado"
    assert kpis["M4-K04"]["procedencia"]["aprobacion"]["sesion"] == "estrategico-003"
    filas = publicos.tabla_observaciones(r).filter(kpi="M4-K11").sort("periodo")
    assert filas["aprobacion"].to_list() == ["aprobado"] * 4 + ["pendiente"] * 4


def test_en_publico_va_el_mes_y_ninguna_persona(anio: Anio) -> None:
    r = anio.visto["diciembre"]
    crudo = libro_de_actas.archivo(r).decode("utf-8")
    publicado = json.loads(crudo)
    assert {s["mes"] for s in publicado["sesiones"]} == {f"2027-{m:02d}" for m in range(1, 13)}
    assert "2027-06-25" not in crudo and "a1a1a1a1" not in crudo
    assert set(publicado["cabezas"]) == {"impulsor", "especializado", "estrategico"}
    sesiones = libro_de_actas.piezas(r)["sesiones"]
    assert "Sin quórum" in sesiones and "Segunda convocatoria" in sesiones
    assert sesiones.count("firmada con certificado, íntegra") == 1
    assert "Titular 1" not in crudo and "2027-06-30" not in crudo


def test_reescribir_la_historia_se_descubre_con_lo_que_publico_una_edicion(anio: Anio) -> None:
    publicado = json.loads(libro_de_actas.archivo(anio.visto["junio"]))
    cabezas = {c: Cabeza(x["acta"], x["huella"]) for c, x in publicado["cabezas"].items()}
    sesiones = anio.comites.libro.sesiones
    assert reescrito(cabezas, sesiones) == [], "el libro creció, y lo de antes sigue"
    sin_junio = [s for s in sesiones if s.id != "estrategico-003"]
    assert "estrategico" in reescrito(cabezas, sin_junio)[0]


def test_el_registro_cuenta_cada_version_que_cambio_y_quien_decidio(anio: Anio) -> None:
    de_la_mision = [
        v for v in registro_de_versiones.registro(anio.visto["diciembre"]) if v.producto == MISION
    ]
    contadas = [(v.numero, v.estado, v.sesion, v.votos, v.vigente) for v in de_la_mision]
    assert contadas == [
        (3, "ratificado", "estrategico-005", "3 a favor", True),
        (2, "aprobado", "estrategico-003", "1 a favor, 1 en contra", False),
        (1, "observado", "estrategico-001", "3 a favor", False),
    ]
    assert de_la_mision[2].cambio == "primera versión"
    assert "cambió el estado de M4-K04" in de_la_mision[0].cambio
    assert "cifras nuevas" in de_la_mision[1].cambio


def test_la_edicion_publicada_con_lo_aprobado_no_caduca(anio: Anio) -> None:
    proyecto, junio = anio.comites.proyecto, anio.visto["junio"]
    aprobada_en_junio = junio.aprobaciones.camino(MISION).vigente.version
    con_ella = {MISION: {"version": aprobada_en_junio, "acta": None}}
    llevadas = [
        ("d" * 16, {MISION: junio.aprobaciones.llevadas()[MISION]}),
        ("c" * 16, {MISION: {"version": aprobada_en_junio, "acta": "estrategico-003"}}),
        ("b" * 16, con_ella),
        ("a" * 16, con_ella),
        ("0" * 16, {}),
    ]
    historia = [{"edicion": e, "versiones": v} for e, v in llevadas]
    caminos = junio.libro.caminos
    assert donde_se_lee(caminos, historia) == {(MISION, aprobada_en_junio): "c" * 16}
    assert donde_se_lee(caminos, historia[2:]) == {(MISION, aprobada_en_junio): "b" * 16}, (
        "si nadie la publicó ya aprobada, la última que la llevó"
    )
    assert donde_se_lee({}, historia) == {}, "sin acta no hay nada que conservar"
    with publicadas(proyecto, historia):
        assert _aprobadas(proyecto) == {"c" * 16}
        quedan = conservadas(
            ["9" * 16, *(f"{n}" * 16 for n in range(5)), "c" * 16, "8" * 16], {"c" * 16}
        )
        assert [c.identificador for c in quedan if c.aprobada] == ["c" * 16]
    r = replace(anio.visto["diciembre"], publicadas=tuple(historia))
    html = registro_de_versiones.pieza(r)
    direccion = r.catalogo.territorio.sitio.direccion
    assert f"{direccion}/ediciones/{'c' * 16}/misiones/m4-nutricion/boletin.pdf" in html
    sola = replace(r, publicadas=())
    suyas = [v for v in registro_de_versiones.registro(sola) if v.version == aprobada_en_junio]
    assert [(v.aprobada, v.lugar) for v in suyas] == [(True, None)]
    perdida = "ninguna edición la llevó"
    assert registro_de_versiones.pieza(sola).count(perdida) == html.count(perdida) + 1


@contextmanager
def publicadas(proyecto: Proyecto, historia: list[dict[str, object]]) -> Iterator[None]:
    """Como si esas ediciones se hubieran publicado."""
    ruta = proyecto.raiz / memoria.CARPETA / memoria.REGISTRO
    antes = ruta.read_bytes()
    edicion = {
        "contenido": "otro",
        "edicion": historia[0]["edicion"],
        "version": "1.0.0",
        "fecha_corte": "2027-06-30",
        "resumen": {},
        "historia": historia,
    }
    diario.guardar(
        proyecto.raiz,
        {"publicaciones": len(historia), "ultima": edicion, "previa": None},
        {},
    )
    yield
    ruta.write_bytes(antes)


def test_un_libro_que_no_se_lee_no_deja_caducar_nada(anio: Anio) -> None:
    ruta = anio.comites.ruta("estrategico-003")
    antes = ruta.read_bytes()
    ruta.write_bytes(antes.replace(b"acta: 3", b"acta: 33"))
    assert _aprobadas(anio.comites.proyecto) is None
    ruta.write_bytes(antes)


def test_lo_pendiente_y_los_plazos_se_dicen_por_mes(anio: Anio) -> None:
    corregido = cumplimiento.pendientes(anio.visto["corregido"])
    assert [(p.producto, p.espera, p.comite) for p in corregido] == [
        (MISION, "que se ratifique una corrección", "estrategico")
    ]
    de = {c.comite: c for c in cumplimiento.cumplimiento(anio.visto["diciembre"])}
    assert (de["impulsor"].previstas, de["impulsor"].celebradas) == (12, 12)
    assert (de["estrategico"].celebradas, de["estrategico"].sin_quorum) == (4, 1)
    assert de["especializado"].opiniones == {"en plazo": 1, "tarde": 1, "vencido": 1}
    assert de["impulsor"].acuerdos == {"en plazo": 1}
    html = cumplimiento.piezas(anio.visto["diciembre"])["cumplimiento"]
    assert "12 de 12" in html and "1 en plazo, 1 tarde, 1 no emitida" in html
    assert cumplimiento.pendientes(anio.visto["diciembre"]) == ()


def test_cada_proceso_tiene_quien_responde_y_que_deja_hecho(anio: Anio) -> None:
    r = anio.visto["diciembre"]
    html = cumplimiento.piezas(r)["mapa-de-procesos"]
    procesos = [x for p in r.catalogo.gobernanza.procesos for x in p.incluye]
    assert len(procesos) >= 12
    assert all(x.nombre in html and x.producto in html for x in procesos)
    mal = r.catalogo.gobernanza.model_dump()
    mal["procesos"][0]["incluye"][0]["responsable"] = "nadie"
    with pytest.raises(ValueError, match="comités que no existen: nadie"):
        Gobernanza.model_validate(mal)


def test_la_pagina_cuenta_primero_lo_que_esta_en_pie_y_despues_las_reglas(anio: Anio) -> None:
    """Como se lee: cada pieza en el lugar en que la página la pide."""
    r = anio.visto["diciembre"]
    hechas = libro_de_actas.piezas(r)
    pagina = (anio.comites.proyecto.raiz / PAGINA).read_text(encoding="utf-8")
    leida = re.sub(r'::: \{\.pieza nombre="([\w-]+)"\}', lambda m: hechas.get(m[1], m[1]), pagina)
    en_orden = [
        "Nada espera hoy a un comité.",
        "Aprobado (acta 5 del Comité Estratégico, septiembre de 2027)",
        "No se han enviado todavía a ningún comité:",
        ">vigente<",
        "se opinó: favorable",
        "Sin quórum",
        "También sesionaron, sin nada que decidir ni acordar",
        "Todavía no hay ninguna decisión anotada",
        "{#revision}",
        "todavía no ha pasado por esta revisión",
        "Reglas de los comités",
    ]
    lugares = [leida.find(dicho) for dicho in en_orden]
    assert -1 not in lugares and lugares == sorted(lugares)
    sesiones = hechas["sesiones"]
    assert sesiones.count('<tr><th scope="row">') < len(anio.comites.libro.sesiones) / 2
    assert "Comité Impulsor, actas 3, 4, 6, 7, 8, 9, 10 y 12" in sesiones
    assert "el empate lo resolvió el voto dirimente" in sesiones


def test_el_plan_que_se_aprobo_se_lee_en_la_pagina_para_siempre(anio: Anio) -> None:
    r = anio.visto["diciembre"]
    (plan,) = [v for v in registro_de_versiones.registro(r) if v.producto == PLAN]
    assert plan.lugar == f"datos/versiones/{plan.version}.yml" and plan.vigente
    archivos = registro_de_versiones.archivos(r)
    firmado = archivos[plan.lugar.removeprefix("datos/").replace(".yml", ".json")]
    assert huella_de(firmado) == plan.version, "el contenido exacto, con su huella"
    leido = yaml.safe_load(archivos[plan.lugar.removeprefix("datos/")])
    proyecto = anio.comites.proyecto
    assert leido == yaml.safe_load((proyecto.data / "plan-de-recojo.yml").read_text("utf-8"))
    assert f'href="@raiz@/{plan.lugar}">lo aprobado</a>' in registro_de_versiones.pieza(r)
