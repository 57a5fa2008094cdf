"""El ejemplo en R de *Datos*: rehace el estado de un indicador con lo que se descarga, y con otro
programa.
"""

from __future__ import annotations

from ..presentacion.pieza import esc
from ..resultados.resultados import Resultados

CODIGO = r"""library(jsonlite)  # si falta: install.packages("jsonlite")

# La carpeta del sitio, o su dirección; el indicador que se rehace, y de qué lugar.
sitio <- "."
codigo <- "@kpi@"
lugar <- "@lugar@"

leer <- function(...) fromJSON(paste(sitio, "datos", ..., sep = "/"))
kpi <- leer("kpi", paste0(codigo, ".json"))
metodo <- leer("metodo.json")
if (is.null(kpi$avance)) {
  stop(codigo, " está «", kpi$estado, "»: no hay avance que rehacer")
}

# Cuándo termina un periodo, en meses. 2024 acaba con 12 meses de 2024; 2024-S1, con 6;
# 2024-T3, con 9; 2024-05, con 5.
fin <- function(periodo) {
  parte <- substring(periodo, 6)
  cada <- ifelse(grepl("S", parte), 6, ifelse(grepl("T", parte), 3, 1))
  cada <- ifelse(parte == "", 12, cada)
  cuantos <- ifelse(parte == "", "1", sub("[ST]", "", parte))
  12 * as.numeric(substr(periodo, 1, 4)) + cada * as.numeric(cuantos)
}

# De dónde se parte (b), adónde se va (m) y el último dato (y): de sus casos, si los hay.
base <- kpi$linea_base
b <- base$valor
m <- kpi$meta$valor
y <- kpi$ultimo$valor
medidas <- kpi$observaciones
es <- medidas$lugar == lugar & medidas$grupo == "total" & medidas$unidad == "" &
  medidas$periodo == kpi$ultimo$periodo
ultima <- medidas[es, ]
if (nrow(ultima) == 1 && !is.null(ultima$denominador) && !is.na(ultima$denominador)) {
  y <- ultima$numerador / ultima$denominador * kpi$ficha$formula$factor
}

# Cuánto se espera al cierre de ese periodo: entre dos logros, una recta; después de la
# meta, la meta.
logros <- kpi$ficha$logros_esperados
inicio <- if (is.null(base$periodo)) base$periodo_asumido else base$periodo
pasos <- fin(c(inicio, names(logros), kpi$meta$periodo))
t <- fin(kpi$ultimo$periodo)
e <- approx(pasos, c(b, as.numeric(unlist(logros)), m), t, rule = 2)$y

avance <- (y - b) / (m - b)
esperado <- (e - b) / (m - b)
ritmo <- avance / esperado

# Un dato vale hasta que se debe el siguiente, más la gracia.
meses <- c(mensual = 1, trimestral = 3, semestral = 6, anual = 12, bienal = 24)
cada <- meses[kpi$frecuencia]
if (kpi$ficha$agregacion == "suma") cada <- max(cada, 12)
corte <- fin(substr(metodo$fecha_corte, 1, 7)) - 1
vencido <- t + cada + kpi$ficha$gracia <= corte

casi <- 1e-9  # un empate en los decimales no cambia el estado
estado <- if (vencido) {
  "dato vencido"
} else if (avance >= 1 - casi) {
  "alcanzado"
} else if (avance < -casi) {
  "en retroceso"
} else if (abs(esperado) <= casi || ritmo >= metodo$bandas$en_ruta - casi) {
  "en ruta"
} else if (ritmo >= metodo$bandas$requiere_acelerar - casi) {
  "requiere acelerar"
} else {
  "rezagado"
}

cat(codigo, kpi$nombre, "\n")
cat(sprintf("avance %.4f, esperado %.4f, ritmo %.4f\n", avance, esperado, ritmo))
cat("estado rehecho:  ", estado, "\nestado publicado:", kpi$estado, "\n")
cat("naturaleza:      ", kpi$naturaleza, "\n")
"""


def pieza(r: Resultados, preferidos: tuple[str, ...]) -> str:
    """El código, con el primero de ``preferidos`` que tiene avance público; si ninguno lo tiene, el
    primero del catálogo que lo tenga.
    """
    con_avance = [
        c
        for c, e in r.evaluados.items()
        if e.avance is not None and e.publico and e.estado != "dato vencido"
    ]
    elegidos = [*(c for c in preferidos if c in con_avance), *con_avance]
    if not elegidos:
        return "<p>Todavía no hay ningún indicador con avance que rehacer.</p>"
    codigo = CODIGO.replace("@kpi@", elegidos[0]).replace("@lugar@", r.catalogo.territorio.ubigeo)
    return f"<pre><code>{esc(codigo)}</code></pre>"
