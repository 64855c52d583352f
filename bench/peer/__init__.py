"""One workload, several products: what an annotation server does all day, measured from outside over HTTP."""
