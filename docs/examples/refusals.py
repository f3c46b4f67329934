#!/usr/bin/env python3
"""What the exchange refuses, and how a software is told: by S3 at once, by the API at once, or by a report after the upload.

    RENKEI_URL=http://127.0.0.1:… refusals.py SENDER_CODE RECIPIENT_CODE FILE

FILE: one of the national standard that is right; who sends it to whom stands in its name. The codes enrol a device of each.
"""

import base64
import copy
import hashlib
import json
import os
import sys
import time
import uuid
from pathlib import Path

import jwt
import requests
from botocore.exceptions import ClientError

from office import PATIENCE_SECONDS, Office, Refused


def main():
    sender_code, recipient_code, path = sys.argv[1:]
    name, content = Path(path).name, Path(path).read_bytes()
    *_, number, _, recipient_number, recipient_type, _ = name.removesuffix(".CSV").split("_")
    address = f"{recipient_number}-{recipient_type}"
    sender, recipient, stranger = (Office(os.environ["RENKEI_URL"], office) for office in (number, recipient_number, number))
    sender.enrol(sender_code, "python, refused")
    recipient.enrol(recipient_code, "python, refused")

    refused("a code that is used", 403, "code-refused", stranger.enrol, sender_code, "a second device with the same code")
    tokens(sender, stranger)
    announced_and_changed(sender, address, name, content)
    prefixes(sender, recipient)
    manifests(sender, stranger, address, name, content)
    defects(sender, address, name, content)
    ends(sender, recipient, address, name, content)


def tokens(sender, stranger):
    def credentials(token):
        return requests.post(f"{sender.origin}/v1/credentials", headers={"Authorization": f"Bearer {token}"})

    token = sender.token("POST", "/v1/credentials")
    assert credentials(token).status_code == 200
    told("a token presented twice", 401, "token-used", credentials(token))
    told("a token for another path", 401, "token-wrong-call", credentials(sender.token("POST", "/v1/keys/codes")))
    told("a token for another method", 401, "token-wrong-call", credentials(sender.token("GET", "/v1/credentials")))
    told("a token of a key that nobody enrolled", 401, "key-unknown", credentials(stranger.token("POST", "/v1/credentials")))
    told("no token", 401, "token-missing", requests.get(f"{sender.origin}/v1/inbox"))


def announced_and_changed(sender, address, name, content):
    jti = str(uuid.uuid4())
    manifest = sender.manifest([address], jti, name, content)
    upload, = sender.call("POST", "transmissions", body={"manifests": [manifest]})["uploads"]
    other = content[:-2] + b"9\r\n"
    checksum = {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(other).digest()).decode()}
    s3_refuses("other bytes of another length", 403, upload, other)
    s3_refuses("other bytes", 400, upload, content.replace(b"1", b"2"))
    s3_refuses("other bytes with a checksum of their own", 403, upload, other, checksum)
    s3_refuses("another manifest", 403, upload, content, {"x-amz-meta-manifest": sender.manifest([address], jti, name, other)})
    s3_refuses("no manifest", 403, upload, content, {"x-amz-meta-manifest": None})
    refused("… and nothing was stored", 404, "not-found", sender.call, "GET", "transmissions", f"{sender.number}-{jti}")


def prefixes(sender, recipient):
    s3, bucket = sender.s3()
    own, other = sender.number, recipient.number
    for what, call, arguments in (
        ("another's outbox", s3.put_object, {"Key": f"outbox/{other}/x", "Body": b"x"}),
        ("the own inbox written", s3.put_object, {"Key": f"inbox/{own}/x", "Body": b"x"}),
        ("another's inbox listed", s3.list_objects_v2, {"Prefix": f"inbox/{other}/"}),
        ("the bucket listed", s3.list_objects_v2, {}),
        ("another's report", s3.get_object, {"Key": f"returns/{other}/x.json"}),
        ("the own outbox read back", s3.get_object, {"Key": f"outbox/{own}/x"}),
        ("the own outbox deleted", s3.delete_object, {"Key": f"outbox/{own}/x"}),
    ):
        s3_denies(what, "AccessDenied", call, Bucket=bucket, **arguments)
    wrong = base64.b64encode(hashlib.sha256(b"y").digest()).decode()
    s3_denies("a wrong checksum", "BadDigest", s3.put_object, Bucket=bucket, Key=f"outbox/{own}/x", Body=b"x", ChecksumSHA256=wrong)


def manifests(sender, stranger, address, name, content):
    """What is wrong with a manifest is told before the upload by the API, and by a report after it where S3 is written directly."""
    forged = stranger.manifest([address], str(uuid.uuid4()), name, content)
    announced("signed by a key that nobody enrolled", "key-unknown", sender, forged)
    announced("to an office that isn't there", "recipient-unknown", sender, sender.manifest(["9999999999"], str(uuid.uuid4()), "a.txt", b"a"))
    s3, bucket = sender.s3()
    key = f"outbox/{sender.number}/forged"
    version = s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"manifest": forged})["VersionId"]
    digest = hashlib.sha256(f"{key}\n{version}".encode()).hexdigest()
    report = awaited(s3, bucket, f"returns/{sender.number}/objects/{digest}.json")
    assert (report["transmission"], [reason["code"] for reason in report["reasons"]]) == (None, ["key-unknown"]), report
    print("refused alone, by a report:", report["reasons"][0]["message"])
    # and whoever should get such a thing all the same finds out
    impostor = copy.copy(stranger)
    impostor.kid = sender.kid
    for what, manifest in (("by a stranger's key", forged), ("by a stranger's key under the sender's kid", impostor.manifest([address], str(uuid.uuid4()), name, content))):
        unproven(what, sender, manifest)
    assert sender.verified(sender.manifest([address], str(uuid.uuid4()), name, content), sender.number)["name"] == name


def defects(sender, address, name, content):
    """A file that breaks the standard: rejected with every finding, none with a cell's content."""
    broken = content.replace(b"202604", b"202613", 1)
    jti = str(uuid.uuid4())
    upload, = sender.call("POST", "transmissions", body={"manifests": [sender.manifest([address], jti, name, broken)]})["uploads"]
    requests.request(upload["method"], upload["url"], headers=upload["headers"], data=broken).raise_for_status()
    transmission = f"{sender.number}-{jti}"
    assert sender.ended(transmission)["status"] == "rejected"
    report = requests.get(sender.call("GET", "transmissions", transmission, "report")).json()
    reason, = report["reasons"]
    assert reason["code"] == "file-invalid" and reason["findings_total"] == len(reason["findings"]) > 0, report
    for finding in reason["findings"]:
        print("rejected:", finding["rule"], "record", finding["record"], "field", finding["field_name"], "·", finding["message"])


def ends(sender, recipient, address, name, content):
    """What has ended stays so."""
    jti = str(uuid.uuid4())
    manifest = sender.manifest([address], jti, name, content)
    upload, = sender.call("POST", "transmissions", body={"manifests": [manifest]})["uploads"]
    requests.request(upload["method"], upload["url"], headers=upload["headers"], data=content).raise_for_status()
    transmission = f"{sender.number}-{jti}"
    assert sender.ended(transmission)["status"] == "delivered"
    refused("a delivery that is another's", 404, "not-found", sender.call, "GET", "inbox", transmission)
    refused("a transmission that is another's", 404, "not-found", recipient.call, "GET", "transmissions", transmission)
    announced("a transmission that ended", "transmission-reused", sender, manifest)
    said = {"outcome": "imported", "note": ""}
    recipient.call("POST", "inbox", transmission, "acknowledgement", body=said)
    recipient.call("POST", "inbox", transmission, "acknowledgement", body=said)  # to say it again is no mistake
    refused("an import taken back", 409, "already-acknowledged", recipient.call, "POST", "inbox", transmission, "acknowledgement",
            body={"outcome": "import-failed", "note": ""})
    refused("a cancellation too late", 409, "not-cancellable", sender.call, "POST", "transmissions", transmission, "cancellation")


def announced(what, code, sender, manifest):
    refused(what, 422, code, sender.call, "POST", "transmissions", body={"manifests": [manifest]})


def refused(what, status, code, call, *arguments, **more):
    try:
        call(*arguments, **more)
    except Refused as problem:
        assert (problem.status, problem.code) == (status, code), f"{what}: {problem}"
        print(f"refused: {what}: {problem.status} {problem.code}")
        return
    raise AssertionError(f"not refused: {what}")


def unproven(what, office, manifest):
    try:
        office.verified(manifest, office.number)
    except jwt.InvalidTokenError as error:
        print(f"not believed: a manifest {what}: {error}")
        return
    raise AssertionError(f"believed: {what}")


def told(what, status, code, response):
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), f"{what}: {response.status_code} {problem}"
    assert response.headers["Content-Type"] == "application/problem+json"
    print(f"refused: {what}: {status} {code}")


def s3_refuses(what, status, upload, content, other=None):
    headers = {name: value for name, value in {**upload["headers"], **(other or {})}.items() if value is not None}
    response = requests.request(upload["method"], upload["url"], headers=headers, data=content)
    assert response.status_code == status, f"{what}: {response.status_code} {response.text}"
    print(f"refused by S3: {what}: {status}")


def s3_denies(what, code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, f"{what}: {error}"
        print(f"refused by S3: {what}: {code}")
        return
    raise AssertionError(f"not refused: {what}")


def awaited(s3, bucket, key):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.NoSuchKey:
            time.sleep(0.2)
    raise TimeoutError(f"no report in {PATIENCE_SECONDS} s")


if __name__ == "__main__":
    main()
