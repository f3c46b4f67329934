//! `renkei admin key`: the public keys offices sign with.

use std::path::Path;

use anyhow::{Context as _, bail};
use exchange::{CertificateClaims, Office, OfficeKey, PublicKey, TrustAnchors, json_time, serde_optional_time};
use jiff::Timestamp;
use serde::Serialize;
use standard::OfficeNumber;

use super::args::{KeyAdd, KeyCommand, KeyFile, OfficeArg};
use super::deployment::Deployment;
use crate::output::{FAINT, HEADING, Output};

/// A key as the operator sees it (contract §7).
#[derive(Serialize)]
struct KeyView {
    office: OfficeNumber,
    kid: String,
    #[serde(with = "serde_optional_time")]
    not_before: Option<Timestamp>,
    #[serde(with = "serde_optional_time")]
    not_after: Option<Timestamp>,
    #[serde(with = "serde_optional_time")]
    revoked_at: Option<Timestamp>,
}

pub(super) async fn run(command: KeyCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    match command {
        KeyCommand::Add(add_key) => {
            check(&add_key, deployment.now)?;
            let KeyAdd { office, key, not_before, not_after, .. } = add_key;
            let key = OfficeKey { not_before, not_after, ..read(&key)? };
            print(&deployment.change_office(&office, |entry| add(entry, &key)).await?, output)
        }
        KeyCommand::Revoke { office, kid } => {
            print(&deployment.change_office(&office, |entry| revoke(entry, &kid, deployment.now)).await?, output)
        }
        KeyCommand::List(OfficeArg { office }) => {
            let entry = deployment.office(&office).await?;
            if entry.keys.is_empty() {
                output.line(format_args!("{FAINT}office {office} has no keys{FAINT:#}"))?;
            }
            entry.keys.iter().try_for_each(|key| print(&view(&entry, key), output))
        }
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}

/// Whether a certificate is to be believed. Without anchors what it says of itself is checked, and it is told that nobody vouches for that.
fn check(KeyAdd { office, key, anchors, crl, unchecked, not_after, .. }: &KeyAdd, now: Timestamp) -> anyhow::Result<()> {
    let Some(path) = &key.certificate else { return Ok(()) };
    let unfit = |path: &Path| format!("{} can't be used", path.display());
    let claims = CertificateClaims::read(&bytes(path)?).with_context(|| unfit(path))?;
    if not_after.is_none() {
        let last = json_time(claims.last);
        anstream::eprintln!(
            "warning: the certificate ends at {last}, the key counts on until it is revoked: bound it with --not-after {last}"
        );
    }
    if *unchecked {
        anstream::eprintln!("warning: the certificate's path, dates, use and names were not checked");
        return Ok(());
    }
    let Some(anchors) = anchors else {
        // an exchange on this machine may run at another time than the one at which its certificates are made
        claims.check(office, &[now, Timestamp::now()]).with_context(|| unfit(path))?;
        let whose = if claims.names(office) { "" } else { ", nor whose it is, for it names no office" };
        anstream::eprintln!(
            "warning: who issued the certificate was not checked{whose}: give the authorities' certificates with --anchors or RENKEI_TRUST_ANCHORS"
        );
        return Ok(());
    };
    let mut trust = TrustAnchors::from_pem(&bytes(anchors)?).with_context(|| unfit(anchors))?;
    for path in crl {
        trust.add_revocations(&bytes(path)?).with_context(|| unfit(path))?;
    }
    if crl.is_empty() {
        anstream::eprintln!("warning: whether the certificate was revoked was not checked: give the authorities' lists with --crl");
    }
    trust.check(&bytes(path)?, office, now).with_context(|| unfit(path))
}

/// The key in the file that is named.
fn read(KeyFile { jwk, certificate }: &KeyFile) -> anyhow::Result<OfficeKey> {
    if let Some(path) = certificate {
        return OfficeKey::from_certificate(&bytes(path)?).with_context(|| format!("{} can't be used", path.display()));
    }
    let path = jwk.as_deref().context("name a key: --jwk FILE or --certificate FILE")?;
    let jwk = serde_json::from_slice(&bytes(path)?).with_context(|| format!("{} is not JSON", path.display()))?;
    Ok(OfficeKey::new(PublicKey::from_jwk(&jwk)?))
}

fn add(office: &mut Office, key: &OfficeKey) -> anyhow::Result<KeyView> {
    office.add_key(key)?;
    Ok(view(office, key))
}

fn revoke(office: &mut Office, kid: &str, now: Timestamp) -> anyhow::Result<KeyView> {
    let Some(key) = office.revoke_key(kid, now) else {
        bail!("office {} has no key {kid}: `renkei admin key list --office {}` shows those it has", office.number, office.number)
    };
    Ok(view(office, &key))
}

fn view(office: &Office, key: &OfficeKey) -> KeyView {
    KeyView {
        office: office.number,
        kid: key.kid.clone(),
        not_before: key.not_before,
        not_after: key.not_after,
        revoked_at: key.revoked_at,
    }
}

fn print(key: &KeyView, output: &Output) -> anyhow::Result<()> {
    let time = |time: Option<Timestamp>, none: &str| time.map_or_else(|| none.to_owned(), json_time);
    let revoked = key.revoked_at.map(|at| format!("  revoked at {}", json_time(at))).unwrap_or_default();
    let bounds = format!("{} – {}", time(key.not_before, "from ever"), time(key.not_after, "for ever"));
    Ok(output.either(key, format_args!("{HEADING}{}{HEADING:#}  {}  {bounds}{revoked}", key.office, key.kid))?)
}
