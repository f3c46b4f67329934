//! S3 credentials of one office, minted from a secret of the exchange and kept nowhere.
//!
//! The access key id says whose it is and until when; the secret key and the session token follow from it and the
//! master secret by HMAC, so an id that was made up signs nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use standard::OfficeNumber;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

const MARK: &str = "RNKO";
const OFFICE_LENGTH: usize = 10;
const EXPIRY_LENGTH: usize = 10;
const NONCE_LENGTH: usize = 16;

/// The secret all office credentials of one exchange follow from.
#[derive(Clone)]
pub struct MasterSecret([u8; 32]);

/// A key pair that may do everything: the operator's.
#[derive(Clone)]
pub struct KeyPair {
    /// Public name of the pair.
    pub access_key_id: String,
    /// What requests are signed with.
    pub secret_access_key: String,
}

/// What one office signs its requests with.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficeCredentials {
    /// Holds the office number and the expiry.
    pub access_key_id: String,
    /// What requests are signed with.
    pub secret_access_key: String,
    /// Goes with every request as `x-amz-security-token`.
    pub session_token: String,
}

/// Makes credentials for `office` that hold until `expires_at` (whole seconds).
#[must_use]
pub fn issue(master: &MasterSecret, office: &OfficeNumber, expires_at: Timestamp) -> OfficeCredentials {
    let nonce = Uuid::new_v4().as_u64_pair().0;
    let expiry = u64::try_from(expires_at.as_second()).unwrap_or(0);
    let access_key_id = format!("{MARK}{office}{expiry:010X}{nonce:016X}");
    let (secret_access_key, session_token) = (master.secret_key(&access_key_id), master.session_token(&access_key_id));
    OfficeCredentials { access_key_id, secret_access_key, session_token }
}

impl MasterSecret {
    /// From 32 bytes that are random and kept secret.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn secret_key(&self, access_key_id: &str) -> String {
        self.derive("secret", access_key_id)
    }

    /// True when `token` was issued with this access key id. Takes the same time wherever they differ.
    pub(crate) fn token_fits(&self, access_key_id: &str, token: &str) -> bool {
        self.session_token(access_key_id).as_bytes().ct_eq(token.as_bytes()).into()
    }

    fn session_token(&self, access_key_id: &str) -> String {
        self.derive("token", access_key_id)
    }

    fn derive(&self, purpose: &str, access_key_id: &str) -> String {
        // RFC 2104: a key shorter than the hash's block is filled up with zeros
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(access_key_id.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// What an office's access key id says. Nothing is proven by it until a signature and the token hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OfficeKeyId {
    pub(crate) office: OfficeNumber,
    pub(crate) expires_at_second: u64,
}

impl OfficeKeyId {
    pub(crate) fn parse(access_key_id: &str) -> Option<Self> {
        let (office, rest) = access_key_id.strip_prefix(MARK)?.split_at_checked(OFFICE_LENGTH)?;
        let (expiry, nonce) = rest.split_at_checked(EXPIRY_LENGTH)?;
        let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
        (is_hex(expiry) && is_hex(nonce) && nonce.len() == NONCE_LENGTH).then_some(())?;
        Some(Self { office: office.parse().ok()?, expires_at_second: u64::from_str_radix(expiry, 16).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> OfficeNumber {
        "0370100018".parse().unwrap()
    }

    fn master() -> MasterSecret {
        MasterSecret::new([7; 32])
    }

    #[test]
    fn the_id_says_whose_credentials_they_are_and_until_when() {
        let issued = issue(&master(), &office(), Timestamp::from_second(1_775_000_000).unwrap());
        let parsed = OfficeKeyId::parse(&issued.access_key_id).unwrap();
        assert_eq!(parsed, OfficeKeyId { office: office(), expires_at_second: 1_775_000_000 });
        assert_eq!(master().secret_key(&issued.access_key_id), issued.secret_access_key);
    }

    #[test]
    fn a_token_fits_its_own_id_and_master_only() {
        let at = Timestamp::from_second(1_775_000_000).unwrap();
        let (mine, other) = (issue(&master(), &office(), at), issue(&master(), &office(), at));
        assert_ne!(mine.access_key_id, other.access_key_id);
        assert!(master().token_fits(&mine.access_key_id, &mine.session_token));
        assert!(!master().token_fits(&mine.access_key_id, &other.session_token));
        assert!(!master().token_fits(&mine.access_key_id, &mine.secret_access_key));
        assert!(!master().token_fits(&mine.access_key_id, ""));
        assert!(!MasterSecret::new([8; 32]).token_fits(&mine.access_key_id, &mine.session_token));
    }

    #[test]
    fn what_is_no_office_key_id_is_not_taken_for_one() {
        let check = |id: &str| assert_eq!(OfficeKeyId::parse(id), None, "{id}");
        check("");
        check("RNKO");
        check("AKIAIOSFODNN7EXAMPLE");
        check("RNKO03701000180069CC3B000123456789ABCDE");
        check("RNKO0370100018006xCC3B000123456789ABCDEF");
        check("RNKO037010/0180069CC3B000123456789ABCDEF");
        check("RNKO事業所0180069CC3B000123456789ABCDEF00");
        assert!(OfficeKeyId::parse("RNKO03701000180069CC3B000123456789ABCDEF").is_some());
    }
}
