"use strict";
// La búsqueda: sin tildes, por comienzos, por la misma raíz y con una falta. Delante va BUSCABLE, lo que se busca.
window.buscador = (() => {
  const POR_GRUPO = 5;
  const VACIAS = new Set("a al con cual como de del e el en es la las lo los mi o para por que se su sus un una y".split(" "));
  const EN_TITULO = 3, APARTE = 1;

  const palabras = (texto) => texto.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  // Como suena aquí: «vacunasion» y «bacunación» son «bakunasion».
  const sonido = (palabra) => palabra.replace(/ch/g, "x").replace(/h/g, "").replace(/v/g, "b").replace(/c(?=[ei])|z/g, "s")
    .replace(/ll/g, "y").replace(/qu(?=[ei])|c/g, "k").replace(/g(?=[ei])/g, "j");
  const raizDe = (suena) => {
    const corta = suena.replace(/(asion|asiones|ion|iones|mientos?|mente|erias?|er[oa]s?|[aei]d[oa]s?|[aeo]s|[aei]r|[aeo])$/, "");
    return corta.length >= 3 ? corta : suena;
  };

  // ¿Se va de una a otra con una letra de más, de menos, cambiada, o dos vecinas trocadas?
  function unaFalta(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let i = 0;
    while (i < a.length && a[i] === b[i]) i++;
    const [x, y] = [a.slice(i), b.slice(i)];
    return x.slice(1) === y.slice(1) || x === y.slice(1) || x.slice(1) === y
      || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
  }

  const todas = BUSCABLE.flatMap(([grupo, suyas]) => suyas.map(([titulo, donde, direccion, mas]) => ({ grupo, titulo, donde, direccion, mas })));

  // palabra → dónde está y cuánto vale allí; se hace con la primera búsqueda
  let hecho;
  function vocabulario() {
    if (hecho) return hecho;
    hecho = new Map();
    todas.forEach((entrada, cual) => {
      const anotar = (texto, peso) => palabras(texto).forEach((palabra) => {
        if (!hecho.has(palabra)) hecho.set(palabra, { suena: sonido(palabra), raiz: raizDe(sonido(palabra)), en: new Map() });
        const { en } = hecho.get(palabra);
        en.set(cual, Math.max(en.get(cual) ?? 0, peso));
      });
      anotar(entrada.titulo, EN_TITULO);
      anotar(entrada.mas, APARTE);
    });
    return hecho;
  }

  // Solo si ninguna palabra es la pedida, o la empieza, o tiene su raíz, se busca con una falta.
  const MANERAS = [
    (pedida, raiz, palabra, dicha) => palabra === pedida ? 1 : palabra.startsWith(pedida) ? 0.8 : dicha.raiz === raiz ? 0.7 : 0,
    (pedida, raiz, palabra, dicha) => {
      const suena = sonido(pedida);
      return suena.length > 3 && (unaFalta(suena, dicha.suena) || unaFalta(suena, dicha.suena.slice(0, suena.length))) ? 0.5 : 0;
    },
    (pedida, raiz, palabra) => pedida.length > 5 && palabra.startsWith(pedida.slice(0, Math.max(5, pedida.length - 3))) ? 0.3 : 0,
  ];

  function puntos(pedida) {
    const raiz = raizDe(sonido(pedida)), hallados = new Map();
    for (const manera of MANERAS) {
      for (const [palabra, dicha] of vocabulario()) {
        const vale = manera(pedida, raiz, palabra, dicha);
        if (vale) dicha.en.forEach((peso, cual) => hallados.set(cual, Math.max(hallados.get(cual) ?? 0, peso * vale)));
      }
      if (hallados.size) break;
    }
    return hallados;
  }

  // Las entradas que tienen todo lo pedido, por grupo: primero el grupo con la mejor.
  function buscar(consulta) {
    const dichas = palabras(consulta), llenas = dichas.filter((p) => !VACIAS.has(p));
    const cada = (llenas.length ? llenas : dichas).map(puntos);
    if (!cada.length) return [];
    const grupos = new Map();
    for (const [cual] of cada[0]) {
      if (!cada.every((hallados) => hallados.has(cual))) continue;
      const entrada = todas[cual], suma = cada.reduce((s, hallados) => s + hallados.get(cual), 0);
      const valor = suma + 1 / (1 + palabras(entrada.titulo).length);
      grupos.set(entrada.grupo, [...(grupos.get(entrada.grupo) ?? []), { ...entrada, cual, valor }]);
    }
    for (const suyas of grupos.values()) suyas.sort((a, b) => b.valor - a.valor || a.cual - b.cual);
    return [...grupos].sort(([, a], [, b]) => b[0].valor - a[0].valor);
  }

  const crear = (etiqueta, atributos = {}, ...hijos) => {
    const nodo = document.createElement(etiqueta);
    for (const [clave, valor] of Object.entries(atributos)) nodo.setAttribute(clave, valor);
    nodo.append(...hijos);
    return nodo;
  };

  // Pone la caja en «lugar» y devuelve el campo; «raiz», la dirección de la portada del sitio.
  function montar(lugar, raiz) {
    const campo = crear("input", { id: "buscado", type: "text", inputmode: "search", enterkeyhint: "search", autocomplete: "off", spellcheck: "false" });
    const cuenta = crear("p", { role: "status" }), hallado = crear("div", { class: "hallado" });
    const fila = (e) => crear("li", {}, crear("a", { href: new URL(e.direccion, raiz).href }, crear("span", {}, e.titulo), " ", crear("small", {}, e.donde)));
    const enlaces = () => [...hallado.querySelectorAll("a")];

    function seccion([grupo, suyas]) {
      const lista = crear("ul", {}, ...suyas.slice(0, POR_GRUPO).map(fila)), resto = suyas.slice(POR_GRUPO);
      const caja = crear("section", {}, crear("h2", {}, grupo), lista);
      if (resto.length) {
        const mas = crear("button", { type: "button", class: "ordena" }, `Ver ${resto.length} más`);
        mas.addEventListener("click", () => {
          const nuevas = resto.map(fila);
          lista.append(...nuevas);
          mas.remove();
          nuevas[0].firstChild.focus();
        });
        caja.append(mas);
      }
      return caja;
    }

    function mostrar() {
      const grupos = buscar(campo.value), cuantos = grupos.reduce((n, [, suyas]) => n + suyas.length, 0);
      hallado.replaceChildren(...grupos.map(seccion));
      cuenta.textContent = !palabras(campo.value).length ? "" : !cuantos ? `Nada con «${campo.value.trim()}». Pruebe con otra palabra o con menos.`
        : `${cuantos === 1 ? "1 resultado" : `${cuantos} resultados`}: ${grupos.map(([grupo, s]) => `${grupo.toLowerCase()}, ${s.length}`).join("; ")}.`;
    }

    campo.addEventListener("input", mostrar);
    lugar.addEventListener("keydown", (suceso) => {
      const paradas = [campo, ...enlaces()], paso = { ArrowDown: 1, ArrowUp: -1 }[suceso.key];
      const aqui = paradas.indexOf(document.activeElement);
      if (paso && aqui >= 0) {
        suceso.preventDefault();
        paradas[Math.min(Math.max(aqui + paso, 0), paradas.length - 1)].focus();
      } else if (suceso.key === "Enter" && aqui === 0) {
        paradas[1]?.click();
      }
    });
    lugar.append(crear("label", { for: "buscado" }, "Buscar en el observatorio"), campo, cuenta, hallado);
    return campo;
  }

  // La caja sobre la página: Escape la cierra y el foco vuelve a donde estaba.
  function abrir(raiz) {
    let dialogo = document.querySelector("dialog.buscador");
    if (!dialogo) {
      const cerrar = crear("button", { type: "button", class: "boton secundario" }, "Cerrar");
      dialogo = crear("dialog", { class: "buscador", "aria-label": "Buscar" });
      dialogo.append(cerrar);
      montar(dialogo, raiz);
      cerrar.addEventListener("click", () => dialogo.close());
      dialogo.addEventListener("click", (suceso) => { if (suceso.target === dialogo || suceso.target.closest("a")) dialogo.close(); });
      document.body.append(dialogo);
    }
    if (!dialogo.open) dialogo.showModal();
    dialogo.querySelector("input").select();
    dialogo.querySelector("input").focus();
  }

  return { abrir, montar };
})();
