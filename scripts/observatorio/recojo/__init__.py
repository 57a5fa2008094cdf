"""Cómo entran los datos: planillas, tablas, encuestas, plan de recojo y matriz del CEPLAN."""
