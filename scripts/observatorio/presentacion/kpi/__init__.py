"""La página de un KPI, por partes: qué dice, cómo se calcula y por qué está donde está."""
