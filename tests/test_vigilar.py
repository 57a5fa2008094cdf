"""Un servidor propio: publica al cambiar los datos, junta los guardados seguidos y sobrevive a los datos malos."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import apoyo_publicacion
from observatorio.edicion import ediciones
from observatorio.vigilar import vigilar

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos


def esperar(condicion: Callable[[], bool], segundos: float = 180) -> None:
    limite = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < limite, "no ocurrió a tiempo"
        time.sleep(0.1)


def test_publica_lo_bueno_y_sobrevive_a_lo_malo(dos, tmp_path: Path) -> None:
    proyecto, (_, segunda) = dos
    destino, dicho, parar = tmp_path / "web", [], threading.Event()
    hilo = threading.Thread(target=vigilar, args=(proyecto, str(destino), "embebido", parar, dicho.append, 400))
    hilo.start()
    try:
        esperar(lambda: dicho.count("al día") == 1)
        assert ediciones.identificador_de(destino) == segunda.name
        csv = proyecto.observaciones / "m4-nutricion.csv"
        bueno = csv.read_bytes()
        csv.write_bytes(bueno + b"M4-K99,2025,130809,total,,1,,,sien-his,2026-01-31,validado,demostracion,\n")
        esperar(lambda: any("sigue viva" in d for d in dicho))
        assert any("kpi-desconocido" in d for d in dicho) and ediciones.identificador_de(destino) == segunda.name
        csv.write_bytes(bueno)
        for i in range(5):
            with (proyecto.raiz / "index.qmd").open("a", encoding="utf-8") as pagina:
                pagina.write(f"\nLínea {i}.\n")
            time.sleep(0.02)
        esperar(lambda: ediciones.identificador_de(destino) != segunda.name)
        assert "Línea 4" in (destino / "index.html").read_text(encoding="utf-8")
    finally:
        parar.set()
        hilo.join(60)
    assert not hilo.is_alive()
    assert len([d for d in dicho if d.startswith(("cambió", "primera"))]) <= 4, "los guardados seguidos se juntan"
