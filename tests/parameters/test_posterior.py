from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from hudnal.parameters import Draws, Posterior, parameters
from hudnal.parameters.posterior import load_shipped_posterior, prior_signature

NAMES = ("tissue.wound.rim", "puncture.channel.width_kept", "outcome.pain.single")


def changed_since(posterior: Posterior) -> list[str]:
    """Names whose prior is no longer the one that they were fitted from."""
    return [name for name in posterior.names if posterior.priors[name] != prior_signature(name)]


def fitted(n=40_000, kept=0.25) -> tuple[Posterior, np.ndarray]:
    """A sample of scores: one direction across the first two is pinned and moved."""
    rng = np.random.default_rng(1)
    along = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    scores = rng.standard_normal((n, 3))
    scores += ((np.sqrt(kept) - 1) * (scores @ along) + 0.8)[:, None] * along
    information = (1 / kept - 1) * np.outer(along, along)
    return Posterior.of_sample(NAMES, scores, information, {"seed": 1}, least=0.1), scores


def test_a_sample_is_kept_by_its_mean_and_the_directions_that_it_pins():
    posterior, scores = fitted()
    assert posterior.kept.size == 1
    assert posterior.kept[0] == pytest.approx(0.25, abs=0.02)
    prior = np.random.default_rng(2).standard_normal((40_000, 3))
    moved = posterior.move_scores(prior)
    assert np.allclose(moved.mean(axis=0), scores.mean(axis=0), atol=0.03)
    assert np.allclose(np.cov(moved, rowvar=False), np.cov(scores, rowvar=False), atol=0.04)
    assert np.allclose(posterior.deviation, scores.std(axis=0), atol=0.03)


def test_nothing_learnt_is_the_prior():
    for name in NAMES:
        assert np.array_equal(Draws(64, 1, Posterior.none())[name], Draws(64, 1, "prior")[name])
    scores = np.random.default_rng(3).standard_normal((50, 3))  # whatever luck a short sample has
    one = Posterior.of_sample(NAMES, scores, np.zeros((3, 3)), {}, least=0.1)
    assert one.kept.size == 0 and not one.mean.any()


def test_draws_follow_the_belief_and_leave_the_rest_alone():
    posterior, _ = fitted()
    prior, after = Draws(512, 1, "prior"), Draws(512, 1, posterior)
    name = "puncture.channel.width_kept"  # uniform: within its ends whatever is learnt
    belief = parameters()[name].distribution
    assert after[name].mean() > prior[name].mean()
    assert belief.a < after[name].min() and after[name].max() < belief.b
    assert np.array_equal(after["tissue.clot.lysis"], prior["tissue.clot.lysis"])
    assert np.allclose(after.scores(NAMES), posterior.move_scores(prior.scores(NAMES)), atol=1e-6)


def test_one_draw_alone_sits_at_the_middle_of_the_belief():
    posterior, _ = fitted()
    assert np.allclose(Draws(1, 1, posterior).scores(NAMES)[0], posterior.mean, atol=1e-9)


def test_batches_share_the_belief():
    posterior, _ = fitted()
    whole = Draws(100, 2, posterior)
    parts = list(Draws(100, 2, posterior).split_batches(64))
    for name in (*NAMES, "tissue.clot.lysis"):
        assert np.array_equal(np.concatenate([p[name] for p in parts]), whole[name])


def test_plain_data_there_and_back():
    posterior, _ = fitted()
    again = Posterior.from_dict(json.loads(json.dumps(posterior.as_dict())))
    assert again.names == posterior.names
    assert np.allclose(again.mean, posterior.mean, atol=1e-4)
    assert np.allclose(again.directions, posterior.directions, atol=1e-4)
    assert changed_since(again) == []
    with pytest.raises(ValueError, match="not a posterior"):
        Posterior.from_dict({"schema": "something else"})


def test_a_belief_is_a_key():
    """Whoever keeps runs by what decided them needs beliefs that can be compared and hashed."""
    posterior, _ = fitted()
    again = pickle.loads(pickle.dumps(posterior))
    assert again == posterior and hash(again) == hash(posterior) and again is not posterior
    assert replace(posterior, made={}) == posterior
    assert replace(posterior, mean=posterior.mean + 1e-9) != posterior
    assert replace(posterior, kept=posterior.kept / 2) != posterior
    assert replace(posterior, directions=-posterior.directions) != posterior
    assert replace(posterior, names=NAMES[::-1]) != posterior
    assert posterior != "posterior"


def test_a_changed_prior_is_noticed():
    data = fitted()[0].as_dict()
    data["parameters"][NAMES[0]]["prior"] = "normal 0 1"
    assert changed_since(Posterior.from_dict(data)) == [NAMES[0]]


def test_the_shipped_one_fits_the_tables():
    """A prior that changes is to be fitted again: `make fit`."""
    assert changed_since(load_shipped_posterior()) == []
    assert all(parameters()[name].varies == "knowledge" for name in load_shipped_posterior().names)


def test_what_differs_between_people_stands_still_in_a_trials_mean():
    name = next(n for n, p in parameters().items() if p.distribution.kind == "lognormal")
    assert np.ptp(Draws(16, 1)[name]) > 0
    varied = {n for n, p in parameters().items() if p.varies == "people"}
    for person in sorted(varied)[:5]:
        assert np.ptp(Draws(16, 1, people=False)[person]) == 0
    assert prior_signature("no.such.name") == ""
    with pytest.raises(ValueError, match="belief"):
        Draws(2, belief="hope")
