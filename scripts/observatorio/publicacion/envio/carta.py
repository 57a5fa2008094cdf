"""La carta de una sesión: el mensaje del boletín, en texto y en HTML, con lo que la acompaña.

Las cifras, la fecha, las marcas y el enlace son los del mensaje: aquí no se escribe ninguna.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from ...actas.modelos import Sesion
from ...base.escapes import html, ics_linea
from ...base.huellas import huella
from ...base.periodos import fecha_larga
from ...catalogo import Catalogo
from ...catalogo.gobernanza import Comite
from ...catalogo.naturalezas import ROTULOS
from ...privacidad import NIVELES
from ..correo.sobre import Adjunto, Carta, Destino
from .boletin import Boletin
from .revision import con_demostracion, nivel_de

PUNTO = "• "
ENLACE = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
LETRA = "font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:38em"
TITULO = "font-size:20px;line-height:1.3"
AVISO = "font-weight:bold;border:2px solid #8a3b00;padding:8px;color:#8a3b00"


@dataclass(frozen=True, slots=True)
class _Partes:
    """Lo que dice la carta, en orden. ``adjuntos``: cada uno y para qué es."""

    avisos: tuple[str, ...]
    saludo: str
    mensaje: str
    adjuntos: tuple[tuple[Adjunto, str], ...]
    despedida: str
    firma: str


def escribir(
    catalogo: Catalogo,
    comite: Comite,
    sesion: Sesion,
    boletin: Boletin,
    remitente: str,
    fecha: datetime,
    motivo: str | None = None,
) -> Carta:
    """La carta; ``motivo``: por qué reemplaza a una que ya se envió."""
    territorio = catalogo.territorio
    partes = _Partes(
        avisos=tuple(_avisos(catalogo, sesion, boletin, motivo)),
        saludo=f"Para la sesión {sesion.acta} del {comite.nombre}, el {_dia(sesion)}",
        mensaje=boletin.mensaje,
        adjuntos=tuple(_adjuntos(catalogo, comite, sesion, boletin)),
        despedida=f"Si algo no está bien, escriba a {territorio.sitio.correo}.",
        firma=f"{territorio.sitio.titulo}\n{territorio.sitio.direccion}",
    )
    return Carta(
        asunto_de=sesion.id,
        asunto=_asunto(comite, sesion, boletin, motivo),
        texto=_en_texto(partes),
        html=_en_html(partes, territorio.sitio.titulo),
        adjuntos=tuple(a for a, _ in partes.adjuntos),
        remitente=Destino(remitente, territorio.sitio.titulo),
        responder_a=territorio.sitio.correo,
        fecha=fecha,
        huella=huella_de(sesion, boletin, motivo),
    )


def huella_de(sesion: Sesion, boletin: Boletin, motivo: str | None = None) -> str:
    """La de lo que se envía: el boletín, el día de la sesión y, si reemplaza a otro, por qué."""
    return huella(
        sesion.id,
        sesion.fecha.isoformat(),
        boletin.mensaje,
        boletin.boletin,
        boletin.telefono,
        boletin.lamina or b"",
        motivo or "",
    )


def _asunto(comite: Comite, sesion: Sesion, boletin: Boletin, motivo: str | None) -> str:
    marcas = [
        *(["Simulacro"] if sesion.simulacro else []),
        *(["Demostración"] if con_demostracion(boletin) else []),
        *(["Corregido"] if motivo else []),
    ]
    delante = "".join(f"[{m}] " for m in marcas)
    return f"{delante}{comite.nombre}: boletín de su sesión del {_dia(sesion)}"


def _avisos(
    catalogo: Catalogo, sesion: Sesion, boletin: Boletin, motivo: str | None
) -> Sequence[str]:
    avisos = []
    if sesion.simulacro:
        avisos.append("Es un simulacro: no convoca a nadie ni aprueba nada.")
    if con_demostracion(boletin):
        avisos.append(ROTULOS["demostracion"].conjunto)
    if (nivel := nivel_de(catalogo, boletin)) != NIVELES[0]:
        avisos.append(f"Lleva cifras de acceso «{nivel}»: no lo reenvíe.")
    if motivo:
        avisos.append(f"Reemplaza al boletín que recibió antes: {motivo}")
    return avisos


def _adjuntos(
    catalogo: Catalogo, comite: Comite, sesion: Sesion, boletin: Boletin
) -> list[tuple[Adjunto, str]]:
    salida = [
        (
            Adjunto(f"boletin-{sesion.id}.pdf", "application/pdf", boletin.boletin),
            "el boletín, para una pantalla grande o para imprimir",
        ),
        (
            Adjunto(f"boletin-{sesion.id}-telefono.pdf", "application/pdf", boletin.telefono),
            "el mismo, para el teléfono",
        ),
    ]
    if boletin.lamina is not None:
        salida.append(
            (
                Adjunto(f"boletin-{sesion.id}.png", "image/png", boletin.lamina),
                "una lámina para reenviar por WhatsApp",
            )
        )
    cita = Adjunto(f"{sesion.id}.ics", "text/calendar", convocatoria(catalogo, comite, sesion))
    return [*salida, (cita, "la sesión, para su calendario")]


def convocatoria(catalogo: Catalogo, comite: Comite, sesion: Sesion) -> bytes:
    """La sesión en iCalendar (RFC 5545), de día entero; mismos datos, mismos bytes.

    Quien ya la guardó toma la nueva si la fecha se movió: el identificador es el de la sesión, y la
    secuencia crece con la fecha de corte.
    """
    from icalendar import Calendar, Event

    territorio = catalogo.territorio
    corte = datetime.combine(territorio.fecha_corte, time(), UTC)
    que = f"Simulacro de sesión {sesion.id}" if sesion.simulacro else f"Sesión {sesion.id}"
    evento = Event()
    evento.add("uid", f"{sesion.id}@{territorio.sitio.direccion.split('/')[2]}")
    evento.add("dtstamp", corte)
    evento.add("sequence", territorio.fecha_corte.toordinal())
    evento.add("dtstart", sesion.fecha)
    evento.add("dtend", sesion.fecha + timedelta(days=1))
    evento.add("summary", f"{que}: {comite.nombre}")
    evento.add("description", f"El boletín: {territorio.sitio.direccion}")
    calendario = Calendar()
    calendario.add("prodid", f"-//{territorio.sitio.titulo}//Sesiones//ES")
    calendario.add("version", "2.0")
    calendario.add("method", "PUBLISH")
    calendario.add("x-wr-calname", ics_linea(f"Sesiones: {comite.nombre}"))
    calendario.add_component(evento)
    return bytes(calendario.to_ical())


def _dia(sesion: Sesion) -> str:
    return fecha_larga(sesion.fecha.isoformat())


def _en_texto(p: _Partes) -> str:
    van = "\n".join(f"  {PUNTO}{a.nombre}: {que}" for a, que in p.adjuntos)
    bloques = [
        *(f"AVISO: {a}" for a in p.avisos),
        p.saludo,
        p.mensaje,
        f"Van con este correo:\n{van}",
        p.despedida,
        p.firma,
    ]
    return "\n\n".join(bloques) + "\n"


def _en_html(p: _Partes, titulo: str) -> str:
    dichos = "<br>".join(map(html, p.avisos))
    avisos = f'<p style="{AVISO}">{dichos}</p>\n' if p.avisos else ""
    van = "".join(f"<li><strong>{html(a.nombre)}</strong>: {html(q)}</li>" for a, q in p.adjuntos)
    return (
        '<!doctype html>\n<html lang="es">\n<head><meta charset="utf-8"><meta name="viewport"'
        f' content="width=device-width"><title>{html(titulo)}</title></head>\n'
        f'<body style="{LETRA}">\n{avisos}<h1 style="{TITULO}">{html(p.saludo)}</h1>\n'
        f"{_lineas(p.mensaje)}<p>Van con este correo:</p>\n<ul>{van}</ul>\n"
        f"<p>{html(p.despedida)}</p>\n<p>{_con_enlaces(p.firma)}</p>\n</body>\n</html>\n"
    )


def _lineas(mensaje: str) -> str:
    """Las líneas con punto, como lista; las demás, cada una en su párrafo."""
    salida = ""
    abierta = False
    for linea in filter(None, map(str.strip, mensaje.splitlines())):
        es_punto = linea.startswith(PUNTO)
        if es_punto != abierta:
            salida += "<ul>\n" if es_punto else "</ul>\n"
            abierta = es_punto
        dicho = _con_enlaces(linea.removeprefix(PUNTO))
        salida += f"<li>{dicho}</li>\n" if es_punto else f"<p>{dicho}</p>\n"
    return f"{salida}</ul>\n" if abierta else salida


def _con_enlaces(texto: str) -> str:
    partes = []
    hasta = 0
    for m in ENLACE.finditer(texto):
        direccion = html(m[0])
        partes += [html(texto[hasta : m.start()]), f'<a href="{direccion}">{direccion}</a>']
        hasta = m.end()
    return "".join([*partes, html(texto[hasta:])]).replace("\n", "<br>\n")
