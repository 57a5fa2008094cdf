"""Las reglas de los comentarios y de las decisiones que ven más de un campo o de un archivo."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..catalogo import Catalogo
from ..catalogo.gobernanza import ReglasDeComentarios
from ..catalogo.nombre_de_lugar import NombreDeLugar
from .comentarios import Comentario, Comentarios, Decisiones
from .guardadas import Guardadas
from .modelos import Sesion

Hallado = tuple[tuple[str | int, ...], str | None, str, str]
"""``(camino, valor, regla, remedio)``."""


@dataclass(frozen=True)
class Constancia:
    """Con qué se comprueba que un cambio consta. ``corregidas``: «KPI periodo»; ``productos``: los
    citados que hoy no existen, con su remedio.
    """

    catalogo: Catalogo
    sesiones: tuple[Sesion, ...]
    versiones: Guardadas
    corregidas: Collection[str]
    faltan: dict[str, str] = field(default_factory=dict)

    def sesion(self, identificador: str | None) -> Sesion | None:
        return next((s for s in self.sesiones if s.id == identificador), None)

    @property
    def acuerdos(self) -> set[str]:
        return {f"{s.id}/{a.codigo}" for s in self.sesiones for a in s.acuerdos}


def vence(c: Comentario, reglas: ReglasDeComentarios) -> date:
    """El último día para responder."""
    return c.recibido + timedelta(days=reglas.plazo_de_respuesta_dias)


def revisar_comentarios(todos: Comentarios, consta: Constancia) -> Iterator[Hallado]:
    """Todos los defectos de los comentarios."""
    g = consta.catalogo.gobernanza
    reglas = g.comentarios if g else ReglasDeComentarios()
    yield from _repetidos((c.codigo for c in todos), "comentario-repetido")
    anexos = _nombres_de_anexos(consta.catalogo)
    for n, c in enumerate(todos):
        hallados = [
            *_de_donde(c, consta),
            *_respuesta(c, reglas),
            *_cambio(c, consta),
            *_anexo(c, anexos, consta.catalogo.territorio.anexos_se_llaman),
        ]
        yield from (
            ((n, campo), valor, regla, remedio) for campo, valor, regla, remedio in hallados
        )


def revisar_decisiones(todas: Decisiones, consta: Constancia) -> Iterator[Hallado]:
    """Todos los defectos de las decisiones."""
    yield from _repetidos((d.codigo for d in todas), "decision-repetida")
    for n, d in enumerate(todas):
        sesion = consta.sesion(d.sesion)
        if sesion is None or sesion.sello is None or sesion.simulacro:
            yield (
                (n, "sesion"),
                d.sesion,
                "decision-sin-acta",
                "una decisión sale de una sesión cerrada y que no es un simulacro: cite una de"
                " «observatorio sesion ver»",
            )
        for m, dato in enumerate(d.datos):
            yield from _dato((n, "datos", m, "kpi"), dato.kpi, consta.catalogo)
        for m, x in enumerate(d.resultados):
            if sesion is not None and x.fecha < sesion.fecha:
                yield (
                    (n, "resultados", m, "fecha"),
                    x.fecha.isoformat(),
                    "resultado-anterior",
                    f"la decisión es del {sesion.fecha.isoformat()}: el resultado viene después",
                )
            if x.kpi is not None:
                yield from _dato((n, "resultados", m, "kpi"), x.kpi, consta.catalogo)
            if x.fuente is not None and x.fuente not in consta.catalogo.fuentes:
                yield (
                    (n, "resultados", m, "fuente"),
                    x.fuente,
                    "fuente-desconocida",
                    "cite una fuente de data/fuentes.yml, o añada allí su tarjeta",
                )


def _repetidos(codigos: Iterable[str], regla: str) -> Iterator[Hallado]:
    todos = list(codigos)
    veces = Counter(todos)
    for n, codigo in enumerate(todos):
        if veces[codigo] > 1:
            yield (n, "codigo"), codigo, regla, "dé a cada entrada un código propio"


Defecto = tuple[str, str | None, str, str]
"""``(campo, valor, regla, remedio)``."""


def _de_donde(c: Comentario, consta: Constancia) -> Iterator[Defecto]:
    corte = consta.catalogo.territorio.fecha_corte
    if c.producto in consta.faltan:
        yield "producto", c.producto, "producto-desconocido", consta.faltan[c.producto]
    if c.recibido > corte:
        yield (
            "recibido",
            c.recibido.isoformat(),
            "comentario-del-futuro",
            f"la fecha de corte es {corte.isoformat()}: corrija la fecha, o suba la fecha de corte"
            " en data/territorio.yml",
        )
    if (c.medio == "sesión") != (c.sesion is not None):
        yield (
            "sesion",
            c.sesion,
            "comentario-sin-sesion",
            "lo dicho en una sesión cita cuál, y lo demás ninguna: corrija medio o sesion",
        )
    elif c.sesion is not None and consta.sesion(c.sesion) is None:
        yield (
            "sesion",
            c.sesion,
            "sesion-desconocida",
            "cite una del libro de actas: las dice «observatorio sesion ver»",
        )


def _respuesta(c: Comentario, reglas: ReglasDeComentarios) -> Iterator[Defecto]:
    partes = {"criterio": c.criterio, "respuesta": c.respuesta, "respondido": c.respondido}
    if c.estado == "recibido":
        for campo, valor in (*partes.items(), ("cambio", c.cambio), ("avisado", c.avisado)):
            if valor is not None:
                yield (
                    campo,
                    None,
                    "respuesta-sin-estado",
                    "ya dice algo de la respuesta: ponga el estado (acogido, acogido en parte o no"
                    " acogido), o borre la línea",
                )
        return
    faltan = [campo for campo, valor in partes.items() if valor is None]
    if faltan:
        yield (
            "estado",
            c.estado,
            "respuesta-incompleta",
            f"falta {', '.join(faltan)}: lo escribe «observatorio comentario responder {c.codigo}»",
        )
    if c.respondido is not None and c.respondido < c.recibido:
        yield (
            "respondido",
            c.respondido.isoformat(),
            "respuesta-anterior",
            f"el comentario es del {c.recibido.isoformat()}: se responde ese día o después",
        )
    if c.avisado is not None and c.respondido is not None and c.avisado < c.respondido:
        yield (
            "avisado",
            c.avisado.isoformat(),
            "aviso-anterior",
            "se avisa cuando ya hay respuesta: corrija la fecha",
        )
    yield from _criterio(c, reglas)


def _criterio(c: Comentario, reglas: ReglasDeComentarios) -> Iterator[Defecto]:
    if c.criterio is None:
        return
    criterio = next((x for x in reglas.criterios if x.id == c.criterio), None)
    hay = ", ".join(x.id for x in reglas.criterios) or "ninguno"
    if criterio is None:
        yield (
            "criterio",
            c.criterio,
            "criterio-desconocido",
            f"use uno de los de comites.yml ({hay}), o añádalo allí",
        )
    elif criterio.acoge != (c.estado != "no acogido"):
        yield (
            "criterio",
            c.criterio,
            "criterio-que-no-corresponde",
            f"ese criterio es para {'acoger' if criterio.acoge else 'no acoger'}, y el estado es"
            f" «{c.estado}»: corrija uno de los dos",
        )


def _cambio(c: Comentario, consta: Constancia) -> Iterator[Defecto]:
    acogido = c.estado in ("acogido", "acogido en parte")
    if acogido and c.cambio is None:
        yield (
            "cambio",
            None,
            "acogido-sin-cambio",
            "diga qué se cambió por él: correccion, ficha, version o acuerdo",
        )
    if c.cambio is None:
        return
    x = c.cambio
    catalogo = consta.catalogo
    consta_en = (
        (x.correccion, x.correccion in consta.corregidas, "data/correcciones.csv"),
        (
            x.ficha,
            x.ficha in {k.codigo for k in catalogo.cambios},
            "data/gobernanza/cambios-del-catalogo.yml",
        ),
        (
            x.version,
            any(v.startswith(x.version or "?") for v in consta.versiones),
            "data/gobernanza/versiones",
        ),
        (x.acuerdo, x.acuerdo in consta.acuerdos, "una sesión del libro de actas"),
    )
    for valor, hay, archivo in consta_en:
        if valor is not None and not hay:
            yield (
                "cambio",
                valor,
                "cambio-que-no-consta",
                f"no está en {archivo}: anótelo allí primero, o cite otro",
            )


def _nombres_de_anexos(catalogo: Catalogo) -> re.Pattern[str] | None:
    """Los nombres de los anexos, salvo el que se llama como el territorio."""
    t = catalogo.territorio
    nombres = [a.nombre for a in t.anexos if a.nombre not in (t.nombre, t.provincia)]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, nombres))})\b") if nombres else None


def _anexo(
    c: Comentario, anexos: re.Pattern[str] | None, lugar: NombreDeLugar
) -> Iterator[Defecto]:
    for campo in ("que", "respuesta"):
        if anexos is not None and anexos.search(getattr(c, campo) or ""):
            yield (
                campo,
                None,
                "nombra-un-anexo",
                f"el papel de quien comenta y su {lugar.singular} dirían quién es: escríbalo sin"
                f" {lugar.el}; el detalle queda en el correo o en el acta privada",
            )


def _dato(camino: tuple[str | int, ...], codigo: str, catalogo: Catalogo) -> Iterator[Hallado]:
    kpi = catalogo.kpis.get(codigo)
    if kpi is None:
        yield (
            camino,
            codigo,
            "kpi-desconocido",
            "use el código de un KPI de misiones/*/hoja-de-ruta.yml",
        )
    elif not kpi.se_sigue_en_publico:
        yield (
            camino,
            codigo,
            "dato-reservado",
            "el registro es público y ese KPI no: cite otro dato, o anote la decisión en el acta"
            " privada",
        )
