-- Sends one request after the other, each with the next token of a file, and writes what wrk measured as one line.
-- Arguments: the bytes before a token, the bytes after it, the file, the number of its tokens, the length of each, and the
-- number of the one to begin with. wrk counts its threads from 0; each begins elsewhere in the file.

local PRELOADED = 10000

local threads = 0

function setup(thread)
  thread:set("worker", threads)
  threads = threads + 1
end

function init(args)
  head, tail = args[1], args[2]
  local path, count, length, first = args[3], tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
  if count == 0 then
    request = function() return head end
    return
  end
  local file = assert(io.open(path, "rb"))
  -- 7919 is a prime: the threads do not send the same users at the same time.
  local position = (first + worker * (count > PRELOADED and math.floor(count / 2) or 7919)) % count
  if count <= PRELOADED then
    local requests = {}
    for i = 0, count - 1 do
      requests[i] = head .. file:read(length) .. tail
      file:read(1)
    end
    file:close()
    request = function()
      local now = requests[position]
      position = position + 1
      if position == count then position = 0 end
      return now
    end
  else
    file:setvbuf("full", 65536)
    file:seek("set", position * (length + 1))
    request = function()
      local token = file:read(length)
      file:read(1)
      position = position + 1
      if position == count then
        position = 0
        file:seek("set", 0)
      end
      return head .. token .. tail
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "bench requests=%d micros=%d status=%d connect=%d read=%d write=%d timeout=%d p50=%d p99=%d p999=%d\n",
    summary.requests, summary.duration, errors.status, errors.connect, errors.read, errors.write, errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
