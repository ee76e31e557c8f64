"""Protobuf for storing: is it a file of definitions; the text is kept as it was sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn

from lingqu_registry.parsing.protobuf_descriptor import ProtobufFile, read_descriptor

# What each compiler brings with it, and Confluent's registry too.
BUILT_IN = ("google/protobuf/", "google/type/", "confluent/")


def check_protobuf(text: str, names: Collection[str] | None = None) -> None:
    """Raise ValueError with place and cause where the text is no proto2, proto3 or edition file.

    It is source text, or a descriptor in base64. Each import must be among the references' `names`
    (None: need not).
    """
    text.encode()  # half a surrogate pair is no text
    found = read_descriptor(text) or _read_source(text)
    if not found.defines:
        raise ValueError("it defines nothing; add a message")
    for each in found.imports:
        if names is not None and each not in names and not each.startswith(BUILT_IN):
            raise ValueError(f"it imports {each!r}; send a reference of that name")


def _read_source(text: str) -> ProtobufFile:
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

    parts = Parser(setup_lexer=listen, setup_parser=listen).parse(text).file_elements
    definitions = Message | Enum | Extension | Service
    return ProtobufFile(
        tuple(each.name for each in parts if isinstance(each, Import)),
        any(isinstance(each, definitions) for each in parts),
    )
