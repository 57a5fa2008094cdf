# Cada objetivo tiene su orden «observatorio» equivalente (para Windows): véase README.md
SHELL := /bin/sh
.DEFAULT_GOAL := ayuda
PY := .venv/bin/python
OBS := .venv/bin/observatorio
LISTO := .venv/.listo
FIJAR := $(PY) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate

export XDG_CACHE_HOME := $(CURDIR)/.cache
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/run
export MPLCONFIGDIR := $(CURDIR)/.cache/mpl
export PYTHONUTF8 := 1

.PHONY: ayuda entorno sitio ver preparar validar cuadernos pruebas pruebas-largas banco fijar limpiar herramientas

ayuda: ## Muestra esta ayuda
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

entorno: $(LISTO) ## Prepara .venv con las versiones fijadas

$(LISTO): requirements.txt requirements-pruebas.txt requirements-uv.txt pyproject.toml scripts/entorno.sh
	@sh scripts/entorno.sh
	@touch $(LISTO)

sitio: $(LISTO) ## Construye el sitio y los boletines en _site/
	@$(OBS) construir

ver: $(LISTO) ## Sirve el sitio y rehace lo que cambia
	@$(OBS) ver

preparar: $(LISTO) ## Escribe lo generado, para renderizar después con Quarto a mano
	@$(OBS) preparar

validar: $(LISTO) ## Revisa los datos y el catálogo
	@$(OBS) validar

cuadernos: $(LISTO) ## Abre JupyterLab en notebooks/
	@$(OBS) cuadernos

herramientas: ## Instala Chromium, LibreOffice y R para las pruebas (solo root en Debian)
	@sh scripts/herramientas.sh

# Ya hay un proceso de prueba por núcleo: más hilos de Polars solo se estorban (un quinto del gasto).
pruebas pruebas-largas: export POLARS_MAX_THREADS := 1

pruebas: $(LISTO) herramientas ## Corre todas las pruebas
	@$(PY) -m pytest -n auto --dist worksteal -m "not largo"

pruebas-largas: $(LISTO) ## Corre también los bucles largos, completos
	@OBSERVATORIO_LARGO=1 sh scripts/herramientas.sh
	@OBSERVATORIO_LARGO=1 $(PY) -m pytest -n auto --dist worksteal

banco: $(LISTO) ## Mide la construcción y la compara con papermill a secas
	@$(PY) scripts/bancos/construccion.py

fijar: $(LISTO) ## Vuelve a fijar requirements*.txt, con sus sumas, desde los .in
	@$(FIJAR) requirements-uv.in -o requirements-uv.txt
	@$(FIJAR) requirements.in -o requirements.txt
	@$(FIJAR) -c requirements.txt requirements-pruebas.in -o requirements-pruebas.txt

limpiar: ## Borra todo lo generado menos las ediciones
	@rm -rf .trabajo activos datos _borrador 404.html sitemap.xml novedades.xml robots.txt misiones/*/index.ipynb misiones/*/indicadores.ipynb misiones/*/imagen-* analisis indicadores anexos cambios buscar
