"""Un atacante: tablas al azar, lo que un tercero sabe de ellas y lo que deduce.

Deduce por programas lineales. No usa nada del código que protege: escribe sus propias sumas a
partir de la forma de la tabla.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from observatorio.privacidad import Reglas, TablaProtegida, proteger

K = 10
DISTRITO = "999999"
REGLAS = Reglas(k=K, lugar_total=DISTRITO, horizonte=2030, ultimo_mes=2026 * 12, poblacion=11000.0)
CLAVE = ("periodo", "lugar", "grupo", "unidad", "agrupado")
MESES = {"anual": 12, "trimestral": 3, "semestral": 6}
ERROR = 1e-4

Celda = tuple[str, str, str, str, int]


@dataclass
class Caso:
    """Una tabla verdadera: ``(a, b)`` por celda suelta ``(periodo, lugar, grupo, unidad, 0)``."""

    clase: str
    meses: int
    cuentas: dict[Celda, tuple[int, int]]
    lugar_de: dict[str, str]

    @property
    def fichas(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "kpi": ["M1-K01"],
                "sobre_personas": [True],
                "recuento": [self.clase == "recuento"],
                "proporcion": [self.clase == "porcentaje"],
                "acceso": ["ciudadano"],
                "agregacion": ["suma" if self.clase == "recuento" else "razon"],
                "factor": [100.0 if self.clase == "porcentaje" else 1.0],
                "meses": [self.meses],
                "quiebres": [[]],
                "agrupable": [True],
            },
            schema_overrides={"meses": pl.Int32, "quiebres": pl.List(pl.Float64)},
        )

    def observaciones(self) -> pl.DataFrame:
        filas = []
        for (periodo, lugar, grupo, unidad, _), (a, b) in self.cuentas.items():
            num, den = (
                (None, None)
                if self.clase == "recuento"
                else (a, a + b if self.clase == "porcentaje" else b)
            )
            valor = (
                a
                if num is None
                else num / den * (100 if self.clase == "porcentaje" else 1)
                if den
                else 0.0
            )
            filas.append(
                (
                    "M1-K01",
                    periodo,
                    lugar,
                    grupo,
                    unidad,
                    valor,
                    num,
                    den,
                    "f",
                    date(2026, 1, 1),
                    "validado",
                    "demostracion",
                    "",
                    "m1-salud",
                    fin(periodo),
                    "x.csv",
                    2,
                )
            )
        esquema = {
            "kpi": pl.String,
            "periodo": pl.String,
            "lugar": pl.String,
            "grupo": pl.String,
            "unidad": pl.String,
            "valor": pl.Float64,
            "numerador": pl.Float64,
            "denominador": pl.Float64,
            "fuente": pl.String,
            "fecha_dato": pl.Date,
            "estado": pl.String,
            "naturaleza": pl.String,
            "nota": pl.String,
            "mision": pl.String,
            "fin": pl.Int32,
            "archivo": pl.String,
            "fila": pl.Int64,
        }
        return pl.DataFrame(filas, schema=esquema, orient="row")

    def publicar(self, anterior: pl.DataFrame | None = None) -> TablaProtegida:
        return proteger(self.observaciones(), self.fichas, REGLAS, anterior)


def aciertan(ataques: Iterable[object], cuantos: int) -> bool:
    """Si al menos ``cuantos`` ataques hallan algo; no se intentan más de los que hacen falta."""
    return len(list(islice(filter(None, ataques), cuantos))) == cuantos


def fin(periodo: str) -> int:
    anio = int(periodo[:4]) * 12
    if "-T" in periodo:
        return anio + 3 * int(periodo[-1])
    return anio + (6 * int(periodo[-1]) if "-S" in periodo else 12)


def periodos(meses: int, anios: range) -> list[str]:
    if meses == 12:
        return [str(a) for a in anios]
    letra = "T" if meses == 3 else "S"
    return [f"{a}-{letra}{i + 1}" for a in anios for i in range(12 // meses)]


def caso_al_azar(azar: np.random.Generator) -> Caso:
    """Anexos, grupos, unidades, cruces, faltas y periodos al azar; las partes suman su total."""
    clase = azar.choice(["porcentaje", "porcentaje", "razon", "recuento"])
    meses = int(azar.choice([3, 6, 12]))
    tiempos = periodos(meses, range(2022, 2022 + int(azar.integers(1, 4))))
    forma = azar.choice(
        ["anexos", "familias", "unidades", "cruce", "arbol"], p=[0.3, 0.35, 0.1, 0.15, 0.1]
    )
    if forma in ("cruce", "arbol"):
        tiempos = tiempos[: int(azar.integers(1, 3))]
    anexos = [f"99999900{i:02d}" for i in range(int(azar.integers(2, 9)))]
    media = azar.gamma(1.5, 12, len(anexos)) + 1
    tasa = azar.uniform(0.05, 0.95)
    cuentas: dict[Celda, tuple[int, int]] = {}
    lugar_de: dict[str, str] = {}
    for t in tiempos:
        base = {
            a: np.array([azar.poisson(m * tasa), azar.poisson(m * (1 - tasa)) + (clase == "razon")])
            for a, m in zip(anexos, media, strict=True)
        }
        presentes = [a for a in anexos if azar.random() > 0.08] or anexos
        if clase == "recuento":
            base = {a: np.array([v.sum(), v.sum()]) for a, v in base.items()}
        _llenar(azar, cuentas, lugar_de, str(forma), t, base, presentes)
    return Caso(
        str(clase),
        meses,
        {c: (int(v[0]), int(v[1])) for c, v in cuentas.items() if v.sum() > 0},
        lugar_de,
    )


def _llenar(azar, cuentas, lugar_de, forma: str, t: str, base: dict, presentes: list[str]) -> None:
    total = sum(base.values())
    cuentas[t, DISTRITO, "total", "", 0] = total
    if forma in ("anexos", "familias", "cruce", "arbol"):
        cuentas.update({(t, a, "total", "", 0): base[a] for a in presentes})
    if forma == "familias":
        for dimension, n in (("sexo", 2), ("edad", 3)):
            for i, parte in enumerate(_repartir(azar, total, n)):
                cuentas[t, DISTRITO, f"{dimension}:{i}", "", 0] = parte
    if forma == "cruce":
        por_sexo = {a: _repartir(azar, base[a], 2) for a in base}
        for i in range(2):
            cuentas[t, DISTRITO, f"sexo:{i}", "", 0] = sum(p[i] for p in por_sexo.values())
            cuentas.update({(t, a, f"sexo:{i}", "", 0): por_sexo[a][i] for a in presentes})
    if forma in ("unidades", "arbol"):
        for a in presentes:
            for i, parte in enumerate(_repartir(azar, base[a], int(azar.integers(1, 4)))):
                cuentas[t, a, "total", f"U{a}{i}", 0] = parte
                lugar_de[f"U{a}{i}"] = a


def _repartir(azar, cuentas: np.ndarray, n: int) -> list[np.ndarray]:
    peso = azar.dirichlet(np.ones(n) * 2)
    igual = bool(cuentas[0] == cuentas[1])
    columnas = [azar.multinomial(int(cuentas[0]), peso)]
    columnas.append(columnas[0] if igual else azar.multinomial(int(cuentas[1]), peso))
    return [np.array([columnas[0][i], columnas[1][i]]) for i in range(n)]


def sumas(celdas: list[Celda], tiene_anexos: bool) -> list[tuple[Celda, list[Celda], bool]]:
    """``(total, partes, completa)`` que da la forma de la tabla; ``completa``: es igualdad."""
    existen, salida = set(celdas), []
    sueltas = [c for c in celdas if c[4] == 0]
    grupos: dict[tuple, list[Celda]] = {}
    for c in sueltas:
        t, lugar, grupo, unidad, _ = c
        if unidad:
            destino = (t, lugar, grupo, "", 0) if tiene_anexos else (t, DISTRITO, grupo, "", 0)
            grupos.setdefault((destino, "u"), []).append(c)
        elif lugar != DISTRITO:
            grupos.setdefault(((t, DISTRITO, grupo, "", 0), "a"), []).append(c)
        if grupo != "total":
            grupos.setdefault(((t, lugar, "total", unidad, 0), grupo.split(":")[0]), []).append(c)
    salida += [(total, partes, True) for (total, _), partes in grupos.items() if total in existen]
    for c in celdas:
        if c[4]:
            cierre = fin(c[0].split("/")[-1])
            dentro = [
                s for s in sueltas if s[1:4] == c[1:4] and cierre - c[4] < fin(s[0]) <= cierre
            ]
            salida.append((c, dentro, True))
    return salida


def atacar(
    caso: Caso, tabla: pl.DataFrame, antes: tuple[Caso, pl.DataFrame] | None = None
) -> list[str]:
    """Lo que el atacante averigua de más, o nada; ``antes``: otra edición ya publicada."""
    if caso.clase == "recuento":
        lecturas = {0: "valor"}
    else:
        lecturas = {0: "numerador", 1: "denominador"}
    fallos: list[str] = []
    for q in lecturas:
        ecuaciones, libres, verdad = _sistema(caso, tabla, q)
        if antes:
            previas, libres_antes, verdad_antes = _sistema(antes[0], antes[1], q)
            iguales = {
                c
                for c in verdad
                if verdad_antes.get(c) == verdad[c] and _par(antes[0], c) == _par(caso, c)
            }
            inciertas = _inciertas(antes[0], caso) & libres.keys() & libres_antes.keys()
            iguales -= inciertas
            vistas = {c for c in iguales if c not in libres_antes} & libres.keys()
            ecuaciones = _sustituir(ecuaciones, {c: verdad[c] for c in vistas})
            vistas_ahora = {c: verdad[c] for c in iguales if c not in libres}
            previas = _sustituir(_renombrar(previas, iguales), vistas_ahora)
            ecuaciones += previas + [
                ({("antes", *c): 1.0, c: -1.0}, 0.0, True) for c in sorted(inciertas)
            ]
            libres = {c: x for c, x in libres.items() if c not in vistas}
        fallos += [f"{caso.clase} cuenta {q} {f}" for f in _resolver(ecuaciones, libres)]
    return fallos


def _inciertas(antes: Caso, ahora: Caso) -> set[Celda]:
    """Grupos ocultos de un periodo al que llegó alguien tarde: nadie sabe cuál creció."""
    llegadas = {fin(c[0]) for c in ahora.cuentas.keys() - antes.cuentas.keys()}
    grupos = {
        c
        for c in [*antes.cuentas, *antes.publicar().tabla.select(*CLAVE).iter_rows()]
        if c[2] != "total"
    }
    return {
        c
        for c in grupos
        if any(
            fin(c[0].split("/")[-1]) - (c[4] or ahora.meses) < f <= fin(c[0].split("/")[-1])
            for f in llegadas
        )
    }


def _par(caso: Caso, celda: Celda) -> object:
    """Las dos cuentas de una celda, o las de los periodos que reúne."""
    if not celda[4]:
        return caso.cuentas.get(celda)
    cierre = fin(celda[0].split("/")[-1])
    return [
        v
        for c, v in caso.cuentas.items()
        if c[1:4] == celda[1:4] and cierre - celda[4] < fin(c[0]) <= cierre
    ]


def _sistema(caso: Caso, tabla: pl.DataFrame, q: int):
    """Las sumas, las celdas ocultas con su verdad, y la verdad entera.

    Cada suma es ``({celda: coeficiente}, termino, holgura)``.
    """
    protegida = {tuple(f[:5]): f[5] for f in tabla.select(*CLAVE, "protegido").iter_rows()}
    verdad = {c: float(v[q]) for c, v in caso.cuentas.items()}
    tiene_anexos = any(c[1] != DISTRITO and not c[3] for c in protegida)
    todas = sumas(list(protegida), tiene_anexos)
    for total, partes, _ in todas:
        if total[4]:
            verdad[total] = sum(verdad[p] for p in partes)
    libres = {c: verdad[c] for c, oculta in protegida.items() if oculta}
    ecuaciones = []
    for total, partes, _ in todas:
        resto = verdad[total] - sum(verdad[p] for p in partes)
        if resto < -ERROR:
            continue
        coeficientes, termino = {}, 0.0
        for celda, signo in [*((p, 1.0) for p in partes), (total, -1.0)]:
            if celda in libres:
                coeficientes[celda] = coeficientes.get(celda, 0) + signo
            else:
                termino -= signo * verdad[celda]
        if coeficientes:
            ecuaciones.append((coeficientes, termino, resto > ERROR))
    return ecuaciones, libres, verdad


def _renombrar(ecuaciones, iguales):
    """En la edición anterior, una celda que cambió es otra incógnita."""
    return [
        ({(c if c in iguales else ("antes", *c)): s for c, s in e.items()}, t, h)
        for e, t, h in ecuaciones
    ]


def _sustituir(ecuaciones, conocidas):
    salida = []
    for coeficientes, termino, holgura in ecuaciones:
        quedan = {c: s for c, s in coeficientes.items() if c not in conocidas}
        termino -= sum(s * conocidas[c] for c, s in coeficientes.items() if c in conocidas)
        if quedan:
            salida.append((quedan, termino, holgura))
    return salida


def _resolver(ecuaciones, libres: dict) -> list[str]:
    """Intervalo de cada celda oculta por programa lineal; cada solución es testigo de todas."""
    nombres = list(dict.fromkeys([*libres, *(c for e, _, _ in ecuaciones for c in e)]))
    lugar = {c: i for i, c in enumerate(nombres)}
    n = len(nombres)

    def matriz(de: list):
        filas = [(i, lugar[c], s) for i, (e, _, _) in enumerate(de) for c, s in e.items()]
        datos = ([f[2] for f in filas], ([f[0] for f in filas], [f[1] for f in filas]))
        return (
            (csr_matrix(datos, shape=(len(de), n)), np.array([t for _, t, _ in de]))
            if de
            else (None, None)
        )

    a_eq, b_eq = matriz([e for e in ecuaciones if not e[2]])
    a_ub, b_ub = matriz([e for e in ecuaciones if e[2]])
    verdad = np.array([libres.get(c, np.nan) for c in nombres])
    bajo, alto = verdad.copy(), verdad.copy()
    fallos = []

    def probar(i: int, signo: float) -> None:
        objetivo = np.zeros(n)
        objetivo[i] = signo
        r = linprog(
            objetivo, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=(0, 1e5), method="highs"
        )
        assert r.status == 0, r.message
        np.fmin(bajo, r.x, out=bajo)
        np.fmax(alto, r.x, out=alto)

    for c in libres:
        i, sensible = lugar[c], libres[c] < K
        if bajo[i] > ERROR and (sensible or alto[i] - bajo[i] < K):
            probar(i, 1.0)
        if (alto[i] < K - 1) if sensible else (alto[i] - bajo[i] < K):
            probar(i, -1.0)
        aprende = (
            (bajo[i] > ERROR or alto[i] < K - 1 - ERROR)
            if sensible
            else alto[i] - bajo[i] < K - ERROR
        )
        if aprende:
            fallos.append(f"{c}: vale {libres[c]:g} y queda en [{bajo[i]:g}, {alto[i]:g}]")
    return fallos


def anterior_de(azar: np.random.Generator, caso: Caso) -> Caso:
    """La edición que se publicó antes: sin algunos lugares y periodos, y con totales menores."""
    cuentas = dict(caso.cuentas)
    hojas = [c for c in cuentas if c[1] != DISTRITO and not c[3] and c[2] == "total"]
    tarde = {(c[0], c[1]) for c in hojas if azar.random() < 0.1 and all(cuentas[c])}
    for t, lugar in tarde:
        _restar(cuentas, t, lugar, cuentas[t, lugar, "total", "", 0])
        for c in [c for c in cuentas if c[0] == t and c[1] == lugar]:
            del cuentas[c]
    if azar.random() < 0.5:
        ultimo = max(c[0] for c in cuentas)
        cuentas = {c: v for c, v in cuentas.items() if c[0] != ultimo} or cuentas
    return Caso(caso.clase, caso.meses, cuentas, caso.lugar_de)


def _restar(cuentas: dict, t: str, lugar: str, cuanto: tuple[int, int]) -> None:
    """Quita lo de un lugar del total y, en cada dimensión, de los grupos en que quepa."""
    total = (t, DISTRITO, "total", "", 0)
    cuentas[total] = tuple(a - b for a, b in zip(cuentas[total], cuanto, strict=True))
    falta: dict[str, list[int]] = {}
    for c in [c for c in cuentas if c[0] == t and c[1] == DISTRITO and c[2] != "total"]:
        propio = cuentas.get((t, lugar, c[2], "", 0))
        resta = falta.setdefault(c[2].split(":")[0], list(cuanto))
        quita = [min(x, r) for x, r in zip(propio or cuentas[c], resta, strict=True)]
        cuentas[c] = tuple(x - q for x, q in zip(cuentas[c], quita, strict=True))
        falta[c[2].split(":")[0]] = [r - q for r, q in zip(resta, quita, strict=True)]
