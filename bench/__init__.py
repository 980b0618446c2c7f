"""./run bench: how fast the register answers, on both databases, small and large, beside a bare page of Flask."""
