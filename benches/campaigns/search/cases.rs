//! What is asked for, and the same as conditions in SQL.

/// Fields of the platform alone.
const CONTACTS: [&str; 8] = [
    "phone",
    "updated_by",
    "admin_details.email",
    "admin_details.phone",
    "admin_details.secondaryPhone",
    "user_details.email",
    "user_details.phone",
    "user_details.secondaryPhone",
];
/// The page's order where nothing else is asked for.
const LATEST: &str = "id DESC";

/// A search.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub filters: Vec<[String; 3]>,
    /// Order of the request, and the same in SQL; of ranks, their direction.
    pub query: &'static str,
    pub order: &'static str,
    /// Condition on narrow rows as the service puts it.
    pub sql: String,
    /// The same on the profiles themselves, said in a way of its own.
    pub plain: String,
    /// Whether the conditions are on collections and their items.
    pub is_in_collection: bool,
    /// Whether the order is that of the items' ranks.
    pub is_ranked: bool,
}

impl Case {
    fn new(name: &str, filter: [&str; 3], sql: &str) -> Self {
        Self {
            name: name.to_owned(),
            filters: vec![filter.map(str::to_owned)],
            query: "",
            order: LATEST,
            sql: sql.to_owned(),
            plain: sql.to_owned(),
            is_in_collection: false,
            is_ranked: false,
        }
    }

    fn plainly(self, plain: &str) -> Self {
        Self { plain: plain.to_owned(), ..self }
    }

    /// Both, in the order of the first one.
    fn and(mut self, other: Self) -> Self {
        self.filters.extend(other.filters);
        let both = |a: &str, b: &str| format!("({a}) AND ({b})");
        Self {
            name: format!("{} and {}", self.name, other.name),
            sql: both(&self.sql, &other.sql),
            plain: both(&self.plain, &other.plain),
            ..self
        }
    }

    fn by(self, query: &'static str, order: &'static str) -> Self {
        Self { name: format!("{} {query}", self.name), query, order, ..self }
    }

    /// Whether the platform's own partner asks.
    pub fn is_of_platform(&self) -> bool {
        self.filters.iter().any(|[_, field, _]| CONTACTS.contains(&field.as_str()))
    }

    /// Whether a filter shows profiles that were switched off.
    pub fn shows_disabled(&self) -> bool {
        self.filters.iter().any(|[_, field, _]| field == "enabled")
    }
}

/// Every filter singly, some of them together, and every order.
pub fn all() -> Vec<Case> {
    let mut all = columns();
    all.extend(details());
    all.extend(collections());
    all.extend(orders());
    let [city, gender] = [text("admin", "city", "Pune"), text("admin", "gender", "FEMALE")];
    let platform =
        || Case::new("platform", ["EQ", "platform", "INSTAGRAM"], "platform = 'INSTAGRAM'");
    let program = list("creatorPrograms", "admin", "creatorPrograms", "2_PRO");
    let listed = flag("isBlacklisted", "admin", "isBlacklisted", false);
    let opted = || flag("user_details.whatsappOptIn", "user", "whatsappOptIn", true);
    let phone = Case::new("has_phone", ["BOOL", "has_phone", "true"], "has_phone");
    all.extend([
        platform().and(city).and(gender).and(program).and(listed),
        platform().and(phone).and(opted()).and(names("search_phrase", &["admin", "user"], "priya")),
        opted()
            .and(list("categoryIds", "admin", "campaignCategoryIds", "7"))
            .by("?sortBy=updated_at", "updated_at DESC, id"),
    ]);
    all
}

fn columns() -> Vec<Case> {
    let day = "timestamptz '2024-06-01 00:00 Asia/Kolkata'";
    [
        ("everybody", ["EQ", "id", ""], "TRUE"),
        ("id", ["EQ", "id", "1000777"], "id = 1000777"),
        (
            "platform_account_id",
            ["EQ", "platform_account_id", "1000778"],
            "platform_account_id = 1000778",
        ),
        ("created_at from", ["GTE", "created_at", "2024-06-01"], &format!("created_at >= {day}")),
        (
            "updated_at before",
            ["LT", "updated_at", "2025-02-01"],
            "updated_at < timestamptz '2025-02-01 00:00 Asia/Kolkata'",
        ),
        (
            "updated_at from",
            ["GTE", "updated_at", "2025-06-01"],
            "updated_at >= timestamptz '2025-06-01 00:00 Asia/Kolkata'",
        ),
        ("platform", ["EQ", "platform", "YOUTUBE"], "platform = 'YOUTUBE'"),
        ("on_gcc", ["BOOL", "on_gcc", "true"], "on_gcc = TRUE"),
        ("on_gcc_app", ["BOOL", "on_gcc_app", "false"], "on_gcc_app = FALSE"),
        (
            "gcc_user_account_id",
            ["EQ", "gcc_user_account_id", "1000779"],
            "gcc_user_account_id = 1000779",
        ),
        ("enabled", ["BOOL", "enabled", "true"], "enabled = TRUE"),
        ("enabled, switched off", ["BOOL", "enabled", "false"], "enabled = FALSE"),
        ("has_email", ["BOOL", "has_email", "true"], "has_email = TRUE"),
        ("has_phone", ["BOOL", "has_phone", "false"], "has_phone = FALSE"),
        ("gender", ["EQ", "gender", "FEMALE"], "gender = 'FEMALE'"),
        ("gender of nobody", ["EQ", "gender", "NONE"], "gender = 'NONE'"),
        ("dob", ["EQ", "dob", "1990-01-01"], "dob = '1990-01-01'"),
        ("dob from", ["GTE", "dob", "1990-01-01"], "dob >= '1990-01-01'"),
        ("location, one in eight", ["ARRAY", "location", "Delhi"], "location && '{Delhi}'"),
        ("location of all", ["ARRAY", "location", "India"], "location && '{India}'"),
        ("location of nobody", ["ARRAY", "location", "Nowhere"], "location && '{Nowhere}'"),
        ("languages", ["ARRAY", "languages", "hi,ta"], "languages && '{hi,ta}'"),
        ("languages, one in 60", ["ARRAY", "languages", "x3"], "languages && '{x3}'"),
        (
            "phone",
            ["EQ", "phone", "9000007919"],
            "phone && '{9000007919}' AND phone && '{9000007919}'",
        ),
        ("phone of nobody", ["EQ", "phone", "1"], "phone && '{1}' AND phone && '{1}'"),
        ("updated_by", ["EQ", "updated_by", "105"], "updated_by = '105'"),
        ("updated_by of nobody", ["EQ", "updated_by", "1"], "updated_by = '1'"),
    ]
    .map(|(name, filter, sql)| Case::new(name, filter, sql))
    .to_vec()
}

fn details() -> Vec<Case> {
    let mut all = vec![
        names("search_phrase", &["admin", "user"], "asha"),
        names("search_phrase", &["admin", "user"], "a ra"),
        names("search_phrase", &["admin", "user"], "as"),
        names("search_phrase", &["admin", "user"], "zzqq of nobody"),
        names("admin_details.name", &["admin"], "rao"),
        names("user_details.name", &["user"], "rao"),
        list("creatorCohorts", "admin", "creatorCohorts", "1_L1"),
        list("creatorPrograms", "admin", "creatorPrograms", "1_PRO"),
        list("categoryIds", "admin", "campaignCategoryIds", "3"),
        list("admin_details.languages", "admin", "languages", "hi"),
        list("user_details.languages", "user", "languages", "hi"),
        list("user_details.languages", "user", "languages", "x3"),
        list("user_details.location", "user", "location", "Delhi"),
        list("user_details.location", "user", "location", "India"),
        flag("isBlacklisted", "admin", "isBlacklisted", true),
        flag("isBlacklisted", "admin", "isBlacklisted", false),
    ];
    for (who, key) in [
        ("admin", "whatsappOptIn"),
        ("user", "whatsappOptIn"),
        ("user", "ekycPending"),
        ("user", "instantGratificationInvited"),
        ("user", "amazonStoreLinkVerified"),
    ] {
        all.push(flag(&format!("{who}_details.{key}"), who, key, true));
    }
    for (who, key, value) in [
        ("admin", "city", "Mumbai"),
        ("admin", "city", "Nowhere of nobody"),
        ("admin", "state", "Kerala"),
        ("admin", "country", "India"),
        ("admin", "gender", "FEMALE"),
        ("user", "gender", "OTHER"),
        ("admin", "email", "creator100@example.com"),
        ("user", "email", "me777@example.com"),
        ("user", "memberId", "M777"),
        ("user", "referenceCode", "REF77"),
        ("admin", "countryCode", "971"),
        ("admin", "phone", "9000007919"),
        ("user", "phone", "9000023757"),
        ("admin", "secondaryPhone", "89000158380"),
        ("user", "secondaryPhone", "1 of nobody"),
    ] {
        all.push(text(who, key, value));
    }
    all.extend([
        names("admin_details.city", &["admin"], "mum"),
        names("admin_details.email", &["admin"], "r100@"),
    ]);
    all
}

fn collections() -> Vec<Case> {
    let all = [
        ("shortlistId", ["EQ", "shortlistId", "list3"], "item.shortlist_id = 'list3'"),
        (
            "shortlistingStatus",
            ["EQ", "shortlistingStatus", "REJECTED"],
            "item.shortlisting_status = 'REJECTED'",
        ),
        (
            "campaignProfileId",
            ["EQ", "campaignProfileId", "1000022"],
            "item.campaign_profile_id = 1000022",
        ),
        ("itemEnabled", ["BOOL", "itemEnabled", "true"], "item.enabled = TRUE"),
        ("itemHidden", ["BOOL", "itemHidden", "true"], "item.hidden = TRUE"),
        ("campaignId", ["EQ", "campaignId", "5300"], "collection.campaign_id = 5300"),
        ("campaignId of nobody", ["EQ", "campaignId", "1"], "collection.campaign_id = 1"),
        ("collectionId", ["EQ", "collectionId", "1000300"], "collection.id = 1000300"),
        (
            "collectionId, one of 10,000",
            ["EQ", "collectionId", "1000000"],
            "collection.id = 1000000",
        ),
        (
            "collectionShareId",
            ["EQ", "collectionShareId", "bench300"],
            "collection.share_id = 'bench300'",
        ),
    ];
    let all = all
        .map(|(name, filter, sql)| Case { is_in_collection: true, ..Case::new(name, filter, sql) });
    let by_rank = "?sortBy=profile_collection_item.rank&sortDir=ASC";
    let ranked = all[8].clone().by(by_rank, "ASC NULLS LAST");
    let ranked = Case { is_ranked: true, ..ranked };
    all.into_iter().chain([ranked]).collect()
}

fn orders() -> Vec<Case> {
    let mut all = Vec::new();
    for (query, order) in [
        ("?sortBy=id&sortDir=ASC", "id"),
        ("?sortBy=platform_account_id", "platform_account_id DESC, id"),
        ("?sortBy=platform_account_id&sortDir=ASC", "platform_account_id, id"),
        ("?sortBy=created_at", "created_at DESC, id"),
        ("?sortBy=created_at&sortDir=ASC", "created_at, id"),
        ("?sortBy=updated_at", "updated_at DESC, id"),
        ("?sortBy=updated_at&sortDir=ASC", "updated_at, id"),
    ] {
        all.push(Case::new("everybody", ["EQ", "id", ""], "TRUE").by(query, order));
        all.push(text("admin", "city", "Mumbai").by(query, order));
        all.push(flag("isBlacklisted", "admin", "isBlacklisted", true).by(query, order));
    }
    all
}

/// The column of narrow rows in which a member of the details stands.
fn column(who: &str, key: &str) -> String {
    let mut snake = String::new();
    for letter in key.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    let of_both =
        ["name", "gender", "languages", "whatsapp_opt_in", "email", "phone", "secondary_phone"];
    let of_one = ["city", "state", "country", "location"];
    match snake.as_str() {
        "campaign_category_ids" => "category_ids".to_owned(),
        key if of_both.contains(&key) || of_one.contains(&key) => format!("{who}_{key}"),
        _ => snake,
    }
}

/// The texts that contain another one in any case; names in any form.
fn names(field: &str, of: &[&str], value: &str) -> Case {
    let key = field.split_once('.').map_or("name", |(_, key)| key);
    let any = |condition: &dyn Fn(&str) -> String| {
        let all: Vec<String> = of.iter().map(|who| condition(who)).collect();
        format!("({})", all.join(" OR "))
    };
    let sql = any(&|who| match key {
        "name" => format!("{}_text LIKE '%{value}%'", column(who, key)),
        _ => format!("{} ILIKE '%{value}%'", column(who, key)),
    });
    let plain = any(&|who| format!("{who}_details ->> '{key}' ILIKE '%{value}%'"));
    Case::new(&format!("{field} like {value}"), ["LIKE", field, value], &sql).plainly(&plain)
}

/// A list that has an element.
fn list(field: &str, who: &str, key: &str, value: &str) -> Case {
    let sql = format!("{} && '{{{value}}}'", column(who, key));
    let plain = format!("{who}_details -> '{key}' ? '{value}'");
    Case::new(&format!("{field} {value}"), ["ARRAY", field, value], &sql).plainly(&plain)
}

/// A truth value; a missing one is false.
fn flag(field: &str, who: &str, key: &str, value: bool) -> Case {
    let sql = format!("{} = {value}", column(who, key));
    let plain =
        format!("({who}_details ->> '{key}' = 'true') IS {}TRUE", if value { "" } else { "NOT " });
    Case::new(&format!("{field} {value}"), ["EQ", field, &value.to_string()], &sql).plainly(&plain)
}

/// A text.
fn text(who: &str, key: &str, value: &str) -> Case {
    let sql = format!("{} = '{value}'", column(who, key));
    let plain = format!("{who}_details ->> '{key}' = '{value}'");
    let field = format!("{who}_details.{key}");
    Case::new(&format!("{field} {value}"), ["EQ", &field, value], &sql).plainly(&plain)
}
