//! Names of places as they are stored.

/// Behind which characters a word begins.
const BEFORE_WORDS: [char; 3] = [' ', '\'', '-'];

/// The name with a capital in front of each word; all else stays as it is.
pub fn capitalised(name: &str) -> String {
    let mut capitals = String::with_capacity(name.len());
    let mut begins = true;
    for letter in name.chars() {
        if begins {
            capitals.extend(letter.to_uppercase());
        } else {
            capitals.push(letter);
        }
        begins = BEFORE_WORDS.contains(&letter);
    }
    capitals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_gets_a_capital_and_nothing_else_changes() {
        assert_eq!(capitalised("o'fallon st-denis"), "O'Fallon St-Denis");
        assert_eq!(capitalised("NEW york"), "NEW York");
        assert_eq!(capitalised("new  delhi "), "New  Delhi ");
        assert_eq!(capitalised("पुणे"), "पुणे");
    }
}
