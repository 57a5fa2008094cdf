"use strict";
// Mejora la página ya completa: índice, filtros de la tabla y gráficos interactivos. Sin guion, nada falta.
const { vega: VEGA, buscador: BUSCADOR, sinConexion: SIN_CONEXION } = document.currentScript.dataset;

const crear = (etiqueta, atributos = {}, ...hijos) => {
  const nodo = document.createElement(etiqueta);
  for (const [clave, valor] of Object.entries(atributos)) nodo.setAttribute(clave, valor);
  nodo.append(...hijos);
  return nodo;
};

// Un guion que se pide con su primer uso; si no llega, se podrá pedir otra vez.
const perezoso = (atributos, dar) => {
  let pedido;
  return () => pedido ??= new Promise((listo, fallo) => {
    const guion = crear("script", atributos);
    guion.onload = () => listo(dar());
    guion.onerror = () => { pedido = undefined; guion.remove(); fallo(new Error(`no se pudo cargar ${atributos.src}`)); };
    document.head.append(guion);
  });
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
    const tabla = document.getElementById(formulario.dataset.tabla);
    this.grupos = [...tabla.querySelectorAll("details.okr")];
    this.filas = [...tabla.querySelectorAll("tbody tr")];
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
    this.mostrarGrupos(niveles.length || estados.length);
    const todas = this.filas.length;
    this.quitar.hidden = !niveles.length && !estados.length;
    this.aviso.textContent = visibles === todas ? (todas === 1 ? "Es un indicador." : `Son ${todas} indicadores.`)
      : visibles ? `Se ven ${visibles} de ${todas} indicadores.` : "Ningún indicador cumple con lo elegido.";
  }

  // Un grupo sin filas no se ve; con algo elegido, los demás se abren.
  mostrarGrupos(hayElegidos) {
    for (const grupo of this.grupos) {
      grupo.hidden = !grupo.querySelector("tbody tr:not([hidden])");
      if (hayElegidos) grupo.open = true;
    }
  }

  mostrar(fila) {
    if (fila.hidden) this.vaciar();
  }
}

// --- Pestañas: sin guion, o impresas, son secciones una tras otra; con él, se recorren con las flechas ---
class Pestanas {
  constructor(caja, numero) {
    this.paneles = [...caja.querySelectorAll(":scope > .pestana")];
    this.botones = this.paneles.map((panel, i) => this.boton(panel, `pestana-${numero}-${i}`));
    const titulo = caja.previousElementSibling?.closest("h2, h3, h4, p")?.textContent.trim().slice(0, 80);
    caja.prepend(crear("div", { role: "tablist", "aria-label": titulo || "Pestañas" }, ...this.botones));
    caja.classList.add("con-guion");
    this.elegir(0);
  }

  boton(panel, id) {
    panel.id ||= `${id}-panel`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", id);
    panel.tabIndex = 0;
    const titulo = panel.querySelector("h2, h3, h4, h5, h6");
    const boton = crear("button", { type: "button", role: "tab", id, "aria-controls": panel.id }, titulo.textContent);
    boton.addEventListener("click", () => this.elegir(this.botones.indexOf(boton)));
    boton.addEventListener("keydown", (suceso) => this.tecla(suceso));
    return boton;
  }

  tecla(suceso) {
    const ultima = this.botones.length - 1, paso = { ArrowRight: this.elegida + 1, ArrowLeft: this.elegida - 1, Home: 0, End: ultima }[suceso.key];
    if (paso === undefined) return;
    suceso.preventDefault();
    this.elegir(paso < 0 ? ultima : paso > ultima ? 0 : paso);
    this.botones[this.elegida].focus();
  }

  elegir(cual) {
    this.elegida = cual;
    this.paneles.forEach((panel, i) => { panel.hidden = i !== cual; });
    this.botones.forEach((boton, i) => {
      boton.setAttribute("aria-selected", i === cual);
      boton.tabIndex = i === cual ? 0 : -1;
    });
  }
}

// --- Ancla de un KPI: se ve aunque un filtro lo oculte o su ficha esté plegada ---
function irAlAncla(filtros) {
  const destino = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  document.querySelectorAll(".apuntado").forEach((nodo) => nodo.classList.remove("apuntado"));
  if (!destino) return;
  // Las fichas se mudaron a la página de cada indicador: un enlace de antes llega a ella.
  if (destino.id.startsWith("ficha-") && destino.href) return location.replace(destino.href);
  for (let caja = destino.closest("details"); caja; caja = caja.parentElement.closest("details")) caja.open = true;
  for (const caja of pestanas) {
    const cual = caja.paneles.findIndex((panel) => panel.contains(destino));
    if (cual >= 0) caja.elegir(cual);
  }
  const fila = destino.closest("tbody tr");
  if (fila) {
    filtros?.mostrar(fila);
    fila.classList.add("apuntado");
  }
  destino.scrollIntoView();
}

// --- Gráficos: la imagen ya está; Vega se pide solo cuando alguien quiere explorar ---
const pedirVega = perezoso({ src: VEGA }, () => window.vegaEmbed);

async function explorar(figura, boton, aviso) {
  const lienzo = figura.querySelector(".lienzo");
  boton.disabled = true;
  aviso.textContent = "Cargando el gráfico interactivo…";
  try {
    const embeber = await pedirVega();
    const espec = JSON.parse(figura.querySelector(".espec").textContent);
    const nuevo = crear("div", { class: "vivo" });
    lienzo.append(nuevo);
    await embeber(nuevo, espec, { patch: embeber.enEspanol, ast: true, renderer: "svg", actions: false, logLevel: 1, defaultStyle: false, tooltip: { disableDefaultStyle: true } });
    // A un lector de pantalla, lo mismo que la imagen: Vega contaría cada punto, y en inglés.
    const imagen = lienzo.querySelector(":scope > svg"), vivo = nuevo.querySelector("svg");
    for (const papel of ["role", "aria-labelledby"]) vivo.setAttribute(papel, imagen.getAttribute(papel));
    for (const papel of ["role", "aria-roledescription", "aria-label"]) nuevo.removeAttribute(papel);
    imagen.remove();
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

// --- Mi anexo: la lista de enlaces se vuelve una para elegir; lo elegido se recuerda solo en este aparato ---
const MI_ANEXO = "mi-anexo";
const memoria = (hacer) => {
  try { return hacer(localStorage); } catch { return null; }
};

function elegirAnexo(lista) {
  const { mi = "Mi anexo", elija = "Elija uno", todos: rotulo = "Todos los anexos" } = lista.parentElement.dataset;
  const enlaces = [...lista.querySelectorAll("a")];
  const elegir = crear("select", { id: "anexo" }, crear("option", { value: "" }, elija),
    ...enlaces.map((enlace) => crear("option", { value: enlace.getAttribute("href") }, enlace.textContent)));
  const formulario = crear("form", { class: "elegir" }, crear("div", {}, crear("label", { for: "anexo" }, mi), elegir),
    crear("button", { class: "boton" }, "Ver"));
  const recordado = memoria((m) => m.getItem(MI_ANEXO));
  const suyo = enlaces.find((enlace) => enlace.textContent === recordado);
  if (suyo) elegir.value = suyo.getAttribute("href");
  const aviso = crear("p", {}, crear("small", {}, "Se recuerda solo en este aparato. "));
  const olvidar = crear("button", { type: "button", class: "ordena" }, "Olvidar");
  olvidar.addEventListener("click", () => {
    memoria((m) => m.removeItem(MI_ANEXO));
    elegir.value = "";
    aviso.replaceChildren("Olvidado.");
    elegir.focus();
  });
  aviso.setAttribute("role", "status");
  if (suyo) aviso.firstChild.append(olvidar);
  formulario.addEventListener("submit", (suceso) => {
    suceso.preventDefault();
    if (!elegir.value) return elegir.focus();
    memoria((m) => m.setItem(MI_ANEXO, elegir.selectedOptions[0].textContent));
    location.href = elegir.value;
  });
  const todos = crear("details", {}, crear("summary", {}, rotulo));
  lista.replaceWith(formulario, aviso, todos);
  todos.append(lista);
}

// --- Buscar: el enlace lleva a la página que lo lista todo; con guion abre la caja, y en esa página la caja ya está ---
const pedirBuscador = perezoso({ src: BUSCADOR }, () => window.buscador);

function buscarDesde(enlace) {
  const raiz = new URL("../", enlace.href).href, aqui = document.querySelector("[data-buscador]:not(script)");
  const campo = aqui && pedirBuscador().then((buscador) => buscador.montar(aqui, raiz), () => null);
  const abrir = async () => {
    try {
      if (aqui) (await campo).focus();
      else (await pedirBuscador()).abrir(raiz);
    } catch {
      location.href = enlace.href;
    }
  };
  enlace.addEventListener("click", (suceso) => {
    if (suceso.ctrlKey || suceso.metaKey || suceso.shiftKey) return;
    suceso.preventDefault();
    abrir();
  });
}

// En el papel no hay dónde tocar: lo plegado de un informe o de una misión se abre mientras se imprime.
const plegadas = () => document.querySelectorAll("details:is(.caja, .okr, .tabla-del-mapa):not([open])");
addEventListener("beforeprint", () => plegadas().forEach((caja) => { caja.dataset.plegada = ""; caja.open = true; }));
addEventListener("afterprint", () => document.querySelectorAll("details[data-plegada]").forEach((caja) => {
  delete caja.dataset.plegada;
  caja.open = false;
}));
const pestanas = [...document.querySelectorAll(".pestanas")].map((caja, i) => new Pestanas(caja, i));
document.querySelectorAll("[data-indice]").forEach(indice);
document.querySelectorAll(".lupa a").forEach(buscarDesde);
document.querySelectorAll(".mi-anexo:is(section) .lista-anexos").forEach(elegirAnexo);
// En el teléfono una misión son muchas pantallas: sus objetivos y la tabla del mapa empiezan plegados.
if (matchMedia("screen and (max-width: 760px)").matches) document.querySelectorAll("details:is(.okr, .tabla-del-mapa)").forEach((caja) => { caja.open = false; });
const formulario = document.querySelector("form.filtros");
const filtros = formulario && new Filtros(formulario);
for (const figura of document.querySelectorAll("figure.grafico")) {
  const boton = figura.querySelector("button");
  boton.hidden = false;
  boton.addEventListener("click", () => explorar(figura, boton, figura.querySelector("[role=status]")));
}
addEventListener("hashchange", () => irAlAncla(filtros));
if (location.hash) irAlAncla(filtros);

// --- Sin conexión: cuando ya se lee la página, se guardan las principales; con el ahorro de datos o mientras se edita, no ---
const DE_UN_ARCHIVO = location.protocol === "file:";
if (DE_UN_ARCHIVO) document.querySelectorAll(".zip-del-sitio").forEach((parrafo) => parrafo.replaceChildren("Está leyendo esa copia: para darla a otra persona, cópiele la carpeta entera."));
const seGuarda = SIN_CONEXION && !DE_UN_ARCHIVO && navigator.serviceWorker && !navigator.connection?.saveData && !document.querySelector("script[src='/_vivo.js']");
if (seGuarda) addEventListener("load", () => setTimeout(() => navigator.serviceWorker.register(SIN_CONEXION).catch(() => null), 4000));
