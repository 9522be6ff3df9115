from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from hudnal.parameters import Distribution, Draws, Posterior, parameters
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
    none = Posterior.none()
    assert none.names == () and none.priors == {} == none.made
    assert (none.mean.shape, none.directions.shape, none.kept.shape) == ((0,), (0, 0), (0,))
    assert none.deviation.shape == (0,)
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


def test_scores_move_by_the_formula():
    """Along a direction z becomes sqrt(kept) z, across it stays, and the mean is added."""
    along = np.array([[0.6, 0.8, 0.0]])
    belief = Posterior(NAMES, np.array([1.0, -2.0, 0.5]), along, np.array([0.09]), {}, {})
    across = np.array([-0.8, 0.6, 0.0])
    scores = np.stack([along[0], 2 * across, np.array([0.0, 0.0, 3.0]), np.zeros(3)])
    expected = belief.mean + np.stack([0.3 * along[0], 2 * across, np.array([0.0, 0.0, 3.0]), np.zeros(3)])
    np.testing.assert_allclose(belief.move_scores(scores), expected, atol=1e-12)
    np.testing.assert_allclose(belief.deviation**2, 1 - 0.91 * along[0] ** 2, atol=1e-12)
    only_moved = Posterior(NAMES, belief.mean, np.zeros((0, 3)), np.zeros(0), {}, {})
    np.testing.assert_allclose(only_moved.move_scores(scores), scores + belief.mean, atol=1e-12)
    assert only_moved.deviation.tolist() == [1.0, 1.0, 1.0]


def test_doubt_that_did_not_shrink_is_as_before():
    """A direction whose sample is as wide as the prior is no knowledge, whatever the gradient says."""
    scores = np.random.default_rng(5).standard_normal((4000, 3)) + np.array([0.5, 0.0, 0.0])
    belief = Posterior.of_sample(NAMES, scores, np.diag([5.0, 0.0, 0.0]), {"seed": 9}, least=0.1)
    assert belief.kept.size == 0 and belief.directions.shape == (0, 3)
    np.testing.assert_allclose(belief.mean, [scores[:, 0].mean(), 0.0, 0.0], atol=1e-12)
    assert belief.made == {"seed": 9}
    assert belief.priors == {name: prior_signature(name) for name in NAMES}


def test_several_directions_are_kept_each_with_its_share():
    rng = np.random.default_rng(6)
    scores = rng.standard_normal((50_000, 3)) * np.sqrt([0.25, 1.0, 0.5])
    belief = Posterior.of_sample(NAMES, scores, np.diag([3.0, 0.0, 1.0]), {}, least=0.1)
    np.testing.assert_allclose(belief.kept, [0.25, 0.5], atol=0.01)
    np.testing.assert_allclose(np.abs(belief.directions), [[1, 0, 0], [0, 0, 1]], atol=0.05)
    np.testing.assert_allclose(belief.directions @ belief.directions.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize(
    ("prior", "line"),
    [
        (Distribution("normal", 1.23456789, 0.5), "normal 1.23457 0.5"),
        (Distribution("lognormal", 2.0, 1.5, low=0.25), "lognormal 2 1.5 from 0.25"),
        (Distribution("normal", 2.0, 1.5, high=9.0), "normal 2 1.5 to 9"),
        (Distribution("normal", 2.0, 1.5, low=1.0, high=9.0), "normal 2 1.5 from 1 to 9"),
        (Distribution("fixed", 3.0), "fixed 3 0"),
    ],
)
def test_a_prior_in_one_line(monkeypatch, prior, line):
    """Kind and both numbers, and the cuts that there are."""
    import hudnal.parameters.posterior as module

    one = replace(parameters()[NAMES[0]], distribution=prior)
    monkeypatch.setattr(module, "parameters", lambda: {NAMES[0]: one})
    assert prior_signature(NAMES[0]) == line


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
    assert np.allclose(again.kept, posterior.kept, atol=1e-4)
    assert again.made == posterior.made and again.priors == posterior.priors
    assert all(values.dtype == float for values in (again.mean, again.directions, again.kept))
    whole = {**posterior.as_dict(), "kept": [1], "directions": [[1, 0, 0]]}  # as JSON may write what is whole
    assert Posterior.from_dict(whole).kept.dtype == Posterior.from_dict(whole).directions.dtype == float
    none = Posterior.from_dict({**posterior.as_dict(), "kept": [], "directions": []})
    assert none.directions.shape == (0, 3)
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
    assert again.digest() == posterior.digest() != replace(posterior, mean=posterior.mean + 1e-9).digest()
    assert replace(posterior, kept=posterior.kept / 2) != posterior
    assert replace(posterior, directions=-posterior.directions) != posterior
    assert replace(posterior, names=NAMES[::-1]) != posterior
    assert posterior != "posterior"
    others = {hash(replace(posterior, mean=posterior.mean + k)) for k in range(1, 9)}
    assert len(others | {hash(posterior)}) == 9


def test_a_sample_of_the_shipped_belief_is_sent_without_it():
    """Workers have it: a task of many runs carries no copy."""
    shipped = Draws(4, 1, load_shipped_posterior())
    assert len(pickle.dumps(shipped)) < len(pickle.dumps(load_shipped_posterior())) / 10
    assert pickle.loads(pickle.dumps(shipped)).belief is load_shipped_posterior()


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
