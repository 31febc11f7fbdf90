"""Crossed random effects by restricted maximum likelihood, for two factors of any size.

A rating is x[i]'beta + u[i] + v[j] + error: independent normal u, v and error, with variances that are ratios
to the error's for u and v. The factor with more levels, "many", is eliminated (its block is diagonal); the
other, "few", is kept as one dense matrix S. No step divides by a ratio, so that one may be zero. Henderson
(1975) for the equations; Bates, Mächler, Bolker and Walker (2015) for the criterion, the one of lme4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.linalg import lapack, solve_triangular

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
T = TypeVar("T")

#: No variance is sought beyond this many times that of the error.
LARGEST_RATIO = 1e6
#: Where the search begins. With few ratings there may be a second valley, next to a perfect fit.
STARTS = ((1.0, 0.25), (100.0, 100.0))
SMALL = 500


@dataclass(frozen=True, slots=True)
class Design:
    """Who rated what, and every sum that does not depend on the variances.

    n ratings of I levels of the first factor by J of the second; p fixed effects; q = p + 1 columns. A and B
    are the numbers of levels of many and few. `turned`: many is the second factor.
    """

    fixed: Floats  # I x p: the fixed effects' columns at the first factor's levels
    columns: Floats  # n x q: the same at each rating, and the ratings last
    turned: bool
    many: Integers  # n: the level of each rating
    few: Integers
    many_counts: Floats  # A: the number of ratings of each level
    few_counts: Floats  # B
    many_sums: Floats  # A x q
    few_sums: Floats  # B x q
    products: Floats  # q x q
    shared: Any  # A x B, sparse: the number of ratings in each cell
    sizes: Floats  # the distinct values of many_counts
    pairs: Any  # B B x sizes, sparse: shared' shared over the levels of each size, lower half


@dataclass(frozen=True, slots=True)
class Solution:
    """The best predictions at given variance ratios, and the REML criterion there.

    The responses are Z'V^-1 of each column, V in units of the error's variance: what the column leaves in
    each level. Times the ratio they are the effects that the column predicts.
    """

    many_ratio: float
    few_ratio: float
    criterion: float
    error_variance: float
    fixed: Floats  # p
    fixed_covariance: Floats  # p x p, in units of the error's variance
    many_response: Floats  # A x q
    few_response: Floats  # B x q
    cholesky: Floats  # B x B, lower: of S
    kept: Floats  # B x B, its lower half: S = I + few_ratio kept

    @property
    def effects(self) -> tuple[Floats, Floats]:
        """The predicted effects of many and few, in points."""
        rest = _rest(self.fixed)
        return self.many_ratio * (self.many_response @ rest), self.few_ratio * (self.few_response @ rest)


class Moments(NamedTuple):
    """Variances and covariances of what the predictions miss."""

    first: Floats  # I
    second: Floats  # J
    both: Floats  # I x J


def design(ratings: Floats, first: Integers, second: Integers, fixed: Floats) -> Design:
    """Sum up n ratings: `first` and `second` are the levels of each, counted from 0 without gaps."""
    columns = np.column_stack([fixed[first], ratings])
    turned = bool(first.max() < second.max())
    many, few = (second, first) if turned else (first, second)
    many_counts, few_counts = np.bincount(many).astype(float), np.bincount(few).astype(float)
    shared = sparse.csr_array((np.ones(len(many)), (many, few)))
    sizes, size_of = np.unique(many_counts, return_inverse=True)
    return Design(
        fixed,
        columns,
        turned,
        many,
        few,
        many_counts,
        few_counts,
        np.stack([np.bincount(many, column) for column in columns.T], axis=1),
        np.stack([np.bincount(few, column) for column in columns.T], axis=1),
        columns.T @ columns,
        shared,
        sizes,
        _pairs(shared, size_of),
    )


def _pairs(shared: Any, size_of: Integers) -> Any:
    """The sparse products, done once: what is eliminated of a level depends on its size only."""
    few = shared.shape[1]
    sizes = range(size_of.max() + 1)
    halves = [
        sparse.tril(rows.T @ rows, format="coo") for rows in (shared[size_of == size] for size in sizes)
    ]
    cells = np.concatenate([half.row + half.col.astype(np.int64) * few for half in halves])
    size = np.repeat(sizes, [half.nnz for half in halves])
    values = np.concatenate([half.data for half in halves])
    return sparse.csr_array((values, (cells, size)), shape=(few * few, len(sizes)))


def _paired(of: Design, weights: Floats) -> Floats:
    """B x B, its lower half, in Fortran's order: shared' W shared, for the weight of each size."""
    return np.asarray(of.pairs @ weights).reshape(len(of.few_counts), -1).T


def turn(of: Design, pair: tuple[T, T]) -> tuple[T, T]:
    """From first and second to many and few, or back."""
    return pair[::-1] if of.turned else pair


def solve(of: Design, first_ratio: float, second_ratio: float) -> Solution:
    """The best linear unbiased predictions at two variance ratios, each from zero on."""
    many_ratio, few_ratio = turn(of, (first_ratio, second_ratio))
    free = 1 / (1 + many_ratio * of.many_counts)
    weighted = (many_ratio * free)[:, None] * of.many_sums
    kept = np.diag(of.few_counts) - _paired(of, many_ratio / (1 + many_ratio * of.sizes))
    cholesky = _cholesky(np.eye(len(kept)) + few_ratio * kept)
    half = solve_triangular(cholesky, of.few_sums - of.shared.T @ weighted, lower=True, check_finite=False)
    few_response = solve_triangular(cholesky, half, lower=True, trans="T", check_finite=False)
    many_response = free[:, None] * (of.many_sums - of.shared @ (few_ratio * few_response))

    products = of.products - of.many_sums.T @ weighted - few_ratio * half.T @ half
    covariance = np.linalg.inv(products[:-1, :-1])
    fixed = covariance @ products[:-1, -1]
    rest = _rest(fixed)
    many_rest, few_rest = many_response @ rest, few_response @ rest
    errors = of.columns @ rest - many_ratio * many_rest[of.many] - few_ratio * few_rest[of.few]
    # A sum of squares, so that rounding cannot make it negative; a perfect fit leaves next to nothing.
    squares = errors @ errors + many_ratio * many_rest @ many_rest + few_ratio * few_rest @ few_rest
    squares = max(float(squares), 1e-24 * float(of.products[-1, -1]))
    freedom = len(of.columns) - len(fixed)
    criterion = (
        np.log1p(many_ratio * of.many_counts).sum()
        + 2 * np.log(np.diag(cholesky)).sum()
        - np.linalg.slogdet(covariance)[1]
        + freedom * (1 + np.log(2 * np.pi * squares / freedom))
    )
    return Solution(
        many_ratio,
        few_ratio,
        float(criterion),
        squares / freedom,
        fixed,
        covariance,
        many_response,
        few_response,
        cholesky,
        kept,
    )


def _rest(fixed: Floats) -> Floats:
    """How the columns add up to the ratings without the fixed effects."""
    return np.append(-fixed, 1.0)


def _cholesky(system: Floats) -> Floats:
    factor, fault = lapack.dpotrf(system, lower=1, overwrite_a=1)
    assert fault == 0  # the identity and something that is not negative
    return np.asarray(factor)


def _inverse(at: Solution) -> Floats:
    """The lower half of S^-1."""
    return np.asarray(lapack.dpotri(at.cholesky, lower=1)[0])


def _product_trace(first: Floats, second: Floats) -> float:
    """The trace of the product of two symmetric matrices, from their lower halves."""
    return float(2 * np.vdot(first.T, second.T) - np.diag(first) @ np.diag(second))


def gradient(of: Design, at: Solution) -> tuple[float, float]:
    """The derivatives of the REML criterion by the first and the second variance ratio."""
    rest = _rest(at.fixed)

    def slope(trace: float, response: Floats) -> float:
        fixed, errors = response[:, :-1], response @ rest
        lost = np.vdot(at.fixed_covariance, fixed.T @ fixed)
        return float(trace - lost - errors @ errors / at.error_variance)

    inverse = _inverse(at)
    free = 1 / (1 + at.many_ratio * of.sizes)
    many_trace = float((of.many_counts / (1 + at.many_ratio * of.many_counts)).sum())
    many_trace -= at.few_ratio * _product_trace(inverse, _paired(of, free**2))
    few_trace = _product_trace(inverse, at.kept)
    return turn(of, (slope(many_trace, at.many_response), slope(few_trace, at.few_response)))


def fit(of: Design, first_ratio: float | None = None, second_ratio: float | None = None) -> Solution:
    """The solution at the smallest REML criterion; a variance ratio that is given stays as it is.

    L-BFGS-B with the exact gradient, on log(1 + ratio x mean count). Near zero that is linear, so that a
    variance of zero is met at a bound where the slope tells the truth; far away it is the ratio's logarithm.
    """
    means = turn(of, (of.many_counts.mean(), of.few_counts.mean()))
    given = (first_ratio, second_ratio)
    open_ = [index for index in (0, 1) if given[index] is None]
    scale = np.array(means)[open_]

    tried: list[Solution] = []

    def criterion(place: Floats) -> tuple[float, Floats]:
        ratios = np.array([ratio or 0.0 for ratio in given])
        ratios[open_] = np.expm1(place) / scale
        at = solve(of, *ratios)
        tried[:] = [min(*tried, at, key=lambda one: one.criterion) if tried else at]
        return at.criterion, np.array(gradient(of, at))[open_] * np.exp(place) / scale

    if not open_:
        return solve(of, *(ratio or 0.0 for ratio in given))
    bounds = [(0.0, top) for top in np.log1p(LARGEST_RATIO * scale)]
    options = {"ftol": 1e-13, "gtol": 1e-7}
    for start in STARTS if len(of.columns) <= SMALL else STARTS[:1]:
        place = np.log1p(np.array(start)[open_] * scale)
        optimize.minimize(criterion, place, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return tried[0]


def conditional_variances(of: Design, at: Solution) -> tuple[Floats, Floats]:
    """Of the first and the second factor's effects, given the fixed effects and the ratios: as lme4 gives."""
    many, few, _ = _conditional(of, at)
    return turn(of, (at.error_variance * many, at.error_variance * few))


def moments(of: Design, at: Solution) -> Moments:
    """Of what is missed of x[i]'beta + u[i] and of v[j], the doubt about the fixed effects included."""
    many, few, both = _conditional(of, at)
    missed = [-at.many_ratio * at.many_response[:, :-1], -at.few_ratio * at.few_response[:, :-1]]
    missed[of.turned] += of.fixed
    many_fixed, few_fixed = missed[0] @ at.fixed_covariance, missed[1] @ at.fixed_covariance
    first, second = turn(
        of, (many + (many_fixed * missed[0]).sum(axis=1), few + (few_fixed * missed[1]).sum(axis=1))
    )
    both = both + many_fixed @ missed[1].T
    return Moments(*(at.error_variance * part for part in (first, second, both.T if of.turned else both)))


def _conditional(of: Design, at: Solution) -> Moments:
    """Of many (A), few (B) and both (A x B), in units of the error's variance."""
    weight = at.many_ratio / (1 + at.many_ratio * of.many_counts)
    lower = _inverse(at)
    few = at.few_ratio * (lower + np.tril(lower, -1).T)
    seen = of.shared @ few
    spread = np.asarray(of.shared.multiply(seen).sum(axis=1)).ravel()
    return Moments(weight + weight**2 * spread, np.diag(few), -weight[:, None] * seen)


def draw(of: Design, at: Solution, count: int, chance: np.random.Generator) -> Floats:
    """I x count: joint draws of x[i]'beta + u[i] from their distribution, the error's variance drawn too.

    Exact, without a matrix over the levels of many: given the others and the ratings these are independent.
    """
    freedom = len(of.columns) - len(at.fixed)
    scale = np.sqrt(at.error_variance * freedom / chance.chisquare(freedom, count))
    loose = np.linalg.cholesky(at.fixed_covariance) @ chance.standard_normal((len(at.fixed), count))
    fixed = at.fixed[:, None] + scale * loose
    rest = np.vstack([-fixed, np.ones(count)])
    loose = chance.standard_normal((len(of.few_counts), count))
    loose = solve_triangular(at.cholesky, loose, lower=True, trans="T", overwrite_b=True, check_finite=False)
    effects = at.few_ratio * (at.few_response @ rest) + np.sqrt(at.few_ratio) * scale * loose
    if not of.turned:
        weight = (at.many_ratio / (1 + at.many_ratio * of.many_counts))[:, None]
        loose = np.sqrt(weight) * scale * chance.standard_normal((len(weight), count))
        effects = weight * (of.many_sums @ rest - of.shared @ effects) + loose
    return np.asarray(of.fixed @ fixed + effects)
