//! Rows of a list of collections: a post, and the collection it belongs to.

use chrono::NaiveDate;

use crate::core::types::Platform;
use crate::import::ImportError;
use crate::import::source::{Problem, Reason, Row, Source};
use crate::modules::post_collection::PostCollectionService;

/// Longest name of a collection, in characters.
const NAME_LIMIT: usize = 255;

/// Where the columns of a file are.
#[derive(Debug, Clone, Copy)]
pub(in crate::import) struct Layout {
    collection: usize,
    platform: usize,
    link: usize,
    start: Option<usize>,
    end: Option<usize>,
    budget: Option<usize>,
}

/// What a row puts into its collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Entry {
    pub(in crate::import) collection: String,
    pub(in crate::import) post: Post,
}

/// A post, and what its row says of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Post {
    pub(in crate::import) platform: Platform,
    pub(in crate::import) code: String,
    pub(in crate::import) kind: &'static str,
    pub(in crate::import) link: String,
    pub(in crate::import) start: Option<NaiveDate>,
    pub(in crate::import) end: Option<NaiveDate>,
    pub(in crate::import) budget: Option<i64>,
}

impl Layout {
    /// Recognises the file by its header.
    pub(in crate::import) fn of(source: &Source) -> Result<Self, ImportError> {
        let [collection, platform, link] = source.require(["collection", "platform", "link"])?;
        let [start, end, budget] = ["start", "end", "budget"].map(|column| source.find(column));
        Ok(Self { collection, platform, link, start, end, budget })
    }

    /// What a row says.
    pub(in crate::import) fn parse(&self, row: &Row<'_>) -> Result<Entry, Problem> {
        let collection = row.text(self.collection)?;
        if !(1..=NAME_LIMIT).contains(&collection.chars().count()) {
            return Err(row.problem(Reason::BadCollection, self.collection));
        }
        let platform = Platform::parse(&row.text(self.platform)?.to_ascii_uppercase());
        let platform = platform.ok_or_else(|| row.problem(Reason::BadPlatform, self.platform))?;
        let bad_link = || row.problem(Reason::BadLink, self.link);
        let post = self.post(row, platform, row.text(self.link)?).ok_or_else(bad_link)??;
        Ok(Entry { collection: collection.to_owned(), post })
    }

    /// `None` where the link leads to no post of the platform.
    fn post(&self, row: &Row<'_>, platform: Platform, link: &str) -> Option<Result<Post, Problem>> {
        let (of, code) = PostCollectionService.post_of_link(link)?;
        let date = |column: Option<usize>| match column {
            Some(column) if !row.text(column)?.is_empty() => row.date(column).map(Some),
            _ => Ok(None),
        };
        let whole = || {
            Ok(Post {
                platform,
                code,
                kind: kind_of(platform, link),
                link: link.to_owned(),
                start: date(self.start)?,
                end: date(self.end)?,
                budget: self.budget.map_or(Ok(None), |column| row.count(column))?,
            })
        };
        (of == platform).then(whole)
    }
}

/// Kind of a post as its link shows it.
fn kind_of(platform: Platform, link: &str) -> &'static str {
    match platform {
        Platform::Youtube if link.contains("/shorts/") => "short",
        Platform::Youtube => "video",
        Platform::Instagram if link.contains("/p/") => "image",
        Platform::Instagram => "reels",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(csv: &str) -> Vec<Result<Entry, Reason>> {
        let mut source = Source::from(csv);
        let layout = Layout::of(&source).expect("a list of collections");
        let mut all = Vec::new();
        while let Some(row) = source.next().expect("readable") {
            all.push(row.and_then(|row| layout.parse(&row)).map_err(|problem| problem.reason));
        }
        all
    }

    #[test]
    fn a_row_is_a_post_of_a_collection() {
        let csv = "Collection,Platform,Link,Start,Budget\n\
                   Diwali,youtube,https://youtu.be/UsMRgnTcchY,2024-10-01,1000\n\
                   Diwali,INSTAGRAM,https://www.instagram.com/p/C1/,,\n";
        let rows = rows(csv);
        let post = |row: usize| &rows[row].as_ref().expect("imported").post;
        assert_eq!((post(0).code.as_str(), post(0).kind), ("UsMRgnTcchY", "video"));
        assert_eq!(
            (post(0).start, post(0).budget),
            (NaiveDate::from_ymd_opt(2024, 10, 1), Some(1000))
        );
        assert_eq!((post(1).code.as_str(), post(1).kind, post(1).start), ("C1", "image", None));
    }

    #[test]
    fn rows_that_make_no_sense_name_their_reason() {
        let cases = [
            (",YOUTUBE,https://youtu.be/a1,", Reason::BadCollection),
            ("a,TIKTOK,https://youtu.be/a1,", Reason::BadPlatform),
            ("a,YOUTUBE,https://example.com/watch?v=a1,", Reason::BadLink),
            ("a,INSTAGRAM,https://youtu.be/a1,", Reason::BadLink),
            ("a,YOUTUBE,https://youtu.be/a1,soon", Reason::BadDate),
        ];
        for (line, reason) in cases {
            let row = rows(&format!("collection,platform,link,start\n{line}\n")).swap_remove(0);
            assert_eq!(row.expect_err("refused"), reason, "{line}");
        }
    }
}
