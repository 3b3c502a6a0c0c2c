# shellcheck shell=bash disable=SC2154 # dev and the other parts define dev, run, logs, port, mode
# The S3 server that tests store files in and have ClickHouse read reports from: s3s-fs, over a folder. Only
# tests start it, and not with DEV_DOCKER=1: a ClickHouse in a container could not reach it.

s3s_version=0.14.1

start_s3() {
    local program
    [[ $mode == 'test' ]] || return 0
    program=$(s3_program) || die "the S3 server could not be built, see $logs/s3-install.log"
    running s3 || launch_s3 "$program"
    ready s3 20 listening "${port[s3]}"
    say "S3 is ready on 127.0.0.1:${port[s3]}"
}

# What an earlier run left behind is of no use.
launch_s3() {
    rm -rf "${dev:?}/s3"
    mkdir -p "$dev"/s3/data/{coffee-files,golden-reports}
    spawn s3 "$dev/s3" env RUST_LOG=error "$1" --host 127.0.0.1 --port "${port[s3]}" \
        --access-key key --secret-key secret "$dev/s3/data"
}

# Tests skip what needs the server where nothing says that it is there.
export_s3() {
    ! running s3 || export COFFEE_TEST_S3_URL=http://127.0.0.1:${port[s3]}
}

# Prints the path of the server, built once for all working copies.
s3_program() {
    local cache kept
    cache=$(cache_folder)
    kept=$cache/s3s-fs-$s3s_version-$(uname -m)
    # Working copies that start at the same time share one build.
    (
        flock -w 1200 8 || exit
        [[ -x $kept ]] || build_s3 "$kept" "$cache/s3-part"
    ) 8>"$cache/s3-lock" || return 1
    echo "$kept"
}

# build_s3 FILE WORK: WORK is a folder on the file system of FILE, so the last step is atomic.
build_s3() {
    say "building the S3 server of the tests"
    rm -rf "$2"
    mkdir -p "$2"
    if (
        cd "$2" || exit
        CARGO_TARGET_DIR=$2/target CARGO_PROFILE_DEV_DEBUG=0 cargo install s3s-fs --version "=$s3s_version" \
            --locked --features binary --debug --no-track --root "$2"
    ) >"$logs/s3-install.log" 2>&1 </dev/null 8>&- 9>&- && mv -f "$2/bin/s3s-fs" "$1"; then
        rm -rf "$2"
        return
    fi
    tail -n 20 "$logs/s3-install.log" >&2
    return 1
}
