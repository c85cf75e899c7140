"""The pages and addresses of asking."""

from narrative.questions.views import messages, questions, receipts

BLUEPRINTS = (questions.blueprint, messages.blueprint, receipts.blueprint)
