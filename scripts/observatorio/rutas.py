"""Dónde vive cada cosa dentro de un proyecto; una sola fuente de nombres de carpetas."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .errores import ErrorDeUso

OCULTOS = (".", "~")
"""Con qué empieza el nombre de lo que deja un editor a medio guardar: no es una entrada ni se
lee.
"""
CARPETA_DE_TYPST = "typst-"
"""Cómo empieza, en ``.trabajo/``, la carpeta pasajera en la que se compila cada boletín."""
CARPETA_DE_QUARTO = "quarto-"
"""Cómo empieza, en ``.trabajo/``, la carpeta pasajera de las partes que renderiza Quarto."""
CARPETAS_GENERADAS = (
    "datos",
    "activos",
    "analisis",
    "indicadores",
    "anexos",
    "cambios",
    "buscar",
)
"""Las de la raíz que hace la construcción enteras; se pueden borrar."""
PAGINAS_GENERADAS = ("404.html", "sitemap.xml", "novedades.xml", "robots.txt")
DE_LA_CONSTRUCCION = frozenset(
    {*CARPETAS_GENERADAS, *PAGINAS_GENERADAS, "ediciones", "_site", "_borrador"}
)
"""Lo que, en la raíz, es de una construcción entero."""


@dataclass(frozen=True, slots=True)
class Proyecto:
    """Un proyecto de observatorio, identificado por su carpeta raíz."""

    raiz: Path

    @classmethod
    def encontrar(cls, desde: Path | None = None) -> Proyecto:
        """Sube desde ``desde`` hasta la carpeta con ``_quarto.yml`` y ``data/territorio.yml``.

        Lanza ``ErrorDeUso`` si no hay ninguna.
        """
        try:
            inicio = (desde or Path(os.environ.get("OBSERVATORIO_RAIZ", "."))).resolve()
        except FileNotFoundError:
            raise ErrorDeUso(
                "la carpeta en la que está esta ventana ya no existe: entre otra vez en la del"
                " proyecto (cd CARPETA) y repita la orden"
            ) from None
        for carpeta in (inicio, *inicio.parents):
            if (carpeta / "_quarto.yml").is_file() and (carpeta / "data").is_dir():
                return cls(carpeta)
        raise ErrorDeUso(
            f"«{inicio}» no está dentro de un proyecto del observatorio (falta _quarto.yml y"
            " data/). Entre en la carpeta del proyecto o use --raiz CARPETA."
        )

    @property
    def data(self) -> Path:
        return self.raiz / "data"

    @property
    def territorio(self) -> Path:
        return self.data / "territorio.yml"

    @property
    def fuentes(self) -> Path:
        return self.data / "fuentes.yml"

    def contiene(self, ruta: Path) -> bool:
        """Si un archivo está de verdad dentro del proyecto, también por sus enlaces."""
        return ruta.resolve().is_relative_to(self.raiz.resolve())

    @property
    def observaciones(self) -> Path:
        return self.data / "observaciones"

    @property
    def recibos(self) -> Path:
        """Lo recibido por ``observatorio importar``: una carpeta por recibo, que nunca se edita."""
        return self.observaciones / "recibos"

    def archivos_de_observaciones(self) -> list[Path]:
        """Todos los CSV de observaciones, en orden estable: los de la carpeta y los de cada
        recibo.
        """
        propios = [p for p in self.observaciones.glob("*.csv") if not p.name.startswith(OCULTOS)]
        return sorted(propios) + sorted(self.recibos.glob("*/observaciones.csv"))

    @property
    def correcciones(self) -> Path:
        return self.data / "correcciones.csv"

    @property
    def justificaciones(self) -> Path:
        return self.data / "justificaciones.csv"

    @property
    def clave_de_huellas(self) -> Path:
        """La clave de las huellas de los datos que se publican: en su primera línea."""
        return self.data / "clave-de-huellas.txt"

    @property
    def comites(self) -> Path:
        return self.data / "gobernanza" / "comites.yml"

    @property
    def nombres_oficiales(self) -> Path:
        return self.data / "nombres-oficiales.yml"

    @property
    def cambios_del_catalogo(self) -> Path:
        return self.data / "gobernanza" / "cambios-del-catalogo.yml"

    @property
    def calendario_de_sesiones(self) -> Path:
        return self.data / "gobernanza" / "calendario.yml"

    @property
    def sesiones(self) -> Path:
        """El libro de actas: una sesión por archivo; la cerrada nunca se edita."""
        return self.data / "gobernanza" / "sesiones"

    @property
    def comentarios(self) -> Path:
        """Lo que se comentó de cada producto y qué se respondió."""
        return self.data / "gobernanza" / "comentarios.yml"

    @property
    def decisiones(self) -> Path:
        """Qué se decidió con qué dato, y qué se observó después."""
        return self.data / "gobernanza" / "decisiones.yml"

    @property
    def boletines_de_sesion(self) -> Path:
        """Lo que cada comité llevó a su sesión, con las cifras que vio."""
        return self.data / "gobernanza" / "boletines"

    @property
    def actas_hechas(self) -> Path:
        """Lo que consta del acta firmada de cada sesión: huellas y resultado, sin el original."""
        return self.data / "gobernanza" / "actas"

    @property
    def versiones(self) -> Path:
        """El contenido exacto de cada versión que se envió a un comité, por su huella."""
        return self.data / "gobernanza" / "versiones"

    @property
    def cualitativo(self) -> Path:
        """Narraciones y sus códigos: reservado; solo ``observatorio.cualitativo`` lo lee."""
        return self.data / "cualitativo"

    @property
    def reservado(self) -> Path:
        """Narraciones de verdad, cifradas: fuera de git, y solo ``observatorio voces`` la toca."""
        return self.raiz / "reservado" / "voces"

    @property
    def actas_firmadas(self) -> Path:
        """Los originales de las actas, cifrados: llevan nombres, y no van en git."""
        return self.raiz / "reservado" / "actas"

    @property
    def modelos(self) -> Path:
        """Los papeles de un comité, para copiar y llenar."""
        return self.raiz / "guias" / "modelos"

    @property
    def papeles(self) -> Path:
        """Lo que se hace para imprimir y firmar: se puede borrar y hacer otra vez."""
        return self.raiz / "papeles"

    @property
    def tanda(self) -> Path:
        """Lo que se publica de las narraciones de verdad, tal como quedó en la última tanda."""
        return self.cualitativo / "tanda.json"

    @property
    def correo(self) -> Path:
        """Direcciones, clave y diario de los envíos: fuera de git."""
        return self.raiz / "reservado" / "correo"

    @property
    def retiros(self) -> Path:
        """El registro de las narraciones retiradas: fecha, huella y motivo, sin contenido."""
        return self.cualitativo / "retiros.csv"

    @property
    def memoria_publica(self) -> Path:
        """En el taller de una edición restringida, la raíz de la memoria de lo que vio el
        público.
        """
        return self.raiz / "ciudadano"

    @property
    def niveles(self) -> Path:
        """Los talleres de las ediciones restringidas, uno por nivel: fuera de git."""
        return self.raiz / "reservado" / "niveles"

    @property
    def publicada(self) -> Path:
        """Las celdas ya publicadas; solo «publicar» la cambia."""
        return self.data / "publicada" / "celdas.csv"

    @property
    def correcciones_publicadas(self) -> Path:
        """Las correcciones que rigieron en alguna edición publicada; solo «publicar» la cambia."""
        return self.data / "publicada" / "correcciones.csv"

    @property
    def unidades(self) -> Path:
        return self.data / "unidades.csv"

    @property
    def misiones(self) -> Path:
        return self.raiz / "misiones"

    @property
    def analisis(self) -> Path:
        """Páginas generadas de los análisis propios; sus cuadernos viven en
        ``notebooks/analisis``.
        """
        return self.raiz / "analisis"

    @property
    def cuadernos(self) -> Path:
        return self.raiz / "notebooks"

    @property
    def cuaderno_de_mision(self) -> Path:
        """El que se ejecuta una vez por misión."""
        return self.cuadernos / "mision.ipynb"

    @property
    def extension(self) -> Path:
        return self.raiz / "_extensions" / "observatorio"

    @property
    def datos_publicos(self) -> Path:
        return self.raiz / "datos"

    @property
    def activos(self) -> Path:
        return self.raiz / "activos"

    @property
    def trabajo(self) -> Path:
        """Productos intermedios (tabla pública, piezas, caché por contenido); se puede borrar."""
        return self.raiz / ".trabajo"

    def cabeza(self, salida: str) -> Path:
        """Lo que lleva dentro de ``<head>`` la página que se publica en ``salida``, si lo lleva:
        el filtro de la extensión lo busca por el mismo nombre.
        """
        nombre = salida.removesuffix(".html").replace("/", "-")
        return self.trabajo / "cabezas" / f"{nombre}.html"

    @property
    def ediciones(self) -> Path:
        return self.raiz / "ediciones"

    @property
    def sitio(self) -> Path:
        return self.raiz / "_site"

    def relativa(self, ruta: Path) -> str:
        """Ruta respecto de la raíz, con barras, como se muestra en los mensajes."""
        dentro = str(ruta).removeprefix(f"{self.raiz}{os.sep}")
        if dentro != str(ruta):  # casi siempre: construir rutas para esto cuesta diez veces más
            return dentro.replace(os.sep, "/")
        return Path(ruta).absolute().relative_to(self.raiz).as_posix()
