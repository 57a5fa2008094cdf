"""Motor embebido: el mismo proyecto que Quarto, con pandoc y Typst tomados de sus paquetes de
PyPI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..base.escritura import escribir_atomico
from ..base.huellas import huella
from ..base.impreso import explicado
from ..edicion.citados import clave_de_citados
from ..edicion.claves import FAMILIAS, clave_de
from ..edicion.paginas import (
    Pagina,
    configuracion,
    formatos,
    imagenes_citadas,
    obras_declaradas,
    paginas,
)
from ..edicion.registro import Registro, clave
from ..errores import ErrorDeEjecucion
from ..rutas import CARPETA_DE_TYPST, Proyecto
from .comun import copiar_biblioteca, fecha_de_los_datos, partes_del_programa, repartir
from .lote import Configuracion, escribir_lote

MARCA_QUARTO = "<!-- htmldependencies:E3FAD763 -->\n"
POR_PAGINA = 3000
"""Lo que cuesta una página por serlo, en signos de texto."""
PALABRA = re.compile(r"[\w-]+")
Encargo = tuple[Pagina, Path]
"""Una página y el archivo de la caché donde va."""


def renderizar(
    proyecto: Proyecto,
    avisar: Callable[[str], None] = lambda _: None,
    registro: Registro | None = None,
    solo: Collection[str] | None = None,
    adelantadas: Collection[Path] = (),
) -> dict[str, Path]:
    """Renderiza lo que cambió; devuelve ruta en el sitio → archivo en la caché.

    ``solo``: nada más que estas salidas, sin olvidar las demás. ``adelantadas``: lo que acaba de
    hacer ``adelantar``. Lanza ``ErrorDeEjecucion`` con todas las páginas que fallaron.
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
    _escribir(proyecto, faltan, conf, avisar, os.cpu_count() or 2)
    if solo is None:
        for viejo in set(cache_.iterdir()) - set(salidas.values()):
            viejo.unlink()
    return salidas


def adelantar(
    proyecto: Proyecto, solo: Collection[str], avisar: Callable[[str], None] = lambda _: None
) -> set[Path]:
    """Deja en la caché lo que falte de estas salidas mientras se prepara lo demás; devuelve lo
    hecho.

    Solo de páginas que no citan piezas, que aún pueden cambiar: al resto de su clave y de lo que
    leen los filtros ya no se le toca. Ocupa la mitad de los procesadores. Lo que falle lo repite, y
    lo dice, ``renderizar``.
    """
    conf = configuracion(proyecto)
    comunes = _partes_comunes(proyecto, conf)
    (proyecto.trabajo / "render").mkdir(parents=True, exist_ok=True)
    faltan = [
        (pagina, destino)
        for pagina in paginas(proyecto, solo=solo)
        if not _cita_piezas(pagina)
        and not (
            destino := _destino(proyecto, pagina, comunes | _partes(proyecto, pagina, {}, {}))
        ).is_file()
    ]
    with suppress(ErrorDeEjecucion):
        _escribir(proyecto, faltan, conf, avisar, max(1, (os.cpu_count() or 2) // 2))
    return {destino for _, destino in faltan}


def _destino(proyecto: Proyecto, pagina: Pagina, partes: dict[str, str]) -> Path:
    return proyecto.trabajo / "render" / f"{clave(partes)}{Path(pagina.salida).suffix}"


def _cita_piezas(pagina: Pagina) -> bool:
    return ".pieza" in pagina.cuerpo or ".kpi" in pagina.cuerpo


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
        nombradas = set(PALABRA.findall(pagina.cuerpo)) if _cita_piezas(pagina) else set()
        for nombre in piezas.keys() & nombradas:
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
    proyecto: Proyecto,
    faltan: list[Encargo],
    conf: Configuracion,
    avisar: Callable[[str], None],
    procesadores: int,
) -> None:
    """Reparte las páginas entre los procesadores y las escribe; los fallos se dicen juntos."""
    opciones = formatos(proyecto)
    por_formato = [[e for e in faltan if e[0].formato == f] for f in ("typst", "html")]
    lotes = [parte for hay in por_formato for parte in repartir(hay, _trabajo, procesadores)]
    with ThreadPoolExecutor(procesadores) as hilos:
        hechos = [
            hilos.submit(_escribir_lote, proyecto, lote, conf, opciones[lote[0][0].formato])
            for lote in lotes
        ]
        fallos: list[str] = []
        for lote, hecho in zip(lotes, hechos, strict=True):
            fallos += hecho.result()
            for pagina, _ in lote:
                avisar(pagina.salida)
    if fallos:
        raise ErrorDeEjecucion("\n".join(fallos))


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
