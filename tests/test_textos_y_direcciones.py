"""Todo texto de los YAML se mira: ni fórmulas, ni signos que no se ven, ni direcciones que no sean
de la web.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from observatorio.base.texto import reglas_de_forma
from observatorio.base.yaml_estricto import leer_ya_revisado
from observatorio.catalogo.correo import DireccionDeCorreo
from observatorio.catalogo.formas import Correo, Direccion
from observatorio.catalogo.lectura import leer_yaml
from observatorio.catalogo.mapeo import DEL_REPORTE, leer_mapeos
from observatorio.errores import ErrorDeDatos
from observatorio.recojo.esquemas import ESQUEMAS
from observatorio.rutas import Proyecto

FORMULAS = (
    '=HYPERLINK("http://ejemplo.pe")',
    "+51 es el prefijo",
    "-1+cmd",
    "@SUM(A1)",
    "- un guion",
    "\t=1+1",
    "\r\n+1",
    "＝1+1",
)
SIGNOS = {
    "de derecha a izquierda": "\u202e",
    "aislado": "\u2067",
    "ancho nulo": "\u200b",
    "guion blando": "\u00ad",
    "marca de orden": "\ufeff",
    "control": "\x07",
    "etiqueta": "\U000e0041",
    "variante": "\ufe0f",
    "variante suplementaria": "\U000e0101",
    "unión de grafemas": "\u034f",
    "relleno": "\u3164",
    "braille vacío": "\u2800",
}
LEGITIMOS = (
    "-5",
    "-5.2",
    "Menores de 5 años (−3 %)",
    "S/ 1,000 + IGV",
    "correo@ejemplo.pe",
    "Ñuñoa: 50 % = mitad",
    "κ, ∑ y ÷",
)


def _textos(nodo: object, camino: tuple = ()) -> Iterator[tuple]:
    if isinstance(nodo, str):
        yield camino
    elif isinstance(nodo, dict | list):
        for paso, hijo in nodo.items() if isinstance(nodo, dict) else enumerate(nodo):
            yield from _textos(hijo, (*camino, paso))


def _con_todos(nodo: object, veneno: str) -> object:
    if isinstance(nodo, dict):
        return {c: _con_todos(v, veneno) for c, v in nodo.items()}
    if isinstance(nodo, list):
        return [_con_todos(v, veneno) for v in nodo]
    return veneno if isinstance(nodo, str) else nodo


@pytest.mark.parametrize("veneno", ["=1+1", "x\u202ey"])
@pytest.mark.parametrize("nombre", ESQUEMAS)
def test_ningun_texto_de_ningun_modelo_se_escapa(
    proyecto_real: Proyecto, tmp_path: Path, nombre: str, veneno: str
) -> None:
    tipo, patron = ESQUEMAS[nombre]
    de_fuera = DEL_REPORTE if nombre == "mapeo" else frozenset()
    for ruta in proyecto_real.raiz.glob(patron):
        crudo = leer_ya_revisado(ruta.read_text(encoding="utf-8"))
        malo = tmp_path / "malo.yml"
        malo.write_text(
            yaml.safe_dump(
                _con_todos(crudo, veneno), allow_unicode=False, default_flow_style=False
            ),
            encoding="utf-8",
        )
        errores: list[ErrorDeDatos] = []
        leer_yaml(Proyecto(tmp_path), malo, tipo, errores, de_fuera)
        dichos = {e.columna for e in errores}
        callados = [
            c for c in map(".".join, (map(str, c) for c in _textos(crudo))) if c not in dichos
        ]
        exentos = [
            c for c in callados if veneno == "=1+1" and not de_fuera.isdisjoint(c.split("."))
        ]
        assert callados == exentos, ruta


@pytest.mark.parametrize("texto", FORMULAS)
def test_una_formula_se_reconoce(texto: str) -> None:
    assert "formula-en-celda" in {regla for regla, _ in reglas_de_forma(texto.strip())}


@pytest.mark.parametrize("signo", SIGNOS)
def test_un_signo_que_no_se_ve_se_reconoce(signo: str) -> None:
    assert "caracter-de-control" in {regla for regla, _ in reglas_de_forma(f"a{SIGNOS[signo]}b")}


@pytest.mark.parametrize("texto", LEGITIMOS)
def test_un_texto_corriente_pasa(texto: str) -> None:
    assert reglas_de_forma(texto) == []


def test_las_celdas_de_un_reporte_se_citan_como_son(copia: Proyecto, cambiar) -> None:
    cambiar(
        copia.data / "mapeos" / "his-cred.yml",
        "columna: FECHA DE CORTE",
        'columna: "- FECHA DE CORTE"',
    )
    assert leer_mapeos(copia)["his-cred"].fecha_dato.columna == "- FECHA DE CORTE"


@pytest.mark.parametrize(
    "direccion",
    [
        "https://ejemplo.pe",
        "http://www.ejemplo.gob.pe:8080/a/b?c=d&e=(f)#g",
        "https://municipalidad-ñaña.pe/",
        "http://192.168.1.5/datos",
        "https://ejemplo.pe?x=1",
    ],
)
def test_una_direccion_de_la_web_pasa(direccion: str) -> None:
    assert TypeAdapter(Direccion).validate_python(direccion) == direccion


@pytest.mark.parametrize(
    "direccion",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://ejemplo.pe/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://ejemplo.pe",
        "//ejemplo.pe",
        "ejemplo.pe",
        "https://",
        "https:///ejemplo.pe",
        "https://localhost",
        "https://-a.pe",
        "https://a..pe",
        "https://u:c@ejemplo.pe",
        "https://u@ejemplo.pe",
        "https://ejemplo.pe@otro.pe",
        "https://ejemplo.pe/a b",
        " https://ejemplo.pe",
        "https://ejemplo.pe\n",
        "https://ejemplo.pe/\x00",
        'https://ejemplo.pe/"onload="x',
        "https://ejemplo.pe/<b>",
        "https://ejemplo.pe/\\x",
        "https://ejemplo.pe:port/",
    ],
)
def test_otra_direccion_se_rechaza_con_su_remedio(direccion: str) -> None:
    with pytest.raises(ValidationError, match="escriba una dirección de internet completa"):
        TypeAdapter(Direccion).validate_python(direccion)


@pytest.mark.parametrize(
    "correo",
    [
        "a@b",
        "a b@ejemplo.pe",
        "a@ejemplo.pe?bcc=x@otro.pe",
        "a@ejemplo.pe,b@otro.pe",
        "javascript:a@ejemplo.pe",
        "+a@ejemplo.pe",
    ],
)
def test_un_correo_es_uno_solo(correo: str) -> None:
    with pytest.raises(ValidationError, match="escriba una dirección de correo"):
        TypeAdapter(Correo).validate_python(correo)


@pytest.mark.parametrize("nombre", ESQUEMAS)
def test_todo_campo_de_una_direccion_la_exige(nombre: str) -> None:
    formas = {TypeAdapter(t).json_schema()["pattern"] for t in (Direccion, DireccionDeCorreo)}
    campos = list(_propiedades(ESQUEMAS[nombre][0].json_schema()))
    assert campos
    for campo, esquema in campos:
        if campo in {"direccion", "url", "enlace", "web", "sitio_web"}:
            hay = {rama.get("pattern") for rama in (esquema, *esquema.get("anyOf", ()))}
            assert formas & hay, campo


def _propiedades(esquema: object) -> Iterator[tuple[str, dict]]:
    if isinstance(esquema, dict):
        yield from (esquema.get("properties") or {}).items()
        for hijo in esquema.values():
            yield from _propiedades(hijo)
