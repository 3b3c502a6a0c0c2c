# shellcheck shell=bash disable=SC2154 # dev defines root, clickhouse.sh library
# ./dev test --faults: what becomes of writes and events when processes are killed, stopped and frozen.
# Every test starts private stores of its own, so none of .dev/ is needed but the programs.

# test_faults [NAME...]: all fault tests, or those whose names contain one of the words.
test_faults() {
    prepare
    install_toolchain
    # The programs themselves, even where the other stores are containers.
    install_listed < <(DEV_DOCKER='' missing_packages)
    COFFEE_TEST_POSTGRES_BIN=$(postgres_bin)
    COFFEE_TEST_RABBITMQ=$(rabbitmq_script)
    COFFEE_TEST_POSTGRES_IDENTITY=''
    if ((EUID == 0)); then COFFEE_TEST_POSTGRES_IDENTITY=$(postgres_identity | xargs); fi
    # Whatever ClickHouse the working copy has: a test kills one of its own.
    [[ -e $library ]] || fetch_clickhouse_library || die "the embedded ClickHouse engine cannot be had"
    export COFFEE_TEST_LIBCHDB=$library
    export COFFEE_TEST_POSTGRES_BIN COFFEE_TEST_RABBITMQ COFFEE_TEST_POSTGRES_IDENTITY
    cargo test --test faults -- "$@"
}
