"""Las ediciones restringidas: cada nivel ve sus indicadores y ninguno una celda protegida; al
público no le cambia nada, y lo restringido no llega nunca a un sitio público.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest
from nbformat.v4 import new_notebook

from conftest import con_respaldo, copiar_entradas, reducir, reemplazar
from observatorio.calculo import calcular, calcular_nivel, calcular_validado
from observatorio.catalogo import Catalogo
from observatorio.catalogo.modelos import Acceso
from observatorio.cuadernos import normalizar
from observatorio.edicion import ediciones, memoria
from observatorio.errores import DatosInvalidos, ErrorDeUso
from observatorio.presentacion.nivel import ARCHIVO, aviso, con_marca
from observatorio.privacidad import NIVELES, abierto_a, acumular, definiciones
from observatorio.privacidad.acceso import lo_que_ve
from observatorio.privacidad.historial import vacia
from observatorio.productos import piezas, web
from observatorio.productos.comites import fichas
from observatorio.productos.datos_abiertos import descripcion, publicos
from observatorio.publicacion.niveles import entregar, poner_al_dia
from observatorio.publicacion.publicable import exigir_publica, exigir_sin_restringidas
from observatorio.publicacion.publicar import publicar
from observatorio.publicacion.respaldo import _archivos
from observatorio.resultados.celdas_construidas import celdas_de
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import Validado, pasar

DICHO = "USO RESTRINGIDO · nivel decisor"
CELDA = ["kpi", "periodo", "lugar", "grupo", "unidad", "agrupado"]
MISIONES = ("m1-salud",)


@dataclass(frozen=True)
class Niveles:
    """Lo de cada nivel, con los mismos datos."""

    catalogo: Catalogo
    validado: Validado
    de: dict[Acceso, Resultados]


def con_nivel(catalogo: Catalogo, nivel: Acceso) -> Catalogo:
    return replace(catalogo, territorio=catalogo.territorio.model_copy(update={"nivel": nivel}))


def del_nivel(
    catalogo: Catalogo,
    validado: Validado,
    nivel: Acceso,
    propia: pl.DataFrame | None = None,
    publica: pl.DataFrame | None = None,
) -> Resultados:
    previas = [vacia() if x is None else x for x in (propia, publica)]
    return calcular_nivel(con_nivel(catalogo, nivel), validado, *previas)


@pytest.fixture(scope="module")
def proyecto(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    return con_respaldo(
        reducir(copiar_entradas(tmp_path_factory.mktemp("niveles") / "p"), MISIONES)
    )


@pytest.fixture(scope="module")
def niveles(proyecto: Proyecto) -> Niveles:
    catalogo, validado = pasar(proyecto)
    de: dict[Acceso, Resultados] = {"ciudadano": calcular_validado(catalogo, validado, vacia())}
    for nivel in ("decisor", "técnico"):
        de[nivel] = del_nivel(catalogo, validado, nivel)
    return Niveles(catalogo, validado, de)


def con_cifra(r: Resultados) -> set[str]:
    return set(r.publica.filter(~pl.col("protegido"))["kpi"])


def reservados(catalogo: Catalogo, acceso: Acceso) -> set[str]:
    return {c for c, k in catalogo.kpis.items() if k.acceso == acceso}


def test_cada_nivel_ve_lo_suyo_y_lo_de_antes() -> None:
    assert [len(lo_que_ve(n)) for n in NIVELES] == [1, 2, 3]
    assert lo_que_ve("decisor") == ("ciudadano", "decisor")


def test_los_indicadores_de_cada_nivel_y_ninguno_de_mas(niveles: Niveles) -> None:
    decisor, tecnico = (reservados(niveles.catalogo, n) for n in ("decisor", "técnico"))
    vistos = {n: con_cifra(r) for n, r in niveles.de.items()}
    assert not vistos["ciudadano"] & (decisor | tecnico)
    assert vistos["decisor"] & decisor and not vistos["decisor"] & tecnico
    assert vistos["técnico"] & decisor and vistos["técnico"] >= vistos["decisor"]


def test_ningun_nivel_ve_una_celda_que_el_publico_tiene_protegida(niveles: Niveles) -> None:
    publica = niveles.de["ciudadano"].publica
    ocultas = publica.filter("protegido").select(CELDA)
    assert ocultas.height > 50
    for nivel in ("decisor", "técnico"):
        a_la_vista = niveles.de[nivel].publica.filter(~pl.col("protegido")).select(CELDA)
        assert ocultas.join(a_la_vista, on=CELDA, how="inner").is_empty(), nivel


def test_el_umbral_rige_tambien_en_lo_reservado(niveles: Niveles) -> None:
    """Con un umbral más alto se ocultan más celdas de lo reservado, como de lo demás."""
    c, metodo = pl.col, niveles.catalogo.territorio.metodo
    territorio = niveles.catalogo.territorio.model_copy(
        update={"metodo": metodo.model_copy(update={"k": 200})}
    )
    alto = replace(niveles.catalogo, territorio=territorio)
    visibles = {}
    for k, r in (
        (metodo.k, niveles.de["técnico"]),
        (200, del_nivel(alto, niveles.validado, "técnico")),
    ):
        sobre_personas = [x for x in r.catalogo.reservados if r.catalogo.kpis[x].sobre_personas]
        suyas = r.publica.filter(c("kpi").is_in(sobre_personas), ~c("protegido"))
        assert suyas.filter(c("numerador") > 0, c("numerador") < k).is_empty(), k
        visibles[k] = suyas.height
    assert visibles[200] < visibles[metodo.k]


def test_lo_que_el_publico_vio_antes_y_hoy_se_oculta_no_sale_por_un_nivel(
    niveles: Niveles,
) -> None:
    """La memoria del público cuenta: lo que hoy se oculta porque una resta lo diría se oculta
    también aquí.
    """
    catalogo, validado, hoy = niveles.catalogo, niveles.validado, niveles.de["ciudadano"]
    celdas = celdas_de(hoy)
    memoria_publica = acumular(vacia(), celdas, set(celdas["kpi"]), definiciones(catalogo))
    publica = calcular_validado(catalogo, validado, memoria_publica).publica
    r = del_nivel(catalogo, validado, "decisor", publica=memoria_publica)
    ocultas = publica.filter("protegido").select(CELDA)
    a_la_vista = r.publica.filter(~pl.col("protegido")).select(CELDA)
    assert ocultas.join(a_la_vista, on=CELDA, how="inner").is_empty()


def test_construir_otra_vez_con_su_memoria_dice_lo_mismo(niveles: Niveles) -> None:
    """Cada nivel tiene su memoria: lo que vio sigue a la vista, y lo que no, no."""
    catalogo, validado = niveles.catalogo, niveles.validado
    antes = niveles.de["decisor"]
    celdas = celdas_de(antes)
    propia = acumular(vacia(), celdas, set(celdas["kpi"]), definiciones(catalogo))
    despues = del_nivel(catalogo, validado, "decisor", propia=propia)
    assert despues.publica.equals(antes.publica)


def test_al_publico_no_le_cambia_nada_que_haya_niveles(niveles: Niveles) -> None:
    assert abierto_a(niveles.catalogo, "ciudadano") is niveles.catalogo
    assert not niveles.de["ciudadano"].catalogo.reservados


def test_lo_que_se_aprueba_es_lo_publico_en_todos_los_niveles(niveles: Niveles) -> None:
    """Ver más indicadores no es cambiar el producto: ni su método ni sus cifras aprobadas."""
    llevadas = [r.aprobaciones.llevadas() for r in niveles.de.values()]
    assert llevadas[0] and llevadas[0] == llevadas[1] == llevadas[2]
    r = niveles.de["técnico"]
    assert {r.procedencias[c].aprobacion.estado for c in r.catalogo.reservados} == {"pendiente"}


def test_el_nivel_va_en_cada_pagina_y_en_los_datos(niveles: Niveles) -> None:
    r = niveles.de["decisor"]
    dicho = aviso(r.catalogo)
    assert "nivel decisor" in dicho
    assert piezas._sello(r.catalogo)["nivel"] == dicho
    assert all(dicho.encode() in f for f in fichas.fuentes(r).values())
    sueltos = web.archivos(r.catalogo, [])
    assert b"Disallow: /\n" in sueltos["robots.txt"] and dicho.encode() in sueltos["404.html"]
    datos = publicos.archivos(r, {})
    assert dicho.encode() in datos[ARCHIVO]
    accesos = {k["codigo"]: k["acceso"] for k in json.loads(datos["kpis.json"])}
    assert {c for c, a in accesos.items() if a == "decisor"} == set(r.catalogo.reservados)
    publico = niveles.de["ciudadano"]
    assert ARCHIVO not in publicos.archivos(publico, {}) and aviso(publico.catalogo) == ""
    assert "nivel" not in piezas._sello(publico.catalogo)


def test_cada_archivo_suelto_dice_su_nivel_y_sigue_siendo_lo_que_era(niveles: Niveles) -> None:
    """Un CSV se reenvía sin su carpeta, y un cuaderno también."""
    r = niveles.de["decisor"]
    dicho, sin_marca = aviso(r.catalogo), publicos.archivos(r, {})
    marcados = con_marca(sin_marca | {"versiones/a.json": b"{}"}, r.catalogo)
    assert marcados.pop("versiones/a.json") == b"{}", "lo firmado no se toca"
    assert [n for n, c in marcados.items() if not dicho_en(c, dicho, n)] == []
    csv_, antes = (
        pl.read_csv(x["observaciones.csv"], infer_schema=False) for x in (marcados, sin_marca)
    )
    assert csv_.drop("uso").equals(antes) and csv_["uso"].unique().to_list() == [dicho]
    de_parquet = pl.read_parquet(marcados["observaciones.parquet"])
    assert de_parquet.columns == csv_.columns
    paquete = json.loads(descripcion.archivos(r, marcados, {})["datapackage.json"])
    (suyo,) = [x for x in paquete["resources"] if x["name"] == "observaciones"]
    assert [c["name"] for c in suyo["schema"]["fields"]] == csv_.columns
    catalogo = json.loads(con_marca({"x.jsonld": b"{}"}, r.catalogo)["x.jsonld"])
    assert catalogo["dct:accessRights"]["rdfs:label"]["@value"] == dicho and "uso" not in catalogo
    for n, ocupado in {"x.csv": b"uso\nriego\n", "x.json": b'[{"uso": "riego"}]'}.items():
        with pytest.raises(ValueError, match=f"{n} ya tiene «uso»"):
            con_marca({n: ocupado}, r.catalogo)
    publico = niveles.de["ciudadano"]
    assert con_marca(sin_marca, publico.catalogo) == sin_marca
    cuaderno = normalizar.descargable(new_notebook(), str, dicho)
    assert dicho in cuaderno.cells[0].source and cuaderno.metadata["uso"] == dicho
    assert not normalizar.descargable(new_notebook(), str).cells


def dicho_en(contenido: bytes, dicho: str, nombre: str) -> bool:
    if nombre.endswith(".parquet"):
        return "uso" in pl.read_parquet(contenido).columns
    if nombre.endswith(".csv"):
        cabecera, *filas = contenido.decode().splitlines()
        return cabecera.endswith(",uso") and all(dicho in f for f in filas[-1:])
    return contenido.split() == [b"[]"] or dicho in contenido.decode()


@pytest.mark.parametrize("con", ["aviso", "ficha", "cifras"])
def test_lo_restringido_no_se_publica_se_mire_por_donde_se_mire(
    niveles: Niveles, tmp_path: Path, con: str
) -> None:
    """Con cualquiera de sus tres señas: el aviso, la ficha o las cifras mismas."""
    (tmp_path / "ediciones").mkdir()
    nivel = "decisor" if con == "ficha" else "ciudadano"
    (tmp_path / "ediciones" / "x.json").write_text(json.dumps({"nivel": nivel}), encoding="utf-8")
    datos = publicos.archivos(niveles.de["decisor" if con == "cifras" else "ciudadano"], {})
    for nombre in ("kpis.json", *([ARCHIVO] if con == "aviso" else [])):
        ruta = tmp_path / "datos" / nombre
        ruta.parent.mkdir(exist_ok=True)
        ruta.write_bytes(datos.get(nombre, b"x"))
    with pytest.raises(ErrorDeUso, match="restringido"):
        exigir_publica(tmp_path)


def test_un_sitio_publico_y_uno_restringido_no_comparten_carpeta(
    proyecto: Proyecto, tmp_path: Path
) -> None:
    publico, restringido = tmp_path / "publico", tmp_path / "decisor"
    for carpeta in (publico, restringido):
        (carpeta / "datos").mkdir(parents=True)
        (carpeta / ediciones.MANIFIESTO).write_text("", encoding="utf-8")
    (restringido / "datos" / ARCHIVO).write_text("x", encoding="utf-8")
    with pytest.raises(ErrorDeUso, match="hay un sitio público"):
        entregar(proyecto, "decisor", publico)
    with pytest.raises(ErrorDeUso, match="uso restringido: publique en otra"):
        exigir_sin_restringidas(restringido)
    with pytest.raises(ErrorDeUso, match="dentro del proyecto"):
        entregar(proyecto, "decisor", proyecto.raiz / "decisor")
    with pytest.raises(ErrorDeUso, match="falta la memoria"):
        entregar(proyecto, "decisor", restringido)
    assert not proyecto.niveles.exists(), "nada quedó escrito a medias"


def test_un_nivel_escrito_a_mano_se_rechaza_con_su_remedio(proyecto: Proyecto) -> None:
    antes = proyecto.territorio.read_bytes()
    reemplazar(proyecto.territorio, "\nfecha_corte:", "\nnivel: decisor\nfecha_corte:")
    with pytest.raises(DatosInvalidos) as e:
        pasar(proyecto)
    (error,) = e.value.errores
    assert (error.archivo, error.regla) == ("data/territorio.yml", "nivel-fuera-de-su-taller")
    assert "--nivel decisor --en CARPETA" in error.remedio
    proyecto.territorio.write_bytes(antes)


def test_el_taller_lleva_lo_de_hoy_su_nivel_y_las_dos_memorias(
    proyecto: Proyecto,
) -> None:
    taller = Proyecto(proyecto.niveles / "decisor")
    poner_al_dia(proyecto, taller, "decisor")
    suya = taller.raiz / memoria.CARPETA / memoria.REGISTRO
    suya.write_bytes(memoria.con_sumas(memoria.SEMILLA | {"en_curso": "algo"}, {}))
    sobra = taller.observaciones / "de-antes.csv"
    shutil.copyfile(taller.archivos_de_observaciones()[0], sobra)
    poner_al_dia(proyecto, taller, "decisor")
    assert not sobra.exists()
    assert b"algo" in suya.read_bytes(), "la memoria de su nivel no se toca"
    publica = taller.memoria_publica / memoria.CARPETA / memoria.REGISTRO
    assert publica.read_bytes() == (proyecto.raiz / memoria.CARPETA / memoria.REGISTRO).read_bytes()
    guardado = [r for r, _ in _archivos(proyecto) if r.startswith("reservado/")]
    assert guardado == ["reservado/niveles/decisor/data/publicada/edicion.json"]
    shutil.rmtree(proyecto.niveles)


@pytest.mark.largo
def test_de_la_orden_a_la_carpeta_sin_tocar_lo_publico(
    proyecto: Proyecto, niveles: Niveles, tmp_path: Path
) -> None:
    """Entera: se construye, se entrega, la segunda vez recuerda, y no se publica."""
    antes = publico_de(proyecto)
    destino = tmp_path / "decisor"
    hecha = entregar(proyecto, "decisor", destino, "embebido")
    paginas = [p for p in destino.rglob("*.html") if "ediciones" not in p.parts]
    assert len(paginas) > 20
    sin_decirlo = [p for p in paginas if "USO RESTRINGIDO · nivel decisor" not in p.read_text()]
    assert sin_decirlo == []
    sueltos = [p for forma in ("*.csv", "*.json", "*.ipynb") for p in destino.rglob(forma)]
    callados = [
        p.relative_to(destino).as_posix()
        for p in sueltos
        if "ediciones" not in p.parts and not dicho_en(p.read_bytes(), DICHO, p.name)
    ]
    assert sueltos and callados == []
    assert publico_de(proyecto) == antes
    taller = Proyecto(proyecto.niveles / "decisor")
    assert calcular(taller).publica.equals(niveles.de["decisor"].publica)
    vista = memoria.leer_publicada(taller.raiz)
    assert vista["ultima"]["edicion"] == hecha.identificador
    assert not memoria.leer_publicada(proyecto.raiz)["ultima"], "el público no vio nada"
    with pytest.raises(ErrorDeUso, match="uso restringido"):
        publicar(taller, str(tmp_path / "publico"), "embebido")
    with pytest.raises(ErrorDeUso, match="uso restringido"):
        publicar(taller, str(tmp_path / "todo.zip"), "embebido")
    assert not (tmp_path / "publico").exists() and not (tmp_path / "todo.zip").exists()
    assert entregar(proyecto, "decisor", destino, "embebido").identificador == hecha.identificador
    reservado = next(iter(reservados(pasar(proyecto)[0], "técnico")))
    ficha = json.loads((destino / "datos" / "kpi" / f"{reservado}.json").read_bytes())
    assert ficha["ultimo"] is None and not ficha["observaciones"], "lo técnico no es del decisor"


def publico_de(proyecto: Proyecto) -> dict[Path, bytes]:
    """Todo lo del proyecto menos los talleres y lo pasajero."""
    aparte = (proyecto.niveles, proyecto.trabajo)
    return {
        p: p.read_bytes()
        for p in proyecto.raiz.rglob("*")
        if p.is_file() and not any(a in p.parents for a in aparte)
    }
