//! The embedded exchange: object store, database, queue and function in one process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deliver::Deliver;
use exchange::DailyQuota;
use exchange::sign::{NoticeKey, SigningError};
use store::{Clock, StoreError, Stores};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use upkeep::{Herald, Upkeep, Webhooks};

use crate::objects::{EventSource, OpenError, Store};
use crate::operator::{Operator, OperatorError};
use crate::queue::Queue;
use crate::s3::{self, Endpoint, ServeError};
use crate::sqs::Sqs;
use crate::{api, runner};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept. Made if it isn't there.
    pub data: PathBuf,
    /// The API's port; S3 one above, DynamoDB two above. 0 takes three free ones.
    pub port: u16,
    /// The exchange's clock.
    pub clock: Clock,
}

/// A running exchange. Dropped, it stops at once; nothing acknowledged is lost by that.
pub struct Exchange {
    /// Addresses and secrets.
    pub operator: Operator,
    /// Its stores, over its own endpoints.
    pub stores: Stores,
    /// Its event queue.
    pub queue: Queue,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Why it doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("the data folder {0} can't be used: {1}")]
    Folder(PathBuf, #[source] io::Error),
    /// A port is taken.
    #[error("port {0} can't be used: {1}. Choose another with --port, or --port 0 for free ones")]
    Port(u16, #[source] io::Error),
    /// There is no third port above this one.
    #[error("port {0} is too high: two more are needed above it")]
    PortTooHigh(u16),
    /// The object store.
    #[error("the object store can't be opened: {0}")]
    Objects(#[from] OpenError),
    /// The database file.
    #[error("the database can't be opened: {0}")]
    Database(String),
    /// Its tables.
    #[error("the tables can't be made: {0}")]
    Tables(#[from] StoreError),
    /// `operator.json`.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The key that notices are signed with.
    #[error("the key that notices are signed with can't be made: {0}")]
    Key(#[from] SigningError),
    /// An endpoint that doesn't start.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl Exchange {
    /// Starts, on loopback only. Events that were in flight when the last run ended are due at once.
    ///
    /// # Errors
    /// The folder is in use or unusable, a port is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let clock = options.clock.clone();
        let mut exchange = Self::start_endpoints(options).await?;
        let (stores, notices_clock) = (&exchange.stores, clock.clone());
        let upkeep = Upkeep::new(stores.files.clone(), stores.ledger.clone(), exchange.operator.queue(), clock.clone());
        let deliver =
            Arc::new(Deliver::new(stores.files.clone(), stores.ledger.clone(), clock, exchange.operator.secret()?, DailyQuota::default()));
        exchange.tasks.spawn(runner::run(exchange.queue.clone(), deliver, exchange.stop.subscribe()));
        exchange.tasks.spawn(runner::tick(upkeep, exchange.stop.subscribe()));
        match Webhooks::new() {
            Ok(webhooks) => {
                let herald = exchange.herald(webhooks, notices_clock)?;
                exchange.tasks.spawn(runner::send_notices(herald, exchange.stop.subscribe()));
            }
            Err(error) => tracing::error!(%error, "notices aren't sent: this machine has no certificates to know webhooks by"),
        }
        Ok(exchange)
    }

    /// Starts the endpoints only: events wait in the queue until somebody takes them. For tests and benchmarks that call the functions themselves.
    ///
    /// # Errors
    /// As [`Exchange::start`].
    pub async fn start_endpoints(options: Options) -> Result<Self, StartError> {
        let Options { data, port, clock } = options;
        prepare_folder(&data).map_err(|error| StartError::Folder(data.clone(), error))?;
        let [listener, s3, dynamodb] = listeners(port).await?;
        let url = |listener: &TcpListener| {
            Ok::<_, StartError>(format!("http://{}", listener.local_addr().map_err(|error| StartError::Port(port, error))?))
        };
        let (api_url, s3_url, dynamodb_url) = (url(&listener)?, url(&s3)?, url(&dynamodb)?);
        // the store's lock comes before operator.json: a second exchange on the folder must not overwrite the first one's addresses
        let now = clock.clone();
        let events =
            EventSource { bucket: "renkei".to_owned(), region: "ap-northeast-1".to_owned(), prefix: exchange::keys::OUTBOX.to_owned() };
        let objects = Store::open(&data, Arc::new(move || now.now()), events)?;
        let operator = Operator::prepare(&data, api_url, s3_url, dynamodb_url)?;
        let database = data.join("ledger.sqlite").to_str().map(dynoxide::Database::new);
        let database = database
            .ok_or_else(|| StartError::Database("its path is not UTF-8".to_owned()))?
            .map_err(|error| StartError::Database(error.to_string()))?;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let endpoint = Endpoint {
            store: objects.clone(),
            operator: operator.key_pair(),
            master: operator.master(),
            bucket: operator.bucket.clone(),
            region: operator.region.clone(),
            cors_origin: operator.api.parse().ok(),
        };
        let queue = Sqs::new(objects.queue());
        tasks.spawn(crate::dynamodb::serve(dynamodb, database, queue, operator.gate(), changed(stopped.clone())));
        tasks.spawn({
            let stopped = stopped.clone();
            async move {
                if let Err(error) = s3::serve(s3, endpoint, changed(stopped)).await {
                    tracing::error!(%error, "the S3 endpoint ended");
                }
            }
        });
        let stores = Stores::at(&operator.settings(), &operator.endpoints());
        stores.create_tables().await?;
        let function = api::function(&operator, &stores, clock)?;
        tasks.spawn(api::serve(listener, function, changed(stopped)));
        Ok(Self { operator, stores, queue: objects.queue(), stop, tasks })
    }

    /// What sends this exchange's notices to webhooks. There is no bus here.
    ///
    /// # Errors
    /// `operator.json` was changed by hand, or there are no random numbers.
    pub fn herald(&self, webhooks: Webhooks, clock: Clock) -> Result<Herald, StartError> {
        let key = NoticeKey::of(&self.operator.secret()?)?;
        Ok(Herald { ledger: Arc::new(self.stores.ledger.clone()), clock, key, source: self.operator.api.clone(), webhooks, bus: None })
    }

    /// Lets requests and messages that are being worked on end, then stops.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let grace = std::time::Duration::from_secs(6);
        let ended = tokio::time::timeout(grace, async { while self.tasks.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!("work was still going on at the end; it goes on at the next start");
        }
        self.tasks.shutdown().await;
    }
}

/// Makes what holds what offices sent, in plain text, its owner's alone. The folder itself may hold other things and stays as it is.
fn prepare_folder(data: &Path) -> io::Result<()> {
    std::fs::create_dir_all(data)?;
    for folder in ["blobs", "staging"] {
        std::fs::create_dir_all(data.join(folder))?;
        keep_private(&data.join(folder), 0o700)?;
    }
    // SQLite gives the files beside a database the database's own rights
    for file in ["objects.sqlite", "ledger.sqlite"] {
        std::fs::OpenOptions::new().append(true).create(true).open(data.join(file))?;
        keep_private(&data.join(file), 0o600)?;
    }
    Ok(())
}

#[cfg(unix)]
fn keep_private(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

/// Other systems' folders for a user's data are private by their place.
#[cfg(not(unix))]
fn keep_private(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

async fn changed(mut stopped: watch::Receiver<bool>) {
    // an error means that the exchange was dropped: the same
    drop(stopped.wait_for(|stop| *stop).await);
}

async fn listeners(port: u16) -> Result<[TcpListener; 3], StartError> {
    let above = |n: u16| if port == 0 { Some(0) } else { port.checked_add(n) };
    let bind = async |n: u16| {
        let port = above(n).ok_or(StartError::PortTooHigh(port))?;
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|error| StartError::Port(port, error))
    };
    Ok([bind(0).await?, bind(1).await?, bind(2).await?])
}
