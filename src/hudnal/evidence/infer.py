"""Bayesian inference of the parameters from all fit figures at once: NUTS on the emulators, with numpyro.

    z_i ~ N(0, 1)                          normal scores of the parameters, tau_kind among them
    b_s ~ tau_kind t_4                     how study s differs, one for each source and kind of thing
    b_s ~ w tau_kind t_4                   how the arms of study s differ, for its pairs
    e_c ~ N(0, noise_c)                    what the emulator leaves
    m_c = y_c(z) + b_s + e_c               on the case's scale
    figure_c ~ N(m_c, error_c)             a mean; P(low < N(m_c, error_c) < high) for a range; binomial for a count
    count_c ~ Bin(n_c, r / (1 + e^-m_c))   r the share of it that is reported, where the source does not name it

e is integrated out but for counts.

A study's deviation has heavy tails: one odd trial does not turn the rest. A figure that also stands behind a prior of
the tables is told twice and counts half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.evidence.emulator import Emulator

if TYPE_CHECKING:
    import arviz

TAILS = 4.0  # degrees of freedom of how studies differ
_TOLD_TWICE = 0.5
_THINNED = 5  # one of so many samples tells the information
_NARROWEST = 0.05  # error of a figure for which none is known to be smaller
_UNBOUNDED = 1e3  # what is not bounded on its scale
_MOST_LOGIT = 15.0  # of a rate
_CLOSEST = -1e-9  # log of the share of the nearer tail in the farther one, at most
_ACCEPTED = 0.95  # of NUTS's steps
_DEEPEST_TREE = 8
_NOTHING, _WHOLE = (0, 1.0, 0.0), (0, 1.0, 1.0)  # for figures that are no pairs, and that are told in full
_HIGH_PARETO = 0.7  # from which on ArviZ warns that a leave-one-out score is not to be trusted


@dataclass(frozen=True)
class Figure:
    """What inference needs of a case, on its scale."""

    id: str
    study: str  # source and kind
    kind: int  # column of its tau among the scores
    tau: tuple[float, float]  # median and logarithm of the geometric deviation of tau's prior
    emulator: Emulator
    value: float
    low: float
    high: float
    error: float
    count: int | None = None
    n: int | None = None
    weight: float = 1.0  # how much it counts
    within: tuple[int, float, float] | None = (
        None  # of a pair: column, median, log deviation of what tau is times
    )
    reported: tuple[int, float, float] | None = None  # column and both ends of the share that is reported


@dataclass(frozen=True)
class Inferred:
    """A sample of the posterior."""

    scores: Float[Array, "sample name"]
    information: Float[Array, "name name"]  # of the figures on the scores, mean over the posterior
    data: arviz.InferenceData
    divergent: int


def weight_of_figure(told_twice: bool) -> float:
    """How much a figure counts: half where it also stands behind a prior of the tables."""
    return _TOLD_TWICE if told_twice else 1.0


def infer_scores(
    figures: Sequence[Figure], names: int, seed: int, warmup: int = 600, samples: int = 1500, chains: int = 2,
) -> Inferred:  # fmt: skip
    """Sample the scores of `names` parameters given all `figures`, with NUTS.

    `warmup` and `samples` are steps of each of the `chains`. Raises ImportError where the extra `fit` is not installed.
    """
    import arviz as az
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    tables = _tabulate_figures(figures)
    fits = _likelihood_of({k: jnp.array(v) for k, v in tables.items()})
    weight = jnp.array(tables["weight"])

    def model() -> None:
        z = numpyro.sample("z", dist.Normal(0, 1).expand([names]).to_event(1))
        differs = numpyro.sample("differs", dist.StudentT(TAILS).expand([tables["studies"]]).to_event(1))
        left = numpyro.sample("left", dist.Normal(0, 1).expand([len(figures)]).to_event(1))
        each = numpyro.deterministic("fits", fits(z, differs, left))
        numpyro.factor("figures", jnp.sum(weight * each))

    kernel = NUTS(model, target_accept_prob=_ACCEPTED, max_tree_depth=_DEEPEST_TREE)
    mcmc = MCMC(
        kernel, num_warmup=warmup, num_samples=samples, num_chains=chains, chain_method="sequential",
        progress_bar=False,
    )  # fmt: skip
    mcmc.run(jax.random.PRNGKey(seed), extra_fields=("diverging", "energy"))
    grouped = {k: np.asarray(v) for k, v in mcmc.get_samples(group_by_chain=True).items()}
    extra = {k: np.asarray(v) for k, v in mcmc.get_extra_fields(group_by_chain=True).items()}
    data = az.from_dict(
        posterior={"z": grouped["z"], "differs": grouped["differs"]},
        log_likelihood={"figures": grouped["fits"]},
        sample_stats=extra,
    )
    flat = [
        jnp.array(grouped[k].reshape(-1, grouped[k].shape[2])[::_THINNED]) for k in ("z", "differs", "left")
    ]
    slopes = jax.jit(jax.vmap(jax.jacfwd(fits)))(*flat)  # (sample, figure, name)
    information = np.asarray(jnp.einsum("f,sfi,sfj->ij", weight, slopes, slopes)) / flat[0].shape[0]
    return Inferred(grouped["z"].reshape(-1, names), information, data, int(extra["diverging"].sum()))


def _likelihood_of(t: Mapping[str, Any]) -> Callable:
    """Log-likelihood of each figure at scores, deviations of the studies, and what the emulators leave."""
    import jax.numpy as jnp
    import numpyro.distributions as dist
    from jax.scipy.special import expit
    from jax.scipy.stats import norm

    exact, ranged, counted = t["exact"], t["ranged"], t["counted"]

    def fits(z, differs, left):
        product = z[t["i"]] * jnp.where(t["j"] < 0, 1.0, z[t["j"]])
        terms = jnp.where(t["i"] == t["j"], (product - 1) / sqrt(2), product)
        tau = t["tau"] * jnp.exp(t["spread"] * z[t["kind"]])
        tau = tau * jnp.where(t["paired"], t["within"] * jnp.exp(t["within_spread"] * z[t["within_at"]]), 1.0)
        middle = t["constant"] + t["weights"] @ terms
        middle = middle + tau * differs[t["study"]] + jnp.where(counted, t["noise"], 0) * left
        with_error = norm.logpdf(t["value"], middle, t["error"])
        above, below = (t["high"] - middle) / t["error"], (t["low"] - middle) / t["error"]
        # The difference of two tails in whichever tail keeps its digits.
        upper, lower = jnp.where(below > 0, -below, above), jnp.where(below > 0, -above, below)
        closer = jnp.minimum(norm.logcdf(lower) - norm.logcdf(upper), _CLOSEST)
        within = norm.logcdf(upper) + jnp.log1p(-jnp.exp(closer))
        told = t["least"] + (t["most"] - t["least"]) * norm.cdf(z[t["reported_at"]])
        share = told * expit(jnp.clip(middle, -_MOST_LOGIT, _MOST_LOGIT))
        rate = dist.Binomial(t["n"], probs=share).log_prob(t["count"])
        return jnp.where(exact, with_error, 0) + jnp.where(ranged, within, 0) + jnp.where(counted, rate, 0)

    return fits


def _tabulate_figures(figures: Sequence[Figure]) -> dict[str, Any]:
    """Everything as arrays: one row a figure, one column a term that any of them has."""
    terms = list(dict.fromkeys(term for f in figures for term in f.emulator.terms))
    place = {term: k for k, term in enumerate(terms)}
    weights = np.zeros((len(figures), max(len(terms), 1)))
    for row, figure in enumerate(figures):
        for term, weight in zip(figure.emulator.terms, figure.emulator.weights, strict=True):
            weights[row, place[term]] = weight
    studies = {study: k for k, study in enumerate(dict.fromkeys(f.study for f in figures))}
    counted = np.array([f.count is not None for f in figures])
    ranged = np.array([f.low < f.high for f in figures]) & ~counted
    return {
        "i": np.array([i for i, _ in terms] or [0]),
        "j": np.array([j for _, j in terms] or [-1]),
        "weights": weights,
        "constant": np.array([f.emulator.constant for f in figures]),
        "noise": np.array([f.emulator.noise for f in figures]),
        "value": np.clip([f.value for f in figures], -_UNBOUNDED, _UNBOUNDED),
        "low": np.clip([f.low for f in figures], -_UNBOUNDED, _UNBOUNDED),
        "high": np.clip([f.high for f in figures], -_UNBOUNDED, _UNBOUNDED),
        "error": np.maximum(
            np.hypot([f.error for f in figures], [f.emulator.noise for f in figures]), _NARROWEST
        ),
        "kind": np.array([f.kind for f in figures]),
        "tau": np.array([f.tau[0] for f in figures]),
        "spread": np.array([f.tau[1] for f in figures]),
        "study": np.array([studies[f.study] for f in figures]),
        "studies": len(studies),
        "count": np.array([f.count or 0 for f in figures]),
        "n": np.array([f.n or 1 if f.count is not None else 1 for f in figures]),
        "weight": np.array([f.weight for f in figures]),
        "paired": np.array([f.within is not None for f in figures]),
        **_tabulate_triples(
            ("within_at", "within", "within_spread"), [f.within or _NOTHING for f in figures]
        ),
        **_tabulate_triples(("reported_at", "least", "most"), [f.reported or _WHOLE for f in figures]),
        "exact": ~counted & ~ranged,
        "ranged": ranged,
        "counted": counted,
    }


def _tabulate_triples(names: Sequence[str], triples: Sequence[tuple[int, float, float]]) -> dict[str, Any]:
    """A column of each of the three, by its name; the first is the place of a score."""
    return {name: np.array(column) for name, column in zip(names, zip(*triples, strict=True), strict=True)}


def measure_convergence(inferred: Inferred) -> Mapping[str, float]:
    """R-hat, effective sizes and the leave-one-out score by ArviZ, by name."""
    import warnings

    import arviz as az

    summary: Any = az.summary(inferred.data, var_names=["z"], kind="diagnostics")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its warning says stands in the table below
        loo = az.loo(inferred.data, pointwise=True)
    return {
        "samples": float(inferred.scores.shape[0]),
        "divergent": float(inferred.divergent),
        "largest_r_hat": float(summary["r_hat"].max()),
        "least_bulk": float(summary["ess_bulk"].min()),
        "least_tail": float(summary["ess_tail"].min()),
        "bfmi": float(np.min(az.bfmi(inferred.data))),
        "loo": float(loo.elpd_loo),
        "loo_error": float(loo.se),
        "effective_parameters": float(loo.p_loo),
        "pareto_over_0.7": float((np.asarray(loo.pareto_k) > _HIGH_PARETO).sum()),
    }
