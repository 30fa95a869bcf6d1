-- Gives tokens back to one token bucket: to each of its windows, up to its capacity. A bucket that is gone is full.
--
-- KEYS[1]  the bucket, as token_bucket.lua keeps it
-- ARGV[1]  micro-tokens to give back
-- ARGV[2+] the limit that they were taken from, as for token_bucket.lua
--
-- Answers the time of the refund in us, or 0 where nothing was there.

local call, floor, format = redis.call, math.floor, string.format
local EXACT = 4503599627370496 -- 2^52

-- include token_bucket_windows.lua

local function gcd(a, b)
  while b > 0 do
    a, b = b, a % b
  end
  return a
end

-- The windows of a limit: capacity, credit, per, interval; credit and per in lowest terms where tokens arrive continuously,
-- for that is what remainders are kept in.
local function in_lowest_terms(windows)
  local lowest = {}
  for i, window in ipairs(windows) do
    local divisor = window[4] and 1 or gcd(window[2], window[3])
    lowest[i] = {window[1], window[2] / divisor, window[3] / divisor, window[4]}
  end
  return lowest
end

local key, limit, cost = KEYS[1], ARGV[2], tonumber(ARGV[1])
local count = (#ARGV - 2) / 4
local names = field_names(count)
local stored = call('HMGET', key, unpack(names))
local known = stored[3 * count + 1]
if not known then
  return '0'
end

local windows, give = {}, {}
if known == limit then
  for i = 1, count do
    local a = 4 * i - 1
    windows[i] = {tonumber(ARGV[a]), tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), ARGV[a + 3] == 'i'}
    give[i] = cost
  end
else
  -- The limit changed since, and each window kept its share: so does what is given back.
  local was, is = parse(limit), parse(known)
  count = #is
  names = field_names(count)
  stored = call('HMGET', key, unpack(names))
  windows = in_lowest_terms(is)
  for i = 1, count do
    local old = was[counterpart(was, is, i)]
    give[i] = old and muldiv(is[i][1] / 1000000, cost, 0, old[1] / 1000000) or 0
  end
end

local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
local wait, write = 0, {}
for i = 1, count do
  local f = 3 * i - 2
  local capacity, credit, per, interval = unpack(windows[i])
  local micros, at, rem = refill(tonumber(stored[f]) or capacity, tonumber(stored[f + 1]) or now,
    tonumber(stored[f + 2]) or 0, capacity, credit, per, interval, now)
  if give[i] >= capacity - micros then
    micros, at, rem = capacity, now, 0
  else
    micros = micros + give[i]
    local missing = capacity - micros
    if interval then
      wait = math.max(wait, math.ceil(missing / credit) * per - (now - at))
    else
      wait = math.max(wait, missing / credit * per - rem / credit)
    end
  end
  write[2 * f - 1], write[2 * f] = names[f], format('%d', micros)
  write[2 * f + 1], write[2 * f + 2] = names[f + 1], format('%d', at)
  write[2 * f + 3], write[2 * f + 4] = names[f + 2], format('%d', rem)
end
if wait > 0 then
  call('HSET', key, unpack(write))
  call('PEXPIREAT', key, format('%d', (now + wait) / 1000 + 1))
else
  call('DEL', key)
end
return format('%d', now)
