"""El reparto por correo contra un servidor SMTP de verdad: a nadie se le entrega dos veces, se
corte donde se corte.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header
from email.policy import compat32
from email.utils import getaddresses
from pathlib import Path

import pytest
import trustme

from apoyo_correo import A_MEDIO_MENSAJE, CORTAR, Autoridad, Buzon, con, sirviendo
from observatorio.errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from observatorio.publicacion.correo import diario as diarios
from observatorio.publicacion.correo.diario import Diario, Inicio, Reenvio
from observatorio.publicacion.correo.repartir import repartir
from observatorio.publicacion.correo.servidor import Servidor
from observatorio.publicacion.correo.sobre import Adjunto, Carta, Destino, Imprenta

FECHA = datetime.datetime(2027, 1, 14, 9, tzinfo=datetime.UTC)
HUELLA = "0a1b2c3d4e5f6789"
CARTA = Carta(
    asunto_de="impulsor-001",
    asunto="Boletín de la sesión, en español",
    texto="Señores:\n.empieza con punto\n..y con dos\n",
    html='<p lang="es">Señores</p>',
    adjuntos=(Adjunto("boletín.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(range(256))),),
    remitente=Destino("observatorio@ejemplo.pe", "Observatorio, de misiones"),
    responder_a="mesa@ejemplo.pe",
    fecha=FECHA,
    huella=HUELLA,
)
ANA, BETO, CARO, DINA = DESTINOS = tuple(
    Destino(f"{nombre}@ejemplo.pe", f"Municipalidad, área de {nombre}")
    for nombre in ("ana", "beto", "caro", "dina")
)


@pytest.fixture(scope="module")
def autoridad(tmp_path_factory: pytest.TempPathFactory) -> Autoridad:
    return Autoridad.en(tmp_path_factory.mktemp("autoridad"))


@pytest.fixture
def diario(tmp_path: Path) -> Path:
    return tmp_path / "diario" / "impulsor-001.jsonl"


def reparte(
    ruta: Path,
    servidor: Servidor,
    destinos: tuple[Destino, ...] = DESTINOS,
    reenviar: tuple[Destino, ...] = (),
    carta: Carta = CARTA,
) -> dict[str, str]:
    """Una orden: abre el diario, reparte lo que falte y dice cómo quedó cada uno."""
    with diarios.abierto(ruta, ruta.name) as d:
        if d.inicio is None:
            d.anotar(Inicio(HUELLA, FECHA.isoformat()))
        for x in reenviar:
            d.anotar(Reenvio(x.clave, diarios.ahora()))
        repartir(d, servidor, Imprenta.de(carta), destinos, pausa=0)
        return {x.direccion.partition("@")[0]: d.de(x.clave).estado for x in destinos}


def leido(ruta: Path) -> Diario:
    d = diarios.leer(ruta, ruta.name)
    assert d is not None
    return d


@pytest.mark.parametrize("cifrado", ["starttls", "tls"])
def test_llega_entero_y_dos_ordenes_no_son_dos_correos(
    cifrado, autoridad: Autoridad, diario: Path
) -> None:
    buzon = Buzon()
    with sirviendo(buzon, autoridad, cifrado) as servidor:
        assert set(reparte(diario, servidor).values()) == {"entregada"}
        assert set(reparte(diario, servidor).values()) == {"entregada"}
    assert buzon.veces == {d.direccion: 1 for d in DESTINOS}
    (m,) = buzon.correos(ANA.direccion)
    texto, html = m.get_body(("plain",)), m.get_body(("html",))
    (adjunto,) = m.iter_attachments()
    assert texto and texto.get_content().splitlines() == CARTA.texto.splitlines()
    assert html and html.get_content().strip() == CARTA.html
    assert adjunto.get_filename() == "boletín.pdf" and adjunto.get_content_type() == (
        "application/pdf"
    )
    assert adjunto.get_content() == CARTA.adjuntos[0].contenido
    assert m["Subject"] == CARTA.asunto and m["Content-Language"] == "es"
    assert m["To"].addresses[0].addr_spec == ANA.direccion
    assert m["To"].addresses[0].display_name == ANA.nombre
    assert m["From"].addresses[0].display_name == CARTA.remitente.nombre
    # Cada uno ve solo su dirección, y su mensaje tiene identificación propia.
    assert not any(d.direccion in m.as_string() for d in (BETO, CARO, DINA))
    assert len({c["Message-ID"] for d in DESTINOS for c in buzon.correos(d.direccion)}) == 4


def test_la_misma_carta_al_mismo_son_los_mismos_bytes() -> None:
    uno, otro = Imprenta.de(CARTA).mensaje(ANA), Imprenta.de(replace(CARTA)).mensaje(ANA)
    assert uno == otro and max(map(len, uno.split(b"\r\n"))) <= 998
    assert b"\n" not in uno.replace(b"\r\n", b"") and uno.isascii()
    en_mayusculas = replace(ANA, direccion="ANA@ejemplo.pe")
    assert Imprenta.de(CARTA).identificacion(en_mayusculas) == (
        Imprenta.de(CARTA).identificacion(ANA)
    )
    corregida = Imprenta.de(replace(CARTA, huella="f" * 16))
    assert corregida.identificacion(ANA) != Imprenta.de(CARTA).identificacion(ANA)


@pytest.mark.parametrize(
    "nombre",
    [
        "INEI",
        'Asociación "Pataz", <otra@ejemplo.pe>; (la de siempre)',
        f"Municipalidad, area de desarrollo, {'oficina de estadistica, ' * 5}mesa de partes",
        f"Municipalidad, área de desarrollo, {'oficina de estadística, ' * 5}mesa de partes",
    ],
)
def test_un_nombre_nunca_es_otra_direccion(nombre: str) -> None:
    """Tampoco para un programa de correo que solo separa por comas."""
    crudo = Imprenta.de(replace(CARTA, remitente=Destino("o@ejemplo.pe", nombre)))
    m = message_from_bytes(crudo.mensaje(replace(ANA, nombre=nombre)), policy=compat32)
    for encabezado, direccion in (("To", ANA.direccion), ("From", "o@ejemplo.pe")):
        ((escrito, suya),) = getaddresses([m[encabezado]])
        assert (
            suya == direccion
            and "".join(
                t.decode(c or "ascii") if isinstance(t, bytes) else t
                for t, c in decode_header(escrito)
            )
            == nombre.strip()
        )


@pytest.mark.parametrize(
    "mala",
    [
        replace(CARTA, asunto="Boletín\r\nBcc: otra@ejemplo.pe"),
        replace(CARTA, remitente=Destino("a@ejemplo.pe", "O\nBcc: otra@ejemplo.pe")),
        replace(CARTA, responder_a="a@ejemplo.pe\r\nBcc: otra@ejemplo.pe"),
        replace(CARTA, adjuntos=(Adjunto("a\r\nX: b", "application/pdf", b"x"),)),
    ],
    ids=["asunto", "remitente", "responder", "adjunto"],
)
def test_ningun_encabezado_admite_otro(mala: Carta) -> None:
    with pytest.raises(ValueError, match="salto"):
        Imprenta.de(mala)


def test_ni_la_direccion_ni_el_nombre_de_quien_recibe() -> None:
    for malo in (Destino("a@b.pe\r\nBcc: c@d.pe", "A"), Destino("a@b.pe", "A\nBcc: c@d.pe")):
        with pytest.raises(ValueError, match="salto"):
            Imprenta.de(CARTA).mensaje(malo)


def test_lo_que_el_servidor_rechaza_o_aplaza_es_de_cada_uno(
    autoridad: Autoridad, diario: Path
) -> None:
    buzon = Buzon(
        rcpt={ANA.direccion: ["550 no existe"], BETO.direccion: ["451 más tarde", "250 OK"]},
        datos={CARO.direccion: ["554 contenido no admitido"]},
    )
    with sirviendo(buzon, autoridad) as servidor:
        antes = reparte(diario, servidor)
        assert antes == {
            "ana": "rechazada",
            "beto": "aplazada",
            "caro": "rechazada",
            "dina": "entregada",
        }
        assert leido(diario).de(ANA.clave).dicho == "550 no existe"
        # Al repetir va solo lo aplazado; lo rechazado, por orden.
        assert reparte(diario, servidor) == antes | {"beto": "entregada"}
        buzon.rcpt.clear()
        assert reparte(diario, servidor, reenviar=(ANA,)) == antes | {
            "ana": "entregada",
            "beto": "entregada",
        }
    assert buzon.veces == {ANA.direccion: 1, BETO.direccion: 1, DINA.direccion: 1}


def test_quien_rechaza_y_cuelga_tambien_rechazo(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon(rcpt={ANA.direccion: ["550 no existe"]}, corta_al_desistir=True)
    with sirviendo(buzon, autoridad) as servidor:
        estados = reparte(diario, servidor)
    assert estados.pop("ana") == "rechazada" and set(estados.values()) == {"entregada"}


def test_lo_cortado_antes_de_terminar_no_es_dudoso(autoridad: Autoridad, diario: Path) -> None:
    """Al dar la dirección, y con el mensaje a medias: es tan grande que no cabe en el camino."""
    grande = replace(CARTA, adjuntos=(Adjunto("b.pdf", "application/pdf", bytes(8_000_000)),))
    buzon = Buzon(
        rcpt={ANA.direccion: [CORTAR, "250 OK"]},
        datos={BETO.direccion: [A_MEDIO_MENSAJE, A_MEDIO_MENSAJE, "250 OK"]},
    )
    with sirviendo(buzon, autoridad) as servidor, diarios.abierto(diario, diario.name) as d:
        d.anotar(Inicio(HUELLA, FECHA.isoformat()))
        repartir(d, servidor, Imprenta.de(CARTA), (ANA, CARO), pausa=0)
        assert d.de(ANA.clave).estado == "entregada"
        repartir(d, servidor, Imprenta.de(grande), (BETO,), pausa=0)
        assert d.de(BETO.clave).estado == "aplazada" and "antes de terminar" in (
            d.de(BETO.clave).dicho
        )
        repartir(d, servidor, Imprenta.de(CARTA), (BETO,), pausa=0)
        assert d.de(BETO.clave).estado == "entregada"
    assert buzon.veces == {x.direccion: 1 for x in (ANA, BETO, CARO)}


def test_lo_cortado_tras_el_punto_es_dudoso_y_solo_se_repite_por_orden(
    autoridad: Autoridad, diario: Path
) -> None:
    buzon = Buzon(datos={BETO.direccion: [CORTAR, "250 OK"]})
    with sirviendo(buzon, autoridad) as servidor:
        for _ in range(2):
            estados = reparte(diario, servidor)
            assert estados["beto"] == "dudosa" and list(estados.values()).count("entregada") == 3
        assert buzon.veces[BETO.direccion] == 1
        assert reparte(diario, servidor, reenviar=(BETO,))["beto"] == "entregada"
    # Quien recibe las dos ve una: son el mismo correo.
    uno, otro = buzon.correos(BETO.direccion)
    assert uno["Message-ID"] == otro["Message-ID"] and uno.as_bytes() == otro.as_bytes()


def test_un_servidor_lento_se_espera_y_uno_que_no_responde_deja_dudas(
    autoridad: Autoridad, diario: Path
) -> None:
    buzon = Buzon(demora={ANA.direccion: 0.2, BETO.direccion: 2})
    with sirviendo(buzon, autoridad) as servidor:
        estados = reparte(diario, con(servidor, espera_final=0.6))
    assert estados == {
        "ana": "entregada",
        "beto": "dudosa",
        "caro": "entregada",
        "dina": "entregada",
    }
    assert "no llegó a responder" in leido(diario).de(BETO.clave).dicho
    assert buzon.veces[BETO.direccion] == 1


def test_una_respuesta_que_no_se_entiende_es_dudosa(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon(datos={ANA.direccion: ["hola"], BETO.direccion: ["550 \x1b[2Jno " + "x" * 300]})
    with sirviendo(buzon, autoridad) as servidor:
        estados = reparte(diario, servidor)
    assert estados["ana"] == "dudosa" and estados["beto"] == "rechazada"
    dicho = leido(diario).de(BETO.clave).dicho
    assert dicho.startswith("550 ·[2Jno x") and len(dicho) < 210


def test_si_todo_se_corta_se_deja_y_se_puede_seguir(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon(rcpt={d.direccion: [CORTAR] for d in DESTINOS})
    with sirviendo(buzon, autoridad) as servidor:
        with pytest.raises(ErrorDeEjecucion, match="una y otra vez"):
            reparte(diario, servidor)
        buzon.rcpt.clear()
        assert set(reparte(diario, servidor).values()) == {"entregada"}
    with pytest.raises(ErrorDeEjecucion, match="nadie atiende en ese puerto"):
        reparte(diario, servidor, (*DESTINOS, Destino("eva@ejemplo.pe", "Eva")))
    assert buzon.veces == {d.direccion: 1 for d in DESTINOS}


@pytest.mark.parametrize("que", ["ajena", "otro-nombre", "vencido", "sin-cifrado"])
def test_sin_cifrar_o_con_un_certificado_que_no_vale_no_se_envia_nada(
    que: str, autoridad: Autoridad, diario: Path
) -> None:
    ayer = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    certificado = {
        "ajena": lambda: trustme.CA().issue_cert("localhost"),
        "otro-nombre": lambda: autoridad.propia.issue_cert("otro.ejemplo.pe"),
        "vencido": lambda: autoridad.propia.issue_cert(
            "localhost", not_before=ayer - datetime.timedelta(days=9), not_after=ayer
        ),
        "sin-cifrado": lambda: None,
    }[que]()
    buzon = Buzon()
    cifrado = None if que == "sin-cifrado" else "tls"
    with sirviendo(buzon, autoridad, cifrado, certificado) as servidor:
        dice = "STARTTLS" if que == "sin-cifrado" else "su certificado no vale"
        with pytest.raises(ErrorDeEjecucion, match=dice):
            reparte(diario, servidor)
    assert not buzon.recibidos and not leido(diario).situaciones


def test_entra_con_su_clave_y_no_la_dice(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon()
    with sirviendo(buzon, autoridad, clave=("obs", "clave-secreta")) as servidor:
        mala = con(servidor, usuario="obs", clave="zorzal-quiscal")
        with pytest.raises(ErrorDeEjecucion) as e:
            reparte(diario, mala)
        assert "zorzal" not in f"{e.value}{mala!r}{diario.read_text()}" and "535" in str(e.value)
        buena = con(servidor, usuario="obs", clave="clave-secreta")
        assert set(reparte(diario, buena).values()) == {"entregada"}


def test_una_linea_a_medias_se_quita_y_un_dano_detiene(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon()
    with sirviendo(buzon, autoridad) as servidor:
        reparte(diario, servidor, (ANA,))
        with diario.open("a") as f:
            f.write('{"paso": "punto", "direccion": "beto@ej')
        assert reparte(diario, servidor)["beto"] == "entregada"
        leido(diario)
        lineas = diario.read_text(encoding="utf-8").splitlines()
        lineas[2] = lineas[2].replace('"entregada"', '"entregadisima"')
        diario.write_text("\n".join(["{}", *lineas[1:]]) + "\n", encoding="utf-8")
        with pytest.raises(DatosInvalidos) as e:
            reparte(diario, servidor)
    filas = {(x.archivo, x.fila, x.regla) for x in e.value.errores}
    assert filas >= {(diario.name, n, "diario-de-envio-danado") for n in (1, 3)}
    assert buzon.veces == {d.direccion: 1 for d in DESTINOS}


def test_dos_ordenes_a_la_vez_no_envian_lo_mismo(autoridad: Autoridad, diario: Path) -> None:
    buzon = Buzon(demora={ANA.direccion: 0.5})
    with sirviendo(buzon, autoridad) as servidor:
        hilo = threading.Thread(target=reparte, args=(diario, servidor))
        hilo.start()
        while not buzon.recibidos:
            time.sleep(0.01)
        with pytest.raises(ErrorDeUso, match="otra orden"):
            reparte(diario, servidor)
        hilo.join()
    assert buzon.veces == {d.direccion: 1 for d in DESTINOS}


def test_sin_disco_donde_anotar_no_sale_ninguno(autoridad: Autoridad, diario: Path) -> None:
    """El límite de tamaño hace las veces del disco lleno."""
    buzon = Buzon()
    with sirviendo(buzon, autoridad) as servidor:
        reparte(diario, servidor, (ANA,))
        blando, duro = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (diario.stat().st_size + 20, duro))
        try:
            with pytest.raises(ErrorDeEjecucion, match="no se pudo anotar"):
                reparte(diario, servidor)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (blando, duro))
        assert buzon.veces == {ANA.direccion: 1}
        assert set(reparte(diario, servidor).values()) == {"entregada"}
    assert buzon.veces == {d.direccion: 1 for d in DESTINOS}


@pytest.mark.parametrize("bytes_", [20_000, pytest.param(600_000, marks=pytest.mark.largo)])
def test_cincuenta_en_menos_de_diez_segundos(
    bytes_: int, autoridad: Autoridad, diario: Path
) -> None:
    adjunto = Adjunto("boletin.pdf", "application/pdf", random.Random(1).randbytes(bytes_))
    carta = replace(CARTA, adjuntos=(adjunto,))
    destinos = tuple(Destino(f"casilla{n}@ejemplo.pe", "INEI") for n in range(50))
    buzon = Buzon()
    with sirviendo(buzon, autoridad) as servidor:
        antes = time.monotonic()
        reparte(diario, servidor, destinos, carta=carta)
        assert time.monotonic() - antes < 10
    assert buzon.veces == {d.direccion: 1 for d in destinos}


HIJO = """
import json, sys
from pathlib import Path
from datetime import datetime
from observatorio.publicacion.correo import diario as diarios
from observatorio.publicacion.correo.diario import Inicio
from observatorio.publicacion.correo.repartir import repartir
from observatorio.publicacion.correo.servidor import Servidor
from observatorio.publicacion.correo.sobre import Carta, Destino, Imprenta

p = json.loads(sys.argv[1])
carta = Carta("impulsor-001", "Boletín", "texto", "<p>texto</p>", (),
              Destino("observatorio@ejemplo.pe", "Observatorio"), "mesa@ejemplo.pe",
              datetime.fromisoformat(p["fecha"]), p["huella"])
servidor = Servidor("localhost", p["puerto"], "tls", autoridad=Path(p["pem"]), espera=5)
with diarios.abierto(Path(p["diario"]), "diario") as d:
    if d.inicio is None:
        d.anotar(Inicio(p["huella"], p["fecha"]))
    repartir(d, servidor, Imprenta.de(carta), [Destino(x, "INEI") for x in p["destinos"]], pausa=0)
"""


class Verdugo:
    """Mata al proceso en un momento al azar: en el n-ésimo suceso que ve el servidor, o un instante
    después.
    """

    def __init__(self, azar: random.Random) -> None:
        self.azar, self.proceso, self.faltan = azar, None, 0

    def apuntar(self, proceso: subprocess.Popen) -> None:
        self.proceso, self.faltan = proceso, self.azar.randint(1, 14)

    def __call__(self, que: str, direccion: str) -> None:
        self.faltan -= 1
        if self.faltan == 0 and self.proceso is not None:
            if self.azar.random() < 0.5:
                time.sleep(self.azar.uniform(0, 0.004))
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.proceso.pid, signal.SIGKILL)


@pytest.mark.parametrize("muertes", [3, pytest.param(50, marks=pytest.mark.largo)])
def test_muera_cuando_muera_nadie_recibe_dos(
    muertes: int, autoridad: Autoridad, tmp_path: Path
) -> None:
    azar = random.Random(muertes)
    destinos = [f"casilla{n}@ejemplo.pe" for n in range(8)]
    muertas = campana = 0
    while muertas < muertes:
        campana += 1
        verdugo = Verdugo(azar)
        buzon = Buzon(al=verdugo)
        ruta = tmp_path / f"{campana}.jsonl"
        suyas = 0
        with sirviendo(buzon, autoridad, "tls") as servidor:
            pedido = json.dumps(
                {
                    "puerto": servidor.puerto,
                    "pem": str(autoridad.pem),
                    "diario": str(ruta),
                    "destinos": destinos,
                    "fecha": FECHA.isoformat(),
                    "huella": HUELLA,
                }
            )
            while True:
                hijo = subprocess.Popen([sys.executable, "-c", HIJO, pedido])
                if muertas + suyas < muertes:
                    verdugo.apuntar(hijo)
                codigo = hijo.wait(60)
                if codigo == 0:
                    break
                assert codigo == -signal.SIGKILL
                suyas += 1
        muertas += suyas
        d = leido(ruta)
        dudosas = 0
        for x in destinos:
            estado = d.de(x).estado
            dudosas += estado == "dudosa"
            assert estado in ("entregada", "dudosa")
            assert buzon.veces[x] == 1 if estado == "entregada" else buzon.veces[x] <= 1
        assert dudosas <= suyas
