"""Publicar en gh-pages desde un clon de verdad hacia un remoto de verdad: lo que llega, lo que se
conserva y lo que se rechaza.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from apoyo_publicacion import edicion_de_juguete, reponer
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeUso
from observatorio.publicacion.destinos import conservar, gh_pages
from observatorio.publicacion.publicar import exigir_publica, publicar, volver
from observatorio.rutas import Proyecto

IDS = [f"{i:016x}" for i in range(1, 9)]
NO_ASCII = {"misiones/niñez/página «uno».html": "¿Qué tal?"}


def git(carpeta: Path, *argumentos: str) -> str:
    identidad = ("-c", "user.name=Prueba", "-c", "user.email=prueba@localhost")
    return subprocess.run(
        ["git", *identidad, *argumentos],
        cwd=carpeta,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


@pytest.fixture
def clon(tmp_path: Path) -> Proyecto:
    """Un proyecto que es un repositorio, con su remoto ``origin``; el proyecto no está en la cima
    del repositorio.
    """
    git(tmp_path, "init", "-q", "--bare", "remoto.git")
    raiz = tmp_path / "clon" / "proyecto"
    raiz.mkdir(parents=True)
    git(raiz.parent, "init", "-q")
    git(raiz.parent, "remote", "add", "origin", str(tmp_path / "remoto.git"))
    return Proyecto(raiz)


def subir(clon: Proyecto, carpeta: Path) -> str:
    return gh_pages.subir(carpeta, clon.raiz, "origin", f"Edición {carpeta.name}", lambda _: None)


def bajar(clon: Proyecto, destino: Path) -> Path:
    remoto = git(clon.raiz, "remote", "get-url", "origin").strip()
    git(clon.raiz, "clone", "-q", "-b", "gh-pages", remoto, str(destino))
    return destino


def test_desde_un_clon_llega_entera_y_no_toca_el_clon(clon: Proyecto, tmp_path: Path) -> None:
    (clon.raiz / "leame.txt").write_text("del proyecto")
    git(clon.raiz, "add", "leame.txt")
    antes = git(clon.raiz, "status", "--porcelain", "--untracked-files=no")
    commit = subir(clon, edicion_de_juguete(clon, IDS[0], NO_ASCII))
    web = bajar(clon, tmp_path / "web")
    assert git(web, "rev-parse", "HEAD").strip() == commit
    assert (
        not ediciones.defectos_publicados(web)
        and (web / "misiones/niñez/página «uno».html").read_text(encoding="utf-8") == "¿Qué tal?"
    )
    assert git(clon.raiz, "status", "--porcelain", "--untracked-files=no") == antes


def test_las_ediciones_anteriores_se_conservan_con_todos_sus_nombres(
    clon: Proyecto, tmp_path: Path
) -> None:
    for identificador in IDS[:3]:
        subir(clon, edicion_de_juguete(clon, identificador, NO_ASCII))
    web = bajar(clon, tmp_path / "web")
    assert ediciones.identificador_de(web) == IDS[2]
    assert not ediciones.defectos_publicados(web / "ediciones" / IDS[1])
    faltan = ediciones.defectos_publicados(web / "ediciones" / IDS[0])
    assert {d.rpartition(": ")[2] for d in faltan} == {"falta"}
    assert not any(d.startswith("datos/") for d in faltan), "sus datos no caducan todavía"


def test_de_lo_publicado_antes_queda_poco_y_se_vuelve_por_la_historia(
    clon: Proyecto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conservar, "FICHAS", 3)
    ids = [f"{i:016x}" for i in range(1, 9)]
    for identificador in ids:
        gh_pages.subir(
            edicion_de_juguete(clon, identificador, {"misiones/m1/boletin.pdf": "%PDF"}),
            clon.raiz,
            "origin",
            f"Edición {identificador}",
            lambda _: None,
            {ids[1]},
        )
        shutil.rmtree(clon.ediciones / identificador)
    web = bajar(clon, tmp_path / "web")
    assert not ediciones.defectos(web / "ediciones" / ids[6])
    assert {p.name for p in (web / "ediciones").iterdir() if p.is_dir()} == {*ids[3:7], ids[1]}
    for ligera in (*ids[3:6], ids[1]):
        hay = {p.name for p in (web / "ediciones" / ligera).rglob("*") if p.is_file()}
        assert hay == {"kpis.json", "observaciones.csv", "boletin.pdf", ediciones.MANIFIESTO}
    assert {p.stem for p in (web / "ediciones").glob("*.json")} == {*ids[3:], ids[1]}
    gh_pages.subir(
        edicion_de_juguete(clon, "f" * 16),
        clon.raiz,
        "origin",
        f"Edición {'f' * 16}",
        lambda _: None,
        {ids[0]},
    )
    tarde = bajar(clon, tmp_path / "tarde") / "ediciones" / ids[0]
    assert (tarde / "datos/kpis.json").is_file(), "aprobada cuando ya había caducado"
    volver(clon, ids[0], "gh-pages")
    assert not ediciones.defectos_publicados(bajar(clon, tmp_path / "otra"))


def test_los_activos_duran_un_mes_mas_que_la_ultima_edicion_que_los_uso(
    clon: Proyecto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahora = int(time.time())
    for identificador, dias in zip(IDS[:5], (200, 40, 29, 28, 0), strict=True):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"@{ahora - dias * 86400 - 60} +0000")
        subir(clon, edicion_de_juguete(clon, identificador))
    web = bajar(clon, tmp_path / "web")
    hay = {p.stem.removeprefix("estilo-") for p in (web / "activos").glob("*.css")}
    assert hay == set(IDS[1:5]), "la que se vio hasta hace 29 días, también"


@pytest.mark.parametrize("conservada", [True, False])
def test_una_ficha_danada_en_la_rama_no_se_hereda(
    clon: Proyecto, tmp_path: Path, conservada: bool
) -> None:
    for identificador in IDS[:2]:
        subir(clon, edicion_de_juguete(clon, identificador))
    web = bajar(clon, tmp_path / "web")
    (web / f"ediciones/{IDS[0]}.json").write_bytes(b"\xff{")
    git(web, "commit", "-qam", "daño")
    git(web, "push", "-q", "origin", "gh-pages")
    if not conservada:
        shutil.rmtree(clon.ediciones / IDS[0])
    dichos: list[str] = []
    gh_pages.subir(
        edicion_de_juguete(clon, IDS[2]), clon.raiz, "origin", f"Edición {IDS[2]}", dichos.append
    )
    git(web, "pull", "-q")
    ficha = web / f"ediciones/{IDS[0]}.json"
    assert (
        ficha.is_file() is conservada
        and any("queda fuera" in d and IDS[0] in d for d in dichos) is not conservada
    )
    assert not conservada or json.loads(ficha.read_bytes())["edicion"] == IDS[0]
    assert (web / f"ediciones/{IDS[1]}.json").is_file() and not ediciones.defectos_publicados(web)


def test_vuelve_a_una_edicion_que_solo_conserva_la_rama(clon: Proyecto, tmp_path: Path) -> None:
    for identificador in IDS[:3]:
        shutil.rmtree(subir_y_dar(clon, identificador))
    volver(clon, IDS[0], "gh-pages")
    volver(clon, IDS[2], "gh-pages")
    assert ediciones.identificador_de(bajar(clon, tmp_path / "web")) == IDS[2]
    with pytest.raises(ErrorDeUso, match="no hay ninguna edición sana"):
        volver(clon, IDS[5], "gh-pages")


def subir_y_dar(clon: Proyecto, identificador: str) -> Path:
    carpeta = edicion_de_juguete(clon, identificador, NO_ASCII)
    subir(clon, carpeta)
    return carpeta


def test_no_reemplaza_una_rama_ajena(clon: Proyecto, tmp_path: Path) -> None:
    ajena = tmp_path / "ajena"
    git(tmp_path, "clone", "-q", str(tmp_path / "remoto.git"), str(ajena))
    (ajena / "tesis.html").write_text("no me borres")
    git(ajena, "add", "-A")
    git(ajena, "commit", "-qm", "Mi sitio")
    git(ajena, "push", "-q", "origin", "HEAD:gh-pages")
    with pytest.raises(ErrorDeUso, match="tiene otras cosas"):
        subir(clon, edicion_de_juguete(clon, IDS[0]))
    assert (bajar(clon, tmp_path / "web") / "tesis.html").is_file()


@pytest.mark.parametrize("destino", ["gh-pages", "carpeta"])
def test_un_destino_malo_se_dice_antes_de_construir_y_de_anotar(
    clon: Proyecto, tmp_path: Path, destino: str
) -> None:
    (tmp_path / "carpeta").mkdir()
    (tmp_path / "carpeta/tesis.docx").touch()
    with pytest.raises(ErrorDeUso, match=r"no se llega al remoto|tiene otras cosas"):
        publicar(
            clon,
            destino if destino == "gh-pages" else str(tmp_path / destino),
            remoto=str(tmp_path / "no-existe.git"),
        )
    assert not clon.data.exists() and not clon.ediciones.exists()


@pytest.mark.parametrize("malo", ["actual", "", "../remoto.git", ".tmp-1", IDS[3]])
@pytest.mark.parametrize("destino", [None, "gh-pages", "web"])
def test_volver_a_lo_que_no_es_una_edicion_sana_no_toca_nada(
    clon: Proyecto, tmp_path: Path, malo: str, destino: str | None
) -> None:
    danada = edicion_de_juguete(clon, IDS[3])
    (danada / "index.html").write_text("roto")
    ediciones.activar(clon, edicion_de_juguete(clon, IDS[0]).name)
    with pytest.raises(ErrorDeUso, match="no hay ninguna edición sana"):
        volver(clon, malo, destino if destino != "web" else str(tmp_path / "web"))
    assert (
        ediciones.actual(clon) == IDS[0]
        and ediciones.sana(clon.sitio)
        and not (tmp_path / "web").exists()
    )


def test_un_zip_en_mayusculas_es_un_zip(clon: Proyecto, tmp_path: Path) -> None:
    edicion_de_juguete(clon, IDS[0])
    reponer(clon, IDS[0], str(tmp_path / "E.ZIP"))
    assert zipfile.is_zipfile(tmp_path / "E.ZIP")


@pytest.mark.parametrize(
    ("archivo", "texto"),
    [
        ("datos/agrupadas.csv", "kpi,valor\nM1-K16,3\n"),
        ("datos/observaciones.csv", "kpi,valor\nM1-K16,3\n"),
        ("datos/kpi/M1-K16.json", '{"codigo": "M1-K16", "observaciones": [{"valor": 3}]}'),
        ("datos/kpis.csv", "codigo,ultimo_valor,avance,linea_base_valor\nM1-K16,,0.3,\n"),
    ],
)
def test_una_cifra_restringida_en_cualquier_archivo_no_sale(
    clon: Proyecto, archivo: str, texto: str
) -> None:
    kpis = '[{"codigo": "M1-K16", "acceso": "decisor", "ultimo": null, "avance": null}]'
    exigir_publica(edicion_de_juguete(clon, IDS[0], {"datos/kpis.json": kpis}))
    con_cifra = edicion_de_juguete(clon, IDS[1], {"datos/kpis.json": kpis, archivo: texto})
    with pytest.raises(ErrorDeUso, match="M1-K16"):
        exigir_publica(con_cifra)
