//! `renkei admin office`: profiles.

use exchange::Office;
use serde::Serialize;
use standard::{OfficeNumber, ServiceType};

use super::args::{OfficeAdd, OfficeArg, OfficeCommand};
use super::deployment::Deployment;
use super::import;
use crate::output::{HEADING, Output};

/// An office's profile (contract §7).
#[derive(Serialize)]
struct Profile {
    office: OfficeNumber,
    name: String,
    municipality: Option<String>,
    services: Vec<ServiceType>,
}

pub(super) async fn run(command: OfficeCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let profile = match command {
        OfficeCommand::Add(add) => {
            if !add.office.check_digit_fits() {
                output.remark(&format!("office {}: the check digit doesn't fit; is the number right?", add.office));
            }
            deployment.write_office(&add.office, |known| Ok(with_profile(known, &add))).await?
        }
        OfficeCommand::Show(OfficeArg { office }) => deployment.office(&office).await?.into(),
        OfficeCommand::Import { file } => return import::run(&file, deployment, output).await,
    };
    output.either(&profile, profile.text())?;
    Ok(())
}

/// The entry with the profile given: of one that is there, what isn't given stays.
fn with_profile(known: Option<Office>, add: &OfficeAdd) -> (Office, Profile) {
    let mut office = known.unwrap_or_else(|| Office::new(add.office, &add.name));
    office.name.clone_from(&add.name);
    if add.municipality.is_some() {
        office.municipality.clone_from(&add.municipality);
    }
    if !add.services.is_empty() {
        office.services.clear();
        for service in &add.services {
            if !office.services.contains(service) {
                office.services.push(*service);
            }
        }
    }
    let profile = office.clone().into();
    (office, profile)
}

impl From<Office> for Profile {
    fn from(office: Office) -> Self {
        Self { office: office.number, name: office.name, municipality: office.municipality, services: office.services }
    }
}

impl Profile {
    fn text(&self) -> String {
        let services: Vec<String> =
            self.services.iter().map(|service| format!("{service} {}", service.label_ja().unwrap_or("?"))).collect();
        let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
        format!(
            "{HEADING}{}{HEADING:#}  {}\n  municipality  {}\n  services      {}",
            self.office,
            self.name,
            self.municipality.as_deref().unwrap_or("–"),
            or_none(&services.join(", ")),
        )
    }
}
