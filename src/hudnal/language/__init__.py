"""Everything that users read, one file a language: `say("report.axis_pain", "sv")`."""

from hudnal.language.error import HudnalError
from hudnal.language.say import LANGUAGES, Words, named, say, say_note
from hudnal.language.show import show_text, show_values

__all__ = ["LANGUAGES", "HudnalError", "Words", "named", "say", "say_note", "show_text", "show_values"]
