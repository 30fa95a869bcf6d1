-- Returns the time (ms) of the server that has the family.
-- KEYS: the family
local clock = redis.call('TIME')
return {string.format('%.0f', tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000))}
