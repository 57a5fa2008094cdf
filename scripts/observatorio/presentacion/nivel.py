"""Cómo se dice que una edición es restringida, igual en la página, en el papel y en los datos."""

from __future__ import annotations

from ..catalogo import Catalogo

ARCHIVO = "uso-restringido.txt"
"""El aviso que va en la carpeta de datos de una edición restringida, y en ninguna pública."""


def aviso(catalogo: Catalogo) -> str:
    """El de su nivel; nada, en la edición pública."""
    nivel = catalogo.territorio.nivel
    if nivel == "ciudadano":
        return ""
    return f"USO RESTRINGIDO · nivel {nivel} · no se reenvía ni se cuelga en la web"


def archivos(catalogo: Catalogo) -> dict[str, bytes]:
    """``uso-restringido.txt``, con los indicadores que por ella no son públicos."""
    dicho = aviso(catalogo)
    if not dicho:
        return {}
    suyos = "".join(f"{c}: {a}\n" for c, a in sorted(catalogo.reservados.items()))
    return {ARCHIVO: f"{dicho}\n\nIndicadores que el público no ve:\n{suyos}".encode()}
