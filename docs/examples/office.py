"""An office's device at the exchange: its key, what it signs with it (RFC 7515, RFC 7519), and the calls of the HTTP API.

Needs PyJWT with cryptography, and requests. What a care software has to write itself is all here; journey.py goes the whole way with it.
"""

import base64
import hashlib
import json
import time
import uuid
from datetime import datetime
from urllib.parse import quote

import boto3
import jwt
import requests
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

PATIENCE_SECONDS = 60


class Refused(Exception):
    """A problem (RFC 9457) of the API: go by `code`, show people `detail` or `detail_ja`."""

    def __init__(self, problem):
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.status, self.code, self.reasons = problem["status"], problem["code"], problem.get("reasons", [])


class Office:
    """One device of the office with this number, at the API of this origin (`https://api.example`, no path)."""

    def __init__(self, origin, number):
        self.origin, self.number = origin, number
        # a device keeps its private key where nothing else reads it, and makes it once; here it lives as long as the example
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        self.jwk = {member: public[member] for member in ("crv", "kty", "x", "y")}
        # RFC 7638: the members in alphabetical order, no white space
        self.kid = base64url(hashlib.sha256(json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()).digest())
        self.http = requests.Session()

    def sign(self, typ, claims):
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"typ": typ, "kid": self.kid})

    def enrol(self, code, name):
        """Registers the key with a one-time code: the only call without a token."""
        proof = self.sign("renkei-proof+jwt", {"iss": self.number, "aud": self.origin, "jti": code[:4]})
        body = {"office": self.number, "code": code, "public_key": self.jwk, "name": name, "proof": proof}
        answered(self.http.post(f"{self.origin}/v1/enrolments", json=body))

    def token(self, method, path):
        """For this method and path, without its query, and no other; five minutes at most."""
        now = int(time.time())
        claims = {"iss": self.number, "aud": self.origin, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), "htm": method, "htu": path}
        return self.sign("renkei-token+jwt", claims)

    def call(self, method, *segments, query=None, body=None):
        """What the API answers: JSON, or for a file the URL where it lies."""
        path = "/".join(["/v1", *(quote(segment, safe="") for segment in segments)])
        bearer = {"Authorization": f"Bearer {self.token(method, path)}"}
        response = self.http.request(method, f"{self.origin}{path}", params=query, json=body, headers=bearer, allow_redirects=False)
        return answered(response)

    def all(self, *segments, **query):
        """Every item of a listing, page by page."""
        while True:
            page = self.call("GET", *segments, query=query)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def manifest(self, addresses, transmission, name, content, of=None):
        """The signed statement that travels with a file; `of` are all files of its transmission by name, where they are several."""
        claims = {"iss": self.number, "aud": addresses, "jti": transmission, "iat": int(time.time()),
                  "name": name, "size": len(content), "sha256": base64url(hashlib.sha256(content).digest())}
        if of and len(of) > 1:
            lines = [f"{base64url(hashlib.sha256(body).digest())} {len(body)} {part}\n" for part, body in sorted(of.items())]
            claims |= {"parts": len(of), "set": base64url(hashlib.sha256("".join(lines).encode()).digest())}
        return self.sign("renkei-manifest+jwt", claims)

    def verified(self, manifest, sender):
        """What the manifest of a file from this sender says, if the sender signed it; jwt.InvalidTokenError if not."""
        header = jwt.get_unverified_header(manifest)
        key = next((key for key in self.call("GET", "offices", sender, "keys")["keys"] if key["kid"] == header["kid"]), None)
        if key is None or header["typ"] != "renkei-manifest+jwt":
            raise jwt.InvalidTokenError("not a manifest by a key of this sender")
        fitting = {"EC": ["ES256"], "OKP": ["EdDSA"], "RSA": ["RS256", "PS256"]}[key["jwk"]["kty"]]
        claims = jwt.decode(manifest, jwt.PyJWK(key["jwk"]).key, algorithms=fitting, issuer=sender, leeway=300, options={"verify_aud": False})
        # the exchange took it at some time between these; the key must have been good then, whatever became of it since
        first, last = claims["iat"] - 300, claims["iat"] + 86_400
        bounds = {name: datetime.fromisoformat(key[name]).timestamp() for name in ("not_before", "not_after", "revoked_at") if key[name]}
        good_until = min(bounds.get("not_after", last), bounds.get("revoked_at", last) + 60)
        if max(first, bounds.get("not_before", first)) > min(last, good_until):
            raise jwt.InvalidTokenError("signed before its key was valid, or after it expired or was revoked")
        return claims

    def s3(self):
        """An S3 client for the office's own prefixes, good for an hour, and the bucket's name."""
        given = self.call("POST", "credentials")
        keys = {f"aws_{part}": given[part] for part in ("access_key_id", "secret_access_key", "session_token")}
        path_style = Config(s3={"addressing_style": "path"})
        return boto3.client("s3", endpoint_url=given["endpoint"], region_name=given["region"], config=path_style, **keys), given["bucket"]

    def ended(self, transmission):
        """The transmission as the sender sees it, once it is delivered or rejected."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                sent = self.call("GET", "transmissions", transmission)
                if sent["status"] != "waiting":
                    return sent
            except Refused as refused:
                # it is in the ledger when its first file came
                if refused.status != 404:
                    raise
            time.sleep(0.2)
        raise TimeoutError(f"{transmission} has not ended in {PATIENCE_SECONDS} s")


def answered(response):
    if response.is_redirect:
        return response.headers["Location"]
    if response.ok:
        return response.json() if response.content else None
    raise Refused(response.json())


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
