//! Which exchange the operator means, and what all commands do with it.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use embedded::operator::{OfficeAccess, Operator};
use exchange::{Office, Secret};
use jiff::Timestamp;
use standard::OfficeNumber;
use store::{Credentials as _, Ledger as _, OfficeRole, SessionKeys, Settings, SqsQueue, Stores, secret_from_env, steps};

use crate::client::Exchange;
use crate::local::default_data;

/// An exchange that can be reached.
pub(crate) struct Deployment {
    /// Its stores.
    pub(crate) stores: Stores,
    /// Its time: the embedded exchange may run at another day than the machine.
    pub(crate) now: Timestamp,
    place: Place,
}

enum Place {
    /// This machine.
    Embedded(Box<Operator>),
    /// AWS; with the bucket's name.
    Aws(String),
}

impl Deployment {
    /// The exchange of that data folder; or where none is named and `RENKEI_BUCKET` is set, the one the environment describes.
    ///
    /// # Errors
    /// No exchange runs there, or a setting is missing.
    pub(crate) async fn find(data: Option<&Path>) -> anyhow::Result<Self> {
        let described = std::env::var_os("RENKEI_BUCKET").is_some_and(|bucket| !bucket.is_empty());
        if data.is_none() && described {
            let settings = Settings::from_env()?;
            let stores = Stores::connect(&settings).await?;
            return Ok(Self { stores, now: Timestamp::now(), place: Place::Aws(settings.bucket) });
        }
        let data = data.map_or_else(default_data, |data| Ok(data.to_owned()))?;
        let operator = Operator::read(&data)?;
        // a cause would speak of RENKEI_URL, which is the offices'
        let now = Exchange::at(&operator.api)?.read_clock().await.ok();
        let now = now
            .with_context(|| format!("no exchange answers at {}: start it with `renkei local --data {}`", operator.api, data.display()))?;
        Ok(Self { stores: Stores::at(&operator.settings(), &operator.endpoints()), now, place: Place::Embedded(Box::new(operator)) })
    }

    /// An office that must be registered.
    ///
    /// # Errors
    /// It isn't, or storage fails.
    pub(crate) async fn office(&self, number: &OfficeNumber) -> anyhow::Result<Office> {
        match self.stores.ledger.office(number).await? {
            Some((office, _)) => Ok(office),
            None => Err(unregistered(number)),
        }
    }

    /// Changes an office's entry; an entry that stays as it is is not written.
    ///
    /// # Errors
    /// It isn't registered, `change` refuses, others write all the time, or storage fails.
    pub(crate) async fn change_office<T>(
        &self,
        number: &OfficeNumber,
        change: impl Fn(&mut Office) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.write_office(number, |known| {
            let mut office = known.ok_or_else(|| unregistered(number))?;
            let result = change(&mut office)?;
            Ok((office, result))
        })
        .await
    }

    /// Writes the entry that `next` makes of the one there is, if there is one.
    ///
    /// # Errors
    /// `next` refuses, others write all the time, or storage fails.
    pub(crate) async fn write_office<T>(
        &self,
        number: &OfficeNumber,
        next: impl Fn(Option<Office>) -> anyhow::Result<(Office, T)>,
    ) -> anyhow::Result<T> {
        steps::write_office(&self.stores.ledger, number, next).await
    }

    /// What codes are keyed with.
    ///
    /// # Errors
    /// On AWS: `RENKEI_SECRET` isn't set.
    pub(crate) fn secret(&self) -> anyhow::Result<Secret> {
        match &self.place {
            Place::Embedded(operator) => Ok(operator.secret()?),
            Place::Aws(_) => Ok(secret_from_env()?),
        }
    }

    /// Where events end that failed too often.
    ///
    /// # Errors
    /// On AWS: the queue isn't named.
    pub(crate) async fn dead_letters(&self) -> anyhow::Result<SqsQueue> {
        match &self.place {
            Place::Embedded(operator) => Ok(operator.dead_letters()),
            Place::Aws(_) => Ok(SqsQueue::connect(SqsQueue::DEAD_LETTERS).await?),
        }
    }

    /// S3 credentials for the office's own prefixes, for an hour.
    ///
    /// # Errors
    /// On AWS: the office role isn't named or may not be assumed.
    pub(crate) async fn credentials(&self, office: &OfficeNumber) -> anyhow::Result<OfficeAccess> {
        match &self.place {
            // signatures go by the machine's clock, whatever day the exchange runs at
            Place::Embedded(operator) => Ok(operator.office_access(office, Timestamp::now())),
            Place::Aws(bucket) => {
                let SessionKeys { endpoint, region, bucket, access_key_id, secret_access_key, session_token, .. } =
                    OfficeRole::connect(bucket).await?.issue(office).await?;
                Ok(OfficeAccess { endpoint, region, bucket, access_key_id, secret_access_key, session_token })
            }
        }
    }
}

/// What is said of an office that must be registered and isn't.
pub(super) fn unregistered(number: &OfficeNumber) -> anyhow::Error {
    anyhow!("office {number} is not registered: `renkei admin office add --office {number} --name …` registers it")
}
