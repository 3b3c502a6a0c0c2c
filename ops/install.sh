# shellcheck shell=bash disable=SC2154 # dev defines dev, logs
# Programs from the distribution. Nothing that is installed here is started or enabled as a service.

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Rust is the one thing that has to be there; a linker, curl and kill can be installed.
install_toolchain() {
    command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs"
    local -a packages=()
    command -v cc >/dev/null || packages+=(gcc libc6-dev pkg-config)
    command -v curl >/dev/null || packages+=(curl ca-certificates)
    # Tests run the program, not the shell's own kill.
    type -P kill >/dev/null || packages+=(procps)
    # The background job that installs the stores cannot ask for a password.
    if ((EUID != 0)) && [[ -t 0 && -n ${packages[*]}$(missing_packages) ]]; then sudo -v; fi
    ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

# Packages of the stores whose programs are not here.
missing_packages() {
    if docker_chosen; then return; fi
    postgres_bin >/dev/null || echo postgresql
    command -v redis-server >/dev/null || echo redis-server
    rabbitmq_script >/dev/null || echo rabbitmq-server
}

# The same for programs that tests run themselves, wherever the stores are.
missing_test_packages() {
    command -v redis-server >/dev/null || echo redis-server
    command -v pg_dump >/dev/null || echo postgresql-client
    [[ -x /usr/sbin/pgbouncer ]] || echo pgbouncer
}

# The same for programs that look at the code.
missing_check_packages() {
    command -v shellcheck >/dev/null || echo shellcheck
}

# The same for the program that says which files change.
missing_watch_packages() {
    command -v inotifywait >/dev/null || echo inotify-tools
}

# Installs the packages whose names come in, one a line, if any do.
install_listed() {
    local -a packages
    mapfile -t packages
    ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

# install_packages NAME...: apt-get, with fresh lists when the present ones do not do.
install_packages() {
    command -v apt-get >/dev/null ||
        die "missing: $* (install them, or use DEV_DOCKER=1; only apt-get is known here)"
    ((EUID == 0)) || command -v sudo >/dev/null || die "missing: $* (needs root or sudo)"
    say "installing $*"
    (
        policy=/usr/sbin/policy-rc.d
        mark='# coffee: no service starts while packages are installed'
        if [[ ! -e $policy ]] || grep -qxF "$mark" "$policy"; then
            trap 'as_root rm -f "$policy"' EXIT
            printf '#!/bin/sh\n%s\nexit 101\n' "$mark" | as_root tee "$policy" >/dev/null
            as_root chmod 755 "$policy"
        fi
        apt_install "$@" || {
            as_root dpkg --configure -a || true
            as_root apt-get update -q && apt_install "$@"
        }
    ) >"$logs/install.log" 2>&1 </dev/null 9>&- || {
        tail -n 20 "$logs/install.log" >&2
        die "could not install $*, see $logs/install.log"
    }
    disable_services "$@"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
        -o DPkg::Lock::Timeout=600 "$@"
}

# The next boot does not start them either: they were installed for their programs alone.
disable_services() {
    local name
    [[ -d /run/systemd/system ]] || return 0
    for name in "${@/nginx-light/nginx}"; do
        case $name in
            postgresql | redis-server | rabbitmq-server | nginx | pgbouncer)
                as_root systemctl disable --quiet "$name" 2>/dev/null || true
                ;;
        esac
    done
}

# Prints the folder of what all working copies of this user share.
cache_folder() {
    local cache=${XDG_CACHE_HOME:-${HOME:-$dev}/.cache}/coffee-dev
    mkdir -p "$cache" 2>/dev/null || cache=$dev/lib
    echo "$cache"
}

# Path of a client program that may live in PostgreSQL's own folder.
client_program() {
    command -v "$1" || { postgres_bin >/dev/null && echo "$(postgres_bin)/$1"; } ||
        die "$1 is missing: ./dev up installs it"
}
