//! The table, and the same as JSON.

use serde_json::{Value, json};

/// What a figure should reach.
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "each group of measurements has other aims")]
pub enum Aim {
    AtMost(f64),
    AtLeast(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

impl Aim {
    fn text(self) -> String {
        match self {
            Self::AtMost(value) => format!("<= {value}"),
            Self::AtLeast(value) => format!(">= {value}"),
            Self::RatioAtLeast(ratio) => format!("ratio >= {ratio}"),
            Self::RatioAtMost(ratio) => format!("ratio <= {ratio}"),
        }
    }

    fn is_met(self, row: &Row) -> bool {
        let ratio = row.ratio().unwrap_or(f64::NAN);
        match self {
            Self::AtMost(limit) => row.value <= limit,
            Self::AtLeast(limit) => row.value >= limit,
            Self::RatioAtLeast(limit) => ratio >= limit,
            Self::RatioAtMost(limit) => ratio <= limit,
        }
    }
}

/// One figure.
pub struct Row {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    pub baseline: Option<f64>,
    pub aim: Option<Aim>,
}

impl Row {
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, baseline: None, aim: None }
    }

    pub fn beside(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    pub fn aims(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.baseline.map(|baseline| self.value / baseline)
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "value": self.value, "unit": self.unit,
            "baseline": self.baseline, "ratio": self.ratio(), "aim": self.aim.map(Aim::text),
        })
    }
}

/// Prints the rows side by side; whether all aims are met.
pub fn print(rows: &[Row]) -> bool {
    let number = |value: Option<f64>| value.map_or_else(String::new, short);
    println!(
        "\n{:<58} {:>10} {:>10} {:>7}  {:<7} {:<14}",
        "", "coffee", "baseline", "ratio", "unit", "aim"
    );
    for row in rows {
        let aim = row.aim.map(|aim| {
            let verdict = if aim.is_met(row) { "met" } else { "MISSED" };
            format!("{} {verdict}", aim.text())
        });
        println!(
            "{:<58} {:>10} {:>10} {:>7}  {:<7} {}",
            row.name,
            short(row.value),
            number(row.baseline),
            row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            row.unit,
            aim.unwrap_or_default()
        );
    }
    rows.iter().all(|row| row.aim.is_none_or(|aim| aim.is_met(row)))
}

fn short(value: f64) -> String {
    if value.abs() >= 1000.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// Writes the rows as a list of objects.
pub fn write(rows: &[Row], file: &str) {
    let rows: Vec<Value> = rows.iter().map(Row::json).collect();
    let text = serde_json::to_string_pretty(&rows).expect("rows");
    std::fs::write(file, text + "\n").unwrap_or_else(|error| panic!("{file}: {error}"));
}
