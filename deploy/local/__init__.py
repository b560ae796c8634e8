"""The launcher behind `./counterpart`: everything the system needs, started privately on this machine."""
