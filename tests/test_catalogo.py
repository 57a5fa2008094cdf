"""El catálogo: recuentos exactos, textos propios, líneas de base del diagnóstico y errores con su
línea.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter

import pytest

from conftest import reemplazar
from observatorio.base.numeros import FINO, con_unidad
from observatorio.catalogo import Catalogo, cargar
from observatorio.catalogo.nombre_de_lugar import NombreDeLugar
from observatorio.errores import DatosInvalidos
from observatorio.rutas import Proyecto

TAMANOS = {
    "m1-salud": (10, 27),
    "m2-educacion": (8, 19),
    "m3-economia": (6, 17),
    "m4-nutricion": (5, 13),
    "m5-ambiente": (9, 19),
    "m6-comunidades": (6, 18),
    "m7-institucionalidad": (5, 17),
}
PARECIDO = 0.85
DECLARADAS = {
    "M4-K01": (56.4, None, None),
    "M4-K04": (17, None, None),
    "M2-K04": (85, ">", "2018"),
    "M2-K07": (45.3, None, None),
    "M1-K02": (48.6, None, "2017"),
    "M2-K19": (92, None, None),
    "M2-K18": (63.6, None, "2019"),
}


@pytest.fixture(scope="module")
def catalogo(proyecto_real: Proyecto) -> Catalogo:
    return cargar(proyecto_real)


def test_recuentos_exactos(catalogo: Catalogo) -> None:
    assert {m.slug: (len(m.okrs), len(m.kpis)) for m in catalogo.misiones} == TAMANOS
    assert (len(catalogo.okrs), len(catalogo.kpis)) == (49, 130)


def test_los_tres_niveles_en_cada_mision(catalogo: Catalogo) -> None:
    for m in catalogo.misiones:
        assert {k.nivel for k in m.kpis} == {1, 2, 3}, m.slug


def test_la_meta_de_cada_mision_es_un_kpi_de_nivel_1(catalogo: Catalogo) -> None:
    for m in catalogo.misiones:
        principales = [k for k in m.kpis if k.principal]
        assert 1 <= len(principales) <= 3 and all(k.nivel == 1 for k in principales), m.slug
        assert any(k.meta and k.meta.origen == "plan" for k in principales), m.slug


@pytest.mark.parametrize(
    "campo", ["nombre", "nombre_corto", "definicion", "justificacion", "limitaciones"]
)
def test_ningun_texto_sale_de_un_molde(catalogo: Catalogo, campo: str) -> None:
    textos = {k.codigo: getattr(k, campo).lower() for k in catalogo.kpis.values()}
    iguales = []
    palabras = {codigo: set(texto.split()) for codigo, texto in textos.items()}
    for (a, ta), (b, tb) in itertools.combinations(textos.items(), 2):
        comunes = len(palabras[a] & palabras[b]) / max(len(palabras[a]), len(palabras[b]))
        if comunes < PARECIDO / 2:
            continue
        comparador = difflib.SequenceMatcher(None, ta, tb, autojunk=False)
        if comparador.quick_ratio() > PARECIDO and comparador.ratio() > PARECIDO:
            iguales.append((a, b))
    assert not iguales


def test_cada_porcentaje_del_diagnostico_es_la_base_de_un_kpi(catalogo: Catalogo) -> None:
    for codigo, (valor, cota, periodo) in DECLARADAS.items():
        base = catalogo.kpis[codigo].linea_base
        assert base is not None and (base.valor, base.cota, base.periodo, base.naturaleza) == (
            valor,
            cota,
            periodo,
            "declarado",
        ), codigo
        assert base.periodo or base.periodo_asumido, codigo


def test_lo_demas_se_declara_demostracion(catalogo: Catalogo) -> None:
    naturalezas = Counter(k.linea_base.naturaleza for k in catalogo.kpis.values() if k.linea_base)
    assert naturalezas["declarado"] == len(DECLARADAS) and naturalezas["documentado"] == 0
    assert all(k.estado == "propuesta" for k in catalogo.kpis.values())


@pytest.mark.parametrize(
    ("antes", "despues", "regla"),
    [
        ("  - codigo: M4-O02", "  - codigo: M4-O01", "codigo-repetido"),
        ("sentido: descendente", "sentido: descendiente", "ficha-palabra-no-admitida"),
        ("        gracia: 4\n", "", "ficha-falta-campo"),
        ("gracia: 4", "gracia: cuatro", "ficha-no-es-entero"),
        ("fuente: sien-his", "fuente: nadie", "fuente-desconocida"),
        ("          valor: 10\n", "          valor: 90\n", "meta-contra-el-sentido"),
        ("2027: 28", "2027: 38", "logros-no-monotonos"),
        ("codigo: M4\n", "codigo: M4\ncolor: rojo\n", "ficha-campo-desconocido"),
        ("okrs:\n", "okrs: [\n", "yaml-roto"),
    ],
)
def test_un_catalogo_malo_dice_linea_regla_y_remedio(
    minimo: Proyecto, cambiar, antes: str, despues: str, regla: str
) -> None:
    cambiar(minimo.misiones / "m4-nutricion" / "hoja-de-ruta.yml", antes, despues)
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    hallado = [x for x in e.value.errores if x.regla == regla]
    assert hallado, [x.regla for x in e.value.errores]
    assert (
        hallado[0].fila and hallado[0].remedio and hallado[0].archivo.endswith("hoja-de-ruta.yml")
    )


def test_recuento_distinto_se_rechaza(minimo: Proyecto, cambiar) -> None:
    cambiar(
        minimo.territorio,
        "slug: m4-nutricion, okrs: 5, kpis: 13",
        "slug: m4-nutricion, okrs: 5, kpis: 14",
    )
    with pytest.raises(DatosInvalidos, match="recuento-del-catalogo"):
        cargar(minimo)


def test_nada_del_territorio_vive_en_el_codigo(proyecto_real: Proyecto, catalogo: Catalogo) -> None:
    t = catalogo.territorio
    nombres = [
        t.nombre,
        t.ubigeo,
        t.provincia,
        *(a.nombre for a in t.anexos if len(a.nombre) > 5),
        *(a.codigo for a in t.anexos),
    ]
    patron = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in sorted(set(nombres))))
    for carpeta in ("scripts", "_extensions"):
        for ruta in (proyecto_real.raiz / carpeta).rglob("*"):
            if ruta.is_file() and ruta.suffix in (
                ".py",
                ".lua",
                ".html",
                ".typ",
                ".css",
                ".js",
                ".yml",
            ):
                hallado = patron.search(ruta.read_text(encoding="utf-8"))
                assert not hallado, f"{ruta}: {hallado and hallado[0]}"


def test_una_sola_unidad_se_dice_en_singular(proyecto_real: Proyecto) -> None:
    """Las que empiezan con un plural lo pierden y las demás («%», «ha», «por 1 000…») no."""
    unidades = {k.unidad for k in cargar(proyecto_real).kpis.values()} - {"S/"}
    dichas = {u: con_unidad(1, u, 0).removeprefix(f"1{FINO}") for u in unidades}
    plurales = {u for u in unidades if u.split(" ")[0].endswith("s")}
    assert {u for u in unidades if dichas[u] != u} == plurales
    assert not any(dichas[u].split(" ")[0].endswith("s") for u in plurales)
    raras = {"días": "día", "locales": "local", "agentes": "agente", "plantones": "plantón"}
    raras |= {"horas al día": "hora al día", "manifestaciones": "manifestación"}
    assert raras.items() <= dichas.items()
    assert con_unidad(2, "anexos", 0) == f"2{FINO}anexos"
    assert con_unidad(1, "sí/no", 0) == f"1{FINO}sí/no"


COMUNIDAD = NombreDeLugar(singular="comunidad", plural="comunidades", genero="femenino")


@pytest.mark.parametrize(
    ("lugar", "frase"),
    [
        (NombreDeLugar(), "Los anexos más pequeños de un anexo y el del anexo: ninguno."),
        (COMUNIDAD, "Las comunidades más pequeñas de una comunidad y la de la comunidad: ninguna."),
        (
            NombreDeLugar(singular="centro poblado", plural="centros poblados"),
            "Los centros poblados más pequeños de un centro poblado y el del centro poblado:"
            " ninguno.",
        ),
        (
            NombreDeLugar(singular="área rural", plural="áreas rurales", genero="femenino"),
            "Las áreas rurales más pequeñas de un área rural y la del área rural: ninguna.",
        ),
    ],
)
def test_los_lugares_se_nombran_como_los_llama_el_territorio(
    lugar: NombreDeLugar, frase: str
) -> None:
    escrita = (
        "{{Los-anexos}} más {{anexo-pequenos}} de {{un-anexo}} y {{anexo-el}} {{del-anexo}}:"
        " {{anexo-ninguno}}."
    )
    assert lugar.lleno(escrita) == frase
    assert lugar.lleno("{{otra-cosa}} y $x_{{a}}$") == "{{otra-cosa}} y $x_{{a}}$"


def test_lo_que_acompana_al_nombre_concuerda_con_el() -> None:
    masculinas = ["el", "los", "ningún", "otros", "pequeños", "todos", "ese", "él", "protegidos"]
    femeninas = ["la", "las", "ninguna", "otras", "pequeñas", "todas", "esa", "ella", "protegidas"]
    assert [COMUNIDAD.concordado(m) for m in masculinas] == femeninas
    assert [NombreDeLugar().concordado(m) for m in masculinas] == masculinas
    assert COMUNIDAD.contados(1) == "1 comunidad" and COMUNIDAD.contados(3) == "3 comunidades"
    isla = NombreDeLugar(singular="isla", plural="islas", genero="femenino")
    assert f"grupos {isla.y_plural}" == "grupos e islas"
    distrito = NombreDeLugar(singular="distrito", plural="distritos")
    assert distrito.lleno("{{tipos-de-lugar}}") == "distrito o provincia"


@pytest.mark.parametrize("mala", ["Comunidad", "comunidad*", "c", "<b>comunidad</b>"])
def test_el_nombre_de_los_lugares_es_una_palabra(minimo: Proyecto, mala: str) -> None:
    reemplazar(minimo.territorio, "singular: anexo,", f'singular: "{mala}",')
    fila = minimo.territorio.read_text(encoding="utf-8").split("anexos_se_llaman")[0].count("\n")
    with pytest.raises(DatosInvalidos) as e:
        cargar(minimo)
    (error,) = e.value.errores
    assert error.fila == fila + 1
    assert "en minúsculas" in error.remedio and "comunidad" in error.remedio
