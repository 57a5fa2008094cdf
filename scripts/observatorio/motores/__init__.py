"""Los dos motores que convierten el proyecto en sitio y boletines: Quarto y el embebido."""
