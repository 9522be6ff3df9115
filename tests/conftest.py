from __future__ import annotations

import pytest

from hudnal.course import Course, simulate
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin


@pytest.fixture(scope="session")
def draws() -> Draws:
    return Draws(16, seed=3)


@pytest.fixture(scope="session")
def cheek(draws: Draws) -> Skin:
    return Skin.at("cheek", Person(), Lesion.none(draws), draws)


@pytest.fixture(scope="session")
def classic() -> Course:
    return simulate("classic", draws=16, seed=3)
