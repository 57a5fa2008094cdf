#!/bin/sh
# Guarda lo anotado en data/publicada encima de lo último de la rama, aunque alguien haya subido algo entretanto.
# Uso: sh scripts/anotar.sh RAMA MENSAJE. Deja la copia de trabajo con las entradas que tenía.
set -eu
rama=$1 mensaje=$2
git add data/publicada
git diff --cached --quiet && exit 0
git commit --quiet --message "$mensaje"
anotado=$(git rev-parse HEAD)
for pausa in 1 2 4 8 16; do
  git fetch --quiet origin "$rama"
  git checkout --quiet --detach "$anotado"
  git rebase --quiet FETCH_HEAD || { git rebase --abort; exit 1; }
  if git push --quiet origin "HEAD:$rama"; then
    git checkout --quiet --detach "$anotado"
    exit 0
  fi
  sleep "$pausa"
done
echo "No se pudo guardar lo anotado en «$rama»: no se publica nada." >&2
exit 1
