"use strict";
// El explorador: filtra, ordena y descarga la tabla de todos los indicadores; la vista está en la dirección.
(() => {
  const FILTROS = ["mision", "estado", "senal", "responsable", "dimension", "pilar"];
  const CAMPOS = [...FILTROS, "texto", "orden"];
  const plegar = (texto) => texto.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
  let alfabeto;
  const comparar = (a, b) => (alfabeto ??= new Intl.Collator("es")).compare(a, b);

  class Explorador {
    constructor(formulario) {
      this.formulario = formulario;
      this.tabla = document.getElementById(formulario.dataset.tabla);
      this.filas = [...this.tabla.tBodies].flatMap((cuerpo) => [...cuerpo.rows]);
      this.textos = new Map();
      this.aviso = formulario.querySelector("output");
      this.alReves = false;
      this.rotulos();
      formulario.addEventListener("input", () => this.cambiar());
      formulario.addEventListener("submit", (suceso) => {
        suceso.preventDefault();
        this.aviso.parentElement.scrollIntoView();
      });
      this.quitar = formulario.querySelector("[data-quitar]");
      this.quitar.addEventListener("click", () => this.vaciar());
      formulario.querySelector("[data-csv]").addEventListener("click", () => this.descargar());
      addEventListener("popstate", () => this.leer());
      this.leer();
      this.alLlegar();
    }

    // Entera y en su orden, la tabla ya está como la página la trae: no hay nada que hacer hasta que alguien elige.
    get elegida() {
      return this.alReves || CAMPOS.some((nombre) => this.campo(nombre).value);
    }

    // Los tramos en que llega dejan sin componer lo que no se ve; para filtrarla y ordenarla, todas las filas van en uno.
    juntar() {
      if (this.tabla.classList.contains("elegida")) return;
      const [cuerpo, ...otros] = this.tabla.tBodies;
      cuerpo.append(...otros.flatMap((otro) => [...otro.rows]));
      otros.forEach((otro) => otro.remove());
      this.tabla.classList.add("elegida");
    }

    // Quien llega por un número va a las filas que cuenta, aunque los filtros ocupen la pantalla.
    alLlegar() {
      if (!FILTROS.some((nombre) => this.campo(nombre).value)) return;
      if (this.tabla.getBoundingClientRect().top > innerHeight * 0.6) this.aviso.parentElement.scrollIntoView();
    }

    campo(nombre) {
      return this.formulario.elements.namedItem(nombre);
    }

    // El rótulo de cada columna es también un botón que ordena.
    rotulos() {
      for (const celda of this.tabla.tHead.rows[0].cells) {
        const boton = document.createElement("button");
        boton.type = "button";
        boton.className = "ordena";
        boton.textContent = celda.textContent;
        boton.addEventListener("click", () => this.ordenarPor(celda.dataset.orden));
        celda.replaceChildren(boton);
      }
    }

    ordenarPor(columna) {
      const orden = columna === "mision" ? "" : columna;
      this.alReves = this.campo("orden").value === orden && !this.alReves;
      this.campo("orden").value = orden;
      this.cambiar();
    }

    leer() {
      const dichos = new URLSearchParams(location.search);
      for (const nombre of CAMPOS) {
        const campo = this.campo(nombre);
        const dicho = dichos.get(nombre) ?? "";
        if (campo.value !== dicho) campo.value = dicho;
        if (campo.selectedIndex < 0) campo.selectedIndex = 0;
      }
      this.alReves = dichos.get("reves") === "1";
      const plegados = this.formulario.querySelector("details");
      plegados.open ||= [...plegados.querySelectorAll("select")].some((campo) => campo.value);
      this.aplicar();
    }

    cambiar() {
      const direccion = new URL(location.href);
      for (const nombre of CAMPOS) direccion.searchParams.delete(nombre);
      direccion.searchParams.delete("reves");
      for (const nombre of CAMPOS) if (this.campo(nombre).value) direccion.searchParams.set(nombre, this.campo(nombre).value);
      if (this.alReves) direccion.searchParams.set("reves", "1");
      try {
        history.replaceState(null, "", direccion);
      } catch {
        // Desde un archivo algunos navegadores no lo dejan: la vista se filtra igual.
      }
      this.aplicar();
    }

    vaciar() {
      for (const nombre of CAMPOS) this.campo(nombre).value = "";
      this.alReves = false;
      this.cambiar();
      this.campo("texto").focus();
    }

    // Lo que se lee en una fila, sin tildes: se pliega cuando alguien busca.
    texto(fila) {
      if (!this.textos.has(fila)) this.textos.set(fila, plegar(`${fila.textContent} ${fila.dataset.corto}`));
      return this.textos.get(fila);
    }

    cumple(fila, palabras) {
      return FILTROS.every((nombre) => {
        const pedido = this.campo(nombre).value;
        return !pedido || fila.dataset[nombre].split(" ").includes(pedido);
      }) && palabras.every((palabra) => this.texto(fila).includes(palabra));
    }

    aplicar() {
      this.quitar.hidden = !this.elegida;
      if (!this.elegida && !this.tabla.classList.contains("elegida")) return;
      this.juntar();
      const palabras = plegar(this.campo("texto").value).split(/\s+/).filter(Boolean);
      let visibles = 0;
      for (const fila of this.filas) {
        fila.hidden = !this.cumple(fila, palabras);
        visibles += !fila.hidden;
      }
      this.ordenar();
      const todas = this.filas.length;
      const dicho = visibles === todas ? (todas === 1 ? "Se ve el indicador." : `Se ven los ${todas} indicadores.`)
        : visibles ? `Se ven ${visibles} de ${todas} indicadores${this.dicho()}.` : "Ningún indicador cumple con lo elegido.";
      if (this.aviso.textContent !== dicho) this.aviso.textContent = dicho;
    }

    // Lo elegido, como se lee en cada lista: « (M4 Nutrición, rezagado)».
    dicho() {
      const elegidos = FILTROS.filter((nombre) => this.campo(nombre).value)
        .map((nombre) => this.campo(nombre).selectedOptions[0].textContent.replace(/ \(\d+\)$/, ""));
      return elegidos.length ? ` (${elegidos.join(", ")})` : "";
    }

    ordenar() {
      const orden = this.campo("orden").value;
      const clave = {
        nombre: (a, b) => comparar(this.nombre(a), this.nombre(b)),
        estado: (a, b) => a.dataset.orden - b.dataset.orden,
        periodo: (a, b) => b.dataset.fin - a.dataset.fin,
        responsable: (a, b) => comparar(a.cells[4].textContent, b.cells[4].textContent),
      }[orden] ?? (() => 0);
      const [cuerpo] = this.tabla.tBodies, ordenadas = [...this.filas].sort(clave), hay = [...cuerpo.rows];
      if (this.alReves) ordenadas.reverse();
      // Mover las filas adonde ya están obligaría a componer otra vez toda la tabla.
      if (ordenadas.some((fila, i) => fila !== hay[i])) cuerpo.append(...ordenadas);
      for (const celda of this.tabla.tHead.rows[0].cells) {
        if (celda.dataset.orden === (orden || "mision")) celda.setAttribute("aria-sort", this.alReves ? "descending" : "ascending");
        else celda.removeAttribute("aria-sort");
      }
    }

    nombre(fila) {
      return fila.cells[0].querySelector("a").textContent;
    }

    // Lo que se ve, como va en los datos: un texto que parezca una fórmula sigue siendo texto.
    descargar() {
      const celda = (valor) => `"${String(valor).replace(/^(?=[=+@\t\r]|-\D)/, "'").replaceAll('"', '""')}"`;
      const filas = [...this.tabla.querySelectorAll("tbody tr:not([hidden])")].map((fila) => {
        const { mision, estado, senal, valor, unidad, periodo, naturaleza, dimension, pilar } = fila.dataset;
        return [fila.cells[0].querySelector(".codigo").textContent, this.nombre(fila), mision, valor, unidad, periodo,
          naturaleza, estado.split(" ")[0], senal.split(" ")[0], fila.cells[4].textContent, dimension, pilar];
      });
      const cabeza = ["codigo", "nombre", "mision", "valor", "unidad", "periodo", "naturaleza", "estado", "senal", "responsable", "dimension", "pilar_asg"];
      const texto = [cabeza, ...filas].map((fila) => fila.map(celda).join(",")).join("\r\n");
      const enlace = document.createElement("a");
      enlace.href = URL.createObjectURL(new Blob(["\ufeff", texto, "\r\n"], { type: "text/csv" }));
      enlace.download = "indicadores.csv";
      enlace.click();
      setTimeout(() => URL.revokeObjectURL(enlace.href), 1000);
    }
  }

  for (const formulario of document.querySelectorAll("form.explorador")) new Explorador(formulario);
})();
