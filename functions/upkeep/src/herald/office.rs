//! One office's notices of a tick, one after the other.

use std::collections::HashSet;

use exchange::sign::SignedNotice;
use exchange::{CloudEvent, WebhookUrl};
use jiff::{SignedDuration, Timestamp};
use store::{BusEvent, EVENTS_AT_ONCE, EventBus, Outgoing, Progress};
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::{Herald, Sent};
use crate::webhook::{Answer, Unreached};

/// How long an office's other notices wait where the one that its webhook didn't take is given up.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// How far one notice came in this tick.
struct Told {
    progress: Progress,
    /// Somebody should have it, was tried, and hasn't taken it.
    open: bool,
    /// The webhook should have it, and takes nothing before then.
    waits: Option<Timestamp>,
}

impl Told {
    /// When it is due next, and how far it came.
    fn next(&self, outgoing: &Outgoing, now: Timestamp) -> Option<(Timestamp, Progress)> {
        match (self.open, self.waits) {
            (true, None) => self.progress.tried(now),
            (true, Some(until)) => self.progress.tried(now).map(|(next, progress)| (next.max(until), progress)),
            (false, Some(until)) => outgoing.waits(until, self.progress),
            (false, None) => None,
        }
    }

    fn is_done(&self) -> bool {
        !self.open && self.waits.is_none()
    }
}

impl Herald {
    pub(super) async fn tell(&self, notices: Vec<Outgoing>, webhook: Option<&WebhookUrl>, end: Instant) -> Sent {
        let mut sent = Sent::default();
        let published = match &self.bus {
            Some(bus) => self.publish(&**bus, &notices, &mut sent).await,
            None => HashSet::new(),
        };
        // from when on the webhook may be sent something, where it said that now it may not
        let mut busy_until: Option<Timestamp> = None;
        for outgoing in &notices {
            let on_the_bus = outgoing.progress.published || published.contains(&outgoing.notice.id());
            let progress = Progress { published: on_the_bus, ..outgoing.progress };
            let mut told = Told { progress, open: self.bus.is_some() && !on_the_bus, waits: None };
            if Instant::now() >= end {
                self.remember(outgoing, told.progress, &mut sent).await;
                continue;
            }
            let webhook = webhook.filter(|_| !outgoing.progress.posted);
            told.waits = webhook.and(busy_until);
            let answer = match webhook.filter(|_| busy_until.is_none()) {
                Some(webhook) => Some(self.post(outgoing, webhook).await),
                None => None,
            };
            match answer {
                Some(Answer::Taken) => {
                    told.progress.posted = true;
                    sent.posted += 1;
                }
                // it is not sent there again, as if it had been taken
                Some(Answer::Gone) => told.progress.posted = true,
                Some(Answer::Busy | Answer::Refused(_) | Answer::Unreached(_)) => told.open = true,
                None => {}
            }
            let now = self.clock.now();
            let next = told.next(outgoing, now);
            if answer.is_some_and(Answer::is_of_the_webhook) {
                busy_until = next.map(|(due_at, _)| due_at).or_else(|| now.checked_add(SHORTEST_WAIT).ok());
            }
            self.settle(outgoing, next, told.is_done(), &mut sent).await;
        }
        sent
    }

    /// Puts on the bus what isn't there; gives the ids of what was taken.
    async fn publish(&self, bus: &dyn EventBus, notices: &[Outgoing], sent: &mut Sent) -> HashSet<String> {
        let mut taken = HashSet::new();
        let missing: Vec<&Outgoing> = notices.iter().filter(|outgoing| !outgoing.progress.published).collect();
        for notices in missing.chunks(EVENTS_AT_ONCE) {
            let events: Vec<BusEvent> = notices.iter().map(|outgoing| bus_event(&CloudEvent::of(&outgoing.notice, &self.source))).collect();
            let answers = match bus.put(&events).await {
                Ok(answers) => answers,
                Err(cause) => {
                    error!(%cause, events = events.len(), "the bus took nothing");
                    sent.failed += events.len();
                    continue;
                }
            };
            for (outgoing, refused) in notices.iter().zip(answers) {
                let id = outgoing.notice.id();
                if let Some(code) = refused {
                    error!(id, code, "the bus didn't take a notice");
                    sent.failed += 1;
                } else {
                    sent.published += 1;
                    taken.insert(id);
                }
            }
        }
        taken
    }

    async fn post(&self, outgoing: &Outgoing, webhook: &WebhookUrl) -> Answer {
        let event = CloudEvent::of(&outgoing.notice, &self.source);
        let body = json(&event);
        let notice = SignedNotice { id: &event.id, issuer: &self.source, webhook, body: body.as_bytes() };
        let (office, tries) = (outgoing.notice.office, outgoing.progress.tries);
        match self.key.sign(&notice, self.clock.now()) {
            Ok(signature) => {
                let answer = self.webhooks.post(webhook, body, &signature).await;
                info!(id = event.id, %office, tries, %answer, "a webhook answered");
                answer
            }
            Err(cause) => {
                error!(id = event.id, %office, %cause, "a notice can't be signed");
                Answer::Unreached(Unreached::NotReached)
            }
        }
    }

    /// Ends the notice's sending, done or not, or puts it off.
    async fn settle(&self, outgoing: &Outgoing, next: Option<(Timestamp, Progress)>, done: bool, sent: &mut Sent) {
        if let Err(cause) = self.ledger.set_notice_due(outgoing, next).await {
            error!(id = outgoing.notice.id(), %cause, "what became of a notice wasn't noted: it is sent again");
            sent.failed += 1;
            return;
        }
        match next {
            Some(_) => sent.put_off += 1,
            None if !done => {
                warn!(id = outgoing.notice.id(), office = %outgoing.notice.office, "given up: the notice is listed, and not sent any more");
                sent.given_up += 1;
            }
            None => {}
        }
    }

    /// Notes that it is on the bus since this tick; it stays due.
    async fn remember(&self, outgoing: &Outgoing, progress: Progress, sent: &mut Sent) {
        if progress == outgoing.progress {
            return;
        }
        if let Err(cause) = self.ledger.set_notice_due(outgoing, Some((outgoing.due_at, progress))).await {
            error!(id = outgoing.notice.id(), %cause, "that a notice is on the bus wasn't noted: it is put there again");
            sent.failed += 1;
        }
    }
}

fn bus_event(event: &CloudEvent<'_>) -> BusEvent {
    BusEvent { kind: event.kind.clone(), time: event.time, detail: json(event) }
}

/// Texts under fixed names: there is nothing in an event that JSON can't hold.
fn json(event: &CloudEvent<'_>) -> String {
    serde_json::to_string(event).unwrap_or_default()
}
