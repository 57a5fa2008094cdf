"""Un cuaderno dejado en ``notebooks/analisis/`` es una página más, sin tocar otra cosa."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from observatorio.base.numeros import numero
from observatorio.catalogo.cuadernos.analisis import claves_de_entradas, descubrir
from observatorio.construir import construir
from observatorio.errores import DatosInvalidos
from observatorio.rutas import Proyecto


def dejar(proyecto: Proyecto, nombre: str, parametros: str, *celdas: str) -> Path:
    primera = new_code_cell(parametros)
    primera.metadata["tags"] = ["parameters"]
    nb = new_notebook(
        cells=[
            primera,
            *map(new_code_cell, celdas),
            new_markdown_cell("## Y una conclusión {#fin}"),
        ]
    )
    nb.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    ruta = proyecto.cuadernos / "analisis" / f"{nombre}.ipynb"
    ruta.parent.mkdir(exist_ok=True)
    nbformat.write(nb, ruta)
    return ruta


DECLARADO = (
    'titulo = "Cuántas medidas hay"\nresumen = "Una cuenta."\nentradas = ["publica",'
    ' "data/provincia.csv"]'
)
CUENTA = (
    (
        "from IPython.display import Markdown\nfrom observatorio import cuaderno as obs\na ="
        " obs.abrir_analisis(entradas)"
    ),
    (
        "Markdown(f\"Hay {a.tabla('publica').height} medidas y"
        " {a.tabla('data/provincia.csv').height} filas.\")"
    ),
)


def test_un_analisis_se_rehace_si_cambia_el_territorio_que_abre(tmp_path: Path) -> None:
    proyecto = Proyecto(tmp_path)
    territorio = proyecto.trabajo / "misiones" / "m1-agua" / "territorio.json"
    territorio.parent.mkdir(parents=True)
    claves = []
    for nombre in ("Altolinda", "Altolinda", "Bajolindo"):
        territorio.write_text(f'{{"anexos": ["{nombre}"]}}', encoding="utf-8")
        claves.append(claves_de_entradas(proyecto, ("brechas",)))
    assert claves[0] == claves[1] != claves[2]


@pytest.mark.largo
def test_un_cuaderno_nuevo_es_una_pagina_y_solo_se_rehace_si_cambian_sus_entradas(
    construido: Proyecto, cambiar
) -> None:
    dejar(construido, "cuenta", DECLARADO, *CUENTA)
    construir(construido, "embebido")
    pagina = (construido.sitio / "analisis/cuenta/index.html").read_text(encoding="utf-8")
    assert (
        "Cuántas medidas hay" in pagina
        and " medidas y 91 filas." in pagina
        and 'id="fin"' in pagina
    )
    assert (construido.sitio / "analisis/cuenta/cuaderno.ipynb").is_file()
    assert "analisis/cuenta/index.html" in (construido.sitio / "sitemap.xml").read_text(
        encoding="utf-8"
    )

    def rehecho(decisiones) -> bool:
        return next(d for d in decisiones if d.producto == "cuaderno analisis-cuenta").rehecho

    cambiar(construido.data / "contexto.csv", ",2019,0.393,", ",2019,0.394,")
    assert not rehecho(construir(construido, "embebido").decisiones)
    cambiar(construido.data / "provincia.csv", "0.3198", "0.3199")
    assert rehecho(construir(construido, "embebido").decisiones)


@pytest.mark.largo
def test_al_borrar_el_cuaderno_desaparece_su_pagina(construido: Proyecto) -> None:
    ruta = dejar(construido, "cuenta", DECLARADO, *CUENTA)
    construir(construido, "embebido")
    ruta.unlink()
    construir(construido, "embebido")
    assert not (construido.sitio / "analisis/cuenta/index.html").exists()


@pytest.mark.parametrize(
    ("parametros", "regla"),
    [
        ("x = 1", "analisis-sin-declarar"),
        (
            'titulo = "A"\nresumen = "B"\nentradas = ["data/observaciones/m4-nutricion.csv"]',
            "entrada-sin-privacidad",
        ),
        ('titulo = "A"\nresumen = "B"\nentradas = ["data/no-esta.csv"]', "entrada-desconocida"),
        ('titulo = "A"\nresumen = "B"\nentradas = ["../../etc/passwd"]', "entrada-desconocida"),
    ],
)
def test_lo_mal_declarado_se_rechaza_con_su_remedio(
    minimo: Proyecto, parametros: str, regla: str
) -> None:
    dejar(minimo, "malo", parametros)
    with pytest.raises(DatosInvalidos) as e:
        descubrir(minimo)
    assert regla in {x.regla for x in e.value.errores} and all(x.remedio for x in e.value.errores)


@pytest.mark.parametrize("contenido", [b"{", b"\xff", b"{}"])
def test_lo_que_no_es_un_cuaderno_se_rechaza_con_su_remedio(
    minimo: Proyecto, contenido: bytes
) -> None:
    dejar(minimo, "roto", DECLARADO).write_bytes(contenido)
    with pytest.raises(DatosInvalidos, match=r"cuaderno-ilegible|no-es-utf8"):
        descubrir(minimo)


@pytest.mark.largo
def test_los_analisis_del_repositorio_salen_con_sus_graficos(
    construido: Proyecto, proyecto_real: Proyecto
) -> None:
    shutil.copytree(
        proyecto_real.cuadernos / "analisis",
        construido.cuadernos / "analisis",
        ignore=shutil.ignore_patterns(".*"),
    )
    construir(construido, "embebido")
    for slug, graficos, cuadros in (
        ("distritos-de-la-provincia", 1, 1),
        ("brechas-entre-anexos", 2, 1),
    ):
        pagina = (construido.sitio / f"analisis/{slug}/index.html").read_text(encoding="utf-8")
        sellos = re.findall(r'<p class="procedencia">Fuentes:.*?</p>', pagina)
        assert (
            pagina.count('<figure class="grafico"') == graficos
            and len(sellos) == graficos + cuadros
        ), slug
        for sello in sellos:
            for parte in (
                "(acceso ",
                "Dato más nuevo: ",
                " pasan los cuatro controles sin reparos; pendiente de aprobación",
                'href="cuaderno.ipynb"',
                ">datos de ",
            ):
                assert parte in sello, (slug, parte)
            assert re.search("Son cifras de demostración|Las declara una fuente", sello)
        assert re.search(r"Producto <code>\w{8,}</code>", pagina)
    assert 'href="../../datos/provincia.csv">datos de provincia</a>' in (
        construido.sitio / "analisis/distritos-de-la-provincia/index.html"
    ).read_text(encoding="utf-8")
    distritos = (construido.sitio / "analisis/distritos-de-la-provincia/index.html").read_text(
        encoding="utf-8"
    )
    assert (
        "(año no declarado)</th>" in distritos
        and "(2018)</th>" in distritos
        and '"0.4100"' in distritos
    )
    brechas = (construido.sitio / "analisis/brechas-entre-anexos/index.html").read_text(
        encoding="utf-8"
    )
    for pagina, demo in ((distritos, False), (brechas, True)):
        assert ("(demo) ·" in pagina, '<p class="aviso-demo">' in pagina) == (demo, demo)
        assert bool(re.search(r"<h1[^>]*>[^\n]*m-demostracion", pagina)) == demo
        assert '<p class="procedencia">Todo lo que esta página abrió: Fuentes:' in pagina
    _las_brechas(construido)


def _las_brechas(p: Proyecto) -> None:
    """Lo primero que dice la página es cuántas diferencias se distinguen del azar, y es lo mismo
    que dicen los datos.
    """
    pagina = (p.sitio / "analisis/brechas-entre-anexos/index.html").read_text(encoding="utf-8")
    datos = [
        json.loads(r.read_text(encoding="utf-8")) for r in (p.sitio / "datos/kpi").glob("*.json")
    ]
    brechas = [
        b
        for d in datos
        for b in d["brechas"]
        if b["ambito"] == "anexo" and b["distinguible"] is not None
    ]
    distinguen = sum(b["distinguible"] for b in brechas)
    assert (
        f"En {distinguen} de {len(brechas)} indicadores"
        if distinguen
        else "Ninguna diferencia entre anexos se distingue del azar"
    ) in pagina
    assert (
        len(brechas) >= 3
        and pagina.count("No se distingue del azar</td>") == len(brechas) - distinguen
    )
    for b in brechas:
        assert (
            b["comparaciones"] >= 1
            and (not b["distinguible"] or b["brecha_min_95"] > 0)
            and f"(de {numero(b['menor_minimo'])} a {numero(b['menor_maximo'])})" in pagina
        )
