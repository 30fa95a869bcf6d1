-- Takes tokens from several token buckets with the same limit of one greedy window: the short way of token_bucket.lua,
-- whose call, clock and arguments the decisions share.
--
-- KEYS     the buckets, as token_bucket.lua keeps them, in the order of the decisions; one may be there twice
-- ARGV     as for token_bucket.lua
--
-- Answers the reply of token_bucket.lua for each bucket, with commas between; `-` for a bucket that was not touched, since
-- the short way cannot decide it, or it cannot be read or written. So one bucket cannot make the others fail.

local call, pcall, floor, format = redis.call, redis.pcall, math.floor, string.format
local EXACT = 4503599627370496 -- 2^52

local limit, cost = ARGV[2], ARGV[1] + 0
local capacity, credit, per = ARGV[3] + 0, ARGV[4] + 0, ARGV[5] + 0
local need = cost > 0 and cost or 1000000
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
local at = format('%d', now)

local replies = {}
for i = 1, #KEYS do
  local key, reply = KEYS[i], '-'
  local stored = pcall('HMGET', key, 'micro_tokens', 'updated_us', 'remainder', 'limit')
  local known, micros, rem = stored[4], -1, 0
  if known == limit then
    local had, updated, over = tonumber(stored[1] or nil), tonumber(stored[2] or nil), tonumber(stored[3] or nil)
    if had and updated and over then
      local elapsed = now - updated
      local whole = floor(elapsed / per)
      local sum = (elapsed - whole * per) * credit + over
      if elapsed >= 0 and sum < EXACT then
        local more = floor(sum / per)
        micros = had + whole * credit + more
        rem = sum - more * per
        if micros >= capacity then
          micros, rem = capacity, 0
        end
      end
    end
  elseif not known and not stored.err then
    micros = capacity
  end
  if micros >= 0 and rem >= 0 then
    if micros < need or cost == 0 then
      reply = format('%s %s %d %s %d', micros < need and '0' or '1', at, micros, at, rem)
    else
      micros = micros - cost
      local left, over, written = format('%d', micros), rem == 0 and '0' or format('%d', rem), nil
      if not known then
        written = pcall('HSET', key, 'micro_tokens', left, 'updated_us', at, 'remainder', over, 'limit', limit)
      elseif over == stored[3] then
        written = pcall('HSET', key, 'micro_tokens', left, 'updated_us', at)
      else
        written = pcall('HSET', key, 'micro_tokens', left, 'updated_us', at, 'remainder', over)
      end
      if type(written) == 'number' then
        local full = (capacity - micros) / credit * per - rem / credit
        call('PEXPIREAT', key, format('%d', (now + full) / 1000 + 1))
        reply = '1 ' .. at .. ' ' .. left .. ' ' .. at .. ' ' .. over
      end
    end
  end
  replies[i] = reply
end
return table.concat(replies, ',')
