"""What is promised of anonymity, and by which tests. Elsewhere than here where a part is tested as a whole.

1. Every pass fits every request: test_blindness.py.
2. Everything that a deployment keeps is attacked, with controls: test_linker.py; until the store is scrubbed:
   test_exposure.py; what taking part leaves at all: test_passes.py, test_votes.py, test_closing.py,
   test_file_times.py, test_company_of_one.py.
3. No byte of the main database changes, and no order stays: test_canaries.py, test_votes.py;
   tests/database/test_anonymous_store.py, tests/database/test_ticks_with_slots.py.
4. Canaries in files, logs, exceptions and answers: test_canaries.py, test_votes.py, test_errors.py;
   tests/rooms/test_withholding.py for what is erased.
5. Spending twice, at once, elsewhere, changed, with a cookie, too large, again: tests/rooms/test_asking.py,
   tests/rooms/test_votes.py, tests/rooms/test_messages.py, tests/rules/test_token.py;
   tests/database/test_anonymous_store.py, tests/database/test_ticks.py and tests/database/test_killed.py for
   several processes and for processes that die.
6. The vectors of RFC 9474 and RFC 9578 on both sides: tests/rules/test_blind_rsa.py,
   tests/rules/test_token.py, tests/browser/test_pass_client.py, tests/independent/test_vectors.py;
   and with code of others: tests/interop/test_privacy_pass.py.
7. One key for one person and another for the next: tests/browser/test_tagging.py,
   tests/independent/test_client.py.
8. A dropped, edited or reordered entry: tests/rules/test_merkle.py, tests/rules/test_ledger_notes.py,
   tests/browser/test_ledger.py, tests/independent/test_verifying.py.
"""
