# shellcheck shell=bash disable=SC2154 # dev defines dev, run, logs, port, mode
# Ports, folders, secrets and the configuration that every command hands to coffee.

declare -A fixed=()
stores=(postgres redis rabbitmq clickhouse s3)

# Environment before .dev/ports before the default.
load_ports() {
    local name value variable
    if [[ -f $dev/ports ]]; then
        while read -r name value; do port["$name"]=$value; done <"$dev/ports"
    fi
    for name in "${!port[@]}"; do
        variable=DEV_PORT_${name^^}
        [[ -n ${!variable:-} ]] || continue
        port["$name"]=${!variable}
        fixed["$name"]=yes
    done
}

# Settles the ports of the stores that are about to start.
claim_ports() {
    local name previous settled
    if docker_chosen; then
        ! native_stores_running || stop_stores
        return
    fi
    [[ ! -f $run/docker ]] || stop_stores
    previous=$(cat "$dev/ports" 2>/dev/null || true)
    settled=$(print_ports)
    # Stores that run on other ports than the ones asked for now have to move.
    if [[ -n $previous && $previous != "$settled" ]] && native_stores_running; then stop_stores; fi
    for name in "${stores[@]}"; do
        if running "$name"; then continue; fi
        sweep "$name"
        [[ $name == clickhouse && -n $own_clickhouse ]] || claim_port "$name"
        if [[ $name == rabbitmq ]]; then
            running epmd || claim_port epmd
            claim_port rabbitmq_dist
        fi
    done
    print_ports >"$dev/ports"
    export_environment
}

claim_port() {
    while listening "${port[$1]}"; do
        [[ -z ${fixed[$1]:-} ]] || die "port ${port[$1]} is taken: set DEV_PORT_${1^^} to a free one"
        port[$1]=$((port[$1] + 1))
    done
}

print_ports() {
    local name
    for name in postgres redis rabbitmq rabbitmq_dist epmd clickhouse s3; do echo "$name ${port[$name]}"; done
}

stores_running() { native_stores_running || [[ -f $run/docker ]]; }

native_stores_running() {
    local name
    for name in "${stores[@]}"; do
        if running "$name"; then return; fi
    done
    return 1
}

# Folders and secrets; the unprivileged account of PostgreSQL passes through .dev.
prepare() {
    mkdir -p "$run" "$logs" "$dev/secrets" "$dev/lib" "$dev/bin"
    chmod 755 "$dev"
    chmod 700 "$dev/secrets"
    secret hmac >/dev/null
    export_environment
}

# Prints secret NAME: 32 random bytes in base64, made once.
secret() {
    local file=$dev/secrets/$1
    if [[ ! -s $file ]]; then
        (umask 077 && head -c 32 /dev/urandom | base64 -w 0 >"$file.new" && mv -f "$file.new" "$file")
    fi
    cat "$file"
}

# ClickHouse of your own, noted before the variable is overwritten below.
own_clickhouse=${COFFEE__CLICKHOUSE__URL:-}

export_environment() {
    export COFFEE__ENV=$mode
    export COFFEE__SERVER__PORT=${port[api]}
    export COFFEE__OPERATIONS__PORT=${port[ops]}
    export COFFEE__POSTGRES__URL=postgres://coffee:coffee@127.0.0.1:${port[postgres]}/coffee
    export COFFEE__POSTGRES__OWNER_URL=postgres://coffee_owner:coffee_owner@127.0.0.1:${port[postgres]}/coffee
    export COFFEE__CLICKHOUSE__URL=${own_clickhouse:-http://127.0.0.1:${port[clickhouse]}}
    export COFFEE__CLICKHOUSE__DATABASE=${COFFEE__CLICKHOUSE__DATABASE:-coffee}
    export COFFEE__REDIS__ADDRESSES=127.0.0.1:${port[redis]}
    export COFFEE__AMQP__URL=amqp://coffee:coffee@127.0.0.1:${port[rabbitmq]}/%2f
    if [[ -s $dev/secrets/hmac ]]; then
        COFFEE__AUTH__HMAC_SECRET=$(<"$dev/secrets/hmac")
        export COFFEE__AUTH__HMAC_SECRET
    fi
}
