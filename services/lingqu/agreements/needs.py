"""What of a contract's version an agreement's feed has to read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from lingqu.agreements.derive import inline
from lingqu.agreements.names import Named, Names, Node, fold


def needed_schema(
    schema: str, withheld: Collection[str], key: Collection[str], filtered_by: Collection[str]
) -> str:
    """Return the schema without the fields that neither view, key nor filter needs.

    `filtered_by` are the fields that the filter names. What becomes of one that is left out in a
    later version is none of this partner's business.
    """
    kept = {*key, *filtered_by}
    dropped = frozenset(path for path in withheld if path.partition(".")[0] not in kept)
    if not dropped:
        return schema
    tree = json.loads(schema)
    left = fold(_without(inline(Names(tree), tree), dropped, ""))
    return json.dumps(left, ensure_ascii=False, separators=(",", ":"))


def _without(node: Node, dropped: Collection[str], prefix: str) -> Node:
    if isinstance(node, Named):
        if "fields" not in node.definition:
            return node
        fields = [
            {**field, "type": _without(field["type"], dropped, f"{prefix}{field['name']}.")}
            for field in node.definition["fields"]
            if f"{prefix}{field['name']}" not in dropped
        ]
        return Named(node.full_name, node.namespace, {**node.definition, "fields": fields})
    if isinstance(node, list):
        return [_without(each, dropped, prefix) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        part: _without(value, dropped, prefix) if part in ("items", "values", "type") else value
        for part, value in node.items()
    }
