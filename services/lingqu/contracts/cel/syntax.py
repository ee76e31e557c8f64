"""The part of CEL that runs on columns, parsed to a small tree.

Comparisons, `in` a list of literals, null tests, `&& || !`, `+ - * /`, record fields, `size`,
`startsWith`, `endsWith`, `contains`, `matches`, and `all` and `exists` over a list. All else is
NotColumnar: not wrong, only left to the row evaluator, which also judges whether it is CEL at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lingqu.contracts.cel.tree import (
    Binary,
    Expression,
    In,
    Literal,
    Member,
    Name,
    NotColumnar,
    Quantified,
    Size,
    TextTest,
    Unary,
)

MAX_INT = 2**63 - 1
TOKEN = re.compile(
    r"""\s*(?://[^\n]*\s*)*(?:
      (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?(?![\w.])|\d+[eE][+-]?\d+(?![\w.]))
    | (?P<int>\d+(?![\w.]))
    | (?P<text>'[^'"\\\n]*'(?!')|"[^'"\\\n]*"(?!"))
    | (?P<name>[A-Za-z_]\w*(?!['"]))
    | (?P<op>&&|\|\||[=!<>]=|[<>+\-*/!()\[\],.])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
CONSTANTS = {"true": True, "false": False, "null": None}
TEXT_CALLS = ("startsWith", "endsWith", "contains", "matches")
# What both evaluators' regular expressions mean alike: no flags, no class inside a class.
PATTERN = re.compile(r"(?:\[\^?(?:[^\[\]&~-]|-(?!-))+\]|[^\[\](]|\((?!\?))*")
RELATIONS = ("==", "!=", "<", "<=", ">", ">=", "in")


def parse(text: str) -> Expression:
    """Return the tree of an expression; raise NotColumnar when it is outside this part of CEL."""
    try:
        return _Parser(text).whole()
    except RecursionError as error:
        raise NotColumnar(text) from error


class _Parser:
    """Recursive descent over the tokens, one method a level of precedence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._next()

    def whole(self) -> Expression:
        tree = self._disjunction()
        if self._kind != "end":
            raise NotColumnar(self._text)
        return tree

    def _next(self) -> str:
        taken = getattr(self, "_token", "")
        found = TOKEN.match(self._text, self._at)
        if found is None:
            raise NotColumnar(self._text)
        self._at = found.end()
        self._kind = found.lastgroup or "end"
        self._token = found[self._kind]
        return taken

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise NotColumnar(self._text)

    def _accept(self, *tokens: str) -> str | None:
        return self._next() if self._kind in ("op", "name") and self._token in tokens else None

    def _levels(self, ops: tuple[str, ...], below: Callable[[], Expression]) -> Expression:
        tree = below()
        while op := self._accept(*ops):
            tree = self._membership(tree) if op == "in" else Binary(op, tree, below())
        return tree

    def _disjunction(self) -> Expression:
        return self._levels(("||",), self._conjunction)

    def _conjunction(self) -> Expression:
        return self._levels(("&&",), self._relation)

    def _relation(self) -> Expression:
        return self._levels(RELATIONS, self._sum)

    def _sum(self) -> Expression:
        return self._levels(("+", "-"), self._product)

    def _product(self) -> Expression:
        return self._levels(("*", "/"), self._unary)

    def _unary(self) -> Expression:
        if op := self._accept("!", "-"):
            return Unary(op, self._unary())
        return self._member()

    def _membership(self, operand: Expression) -> In:
        self._expect("[")
        choices: list[Literal] = []
        while not self._accept("]"):
            if choices:
                self._expect(",")
            choices.append(_literal(self._unary()))
        return In(operand, tuple(choices))

    def _member(self) -> Expression:
        tree = self._primary()
        while self._accept("."):
            tree = self._after_dot(tree)
        if self._token in ("[", "(") and self._kind == "op":
            raise NotColumnar(self._text)
        return tree

    def _after_dot(self, tree: Expression) -> Expression:
        name = self._name()
        if not self._accept("("):
            return Member(tree, name)
        if name in ("all", "exists"):
            variable = self._name()
            self._expect(",")
            call: Expression = Quantified(name, tree, variable, self._disjunction())
        elif name in TEXT_CALLS and self._kind == "text":
            call = TextTest(name, tree, self._part(name))
        elif name == "size":
            call = Size(tree)
        else:
            raise NotColumnar(self._text)
        self._expect(")")
        return call

    def _part(self, function: str) -> str:
        part = self._next()[1:-1]
        if function == "matches" and not PATTERN.fullmatch(part):
            raise NotColumnar(part)
        return part

    def _name(self) -> str:
        if self._kind != "name" or self._token in CONSTANTS or self._token == "in":  # noqa: S105
            raise NotColumnar(self._text)
        return self._next()

    def _primary(self) -> Expression:
        if self._accept("("):
            tree = self._disjunction()
            self._expect(")")
            return tree
        match self._kind, self._token:
            case "float", token:
                value: bool | float | str | None = float(token)
            case "int", token if int(token) <= MAX_INT:
                value = int(token)
            case "text", token:
                value = token[1:-1]
            case "name", token if token in CONSTANTS:
                value = CONSTANTS[token]
            case "name", _:
                return self._call_or_name()
            case _:
                raise NotColumnar(self._text)
        self._next()
        return Literal(value)

    def _call_or_name(self) -> Expression:
        name = self._name()
        if name != "size" or not self._accept("("):
            return Name(name)
        tree = Size(self._disjunction())
        self._expect(")")
        return tree


def _literal(choice: Expression) -> Literal:
    match choice:
        case Literal():
            return choice
        case Unary("-", Literal(int() | float() as number)) if not isinstance(number, bool):
            return Literal(-number)
        case _:
            raise NotColumnar(str(choice))
