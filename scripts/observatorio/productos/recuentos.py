"""Lo que las páginas dicen del territorio y del catálogo: cuántos, cuáles y con qué ejemplo.

Ninguna página lleva escrito un número que sale de los datos: lo cita, en línea, con
``[]{.pieza nombre="cuantos-kpis"}``.
"""

from __future__ import annotations

from ..base.palabras import al_empezar, en_palabras, y_en_lista
from ..catalogo.catalogo import Catalogo
from ..catalogo.gobernanza import Gobernanza
from ..catalogo.modelos import Kpi, Mision
from ..presentacion.pieza import esc, oculto
from ..resultados.resultados import Resultados
from . import ejemplo_en_r

EJEMPLO_DE_PYTHON = """import pandas as pd

obs = pd.read_csv("observaciones.csv", dtype=str)
obs["valor"] = pd.to_numeric(obs["valor"], errors="coerce")  # lo protegido queda sin número

ejemplo = obs[
    (obs["kpi"] == "{kpi}") & (obs["lugar"] == "{lugar}") & (obs["grupo"] == "total")
].sort_values("periodo")
print(ejemplo[["periodo", "valor", "fuente", "naturaleza"]])
"""
AL_EMPEZAR = "-al-empezar"
"""Con qué termina el nombre de la pieza que dice lo mismo con mayúscula inicial."""


def piezas(r: Resultados, gobernanza: Gobernanza) -> dict[str, str]:
    """``nombre → HTML`` de cada recuento, nombre y ejemplo."""
    t = r.catalogo.territorio
    en_frase = _recuentos(r.catalogo, gobernanza)
    return (
        en_frase
        | {f"{nombre}{AL_EMPEZAR}": al_empezar(frase) for nombre, frase in en_frase.items()}
        | {
            "horizonte": str(t.horizonte),
            "territorio": esc(t.nombre),
            "tipo-de-territorio": esc(t.tipo),
            "plan-de-referencia": f"<em>{esc(t.plan.titulo)}</em> ({esc(t.plan.norma)})",
            "lista-de-misiones": _lista(r.catalogo.misiones),
            "lista-de-cuadernos": y_en_lista(
                f'<a href="@raiz@/misiones/{m.slug}/indicadores.ipynb">{m.codigo}</a>'
                for m in r.catalogo.misiones
            ),
            "cita": _cita(r.catalogo),
        }
        | _ejemplos(r.catalogo)
        | {"ejemplo-r": _en_r(r)}
    )


def _recuentos(catalogo: Catalogo, gobernanza: Gobernanza) -> dict[str, str]:
    t = catalogo.territorio
    misiones, confirmados = len(catalogo.misiones), sum(a.confirmado for a in t.anexos)
    en_letras = en_palabras(misiones, "femenino")
    return t.anexos_se_llaman.formas | {
        "el-territorio": t.el_territorio,
        "del-territorio": t.del_territorio,
        "todo-el-territorio": t.todo_el_territorio,
        "cuantas-misiones": en_letras,
        "unas-misiones": f"{en_letras} {'misión' if misiones == 1 else 'misiones'}",
        "las-misiones": "la misión" if misiones == 1 else f"las {en_letras} misiones",
        "cuantas-misiones-en-cifras": str(misiones),
        "cuantos-okrs": f"{len(catalogo.okrs):,}",
        "cuantos-kpis": f"{len(catalogo.kpis):,}",
        "cuantos-niveles": en_palabras(len(t.metodo.niveles)),
        "cuantos-comites": en_palabras(len(gobernanza.comites)),
        "cuantos-anexos": str(len(t.anexos)),
        "anexos-confirmados": en_palabras(confirmados),
        "anexos-por-confirmar": en_palabras(len(t.anexos) - confirmados),
    }


def _lista(misiones: tuple[Mision, ...]) -> str:
    def fila(m: Mision) -> str:
        suya = f"@raiz@/misiones/{m.slug}"
        de_cual = oculto(f" de {m.codigo}")
        return (
            f'<li><a href="{suya}/index.html">{m.codigo}. {esc(m.nombre)}</a>: en papel,'
            f' <a href="{suya}/ficha.pdf">ficha de una página{de_cual}</a> y'
            f' <a href="{suya}/boletin.pdf">boletín{de_cual}</a></li>\n'
        )

    filas = "".join(map(fila, misiones))
    return f"<ul>\n{filas}</ul>"


def _cita(catalogo: Catalogo) -> str:
    sitio = catalogo.territorio.sitio
    return (
        f"<blockquote>\n<p>{esc(sitio.titulo)}. <em>Nombre del archivo</em> [datos], edición "
        f"<em>identificador</em>. {esc(sitio.direccion)}. Consultado el <em>fecha</em>. "
        "CC BY 4.0.</p>\n</blockquote>"
    )


def _ejemplos(catalogo: Catalogo) -> dict[str, str]:
    """Un KPI, su misión y un lugar de los que hay, para las páginas que enseñan a usar los
    datos.
    """
    mision, kpi = _de_ejemplo(catalogo)
    t = catalogo.territorio
    lugares = [t.ubigeo, *(a.codigo for a in t.anexos[:1])]
    archivo = f"@raiz@/datos/kpi/{kpi.codigo}.json"
    pagina = f"@raiz@/misiones/{mision.slug}"
    corto = esc(mision.nombre_corto)
    codigo = EJEMPLO_DE_PYTHON.format(kpi=kpi.codigo, lugar=t.ubigeo)
    return {
        "ejemplo-kpi": kpi.codigo,
        "ejemplo-kpi-codigo": f"<code>{kpi.codigo}</code>",
        "ejemplo-nombre": esc(kpi.nombre_corto),
        "ejemplo-json": f'<a href="{archivo}">datos/kpi/{kpi.codigo}.json</a>',
        "ejemplo-json-corto": f'<a href="{archivo}">{kpi.codigo}.json</a>',
        "ejemplo-lugar": f"<code>{t.ubigeo}</code>",
        "ejemplo-lugares": ", ".join(f"<code>{c}</code>" for c in lugares),
        "ejemplo-mision": f'<a href="{pagina}/index.html">{corto}</a>',
        "ejemplo-boletin": f'<a href="{pagina}/boletin.pdf">{corto} en PDF</a>',
        "ejemplo-python": f"<pre><code>{esc(codigo)}</code></pre>",
    }


def _en_r(r: Resultados) -> str:
    mision, kpi = _de_ejemplo(r.catalogo)
    return ejemplo_en_r.pieza(r, (kpi.codigo, *(k.codigo for k in mision.kpis)))


def _de_ejemplo(catalogo: Catalogo) -> tuple[Mision, Kpi]:
    elegido = catalogo.territorio.sitio.kpi_de_ejemplo or next(iter(catalogo.kpis))
    return next((m, k) for m in catalogo.misiones for k in m.kpis if k.codigo == elegido)
