"""De los resultados a los archivos que se publican."""
