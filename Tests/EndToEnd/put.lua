-- Points the steps of user flows at two connectors alternately, as fast as the server answers.
--
-- Each thread of wrk has its own flows, and it changes each flow to another connector every time. So every change of a flow,
-- except the first one, is effective.
-- Environment variables: TOKEN (if empty, no Authorization is sent), FLOWS and THREADS (their numbers), and CONNECTORS (two ids
-- with a space between them).

local flows = tonumber(os.getenv("FLOWS"))
local threads = tonumber(os.getenv("THREADS"))
local connectors = {}
for id in os.getenv("CONNECTORS"):gmatch("%S+") do connectors[#connectors + 1] = id end

local started = 0

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

-- All requests of this thread. They are built once in advance, so that the measured time does not include it.
local requests = {}
local last = 0

function init(arguments)
  local headers = { ["Content-Type"] = "application/json" }
  local token = os.getenv("TOKEN")
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  for _, connector in ipairs(connectors) do
    local body = '{"@odata.id":"https://graph.microsoft.com/beta/identity/apiConnectors/' .. connector .. '"}'
    for flow = number, flows - 1, threads do
      local path = "/beta/identity/b2cUserFlows/B2C_1_bench" .. flow .. "/apiConnectorConfiguration/postFederationSignup/$ref"
      requests[#requests + 1] = wrk.format("PUT", path, headers, body)
    end
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

-- Prints the result. Times are in microseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "duration": %d, "p50": %d, "p99": %d, "max": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
