"""Datos de demostración: series verosímiles, deterministas y marcadas como tales en cada fila.

Se lee el catálogo y el territorio, y se escribe un CSV de observaciones por misión. Nada de lo que
sale de aquí es una medición.
"""
