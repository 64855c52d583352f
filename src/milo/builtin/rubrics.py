"""Ready rubrics to start from: for open-ended answers, translations, and the classification of comments."""

from __future__ import annotations

from milo.domain.verdict import Criterion, Level, Rubric


def _levels(*words: str) -> tuple[Level, ...]:
    return tuple(Level(score, text) for score, text in enumerate(words, 1))


OPEN_ENDED = Rubric(
    "open-ended",
    (
        Criterion(
            "correct", "Correct",
            _levels(
                "The main statement is wrong, or contradicts the item.",
                "Right in part; a reader would come away with a wrong idea.",
                "Right in the main; small slips that change nothing.",
                "Everything that is said is right.",
            ),
            "What is said is true, and fits what the item shows or says.", 2.0, 3,
        ),
        Criterion(
            "complete", "Complete",
            _levels(
                "The question is not answered.",
                "An important part of the answer is missing.",
                "All that matters is there; a detail is missing.",
                "Nothing that was asked for is missing.",
            ),
            "All that was asked for is answered.", 1.5, 3,
        ),
        Criterion(
            "grounded", "Grounded in the item",
            _levels(
                "Mostly things that the item does not support.",
                "One or more claims that the item does not support.",
                "A detail goes beyond the item, with no harm.",
                "Every claim rests on the item or on common knowledge.",
            ),
            "Nothing is made up.", 1.5, 3,
        ),
        Criterion(
            "clear", "Clear",
            _levels(
                "Cannot be understood.",
                "Understood only on a second reading.",
                "Clear; a little long or clumsy.",
                "Clear and to the point. Length by itself earns nothing.",
            ),
            "A reader understands it at once.", 1.0, 2,
        ),
    ),
    "For written answers to a question about an item.", 0.6,
)  # fmt: skip

TRANSLATION = Rubric(
    "translation",
    (
        Criterion(
            "meaning", "Meaning kept",
            _levels(
                "The meaning is lost or turned round.",
                "An important part is wrong, missing or added.",
                "The meaning is kept; a nuance is lost.",
                "All of the meaning is there, and nothing else.",
            ),
            "It says what the source says.", 2.0, 3,
        ),
        Criterion(
            "fluent", "Fluent",
            _levels(
                "Hardly readable in the target language.",
                "Readable, with errors that stop the reader.",
                "Reads well, with a small slip.",
                "Reads as if written in the target language.",
            ),
            "Grammar, spelling and idiom of the target language.", 1.0, 2,
        ),
        Criterion(
            "terms", "Terms and names",
            _levels(
                "Key terms or names are wrong.",
                "Some terms are wrong or change along the way.",
                "Right terms, one of them unusual.",
                "All terms, names and numbers are right and consistent.",
            ),
            "Terminology, proper names, numbers and units.", 1.0, 3,
        ),
        Criterion(
            "tone", "Tone",
            _levels("Another tone than the source.", "Fits in part.", "Fits."),
            "Register and style fit the source and its readers.", 0.5,
        ),
    ),
    "For a translation beside its source.", 0.6,
)  # fmt: skip

COMMENTS = Rubric(
    "comment-label",
    (
        Criterion(
            "label", "Right label",
            _levels(
                "Another label is clearly right.",
                "Another label fits better.",
                "Fits; another label would do as well.",
                "Clearly the right label.",
            ),
            "The label fits the comment by the guidelines.", 2.0, 3,
        ),
        Criterion(
            "evidence", "Supported by the words",
            _levels(
                "Nothing in the comment supports it.",
                "It rests on a guess about the author.",
                "It rests on what the comment says or plainly implies.",
            ),
            "The comment itself supports the label, not what one suspects behind it.", 1.0, 2,
        ),
    ),
    "For one label given to a comment.", 0.5,
)  # fmt: skip

READY: tuple[Rubric, ...] = (OPEN_ENDED, TRANSLATION, COMMENTS)
