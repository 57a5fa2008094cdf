"""El método: de la tabla pública a avance, ritmo, estado y agregados."""
