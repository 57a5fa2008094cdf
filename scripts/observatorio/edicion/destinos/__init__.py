"""Adónde se publica una edición: una carpeta que sirve un servidor web, la rama gh-pages o un zip."""
