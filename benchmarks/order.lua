-- One buyer a connection: open a cart, put in a second line, check out.
local variants = {VARIANTS}
local step, n, cart = 0, 0, nil
local thread = 0
function setup(t) thread = thread + 1; t:set("id", thread) end
function init() math.randomseed(id * 7919) end
local headers = {["Content-Type"] = "application/json"}
request = function()
  if step == 0 then
    local v = variants[math.random(#variants)]
    return wrk.format("POST", "/store/v1/carts", headers, '{"lines":[{"variant_id":"' .. v .. '"}]}')
  elseif step == 1 then
    local v = variants[math.random(#variants)]
    return wrk.format("POST", "/store/v1/carts/" .. cart .. "/lines", headers, '{"variant_id":"' .. v .. '"}')
  end
  n = n + 1
  local h = {["Content-Type"] = "application/json", ["Idempotency-Key"] = "b-" .. id .. "-" .. n .. "-" .. cart:sub(-20)}
  return wrk.format("POST", "/store/v1/carts/" .. cart .. "/checkout", h, '{"email":"b' .. id .. '@example.com","shipping_address":{"name":"B","line1":"Street 1","city":"Berlin","postal_code":"10115","country":"DE"},"shipping_method":"standard","payment":{"method":"test","token":"tok_approve"}}')
end
response = function(status, h, body)
  if step == 0 and status == 201 then
    cart = body:match('"token":"(gal_cart_[^"]+)"'); step = cart and 1 or 0
  elseif step == 1 and status < 300 then step = 2
  else step = 0 end
end
