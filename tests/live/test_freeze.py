#!/usr/bin/python3
"""Around a leap second nothing is switched (rule T-7): most servers announce one here."""
from bed import main
from badly_configured import HONEST, LIAR, BadlyConfigured


class Freeze(BadlyConfigured):
    def start_announcing(self, announcing):
        servers = {last: {"offset": f'"{last * 10}us"'} for last in HONEST}
        for last in list(HONEST)[:announcing]:
            servers[last]["leap"] = '"insert"'
        self.start(honest=servers)

    def test_a_change_that_is_due_is_refused_with_the_reason(self):
        self.start_announcing(4)
        before = self.evidence()
        plan = self.expect(self.program("--json", "plan"), 5)
        self.assertIn("announce a leap second", plan.json["reason"])
        self.assertFalse(plan.json["change"])
        answer = self.apply(code=5)
        self.assertEqual(answer.json["outcome"], "refused")
        self.assertIn("frozen", answer.json["reason"])
        self.assertEqual(self.evidence(), before)

    def test_two_of_six_freeze_nothing_and_are_told(self):
        self.start_announcing(2)
        self.assertIn("Leap flags differ", " ".join(
            self.expect(self.program("scan"), 0).stdout.split()))
        self.assertEqual(self.apply().json["outcome"], "applied")

    def test_a_liar_that_no_longer_answers_is_replaced_all_the_same(self):
        self.start_announcing(5)
        self.stop(self.world)
        servers = {last: {"leap": '"insert"'} for last in HONEST}
        self.lab(servers | {LIAR: {"behaviour": '"silent"'}}, name="later")
        self.assertEqual(self.apply().json["outcome"], "applied")


if __name__ == "__main__":
    main()
