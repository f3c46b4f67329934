//! One function, one promise of [`Codes`].

use exchange::{MAX_TRIES, Office};
use futures::future::join_all;

use super::examples::{at, number};
use crate::{CodeRecord, Codes, Enrolled, Ledger, Revision};

const NOW: &str = "2026-04-10T00:00:00Z";
const LATER: &str = "2026-04-24T00:00:00Z";

fn code(office: &str, first_four: &str, digest: &str) -> CodeRecord {
    let (office, first_four, digest) = (number(office), first_four.to_owned(), digest.to_owned());
    CodeRecord { office, first_four, digest, tries: 0, used: false, handed_out_by: None, expires_at: at(LATER) }
}

pub(super) async fn a_code_is_given_for_five_tries(port: &dyn Codes) {
    let kept = CodeRecord { handed_out_by: Some("kid".to_owned()), ..code("9770000205", "ABCD", "aa") };
    assert!(port.keep_code(&kept, at(NOW)).await.unwrap());
    for tries in 1..=MAX_TRIES {
        let tried = port.try_code(&kept.office, "ABCD", at(NOW)).await.unwrap();
        assert_eq!(tried, Some(CodeRecord { tries, ..kept.clone() }));
    }
    assert_eq!(port.try_code(&kept.office, "ABCD", at(NOW)).await.unwrap(), None);
    for (office, first_four) in [("9770000205", "ABCE"), ("9770000213", "ABCD")] {
        assert_eq!(port.try_code(&number(office), first_four, at(NOW)).await.unwrap(), None, "{office} {first_four}");
    }
}

pub(super) async fn racing_tries_are_counted_all(port: &dyn Codes) {
    let kept = code("9770000221", "ABCD", "aa");
    assert!(port.keep_code(&kept, at(NOW)).await.unwrap());
    let tries = join_all((0..12).map(|_| async {
        loop {
            match port.try_code(&kept.office, "ABCD", at(NOW)).await {
                Err(error) if error.is_passing() => {}
                answer => break answer.unwrap(),
            }
        }
    }));
    let mut counted: Vec<u8> = tries.await.into_iter().flatten().map(|code| code.tries).collect();
    counted.sort_unstable();
    assert_eq!(counted, [1, 2, 3, 4, 5]);
}

pub(super) async fn a_code_ends_with_its_last_second(port: &dyn Codes) {
    let kept = code("9770000239", "ABCD", "aa");
    assert!(port.keep_code(&kept, at(NOW)).await.unwrap());
    assert!(port.try_code(&kept.office, "ABCD", at("2026-04-23T23:59:59.999Z")).await.unwrap().is_some());
    assert_eq!(port.try_code(&kept.office, "ABCD", at(LATER)).await.unwrap(), None);
}

pub(super) async fn a_code_gives_way_only_when_it_opens_nothing_more(port: &dyn Codes) {
    let (first, second) = (code("9770000247", "ABCD", "aa"), code("9770000247", "ABCD", "bb"));
    assert!(port.keep_code(&first, at(NOW)).await.unwrap());
    assert!(!port.keep_code(&second, at(NOW)).await.unwrap());
    assert_eq!(port.try_code(&first.office, "ABCD", at(NOW)).await.unwrap().unwrap().digest, "aa");
    assert!(port.keep_code(&code("9770000247", "ABCE", "cc"), at(NOW)).await.unwrap(), "another one beside it");
    assert!(port.keep_code(&CodeRecord { expires_at: at("2026-05-08T00:00:00Z"), ..second.clone() }, at(LATER)).await.unwrap(), "expired");
    for _ in 0..MAX_TRIES {
        assert_eq!(port.try_code(&first.office, "ABCD", at(LATER)).await.unwrap().unwrap().digest, "bb");
    }
    assert!(port.keep_code(&code("9770000247", "ABCD", "dd"), at(NOW)).await.unwrap(), "tried to death");
}

pub(super) async fn a_code_is_spent_with_the_entry_it_changes_or_not_at_all<P: Codes + Ledger>(port: &P) {
    let kept = code("9770000254", "ABCD", "aa");
    let named = |name: &str| Office::new(kept.office, name);
    port.save_office(&named("first"), None).await.unwrap();
    assert!(port.keep_code(&kept, at(NOW)).await.unwrap());
    assert_eq!(port.enrol(&kept, &named("stale"), Revision(7)).await.unwrap(), Enrolled::OfficeChanged);
    let other = code("9770000254", "ABCD", "bb");
    let (read, revision) = port.office(&kept.office).await.unwrap().unwrap();
    assert_eq!(read, named("first"));
    assert_eq!(port.enrol(&other, &named("of another code"), revision).await.unwrap(), Enrolled::CodeGone);
    assert_eq!(port.enrol(&kept, &named("second"), revision).await.unwrap(), Enrolled::Written);
    let (read, next) = port.office(&kept.office).await.unwrap().unwrap();
    assert_eq!(read, named("second"));
    assert_ne!(next, revision);
    assert_eq!(port.enrol(&kept, &named("third"), next).await.unwrap(), Enrolled::CodeGone);
    assert_eq!(port.try_code(&kept.office, "ABCD", at(NOW)).await.unwrap(), None);
    assert_eq!(port.office(&kept.office).await.unwrap().unwrap(), (named("second"), next));
    assert!(port.keep_code(&other, at(NOW)).await.unwrap(), "its place is free");
}

pub(super) async fn racing_enrolments_spend_a_code_once<P: Codes + Ledger>(port: &P) {
    let kept = code("9770000262", "ABCD", "aa");
    port.save_office(&Office::new(kept.office, "read by all"), None).await.unwrap();
    port.keep_code(&kept, at(NOW)).await.unwrap();
    let names: Vec<String> = (0..8).map(|n| format!("device {n}")).collect();
    let enrolled = join_all(names.iter().map(|name| {
        let office = Office::new(kept.office, name);
        let kept = &kept;
        async move {
            loop {
                match port.enrol(kept, &office, Revision(1)).await {
                    Err(error) if error.is_passing() => {}
                    answer => break answer.unwrap(),
                }
            }
        }
    }));
    assert_eq!(enrolled.await.into_iter().filter(|done| *done == Enrolled::Written).count(), 1);
}

pub(super) async fn a_token_is_spent_once(port: &dyn Codes) {
    let [one, other] = ["9770000270", "9770000288"].map(number);
    for (office, jti, fresh) in [(one, "a", true), (one, "a", false), (one, "b", true), (other, "a", true), (other, "a", false)] {
        assert_eq!(port.spend_token(&office, jti, at(LATER)).await.unwrap(), fresh, "{office} {jti}");
    }
}
