"""La página pequeña de un KPI que otros sitios muestran dentro de las suyas, y lo que la página del
KPI dice de ella.

Solo se ofrece de una edición aprobada con cifras de verdad: fuera de su sitio, una cifra pierde lo
que la rodea, y ninguna marca se queda pegada a un recorte.
"""

from __future__ import annotations

import base64
import hashlib

from ...resultados.aprobaciones import APROBADO
from ..pieza import esc
from ..serie import serie_svg
from .abierto import Abierto
from .pagina import Sitio, direccion, es_real
from .serie import serie_de

ARCHIVO = "incrustar.html"
ANCHO, ALTO = 380, 580
ESTILO = """
body{margin:0;padding:.8rem;font:1rem/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",\
sans-serif;color:#241d18;background:#fdfbf7;border-top:6px solid #9a4a1c}
h1{margin:0 0 .3rem;font-size:1.1rem;line-height:1.2;color:#17343d}
p{margin:.4rem 0}.menor{font-size:.875rem;color:#5b5047}
svg{display:block;width:100%;max-width:30rem;height:auto}
a{color:#17505f}a:focus-visible{outline:3px solid #9a4a1c;outline-offset:2px}
"""
"""Va dentro de la página: es lo único que pide."""
HUELLA = base64.b64encode(hashlib.sha256(ESTILO.encode()).digest()).decode()


def por_que_no(k: Abierto, sitio: Sitio) -> str:
    """Por qué no se ofrece, en una frase; vacío si se ofrece."""
    if not k.publico or k.medidas.is_empty() or k.e.valor is None:
        return "no tiene ninguna cifra publicada"
    if "demostracion" in {k.hallazgo.naturaleza, k.e.naturaleza, *k.medidas["naturaleza"]}:
        return "sus cifras son de demostración"
    if not sitio.comparte:
        return "rige un periodo electoral"
    aprobacion = k.m.procedencia[k.kpi.codigo].aprobacion
    return "" if aprobacion.estado == APROBADO else f"la edición está {aprobacion.dicha}"


def seccion(k: Abierto, sitio: Sitio) -> str:
    """Lo que la página del KPI dice: el código para copiar, o por qué no lo hay."""
    titulo = '<h2 id="incrustar">Mostrarlo en otra página</h2>'
    if motivo := por_que_no(k, sitio):
        return (
            f"{titulo}<p>Todavía no se ofrece: {esc(motivo)}. Solo se muestran en otros sitios las"
            " ediciones aprobadas, con cifras de verdad.</p>"
        )
    codigo = (
        f'<iframe src="{direccion(k.kpi.codigo, sitio)}{ARCHIVO}" title="{esc(k.kpi.nombre)}"'
        f' width="{ANCHO}" height="{ALTO}" loading="lazy"></iframe>'
    )
    return (
        f"{titulo}<p>Copie este código; la cifra se pondrá al día sola, con su fecha y su fuente."
        f' <a href="{ARCHIVO}">Vea cómo queda</a>.</p><pre><code>{esc(codigo)}</code></pre>'
    )


def pagina(k: Abierto, sitio: Sitio) -> str:
    """La página entera. Lanza ``ValueError`` si no se ofrece."""
    if motivo := por_que_no(k, sitio):
        raise ValueError(f"{k.kpi.codigo} no se incrusta: {motivo}")
    propia = direccion(k.kpi.codigo, sitio)
    aprobada = k.m.procedencia[k.kpi.codigo].aprobacion.dicha
    return (
        '<!DOCTYPE html>\n<html lang="es">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        f" style-src 'sha256-{HUELLA}'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{esc(k.kpi.nombre)} · {esc(sitio.titulo)}</title>\n"
        f'<link rel="canonical" href="{esc(propia)}">\n<style>{ESTILO}</style>\n</head>\n<body>\n'
        f"<main>\n<h1>{esc(k.kpi.nombre)}</h1>\n<p>{k.hallazgo.html}</p>\n"
        f"{serie_svg(serie_de(k))}\n"
        f'<p class="menor"><strong>¿Es real?</strong> {es_real(k)}'
        f" Aprobación: {esc(aprobada)}.</p>\n"
        f'<p class="menor">Datos al {esc(sitio.fecha)}. <a href="{esc(propia)}" target="_blank"'
        f' rel="noopener">{esc(k.kpi.codigo)} en {esc(sitio.titulo)}</a>, CC BY 4.0.</p>\n'
        "</main>\n</body>\n</html>\n"
    )
