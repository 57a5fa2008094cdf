"""``observatorio ver``: la página abierta se entera de lo que cambia y de lo que falla, y se rehace
antes que las demás.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import reemplazar
from observatorio.adelanto import Adelanto
from observatorio.construir import PROGRAMA, construir, exigir_programa_al_dia
from observatorio.edicion.claves import la_guarda_una_persona
from observatorio.errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from observatorio.rutas import Proyecto
from observatorio.servidor import Servidor
from observatorio.vivo import Vivo

PAGINA = "misiones/una/index.html"
KPI = "M4-K11"
DE_KPI, DE_MISION = f"indicadores/{KPI}/index.html", "misiones/m4-nutricion/index.html"


@pytest.fixture
def abierto(tmp_path: Path) -> Iterator[tuple[str, Vivo]]:
    """``(dirección del sitio, lo que se está mirando)``."""
    (tmp_path / "misiones/una").mkdir(parents=True)
    (tmp_path / PAGINA).write_text("<html><body>antes</body></html>", encoding="utf-8")
    vivo = Vivo()
    servidor = Servidor(tmp_path, 0, vivo)
    threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield f"http://127.0.0.1:{servidor.server_address[1]}/", vivo
    servidor.shutdown()
    servidor.server_close()


def pedir(direccion: str) -> str:
    with urllib.request.urlopen(direccion, timeout=10) as respuesta:
        return respuesta.read().decode("utf-8")


def seguir(sitio: str, contenido: str) -> HTTPResponse:
    (pagina,), (huella,) = (re.findall(rf'data-{n}="([^"]+)"', contenido) for n in CITADOS)
    return urllib.request.urlopen(
        f"{sitio}_vivo?pagina={quote(pagina)}&huella={huella}", timeout=10
    )


CITADOS = ("pagina", "huella")


def siguiente(canal: HTTPResponse) -> tuple[str, str]:
    """El próximo aviso: su nombre y lo que dice; los latidos no cuentan."""
    for linea in canal:
        if linea.startswith(b"event: "):
            datos = next(canal).decode("utf-8").removeprefix("data: ")
            return linea.decode().removeprefix("event: ").strip(), json.loads(datos)
    raise AssertionError("el canal se cerró sin decir nada")


def test_la_pagina_abierta_se_entera_de_que_hay_otra(abierto: tuple[str, Vivo]) -> None:
    sitio, vivo = abierto
    antes = pedir(sitio + "misiones/una/")
    assert "antes" in antes and '<script src="/_vivo.js"' in antes
    with seguir(sitio, antes) as canal:
        while not vivo.mirando():
            pass
        assert vivo.mirando() == [PAGINA]
        vivo.adelantar({PAGINA: b"<html><body>despues</body></html>"})
        assert siguiente(canal) == ("cambio", "")
    assert "despues" in pedir(sitio + PAGINA)
    vivo.al_dia()
    assert "antes" in pedir(sitio + PAGINA)


def test_el_fallo_se_dice_en_la_pagina_y_se_quita_al_remediarlo(
    abierto: tuple[str, Vivo],
) -> None:
    sitio, vivo = abierto
    vivo.fallar("data/x.csv, fila 3: «ñ»\n    remedio: </script>")
    with seguir(sitio, pedir(sitio + PAGINA)) as canal:
        assert siguiente(canal) == ("fallo", "data/x.csv, fila 3: «ñ»\n    remedio: </script>")
        vivo.adelantar({})
        assert siguiente(canal) == ("bien", "")


def test_lo_que_la_recarga_no_abre_nada_mas(abierto: tuple[str, Vivo], tmp_path: Path) -> None:
    sitio, _ = abierto
    assert "EventSource" in pedir(sitio + "_vivo.js")
    (tmp_path.parent / "fuera.html").write_text("<body>secreto</body>", encoding="utf-8")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        pedir(sitio + "%2e%2e/fuera.html")
    with urllib.request.urlopen(f"{sitio}_vivo?pagina=../fuera.html&huella=x", timeout=10) as r:
        assert r.read() == b""


@pytest.mark.parametrize(
    "ruta, si",
    [
        ("notebooks/mision.ipynb", True),
        ("data/observaciones/uno.csv", True),
        ("notebooks/.ipynb_checkpoints/mision-checkpoint.ipynb", False),
        ("notebooks/.~mision.ipynb", False),
        ("misiones/una/index.ipynb", False),
        ("misiones/una/imagen-ab12.svg", False),
        ("misiones/una/hoja-de-ruta.yml", True),
        ("notebooks/datos/propios.csv", True),
        ("data/activos/uno.csv", True),
        ("data/publicada/ediciones.json", True),
        ("datos/kpis.csv", False),
        ("ediciones/ab12/index.html", False),
        ("_site/index.html", False),
        ("sitemap.xml", False),
        ("reservado/niveles/decisor/datos/kpis.csv", False),
        ("reservado/voces/uno.yml", True),
    ],
)
def test_solo_lo_que_guarda_una_persona(ruta: str, si: bool) -> None:
    assert la_guarda_una_persona(ruta) is si


def test_se_rehace_solo_lo_que_se_mira(construido: Proyecto) -> None:
    """Un texto y un cuaderno: su página, con lo nuevo, y el sitio servido como estaba."""
    antes = {p: p.read_bytes() for p in construido.sitio.rglob("*.html")}
    slug = sorted(p.name for p in construido.misiones.iterdir() if (p / "index.ipynb").is_file())[0]
    cuaderno = construido.cuadernos / "mision.ipynb"
    with Adelanto(construido) as adelanto:
        assert adelanto.hacer([]) == {}
        with (construido.raiz / "acerca.qmd").open("a", encoding="utf-8") as pagina:
            pagina.write("---\ntitle: Acerca\n---\n\nUna línea recién escrita.\n")
        assert "recién escrita" in adelanto.hacer(["acerca.html"])["acerca.html"].decode("utf-8")
        contenido = json.loads(cuaderno.read_text(encoding="utf-8"))
        textos = [c for c in contenido["cells"] if c["cell_type"] == "markdown"]
        textos[0]["source"] = [*textos[0]["source"], "\n\nOtra frase."]
        cuaderno.write_text(json.dumps(contenido), encoding="utf-8")
        hecho = adelanto.hacer([f"misiones/{slug}/index.html"])
        assert "Otra frase." in hecho[f"misiones/{slug}/index.html"].decode("utf-8")
        assert not [r for r in hecho if r.endswith(".html") and slug not in r]
        ajenas = {p: p.read_bytes() for p in construido.raiz.glob("indicadores/*/index.ipynb")}
        de_kpi = construido.raiz / f"indicadores/{KPI}/index.ipynb"
        antes_del_dato = ajenas.pop(de_kpi)
        otro_dato(construido)
        hecho = adelanto.hacer([DE_KPI, DE_MISION])
        assert all("63.2\u202f%" in hecho[p].decode("utf-8") for p in (DE_KPI, DE_MISION))
        assert de_kpi.read_bytes() != antes_del_dato
        assert {p: p.read_bytes() for p in ajenas} == ajenas
        codigo = [c for c in contenido["cells"] if c["cell_type"] == "code"][1]
        codigo["source"] = [*codigo["source"], "\n1 / 0"]
        cuaderno.write_text(json.dumps(contenido), encoding="utf-8")
        with pytest.raises(ErrorDeEjecucion, match="ZeroDivisionError"):
            adelanto.hacer([f"misiones/{slug}/index.html"])
        csv = sorted((construido.data / "observaciones").glob("*.csv"))[0]
        reemplazar(csv, csv.read_text(encoding="utf-8").splitlines()[1], "una,fila,rota")
        with pytest.raises(DatosInvalidos, match="remedio"):
            adelanto.hacer(["acerca.html"])
    assert {p: p.read_bytes() for p in construido.sitio.rglob("*.html")} == antes


def otro_dato(proyecto: Proyecto) -> None:
    """La última medida de un KPI sin desgloses pasa de 123 a 120 de 190."""
    csv = proyecto.data / "observaciones" / "m4-nutricion.csv"
    fila = next(
        f
        for f in csv.read_text(encoding="utf-8").splitlines()
        if f.startswith(f"{KPI},2026-09,") and ",123,190," in f
    )
    reemplazar(csv, fila, fila.replace(",123,190,", ",120,190,"))


def test_el_programa_que_cambio_se_nota_aunque_solo_se_lea_al_tocarlo(tmp_path: Path) -> None:
    propio = tmp_path / "scripts" / "observatorio"
    shutil.copytree(PROGRAMA, propio, ignore=shutil.ignore_patterns("__pycache__"))
    proyecto, modulo = Proyecto(tmp_path), propio / "rutas.py"
    exigir_programa_al_dia(proyecto)
    antes = modulo.read_bytes()
    modulo.write_bytes(antes.replace(b"Proyecto", b"Proyectx"))
    with pytest.raises(ErrorDeUso, match="distinto"):
        exigir_programa_al_dia(proyecto)
    modulo.write_bytes(antes)
    exigir_programa_al_dia(proyecto)


def visto(pagina: bytes) -> bytes:
    """La página sin lo que solo leen los buscadores y quien la comparte, que no se adelanta."""
    return re.sub(
        rb'<meta property="og:[^>]*>|<script type="application/ld\+json">.*?</script>',
        b"",
        pagina,
        flags=re.DOTALL,
    )


@pytest.mark.largo
def test_lo_adelantado_es_lo_que_dara_la_construccion(construido: Proyecto) -> None:
    """Con un dato nuevo, cada página pedida sale como saldrá después: también las que no cambian, y
    las de prosa que citan piezas o lo que pesan las descargas.
    """
    anexo = next(construido.raiz.glob("anexos/*/index.ipynb")).parent.name
    pedidas = [
        [DE_MISION, DE_KPI],
        [f"anexos/{anexo}/index.html"],
        ["indicadores/index.html", "anexos/index.html", "cambios/index.html"],
        ["index.html"],
        ["descargas.html"],
    ]
    (construido.raiz / "descargas.qmd").write_text(
        '---\ntitle: Descargas\n---\n\n::: {.pieza nombre="descargas"}\n:::\n', encoding="utf-8"
    )
    otro_dato(construido)
    hecho: dict[str, bytes] = {}
    with Adelanto(construido) as adelanto:
        for salidas in pedidas:
            hecho |= adelanto.hacer(salidas)
    construir(construido, "embebido")
    paginas = {r for salidas in pedidas for r in salidas}
    assert paginas <= hecho.keys()
    distintas = [
        r for r in paginas if visto((construido.sitio / r).read_bytes()) != visto(hecho[r])
    ]
    assert not distintas
    # De los activos quedan a mano también los de antes, con otra huella en el nombre.
    otros = [r for r in hecho.keys() - paginas if (construido.sitio / r).is_file()]
    assert otros and not [r for r in otros if (construido.sitio / r).read_bytes() != hecho[r]]
