"""Las narraciones de verdad se publican por tandas: ninguna, al llegar o al retirarse, dice de qué
habló.

Quien sabe que alguien narró la semana pasada compara dos ediciones: si solo llegó esa narración, el
tema que sube es el suyo. Por eso los recuentos quedan como estaban hasta que llegan (o se van) al
menos ``k`` narraciones y ningún cambio dice de una de ellas qué contó. Con ``A`` nuevas, ``W``
retiradas y ``d`` lo que cambia un tema, alguna pudo no nombrarlo:

    ni W ni A entre 1 y k − 1:      −W < d < A (de lo que no hubo, d no pasa de 0)
    A ≥ k y 0 < W < k:              0 ≤ d ≤ A − W, y ningún tema público pasa a protegido

La memoria es ``tanda.json``: lo publicado, las huellas de las narraciones que cuenta y cuánto
contaba cada tema, también los protegidos. Va en git con los datos, en el repositorio privado, y de
ella se publica: para construir no hacen falta ni las narraciones ni su llave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..base import lecturas
from ..base.archivos import json_estable
from ..base.escritura import escribir_atomico
from ..base.huellas import huella
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .lo_publicable import coincidencias, voces_publicables
from .modelos import Cita, Libro, Relatos, Tema, Voces

DANADA, RETROCEDE = "tanda-danada", "tanda-retrocede"
REMEDIO = (
    "no se edita a mano: devuelva la última que guarda git (git restore -- {archivo}); si no la"
    " hay, la de un respaldo"
)
Cuenta = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class CitaGuardada:
    """Una cita publicada y la huella de su narración, para quitarla si se retira."""

    mision: str
    codigo: str
    texto: str
    id: str


class Tanda(BaseModel):
    """Lo publicado de las narraciones de verdad. ``cuentas``: cada tema, con su recuento; solo los
    ``publicos`` se dicen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    tanda: Annotated[int, Field(ge=1)]
    narraciones: Cuenta
    hasta: str
    ids: tuple[str, ...]
    cuentas: dict[str, Cuenta]
    publicos: tuple[str, ...]
    acuerdo: dict[str, float | None]
    citas: tuple[CitaGuardada, ...]


@dataclass(frozen=True, slots=True)
class Espera:
    """Por qué lo publicado no cambia todavía, dicho sin nombrar ningún tema."""

    motivo: str


def siguiente(anterior: Tanda | None, relatos: Relatos, k: int, clave: str) -> Tanda | Espera:
    """La tanda que sigue a ``anterior`` con las narraciones de hoy, o qué falta para cerrarla.

    ``k``: el recuento mínimo del territorio; ``clave``: la de las huellas.
    """
    por_huella = {huella_de(clave, i): i for i in relatos.narraciones["id"]}
    de_antes = frozenset(anterior.ids) if anterior else frozenset()
    nuevas, retiradas = len(por_huella.keys() - de_antes), len(de_antes - por_huella.keys())
    voces = voces_publicables(relatos, incluir_demostracion=False)
    cuentas = {c: len(n) for c, n in coincidencias(relatos).items()}
    publicos = tuple(t.codigo for t in voces.temas if not t.protegido)
    if espera := _espera(anterior, cuentas, publicos, nuevas, retiradas, k):
        return espera
    return Tanda(
        tanda=anterior.tanda + 1 if anterior else 1,
        narraciones=voces.narraciones,
        hasta=voces.hasta,
        ids=tuple(sorted(por_huella)),
        cuentas=cuentas,
        publicos=publicos,
        acuerdo=voces.acuerdo or {},
        citas=_citas(voces, relatos, clave),
    )


def _espera(
    anterior: Tanda | None,
    cuentas: Mapping[str, int],
    publicos: tuple[str, ...],
    nuevas: int,
    retiradas: int,
    k: int,
) -> Espera | None:
    if not nuevas and not retiradas:
        return Espera("no ha llegado ni se ha retirado ninguna narración desde la última")
    if nuevas < k and (nuevas or retiradas < k):
        return Espera(
            f"hay {nuevas} narraciones nuevas y {retiradas} retiradas: se publica cuando lleguen al"
            f" menos {k}"
        )
    pocas = 0 < retiradas < k
    antes = anterior.cuentas if anterior else {}
    cambios = [n - antes.get(c, 0) for c, n in cuentas.items() if c in antes or not anterior]
    if pocas:
        bien = all(0 <= d <= nuevas - retiradas for d in cambios)
    else:
        bien = all((d < nuevas or not d) and (d > -retiradas or not retiradas) for d in cambios)
    se_callan = anterior and set(anterior.publicos) - set(publicos)
    if not bien or (pocas and se_callan):
        return Espera(
            "con estas, un recuento diría de qué habló alguien (lo contaron todas las nuevas, o"
            " baja por una retirada): espere a que lleguen más"
        )
    return None


def sin_narracion(tanda: Tanda, ida: str) -> Tanda:
    """La tanda sin las citas de la narración de esa huella; los recuentos esperan a la
    siguiente.
    """
    return tanda.model_copy(update={"citas": tuple(c for c in tanda.citas if c.id != ida)})


def voces_de(tanda: Tanda, libro: Libro) -> Voces:
    """Lo que se publica de la tanda, con los temas que hoy tiene el libro."""
    publicos = set(tanda.publicos)
    temas = tuple(
        Tema(
            c.codigo,
            c.mision,
            c.nombre,
            tanda.cuentas[c.codigo] if c.codigo in publicos else None,
            c.codigo not in publicos,
            "documentado",
        )
        for c in libro.codigos
        if c.codigo in tanda.cuentas
    )
    nombres = {c.codigo: c.nombre for c in libro.codigos}
    citas = tuple(
        Cita(c.mision, nombres[c.codigo], c.texto, "documentado")
        for c in tanda.citas
        if c.codigo in nombres
    )
    acuerdo = {c.mision: None for c in libro.codigos} | tanda.acuerdo
    return Voces(temas, citas, acuerdo, tanda.narraciones, tanda.hasta)


def huella_de(clave: str, narracion: str) -> str:
    """Con qué se nombra una narración fuera de lo cifrado."""
    return huella("narracion", clave, narracion)


def leer_tanda(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> Tanda | None:
    """La última tanda; nada si no la hay o si está dañada, y el daño va a ``errores``."""
    ruta = proyecto.tanda
    if not ruta.is_file():
        return None
    archivo = proyecto.relativa(ruta)
    try:
        crudo = json.loads(lecturas.texto(ruta))
        suma = crudo.pop("suma")
        tanda = TypeAdapter(Tanda).validate_python(crudo)
    except (ValueError, KeyError, AttributeError, TypeError, ValidationError):
        suma, tanda = None, None
    if tanda is None or suma != _suma(tanda):
        remedio = REMEDIO.format(archivo=archivo)
        errores.append(ErrorDeDatos(archivo, None, None, None, DANADA, remedio))
        return None
    return tanda


def retrocede(proyecto: Proyecto, tanda: Tanda | None, publicada: int) -> list[ErrorDeDatos]:
    """El error de una tanda anterior a la que ya se publicó; ``publicada``: su número, o 0."""
    hoy = tanda.tanda if tanda else 0
    if hoy >= publicada:
        return []
    archivo = proyecto.relativa(proyecto.tanda)
    return [
        ErrorDeDatos(archivo, None, "tanda", str(hoy), RETROCEDE, REMEDIO.format(archivo=archivo))
    ]


def escribir_tanda(proyecto: Proyecto, tanda: Tanda) -> None:
    """Deja la tanda en su archivo, de una vez y con su suma."""
    escrita = tanda.model_dump(mode="json") | {"suma": _suma(tanda)}
    escribir_atomico(proyecto.tanda, json_estable(escrita).encode())


def _suma(tanda: Tanda) -> str:
    return huella(json_estable(tanda.model_dump(mode="json")))


def _citas(voces: Voces, relatos: Relatos, clave: str) -> tuple[CitaGuardada, ...]:
    """Las citas publicables, cada una con la huella de su narración."""
    de_texto = dict(relatos.narraciones.select("texto", "id").iter_rows())
    codigos = {(c.mision, c.nombre): c.codigo for c in relatos.libro.codigos}
    return tuple(
        CitaGuardada(
            c.mision, codigos[c.mision, c.tema], c.texto, huella_de(clave, de_texto[c.texto])
        )
        for c in voces.citas
    )
