"""El método escrito otra vez, en pandas, a partir de los CSV y los YAML.

No importa nada de ``observatorio`` ni usa polars: si los dos coinciden en los 130 KPI, no es porque
compartan un error de código.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

MESES = {"mensual": 1, "trimestral": 3, "semestral": 6, "anual": 12, "bienal": 24}
EVALUADOS = ["alcanzado", "en ruta", "requiere acelerar", "rezagado", "en retroceso"]
NUMEROS = ["valor", "numerador", "denominador"]
CELDA = ["kpi", "periodo", "lugar", "grupo", "unidad"]
TOL = 1e-9
LECTOR = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def fin(periodo: pd.Series) -> pd.Series:
    """Cierre de cada periodo en meses: 2024 → 12 × 2025; 2024-S1 y 2024-T2 → 12 × 2024 + 6; 2024-05
    → 12 × 2024 + 5.
    """
    p = periodo.str.extract(r"^(\d{4})(?:-(?:S(\d)|T(\d)|(\d\d)))?$").astype(float)
    return p[0] * 12 + (p[1] * 6).fillna(p[2] * 3).fillna(p[3]).fillna(12)


def dura(periodo: pd.Series) -> pd.Series:
    """Meses que abarca el periodo."""
    return periodo.str[5:6].map({"": 12, "S": 6, "T": 3}).fillna(1).where(periodo.notna())


def leer(ruta: Path) -> pd.DataFrame:
    """Un CSV de observaciones, público o crudo: las cifras son números, lo vacío es nulo y lo demás
    es texto.
    """
    return pd.read_csv(
        ruta,
        dtype=dict.fromkeys([*CELDA, "fuente", "estado"], str) | dict.fromkeys(NUMEROS, float),
        keep_default_na=False,
        na_values={n: [""] for n in NUMEROS},
    )


def leer_yaml(ruta: Path) -> dict:
    return yaml.load(ruta.read_text(encoding="utf-8"), Loader=LECTOR)


@cache
def catalogo(raiz: Path) -> pd.DataFrame:
    """Una fila por KPI: su ficha, su misión y su OKR."""
    hojas = [leer_yaml(r) for r in sorted(raiz.glob("misiones/*/hoja-de-ruta.yml"))]
    filas = [
        k | {"mision": h["slug"], "okr": o["codigo"], "nivel_okr": o["nivel"]}
        for h in hojas
        for o in h["okrs"]
        for k in o["kpis"]
    ]
    t = pd.DataFrame(filas).rename(columns={"codigo": "kpi"})
    base, meta, formula = (
        pd.json_normalize(t[c].map(lambda x: x if isinstance(x, dict) else {}).to_list())
        for c in ("linea_base", "meta", "formula")
    )
    de_base = base["periodo"].fillna(base["periodo_asumido"])
    return t.assign(
        meses=t["frecuencia"].map(MESES),
        acceso=t.get("acceso", pd.Series(index=t.index, dtype=str)).fillna("ciudadano"),
        tolerancia=t["tolerancia"].fillna(0),
        t0=fin(de_base),
        b=base["valor"],
        dura=dura(de_base),
        T=fin(meta["periodo"]),
        m=meta["valor"],
        factor=formula["factor"].fillna(1),
    )


def crudas(raiz: Path) -> pd.DataFrame:
    """``CELDA, valor`` de todo lo medido: corregido, con su razón calculada y con los totales que
    suman todos los anexos.
    """
    territorio = leer_yaml(raiz / "data/territorio.yml")
    lugar, anexos = territorio["ubigeo"], [a["codigo"] for a in territorio["anexos"]]
    fichas = catalogo(raiz)[["kpi", "factor", "agregacion", "tipo_agregacion"]]
    t = pd.concat(
        [
            leer(r).assign(archivo=f"data/observaciones/{r.name}")
            for r in sorted(raiz.glob("data/observaciones/*.csv"))
        ],
        ignore_index=True,
    )
    for c in pd.read_csv(raiz / "data/correcciones.csv", dtype=str, keep_default_na=False).to_dict(
        "records"
    ):
        celda = (t[["archivo", *CELDA]] == [c[n] for n in ("archivo", *CELDA)]).all(axis=1)
        t.loc[celda, c["columna"]] = (
            float(c["despues"]) if c["columna"] in NUMEROS else c["despues"]
        )
    t = t.merge(fichas, on="kpi")
    partes = t[t["lugar"].isin(anexos) & (t["grupo"] == "total") & (t["unidad"] == "")]
    sumas = partes.groupby(["kpi", "periodo"], as_index=False).agg(
        cuantos=("lugar", "nunique"),
        razones=("denominador", "count"),
        **{n: (n, "sum") for n in NUMEROS},
        **{n: (n, "first") for n in ("factor", "agregacion", "tipo_agregacion")},
    )
    con_razon = sumas["razones"] == sumas["cuantos"]
    sumas[["numerador", "denominador"]] = sumas[["numerador", "denominador"]].where(con_razon)
    sumable = sumas["agregacion"].isin(["suma", "ultimo"]) & (
        sumas["tipo_agregacion"] == "agregable"
    )
    sumas = sumas[(sumas["cuantos"] == len(anexos)) & (con_razon | sumable)].assign(
        lugar=lugar, grupo="total", unidad=""
    )
    t = pd.concat([t, sumas]).drop_duplicates(CELDA)
    return t.assign(valor=(t["numerador"] / t["denominador"] * t["factor"]).fillna(t["valor"]))[
        [*CELDA, "valor"]
    ]


class Recalculo:
    """``kpis``: por código, ``estado, avance, esperado, ritmo``; ``okrs`` y ``misiones``: por
    código, ``avance, evaluados, kpis, minimo, maximo``.
    """

    def __init__(self, raiz: Path, observaciones: pd.DataFrame, agrupadas: pd.DataFrame) -> None:
        self.t = leer_yaml(raiz / "data/territorio.yml")
        self.fuentes = leer_yaml(raiz / "data/fuentes.yml")
        corte = self.t["fecha_corte"]
        self.corte = corte.year * 12 + corte.month - 1
        fichas = catalogo(raiz)
        self.kpis = self._con_estado(
            fichas.merge(self._ultimo(fichas, observaciones, agrupadas), on="kpi", how="left")
        )
        self.okrs, self.misiones = self._agregados(self.kpis)
        self.kpis = self.kpis.set_index("kpi")

    def _series(
        self, fichas: pd.DataFrame, observaciones: pd.DataFrame, agrupadas: pd.DataFrame
    ) -> pd.DataFrame:
        """La serie del territorio en la medida de su línea de base: agrupada donde lo esté, y los
        flujos por años completos.
        """
        sueltas, bloques = map(self._del_territorio, (observaciones, agrupadas))
        s = pd.concat([sueltas[~sueltas["kpi"].isin(bloques["kpi"])].assign(agrupado=0), bloques])
        s = s.assign(fin=fin(s["periodo"].str.split("/").str[-1])).merge(
            fichas[["kpi", "agregacion", "meses", "t0"]], on="kpi"
        )
        por_partes = (s["agregacion"] == "suma") & (s["meses"] < 12) & (s["agrupado"] == 0)
        anios = (
            s[por_partes]
            .assign(fin=np.ceil(s["fin"] / 12) * 12)
            .groupby(["kpi", "fin"], as_index=False)
            .agg(
                valor=("valor", "sum"),
                medidas=("valor", "count"),
                partes=("valor", "size"),
                meses=("meses", "first"),
                t0=("t0", "first"),
            )
        )
        anios = anios[anios["partes"] * anios["meses"] == 12]
        anios["valor"] = anios["valor"].where(anios["medidas"] == anios["partes"])
        return pd.concat([s[~por_partes], anios.assign(agrupado=0)])

    def _ultimo(self, fichas: pd.DataFrame, *tablas: pd.DataFrame) -> pd.DataFrame:
        """``kpi, fin, valor`` de la última medida posterior a la línea de base."""
        s = self._series(fichas, *tablas)
        con_la_base = (s["agrupado"] > 0) & (s["fin"] - s["agrupado"] < s["t0"])
        posteriores = s[s["t0"].isna() | ((s["fin"] > s["t0"]) & ~con_la_base)]
        ultimo = posteriores.sort_values("fin").drop_duplicates("kpi", keep="last")[
            ["kpi", "fin", "valor"]
        ]
        u = ultimo.merge(fichas[["kpi", "meses", "agregacion", "gracia"]], on="kpi")
        vigentes = set(u.loc[u["fin"] + self._plazo(u) + u["gracia"] > self.corte, "kpi"])
        calladas = self._calladas(fichas, *tablas)
        calladas = calladas[~calladas["kpi"].isin(vigentes)]
        return pd.concat([ultimo[~ultimo["kpi"].isin(calladas["kpi"])], calladas])

    def _calladas(
        self, fichas: pd.DataFrame, observaciones: pd.DataFrame, agrupadas: pd.DataFrame
    ) -> pd.DataFrame:
        """``kpi, fin, valor`` (nulo) de la última medida suelta que se protege después del último
        bloque de su KPI.
        """
        sueltas, bloques = map(self._del_territorio, (observaciones, agrupadas))
        cierre = (
            fin(bloques["periodo"].str.split("/").str[-1])
            .groupby(bloques["kpi"])
            .max()
            .rename("cierre")
        )
        s = (
            sueltas[sueltas["valor"].isna()]
            .assign(fin=fin(sueltas["periodo"]))
            .merge(cierre, on="kpi")
            .merge(fichas[["kpi", "t0"]], on="kpi")
        )
        s = s[(s["fin"] > s["cierre"]) & ~(s["fin"] <= s["t0"])]
        return s.sort_values("fin").drop_duplicates("kpi", keep="last")[["kpi", "fin", "valor"]]

    def _del_territorio(self, t: pd.DataFrame) -> pd.DataFrame:
        return t[(t["lugar"] == self.t["ubigeo"]) & (t["grupo"] == "total") & (t["unidad"] == "")]

    @staticmethod
    def _plazo(t: pd.DataFrame) -> pd.Series:
        return t["meses"].clip(lower=12).where(t["agregacion"] == "suma", t["meses"])

    def _con_estado(self, t: pd.DataFrame) -> pd.DataFrame:
        y, b, m = t["valor"], t["b"], t["m"]
        mantener = (b == m) | (t["sentido"] == "no definido")
        quebrada = t.apply(self._quebrada, axis=1)
        medible = y.notna() & ~mantener & ~quebrada
        avance = ((y - b) / (m - b)).where(medible)
        esperado = ((t.apply(self._senda, axis=1) - b) / (m - b)).where(medible)
        ritmo = (avance / esperado).where(esperado > TOL)
        bandas = self.t["metodo"]["bandas"]
        casos = {
            "dato protegido": t["acceso"] != "ciudadano",
            "sin datos": t["fin"].isna(),
            "dato protegido ": y.isna(),
            "sin meta": m.isna(),
            "sin línea de base": b.isna() | quebrada,
            "dato vencido": t["fin"] + self._plazo(t) + t["gracia"] <= self.corte,
            "en retroceso": mantener & self._fuera(t),
            "alcanzado": mantener | (avance >= 1 - TOL),
            "en retroceso ": avance < -TOL,
            "en ruta": ritmo.isna() | (ritmo >= bandas["en_ruta"] - TOL),
            "requiere acelerar": ritmo >= bandas["requiere_acelerar"] - TOL,
        }
        estado = np.select(list(casos.values()), [n.strip() for n in casos], "rezagado")
        evaluado, sin_numero = (
            np.isin(estado, EVALUADOS),
            np.isin(estado, ["sin datos", "dato protegido", "sin meta", "sin línea de base"]),
        )
        numeros = {
            n: x.mask(sin_numero)
            for n, x in (("avance", avance), ("esperado", esperado), ("ritmo", ritmo))
        }
        logro = (
            numeros["avance"]
            .clip(0, 1)
            .where(~mantener, (estado == "alcanzado").astype(float))
            .where(evaluado)
        )
        return t.assign(estado=estado, evaluado=evaluado, logro=logro, **numeros)

    def _quebrada(self, k: pd.Series) -> bool:
        """¿Cambió el método de la fuente entre el comienzo de lo que midió la línea de base y el
        último dato?
        """
        desde = k["t0"] - max(k["dura"], k["meses"])
        for nombre, f in self.fuentes.items():
            for q in f.get("quiebres", ()):
                d = q["fecha"]
                suyo = k["kpi"] in q.get("kpis", ()) or (
                    nombre == k["fuente"] and not q.get("kpis")
                )
                if suyo and desde < d.year * 12 + d.month - 1 + (d.day - 1) / 31 < k["fin"]:
                    return True
        return False

    @staticmethod
    def _senda(k: pd.Series) -> float:
        """El valor esperado al cierre del último dato: por tramos rectos de la línea de base a la
        meta, y la meta después.
        """
        logros = k["logros_esperados"] if isinstance(k["logros_esperados"], dict) else {}
        anios = sorted(logros)
        return float(
            np.interp(
                k["fin"],
                [k["t0"], *((a + 1) * 12 for a in anios), k["T"]],
                [k["b"], *(logros[a] for a in anios), k["m"]],
            )
        )

    @staticmethod
    def _fuera(t: pd.DataFrame) -> pd.Series:
        falta = t["m"] - t["valor"]
        lejos = falta.where(
            t["sentido"] == "ascendente", (-falta).where(t["sentido"] == "descendente", falta.abs())
        )
        return lejos > t["tolerancia"] + TOL * np.maximum(t["m"].abs(), t["valor"].abs())

    def _agregados(self, t: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        pesos = self.t["metodo"]["pesos_nivel"] or {
            nivel: (3 - (nivel - 1)) / (3 + 2 + 1) for nivel in (1, 2, 3)
        }
        t = t.assign(
            peso=t["nivel"].map(pesos),
            minimo=t["logro"].fillna(0),
            maximo=t["logro"].fillna(1),
            kpis=1,
            avance=t["logro"],
            evaluados=t["evaluado"],
        )
        okrs = self._reunir(t, ["mision", "okr", "nivel_okr"]).reset_index()
        misiones = self._reunir(okrs.assign(peso=okrs["nivel_okr"].map(pesos)), ["mision"])
        return okrs.set_index("okr"), misiones

    def _reunir(self, t: pd.DataFrame, por: list[str]) -> pd.DataFrame:
        """Medias ponderadas de ``avance`` (la de lo que lo tiene), ``minimo`` y ``maximo``; sin
        avance bajo la cobertura mínima.
        """
        ponderado = t.assign(
            **{n: t[n] * t["peso"] for n in ("avance", "minimo", "maximo")},
            con=t["peso"].where(t["avance"].notna()),
        )
        s = ponderado.groupby(por)[
            ["avance", "minimo", "maximo", "peso", "con", "kpis", "evaluados"]
        ].sum()
        cubre = (s["evaluados"] > 0) & (
            s["evaluados"] >= self.t["metodo"]["cobertura_minima"] * s["kpis"]
        )
        return s.assign(
            avance=(s["avance"] / s["con"]).where(cubre),
            minimo=s["minimo"] / s["peso"],
            maximo=s["maximo"] / s["peso"],
        )
