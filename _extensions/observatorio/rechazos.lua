-- Lo que no tiene la misma forma en los dos motores se rechaza con su archivo y su línea: nada se pierde en silencio.
-- «observatorio validar» lo dice antes y todo a la vez, con la misma lista (no_admitido.json); aquí se detiene también a
-- quien llama a Quarto a mano, y se miran los textos de un cuaderno. Se busca en el texto del autor, que es donde hay líneas.

local raiz = os.getenv("QUARTO_PROJECT_DIR") or "."
local carpeta = os.getenv("QUARTO_DOCUMENT_PATH") or raiz
local archivo = os.getenv("QUARTO_DOCUMENT_FILE") or ""

local ESTILO = "el estilo en línea no se admite: quítelo, o use una clase y descríbala en estilo.css de la extensión"
local TAMANO = "el tamaño de una imagen va en píxeles, sin unidad: {width=300}"
local CELDA = "las celdas de código van en un cuaderno de notebooks/, no en una página"
local DIAGRAMA = "los diagramas no se admiten: guarde el dibujo como SVG y póngalo como imagen"
local SHORTCODE = "los «shortcodes» no se admiten: escriba el contenido"
local INCLUSION = "^%s*{{< %s*include%s+_?[^%s]*%s* >}}%s*$"
local SIN_ABRIR = "«:::» quedó como texto: antes de abrir una caja deje una línea en blanco, y ábrala sin espacios alrededor de «=»"
  .. " ni antes de «:::»; en una lista, con los que lleva su texto"
local SIN_ALTERNATIVO = "la imagen no tiene texto alternativo: ![qué se ve](archivo)"

-- Termina el proceso: Quarto escribe los errores de un filtro y sigue adelante como si nada.
local function detener(texto)
  io.stderr:write("\n\n[observatorio] " .. texto .. "\n")
  os.exit(1)
end

local function leer(ruta)
  local f = io.open(ruta, "rb")
  if not f then return nil end
  local texto = f:read("a")
  f:close()
  return texto
end

local hay = pandoc.json.decode(
  leer(pandoc.path.join({ raiz, "_extensions", "observatorio", "no_admitido.json" })) or detener("falta no_admitido.json"), false
)
local etiquetas, claves = {}, {}
for _, nombre in ipairs(hay.etiquetas) do etiquetas[nombre] = true end
for _, nombre in ipairs(hay.encabezado) do claves[nombre] = true end

-- El remedio de lo que la lista prohíbe con ese nombre, o nada.
local function prohibido(grupo, campo, nombre)
  for _, regla in ipairs(hay[grupo]) do
    local buscado, salvo = regla[campo], false
    for _, otro in ipairs(regla.salvo or {}) do salvo = salvo or otro == nombre end
    local comienzo = buscado:match("^(.*)%*$")
    if not salvo and (nombre == buscado or (comienzo and nombre:sub(1, #comienzo) == comienzo)) then return regla.remedio end
  end
end

local function de_atributos(escrito)
  for clase in escrito:gmatch("%.([%a][%w_-]*)") do
    local remedio = prohibido("clases", "clase", clase)
    if remedio then return remedio end
  end
  for ancla in escrito:gmatch("#(%a+)%-") do
    local remedio = prohibido("anclas", "ancla", ancla)
    if remedio then return remedio end
  end
  for clave, valor in escrito:gmatch("([%w_-]+)%s*=%s*\"?([^\"%s}]*)") do
    local remedio = prohibido("atributos", "atributo", clave)
    if remedio then return remedio end
    if (clave == "width" or clave == "height") and valor:match("^[%d.]+[%a%%]") then return TAMANO end
  end
end

-- El remedio de lo primero que una línea no puede llevar, o nada; llega sin código ni comentarios.
local function defecto(linea)
  local texto = " " .. linea
  if texto:find("{{%s*[<%%]") and not linea:find(INCLUSION) then return SHORTCODE end
  local clase = linea:match("^[%s>]*:::+%s*(%a[%w_.-]*)%s*:*%s*$")
  local remedio = clase and prohibido("clases", "clase", clase)
  if remedio then return remedio end
  for escrito in texto:gmatch("%b{}") do
    remedio = de_atributos(escrito)
    if remedio then return remedio end
  end
  for antes, ancla in texto:gmatch("([^%w@\\])@(%a+)%-[%w_]") do
    remedio = antes and prohibido("anclas", "ancla", ancla:lower())
    if remedio then return remedio end
  end
  for etiqueta, atributos in texto:gmatch("<(%a[%w-]*)([^<>]*)>") do
    if etiquetas[etiqueta:lower()] then return "la página no admite la etiqueta <" .. etiqueta .. ">" end
    if atributos:find("%sstyle%s*=") or atributos:find("%son%a+%s*=") then return ESTILO end
  end
  if texto:find("!%[%]%(") then return SIN_ALTERNATIVO end
end

-- Una página generada de un cuaderno no se corrige en ella: se nombra el del autor y el número que su celda tiene en él.
local autor = {}

local function lugar(celda)
  if not autor.cuaderno then return archivo .. (celda and (", celda " .. celda) or "") end
  if celda then return autor.cuaderno .. (", celda %d"):format(autor.celdas[celda]) end
  return autor.cuaderno .. ", que da " .. pandoc.path.filename(carpeta) .. "/" .. archivo
end

local function fallar(numero, linea, remedio, celda)
  local donde = lugar(celda) .. ", línea " .. numero
  detener(donde .. ": «" .. linea .. "»: " .. remedio)
end

local function revisar_encabezado(linea, numero)
  local clave = linea:match("^([%w_-]+):")
  if clave and not claves[clave] then
    fallar(numero, linea, "esa opción no se admite: " .. table.concat(hay.encabezado, ", "))
  end
  local formato = linea:match("^format:%s*(%S+)") or linea:match("^  (%a[%w+-]*):%s*default%s*$")
  if formato and not formato:match("^[\"']?observatorio%-") then
    fallar(numero, linea, "use observatorio-html u observatorio-typst: con otro formato la página pierde la plantilla del sitio")
  end
end

local function revisar_cerca(linea, numero, celda)
  local dicho = linea:match("^[%s>]*[`~]+%s*(.-)%s*$")
  if dicho:match("^{+%s*mermaid") or dicho:match("^{?%.?mermaid%f[%W]") or dicho:match("^{+%s*dot%f[%W]") then
    fallar(numero, linea, DIAGRAMA, celda)
  end
  if dicho:match("^{+%s*%a") or dicho:match("^{{") then fallar(numero, linea, CELDA, celda) end
  local crudo = dicho:match("^{=(%w+)}$")
  if crudo and crudo ~= "html" and crudo ~= "typst" then fallar(numero, linea, "ningún motor publica ese formato", celda) end
end

-- Quita de una línea los comentarios; dice si uno queda abierto.
local function sin_comentarios(linea, abierto)
  local salida = ""
  while linea ~= "" do
    if abierto then
      local _, fin = linea:find("-->", 1, true)
      if not fin then return salida, true end
      linea, abierto = linea:sub(fin + 1), false
    else
      local inicio = linea:find("<!--", 1, true)
      if not inicio then return salida .. linea, false end
      salida, linea, abierto = salida .. linea:sub(1, inicio - 1), linea:sub(inicio + 4), true
    end
  end
  return salida, abierto
end

-- Estado del recorrido: dentro del encabezado, de un comentario, de una cerca de código (su marca) o de texto.
local function revisar_texto(texto, celda)
  local numero, cerca, encabezado, comentario, en_blanco = 0, nil, false, false, true
  for linea in (texto .. "\n"):gmatch("(.-)\r?\n") do
    numero = numero + 1
    local marca = not comentario and (linea:match("^[%s>]*(```+)") or linea:match("^[%s>]*(~~~+)"))
    if not celda and (linea == "---" or (encabezado and linea == "...")) and (numero == 1 or encabezado) then
      encabezado = not encabezado
    elseif encabezado then
      revisar_encabezado(linea, numero)
    elseif cerca then
      if marca and marca:sub(1, #cerca) == cerca and linea:match("^[%s>]*[`~]+%s*$") then cerca = nil end
    elseif marca then
      revisar_cerca(linea, numero, celda)
      cerca = marca
    elseif not (en_blanco and linea:match("^    ") and not linea:match("^%s*[-*+%d]")) then
      local prosa
      prosa, comentario = sin_comentarios((linea:gsub("``.-``", ""):gsub("`[^`]*`", "")), comentario)
      local remedio = defecto(prosa)
      if remedio then fallar(numero, linea, remedio, celda) end
    end
    en_blanco = linea:match("^%s*$") ~= nil
  end
end

local function revisar_cuaderno(texto)
  local cuaderno = pandoc.json.decode(texto, false)
  autor = cuaderno.metadata.observatorio or {}
  for numero, celda in ipairs(cuaderno.cells) do
    local fuente = celda.source
    if type(fuente) == "table" then fuente = table.concat(fuente) end
    if celda.cell_type == "markdown" then revisar_texto(fuente, numero) end
  end
end

function Meta()
  local texto = archivo ~= "" and leer(pandoc.path.join({ carpeta, archivo }))
  if not texto then return nil end
  if archivo:match("%.ipynb$") then
    revisar_cuaderno(texto)
  else
    revisar_texto(texto)
  end
end

function Div(div)
  if div.attributes["__quarto_custom"] then
    detener(lugar() .. ": «" .. (div.attributes["__quarto_custom_type"] or "?") .. "» de Quarto no se admite")
  end
end

-- En un cuaderno puede ser el texto de un dato, que no abre nada.
function Str(palabra)
  if not archivo:match("%.ipynb$") and palabra.text:match("^:::+$") then detener(archivo .. ": " .. SIN_ABRIR) end
end

-- Lo que un cuaderno escribió como HTML no está en el texto del autor.
local function revisar_crudo(crudo)
  if not archivo:match("%.ipynb$") or not FORMAT:match("html") or not crudo.format:match("html") then return nil end
  local con_estilo = crudo.text:match("<%a[^<>]*%sstyle%s*=[^<>]*>?") or crudo.text:match("<style[^<]*")
  if con_estilo then detener(lugar() .. ": «" .. con_estilo:sub(1, 200) .. "»: " .. ESTILO) end
end

return { { Meta = Meta }, { Div = Div, Str = Str, RawBlock = revisar_crudo, RawInline = revisar_crudo } }
