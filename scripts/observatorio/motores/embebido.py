"""Motor embebido: el mismo proyecto que Quarto, con pandoc y Typst tomados de sus paquetes de
PyPI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..base.escapes import yaml as yaml_de_una_linea
from ..base.escritura import escribir_atomico
from ..base.huellas import huella
from ..edicion.citados import clave_de_citados
from ..edicion.claves import FAMILIAS, clave_de, entorno
from ..edicion.paginas import Pagina, configuracion, formatos, imagenes_citadas, paginas
from ..edicion.registro import Registro, clave
from ..errores import ErrorDeEjecucion
from ..rutas import CARPETA_DE_TYPST, Proyecto
from .comun import PUBLICA, fecha_de_los_datos
from .versiones import motor_embebido, pandoc

MARCA_QUARTO = "<!-- htmldependencies:E3FAD763 -->\n"
ENTRADA = "markdown"
SIN_LETRA = re.compile(r'the text "([^"]+)" could not be displayed')
PALABRA = re.compile(r"[\w-]+")


def renderizar(
    proyecto: Proyecto,
    avisar: Callable[[str], None] = lambda _: None,
    registro: Registro | None = None,
    solo: Collection[str] | None = None,
) -> dict[str, Path]:
    """Renderiza lo que cambió; devuelve ruta en el sitio → archivo en la caché.

    ``solo``: nada más que estas salidas, sin olvidar las demás. Lanza ``ErrorDeEjecucion`` con
    todas las páginas que fallaron.
    """
    conf, opciones = configuracion(proyecto), formatos(proyecto)
    comunes, piezas = _partes_comunes(proyecto, conf), _piezas(proyecto)
    cache_ = proyecto.trabajo / "render"
    cache_.mkdir(parents=True, exist_ok=True)
    salidas: dict[str, Path] = {}
    encargadas: list[tuple[Pagina, Future[None]]] = []
    citas: dict[Path, dict[str, str]] = {}
    with ThreadPoolExecutor(os.cpu_count() or 2) as hilos:
        for pagina in paginas(proyecto):
            if solo is not None and pagina.salida not in solo:
                continue
            partes = comunes | _partes(proyecto, pagina, piezas, citas)
            destino = cache_ / f"{clave(partes)}{Path(pagina.salida).suffix}"
            salidas[pagina.salida] = destino
            falta = not destino.is_file()
            if registro:
                registro.anotar(pagina.salida, partes, falta)
            if falta:
                encargadas.append(
                    (
                        pagina,
                        hilos.submit(
                            _renderizar_una,
                            proyecto,
                            pagina,
                            destino,
                            conf,
                            opciones[pagina.formato],
                        ),
                    )
                )
        _recoger(encargadas, avisar)
    if solo is None:
        for viejo in set(cache_.iterdir()) - set(salidas.values()):
            viejo.unlink()
    return salidas


def _partes_comunes(proyecto: Proyecto, conf: dict) -> dict[str, str]:
    """Lo que entra en la clave de toda página."""
    return {
        "extensión": clave_de(proyecto.extension, ["**/*"]),
        "configuración": huella(yaml.safe_dump(conf, sort_keys=True)),
        "obras que citan todas": clave_de(proyecto.raiz, FAMILIAS["obras"]),
        "programa": clave_de(proyecto.raiz, FAMILIAS["programa"]),
        "versiones fijadas": clave_de(proyecto.raiz, FAMILIAS["versiones fijadas"]),
        "entorno": entorno(proyecto.raiz),
        "motor de páginas": motor_embebido(),
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
                "\n".join([pagina.cuerpo, *_de_obras(pagina.metadatos)]),
                pagina.fuente.parent,
                proyecto.raiz,
            )
        }
        cita = ".pieza" in pagina.cuerpo or ".kpi" in pagina.cuerpo
        nombradas = set(PALABRA.findall(pagina.cuerpo)) if cita else set()
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


def _de_obras(metadatos: Mapping[str, object]) -> list[str]:
    """Los nombres de los archivos de obras y de estilo de citas que declara una página."""
    valores = [metadatos.get("bibliography"), metadatos.get("csl")]
    return [str(n) for v in valores for n in (v if isinstance(v, list) else [v]) if n]


def _recoger(encargadas: list[tuple[Pagina, Future[None]]], avisar: Callable[[str], None]) -> None:
    fallos = []
    for pagina, futuro in encargadas:
        try:
            futuro.result()
            avisar(pagina.salida)
        except ErrorDeEjecucion as e:
            fallos.append(str(e))
    if fallos:
        raise ErrorDeEjecucion("\n".join(fallos))


def _renderizar_una(
    proyecto: Proyecto, pagina: Pagina, destino: Path, conf: dict, opciones: dict
) -> None:
    if pagina.formato == "html":
        html = _pandoc(proyecto, pagina, conf, opciones, ["--mathml"])
        contenido = html.replace(MARCA_QUARTO, "").encode("utf-8")
    else:
        contenido = compilar_typst(proyecto, pagina, _pandoc(proyecto, pagina, conf, opciones, []))
    escribir_atomico(destino, contenido)


def _pandoc(
    proyecto: Proyecto, pagina: Pagina, conf: dict, opciones: dict, extra: list[str]
) -> str:
    """Salida de pandoc con la plantilla y los filtros de la extensión, en la carpeta del
    documento.
    """
    globales = {k: v for k, v in conf.items() if k in ("lang", "observatorio")} | {
        k: desde(proyecto, pagina.fuente.parent, conf[k])
        for k in ("bibliography", "csl")
        if k in conf
    }
    propios = {k: v for k, v in pagina.metadatos.items() if k != "format"}
    # En JSON, que también es YAML: sin comillas, para pandoc una clave como 20883961143e7816 es un
    # número.
    frente = yaml_de_una_linea({**globales, **propios})
    orden = [
        pandoc(),
        "--from",
        ENTRADA,
        "--to",
        pagina.formato,
        "--standalone",
        "--template",
        str(proyecto.extension / opciones["template"]),
        "--syntax-highlighting=none",
        "--wrap=none",
        *(f"--lua-filter={proyecto.extension / f}" for f in filtros(opciones)),
        *extra,
    ]
    if "shift-heading-level-by" in opciones:
        orden.append(f"--shift-heading-level-by={opciones['shift-heading-level-by']}")
    entorno = {
        **os.environ,
        "QUARTO_PROJECT_DIR": str(proyecto.raiz),
        "QUARTO_DOCUMENT_PATH": str(pagina.fuente.parent),
        "QUARTO_DOCUMENT_FILE": pagina.fuente.name,
        "LC_ALL": "C.UTF-8",
        PUBLICA: "1",
    }
    r = subprocess.run(
        orden,
        input=f"---\n{frente}\n---\n{pagina.cuerpo}".encode(),
        capture_output=True,
        cwd=pagina.fuente.parent,
        env=entorno,
        check=False,
    )
    if r.returncode or r.stderr.strip():
        raise ErrorDeEjecucion(
            f"{proyecto.relativa(pagina.fuente)} → {pagina.salida}:"
            f" {r.stderr.decode(errors='replace').strip()}"
        )
    return r.stdout.decode("utf-8")


def filtros(opciones: dict) -> list[str]:
    """Los de un formato en el orden en que Quarto los llama: los de antes de su árbol, primero."""
    previos = [f["path"] for f in opciones["filters"] if isinstance(f, dict)]
    return [*previos, *(f for f in opciones["filters"] if isinstance(f, str))]


def desde(proyecto: Proyecto, carpeta: Path, rutas: str | list[str]) -> str | list[str]:
    """Rutas del proyecto, vistas desde la carpeta de una página."""
    if isinstance(rutas, list):
        return [os.path.relpath(proyecto.raiz / r, carpeta) for r in rutas]
    return os.path.relpath(proyecto.raiz / rutas, carpeta)


def compilar_typst(proyecto: Proyecto, pagina: Pagina, fuente: str) -> bytes:
    """PDF/UA con la tipografía del paquete y la fecha de los datos; mismos bytes con la misma
    entrada.
    """
    import typst

    with TemporaryDirectory(prefix=CARPETA_DE_TYPST, dir=proyecto.trabajo) as aparte:
        raiz = Path(aparte)
        nota = _lo_que_necesita(proyecto, pagina, raiz)
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
            if (signo := SIN_LETRA.search(str(e))) is not None:
                raise ErrorDeEjecucion(
                    f"{pagina.salida}: la tipografía de los boletines no tiene «{signo[1]}», que"
                    f" está en {proyecto.relativa(pagina.fuente)}\n    remedio: busque ese signo en"
                    " los textos de los que sale la página y dígalo con palabras"
                ) from e
            raise ErrorDeEjecucion(
                f"{pagina.salida}: Typst: {e} {' '.join(getattr(e, 'hints', []) or [])}"
            ) from e


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
