"""STUDY: plan a study of assistance, lead people through it, and say what it found. Pure; `infra/studies.py` does the rest."""
