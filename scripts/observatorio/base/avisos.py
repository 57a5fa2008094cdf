"""A quién se avisa de lo que va pasando en un trabajo largo."""

from __future__ import annotations

from collections.abc import Callable

Avisar = Callable[[str], None]


def callar(_: str) -> None:
    """No avisa."""
