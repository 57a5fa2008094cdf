"""Los registros que toda etapa posterior puede conocer, y su escritura y lectura en un solo
sitio.
"""
