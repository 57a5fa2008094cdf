-- Un solo filtro para los dos motores y los dos formatos. Usa FORMAT y pandoc puro: nada de la API quarto.*.
-- Lo que no tiene la misma forma en ambos motores lo rechaza antes rechazos.lua.

local raiz_proyecto = os.getenv("QUARTO_PROJECT_DIR") or "."
local carpeta = os.getenv("QUARTO_DOCUMENT_PATH") or raiz_proyecto
local archivo = os.getenv("QUARTO_DOCUMENT_FILE") or ""
local es_html = FORMAT:match("html") ~= nil
local es_typst = FORMAT == "typst"

local function leer(ruta)
  local f = io.open(ruta, "rb")
  if not f then return nil end
  local texto = f:read("a")
  f:close()
  return texto
end

local function leer_trabajo(nombre)
  return leer(pandoc.path.join({ raiz_proyecto, ".trabajo", "piezas", nombre }))
end

-- El cuaderno del autor y el número que cada celda tiene en él, si la página se generó de uno.
local function del_autor()
  local texto = archivo:match("%.ipynb$") and leer(pandoc.path.join({ carpeta, archivo }))
  return texto and pandoc.json.decode(texto, false).metadata.observatorio or {}
end

-- Termina el proceso: Quarto escribe los errores de un filtro y sigue adelante como si nada.
local function fallar(texto, lugar)
  io.stderr:write("\n\n[observatorio] " .. (del_autor().cuaderno or archivo) .. (lugar or "") .. ": " .. texto .. "\n")
  os.exit(1)
end

local function desde_raiz()
  local ruta = pandoc.path.make_relative(raiz_proyecto, carpeta, true)
  return (ruta == "" and ".") or ruta
end

-- Un metadato como cadena de Typst, para donde no cabe contenido (la dirección de un enlace).
local function literal(texto)
  return '"' .. texto:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function cadena_typst(valor)
  return pandoc.MetaInlines({ pandoc.RawInline("typst", literal(valor and pandoc.utils.stringify(valor) or "")) })
end

function Meta(meta)
  local raiz = desde_raiz()
  meta.raiz = raiz
  local sello = leer_trabajo("sello.json")
  if not sello then fallar("falta lo generado; ejecute: observatorio preparar") end
  local datos = pandoc.json.decode(sello, false)
  meta.activos = datos.activos
  meta.sello = datos.sello
  -- «quarto preview» recarga la página con un guion en línea, que la política no deja: a mano no se publica, y va sin ella.
  meta.para_publicar = os.getenv("OBSERVATORIO_PUBLICA") ~= nil
  -- El nombre corto de _quarto.yml encabeza si es parte del título del sitio; si no es el suyo, va el título.
  local corto = meta.observatorio and meta.observatorio.titulo and pandoc.utils.stringify(meta.observatorio.titulo)
  if corto and datos.sello.titulo and not datos.sello.titulo:find(corto, 1, true) then
    meta.observatorio.titulo = datos.sello.titulo
  end
  if es_typst then meta.cadena = { direccion = cadena_typst(meta.direccion), autor = cadena_typst(meta.observatorio.titulo) } end
  local propia = pandoc.path.make_relative(carpeta, raiz_proyecto, true)
  propia = "/" .. ((propia == "." or propia == "") and "" or propia .. "/") .. archivo:gsub("%.%w+$", ".html")
  -- Cómo se comparte la página y qué datos trae: HTML ya hecho, en un archivo con el nombre de su dirección.
  local cabeza = leer(pandoc.path.join({ raiz_proyecto, ".trabajo", "cabezas", (propia:sub(2):gsub("[/\\]", "-")) }))
  meta.cabeza = cabeza and es_html and pandoc.MetaInlines({ pandoc.RawInline("html", (cabeza:gsub("%s+$", ""))) }) or nil
  for _, lista in ipairs({ "menu", "pie" }) do
    for _, entrada in ipairs(meta.observatorio and meta.observatorio[lista] or {}) do
      if lista == "menu" and pandoc.utils.stringify(entrada.href) == propia then entrada.actual = true end
      -- «{{Anexos}}» dice como se llaman los lugares de este territorio.
      entrada.texto = pandoc.utils.stringify(entrada.texto):gsub("{{([%a-]+)}}", datos.palabras)
    end
  end
  return meta
end

-- Dónde cita el autor una pieza: «, celda 3, línea 2», o nada si no se halla.
local function linea_de(texto, cita)
  local numero = 0
  for linea in (texto .. "\n"):gmatch("(.-)\r?\n") do
    numero = numero + 1
    if linea:find(cita, 1, true) and (linea:find(".pieza", 1, true) or linea:find(".kpi", 1, true)) then return ", línea " .. numero end
  end
end

-- La línea de una página donde está escrito lo que no tiene otra forma de hallarse: «, línea 7», o nada.
local function linea_con(escrito)
  local texto = archivo ~= "" and not archivo:match("%.ipynb$") and leer(pandoc.path.join({ carpeta, archivo }))
  local hasta = texto and (texto:gsub("\r\n?", "\n")):find(escrito, 1, true)
  if not hasta then return "" end
  local _, saltos = texto:sub(1, hasta):gsub("\n", "")
  return ", línea " .. saltos + 1
end

local function lugar_de(cita)
  local texto = archivo ~= "" and leer(pandoc.path.join({ carpeta, archivo }))
  if not texto then return "" end
  if not archivo:match("%.ipynb$") then return linea_de(texto, cita) or "" end
  for numero, celda in ipairs(pandoc.json.decode(texto, false).cells) do
    local fuente = celda.source
    if type(fuente) == "table" then fuente = table.concat(fuente) end
    local linea = linea_de(fuente, cita)
    if linea then return (", celda %d"):format((del_autor().celdas or {})[numero] or numero) .. linea end
  end
  return ""
end

-- El nombre de una pieza es una palabra y uno de los que hay: nunca una ruta.
local function crudo(nombre, en_linea)
  local extension = es_html and ".html" or ".typ"
  local texto = nombre:match("^%w[%w-]*$") and leer_trabajo(nombre .. extension)
  if not texto then
    fallar("no existe la pieza «" .. nombre .. "»: use una de las que hay en .trabajo/piezas", lugar_de((nombre:gsub("^kpi%-", ""))))
  end
  texto = texto:gsub("@raiz@", (desde_raiz():gsub("%%", "%%%%")))
  local formato = es_html and "html" or "typst"
  return en_linea and pandoc.RawInline(formato, texto) or pandoc.RawBlock(formato, texto)
end

local cajas = { nota = "Nota", aviso = "Aviso" }

function Div(div)
  if div.classes:includes("pieza") then return crudo(div.attributes.nombre or "", false) end
  -- Lo de la otra salida ya lo quitó construcciones.lua.
  if div.classes:includes("solo-pagina") or div.classes:includes("solo-boletin") then return div.content end
  for clase, nombre in pairs(cajas) do
    if div.classes:includes(clase) then
      if es_typst then
        local bloques = pandoc.List({ pandoc.RawBlock("typst", "#caja(\"" .. nombre .. "\")[") })
        bloques:extend(div.content)
        bloques:insert(pandoc.RawBlock("typst", "]"))
        return bloques
      end
      return pandoc.Div(div.content, pandoc.Attr(div.identifier, { clase }, { role = "note" }))
    end
  end
end

-- Un título «solo-pagina» no se imprime, aunque lo que sigue sí; aquí ya no está.
function Header(titulo)
  titulo.classes = titulo.classes:filter(function(clase) return clase ~= "solo-pagina" and clase ~= "solo-boletin" end)
  return titulo
end

function Span(span)
  if span.classes:includes("solo-pagina") or span.classes:includes("solo-boletin") then return span.content end
  if span.classes:includes("kpi") then
    return crudo("kpi-" .. pandoc.utils.stringify(span.content), true)
  end
  if span.classes:includes("pieza") then return crudo(span.attributes.nombre or "", true) end
  if span.classes:includes("correo") then return crudo("correo", true) end
end

-- Typst de pandoc pierde el texto alternativo de las imágenes.
function Image(imagen)
  local alt = imagen.attributes["fig-alt"] or pandoc.utils.stringify(imagen.caption)
  if alt == "" then fallar("la imagen " .. imagen.src .. " no tiene texto alternativo: ![texto](" .. imagen.src .. ")", linea_con(imagen.src)) end
  if es_typst then
    return pandoc.RawInline("typst", "#box(image(" .. literal(imagen.src) .. ", alt: " .. literal(alt) .. "))")
  end
  imagen.attributes.alt = alt
  imagen.attributes["fig-alt"] = nil
  return imagen
end

local ALINEADA = { AlignRight = "a-la-derecha", AlignCenter = "al-centro" }

local function primera_fila(tabla)
  return tabla.head.rows[1] or tabla.bodies[1].body[1]
end

local function alinear(filas, alineaciones)
  for _, fila in ipairs(filas) do
    local columna = 1
    for _, celda in ipairs(fila.cells) do
      local propia = celda.alignment ~= "AlignDefault" and celda.alignment or alineaciones[columna]
      if ALINEADA[propia] then celda.classes:insert(ALINEADA[propia]) end
      celda.alignment = "AlignDefault"
      columna = columna + celda.col_span
    end
  end
end

-- Pandoc escribe la alineación y los anchos como estilo en línea, que la página no admite: aquí son clases.
function Table(tabla)
  if not es_html then return nil end
  local alineaciones, anchos = {}, {}
  for i, columna in ipairs(tabla.colspecs) do
    alineaciones[i], anchos[i] = columna[1], columna[2]
  end
  alinear(tabla.head.rows, alineaciones)
  for _, cuerpo in ipairs(tabla.bodies) do
    alinear(cuerpo.head, alineaciones)
    alinear(cuerpo.body, alineaciones)
  end
  alinear(tabla.foot.rows, alineaciones)
  -- Como Quarto: con enlaces, lo que mide cada columna escrita no es lo que se lee.
  local con_enlaces = false
  tabla:walk({ Link = function() con_enlaces = true end })
  local columna = 1
  for _, celda in ipairs(primera_fila(tabla).cells) do
    if type(anchos[columna]) == "number" and celda.col_span == 1 and not con_enlaces then
      celda.classes:insert("doceavos-" .. math.max(1, math.min(11, math.floor(anchos[columna] * 12 + 0.5))))
    end
    columna = columna + celda.col_span
  end
  tabla.colspecs = tabla.colspecs:map(function() return { "AlignDefault", nil } end)
  return tabla
end

-- Un PDF accesible dice cada fórmula con palabras; en la página, las de varias líneas traen su alineación en línea.
function Math(formula)
  local html = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ formula }) }), "html", { html_math_method = "mathml" })
  if not html:find("<math", 1, true) then fallar("la fórmula «" .. formula.text .. "» no se entiende", linea_con(formula.text)) end
  if es_typst then
    local escrita = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ formula }) }), "typst"):gsub("%s+$", "")
    return pandoc.RawInline("typst", "#con-alternativa(" .. literal((formula.text:gsub("%s+", " "))) .. ")[" .. escrita .. "]")
  end
  if not formula.text:find("\\begin", 1, true) then return nil end
  return pandoc.RawInline("html", (html:gsub(' style="text%-align: (%a+)[^"]*"', ' class="%1"')))
end

-- Pandoc no escapa los puntos seguidos, y Typst haría de «...» una elipsis: la página y el papel dirían otra cosa.
function Str(trozo)
  if not es_typst or not trozo.text:find("..", 1, true) then return nil end
  local escrito = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ trozo }) }), "typst"):gsub("%s+$", "")
  return pandoc.RawInline("typst", (escrito:gsub("%.%.", ".\\.")))
end

-- Una imagen sola en su párrafo: Quarto la envolvería a su modo.
function Figure(figura)
  if not es_html then return nil end
  local ancla = figura.identifier:gsub('[&"<>]', "")
  local abre = ancla == "" and "<figure>" or '<figure id="' .. ancla .. '">'
  local bloques = pandoc.List({ pandoc.RawBlock("html", abre) })
  bloques:extend(figura.content)
  bloques:insert(pandoc.RawBlock("html", "<figcaption aria-hidden=\"true\">"))
  bloques:extend(figura.caption.long)
  bloques:insert(pandoc.RawBlock("html", "</figcaption></figure>"))
  return bloques
end

-- Quien reúne la edición devuelve cada dibujo a su sitio; a mano, sin esa carpeta, se quedan donde están.
local dibujos = es_html and os.getenv("OBSERVATORIO_APARTE") or nil

local function apartar(crudo)
  if crudo.format ~= "html" or not crudo.text:find("<svg", 1, true) then return nil end
  crudo.text = crudo.text:gsub("<svg%f[%s>].-</svg>", function(svg)
    if svg:find("<svg", 2, true) then return nil end
    local nombre = pandoc.sha1(svg)
    local f <close> = assert(io.open(pandoc.path.join({ dibujos, nombre }), "wb"))
    f:write(svg)
    return "<!--aparte:" .. nombre .. "-->"
  end)
  return crudo
end

-- Cada recorrido lleva y trae todo el encabezado, con el menú: lo que se le añade va al final.
local recorridos = { { Div = Div, Figure = Figure, Header = Header, Span = Span, Image = Image, Math = Math, Str = Str, Table = Table } }
if dibujos then table.insert(recorridos, { RawBlock = apartar, RawInline = apartar }) end
table.insert(recorridos, { Meta = Meta })
return recorridos
