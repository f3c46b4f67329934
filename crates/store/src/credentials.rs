//! S3 credentials for one office: the port, and its adapter on AWS, the deployment's office role, assumed with the office's number as session tag.

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_sdk_sts::Client;
use aws_sdk_sts::types::Tag;
use jiff::Timestamp;
use standard::OfficeNumber;

use crate::StoreError;
use crate::connect::{MissingSetting, read, timeouts};
use crate::sdk::classify;

/// How long credentials hold (contract §6): also the longest that STS allows a role that was assumed from another role.
const HOLD_SECONDS: i32 = 3600;

/// Who hands out S3 credentials.
#[async_trait]
pub trait Credentials: Send + Sync + 'static {
    /// Credentials for the office's own prefixes, and of these for what the contract (§2) allows, for an hour.
    async fn issue(&self, office: &OfficeNumber) -> Result<SessionKeys, StoreError>;
}

/// What an office's software needs for S3.
#[derive(Clone)]
pub struct SessionKeys {
    /// URL of the S3 endpoint.
    pub endpoint: String,
    /// The region requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Access key.
    pub access_key_id: String,
    /// Secret.
    pub secret_access_key: String,
    /// Session token.
    pub session_token: String,
    /// Until when they hold.
    pub expires_at: Timestamp,
}

/// The role whose policy reaches only `outbox/`, `inbox/` and `returns/` of `${aws:PrincipalTag/office}`.
///
/// Source: AWS, "Pass session tags in AWS STS" (IAM User Guide).
#[derive(Debug, Clone)]
pub struct OfficeRole {
    client: Client,
    arn: String,
    endpoint: String,
    region: String,
    bucket: String,
}

impl OfficeRole {
    /// The variable that names the role.
    pub const VARIABLE: &'static str = "RENKEI_OFFICE_ROLE";

    /// Connects as the AWS SDK's own variables say; the credentials are for this bucket.
    ///
    /// # Errors
    /// The role isn't named.
    pub async fn connect(bucket: &str) -> Result<Self, MissingSetting> {
        let arn = read(&|name| std::env::var(name).ok(), Self::VARIABLE)?;
        let sdk = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await;
        let region = sdk.region().map(ToString::to_string).ok_or(MissingSetting("AWS_REGION"))?;
        let named =
            ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].into_iter().find_map(|name| read(&|name| std::env::var(name).ok(), name).ok());
        let endpoint = named.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        Ok(Self { client: Client::new(&sdk), arn, endpoint, region, bucket: bucket.to_owned() })
    }
}

#[async_trait]
impl Credentials for OfficeRole {
    async fn issue(&self, office: &OfficeNumber) -> Result<SessionKeys, StoreError> {
        const OPERATION: &str = "credentials.issue";
        let tag = Tag::builder().key("office").value(office.as_str()).build().map_err(|error| StoreError::unreadable(OPERATION, error))?;
        let request = self.client.assume_role().role_arn(&self.arn).role_session_name(format!("renkei-{office}")).tags(tag);
        let output = request.duration_seconds(HOLD_SECONDS).send().await.map_err(|error| classify(OPERATION, error))?;
        let credentials = output.credentials.ok_or_else(|| StoreError::unreadable(OPERATION, "an answer without credentials"))?;
        Ok(SessionKeys {
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            bucket: self.bucket.clone(),
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key,
            session_token: credentials.session_token,
            expires_at: Timestamp::from_second(credentials.expiration.secs())
                .map_err(|_| StoreError::unreadable(OPERATION, "a time that is none"))?,
        })
    }
}
