"""La recepción de un archivo, de principio a fin.

leer → rechazar datos de personas → comparar → probar en una copia con la compuerta entera →
confirmar → entregar
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from ..base.avisos import Avisar, callar
from ..base.candado import candado
from ..catalogo import Catalogo
from ..catalogo.adjuntos import huella_de
from ..datos import custodia
from ..datos.justificaciones import CORRIJALO, SinJustificar
from ..datos.personas import primera_sena
from ..datos.tarjetas_de_recibo import OBSERVACIONES, NoMedida, Tarjeta, carpetas, leer_tarjetas
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from ..validar import con_otro_recibo, pasar
from .abrir import Opciones, abrir
from .defectos_de_fila import sin_ficha
from .diferencia import Diferencia, comparar, defectos_de_distintas
from .lote import Defecto, Lote
from .palabras import en_sus_palabras
from .recibos import ensayo, entregar, escribir_recibo, numero_de_recibo
from .revisar import revisar_personas

DE_LA_CIFRA = {"salto": "valor", "primera-entrega": "valor"}
"""Las advertencias que son de una cifra se señalan en su celda, si la tiene."""
CANDADO, ESPERA = "recibir.candado", 60
CAMBIANDO = (
    "archivo-cambiando",
    "el archivo cambió mientras se leía: espere a que termine de copiarse o de guardarse, y repita"
    " la orden",
)
ADELANTO = timedelta(days=366)
"""Lo que un archivo puede llegar después de la fecha de corte, aunque el reloj de la máquina esté
atrasado.
"""


@dataclass(frozen=True, slots=True)
class Recepcion:
    """Resultado: el recibo (nulo si no había nada nuevo), la diferencia y si ya había entrado
    antes.
    """

    recibo: Tarjeta | None
    diferencia: Diferencia
    lote: Lote
    repetida: bool = False
    cancelada: bool = False


@dataclass
class LoteConDefectos(Exception):
    """El archivo no pasa. ``defectos`` están en sus celdas; ``otros``, en data/."""

    lote: Lote
    defectos: list[Defecto]
    otros: list[ErrorDeDatos] = field(default_factory=list)

    @property
    def errores(self) -> list[ErrorDeDatos]:
        return DatosInvalidos(
            [*(d.como_error(self.lote.archivo.name) for d in self.defectos), *self.otros]
        ).errores


def recibir(
    proyecto: Proyecto,
    ruta: Path,
    opciones: Opciones,
    confirmar: Callable[[Diferencia, Lote, Catalogo], bool],
    hoy: date,
    paso: Avisar = callar,
) -> Recepcion:
    """Recibe ``ruta``. Lanza ``LoteConDefectos``, o ``DatosInvalidos`` si el archivo o data/ no se
    pueden leer.

    Si otro archivo entró mientras este se revisaba, se revisa de nuevo con lo que aquel trajo.
    """
    while True:
        try:
            return _recibir(proyecto, ruta, opciones, confirmar, hoy, paso)
        except _EntroOtro:
            continue


class _EntroOtro(Exception):
    """Los recibos ya no son los que se compararon."""


def _recibir(
    proyecto: Proyecto,
    ruta: Path,
    opciones: Opciones,
    confirmar: Callable[[Diferencia, Lote, Catalogo], bool],
    hoy: date,
    paso: Avisar,
) -> Recepcion:
    antes = carpetas(proyecto)
    catalogo, validacion = pasar(proyecto)
    if hoy > max(date.today(), catalogo.territorio.fecha_corte + ADELANTO):
        raise ErrorDeUso(
            f"el {hoy.isoformat()} todavía no llega: diga en --recibido el día en que se recibió el"
            " archivo"
        )
    sha256 = huella_de(ruta) if ruta.is_file() else ""
    lote = abrir(proyecto, catalogo, validacion.unidades, ruta, opciones)
    _sin(lote, revisar_personas(lote, catalogo, validacion.unidades, proyecto))
    if huella_de(ruta) != sha256:
        raise DatosInvalidos([ErrorDeDatos(ruta.name, None, None, None, *CAMBIANDO)])
    numero = numero_de_recibo(
        sha256, lote.mapeo, opciones.periodo, opciones.fecha_dato, opciones.hoja
    )
    tarjetas = leer_tarjetas(proyecto, [])
    if numero in tarjetas:
        return Recepcion(tarjetas[numero], Diferencia(), lote, repetida=True)
    _sin(lote, lote.defectos)
    diferencia = comparar(lote, validacion.observaciones)
    _sin(lote, defectos_de_distintas(diferencia, proyecto, catalogo.territorio.fecha_corte))
    _olvidar_declaradas(lote, tarjetas.values())
    if not diferencia.entran and not lote.no_medidas:
        return Recepcion(None, diferencia, lote, repetida=True)
    tarjeta = _tarjeta(numero, sha256, lote, diferencia, hoy)
    with ensayo(proyecto) as copia:
        preparado = copia.raiz / "recibo"
        tarjeta = _probar(copia, preparado, tarjeta, lote, diferencia, opciones, catalogo)
        paso("preparado")
        if not confirmar(diferencia, lote, catalogo):
            return Recepcion(None, diferencia, lote, cancelada=True)
        with candado(
            proyecto.trabajo / CANDADO,
            "otra orden está recibiendo un archivo: repita en un momento",
            ESPERA,
        ):
            if carpetas(proyecto) != antes:
                raise _EntroOtro
            entregar(proyecto, preparado, numero, paso)
    return Recepcion(tarjeta, diferencia, lote)


def _sin(lote: Lote, defectos: Iterable[Defecto]) -> None:
    hallados = list(en_sus_palabras(lote.tipo, defectos))
    if hallados:
        raise LoteConDefectos(lote, hallados)


def _olvidar_declaradas(lote: Lote, tarjetas: Iterable[Tarjeta]) -> None:
    """Lo que ya se declaró no medido no se vuelve a anotar."""
    dichas = {
        (n.kpi, n.periodo, n.lugar, n.grupo, n.unidad) for t in tarjetas for n in t.no_medidas
    }
    lote.no_medidas = [m for m in lote.no_medidas if m.clave not in dichas]


def _tarjeta(numero: str, sha256: str, lote: Lote, d: Diferencia, hoy: date) -> Tarjeta:
    return Tarjeta(
        recibo=numero,
        recibido=hoy,
        archivo=_nombre(lote.archivo, sha256),
        sha256=sha256,
        tipo=lote.tipo,
        mapeo=lote.mapeo,
        responsable=lote.responsable,
        cargo=lote.cargo[:200] if lote.cargo else None,
        periodo=lote.periodo,
        fuentes=tuple(sorted({m.campos["fuente"] for m in d.entran})),
        medidas=len(d.entran),
        reemplazan_demostracion=len(d.reemplazan),
        no_medidas=tuple(
            NoMedida(
                **dict(zip(("kpi", "periodo", "lugar", "grupo", "unidad"), m.clave, strict=True)),
                nota=m.campos["nota"],
            )
            for m in lote.no_medidas
        ),
    )


def _nombre(archivo: Path, sha256: str) -> str:
    """El nombre del archivo, para reconocerlo; el que señala a una persona no se guarda."""
    seguro = primera_sena([archivo.stem.replace("_", " ")]) == [None]
    return archivo.name[:200] if seguro else f"archivo-{sha256[:10]}{archivo.suffix}"


def _probar(
    copia: Proyecto,
    preparado: Path,
    tarjeta: Tarjeta,
    lote: Lote,
    d: Diferencia,
    opciones: Opciones,
    catalogo: Catalogo,
) -> Tarjeta:
    """Pasa de nuevo por la compuerta, con el recibo puesto, lo que un recibo puede mover; si solo
    quedan advertencias y hay motivo, el recibo las justifica.
    """
    justificaciones: list[dict[str, str]] = []
    while True:
        lista = escribir_recibo(preparado, tarjeta, d.entran, justificaciones)
        puesto = copia.recibos / tarjeta.recibo
        shutil.rmtree(puesto, ignore_errors=True)
        shutil.copytree(preparado, puesto)
        try:
            con_otro_recibo(copia, catalogo)
            return lista
        except DatosInvalidos as e:
            nuevas = _justificaciones(e, opciones, catalogo)
            if justificaciones or not nuevas:
                puestas = copia.relativa(puesto / OBSERVACIONES)
                raise _en_sus_celdas(e, copia, puestas, lote, d) from None
            justificaciones = nuevas


def _justificaciones(
    e: DatosInvalidos, opciones: Opciones, catalogo: Catalogo
) -> list[dict[str, str]]:
    """Las líneas que explicarían lo advertido con el motivo dado en la orden; ninguna si hay otro
    defecto.
    """
    advertidos = [x.justificacion for x in e.errores if isinstance(x, SinJustificar)]
    if not (opciones.motivo and opciones.quien) or len(advertidos) < len(e.errores):
        return []
    fecha = catalogo.territorio.fecha_corte.isoformat()
    return [
        asdict(replace(j, motivo=opciones.motivo, quien=opciones.quien, fecha=fecha))
        for j in advertidos
    ]


def _remedio(x: ErrorDeDatos) -> str:
    """Lo advertido de un archivo se explica al recibirlo: la línea de data/justificaciones.csv
    sobraría mientras no entre.
    """
    if not isinstance(x, SinJustificar):
        return x.remedio
    return (
        f"{x.que} {CORRIJALO} repita la orden con --motivo «por qué» --quien «cargo de quien lo"
        " dice»"
    )


def _en_sus_celdas(
    e: DatosInvalidos, copia: Proyecto, archivo: str, lote: Lote, d: Diferencia
) -> LoteConDefectos:
    """Traduce cada error del recibo a la celda del archivo que lo causó."""
    ordenadas = sorted(d.entran, key=lambda m: m.linea())
    propios, otros = [], []
    reales = sum(x.archivo == archivo and x.regla == custodia.REGLA for x in e.errores)
    if reales:
        otros.append(custodia.al_recibir(copia, reales))
    for x in e.errores:
        if x.archivo == archivo and x.regla == custodia.REGLA:
            continue
        if x.archivo == archivo and x.fila is not None and x.fila >= 2:
            if lote.tipo == "tabla" and sin_ficha(ordenadas[x.fila - 2], x):
                continue
            propios.append(
                Defecto(
                    ordenadas[x.fila - 2].celda(x.columna or DE_LA_CIFRA.get(x.regla)),
                    x.valor,
                    x.regla,
                    _remedio(x),
                )
            )
        else:
            otros.append(replace(x, remedio=_remedio(x)))
    return LoteConDefectos(lote, list(en_sus_palabras(lote.tipo, propios)), otros)
