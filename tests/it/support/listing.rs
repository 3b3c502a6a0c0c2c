//! A list over ClickHouse, checked against a model: three rows, and a table of the values that they
//! have in every field.

use serde_json::{Value, json};

use super::Client;

/// A list route.
pub struct Listing {
    pub client: Client,
    pub path: &'static str,
    /// Key of the entries in answers.
    pub payload: &'static str,
    /// Member of an entry that tells rows apart.
    pub key: &'static str,
    /// Its values, in the order of [`Column::values`].
    pub rows: [&'static str; 3],
    /// Condition of every request that names no field of its own.
    pub always: Option<(&'static str, &'static str, &'static str)>,
}

/// A field and what the three rows have in it. Dots lead into maps.
pub struct Column {
    pub name: &'static str,
    pub values: [Option<&'static str>; 3],
    pub kind: Sample,
    pub sortable: bool,
}

/// How values of a field compare.
#[derive(Clone, Copy, PartialEq)]
pub enum Sample {
    Number,
    Text,
    /// `YYYY-MM-DD`.
    Date,
}

impl Column {
    pub const fn number(name: &'static str, values: [Option<&'static str>; 3]) -> Self {
        Self { name, values, kind: Sample::Number, sortable: true }
    }

    pub const fn text(name: &'static str, values: [Option<&'static str>; 3]) -> Self {
        Self { kind: Sample::Text, ..Self::number(name, values) }
    }

    pub const fn date(name: &'static str, values: [Option<&'static str>; 3]) -> Self {
        Self { kind: Sample::Date, ..Self::number(name, values) }
    }

    pub const fn filter_only(self) -> Self {
        Self { sortable: false, ..self }
    }

    fn cell(&self, row: usize) -> Option<Value> {
        let text = self.values[row]?;
        Some(match self.kind {
            Sample::Number => serde_json::from_str(text).expect("a number"),
            Sample::Text | Sample::Date => text.into(),
        })
    }

    fn order(&self, a: &str, b: &str) -> std::cmp::Ordering {
        let number = |text: &str| text.parse::<f64>().expect("a number");
        match self.kind {
            Sample::Number => number(a).total_cmp(&number(b)),
            Sample::Text | Sample::Date => a.cmp(b),
        }
    }

    /// Whether a row with this value matches.
    fn holds(&self, operator: &str, operand: &str, value: Option<&str>) -> bool {
        let Some(value) = value else { return false };
        let order = || self.order(value, operand);
        let elements = || operand.split(',').map(str::trim).filter(|one| !one.is_empty());
        let listed = || elements().any(|one| self.order(value, one).is_eq());
        match operator {
            "EQ" => order().is_eq(),
            "NE" => order().is_ne(),
            "GTE" => order().is_ge(),
            "LTE" => order().is_le(),
            "GT" => order().is_gt(),
            "LT" => order().is_lt(),
            "IN" => listed(),
            "NOTIN" => !listed(),
            "LIKE" => value.to_lowercase().contains(&operand.to_lowercase()),
            other => panic!("no model of {other}"),
        }
    }

    /// Two fields with the same of this are filtered by the same code.
    fn family(&self) -> (Sample, usize, bool) {
        (self.kind, self.name.split('.').count(), self.values.contains(&None))
    }

    /// Operators and values that the field takes: all, or two that tell its rows apart.
    fn cases(&self, all: bool) -> Vec<(&'static str, String)> {
        let mut known: Vec<&str> = self.values.iter().flatten().copied().collect();
        known.sort_by(|a, b| self.order(a, b));
        let (low, high) = (known[0], known[known.len() - 1]);
        let mut cases = vec![("EQ", low.to_owned()), ("GT", low.to_owned())];
        if !all {
            return cases;
        }
        cases.extend([
            ("NE", low.to_owned()),
            ("GTE", high.to_owned()),
            ("LTE", low.to_owned()),
            ("LT", high.to_owned()),
            ("IN", format!(" {low} ,, {high}")),
            ("NOTIN", high.to_owned()),
        ]);
        match self.kind {
            Sample::Number if !low.contains('.') => cases.push(("GT", format!("{low}.5"))),
            Sample::Text => cases.push(("LIKE", low[1..].to_uppercase())),
            Sample::Number | Sample::Date => {}
        }
        cases
    }

    /// Operators and values that it refuses.
    fn refusals(&self) -> Vec<(&'static str, &'static str)> {
        let value = self.values[0].expect("the first row has every value");
        let mut refusals =
            vec![("BOOL", "true"), ("ARRAY", value), ("ARRAY_IN", value), ("eq", value)];
        refusals.extend([("NEAR", value), ("IN", " , ")]);
        match self.kind {
            Sample::Text => {}
            Sample::Number => refusals.extend(
                ["many", "1e3", " 1", "NaN", "2024-05-01", "1 OR 1=1"].map(|text| ("EQ", text)),
            ),
            Sample::Date => refusals.extend(
                ["5", "2024-5-1", "2024-02-30", "ALL", "2024-05-01T00:00:00Z"]
                    .map(|text| ("EQ", text)),
            ),
        }
        if self.kind != Sample::Text {
            refusals.extend([("LIKE", value), ("IN", "1,x"), ("NOTIN", "x")]);
        }
        refusals
    }
}

/// The three rows of a table of columns, over what every row has.
pub fn rows(base: &Value, columns: &[Column]) -> Vec<Value> {
    let row = |index| {
        let mut row = base.clone();
        for column in columns {
            if let Some(cell) = column.cell(index) {
                let place = column.name.split('.').fold(&mut row, |place, key| &mut place[key]);
                *place = cell;
            }
        }
        row
    };
    (0..3).map(row).collect()
}

impl Listing {
    /// Keys of the rows on the page, in order.
    pub async fn page(&self, query: &str, filters: &[(&str, &str, &str)]) -> Vec<String> {
        let answer = self.client.list(&format!("{}{query}", self.path), filters).await.success();
        let entries = answer[self.payload].as_array().expect("a list").clone();
        let key = |entry: &Value| match &entry[self.key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let keys: Vec<String> = entries.iter().map(key).collect();
        let count = answer["status"]["filteredCount"].as_u64().unwrap_or_default();
        assert!(count >= keys.len() as u64, "{count} for {keys:?}");
        keys
    }

    /// Keys of the rows that match, sorted.
    pub async fn found(&self, filters: &[(&str, &str, &str)]) -> Vec<String> {
        let mut keys = self.page("", filters).await;
        keys.sort();
        keys
    }

    /// The request must be refused as `invalid Request`, with an empty list.
    pub async fn refuses(&self, query: &str, filters: &[(&str, &str, &str)]) {
        let answer = self.client.list(&format!("{}{query}", self.path), filters).await;
        let status = json!({"status": "500", "message": "invalid Request"});
        assert_eq!(
            answer.contract(),
            json!({"status": status, self.payload: []}),
            "{query} {filters:?}"
        );
    }

    /// Filters on every column find what the model says, or are refused; all operators are tried on
    /// the first column of a family.
    pub async fn check_filters(&self, columns: &[Column]) {
        for (index, column) in columns.iter().enumerate() {
            let is_first = columns[..index].iter().all(|other| other.family() != column.family());
            let always = self.always.filter(|(_, field, _)| *field != column.name);
            for (operator, operand) in column.cases(is_first) {
                let mut expected: Vec<&str> = (0..3)
                    .filter(|row| column.holds(operator, &operand, column.values[*row]))
                    .map(|row| self.rows[row])
                    .collect();
                expected.sort_unstable();
                let filters: Vec<_> =
                    always.into_iter().chain([(operator, column.name, operand.as_str())]).collect();
                assert_eq!(self.found(&filters).await, expected, "{filters:?}");
            }
            for (operator, operand) in column.refusals() {
                self.refuses("", &[(operator, column.name, operand)]).await;
            }
        }
    }

    /// Every sort key orders both ways, rows without a value last; other keys are refused.
    pub async fn check_sorts(&self, columns: &[Column]) {
        for column in columns {
            let by = format!("?sortBy={}", column.name);
            if !column.sortable {
                self.refuses(&by, &[]).await;
                continue;
            }
            let mut order: Vec<usize> =
                (0..3).filter(|row| column.values[*row].is_some()).collect();
            let cell = |row: usize| column.values[row].expect("kept");
            order.sort_by(|a, b| column.order(cell(*a), cell(*b)));
            let unknown: Vec<usize> = (0..3).filter(|row| column.values[*row].is_none()).collect();
            let keys = |order: &[usize]| -> Vec<&str> {
                order.iter().chain(&unknown).map(|row| self.rows[*row]).collect()
            };
            assert_eq!(self.page(&format!("{by}&sortDir=asc"), &[]).await, keys(&order), "{by}");
            order.reverse();
            assert_eq!(self.page(&by, &[]).await, keys(&order), "{by}");
        }
    }
}
