-- Saves an answer by itself, as the page does: each save names the version that the one before made.
dofile(os.getenv("BENCH_WRK") .. "/get.lua")

local parent, run, csrf = os.getenv("BENCH_PARENT"), os.getenv("BENCH_RUN"), os.getenv("BENCH_CSRF")
local count, headers = 0, {}

function init(args)
  for name, value in pairs(wrk.headers) do headers[name] = value end
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  headers["Accept"] = "application/json"
end

function request()
  count = count + 1
  local mark = run .. "-" .. count
  return wrk.format("POST", nil, headers, "csrf_token=" .. csrf .. "&form_token=" .. mark .. "&parent=" .. parent
    .. "&answer=" .. ("We+ride+along+with+the+crews+for+six+weeks. "):gsub(" ", "+"):rep(20) .. mark)
end

function response(status, headers, body)
  parent = body:match('"parent":"([%d.]+)"') or parent
end
