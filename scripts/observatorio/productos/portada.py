"""La portada: qué contesta cada misión a «¿cómo va?», en cuatro números, una matriz y una tarjeta
por misión.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..base.numeros import porcentaje
from ..base.palabras import contados
from ..catalogo.direcciones import INDICADORES
from ..catalogo.modelos import Mision
from ..metodo.estados import POR_NOMBRE, RETROCESO
from ..metodo.registros import AvanceDeMision, Retrocesos
from ..presentacion.certeza import salvedad
from ..presentacion.hallazgo import de_conjunto
from ..presentacion.matrices import Renglon, matriz_html, respuestas
from ..presentacion.mision import AVISO_DEMO
from ..presentacion.pieza import esc, oculto
from ..presentacion.sello_conjunto import corto, linea_html
from ..presentacion.tablas import marca_html
from ..resultados.procedencia import reunir
from ..resultados.resultados import Resultados
from .cambios import resumen
from .datos_abiertos.procedencia_reunida import de_misiones
from .explorador import EVALUADO, direccion

RETROCESO_ID = POR_NOMBRE[RETROCESO].id


def hallazgo(r: Resultados) -> str:
    """La respuesta en una frase, con el aviso de lo que sea de demostración."""
    aviso = AVISO_DEMO if r.misiones["demostracion"].any() else ""
    return f'{aviso}<p class="hallazgo">{de_conjunto(r.evaluados, r.analizados).html}</p>'


def matriz_misiones(r: Resultados) -> str:
    """Todo lo que la portada muestra de las misiones, menos su hallazgo."""
    demo = marca_html("demostracion") if r.misiones["demostracion"].any() else ""
    total = Counter(r.evaluacion["estado"].to_list())
    matriz = matriz_html(
        "Cuántos indicadores de cada misión hay en cada estado; toque un número para ver cuáles",
        "Misión",
        _renglones(r),
        Renglon("Todos", "todas las misiones", {}, f"@raiz@/{INDICADORES}"),
        demo,
    )
    todos = sum(r.retrocesos.values(), Retrocesos())
    return (
        f'<h2 id="como-van">¿Cómo {_van(total.total())}?</h2>'
        f"{_respuestas(total, todos, demo)}{resumen(r)}{matriz}{_sello(r)}<h2"
        f' id="misiones">Las misiones</h2>{_tarjetas(r, r.retrocesos)}'
    )


def _van(indicadores: int) -> str:
    return "va el indicador" if indicadores == 1 else f"van los {indicadores} indicadores"


def _sello(r: Resultados) -> str:
    enlaces = (("Calidad", "@raiz@/calidad.html"), ("datos y cuadernos", "@raiz@/datos.html"))
    return linea_html(reunir(r.procedencias.values()), *enlaces)


def _respuestas(total: Counter[str], todos: Retrocesos, demo: str) -> str:
    partes = "".join(
        f'<li class="r-{x.id}"><a href="@raiz@/{esc(direccion(estado=x.id))}"><strong>'
        f'<span aria-hidden="true">{x.icono}</span>'
        f" {n}{demo}</strong>{esc(x.nombre)}"
        f"<small>{esc(', '.join(e for e in x.estados if total[e]))}</small></a>"
        f"{_salvedad(x.estados, todos)}</li>"
        for x, n in respuestas(total)
    )
    return f'<ul class="respuestas">{partes}</ul>'


def _salvedad(estados: Sequence[str], todos: Retrocesos) -> str:
    """En la respuesta de los que retroceden: cuántos con señal clara y cuántos posibles, cada
    número con el enlace a cuáles.
    """
    if RETROCESO not in estados:
        return ""
    dichas = [
        (salvedad(suyos), senal)
        for suyos, senal in (
            (Retrocesos(claros=todos.claros), "clara"),
            (Retrocesos(posibles=todos.posibles), "posible"),
        )
        if suyos.todos
    ]
    enlaces = ", ".join(
        f'<a href="@raiz@/{esc(direccion(estado=RETROCESO_ID, senal=senal))}">{esc(dicha)}</a>'
        for dicha, senal in dichas
    )
    return f'<small class="certeza">{enlaces}</small>' if enlaces else ""


def _renglones(r: Resultados) -> list[Renglon]:
    cuenta: dict[str, dict[str, int]] = {}
    for mision, estado, n in r.evaluacion.group_by("mision", "estado").len().iter_rows():
        cuenta.setdefault(mision, {})[estado] = n
    return [
        Renglon(
            f'<a href="{_pagina(m.slug)}"><span class="codigo">{m.codigo}</span>'
            f" {esc(m.nombre_corto)}</a>",
            m.codigo,
            cuenta.get(m.slug, {}),
            f"@raiz@/{INDICADORES}",
            f"mision={m.slug}",
        )
        for m in r.catalogo.misiones
    ]


def _pagina(slug: str) -> str:
    return f"@raiz@/misiones/{slug}/index.html"


def _tarjetas(r: Resultados, por_mision: Mapping[str, Retrocesos]) -> str:
    sellos = de_misiones(r)
    tarjetas = ""
    for m in r.catalogo.misiones:
        f = r.de_misiones[m.slug]
        demo = marca_html("demostracion") if f.demostracion else ""
        avance = (
            f"<strong>{porcentaje(f.avance)}</strong>{demo} de avance"
            if f.avance is not None
            else esc(f.motivo or "")
        )
        dicha = salvedad(por_mision.get(m.slug, Retrocesos()))
        sello = esc(corto(sellos[m.slug])) + oculto(f", {m.codigo}")
        tarjetas += (
            f'<li><h3><a href="{_pagina(m.slug)}"><span class="codigo">{m.codigo}</span>'
            f' {esc(m.nombre)}</a></h3><p class="meta">{esc(" ".join(m.meta_2030.split()))}</p><p'
            f' class="resumen">{avance}<small>{_recuento(m, f)}'
            f"{demo}{f': {dicha}' if dicha else ''}</small><small"
            ' class="procedencia"><a'
            f' href="{_pagina(m.slug)}#fuentes">{sello}</a></small></p></li>'
        )
    return f'<ul class="misiones">{tarjetas}</ul>'


def _recuento(m: Mision, f: AvanceDeMision) -> str:
    """Cuántos se evaluaron y cuántos retroceden, cada número con el enlace a cuáles."""
    evaluados = direccion(mision=m.slug, estado=EVALUADO)
    de_cual = oculto(f" en {m.codigo}")
    cuantos = f"{f.evaluados} de {contados(f.kpis, 'evaluados')}{de_cual}"
    dicho = f'<a href="@raiz@/{esc(evaluados)}">{cuantos}</a>, '
    if not f.en_retroceso:
        return f"{dicho}0 en retroceso"
    retroceden = direccion(mision=m.slug, estado=RETROCESO_ID)
    return f'{dicho}<a href="@raiz@/{esc(retroceden)}">{f.en_retroceso} en retroceso{de_cual}</a>'
