"""The registry's errors: Confluent's numbers and, where clients read them, Confluent's words."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu.errors import InputError


class RegistryError(InputError):
    """A refusal with its error code; the HTTP status is the code's first three digits."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.http_status = int(str(code)[:3])


def subject_not_found(subject: str) -> RegistryError:
    return RegistryError(40401, f"Subject '{subject}' not found.")


def version_not_found(version: int | str) -> RegistryError:
    return RegistryError(40402, f"Version {version} not found.")


def schema_not_found(schema_id: int | None = None) -> RegistryError:
    named = "Schema not found" if schema_id is None else f"Schema {schema_id} not found"
    return RegistryError(40403, named)


def subject_soft_deleted(subject: str) -> RegistryError:
    return RegistryError(
        40404,
        f"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently",
    )


def subject_not_soft_deleted(subject: str) -> RegistryError:
    return RegistryError(
        40405, f"Subject '{subject}' was not deleted first before being permanently deleted"
    )


def version_soft_deleted(subject: str, version: int) -> RegistryError:
    return RegistryError(
        40406,
        f"Subject '{subject}' Version {version} was soft deleted."
        " Set permanent=true to delete permanently",
    )


def version_not_soft_deleted(subject: str, version: int) -> RegistryError:
    return RegistryError(
        40407,
        f"Subject '{subject}' Version {version} was not deleted first"
        " before being permanently deleted",
    )


def config_not_found(subject: str) -> RegistryError:
    return RegistryError(
        40408, f"Subject '{subject}' does not have subject-level compatibility configured"
    )


def mode_not_found(subject: str) -> RegistryError:
    return RegistryError(40409, f"Subject '{subject}' does not have subject-level mode configured")


def incompatible(code: int, subject: str, messages: Sequence[str]) -> RegistryError:
    return RegistryError(
        code,
        "Schema being registered is incompatible with an earlier schema for subject"
        f' "{subject}", details: [{", ".join(messages)}]',
    )


def invalid_schema(cause: str) -> RegistryError:
    return RegistryError(42201, f"Invalid schema: {cause}")


def invalid_metadata(place: str, kind: str) -> RegistryError:
    return RegistryError(42201, f"Invalid schema: {place} is not {kind}")


def invalid_version(token: str) -> RegistryError:
    return RegistryError(
        42202,
        f"The specified version '{token}' is not a valid version id."
        ' Allowed values are between [1, 2^31-1] and the string "latest"',
    )


def invalid_level() -> RegistryError:
    return RegistryError(
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full,"
        " backward_transitive, forward_transitive, and full_transitive",
    )


def level_not_judged(schema_type: str, level: str) -> RegistryError:
    return RegistryError(
        42203,
        f"Invalid compatibility level {level} for a schema of type {schema_type}: this registry"
        f" judges AVRO only; set the compatibility of its subject to NONE",
    )


def invalid_setting(member: str, kind: str) -> RegistryError:
    return RegistryError(42203, f"Invalid config: {member} is not {kind}")


def invalid_mode() -> RegistryError:
    return RegistryError(
        42204, "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE and IMPORT"
    )


def not_permitted(cause: str) -> RegistryError:
    return RegistryError(42205, cause)


def referenced(subject: str, version: int) -> RegistryError:
    return RegistryError(
        42206, f"One or more references exist to the schema {subject} version {version}."
    )


def invalid_subject(subject: str) -> RegistryError:
    return RegistryError(42208, f"The specified subject '{subject}' is not a valid subject.")


def invalid_rule_set(cause: str) -> RegistryError:
    return RegistryError(42210, f"Invalid rule set: {cause}")


def context_not_empty(context: str) -> RegistryError:
    return RegistryError(42211, f"The specified context '{context}' is not empty.")
