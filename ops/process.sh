# shellcheck shell=bash disable=SC2154 # dev defines root, run, logs, dev, outside
# Messages, the lock of this working copy, and the processes that outlive a command.
#
# A pid file holds the pid and its start time, written by the process itself just before it becomes the
# store: a file left by a crash or a reboot never names a stranger.

# Progress goes to standard error: standard output belongs to the answer of a command.
say() { printf '%s\n' "· $*" >&2; }

die() {
    printf '%s\n' "./dev: $*" >&2
    exit 1
}

# One command at a time changes the stores of a working copy.
lock() {
    mkdir -p "$dev"
    exec 9>"$dev/lock"
    flock -n 9 && return
    say "waiting for another ./dev in this working copy"
    flock -w 1800 9 || die "another ./dev holds $dev/lock"
}

unlock() { exec 9>&-; }

# Prints the pid of NAME; fails when it is not running.
pid_of() {
    local pid start stat
    local -a field
    { read -r pid start <"$run/$1.pid"; } 2>/dev/null || return 1
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
    read -ra field <<<"${stat##*) }"
    [[ ${field[0]} != Z && ${field[19]} == "$start" ]] && echo "$pid"
}

running() { pid_of "$1" >/dev/null; }

# spawn NAME DIRECTORY COMMAND...: starts COMMAND in its own session, output in .dev/log/NAME.log.
spawn() {
    local name=$1 directory=$2 log=$logs/$1.log
    shift 2
    [[ ! -s $log ]] || mv -f "$log" "$log.1"
    rm -f "$run/$name.pid"
    (
        cd "$directory" || exit
        ulimit -Sn 65536 2>/dev/null || true
        # shellcheck disable=SC2016 # expanded by the new process
        exec setsid bash -c 'read -r s </proc/$$/stat; s=(${s##*) }); echo "$$ ${s[19]}" >"$0"; exec "$@"' \
            "$run/$name.pid" "$@"
    ) </dev/null >"$log" 2>&1 9>&- &
    until_true 5 test -s "$run/$name.pid" || die "$name could not be started, see $log"
}

# until_true SECONDS COMMAND...: polls COMMAND until it succeeds; fails at the deadline.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# ready NAME SECONDS COMMAND...: waits for COMMAND to succeed while NAME runs, else shows NAME's log.
ready() {
    local name=$1 seconds=$2
    shift 2
    until_true "$seconds" stopped_or "$name" "$@"
    if running "$name" && "$@" >/dev/null 2>&1; then return; fi
    printf '%s\n' "--- last lines of $logs/$name.log" >&2
    tail -n 20 "$logs/$name.log" >&2 || true
    if running "$name"; then die "$name is not ready after $seconds s"; fi
    die "$name stopped while starting"
}

stopped_or() {
    running "$1" || return 0
    "${@:2}"
}

gone() { ! running "$1"; }

# stop NAME SIGNAL SECONDS: by pid, by force after SECONDS, with whatever it left behind.
stop() {
    local pid
    if pid=$(pid_of "$1"); then
        kill -s "$2" "$pid" 2>/dev/null || true
        if ! until_true "$3" gone "$1"; then
            say "$1 did not stop within $3 s and is killed"
            kill -KILL "$pid" 2>/dev/null || true
            until_true 5 gone "$1" || true
        fi
    fi
    sweep "$1"
    rm -f "$run/$1.pid"
}

# Pids of the programs that work in the folder of NAME, found without a pid file; a deleted folder counts.
strays() {
    local directory pid program
    local -a inside=(-false)
    case $1 in
        coffee) inside+=(-o -lname "$root" -o -lname "$root (deleted)") ;;
        *)
            for directory in "$dev/$1" "$outside/$1"; do
                inside+=(-o -lname "$directory" -o -lname "$directory/*" -o -lname "$directory (deleted)")
            done
            ;;
    esac
    find /proc -mindepth 2 -maxdepth 2 -path '/proc/[0-9]*/cwd' \( "${inside[@]}" \) -printf '%h\n' 2>/dev/null | while IFS=/ read -r _ _ pid; do
        program=$(readlink "/proc/$pid/exe" 2>/dev/null) || continue
        program=${program##*/}
        case "$1 ${program% (deleted)}" in
            "postgres postgres" | "redis redis-"* | "clickhouse "clickhouse* | "clickhouse coffee" | "s3 s3s-fs-"*) echo "$pid" ;;
            "rabbitmq "beam.smp | "rabbitmq "epmd | "rabbitmq "erl_child_setup | "rabbitmq "inet_gethost) echo "$pid" ;;
            "coffee coffee") ! is_background_server "$pid" || echo "$pid" ;;
        esac
    done
}

# The server that spawn started leads its session; one started by hand in a terminal does not.
is_background_server() {
    local stat
    local -a field
    [[ $(tr '\0' ' ' <"/proc/$1/cmdline") == *"/coffee serve " ]] || return 1
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra field <<<"${stat##*) }"
    [[ ${field[3]} == "$1" ]]
}

no_strays() { [[ -z $(strays "$1") ]]; }

# Ends what a killed store or a lost pid file left running.
sweep() {
    if no_strays "$1"; then return; fi
    strays "$1" | xargs -r kill -TERM 2>/dev/null || true
    until_true 5 no_strays "$1" && return
    strays "$1" | xargs -r kill -KILL 2>/dev/null || true
    until_true 5 no_strays "$1" || die "processes of an earlier $1 cannot be stopped: $(strays "$1" | xargs)"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# HTTP to a loopback address, whatever proxy the environment names.
http() { curl -sS --noproxy '*' --max-time 30 "$@"; }
