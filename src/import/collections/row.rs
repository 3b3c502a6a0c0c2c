//! Rows of a list of collections: a post or an account, and the collection it belongs to.

use chrono::NaiveDate;

use crate::core::types::{Platform, fold_handle};
use crate::import::ImportError;
use crate::import::source::{Problem, Reason, Row, Source, is_damaged};
use crate::modules::post_collection::PostCollectionService;

/// Longest name of a collection, in characters.
const NAME_LIMIT: usize = 255;
/// No platform has a longer handle or id of a channel, in characters.
const HANDLE_LIMIT: usize = 100;

/// Where the columns of a file are.
#[derive(Debug, Clone, Copy)]
pub(in crate::import) struct Layout {
    collection: usize,
    platform: usize,
    link: Option<usize>,
    handle: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    budget: Option<usize>,
}

/// What a row puts into its collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Entry {
    pub(in crate::import) collection: String,
    pub(in crate::import) item: Item,
}

/// What a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) enum Item {
    Post(Post),
    /// With what is wrong with the row where nobody knows the account.
    Account(Account, Problem),
}

/// An account by its handle, as the row writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Account {
    pub(in crate::import) platform: Platform,
    pub(in crate::import) handle: String,
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
        let [collection, platform] = source.require(["collection", "platform"])?;
        let [link, handle, start, end, budget] =
            ["link", "handle", "start", "end", "budget"].map(|column| source.find(column));
        if link.is_none() && handle.is_none() {
            return Err(source.lacks("handle or link".to_owned()));
        }
        Ok(Self { collection, platform, link, handle, start, end, budget })
    }

    /// What a row says.
    pub(in crate::import) fn parse(&self, row: &Row<'_>) -> Result<Entry, Problem> {
        let collection = row.text(self.collection)?;
        if !(1..=NAME_LIMIT).contains(&collection.chars().count()) {
            return Err(row.problem(Reason::BadCollection, self.collection));
        }
        let platform = Platform::parse(&row.text(self.platform)?.to_ascii_uppercase());
        let platform = platform.ok_or_else(|| row.problem(Reason::BadPlatform, self.platform))?;
        let text = |column: Option<usize>| match column {
            Some(column) => {
                Ok(Some((column, row.text(column)?)).filter(|(_, text)| !text.is_empty()))
            }
            None => Ok(None),
        };
        let item = match (text(self.handle)?, text(self.link)?) {
            (Some((column, handle)), None) => account(row, platform, (column, handle))?,
            (None, Some((column, link))) => {
                let bad_link = || row.problem(Reason::BadLink, column);
                Item::Post(self.post(row, platform, link).ok_or_else(bad_link)??)
            }
            (Some((column, _)), Some(_)) => return Err(row.problem(Reason::HandleAndLink, column)),
            (None, None) => return Err(Problem::row(Reason::NoHandleNorLink)),
        };
        Ok(Entry { collection: collection.to_owned(), item })
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

fn account(
    row: &Row<'_>,
    platform: Platform,
    (column, handle): (usize, &str),
) -> Result<Item, Problem> {
    let unknown = row.problem(Reason::UnknownHandle, column);
    let folded = fold_handle(platform, handle);
    if folded.is_empty() || folded.chars().count() > HANDLE_LIMIT || is_damaged(handle) {
        return Err(unknown);
    }
    Ok(Item::Account(Account { platform, handle: handle.to_owned() }, unknown))
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
        let post = |row: usize| match &rows[row].as_ref().expect("imported").item {
            Item::Post(post) => post,
            Item::Account(..) => panic!("an account"),
        };
        assert_eq!((post(0).code.as_str(), post(0).kind), ("UsMRgnTcchY", "video"));
        assert_eq!(
            (post(0).start, post(0).budget),
            (NaiveDate::from_ymd_opt(2024, 10, 1), Some(1000))
        );
        assert_eq!((post(1).code.as_str(), post(1).kind, post(1).start), ("C1", "image", None));
    }

    #[test]
    fn a_row_with_a_handle_is_an_account() {
        let csv = "collection,platform,handle,link\n\
                   Diwali,instagram,@Asha.Case,\n\
                   Diwali,YOUTUBE,,https://youtu.be/UsMRgnTcchY\n";
        let rows = rows(csv);
        let item = |row: usize| &rows[row].as_ref().expect("imported").item;
        let account = Account { platform: Platform::Instagram, handle: "@Asha.Case".to_owned() };
        assert!(matches!(item(0), Item::Account(found, _) if *found == account));
        assert!(matches!(item(1), Item::Post(post) if post.code == "UsMRgnTcchY"));
    }

    #[test]
    fn a_file_has_handles_or_links() {
        let refused = Layout::of(&Source::from("collection,platform,start\n"));
        let text = refused.expect_err("neither").to_string();
        assert!(text.contains("its header lacks handle or link (it has collection, "), "{text}");
    }

    #[test]
    fn rows_that_make_no_sense_name_their_reason() {
        let cases = [
            (",YOUTUBE,,https://youtu.be/a1,", Reason::BadCollection),
            ("a,TIKTOK,,https://youtu.be/a1,", Reason::BadPlatform),
            ("a,YOUTUBE,,https://example.com/watch?v=a1,", Reason::BadLink),
            ("a,INSTAGRAM,,https://youtu.be/a1,", Reason::BadLink),
            ("a,YOUTUBE,,https://youtu.be/a1,soon", Reason::BadDate),
            ("a,INSTAGRAM,asha,https://www.instagram.com/p/C1/,", Reason::HandleAndLink),
            ("a,INSTAGRAM,,,", Reason::NoHandleNorLink),
            ("a,INSTAGRAM,@,,", Reason::UnknownHandle),
            ("a,INSTAGRAM,#NAME?,,", Reason::UnknownHandle),
        ];
        for (line, reason) in cases {
            let csv = format!("collection,platform,handle,link,start\n{line}\n");
            let row = rows(&csv).swap_remove(0);
            assert_eq!(row.expect_err("refused"), reason, "{line}");
        }
    }
}
