-- One kind of request over and over, from many accounts. Arguments: kind (balance | status | statuses | add), a file with a line an account: its key, then its orders' ids.
local kind, accounts = nil, {}
local thread_number = 0

function setup(thread)
  thread:set("seed", thread_number)
  thread_number = thread_number + 1
end

function init(args)
  kind = args[1]
  for line in io.lines(args[2]) do
    local account = { orders = {} }
    for word in line:gmatch("%S+") do
      if account.key then account.orders[#account.orders + 1] = word else account.key = word end
    end
    accounts[#accounts + 1] = account
  end
  math.randomseed(os.time() + seed * 7919)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  local account = accounts[math.random(#accounts)]
  local body = "key=" .. account.key .. "&action="
  if kind == "balance" then
    body = body .. "balance"
  elseif kind == "status" then
    body = body .. "status&order=" .. account.orders[math.random(#account.orders)]
  elseif kind == "statuses" then
    local ids = {}
    for i = 1, 100 do ids[i] = account.orders[(i - 1) % #account.orders + 1] end
    body = body .. "status&orders=" .. table.concat(ids, ",")
  else
    body = body .. "add&service=1&quantity=100&link=https%3A%2F%2Fexample.com%2F" .. math.random(1000000000)
  end
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %.3f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000,
    errors.status + errors.timeout + errors.connect + errors.read + errors.write))
end
