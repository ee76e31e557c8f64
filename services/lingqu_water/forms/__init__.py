"""Files of readings as people and stations publish them, read row by row."""

from lingqu_water.forms.detect import FORMS
from lingqu_water.forms.model import CellRefusal, Form, Row
from lingqu_water.forms.opening import read
from lingqu_water.forms.returned import can_return, returned_name, write_returned

__all__ = [
    "FORMS",
    "CellRefusal",
    "Form",
    "Row",
    "can_return",
    "read",
    "returned_name",
    "write_returned",
]
