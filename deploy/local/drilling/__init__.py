"""The drill: the whole system under load while everything in it is killed, and what must be true afterwards.

`plan` what is done and how often · `cast` the organisations and people · `calls` how they ask · `history` what
they asked and were told · `story` the life of one order · `load` eight clients that live through them ·
`nemesis` what happens to them meanwhile · `hostile` messages that nobody of ours would send · `quiet` healing,
and waiting for the last message · `evidence` what the databases say then · `checker` what is wrong with that ·
`report` the table · `mutants` the same with one safeguard removed.

The design follows Jepsen (a history of operations, a nemesis, a checker); the invariants I1 to I7 are ours.
"""
