"""Nombre y versiones del motor embebido, sin importar nada de él: forman parte de toda clave."""

from __future__ import annotations

from importlib.metadata import version


def motor_embebido() -> str:
    return f"embebido pandoc-{version('pypandoc_binary')} typst-{version('typst')}"
