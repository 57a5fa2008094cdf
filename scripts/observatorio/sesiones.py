"""De lo que un comité vio a lo que se lleva a su sesión: boletín en dos ediciones, fichas, mensaje
e imagen.

reunido → cuaderno (papermill) → Typst → ``_sesiones/<comité>/<sesión>/``

Todo sale de lo reunido, que la sesión guarda: volver a hacerlo da los mismos bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

from .actas.modelos import Sesion
from .base.archivos import escribir_bytes, escribir_carpeta
from .base.huellas import sumas
from .cuadernos import normalizar
from .cuadernos.boletin import REUNIDOS
from .cuadernos.ejecucion import Tarea, ejecutar
from .motores.sesion import Compositor
from .paginas.fuentes import leer_fuente
from .presentacion import hoja_de_sesion
from .presentacion.graficos.dibujo import PAPEL, dibujar
from .presentacion.graficos.graficos import identificador
from .presentacion.graficos.impresion import ajustar, para_papel, va_al_boletin
from .productos import activos
from .productos.comites import carpeta_de_sesion
from .productos.comites.para_la_sesion import cifras_csv, en_puntos, mensaje
from .resultados.boletin import ParaLaSesion
from .rutas import Proyecto

CUADERNO = "boletin.ipynb"


def entregar(proyecto: Proyecto, sesion: Sesion, reunido: ParaLaSesion) -> Path:
    """Hace y escribe todo lo de una sesión; devuelve su carpeta. Lanza ``ErrorDeEjecucion`` sin
    haber tocado lo que había en ella.
    """
    carpeta = carpeta_de_sesion.carpeta_de(proyecto, sesion)
    escribir_carpeta(carpeta, hacer(proyecto, reunido))
    return carpeta


def hacer(proyecto: Proyecto, b: ParaLaSesion) -> dict[str, bytes]:
    """``ruta dentro de la carpeta de la sesión → contenido``."""
    escribir_carpeta(proyecto.trabajo / "fuentes", activos.de_boletines())
    compositor = Compositor(proyecto, date.fromisoformat(b.fecha_corte))
    cabeza, puntos, marca = en_puntos(b)
    dicho = mensaje(b, b.lugar.direccion)
    caben = [p for p in puntos if f"• {p}" in dicho]
    mas = [f"… y {len(puntos) - len(caben)} más."] if len(caben) < len(puntos) else []
    with ThreadPoolExecutor(2) as hilos:
        cuerpo = hilos.submit(_cuerpo, proyecto, compositor, b)
        fichas = {
            f"{carpeta_de_sesion.FICHAS}/{m.slug}.pdf": hilos.submit(
                compositor.pdf, hoja_de_sesion.ficha(b, m), "papel"
            )
            for m in b.misiones
        }
        imagen = hilos.submit(
            compositor.png, hoja_de_sesion.imagen(b, cabeza, [*caben, *mas], marca)
        )
        hoja = hoja_de_sesion.hoja(b, cuerpo.result())
        papel = hilos.submit(compositor.pdf, hoja, "papel")
        telefono = hilos.submit(compositor.pdf, hoja, "telefono")
        hechos = {ruta: futuro.result() for ruta, futuro in fichas.items()}
        hechos[carpeta_de_sesion.BOLETIN] = papel.result()
        hechos[carpeta_de_sesion.TELEFONO] = telefono.result()
        if b.comparte:
            hechos[carpeta_de_sesion.IMAGEN] = imagen.result()
    hechos[carpeta_de_sesion.MENSAJE] = f"{dicho}\n".encode()
    hechos[carpeta_de_sesion.CIFRAS] = cifras_csv(b)
    hechos[carpeta_de_sesion.SUMAS] = sumas(hechos)
    return hechos


def _cuerpo(proyecto: Proyecto, compositor: Compositor, b: ParaLaSesion) -> str:
    """Lo que deja el cuaderno del boletín, en Typst."""
    reunidos = proyecto.trabajo / REUNIDOS
    escribir_bytes(reunidos / f"{b.sesion}.json", b.en_bytes())
    ejecutado = reunidos / f"{b.sesion}.ipynb"
    parametros = {"comite": b.id_comite, "sesion": b.sesion}
    ejecutar([Tarea(b.sesion, proyecto.cuadernos / CUADERNO, ejecutado, parametros)])
    cuaderno = normalizar.leer(ejecutado)
    svg = _dibujos(proyecto, normalizar.graficos(cuaderno))
    pagina = normalizar.publicable(cuaderno, "", lambda clave: svg.get(clave, "")).cuaderno
    publicado = reunidos / f"{b.sesion}-publicado.ipynb"
    normalizar.escribir(publicado, pagina)
    return compositor.a_typst(leer_fuente(publicado)[1])


def _dibujos(proyecto: Proyecto, graficos: Sequence[dict]) -> dict[str, str]:
    """Identificador, con su final de papel → SVG; del de la página basta el mismo dibujo."""
    impresos = [e for e in graficos if va_al_boletin(e)]
    en_papel = partial(dibujar, cache_=proyecto.raiz / ".cache")
    dibujados = ajustar([para_papel(e) for e in impresos], en_papel) if impresos else []
    pares = zip(impresos, dibujados, strict=True)
    return {
        clave: svg for e, svg in pares for clave in (identificador(e), f"{identificador(e)}{PAPEL}")
    }
