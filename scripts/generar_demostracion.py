"""Genera los datos de demostración: ``python scripts/generar_demostracion.py``.

Lee ``misiones/*/hoja-de-ruta.yml``, ``data/territorio.yml``, ``data/fuentes.yml`` y
``data/unidades.csv``, y reescribe ``data/observaciones/*.csv``. Todo lo que escribe lleva
``naturaleza: demostracion``.
"""

from __future__ import annotations

from pathlib import Path

from demostracion.escribir import generar

RAIZ = Path(__file__).resolve().parent.parent


def main() -> None:
    cuentas = generar(RAIZ)
    for slug, filas in cuentas.items():
        print(f"{slug}: {filas} filas")
    print(f"total: {sum(cuentas.values())} filas de demostración en data/observaciones/")


if __name__ == "__main__":
    main()
