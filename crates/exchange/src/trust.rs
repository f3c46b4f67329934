//! Whether a certificate is to be believed: its path, its dates, its use, its revocation, and whether it names the office (RFC 5280).

mod claims;

use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, TrustAnchor, UnixTime};
use standard::OfficeNumber;
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeIdIter, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert,
};

pub use self::claims::CertificateClaims;
use crate::KeyRefused;
use crate::certificate::certificates;

/// The authorities whose certificates are taken, and what they revoked.
#[derive(Debug)]
pub struct TrustAnchors {
    anchors: Vec<TrustAnchor<'static>>,
    revocations: Vec<CertRevocationList<'static>>,
}

/// Why a certificate, or what it is to be checked by, is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefused {
    /// It has no key that can be registered, or is none.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The anchors are no certificates.
    #[error("not the certificates of authorities: give them in PEM (BEGIN CERTIFICATE)")]
    NoAnchors,
    /// The list of revocations is none.
    #[error("not a list of revoked certificates: give it in PEM (BEGIN X509 CRL) or DER")]
    NoRevocations,
    /// Its last second is over.
    #[error("the certificate, or one above it, has expired: ask for a new one")]
    Expired,
    /// Its first second has not come.
    #[error("the certificate, or one above it, is not valid yet: look at its dates and the exchange's clock")]
    NotYetValid,
    /// No path leads to an anchor.
    #[error("no anchor issued the certificate: give the intermediate certificates behind it in the file, or the right anchors")]
    UnknownIssuer,
    /// It, or one above it, was revoked.
    #[error("the certificate, or one above it, is revoked: ask for a new one, with a new key")]
    Revoked,
    /// A list is older than it says it may be.
    #[error("the list of revoked certificates has expired: fetch the authority's new one")]
    RevocationsExpired,
    /// There are lists, but not of every authority on the path, or none that its authority signed.
    #[error("no list of revoked certificates is signed by the issuer: give one of every authority on the path")]
    RevocationsUnknown,
    /// An authority's own.
    #[error("the certificate is an authority's (CA), not a device's")]
    Authority,
    /// It may not sign.
    #[error("the certificate is not for signatures: its key usage must have digitalSignature")]
    NotForSigning,
    /// It is for something else.
    #[error(
        "the certificate is for another use: its extended key usage, where it has one, must have clientAuth, emailProtection, documentSigning or \
         anyExtendedKeyUsage"
    )]
    OtherUse,
    /// It names somebody else, or nobody.
    #[error(
        "the certificate doesn't name this office: its number must be the subject's serialNumber or CN, a DNS name's first label, or a URI's end"
    )]
    OtherOffice,
    /// Something else that the standard forbids.
    #[error("the certificate's path doesn't hold ({0})")]
    Path(String),
}

impl TrustAnchors {
    /// The certificates of a PEM file, all of them trusted.
    ///
    /// # Errors
    /// [`CertificateRefused::NoAnchors`], or a private key.
    pub fn from_pem(bytes: &[u8]) -> Result<TrustAnchors, CertificateRefused> {
        let anchor = |der: Vec<u8>| anchor_from_trusted_cert(&CertificateDer::from(der)).map(|anchor| anchor.to_owned());
        let anchors: Result<Vec<_>, Error> = certificates(bytes)?.into_iter().map(anchor).collect();
        Ok(TrustAnchors { anchors: anchors.map_err(|_| CertificateRefused::NoAnchors)?, revocations: Vec::new() })
    }

    /// Adds lists of revoked certificates: those of a PEM file, or one in DER. From then on every authority on a path must have one that holds.
    ///
    /// # Errors
    /// [`CertificateRefused::NoRevocations`].
    pub fn add_revocations(&mut self, bytes: &[u8]) -> Result<(), CertificateRefused> {
        let blocks = pem::parse_many(bytes).unwrap_or_default();
        let mut lists: Vec<Vec<u8>> = blocks.into_iter().filter(|block| block.tag() == "X509 CRL").map(pem::Pem::into_contents).collect();
        if lists.is_empty() {
            lists.push(bytes.to_vec());
        }
        for list in lists {
            let list = CertificateRevocationListDer::from(list);
            let list = OwnedCertRevocationList::from_der(&list).map_err(|_| CertificateRefused::NoRevocations)?;
            self.revocations.push(list.into());
        }
        Ok(())
    }

    /// Whether the first certificate of the file, with those behind it as intermediate ones, is to be believed to be this office's now.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, bytes: &[u8], office: &OfficeNumber, now: Timestamp) -> Result<(), CertificateRefused> {
        crate::OfficeKey::from_certificate(bytes)?;
        let chain: Vec<CertificateDer<'_>> = certificates(bytes)?.into_iter().map(CertificateDer::from).collect();
        let Some((own, above)) = chain.split_first() else { return Err(KeyRefused::NotACertificate.into()) };
        let device = EndEntityCert::try_from(own).map_err(refused)?;
        let lists: Vec<&CertRevocationList<'_>> = self.revocations.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            options
                .with_depth(RevocationCheckDepth::Chain)
                .with_status_policy(UnknownStatusPolicy::Deny)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        device.verify_for_usage(algorithms, &self.anchors, above, time, AnyPurpose, revocation, None).map_err(refused)?;
        let claims = CertificateClaims::read(bytes)?;
        if claims.signs != Some(true) {
            return Err(CertificateRefused::NotForSigning);
        }
        if !claims.fits {
            return Err(CertificateRefused::OtherUse);
        }
        if claims.names(office) { Ok(()) } else { Err(CertificateRefused::OtherOffice) }
    }
}

/// Any extended key usage on the path: webpki takes one that must be there, and a device's own has several that do, or none ([`CertificateClaims`]).
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        purposes.into_iter().try_for_each(|purpose| purpose.map(drop))
    }
}

fn refused(error: Error) -> CertificateRefused {
    match error {
        Error::CertExpired { .. } => CertificateRefused::Expired,
        Error::CertNotValidYet { .. } => CertificateRefused::NotYetValid,
        Error::UnknownIssuer => CertificateRefused::UnknownIssuer,
        Error::CertRevoked => CertificateRefused::Revoked,
        Error::CrlExpired { .. } => CertificateRefused::RevocationsExpired,
        Error::UnknownRevocationStatus | Error::IssuerNotCrlSigner | Error::InvalidCrlSignatureForPublicKey => {
            CertificateRefused::RevocationsUnknown
        }
        Error::CaUsedAsEndEntity => CertificateRefused::Authority,
        other => CertificateRefused::Path(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
