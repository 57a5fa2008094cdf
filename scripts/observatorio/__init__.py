"""Observatorio de Misiones: de los datos validados a un sitio y boletines en PDF reproducibles."""

__version__ = "0.1.0"
