# shellcheck shell=bash disable=SC2154 # dev defines root, mode
# ./dev bench: measurements beside a baseline on the same machine, in a release build.

bench_groups=(gateway events collections campaigns search build)

# bench [GROUP] [--json FILE] [ARGS]: ARGS go to the group's program.
cmd_bench() {
    local group=gateway
    if [[ ${1:-} == [a-z]* ]]; then
        group=$1
        shift
    fi
    [[ " ${bench_groups[*]} " == *" $group "* ]] || die "unknown group: $group (${bench_groups[*]})"
    if [[ $group == build ]]; then
        bench_build
        return
    fi
    local -a arguments=()
    while (($#)); do
        case $1 in
            --json)
                # Commands run in the root of the working copy; the file is meant from the caller's folder.
                [[ ${2:?--json FILE} == /* ]] || set -- "$1" "$OLDPWD/$2" "${@:3}"
                arguments+=("$1" "$2")
                shift 2
                ;;
            *)
                arguments+=("$1")
                shift
                ;;
        esac
    done
    # shellcheck disable=SC2034 # environment.sh exports it
    mode='test'
    lock
    prepare
    claim_ports
    install_toolchain
    # Where nginx is, for the bench too: an ordinary user's PATH does not lead there.
    export PATH=$PATH:/usr/sbin
    [[ $group != gateway ]] || command -v nginx >/dev/null || install_packages nginx-light
    start_stores
    unlock
    cargo build --release --locked --bench "$group"
    [[ " collections campaigns search " != *" $group "* ]] || start_embedded_clickhouse "$(target_dir)/release/coffee"
    # What the build wrote must not be written to the disk while something is measured.
    sync
    if [[ $group == events || $group == campaigns ]]; then
        # What a commit costs is part of the measurement.
        durable_postgres on
        trap 'durable_postgres off' EXIT
    fi
    cargo bench --locked --bench "$group" -- "${arguments[@]}"
}

# How long a change takes until it runs: incremental builds, and the fastest useful test.
bench_build() {
    local -a load
    prepare
    install_toolchain
    read -ra load </proc/loadavg
    say "load ${load[0]} on $(nproc) processors: on a machine that is not idle only processor time counts"
    cargo build --quiet --locked
    cargo test --quiet --locked --lib core::rows >/dev/null
    echo "worst of three        seconds   processor time"
    worst_build "a file of a module" src/modules/collection_group/service.rs build
    worst_build "a file of core" src/core/rows.rs build
    worst_build "one test of lib" src/core/rows.rs 'test' --lib core::rows
}

# worst_build TITLE FILE COMMAND...: cargo COMMAND after FILE was touched.
worst_build() {
    local title=$1 file=$2 times
    shift 2
    local TIMEFORMAT='%R %U %S'
    times=$(for _ in 1 2 3; do
        touch "$file"
        { time cargo "$@" --quiet --locked >/dev/null 2>&1; } 2>&1
    done)
    awk -v title="$title" '
        $1 > real { real = $1; busy = $2 + $3 }
        END { printf "%-20s %8.1f %16.1f\n", title, real, busy }' <<<"$times"
}
