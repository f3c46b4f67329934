//! What every adapter of a port promises, case by case: the in-memory twin and the real one pass the same suite, so that tests may use the twin.
//!
//! A suite takes a port that holds nothing yet. It stops at the first promise that is broken, in the function named after it.
#![expect(clippy::unwrap_used, reason = "a suite stops at the first surprise, as tests do")]

mod changes;
mod codes;
mod directory;
mod examples;
mod files;
mod ledger;
mod licence_ends;
mod lineage;
mod listings;
mod mail;
mod notices;
mod offices;
mod outgoing;
mod races;

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::{Codes, Files, Ledger, Mail, Notices};

/// What an office and an operator do with the bucket, past the port.
#[async_trait]
pub trait Outside: Send + Sync {
    /// Stores a version as an office's upload does, with more metadata and headers than the exchange asks for where there is such a thing. Gives its id.
    async fn upload(&self, key: &str, manifest: Option<&str>, body: &[u8]) -> String;

    /// Takes one version away for good.
    async fn destroy(&self, key: &str, version: &str);

    /// The user metadata of what lies under a key.
    async fn metadata(&self, key: &str) -> BTreeMap<String, String>;
}

/// The promises of [`Files`].
pub async fn files(port: &dyn Files, outside: &dyn Outside) {
    files::the_newest_version_is_opened_where_none_is_named(port, outside).await;
    files::the_version_named_is_opened(port, outside).await;
    files::bytes_come_whole_and_the_manifest_with_them(port, outside).await;
    files::a_range_comes_and_nothing_around_it(port, outside).await;
    files::what_is_not_there_is_unreadable(port, outside).await;
    files::an_old_version_outlives_the_removal(port, outside).await;
    files::a_copy_is_of_the_version_named(port, outside).await;
    files::a_copy_carries_the_manifest_and_nothing_else(port, outside).await;
    files::a_copy_never_replaces(port, outside).await;
    files::keys_of_any_letters_are_copied(port, outside).await;
    files::a_copy_of_nothing_is_refused(port, outside).await;
    files::a_created_object_is_never_replaced(port).await;
    files::a_digest_is_of_what_lies_there_now(port, outside).await;
    files::a_removal_may_be_repeated(port).await;
    files::a_folder_is_listed_as_it_is_now(port, outside).await;
    files::versions_are_listed_in_pages_without_gap_or_overlap(port, outside).await;
    races::racing_copies_create_once(port, outside).await;
    races::racing_creations_create_once(port).await;
}

/// The promises of [`Ledger`].
pub async fn ledger(port: &dyn Ledger) {
    offices::an_office_is_saved_by_who_read_it_last(port).await;
    offices::every_field_of_an_office_comes_back(port).await;
    offices::a_look_up_finds_what_is_registered(port).await;
    offices::an_office_asked_for_twice_comes_back_once(port).await;
    offices::a_profile_comes_back_as_it_was_last_written(port).await;
    races::racing_saves_write_once(port).await;
    ledger::every_field_of_a_transmission_comes_back(port).await;
    ledger::a_name_is_held_against_all_others(port).await;
    ledger::a_part_joins_the_row_that_waits_for_it(port).await;
    ledger::a_commit_needs_a_row(port).await;
    ledger::a_commit_is_made_once_with_its_deliveries(port).await;
    ledger::the_largest_transmission_is_committed(port).await;
    ledger::a_rejected_transmission_is_never_delivered(port).await;
    ledger::an_end_is_of_the_files_that_were_seen(port).await;
    ledger::an_ended_transmission_is_not_rejected(port).await;
    ledger::an_object_is_rejected_alone_once(port).await;
    races::racing_joins_open_one_row(port).await;
    races::racing_parts_make_one_set(port).await;
    races::racing_commits_write_once(port).await;
    races::a_commit_and_a_rejection_never_both_win(port).await;
    changes::a_delivery_is_collected_once(port).await;
    changes::a_delivery_is_answered_and_a_failed_import_mended(port).await;
    changes::a_transmission_is_cancelled_whole_or_not_at_all(port).await;
    changes::a_cancellation_and_a_collection_never_both_win(port).await;
    changes::what_is_due_is_found_and_nothing_else(port).await;
    lineage::what_replaces_what_is_the_newest_of_the_same_key(port).await;
    lineage::a_long_line_costs_no_more_than_a_short_one(port).await;
    lineage::a_transmission_counts_once_and_no_more_than_the_quota_do(port).await;
    listings::transmissions_come_newest_first_in_pages_without_gap_or_overlap(port).await;
    listings::lone_rejections_come_newest_first_by_office(port).await;
    listings::an_office_without_anything_has_an_empty_page(port).await;
    directory::offices_are_read_and_saved_together_or_not_at_all(port).await;
    directory::offices_are_found_by_their_place_in_pages_without_gap_or_overlap(port).await;
    directory::an_office_that_moved_is_found_where_it_is_now(port).await;
    directory::a_licence_and_its_bill_are_written_together(port).await;
    directory::each_campaign_has_a_bill_of_its_own_and_none_is_written_twice(port).await;
    directory::bills_are_found_by_the_month_they_begin_in(port).await;
    directory::campaigns_are_saved_by_who_read_them_last(port).await;
    directory::what_was_delivered_is_told_to_both_sides_in_pages(port).await;
}

/// The promises of [`Codes`].
pub async fn codes<P: Codes + Ledger>(port: &P) {
    codes::a_code_is_given_for_five_tries(port).await;
    codes::racing_tries_are_counted_all(port).await;
    codes::a_code_ends_with_its_last_second(port).await;
    codes::a_code_gives_way_only_when_it_opens_nothing_more(port).await;
    codes::a_code_is_spent_with_the_entry_it_changes_or_not_at_all(port).await;
    codes::racing_enrolments_spend_a_code_once(port).await;
    codes::a_token_is_spent_once(port).await;
}

/// The promises of [`Notices`].
pub async fn notices(port: &dyn Notices) {
    notices::a_delivery_is_due_until_it_is_settled(port).await;
    notices::a_delivery_expires_once_and_only_forward(port).await;
    notices::notices_come_newest_first_and_once(port).await;
    licence_ends::a_licence_is_due_from_its_grant_until_its_end_is_told(port).await;
    outgoing::a_notice_is_due_to_be_sent_until_that_is_said_to_be_over(port).await;
    outgoing::an_offices_notices_come_in_the_order_they_became_due(port).await;
    notices::a_search_is_saved_by_who_read_it_last(port).await;
}

/// The promises of [`Mail`].
pub async fn mail(port: &dyn Mail) {
    mail::an_office_without_mail_has_an_empty_page(port).await;
    mail::mail_comes_newest_first_by_what_is_wanted(port).await;
    mail::a_delivery_is_received_by_whom_it_is_to(port).await;
}
