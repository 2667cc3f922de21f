"""How far people agree on a dataset, in a few words that lead to Review; for the page of the dataset."""

from urllib.parse import urlencode

from markupsafe import Markup

from app.review import agreement_chart, agreement_report, estimates, judged_pairs
from app.review.judged_pairs import Filter
from app.translations import _, ngettext
from storage.database import Database
from storage.judging import verdict_counts
from storage.people import users
from storage.records import Dataset

MOST_READ = 20_000  # verdicts; Review reads more
_FACT = Markup('<a class="al-review-link {tone}" href="review?{query}" target="_self">{words}</a>')


def chart(db: Database, data: Dataset) -> Markup:
    """The chart of agreement; empty without one, or where it would take long. Raises NotFound."""
    count = verdict_counts.given(db, data.name, decisions=False)
    if not 0 < count <= MOST_READ:
        return Markup("")
    names = users.names(db)
    return agreement_chart.chart(judged_pairs.of_dataset(db, data.name), Filter(), names)


def facts(db: Database, data: Dataset) -> list[Markup]:
    """Alpha with its interval and number; how many verdicts where no pair has two, or where it would take long.

    Nothing before the first verdict.
    """
    count = verdict_counts.given(db, data.name, decisions=False)
    if not count:
        return []
    words, tone = ngettext("{count} verdict", "{count} verdicts", count), "al-soft"
    if count <= MOST_READ:
        _verdicts, people, _rows = agreement_report.of_people(judged_pairs.of_dataset(db, data.name), Filter())
        if people.shared_pairs:
            words = _("agreement {figure}").format(figure=estimates.in_words(people.alpha))
            tone = "" if people.alpha.is_sure else "al-soft"
    return [_FACT.format(tone=tone, query=urlencode({"dataset": data.name}), words=words)]
