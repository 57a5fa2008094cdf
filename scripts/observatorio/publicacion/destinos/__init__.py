"""Adónde va una edición: una carpeta, una rama de git o un zip."""
