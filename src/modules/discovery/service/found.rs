//! Where a page of a search is found: in the search table, or in PostgreSQL.

use super::super::dao::search::{self, FoundPage, Search, SortKey};
use super::super::dao::{account, joined};
use super::DiscoveryService;
use crate::core::config::SearchStore;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, Kind, Operand, Test};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::profile_search::{ProfileSearch, Question, Silence, SortedBy};

/// Accounts of campaign profiles or collections that the search table is asked about at most; of more, PostgreSQL
/// knows better where to begin.
const MOST_IDS: u64 = 100_000;

/// Why PostgreSQL answers; the label of a metric.
type Reason = &'static str;

impl DiscoveryService {
    /// A page of one platform. Both stores give the same answer.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn page(
        &self,
        unit: &UnitOfWork,
        db: &Db<'_>,
        search: &Search,
    ) -> Result<FoundPage, Error> {
        let metrics = &unit.stores().metrics.profile_search;
        match self.of_table(unit, db, search).await? {
            Ok(page) => {
                metrics.by_table();
                Ok(page)
            }
            Err(reason) => {
                metrics.by_postgres(reason);
                search::run(db, search).await
            }
        }
    }

    async fn of_table(
        &self,
        unit: &UnitOfWork,
        db: &Db<'_>,
        search: &Search,
    ) -> Result<Result<FoundPage, Reason>, Error> {
        if self.search_in == SearchStore::PostgreSql {
            return Ok(Err("configured"));
        }
        let Some(parts) = Parts::of(search) else { return Ok(Err("condition")) };
        let keys = search.sort.iter().map(sorted_by).collect::<Option<Vec<_>>>();
        let Some(keys) = keys else { return Ok(Err("rank")) };
        if let Some(reason) = self.table.silence(unit.stores()).await {
            return Ok(Err(reason_of(reason)));
        }
        let Some((among, without)) = parts.ids(db, search).await? else { return Ok(Err("ids")) };
        let question = Question {
            platform: search.platform,
            clauses: &parts.account,
            among,
            without,
            keys,
            direction: search.direction,
            paging: &search.paging,
            counts_to: search.counts_to,
        };
        let answer = match self.table.find(unit, &question).await? {
            Ok(answer) => answer,
            Err(silence) => return Ok(Err(reason_of(silence))),
        };
        let is_full = answer.ids.len() as u64 >= search.paging.size();
        let may_follow = if search.paging.is_keyset() { answer.next.is_some() } else { is_full };
        let counted = answer.total.map(u64::cast_signed).or(search.paging.counted());
        let (total, at_least) = search::up_to(counted, search.counts_to);
        let rows = account::in_order(db, search.platform, &answer.ids, search.along).await?;
        Ok(Ok(FoundPage { rows, total, at_least, next: answer.next, may_follow }))
    }
}

fn reason_of(silence: Silence) -> Reason {
    match silence {
        Silence::Unready => "unready",
        Silence::Away => "away",
    }
}

/// `None` for what only collections have.
fn sorted_by(key: &SortKey) -> Option<SortedBy> {
    match key {
        SortKey::Column(column, kind) => Some(SortedBy { column, kind: *kind }),
        SortKey::Grade(column) => Some(SortedBy { column, kind: Kind::Integer }),
        SortKey::Rank => None,
    }
}

/// The conditions of a search by who is asked about them.
struct Parts {
    /// The search table.
    account: Vec<Clause>,
    /// PostgreSQL, for the accounts that are wanted.
    campaign: Vec<Clause>,
    /// PostgreSQL, for the accounts that are not wanted.
    unwanted: Vec<Clause>,
}

impl Parts {
    /// `None` where a condition can be put to neither alone.
    fn of(search: &Search) -> Option<Self> {
        let mut parts = Self { account: Vec::new(), campaign: Vec::new(), unwanted: Vec::new() };
        for clause in &search.clauses {
            if ProfileSearch::knows(clause) {
                parts.account.push(clause.clone());
            } else if let Some(opposite) = holds_without_profile(clause) {
                parts.unwanted.push(opposite);
            } else if is_of_campaign(clause) {
                parts.campaign.push(clause.clone());
            } else {
                return None;
            }
        }
        Some(parts)
    }

    /// The accounts that are wanted, where not all are, and those that are not; `None` where they are too many.
    async fn ids(
        &self,
        db: &Db<'_>,
        search: &Search,
    ) -> Result<Option<(Option<Vec<i64>>, Vec<i64>)>, Error> {
        let ids = async |campaign: &[Clause], collection| {
            let ids = joined::ids(db, search.platform, (campaign, collection), MOST_IDS);
            let ids = ids.await?;
            Ok::<_, Error>(Some(ids).filter(|ids| ids.len() as u64 <= MOST_IDS))
        };
        let (within, outside) = match &search.collection {
            Some(collection) if collection.excluded => (None, Some(collection)),
            other => (other.as_ref(), None),
        };
        let mut among = None;
        if within.is_some() || !self.campaign.is_empty() {
            let Some(wanted) = ids(&self.campaign, within).await? else { return Ok(None) };
            among = Some(wanted);
        }
        let mut without = Vec::new();
        if outside.is_some() {
            let Some(unwanted) = ids(&[], outside).await? else { return Ok(None) };
            without = unwanted;
        }
        for clause in &self.unwanted {
            let Some(unwanted) = ids(std::slice::from_ref(clause), None).await? else {
                return Ok(None);
            };
            without.extend(unwanted);
        }
        Ok(Some((among, without)))
    }
}

fn is_of_campaign(Clause(alternatives): &Clause) -> bool {
    alternatives.iter().all(|(operand, _)| operand.column.starts_with("campaign."))
}

/// The opposite of a condition that accounts without campaign profile meet: a flag that is not set.
fn holds_without_profile(clause: &Clause) -> Option<Clause> {
    let Clause(alternatives) = clause;
    let is_unset = |(operand, test): &(Operand, Test)| {
        operand.kind == Kind::JsonBool && *test == Test::Is(false)
    };
    match alternatives.as_slice() {
        [one] if is_of_campaign(clause) && is_unset(one) => {
            Some(Clause(vec![(one.0.clone(), Test::Is(true))]))
        }
        _ => None,
    }
}
