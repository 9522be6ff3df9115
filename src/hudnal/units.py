"""House units and what others are in them: length mm, time h, force N, stress MPa, concentration ug/mL, amount ug.

Other units stand only at the border: in a file, a report, or an area that people give in cm2.
"""

from __future__ import annotations

HOURS_PER_DAY = 24.0
HOURS_PER_WEEK = 168.0
DAYS_PER_WEEK = 7.0
MINUTES_PER_HOUR = 60.0
SECONDS_PER_HOUR = 3600.0
UM_PER_MM = 1000.0
MM_PER_M = 1000.0
MM2_PER_CM2 = 100.0
MM_PER_ML_CM2 = 10.0  # height of 1 mL over 1 cm2
MG_PER_G = 1000.0
ML_PER_L = 1000.0
N_PER_MM = 1e-3  # of 1 N/m
N_S2_PER_MM4 = 1e-9  # of 1 g/mL
N_S2_PER_MM = 1e-6  # of 1 g
PERCENT = 100.0
MM_PER_UM = 1e-3
CM_PER_MM = 0.1
ML_CM2_PER_MM = 0.1  # mL under 1 cm2 of a layer of 1 mm
UG_PER_MG = 1000.0
G_PER_MG = 1e-3
BYTES_PER_MB = 1e6
BYTES_PER_GB = 1e9
# Hours in each unit of time that axes and tables are given in.
HOURS_IN = {"h": 1.0, "day": HOURS_PER_DAY, "week": HOURS_PER_WEEK}
