//! Licences by the calendar of Japan: applied for, granted, billed, asked for when a set is whole.

use std::sync::{Arc, LazyLock};

use exchange::{Campaign, LicenceKind, Office, PassRefused, RejectionCode, TransmissionStatus, japanese_day};
use futures::future::join_all;
use jiff::civil::{Date, date};
use standard::OfficeNumber;
use store::steps::{Application, apply_free_pass, grant_licence, known_campaigns, licence, put_campaign};
use store::testing::{Fault, Faults, How, When};
use store::{Bill, Ledger};

use crate::world::office::licence as period;
use crate::world::set::Set;
use crate::world::{World, at};

const OFFICE: &str = "9778773797";

static OFFICE_NUMBER: LazyLock<OfficeNumber> = LazyLock::new(number);

async fn both() -> [World; 2] {
    [World::in_memory(), World::embedded().await]
}

fn number() -> OfficeNumber {
    OFFICE.parse().unwrap()
}

/// A world with one office that never had a licence.
async fn with_office(world: &World) -> Arc<dyn Ledger> {
    world.register(&Office::new(number(), "つばめ")).await;
    Arc::clone(&world.ledger)
}

async fn bills(ledger: &dyn Ledger, month: Date) -> Vec<Bill> {
    ledger.bills(month, 100, None).await.unwrap().items
}

async fn entry(ledger: &dyn Ledger) -> Office {
    ledger.office(&number()).await.unwrap().unwrap().0
}

#[tokio::test]
async fn applications_at_once_give_one_period_and_one_bill() {
    for world in both().await {
        let ledger = with_office(&world).await;
        let day = date(2026, 5, 31);
        let ended = join_all((0..16).map(|_| apply_free_pass(&*ledger, &OFFICE_NUMBER, day))).await;
        let (mut granted, mut refused) = (Vec::new(), 0);
        for application in ended {
            match application.unwrap() {
                Application::Granted(pass) => granted.push(pass),
                Application::Refused(PassRefused::AlreadyApplied) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((granted.len(), refused), (1, 15));
        let pass = granted.remove(0);
        assert_eq!((pass.first, pass.last, pass.campaign.as_deref()), (day, date(2027, 5, 30), Some("free-pass-2025")));
        assert_eq!(entry(&*ledger).await.licences, std::slice::from_ref(&pass));
        assert_eq!(bills(&*ledger, day).await, [Bill::of(number(), &pass, &[])]);
        let view = licence(&*ledger, &OFFICE_NUMBER, day).await.unwrap().unwrap();
        assert_eq!((view.licensed, view.until, view.campaigns.len()), (true, Some(date(2027, 5, 30)), 1));
    }
}

#[tokio::test]
async fn an_application_is_taken_from_the_first_to_the_last_second_in_japan() {
    for (instant, last) in [
        ("2025-05-31T14:59:59.999Z", None),
        ("2025-05-31T15:00:00Z", Some("2026-05-31")),
        ("2026-05-31T00:00:00Z", Some("2027-05-30")),
        ("2026-05-31T14:59:59.999Z", Some("2027-05-30")),
        ("2026-05-31T15:00:00Z", None),
    ] {
        let world = World::in_memory();
        let ledger = with_office(&world).await;
        let application = apply_free_pass(&*ledger, &OFFICE_NUMBER, japanese_day(at(instant))).await.unwrap();
        match last {
            Some(last) => assert!(matches!(&application, Application::Granted(pass) if pass.last.to_string() == last), "{instant}"),
            None => {
                assert_eq!(application, Application::Refused(PassRefused::CampaignClosed), "{instant}");
                assert_eq!(entry(&*ledger).await.licences, [], "{instant}: nothing is written");
                assert_eq!(bills(&*ledger, japanese_day(at(instant))).await, [], "{instant}");
            }
        }
    }
    let world = World::in_memory();
    assert_eq!(apply_free_pass(&*world.ledger, &OFFICE_NUMBER, date(2026, 5, 1)).await.unwrap(), Application::Unknown);
}

#[tokio::test]
async fn an_application_that_broke_off_is_made_once() {
    for world in both().await {
        let ledger = with_office(&world).await;
        for (n, when) in [(1, When::Before), (2, When::Before), (3, When::Before), (3, When::After)] {
            let faults = Faults::none();
            let (_, faulty) = world.ground.faulty(&faults);
            faults.plan_all(&[Fault { call: n, when, how: How::Refused }]);
            assert!(apply_free_pass(&*faulty, &OFFICE_NUMBER, date(2026, 5, 31)).await.is_err(), "call {n}");
            let made = usize::from(when == When::After);
            assert_eq!(entry(&*ledger).await.licences.len(), made, "call {n}");
            assert_eq!(bills(&*ledger, date(2026, 5, 1)).await.len(), made, "call {n}");
        }
        let again = apply_free_pass(&*ledger, &OFFICE_NUMBER, date(2026, 5, 31)).await.unwrap();
        assert_eq!(again, Application::Refused(PassRefused::AlreadyApplied));
        assert_eq!((entry(&*ledger).await.licences.len(), bills(&*ledger, date(2026, 5, 1)).await.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_campaign_that_is_extended_or_added_takes_applications() {
    for world in both().await {
        let ledger = with_office(&world).await;
        let day = date(2026, 7, 1);
        assert_eq!(apply_free_pass(&*ledger, &OFFICE_NUMBER, day).await.unwrap(), Application::Refused(PassRefused::CampaignClosed));
        let extended = Campaign { closes: date(2026, 12, 31), ..Campaign::free_pass_2025() };
        let second = Campaign { id: "second".to_owned(), opens: day, closes: day, months: 1, fee: 500 };
        // two operators at once
        let put = join_all([&extended, &second].map(|campaign| put_campaign(&*ledger, campaign))).await;
        assert!(put.iter().all(Result::is_ok), "{put:?}");
        assert_eq!(known_campaigns(&*ledger).await.unwrap(), [extended, second]);
        // two campaigns are open: at once or again, it is one pass and one bill
        let ended = join_all((0..10).map(|_| apply_free_pass(&*ledger, &OFFICE_NUMBER, day))).await;
        let granted = ended.iter().filter(|ended| matches!(ended, Ok(Application::Granted(_)))).count();
        let refused = ended.iter().filter(|ended| matches!(ended, Ok(Application::Refused(PassRefused::AlreadyApplied)))).count();
        assert_eq!((granted, refused), (1, 9));
        assert_eq!(apply_free_pass(&*ledger, &OFFICE_NUMBER, day).await.unwrap(), Application::Refused(PassRefused::AlreadyApplied));
        let fees: Vec<_> = bills(&*ledger, day).await.into_iter().map(|bill| (bill.campaign.unwrap(), bill.yen)).collect();
        assert_eq!((entry(&*ledger).await.licences.len(), fees), (1, vec![("second".to_owned(), 500)]));
    }
}

#[tokio::test]
async fn licences_that_are_granted_are_billed_once_in_the_month_they_begin() {
    for world in both().await {
        let ledger = with_office(&world).await;
        let periods = [period("2026-04-30", "2027-04-29"), period("2026-05-01", "2027-04-30")];
        for period in periods.iter().chain(&periods) {
            let office = grant_licence(&*ledger, &OFFICE_NUMBER, period).await.unwrap().unwrap();
            assert!(office.licences.contains(period));
        }
        assert_eq!(entry(&*ledger).await.licences, periods);
        for (month, period) in [(date(2026, 4, 1), &periods[0]), (date(2026, 5, 31), &periods[1])] {
            let bill =
                Bill { office: number(), kind: LicenceKind::Paid, campaign: None, first: period.first, last: period.last, yen: 21_000 };
            assert_eq!(bills(&*ledger, month).await, [bill], "{month}");
        }
        let unknown = "9770000007".parse().unwrap();
        assert_eq!(grant_licence(&*ledger, &unknown, &periods[0]).await.unwrap(), None);
        assert_eq!((ledger.office(&unknown).await.unwrap(), bills(&*ledger, date(2026, 4, 1)).await.len()), (None, 1));
    }
}

/// The parts of a set are stored in the last second of May and the first of June, in Japan.
#[tokio::test]
async fn of_a_set_whose_parts_straddle_midnight_the_day_of_the_last_counts() {
    const MAY: (&str, &str) = ("2025-06-01", "2026-05-31");
    const JUNE: (&str, &str) = ("2026-06-01", "2027-05-31");
    for world in both().await {
        for (sender, recipient, refused) in [
            (&[JUNE][..], &[JUNE][..], None),
            (&[MAY, JUNE], &[JUNE], None),
            (&[MAY], &[MAY, JUNE], Some(RejectionCode::SenderUnlicensed)),
            (&[JUNE], &[MAY], Some(RejectionCode::RecipientUnlicensed)),
        ] {
            world.set_now(at("2026-05-31T14:59:59Z"));
            let set = Set::attachments(&world, 1, 2).await;
            for (party, periods) in [(&set.sender, sender), (&set.recipients[0], recipient)] {
                let licences = periods.iter().map(|(first, last)| period(first, last)).collect();
                world.register(&Office { licences, ..party.office.clone() }).await;
            }
            world.restart();
            let parcels = set.parcels();
            world.send(&parcels[0]).await;
            world.set_now(at("2026-05-31T15:00:00Z"));
            world.send(&parcels[1]).await;
            let entry = world.entry(&set.id).await.unwrap().transmission;
            let reasons: Vec<RejectionCode> = entry.reasons.iter().map(|reason| reason.code).collect();
            assert_eq!(reasons, refused.into_iter().collect::<Vec<_>>());
            let status = if refused.is_some() { TransmissionStatus::Rejected } else { TransmissionStatus::Delivered };
            assert_eq!(entry.status, status);
            assert_eq!(set.inbox(&world, 0).await.len(), if refused.is_some() { 0 } else { 3 });
        }
    }
}
