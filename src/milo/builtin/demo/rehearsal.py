"""The rehearsal of the sample project: a script that answers in place of a language model, so that one can see pre-annotation,
assistant and judge at work with no key and no network.

It is a list of words by topic and nothing more. It is often right and sometimes wrong, as models are, and it is called a script
wherever it shows.
"""

from __future__ import annotations

from typing import Any

from milo.domain.verdict import Criterion, Level, Rubric

CONNECTION = "rehearsal-script"
"""The name of the connected "model"."""
MODEL = "topic_script"
INSTRUCTIONS = (
    "Decide by what the customer wants to be answered, not by the words that are loudest. If in doubt, take the one that asks "
    "for action."
)
ASSISTANT = "This is a rehearsal: a script answers."
RUN_ITEMS = 150

TOPIC_WORDS: list[tuple[str, str, str, float]] = [
    (
        "account",
        r"password|log ?in|sign(?:ed|ing)? in|newsletter|unsubscribe|"
        r"profile|my account|e-?mail address",
        "It is about signing in or personal details.",
        0.9,
    ),
    (
        "damaged",
        r"broke|broken|crack|scratch|dent|snapped|wobbl|stain|faulty|"
        r"missing (?:part|screw|bolt)|torn|chipped|peel|damaged",
        "Something is broken, faulty or missing.",
        0.85,
    ),
    (
        "billing",
        r"invoice|charged|voucher|payment|paid|\bcard\b|"
        r"receipt|instal|\bVAT\b|discount|price",
        "It is about paying.",
        0.8,
    ),
    (
        "refund",
        r"refund|money back|return|send (?:it )?back|"
        r"cancel|exchange",
        "Something should go back, or money should.",
        0.85,
    ),
    (
        "delivery",
        r"deliver|parcel|courier|tracking|driver|"
        r"arriv|depot|when (?:will|does)|shipp",
        "It asks where something is or when it comes.",
        0.85,
    ),
    (
        "product",
        r"how (?:wide|tall|heavy|long|deep)|\bsize|material|colou?r|in stock|"
        r"does it|is (?:it|the)|fit|fabric|oak|wash|covers?",
        "It asks about a product.",
        0.65,
    ),
]
"""Topic, words, reason, and how sure the script pretends to be; the first that fits speaks."""
OTHERWISE = ("other", "Nothing in it asks for one of the other topics.", 0.5)

QUOTES = {
    "delivery": "Where the parcel is, when it comes, who carries it, a changed address or date, something that has not arrived "
    "yet.",
    "refund": "Sending something back, exchanging it, cancelling an order, and money that should be returned.",
    "billing": "Prices, payments, cards, instalments, vouchers, invoices and receipts.",
    "damaged": "Broken, faulty, stained, wrong or missing parts; wear that comes too soon.",
    "product": "A question before or after buying: size, material, colour, care, whether something fits or is in stock.",
    "account": "Signing in, passwords, personal details, the newsletter, privacy, the app's settings.",
    "other": "Thanks and praise, opening hours, jobs, press, advertisements, tests, messages for somebody else.",
}

RUBRIC = Rubric(
    name="right_topic",
    description="Is the topic the one that the customer would want a reply to?",
    criteria=(
        Criterion(
            "fits", "The topic fits the message",
            (Level(1, "another topic is plainly meant"), Level(2, "it could be argued"), Level(3, "it is the one")),
            "By the guidelines; if two fit, the one that asks for action.", pass_mark=2,
        ),
    ),
)  # fmt: skip

_IN_ASSIST = r"of the item\n(?:(?!>>>)[\s\S])*?(?:"
_ASKED = r"[\s\S]*What does the customer want\?[\s\S]*"


def script() -> dict[str, Any]:
    """The settings of the scripted provider. Assistant and judge come first, since their turns hold the guidelines too."""
    return {"rules": [*_assistant(), *_judge(), *_topics()], "seconds": 0.0, "seconds_per_word": 0.0}


def _topics() -> list[dict[str, Any]]:
    """Pre-annotation: the last turn is the item alone."""
    rules = [_rule(words, {"reason": why, "topic": topic, "confidence": sure}) for topic, words, why, sure in TOPIC_WORDS]
    topic, why, sure = OTHERWISE
    return [*rules, _rule("<item", {"reason": why, "topic": topic, "confidence": sure})]


def _assistant() -> list[dict[str, Any]]:
    rules = [
        _rule(rf"{_IN_ASSIST}{words}){_ASKED}Draft the answer", {"reason": f"(script) {why}", "answer": topic})
        for topic, words, why, _ in TOPIC_WORDS
    ]
    rules.append(_rule(rf"of the item\n{_ASKED}Draft the answer", {"reason": f"(script) {OTHERWISE[1]}", "answer": "other"}))
    rules += [_rule(rf' suggestion\n"?{t}"?\n[\s\S]*Explain the suggestion', _explanation(t)) for t in QUOTES]
    rules += [
        _rule(
            rf"{_IN_ASSIST}{words})[\s\S]*how to label this item",
            f"{ASSISTANT} {why}\n\n> {QUOTES[topic]}\n\nSo `{topic}` fits.",
        )
        for topic, words, why, _ in TOPIC_WORDS
    ]
    rules.append(
        _rule("how to label this item", f"{ASSISTANT} No word of its list is in the message.\n\n> {QUOTES['other']}\n")
    )
    rules.append(
        _rule("Check the person's answer", f"{ASSISTANT} It finds nothing in your answer that breaks a rule it knows.")
    )
    return rules


def _explanation(topic: str) -> str:
    return (
        f"{ASSISTANT} The suggestion is `{topic}`; the rule that decides:\n\n> {QUOTES[topic]}\n\n"
        "Look whether the message asks for that, or only mentions it."
    )


def _judge() -> list[dict[str, Any]]:
    """The judge agrees with the script's own list of words, which is not always right."""
    rules: list[dict[str, Any]] = []
    for topic, words, why, _ in TOPIC_WORDS:
        inside = rf"<item>(?:(?!</item>)[\s\S])*?(?:{words})[\s\S]*<answer>\s*"
        rules.append(_rule(rf"{inside}{topic}\s*</answer>[\s\S]*Review the answer", _verdict("3", f"(script) {why}", "")))
        rules.append(
            _rule(
                rf"{inside}\w+\s*</answer>[\s\S]*Review the answer",
                _verdict("1", f"(script) {why}", f"Look again: the words fit `{topic}` (says a script)."),
            )
        )
    return [*rules, _rule("Review the answer", _verdict("2", "(script) No word of its list is in the message.", ""))]


def _verdict(level: str, reason: str, advice: str) -> dict[str, Any]:
    return {"criteria": {"fits": {"evidence": [], "reason": reason, "score": level}}, "advice": advice, "proposal": None}


def _rule(when: str, answer: Any) -> dict[str, Any]:
    return {"when": when, "answer": answer}
