"""What a decision costs, as a ratio to a fixed loop on the same machine at the same moment."""

from deploy.local.benching.matching import FIXED_LOOP_SHARE, cost_of_matching


def test_matching_ten_lines_costs_no_more_than_its_share_of_a_fixed_loop() -> None:
    cost = min((cost_of_matching(rounds=100) for _ in range(5)), key=lambda each: each.ratio)

    assert cost.ratio <= FIXED_LOOP_SHARE, cost
