"""Los reportes, las tablas y las encuestas de otros, leídos con un mapeo."""
