"""Names of settings in the environment: an unknown one refuses to start, with the nearest known."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from lingqu.errors import ConfigurationError

HUB_PREFIX = "LINGQU_"
NESTED = "__"

# Read by `lingqu serve` itself, before any service's settings.
PROCESS_NAMES = frozenset(
    {"LINGQU_HOST", "LINGQU_PORT_OFFSET", "LINGQU_LOG_FORMAT", "LINGQU_LOG_LEVEL"}
)


def variable_of(prefix: str, path: Iterable[str]) -> str:
    """Return the variable that holds the (nested) field."""
    return prefix + NESTED.join(part.upper() for part in path)


def check_names(
    environ: Iterable[str], prefix: str, own_fields: AbstractSet[str], hub_fields: AbstractSet[str]
) -> None:
    """Raise ConfigurationError for a variable under the service's prefix that no setting reads.

    Under the bare hub prefix other services' names live too, so there only a near miss of a known
    name is refused.
    """
    hub_wide = {variable_of(HUB_PREFIX, [field]) for field in hub_fields} | PROCESS_NAMES
    own = {variable_of(prefix, [field]) for field in own_fields}
    if prefix != HUB_PREFIX:
        own |= {f"{prefix}PORT", f"{prefix}URL"}  # serve reads the one, clients the other
    for variable in sorted(environ):
        name = variable.upper().split(NESTED)[0]
        if not name.startswith(HUB_PREFIX) or name in own or name in hub_wide:
            continue
        if prefix != HUB_PREFIX and name.startswith(prefix):
            raise _unknown(variable, name, own, cutoff=0.0)
        if get_close_matches(name, hub_wide, 1, cutoff=0.9):
            raise _unknown(variable, name, hub_wide, cutoff=0.9)


def _unknown(variable: str, name: str, known: set[str], *, cutoff: float) -> ConfigurationError:
    nearest = get_close_matches(name, sorted(known), 1, cutoff)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return ConfigurationError(f"unknown setting {variable}{hint}")
