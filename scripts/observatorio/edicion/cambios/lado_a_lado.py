"""La comparación de dos ediciones como una página suelta, con cada gráfico de antes al lado del de
ahora.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from ...base.escapes import xml_legal
from .comparacion import celda, medidas_dichas
from .diferencias import NADA

FIGURA = re.compile(
    r'<figure class="grafico(?: apaisado)?" id="(?P<id>g\w+)"><div class="lienzo"[^>]*>'
    r"(?P<svg><svg .*?</svg>)</div>",
    re.DOTALL,
)
PAGINA = """<!DOCTYPE html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Qué cambió: {{ c.antes }} → {{ c.ahora }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2937; max-width: 72rem; \
margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; \
border-bottom: 1px solid #d6d3d1; overflow-wrap: anywhere; }
.lados { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid #d6d3d1; padding: .6rem; }
img { max-width: 100%; height: auto; }
</style>
</head>
<body>
<h1>Qué cambió entre dos ediciones</h1>
<p>Antes: <code>{{ c.antes }}</code>, versión {{ c.version_antes }}. \
Ahora: <code>{{ c.ahora }}</code>, versión {{ c.version_ahora }}. \
Salto de versión: {{ c.salto }}.</p>
{% if not c.cambios %}
<p>Ninguna cifra, estado, resumen ni gráfico cambió.</p>
{% endif %}
{% for tipo, filas in tablas.items() %}
<h2>{{ tipo[0]|upper }}{{ tipo[1:] }}</h2>
<table><thead><tr><th scope="col">Qué</th><th scope="col">Antes</th>\
<th scope="col">Ahora</th></tr></thead><tbody>
{% for nombre, antes, ahora in filas %}
<tr><th scope="row">{{ nombre }}</th><td>{{ antes }}</td><td>{{ ahora }}</td></tr>
{% endfor %}
</tbody></table>
{% endfor %}
{% if graficos %}
<h2>Gráficos</h2>
{% for g in graficos %}
<h3>{{ g.titulo }}, {{ g.mision }}</h3>
<div class="lados">
{% for rotulo, imagen, falta in g.lados %}
<figure><figcaption>{{ rotulo }}</figcaption>\
{% if imagen %}<img src="{{ imagen }}" alt="{{ g.titulo }}, {{ rotulo|lower }}">\
{% else %}<p>{{ falta }}</p>{% endif %}</figure>
{% endfor %}
</div>
{% endfor %}
{% endif %}
</body>
</html>
"""


def en_html(comparacion: Mapping[str, Any], antes: Path | None, ahora: Path) -> str:
    """Página completa, sin nada externo; ``antes`` y ``ahora`` son las carpetas de las ediciones
    (sin la de antes, sus gráficos se dicen y no se ven).
    """
    entorno = Environment(autoescape=True, finalize=xml_legal, trim_blocks=True, lstrip_blocks=True)
    graficos = [
        {
            "titulo": g["titulo"],
            "mision": g["mision"],
            "lados": [_lado("Antes", g["antes"], antes), _lado("Ahora", g["ahora"], ahora)],
        }
        for g in comparacion["graficos"]
    ]
    return entorno.from_string(PAGINA).render(
        c=comparacion, tablas=_tablas(comparacion), graficos=graficos
    )


def _tablas(comparacion: Mapping[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    tablas: dict[str, list[tuple[str, str, str]]] = {}
    for c in comparacion["cambios"]:
        if c["tipo"] not in ("observaciones", "gráfico"):
            tablas.setdefault(c["tipo"], []).append(
                (f"{c['codigo']} {c['nombre']}".strip(), c["antes"], c["despues"])
            )
    for m in medidas_dichas(comparacion):
        tablas.setdefault("medidas", []).append((celda(m), m["antes"], m["ahora"]))
    return tablas


def _lado(rotulo: str, lugar: str | None, carpeta: Path | None) -> tuple[str, str, str]:
    """``(rótulo, imagen, por qué falta)``; ``lugar`` es ``ediciones/<id>/<página>#<gráfico>``."""
    if lugar is None:
        return rotulo, "", NADA
    if carpeta is None:
        return rotulo, "", "Esa edición no está en esta carpeta: véala en el sitio publicado."
    pagina, _, grafico = lugar.split("/", 2)[2].partition("#")
    texto = (carpeta / pagina).read_text(encoding="utf-8") if (carpeta / pagina).is_file() else ""
    svg = next((f["svg"] for f in FIGURA.finditer(texto) if f["id"] == grafico), "")
    imagen = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else ""
    return rotulo, imagen, f"No está en «{pagina}» de esa edición, que puede estar dañada."
