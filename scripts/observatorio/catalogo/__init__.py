"""El catálogo de misiones, OKR y KPI, y los parámetros del territorio."""

from .catalogo import Catalogo
from .lectura import cargar, leer

__all__ = ["Catalogo", "cargar", "leer"]
