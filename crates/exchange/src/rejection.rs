//! Why something is rejected: the codes of contract §4, each with its text for developers (English) and for the offices' staff (Japanese).
//! The texts hold no names and no contents: they are the same for everybody.

use standard::RuleOutcome;

use crate::state::named;

named! {
    /// A reason for a rejection. `ALL` is in the order of the checks; the phase is the number of the contract's list.
    RejectionCode ("rejection code") {
        /// Phase 1: the object is gone or encrypted with a foreign key.
        ObjectUnreadable = "object-unreadable",
        /// Phase 1: no manifest in the metadata.
        ManifestMissing = "manifest-missing",
        /// Phase 1: a manifest of the wrong form.
        ManifestMalformed = "manifest-malformed",
        /// Phase 1: the manifest's `iss` is not the prefix's office.
        SenderMismatch = "sender-mismatch",
        /// Phase 1: the prefix's office is not registered.
        SenderUnknown = "sender-unknown",
        /// Phase 1: the office has no key of that `kid`.
        KeyUnknown = "key-unknown",
        /// Phase 1: the key is revoked.
        KeyRevoked = "key-revoked",
        /// Phase 1: the key is not yet or no longer valid.
        KeyExpired = "key-expired",
        /// Phase 1: the signature is not by that key.
        SignatureInvalid = "signature-invalid",
        /// Phase 1: signed too long ago, or in the future.
        ManifestExpired = "manifest-expired",
        /// Phase 1: the bytes are not those of the manifest.
        DigestMismatch = "digest-mismatch",
        /// Phase 2: another file under a taken name, or for an ended transmission.
        TransmissionReused = "transmission-reused",
        /// Phase 2: the parts disagree.
        TransmissionInconsistent = "transmission-inconsistent",
        /// Phase 2: parts did not come in time.
        TransmissionIncomplete = "transmission-incomplete",
        /// Phase 3: the sender has no licence that day.
        SenderUnlicensed = "sender-unlicensed",
        /// Phase 3: a recipient is not registered.
        RecipientUnknown = "recipient-unknown",
        /// Phase 3: a recipient has no licence that day.
        RecipientUnlicensed = "recipient-unlicensed",
        /// Phase 3: a recipient wants nothing from this sender.
        SenderBlocked = "sender-blocked",
        /// Phase 3: too much sent.
        QuotaExceeded = "quota-exceeded",
        /// Phase 3: a file name breaks the rules.
        FileName = "file-name",
        /// Phase 3: a file is empty or too big.
        FileSize = "file-size",
        /// Phase 3: a file is of no accepted type, or not of the type it says.
        FileType = "file-type",
        /// Phase 3: a file breaks rules of the standard.
        FileInvalid = "file-invalid",
        /// Phase 3: the files are no set the standard allows.
        UnitInvalid = "unit-invalid",
        /// Phase 3: malware.
        MalwareFound = "malware-found",
    }
}

impl RejectionCode {
    /// 1: who sent it, first failure ends the check. 2: does it make a transmission. 3: may it be delivered. Failures of 2 and 3 are reported together.
    pub fn phase(self) -> u8 {
        match self {
            code if code <= RejectionCode::DigestMismatch => 1,
            code if code <= RejectionCode::TransmissionIncomplete => 2,
            _ => 3,
        }
    }

    /// What happened and what to do, for developers.
    pub fn message(self) -> &'static str {
        self.texts().0
    }

    /// What happened and what to do, for the offices' staff.
    pub fn message_ja(self) -> &'static str {
        self.texts().1
    }

    #[rustfmt::skip]
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::ObjectUnreadable => (
                "The uploaded object cannot be read: it was deleted, encrypted with a key of your own, or lies under a key that no office may use. Upload it again under a plain key, without encryption headers.",
                "アップロードされたファイルを読み取れませんでした。お手数ですが、もう一度送信してください。",
            ),
            Self::ManifestMissing => (
                "The object has no manifest in its user metadata. Upload it again with the header x-amz-meta-manifest.",
                "送信票（マニフェスト）が付いていないため、受け付けられませんでした。お使いのソフトから送信し直してください。",
            ),
            Self::ManifestMalformed => (
                "The manifest is ill-formed: too long, not a compact JWS, or with a header member or claim that is missing, wrong or forbidden. Mend what is named and send under a new jti.",
                "送信票（マニフェスト）の形式に誤りがあります。お使いのソフトのサポート窓口に、このメッセージをお伝えください。",
            ),
            Self::SenderMismatch => (
                "The manifest's iss is not the office whose outbox the object lies in. Sign with that office's number, or upload to the outbox of iss.",
                "送信票の事業所番号が、アップロード先の事業所番号と一致しません。ソフトに設定した事業所番号をご確認ください。",
            ),
            Self::SenderUnknown => (
                "The office of this outbox is not registered. Have the operator register it, then send under a new jti.",
                "送信元の事業所が登録されていません。運営窓口に事業所の登録をお申し込みください。",
            ),
            Self::KeyUnknown => (
                "The office has no key with this kid. Register the key, or sign with a registered one, and send under a new jti.",
                "この端末の鍵が登録されていません。端末の登録を済ませてから、もう一度送信してください。",
            ),
            Self::KeyRevoked => (
                "The key was revoked. Register a new key and send under a new jti.",
                "この端末の鍵は失効しています。端末を登録し直してから、もう一度送信してください。",
            ),
            Self::KeyExpired => (
                "The key was outside its time of validity when the object was stored. Register a new key, or wait for its first second, and send under a new jti.",
                "この端末の鍵は有効期間外です。鍵を更新してから、もう一度送信してください。",
            ),
            Self::SignatureInvalid => (
                "The signature does not hold: it is by another key or algorithm, or the manifest was changed after signing. Sign again with the private half of the registered key and an algorithm that fits it.",
                "電子署名を確認できませんでした。この事業所に登録した端末から、もう一度送信してください。",
            ),
            Self::ManifestExpired => (
                "The manifest was signed more than 24 hours before the object was stored, or more than 5 minutes after. Set the clock, sign again and upload at once.",
                "署名の日時が受付できる範囲（24時間以内）にありません。端末の時計を合わせてから、もう一度送信してください。",
            ),
            Self::DigestMismatch => (
                "The bytes are not those of the manifest: size or SHA-256 differ. Compute both over the bytes you upload, sign again and upload.",
                "ファイルの内容が送信票と一致しません。途中で壊れたおそれがありますので、もう一度送信してください。",
            ),
            Self::TransmissionReused => (
                "This transmission already has another file of this name, or has ended. Send under a new jti.",
                "すでに受け付けた送信と同じ送信番号で、別のファイルが届きました。新しい送信としてやり直してください。",
            ),
            Self::TransmissionInconsistent => (
                "The parts of the transmission disagree on aud, parts or set, or do not make up the set. Sign all parts alike and send them under a new jti.",
                "一緒に送られたファイルの宛先や組み合わせが食い違っています。宛先とファイルを選び直して、まとめて送信し直してください。",
            ),
            Self::TransmissionIncomplete => (
                "Not all parts of the transmission came within 24 hours of the first. Send all of them under a new jti.",
                "24時間以内に全てのファイルがそろいませんでした。全てのファイルをもう一度送信してください。",
            ),
            Self::SenderUnlicensed => (
                "The sender had no licence on the day the last part was stored. Get a licence, then send under a new jti.",
                "送信元の事業所に有効なライセンスがありません。ライセンスをお申し込みのうえ、もう一度送信してください。",
            ),
            Self::RecipientUnknown => (
                "A recipient is not registered, or not under this address. Check the numbers in aud, or ask the office to join.",
                "送信先の事業所が登録されていません。事業所番号を確かめるか、送信先の事業所に利用状況をお問い合わせください。",
            ),
            Self::RecipientUnlicensed => (
                "A recipient had no licence on the day the last part was stored. Send to it by another way until it has one.",
                "送信先の事業所に有効なライセンスがありません。送信先の事業所にご確認いただくか、別の方法でお送りください。",
            ),
            Self::SenderBlocked => (
                "A recipient accepts nothing from this sender. Talk to the office, or leave it out of aud.",
                "送信先の事業所が、この事業所からの受信を停止しています。送信先の事業所に直接ご連絡ください。",
            ),
            Self::QuotaExceeded => (
                "The office has sent more than its quota. Wait, or ask the operator to raise it, then send under a new jti.",
                "送信できる量の上限を超えました。時間をおいて送信し直すか、運営窓口にご相談ください。",
            ),
            Self::FileName => (
                "A file's name breaks the rules, or names another sender or recipient than the manifest. Rename it as the findings say, sign and send under a new jti.",
                "ファイル名に誤りがあるか、ファイル名の送信元・送信先が実際と一致しません。ファイル名を直して、もう一度送信してください。",
            ),
            Self::FileSize => (
                "A file is empty or too big: attachments have 1 byte to 20 MiB, files of the standard up to 50 MiB. Split or shrink it.",
                "ファイルが空か、大きすぎます（添付は20MB、標準仕様のCSVは50MBまで）。ファイルを分けるか小さくして送信してください。",
            ),
            Self::FileType => (
                "An attachment is of no accepted type, or its content is not what its extension says. Send .pdf, .jpg, .jpeg, .png, .xlsx, .docx, .txt or .csv, and a file of the standard under its standard name.",
                "送信できない種類のファイルか、拡張子と中身が合っていません。PDF・JPEG・PNG・Excel（xlsx）・Word（docx）・テキスト・CSVのいずれかで送信してください。",
            ),
            Self::FileInvalid => (
                "A file breaks rules of the standard. Mend what the findings list, export again and send under a new jti.",
                "ファイルの内容に、標準仕様に合わない箇所があります。指摘の一覧をもとに介護ソフトで修正し、出力し直して送信してください。",
            ),
            Self::UnitInvalid => (
                "The files are not a set the standard allows. Add or leave out what the findings list and send under a new jti.",
                "一緒に送るファイルの組み合わせが標準仕様に合っていません。指摘の一覧をもとに、ファイルをそろえて送信し直してください。",
            ),
            Self::MalwareFound => (
                "Malware was found in a file. Clean the computer it comes from, then send clean files under a new jti.",
                "ファイルからウイルスが見つかったため、お届けしませんでした。端末のウイルス検査を行ってから、安全なファイルを送信してください。",
            ),
        }
    }
}

impl From<RuleOutcome> for RejectionCode {
    fn from(outcome: RuleOutcome) -> RejectionCode {
        match outcome {
            RuleOutcome::FileName => RejectionCode::FileName,
            RuleOutcome::UnitInvalid => RejectionCode::UnitInvalid,
            RuleOutcome::FileInvalid => RejectionCode::FileInvalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_codes_are_the_contracts_in_its_order() {
        let phase =
            |phase| RejectionCode::ALL.iter().filter(|code| code.phase() == phase).map(|code| code.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(
            phase(1),
            "object-unreadable manifest-missing manifest-malformed sender-mismatch sender-unknown key-unknown key-revoked key-expired signature-invalid manifest-expired digest-mismatch"
        );
        assert_eq!(phase(2), "transmission-reused transmission-inconsistent transmission-incomplete");
        assert_eq!(
            phase(3),
            "sender-unlicensed recipient-unknown recipient-unlicensed sender-blocked quota-exceeded file-name file-size file-type file-invalid unit-invalid malware-found"
        );
        for code in RejectionCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn every_code_says_in_both_languages_what_to_do() {
        let (mut english, mut japanese) = (BTreeSet::new(), BTreeSet::new());
        for code in RejectionCode::ALL {
            let (message, message_ja) = (code.message(), code.message_ja());
            let remedy = message.trim_end_matches('.').rsplit_once(". ").map(|(_, remedy)| remedy).unwrap_or_default();
            let verbs = [
                "Upload", "Mend", "Sign", "Have", "Register", "Set", "Compute", "Send", "Get", "Check", "Talk", "Wait", "Rename", "Split",
                "Add", "Clean",
            ];
            assert!(message.ends_with('.') && verbs.iter().any(|verb| remedy.starts_with(verb)), "{code}: {remedy}");
            let remedy = message_ja.trim_end_matches('。').rsplit_once('。').map(|(_, remedy)| remedy).unwrap_or_default();
            assert!(remedy.ends_with("ください"), "{code}: {remedy}");
            assert!(english.insert(message) && japanese.insert(message_ja), "{code}");
        }
    }
}
