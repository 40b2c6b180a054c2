"""A simulated athlete: calf raises, heel drops, and what else a foot does meanwhile, with exact truth."""
