//! The embedded ClickHouse engine as its own process, through the official client.
//!
//! Environment variable `COFFEE_TEST_LIBCHDB` names the `libchdb.so` to load; where a ClickHouse
//! server is used instead there is none, and these tests say that they were skipped.

mod process;
mod protocol;
mod storage;
