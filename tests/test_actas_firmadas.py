"""El acta de una sesión: se hace de lo sellado, se firma fuera y se recibe solo si es ella y está
íntegra; el original se guarda cifrado, y en público queda su huella.
"""

from __future__ import annotations

import io
import json
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import yaml

from apoyo_actas import Comites, solo_gobernanza
from apoyo_firmas import (
    Titular,
    con_dss,
    con_nota,
    con_parche,
    con_sello_de_tiempo,
    firmar,
    titular,
)
from apoyo_pdf import paginas
from conftest import reemplazar
from observatorio.actas import recibidas
from observatorio.actas.comprobar import examinar
from observatorio.actas.libro import leer_libro
from observatorio.actas.modelos import Votos
from observatorio.base.cifrado import exigir_publicas, hacer_llave
from observatorio.errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from observatorio.productos.comites import libro_de_actas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from test_libro_de_actas import guardada, tramitar

SESION, OTRA = "estrategico-001", "impulsor-001"
RECIBIDA = date(2027, 3, 30)
NOMBRE = "Firmante de prueba"


@dataclass
class Escena:
    """Un libro con tres sesiones cerradas, las copias de dos actas y quienes las firman."""

    comites: Comites
    uno: Titular
    dos: Titular
    hora: Titular
    llave: Path
    publica: str
    copia: bytes
    firmada: bytes
    de_otra: bytes

    @property
    def proyecto(self) -> Proyecto:
        return self.comites.proyecto

    def recibir(self, *archivos: Path, sesion: str = SESION) -> None:
        c = self.comites
        recibidas.recibir(
            c.proyecto, c.catalogo, c.libro, sesion, archivos, [self.publica], RECIBIDA
        )

    def escrito(self) -> dict[str, bytes]:
        """Todo lo que una orden de actas podría tocar."""
        carpetas = (self.proyecto.data, self.proyecto.raiz / "reservado", self.proyecto.papeles)
        return {
            str(p): p.read_bytes() for c in carpetas for p in sorted(c.rglob("*")) if p.is_file()
        }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, proyecto_real: Proyecto) -> Escena:
    raiz = tmp_path_factory.mktemp("firmadas")
    c = Comites(solo_gobernanza(proyecto_real, raiz, "_extensions"))
    version = guardada(c, "metodologia")
    c.abrir("impulsor", "2027-01-14")
    tramitar(c, "metodologia", "enviado", version)
    c.acordar(OTRA, "A1", "Pedir el padrón nominal", "2027-06-30")
    c.cerrar(OTRA)
    c.abrir("especializado", "2027-02-18")
    opinion = {"sentido": "favorable", "texto": "El método se sostiene"}
    tramitar(c, "metodologia", "opinión", version, **opinion)
    c.cerrar("especializado-001")
    c.abrir("estrategico", "2027-03-29")
    quienes = c.gobernanza.comite("estrategico").con_voto
    votos = Votos(a_favor=quienes[:2], abstenciones=quienes[2:])
    tramitar(c, "metodologia", "aprobado", version, votos=votos)
    c.acordar(SESION, "A1", "Publicar el método en lenguaje llano", "2027-09-30")
    c.cerrar(SESION)
    raiz_de_confianza = titular("Raíz de prueba", clase="autoridad")
    intermedia = titular("Entidad de prueba", raiz_de_confianza, "autoridad")
    uno, dos = titular(f"{NOMBRE} uno", intermedia), titular(f"{NOMBRE} dos", intermedia)
    llave = raiz.parent / "llave.txt"
    copias = {
        s: recibidas.hacer(c.proyecto, c.catalogo, c.libro, s, para_firmar=True).read_bytes()
        for s in (SESION, OTRA)
    }
    return Escena(
        c,
        uno,
        dos,
        titular("Hora de prueba", intermedia, "hora"),
        llave,
        hacer_llave(llave),
        copias[SESION],
        firmar(copias[SESION], uno, "firma-1"),
        firmar(copias[OTRA], uno, "firma-1"),
    )


@pytest.fixture
def escena(base: Escena) -> Escena:
    """La escena sin ningún acta recibida; lo que se escriba se borra después."""
    antes = {p: p.read_bytes() for p in base.proyecto.data.rglob("*") if p.is_file()}
    yield base
    for ruta in base.proyecto.data.rglob("*"):
        if ruta.is_file() and ruta not in antes:
            ruta.unlink()
    for ruta, crudo in antes.items():
        if not ruta.is_file() or ruta.read_bytes() != crudo:
            ruta.write_bytes(crudo)
    shutil.rmtree(base.proyecto.raiz / "reservado", ignore_errors=True)


def foto_png() -> bytes:
    """Una foto de un punto, entera."""

    def trozo(clase: bytes, datos: bytes) -> bytes:
        suma = struct.pack(">I", zlib.crc32(clase + datos))
        return struct.pack(">I", len(datos)) + clase + datos + suma

    return (
        b"\x89PNG\r\n\x1a\n"
        + trozo(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + trozo(b"IDAT", zlib.compress(b"\0\xff"))
        + trozo(b"IEND", b"")
    )


FOTO_JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200) + b"\xff\xd9"


def escaneada() -> bytes:
    """Un PDF con una foto en su única hoja, como lo hace un teléfono."""
    from PIL import Image

    salida = io.BytesIO()
    Image.new("L", (60, 90), 200).save(salida, "PDF")
    return salida.getvalue()


def con_contrasena(pdf: bytes) -> bytes:
    escritor = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    escritor.encrypt("secreta", algorithm="RC4-128")
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()


def cambiado(pdf: bytes, donde: int) -> bytes:
    crudo = bytearray(pdf)
    crudo[donde] ^= 0x15
    return bytes(crudo)


# --- hacerla --------------------------------------------------------------------------------------


def test_el_acta_dice_lo_que_dice_la_sesion_y_deja_los_nombres_por_escribir(
    escena: Escena, tmp_path: Path
) -> None:
    c = escena.comites
    ruta = recibidas.hacer(c.proyecto, c.catalogo, c.libro, SESION, para_firmar=False)
    dicho = " ".join(" ".join(paginas(ruta)).split())
    sesion = c.libro.sesion(SESION)
    for parte in (
        "Acta N.° 001 del Comité Estratégico",
        "29 de marzo de 2027",
        "Publicar el método en lenguaje llano",
        "Metodología: se aprobó",
        "Asistieron 3 de las 3 instituciones con voto: hay quórum.",
        sesion.sello.huella,
        sesion.tramites[0].version,
        "se comparan con las que publica",
        *(a.institucion for a in sesion.asistencia),
    ):
        assert parte in dicho, parte
    assert dicho.count("Firma y sello") == len(sesion.asistencia)
    assert sesion.sello.huella[:12] in paginas(ruta)[-1], "una hoja suelta dice de qué acta es"


def test_el_acta_es_pdf_ua_y_sale_siempre_con_los_mismos_bytes(escena: Escena) -> None:
    c = escena.comites
    unas = [
        recibidas.hacer(c.proyecto, c.catalogo, c.libro, SESION, para_firmar=False).read_bytes()
        for _ in range(2)
    ]
    assert unas[0] == unas[1]
    leido = pypdf.PdfReader(io.BytesIO(unas[0]))
    raiz = leido.trailer["/Root"]
    assert raiz["/MarkInfo"]["/Marked"] and raiz["/Lang"] == "es" and "/StructTreeRoot" in raiz
    assert b"pdfuaid" in raiz["/Metadata"].get_data()
    assert leido.metadata.title == "Acta N.° 001 del Comité Estratégico"


def test_cada_campo_de_firma_cae_en_su_recuadro_y_dice_de_quien_es(escena: Escena) -> None:
    leido = pypdf.PdfReader(io.BytesIO(escena.copia))
    sesion = escena.comites.libro.sesion(SESION)
    campos = [nota.get_object() for hoja in leido.pages for nota in hoja.get("/Annots", ())]
    assert [c["/TU"] for c in campos] == [
        f"{a.institucion}, en calidad de {a.calidad}" for a in sesion.asistencia
    ]
    cajas = [tuple(float(x) for x in c["/Rect"]) for c in campos]
    assert all(0 < x0 < x1 < 596 and 0 < y0 < y1 < 842 for x0, y0, x1, y1 in cajas)
    ancho = {round(x1 - x0) for x0, _, x1, _ in cajas}
    assert len(set(cajas)) == 3 and min(ancho) > 180
    assert sum("/Annots" in hoja for hoja in leido.pages) == 1, "ninguna firma sola en otra hoja"
    with pypdfium2.PdfDocument(escena.copia) as pdf:
        for hoja, dibujada in zip(leido.pages, pdf, strict=True):
            for nota in hoja.get("/Annots", ()):
                x0, y0, x1, _ = (float(x) for x in nota.get_object()["/Rect"])
                bajo = dibujada.get_textpage().get_text_bounded(x0 - 3, y0 - 22, x1, y0)
                assert bajo.strip() == "Firma y sello", "el campo está sobre su raya"


@pytest.mark.parametrize(
    ("cambiada", "dice"),
    [
        (lambda p: p[:-5], "tiene 57 letras y son 62"),
        (lambda p: p[:-1] + ("q" if p[-1] != "q" else "p"), "tiene alguna letra cambiada"),
        (lambda p: p[4:], "empieza por «age1»"),
    ],
)
def test_de_una_llave_mal_copiada_se_dice_que_tiene(
    tmp_path: Path, cambiada: Callable[[str], str], dice: str
) -> None:
    publica = hacer_llave(tmp_path / "llave.txt")
    exigir_publicas([publica])
    with pytest.raises(ErrorDeUso, match=dice):
        exigir_publicas([cambiada(publica)])


def test_de_una_sesion_que_no_existe_o_sigue_abierta_no_hay_acta(escena: Escena) -> None:
    c = escena.comites
    c.abrir("impulsor", "2027-02-11")
    c.cerrar("impulsor-002")
    c.abrir("impulsor", "2027-03-11")
    c.abrir("impulsor", "2027-03-12", simulacro=True)
    c.cerrar("simulacro-impulsor-001")
    antes = escena.escrito()
    for sesion, dicho in (
        ("impulsor-009", "no hay ninguna sesión"),
        ("impulsor-003", "sigue abierta"),
        ("simulacro-impulsor-001", "simulacro"),
    ):
        with pytest.raises(ErrorDeUso, match=dicho):
            recibidas.hacer(c.proyecto, c.catalogo, c.libro, sesion, para_firmar=True)
        with pytest.raises(ErrorDeUso, match=dicho):
            escena.recibir(c.ruta(OTRA), sesion=sesion)
    assert escena.escrito() == antes


def test_un_simulacro_se_imprime_diciendolo_y_sin_recuadros(escena: Escena) -> None:
    c = escena.comites
    c.abrir("impulsor", "2027-03-12", simulacro=True)
    c.cerrar("simulacro-impulsor-001")
    ruta = recibidas.hacer(c.proyecto, c.catalogo, c.libro, "simulacro-impulsor-001", False)
    hojas = paginas(ruta)
    assert all("SIMULACRO" in h for h in hojas) and "Firma y sello" not in "".join(hojas)
    assert not (c.proyecto.actas_hechas / "simulacro-impulsor-001.yml").exists()


# --- recibirla ------------------------------------------------------------------------------------


def test_integra_con_dos_firmas_con_dss_y_con_sello_de_tiempo(
    escena: Escena, tmp_path: Path
) -> None:
    dos = firmar(escena.firmada, escena.dos, "firma-2")
    guardada_ = con_sello_de_tiempo(con_dss(dos, [escena.uno, escena.dos]), escena.hora)
    for n, (pdf, firmas) in enumerate(((escena.firmada, 1), (dos, 2), (guardada_, 2))):
        ruta = tmp_path / f"{n}.pdf"
        ruta.write_bytes(pdf)
        escena.recibir(ruta)
        ultima = escena.comites.libro.actas[SESION].recibidas[-1]
        assert (ultima.resultado, ultima.firmas) == ("íntegra", firmas)


def test_una_firma_en_un_campo_propio_del_programa_tambien_vale(
    escena: Escena, tmp_path: Path
) -> None:
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(firmar(escena.firmada, escena.dos, "Signature2"))
    escena.recibir(ruta)
    assert escena.comites.libro.actas[SESION].recibidas[0].firmas == 2


def test_vale_la_copia_que_un_programa_guardo_de_otro_modo_antes_de_firmar(
    escena: Escena, tmp_path: Path
) -> None:
    escritor = pypdf.PdfWriter(clone_from=io.BytesIO(escena.copia))
    salida = io.BytesIO()
    escritor.write(salida)
    assert salida.getvalue()[:4000] != escena.copia[:4000]
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(firmar(salida.getvalue(), escena.uno, "firma-1"))
    escena.recibir(ruta)


MALOS: dict[str, tuple[Callable[[Escena], bytes], str, str | None]] = {
    "un byte cambiado": (
        lambda e: e.firmada.replace(b"2027-03-29", b"2027-03-28", 1),
        "acta-alterada",
        "firma 1",
    ),
    "una hoja tapada después": (lambda e: con_parche(e.firmada), "acta-alterada", "firma 1"),
    "tapada entre dos firmas": (
        lambda e: firmar(con_parche(e.firmada), e.dos, "firma-2"),
        "acta-alterada",
        "firma 1",
    ),
    "una nota pegada después": (lambda e: con_nota(e.firmada), "acta-alterada", "firma 1"),
    "una nota pegada antes": (
        lambda e: firmar(con_nota(e.copia), e.uno, "firma-9"),
        "acta-alterada",
        "hoja 1",
    ),
    "con una huella que se falsifica": (
        lambda e: firmar(e.copia, e.uno, "firma-1", "sha1"),
        "firma-debil",
        "firma 1",
    ),
    "algo al final": (lambda e: e.firmada + b"otra cosa", "acta-alterada", None),
    "cambiada antes de firmarla": (
        lambda e: firmar(con_parche(e.copia, 1), e.uno, "firma-1"),
        "acta-cambiada",
        "hoja 2",
    ),
    "el acta de otra sesión": (lambda e: e.de_otra, "acta-de-otra-sesion", None),
    "otro documento firmado": (
        lambda e: firmar(escaneada(), e.uno, "firma-1"),
        "acta-ajena",
        None,
    ),
    "la copia sin firmar": (lambda e: e.copia, "acta-sin-firmar", None),
    "un PDF escrito, sin firmas": (lambda e: con_parche(e.copia), "acta-sin-firmar", None),
    "un PDF cortado": (lambda e: e.firmada[:-700], "pdf-danado", None),
    "la mitad de un PDF": (lambda e: e.firmada[: len(e.firmada) // 2], "pdf-danado", None),
    "un PDF que no lo es": (lambda e: b"%PDF-1.7\nhola", "pdf-danado", None),
    "un PDF con contraseña": (lambda e: con_contrasena(e.copia), "pdf-con-contrasena", None),
    "un texto": (lambda e: b"Acta firmada por todos", "archivo-irreconocible", None),
    "nada": (lambda e: b"", "archivo-irreconocible", None),
    "una foto de iPhone": (lambda e: b"\0\0\0\x18ftypheic", "archivo-irreconocible", None),
    "una foto cortada": (lambda e: foto_png()[:-8], "foto-cortada", None),
    "otra foto cortada": (lambda e: FOTO_JPG[:-2], "foto-cortada", None),
}


def test_lo_que_no_es_el_acta_integra_se_rechaza_todo_a_la_vez_sin_escribir_nada(
    escena: Escena, tmp_path: Path
) -> None:
    for caso, (hacer, _, _) in MALOS.items():
        (tmp_path / f"{caso}.pdf").write_bytes(hacer(escena))
    bueno = tmp_path / "bueno.png"
    bueno.write_bytes(foto_png())
    antes = escena.escrito()
    with pytest.raises(DatosInvalidos) as e:
        escena.recibir(bueno, *(tmp_path / f"{caso}.pdf" for caso in MALOS))
    hallados = {(x.archivo, x.regla, x.columna) for x in e.value.errores}
    for caso, (_, regla, donde) in MALOS.items():
        assert (str(tmp_path / f"{caso}.pdf"), regla, donde) in hallados, caso
    assert str(bueno) not in {archivo for archivo, *_ in hallados}
    assert all(x.remedio and NOMBRE not in str(x) for x in e.value.errores)
    assert escena.escrito() == antes, "tampoco se guarda el bueno"


def test_dice_que_hoja_cambio_despues_de_la_firma(escena: Escena, tmp_path: Path) -> None:
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(con_parche(escena.firmada, 1))
    with pytest.raises(DatosInvalidos, match="después de ella cambió la hoja 2"):
        escena.recibir(ruta)


@pytest.mark.parametrize(
    "paso", [9001, pytest.param(397, marks=pytest.mark.largo)], ids=["muestra", "todo"]
)
def test_ningun_byte_firmado_se_cambia_sin_que_se_note(escena: Escena, paso: int) -> None:
    pdf = firmar(escena.firmada, escena.dos, "firma-2")
    hueco = pdf.index(b"/Contents <"), pdf.rindex(b"/ByteRange")
    copias = [c.huellas for c in escena.comites.libro.actas[SESION].copias]
    for donde in range(20, len(pdf), paso):
        if hueco[0] < donde < hueco[1]:
            continue
        assert examinar(cambiado(pdf, donde), copias).defectos, donde


def test_el_papel_se_guarda_cifrado_y_se_abre_con_su_llave(escena: Escena, tmp_path: Path) -> None:
    originales = {"a.jpg": FOTO_JPG, "b.png": foto_png(), "c.pdf": escaneada()}
    for nombre, crudo in originales.items():
        (tmp_path / nombre).write_bytes(crudo)
    escena.recibir(*(tmp_path / n for n in originales))
    c = escena.comites
    assert [r.resultado for r in c.libro.actas[SESION].recibidas] == ["en papel"] * 3
    guardados = list(c.proyecto.actas_firmadas.iterdir())
    assert all(p.read_bytes().startswith(b"age-encryption.org/") for p in guardados)
    fuera = tmp_path / "abierta"
    assert recibidas.abrir(c.proyecto, c.libro, SESION, escena.llave, fuera) == 3
    assert {p.read_bytes() for p in fuera.iterdir()} == set(originales.values())
    with pytest.raises(ErrorDeUso, match="dentro del proyecto"):
        recibidas.abrir(c.proyecto, c.libro, SESION, escena.llave, c.proyecto.raiz / "abierta")


def test_lo_que_consta_no_lleva_nombres_y_no_se_repite(escena: Escena, tmp_path: Path) -> None:
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(escena.firmada)
    escena.recibir(ruta)
    escrito = (escena.proyecto.actas_hechas / f"{SESION}.yml").read_text(encoding="utf-8")
    assert NOMBRE not in escrito
    consta = yaml.safe_load(escrito)
    assert set(consta) == {"sesion", "sello", "copias", "recibidas"}
    antes = escena.escrito()
    with pytest.raises(DatosInvalidos, match="acta-ya-recibida"):
        escena.recibir(ruta)
    with pytest.raises(ErrorDeUso, match="--fecha"):
        c = escena.comites
        recibidas.recibir(
            c.proyecto, c.catalogo, c.libro, SESION, [ruta], [escena.publica], date(2027, 1, 1)
        )
    with pytest.raises(ErrorDeUso, match="--para"):
        recibidas.recibir(c.proyecto, c.catalogo, c.libro, SESION, [ruta], [], RECIBIDA)
    assert escena.escrito() == antes


def defectos(c: Comites) -> list[ErrorDeDatos]:
    errores: list[ErrorDeDatos] = []
    leer_libro(c.proyecto, c.catalogo, errores)
    return errores


def test_lo_que_consta_se_compara_con_el_libro(escena: Escena) -> None:
    c = escena.comites
    suya = c.proyecto.actas_hechas / f"{SESION}.yml"
    reemplazar(suya, c.libro.sesion(SESION).sello.huella, "ab" * 32)
    shutil.copyfile(suya, suya.with_name("impulsor-009.yml"))
    assert {(e.archivo, e.regla) for e in defectos(c)} == {
        (f"data/gobernanza/actas/{SESION}.yml", "acta-de-otro-sello"),
        ("data/gobernanza/actas/impulsor-009.yml", "acta-sin-sesion"),
    }
    reemplazar(suya, "copias:", "firmantes: [alguien]\ncopias:")
    assert any(e.archivo.endswith(f"{SESION}.yml") and e.fila for e in defectos(c))


def test_por_la_terminal_dice_integra_y_donde_se_valida(
    escena: Escena, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(escena.firmada)
    orden = ("acta", "recibir", SESION, str(ruta), "--para", escena.publica)
    assert escena.comites.orden(*orden, "--fecha", "2027-03-30") == 0
    dicho = capsys.readouterr().out
    assert "íntegra, con 1 firma (asistieron 3)" in dicho and "validador.xhtml" in dicho
    assert NOMBRE not in dicho
    assert escena.comites.orden(*orden, "--fecha", "2027-03-31") == 1
    assert "acta-ya-recibida" in capsys.readouterr().err


def test_en_publico_queda_que_dice_su_huella_y_el_resultado(
    escena: Escena, tmp_path: Path, resultados_reales: Resultados
) -> None:
    ruta = tmp_path / "a.pdf"
    ruta.write_bytes(escena.firmada)
    escena.recibir(ruta)
    r = replace(resultados_reales, libro=escena.comites.libro)
    suma = escena.comites.libro.actas[SESION].recibidas[0].sha256
    tabla = libro_de_actas.piezas(r)["sesiones"]
    assert f'firmada con certificado, íntegra <code class="huella">{suma[:8]}</code>' in tabla
    publicado = json.loads(libro_de_actas.archivo(r))
    por_id = {s["id"]: s["acta_firmada"] for s in publicado["sesiones"]}
    assert por_id[OTRA] is None
    assert por_id[SESION]["originales"] == [
        {
            "clase": "digital",
            "sha256": suma,
            "mes": "2027-03",
            "firmas": 1,
            "resultado": "íntegra",
        }
    ]
    opinada = {"especializado-001": r.libro.actas[SESION]}
    con_opinion = replace(r, libro=replace(r.libro, actas=r.libro.actas | opinada))
    assert ": se opinó: favorable" in libro_de_actas.archivo(con_opinion).decode()
    texto = " ".join(por_id[SESION]["texto"])
    assert "Publicar el método en lenguaje llano" in texto and "2 a favor" in texto
    assert "25 de marzo" not in texto and NOMBRE not in json.dumps(publicado)
