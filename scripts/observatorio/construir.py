"""La construcción entera, de los datos a la edición viva.

entradas → preparar → renderizar (embebido o Quarto) → edición nueva → cambio atómico
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .base.avisos import Avisar, callar
from .base.candado import candado
from .base.escritura import escritura_explicada
from .edicion import claves, ediciones
from .edicion.quietud import con_lo_ultimo, cuando, entradas_quietas
from .edicion.registro import Decision, Registro
from .errores import ErrorDeUso
from .rutas import PAGINAS_GENERADAS, Proyecto

if TYPE_CHECKING:
    from .cuadernos.ejecucion import Motor
    from .preparar import PaginasListas

MotorDePaginas = Literal["auto", "embebido", "quarto"]
ESPERA = 600.0
DE_LAS_PAGINAS = ("activos/", "misiones/", "analisis/")
"""Dónde está lo que una página muestra y no es de ella."""
PROGRAMA = Path(__file__).resolve().parent
LO_QUE_CORRE = ("**/*.py", "**/*.js")
PROGRAMA_CARGADO = claves.clave_de(PROGRAMA, LO_QUE_CORRE)


@dataclass(frozen=True, slots=True)
class Edicion:
    """Una edición construida: su identificador, dónde está, con qué motor, si hubo que hacerla y
    qué se rehízo.
    """

    identificador: str
    carpeta: Path
    motor: str
    nueva: bool
    decisiones: tuple[Decision, ...] = field(default=(), repr=False)


def construir(
    proyecto: Proyecto,
    motor: MotorDePaginas = "auto",
    cuadernos: Motor = "rapido",
    avisar: Avisar = callar,
) -> Edicion:
    """Construye y activa la edición de las entradas actuales; si ya existe y está sana, solo la
    activa.

    Si alguien guarda un archivo mientras tanto, empieza de nuevo con lo último. Lanza
    ``DatosInvalidos``, ``ErrorDeEjecucion`` o ``ErrorDeUso`` sin tocar la edición viva.
    """
    elegido, nombre = _elegir(motor)
    with escritura_explicada(), bloqueada(proyecto, avisar):
        return con_lo_ultimo(
            lambda: _construir(proyecto, elegido, nombre, cuadernos, avisar), avisar
        )


def _construir(
    proyecto: Proyecto, elegido: str, nombre: str, cuadernos: Motor, avisar: Avisar
) -> Edicion:
    with entradas_quietas(proyecto) as entradas:
        identificador = claves.identificador(entradas, nombre, cuadernos)
        carpeta, registro = proyecto.ediciones / identificador, Registro(proyecto.trabajo)
        if ediciones.sana(carpeta):
            if ediciones.actual(proyecto) != identificador or not proyecto.sitio.exists():
                ediciones.activar(proyecto, identificador)
            return Edicion(identificador, carpeta, nombre, False, tuple(registro.sin_cambios()))
        _adelantar_cuadernos(proyecto, entradas, cuadernos)
        # Solo quien tiene algo que hacer carga lo que calcula: decir «sin cambios» cuesta la mitad.
        from .edicion import para_llevar
        from .motores import fichas
        from .paginas.fuentes import imagenes_citadas, paginas, revisar_piezas
        from .paginas.revision import revisar_lo_generado
        from .preparar import preparar

        exigir_programa_al_dia(proyecto)
        with _adelanto(proyecto, elegido, avisar) as (paginas_listas, adelantadas):
            preparar(
                proyecto,
                entradas,
                cuadernos,
                avisar=avisar,
                edicion=identificador,
                registro=registro,
                motor_de_paginas=nombre,
                paginas_listas=paginas_listas,
            )
            # Mientras se escriben las últimas páginas.
            hay, recursos = paginas(proyecto), _recursos(proyecto)
            revisar_piezas(proyecto, hay)
            revisar_lo_generado(proyecto, hay, recursos)
            temporal = ediciones.carpeta_nueva(proyecto)
            ediciones.reunir(
                proyecto,
                fichas.componer(proyecto, registro)
                | imagenes_citadas(proyecto, hay)
                | recursos
                | {f"ediciones/{identificador}.json": proyecto.trabajo / "edicion.json"},
                temporal,
            )
        _renderizar(proyecto, elegido, temporal, avisar, registro, adelantadas)
        sumas = para_llevar.completar(
            temporal, proyecto.extension, identificador, para_llevar.ya_comprimidos(proyecto)
        )
        for producto, ruta in sorted(recursos.items()):
            registro.anotar_contenido(producto, ruta)
    avisar("páginas y boletines reunidos")
    ediciones.sellar(proyecto, temporal, identificador, sumas)
    para_llevar.anotar(proyecto, identificador)
    avisar("edición completa")
    ediciones.activar(proyecto, identificador)
    avisar("edición activa")
    ediciones.podar(proyecto)
    registro.guardar()
    return Edicion(identificador, carpeta, nombre, True, tuple(registro.decisiones))


def _adelantar_cuadernos(proyecto: Proyecto, entradas: Mapping[str, str], cuadernos: Motor) -> None:
    """Lo que los cuadernos cargan se carga en su proceso mientras aquí se carga y se calcula lo
    demás.
    """
    antes = claves.leer_sello(proyecto.trabajo)
    if cuadernos == "rapido" and any(antes.get(n) != entradas[n] for n in claves.DE_RESULTADOS):
        from .procesos import adelantar

        adelantar()


@contextmanager
def _adelanto(
    proyecto: Proyecto, elegido: str, avisar: Avisar
) -> Iterator[tuple[PaginasListas, set[Path]]]:
    """``(a quién decir las páginas listas, las que por eso se escribieron)``; lo segundo está
    completo al salir del bloque. Quarto las escribe todas al final.
    """
    if elegido == "quarto":
        yield lambda _salidas, _pendientes: None, set()
        return
    from .motores import embebido

    with embebido.Adelantadas(proyecto, avisar) as adelantadas:
        yield adelantadas.pedir, adelantadas.hechas


def exigir_programa_al_dia(proyecto: Proyecto) -> None:
    """La clave es la del programa del proyecto: no se construye con otro, ni viejo en memoria ni
    instalado de otra carpeta.
    """
    if _clave_del_programa(PROGRAMA) != PROGRAMA_CARGADO:
        raise ErrorDeUso(
            "el programa (scripts/observatorio) cambió desde que empezó esta orden: ciérrela y"
            " vuelva a ejecutarla"
        )
    propio = proyecto.raiz / "scripts" / "observatorio"
    if propio.is_dir() and _clave_del_programa(propio) != PROGRAMA_CARGADO:
        raise ErrorDeUso(
            f"este «observatorio» corre desde «{PROGRAMA}» y el del proyecto («{propio}») es"
            " distinto\n    remedio: ejecute «make entorno» en la carpeta del proyecto y use su"
            " .venv/bin/observatorio"
        )


def _clave_del_programa(carpeta: Path) -> str:
    """La del programa que hay en una carpeta. Quien vigila un proyecto la pide a cada guardado:
    solo se lee otra vez si algún archivo se tocó.
    """
    rutas = claves.archivos(carpeta, LO_QUE_CORRE, enlaces_rotos=True)
    return _clave_leida(carpeta, tuple((r, cuando(r)) for r in rutas))


@lru_cache(maxsize=2)
def _clave_leida(carpeta: Path, _: tuple[tuple[Path, tuple[int, ...]], ...]) -> str:
    return claves.clave_de(carpeta, LO_QUE_CORRE)


def preparar_aqui(proyecto: Proyecto, cuadernos: Motor = "rapido", avisar: Avisar = callar) -> None:
    """``preparar`` a solas, para renderizar después a mano: la edición que anuncia es la que daría
    ``construir``.
    """
    _, nombre = _elegir("auto")

    def hacer() -> None:
        with entradas_quietas(proyecto) as entradas:
            _adelantar_cuadernos(proyecto, entradas, cuadernos)
            from .preparar import preparar

            identificador = claves.identificador(entradas, nombre, cuadernos)
            preparar(
                proyecto,
                entradas,
                cuadernos,
                avisar=avisar,
                edicion=identificador,
                motor_de_paginas=nombre,
            )

    with escritura_explicada(), bloqueada(proyecto, avisar):
        con_lo_ultimo(hacer, avisar)


def bloqueada(proyecto: Proyecto, avisar: Avisar = callar) -> AbstractContextManager[None]:
    """Una sola construcción a la vez en cada proyecto; la segunda espera."""
    ocupado = (
        "otra construcción sigue en curso en este proyecto; espere a que termine y repita la orden"
    )
    return candado(proyecto.trabajo / "construccion.candado", ocupado, ESPERA, avisar)


def _renderizar(
    proyecto: Proyecto,
    elegido: str,
    temporal: Path,
    avisar: Avisar,
    registro: Registro,
    adelantadas: Collection[Path],
) -> None:
    if elegido == "quarto":
        from .motores import quarto

        dicho = quarto.renderizar(proyecto, temporal)
        for aviso in quarto.avisos(dicho):
            avisar(aviso)
    else:
        from .motores import embebido

        hechas = embebido.renderizar(proyecto, avisar, registro, adelantadas=adelantadas)
        ediciones.reunir(proyecto, hechas, temporal)


def renderizar_solo(proyecto: Proyecto, salidas: Collection[str]) -> dict[str, Path]:
    """Las páginas pedidas, con el motor embebido, y lo que muestran: ruta en el sitio → archivo.

    Lo demás queda como estaba. Lanza ``ErrorDeEjecucion``.
    """
    from .motores import embebido
    from .paginas.fuentes import imagenes_citadas, paginas, revisar_piezas

    hay = paginas(proyecto, solo=salidas)
    revisar_piezas(proyecto, hay)
    return {
        **{r: p for r, p in _recursos(proyecto).items() if r.startswith(DE_LAS_PAGINAS)},
        **imagenes_citadas(proyecto, hay),
        **embebido.renderizar(proyecto, solo=salidas),
    }


def _elegir(motor: MotorDePaginas) -> tuple[Literal["embebido", "quarto"], str]:
    """``(motor de páginas, su nombre con versiones)``."""
    from .motores.versiones import motor_embebido, ruta_de_quarto

    if motor not in ("auto", "embebido", "quarto"):
        raise ErrorDeUso(f"motor desconocido «{motor}»: use auto, embebido o quarto")
    if motor == "quarto" or (motor == "auto" and ruta_de_quarto()):
        from .motores import quarto

        return "quarto", quarto.motor()
    return "embebido", motor_embebido()


def _recursos(proyecto: Proyecto) -> dict[str, Path]:
    """Lo que se publica tal cual: datos, activos, cuadernos ejecutados y archivos web."""
    patrones = ("datos/**/*", "activos/*")
    rutas = claves.archivos(proyecto.raiz, patrones) + [
        proyecto.raiz / n for n in PAGINAS_GENERADAS
    ]
    rutas += sorted(
        [
            *proyecto.misiones.glob("*/indicadores.ipynb"),
            *proyecto.analisis.glob("*/cuaderno.ipynb"),
            *proyecto.misiones.glob("*/imagen-*.*"),
            *proyecto.analisis.glob("*/imagen-*.*"),
            *proyecto.raiz.glob("indicadores/*/*.png"),
            *proyecto.raiz.glob("indicadores/*/incrustar.html"),
        ]
    )
    return {p.relative_to(proyecto.raiz).as_posix(): p for p in rutas}
