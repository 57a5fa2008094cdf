"""De un reporte del sector o de una encuesta, con su mapeo, a un lote: las filas de cada clave se
suman o se cuentan.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from math import isclose
from pathlib import Path

from ...base.cifras import defecto_de_cifra
from ...base.fechas import dia_probable, sin_hora
from ...base.palabras import y_en_lista
from ...base.periodo_escrito import orden_escrito
from ...base.periodos import MESES, es_periodo
from ...base.plegado import plegado, respuesta_plegada
from ...catalogo.mapeo import Campo, Cuenta, Mapeo, MedidaDelMapeo, Valores
from ...catalogo.modelos import Kpi
from ...catalogo.plan_de_recojo import periodo_que_termina
from ...datos.reglas import NUMERO
from ..hojas.cuadricula import Celda, Hoja, como_texto
from ..lote import Defecto, Lectura, Lote, Medida
from ..no_leido import lista, no_leido, tramos
from .codigos import con_sus_ceros
from .del_territorio import DelTerritorio
from .horas import SinZona, dia_local
from .registros import Registro, leer_registros
from .respuestas import (
    condiciones_vacias,
    no_contadas,
    nunca_dichas,
    preguntas_partidas,
    valores_desconocidos,
)
from .totales import fila_de_total, suman_sus_lugares
from .ubicar import Fuente
from .varias import NINGUNA, UNION

CUALQUIERA = "*"
DE_TIEMPO = re.compile(r"(?:n\S* (?:de )?)?(?:mes|trimestre|bimestre|semestre|semana)")
DIA_O_MES = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
DIA_DELANTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HUECO = re.compile(r"([TS-]?)\{([0-9]+)\}")
DE_QUE_ORDEN = {"T": "trimestral", "S": "semestral", "-": "mensual"}
EJEMPLO_DE_DIA = "2025-07-31"
DE_QUE = {
    "periodo": "periodo",
    "fecha-dato": "fecha",
    "unidad": "unidad",
    "lugar": "lugar",
    "grupo": "grupo",
}
FILAS_CON_TOTAL = 3
"""Con menos, que una fila ponga lo mismo que la otra no la hace su total."""
FILAS_POR_SUELTA = 10
"""Por cada fila de un periodo que quizá no es ha de haber otras tantas de otro."""
Fila = dict[str, str]


@dataclass(frozen=True, slots=True)
class Contexto:
    """Lo que el reporte no dice: periodo y fecha dados en la orden, y el lugar de cada unidad."""

    periodo: str | None
    fecha_dato: str | None
    lugar_de: Mapping[str, str]
    zona: str | None = None
    """Zona horaria del territorio: de ella es el día de cada hora."""
    fichas: Mapping[str, Kpi] = field(default_factory=dict)
    """Los KPI del catálogo."""
    territorio: DelTerritorio = field(default_factory=DelTerritorio)

    def admite_negativos(self, kpi: str) -> bool:
        """¿Puede ser negativo su valor? En los demás, una fila así restaría de la suma."""
        return kpi in self.fichas and self.fichas[kpi].admite_negativos

    def en_porcentaje(self, kpi: str) -> bool:
        """¿Se mide en porcentaje? Su numerador es una parte de su denominador."""
        return kpi in self.fichas and self.fichas[kpi].unidad == "%"

    def se_suma(self, kpi: str) -> bool:
        """¿Dice algo la suma de dos valores suyos? De una razón o un promedio, no."""
        return kpi not in self.fichas or self.fichas[kpi].agregacion not in ("razon", "promedio")

    def es_del_ultimo(self, kpi: str) -> bool:
        """¿Vale lo que había al final? Los de varios meses no se suman."""
        return kpi in self.fichas and self.fichas[kpi].agregacion == "ultimo"


@dataclass(slots=True)
class _Grupo:
    """Lo acumulado de una clave: las cuentas, la última fecha y la celda de la primera fila."""

    medida: MedidaDelMapeo
    celdas: dict[str, Celda]
    cuentas: dict[str, float] = field(default_factory=dict)
    fecha: str = ""
    filas: int = 0
    sumandos: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    """Por cada fila que se suma, su número y lo que pone."""


def leer_con_mapeo(
    ruta: Path, hojas: list[Hoja], fuente: Fuente, nombre: str, mapeo: Mapeo, contexto: Contexto
) -> Lote:
    """Suma o cuenta las filas de cada clave; lo que no se entiende va a ``defectos`` con su
    celda.
    """
    lote = Lote(
        ruta, "mapeo", hojas, mapeo=nombre, periodo=contexto.periodo, hoja=fuente.hoja.nombre
    )
    lote.lecturas = [_lectura(mapeo, f) for f in fuente.todas()]
    grupos: dict[tuple[str, ...], _Grupo] = {}
    registros = leer_registros(lote, mapeo, fuente, contexto.territorio)
    lote.defectos += [
        *valores_desconocidos(mapeo, registros),
        *condiciones_vacias(mapeo, registros),
        *preguntas_partidas(lote, mapeo, fuente, registros),
    ]
    de_periodo: dict[str, list[int]] = defaultdict(list)
    for r in registros:
        periodo = _acumular(lote, mapeo, contexto, dict(r.fila), dict(r.celdas), grupos)
        if periodo is not None:
            de_periodo[periodo].append(r.numero)
    totales = _del_territorio(lote, fuente, registros, grupos.values())
    for clave, g in grupos.items():
        if g.filas:
            sin_casos = g.medida.denominador is not None and not any(g.cuentas.values())
            (lote.no_medidas if sin_casos else lote.medidas).append(
                _medida(mapeo, clave, g, "sin casos en el reporte" if sin_casos else "")
            )
    if not (lote.medidas or lote.no_medidas or lote.defectos):
        lote.defectos.append(
            Defecto(
                None,
                None,
                "archivo-sin-filas",
                "ninguna fila del reporte cuenta para este mapeo: revise el archivo o el mapeo",
            )
        )
    # Una fila suma a varios lugares y grupos, y lo malo de su celda es uno.
    lote.defectos = list(dict.fromkeys(lote.defectos))
    lote.avisos += [
        *no_contadas(mapeo, registros),
        *nunca_dichas(mapeo, registros),
        *_periodos_sueltos(de_periodo),
        *_suman_las_demas(grupos.values(), totales),
        *_meses_sumados(mapeo, contexto, fuente, registros),
    ]
    lote.avisos += no_leido(lote)
    return lote


def _lectura(mapeo: Mapeo, fuente: Fuente) -> Lectura:
    """Qué se lee de una hoja: las columnas que se suman y los códigos de unidad no son documentos
    de nadie.
    """
    e = fuente.encabezado
    de_codigos = mapeo.sumadas() | set(mapeo.unidad.usadas() if mapeo.unidad else ())
    cifras = frozenset(c for t in de_codigos for c in e.columnas.get(t, ()))
    return Lectura(fuente.hoja.nombre, e.fila, e.leidas(), cifras)


def _acumular(
    lote: Lote,
    mapeo: Mapeo,
    contexto: Contexto,
    fila: Fila,
    celdas: dict[str, Celda],
    grupos: dict[tuple[str, ...], _Grupo],
) -> str | None:
    """Suma una fila a sus grupos; devuelve su periodo, si cuenta y se sabe."""
    cuentan = [m for m in mapeo.medidas if _cumple(fila, m.cuando)]
    valores = _valores(lote, mapeo, contexto, fila, celdas) if cuentan else None
    if valores is None:
        return None
    periodo, fecha, unidad = valores
    sumada: set[tuple[str, ...]] = set()
    for de_lugar, lugar, de_quien in _lugares(lote, mapeo, contexto, fila, celdas, unidad):
        for campo in mapeo.grupos:
            grupo = _campo(lote, contexto, campo, fila, celdas, "grupo", None)
            if not grupo:
                continue
            for m in cuentan:
                clave = (m.kpi, periodo, lugar, grupo, de_quien)
                # La columna del lugar puede decir el mismo que la constante.
                if clave in sumada:
                    continue
                sumada.add(clave)
                if (g := grupos.get(clave)) is None:
                    g = grupos[clave] = _Grupo(
                        m, _celdas_de(mapeo, m, celdas, {"lugar": de_lugar, "grupo": campo})
                    )
                if fecha > g.fecha:
                    g.fecha = fecha
                    if mapeo.fecha_dato.usadas():
                        g.celdas["fecha_dato"] = celdas[mapeo.fecha_dato.usadas()[0]]
                _sumar(lote, mapeo, contexto, g, fila, celdas)
    return periodo


def _periodos_sueltos(de_periodo: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Una frase por cada periodo del que hay muchas menos filas que de otro: quizá su fecha está
    mal, y esas filas serían una medida de otro tiempo.
    """
    mas = max(map(len, de_periodo.values()), default=0)
    for periodo, filas in sorted(de_periodo.items()):
        if len(filas) * FILAS_POR_SUELTA <= mas:
            una = len(filas) == 1
            yield (
                f"De {periodo} {'hay solo una fila' if una else f'hay solo {len(filas)} filas'}"
                f" ({tramos(filas)}): si su fecha está mal, corríjala y vuelva a enviar el archivo."
            )


def _del_territorio(
    lote: Lote, fuente: Fuente, registros: Iterable[Registro], grupos: Iterable[_Grupo]
) -> set[int]:
    """Las filas de todo el territorio que son el total de las de sus lugares, que se rechazan. De
    las que se suman con ellas sin serlo se avisa.
    """
    de_todo = {r.numero: r.de_todo for r in registros if r.de_todo and not fuente.madre}
    cifras = (dict(g.sumandos) for g in grupos) if de_todo else ()
    totales, sumadas = suman_sus_lugares(cifras, de_todo.keys())
    for fila, celda in de_todo.items():
        dicho = fuente.hoja.texto(fila, celda.columna)
        if fila in totales:
            lote.defectos.append(fila_de_total(celda, dicho))
        elif fila in sumadas:
            lote.avisos.append(
                f"La fila {fila} dice «{dicho}», que es todo el territorio, y se suma con las de"
                " sus lugares: si ya las incluye, bórrela, que la cifra saldría de más."
            )
    return totales


def _suman_las_demas(grupos: Iterable[_Grupo], totales: Set[int]) -> Iterator[str]:
    """Una frase por fila que pone en una cifra lo mismo que todas las demás juntas: quizá es su
    total, y la cifra saldría doble. ``totales``: las que ya se rechazan por serlo.
    """
    dobles = {
        fila
        for g in grupos
        if len(g.sumandos) >= FILAS_CON_TOTAL
        for fila, suyos in g.sumandos
        if any(suyos.values()) and all(isclose(2 * n, g.cuentas[c]) for c, n in suyos.items())
    }
    for fila in sorted(dobles - totales):
        yield (
            f"La fila {fila} pone lo mismo que todas las demás juntas: si es su total, bórrela, que"
            " la cifra saldría doble."
        )


def _meses_sumados(
    mapeo: Mapeo, contexto: Contexto, fuente: Fuente, registros: Sequence[Registro]
) -> Iterator[str]:
    """Una frase si se suman filas de varios meses de lo que se cuenta al final del periodo: 40, 41
    y 41 locales no son 122.
    """
    suyos = [m.kpi for m in mapeo.medidas if m.sumadas() and contexto.es_del_ultimo(m.kpi)]
    leidas = fuente.encabezado.leidas()
    for c, titulo in enumerate(fuente.encabezado.titulos.textos, 1):
        if suyos and c not in leidas and DE_TIEMPO.fullmatch(plegado(titulo)):
            dichos = dict.fromkeys(t for r in registros if (t := fuente.hoja.texto(r.numero, c)))
            if len(dichos) > 1:
                yield (
                    f"De {y_en_lista(suyos)} vale lo que había al final del periodo, y se suman"
                    f" filas de varios «{titulo}» ({lista(list(dichos))}): si son el mismo sitio"
                    " contado varias veces, elija uno en el mapeo, con cuando."
                )


def _valores(
    lote: Lote, mapeo: Mapeo, contexto: Contexto, fila: Fila, celdas: dict[str, Celda]
) -> tuple[str, str, str] | None:
    periodo = _campo(lote, contexto, mapeo.periodo, fila, celdas, "periodo", contexto.periodo)
    fecha = _campo(
        lote, contexto, mapeo.fecha_dato, fila, celdas, "fecha-dato", contexto.fecha_dato
    )
    unidad = (
        _campo(lote, contexto, mapeo.unidad, fila, celdas, "unidad", None) if mapeo.unidad else ""
    )
    return (
        None
        if periodo is None or fecha is None or unidad is None
        else (periodo, fecha[:10], unidad)
    )


def _lugares(
    lote: Lote, mapeo: Mapeo, contexto: Contexto, fila: Fila, celdas: dict[str, Celda], unidad: str
) -> Iterator[tuple[Campo | None, str, str]]:
    """``(campo, lugar, unidad)`` de cada sitio al que la fila suma: la unidad solo figura en el
    suyo.
    """
    for campo in mapeo.lugares:
        lugar = (
            contexto.lugar_de.get(unidad)
            if isinstance(campo, str)
            else _campo(lote, contexto, campo, fila, celdas, "lugar", None)
        )
        if lugar is not None:
            yield (mapeo.unidad, lugar, unidad) if isinstance(campo, str) else (campo, lugar, "")
        elif isinstance(campo, str):
            celda = (
                celdas[mapeo.unidad.usadas()[0]] if mapeo.unidad and mapeo.unidad.usadas() else None
            )
            entero = con_sus_ceros(unidad, contexto.lugar_de)
            if entero:
                lote.defectos.append(
                    Defecto(
                        celda,
                        unidad,
                        "ceros-perdidos",
                        f"la hoja de cálculo quitó los ceros de delante: escriba {entero}, con la"
                        " columna en formato de texto",
                    )
                )
            else:
                lote.defectos.append(
                    Defecto(
                        celda,
                        unidad,
                        "unidad-desconocida",
                        "añada la unidad a data/unidades.csv, o tradúzcala en el mapeo",
                    )
                )


def _campo(
    lote: Lote,
    contexto: Contexto,
    campo: Campo,
    fila: Fila,
    celdas: dict[str, Celda],
    nombre: str,
    pedido: str | None,
) -> str | None:
    """El valor del campo en una fila; nulo, y un defecto, si no se puede saber."""
    if campo.pedir:
        if not pedido:
            lote.defectos.append(
                Defecto(
                    None,
                    None,
                    f"falta-{nombre}",
                    f"añada --{nombre} a la orden: el reporte no lo dice",
                )
            )
        return pedido or None
    if campo.constante is not None:
        return campo.constante
    celda, textos = celdas[campo.usadas()[0]], [fila[c] for c in campo.usadas()]
    vacia = next((c for c in campo.usadas() if fila[c] == ""), None)
    if vacia is not None and "" not in campo.traducir:
        lote.defectos.append(
            Defecto(
                celdas[vacia],
                None,
                "celda-vacia",
                f"la fila no dice su {DE_QUE[nombre]}: escríbalo o, si es un total o una nota,"
                " bórrela",
            )
        )
        return None
    texto = (
        textos[0] if campo.columna else _compuesto(campo.forma or "", textos, nombre == "periodo")
    )
    ya_es_periodo = not (campo.traducir or campo.periodo_de_fecha)
    if nombre == "periodo" and campo.columnas and ya_es_periodo and not es_periodo(texto):
        lote.defectos.append(_periodo_sin_forma(campo.columnas, textos, celdas, texto))
        return None
    try:
        texto = dia_local(texto, contexto.zona, celda.titulo)
    except SinZona:
        lote.defectos.append(
            Defecto(
                celda,
                texto,
                "hora-sin-zona-del-territorio",
                "la hora dice su zona: escriba la del territorio en data/territorio.yml, como"
                " zona_horaria: America/Lima",
            )
        )
        return None
    if campo.columna and campo.forma:
        dia = texto if DIA_DELANTE.match(texto) else _dia_con_forma(texto, campo.forma)
        if dia is None:
            lote.defectos.append(
                Defecto(
                    celda,
                    texto,
                    "fecha-imposible",
                    "no se entiende la fecha: escríbala como"
                    f" {date.fromisoformat(EJEMPLO_DE_DIA).strftime(campo.forma)}",
                )
            )
            return None
        texto = dia
    es_fecha = campo.periodo_de_fecha or (nombre == "fecha-dato" and not campo.traducir)
    if es_fecha and not _es_dia_o_mes(texto):
        # De 04/09 no se sabe si es abril: se propone y no se toma. Ni el día de una hora cuya zona
        # no se entiende, que puede ser el siguiente.
        remedio = f"no se entiende la fecha: escríbala como {dia_probable(texto) or EJEMPLO_DE_DIA}"
        lote.defectos.append(Defecto(celda, texto, "fecha-imposible", remedio))
        return None
    if campo.traducir:
        traducido = campo.por_plegado.get(respuesta_plegada(texto))
        if traducido is None:
            lote.defectos.append(_sin_traduccion(celda, texto, campo))
        return traducido
    return _periodo_de(texto, campo.periodo_de_fecha) if campo.periodo_de_fecha else texto


def _compuesto(forma: str, textos: Sequence[str], es_periodo: bool) -> str:
    """La forma con los textos de sus columnas. De un periodo, el trimestre o el mes se entienden
    escritos de otro modo: ``("{0}-T{1}", ["2025", "IV"]) → "2025-T4"``.
    """

    def puesto(m: re.Match[str]) -> str:
        letra, numero = m[1], int(m[2])
        if numero >= len(textos):
            return m[0]
        texto = textos[numero].removesuffix(".0") if es_periodo else textos[numero]
        orden = orden_escrito(texto, DE_QUE_ORDEN[letra]) if es_periodo and letra else None
        if orden is None:
            return letra + texto
        return f"{letra}{orden:02d}" if letra == "-" else f"{letra}{orden}"

    return HUECO.sub(puesto, forma)


def _periodo_sin_forma(
    columnas: Sequence[str], textos: Sequence[str], celdas: Mapping[str, Celda], texto: str
) -> Defecto:
    """El periodo que sale de varias columnas y no lo es: se señala la que no es un número."""
    cual = next((c for c, t in zip(columnas, textos, strict=True) if not t.isdigit()), columnas[0])
    nombres = y_en_lista(f"«{c}»" for c in columnas)
    remedio = (
        f"{nombres} juntas dicen «{texto}», que no es un periodo como 2025, 2025-S1, 2025-T1 o"
        " 2025-03: escriba en cada una su número"
    )
    return Defecto(celdas[cual], textos[columnas.index(cual)], "periodo-sin-forma", remedio)


def _dia_con_forma(texto: str, forma: str) -> str | None:
    """El día de una fecha con la forma que dice el mapeo, traiga o no su hora."""
    for escrita in (texto, sin_hora(texto)):
        try:
            return datetime.strptime(escrita, forma).date().isoformat()
        except ValueError:
            continue
    return None


def _es_dia_o_mes(texto: str) -> bool:
    """Si es un día o un mes que existe: ``2022-13-01`` tiene su forma, y caería en otro año."""
    if not DIA_O_MES.fullmatch(texto):
        return False
    try:
        date.fromisoformat(texto if len(texto) > len("2025-07") else f"{texto}-01")
    except ValueError:
        return False
    return True


def _sin_traduccion(celda: Celda, texto: str, campo: Campo) -> Defecto:
    entero = con_sus_ceros(texto, campo.traducir)
    if entero:
        return Defecto(
            celda,
            texto,
            "ceros-perdidos",
            f"la hoja de cálculo quitó los ceros de delante: escriba {entero}, con la columna en"
            " formato de texto",
        )
    return Defecto(
        celda,
        texto,
        "sin-traduccion",
        f"añada «{texto}» a traducir, en el mapeo, o corrija la celda",
    )


def _periodo_de(fecha: str, frecuencia: str) -> str:
    meses, mes = MESES[frecuencia], int(fecha[:4]) * 12 + int(fecha[5:7])
    return periodo_que_termina(
        frecuencia, -(-mes // meses) * meses if meses <= 12 else -(-mes // 12) * 12
    )


def _cumple(fila: Fila, condiciones: Valores) -> bool:
    return all(_es_uno_de(fila[columna], valores) for columna, valores in condiciones.items())


@lru_cache(maxsize=2**14)
def _es_uno_de(texto: str, valores: tuple[str, ...]) -> bool:
    """Si una respuesta es de las nombradas; de una pregunta de varias respuestas, si lo es
    alguna.
    """
    if CUALQUIERA in valores and texto != "":
        return True
    dichas = {"" if t == NINGUNA else respuesta_plegada(t) for t in texto.split(UNION)}
    return bool(dichas & {respuesta_plegada(v) for v in valores})


def _celdas_de(
    mapeo: Mapeo,
    m: MedidaDelMapeo,
    celdas: dict[str, Celda],
    de_su_clave: Mapping[str, Campo | None],
) -> dict[str, Celda]:
    """La celda de la primera fila de donde sale cada campo, para señalar en ella lo que esté
    mal.
    """
    salida = {}
    for campo in ("numerador", "denominador", "valor"):
        cuenta: Cuenta | None = getattr(m, campo)
        if cuenta:
            salida[campo] = celdas[_columna_de(cuenta)]
    for nombre, fuente in {
        "periodo": mapeo.periodo,
        "fecha_dato": mapeo.fecha_dato,
        "unidad": mapeo.unidad,
        **de_su_clave,
    }.items():
        if fuente is not None and fuente.usadas():
            salida[nombre] = celdas[fuente.usadas()[0]]
    return salida | {"medida": next(iter(salida.values()))}


def _sumar(
    lote: Lote,
    mapeo: Mapeo,
    contexto: Contexto,
    g: _Grupo,
    fila: Fila,
    celdas: dict[str, Celda],
) -> None:
    sumandos = {}
    for campo in ("numerador", "denominador", "valor"):
        cuenta: Cuenta | None = getattr(g.medida, campo)
        if cuenta is None:
            continue
        if cuenta.contar is not None:
            sumandos[campo] = float(_cumple(fila, cuenta.contar))
            continue
        texto, celda = fila[cuenta.sumar or ""], celdas[cuenta.sumar or ""]
        if texto == "" and mapeo.vacio == "omitir":
            return
        if texto == "" and mapeo.vacio == "cero":
            texto = "0"
        if not re.match(NUMERO, texto):
            remedio = (
                "escriba un número; si vacío quiere decir cero, diga vacio: cero en el mapeo"
                if texto == ""
                else "escriba un número con punto decimal, sin texto"
            )
            lote.defectos.append(
                Defecto(celda, texto, *(defecto_de_cifra(texto) or ("no-es-numero", remedio)))
            )
            return
        sumandos[campo] = float(texto)
        if sumandos[campo] < 0 and (
            campo != "valor" or not contexto.admite_negativos(g.medida.kpi)
        ):
            lote.defectos.append(
                Defecto(celda, texto, "recuento-negativo", "escriba el número sin el signo menos")
            )
            return
    if g.filas and "valor" in sumandos and not contexto.se_suma(g.medida.kpi):
        lote.defectos.append(_valor_que_no_se_suma(g.medida, celdas))
        return
    numerador = g.medida.numerador
    if numerador and _se_pasa(mapeo, contexto, g.medida, sumandos):
        parte, todo = (como_texto(sumandos[x]) for x in ("numerador", "denominador"))
        remedio = (
            f"en un porcentaje el numerador no supera al denominador, y en esta fila son"
            f" {parte} de {todo}: revise las dos cifras o, si puede ser, diga en el mapeo filas:"
            " {numerador_mayor: cuentan}"
        )
        lote.defectos.append(
            Defecto(celdas[_columna_de(numerador)], parte, "numerador-mayor", remedio)
        )
        return
    g.filas += 1
    if suyas := g.medida.sumadas():
        g.sumandos.append((celdas[min(suyas)].fila, sumandos))
    for campo, n in sumandos.items():
        g.cuentas[campo] = g.cuentas.get(campo, 0.0) + n


def _valor_que_no_se_suma(m: MedidaDelMapeo, celdas: Mapping[str, Celda]) -> Defecto:
    """La segunda fila de una misma cifra: 28.4 % y 33.1 % no son 61.5 %."""
    celda = celdas[_columna_de(m.valor)] if m.valor else None
    return Defecto(
        celda,
        None,
        "valor-que-no-se-suma",
        f"{m.kpi} es una razón o un promedio, y de la misma cifra ya hay otra fila: sus valores no"
        " se suman. En el mapeo, ponga numerador y denominador, elija una sola fila con cuando o"
        " diga en lugares, grupos y periodo en qué se distinguen",
    )


def _se_pasa(
    mapeo: Mapeo, contexto: Contexto, m: MedidaDelMapeo, sumandos: Mapping[str, float]
) -> bool:
    """Si una fila pone más casos en el numerador de un porcentaje que en su denominador: la suma
    con las demás lo taparía.
    """
    return (
        contexto.en_porcentaje(m.kpi)
        and mapeo.filas.numerador_mayor == "error"
        and sumandos.get("numerador", 0) > sumandos.get("denominador", 0)
    )


def _columna_de(cuenta: Cuenta) -> str:
    """La columna de la que sale una cuenta; de varias, la primera."""
    return cuenta.sumar or next(iter(cuenta.contar or {}))


def _medida(mapeo: Mapeo, clave: tuple[str, ...], g: _Grupo, nota: str) -> Medida:
    numeros = {
        c: str(int(n)) if n.is_integer() else repr(float(f"{n:.12g}")) for c, n in g.cuentas.items()
    }
    campos = dict(zip(("kpi", "periodo", "lugar", "grupo", "unidad"), clave, strict=True)) | {
        "valor": "",
        "numerador": "",
        "denominador": "",
        "fuente": g.medida.fuente or mapeo.fuente,
        "fecha_dato": g.fecha,
        "estado": "preliminar",
        "naturaleza": mapeo.naturaleza,
        "nota": nota,
    }
    return Medida(campos | numeros, g.celdas)
