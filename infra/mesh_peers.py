"""The loop of infra/compare-mesh at either exchange: what a client does from an upload to its acknowledgement, on connections that are kept alive."""

import sys
import time
import uuid

import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from mesh_client import AuthTokenGenerator

from local import CARE_MANAGER, DAY_SERVICE, DEMO
from loopback import ROOT

sys.path.insert(0, str(ROOT / "docs/examples"))
sys.dont_write_bytecode = True

from office import Office  # noqa: E402

FILE = next(DEMO.glob("UPJSK_*434.CSV"))
PASSWORD, SHARED_KEY, WORKFLOW = "password", b"Banana", "TEST_WORKFLOW"
# two of the mailboxes that the sandbox has
SENDING, RECEIVING = "X26ABC1", "X26ABC2"
# between two looks whether a delivery is there
PAUSE_SECONDS = 0.003
# its place in the record
INSURED_NUMBER = 2


def actuals(octets):
    """Actual services of about so many bytes: the demo's records, again and again for other persons."""
    lines = FILE.read_bytes().splitlines(keepends=True)
    made, person = [], 0
    while sum(map(len, made)) < octets:
        for line in lines:
            cells = line.split(b",")
            cells[INSURED_NUMBER] = b"%04d" % person + cells[INSURED_NUMBER][4:]
            made.append(b",".join(cells))
        person += 1
    while sum(map(len, made)) > octets:
        made.pop()
    return b"".join(made)


class Session:
    """Connections that are kept, and how many requests went through them."""

    def __init__(self):
        self.http, self.requests = requests.Session(), 0
        self.http.trust_env = False

    def send(self, method, url, **more):
        self.requests += 1
        response = self.http.request(method, url, **more)
        if not response.ok:
            raise SystemExit(f"{method} {response.status_code}: {response.text}")
        return response


class Renkei:
    """Uploads and downloads through the S3 API, lists and acknowledges by the HTTP API."""

    label = "renkei"

    def __init__(self, exchange):
        self.sender, self.recipient = (Office(exchange.api, office) for office in (DAY_SERVICE, CARE_MANAGER))
        for office in (self.sender, self.recipient):
            office.enrol(exchange.code(office.number), "compared")

    def connect(self):
        return RenkeiClient(self.sender, self.recipient)


class RenkeiClient(Session):
    def __init__(self, sender, recipient):
        super().__init__()
        self.sender, self.recipient = sender, recipient
        for office in (sender, recipient):
            office.http = self.http
        self.uploading, self.downloading = (office.call("POST", "credentials") for office in (sender, recipient))

    def loop(self, content):
        jti = str(uuid.uuid4())
        transmission, manifest = f"{DAY_SERVICE}-{jti}", self.sender.manifest([f"{CARE_MANAGER}-43"], jti, FILE.name, content)
        self.s3(self.uploading, "PUT", f"outbox/{DAY_SERVICE}/{jti}", content, {"x-amz-meta-manifest": manifest})
        while True:
            listed = self.api("GET", "/v1/inbox", "?status=delivered")["items"]
            delivery = next((delivery for delivery in listed if delivery["id"] == transmission), None)
            if delivery:
                break
            time.sleep(PAUSE_SECONDS)
        received = self.s3(self.downloading, "GET", delivery["files"][0]["key"])
        self.api("POST", f"/v1/inbox/{transmission}/acknowledgement", json={"outcome": "imported", "note": ""})
        return received

    def api(self, method, path, query="", **more):
        bearer = {"Authorization": f"Bearer {self.recipient.token(method, path)}"}
        return self.send(method, f"{self.recipient.origin}{path}{query}", headers=bearer, **more).json()

    def s3(self, given, method, key, content=b"", headers=None):
        request = AWSRequest(method, f"{given['endpoint']}/{given['bucket']}/{key}", data=content, headers=headers or {})
        keys = Credentials(given["access_key_id"], given["secret_access_key"], given["session_token"])
        S3SigV4Auth(keys, "s3", given["region"]).add_auth(request)
        return self.send(method, request.url, headers=dict(request.headers), data=content).content


class Mesh:
    """Everything by MESH's HTTP API."""

    label = "mesh-sandbox"

    def __init__(self, url):
        self.url = f"{url}/messageexchange"

    def connect(self):
        return MeshClient(self.url)


class MeshClient(Session):
    def __init__(self, url):
        super().__init__()
        self.url = url
        self.tokens = {box: AuthTokenGenerator(SHARED_KEY, box, PASSWORD) for box in (SENDING, RECEIVING)}

    def loop(self, content):
        headers = {"Mex-To": RECEIVING, "Mex-WorkflowID": WORKFLOW, "Mex-FileName": FILE.name, "Content-Type": "application/octet-stream"}
        message = self.call("POST", SENDING, "outbox", headers=headers, data=content).json()["message_id"]
        while message not in self.call("GET", RECEIVING, "inbox").json()["messages"]:
            time.sleep(PAUSE_SECONDS)
        received = self.call("GET", RECEIVING, f"inbox/{message}").content
        self.call("PUT", RECEIVING, f"inbox/{message}/status/acknowledged")
        return received

    def call(self, method, box, path, headers=None, **more):
        signed = {"Authorization": self.tokens[box].generate_token(), "Accept": "application/vnd.mesh.v2+json", **(headers or {})}
        return self.send(method, f"{self.url}/{box}/{path}", headers=signed, **more)
