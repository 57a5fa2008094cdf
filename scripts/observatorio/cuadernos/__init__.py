"""Ejecución de los cuadernos parametrizados con papermill."""
