//! Files read to their end: what is usable goes to a sink, everything else into the summary.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use indicatif::ProgressBar;

use super::ImportError;
use super::categories::Categories;
use super::country::country_code;
use super::entity::PostObservation;
use super::instagram::{self, Profile};
use super::source::Source;
use super::summary::{Repair, Summary};
use super::youtube;

/// What a file may not say itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Country of a trending list whose name and rows do not say it.
    pub country: Option<ListCountry>,
    /// Encoding of a file that is neither UTF-8 nor begins with a byte order mark.
    pub encoding: Option<&'static Encoding>,
}

/// Country of a trending list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListCountry {
    /// ISO 3166-1 alpha-2 code.
    Code(&'static str),
    /// Nobody knows: the list says nothing about its channels' country.
    Unknown,
}

impl ListCountry {
    /// Reads a code, an English name, or `unknown`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("unknown") {
            return Ok(Self::Unknown);
        }
        let code = country_code(text).map(Self::Code);
        code.ok_or_else(|| "no country: give an ISO 3166 code such as IN, or unknown".to_owned())
    }

    fn code(self) -> Option<&'static str> {
        match self {
            Self::Code(code) => Some(code),
            Self::Unknown => None,
        }
    }
}

/// Reads trending lists of YouTube. All are opened before the first row is read.
pub(super) async fn videos(
    files: &[PathBuf],
    categories: &Path,
    reading: Reading,
    bar: &ProgressBar,
    mut sink: impl AsyncFnMut(&PostObservation<'_>) -> Result<(), ImportError>,
) -> Result<Summary, ImportError> {
    let categories = Categories::read(categories, bar)?;
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let source = Source::open(file, reading.encoding, bar)?;
        let layout = youtube::Layout::of(&source)?;
        let country = match youtube::country_of(file) {
            Some(code) => Some(code),
            None if layout.names_country() => None,
            None => {
                let given = reading.country.map(ListCountry::code);
                given.ok_or_else(|| ImportError::Country { path: source.path().to_owned() })?
            }
        };
        sources.push((source, layout, country));
    }
    let mut summary = Summary::default();
    for (mut source, layout, country) in sources {
        while let Some(row) = source.next()? {
            let video = row.and_then(|row| layout.parse(&row, &categories, country));
            let problem = match video {
                Ok(video) => {
                    summary.imported(video.is_damaged().then_some(Repair::DamagedVideoId));
                    sink(&video).await?;
                    continue;
                }
                Err(problem) => problem,
            };
            summary.skipped(source.skipped(problem));
        }
    }
    Ok(summary)
}

/// Reads a list of Instagram profiles. Eight bytes are kept of every handle, so that repeated ones are
/// noticed.
pub(super) async fn profiles(
    file: &Path,
    reading: Reading,
    bar: &ProgressBar,
    mut sink: impl AsyncFnMut(Profile) -> Result<(), ImportError>,
) -> Result<Summary, ImportError> {
    let mut source = Source::open(file, reading.encoding, bar)?;
    let layout = instagram::Layout::of(&source)?;
    let mut summary = Summary::default();
    let (hasher, mut seen) = (RandomState::new(), HashSet::new());
    while let Some(row) = source.next()? {
        match row.and_then(|row| layout.parse(&row)) {
            Ok(profile) => {
                summary.imported(profile.repairs.iter().copied());
                if !seen.insert(hasher.hash_one(&profile.handle)) {
                    summary.repeated(&profile.handle);
                }
                sink(profile).await?;
            }
            Err(problem) => summary.skipped(source.skipped(problem)),
        }
    }
    Ok(summary)
}
