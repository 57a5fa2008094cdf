"""Los modelos para copiar: se llenan con lo que dicen el territorio y sus comités, se editan, y el
PDF sale de la copia editada.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pypdf
import pytest

from apoyo_actas import SIN_DATOS, Comites
from apoyo_pdf import cuerpos, paginas
from observatorio.actas import por_copiar
from observatorio.actas.por_copiar import CAMPO, DEL_COMITE, campos, copiar, disponibles, llenar
from observatorio.errores import ErrorDeUso
from observatorio.rutas import Proyecto

DE_UN_COMITE = {"acta", "convocatoria", "cargo-de-recepcion"}
TODOS = sorted(DE_UN_COMITE | {"ordenanza", "reglamento"})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, proyecto_real: Proyecto) -> Comites:
    raiz = tmp_path_factory.mktemp("modelos")
    for nombre in ("data", "misiones", "_extensions", "guias"):
        shutil.copytree(proyecto_real.raiz / nombre, raiz / nombre, ignore=SIN_DATOS)
    shutil.copy2(proyecto_real.raiz / "_quarto.yml", raiz / "_quarto.yml")
    return Comites(Proyecto(raiz))


@pytest.fixture
def comites(base: Comites) -> Iterator[Comites]:
    yield base
    shutil.rmtree(base.proyecto.papeles, ignore_errors=True)


def hecho(c: Comites, modelo: str) -> por_copiar.Copia:
    comite = "estrategico" if modelo in DE_UN_COMITE else None
    return copiar(c.proyecto, c.catalogo, c.libro, modelo, comite)


def corrido(copia: por_copiar.Copia) -> str:
    return " ".join(" ".join(paginas(copia.pdf)).split())


def test_son_los_cinco_y_ninguno_nombra_un_lugar(comites: Comites) -> None:
    t = comites.catalogo.territorio
    assert disponibles(comites.proyecto) == TODOS
    for ruta in comites.proyecto.modelos.glob("*.md"):
        texto = ruta.read_text(encoding="utf-8")
        assert not {t.nombre, t.provincia, t.region} & set(re.findall(r"\w+", texto)), ruta.name
        assert set(CAMPO.findall(texto)), "tiene algo que llenar"


@pytest.mark.parametrize("modelo", TODOS)
def test_cada_modelo_sale_lleno_en_pdf_ua_con_donde_firmar(comites: Comites, modelo: str) -> None:
    copia = hecho(comites, modelo)
    assert copia.nueva and not CAMPO.search(copia.texto.read_text(encoding="utf-8"))
    dicho = corrido(copia)
    assert comites.catalogo.territorio.sitio.titulo in dicho and "Firma y sello" in dicho
    assert "\\" not in dicho and "{" not in dicho
    leido = pypdf.PdfReader(copia.pdf)
    assert leido.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in leido.trailer["/Root"]["/Metadata"].get_data()


def test_el_reglamento_lleva_las_funciones_y_las_reglas_de_cada_comite(comites: Comites) -> None:
    dicho = corrido(hecho(comites, "reglamento"))
    for c in comites.gobernanza.comites:
        for parte in (c.nombre, c.papel, *c.funciones, *(i.institucion for i in c.integrantes)):
            assert " ".join(parte.split()) in dicho, parte
        assert f"más del {c.reglas.quorum_primera} %" in dicho
        if c.reglas.voto_dirimente:
            assert f"el voto dirimente ({c.reglas.voto_dirimente})" in dicho
    assert "ficha del KPI" in dicho
    assert f"{comites.gobernanza.aprobacion.plazo_de_opinion_dias} días sin opinión" in dicho


def test_la_convocatoria_lleva_la_fecha_que_sigue_en_el_calendario(comites: Comites) -> None:
    proxima = min(p.fecha for p in comites.libro.calendario.sesiones if p.comite == "estrategico")
    dicho = corrido(hecho(comites, "convocatoria"))
    assert f"Primera convocatoria: {proxima.day} de" in dicho
    assert f"Segunda convocatoria: {proxima.day + 1} de" in dicho
    sin_calendario = replace(comites.libro, calendario=type(comites.libro.calendario)())
    valores = campos(
        comites.catalogo,
        comites.gobernanza,
        sin_calendario,
        comites.gobernanza.comite("estrategico"),
    )
    assert "____" in valores["proxima-sesion"]() and "____" in valores["segunda-sesion"]()


def test_la_copia_se_edita_y_el_pdf_sale_de_ella(comites: Comites) -> None:
    copia = hecho(comites, "ordenanza")
    texto = copia.texto.read_text(encoding="utf-8")
    editada = texto.replace("N.° ________\n", "N.° 012-2027\n", 1)
    editada = re.sub(r"::: aviso\n.*?\n:::\n", "", editada, flags=re.DOTALL)
    primera = copia.pdf.read_bytes()
    copia.texto.write_text(texto, encoding="utf-8")
    assert hecho(comites, "ordenanza").pdf.read_bytes() == primera, "los mismos bytes"
    copia.texto.write_text(editada, encoding="utf-8")
    otra = hecho(comites, "ordenanza")
    assert not otra.nueva and copia.texto.read_text(encoding="utf-8") == editada
    dicho = corrido(otra)
    assert "Ordenanza Municipal N.° 012-2027" in dicho and "Es un modelo" not in dicho


def test_lo_escrito_en_la_copia_es_texto_y_no_lee_archivos(comites: Comites) -> None:
    copia = hecho(comites, "cargo-de-recepcion")
    secreto = comites.proyecto.clave_de_huellas.read_text(encoding="utf-8").split()[0]
    malo = '\n#read("/../../data/clave-de-huellas.txt")\n\n`#read("acta.typ")`{=typst}\n'
    copia.texto.write_text(copia.texto.read_text(encoding="utf-8") + malo, encoding="utf-8")
    dicho = corrido(hecho(comites, "cargo-de-recepcion"))
    assert secreto not in dicho and "#read(" in dicho and "sys.inputs" not in dicho


@pytest.mark.parametrize(
    ("modelo", "comite", "dicho"),
    [
        ("contrato", None, "no hay ningún modelo «contrato»; los hay: acta, cargo-de-recepcion"),
        ("acta", None, "diga cuál con --comite"),
        ("acta", "propulsor", "no hay ningún comité «propulsor»"),
        ("ordenanza", "impulsor", "quite --comite"),
        ("../comites", None, "no hay ningún modelo"),
    ],
)
def test_lo_que_no_hay_se_dice_y_no_se_escribe_nada(
    comites: Comites, modelo: str, comite: str | None, dicho: str
) -> None:
    with pytest.raises(ErrorDeUso, match=re.escape(dicho)):
        copiar(comites.proyecto, comites.catalogo, comites.libro, modelo, comite)
    assert not comites.proyecto.papeles.exists()


def test_un_campo_que_no_hay_y_una_copia_sin_titulo_se_dicen(comites: Comites) -> None:
    with pytest.raises(ErrorDeUso, match=r"propio\.md, línea 2: no hay ningún campo «alcalde»"):
        llenar("# Uno\n{{alcalde}}\n", {"nombre": lambda: ""}, "propio")
    copia = hecho(comites, "ordenanza")
    antes = copia.pdf.read_bytes()
    copia.texto.write_text("Sin título\n", encoding="utf-8")
    with pytest.raises(ErrorDeUso, match="falta el título"):
        hecho(comites, "ordenanza")
    assert copia.pdf.read_bytes() == antes


def test_un_nombre_con_signos_llega_como_se_escribe(comites: Comites) -> None:
    raros = ("Unión *Alta* [y] <b>Baja</b> $x$ #1", "1. Mayo", "- La Joya", "(a) Río_Seco_")
    t = comites.catalogo.territorio
    texto = "# Prueba\n"
    for raro in raros:
        sitio = t.sitio.model_copy(update={"responsable": raro})
        catalogo = replace(comites.catalogo, territorio=t.model_copy(update={"sitio": sitio}))
        valores = campos(catalogo, comites.gobernanza, comites.libro, None)
        texto += f"\n{valores['responsable']()}\n\n- De {valores['responsable']()}\n"
    ruta = comites.proyecto.raiz / "prueba.pdf"
    ruta.write_bytes(por_copiar._en_pdf(comites.proyecto, texto, "prueba.md", comites.catalogo))
    dicho = " ".join(paginas(ruta)[0].split())
    assert all(dicho.count(raro) == 2 for raro in raros), dicho


def test_los_campos_de_un_comite_se_conocen(comites: Comites) -> None:
    for modelo in TODOS:
        texto = (comites.proyecto.modelos / f"{modelo}.md").read_text(encoding="utf-8")
        assert bool(DEL_COMITE.keys() & set(CAMPO.findall(texto))) == (modelo in DE_UN_COMITE)


def test_un_acta_llenada_a_mano_de_ocho_instituciones_cabe_en_una_hoja_legible(
    comites: Comites,
) -> None:
    copia = hecho(comites, "acta")
    texto = copia.texto.read_text(encoding="utf-8")
    suya = next(x for x in texto.splitlines() if x.endswith(" — sí"))
    larga = "- Oficinas regionales vinculadas a todas las misiones del plan — sí"
    faltan = 8 - texto.count(" — sí")
    copia.texto.write_text(
        texto.replace(suya, "\n".join([suya, *[larga] * faltan])), encoding="utf-8"
    )
    otra = hecho(comites, "acta")
    (hoja,) = paginas(otra.pdf)
    assert " ".join(hoja.split()).count("todas las misiones del plan") == faltan
    assert "A5" in hoja and "Firma y sello" in hoja
    assert min(cuerpos(otra.pdf)) >= 8.5, "el pie; lo demás, desde 9"
