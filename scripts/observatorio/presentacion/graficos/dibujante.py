"""Dibuja los gráficos de todos los cuadernos en procesos aparte, mientras otros cuadernos se
ejecutan.

Un proceso tarda 0.4 s en tener Vega a punto, y mientras dibuja este tiene qué calcular: los que
dibujan y los que componen muchas imágenes son otros, que cargan solo lo suyo. Un gráfico se guarda
dos veces, para la página y para el papel, con el identificador de su especificación y la versión
del dibujante.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path

from ...base.huellas import huella
from ...errores import ErrorDeEjecucion
from ...procesos import CEDEN_LOS_ULTIMOS, duraderos
from .. import composicion
from .dibujo import PAPEL, a_la_cache, calentar
from .graficos import identificador

LA_MITAD = max(1, (os.cpu_count() or 2) // 2)
"""De los procesadores."""
TANDA = 3
IMAGENES = 24
"""Láminas que se componen de una vez en un proceso: la primera cuesta 50 ms más."""
POCAS = 4
"""Las que no piden procesos nuevos, que gastan en arrancar lo que veinte láminas: van a los que
dibujan, si los hay, o se componen aquí mismo.
"""


class Dibujante:
    """``encargar`` cuanto antes; ``recoger`` al final. Se usa con ``with``.

    ``version``: con qué se dibuja. ``cache_``: ver ``dibujo.dibujar``. ``grupo``: procesos que ya
    están en marcha y siguen después; sin él, los propios.
    """

    def __init__(
        self, carpeta: Path, version: str, cache_: Path | None = None, grupo: Executor | None = None
    ) -> None:
        self.carpeta, self.version, self.cache_ = carpeta, version, cache_
        self._grupo, self._ajeno = grupo, grupo is not None
        self._componedores = grupo
        self._encargados: dict[str, Future[dict[Path, str]] | None] = {}
        self._imagenes: dict[Path, Future[None] | None] = {}
        carpeta.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Dibujante:
        return self

    def __exit__(self, *_: object) -> None:
        for grupo in () if self._ajeno else (self._grupo, self._componedores):
            if grupo:
                # Sin esperar a que se vayan: a estas alturas nadie espera nada de ellos.
                grupo.shutdown(wait=False, cancel_futures=True)

    def calentar(self) -> None:
        """Pone en marcha el primer proceso antes de que haya qué dibujar."""
        self._dibujantes().submit(calentar, self.cache_)

    def encargar(self, especificaciones: Iterable[dict]) -> None:
        """Manda dibujar lo que falte en la caché, por tandas."""
        faltan = []
        for espec in especificaciones:
            clave = identificador(espec)
            if self._encargados.get(clave) is None:
                self._encargados[clave] = None
                if not all(r.is_file() for r in self._rutas(clave)):
                    faltan.append((clave, espec))
        for i in range(0, len(faltan), TANDA):
            tanda = faltan[i : i + TANDA]
            futuro = self._dibujantes().submit(
                a_la_cache, [(self._rutas(c), e) for c, e in tanda], self.cache_
            )
            self._encargados.update((c, futuro) for c, _ in tanda)

    def conservar(self, claves: Iterable[str]) -> None:
        """Gráficos que siguen en uso en algo ya publicado: su SVG no se olvida."""
        for clave in claves:
            self._encargados.setdefault(clave, None)

    def encargar_imagenes(self, laminas: Mapping[str, str], fuentes: Path) -> None:
        """Manda componer el PNG de cada página de Typst que falte en la caché; ``fuentes``: la
        carpeta de su tipografía.
        """
        rutas = {self._imagen(pagina): pagina for pagina in laminas.values()}
        self._imagenes.update(dict.fromkeys(rutas))
        faltan = [(ruta, pagina) for ruta, pagina in rutas.items() if not ruta.is_file()]
        pocas = len(faltan) <= POCAS
        if pocas and not self._grupo:
            if faltan:
                composicion.a_la_cache(faltan, fuentes)
            return
        # Pocas, quien dibujará los gráficos, que espera al primer cuaderno.
        grupo = self._componedores or (self._grupo if pocas else None)
        self._componedores = grupo or duraderos(LA_MITAD, CEDEN_LOS_ULTIMOS)
        for i in range(0, len(faltan), IMAGENES):
            tanda = faltan[i : i + IMAGENES]
            futuro = self._componedores.submit(composicion.a_la_cache, tanda, fuentes)
            self._imagenes.update((ruta, futuro) for ruta, _ in tanda)

    def imagenes(self, laminas: Mapping[str, str]) -> dict[str, bytes]:
        """El PNG de cada lámina encargada, por su mismo nombre; espera a que estén esas."""
        rutas = {nombre: self._imagen(pagina) for nombre, pagina in laminas.items()}
        for ruta in rutas.values():
            if (futuro := self._imagenes[ruta]) is not None:
                futuro.result()
        return {nombre: ruta.read_bytes() for nombre, ruta in rutas.items()}

    def recoger(self, claves: Iterable[str]) -> None:
        """Espera a que estén dibujados estos gráficos, ya encargados. Lanza ``ErrorDeEjecucion``
        con todos los que no se pueden dibujar.
        """
        motivos = [
            motivo
            for clave in claves
            if (futuro := self._encargados[clave])
            and (motivo := futuro.result().get(self._rutas(clave)[0]))
        ]
        if motivos:
            raise ErrorDeEjecucion("\n".join(motivos))

    def olvidar(self) -> None:
        """Borra de la caché lo que nadie encargó ni conservó."""
        vigentes = {r for c in self._encargados for r in self._rutas(c)} | self._imagenes.keys()
        for viejo in self.carpeta.iterdir():
            if viejo not in vigentes:
                viejo.unlink()

    def svg(self, clave: str) -> str:
        """El SVG de un gráfico ya recogido; con ``-papel`` detrás de la clave, el del boletín."""
        return self._ruta(clave).read_text(encoding="utf-8")

    def _dibujantes(self) -> Executor:
        if self._grupo is None:
            self._grupo = duraderos(LA_MITAD)
        return self._grupo

    def _imagen(self, pagina: str) -> Path:
        return self.carpeta / f"{self.version}-{huella(pagina)}.png"

    def _ruta(self, clave: str) -> Path:
        return self.carpeta / f"{self.version}-{clave}.svg"

    def _rutas(self, clave: str) -> tuple[Path, Path]:
        return self._ruta(clave), self._ruta(f"{clave}{PAPEL}")
