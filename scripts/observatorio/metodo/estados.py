"""Los estados de un KPI: palabra, icono, color y frase. El color nunca es la única señal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estado:
    """Cómo se dice y se dibuja un estado; ``tinta`` sobre ``fondo`` cumple WCAG AA (4.5 : 1)."""

    id: str
    nombre: str
    icono: str
    tinta: str
    fondo: str
    frase: str
    evaluado: bool


ESTADOS: tuple[Estado, ...] = (
    Estado("alcanzado", "alcanzado", "★", "#0b4a6f", "#d6ebf8", "La meta ya se cumplió.", True),
    Estado("en-ruta", "en ruta", "●", "#14532d", "#d8f0dd", "Avanza al menos al 95 % del paso esperado.", True),
    Estado("requiere-acelerar", "requiere acelerar", "▲", "#713f12", "#fdf0c3", "Avanza entre el 60 % y el 95 % del paso esperado.", True),
    Estado("rezagado", "rezagado", "■", "#7c2d12", "#fde0cc", "Avanza a menos del 60 % del paso esperado.", True),
    Estado("en-retroceso", "en retroceso", "▼", "#7f1d1d", "#fbdada", "Está peor que en la línea de base.", True),
    Estado("dato-vencido", "dato vencido", "◐", "#374151", "#e8e8ee", "El último dato es demasiado antiguo para decir cómo va.", False),
    Estado("sin-linea-de-base", "sin línea de base", "○", "#374151", "#e8e8ee", "No hay un punto de partida comparable.", False),
    Estado("sin-meta", "sin meta", "◇", "#374151", "#e8e8ee", "El comité aún no fijó la meta.", False),
    Estado("dato-protegido", "dato protegido", "◆", "#374151", "#e8e8ee", "Se conoce, pero no se publica para no identificar a nadie.", False),
    Estado("sin-datos", "sin datos", "–", "#374151", "#e8e8ee", "No hay ningún dato posterior a la línea de base.", False),
)
POR_NOMBRE = {e.nombre: e for e in ESTADOS}
EVALUADOS = tuple(e.nombre for e in ESTADOS if e.evaluado)
