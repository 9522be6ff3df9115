"""What is left of a file when its faulty entries are taken out, so that the others are checked in the same round."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from hudnal.treatment.fault import Fault, FilePlace
from hudnal.treatment.one_of import is_not_indented

REST = "rest"  # of pydantic's context: the Rest that is being checked
# What stands where an entry is needed and the file's cannot be read: nothing that any rule could find fault with.
_NEEDED: Mapping[str, Any] = {"session": ["wash"], "steps": ["wash"]}
# What is taken out, and what is put in, where entries do not go together.
_MENDED: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {
    "rounds_or_until": (("until", "most"), {"rounds": 1})
}
# And what in a list, in which nothing may change its place.
_IN_LIST: Mapping[str, Any] = {
    "session": "wash", "steps": "wash", "aftercare": "sun", "concern": "surgical-scar", "conditions": "keloid",
    "directions": 0,
}  # fmt: skip


class Rest:
    """The data of a file from which faulty entries are taken out, one after the other.

    `data` is what is left, `places` are those where something was taken out or put in.
    """

    def __init__(self, data: Any) -> None:
        self.whole = data
        self.data = deepcopy(data)
        self.places: set[FilePlace] = set()
        self._filled: set[FilePlace] = set()

    def is_cut_at(self, path: FilePlace) -> bool:
        """Whether something was taken out at that place, under it, or around it."""
        return any(place[: len(path)] == path[: len(place)] for place in self.places)

    def causes(self, fault: Fault) -> bool:
        """Whether a fault of what is left may be there only because of what was taken out."""
        if fault.key == "missing":
            name = fault.values["name"]
            return any(place in self.places for place in ((*fault.path, name), fault.path))
        return any(place[: len(fault.path)] == fault.path for place in self.places)

    def cut(self, fault: Fault) -> bool:
        """Take out what a fault is of, or put in what it lacks; whether there is anything left to check."""
        if fault.key == "missing":
            place = (*fault.path, str(fault.values["name"]))
            if place[-1] in _NEEDED and place not in self._filled:
                self.places.add(place)
                self._filled.add(place)
                holder = self._find(fault.path)
                if isinstance(holder, dict):
                    holder[place[-1]] = deepcopy(_NEEDED[place[-1]])
                    return True
        if fault.key == "not_indented":
            return self._indent(fault.path)
        if fault.key in _MENDED and fault.path not in self._filled:
            return self._mend(fault)
        return self._take_out(fault.path)

    def _find(self, path: FilePlace) -> Any:
        """What stands at a place; None where nothing does any more."""
        node = self.data
        try:
            for part in path:
                node = node[part]
        except (KeyError, IndexError, TypeError):
            return None
        return node

    def _mend(self, fault: Fault) -> bool:
        """Let the entries at a place go together."""
        entry, (away, put) = self._find(fault.path), _MENDED[fault.key]
        if not isinstance(entry, dict):
            return False
        for key in away:
            entry.pop(key, None)
        entry.update(deepcopy(dict(put)))
        self.places |= {(*fault.path, key) for key in (*away, *put)}
        self._filled.add(fault.path)
        return True

    def _indent(self, path: FilePlace) -> bool:
        """Put the entries that stand beside their word under it."""
        entry = self._find(path)
        if not isinstance(entry, dict) or not is_not_indented(entry):
            return False
        word = next(iter(entry))
        inner = {key: entry.pop(key) for key in list(entry) if key != word}
        entry[word] = inner
        return True

    def _take_out(self, path: FilePlace) -> bool:
        if not path:
            return False
        if any(path[:length] in self.places for length in range(1, len(path))):  # gone with what is around it
            return True
        self.places.add(path)
        holder, last = self._find(path[:-1]), path[-1]
        if isinstance(holder, list) and isinstance(last, int):
            known = next((part for part in reversed(path) if isinstance(part, str)), "")
            if known not in _IN_LIST or holder[last] == _IN_LIST[known]:
                return self._take_out(path[:-1])
            holder[last] = _IN_LIST[known]
        elif isinstance(holder, dict) and last in holder:
            del holder[last]
        else:
            return self._take_out(path[:-1])
        return True
