"""Los datos que se descargan y lo que los describe."""
