"""De una sesión a las casillas de su comité: revisar, simular, enviar, seguir y reenviar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...actas.escribir import gobernanza_de, leer_sano
from ...actas.modelos import Sesion
from ...base.archivos import escribir_carpeta
from ...base.avisos import Avisar, callar
from ...base.plegado import slug
from ...catalogo import Catalogo, cargar
from ...catalogo.gobernanza import Comite
from ...errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ...rutas import Proyecto
from ..correo import diario as diarios
from ..correo.diario import Diario, Inicio, Reenvio, Situacion
from ..correo.repartir import repartir
from ..correo.sobre import Carta, Destino, Imprenta
from . import ajustes, boletin, carta, revision
from .boletin import Boletin

DUDOSAS = "dudosas"
"""Lo que se escribe en lugar de una dirección para reenviar todas las dudosas."""


@dataclass(frozen=True, slots=True)
class Envio:
    """Todo lo revisado de un envío. ``salida`` es nula si solo se simula."""

    catalogo: Catalogo
    comite: Comite
    sesion: Sesion
    boletin: Boletin
    destinos: tuple[Destino, ...]
    salida: ajustes.Salida | None

    def carta(self, fecha: datetime, motivo: str | None = None) -> Carta:
        remitente = self.salida.remitente if self.salida else self.catalogo.territorio.sitio.correo
        return carta.escribir(
            self.catalogo, self.comite, self.sesion, self.boletin, remitente, fecha, motivo
        )


@dataclass(frozen=True, slots=True)
class Resultado:
    """Cómo quedó cada destinatario, en su orden."""

    situaciones: tuple[tuple[Destino, Situacion], ...]

    def en(self, *estados: diarios.Estado) -> list[tuple[Destino, Situacion]]:
        return [(d, s) for d, s in self.situaciones if s.estado in estados]


def preparar(proyecto: Proyecto, comite: str, sesion: str, simulado: bool = False) -> Envio:
    """Lee y revisa todo. Lanza ``DatosInvalidos`` con todos los defectos, y ``ErrorDeUso`` si no
    hay tal comité o tal sesión.
    """
    catalogo, suyo, esa = _de_quien(proyecto, comite, sesion)
    errores: list[ErrorDeDatos] = [
        *ajustes.fuera_de_git(proyecto),
        *ajustes.casilla_del_sitio(proyecto, catalogo.territorio.sitio.correo),
    ]
    anotados = ajustes.destinatarios(proyecto, suyo, errores)
    salida = ajustes.salida(proyecto, errores) if not simulado else None
    electoral = catalogo.territorio.en_periodo_electoral
    hecho = boletin.leer(proyecto, esa, not electoral, errores)
    if hecho is not None:
        errores += revision.revisar(proyecto, catalogo, suyo, esa, hecho, anotados)
    if errores or hecho is None:
        raise DatosInvalidos(errores)
    return Envio(catalogo, suyo, esa, hecho, _destinos(anotados), salida)


def _de_quien(proyecto: Proyecto, comite: str, sesion: str) -> tuple[Catalogo, Comite, Sesion]:
    catalogo = cargar(proyecto)
    gobernanza = gobernanza_de(catalogo)
    suyo = gobernanza.comite(comite)
    if suyo is None:
        raise ErrorDeUso(
            f"no hay ningún comité «{comite}»; los hay:"
            f" {', '.join(c.id for c in gobernanza.comites)}"
        )
    libro = leer_sano(proyecto, catalogo)
    esa = libro.sesion(sesion)
    if esa is None or esa.comite != comite:
        suyas = [s.id for s in libro.sesiones if s.comite == comite]
        raise ErrorDeUso(
            f"«{sesion}» no es una sesión del comité «{comite}»; tiene:"
            f" {', '.join(suyas) or 'ninguna'}"
        )
    return catalogo, suyo, esa


def _destinos(anotados: Sequence[ajustes.Anotado]) -> tuple[Destino, ...]:
    return tuple(Destino(a.destinatario.direccion, a.destinatario.institucion) for a in anotados)


def simular(proyecto: Proyecto, envio: Envio) -> Path:
    """Escribe el mensaje de cada destinatario como ``.eml`` y dice en qué carpeta; no envía ni
    anota nada.
    """
    imprenta = Imprenta.de(envio.carta(datetime.now(UTC)))
    archivos = {
        f"{n:03d}-{slug(d.direccion)}.eml": imprenta.mensaje(d)
        for n, d in enumerate(envio.destinos, 1)
    }
    carpeta = proyecto.trabajo / "correo-simulado" / envio.sesion.id
    escribir_carpeta(carpeta, archivos)
    return carpeta


def enviar(
    proyecto: Proyecto,
    envio: Envio,
    reenviar: Sequence[str] = (),
    corregido: str | None = None,
    avisar: Avisar = callar,
    pausa: float = 1,
) -> Resultado:
    """Envía lo que falte. ``reenviar``: direcciones dudosas o rechazadas que se ordena repetir, o
    ``dudosas``; ``corregido``: por qué este boletín reemplaza al que ya se envió.

    Lanza ``DatosInvalidos`` si es otro boletín y no se dijo por qué, ``ErrorDeUso`` si lo que se
    ordena no cabe y ``ErrorDeEjecucion`` si el servidor no deja seguir.
    """
    assert envio.salida is not None
    ruta = ruta_del_diario(proyecto, envio.sesion)
    archivo = proyecto.relativa(ruta)
    with diarios.abierto(ruta, archivo) as diario:
        nuevo = _inicio(envio, diario, archivo, corregido)
        ordenadas = _ordenadas(envio, diario, reenviar, nuevo is not None)
        if nuevo is not None:
            diario.anotar(nuevo)
        for orden in ordenadas:
            diario.anotar(orden)
        inicio = diario.inicio
        assert inicio is not None
        escrita = envio.carta(datetime.fromisoformat(inicio.fecha), inicio.motivo)
        repartir(diario, envio.salida.servidor, Imprenta.de(escrita), envio.destinos, avisar, pausa)
        return _resultado(envio.destinos, diario)


def estado(proyecto: Proyecto, comite: str, sesion: str) -> Resultado:
    """Cómo va el envío, sin enviar ni anotar nada."""
    _, suyo, esa = _de_quien(proyecto, comite, sesion)
    errores: list[ErrorDeDatos] = []
    destinos = _destinos(ajustes.destinatarios(proyecto, suyo, errores))
    if errores:
        raise DatosInvalidos(errores)
    ruta = ruta_del_diario(proyecto, esa)
    return _resultado(destinos, diarios.leer(ruta, proyecto.relativa(ruta)))


def ruta_del_diario(proyecto: Proyecto, sesion: Sesion) -> Path:
    return proyecto.correo / "diario" / f"{sesion.id}.jsonl"


def _inicio(envio: Envio, diario: Diario, archivo: str, corregido: str | None) -> Inicio | None:
    """El de una carta nueva, o nada si se sigue con la que empezó a enviarse."""
    hecho = carta.huella_de(envio.sesion, envio.boletin)
    empezado = diario.inicio
    if empezado is None:
        if corregido:
            raise ErrorDeUso(
                f"de {envio.sesion.id} no se ha enviado nada: no hay qué corregir. Quite"
                " --corregido"
            )
        return Inicio(hecho, diarios.ahora())
    if empezado.huella == hecho:
        if corregido and not empezado.motivo:
            raise ErrorDeUso(
                f"el boletín de {envio.sesion.id} es el mismo que se envió: no hay qué corregir."
                " Quite --corregido"
            )
        return None
    if corregido:
        return Inicio(hecho, diarios.ahora(), corregido)
    raise DatosInvalidos(
        [
            ErrorDeDatos(
                archivo,
                None,
                "huella",
                empezado.huella,
                "boletin-cambiado",
                "no es el boletín que empezó a enviarse: recupérelo o, si lo reemplaza, repita con"
                " --corregido «qué cambió» y lo recibirán todos",
            )
        ]
    )


def _ordenadas(
    envio: Envio, diario: Diario, reenviar: Sequence[str], de_nuevo: bool
) -> list[Reenvio]:
    """Lo que se ordena repetir; con una carta nueva no hay nada que repetir."""
    if not reenviar:
        return []
    if de_nuevo:
        raise ErrorDeUso(
            "todavía no se ha enviado este boletín: quite --reenviar, y lo recibirán todos"
        )
    estados = {d.clave: diario.de(d.clave).estado for d in envio.destinos}
    pedidas = {x.lower() for x in reenviar if x != DUDOSAS}
    if DUDOSAS in reenviar:
        pedidas |= {c for c, e in estados.items() if e == "dudosa"}
    malas = [
        f"{c}: {estados.get(c, 'no es de este comité')}"
        for c in sorted(pedidas)
        if estados.get(c) not in ("dudosa", "rechazada")
    ]
    if malas:
        raise ErrorDeUso(
            f"solo se reenvía lo dudoso y lo rechazado; no se puede: {'; '.join(malas)}"
        )
    return [Reenvio(c, diarios.ahora()) for c in sorted(pedidas)]


def _resultado(destinos: Sequence[Destino], diario: Diario | None) -> Resultado:
    return Resultado(tuple((d, diario.de(d.clave) if diario else Situacion()) for d in destinos))
