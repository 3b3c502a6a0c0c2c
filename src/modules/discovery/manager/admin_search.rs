//! What staff find an account by.

use serde_json::Value;

/// Details that are contacts.
const CONTACTS: [&str; 3] = ["email", "phone", "secondaryPhone"];

/// Columns `keywords_admin` and `search_phrase_admin`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdminSearch {
    /// Words of the names, contacts and handles whole; each once.
    pub keywords: Vec<String>,
    /// All of them in one text, names whole.
    pub phrase: String,
}

impl AdminSearch {
    /// From what staff entered, then what the creator entered, then the account's `name`, then its
    /// `handle`: lower-cased, except the channel id that a YouTube account has besides.
    pub fn new(
        details: [Option<&Value>; 2],
        [name, handle]: [Option<&str>; 2],
        channel_id: Option<&str>,
    ) -> Self {
        let mut search = Self::default();
        for details in details.into_iter().flatten() {
            let text = |key: &str| details[key].as_str().unwrap_or_default();
            search.add_name(text("name"));
            CONTACTS.iter().for_each(|key| search.add(&text(key).to_lowercase()));
        }
        search.add_name(name.unwrap_or_default());
        search.add(&handle.unwrap_or_default().to_lowercase());
        search.add(channel_id.unwrap_or_default());
        search
    }

    fn add_name(&mut self, name: &str) {
        let name = name.to_lowercase();
        name.split_whitespace().for_each(|word| self.add_keyword(word));
        self.add_part(name.trim());
    }

    fn add(&mut self, part: &str) {
        self.add_keyword(part.trim());
        self.add_part(part.trim());
    }

    fn add_keyword(&mut self, keyword: &str) {
        if !keyword.is_empty() && !self.keywords.iter().any(|known| known == keyword) {
            self.keywords.push(keyword.to_owned());
        }
    }

    fn add_part(&mut self, part: &str) {
        if !part.is_empty() && !self.phrase.is_empty() {
            self.phrase.push(' ');
        }
        self.phrase.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_come_before_names_and_handles() {
        let admin = json!({"name": "Asha Rao", "email": "ASHA@x.in", "phone": "98"});
        let user = json!({"name": "asha", "secondaryPhone": null});
        let names = [Some("Asha R"), Some("asha.r")];
        let search = AdminSearch::new([Some(&admin), Some(&user)], names, None);
        assert_eq!(search.keywords, ["asha", "rao", "asha@x.in", "98", "r", "asha.r"]);
        assert_eq!(search.phrase, "asha rao asha@x.in 98 asha asha r asha.r");
    }

    #[test]
    fn channel_ids_keep_their_case_and_blanks_are_skipped() {
        let search = AdminSearch::new([None, None], [Some(" "), Some("@Asha")], Some("UCx"));
        assert_eq!(search.keywords, ["@asha", "UCx"]);
        assert_eq!(search.phrase, "@asha UCx");
        assert_eq!(AdminSearch::new([None, None], [None, None], None), AdminSearch::default());
    }
}
