//! The signed statement that travels with each file (contract §3): a JWT (RFC 7519) as compact JWS (RFC 7515 §7.1).
//!
//! In the order of contract §4: [`UnverifiedManifest::parse`] (`manifest-malformed`), then [`UnverifiedManifest::check_sender`]
//! (`sender-mismatch`), and with the office's keys [`UnverifiedManifest::verify`], which ends in a [`Manifest`]. Nothing else makes one.

mod claims;
mod name;
mod verify;

use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use standard::{Address, OfficeNumber};
use uuid::Uuid;

pub use self::{
    claims::{MAX_ADDRESSES, MAX_PARTS},
    name::{FileNameClaim, MAX_NAME_CHARACTERS, ManifestName, NameProblem},
    verify::{MAX_AGE, MAX_AHEAD},
};
use crate::{
    RejectionCode, Sha256Digest, TransmissionId,
    jws::{Jws, JwsMalformed},
};

/// The object user metadata that holds the manifest (`x-amz-meta-manifest`).
pub const METADATA_NAME: &str = "manifest";
/// The header's `typ`.
pub const TYP: &str = "renkei-manifest+jwt";
/// The longest manifest: S3 allows 2 KB of user metadata, names included.
pub const MAX_BYTES: usize = 1980;

/// A manifest whose signature held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The sender.
    pub iss: OfficeNumber,
    /// The recipients: 1 to 50, no office twice.
    pub aud: Vec<Address>,
    /// The transmission's UUID.
    pub jti: Uuid,
    /// When it was signed, in whole seconds.
    pub iat: Timestamp,
    /// What the file is called. Not yet checked: see [`ManifestName::check`].
    pub name: ManifestName,
    /// The file's bytes.
    pub size: u64,
    /// The file's digest.
    pub sha256: Sha256Digest,
    /// Files in the transmission: 1 to 20.
    pub parts: u8,
    /// The digest over all files ([`set_digest`](crate::set_digest)); there when `parts` > 1.
    pub set: Option<Sha256Digest>,
}

impl Manifest {
    /// The transmission it belongs to.
    pub fn transmission(&self) -> TransmissionId {
        TransmissionId::new(self.iss, self.jti)
    }
}

/// A manifest of the right form. Its claims are hearsay until [`UnverifiedManifest::verify`].
#[derive(Clone)]
pub struct UnverifiedManifest {
    token: String,
    algorithm: Algorithm,
    kid: String,
    claims: Manifest,
}

/// What is wrong with the form of a manifest. Names claims and header members, never their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestMalformed {
    /// Longer than [`MAX_BYTES`].
    #[error("the manifest has {0} bytes, more than 1980")]
    TooLong(usize),
    /// Not three non-empty parts with dots between.
    #[error("the manifest is not a compact JWS of three parts")]
    NotCompact,
    /// A part is not canonical base64url without padding.
    #[error("the manifest's {0} is not base64url without padding")]
    NotBase64(&'static str),
    /// A part is not a JSON object in UTF-8, or names a member twice.
    #[error("the manifest's {0} is not a JSON object with distinct members")]
    NotAnObject(&'static str),
    /// A header member is missing, has a wrong value, or must not be there.
    #[error("the manifest's header member `{0}` is missing, wrong or forbidden")]
    Header(&'static str),
    /// A claim is missing or ill-formed.
    #[error("the manifest's claim `{0}` is missing or ill-formed")]
    Claim(&'static str),
}

impl ManifestMalformed {
    /// Always `manifest-malformed`.
    pub fn code(self) -> RejectionCode {
        RejectionCode::ManifestMalformed
    }
}

impl UnverifiedManifest {
    /// Takes a manifest apart and checks all that needs neither keys nor clock. Unknown claims and header members are ignored, as RFC 7519 §4 and
    /// RFC 7515 §4 ask (so are `x5c`, `x5t` and `cty`: the key is found by `kid` alone); a member given twice is refused.
    ///
    /// # Errors
    /// [`ManifestMalformed`] with the first thing that is wrong.
    pub fn parse(jwt: &str) -> Result<UnverifiedManifest, ManifestMalformed> {
        if jwt.len() > MAX_BYTES {
            return Err(ManifestMalformed::TooLong(jwt.len()));
        }
        let Jws { token, algorithm, kid, claims } = Jws::parse(jwt, TYP)?;
        Ok(UnverifiedManifest { token, algorithm, kid: kid.ok_or(ManifestMalformed::Header("kid"))?, claims: claims::read(&claims)? })
    }

    /// The id of the key it says it is signed with.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Who it says it is from.
    pub fn issuer(&self) -> &OfficeNumber {
        &self.claims.iss
    }

    /// The transmission it says it belongs to.
    pub fn transmission(&self) -> TransmissionId {
        self.claims.transmission()
    }

    /// The offices it speaks of: the sender and the recipients, each once. Who they are must be looked up before it can be verified.
    pub fn parties(&self) -> Vec<OfficeNumber> {
        let recipients = self.claims.aud.iter().map(|address| &address.office).filter(|office| *office != self.issuer());
        std::iter::once(self.issuer()).chain(recipients).cloned().collect()
    }

    /// Whether it says this of the file: whose transmission, its name, its bytes. What it says is hearsay still.
    pub fn is_about(&self, transmission: &TransmissionId, name: &str, size: u64, sha256: &Sha256Digest) -> bool {
        let Manifest { name: claimed, size: bytes, sha256: digest, .. } = &self.claims;
        self.transmission() == *transmission && claimed.as_str() == name && *bytes == size && digest == sha256
    }

    /// The manifest as it was read.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl From<JwsMalformed> for ManifestMalformed {
    fn from(malformed: JwsMalformed) -> ManifestMalformed {
        match malformed {
            JwsMalformed::NotCompact => ManifestMalformed::NotCompact,
            JwsMalformed::NotBase64(part) => ManifestMalformed::NotBase64(part),
            JwsMalformed::NotAnObject(part) => ManifestMalformed::NotAnObject(part),
            JwsMalformed::Header(member) => ManifestMalformed::Header(member),
        }
    }
}

/// Without the token, which holds the file's name.
impl std::fmt::Debug for UnverifiedManifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnverifiedManifest({})", self.transmission())
    }
}

#[cfg(test)]
mod tests;
