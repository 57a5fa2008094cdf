"""Proteger a las personas en lo que se publica: control de la revelación estadística en tablas.

Nada que se dibuje, se descargue o se busque ve las observaciones antes de pasar por ``proteger``.
El recorrido, con el nombre que cada paso tiene en la literatura y el módulo en que está::

    sucesion          lo que identifica una celda en el tiempo: códigos que cambian
    definiciones      un KPI que pasa a medir otra cosa
    supresion         acceso ciudadano, sin notas: qué entra
    primaria          supresión primaria: celdas con menos de k casos, o cuyo complemento los tiene
    agrupacion        periodos agrupados: recodificación global en el tiempo
    alcance           celdas enlazadas con alguna de riesgo: sobre cuáles hay que decidir
    secundaria        supresión secundaria (complementaria): que ninguna salga de restar
    captacion         las unidades suman los anexos que atienden, donde de verdad los suman
    kpis_enlazados    restas que cruzan dos KPI: se ocultan a la vez
    tablas_enlazadas  tablas enlazadas: cruces y jerarquías que comparten celdas
    auditoria         el problema del atacante: entre qué valores puede estar cada celda oculta
    bloques           el mismo problema en los periodos detrás de una cifra agrupada
    entre_ediciones   diferencias entre ediciones: restar lo publicado antes de lo de hoy
    supresion         tabla pública: las cifras ocultas, nulas
    montos            montos de pocos: los que no dicen de cuántos son, o en los que uno domina

Lo que sabe quien ataca: todo lo publicado en esta edición y en las anteriores (``historial``,
``sumas_anteriores``), que las partes suman su total (``ecuaciones``) y que ninguna cuenta es
negativa. De una celda con menos de ``k`` casos no debe aprender más que [0, k − 1]; de otra celda
oculta, nada más fino que un intervalo de ancho ``k`` (protección deslizante). También pasan por
aquí las líneas de base (``lineas_de_base``), las correcciones y el acceso por niveles
(``acceso``). Y antes que todo, lo que pone en riesgo a quien mide o denuncia (``guardas``).

Dónde se apoya, y en qué se aparta:

- Hundepool, Domingo-Ferrer, Franconi, Giessing, Schulte Nordholt, Spicer y de Wolf (2012),
  *Statistical Disclosure Control*, Wiley, doi:10.1002/9781118348239: los términos, las reglas de
  umbral y los niveles de protección.
- Fellegi (1972), «On the question of statistical confidentiality», *JASA* 67: cuándo las sumas
  publicadas determinan una celda. Cox (1980), «Suppression methodology and statistical disclosure
  control», *JASA* 75: la supresión complementaria, que elige ``secundaria``.
- Fischetti y Salazar (2001), «Solving the cell suppression problem on tabular data with linear
  constraints», *Management Science* 47: el atacante como dos programas lineales por celda (mínimo
  y máximo), que es la prueba de ``auditoria``. Ellos buscan la pérdida mínima con programación
  entera; aquí se suprime por pasos y se vuelve a mostrar lo que sobra, que no pide otro motor.
- τ-ARGUS (Statistics Netherlands, manual del usuario) y ``sdcTable`` (Meindl, CRAN): los estados de
  una celda y la auditoría del resultado. No se usan porque protegen una edición sola: no saben de
  lo ya publicado, de periodos agrupados ni de celdas que nadie informó.
- ONS (2006), *Review of the Dissemination of Health Statistics: Confidentiality Guidance*, e ISB
  1523 del NHS (2013), *Anonymisation Standard for Publishing Health and Social Care Data*: los
  números pequeños en salud, y mirar las diferencias entre publicaciones y tablas vecinas.

Las tablas que entran, se trabajan y salen se declaran en ``columnas``.
"""

from .acceso import (
    NIVELES,
    abierto_a,
    catalogo_de_nivel,
    catalogo_publico,
    con_motivo,
    correcciones_publicas,
    lo_que_ve,
    metas_protegidas,
)
from .definiciones import definiciones
from .guardas import (
    con_responsables_publicos,
    correcciones_sin_cargos,
    plan_publico,
    sin_lo_sensible,
)
from .historial import acumular, como_csv, historial_de_nivel, leer_historial
from .lineas_de_base import bases_protegidas
from .montos import sin_montos_de_pocos
from .parametros import Reglas
from .sucesion import (
    Sucesiones,
    baja_el_umbral,
    dejan_de_protegerse,
    desaparecidos,
    heredada,
    miden_otra_cosa,
    se_abren,
)
from .supresion import TablaProtegida, proteger

__all__ = [
    "NIVELES",
    "Reglas",
    "Sucesiones",
    "TablaProtegida",
    "abierto_a",
    "acumular",
    "baja_el_umbral",
    "bases_protegidas",
    "catalogo_de_nivel",
    "catalogo_publico",
    "como_csv",
    "con_motivo",
    "con_responsables_publicos",
    "correcciones_publicas",
    "correcciones_sin_cargos",
    "definiciones",
    "dejan_de_protegerse",
    "desaparecidos",
    "heredada",
    "historial_de_nivel",
    "leer_historial",
    "lo_que_ve",
    "metas_protegidas",
    "miden_otra_cosa",
    "plan_publico",
    "proteger",
    "se_abren",
    "sin_lo_sensible",
    "sin_montos_de_pocos",
]
