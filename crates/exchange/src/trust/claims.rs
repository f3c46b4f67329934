//! What a certificate says of itself.

use jiff::Timestamp;
use standard::OfficeNumber;
use x509_parser::der_parser::{Oid, oid};
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::prelude::{ExtendedKeyUsage, FromDer, GeneralName, X509Certificate};

use super::CertificateRefused;
use crate::KeyRefused;
use crate::certificate::certificates;

/// id-kp-documentSigning (RFC 9336 §3.1).
const DOCUMENT_SIGNING: Oid<'static> = oid!(1.3.6.1.5.5.7.3.36);

/// What a certificate says of itself. Whether to believe it, only its authority's signature tells: [`TrustAnchors`](super::TrustAnchors).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateClaims {
    /// Its first second.
    pub first: Timestamp,
    /// Its last second.
    pub last: Timestamp,
    /// Whether its key usage has digitalSignature; none where it has no key usage.
    pub(super) signs: Option<bool>,
    /// Whether its extended key usage, if it has one, has a purpose that an office's signatures are for (RFC 5280 §4.2.1.12).
    pub(super) fits: bool,
    /// Where an office's number may stand.
    names: Vec<String>,
}

impl CertificateClaims {
    /// Of the first certificate of a file, PEM or DER.
    ///
    /// # Errors
    /// It is no certificate, its dates are none, or its key usage or extended key usage can't be read.
    pub fn read(bytes: &[u8]) -> Result<CertificateClaims, CertificateRefused> {
        let chain = certificates(bytes)?;
        let first = chain.first().ok_or(KeyRefused::NotACertificate)?;
        let (_, certificate) = X509Certificate::from_der(first).map_err(|_| KeyRefused::NotACertificate)?;
        let validity = certificate.validity();
        let second = |second: i64| Timestamp::from_second(second).map_err(|_| KeyRefused::NotACertificate);
        let usage = certificate.key_usage().map_err(|_| CertificateRefused::NotForSigning)?;
        let purposes = certificate.extended_key_usage().map_err(|_| CertificateRefused::OtherUse)?;
        Ok(CertificateClaims {
            first: second(validity.not_before.timestamp())?,
            last: second(validity.not_after.timestamp())?,
            signs: usage.map(|usage| usage.value.digital_signature()),
            fits: purposes.is_none_or(|purposes| fits(purposes.value)),
            names: names(&certificate),
        })
    }

    /// Whether it names this office.
    pub fn names(&self, office: &OfficeNumber) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(office.as_str()))
    }

    /// Whether nothing that it says speaks against its being this office's now, as one of these clocks shows it: not its dates, not its key usage or
    /// extended key usage if it has one, and no other office's number in the place of this one's. That is all that can be known without anchors; it proves nothing.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn check(&self, office: &OfficeNumber, clocks: &[Timestamp]) -> Result<(), CertificateRefused> {
        if !clocks.iter().any(|now| self.first <= *now && *now <= self.last) {
            let is_over = clocks.iter().any(|now| *now > self.last);
            return Err(if is_over { CertificateRefused::Expired } else { CertificateRefused::NotYetValid });
        }
        if self.signs == Some(false) {
            return Err(CertificateRefused::NotForSigning);
        }
        if !self.fits {
            return Err(CertificateRefused::OtherUse);
        }
        let is_number = |name: &String| name.to_ascii_uppercase().parse::<OfficeNumber>().is_ok();
        if !self.names(office) && self.names.iter().any(is_number) { Err(CertificateRefused::OtherOffice) } else { Ok(()) }
    }
}

/// A device logs in, and signs messages and documents; it is no server, and issues neither programs nor times.
fn fits(purposes: &ExtendedKeyUsage<'_>) -> bool {
    purposes.any || purposes.client_auth || purposes.email_protection || purposes.other.contains(&DOCUMENT_SIGNING)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let subject = certificate.subject();
    let in_subject = subject.iter_by_oid(&OID_X509_SERIALNUMBER).chain(subject.iter_common_name());
    let mut names: Vec<String> = in_subject.filter_map(|name| name.as_str().ok()).map(str::to_owned).collect();
    if let Some(others) = certificate.subject_alternative_name().ok().flatten() {
        let number = |name: &GeneralName<'_>| match name {
            GeneralName::DNSName(name) => name.split('.').next().map(str::to_owned),
            GeneralName::URI(uri) => uri.rsplit([':', '/']).next().map(str::to_owned),
            _ => None,
        };
        names.extend(others.value.general_names.iter().filter_map(number));
    }
    names
}
