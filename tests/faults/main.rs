//! What is promised about writes and their events when processes are killed, stopped and frozen:
//! `./dev test --faults [NAME]`.
//!
//! One binary plays two parts: without arguments it runs the tests, one after the other; as
//! `serve` it is the server that they do it to. PostgreSQL, RabbitMQ and ClickHouse are private ones of each test.
#![expect(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]

mod accounts;
mod announced;
mod bed;
mod broker;
mod clickhouse;
mod creators;
mod every_queue;
mod folder;
mod given_up;
mod kills;
mod load;
mod long_lists;
mod neighbours;
mod odd_broker;
mod outage;
mod postgres;
mod process;
mod replicas;
mod restarts;
mod runner;
mod search_table;
mod server;
mod staff;
mod tls;
mod tool;

use std::process::ExitCode;

use futures_util::FutureExt as _;
use runner::Test;

const TESTS: &[Test] = &[
    ("messages_that_are_given_up_hold_nothing_up", || {
        given_up::messages_that_are_given_up_hold_nothing_up().boxed_local()
    }),
    ("the_broker_is_reached_by_tls", || tls::the_broker_is_reached_by_tls().boxed_local()),
    ("an_odd_queue_holds_up_nothing_across_a_restart_of_the_broker", || {
        odd_broker::an_odd_queue_holds_up_nothing_across_a_restart_of_the_broker().boxed_local()
    }),
    ("a_user_without_the_right_to_configure_is_enough", || {
        odd_broker::a_user_without_the_right_to_configure_is_enough().boxed_local()
    }),
    ("a_stop_under_load_loses_and_doubles_nothing", || {
        kills::a_stop_under_load_loses_and_doubles_nothing().boxed_local()
    }),
    ("a_kill_between_the_collectors_answer_and_the_commit", || {
        creators::a_kill_between_the_collectors_answer_and_the_commit().boxed_local()
    }),
    ("announced_accounts_survive_everything", || {
        announced::announced_accounts_survive_everything().boxed_local()
    }),
    ("messages_of_every_queue_have_their_effect_once", || {
        every_queue::messages_of_every_queue_have_their_effect_once().boxed_local()
    }),
    ("clickhouse_dies_while_the_search_table_is_built", || {
        search_table::clickhouse_dies_while_the_search_table_is_built().boxed_local()
    }),
    ("a_rebuild_is_killed_again_and_again", || {
        search_table::a_rebuild_is_killed_again_and_again().boxed_local()
    }),
    ("changes_of_accounts_survive_postgresql_and_their_carrier", || {
        search_table::changes_of_accounts_survive_postgresql_and_their_carrier().boxed_local()
    }),
    ("replicas_share_the_work", || replicas::replicas_share_the_work().boxed_local()),
    ("a_frozen_relay_is_replaced", || replicas::a_frozen_relay_is_replaced().boxed_local()),
    ("a_frozen_handler_is_replaced", || replicas::a_frozen_handler_is_replaced().boxed_local()),
    ("postgresql_restarts_under_load", || {
        restarts::postgresql_restarts_under_load(true).boxed_local()
    }),
    ("postgresql_restarts_under_load_without_a_broker", || {
        restarts::postgresql_restarts_under_load(false).boxed_local()
    }),
    ("kills_without_a_broker", || kills::kills_without_a_broker().boxed_local()),
    ("the_broker_is_away_for_a_minute", || outage::the_broker_is_away_for_a_minute().boxed_local()),
    ("lists_of_any_number_and_length_leave_no_statement_behind", || {
        long_lists::lists_of_any_number_and_length_leave_no_statement_behind().boxed_local()
    }),
    ("kills_of_server_and_broker", || kills::kills_of_server_and_broker().boxed_local()),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((part, rest)) if part == "serve" => server::main(rest),
        _ => runner::run(TESTS, &arguments),
    }
}
