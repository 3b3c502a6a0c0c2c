//! Rows of a trending list of YouTube, in both shapes: with channel ids, tags and hashtags, or
//! without.

use std::path::Path;

use chrono::SecondsFormat;
use sha2::{Digest as _, Sha256};

use super::ImportError;
use super::categories::Categories;
use super::country::country_code;
use super::entity::{DAMAGED, PostObservation};
use super::source::{Problem, Reason, Row, Source, is_damaged};
use crate::core::types::{Platform, key_of_title};

const SOURCE: &str = "youtube-trending";
/// Names of the column that says to which country's list a row belongs.
const COUNTRY_COLUMNS: [&str; 4] = ["country", "country_code", "trending_country", "region"];
/// PostgreSQL holds channel ids of this many characters.
const MAX_ID: usize = 255;

/// Where the columns of a file are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    snapshot_date: usize,
    video_id: usize,
    channel_id: Option<usize>,
    channel_title: usize,
    category_id: usize,
    published_at: usize,
    title: usize,
    tags: Option<usize>,
    hashtags: Option<usize>,
    /// Country of the list, where each row says it.
    country: Option<usize>,
    /// Views, likes, dislikes, comments.
    counts: [usize; 4],
}

impl Layout {
    /// Recognises the file by its header.
    pub(super) fn of(source: &Source) -> Result<Self, ImportError> {
        let [snapshot_date, video_id, channel_title, category_id, published_at, title] = source
            .require([
                "snapshot_date",
                "video_id",
                "channel_title",
                "category_id",
                "published_at",
                "title",
            ])?;
        Ok(Self {
            snapshot_date,
            video_id,
            channel_id: source.find("channel_id"),
            channel_title,
            category_id,
            published_at,
            title,
            tags: source.find("tags"),
            hashtags: source.find("hashtags"),
            country: COUNTRY_COLUMNS.iter().find_map(|column| source.find(column)),
            counts: source.require(["views", "likes", "dislikes", "comments"])?,
        })
    }

    /// Whether the rows say to which country's list they belong.
    pub(super) fn names_country(&self) -> bool {
        self.country.is_some()
    }

    /// What a row says about its video. `country` is that of the list, where the row does not say it.
    pub(super) fn parse<'a>(
        &self,
        row: &Row<'a>,
        categories: &'a Categories,
        country: Option<&'static str>,
    ) -> Result<PostObservation<'a>, Problem> {
        let account_name = row.text(self.channel_title)?;
        if account_name.is_empty() || is_damaged(account_name) {
            return Err(row.problem(Reason::BadChannelTitle, self.channel_title));
        }
        let published_at = row.instant(self.published_at)?;
        let post_id = match row.text(self.video_id)? {
            id if is_usable(id) => id.to_owned(),
            _ => {
                let instant = published_at.to_rfc3339_opts(SecondsFormat::Secs, true);
                format!("{DAMAGED}{}", hash(&[account_name, &instant]))
            }
        };
        let [views, likes, dislikes, comments] = self.counts.map(|column| row.count(column));
        let title = row.text(self.title)?;
        let country = match self.country {
            Some(column) => country_code(row.text(column)?),
            None => country,
        };
        let mut hashtags = list(row, self.hashtags)?;
        for hashtag in &mut hashtags {
            *hashtag = hashtag.trim_start_matches('#');
        }
        Ok(PostObservation {
            platform: Platform::Youtube.name(),
            platform_id: self.channel_id(row, account_name)?,
            post_id,
            observed_on: row.date(self.snapshot_date)?,
            source: SOURCE,
            account_name,
            published_at,
            title: if is_damaged(title) { "" } else { title },
            category: categories.title(row.text(self.category_id)?),
            views: views?,
            likes: likes?,
            dislikes: dislikes?,
            comments: comments?,
            tags: list(row, self.tags)?,
            hashtags,
            countries: country.into_iter().collect(),
        })
    }

    fn channel_id(&self, row: &Row<'_>, title: &str) -> Result<String, Problem> {
        if let Some(column) = self.channel_id {
            let id = row.text(column)?;
            if is_usable(id) {
                return Ok(id.to_owned());
            }
        }
        Ok(key_of_title(&hash(&[title])))
    }
}

fn list<'a>(row: &Row<'a>, column: Option<usize>) -> Result<Vec<&'a str>, Problem> {
    column.map_or(Ok(Vec::new()), |column| row.list(column))
}

/// The country that a file's name says: `youtube_trending_india_2017.csv`, `GBvideos.csv`,
/// `US_youtube_trending_data.csv`. Short words of a name are no codes unless they are in capitals.
pub(super) fn country_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    let name = name.split('.').next()?;
    let words = || name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let code = |word: &str| {
        let code = word.strip_suffix("videos").unwrap_or(word);
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        is_code.then(|| country_code(code)).flatten()
    };
    let named = |word: &str| (word.len() > 3).then(|| country_code(word)).flatten();
    words().find_map(|word| code(word).or_else(|| named(word)))
}

/// No id of YouTube begins with `#`: a spreadsheet took it for a formula.
fn is_usable(id: &str) -> bool {
    !id.is_empty() && !id.starts_with('#') && id.chars().count() <= MAX_ID
}

/// First 16 hexadecimal digits of the SHA-256 of the parts, one a line.
fn hash(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\n"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "snapshot_date,video_id,channel_title,category_id,published_at,title,\
                          views,likes,dislikes,comments\n";

    /// What `look` sees of every row's video.
    fn each<T>(csv: &str, look: impl Fn(&PostObservation<'_>) -> T) -> Vec<Result<T, Reason>> {
        let categories = Categories::from([("10", "Music"), ("24", "Entertainment")]);
        let mut source = Source::from(csv);
        let layout = Layout::of(&source).expect("a trending list");
        let mut all = Vec::new();
        while let Some(row) = source.next().expect("readable") {
            let video =
                row.and_then(|row| layout.parse(&row, &categories, None).map(|video| look(&video)));
            all.push(video.map_err(|problem| problem.reason));
        }
        all
    }

    fn rows<T>(lines: &str, look: impl Fn(&PostObservation<'_>) -> T) -> Vec<Result<T, Reason>> {
        each(&format!("{HEADER}{lines}"), look)
    }

    #[test]
    fn a_row_without_channel_id() {
        let line = "2017-11-14,0SMKG3SRGzQ,T-Series,10,2017-11-12T16:08:13.000Z,\
                    \"Tech #346 - X4, \"\"IIş\"\" 😀\",176472,588,52,0\r\n";
        let video = rows(line, |video| {
            assert_eq!(video.title, "Tech #346 - X4, \"IIş\" 😀");
            assert_eq!((video.category, video.account_name), ("Music", "T-Series"));
            assert_eq!(video.published_at.timestamp(), 1_510_502_893);
            assert_eq!((video.views, video.comments), (Some(176_472), Some(0)));
            assert!(video.tags.is_empty() && video.hashtags.is_empty());
            assert!(!video.is_damaged());
            (video.platform_id.clone(), video.post_id.clone())
        });
        // sha256("T-Series") = 6ce5dccecdb22fa7…
        assert_eq!(video, [Ok(("title-6ce5dccecdb22fa7".to_owned(), "0SMKG3SRGzQ".to_owned()))]);
    }

    #[test]
    fn a_row_with_channel_id_tags_and_hashtags() {
        let csv = "snapshot_date,video_id,channel_id,channel_title,category_id,published_at,title,\
                   tags,hashtags,views,likes,dislikes,comments\n\
                   2020-08-12,Iot0eF6EoNA,UCGqvJPRcv7aVFun-eTsatcA,Fox,99,2020-08-12T04:31:41Z,Sadak,\
                   sadak| sadak 2||movie,sadak2|#கொரோனா,9885899,224925,3979409,350210\n\
                   2020-08-12,Iot0eF6EoNA,#NAME?,Fox,24,2020-08-12T04:31:41Z,Sadak,,,1,,,\n";
        let videos = each(csv, |video| {
            let lists = [video.tags.join("+"), video.hashtags.join("+")];
            (video.platform_id.clone(), video.category.to_owned(), lists, video.likes)
        });
        let first = (
            "UCGqvJPRcv7aVFun-eTsatcA".to_owned(),
            String::new(),
            ["sadak+sadak 2+movie".to_owned(), "sadak2+கொரோனா".to_owned()],
            Some(224_925),
        );
        let second = (
            format!("title-{}", hash(&["Fox"])),
            "Entertainment".to_owned(),
            [const { String::new() }; 2],
            None,
        );
        assert_eq!(videos, [Ok(first), Ok(second)]);
    }

    #[test]
    fn a_damaged_video_is_its_channel_and_instant() {
        let lines = "2017-11-14,#NAME?,Jansatta,24,2017-11-11T09:09:06.000Z,a,1,1,1,1\n\
                     2017-11-15,#VALUE!,Jansatta,24,2017-11-11T09:09:06Z,#NAME?,2,1,1,1\n\
                     2017-11-15,#NAME?,Jansatta,24,2017-11-11T09:09:07Z,a,2,1,1,1\n\
                     2017-11-15,,Other,24,2017-11-11T09:09:06Z,a,2,1,1,1\n";
        let ids = rows(lines, |video| {
            assert!(video.is_damaged());
            assert_ne!(video.title, "#NAME?");
            video.post_id.clone()
        });
        let ids: Vec<String> = ids.into_iter().map(|id| id.expect("imported")).collect();
        assert_eq!(ids[0], ids[1]);
        assert!(ids[0] != ids[2] && ids[0] != ids[3] && ids[2] != ids[3], "{ids:?}");
        assert_eq!(ids[0].len(), DAMAGED.len() + 16);
    }

    #[test]
    fn rows_that_make_no_sense_name_their_reason() {
        let cases = [
            ("2017-11-14,a,,24,2017-11-11T09:09:06Z,t,1,1,1,1", Reason::BadChannelTitle),
            ("2017-11-14,a,#REF!,24,2017-11-11T09:09:06Z,t,1,1,1,1", Reason::BadChannelTitle),
            ("14.11.2017,a,c,24,2017-11-11T09:09:06Z,t,1,1,1,1", Reason::BadDate),
            ("2017-11-14,a,c,24,yesterday,t,1,1,1,1", Reason::BadDate),
            ("2017-11-14,a,c,24,2017-11-11T09:09:06Z,t,#VALUE!,1,1,1", Reason::BadNumber),
            ("2017-11-14,a,c,24,2017-11-11T09:09:06Z,t,1,1,1,-5", Reason::BadNumber),
            ("2017-11-14,a,c", Reason::MissingColumn),
            ("2017-11-14,a,c,24,2017-11-11T09:09:06Z,t,u,1,1,1,1", Reason::ExtraColumn),
        ];
        for (line, reason) in cases {
            assert_eq!(rows(line, |_| ()), [Err(reason)], "{line}");
        }
        // A title may begin with #.
        let line = "2017-11-14,a,#Mind Warehouse,24,2017-11-11T09:09:06Z,,0,,0,0";
        assert_eq!(rows(line, |video| (video.views, video.likes)), [Ok((Some(0), None))]);
    }

    #[test]
    fn the_country_of_a_list_is_in_its_rows_or_its_name() {
        let csv = format!(
            "country,{HEADER}GB,2017-11-14,a,c,24,2017-11-11T09:09:06Z,t,1,1,1,1\n\
                           ,2017-11-14,a,c,24,2017-11-11T09:09:06Z,t,1,1,1,1\n"
        );
        let countries = each(&csv, |video| video.countries.clone());
        assert_eq!(countries, [Ok(vec!["GB"]), Ok(vec![])]);
        for (name, country) in [
            ("youtube_trending_india_2017_2018.csv.zst", Some("IN")),
            ("GBvideos.csv", Some("GB")),
            ("US_youtube_trending_data.csv", Some("US")),
            ("trending-in-2020.csv", None),
            ("videos.csv", None),
        ] {
            assert_eq!(country_of(Path::new(name)), country, "{name}");
        }
    }

    #[test]
    fn another_file_is_refused() {
        assert!(Layout::of(&Source::from("handle,full_name\n")).is_err());
    }
}
