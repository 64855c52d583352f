"""Recipes: one file for each ready-made project."""
