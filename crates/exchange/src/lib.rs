//! The exchange's own rules, pure: no I/O, no clock, no storage. Times are arguments, rejections are values.
//!
//! In the order a file meets them:
//!
//! | question | answered by |
//! |---|---|
//! | whose object is it? | [`OutboxKey`] |
//! | what does its manifest say? | [`UnverifiedManifest::parse`] |
//! | may we believe it? | [`UnverifiedManifest::verify`] with the office's [`OfficeKey`]s → [`Manifest`] |
//! | which transmission is it part of? | [`TransmissionId`], [`set_digest`] |
//! | may these offices exchange today? | [`Office`], [`LicencePeriod`] in Japanese calendar days ([`japanese_day`]) |
//! | may the file be called that, and sent there? | [`ManifestName::check`], [`addressed_by`] |
//! | is it what it says? | [`Inspection`], with [`attachment`] and the crate `standard` → [`Contents`] |
//! | what speaks against the whole? | [`Judgement`] |
//! | what will the recipients' software refuse all the same? | [`Receiver`], [`ReceiverWarnings`] |
//! | what does it replace? | [`Lineage`], by persons' [`PersonKey`]s |
//! | where does it go? | [`keys`], [`inbox_names`] |
//! | how does it stand? | [`TransmissionStatus`], [`DeliveryStatus`], [`Outcome`]: forward only |
//! | why not? | [`RejectionCode`], with texts in both languages |
//! | who may apply for a free pass, and what does a licence cost? | [`Campaign`], [`free_pass`], [`PAID_YEN`] |
//! | which offices are there, and which of them are licensed? | [`Columns`], [`registered`]; [`Listed`], [`OfficeQuery`]; [`Adoption`] |
//! | is this certificate to be believed? | [`TrustAnchors`] |
//! | may this device register a key? | [`OneTimeCode`] and [`token::proves`] |
//! | whose call of the API is it? | [`token::UnverifiedToken`] with the office's [`OfficeKey`]s → [`token::Token`] |
//! | what is an office told, and how does it know that it is told by the exchange? | [`Notice`], [`CloudEvent`]; [`sign::NoticeKey`] |
//! | what do offices see? | [`TransmissionView`], [`DeliveryView`], [`DeliveryDocument`], [`Report`], [`LicenceView`] |
//!
//! ```
//! use exchange::{OfficeKey, RejectionCode, UnverifiedManifest, sign::{ManifestDraft, SigningKey}};
//!
//! let (sender, stored_at) = ("0370100018".parse()?, "2026-04-10T00:00:00Z".parse()?);
//! let key = SigningKey::generate_es256()?;
//! let draft = ManifestDraft::new(sender, vec!["0370100026-43".parse()?], "plan.pdf", b"%PDF-1.7", stored_at);
//! let token = draft.sign(&key)?; // travels as x-amz-meta-manifest
//!
//! let unverified = UnverifiedManifest::parse(&token)?;
//! let registered = [OfficeKey::new(key.public_key()?)];
//! assert_eq!(unverified.clone().verify(&[], &draft.iss, stored_at), Err(RejectionCode::KeyUnknown));
//! let manifest = unverified.verify(&registered, &draft.iss, stored_at).map_err(RejectionCode::message)?;
//! assert_eq!(manifest.size, 8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`sign`] is the side of those who sign. What the standard says of files is in the crate `standard`; what is stored where, in `store`.

mod adoption;
mod campaign;
mod certificate;
mod cloud_event;
mod code;
mod digest;
mod directory;
mod id;
mod inspection;
mod judgement;
mod jws;
mod licence;
mod lineage;
mod manifest;
mod notice;
mod office;
mod office_key;
mod partners;
mod person;
mod place;
mod quota;
mod receiver;
mod recipient;
mod rejection;
mod search;
mod secret;
mod settings;
mod state;
mod table;
mod text;
mod time;
mod trust;
mod views;

pub mod attachment;
pub mod keys;
pub mod sign;
pub mod token;

pub use crate::{
    adoption::{Adoption, AdoptionCount, AdoptionIndicators, AdoptionView},
    campaign::{Campaign, PAID_YEN, PassRefused, campaigns, free_pass},
    cloud_event::{CLOUD_EVENT, CloudEvent},
    code::{CODE_HOLDS, IllFormedCode, MAX_TRIES, OneTimeCode},
    digest::{IllFormedDigest, Sha256Digest, set_digest},
    directory::{Columns, DirectoryEntry, DirectoryRow, MissingColumn, Skipped, registered},
    id::{IllFormedId, OutboxKey, TransmissionId},
    inspection::{Contents, Inspection},
    judgement::Judgement,
    licence::{LicenceKind, LicencePeriod, LicenceView, UnknownLicenceKind, licence_runs, licensed_on, licensed_until},
    lineage::{Family, KeySet, Lineage, MissingActuals, MonthText},
    manifest::{
        FileNameClaim, MAX_ADDRESSES, MAX_AGE, MAX_AHEAD, MAX_BYTES, MAX_NAME_CHARACTERS, MAX_PARTS, METADATA_NAME, Manifest,
        ManifestMalformed, ManifestName, NameProblem, TYP, UnverifiedManifest,
    },
    notice::{About, Notice, NoticeKind},
    office::{KeyRevoked, Office},
    office_key::{KeyRefused, KeyStatus, OfficeKey, PublicKey, REVOCATION_GRACE},
    partners::{Partner, PartnersView, Side},
    person::{IllFormedPersonKey, PersonKey},
    place::{IllFormedPlace, Municipality, Place, Prefecture},
    quota::{DailyQuota, NotAQuota, counted_earlier},
    receiver::{Receiver, ReceiverWarnings, RefusedFile, RefusingReceiver},
    recipient::{addressed_by, content_disposition, inbox_names},
    rejection::RejectionCode,
    search::{Listed, OfficeQuery, OfficeView, Searchable},
    secret::{Purpose, Secret, TooShort},
    settings::{OfficeSettings, SettingsRefused, WebhookRefused, WebhookUrl},
    state::{DeliveryStatus, Outcome, TransmissionStatus, UnknownName, WAIT_FOR_PARTS},
    table::{spreadsheet, spreadsheet_cell},
    text::steers,
    time::{first_instant, japanese_day, json_time, serde_optional_time, serde_time},
    trust::{CertificateClaims, CertificateRefused, TrustAnchors},
    views::{
        DeliveredFile, DeliveryDocument, DeliveryView, FileEntry, NoticeView, Reason, RecipientEntry, Rejected, Report, ReportReason,
        ReportedFinding, TransmissionView,
    },
};
