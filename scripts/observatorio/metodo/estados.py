"""Los estados de un KPI: palabra, icono, color y frase. El color nunca es la única señal."""

from __future__ import annotations

from dataclasses import dataclass

from ..catalogo.territorio import Bandas


@dataclass(frozen=True, slots=True)
class Estado:
    """Cómo se dice y se dibuja un estado; ``tinta`` sobre ``fondo`` cumple WCAG AA (4.5 : 1).

    ``frase`` puede citar los cortes del ritmo, ``{ruta}`` y ``{acelerar}``: la dice ``dicho``.
    """

    id: str
    nombre: str
    icono: str
    tinta: str
    fondo: str
    frase: str
    evaluado: bool
    varios: str = ""
    """Cómo se dice de más de uno, si cambia: «rezagados»."""

    def contado(self, cuantos: int) -> str:
        """El nombre que concuerda con cuántos indicadores están así: «1 rezagado», «2
        rezagados».
        """
        return self.varios if self.varios and cuantos != 1 else self.nombre

    def dicho(self, bandas: Bandas) -> str:
        """La frase, con los cortes que rigen."""
        ruta, acelerar = (f"{100 * b:g}\u202f%" for b in (bandas.en_ruta, bandas.requiere_acelerar))
        return self.frase.format(ruta=ruta, acelerar=acelerar)


PROTEGIDO = "dato protegido"
RETROCESO = "en retroceso"
ESTADOS: tuple[Estado, ...] = (
    Estado(
        "alcanzado",
        "alcanzado",
        "★",
        "#0b4a6f",
        "#d6ebf8",
        "La meta ya se cumplió.",
        True,
        "alcanzados",
    ),
    Estado(
        "en-ruta",
        "en ruta",
        "●",
        "#14532d",
        "#d8f0dd",
        "Avanza al menos al {ruta} del paso esperado.",
        True,
    ),
    Estado(
        "requiere-acelerar",
        "requiere acelerar",
        "▲",
        "#713f12",
        "#fdf0c3",
        "Avanza entre el {acelerar} y el {ruta} del paso esperado.",
        True,
        "requieren acelerar",
    ),
    Estado(
        "rezagado",
        "rezagado",
        "■",
        "#7c2d12",
        "#fde0cc",
        "Avanza a menos del {acelerar} del paso esperado.",
        True,
        "rezagados",
    ),
    Estado(
        "en-retroceso",
        RETROCESO,
        "▼",
        "#7f1d1d",
        "#fbdada",
        "Está peor que en la línea de base.",
        True,
    ),
    Estado(
        "dato-vencido",
        "dato vencido",
        "◐",
        "#374151",
        "#e8e8ee",
        "El último dato es demasiado antiguo para decir cómo va.",
        False,
        "datos vencidos",
    ),
    Estado(
        "sin-linea-de-base",
        "sin línea de base",
        "○",
        "#374151",
        "#e8e8ee",
        "No hay un punto de partida comparable.",
        False,
    ),
    Estado(
        "sin-meta", "sin meta", "◇", "#374151", "#e8e8ee", "El comité aún no fijó la meta.", False
    ),
    Estado(
        "dato-protegido",
        PROTEGIDO,
        "◆",
        "#374151",
        "#e8e8ee",
        "Se conoce, pero no se publica para no identificar a nadie.",
        False,
        "datos protegidos",
    ),
    Estado(
        "sin-datos",
        "sin datos",
        "–",
        "#374151",
        "#e8e8ee",
        "No hay ningún dato posterior a la línea de base.",
        False,
    ),
)
POR_NOMBRE = {e.nombre: e for e in ESTADOS}
EVALUADOS = tuple(e.nombre for e in ESTADOS if e.evaluado)
