-- Keep names beside the recorded ones as searches compare them.

ALTER TABLE instagram_account ADD COLUMN name_text text, ADD COLUMN search_text text, ADD COLUMN search_text_admin text;
ALTER TABLE youtube_account ADD COLUMN name_text text, ADD COLUMN search_text text, ADD COLUMN search_text_admin text;

-- A text as it is compared in searches for names, whatever form it is written in: without case, accents of
-- Latin, Greek and Cyrillic letters, invisible characters and the width of letters; one kind of blank, quote
-- and dash. Signs of Indian scripts stay; a Malayalam or Bengali letter without vowel has one spelling.
-- `fold` in src/core/text.rs does the same, and a test compares both.
CREATE OR REPLACE FUNCTION fold_text(original text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            normalize(
                regexp_replace(
                    normalize(
                        translate(
                            lower(
                                normalize(
                                    translate(
                                        regexp_replace(original,
                                            '[\u00AD\u061C\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E0FFF]',
                                            '', 'g'),
                                        U&'\2018\2019\201A\201B\2032\00B4\02BC\201C\201D\201E\201F\2033\2010\2011\2012\2013\2014\2015\2212',
                                        '''''''''''''''"""""-------'),
                                    NFKC) COLLATE "und-x-icu"),
                            U&'\03C2', U&'\03C3'),
                        NFD),
                    '[\u0300-\u036F]', '', 'g'),
                NFC),
            U&'\0D7A', U&'\0D23\0D4D'), U&'\0D7B', U&'\0D28\0D4D'), U&'\0D7C', U&'\0D30\0D4D'),
            U&'\0D7D', U&'\0D32\0D4D'), U&'\0D7E', U&'\0D33\0D4D'), U&'\0D7F', U&'\0D15\0D4D'),
            U&'\0D54', U&'\0D2E\0D4D'), U&'\0D55', U&'\0D2F\0D4D'), U&'\0D56', U&'\0D34\0D4D'),
            U&'\09CE', U&'\09A4\09CD'),
        '\u0D4D+', U&'\0D4D', 'g'),
    '[\u0001-\u0020\u007F-\u00A0\u1680\u2028\u2029]+', ' ', 'g');

-- Keeps beside each name what searches compare.
CREATE OR REPLACE FUNCTION fold_instagram_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_text := fold_text(NEW.name);
    NEW.search_text := fold_text(NEW.search_phrase);
    NEW.search_text_admin := fold_text(NEW.search_phrase_admin);
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fold_youtube_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_text := fold_text(NEW.title);
    NEW.search_text := fold_text(NEW.search_phrase);
    NEW.search_text_admin := fold_text(NEW.search_phrase_admin);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER instagram_account_fold
    BEFORE INSERT OR UPDATE OF name, search_phrase, search_phrase_admin ON instagram_account
    FOR EACH ROW EXECUTE FUNCTION fold_instagram_account();

CREATE OR REPLACE TRIGGER youtube_account_fold
    BEFORE INSERT OR UPDATE OF title, search_phrase, search_phrase_admin ON youtube_account
    FOR EACH ROW EXECUTE FUNCTION fold_youtube_account();
