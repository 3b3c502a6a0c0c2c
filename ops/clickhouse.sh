# shellcheck shell=bash disable=SC2154 # dev and environment.sh define dev, run, logs, port, own_clickhouse
# ClickHouse: a server of your own, a clickhouse program, or the embedded engine inside coffee.

chdb_version=26.5.3
library=$dev/lib/libchdb.so

# Prints where ClickHouse comes from: own, docker, program, embedded; fails while nothing is there.
clickhouse_kind() {
    if [[ -n $own_clickhouse ]]; then
        echo own
    elif docker_chosen; then
        echo docker
    elif clickhouse_program >/dev/null; then
        echo program
    elif [[ -e $library ]]; then
        echo embedded
    else
        return 1
    fi
}

# Path of a clickhouse program of version 25 or newer.
clickhouse_program() {
    local program version
    for program in "$(command -v clickhouse || true)" "$dev/bin/clickhouse"; do
        [[ -x $program ]] || continue
        version=$("$program" server --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1) || continue
        ((version >= 25)) || continue
        echo "$program"
        return
    done
    return 1
}

clickhouse_answers() { [[ $(http --max-time 2 "$COFFEE__CLICKHOUSE__URL/ping") == Ok. ]]; }

# What can be done before coffee is built: the embedded engine starts in start_embedded_clickhouse.
start_clickhouse() {
    clickhouse_kind >/dev/null || fetch_clickhouse_program || fetch_clickhouse_library ||
        die "no ClickHouse: put a clickhouse program into $dev/bin, set COFFEE__CLICKHOUSE__URL, or use DEV_DOCKER=1"
    case $(clickhouse_kind) in
        own)
            until_true 10 clickhouse_answers || die "no ClickHouse answers at $COFFEE__CLICKHOUSE__URL"
            ;;
        program)
            # The embedded engine gives way to a program that has appeared since.
            [[ ! -f $run/clickhouse.embedded ]] || stop clickhouse TERM 30
            rm -f "$run/clickhouse.embedded"
            running clickhouse || launch_clickhouse_program "$(clickhouse_program)"
            ready clickhouse 60 clickhouse_answers
            say "ClickHouse is ready on 127.0.0.1:${port[clickhouse]}"
            ;;
        *) ;;
    esac
}

launch_clickhouse_program() {
    local folder=$dev/clickhouse
    [[ -d $folder/server ]] || rm -f "$folder/demo"
    mkdir -p "$folder/server"
    cat >"$folder/config.xml" <<XML
<clickhouse>
    <logger><level>warning</level><console>true</console></logger>
    <listen_host>127.0.0.1</listen_host>
    <http_port>${port[clickhouse]}</http_port>
    <path>$folder/server/</path>
    <tmp_path>$folder/server/tmp/</tmp_path>
    <user_files_path>$folder/server/user_files/</user_files_path>
    <format_schema_path>$folder/server/format_schemas/</format_schema_path>
    <mark_cache_size>268435456</mark_cache_size>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users>
        <default>
            <password/>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </default>
    </users>
</clickhouse>
XML
    spawn clickhouse "$folder" "$1" server --config-file="$folder/config.xml"
}

# start_embedded_clickhouse BINARY [restart]: with restart, an engine of an older build is replaced.
start_embedded_clickhouse() {
    [[ $(clickhouse_kind) == embedded ]] || return 0
    export COFFEE_TEST_LIBCHDB=$library
    if running clickhouse && [[ ${2:-} == restart && ! "/proc/$(pid_of clickhouse)/exe" -ef $1 ]]; then
        stop clickhouse TERM 30
    fi
    running clickhouse || launch_embedded_clickhouse "$1"
    ready clickhouse 60 clickhouse_answers
    say "ClickHouse (embedded engine) is ready on 127.0.0.1:${port[clickhouse]}"
}

launch_embedded_clickhouse() {
    [[ -d $dev/clickhouse/data ]] || rm -f "$dev/clickhouse/demo"
    mkdir -p "$dev/clickhouse/data"
    touch "$run/clickhouse.embedded"
    spawn clickhouse "$dev/clickhouse" "$1" clickhouse --path "$dev/clickhouse/data" \
        --listen "127.0.0.1:${port[clickhouse]}" --library "$library"
}

# The project's own installer leaves one file, clickhouse, in the current folder. One quick attempt.
fetch_clickhouse_program() {
    local work=$dev/tmp/clickhouse
    rm -rf "$work"
    mkdir -p "$work"
    curl -fsSL --connect-timeout 4 --max-time 15 -o "$work/install" https://clickhouse.com/ 2>/dev/null || return 1
    [[ $(head -c 2 "$work/install") == '#!' ]] || return 1
    say "downloading ClickHouse"
    (cd "$work" && timeout 600 sh ./install) >"$logs/clickhouse-install.log" 2>&1 </dev/null 9>&- || return 1
    [[ -x $work/clickhouse ]] || return 1
    mv -f "$work/clickhouse" "$dev/bin/clickhouse"
    clickhouse_program >/dev/null
}

# The embedded engine's library, kept for all working copies in the user's cache.
fetch_clickhouse_library() {
    local arch cache kept
    case $(uname -m) in
        x86_64) arch=x64 ;;
        aarch64) arch=arm64 ;;
        *) return 1 ;;
    esac
    cache=$(cache_folder)
    kept=$cache/libchdb-$chdb_version-$arch.so
    # Working copies that start at the same time share one download.
    (
        flock -w 1200 8 || exit
        [[ -s $kept ]] || download_library "@chdb/lib-linux-$arch-gnu@$chdb_version" "$kept" "$cache/part"
    ) 8>"$cache/lock" || return 1
    ln -sfn "$kept" "$library"
}

# download_library PACKAGE FILE WORK: WORK is a folder on the file system of FILE, so the last step is atomic.
download_library() {
    command -v npm >/dev/null || (install_packages npm) || return 1
    say "downloading the embedded ClickHouse engine (about 170 MB)"
    rm -rf "$3"
    mkdir -p "$3"
    if (cd "$3" && timeout 900 npm pack --silent "$1" && tar -xzf ./*.tgz package/libchdb.so) \
        >"$logs/chdb.log" 2>&1 </dev/null 8>&- 9>&- && mv -f "$3/package/libchdb.so" "$2"; then
        rm -rf "$3"
        return
    fi
    tail -n 20 "$logs/chdb.log" >&2
    return 1
}

clickhouse_query() {
    http --max-time 600 --fail-with-body --data-binary @- \
        -H "X-ClickHouse-User: ${COFFEE__CLICKHOUSE__USER:-default}" \
        -H "X-ClickHouse-Key: ${COFFEE__CLICKHOUSE__PASSWORD:-}" \
        "$COFFEE__CLICKHOUSE__URL/?database=$COFFEE__CLICKHOUSE__DATABASE&default_format=PrettyCompact"
}

cmd_clickhouse() {
    local line
    clickhouse_answers || die "no ClickHouse answers at $COFFEE__CLICKHOUSE__URL: ./dev up"
    if (($#)); then
        clickhouse_query <<<"$*"
    elif [[ -t 0 ]]; then
        while read -r -e -p 'clickhouse> ' line; do
            [[ -z $line ]] || clickhouse_query <<<"${line%;}" || true
        done
    else
        clickhouse_query
    fi
}
