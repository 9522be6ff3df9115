"""What the engines of the tissue share of one step, ROS2-AMF: the method's constant, crawling, factors, the epidermis.

ROS2 (Verwer, Spee, Blom and Hundsdorfer 1999) with gamma = 1 - 1/sqrt 2, of order 2 whatever stands for the Jacobian:

    (I - g dt A) k1 = F(u),   (I - g dt A) k2 = F(u + dt k1) - 2 k1,   u' = u + 3/2 dt k1 + 1/2 dt k2

`A` is approximately factorised: I - g dt A = (I + g dt L)(I - g dt Dx)(I - g dt Dy)(I - g dt Dz), L the loss by
reaction at each voxel. It works on increments, so steady states stay as they are; dt/2 |k1 + k2| is the step's error.
Chemotaxis goes into F only: a W-method keeps its order.
"""

from __future__ import annotations

import numpy as np

from hudnal.compiled import compiled, njit
from hudnal.tissue import biology
from hudnal.tissue.biology import evaluate_cover_change

GAMMA = 1 - 1 / np.sqrt(2.0)


@njit(inline="always")
def crawl_through_face(conducts, here, there, pull, half, one, zero):
    """What crawls in through a face from `there`: `pull` is the difference of the lure, there minus here.

    Cells move up the lure at the mean density of both sides; where the pull would outrun diffusion on the grid
    (its Peclet number above 2), as much diffusion is added as keeps the face monotone.
    """
    extra = max(half * abs(pull) - one, zero)
    return conducts * (extra * (there - here) - pull * half * (there + here))


@compiled(biology, error_model="numpy")
def evaluate_cover_stage(s, k, two, gdt, growth, matrix, p):
    """`k` <- (1 + gdt loss)^-1 (F(s) - two k) for the epidermis, (field, y, x).

    `growth` and `matrix` (all collagen) of the dermis under it, (y, x).
    """
    fields, ny, nx = s.shape
    for y in range(ny):
        row, old = s[:, y], k[:, y]
        for x in range(nx):
            production, loss = evaluate_cover_change(row, x, growth[y, x], matrix[y, x], p)
            for f in range(fields):
                rate = production[f] - loss[f] * row[f, x] - two * old[f, x]
                old[f, x] = rate / (p.one + gdt * loss[f])


@compiled()
def factor_lines(low, high, gdt, wraps, low_factor, high_factor, pivot, correction):
    """Factors of I - gdt A for lines coupled by `low` and `high` (line, n), made in double precision.

    Leaves the scaled coupling below, the eliminated one above, the reciprocal pivots, and for periodic lines the
    Sherman-Morrison vector `correction` (line, n + 2), its last two entries the weight of the end and one over the
    norm.
    """
    lines, n = low.shape
    for i in range(lines):
        first = 1 + gdt * (low[i, 0] + high[i, 0])
        corner_low = gdt * low[i, 0] if wraps else 0.0
        corner_high = gdt * high[i, n - 1] if wraps else 0.0
        c = 0.0
        for x in range(n):
            d = 1 + gdt * (low[i, x] + high[i, x])
            if wraps and x == 0:
                d += first
            if wraps and x == n - 1:
                d += corner_low * corner_high / first
            a = gdt * low[i, x] if x > 0 else 0.0
            m = 1 / (d - a * c)
            c = gdt * high[i, x] * m if x < n - 1 else 0.0
            low_factor[i, x] = a
            high_factor[i, x] = c
            pivot[i, x] = m
        if wraps:
            # (T + u v^T) with u = (-first, 0 .. 0, -corner_high), v = (1, 0 .. 0, corner_low / first)
            t = np.zeros(n)
            t[0], t[n - 1] = -first, -corner_high
            t[0] *= pivot[i, 0]
            for x in range(1, n):
                t[x] = (t[x] + low_factor[i, x] * t[x - 1]) * pivot[i, x]
            for x in range(n - 2, -1, -1):
                t[x] += high_factor[i, x] * t[x + 1]
            weight = corner_low / first
            for x in range(n):
                correction[i, x] = t[x]
            correction[i, n] = weight
            correction[i, n + 1] = 1 / (1 + t[0] + weight * t[n - 1])
