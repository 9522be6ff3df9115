"""Sheets beside the report: holes, delivery, sweeps, comparisons, evidence, the fit."""
