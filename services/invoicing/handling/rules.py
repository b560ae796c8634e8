"""By which rules invoices are matched."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import commands, tolerances
from services.contracts.parties import Party
from services.invoicing import policies, replaying
from services.invoicing.domain.choices import OneOrderMatching, PartnerMatching
from services.invoicing.domain.tolerance import ToleranceRule


class Rules:
    """Tolerances, ways of matching and what is told of items."""

    @command(commands.SetTolerance)
    def set_tolerance(self, tx: Transaction, wish: commands.SetTolerance) -> tolerances.Tolerance:
        """See the command."""
        rule = ToleranceRule.establish(
            tolerance_id=tx.new_id(),
            customer=Party(id=tx.actor.organisation_id, name=tx.actor.organisation_name),
            supplier=None if wish.supplier_id is None else policies.supplier_of(tx, wish.supplier_id),
            terms=wish.terms,
            valid_from=wish.valid_from,
            valid_to=wish.valid_to,
            version=policies.next_version(tx),
            by=tx.actor,
            at=tx.at,
        )
        for other in [tx.get(ToleranceRule, id) for id in policies.not_over_yet(tx, rule)]:
            if other.same_thing(rule):
                other.give_way(rule, by=tx.actor, at=tx.at)
        tx.add(rule)
        return rule.view()

    @command(commands.EndTolerance)
    def end_tolerance(self, tx: Transaction, wish: commands.EndTolerance) -> tolerances.Tolerance:
        """See the command."""
        rule = tx.get(ToleranceRule, wish.tolerance_id)
        rule.end(last_day=wish.last_day, by=tx.actor, at=tx.at)
        policies.next_version(tx)
        return rule.view()

    @command(commands.ChangeMatching)
    def change_matching(self, tx: Transaction, wish: commands.ChangeMatching) -> tolerances.MatchingPolicy:
        """See the command."""
        policy = tx.get(PartnerMatching, wish.partnership_id)
        policy.choose(way=wish.way, tells_limit=wish.tells_limit)
        return policy.view()

    @command(commands.ChangeOrderMatching)
    def change_order_matching(
        self, tx: Transaction, wish: commands.ChangeOrderMatching
    ) -> tolerances.OrderMatching:
        """See the command."""
        matching_of_order = tx.get(OneOrderMatching, wish.order_id)
        matching_of_order.choose(wish.way)
        return matching_of_order.view()

    @command(commands.DescribeItem)
    def describe_item(self, tx: Transaction, wish: commands.DescribeItem) -> tolerances.ItemFacts:
        """See the command."""
        item = policies.item_to_describe(tx, wish.partnership_id, wish.item_number)
        item.describe(
            buyer_item_number=wish.buyer_item_number,
            gtin=wish.gtin,
            category=wish.category,
            units=wish.units,
            by=tx.actor,
            at=tx.at,
        )
        return item.view()

    @query(commands.GetTolerance)
    def get_tolerance(self, tx: Transaction, question: commands.GetTolerance) -> tolerances.Tolerance:
        """See the query."""
        return tx.peek(ToleranceRule, question.tolerance_id).view()

    @query(commands.ListTolerances)
    def list_tolerances(self, tx: Transaction, question: commands.ListTolerances) -> tolerances.TolerancePage:
        """See the query."""
        return policies.list_tolerances(tx, question)

    @query(commands.GetMatchingPolicy)
    def get_matching_policy(
        self, tx: Transaction, question: commands.GetMatchingPolicy
    ) -> tolerances.MatchingPolicy:
        """See the query."""
        return tx.peek(PartnerMatching, question.partnership_id).view()

    @query(commands.ReplayMatching)
    def replay_matching(self, tx: Transaction, question: commands.ReplayMatching) -> tolerances.Replay:
        """See the query."""
        return replaying.replay(tx, question)

    @query(commands.GetOrderMatching)
    def get_order_matching(
        self, tx: Transaction, question: commands.GetOrderMatching
    ) -> tolerances.OrderMatching:
        """See the query."""
        return tx.peek(OneOrderMatching, question.order_id).view()

    @query(commands.ListItemFacts)
    def list_item_facts(self, tx: Transaction, question: commands.ListItemFacts) -> tolerances.ItemFactsPage:
        """See the query."""
        return policies.list_items(tx, question)
