"""Claves por contenido y ediciones atómicas."""
