"""Intercambio con quienes no usan git: planillas, recepción de archivos, plan de recojo y matriz de CEPLAN."""
