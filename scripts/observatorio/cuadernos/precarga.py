"""Lo que el *forkserver* importa una sola vez para todos los cuadernos. Solo importa: nada de
consultas.
"""

import gc
import sys

from ..arranque import aligerar
from ..procesos import ceder_el_paso

ceder_el_paso()
gc.disable()
aligerar()
# papermill carga pyarrow (0.15 s) por si un cuaderno vive en HDFS; aquí viven en la carpeta del
# proyecto.
sys.modules.setdefault("pyarrow.fs", None)  # type: ignore[arg-type]  # nulo: no se importa

import altair  # noqa: E402, F401
import IPython.core.application  # noqa: E402
import IPython.core.completer  # noqa: E402
import IPython.core.completerlib  # noqa: E402
import IPython.core.interactiveshell  # noqa: E402
import IPython.core.magics  # noqa: E402
import IPython.core.oinspect  # noqa: E402, F401
import narwhals._polars.namespace  # noqa: E402
import narwhals.stable.v1._namespace  # noqa: E402, F401
import nbformat  # noqa: E402
import papermill  # noqa: E402, F401
import polars  # noqa: E402, F401

# Lo que todo cuaderno acaba cargando, uno por uno: la sexta parte de lo que tarda.
import observatorio.cuadernos.adjuntas  # noqa: E402
import observatorio.cuadernos.analisis  # noqa: E402
import observatorio.cuadernos.boletin  # noqa: E402
import observatorio.cuadernos.mision  # noqa: E402
import observatorio.cuadernos.motor  # noqa: E402
import observatorio.cuadernos.normalizar  # noqa: E402
import observatorio.cuadernos.salidas  # noqa: E402
import observatorio.presentacion.brechas  # noqa: E402
import observatorio.presentacion.graficos.copias  # noqa: E402
import observatorio.presentacion.graficos.especificacion  # noqa: E402
import observatorio.presentacion.mapa  # noqa: E402
import observatorio.presentacion.mision  # noqa: E402
import observatorio.presentacion.serie  # noqa: E402
import observatorio.presentacion.voces  # noqa: E402

if sys.modules["pyarrow.fs"] is None:
    del sys.modules["pyarrow.fs"]
# Leer un cuaderno compila el esquema de nbformat (0.1 s), y el primer gráfico, lo de Vega-Lite y
# Altair: aquí, una vez para todos.
observatorio.presentacion.graficos.copias.aligerar()
observatorio.presentacion.graficos.especificacion.estrenar()
nbformat.reads(nbformat.writes(nbformat.v4.new_notebook()), as_version=4)
gc.freeze()
gc.enable()
