"""What a test needs and this machine has not got."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(sentence: str) -> NoReturn:
    """Skip where a person has not got something; fail where CI has not."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
