"""De la matriz de CEPLAN al catálogo: solo cambia lo que el libro dice distinto.

Con la hoja *Matriz* sola se actualizan los KPI que ya existen; con *Ficha*, *OKR* y *Misiones* se
puede crear el catálogo entero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from math import isclose
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ...base.archivos import escribir_bytes
from ...base.yaml_editable import editor, escrito
from ...catalogo import Catalogo
from ...catalogo.defectos import FALTA, SI_O_NO, SIN_SU_FORMA
from ...catalogo.lectura import cargar, leer
from ...catalogo.modelos import Kpi
from ...datos.textos_libres import senas_en_textos
from ...errores import DatosInvalidos, ErrorDeDatos
from ...privacidad.guardas import responsable_publico
from ...rutas import Proyecto
from ..defectos_de_celda import defectos_de_matriz
from ..hojas.cuadricula import leer_hojas
from ..no_leido import ocultas_que_se_leen
from ..recibos import ensayo
from .celdas import PROTEGIDO_NUEVO, sin_defectos
from .codigos import Conocidos, codigos_sueltos, filas_en_duda
from .defectos import Ensayo, Libro
from .ficha_plana import ASUMIDO, BINARIOS, DECLARADOS, anidar, numero
from .hojas import Leida, defectos, reconocer
from .matriz import (
    FICHA,
    FINALES,
    IDENTIDAD,
    MATRIZ,
    MISIONES,
    OKR,
    OPTATIVAS_DE_MISION,
    anio_de,
    esperado,
)

Fila = dict[str, str]
ANOTACION = b"# yaml-language-server: $schema=../../data/esquemas/hoja-de-ruta.schema.json\n"
NINGUNO = "(nada)"
LARGO = 80
"""Letras que se muestran de cada lado de un cambio."""
ANIOS_DECLARADOS = re.compile(r"\s*\d{4}\s*(?:\|\s*\d{4}\s*)*", re.ASCII)
ANIO_DECLARADO = re.compile(r"\b\d{4}\b", re.ASCII)
CON_PALABRAS = ("sentido", "tipo_agregacion", "relevancia")


@dataclass(slots=True)
class Importacion:
    """Qué cambiaría: ``cambios`` por código (campo: antes → después), códigos nuevos y los que el
    libro no nombra.
    """

    cambios: dict[str, list[str]] = field(default_factory=dict)
    nuevos: list[str] = field(default_factory=list)
    ausentes: list[str] = field(default_factory=list)
    archivos: dict[Path, bytes] = field(default_factory=dict)
    hojas_sin_leer: list[str] = field(default_factory=list)
    """Hojas del libro que no son de la matriz."""
    ocultas: list[str] = field(default_factory=list)
    """Una frase por lo oculto de cada hoja que se lee."""


class MatrizConDefectos(DatosInvalidos):
    """Los defectos de un libro y lo que de él se entendió, que no se escribe: ``leido``."""

    def __init__(self, errores: Iterable[ErrorDeDatos], leido: Importacion) -> None:
        super().__init__(errores)
        self.leido = leido


def preparar_importacion(proyecto: Proyecto, ruta: Path) -> Importacion:
    """Lee el libro y prueba el catálogo resultante en una copia. Lanza ``DatosInvalidos``, o
    ``MatrizConDefectos`` si sus filas se pudieron leer; no escribe nada.
    """
    en_el_libro = leer_hojas(ruta)
    if ilegibles := defectos_de_matriz(ruta.name, en_el_libro):
        raise DatosInvalidos(ilegibles)
    hojas, sin_leer = reconocer(en_el_libro)
    if MATRIZ not in hojas:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    None,
                    None,
                    ", ".join(h.nombre for h in en_el_libro),
                    "matriz-ausente",
                    f"el libro debe tener la hoja «{MATRIZ}», como la de «observatorio exportar"
                    " ceplan»",
                )
            ]
        )
    errores = list(defectos(ruta.name, hojas))
    if errores:
        raise DatosInvalidos(errores)
    documentos = {
        r.parent.name: editor().load(r.read_text(encoding="utf-8"))
        for r in sorted(proyecto.misiones.glob("*/hoja-de-ruta.yml"))
    }
    como_estaban = {slug: _simple(d) for slug, d in documentos.items()}
    actual = leer(proyecto, [])
    filas = [(n, _con_su_oficina(f, actual)) for n, f in hojas[MATRIZ].filas() if f.get("Código")]
    if not filas:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    None,
                    "Código",
                    None,
                    "archivo-sin-filas",
                    f"la hoja «{MATRIZ}» no nombra ningún indicador: escriba uno por fila",
                )
            ]
        )
    libro = Libro(
        ruta.name,
        {f["Código"]: n for n, f in filas},
        {f["codigo"]: n for n, f in _filas(hojas.get(FICHA))},
    )
    salida, de_codigos, de_celdas = _llevar_filas(libro, filas, documentos, hojas)
    salida.hojas_sin_leer = sin_leer
    salida.ocultas = [
        frase
        for leida in hojas.values()
        for frase in ocultas_que_se_leen(leida.hoja, leida.fila, leida.que_se_leen())
    ]
    errores = [*de_codigos, *de_celdas]
    if not de_codigos:
        tocados = {s: d for s, d in documentos.items() if _simple(d) != como_estaban.get(s)}
        del_ensayo = _probar(proyecto, documentos, tocados, salida, libro)
        errores += libro.que_no_se_siguen(del_ensayo, de_celdas) if de_celdas else del_ensayo
    if errores:
        raise MatrizConDefectos(errores, salida)
    return salida


def _con_su_oficina(fila: Fila, actual: Catalogo | None) -> Fila:
    """La fila con el responsable del catálogo, si trae el que se publica por él: la matriz que se
    exporta no nombra puestos, y devolverla tal cual no los quita.
    """
    previo = actual.kpis.get(fila["Código"]) if actual else None
    if actual is None or previo is None:
        return fila
    publico = responsable_publico(previo.responsable, previo, actual.territorio)
    return (
        fila | {"Responsable": previo.responsable} if fila.get("Responsable") == publico else fila
    )


def _llevar_filas(
    libro: Libro,
    filas: list[tuple[int, Fila]],
    documentos: dict[str, dict],
    hojas: Mapping[str, Leida],
) -> tuple[Importacion, list[ErrorDeDatos], list[ErrorDeDatos]]:
    """Lleva a los documentos cada fila de la matriz. Devuelve también los defectos de los códigos,
    tras los que no se sabe de qué se habla, y los de las demás celdas.
    """
    existentes = {k["codigo"]: k for d in documentos.values() for o in d["okrs"] for k in o["kpis"]}
    okr_de = {
        k["codigo"]: o["codigo"] for d in documentos.values() for o in d["okrs"] for k in o["kpis"]
    }
    okrs = frozenset(o["codigo"] for d in documentos.values() for o in d["okrs"])
    hay = Conocidos(okr_de, {c: k["nombre"] for c, k in existentes.items()}, okrs)
    _misiones_y_okrs(documentos, hojas)
    fichas = {f["codigo"]: f for _, f in _filas(hojas.get(FICHA))}
    en_duda, de_codigos = filas_en_duda(libro.archivo, filas, fichas, hay)
    de_codigos += [
        *en_duda.values(),
        *codigos_sueltos(
            libro.archivo, filas, _filas(hojas.get(FICHA)), _filas(hojas.get(OKR)), hay
        ),
    ]
    de_celdas: list[ErrorDeDatos] = []
    salida = Importacion()
    for n, fila in filas:
        nodo = None if n in en_duda else existentes.get(fila["Código"])
        de_celdas += _llevar(
            salida, documentos, nodo, fila, fichas.get(fila["Código"], {}), (libro, n), n in en_duda
        )
    salida.ausentes = sorted(set(existentes) - {f["Código"] for _, f in filas})
    return salida, de_codigos, de_celdas


def _llevar(
    salida: Importacion,
    documentos: dict[str, dict],
    nodo: dict | None,
    fila: Fila,
    ficha: Fila,
    donde: tuple[Libro, int],
    en_duda: bool,
) -> list[ErrorDeDatos]:
    """Lleva al catálogo lo que dicen bien una fila de la matriz y su ficha; devuelve sus defectos.

    De una fila en duda, que no se sabe de qué indicador es, solo se dice lo que está mal en sus
    propias celdas.
    """
    libro, n = donde
    previo = None if nodo is None else TypeAdapter(Kpi).validate_python(_simple(nodo))
    errores: list[ErrorDeDatos] = []
    sana = sin_defectos(libro.archivo, n, fila, previo, errores)
    malas = {t for t in fila if t not in sana}
    errores += _de_lo_que_acompana(libro, n, fila["Código"], ficha)
    try:
        _aplicar(salida, documentos, nodo, previo, sana, ficha)
    except ValidationError as e:
        periodo = ficha.get("meta.periodo") or (
            previo.meta.periodo if previo and previo.meta else None
        )
        dichos = [
            (x, libro.de_la_ficha(fila["Código"], x, periodo, n))
            for x in e.errors(include_url=False)
        ]
        errores += [
            d
            for x, d in dichos
            if d.columna not in malas
            and not (en_duda and (x["type"] == FALTA or d.columna == "Código"))
        ]
    except KeyError:
        if not en_duda:
            errores.append(
                ErrorDeDatos(
                    libro.archivo,
                    n,
                    "OKR",
                    f"{fila['Código']}: {fila.get('OKR', '')}",
                    "okr-desconocido",
                    f"ese OKR no está en el catálogo ni en la hoja «{OKR}»",
                )
            )
    return [e for e in errores if not (en_duda and e.regla == PROTEGIDO_NUEVO)]


def _de_lo_que_acompana(libro: Libro, n: int, codigo: str, ficha: Fila) -> Iterator[ErrorDeDatos]:
    """Los defectos de las dos celdas de la ficha que no van al catálogo: dicen cómo leer otras."""
    admitidas = (
        (ASUMIDO, BINARIOS.__contains__, SI_O_NO[0], "escriba sí o no"),
        (
            DECLARADOS,
            ANIOS_DECLARADOS.fullmatch,
            SIN_SU_FORMA,
            "escriba los años, de cuatro cifras, separados por |: 2027|2028",
        ),
    )
    for campo, vale, regla, remedio in admitidas:
        dicho = ficha.get(campo, "").strip()
        if dicho and not vale(dicho.lower()):
            celda = libro.celda(codigo, campo, None, n)
            yield ErrorDeDatos(*celda, f"{codigo}: {dicho}", regla, remedio)


def escribir_importacion(importacion: Importacion) -> None:
    """Escribe las hojas de ruta que cambian, cada una de una vez."""
    for ruta, contenido in importacion.archivos.items():
        escribir_bytes(ruta, contenido)


def _filas(hoja: Leida | None) -> list[tuple[int, Fila]]:
    return [] if hoja is None else list(hoja.filas())


def _metas(documentos: Mapping[str, dict]) -> dict[str, str]:
    """El periodo de la meta de cada KPI."""
    return {
        k["codigo"]: str(k["meta"]["periodo"])
        for d in documentos.values()
        for o in d["okrs"]
        for k in o["kpis"]
        if k.get("meta")
    }


def _misiones_y_okrs(documentos: dict[str, dict], hojas: Mapping[str, Leida]) -> None:
    """Añade las misiones y los OKR que el libro trae y el catálogo no."""
    for _, fila in _filas(hojas.get(MISIONES)):
        if fila["slug"] and fila["slug"] not in documentos:
            dicho = {c: v for c, v in fila.items() if v or c not in OPTATIVAS_DE_MISION}
            documentos[fila["slug"]] = dicho | {"okrs": []}
    for _, fila in _filas(hojas.get(OKR)):
        documento = documentos.get(fila["mision"])
        if documento is not None and fila["codigo"] not in {o["codigo"] for o in documento["okrs"]}:
            documento["okrs"].append(
                {c: v for c, v in fila.items() if c != "mision"}
                | {"nivel": numero(fila["nivel"]), "kpis": []}
            )


def _aplicar(
    salida: Importacion,
    documentos: dict[str, dict],
    nodo: dict | None,
    kpi_previo: Kpi | None,
    fila: Fila,
    ficha: Fila,
) -> None:
    """Pone en los documentos lo que la fila de la matriz (y su ficha) dicen de un KPI."""
    codigo = fila["Código"]
    datos = (
        kpi_previo.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        if kpi_previo
        else {}
    )
    traido = anidar({c: v for c, v in ficha.items() if c != "okr"} | _de_la_matriz(fila))
    for campo, valor in traido.items():
        if isinstance(valor, dict) and isinstance(datos.get(campo), dict):
            datos[campo] = datos[campo] | valor
        elif valor is not None or campo not in datos:
            datos[campo] = valor
    _periodo_de_base(datos, fila, ficha, kpi_previo)
    _logros(datos, fila, ficha, kpi_previo)
    nuevo = TypeAdapter(Kpi).validate_python(datos)
    if kpi_previo is None:
        destino = next(
            (o for d in documentos.values() for o in d["okrs"] if o["codigo"] == fila.get("OKR")),
            None,
        )
        if destino is None:
            raise KeyError(fila.get("OKR", ""))
        destino["kpis"].append(_completo(nuevo))
        salida.nuevos.append(codigo)
    elif nodo is not None and nuevo != kpi_previo:
        salida.cambios[codigo] = _cambiar(nodo, kpi_previo, nuevo)


def _completo(kpi: Kpi) -> dict[str, object]:
    """La ficha de un KPI nuevo: sin lo que vale por omisión, y con los nulos que se deben
    declarar.
    """
    salida = {"linea_base": None, "meta": None} | kpi.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True
    )
    if kpi.linea_base:
        salida["linea_base"] = {"periodo": None} | salida["linea_base"]
    return salida


def _simple(nodo: object) -> object:
    """El nodo de YAML editable como dict, lista y valores corrientes."""
    if isinstance(nodo, Mapping):
        return {k: _simple(v) for k, v in nodo.items()}
    if isinstance(nodo, list):
        return [_simple(v) for v in nodo]
    return str(nodo) if isinstance(nodo, str) else nodo


def _de_la_matriz(fila: Fila) -> Fila:
    campos = {
        campo: fila[titulo]
        for titulo, campo in (IDENTIDAD | FINALES).items()
        if campo and titulo in fila
    }
    for campo in CON_PALABRAS:
        if campo in campos:
            campos[campo] = campos[campo].lower()
    campos.pop("linea_base.periodo", None)
    return campos


def _periodo_de_base(datos: dict, fila: Fila, ficha: Fila, previo: Kpi | None) -> None:
    base, periodo = datos.get("linea_base"), fila.get("LB periodo", "")
    if not base or not periodo:
        return
    asumido = (
        BINARIOS.get(ficha[ASUMIDO].strip().lower(), False)
        if ASUMIDO in ficha
        else bool(previo and previo.linea_base and not previo.linea_base.periodo)
    )
    base["periodo"], base["periodo_asumido"] = (None, periodo) if asumido else (periodo, None)


def _logros(datos: dict, fila: Fila, ficha: Fila, previo: Kpi | None) -> None:
    """Meta y logros: se declaran los que el libro dice declarados y los que se apartan de la recta;
    los que no dice, quedan.
    """
    meta, leidos = (
        datos.get("meta"),
        {
            int(m[1]): numero(v)
            for t, v in fila.items()
            if (m := re.match(r"^LE (\d{4})$", t)) and v != ""
        },
    )
    datos.pop("logros_esperados", None)
    if not meta or "periodo" not in meta:
        return
    de_la_meta = anio_de(str(meta["periodo"]))
    if de_la_meta in leidos:
        meta["valor"] = leidos.pop(de_la_meta)
    if not datos.get("linea_base"):
        return
    declarados = (
        set(map(int, ANIO_DECLARADO.findall(ficha[DECLARADOS])))
        if DECLARADOS in ficha
        else set(previo.logros_esperados if previo else ())
    )
    callados = (
        {a: v for a, v in previo.logros_esperados.items() if f"LE {a}" not in fila}
        if previo
        else {}
    )
    logros = callados | {a: leidos[a] for a in sorted(declarados & set(leidos))}
    recto = TypeAdapter(Kpi).validate_python(datos | {"logros_esperados": logros})
    for anio, valor in leidos.items():
        previsto = esperado(recto, anio)
        if (
            anio not in logros
            and previsto is not None
            and not (
                isinstance(valor, int | float)
                and isclose(valor, previsto, rel_tol=1e-6, abs_tol=1e-6)
            )
        ):
            logros[anio] = valor
    if logros:
        datos["logros_esperados"] = dict(sorted(logros.items()))


def _cambiar(nodo: dict, antes: Kpi, despues: Kpi) -> list[str]:
    """Cambia en el YAML solo los campos distintos; devuelve cada cambio escrito."""
    a, b = (k.model_dump(mode="json") for k in (antes, despues))
    cambios: list[str] = []
    for campo, valor in b.items():
        if a[campo] == valor:
            continue
        cambios += _escritos(campo, a[campo], valor)
        if (
            isinstance(valor, dict)
            and isinstance(nodo.get(campo), dict)
            and campo != "logros_esperados"
        ):
            for sub, v in valor.items():
                if a[campo].get(sub) != v:
                    nodo[campo][sub] = v
        elif campo == "logros_esperados" and isinstance(nodo.get(campo), dict):
            nodo[campo].clear()
            nodo[campo].update({int(x): v for x, v in valor.items()})
        else:
            nodo[campo] = valor
    return cambios


def _escritos(campo: str, antes: object, despues: object) -> Iterator[str]:
    """``meta.valor: 85 → 90``: solo lo que cambia, también dentro de la meta o de los logros."""
    if isinstance(antes, dict) and isinstance(despues, dict):
        for sub in dict.fromkeys((*antes, *despues)):
            if antes.get(sub) != despues.get(sub):
                yield from _escritos(f"{campo}.{sub}", antes.get(sub), despues.get(sub))
        return
    textos = _dicho(antes), _dicho(despues)
    largos = max(map(len, textos)) > LARGO
    igual = sum(1 for _ in takewhile(lambda p: p[0] == p[1], zip(*textos, strict=False)))
    desde = max(0, igual - LARGO // 4) if largos else 0
    yield f"{campo}: " + " → ".join(_trozo(t, desde) for t in textos)


def _trozo(texto: str, desde: int) -> str:
    """De un texto largo, lo que rodea a lo que cambia."""
    trozo = ("…" if desde else "") + texto[desde:]
    return trozo if len(trozo) <= LARGO else trozo[: LARGO - 1] + "…"


def _dicho(valor: object) -> str:
    if isinstance(valor, dict):
        return ", ".join(f"{c} {_dicho(v)}" for c, v in valor.items() if v is not None) or NINGUNO
    if isinstance(valor, list):
        return ", ".join(map(_dicho, valor)) or NINGUNO
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    return NINGUNO if valor is None else f"{valor:g}" if isinstance(valor, float) else str(valor)


def _probar(
    proyecto: Proyecto,
    documentos: Mapping[str, dict],
    tocados: Mapping[str, dict],
    salida: Importacion,
    libro: Libro,
) -> list[ErrorDeDatos]:
    """Escribe en una copia los documentos tocados y lee el catálogo entero; devuelve sus defectos
    y deja en ``salida`` los archivos que de verdad cambian.
    """
    with ensayo(proyecto) as copia:
        for slug, documento in tocados.items():
            contenido = escrito(documento).encode()
            relativa = Path("misiones") / slug / "hoja-de-ruta.yml"
            escribir_bytes(copia.raiz / relativa, contenido)
            destino = proyecto.raiz / relativa
            if not destino.is_file():
                contenido = ANOTACION + contenido
            if not destino.is_file() or destino.read_bytes() != contenido:
                salida.archivos[destino] = contenido
        try:
            cargar(copia)
            if senas := list(senas_en_textos(copia)):
                raise DatosInvalidos(senas)
        except DatosInvalidos as e:
            dichos = Ensayo(libro, copia, _metas(documentos), salida.nuevos, salida.ausentes)
            return list(dichos.dichos(e.errores))
    return []
