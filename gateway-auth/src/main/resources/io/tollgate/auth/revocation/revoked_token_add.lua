-- Adds a revoked access token to the list.
-- KEYS: when each token ends (sorted set), in which order they came (sorted set), how many came, the list's epoch
-- ARGV: the token's id, its end (ms), now (ms), how many there may be, an epoch if there is none
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, 1000)
if #ended > 0 then
  redis.call('ZREM', KEYS[1], unpack(ended))
  redis.call('ZREM', KEYS[2], unpack(ended))
end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  return {'full'}
end
redis.call('SET', KEYS[4], ARGV[5], 'NX')
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
-- The list goes with its last token; the epoch and the count a day later, so that a new list is not taken for the old one.
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))
redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', tonumber(last[2])))
redis.call('PEXPIREAT', KEYS[3], string.format('%.0f', tonumber(last[2]) + 86400000))
redis.call('PEXPIREAT', KEYS[4], string.format('%.0f', tonumber(last[2]) + 86400000))
return {'added'}
