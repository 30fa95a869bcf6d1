-- Deletes a family, if the token is or was one of its own.
-- KEYS: the family, its used tokens
-- ARGV: hash of the token
if redis.call('HGET', KEYS[1], 'current') == ARGV[1] or redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('DEL', KEYS[1], KEYS[2])
  return {'revoked'}
end
return {'unknown'}
