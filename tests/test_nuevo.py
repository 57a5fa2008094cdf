"""Otro distrito: el esqueleto dice qué falta, y uno de fantasía, sin nada de este, se construye."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from apoyo_pdf import paginas
from conftest import RAIZ, compartido, de_los_paquetes, reemplazar
from observatorio.catalogo.piezas_de_pagina import ANCLAS_DE_PIEZAS, PIEZAS
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.productos.recuentos import AL_EMPEZAR
from observatorio.rutas import Proyecto

UBIGEO = "990101"
LUGARES = {"9901010001": "Altolinda", "9901010002": "Bajolindo", "9901010003": "Mediolindo"}
MISIONES = {"agua": "Agua segura", "bosque": "Bosque vivo", "caminos": "Caminos", "danza": "Danza"}
MARCA = re.compile(r"\s*# COMPLETE: .*$", re.MULTILINE)
DE_AQUI = re.compile(
    r"pataz|tayabamba|la libertad|chagual|vijus|1308\d\d|\b130\b|\b49 OKR|siete mis"
)
"""Nombres, códigos y recuentos de este distrito, en minúsculas."""
MASCULINO = r"\b(el|al|del|todo|este) (provincia|distrito)\b"
CABECERA = (
    "kpi,periodo,lugar,grupo,unidad,valor,numerador,denominador,fuente,fecha_dato,estado,"
    "naturaleza,nota"
)


def completar(proyecto: Proyecto) -> None:
    """Borra las marcas, como quien dio por bueno cada valor."""
    for ruta in (*proyecto.data.rglob("*.yml"), *proyecto.misiones.rglob("*.yml")):
        ruta.write_text(MARCA.sub("", ruta.read_text(encoding="utf-8")), encoding="utf-8")


def nuevo(carpeta: Path, *opciones: str) -> Proyecto:
    with contextlib.redirect_stdout(None):
        assert principal(["--raiz", str(RAIZ), "nuevo", str(carpeta), *opciones]) == 0
    proyecto = Proyecto(carpeta)
    (carpeta / ".cache").mkdir()
    for ruta in de_los_paquetes():
        shutil.copy2(ruta, carpeta / ".cache")
    return proyecto


def fantasia(carpeta: Path, *opciones: str) -> Proyecto:
    """Cuatro misiones de un KPI, dos niveles y tres lugares; tres cifras de una sola misión.
    ``opciones``: las de «observatorio nuevo».
    """
    proyecto = nuevo(carpeta, *opciones)
    t = yaml.safe_load(proyecto.territorio.read_text(encoding="utf-8"))
    t |= {
        "ubigeo": UBIGEO,
        "nombre": "Valle Lindo",
        "provincia": "Lejana",
        "region": "Costa Verde",
        "fecha_corte": "2026-06-30",
        "horizonte": 2035,
        "anexos": [
            {"codigo": c, "nombre": n, "lat": -7.1 - i / 10, "lon": -77.5 - i / 10}
            for i, (c, n) in enumerate(LUGARES.items())
        ],
        "misiones": [
            {"slug": f"m{i}-{slug}", "okrs": 1, "kpis": 1} for i, slug in enumerate(MISIONES, 1)
        ],
    }
    t["metodo"]["niveles"] = [
        {"nombre": "vida", "mide": "Lo que cambia para la gente"},
        {"nombre": "oficio", "mide": "Lo que hacen las instituciones"},
    ]
    proyecto.territorio.write_text(yaml.safe_dump(t, allow_unicode=True), encoding="utf-8")
    modelo = yaml.safe_load(
        (proyecto.misiones / "m1-primera" / "hoja-de-ruta.yml").read_text(encoding="utf-8")
    )
    shutil.rmtree(proyecto.misiones / "m1-primera")
    for i, (slug, nombre) in enumerate(MISIONES.items(), 1):
        hoja = copy.deepcopy(modelo)
        hoja |= {"codigo": f"M{i}", "slug": f"m{i}-{slug}", "nombre": nombre}
        hoja["nombre_corto"] = nombre
        okr = hoja["okrs"][0]
        okr |= {"codigo": f"M{i}-O01", "nivel": 1 + i % 2}
        okr["kpis"][0] |= {
            "codigo": f"M{i}-K01",
            "nivel": 1 + i % 2,
            "desagregaciones": ["anexo"],
            "formula": (
                okr["kpis"][0]["formula"]
                | {"denominador": f"Quienes podrían cumplirla en {nombre}"}
            ),
            "linea_base": {
                "periodo": "2023",
                "valor": 40,
                "naturaleza": "documentado",
                "fuente": "registro-municipal",
            },
            "meta": {"periodo": "2035", "valor": 80, "origen": "plan"},
        }
        carpeta_de_mision = proyecto.misiones / f"m{i}-{slug}"
        carpeta_de_mision.mkdir()
        (carpeta_de_mision / "hoja-de-ruta.yml").write_text(
            yaml.safe_dump(hoja, allow_unicode=True), encoding="utf-8"
        )
    completar(proyecto)
    reemplazar(
        proyecto.fuentes,
        "naturaleza: declarado",
        f"documento: https://www.gob.pe/registro/2025.pdf\n  sha256: {'a' * 64}\n"
        "  naturaleza: documentado",
    )
    filas = [
        f"M1-K01,2025,{lugar},total,,,{n},{d},registro-municipal,2026-02-01,validado,documentado,"
        for lugar, n, d in ((UBIGEO, 150, 300), ("9901010001", 90, 150), ("9901010002", 60, 150))
    ]
    (proyecto.observaciones / "m1-agua.csv").write_text(
        "\n".join([CABECERA, *filas]) + "\n", encoding="utf-8"
    )
    return proyecto


@pytest.fixture(scope="module")
def valle(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El distrito de fantasía, construido una vez."""

    def hacer(carpeta: Path) -> None:
        construir(fantasia(carpeta / "valle"), "embebido")

    return Proyecto(compartido(tmp_path_factory, "valle", hacer) / "valle")


def pagina(proyecto: Proyecto, nombre: str) -> str:
    """El texto de una página construida, sin etiquetas."""
    html = (proyecto.sitio / nombre).read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_el_esqueleto_dice_cada_linea_por_completar(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carpeta = tmp_path / "otro"
    assert principal(["--raiz", str(RAIZ), "nuevo", str(carpeta)]) == 0
    marcas = sum(
        len(re.findall(r"# COMPLETE: ", p.read_text(encoding="utf-8")))
        for p in (*carpeta.glob("data/**/*.yml"), *carpeta.glob("misiones/**/*.yml"))
    )
    assert f"Faltan {marcas} cosas por completar" in capsys.readouterr().out and marcas > 20
    assert principal(["--raiz", str(carpeta), "validar", "--json"]) == 1
    errores = json.loads(capsys.readouterr().out)["errores"]
    assert [e["regla"] for e in errores] == ["por-completar"] * marcas
    assert all(e["fila"] and e["remedio"].startswith("escriba ") for e in errores)
    completar(Proyecto(carpeta))
    assert principal(["--raiz", str(carpeta), "validar"]) == 0
    assert "no hay ninguna observación" in capsys.readouterr().out
    assert principal(["--raiz", str(RAIZ), "nuevo", str(carpeta)]) == 2
    assert "no está vacía" in capsys.readouterr().err


def test_la_primera_tabla_de_datos_es_la_que_dice_su_leeme(tmp_path: Path) -> None:
    proyecto = nuevo(tmp_path / "otro")
    completar(proyecto)
    reemplazar(proyecto.territorio, "fecha_corte: 2026-01-01", "fecha_corte: 2026-10-31")
    leeme = (proyecto.raiz / "README.md").read_text(encoding="utf-8")
    archivo = re.search(r"`(data/observaciones/\S+\.csv)`", leeme)
    titulos = re.search(r"```csv\n\s*(\S+)\n", leeme)
    assert archivo and titulos
    fila = "M1-K01,2025,000000,total,,,150,310,registro-municipal,2026-03-01,validado,declarado,"
    (proyecto.raiz / archivo[1]).write_text(f"{titulos[1]}\n{fila}\n", encoding="utf-8")
    orden = ["--raiz", str(proyecto.raiz)]
    assert principal([*orden, "validar"]) == 0
    responsable, periodo = re.findall(r'--responsable "([^"]+)" --periodo (\d+)', leeme)[0]
    hecho = construir(proyecto)
    dichos = "".join(
        (proyecto.sitio / p).read_text(encoding="utf-8")
        for p in ("index.html", "acerca.html", "metodologia.html", "indicadores/index.html")
    )
    assert hecho and not re.search(r"\b(una|1) misiones|\b1 indicadores|\bla misiones", dichos)
    assert "se propuso una misión para" in dichos and "¿Cómo va el indicador?" in dichos
    pesos = re.findall(r"([\d,]+)\s?KB", pagina(proyecto, "datos.html"))
    assert pesos and "0" not in pesos, "una tabla corta no parece vacía"
    pedida = ["planilla", "--responsable", responsable, "--periodo", periodo]
    assert principal([*orden, *pedida]) == 0


def test_lo_escrito_no_tiene_nada_de_este_distrito(tmp_path: Path) -> None:
    proyecto = nuevo(tmp_path / "otro")
    propios = [
        *proyecto.raiz.glob("*.qmd"),
        *proyecto.raiz.glob("*.yml"),
        *proyecto.data.rglob("*"),
        *proyecto.misiones.rglob("*"),
        *proyecto.cuadernos.rglob("*.ipynb"),
        *proyecto.extension.rglob("*"),
    ]
    culpables = {
        f"{proyecto.relativa(p)}: {hallado[0]}"
        for p in propios
        if p.is_file() and (hallado := DE_AQUI.search(p.read_text(encoding="utf-8").lower()))
    }
    assert not culpables


def test_el_sitio_cuenta_lo_que_el_territorio_declara(valle: Proyecto) -> None:
    assert "Valle Lindo se propuso cuatro misiones para el año 2035" in pagina(valle, "index.html")
    metodologia = pagina(valle, "metodologia.html")
    assert "Hay cuatro misiones, 4 OKR y 4 KPI." in metodologia
    assert "Dos niveles de contribución" in metodologia and "2, oficio" in metodologia
    assert "El nivel 1 pesa 2/3 y el nivel 2 pesa 1/3" in metodologia
    assert "3, soporte" not in metodologia and "intermedio" not in metodologia.lower()
    assert "Las cuatro misiones" in pagina(valle, "gobernanza.html")
    mision = pagina(valle, "misiones/m1-agua/index.html")
    assert "Meta al 2035" in mision and "Nivel 2 oficio" in mision and "Nivel 3" not in mision
    assert "50" in mision and "Distrito de Valle Lindo" in mision
    datos = (valle.sitio / "datos" / "kpis.json").read_text(encoding="utf-8")
    assert [k["codigo"] for k in json.loads(datos)] == [f"M{i}-K01" for i in range(1, 5)]
    metodo = json.loads((valle.sitio / "datos" / "metodo.json").read_text(encoding="utf-8"))
    assert metodo["pesos"] == {"1": pytest.approx(2 / 3), "2": pytest.approx(1 / 3)}


def test_lo_que_todavia_no_hay_se_dice(valle: Proyecto) -> None:
    for nombre, veces in (
        ("diagnostico.html", 3),
        ("voces.html", 1),
        ("analisis/distritos-de-la-provincia/index.html", 1),
    ):
        assert pagina(valle, nombre).lower().count("todavía no hay") >= veces, nombre
    assert "No hay ninguna corrección" in pagina(valle, "correcciones.html")
    assert (valle.sitio / "analisis/brechas-entre-anexos/index.html").is_file()


def _sin_dibujos(ruta: Path) -> str:
    """Sin los SVG, cuyas coordenadas pueden ser cualquier número."""
    return re.sub(r"<svg.*?</svg>", "", ruta.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_el_sitio_no_tiene_nada_de_este_distrito(valle: Proyecto) -> None:
    hallados = {
        f"{p.relative_to(valle.sitio)}: {hallado[0]}"
        for p in valle.sitio.rglob("*")
        if p.suffix in {".html", ".json", ".csv", ".xml", ".ipynb", ".jsonld"}
        and (hallado := DE_AQUI.search(_sin_dibujos(p).lower()))
    }
    assert not hallados


def test_una_mision_sin_narraciones_no_deja_un_titulo_solo(valle: Proyecto) -> None:
    boletin = " ".join("".join(paginas(valle.sitio / "misiones/m1-agua/boletin.pdf")).split())
    assert "Lo que cuenta la gente Todavía no hay narraciones de esta misión." in boletin


def test_de_lo_que_se_conto_entero_no_se_dice_que_es_azar(valle: Proyecto) -> None:
    dicho = pagina(valle, "misiones/m1-agua/index.html")
    assert "La única comparación no se prueba frente al azar: se contó a todos" in dicho
    assert "se distingue del azar" not in dicho


def test_una_provincia_se_nombra_como_tal_y_con_su_titulo(tmp_path: Path) -> None:
    proyecto = fantasia(tmp_path / "otra")
    t = yaml.safe_load(proyecto.territorio.read_text(encoding="utf-8"))
    t |= {"tipo": "provincia", "provincia": t["nombre"]}
    t["sitio"]["titulo"] = "Mirador de la Ñusta"
    proyecto.territorio.write_text(yaml.safe_dump(t, allow_unicode=True), encoding="utf-8")
    construir(proyecto, "embebido")
    de_analisis = {*proyecto.sitio.glob("analisis*"), *proyecto.sitio.glob("analisis/*/*")}
    for ruta in {*proyecto.sitio.rglob("*.html")} - de_analisis:
        dicho = pagina(proyecto, ruta.relative_to(proyecto.sitio).as_posix())
        mal = re.search(rf".{{30}}{MASCULINO}(?! frente).{{9}}", dicho)
        assert not mal, (ruta.name, mal and mal[0])
    assert "En la provincia:" in pagina(proyecto, "anexos/altolinda/index.html")
    inicio = (proyecto.sitio / "index.html").read_text(encoding="utf-8")
    assert "<strong>Mirador de la Ñusta</strong>" in inicio
    lugares = (proyecto.sitio / "datos/lugares.csv").read_text(encoding="utf-8")
    assert f"{UBIGEO},Valle Lindo,provincia,," in lugares


def test_un_nivel_que_no_se_declaro_se_rechaza(
    tmp_path: Path, cambiar, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto = nuevo(tmp_path / "otro")
    completar(proyecto)
    hoja = proyecto.misiones / "m1-primera" / "hoja-de-ruta.yml"
    cambiar(hoja, "        nivel: 1", "        nivel: 4")
    assert principal(["--raiz", str(proyecto.raiz), "validar"]) == 1
    dicho = capsys.readouterr().err
    assert "nivel-desconocido" in dicho and "use de 1 a 3" in dicho


def test_validar_dice_antes_lo_que_una_pagina_cita_y_no_existe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto = nuevo(tmp_path / "otro")
    completar(proyecto)
    (proyecto.raiz / "mala.qmd").write_text(
        '---\ntitle: "Mala"\n---\n\n::: {.pieza nombre="diagnostco"}\n:::\n\n'
        "[M9-K01]{.kpi} y [la salud](misiones/m9-salud/index.html)\n\n"
        "`[M9-K02]{.kpi}`, como código, no es una cita.\n",
        encoding="utf-8",
    )
    assert principal(["--raiz", str(proyecto.raiz), "validar", "--json"]) == 1
    errores = json.loads(capsys.readouterr().out)["errores"]
    assert {(e["archivo"], e["fila"], e["regla"], e["valor"]) for e in errores} == {
        ("mala.qmd", 5, "pieza-desconocida", "diagnostco"),
        ("mala.qmd", 8, "kpi-desconocido", "M9-K01"),
        ("mala.qmd", 8, "enlace-a-lo-que-no-existe", "misiones/m9-salud/index.html"),
    }
    assert "¿quiso decir «diagnostico»?" in {e["remedio"] for e in errores}


def test_las_piezas_que_se_pueden_citar_son_las_que_se_escriben(valle: Proyecto) -> None:
    escritas = {p.stem for p in (valle.trabajo / "piezas").glob("*.html")}
    de_frase = {n for n in escritas if n.endswith(AL_EMPEZAR)}
    assert escritas >= PIEZAS
    for pieza in (valle.trabajo / "piezas").glob("*.html"):
        suyas = re.findall(r'\sid="([^"]+)"', pieza.read_text(encoding="utf-8"))
        assert {*suyas} <= {*ANCLAS_DE_PIEZAS.get(pieza.stem, ())}, pieza.name
    assert escritas - de_frase - PIEZAS == {f"kpi-M{i}-K01" for i in range(1, 5)}


QUE_SE_LEE = re.compile(r'\s(?:aria-label|title|alt|placeholder|content|data-\w+)="([^"]*)"')
GUIONES = re.compile(r"<style.*?</style>|<script(?! type=.application.ld).*?</script>")
DIRECCION = re.compile(r"[\w./#-]*\banexos?[/#-][\w./#-]*")


def lo_que_se_lee(ruta: Path) -> str:
    """El texto de una página, un boletín o una tabla, con lo que dicen sus atributos y sin las
    direcciones.
    """
    if ruta.suffix == ".pdf":
        return " ".join(paginas(ruta))
    texto = ruta.read_text(encoding="utf-8")
    if ruta.suffix == ".html":
        texto = GUIONES.sub(" ", texto)
        texto = re.sub(r"<[^>]+>", " ", texto) + " ".join(QUE_SE_LEE.findall(texto))
    return DIRECCION.sub(" ", texto)


@pytest.fixture(scope="module")
def comunidades(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El distrito de fantasía, cuyos lugares son comunidades; una cuenta a pocos."""

    def hacer(carpeta: Path) -> None:
        suyas = ("--lugares", "comunidad", "comunidades", "femenino")
        proyecto = fantasia(carpeta / "valle", *suyas)
        t = yaml.safe_load(proyecto.territorio.read_text(encoding="utf-8"))
        t["anexos"] += [{"codigo": "9901010004", "nombre": "Altomar", "lat": -7.5, "lon": -77.6}]
        proyecto.territorio.write_text(yaml.safe_dump(t, allow_unicode=True), encoding="utf-8")
        cuentas = {
            UBIGEO: (150, 300),
            **dict(zip(LUGARES, ((90, 150), (36, 80), (4, 10)), strict=True)),
        }
        filas = [
            f"M1-K01,2025,{lugar},total,,,{n},{d},registro-municipal,2026-02-01,validado,"
            "documentado,"
            for lugar, (n, d) in (cuentas | {"9901010004": (20, 60)}).items()
        ]
        (proyecto.observaciones / "m1-agua.csv").write_text(
            "\n".join([CABECERA, *filas]) + "\n", encoding="utf-8"
        )
        quarto = proyecto.raiz / "_quarto.yml"
        reemplazar(quarto, "texto: Corregir una cifra", 'texto: "Corregir la de {{un-anexo}}"')
        construir(proyecto, "embebido")

    return Proyecto(compartido(tmp_path_factory, "comunidades", hacer) / "valle")


def test_nada_de_lo_que_se_lee_dice_anexo_donde_son_comunidades(comunidades: Proyecto) -> None:
    leidas = [
        *comunidades.sitio.rglob("*.html"),
        *comunidades.sitio.rglob("*.pdf"),
        *comunidades.sitio.glob("*.xml"),
        *comunidades.sitio.glob("datos/*.json*"),
        comunidades.sitio / "datos/lugares.csv",
    ]
    dicen = {
        f"{p.relative_to(comunidades.sitio)}: {hallado[0]}"
        for p in leidas
        if p.name not in ("kpis.json", "sitemap.xml")
        and (hallado := re.search(r"(?i).{0,40}\banexos?\b.{0,20}", lo_que_se_lee(p)))
    }
    assert not dicen and len(leidas) > 30


def test_lo_que_se_dice_de_las_comunidades_concuerda(comunidades: Proyecto) -> None:
    assert "¿Y mi comunidad?" in pagina(comunidades, "index.html")
    assert "Comunidades" in pagina(comunidades, "index.html"), "el menú"
    assert "Corregir la de una comunidad" in pagina(comunidades, "index.html"), "el pie"
    lista = pagina(comunidades, "anexos/index.html")
    assert "Elija la suya para ver qué se sabe de ella" in lista and "Las comunidades" in lista
    suya = pagina(comunidades, "anexos/altolinda/index.html")
    assert "diga de qué comunidad es" in suya and "Otras comunidades" in suya
    mision = pagina(comunidades, "misiones/m1-agua/index.html")
    assert "Entre grupos y comunidades" in mision and "Comunidad por comunidad" in mision
    assert "no se pinta en ninguna comunidad" in mision
    boletin = " ".join(lo_que_se_lee(comunidades.sitio / "misiones/m1-agua/boletin.pdf").split())
    assert "Diferencias entre grupos y comunidades." in boletin
    metodologia = pagina(comunidades, "metodologia.html")
    assert "Las comunidades son pequeñas." in metodologia
    assert "se oculta también la menor de ellas" in metodologia
    gobernanza = pagina(comunidades, "gobernanza.html")
    assert "La comunidad se entera primero" in gobernanza
    assert "se conversa antes en esa comunidad" in gobernanza
    brechas = pagina(comunidades, "analisis/brechas-entre-anexos/index.html")
    assert "Las comunidades más pequeñas casi no aparecen" in brechas
    mal = r"(?i)\b(el|los|del|al|un|unos|ningún|otros?|ese|todos los) comunidad\w*"
    mal += r"|comunidades (más )?(pequeños|publicados|protegidos|todos)"
    for ruta in comunidades.sitio.rglob("*.html"):
        assert not (hallado := re.search(mal, lo_que_se_lee(ruta))), (ruta.name, hallado)


def test_los_mensajes_hablan_de_comunidades(
    comunidades: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copia = tmp_path / "copia"
    shutil.copytree(comunidades.raiz / "data", copia / "data")
    for nombre in ("misiones", "notebooks", "_quarto.yml", "_extensions"):
        (copia / nombre).symlink_to(comunidades.raiz / nombre)
    with (copia / "data/observaciones/m1-agua.csv").open("a", encoding="utf-8") as f:
        f.write("M1-K01,2025,9901019999,total,,,5,9,registro-municipal,2026-02-01,validado,,\n")
    with (copia / "data/unidades.csv").open("a", encoding="utf-8") as f:
        f.write("P001,puesto,Puesto,9901019999,990101|99,false\n")
    assert principal(["--raiz", str(copia), "validar"]) == 1
    dicho = capsys.readouterr().err
    assert "use el código INEI del distrito o de una comunidad de data/territorio.yml" in dicho
    assert "use el código INEI de una comunidad de data/territorio.yml" in dicho
    assert "escriba los códigos de comunidad separados por |" in dicho


def test_una_provincia_de_distritos_nace_sin_el_analisis_de_un_distrito(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opciones = ("--tipo", "provincia", "--lugares", "distrito", "distritos", "masculino")
    proyecto = fantasia(tmp_path / "provincia", *opciones)
    t = yaml.safe_load(proyecto.territorio.read_text(encoding="utf-8"))
    assert t["tipo"] == "provincia" and t["anexos_se_llaman"]["plural"] == "distritos"
    por_llenar = nuevo(tmp_path / "por-llenar", *opciones)
    for ruta in (por_llenar.territorio, por_llenar.raiz / "README.md"):
        dicho = ruta.read_text(encoding="utf-8")
        assert not (hallado := re.search(r"(del|de un) distrito\b", dicho)), (ruta, hallado)
    suyos = {p.stem for p in (proyecto.cuadernos / "analisis").glob("*.ipynb")}
    assert "brechas-entre-anexos" in suyos and "distritos-de-la-provincia" not in suyos
    mala = ["nuevo", str(tmp_path / "otra"), "--lugares", "Distrito", "distritos", "macho"]
    assert principal(["--raiz", str(RAIZ), *mala]) == 2
    dicho = capsys.readouterr().err
    assert "«Distrito»: escriba" in dicho and "«macho»" in dicho
    assert not (tmp_path / "otra").exists()


def test_una_unidad_atiende_a_distritos_enteros(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto = fantasia(tmp_path / "provincia", "--tipo", "provincia")
    t = yaml.safe_load(proyecto.territorio.read_text(encoding="utf-8"))
    t["anexos"] += [{"codigo": "990102", "nombre": "Otro distrito", "lat": -7.5, "lon": -77.5}]
    proyecto.territorio.write_text(yaml.safe_dump(t, allow_unicode=True), encoding="utf-8")
    with (proyecto.data / "unidades.csv").open("a", encoding="utf-8") as f:
        f.write("P001,puesto,Puesto,990102,990102|9901010001,false\n")
    assert principal(["--raiz", str(proyecto.raiz), "validar"]) == 0, capsys.readouterr().err
