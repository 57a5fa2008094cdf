"""El catálogo de misiones, OKR y KPI, y los parámetros del territorio."""

from .lectura import Catalogo, cargar, leer

__all__ = ["Catalogo", "cargar", "leer"]
