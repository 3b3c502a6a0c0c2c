#!/usr/bin/env bash
# Proxying speed beside nginx: requests per second and processor time per request of the same 2 KB
# answer, through nginx proxy_pass and through coffee, in turns, over keep-alive.
#
#   benches/proxy.sh COFFEE UPSTREAM [SECONDS] [CONNECTIONS]
#
# COFFEE is the release binary, configured by COFFEE__* (PostgreSQL migrated, env other than
# production); UPSTREAM the binary of `cargo bench --no-run --bench upstream`. Needs nginx and wrk.
set -euo pipefail

coffee=$1 upstream=$2 seconds=${3:-10} connections=${4:-64}
upstream_port=${UPSTREAM_PORT:-9300} nginx_port=${NGINX_PORT:-9301} coffee_port=${COFFEE_PORT:-9302}
place=$(mktemp -d)
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$place"
}
trap finish EXIT

cat >"$place/nginx.conf" <<CONF
worker_processes 2;
daemon off;
pid $place/nginx.pid;
error_log $place/nginx.log;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $place/body;
    proxy_temp_path $place/proxy;
    fastcgi_temp_path $place/fastcgi;
    uwsgi_temp_path $place/uwsgi;
    scgi_temp_path $place/scgi;
    keepalive_requests 1000000000;
    upstream service { server 127.0.0.1:$upstream_port; keepalive 256; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:$nginx_port;
        client_max_body_size 0;
        location / {
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
CONF

"$upstream" "127.0.0.1:$upstream_port" &
pids+=($!)
nginx -p "$place" -c "$place/nginx.conf" 2>/dev/null &
nginx=$!
pids+=("$nginx")
export COFFEE__LOG__LEVEL=${COFFEE__LOG__LEVEL:-warn}
COFFEE__SERVER__HOST=127.0.0.1 COFFEE__SERVER__PORT=$coffee_port COFFEE__OPERATIONS__PORT=0 \
    COFFEE__SERVER__DRAIN_DELAY_SECS=0 \
    COFFEE__UPSTREAM__SOCIAL_PROFILE_URL=http://127.0.0.1:$upstream_port "$coffee" serve >/dev/null 2>"$place/coffee.log" &
gateway=$!
pids+=("$gateway")
token=$("$coffee" token --partner-id 10 --account-id 101 --user-id 1001)
headers=(-H "Authorization: Bearer $token" -H "x-bb-clientid: bench")
path=/social-profile-service/profile
for port in "$upstream_port" "$nginx_port" "$coffee_port"; do
    for _ in $(seq 100); do
        curl -sf -o /dev/null "${headers[@]}" "http://127.0.0.1:$port$path" && continue 2
        sleep 0.1
    done
    echo "nobody answers on port $port" >&2
    cat "$place"/*.log >&2
    exit 1
done

# Processor time of a process and its children in ticks.
ticks() {
    local total=0 pid
    for pid in "$1" $(pgrep -P "$1" || true); do
        total=$((total + $(awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat")))
    done
    echo "$total"
}

# measure NAME PORT [PID]: one line with requests per second and microseconds of processor time.
measure() {
    local name=$1 port=$2 pid=${3:-} before=0 after=0
    [[ -z $pid ]] || before=$(ticks "$pid")
    wrk -t1 -c"$connections" -d"${seconds}s" --latency "${headers[@]}" "http://127.0.0.1:$port$path" >"$place/wrk"
    [[ -z $pid ]] || after=$(ticks "$pid")
    awk -v name="$name" -v spent=$(((after - before) * 1000000 / $(getconf CLK_TCK))) '
        /requests in/ { requests = $1 }
        /Requests\/sec/ { rate = $2 }
        /50%|99%/ { latency = latency " p" $1 " " $2 }
        /Non-2xx|Socket errors/ { errors = errors " " $0 }
        END { printf "%-10s %8.0f req/s  %6.1f us CPU/req %s%s\n", name, rate, spent / requests, latency, errors }
    ' "$place/wrk" | tee -a "$place/results"
}

measure upstream "$upstream_port"
for _ in 1 2 3; do
    measure nginx "$nginx_port" "$nginx"
    measure coffee "$coffee_port" "$gateway"
done
awk '{ sum[$1] += $2; cpu[$1] += $4; n[$1]++ }
     END { printf "throughput coffee / nginx: %.2f   CPU per request coffee / nginx: %.2f\n",
           sum["coffee"] / sum["nginx"], cpu["coffee"] / cpu["nginx"] }' "$place/results"
