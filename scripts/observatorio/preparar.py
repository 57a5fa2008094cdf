"""Escribe todo lo generado antes de renderizar: cuadernos publicados, datos, piezas, activos y
archivos web.

Solo se rehace lo que cambió: cada producto tiene una clave por contenido. Los cuadernos se ejecutan
en procesos que arrancan mientras aquí se validan los datos; los gráficos se dibujan en otros, que
solo nacen si los datos valen.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from .base import huellas, lecturas
from .base.archivos import (
    contenidos,
    escribir_bytes,
    escribir_carpeta,
    escribir_en,
    quitar_sobrantes,
)
from .base.avisos import Avisar, callar
from .cuadernos.ejecucion import Motor, Tarea, ejecutar
from .edicion import claves
from .edicion.citados import clave_de_citados
from .edicion.claves import DE_CUADERNOS
from .edicion.registro import Registro, clave
from .rutas import CARPETA_DE_QUARTO, CARPETA_DE_TYPST, PAGINAS_GENERADAS, Proyecto

if TYPE_CHECKING:
    from .catalogo.cuadernos.analisis import Analisis
    from .cuadernos.pagina import PaginasDeCuadernos
    from .presentacion.graficos.dibujante import Dibujante
    from .productos.indicadores import PaginasDeKpi
    from .productos.laminas import Laminas
    from .recojo.seguimiento import Seguida
    from .resultados.resultados import Resultados
PaginasListas = Callable[[Collection[str], Collection[str] | None], object]
"""Recibe salidas cuya fuente ya está escrita, y las piezas que aún cambian; sin decirlas, todas.
Las páginas que citan alguna esperan a que se diga otra vez sin ella.
"""
CUADERNO = ".ipynb"
POR_TANDA = 4
"""Cuadernos que se esperan para escribir sus páginas de una vez."""
GENERADAS = (
    "misiones/*/index.ipynb",
    "misiones/*/indicadores.ipynb",
    "analisis/*/*.ipynb",
    "misiones/*/imagen-*.*",
    "analisis/*/imagen-*.*",
    "indicadores/**/*",
    "anexos/**/*",
    "cambios/**/*",
    "buscar/**/*",
)


def preparar(
    proyecto: Proyecto,
    familias: Mapping[str, str],
    motor: Motor = "rapido",
    ejecutor: Executor | None = None,
    avisar: Avisar = callar,
    edicion: str = "",
    registro: Registro | None = None,
    motor_de_paginas: str = "",
    paginas_listas: PaginasListas = lambda _salidas, _pendientes: None,
) -> None:
    """Valida, calcula, ejecuta los cuadernos y escribe lo generado; sin cambios en las entradas no
    hace nada.

    ``familias``: las claves de las entradas, que quien llama sabe quietas (``entradas_quietas``).
    ``edicion``: identificador que mostrará *Acerca de*. ``paginas_listas``: a quien se dicen, a
    media preparación, las páginas a las que ya nada de lo que falta cambia.

    Lanza ``DatosInvalidos`` o ``ErrorDeEjecucion`` sin tocar ninguna edición.
    """
    entradas = {
        **familias,
        "motor de cuadernos": motor,
        "edición": edicion,
        "motor de páginas": motor_de_paginas,
    }
    antes = dict(claves.leer_sello(proyecto.trabajo))
    _quitar_restos(proyecto)
    generado = antes.pop("generado", "")
    # Leer todo lo generado solo hace falta cuando las entradas son las de antes.
    if antes == entradas and generado == _huella_de_lo_generado(proyecto):
        return
    (proyecto.trabajo / claves.SELLO).unlink(missing_ok=True)
    registro = registro or Registro(proyecto.trabajo)

    from .presentacion.graficos.dibujante import Dibujante

    with Dibujante(
        proyecto.trabajo / "svg",
        huellas.huella(*(entradas[n] for n in DE_CUADERNOS)),
        proyecto.raiz / ".cache",
    ) as dibujante:
        _hacer(proyecto, entradas, motor, ejecutor, avisar, dibujante, registro, paginas_listas)
    claves.escribir_sello(
        proyecto.trabajo, entradas | {"generado": _huella_de_lo_generado(proyecto)}
    )


def _hacer(
    proyecto: Proyecto,
    entradas: Mapping[str, str],
    motor: Motor,
    ejecutor: Executor | None,
    avisar: Avisar,
    dibujante: Dibujante,
    registro: Registro,
    paginas_listas: PaginasListas,
) -> None:
    from .calculo import calcular
    from .cuadernos.pagina import PaginasDeCuadernos, clave_del_producto, destinos
    from .productos import novedades
    from .resultados import celdas_construidas
    from .resultados.por_mision import escribir_por_mision

    resultados = calcular(proyecto)
    analisis = resultados.analisis_propios
    avisar(
        f"datos válidos: {resultados.publica.height:,} observaciones,"
        f" {len(resultados.catalogo.kpis)} KPI"
    )
    celdas_construidas.guardar(resultados, proyecto.trabajo, entradas["edición"])
    carpetas = escribir_por_mision(resultados, proyecto.trabajo / "misiones")
    salidas, pendientes = tareas(proyecto, carpetas, analisis, entradas, registro)
    if pendientes:
        dibujante.calentar()
    a_donde = destinos(proyecto, resultados.catalogo, analisis, aprobaciones_dichas(resultados))
    de_cuadernos = PaginasDeCuadernos(proyecto, dibujante, a_donde)
    terminados: SimpleQueue[str | None] = SimpleQueue()
    with ThreadPoolExecutor(1) as hilo:
        ejecucion = hilo.submit(
            ejecutar_y_encargar,
            pendientes,
            salidas,
            de_cuadernos,
            motor,
            ejecutor,
            avisar,
            terminados.put,
        )
        ejecucion.add_done_callback(lambda _: terminados.put(None))
        laminas = encargar_laminas(proyecto, resultados, dibujante)
        generadas = escribir_productos(
            proyecto,
            resultados,
            analisis,
            {slug: clave_del_producto(ruta) for slug, ruta in salidas.items()},
            laminas,
            dibujante,
            entradas,
            paginas_listas,
        )
        cambios = novedades.Novedades(proyecto, resultados, entradas)
        for tanda, ultima in _por_tandas(terminados):
            if ultima:
                ejecucion.result()
                cambios.escribir(de_cuadernos.graficos(salidas))
            de_cuadernos.escribir({slug: salidas[slug] for slug in tanda})
            paginas_listas(
                [s for slug in tanda for s in a_donde[slug].salidas(proyecto)],
                () if ultima else novedades.PIEZAS,
            )
        de_cuadernos.quitar_sobrantes(salidas)
        escribir_generadas(proyecto, generadas, laminas, dibujante)
    dibujante.olvidar()
    avisar("todo lo generado está escrito")


def _por_tandas(terminados: SimpleQueue[str | None]) -> Iterator[tuple[list[str], bool]]:
    """Los que haya, si son bastantes: cada tanda cuesta arrancar pandoc dos veces. Con la última,
    que puede no traer ninguno, ya se sabe que no falta nadie.
    """
    ultima = False
    while not ultima:
        tanda: list[str] = []
        while not ultima and (len(tanda) < POR_TANDA or not terminados.empty()):
            slug = terminados.get()
            if slug is None:
                ultima = True
            else:
                tanda.append(slug)
        yield tanda, ultima


def aprobaciones_dichas(resultados: Resultados) -> dict[str, str]:
    """Cómo dice la página de cada misión si su edición está aprobada, por slug."""
    return {
        m.slug: resultados.aprobaciones.de(f"mision/{m.slug}").dicha
        for m in resultados.catalogo.misiones
    }


def encargar_laminas(proyecto: Proyecto, resultados: Resultados, dibujante: Dibujante) -> Laminas:
    """Manda componer las imágenes que se comparten, con la tipografía de los boletines."""
    from .productos import activos
    from .productos.laminas import Laminas

    fuentes = proyecto.trabajo / "fuentes"
    escribir_carpeta(fuentes, activos.de_boletines())
    laminas = Laminas(resultados)
    dibujante.encargar_imagenes(laminas.paginas, fuentes)
    return laminas


def escribir_productos(
    proyecto: Proyecto,
    resultados: Resultados,
    analisis: Sequence[Analisis],
    productos: Mapping[str, str],
    laminas: Laminas,
    dibujante: Dibujante,
    entradas: Mapping[str, str],
    paginas_listas: PaginasListas,
) -> dict[str, dict[str, bytes]]:
    """Lo único que escribe lo que se publica de los resultados: los productos dan contenidos.
    Devuelve las carpetas de páginas generadas, a las que solo falta su lámina.

    Las páginas generadas van primero, con lo único que se lee al escribirlas: así se escriben
    mientras aquí se hace lo demás. De las láminas solo se esperan las que otros nombran.
    """
    from .paginas.fuentes import paginas
    from .productos import activos, buscador, cabezas, novedades, piezas, plan, web
    from .productos import paginas as de_paginas
    from .productos.comites import fichas

    seguidas = plan.seguimiento(resultados)
    propias = paginas(proyecto, con_generadas=False)
    buscables = buscador.entradas(resultados.catalogo, propias, analisis)
    rutas, de_activos = activos.archivos(
        proyecto, buscador.datos(buscables), resultados.catalogo.territorio.sitio
    )
    generadas = de_paginas.archivos(resultados, seguidas, buscables)
    generadas["indicadores"] |= paginas_de_kpi(
        proyecto, laminas.de_kpis, productos, seguidas, entradas
    )
    nombres = {c: f"indicadores/{c}/{n}" for c, n in laminas.de_kpis.nombres.items()}
    de_kpis = _cabezas(proyecto, cabezas.de_kpis(laminas, nombres))
    con_lo_suyo = {
        proyecto.trabajo / "piezas": piezas.sello(resultados.catalogo, rutas),
        proyecto.trabajo / "cabezas": de_kpis,
        **{proyecto.raiz / carpeta: suyas for carpeta, suyas in generadas.items()},
    }
    for carpeta, archivos in con_lo_suyo.items():
        escribir_en(carpeta, archivos)
    paginas_listas(
        [
            f"{carpeta}/{nombre.removesuffix(CUADERNO)}.html"
            for carpeta, suyas in generadas.items()
            for nombre in suyas
            if nombre.endswith(CUADERNO)
        ],
        None,
    )
    datos, usados = _datos(proyecto, resultados, seguidas, productos)
    del_sitio, de_laminas = activos.de_laminas(
        proyecto, dibujante.imagenes(laminas.paginas_del_sitio)
    )
    escribir_carpeta(proyecto.trabajo / "calendarios", usados)
    escribir_carpeta(proyecto.datos_publicos, datos)
    escribir_carpeta(proyecto.activos, de_activos | de_laminas)
    puestas = cabezas.archivos(laminas, del_sitio, datos)
    escribir_carpeta(proyecto.trabajo / "cabezas", _cabezas(proyecto, puestas) | de_kpis)
    escribir_carpeta(
        proyecto.trabajo / "piezas",
        piezas.archivos(resultados, seguidas, datos, rutas, analisis),
    )
    salidas = [p.salida for p in propias]
    paginas_listas(salidas, novedades.PIEZAS)
    escribir_carpeta(proyecto.trabajo / "fichas", fichas.fuentes(resultados))
    escribir_en(proyecto.raiz, web.archivos(resultados.catalogo, salidas, analisis))
    return generadas


def escribir_generadas(
    proyecto: Proyecto,
    generadas: Mapping[str, Mapping[str, bytes]],
    laminas: Laminas,
    dibujante: Dibujante,
) -> None:
    """Deja en las carpetas de páginas generadas solo lo suyo, con la lámina de cada KPI."""
    de_kpis = laminas.de_kpis.de_laminas(dibujante.imagenes(laminas.paginas))
    for nombre, suyas in generadas.items():
        con_laminas = {**suyas, **de_kpis} if nombre == "indicadores" else suyas
        escribir_carpeta(proyecto.raiz / nombre, con_laminas)


def _cabezas(proyecto: Proyecto, por_salida: Mapping[str, str]) -> dict[str, bytes]:
    """Nombre del archivo de cada cabeza → su contenido."""
    return {proyecto.cabeza(salida).name: html.encode() for salida, html in por_salida.items()}


def paginas_de_kpi(
    proyecto: Proyecto,
    paginas: PaginasDeKpi,
    productos: Mapping[str, str],
    seguidas: list[Seguida],
    entradas: Mapping[str, str],
) -> dict[str, bytes]:
    """Las fuentes de las páginas de todos los KPI: se hacen otra vez las de las misiones cuyos
    resultados, en la carpeta que lee su cuaderno, o lo que toman de fuera de ella cambiaron.
    """
    cache = proyecto.trabajo / "indicadores"
    comunes = {n: entradas[n] for n in DE_CUADERNOS} | {
        "fuentes": huellas.huella(lecturas.leer(proyecto.fuentes))
    }
    hechas: dict[str, bytes] = {}
    vigentes: set[Path] = set()
    for slug, fuera in paginas.de_fuera(productos, seguidas).items():
        propias = {
            f"sus datos ({p.name})": huellas.huella(p.read_bytes())
            for p in sorted((proyecto.trabajo / "misiones" / slug).iterdir())
        }
        partes = comunes | propias | paginas.claves(fuera)
        guardadas = cache / f"{slug}-{clave(partes)}.json"
        vigentes.add(guardadas)
        suyas = _guardadas(guardadas)
        if suyas is None:
            suyas = paginas.fuentes(fuera)
            textos = {nombre: contenido.decode() for nombre, contenido in suyas.items()}
            escribir_bytes(guardadas, json.dumps(textos, ensure_ascii=False).encode())
        hechas |= suyas
    quitar_sobrantes(cache, vigentes)
    return hechas


def _guardadas(ruta: Path) -> dict[str, bytes] | None:
    """Las páginas que se guardaron ahí; nada si no están o no se entienden: se hacen otra vez."""
    try:
        textos: dict[str, str] = json.loads(ruta.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return {nombre: texto.encode() for nombre, texto in textos.items()}


def escribir_lo_pedido(
    proyecto: Proyecto,
    resultados: Resultados,
    analisis: Sequence[Analisis],
    productos: Mapping[str, str],
    salidas: Collection[str],
) -> None:
    """De lo que se publica de los resultados, solo lo que hace falta para ver estas páginas; lo
    demás, también lo que dicen a quien las comparte, queda como estaba, que puede ser de otros
    datos.
    """
    from .catalogo.direcciones import pagina_de_kpi
    from .paginas.fuentes import paginas
    from .productos import activos, buscador, piezas, plan
    from .productos import paginas as de_paginas
    from .productos.indicadores import PaginasDeKpi

    catalogo, seguidas = resultados.catalogo, plan.seguimiento(resultados)
    propias = paginas(proyecto, con_generadas=False)
    buscables = buscador.entradas(catalogo, propias, analisis)
    rutas, de_activos = activos.archivos(
        proyecto, buscador.datos(buscables), catalogo.territorio.sitio
    )
    usadas = piezas.sello(catalogo, rutas)
    de_prosa = [p.cuerpo for p in propias if p.salida in salidas]
    if de_prosa:
        datos: Mapping[str, bytes] = {}
        if any(piezas.DESCARGA in cuerpo for cuerpo in de_prosa):
            datos, _ = _datos(proyecto, resultados, seguidas, productos)
        usadas |= piezas.archivos(resultados, seguidas, datos, rutas, analisis)
    generadas = de_paginas.fuentes(resultados, seguidas, buscables, salidas)
    kpis = [c for c in catalogo.kpis if pagina_de_kpi(c) in salidas]
    pedidas = PaginasDeKpi(resultados, kpis)
    de_kpis = {
        nombre: contenido
        for suyos in pedidas.de_fuera(productos, seguidas).values()
        for nombre, contenido in pedidas.fuentes(suyos).items()
    }
    for carpeta, suyas in (
        (proyecto.activos, de_activos),
        (proyecto.trabajo / "piezas", usadas),
        (proyecto.raiz, generadas),
        (proyecto.raiz / "indicadores", de_kpis),
    ):
        escribir_en(carpeta, suyas)


def _datos(
    proyecto: Proyecto,
    resultados: Resultados,
    seguidas: list[Seguida],
    productos: Mapping[str, str],
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """``(lo que va en datos/, los calendarios usados)``."""
    from .presentacion.nivel import con_marca
    from .productos import plan
    from .productos.datos_abiertos import descripcion, publicos

    anteriores = contenidos(proyecto.trabajo / "calendarios")
    del_plan, usados = plan.archivos(resultados, seguidas, anteriores)
    datos = publicos.archivos(resultados, productos) | {
        f"{plan.CARPETA}/{nombre}": contenido for nombre, contenido in del_plan.items()
    }
    datos = con_marca(datos, resultados.catalogo)
    descritos = descripcion.archivos(resultados, datos, productos)
    return datos | con_marca(descritos, resultados.catalogo), usados


def generados(proyecto: Proyecto) -> list[Path]:
    """Todo lo que ``preparar`` deja para que un motor de páginas lo use o para publicarse tal
    cual.
    """
    patrones = (
        "datos/**/*",
        "activos/*",
        ".trabajo/piezas/*",
        ".trabajo/cabezas/*",
        ".trabajo/fichas/*",
    )
    cuadernos = [p for patron in GENERADAS for p in proyecto.raiz.glob(patron) if p.is_file()]
    sueltos = [proyecto.raiz / n for n in PAGINAS_GENERADAS]
    return sorted(
        {
            *claves.archivos(proyecto.raiz, patrones),
            *cuadernos,
            *(p for p in sueltos if p.is_file()),
        }
    )


def _huella_de_lo_generado(proyecto: Proyecto) -> str:
    """Lo borrado o cambiado a mano se rehace."""
    return huellas.huella(
        *(x for p in generados(proyecto) for x in (proyecto.relativa(p), p.read_bytes()))
    )


def _quitar_restos(proyecto: Proyecto) -> None:
    """Borra los archivos a medio escribir que dejó una construcción muerta."""
    for patron in (
        "misiones/*/.*.ipynb.*",
        "datos/**/.*",
        "activos/.*",
        ".trabajo/**/.*",
        ".*.xml.*",
        ".*.html.*",
        ".robots.txt.*",
    ):
        for ruta in proyecto.raiz.glob(patron):
            if ruta.is_file():
                ruta.unlink(missing_ok=True)
    for pasajera in (CARPETA_DE_TYPST, CARPETA_DE_QUARTO):
        for carpeta in proyecto.trabajo.glob(f"{pasajera}*"):
            shutil.rmtree(carpeta, ignore_errors=True)


def tareas(
    proyecto: Proyecto,
    carpetas: Iterable[Path],
    analisis: Iterable[Analisis],
    entradas: Mapping[str, str],
    registro: Registro | None,
) -> tuple[dict[str, Path], list[Tarea]]:
    """``(ejecutado de cada misión y de cada análisis, lo que hay que ejecutar)``; olvida lo que ya
    no sirve.
    """
    from .catalogo.cuadernos.analisis import claves_de_entradas, entradas_de

    plantilla, cache = proyecto.cuaderno_de_mision, proyecto.trabajo / "cuadernos"
    de_plantilla = entradas_de(plantilla)
    pedidos = [
        (
            c.name,
            plantilla,
            de_plantilla,
            {f"sus datos ({p.stem})": huellas.huella(p.read_bytes()) for p in sorted(c.iterdir())},
            {"mision": c.name},
        )
        for c in carpetas
    ] + [(a.nombre, a.cuaderno, a.entradas, {}, {}) for a in analisis]
    salidas, pendientes = {}, []
    for nombre, cuaderno, declaradas, propias, parametros in pedidos:
        texto = lecturas.texto(cuaderno)
        partes = {
            n: entradas[n] for n in (*DE_CUADERNOS, "motor de cuadernos")
        } | _partes_del_cuaderno(proyecto, cuaderno, texto, entradas)
        partes |= {**propias, **claves_de_entradas(proyecto, declaradas)}
        salidas[nombre] = cache / f"{nombre}-{clave(partes)}.ipynb"
        falta = not salidas[nombre].is_file()
        if registro:
            registro.anotar(f"cuaderno {nombre}", partes, falta)
        if falta:
            pendientes.append(
                Tarea(
                    nombre,
                    cuaderno,
                    salidas[nombre],
                    parametros,
                    entradas=declaradas,
                    texto=texto,
                )
            )
    for viejo in set(cache.glob("*.ipynb")) - set(salidas.values()):
        viejo.unlink()
    return salidas, pendientes


def _partes_del_cuaderno(
    proyecto: Proyecto, cuaderno: Path, texto: str, entradas: Mapping[str, str]
) -> dict[str, str]:
    from .catalogo.cuadernos.codigo import DE_MAS, lee_por_su_cuenta

    de_mas = (
        {f"{n} (lee archivos por su cuenta)": entradas[n] for n in DE_MAS}
        if lee_por_su_cuenta(cuaderno)
        else {}
    )
    return de_mas | {
        "el cuaderno": huellas.huella(texto),
        "archivos que el cuaderno cita": clave_de_citados(texto, cuaderno.parent, proyecto.raiz),
    }


def ejecutar_y_encargar(
    pendientes: Sequence[Tarea],
    salidas: Mapping[str, Path],
    de_cuadernos: PaginasDeCuadernos,
    motor: Motor = "rapido",
    ejecutor: Executor | None = None,
    avisar: Avisar = callar,
    encargado: Callable[[str], object] = lambda _: None,
) -> None:
    """Ejecuta lo pendiente y encarga los gráficos de cada cuaderno en cuanto está; ``encargado``: a
    quien se dice de cuáles.
    """

    def encargar(slug: str) -> None:
        de_cuadernos.encargar(slug, salidas[slug])
        encargado(slug)

    def listo(slug: str) -> None:
        avisar(f"cuaderno ejecutado: {slug}")
        encargar(slug)

    for slug in salidas.keys() - {t.nombre for t in pendientes}:
        encargar(slug)
    ejecutar(pendientes, motor, ejecutor, listo)
