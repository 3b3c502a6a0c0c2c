# shellcheck shell=bash disable=SC2154 # dev defines root, mode
# ./dev bench: measurements beside a baseline on the same machine, in a release build.

bench_groups=(gateway events)

# bench [GROUP] [--json FILE] [ARGS]: ARGS go to the group's program.
cmd_bench() {
    local group=gateway
    if [[ ${1:-} == [a-z]* ]]; then
        group=$1
        shift
    fi
    [[ " ${bench_groups[*]} " == *" $group "* ]] || die "unknown group: $group (${bench_groups[*]})"
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
    # What the build wrote must not be written to the disk while something is measured.
    sync
    if [[ $group == events ]]; then
        # What a commit costs is part of the measurement.
        durable_postgres on
        trap 'durable_postgres off' EXIT
    fi
    cargo bench --locked --bench "$group" -- "${arguments[@]}"
}
