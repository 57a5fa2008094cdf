"""Las páginas que alguien escribe: dónde están, qué dicen y qué no se les admite, antes de
construir.
"""
