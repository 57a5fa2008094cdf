"""De los archivos de ``data/`` a una tabla de observaciones validada."""
