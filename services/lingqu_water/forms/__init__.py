"""Files of readings as people and stations publish them, read row by row."""

from lingqu_water.forms.detect import FORMS
from lingqu_water.forms.opening import read

__all__ = [
    "FORMS",
    "read",
]
