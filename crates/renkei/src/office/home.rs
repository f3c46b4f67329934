//! `RENKEI_HOME`: this device's key, which office and exchange it belongs to, and what it has begun.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use embedded::disk::sync_folder;
use exchange::sign::SigningKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;
use tempfile::{NamedTempFile, PersistError};

use crate::client::{Client, Exchange};

/// The folder, instead of the platform's.
const HOME_VARIABLE: &str = "RENKEI_HOME";
/// Where the API is.
const URL_VARIABLE: &str = "RENKEI_URL";

const PROFILE: &str = "profile.json";
const KEY: &str = "key.pem";

const NOT_ENROLLED: &str = "この端末はまだ登録されていません。renkei enrol --office N --code C で登録してください。\n\
    this device is not enrolled: renkei enrol --office N --code C does it";

/// The folder.
pub(crate) struct Home(PathBuf);

/// What an enrolled device is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Profile {
    /// The exchange's origin.
    pub(crate) url: String,
    pub(crate) office: OfficeNumber,
    pub(crate) kid: String,
    /// What the office calls the device.
    pub(crate) name: String,
}

impl Home {
    /// Where `RENKEI_HOME` says, or in the platform's folder for settings: `~/.config/renkei` on Linux.
    pub(crate) fn find() -> anyhow::Result<Self> {
        if let Some(folder) = set(HOME_VARIABLE) {
            return Ok(Self(folder.into()));
        }
        let folders =
            directories::ProjectDirs::from("", "", "renkei").context("this system names no folder for settings: set RENKEI_HOME")?;
        Ok(Self(folders.config_dir().to_owned()))
    }

    /// The office's client, as this device was enrolled.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        let profile = self.profile()?.context(NOT_ENROLLED)?;
        let key = self.key()?.with_context(|| format!("{} is missing: {NOT_ENROLLED}", self.0.join(KEY).display()))?;
        let exchange = Exchange::at(&set(URL_VARIABLE).unwrap_or(profile.url))?;
        Ok(Client { exchange, office: profile.office, key, kid: profile.kid })
    }

    pub(crate) fn profile(&self) -> anyhow::Result<Option<Profile>> {
        read_json(&self.0.join(PROFILE))
    }

    pub(crate) fn keep_profile(&self, profile: &Profile) -> anyhow::Result<()> {
        write_json(&self.0.join(PROFILE), profile)
    }

    /// The device's key, if it has one.
    pub(crate) fn key(&self) -> anyhow::Result<Option<SigningKey>> {
        let path = self.0.join(KEY);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("{} can't be read", path.display()))?,
        };
        let key = SigningKey::from_pkcs8_pem(&text).with_context(|| format!("{} holds no key", path.display()))?;
        Ok(Some(key))
    }

    /// A fresh key, kept for its owner's eyes before anybody hears of it. One that is there is never replaced.
    pub(crate) fn make_key(&self) -> anyhow::Result<SigningKey> {
        let key = SigningKey::generate_es256()?;
        make_folder(&self.0)?;
        let path = self.0.join(KEY);
        // half a key would be in the way for good
        whole(&path, key.to_pkcs8_pem()?.as_bytes(), |file| file.persist_noclobber(&path).map(drop))
            .with_context(|| format!("{} can't be made", path.display()))?;
        Ok(key)
    }

    /// Takes the key away that no exchange knows.
    pub(crate) fn forget_key(&self) -> io::Result<()> {
        fs::remove_file(self.0.join(KEY))
    }

    /// A folder in it, made if it isn't there.
    pub(crate) fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.0.join(name);
        make_folder(&folder)?;
        Ok(folder)
    }
}

/// Where the exchange is, before a profile says it.
pub(crate) fn url() -> anyhow::Result<String> {
    match set(URL_VARIABLE) {
        Some(url) => Ok(url),
        None => bail!("RENKEI_URL に連携サーバーの URL を設定してください。\nset RENKEI_URL to where the exchange's API is"),
    }
}

fn set(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// Names of attachments and the key are for the owner only.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the folder {} can't be made", folder.display()))
}

/// What a file of ours says; none where there is no such file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("{} can't be read", path.display()))?,
    };
    Ok(Some(serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))?))
}

/// Writes a file of ours whole or not at all, for its owner's eyes; a crash leaves the one before.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    make_folder(folder)?;
    whole(path, &serde_json::to_vec_pretty(value)?, |file| file.persist(path).map(drop))
        .with_context(|| format!("{} can't be written", path.display()))
}

/// Writes a file beside where it will be, for its owner's eyes, and gives it its name when all of it is on the disk.
fn whole(path: &Path, content: &[u8], name: impl FnOnce(NamedTempFile) -> Result<(), PersistError>) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    name(file).map_err(|error| error.error)?;
    sync_folder(folder)
}
