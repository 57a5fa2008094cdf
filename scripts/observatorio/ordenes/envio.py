"""Orden ``enviar``: el boletín de una sesión, por correo, a las instituciones de su comité."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..rutas import Proyecto
from .salida import BIEN, DATOS

if TYPE_CHECKING:
    from ..publicacion.envio.enviar import Resultado

DICHOS = {
    "rechazada": "Rechazadas por el servidor",
    "aplazada": "Aplazadas: se intentan de nuevo al repetir la orden",
    "pendiente": "Por enviar: repita la orden",
}


def registrar(ordenes: argparse._SubParsersAction) -> None:
    e = ordenes.add_parser(
        "enviar",
        help="envía por correo el boletín de una sesión a su comité, a lo sumo una vez a cada uno",
        description=(
            "Envía por correo el boletín de una sesión. Si se corta, la misma orden sigue donde"
            " quedó; lo que quizá llegó se lista y solo se repite con --reenviar. Las casillas"
            " están en reservado/correo/destinatarios.yml y el servidor en servidor.yml, al lado, o"
            " en las variables OBSERVATORIO_CORREO_SERVIDOR, _PUERTO, _CIFRADO, _USUARIO, _CLAVE,"
            " _REMITENTE y _AUTORIDAD."
        ),
    )
    e.add_argument("--comite", required=True, help="el comité, por su id en comites.yml")
    e.add_argument("--sesion", required=True, help="la sesión, como impulsor-003")
    e.add_argument(
        "--reenviar",
        action="append",
        default=[],
        metavar="DIRECCION",
        help="repite el envío a una dirección dudosa o rechazada, o a todas las «dudosas»",
    )
    e.add_argument(
        "--corregido",
        metavar="MOTIVO",
        type=_motivo,
        help="el boletín reemplaza a uno ya enviado: qué cambió; lo reciben todos",
    )
    modo = e.add_mutually_exclusive_group()
    modo.add_argument(
        "--simular", action="store_true", help="no envía: escribe cada correo como un archivo .eml"
    )
    modo.add_argument("--estado", action="store_true", help="no envía: dice cómo va cada uno")
    e.set_defaults(hacer=_enviar)


def _motivo(texto: str) -> str:
    limpio = " ".join(texto.split())
    if not limpio or len(limpio) > 300:
        raise argparse.ArgumentTypeError("diga qué cambió en una frase de hasta 300 letras")
    return limpio


def _enviar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..errores import ErrorDeEjecucion, ErrorDeUso
    from ..publicacion.envio import enviar as envios

    comite, sesion = opciones.comite, opciones.sesion
    if (opciones.simular or opciones.estado) and (opciones.reenviar or opciones.corregido):
        raise ErrorDeUso("--reenviar y --corregido envían: quite --simular o --estado")
    if opciones.estado:
        return _contar(envios.estado(proyecto, comite, sesion))
    envio = envios.preparar(proyecto, comite, sesion, opciones.simular)
    if opciones.simular:
        carpeta = envios.simular(proyecto, envio)
        n = len(envio.destinos)
        escritos = "1 correo escrito" if n == 1 else f"{n} correos escritos"
        print(
            f"{escritos} en {proyecto.relativa(carpeta)}: {'ábralo' if n == 1 else 'ábralos'} con"
            " un programa de correo. No se envió ninguno."
        )
        return BIEN
    try:
        hecho = envios.enviar(
            proyecto,
            envio,
            opciones.reenviar,
            opciones.corregido,
            lambda t: print(f"  {t}", flush=True),
        )
    except KeyboardInterrupt:
        raise ErrorDeEjecucion(
            "se interrumpió el envío: lo hecho queda anotado\n    remedio: repita la orden, y sigue"
            " donde quedó"
        ) from None
    return _contar(hecho)


def _contar(r: Resultado) -> int:
    print(f"Entregadas: {len(r.en('entregada'))} de {len(r.situaciones)}.")
    for estado, titulo in DICHOS.items():
        if hay := [(d, s) for d, s in r.situaciones if s.estado == estado]:
            print(f"{titulo}:")
            for d, s in hay:
                print(f"  {d.direccion}{f': {s.dicho}' if s.dicho else ''}")
    if dudosas := r.en("dudosa"):
        print("Dudosas: quizá llegaron, y no se repiten solas. Pregunte a quien la recibe:")
        for d, s in dudosas:
            print(f"  {d.direccion}: {s.dicho} ({s.fecha})")
        print("Para repetirlas: la misma orden con --reenviar DIRECCION, o --reenviar dudosas.")
    return BIEN if len(r.en("entregada")) == len(r.situaciones) else DATOS
