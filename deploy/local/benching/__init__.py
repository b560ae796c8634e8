"""What `./counterpart bench` is made of: a world to work in, a load, the counting of CPU, and the measures."""
