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

-- Termina el proceso: Quarto escribe los errores de un filtro y sigue adelante como si nada.
local function fallar(texto)
  io.stderr:write("\n\n[observatorio] " .. archivo .. ": " .. texto .. "\n")
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
  if es_typst then meta.cadena = { direccion = cadena_typst(meta.direccion), autor = cadena_typst(meta.observatorio.titulo) } end
  local propia = pandoc.path.make_relative(carpeta, raiz_proyecto, true)
  propia = "/" .. ((propia == "." or propia == "") and "" or propia .. "/") .. archivo:gsub("%.%w+$", ".html")
  if meta.observatorio and meta.observatorio.menu then
    for _, entrada in ipairs(meta.observatorio.menu) do
      if pandoc.utils.stringify(entrada.href) == propia then entrada.actual = true end
    end
  end
  return meta
end

local function crudo(nombre, en_linea)
  local extension = es_html and ".html" or ".typ"
  local texto = leer_trabajo(nombre .. extension)
  if not texto then fallar("no existe la pieza «" .. nombre .. "»") end
  texto = texto:gsub("@raiz@", (desde_raiz():gsub("%%", "%%%%")))
  local formato = es_html and "html" or "typst"
  return en_linea and pandoc.RawInline(formato, texto) or pandoc.RawBlock(formato, texto)
end

local cajas = { nota = "Nota", aviso = "Aviso" }

function Div(div)
  if div.classes:includes("pieza") then return crudo(div.attributes.nombre or "?", false) end
  if div.classes:includes("solo-pagina") then return es_html and div.content or {} end
  if div.classes:includes("solo-boletin") then return es_typst and div.content or {} end
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

-- Un título «solo-pagina» no se imprime, aunque lo que sigue sí.
function Header(titulo)
  if titulo.classes:includes("solo-pagina") then
    if es_typst then return {} end
    titulo.classes = titulo.classes:filter(function(clase) return clase ~= "solo-pagina" end)
    return titulo
  end
end

function Span(span)
  if span.classes:includes("kpi") then
    return crudo("kpi-" .. pandoc.utils.stringify(span.content), true)
  end
  if span.classes:includes("pieza") then return crudo(span.attributes.nombre or "?", true) end
  if span.classes:includes("correo") then return crudo("correo", true) end
end

-- Cada motor colorea el código a su modo; sin lenguaje, los dos lo escriben igual.
function CodeBlock(codigo)
  codigo.classes = {}
  return codigo
end

-- Typst de pandoc pierde el texto alternativo de las imágenes.
function Image(imagen)
  local alt = imagen.attributes["fig-alt"] or pandoc.utils.stringify(imagen.caption)
  if alt == "" then fallar("la imagen " .. imagen.src .. " no tiene texto alternativo: ![texto](" .. imagen.src .. ")") end
  if es_typst then
    return pandoc.RawInline("typst", "#box(image(" .. literal(imagen.src) .. ", alt: " .. literal(alt) .. "))")
  end
  imagen.attributes.alt = alt
  return imagen
end

-- Una imagen sola en su párrafo: Quarto la envolvería a su modo.
function Figure(figura)
  if not es_html then return nil end
  local bloques = pandoc.List({ pandoc.RawBlock("html", "<figure>") })
  bloques:extend(figura.content)
  bloques:insert(pandoc.RawBlock("html", "<figcaption aria-hidden=\"true\">"))
  bloques:extend(figura.caption.long)
  bloques:insert(pandoc.RawBlock("html", "</figcaption></figure>"))
  return bloques
end

return { { Meta = Meta }, { CodeBlock = CodeBlock, Div = Div, Figure = Figure, Header = Header, Span = Span, Image = Image } }
