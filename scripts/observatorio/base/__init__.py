"""Lo que no sabe de misiones: archivos, candados, huellas, periodos, cifras, texto y YAML
estricto.
"""
