# shellcheck shell=bash disable=SC2154 # dev defines root
# ./dev check: everything a change has to pass.

cmd_check() {
    prepare
    install_toolchain
    step cargo fmt --check
    step cargo clippy --locked --all-targets -- -D warnings
    # The fault tests are no part of a plain cargo test, nor of all targets.
    step cargo clippy --locked --test faults -- -D warnings
    step env RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps
    step cargo test --locked --quiet --test layers
    install_listed < <(missing_check_packages)
    step shellcheck -x dev ops/*.sh .ci/run
    if command -v hadolint >/dev/null; then step hadolint Dockerfile; else skip hadolint; fi
    if cargo deny --version >/dev/null 2>&1; then
        step cargo deny check licenses bans sources
        check_advisories
    else
        skip "cargo deny (cargo install --locked cargo-deny)"
    fi
    cmd_test
}

skip() { say "skipped, because it is not installed: $*"; }

# Known weaknesses of dependencies, where their list can be fetched: being offline is no failure.
check_advisories() {
    local reason
    if reason=$(cargo deny fetch db 2>&1 >/dev/null); then
        step cargo deny check advisories
    else
        say "known weaknesses of dependencies were NOT checked: their list cannot be fetched from here:"
        tail -n 3 <<<"$reason" >&2
    fi
}

step() {
    say "$*"
    "$@" || die "failed: $*"
}
