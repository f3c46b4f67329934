//! The exchange as its users see it: one test binary, every test a sentence.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod bootstrap;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod forgeries;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod licence_ends;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod lineage;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod offices_http;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod plenty;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod receivers;
#[cfg(test)]
mod redelivery;
#[cfg(test)]
mod rejections;
#[cfg(test)]
mod reminders;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod stateful;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod template;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
