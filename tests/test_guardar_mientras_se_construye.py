"""Quien guarda un archivo mientras se construye o se publica no deja una edición mezclada bajo la
clave de otra.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from observatorio.construir import construir
from observatorio.edicion import claves, ediciones
from observatorio.edicion.quietud import CACHES, INTENTOS, con_lo_ultimo, entradas_quietas
from observatorio.errores import DatosInvalidos, EntradasCambiadas
from observatorio.publicacion import publicada
from observatorio.rutas import Proyecto


def guardar(ruta: Path, texto: str) -> None:
    with ruta.open("a", encoding="utf-8") as archivo:
        archivo.write(texto)


def test_la_edicion_es_de_lo_ultimo_guardado_y_la_de_antes_no_queda_envenenada(
    construido: Proyecto,
) -> None:
    pagina = construido.raiz / "index.qmd"
    guardar(pagina, "\nGuardado antes.\n")
    original = pagina.read_bytes()
    dichos: list[str] = []

    def avisar(texto: str) -> None:
        if texto.startswith("todo lo generado") and texto not in dichos:
            guardar(pagina, "\nGuardado a medias.\n")
        dichos.append(texto)

    hecha = construir(construido, "embebido", avisar=avisar)
    assert any("se empieza de nuevo" in d for d in dichos)
    assert "Guardado a medias." in (hecha.carpeta / "index.html").read_text(encoding="utf-8")
    assert hecha.identificador == claves.identificador(
        claves.entradas(construido.raiz), hecha.motor, "rapido"
    )
    pagina.write_bytes(original)
    vuelta = construir(construido, "embebido")
    assert vuelta.identificador != hecha.identificador and "a medias" not in (
        vuelta.carpeta / "index.html"
    ).read_text(encoding="utf-8")
    assert len(ediciones.conservadas(construido)) == 3


@pytest.mark.parametrize("fallo", [None, DatosInvalidos([]), KeyError("x")])
def test_lo_hecho_con_otras_entradas_se_olvida(minimo: Proyecto, fallo: Exception | None) -> None:
    for nombre in CACHES:
        (minimo.trabajo / nombre).mkdir(parents=True)
        (minimo.trabajo / nombre / "de-antes").touch()
    with (
        pytest.raises(KeyError if isinstance(fallo, KeyError) else EntradasCambiadas),
        entradas_quietas(minimo),
    ):
        for nombre in CACHES:
            (minimo.trabajo / nombre / "de-ahora").touch()
        claves.escribir_sello(minimo.trabajo, {"x": "y"})
        guardar(minimo.raiz / "index.qmd", "otra cosa")
        if fallo:
            raise fallo
    assert [p.name for n in CACHES for p in (minimo.trabajo / n).iterdir()] == ["de-antes"] * len(
        CACHES
    )
    assert not claves.leer_sello(minimo.trabajo)


def test_cambiar_y_deshacer_entretanto_tambien_se_nota(minimo: Proyecto) -> None:
    pagina, original = minimo.raiz / "index.qmd", (minimo.raiz / "index.qmd").read_bytes()
    with pytest.raises(EntradasCambiadas, match="páginas"), entradas_quietas(minimo):
        guardar(pagina, "algo")
        pagina.write_bytes(original)
    with entradas_quietas(minimo):
        pagina.read_bytes()


def test_si_no_dejan_de_guardar_lo_dice() -> None:
    veces = []

    def hacer() -> None:
        veces.append(1)
        raise EntradasCambiadas("cambió «datos»")

    with pytest.raises(EntradasCambiadas, match=r"veces seguidas\n.*remedio"):
        con_lo_ultimo(hacer, lambda _: None)
    assert len(veces) == INTENTOS


def test_publicar_no_anota_celdas_de_otros_datos(
    minimo: Proyecto, cambiar, monkeypatch: pytest.MonkeyPatch
) -> None:
    entradas = claves.entradas(minimo.raiz)
    monkeypatch.setattr(
        publicada,
        "ficha_de",
        lambda _: {"contenido": claves.contenido(entradas), "entradas": entradas},
    )
    cambiar(
        minimo.observaciones / "m4-nutricion.csv",
        ",validado,demostracion,",
        ",preliminar,demostracion,",
    )
    with pytest.raises(EntradasCambiadas):
        publicada.abrir(minimo, minimo.ediciones / "x")
    assert not minimo.publicada.exists()
