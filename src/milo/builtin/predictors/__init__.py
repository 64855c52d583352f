"""What suggests answers: one predictor per file, and the parts they share (files that begin with an underscore)."""
