"""policy.toml: what it says becomes the policy, and every wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from backorder.cli import run
from backorder.engine.allocation import Condition, Guarantee, Policy, Segment
from backorder.engine.allocation.policy import WIN
from backorder.faults import Faults, FaultyInputError
from backorder.policy_text import read_policy_text
from backorder.policy_text.read import read_policy
from tests.channels.shop import write_shop

EVERYTHING = """\
handling_days = 1
overdue_arrives_in_days = 3
peg = "earliest"
freeze_days = 2
signal_exceptions = true

[promises]
keep = "by_rank"
max_lines_worsened = 10
max_notices = 5

[rank]
mode = "score"
keys = ["-priority", "customer_class"]
[rank.values]
customer_class = ["contract", "retail", ""]
[rank.score]
age_days = 1.0
value = 0.01
class.contract = 50

[ageing]
guaranteed_after_days = 60

[[segment]]
name = "rush"
where = { priority = "<=1", customer_class = ["contract"], requested_within_days = 3, pack_size = [1, 2] }
strategy = "win"

[[guarantee]]
name = "all"
ceiling = "12.5%"

[[guarantee]]
name = "retail"
where = { channel = ["shop"] }
floor = 100
period = "month"
parent = "all"
"""
POLICY = Policy(
    handling_days=1,
    overdue_arrives_in_days=3,
    peg="earliest",
    freeze_days=2,
    signal_exceptions=True,
    keep="by_rank",
    max_lines_worsened=10,
    max_notices=5,
    rank_mode="score",
    rank_keys=("-priority", "customer_class"),
    rank_values={"customer_class": ("contract", "retail", "")},
    rank_score={"age_days": 1_000_000, "value": 10_000, "class.contract": 50_000_000},
    guaranteed_after_days=60,
    segments=(
        Segment(
            "rush",
            (
                Condition("priority", operator="<=", value="1"),
                Condition("customer_class", one_of=("contract",)),
                Condition("requested_on", within_days=3),
                Condition("pack_size", one_of=("1", "2")),
            ),
            WIN,
        ),
    ),
    guarantees=(
        Guarantee("all", (), ceiling_share=125_000),
        Guarantee(
            "retail", (Condition("channel", one_of=("shop",)),), floor=100, period="month", parent="all"
        ),
    ),
)
FAULTS = {
    "handling_dayz = 1": ["rules.toml: handling_dayz: there is no such key; did you mean 'handling_days'?"],
    "handling_days = 1.5": ["rules.toml: handling_days: 1.5 is not a whole number of at least 0"],
    'handling_days = "1"': ["rules.toml: handling_days: '1' is not a whole number of at least 0"],
    "freeze_days = -1": ["rules.toml: freeze_days: -1 is not a whole number of at least 0"],
    "signal_exceptions = 1": ["rules.toml: signal_exceptions: 1 is not true or false"],
    'peg = "latest"': [
        "rules.toml: peg: 'latest' is not one of latest_in_time, earliest; did you mean 'latest_in_time'?"
    ],
    '[promises]\nkeep = "alway"': [
        "rules.toml: promises.keep: 'alway' is not one of always, by_rank, never; did you mean 'always'?"
    ],
    "promises = 1": ["rules.toml: promises: 1 is not a table"],
    '[rank]\nkeys = "priority"': [
        """rules.toml: rank.keys: 'priority' is not a list such as ["contract", "retail"]"""
    ],
    '[rank]\nkeys = ["colour"]': [
        "rules.toml: rank.keys: 'colour' is neither a column of orders nor of items"
    ],
    '[rank]\nkeys = ["prority"]': [
        (
            "rules.toml: rank.keys: 'prority' is neither a column of orders nor of items; "
            "did you mean 'priority'?"
        )
    ],
    '[rank]\nkeys = ["-priority", "priority"]': [
        "rules.toml: rank.keys: 'priority' names the same column as '-priority'"
    ],
    '[rank]\nkeys = ["priority", "priority"]': ["rules.toml: rank.keys: 'priority' is used twice"],
    '[rank]\nkeys = ["-customer_class"]\n[rank.values]\ncustmer_class = ["gold"]': [
        "rules.toml: rank.values.custmer_class: is not among rank.keys; did you mean 'customer_class'?"
    ],
    '[rank.values]\ncustomer_class = ["gold"]': [
        "rules.toml: rank.values.customer_class: is not among rank.keys"
    ],
    '[rank]\nkeys = ["customer_class"]\n[rank.values]\ncustomer_class = ["gold", "tin", "gold"]': [
        "rules.toml: rank.values.customer_class: 'gold' is listed twice"
    ],
    '[rank]\nkeys = ["commitment"]\n[rank.values]\ncommitment = ["firm", "sof"]': [
        (
            "rules.toml: rank.values.commitment: 'sof' is not one of on_hand_only, soft, reserved, firm, "
            "locked; did you mean 'soft'?"
        )
    ],
    '[[guarantee]]\nname = "a"\nwhere = { priority = "<=1e999999999" }': [
        "rules.toml: guarantee[1].where.priority: '1e999999999' is not a whole number"
    ],
    '[[guarantee]]\nname = "a"\nwhere = { unit_price = ["1e999999999", "NaN"] }': [
        "rules.toml: guarantee[1].where.unit_price: '1e999999999' is not an amount",
        "rules.toml: guarantee[1].where.unit_price: 'NaN' is not an amount",
    ],
    '[rank.values]\npriority = ["high"]': ["rules.toml: rank.values.priority: 'high' is not a whole number"],
    '[rank.values]\nordered_at = ["2026-11-24"]': [
        "rules.toml: rank.values.ordered_at: a value order is for text and whole numbers, not for dates"
    ],
    '[[guarantee]]\nname = "a"\nwhere = { ship_policy = ["completed"] }': [
        (
            "rules.toml: guarantee[1].where.ship_policy: 'completed' is not one of "
            "as_ready, complete, line_complete; did you mean 'complete'?"
        )
    ],
    "[rank.score]\nage_days = 1.0000001": [
        "rules.toml: rank.score.age_days: 1.0000001 is not a number with at most six decimals"
    ],
    "[ageing]\nguaranteed_after_days = true": [
        "rules.toml: ageing.guaranteed_after_days: true is not a whole number of at least 0"
    ],
    '[segment]\nname = "rush"': [
        "rules.toml: segment: is not a list of tables; write [[segment]] above each"
    ],
    '[[segment]]\nname = "rush"': [
        (
            "rules.toml: segment[1].strategy: is missing; it is one of "
            "skip, win, gain, improve, redistribute, fair_share, fill, lose"
        )
    ],
    '[[segment]]\nstrategy = "win"': ["rules.toml: segment[1].name: is missing"],
    '[[segment]]\nname = "a"\nstrategy = "win"\nwhere = { channel = "shop" }': [
        """rules.toml: segment[1].where.channel: 'shop' is neither a list nor a comparison; write ["shop"]"""
    ],
    '[[segment]]\nname = "a"\nstrategy = "win"\nwhere = { priority = 1 }': [
        "rules.toml: segment[1].where.priority: 1 is neither a list nor a comparison; write [1]"
    ],
    '[[segment]]\nname = "a"\nstrategy = "win"\nwhere = { requested_within_days = "3" }': [
        "rules.toml: segment[1].where.requested_within_days: '3' is not a whole number"
    ],
    '[[segment]]\nname = "a"\nstrategy = "win"\n[[segment]]\nname = "a"\nstrategy = "win"': [
        "rules.toml: segment[2].name: 'a' is used twice"
    ],
    '[[guarantee]]\nname = "a"\nfloor = "120%"': [
        (
            "rules.toml: guarantee[1].floor: '120%' is neither a whole number of units "
            'nor a share such as "20%"'
        )
    ],
    '[[guarantee]]\nname = "a"\n[[guarantee]]\nname = "a"': [
        "rules.toml: guarantee[2].name: 'a' is used twice"
    ],
    '[[guarantee]]\nname = "a"\nperiod = "year"': [
        "rules.toml: guarantee[1].period: 'year' is not one of total, month, week, day"
    ],
    '[[guarantee]]\nname = "a"\nparent = "b"': [
        "rules.toml: guarantee[1].parent: 'b' is not the name of a guarantee"
    ],
    "peg =": ["rules.toml: is not TOML: Invalid value (at line 1, column 6)"],
}


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(EVERYTHING, "utf-8")
    faults = Faults()
    assert read_policy(tmp_path / "policy.toml", faults).policy == POLICY
    assert not faults


def test_without_a_file_the_defaults_hold() -> None:
    assert read_policy(None, Faults()).policy == Policy()


@pytest.mark.parametrize("text", FAULTS)
def test_a_wrong_key_is_told_exactly(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, rules = write_shop(tmp_path / "shop"), tmp_path / "rules.toml"
    rules.write_text(text + "\n", "utf-8")
    code = run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(rules), "--quiet"])
    assert capsys.readouterr().err.splitlines() == FAULTS[text]
    assert code == 2
    assert not (tmp_path / "plan").exists()


TERMS = (
    "is no term; there are age_days, late_days, value, quantity, priority, "
    "class.…, channel.…, customer.…, location.…, sku.…"
)
WAVES = """\
handling_days = -1
[rank]
keys = ["prioritty"]
[[segment]]
name = "w"
strategy = "wn"
[[segment]]
name = "x"
where = { priority = "<=high", colour = ["red"] }
strategy = "win"
[[segment]]
name = "y"
where = { quantity = ["many"] }
strategy = "win"
[[guarantee]]
name = "z"
parent = "a"
where = { commitment = ["hard"] }
[rank.score]
age = 1
worth = 2
"""


def test_all_that_is_wrong_with_a_policy_is_told_in_one_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, rules = (
        write_shop(tmp_path / "shop", stock="sku,location,on_hand\nLAMP,main,x\n"),
        tmp_path / "p.toml",
    )
    rules.write_text(WAVES, "utf-8")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(rules), "-q"]) == 2
    nowhere = "neither a column of orders nor of items"
    assert capsys.readouterr().err.splitlines() == [
        "p.toml: handling_days: -1 is not a whole number of at least 0",
        (
            "p.toml: segment[1].strategy: 'wn' is not one of skip, win, gain, improve, redistribute, "
            "fair_share, fill, lose; did you mean 'win'?"
        ),
        f"p.toml: rank.score.age: {TERMS}",
        f"p.toml: rank.score.worth: {TERMS}",
        "p.toml: guarantee[1].parent: 'a' is not the name of a guarantee",
        f"p.toml: rank.keys: 'prioritty' is {nowhere}; did you mean 'priority'?",
        "p.toml: segment[2].where.priority: 'high' is not a whole number",
        f"p.toml: segment[2].where.colour: is {nowhere}",
        "p.toml: segment[3].where.quantity: 'many' is not a whole number",
        (
            "p.toml: guarantee[1].where.commitment: 'hard' is not one of "
            "on_hand_only, soft, reserved, firm, locked"
        ),
        "stock.csv:2: on_hand: 'x' is not a whole number of at least 0",
    ]


def test_a_column_is_not_missed_in_a_table_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, rules = write_shop(tmp_path / "shop", orders=""), tmp_path / "rules.toml"
    rules.write_text('[rank]\nkeys = ["colour"]\n', "utf-8")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(rules), "-q"]) == 2
    assert capsys.readouterr().err == "orders.csv: is empty; it needs at least a header\n"


def test_a_value_order_of_words_for_a_column_of_numbers_that_only_the_file_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = "order,line,sku,quantity,ordered_at,weight\n1,1,LAMP,3,2026-11-20,4\n"
    shop, rules = write_shop(tmp_path / "shop", orders=orders), tmp_path / "rules.toml"
    rules.write_text('[rank]\nkeys = ["weight"]\n[rank.values]\nweight = ["light"]\n', "utf-8")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(rules), "-q"]) == 2
    assert capsys.readouterr().err == "rules.toml: rank.values.weight: 'light' is not a whole number\n"


def test_a_policy_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = write_shop(tmp_path / "shop")
    assert (
        run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(tmp_path / "no.toml"), "-q"])
        == 2
    )
    assert capsys.readouterr().err == "no.toml: is missing\n"


def test_a_condition_on_a_column_that_only_the_file_knows(tmp_path: Path) -> None:
    orders = "order,line,sku,quantity,ordered_at,weight\n1,1,LAMP,3,2026-11-20,4\n2,1,LAMP,3,2026-11-20,40\n"
    shop, rules = write_shop(tmp_path / "shop", orders=orders), tmp_path / "rules.toml"
    rules.write_text('[[segment]]\nname = "light"\nwhere = { weight = "<=9" }\nstrategy = "win"\n', "utf-8")
    options = ["--out", str(tmp_path / "plan"), "--policy", str(rules), "--as-of", "2026-11-24", "--quiet"]
    assert run(["plan", str(shop), *options]) == 0
    segments = [
        row.split(",")[5] for row in (tmp_path / "plan" / "lines.csv").read_text("utf-8").splitlines()
    ]
    assert segments == ["segment", "light", ""]


def test_a_comparison_of_text_is_a_fault_of_the_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, rules = write_shop(tmp_path / "shop"), tmp_path / "rules.toml"
    rules.write_text('[[segment]]\nname = "a"\nwhere = { customer = "<=B" }\nstrategy = "win"\n', "utf-8")
    assert run(["plan", str(shop), "--out", str(tmp_path / "plan"), "--policy", str(rules), "-q"]) == 2
    assert capsys.readouterr().err.startswith("rules.toml: segment[1].where.customer: ")


def test_the_text_of_a_policy_is_read_without_a_file() -> None:
    assert read_policy_text(EVERYTHING) == POLICY
    with pytest.raises(FaultyInputError) as caught:
        read_policy_text('peg = "first"\n[rank]\nkeys = ["prio"]\n', "policy 3")
    assert caught.value.lines == (
        "policy 3: peg: 'first' is not one of latest_in_time, earliest",
        "policy 3: rank.keys: 'prio' is neither a column of orders nor of items; did you mean 'priority'?",
    )
    with pytest.raises(FaultyInputError) as caught:
        read_policy_text("peg = ")
    assert caught.value.lines == ("policy.toml: is not TOML: Invalid value (at end of document)",)
