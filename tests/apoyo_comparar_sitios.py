"""¿Dicen lo mismo dos sitios construidos? Para cambiar el programa sin cambiar lo publicado.

    python tests/apoyo_comparar_sitios.py ANTES AHORA [--permitidas frases.txt] [--sin-cuadernos]

Compara ``datos/`` byte por byte y, de cada página y cada boletín, los textos, las tablas, los
enlaces y los gráficos (su especificación entera, con sus datos). Las claves de los productos, el
identificador de la edición, los de los gráficos y la huella en el nombre de los activos cambian con
el programa: se tapan, y solo esos valores, tal como cada sitio los declara. Escribe todas las
diferencias y sale con 1 si hay alguna, con 2 si una carpeta no es un sitio.

``--permitidas``: las frases que se cambiaron a propósito, una por línea: ``- frase`` la que se
quita, ``+ frase`` la que se pone. ``--sin-cuadernos`` no mira los cuadernos ejecutados;
``--marcado`` compara además etiquetas, atributos y el ``<head>``.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal
from pypdf import PdfReader

from apoyo_paridad import EN_LINEA, VACIAS, cabeza, renglones
from apoyo_pdf import paginas

MANIFIESTO, TRABAJADOR = "MANIFEST.sha256", "sin-conexion.js"
"""Dicen qué suma tiene cada archivo, y cada archivo se compara por su lado; del trabajador, además,
qué guarda para leer sin conexión."""
CANDIDATA = re.compile(r"\b(?:g[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{10})\b")
"""Lo que puede ser un identificador; solo se tapa si el sitio lo declara como tal."""
SUMA = re.compile(r"\b[0-9a-f]{64}\b")
ESPACIO = re.compile(r"\s+")
MUESTRA = 12
"""Renglones distintos que se escriben de cada parte; del resto, cuántos son."""


@dataclass(frozen=True, slots=True)
class Diferencia:
    """Una parte que no es igual: en qué archivo, de qué clase y qué dice cada lado."""

    archivo: str
    clase: str
    detalle: str

    def __str__(self) -> str:
        return f"{self.archivo} · {self.clase}: {self.detalle}"


@dataclass(frozen=True, slots=True)
class Permitidas:
    """Frases que se cambiaron a propósito."""

    quitadas: tuple[str, ...] = ()
    puestas: tuple[str, ...] = ()

    @classmethod
    def leer(cls, ruta: Path) -> Permitidas:
        """Lee ``- frase`` y ``+ frase``, una por línea; ``#`` es un comentario. Lanza
        ``ValueError`` con la línea mala."""
        frases: dict[str, list[str]] = {"-": [], "+": []}
        for numero, linea in enumerate(ruta.read_text(encoding="utf-8").splitlines(), 1):
            if not linea.strip() or linea.startswith("#"):
                continue
            signo, _, frase = linea.partition(" ")
            if signo not in frases or not frase.strip():
                raise ValueError(
                    f"{ruta}, línea {numero}: «{linea}» no empieza con «- » ni con «+ »"
                )
            frases[signo].append(_llana(frase))
        return cls(*(tuple(sorted(f, key=len, reverse=True)) for f in frases.values()))


@dataclass
class Pagina:
    """Lo que un lector recibe de una página, en orden."""

    texto: list[str] = field(default_factory=list)
    tabla: list[str] = field(default_factory=list)
    enlace: list[str] = field(default_factory=list)
    graficos: list[dict] = field(default_factory=list)


class _Lector(HTMLParser):
    """Reparte una página: cada párrafo, entero; cada fila de una tabla, con sus celdas y su papel;
    cada enlace, con su destino."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pagina = Pagina()
        self._texto: list[str] = []
        self._fila: list[str] | None = None
        self._enlaces: list[tuple[int, str]] = []
        self._dibujos = 0
        self._guion: list[str] | None = None
        self._es_espec = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dichos = {n: v or "" for n, v in attrs}
        if tag == "svg":
            self._dibujos += 1
            self._decir(dichos.get("aria-label", ""))
        if self._dibujos:
            return
        if "id" in dichos:
            self.pagina.enlace.append(f"#{dichos['id']}")
        if tag not in EN_LINEA:
            self._cortar()
        if tag in ("script", "style"):
            self._guion, self._es_espec = [], "espec" in dichos.get("class", "").split()
        elif tag == "tr":
            self._fila = []
        elif tag in ("th", "td") and self._fila is not None:
            self._fila.append(
                " ".join(
                    filter(
                        None,
                        (
                            tag,
                            dichos.get("scope"),
                            *(
                                f"{n}={dichos[n]}"
                                for n in ("colspan", "rowspan")
                                if dichos.get(n, "1") != "1"
                            ),
                        ),
                    )
                )
                + ": "
            )
        elif tag == "a":
            self._enlaces.append((len(self._texto), dichos.get("href", "")))
        elif tag in ("img", "link", "source"):
            self.pagina.enlace.append(
                f"{tag} {dichos.get('alt', '')} → {dichos.get('src') or dichos.get('href', '')}"
            )
        elif tag == "meta" and dichos.get("name") in ("description", "author"):
            self.pagina.texto.append(f"{dichos['name']}: {_llana(dichos.get('content', ''))}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self._dibujos -= 1
        if self._dibujos or tag in VACIAS:
            return
        if tag in ("script", "style"):
            if self._es_espec:
                self.pagina.graficos.append(json.loads("".join(self._guion or [])))
            self._guion, self._es_espec = None, False
        if tag == "a" and self._enlaces:
            inicio, destino = self._enlaces.pop()
            self.pagina.enlace.append(f"«{_llana(''.join(self._texto[inicio:]))}» → {destino}")
        if tag not in EN_LINEA:
            self._cortar()
        if tag == "tr" and self._fila is not None:
            self.pagina.tabla.append(" | ".join(map(_llana, self._fila)))
            self._fila = None

    def handle_data(self, data: str) -> None:
        if self._guion is not None:
            self._guion.append(data)
        elif not self._dibujos:
            self._decir(data)

    def _decir(self, texto: str) -> None:
        self._texto.append(texto)

    def _cortar(self) -> None:
        dicho = _llana("".join(self._texto))
        self._texto.clear()
        self._enlaces = [(0, destino) for _, destino in self._enlaces]
        if not dicho:
            return
        if self._fila:
            self._fila[-1] += dicho
        else:
            self.pagina.texto.append(dicho)


def leer_pagina(html: str) -> Pagina:
    """Las partes de una página."""
    lector = _Lector()
    lector.feed(html)
    lector.close()
    return lector.pagina


@dataclass(frozen=True)
class Sitio:
    """Un sitio construido, con los identificadores que declara."""

    raiz: Path
    propios: frozenset[str]

    @classmethod
    def abrir(cls, raiz: Path) -> Sitio:
        """Lanza ``NotADirectoryError`` si la carpeta no tiene la forma de un sitio."""
        if not (raiz / "index.html").is_file() or not (raiz / "datos").is_dir():
            raise NotADirectoryError(
                f"{raiz} no es un sitio construido: le falta index.html o datos/"
            )
        propios = {p.stem for p in (raiz / "ediciones").glob("*.json")}
        for ruta in (raiz / "ediciones").glob("*.json"):
            propios.update(
                re.findall(r'"([0-9a-f]{16}|g[0-9a-f]{12})"', ruta.read_text(encoding="utf-8"))
            )
        for ruta in (raiz / "datos").rglob("*.json"):
            propios.update(
                re.findall(r'"producto": ?"([0-9a-f]{16})"', ruta.read_text(encoding="utf-8"))
            )
        for ruta in raiz.rglob("*.html"):
            pagina = ruta.read_text(encoding="utf-8")
            propios.update(re.findall(r"<code>([0-9a-f]{16})</code>", pagina))
            propios.update(re.findall(r'<figure class="grafico" id="(g[0-9a-f]{12})"', pagina))
        for ruta in (raiz / "activos").glob("*"):
            propios.update(re.findall(r"-([0-9a-f]{10})\.", ruta.name))
        return cls(raiz, frozenset(propios))

    def tapado(self, texto: str) -> str:
        """El texto con sus identificadores propios tapados."""
        return CANDIDATA.sub(lambda m: "«clave»" if m[0] in self.propios else m[0], texto)

    def archivos(self) -> dict[str, Path]:
        """Ruta tapada → archivo."""
        return {
            self.tapado(p.relative_to(self.raiz).as_posix()): p
            for p in sorted(self.raiz.rglob("*"))
            if p.is_file()
        }

    def llevados(self, ruta: Path) -> list[str]:
        """Lo que lleva un zip, tapado: son archivos del sitio, que se comparan por su lado."""
        with zipfile.ZipFile(ruta) as archivo:
            return [self.tapado(n) for n in archivo.namelist()]

    def texto(self, ruta: Path) -> str:
        return self.tapado(ruta.read_text(encoding="utf-8"))


def comparar(
    antes: Path,
    ahora: Path,
    permitidas: Permitidas = Permitidas(),
    con_cuadernos: bool = True,
    con_marcado: bool = False,
) -> list[Diferencia]:
    """Todas las diferencias entre dos sitios, por archivo; vacía si dicen lo mismo."""
    a, b = Sitio.abrir(antes), Sitio.abrir(ahora)
    de_a, de_b = a.archivos(), b.archivos()
    halladas = [
        Diferencia(r, "falta", "estaba y ya no está") for r in sorted(de_a.keys() - de_b.keys())
    ]
    halladas += [Diferencia(r, "sobra", "no estaba") for r in sorted(de_b.keys() - de_a.keys())]
    for ruta in sorted(de_a.keys() & de_b.keys()):
        par = de_a[ruta], de_b[ruta]
        if (
            ruta == MANIFIESTO
            or ruta.startswith("activos/")
            or par[0].read_bytes() == par[1].read_bytes()
        ):
            continue
        if ruta.endswith(".html"):
            partes = _paginas(a.texto(par[0]), b.texto(par[1]), permitidas, con_marcado)
        elif ruta.endswith(".pdf"):
            partes = _boletines(a, b, *par, permitidas)
        elif ruta.endswith(".ipynb"):
            partes = _cuadernos(a, b, *par) if con_cuadernos else iter(())
        elif ruta.endswith(".parquet"):
            partes = _parquets(a, b, *par)
        elif ruta.endswith(".zip"):
            partes = _renglones("contenido", a.llevados(par[0]), b.llevados(par[1]))
        elif ruta == TRABAJADOR:
            partes = _renglones("guardado", _guardado(a, par[0]), _guardado(b, par[1]))
        elif ruta.endswith(".png"):
            partes = iter([("imagen", "se ve otra cosa")])
        else:
            partes = _textos(ruta, a.texto(par[0]), b.texto(par[1]))
        halladas += [Diferencia(ruta, clase, detalle) for clase, detalle in partes]
    return halladas


def _paginas(
    una: str, otra: str, permitidas: Permitidas, con_marcado: bool
) -> Iterator[tuple[str, str]]:
    a, b = leer_pagina(una), leer_pagina(otra)
    a.texto, b.texto = _sin(a.texto, permitidas.quitadas), _sin(b.texto, permitidas.puestas)
    for clase in ("texto", "tabla", "enlace"):
        yield from _renglones(clase, getattr(a, clase), getattr(b, clase))
    if len(a.graficos) != len(b.graficos):
        yield "gráfico", f"{len(a.graficos)} → {len(b.graficos)}"
    for numero, (x, y) in enumerate(zip(a.graficos, b.graficos, strict=False), 1):
        yield from _hojas(
            "gráfico", f"el {numero}", _con_datos_por_orden(x), _con_datos_por_orden(y)
        )
    if con_marcado:
        yield from _renglones("cabeza", cabeza(una), cabeza(otra))
        yield from _renglones(
            "marcado", *([r for r in renglones(h) if r.startswith("<")] for h in (una, otra))
        )


def _guardado(sitio: Sitio, ruta: Path) -> list[str]:
    """Lo que el trabajador guarda sin que nadie lo abra."""
    texto = sitio.texto(ruta)
    edicion, _ = json.JSONDecoder().raw_decode(texto, texto.index("{"))
    return sorted(edicion["nucleo"])


def _con_datos_por_orden(espec: dict) -> dict:
    """La especificación con sus tablas numeradas por donde se usan: su nombre es la huella de lo
    que contienen."""
    usos = re.findall(
        r"data-[0-9a-f]{32}", json.dumps({c: v for c, v in espec.items() if c != "datasets"})
    )
    nuevos = {nombre: f"datos-{n}" for n, nombre in enumerate(dict.fromkeys(usos), 1)}
    return json.loads(
        re.sub(r"data-[0-9a-f]{32}", lambda m: nuevos.get(m[0], m[0]), json.dumps(espec))
    )


def _boletines(
    a: Sitio, b: Sitio, uno: Path, otro: Path, permitidas: Permitidas
) -> Iterator[tuple[str, str]]:
    textos = paginas(uno), paginas(otro)
    if not permitidas.puestas and len(textos[0]) != len(textos[1]):
        yield "boletín", f"{len(textos[0])} → {len(textos[1])} páginas"
    corridos = [
        " ".join(_sin([_llana(sitio.tapado("\n".join(t)))], frases))
        for sitio, t, frases in (
            (a, textos[0], permitidas.quitadas),
            (b, textos[1], permitidas.puestas),
        )
    ]
    yield from _renglones("texto", *(t.split(" ") for t in corridos), unir=True)
    yield from _renglones(
        "enlace", *([s.tapado(x) for x in _enlaces_de_pdf(r)] for s, r in ((a, uno), (b, otro)))
    )


def _enlaces_de_pdf(ruta: Path) -> list[str]:
    """Los destinos de los enlaces de un PDF, en orden; los internos, sin su destino."""
    anotaciones = [
        x.get_object() for hoja in PdfReader(ruta).pages for x in hoja.get("/Annots", [])
    ]
    return [
        str(x.get("/A", {}).get("/URI", "interno"))
        for x in anotaciones
        if x.get("/Subtype") == "/Link"
    ]


def _cuadernos(a: Sitio, b: Sitio, uno: Path, otro: Path) -> Iterator[tuple[str, str]]:
    yield from _hojas("cuaderno", "", json.loads(a.texto(uno)), json.loads(b.texto(otro)))


def _parquets(a: Sitio, b: Sitio, uno: Path, otro: Path) -> Iterator[tuple[str, str]]:
    """Las claves van dentro de columnas: se comparan las tablas, tapadas."""
    tablas = [
        pl.read_parquet(r).with_columns(
            pl.col(pl.String).map_elements(s.tapado, return_dtype=pl.String)
        )
        for s, r in ((a, uno), (b, otro))
    ]
    try:
        assert_frame_equal(*tablas, check_exact=True)
    except AssertionError as e:
        yield "datos", _llana(str(e))


def _textos(ruta: str, uno: str, otro: str) -> Iterator[tuple[str, str]]:
    if ruta in ("datos/datapackage.json", "datos/catalogo.jsonld"):
        # Las sumas cambian con las claves; los archivos mismos se comparan uno a uno.
        uno, otro = SUMA.sub("«suma»", uno), SUMA.sub("«suma»", otro)
    clase = "datos" if ruta.startswith("datos/") else "archivo"
    if uno != otro and ruta.endswith((".json", ".jsonld")):
        distintas = list(_hojas(clase, "", json.loads(uno), json.loads(otro)))
        yield from distintas or [(clase, "los valores son los mismos y los bytes no")]
    elif uno != otro:
        yield from _renglones(clase, uno.splitlines(keepends=True), otro.splitlines(keepends=True))


def _hojas(clase: str, que: str, uno: object, otro: object) -> Iterator[tuple[str, str]]:
    """Los valores distintos de dos estructuras JSON, cada uno con su camino."""
    a, b = dict(_caminos(uno)), dict(_caminos(otro))
    distintos = [
        c
        for c in (*a, *(c for c in b if c not in a))
        if c not in a or c not in b or a[c] != b[c] or type(a[c]) is not type(b[c])
    ]
    for camino in distintos[:MUESTRA]:
        yield (
            clase,
            " ".join(
                filter(
                    None,
                    (
                        que,
                        (
                            f"{camino or '/'}: {_corto(a.get(camino, 'nada'))} → "
                            f"{_corto(b.get(camino, 'nada'))}"
                        ),
                    ),
                )
            ),
        )
    if len(distintos) > MUESTRA:
        yield clase, " ".join(filter(None, (que, f"y {len(distintos) - MUESTRA} valores más")))


def _caminos(valor: object, camino: str = "") -> Iterator[tuple[str, object]]:
    hijos: Iterable[tuple[object, object]]
    if isinstance(valor, dict) and valor:
        hijos = valor.items()
    elif isinstance(valor, list) and valor:
        hijos = enumerate(valor)
    else:
        yield camino, valor
        return
    for nombre, hijo in hijos:
        yield from _caminos(hijo, f"{camino}/{nombre}")


def _renglones(
    clase: str, unos: Sequence[str], otros: Sequence[str], unir: bool = False
) -> Iterator[tuple[str, str]]:
    """Los tramos distintos de dos listas en orden; ``unir``: los renglones de un tramo se dicen
    seguidos."""
    if unos == otros:
        return
    tramos = [
        t
        for t in difflib.SequenceMatcher(None, unos, otros, autojunk=False).get_opcodes()
        if t[0] != "equal"
    ]
    for _, desde, hasta, de, a in tramos[:MUESTRA]:
        antes, ahora = unos[desde:hasta], otros[de:a]
        separador = " " if unir else " ⏎ "
        yield (
            clase,
            (
                f"{_corto(separador.join(antes)) if antes else 'nada'} → "
                f"{_corto(separador.join(ahora)) if ahora else 'nada'}"
            ),
        )
    if len(tramos) > MUESTRA:
        yield clase, f"y {len(tramos) - MUESTRA} tramos más"


def _sin(bloques: Iterable[str], frases: Sequence[str]) -> list[str]:
    """Los párrafos sin las frases permitidas; los que se quedan vacíos, fuera."""
    if not frases:
        return list(bloques)
    patron = re.compile("|".join(map(re.escape, frases)))
    return [b for b in (_llana(patron.sub("", b)) for b in bloques) if b]


def _llana(texto: str) -> str:
    return ESPACIO.sub(" ", texto).strip()


def _corto(valor: object) -> str:
    texto = (
        repr(valor)
        if not isinstance(valor, str)
        else f"«{_llana(valor)}»"
        if valor.strip()
        else repr(valor)
    )
    return texto if len(texto) <= 300 else f"{texto[:200]} […] {texto[-80:]}"


def principal(argumentos: Sequence[str] | None = None) -> int:
    """La orden: 0 si los dos sitios dicen lo mismo, 1 si no, 2 si no se pueden comparar."""
    p = argparse.ArgumentParser(description="Compara dos sitios construidos por lo que dicen.")
    p.add_argument("antes", type=Path)
    p.add_argument("ahora", type=Path)
    p.add_argument(
        "--permitidas",
        type=Path,
        metavar="ARCHIVO",
        help="frases cambiadas a propósito: «- frase» y «+ frase»",
    )
    p.add_argument("--sin-cuadernos", action="store_true", help="no mira los cuadernos ejecutados")
    p.add_argument(
        "--marcado", action="store_true", help="compara además etiquetas, atributos y el <head>"
    )
    o = p.parse_args(argumentos)
    try:
        permitidas = Permitidas.leer(o.permitidas) if o.permitidas else Permitidas()
        halladas = comparar(o.antes, o.ahora, permitidas, not o.sin_cuadernos, o.marcado)
    except (OSError, ValueError) as e:
        print(e, file=sys.stderr)
        return 2
    for d in halladas:
        print(d)
    print(f"{len(halladas)} diferencias" if halladas else "Los dos sitios dicen lo mismo.")
    return 1 if halladas else 0


if __name__ == "__main__":
    sys.exit(principal())
