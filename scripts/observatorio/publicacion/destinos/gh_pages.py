"""Publicar en la rama ``gh-pages`` de un repositorio: un commit por edición, sin forzar nunca.

Trabaja con los objetos de git, sin carpeta de trabajo: lo que sigue de las ediciones anteriores se
toma de los commits publicados, así que tampoco se vuelve a copiar ni a subir. Qué sigue está en
``conservar``; a una edición que ya no sigue se vuelve por la historia de la rama.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ...base import dichos_ajenos
from ...base.avisos import Avisar
from ...base.huellas import de_sumas
from ...edicion import ediciones
from ...edicion.ficha import defecto_de_ficha, ficha_sana, queda_fuera
from ...errores import ErrorDeEjecucion, ErrorDeUso
from .conservar import ACTIVOS, DIAS_DE_ACTIVOS, Conservada, conservadas, fichas_que_quedan

RAMA = "gh-pages"
CONSERVADOS = ("CNAME", ".nojekyll")


def subir(
    carpeta: Path,
    raiz: Path,
    remoto: str,
    mensaje: str,
    avisar: Avisar,
    aprobadas: Collection[str] | None = (),
) -> str:
    """Sube la edición de ``carpeta`` a ``gh-pages`` de ``remoto``; devuelve el commit publicado.

    ``aprobadas``: las ediciones cuyos datos y boletines no caducan.
    ``remoto``: nombre de un remoto del repositorio del proyecto, o una dirección. Lanza
    ``ErrorDeUso`` si no se puede llegar a él y ``ErrorDeEjecucion`` si otro publicó entretanto.
    """
    with tempfile.TemporaryDirectory(prefix="gh-pages-") as temporal:
        git = _Git(raiz, Path(temporal))
        punta = git.traer_propia(remoto)
        if (
            punta
            and git.manifiesto(punta) == list(ediciones.manifiesto(carpeta).items())
            and git.firmada(punta) >= (carpeta / ediciones.FIRMA).is_file()
        ):
            avisar("esa edición ya está publicada ahí")
            return punta
        arbol = git.arbol(carpeta, punta, avisar, aprobadas)
        commit = git("commit-tree", arbol, *(("-p", punta) if punta else ()), "-m", mensaje)
        avisar("commit listo")
        git.subir(remoto, commit)
        avisar("edición publicada")
    return commit


def exigir_propia(raiz: Path, remoto: str) -> None:
    """Lanza ``ErrorDeUso`` si no se llega a ``remoto`` o si su rama ``gh-pages`` tiene otra cosa
    que una publicación.
    """
    with tempfile.TemporaryDirectory(prefix="gh-pages-") as temporal:
        _Git(raiz, Path(temporal)).traer_propia(remoto)


def bajar(raiz: Path, remoto: str, identificador: str, destino: Path) -> Path | None:
    """Deja en ``destino/<id>`` una edición que la rama conserva, también en su historia; nada si no
    la conserva.
    """
    with tempfile.TemporaryDirectory(prefix="gh-pages-") as temporal:
        git = _Git(raiz, Path(temporal))
        punta = git.traer_propia(remoto)
        arbol = punta and git.arbol_de(punta, identificador)
        if not arbol:
            return None
        (destino / identificador).mkdir()
        git("read-tree", arbol)
        # Un enlace en la rama se escribe como texto: no lleva a ninguna parte.
        git(
            "-c",
            "core.symlinks=false",
            "--work-tree",
            str(destino / identificador),
            "checkout-index",
            "--all",
        )
    return destino / identificador


class _Git:
    """git sobre un índice propio; en el repositorio del proyecto si lo hay, si no en uno pasajero.

    Con ``GIT_DIR`` puesto, git no se muda a la cima del árbol de trabajo ni recorta lo que lee a la
    carpeta del proyecto.
    """

    def __init__(self, raiz: Path, temporal: Path) -> None:
        self.raiz = raiz
        self.entorno = (
            os.environ
            | dichos_ajenos.EN_INGLES
            | {
                "GIT_INDEX_FILE": str(temporal / "indice"),
                "GIT_TERMINAL_PROMPT": "0",
            }
        )
        propio = subprocess.run(
            ["git", "rev-parse", "--absolute-git-dir"],
            cwd=raiz,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if propio.returncode:
            subprocess.run(["git", "init", "-q", "--bare", str(temporal / "git")], check=True)
        self.entorno["GIT_DIR"] = (
            str(temporal / "git") if propio.returncode else propio.stdout.strip()
        )
        self._identificar()

    def __call__(self, *argumentos: str, entrada: str | None = None) -> str:
        r = subprocess.run(
            ["git", "-c", "core.autocrlf=false", *argumentos],
            cwd=self.raiz,
            env=self.entorno,
            input=entrada,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if r.returncode:
            dicho = dichos_ajenos.en_espanol(r.stderr, dichos_ajenos.DE_GIT)
            raise ErrorDeEjecucion(f"git {argumentos[0]}: {dicho}")
        return r.stdout.strip()

    def traer(self, remoto: str) -> str | None:
        """El commit que está publicado, o nada si la rama no existe."""
        try:
            if not self("ls-remote", remoto, f"refs/heads/{RAMA}"):
                return None
            self("fetch", "-q", "--no-tags", remoto, f"refs/heads/{RAMA}")
        except ErrorDeEjecucion as e:
            raise ErrorDeUso(f"no se llega al remoto «{remoto}»\n    {e}") from e
        return self("rev-parse", "FETCH_HEAD")

    def traer_propia(self, remoto: str) -> str | None:
        """El commit publicado; lanza ``ErrorDeUso`` si la rama la llenó otro."""
        punta = self.traer(remoto)
        if punta and not self.manifiesto(punta):
            ajenos = [
                r
                for r in self("ls-tree", "-z", "--name-only", punta).split("\0")
                if r and r not in CONSERVADOS
            ]
            if ajenos:
                raise ErrorDeUso(
                    f"la rama {RAMA} de «{remoto}» tiene otras cosas ({', '.join(ajenos[:3])}) y no"
                    " se reemplazan: guárdelas en otra rama y bórrela, o use otro --remoto"
                )
        return punta

    def arbol_de(self, punta: str, identificador: str) -> str | None:
        """El commit de la rama, el último, en que esa edición era la que se veía."""
        propia = f"ediciones/{identificador}.json"
        asuntos = (x.partition(" ") for x in self("log", "--format=%H %s", punta).splitlines())
        return next(
            (
                commit
                for commit, _, asunto in asuntos
                if identificador in asunto and propia in dict(self.manifiesto(commit))
            ),
            None,
        )

    def arbol(
        self,
        carpeta: Path,
        punta: str | None,
        avisar: Avisar,
        aprobadas: Collection[str] | None,
    ) -> str:
        """El árbol por publicar: la edición y lo que el sitio conserva de lo publicado antes."""
        entradas = dict(self._heredado(punta, carpeta, avisar, aprobadas)) if punta else {}
        propios = ediciones.propios(carpeta)
        rutas = "".join(f"{(carpeta / r).resolve()}\n" for r in propios)
        objetos = self("hash-object", "-w", "--no-filters", "--stdin-paths", entrada=rutas).split()
        entradas |= dict(zip(propios, objetos, strict=True))
        entradas.setdefault(".nojekyll", self("hash-object", "-w", "--stdin", entrada=""))
        lineas = "".join(f"100644 {objeto}\t{ruta}\0" for ruta, objeto in sorted(entradas.items()))
        self("read-tree", "--empty")
        self("update-index", "-z", "--index-info", entrada=lineas)
        return self("write-tree")

    def subir(self, remoto: str, commit: str) -> None:
        try:
            self("push", "-q", remoto, f"{commit}:refs/heads/{RAMA}")
        except ErrorDeEjecucion as e:
            raise ErrorDeEjecucion(
                f"el remoto no aceptó la publicación y sigue con la edición de antes: {e}\n"
                "    remedio: si otro publicó entretanto, repita la orden; nunca se fuerza"
            ) from e

    def _heredado(
        self,
        punta: str,
        nueva: Path,
        avisar: Avisar,
        aprobadas: Collection[str] | None,
    ) -> Iterator[tuple[str, str]]:
        """Lo que el sitio conserva de antes, ruta y objeto: activos, fichas y ediciones."""
        hay = self._objetos(punta)
        yield from ((r, hay[r]) for r in CONSERVADOS if r in hay)
        yield from self._activos(punta, hay)
        suyas = dict(self.manifiesto(punta))
        viva = next((m[1] for r in suyas if (m := ediciones.FICHA.fullmatch(r))), None)
        siguen = conservadas(
            self._anteriores(punta, hay, viva, ediciones.identificador_de(nueva), aprobadas or ()),
            aprobadas,
        )
        fichas = {m[1]: o for r, o in hay.items() if (m := ediciones.FICHA.fullmatch(r))}
        contenidos = dict(zip(fichas, self._contenidos(list(fichas.values())), strict=True))
        for i in sorted(fichas_que_quedan(contenidos, (c.identificador for c in siguen))):
            if sano := self._ficha(i, fichas[i], contenidos[i], nueva.parent, avisar):
                yield f"ediciones/{i}.json", sano
        for conservada in siguen:
            if conservada.aprobada and conservada.identificador != viva:
                yield from self._de_la_historia(punta, conservada)
            lugar = f"ediciones/{conservada.identificador}"
            de_la_viva = conservada.identificador == viva
            for ruta, objeto in hay.items():
                relativa = ruta if de_la_viva else ruta.removeprefix(f"{lugar}/")
                suya = (
                    ruta in suyas or ruta in (ediciones.MANIFIESTO, ediciones.FIRMA)
                    if de_la_viva
                    else ruta.startswith(f"{lugar}/")
                )
                if suya and conservada.lleva(relativa):
                    yield f"{lugar}/{relativa}", objeto

    def _de_la_historia(self, punta: str, conservada: Conservada) -> Iterator[tuple[str, str]]:
        """Los archivos de una edición, del commit en que se veía: aunque se aprobara cuando ya
        había caducado.
        """
        commit = self.arbol_de(punta, conservada.identificador)
        if commit is None:
            return
        suyas = {*dict(self.manifiesto(commit)), ediciones.MANIFIESTO, ediciones.FIRMA}
        for ruta, objeto in self._objetos(commit).items():
            if ruta in suyas and conservada.lleva(ruta):
                yield f"ediciones/{conservada.identificador}/{ruta}", objeto

    def _objetos(self, commit: str) -> dict[str, str]:
        """Ruta → objeto de los archivos de un commit."""
        hay = {}
        for entrada in filter(None, self("ls-tree", "-r", "-z", commit).split("\0")):
            datos, _, ruta = entrada.partition("\t")
            hay[ruta] = datos.split()[2]
        return hay

    def _activos(self, punta: str, hay: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """De los activos que ``hay``, los de las ediciones que se vieron en los últimos días: la
        historia de la rama dice cuáles.
        """
        limite, vistos = time.time() - DIAS_DE_ACTIVOS * 86400, []
        for linea in self("log", "--first-parent", "--format=%H %ct", punta).splitlines():
            commit, _, segundos = linea.partition(" ")
            vistos.append(f"{commit}:{ediciones.MANIFIESTO}")
            if int(segundos) < limite:
                break  # Se vio hasta que la siguiente la reemplazó; las de antes, ya no.
        usados = {
            ruta
            for manifiesto in self._contenidos(vistos)
            for ruta in de_sumas(manifiesto.decode("utf-8", "replace"))
        }
        yield from ((r, o) for r, o in hay.items() if r.startswith(ACTIVOS) and r in usados)

    def _ficha(
        self,
        identificador: str,
        objeto: str,
        contenido: bytes,
        conservadas_aqui: Path,
        avisar: Avisar,
    ) -> str | None:
        """El objeto de una ficha publicada, si tiene su forma; si no, el de la que el proyecto
        conserva.
        """
        defecto = defecto_de_ficha(identificador, contenido)
        if not defecto:
            return objeto
        if sana := ficha_sana(identificador, [conservadas_aqui / identificador]):
            return self("hash-object", "-w", "--no-filters", str(sana.resolve()))
        avisar(queda_fuera(identificador, defecto))
        return None

    def _contenidos(self, objetos: Sequence[str]) -> list[bytes]:
        """El contenido de cada objeto, con un solo git para todos; vacío el que no está."""
        salida = subprocess.run(
            ["git", "cat-file", "--batch"],
            cwd=self.raiz,
            env=self.entorno,
            input="".join(f"{o}\n" for o in objetos).encode(),
            capture_output=True,
            check=True,
        ).stdout
        contenidos, aqui = [], 0
        for _ in objetos:
            fin = salida.index(b"\n", aqui)
            ficha, aqui = salida[aqui:fin].split(b" "), fin + 1
            largo = int(ficha[2]) if ficha[-1] != b"missing" else -1
            contenidos.append(salida[aqui : aqui + max(largo, 0)])
            aqui += largo + 1
        return contenidos

    def _anteriores(
        self,
        punta: str,
        hay: Mapping[str, str],
        viva: str | None,
        nueva: str,
        aprobadas: Collection[str],
    ) -> list[str]:
        """Identificadores de las ediciones que están en el sitio o se aprobaron, de la publicada
        más tarde a la primera, sin la ``nueva``.
        """
        estan = {
            r.split("/")[1]
            for r in hay
            if r.startswith("ediciones/") and r.endswith(f"/{ediciones.MANIFIESTO}")
        } | ({viva} if viva else set())
        estan |= {i for i in aprobadas if self.arbol_de(punta, i)}
        asuntos = self("log", "--format=%s", punta).splitlines()
        orden = [i for asunto in asuntos for i in sorted(estan) if i in asunto]
        return [i for i in dict.fromkeys([*orden, *sorted(estan)]) if i != nueva]

    def manifiesto(self, punta: str) -> list[tuple[str, str]]:
        """``(ruta, sha256)`` de la edición publicada; vacío si la rama tiene otra cosa."""
        if not self("ls-tree", punta, ediciones.MANIFIESTO):
            return []
        return list(de_sumas(self("show", f"{punta}:{ediciones.MANIFIESTO}")).items())

    def firmada(self, punta: str) -> bool:
        """Si la edición publicada lleva su firma."""
        return bool(self("ls-tree", punta, ediciones.FIRMA))

    def _identificar(self) -> None:
        """Quién firma el commit: lo que git ya sepa o, en una máquina sin identidad, el propio
        observatorio.
        """
        for variable, valor in (("NAME", "Observatorio"), ("EMAIL", "observatorio@localhost")):
            clave = "user.name" if variable == "NAME" else "user.email"
            r = subprocess.run(
                ["git", "config", clave],
                cwd=self.raiz,
                env=self.entorno,
                capture_output=True,
                text=True,
                check=False,
            )
            for papel in ("AUTHOR", "COMMITTER"):
                self.entorno.setdefault(f"GIT_{papel}_{variable}", r.stdout.strip() or valor)
