from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.parameters import Distribution, Draws, Parameter, parameters
from hudnal.parameters.draws import dimension_of


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
    assert dimension_of("skin.sites.cheek.dermis_female") == dimension_of("skin.sites.back.dermis_female")


def test_unknown_parameter_names_its_neighbours():
    with pytest.raises(KeyError, match=r"puncture\.entry\.toughness"):
        Draws(2)["puncture.entry.toughnes"]


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_quantiles_rise(u, v):
    low, high = min(u, v), max(u, v)
    for spread in (
        Distribution("normal", 1.0, 0.3, low=0.2),
        Distribution("lognormal", 2.0, 1.7),
        Distribution("uniform", -1.0, 3.0),
        Distribution("loguniform", 0.1, 10.0),
        Distribution("beta", 0.5, 60.0),
    ):
        a, b = spread.quantile(np.array([low, high]))
        assert a <= b


def test_cut_normal_stays_within():
    values = Distribution("normal", 0.0, 1.0, low=-0.5, high=0.25).quantile(np.linspace(0.0001, 0.9999, 99))
    assert values.min() >= -0.5
    assert values.max() <= 0.25


@pytest.mark.parametrize(
    "wrong",
    [
        ("normal", 1.0, 0.0),
        ("lognormal", -1.0, 2.0),
        ("lognormal", 1.0, 1.0),
        ("uniform", 2.0, 1.0),
        ("beta", 0.0, 1.0),
    ],
)
def test_senseless_spreads_are_refused(wrong):
    with pytest.raises(ValueError, match="needs"):
        Distribution(*wrong)
