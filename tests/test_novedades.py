"""Qué cambió: entre dos ediciones cualesquiera, y frente a lo último publicado, en la página, el
canal y la versión.
"""

from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import apoyo_publicacion
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.edicion.cambios.comparacion import comparar_ediciones, en_texto
from observatorio.edicion.cambios.diferencias import Cambio, comparar, version
from observatorio.edicion.cambios.lado_a_lado import en_html
from observatorio.edicion.cambios.resumen import de_edicion
from observatorio.errores import ErrorDeUso
from observatorio.productos import novedades
from observatorio.publicacion.publicar import publicar
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos
ATOM = "{http://www.w3.org/2005/Atom}"


def cambio(clase: str) -> Cambio:
    return Cambio("valor", "M1-K01", "x", "1", "2", clase)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clases", "esperada"),
    [
        ([], "2.3.4"),
        (["corregido"], "2.3.5"),
        (["corregido", "consecuencia"], "2.3.5"),
        (["consecuencia"], "2.4.0"),
        (["agregado"], "2.4.0"),
        (["cambiado", "corregido"], "2.4.0"),
        (["retirado", "agregado", "corregido"], "3.0.0"),
    ],
)
def test_version_segun_lo_que_cambio(clases: list[str], esperada: str) -> None:
    assert version("2.3.4", [cambio(c) for c in clases]) == esperada
    assert version(None, [cambio(c) for c in clases]) == "1.0.0"


def test_cambios_lado_a_lado(dos) -> None:
    _, (primera, _) = dos
    antes, ahora = de_edicion(primera), de_edicion(primera)
    assert comparar(antes, ahora) == []
    con_dato = next(c for c, k in antes["kpis"].items() if k["valor"] is not None)
    ahora["kpis"][con_dato] |= {
        "valor": ahora["kpis"][con_dato]["valor"] + 1,
        "estado": "alcanzado",
        "meta": 99,
    }
    quitado = next(c for c in ahora["kpis"] if c != con_dato)
    del ahora["kpis"][quitado]
    kpi, periodos = next(iter(ahora["observaciones"].items()))
    periodo = next(iter(periodos))
    filas, claves, _ = periodos[periodo].split(":")
    periodos[periodo] = f"{filas}:{claves}:otra"
    titulo = next(iter(ahora["graficos"]["m4-nutricion"]))
    ahora["graficos"]["m4-nutricion"][titulo] = "g0"
    tipos = {(c.tipo, c.codigo, c.clase) for c in comparar(antes, ahora)}
    assert {
        ("estado", con_dato, "consecuencia"),
        ("valor", con_dato, "consecuencia"),
        ("ficha", con_dato, "cambiado"),
        ("KPI", quitado, "retirado"),
        ("observaciones", kpi, "corregido"),
        ("gráfico", "m4-nutricion", "consecuencia"),
    } <= tipos


def test_novedades_frente_a_lo_publicado_y_publicar_no_cambia_la_edicion(
    construido: Proyecto, tmp_path: Path, cambiar
) -> None:
    inicial = publicar(construido, str(tmp_path / "web"), "embebido")
    assert construir(construido, "embebido").identificador == inicial.identificador
    cambiar(construido.territorio, "en_ruta: 0.95", "en_ruta: 1.5")
    (construido.raiz / "novedades.qmd").write_text(
        '---\ntitle: "Novedades"\n---\n\n::: {.pieza nombre="novedades"}\n:::\n', encoding="utf-8"
    )
    nueva = construir(construido, "embebido")
    ficha = json.loads(
        (nueva.carpeta / f"ediciones/{nueva.identificador}.json").read_text(encoding="utf-8")
    )
    assert ficha["version"] == "1.1.0" and ficha["anterior"] == inicial.identificador
    assert any("cambi" in f and "estado" in f for f in ficha["frases"])
    pagina = (construido.sitio / "novedades.html").read_text(encoding="utf-8")
    assert inicial.identificador in pagina and "en ruta" in pagina and "requiere acelerar" in pagina
    assert nueva.identificador not in pagina, (
        "las páginas no llevan el identificador de su propia edición"
    )
    assert nueva.identificador in (construido.sitio / ediciones.MANIFIESTO).read_text()
    canal = ET.parse(construido.sitio / "novedades.xml").getroot()
    assert [e.findtext(f"{ATOM}title") for e in canal.iter(f"{ATOM}entry")] == [
        "Versión 1.1.0 de los datos",
        "Versión 1.0.0 de los datos",
    ]
    antes = ediciones.manifiesto(nueva.carpeta)
    publicada = publicar(construido, str(tmp_path / "web"), "embebido")
    assert publicada.identificador == nueva.identificador and publicada.anotada
    if apoyo_publicacion.LARGO:
        for carpeta in (".trabajo", "ediciones"):
            apoyo_publicacion.shutil.rmtree(construido.raiz / carpeta)
    assert ediciones.manifiesto(construir(construido, "embebido").carpeta) == antes, (
        "después de anotarla, la edición sale igual"
    )


def test_comparar_en_texto_y_json(dos, capsys: pytest.CaptureFixture[str]) -> None:
    proyecto, (primera, segunda) = dos
    assert "Ninguna cifra" in en_texto(comparar_ediciones(proyecto, primera.name, segunda.name))
    observaciones = segunda / "datos/observaciones.csv"
    lineas = observaciones.read_text(encoding="utf-8").splitlines()
    fila = next(
        i for i, linea in enumerate(lineas[1:], 1) if linea.split(",")[6] and linea.split(",")[7]
    )
    celdas = lineas[fila].split(",")
    lineas[fila] = ",".join([*celdas[:6], "12.5", *celdas[7:]])
    observaciones.write_text("\n".join(lineas) + "\n", encoding="utf-8")
    assert (
        principal(["--raiz", str(proyecto.raiz), "comparar", primera.name, segunda.name, "--json"])
        == 0
    )
    hallado = json.loads(capsys.readouterr().out)
    assert hallado["salto"] == "corrección" and [m["ahora"][:4] for m in hallado["medidas"]] == [
        "12.5"
    ]
    assert hallado["medidas"][0]["kpi"] == celdas[0]
    texto = en_texto(comparar_ediciones(proyecto, primera.name, str(segunda)))
    assert "→  12.5" in texto and celdas[2] in texto
    with pytest.raises(ErrorDeUso, match="no es una edición"):
        comparar_ediciones(proyecto, "ninguna", segunda.name)
    with pytest.raises(ErrorDeUso, match="todavía no se publicó"):
        comparar_ediciones(proyecto, None, None)


def test_comparar_pone_los_graficos_lado_a_lado(
    dos, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    proyecto, (primera, segunda) = dos
    ficha, pagina = (
        segunda / f"ediciones/{segunda.name}.json",
        segunda / "misiones/m4-nutricion/index.html",
    )
    graficos = json.loads(ficha.read_text(encoding="utf-8"))["graficos"]["m4-nutricion"]
    titulo, viejo = next(iter(graficos.items()))
    editar(ficha, lambda t: t.replace(viejo, "g0nuevo"))
    editar(
        pagina,
        lambda t: t.replace(
            f'<figure class="grafico" id="{viejo}"><div class="lienzo"><svg ',
            '<figure class="grafico" id="g0nuevo"><div class="lienzo"><svg data-nuevo="1" ',
        ),
    )
    assert (
        principal(
            [
                "--raiz",
                str(proyecto.raiz),
                "comparar",
                primera.name,
                segunda.name,
                "--html",
                str(tmp_path / "que.html"),
            ]
        )
        == 0
    )
    assert titulo in capsys.readouterr().out
    informe = (tmp_path / "que.html").read_text(encoding="utf-8")
    antes, ahora = (
        base64.b64decode(x).decode()
        for x in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', informe)
    )
    assert antes.startswith("<svg ") and "data-nuevo" not in antes and 'data-nuevo="1"' in ahora
    assert f'alt="{titulo}, antes"' in informe and "http" not in re.sub(
        r"base64,[^\"]+", "", informe
    )
    assert (
        principal(
            [
                "--raiz",
                str(proyecto.raiz),
                "comparar",
                primera.name,
                segunda.name,
                "--html",
                str(tmp_path),
            ]
        )
        == 2
    )
    assert "es una carpeta" in capsys.readouterr().err


def test_la_pagina_dice_las_mismas_medidas_que_el_texto(tmp_path: Path) -> None:
    """Frente a lo último publicado solo se sabe cuántas cambiaron: la página también lo cuenta."""
    cambios = [
        {
            "tipo": "observaciones",
            "codigo": "M1-K01",
            "nombre": "Uno",
            "antes": "2024: 1 medida",
            "despues": "1 cambiada",
            "clase": "corregido",
        }
    ]
    c = {
        "antes": "a",
        "ahora": "b",
        "version_antes": "1.0.0",
        "version_ahora": "1.0.1",
        "salto": "corrección",
        "cambios": cambios,
        "graficos": [],
        "medidas": [],
    }
    for dicho in (en_texto(c), en_html(c, None, tmp_path)):
        assert "M1-K01 2024: 1 medida" in dicho and "1 cambiada (corregido)" in dicho


@pytest.fixture
def resumido(dos) -> tuple[dict, dict]:
    _, (primera, _) = dos
    return de_edicion(primera), de_edicion(primera)


def editar(ruta: Path, hacer) -> None:
    texto = hacer(ruta.read_text(encoding="utf-8"))
    ruta.unlink()
    ruta.write_text(texto, encoding="utf-8")


def test_se_dice_todo_lo_que_se_publica(dos) -> None:
    _, (primera, segunda) = dos
    antes, datos = de_edicion(primera), segunda / "datos"
    kpis = json.loads((datos / "kpis.json").read_text(encoding="utf-8"))
    codigo = next(k["codigo"] for k in kpis if k["avance"] is not None)
    editar(
        datos / "kpis.json",
        lambda t: json.dumps(
            [
                k
                | (
                    {
                        "avance": k["avance"] + 1e-9,
                        "responsable": "Otra",
                        "esperado": 0.9,
                        "ritmo": 0.5,
                    }
                    if k["codigo"] == codigo
                    else {}
                )
                for k in kpis
            ]
        ),
    )
    editar(
        datos / "kpi" / f"{codigo}.json",
        lambda t: t.replace('"definicion": "', '"definicion": "Nueva. ').replace(
            '"definicion":"', '"definicion":"Nueva. '
        ),
    )
    editar(
        datos / "misiones.json", lambda t: json.dumps([m | {"maximo": 0.99} for m in json.loads(t)])
    )
    editar(
        segunda / f"ediciones/{segunda.name}.json",
        lambda t: json.dumps(json.loads(t) | {"fecha_corte": "2027-01-31"}),
    )
    for tabla in ("provincia", "contexto", "diagnostico"):
        editar(
            datos / f"{tabla}.csv",
            lambda t: (
                "\n".join([*t.splitlines()[:1], *(f"{x}." for x in t.splitlines()[1:])]) + "\n"
            ),
        )
    observaciones = (datos / "observaciones.csv").read_text(encoding="utf-8")
    editar(datos / "observaciones.csv", lambda t: t.replace(",validado,", ",preliminar,", 1))
    dichos = {
        (c.tipo, c.nombre): (c.antes, c.despues) for c in comparar(antes, de_edicion(segunda))
    }
    for esperado in (
        ("cálculo", "avance"),
        ("cálculo", "avance esperado"),
        ("cálculo", "ritmo"),
        ("ficha", "responsable"),
        ("ficha", "definición"),
        ("corte", "fecha de corte"),
        ("tabla", "tabla de la provincia"),
        ("tabla", "cuadros de contexto"),
        ("tabla", "diagnóstico"),
    ):
        assert esperado in dichos, esperado
    assert any(n.startswith("cotas de") for _, n in dichos)
    assert (",validado," in observaciones) == any(t == "observaciones" for t, _ in dichos)
    assert len({*dichos["cálculo", "avance"]}) == 2, (
        "si redondeadas se leen igual, llevan más decimales"
    )


def test_que_numero_sube_se_decide_celda_por_celda(resumido) -> None:
    antes, ahora = resumido
    kpi, periodo = next(
        (k, p)
        for k, t in ahora["observaciones"].items()
        for p, m in t.items()
        if m.count(",") >= 2 and "~" not in m
    )

    def salto(marca: str) -> str:
        ahora["observaciones"][kpi][periodo] = marca
        return version("1.0.0", comparar(antes, ahora))

    n, claves, valores = antes["observaciones"][kpi][periodo].split(":")
    cs, (v, *vs) = claves.split(",")[1:], valores.split(",")
    assert salto(f"{n}:{claves}:{','.join(['otro', *vs])}") == "1.0.1"
    assert salto(f"{n}:{','.join(['otra', *cs])}:{valores}") == "2.0.0", (
        "una celda sale y otra entra: son tantas como antes"
    )
    assert salto(f"9:{claves},otra:{valores},otro") == "1.1.0"
    assert salto(f"{n}:{claves}:{','.join(['~' + v, *vs])}") == "2.0.0", (
        "una cifra publicada pasa a protegida"
    )
    ahora["observaciones"] = antes["observaciones"]
    ahora["graficos"] = {s: dict(list(g.items())[1:]) for s, g in antes["graficos"].items()}
    assert version("1.0.0", comparar(antes, ahora)) == "2.0.0", "se retira un gráfico"


def test_graficos_lado_a_lado(dos) -> None:
    proyecto, (primera, segunda) = dos
    ficha = json.loads((segunda / f"ediciones/{segunda.name}.json").read_text(encoding="utf-8"))
    titulo, marca = next(iter(ficha["graficos"]["m4-nutricion"].items()))
    ficha["graficos"]["m4-nutricion"][titulo] = "gnuevo"
    editar(segunda / f"ediciones/{segunda.name}.json", lambda _: json.dumps(ficha))
    comparacion = comparar_ediciones(proyecto, primera.name, segunda.name)
    (grafico,) = comparacion["graficos"]
    assert (
        grafico["antes"] == f"ediciones/{primera.name}/misiones/m4-nutricion/index.html#{marca}"
        and (proyecto.raiz / grafico["antes"].split("#")[0]).is_file()
    )
    assert f'id="{marca}"' in (proyecto.raiz / grafico["antes"].split("#")[0]).read_text(
        encoding="utf-8"
    )
    assert (
        grafico["ahora"].endswith(f"{segunda.name}/misiones/m4-nutricion/index.html#gnuevo")
        and "utrici" in grafico["mision"]
    )
    texto = en_texto(comparacion)
    assert titulo in texto and grafico["antes"] in texto and grafico["ahora"] in texto
    assert (comparacion["version_antes"], comparacion["version_ahora"]) == (
        "1.0.0",
        ficha["version"],
    )


def test_el_grafico_de_un_analisis_se_nombra_por_su_titulo(dos) -> None:
    """También el de uno que ya no está, que solo conoce la edición de antes."""
    proyecto, (primera, segunda) = dos
    for carpeta, marca in ((primera, "g1"), (segunda, "g2")):
        ruta = carpeta / f"ediciones/{carpeta.name}.json"
        ficha = json.loads(ruta.read_text(encoding="utf-8"))
        assert ficha["titulos"] == {}, "esta edición no tiene análisis"
        ficha["graficos"]["analisis-brechas"] = {"Brecha por anexo": marca}
        ficha["titulos"] = {"analisis-brechas": f"Brechas, vistas en {marca}"}
        if carpeta == primera:
            ficha["graficos"]["analisis-retirado"], ficha["titulos"]["analisis-retirado"] = (
                {"Otro": "g3"},
                "Un análisis retirado",
            )
        editar(ruta, lambda _, f=ficha: json.dumps(f))
    comparacion = comparar_ediciones(proyecto, primera.name, segunda.name)
    assert {(g["titulo"], g["mision"]) for g in comparacion["graficos"]} >= {
        ("Brecha por anexo", "Brechas, vistas en g2"),
        ("Otro", "Un análisis retirado"),
    }
    lineas = en_texto(comparacion).splitlines()
    assert (
        "  Brecha por anexo, Brechas, vistas en g2" in lineas
        and "  Otro, Un análisis retirado" in lineas
    )
    assert "analisis-" not in "".join(x for x in lineas if "index.html" not in x)


def test_el_canal_no_repite_version_y_solo_se_enlaza_lo_que_se_conserva(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    historia = [
        {"edicion": f"{i:016x}", "version": v, "fecha_corte": "2026-10-31", "frases": [f"trae {i}"]}
        for i, v in enumerate(["1.1.0", "1.1.0", "1.0.0", "1.0.0", "1.0.0", "1.0.0"])
    ]
    ficha = {"version": "1.1.0", "fecha_corte": "2026-10-31", "frases": ["nada"]}
    entradas = list(
        ET.fromstring(novedades._canal(r, ficha, {"historia": historia, "version": "1.1.0"})).iter(
            f"{ATOM}entry"
        )
    )
    assert [
        (e.findtext(f"{ATOM}id").rpartition("#")[2], e.findtext(f"{ATOM}summary")) for e in entradas
    ] == [("v1.1.0", "trae 1."), ("v1.0.0", "trae 5.")]
    pagina = novedades._historia(r, {"historia": historia})
    assert pagina.count("<a ") == ediciones.CONSERVADAS - 1 and all(
        e["edicion"] in pagina for e in historia
    )
    fila = novedades._fila(
        r,
        Cambio("gráfico", "m4-nutricion", "Avance", "g1", "g2", "consecuencia"),
        "0" * 16,
        {"m4-nutricion": "Nutrición"},
    )
    assert (
        f"ediciones/{'0' * 16}/misiones/m4-nutricion/index.html#g1" in fila[2]
        and "@raiz@/misiones/m4-nutricion/index.html#g2" in fila[3]
    )
