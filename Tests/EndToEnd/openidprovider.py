"""A small OpenID provider on loopback that issues valid and defective tokens."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse

AUDIENCE = "3b6f0c1d-2e4a-4c58-9d7e-0f1a2b3c4d5e"
CLIENT_SECRET = "canary-of-the-pages"


def encoded(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Key:
    """An RSA key, made by OpenSSL."""

    def __init__(self, folder, id):
        self.id, self.path = id, os.path.join(folder, id + ".pem")
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path)
        self.public = self.openssl("pkey", "-in", self.path, "-pubout")
        modulus = self.openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().split("=")[1]
        self.jwk = {"kty": "RSA", "use": "sig", "kid": id, "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}

    def sign(self, data, digest="sha256"):
        return self.openssl("dgst", "-" + digest, "-sign", self.path, input=data)

    @staticmethod
    def openssl(*arguments, input=None):
        return subprocess.run(["openssl", *arguments], input=input, capture_output=True, check=True).stdout


class OpenIDProvider:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="reflog-openid-")
        self.key, self.other = Key(self.folder, "first"), Key(self.folder, "second")
        self.published, self.requests, self.is_down, self.codes = [self.key], 0, False, {}
        self.secret, self.discoveries = CLIENT_SECRET, 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.requests += 1
                documents = {
                    "/.well-known/openid-configuration": {"issuer": provider.issuer, "jwks_uri": provider.issuer + "/keys",
                                                          "authorization_endpoint": provider.issuer + "/authorize",
                                                          "token_endpoint": provider.issuer + "/token"},
                    "/keys": {"keys": [key.jwk for key in provider.published]},
                }
                body = json.dumps(documents.get(self.path)).encode()
                provider.discoveries += "openid-configuration" in self.path
                self.send_response(500 if provider.is_down else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in urllib.parse.parse_qs(form).items()}
                answer = provider.redeem(fields) if self.path == "/token" else None
                is_known = fields.get("client_secret") == provider.secret
                body = json.dumps(answer or {"error": "invalid_grant" if is_known else "invalid_client"}).encode()
                self.send_response(500 if provider.is_down else 200 if answer else 400 if is_known else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder)

    def authorize(self, url, roles, **changed):
        """Returns the URL to which Entra redirects a browser after a sign-in. The URL contains a new code.

        `changed` replaces claims of the ID token. The arguments `header` and `key` replace the token's header fields and key.
        """
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = encoded(os.urandom(16))
        self.codes[code] = (asked, roles, changed)
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": asked["state"]})

    def redeem(self, form):
        """Returns tokens if the request is valid and the code is unused, or None (RFC 6749 §4.1.3, RFC 7636 §4.6)."""
        asked, roles, changed = self.codes.pop(form.get("code"), (None, None, None))
        if asked is None or (form["client_id"], form["client_secret"], form["grant_type"], form["redirect_uri"]) != (
                asked["client_id"], self.secret, "authorization_code", asked["redirect_uri"]):
            return None
        if encoded(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return None
        header, key = changed.pop("header", {}), changed.pop("key", None)
        identity = self.claims(roles, aud=asked["client_id"], azp=asked["client_id"], nonce=asked["nonce"]) | changed
        # The token always contains the id of the published key. If `key` is another key, only the token's signature is wrong.
        token = self.token(identity, {"kid": self.key.id} | header, key)
        return {"token_type": "Bearer", "access_token": self.token(self.claims(roles)), "id_token": token}

    def claims(self, roles, **other):
        now = int(time.time())
        return {"iss": self.issuer, "aud": AUDIENCE, "tid": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", "roles": roles,
                "oid": "0b1c2d3e-0000-4000-8000-000000000002", "name": "Lee Gu", "preferred_username": "lee@contoso.example",
                "scp": "user", "sub": "pairwise", "azp": "14d82eec-204b-4c2f-b7e8-296a70dab67e", "ver": "2.0",
                "nbf": now - 10, "iat": now - 10, "exp": now + 3600} | other

    def token(self, claims, header=None, key=None, payload=None):
        """Returns a token in the form of Entra's tokens. The arguments replace header fields, the key and the payload."""
        key = key or self.key
        head = {"alg": "RS256", "typ": "JWT", "kid": key.id} | (header or {})
        signed = encoded({name: value for name, value in head.items() if value is not None})
        signed += "." + (payload if payload is not None else encoded(claims))
        algorithm = head["alg"] or "RS256"
        if algorithm.lower() == "none":
            return signed + "."
        if algorithm.startswith("HS"):
            return signed + "." + encoded(hmac.new(key.public, signed.encode(), hashlib.sha256).digest())
        return signed + "." + encoded(key.sign(signed.encode(), "sha" + (algorithm[2:] if algorithm[2:].isdigit() else "256")))

    def defects(self):
        """Returns a dictionary from the names of defects to tokens. Each token has one defect. Reflog must refuse all tokens."""
        good = self.claims(["Reflog.Operate"])
        now = int(time.time())

        def claims(**changed):
            return {name: value for name, value in (good | changed).items() if value is not None}

        jwk = self.other.jwk
        token = self.token(good)
        head, body, signature = token.split(".")
        return {
            "none": None, "garbage": "garbage", "empty": "", "two parts": head + "." + body, "four parts": token + ".x",
            "no signature": head + "." + body + ".", "another signature": head + "." + body + "." + encoded(b"x" * 256),
            "changed claims": head + "." + encoded(claims(roles=["Reflog.Admin"])) + "." + signature,
            "expired": self.token(claims(exp=now - 61)), "never expires": self.token(claims(exp=None)),
            "expiry is a text": self.token(claims(exp="tomorrow")), "not yet valid": self.token(claims(nbf=now + 120)),
            "wrong audience": self.token(claims(aud="https://graph.microsoft.com")),
            "empty audience": self.token(claims(aud=[])), "no audience": self.token(claims(aud=None)),
            "wrong issuer": self.token(claims(iss="https://sts.windows.net/x/")),
            "issuer with a slash": self.token(claims(iss=self.issuer + "/")), "no issuer": self.token(claims(iss=None)),
            "no oid": self.token(claims(oid=None)), "no tid": self.token(claims(tid=None)),
            "alg none": self.token(good, {"alg": "none"}), "alg None": self.token(good, {"alg": "None"}),
            "ID token": self.token(claims(scp=None, nonce="n")),
            "HS256 with the public key": self.token(good, {"alg": "HS256"}), "RS512": self.token(good, {"alg": "RS512"}),
            "alg in small letters": self.token(good, {"alg": "rs256"}), "no alg": self.token(good, {"alg": None}), "strange alg": self.token(good, {"alg": "RS256x"}),
            "unknown kid": self.token(good, key=self.other), "no kid": self.token(good, {"kid": None}),
            "hostile kid": self.token(good, {"kid": "../../etc/passwd"}), "kid of SQL": self.token(good, {"kid": "' OR 1=1 --"}),
            "kid that is no string": self.token(good, {"kid": 1}), "long kid": self.token(good, {"kid": "k" * 5000}),
            "key of another": self.token(good, {"kid": self.key.id}, key=self.other),
            "crit": self.token(good, {"crit": ["exp"]}), "embedded jwk": self.token(good, {"jwk": jwk, "kid": "second"}, self.other),
            "jku": self.token(good, {"jku": self.issuer + "/evil"}), "x5u": self.token(good, {"x5u": self.issuer + "/evil"}),
            "x5c": self.token(good, {"x5c": ["AA"]}),
            "claims twice": self.token(None, payload=encoded(
                (json.dumps(good)[:-1] + ', "roles": ["Reflog.Admin"]}').encode())),
            "header twice": encoded(b'{"alg":"none","alg":"RS256","kid":"first"}') + "." + body + "." + signature,
            "claims that are no object": self.token(None, payload=encoded(b'["x"]')),
            "not JSON": self.token(None, payload=encoded(b"\xff\xfe")), "padding": head + "=." + body + "." + signature,
            "oversize": self.token(claims(groups=["g" * 36] * 400)),
        }
