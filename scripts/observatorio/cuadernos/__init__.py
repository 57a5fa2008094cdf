"""La cara del analista, la ejecución de cuadernos y su forma publicada."""
