-- Lo que no tiene la misma forma en los dos motores se rechaza con su archivo y su línea: nada se pierde en silencio.
-- Se busca en el texto del autor, que es donde hay líneas y donde Quarto aún no transformó nada.

local carpeta = os.getenv("QUARTO_DOCUMENT_PATH") or os.getenv("QUARTO_PROJECT_DIR") or "."
local archivo = os.getenv("QUARTO_DOCUMENT_FILE") or ""

local CAJAS = "use ::: {.nota} o ::: {.aviso}"
local VISIBLE = "use ::: {.solo-pagina} o ::: {.solo-boletin}"
local ENLACE = "las referencias cruzadas no se admiten: enlace al título con [texto](#ancla)"
local ESTILO = "el estilo en línea no se admite: quítelo, o use una clase y descríbala en estilo.css de la extensión"
local TAMANO = "el tamaño de una imagen va en píxeles, sin unidad: {width=300}"
local CELDA = "las celdas de código van en un cuaderno de notebooks/, no en una página"

-- Patrón de Lua y remedio; el texto llega sin código entre acentos graves y con un espacio delante.
local EN_TEXTO = {
  { "{{<", "los «shortcodes» no se admiten: escriba el contenido" },
  { "%.callout", "los «callouts» no se admiten: " .. CAJAS },
  { "%.panel%-", "las pestañas y paneles no se admiten: use títulos" },
  { "%.content%-visible", "no se admite: " .. VISIBLE },
  { "%.content%-hidden", "no se admite: " .. VISIBLE },
  { "%.column%-", "las columnas de Quarto no se admiten: escriba el texto seguido" },
  { "{[^}]*layout[%-=]", "«layout» no se admite: escriba las imágenes una tras otra" },
  { "{[^}]*#fig%-", ENLACE }, { "{[^}]*#tbl%-", ENLACE }, { "{[^}]*#eq%-", ENLACE }, { "{[^}]*#lst%-", ENLACE },
  { "[^%w@]@fig%-", ENLACE }, { "[^%w@]@tbl%-", ENLACE }, { "[^%w@]@sec%-", ENLACE }, { "[^%w@]@eq%-", ENLACE }, { "[^%w@]@lst%-", ENLACE },
  { "{[^}]*style%s*=", ESTILO }, { "<%a[^>]*%sstyle%s*=", ESTILO }, { "<style[%s>]", ESTILO },
  { "{[^}]*width%s*=%s*\"?[%d.]+[%a%%]", TAMANO }, { "{[^}]*height%s*=%s*\"?[%d.]+[%a%%]", TAMANO },
  { "!%[%]%(", "la imagen no tiene texto alternativo: ![qué se ve](archivo)" },
}

-- Claves del encabezado que solo uno de los motores entiende.
local EN_ENCABEZADO = {
  "filters", "include-in-header", "include-before-body", "include-after-body", "css", "theme", "template", "toc",
  "number-sections", "bibliography", "crossref", "listing", "engine", "jupyter", "execute", "resources",
}

-- Termina el proceso: Quarto escribe los errores de un filtro y sigue adelante como si nada.
local function detener(texto)
  io.stderr:write("\n\n[observatorio] " .. texto .. "\n")
  os.exit(1)
end

local function fallar(numero, linea, remedio, celda)
  local donde = archivo .. (celda and (", celda " .. celda) or "") .. ", línea " .. numero
  detener(donde .. ": «" .. linea .. "»: " .. remedio)
end

local function revisar_encabezado(linea, numero)
  for _, clave in ipairs(EN_ENCABEZADO) do
    if linea:sub(1, #clave + 1) == clave .. ":" then
      fallar(numero, linea, "esa opción solo vale en un motor: póngala en la extensión si todas las páginas la necesitan")
    end
  end
end

local function revisar_linea(linea, numero, celda)
  local texto = " " .. linea:gsub("`[^`]*`", "")
  for _, r in ipairs(EN_TEXTO) do
    if texto:find(r[1]) then fallar(numero, linea, r[2], celda) end
  end
end

-- Estado del recorrido: dentro del encabezado, de una cerca de código (su marca) o de texto.
local function revisar_texto(texto, celda)
  local numero, cerca, encabezado = 0, nil, false
  for linea in (texto .. "\n"):gmatch("(.-)\r?\n") do
    numero = numero + 1
    local marca = linea:match("^%s*(```+)") or linea:match("^%s*(~~~+)")
    if not celda and linea == "---" and (numero == 1 or encabezado) then
      encabezado = not encabezado
    elseif encabezado then
      revisar_encabezado(linea, numero)
    elseif cerca then
      if marca and marca:sub(1, #cerca) == cerca and linea:match("^%s*[`~]+%s*$") then cerca = nil end
    elseif marca then
      if linea:match("^%s*[`~]+%s*{%a") then fallar(numero, linea, CELDA, celda) end
      cerca = marca
    else
      revisar_linea(linea, numero, celda)
    end
  end
end

local function revisar_cuaderno(texto)
  for numero, celda in ipairs(pandoc.json.decode(texto, false).cells) do
    local fuente = celda.source
    if type(fuente) == "table" then fuente = table.concat(fuente) end
    if celda.cell_type == "markdown" then revisar_texto(fuente, numero) end
  end
end

function Meta()
  local f = archivo ~= "" and io.open(pandoc.path.join({ carpeta, archivo }), "rb")
  if not f then return nil end
  local texto = f:read("a")
  f:close()
  if archivo:match("%.ipynb$") then revisar_cuaderno(texto) else revisar_texto(texto) end
end

function Div(div)
  if div.attributes["__quarto_custom"] then
    detener(archivo .. ": «" .. (div.attributes["__quarto_custom_type"] or "?") .. "» de Quarto no se admite")
  end
end

-- Lo que un cuaderno escribió como HTML no está en el texto del autor.
local function revisar_crudo(crudo)
  if not archivo:match("%.ipynb$") or not FORMAT:match("html") or not crudo.format:match("html") then return nil end
  local con_estilo = crudo.text:match("<%a[^<>]*%sstyle%s*=[^<>]*>?") or crudo.text:match("<style[^<]*")
  if con_estilo then detener(archivo .. ": «" .. con_estilo:sub(1, 200) .. "»: " .. ESTILO) end
end

return { { Meta = Meta }, { Div = Div, RawBlock = revisar_crudo, RawInline = revisar_crudo } }
