"""Lo que se sabe de un cuaderno sin ejecutarlo: qué lee, qué dice y qué lo detendría."""
