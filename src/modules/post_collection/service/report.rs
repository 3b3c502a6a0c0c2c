//! Reports on the comments of a collection.

use super::super::dao::collection as dao;
use super::super::dto::SentimentReportIn;
use super::PostCollectionEditor;
use crate::core::error::Error;
use crate::core::report_file::ReportFile;
use crate::core::unit_of_work::UnitOfWork;

impl PostCollectionEditor {
    /// Notes where the report of an enabled collection lies.
    ///
    /// # Errors
    /// `invalid collection type`, `invalid report file`, `invalid Record Id`.
    pub async fn note_report(
        &self,
        unit: &UnitOfWork,
        report: SentimentReportIn,
    ) -> Result<(), Error> {
        let SentimentReportIn {
            collection_type,
            collection_id,
            sentiment_report_path: path,
            sentiment_report_bucket: bucket,
        } = report;
        if collection_type != "POST" {
            return Err(Error::invalid_value("collectionType", "invalid collection type"));
        }
        ReportFile::new(&unit.stores().config.storage, &bucket, &path)?;
        dao::set_report(&unit.tenant().await?, collection_id, (bucket, path)).await
    }
}
