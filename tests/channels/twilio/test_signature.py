"""X-Twilio-Signature, by the example in Twilio's own documentation and by its awkward corners."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.twilio.signature import is_signed

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
]


def test_the_example_of_the_documentation_is_accepted() -> None:
    assert is_signed(URL, FIELDS, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", TOKEN)


@pytest.mark.parametrize(
    "signed",
    [
        "https://app.example:8443/w?m=1",
        "https://app.example/w?m=1",
        "https://app.example:443/w?m=1",
    ],
)
def test_the_address_counts_with_and_without_its_port(signed: str) -> None:
    asked = "https://app.example:8443/w?m=1" if "8443" in signed else "https://app.example/w?m=1"
    assert is_signed(asked, FIELDS, made(signed, FIELDS), TOKEN)


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6))
def test_a_changed_field_address_or_token_is_refused(fields: list[tuple[str, str]]) -> None:
    good = made(URL, fields)
    assert is_signed(URL, reversed(fields), good, TOKEN)
    assert not is_signed(URL, [*fields, ("More", "x")], good, TOKEN)
    assert not is_signed(URL.replace("bar=2", "bar=3"), fields, good, TOKEN)
    assert not is_signed(URL, fields, good, TOKEN + "6")
    assert not is_signed(URL, fields, "", TOKEN)
    assert not is_signed(URL, fields, "ÿ", TOKEN)


def made(url: str, fields: list[tuple[str, str]]) -> str:
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(TOKEN.encode(), told.encode(), hashlib.sha1).digest()).decode()
