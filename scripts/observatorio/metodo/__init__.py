"""De la tabla pública a los indicadores: funciones puras, cada fórmula con su fuente."""
