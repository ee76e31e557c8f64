"""What a payload says of its schema."""

from __future__ import annotations

from uuid import UUID

SchemaName = int | UUID  # the registry's id, or the schema's GUID
