"""How well shoppers find: what they ask, what people judge, and what runs measure."""

from galleria.faces.backoffice.pages.relevance import beside, questions, runs, sets

ROUTES = [*questions.ROUTES, *sets.ROUTES, *runs.ROUTES, *beside.ROUTES]
