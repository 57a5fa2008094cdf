"""Los dos motores de páginas: el mismo proyecto entra, las mismas páginas y boletines salen."""
