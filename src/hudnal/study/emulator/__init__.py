"""The emulator of a treatment: learnt from runs over a box of settings, it answers in milliseconds and tells its error.

`find_emulator("mine.json").answer({"force": "6 N"})["pain"]` is median and interval at a setting.

Read `table.py` (what is run), `learn.py`, then `emulator.py` (what it answers).
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from hudnal.study.emulator.box import OutsideBox as OutsideBox
    from hudnal.study.emulator.box import read_box as read_box
    from hudnal.study.emulator.emulator import Emulator as Emulator
    from hudnal.study.emulator.file import load_emulator as load_emulator
    from hudnal.study.emulator.file import write_emulator as write_emulator
    from hudnal.study.emulator.learn import learn_emulator as learn_emulator
    from hudnal.study.emulator.shipped import find_emulator as find_emulator
    from hudnal.study.emulator.table import Order as Order
    from hudnal.study.emulator.table import run_table as run_table

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "box": ["OutsideBox", "read_box"],
        "emulator": ["Emulator"],
        "file": ["load_emulator", "write_emulator"],
        "learn": ["learn_emulator"],
        "shipped": ["find_emulator"],
        "table": ["Order", "run_table"],
    },
)
