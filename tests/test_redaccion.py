"""Lo que una orden dice donde otros lo leen no lleva ningún valor: canarios en cada columna, y los
flujos corridos paso a paso.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from apoyo_flujos import Nube, git
from conftest import compartido, copia_de, copiar_entradas, reducir, reemplazar
from observatorio.base.redaccion import RESERVADO, Reserva
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.edicion.cambios.comparacion import en_texto as sin_reservar
from observatorio.edicion.cambios.comparacion_reservada import en_html, en_texto, reservar
from observatorio.rutas import Proyecto

FIRMANTES = 'observatorio namespaces="observatorio" '


def plantar_en_tablas(p: Proyecto) -> list[str]:
    """Por cada columna de cada CSV de data/, tres copias de su primera fila: con un texto, con un
    número y con los dos, inconfundibles.
    """
    canarios: list[str] = []
    for ruta in sorted(p.data.rglob("*.csv")):
        cabecera, *filas = csv.reader(io.StringIO(ruta.read_text(encoding="utf-8")))
        primera = filas[0] if filas else [""] * len(cabecera)
        nuevas = []
        for i in range(len(cabecera)):
            for forma in ("zorzal{}quiscal", "{}.7", "{} quiscal"):
                canarios.append(forma.format(83120001 + len(canarios)))
                nuevas.append([*primera[:i], canarios[-1], *primera[i + 1 :]])
        with ruta.open("a", encoding="utf-8", newline="") as archivo:
            csv.writer(archivo, lineterminator="\n").writerows(nuevas)
    return canarios


def plantar_en_fichas(p: Proyecto) -> list[str]:
    """En cada YAML de data/ y misiones/, una clave de más, y un canario en lugar de su primer texto
    o número.
    """
    canarios: list[str] = []
    for ruta in [*sorted(p.data.rglob("*.yml")), *sorted(p.misiones.rglob("*.yml"))]:
        clave, valor, cambiado = (f"zorzal{len(canarios) + n}quiscal" for n in range(3))
        canarios += [clave, valor, cambiado]
        texto = ruta.read_text(encoding="utf-8")
        ruta.write_text(
            re.sub(
                r"(?m)^(\s*(?:-"
                r" )?(?:area_km2|frecuencia|fecha_acceso|sentido|vence|formato|codigo): ).*$",
                rf"\g<1>{cambiado}",
                texto,
                count=1,
            )
            + f"\n{clave}: {valor}\n",
            encoding="utf-8",
        )
    return canarios


def dichos(canarios: list[str], texto: str) -> set[str]:
    return {c for c in canarios if c.removesuffix(".7").removesuffix(" quiscal") in texto}


@pytest.mark.largo
def test_datos_malos_con_canarios_en_cada_columna(
    minimo: Proyecto, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nube = Nube.con(minimo, tmp_path)
    nube.valores |= {"github.event.repository.private && 'privado' || 'publico'": "privado"}
    sanos = {r: r.read_bytes() for r in minimo.data.rglob("*.csv")}
    de_tablas = plantar_en_tablas(minimo)
    assert principal(["--raiz", str(minimo.raiz), "validar"]) == 1
    assert len(dichos(de_tablas, capfd.readouterr().err)) > len(de_tablas) / 2, (
        "sin redactar, los canarios se dicen"
    )
    assert nube.paso("construir", "observatorio construir") == 1
    fallo = nube.salida("fallo")
    for extra in (
        ["validar", "--json"],
        ["--detalle", "validar", "--reparar", "--si"],
        ["importar", "data/observaciones/m4-nutricion.csv"],
    ):
        principal(["--redactar", "--raiz", str(minimo.raiz), *extra])
    for ruta, bytes_ in sanos.items():
        ruta.write_bytes(bytes_)
    de_fichas = plantar_en_fichas(minimo)
    assert nube.paso("construir", "observatorio construir") == 1
    nube.valores |= {"needs.construir.outputs.fallo": fallo}
    assert nube.paso("avisar", "gh issue") == 0
    escrito = capfd.readouterr()
    visto = nube.a_la_vista() + escrito.out + escrito.err
    assert not dichos(de_tablas + de_fichas, visto)
    assert (
        RESERVADO in (tmp_path / "dicho.txt").read_text(encoding="utf-8")
        and "issue create" in visto
    )
    assert re.search(
        r"data/observaciones/m4-nutricion\.csv, fila \d+, columna «numerador»:"
        rf" «{re.escape(RESERVADO)}»\n    regla: no-es-numero\n    remedio: escriba solo el número:"
        rf" {re.escape(RESERVADO)}",
        nube.registro,
    )
    en_json = json.loads(escrito.out[escrito.out.index("{") : escrito.out.rindex("}") + 1])
    assert {e["valor"] for e in en_json["errores"]} <= {None, RESERVADO} and all(
        e["fila"] for e in en_json["errores"] if e["columna"]
    )


@pytest.fixture
def nube(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Nube:
    """Una misión con su edición, datos que no son de demostración y un repositorio privado."""

    def hacer(carpeta: Path) -> None:
        construir(
            reducir(copiar_entradas(carpeta / "proyecto"), ("m7-institucionalidad",)), "embebido"
        )

    base = Proyecto(compartido(tmp_path_factory, "una-mision", hacer) / "proyecto")
    nube = Nube.con(copia_de(base, tmp_path / "datos"), tmp_path)
    nube.valores |= {
        "github.event.repository.private && 'privado' || 'publico'": "privado",
        "needs.atestiguar.result": "skipped",
    }
    return nube


def plantar_validos(p: Proyecto) -> list[str]:
    """Cifras, una nota y una corrección inconfundibles que pasan la compuerta."""
    ruta = p.observaciones / "m7-institucionalidad.csv"
    lineas = ruta.read_text(encoding="utf-8").splitlines()
    columnas = lineas[0].split(",")
    n = max(i for i, x in enumerate(lineas) if x.startswith("M7-K01,"))
    celdas = lineas[n].split(",")
    for columna, valor in (
        ("numerador", "11543846"),
        ("denominador", "29982137"),
        ("valor", ""),
        ("nota", "zorzal nota quiscal"),
    ):
        celdas[columnas.index(columna)] = valor
    lineas[n] = ",".join(celdas)
    ruta.write_text("\n".join(lineas) + "\n", encoding="utf-8")
    clave = ",".join(
        celdas[columnas.index(c)] for c in ("kpi", "periodo", "lugar", "grupo", "unidad")
    )
    with p.correcciones.open("a", encoding="utf-8") as archivo:
        archivo.write(
            f"data/observaciones/m7-institucionalidad.csv,{clave},numerador,11543846,11543855,"
            "Zorzal motivo quiscal.,Comité Impulsor,2026-01-02\n"
        )
    return ["11543846", "29982137", "11543855", "11591872", "orzal", "quiscal"]


@pytest.mark.largo
def test_datos_buenos_hasta_el_sitio_en_otro_repositorio_y_firmado(
    nube: Nube, tmp_path: Path
) -> None:
    canarios = plantar_validos(nube.proyecto)
    nube.guardar("Otros datos")
    assert nube.paso("construir", "observatorio construir") == 0, nube.registro
    edicion = nube.salida("edicion")
    nube.valores |= {"needs.construir.outputs.edicion": edicion}
    assert nube.paso("publicar", "anotar.sh") == 1 and "REPOSITORIO_DEL_SITIO" in nube.registro
    nube.valores |= {"vars.REPOSITORIO_DEL_SITIO": str(tmp_path / "sitio.git")}
    assert nube.paso("publicar", "anotar.sh") == 1 and "LLAVE_DE_FIRMA" in nube.registro
    subprocess.run(
        [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "observatorio",
            "-f",
            str(tmp_path / "llave"),
        ],
        check=True,
    )
    nube.valores |= {
        "secrets.LLAVE_DE_FIRMA": (tmp_path / "llave").read_text(encoding="utf-8").rstrip()
    }
    assert nube.paso("publicar", "anotar.sh") == 0, nube.registro
    assert f"Edición {edicion} publicada en" in nube.registro
    comprobar_el_sitio(tmp_path, edicion)
    cuaderno = nube.proyecto.cuadernos / "mision.ipynb"
    reemplazar(
        cuaderno,
        "obs.abrir(",
        "print('zorzal'); raise ValueError('zorzal 11543846 quiscal')\\n\",\n    \"obs.abrir(",
    )
    assert nube.paso("construir", "observatorio construir") == 1
    assert re.search(r"falló en la celda \d+: ValueError: ", nube.registro)
    nube.valores |= {"needs.construir.outputs.fallo": nube.salida("fallo")}
    assert (
        nube.paso("avisar", "gh issue") == 0
        and "No se publicó: El cuaderno de" in nube.a_la_vista()
    )
    assert not dichos(canarios, nube.a_la_vista())


@pytest.mark.largo
def test_una_propuesta_dice_que_indicadores_cambian_y_ninguna_cifra(nube: Nube) -> None:
    canarios = plantar_validos(nube.proyecto)
    _proponer(nube, nube.guardar("Otros datos"))
    assert nube.paso("diferencia", "observatorio comparar", "revisar") == 0, nube.registro
    assert nube.paso("comentar", "gh pr comment", "revisar") == 0
    comentario = (nube.proyecto.raiz / "comentario.md").read_text(encoding="utf-8")
    assert (
        re.search(r"^  M7-K01: 1 celda; cambia su último valor", comentario, re.MULTILINE)
        and "Cambian 1 KPI." in comentario
    )
    assert "M7-K01: 1 celda" in (nube.proyecto.raiz / "diferencia.html").read_text(encoding="utf-8")
    assert not dichos(canarios, nube.a_la_vista())


def test_la_comparacion_reservada_no_lleva_ninguna_cifra(tmp_path: Path) -> None:
    def cambio(tipo: str, codigo: str, antes: str, despues: str) -> dict[str, str]:
        return {
            "tipo": tipo,
            "codigo": codigo,
            "nombre": "Zorzal",
            "antes": antes,
            "despues": despues,
            "clase": "consecuencia",
        }

    medida = {
        "kpi": "M4-K01",
        "periodo": "2025",
        "lugar": "130809",
        "grupo": "total",
        "unidad": "",
        "antes": "7391.5",
        "ahora": "7392.5",
    }
    comparacion = {
        "antes": "a",
        "ahora": "b",
        "version_antes": "7391.0.0",
        "version_ahora": "7391.1.0",
        "salto": "menor",
        "graficos": [],
        "medidas": [medida, medida | {"grupo": "sexo:mujer"}],
        "cambios": [
            cambio("valor", "M4-K01", "7391.5 % (2025)", "7392.5 % (2025)"),
            cambio("estado", "M4-K01", "rezagado", "en ruta"),
            cambio("KPI", "M4-K02", "publicado", "retirado"),
            cambio("agregado", "M4-O01", "7391 %", "7392 %"),
            cambio("gráfico", "m4-nutricion", "g1", "g2"),
            cambio("observaciones", "M4-K01", "2025: 7391 medidas", "2 cambiadas"),
        ],
    }
    assert "7391.5" in sin_reservar(comparacion)
    for medidas in (comparacion["medidas"], []):
        r = reservar(comparacion | {"medidas": medidas})
        reserva = Reserva(tmp_path)
        dicho = "\n".join(map(reserva.linea, en_texto(r).splitlines()))
        assert dicho.splitlines()[2:] == [
            "Cambian 2 KPI.",
            "  M4-K01: 2 celdas; cambia su estado; cambia su último valor",
            "  M4-K02: entra o sale del sitio",
            "  1 gráficos",
            "  1 misiones u objetivos",
        ]
        assert not re.search(
            "739|Zorzal|ruta|rezagado", dicho + en_html(r) + json.dumps(r.como_dict())
        )
        assert reserva.en_json(r.como_dict())["kpis"][0] == {
            "codigo": "M4-K01",
            "celdas": 2,
            "que": ["cambia su estado", "cambia su último valor"],
        }


@pytest.mark.parametrize(
    ("linea", "dicha"),
    [
        (
            "data/correcciones.csv, fila 2, columna «antes»: «17 «o» 18»",
            f"data/correcciones.csv, fila 2, columna «antes»: «{RESERVADO}»",
        ),
        ("    regla: correccion-no-coincide", "    regla: correccion-no-coincide"),
        ("    regla: zorzal", f"    regla: {RESERVADO}"),
        (
            "    remedio: el archivo dice «18»: revise si ya se corrigió en la fuente",
            f"    remedio: el archivo dice «{RESERVADO}»: revise si ya se corrigió en la fuente",
        ),
        (
            "data/no-hay.csv, fila 2, columna «antes»: «17»",
            f"{RESERVADO}, fila 2, columna «antes»: «{RESERVADO}»",
        ),
        ("una biblioteca escribió 7391 y -0.5", RESERVADO),
        ("    lo mismo en las filas 3, 4 y 5 más", "    lo mismo en las filas 3, 4 y 5 más"),
        ("ValueError: 7391 observaciones en la fila 7392", f"ValueError: {RESERVADO}"),
        (
            (
                "data/unidades.csv: 1,204 más con la regla espacios (todas, con: observatorio"
                " validar --json)"
            ),
            (
                "data/unidades.csv: 1,204 más con la regla espacios (todas, con: observatorio"
                " validar --json)"
            ),
        ),
        (
            (
                "3 defectos y 1 advertencia sin justificar. No se escribió nada; el sitio publicado"
                " sigue igual."
            ),
            (
                "3 defectos y 1 advertencia sin justificar. No se escribió nada; el sitio publicado"
                " sigue igual."
            ),
        ),
        (
            "data/unidades.csv, fila 3, columna «zorzal»: «7»",
            f"data/unidades.csv, fila 3, columna «{RESERVADO}»: «{RESERVADO}»",
        ),
        (
            "data/territorio.yml, fila 9, columna «poblacion.0.zorzal»",
            f"data/territorio.yml, fila 9, columna «poblacion.0.{RESERVADO}»",
        ),
    ],
)
def test_de_cada_linea_queda_lo_que_es_del_programa(
    proyecto_real: Proyecto, linea: str, dicha: str
) -> None:
    assert Reserva(proyecto_real.raiz).linea(linea) == dicha


def comprobar_el_sitio(base: Path, edicion: str) -> None:
    """Lo que hace cualquiera, con las órdenes de la guía; y al repositorio público no llegó ningún
    objeto de los datos.
    """
    web = base / "web"
    git(base, "clone", "-q", "-b", "gh-pages", str(base / "sitio.git"), str(web))
    assert ediciones.identificador_de(web) == edicion and not ediciones.defectos_publicados(web)
    publica = (base / "llave.pub").read_text(encoding="utf-8")
    (web / "firmantes").write_text(FIRMANTES + publica, encoding="utf-8")
    orden = re.search(
        r"^ssh-keygen -Y verify .*$",
        (Path(__file__).parent.parent / "guias/despliegue.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert orden
    comprobar = ["sh", "-c", f"{orden[0]} && sha256sum --check --quiet --strict MANIFEST.sha256"]
    assert subprocess.run(comprobar, cwd=web, capture_output=True, check=False).returncode == 0
    with (web / "MANIFEST.sha256").open("a", encoding="utf-8") as archivo:
        archivo.write("\n")
    assert subprocess.run(comprobar, cwd=web, capture_output=True, check=False).returncode != 0
    publicos = git(base / "sitio.git", "log", "--all", "--name-only", "--format=").split("\n")
    assert not [
        r
        for r in publicos
        if r.startswith(
            ("data/", "misiones/m7-institucionalidad/hoja-de-ruta", "notebooks/", ".github")
        )
    ]


def _proponer(nube: Nube, base: str) -> None:
    """Otra corrección de la misma cifra."""
    texto = nube.proyecto.correcciones.read_text(encoding="utf-8")
    ultima = texto.splitlines()[-1].replace("11543846,11543855", "11543855,11591872")
    nube.proyecto.correcciones.write_text(f"{texto}{ultima}\n", encoding="utf-8")
    nube.guardar("Propuesta")
    nube.valores |= {
        "github.event.pull_request.base.sha": base,
        "github.event.pull_request.number": "7",
    }
