// Lo que Vega-Lite dice en inglés de las marcas que resumen (cajas, barras y bandas de error) y ninguna
// especificación deja cambiar: se cambia en lo ya compilado.

const DE_LAS_QUE_RESUMEN = {
  "Upper Whisker": "Bigote superior",
  "Lower Whisker": "Bigote inferior",
  Max: "Máximo",
  Q3: "Tercer cuartil",
  Median: "Mediana",
  Q1: "Primer cuartil",
  Min: "Mínimo",
  Mean: "Promedio",
  Ci1: "Límite superior, con 95 % de confianza,",
  Ci0: "Límite inferior, con 95 % de confianza,",
  "Mean + stderr": "Promedio más error estándar",
  "Mean - stderr": "Promedio menos error estándar",
  "Mean + stdev": "Promedio más desviación estándar",
  "Mean - stdev": "Promedio menos desviación estándar",
};
const RENGLON = /"([A-Z][a-z0-9]+(?: Whisker| [+-] std\w+)?) of ((?:[^"\\]|\\.)*)": format\(([^,]*), ""\)/g;

const enRenglones = (globo) => globo.replace(RENGLON, (igual, dicho, campo, cifra) =>
  dicho in DE_LAS_QUE_RESUMEN ? `"${DE_LAS_QUE_RESUMEN[dicho]} de ${campo}": format(${cifra}, ",.4~f")` : igual);

const traducida = (vista) => ({
  ...vista,
  ...(vista.marks && { marks: vista.marks.map(traducida) }),
  ...(vista.encode && {
    encode: Object.fromEntries(Object.entries(vista.encode).map(([cuando, canales]) =>
      [cuando, typeof canales.tooltip?.signal === "string"
        ? { ...canales, tooltip: { signal: enRenglones(canales.tooltip.signal) } }
        : canales])),
  }),
});

vegaEmbed.enEspanol = traducida;
