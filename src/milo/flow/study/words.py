"""The methods section of a study, written out from its plan and from how it was carried out. Markdown; no results in it."""

from __future__ import annotations

from milo.domain.study import Arm, Design
from milo.flow.study.figures import Conduct

_LAYOUT = {
    "crossover": "Every person worked in every arm, in blocks. The order of arms followed a Williams square, so that each arm "
    "stood at each place and after each other arm equally often. Which set of items met which arm rotated over the "
    "people; nobody "
    "saw an item twice.",
    "interleaved": "Every person worked in every arm; the arm was drawn for each item, in rounds that hold each arm "
    "once. Nobody "
    "saw an item twice. With so few people the result speaks of them alone.",
    "between": "Every person worked in one arm, given by chance, and all worked on the same items, in an order of their own.",
}
_TEST = {
    "crossover": "Each person's difference of mean log time between the arms is one observation. The p-value comes from all "
    "patterns of signs for up to 12 people, and from Student's t for more; the interval from Student's t.",
    "interleaved": "Answers are the observations, people count alike. The p-value comes from shuffling the arms within each "
    "person, the interval from Welch's t.",
    "between": "Each person's mean log time is one observation; Welch's t test.",
}
_DEALT = {
    "length": "Items were dealt out evenly by length.",
    "confidence": "Items were dealt out evenly by the model's confidence.",
    "none": "Items were dealt out by chance.",
}


def methods(design: Design, conduct: Conduct) -> str:
    """The section."""
    parts = [
        _hypotheses(design), _setting(design), _measures(design), _analysis(design), _what_happened(design, conduct)
    ]  # fmt: skip
    return "\n\n".join(parts)


def _hypotheses(design: Design) -> str:
    own = f"{design.hypothesis.strip()}\n\n" if design.hypothesis.strip() else ""
    first, *_ = (arm.name for arm in design.arms)
    others = ", ".join(f'"{arm.name}"' for arm in design.arms[1:])
    return (
        f'**Hypotheses.** {own}People take less active time per item in {others} than in "{first}", and the quality of their '
        f"answers is not lower by {100 * design.margin:g} points or more. The plan, with everything below, was frozen "
        "and hashed "
        "before the first answer."
    )


def _setting(design: Design) -> str:
    arms = "; ".join(f'"{arm.name}": {describe(arm)}' for arm in design.arms)
    warm = f" {design.warm_up} items to warm up came first and do not count." if design.warm_up else ""
    hide = ""
    if design.withhold and any(arm.suggests for arm in design.arms):
        hide = (
            f" In arms with suggestions, {100 * design.withhold:g} % of the items, drawn by chance, came without one; "
            "they serve "
            "to measure how far suggestions pull, and are left out of times and quality."
        )
    return (
        f"**Design.** {arms}. The server withheld what an arm does not allow. {_LAYOUT[design.layout]} "
        f"{design.per_arm} items per arm and person.{warm} {_DEALT[design.strata]}{hide} Suggestions were kept as they "
        "were when "
        "the plan was frozen."
    )


def describe(arm: Arm) -> str:
    """What an arm offers, in words."""
    shows = {
        "shown": "suggestions shown", "on_demand": "suggestions on demand",
        "after_first_answer": "suggestions after the first answer", "hidden": "",
    }[arm.show]  # fmt: skip
    have = [shows, "assistant" if arm.assistant else "", "live judge" if arm.judge else ""]
    return ", ".join(part for part in have if part) or "no help from models"


def _measures(design: Design) -> str:
    caps = ", ".join(f"{cap:g}" for cap in sorted(design.times))
    return (
        f"**Measures.** Primary: active handling time, the sum of the gaps between a person's signs of life over all visits to "
        f"an item, each gap capped at {design.idle:g} s; hidden pages and waiting for a model do not count (waiting is "
        "reported "
        f"apart). Results at caps of {caps} s are given. Quality: agreement with gold labels made without sight of "
        "suggestions, "
        f'for the question "{design.question}". After each block: raw task load (six scales), trust, usefulness, '
        "control; at the "
        f"end, the saving that people believe they had. Left out: answers under {design.shortest:g} s of active time, "
        "and items "
        "that were skipped."
    )


def _analysis(design: Design) -> str:
    several = " P-values are adjusted for the number of arms by Holm's method." if len(design.arms) > 2 else ""
    first, *_ = (arm.name for arm in design.arms)
    return (
        f'**Analysis.** The ratio of geometric mean times against "{first}", with {100 * design.level:g} % '
        f"intervals. {_TEST[design.layout]}{several} Second opinion: a mixed model of log time with people, items and "
        "people x arms "
        "as random parts, block and practice as covariates, REML, Satterthwaite's degrees of freedom. Quality: difference with "
        "two-way clustered variance (people and items); not worse if the whole interval lies above "
        f"-{100 * design.margin:g} points. A saving under {100 * design.least_gain:g} % counts as none, and where the interval "
        "allows for both, it cannot be told. Pull: agreement with the suggestion where it was shown minus where it was "
        "withheld."
    )


def _what_happened(design: Design, conduct: Conduct) -> str:
    out = ", ".join(f"{n:,} {why}" for why, n in conduct.left_out.items() if n)
    peeks = "Results were not looked at before the end."
    if conduct.peeks:
        peeks = (
            f"Results were looked at {conduct.peeks} times before the end; p-values are not corrected for that, and should be "
            "trusted less."
        )
    whole = "" if conduct.closed else " The study had not ended when these figures were taken."
    how = "Simulated people took part; this is a rehearsal. " if conduct.rehearsed else ""
    return (
        f"**Conduct.** {how}{conduct.began} of {conduct.people} people began and {conduct.finished} finished. Of "
        f"{conduct.planned:,} "
        f"planned answers {conduct.counted:,} count{f' (not in it: {out})' if out else ''}; {conduct.gold:,} of them could be "
        f"checked against gold.{whole} {peeks} Hash of the plan: `{conduct.plan_hash}`."
    )
