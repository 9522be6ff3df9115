from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from checked import check_types
from hypothesis import settings

check_types()  # what is imported before would go unchecked

from bounded import check_every_course  # noqa: E402
from browsing import open_browser  # noqa: E402

from hudnal import Course, simulate  # noqa: E402
from hudnal.parameters import Draws  # noqa: E402
from hudnal.skin import Lesion, Person, Skin  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

check_every_course()

# The same examples on every machine and every day: a test run is a measurement, not a lottery.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a file: open, it keeps others from an event loop of their own."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def draws() -> Draws:
    return Draws(16, seed=3)


@pytest.fixture(scope="session")
def cheek(draws: Draws) -> Skin:
    return Skin.at("cheek", Person(), Lesion.none(draws), draws)


@pytest.fixture(scope="session")
def classic() -> Course:
    return simulate("classic", draws=16, seed=3)


# Files that take longest begin first, so that no worker is left alone with one of them at the end. While the first of
# them has its kernels compiled, the other worker does what needs none.
LONGEST = (
    "cli/test_cli.py",
    "evidence/test_forecast.py",
    "course/test_every_entry.py",
    "course/test_simulate.py",
    "course/test_directions.py",
    "course/test_sessions.py",
    "report/test_report.py",
    "course/test_steps.py",
    "store/test_files.py",
    "course/test_contract.py",
    "tissue/test_engine.py",
    "docs/test_examples.py",
    "cli/test_block.py",
)
WITHOUT_KERNELS = (
    "treatment",
    "evidence/test_case_file.py",
    "parameters",
    "language",
    "test_house.py",
    "fuzz/test_files.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: i for i, name in enumerate(LONGEST)}

    def rank(item: pytest.Item) -> int:
        name = "/".join(item.path.parts[-2:])
        if name != LONGEST[0] and any(part in (name, *item.path.parts) for part in WITHOUT_KERNELS):
            return 1
        return 2 * place.get(name, len(LONGEST))

    items.sort(key=rank)
