"""Cómo se ve una cifra: números, tablas, gráficos y piezas, iguales en página, boletín y descarga."""
