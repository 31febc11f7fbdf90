-- Saves scorecards in turn: each form with a token of its own and words that were never sent before.
dofile(os.getenv("BENCH_WRK") .. "/get.lua")

local cards, run, csrf = {}, os.getenv("BENCH_RUN"), os.getenv("BENCH_CSRF")
local count, headers = 0, {}

function init(args)
  for card in os.getenv("BENCH_CARDS"):gmatch("%d+") do cards[#cards + 1] = card end
  for name, value in pairs(wrk.headers) do headers[name] = value end
  headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  count = count + 1
  local mark = run .. "-" .. count
  local parts = { "keep=1", "csrf_token=" .. csrf, "form_token=" .. mark }
  for criterion in os.getenv("BENCH_CRITERIA"):gmatch("%d+") do
    parts[#parts + 1] = "score-" .. criterion .. "=" .. (count % 5 + 1)
    parts[#parts + 1] = "reason-" .. criterion .. "=In+answer+" .. criterion .. "+you+ride+along+with+the+crews+"
      .. "for+six+weeks%2C+so+no+new+kit+is+needed+" .. mark
  end
  return wrk.format("POST", "/judging/cards/" .. cards[count % #cards + 1], headers, table.concat(parts, "&"))
end
