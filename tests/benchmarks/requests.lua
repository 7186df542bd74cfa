-- Requests of wrk: `wrk ... -s requests.lua URL -- CREATED_TO PATH ...`.
-- They take the paths by turns. `{new}` in one becomes a moment that no request named before: each goes back a minute
-- from CREATED_TO, and each thread has a century of its own.

local STEP, CENTURY = 60, 100 * 366 * 86400
local threads = 0

function setup(thread)
   thread:set("place", threads)
   threads = threads + 1
end

function init(arguments)
   moment = tonumber(table.remove(arguments, 1)) - place * CENTURY
   paths = arguments
   count = 0
end

function request()
   count = count + 1
   moment = moment - STEP
   local path = paths[count % #paths + 1]:gsub("{new}", string.format("%d", moment))
   return wrk.format(nil, path)
end
