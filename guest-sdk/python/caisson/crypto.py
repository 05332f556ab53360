"""Keys, digests and randomness, all made by the host. 429 where the call's budget of them is used up.

An algorithm is `sha256`, `sha384`, `sha512`, or `sha1` for signatures of old APIs.
"""

from __future__ import annotations

from typing import Any

from caisson import _host, problem

# 32 characters, so that a byte chooses among them evenly; the ones that look alike are left out.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def encrypt(plain: bytes) -> bytes:
    """Seals bytes under a key of this module alone."""
    return problem.call("crypto", "encrypt", plain)


def decrypt(sealed: bytes) -> bytes:
    """Opens what `encrypt` sealed; 500 where it was altered, or another module sealed it."""
    return problem.call("crypto", "decrypt", sealed)


def digest(algorithm: str, data: bytes) -> bytes:
    return problem.call("crypto", "digest", _algorithm(algorithm), data)


def hmac(algorithm: str, setting: str, data: bytes) -> bytes:
    """A keyed digest; `setting` names the secret setting that holds the key. 424 where that is empty."""
    return problem.call("crypto", "hmac", _algorithm(algorithm), setting, data)


def _algorithm(name: str) -> Any:
    return getattr(_host.part("crypto").Algorithm, name.upper())


def equal(a: bytes, b: bytes) -> bool:
    """Compares in constant time."""
    return _host.part("crypto").equal(a, b)


def random(length: int) -> bytes:
    """At most 4096 random bytes."""
    return problem.call("crypto", "random", length)


def password(length: int) -> str:
    """A password of 8 to 128 characters, each kind of character in it, none that look alike."""
    return problem.call("crypto", "password", length)


def name(prefix: str, length: int) -> str:
    """A name of `length` characters that a person can read out: `prefix`, then random lower-case letters and digits."""
    return prefix + "".join(_ALPHABET[byte % 32] for byte in random(max(0, length - len(prefix))))


def uuid() -> str:
    """A fresh UUID, in the order of time."""
    return _host.part("crypto").uuid()
