"""La matriz del CEPLAN de ida y vuelta: del catálogo a la hoja y de la hoja al catálogo."""
