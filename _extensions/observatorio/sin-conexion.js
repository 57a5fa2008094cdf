"use strict";
// Sin conexión se ve lo guardado, y se dice de qué edición es; con ella manda siempre la red. Delante va EDICION: su
// identificador, su fecha, las páginas que se guardan al llegar (nucleo) y la suma de cada una (sumas).
const PREFIJO = "edicion-";
const CAJA = PREFIJO + EDICION.id;
const RAIZ = new URL("./", location.href).href;

const rutaDe = (direccion) => {
  const ruta = direccion.split(/[?#]/)[0].slice(RAIZ.length);
  return ruta === "" || ruta.endsWith("/") ? `${ruta}index.html` : ruta;
};

async function esDeLaEdicion(ruta, respuesta) {
  const suma = new Uint8Array(await crypto.subtle.digest("SHA-256", await respuesta.arrayBuffer()));
  return [...suma.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === EDICION.sumas[ruta];
}

// Se guarda solo lo que es, byte por byte, de esta edición: de lo guardado siempre se sabe cuál es.
async function guardar(ruta, respuesta) {
  if (!(ruta in EDICION.sumas) || !(await esDeLaEdicion(ruta, respuesta.clone()))) return false;
  await (await caches.open(CAJA)).put(RAIZ + ruta, respuesta);
  return true;
}

async function guardarElNucleo() {
  const llegadas = await Promise.all(EDICION.nucleo.map(async (ruta) => {
    const respuesta = await fetch(RAIZ + ruta, { cache: "no-cache", priority: "low" });
    return respuesta.ok && guardar(ruta, respuesta);
  }));
  if (!llegadas.every(Boolean)) throw new Error("lo publicado cambió mientras se guardaba");
}

// De la edición de antes sigue guardado lo que en esta es igual.
async function heredar() {
  for (const nombre of await caches.keys()) {
    if (!nombre.startsWith(PREFIJO) || nombre === CAJA) continue;
    const vieja = await caches.open(nombre);
    for (const pedido of await vieja.keys()) await guardar(rutaDe(pedido.url), await vieja.match(pedido));
    await caches.delete(nombre);
  }
}

const pagina = (html) => new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });

async function conAviso(guardada) {
  const fecha = new Intl.DateTimeFormat("es-PE", { dateStyle: "long", timeZone: "UTC" }).format(new Date(EDICION.fecha));
  const aviso = `<p class="sin-conexion" role="status"><strong>Sin conexión.</strong> Esta página es la guardada de la edición <code>${EDICION.id}</code>, con datos al ${fecha}.</p>`;
  return pagina((await guardada.text()).replace(/<main[^>]*>/, (inicio) => inicio + aviso));
}

const noGuardada = () => pagina(`<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sin conexión</title><link rel="stylesheet" href="${RAIZ}${EDICION.estilo}"></head><body><main><h1>Sin conexión</h1>
<p>Esta página no está guardada en este aparato: se guardan las principales y las que ya se abrieron. <a href="${RAIZ}index.html">Ir al inicio</a>.</p></main></body></html>`);

async function dar(suceso, ruta) {
  const { request: pedido } = suceso;
  // Lo de activos/ lleva su huella en el nombre: si está, es ese.
  if (ruta.startsWith("activos/")) {
    const guardado = await caches.match(RAIZ + ruta);
    if (guardado) return guardado;
  }
  try {
    // Sin «no-cache», el navegador daría su propia copia sin preguntar si hay otra.
    const respuesta = await fetch(pedido.url, { cache: "no-cache", redirect: "manual" });
    if (respuesta.ok) suceso.waitUntil(guardar(ruta, respuesta.clone()).catch(() => false));
    return respuesta;
  } catch (fallo) {
    const guardada = await caches.match(RAIZ + ruta);
    if (guardada) return conAviso(guardada);
    if (pedido.mode === "navigate") return noGuardada();
    throw fallo;
  }
}

addEventListener("install", (suceso) => {
  skipWaiting();
  suceso.waitUntil(guardarElNucleo().catch(async (fallo) => {
    await caches.delete(CAJA);
    throw fallo;
  }));
});
addEventListener("activate", (suceso) => suceso.waitUntil(heredar().then(() => clients.claim())));
addEventListener("fetch", (suceso) => {
  const { request: pedido } = suceso;
  if (pedido.method !== "GET" || !pedido.url.startsWith(RAIZ)) return;
  const ruta = rutaDe(pedido.url);
  if (ruta in EDICION.sumas || pedido.mode === "navigate") suceso.respondWith(dar(suceso, ruta));
});
