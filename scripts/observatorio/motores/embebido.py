"""Motor embebido: el mismo proyecto que Quarto, con pandoc y Typst tomados de sus paquetes de
PyPI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Collection, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..base.avisos import Avisar, callar
from ..base.escritura import escribir_atomico
from ..base.huellas import huella
from ..base.impreso import explicado
from ..edicion.citados import clave_de_citados
from ..edicion.claves import FAMILIAS, clave_de
from ..edicion.registro import Registro, clave
from ..errores import ErrorDeEjecucion
from ..paginas.fuentes import (
    Pagina,
    configuracion,
    formatos,
    imagenes_citadas,
    obras_declaradas,
    paginas,
)
from ..rutas import CARPETA_DE_TYPST, Proyecto
from .comun import copiar_biblioteca, fecha_de_los_datos, partes_del_programa, repartir
from .lote import Configuracion, escribir_lote

MARCA_QUARTO = "<!-- htmldependencies:E3FAD763 -->\n"
POR_PAGINA = 3000
"""Lo que cuesta una página por serlo, en signos de texto."""
POR_LOTE = 1_200_000
"""Lo que se escribe de una vez, en signos: medio segundo, y arrancar pandoc con sus filtros son
cuatro centésimas.
"""
PALABRA = re.compile(r"[\w-]+")
Encargo = tuple[Pagina, Path]
"""Una página y el archivo de la caché donde va."""
EnMarcha = tuple[list[Encargo], Future[list[str]]]
"""Un lote que se está escribiendo, y lo que fallará en él."""


def renderizar(
    proyecto: Proyecto,
    avisar: Avisar = callar,
    registro: Registro | None = None,
    solo: Collection[str] | None = None,
    adelantadas: Collection[Path] = (),
) -> dict[str, Path]:
    """Renderiza lo que cambió; devuelve ruta en el sitio → archivo en la caché.

    ``solo``: nada más que estas salidas, sin olvidar las demás. ``adelantadas``: las que acaban de
    hacer ``Adelantadas``. Lanza ``ErrorDeEjecucion`` con todas las páginas que fallaron.
    """
    conf = configuracion(proyecto)
    comunes, piezas = _partes_comunes(proyecto, conf), _piezas(proyecto)
    cache_ = proyecto.trabajo / "render"
    cache_.mkdir(parents=True, exist_ok=True)
    salidas: dict[str, Path] = {}
    citas: dict[Path, dict[str, str]] = {}
    faltan: list[Encargo] = []
    for pagina in paginas(proyecto, solo=solo):
        partes = comunes | _partes(proyecto, pagina, piezas, citas)
        destino = _destino(proyecto, pagina, partes)
        salidas[pagina.salida] = destino
        falta = not destino.is_file()
        if registro:
            registro.anotar(pagina.salida, partes, falta or destino in adelantadas)
        if falta:
            faltan.append((pagina, destino))
    _escribir(proyecto, faltan, conf, avisar)
    if solo is None:
        for viejo in set(cache_.iterdir()) - set(salidas.values()):
            viejo.unlink()
    return salidas


class Adelantadas:
    """Páginas que se escriben en la caché mientras se prepara lo demás. Se usa con ``with``: al
    salir, ``hechas`` está completo.

    Se piden cuando ya nada de lo que falta las cambia; lo que aun así cambie tendrá otra clave. Lo
    que falle lo repite, y lo dice, ``renderizar``.
    """

    def __init__(self, proyecto: Proyecto, avisar: Avisar = callar) -> None:
        self.proyecto, self.avisar = proyecto, avisar
        self.hechas: set[Path] = set()
        self._hilos, self._buscador = ThreadPoolExecutor(os.cpu_count() or 2), ThreadPoolExecutor(1)
        self._pedidas: list[Future[list[EnMarcha]]] = []
        self._en_espera: set[str] = set()
        self._piezas: dict[frozenset[str], dict[str, dict[str, str]]] = {}

    def __enter__(self) -> Adelantadas:
        return self

    def __exit__(self, tipo: type[BaseException] | None, *_: object) -> None:
        sobran = tipo is not None
        with self._hilos, self._buscador:
            self._buscador.shutdown(cancel_futures=sobran)
            if sobran:
                self._hilos.shutdown(cancel_futures=True)
                return
            for pedida in self._pedidas:
                for lote, hecho in pedida.result():
                    hecho.result()
                    self.hechas |= {destino for _, destino in lote}
                    _avisar_de(lote, self.avisar)

    def pedir(self, salidas: Collection[str], pendientes: Collection[str] | None = None) -> None:
        """Manda escribir lo que falte de estas salidas, ya con su fuente en el disco, y de las que
        esperaban.

        ``pendientes``: las piezas que aún cambian; sin decirlas, todas. Las páginas que las citan
        esperan a otra vez, o a ``renderizar``.
        """
        # En este contexto: lo que aquí ya se leyó, allí tampoco se abre otra vez.
        buscar = partial(copy_context().run, self._encargar, salidas, pendientes)
        self._pedidas.append(self._buscador.submit(buscar))

    def _encargar(
        self, salidas: Collection[str], pendientes: Collection[str] | None
    ) -> list[EnMarcha]:
        proyecto = self.proyecto
        (proyecto.trabajo / "render").mkdir(parents=True, exist_ok=True)
        piezas = {} if pendientes is None else self._claves_de_piezas(frozenset(pendientes))
        pedidas, self._en_espera = {*salidas, *self._en_espera}, set()
        faltan = []
        for pagina in paginas(proyecto, solo=pedidas):
            if _espera(pagina, pendientes):
                self._en_espera.add(pagina.salida)
                continue
            partes = self._comunes | _partes(proyecto, pagina, piezas, {})
            destino = _destino(proyecto, pagina, partes)
            if not destino.is_file():
                faltan.append((pagina, destino))
        return _en_marcha(proyecto, faltan, self._conf, self._hilos, 1)

    @cached_property
    def _conf(self) -> Configuracion:
        return configuracion(self.proyecto)

    @cached_property
    def _comunes(self) -> dict[str, str]:
        return _partes_comunes(self.proyecto, self._conf)

    def _claves_de_piezas(self, pendientes: frozenset[str]) -> dict[str, dict[str, str]]:
        if pendientes not in self._piezas:
            self._piezas[pendientes] = _piezas(self.proyecto)
        return self._piezas[pendientes]


def _destino(proyecto: Proyecto, pagina: Pagina, partes: dict[str, str]) -> Path:
    return proyecto.trabajo / "render" / f"{clave(partes)}{Path(pagina.salida).suffix}"


def _cita_piezas(pagina: Pagina) -> bool:
    return ".pieza" in pagina.cuerpo or ".kpi" in pagina.cuerpo


def _espera(pagina: Pagina, pendientes: Collection[str] | None) -> bool:
    return _cita_piezas(pagina) if pendientes is None else bool(_nombradas(pagina, pendientes))


def _nombradas(pagina: Pagina, piezas: Iterable[str]) -> set[str]:
    """Las de estas piezas que la página puede que cite: dice su nombre, de la forma que sea."""
    return {*piezas} & set(PALABRA.findall(pagina.cuerpo)) if _cita_piezas(pagina) else set()


def _partes_comunes(proyecto: Proyecto, conf: dict) -> dict[str, str]:
    """Lo que entra en la clave de toda página."""
    return partes_del_programa(proyecto) | {
        "extensión": clave_de(proyecto.extension, ["**/*"]),
        "configuración": huella(yaml.safe_dump(conf, sort_keys=True)),
        "obras que citan todas": clave_de(proyecto.raiz, FAMILIAS["obras"]),
        "activos y fecha de corte": huella(
            (proyecto.trabajo / "piezas" / "sello.json").read_bytes()
        ),
    }


def _piezas(proyecto: Proyecto) -> dict[str, dict[str, str]]:
    """Palabra que cita una pieza → las claves de sus archivos; la de ``kpi-M1-K01`` es
    ``M1-K01``.
    """
    piezas: dict[str, dict[str, str]] = {}
    for ruta in sorted((proyecto.trabajo / "piezas").iterdir()):
        piezas.setdefault(ruta.stem.removeprefix("kpi-"), {})[f"pieza {ruta.name}"] = huella(
            ruta.read_bytes()
        )
    return piezas


def _partes(
    proyecto: Proyecto,
    pagina: Pagina,
    piezas: dict[str, dict[str, str]],
    citas: dict[Path, dict[str, str]],
) -> dict[str, str]:
    """Las partes propias: su fuente, y cada pieza y archivo que nombra, de la forma que sea.

    ``citas`` recuerda lo que nombra cada fuente: la página y el boletín de una misión tienen la
    misma.
    """
    if pagina.fuente not in citas:
        citas[pagina.fuente] = {
            "archivos que cita": clave_de_citados(
                "\n".join([pagina.cuerpo, *obras_declaradas(pagina.metadatos)]),
                pagina.fuente.parent,
                proyecto.raiz,
            )
        }
        for nombre in _nombradas(pagina, piezas):
            citas[pagina.fuente] |= piezas[nombre]
        cabeza = proyecto.cabeza(proyecto.relativa(pagina.fuente.with_suffix(".html")))
        if cabeza.is_file():
            citas[pagina.fuente]["lo de su cabeza"] = huella(cabeza.read_bytes())
    return {
        "su fuente": huella(
            pagina.salida, json.dumps(pagina.metadatos, sort_keys=True, default=str), pagina.cuerpo
        )
    } | citas[pagina.fuente]


def _escribir(
    proyecto: Proyecto, faltan: list[Encargo], conf: Configuracion, avisar: Avisar
) -> None:
    """Escribe las páginas con todos los procesadores; los fallos se dicen juntos."""
    procesadores, fallos = os.cpu_count() or 2, []
    with ThreadPoolExecutor(procesadores) as hilos:
        for lote, hecho in _en_marcha(proyecto, faltan, conf, hilos, procesadores):
            fallos += hecho.result()
            _avisar_de(lote, avisar)
    if fallos:
        raise ErrorDeEjecucion("\n".join(fallos))


def _en_marcha(
    proyecto: Proyecto,
    faltan: list[Encargo],
    conf: Configuracion,
    hilos: Executor,
    partes: int,
) -> list[EnMarcha]:
    """Pone a escribir las páginas en lotes de un formato: tantos como quepan en ``POR_LOTE`` y, si
    son menos, ``partes``.
    """
    opciones, encargados = formatos(proyecto), []
    for formato in ("typst", "html"):
        hay = [e for e in faltan if e[0].formato == formato]
        lotes = max(partes, sum(map(_trabajo, hay)) // POR_LOTE)
        for lote in repartir(hay, _trabajo, lotes):
            hecho = hilos.submit(_escribir_lote, proyecto, lote, conf, opciones[formato])
            encargados.append((lote, hecho))
    return encargados


def _avisar_de(lote: list[Encargo], avisar: Avisar) -> None:
    for pagina, _ in lote:
        avisar(pagina.salida)


def _trabajo(encargo: Encargo) -> int:
    return len(encargo[0].cuerpo) + POR_PAGINA


def _escribir_lote(
    proyecto: Proyecto, lote: list[Encargo], conf: Configuracion, opciones: Configuracion
) -> list[str]:
    """Escribe en la caché cada página del lote, todas de un formato; devuelve lo que falló."""
    fallos = []
    for (pagina, destino), escrita in zip(
        lote, escribir_lote(proyecto, [p for p, _ in lote], conf, opciones), strict=True
    ):
        try:
            if isinstance(escrita, ErrorDeEjecucion):
                raise escrita
            if pagina.formato == "html":
                contenido = escrita.replace(MARCA_QUARTO, "").encode("utf-8")
            else:
                contenido = compilar_typst(proyecto, pagina, escrita)
            escribir_atomico(destino, contenido)
        except ErrorDeEjecucion as e:
            fallos.append(str(e))
    return fallos


def compilar_typst(proyecto: Proyecto, pagina: Pagina, fuente: str) -> bytes:
    """PDF/UA con la tipografía del paquete y la fecha de los datos; mismos bytes con la misma
    entrada.
    """
    import typst

    with TemporaryDirectory(prefix=CARPETA_DE_TYPST, dir=proyecto.trabajo) as aparte:
        raiz = Path(aparte)
        nota = _lo_que_necesita(proyecto, pagina, raiz)
        copiar_biblioteca(proyecto, raiz)
        nota.write_text(fuente, encoding="utf-8")
        try:
            return typst.compile(
                str(nota),
                root=str(raiz),
                font_paths=[str(proyecto.trabajo / "fuentes")],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=fecha_de_los_datos(proyecto),
            )
        except typst.TypstError as e:
            fuente_de = proyecto.relativa(pagina.fuente)
            donde = f"{fuente_de} y en los textos de los que sale la página"
            raise explicado(e, pagina.salida, donde) from e


def _lo_que_necesita(proyecto: Proyecto, pagina: Pagina, raiz: Path) -> Path:
    """Copia en ``raiz`` las imágenes que la página muestra, cada una en su sitio; devuelve dónde va
    el texto para Typst.

    Es la carpeta más allá de la cual Typst no lee: un ``#read`` que se colara en el boletín no
    hallaría ningún dato.
    """
    for relativa, imagen in imagenes_citadas(proyecto, [pagina]).items():
        (raiz / relativa).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(imagen, raiz / relativa)
    nota = (raiz / proyecto.relativa(pagina.fuente)).with_suffix(".typ")
    nota.parent.mkdir(parents=True, exist_ok=True)
    return nota
