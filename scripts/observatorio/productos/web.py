"""404, mapa del sitio y robots: con fechas de los datos, nunca del reloj."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from ..base.escapes import xml_legal
from ..catalogo import Catalogo, direcciones
from ..presentacion import nivel

if TYPE_CHECKING:
    from ..catalogo.cuadernos.analisis import Analisis

ENTORNO = Environment(
    autoescape=True,
    finalize=xml_legal,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

MAPA = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for pagina in paginas %}
<url><loc>{{ sitio }}/{{ pagina }}</loc><lastmod>{{ fecha }}</lastmod></url>
{% endfor %}
</urlset>
"""

ESTILO_DE_NO_HALLADA = """
body{margin:0;font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
color:#241d18;background:#fdfbf7}
header{padding:1rem;background:#17343d;border-bottom:12px solid #9a4a1c;\
box-shadow:inset 0 -4px #e0a43a}
header a{color:#fff;font-size:1.2rem;font-weight:700;text-decoration:none}
main{max-width:40rem;margin:0 auto;padding:1rem}
h1{font-size:1.9rem;line-height:1.2;color:#17343d}
ul{list-style:none;padding:0}
a{color:#17505f}li{margin:.3rem 0}li a{display:inline-block;padding:.25rem 0}
:focus-visible{outline:3px solid #9a4a1c;outline-offset:2px}\
header :focus-visible{outline-color:#e0a43a}
"""
"""Va dentro de la página: el servidor la da en cualquier dirección, y una hoja aparte no se
hallaría desde todas.
"""
GUION_DE_NO_HALLADA = """
if(location.protocol==="file:")for(const enlace of document.querySelectorAll("a[href]"))\
enlace.setAttribute("href",enlace.getAttribute("href").slice(document.body.dataset.base.length+1))
"""
"""Abierta como archivo suelto está en la raíz del sitio, y sus enlaces no empiezan en ninguna."""
NO_HALLADA = """<!DOCTYPE html>
<html lang="es"><head><meta charset="utf-8">\
<meta name="viewport" content="width=device-width, initial-scale=1">\
<title>Página no encontrada · {{ titulo }}</title>
<meta http-equiv="Content-Security-Policy" \
content="default-src 'none'; style-src 'sha256-{{ huella_del_estilo }}'; \
script-src 'sha256-{{ huella_del_guion }}'; img-src data:">
<link rel="icon" href="data:,">
<style>{{ estilo }}</style></head>
<body data-base="{{ base }}">\
{% if restringida %}<p><strong>{{ restringida }}</strong></p>{% endif %}\
<header><a href="{{ base }}/index.html">{{ titulo }}</a></header>
<main><h1>Esta página no existe</h1><p>La dirección cambió o está mal escrita. \
Ningún dato se ha perdido: las ediciones anteriores se conservan.</p>
<p><a href="{{ base }}/buscar/index.html">Buscar lo que quería</a>, \
<a href="{{ base }}/index.html">ir al inicio</a>, o a una misión:</p>
<ul>{% for m in misiones %}\
<li><a href="{{ base }}/misiones/{{ m.slug }}/index.html">{{ m.nombre }}</a></li>\
{% endfor %}</ul></main><script>{{ guion }}</script></body></html>
"""


def archivos(
    catalogo: Catalogo, paginas: Iterable[str], analisis: Sequence[Analisis] = ()
) -> dict[str, bytes]:
    """Los archivos web sueltos de la raíz; ``paginas``: las que no salen de un cuaderno."""
    t = catalogo.territorio
    de_cuadernos = [
        f"misiones/{m.slug}/{nombre}"
        for m in catalogo.misiones
        for nombre in ("index.html", "boletin.pdf", "ficha.pdf")
    ] + [f"analisis/{a.slug}/index.html" for a in analisis]
    generadas = direcciones.generadas(catalogo)
    comun = {
        "sitio": t.sitio.direccion.rstrip("/"),
        "base": urlsplit(t.sitio.direccion).path.rstrip("/"),
        "titulo": t.sitio.titulo,
        "fecha": t.fecha_corte.isoformat(),
        "paginas": [*sorted(paginas), *de_cuadernos, *generadas],
        "misiones": [
            {"slug": m.slug, "nombre": f"{m.codigo} {m.nombre}"} for m in catalogo.misiones
        ],
        "restringida": nivel.aviso(catalogo),
        "estilo": Markup(ESTILO_DE_NO_HALLADA),
        "huella_del_estilo": _huella(ESTILO_DE_NO_HALLADA),
        "guion": Markup(GUION_DE_NO_HALLADA),
        "huella_del_guion": _huella(GUION_DE_NO_HALLADA),
    }
    restringida = nivel.aviso(catalogo)
    robots = f"User-agent: *\nAllow: /\nSitemap: {comun['sitio']}/sitemap.xml\n"
    if restringida:
        robots = f"# {restringida}\nUser-agent: *\nDisallow: /\n"
    hechos = {
        nombre: ENTORNO.from_string(plantilla).render(comun)
        for nombre, plantilla in (("sitemap.xml", MAPA), ("404.html", NO_HALLADA))
    }
    return {n: texto.encode() for n, texto in (hechos | {"robots.txt": robots}).items()}


def _huella(incluido: str) -> str:
    """La de un estilo o un guion que va dentro de la página, como la pide su política."""
    return base64.b64encode(hashlib.sha256(incluido.encode()).digest()).decode()
