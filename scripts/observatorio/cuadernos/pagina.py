"""Del cuaderno ejecutado a su carpeta: la página para los motores y el cuaderno para descargar.

De cada cuaderno se recuerda con qué clave se publicó y qué gráficos usa: el que no cambió ni
siquiera se lee.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..base.escapes import markdown, yaml
from ..base.escritura import escribir_atomico, escribir_json_atomico
from ..base.huellas import huella
from ..catalogo import Catalogo
from ..catalogo.cuadernos.analisis import Analisis
from ..catalogo.naturalezas import ROTULOS
from ..errores import ErrorDeEjecucion
from ..presentacion import nivel
from ..presentacion.graficos.dibujante import Dibujante
from ..presentacion.imagenes import PREFIJO
from ..rutas import Proyecto
from . import normalizar
from .salidas import Leido, leido

PAGINA, BOLETIN = "index.ipynb", "boletin.pdf"
GENERADOS = ("*.ipynb", f"{PREFIJO}*.*")


@dataclass(frozen=True, slots=True)
class Destino:
    """Adónde va un cuaderno ejecutado, con qué nombre se descarga y qué encabezado lleva (según su
    clave y lo que abrió). ``fuente``: el del autor, desde la raíz. ``dicho`` llena las marcas de
    sus textos. ``uso``: el aviso de una edición restringida, que el descargado lleva.
    """

    fuente: str
    carpeta: Path
    descarga: str
    frente: Callable[[str, Leido], str]
    dicho: Callable[[str], str]
    uso: str = ""

    @property
    def archivos(self) -> list[Path]:
        return [self.carpeta / PAGINA, self.carpeta / self.descarga]

    def salidas(self, proyecto: Proyecto) -> list[str]:
        """Su página y, si tiene, su boletín: rutas en el sitio."""
        return [f"{proyecto.relativa(self.carpeta)}/{n}" for n in ("index.html", BOLETIN)]


def destinos(
    proyecto: Proyecto,
    catalogo: Catalogo,
    analisis: Iterable[Analisis],
    aprobadas: Mapping[str, str],
) -> dict[str, Destino]:
    """El destino de cada misión y de cada análisis, por su nombre; ``aprobadas``: slug → cómo está
    aprobada.
    """
    uso, lugar = nivel.aviso(catalogo), catalogo.territorio.anexos_se_llaman
    de_misiones = {
        m.slug: Destino(
            proyecto.relativa(proyecto.cuaderno_de_mision),
            proyecto.misiones / m.slug,
            "indicadores.ipynb",
            partial(_frente_de_mision, catalogo, m.slug, aprobadas[m.slug]),
            lugar.lleno,
            uso,
        )
        for m in catalogo.misiones
    }
    return de_misiones | {
        a.nombre: Destino(
            proyecto.relativa(a.cuaderno),
            proyecto.analisis / a.slug,
            "cuaderno.ipynb",
            partial(_frente_de_analisis, a.dicho(lugar)),
            lugar.lleno,
            uso,
        )
        for a in analisis
    }


class PaginasDeCuadernos:
    """``encargar`` en cuanto un cuaderno está ejecutado; ``escribir`` cuando sus gráficos están
    dibujados.
    """

    def __init__(
        self, proyecto: Proyecto, dibujante: Dibujante, destinos: Mapping[str, Destino]
    ) -> None:
        self.proyecto, self.dibujante, self.destinos = proyecto, dibujante, destinos
        self._graficos: dict[str, dict[str, str]] = {}

    def encargar(self, slug: str, ejecutado: Path) -> None:
        """Encarga los gráficos que la página necesita."""
        conocido = self._memoria(slug)
        if conocido.get("clave") == self._clave(slug, ejecutado):
            self._graficos[slug] = conocido["graficos"]
            self.dibujante.conservar(conocido["graficos"].values())
        else:
            especificaciones = normalizar.graficos(normalizar.leer(ejecutado))
            self._graficos[slug] = {
                normalizar.titulo(e): normalizar.identificador(e) for e in especificaciones
            }
            self.dibujante.encargar(especificaciones)

    def graficos(self, ejecutados: Iterable[str]) -> dict[str, dict[str, str]]:
        """Los de cada cuaderno, ya encargados: título → identificador."""
        return {slug: self._graficos[slug] for slug in ejecutados}

    def quitar_sobrantes(self, ejecutados: Iterable[str]) -> None:
        """Quita lo de las misiones y los análisis que ya no existen."""
        vigentes = {p for d in self.destinos.values() for p in d.archivos} | {
            self.destinos[slug].carpeta / nombre
            for slug in ejecutados
            for nombre in self._memoria(slug)["imagenes"]
        }
        carpetas = (self.proyecto.misiones, self.proyecto.analisis)
        hallados = {p for c in carpetas for forma in GENERADOS for p in c.glob(f"*/{forma}")}
        for viejo in hallados - vigentes:
            viejo.unlink()

    def escribir(self, ejecutados: Mapping[str, Path]) -> None:
        """Escribe lo que cambió de estos cuadernos, sin tocar los demás. Lanza ``ErrorDeEjecucion``
        con los gráficos que no se pueden dibujar, cada uno con su cuaderno.
        """
        fallos = []
        for slug, ruta in ejecutados.items():
            try:
                self._una(slug, ruta)
            except ErrorDeEjecucion as e:
                fallos += [f"{self.destinos[slug].fuente}: {x}" for x in str(e).splitlines()]
        if fallos:
            raise ErrorDeEjecucion("\n".join(dict.fromkeys(fallos)))

    def _una(self, slug: str, ejecutado: Path) -> None:
        destino = self.destinos[slug]
        destinos = destino.archivos
        clave, conocido = self._clave(slug, ejecutado), self._memoria(slug)
        imagenes = [destino.carpeta / n for n in conocido.get("imagenes", [])]
        if conocido.get("clave") == clave and conocido["sumas"] == _sumas([*destinos, *imagenes]):
            return
        cuaderno = normalizar.con_sus_palabras(normalizar.leer(ejecutado), destino.dicho)
        producto = clave_del_producto(ejecutado)
        especificaciones = normalizar.graficos(cuaderno)
        self.dibujante.encargar(especificaciones)
        self.dibujante.recoger(map(normalizar.identificador, especificaciones))
        frente = destino.frente(producto, leido(cuaderno))
        pagina = normalizar.publicable(cuaderno, frente, self.dibujante.svg, destino.fuente)
        for nombre, contenido in pagina.imagenes.items():
            escribir_atomico(destino.carpeta / nombre, contenido)
        normalizar.escribir(
            destinos[0], normalizar.con_producto(pagina.cuaderno, producto, destinos[1].name)
        )
        descargable = normalizar.descargable(cuaderno, self.dibujante.svg, destino.uso)
        normalizar.escribir(
            destinos[1], normalizar.con_producto(descargable, producto, destinos[1].name)
        )
        imagenes = sorted(pagina.imagenes)
        sumas = _sumas([*destinos, *(destino.carpeta / n for n in imagenes)])
        escribir_json_atomico(
            self._ruta(slug),
            {
                "clave": clave,
                "graficos": self._graficos[slug],
                "imagenes": imagenes,
                "sumas": sumas,
            },
        )

    def _clave(self, slug: str, ejecutado: Path) -> str:
        """El nombre del ejecutado lleva su clave, que ya incluye datos, cuaderno, programa y
        versiones.
        """
        return huella(
            ejecutado.stem,
            self.destinos[slug].frente("", Leido()),
            self.destinos[slug].uso,
            self.dibujante.version,
        )

    def _memoria(self, slug: str) -> dict:
        try:
            return json.loads(self._ruta(slug).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def _ruta(self, slug: str) -> Path:
        return self.proyecto.trabajo / "publicados" / f"{slug}.json"


def clave_del_producto(ejecutado: Path) -> str:
    """La clave que lleva el nombre de un cuaderno ejecutado: identifica su página, su boletín y su
    cuaderno.
    """
    return ejecutado.stem.rsplit("-", 1)[1]


def _sumas(destinos: list[Path]) -> list[str]:
    return [huella(p.read_bytes()) if p.is_file() else "" for p in destinos]


def _frente_de_mision(catalogo: Catalogo, slug: str, aprobada: str, clave: str, _: Leido) -> str:
    """Encabezado YAML de la página de una misión: los dos formatos viven aquí, y no en la
    carpeta.
    """
    mision = catalogo.mision(slug)
    campos = {
        "title": markdown(f"{mision.codigo} · {mision.nombre}"),
        "description": markdown(mision.meta_2030),
        "mision": mision.codigo,
        "clave": clave,
        "aprobacion": markdown(aprobada),
        "direccion": markdown(
            f"{catalogo.territorio.sitio.direccion.rstrip('/')}/misiones/{slug}/"
        ),
    }
    return (
        _yaml(campos)
        + "\nformat:\n  observatorio-html: default\n  observatorio-typst:\n    output-file:"
        f" {BOLETIN}"
    )


def _frente_de_analisis(analisis: Analisis, clave: str, abierto: Leido) -> str:
    """Encabezado YAML de un análisis: si algo de lo que abrió es de demostración, lo dice su
    título y un aviso; de dónde sale todo, su sello.
    """
    campos: dict[str, object] = {
        "title": markdown(analisis.titulo),
        "description": markdown(analisis.resumen),
        "analisis": True,
        "clave": clave,
    }
    if abierto.demostracion:
        demo = ROTULOS["demostracion"]
        campos["demostracion"] = {
            "etiqueta": markdown(demo.etiqueta),
            "leyenda": markdown(demo.leyenda),
        }
    if abierto.sello:
        campos["procedencia"] = markdown(abierto.sello["procedencia"])
    return _yaml(campos)


def _yaml(campos: Mapping[str, object]) -> str:
    return "\n".join(f"{nombre}: {yaml(valor)}" for nombre, valor in campos.items())
