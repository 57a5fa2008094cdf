#!/bin/sh
# Prepara .venv con las versiones fijadas: con uv donde se pueda, si no con pip. Todo queda dentro del proyecto.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Se necesita Python 3.11 o posterior; hay $("$python" --version 2>&1). Instálelo o indique otro con PYTHON=..." >&2
  exit 1
}
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "Preparando el entorno en .venv (una sola vez)…"
# Cada archivo que se descarga debe tener la suma escrita en requirements*.txt: lo alterado no se instala. El propio
# paquete se arma con el setuptools de esa lista, sin descargar otro.
fijado="--require-hashes -r requirements.txt -r requirements-pruebas.txt"
propio="--no-deps --no-build-isolation -e ."
con_pip() {
  .venv/bin/python -m pip --disable-pip-version-check -q install "$@"
}
con_uv() {
  .venv/bin/python -m uv pip install -q --system-certs -p .venv/bin/python "$@"
}
{ con_pip --require-hashes -r requirements-uv.txt && con_uv $fijado && con_uv $propio; } 2>/dev/null || {
  echo "No se puede usar uv: se instala con pip, que tarda unos minutos."
  con_pip $fijado && con_pip $propio
}
# El enlace al programa, por una ruta relativa: con LC_ALL=C, Python no arranca si la absoluta lleva tildes.
for enlace in .venv/lib/python*/site-packages/__editable__.observatorio_misiones-*.pth; do
  if [ -f "$enlace" ]; then echo "../../../../scripts" >"$enlace"; fi
done
# Con los módulos ya compilados, cada orden arranca tres veces más rápido (muchas máquinas prohíben compilarlos al vuelo).
.venv/bin/python -m compileall -q -j 0 -x '/(tests?|debugpy|jedi|pandas|setuptools|pip)/' .venv/lib scripts >/dev/null || true
# Vega y la tipografía del navegador salen enteras de los paquetes: se hacen ahora y no en la primera construcción.
.venv/bin/python -c 'from pathlib import Path; from observatorio.productos.activos import de_paquetes; from observatorio.rutas import Proyecto; de_paquetes(Proyecto(Path.cwd()))'
if git rev-parse --git-dir >/dev/null 2>&1; then
  git config filter.nbstripout.clean ".venv/bin/python -m nbstripout"
  git config filter.nbstripout.smudge cat
fi
command -v quarto >/dev/null 2>&1 || echo "Quarto no está instalado: se usa el motor embebido, que da el mismo sitio."
