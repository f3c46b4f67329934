//! The adapters made from settings in the environment.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Credentials, Region};
use exchange::{DailyQuota, Secret};

use crate::StoreError;
use crate::dynamo::{DynamoLedger, Tables};
use crate::s3::S3Files;

/// Which bucket and tables a deployment has.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `RENKEI_BUCKET`
    pub bucket: String,
    /// `RENKEI_OFFICES_TABLE`, `RENKEI_LEDGER_TABLE`
    pub tables: Tables,
}

/// A setting that isn't there or is empty. Nothing has a default: a guess would send one deployment's files to another's bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set: set it as the deployment's outputs say")]
pub struct MissingSetting(pub &'static str);

impl Settings {
    /// The variables that are read, in the order of [`Settings`].
    pub const VARIABLES: [&'static str; 3] = ["RENKEI_BUCKET", "RENKEI_OFFICES_TABLE", "RENKEI_LEDGER_TABLE"];

    /// Reads the settings with a function that knows variables by name.
    ///
    /// # Errors
    /// The first variable that is missing or empty.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, MissingSetting> {
        let [bucket, offices, ledger] = Self::VARIABLES;
        let tables = Tables { offices: read(&variable, offices)?, ledger: read(&variable, ledger)? };
        Ok(Self { bucket: read(&variable, bucket)?, tables })
    }

    /// Reads the settings from the process's environment.
    ///
    /// # Errors
    /// The first variable that is missing or empty.
    pub fn from_env() -> Result<Self, MissingSetting> {
        Self::read(|name| std::env::var(name).ok())
    }
}

/// The variable that holds the deployment's secret: a text of at least [`Secret::SHORTEST`] characters that a generator made.
pub const SECRET_VARIABLE: &str = "RENKEI_SECRET";

/// Reads the deployment's secret from the process's environment.
///
/// # Errors
/// It is not set, or too short.
pub fn secret_from_env() -> Result<Secret, MissingSetting> {
    let text = read(&|name| std::env::var(name).ok(), SECRET_VARIABLE)?;
    Secret::from_text(&text).map_err(|_| MissingSetting(SECRET_VARIABLE))
}

/// The variable that says where the API is reached: `https://api.example`, as offices' software must write it into its tokens.
pub const ORIGIN_VARIABLE: &str = "RENKEI_ORIGIN";

/// Reads from the process's environment where the API is reached.
///
/// # Errors
/// It is not set.
pub fn origin_from_env() -> Result<String, MissingSetting> {
    read(&|name| std::env::var(name).ok(), ORIGIN_VARIABLE)
}

/// The variable that says how many transmissions an office may send in a day.
pub const QUOTA_VARIABLE: &str = "RENKEI_DAILY_QUOTA";

/// Reads the quota from the process's environment.
///
/// # Errors
/// It is not set, or no number that a quota can be.
pub fn quota_from_env() -> Result<DailyQuota, MissingSetting> {
    let text = read(&|name| std::env::var(name).ok(), QUOTA_VARIABLE)?;
    text.trim().parse().map_err(|_| MissingSetting(QUOTA_VARIABLE))
}

/// The two adapters of a deployment.
#[derive(Debug, Clone)]
pub struct Stores {
    /// The bucket.
    pub files: S3Files,
    /// The tables.
    pub ledger: DynamoLedger,
}

/// Endpoints that aren't AWS's: those of the embedded exchange.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// URL of the S3 endpoint.
    pub s3: String,
    /// URL of the DynamoDB endpoint, which takes SQS's requests too.
    pub dynamodb: String,
    /// The region requests are signed for.
    pub region: String,
    /// The operator's access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
}

impl Stores {
    /// Connects as the AWS SDK's own variables say (region, credentials, `AWS_ENDPOINT_URL_…`).
    ///
    /// # Errors
    /// No region is named.
    pub async fn connect(settings: &Settings) -> Result<Self, MissingSetting> {
        let sdk = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await;
        if sdk.region().is_none() {
            return Err(MissingSetting("AWS_REGION"));
        }
        let named = |name: &str| std::env::var(name).is_ok_and(|url| !url.is_empty());
        // endpoints other than AWS's own are reached by address, without a host name for every bucket
        let path_style = named("AWS_ENDPOINT_URL_S3") || named("AWS_ENDPOINT_URL");
        let s3 = aws_sdk_s3::config::Builder::from(&sdk).force_path_style(path_style);
        Ok(Self::new(settings, s3, aws_sdk_dynamodb::config::Builder::from(&sdk)))
    }

    /// Connects to endpoints by address; the environment is not asked.
    pub fn at(settings: &Settings, endpoints: &Endpoints) -> Self {
        let (s3, dynamodb) = endpoints.builders();
        Self::new(settings, s3, dynamodb)
    }

    /// The same, every request that goes out counted.
    #[cfg(feature = "testing")]
    pub fn counted(settings: &Settings, endpoints: &Endpoints, calls: &crate::testing::Calls) -> Self {
        let (s3, dynamodb) = endpoints.builders();
        Self::new(settings, s3.interceptor(calls.clone()), dynamodb.interceptor(calls.clone()))
    }

    /// Makes the tables that don't exist yet, for endpoints that start empty; on AWS the template makes them.
    ///
    /// # Errors
    /// The database's.
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        self.ledger.create_tables().await
    }

    fn new(settings: &Settings, s3: aws_sdk_s3::config::Builder, dynamodb: aws_sdk_dynamodb::config::Builder) -> Self {
        Self {
            files: S3Files::new(aws_sdk_s3::Client::from_conf(s3.build()), &settings.bucket),
            ledger: DynamoLedger::new(aws_sdk_dynamodb::Client::from_conf(dynamodb.build()), settings.tables.clone()),
        }
    }
}

impl Endpoints {
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Config {
        aws_sdk_sqs::config::Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials())
            .endpoint_url(&self.dynamodb)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .timeout_config(timeouts())
            .build()
    }

    #[cfg(feature = "testing")]
    pub(crate) fn eventbridge(&self, url: &str) -> aws_sdk_eventbridge::Config {
        aws_sdk_eventbridge::config::Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials())
            .endpoint_url(url)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .timeout_config(timeouts())
            .build()
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "renkei")
    }

    fn builders(&self) -> (aws_sdk_s3::config::Builder, aws_sdk_dynamodb::config::Builder) {
        let credentials = self.credentials();
        let region = Region::new(self.region.clone());
        // whatever proxy the environment names is for other machines
        let direct = aws_smithy_http_client::Builder::new().build_http();
        let s3 = aws_sdk_s3::config::Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(credentials.clone())
            .endpoint_url(&self.s3)
            .force_path_style(true)
            .http_client(direct.clone())
            .timeout_config(timeouts());
        let dynamodb = aws_sdk_dynamodb::config::Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(credentials)
            .endpoint_url(&self.dynamodb)
            .http_client(direct)
            .timeout_config(timeouts());
        (s3, dynamodb)
    }
}

/// One setting; an empty one isn't there.
pub(crate) fn read(variable: &impl Fn(&str) -> Option<String>, name: &'static str) -> Result<String, MissingSetting> {
    variable(name).filter(|value| !value.trim().is_empty()).ok_or(MissingSetting(name))
}

/// A call that hangs must not eat the whole invocation: the SDK tries again within what is left.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(45))
        .build()
}
