"""Una imagen que un cuaderno muestra: su archivo, con un nombre que sale de su contenido, y lo que
lee quien no la ve.

Las de matplotlib y seaborn se guardan como SVG, siempre con los mismos bytes. Un SVG va como
archivo aparte, y no dentro de la página: ahí no ejecuta nada.
"""

from __future__ import annotations

import base64
import calendar
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any

from ..base.escapes import markdown
from ..base.imagenes import defecto
from ..base.periodos import NOMBRES_DE_MES
from ..errores import ErrorDeUso
from .graficos import graficos
from .pieza import bloques, esc, tesc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIME = "application/vnd.observatorio.imagen+json"
PREFIJO = "imagen-"
DE_DENTRO = re.compile(r"data:image/[^\"')]*")
TITULO_DE_SVG = re.compile(r"<(?:title|desc)[^>]*>([^<]+)</")
DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
CON_NOMBRES = (
    "ScalarFormatter",
    "AutoDateFormatter",
    "DateFormatter",
    "ConciseDateFormatter",
    "TimeSeries_DateFormatter",
)
"""Los formatos de un eje que se traducen; el último es el de ``pandas.plot``."""
CIFRAS = re.compile(r"(?<![\d.])\d{5,}(?!\d)")


@dataclass(frozen=True, slots=True)
class Imagen:
    """Una imagen: final de su archivo (``svg``, ``png``…), contenido y texto alternativo.
    ``dibujado``: lo que dice por dentro, si se sabe y en el archivo ya no son letras.
    """

    tipo: str
    contenido: bytes
    alt: str
    dibujado: str = ""

    @property
    def nombre(self) -> str:
        """El de su archivo: cambia si cambia lo que se ve."""
        return f"{PREFIJO}{hashlib.sha256(self.contenido).hexdigest()[:12]}.{self.tipo}"

    @property
    def textos(self) -> str:
        """Todo lo que de ella se puede leer, sin las imágenes que lleve dentro."""
        propio = self.contenido.decode("utf-8", "replace") if self.tipo == "svg" else ""
        return f"{self.alt}\n{self.dibujado}\n{DE_DENTRO.sub('', propio)}"

    def paquete(self, demostracion: bool, sello: Mapping[str, str]) -> dict[str, object]:
        """Lo que deja en la salida de su celda, con el aviso y el sello de lo que el cuaderno
        abrió.
        """
        return {
            MIME: {
                "tipo": self.tipo,
                "datos": base64.b64encode(self.contenido).decode("ascii"),
                "alt": self.alt,
                "dibujado": self.dibujado,
                "lineas": [graficos.AVISO_DEMO] if demostracion else [],
                "sello": dict(sello),
            },
            "text/plain": f"<imagen: {self.alt}>",
        }


def de_paquete(dicho: dict[str, Any]) -> Imagen:
    contenido = base64.b64decode(dicho["datos"])
    return Imagen(dicho["tipo"], contenido, dicho["alt"], dicho["dibujado"])


def en_markdown(dicho: dict[str, Any]) -> str:
    """La imagen de un ``paquete`` como Markdown de los dos formatos: la imagen, su aviso y su
    sello.
    """
    imagen, sello = de_paquete(dicho), dicho["sello"]
    lineas = "".join(f'<span class="leyenda">{esc(x)}</span>' for x in dicho["lineas"])
    html = f'<p class="leyendas">{lineas}</p>' if lineas else ""
    papel = list(dicho["lineas"])
    if sello:
        html += graficos.sello_html(sello["procedencia"], sello["datos"])
        papel.append(sello["procedencia_papel"])
    typst = "".join(f"#par(text(size: 9pt)[{tesc(x)}])\n" for x in papel)
    return f"![{markdown(imagen.alt)}]({imagen.nombre})\n\n{bloques(html, typst)}".strip()


def revisada(tipo: str, contenido: bytes, alt: str) -> Imagen:
    """La imagen, si es lo que dice ser y se puede publicar; si no, lanza ``ErrorDeUso``."""
    if malo := defecto(tipo, contenido):
        raise ErrorDeUso(malo)
    if not alt.strip():
        raise ErrorDeUso(
            'la imagen no dice qué se ve, para quien no la ve: Image(…, alt="…"), o'
            " <title>…</title> dentro de un SVG"
        )
    return Imagen(tipo, contenido, " ".join(alt.split()))


def titulo_de_svg(texto: str) -> str:
    """Lo que un SVG dice de sí mismo; vacío si nada."""
    hallado = TITULO_DE_SVG.search(texto)
    return unescape(hallado[1]) if hallado else ""


def vacia(figura: Figure) -> bool:
    """Si no lleva más que su fondo: la deja ``plt.figure(…)`` delante de ``cuadro.plot()``, que
    dibuja en otra.
    """
    return figura.get_children() == [figura.patch]


def de_matplotlib(figura: Figure) -> Imagen:
    """La figura como SVG de siempre los mismos bytes; su ``get_label`` es el texto alternativo.

    Lanza ``ErrorDeUso`` si no lo tiene.
    """
    import matplotlib
    from matplotlib.text import Text

    alt = str(figura.get_label() or "")
    if not alt.strip():
        raise ErrorDeUso(
            "la figura no dice qué se ve, para quien no la ve: escriba antes de mostrarla"
            ' plt.gcf().set_label("…"); la de seaborn, grafico.figure.set_label("…")'
        )
    _ejes_en_espanol(figura)
    with (
        matplotlib.rc_context({"svg.hashsalt": "observatorio", "svg.fonttype": "path"}),
        io.StringIO() as salida,
    ):
        figura.savefig(
            salida,
            format="svg",
            bbox_inches="tight",
            metadata={"Date": None, "Creator": None},
        )
        dibujo = re.sub(
            r"<!--.*?-->\n?|<!DOCTYPE[^>]*>\n?|<metadata>.*?</metadata>\n?",
            "",
            salida.getvalue(),
            flags=re.DOTALL,
        )
    dibujado = "\n".join(t.get_text() for t in figura.findobj(Text))
    return replace(revisada("svg", dibujo.encode("utf-8"), alt), dibujado=dibujado)


def _ejes_en_espanol(figura: Figure) -> None:
    """Meses, días y miles de los ejes como en el resto del sitio; matplotlib los escribe en
    inglés.
    """
    from matplotlib.ticker import Formatter

    class EnEspanol(Formatter):
        """El formato que el eje tenía, traducido."""

        def __init__(self, propio: Formatter) -> None:
            self.propio = propio

        def __call__(self, x: float, pos: int | None = None) -> str:
            return traducido(self.propio(x, pos))

        def format_ticks(self, values: Any) -> list[str]:
            return [traducido(t) for t in self.propio.format_ticks(values)]

        def get_offset(self) -> str:
            return traducido(self.propio.get_offset())

        def set_locs(self, locs: Any) -> None:
            self.propio.set_locs(locs)

        def set_axis(self, axis: Any) -> None:
            self.propio.set_axis(axis)

    for ejes in figura.axes:
        for eje in (ejes.xaxis, ejes.yaxis):
            mayor, menor = eje.get_major_formatter(), eje.get_minor_formatter()
            if type(mayor).__name__ in CON_NOMBRES:
                localizador = eje.get_major_locator()
                eje.set_major_formatter(EnEspanol(mayor))
                eje.set_major_locator(localizador)
            if type(menor).__name__ in CON_NOMBRES:
                localizador = eje.get_minor_locator()
                eje.set_minor_formatter(EnEspanol(menor))
                eje.set_minor_locator(localizador)


def traducido(texto: str) -> str:
    """Meses y días en español y los miles con su coma."""
    for ingles, propio in [
        *zip(calendar.month_name[1:], NOMBRES_DE_MES, strict=True),
        *zip(calendar.day_name, DIAS, strict=True),
    ]:
        texto = re.sub(rf"\b{ingles}\b", propio, texto)
        texto = re.sub(rf"\b{ingles[:3]}\b", propio[:3], texto)
    return CIFRAS.sub(lambda m: f"{int(m[0]):,}", texto)
