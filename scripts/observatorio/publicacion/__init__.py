"""Publicar, vigilar, verificar, respaldar y entregar una edición ya construida."""
