//! Who may do what: contract §2 as a table.

use standard::OfficeNumber;

/// Who signed the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// May do everything.
    Operator,
    /// May do what [`OFFICE_MAY`] says, under its own prefixes.
    Office(OfficeNumber),
}

/// What a request wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// S3's name of the operation.
    pub(super) operation: &'a str,
    /// The object's key, or the prefix that is to be listed.
    pub(super) key: Option<&'a str>,
    /// Whether it asks for one version by its id.
    pub(super) by_version: bool,
}

const OUTBOX: &[&str] = &["outbox"];
const RECEIVED: &[&str] = &["inbox", "returns"];

/// The operations an office may do, and the folders it may do them in.
const OFFICE_MAY: [(&str, &[&str]); 10] = [
    ("PutObject", OUTBOX),
    ("CreateMultipartUpload", OUTBOX),
    ("UploadPart", OUTBOX),
    ("CompleteMultipartUpload", OUTBOX),
    ("AbortMultipartUpload", OUTBOX),
    ("ListParts", OUTBOX),
    ("GetObject", RECEIVED),
    ("HeadObject", RECEIVED),
    ("ListObjects", RECEIVED),
    ("ListObjectsV2", RECEIVED),
];

/// The operations that make something under a key.
const WRITES: [&str; 6] = ["PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload"];

/// Request headers that store an object otherwise than the deployment does; its bucket policy denies them to everybody.
/// With each: the one value that is let through.
const FOREIGN_STORAGE: [(&str, Option<&str>); 8] = [
    ("x-amz-server-side-encryption-customer-algorithm", None),
    ("x-amz-server-side-encryption-customer-key", None),
    ("x-amz-server-side-encryption-customer-key-md5", None),
    ("x-amz-copy-source-server-side-encryption-customer-algorithm", None),
    // the deployment's own key is the bucket's default and need not be named; there is none here
    ("x-amz-server-side-encryption-aws-kms-key-id", None),
    ("x-amz-server-side-encryption-context", None),
    ("x-amz-server-side-encryption", Some("aws:kms")),
    ("x-amz-storage-class", Some("STANDARD")),
];

impl Caller {
    /// True when the caller may do it. A key that can't be in anybody's folder may be written by nobody.
    pub(super) fn may(&self, wanted: &Wanted<'_>) -> bool {
        let well_formed = !WRITES.contains(&wanted.operation) || wanted.key.is_some_and(is_well_formed);
        well_formed
            && match self {
                Self::Operator => true,
                Self::Office(office) => office_may(office, wanted),
            }
    }
}

/// True when the header (any case) asks for storage that the deployment's bucket policy denies.
pub(super) fn is_foreign_storage(header: &str, value: &str) -> bool {
    FOREIGN_STORAGE.iter().any(|(name, allowed)| header.eq_ignore_ascii_case(name) && *allowed != Some(value))
}

fn office_may(office: &OfficeNumber, wanted: &Wanted<'_>) -> bool {
    let Some(key) = wanted.key else { return false };
    let in_own = |folder: &&str| {
        key.strip_prefix(*folder).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(office.as_str())?.strip_prefix('/')).is_some()
    };
    !wanted.by_version && OFFICE_MAY.iter().any(|(operation, folders)| wanted.operation == *operation && folders.iter().any(in_own))
}

/// No empty, `.` or `..` segment.
fn is_well_formed(key: &str) -> bool {
    key.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}
