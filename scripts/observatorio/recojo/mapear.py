"""De un reporte del sector o de una encuesta, con su mapeo, a un lote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..base.cifras import defecto_de_cifra
from ..base.periodos import MESES
from ..base.plegado import plegado
from ..catalogo.mapeo import Campo, Cuenta, Mapeo, MedidaDelMapeo, Valores
from ..catalogo.plan_de_recojo import periodo_que_termina
from ..datos.reglas import NUMERO
from .hojas.cuadricula import Celda, Hoja
from .lote import Defecto, Lote, Medida

CUALQUIERA = "*"
Fila = dict[str, str]


@dataclass(frozen=True, slots=True)
class Contexto:
    """Lo que el reporte no dice: periodo y fecha dados en la orden, y el lugar de cada unidad."""

    periodo: str | None
    fecha_dato: str | None
    lugar_de: Mapping[str, str]


@dataclass(slots=True)
class _Grupo:
    """Lo acumulado de una clave: las cuentas, la última fecha y la celda de la primera fila."""

    medida: MedidaDelMapeo
    celdas: dict[str, Celda]
    cuentas: dict[str, float] = field(default_factory=dict)
    fecha: str = ""
    filas: int = 0


def hoja_del_mapeo(mapeo: Mapeo, hojas: list[Hoja]) -> Hoja | None:
    """La hoja que tiene todas las columnas del mapeo en su fila de títulos, o nada."""
    for hoja in hojas:
        if (
            mapeo.hoja is None or plegado(mapeo.hoja) == plegado(hoja.nombre)
        ) and mapeo.columnas() <= set(_titulos(hoja, mapeo)):
            return hoja
    return None


def columnas_de_recuentos_y_codigos(mapeo: Mapeo, hoja: Hoja) -> list[int]:
    """Posición (desde 1) de las columnas que se suman y de los códigos de unidad: sus cifras no son documentos de nadie."""
    declaradas = mapeo.sumadas() | set(mapeo.unidad.usadas() if mapeo.unidad else ())
    return [i for i, t in enumerate(_titulos(hoja, mapeo), 1) if t in declaradas]


def columnas_declaradas(mapeo: Mapeo, hoja: Hoja) -> list[int]:
    """Posición (desde 1) de las columnas que el mapeo lee."""
    return [i for i, t in enumerate(_titulos(hoja, mapeo), 1) if t in mapeo.columnas()]


def _titulos(hoja: Hoja, mapeo: Mapeo) -> list[str]:
    f = mapeo.fila_titulos
    return (
        [hoja.texto(f, c) for c in range(1, len(hoja.filas[f - 1]) + 1)]
        if len(hoja.filas) >= f
        else []
    )


def leer_con_mapeo(
    ruta: Path, hojas: list[Hoja], hoja: Hoja, nombre: str, mapeo: Mapeo, contexto: Contexto
) -> Lote:
    """Suma o cuenta las filas de cada clave; lo que no se entiende va a ``defectos`` con su celda."""
    lote = Lote(ruta, "mapeo", hojas, mapeo=nombre, periodo=contexto.periodo, hoja=hoja.nombre)
    posicion = {t: i for i, t in enumerate(_titulos(hoja, mapeo), 1) if t}
    grupos: dict[tuple[str, ...], _Grupo] = {}
    sumadas = mapeo.sumadas()
    for numero in range(mapeo.fila_titulos + 1, len(hoja.filas) + 1):
        if mapeo.hasta and hoja.texto(numero, 1).startswith(mapeo.hasta):
            break
        fila = {
            t: hoja.cifra(numero, i) if t in sumadas else hoja.texto(numero, i)
            for t, i in posicion.items()
        }
        celdas = {t: Celda(hoja.nombre, numero, i, t) for t, i in posicion.items()}
        if any(fila.values()):
            _acumular(lote, mapeo, contexto, fila, celdas, grupos)
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
    return lote


def _acumular(
    lote: Lote,
    mapeo: Mapeo,
    contexto: Contexto,
    fila: Fila,
    celdas: dict[str, Celda],
    grupos: dict[tuple[str, ...], _Grupo],
) -> None:
    valores = _valores(lote, mapeo, contexto, fila, celdas)
    if valores is None:
        return
    periodo, fecha, unidad = valores
    for lugar, de_quien in _lugares(lote, mapeo, contexto, fila, celdas, unidad):
        for campo in mapeo.grupos:
            grupo = _campo(lote, campo, fila, celdas, "grupo", None)
            for m in mapeo.medidas:
                if grupo and _cumple(fila, m.cuando):
                    g = grupos.setdefault(
                        (m.kpi, periodo, lugar, grupo, de_quien), _Grupo(m, _celdas_de(m, celdas))
                    )
                    g.fecha = max(g.fecha, fecha)
                    _sumar(lote, mapeo, g, fila, celdas)


def _valores(
    lote: Lote, mapeo: Mapeo, contexto: Contexto, fila: Fila, celdas: dict[str, Celda]
) -> tuple[str, str, str] | None:
    periodo = _campo(lote, mapeo.periodo, fila, celdas, "periodo", contexto.periodo)
    fecha = _campo(lote, mapeo.fecha_dato, fila, celdas, "fecha-dato", contexto.fecha_dato)
    unidad = _campo(lote, mapeo.unidad, fila, celdas, "unidad", None) if mapeo.unidad else ""
    return (
        None
        if periodo is None or fecha is None or unidad is None
        else (periodo, fecha[:10], unidad)
    )


def _lugares(
    lote: Lote, mapeo: Mapeo, contexto: Contexto, fila: Fila, celdas: dict[str, Celda], unidad: str
) -> Iterator[tuple[str, str]]:
    """``(lugar, unidad)`` de cada sitio al que la fila suma: la unidad solo figura en el suyo."""
    for campo in mapeo.lugares:
        lugar = (
            contexto.lugar_de.get(unidad)
            if isinstance(campo, str)
            else _campo(lote, campo, fila, celdas, "lugar", None)
        )
        if lugar is not None:
            yield lugar, unidad if isinstance(campo, str) else ""
        elif isinstance(campo, str):
            celda = (
                celdas[mapeo.unidad.usadas()[0]] if mapeo.unidad and mapeo.unidad.usadas() else None
            )
            lote.defectos.append(
                Defecto(
                    celda,
                    unidad,
                    "unidad-desconocida",
                    "añada la unidad a data/unidades.csv, o tradúzcala en el mapeo",
                )
            )


def _campo(
    lote: Lote, campo: Campo, fila: Fila, celdas: dict[str, Celda], nombre: str, pedido: str | None
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
    texto = (
        textos[0]
        if campo.columna
        else re.sub(
            r"\{([0-9]+)\}",
            lambda m: textos[int(m[1])] if int(m[1]) < len(textos) else m[0],
            campo.forma or "",
        )
    )
    if campo.columna and campo.forma:
        try:
            texto = (
                texto
                if re.match(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", texto)
                else datetime.strptime(texto, campo.forma).date().isoformat()
            )
        except ValueError:
            lote.defectos.append(
                Defecto(
                    celda,
                    texto,
                    "fecha-imposible",
                    f"se esperaba una fecha con la forma {campo.forma}",
                )
            )
            return None
    if campo.traducir:
        traducido = {plegado(k): v for k, v in campo.traducir.items()}.get(plegado(texto))
        if traducido is None:
            lote.defectos.append(
                Defecto(
                    celda,
                    texto,
                    "sin-traduccion",
                    f"añada «{texto}» a traducir, en el mapeo, o corrija la celda",
                )
            )
        return traducido
    return _periodo_de(texto, campo.periodo_de_fecha) if campo.periodo_de_fecha else texto


def _periodo_de(fecha: str, frecuencia: str) -> str:
    if not re.match(r"^[0-9]{4}-[0-9]{2}", fecha):
        return fecha
    meses, mes = MESES[frecuencia], int(fecha[:4]) * 12 + int(fecha[5:7])
    return periodo_que_termina(
        frecuencia, -(-mes // meses) * meses if meses <= 12 else -(-mes // 12) * 12
    )


def _cumple(fila: Fila, condiciones: Valores) -> bool:
    return all(
        (CUALQUIERA in valores and fila[columna] != "")
        or plegado(fila[columna]) in {plegado(v) for v in valores}
        for columna, valores in condiciones.items()
    )


def _celdas_de(m: MedidaDelMapeo, celdas: dict[str, Celda]) -> dict[str, Celda]:
    salida = {}
    for campo in ("numerador", "denominador", "valor"):
        cuenta: Cuenta | None = getattr(m, campo)
        if cuenta:
            salida[campo] = celdas[cuenta.sumar or next(iter(cuenta.contar or {}))]
    return salida | {"medida": next(iter(salida.values()))}


def _sumar(lote: Lote, mapeo: Mapeo, g: _Grupo, fila: Fila, celdas: dict[str, Celda]) -> None:
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
    g.filas += 1
    for campo, n in sumandos.items():
        g.cuentas[campo] = g.cuentas.get(campo, 0.0) + n


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
