from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from hudnal.parameters import Draws, Parameter, Posterior, parameters
from hudnal.parameters.draws import dimension_of
from hudnal.parameters.posterior import load_shipped_posterior


def test_same_seed_same_sample():
    one, other = Draws(32, 5), Draws(32, 5)
    assert np.array_equal(one["puncture.entry.spread"], other["puncture.entry.spread"])
    assert not np.array_equal(one["puncture.entry.spread"], Draws(32, 6)["puncture.entry.spread"])


def test_sample_covers_every_distribution_evenly():
    """64 draws put exactly one in each 64th of every marginal of the prior."""
    draws = Draws(64, 1, "prior")
    reach = parameters()["puncture.channel.width_kept"].distribution
    u = (draws["puncture.channel.width_kept"] - reach.a) / (reach.b - reach.a)
    assert sorted(np.floor(u * 64).astype(int)) == list(range(64))
    within = u * 64 % 1  # anywhere in its part, and nowhere twice
    assert np.unique(within).size == 64 and within.min() < 0.1 and within.max() > 0.9


def test_dimensions_are_shuffled_apart():
    """No two parameters rise and fall together by chance more than 64 shuffled draws would."""
    draws = Draws(64, 1)
    chosen = [n for n in sorted(parameters())[::37] if not n.startswith("skin.sites.")]
    ranks = np.array([np.argsort(np.argsort(draws[n])) for n in chosen if np.unique(draws[n]).size == 64])
    together = np.corrcoef(ranks) - np.eye(len(ranks))
    assert np.abs(together).max() < 0.6


def test_a_sample_hangs_on_its_own_name_only(monkeypatch):
    """Tables that hold one parameter more leave the others' samples as they were."""
    import hudnal.parameters.draws as module

    before = Draws(16, 1)["tissue.wound.rim"]
    fewer = {n: p for n, p in parameters().items() if n.startswith("tissue")}
    monkeypatch.setattr(module, "parameters", lambda: fewer)
    assert np.array_equal(Draws(16, 1)["tissue.wound.rim"], before)


def test_one_draw_is_the_median():
    draws = Draws(1, belief="prior")
    for name in ("puncture.entry.spread", "tissue.growth_factor.diffusion", "skin.sites.cheek.dermis_female"):
        assert draws[name][0] == pytest.approx(parameters()[name].distribution.quantile(np.array([0.5]))[0])


def test_batches_are_parts_of_the_whole():
    whole = Draws(100, 2)
    parts = list(Draws(100, 2).split_batches(64))
    assert [p.n for p in parts] == [64, 36]
    assert np.array_equal(
        np.concatenate([p["tissue.growth_factor.diffusion"] for p in parts]),
        whole["tissue.growth_factor.diffusion"],
    )
    parts[0]["tissue.wound.rim"]
    assert "tissue.wound.rim" in parts[1].used


def test_a_long_sample_begins_with_a_short_one():
    """Groups of 64 draws are spread evenly, each by itself."""
    name = "puncture.channel.width_kept"
    prior = parameters()[name].distribution
    long, short = Draws(150, 5, "prior")[name], Draws(64, 5, "prior")[name]
    assert np.array_equal(long[:64], short)
    u = (long - prior.a) / (prior.b - prior.a)
    assert sorted(np.floor(u[64:128] * 64).astype(int)) == list(range(64))
    assert sorted(np.floor(u[128:] * 22).astype(int)) == list(range(22))
    assert not np.array_equal(long[64:128], short)


def test_points_on_an_end_have_values(monkeypatch):
    """An unbounded distribution has none at 0 or 1: the sample, moved or not, stays within."""
    import hudnal.parameters.draws as module

    name = "tissue.wound.rim"
    monkeypatch.setattr(module, "_shuffle_evenly", lambda n, seeds: np.linspace(0, 1, n))
    far = Posterior((name,), np.array([50.0]), np.zeros((0, 1)), np.zeros(0), {}, {})
    near = replace(far, mean=np.array([-50.0]))
    for belief in ("prior", far, near):
        draws = Draws(8, 1, belief)
        scores = draws.scores([name])
        assert np.isfinite(scores).all() and np.isfinite(draws[name]).all()
        assert np.abs(scores).max() == pytest.approx(-ndtri(2.0**-31), rel=1e-6)


def test_what_was_asked_for_once_is_kept_and_cannot_be_changed():
    draws = Draws(8, 1)
    values = draws["tissue.wound.rim"]
    assert draws["tissue.wound.rim"] is values
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


def test_what_a_run_used_is_remembered():
    draws = Draws(8, 1)
    assert draws.used == set()
    assert draws.value("puncture.bleeding.pinpoint") == parameters()["puncture.bleeding.pinpoint"].value
    assert draws.parameter("tissue.clot.lysis").name == "tissue.clot.lysis"
    assert draws.used == {"puncture.bleeding.pinpoint", "tissue.clot.lysis"}
    draws["tissue.wound.rim"]
    (part,) = draws.split_batches(8)
    part["tissue.wound.rim"]  # known already: noted all the same
    assert draws.used == {"puncture.bleeding.pinpoint", "tissue.clot.lysis", "tissue.wound.rim"}
    fresh = Draws(8, 1)
    fresh["tissue.wound.rim"]
    fresh.used.clear()
    fresh["tissue.wound.rim"]
    assert fresh.used == {"tissue.wound.rim"}


def test_draws_by_default():
    """64 draws of the shipped belief with seed 1, people among them."""
    draws, told = Draws(), Draws(64, 1, load_shipped_posterior(), people=True)
    name = next(n for n, p in parameters().items() if p.varies == "people" and p.distribution.kind != "fixed")
    for one in (name, load_shipped_posterior().names[0]):
        assert np.array_equal(draws[one], told[one])
    assert draws.people is True and draws.batch == 0
    assert draws.belief is load_shipped_posterior()
    assert Draws(2, belief=None).belief == Draws(2, belief="prior").belief == Posterior.none()


def test_only_people_stand_still_where_people_do_not_count():
    still = Draws(16, 1, "prior", people=False)
    assert np.array_equal(still["tissue.wound.rim"], Draws(16, 1, "prior")["tissue.wound.rim"])
    assert still.people is False


def test_batches_are_numbered_and_know_the_whole():
    parts = list(Draws(130, 2).split_batches(64))
    assert [(p.batch, p.start, p.n, p.whole) for p in parts] == [
        (0, 0, 64, 130),
        (1, 64, 64, 130),
        (2, 128, 2, 130),
    ]
    (again,) = parts[1].split_batches(64)  # a part of a part still lies in the whole
    assert (again.start, again.n) == (64, 64)


def test_a_part_has_the_bits_of_the_whole_and_tells_it_what_it_used():
    for belief in ("prior", "posterior"):
        whole = Draws(200, 2, belief)
        part = whole.select_part(64, 100)
        name = "puncture.entry.toughness"
        assert np.array_equal(part[name], whole[name][64:164])
        assert np.array_equal(part.scores([name]), whole.scores([name])[64:164])
        assert name in whole.used
    longer = Draws(1000, 2)
    assert np.array_equal(longer[name][:192], whole[name][:192])


@pytest.mark.parametrize(("first", "count"), [(1, 64), (-64, 64), (0, 0), (128, 73), (256, 1)])
def test_a_part_that_is_none_is_told(first, count):
    with pytest.raises(ValueError, match="has no part of"):
        Draws(200).select_part(first, count)


def test_scores_of_nothing_have_no_column():
    assert Draws(5, 1).scores([]).shape == (5, 0)


def test_no_draws_are_none():
    with pytest.raises(ValueError, match="at least 1 draw is needed, not 0"):
        Draws(0)
    with pytest.raises(ValueError, match="not 'hope'"):
        Draws(2, belief="hope")


def own(name="transport.compounds.mine.unbound", **changes) -> dict[str, Parameter]:
    like = parameters()["puncture.channel.width_kept"]
    return {name: replace(like, name=name, **changes)}


def test_parameters_of_a_treatments_own_stand_beside_the_tables():
    plain, more = Draws(64, 2), Draws(64, 2).including(own())
    name = next(iter(own()))
    assert more.has(name) and not plain.has(name)
    assert np.array_equal(plain["tissue.wound.rim"], more["tissue.wound.rim"])
    belief = own()[name].distribution
    parts = np.floor((more[name] - belief.a) / (belief.b - belief.a) * 64)
    assert sorted(parts.astype(int)) == list(range(64))  # one in each 64th
    assert name in more.used
    assert np.array_equal(more[name], Draws(64, 2).including(own())[name])
    assert not np.array_equal(more[name], Draws(64, 3).including(own())[name])
    other = Draws(64, 2).including(own("transport.compounds.yours.unbound"))
    assert abs(np.corrcoef(more[name], other["transport.compounds.yours.unbound"])[0, 1]) < 0.4
    assert Draws(1).including(own())[name][0] == belief.quantile(np.array([0.5]))[0]


def test_batches_know_a_treatments_own_parameters():
    whole = Draws(100, 2).including(own())
    name = next(iter(own()))
    parts = list(whole.split_batches(64))
    assert np.array_equal(np.concatenate([p[name] for p in parts]), whole[name])
    with pytest.raises(KeyError, match=r"compounds\.mine\.unbound"):
        whole["transport.compounds.mine.unbond"]


def test_sites_share_their_dimension():
    assert dimension_of("skin.sites.cheek.dermis_female") == "skin.sites.dermis_female"
    assert dimension_of("skin.sites.cheek.dermis_female") == dimension_of("skin.sites.back.dermis_female")
    assert dimension_of("tissue.wound.rim") == "tissue.wound.rim"


def test_unknown_parameter_names_its_neighbours():
    with pytest.raises(KeyError, match=r"near: puncture\.entry\.toughness, [\w.]+, [\w.]+\)"):
        Draws(2)["puncture.entry.toughnes"]
    with pytest.raises(KeyError, match="near: nothing near"):
        Draws(2)["0"]
