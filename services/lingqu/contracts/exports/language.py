"""Texts that stand in two languages, Chinese before English, in one of them."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["zh", "en"]

_HAN = r"\u3400-\u9fff"
_BOTH = re.compile(rf"(?P<zh>.*[{_HAN}][^。]*。)\s*(?P<en>[^{_HAN}]*[A-Za-z][^{_HAN}]*)", re.DOTALL)


def in_language(text: str, lang: Language) -> str:
    """Return that language's part of “中文。English.”, and any other text as it is."""
    both = _BOTH.fullmatch(text)
    return both[lang].strip() if both else text
