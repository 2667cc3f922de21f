"""Values that settings, fields and queries are not made for."""

import datetime
from random import Random
from typing import Any

TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\u200b",
    "\x1b[31mred\x1b[0m",
    "\x9b31m",
    "line\nbreak\r\n",
    "\u2028",
    "<script>alert(1)</script>",
    "{path} {} {0} %s %(a)s",
    "'; DROP TABLE run; --",
    "%_\\%",
    "../../etc/passwd",
    "/dev/null",
    "~nobody/x",
    "CON",
    "nan",
    "1e999",
    "-1e-999",
    "0x10",
    "1_000",
    "\u0661\u0662",
    "True",
    "null",
    "latest",
    "auto",
    "run:abc",
    "run:abc@99999999999999999999999",
    "stage:x",
    "env:HOME",
    "env:ALIGNLAB_DATABASE_URL",
    "file:../key",
    "http://169.254.169.254/latest",
    "http://[::ffff:169.254.169.254]/v1",
    "https://user:password@host.invalid/v1",
    "http://2852039166/",
    "http://[",
    "https://host.invalid:99999/v1",
    "https://a..b/v1",
    "(a{1000}){1000}",
    "((((a{99}){99}){99}){99})",
    "(" * 200 + "a" + ")" * 200,
    "(?R)",
    "[[a--b]",
    "(?x) a {999} {999}",
    "a" * 70_000,
    "\u5b57" * 20_000,
    "k." * 3_000,
    "e\u0301" * 500,
    "\U0001f469\u200d\U0001f4bb",
)
NUMBERS: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    -(2**63) - 1,
    10**30,
    10**400,
    -(10**5000),
    0.1,
    -0.0,
    1e-320,
    1e308,
    float("inf"),
    float("-inf"),
    float("nan"),
    True,
    False,
    None,
)


SIGNS = (b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[", b"{", b'"', b"\n", b"\r", b"&a", b"*a")


def deep(levels: int, random: Random) -> Any:
    """Blocks or lists within each other."""
    value: Any = 1
    for _ in range(levels):
        value = {"a": value} if random.random() < 0.5 else [value]
    return value


def odd_value(random: Random) -> Any:
    """Any of them, or something large, deep or of a type that no file holds."""
    choice = random.randrange(12)
    if choice < 5:
        return random.choice(TEXTS)
    if choice < 9:
        return random.choice(NUMBERS)
    if choice == 9:
        return deep(random.choice((3, 49, 60, 400, 3_000)), random)
    if choice == 10:
        count = random.choice((0, 1, 30, 3_000, 20_000))
        return [random.choice(("x", 1, None, {}))] * count if random.random() < 0.5 else dict.fromkeys(range(count), 1)
    return random.choice(([], {}, [[]], [{}], {"": ""}, {None: 1}, datetime.date(2026, 1, 2), b"\xff", (1, 2), {1, 2}))


def broken(content: bytes, random: Random) -> bytes:
    """The content with a few of its bytes changed, cut, repeated or moved."""
    data = bytearray(content)
    for _ in range(random.randrange(1, 6)):
        at, length = random.randrange(len(data) + 1), random.choice((1, 2, 8, 100))
        change = random.randrange(6)
        if change == 0 and data:
            data[at % len(data)] ^= 1 << random.randrange(8)
        elif change == 1:
            data[at : at + length] = random.randbytes(length)
        elif change == 2:
            del data[at : at + length]
        elif change == 3:
            data[at:at] = data[:length] * random.choice((1, 3, 500))
        elif change == 4:
            data = data[:at]
        else:
            data[at:at] = random.choice(
                (b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[", b"{", b'"', b"\n", b"\r", b"&a", b"*a")
            )
    return bytes(data)
