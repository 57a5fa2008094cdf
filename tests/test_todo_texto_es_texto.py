"""Un texto con intención, en cualquier campo, sale como texto en cada página, boletín y descarga, y
no da ninguna orden.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import fields
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import yaml
from openpyxl import load_workbook

from apoyo_cargas import (
    CARGAS,
    CLAVES_DE_OTRAS_TABLAS,
    EN_LA_PAGINA,
    RESERVADO,
    SIGLAS,
    Plantado,
    cortadas,
    defectos_de_los_archivos,
    defectos_de_los_libros,
    llano,
    plantar,
)
from apoyo_navegador import CHROMIUM, chromium, servido
from apoyo_paridad import con_quarto
from apoyo_pdf import paginas
from conftest import DEL_MINIMO, RAIZ, con_programa, copiar_entradas, reducir
from observatorio.base import escapes
from observatorio.base.yaml_estricto import leer_ya_revisado
from observatorio.catalogo.lectura import cargar
from observatorio.construir import construir
from observatorio.cuadernos import normalizar
from observatorio.errores import DatosInvalidos, ErrorDeEjecucion
from observatorio.motores import embebido
from observatorio.paginas.fuentes import Pagina, revisar_piezas
from observatorio.paginas.fuentes import paginas as paginas_del_proyecto
from observatorio.productos import matriz_ceplan
from observatorio.recojo.planillas.planilla import Encabezado, escribir_planilla
from observatorio.recojo.planillas.preguntas import Pregunta
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

LARGO = pytest.mark.largo


def _proyecto(carpeta: Path) -> Proyecto:
    """Dos misiones con todo lo que publica texto: páginas, narraciones y un análisis."""
    p = reducir(copiar_entradas(carpeta / "cargado"))
    for pagina in RAIZ.glob("*.qmd"):
        texto = re.sub(
            r"\[(M\d-K\d\d)\]\{\.kpi\}",
            lambda m: m[0] if m[1][:2].lower() in {s[:2] for s in DEL_MINIMO} else m[1],
            pagina.read_text(encoding="utf-8"),
        )
        (p.raiz / pagina.name).write_text(texto, encoding="utf-8")
    codigos = [k.codigo for m in cargar(p).misiones for k in m.kpis]
    (p.raiz / "todos.qmd").write_text(
        "---\ntitle: Todos\n---\n\n" + "\n\n".join(f"[{c}]{{.kpi}}" for c in codigos) + "\n",
        encoding="utf-8",
    )
    analisis = p.cuadernos / "analisis"
    analisis.mkdir()
    shutil.copy(RAIZ / "notebooks/analisis/brechas-entre-anexos.ipynb", analisis)
    with (p.data / "nombres-oficiales.yml").open("a", encoding="utf-8") as nombres:
        nombres.writelines(f"- nombre: {s}\n  que_es: De una carga\n" for s in SIGLAS)
    _narraciones(p)
    _corregir(p)
    return p


def _corregir(p: Proyecto) -> None:
    """Una corrección de la fecha de una medida pública: su motivo y quien la firma también se
    publican.
    """
    archivo = p.observaciones / "m4-nutricion.csv"
    medidas = list(csv.DictReader(io.StringIO(archivo.read_text(encoding="utf-8"))))
    m = next(
        f
        for f in medidas
        if f["kpi"] == "M4-K01"
        and f["grupo"] == "total"
        and not f["unidad"]
        and f["fecha_dato"][-2:] < "28"
        and len(f["lugar"]) == 6
    )
    fila = [
        f"data/observaciones/{archivo.name}",
        *(m[c] for c in ("kpi", "periodo", "lugar", "grupo", "unidad")),
    ]
    fila += [
        "fecha_dato",
        m["fecha_dato"],
        m["fecha_dato"][:-2] + "28",
        "Se anotó un día antes.",
        "Comité Impulsor (demostración)",
        "2026-10-01",
    ]
    with p.correcciones.open("a", encoding="utf-8") as f:
        csv.writer(f, lineterminator="\n").writerow(fila)


def _narraciones(p: Proyecto) -> None:
    origen = RAIZ / "data/cualitativo"
    p.cualitativo.mkdir()
    libro = leer_ya_revisado((origen / "codigos.yml").read_text(encoding="utf-8"))
    libro["codigos"] = [c for c in libro["codigos"] if c["mision"] in DEL_MINIMO]
    (p.cualitativo / "codigos.yml").write_text(
        yaml.safe_dump(libro, allow_unicode=True), encoding="utf-8"
    )
    codigos = {c["codigo"] for c in libro["codigos"]}
    cabecera, *puestos = list(
        csv.reader(io.StringIO((origen / "codificaciones.csv").read_text(encoding="utf-8")))
    )
    puestos = [f for f in puestos if f[2] in codigos]
    lectores = {n: {c for x, c, _ in puestos if x == n} for n, _, _ in puestos}
    quedan = {n for n, quienes in lectores.items() if len(quienes) == len(libro["codificadores"])}
    columnas, *dichas = list(
        csv.reader(io.StringIO((origen / "narraciones.csv").read_text(encoding="utf-8")))
    )
    dichas = [f for f in dichas if f[0] in quedan]
    dichas[-1][5], dichas[-1][7] = (
        "analisis",
        f"Dijo {RESERVADO} y nada más que se pueda contar aquí.",
    )
    for nombre, filas in (
        ("codificaciones.csv", [cabecera, *(f for f in puestos if f[0] in quedan)]),
        ("narraciones.csv", [columnas, *dichas]),
    ):
        salida = io.StringIO()
        csv.writer(salida, lineterminator="\n").writerows(filas)
        (p.cualitativo / nombre).write_text(salida.getvalue(), encoding="utf-8")


def _titular_el_analisis(p: Proyecto, titulo: str, resumen: str) -> None:
    ruta = p.cuadernos / "analisis/brechas-entre-anexos.ipynb"
    cuaderno = nbformat.read(ruta, as_version=4)
    cuaderno.cells[
        0
    ].source = (
        f'titulo = {titulo!r}\nresumen = {resumen!r}\nentradas = ["publica", "brechas", "fichas"]\n'
    )
    nbformat.write(cuaderno, ruta)


def _construido(carpeta: Path, vuelta: int, motor: str) -> tuple[Proyecto, Plantado]:
    p = _proyecto(carpeta)
    hecho = plantar(p, vuelta)
    _titular_el_analisis(
        p, CARGAS[(17 + vuelta) % len(CARGAS)], CARGAS[(20 + vuelta) % len(CARGAS)]
    )
    if motor == "quarto":
        con_programa(p)
    construir(p, motor)  # type: ignore[arg-type]
    return p, hecho


@pytest.fixture(scope="module")
def cargado(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proyecto, Plantado]:
    return _construido(tmp_path_factory.mktemp("cargas"), 0, "embebido")


def _defectos_en_el_navegador(p: Proyecto) -> list[str]:
    sitio = p.sitio.resolve()
    malos: list[str] = []
    esperados = {
        f"misiones/{m.slug}/index.html": f"{m.codigo} · {m.nombre}" for m in cargar(p).misiones
    }
    with servido(sitio) as base, chromium() as navegador:
        hoja = navegador.new_page()
        quejas: list[str] = []
        hoja.on("console", lambda m: quejas.append(m.text) if m.type == "error" else None)
        hoja.on("pageerror", lambda e: quejas.append(str(e)))
        hoja.on("dialog", lambda d: (quejas.append(d.message), d.dismiss()))
        hoja.on(
            "request",
            lambda r: (
                None if r.url.startswith((base, "data:")) else quejas.append(f"ajena: {r.url}")
            ),
        )
        for ruta in sorted(q.relative_to(sitio).as_posix() for q in sitio.rglob("*.html")):
            quejas.clear()
            hoja.goto(base + ruta)
            visto = hoja.evaluate(EN_LA_PAGINA)
            malos += [f"{ruta}: {x}" for t in visto["textos"] for x in cortadas(t)]
            malos += [f"{ruta}: {x}" for x in (*visto["ajenas"], *quejas)]
            malos += [f"{ruta}: corrió un guion"] if visto["corrio"] is not None else []
            if ruta in esperados and [llano(t) for t in visto["titulos"]] != [
                llano(esperados[ruta])
            ]:
                malos.append(f"{ruta}: el título dice {visto['titulos']}")
    return malos


def _defectos_de_los_boletines(p: Proyecto) -> list[str]:
    malos = []
    for m in cargar(p).misiones:
        hojas = [llano(t) for t in paginas(p.sitio / "misiones" / m.slug / "boletin.pdf")]
        malos += (
            [f"{m.slug}: el boletín dice lo reservado"]
            if any(llano(RESERVADO) in t for t in hojas)
            else []
        )
        faltan = [t for t in (m.nombre, m.meta_2030) if llano(t) not in hojas[0]]
        malos += [f"{m.slug}: el boletín no dice {t!r}" for t in faltan]
    return malos


def _defectos_de_las_hojas(p: Proyecto, carpeta: Path) -> list[str]:
    carpeta.mkdir(exist_ok=True)
    matriz_ceplan.exportar(p, carpeta / "ceplan.xlsx")
    return defectos_de_los_libros(carpeta / "ceplan.xlsx")


@LARGO
def test_los_campos_salen_de_los_modelos_y_casi_todos_aceptan_una_carga(
    cargado: tuple[Proyecto, Plantado],
) -> None:
    _, hecho = cargado
    aceptan = {c for c, cargas in hecho.campos.items() if cargas}
    assert {
        "Mision.nombre",
        "Mision.nombre_corto",
        "Mision.meta_2030",
        "Okr.nombre",
        "Kpi.nombre",
        "Kpi.nombre_corto",
        "Kpi.unidad",
        "Kpi.definicion",
        "LineaBase.nota",
        "Sitio.titulo",
        "Lugar.nombre",
        "Fuente.institucion",
        "Fuente.titulo",
        "Comite.nombre",
        "Integrante.institucion",
        "Codigo.nombre",
        "Dato.dato",
        "Dato.responsable",
        "data/diagnostico.unidad",
        "data/diagnostico.problema",
        "data/provincia.distrito",
        "data/contexto.unidad",
        "data/correcciones.motivo",
        "data/justificaciones.motivo",
        "cualitativo/narraciones.texto",
    } <= aceptan, sorted(hecho.rechazados)
    assert len({c for cargas in hecho.campos.values() for c in cargas}) >= 30


@LARGO
def test_en_un_navegador_todo_texto_es_texto(cargado: tuple[Proyecto, Plantado]) -> None:
    if CHROMIUM is None:
        pytest.skip("no hay Chromium en el PATH: las páginas no se prueban en un navegador")
    assert _defectos_en_el_navegador(cargado[0]) == []


@LARGO
def test_en_las_descargas_y_los_boletines_todo_texto_es_texto(
    cargado: tuple[Proyecto, Plantado], tmp_path: Path
) -> None:
    p, _ = cargado
    assert defectos_de_los_archivos(p.sitio.resolve()) == []
    assert _defectos_de_los_boletines(p) == []
    assert _defectos_de_las_hojas(p, tmp_path) == []


def test_lo_que_solo_se_declara_para_otro_archivo_lo_rechaza_la_compuerta(tmp_path: Path) -> None:
    """Las palabras que no se cambian solas están cubiertas porque la compuerta no las deja
    pasar.
    """
    p = reducir(copiar_entradas(tmp_path / "p"))
    assert {
        "Territorio.categorias",
        "NombreOficial.nombre",
        "NombreOficial.variantes",
    } == CLAVES_DE_OTRAS_TABLAS
    sanos = p.territorio.read_text(encoding="utf-8")
    crudo = leer_ya_revisado(p.territorio.read_text(encoding="utf-8"))
    crudo["categorias"]["sexo"] = [CARGAS[0], *crudo["categorias"]["sexo"][1:]]
    p.territorio.write_text(yaml.safe_dump(crudo, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as rechazo:
        pasar(p)
    assert {e.regla for e in rechazo.value.errores} == {"categoria-desconocida"}
    p.territorio.write_text(sanos, encoding="utf-8")
    oficiales = p.data / "nombres-oficiales.yml"
    nombres = [
        {**n, "nombre": f"{CARGAS[0]}{i}"}
        for i, n in enumerate(leer_ya_revisado(oficiales.read_text(encoding="utf-8")))
    ]
    oficiales.write_text(yaml.safe_dump(nombres, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DatosInvalidos) as rechazo:
        pasar(p)
    assert {e.regla for e in rechazo.value.errores} == {"sigla-sin-tarjeta"}


PEGADO = '=HYPERLINK("http://x";"y")'


def test_una_formula_pegada_es_texto_en_toda_celda_de_una_planilla(
    tmp_path: Path, resultados_reales
) -> None:
    catalogo = resultados_reales.catalogo
    pregunta = Pregunta(
        **{
            f.name: (
                {"str": PEGADO, "bool": False, "int": 1, "float": 1.0}.get(
                    str(f.type).split(" ")[0]
                )
            )
            for f in fields(Pregunta)
        }
        | {"vence": date(2026, 12, 1), "ya": ""}
    )
    escribir_planilla(tmp_path / "p.xlsx", catalogo, Encabezado(PEGADO, PEGADO, "2026"), [pregunta])
    celdas = [
        c
        for hoja in load_workbook(tmp_path / "p.xlsx")
        for fila in hoja.iter_rows()
        for c in fila
        if isinstance(c.value, str)
    ]
    formulas = [c.value for c in celdas if c.data_type == "f"]
    assert PEGADO not in formulas and PEGADO in [c.value for c in celdas]
    assert len(formulas) == 2 and all(f.startswith("=IF(") for f in formulas)
    assert 'HYPERLINK(""http://x"";""y"")' in "".join(formulas), (
        "la unidad va como texto dentro de la fórmula"
    )


@pytest.mark.parametrize(
    "texto",
    [
        "..",
        "..\\..",
        'a"b',
        "</script>",
        "\x0b",
        "\x7f",
        "\ufffe",
        "\u2028",
        "```",
        "- a: b",
        "@raiz@",
    ],
)
def test_una_palabra_de_paso_no_cambia_de_sentido(texto: str) -> None:
    assert json.loads(escapes.json_en_html({"a": texto})) == {
        "a": texto
    } and "<" not in escapes.json_en_html(texto)
    assert yaml.safe_load(f"x: {escapes.yaml({'a': texto})}\n") == {"x": {"a": texto}}
    assert unescape(escapes.html(texto)) == texto and "@raiz@" not in escapes.html(texto)
    assert (
        "<" not in escapes.xml(texto)
        and ElementTree.fromstring(f'<a b="{escapes.xml(texto)}"/>') is not None
    )


def _pagina(proyecto: Proyecto, cuerpo: str) -> Pagina:
    return Pagina(proyecto.raiz / "index.qmd", "typst", "x.pdf", {}, cuerpo)


@pytest.mark.parametrize(
    "lectura",
    [
        '#read("/data/territorio.yml")',
        '#read("../data/territorio.yml")',
        '#image("/data/foto.svg", alt: "x")',
    ],
)
def test_typst_solo_puede_leer_lo_que_el_boletin_muestra(
    construido: Proyecto, lectura: str
) -> None:
    (construido.raiz / "fotos").mkdir()
    foto = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    for carpeta in (construido.raiz / "fotos", construido.data):
        (carpeta / "foto.svg").write_text(foto, encoding="utf-8")
    titulo = '#set document(title: "x")\n= x\n'
    assert embebido.compilar_typst(
        construido,
        _pagina(construido, "![una foto](fotos/foto.svg)"),
        f'{titulo}#image("fotos/foto.svg", alt: "una foto")',
    )
    with pytest.raises(ErrorDeEjecucion, match=r"x\.pdf: Typst: "):
        embebido.compilar_typst(
            construido, _pagina(construido, "![una foto](data/foto.svg)"), f"{titulo}{lectura}"
        )
    assert not list(construido.trabajo.glob("typst-*"))


PIEZAS_MALAS = pytest.mark.parametrize(
    ("cita", "nombre"),
    [
        ('[x]{.pieza nombre="../../data/territorio"}', "../../data/territorio"),
        ('::: {.pieza nombre="no-hay"}\n:::', "no-hay"),
        ("[M9-K99]{.kpi}", "kpi-M9-K99"),
        ("[../sello]{.kpi}", "kpi-../sello"),
        ("[x]{.pieza}", ""),
    ],
)


@PIEZAS_MALAS
def test_una_pieza_que_no_existe_se_dice_con_su_archivo_y_su_linea_antes_de_escribir(
    construido: Proyecto, cita: str, nombre: str
) -> None:
    (construido.raiz / "mala.qmd").write_text(
        f"---\ntitle: Mala\n---\n\nTexto.\n\n{cita}\n", encoding="utf-8"
    )
    with pytest.raises(
        ErrorDeEjecucion, match=re.escape(f"mala.qmd, línea 7: no existe la pieza «{nombre}»")
    ):
        revisar_piezas(construido, paginas_del_proyecto(construido))


@PIEZAS_MALAS
def test_el_filtro_de_los_dos_motores_rechaza_la_misma_pieza(
    construido: Proyecto, cita: str, nombre: str
) -> None:
    (construido.raiz / "mala.qmd").write_text(
        f"---\ntitle: Mala\n---\n\nTexto.\n\n{cita}\n", encoding="utf-8"
    )
    with pytest.raises(
        ErrorDeEjecucion, match=re.escape("mala.qmd, línea 7: no existe la pieza «" + nombre + "»")
    ):
        embebido.renderizar(construido)


def test_una_pieza_citada_como_codigo_no_se_busca(construido: Proyecto) -> None:
    (construido.raiz / "buena.qmd").write_text(
        '---\ntitle: Buena\n---\n\n`[x]{.pieza nombre="no-hay"}`\n\n```markdown\n::: {.pieza'
        ' nombre="tampoco"}\n```\n',
        encoding="utf-8",
    )
    revisar_piezas(construido, paginas_del_proyecto(construido))


def _salida(texto: str) -> nbformat.NotebookNode:
    celda = nbformat.v4.new_code_cell(
        outputs=[nbformat.v4.new_output("display_data", data={"text/markdown": texto})]
    )
    return normalizar.publicable(nbformat.v4.new_notebook(cells=[celda]), "title: x", lambda _: "")


@pytest.mark.parametrize(
    "texto",
    [
        "<style>x</style>",
        "`#read(1)`{=typst}",
        "```{=html}\n<b>\n```",
        "{{< include /data/x >}}",
        "<!-- x",
    ],
)
def test_un_cuaderno_no_publica_bloques_crudos_en_su_markdown(texto: str) -> None:
    with pytest.raises(ErrorDeEjecucion, match="en_markdown"):
        _salida(f"Hay {texto} aquí.")
    assert _salida(f"Hay {escapes.markdown(texto)} aquí, 3 < 4 y `<b>`.")


@LARGO
@pytest.mark.parametrize("motor", ["embebido", pytest.param("quarto", marks=con_quarto)])
@pytest.mark.parametrize("vuelta", range(len(CARGAS)))
def test_cada_carga_en_cada_campo(tmp_path: Path, vuelta: int, motor: str) -> None:
    p, _ = _construido(tmp_path, vuelta, motor)
    assert (_defectos_en_el_navegador(p) if CHROMIUM else []) == []
    assert (
        defectos_de_los_archivos(p.sitio.resolve())
        + _defectos_de_los_boletines(p)
        + _defectos_de_las_hojas(p, tmp_path / "hojas")
        == []
    )
