"""Un YAML mal escrito se dice en español, con palabras y ejemplos; una clave mal escrita es un solo
defecto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from conftest import reemplazar
from observatorio.catalogo import cargar
from observatorio.catalogo.defectos import OTRA, REGLAS, defectos_de_ficha, regla_y_remedio
from observatorio.catalogo.lectura import leer_yaml
from observatorio.catalogo.mapeo import Mapeo
from observatorio.catalogo.modelos import Mision
from observatorio.cualitativo.modelos import Libro
from observatorio.datos.tarjetas_de_recibo import Tarjeta
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.recojo.esquemas import ESQUEMAS
from observatorio.rutas import Proyecto

TIPOS = {nombre: tipo for nombre, (tipo, _) in ESQUEMAS.items()} | {
    "procedencia": TypeAdapter(Tarjeta)
}
POR_CLASE = {
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "dict": {"dict_type"},
    "tuple": {"tuple_type", "missing"},
    "str": {"string_type", "string_unicode"},
    "int": {"int_type", "int_parsing", "int_from_float", "int_parsing_size"},
    "float": {"float_type", "float_parsing"},
    "bool": {"bool_type", "bool_parsing"},
    "date": {
        "date_type",
        "date_parsing",
        "date_from_datetime_parsing",
        "date_from_datetime_inexact",
    },
    "literal": {"literal_error"},
    "function-after": {"value_error"},
    "function-before": {"value_error"},
    "custom-error": {"sin_forma"},
    "nullable": set(),
    "default": set(),
    "chain": set(),
    "model-field": set(),
    "definitions": set(),
    "definition-ref": set(),
    "union": set(),
    "no-info": set(),
    "with-info": set(),
}
POR_LIMITE = {
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("tuple", "min_length"): "too_short",
    ("tuple", "max_length"): "too_long",
    ("ge",): "greater_than_equal",
    ("le",): "less_than_equal",
    ("gt",): "greater_than",
    ("lt",): "less_than",
}


def nodos(esquema: object) -> Iterator[dict]:
    if isinstance(esquema, dict):
        if isinstance(esquema.get("type"), str):
            yield esquema
        if esquema.get("type") == "custom-error":  # cambia por el suyo todo lo que pase dentro
            return
        for clave, v in esquema.items():
            if clave not in ("metadata", "serialization"):
                yield from nodos(v)
    elif isinstance(esquema, list | tuple):
        for v in esquema:
            yield from nodos(v)


def tipos_posibles(tipo: TypeAdapter) -> set[str]:
    salida: set[str] = set()
    for n in nodos(tipo.core_schema):
        salida |= POR_CLASE[n["type"]]
        salida |= {
            error
            for limite, error in POR_LIMITE.items()
            if limite[-1] in n and (len(limite) == 1 or limite[0] == n["type"])
        }
        salida |= (
            {"finite_number"} if n["type"] == "float" and n.get("allow_inf_nan") is False else set()
        )
        salida |= {"string_pattern_mismatch"} if n["type"] == "str" and "pattern" in n else set()
    return salida


@pytest.mark.parametrize("nombre", TIPOS)
def test_todo_defecto_que_un_modelo_puede_dar_tiene_nombre_en_espanol(nombre: str) -> None:
    assert tipos_posibles(TIPOS[nombre]) <= REGLAS.keys()


def test_los_nombres_de_las_reglas_son_de_una_sola_lengua() -> None:
    for regla, remedio in [*REGLAS.values(), OTRA]:
        assert re.fullmatch(r"ficha(-[a-z]+)+", regla) and remedio
        assert not re.search(r"missing|extra|type|parsing|error|string|forbidden|too|than", regla)


def test_un_defecto_que_nadie_previo_tiene_nombre_generico() -> None:
    with pytest.raises(ValidationError) as e:
        raise ValidationError.from_exception_data(
            "x",
            [
                {
                    "type": PydanticCustomError("bytes_type", "Input should be bytes"),
                    "loc": ("a",),
                    "input": 1,
                }
            ],
        )
    assert regla_y_remedio(e.value.errors(include_url=False)[0]) == OTRA


def formas() -> dict[str, dict]:
    """Cada texto con forma de los esquemas para editores, por su expresión."""

    def con_patron(nodo: object) -> Iterator[dict]:
        if isinstance(nodo, dict):
            if isinstance(nodo.get("pattern"), str):
                yield nodo
            for v in nodo.values():
                yield from con_patron(v)
        elif isinstance(nodo, list):
            for v in nodo:
                yield from con_patron(v)

    return {n["pattern"]: n for tipo in TIPOS.values() for n in con_patron(tipo.json_schema())}


@pytest.mark.parametrize("patron", formas())
def test_cada_forma_se_dice_con_palabras_y_con_un_ejemplo_que_la_cumple(patron: str) -> None:
    forma = formas()[patron]
    assert forma["description"] and forma["examples"]
    for ejemplo in forma["examples"]:
        jsonschema.validate(ejemplo, {"type": "string", "pattern": patron})


def leer(tipo: type, crudo: object) -> list[tuple[str, str, str | None, str]]:
    adaptador = TypeAdapter(tipo)
    with pytest.raises(ValidationError) as e:
        adaptador.validate_python(crudo)
    return [
        (d.regla, ".".join(map(str, d.camino)), d.valor, d.remedio)
        for d in defectos_de_ficha(e.value, crudo, adaptador)
    ]


def en_hoja(minimo: Proyecto, antes: str, despues: str) -> list[ErrorDeDatos]:
    """Los defectos de la hoja de ruta de la misión 4 con un texto cambiado."""
    ruta = minimo.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    reemplazar(ruta, antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    return e.value.errores


def test_un_codigo_sin_forma_no_ensena_una_expresion_regular(minimo: Proyecto) -> None:
    (hallado,) = en_hoja(minimo, "codigo: M4-K01", "codigo: M4-K1")
    assert hallado.regla == "ficha-forma" and hallado.valor == "M4-K1" and hallado.fila
    assert (
        hallado.remedio
        == "escriba el código de un KPI: el de su misión, guion, K y dos cifras, como M1-K01"
    )
    assert not set("^$[]{}\\") & set(str(hallado))


def test_una_clave_obligatoria_mal_escrita_es_un_solo_defecto(minimo: Proyecto) -> None:
    (hallado,) = en_hoja(minimo, "        definicion: ", "        definición: ")
    assert hallado.regla == "ficha-campo-desconocido" and (hallado.columna or "").endswith(
        "definición"
    )
    assert "¿quiso decir «definicion»?" in hallado.remedio and "obligatorio" in hallado.remedio


def test_una_clave_optativa_mal_escrita_dice_cual_es(minimo: Proyecto) -> None:
    hallados = en_hoja(minimo, "        principal: true", "        prinsipal: true")
    (hallado,) = [h for h in hallados if h.regla == "ficha-campo-desconocido"]
    assert "¿quiso decir «principal»?" in hallado.remedio and "obligatorio" not in hallado.remedio


def test_lo_que_falta_y_lo_que_sobra_sin_parecerse_son_dos_defectos(minimo: Proyecto) -> None:
    hallados = en_hoja(minimo, "        gracia: 4", "        color: 4")
    assert sorted((h.regla, (h.columna or "").rsplit(".", 1)[1]) for h in hallados) == [
        ("ficha-campo-desconocido", "color"),
        ("ficha-falta-campo", "gracia"),
    ]
    assert all("quiso decir" not in h.remedio for h in hallados)


def test_dos_claves_mal_escritas_no_se_reparten_el_mismo_campo() -> None:
    crudo = {
        "codificadores": ["C1", "C2"],
        "actores": [{"id": f"a{i}", "nombre": "nombre"} for i in range(3)],
        "codigos": [
            {
                "codigo": "uno",
                "mision": "m1-salud",
                "nombr": "abc",
                "nonbre": "abc",
                "incluye": "abc",
                "excluye": "abc",
            }
        ],
    }
    hallados = leer(Libro, crudo)
    assert [r for r, *_ in hallados] == ["ficha-campo-desconocido"] * 2
    assert sum("quiso decir «nombre»" in remedio for *_, remedio in hallados) == 1


def mapeo(cambio: dict) -> dict:
    entero = {
        "nombre": "Un reporte",
        "descripcion": "de prueba",
        "fuente": "his",
        "periodo": {"pedir": True},
        "fecha_dato": {"pedir": True},
        "lugares": ["de la unidad"],
        "medidas": [{"kpi": "M1-K01", "valor": {"sumar": "A"}}],
    }
    return entero | cambio


@pytest.mark.parametrize(
    ("cambio", "esperado"),
    [
        ({"lugares": ["de la unida"]}, ("ficha-palabra-no-admitida", "lugares.0")),
        ({"lugares": [{"colunma": "ANEXO"}]}, ("ficha-campo-desconocido", "lugares.0.colunma")),
        (
            {"medidas": [{"kpi": "M1K01", "valor": {"sumar": "A"}}]},
            ("ficha-forma", "medidas.0.kpi"),
        ),
        ({"medidas": []}, ("ficha-lista-corta", "medidas")),
        ({"lugares": [{}]}, ("ficha-incoherente", "lugares.0")),
    ],
)
def test_lo_que_solo_se_sigue_de_otro_defecto_se_calla_y_no_salen_nombres_internos(
    cambio: dict, esperado: tuple[str, str]
) -> None:
    hallados = leer(Mapeo, mapeo(cambio))
    assert [h[:2] for h in hallados] == [esperado]
    assert all("_" not in h[1].replace("fecha_dato", "") and "Campo" not in h[1] for h in hallados)


def test_una_palabra_no_admitida_dice_cuales_hay_en_espanol(proyecto_real: Proyecto) -> None:
    crudo = yaml.safe_load(
        (proyecto_real.misiones / "m4-nutricion" / "hoja-de-ruta.yml").read_text(encoding="utf-8")
    )
    crudo["okrs"][0]["kpis"][0]["sentido"] = "descendiente"
    ((regla, donde, valor, remedio),) = leer(Mision, crudo)
    assert (regla, donde, valor) == (
        "ficha-palabra-no-admitida",
        "okrs.0.kpis.0.sentido",
        "descendiente",
    )
    assert "«ascendente», «descendente» o «no definido»" in remedio


def test_el_defecto_lleva_la_linea_de_la_clave_mal_escrita(
    minimo: Proyecto, tmp_path: Path
) -> None:
    ruta = minimo.fuentes
    lineas = ruta.read_text(encoding="utf-8").splitlines()
    n = next(i for i, x in enumerate(lineas) if x.startswith("  licencia:"))
    lineas[n] = lineas[n].replace("licencia", "lisencia")
    ruta.write_text("\n".join(lineas) + "\n", encoding="utf-8")
    errores: list[ErrorDeDatos] = []
    leer_yaml(minimo, ruta, ESQUEMAS["fuentes"][0], errores)
    assert [(e.regla, e.fila) for e in errores] == [
        ("ficha-campo-desconocido", n + 1)
    ] and "«licencia»" in errores[0].remedio
