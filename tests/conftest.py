from __future__ import annotations

import pytest
from checked import check_types
from hypothesis import settings

check_types()  # what is imported before would go unchecked

from bounded import check_every_course  # noqa: E402

from hudnal import Course, simulate  # noqa: E402
from hudnal.parameters import Draws  # noqa: E402
from hudnal.skin import Lesion, Person, Skin  # noqa: E402

check_every_course()

# The same examples on every machine and every day: a test run is a measurement, not a lottery.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def draws() -> Draws:
    return Draws(16, seed=3)


@pytest.fixture(scope="session")
def cheek(draws: Draws) -> Skin:
    return Skin.at("cheek", Person(), Lesion.none(draws), draws)


@pytest.fixture(scope="session")
def classic() -> Course:
    return simulate("classic", draws=16, seed=3)


# Files that take longest begin first, so that no worker is left alone with one of them at the end.
LONGEST = (
    "cli/test_cli.py",
    "evidence/test_forecast.py",
    "course/test_sessions.py",
    "report/test_report.py",
    "course/test_directions.py",
    "course/test_steps.py",
    "store/test_files.py",
    "course/test_contract.py",
    "tissue/test_engine.py",
    "docs/test_examples.py",
    "cli/test_block.py",
    "evidence/test_readings.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get("/".join(item.path.parts[-2:]), len(LONGEST)))
