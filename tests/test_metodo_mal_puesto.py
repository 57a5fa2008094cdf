"""Parámetros del método fuera de orden: un error con su archivo, su línea y su remedio, y nada
calculado.
"""

from __future__ import annotations

import pytest

from observatorio.catalogo import cargar
from observatorio.errores import DatosInvalidos
from observatorio.rutas import Proyecto

MALOS = {
    "bandas al revés": (
        "requiere_acelerar: 0.60",
        "requiere_acelerar: 0.97",
        "en_ruta debe superar",
    ),
    "bandas iguales": (
        "requiere_acelerar: 0.60",
        "requiere_acelerar: 0.95",
        "en_ruta debe superar",
    ),
    "banda negativa": ("requiere_acelerar: 0.60", "requiere_acelerar: -0.1", "0"),
    "pesos al revés": ("pesos_nivel: null", "pesos_nivel: {1: 1, 2: 2, 3: 3}", "no pesa menos"),
    "pesos incompletos": (
        "pesos_nivel: null",
        "pesos_nivel: {1: 3, 2: 2}",
        "los 3 niveles declarados",
    ),
    "peso cero": ("pesos_nivel: null", "pesos_nivel: {1: 3, 2: 2, 3: 0}", "mayor que 0"),
    "k menor que 10": ("k: 10", "k: 9", "10"),
    "k con decimales": ("k: 10", "k: 10.5", "entero"),
    "cobertura de más": ("cobertura_minima: 0.5", "cobertura_minima: 1.5", "1"),
}


@pytest.mark.parametrize("caso", MALOS)
def test_se_rechaza_con_su_remedio(minimo: Proyecto, cambiar, caso: str) -> None:
    antes, despues, remedio = MALOS[caso]
    cambiar(minimo.territorio, antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    malo = e.value.errores[0]
    escrito = despues.partition(": ")[2].strip("{}")
    assert malo.valor and (escrito in malo.valor or malo.valor in escrito), (
        "el mensaje muestra lo que se escribió"
    )
    assert (
        malo.archivo == "data/territorio.yml"
        and malo.fila
        and "metodo" in (malo.columna or "")
        and remedio in malo.remedio
    )


@pytest.mark.parametrize(
    ("antes", "despues", "regla"),
    [
        ("          valor: 10\n", "          valor: 90\n", "meta-contra-el-sentido"),
        ("sentido: descendente", "sentido: ascendente", "meta-contra-el-sentido"),
    ],
)
def test_un_sentido_que_contradice_la_meta_se_rechaza(
    minimo: Proyecto, cambiar, antes: str, despues: str, regla: str
) -> None:
    cambiar(minimo.misiones / "m4-nutricion" / "hoja-de-ruta.yml", antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    assert regla in {x.regla for x in e.value.errores} and all(x.remedio for x in e.value.errores)
