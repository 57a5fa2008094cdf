"""El libro de actas: cada regla se dice con archivo, entrada, regla y remedio; lo cerrado no se
cambia sin que se note, y releerlo entero no cuesta.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from apoyo_actas import Comites, solo_gobernanza
from conftest import reemplazar
from observatorio.actas import cadena, escribir
from observatorio.actas.calendario import proponer
from observatorio.actas.comentarios import Decisiones
from observatorio.actas.libro import MEMORIA, leer_libro
from observatorio.actas.modelos import Paso, Sesion, Tramite, Votos
from observatorio.catalogo.gobernanza import Gobernanza
from observatorio.errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from observatorio.publicacion.verificar import libros_reescritos
from observatorio.resultados.versiones import huella_de
from observatorio.rutas import Proyecto

TODAS_DEL_ESTRATEGICO = (
    "Asociación Pataz",
    "Municipalidad Distrital de Pataz",
    "Oficinas regionales vinculadas a las siete misiones",
)
ASISTEN = "".join(f"  - institucion: {i}\n" for i in TODAS_DEL_ESTRATEGICO)
SESION = f"comite: estrategico\nacta: 1\nfecha: 2027-03-29\nasistencia:\n{ASISTEN}"
TRAMITE = "tramites:\n  - producto: {}\n    paso: {}\n    version: {}\n"
NINGUNA = "ab" * 32


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, proyecto_real: Proyecto) -> Comites:
    raiz = tmp_path_factory.mktemp("actas")
    return Comites(solo_gobernanza(proyecto_real, raiz))


@pytest.fixture
def comites(base: Comites) -> Iterator[Comites]:
    """Los comités con el libro en blanco; lo que se escriba se borra."""
    reglas = base.proyecto.comites.read_bytes()
    yield base
    base.proyecto.comites.write_bytes(reglas)
    p = base.proyecto
    for carpeta in (p.sesiones, p.versiones, p.boletines_de_sesion):
        shutil.rmtree(carpeta, ignore_errors=True)


def guardada(c: Comites, producto: str, **partes: object) -> str:
    """Guarda una versión de ``producto`` y devuelve su huella."""
    crudo = cadena.canonico({"producto": producto, "demostracion": False} | partes)
    c.proyecto.versiones.mkdir(parents=True, exist_ok=True)
    (c.proyecto.versiones / f"{huella_de(crudo)}.json").write_bytes(crudo)
    return huella_de(crudo)


def escrita(c: Comites, texto: str, nombre: str = "estrategico-001") -> None:
    c.proyecto.sesiones.mkdir(parents=True, exist_ok=True)
    c.ruta(nombre).write_text(texto, encoding="utf-8")


def defectos(c: Comites) -> list[ErrorDeDatos]:
    errores: list[ErrorDeDatos] = []
    leer_libro(c.proyecto, c.catalogo, errores)
    return errores


def tramitar(c: Comites, producto: str, paso: Paso, version: str, **demas: object) -> None:
    tramite = Tramite(producto=producto, paso=paso, version=version, **demas)
    escribir.anotar(c.proyecto, c.catalogo, c.libro, tramite)


def enviada(c: Comites, producto: str, version: str, simulacro: bool = False) -> None:
    c.abrir("impulsor", "2027-01-14")
    tramitar(c, producto, "enviado", version, simulacro=simulacro)
    c.cerrar("impulsor-001")


def opinada(c: Comites, producto: str, version: str, simulacro: bool = False) -> None:
    c.abrir("especializado", "2027-02-18")
    opinion = {"sentido": "favorable", "texto": "El método se sostiene"}
    tramitar(c, producto, "opinión", version, simulacro=simulacro, **opinion)
    c.cerrar("especializado-001")


A_FAVOR = Votos(a_favor=TODAS_DEL_ESTRATEGICO)


@pytest.mark.parametrize(
    ("texto", "columna", "regla"),
    [
        (SESION.replace("estrategico", "propulsor"), "comite", "comite-desconocido"),
        (SESION.replace("2027-03-29", "2027-03-30"), "fecha", "sesion-fuera-de-calendario"),
        (SESION.replace("acta: 1", "acta: 2"), "acta", "acta-salteada"),
        (SESION + "convocatoria: segunda\n", "convocatoria", "segunda-sin-primera"),
        (SESION + "  - institucion: BCRP\n", "asistencia.3.institucion", "institucion-ajena"),
        (
            SESION + "  - institucion: Asociación Pataz\n",
            "asistencia.3.institucion",
            "institucion-repetida",
        ),
        (
            SESION + "seguimiento:\n  - {acuerdo: impulsor-001/A1, estado: cumplido}\n",
            "seguimiento.0.acuerdo",
            "acuerdo-desconocido",
        ),
        (
            SESION + "acuerdos:\n  - codigo: A1\n    que: Pedir el padrón\n"
            "    institucion: Asociación Pataz\n    plazo: 2027-01-01\n",
            "acuerdos.0.plazo",
            "acuerdo-ya-vencido",
        ),
        (
            SESION + TRAMITE.format("kpi/M9-K99", "aprobado", NINGUNA),
            "tramites.0.producto",
            "producto-desconocido",
        ),
        (
            SESION + TRAMITE.format("metodologia", "aprobado", NINGUNA),
            "tramites.0.version",
            "version-ausente",
        ),
        (
            SESION + TRAMITE.format("metodologia", "aprobado", NINGUNA),
            "tramites.0.paso",
            "paso-fuera-de-orden",
        ),
        (
            SESION + TRAMITE.format("metodologia", "aprobado", NINGUNA),
            "tramites.0.votos",
            "decision-sin-votos",
        ),
        (
            SESION + TRAMITE.format("metodologia", "enviado", NINGUNA),
            "tramites.0.paso",
            "comite-que-no-corresponde",
        ),
        (
            SESION + TRAMITE.format("folleto/uno", "enviado", NINGUNA),
            "tramites.0.producto",
            "ficha-incoherente",
        ),
        (SESION + TRAMITE.format("metodologia", "visado", NINGUNA), "tramites.0.paso", "ficha-pal"),
        (SESION + "agenda:\n  - asunto: Oír a la Sra. Rosa Quispe\n", "agenda.asunto", "nombre-de"),
    ],
)
def test_cada_entrada_mala_dice_archivo_entrada_regla_y_remedio(
    comites: Comites, texto: str, columna: str, regla: str
) -> None:
    nombre = "estrategico-001"
    if "propulsor" in texto:
        nombre = "propulsor-001"
    elif "acta: 2" in texto:
        nombre = "estrategico-002"
    escrita(comites, texto, nombre)
    hallados = [e for e in defectos(comites) if e.regla.startswith(regla)]
    assert [(e.archivo, e.columna) for e in hallados] == [
        (f"data/gobernanza/sesiones/{nombre}.yml", columna)
    ]
    assert hallados[0].fila and hallados[0].remedio


def test_un_archivo_con_otro_nombre_o_de_otra_clase_no_se_ignora(comites: Comites) -> None:
    escrita(comites, SESION, "marzo")
    (comites.proyecto.sesiones / "acta.docx").write_bytes(b"")
    assert {e.regla for e in defectos(comites)} == {"sesion-mal-nombrada", "archivo-que-no-se-lee"}


def test_quien_deja_los_corchetes_sabe_que_quitar(comites: Comites) -> None:
    escrita(comites, f"comite: estrategico\nacta: 1\nfecha: 2027-03-29\nasistencia: []\n{ASISTEN}")
    (defecto,) = defectos(comites)
    assert (defecto.fila, defecto.regla) == (5, "yaml-roto")
    assert defecto.remedio.startswith("quite los corchetes de «asistencia: []»")


def test_todos_los_defectos_a_la_vez(comites: Comites) -> None:
    escrita(
        comites,
        SESION.replace("2027-03-29", "2027-03-31")
        + "  - institucion: BCRP\n"
        + TRAMITE.format("metodologia", "aprobado", NINGUNA),
    )
    assert {e.regla for e in defectos(comites)} == {
        "sesion-fuera-de-calendario",
        "institucion-ajena",
        "version-ausente",
        "paso-fuera-de-orden",
        "decision-sin-votos",
    }


@pytest.mark.parametrize(
    ("votos", "regla"),
    [
        (Votos(a_favor=TODAS_DEL_ESTRATEGICO[:2]), "voto-que-falta"),
        (Votos(a_favor=(*TODAS_DEL_ESTRATEGICO, "INEI")), "voto-ajeno"),
        (
            Votos(a_favor=TODAS_DEL_ESTRATEGICO, en_contra=TODAS_DEL_ESTRATEGICO[:1]),
            "voto-repetido",
        ),
        (
            Votos(a_favor=TODAS_DEL_ESTRATEGICO[:1], en_contra=TODAS_DEL_ESTRATEGICO[1:]),
            "sin-mayoria",
        ),
        (
            Votos(
                a_favor=TODAS_DEL_ESTRATEGICO[1:2],
                en_contra=TODAS_DEL_ESTRATEGICO[2:],
                recusadas=TODAS_DEL_ESTRATEGICO[:1],
            ),
            "sin-mayoria",
        ),
    ],
    ids=["falta uno", "de fuera", "dos veces", "en contra", "empate sin quien dirime"],
)
def test_una_decision_lleva_los_votos_de_quien_asiste_y_su_mayoria(
    comites: Comites, votos: Votos, regla: str
) -> None:
    version = guardada(comites, "metodologia")
    enviada(comites, "metodologia", version)
    opinada(comites, "metodologia", version)
    comites.abrir("estrategico", "2027-03-29")
    antes = comites.ruta("estrategico-001").read_bytes()
    with pytest.raises(DatosInvalidos, match=regla):
        tramitar(comites, "metodologia", "aprobado", version, votos=votos)
    assert comites.ruta("estrategico-001").read_bytes() == antes, "nada a medio escribir"


def test_no_se_aprueba_otra_version_ni_antes_de_la_opinion_o_de_su_plazo(comites: Comites) -> None:
    version, otra = guardada(comites, "metodologia"), guardada(comites, "metodologia", n=2)
    enviada(comites, "metodologia", version)
    comites.abrir("estrategico", "2027-02-01", extraordinaria=True)
    with pytest.raises(DatosInvalidos, match="hay plazo para opinar hasta el 2027-02-13"):
        tramitar(comites, "metodologia", "sin opinión", version)
    with pytest.raises(DatosInvalidos, match="paso-fuera-de-orden"):
        tramitar(comites, "metodologia", "aprobado", version, votos=A_FAVOR)
    comites.cerrar("estrategico-001")
    opinada(comites, "metodologia", version)
    comites.abrir("estrategico", "2027-03-29")
    with pytest.raises(DatosInvalidos, match="otra-version"):
        tramitar(comites, "metodologia", "aprobado", otra, votos=A_FAVOR)
    tramitar(comites, "metodologia", "aprobado", version, votos=A_FAVOR)
    comites.cerrar("estrategico-002")
    assert comites.libro.caminos["metodologia", False].vigente.version == version


def test_lo_operativo_lo_aprueba_el_impulsor_solo_y_lo_tecnico_tras_la_opinion(
    comites: Comites,
) -> None:
    plan, mapeo = guardada(comites, "plan-de-recojo"), guardada(comites, "mapeo/his-cred")
    si = Votos(a_favor=comites.gobernanza.comite("impulsor").con_voto)
    comites.abrir("impulsor", "2027-01-14")
    tramitar(comites, "plan-de-recojo", "enviado", plan)
    tramitar(comites, "plan-de-recojo", "aprobado", plan, votos=si)
    tramitar(comites, "mapeo/his-cred", "enviado", mapeo)
    with pytest.raises(DatosInvalidos, match="paso-fuera-de-orden"):
        tramitar(comites, "mapeo/his-cred", "aprobado", mapeo, votos=si)
    comites.cerrar("impulsor-001")
    opinada(comites, "mapeo/his-cred", mapeo)
    comites.abrir("impulsor", "2027-03-11")
    tramitar(comites, "mapeo/his-cred", "aprobado", mapeo, votos=si)
    comites.cerrar("impulsor-002")
    assert {p: c.estado for (p, _), c in comites.libro.caminos.items()} == {
        "plan-de-recojo": "aprobado",
        "mapeo/his-cred": "aprobado",
    }


def test_lo_que_lleva_cifras_de_demostracion_solo_se_ensaya(comites: Comites) -> None:
    version = guardada(comites, "kpi/M4-K02", demostracion=True)
    comites.abrir("impulsor", "2027-01-14")
    with pytest.raises(DatosInvalidos, match="cifras-de-demostracion"):
        tramitar(comites, "kpi/M4-K02", "enviado", version)
    comites.cerrar("impulsor-001")
    for comite, fecha in (("impulsor", "2027-01-20"), ("especializado", "2027-02-20")):
        comites.abrir(comite, fecha, simulacro=True)
        if comite == "impulsor":
            tramitar(comites, "kpi/M4-K02", "enviado", version, simulacro=True)
        else:
            opinion = {"sentido": "favorable", "texto": "De ensayo"}
            tramitar(comites, "kpi/M4-K02", "opinión", version, simulacro=True, **opinion)
        comites.cerrar(f"simulacro-{comite}-001")
    comites.abrir("estrategico", "2027-03-20", simulacro=True)
    tramitar(comites, "kpi/M4-K02", "aprobado", version, simulacro=True, votos=A_FAVOR)
    comites.cerrar("simulacro-estrategico-001")
    caminos = comites.libro.caminos
    assert caminos["kpi/M4-K02", True].vigente and ("kpi/M4-K02", False) not in caminos
    assert "simulacro-estrategico" in comites.libro.cabezas, "va en su propio libro"


def test_ratificar_es_para_cifras_y_no_para_el_metodo(comites: Comites) -> None:
    version = guardada(comites, "mision/m4-nutricion", metodo={"a": 1}, metas={}, lineas_base={})
    corregida = guardada(
        comites, "mision/m4-nutricion", metodo={"a": 1}, metas={}, lineas_base={}, datos=[2]
    )
    otro = guardada(comites, "mision/m4-nutricion", metodo={"a": 2}, metas={}, lineas_base={})
    enviada(comites, "mision/m4-nutricion", version)
    opinada(comites, "mision/m4-nutricion", version)
    comites.abrir("estrategico", "2027-03-29")
    tramitar(comites, "mision/m4-nutricion", "aprobado", version, votos=A_FAVOR)
    with pytest.raises(DatosInvalidos, match="no-es-una-correccion"):
        tramitar(comites, "mision/m4-nutricion", "ratificado", otro, votos=A_FAVOR)
    tramitar(comites, "mision/m4-nutricion", "ratificado", corregida, votos=A_FAVOR)
    comites.cerrar("estrategico-001")
    assert [a.version for a in comites.libro.caminos["mision/m4-nutricion", False].aprobadas] == [
        version,
        corregida,
    ], "la primera sigue aprobada para siempre"


def test_lo_que_no_lleva_cifras_no_se_ratifica(comites: Comites) -> None:
    version, otra = guardada(comites, "plan-de-recojo"), guardada(comites, "plan-de-recojo", n=2)
    si = Votos(a_favor=comites.gobernanza.comite("impulsor").con_voto)
    comites.abrir("impulsor", "2027-01-14")
    tramitar(comites, "plan-de-recojo", "enviado", version)
    with pytest.raises(DatosInvalidos, match="ahora cabe «enviado», «aprobado» u «observado»"):
        tramitar(comites, "plan-de-recojo", "ratificado", otra, votos=si)
    tramitar(comites, "plan-de-recojo", "aprobado", version, votos=si)
    with pytest.raises(
        DatosInvalidos,
        match=r"ahora cabe «enviado»; con qué orden lo dice observatorio aprobar \S+$",
    ):
        tramitar(comites, "plan-de-recojo", "ratificado", otra, votos=si)


def tres_cerradas(c: Comites) -> None:
    for fecha in ("2027-01-14", "2027-02-11", "2027-03-11"):
        s = c.abrir("impulsor", fecha)
        c.acordar(s.id, "A1", "Pedir el padrón a la red de salud", "2027-12-31")
        c.cerrar(s.id)


@pytest.mark.parametrize(
    ("estropear", "reglas"),
    [
        (lambda c: reemplazar(c.ruta("impulsor-001"), "Pedir", "No pedir"), {"sello-roto"}),
        (lambda c: c.ruta("impulsor-001").unlink(), {"acta-salteada"}),
        (
            lambda c: reemplazar(c.ruta("impulsor-003"), "huella_anterior: ", "huella_anterior: f"),
            {"ficha-forma"},
        ),
        (lambda c: resellar(c, "impulsor-001"), {"cadena-rota"}),
    ],
    ids=["editada", "borrada", "sello a mano", "editada y sellada otra vez"],
)
def test_lo_cerrado_no_se_cambia_sin_que_se_note(
    comites: Comites, estropear: Callable[[Comites], None], reglas: set[str]
) -> None:
    tres_cerradas(comites)
    estropear(comites)
    assert {e.regla for e in defectos(comites)} == reglas


def resellar(c: Comites, sesion: str, anterior: str | None = None) -> str:
    """Cambia un acuerdo ya cerrado y le pone un sello que cuadra: lo que haría quien lo falsea."""
    ruta = c.ruta(sesion)
    crudo = yaml.safe_load(ruta.read_text(encoding="utf-8"))
    crudo["acuerdos"][0]["que"] = "Otro acuerdo que nadie tomó"
    sin_sello = TypeAdapter(Sesion).validate_python({**crudo, "sello": None})
    sello = cadena.sellar(sin_sello, anterior, crudo["sello"]["huella_reglas"])
    crudo["sello"] = sello.model_dump(mode="json")
    ruta.write_text(yaml.safe_dump(crudo, allow_unicode=True), encoding="utf-8")
    return sello.huella


def test_una_historia_entera_rehecha_se_descubre_con_una_edicion_ya_publicada(
    comites: Comites, tmp_path: Path
) -> None:
    tres_cerradas(comites)
    cabezas = {c: {"acta": x.acta, "huella": x.huella} for c, x in comites.libro.cabezas.items()}
    (tmp_path / "datos").mkdir()
    (tmp_path / "datos" / "gobernanza.json").write_text(json.dumps({"cabezas": cabezas}))
    assert libros_reescritos(comites.proyecto, tmp_path) == []
    anterior = None
    for sesion in ("impulsor-001", "impulsor-002", "impulsor-003"):
        anterior = resellar(comites, sesion, anterior)
    assert defectos(comites) == [], "por sí sola, la cadena cuadra"
    assert "el libro de actas de «impulsor» se reescribió" in str(
        libros_reescritos(comites.proyecto, tmp_path)
    )


def test_una_version_cambiada_despues_de_aprobarse_se_nombra(comites: Comites) -> None:
    version = guardada(comites, "metodologia")
    (comites.proyecto.versiones / f"{version}.json").write_bytes(b"{}")
    assert [e.regla for e in defectos(comites)] == ["version-alterada"]


def test_lo_que_se_llevo_a_una_sesion_cerrada_no_se_rehace(comites: Comites) -> None:
    comites.abrir("impulsor", "2027-01-14")
    carpeta = comites.proyecto.boletines_de_sesion
    carpeta.mkdir(exist_ok=True)
    (carpeta / "impulsor-001.json").write_bytes(b"{}")
    assert comites.cerrar("impulsor-001").boletin
    assert defectos(comites) == []
    (carpeta / "impulsor-001.json").write_bytes(b"[]")
    assert [e.regla for e in defectos(comites)] == ["boletin-alterado"]


def test_si_el_comite_cambia_sus_reglas_lo_cerrado_se_rige_por_las_de_antes(
    comites: Comites,
) -> None:
    version = guardada(comites, "metodologia")
    enviada(comites, "metodologia", version)
    opinada(comites, "metodologia", version)
    comites.abrir("estrategico", "2027-03-29", asisten=2)
    si = Votos(a_favor=TODAS_DEL_ESTRATEGICO[:2])
    tramitar(comites, "metodologia", "aprobado", version, votos=si)
    comites.cerrar("estrategico-001")
    reemplazar(comites.proyecto.comites, "quorum_primera: 50", "quorum_primera: 90")
    nuevas = Comites(comites.proyecto)
    assert defectos(nuevas) == []
    nuevas.abrir("estrategico", "2027-06-24", asisten=2)
    nuevas.acordar("estrategico-002", "A1", "Con dos ya no basta", "2027-12-31")
    assert [e.regla for e in defectos(nuevas)] == ["sin-quorum"]


def test_antes_de_tramitar_se_pide_la_asistencia_y_que_el_producto_exista(
    comites: Comites, capsys: pytest.CaptureFixture[str]
) -> None:
    version = guardada(comites, "metodologia")
    comites.abrir("impulsor", "2027-01-14", asisten=0)
    with pytest.raises(DatosInvalidos, match="anote antes en «asistencia»"):
        tramitar(comites, "metodologia", "enviado", version)
    assert comites.orden("aprobar", "kpi/M9-K99") == 2
    assert "hoy no existe «kpi/M9-K99»" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("producto", "paso", "dicho"),
    [
        ("kpi/M9-K99", "enviar", "use el código de un KPI"),
        ("kpi/M9-K99", "opinar --sentido favorable --texto Bien", "use el código de un KPI"),
        ("kpi/M9-K99", "aprobar --a-favor todas", "use el código de un KPI"),
        ("mision/m9-nada", "opinar --texto Bien --simulacro", "la carpeta de una misión"),
        ("mapeo/nada", "observar --a-favor todas", "escríbalo en data/mapeos/nada.yml"),
        ("cosa/una", "aprobar", "no hay productos de tipo «cosa»"),
    ],
)
def test_de_un_producto_que_no_hay_no_se_da_ningun_paso_ni_se_manda_enviarlo(
    comites: Comites,
    capsys: pytest.CaptureFixture[str],
    producto: str,
    paso: str,
    dicho: str,
) -> None:
    comites.abrir("impulsor", "2027-01-14")
    antes = comites.ruta("impulsor-001").read_bytes()
    assert comites.orden("aprobar", producto, *paso.split()) == 2
    escrito = capsys.readouterr().err
    assert dicho in escrito and "enviar" not in escrito
    assert comites.ruta("impulsor-001").read_bytes() == antes
    assert not comites.proyecto.versiones.exists()


def test_sin_plan_de_recojo_se_dice_como_volver_a_tenerlo(
    comites: Comites, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = comites.proyecto.data / "plan-de-recojo.yml"
    escrito = plan.read_bytes()
    plan.unlink()
    try:
        assert comites.orden("aprobar", "plan-de-recojo") == 2
        assert "observatorio plan --generar" in capsys.readouterr().err
    finally:
        plan.write_bytes(escrito)


@pytest.mark.parametrize(
    ("orden", "dice"),
    [
        (("opinar", "--sentido", "favorable", "--texto", "x"), "columna «texto»"),
        (("aprobar", "--a-favor", "todas", "--version", ""), "al menos 4 letras"),
        (("enviar", "--version", "abcdef"), "quite --version"),
        (("aprobar", "--version", "0" * 64, "--a-favor", "todas"), "no hay ninguna versión"),
        (("aprobar", "--a-favor", "todas", "--disenso", "Asociación Pataz"), "falta la razón"),
    ],
)
def test_una_orden_mal_escrita_se_dice_y_no_anota_nada(
    comites: Comites, capsys: pytest.CaptureFixture[str], orden: tuple[str, ...], dice: str
) -> None:
    enviada(comites, "metodologia", guardada(comites, "metodologia"))
    for comite, fecha in (("especializado", "2027-02-18"), ("estrategico", "2027-03-29")):
        comites.abrir(comite, fecha)
    antes = [p.read_bytes() for p in sorted(comites.proyecto.sesiones.iterdir())]
    assert comites.aprobar("metodologia", *orden) in (1, 2)
    dicho = capsys.readouterr().err
    assert dice in dicho and "inesperado" not in dicho
    assert [p.read_bytes() for p in sorted(comites.proyecto.sesiones.iterdir())] == antes


def test_no_se_abre_otra_con_una_abierta_ni_se_cierra_sin_asistencia(comites: Comites) -> None:
    comites.abrir("impulsor", "2027-01-14", asisten=0)
    with pytest.raises(ErrorDeUso, match="sesion cerrar impulsor-001"):
        comites.abrir("impulsor", "2027-02-11")
    with pytest.raises(DatosInvalidos, match="sesion-sin-asistencia"):
        comites.cerrar("impulsor-001")


@pytest.mark.parametrize(
    ("fecha", "regla"),
    [("2027-01-14", "sesion-fuera-de-orden"), ("2027-02-12", "sesion-fuera-de-calendario")],
)
def test_una_sesion_en_mala_fecha_no_se_abre_y_el_libro_se_sigue_leyendo(
    comites: Comites, fecha: str, regla: str
) -> None:
    comites.abrir("impulsor", "2027-02-11")
    comites.cerrar("impulsor-001")
    with pytest.raises(ErrorDeUso, match="ya está cerrada"):
        comites.cerrar("impulsor-001")
    with pytest.raises(DatosInvalidos, match=regla) as e:
        comites.abrir("impulsor", fecha)
    if regla == "sesion-fuera-de-calendario":
        assert "(2027-02-11 o 2027-03-11)" in str(e.value), "las suyas más cercanas"
    assert defectos(comites) == []


def test_la_sesion_de_la_guia_esta_bien_escrita(proyecto_real: Proyecto) -> None:
    guia = (proyecto_real.raiz / "guias" / "comites.md").read_text(encoding="utf-8")
    seccion = guia.split("\n## Una sesión\n", 1)[1].split("\n## ", 1)[0]
    ejemplos = re.findall(r"```yaml\n(.*?)```", seccion, re.DOTALL)
    assert ejemplos
    for ejemplo in ejemplos:
        leido = yaml.safe_load(ejemplo)
        tipo = TypeAdapter(Decisiones if isinstance(leido, list) else Sesion)
        tipo.validate_python(leido)


def test_el_repositorio_llega_sin_sesiones_y_con_el_calendario_por_confirmar(
    proyecto_real: Proyecto,
) -> None:
    assert not list(proyecto_real.sesiones.glob("*.yml"))
    texto = proyecto_real.calendario_de_sesiones.read_text(encoding="utf-8")
    assert yaml.safe_load(texto)["estado"] == "propuesta"


def test_al_abrir_ya_estan_en_la_agenda_los_productos_y_a_mano_los_acuerdos(
    comites: Comites,
) -> None:
    version = guardada(comites, "metodologia")
    comites.abrir("impulsor", "2027-01-14")
    comites.acordar("impulsor-001", "A1", "Pedir el padrón", "2027-12-31")
    tramitar(comites, "metodologia", "enviado", version)
    comites.cerrar("impulsor-001")
    especializado = comites.abrir("especializado", "2027-02-18")
    assert comites.ruta(especializado.id).read_text(encoding="utf-8").count("metodologia") == 2
    impulsor = comites.abrir("impulsor", "2027-02-11")
    texto = comites.ruta(impulsor.id).read_text(encoding="utf-8")
    assert "#  - acuerdo: impulsor-001/A1" in texto and "metodologia" not in texto


def test_vencido_el_plazo_para_opinar_va_tambien_en_la_agenda_de_quien_decide(
    comites: Comites,
) -> None:
    enviada(comites, "metodologia", guardada(comites, "metodologia"))
    en_plazo = comites.abrir("estrategico", "2027-02-13", extraordinaria=True)
    assert "metodologia" not in comites.ruta(en_plazo.id).read_text(encoding="utf-8")
    comites.cerrar(en_plazo.id)
    vencido = comites.abrir("estrategico", "2027-03-29")
    assert "producto: metodologia" in comites.ruta(vencido.id).read_text(encoding="utf-8")


def test_el_calendario_se_propone_de_abajo_arriba_y_no_pisa_lo_editado(comites: Comites) -> None:
    previstas = proponer(comites.gobernanza, 2028)
    veces = {
        c.id: [p.fecha for p in previstas if p.comite == c.id] for c in comites.gobernanza.comites
    }
    assert {c: len(f) for c, f in veces.items()} == {
        "impulsor": 12,
        "especializado": 6,
        "estrategico": 4,
    }
    junio = [veces[c][-1] for c in ("impulsor", "especializado", "estrategico")]
    assert junio == sorted(junio), "en un mes con los tres, decide el último"
    antes = comites.proyecto.calendario_de_sesiones.read_bytes()
    assert (
        escribir.escribir_calendario(comites.proyecto, comites.catalogo, comites.libro, 2027) == []
    )
    assert comites.proyecto.calendario_de_sesiones.read_bytes() == antes


def test_diez_anios_de_actas_se_validan_en_segundo_y_medio_y_releerlos_no_cuesta(
    comites: Comites,
) -> None:
    """220 sesiones y unas 3,000 entradas, en segundos de procesador."""
    entradas = diez_anios(comites.proyecto, comites.gobernanza)
    assert entradas >= 3_000
    (comites.proyecto.trabajo / MEMORIA).unlink(missing_ok=True)
    cuanto = []
    for _ in range(4):
        inicio = time.process_time()
        assert defectos(comites) == []
        cuanto.append(time.process_time() - inicio)
    assert cuanto[0] <= 1.5 and min(cuanto[1:]) <= 0.1, cuanto
    reemplazar(comites.ruta("impulsor-060"), "Enviar", "No enviar")
    assert {e.regla for e in defectos(comites)} == {"sello-roto"}, "lo recordado no tapa lo editado"


def diez_anios(proyecto: Proyecto, gobernanza: Gobernanza) -> int:
    """Escribe las sesiones selladas de diez años; devuelve cuántas entradas llevan."""
    proyecto.sesiones.mkdir(parents=True)
    actas: dict[str, int] = {}
    selladas: dict[str, str] = {}
    entradas = 0
    for prevista in (p for anio in range(2027, 2037) for p in proponer(gobernanza, anio)):
        comite, fecha = prevista.comite, prevista.fecha
        actas[comite] = actas.get(comite, 0) + 1
        crudo = {
            "comite": comite,
            "acta": actas[comite],
            "fecha": fecha,
            "agenda": [{"asunto": f"Asunto {n} de la sesión"} for n in range(1, 5)],
            "asistencia": [{"institucion": i} for i in gobernanza.comite(comite).con_voto],
            "acuerdos": [acuerdo(n, fecha) for n in range(1, 9)],
        }
        sesion = TypeAdapter(Sesion).validate_python(crudo)
        reglas = cadena.huella_de_reglas(gobernanza, comite)
        sello = cadena.sellar(sesion, selladas.get(comite), reglas)
        selladas[comite] = sello.huella
        crudo["sello"] = sello.model_dump(mode="json")
        entradas += sum(len(crudo[c]) for c in ("agenda", "asistencia", "acuerdos"))
        (proyecto.sesiones / f"{sesion.id}.yml").write_text(
            yaml.dump(crudo, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8"
        )
    assert len(list(proyecto.sesiones.iterdir())) == 220
    return entradas


def acuerdo(numero: int, fecha: date) -> dict[str, object]:
    return {
        "codigo": f"A{numero}",
        "que": f"Enviar a la red de salud la lista {numero} de lo que falta",
        "institucion": "Municipalidad Distrital de Pataz",
        "plazo": fecha + timedelta(days=40),
    }
