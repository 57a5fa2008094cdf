"""``observatorio ver`` solo sirve el sitio, y solo a quien está en esta máquina."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from observatorio import servidor as modulo
from observatorio.servidor import Servidor


@pytest.fixture
def sitio(tmp_path: Path) -> Path:
    """Como el de verdad: un enlace a una edición, con algo que no debe verse dentro y al lado."""
    edicion = tmp_path / "ediciones/una"
    (edicion / "datos").mkdir(parents=True)
    (edicion / "index.html").write_text("portada", encoding="utf-8")
    (edicion / "404.html").write_text("no está", encoding="utf-8")
    (edicion / "datos/kpis.json").write_text("[]", encoding="utf-8")
    (edicion / ".oculto").write_text("secreto", encoding="utf-8")
    (tmp_path / "narraciones.csv").write_text("secreto", encoding="utf-8")
    (edicion / "enlace.csv").symlink_to("../../narraciones.csv")
    (edicion / "arriba").symlink_to("../..")
    (edicion / "copia.html").symlink_to("index.html")
    (tmp_path / "_site").symlink_to("ediciones/una")
    return tmp_path / "_site"


@pytest.fixture
def puerto(sitio: Path) -> Iterator[int]:
    servidor = Servidor(sitio, 0)
    threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield servidor.server_address[1]
    servidor.shutdown()
    servidor.server_close()


def pedir(puerto: int, ruta: str, metodo: str = "GET", **cabeceras: str) -> tuple[int, str]:
    conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=10)
    conexion.putrequest(metodo, ruta, skip_host="Host" in cabeceras)
    for nombre, valor in cabeceras.items():
        conexion.putheader(nombre, valor)
    conexion.endheaders()
    respuesta = conexion.getresponse()
    cuerpo = respuesta.read().decode("utf-8")
    conexion.close()
    return respuesta.status, cuerpo


def test_sirve_el_sitio(puerto: int) -> None:
    assert pedir(puerto, "/") == (200, "portada")
    assert pedir(puerto, "/datos/kpis.json?v=1#x") == (200, "[]")
    assert pedir(puerto, "/copia.html") == (200, "portada")
    assert pedir(puerto, "/", "HEAD") == (200, "")
    assert pedir(puerto, "/no-hay.html") == (404, "no está")


@pytest.mark.parametrize(
    "ruta",
    [
        "/.oculto",
        "/%2eoculto",
        "/datos/../.oculto",
        "/enlace.csv",
        "/arriba/narraciones.csv",
        "/../narraciones.csv",
        "/%2e%2e/narraciones.csv",
        "/..%2fnarraciones.csv",
        "/datos/",
        "/arriba/",
        "/%00",
        "/index.html%00.csv",
        "/%ff",
        "//otro/../..",
    ],
)
def test_nada_que_no_sea_del_sitio(
    puerto: int, ruta: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert pedir(puerto, ruta) == (404, "no está")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("host", ["localhost:9000", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_a_esta_maquina_por_su_nombre(puerto: int, host: str) -> None:
    assert pedir(puerto, "/", Host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["sitio-ajeno.example", "localhost.sitio-ajeno.example", "10.0.0.1", "", "[", "a@[::1"]
)
def test_con_otro_nombre_no_se_abre(puerto: int, host: str) -> None:
    estado, cuerpo = pedir(puerto, "/", Host=host)
    assert estado == 421 and "portada" not in cuerpo


def test_quien_pide_y_calla_no_deja_sin_turno_a_los_demas(
    sitio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modulo, "HILOS", 3)
    monkeypatch.setattr(modulo._Pedido, "timeout", 0.3)
    servidor = Servidor(sitio, 0)
    threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        puerto, antes = servidor.server_address[1], threading.active_count()
        callados = [socket.create_connection(("127.0.0.1", puerto)) for _ in range(12)]
        time.sleep(0.1)
        assert threading.active_count() - antes <= 3
        assert pedir(puerto, "/") == (200, "portada")
        for callado in callados:
            callado.close()
    finally:
        servidor.shutdown()
        servidor.server_close()


def test_quien_se_va_a_media_respuesta_no_llena_el_registro(
    sitio: Path, puerto: int, capfd: pytest.CaptureFixture[str]
) -> None:
    (sitio / "grande.bin").write_bytes(bytes(2**24))
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", puerto)) as conexion:
            conexion.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            conexion.sendall(b"GET /grande.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            conexion.recv(10)
    with socket.create_connection(("127.0.0.1", puerto)) as conexion:
        conexion.sendall(b"\x00\xff basura\r\n\r\n")
        conexion.recv(100)
    assert pedir(puerto, "/")[0] == 200
    assert capfd.readouterr().err == ""
