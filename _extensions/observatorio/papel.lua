-- Lo propio de un papel que se firma: los recuadros de firma, la lista de quien asiste y firma, y el aviso que se borra
-- antes de firmar.
local function cadena(texto)
  return '"' .. texto:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

local function envuelto(abre, bloques)
  local salida = pandoc.List({ pandoc.RawBlock('typst', abre .. '[') })
  salida:extend(bloques)
  salida:insert(pandoc.RawBlock('typst', ']'))
  return salida
end

-- «- Institución — lo suyo», un recuadro o un renglón por punto; lo que va antes no se separa de ellos.
local function de_cada_quien(el, hacer)
  local salida, cada = pandoc.List(), {}
  for _, bloque in ipairs(el.content) do
    if bloque.t == 'BulletList' then
      for _, punto in ipairs(bloque.content) do
        local dicho = pandoc.utils.stringify(punto)
        local quien, papel = dicho:match('^(.-) — (.*)$')
        cada[#cada + 1] = '(' .. cadena(quien or dicho) .. ', ' .. cadena(papel or '') .. '),'
      end
    else
      salida:extend(envuelto('#block(sticky: true)', { bloque }))
    end
  end
  salida:insert(pandoc.RawBlock('typst', '#' .. hacer .. '(' .. table.concat(cada, ' ') .. ')'))
  return salida
end

function Div(el)
  if el.classes:includes('firmas') then return de_cada_quien(el, 'firmas') end
  if el.classes:includes('asistencia') then return de_cada_quien(el, 'asistencia') end
  if el.classes:includes('aviso') then return envuelto('#aviso', el.content) end
end
