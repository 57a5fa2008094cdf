"""A quién y por dónde se envía: ``reservado/correo/`` y las variables ``OBSERVATORIO_CORREO_…``.

Lo que dice ``servidor.yml`` no se repite en ningún mensaje: un campo mal escrito puede ser la
clave.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ...base import lecturas
from ...base.lineas import linea_de
from ...base.yaml_estricto import arbol
from ...catalogo.correo import Destinatario, Destinatarios, DireccionDeCorreo, ServidorDeCorreo
from ...catalogo.defectos import defectos_de_ficha
from ...catalogo.gobernanza import Comite
from ...catalogo.lectura import leer_yaml
from ...errores import ErrorDeDatos
from ...rutas import Proyecto
from ..correo.servidor import Servidor

VARIABLE = "OBSERVATORIO_CORREO_"
PUERTOS = {"starttls": 587, "tls": 465}


@dataclass(frozen=True, slots=True)
class Anotado:
    """Un destinatario y en qué línea de su archivo está."""

    linea: int | None
    destinatario: Destinatario


@dataclass(frozen=True, slots=True)
class Salida:
    """Por qué servidor se envía y con qué remitente."""

    servidor: Servidor
    remitente: str


def destinatarios(
    proyecto: Proyecto, comite: Comite, errores: list[ErrorDeDatos]
) -> tuple[Anotado, ...]:
    """Los del comité, en su orden; sus defectos van a ``errores``."""
    ruta = proyecto.correo / "destinatarios.yml"
    archivo = proyecto.relativa(ruta)
    if not ruta.is_file():
        remedio = "escríbalo como dice guias/comites.md, en «Enviar el boletín»"
        errores.append(_sin_destinatarios(archivo, comite, remedio))
        return ()
    leidos = leer_yaml(proyecto, ruta, TypeAdapter(Destinatarios), errores)
    if leidos is None:
        return ()
    suyos = leidos.comites.get(comite.id, ())
    if not suyos:
        remedio = f"añada las casillas de «{comite.id}», una por línea, bajo «comites»"
        errores.append(_sin_destinatarios(archivo, comite, remedio))
    raiz = arbol(lecturas.texto(ruta))
    anotados = tuple(
        Anotado(linea_de(raiz, ("comites", comite.id, n)), d) for n, d in enumerate(suyos)
    )
    errores += _incoherentes(archivo, comite, anotados)
    return anotados


def _sin_destinatarios(archivo: str, comite: Comite, remedio: str) -> ErrorDeDatos:
    return ErrorDeDatos(archivo, None, comite.id, None, "correo-sin-destinatarios", remedio)


def _incoherentes(
    archivo: str, comite: Comite, anotados: tuple[Anotado, ...]
) -> Iterator[ErrorDeDatos]:
    instituciones = [i.institucion for i in comite.integrantes]
    vistas: set[str] = set()
    for a in anotados:
        d = a.destinatario
        if d.institucion not in instituciones:
            yield ErrorDeDatos(
                archivo,
                a.linea,
                "institucion",
                d.institucion,
                "destinatario-ajeno-al-comite",
                f"escriba una de las de «{comite.id}» en comites.yml: {', '.join(instituciones)}",
            )
        if d.direccion.lower() in vistas:
            yield ErrorDeDatos(
                archivo,
                a.linea,
                "direccion",
                d.direccion,
                "destinatario-repetido",
                "quite la línea: a cada casilla se le envía una vez",
            )
        vistas.add(d.direccion.lower())


def salida(
    proyecto: Proyecto, errores: list[ErrorDeDatos], entorno: Mapping[str, str] = os.environ
) -> Salida | None:
    """El servidor y el remitente, o nada: sus defectos van a ``errores``. Manda el entorno."""
    ruta = proyecto.correo / "servidor.yml"
    archivo = proyecto.relativa(ruta)
    propios: list[ErrorDeDatos] = []
    leido = (
        leer_yaml(proyecto, ruta, TypeAdapter(ServidorDeCorreo), propios)
        if ruta.is_file()
        else ServidorDeCorreo()
    )
    errores += (replace(e, valor=None) for e in propios)
    dichas = {
        campo: v for campo in ServidorDeCorreo.model_fields if (v := entorno.get(_variable(campo)))
    }
    escrito = leido.model_dump(exclude_unset=True) if leido else {}
    crudo = {**escrito, **dichas}
    tipo = TypeAdapter(ServidorDeCorreo)
    try:
        s = tipo.validate_python(crudo)
    except ValidationError as e:
        errores += (
            ErrorDeDatos("entorno", None, _variable(str(d.camino[0])), None, d.regla, d.remedio)
            for d in defectos_de_ficha(e, crudo, tipo)
        )
        return None
    if leido is None:
        return None
    for campo in ("servidor", "remitente"):
        if getattr(s, campo) is None:
            errores.append(
                ErrorDeDatos(
                    archivo,
                    None,
                    campo,
                    None,
                    "correo-sin-servidor",
                    f"escriba «{campo}» en el archivo, o dígalo en {_variable(campo)}",
                )
            )
    if s.usuario and s.clave is None:
        errores.append(
            ErrorDeDatos(
                archivo,
                None,
                "clave",
                None,
                "correo-sin-clave",
                f"diga la clave de «usuario» en {_variable('clave')}, o en el archivo; si el"
                " servidor no la pide, borre «usuario»",
            )
        )
        return None
    if s.servidor is None or s.remitente is None:
        return None
    return Salida(
        Servidor(
            s.servidor,
            s.puerto or PUERTOS[s.cifrado],
            s.cifrado,
            s.usuario,
            s.clave,
            proyecto.raiz / s.autoridad if s.autoridad else None,
            s.espera,
            s.espera_final,
        ),
        s.remitente,
    )


def casilla_del_sitio(proyecto: Proyecto, correo: str) -> Iterator[ErrorDeDatos]:
    """La casilla a la que se responde también tiene que servir para un correo."""
    tipo = TypeAdapter(DireccionDeCorreo)
    try:
        tipo.validate_python(correo)
    except ValidationError as e:
        for d in defectos_de_ficha(e, correo, tipo):
            yield ErrorDeDatos(
                proyecto.relativa(proyecto.territorio),
                None,
                "sitio.correo",
                correo,
                d.regla,
                d.remedio,
            )


def _variable(campo: str) -> str:
    return VARIABLE + campo.upper()


def fuera_de_git(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Lo de ``reservado/correo/`` que git guarda o guardaría: con ello irían las direcciones."""
    if not (proyecto.raiz / ".git").exists():
        return
    carpeta = proyecto.relativa(proyecto.correo)
    for archivo in (_git(proyecto.raiz, "ls-files", "-z", "--", carpeta) or "").split("\0"):
        if archivo:
            yield ErrorDeDatos(
                archivo,
                None,
                None,
                None,
                "correo-en-git",
                f"quítelo de git, sin borrarlo: git rm --cached {archivo}; si ya se publicó, cambie"
                " la clave",
            )
    hay = [p for p in sorted(proyecto.correo.glob("*.yml")) if p.is_file()]
    for ruta in hay:
        archivo = proyecto.relativa(ruta)
        if _git(proyecto.raiz, "check-ignore", "-q", "--no-index", "--", archivo) is None:
            yield ErrorDeDatos(
                archivo,
                None,
                None,
                None,
                "correo-sin-ignorar",
                "añada la línea /reservado/ a .gitignore",
            )


def _git(raiz: Path, *argumentos: str) -> str | None:
    """Lo que git responde; nulo si dice que no, y vacío si en la máquina no hay git."""
    try:
        r = subprocess.run(
            ["git", *argumentos], cwd=raiz, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return r.stdout if r.returncode == 0 else None
