-- Replaces a refresh token. The rules and their order are those of RefreshTokenStore.rotate.
-- KEYS: the family, its used tokens
-- ARGV: hash of the token, hash of its successor, end of the successor (ms), the successor sealed, now (ms),
--       grace (ms), how many used tokens to keep, when the caller stops waiting (ms, by this server's clock)
-- Replies begin with the outcome and this server's time (ms). That time also measures the grace: the use and its retry may come from
-- two gateways, whose clocks differ.
local clock = redis.call('TIME')
local clock_ms = string.format('%.0f', tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000))
if tonumber(clock_ms) > tonumber(ARGV[8]) then
  return {'late', clock_ms}
end

local family = redis.call('HMGET', KEYS[1], 'user', 'principal', 'expires', 'current', 'current_expires',
  'previous', 'rotated_at', 'sealed')
local user, principal, expires, current, current_expires = family[1], family[2], family[3], family[4], family[5]
local previous, rotated_at, sealed = family[6], family[7], family[8]
local now = tonumber(ARGV[5])

if not user or now >= tonumber(expires) then
  return {'rejected', clock_ms}
end

if current == ARGV[1] then
  if now >= tonumber(current_expires) then
    return {'rejected', clock_ms}
  end
  redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'uses', 1), current)
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[7]))
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'current_expires', ARGV[3], 'previous', current,
    'rotated_at', clock_ms, 'sealed', ARGV[4])
  local ends = tonumber(ARGV[3]) < tonumber(expires) and ARGV[3] or expires
  redis.call('PEXPIREAT', KEYS[1], ends)
  redis.call('PEXPIREAT', KEYS[2], ends)
  return {'rotated', clock_ms, user, principal, expires}
end

-- The same request again: the client library lost the reply and repeated it. No one else knows the successor.
if previous == ARGV[1] and current == ARGV[2] then
  return {'rotated', clock_ms, user, principal, expires}
end

if previous == ARGV[1] and sealed ~= '' and tonumber(clock_ms) < tonumber(rotated_at) + tonumber(ARGV[6]) then
  return {'repeated', clock_ms, user, principal, expires, sealed}
end

if redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('DEL', KEYS[1], KEYS[2])
  return {'reused', clock_ms, user, principal, expires}
end
return {'rejected', clock_ms}
