"""La hoja que un responsable llena y devuelve, y el formulario de encuesta."""
