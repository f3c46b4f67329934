#!/usr/bin/env python3
"""From a sender's software to a recipient's and back, in both ways there are: by the HTTP API alone, and through the S3 API.

    RENKEI_URL=http://127.0.0.1:… journey.py SENDER_CODE RECIPIENT_CODE FILE…

FILE…: a set of the national standard, and attachments; who sends it to whom stands in the first one's name. The codes enrol a device of each. Both offices are played here; in life each
half runs in its own office's software.
"""

import hashlib
import json
import os
import sys
import uuid
from pathlib import Path

import requests

from office import Office, base64url


def main():
    sender_code, recipient_code, *paths = sys.argv[1:]
    files = {path.name: path.read_bytes() for path in map(Path, paths)}
    # KIND[_MONTH]_SENDER_TYPE_RECIPIENT_TYPE_STAMP
    *_, number, _, recipient_number, recipient_type, _ = next(iter(files)).removesuffix(".CSV").split("_")
    address = f"{recipient_number}-{recipient_type}"
    sender, recipient = Office(os.environ["RENKEI_URL"], number), Office(os.environ["RENKEI_URL"], recipient_number)
    sender.enrol(sender_code, "python, sending")
    recipient.enrol(recipient_code, "python, receiving")
    print("enrolled; the sender's devices:", *(device["name"] for device in sender.all("keys")))

    for send in (send_over_http, send_over_s3):
        transmission = send(sender, address, files)
        sent = sender.ended(transmission)
        assert sent["status"] == "delivered", sent
        print(send.__name__, transmission, sent["status"])
        receive(recipient, number, transmission, files)
        # the sender sees how it went on
        delivery, = sender.call("GET", "transmissions", transmission)["deliveries"]
        assert (delivery["status"], delivery["outcome"], delivery["note"]) == ("acknowledged", "imported", "thank you"), delivery
        print("  acknowledged", delivery["acknowledged_at"])
    read_over_s3(recipient, number, transmission, files)
    for notice in recipient.all("notices"):
        print("  notice", notice["kind"], notice["message"])


def send_over_http(sender, address, files):
    """Announces the manifests, and puts each file where it is told."""
    jti = str(uuid.uuid4())
    manifests = [sender.manifest([address], jti, name, content, of=files) for name, content in files.items()]
    announced = sender.call("POST", "transmissions", body={"manifests": manifests})
    for upload in announced["uploads"]:
        stored = requests.request(upload["method"], upload["url"], headers=upload["headers"], data=files[upload["name"]])
        stored.raise_for_status()
    return announced["id"]


def send_over_s3(sender, address, files):
    """Puts each file into the outbox, its manifest in its metadata."""
    jti = str(uuid.uuid4())
    s3, bucket = sender.s3()
    for place, (name, content) in enumerate(files.items(), 1):
        manifest = sender.manifest([address], jti, name, content, of=files)
        # any key below the own outbox; an attachment's name doesn't belong in it, for keys end in logs
        key = f"outbox/{sender.number}/{jti}/{place}"
        s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"manifest": manifest}, ChecksumAlgorithm="SHA256")
    return f"{sender.number}-{jti}"


def receive(recipient, sender_number, transmission, files):
    """Finds the delivery in the inbox, fetches its files, looks into it, and says that it was imported."""
    waiting = recipient.all("inbox", status="delivered", sender=sender_number)
    delivery = next(delivery for delivery in waiting if delivery["id"] == transmission)
    for file in delivery["files"]:
        url = recipient.call("GET", "inbox", transmission, "files", file["key"].rpartition("/")[2])
        # no token there: the URL is the permission. A download that broke off goes on by a range
        broke_off = file["size"] // 2
        first = requests.get(url, headers={"Range": f"bytes=0-{broke_off - 1}"})
        rest = requests.get(url, headers={"Range": f"bytes={broke_off}-"})
        assert (first.status_code, rest.status_code) == (206, 206), (first.status_code, rest.status_code)
        assert first.content + rest.content == files[file["name"]], "other bytes than were sent"
    persons = list(recipient.all("inbox", transmission, "view"))
    records = list(recipient.all("inbox", transmission, "view", person=persons[0]["person"]))
    print(f"  {len(delivery['files'])} files of {len(persons)} persons; of the first {len(records)} records, with", *list(records[0]["items"])[:4], "…")
    assert recipient.call("GET", "inbox", transmission)["status"] == "collected"
    recipient.call("POST", "inbox", transmission, "acknowledgement", body={"outcome": "imported", "note": "thank you"})


def read_over_s3(recipient, sender_number, transmission, files):
    """The same delivery as S3 has it: delivery.json is written last, so a folder that has it is whole."""
    s3, bucket = recipient.s3()
    folder = f"inbox/{recipient.number}/{transmission}/"
    document = json.load(s3.get_object(Bucket=bucket, Key=f"{folder}delivery.json")["Body"])
    # what the sender signed, proved by the sender's own keys: who sent which bytes to whom
    for claims in (recipient.verified(manifest, sender_number) for manifest in document["manifests"]):
        file = next(file for file in document["files"] if file["name"] == claims["name"])
        content = s3.get_object(Bucket=bucket, Key=file["key"])["Body"].read()
        assert f"{claims['iss']}-{claims['jti']}" == transmission and any(to[:10] == recipient.number for to in claims["aud"])
        assert (len(content), base64url(hashlib.sha256(content).digest())) == (claims["size"], claims["sha256"])
        assert content == files[file["name"]]
    assert len(document["manifests"]) == len(document["files"]) == len(files)
    listed = {item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]}
    assert listed == {f"{folder}delivery.json", *(file["key"] for file in document["files"])}, listed
    print("  and by S3:", *(key.removeprefix(folder) for key in sorted(listed)))


if __name__ == "__main__":
    main()
