"""JupyterLab se abre en español y sin preguntar por noticias, también con la configuración de quien
lo usa.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from observatorio.ordenes.cuadernos import con_ajustes

PREGUNTA = """
import json, sys
from jupyterlab_server.settings_utils import _get_overrides
from jupyterlab_server.translation_utils import get_language_packs
print(json.dumps([_get_overrides(sys.argv[1])[0], list(get_language_packs()[0])]))
"""


def test_en_espanol_y_sin_noticias(tmp_path: Path) -> None:
    propia = tmp_path / "propia" / "labconfig"
    propia.mkdir(parents=True)
    tema = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
    (propia / "default_setting_overrides.json").write_text(json.dumps(tema), encoding="utf-8")
    entorno = con_ajustes({"JUPYTER_CONFIG_PATH": str(propia.parent), "HOME": str(tmp_path)})
    r = subprocess.run(
        [sys.executable, "-c", PREGUNTA, str(tmp_path)],
        env=entorno,
        capture_output=True,
        text=True,
        check=True,
    )
    ajustes, lenguas = json.loads(r.stdout)
    assert ajustes["@jupyterlab/translation-extension:plugin"]["locale"] in lenguas
    assert ajustes["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert ajustes["@jupyterlab/apputils-extension:themes"]["theme"] == "JupyterLab Dark"
