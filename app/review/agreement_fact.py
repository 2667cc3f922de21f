"""How far people agree on a dataset, in a few words that lead to Review; for the page of the dataset."""

from urllib.parse import urlencode

from markupsafe import Markup

from app.review import estimates, judged_pairs
from app.translations import _, ngettext
from engine.analysis.people_agreement import people_agreement
from storage import judgements
from storage.database import Database
from storage.records import Dataset

_FACT = Markup('<a class="al-review-link {tone}" href="review?{query}" target="_self">{words}</a>')


def facts(db: Database, data: Dataset) -> list[Markup]:
    """Alpha with its interval and number; how many verdicts where no pair has two; nothing before the first verdict."""
    count, _last = judgements.count_and_last(db, data.name)
    if not count:
        return []
    people = people_agreement(judged_pairs.of_dataset(db, data.name).comparisons)
    if people.shared_pairs:
        words = _("agreement {figure}").format(figure=estimates.in_words(people.alpha))
    else:
        words = ngettext("{count} verdict", "{count} verdicts", people.verdicts)
    tone = "" if people.alpha.is_sure else "al-soft"
    return [_FACT.format(tone=tone, query=urlencode({"dataset": data.name}), words=words)]
