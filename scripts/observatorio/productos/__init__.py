"""Lo generado que no es un cuaderno: datos públicos, piezas de las páginas, activos y archivos web."""
