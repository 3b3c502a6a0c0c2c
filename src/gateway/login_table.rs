//! Fixed-size records under 128-bit keys, for many readers: a look-up waits for memory once and
//! writes nothing.
//!
//! A record is one cache line. It lies in one of four places that half of its key names, so that a
//! reader asks the memory for all four together, and works out the other half meanwhile; a map that
//! finds its way by index, entry and pointer waits for each in turn. A line carries a version (a
//! sequence lock): a reader that meets a writer finds nothing, never a mixture.
//!
//! The table starts small and doubles when it has no room for what is still wanted. Records stay
//! where they are: about half are out of reach after that, as if they had been evicted.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

use zerocopy::{AllocError, FromZeros as _};

/// Words of a record.
pub const RECORD: usize = 5;
/// Bytes of a line.
pub const LINE_BYTES: usize = 64;
/// Words of a line.
const LINE: usize = LINE_BYTES / size_of::<u64>();
/// Neighbouring lines.
const WAYS: usize = 2;
/// Places of a key.
const PLACES: usize = 2 * WAYS;
/// Lines in use at first.
const FIRST_LINES: usize = 4096;
/// The table grows when more than one in this many records takes the place of one still wanted.
const TOLERANCE: usize = 64;
/// Low bits of a version that count writes; the lowest one is set during a write. The others are the
/// time of the record.
const COUNT_BITS: u32 = 22;
const COUNT: u64 = (1 << COUNT_BITS) - 1;
const BUSY: u64 = 1;
const MOST_TIME: i64 = (u64::MAX >> COUNT_BITS) as i64;

/// Version, key, record.
type Line = [AtomicU64; LINE];
/// What would be beyond the table.
static NO_SET: [Line; WAYS] = [const { [const { AtomicU64::new(0) }; LINE] }; WAYS];

/// A record and the time that it was put in with.
pub type Found = (i64, [u64; RECORD]);

/// The table.
pub struct LoginTable {
    /// Never touched beyond the lines in use: the rest costs address space only.
    words: Box<[AtomicU64]>,
    /// Word at which the first cache line begins.
    start: usize,
    /// Lines in use; a power of two.
    lines: AtomicUsize,
    most: usize,
    /// Rises with every wanted record that is lost, falls with every one that is put in.
    pressure: AtomicUsize,
}

impl LoginTable {
    /// An empty table that grows to `most` lines at most, rounded down to a power of two.
    ///
    /// # Errors
    /// No address space.
    pub fn new(most: usize) -> Result<Self, AllocError> {
        let most = (most.max(WAYS) + 1).next_power_of_two() / 2;
        let words = <[AtomicU64]>::new_box_zeroed_with_elems((most + 1) * LINE)?;
        let start = words.as_ptr().align_offset(LINE_BYTES).min(LINE);
        let lines = AtomicUsize::new(most.min(FIRST_LINES));
        Ok(Self { words, start, lines, most, pressure: AtomicUsize::new(0) })
    }

    /// Lines that it grows to.
    pub fn capacity(&self) -> usize {
        self.most
    }

    /// The record of a key. Its first half is worked out while the memory is on its way.
    #[inline]
    pub fn get(&self, first: impl FnOnce() -> u64, second: u64) -> Option<Found> {
        let [one, two] = self.sets(second).map(|set| self.set(set));
        let lines = [&one[0], &one[1], &two[0], &two[1]];
        let keys = lines.map(key_of);
        let key = [first(), second];
        // No branch that depends on which of the four it is.
        let bit = |(at, found): (u32, &[u64; 2])| u32::from(is_same(*found, key)) << at;
        let found = (0..).zip(&keys).map(bit).fold(0, |set, bit| set | bit);
        read(lines.get(found.trailing_zeros() as usize)?, key)
    }

    /// Puts a record in: over the one with the same key, else where there is room, else over the
    /// oldest of those in its way. Records from before `wanted_since` are no loss. Nothing happens for
    /// a time that is no 42 bits of milliseconds, or while another thread is writing there.
    pub fn insert(&self, key: [u64; 2], (time, record): Found, wanted_since: i64) {
        if !(0..=MOST_TIME).contains(&time) {
            return;
        }
        let places = self.places(key);
        let own = || places.into_iter().find(|place| holds(self.line(*place), key));
        let free = || places.into_iter().find(|place| self.is_free(*place, wanted_since));
        let room = own().or_else(free).or_else(|| self.vacated(places, wanted_since));
        if self.has_grown(room.is_none()) {
            return self.insert(key, (time, record), wanted_since);
        }
        let oldest = || places.into_iter().min_by_key(|place| self.time_at(*place));
        if let Some(place) = room.or_else(oldest) {
            write(self.line(place), key, (time, record));
        }
    }

    /// The time of the record in a place; `None` if there is none, or none in reach.
    fn time_at(&self, place: usize) -> Option<i64> {
        let line = self.line(place);
        let version = line[0].load(Ordering::Relaxed);
        let is_in_reach = version != 0 && self.places(key_of(line)).contains(&place);
        is_in_reach.then_some((version >> COUNT_BITS) as i64)
    }

    fn is_free(&self, place: usize, wanted_since: i64) -> bool {
        self.time_at(place) < Some(wanted_since)
    }

    /// One of `places` whose record went to another place of its own.
    fn vacated(&self, places: [usize; PLACES], wanted_since: i64) -> Option<usize> {
        places.into_iter().find(|place| {
            let line = self.line(*place);
            let key = key_of(line);
            let others = self.places(key).into_iter().filter(|other| !places.contains(other));
            let free = others.into_iter().find(|other| self.is_free(*other, wanted_since));
            let moving = free.zip(read(line, key));
            moving.is_some_and(|(free, found)| write(self.line(free), key, found))
        })
    }

    /// Whether the table doubled because too many records found no room.
    fn has_grown(&self, found_no_room: bool) -> bool {
        let order = Ordering::Relaxed;
        let lines = self.lines.load(order);
        let rise = if found_no_room { TOLERANCE } else { 0 };
        let change = |pressure: usize| Some((pressure + rise).saturating_sub(1));
        let pressure = self.pressure.fetch_update(order, order, change);
        let is_due = found_no_room && pressure.is_ok_and(|pressure| pressure > lines);
        let grows = is_due
            && lines < self.most
            && self.lines.compare_exchange(lines, lines * 2, order, order).is_ok();
        if grows {
            self.pressure.store(0, order);
        }
        grows
    }

    /// Where a record may be.
    fn places(&self, key: [u64; 2]) -> [usize; PLACES] {
        let [one, two] = self.sets(key[1]);
        [one, one + 1, two, two + 1]
    }

    /// The first of two neighbours for the lower and for the upper bits of the second half of a key.
    fn sets(&self, second: u64) -> [usize; 2] {
        let mask = self.lines.load(Ordering::Relaxed) - WAYS;
        [second, second >> u32::BITS].map(|bits| bits as u32 as usize & mask)
    }

    fn line(&self, place: usize) -> &Line {
        &self.set(place & !(WAYS - 1))[place % WAYS]
    }

    fn set(&self, first: usize) -> &[Line; WAYS] {
        let words = self.words.get(self.start + first * LINE..);
        let lines = words.map(|words| words.as_chunks::<LINE>().0);
        lines.and_then(<[_]>::first_chunk).unwrap_or(&NO_SET)
    }
}

fn key_of(line: &Line) -> [u64; 2] {
    [1, 2].map(|at: usize| line[at].load(Ordering::Relaxed))
}

fn holds(line: &Line, key: [u64; 2]) -> bool {
    is_same(key_of(line), key)
}

/// Compares without a branch.
fn is_same(one: [u64; 2], other: [u64; 2]) -> bool {
    (one[0] ^ other[0]) | (one[1] ^ other[1]) == 0
}

/// Nothing if a writer is in the way, or was.
fn read(line: &Line, key: [u64; 2]) -> Option<Found> {
    let version = line[0].load(Ordering::Acquire);
    let is_own = holds(line, key);
    let record = std::array::from_fn(|word| line[3 + word].load(Ordering::Relaxed));
    fence(Ordering::Acquire);
    let is_whole = version & BUSY == 0 && line[0].load(Ordering::Relaxed) == version;
    (is_own && is_whole && version != 0).then_some(((version >> COUNT_BITS) as i64, record))
}

/// Whether no other thread was writing.
fn write(line: &Line, key: [u64; 2], (time, record): Found) -> bool {
    let version = line[0].load(Ordering::Relaxed);
    let claim = line[0].compare_exchange(
        version & !BUSY,
        version | BUSY,
        Ordering::Acquire,
        Ordering::Relaxed,
    );
    if claim.is_err() {
        return false;
    }
    fence(Ordering::Release);
    let words = key.into_iter().chain(record);
    line[1..].iter().zip(words).for_each(|(word, value)| word.store(value, Ordering::Relaxed));
    let count = (version + 2) & COUNT & !BUSY;
    line[0].store((time as u64) << COUNT_BITS | count.max(2), Ordering::Release);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> [u64; 2] {
        [number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)]
            .map(|half| half ^ half >> 32)
    }

    fn get(table: &LoginTable, key: [u64; 2]) -> Option<Found> {
        table.get(|| key[0], key[1])
    }

    fn record(number: u64) -> [u64; RECORD] {
        [number; RECORD]
    }

    #[test]
    fn records_are_found_until_they_are_replaced() {
        let table = LoginTable::new(8192).expect("memory");
        assert_eq!(get(&table, key(1)), None);
        table.insert(key(1), (0, record(1)), 0);
        assert_eq!(get(&table, key(1)), Some((0, record(1))));
        table.insert(key(1), (5, record(2)), 0);
        assert_eq!(get(&table, key(1)), Some((5, record(2))));
        for none in [-1, 1 << 42] {
            table.insert(key(2), (none, record(2)), 0);
            assert_eq!(get(&table, key(2)), None, "no time");
        }
        table.insert(key(2), ((1 << 42) - 1, record(2)), 0);
        assert_eq!(get(&table, key(2)), Some(((1 << 42) - 1, record(2))));
        assert_eq!(get(&table, [0, 0]), None, "an empty line has no key");
    }

    #[test]
    fn an_empty_line_takes_its_own_key_of_zeroes() {
        let table = LoginTable::new(2).expect("memory");
        table.insert([0, 0], (0, record(7)), 0);
        assert_eq!(get(&table, [0, 0]), Some((0, record(7))));
    }

    #[test]
    fn it_grows_for_what_is_wanted_and_stays_within_its_bound() {
        let in_reach =
            |table: &LoginTable, of: u64| (0..of).filter(|n| get(table, key(*n)).is_some()).count();
        let table = LoginTable::new(1 << 16).expect("memory");
        for round in 0..2 {
            (0..20_000).for_each(|n| table.insert(key(n), (round, record(n)), 0));
        }
        assert_eq!(table.lines.load(Ordering::Relaxed), 1 << 15);
        assert!(in_reach(&table, 20_000) > 19_900, "{}", in_reach(&table, 20_000));
        (0..500_000).for_each(|n| table.insert(key(n), (2, record(n)), 0));
        assert_eq!(table.lines.load(Ordering::Relaxed), 1 << 16);
        let kept = in_reach(&table, 500_000);
        assert!((60_000..=1 << 16).contains(&kept), "{kept}");
    }

    #[test]
    fn what_is_wanted_no_more_makes_room_without_growth() {
        let table = LoginTable::new(1 << 16).expect("memory");
        (0..500_000_i64).for_each(|n| {
            table.insert(key(n as u64), (n, record(0)), n - 1000);
        });
        assert_eq!(table.lines.load(Ordering::Relaxed), FIRST_LINES);
        assert!((499_000..500_000).filter(|n| get(&table, key(*n)).is_some()).count() > 990);
    }

    #[test]
    fn readers_never_see_a_mixture() {
        let table = LoginTable::new(4).expect("memory");
        std::thread::scope(|scope| {
            for writer in 0..2 {
                let table = &table;
                scope.spawn(move || {
                    (0..300_000).map(|n| n * 2 + writer).for_each(|n| {
                        table.insert(key(n % 8), (n as i64, record(n)), 0);
                    });
                });
            }
            let mut found = 0;
            while found < 100_000 {
                for n in 0..8 {
                    let Some((time, record)) = get(&table, key(n)) else { continue };
                    assert!(record.iter().all(|word| *word == time as u64 && word % 8 == n));
                    found += 1;
                }
            }
        });
    }
}
