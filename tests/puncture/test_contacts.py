"""What needles did, told by contact and by pass: parts, images of the pattern, means of each stroke."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from hudnal.puncture import Contacts, Ride, cell
from hudnal.puncture.contacts import IMAGES, TRACE, WORK


def some_contacts(n: int = 40) -> Contacts:
    """Contacts at random places with random headings."""
    rng = np.random.default_rng(3)
    zero, (x, y), heading = np.zeros(n, np.int64), rng.uniform(-3, 3, (2, n)), rng.uniform(0, 2 * np.pi, n)
    return Contacts.of(zero, zero, zero, x, y, heading, rng.random((cell.LEFT_ROWS, n)), rng.random((n, 4)))


def test_selected_contacts_keep_all_that_is_told_of_them():
    whole = some_contacts()
    chosen = whole.x > 0
    some = whole.select(chosen)
    assert 0 < some.count == chosen.sum() < whole.count
    for field in fields(Contacts):
        np.testing.assert_array_equal(getattr(some, field.name), getattr(whole, field.name)[chosen])
    backwards = whole.select(np.arange(whole.count)[::-1])
    np.testing.assert_array_equal(backwards.luck, whole.luck[::-1])


def test_images_of_a_pattern_are_the_pattern_elsewhere():
    """All eight differ, keep distances, and turn the headings with the places."""
    whole = some_contacts()
    seen = set()
    for number in range(IMAGES):
        image = whole.reflect(number)
        apart = np.hypot(image.x[:, None] - image.x, image.y[:, None] - image.y)
        assert np.allclose(apart, np.hypot(whole.x[:, None] - whole.x, whole.y[:, None] - whole.y))
        # A needle a little farther along its heading is found along the image's heading.
        moved = replace(whole, x=whole.x + np.cos(whole.heading), y=whole.y + np.sin(whole.heading)).reflect(
            number
        )
        assert np.allclose(moved.x - image.x, np.cos(image.heading))
        assert np.allclose(moved.y - image.y, np.sin(image.heading))
        assert image.tip_depth is whole.tip_depth
        seen.add((round(image.x[0], 9), round(image.y[0], 9)))
    assert len(seen) == IMAGES
    assert whole.reflect(0).x is whole.x


def test_means_by_stroke_weigh_passes_by_their_way():
    """Two draws of three strokes: the first has two passes, the second one, the third none."""
    draw, stroke = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 0, 0, 1])
    weight = np.array([1.0, 3.0, 2.0, 5.0, 5.0, 1.0])
    zero = np.zeros(6)
    ride = Ride(
        draw, stroke, weight, zero, zero, zero, zero, dict.fromkeys(WORK, zero), np.zeros((len(TRACE), 0))
    )
    means = ride.mean_by_stroke(np.array([10.0, 20.0, 7.0, 1.0, 2.0, 4.0]), 2, 3)
    assert means == pytest.approx(np.array([[17.5, 7.0, 0.0], [1.5, 4.0, 0.0]]))
