"""Las observaciones: leerlas, corregirlas, revisarlas y darles tipo; lo que no vale se dice
entero.
"""
