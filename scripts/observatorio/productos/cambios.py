"""La página *¿Qué cambió?*: por trimestre, qué mejoró, qué empeoró, qué llegó y qué falta, y por
misión, qué falta y a quién pedirlo.

Lo de señal clara va aparte de lo posible. Los KPI restringidos no están, y de los sensibles no se
dice cuándo vencen ni quién es la persona que responde: solo la institución.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..base.numeros import con_unidad, numero
from ..base.palabras import y_en_lista
from ..base.periodos import fecha_larga, legible, meses_fin, ultimo_mes_terminado
from ..catalogo.direcciones import CAMBIOS, FALTA, de_kpi, de_mision
from ..catalogo.modelos import Kpi, Mision
from ..metodo.cambios import EPSILON, TRIMESTRE, Cambio, trimestre_de
from ..metodo.registros import Evaluacion
from ..presentacion.apilada import tabla_html, tabla_por_grupos
from ..presentacion.mision import AVISO_DEMO
from ..presentacion.pieza import enlace, esc
from ..presentacion.tablas import Marcas, marca_html, sello_html
from ..recojo.seguimiento import NO_LLEGAN, Seguida, descargo_escrito
from ..resultados.resultados import Resultados

CUANTOS = 4
"""Trimestres que se cuentan: el último cerrado, el que corre y los de un año atrás."""
CABECERA = ["Indicador", "Antes", "Ahora", "Cuán seguro es"]
DENTRO = "se movió dentro de sus límites"
"""El motivo de lo que debe mantenerse y cambió sin salir de ellos."""
DEBIDAS = ("atrasado", "incompleto", "no se midió")


@dataclass(frozen=True, slots=True)
class _Grupo:
    """Un grupo de cambios: su ancla, su icono y cómo se dice de uno y de varios."""

    id: str
    icono: str
    titulo: str
    uno: str
    varios: str


GRUPOS = (
    _Grupo(
        "empeoro-clara",
        "▼",
        "Empeoró, con señal clara",
        "1 empeoró con señal clara",
        "{n} empeoraron con señal clara",
    ),
    _Grupo(
        "empeoro-posible",
        "▽",
        "Quizá empeoró: sin señal clara",
        "1 quizá empeoró",
        "{n} quizá empeoraron",
    ),
    _Grupo(
        "mejoro-clara",
        "▲",
        "Mejoró, con señal clara",
        "1 mejoró con señal clara",
        "{n} mejoraron con señal clara",
    ),
    _Grupo(
        "mejoro-posible",
        "△",
        "Quizá mejoró: sin señal clara",
        "1 quizá mejoró",
        "{n} quizá mejoraron",
    ),
    _Grupo(
        "dentro",
        "↔",
        "Se movió dentro de sus límites",
        "1 se movió dentro de sus límites",
        "{n} se movieron dentro de sus límites",
    ),
    _Grupo("igual", "=", "Sigue igual", "1 sigue igual", "{n} siguen igual"),
    _Grupo(
        "llego",
        "+",
        "Llegó, y no hay con qué compararlo",
        "1 llegó y no hay con qué compararlo",
        "{n} llegaron y no hay con qué compararlos",
    ),
)
POR_ID = {g.id: g for g in GRUPOS}


def grupo_de(c: Cambio) -> str:
    """El ``id`` del grupo de un cambio."""
    if c.sentido == "sin comparar":
        return "llego"
    if c.sentido == "igual":
        return "dentro" if c.motivo == DENTRO else "igual"
    verbo = "empeoro" if c.sentido == "empeora" else "mejoro"
    return f"{verbo}-{'clara' if c.firme else 'posible'}"


def cambios_de(r: Resultados) -> dict[int, list[Cambio]]:
    """``trimestre → cambios`` del territorio, de lo público y del más nuevo al más viejo.

    Lo que se escribe igual antes y ahora sigue igual: nadie lee una mejora de 0.01. Lo que debe
    mantenerse y se movió sin salir de sus límites no mejora ni empeora, pero no sigue igual.
    """
    kpis = r.catalogo.kpis
    return {
        trimestre: [_como_se_lee(kpis[c.kpi], r.evaluados[c.kpi], c) for c in lista]
        for trimestre, lista in r.cambios.items()
    }


def _como_se_lee(kpi: Kpi, e: Evaluacion, c: Cambio) -> Cambio:
    iguales = numero(c.antes, kpi.decimales) == numero(c.valor, kpi.decimales)
    if c.sentido == "igual" and not iguales and _dentro(e, c.valor):
        return replace(c, motivo=DENTRO)
    if c.sentido not in ("mejora", "empeora") or not iguales:
        return c
    return replace(c, sentido="igual", senal=None, firme=False, motivo="")


def _dentro(e: Evaluacion, valor: float) -> bool:
    if not e.mantener or e.m is None:
        return False
    return bool(abs(valor - e.m) <= (e.tolerancia or 0) + EPSILON)


def pagina(r: Resultados, seguidas: Sequence[Seguida]) -> str:
    """El HTML de la página, sin su título."""
    hechos, cerrado = cambios_de(r), _cerrado(r)
    orden = [t for t in hechos if t <= cerrado][:CUANTOS]
    en_curso = [t for t in hechos if t > cerrado]
    demo = any(c.naturaleza == "demostracion" for t in orden for c in hechos[t])
    partes = [AVISO_DEMO if demo else "", _entrada()]
    if not orden:
        partes.append("<p>Todavía no hay datos con que comparar.</p>")
    for i, t in enumerate(orden):
        cuerpo = _trimestre(r, t, hechos[t], seguidas)
        partes.append(
            f'<h2 id="ultimo">{_nombre(t)}</h2>{cuerpo}'
            if i == 0
            else f'<details class="trimestre"><summary>{_nombre(t)}: '
            f"{esc(_en_breve(hechos[t]))}</summary>{cuerpo}</details>"
        )
        if i == 0:
            partes += [
                f'<details class="trimestre"><summary>{_nombre(x)}, que todavía corre: '
                f"{esc(_en_breve(hechos[x]))}</summary>"
                f"{_trimestre(r, x, hechos[x], seguidas)}</details>"
                for x in en_curso
            ]
            partes.append("" if len(orden) == 1 else '<h2 id="antes">Los trimestres de antes</h2>')
    return "".join(partes) + _lo_que_falta(r, seguidas)


def _cerrado(r: Resultados) -> int:
    """El mes absoluto en que cerró el último trimestre entero a la fecha de corte."""
    corte = ultimo_mes_terminado(r.catalogo.territorio.fecha_corte)
    return corte // TRIMESTRE * TRIMESTRE


def resumen(r: Resultados) -> str:
    """La frase del último trimestre cerrado con datos, para la portada; vacía si no hay ninguno."""
    hechos, cerrado = cambios_de(r), _cerrado(r)
    ultimo = next((t for t in hechos if t <= cerrado), None)
    if ultimo is None:
        return ""
    demo = any(c.naturaleza == "demostracion" for c in hechos[ultimo])
    return (
        f'<p class="que-cambio"><strong>{_nombre(ultimo)}:</strong>'
        f" {esc(_en_breve(hechos[ultimo]))}."
        f"{marca_html('demostracion') if demo else ''}"
        f' <a href="@raiz@/{CAMBIOS}">Vea qué cambió</a> y'
        f' <a href="@raiz@/{CAMBIOS}#que-falta">qué falta</a>.</p>'
    )


def _entrada() -> str:
    return (
        "<p>Cada dato nuevo, frente al último que había antes de su trimestre o, si sube y baja con"
        " la época del año, al de un año antes. Lo que tiene"
        ' <a href="@raiz@/metodologia.html#entre-trimestres">señal clara</a> va aparte; lo demás'
        " puede ser azar. Aquí cambian las cifras; qué cambió en cada edición está en"
        ' <a href="@raiz@/novedades.html">Novedades</a>. '
        '<a href="#que-falta">Qué falta y a quién pedirlo</a>.</p>'
    )


def _nombre(trimestre: int) -> str:
    anio, mes = divmod(trimestre - 1, 12)
    dicho = legible(f"{anio}-T{mes // TRIMESTRE + 1}")
    return esc(dicho[:1].upper() + dicho[1:])


def _agrupados(lista: Iterable[Cambio]) -> dict[str, list[Cambio]]:
    grupos: dict[str, list[Cambio]] = {g.id: [] for g in GRUPOS}
    for c in lista:
        grupos[grupo_de(c)].append(c)
    return {i: suyos for i, suyos in grupos.items() if suyos}


def _en_breve(lista: Sequence[Cambio]) -> str:
    """«de 12 indicadores con dato nuevo, 2 empeoraron con señal clara y 3 quizá mejoraron»."""
    dichos = [
        POR_ID[i].uno if len(suyos) == 1 else POR_ID[i].varios.format(n=numero(len(suyos), 0))
        for i, suyos in _agrupados(lista).items()
    ]
    cuantos = "1 indicador" if len(lista) == 1 else f"{numero(len(lista), 0)} indicadores"
    return f"de {cuantos} con dato nuevo, {y_en_lista(dichos)}"


def _trimestre(
    r: Resultados, trimestre: int, lista: Sequence[Cambio], seguidas: Sequence[Seguida]
) -> str:
    faltan = [
        s
        for s in seguidas
        if s.situacion in DEBIDAS and trimestre_de(meses_fin(s.entrega.periodo)) == trimestre
    ]
    frase = _en_breve(lista)
    marcas = Marcas.de(c.naturaleza for c in lista)
    grupos = [
        (
            f'<span aria-hidden="true">{POR_ID[i].icono}</span> {esc(POR_ID[i].titulo)} '
            f"({len(suyos)})",
            [_fila(r, c, marcas) for c in suyos],
        )
        for i, suyos in _agrupados(lista).items()
    ]
    return (
        f"<p><strong>{esc(frase[:1].upper() + frase[1:])}.</strong>{marcas.titulo}</p>"
        + tabla_por_grupos(
            f"Qué cambió, {_nombre(trimestre)}", CABECERA, grupos, "cambios", marcas.titulo
        )
        + _faltaron(r, faltan)
    )


def _fila(r: Resultados, c: Cambio, marcas: Marcas) -> list[str]:
    kpi = r.catalogo.kpis[c.kpi]
    marca = marcas.de_fila(c.naturaleza)

    def cifra(v: float | None, periodo: str | None, marca: str) -> str:
        if v is None:
            return "—"
        return (
            f"{esc(con_unidad(v, kpi.unidad, kpi.decimales))}{marca}"
            f"<small>{esc(legible(periodo or ''))}</small>"
        )

    return [
        f'<span class="codigo">{kpi.codigo}</span> {_a_kpi(r, kpi)}',
        cifra(c.antes, c.antes_periodo, "" if marcas.toda else marca),
        cifra(c.valor, c.periodo, marca),
        esc(_seguro(c)),
    ]


def _seguro(c: Cambio) -> str:
    if c.senal and not c.firme and c.senal == "señal clara":
        return "señal clara por sí sola; entre tantas comparaciones, puede ser azar"
    return c.senal or c.motivo or "—"


def _a_kpi(r: Resultados, kpi: Kpi) -> str:
    return f'<a href="{enlace(f"@raiz@/{de_kpi(r.catalogo, kpi.codigo)}")}">{esc(kpi.nombre)}</a>'


def _faltaron(r: Resultados, faltan: Sequence[Seguida]) -> str:
    """Lo que el plan pedía de ese trimestre y no está."""
    if not faltan:
        return ""
    codigos = list(dict.fromkeys(s.entrega.kpi for s in faltan))
    nombres = "".join(f"<li>{_a_kpi(r, r.catalogo.kpis[c])}</li>" for c in codigos)
    de = "1 dato" if len(codigos) == 1 else f"{len(codigos)} datos"
    return (
        f"<details><summary>Falta o está incompleto: {de} de ese trimestre</summary>"
        f'<ul>{nombres}</ul><p><a href="#que-falta">A quién pedirlos</a>.</p></details>'
    )


def _lo_que_falta(r: Resultados, seguidas: Sequence[Seguida]) -> str:
    partes = [
        '<h2 id="que-falta">Qué falta y a quién pedirlo</h2><p>De cada misión, los indicadores de'
        " los que todavía no se puede decir cómo van y las entregas que el"
        ' <a href="@raiz@/plan.html">plan de recojo</a> da por vencidas. El pedido va a la'
        " institución.</p>"
    ]
    for m in r.catalogo.misiones:
        filas = [f for k in m.kpis if (f := _falta(r, k, seguidas))]
        partes.append(_de_mision(m, filas))
    return "".join(partes)


def _de_mision(m: Mision, filas: list[list[str]]) -> str:
    cuantos = f"{len(filas)} indicador{'' if len(filas) == 1 else 'es'}" if filas else "nada"
    cuerpo = (
        tabla_html(
            f"Qué le falta a {m.codigo}",
            ["Indicador", "Qué falta", "A quién pedirlo"],
            filas,
            "falta",
        )
        if filas
        else "<p>Todos sus indicadores se pueden evaluar y ninguna entrega está vencida.</p>"
    )
    return (
        f'<details class="de-mision" id="{FALTA}{m.codigo}"><summary>{m.codigo} {esc(m.nombre)}:'
        f" {cuantos}</summary>{cuerpo}"
        f'<p><a href="@raiz@/{de_mision(m.slug)}">La página de {m.codigo}</a></p></details>'
    )


POR_QUE = {
    "sin datos": "un dato posterior a la línea de base",
    "dato vencido": "un dato nuevo: el último ya es muy antiguo",
    "sin meta": "la meta, que la fija el comité",
    "sin línea de base": "una línea de base con que comparar",
}


def _falta(r: Resultados, k: Kpi, seguidas: Sequence[Seguida]) -> list[str]:
    """La fila de lo que le falta a un KPI; ninguna si no le falta nada que se pueda pedir."""
    if not k.publico:
        return []
    e = r.evaluados[k.codigo]
    suyas = [s for s in seguidas if s.entrega.kpi == k.codigo]
    vencidas = [s for s in suyas if s.situacion in ("atrasado", "incompleto")]
    no_llega = next((s for s in suyas if s.situacion in NO_LLEGAN), None)
    dichos = []
    if e.estado in POR_QUE:
        motivo = f"<small>{esc(e.motivo)}</small>" if e.motivo else ""
        dichos.append(f"{sello_html(e.estado)} {esc(POR_QUE[e.estado])}{motivo}")
    if vencidas:
        s = vencidas[0]
        otras = f", y {len(vencidas) - 1} más" if len(vencidas) > 1 else ""
        partes = f"; llegaron {s.recibidas} de {s.esperadas} partes" if s.recibidas else ""
        descargo = f"<small>{esc(descargo_escrito(s.descargo))}</small>" if s.descargo else ""
        dichos.append(
            f"<span>La entrega vencida el {fecha_larga(s.entrega.vence.isoformat())}"
            f" ({esc(legible(s.entrega.periodo))}){otras}{partes}.</span>{descargo}"
        )
    if no_llega is not None and dichos:
        dichos.append(f"<small>{esc(no_llega.motivo[:1].upper() + no_llega.motivo[1:])}</small>")
    if not dichos:
        return []
    return [
        f'<span class="codigo">{k.codigo}</span> {_a_kpi(r, k)}',
        " ".join(dichos),
        esc(_a_quien(r, k, e.estado)),
    ]


def _a_quien(r: Resultados, k: Kpi, estado: str) -> str:
    """La institución que responde; una meta la fija quien aprueba."""
    responde = r.plan.datos[k.codigo].responsable
    if estado != "sin meta" or r.catalogo.gobernanza is None:
        return responde
    return next((c.nombre for c in r.catalogo.gobernanza.comites if c.decide), responde)
