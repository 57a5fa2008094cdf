"""Paso previo de Quarto: si lo generado falta o está viejo, se detiene y dice el remedio."""

import re
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ / "scripts"))

from observatorio.edicion import claves  # noqa: E402

sello = dict(claves.leer_sello(RAIZ / ".trabajo"))
# Quarto puede usar otro Python que el que preparó: su versión no cuenta aquí.
actuales = {
    nombre: clave
    for nombre, clave in claves.de_contenido(RAIZ).items()
    if nombre in claves.FAMILIAS
}
# Se editan y se vuelven a renderizar: de las páginas solo sale lo que se busca, y puede esperar.
DE_QUARTO = {"páginas", "obras"}
viejas = sorted(
    nombre
    for nombre, clave in actuales.items()
    if nombre not in DE_QUARTO and sello.get(nombre) != clave
)
# El mapa del sitio nombra todas las páginas; las que no escribe su autor salen de un cuaderno.
MAPA = RAIZ / "sitemap.xml"
direcciones = re.findall(r"<loc>([^<]+)</loc>", MAPA.read_text("utf-8") if MAPA.is_file() else "")
portada = min((d for d in direcciones if d.endswith("/index.html")), key=len, default="")
cuadernos = [
    d.removeprefix(portada.removesuffix("index.html")).removesuffix(".html") + ".ipynb"
    for d in direcciones
    if d.endswith("/index.html") and d != portada
]
generados = [c for c in cuadernos if claves.GENERADAS.fullmatch(c)]
sin_cuaderno = [c for c in generados if not (RAIZ / c).is_file()]
if (
    not sello
    or not generados
    or sin_cuaderno
    or not (RAIZ / ".trabajo" / "piezas" / "sello.json").is_file()
):
    sys.exit(
        "Falta lo generado (cuadernos ejecutados, datos, piezas). Ejecute antes: observatorio"
        " preparar"
    )
if viejas:
    sys.exit(
        f"Lo generado es de antes de su último cambio ({', '.join(viejas)}). Ejecute antes:"
        " observatorio preparar"
    )
