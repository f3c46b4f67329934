//! The template and the code name the same variables, tables, permissions and batches.

mod schedules;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use exchange::Secret;
use store::dynamo::tables::{LEDGER, OFFICES, Projected, TableShape};
use store::{EventBridge, ORIGIN_VARIABLE, OfficeRole, QUOTA_VARIABLE, SECRET_VARIABLE, Settings, SqsQueue};
use yaml_rust2::{Yaml, YamlLoader};

/// What `deliver` does with AWS: the calls of `store`'s adapters and, for the queue and the log, of Lambda in its name.
const PERMISSIONS: [(&str, &str, &str); 22] = [
    ("s3:GetObject", "outbox/*", "GetObject of what an event names without a version"),
    ("s3:GetObjectVersion", "outbox/*", "GetObject, and the source of CopyObject"),
    ("s3:GetObject", "inbox/*", "HeadObject of a copy that was there"),
    ("s3:PutObject", "inbox/*", "CopyObject, delivery.json"),
    ("s3:DeleteObject", "inbox/*", "the copies of a transmission that was rejected or cancelled"),
    ("s3:PutObject", "returns/*", "reports"),
    ("s3:DeleteObject", "returns/*.warnings.json", "what was warned of and not delivered"),
    ("s3:ListBucket", "bucket", "404 for what isn't there, not 403; a transmission's folders"),
    ("dynamodb:BatchGetItem", "OfficesTable", "look_up"),
    ("dynamodb:BatchGetItem", "LedgerTable", "look_up"),
    ("dynamodb:ConditionCheckItem", "LedgerTable", "count: the day before"),
    ("dynamodb:UpdateItem", "LedgerTable", "count, join, set_due"),
    ("dynamodb:PutItem", "LedgerTable", "commit, reject, reject_alone, notify"),
    ("dynamodb:Query", "LedgerTable", "transmission"),
    ("dynamodb:Query", "${LedgerTable.Arn}/index/by_lineage", "kin"),
    ("kms:Decrypt", "Key", "all of these"),
    ("kms:GenerateDataKey", "Key", "what is written"),
    ("sqs:ReceiveMessage", "Queue", "Lambda"),
    ("sqs:DeleteMessage", "Queue", "Lambda"),
    ("sqs:GetQueueAttributes", "Queue", "Lambda"),
    ("logs:CreateLogStream", "DeliverLogs", "Lambda"),
    ("logs:PutLogEvents", "DeliverLogs", "Lambda"),
];

/// What `upkeep` does.
const OF_UPKEEP: [(&str, &str, &str); 20] = [
    ("s3:GetObjectVersion", "outbox/*", "GetObject of one version"),
    ("s3:DeleteObject", "inbox/*", "what a run left behind"),
    ("s3:PutObject", "returns/*", "reports"),
    ("s3:DeleteObject", "returns/*.warnings.json", "what was warned of and not delivered"),
    ("s3:ListBucket", "bucket", "a transmission's folders"),
    ("dynamodb:BatchGetItem", "OfficesTable", "look_up"),
    ("dynamodb:BatchGetItem", "LedgerTable", "look_up, due_notices"),
    ("dynamodb:GetItem", "LedgerTable", "delivery"),
    ("dynamodb:PutItem", "LedgerTable", "reject, notify"),
    ("dynamodb:UpdateItem", "LedgerTable", "set_due, set_delivery_due, set_licence_due, set_notice_due, expire"),
    ("dynamodb:Query", "${LedgerTable.Arn}/index/by_due", "due, due_deliveries, due_licences, due_notices"),
    ("events:PutEvents", "EventBus", "what offices are told"),
    ("s3:ListBucketVersions", "bucket", "versions"),
    ("dynamodb:Query", "LedgerTable", "transmissions"),
    ("dynamodb:Query", "${LedgerTable.Arn}/index/by_office", "transmissions, lone_rejections"),
    ("sqs:SendMessage", "Queue", "an event told again"),
    ("kms:Decrypt", "Key", "all of these"),
    ("kms:GenerateDataKey", "Key", "what is written"),
    ("logs:CreateLogStream", "UpkeepLogs", "Lambda"),
    ("logs:PutLogEvents", "UpkeepLogs", "Lambda"),
];

/// What `api` does.
const OF_API: [(&str, &str, &str); 23] = [
    ("s3:PutObject", "outbox/*", "links.upload: the office that holds the link"),
    ("s3:GetObject", "inbox/*", "links.download, open"),
    ("s3:GetObject", "returns/*", "links.download"),
    ("s3:DeleteObject", "inbox/*", "what is cancelled"),
    ("s3:DeleteObject", "returns/*.warnings.json", "what was warned of and is cancelled"),
    ("s3:ListBucket", "bucket", "whether there is a report; a transmission's folders"),
    ("dynamodb:BatchGetItem", "OfficesTable", "look_up, offices, profiles"),
    ("dynamodb:GetItem", "OfficesTable", "office, campaigns"),
    ("dynamodb:PutItem", "OfficesTable", "save_office, enrol, grant"),
    ("dynamodb:Query", "${OfficesTable.Arn}/index/by_place", "listed"),
    ("dynamodb:BatchGetItem", "LedgerTable", "look_up, sent, inbox, received"),
    ("dynamodb:ConditionCheckItem", "LedgerTable", "count: the day before"),
    ("dynamodb:PutItem", "LedgerTable", "spend_token, keep_code, grant, notify"),
    ("dynamodb:Query", "LedgerTable", "transmission, notices"),
    ("dynamodb:UpdateItem", "LedgerTable", "try_code, enrol, count, collect, acknowledge, set_delivery_due, cancel"),
    ("dynamodb:Query", "${LedgerTable.Arn}/index/by_office", "sent, inbox, exchanged, transmissions"),
    ("dynamodb:Query", "${LedgerTable.Arn}/index/by_lineage", "kin, line"),
    ("sts:AssumeRole", "OfficeRole", "issue"),
    ("sts:TagSession", "OfficeRole", "issue: whose prefixes"),
    ("kms:Decrypt", "Key", "all of these"),
    ("kms:GenerateDataKey", "Key", "what is written"),
    ("logs:CreateLogStream", "ApiLogs", "Lambda"),
    ("logs:PutLogEvents", "ApiLogs", "Lambda"),
];

/// What all functions are given.
const STORES: [(&str, &str); 3] =
    [("RENKEI_BUCKET", "Bucket"), ("RENKEI_OFFICES_TABLE", "OfficesTable"), ("RENKEI_LEDGER_TABLE", "LedgerTable")];

#[test]
fn a_function_is_given_every_setting_it_reads_and_no_other() {
    assert_eq!(STORES.map(|(name, _)| name), Settings::VARIABLES);
    let secret = (SECRET_VARIABLE, "{{resolve:secretsmanager:${Secret}}}");
    let quota = (QUOTA_VARIABLE, "DailyQuota");
    let role = (OfficeRole::VARIABLE, "OfficeRole.Arn");
    let origin = (ORIGIN_VARIABLE, "https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}");
    let queue = (SqsQueue::VARIABLE, "Queue");
    let bus = (EventBridge::VARIABLE, "EventBus");
    for (function, others) in
        [("Deliver", vec![secret, quota]), ("Upkeep", vec![queue, secret, origin, bus]), ("Api", vec![secret, quota, role, origin])]
    {
        let variables = &resource(function)["Properties"]["Environment"]["Variables"];
        let given: BTreeMap<&str, &str> = variables.as_hash().unwrap().iter().map(|(name, value)| (text(name), text(value))).collect();
        assert_eq!(given, STORES.into_iter().chain(others).collect(), "{function}");
    }
}

#[test]
fn the_api_is_called_at_the_paths_that_tokens_name() {
    assert_eq!(text(&resource("HttpApiStage")["Properties"]["StageName"]), "$default", "another stage would stand in the path");
    assert_eq!(text(&resource("HttpApiRoute")["Properties"]["RouteKey"]), "$default");
    let integration = &resource("HttpApiIntegration")["Properties"];
    assert_eq!((text(&integration["IntegrationUri"]), text(&integration["PayloadFormatVersion"])), ("Api.Arn", "2.0"));
    let allowed = &resource("HttpApiMayInvoke")["Properties"];
    assert_eq!((text(&allowed["FunctionName"]), text(&allowed["Principal"])), ("Api", "apigateway.amazonaws.com"));
    let timeout = number(&resource("Api")["Properties"]["Timeout"]);
    assert!(timeout * 1_000 < number(&integration["TimeoutInMillis"]), "the gateway waits longer than the function runs");
}

#[test]
fn the_secret_is_long_enough_and_stays() {
    let secret = resource("Secret");
    assert!(number(&secret["Properties"]["GenerateSecretString"]["PasswordLength"]) >= i64::try_from(Secret::SHORTEST).unwrap());
    assert_eq!((text(&secret["DeletionPolicy"]), text(&secret["UpdateReplacePolicy"])), ("Retain", "Retain"));
}

#[test]
fn the_tables_are_those_of_the_code() {
    for (name, shape) in [("OfficesTable", OFFICES), ("LedgerTable", LEDGER)] {
        let TableShape { key, indexes } = shape;
        let table = &resource(name)["Properties"];
        assert_eq!(key_schema(table), roles(key), "{name}");
        let found: Vec<_> = list(&table["GlobalSecondaryIndexes"])
            .map(|index| {
                (
                    text(&index["IndexName"]),
                    key_schema(index),
                    text(&index["Projection"]["ProjectionType"]),
                    list(&index["Projection"]["NonKeyAttributes"]).map(text).collect(),
                )
            })
            .collect();
        let wanted: Vec<_> =
            indexes.iter().map(|(name, key, projected)| (*name, roles(key), projection(*projected).0, projection(*projected).1)).collect();
        assert_eq!(found, wanted, "{name}");
        let attributes: BTreeSet<_> =
            list(&table["AttributeDefinitions"]).map(|it| (text(&it["AttributeName"]), text(&it["AttributeType"]))).collect();
        let wanted: BTreeSet<_> = key.iter().chain(indexes.iter().flat_map(|(_, key, _)| key)).map(|name| (*name, "S")).collect();
        assert_eq!(attributes, wanted, "{name}");
        assert_eq!(text(&table["BillingMode"]), "PAY_PER_REQUEST");
    }
    let quota = &template()["Parameters"]["DailyQuota"];
    let most = i64::from(exchange::DailyQuota::MOST);
    let default = i64::from(exchange::DailyQuota::default().transmissions());
    assert_eq!(["MinValue", "Default", "MaxValue"].map(|it| number(&quota[it])), [1, default, most]);
    let expiry = &resource("LedgerTable")["Properties"]["TimeToLiveSpecification"];
    assert_eq!((text(&expiry["AttributeName"]), &expiry["Enabled"]), ("expires_at", &Yaml::Boolean(true)));
}

#[test]
fn a_function_may_do_what_it_does_and_nothing_else() {
    check_role("DeliverRole", &PERMISSIONS);
    check_role("UpkeepRole", &OF_UPKEEP);
    check_role("ApiRole", &OF_API);
}

fn check_role(name: &str, permissions: &[(&str, &str, &str)]) {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (action, place, _) in permissions {
        wanted.entry(place).or_default().insert(action);
    }
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let role = resource(name);
    for statement in list(&role["Properties"]["Policies"]).flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])) {
        assert_eq!(text(&statement["Effect"]), "Allow");
        let actions: Vec<&str> = match &statement["Action"] {
            Yaml::String(action) => vec![action],
            several => list(several).map(text).collect(),
        };
        assert!(actions.iter().all(|action| !action.contains('*')), "{actions:?} are named one by one");
        let resources = match &statement["Resource"] {
            Yaml::String(resource) => vec![resource.as_str()],
            several => list(several).map(text).collect(),
        };
        for resource in resources {
            found.entry(place(resource)).or_default().extend(actions.iter().copied());
        }
    }
    assert_eq!(found, wanted);
}

#[test]
fn a_batch_fails_message_by_message_and_comes_again_in_time() {
    let function = &resource("Deliver")["Properties"];
    let source = &function["Events"]["Uploaded"]["Properties"];
    assert_eq!(list(&source["FunctionResponseTypes"]).map(text).collect::<Vec<_>>(), ["ReportBatchItemFailures"]);
    assert_eq!(number(&source["BatchSize"]), i64::try_from(embedded::BATCH_SIZE).unwrap());
    let queue = &resource("Queue")["Properties"];
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    assert_eq!(number(&queue["VisibilityTimeout"]), 6 * number(&function["Timeout"]));
    assert_eq!(number(&queue["VisibilityTimeout"]), i64::try_from(embedded::VISIBILITY.as_secs()).unwrap());
    assert_eq!(number(&queue["RedrivePolicy"]["maxReceiveCount"]), i64::from(embedded::queue::MAX_RECEIVES));
    let days = |queue: &Yaml| number(&queue["MessageRetentionPeriod"]) / 86_400;
    assert_eq!((days(queue), days(&resource("DeadLetterQueue")["Properties"])), (14, 14));
    assert_eq!(text(&function["Runtime"]), "provided.al2023");
}

#[test]
fn what_holds_files_or_records_outlives_the_stack() {
    for name in ["Bucket", "OfficesTable", "LedgerTable", "Key", "Secret"] {
        let resource = resource(name);
        assert_eq!((text(&resource["DeletionPolicy"]), text(&resource["UpdateReplacePolicy"])), ("Retain", "Retain"), "{name}");
    }
    for name in ["OfficesTable", "LedgerTable"] {
        let table = &resource(name)["Properties"];
        assert_eq!(table["DeletionProtectionEnabled"], Yaml::Boolean(true), "{name}");
        let backups = &table["PointInTimeRecoverySpecification"];
        assert_eq!(
            (&backups["PointInTimeRecoveryEnabled"], number(&backups["RecoveryPeriodInDays"])),
            (&Yaml::Boolean(true), 35),
            "{name}"
        );
    }
    assert_eq!(text(&resource("Bucket")["Properties"]["VersioningConfiguration"]["Status"]), "Enabled");
}

#[test]
fn the_bucket_tells_of_uploads_and_forgets_in_time() {
    let bucket = &resource("Bucket")["Properties"];
    let told: Vec<_> = list(&bucket["NotificationConfiguration"]["QueueConfigurations"]).collect();
    let [told] = told[..] else { panic!("one notification") };
    assert_eq!((text(&told["Event"]), text(&told["Queue"])), ("s3:ObjectCreated:*", "Queue.Arn"));
    let filter: Vec<_> = list(&told["Filter"]["S3Key"]["Rules"]).map(|rule| (text(&rule["Name"]), text(&rule["Value"]))).collect();
    assert_eq!(filter, [("prefix", exchange::keys::OUTBOX)]);
    let parameters = template()["Parameters"].clone();
    let kept = |prefix: &str| {
        let rule = list(&bucket["LifecycleConfiguration"]["Rules"]).find(|rule| rule["Prefix"].as_str() == Some(prefix)).unwrap();
        number(&parameters[text(&rule["ExpirationInDays"])]["Default"])
    };
    assert_eq!([exchange::keys::OUTBOX, exchange::keys::INBOX, exchange::keys::RETURNS].map(kept), [30, 93, 93]);
    let leftovers =
        list(&bucket["LifecycleConfiguration"]["Rules"]).find(|rule| !rule["NoncurrentVersionExpiration"].is_badvalue()).unwrap();
    assert_eq!(number(&leftovers["NoncurrentVersionExpiration"]["NoncurrentDays"]), 7);
    assert_eq!(number(&leftovers["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]), 1);
}

fn projection(projected: Projected) -> (&'static str, Vec<&'static str>) {
    match projected {
        Projected::Whole => ("ALL", vec![]),
        Projected::Keys => ("KEYS_ONLY", vec![]),
        Projected::With(attribute) => ("INCLUDE", vec![attribute]),
    }
}

/// What a statement's resource is, by its prefix in the bucket or its name in the template.
fn place(resource: &str) -> &str {
    match resource.split_once(":s3:::") {
        Some((_, in_bucket)) => in_bucket.split_once('/').map_or("bucket", |(_, prefix)| prefix),
        None => resource.strip_suffix(".Arn").unwrap_or(resource),
    }
}

fn key_schema(of: &Yaml) -> Vec<(&str, &str)> {
    list(&of["KeySchema"]).map(|key| (text(&key["AttributeName"]), text(&key["KeyType"]))).collect()
}

fn roles<'a>(key: &[&'a str]) -> Vec<(&'a str, &'static str)> {
    key.iter().copied().zip(["HASH", "RANGE"]).collect()
}

fn resource(name: &str) -> Yaml {
    let resource = template()["Resources"][name].clone();
    assert!(!resource.is_badvalue(), "the template has {name}");
    resource
}

/// The template; of `!Ref`, `!Sub` and `!GetAtt` only the text is left.
fn template() -> Yaml {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    YamlLoader::load_from_str(&fs::read_to_string(path).unwrap()).unwrap().remove(0)
}

fn list(of: &Yaml) -> impl Iterator<Item = &Yaml> {
    of.as_vec().into_iter().flatten()
}

fn text(of: &Yaml) -> &str {
    of.as_str().unwrap_or_else(|| panic!("a text: {of:?}"))
}

fn number(of: &Yaml) -> i64 {
    of.as_i64().unwrap_or_else(|| panic!("a number: {of:?}"))
}
