"""Lo que se está mirando, hecho antes que lo demás: de guardar un cuaderno, un dato o un texto a
verlo, en un proceso que ya tiene todo cargado.

Hace lo mismo que ``construir``, con las mismas claves y las mismas cachés, pero solo para las
páginas pedidas: la construcción entera que viene detrás encuentra hecho ese trozo.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from types import TracebackType

from .base import huellas
from .base.avisos import callar
from .base.escritura import escritura_explicada
from .calculo import calcular
from .catalogo.cuadernos.analisis import descubrir
from .construir import bloqueada, exigir_programa_al_dia, renderizar_solo
from .cuadernos.pagina import PaginasDeCuadernos, clave_del_producto, destinos
from .edicion import claves
from .edicion.claves import DE_CUADERNOS, DE_RESULTADOS
from .edicion.quietud import con_lo_ultimo, entradas_quietas
from .preparar import aprobaciones_dichas, ejecutar_y_encargar, escribir_lo_pedido, tareas
from .presentacion.graficos.dibujante import Dibujante
from .presentacion.graficos.dibujo import calentar
from .procesos import adelantar, duraderos
from .resultados.por_mision import escribir_por_mision
from .resultados.resultados import Resultados
from .rutas import Proyecto

MOTOR = "rapido"
DE_CARPETA = ("misiones/", "analisis/")
"""Donde están las páginas que salen de un cuaderno."""
DE_LOS_DATOS = tuple(n for n in DE_RESULTADOS if n != "cuadernos")
EXTENSION = "extensión"
DE_LO_ESCRITO = (*DE_RESULTADOS, EXTENSION)


class Adelanto:
    """Un proceso con los datos calculados y los dibujantes en marcha; se usa con ``with``."""

    def __init__(self, proyecto: Proyecto) -> None:
        self.proyecto = proyecto
        self._cache = proyecto.raiz / ".cache"
        self._resultados: tuple[str, Resultados] | None = None
        self._dibujantes: ProcessPoolExecutor | None = None
        self._escrito_de: Mapping[str, str] = {}
        self._escritas: set[str] = set()

    def __enter__(self) -> Adelanto:
        adelantar()
        self._dibujantes = duraderos()
        self._dibujantes.submit(calentar, self._cache)
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, valor: BaseException | None, t: TracebackType | None
    ) -> None:
        if self._dibujantes:
            self._dibujantes.shutdown(cancel_futures=True)

    def hacer(self, salidas: Collection[str]) -> dict[str, bytes]:
        """Las páginas pedidas (``misiones/x/index.html``) y lo que muestran, como están ahora las
        entradas: ruta en el sitio → contenido.

        Sin ninguna, solo deja calculados los datos. Lanza ``DatosInvalidos`` o
        ``ErrorDeEjecucion``, y ``ErrorDeUso`` si el programa cambió.
        """
        with escritura_explicada(), bloqueada(self.proyecto):
            exigir_programa_al_dia(self.proyecto)
            return con_lo_ultimo(lambda: self._hacer(salidas), callar)

    def _hacer(self, salidas: Collection[str]) -> dict[str, bytes]:
        with entradas_quietas(self.proyecto) as entradas:
            resultados = self._calculados(entradas)
            if not salidas:
                return {}
            self._preparar(salidas, entradas, resultados)
            hechas = renderizar_solo(self.proyecto, salidas)
            return {ruta: archivo.read_bytes() for ruta, archivo in hechas.items()}

    def _calculados(self, entradas: Mapping[str, str]) -> Resultados:
        """Los resultados de estos datos; solo se calculan si cambiaron."""
        clave = huellas.huella(*(entradas[n] for n in DE_LOS_DATOS))
        if self._resultados is None or self._resultados[0] != clave:
            self._resultados = clave, calcular(self.proyecto)
        return self._resultados[1]

    def _preparar(
        self, salidas: Collection[str], entradas: Mapping[str, str], resultados: Resultados
    ) -> None:
        proyecto, trabajo = self.proyecto, self.proyecto.trabajo
        de_texto = not any(s.startswith(DE_CARPETA) for s in salidas)
        if de_texto and self._al_dia(salidas, entradas, DE_RESULTADOS):
            return
        analisis = descubrir(proyecto)
        a_donde = destinos(proyecto, resultados.catalogo, analisis, aprobaciones_dichas(resultados))
        pedidos = {
            nombre
            for nombre, d in a_donde.items()
            if f"{proyecto.relativa(d.carpeta)}/index.html" in salidas
        }
        hacen_falta = DE_LOS_DATOS if len(pedidos) == len(salidas) else DE_RESULTADOS
        faltan_productos = not self._al_dia(salidas, entradas, hacen_falta)
        (trabajo / claves.SELLO).unlink(missing_ok=True)
        carpetas = escribir_por_mision(resultados, trabajo / "misiones")
        de_todos, pendientes = tareas(
            proyecto, carpetas, analisis, {**entradas, "motor de cuadernos": MOTOR}, None
        )
        ejecutados = {n: ruta for n, ruta in de_todos.items() if n in pedidos}
        version = huellas.huella(*(entradas[n] for n in DE_CUADERNOS))
        with (
            Dibujante(trabajo / "svg", version, self._cache, self._dibujantes) as dibujante,
            ThreadPoolExecutor(1) as hilo,
        ):
            paginas = PaginasDeCuadernos(proyecto, dibujante, a_donde)
            ejecucion = hilo.submit(
                ejecutar_y_encargar,
                [t for t in pendientes if t.nombre in pedidos],
                ejecutados,
                paginas,
            )
            if faltan_productos:
                productos = {n: clave_del_producto(ruta) for n, ruta in de_todos.items()}
                escribir_lo_pedido(proyecto, resultados, analisis, productos, salidas)
                self._anotar(salidas, entradas)
            ejecucion.result()
            paginas.escribir(ejecutados)

    def _anotar(self, salidas: Collection[str], entradas: Mapping[str, str]) -> None:
        """Lo escrito para una página vale hasta que se escribe de otras entradas, para la que
        sea.
        """
        de = {n: entradas[n] for n in DE_LO_ESCRITO}
        if self._escrito_de != de:
            self._escrito_de, self._escritas = de, set()
        self._escritas |= set(salidas)

    def _al_dia(
        self, salidas: Collection[str], entradas: Mapping[str, str], familias: Collection[str]
    ) -> bool:
        """Si lo que estas páginas muestran de los resultados ya está escrito, aquí o por una
        construcción.
        """
        hechos = [claves.leer_sello(self.proyecto.trabajo)]
        if self._escritas.issuperset(salidas):
            hechos.append(self._escrito_de)
        return any(
            all(hecho.get(n) == entradas[n] for n in (*familias, EXTENSION)) for hecho in hechos
        )
