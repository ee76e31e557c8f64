from __future__ import annotations

import pytest

from lingqu.errors import PermanentError
from lingqu_connectors.kafka.target import check_promise


def test_exactly_once_is_promised_by_brokers_that_verify_transactions_alone() -> None:
    check_promise("new:9092", verifies=True)

    with pytest.raises(PermanentError, match=r"old:9092 is older than Kafka 3\.7.*at_least_once"):
        check_promise("old:9092", verifies=False)
