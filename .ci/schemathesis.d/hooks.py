"""What no schema can say, and is not looked at here: who asks too often, and which passwords are too common."""

import random

import schemathesis

addresses = random.Random(0)


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers["CF-Connecting-IP"] = f"198.18.{addresses.randrange(256)}.{addresses.randrange(256)}"
    if not isinstance(case.body, dict):
        return
    for name in ("password", "new_password"):
        password = case.body.get(name)
        if isinstance(password, str) and 8 <= len(password) and len(set(password)) < 5:
            case.body[name] = "four random common words"
