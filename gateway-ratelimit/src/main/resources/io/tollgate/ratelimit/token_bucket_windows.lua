-- What both scripts know of windows. Included by them, after `call`, `floor` and EXACT.

-- floor((a * b + rem) / per) and what remains; a * b exact, or b below 2^53, rem below per, a at most per, or both below 2^34.
local function muldiv(a, b, rem, per)
  if a * b < EXACT and rem < EXACT then
    local sum = a * b + rem
    local quotient = floor(sum / per)
    return quotient, sum - quotient * per
  end
  -- Long multiplication, octal digit by octal digit; per is below 2^49, so 15 of it are exact.
  local digits, count = {}, 0
  while b > 0 do
    local rest = floor(b / 8)
    count = count + 1
    digits[count] = b - rest * 8
    b = rest
  end
  local quotient, left = 0, 0
  for i = count, 1, -1 do
    left = left * 8 + digits[i] * a
    local more = floor(left / per)
    left = left - more * per
    quotient = quotient * 8 + more
  end
  left = left + rem
  if left >= per then
    return quotient + 1, left - per
  end
  return quotient, left
end

-- What a window holds at `now`, the time that includes, and the remainder of its refill.
local function refill(micros, at, rem, capacity, credit, per, interval, now)
  local missing, elapsed = capacity - micros, now - at
  if missing <= 0 then
    return capacity, now, 0
  end
  if elapsed < 0 then
    return micros, now, rem
  end
  local whole = floor(elapsed / per)
  if whole * credit >= missing then
    return capacity, now, 0
  end
  if interval then
    return micros + whole * credit, at + whole * per, 0
  end
  local part = elapsed - whole * per
  local whole_credit = floor(credit / per)
  local earned, left = muldiv(part, credit - whole_credit * per, rem, per)
  earned = earned + whole * credit + part * whole_credit
  if earned >= missing then
    return capacity, now, 0
  end
  return micros + earned, now, left
end

local function parse(limit)
  local windows = {}
  for capacity, credit, per, interval in string.gmatch(limit, '(%d+)%+(%d+)/(%d+)(i?)') do
    windows[#windows + 1] = {capacity * 1000000, tonumber(credit), tonumber(per), interval == 'i'}
  end
  return windows
end

-- The old window whose share the new window in place `place` keeps: the one of its period, else the one of its place.
local function counterpart(old, new, place)
  if old[place] and old[place][3] == new[place][3] then
    return place
  end
  for i = 1, #old do
    if old[i][3] == new[place][3] then
      return i
    end
  end
  return place
end

local function field_names(count)
  local names = {'micro_tokens', 'updated_us', 'remainder'}
  for i = 2, count do
    names[3 * i - 2] = 'micro_tokens_' .. i
    names[3 * i - 1] = 'updated_us_' .. i
    names[3 * i] = 'remainder_' .. i
  end
  names[3 * count + 1] = 'limit'
  return names
end
