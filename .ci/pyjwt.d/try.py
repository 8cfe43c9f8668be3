"""The Python program of docs/tokens.md, tried with tokens of a running service: try.py PAGE SERVICE."""

import json
import re
import sys
import urllib.request
from datetime import datetime, timedelta
from unittest import mock

import jwt

page, service = sys.argv[1:]
with open(page, encoding="utf-8") as file:
    [shown] = re.findall(r"^```python\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)


def program(*changes):
    """What the page shows, with the address of the service that runs here, and with these changes."""
    text = shown.replace("http://localhost:8787", service)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    names = {}
    exec(compile(text, page, "exec"), names)
    return names


def post(path, body, headers=None):
    given = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(service + path, json.dumps(body).encode(), given)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def status_of(names, token):
    try:
        names["who_is"](token)
    except jwt.PyJWTError as error:
        return names["status_of"](error)
    return 200


ben = {"username": "ben@example.com", "password": "four random common words"}
user = post("/auth/register", ben)
token = post("/auth/login", ben)["access_token"]

expected = {"user_id": user["user_id"], "username": "ben@example.com", "roles": []}
assert program()["who_is"](token) == expected

header, payload, signature = token.split(".")
cases = {
    "as it is": (200, program(), token),
    "an altered payload": (401, program(), ".".join([header, payload[:-4] + "AAAA", signature])),
    "an altered signature": (401, program(), token[:-8] + "AAAAAAAA"),
    "nonsense": (401, program(), "nonsense"),
    "an unknown key": (401, program(), jwt.encode({}, "k" * 32, headers={"kid": "unknown"})),
    "another audience": (401, program(('"postern"', '"another"')), token),
    "another issuer": (401, program(("issuer=ISSUER", 'issuer="https://auth.example.com"')), token),
    "another algorithm": (401, program(('["ES256"]', '["EdDSA"]')), token),
    "another type": (401, program(('"at+jwt"', '"JWT"')), token),
    "a claim that is missing": (401, program(('"roles"]', '"roles", "email"]')), token),
    "keys that cannot be fetched": (503, program(("{ISSUER}/", "http://127.0.0.1:1/")), token),
    "an address without keys": (503, program(("{ISSUER}/", "{ISSUER}/nowhere/")), token),
}
for what, (status, names, given) in cases.items():
    assert status_of(names, given) == status, what


class Later(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(minutes=15)


with mock.patch("jwt.api_jwt.datetime", Later):
    assert status_of(program(), token) == 401, "an expired token"

post("/auth/logout", {}, {"Authorization": f"Bearer {token}"})
assert status_of(program(), token) == 200, "after the log-out, of which an offline check knows nothing"

print(f"PyJWT {jwt.__version__} checks tokens as docs/tokens.md says: {len(cases) + 3} cases.")
