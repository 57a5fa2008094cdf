"""Los gráficos: de la especificación de Altair al dibujo, igual en la página, en el papel y en el
navegador.
"""
