import { createScript } from '../lib/redis/redis-script.ts';
import { EPOCH_SECONDS, TICKS_PER_MS } from './ticks.ts';

// The same decision as in gcra.ts, by the server's own clock, so that clocks of gateways do not matter.
// All numbers are whole ticks below 2^53: Lua holds them in doubles, replies carry them as integers.
const PRELUDE = `
local clock = redis.call('TIME')
local now = ((clock[1] - ${EPOCH_SECONDS}) * 1000000 + clock[2]) * ${TICKS_PER_MS / 1_000}

local function origin_of(window)
  if window > 0 then return now - now % window + window end
  return now
end

local function read(key, known)
  return math.max(tonumber(redis.call('GET', key) or '0'), known)
end

local function write(key, tat)
  if tat <= now then return end
  redis.call('SET', key, string.format('%.0f', tat), 'PX', math.ceil((tat - now) / ${TICKS_PER_MS}))
end
`;

/**
 * Decides several calls in order. Each takes from every bucket of its own or from none.
 *
 * KEYS: the buckets of all calls, of one slot. ARGV, for each call: how many buckets it has, then five for
 * each of them: interval, burst, window, cost, and the arrival time that the gateway last saw, which stands
 * in for one that the server has lost.
 * Answers `{now, …}` with `0, tat…` for each call that is admitted, and `position of the first bucket that
 * refuses, ticks to wait, tat` for each that is not.
 */
export const TAKE = createScript(`${PRELUDE}
local reply, before, at = {now}, 0, 1
while at <= #ARGV do
  local count, tats, refused = tonumber(ARGV[at]), {}, false
  at = at + 1
  for i = 1, count do
    local interval, burst = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local window, cost = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local tat = read(KEYS[before + i], tonumber(ARGV[at + 4]))
    at = at + 5
    if not refused then
      local origin = origin_of(window)
      local empty = origin + burst * interval
      local next = math.min(empty, math.max(origin, tat)) + cost * interval
      if next > empty then
        refused = {i, next - empty, tat}
        if window > 0 then refused[2] = origin - now end
      end
      tats[i] = next
    end
  end
  if refused then
    for i = 1, 3 do reply[#reply + 1] = refused[i] end
  else
    reply[#reply + 1] = 0
    for i = 1, count do
      write(KEYS[before + i], tats[i])
      reply[#reply + 1] = tats[i]
    end
  end
  before = before + count
end
return reply
`);

/**
 * Takes as many tokens as there are, up to `want`; refuses if that is fewer than `need`.
 *
 * KEYS: one bucket. ARGV: interval, burst, window, want, need, last seen arrival time.
 * Answers `{tokens, now, tat}`, or `{0, now, tat, ticks to wait}`.
 */
export const LEASE = createScript(`${PRELUDE}
local interval, burst, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local want, need = tonumber(ARGV[4]), tonumber(ARGV[5])
local tat = read(KEYS[1], tonumber(ARGV[6]))
local origin = origin_of(window)
local empty = origin + burst * interval
local base = math.min(empty, math.max(origin, tat))
local tokens = math.min(want, math.floor((empty - base) / interval))
if tokens < need then
  local wait = base + need * interval - empty
  if window > 0 then wait = origin - now end
  return {0, now, tat, wait}
end
local next = base + tokens * interval
write(KEYS[1], next)
return {tokens, now, next}
`);

/** Gives back to the server what it may have lost. KEYS: one bucket. ARGV: its arrival time. */
export const RAISE = createScript(`${PRELUDE}
write(KEYS[1], read(KEYS[1], tonumber(ARGV[1])))
return now
`);

/**
 * Notes since when this server is the one that counts. KEYS: the note. ARGV: the server's run id.
 * Answers `{ticks since then, now}`.
 */
export const GREET = createScript(`${PRELUDE}
local id, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%w+) (%d+)$')
if id ~= ARGV[1] then
  since = now
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. string.format('%.0f', now))
end
return {now - tonumber(since), now}
`);

/**
 * Says that an instance is there, and counts those that said so lately. KEYS: a sorted set.
 * ARGV: the instance's name, and for how many ticks one that says nothing is still counted.
 */
export const COUNT_INSTANCES = createScript(`${PRELUDE}
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], 3600000)
return redis.call('ZCARD', KEYS[1])
`);
