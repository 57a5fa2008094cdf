"""La configuración de nginx que dice la guía, corrida por un nginx de verdad sobre una
publicación.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apoyo_publicacion import edicion_de_juguete
from conftest import RAIZ
from observatorio.publicacion.destinos import carpeta as en_carpeta
from observatorio.rutas import Proyecto

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
MIME = Path("/etc/nginx/mime.types")
pytestmark = pytest.mark.skipif(
    not NGINX or not MIME.is_file() or not shutil.which("openssl"),
    reason="faltan nginx y openssl",
)
Respuesta = tuple[int, dict[str, str], bytes]


def puerto_libre() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def pedir(tmp_path: Path) -> Iterator[Callable[..., Respuesta]]:
    proyecto = Proyecto(tmp_path / "p")
    largo = "<p>hola</p>" * 200
    archivos = {"404.html": "no está", "datos/kpi.ics": "BEGIN", "index.html": largo}
    archivos |= {"misiones/m1/indicadores.ipynb": "{}", "novedades.xml": "<feed/>"}
    archivos |= {"indicadores/M1-K01/incrustar.html": largo, "activos/m.webmanifest": "{}"}
    en_carpeta.copiar(
        edicion_de_juguete(proyecto, "0" * 16, archivos), tmp_path / "sitio", lambda _: None
    )
    (tmp_path / "sitio/.secreto").write_text("x", encoding="utf-8")
    cambios = (
        ("listen 80;", f"listen 127.0.0.1:{puerto_libre()};"),
        ("/srv/observatorio/web/sitio", str(tmp_path / "sitio")),
        ("include mime.types", f"include {MIME}"),
    )
    with servido(tmp_path, "despliegue.md", cambios) as cifrado:
        yield lambda ruta, **c: _pedir(f"https://127.0.0.1:{cifrado}{ruta}", c)


@contextmanager
def servido(tmp_path: Path, guia: str, cambios: Iterable[tuple[str, str]]) -> Iterator[int]:
    """Un nginx con la configuración que dice esa guía; devuelve su puerto con https."""
    llave, certificado = tmp_path / "s.key", tmp_path / "s.crt"
    pedido = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    pedido += ["-subj", "/CN=localhost", "-keyout", str(llave), "-out", str(certificado)]
    subprocess.run(pedido, check=True, capture_output=True)
    texto = (RAIZ / "guias" / guia).read_text(encoding="utf-8")
    (bloque,) = re.findall(r"```nginx\n(.*?)```", texto, re.DOTALL)
    cifrado = puerto_libre()
    for antes, ahora in (
        ("listen 443 ", f"listen 127.0.0.1:{cifrado} "),
        ("/etc/ssl/observatorio.crt", str(certificado)),
        ("/etc/ssl/observatorio.key", str(llave)),
        *cambios,
    ):
        assert antes in bloque, antes
        bloque = bloque.replace(antes, ahora)
    temporales = "".join(
        f"{n}_temp_path {tmp_path}/{n};\n"
        for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"{'user root;' if os.name != 'nt' and os.geteuid() == 0 else ''}"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporales}{bloque}}}\n",
        encoding="utf-8",
    )
    proceso = subprocess.Popen([NGINX, "-c", str(conf), "-p", str(tmp_path)])
    try:
        limite = time.monotonic() + 10
        while time.monotonic() < limite:
            try:
                socket.create_connection(("127.0.0.1", cifrado), 1).close()
                break
            except OSError:
                assert proceso.poll() is None, (tmp_path / "error.log").read_text()
                time.sleep(0.05)
        yield cifrado
    finally:
        proceso.terminate()
        proceso.wait(10)


def _pedir(direccion: str, cabeceras: dict[str, str]) -> Respuesta:
    contexto = ssl.create_default_context()
    contexto.check_hostname, contexto.verify_mode = False, ssl.CERT_NONE
    nombres = {n.replace("_", "-"): v for n, v in cabeceras.items()}
    pedido = urllib.request.Request(direccion, headers=nombres)
    try:
        with urllib.request.urlopen(pedido, context=contexto, timeout=10) as r:
            return r.status, {n.lower(): v for n, v in r.headers.items()}, r.read()
    except urllib.error.HTTPError as e:
        return e.code, {n.lower(): v for n, v in e.headers.items()}, e.read()


def test_la_configuracion_de_la_guia(pedir: Callable[..., Respuesta]) -> None:
    estado, cabeceras, _ = pedir("/")
    assert estado == 200 and cabeceras["content-type"] == "text/html; charset=utf-8"
    assert cabeceras["cache-control"] == "no-cache"
    for ruta, donde in (("/", 200), ("/no-hay", 404)):
        estado, cabeceras, cuerpo = pedir(ruta)
        assert estado == donde
        assert cabeceras["x-content-type-options"] == "nosniff"
        assert cabeceras["strict-transport-security"].startswith("max-age=31536000")
        assert "frame-ancestors 'self' https://*.gob.pe" in cabeceras["content-security-policy"]
    assert cuerpo == "no está".encode()
    _, cabeceras, _ = pedir("/indicadores/M1-K01/incrustar.html")
    assert cabeceras["content-security-policy"] == "frame-ancestors *"
    _, cabeceras, _ = pedir(f"/activos/estilo-{'0' * 16}.css")
    assert "immutable" in cabeceras["cache-control"] and "nosniff" in str(cabeceras)
    _, cabeceras, cuerpo = pedir("/", Accept_Encoding="gzip")
    assert cabeceras["content-encoding"] == "gzip" and gzip.decompress(cuerpo).startswith(b"<p>")
    for ruta, tipo in (
        ("/datos/kpi.ics", "text/calendar; charset=utf-8"),
        ("/datos/kpis.json", "application/json; charset=utf-8"),
        ("/datos/observaciones.csv", "text/csv; charset=utf-8"),
        ("/misiones/m1/indicadores.ipynb", "application/json; charset=utf-8"),
        ("/novedades.xml", "application/atom+xml"),
        ("/activos/m.webmanifest", "application/manifest+json"),
    ):
        assert pedir(ruta)[1]["content-type"] == tipo, ruta
    assert pedir("/.secreto")[0] == 404
    assert pedir("/", If_None_Match=pedir("/datos/kpis.json")[1]["etag"])[0] == 200
    assert pedir("/datos/kpis.json", If_None_Match=pedir("/datos/kpis.json")[1]["etag"])[0] == 304


def test_la_edicion_restringida_pide_clave_en_cada_pagina(tmp_path: Path) -> None:
    """La configuración de la guía de niveles: sin cuenta, ni la portada ni un dato."""
    sitio = tmp_path / "sitio"
    (sitio / "datos").mkdir(parents=True)
    (sitio / "index.html").write_text("USO RESTRINGIDO", encoding="utf-8")
    (sitio / "datos" / "kpis.json").write_text("[]", encoding="utf-8")
    clave = subprocess.run(
        ["openssl", "passwd", "-apr1", "secreta"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (tmp_path / "claves").write_text(f"municipalidad:{clave}\n", encoding="utf-8")
    cambios = (
        ("/srv/observatorio/decisor/sitio", str(sitio)),
        ("/etc/nginx/decisor.claves", str(tmp_path / "claves")),
        ("include mime.types", f"include {MIME}"),
    )
    con = {"Authorization": f"Basic {b64encode(b'municipalidad:secreta').decode()}"}
    mala = {"Authorization": f"Basic {b64encode(b'municipalidad:otra').decode()}"}
    with servido(tmp_path, "niveles-de-acceso.md", cambios) as puerto:
        for ruta in ("/", "/datos/kpis.json", "/no-existe"):
            direccion = f"https://127.0.0.1:{puerto}{ruta}"
            assert _pedir(direccion, {})[0] == 401
            assert _pedir(direccion, mala)[0] == 401
        estado, cabeceras, cuerpo = _pedir(f"https://127.0.0.1:{puerto}/", con)
    assert (estado, cuerpo) == (200, b"USO RESTRINGIDO")
    assert cabeceras["cache-control"] == "private, no-store"
    assert "noindex" in cabeceras["x-robots-tag"]
