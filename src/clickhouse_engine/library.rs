//! Owns the C interface of `libchdb`: loading the shared library and the two handles it
//! gives out, a session and a result. Signatures follow `chdb.h` of chDB 26.5.
#![expect(
    unsafe_code,
    reason = "the engine is a C library loaded at run time; this file is its only caller"
)]

use super::exception::Exception;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

type ConnectionHandle = *mut *mut c_void;
type ResultHandle = *mut c_void;
type Counter = unsafe extern "C" fn(ResultHandle) -> u64;
type QueryFunction = unsafe extern "C" fn(
    connection: *mut c_void,
    query: *const c_char,
    query_length: usize,
    format: *const c_char,
    format_length: usize,
    names: *const *const c_char,
    name_lengths: *const usize,
    values: *const *const c_char,
    value_lengths: *const usize,
    parameter_count: usize,
) -> ResultHandle;

/// The functions of a loaded `libchdb`.
pub(super) struct Library {
    connect: unsafe extern "C" fn(c_int, *mut *mut c_char) -> ConnectionHandle,
    close: unsafe extern "C" fn(ConnectionHandle),
    query: QueryFunction,
    destroy: unsafe extern "C" fn(ResultHandle),
    buffer: unsafe extern "C" fn(ResultHandle) -> *mut c_char,
    length: unsafe extern "C" fn(ResultHandle) -> usize,
    error: unsafe extern "C" fn(ResultHandle) -> *const c_char,
    elapsed: unsafe extern "C" fn(ResultHandle) -> f64,
    result_rows: Counter,
    result_bytes: Counter,
    read_rows: Counter,
    read_bytes: Counter,
    written_rows: Counter,
    written_bytes: Counter,
}

impl Library {
    /// Loads the library for the rest of the process and leaves signals to the host.
    ///
    /// # Errors
    /// The file cannot be loaded or lacks a function of the interface.
    pub(super) fn load(path: &Path) -> Result<Self, libloading::Error> {
        // SAFETY: loading runs the file's initialisers; the operator names the file and it is
        // the engine itself, which has no precondition on the thread that loads it.
        let library = unsafe { libloading::Library::new(path) }?;
        // SAFETY: each name is paired with the type `chdb.h` declares for it.
        let (functions, set_signal_handlers) = unsafe {
            let functions = Self {
                connect: symbol(&library, "chdb_connect")?,
                close: symbol(&library, "chdb_close_conn")?,
                query: symbol(&library, "chdb_query_with_params_n")?,
                destroy: symbol(&library, "chdb_destroy_query_result")?,
                buffer: symbol(&library, "chdb_result_buffer")?,
                length: symbol(&library, "chdb_result_length")?,
                error: symbol(&library, "chdb_result_error")?,
                elapsed: symbol(&library, "chdb_result_elapsed")?,
                result_rows: symbol(&library, "chdb_result_rows_read")?,
                result_bytes: symbol(&library, "chdb_result_bytes_read")?,
                read_rows: symbol(&library, "chdb_result_storage_rows_read")?,
                read_bytes: symbol(&library, "chdb_result_storage_bytes_read")?,
                written_rows: symbol(&library, "chdb_result_rows_written")?,
                written_bytes: symbol(&library, "chdb_result_bytes_written")?,
            };
            let set_signal_handlers: unsafe extern "C" fn(c_int) =
                symbol(&library, "chdb_set_signal_handlers_enabled")?;
            (functions, set_signal_handlers)
        };
        // The engine's own threads run this code until the process ends: never unload it.
        std::mem::forget(library);
        // SAFETY: takes a flag only, and no connection exists yet, as the interface asks.
        unsafe { set_signal_handlers(0) };
        Ok(functions)
    }

    /// Opens a session; the first one starts the engine, the last one closed stops it.
    /// `None` when the engine refuses (it reports the reason nowhere).
    pub(super) fn connect(self: &Arc<Self>, arguments: &[CString]) -> Option<Session> {
        let mut pointers: Vec<*mut c_char> =
            arguments.iter().map(|argument| argument.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(pointers.len()).ok()?;
        // SAFETY: `pointers` holds `count` NUL-terminated strings that outlive the call; the
        // engine copies them and writes to none.
        let handle = unsafe { (self.connect)(count, pointers.as_mut_ptr()) };
        NonNull::new(handle).map(|handle| Session { library: Arc::clone(self), handle })
    }
}

/// Copies a function pointer out of the library.
///
/// # Safety
/// `T` is the function pointer type of the symbol, and the library stays loaded while the
/// copy is used.
unsafe fn symbol<T: Copy>(
    library: &libloading::Library,
    name: &str,
) -> Result<T, libloading::Error> {
    // SAFETY: promised by the caller.
    unsafe { library.get::<T>(name) }.map(|symbol| *symbol)
}

/// One connection: its own current database, settings and temporary tables. It runs one
/// statement at a time.
pub(super) struct Session {
    library: Arc<Library>,
    handle: NonNull<*mut c_void>,
}

// SAFETY: a connection is bound to no thread (the engine attaches the calling thread for the
// length of each call), and `&mut self` keeps calls from overlapping.
unsafe impl Send for Session {}

impl Session {
    /// Runs one statement; `parameters` fill its `{name:Type}` placeholders, in ClickHouse's
    /// escaped text form.
    ///
    /// # Errors
    /// The exception the engine reports.
    pub(super) fn query(
        &mut self,
        sql: &[u8],
        format: &str,
        parameters: &[(String, String)],
    ) -> Result<Answer, Exception> {
        let (names, name_lengths) = pointers(parameters.iter().map(|(name, _)| name));
        let (values, value_lengths) = pointers(parameters.iter().map(|(_, value)| value));
        // SAFETY: the handle is open until `drop`; every pointer comes with the length of its
        // buffer, each array has `parameters.len()` items, and all outlive the call.
        let result = unsafe {
            (self.library.query)(
                *self.handle.as_ptr(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                names.as_ptr(),
                name_lengths.as_ptr(),
                values.as_ptr(),
                value_lengths.as_ptr(),
                parameters.len(),
            )
        };
        let handle =
            NonNull::new(result).ok_or_else(|| Exception::internal("no result from the engine"))?;
        let answer = Answer { library: Arc::clone(&self.library), handle };
        match answer.error() {
            Some(message) => Err(Exception::from_engine(message)),
            None => Ok(answer),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the handle came from `connect` and is closed only here.
        unsafe { (self.library.close)(self.handle.as_ptr()) };
    }
}

fn pointers<'a>(texts: impl Iterator<Item = &'a String>) -> (Vec<*const c_char>, Vec<usize>) {
    texts.map(|text| (text.as_ptr().cast::<c_char>(), text.len())).unzip()
}

/// What a statement cost and changed, as in the `X-ClickHouse-Summary` header.
pub(super) struct Summary {
    pub(super) read_rows: u64,
    pub(super) read_bytes: u64,
    pub(super) written_rows: u64,
    pub(super) written_bytes: u64,
    pub(super) result_rows: u64,
    pub(super) result_bytes: u64,
    /// Seconds.
    pub(super) elapsed: f64,
}

/// The formatted result of a statement, kept in the engine's memory until dropped.
pub(super) struct Answer {
    library: Arc<Library>,
    handle: NonNull<c_void>,
}

// SAFETY: a result is a plain buffer independent of its connection, freed once, by any thread.
unsafe impl Send for Answer {}

impl Answer {
    fn error(&self) -> Option<String> {
        // SAFETY: the handle is live; the message, if any, is NUL-terminated and lives as long.
        let message = unsafe {
            let message = (self.library.error)(self.handle.as_ptr());
            if message.is_null() {
                return None;
            }
            CStr::from_ptr(message)
        };
        Some(message.to_string_lossy().into_owned())
    }

    /// The counters of a statement that succeeded (they are undefined after an error).
    pub(super) fn summary(&self) -> Summary {
        let handle = self.handle.as_ptr();
        // SAFETY: the handle is live and the functions only read it.
        unsafe {
            Summary {
                read_rows: (self.library.read_rows)(handle),
                read_bytes: (self.library.read_bytes)(handle),
                written_rows: (self.library.written_rows)(handle),
                written_bytes: (self.library.written_bytes)(handle),
                result_rows: (self.library.result_rows)(handle),
                result_bytes: (self.library.result_bytes)(handle),
                elapsed: (self.library.elapsed)(handle),
            }
        }
    }
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: the handle is live; buffer and length describe one allocation that neither
        // moves nor changes before `drop`. An empty result has no buffer.
        unsafe {
            let buffer = (self.library.buffer)(self.handle.as_ptr());
            if buffer.is_null() {
                return &[];
            }
            std::slice::from_raw_parts(buffer.cast(), (self.library.length)(self.handle.as_ptr()))
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: the handle came from `query` and is freed only here.
        unsafe { (self.library.destroy)(self.handle.as_ptr()) };
    }
}
