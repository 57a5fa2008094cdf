"""La memoria de lo publicado: entera y tal como quedó, o nada se valida ni se publica; y el camino
de vuelta que se dice sirve.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import RAIZ, copia_de, copiar_entradas, reducir
from observatorio.cli import principal
from observatorio.edicion import claves, diario, memoria, memoria_en_bytes, rescate
from observatorio.edicion.quietud import entradas_quietas
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.privacidad import como_csv, leer_historial
from observatorio.privacidad.historial import vacia
from observatorio.publicacion import publicada, vigilar
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

CARPETA, REGISTRO = memoria.CARPETA, memoria.REGISTRO
ARCHIVOS = (REGISTRO, *memoria.ACOMPANANTES)
CORRECCIONES = (RAIZ / "data/correcciones.csv").read_bytes().splitlines(keepends=True)[0]
Dano = Callable[[Path], None]
de_posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork es de POSIX")


def edicion(numero: int) -> dict:
    historia = [{"edicion": f"{n:016x}", "version": f"{n}.0.0"} for n in range(numero, 0, -1)]
    return {
        "contenido": f"c{numero}",
        **historia[0],
        "fecha_corte": "2026-10-31",
        "resumen": {"kpis": {"M1-K01": numero}},
        "historia": historia,
    }


def archivos(numero: int) -> dict[str, bytes]:
    celdas = como_csv(vacia()) + b"M7-K01,2026-S1,130809,total,,0,%d.0,,,1,1,,,,10\n" % numero
    return {
        memoria.CELDAS: celdas,
        memoria.CELDAS_PREVIAS: como_csv(vacia()),
        memoria.CORRECCIONES: CORRECCIONES,
    }


def registro(numero: int) -> dict:
    return {
        "publicaciones": numero,
        "ultima": edicion(numero) if numero else None,
        "previa": edicion(numero - 1) if numero > 1 else None,
    }


def anotar(raiz: Path, numero: int) -> None:
    diario.guardar(raiz, registro(numero), archivos(numero))


def hay(raiz: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((raiz / CARPETA).iterdir())}


@pytest.fixture(autouse=True)
def sin_esperar_al_disco(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cien escrituras con fsync tardan un minuto en un disco lento; una prueba mira que se
    pidan.
    """
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def dos_anotadas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lo justo de un proyecto, con dos publicaciones anotadas."""
    raiz = tmp_path_factory.mktemp("anotadas") / "p"
    (raiz / CARPETA).mkdir(parents=True)
    (raiz / "_quarto.yml").write_text("project: {}\n", encoding="utf-8")
    (raiz / CARPETA / REGISTRO).write_bytes(memoria.con_sumas(memoria.SEMILLA, {}))
    anotar(raiz, 1)
    anotar(raiz, 2)
    return raiz


@pytest.fixture
def chico(dos_anotadas: Path, tmp_path: Path) -> Path:
    return shutil.copytree(dos_anotadas, tmp_path / "p")


def errores(hacer: Callable[[], object]) -> list[ErrorDeDatos]:
    with pytest.raises(DatosInvalidos) as e:
        hacer()
    return e.value.errores


def bytes_de(cambiar: Callable[[bytes], bytes]) -> Dano:
    def danar(ruta: Path) -> None:
        antes = ruta.read_bytes()
        assert cambiar(antes) != antes
        ruta.write_bytes(cambiar(antes))

    return danar


def por_carpeta(ruta: Path) -> None:
    ruta.unlink()
    ruta.mkdir()
    (ruta / "algo").write_text("x", encoding="utf-8")


def por_enlace(ruta: Path) -> None:
    ruta.rename(ruta.parents[1] / ruta.name)
    ruta.symlink_to(f"../{ruta.name}")


def con_marcas(c: bytes) -> bytes:
    cabecera, salto, resto = c.partition(b"\n")
    return b"%s%s<<<<<<< HEAD\n%s=======\n%s>>>>>>> otra\n" % (cabecera, salto, resto, resto)


DANOS: dict[str, Dano] = {
    "marcas de conflicto": bytes_de(con_marcas),
    "a la mitad": bytes_de(lambda c: c[: len(c) // 2]),
    "sin su última línea": bytes_de(lambda c: c[: c.rstrip().rfind(b"\n") + 1]),
    "vacío": bytes_de(lambda _: b""),
    "en blanco": bytes_de(lambda _: b"\n"),
    "borrado": Path.unlink,
    "un bit": bytes_de(lambda c: c[:9] + bytes([c[9] ^ 1]) + c[10:]),
    "sin el salto final": bytes_de(lambda c: c[:-1]),
    "con BOM": bytes_de(lambda c: b"\xef\xbb\xbf" + c),
    "de otro": bytes_de(lambda _: b"otra cosa\n"),
    "saltos de Windows": bytes_de(lambda c: c.replace(b"\n", b"\r\n")),
    "no es UTF-8": bytes_de(lambda c: c + b"\xff\n"),
    "ceros": bytes_de(lambda c: b"\0" * len(c)),
    "una carpeta": por_carpeta,
    "un enlace": por_enlace,
}


@pytest.mark.parametrize("dano", DANOS)
@pytest.mark.parametrize("archivo", ARCHIVOS)
def test_cada_archivo_danado_de_cada_manera_detiene_y_se_nombra(
    chico: Path, archivo: str, dano: str
) -> None:
    DANOS[dano](chico / CARPETA / archivo)
    dichos = errores(lambda: memoria.leer_publicada(chico))
    assert [e.archivo for e in dichos] == [f"{CARPETA}/{archivo}"]
    assert (
        dichos[0].regla == ("memoria-ausente" if dano == "borrado" else "memoria-danada")
        and "respaldo restaurar" in dichos[0].remedio
    )
    if dano == "marcas de conflicto":
        assert (dichos[0].fila, dichos[0].valor) == (2, "marcas de conflicto de git")
    if dano == "saltos de Windows":
        assert dichos[0].valor == "solo cambiaron los finales de línea"


def test_cualquier_byte_cambiado_del_registro_se_nota(chico: Path) -> None:
    ruta = chico / CARPETA / REGISTRO
    sano = ruta.read_bytes()
    otros = [sano[:i] + bytes([sano[i] ^ 1 << i % 8]) + sano[i + 1 :] for i in range(len(sano))] + [
        sano[:i] for i in range(len(sano))
    ]
    contenidos = dict(memoria.leer(chico).contenidos)
    assert not memoria.revisar(contenidos, []).danos
    assert all(memoria.revisar(contenidos | {REGISTRO: otro}, []).danos for otro in otros)


def con_suma(cambios: dict) -> bytes:
    """Un registro escrito como el programa, con sus sumas bien puestas, y los campos cambiados."""
    return memoria.con_sumas(registro(2) | cambios, archivos(2))


def a_mano(cambiar: Callable[[dict], object]) -> bytes:
    objeto = json.loads(con_suma({}))
    objeto = cambiar(objeto) or objeto
    propio = (
        {n: v for n, v in objeto.items() if n != "suma"} if isinstance(objeto, dict) else objeto
    )
    if isinstance(objeto, dict) and "suma" in objeto:
        objeto["suma"] = hashlib.sha256(memoria_en_bytes._bytes(propio)).hexdigest()
    return memoria_en_bytes._bytes(objeto)


REGISTROS = {
    "una lista": b"[]\n",
    "nulo": b"null\n",
    "vacío": b"{}\n",
    "la semilla": (RAIZ / CARPETA / REGISTRO).read_bytes(),
    "otro orden": json.dumps(json.loads(con_suma({}))).encode(),
    "clave repetida": con_suma({}).replace(b' "previa"', b' "previa": null,\n "previa"', 1),
    "otra edición": (
        con_suma({}).replace(b'"edicion": "0000000000000002"', b'"edicion": "0000000000000009"')
    ),
    "anidado sin fin": b"[" * 100_000,
    **{
        f"sin {c}": a_mano(lambda o, c=c: o.pop(c) and None)
        for c in ("publicaciones", "ultima", "previa", "archivos", "suma")
    },
    **{
        f"sin {c} de la última": con_suma(
            {"ultima": {n: v for n, v in edicion(2).items() if n != c}}
        )
        for c in memoria_en_bytes.DE_UNA_EDICION
    },
    "publicaciones de más": con_suma({"publicaciones": 3}),
    "publicaciones texto": con_suma({"publicaciones": "2"}),
    "publicaciones lógico": con_suma({"publicaciones": True}),
    "sin historia": con_suma({"ultima": edicion(2) | {"historia": []}}),
    "última de otro tipo": con_suma({"ultima": "c2"}),
    "previa de otro tipo": con_suma({"previa": []}),
    "en curso de otro tipo": con_suma({"en_curso": 3}),
    "con un campo de más": con_suma({"nota": "x"}),
    "archivos de otro tipo": a_mano(lambda o: o.update(archivos=[])),
    "suma corta": a_mano(lambda o: o["archivos"].update({memoria.CELDAS: "0"})),
    "un archivo menos": a_mano(lambda o: o["archivos"].pop(memoria.CELDAS) and None),
    "un archivo ajeno": a_mano(lambda o: o["archivos"].update({"otro.csv": "0" * 64})),
}


@pytest.mark.parametrize("caso", REGISTROS)
def test_un_registro_que_no_es_el_suyo_detiene(chico: Path, caso: str) -> None:
    assert REGISTROS[caso] != (chico / CARPETA / REGISTRO).read_bytes() == con_suma({})
    (chico / CARPETA / REGISTRO).write_bytes(REGISTROS[caso])
    assert {e.regla for e in errores(lambda: memoria.leer_publicada(chico))} == {"memoria-danada"}


def cambiar_entre_si(carpeta: Path) -> None:
    otro = (carpeta / memoria.CELDAS_PREVIAS).read_bytes()
    (carpeta / memoria.CELDAS_PREVIAS).write_bytes((carpeta / memoria.CELDAS).read_bytes())
    (carpeta / memoria.CELDAS).write_bytes(otro)


def vaciar(carpeta: Path) -> None:
    for ruta in carpeta.iterdir():
        ruta.unlink()


def por_archivo(carpeta: Path) -> None:
    shutil.rmtree(carpeta)
    carpeta.write_text("x", encoding="utf-8")


def carpeta_enlazada(carpeta: Path) -> None:
    carpeta.rename(carpeta.parent / "otra")
    carpeta.symlink_to("otra")


CARPETAS: dict[str, Dano] = {
    "borrada": shutil.rmtree,
    "vaciada": vaciar,
    "un archivo": por_archivo,
    "un enlace": carpeta_enlazada,
    "archivos cambiados entre sí": cambiar_entre_si,
    "un archivo de más": lambda c: (c / "celdas (1).csv").write_text("x", encoding="utf-8"),
    "una carpeta de más": lambda c: (c / "copia").mkdir(),
    "solo el registro": lambda c: [(c / n).unlink() for n in memoria.ACOMPANANTES],
    "sin el registro": lambda c: (c / REGISTRO).unlink(),
    "el registro de una publicación antes": (
        lambda c: (c / REGISTRO).write_bytes(memoria.con_sumas(registro(1), archivos(1)))
    ),
    "la pendiente es un archivo": lambda c: (c / memoria.NUEVA).write_text("x", encoding="utf-8"),
}


@pytest.mark.parametrize("caso", CARPETAS)
def test_la_carpeta_danada_detiene(chico: Path, caso: str) -> None:
    CARPETAS[caso](chico / CARPETA)
    assert {e.regla for e in errores(lambda: memoria.leer_publicada(chico))} <= {
        "memoria-ausente",
        "memoria-danada",
    }


def test_lo_que_deja_el_sistema_no_es_un_dano(chico: Path) -> None:
    for nombre in (".DS_Store", ".edicion.json.123", "~$celdas.csv"):
        (chico / CARPETA / nombre).write_text("x", encoding="utf-8")
    assert memoria.leer_publicada(chico)["publicaciones"] == 2


LECTORES: dict[str, Callable[[Proyecto], object]] = {
    "construir y preparar": lambda p: entradas_quietas(p).__enter__(),
    "publicar": lambda p: claves.entradas(p.raiz),
    "comparar": publicada.ultima,
    "novedades": lambda p: claves.anterior(p.raiz, "c1"),
    "privacidad": lambda p: leer_historial(p, claves.celdas_anteriores(p.raiz)),
    "anotar": lambda p: anotar(p.raiz, 3),
}


@pytest.mark.parametrize("quien", LECTORES)
def test_nadie_toma_una_memoria_danada_por_vacia(chico: Path, quien: str) -> None:
    LECTORES[quien](Proyecto(chico))
    for ruta in (chico / CARPETA / REGISTRO, chico / CARPETA):
        shutil.rmtree(ruta) if ruta.is_dir() else ruta.write_bytes(b"{")
        assert errores(lambda: LECTORES[quien](Proyecto(chico)))[0].regla.startswith("memoria-")


@pytest.fixture(scope="module")
def pequeno(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    proyecto = reducir(
        copiar_entradas(tmp_path_factory.mktemp("memoria") / "proyecto"), ("m7-institucionalidad",)
    )
    anotar(proyecto.raiz, 2)
    return proyecto


def test_la_compuerta_lo_dice_una_vez_con_los_demas_defectos(
    pequeno: Proyecto, tmp_path: Path
) -> None:
    pasar(pequeno)
    copia = copia_de(pequeno, tmp_path / "copia")
    for archivo, dano in zip(
        ARCHIVOS, ("marcas de conflicto", "borrado", "vacío", "a la mitad"), strict=True
    ):
        sano = (copia.raiz / CARPETA / archivo).read_bytes()
        DANOS[dano](copia.raiz / CARPETA / archivo)
        assert [e.archivo for e in errores(lambda: pasar(copia))] == [f"{CARPETA}/{archivo}"]
        (copia.raiz / CARPETA / archivo).write_bytes(sano)
    shutil.rmtree(copia.raiz / CARPETA)
    copia.correcciones.unlink()
    assert {(e.archivo, e.regla) for e in errores(lambda: pasar(copia))} == {
        (CARPETA, "memoria-ausente"),
        ("data/correcciones.csv", "archivo-ausente"),
    }
    assert principal(["--raiz", str(copia.raiz), "validar"]) == 1


def test_la_semilla_dice_que_no_hay_nada_y_no_cambia_ninguna_clave(
    pequeno: Proyecto, tmp_path: Path
) -> None:
    assert (RAIZ / CARPETA / REGISTRO).read_bytes() == memoria.con_sumas(
        memoria.SEMILLA, {}
    ) or memoria.leer_publicada(RAIZ)["ultima"]
    copia = copia_de(pequeno, tmp_path / "copia")
    vaciar(copia.raiz / CARPETA)
    antes = claves.de_contenido(copia.raiz)
    (copia.raiz / CARPETA / REGISTRO).write_bytes(memoria.con_sumas(memoria.SEMILLA, {}))
    assert claves.entradas(copia.raiz) == antes | {"edición anterior": "ninguna"}
    assert (
        leer_historial(copia, claves.celdas_anteriores(copia.raiz)).is_empty()
        and publicada.ultima(copia) is None
    )


def git(raiz: Path, *argumentos: str, bien: bool = True) -> str:
    identidad = ["-c", "user.name=P", "-c", "user.email=p@ejemplo", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identidad, *argumentos], cwd=raiz, capture_output=True, text=True, check=bien
    ).stdout.strip()


def guardar(raiz: Path, mensaje: str) -> str:
    git(raiz, "add", "-A")
    git(raiz, "commit", "-qm", mensaje)
    return git(raiz, "rev-parse", "--short", "HEAD")


def seguir_el_remedio(raiz: Path) -> str:
    """Ejecuta tal cual la orden que da el mensaje."""
    dicho = errores(lambda: memoria.leer_publicada(raiz))[0].remedio
    orden = dicho.partition("en la carpeta del proyecto: ")[2].partition("\n")[0]
    assert orden, dicho
    r = subprocess.run(orden, shell=True, cwd=raiz, capture_output=True, text=True, check=False)
    assert r.returncode == 0, r.stderr
    return dicho


@pytest.fixture(scope="module")
def con_git(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """El proyecto dentro de una subcarpeta del repositorio, con sus publicaciones guardadas."""
    cima = tmp_path_factory.mktemp("git") / "repo"
    raiz = cima / "observatorio"
    (raiz / CARPETA).mkdir(parents=True)
    shutil.copy(RAIZ / ".gitattributes", cima)
    git(cima, "init", "-q", "-b", "main")
    shutil.copy(RAIZ / CARPETA / REGISTRO, raiz / CARPETA)
    guardar(cima, "semilla")
    for numero in (1, 2):
        anotar(raiz, numero)
        guardar(cima, f"Edición {numero} publicada")
    return cima


@pytest.fixture
def repo(con_git: Path, tmp_path: Path) -> Path:
    return shutil.copytree(con_git, tmp_path / "repo") / "observatorio"


GRAVES = [
    (f"{a}: {d}", lambda c, a=a, d=d: DANOS[d](c / a))
    for a, d in (
        (REGISTRO, "marcas de conflicto"),
        (memoria.CELDAS, "a la mitad"),
        (REGISTRO, "una carpeta"),
        (memoria.CELDAS, "un enlace"),
        (memoria.CORRECCIONES, "saltos de Windows"),
        (memoria.CELDAS_PREVIAS, "borrado"),
    )
]


@pytest.mark.parametrize(
    ("caso", "danar"),
    [*GRAVES, *((c, d) for c, d in CARPETAS.items() if c != "archivos cambiados entre sí")],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_el_remedio_de_git_devuelve_la_ultima_sana(repo: Path, caso: str, danar: Dano) -> None:
    sana = hay(repo)
    danar(repo / CARPETA)
    assert "2 publicaciones, la última 0000000000000002" in seguir_el_remedio(repo)
    assert (
        hay(repo) == sana
        and memoria.leer_publicada(repo)["publicaciones"] == 2
        and not (repo / CARPETA).is_symlink()
    )


@pytest.mark.parametrize("caso", ["marcas de conflicto", "un enlace"])
def test_un_dano_ya_guardado_vuelve_al_commit_sano(repo: Path, caso: str) -> None:
    sana, commit = hay(repo), git(repo, "rev-parse", "--short", "HEAD")
    DANOS[caso](repo / CARPETA / memoria.CELDAS)
    guardar(repo, "sin querer")
    (repo / CARPETA / REGISTRO).unlink()
    guardar(repo, "peor")
    assert f"--source={commit} " in seguir_el_remedio(repo) and hay(repo) == sana


@pytest.mark.parametrize("como", ["merge", "rebase"])
def test_un_conflicto_de_verdad_detiene_y_vuelve(repo: Path, como: str) -> None:
    git(repo, "checkout", "-qb", "otra", "HEAD~1")
    anotar(repo, 2)
    diario.guardar(repo, registro(2) | {"en_curso": "otro"}, {})
    guardar(repo, "otra máquina")
    git(repo, como, "main", bien=False)
    assert b"<<<<<<<" in (repo / CARPETA / REGISTRO).read_bytes()
    seguir_el_remedio(repo)
    assert memoria.leer_publicada(repo)["publicaciones"] == 2 and not git(
        repo, "ls-files", "--unmerged"
    )


def test_git_no_toca_los_saltos_de_linea_de_la_memoria(repo: Path, tmp_path: Path) -> None:
    git(repo, "clone", "-q", "-c", "core.autocrlf=true", str(repo.parent), str(tmp_path / "clon"))
    assert hay(tmp_path / "clon/observatorio") == hay(repo)


def test_sin_git_se_vuelve_con_un_respaldo(chico: Path, tmp_path: Path) -> None:
    assert principal(["--raiz", str(chico), "respaldo", "crear", str(tmp_path / "r.zip")]) == 0
    sana = hay(chico)
    DANOS["a la mitad"](chico / CARPETA / REGISTRO)
    (error,) = errores(lambda: memoria.leer_publicada(chico))
    assert rescate.DE_UN_RESPALDO in error.remedio and "git restore" not in error.remedio
    assert rescate.DE_UN_RESPALDO.startswith(
        "observatorio respaldo restaurar ARCHIVO.zip --en CARPETA, y ponga CARPETA/data/publicada"
        " en el lugar"
    )
    assert (
        principal(
            [
                "--raiz",
                str(chico),
                "respaldo",
                "restaurar",
                str(tmp_path / "r.zip"),
                "--en",
                str(tmp_path / "vuelta"),
            ]
        )
        == 0
    )
    shutil.rmtree(chico / CARPETA)
    shutil.copytree(tmp_path / "vuelta" / CARPETA, chico / CARPETA)
    assert hay(chico) == sana and memoria.leer_publicada(chico)["publicaciones"] == 2


def test_vigilar_nota_que_la_memoria_se_arreglo(chico: Path) -> None:
    proyecto, ruta = Proyecto(chico), chico / CARPETA / REGISTRO
    sana, antes = ruta.read_bytes(), vigilar._entradas(proyecto)
    ruta.write_bytes(b"{")
    danada = vigilar._entradas(proyecto)
    ruta.write_bytes(sana)
    anotar(chico, 3)
    assert antes == vigilar._entradas(proyecto) != danada, (
        "publicar no vuelve a construir; arreglar la memoria sí"
    )
    assert "memoria de lo publicado" in vigilar._motivo(danada, antes or {}, [])


MUERTE = """
import json, os, shutil, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from observatorio.edicion import diario, memoria

base, registro, nuevos = Path(sys.argv[2]), *map(json.loads, sys.argv[3:5])
nuevos = {n: c.encode() for n, c in nuevos.items()}
memoria.leer(base)
os.fsync = lambda _: None

def morir_en(paso, raiz):
    van = [0]
    def contar(evento, argumentos):
        toca = evento in ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove")
        if toca and memoria.CARPETA in str(argumentos[0]):
            van[0] += 1
            if van[0] == paso:
                os._exit(9)
    sys.addaudithook(contar)
    diario.guardar(raiz, registro, nuevos)
    os._exit(0)

paso, codigo = 0, 9
while codigo == 9:
    paso += 1
    raiz = shutil.copytree(base, base.parent / f"paso-{paso}")
    hijo = os.fork()
    if not hijo:
        morir_en(paso, raiz)
    codigo = os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1])
print(paso, codigo)
"""


def muertes(chico: Path, numero: int) -> list[Path]:
    """Una copia por operación en la carpeta: quien anotaba murió justo antes. La última, la que
    terminó.
    """
    dichos = (registro(numero), {n: c.decode() for n, c in archivos(numero).items()})
    orden = [
        sys.executable,
        "-c",
        MUERTE,
        str(RAIZ / "scripts"),
        str(chico),
        *map(json.dumps, dichos),
    ]
    pasos, codigo = map(
        int, subprocess.run(orden, capture_output=True, text=True, check=True).stdout.split()
    )
    assert codigo == 0 and pasos > 15
    return [chico.parent / f"paso-{n}" for n in range(1, pasos + 1)]


@de_posix
def test_una_muerte_entre_dos_operaciones_deja_lo_de_antes_o_lo_nuevo_y_repetir_lo_completa(
    chico: Path,
) -> None:
    antes = dict(memoria.leer(chico).contenidos)
    *cortadas, entera = muertes(chico, 3)
    despues, vistas = hay(entera), []
    for raiz in cortadas:
        vistas.append(dict(memoria.leer(raiz).contenidos))
        vale = memoria.leer_publicada(raiz)["publicaciones"]
        assert (
            leer_historial(Proyecto(raiz), claves.celdas_anteriores(raiz))["valor"].item() == vale
        ), "se lee la tabla que vale, esté donde esté"
        anotar(raiz, 3)
        assert hay(raiz) == despues, "ni un resto"
    corte = vistas.index(despues)
    assert vistas == [antes] * corte + [despues] * (len(vistas) - corte) and 0 < corte < len(vistas)


@de_posix
def test_otra_publicacion_tras_la_muerte_parte_de_lo_que_valia(chico: Path) -> None:
    a_medias = [r for r in muertes(chico, 3) if (r / CARPETA / memoria.NUEVA / REGISTRO).is_file()]
    assert len(a_medias) >= 4, "lo nuevo ya vale y aún no está en su lugar"
    for raiz in a_medias:
        assert memoria.leer_publicada(raiz)["publicaciones"] == 3
        diario.guardar(raiz, registro(4), {})
        assert hay(raiz) == archivos(3) | {REGISTRO: memoria.con_sumas(registro(4), archivos(3))}


def test_lo_nuevo_esta_en_el_disco_antes_de_valer(
    chico: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    al_disco, renombrar = os.fsync, os.rename
    seguros: list[int] = []

    def fsync(descriptor: int) -> None:
        al_disco(descriptor)
        seguros.append(os.fstat(descriptor).st_ino)

    def rename(de: Path, a: Path) -> None:
        assert {p.stat().st_ino for p in (de, *de.iterdir())} <= set(seguros)
        renombrar(de, a)
        seguros.clear()

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    anotar(chico, 3)
    assert seguros.count((chico / CARPETA).stat().st_ino) >= 2, (
        "y el cambio de nombre, y los archivos en su lugar"
    )


def test_quien_lee_mientras_se_anota_ve_lo_de_antes_o_lo_nuevo(chico: Path) -> None:
    fin = threading.Event()

    def escribir() -> None:
        for numero in range(3, 40):
            anotar(chico, numero)
        fin.set()

    hilo = threading.Thread(target=escribir)
    hilo.start()
    vistas = []
    while not fin.is_set():
        vistas.append(memoria.leer(chico).registro["publicaciones"])
    hilo.join()
    assert vistas == sorted(vistas)


def test_un_disco_que_no_deja_escribir_no_cambia_la_memoria(
    chico: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antes = hay(chico)

    def lleno(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(diario, "sincronizar", lleno)
    with pytest.raises(OSError, match="No space"):
        anotar(chico, 3)
    assert hay(chico) == antes
