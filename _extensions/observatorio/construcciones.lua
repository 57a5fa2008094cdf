-- Cajas, pestañas, referencias, citas y figuras: se convierten en pandoc puro antes de que Quarto haga sus propios nodos
-- («at: pre-ast»), y por eso salen igual con los dos motores. Nada de la API quarto.*.

local raiz_proyecto = os.getenv("QUARTO_PROJECT_DIR") or "."
local carpeta = os.getenv("QUARTO_DOCUMENT_PATH") or raiz_proyecto
local archivo = os.getenv("QUARTO_DOCUMENT_FILE") or ""
local es_html = FORMAT:match("html") ~= nil
local es_typst = FORMAT == "typst"
local List = pandoc.List
local texto_de = pandoc.utils.stringify

local CAJAS = {
  ["callout-note"] = { "nota", "Nota" }, ["callout-tip"] = { "consejo", "Consejo" },
  ["callout-important"] = { "importante", "Importante" }, ["callout-warning"] = { "advertencia", "Advertencia" },
  ["callout-caution"] = { "precaucion", "Precaución" },
}
local NOMBRES = { fig = "Figura", tbl = "Tabla", eq = "Ecuación", sec = "Sección" }
local MESES = {
  "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
}
local DURO = "\u{a0}"

local function leer(ruta)
  local f = io.open(ruta, "rb")
  if not f then return nil end
  local texto = f:read("a")
  f:close()
  return (texto:gsub("\r\n?", "\n"))
end

-- Dónde lo escribió el autor: «, línea 7», o nada si no se halla (en un cuaderno, o partido en dos renglones).
local function linea_de(escrito)
  local texto = escrito and archivo ~= "" and not archivo:match("%.ipynb$") and leer(pandoc.path.join({ carpeta, archivo }))
  local hasta = texto and texto:find(escrito, 1, true)
  if not hasta then return "" end
  local _, saltos = texto:sub(1, hasta):gsub("\n", "")
  return ", línea " .. saltos + 1
end

-- Termina el proceso: Quarto escribe los errores de un filtro y sigue adelante como si nada.
local function fallar(texto, escrito)
  local pagina = archivo:match("%.ipynb$") and leer(pandoc.path.join({ carpeta, archivo }))
  local autor = pagina and pandoc.json.decode(pagina, false).metadata.observatorio or {}
  io.stderr:write("\n\n[observatorio] " .. (autor.cuaderno or archivo) .. linea_de(escrito) .. ": " .. texto .. "\n")
  os.exit(1)
end

local function html(texto) return pandoc.RawBlock("html", texto) end
local function typ(texto) return pandoc.RawBlock("typst", texto) end
local function cadena_de_typst(texto) return '"' .. texto:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end
local function escapado(texto) return (texto:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;")) end

local function unir(...)
  local todo = List()
  for _, parte in ipairs({ ... }) do
    if pandoc.utils.type(parte) == "Blocks" or pandoc.utils.type(parte) == "List" then todo:extend(parte) else todo:insert(parte) end
  end
  return todo
end

local function con_id(id) return id ~= "" and ' id="' .. escapado(id) .. '"' or "" end

-- Las anclas a las que va algún enlace. En Typst pandoc solo escribe las de los títulos, las palabras y las cajas sin clase.
local enlazadas = {}

local function ancla_de_typst(id) return "#metadata(none) #label(" .. cadena_de_typst(id) .. ");" end

-- Unos bloques, con su ancla delante si van al PDF y algo enlaza a ella.
local function anclado(id, bloques)
  if not es_typst or not enlazadas[id] then return bloques end
  return unir(typ(ancla_de_typst(id)), bloques)
end

-- Lo mismo, de lo que va en una frase.
local function anclada(id, inline)
  if not es_typst or not enlazadas[id] then return inline end
  return { pandoc.RawInline("typst", ancla_de_typst(id)), inline }
end

-- Lo que el autor escribió en el encabezado: Quarto ya cambió la fecha y los autores, y de otras claves no da nada.
local function encabezado()
  local texto = archivo:match("%.ipynb$") == nil and archivo ~= "" and leer(pandoc.path.join({ carpeta, archivo }))
  local yaml = texto and texto:match("^%-%-%-\n(.-\n)%-%-%-") or texto and texto:match("^%-%-%-\n(.-\n)%.%.%.")
  return yaml and pandoc.read("---\n" .. yaml .. "---\n", "markdown").meta or {}
end

local function en_el_proyecto(clave)
  local texto = leer(pandoc.path.join({ raiz_proyecto, "_quarto.yml" })) or ""
  return ("\n" .. texto):match("\n" .. clave:gsub("%-", "%%-") .. ":[ \t]*true") ~= nil
end

-- Un texto que se escribe en un atributo también es Markdown.
local function de_markdown(texto)
  return pandoc.utils.blocks_to_inlines(pandoc.read(texto, "markdown").blocks)
end

-- Portada ----------------------------------------------------------------------------------------------------

local function fecha(valor)
  local ano, mes, dia = texto_de(valor):match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if not ano then fallar("la fecha «" .. texto_de(valor) .. "» no es un día, como 2026-03-31", texto_de(valor)) end
  return { iso = texto_de(valor), dicha = tonumber(dia) .. " de " .. MESES[tonumber(mes)] .. " de " .. ano }
end

-- Un título, o un autor, en varios renglones del encabezado sigue siendo uno: como párrafo rompería su etiqueta.
local function seguido(valor)
  if pandoc.utils.type(valor) ~= "Blocks" then return valor end
  return pandoc.MetaInlines(pandoc.utils.blocks_to_inlines(valor, { pandoc.Space() }))
end

local function autores(valor)
  local tipo, hay = pandoc.utils.type(valor), List()
  for _, autor in ipairs(tipo == "List" and valor or { valor }) do
    local con_partes = pandoc.utils.type(autor) == "table"
    hay:insert({ nombre = seguido(con_partes and autor.name or autor), de = con_partes and seguido(autor.affiliation) or nil })
  end
  return hay
end

local function portada(meta, escrito)
  meta.title, meta.pagetitle = seguido(meta.title), seguido(meta.pagetitle)
  local hay = {
    subtitulo = seguido(escrito.subtitle), resumen = escrito.abstract,
    fecha = escrito.date and fecha(escrito.date), autores = escrito.author and autores(escrito.author),
  }
  if next(hay) then meta.portada_de_informe = hay end
  for _, clave in ipairs({ "subtitle", "abstract", "date", "author", "number-sections" }) do meta[clave] = nil end
end

-- Cajas y pestañas ---------------------------------------------------------------------------------------------

local function caja(div, clase)
  local tipo, nombre = table.unpack(CAJAS[clase])
  local contenido, titulo = div.content, div.attributes.title
  local inlines, ancla = titulo and de_markdown(titulo), ""
  if not titulo and contenido[1] and contenido[1].t == "Header" then
    inlines, ancla = contenido[1].content, contenido[1].identifier
    contenido = contenido:clone()
    contenido:remove(1)
  end
  local rotulo = List({ pandoc.Str(nombre) })
  if inlines then
    rotulo = List({ pandoc.Str(nombre .. ":"), pandoc.Space() })
    rotulo:extend(inlines)
  end
  if es_typst then
    return anclado(div.identifier, anclado(ancla, unir(typ("#aviso-de-caja["), pandoc.Plain(rotulo), typ("]["), contenido, typ("]"))))
  end
  -- La caja sin ancla lleva la de su título.
  local propia = con_id(div.identifier ~= "" and div.identifier or ancla)
  ancla = div.identifier ~= "" and con_id(ancla) or ""
  local plegada = div.attributes.collapse
  if plegada then
    local abierta = plegada == "false" and " open" or ""
    return unir(html('<details class="caja caja-' .. tipo .. '"' .. propia .. abierta .. "><summary" .. ancla .. ">"), pandoc.Plain(rotulo), html("</summary>"), contenido, html("</details>"))
  end
  return unir(html('<div class="caja caja-' .. tipo .. '" role="note"' .. propia .. '><p class="rotulo-de-caja"' .. ancla .. ">"), pandoc.Plain(rotulo), html("</p>"), contenido, html("</div>"))
end

local function pestanas(div)
  local nivel
  for _, bloque in ipairs(div.content) do
    if bloque.t == "Header" then nivel = math.min(nivel or 6, bloque.level) end
  end
  if not nivel then fallar("las pestañas (panel-tabset) llevan un título por pestaña") end
  local salida, abierta = List({ html('<div class="pestanas"' .. con_id(div.identifier) .. ">") }), false
  for _, bloque in ipairs(div.content) do
    if bloque.t == "Header" and bloque.level == nivel then
      if abierta then salida:insert(html("</section>")) end
      salida:insert(html('<section class="pestana">'))
      abierta = true
      bloque.classes:insert("unnumbered")
    end
    salida:insert(bloque)
  end
  salida:insert(html("</section></div>"))
  return es_typst and anclado(div.identifier, div.content) or salida
end

local function clase_de_caja(div)
  for _, clase in ipairs(div.classes) do
    if CAJAS[clase] then return clase end
  end
end

-- Figuras, tablas y ecuaciones numeradas ---------------------------------------------------------------------------

local numeros, cuentas, titulos = {}, { fig = 0, tbl = 0, eq = 0 }, {}

local function tipo_de(id)
  local tipo = id and id:match("^(%a+)%-")
  return (tipo == "fig" or tipo == "tbl") and tipo or nil
end

local function anotar(id, numero)
  if not numero then
    local tipo = id:match("^(%a+)%-")
    cuentas[tipo] = cuentas[tipo] + 1
    numero = tostring(cuentas[tipo])
  end
  numeros[id] = numeros[id] or numero
  return numeros[id]
end

-- pandoc 3.6 deja {#tbl-x} como texto al final del título de la tabla.
local function con_su_ancla(tabla)
  local ultimo = tabla.caption.long[#tabla.caption.long]
  local id = ultimo and texto_de(ultimo):match("{#(tbl%-[^%s}]+)[^}]*}%s*$")
  if not id then return nil end
  local quedan = List()
  for _, inline in ipairs(ultimo.content) do
    if inline.t == "Str" and inline.text:match("^{#tbl%-") then break end
    quedan:insert(inline)
  end
  while #quedan > 0 and (quedan[#quedan].t == "Space" or quedan[#quedan].t == "SoftBreak") do quedan:remove() end
  tabla.caption.long[#tabla.caption.long] = pandoc.Plain(quedan)
  tabla.attr = pandoc.Attr(id, tabla.attr.classes, tabla.attr.attributes)
  return tabla
end

local function de_ecuacion(inlines, i)
  if inlines[i].t ~= "Math" or inlines[i].mathtype ~= "DisplayMath" then return nil end
  local j = i + 1
  if inlines[j] and (inlines[j].t == "Space" or inlines[j].t == "SoftBreak") then j = j + 1 end
  local id = inlines[j] and inlines[j].t == "Str" and inlines[j].text:match("^{#(eq%-[^%s}]+)}")
  return id, j
end

local function numerar(bloque, padre)
  local id = bloque.attr and bloque.attr.identifier
  if bloque.t == "Figure" or bloque.t == "Div" or bloque.t == "Table" then
    local tipo = tipo_de(id)
    if tipo and not numeros[id] then
      if padre then
        padre.hijos = padre.hijos + 1
        anotar(id, padre.numero .. DURO .. "(" .. string.char(96 + padre.hijos) .. ")")
      else
        local propio = { numero = anotar(id), hijos = 0 }
        if bloque.t == "Div" then
          for _, hijo in ipairs(bloque.content) do numerar(hijo, propio) end
        end
        return
      end
    end
  end
  if bloque.t == "Para" or bloque.t == "Plain" then
    for i, inline in ipairs(bloque.content) do
      local ecuacion = de_ecuacion(bloque.content, i)
      if ecuacion then anotar(ecuacion) end
      if inline.t == "Image" and tipo_de(inline.identifier) and not numeros[inline.identifier] then
        if padre then padre.hijos = padre.hijos + 1 end
        anotar(inline.identifier, padre and padre.numero .. DURO .. "(" .. string.char(96 + padre.hijos) .. ")")
      end
    end
  elseif bloque.t == "Div" or bloque.t == "BlockQuote" then
    for _, hijo in ipairs(bloque.content) do numerar(hijo, padre) end
  elseif bloque.t == "BulletList" or bloque.t == "OrderedList" then
    for _, elemento in ipairs(bloque.content) do
      for _, hijo in ipairs(elemento) do numerar(hijo, padre) end
    end
  elseif bloque.t == "DefinitionList" then
    for _, elemento in ipairs(bloque.content) do
      for _, definicion in ipairs(elemento[2]) do
        for _, hijo in ipairs(definicion) do numerar(hijo, padre) end
      end
    end
  end
end

local function con_numero(id, leyenda)
  local numero = numeros[id]
  if not numero then fallar("{#" .. id .. "} no se numera ahí: ponga la figura o la tabla fuera de la nota o de la celda", "#" .. id) end
  local propio = numero:match("%(%a%)$")
  local salida = List({ pandoc.Strong(pandoc.Str(propio or (NOMBRES[id:match("^%a+")] .. DURO .. numero .. "."))) })
  if leyenda and #leyenda > 0 then
    salida:insert(pandoc.Space())
    salida:extend(leyenda)
  end
  return pandoc.Plain(salida)
end

local function flotante(id, contenido, leyenda, clase)
  local pie = con_numero(id, leyenda)
  if es_typst then
    local prefijo = "#figure(numbering: none, supplement: none, kind: " .. (clase == "tabla-numerada" and "table" or "image") .. ", caption: ["
    return unir(typ(prefijo), pie, typ("])["), contenido, typ("] <" .. id .. ">"))
  end
  return unir(html('<figure id="' .. id .. '" class="' .. clase .. '">'), contenido, html("<figcaption>"), pie, html("</figcaption></figure>"))
end

-- Una leyenda como texto alternativo: lo que nombra con @ se dice con su número.
local function en_palabras(leyenda)
  return texto_de(pandoc.Inlines(leyenda):walk({
    Cite = function(cite)
      local id = cite.citations[1].id
      local propio = id:sub(1, 1):lower() .. id:sub(2)
      if not numeros[propio] then
        fallar("la leyenda cita, y sería también el texto alternativo: diga qué se ve con fig-alt", "@" .. id)
      end
      return pandoc.Str(NOMBRES[propio:match("^%a+")] .. DURO .. numeros[propio])
    end,
  }))
end

-- Ya escrita del todo: una imagen sola, o con su título, Quarto la envolvería a su modo.
local function imagen(img, leyenda)
  local alt = img.attributes["fig-alt"] or img.attributes.alt or en_palabras(img.caption)
  if alt == "" and leyenda then alt = en_palabras(leyenda) end
  if alt == "" then fallar("la imagen " .. img.src .. " no tiene texto alternativo: ![texto](" .. img.src .. ")", img.src) end
  if es_typst then
    img.attributes["fig-alt"] = alt
    img.identifier = ""
    return pandoc.Plain({ img })
  end
  local medidas = ""
  for _, medida in ipairs({ "width", "height" }) do
    if img.attributes[medida] then medidas = medidas .. " " .. medida .. '="' .. escapado(img.attributes[medida]) .. '"' end
  end
  return html('<img src="' .. escapado(img.src) .. '" alt="' .. escapado(alt) .. '"' .. medidas .. ">")
end

local function imagenes_de(bloques)
  local hay = List()
  for _, bloque in ipairs(bloques) do
    if bloque.t == "Para" or bloque.t == "Plain" then
      for _, inline in ipairs(bloque.content) do
        if inline.t == "Image" then hay:insert(inline) end
      end
    end
  end
  return hay
end

local function solo_imagenes(bloque)
  if bloque.t ~= "Para" and bloque.t ~= "Plain" then return false end
  local alguna = false
  for _, inline in ipairs(bloque.content) do
    if inline.t == "Image" then alguna = true
    elseif inline.t ~= "Space" and inline.t ~= "SoftBreak" and inline.t ~= "LineBreak" then return false end
  end
  return alguna
end

-- Lo que lleva leyenda y no número: Typst le pondría uno, que sería el de otra.
local function sin_numerar(id, contenido, leyenda, clase)
  local abre = "#figure(numbering: none, supplement: none, kind: " .. clase .. ", caption: ["
  return anclado(id, unir(typ(abre), pandoc.Plain(leyenda), typ("])["), contenido, typ("]")))
end

local function figura(id, img, leyenda)
  if tipo_de(id) then return flotante(id, List({ imagen(img, leyenda) }), leyenda, "figura") end
  if es_typst then return sin_numerar(id, imagen(img, leyenda), leyenda, "image") end
  return unir(html("<figure" .. con_id(id) .. ">"), imagen(img, leyenda), html('<figcaption aria-hidden="true">'), pandoc.Plain(leyenda), html("</figcaption></figure>"))
end

local function leyenda_de(bloque)
  local primero = bloque.caption.long[1]
  return primero and primero.content or pandoc.Inlines({})
end

-- Separa de un Div su leyenda: su último párrafo, si no es una imagen.
local function sin_leyenda(div)
  local bloques, ultimo = div.content:clone(), div.content[#div.content]
  local escrita = div.attributes["fig-cap"] or div.attributes["tbl-cap"]
  if escrita then return bloques, de_markdown(escrita) end
  if #bloques > 1 and ultimo.t == "Para" and not solo_imagenes(ultimo) then
    bloques:remove()
    return bloques, ultimo.content
  end
  return bloques, pandoc.Inlines({})
end

local function rejilla(bloques, columnas, id)
  local celdas = List()
  for _, bloque in ipairs(bloques) do
    if bloque.t == "Figure" then
      celdas:insert(figura(bloque.identifier, imagenes_de(bloque.content)[1], leyenda_de(bloque)))
    elseif solo_imagenes(bloque) then
      for _, img in ipairs(imagenes_de({ bloque })) do celdas:insert(figura(img.identifier, img, img.caption)) end
    else
      celdas:insert(List({ bloque }))
    end
  end
  local salida = List()
  for _, celda in ipairs(celdas) do
    salida:extend(unir(es_typst and typ("[") or html('<div class="celda">'), celda, es_typst and typ("],") or html("</div>")))
  end
  if es_typst then return anclado(id, unir(typ("#grid(columns: (1fr,) * " .. columnas .. ", gutter: 10pt,"), salida, typ(")"))) end
  return unir(html('<div class="rejilla rejilla-' .. columnas .. '"' .. con_id(id) .. ">"), salida, html("</div>"))
end

local function ecuaciones(parrafo)
  local salida, quedan, i, alguna = List(), List(), 1, false
  local function cortar()
    while #quedan > 0 and (quedan[1].t == "Space" or quedan[1].t == "SoftBreak") do quedan:remove(1) end
    if #quedan > 0 then salida:insert(pandoc.Para(quedan)) end
    quedan = List()
  end
  while i <= #parrafo.content do
    local id, hasta = de_ecuacion(parrafo.content, i)
    if id then
      if not numeros[id] then fallar("{#" .. id .. "} no se numera ahí: ponga la ecuación fuera de la nota o de la celda", "#" .. id) end
      alguna = true
      cortar()
      local formula = pandoc.Para({ parrafo.content[i] })
      if es_typst then
        salida:extend({ typ("#grid(columns: (1fr, auto), align: horizon, ["), formula, typ("], [(" .. numeros[id] .. ")]) <" .. id .. ">") })
      else
        salida:extend({ html('<div class="ecuacion" id="' .. id .. '">'), formula, html('<span class="numero">(' .. numeros[id] .. ")</span></div>") })
      end
      local resto = parrafo.content[hasta].text:gsub("^{#eq%-[^%s}]+}", "")
      if resto ~= "" then quedan:insert(pandoc.Str(resto)) end
      i = hasta + 1
    else
      quedan:insert(parrafo.content[i])
      i = i + 1
    end
  end
  if not alguna then return nil end
  cortar()
  return salida
end

local function con_subfiguras(bloques)
  for _, bloque in ipairs(bloques) do
    if bloque.t == "Figure" and tipo_de(bloque.identifier) then return true end
    for _, img in ipairs(imagenes_de({ bloque })) do
      if tipo_de(img.identifier) then return true end
    end
  end
  return false
end

local function div_entero(div)
  local clase = clase_de_caja(div)
  if clase then return caja(div, clase) end
  if div.classes:includes("panel-tabset") then return pestanas(div) end
  local columnas, tipo = div.attributes["layout-ncol"], tipo_de(div.identifier)
  if columnas and not columnas:match("^[1-4]$") then fallar("layout-ncol va de 1 a 4, no «" .. columnas .. "»") end
  if tipo then
    local bloques, leyenda = sin_leyenda(div)
    local contenido
    -- Sin decir en cuántas columnas, van una debajo de otra.
    if not columnas and con_subfiguras(bloques) then columnas = 1 end
    if columnas then contenido = rejilla(bloques, columnas, "")
    else
      contenido = List()
      for _, bloque in ipairs(bloques) do
        if bloque.t == "Figure" or solo_imagenes(bloque) then
          for _, img in ipairs(imagenes_de(bloque.t == "Figure" and bloque.content or { bloque })) do contenido:insert(imagen(img, leyenda)) end
        else contenido:insert(bloque) end
      end
    end
    return flotante(div.identifier, contenido, leyenda, tipo == "tbl" and "tabla-numerada" or "figura")
  end
  if columnas then return rejilla(div.content, columnas, div.identifier) end
end

local function tabla_entera(tabla)
  local id = tabla.attr.identifier
  local leyenda = leyenda_de(tabla)
  if not tipo_de(id) then
    if not es_typst or #leyenda == 0 then return nil end
    tabla.caption = { long = {} }
    return sin_numerar("", List({ tabla }), leyenda, "table")
  end
  tabla.attr = pandoc.Attr("", tabla.attr.classes, tabla.attr.attributes)
  if es_typst then
    tabla.caption = { long = {} }
    return flotante(id, List({ tabla }), leyenda, "tabla-numerada")
  end
  tabla.caption = { long = { con_numero(id, leyenda) } }
  return unir(html('<div id="' .. id .. '" class="tabla-numerada">'), tabla, html("</div>"))
end

-- Una imagen que es un enlace, sola en su párrafo: Quarto haría de ella una figura sin texto alternativo.
local function imagen_enlazada(parrafo)
  local enlace = #parrafo.content == 1 and parrafo.content[1]
  local img = enlace and enlace.t == "Link" and #enlace.content == 1 and enlace.content[1]
  if not img or img.t ~= "Image" then return nil end
  local escrita = imagen(img)
  if not es_html then return escrita end
  enlace.content = { pandoc.RawInline("html", escrita.text) }
  return List({ pandoc.Para({ enlace }) })
end

local function de_parrafo(parrafo)
  local imagenes, numerada = imagenes_de({ parrafo }), false
  for _, img in ipairs(imagenes) do
    local id = tipo_de(img.identifier) and img.identifier
    numerada = numerada or id
    if id and not solo_imagenes(parrafo) then fallar("una figura con número va sola en su párrafo: {#" .. id .. "}", "#" .. id) end
  end
  -- Varias en un párrafo, o una que pandoc no tomó por figura: cada una con su número y su leyenda.
  if numerada then
    local figuras = List()
    for _, img in ipairs(imagenes) do figuras:extend(unir(figura(img.identifier, img, img.caption))) end
    return pandoc.Blocks(figuras), false
  end
  local nuevo = imagen_enlazada(parrafo) or ecuaciones(parrafo)
  if nuevo then return pandoc.Blocks(nuevo), false end
end

-- De fuera hacia dentro: una figura dentro de una rejilla es de la rejilla.
local function convertir(bloques)
  return bloques:walk({
    traverse = "topdown",
    Div = function(div)
      local nuevo = div_entero(div)
      if not nuevo then return nil end
      return convertir(pandoc.Blocks(nuevo)), false
    end,
    Figure = function(fig)
      local img = imagenes_de(fig.content)[1]
      if not tipo_de(fig.identifier) then
        if not es_typst or not img then return nil end
        img.attributes["fig-alt"] = img.attributes["fig-alt"] or texto_de(leyenda_de(fig))
      end
      return pandoc.Blocks(figura(fig.identifier, img, leyenda_de(fig))), false
    end,
    Table = function(tabla)
      local nueva = tabla_entera(tabla)
      if nueva then return pandoc.Blocks(nueva), false end
    end,
    Para = de_parrafo,
    Plain = de_parrafo,
  })
end

-- Títulos numerados --------------------------------------------------------------------------------------------------

local function sin_clase(clases, sobra)
  return clases:filter(function(clase) return clase ~= sobra end)
end

local function numerar_titulos(doc, con_numeros)
  local minimo, cuenta = 6, {}
  if con_numeros then doc:walk({ Header = function(t) minimo = math.min(minimo, t.level) end }) end
  return doc:walk({
    Header = function(titulo)
      -- Ese es el del título de la página.
      if titulo.identifier == "contenido" then titulo.identifier = "seccion-contenido" end
      titulos[titulo.identifier] = texto_de(titulo)
      if con_numeros and not titulo.classes:includes("unnumbered") then
        local nivel = titulo.level - minimo + 1
        cuenta[nivel] = (cuenta[nivel] or 0) + 1
        for i = 1, nivel - 1 do cuenta[i] = cuenta[i] or 1 end
        for i = nivel + 1, 6 do cuenta[i] = nil end
        local numero = table.concat(cuenta, ".", 1, nivel)
        numeros[titulo.identifier] = numero
        titulo.content:insert(1, pandoc.Space())
        titulo.content:insert(1, pandoc.Span({ pandoc.Str(numero) }, pandoc.Attr("", { "numero-de-titulo" })))
        titulo.classes:insert("unnumbered")
      end
      -- En el PDF nadie más los numera, y Quarto 1.7 deja sin ancla los que dicen que no llevan número.
      if es_typst then titulo.classes = sin_clase(titulo.classes, "unnumbered") end
      return titulo
    end,
  })
end

-- Referencias y citas --------------------------------------------------------------------------------------------------

local function referencia(cita)
  local id = cita.id:sub(1, 1):lower() .. cita.id:sub(2)
  local tipo = id:match("^(%a+)%-")
  local numero = numeros[id]
  if not numero and not (tipo == "sec" and titulos[id]) then fallar("en esta salida no hay nada con {#" .. id .. "}, que se nombra con @" .. cita.id, "@" .. cita.id) end
  local dicho = numero and (tipo == "eq" and "(" .. numero .. ")" or numero) or "«" .. titulos[id] .. "»"
  -- Lo escrito antes, dentro de los corchetes, va en lugar del nombre: [Figuras @fig-uno].
  local nombrado = List(cita.prefix)
  if #nombrado > 0 then nombrado:insert(pandoc.Str(DURO .. dicho))
  elseif cita.mode ~= "SuppressAuthor" then nombrado:insert(pandoc.Str(NOMBRES[tipo] .. DURO .. dicho))
  else nombrado:insert(pandoc.Str(dicho)) end
  local salida = List({ pandoc.Link(nombrado, "#" .. id) })
  salida:extend(cita.suffix)
  return salida
end

local function es_referencia(cita)
  return NOMBRES[(cita.id:match("^(%a+)%-") or ""):lower()] ~= nil
end

local function referencias(cite)
  local salida, obras = List(), List()
  for _, cita in ipairs(cite.citations) do
    if es_referencia(cita) then
      if #salida > 0 then salida:extend({ pandoc.Str(","), pandoc.Space() }) end
      salida:extend(referencia(cita))
    else
      obras:insert(cita)
    end
  end
  if #salida == 0 then return nil end
  if #obras > 0 then
    salida:insert(pandoc.Space())
    salida:insert(pandoc.Cite(pandoc.Inlines({}), obras))
  end
  return salida
end

-- La página no lleva en su encabezado con qué se escribieron sus citas.
local function sin_obras(doc)
  for _, clave in ipairs({ "bibliography", "csl", "link-citations", "nocite", "references" }) do doc.meta[clave] = nil end
  return doc
end

local function con_obras(doc, escrito)
  doc.meta.bibliography = doc.meta.bibliography or escrito.bibliography
  doc.meta.csl = doc.meta.csl or escrito.csl
  if not doc.meta.bibliography then
    doc:walk({
      Cite = function(c)
        local id = c.citations[1].id
        -- Lo que parece una referencia de Quarto (@thm-…) lo rechaza, con su línea, el filtro que sigue.
        if not id:match("^%a%a%a?%-") then fallar("se cita @" .. id .. " y la página no declara bibliography", "@" .. id) end
      end,
    })
    return doc
  end
  local lugar_propio, cita = false, doc.meta.nocite ~= nil or escrito.bibliography ~= nil
  doc:walk({
    Div = function(d) lugar_propio = lugar_propio or d.identifier == "refs" end,
    Cite = function() cita = true end,
  })
  -- Leer las obras de todo el sitio cuesta más que escribir una página que no cita ninguna.
  if not cita and not lugar_propio then return sin_obras(doc) end
  local ultimo = doc.blocks[#doc.blocks]
  -- Una página que acaba en un título ya dice cómo se llaman sus obras.
  local con_titulo = lugar_propio or (ultimo and ultimo.t == "Header")
  local apa = pandoc.path.join({ raiz_proyecto, "_extensions", "observatorio", "citas.csl" })
  if not doc.meta.csl and leer(apa) then doc.meta.csl = apa end
  doc.meta["link-citations"] = true
  local bien, hecho = pcall(pandoc.utils.citeproc, doc)
  if not bien then fallar("no se pueden leer las obras: " .. tostring(hecho):gsub("\nstack traceback.*", ""):gsub("%s+", " "), "bibliography") end
  doc = hecho
  return sin_obras(doc):walk({
    Cite = function(c) return c.content end,
    -- Según su versión, pandoc deja o no esta marca, que a nadie dice nada.
    Span = function(s) return s.classes:includes("nocase") and s.content or nil end,
    Div = function(d)
      if d.identifier ~= "refs" then return nil end
      local entradas = d.content:map(function(e)
        return pandoc.Div(e.content, pandoc.Attr(e.identifier, {}, { role = "listitem" }))
      end)
      -- A «refs» pandoc ya le pone su papel de lista.
      local atributos = enlazadas.refs and pandoc.Attr("refs", { "obras" }) or pandoc.Attr("", { "obras" }, { role = "list" })
      local lista = pandoc.Div(entradas, atributos)
      if con_titulo or #entradas == 0 then return lista end
      return { pandoc.Header(2, "Referencias", pandoc.Attr("referencias", es_html and { "unnumbered" } or {})), lista }
    end,
  })
end

-- El código se publica tal cual: Quarto le pondría sus clases, tomaría «# <1>» por una llamada y en el PDF lo colorearía.
-- Un «shortcode» que se explica como código Quarto lo ejecutaría: en Typst su «<» va por su número.
local function codigo_de_typst(texto, opciones)
  return "#raw(" .. opciones .. cadena_de_typst(texto):gsub("{{<", "{{\\u{3c}") .. ")"
end

local function codigo(bloque)
  if es_typst then return anclado(bloque.identifier, List({ typ(codigo_de_typst(bloque.text, "block: true, ")) })) end
  return html("<pre" .. con_id(bloque.identifier) .. "><code>" .. escapado(bloque.text) .. "</code></pre>")
end

local function codigo_en_linea(trozo)
  local shortcode, ancla = trozo.text:find("{{<", 1, true), trozo.identifier
  if es_html and shortcode then return pandoc.RawInline("html", "<code" .. con_id(ancla) .. ">" .. escapado(trozo.text) .. "</code>") end
  if es_typst then return anclada(ancla, pandoc.RawInline("typst", codigo_de_typst(trozo.text, ""))) end
  trozo.attr = pandoc.Attr(ancla)
  return anclada(ancla, trozo)
end

-- Un comentario no se publica, y Quarto ejecutaría un «shortcode» que hubiera dentro. Lo que va entre dos, sí.
local function sin_comentario(crudo)
  if crudo.format == "html" and not (crudo.text:gsub("<!%-%-.-%-%->", "")):find("%S") then return {} end
end

-- En los textos del encabezado Quarto ejecutaría un «shortcode» aunque cada signo lleve su barra: viene de un dato y es
-- texto. Sus marcas, partidas, se leen igual y no las reconoce.
local function marca_partida(palabra)
  local antes, despues = palabra.text:match("^(.*{{)(<.*)$")
  if not antes then antes, despues = palabra.text:match("^(.*>)(}}.*)$") end
  if antes then return { pandoc.Str(antes), pandoc.Str(despues) } end
end

local function sin_shortcodes(valor)
  local tipo = pandoc.utils.type(valor)
  if tipo == "Inlines" or tipo == "Blocks" then
    return texto_de(valor):find("{{<", 1, true) and valor:walk({ Str = marca_partida }) or valor
  end
  if tipo == "List" or tipo == "table" or tipo == "Meta" then
    for clave, dentro in pairs(valor) do valor[clave] = sin_shortcodes(dentro) end
  end
  return valor
end

local function anotar_enlaces(doc)
  doc:walk({
    Link = function(enlace)
      local ancla = enlace.target:match("^#(.+)")
      if ancla then enlazadas[ancla] = true end
    end,
  })
end

-- Lo que queda con un ancla que el PDF perdería: una imagen, un enlace, una nota, o HTML, que ahí no se imprime.
local function con_sus_anclas(bloques)
  local function sin_id(elemento)
    local ancla = elemento.identifier
    if not enlazadas[ancla] then return nil end
    elemento.identifier = ""
    return ancla
  end
  local function de_bloque(bloque)
    local ancla = sin_id(bloque)
    return ancla and anclado(ancla, List({ bloque })) or nil
  end
  local function en_linea(inline)
    local ancla = sin_id(inline)
    return ancla and anclada(ancla, inline) or nil
  end
  local function de_html(crudo)
    local anclas = ""
    for _, id in crudo.text:gmatch("%sid%s*=%s*([\"'])(.-)%1") do
      if enlazadas[id] then anclas = anclas .. ancla_de_typst(id) end
    end
    if crudo.format ~= "html" or anclas == "" then return nil end
    return crudo.t == "RawBlock" and typ(anclas) or pandoc.RawInline("typst", anclas)
  end
  return bloques:walk({
    Div = function(div) return (div.classes:includes("nota") or div.classes:includes("aviso")) and de_bloque(div) or nil end,
    Figure = de_bloque, Image = en_linea, Link = en_linea, RawBlock = de_html, RawInline = de_html,
  })
end

-- «10<sup>11</sup>»: sin sus etiquetas, que el PDF no lleva, se leería 1011.
local ALTURAS = { sup = pandoc.Superscript, sub = pandoc.Subscript }

local function a_su_altura(trozos)
  local abierta, desde
  for i = #trozos, 1, -1 do
    local crudo = trozos[i]
    local cierra, etiqueta = "", nil
    if crudo.t == "RawInline" and crudo.format == "html" then cierra, etiqueta = crudo.text:lower():match("^<(/?)(su[bp])%s*>$") end
    if etiqueta and cierra == "/" then abierta, desde = etiqueta, i
    elseif etiqueta and etiqueta == abierta then
      local dentro = List({})
      for j = i + 1, desde - 1 do dentro:insert(trozos[j]) end
      for _ = i, desde do trozos:remove(i) end
      trozos:insert(i, ALTURAS[etiqueta](dentro))
      abierta = nil
    end
  end
  return trozos
end

-- De un título que esta salida no lleva queda el lugar: lo que sigue sí está, y se puede enlazar.
local function titulo_ajeno(titulo)
  local ancla = titulo.identifier
  titulos[ancla], enlazadas[ancla] = texto_de(titulo), true
  if es_typst then return typ(ancla_de_typst(ancla)) end
  return html('<span' .. con_id(ancla) .. "></span>")
end

function Pandoc(doc)
  local escrito = encabezado()
  anotar_enlaces(doc)
  anotar_enlaces(pandoc.Pandoc({}, escrito))
  -- Lo que esta salida no lleva no se numera ni se nombra en ella.
  local ajeno = es_html and "solo-boletin" or "solo-pagina"
  local function propio(el) if el.classes:includes(ajeno) then return {} end end
  doc = doc:walk({
    Div = propio, Span = propio, Header = function(titulo) return titulo.classes:includes(ajeno) and titulo_ajeno(titulo) or nil end, RawBlock = sin_comentario, RawInline = sin_comentario, CodeBlock = codigo, Code = codigo_en_linea,
    Table = con_su_ancla, Inlines = a_su_altura,
  })
  portada(doc.meta, escrito)
  doc.meta = sin_shortcodes(doc.meta)
  for _, bloque in ipairs(doc.blocks) do numerar(bloque) end
  doc.blocks = convertir(doc.blocks)
  if es_typst and next(enlazadas) then doc.blocks = con_sus_anclas(doc.blocks) end
  local numerados = escrito["number-sections"]
  if numerados == nil then numerados = en_el_proyecto("number-sections") end
  doc = numerar_titulos(doc, numerados)
  return con_obras(doc:walk({ Cite = referencias }), escrito)
end

return { { Pandoc = Pandoc } }
