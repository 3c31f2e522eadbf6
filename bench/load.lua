-- One kind of request over and over, from many accounts. Arguments: the kind; a file with a line an account: its key, then its first orders' ids; how far the ids of a copy of those orders are from
-- them; how many copies there are.
local kind, span, copies, accounts, ready = nil, 0, 0, {}, {}
local thread_number = 0

function setup(thread)
  thread:set("seed", thread_number)
  thread_number = thread_number + 1
end

local function hundred_ids(account)
  local ids, first = {}, math.random(0, copies)
  for i = 0, 99 do
    ids[i + 1] = account.orders[i % #account.orders + 1] + span * ((first + math.floor(i / #account.orders)) % (copies + 1))
  end
  return table.concat(ids, ",")
end

-- Lists of ids are made beforehand: what they cost here would be taken from what is measured.
local function make_lists()
  for i = 1, 2048 do
    local account = accounts[math.random(#accounts)]
    ready[i] = wrk.format(nil, nil, nil, "key=" .. account.key .. "&action=status&orders=" .. hundred_ids(account))
  end
end

function init(args)
  kind, span, copies = args[1], tonumber(args[3]), tonumber(args[4])
  for line in io.lines(args[2]) do
    local account = { orders = {} }
    for word in line:gmatch("%S+") do
      if account.key then account.orders[#account.orders + 1] = tonumber(word) else account.key = word end
    end
    accounts[#accounts + 1] = account
  end
  math.randomseed(os.time() + seed * 7919)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  if kind == "statuses" then make_lists() end
end

function request()
  if kind == "statuses" then return ready[math.random(#ready)] end
  if kind == "wrong-key" then
    -- Each from an address of its own, so that none is blocked and every key is looked up.
    local from = string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(1, 254))
    return wrk.format(nil, nil, { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Forwarded-For"] = from }, "key=tly_wrong" .. math.random(1000000000) .. "&action=balance")
  end
  if kind == "flood" then
    return wrk.format(nil, nil, { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Forwarded-For"] = "203.0.113.7" }, "key=tly_wrong&action=balance")
  end
  local account = kind == "add-one" and accounts[1] or accounts[math.random(#accounts)]
  local body = "key=" .. account.key .. "&action="
  if kind == "balance" or kind == "services" then
    body = body .. kind
  elseif kind == "status" then
    body = body .. "status&order=" .. account.orders[math.random(#account.orders)] + span * math.random(0, copies)
  else
    body = body .. "add&service=1&quantity=100&link=https%3A%2F%2Fexample.com%2F" .. math.random(1000000000)
  end
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  -- What is refused (429) is counted apart: a flood is to be refused.
  io.write(string.format("RESULT %.1f %.3f %d %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000,
    errors.status, errors.timeout + errors.connect + errors.read + errors.write))
end
