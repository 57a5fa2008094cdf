"""Qué cambió de una edición a otra, dicho en frases, tablas y páginas."""
