"""What infra/prove-api tells schemathesis: how an office signs each call, and the office's own ids, devices and manifests, so that calls also succeed.

Loaded by schemathesis (SCHEMATHESIS_HOOKS). Takes RENKEI_URL, the codes of two offices and where to write the tally from the environment. Of the cases that fit
the description every other one gets something of the office's own; what doesn't fit is sent as it was made.
"""

import collections
import itertools
import json
import os
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import requests
import schemathesis
from schemathesis import GenerationMode

from local import CARE_MANAGER, DAY_SERVICE, DEMO
from loopback import ROOT

sys.path.insert(0, str(ROOT / "docs/examples"))
sys.dont_write_bytecode = True

from office import Office  # noqa: E402

PLANS = {path.name: path.read_bytes() for path in sorted([*DEMO.glob("UP?KYO_*.CSV"), *DEMO.glob("UPHOSOKU_000000_*.CSV")])}
ACTUALS = next(DEMO.glob("UPJSK_*434.CSV"))


class EachCallSigned(requests.auth.AuthBase):
    """A token for the method and the path as they go out, whatever was generated."""

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {US.token(request.method, urlsplit(request.url).path)}"
        return request


class Own:
    """What the office has at the exchange: of everything several, for some calls use it up."""

    def __init__(self):
        plan = [f"{DAY_SERVICE}-15"]
        self.sent = [self.send(US, plan, PLANS) for _ in range(6)]
        self.rejected = self.send(US, plan, {"letter.pdf": b"no PDF"})
        for transmission in self.sent:
            assert US.ended(transmission)["status"] == "delivered"
        assert US.ended(self.rejected)["status"] == "rejected"
        self.received = [self.send(THEM, [f"{CARE_MANAGER}-43"], {ACTUALS.name: ACTUALS.read_bytes()}) for _ in range(6)]
        for transmission in self.received:
            assert THEM.ended(transmission)["status"] == "delivered"
        THEM.call("POST", "inbox", self.sent[0], "acknowledgement", body={"outcome": "imported", "note": ""})
        self.person = US.call("GET", "inbox", self.received[0], "view")["items"][0]["person"]
        self.spare = [self.device() for _ in range(8)]
        self.turns = collections.defaultdict(itertools.count)

    @staticmethod
    def send(sender, addresses, files):
        jti = str(uuid.uuid4())
        manifests = [sender.manifest(addresses, jti, name, content, of=files) for name, content in files.items()]
        announced = sender.call("POST", "transmissions", body={"manifests": manifests})
        for upload in announced["uploads"]:
            requests.request(upload["method"], upload["url"], headers=upload["headers"], data=files[upload["name"]]).raise_for_status()
        return announced["id"]

    @staticmethod
    def device():
        device = Office(US.origin, CARE_MANAGER)
        device.enrol(US.call("POST", "keys", "codes")["code"], "spare")
        return device.kid

    def turn(self, label, among):
        return among[next(self.turns[label]) % len(among)]

    def path(self, label, given):
        """The office's own ids in place of made up ones."""
        if "kid" in given:
            return {"kid": self.turn(label, self.spare)}
        if "number" in given:
            return {"number": DAY_SERVICE}
        if "file" in given:
            return {"id": self.turn(label, self.received), "file": ACTUALS.name}
        if label.endswith("/report"):
            return {"id": self.rejected}
        return {"id": self.turn(label, self.received if "/inbox/" in label else self.sent)}

    def query(self, label, given):
        if "person" in given:
            return given | {"person": self.person}
        if "month" in given:
            given |= {"month": "202604"}
        # made up, a cursor names nothing
        return {name: value for name, value in given.items() if name != "cursor"}

    def body(self, label, given):
        if label == "POST /v1/transmissions":
            return {"manifests": [US.manifest([f"{DAY_SERVICE}-15"], str(uuid.uuid4()), "letter.txt", b"a letter")]}
        if label == "POST /v1/enrolments":
            device, code = Office(US.origin, CARE_MANAGER), US.call("POST", "keys", "codes")["code"]
            proof = device.sign("renkei-proof+jwt", {"iss": device.number, "aud": device.origin, "jti": code[:4]})
            return {"office": device.number, "code": code, "public_key": device.jwk, "name": "enrolled", "proof": proof}
        if label.endswith("/acknowledgement"):
            return {"outcome": "imported", "note": "taken in"}
        if label == "PUT /v1/settings":
            return {"webhook": "https://hooks.care.example.jp/renkei", "blocked_senders": ["9961751154"]}
        return given


def device_of(office, code):
    device = Office(os.environ["RENKEI_URL"], office)
    device.enrol(code, "schemathesis")
    return device


US, THEM = device_of(CARE_MANAGER, os.environ["OUR_CODE"]), device_of(DAY_SERVICE, os.environ["THEIR_CODE"])
OWN = Own()
SEEN = collections.Counter()
schemathesis.auth.set_from_requests(EachCallSigned())


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    if case.path_parameters and case.path_parameters.get("kid") == US.kid:
        # whoever follows the listing of devices would lock itself out
        case.path_parameters = OWN.path(label, case.path_parameters)
    generated = case.meta.generation.mode if case.meta else None
    if generated != GenerationMode.POSITIVE or next(OWN.turns[label, "own"]) % 2:
        return
    if case.path_parameters:
        case.path_parameters = OWN.path(label, case.path_parameters)
    if case.query:
        case.query = OWN.query(label, dict(case.query))
    if isinstance(case.body, dict):
        case.body = OWN.body(label, case.body)


@schemathesis.hook
def after_call(context, case, response):
    # a check may ask with another method
    if response.request.method == case.operation.method.upper():
        SEEN[f"{case.operation.label} {response.status_code}"] += 1
    Path(os.environ["TALLY"]).write_text(json.dumps(SEEN))
