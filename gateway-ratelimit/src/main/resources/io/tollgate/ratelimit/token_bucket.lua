-- Takes tokens from one token bucket, from all of its windows or from none.
--
-- KEYS[1]  the bucket: a hash of, for each window, `micro_tokens`, `updated_us` and `remainder` (from the second window
--          on with _2, _3 ...), and `limit`
-- ARGV[1]  micro-tokens to take; 0 asks whether a whole token is there
-- ARGV[2]  the limit: `capacity+refill_micros/period_us` of each window, an i after those that refill by interval
-- ARGV[3+] for each window: capacity in micro-tokens, credit, per (credit micro-tokens every `per` microseconds, in
--          lowest terms), and i or g
--
-- Answers, as text with spaces between (a list of numbers costs Redis more than all the rest): 1 if taken, else 0; now in
-- us; then for each window micro-tokens, updated_us, remainder.
--
-- Numbers are doubles here: every one that must be exact is a whole number below 2^53.

local call, floor, format = redis.call, math.floor, string.format
local EXACT = 4503599627370496 -- 2^52

local key, limit, cost = KEYS[1], ARGV[2], ARGV[1] + 0
local need = cost > 0 and cost or 1000000
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]

-- By far the most: one greedy window, whose limit did not change, and whose refill needs no long multiplication. What is
-- done here is what the general way below would do.
if #ARGV == 6 and ARGV[6] == 'g' then
  local stored = call('HMGET', key, 'micro_tokens', 'updated_us', 'remainder', 'limit')
  local capacity, credit, per = ARGV[3] + 0, ARGV[4] + 0, ARGV[5] + 0
  local micros, rem, short = capacity, 0, not stored[4]
  if stored[4] == limit and stored[1] and stored[2] and stored[3] then
    local elapsed = now - stored[2]
    local whole = floor(elapsed / per)
    local sum = (elapsed - whole * per) * credit + stored[3]
    if elapsed >= 0 and sum < EXACT then
      short = true
      local more = floor(sum / per)
      micros = stored[1] + whole * credit + more
      rem = sum - more * per
      if micros >= capacity then
        micros, rem = capacity, 0
      end
    end
  end
  if short then
    local at = format('%d', now)
    if micros < need or cost == 0 then
      return format('%s %s %d %s %d', micros < need and '0' or '1', at, micros, at, rem)
    end
    micros = micros - cost
    local left, over = format('%d', micros), rem == 0 and '0' or format('%d', rem)
    if not stored[4] then
      call('HSET', key, 'micro_tokens', left, 'updated_us', at, 'remainder', over, 'limit', limit)
    elseif over == stored[3] then
      call('HSET', key, 'micro_tokens', left, 'updated_us', at)
    else
      call('HSET', key, 'micro_tokens', left, 'updated_us', at, 'remainder', over)
    end
    local full = (capacity - micros) / credit * per - rem / credit
    call('PEXPIREAT', key, format('%d', (now + full) / 1000 + 1))
    return '1 ' .. at .. ' ' .. left .. ' ' .. at .. ' ' .. over
  end
end

-- include token_bucket_windows.lua

-- The micro-tokens of each window of `limit` that a bucket has when it was left by the limit `known`.
local function carry_over(key, known, limit, now)
  local old, new, micros = parse(known), parse(limit), {}
  local stored = call('HMGET', key, unpack(field_names(#old)))
  for place = 1, #new do
    local i = counterpart(old, new, place)
    local was, left = old[i], tonumber(stored[3 * i - 2])
    if was and left then
      left = refill(left, tonumber(stored[3 * i - 1]) or now, 0, was[1], was[2], was[3], was[4], now)
      if was[1] ~= new[place][1] then
        left = math.min(floor(left / was[1] * new[place][1]), new[place][1])
      end
      micros[place] = left
    end
  end
  return micros
end

local count = (#ARGV - 2) / 4
local names = field_names(count)
local stored = call('HMGET', key, unpack(names))
local known = stored[3 * count + 1]
local same = known == limit
local changed = known and not same
local carried = changed and carry_over(key, known, limit, now) or {}

local allowed, moved_back = 1, false
local reply = {}
for i = 1, count do
  local f, a = 3 * i - 2, 4 * i - 1
  local capacity = tonumber(ARGV[a])
  local micros, at, rem = carried[i] or capacity, now, 0
  if same then
    local updated = tonumber(stored[f + 1]) or now
    -- The clock of a replica that was promoted may be behind: what is in the future is moved to now.
    moved_back = moved_back or updated > now
    micros, at, rem = refill(tonumber(stored[f]) or capacity, updated, tonumber(stored[f + 2]) or 0,
      capacity, tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), ARGV[a + 3] == 'i', now)
  end
  if micros < need then
    allowed = 0
  end
  reply[f], reply[f + 1], reply[f + 2] = micros, at, rem
end

-- The answer.
local function answer()
  for i = 1, #reply do
    reply[i] = format('%d', reply[i])
  end
  return allowed .. ' ' .. format('%d', now) .. ' ' .. table.concat(reply, ' ')
end

-- A refusal leaves nothing behind that the next look would not find by itself.
if not (changed or moved_back or allowed == 1 and cost > 0) then
  return answer()
end

local wait, write = 0, {}
for i = 1, count do
  local f, a = 3 * i - 2, 4 * i - 1
  local credit, per = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
  local micros, at, rem = reply[f] - allowed * cost, reply[f + 1], reply[f + 2]
  local missing = tonumber(ARGV[a]) - micros
  if missing > 0 then
    local full
    if ARGV[a + 3] == 'i' then
      full = math.ceil(missing / credit) * per - (now - at)
    else
      full = missing / credit * per - rem / credit
    end
    wait = math.max(wait, full)
  end
  reply[f] = micros
  write[2 * f - 1], write[2 * f] = names[f], format('%d', micros)
  write[2 * f + 1], write[2 * f + 2] = names[f + 1], format('%d', at)
  write[2 * f + 3], write[2 * f + 4] = names[f + 2], format('%d', rem)
end
if changed or wait == 0 then
  call('DEL', key)
end
if wait > 0 then
  if not same then
    write[6 * count + 1], write[6 * count + 2] = 'limit', limit
  end
  call('HSET', key, unpack(write))
  call('PEXPIREAT', key, format('%d', (now + wait) / 1000 + 1))
end
return answer()
