//! Titles of the video categories.

use std::collections::HashMap;
use std::path::Path;

use indicatif::ProgressBar;

use super::ImportError;
use super::source::Source;

/// Title by category id.
#[derive(Debug, Default)]
pub(super) struct Categories(HashMap<String, String>);

impl Categories {
    /// Reads a file with the columns `category_id` and `title`; unreadable rows name no category.
    pub(super) fn read(path: &Path, bar: &ProgressBar) -> Result<Self, ImportError> {
        let mut source = Source::open(path, None, bar)?;
        let [id, title] = source.require(["category_id", "title"])?;
        let mut titles = HashMap::new();
        while let Some(row) = source.next()? {
            let named = row.and_then(|row| Ok((row.text(id)?, row.text(title)?)));
            if let Ok((id, title)) = named {
                titles.insert(id.to_owned(), title.to_owned());
            }
        }
        Ok(Self(titles))
    }

    /// The category's title, empty when the file does not name it.
    pub(super) fn title(&self, id: &str) -> &str {
        self.0.get(id).map_or("", String::as_str)
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Categories {
    fn from(titles: [(&str, &str); N]) -> Self {
        Self(titles.map(|(id, title)| (id.to_owned(), title.to_owned())).into())
    }
}
