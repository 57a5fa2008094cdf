"""Cómo se ve una cifra: números, tablas, gráficos y sellos, igual en la página y en el PDF."""
