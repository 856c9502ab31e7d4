"""The ways of finding units; each ranks by itself, and `fuse` weighs them."""
