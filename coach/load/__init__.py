"""What running asks of the body: modelled forces, the sums of a run, how they compare with runs before."""
