"""El remedio de un defecto del catálogo, las correcciones, las páginas o las celdas de una entrega
sirve: se hace lo que dice y ya no está.

Los de un grupo se rompen juntos y se arreglan juntos: dos validaciones para todos.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from apoyo_reportes import MUESTRAS, Leido, leer, libro
from conftest import reemplazar
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

M4, M7 = "misiones/m4-nutricion/hoja-de-ruta.yml", "misiones/m7-institucionalidad/hoja-de-ruta.yml"
FUENTES, CORRECCIONES, PORTADA = "data/fuentes.yml", "data/correcciones.csv", "index.qmd"
TODO = r".+"


@dataclass(frozen=True)
class Caso:
    """Qué se escribe mal y qué dice el remedio: ``propone`` es lo que se pone en lugar de ``mal``
    (el primer grupo, si lo hay); ``queda``, lo que deja quien solo sigue una instrucción.
    """

    archivo: str
    antes: str
    despues: str
    regla: str
    propone: str
    mal: str = TODO
    queda: str | None = None

    def arreglar(self, raiz: Path, remedio: str) -> None:
        dicho = re.search(self.propone, remedio)
        assert dicho, remedio
        bien = self.queda if self.queda is not None else dicho[1]
        arreglado = re.sub(self.mal, lambda _: bien, self.despues, count=1, flags=re.DOTALL)
        reemplazar(raiz / self.archivo, self.despues, arreglado)


FORMA = [
    Caso(
        M4,
        "        nombre_corto: Anemia de",
        "        nombre_cort: Anemia de",
        "ficha-campo-desconocido",
        r"¿quiso decir «(\w+)»",
        r"nombre_cort\b",
    ),
    Caso(
        M4,
        "        frecuencia: semestral\n",
        "        frecuencia: semestrall\n",
        "ficha-palabra-no-admitida",
        r"¿quiso decir «(\w+)»",
        r"semestrall",
    ),
    Caso(
        M4,
        "          valor: 56.4\n",
        '          valor: "56,4"\n',
        "coma-decimal",
        r"escriba (\S+)$",
        r'"56,4"',
    ),
    Caso(
        FUENTES,
        "  fecha_acceso: 2026-10-31\n",
        "  fecha_acceso: 31/10/2026\n",
        "ficha-no-es-fecha",
        r"escriba (\d{4}-\d\d-\d\d)",
        r"31/10/2026",
    ),
    Caso(
        FUENTES,
        "  direccion: https://www.gob.pe/minsa\n",
        "  direccion: www.gob.pe/minsa\n",
        "ficha-forma",
        r"completa: (https://)",
        r"(?<=direccion: )(?=www)",
    ),
    Caso(
        M7,
        "        sentido: ascendente\n",
        "        sentido: ascendente\n        sentido: ascendente\n",
        "clave-yaml-repetida",
        r"deje una sola vez la clave",
        r"        sentido: ascendente\n",
        "",
    ),
]
CRUCE = [
    Caso(
        M4,
        "        gracia: 4\n        fuente: sien-his\n",
        "        gracia: 4\n        fuente: sien-hiz\n",
        "fuente-desconocida",
        r"¿quiso decir «([\w-]+)»",
        r"sien-hiz",
    ),
    Caso(
        M4,
        "su código\n          RENIPRESS",
        "su código\n          Renipress",
        "nombre-oficial-mal-escrito",
        r"escriba «(\w+)»",
        r"Renipress",
    ),
    Caso(
        M4,
        '          periodo: "2030"\n          valor: 10\n',
        '          periodo: "2030"\n          valor: 60\n',
        "meta-contra-el-sentido",
        r"con sentido descendente y base 56.4, revise la meta",
        r"60",
        "10",
    ),
]
PAGINA = [
    Caso(
        PORTADA,
        "",
        "[uno](misiones/m4-nutricio/index.html)",
        "enlace-a-lo-que-no-existe",
        r"¿quiso decir «([^»]+)»",
        r"misiones/m4-nutricio/index.html",
    ),
    Caso(
        PORTADA,
        "",
        "[M4-KO2]{.kpi}",
        "kpi-desconocido",
        r"¿quiso decir «([^»]+)»",
        r"M4-KO2",
    ),
    Caso(
        PORTADA,
        "",
        '[rojo]{style="color:red"}',
        "no-se-admite-en-una-pagina",
        r"use una clase",
        r'style="color:red"',
        ".destacado",
    ),
    Caso(
        PORTADA,
        "",
        "::: {.callout-notee}\nUna nota.\n:::",
        "no-se-admite-en-una-pagina",
        r"las cajas son (callout-\w+)",
        r"callout-notee",
    ),
    Caso(
        PORTADA,
        "",
        "{{< video x.mp4 >}}",
        "no-se-admite-en-una-pagina",
        r"escriba el contenido",
        TODO,
        "Lo que el video cuenta.",
    ),
    Caso(
        PORTADA,
        "",
        "Lo dijo alguien [@nadie2020].",
        "cita-sin-bibliografia",
        r"si no es una cita, escriba (\\@)",
        r"@",
    ),
]


@pytest.mark.parametrize(
    "casos", [FORMA, CRUCE, PAGINA], ids=["forma del catálogo", "cruces", "páginas"]
)
def test_lo_que_dicen_los_remedios_quita_los_defectos(minimo: Proyecto, casos: list[Caso]) -> None:
    for c in casos:
        if c.antes:
            reemplazar(minimo.raiz / c.archivo, c.antes, c.despues)
        else:
            ruta = minimo.raiz / c.archivo
            ruta.write_text(f"{ruta.read_text(encoding='utf-8')}\n\n{c.despues}\n", "utf-8")
    hallados = defectos(minimo)
    for c in casos:
        assert c.regla in {e.regla for e in hallados}
        suyo = next(
            e
            for e in hallados
            if e.archivo == c.archivo and e.regla == c.regla and re.search(c.propone, e.remedio)
        )
        c.arreglar(minimo.raiz, suyo.remedio)
    assert defectos(minimo) == []


def defectos(proyecto: Proyecto) -> list[ErrorDeDatos]:
    try:
        pasar(proyecto)
    except DatosInvalidos as e:
        return e.errores
    return []


def test_una_correccion_dice_la_cifra_y_la_columna_que_son(minimo: Proyecto) -> None:
    ruta = minimo.observaciones / "m7-institucionalidad.csv"
    fila = next(
        x
        for x in ruta.read_text(encoding="utf-8").splitlines()
        if x.startswith("M7-K16,") and ",total,,," in x
    )
    kpi, periodo, lugar, grupo, _, _, numerador = fila.split(",")[:7]
    clave = f"data/observaciones/m7-institucionalidad.csv,{kpi},{periodo},{lugar},{grupo},"
    firma = "Se anotó dos veces,Comité Impulsor,2026-10-31"
    antes = minimo.correcciones.read_text(encoding="utf-8")
    escrita = f"{clave},numerado,{numerador}1,{numerador},{firma}\n"
    minimo.correcciones.write_text(antes + escrita, encoding="utf-8")
    (columna,) = defectos(minimo)
    propuesta = re.search(r"¿quiso decir «(\w+)»", columna.remedio)
    assert columna.regla == "correccion-de-columna" and propuesta
    escrita = escrita.replace("numerado", propuesta[1])
    minimo.correcciones.write_text(antes + escrita, encoding="utf-8")
    (cifra,) = defectos(minimo)
    dicha = re.search(r"el archivo dice «(\S+)»", cifra.remedio)
    assert cifra.regla == "correccion-no-coincide" and dicha and dicha[1] == numerador
    nueva = escrita.replace(f"{numerador}1,{numerador},", f"{dicha[1]},{int(numerador) - 1},")
    minimo.correcciones.write_text(antes + nueva, encoding="utf-8")
    assert defectos(minimo) == []


TITULOS = ["kpi", "periodo", "lugar", "numerador", "denominador", "valor", "fecha_dato"]
BUENAS = [
    ["M4-K02", "2026-S1", "130809", 21, 40, None, "2026-08-27"],
    ["M4-K02", "2025-S2", "130809", 20, 40, None, "2026-02-27"],
]
Cambio = Callable[[Worksheet], object]


def poner(**celdas: object) -> Cambio:
    def cambio(hoja: Worksheet) -> None:
        for celda, valor in celdas.items():
            hoja[celda] = valor
            hoja[celda].number_format = "General"

    return cambio


CELDAS: dict[str, tuple[Cambio, str, Cambio]] = {
    "formula-sin-resultado": (poner(D2="=20+1"), "o escriba el valor", poner(D2=21)),
    "celda-con-error": (poner(D2="#N/A"), "escriba el valor", poner(D2=21)),
    "celda-con-error en una clave": (poner(A2="#REF!"), "escriba el valor", poner(A2="M4-K02")),
    "fecha-donde-va-un-numero": (
        lambda h: h.__setitem__("D2", date(2026, 1, 21)),
        "póngale formato de número y escriba el número de nuevo",
        poner(D2=21),
    ),
    "celda-combinada": (
        lambda h: h.merge_cells("A2:A3"),
        "separe las celdas y escriba en cada una lo suyo",
        lambda h: (h.unmerge_cells("A2:A3"), poner(A3="M4-K02")(h)),
    ),
    "fila-de-total": (
        lambda h: h.append(["Total", None, None, 41, 80]),
        "bórrela",
        lambda h: h.delete_rows(4),
    ),
    "columna-repetida": (poner(F1="numerador"), "deje una sola vez", lambda h: h.delete_cols(6)),
    "columna-sobrante": (poner(F1="observador"), "bórrela", lambda h: h.delete_cols(6)),
    "columna-sobrante con otro título": (
        poner(F1="nota del valor"),
        "póngale uno de estos títulos: kpi, periodo, lugar, grupo, unidad, valor",
        poner(F1="valor"),
    ),
}


@pytest.mark.parametrize("nombre", CELDAS)
def test_lo_que_pide_una_celda_de_una_tabla_la_deja_leer(tmp_path: Path, nombre: str) -> None:
    romper, dice, arreglar = CELDAS[nombre]
    ruta = libro(tmp_path / "t.xlsx", {"Datos": [TITULOS, *BUENAS]})
    assert leer(ruta).cifras

    def con(cambio: Cambio) -> Leido:
        w = load_workbook(ruta)
        cambio(w["Datos"])
        w.save(ruta)
        return leer(ruta)

    rota = con(romper)
    assert rota.reglas == {nombre.split()[0]} and dice in rota.dicho
    assert len(con(arreglar).cifras) == len(BUENAS)


def test_los_ceros_que_se_proponen_hacen_leer_un_reporte(tmp_path: Path) -> None:
    ruta, entero = tmp_path / "his.csv", "00090001"
    bueno = (MUESTRAS / "his-cred.csv").read_bytes()
    ruta.write_bytes(bueno.replace(entero.encode(), entero.lstrip("0").encode()))
    rota = leer(ruta, mapeo="his-cred")
    propuesto = re.search(r"escriba (\d+), con la columna en formato de texto", rota.dicho)
    assert rota.reglas == {"ceros-perdidos"} and propuesto
    ruta.write_bytes(ruta.read_bytes().replace(entero.lstrip("0").encode(), propuesto[1].encode()))
    assert ruta.read_bytes() == bueno and leer(ruta, mapeo="his-cred").cifras
