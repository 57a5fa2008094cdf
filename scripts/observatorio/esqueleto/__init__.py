"""El esqueleto de un observatorio nuevo, y lo que en él falta llenar."""
