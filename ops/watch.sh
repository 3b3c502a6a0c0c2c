# shellcheck shell=bash disable=SC2154 # dev defines root
# ./dev watch: builds and reruns after every change of the working copy.

# Folders in which commands write themselves.
unwatched='^\./(target|\.dev|\.git|data)(/|$)|~$|\.sw.$|/\.#'

# watch: the server of ./dev up. watch test ARGS: ./dev test ARGS.
cmd_watch() {
    local -a again=("$root/dev" up)
    local file watcher
    case ${1:-} in
        '') ;;
        test) again=("$root/dev" "$@") ;;
        *) die "unknown argument: $1 (./dev watch, ./dev watch test ARGS)" ;;
    esac
    prepare
    install_listed < <(missing_watch_packages)
    # It listens while something runs, so that no change is missed.
    exec 3< <(exec inotifywait -m -q -r -e close_write,move,delete --exclude "$unwatched" --format '%w%f' . 9>&-)
    watcher=$!
    # shellcheck disable=SC2064 # this watcher
    trap "kill $watcher 2>/dev/null || true" EXIT
    while true; do
        if "${again[@]}" 3<&-; then say "done; waiting for a change"; else say "failed; waiting for a change"; fi
        read -r -u 3 file || die "inotifywait ended"
        # An editor saves several files, and a formatter one of them twice.
        while read -r -t 0.3 -u 3; do :; done
        say "changed: ${file#./}"
    done
}
