"""Everything that users read, in Swedish and English: `say("report.pain", "sv", value=3)`."""

from hudnal.language.error import HudnalError
from hudnal.language.say import LANGUAGES, Words, named, say

__all__ = ["LANGUAGES", "HudnalError", "Words", "named", "say"]
