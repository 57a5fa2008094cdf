-- Muchas páginas en un solo pandoc, para el motor embebido: arrancarlo cuesta más que escribir una página corta.
-- Lee de la entrada {entrada, formato, plantilla, filtros, paginas: {{texto, carpeta, entorno}…}}; escribe la lista de salidas.
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

-- Cada filtro se carga de nuevo para cada página: lo que uno recuerda no pasa a la siguiente.
local function escribir(pagina)
  local doc = pandoc.read(pagina.texto, lote.entrada)
  for _, filtro in ipairs(lote.filtros) do
    doc = pandoc.utils.run_lua_filter(doc, filtro, setmetatable({ FORMAT = lote.formato }, { __index = _G }))
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
