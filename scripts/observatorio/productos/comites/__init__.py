"""Lo que se hace para los comités: el libro de actas, lo que espera su decisión y las hojas de cada
sesión.
"""
