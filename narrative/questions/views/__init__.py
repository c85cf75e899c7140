"""The pages and addresses of asking."""

from narrative.questions.views import questions, receipts

BLUEPRINTS = (questions.blueprint, receipts.blueprint)
