"""Textos con intención puestos en todo campo de texto de los modelos y de las tablas, y su búsqueda
en cada salida.

Los campos se hallan en los modelos de pydantic y en las columnas declaradas: uno nuevo queda
cubierto sin tocar nada. Cada carga lleva una seña (``zk07``): donde la seña sale, la carga debe
salir entera, como texto.
"""

from __future__ import annotations

import csv
import io
import json
import re
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from observatorio.base.yaml_estricto import leer_ya_revisado
from observatorio.cualitativo.relatos import COLUMNAS_CODIFICACION, COLUMNAS_NARRACION
from observatorio.datos.correcciones import COLUMNAS_CORRECCION
from observatorio.datos.csv_estricto import COLUMNAS
from observatorio.datos.justificaciones import COLUMNAS_JUSTIFICACION
from observatorio.datos.tablas import TABLAS
from observatorio.errores import DatosInvalidos, ErrorDeDatos
from observatorio.recojo.esquemas import ESQUEMAS
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

RESERVADO = "canario quetzal reservado"
"""Palabras de una narración que no se cita: si salen en alguna parte, algo leyó ``data/``."""
CARGAS = (
    "<b class=zk>zk00</b>",
    "zk01{=html}`x`",
    "`zk02`{=typst}",
    "*zk03* _a_ $x$",
    "#zk04[x] @y <z>",
    "[zk05](x:y)",
    "zk06 &amp; &lt;",
    "zk07\"'><i class=zk>",
    "zk08 --- ... 'a'",
    "// zk09 /* x */",
    "zk10 \\\\ \\u{41} \\n",
    "1. zk11 x",
    "zk12 {{< meta t >}}",
    "zk13 @raiz@ @clave@",
    "zk14 ]] #text[ (",
    'zk15")]#x("',
    "${zk16} {{x}} {% y %}",
    '`#read("/data/cualitativo/narraciones.csv")`{=typst} zk17',
    '[zk18]{.pieza nombre="../../../pyproject"}',
    '<img src=x onerror="window.zk=1" class=zk> zk19',
    "</h1><style class=zk>body{display:none}</style> zk20",
    "</script><script class=zk>window.zk=1</script> zk21",
    "<svg class=zk onload=window.zk=1> zk22",
    'zk23 #image("/data/territorio.yml") #include "/x.typ"',
    "zk24 ]]> <!-- --> <?php ?> <![CDATA[ x",
    '"><a class=zk href="javascript:window.zk=1">zk25</a>',
    "zk26\n\n# titulo\n\n- uno",
    "zk27 ````{=html} <b class=zk> ````",
    "::: {.nota} zk28 :::",
    "zk29 {{< include /data/cualitativo/narraciones.csv >}}",
    "zk30 END:VEVENT; X-A:x, BEGIN:VALARM",
    '#raw(read("../../data/cualitativo/narraciones.csv")) zk31',
    "zk32 https://zk.invalid/ruta",
    "zk33 ' onclick=window.zk=1 x='",
    "zk34 $a^b$ \\(x\\) ~~b~~ ^c^ H~2~O",
    "& ~ zk35 % `` ` x",
)
SIGLAS = ("END", "VEVENT", "BEGIN", "VALARM", "CDATA")
"""Las mayúsculas de las cargas, que el catálogo solo admite si tienen su nombre oficial."""
SENA = re.compile(r"zk\d\d")
POR_SENA = {SENA.search(c)[0]: c for c in CARGAS}  # type: ignore[index]
DE_CSV = {
    **{f"data/{t.nombre}.csv": t.columnas for t in TABLAS},
    "data/correcciones.csv": COLUMNAS_CORRECCION,
    "data/justificaciones.csv": COLUMNAS_JUSTIFICACION,
    "data/cualitativo/narraciones.csv": COLUMNAS_NARRACION,
    "data/cualitativo/codificaciones.csv": COLUMNAS_CODIFICACION,
    "data/observaciones/*.csv": COLUMNAS,
}
CLAVES_DE_OTRAS_TABLAS = {
    "Territorio.categorias",
    "NombreOficial.nombre",
    "NombreOficial.variantes",
}
"""Palabras que otro archivo repite: cambiadas solo aquí, la compuerta rechaza la construcción."""


LISTAS_DE_CLAVES = {"Quiebre.kpis"}
"""Listas de códigos de otro archivo: la carga se añade, porque sin lo que había otra cosa falta."""
LIBRES = ("motivo", "nota", "texto", "problema")
"""Columnas de texto libre: si el defecto es de la fila entera, son las últimas de las que se
sospecha.
"""


class _Escritor(yaml.SafeDumper):
    """Cada texto entre comillas y en su línea: así un defecto señala la línea de su carga."""


_Escritor.add_representer(
    str, lambda e, t: e.represent_scalar("tag:yaml.org,2002:str", t, style='"')
)


@dataclass
class Hoja:
    """Un texto de un archivo: el campo del modelo, por dónde se llega a él y qué decía."""

    campo: str
    camino: tuple[typing.Any, ...]
    antes: object
    carga: str


@dataclass
class Plantado:
    """Lo que quedó puesto: ``campos`` → cargas que aceptó; ``rechazados``: los que ninguna;
    ``textos``, todas las cargas vivas.
    """

    campos: dict[str, set[str]] = field(default_factory=dict)
    rechazados: set[str] = field(default_factory=set)


def _str(tipo: object) -> bool:
    if typing.get_origin(tipo) is typing.Annotated:
        return _str(typing.get_args(tipo)[0])
    if isinstance(tipo, types.UnionType) or typing.get_origin(tipo) is typing.Union:
        return any(_str(t) for t in typing.get_args(tipo))
    return tipo is str


def textos_de(
    tipo: object, crudo: object, campo: str, camino: tuple = ()
) -> Iterator[tuple[str, tuple, object, object]]:
    """``(campo, camino, tipo, valor)`` de cada texto que ``tipo`` admite en ``crudo``, también de
    los opcionales vacíos.
    """
    if _str(tipo) and (crudo is None or isinstance(crudo, str)):
        yield campo, camino, tipo, crudo
        return
    origen, dentro = typing.get_origin(tipo), typing.get_args(tipo)
    if origen is typing.Annotated:
        yield from textos_de(dentro[0], crudo, campo, camino)
    elif isinstance(tipo, types.UnionType) or origen is typing.Union:
        for rama in dentro:
            yield from textos_de(rama, crudo, campo, camino)
    elif isinstance(tipo, type) and issubclass(tipo, BaseModel) and isinstance(crudo, dict):
        for nombre, f in tipo.model_fields.items():
            anotado = typing.Annotated[(f.annotation, *f.metadata)] if f.metadata else f.annotation
            yield from textos_de(
                anotado, crudo.get(nombre), f"{tipo.__name__}.{nombre}", (*camino, nombre)
            )
    elif origen in (tuple, list) and isinstance(crudo, list):
        for i, x in enumerate(crudo):
            yield from textos_de(dentro[0], x, campo, (*camino, i))
    elif origen is dict and isinstance(crudo, dict):
        for clave, x in crudo.items():
            yield from textos_de(dentro[1], x, campo, (*camino, clave))


def _acepta(tipo: object, carga: str) -> bool:
    try:
        return TypeAdapter(tipo).validate_python(carga) == carga
    except ValidationError:
        return False


def _tipo_de(adaptador: TypeAdapter) -> object:
    return adaptador._type


def plantar(proyecto: Proyecto, vuelta: int = 0, cargas: Sequence[str] = CARGAS) -> Plantado:
    """Pone cargas en todo campo de texto y retira, una por una, las que la compuerta rechaza.

    ``vuelta`` desplaza qué carga toca a cada campo.
    """
    hecho = Plantado()
    yamls: dict[str, tuple[object, list[Hoja]]] = {}
    for adaptador, patron in ESQUEMAS.values():
        for ruta in sorted(proyecto.raiz.glob(patron)):
            crudo, puestas = leer_ya_revisado(ruta.read_text(encoding="utf-8")), []
            for campo, camino, tipo, antes in list(textos_de(_tipo_de(adaptador), crudo, "")):
                hecho.campos.setdefault(campo, set())
                if campo in CLAVES_DE_OTRAS_TABLAS:
                    continue
                n = sum(map(ord, campo)) * 7 + len(puestas) + vuelta
                carga = next(
                    (
                        c
                        for i in range(len(cargas))
                        if _acepta(tipo, c := cargas[(n + i) % len(cargas)])
                    ),
                    None,
                )
                if carga is not None:
                    if campo in LISTAS_DE_CLAVES:
                        camino, antes = (*camino[:-1], camino[-1] + 1), None
                    _poner(crudo, camino, carga)
                    puestas.append(Hoja(campo, camino, antes, carga))
            yamls[proyecto.relativa(ruta)] = crudo, puestas
    tablas: dict[str, tuple[list[list[str]], list[Hoja]]] = {}
    for patron, columnas in DE_CSV.items():
        for ruta in sorted(proyecto.raiz.glob(patron)):
            filas = list(csv.reader(io.StringIO(ruta.read_text(encoding="utf-8"))))
            puestas = []
            for j, columna in enumerate(columnas):
                hecho.campos.setdefault(
                    (
                        f"{ruta.parent.name}/{ruta.stem}.{columna}"
                        if "*" not in patron
                        else f"observaciones.{columna}"
                    ),
                    set(),
                )
                i = 1 + j % max(1, len(filas) - 1)
                if len(filas) > 1:
                    carga = cargas[(j * 5 + vuelta) % len(cargas)].replace("\n", " ")
                    campo = (
                        f"{ruta.parent.name}/{ruta.stem}.{columna}"
                        if "*" not in patron
                        else f"observaciones.{columna}"
                    )
                    puestas.append(Hoja(campo, (i, j), filas[i][j], carga))
                    filas[i][j] = carga
            tablas[proyecto.relativa(ruta)] = filas, puestas
    _escribir(proyecto, yamls, tablas)
    for _ in range(12):
        try:
            pasar(proyecto)
            break
        except DatosInvalidos as e:
            if not sum(_retirar(error, yamls, tablas) for error in e.errores):
                raise
            _escribir(proyecto, yamls, tablas)
    else:
        raise AssertionError("la compuerta sigue rechazando cargas después de doce vueltas")
    for _, puestas in [*yamls.values(), *tablas.values()]:
        for h in puestas:
            hecho.campos[h.campo].add(h.carga)
    hecho.rechazados = {c for c, cargas_ in hecho.campos.items() if not cargas_}
    return hecho


def _poner(crudo: typing.Any, camino: tuple, valor: object) -> None:
    for paso in camino[:-1]:
        crudo = crudo[paso]
    if isinstance(crudo, list) and camino[-1] == len(crudo):
        crudo.append(valor)
    else:
        crudo[camino[-1]] = valor


def _escribir(proyecto: Proyecto, yamls: dict, tablas: dict) -> None:
    for relativa, (crudo, _) in yamls.items():
        (proyecto.raiz / relativa).write_text(
            yaml.dump(crudo, Dumper=_Escritor, allow_unicode=True, sort_keys=False, width=10**9),
            encoding="utf-8",
        )
    for relativa, (filas, _) in tablas.items():
        salida = io.StringIO()
        csv.writer(salida, lineterminator="\n").writerows(filas)
        (proyecto.raiz / relativa).write_text(salida.getvalue(), encoding="utf-8")


def _retirar(e: ErrorDeDatos, yamls: dict, tablas: dict) -> int:
    """Quita las cargas que un defecto señala: la de su celda o, en un YAML, las que llevan su campo
    o que su remedio nombra.
    """
    if e.archivo in tablas:
        filas, puestas = tablas[e.archivo]
        malas = [
            h
            for h in puestas
            if h.camino[0] + 1 == e.fila
            and (not e.columna or h.campo.rpartition(".")[2] in e.columna.split(", "))
        ]
        de_la_fila = [h for h in puestas if h.camino[0] + 1 == e.fila]
        malas = (
            malas
            or [h for h in de_la_fila if h.campo.rpartition(".")[2] not in LIBRES]
            or de_la_fila
        )
        for h in malas:
            filas[h.camino[0]][h.camino[1]] = h.antes
    elif e.archivo in yamls:
        crudo, puestas = yamls[e.archivo]
        nombre = re.sub(r"\.\d+$", "", e.columna or "").rpartition(".")[2]
        del_campo = [h for h in puestas if nombre and h.campo.endswith(f".{nombre}")]
        malas = [h for h in puestas if e.columna and ".".join(map(str, h.camino)) == e.columna]
        malas = (
            malas
            or [h for h in del_campo if h.carga == e.valor]
            or [h for h in del_campo if e.valor and e.valor in h.carga]
            or del_campo
            or [h for h in puestas if h.carga == e.valor]
        )
        dentro = [
            h
            for h in puestas
            if e.columna and ".".join(map(str, h.camino)).startswith(f"{e.columna}.")
        ]
        nombrada = [h for h in puestas if SENA.search(h.carga)[0] in e.remedio]  # type: ignore[index]
        malas = malas or [h for h in dentro if h.antes is None] or dentro or nombrada
        for h in malas:
            _poner(crudo, h.camino, h.antes)
    else:
        return 0
    puestas[:] = [h for h in puestas if not any(h is m for m in malas)]
    return len(malas)


# --- Dónde salen ----------------------------------------------------------------------------------

_LLANO = re.compile(r"[\s\u00ad\ufffe]+")


def llano(texto: str) -> str:
    return _LLANO.sub("", texto)


DIRECCION = re.compile(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])")


def _si_es_carga(m: re.Match[str]) -> str:
    return m[0] if any(m[0] in c for c in CARGAS) else ""


def cortadas(texto: str) -> list[str]:
    """Las señas que salen en ``texto`` sin su carga entera. No cuentan los espacios ni las
    direcciones: solo letras, cifras y guiones no dan ninguna orden.
    """
    junto = llano(DIRECCION.sub(_si_es_carga, texto))
    return [
        f"{s}: {texto[:160]!r}"
        for s in dict.fromkeys(SENA.findall(junto))
        if junto.count(s) != junto.count(llano(POR_SENA.get(s, "\0")))
    ]


def de_json(objeto: object) -> Iterator[str]:
    if isinstance(objeto, str):
        yield objeto
    elif isinstance(objeto, dict):
        for c, v in objeto.items():
            yield from (c, *de_json(v))
    elif isinstance(objeto, list):
        for v in objeto:
            yield from de_json(v)


def _sin_barras(texto: str) -> str:
    """El texto de una propiedad que ``icalendar`` no sabe que lo es."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], texto)


class Marcado(HTMLParser):
    """Las etiquetas de un HTML que nadie debía haber escrito: las de clase ``zk`` y las que llevan
    guion.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.malas: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(
            (n == "class" and v == "zk")
            or n.startswith("on")
            or (v or "").startswith("javascript:")
            for n, v in attrs
        ):
            self.malas.append(f"<{tag} {attrs}>")

    handle_startendtag = handle_starttag


def defectos_de_los_archivos(sitio: Path) -> list[str]:
    """Lo que no es texto en los archivos que no se ven en un navegador: canal, mapa, JSON, CSV,
    Parquet, ICS y cuadernos.
    """
    import polars as pl
    from icalendar import Calendar

    malos: list[str] = []

    def mirar(nombre: str, textos: typing.Iterable[str]) -> None:
        malos.extend(f"{nombre}: {x}" for t in textos for x in cortadas(t))

    for ruta in sorted(p for p in sitio.rglob("*") if p.is_file()):
        nombre = ruta.relative_to(sitio).as_posix()
        if ruta.suffix == ".xml":
            mirar(
                nombre,
                (
                    t
                    for n in ElementTree.parse(ruta).iter()
                    for t in (n.text or "", *n.attrib.values())
                ),
            )
        elif ruta.suffix in (".json", ".jsonld"):
            mirar(nombre, de_json(json.loads(ruta.read_text(encoding="utf-8"))))
        elif ruta.suffix == ".csv":
            mirar(
                nombre,
                (
                    c
                    for fila in csv.reader(ruta.read_text(encoding="utf-8").splitlines())
                    for c in fila
                ),
            )
        elif ruta.suffix == ".parquet":
            tabla = pl.read_parquet(ruta)
            mirar(
                nombre,
                (t for c in tabla.select(pl.col(pl.String)) for t in c.drop_nulls().unique()),
            )
        elif ruta.suffix == ".ics":
            for parte in Calendar.from_ical(ruta.read_bytes()).walk():
                mirar(
                    nombre,
                    (
                        _sin_barras(str(v)) if c.startswith("X-") else str(v)
                        for c, v in parte.items()
                    ),
                )
                if parte.name not in ("VCALENDAR", "VEVENT", "VALARM"):
                    malos.append(f"{nombre}: {parte.name}")
        elif ruta.suffix == ".ipynb":
            for celda in json.loads(ruta.read_text(encoding="utf-8"))["cells"]:
                for salida in celda.get("outputs", []):
                    lector = Marcado()
                    lector.feed("".join(salida.get("data", {}).get("text/html", "")))
                    malos += [f"{nombre}: {m}" for m in lector.malas]
        if ruta.suffix not in (".pdf", ".parquet", ".js", ".woff2") and RESERVADO in ruta.read_text(
            encoding="utf-8", errors="replace"
        ):
            malos.append(f"{nombre}: dice lo reservado")
    return malos


def defectos_de_los_libros(ruta: Path) -> list[str]:
    """Las celdas de un libro con una carga que no es texto, o que no está entera."""
    from openpyxl import load_workbook

    malos = []
    for hoja in load_workbook(ruta):
        for fila in hoja.iter_rows():
            for c in fila:
                if isinstance(c.value, str) and SENA.search(c.value):
                    texto = c.value.replace('""', '"') if c.data_type == "f" else c.value
                    malos += [
                        f"{ruta.name}!{hoja.title}!{c.coordinate}: {x}" for x in cortadas(texto)
                    ]
                    if c.data_type == "f" and not c.value.startswith("=IF("):
                        malos.append(f"{ruta.name}!{hoja.title}!{c.coordinate}: es una fórmula")
    return malos


EN_LA_PAGINA = """() => {
  const limpio = document.body.cloneNode(true);
  limpio.querySelectorAll("svg, script, style").forEach((n) => n.remove());
  limpio.querySelectorAll("*").forEach((n) => (n.prepend(" "), n.append(" ")));
  const textos = [document.title, limpio.textContent];
  for (const n of document.querySelectorAll("*"))
    for (const a of n.attributes)
      if (/zk\\d\\d/.test(a.value) && !a.value.endsWith(".ics")) textos.push(a.value);
  for (const n of document.querySelectorAll("script.espec")) JSON.parse(n.textContent);
  const ajenas = [...document.querySelectorAll(
    ".zk, zk, h1 style, main style, main script:not(.espec), " +
    "[onerror], [onload], [onclick], [href^='javascript:']"
  )];
  return {
    textos,
    ajenas: ajenas.map((n) => n.outerHTML.slice(0, 120)),
    corrio: window.zk ?? null,
    titulos: [...document.querySelectorAll("h1")].map((n) => n.textContent),
  };
}"""
