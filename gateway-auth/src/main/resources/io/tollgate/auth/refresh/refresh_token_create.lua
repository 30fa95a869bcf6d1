-- Keeps a new family of refresh tokens.
-- KEYS: the family, its used tokens
-- ARGV: user, principal, end of the family (ms), hash of the first token, its end (ms)
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'taken'}
end
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'principal', ARGV[2], 'expires', ARGV[3],
  'current', ARGV[4], 'current_expires', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], tonumber(ARGV[5]) < tonumber(ARGV[3]) and ARGV[5] or ARGV[3])
return {'created'}
