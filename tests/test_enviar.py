"""«observatorio enviar»: el boletín de una sesión llega a las casillas de su comité, y lo que no
debe salir no sale.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path

import icalendar
import pytest
import typst
import yaml
from pydantic import TypeAdapter

from apoyo_actas import Comites
from apoyo_correo import CORTAR, Autoridad, Buzon, sirviendo
from conftest import copiar_entradas, reducir, reemplazar
from observatorio.base.archivos import contenidos
from observatorio.base.huellas import sumas
from observatorio.catalogo.correo import Destinatarios, ServidorDeCorreo
from observatorio.catalogo.naturalezas import ROTULOS
from observatorio.errores import ErrorDeDatos
from observatorio.productos.comites.carpeta_de_sesion import SUMAS
from observatorio.publicacion.correo.servidor import Servidor
from observatorio.publicacion.envio.ajustes import salida
from observatorio.rutas import Proyecto

EQUIPO, ALIADOS = "Equipo técnico de Asociación Pataz", "Aliados de la asociación"
SESION, ENSAYO = "impulsor-001", "simulacro-impulsor-001"
CORTE = "2026-10-31"
MARCA = ROTULOS["demostracion"].conjunto
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
VACIOS = (
    "se_pide",
    "cambios",
    "acuerdos",
    "primera_pagina",
    "propio",
    "misiones",
    "advertencias",
    "correcciones",
)
CASILLAS = (("mesa@ejemplo.pe", EQUIPO), ("aliados@ejemplo.pe", ALIADOS))


@cache
def pdf(*paginas: str) -> bytes:
    cuerpo = "\n#pagebreak()\n".join(paginas).replace("@", "\\@")
    return typst.compile(cuerpo.encode(), ignore_system_fonts=True)


def guardado(sesion: str, corte: str = CORTE, cifras: Sequence[Mapping[str, object]] = ()) -> str:
    """Lo que guardó ``sesion``: las cifras que se vieron, y lo demás vacío."""
    mostradas = [{"escrito": "", "estado": "en ruta", "senal": "", **c} for c in cifras]
    return json.dumps(
        {
            **dict.fromkeys(("comite", "convocatoria", "desde_dicho", "hallazgo"), ""),
            **dict.fromkeys(VACIOS, ()),
            "lugar": dict.fromkeys(("sitio", "territorio", "region", "direccion", "plan"), "")
            | {"horizonte": 2030},
            "cuentas": dict.fromkeys(("clave", "titulo", "vacio"), "")
            | dict.fromkeys(("columnas", "anchos", "filas"), ()),
            "sesion": sesion,
            "id_comite": "impulsor",
            "acta": 1,
            "fecha": "2027-01-14",
            "simulacro": sesion == ENSAYO,
            "desde": None,
            "fecha_corte": corte,
            "comparte": True,
            "cifras": mostradas,
        }
    )


@dataclass
class Oficina:
    """Un proyecto con tres sesiones abiertas, y cómo se hace el boletín de una."""

    comites: Comites
    cifra: dict[str, object] = field(
        default_factory=lambda: {
            "kpi": "M4-K04",
            "periodo": "2026",
            "valor": 16.5,
            "naturaleza": "documentado",
        }
    )

    @property
    def proyecto(self) -> Proyecto:
        return self.comites.proyecto

    def boletin(
        self, sesion: str = SESION, demostracion: bool = False, **partes: str | bytes
    ) -> Path:
        """Escribe lo que se lleva a ``sesion``; ``partes``: lo que va distinto de como debe."""
        s = self.comites.libro.sesion(sesion)
        assert s
        cifra = self.cifra | ({"naturaleza": "demostracion"} if demostracion else {})
        marca = MARCA if demostracion else ""
        ensayo = "(simulacro)" if s.simulacro else ""
        hoja = (
            f"Comité Impulsor, sesión {s.acta} {ensayo} del 14 de enero de 2027. Datos al 31 de"
            f" octubre de 2026. {marca}"
        )
        tabla = io.StringIO()
        escritor = csv.DictWriter(tabla, list(cifra), lineterminator="\n")
        escritor.writeheader()
        escritor.writerow(cifra)
        hechas: dict[str, str | bytes] = {
            "boletin.pdf": pdf(hoja, f"Segunda página. {marca}"),
            "boletin-telefono.pdf": pdf(hoja),
            "mensaje.txt": (f"{hoja}\n• M4-K04: 16.5 <b>\n{marca} Todo en https://ejemplo.pe/m4."),
            "mensaje.png": PNG,
            "cifras.csv": tabla.getvalue(),
            "guardado": guardado(sesion, cifras=[cifra]),
        } | partes
        carpeta = self.proyecto.raiz / "_sesiones" / s.comite / sesion
        self.proyecto.boletines_de_sesion.mkdir(exist_ok=True)
        carpeta.mkdir(parents=True, exist_ok=True)
        for nombre, contenido in hechas.items():
            ruta = carpeta / nombre
            if nombre == "guardado":
                ruta = self.proyecto.boletines_de_sesion / f"{sesion}.json"
            ruta.write_bytes(contenido.encode() if isinstance(contenido, str) else contenido)
        (carpeta / SUMAS).write_bytes(
            sumas({n: c for n, c in contenidos(carpeta).items() if n != SUMAS})
        )
        return carpeta

    def casillas(self, *quienes: tuple[str, str] | tuple[str, str, str]) -> None:
        lineas = [
            f'    - {{direccion: "{d}", institucion: {i}{f", nivel: {n[0]}" if n else ""}}}\n'
            for d, i, *n in quienes
        ]
        self.ajuste("destinatarios.yml", "comites:\n  impulsor:\n" + "".join(lineas))

    def ajuste(self, nombre: str, texto: str) -> None:
        self.proyecto.correo.mkdir(parents=True, exist_ok=True)
        (self.proyecto.correo / nombre).write_text(texto, encoding="utf-8")

    def servidor(self, s: Servidor) -> None:
        self.ajuste(
            "servidor.yml",
            f"servidor: {s.nombre}\npuerto: {s.puerto}\ncifrado: {s.cifrado}\n"
            f"autoridad: {s.autoridad}\nremitente: observatorio@ejemplo.pe\n"
            "espera: 5\nespera_final: 5\n",
        )

    def enviar(self, *mas: str, sesion: str = SESION) -> int:
        return self.comites.orden("enviar", "--comite", "impulsor", "--sesion", sesion, *mas)

    @property
    def diario(self) -> Path:
        return self.proyecto.correo / "diario"


@pytest.fixture(scope="module")
def con_sesiones(tmp_path_factory: pytest.TempPathFactory) -> Comites:
    raiz = tmp_path_factory.mktemp("enviar") / "p"
    comites = Comites(reducir(copiar_entradas(raiz), ("m4-nutricion",)))
    comites.abrir("impulsor", "2027-01-14")
    comites.abrir("impulsor", "2027-01-14", simulacro=True)
    comites.abrir("especializado", "2027-02-18")
    return comites


@pytest.fixture
def oficina(con_sesiones: Comites):
    """Limpia antes de cada prueba; el catálogo que se cambie vuelve a su sitio después."""
    p = con_sesiones.proyecto
    for sobra in (p.raiz / "_sesiones", p.raiz / "reservado", p.boletines_de_sesion, p.trabajo):
        shutil.rmtree(sobra, ignore_errors=True)
    hoja = p.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    antes = {r: r.read_bytes() for r in (p.territorio, hoja)}
    o = Oficina(con_sesiones)
    o.casillas(*CASILLAS)
    yield o
    for ruta, contenido in antes.items():
        ruta.write_bytes(contenido)
    shutil.rmtree(p.raiz / ".git", ignore_errors=True)


@pytest.fixture(scope="module")
def autoridad(tmp_path_factory: pytest.TempPathFactory) -> Autoridad:
    return Autoridad.en(tmp_path_factory.mktemp("autoridad"))


def leer(crudo: bytes) -> EmailMessage:
    m = message_from_bytes(crudo, policy=default)
    assert isinstance(m, EmailMessage)
    return m


def partes(m: EmailMessage) -> tuple[str, str, dict[str, object]]:
    texto, html = m.get_body(("plain",)), m.get_body(("html",))
    assert texto and html
    adjuntos = {str(a.get_filename()): a.get_content() for a in m.iter_attachments()}
    return texto.get_content(), html.get_content(), adjuntos


def test_simular_escribe_los_correos_y_no_envia_ninguno(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    carpeta = oficina.boletin()
    assert oficina.enviar("--simular") == 0
    eml = sorted((oficina.proyecto.trabajo / "correo-simulado" / SESION).iterdir())
    assert [e.suffix for e in eml] == [".eml", ".eml"] and "No se envió ninguno" in (
        capsys.readouterr().out
    )
    assert not oficina.diario.exists()
    m = leer(eml[0].read_bytes())
    assert m["To"].addresses[0].addr_spec == "mesa@ejemplo.pe"
    assert m["To"].addresses[0].display_name == EQUIPO and "aliados@" not in m.as_string()
    assert m["Subject"] == "Comité Impulsor: boletín de su sesión del 14 de enero de 2027"
    texto, html, adjuntos = partes(m)
    assert (carpeta / "mensaje.txt").read_text().strip() in texto.replace("\r\n", "\n")
    assert '<html lang="es">' in html and "<li>M4-K04: 16.5 &lt;b&gt;</li>" in html
    assert '<a href="https://ejemplo.pe/m4">https://ejemplo.pe/m4</a>.' in html
    assert not re.search(r"<(?:img|script|link)|url\(", html)
    assert adjuntos["boletin-impulsor-001.pdf"] == (carpeta / "boletin.pdf").read_bytes()
    assert (
        adjuntos["boletin-impulsor-001-telefono.pdf"]
        == (carpeta / "boletin-telefono.pdf").read_bytes()
    )
    assert adjuntos["boletin-impulsor-001.png"] == PNG
    (cita,) = icalendar.Calendar.from_ical(str(adjuntos["impulsor-001.ics"])).walk("VEVENT")
    assert str(cita["dtstart"].dt) == "2027-01-14" and "impulsor-001" in cita["uid"]
    assert all(nombre in texto and nombre in html for nombre in adjuntos)


def test_un_simulacro_con_demostracion_lo_dice_en_todo(oficina: Oficina) -> None:
    oficina.boletin(ENSAYO, demostracion=True)
    assert oficina.enviar("--simular", sesion=ENSAYO) == 0
    eml = next((oficina.proyecto.trabajo / "correo-simulado" / ENSAYO).iterdir())
    m = leer(eml.read_bytes())
    assert m["Subject"].startswith("[Simulacro] [Demostración] Comité Impulsor")
    texto, html, adjuntos = partes(m)
    assert f"AVISO: {MARCA}" in texto and MARCA in html and "no convoca a nadie" in html
    assert "Simulacro" in str(adjuntos[f"{ENSAYO}.ics"])


def test_se_envia_se_sigue_y_lo_dudoso_se_repite_por_orden(
    oficina: Oficina, autoridad: Autoridad, capsys: pytest.CaptureFixture[str]
) -> None:
    oficina.boletin()
    oficina.casillas(*CASILLAS, ("no-existe@ejemplo.pe", ALIADOS), ("corta@ejemplo.pe", ALIADOS))
    buzon = Buzon(
        rcpt={"no-existe@ejemplo.pe": ["550 no existe esa casilla"]},
        datos={"corta@ejemplo.pe": [CORTAR, "250 OK"]},
    )
    with sirviendo(buzon, autoridad) as servidor:
        oficina.servidor(servidor)
        for _ in range(2):
            assert oficina.enviar() == 1
            dicho = capsys.readouterr().out
            assert "Entregadas: 2 de 4." in dicho
            assert "no-existe@ejemplo.pe: 550 no existe esa casilla" in dicho
            assert re.search(r"Dudosas: .*\n  corta@ejemplo.pe: el servidor no llegó", dicho)
        assert oficina.enviar("--reenviar", "mesa@ejemplo.pe") == 2
        assert "mesa@ejemplo.pe: entregada" in capsys.readouterr().err
        assert oficina.enviar("--reenviar", "dudosas") == 1
        assert oficina.enviar("--estado") == 1
        assert "Entregadas: 3 de 4." in capsys.readouterr().out
        # Corregida la dirección, va solo a la nueva.
        oficina.casillas(*CASILLAS, ("existe@ejemplo.pe", ALIADOS), ("corta@ejemplo.pe", ALIADOS))
        assert oficina.enviar() == 0
    assert buzon.veces == {
        "mesa@ejemplo.pe": 1,
        "aliados@ejemplo.pe": 1,
        "corta@ejemplo.pe": 2,
        "existe@ejemplo.pe": 1,
    }
    uno, otro = buzon.correos("corta@ejemplo.pe")
    assert uno["Message-ID"] == otro["Message-ID"]
    assert oficina.diario.stat().st_mode & 0o777 == 0o700
    assert (oficina.diario / f"{SESION}.jsonl").stat().st_mode & 0o777 == 0o600


def test_un_boletin_corregido_se_envia_diciendo_por_que(
    oficina: Oficina, autoridad: Autoridad, capsys: pytest.CaptureFixture[str]
) -> None:
    oficina.boletin()
    buzon = Buzon()
    with sirviendo(buzon, autoridad, "tls") as servidor:
        oficina.servidor(servidor)
        assert oficina.enviar("--corregido", "nada") == 2  # no se ha enviado ninguno
        assert oficina.enviar() == 0
        oficina.boletin(
            **{
                "boletin-telefono.pdf": pdf(
                    "Comité Impulsor, sesión 1, 14 de enero de "
                    "2027, 31 de octubre de 2026. Otra cosa."
                )
            }
        )
        assert oficina.enviar() == 1
        dicho = capsys.readouterr().err
        assert "regla: boletin-cambiado" in dicho and f"{SESION}.jsonl" in dicho
        assert buzon.veces == {"mesa@ejemplo.pe": 1, "aliados@ejemplo.pe": 1}
        for _ in range(2):
            assert oficina.enviar("--corregido", "faltaba una cosa") == 0
        assert oficina.enviar() == 0
    assert buzon.veces == {"mesa@ejemplo.pe": 2, "aliados@ejemplo.pe": 2}
    uno, otro = buzon.correos("mesa@ejemplo.pe")
    assert uno["Message-ID"] != otro["Message-ID"] and otro["Subject"].startswith("[Corregido] ")
    assert "AVISO: Reemplaza al boletín que recibió antes: faltaba una cosa" in partes(otro)[0]


MALAS = {
    "sin-arroba.ejemplo.pe": "ficha-forma",
    "dos@@ejemplo.pe": "ficha-forma",
    "ñandú@ejemplo.pe": "ficha-forma",
    "a b@ejemplo.pe": "ficha-forma",
    "sin-dominio@servidor": "ficha-forma",
    "a@ejemplo.pe, b@ejemplo.pe": "ficha-forma",
    "Ana <ana@ejemplo.pe>": "ficha-forma",
    f"{'a' * 250}@ejemplo.pe": "ficha-texto-largo",
    r"ana@ejemplo.pe\r\nBcc: otra@ejemplo.pe": "ficha-incoherente",
    r"ana@ejemplo.pe\n": "ficha-incoherente",
    r"ana@ejemplo.pe\u2028X: y": "ficha-incoherente",
}


def test_todo_lo_mal_escrito_se_dice_de_una_vez_con_su_linea(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    oficina.casillas(*((d, EQUIPO) for d in MALAS))
    assert oficina.enviar() == 1
    dicho = capsys.readouterr().err
    for fila, regla in enumerate(MALAS.values(), 3):
        assert re.search(
            rf"reservado/correo/destinatarios\.yml, fila {fila}, columna «[^»]*direccion».*\n"
            rf"    regla: {regla}\n    remedio: \S",
            dicho,
        ), (fila, regla, dicho)
    # Y, con ello, lo que falta: el servidor y, una vez, el boletín entero.
    assert dicho.count("regla: correo-sin-servidor") == 2
    assert re.search(rf"{SESION}\n    regla: boletin-por-hacer\n    remedio: haga el bole", dicho)
    assert dicho.count("regla: boletin-por-hacer") == 1
    assert (
        not oficina.diario.exists()
        and not oficina.proyecto.trabajo.joinpath("correo-simulado").exists()
    )


def test_de_un_usuario_sin_clave_se_dice_donde_va_la_clave(proyecto_real: Proyecto) -> None:
    dicho = {f"OBSERVATORIO_CORREO_{c}": "a@ejemplo.pe" for c in ("USUARIO", "REMITENTE")}
    dicho["OBSERVATORIO_CORREO_SERVIDOR"] = "smtp.ejemplo.pe"
    errores: list[ErrorDeDatos] = []
    assert salida(proyecto_real, errores, dicho) is None
    assert [e.regla for e in errores] == ["correo-sin-clave"]
    variable = re.search(r"OBSERVATORIO_CORREO_\w+", errores[0].remedio)
    assert variable
    assert salida(proyecto_real, [], dicho | {variable[0]: "x"})


def test_quien_no_es_del_comite_o_esta_dos_veces(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    oficina.boletin()
    oficina.casillas(*CASILLAS, ("MESA@ejemplo.pe", EQUIPO), ("x@inei.gob.pe", "INEI"))
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert re.search(r"fila 5, columna «direccion».*\n    regla: destinatario-repetido", dicho)
    assert re.search(r"fila 6, columna «institucion».*\n    regla: destinatario-ajeno", dicho)
    reemplazar(oficina.proyecto.territorio, "correo: observatorio@", "correo: observatorio@ñ")
    oficina.ajuste("destinatarios.yml", "comites: {}\n")
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert "regla: correo-sin-destinatarios" in dicho
    assert re.search(r"territorio\.yml, columna «sitio\.correo».*\n    regla: ficha-forma", dicho)


OTRA_HOJA = "Comité Impulsor, sesión 12, 14 de enero de 2027. Datos al 31 de octubre de 2026."
DE_ENSAYO = "Comité Impulsor, sesión 1 (simulacro), 14 de enero de 2027. 31 de octubre de 2026."
OTRO_CORTE = "Comité Impulsor, sesión 1, 14 de enero de 2027. Datos al 30 de junio de 2026."


@pytest.mark.parametrize(
    ("partes", "archivo", "regla"),
    [
        ({"boletin.pdf": b"no es un PDF"}, "boletin.pdf", "boletin-ilegible"),
        ({"boletin.pdf": OTRA_HOJA}, "boletin.pdf", "boletin-de-otra-sesion"),
        ({"boletin.pdf": DE_ENSAYO}, "boletin.pdf", "boletin-de-otra-sesion"),
        ({"mensaje.txt": OTRA_HOJA}, "mensaje.txt", "boletin-de-otra-sesion"),
        (
            {"mensaje.txt": f"sesión simulacro-{SESION}, {CORTE}"},
            "mensaje.txt: «simulacro-impulsor-001»",
            "boletin-de-otra-sesion",
        ),
        ({"boletin-telefono.pdf": OTRO_CORTE}, "boletin-telefono.pdf", "boletin-de-otra-edicion"),
        ({"mensaje.txt": f"sesión {SESION}"}, "mensaje.txt", "boletin-de-otra-edicion"),
        (
            {"cifras.csv": "kpi,periodo,valor,naturaleza\nM4-K04,2026,16.4,documentado\n"},
            "cifras.csv, fila 2: «M4-K04: 16.4»",
            "boletin-de-otra-edicion",
        ),
        ({"cifras.csv": "kpi,valor\n"}, "cifras.csv, fila 1", "falta-columna"),
        ({"mensaje.txt": b"\xff\xfe"}, "mensaje.txt", "no-es-utf8"),
        ({"guardado": "{}"}, f"boletines/{SESION}.json", "boletin-por-hacer"),
        (
            {"guardado": guardado(ENSAYO)},
            f"boletines/{SESION}.json, columna «sesion»: «{ENSAYO}»",
            "boletin-de-otra-sesion",
        ),
        (
            {"guardado": guardado(SESION, "2026-06-30")},
            f"boletines/{SESION}.json",
            "boletin-de-otra-edicion",
        ),
    ],
)
def test_un_boletin_que_no_es_el_de_esa_sesion_no_sale(
    oficina: Oficina, capsys: pytest.CaptureFixture[str], partes: dict, archivo: str, regla: str
) -> None:
    hechas = {
        n: pdf(t) if n.endswith(".pdf") and isinstance(t, str) else t for n, t in partes.items()
    }
    oficina.boletin(**hechas)
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert re.search(rf"{re.escape(archivo)}.*\n    regla: {regla}\n    remedio: \S", dicho), dicho
    assert not (oficina.proyecto.trabajo / "correo-simulado").exists()


def test_lo_que_le_falta_a_un_boletin_se_dice_por_su_nombre(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    hecho = oficina.boletin()
    (hecho / "boletin.pdf").unlink()
    (hecho / "mensaje.txt").write_bytes(b"")
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    faltan = re.findall(r"([\w.]+)\n    regla: boletin-por-hacer", dicho)
    assert sorted(faltan) == ["boletin.pdf", "mensaje.txt"]


@pytest.mark.parametrize("nombre", ["boletin.pdf", "mensaje.png", "mensaje.txt"])
def test_lo_que_se_edito_despues_de_hecho_no_sale(
    oficina: Oficina, capsys: pytest.CaptureFixture[str], nombre: str
) -> None:
    ruta = oficina.boletin() / nombre
    ruta.write_bytes(ruta.read_bytes() + b" ")
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert re.search(rf"{nombre}: «huella [0-9a-f]{{8}}»\n    regla: boletin-editado", dicho)
    assert f"hágalo de nuevo con «observatorio sesion boletin {SESION}»" in dicho
    assert dicho.count("regla: ") == 1
    assert not (oficina.proyecto.trabajo / "correo-simulado").exists()


def test_la_demostracion_sin_su_marca_no_sale(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    hoja = "Comité Impulsor, sesión 1, 14 de enero de 2027, 31 de octubre de 2026."
    oficina.boletin(
        demostracion=True,
        **{
            "boletin.pdf": pdf(f"{hoja} {MARCA}", "Segunda página, sin marca."),
            "mensaje.txt": f"{SESION}, {CORTE}",
        },
    )
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert dicho.count("regla: demostracion-sin-marca") == 2
    assert "boletin.pdf: «página 2»" in dicho and "mensaje.txt\n" in dicho


def test_una_cifra_restringida_solo_va_a_quien_le_corresponde(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    hoja = oficina.proyecto.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    texto = hoja.read_text(encoding="utf-8")
    donde = re.search(r"( *)- codigo: M4-K04\n", texto)
    assert donde
    hoja.write_text(
        texto.replace(donde[0], f"{donde[0]}{donde[1]}  acceso: decisor\n"), encoding="utf-8"
    )
    oficina.boletin(guardado=guardado(SESION))
    oficina.comites.__dict__.pop("catalogo", None)
    oficina.casillas(
        ("publica@ejemplo.pe", ALIADOS),
        ("decide@ejemplo.pe", EQUIPO, "decisor"),
        ("analiza@ejemplo.pe", EQUIPO, "técnico"),
    )
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert dicho.count("regla: producto-restringido") == 1
    assert "destinatarios.yml, fila 3, columna «nivel»: «ciudadano»" in dicho
    oficina.casillas(("decide@ejemplo.pe", EQUIPO, "decisor"))
    assert oficina.enviar("--simular") == 0
    eml = next((oficina.proyecto.trabajo / "correo-simulado" / SESION).iterdir())
    assert "Lleva cifras de acceso «decisor»: no lo reenvíe." in partes(leer(eml.read_bytes()))[1]


def test_en_periodo_electoral_no_hay_correo_masivo_ni_lamina(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    reemplazar(
        oficina.proyecto.territorio,
        "periodo_electoral: null",
        "periodo_electoral: {desde: 2026-10-01, hasta: 2026-12-31, opinion_legal: {documento:"
        " Informe 1, fecha: 2026-01-05, resumen: Qué se suspende}}",
    )
    carpeta = oficina.boletin()
    (carpeta / "mensaje.png").unlink()
    assert oficina.enviar("--simular") == 1
    assert capsys.readouterr().err.count("regla: periodo-electoral") == 2
    oficina.casillas(("decide@ejemplo.pe", EQUIPO, "decisor"))
    assert oficina.enviar("--simular") == 0
    eml = next((oficina.proyecto.trabajo / "correo-simulado" / SESION).iterdir())
    assert not [n for n in partes(leer(eml.read_bytes()))[2] if n.endswith(".png")]


@pytest.mark.parametrize(
    ("comite", "sesion", "dice"),
    [
        ("impulsor", "especializado-001", "no es una sesión del comité «impulsor»"),
        ("impulsor", "impulsor-009", "tiene: impulsor-001, simulacro-impulsor-001"),
        ("propulsor", SESION, "no hay ningún comité «propulsor»"),
    ],
)
def test_una_sesion_que_no_es_de_ese_comite(
    oficina: Oficina, capsys: pytest.CaptureFixture[str], comite: str, sesion: str, dice: str
) -> None:
    assert oficina.comites.orden("enviar", "--comite", comite, "--sesion", sesion) == 2
    assert dice in capsys.readouterr().err


def test_la_clave_no_se_dice_nunca(
    oficina: Oficina, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    oficina.boletin()
    oficina.ajuste("servidor.yml", "servidor: smtp.ejemplo.pe\nclabe: zorzal-uno\nclave: 98765\n")
    monkeypatch.setenv("OBSERVATORIO_CORREO_PUERTO", "zorzal-dos")
    assert oficina.enviar() == 1
    dicho = "".join(capsys.readouterr())
    assert "fila 2, columna «clabe»" in dicho and "fila 3, columna «clave»" in dicho
    assert "entorno, columna «OBSERVATORIO_CORREO_PUERTO»" in dicho
    assert "zorzal" not in dicho and "98765" not in dicho


def test_el_entorno_manda_sobre_el_archivo(
    oficina: Oficina, autoridad: Autoridad, monkeypatch: pytest.MonkeyPatch
) -> None:
    oficina.boletin()
    oficina.ajuste("servidor.yml", "servidor: no-existe.invalid\nremitente: a@ejemplo.pe\n")
    buzon = Buzon()
    with sirviendo(buzon, autoridad, "tls", clave=("obs", "clave-secreta")) as servidor:
        for campo, valor in {
            "SERVIDOR": servidor.nombre,
            "PUERTO": servidor.puerto,
            "CIFRADO": "tls",
            "USUARIO": "obs",
            "CLAVE": "clave-secreta",
            "REMITENTE": "otra@ejemplo.pe",
            "AUTORIDAD": servidor.autoridad,
        }.items():
            monkeypatch.setenv(f"OBSERVATORIO_CORREO_{campo}", str(valor))
        assert oficina.enviar() == 0
    assert buzon.correos("mesa@ejemplo.pe")[0]["From"].addresses[0].addr_spec == "otra@ejemplo.pe"


def test_lo_que_git_guardaria_detiene_el_envio(
    oficina: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    raiz = oficina.proyecto.raiz
    oficina.boletin()
    subprocess.run(["git", "init", "-q"], cwd=raiz, check=True)
    assert oficina.enviar("--simular") == 1
    assert "regla: correo-sin-ignorar" in capsys.readouterr().err
    (raiz / ".gitignore").write_text("/reservado/\n", encoding="utf-8")
    assert oficina.enviar("--simular") == 0
    subprocess.run(["git", "add", "-f", "reservado"], cwd=raiz, check=True)
    assert oficina.enviar("--simular") == 1
    dicho = capsys.readouterr().err
    assert "reservado/correo/destinatarios.yml\n    regla: correo-en-git" in dicho
    orden = re.search(r"git rm --cached \S+?(?=;)", dicho)
    assert orden
    subprocess.run(orden[0].split(), cwd=raiz, check=True, capture_output=True)
    assert oficina.enviar("--simular") == 0
    (raiz / ".gitignore").unlink()


def test_los_ejemplos_de_la_guia_valen(proyecto_real: Proyecto) -> None:
    guia = (proyecto_real.raiz / "guias/comites.md").read_text(encoding="utf-8")
    seccion = guia.split("\n## Enviar el boletín\n", 1)[1].split("\n## ", 1)[0]
    destinatarios, servidor = re.findall(r"```yaml\n(.*?)```", seccion, re.DOTALL)
    assert TypeAdapter(Destinatarios).validate_python(yaml.safe_load(destinatarios)).comites
    assert TypeAdapter(ServidorDeCorreo).validate_python(yaml.safe_load(servidor)).servidor
    assert "/reservado/" in (proyecto_real.raiz / ".gitignore").read_text(encoding="utf-8")
