//! Locations of the accounts.

use super::DiscoveryService;
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::query::{ListIn, Listed, Sort, compile};
use crate::core::route::ListFields as _;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::dao;
use crate::modules::discovery::dto::{LocationFields, LocationNamesOut, LocationsOut};
use crate::modules::discovery::manager::locations::{location, suggestion, suggestion_text};

const RETRIEVED: &str = "Profile Locations successfully retrieved";
const NAMES_LIMIT: u64 = 10;

impl DiscoveryService {
    /// A page of the location list.
    ///
    /// # Errors
    /// `invalid Request`, a store error.
    pub async fn locations(&self, unit: &UnitOfWork, list: &ListIn) -> Result<LocationsOut, Error> {
        let clauses = compile(&list.filters, LocationFields::FIELDS, self.zone)?;
        let sort_by = list.sort_by.as_deref().unwrap_or("id");
        let sort = Sort::resolve(LocationFields::FIELDS, sort_by, list.sort_dir.as_deref())?;
        let paging = list.paging("", [sort.kind])?;
        let Listed { rows, total, next } =
            dao::locations::list(&unit.stale_read(), &clauses, sort, &paging).await?;
        let message = if rows.is_empty() { "record not found" } else { RETRIEVED };
        Ok(LocationsOut {
            status: Status::success(message, total).with_next(next),
            locations: rows.into_iter().map(location).collect(),
        })
    }

    /// A page of locations whose name contains the text of the last filter.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn suggest_locations(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<LocationsOut, Error> {
        let text = suggestion_text(&list.filters);
        list.numbered()?;
        let places = dao::locations::places(&unit.stale_read(), text, list.page).await?;
        if places.is_empty() {
            return Err(Error::record_not_found());
        }
        Ok(LocationsOut {
            status: Status::success(RETRIEVED, count(&places))
                .with_next(list.page.next_cursor(places.len())),
            locations: places.into_iter().map(suggestion).collect(),
        })
    }

    /// Up to 10 names of locations that contain `text`.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn location_names(
        &self,
        unit: &UnitOfWork,
        text: &str,
    ) -> Result<LocationNamesOut, Error> {
        let locations = dao::locations::names(&unit.stale_read(), text, NAMES_LIMIT).await?;
        if locations.is_empty() {
            return Err(Error::record_not_found());
        }
        Ok(LocationNamesOut {
            status: Status::success("Locations Data successfully retrieved", count(&locations)),
            locations,
        })
    }
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}
