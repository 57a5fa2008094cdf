"""Las claves por contenido, las ediciones en disco y lo que se publicó antes; no calcula nada."""
