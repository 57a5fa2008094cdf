"""Probar qué se publicó y no perderlo: ``verificar`` desde el commit, y el respaldo que nombra cada
bit dañado.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import pytest

import apoyo_publicacion
from apoyo_publicacion import copia_limpia, otra, vueltas
from conftest import RAIZ
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeEjecucion, ErrorDeUso
from observatorio.publicacion import respaldo, zip_estricto
from observatorio.publicacion import verificar as modulo
from observatorio.publicacion.publicar import publicar
from observatorio.publicacion.verificar import verificar
from observatorio.rutas import CARPETAS_GENERADAS, Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos


def git(proyecto: Proyecto, *argumentos: str) -> str:
    identidad = ["-c", "user.name=P", "-c", "user.email=p@ejemplo", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identidad, *argumentos],
        cwd=proyecto.raiz,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def guardar(proyecto: Proyecto, mensaje: str) -> str:
    git(proyecto, "add", "-A")
    git(proyecto, "commit", "-qm", mensaje)
    return git(proyecto, "rev-parse", "HEAD")


@pytest.mark.largo
def test_verificar_rehace_desde_el_commit_aunque_despues_haya_otros_y_se_haya_restaurado(
    dos, tmp_path: Path
) -> None:
    proyecto, _ = dos
    shutil.copy(RAIZ / ".gitignore", proyecto.raiz)
    git(proyecto, "init", "-q")
    commit = guardar(proyecto, "primero")
    hecha = publicar(proyecto, str(tmp_path / "web"), "embebido").identificador
    guardar(proyecto, "lo publicado")
    otra(proyecto, "después")
    guardar(proyecto, "segundo")
    guardado = respaldo.crear(proyecto, tmp_path / "r.zip")
    assert guardado.sin_historia == ""
    restaurado = respaldo.restaurar(tmp_path / "r.zip", tmp_path / "restaurado")
    assert git(restaurado, "status", "--porcelain") == git(proyecto, "status", "--porcelain")
    veredicto = verificar(restaurado, restaurado.ediciones / hecha)
    assert veredicto.diferencias == ()
    assert git(proyecto, "show", f"{commit}:index.qmd") == git(
        proyecto, "show", f"{veredicto.commit}:index.qmd"
    )
    assert not git(restaurado, "worktree", "list").splitlines()[1:]
    with pytest.raises(ErrorDeUso, match="difieren"):
        verificar(proyecto, proyecto.ediciones / hecha, "HEAD")


def test_verificar_pide_los_motores_de_la_ficha_y_de_quarto_no_compara_los_pdf(
    dos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, (_, segunda) = dos
    proyecto = copia_limpia(base, tmp_path / "repo")
    shutil.copy(RAIZ / ".gitignore", proyecto.raiz)
    git(proyecto, "init", "-q")
    guardar(proyecto, "primero")
    ficha = segunda / f"ediciones/{segunda.name}.json"
    dicha = json.loads(ficha.read_text(encoding="utf-8"))
    ficha.unlink()
    ficha.write_text(
        json.dumps(
            dicha
            | {
                "motor": "quarto-1.9.37",
                "entradas": dicha["entradas"] | {"motor de cuadernos": "estandar"},
            }
        ),
        encoding="utf-8",
    )
    pagina, pedidos = segunda / "index.html", []
    sana = pagina.read_bytes()
    pagina.unlink()
    pagina.write_bytes(sana + b"<!-- alterada -->")

    def rehacer(arbol: Path, ficha: dict) -> None:
        """Lo que haría otra corrida de Quarto: los mismos archivos y otros bytes en los PDF."""
        pedidos.append((ficha["motor"], ficha["entradas"]["motor de cuadernos"]))
        rehecha = shutil.copytree(segunda, arbol / "ediciones" / segunda.name)
        texto = (rehecha / ediciones.MANIFIESTO).read_text(encoding="utf-8").splitlines()
        (rehecha / ediciones.MANIFIESTO).write_text(
            "".join(f"{'0' * 64 if x.endswith('.pdf') else x[:64]}{x[64:]}\n" for x in texto),
            encoding="utf-8",
        )

    monkeypatch.setattr(modulo, "_construir", rehacer)
    veredicto = verificar(proyecto, segunda)
    assert pedidos == [("quarto-1.9.37", "estandar")]
    assert veredicto.sin_comparar and all(r.endswith(".pdf") for r in veredicto.sin_comparar)
    assert [d.split(":")[0] for d in veredicto.diferencias] == [
        f"ediciones/{segunda.name}.json",
        "index.html",
    ], "lo alterado por esta prueba"
    assert not (proyecto.raiz / ".git/worktrees").exists()


def test_verificar_sin_git_lo_dice(dos) -> None:
    proyecto, (_, segunda) = dos
    with pytest.raises(ErrorDeUso, match="no tiene la historia de git"):
        verificar(proyecto, segunda)


@pytest.mark.largo
def test_respaldo_restaura_la_misma_edicion(dos, tmp_path: Path) -> None:
    proyecto, (primera, segunda) = dos
    construir(proyecto, "embebido")
    for nombre in ("a.zip", "b.zip"):
        assert (
            principal(["--raiz", str(proyecto.raiz), "respaldo", "crear", str(tmp_path / nombre)])
            == 0
        )
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert respaldo.comprobar(tmp_path / "a.zip") == []
    restaurado = respaldo.restaurar(tmp_path / "a.zip", tmp_path / "nueva")
    assert ediciones.actual(restaurado) == segunda.name and ediciones.sana(
        restaurado.ediciones / primera.name
    )
    antes = ediciones.manifiesto(segunda)
    for carpeta in (restaurado.ediciones / segunda.name).iterdir():
        if carpeta.name == "index.html":
            carpeta.unlink()
    rehecha = construir(restaurado, "embebido")
    assert (
        rehecha.nueva
        and rehecha.identificador == segunda.name
        and ediciones.manifiesto(rehecha.carpeta) == antes
    )
    with pytest.raises(ErrorDeUso, match="no está vacía"):
        respaldo.restaurar(tmp_path / "a.zip", tmp_path / "nueva")


def test_un_bit_cambiado_se_nombra(dos, tmp_path: Path) -> None:
    proyecto, _ = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    sano, azar = (tmp_path / "r.zip").read_bytes(), random.Random(8)
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        fichas = [f for f in archivo.infolist() if f.compress_size > 64]
    for ficha in azar.sample(fichas, vueltas(12, 150)):
        inicio = ficha.header_offset + 30 + len(ficha.filename.encode())
        donde = inicio + azar.randrange(ficha.compress_size)
        malo = bytearray(sano)
        malo[donde] ^= 1 << azar.randrange(8)
        (tmp_path / "malo.zip").write_bytes(malo)
        danos = respaldo.comprobar(tmp_path / "malo.zip")
        assert any(d.startswith(f"{ficha.filename}:") for d in danos), (ficha.filename, danos)
    with pytest.raises(ErrorDeEjecucion, match="dañado"):
        respaldo.restaurar(tmp_path / "malo.zip", tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert (
        principal(
            ["--raiz", str(proyecto.raiz), "respaldo", "comprobar", str(tmp_path / "malo.zip")]
        )
        == 1
    )


def test_cualquier_bit_del_indice_tambien_se_nota(dos, tmp_path: Path) -> None:
    proyecto, _ = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    sano, azar = (tmp_path / "r.zip").read_bytes(), random.Random(9)
    indice = sano.rindex(b"PK\x05\x06")
    inicio = int.from_bytes(sano[indice + 16 : indice + 20], "little")
    # Fecha, atributos y versiones no son contenido: un bit ahí no altera ningún archivo.
    nombre = sano.index(b"data/provincia.csv", inicio)
    for donde in (nombre, nombre + 5, nombre - 46 + 16, nombre - 46 + 24, nombre - 46 + 42):
        malo = bytearray(sano)
        malo[donde] ^= 1 << azar.randrange(8)
        (tmp_path / "malo.zip").write_bytes(malo)
        assert respaldo.comprobar(tmp_path / "malo.zip")


def test_el_respaldo_no_lleva_lo_que_se_vuelve_a_generar(dos, tmp_path: Path) -> None:
    proyecto, (_, segunda) = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        nombres = set(archivo.namelist())
        assert json.loads(archivo.read(respaldo.VIVA))["viva"] == segunda.name
    assert {
        "data/territorio.yml",
        "misiones/m4-nutricion/hoja-de-ruta.yml",
        f"ediciones/{segunda.name}/index.html",
    } <= nombres
    assert not {
        n
        for n in nombres
        if n.startswith((".trabajo/", ".cache/", "datos/", "_site", "activos/"))
        or (n.endswith("m4-nutricion/index.ipynb") and n.startswith("misiones/"))
    }


@pytest.fixture
def chico(tmp_path: Path) -> Proyecto:
    (tmp_path / "p/data").mkdir(parents=True)
    (tmp_path / "p/_quarto.yml").write_text("project: {}\n", encoding="utf-8")
    (tmp_path / "p/data/a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return Proyecto(tmp_path / "p")


def test_cada_bit_cambiado_se_nota(chico: Proyecto, tmp_path: Path) -> None:
    respaldo.crear(chico, tmp_path / "r.zip")
    assert respaldo.comprobar(tmp_path / "r.zip") == []
    sano, malo = (tmp_path / "r.zip").read_bytes(), tmp_path / "malo.zip"
    for donde in range(len(sano)):
        for bit in range(8) if apoyo_publicacion.LARGO else (donde % 8,):
            malo.write_bytes(sano[:donde] + bytes([sano[donde] ^ 1 << bit]) + sano[donde + 1 :])
            assert respaldo.comprobar(malo), (donde, bit)
    malo.write_bytes(sano + b"x")
    assert respaldo.comprobar(malo)


def test_lo_que_hace_una_construccion_no_va_en_el_respaldo(chico: Proyecto, tmp_path: Path) -> None:
    hechos = (*(f"{c}/x/index.html" for c in CARPETAS_GENERADAS), "misiones/m1/imagen-0a1b.svg")
    propios = ("misiones/m1/hoja-de-ruta.yml", "misiones/m1/foto.png", "data/publicada/a.csv")
    for relativa in (*hechos, "misiones/m1/index.ipynb", *propios):
        (chico.raiz / relativa).parent.mkdir(parents=True, exist_ok=True)
        (chico.raiz / relativa).write_bytes(b"x")
    respaldo.crear(chico, tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        guardados = set(archivo.namelist()) - {respaldo.SUMAS, respaldo.VIVA}
    assert guardados == {"_quarto.yml", "data/a.csv", *propios}


def test_el_respaldo_lleva_los_zip_de_las_fuentes_y_los_enlaces_pero_no_a_si_mismo(
    chico: Proyecto, tmp_path: Path
) -> None:
    (tmp_path / "fuera.csv").write_text("fuera", encoding="utf-8")
    (chico.data / "fuente-2024.zip").write_bytes(b"PK de la fuente")
    (chico.data / "modulo.pyc").write_bytes(b"x")
    (chico.data / "enlace.csv").symlink_to("a.csv")
    (chico.data / "de-fuera.csv").symlink_to(tmp_path / "fuera.csv")
    for _ in range(2):
        respaldo.crear(chico, chico.raiz / "r.zip")
    restaurado = respaldo.restaurar(chico.raiz / "r.zip", tmp_path / "nueva")
    assert (restaurado.data / "fuente-2024.zip").read_bytes() == b"PK de la fuente" and (
        restaurado.data / "modulo.pyc"
    ).is_file()
    assert (restaurado.data / "enlace.csv").readlink() == Path("a.csv")
    assert (restaurado.data / "de-fuera.csv").read_text(encoding="utf-8") == "fuera" and not (
        restaurado.data / "de-fuera.csv"
    ).is_symlink()
    assert not (restaurado.raiz / "r.zip").exists() and not list(
        restaurado.raiz.glob(".restaurando*")
    )


def empaquetar(
    ruta: Path, contenidos: dict[str, bytes], enlaces: dict[str, str] | None = None, modo: int = 0
) -> Path:
    """Un respaldo con sus sumas y su sello en regla, lleve lo que lleve."""
    hay = {n: (c, modo or zip_estricto.CORRIENTE) for n, c in contenidos.items()}
    hay |= {n: (d.encode(), zip_estricto.ENLACE) for n, d in (enlaces or {}).items()}
    ruta.write_bytes(respaldo._empaquetar(hay))
    return ruta


NINGUNA_VIVA = {respaldo.VIVA: b'{"viva": null}'}
ENLACES_QUE_SALEN = {
    "directo": {"data/x": "../../fuera"},
    "absoluto": {"data/x": "/etc"},
    "de Windows": {"data/x": "C:\\fuera"},
    "a través de otro": {"a": "data/b", "data/b": "..", "c": "a/../.."},
    "sube desde donde lleva el otro": {"data/b": "..", "c": "data/b/../fuera"},
    "con mayúsculas": {"data/b": "..", "c": "DATA/B/../fuera"},
    "en círculo": {"a": "b", "b": "a"},
    "vacío": {"a": ""},
}


@pytest.mark.parametrize("caso", ENLACES_QUE_SALEN)
def test_un_enlace_que_sale_por_si_solo_o_por_otros_no_se_restaura(
    tmp_path: Path, caso: str
) -> None:
    malo = empaquetar(tmp_path / "malo.zip", NINGUNA_VIVA, ENLACES_QUE_SALEN[caso])
    assert any("apunta fuera" in d for d in respaldo.comprobar(malo))
    with pytest.raises(ErrorDeEjecucion, match="apunta fuera"):
        respaldo.restaurar(malo, tmp_path / "nueva")
    assert not (tmp_path / "nueva").exists()


def test_lo_que_sale_por_enlaces_encadenados_se_guarda_como_lo_que_hay_al_otro_lado(
    chico: Proyecto, tmp_path: Path
) -> None:
    (tmp_path / "fuera").mkdir()
    (tmp_path / "fuera/b.csv").write_text("fuera", encoding="utf-8")
    (chico.data / "arriba").symlink_to("..")
    (chico.raiz / "otra").symlink_to("data/arriba/../fuera")
    (chico.data / "dentro.csv").symlink_to("arriba/data/a.csv")
    respaldo.crear(chico, tmp_path / "r.zip")
    nueva = respaldo.restaurar(tmp_path / "r.zip", tmp_path / "lejos/nueva").raiz
    assert (nueva / "data/dentro.csv").is_symlink()
    assert (nueva / "data/dentro.csv").read_bytes() == (chico.data / "a.csv").read_bytes()
    assert not (nueva / "otra").is_symlink()
    assert (nueva / "otra/b.csv").read_text(encoding="utf-8") == "fuera"


@pytest.mark.parametrize("nombre", [".git/config", "data/.GIT/hooks/x"])
def test_un_respaldo_no_escribe_en_la_carpeta_de_git(tmp_path: Path, nombre: str) -> None:
    malo = empaquetar(tmp_path / "malo.zip", NINGUNA_VIVA | {nombre: b"[core]"})
    assert any("carpeta de git" in d for d in respaldo.comprobar(malo))


def test_un_respaldo_no_trae_dispositivos_ni_permisos_de_otro(tmp_path: Path) -> None:
    for modo in (stat.S_IFIFO | 0o644, stat.S_ISUID | 0o755, 0o777):
        malo = empaquetar(tmp_path / "malo.zip", NINGUNA_VIVA | {"data/a": b"x"}, modo=modo)
        assert any("ni un archivo ni un enlace" in d for d in respaldo.comprobar(malo)), oct(modo)


def test_un_zip_que_se_hincha_se_rechaza_sin_abrirlo(tmp_path: Path) -> None:
    bomba = tmp_path / "bomba.zip"
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as archivo:
        for n in range(3):
            archivo.writestr(f"data/{n}.csv", bytes(2**26))
    tracemalloc.start()
    danos = respaldo.comprobar(bomba)
    _, pico = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "abierto ocuparía 192 MB y se admiten 64" in danos[0]
    assert pico < 2**24


@pytest.mark.skipif(os.name == "nt", reason="Windows no tiene estos permisos")
def test_el_respaldo_solo_lo_lee_su_dueno_y_conserva_lo_ejecutable(
    chico: Proyecto, tmp_path: Path
) -> None:
    (chico.raiz / ".ci").mkdir()
    (chico.raiz / ".ci/run").write_text("#!/bin/sh\n", encoding="utf-8")
    (chico.raiz / ".ci/run").chmod(0o755)
    (tmp_path / "r.zip").write_bytes(b"el de ayer")
    (tmp_path / "r.zip").chmod(0o644)
    respaldo.crear(chico, tmp_path / "r.zip")
    assert stat.S_IMODE((tmp_path / "r.zip").stat().st_mode) == 0o600
    nueva = respaldo.restaurar(tmp_path / "r.zip", tmp_path / "nueva").raiz
    assert os.access(nueva / ".ci/run", os.X_OK)
    assert not (nueva / "data/a.csv").stat().st_mode & stat.S_IXUSR


def test_el_respaldo_llega_al_disco_antes_de_tomar_su_nombre(
    chico: Proyecto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasos, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda d: (pasos.append("fsync"), fsync(d))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (pasos.append("replace"), replace(a, b))[1])
    respaldo.crear(chico, tmp_path / "r.zip")
    assert pasos[:3] == ["fsync", "replace", "fsync"]


def test_la_historia_viaja_y_se_dice_cuando_falta(
    chico: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orden = ["--raiz", str(chico.raiz), "respaldo"]
    assert principal([*orden, "crear", str(tmp_path / "sin.zip")]) == 0
    assert "no podrá «verificar»" in capsys.readouterr().out
    git(chico, "init", "-q", "-b", "datos")
    guardar(chico, "primero")
    git(chico, "tag", "v1")
    for nombre in ("a.zip", "b.zip"):
        assert principal([*orden, "crear", str(tmp_path / nombre)]) == 0
    assert "verificar" not in capsys.readouterr().out
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    (chico.data / "sin-guardar.csv").write_text("x", encoding="utf-8")
    respaldo.crear(chico, tmp_path / "r.zip")
    nueva = respaldo.restaurar(tmp_path / "r.zip", tmp_path / "nueva")
    for pregunta in (
        ("rev-parse", "HEAD"),
        ("symbolic-ref", "HEAD"),
        ("show-ref",),
        ("status", "--porcelain"),
    ):
        assert git(nueva, *pregunta) == git(chico, *pregunta)


def test_sin_git_se_restaura_y_la_historia_queda_a_mano(
    chico: Proyecto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(chico, "init", "-q")
    commit = guardar(chico, "primero")
    respaldo.crear(chico, tmp_path / "r.zip")
    avisos: list[str] = []
    with monkeypatch.context() as sin_git:
        sin_git.setenv("PATH", str(tmp_path))
        nueva = respaldo.restaurar(tmp_path / "r.zip", tmp_path / "nueva", avisar=avisos.append)
    assert not (nueva.raiz / ".git").exists() and (nueva.data / "a.csv").is_file()
    remedio = avisos[0].rpartition("use ")[2]
    assert len(avisos) == 1 and remedio.startswith("git clone")
    subprocess.run([*remedio.split(), "clon"], cwd=nueva.raiz, check=True, capture_output=True)
    assert git(Proyecto(nueva.raiz / "clon"), "rev-parse", "HEAD") == commit


def test_un_respaldo_cifrado_se_abre_con_cualquiera_de_sus_llaves_y_con_ninguna_otra(
    chico: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orden, cifrado = ["--raiz", str(chico.raiz), "respaldo"], tmp_path / "r.zip.age"
    llaves = [tmp_path / f"llave-{n}.txt" for n in range(3)]
    for llave in llaves:
        assert principal([*orden, "llave", str(llave)]) == 0
    assert principal([*orden, "llave", str(llaves[0])]) == 2, "una llave nunca se pisa"
    assert principal([*orden, "llave", str(tmp_path / "sin-hacer" / "llave.txt")]) == 2
    assert "no existe su carpeta\n    remedio: diga otro" in capsys.readouterr().err
    assert principal([*orden, "llave", str(chico.raiz / "llave.txt")]) == 2
    propuesta = Path(capsys.readouterr().err.rpartition("por ejemplo en ")[2].strip())
    assert not list(chico.raiz.glob("llave*")), "iría a git, y en el respaldo que abre"
    assert principal([*orden, "llave", str(propuesta)]) == 0
    publicas = [ll.read_text(encoding="utf-8").split()[3] for ll in llaves]
    para = ["--para", publicas[0], "--para", publicas[1]]
    assert principal([*orden, "crear", str(cifrado), *para]) == 0
    assert "No está cifrado" not in capsys.readouterr().out
    assert b"a.csv" not in cifrado.read_bytes()
    assert principal([*orden, "comprobar", str(cifrado)]) == 2
    assert "--llave" in capsys.readouterr().err
    for llave in llaves[:2]:
        assert principal([*orden, "comprobar", str(cifrado), "--llave", str(llave)]) == 0
    nueva = respaldo.restaurar(cifrado, tmp_path / "nueva", llaves[1])
    assert (nueva.data / "a.csv").read_bytes() == (chico.data / "a.csv").read_bytes()
    with pytest.raises(ErrorDeEjecucion, match="otra llave"):
        respaldo.restaurar(cifrado, tmp_path / "x", llaves[2])
    malo = bytearray(cifrado.read_bytes())
    malo[-40] ^= 1
    cifrado.write_bytes(malo)
    with pytest.raises(ErrorDeEjecucion, match="dañado"):
        respaldo.comprobar(cifrado, llaves[0])
    if os.name != "nt":
        assert stat.S_IMODE(llaves[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("mala", ["age1nada", "correo@ejemplo.pe", "AGE-SECRET-KEY-1XX"])
def test_una_llave_mal_dicha_se_dice_antes_de_escribir(
    chico: Proyecto, tmp_path: Path, mala: str
) -> None:
    with pytest.raises(ErrorDeUso, match="age1"):
        respaldo.crear(chico, tmp_path / "r.zip", [mala])
    respaldo.crear(chico, tmp_path / "r.zip", [LLAVE_PUBLICA])
    with pytest.raises(ErrorDeUso, match="llave privada"):
        respaldo.comprobar(tmp_path / "r.zip", chico.data / "a.csv")


LLAVE_PUBLICA = "age1qpjn8dfuky0vnjcz9m29uvsf3t8dnqc8mj3t4fknyfuhpysz2ssq86fvf3"


HOSTILES = {
    "sale de la carpeta": {"../fuera.txt": b"x"},
    "absoluta": {"/tmp/x": b"x"},
    "unidad de Windows": {"C:x": b"x"},
    "sin nombre": {"data//x": b"x"},
    "largo": {"a" * 300: b"x"},
    "archivo y carpeta": {"data": b"x"},
    "viva de otro tipo": {respaldo.VIVA: b'{"viva": 3}'},
    "viva sin objeto": {respaldo.VIVA: b"[]"},
    "viva sin json": {respaldo.VIVA: b"\xff"},
    "viva ausente": {respaldo.VIVA: None},
    "viva que sale": {respaldo.VIVA: b'{"viva": "../../x"}'},
    "viva que no está": {respaldo.VIVA: b'{"viva": "0123456789abcdef"}'},
}


@pytest.mark.parametrize("caso", HOSTILES)
def test_un_respaldo_hostil_no_escribe_nada(chico: Proyecto, tmp_path: Path, caso: str) -> None:
    respaldo.crear(chico, tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        contenidos = {
            n: archivo.read(n) for n in archivo.namelist() if n != respaldo.SUMAS
        } | HOSTILES[caso]
    empaquetar(tmp_path / "malo.zip", {n: c for n, c in contenidos.items() if c is not None})
    assert (
        principal(["--raiz", str(chico.raiz), "respaldo", "comprobar", str(tmp_path / "malo.zip")])
        == 1
    )
    assert (
        principal(
            [
                "--raiz",
                str(chico.raiz),
                "respaldo",
                "restaurar",
                str(tmp_path / "malo.zip"),
                "--en",
                str(tmp_path / "nueva"),
            ]
        )
        == 1
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["malo.zip", "p", "r.zip"]


def test_un_destino_que_no_sirve_se_dice(chico: Proyecto, tmp_path: Path) -> None:
    respaldo.crear(chico, tmp_path / "r.zip")
    with pytest.raises(ErrorDeUso, match="es un archivo"):
        respaldo.restaurar(tmp_path / "r.zip", chico.data / "a.csv")
    (tmp_path / "bucle").symlink_to("bucle")
    for imposible in (
        chico.data / "a.csv" / "r.zip",
        tmp_path,
        Path("/proc/r.zip"),
        tmp_path / f"{'a' * 300}.zip",
        tmp_path / "bucle" / "r.zip",
    ):
        with pytest.raises(ErrorDeEjecucion, match=r"no se pudo escribir(.|\n)*remedio"):
            respaldo.crear(chico, imposible)
    with pytest.raises(ErrorDeEjecucion, match="no se pudo restaurar"):
        respaldo.restaurar(tmp_path / "r.zip", Path("/proc/nueva"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="sin archivos especiales")
def test_el_respaldo_no_reemplaza_lo_que_no_es_un_archivo(chico: Proyecto, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tubo")
    with pytest.raises(ErrorDeEjecucion, match="no es un archivo"):
        respaldo.crear(chico, tmp_path / "tubo")
    assert (tmp_path / "tubo").is_fifo()
    (tmp_path / "salida").symlink_to("tubo")
    with pytest.raises(ErrorDeEjecucion, match="no es un archivo"):
        respaldo.crear(chico, tmp_path / "salida")
    assert (tmp_path / "salida").is_symlink(), (
        "un enlace a un dispositivo, como /dev/stdout, tampoco se reemplaza"
    )
