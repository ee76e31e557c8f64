"""Protobuf for storing: is it a file of definitions; the text is kept as it was sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn

# What each compiler brings with it, and Confluent's registry too.
BUILT_IN = ("google/protobuf/", "google/type/", "confluent/")


def check_protobuf(text: str, names: Collection[str] | None = None) -> None:
    """Raise ValueError with place and cause where the text is no proto2, proto3 or edition file.

    Each import must be among the references' `names` (None: need not).
    """
    # A third of a second, which registries of Avro alone need not spend.
    from antlr4.error.ErrorListener import ErrorListener  # noqa: PLC0415
    from proto_schema_parser.ast import Enum, Extension, Import, Message, Service  # noqa: PLC0415
    from proto_schema_parser.parser import Parser  # noqa: PLC0415

    class Refusing(ErrorListener):
        def syntaxError(  # noqa: N802 - the listener's name for it
            self, _recognizer: Any, _symbol: Any, line: int, column: int, message: str, _error: Any
        ) -> NoReturn:
            cause = message.partition(" expecting ")[0]
            raise ValueError(f"at line {line}, column {column + 1}: {cause}")

    def listen(recognizer: Any) -> None:
        recognizer.removeErrorListeners()
        recognizer.addErrorListener(Refusing())

    text.encode()  # half a surrogate pair is no text
    found = Parser(setup_lexer=listen, setup_parser=listen).parse(text)
    if not any(
        isinstance(each, Message | Enum | Extension | Service) for each in found.file_elements
    ):
        raise ValueError("it defines nothing; add a message")
    for each in found.file_elements:
        if names is None or not isinstance(each, Import) or each.name.startswith(BUILT_IN):
            continue
        if each.name not in names:
            raise ValueError(f"it imports {each.name!r}; send a reference of that name")
