"""Lo que un comité lleva a su sesión: boletín en dos ediciones, fichas, mensaje e imagen, con las
mismas cifras y con sus marcas en cada página.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import nbformat
import polars as pl
import pypdfium2
import pytest
from pypdf import PdfReader

from apoyo_actas import Comites
from apoyo_pdf import cuerpos, paginas
from conftest import RAIZ, reducir
from observatorio import sesiones
from observatorio.actas.modelos import Sesion
from observatorio.base.plegado import plegado
from observatorio.calculo import calcular
from observatorio.cuadernos.boletin import abrir_boletin
from observatorio.errores import ErrorDeUso
from observatorio.productos.columnas import CIFRAS_DE_SESION
from observatorio.productos.comites import carpeta_de_sesion, para_la_sesion, primera_pagina
from observatorio.resultados.boletin import Apartado, ParaLaSesion, Pedido, leer
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

MARCAS = ("SIMULACRO", "CIFRAS DE DEMOSTRACIÓN")
PUNTOS_EN_PAPEL, PUNTOS_EN_TELEFONO = 9.0, 10.5  # 14 px de una pantalla de 390 son 10.5 puntos
ANCHO_DE_TELEFONO = 292.5
HUELLA = "ab" * 32
COMITES = ("impulsor", "especializado", "estrategico")


def de(r: Resultados, comite: str) -> ParaLaSesion:
    """El de un simulacro: con cifras de demostración no hay otra cosa."""
    sesion = Sesion(comite=comite, acta=1, fecha=date(2026, 11, 20), simulacro=True)
    return para_la_sesion.reunir(r, sesion, {})


def cuadro(b: ParaLaSesion, clave: str) -> Apartado:
    return next(a for a in (*b.primera_pagina, *b.propio) if a.clave == clave)


@pytest.fixture(scope="module")
def proyecto(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """Lo que hace falta para componer: ningún dato, que ya va en lo reunido."""
    raiz = tmp_path_factory.mktemp("sesiones")
    shutil.copytree(RAIZ / "_extensions", raiz / "_extensions")
    for carpeta in ("data", "notebooks", ".trabajo"):
        (raiz / carpeta).mkdir()
    shutil.copy2(RAIZ / "notebooks" / sesiones.CUADERNO, raiz / "notebooks")
    shutil.copy2(RAIZ / "_quarto.yml", raiz)
    return Proyecto(raiz)


@dataclass(frozen=True)
class Llevado:
    reunido: ParaLaSesion
    carpeta: Path

    def textos(self, nombre: str) -> list[str]:
        return [re.sub(r"\s", "", p) for p in paginas(self.carpeta / nombre)]


def llevar(proyecto: Proyecto, b: ParaLaSesion) -> Llevado:
    sesion = Sesion(comite=b.id_comite, acta=b.acta, fecha=b.fecha, simulacro=b.simulacro)
    return Llevado(b, sesiones.entregar(proyecto, sesion, b))


@pytest.fixture(scope="module")
def llevado(proyecto: Proyecto, resultados_reales: Resultados) -> Llevado:
    return llevar(proyecto, de(resultados_reales, "estrategico"))


def etiquetas(ruta: Path) -> list[str]:
    """Las de un PDF accesible, en orden de lectura; falla si no declara serlo."""
    pdf = PdfReader(ruta)
    raiz = pdf.trailer["/Root"]
    assert raiz["/MarkInfo"]["/Marked"] and raiz["/Lang"] == "es"
    assert "<pdfuaid:part>1</pdfuaid:part>" in raiz["/Metadata"].get_data().decode()

    def recorrer(nodo: object) -> Iterator[str]:
        nodo = nodo.get_object() if hasattr(nodo, "get_object") else nodo
        if isinstance(nodo, list):
            for hijo in nodo:
                yield from recorrer(hijo)
        elif isinstance(nodo, dict):
            if "/S" in nodo:
                yield str(nodo["/S"])
            yield from recorrer(nodo.get("/K"))

    return list(recorrer(raiz["/StructTreeRoot"]))


def ultima_ocupada(ruta: Path) -> float:
    """Qué parte de la última página queda por encima de su último texto, sin contar el pie."""
    with pypdfium2.PdfDocument(ruta) as pdf:
        hoja = pdf[len(pdf) - 1]
        texto, alto = hoja.get_textpage(), hoja.get_height()
        bajos = [texto.get_charbox(i)[1] for i in range(texto.count_chars())]
        return 1 - min(y for y in bajos if y > 52) / alto


def test_la_carpeta_trae_lo_que_promete_y_nada_mas(llevado: Llevado) -> None:
    hay = {p.relative_to(llevado.carpeta).as_posix() for p in llevado.carpeta.rglob("*.*")}
    fichas = {f"fichas/{m.slug}.pdf" for m in llevado.reunido.misiones}
    sueltos = re.findall(r"^``([\w-]+\.\w+)``", str(carpeta_de_sesion.__doc__), re.M)
    assert hay == {*sueltos, *fichas} and len(sueltos) == 6
    assert llevado.carpeta.as_posix().endswith("_sesiones/estrategico/simulacro-estrategico-001")


@pytest.mark.parametrize(
    ("archivo", "minimo"),
    [("boletin.pdf", PUNTOS_EN_PAPEL), ("boletin-telefono.pdf", PUNTOS_EN_TELEFONO)],
)
def test_se_lee_sin_lupa_y_lo_lee_quien_no_ve(
    llevado: Llevado, archivo: str, minimo: float
) -> None:
    ruta = llevado.carpeta / archivo
    assert min(cuerpos(ruta)) >= minimo
    clases = etiquetas(ruta)
    assert clases.count("/H1") == 1 and clases.count("/H2") >= 6 and "/Figure" in clases
    for hoja in llevado.textos(archivo):
        assert all(re.sub(r"\s", "", m) in hoja for m in MARCAS)


def test_la_edicion_de_telefono_es_de_una_columna_y_pesa_poco(llevado: Llevado) -> None:
    ruta = llevado.carpeta / "boletin-telefono.pdf"
    assert ruta.stat().st_size <= 300_000
    anchos = {float(p.mediabox.width) for p in PdfReader(ruta).pages}
    assert anchos == {ANCHO_DE_TELEFONO}


def test_las_dos_ediciones_dicen_lo_mismo(llevado: Llevado) -> None:
    b = llevado.reunido
    papel, telefono = ("".join(llevado.textos(f"{n}.pdf")) for n in ("boletin", "boletin-telefono"))
    celdas = [
        re.sub(r"\s", "", c.texto)
        for a in (*b.primera_pagina, b.cuentas, *b.propio)
        for fila in a.filas
        for c in fila
    ]
    assert len(celdas) > 100
    assert not [c for c in celdas if c not in papel or c not in telefono]
    assert re.sub(r"\s", "", b.hallazgo) in papel and b.lugar.direccion in papel


def test_la_primera_pagina_dice_que_se_pide_que_cambio_y_los_acuerdos(llevado: Llevado) -> None:
    primera = llevado.textos("boletin.pdf")[0]
    partes = ("Quéseledecidir", "Quécambiódesdesusesiónanterior", "Susacuerdosanteriores")
    lugares = [primera.find(p.replace("sele", "selepide")) for p in partes]
    assert min(lugares) > 0 and lugares == sorted(lugares)


def test_el_cuadro_junto_al_grafico_tiene_un_renglon_por_mision(llevado: Llevado) -> None:
    renglones = "".join(paginas(llevado.carpeta / "boletin.pdf")).split("\n")
    for nombre, *cuentas in llevado.reunido.cuentas.filas:
        dichas = " ".join(c.texto for c in cuentas)
        assert any(r.startswith(nombre.texto) and r.strip().endswith(dichas) for r in renglones)


def test_la_ultima_pagina_no_queda_a_medias(llevado: Llevado) -> None:
    assert ultima_ocupada(llevado.carpeta / "boletin.pdf") > 0.5
    assert "Paraanotarenlasesión" in llevado.textos("boletin.pdf")[-1]


def test_un_grafico_mas_alto_que_la_hoja_se_imprime_entero_con_su_subtitulo(
    llevado: Llevado, proyecto: Proyecto, tmp_path: Path
) -> None:
    """El dibujo se encoge; a sus textos, estrechados con él, no les bastaba la hoja."""
    raiz = tmp_path / "otro"
    shutil.copytree(proyecto.raiz, raiz)
    ruta = raiz / "notebooks" / sesiones.CUADERNO
    cuaderno = nbformat.read(ruta, as_version=4)
    dicho = "De dónde sale cada cifra, de qué periodo es, quién la midió y qué no dice. " * 3
    cuaderno.cells.append(
        nbformat.v4.new_code_cell(
            "import altair as alt, pandas as pd\n"
            "filas = pd.DataFrame({'r': [f'renglón {n}' for n in range(80)], 'v': range(80)})\n"
            f"titulo = alt.TitleParams('Un gráfico muy alto', subtitle='{dicho}')\n"
            "alt.Chart(filas, title=titulo, description='Uno alto').mark_bar().encode(\n"
            "    x='v:Q', y=alt.Y('r:N', sort=None)).properties(height=alt.Step(45))"
        )
    )
    nbformat.write(cuaderno, ruta)
    carpeta = llevar(Proyecto(raiz), llevado.reunido).carpeta
    with pypdfium2.PdfDocument(carpeta / carpeta_de_sesion.BOLETIN) as pdf:
        hallados = [
            texto.get_charbox(hallado[0])
            for texto in (hoja.get_textpage() for hoja in pdf)
            if (hallado := texto.search("renglón 79").get_next())
        ]
    assert len(hallados) == 1 and hallados[0][1] > 48, hallados


def test_cada_mision_cabe_en_su_ficha(llevado: Llevado) -> None:
    for m in llevado.reunido.misiones:
        ruta = llevado.carpeta / "fichas" / f"{m.slug}.pdf"
        (texto,) = llevado.textos(f"fichas/{m.slug}.pdf")
        assert min(cuerpos(ruta)) >= PUNTOS_EN_PAPEL and etiquetas(ruta).count("/H1") == 1
        assert re.sub(r"\s", "", m.hallazgo) in texto and "SIMULACRO" in texto
        assert all(re.sub(r"\s", "", i.hoy) in texto for i in m.indicadores)


def test_el_mensaje_y_su_imagen_llevan_fecha_marcas_y_enlace(llevado: Llevado) -> None:
    dicho = (llevado.carpeta / "mensaje.txt").read_text(encoding="utf-8").rstrip("\n")
    assert len(dicho) <= para_la_sesion.MENSAJE and dicho.startswith("SIMULACRO. ")
    assert "20 de noviembre de 2026" in dicho and llevado.reunido.hallazgo in dicho
    assert "cifras de demostración" in dicho and dicho.endswith(llevado.reunido.lugar.direccion)
    png = (llevado.carpeta / "mensaje.png").read_bytes()
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == 1080


def test_la_tabla_de_cifras_es_lo_que_se_vio(llevado: Llevado) -> None:
    tabla = pl.read_csv(llevado.carpeta / "cifras.csv", schema=CIFRAS_DE_SESION.esquema)
    assert tabla["kpi"].to_list() == [c.kpi for c in llevado.reunido.cifras]
    assert tabla["valor"].to_list() == [c.valor for c in llevado.reunido.cifras]
    assert tabla["escrito"].to_list() == [c.escrito for c in llevado.reunido.cifras]


@pytest.mark.largo
def test_en_periodo_electoral_no_hay_imagen(llevado: Llevado, proyecto: Proyecto) -> None:
    callado = replace(llevado.reunido, comparte=False, misiones=())
    assert "mensaje.png" not in sesiones.hacer(proyecto, callado)


def test_los_anexos_van_en_orden_alfabetico(resultados_reales: Resultados) -> None:
    filas = cuadro(de(resultados_reales, "impulsor"), "anexos").filas
    nombres = [f[0].texto for f in filas]
    assert len(nombres) > 10 and nombres == sorted(nombres, key=plegado)


def test_los_retrocesos_claros_van_antes_que_los_posibles(resultados_reales: Resultados) -> None:
    filas = cuadro(de(resultados_reales, "estrategico"), "retrocesos").filas
    posibles = [c.posible for f in filas for c in f if c.estado]
    assert {True, False} == set(posibles) and posibles == sorted(posibles)


def test_cada_comite_lleva_lo_de_su_papel(resultados_reales: Resultados) -> None:
    claves = {c: [a.clave for a in de(resultados_reales, c).propio] for c in COMITES}
    assert claves == {
        "impulsor": ["atrasados", "sin-cifra", "calidad", "por-llegar", "anexos"],
        "especializado": ["quiebres", "corregidas", "dudas"],
        "estrategico": ["en-riesgo", "retrocesos", "decisiones", "negociar"],
    }


def test_vencido_el_plazo_para_opinar_se_dice_y_se_le_pide_tambien_a_quien_decide(
    resultados_reales: Resultados,
) -> None:
    enviado = Sesion(
        comite="impulsor",
        acta=1,
        fecha=date(2026, 11, 5),
        simulacro=True,
        tramites=[{"producto": "metodologia", "paso": "enviado", "version": HUELLA}],
        sello={"huella_anterior": None, "huella_reglas": HUELLA, "huella": HUELLA},
    )
    libro = replace(resultados_reales.libro, sesiones=(enviado,))
    r = replace(resultados_reales, libro=libro)

    def pedido(comite: str, dia: int) -> list[tuple[str, str]]:
        sesion = Sesion(comite=comite, acta=1, fecha=date(2026, 12, dia), simulacro=True)
        b = para_la_sesion.reunir(r, sesion, {})
        filas = cuadro(b, "decidir").filas
        return [(f[0].texto, f[2].texto) for f in filas]

    assert pedido("especializado", 5) == [("Opinar", "Hasta el 5 de diciembre de 2026")]
    assert pedido("especializado", 6) == [("Opinar", "Venció el 5 de diciembre de 2026")]
    assert pedido("estrategico", 5) == []
    assert pedido("estrategico", 6) == [("Aprobar u observar", "En esta sesión")]


@pytest.mark.parametrize("simulacro", [False, True])
def test_de_la_version_que_se_pide_decidir_se_dice_donde_se_compara(simulacro: bool) -> None:
    pedido = Pedido("metodologia", "Metodología", HUELLA, "opinar", None, "")
    (nota,) = primera_pagina.decidir([pedido], "2026-12-05", "https://e.pe", simulacro).notas
    assert ("https://e.pe: cortas, en la página Gobernanza" in nota) is not simulacro
    assert ("no se publican" in nota) is simulacro
    assert primera_pagina.decidir([], "2026-12-05", "https://e.pe", simulacro).notas == ()


def test_lo_guardado_se_lee_igual(resultados_reales: Resultados) -> None:
    b = de(resultados_reales, "impulsor")
    assert leer(b.en_bytes()) == b


def test_un_cuaderno_no_abre_lo_que_no_se_reunio(llevado: Llevado, proyecto: Proyecto) -> None:
    with pytest.raises(ErrorDeUso, match="sesion boletin impulsor-009"):
        abrir_boletin("impulsor", "impulsor-009", proyecto.raiz)
    with pytest.raises(ErrorDeUso, match="es del comité «estrategico»"):
        abrir_boletin("impulsor", llevado.reunido.sesion, proyecto.raiz)


@pytest.mark.largo
@pytest.mark.parametrize("comite", COMITES)
def test_hacerlo_otra_vez_da_los_mismos_bytes(
    proyecto: Proyecto, resultados_reales: Resultados, comite: str
) -> None:
    b = de(resultados_reales, comite)
    hecho = sesiones.hacer(proyecto, b)
    assert hecho == sesiones.hacer(proyecto, b)
    otra = llevar(proyecto, b).carpeta
    assert ultima_ocupada(otra / "boletin.pdf") > 0.5
    assert min(cuerpos(otra / "boletin.pdf")) >= PUNTOS_EN_PAPEL
    assert (otra / "boletin-telefono.pdf").stat().st_size <= 300_000


def test_con_cifras_inventadas_no_hay_boletin_de_una_sesion_de_verdad(
    copia: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    comites = Comites(copia)
    comites.abrir("impulsor", "2027-01-14")
    assert comites.orden("sesion", "boletin", "impulsor-001") == 2
    assert "incluir_demostracion: false" in capsys.readouterr().err
    assert not (copia.raiz / "_sesiones").exists() and not copia.boletines_de_sesion.exists()


@pytest.mark.parametrize("comite", COMITES)
def test_en_la_pantalla_cada_celda_lleva_el_titulo_de_su_columna(
    resultados_reales: Resultados, comite: str
) -> None:
    b = de(resultados_reales, comite)
    renglones = para_la_sesion.en_texto(b).splitlines()
    assert any(len(a.columnas) > 2 and a.filas for a in b.propio)
    for a in (*b.primera_pagina, *b.propio):
        for primera, *demas in a.filas:
            cabeza = primera.texto.replace("\n", ", ")
            suyos = [x for x in renglones if x.startswith(f"  • {cabeza}")]
            assert any(
                all(
                    f"{que}: {c.texto}".replace("\n", ", ") in suyo
                    for que, c in zip(a.columnas[1:], demas, strict=True)
                    if c.texto
                )
                for suyo in suyos
            ), (a.titulo, cabeza)


def test_los_de_todas_las_sesiones_abiertas_se_calculan_una_vez(
    copia: Proyecto, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    comites, veces = Comites(reducir(copia, ("m4-nutricion",))), []
    abiertas = [
        comites.abrir(c, f).id
        for c, f in (("impulsor", "2027-01-14"), ("estrategico", "2027-03-29"))
    ]
    monkeypatch.setattr("observatorio.calculo.calcular", lambda p: veces.append(p) or calcular(p))
    assert comites.orden("sesion", "boletin", "--abiertas", "--solo-texto") == 0
    dicho = capsys.readouterr().out
    guardados = {p.stem: leer(p.read_bytes()) for p in copia.boletines_de_sesion.iterdir()}
    assert sorted(guardados) == sorted(abiertas) and len(veces) == 1
    assert all(f"sesión {s}." in dicho and b.sesion == s for s, b in guardados.items())
    assert comites.orden("sesion", "boletin", "impulsor-001", "impulsor-009") == 2
    assert (
        "«impulsor-009»; están abiertas: impulsor-001, estrategico-001" in capsys.readouterr().err
    )
    assert comites.orden("sesion", "boletin") == 2
    assert "--abiertas" in capsys.readouterr().err
