"""Observatorio de Misiones: de los datos validados a un sitio y boletines en PDF reproducibles."""
