// Dibuja con Vega fuera del navegador: V8 sin nada más, donde no hay página ni reloj.
// «NUMEROS» y «CARAS» las pone quien lo carga.

const { vega, vegaLite } = vegaEmbed;
const TIPOGRAFIA = "Source Sans Pro";
const OTRA_MAS_ANCHA = 1.25; // Arial y Verdana lo son; cuál sale depende de la máquina de quien mira
const PESOS = { normal: 400, lighter: 400, bold: 700, bolder: 700 };

vega.formatLocale(NUMEROS);

// Como elige el navegador: hasta 500, la fina; desde ahí, la primera que no sea más fina.
const cara = (texto) => {
  const cursiva = texto.fontStyle === "italic" || texto.fontStyle === "oblique";
  const peso = PESOS[texto.fontWeight] ?? (Number(texto.fontWeight) || 400);
  const suyas = CARAS.filter((c) => c.cursiva === cursiva);
  return suyas.find((c) => peso <= 500 || c.peso >= peso) ?? suyas.at(-1);
};

// Lo que avanzan sus letras, con los pares ajustados; los espacios, como en XML.
vega.textMetrics.width = (texto, dicho) => {
  const { em, anchos, pares } = cara(texto);
  let suma = 0;
  let anterior = "";
  for (const letra of String(dicho).replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "")) {
    suma += (anchos[letra] ?? em) + (pares[anterior + letra] ?? 0);
    anterior = letra;
  }
  const propia = !texto.font || texto.font.includes(TIPOGRAFIA);
  const ancho = (suma / em) * (texto.fontSize ?? 11) * (propia ? 1 : OTRA_MAS_ANCHA);
  return texto.limit > 0 ? Math.min(ancho, texto.limit) : ancho;
};

// Vega apunta sus errores y sigue: aquí un gráfico a medias no se dibuja.
const severo = {
  level: () => severo,
  debug: () => severo,
  info: () => severo,
  warn: () => severo,
  error: (e) => {
    throw e;
  },
};

async function dibujar(json) {
  vega.resetSVGDefIds(); // si no, sus nombres dirían cuántos se dibujaron antes
  const { spec } = vegaLite.compile(JSON.parse(json));
  const vista = new vega.View(vega.parse(spec), { renderer: "none", logger: severo });
  try {
    return await vista.toSVG();
  } finally {
    vista.finalize();
  }
}
