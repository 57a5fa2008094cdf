"""Saca los números de una página o de un boletín y los busca en los datos públicos.

Cada número se busca en su ámbito: los de la fila, la tarjeta o la ficha de un KPI, en los de ese
KPI; los demás, en los de la misión. Solo se dejan pasar, por regla, los que no son una cifra:
códigos, fechas y periodos, niveles, marcas de eje, claves y enlaces.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from apoyo_pdf import paginas
from observatorio.base.numeros import numero

NUMERO = re.compile(r"[\u2212-]?\d[\d,]*(?:\.\d+)?")
ESTRUCTURA = re.compile(
    r"M\d(-[KO]\d\d)?|\d{4}-\d\d-\d\d|\b(19|20|21)\d\d(-(S|T)?\d{1,2})?\b|\d{1,2} de [a-zé]+ de"
    r" \d{4}|[Nn]ivel \d|CC BY \d\.\d|ODS [\d.]+[a-d]?"
    r"|página \d+ de \d+|https?://\S+|\b[0-9a-f]{16}\b|\b\d{6,10}\b|N\.\u00b0 ?[\d-]+|\d\.(er|º)"
)
PROPORCIONES = {"avance", "esperado", "ritmo", "minimo", "maximo"}
CODIGO = re.compile(r"M\d-K\d\d")
VACIAS = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def numeros(texto: str) -> list[str]:
    """Los números de un texto que son cifras, con «-» y «−» como el mismo signo."""
    limpio = ESTRUCTURA.sub(" ", texto)
    return [
        n.replace("-", "\u2212").rstrip(",")
        for n in NUMERO.findall(re.sub(r"(?<=[\w\d])[-\u2013](?=\d)", " ", limpio))
    ]


def formas(objeto: object, clave: str = "") -> Iterator[str]:
    """Todas las maneras admitidas de escribir lo que hay en un JSON: de 0 a 4 decimales, y en % las
    proporciones.
    """
    if isinstance(objeto, dict):
        for c, v in objeto.items():
            yield from formas(v, c)
    elif isinstance(objeto, list):
        for v in objeto:
            yield from formas(v, clave)
    elif isinstance(objeto, str):
        yield from numeros(objeto)
    elif isinstance(objeto, int | float) and not isinstance(objeto, bool):
        yield from (numero(objeto, d) for d in range(5))
        if clave in PROPORCIONES:
            yield from (numero(100 * objeto, d) for d in range(2))


def reales(objeto: object) -> Iterator[float]:
    """Todos los números de un JSON, como son."""
    if isinstance(objeto, dict | list):
        for v in objeto.values() if isinstance(objeto, dict) else objeto:
            yield from reales(v)
    elif isinstance(objeto, int | float) and not isinstance(objeto, bool):
        yield float(objeto)


@dataclass
class Trozo:
    """Un texto de la página y el KPI del que habla (vacío si de ninguno)."""

    kpi: str
    texto: str


@dataclass
class Pagina(HTMLParser):
    """Los textos visibles de una página con su ámbito, y los datos de sus gráficos; las marcas de
    eje, y los cortes entre los colores de un mapa, aparte.
    """

    trozos: list[Trozo] = field(default_factory=list)
    graficos: list[dict] = field(default_factory=list)
    ejes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pila: list[tuple[str, str, str]] = []  # (etiqueta, clase, KPI)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        kpi = self._pila[-1][2] if self._pila else ""
        if tag == "details" and a.get("id", "").startswith("ficha-"):
            kpi = a["id"].removeprefix("ficha-")
        if tag == "a" and (hallado := CODIGO.search(a.get("id", "") + a.get("href", ""))):
            self._marcar(hallado[0])
        if tag not in VACIAS:
            self._pila.append((tag, a.get("class", ""), kpi))
        self._texto(a.get("aria-label", "") if tag != "path" and tag != "g" else "", kpi)

    def _marcar(self, codigo: str) -> None:
        """El enlace de un KPI da su ámbito a la fila o a la tarjeta que lo contiene."""
        for i in range(len(self._pila) - 1, -1, -1):
            if self._pila[i][0] in ("tr", "li"):
                self._pila[i:] = [(t, c, codigo) for t, c, _ in self._pila[i:]]
                return

    def handle_endtag(self, tag: str) -> None:
        while self._pila and self._pila.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._pila:
            return
        tag, clase, kpi = self._pila[-1]
        if tag == "script" and clase == "espec":
            self.graficos.append(json.loads(data))
        elif any("role-axis-label" in c or c == "leyenda-mapa" for _, c, _ in self._pila[-3:]):
            self.ejes.update(numeros(data))
        elif not {"script", "style", "head", "code"} & {t for t, _, _ in self._pila}:
            self._texto(data, kpi)

    def _texto(self, texto: str, kpi: str) -> None:
        if re.search(r"\d", texto):
            self.trozos.append(Trozo(kpi, texto))


def _tabla(ruta: Path) -> list[dict]:
    """Un CSV con sus números como números."""
    with ruta.open(encoding="utf-8", newline="") as f:
        return [
            {
                c: (
                    float(v)
                    if c in ("valor", "antes", "despues") and re.fullmatch(r"-?[\d.]+", v)
                    else v
                )
                for c, v in fila.items()
            }
            for fila in csv.DictReader(f)
        ]


def de_boletin(ruta: Path, clave: str) -> list[Trozo]:
    """Los renglones de un boletín, sin la clave de su producto. Un número de cuatro cifras sin coma
    es un año, o una marca de eje pegada a otra.
    """
    texto = "\n".join(paginas(ruta))
    texto = re.sub(r"\s*".join(clave), " ", texto)
    return [
        Trozo("", re.sub(r"(?<![-\d,.])\d{4,}(?![-\d,.])", " ", renglon))
        for renglon in re.sub(r"(M\d-)\s*\n", r"\1", texto).split("\n")
    ]


def leer(ruta: Path) -> Pagina:
    pagina = Pagina()
    pagina.feed(ruta.read_text(encoding="utf-8"))
    return pagina


class Publico:
    """Lo que los datos públicos dicen, por KPI y por misión."""

    def __init__(self, datos: Path) -> None:
        def json_de(nombre: str) -> list[dict]:
            return json.loads((datos / nombre).read_text(encoding="utf-8"))

        self.kpi = {
            p.stem: json.loads(p.read_text(encoding="utf-8"))
            for p in sorted((datos / "kpi").glob("*.json"))
        }
        self.misiones, self.okrs = (
            {m["slug"]: m for m in json_de("misiones.json")},
            json_de("okrs.json"),
        )
        self.metodo = json.loads((datos / "metodo.json").read_text(encoding="utf-8"))
        self.cuadros = {
            n: _tabla(datos / f"{n}.csv")
            for n in ("diagnostico", "provincia", "contexto", "correcciones")
        }
        self.comparacion, self.temas = json_de("comparacion.json"), json_de("temas.json")
        self._de_kpi = {
            c: set(formas({k: v for k, v in x.items() if k != "observaciones"})) | self._serie(x)
            for c, x in self.kpi.items()
        }

    @staticmethod
    def _serie(k: dict) -> set[str]:
        """Lo que un minigráfico dice en palabras: de cada tramo, primera y última medida del
        territorio, y cuántas hay.
        """
        total = [
            o
            for o in k["observaciones"]
            if o["grupo"] == "total"
            and len(o["lugar"]) == 6
            and not o.get("unidad")
            and "valor" in o
        ]
        por_periodo = {o["periodo"]: o["valor"] for o in total}
        extremos = [
            por_periodo[t[x]]
            for t in k["tramos"]
            for x in ("desde", "hasta")
            if not t["mixta"] and t[x] in por_periodo
        ]
        return set(formas([o["valor"] for o in total[:1] + total[-1:]] + extremos)) | {
            str(len(total))
        }

    def producto(self, slug: str) -> str:
        return next(x["procedencia"]["producto"] for x in self.kpi.values() if x["mision"] == slug)

    def de_kpi(self, codigo: str) -> set[str]:
        return self._de_kpi[codigo]

    def de_mision(self, slug: str) -> set[str]:
        suyos = {c: x for c, x in self.kpi.items() if x["mision"] == slug}
        matriz = {
            str(sum((x["nivel"], x["estado"]) == p for x in suyos.values()))
            for p in {(x["nivel"], x["estado"]) for x in suyos.values()}
        }
        cuentas = (
            {str(n) for n in self.misiones[slug]["estados"].values()}
            | {str(sum(x["nivel"] == n for x in suyos.values())) for n in (1, 2, 3)}
            | {"0"}
        )
        okrs = [o for o in self.okrs if o["mision"] == slug]
        temas = [
            {c: t[c] for c in ("narraciones", "de", "kappa_mision")}
            for t in self.temas
            if t["mision"] == slug
        ]
        return (
            matriz
            | cuentas
            | {str(len(temas))}
            | set(formas([self.misiones[slug], okrs, self.metodo, temas])).union(
                *(self._de_kpi[c] for c in suyos)
            )
        )

    def en_graficos(self, slug: str) -> set[str]:
        """Además, las medidas de anexos y grupos que un gráfico rotula."""
        return self.de_mision(slug) | {
            f
            for x in self.kpi.values()
            if x["mision"] == slug
            for f in formas([o.get("valor") for o in x["observaciones"]])
        }

    def de_prosa(self) -> set[str]:
        """Lo que las páginas generales pueden decir: todas las misiones, el método y los cuadros de
        contexto.
        """
        cuentas = [
            len(self.kpi),
            len(self.okrs),
            len(self.misiones),
            *(m["estados"] for m in self.misiones.values()),
        ]
        totales = {
            str(sum(m["estados"].get(e, 0) for m in self.misiones.values()))
            for m in self.misiones.values()
            for e in m["estados"]
        }
        totales |= {
            str(sum(m["procedencia"][c] for m in self.misiones.values()))
            for c in ("cifras", "sin_reparos")
        }
        generales = formas(
            [
                self.metodo,
                self.cuadros,
                self.comparacion,
                cuentas,
                len({f["ubigeo"] for f in self.cuadros["provincia"]}),
            ]
        )
        return totales | set(generales).union(*(self.en_graficos(s) for s in self.misiones))

    def reales(self, slug: str) -> set[str]:
        propios = [x for x in self.kpi.values() if x["mision"] == slug]
        return {f"{v:.6g}" for v in reales([propios, self.misiones[slug], self.okrs])}


def perdidas(trozos: Iterable[Trozo], publico: Publico, mision: set[str]) -> list[str]:
    """Los números de una página que no están en los datos públicos de su ámbito."""
    return [
        f"{t.kpi or 'página'}: {n} en «{' '.join(t.texto.split())[:90]}»"
        for t in trozos
        for n in numeros(t.texto)
        if n not in (publico.de_kpi(t.kpi) if t.kpi in publico.kpi else mision)
    ]
