//! Rows of a list of Instagram profiles.

use super::ImportError;
use super::country::country_code;
use super::source::{Problem, Reason, Row, Source, is_damaged};
use super::summary::Repair;
use crate::core::types::{Platform, fold_handle};

/// Instagram admits handles of this many characters.
const MAX_HANDLE: usize = 30;

/// Where the columns of a file are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    handle: usize,
    full_name: usize,
    followers: usize,
    audience_country: usize,
    authentic_engagement: usize,
    average_engagement: usize,
    categories: [usize; 2],
}

/// What a row says about its profile.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Profile {
    /// Lower case, without `@`.
    pub(super) handle: String,
    pub(super) name: Option<String>,
    pub(super) followers: Option<i64>,
    /// ISO code of the country that most of the audience is in.
    pub(super) country: Option<&'static str>,
    /// Likes and comments of real followers per post.
    pub(super) authentic_engagement: Option<i64>,
    /// Likes and comments per post.
    pub(super) average_engagement: Option<i64>,
    pub(super) categories: Vec<String>,
    /// What was left out because it makes no sense.
    pub(super) repairs: Vec<Repair>,
}

impl Profile {
    /// Takes in another row of the same profile on the same day: the highest number counts, of texts
    /// the last one in the alphabet, so that the order of rows does not matter.
    pub(super) fn absorb(&mut self, other: Self) {
        let Self { name, followers, country, authentic_engagement, average_engagement, .. } = other;
        self.name = self.name.take().max(name);
        self.followers = self.followers.max(followers);
        self.country = self.country.max(country);
        self.authentic_engagement = self.authentic_engagement.max(authentic_engagement);
        self.average_engagement = self.average_engagement.max(average_engagement);
        self.categories = std::mem::take(&mut self.categories).max(other.categories);
    }

    /// Likes and comments per post and follower, as a fraction.
    pub(super) fn engagement_rate(&self) -> Option<f64> {
        let followers = self.followers.filter(|followers| *followers > 0)?;
        Some(self.average_engagement? as f64 / followers as f64)
    }
}

impl Layout {
    /// Recognises the file by its header.
    pub(super) fn of(source: &Source) -> Result<Self, ImportError> {
        let [handle, full_name, followers, audience_country, authentic, average, first, second] =
            source.require([
                "handle",
                "full_name",
                "followers",
                "audience_country",
                "authentic_engagement",
                "average_engagement",
                "category_1",
                "category_2",
            ])?;
        Ok(Self {
            handle,
            full_name,
            followers,
            audience_country,
            authentic_engagement: authentic,
            average_engagement: average,
            categories: [first, second],
        })
    }

    /// What a row says about its profile.
    pub(super) fn parse(&self, row: &Row<'_>) -> Result<Profile, Problem> {
        let handle = fold_handle(Platform::Instagram, row.text(self.handle)?);
        if !is_handle(&handle) {
            return Err(row.problem(Reason::BadHandle, self.handle));
        }
        let mut repairs = Vec::new();
        let mut name = row.text(self.full_name)?;
        if is_damaged(name) {
            repairs.push(Repair::DamagedName);
            name = "";
        }
        let country_name = row.text(self.audience_country)?;
        let country = country_code(country_name);
        if country.is_none() && !country_name.is_empty() {
            repairs.push(Repair::UnknownCountry);
        }
        let mut categories: Vec<String> = Vec::new();
        for column in self.categories {
            let category = row.text(column)?;
            if !category.is_empty() && !categories.iter().any(|known| known == category) {
                categories.push(category.to_owned());
            }
        }
        Ok(Profile {
            handle,
            name: (!name.is_empty()).then(|| name.to_owned()),
            followers: row.count(self.followers)?,
            country,
            authentic_engagement: row.count(self.authentic_engagement)?,
            average_engagement: row.count(self.average_engagement)?,
            categories,
            repairs,
        })
    }
}

fn is_handle(text: &str) -> bool {
    let admitted = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
    (1..=MAX_HANDLE).contains(&text.len()) && text.bytes().all(admitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "handle,full_name,followers,audience_country,authentic_engagement,\
                          average_engagement,category_1,category_2\r\n";

    fn rows(lines: &str) -> Vec<Result<Profile, Reason>> {
        let mut source = Source::from(format!("{HEADER}{lines}").as_str());
        let layout = Layout::of(&source).expect("a list of profiles");
        let mut all = Vec::new();
        while let Some(row) = source.next().expect("readable") {
            let row = row.and_then(|row| layout.parse(&row));
            all.push(row.map_err(|problem| problem.reason));
        }
        all
    }

    #[test]
    fn a_profile() {
        let rows =
            rows("kyliejenner,Kylie 🤍,368100000,United States,0,5500000,Fashion,Modeling\r\n");
        let expected = Profile {
            handle: "kyliejenner".to_owned(),
            name: Some("Kylie 🤍".to_owned()),
            followers: Some(368_100_000),
            country: Some("US"),
            authentic_engagement: Some(0),
            average_engagement: Some(5_500_000),
            categories: vec!["Fashion".to_owned(), "Modeling".to_owned()],
            repairs: Vec::new(),
        };
        assert_eq!(expected.engagement_rate(), Some(5_500_000.0 / 368_100_000.0));
        assert_eq!(rows, [Ok(expected)]);
    }

    #[test]
    fn what_is_damaged_or_absent_is_left_out() {
        let rows = rows("@Maisa,#NAME?,0,Atlantis,,148400,Lifestyle,Lifestyle\r\n");
        let profile = rows[0].as_ref().expect("imported");
        assert_eq!(profile.handle, "maisa");
        assert_eq!((&profile.name, profile.country), (&None, None));
        assert_eq!(profile.categories, ["Lifestyle"]);
        assert_eq!(profile.repairs, [Repair::DamagedName, Repair::UnknownCountry]);
        assert_eq!(profile.engagement_rate(), None);
        assert_eq!(profile.authentic_engagement, None);
    }

    #[test]
    fn rows_that_make_no_sense_name_their_reason() {
        let cases = [
            (",n,1,India,1,1,,", Reason::BadHandle),
            ("two words,n,1,India,1,1,,", Reason::BadHandle),
            ("#NAME?,n,1,India,1,1,,", Reason::BadHandle),
            ("h,n,75.000,India,1,1,,", Reason::BadNumber),
            ("h,n,1,India,1,1", Reason::MissingColumn),
        ];
        for (line, reason) in cases {
            assert_eq!(rows(line), [Err(reason)], "{line}");
        }
    }
}
