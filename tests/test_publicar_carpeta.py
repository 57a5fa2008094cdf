"""Publicar en una carpeta: lo dañado se cura, se conservan ediciones y no vueltas, y el servidor
web puede leerlo todo.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from apoyo_publicacion import edicion_de_juguete, reponer
from observatorio.base.archivos import escribir_carpeta
from observatorio.base.escritura import escribir_atomico, escritura_explicada
from observatorio.cli import principal
from observatorio.edicion import ediciones
from observatorio.edicion.ficha import defecto_de_ficha
from observatorio.errores import ErrorDeEjecucion, ErrorDeUso
from observatorio.productos import activos
from observatorio.publicacion.destinos import carpeta as en_carpeta
from observatorio.publicacion.destinos import conservar
from observatorio.rutas import Proyecto

IDS = [f"{i:016x}" for i in range(1, 9)]


@pytest.fixture
def proyecto(tmp_path: Path) -> Proyecto:
    (tmp_path / "proyecto").mkdir()
    return Proyecto(tmp_path / "proyecto")


def llevar(carpeta: Path, destino: Path) -> list[str]:
    dichos: list[str] = []
    en_carpeta.copiar(carpeta, destino, dichos.append)
    return dichos


def test_una_publicacion_danada_se_cura_al_repetirla(proyecto: Proyecto, tmp_path: Path) -> None:
    carpeta, web = edicion_de_juguete(proyecto, IDS[0]), tmp_path / "web"
    llevar(carpeta, web)
    (web / "index.html").write_text("roto")
    assert "edición publicada" in llevar(carpeta, web)
    assert not ediciones.defectos_publicados(web)
    assert "esa edición ya está publicada ahí" in llevar(carpeta, web)


def test_de_una_edicion_danada_no_se_publica_nada(proyecto: Proyecto, tmp_path: Path) -> None:
    carpetas, web = [edicion_de_juguete(proyecto, i) for i in IDS[:2]], tmp_path / "web"
    llevar(carpetas[0], web)
    (carpetas[1] / "index.html").write_text("roto")
    with pytest.raises(ErrorDeEjecucion, match="no llegó sana"):
        llevar(carpetas[1], web)
    assert ediciones.identificador_de(web) == IDS[0] and not ediciones.defectos_publicados(web)


def test_lo_danado_de_una_edicion_anterior_no_se_hereda(proyecto: Proyecto, tmp_path: Path) -> None:
    carpetas, web = [edicion_de_juguete(proyecto, i) for i in IDS[:4]], tmp_path / "web"
    for carpeta in carpetas[:2]:
        llevar(carpeta, web)
    vieja = en_carpeta.buscar(web, IDS[1])
    assert vieja
    (vieja / "index.html").write_text("roto")
    llevar(carpetas[2], web)
    assert not ediciones.defectos(web / "ediciones" / IDS[1]), (
        "se toma de la que conserva el proyecto"
    )
    shutil.rmtree(carpetas[1])
    for publicada in en_carpeta.publicadas(tmp_path / ".web.ediciones"):
        for ruta in publicada.rglob("datos/kpis.json"):
            if IDS[1] in ruta.as_posix():
                ruta.unlink()
                ruta.write_text("roto")
    dichos = llevar(carpetas[3], web)
    assert any("datos/kpis.json" in d and IDS[1] in d for d in dichos)
    assert not (web / "ediciones" / IDS[1] / "datos/kpis.json").exists()
    assert (web / "ediciones" / IDS[1] / "datos/observaciones.csv").is_file()
    assert not ediciones.defectos(web / "ediciones" / IDS[2])


def de_edicion(web: Path, identificador: str) -> set[str]:
    carpeta = web / "ediciones" / identificador
    return {p.relative_to(carpeta).as_posix() for p in carpeta.rglob("*") if p.is_file()}


LIGERA = {"datos/kpis.json", "datos/observaciones.csv", ediciones.MANIFIESTO}


def test_de_lo_publicado_antes_queda_una_edicion_entera_y_los_datos_de_las_demas(
    proyecto: Proyecto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conservar, "FICHAS", 3)
    web = tmp_path / "web"
    for identificador in IDS:
        carpeta = edicion_de_juguete(proyecto, identificador, {"datos/kpi/M1-K01.json": "{}"})
        en_carpeta.copiar(carpeta, web, lambda _: None, {IDS[1]})
    assert de_edicion(web, IDS[6]) == {*ediciones.manifiesto(carpeta.parent / IDS[6])} | {
        ediciones.MANIFIESTO
    }
    for ligera in IDS[3:6]:
        assert de_edicion(web, ligera) == LIGERA
    assert de_edicion(web, IDS[1]) == LIGERA | {"datos/kpi/M1-K01.json"}, "lo aprobado no caduca"
    hay = {p.name for p in (web / "ediciones").iterdir() if p.is_dir()}
    assert hay == {*IDS[3:7], IDS[1]}
    fichas = {p.stem for p in (web / "ediciones").glob("*.json")}
    assert fichas == {*IDS[3:], IDS[1]}
    en_carpeta.copiar(edicion_de_juguete(proyecto, "f" * 16), web, lambda _: None, None)
    assert (web / "ediciones" / IDS[3]).is_dir(), "si no se sabe cuáles se aprobaron, nada caduca"


def test_los_activos_duran_un_mes_mas_que_la_ultima_edicion_que_los_uso(
    proyecto: Proyecto, tmp_path: Path
) -> None:
    web, hoy = tmp_path / "web", date(2026, 1, 1)

    def activo(n: int) -> Path:
        return web / f"activos/estilo-{IDS[n]}.css"

    for n, dia in enumerate((0, 100, 101, 129, 131, 132)):
        cuando = hoy + timedelta(days=dia)
        en_carpeta.copiar(
            edicion_de_juguete(proyecto, IDS[n]), web, lambda _: None, hoy=lambda c=cuando: c
        )
        if n == 3:
            assert all(activo(i).is_file() for i in range(4)), "la de hace 29 días, también"
            activo(1).unlink()
            activo(1).write_text("dañado")
    assert not activo(0).exists() and not activo(1).exists()
    assert all(activo(i).is_file() for i in range(2, 6))
    assert "activos" not in str(ediciones.defectos_publicados(web))
    (tmp_path / ".web.ediciones" / en_carpeta.ACTIVOS_USADOS).write_text("{")
    tarde = hoy + timedelta(days=900)
    en_carpeta.copiar(edicion_de_juguete(proyecto, IDS[6]), web, lambda _: None, hoy=lambda: tarde)
    assert activo(2).is_file(), "sin el archivo que los fecha, no se pierde ninguno"


def test_un_enlace_ajeno_no_se_toma(proyecto: Proyecto, tmp_path: Path) -> None:
    (tmp_path / "ajena").mkdir()
    (tmp_path / "ajena/carta.txt").write_text("mía", encoding="utf-8")
    (tmp_path / "web").symlink_to("ajena")
    with pytest.raises(ErrorDeUso, match="no es una publicación"):
        llevar(edicion_de_juguete(proyecto, IDS[0]), tmp_path / "web")
    assert (tmp_path / "web/carta.txt").is_file() and not (tmp_path / ".web.ediciones").exists()


@pytest.mark.parametrize("destino", ["_site", "ediciones/actual", "web", ".", "..", "data/web"])
def test_dentro_del_proyecto_no_se_publica(proyecto: Proyecto, destino: str) -> None:
    carpeta = edicion_de_juguete(proyecto, IDS[0])
    ediciones.activar(proyecto, IDS[0])
    antes = sorted(p.as_posix() for p in proyecto.raiz.rglob("*"))
    with pytest.raises(ErrorDeUso, match="dentro del proyecto"):
        reponer(proyecto, carpeta.name, str(proyecto.raiz / destino))
    despues = {p.as_posix() for p in proyecto.raiz.rglob("*") if ".trabajo" not in p.parts}
    assert despues == set(antes)


FICHA = {
    "contenido": "c",
    "edicion": IDS[0],
    "version": "1.0.0",
    "fecha_corte": "2026-10-31",
    "frases": ["Primera"],
}
DANADAS = {
    "cortada": json.dumps(FICHA).encode()[:40],
    "vacia": b"",
    "bytes": b"\xff\xfe\x00",
    "lista": b"[]",
    "de-otra": json.dumps(FICHA | {"edicion": IDS[5]}).encode(),
    "sin-version": json.dumps({c: v for c, v in FICHA.items() if c != "version"}).encode(),
    "version": json.dumps(FICHA | {"version": "nueva"}).encode(),
    "fecha": json.dumps(FICHA | {"fecha_corte": "31/10/2026"}).encode(),
    "frases": json.dumps(FICHA | {"frases": "Primera"}).encode(),
    "graficos": json.dumps(FICHA | {"graficos": ["g1"]}).encode(),
}


@pytest.mark.parametrize("dano", DANADAS)
def test_una_ficha_sin_su_forma_se_reconoce(dano: str) -> None:
    assert defecto_de_ficha(IDS[0], DANADAS[dano]) and not defecto_de_ficha(
        IDS[0], json.dumps(FICHA).encode()
    )


@pytest.mark.parametrize("conservada", [True, False])
def test_una_ficha_danada_de_una_edicion_anterior_no_se_hereda(
    proyecto: Proyecto, tmp_path: Path, conservada: bool
) -> None:
    """Se toma de donde esté sana; si no está en ninguna parte, queda fuera y se avisa."""
    carpetas, web = [edicion_de_juguete(proyecto, i) for i in IDS[:3]], tmp_path / "web"
    for carpeta in carpetas[:2]:
        llevar(carpeta, web)
    (web / f"ediciones/{IDS[0]}.json").unlink()
    (web / f"ediciones/{IDS[0]}.json").write_bytes(DANADAS["cortada"])
    if not conservada:
        shutil.rmtree(carpetas[0])
        shutil.rmtree(en_carpeta.buscar(web, IDS[0]))
    dichos = llevar(carpetas[2], web)
    assert (
        any(IDS[0] in d and "no es JSON" in d and "queda fuera" in d for d in dichos)
        is not conservada
    )
    assert (web / f"ediciones/{IDS[0]}.json").is_file() is conservada
    assert {p.stem for p in (web / "ediciones").glob("*.json")} - {IDS[0]} == set(
        IDS[1:3]
    ) and not ediciones.defectos_publicados(web)


def test_ir_y_volver_no_gasta_las_cinco_conservadas(proyecto: Proyecto, tmp_path: Path) -> None:
    carpetas, web = [edicion_de_juguete(proyecto, i) for i in IDS[:5]], tmp_path / "web"
    for carpeta in [*carpetas, *(carpetas[3], carpetas[4]) * 3]:
        llevar(carpeta, web)
    assert all(en_carpeta.buscar(web, i) for i in IDS[:5])
    assert len(en_carpeta.publicadas(tmp_path / ".web.ediciones")) <= ediciones.CONSERVADAS + 1
    llevar(edicion_de_juguete(proyecto, IDS[5]), web)
    assert not en_carpeta.buscar(web, IDS[0]) and en_carpeta.buscar(web, IDS[1])


@pytest.mark.skipif(os.name == "nt", reason="los permisos son de POSIX")
def test_con_una_mascara_cerrada_el_servidor_web_puede_leer(
    proyecto: Proyecto, tmp_path: Path
) -> None:
    antes = os.umask(0o077)
    try:
        carpeta = edicion_de_juguete(proyecto, IDS[0], {"misiones/m1/index.html": "x"})
        llevar(carpeta, tmp_path / "srv" / "sitios" / "web")
    finally:
        os.umask(antes)
    for ruta in [tmp_path / "srv", *(tmp_path / "srv").rglob("*")]:
        if ruta.name != "candado":
            assert stat.S_IMODE(ruta.stat().st_mode) == (0o755 if ruta.is_dir() else 0o644), ruta


def test_una_letra_a_medias_se_rehace_y_lo_que_sobra_se_borra(tmp_path: Path) -> None:
    fuentes = tmp_path / "fuentes"
    escribir_carpeta(fuentes, activos.de_boletines())
    letras = sorted(fuentes.iterdir())
    enteras = [p.read_bytes() for p in letras]
    letras[0].write_bytes(enteras[0][:20000])
    (fuentes / "vieja.ttf").write_bytes(b"x")
    escribir_carpeta(fuentes, activos.de_boletines())
    assert letras == sorted(fuentes.iterdir()) and [p.read_bytes() for p in letras] == enteras


@pytest.mark.skipif(os.name == "nt", reason="el tope de tamaño es de POSIX")
def test_un_archivo_que_no_cabe_no_deja_restos(tmp_path: Path) -> None:
    orden = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom observatorio.base.escritura"
        " import escribir_atomico\nsignal.signal(signal.SIGXFSZ,"
        " signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000,"
        " 1000))\nescribir_atomico(Path(sys.argv[1]), b'x' * 5000)"
    )
    (tmp_path / "celdas.csv").write_bytes(b"antes")
    r = subprocess.run(
        [sys.executable, "-c", orden, str(tmp_path / "celdas.csv")],
        capture_output=True,
        check=False,
    )
    assert r.returncode and [p.name for p in tmp_path.iterdir()] == ["celdas.csv"]
    assert (tmp_path / "celdas.csv").read_bytes() == b"antes"
    escribir_atomico(tmp_path / "celdas.csv", b"despues")
    assert (tmp_path / "celdas.csv").read_bytes() == b"despues"


@pytest.mark.parametrize(
    "orden",
    [
        ["construir", "--motor", "embebido"],
        ["preparar"],
        ["publicar", "--a", "zip"],
        ["publicar", "--volver", IDS[0]],
    ],
)
def test_en_un_proyecto_de_solo_lectura_cada_orden_lo_dice(
    tmp_path: Path, orden: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    raiz = tmp_path / "proyecto"
    (raiz / "data").mkdir(parents=True)
    (raiz / "_quarto.yml").touch()
    if os.geteuid() != 0:
        raiz.chmod(0o555)
    elif subprocess.run(
        ["mount", "--bind", "-o", "ro", str(raiz), str(raiz)], capture_output=True, check=False
    ).returncode:
        pytest.skip("aquí no se puede montar una carpeta de solo lectura")
    try:
        assert principal(["--raiz", str(raiz), *orden]) == 1
    finally:
        (
            subprocess.run(["umount", str(raiz)], check=True)
            if os.geteuid() == 0
            else raiz.chmod(0o755)
        )
    assert "remedio: libere espacio o revise el permiso" in capsys.readouterr().err


def test_lo_que_no_se_puede_escribir_se_explica() -> None:
    with pytest.raises(ErrorDeEjecucion, match=r"«/x»(.|\n)*remedio"), escritura_explicada():
        raise OSError(30, "Read-only file system", "/x")
