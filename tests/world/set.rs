//! What an office sends at once.

use exchange::sign::ManifestDraft;
use exchange::{TransmissionId, keys};
use standard::Address;

use super::World;
use super::corpus::Fixture;
use super::office::Party;
use super::parcel::Parcel;

/// Files with their manifests, before they are signed.
pub(crate) struct Set {
    pub(crate) id: TransmissionId,
    pub(crate) sender: Party,
    pub(crate) recipients: Vec<Party>,
    pub(crate) drafts: Vec<ManifestDraft>,
    pub(crate) files: Vec<Fixture>,
}

impl Set {
    /// These files from the office that their names say, to these addresses; everybody is registered.
    pub(crate) async fn of(world: &World, sender: &str, to: &[&str], files: &[Fixture]) -> Self {
        let sender = Party::new(sender);
        let recipients: Vec<Party> = to.iter().map(|address| Party::new(&address[..10])).collect();
        for party in recipients.iter().chain([&sender]) {
            world.register(&party.office).await;
        }
        Self::between(world, sender, recipients, to, files)
    }

    /// The same, of offices that are registered.
    pub(crate) fn between(world: &World, sender: Party, recipients: Vec<Party>, to: &[&str], files: &[Fixture]) -> Self {
        let aud: Vec<Address> = to.iter().map(|address| address.parse().unwrap()).collect();
        let mut drafts: Vec<ManifestDraft> = Vec::new();
        for file in files {
            let draft = ManifestDraft::new(sender.office.number, aud.clone(), &file.name, &file.bytes, world.now());
            let jti = drafts.first().map_or(draft.jti, |first| first.jti);
            drafts.push(ManifestDraft { jti, ..draft });
        }
        let mut set =
            Self { id: TransmissionId::new(sender.office.number, drafts[0].jti), sender, recipients, drafts, files: files.to_vec() };
        set.seal();
        set
    }

    /// Small texts to that many offices.
    pub(crate) async fn attachments(world: &World, offices: usize, files: usize) -> Self {
        let texts: Vec<Fixture> = (0..files).map(|n| text(&format!("{n:02} ご連絡.txt"), &format!("text {n}"))).collect();
        let to: Vec<String> = (0..offices).map(|n| format!("98{:02}00{:04}", n % 100, n)).collect();
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        Self::of(world, "9778773797", &to, &texts).await
    }

    /// Number and digest as the files have it now.
    pub(crate) fn seal(&mut self) {
        ManifestDraft::seal(&mut self.drafts);
    }

    pub(crate) fn parcels(&self) -> Vec<Parcel> {
        let signed = |(draft, file): (&ManifestDraft, &Fixture)| Parcel::signed(&self.sender, draft, &file.bytes);
        self.drafts.iter().zip(&self.files).map(signed).collect()
    }

    /// What lies in one recipient's folder, without the folder.
    pub(crate) async fn inbox(&self, world: &World, recipient: usize) -> Vec<String> {
        let folder = keys::inbox_file(&self.recipients[recipient].office.number, &self.id, "");
        world.keys(&folder).await.into_iter().map(|key| key[folder.len()..].to_owned()).collect()
    }
}

pub(crate) fn text(name: &str, text: &str) -> Fixture {
    Fixture { name: name.to_owned(), bytes: text.as_bytes().to_vec(), sender: String::new(), recipient: String::new() }
}
