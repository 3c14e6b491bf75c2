#!/usr/bin/python3
"""People hear of a change of time servers once, whoever made it: by the agent, or by the verb itself."""
import email
import json
import signal
import time

import bed
from badly_configured import HONEST, BadlyConfigured
from smtp_server import SmtpServer
from test_channels import Hook


class Notices(BadlyConfigured):
    def setUp(self):
        super().setUp()
        self.hook = Hook(self, "127.0.0.1")

    def tell_hook(self, more="", **sections):
        self.configure(hosts=map(self.host, HONEST), **sections)
        with self.config.open("a") as config:
            config.write(f'[alert.webhook]\nurl = "{self.hook.url}"\n{more}')

    def told(self):
        facts = [json.loads(body) for body in self.hook.taken()]
        return [fact for fact in facts if fact["rule"] in ("servers_changed", "change_taken_back",
                                                           "change_failed")]

    def begin_agent(self, log="agent.log"):
        agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log=log)
        self.wait_for("the agent has left a word", lambda: (self.state / "agent-word.json").exists()
                      or self.ended(agent, log), 30)
        return agent

    def test_without_an_agent_the_verb_itself_tells_old_and_new_servers_and_why(self):
        self.tell_hook()
        self.start()
        change = self.apply("--reason", "CHG0012345").json["id"]
        (told,) = self.told()
        self.assertEqual((told["rule"], told["severity"]), ("servers_changed", "info"))
        self.assertIn(f"{self.host(1)} (stratum 2, offset ", told["text"])
        self.assertIn(f"why: CHG0012345; change {change} by ", told["text"])
        self.assertEqual(told["advice"], f"to undo it: clockwright rollback {change}")
        self.expect(self.program("rollback", "last"), 0)
        back = self.told()[1]
        self.assertIn(f"out: {self.host(1)} (stratum 2, offset ", back["text"])
        self.assertIn(f"rollback of {change}", back["text"])
        self.assertEqual(len(self.told()), 2)

    def test_a_change_that_did_not_hold_is_told_with_the_reason(self):
        self.tell_hook()
        self.start()
        plan = self.save_plan()
        self.stop(self.world)
        answer = self.apply(plan, code=1).json
        (told,) = self.told()
        self.assertEqual((told["rule"], told["severity"]), ("change_taken_back", "warning"))
        self.assertIn(answer["reason"], told["text"])

    def test_where_an_agent_runs_it_tells_and_it_tells_once(self):
        self.tell_hook(agent={"mode": '"ultrafast"', "watch": json.dumps([self.host(1)])})
        self.start()
        agent = self.begin_agent()
        change = self.apply().json["id"]
        self.wait_for("it is told", self.told, 30)
        self.assertIn(f"change {change}", self.told()[0]["text"])
        self.wait_for("the notice is gone", lambda: not list((self.state / "notices").iterdir()), 30)
        agent.send_signal(signal.SIGKILL)
        agent.wait(10)
        (self.state / "agent-word.json").unlink()
        self.begin_agent("again.log")
        time.sleep(3)
        self.assertEqual(len(self.told()), 1)
        events = self.expect(self.program("--json", "history", "events"), 0).stdout
        self.assertIn(f"change {change}", events)

    def test_where_the_agent_cannot_be_reached_the_verb_tells_itself(self):
        self.tell_hook()
        self.start()
        self.begin_agent()
        (self.state / "notices").write_text("no directory")
        self.apply()
        self.assertEqual(len(self.told()), 1)

    def test_what_a_channel_did_not_take_is_told_by_the_agent_that_comes(self):
        self.tell_hook()
        self.start()
        self.hook.answers = [(503, {})]
        answer = self.apply()
        self.assertIn("webhook is not told of the change yet", answer.stderr)
        self.assertEqual(self.told(), [])
        self.begin_agent()
        self.wait_for("it is told", self.told, 30)
        self.assertEqual(len(self.told()), 1)

    def test_a_mail_tells_old_and_new_servers_and_how_to_undo_it(self):
        server = SmtpServer(self, "127.0.0.1", starttls=False)
        self.configure(hosts=map(self.host, HONEST))
        with self.config.open("a") as config:
            config.write(f'[alert.mail]\nserver = "{server.place}"\ntls = "off"\n'
                         'from = "clock@corp.example"\nto = ["ops@corp.example"]\n')
        self.start()
        change = self.apply().json["id"]
        (sender, recipients, text), = server.mails
        self.assertEqual((sender, recipients), ("clock@corp.example", ["ops@corp.example"]))
        body = email.message_from_string(text).get_payload(decode=True).decode()
        for told in (self.host(1), f"clockwright rollback {change}"):
            self.assertIn(told, body)

    def test_a_channel_hears_of_what_it_asked_for_alone(self):
        self.tell_hook('tells = ["errors"]\n')
        self.start()
        self.apply()
        self.assertEqual(self.hook.posted, [])


if __name__ == "__main__":
    bed.main()
