-- Muchas páginas en un solo pandoc, para el motor embebido: arrancarlo cuesta más que escribir una página corta.
-- Lee de la entrada {entrada, formato, plantilla, filtros, comunes, paginas: {{texto, carpeta, entorno}…}}; escribe la lista
-- de salidas.
-- Ante cualquier fallo o aviso calla y termina: quien lo llama repite las páginas una a una y así sabe de cuál es.

local lote = pandoc.json.decode(io.read("a"), false)

local function leer(ruta)
  local f <close> = assert(io.open(ruta, "rb"))
  return f:read("a")
end

local opciones = pandoc.WriterOptions({
  template = pandoc.template.compile(leer(lote.plantilla), lote.plantilla),
  html_math_method = "mathml",
  highlight_method = "none",
  wrap_text = "wrap-none",
})

-- Lo que mide un renglón en la orden de pandoc, y aquí no: de él salen los anchos de las tablas.
local lectura = pandoc.ReaderOptions({ columns = 72 })

-- Lo que el encabezado de todas las páginas dice igual se lee una vez, y entra con el último recorrido, el único que lo
-- mira: cada uno lo llevaría y lo traería.
local comunes = pandoc.read(lote.comunes, lote.entrada).meta

local compilados = {}
for i, filtro in ipairs(lote.filtros) do compilados[i] = string.dump(assert(loadfile(filtro))) end

-- Cada filtro se ejecuta de nuevo para cada página: lo que uno recuerda no pasa a la siguiente.
local function recorridos()
  local todos = pandoc.List()
  for i, codigo in ipairs(compilados) do
    local propio = setmetatable({ FORMAT = lote.formato }, { __index = _G })
    todos:extend(load(codigo, lote.filtros[i], "b", propio)())
  end
  return todos
end

local function con_lo_comun(doc)
  for clave, valor in pairs(comunes) do
    if doc.meta[clave] == nil then doc.meta[clave] = valor end
  end
  return doc
end

local function escribir(pagina)
  local doc, todos = pandoc.read(pagina.texto, lote.entrada, lectura), recorridos()
  for i, recorrido in ipairs(todos) do
    doc = (i == #todos and con_lo_comun(doc) or doc):walk(recorrido)
  end
  return pandoc.write(doc, lote.formato, opciones)
end

local escritas = {}
for i, pagina in ipairs(lote.paginas) do
  escritas[i] = pandoc.system.with_environment(pagina.entorno, function()
    return pandoc.system.with_working_directory(pagina.carpeta, function() return escribir(pagina) end)
  end)
end
io.write(pandoc.json.encode(escritas))
