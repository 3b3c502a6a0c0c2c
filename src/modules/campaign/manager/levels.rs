//! Levels in programs and cohorts, which are stored as `<id>_<level>`.

use super::super::dto::{LevelIn, LevelOut};

/// Ids and tags.
pub type Tags = &'static [(&'static str, &'static str)];

pub const PROGRAMS: Tags = &[("1", "BEAUTY"), ("2", "GOOD_PARENTING"), ("3", "GOOD_LIFE")];
pub const COHORTS: Tags = &[("1", "CONTENT"), ("2", "ORDERS"), ("3", "VIEWS")];

/// A stored level; `None` where it cannot be read.
pub fn read(stored: &str, tags: Tags) -> Option<LevelOut> {
    let (id, level) = stored.split_once('_').filter(|(_, level)| !level.is_empty())?;
    let (_, tag) = tags.iter().find(|(known, _)| *known == id)?;
    Some(LevelOut { level: level.to_owned(), tag })
}

/// A level as it is stored; `None` for a tag that nobody knows, and without a level.
pub fn stored(sent: &LevelIn, tags: Tags) -> Option<String> {
    let level = sent.level.as_deref().filter(|level| !level.trim().is_empty())?;
    let (id, _) = tags.iter().find(|(_, tag)| Some(*tag) == sent.tag.as_deref())?;
    Some(format!("{id}_{level}"))
}

/// Id of a tag.
pub fn id(tag: &str, tags: Tags) -> Option<i64> {
    tags.iter().find(|(_, known)| *known == tag)?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_everything_behind_the_first_line() {
        let level = read("3_PRO_2", PROGRAMS).expect("a level");
        assert_eq!((level.tag, level.level.as_str()), ("GOOD_LIFE", "PRO_2"));
        for unreadable in ["9_PRO", "3", "3_", "", "_"] {
            assert_eq!(read(unreadable, PROGRAMS), None, "{unreadable}");
        }
    }

    #[test]
    fn unknown_tags_and_empty_levels_are_not_stored() {
        let sent = |tag: &str, level: &str| {
            let text = |text: &str| Some(text.to_owned());
            stored(&LevelIn { tag: text(tag), level: text(level) }, PROGRAMS)
        };
        assert_eq!(sent("GOOD_LIFE", "PRO").as_deref(), Some("3_PRO"));
        assert_eq!((sent("MUSIC", "PRO"), sent("BEAUTY", " ")), (None, None));
        assert_eq!(stored(&LevelIn::default(), PROGRAMS), None);
    }
}
