# shellcheck shell=bash disable=SC2154 # dev defines root, dev, run, logs, port, instance, outside
# The private PostgreSQL, Redis and RabbitMQ under .dev/, or their containers.

docker_chosen() {
    [[ ${DEV_DOCKER:-} == 1 ]] || return 1
    docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1
}

compose() {
    local name
    for name in "${!port[@]}"; do export "DEV_PORT_${name^^}=${port[$name]}"; done
    docker compose --project-name "$instance" --file "$root/compose.yaml" "$@"
}

# Installs what is missing and starts every store that needs no binary of ours, side by side.
start_stores() {
    local name failed=''
    local -a jobs=()
    if docker_chosen; then
        say "starting the stores by Docker Compose"
        compose up --detach --wait postgres clickhouse redis rabbitmq </dev/null 9>&-
        touch "$run/docker"
        return
    fi
    [[ ${DEV_DOCKER:-} != 1 ]] || say "no Docker engine with Compose answers: native stores instead"
    install_listed < <(missing_packages)
    for name in "${stores[@]}"; do
        "start_$name" &
        jobs+=($!)
    done
    for name in "${jobs[@]}"; do wait "$name" || failed=yes; done
    [[ -z $failed ]]
}

stop_stores() {
    local -a jobs=()
    local name
    if [[ -f $run/docker ]]; then
        compose down && rm -f "$run/docker"
    fi
    stop postgres INT 20 & jobs+=($!)
    stop redis TERM 10 & jobs+=($!)
    stop clickhouse TERM 30 & jobs+=($!)
    stop s3 TERM 10 & jobs+=($!)
    (stop rabbitmq TERM 30 && stop epmd TERM 5) & jobs+=($!)
    for name in "${jobs[@]}"; do wait "$name" || die "a store could not be stopped"; done
}

wipe_stores() {
    local name
    if docker_chosen; then compose down --volumes; fi
    for name in "${stores[@]}"; do
        rm -rf "${dev:?}/$name"
    done
    rm -rf "${outside:?}"
    rm -rf "$run" "$logs" "$dev/ports" "$dev/profile"
}

# ---- PostgreSQL -------------------------------------------------------------------------------------

# Folder of the server programs: the version that made the data, else the newest.
postgres_bin() {
    local version='*' found
    [[ ! -s $dev/postgres/data/PG_VERSION ]] || version=$(<"$dev/postgres/data/PG_VERSION")
    # shellcheck disable=SC2086 # the star stands for every version
    found=$(printf '%s\n' /usr/lib/postgresql/$version/bin/initdb | sort -V | tail -n 1)
    [[ -x $found ]] || found=$(command -v initdb) || return 1
    dirname "$(readlink -f "$found")"
}

# PostgreSQL refuses root: the words that run a command as its account, one a line.
postgres_identity() {
    printf '%s\n' setpriv --reuid="$(postgres_account)" --regid="$(id -g "$(postgres_account)")" --clear-groups --
}

as_postgres() {
    local -a identity=()
    if ((EUID == 0)); then mapfile -t identity < <(postgres_identity); fi
    "${identity[@]}" "$@"
}

postgres_account() {
    local account=postgres
    id "$account" >/dev/null 2>&1 || account=coffee-dev
    id "$account" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$account"
    echo "$account"
}

# Prints the folder of PostgreSQL: .dev/postgres, or what it links to because the account that runs it
# cannot reach this working copy.
prepare_postgres_folder() {
    local folder=$dev/postgres
    [[ ! -L $folder ]] || mkdir -p "$(readlink "$folder")"
    mkdir -p "$folder"
    protect_postgres_folder "$folder/."
    if ((EUID == 0)) && ! as_postgres test -w "$folder/."; then
        rmdir "$folder"
        # Without the link and the secrets that went with it, older data there is of no use.
        rm -rf "${outside:?}/postgres"
        mkdir -p "$outside/postgres"
        ln -s "$outside/postgres" "$folder"
        protect_postgres_folder "$folder/."
    fi
    readlink -f "$folder"
}

protect_postgres_folder() {
    chmod 700 "$1"
    ((EUID != 0)) || chown "$(postgres_account)" "$1"
}

# create_postgres BIN HOME: initdb into a folder beside, so that half a cluster is never taken for one.
create_postgres() {
    local bin=$1 home=$2 major
    major=$("$bin/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    ((major >= 15)) || die "PostgreSQL $major is too old: 15 or newer is needed (or DEV_DOCKER=1)"
    rm -rf "$home/data.new" "$home/demo"
    (umask 077 && secret postgres >"$home/password")
    ((EUID != 0)) || chown "$(postgres_account)" "$home/password"
    (cd "$home" && as_postgres "$bin/initdb" --pgdata=data.new --username=postgres --pwfile=password \
        --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --no-sync) >"$logs/initdb.log" 2>&1 </dev/null || {
        tail -n 20 "$logs/initdb.log" >&2
        die "initdb failed, see $logs/initdb.log"
    }
    rm -f "$home/password"
    # The passwords of our own roles are public: checking them costs time and protects nothing.
    cat >"$home/data.new/pg_hba.conf" <<HBA
host all coffee,coffee_owner 127.0.0.1/32 trust
host all all                 127.0.0.1/32 scram-sha-256
HBA
    mv "$home/data.new" "$home/data"
}

start_postgres() {
    local bin
    bin=$(postgres_bin) || die "no PostgreSQL programs fit the data in .dev/postgres: ./dev reset"
    running postgres || launch_postgres "$bin"
    ready postgres 60 "$bin/pg_isready" -q -h 127.0.0.1 -p "${port[postgres]}"
    PGPASSWORD=$(secret postgres) "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "${port[postgres]}" \
        -U postgres -d postgres -f "$root/ops/roles.sql" >/dev/null </dev/null ||
        die "the roles of PostgreSQL could not be created"
    durable_postgres off
    say "PostgreSQL is ready on 127.0.0.1:${port[postgres]}"
}

# durable_postgres on|off. Off while developing: a crash of the machine may cost the data, which ./dev up
# makes again.
durable_postgres() {
    local setting
    for setting in fsync full_page_writes synchronous_commit; do
        echo "ALTER SYSTEM SET $setting = $1;"
    done | PGPASSWORD=$(secret postgres) "$(client_program psql)" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 \
        -p "${port[postgres]}" -U postgres -d postgres -f - -c 'SELECT pg_reload_conf()' >/dev/null ||
        die "PostgreSQL could not be made durable=$1"
}

launch_postgres() {
    local bin=$1 home
    local -a identity=()
    home=$(prepare_postgres_folder)
    [[ -s $home/data/PG_VERSION ]] || create_postgres "$bin" "$home"
    # No process of this folder is left (claim_ports looked), so a pid file in it is stale.
    rm -f "$home/data/postmaster.pid"
    if ((EUID == 0)); then mapfile -t identity < <(postgres_identity); fi
    spawn postgres "$home" "${identity[@]}" "$bin/postgres" -D "$home/data" \
        -c listen_addresses=127.0.0.1 -c port="${port[postgres]}" -c unix_socket_directories= \
        -c max_connections=300 -c shared_buffers=256MB -c timezone=UTC -c log_timezone=UTC
}

# ---- Redis ------------------------------------------------------------------------------------------

start_redis() {
    running redis || launch_redis
    ready redis 20 redis_answers
    say "Redis is ready on 127.0.0.1:${port[redis]}"
}

launch_redis() {
    mkdir -p "$dev/redis"
    cat >"$dev/redis/redis.conf" <<CONF
bind 127.0.0.1
port ${port[redis]}
dir $dev/redis
save ""
appendonly no
notify-keyspace-events ""
CONF
    spawn redis "$dev/redis" redis-server "$dev/redis/redis.conf"
}

redis_answers() { [[ $(redis-cli -h 127.0.0.1 -p "${port[redis]}" ping) == PONG ]]; }

# ---- RabbitMQ ---------------------------------------------------------------------------------------

# The server script itself: the distribution's wrapper insists on the account of the service.
rabbitmq_script() {
    local script
    for script in /usr/lib/rabbitmq/bin/rabbitmq-server /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server; do
        if [[ -x $script ]]; then
            echo "$script"
            return
        fi
    done
    return 1
}

start_rabbitmq() {
    local fresh=''
    running rabbitmq || { launch_rabbitmq "$dev/rabbitmq" && fresh=yes; }
    ready rabbitmq 120 listening "${port[rabbitmq]}"
    # The distribution's broker keeps waiting messages in memory and is busy collecting garbage; those
    # since 3.12 do not.
    [[ -z $fresh ]] || rabbitmq_control set_policy lazy '.*' '{"queue-mode":"lazy"}' --apply-to queues
    say "RabbitMQ is ready on 127.0.0.1:${port[rabbitmq]}"
}

# Runs rabbitmqctl against the broker of this working copy.
rabbitmq_control() {
    local home=$dev/rabbitmq tool
    tool=$(dirname "$(rabbitmq_script)")/rabbitmqctl
    env HOME="$home" ERL_EPMD_PORT="${port[epmd]}" RABBITMQ_CONF_ENV_FILE="$home/rabbitmq-env.conf" \
        "$tool" --quiet --node "$instance@localhost" "$@" >>"$logs/rabbitmqctl.log" 2>&1 ||
        die "rabbitmqctl $1 failed: see .dev/log/rabbitmqctl.log"
}

launch_rabbitmq() {
    local home=$1
    mkdir -p "$home/mnesia" "$home/log"
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:${port[rabbitmq]}
default_user = coffee
default_pass = coffee
disk_free_limit.absolute = 50MB
log.console = true
log.console.level = info
log.file = false
CONF
    echo '[].' >"$home/advanced.config"
    echo '[].' >"$home/enabled_plugins"
    : >"$home/rabbitmq-env.conf"
    export HOME=$home ERL_EPMD_PORT=${port[epmd]} ERL_EPMD_ADDRESS=127.0.0.1
    if ! running epmd; then
        spawn epmd "$home" epmd -port "${port[epmd]}" -address 127.0.0.1
        ready epmd 10 listening "${port[epmd]}"
    fi
    # Allowing input lets the script become the Erlang machine, so its pid is the broker's.
    spawn rabbitmq "$home" env RABBITMQ_NODENAME="$instance@localhost" RABBITMQ_ALLOW_INPUT=true \
        RABBITMQ_DIST_PORT="${port[rabbitmq_dist]}" RABBITMQ_CONF_ENV_FILE="$home/rabbitmq-env.conf" \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_MNESIA_BASE="$home/mnesia" \
        RABBITMQ_LOG_BASE="$home/log" RABBITMQ_PID_FILE="$home/pid" \
        RABBITMQ_GENERATED_CONFIG_DIR="$home/config" RABBITMQ_SCHEMA_DIR="$home/schema" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-noinput -kernel inet_dist_use_interface {127,0,0,1}' \
        "$(rabbitmq_script)"
}
