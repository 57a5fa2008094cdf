"""El método escrito otra vez, en Python puro y con fracciones exactas, a partir de la tabla pública y los YAML.

No importa nada de ``observatorio``: si los dos coinciden en los 130 KPI, no es porque compartan un error de código.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path

import yaml

MESES = {"mensual": 1, "trimestral": 3, "semestral": 6, "anual": 12, "bienal": 24}
TOL = F(1, 10**9)
EVALUADOS = {"alcanzado", "en ruta", "requiere acelerar", "rezagado", "en retroceso"}


def dura(periodo: str) -> F:
    """Años que abarca el periodo."""
    parte = periodo.partition("-")[2]
    return F(1) if not parte else F(1, {"S": 2, "T": 4}.get(parte[0], 12))


def fin(periodo: str) -> F:
    """Cierre del periodo, en años: 2024 → 2025; 2024-S1 → 2024.5; 2024-T3 → 2024.75; 2024-05 → 2024 + 5/12."""
    anio, _, parte = periodo.partition("-")
    if not parte:
        return F(int(anio) + 1)
    if parte[0] in "ST":
        return int(anio) + F(int(parte[1]), 2 if parte[0] == "S" else 4)
    return int(anio) + F(int(parte), 12)


class Recalculo:
    """``estados``: código → (estado, avance, esperado, ritmo); ``okrs`` y ``misiones``: código → (avance, evaluados, kpis, mínimo, máximo)."""

    def __init__(self, raiz: Path, observaciones: Iterable[dict], agrupadas: Iterable[dict] = ()) -> None:
        self.t = yaml.safe_load((raiz / "data/territorio.yml").read_text(encoding="utf-8"))
        self.fuentes = yaml.safe_load((raiz / "data/fuentes.yml").read_text(encoding="utf-8"))
        corte = self.t["fecha_corte"]
        self.corte = corte.year + F(corte.month - 1, 12)
        self.series: dict[str, list[tuple[F, F | None]]] = defaultdict(list)
        for o in observaciones:
            if o["lugar"] == self.t["ubigeo"] and o["grupo"] == "total" and not o["unidad"]:
                self.series[o["kpi"]].append((fin(o["periodo"]), None if o["valor"] is None else F(o["valor"])))
        self.bloque: dict[str, int] = {}
        for o in agrupadas:
            if o["lugar"] == self.t["ubigeo"] and o["grupo"] == "total" and not o["unidad"]:
                if o["kpi"] not in self.bloque:
                    self.series[o["kpi"]] = []
                self.bloque[o["kpi"]] = int(o["agrupado"])
                self.series[o["kpi"]].append((fin(o["periodo"].split("/")[-1]), None if o["valor"] is None else F(o["valor"])))
        self.estados: dict[str, tuple] = {}
        self.okrs: dict[str, tuple] = {}
        self.misiones: dict[str, tuple] = {}
        for esperada in self.t["misiones"]:
            hoja = yaml.safe_load((raiz / "misiones" / esperada["slug"] / "hoja-de-ruta.yml").read_text(encoding="utf-8"))
            self._mision(hoja)

    def _mision(self, hoja: dict) -> None:
        pesos = self.t["metodo"]["pesos_nivel"] or {k: F(3 - (k - 1), 3 + 2 + 1) for k in (1, 2, 3)}
        partes = []
        for okr in hoja["okrs"]:
            logros = []
            for k in okr["kpis"]:
                estado, avance, _, _ = self.estados[k["codigo"]] = self._kpi(k)
                logro = None
                if estado in EVALUADOS:
                    logro = min(max(avance, F(0)), F(1)) if avance is not None else F(estado == "alcanzado")
                logros.append((F(pesos[k["nivel"]]), logro))
            self.okrs[okr["codigo"]] = fila = self._resumen(logros, sum(x is not None for _, x in logros), len(logros))
            partes.append((F(pesos[okr["nivel"]]), fila))
        evaluados, kpis = sum(f[1] for _, f in partes), sum(f[2] for _, f in partes)
        total = sum(w for w, _ in partes)
        con = [(w, f[0]) for w, f in partes if f[0] is not None]
        media = sum(w * x for w, x in con) / sum(w for w, _ in con) if con and self._cubre(evaluados, kpis) else None
        self.misiones[hoja["slug"]] = (media, evaluados, kpis, *(sum(w * f[i] for w, f in partes) / total for i in (3, 4)))

    def _cubre(self, evaluados: int, kpis: int) -> bool:
        return evaluados > 0 and evaluados >= F(str(self.t["metodo"]["cobertura_minima"])) * kpis

    def _resumen(self, logros: list[tuple[F, F | None]], evaluados: int, kpis: int) -> tuple:
        total = sum(w for w, _ in logros)
        con = [(w, x) for w, x in logros if x is not None]
        media = sum(w * x for w, x in con) / sum(w for w, _ in con) if self._cubre(evaluados, kpis) else None
        cotas = (sum(w * (falta if x is None else x) for w, x in logros) / total for falta in (0, 1))
        return media, evaluados, kpis, *cotas

    def _anuales(self, k: dict) -> list[tuple[F, F | None]]:
        """La serie en la medida de su línea de base: los flujos por partes, sumados por años completos."""
        serie, meses = self.series[k["codigo"]], MESES[k["frecuencia"]]
        if k["codigo"] in self.bloque or k["agregacion"] != "suma" or meses >= 12:
            return serie
        anios = defaultdict(list)
        for t, v in serie:
            anios[-(-t // 1)].append(v)
        return [(F(t), None if None in vs else sum(vs)) for t, vs in anios.items() if len(vs) * meses == 12]

    def _kpi(self, k: dict) -> tuple:
        nada = (None, None, None)
        if k.get("acceso", "ciudadano") != "ciudadano":
            return "dato protegido", *nada
        base, meta = k.get("linea_base"), k.get("meta")
        t0 = fin(base["periodo"] or base["periodo_asumido"]) if base else None
        bloque = F(self.bloque.get(k["codigo"], 0), 12)
        posteriores = sorted((x for x in self._anuales(k) if t0 is None or (x[0] > t0 and not (bloque and x[0] - bloque < t0))), key=lambda x: x[0])
        if not posteriores:
            return "sin datos", *nada
        t, y = posteriores[-1]
        if y is None:
            return "dato protegido", *nada
        if not meta:
            return "sin meta", *nada
        if not base or self._quebrada(k, t0 - max(dura(base["periodo"] or base["periodo_asumido"]), F(MESES[k["frecuencia"]], 12)), t):
            return "sin línea de base", *nada
        b, m, T = F(base["valor"]), F(meta["valor"]), fin(meta["periodo"])
        mantener = b == m or k["sentido"] == "no definido"
        avance = esperado = ritmo = None
        if not mantener:
            avance = (y - b) / (m - b)
            esperado = (self._esperado(k, t, [(t0, b)], (T, m)) - b) / (m - b)
            ritmo = avance / esperado if esperado > TOL else None
        if t + F(max(12 if k["agregacion"] == "suma" else 0, MESES[k["frecuencia"]]) + k["gracia"], 12) <= self.corte:
            return "dato vencido", avance, esperado, ritmo
        if mantener:
            return self._mantener(k, y, m), *nada
        return self._banda(avance, ritmo), avance, esperado, ritmo

    def _quebrada(self, k: dict, desde: F, t: F) -> bool:
        for nombre, f in self.fuentes.items():
            for q in f.get("quiebres", ()):
                suyo = k["codigo"] in q.get("kpis", ()) or (nombre == k["fuente"] and not q.get("kpis"))
                cuando = q["fecha"].year + F(q["fecha"].month - 1, 12) + F(q["fecha"].day - 1, 31 * 12)
                if suyo and desde < cuando < t:
                    return True
        return False

    @staticmethod
    def _esperado(k: dict, t: F, puntos: list[tuple[F, F]], meta: tuple[F, F]) -> F:
        if t >= meta[0]:
            return meta[1]
        puntos = [*puntos, *((F(int(a) + 1), F(v)) for a, v in sorted((k.get("logros_esperados") or {}).items())), meta]
        for (t1, v1), (t2, v2) in pairwise(puntos):
            if t1 <= t <= t2:
                return v1 + (v2 - v1) * (t - t1) / (t2 - t1)
        raise AssertionError("la senda no cubre la fecha")

    @staticmethod
    def _mantener(k: dict, y: F, m: F) -> str:
        lejos = {"ascendente": m - y, "descendente": y - m}.get(k["sentido"], abs(y - m))
        holgura = TOL * max(abs(m), abs(y))
        return "en retroceso" if lejos > F(k.get("tolerancia", 0)) + holgura else "alcanzado"

    def _banda(self, avance: F, ritmo: F | None) -> str:
        bandas = {n: F(str(v)) for n, v in self.t["metodo"]["bandas"].items()}
        if avance >= 1 - TOL:
            return "alcanzado"
        if avance < -TOL:
            return "en retroceso"
        if ritmo is None or ritmo >= bandas["en_ruta"] - TOL:
            return "en ruta"
        return "requiere acelerar" if ritmo >= bandas["requiere_acelerar"] - TOL else "rezagado"


def leer(ruta: Path) -> list[dict]:
    """``observaciones.csv`` de los datos públicos: lo vacío es nulo."""
    with ruta.open(encoding="utf-8", newline="") as f:
        return [o | {"valor": float(o["valor"]) if re.search(r"\d", o["valor"]) else None} for o in csv.DictReader(f)]
