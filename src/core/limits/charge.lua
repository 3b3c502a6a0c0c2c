-- Charges all limits of a stack, or none, by the generic cell rate algorithm.
-- KEYS: one bucket per limit; its value is the time in microseconds at which it is full again.
-- ARGV: cells wanted, unused cells of the caller's last lease, time of that lease, then per limit the
-- microseconds per cell and the cells that a full bucket holds.
-- Answer: cells granted (0 = refused), time, then per limit the microseconds until its bucket is full.
local time = redis.call('TIME')
-- A later origin than 1970 keeps fractions of a microsecond exact.
local now = (time[1] - 1750000000) * 1000000 + time[2]
local wanted, unused, since = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cells, full_at, intervals = wanted, {}, {}
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i + 2]), tonumber(ARGV[2 * i + 3])
  local stored = tonumber(redis.call('GET', key) or 0) or 0
  local back = math.max(0, unused * interval - math.max(0, now - since))
  full_at[i], intervals[i] = math.max(now, stored - back), interval
  local free = math.max(0, math.floor(burst - (full_at[i] - now) / interval + 0.001))
  -- A lease takes at most an eighth of what is left.
  cells = math.min(cells, math.max(math.min(free, 1), math.floor(free / 8)))
end
local answer = {cells, now}
for i, key in ipairs(KEYS) do
  local ahead = full_at[i] + cells * intervals[i] - now
  if cells > 0 or unused > 0 then
    redis.call('SET', key, string.format('%.3f', now + ahead), 'PX', math.ceil(ahead / 1000) + 1)
  end
  answer[i + 2] = math.ceil(ahead)
end
return answer
