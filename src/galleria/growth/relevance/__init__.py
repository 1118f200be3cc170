"""Whether the search finds what it should: people judge answers, and runs say how well they fit.

Tables `relevance.judgment_set`, `judgment`, `run` and `run_query`. Event
`relevance.run_requested.v1`.
"""

from galleria.growth.relevance.errors import (
    InvalidJudgment,
    InvalidJudgmentSet,
    JudgmentSetNotFound,
    NothingJudged,
    RelevanceRunNotFound,
    RunNotFinished,
    TooManyJudgments,
    TooManyJudgmentSets,
    UnknownProfile,
    UnreadableJudgments,
)
from galleria.growth.relevance.events import RunRequested
from galleria.growth.relevance.model.comparing import Change, Comparison, compared, p_value
from galleria.growth.relevance.model.judgments import (
    Imported,
    JudgedQuery,
    Judgment,
    JudgmentSet,
    JudgmentSetDraft,
    RefusedLine,
)
from galleria.growth.relevance.model.measures import (
    CLASSES,
    SHOWN,
    Measures,
    QueryClass,
    class_of,
    measured,
    ndcg,
    recall,
    relevant_from,
)
from galleria.growth.relevance.model.runs import Figures, QueryScore, Run, figures_of
from galleria.growth.relevance.schemas import NewJudgmentSet
from galleria.growth.relevance.service.comparing import (
    Beside,
    ComparedRuns,
    HitShown,
    Side,
    compare_runs,
    look_beside,
)
from galleria.growth.relevance.service.importing import import_judgments, judge_by_clicks
from galleria.growth.relevance.service.running import (
    get_run,
    list_runs,
    list_scores,
    run_now,
    start_run,
    worst_queries,
)
from galleria.growth.relevance.service.sets import (
    create_set,
    export_judgments,
    get_set,
    judge,
    list_queries,
    list_sets,
    remove_set,
)

__all__ = [
    "CLASSES",
    "SHOWN",
    "Beside",
    "Change",
    "ComparedRuns",
    "Comparison",
    "Figures",
    "HitShown",
    "Imported",
    "InvalidJudgment",
    "InvalidJudgmentSet",
    "JudgedQuery",
    "Judgment",
    "JudgmentSet",
    "JudgmentSetDraft",
    "JudgmentSetNotFound",
    "Measures",
    "NewJudgmentSet",
    "NothingJudged",
    "QueryClass",
    "QueryScore",
    "RefusedLine",
    "RelevanceRunNotFound",
    "Run",
    "RunNotFinished",
    "RunRequested",
    "Side",
    "TooManyJudgmentSets",
    "TooManyJudgments",
    "UnknownProfile",
    "UnreadableJudgments",
    "class_of",
    "compare_runs",
    "compared",
    "create_set",
    "export_judgments",
    "figures_of",
    "get_run",
    "get_set",
    "import_judgments",
    "judge",
    "judge_by_clicks",
    "list_queries",
    "list_runs",
    "list_scores",
    "list_sets",
    "look_beside",
    "measured",
    "ndcg",
    "p_value",
    "recall",
    "relevant_from",
    "remove_set",
    "run_now",
    "start_run",
    "worst_queries",
]
