-- Returns the tokens that were revoked since; all of them if the list is not the one that was read before.
-- KEYS: when each token ends (sorted set), in which order they came (sorted set), how many came, the list's epoch
-- ARGV: how far the list was read, of which epoch
local epoch = redis.call('GET', KEYS[4]) or ''
local seen = epoch == ARGV[2] and ARGV[1] or '0'
-- A replica that took over may not have all that its master had.
if tonumber(redis.call('GET', KEYS[3]) or '0') < tonumber(seen) then
  seen = '0'
end
local news = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. seen, '+inf', 'WITHSCORES', 'LIMIT', 0, 1000)
local out = {epoch, seen}
for i = 1, #news, 2 do
  local ends = redis.call('ZSCORE', KEYS[1], news[i])
  if ends then
    out[#out + 1] = news[i]
    out[#out + 1] = string.format('%.0f', tonumber(ends))
  end
  out[2] = news[i + 1]
end
return out
