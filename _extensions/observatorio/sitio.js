"use strict";
// Mejora la página ya completa: índice, filtros de la tabla y gráficos interactivos. Sin guion, nada falta.
const VEGA = document.currentScript.dataset.vega;

const crear = (etiqueta, atributos = {}, ...hijos) => {
  const nodo = document.createElement(etiqueta);
  for (const [clave, valor] of Object.entries(atributos)) nodo.setAttribute(clave, valor);
  nodo.append(...hijos);
  return nodo;
};

function indice(lugar) {
  const enlaces = [...document.querySelectorAll("main h2[id]")].map((titulo) =>
    crear("li", {}, crear("a", { href: `#${titulo.id}` }, titulo.textContent)));
  lugar.append(crear("ul", {}, ...enlaces));
}

// --- Filtros: nivel y estado, con su estado en la dirección (?nivel=1&estado=rezagado) ---
class Filtros {
  constructor(formulario) {
    this.formulario = formulario;
    this.cuerpo = document.getElementById(formulario.dataset.tabla).querySelector("tbody");
    this.filas = [...this.cuerpo.rows].filter((fila) => fila.querySelector("[data-estado]"));
    this.aviso = formulario.querySelector("output");
    this.quitar = formulario.querySelector("button");
    this.leer(new URLSearchParams(location.search));
    formulario.hidden = false;
    formulario.addEventListener("change", () => this.cambiar());
    formulario.addEventListener("submit", (suceso) => suceso.preventDefault());
    this.quitar.addEventListener("click", () => this.vaciar());
    this.aplicar();
  }

  leer(parametros) {
    for (const casilla of this.casillas()) casilla.checked = parametros.getAll(casilla.name).includes(casilla.value);
  }

  casillas() {
    return [...this.formulario.querySelectorAll("input[type=checkbox]")];
  }

  elegidos(nombre) {
    return this.casillas().filter((c) => c.name === nombre && c.checked).map((c) => c.value);
  }

  vaciar() {
    for (const casilla of this.casillas()) casilla.checked = false;
    this.formulario.querySelector("input").focus();
    this.cambiar();
  }

  cambiar() {
    const direccion = new URL(location.href);
    for (const nombre of ["nivel", "estado"]) {
      direccion.searchParams.delete(nombre);
      for (const valor of this.elegidos(nombre)) direccion.searchParams.append(nombre, valor);
    }
    history.replaceState(null, "", direccion);
    this.aplicar();
  }

  aplicar() {
    const niveles = this.elegidos("nivel"), estados = this.elegidos("estado");
    let visibles = 0;
    for (const fila of this.filas) {
      const { nivel, estado } = fila.querySelector("[data-estado]").dataset;
      fila.hidden = (niveles.length && !niveles.includes(nivel)) || (estados.length && !estados.includes(estado));
      visibles += !fila.hidden;
    }
    this.ocultarGruposVacios();
    const todas = this.filas.length;
    this.quitar.hidden = !niveles.length && !estados.length;
    this.aviso.textContent = visibles === todas ? `Se ven los ${todas} indicadores.`
      : visibles ? `Se ven ${visibles} de ${todas} indicadores.` : "Ningún indicador cumple con lo elegido.";
  }

  ocultarGruposVacios() {
    let grupo = null;
    for (const fila of this.cuerpo.rows) {
      if (!this.filas.includes(fila)) { grupo = fila; grupo.hidden = true; }
      else if (grupo && !fila.hidden) grupo.hidden = false;
    }
  }

  mostrar(fila) {
    if (fila.hidden) this.vaciar();
  }
}

// --- Ancla de un KPI: se ve aunque un filtro lo oculte o su ficha esté plegada ---
function irAlAncla(filtros) {
  const destino = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  document.querySelectorAll(".apuntado").forEach((nodo) => nodo.classList.remove("apuntado"));
  if (!destino) return;
  if (destino.matches("details")) destino.open = true;
  const fila = destino.closest("tbody tr");
  if (fila) {
    filtros?.mostrar(fila);
    fila.classList.add("apuntado");
  }
  destino.scrollIntoView();
}

// --- Gráficos: la imagen ya está; Vega se pide solo cuando alguien quiere explorar ---
let vega;
const pedirVega = () => vega ??= new Promise((listo, fallo) => {
  const guion = crear("script", { type: "module", src: VEGA });
  guion.onload = () => listo(window.vegaEmbed);
  guion.onerror = () => { vega = undefined; guion.remove(); fallo(new Error("no se pudo cargar Vega")); };
  document.head.append(guion);
});

async function explorar(figura, boton, aviso) {
  const lienzo = figura.querySelector(".lienzo");
  boton.disabled = true;
  aviso.textContent = "Cargando el gráfico interactivo…";
  try {
    const embeber = await pedirVega();
    const espec = JSON.parse(figura.querySelector(".espec").textContent);
    const nuevo = crear("div", { class: "vivo" });
    lienzo.append(nuevo);
    await embeber(nuevo, espec, { ast: true, renderer: "svg", actions: false, logLevel: 1, defaultStyle: false, tooltip: { disableDefaultStyle: true } });
    lienzo.querySelector(":scope > svg").remove();
    boton.remove();
    aviso.textContent = "Gráfico interactivo listo: toque un punto o pase sobre él para ver su cifra.";
    lienzo.tabIndex = -1;
    lienzo.focus({ preventScroll: true });
  } catch {
    lienzo.querySelector(".vivo")?.remove();
    boton.disabled = false;
    aviso.textContent = "No se pudo cargar. La imagen y la tabla tienen las mismas cifras.";
  }
}

document.querySelectorAll("[data-indice]").forEach(indice);
const formulario = document.querySelector("form.filtros");
const filtros = formulario && new Filtros(formulario);
for (const figura of document.querySelectorAll("figure.grafico")) {
  const boton = figura.querySelector("button");
  boton.hidden = false;
  boton.addEventListener("click", () => explorar(figura, boton, figura.querySelector("[role=status]")));
}
addEventListener("hashchange", () => irAlAncla(filtros));
if (location.hash) irAlAncla(filtros);
