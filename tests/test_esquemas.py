"""Los JSON Schema guardados son los del programa, cada YAML nombra el suyo, y lo que el editor
acepta vale.
"""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from observatorio.catalogo import cargar
from observatorio.errores import DatosInvalidos
from observatorio.recojo.esquemas import ESQUEMAS, exportados
from observatorio.rutas import Proyecto

REMEDIO = "ejecute: observatorio esquemas"


def test_lo_guardado_es_lo_exportado(proyecto_real: Proyecto) -> None:
    viejos = [
        proyecto_real.relativa(r)
        for r, texto in exportados(proyecto_real).items()
        if not r.is_file() or r.read_text(encoding="utf-8") != texto
    ]
    assert not viejos, REMEDIO


def test_el_editor_sabe_de_todos(proyecto_real: Proyecto) -> None:
    ajustes = json.loads((proyecto_real.raiz / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert ajustes["yaml.schemas"] == {
        f"./data/esquemas/{n}.schema.json": patron for n, (_, patron) in ESQUEMAS.items()
    }


EN_GIT = [n for n, (_, patron) in ESQUEMAS.items() if not patron.startswith("reservado/")]


@pytest.mark.parametrize("nombre", EN_GIT)
def test_cada_yaml_cumple_su_esquema(proyecto_real: Proyecto, nombre: str) -> None:
    esquema = json.loads(
        (proyecto_real.data / "esquemas" / f"{nombre}.schema.json").read_text(encoding="utf-8")
    )
    rutas = list(proyecto_real.raiz.glob(ESQUEMAS[nombre][1]))
    # Los mapeos, las sesiones y sus actas son de cada lugar: puede no haber ninguno.
    assert rutas or nombre in ("mapeo", "sesion", "acta")
    for ruta in rutas:
        # El editor ve las fechas como texto y las claves como cadenas, igual que JSON.
        crudo = json.loads(
            json.dumps(yaml.safe_load(ruta.read_text(encoding="utf-8")), default=str)
        )
        jsonschema.validate(crudo, esquema)


def test_un_comite_mal_escrito_se_rechaza(minimo: Proyecto, cambiar) -> None:
    cambiar(minimo.comites, "comite: impulsor", "comite: propulsor")
    with pytest.raises(DatosInvalidos, match="comités que no existen: propulsor"):
        cargar(minimo)
