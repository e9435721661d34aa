#!/bin/sh
# Answers one HTTP request on standard input.
return=$(printf '\r')
read -r _ path _
key=
while read -r line; do
  line=${line%"$return"}
  [ -n "$line" ] || break
  case $line in
    [Xx]-[Aa][Pp][Ii]-[Kk][Ee][Yy]:*) key=${line#*: } ;;
  esac
done

answer() {
  printf 'HTTP/1.1 %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' "$1" "${#2}" "$2"
}

case $path in
  /health)
    redis='"status":"unhealthy","connected":false,"error":"redis did not answer"'
    if timeout 2 relay-redis ping 2>/dev/null | grep -q PONG; then
      redis='"status":"healthy","connected":true,"latency":"1ms"'
    fi
    # The service says healthy even without redis; only the component tells.
    answer '200 OK' "{\"status\":\"healthy\",\"service\":\"claude-relay-service\",\"version\":\"1.1.314\",\"timestamp\":\"$(date -u +%Y-%m-%dT%H:%M:%S.000Z)\",\"uptime\":$(cut -d. -f1 /proc/uptime),\"memory\":{\"used\":\"41MB\",\"total\":\"64MB\",\"external\":\"3MB\"},\"components\":{\"redis\":{$redis},\"logger\":{\"status\":\"healthy\"}},\"stats\":{}}"
    ;;
  /api/*)
    # A key is looked up by the hash of itself and ENCRYPTION_KEY: with another one every client is refused.
    hash=$(printf %s "$key$ENCRYPTION_KEY" | sha256sum | cut -d' ' -f1)
    id=$(relay-redis hget apikey:hash_map "$hash")
    if [ -n "$key" ] && [ -n "$id" ]; then
      answer '200 OK' "{\"id\":\"$id\"}"
    else
      answer '401 Unauthorized' '{"error":"Invalid API key","message":"API key not found"}'
    fi
    ;;
  *) answer '404 Not Found' "{\"error\":\"Not Found\",\"message\":\"Route $path not found\"}" ;;
esac
