//! A transmission's folders in the inboxes.

use exchange::keys;
use futures::stream::{self, StreamExt, TryStreamExt};
use standard::OfficeNumber;

use crate::{Files, StoreError, TransmissionRecord};

/// How many folders are worked on at a time.
const AT_A_TIME: usize = 8;

/// Takes away whatever lies in the transmission's folders, and what the sender was warned of it; gives how many objects that were. `delivery.json` goes first: without it a folder is no
/// delivery, however far this gets.
///
/// # Errors
/// Storage that failed. It can be repeated.
pub async fn clear(files: &dyn Files, record: &TransmissionRecord) -> Result<usize, StoreError> {
    // a vector and not a mapped stream: of closures that borrow, the compiler can't tell that they are `Send`
    let mut folders = Vec::with_capacity(record.addresses.len());
    for address in &record.addresses {
        folders.push(clear_folder(files, record, &address.office));
    }
    let removed: Vec<usize> = stream::iter(folders).buffer_unordered(AT_A_TIME).try_collect().await?;
    // what its receivers' software would have refused is of no use where nothing is delivered. Listed first: a removal of nothing would leave a mark
    let warnings = files.list(&keys::return_warnings(record.id.sender(), &record.id)).await?;
    for key in &warnings {
        files.remove(key).await?;
    }
    Ok(removed.into_iter().sum::<usize>() + warnings.len())
}

async fn clear_folder(files: &dyn Files, record: &TransmissionRecord, office: &OfficeNumber) -> Result<usize, StoreError> {
    let document = keys::inbox_delivery(office, &record.id);
    let mut found = files.list(&keys::inbox_file(office, &record.id, "")).await?;
    found.sort_by_key(|key| *key != document);
    for key in &found {
        files.remove(key).await?;
    }
    Ok(found.len())
}
